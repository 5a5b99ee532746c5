"""Chinese palaces: eaves of glazed tiles, red walls, painted beams, columns, studded doors, a whole gate under its roof."""

from __future__ import annotations

import math

import numpy as np

from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import f32, fbm
from mediakiln.providers.studio.stage import Canvas
from mediakiln.providers.studio.templates.kit.hard import ball, filled, ramped, traced
from mediakiln.providers.studio.templates.kit.shapes import GOLD, disc, low, polygon, round_box, thrown
from mediakiln.providers.studio.templates.table import Layer, Table

VERMILION, TILE, JADE, AZURE = rgb("#a9281f"), rgb("#e0982b"), rgb("#1f7a5c"), rgb("#1e4f8f")
DOOR, STONE = rgb("#9c1f1b"), rgb("#8d8680")


def red_wall(tone: RGB = VERMILION, top: float = 0.0, bottom: float = 1.0) -> Layer:
    """Old red plaster between two heights: washed by rain in streaks, lit from the upper left."""

    def layer(table: Table) -> None:
        y0, y1 = (low(table, share) if share > 0 else 0.0 for share in (top, bottom))
        x, y = table.sheet.grid(y0, y1)
        rows, columns = y.shape[0], x.shape[1]
        rng, across = table.rng("red wall"), 5 * table.width / table.u
        stains = fbm(rng, columns, rows, across, 6, 0.6)
        streaks = fbm(rng, columns, rows, 5 * across, 3, 0.6, 0.12)
        lit = f32(1.12) - f32(0.22) * x / f32(table.width) - f32(0.12) * (y - f32(y0)) / f32(max(1.0, y1 - y0))
        value = lit + (stains - f32(0.5)) * f32(0.16) + (streaks - f32(0.5)) * f32(0.1)
        pale = np.clip(stains - f32(0.62), 0, 1)[..., None] * f32(0.5)
        table.sheet.paste(value[..., None] * f32(tone) * (1 - pale) + pale * f32(mix(tone, (1, 0.8, 0.7), 0.5)), None, y0, y1)

    return layer


def paving(top: float, tone: RGB = STONE) -> Layer:
    """Stone slabs in perspective from the share `top` of the height to the lower edge."""

    def layer(table: Table) -> None:
        y0, canvas = low(table, top), table.canvas
        ramped(
            canvas,
            round_box(0, y0, table.width, table.height),
            (scaled(tone, 0.62), tone, mix(tone, (1, 1, 1), 0.12)),
            (0, y0),
            (0, table.height),
        )
        deep, middle = table.height - y0, table.width / 2
        for row in range(1, 7):
            y = y0 + deep * (row / 6) ** 2.2
            traced(
                canvas, polygon([(0, y), (table.width, y)], False), scaled(tone, 0.5), max(0.8, 0.004 * table.u * row / 6), 0.7
            )
        for column in range(-14, 15):
            far, near = middle + column * 0.12 * table.u, middle + column * 0.34 * table.u
            traced(canvas, polygon([(far, y0), (near, table.height)], False), scaled(tone, 0.5), max(0.7, 0.003 * table.u), 0.6)
        shader = skia.GradientShader.MakeLinear(
            [(0, y0), (0, y0 + 0.1 * table.u)], [argb((0.1, 0.03, 0.03), 0.55), argb((0.1, 0.03, 0.03), 0.0)]
        )
        canvas.drawRect(skia.Rect.MakeLTRB(0, y0, table.width, y0 + 0.1 * table.u), skia.Paint(Shader=shader))

    return layer


def eaves(bottom: float, deep: float = 0.16, tile: float = 0.07, glaze: RGB = TILE, beam: bool = True) -> Layer:
    """The edge of a tiled roof across the whole width, its drip edge at the share `bottom` of the height, `deep` units of tiles
    above it; below it the painted ends of rafters and the roof's shadow on the wall."""

    def layer(table: Table) -> None:
        u, canvas, y = table.u, table.canvas, min(bottom * table.height, 0.25 * table.u) if bottom < 0.4 else low(table, bottom)
        shader = skia.GradientShader.MakeLinear(
            [(0, y), (0, y + 0.26 * u)], [argb((0.12, 0.0, 0.02), 0.75), argb((0.12, 0.0, 0.02), 0.0)]
        )
        canvas.drawRect(skia.Rect.MakeLTRB(0, y, table.width, y + 0.26 * u), skia.Paint(Shader=shader))
        if beam:
            rafters(canvas, 0, table.width, y + 0.005 * u, 0.5 * tile * u)
        tiles(canvas, 0, table.width, y - deep * u, y, tile * u, glaze)

    return layer


