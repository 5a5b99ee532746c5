"""Bows, ribbons for words, and curtains."""

from __future__ import annotations

import math

import numpy as np

from mediakiln.providers.studio.colour import RGB, mix, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import f32, step
from mediakiln.providers.studio.stage import Canvas
from mediakiln.providers.studio.templates.kit.hard import filled, ramped, traced
from mediakiln.providers.studio.templates.kit.shapes import GOLD, polygon, round_box, thrown
from mediakiln.providers.studio.templates.table import Layer, Table


def bow(canvas: Canvas, x: float, y: float, size: float, tone: RGB) -> None:
    """A tied ribbon, `size` from its knot to the end of a loop."""
    for sign in (-1, 1):
        tail = polygon(
            [
                (x, y),
                (x + sign * 0.25 * size, y + 0.95 * size),
                (x + sign * 0.42 * size, y + 0.72 * size),
                (x + sign * 0.66 * size, y + 0.84 * size),
            ]
        )
        ramped(canvas, tail, (scaled(tone, 0.55), tone), (x, y), (x + sign * 0.4 * size, y + 0.8 * size))
    for sign in (-1, 1):
        loop = skia.Path()
        loop.moveTo(x, y)
        loop.cubicTo(
            x + sign * 0.4 * size, y - 0.75 * size, x + sign * 1.2 * size, y - 0.6 * size, x + sign * size, y + 0.02 * size
        )
        loop.cubicTo(x + sign * 0.9 * size, y + 0.4 * size, x + sign * 0.35 * size, y + 0.25 * size, x, y)
        thrown(canvas, loop, 0.1 * size, 0.3)
        ramped(
            canvas,
            loop,
            (scaled(tone, 0.5), mix(tone, (1, 1, 1), 0.3), tone, scaled(tone, 0.7)),
            (x, y - 0.2 * size),
            (x + sign * size, y),
        )
    knot = round_box(x - 0.17 * size, y - 0.19 * size, x + 0.17 * size, y + 0.19 * size, 0.1 * size)
    ramped(
        canvas,
        knot,
        (mix(tone, (1, 1, 1), 0.35), tone, scaled(tone, 0.6)),
        (x - 0.17 * size, y - 0.19 * size),
        (x + 0.17 * size, y + 0.19 * size),
    )


def banner(canvas: Canvas, x: float, y: float, wide: float, tall: float, tone: RGB) -> None:
    """A satin ribbon for words around (x, y), its ends folded back and cut in points."""
    half, up = wide / 2, tall / 2
    for sign in (-1, 1):
        inner, outer, drop = x + sign * (half - 0.5 * tall), x + sign * (half + 0.75 * tall), 0.28 * tall
        tail = [
            (inner, y - up + drop),
            (outer, y - up + drop),
            (outer - sign * 0.4 * tall, y + drop),
            (outer, y + up + drop),
            (inner, y + up + drop),
        ]
        thrown(canvas, polygon(tail), 0.12 * tall, 0.35)
        ramped(canvas, polygon(tail), (scaled(tone, 0.45), scaled(tone, 0.9)), (inner, y), (outer, y))
        fold = polygon([(x + sign * half, y + up), (inner, y + up), (inner, y + up + drop)])
        filled(canvas, fold, scaled(tone, 0.35))
    front = round_box(x - half, y - up, x + half, y + up)
    thrown(canvas, front, 0.12 * tall, 0.4)
    ramped(
        canvas,
        front,
        (scaled(tone, 0.75), mix(tone, (1, 1, 1), 0.14), tone, scaled(tone, 0.78)),
        (x - half, y - up),
        (x + half, y + up),
    )
    for edge in (y - 0.8 * up, y + 0.8 * up):
        traced(canvas, polygon([(x - half, edge), (x + half, edge)], False), GOLD, max(0.8, 0.03 * tall), 0.9)


def curtains(tone: RGB, share: float, *, tied: float = 0.0, folds: int = 8) -> Layer:
    """A satin curtain at each side, `share` of the width but at most 0.42 units, in folds; `tied` of it is drawn aside at two
    thirds of the height, by a golden band."""

    def layer(table: Table) -> None:
        u, canvas, wide = table.u, table.canvas, min(share * table.width, 0.42 * table.u)
        coarse = 2.2 * table.sheet.grain  # cloth is soft: a coarse grid is enough, and stretched
        x = np.linspace(0, table.width, round(table.width / coarse), dtype=np.float32)[None, :]
        y = np.linspace(0, table.height, round(table.height / coarse), dtype=np.float32)[:, None]
        h = y / f32(table.height)
        pull = f32(tied) * (np.exp(-(((h - f32(0.66)) / f32(0.16)) ** 2)) + f32(0.25) * step(0.66, 1.0, h))
        edge = f32(wide) * (1 - pull)
        away = np.minimum(x, f32(table.width) - x)
        place = away / edge
        sway = f32(0.09) * np.sin(h * f32(7) + place * f32(5))
        wave = np.cos((place + sway * f32(0.3)) * f32(math.tau * folds))
        value = f32(0.82) + f32(0.3) * wave - f32(0.16) * (1 - step(0.0, 0.5, place)) - f32(0.3) * pull * (1 - wave) * f32(0.5)
        light = np.clip(value - f32(0.98), 0, 1)[..., None] * f32(0.9)
        lit = np.clip(value, 0, 1)[..., None]
        colour = (lit * f32(tone) + (1 - lit) * f32(turned(tone, -0.01, 1.7, 0.3))) * (1 - light) + light
        shadow = step(0, 0.05 * u, f32(0.05 * u) + edge - away) * f32(0.4)
        cover = np.clip((edge - away) / f32(coarse), 0, 1)
        mixed = colour * cover[..., None] + f32(scaled(tone, 0.25)) * (1 - cover[..., None])
        table.sheet.paste(np.asarray(mixed, np.float32), np.asarray(np.maximum(cover, shadow), np.float32))
        if not tied:
            return
        middle, half, reach = 0.66 * table.height, 0.018 * u, wide * (1 - tied)
        for left, right in ((-half, reach + half), (table.width - reach - half, table.width + half)):
            band = round_box(left, middle - half, right, middle + half, half)
            thrown(canvas, band, half, 0.4)
            ramped(canvas, band, (mix(GOLD, (1, 1, 1), 0.5), GOLD, scaled(GOLD, 0.6)), (0, middle - half), (0, middle + half))

    return layer
