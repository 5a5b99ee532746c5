"""Colour and light on a given picture: the palette of a scene, the hour, the weather, the mood."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio.scene import Scene
from mediakiln.providers.studio.stills import Picture

Floats = NDArray[np.float32]

_BAND = 256
"""Rows that are worked on at once."""

# Gain, gamma and a tint (r, g, b) for shadows and for lights; saturation. "day" is the picture's own light.
_HOURS: dict[str, tuple[float, float, tuple[float, float, float], tuple[float, float, float], float]] = {
    "dawn": (1.02, 1.0, (0.94, 0.97, 1.1), (1.1, 1.0, 0.93), 0.95),
    "sunset": (0.95, 1.12, (0.86, 0.8, 1.06), (1.2, 0.97, 0.7), 1.12),
    "night": (0.56, 1.3, (0.62, 0.78, 1.2), (0.82, 0.93, 1.15), 0.62),
}
_WEATHERS: dict[str, tuple[float, float, tuple[float, float, float], tuple[float, float, float], float]] = {
    "rain": (0.86, 1.06, (0.94, 1.0, 1.06), (0.94, 0.99, 1.04), 0.72),
    "storm": (0.66, 1.15, (0.9, 0.98, 1.1), (0.9, 0.97, 1.05), 0.6),
    "snow": (1.06, 0.9, (1.0, 1.02, 1.08), (0.98, 1.0, 1.04), 0.7),
    "fog": (1.04, 0.85, (1.02, 1.02, 1.04), (1.0, 1.0, 1.02), 0.6),
}
_MOODS: dict[str, tuple[float, float, tuple[float, float, float], tuple[float, float, float], float]] = {
    "bright": (1.06, 0.94, (1.0, 1.0, 1.0), (1.03, 1.01, 0.98), 1.15),
    "melancholy": (0.95, 1.05, (0.95, 0.99, 1.08), (0.97, 0.99, 1.03), 0.75),
    "dramatic": (0.98, 1.22, (0.92, 0.97, 1.05), (1.06, 1.0, 0.94), 1.05),
    "festive": (1.04, 0.98, (1.05, 0.98, 1.0), (1.06, 1.0, 0.94), 1.25),
    "mysterious": (0.82, 1.15, (0.9, 0.97, 1.1), (0.95, 1.0, 1.02), 0.85),
    "futuristic": (0.98, 1.1, (0.9, 0.98, 1.15), (1.0, 1.02, 1.08), 1.1),
}


def light(picture: Picture, scene: Scene, amount: float) -> Picture:
    """`picture` in the scene's hour, weather and mood; `amount` 0..1."""
    for table, key in ((_HOURS, scene.time), (_WEATHERS, scene.weather), (_MOODS, scene.mood)):
        if key in table:
            picture = _toned(picture, *table[key], amount)
    if scene.time in ("dawn", "sunset") and scene.weather in ("clear", "clouds"):
        picture = _low_sun(picture, scene, 0.5 * amount)
    return picture


def varied(picture: Picture, seed: int, amount: float) -> Picture:
    """A little lighter or darker, warmer or cooler by `seed`, so that the items of one request differ; `amount` 0..1."""
    rng = np.random.default_rng(seed & 0xFFFFFFFFFFFFFFFF)
    warm, tint, gamma, saturation = (
        rng.uniform(-0.07, 0.07),
        rng.uniform(-0.03, 0.03),
        rng.uniform(0.88, 1.14),
        rng.uniform(0.88, 1.2),
    )
    lights = (1 + warm, 1 + tint, 1 - warm)
    return _toned(picture, 1.0, gamma, (1.0, 1.0, 1.0), lights, saturation, amount)


def _toned(
    picture: Picture,
    gain: float,
    gamma: float,
    shadows: tuple[float, float, float],
    lights: tuple[float, float, float],
    saturation: float,
    amount: float,
) -> Picture:
    ramp = np.linspace(0, 1, 256, dtype=np.float32)[:, None]
    curve = gain * ramp**gamma * (np.array(shadows) * (1 - ramp) + np.array(lights) * ramp)
    curve = ramp * (1 - amount) + curve * amount
    table = np.clip(curve * 255 + 0.5, 0, 255).astype(np.uint8)[None]
    toned: Picture = cv2.LUT(picture, table)
    return saturated(toned, 1 + (saturation - 1) * amount)


