"""Branches in flower, and their shadows on a wall."""

from __future__ import annotations

import math
import random
from functools import lru_cache
from itertools import pairwise
from typing import Any

from mediakiln.providers.studio.colour import RGB, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.stage import Canvas
from mediakiln.providers.studio.templates.kit.hard import filled, ramped, traced
from mediakiln.providers.studio.templates.kit.shapes import GOLD, Point, curve, disc, polygon
from mediakiln.providers.studio.templates.table import Layer, Table

BARK, PLUM = rgb("#3b2418"), rgb("#e8506e")


@lru_cache(maxsize=64)
def _flower(side: int, tone: RGB, heart: RGB) -> Any:
    """A flower of five round petals as a picture, `side` pixels wide: hundreds of them are drawn."""
    surface = skia.Surface(side, side)
    canvas, size = surface.getCanvas(), side / 1.44
    canvas.translate(side / 2, side / 2)
    for index in range(5):
        canvas.save()
        canvas.rotate(72 * index)
        petal = skia.Path()
        petal.addOval(skia.Rect.MakeXYWH(-0.3 * size, -0.66 * size, 0.6 * size, 0.62 * size))
        ramped(canvas, petal, (mix(tone, (1, 1, 1), 0.5), tone, scaled(tone, 0.8)), (0, -0.66 * size), (0, 0))
        canvas.restore()
    filled(canvas, disc(0, 0, 0.15 * size), scaled(tone, 0.65))
    for index in range(7):
        angle = math.tau * index / 7
        tip = (0.3 * size * math.cos(angle), 0.3 * size * math.sin(angle))
        traced(canvas, polygon([(0, 0), tip], False), heart, max(0.5, 0.03 * size), 0.9)
        filled(canvas, disc(*tip, 0.05 * size), heart)
    return surface.makeImageSnapshot().withDefaultMipmaps()


def blossom(canvas: Canvas, x: float, y: float, size: float, tone: RGB, turn: float, heart: RGB = GOLD) -> None:
    """A flower of five round petals around (x, y), turned by `turn` radians."""
    image = _flower(64, tone, heart)
    canvas.save()
    canvas.translate(x, y)
    canvas.rotate(math.degrees(turn))
    half = 0.72 * size
    box = skia.Rect.MakeLTRB(-half, -half, half, half)
    canvas.drawImageRect(image, box, skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear))
    canvas.restore()


def branch(
    start: Point,
    heading: float,
    length: float,
    *,
    bark: RGB = BARK,
    flower: RGB | None = PLUM,
    size: float = 0.026,
    dense: float = 1.0,
    leaf: RGB | None = None,
    alpha: float = 1.0,
    name: str = "branch",
) -> Layer:
    """A gnarled branch from `start` (shares) in the direction `heading` (degrees, 0 to the right, clockwise), `length` units
    long, in flower and with leaves where their tones are given. With `alpha` below 1 it is its shadow on a wall."""

    def layer(table: Table) -> None:
        roll, u, canvas = table.dice(name, start), table.u, table.canvas
        limbs: list[tuple[list[Point], float]] = []
        buds: list[Point] = []
        _grow(
            roll,
            (start[0] * table.width, start[1] * table.height),
            math.radians(heading),
            length * u,
            0.022 * length * u,
            4,
            limbs,
            buds,
        )
        shade = alpha < 1
        for points, width in limbs:
            if not shade:
                traced(canvas, curve(points), scaled(bark, 0.7), width * 1.15)
                moved = [(px - 0.2 * width, py - 0.25 * width) for px, py in points]
                traced(canvas, curve(moved), mix(bark, (1, 0.85, 0.7), 0.18), width * 0.45, 0.8)
            else:
                traced(canvas, curve(points), bark, width * 1.1, alpha, 0.006 * u)
        for x, y in buds:
            if roll.random() > dense:
                continue
            x, y = x + roll.uniform(-0.012, 0.012) * u, y + roll.uniform(-0.012, 0.012) * u
            scale = size * u * roll.uniform(0.6, 1.15)
            if shade:
                filled(canvas, disc(x, y, 0.6 * scale), bark, alpha, 0.006 * u)
                continue
            if leaf is not None and roll.random() < 0.6:
                _leaf(canvas, x, y, 1.7 * scale, roll.uniform(0, 360), leaf)
            if flower is not None:
                blossom(canvas, x, y, scale, mix(flower, (1, 1, 1), roll.choice((0.0, 0.15, 0.3))), roll.uniform(0, 6))

    return layer


def _leaf(canvas: Canvas, x: float, y: float, size: float, turn: float, tone: RGB) -> None:
    canvas.save()
    canvas.translate(x, y)
    canvas.rotate(turn)
    path = skia.Path()
    path.moveTo(0, 0)
    path.cubicTo(0.3 * size, -0.35 * size, 0.75 * size, -0.3 * size, size, 0)
    path.cubicTo(0.75 * size, 0.25 * size, 0.3 * size, 0.28 * size, 0, 0)
    ramped(canvas, path, (scaled(tone, 0.7), tone, mix(tone, (1, 1, 0.8), 0.25)), (0, 0.3 * size), (0.4 * size, -0.3 * size))
    traced(canvas, polygon([(0, 0), (0.9 * size, 0)], False), mix(tone, (1, 1, 0.8), 0.35), max(0.5, 0.03 * size), 0.7)
    canvas.restore()


def _grow(
    roll: random.Random,
    at: Point,
    heading: float,
    length: float,
    width: float,
    level: int,
    limbs: list[tuple[list[Point], float]],
    buds: list[Point],
) -> None:
    points, steps = [at], 5
    for index in range(steps):
        heading += roll.uniform(-0.32, 0.32)
        x, y = points[-1]
        points.append((x + length / steps * math.cos(heading), y + length / steps * math.sin(heading)))
        if level > 1 and index:
            side = 1 if roll.random() > 0.5 else -1
            _grow(
                roll,
                points[-1],
                heading + side * roll.uniform(0.45, 0.95),
                length * roll.uniform(0.32, 0.55),
                width * 0.55,
                level - 1 - (level > 3),
                limbs,
                buds,
            )
    limbs.append((points, max(0.9, width)))
    if level < 4:
        buds.extend(points[1:])
        buds.extend(((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in pairwise(points[1:]))
