"""Fir: twigs, garlands with baubles and lamps, a decorated tree."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from mediakiln.providers.studio.colour import RGB, argb, mix, rgb
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.stage import Canvas
from mediakiln.providers.studio.templates.kit.cloth import bow
from mediakiln.providers.studio.templates.kit.hard import ball, bulb, filled, ramped, traced
from mediakiln.providers.studio.templates.kit.shapes import GOLD, RED, Point, curve, disc, polygon, round_box, sag, star, thrown
from mediakiln.providers.studio.templates.table import Layer, Table


def needles(
    canvas: Canvas,
    points: Sequence[Point],
    length: float,
    roll: Callable[[float, float], float],
    tones: Sequence[RGB],
    dense: float = 1.0,
) -> None:
    """Fir twigs along a line: needles on both sides, dark below and light above. `roll` is `random.uniform`."""
    for layer, tone in enumerate(tones):
        path = skia.Path()
        for (ax, ay), (bx, by) in pairwise(points):
            heading = math.atan2(by - ay, bx - ax)
            for _ in range(max(2, round(dense * math.dist((ax, ay), (bx, by)) / length * 16))):
                t, side = roll(0, 1), 1 if roll(0, 1) > 0.5 else -1
                angle = heading + side * roll(0.35, 1.5)
                reach = length * roll(0.5, 1.0)
                x, y = ax + (bx - ax) * t, ay + (by - ay) * t
                x, y = x + roll(-0.25, 0.25) * length, y + roll(-0.25, 0.25) * length
                path.moveTo(x, y)
                path.lineTo(x + reach * math.cos(angle), y + reach * math.sin(angle) - 0.1 * layer * length)
        traced(canvas, path, tone, max(0.8, length * 0.045))


FIR = (rgb("#0c2a1b"), rgb("#17492d"), rgb("#2b6b40"), rgb("#4f9460"))


def garland(
    left: Point, right: Point, depth: float, *, thick: float = 0.075, tones: Sequence[RGB] = (RED, GOLD), every: float = 0.13
) -> Layer:
    """A fir garland between two places (shares) with baubles, berries and small lamps."""

    def layer(table: Table) -> None:
        u, canvas, roll = table.u, table.canvas, table.dice("garland", left, right)
        a, b = (left[0] * table.width, left[1] * table.height), (right[0] * table.width, right[1] * table.height)
        count = max(6, round(math.dist(a, b) / (0.06 * u)))
        points = sag(a, b, depth * u, count)
        band = curve(points)
        traced(canvas, band, (0.0, 0.05, 0.03), thick * u * 1.1, 0.35, 0.02 * u)
        needles(canvas, points, thick * u, roll.uniform, FIR, 2.6)
        spots = sag(a, b, depth * u, max(3, round(math.dist(a, b) / (every * u))))
        for index, (x, y) in enumerate(spots[1:-1] if len(spots) > 4 else spots):
            x, y = x + roll.uniform(-0.015, 0.015) * u, y + roll.uniform(-0.01, 0.03) * u
            if index % 3 == 2:
                for k in range(3):
                    angle = math.tau * k / 3 + index
                    ball(canvas, x + 0.013 * u * math.cos(angle), y + 0.013 * u * math.sin(angle), 0.0115 * u, RED)
            else:
                bauble(canvas, x, y, roll.uniform(0.026, 0.036) * u, tones[index % len(tones)])
        for x, y in sag(a, b, depth * u, max(4, round(math.dist(a, b) / (0.055 * u)))):
            bulb(canvas, x + roll.uniform(-0.03, 0.03) * u, y + roll.uniform(-0.025, 0.03) * u, 0.0055 * u, rgb("#ffd98a"))

    return layer


def bauble(canvas: Canvas, x: float, y: float, radius: float, tone: RGB) -> None:
    """A glass ball with its cap, and the dark it throws."""
    thrown(canvas, disc(x, y, radius), 0.35 * radius, 0.4)
    ball(canvas, x, y, radius, tone)
    edge = skia.Path()
    edge.addArc(skia.Rect.MakeXYWH(x - 0.8 * radius, y - 0.8 * radius, 1.6 * radius, 1.6 * radius), 15, 70)
    traced(canvas, edge, mix(tone, (1, 1, 1), 0.6), 0.1 * radius, 0.55, 0.05 * radius)
    cap = round_box(x - 0.2 * radius, y - 1.22 * radius, x + 0.2 * radius, y - 0.92 * radius, 0.06 * radius)
    ramped(canvas, cap, (rgb("#fff0b8"), GOLD, rgb("#8a5c18")), (x - 0.2 * radius, y), (x + 0.2 * radius, y))


def fir_tree(
    x: float, foot: float, tall: float, wide: float, tones: Sequence[RGB], *, lit: bool = True, snow: float = 0.0
) -> Layer:
    """A decorated fir at x (share of the width) with its foot at the share `foot` of the height; `tall` and `wide` in units. A
    tree without `tones` is bare."""

    def layer(table: Table) -> None:
        u, canvas, roll = table.u, table.canvas, table.dice("fir", x)
        cx, base, high, half = x * table.width, foot * table.height, tall * u, wide * u / 2
        trunk = round_box(cx - 0.07 * half, base - 0.12 * high, cx + 0.07 * half, base)
        ramped(canvas, trunk, (rgb("#6b4528"), rgb("#2e1b0e")), (cx - 0.07 * half, 0), (cx + 0.07 * half, 0))
        top, low = base - high, base - 0.08 * high
        filled(canvas, polygon([(cx, top), (cx + 0.8 * half, low), (cx - 0.8 * half, low)]), (0.02, 0.1, 0.06), 0.95, 0.03 * half)
        rows = 13
        for row in range(rows, 0, -1):
            share = row / rows
            y = top + (low - top) * share
            reach = half * share**0.9 * (0.92 + 0.08 * (row % 2))
            span = max(5, round(9 * share) + 4)
            for k in range(span):
                way = (k + 0.5) / span * 2 - 1 + roll.uniform(-0.04, 0.04)
                tip = (cx + reach * way, y + 0.05 * high * (1 - abs(way)) + 0.015 * high * roll.uniform(-1, 1))
                start = (cx + 0.25 * reach * way, y - 0.1 * high)
                bough = [start, ((start[0] + tip[0]) / 2, (start[1] + tip[1]) / 2 + 0.012 * high), tip]
                lightness = 0.25 if way < -0.2 else 0.0
                shades = [
                    mix(mix(tone, (0, 0, 0), 0.3 * (1 - share)), rgb("#8fc99a"), lightness * k2 / 4)
                    for k2, tone in enumerate(FIR[1:])
                ]
                if snow:
                    shades.append(mix(FIR[3], (1, 1, 1), 0.9))
                needles(canvas, bough, 0.05 * high, roll.uniform, shades, 0.5)
        if not tones:
            return
        for swag in range(5):
            y = top + (low - top) * (0.24 + 0.17 * swag)
            reach = half * (0.24 + 0.17 * swag) ** 0.9 * 0.86
            chain = [
                (cx - reach + 2 * reach * k / 24, y + 0.06 * high * math.sin(math.pi * k / 24) - 0.03 * high * (k / 24))
                for k in range(25)
            ]
            traced(canvas, curve(chain), GOLD, 0.008 * high, 0.9)
            traced(canvas, curve(chain), rgb("#fff3c0"), 0.003 * high, 0.9)
        spots: list[Point] = []
        for _ in range(400):
            share = roll.uniform(0.12, 1.0) ** 0.7
            spot = (cx + half * share * roll.uniform(-0.86, 0.86), top + (low - top) * share + 0.02 * high)
            if all(math.dist(spot, other) > 0.085 * high for other in spots):
                spots.append(spot)
            if len(spots) > 34:
                break
        for index, (bx, by) in enumerate(sorted(spots, key=lambda spot: spot[1])):
            size = 0.024 * high * roll.uniform(0.8, 1.2)
            if index % 6 == 5:
                bow(canvas, bx, by, 1.6 * size, RED)
            else:
                bauble(canvas, bx, by, size, tones[index % len(tones)])
        if lit:
            for _ in range(70):
                share = roll.uniform(0.05, 1.0) ** 0.7
                spot = (cx + half * share * roll.uniform(-0.92, 0.92), top + (low - top) * share + 0.01 * high)
                bulb(canvas, *spot, 0.0062 * high, rgb("#ffd98a"))
        crown = (cx, top - 0.02 * high)
        glow = skia.GradientShader.MakeRadial(
            skia.Point(*crown), 0.2 * high, [argb(rgb("#ffe08a"), 0.8), argb(rgb("#ffc040"), 0.0)]
        )
        canvas.drawCircle(*crown, 0.2 * high, skia.Paint(Shader=glow, BlendMode=skia.BlendMode.kScreen))
        ramped(
            canvas,
            star(*crown, 0.062 * high),
            (rgb("#fffbe0"), rgb("#ffd45a"), rgb("#c98a1c")),
            (cx - 0.05 * high, top - 0.07 * high),
            (cx + 0.05 * high, top + 0.04 * high),
        )

    return layer