def saturated(picture: Picture, factor: float) -> Picture:
    """Colours `factor` times as far from grey."""
    grey = np.array([0.2126, 0.7152, 0.0722], np.float32)
    matrix = np.eye(3, dtype=np.float32) * factor + (1 - factor) * np.tile(grey, (3, 1))
    result: Picture = cv2.transform(picture, matrix.astype(np.float32))
    return result


def _low_sun(picture: Picture, scene: Scene, amount: float) -> Picture:
    """A warm glow from one side, strongest near the brightest part of the sky."""
    height, width = picture.shape[:2]
    small = cv2.GaussianBlur(cv2.resize(picture, (64, 64), interpolation=cv2.INTER_AREA), (0, 0), 4)
    sky = small[:36].astype(np.float32).sum(axis=2)
    row, column = np.unravel_index(int(np.argmax(sky)), sky.shape)
    y, x = np.mgrid[0:64, 0:64].astype(np.float32)
    glow = np.exp(-((x - column) ** 2 + ((y - row) * 1.3) ** 2) / (2 * 22.0**2)) * amount
    colour = np.array([150, 84, 28], np.float32)
    # Bytes at a quarter of the size have as many steps as bytes can show, and a large picture needs no floats.
    part = cv2.resize((glow[..., None] * colour).astype(np.float32), (max(1, width // 4), max(1, height // 4)))
    return screen(picture, cv2.resize(part.astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR))


def screen(picture: Picture, lit: Picture) -> Picture:
    """Add light so that it never clips: 255 - (255 - a)(255 - b) / 255."""
    dark: Picture = cv2.bitwise_not(lit)
    cv2.multiply(cv2.bitwise_not(picture), dark, dst=dark, scale=1 / 255)
    return np.asarray(cv2.bitwise_not(dark, dst=dark), np.uint8)


def shaded(picture: Picture, factor: Floats) -> Picture:
    """`picture` times a factor (height, width). A band at a time, so that a large picture needs no large floats."""
    result = np.empty_like(picture)
    for top in range(0, len(picture), _BAND):
        band = slice(top, top + _BAND)
        cv2.multiply(picture[band], cv2.merge([factor[band]] * 3), dst=result[band], dtype=cv2.CV_8U)
    return result


def palette(picture: Picture, model: Picture, amount: float) -> Picture:
    """Shift the colours of `picture` towards those of `model` by their Lab means and spreads (Reinhard et al., 2001).

    Lightness follows by a third only, so that the picture keeps its own light and shade.
    """
    mean, spread = _lab_statistics(picture)
    wanted_mean, wanted_spread = _lab_statistics(model)
    ramp = np.arange(256, dtype=np.float32)
    table = np.empty((1, 256, 3), np.uint8)
    for channel, share in enumerate((amount / 3, amount, amount)):
        ratio = float(np.clip(wanted_spread[channel] / max(spread[channel], 1.0), 0.6, 1.7))
        moved = (ramp - mean[channel]) * ratio + wanted_mean[channel]
        table[0, :, channel] = np.clip(ramp + (moved - ramp) * share + 0.5, 0, 255)
    lab = cv2.LUT(cv2.cvtColor(picture, cv2.COLOR_RGB2LAB), table)
    result: Picture = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)
    return result


def _lab_statistics(picture: Picture) -> tuple[Floats, Floats]:
    small = cv2.resize(picture, (96, 96), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).reshape(-1, 3).astype(np.float32)
    return lab.mean(axis=0), lab.std(axis=0)


def mixed(one: Picture, other: Picture, share: float) -> Picture:
    """`one` with `share` (0..1) of `other`."""
    if share <= 0:
        return one
    result: Picture = cv2.addWeighted(one, 1 - share, other, share, 0)
    return result


def masked(one: Picture, other: Picture, mask: Floats) -> Picture:
    """`other` where `mask` (height, width; 0..1) is 1, `one` where it is 0."""
    alpha = cv2.merge([mask, mask, mask])
    result: Picture = cv2.add(cv2.multiply(one, 1 - alpha, dtype=cv2.CV_8U), cv2.multiply(other, alpha, dtype=cv2.CV_8U))
    return result
