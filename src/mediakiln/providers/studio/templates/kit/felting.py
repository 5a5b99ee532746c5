"""Felt: shapes to cut from it, a ground of it, trinkets to scatter, and colours to dye it."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np

from mediakiln.providers.studio.colour import RGB, luma, mix, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import f32, resized
from mediakiln.providers.studio.templates.kit import fibre, hard
from mediakiln.providers.studio.templates.kit.grounds import Tone, tinted
from mediakiln.providers.studio.templates.table import Layer, Table

CREAM: RGB = (0.97, 0.95, 0.9)


def star(x: float, y: float, radius: float, points: int = 5, turn: float = 0.0) -> Any:
    """A star with blunt points around (x, y), as a path."""
    path, knots = skia.Path(), []
    for index in range(2 * points):
        reach = radius * (1.0 if index % 2 == 0 else 0.52)
        angle = turn + math.pi * index / points - math.pi / 2
        knots.append(skia.Point(x + reach * math.cos(angle), y + reach * math.sin(angle)))
    path.addPoly(knots, True)
    return path


def heart(x: float, y: float, radius: float) -> Any:
    """A heart around (x, y), as a path."""
    r, path = radius, skia.Path()
    path.moveTo(x, y + 0.92 * r)
    path.cubicTo(x - 1.5 * r, y - 0.05 * r, x - 0.9 * r, y - 1.15 * r, x, y - 0.42 * r)
    path.cubicTo(x + 0.9 * r, y - 1.15 * r, x + 1.5 * r, y - 0.05 * r, x, y + 0.92 * r)
    path.close()
    return path


def flower(x: float, y: float, radius: float, petals: int = 5, turn: float = 0.0) -> Any:
    """Round petals around (x, y), as one path."""
    path = skia.Path()
    for index in range(petals):
        angle = turn + 2 * math.pi * index / petals
        path.addCircle(x + 0.56 * radius * math.cos(angle), y + 0.56 * radius * math.sin(angle), 0.46 * radius)
    path.addCircle(x, y, 0.5 * radius)
    return skia.Simplify(path)


def leaf(x: float, y: float, length: float, turn: float) -> Any:
    """A pointed leaf that starts at (x, y), as a path."""
    path, wide = skia.Path(), 0.3 * length
    ahead, aside = (math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))
    tip = (x + length * ahead[0], y + length * ahead[1])
    path.moveTo(x, y)
    for side in (1.0, -1.0):
        bend = (x + 0.5 * length * ahead[0] + side * wide * aside[0], y + 0.5 * length * ahead[1] + side * wide * aside[1])
        end = tip if side > 0 else (x, y)
        path.quadTo(bend[0], bend[1], end[0], end[1])
    path.close()
    return path


def puffs(x: float, y: float, size: float) -> Any:
    """A cloud of four puffs on a flat foot around (x, y), as a path."""
    path = skia.Path()
    for dx, dy, r in ((-0.62, 0.08, 0.36), (-0.12, -0.2, 0.52), (0.42, -0.02, 0.42), (0.86, 0.14, 0.26)):
        path.addCircle(x + dx * size, y + dy * size, r * size)
    path.addRoundRect(
        skia.Rect.MakeLTRB(x - 0.95 * size, y + 0.02 * size, x + 1.1 * size, y + 0.42 * size), 0.2 * size, 0.2 * size
    )
    return skia.Simplify(path)


def felt_ground(tone: Tone, light: tuple[float, float] = (0.3, 0.2)) -> Layer:
    """The whole sheet as one piece of felt."""

    def layer(table: Table) -> None:
        colour = tinted(tone, table)
        x = np.linspace(0, 1, 120, dtype=np.float32)[None] - f32(light[0])
        y = np.linspace(0, 1, 120, dtype=np.float32)[:, None] - f32(light[1])
        factor = resized(f32(1.06) - f32(0.3) * np.minimum(1, x * x + y * y), table.width, table.height, False)
        cv2.multiply(factor, fibre.wool(table.width, table.height, table.u / 900), dst=factor)
        body = [cv2.convertScaleAbs(factor, alpha=255 * c) for c in colour[::-1]]
        table.pixels[:] = cv2.merge([*body, np.full(factor.shape, 255, np.uint8)])

    return layer


def scattered(share: float = 0.12, count: int = 11) -> Layer:
    """Felt stars, hearts, flowers and leaves along the sheet's edges, about `share` of the unit large, held by stitches."""

    def layer(table: Table) -> None:
        roll, u = table.dice("scattered"), table.u
        tones = dyes(table)
        number = round(count * max(1.0, 0.7 * max(table.width, table.height) / u))
        placed: list[tuple[float, float]] = []
        for _ in range(number * 8):
            if len(placed) >= number:
                break
            x, y = roll.uniform(0.01, 0.99) * table.width, roll.uniform(0.01, 0.99) * table.height
            size = share * u * roll.uniform(0.38, 0.62)
            inner = abs(x - table.width / 2) < 0.4 * min(table.width, 1.1 * u) and abs(y - table.height / 2) < 0.45 * min(
                table.height, 1.1 * u
            )
            if inner or any(math.hypot(x - a, y - b) < 0.16 * u for a, b in placed):
                continue
            placed.append((x, y))
            _trinket(
                table,
                roll.choice(("star", "heart", "flower", "flower", "leaf")),
                x,
                y,
                size,
                roll.choice(tones),
                roll.uniform(-0.5, 0.5),
            )

    return layer


