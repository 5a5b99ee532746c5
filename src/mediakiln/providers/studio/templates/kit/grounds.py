"""What a scene stands on and before: gradients, walls, tables, sweeps, bokeh, light and the finish over all.

Places are shares of the sheet's width and height, sizes shares of the table's unit (the shorter side). Light comes from the upper
left throughout. A colour is an `RGB` or a `Tone`: a function that takes it from the table, so that a scene may follow the sitter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio.colour import RGB, argb, luma, mix, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import Field, blurred, f32, fbm, step
from mediakiln.providers.studio.templates.table import Layer, Table

_TILE = 512
"""The side of the tile that grain is laid with."""

Tone = RGB | Callable[[Table], RGB]


def tinted(tone: Tone, table: Table) -> RGB:
    """The colour that `tone` is on this table."""
    return tone(table) if callable(tone) else tone


def own(index: int = 0, *, saturation: float = 1.0, value: float = 1.0, turn: float = 0.0) -> Callable[[Table], RGB]:
    """The sitter's main colour number `index`, changed by factors and by `turn` turns of hue."""

    def tone(table: Table) -> RGB:
        r, g, b = table.sitter.tones[index % 5]
        return turned((r / 255, g / 255, b / 255), turn, saturation, value)

    return tone


def pastel(turn: float = 0.0, *, lightness: float = 0.82, saturation: float = 0.36) -> Callable[[Table], RGB]:
    """A ground of one lightness that follows the sitter's most vivid colour; `turn` 0.5 is its complement."""

    def tone(table: Table) -> RGB:
        picked = max(table.sitter.tones, key=lambda c: (max(c) - min(c)) / (max(c) + 40))
        vivid = (picked[0] / 255, picked[1] / 255, picked[2] / 255)
        strength = max(vivid) - min(vivid)
        hue = turned(vivid, turn)
        top, low = max(hue), min(hue)
        if strength < 0.06:
            hue, top, low = (0.55, 0.7, 1.0), 1.0, 0.55
        pure = tuple(lightness - saturation * lightness * (1 - (c - low) / max(1e-3, top - low)) for c in hue)
        lift = lightness - luma((pure[0], pure[1], pure[2]))
        return min(1.0, pure[0] + lift), min(1.0, pure[1] + lift), min(1.0, pure[2] + lift)

    return tone


def gradient(top: Tone, bottom: Tone) -> Layer:
    """A smooth run of colour from the upper to the lower edge."""

    def lay(table: Table) -> None:
        _, y = table.sheet.grid()
        share = step(0, 1, y / f32(table.height))[..., None]
        field = f32(tinted(top, table)) * (1 - share) + f32(tinted(bottom, table)) * share
        columns = table.sheet.grid()[0].shape[1]
        table.sheet.paste(np.ascontiguousarray(np.broadcast_to(field, (len(y), columns, 3)), np.float32))

    return lay


def wall(tone: Tone, light: tuple[float, float] = (0.3, 0.15), rough: float = 0.035, fall: float = 0.2) -> Layer:
    """A plastered wall lit around `light`: darker by `fall` in the far corner, uneven by `rough`."""

    def lay(table: Table) -> None:
        colour = f32(tinted(tone, table))
        lit = _fall(table, light, fall)
        rows, columns = lit.shape
        uneven = fbm(table.rng("wall"), columns, rows, 6 * table.width / table.u, 5) - f32(0.5)
        table.sheet.paste((lit + uneven * f32(rough))[..., None] * colour)

    return lay


def sweep(tone: Tone, horizon: float = 0.66, light: tuple[float, float] = (0.35, 0.3)) -> Layer:
    """A photographer's seamless paper: a wall that rounds into the floor at `horizon`."""

    def lay(table: Table) -> None:
        colour = f32(tinted(tone, table))
        lit = _fall(table, light, 0.2)
        _, y = table.sheet.grid()
        h = y / f32(table.height) - f32(horizon)
        wide = np.where(h < 0, f32(0.16), f32(0.09))
        bend = step(0.0, 0.3, h) * f32(0.07) - f32(0.1) * np.exp(-((h / wide) ** 2))
        table.sheet.paste((lit + bend)[..., None] * colour)

    return lay


def planks(tone: Tone, boards: int = 5, across: bool = True) -> Layer:
    """A wooden table seen from above: `boards` to the unit, lying across the picture or upright."""

    def lay(table: Table) -> None:
        rows, columns = table.sheet.grid()[1].shape[0], table.sheet.grid()[0].shape[1]
        size, span = ((columns, rows), table.height) if across else ((rows, columns), table.width)
        field = wood(table, *size, tinted(tone, table), max(2, round(boards * span / table.u)))
        field = field if across else np.ascontiguousarray(field.transpose(1, 0, 2))
        fall = _fall(table, (0.25, 0.15), 0.26)
        table.sheet.paste(np.asarray(cv2.multiply(field, cv2.merge([fall] * 3)), np.float32))

    return lay


