"""The inside of a car: the road through the windscreen, a stitched dashboard, and the sitter as an ornament on it."""

from __future__ import annotations

from functools import partial
from typing import Any

import cv2
import numpy as np

from mediakiln.providers.studio.colour import RGB, mix, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import blurred, f32, line
from mediakiln.providers.studio.templates.kit import fibre, hard, sitting
from mediakiln.providers.studio.templates.kit.grounds import Tone, pastel, tinted
from mediakiln.providers.studio.templates.table import Layer, Table

_EVENINGS: tuple[tuple[RGB, RGB, RGB], ...] = (
    ((0.42, 0.63, 0.9), (0.95, 0.93, 0.86), (0.4, 0.6, 0.36)),
    ((0.45, 0.45, 0.72), (1.0, 0.74, 0.5), (0.36, 0.42, 0.33)),
    ((0.4, 0.7, 0.86), (0.88, 0.96, 0.98), (0.5, 0.66, 0.42)),
)
_EDGE = 0.64
"""The upper edge of the dashboard as a share of the height."""


def road() -> Layer:
    """Sky, hills, trees and a road to the horizon, far out of focus."""

    def layer(table: Table) -> None:
        roll, rng = table.dice("road"), table.rng("road")
        scale = 320 / max(table.width, table.height)
        wide, tall = max(24, round(table.width * scale)), max(24, round(table.height * scale))
        pixels = np.zeros((tall, wide, 4), np.uint8)
        surface = skia.Surface(pixels, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
        canvas, unit = surface.getCanvas(), float(min(wide, tall))
        top, low, green = roll.choice(_EVENINGS)
        horizon = 0.47 * tall
        hard.ramped(canvas, hard.box(wide / 2, tall / 2, wide, tall, 0), (top, low), (0, 0), (0, horizon))
        hard.filled(
            canvas, hard.oval(0.72 * wide, horizon - 0.14 * unit, 0.2 * unit, 0.2 * unit), (1.0, 0.97, 0.85), 0.9, 0.04 * unit
        )
        for depth in range(3):
            ridge = line(rng, wide, 3.0 + depth) * 0.05 * unit + horizon - (0.04 - 0.02 * depth) * unit
            path = skia.Path()
            path.addPoly(
                [skia.Point(0, tall), *(skia.Point(x, float(ridge[x])) for x in range(wide)), skia.Point(wide, tall)], True
            )
            hard.filled(canvas, path, mix(low, green, 0.45 + 0.25 * depth))
        way, middle = skia.Path(), roll.uniform(0.44, 0.56) * wide
        spread = 0.75 * unit
        way.addPoly(
            [
                skia.Point(*p)
                for p in ((middle - 2, horizon), (middle + 2, horizon), (middle + spread, tall), (middle - spread, tall))
            ],
            True,
        )
        hard.ramped(canvas, way, (mix(low, (0.5, 0.5, 0.53), 0.6), (0.42, 0.42, 0.46)), (0, horizon), (0, 0.65 * tall))
        hard.traced(canvas, way, (0.95, 0.93, 0.88), 1.2, 0.8)
        for index in range(6):
            near = horizon + (tall - horizon) * (0.03 + 0.028 * (index + 1) ** 1.9)
            dash = hard.box(middle, near, 1.2 + 0.09 * (near - horizon), 0.2 * (near - horizon), 0)
            hard.filled(canvas, dash, (1.0, 0.97, 0.85))
        for index in range(16):
            side = -1 if index % 2 else 1
            away = (index // 2 + 1) / 8
            x, size = middle + side * (0.08 * unit + 0.75 * max(wide, unit) * away**1.5), unit * (0.03 + 0.17 * away)
            hard.filled(canvas, hard.oval(x, horizon - 0.5 * size, size, 1.5 * size), scaled(green, roll.uniform(0.75, 1.1)))
        soft = cv2.GaussianBlur(pixels, (0, 0), 0.006 * unit + 0.5)
        table.pixels[:] = cv2.resize(soft, (table.width, table.height), interpolation=cv2.INTER_CUBIC)

    return layer


def windscreen() -> Layer:
    """The pillars and the roof around the windscreen, the mirror, and reflections in the glass."""

    def layer(table: Table) -> None:
        canvas, width, height, u = table.canvas, table.width, table.height, table.u
        glass, inset = skia.Path(), min(0.13 * width, 0.16 * u)
        glass.moveTo(-0.4 * inset, 0.95 * height)
        glass.lineTo(0.62 * inset, 0.16 * height)
        glass.quadTo(0.75 * inset, 0.055 * height, 2.2 * inset, 0.045 * height)
        glass.quadTo(width / 2, 0.02 * height, width - 2.2 * inset, 0.045 * height)
        glass.quadTo(width - 0.75 * inset, 0.055 * height, width - 0.62 * inset, 0.16 * height)
        glass.lineTo(width + 0.4 * inset, 0.95 * height)
        glass.close()
        whole = hard.box(width / 2, height / 2, width + 4, height + 4, 0)
        frame = skia.Op(whole, glass, skia.PathOp.kDifference_PathOp)
        hard.streaks(table, glass, 0.3 * width, 0.25 * height, 0.5 * u, 0.7 * height, 0.16)
        hard.traced(canvas, glass, (0.02, 0.02, 0.03), 0.03 * u, 0.5, 0.02 * u)
        hard.ramped(canvas, frame, ((0.24, 0.24, 0.26), (0.1, 0.1, 0.11)), (0, 0), (width, height))
        hard.traced(canvas, glass, (0.4, 0.41, 0.44), 0.004 * u, 0.8)
        x = width / 2 + min(0.3 * width, 0.62 * u) * 0.9
        mirror = hard.box(x, 0.085 * height, 0.34 * u, 0.1 * u, 0.045 * u)
        hard.filled(canvas, hard.box(x, 0.03 * height, 0.03 * u, 0.1 * height, 0), (0.12, 0.12, 0.13))
        hard.moulded(table, hard.shape(mirror, 0.03 * u), (0.16, 0.16, 0.17), 0.4, 0.3)
        pane = hard.box(x, 0.085 * height, 0.31 * u, 0.076 * u, 0.034 * u)
        hard.ramped(
            canvas, pane, ((0.75, 0.8, 0.86), (0.5, 0.55, 0.6), (0.3, 0.32, 0.35)), (x, 0.04 * height), (x, 0.13 * height)
        )
        hard.streaks(table, pane, x, 0.085 * height, 0.1 * u, 0.1 * u, 0.4)

    return layer


def board(tone: Tone = (0.3, 0.27, 0.27)) -> Layer:
    """The dashboard: soft leather that catches the sky, two seams, vents, a screen below."""

    def layer(table: Table) -> None:
        canvas, width, height, u = table.canvas, table.width, table.height, table.u
        colour = tinted(tone, table)
        edge = _EDGE * height
        shape = skia.Path()
        shape.moveTo(-0.05 * width, edge + 0.07 * u)
        shape.cubicTo(0.2 * width, edge - 0.01 * u, 0.8 * width, edge - 0.01 * u, 1.05 * width, edge + 0.07 * u)
        shape.lineTo(1.05 * width, height + 9)
        shape.lineTo(-0.05 * width, height + 9)
        shape.close()
        mask, left, top = fibre.mask_of(shape)
        rows, columns = mask.shape
        grain = table.rng("leather").normal(0, 1, (rows // 3 + 1, columns // 3 + 1)).astype(np.float32)
        grain = cv2.resize(cv2.GaussianBlur(grain, (0, 0), 0.8), (columns, rows), interpolation=cv2.INTER_LINEAR)
        y = (np.arange(rows, dtype=np.float32)[:, None] - f32(0.05 * u)) / f32(u)
        light = (
            f32(0.7) + f32(1.1) * np.exp(-(((y - f32(0.05)) / f32(0.09)) ** 2)) - f32(0.28) * np.clip((y - f32(0.16)) * 3, 0, 1)
        )
        light = light * (1 + f32(0.055) * grain) * np.linspace(1.1, 0.85, columns, dtype=np.float32)[None]
        sky = f32((0.75, 0.85, 1.0)) * f32(0.5) + f32(0.5)
        body = [cv2.convertScaleAbs(light, alpha=255 * c * float(s)) for c, s in zip(colour, sky, strict=True)]
        sitting.shadow_of(table, mask, left, top - 0.02 * u, 0.02 * u, 0.5)
        fibre.paste(table, np.asarray(cv2.merge([*body, mask]), np.uint8), left, top)
        for move in (0.155, 0.171):
            seam = skia.Path()
            seam.moveTo(0, edge + (0.05 + move) * u)
            seam.cubicTo(
                0.25 * width, edge + (move - 0.005) * u, 0.75 * width, edge + (move - 0.005) * u, width, edge + (0.05 + move) * u
            )
            fibre.stitches(canvas, seam, (0.86, 0.62, 0.4), 0.02 * u, 0.0045 * u)
        low = (edge + 0.2 * u + height) / 2 + 0.02 * u
        room = height - edge - 0.24 * u
        if room > 0.06 * u:
            for side in (-1, 1):
                _vent(
                    table,
                    width / 2 + side * min(0.33 * width, 0.5 * u),
                    low,
                    min(0.3 * u, 0.28 * width),
                    min(room * 0.8, 0.16 * u),
                    colour,
                )

    return layer


def wheel() -> Layer:
    """The upper part of the steering wheel at the lower left, near and out of focus."""

    def layer(table: Table) -> None:
        canvas, u = table.canvas, table.u
        x, y, radius = max(0.06 * table.width, 0.5 * table.width - 0.62 * u), table.height + 0.17 * u, 0.4 * u
        rim = hard.oval(x, y, 2 * radius, 1.7 * radius)
        hard.traced(canvas, rim, (0.02, 0.02, 0.03), 0.075 * u, 0.45, 0.02 * u)
        hard.traced(canvas, rim, (0.11, 0.1, 0.1), 0.062 * u, 1.0, 0.004 * u)
        canvas.save()
        canvas.translate(-0.004 * u, -0.012 * u)
        hard.traced(canvas, rim, (0.34, 0.32, 0.31), 0.014 * u, 1.0, 0.007 * u)
        canvas.restore()

    return layer


def _vent(table: Table, x: float, y: float, wide: float, tall: float, colour: RGB) -> None:
    """An air vent with slats."""
    canvas = table.canvas
    hard.moulded(table, hard.shape(hard.box(x, y, wide, tall, 0.24 * tall), 0.1 * tall), scaled(colour, 1.1), 0.2, 0.25)
    hole = hard.box(x, y, 0.92 * wide, 0.82 * tall, 0.18 * tall)
    hard.filled(canvas, hole, (0.05, 0.05, 0.06))
    for row in range(4):
        slat = hard.box(x, y + (row - 1.5) * 0.19 * tall, 0.88 * wide, 0.07 * tall, 0.03 * tall)
        hard.ramped(canvas, slat, (scaled(colour, 1.5), scaled(colour, 0.6)), (x, y - 0.4 * tall), (x, y + 0.4 * tall))
    hard.recess(canvas, hole, 0.05 * tall)


def ornament(share: float = 0.5) -> Layer:
    """The sitter as a vinyl figure on a spring and a round base, on the dashboard, with its reflection in the polish."""

    def layer(table: Table) -> None:
        u, roll = table.u, table.dice("ornament")
        foot = _EDGE * table.height + 0.12 * u
        room = min(foot - 0.05 * table.height, 0.62 * max(table.height, u))
        x = table.width / 2 - 0.03 * u
        figure = sitting.stood(
            table,
            x,
            foot - 0.115 * u,
            (0.56 if table.sitter.whole else 0.66) * min(table.width, 1.4 * u),
            min(share * 1.12 * max(u, 0.62 * table.height), room - 0.1 * u),
        )
        figure = sitting.treated(
            figure,
            sitting.graded,
            partial(sitting.painted, amount=0.7),
            partial(sitting.soft_foot, share=0.18),
            partial(sitting.relief, shine=0.5),
        )
        figure = sitting.outlined(figure, 0.006 * u, (1.0, 1.0, 1.0)) if table.sitter.whole else figure
        base = max(0.2 * u, min(0.36 * u, 0.62 * figure.width))
        tone = tinted(pastel(0.45, lightness=0.7, saturation=0.5), table)
        sitting.contact(table, x + 0.03 * u, foot + 0.012 * u, 1.5 * base, 0.75, 0.24)
        _pedestal(table, x, foot, base, 0.05 * u, tone, u)
        _spring(table.canvas, x, foot - 0.075 * u, foot - 0.14 * u, 0.042 * u, u)
        sitting.shadow(table, figure, 0.02 * u, 0.25)
        figure = sitting.rim_lit(figure, (1.0, 0.96, 0.88), 0.5)
        sitting.lay(table, figure)
        _sparkle(table, figure, roll)

    return layer


def _pedestal(table: Table, x: float, y: float, wide: float, tall: float, tone: RGB, u: float) -> None:
    """A round plinth in two steps with a gold rim and a heart."""
    canvas = table.canvas
    for share, up, height in ((1.0, 0.0, 0.6), (0.8, 0.55 * tall, 0.8)):
        w, flat = share * wide, 0.24 * share * wide
        low, high = y - up, y - up - height * tall
        side = skia.Path()
        side.addOval(skia.Rect.MakeXYWH(x - w / 2, low - flat / 2, w, flat))
        side.addRect(skia.Rect.MakeLTRB(x - w / 2, high, x + w / 2, low))
        side.addOval(skia.Rect.MakeXYWH(x - w / 2, high - flat / 2, w, flat))
        tones = (scaled(tone, 0.7), mix(tone, (1.0, 1.0, 1.0), 0.45), tone, scaled(tone, 0.5))
        hard.ramped(canvas, skia.Simplify(side), tones, (x - w / 2, 0), (x + w / 2, 0))
        lid = hard.oval(x, high, w, flat)
        hard.ramped(
            canvas,
            lid,
            (mix(tone, (1.0, 1.0, 1.0), 0.6), mix(tone, (1.0, 1.0, 1.0), 0.1)),
            (x - w / 2, high),
            (x + w / 2, high + flat),
        )
        canvas.drawPath(lid, hard.metal(0.006 * u, x, high, (0.9, 0.74, 0.42)))


def _spring(canvas: Any, x: float, low: float, high: float, radius: float, u: float) -> None:
    """A steel coil between two heights."""
    turns = 5
    for index in range(turns, -1, -1):
        y = high + (low - high) * index / turns
        canvas.drawPath(hard.oval(x, y, 2 * radius, 0.62 * radius), hard.metal(0.0085 * u, x, y, (0.8, 0.82, 0.86)))


def _sparkle(table: Table, figure: sitting.Figure, roll: Any) -> None:
    """A star of light on the figure's upper left."""
    x, y, u = figure.left + 0.22 * figure.width, figure.top + 0.12 * figure.height, table.u
    size = u * roll.uniform(0.018, 0.026)
    for wide, tall in ((size * 2, size * 0.16), (size * 0.16, size * 2)):
        hard.filled(table.canvas, hard.oval(x, y, wide, tall), (1.0, 1.0, 1.0), 0.85, 0.05 * size)


def sun_through(strength: float = 0.24) -> Layer:
    """Low light through the windscreen, over everything."""

    def layer(table: Table) -> None:
        x, y = table.sheet.grid()
        glow = np.exp(
            -(((x / f32(table.width) - f32(0.1)) / f32(0.55)) ** 2) - ((y / f32(table.height) - f32(0.12)) / f32(0.5)) ** 2
        )
        field = np.asarray(glow, np.float32)
        table.sheet.paste(np.broadcast_to(f32((1.0, 0.92, 0.78)), (*field.shape, 3)).copy(), blurred(field, 2.0) * f32(strength))

    return layer
