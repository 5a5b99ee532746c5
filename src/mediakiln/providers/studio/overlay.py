"""Weather and small things in the air over a given picture, still or moving."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio import events
from mediakiln.providers.studio.grade import shaded
from mediakiln.providers.studio.scene import Scene
from mediakiln.providers.studio.stills import Picture

Veil = Callable[[Picture, float, float], Picture]
"""Draws over a picture at a time (seconds) by an amount (0..1)."""

Maker = Callable[[np.random.Generator, int, int], Veil]
"""Prepares a veil for a width and height (pixels)."""


_LONGEST = 60.0
"""Seconds of a video at most."""


class Overlay:
    """Everything in the air of `scene`, at one picture size."""

    def __init__(self, scene: Scene, width: int, height: int) -> None:
        names = (scene.weather, *scene.extras, "leaves" if scene.season == "autumn" else "")
        makers = dict.fromkeys(maker for name in names for maker in _AIR.get(name, ()))
        self._veils: list[Veil] = []
        for index, make in enumerate(makers):
            seed = hashlib.blake2b(f"{scene.seed}/{index}".encode(), digest_size=8).digest()
            self._veils.append(make(np.random.default_rng(int.from_bytes(seed, "big")), width, height))
        if {"storm", "lightning"} & set(names):
            self._veils.append(_lightning(scene))

    def over(self, picture: Picture, time: float, amount: float = 1.0) -> Picture:
        """`picture` with everything drawn over it at `time` seconds; `amount` 0..1 fades it in."""
        if amount > 0:
            for veil in self._veils:
                picture = veil(picture, time, amount)
        return picture


def _sheets(
    rng: np.random.Generator, width: int, height: int, draw: Callable[[NDArray[np.uint8], float], None], depths: tuple[float, ...]
) -> list[NDArray[np.uint8]]:
    """Tileable grey textures, one per depth (1 is nearest), each drawn on a canvas that wraps around."""
    sheets = []
    for depth in depths:
        canvas = np.zeros((height, width), np.uint8)
        draw(canvas, depth)
        sheets.append(canvas)
    return sheets


def _lit(picture: Picture, light: NDArray[np.uint8], amount: float, tint: tuple[float, float, float] = (1, 1, 1)) -> Picture:
    """Add a grey light map in a tint."""
    result: Picture = cv2.add(picture, cv2.merge([cv2.convertScaleAbs(light, alpha=amount * part) for part in tint]))
    return result


def _rain(rng: np.random.Generator, width: int, height: int) -> Veil:
    depths = (0.45, 0.7, 1.0)
    size = height / 720

    def draw(canvas: NDArray[np.uint8], depth: float) -> None:
        for _ in range(int(260 * _crowd(size) / depth)):
            x, y = rng.uniform(0, width), rng.uniform(0, height)
            length = rng.uniform(38, 70) * depth * size
            end = (round(x - length * 0.14), round(y + length))
            thick = max(1, round(1.6 * depth * size))
            tone = float(rng.uniform(45, 105) * depth)
            cv2.line(canvas, (round(x), round(y)), end, tone, thick, cv2.LINE_AA)
            cv2.line(canvas, (round(x), round(y - height)), (end[0], end[1] - height), tone, thick, cv2.LINE_AA)

    sheets = _sheets(rng, width, height, draw, depths)

    def veil(picture: Picture, time: float, amount: float) -> Picture:
        light = np.zeros((height, width), np.uint8)
        for sheet, depth in zip(sheets, depths, strict=True):
            fall = int(time * 1500 * depth * size)
            light = cv2.add(light, _rolled(sheet, fall, -int(fall * 0.14)))
        return _lit(picture, light, amount, (0.9, 0.96, 1.0))

    return veil


def _snow(rng: np.random.Generator, width: int, height: int) -> Veil:
    depths = (0.3, 0.6, 1.0)
    size = height / 720

    def draw(canvas: NDArray[np.uint8], depth: float) -> None:
        for _ in range(int(150 * _crowd(size) / depth)):
            x, y = round(rng.uniform(0, width)), round(rng.uniform(0, height))
            radius = max(1, round(rng.uniform(2.0, 5.0) * depth * size))
            tone = float(rng.uniform(120, 235))
            for up in (0, height):
                cv2.circle(canvas, (x, y - up), radius, tone, -1, cv2.LINE_AA)
        cv2.GaussianBlur(canvas, (0, 0), max(0.6, 1.6 * depth * depth * size), dst=canvas)

    sheets = _sheets(rng, width, height, draw, depths)

    def veil(picture: Picture, time: float, amount: float) -> Picture:
        light = np.zeros((height, width), np.uint8)
        for index, (sheet, depth) in enumerate(zip(sheets, depths, strict=True)):
            sway = 22 * size * depth * np.sin(0.9 * time + 2.0 * index)
            light = cv2.add(light, _rolled(sheet, int(time * 120 * depth * size), int(sway + time * 14 * size)))
        return _lit(picture, light, amount)

    return veil


def _fog(rng: np.random.Generator, width: int, height: int) -> Veil:
    columns, rows = 48, 27
    noise = sum(
        cv2.resize(rng.random((int(2**octave) + 1, int(2**octave) * 2), dtype=np.float32), (columns * 2, rows)) / 2**octave
        for octave in (1, 2, 3)
    )
    banks = np.asarray(cv2.GaussianBlur(np.hstack([noise, noise]), (0, 0), 2), np.float32)
    banks = (banks - banks.min()) / max(float(np.ptp(banks)), 1e-6)
    low = np.linspace(0.55, 1.0, rows, dtype=np.float32)[:, None]

    def veil(picture: Picture, time: float, amount: float) -> Picture:
        shift = (time * 1.1) % (columns * 2)
        move = np.array([[1, 0, -shift], [0, 1, 0]], np.float32)
        part = cv2.warpAffine(banks, move, (columns, rows), borderMode=cv2.BORDER_WRAP)
        thick = cv2.resize((0.18 + 0.55 * part) * low * amount * 0.75, (width, height), interpolation=cv2.INTER_LINEAR)
        air = cv2.merge([cv2.convertScaleAbs(thick, alpha=tone) for tone in (222.0, 228.0, 234.0)])
        result: Picture = cv2.add(shaded(picture, np.subtract(1, thick, out=thick)), air)
        return result

    return veil


def _lightning(scene: Scene) -> Veil:
    strikes = events.strikes(scene.seed, _LONGEST)

    def veil(picture: Picture, time: float, amount: float) -> Picture:
        since = min((time - strike for strike in strikes if strike <= time), default=9.0)
        flash = max(np.exp(-since / 0.07), 0.7 * np.exp(-(((since - 0.18) / 0.05) ** 2)))
        if flash * amount < 0.02:
            return picture
        result: Picture = cv2.convertScaleAbs(picture, alpha=1 + 0.7 * flash * amount, beta=26 * flash * amount)
        return result

    return veil


def _fireflies(rng: np.random.Generator, width: int, height: int) -> Veil:
    count, size = 36, height / 720
    home = rng.uniform((0.03, 0.35), (0.97, 0.95), (count, 2))
    pace, phase = rng.uniform(0.2, 0.7, (count, 2)), rng.uniform(0, 6.28, (count, 3))

    def veil(picture: Picture, time: float, amount: float) -> Picture:
        light = np.zeros((height, width), np.uint8)
        halo = np.zeros((max(1, height // 4), max(1, width // 4)), np.uint8)  # a blur this wide needs no finer grid
        place = home + 0.035 * np.sin(time * pace + phase[:, :2])
        blink = np.clip(np.sin(1.7 * time + phase[:, 2]), 0, 1)
        for (x, y), tone in zip(place, blink, strict=True):
            for sheet, step, radius in ((light, 1, 2.5), (halo, 4, 2.0)):
                centre = (round(x * width / step), round(y * height / step))
                cv2.circle(sheet, centre, max(1, round(radius * size)), float(255 * tone), -1, cv2.LINE_AA)
        halo = cv2.resize(cv2.GaussianBlur(halo, (0, 0), max(1.0, 2.5 * size)), (width, height))
        return _lit(picture, cv2.add(light, halo), amount, (1.0, 0.9, 0.4))

    return veil


def _falling(colour: tuple[float, float, float], other: tuple[float, float, float]) -> Maker:
    """Petals or leaves that tumble down on the wind."""

    def make(rng: np.random.Generator, width: int, height: int) -> Veil:
        count, size = 46, height / 720
        start, depth = rng.random((count, 2)), rng.uniform(0.4, 1.0, count)
        spin, phase, share = rng.uniform(0.8, 2.6, count), rng.uniform(0, 6.28, count), rng.random((count, 1))
        colours = np.array(colour) * share + np.array(other) * (1 - share)

        def veil(picture: Picture, time: float, amount: float) -> Picture:
            drawn = picture.copy()
            for index in range(count):
                near, turn = float(depth[index]), float(spin[index] * time + phase[index])
                x = (start[index, 0] + time * 0.05 * near + 0.025 * np.sin(turn)) % 1.1 - 0.05
                y = (start[index, 1] + time * 0.11 * near) % 1.1 - 0.05
                axes = (max(1, round(9 * near * size)), max(1, round((1.5 + 3.5 * abs(np.sin(turn))) * near * size)))
                centre = (round(x * width), round(y * height))
                cv2.ellipse(drawn, centre, axes, float(np.degrees(turn)), 0, 360, colours[index].tolist(), -1, cv2.LINE_AA)
            result: Picture = cv2.addWeighted(picture, 1 - amount, drawn, amount, 0)
            return result

        return veil

    return make


def _crowd(size: float) -> float:
    """The share of drops or flakes for a picture of `size` x 720 lines: none is under a pixel, so a small picture holds fewer."""
    return min(1.0, 0.15 + size)


def _rolled(sheet: NDArray[np.uint8], down: int, right: int) -> NDArray[np.uint8]:
    return np.roll(sheet, (down % sheet.shape[0], right % sheet.shape[1]), (0, 1))


_AIR: dict[str, tuple[Maker, ...]] = {
    "rain": (_rain,),
    "storm": (_rain,),
    "snow": (_snow,),
    "fog": (_fog,),
    "fireflies": (_fireflies,),
    "petals": (_falling((247, 190, 205), (252, 226, 232)),),
    "leaves": (_falling((201, 96, 32), (214, 158, 46)),),
}