def rafters(canvas: Canvas, left: float, right: float, y: float, size: float) -> None:
    """Two rows of painted rafter ends below a roof, `size` pixels each."""
    filled(canvas, round_box(left, y, right, y + 2.5 * size), scaled(JADE, 0.35))
    count = max(1, round((right - left) / (1.25 * size)))
    step = (right - left) / count
    for index in range(count):
        x = left + step * (index + 0.5)
        square = round_box(x - 0.4 * size, y + 0.12 * size, x + 0.4 * size, y + 0.92 * size)
        ramped(canvas, square, (mix(JADE, (1, 1, 1), 0.25), scaled(JADE, 0.75)), (x, y), (x, y + size))
        traced(canvas, square, GOLD, max(0.6, 0.09 * size), 0.9)
        round_end = disc(x, y + 1.6 * size, 0.44 * size)
        ramped(canvas, round_end, (mix(AZURE, (1, 1, 1), 0.3), scaled(AZURE, 0.7)), (x, y + 1.1 * size), (x, y + 2 * size))
        traced(canvas, round_end, GOLD, max(0.6, 0.09 * size), 0.85)
        filled(canvas, disc(x, y + 1.6 * size, 0.14 * size), GOLD)


def tiles(
    canvas: Canvas,
    left: float,
    right: float,
    top: float,
    bottom: float,
    size: float,
    glaze: RGB = TILE,
    lean: float = 0.0,
    rise: float = 0.0,
) -> None:
    """Rows of half-round glazed tiles that run down from `top` to `bottom`, each `size` wide, with round ends. The rows spread
    outwards below by the share `lean` of the width, and the edge curls up at both ends by `rise` pixels."""
    count = max(2, round((right - left) / size))
    size = (right - left) / count
    middle, half = (left + right) / 2, (right - left) / 2

    def foot(x: float) -> tuple[float, float]:
        way = (x - middle) / half
        return middle + (x - middle) * (1 + lean), bottom - rise * abs(way) ** 4

    corners = [(left, top), (right, top), *(foot(right - (right - left) * k / 24) for k in range(25))]
    ramped(canvas, polygon(corners), (scaled(glaze, 0.45), scaled(glaze, 0.6)), (0, top), (0, bottom))
    dark, light = scaled(glaze, 0.42), mix(glaze, (1, 0.97, 0.8), 0.7)
    for index in range(count + 1):
        x = left + size * index
        fx, fy = foot(x)
        half_tile = 0.3 * size
        far = half_tile / (1 + lean)
        # The drip tile hangs between two rows.
        if index < count:
            dx, dy = foot(x + size / 2)
            drip = skia.Path()
            drip.moveTo(dx - 0.5 * size, dy - 0.1 * size)
            drip.quadTo(dx - 0.2 * size, dy + 0.2 * size, dx, dy + 0.48 * size)
            drip.quadTo(dx + 0.2 * size, dy + 0.2 * size, dx + 0.5 * size, dy - 0.1 * size)
            drip.close()
            ramped(canvas, drip, (scaled(glaze, 0.95), scaled(glaze, 0.55)), (dx, dy - 0.1 * size), (dx, dy + 0.45 * size))
            traced(canvas, drip, dark, max(0.6, 0.04 * size), 0.8)
        row = polygon([(x - far, top), (x + far, top), (fx + half_tile, fy), (fx - half_tile, fy)])
        ramped(canvas, row, (dark, glaze, light, glaze, scaled(glaze, 0.7), dark), *_across((x, top), (fx, fy), half_tile))
        joints = max(2, round((bottom - top) / (1.3 * size)))
        for joint in range(1, joints):
            share = joint / joints
            jx, jy = x + (fx - x) * share, top + (fy - top) * share
            arc = skia.Path()
            arc.addArc(skia.Rect.MakeLTRB(jx - half_tile, jy - 0.16 * size, jx + half_tile, jy + 0.16 * size), 0, 180)
            traced(canvas, arc, dark, max(0.6, 0.05 * size), 0.75)
        end = disc(fx, fy + 0.02 * size, 0.36 * size)
        ramped(
            canvas,
            end,
            (light, glaze, scaled(glaze, 0.6)),
            (fx - 0.25 * size, fy - 0.3 * size),
            (fx + 0.25 * size, fy + 0.35 * size),
        )
        traced(canvas, end, dark, max(0.6, 0.045 * size), 0.9)
        traced(canvas, disc(fx, fy + 0.02 * size, 0.22 * size), dark, max(0.5, 0.05 * size), 0.55)
        filled(canvas, disc(fx, fy + 0.02 * size, 0.09 * size), dark, 0.6)