def table_top(tone: Tone, edge: float = 0.68, *, wooden: bool = True, soft: float = 0.012) -> Layer:
    """A table before whatever is painted already: its far edge, out of focus, at `edge`; `soft` is the blur there."""

    def lay(table: Table) -> None:
        y0 = edge * table.height
        x, y = table.sheet.grid(y0)
        rows, columns = y.shape[0], x.shape[1]
        colour = tinted(tone, table)
        depth = (y - f32(y0)) / f32(max(1.0, table.height - y0))
        if wooden:
            field = _leaning(wood(table, columns, rows, colour, 5), 0.42)
            far = blurred(field, max(0.5, columns * soft))
            near = step(0.0, 0.5, depth)[..., None]
            field = field * near + far * (1 - near)
        else:
            field = np.broadcast_to(f32(colour), (rows, columns, 3))
        lit = f32(0.86) + f32(0.2) * step(0, 0.7, depth) - f32(0.16) * (x / f32(table.width)) * np.ones_like(depth)
        cover = np.broadcast_to(step(0, max(2.0, soft * table.u) * 1.5, y - f32(y0)), (rows, columns))
        _shade(table, 0, y0 + soft * table.u, (0.0, 0.0, 0.0), 0.14, soft * table.u * 3)
        table.sheet.paste(np.asarray(field * lit[..., None], np.float32), np.ascontiguousarray(cover, np.float32), y0)

    return lay


def wood(table: Table, width: int, height: int, tone: RGB, boards: int) -> Field:
    """Boards lying across, as colours (height, width, 3): long grain, few knots, each board a little apart in tone."""
    rng = table.rng("wood", boards)
    y = np.arange(height, dtype=np.float32)[:, None]
    x = np.arange(width, dtype=np.float32)[None, :]
    number = np.minimum((y * f32(boards / height)).astype(int), boards - 1)
    inside = y * f32(boards / height) - number
    shift = rng.uniform(0, 1, boards).astype(np.float32)
    waves = fbm(rng, width, height, 2.4, 4, 0.5, 2.5)
    share = fbm(rng, width, height, 9, 3, 0.8, 40)
    # What follows is written in place: a table is large, and fresh memory costs more than the sums.
    rings = waves * f32(9 * 2.4)
    rings += (inside * f32(7) + shift[number] * 9) * f32(2.4)
    rings += x * f32(0.6 / width * 2.4)
    np.sin(rings, out=rings)
    rings *= waves
    share *= f32(0.2 * 2.4)
    share += (f32(0.2 - 0.1) + (shift[number] - f32(0.5)) * f32(0.14)) * f32(2.4)
    share += cv2.multiply(rings, 0.06 * 2.4, dst=rings)
    np.clip(share, 0, 1, out=share)
    gap = np.minimum(inside, 1 - inside) * f32(height / boards)
    seam = 1 - f32(0.5) * np.exp(-((gap / f32(max(1.0, height * 0.0028))) ** 2))
    light, dark = f32(mix(tone, (1.0, 0.93, 0.8), 0.14)), f32(turned(tone, 0.0, 1.1, 0.72))
    share *= seam
    return np.asarray(cv2.merge([share * (a - b) + seam * b for a, b in zip(light, dark, strict=True)]), np.float32)


def bokeh(
    tones: Sequence[Tone], count: int = 26, size: float = 0.07, top: float = 0.0, bottom: float = 0.7, glow: float = 0.5
) -> Layer:
    """Lights far out of focus between two heights, discs of about `size`, each a little brighter at its rim."""

    def lay(table: Table) -> None:
        roll = table.dice("bokeh", count)
        number = round(count * max(table.width, table.height) / table.u)
        for _ in range(number):
            x, y = roll.uniform(-0.03, 1.03) * table.width, roll.uniform(top, bottom) * table.height
            radius = table.u * size * roll.uniform(0.45, 1.25)
            tone = mix(tinted(roll.choice(list(tones)), table), (1.0, 1.0, 1.0), roll.uniform(0.0, 0.35))
            strength = glow * roll.uniform(0.35, 1.0)
            colours = [argb(tone, strength * k) for k in (0.62, 0.7, 1.0, 0.0)]
            shader = skia.GradientShader.MakeRadial((x, y), radius, colours, [0.0, 0.8, 0.93, 1.0])
            table.canvas.drawCircle(x, y, radius, skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kScreen, AntiAlias=True))

    return lay