def dyes(table: Table) -> list[RGB]:
    """Felt colours that go with the sitter: two of its own, strengthened, and the basket's."""
    own = [turned((r / 255, g / 255, b / 255), 0.0, 1.25, 1.1) for r, g, b in table.sitter.tones[:2]]
    basket: list[RGB] = [(0.93, 0.52, 0.5), (0.97, 0.8, 0.42), (0.55, 0.73, 0.6), (0.55, 0.68, 0.85), (0.97, 0.94, 0.88)]
    return [tone for tone in own if 0.25 < luma(tone) < 0.85] + basket


def _trinket(table: Table, kind: str, x: float, y: float, size: float, tone: RGB, turn: float) -> None:
    thread = table.u / 900
    seam = mix(tone, (1.0, 1.0, 1.0), 0.6)
    if kind == "leaf":
        green = mix((0.45, 0.62, 0.42), tone, 0.15)
        for side in (-0.5, 0.5):
            path = leaf(x, y, 1.7 * size, turn + side - math.pi / 2)
            fibre.felt_shape(table, path, green, thread, puff=5 * thread)
            vein = skia.Path()
            angle = turn + side - math.pi / 2
            vein.moveTo(x + 0.2 * size * math.cos(angle), y + 0.2 * size * math.sin(angle))
            vein.lineTo(x + 1.4 * size * math.cos(angle), y + 1.4 * size * math.sin(angle))
            fibre.stitches(table.canvas, vein, scaled(green, 1.35), 0.16 * size, 0.05 * size)
        return
    path = {"star": star, "heart": lambda a, b, r: heart(a, b, 0.9 * r), "flower": flower}[kind](x, y, size)
    fibre.felt_shape(table, path, tone, thread, thick=4 * thread, puff=9 * thread)
    if kind == "flower":
        fibre.felt_shape(table, hard.oval(x, y, 0.7 * size, 0.7 * size), (0.98, 0.85, 0.5), thread, puff=5 * thread)
    else:
        mask, left, top = fibre.mask_of(path)
        fibre.stitches(table.canvas, fibre.outline_of(mask, left, top, 0.16 * size, 0.06 * size), seam, 0.14 * size, 0.045 * size)


def accent(table: Table) -> RGB:
    """The sitter's most vivid colour, for threads and tapes; a warm red where it has none."""
    picked = max(table.sitter.tones, key=lambda c: max(c) - min(c))
    tone = (picked[0] / 255, picked[1] / 255, picked[2] / 255)
    return turned(tone, 0.0, 1.2, 0.9) if max(tone) - min(tone) > 0.1 else (0.83, 0.42, 0.4)