def _across(top: tuple[float, float], foot: tuple[float, float], half: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Two points on both sides of a slanting row's middle, at right angles to it."""
    dx, dy = foot[0] - top[0], foot[1] - top[1]
    long = max(1e-6, math.hypot(dx, dy))
    x, y = (top[0] + foot[0]) / 2, (top[1] + foot[1]) / 2
    return (x - half * dy / long, y + half * dx / long), (x + half * dy / long, y - half * dx / long)


def column(canvas: Canvas, x: float, top: float, bottom: float, width: float, tone: RGB = VERMILION) -> None:
    """A lacquered column on its stone drum."""
    shaft = round_box(x - width / 2, top, x + width / 2, bottom)
    thrown(canvas, shaft, 0.35 * width, 0.4)
    ramped(
        canvas,
        shaft,
        (scaled(tone, 0.55), tone, mix(tone, (1, 0.75, 0.6), 0.4), tone, scaled(tone, 0.6), scaled(tone, 0.36)),
        (x - width / 2, 0),
        (x + width / 2, 0),
    )
    stone = rgb("#b5aea3")
    drum = round_box(x - 0.68 * width, bottom - 0.34 * width, x + 0.68 * width, bottom + 0.04 * width, 0.14 * width)
    ramped(
        canvas,
        drum,
        (scaled(stone, 0.7), mix(stone, (1, 1, 1), 0.3), stone, scaled(stone, 0.5)),
        (x - 0.68 * width, 0),
        (x + 0.68 * width, 0),
    )


def beam(canvas: Canvas, left: float, right: float, top: float, bottom: float) -> None:
    """A lintel painted in blue, green and gold, in panels."""
    tall = bottom - top
    count = max(3, 2 * round((right - left) / (5 * tall)) + 1)
    step = (right - left) / count
    for index in range(count):
        x0, x1 = left + step * index, left + step * (index + 1)
        tone = (AZURE, JADE)[index % 2]
        panel = round_box(x0, top, x1, bottom)
        ramped(canvas, panel, (mix(tone, (1, 1, 1), 0.14), scaled(tone, 0.7)), (0, top), (0, bottom))
        middle, half = (x0 + x1) / 2, step / 2
        cartouche = polygon(
            [
                (middle - 0.72 * half, (top + bottom) / 2),
                (middle - 0.5 * half, top + 0.2 * tall),
                (middle + 0.5 * half, top + 0.2 * tall),
                (middle + 0.72 * half, (top + bottom) / 2),
                (middle + 0.5 * half, bottom - 0.2 * tall),
                (middle - 0.5 * half, bottom - 0.2 * tall),
            ]
        )
        filled(canvas, cartouche, scaled(VERMILION, 0.9) if index % 2 else mix(tone, (0, 0, 0), 0.35))
        traced(canvas, cartouche, GOLD, max(0.7, 0.05 * tall))
        for k in range(-2, 3):
            traced(canvas, disc(middle + k * 0.2 * half, (top + bottom) / 2, 0.13 * tall), GOLD, max(0.6, 0.035 * tall), 0.9)
        traced(canvas, polygon([(x0, top), (x0, bottom)], False), GOLD, max(0.7, 0.06 * tall))
    for y in (top, bottom):
        traced(canvas, polygon([(left, y), (right, y)], False), GOLD, max(0.8, 0.07 * tall))


def door(
    canvas: Canvas,
    left: float,
    top: float,
    right: float,
    bottom: float,
    rows: int = 7,
    columns: int = 5,
    tone: RGB = DOOR,
) -> None:
    """One leaf of a red door with rows of gilded studs and a lion's ring."""
    leaf = round_box(left, top, right, bottom)
    ramped(canvas, leaf, (mix(tone, (1, 0.6, 0.4), 0.1), tone, scaled(tone, 0.72)), (left, top), (right, bottom))
    wide, tall = right - left, bottom - top
    radius = min(wide / columns, tall / rows) * 0.23
    for row in range(rows):
        for column_ in range(columns):
            x, y = left + wide * (column_ + 0.5) / columns, top + tall * (row + 0.5) / rows
            filled(canvas, disc(x + 0.35 * radius, y + 0.5 * radius, 1.05 * radius), (0.15, 0, 0), 0.5, 0.4 * radius)
            ball(canvas, x, y, radius, GOLD, 0.8)
    traced(canvas, leaf, scaled(tone, 0.45), max(1.0, 0.012 * wide))


def gate_half(table: Table) -> float:
    """Half the width of the gate's roof in pixels."""
    return min(0.46 * table.width, 0.95 * table.u)


def gate(*, ridge: float = 0.04, roof: float = 0.32, foot: float = 0.86) -> Layer:
    """A palace gate seen from before: a roof with upturned corners from `ridge` to `roof`, a painted beam, four columns and
    studded doors down to `foot` (shares of the height)."""

    def layer(table: Table) -> None:
        u, canvas, middle = table.u, table.canvas, table.width / 2
        half = gate_half(table)
        y0, y1, y2 = (low(table, share) for share in (ridge, roof, foot))
        deep = min(y1 - y0, 0.42 * u)
        y0 = y1 - deep
        inner = 0.84 * half
        wall_top = y1 + 0.12 * u
        # The hall behind the columns.
        ramped(
            canvas,
            round_box(middle - inner, y1, middle + inner, y2),
            (scaled(VERMILION, 0.32), scaled(VERMILION, 0.75)),
            (0, y1),
            (0, y2),
        )
        bays = (-1.0, -0.42, 0.42, 1.0)
        for a, b in ((-0.42, 0.0), (0.0, 0.42)):
            door(canvas, middle + a * inner, wall_top, middle + b * inner, y2)
        for a, b in ((-1.0, -0.42), (0.42, 1.0)):
            _lattice(canvas, middle + a * inner, wall_top, middle + b * inner, y2, u)
        shader = skia.GradientShader.MakeLinear(
            [(0, y1), (0, y1 + 0.34 * u)], [argb((0.08, 0, 0.02), 0.8), argb((0.08, 0, 0.02), 0.0)]
        )
        canvas.drawRect(skia.Rect.MakeLTRB(middle - inner, y1, middle + inner, y1 + 0.34 * u), skia.Paint(Shader=shader))
        for bay in bays:
            column(canvas, middle + bay * inner, y1, y2, 0.075 * u)
        beam(canvas, middle - inner, middle + inner, y1 + 0.055 * u, wall_top + 0.02 * u)
        rafters(canvas, middle - 0.93 * half, middle + 0.93 * half, y1 - 0.01 * u, 0.026 * u)
        tiles(canvas, middle - 0.72 * half, middle + 0.72 * half, y0 + 0.03 * u, y1, 0.052 * u, TILE, 0.42, 0.085 * u)
        _ridge(canvas, middle, y0 + 0.03 * u, 0.72 * half, u)
        for sign in (-1, 1):
            _hip(canvas, (middle + sign * 0.72 * half, y0 + 0.03 * u), (middle + sign * 1.03 * half, y1 - 0.1 * u), u, sign)

    return layer


def _lattice(canvas: Canvas, left: float, top: float, right: float, bottom: float, u: float) -> None:
    """A window of crossed bars above a panel, warm light behind it."""
    sill = top + 0.62 * (bottom - top)
    ramped(canvas, round_box(left, top, right, sill), (rgb("#7a3512"), rgb("#e59a45")), (0, top), (0, sill))
    path = skia.Path()
    gap = 0.045 * u
    for index in range(-math.ceil((sill - top) / gap), math.ceil((right - left) / gap) + 1):
        x = left + index * gap
        path.moveTo(x, top)
        path.lineTo(x + (sill - top), sill)
        path.moveTo(x + (sill - top), top)
        path.lineTo(x, sill)
    canvas.save()
    canvas.clipRect(skia.Rect.MakeLTRB(left, top, right, sill))
    traced(canvas, path, scaled(VERMILION, 0.7), 0.008 * u)
    canvas.restore()
    panel = round_box(left, sill, right, bottom)
    ramped(canvas, panel, (VERMILION, scaled(VERMILION, 0.65)), (0, sill), (0, bottom))
    inset = round_box(left + 0.12 * (right - left), sill + 0.04 * u, right - 0.12 * (right - left), bottom - 0.05 * u, 0.01 * u)
    traced(canvas, inset, GOLD, 0.006 * u, 0.8)
    traced(canvas, round_box(left, top, right, sill), scaled(VERMILION, 0.8), 0.02 * u)


def _ridge(canvas: Canvas, x: float, y: float, half: float, u: float) -> None:
    """The main ridge with a dragon's tail at each end."""
    bar = round_box(x - half, y - 0.028 * u, x + half, y + 0.02 * u, 0.01 * u)
    ramped(canvas, bar, (mix(TILE, (1, 1, 0.8), 0.5), TILE, scaled(TILE, 0.5)), (0, y - 0.03 * u), (0, y + 0.02 * u))
    for sign in (-1, 1):
        tail, ex = skia.Path(), x + sign * half
        tail.moveTo(ex + sign * 0.012 * u, y + 0.02 * u)
        tail.cubicTo(ex + sign * 0.05 * u, y - 0.06 * u, ex + sign * 0.02 * u, y - 0.11 * u, ex - sign * 0.03 * u, y - 0.1 * u)
        tail.cubicTo(ex - sign * 0.005 * u, y - 0.08 * u, ex - sign * 0.0 * u, y - 0.05 * u, ex - sign * 0.05 * u, y + 0.02 * u)
        tail.close()
        ramped(canvas, tail, (mix(TILE, (1, 1, 0.8), 0.45), TILE, scaled(TILE, 0.55)), (ex, y - 0.1 * u), (ex, y + 0.02 * u))


def _hip(canvas: Canvas, top: tuple[float, float], foot: tuple[float, float], u: float, sign: int) -> None:
    """The ridge down to a corner, which turns up, with its row of little beasts."""
    path = skia.Path()
    path.moveTo(*top)
    path.quadTo(top[0] + 0.6 * (foot[0] - top[0]), foot[1] + 0.02 * u, foot[0] + sign * 0.03 * u, foot[1] - 0.02 * u)
    traced(canvas, path, scaled(TILE, 0.5), 0.034 * u)
    traced(canvas, path, TILE, 0.022 * u)
    traced(canvas, path, mix(TILE, (1, 1, 0.8), 0.6), 0.007 * u, 0.8)
    for index in range(4):
        t = 0.62 + 0.1 * index
        x = top[0] * (1 - t) ** 2 + 2 * t * (1 - t) * (top[0] + 0.6 * (foot[0] - top[0])) + t * t * foot[0]
        y = top[1] * (1 - t) ** 2 + 2 * t * (1 - t) * (foot[1] + 0.02 * u) + t * t * (foot[1] - 0.02 * u)
        beast = polygon(
            [(x - 0.009 * u, y), (x - 0.006 * u, y - 0.03 * u), (x + sign * 0.006 * u, y - 0.038 * u), (x + 0.009 * u, y)]
        )
        filled(canvas, beast, scaled(TILE, 0.75))