def light_pool(
    x: float = 0.3, y: float = 0.2, radius: float = 0.8, tone: Tone = (1.0, 0.95, 0.85), strength: float = 0.35
) -> Layer:
    """A soft glow laid over what is there."""

    def lay(table: Table) -> None:
        wide, tall = max(8, table.width // 8), max(8, table.height // 8)
        far_x = (np.arange(wide, dtype=np.float32)[None, :] / f32(wide) - f32(x)) * f32(table.width / table.u / radius)
        far_y = (np.arange(tall, dtype=np.float32)[:, None] / f32(tall) - f32(y)) * f32(table.height / table.u / radius)
        near = np.clip(1 - np.sqrt(far_x * far_x + far_y * far_y), 0, 1)
        _glow(table, np.asarray(near * near * (3 - 2 * near) * f32(strength), np.float32), tinted(tone, table))

    return lay


def window_light(strength: float = 0.22, tone: Tone = (1.0, 0.93, 0.78), lean: float = 0.35) -> Layer:
    """The light of a window with two bars, lying aslant over the scene, its edges soft."""

    def lay(table: Table) -> None:
        u, cover = table.u, np.zeros((max(8, table.height // 4), max(8, table.width // 4)), np.float32)
        roll = table.dice("window")
        x0, y0 = table.width * roll.uniform(0.1, 0.3), table.height * roll.uniform(-0.05, 0.1)
        pane, gap = u * 0.27, u * 0.035
        for row in range(3):
            for column in range(2):
                left, up = x0 + column * (pane + gap), y0 + row * (pane + gap)
                box = [(left, up), (left + pane, up), (left + pane, up + pane), (left, up + pane)]
                slanted = np.array([(px + lean * py, py + 0.12 * px) for px, py in box], np.float32) * f32(4)
                cv2.fillPoly(cover, [np.round(slanted).astype(np.int32)], 1.0, cv2.LINE_8, 4)
        soft = blurred(cover, u * 0.006) * f32(strength)
        _glow(table, soft, tinted(tone, table))

    return lay


def vignette(depth: float = 0.14, grain: float = 0.02) -> Layer:
    """The last step of most scenes: darker corners and a fine grain that keeps smooth runs of colour from banding."""

    def lay(table: Table) -> None:
        small = (max(8, table.width // 8), max(8, table.height // 8))
        x, y = (np.linspace(-1, 1, count, dtype=np.float32) ** 2 for count in small)
        corners = 255 - f32(255 * depth) * np.clip((x[None, :] + y[:, None]) * f32(0.62) - f32(0.12), 0, 1)
        over = cv2.resize(corners.astype(np.uint8), (table.width, table.height), interpolation=cv2.INTER_LINEAR)
        speckle = (table.rng("grain").random((_TILE, _TILE), np.float32) * f32(255 * grain)).astype(np.uint8)
        over = cv2.subtract(over, tiled(speckle, table.width, table.height))
        image = skia.Image.fromarray(over, skia.kGray_8_ColorType, skia.kOpaque_AlphaType, copy=False)
        table.canvas.drawImage(image, 0, 0, skia.SamplingOptions(), skia.Paint(BlendMode=skia.BlendMode.kMultiply))

    return lay


def tiled(tile: NDArray[Any], width: int, height: int) -> NDArray[Any]:
    """`tile` side by side until (height, width) is full."""
    part = tile[:height, :width]
    full = cv2.copyMakeBorder(part, 0, height - part.shape[0], 0, width - part.shape[1], cv2.BORDER_WRAP)
    return np.asarray(full, tile.dtype)


def _fall(table: Table, light: tuple[float, float], fall: float) -> Field:
    """How much light falls where, about 1.04 around `light` and 1 - `fall` in the corner farthest from it."""
    x, y = table.sheet.grid()
    far = np.hypot(x / f32(table.width) - f32(light[0]), y / f32(table.height) - f32(light[1]))
    return np.asarray(f32(1.04) - f32(fall + 0.04) * step(0, 1.25, far), np.float32)


def _leaning(field: Field, narrow: float) -> Field:
    """`field` lying flat and seen from before: its sides run together by `narrow` (0..1) at the far edge."""
    rows, columns = field.shape[:2]
    inset = columns * narrow / 2
    source = f32([(inset, 0), (columns - inset, 0), (columns, rows), (0, rows)])
    target = f32([(0, 0), (columns, 0), (columns + inset, rows), (-inset, rows)])
    source[:2, 0] = (0, columns)
    matrix = cv2.getPerspectiveTransform(source, target)
    return np.asarray(cv2.warpPerspective(field, matrix, (columns, rows), borderMode=cv2.BORDER_REFLECT), np.float32)


def _shade(table: Table, x: float, y: float, tone: RGB, strength: float, reach: float) -> None:
    """A soft dark band across the sheet, ending at `y`."""
    shader = skia.GradientShader.MakeLinear([(0, y - reach), (0, y)], [argb(tone, 0.0), argb(tone, strength)])
    table.canvas.drawRect(skia.Rect.MakeLTRB(x, y - reach, table.width, y), skia.Paint(Shader=shader))


def _glow(table: Table, cover: Field, tone: RGB) -> None:
    """Light of `tone` screened over the sheet by `cover` (any size, 0..1)."""
    small = [cv2.convertScaleAbs(cover, alpha=255 * c) for c in (tone[2], tone[1], tone[0])]
    rays = cv2.merge([*small, np.zeros(cover.shape, np.uint8)])
    rays = cv2.resize(rays, (table.width, table.height), interpolation=cv2.INTER_LINEAR)
    table.pixels[:] = cv2.add(table.pixels, cv2.multiply(rays, cv2.bitwise_not(table.pixels), scale=1 / 255))
