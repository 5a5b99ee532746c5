"""Things of birthdays and graduations: cakes and candles, gifts, roses, diplomas, books."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.stage import Canvas
from mediakiln.providers.studio.templates.kit.cloth import bow
from mediakiln.providers.studio.templates.kit.hard import ball, filled, ramped, traced
from mediakiln.providers.studio.templates.kit.shapes import GOLD, IVORY, RED, Path, disc, polygon, round_box, thrown
from mediakiln.providers.studio.templates.table import Layer, Table

LEAF = rgb("#5f7f58")


def oval(x: float, y: float, rx: float, ry: float) -> Path:
    """An ellipse by its radii."""
    path = skia.Path()
    path.addOval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry))
    return path


def on_floor(canvas: Canvas, x: float, y: float, rx: float, strength: float = 0.5) -> None:
    """The dark under a round thing that stands at (x, y)."""
    filled(canvas, oval(x + 0.14 * rx, y, 1.12 * rx, 0.3 * rx), (0.1, 0.03, 0.05), strength, 0.1 * rx)


def candle(canvas: Canvas, x: float, y: float, size: float, tone: RGB) -> None:
    """A striped candle, `size` tall, its foot at (x, y), with its flame and light."""
    half = 0.075 * size
    body = round_box(x - half, y - size, x + half, y, 0.03 * size)
    ramped(canvas, body, (scaled(tone, 0.8), mix(tone, (1, 1, 1), 0.55), tone, scaled(tone, 0.7)), (x - half, 0), (x + half, 0))
    canvas.save()
    canvas.clipPath(body, doAntiAlias=True)
    for k in range(5):
        top = y - size + (k + 0.4) * size / 5
        traced(canvas, polygon([(x - half, top + 0.09 * size), (x + half, top)], False), (1, 1, 1), 0.05 * size, 0.8)
    canvas.restore()
    traced(canvas, polygon([(x, y - size), (x, y - 1.08 * size)], False), rgb("#4a3426"), 0.025 * size)
    glow = skia.GradientShader.MakeRadial(
        skia.Point(x, y - 1.25 * size), 0.9 * size, [argb(rgb("#ffc860"), 0.75), argb(rgb("#ff9a3c"), 0.0)]
    )
    canvas.drawCircle(x, y - 1.25 * size, 0.9 * size, skia.Paint(Shader=glow, BlendMode=skia.BlendMode.kScreen))
    for grow, tones in ((1.0, (rgb("#ffb02e"), rgb("#ff7a1a"))), (0.55, (rgb("#fffbe0"), rgb("#ffe27a")))):
        flame = skia.Path()
        foot = y - 1.06 * size
        flame.moveTo(x, foot - 0.36 * size * grow)
        flame.cubicTo(x + 0.15 * size * grow, foot - 0.16 * size, x + 0.11 * size * grow, foot, x, foot)
        flame.cubicTo(x - 0.11 * size * grow, foot, x - 0.15 * size * grow, foot - 0.16 * size, x, foot - 0.36 * size * grow)
        ramped(canvas, flame, tones, (x, foot - 0.36 * size * grow), (x, foot))


def cake(
    canvas: Canvas,
    x: float,
    y: float,
    size: float,
    *,
    icing: RGB,
    body: RGB,
    tiers: int = 2,
    candles: int = 5,
    tones: Sequence[RGB] = (RED, GOLD),
    pearls: RGB = IVORY,
) -> float:
    """A cake of round tiers on a stand, its foot at (x, y), the lowest tier `size` wide. Gives the y of its top."""
    rx = size / 2
    on_floor(canvas, x, y, 0.62 * rx, 0.55)
    plate = mix(icing, (1, 1, 1), 0.6)
    leg = polygon([(x - 0.12 * rx, y - 0.34 * rx), (x + 0.12 * rx, y - 0.34 * rx), (x + 0.46 * rx, y), (x - 0.46 * rx, y)])
    ramped(canvas, leg, (scaled(plate, 0.6), plate, (1, 1, 1), scaled(plate, 0.7)), (x - 0.46 * rx, 0), (x + 0.46 * rx, 0))
    filled(canvas, oval(x, y, 0.46 * rx, 0.1 * rx), scaled(plate, 0.85))
    y -= 0.36 * rx
    filled(canvas, oval(x, y + 0.05 * rx, 1.22 * rx, 0.3 * rx), scaled(plate, 0.62))
    ramped(
        canvas,
        oval(x, y, 1.22 * rx, 0.29 * rx),
        ((1, 1, 1), plate, scaled(plate, 0.8)),
        (x - rx, y - 0.2 * rx),
        (x + rx, y + 0.2 * rx),
    )
    for tier in range(tiers):
        r = rx * (1.0, 0.7, 0.44)[tier]
        tall = rx * (0.74, 0.62, 0.5)[tier]
        _tier(canvas, x, y, r, tall, icing, body, pearls, tier)
        y -= tall
    r = rx * (1.0, 0.7, 0.44)[tiers - 1]
    spread = max(1, candles - 1)
    for index in sorted(range(candles), key=lambda k: -abs(k - spread / 2)):
        way = (index - spread / 2) / max(1.0, spread / 2)
        foot = y + 0.11 * r - 0.1 * r * abs(way) ** 2
        candle(canvas, x + way * 0.68 * r, foot, 0.42 * rx, tones[index % len(tones)])
    return y


def _tier(canvas: Canvas, x: float, y: float, r: float, tall: float, icing: RGB, body: RGB, pearls: RGB, tier: int) -> None:
    flat = 0.24 * r
    filled(canvas, oval(x + 0.05 * r, y + 0.02 * r, 1.04 * r, 1.08 * flat), (0.2, 0.05, 0.08), 0.35, 0.05 * r)
    side = skia.Op(round_box(x - r, y - tall, x + r, y), oval(x, y, r, flat), skia.PathOp.kUnion_PathOp)
    ramped(
        canvas,
        side,
        (scaled(body, 0.82), mix(body, (1, 1, 1), 0.5), body, scaled(body, 0.78), scaled(body, 0.58)),
        (x - r, 0),
        (x + r, 0),
    )
    if tier % 2:
        for k in range(13):
            lx = x + r * math.cos(math.pi * (k + 0.5) / 13)
            ly = flat * math.sin(math.pi * (k + 0.5) / 13)
            traced(canvas, polygon([(lx, y - tall + ly), (lx, y + ly)], False), mix(icing, (1, 1, 1), 0.3), 0.022 * r, 0.75)
    # Icing that ran down the side in drops of different length.
    drip = skia.Path()
    count = 11
    drip.moveTo(x - r, y - tall)
    for k in range(count):
        a, b = math.pi - math.pi * k / count, math.pi - math.pi * (k + 1) / count
        ax, bx = x + r * math.cos(a), x + r * math.cos(b)
        base = y - tall + flat * math.sin((a + b) / 2)
        drop = base + tall * (0.2, 0.42, 0.28, 0.5, 0.24, 0.38)[(k * 5 + tier) % 6]
        drip.cubicTo(ax + 0.08 * (bx - ax), drop, bx - 0.08 * (bx - ax), drop, bx, y - tall + flat * math.sin(b) + 0.04 * tall)
    drip.lineTo(x + r, y - tall)
    drip.close()
    shadow = skia.Path(drip)
    canvas.save()
    canvas.clipPath(side, doAntiAlias=True)
    shadow.offset(0.015 * r, 0.05 * r)
    filled(canvas, shadow, (0.25, 0.05, 0.1), 0.3, 0.02 * r)
    ramped(canvas, drip, (scaled(icing, 0.85), mix(icing, (1, 1, 1), 0.4), icing, scaled(icing, 0.65)), (x - r, 0), (x + r, 0))
    canvas.restore()
    top = oval(x, y - tall, r, flat)
    ramped(
        canvas,
        top,
        (mix(icing, (1, 1, 1), 0.55), mix(icing, (1, 1, 1), 0.15), scaled(icing, 0.9)),
        (x - 0.6 * r, y - tall - flat),
        (x + 0.6 * r, y - tall + flat),
    )
    for k in range(22):
        angle = math.pi * k / 21
        ball(canvas, x + 0.985 * r * math.cos(angle), y + flat * math.sin(angle) * 0.98, 0.048 * r, pearls, 0.7)
    for k in range(20):
        angle = math.tau * k / 20
        _cream(
            canvas,
            x + 0.87 * r * math.cos(angle),
            y - tall + 0.87 * flat * math.sin(angle),
            0.085 * r,
            mix(icing, (1, 1, 1), 0.6),
        )


def _cream(canvas: Canvas, x: float, y: float, size: float, tone: RGB) -> None:
    filled(canvas, oval(x + 0.2 * size, y + 0.3 * size, size, 0.5 * size), (0.3, 0.1, 0.12), 0.25, 0.2 * size)
    for k in range(3):
        r = size * (1.0, 0.7, 0.36)[k]
        layer = oval(x, y - 0.42 * size * k, r, 0.55 * r)
        ramped(canvas, layer, (mix(tone, (1, 1, 1), 0.6), tone, scaled(tone, 0.8)), (x - r, y - size), (x + r, y + 0.4 * size))


def gift(canvas: Canvas, x: float, y: float, size: float, tone: RGB, ribbon: RGB, tall: float = 0.8) -> None:
    """A wrapped box, `size` wide, its front's foot at (x, y), with a ribbon and a bow."""
    half, high, back = size / 2, size * tall, 0.16 * size
    on_floor(canvas, x, y, 0.62 * size, 0.45)
    front = round_box(x - half, y - high, x + half, y, 0.012 * size)
    ramped(canvas, front, (mix(tone, (1, 1, 1), 0.16), tone, scaled(tone, 0.68)), (x - half, y - high), (x + half, y))
    band = round_box(x - 0.1 * size, y - high, x + 0.1 * size, y)
    ramped(
        canvas,
        band,
        (scaled(ribbon, 0.7), mix(ribbon, (1, 1, 1), 0.35), ribbon, scaled(ribbon, 0.65)),
        (x - 0.1 * size, 0),
        (x + 0.1 * size, 0),
    )
    lid = polygon(
        [
            (x - half - 0.03 * size, y - high),
            (x + half + 0.03 * size, y - high),
            (x + half - 0.06 * size, y - high - back),
            (x - half + 0.06 * size, y - high - back),
        ]
    )
    ramped(
        canvas, lid, (mix(tone, (1, 1, 1), 0.45), mix(tone, (1, 1, 1), 0.12)), (x - half, y - high - back), (x + half, y - high)
    )
    strip = polygon(
        [
            (x - 0.1 * size, y - high),
            (x + 0.1 * size, y - high),
            (x + 0.085 * size, y - high - back),
            (x - 0.085 * size, y - high - back),
        ]
    )
    filled(canvas, strip, mix(ribbon, (1, 1, 1), 0.3))
    lip = round_box(x - half - 0.03 * size, y - high, x + half + 0.03 * size, y - high + 0.13 * size, 0.01 * size)
    ramped(
        canvas, lip, (mix(tone, (1, 1, 1), 0.24), scaled(tone, 0.86)), (x - half, y - high), (x + half, y - high + 0.13 * size)
    )
    filled(
        canvas,
        round_box(x - half, y - high + 0.13 * size, x + half, y - high + 0.17 * size),
        (0.1, 0.02, 0.05),
        0.25,
        0.01 * size,
    )
    ramped(
        canvas,
        round_box(x - 0.1 * size, y - high, x + 0.1 * size, y - high + 0.13 * size),
        (mix(ribbon, (1, 1, 1), 0.3), scaled(ribbon, 0.9)),
        (x, y - high),
        (x, y - high + 0.13 * size),
    )
    bow(canvas, x, y - high - 0.5 * back, 0.32 * size, ribbon)


def gifts(places: Sequence[tuple[float, float, float]], tones: Sequence[tuple[RGB, RGB]]) -> Layer:
    """Wrapped boxes at (x, y, size): shares of the width and height, and of the unit; far ones first."""

    def layer(table: Table) -> None:
        roll = table.dice("gifts", places[0])
        for index, (x, y, size) in enumerate(places):
            wrap, ribbon = tones[index % len(tones)]
            gift(table.canvas, x * table.width, y * table.height, size * table.u, wrap, ribbon, roll.uniform(0.62, 0.95))

    return layer


def rose(canvas: Canvas, x: float, y: float, size: float, tone: RGB, roll: random.Random) -> None:
    """A garden rose from above: whorls of petals, darker inwards."""
    filled(canvas, disc(x + 0.1 * size, y + 0.16 * size, 1.02 * size), (0.12, 0.04, 0.05), 0.3, 0.15 * size)
    start = roll.uniform(0, math.tau)
    for ring, (reach, count) in enumerate(((0.66, 7), (0.46, 6), (0.26, 5), (0.1, 3))):
        deep = turned(tone, -0.01, 1.7, 0.86)
        shade = mix(mix(tone, (1, 1, 1), 0.3), deep, ring / 3.4)
        for k in range(count):
            angle = start + math.tau * k / count + 0.5 * ring
            px, py = x + reach * size * math.cos(angle), y + reach * size * math.sin(angle)
            r = size * (0.42, 0.36, 0.28, 0.2)[ring]
            petal = oval(px, py, r, r)
            ends = (x + (reach * size + r) * math.cos(angle), y + (reach * size + r) * math.sin(angle))
            ramped(canvas, petal, (mix(shade, (1, 1, 1), 0.35), shade, mix(shade, deep, 0.8)), ends, (x, y))
    filled(canvas, disc(x, y, 0.08 * size), scaled(tone, 0.5), 0.8)


def posy(places: Sequence[tuple[float, float, float]], tones: Sequence[RGB], leaf: RGB = LEAF, count: int = 9) -> Layer:
    """Heaps of roses with leaves at (x, y, size): shares of the width and height, and of the unit."""

    def layer(table: Table) -> None:
        roll, canvas = table.dice("posy", places[0]), table.canvas
        for x, y, size in places:
            cx, cy, r = x * table.width, y * table.height, size * table.u
            for k in range(14):
                angle = math.tau * k / 14 + roll.uniform(-0.2, 0.2)
                canvas.save()
                canvas.translate(cx, cy)
                canvas.rotate(math.degrees(angle))
                blade = skia.Path()
                reach = r * roll.uniform(1.0, 1.35)
                blade.moveTo(0.3 * r, 0)
                blade.quadTo(0.8 * reach, -0.26 * r, reach, 0)
                blade.quadTo(0.8 * reach, 0.22 * r, 0.3 * r, 0)
                ramped(
                    canvas, blade, (scaled(leaf, 0.6), mix(leaf, (1, 1, 0.9), roll.uniform(0.0, 0.35))), (0.3 * r, 0), (reach, 0)
                )
                canvas.restore()
            spots = sorted(
                (
                    (
                        cx + 0.72 * r * math.sqrt((k + 0.5) / count) * math.cos(2.4 * k),
                        cy + 0.66 * r * math.sqrt((k + 0.5) / count) * math.sin(2.4 * k),
                    )
                    for k in range(count)
                ),
                key=lambda spot: -math.dist(spot, (cx, cy)),
            )
            for k, (fx, fy) in enumerate(spots):
                rose(canvas, fx, fy, r * roll.uniform(0.27, 0.4), tones[k % len(tones)], roll)

    return layer


def diploma(canvas: Canvas, x: float, y: float, size: float, turn: float = -18.0) -> None:
    """A rolled certificate, `size` long, around (x, y), tied with a red ribbon."""
    canvas.save()
    canvas.translate(x, y)
    canvas.rotate(turn)
    half, r = size / 2, 0.085 * size
    roll_ = round_box(-half, -r, half, r, 0.02 * size)
    thrown(canvas, roll_, 0.08 * size, 0.4)
    ramped(canvas, roll_, (rgb("#fffdf4"), rgb("#f7edd6"), rgb("#d8c49c"), rgb("#a98f63")), (0, -r), (0, r))
    end = oval(half, 0, 0.32 * r, r)
    ramped(canvas, end, (rgb("#f4e8cc"), rgb("#b89c6c")), (half, -r), (half, r))
    for share in (0.68, 0.4):
        traced(canvas, oval(half, 0, 0.32 * r * share, r * share), rgb("#8f744a"), 0.008 * size, 0.7)
    band = round_box(-0.06 * size, -1.03 * r, 0.06 * size, 1.03 * r)
    ramped(canvas, band, (rgb("#ff7a6a"), RED, rgb("#6e0f14")), (0, -r), (0, r))
    bow(canvas, 0, 0.1 * r, 0.15 * size, RED)
    canvas.restore()


def books(canvas: Canvas, x: float, y: float, size: float, tones: Sequence[RGB]) -> float:
    """A pile of books, the lowest `size` wide, its foot at (x, y). Gives the y of its top."""
    on_floor(canvas, x, y, 0.6 * size, 0.45)
    for index, tone in enumerate(tones):
        wide, thick = size * (1 - 0.07 * index), 0.15 * size
        shift = (0.0, 0.05, -0.03, 0.02)[index % 4] * size
        left, right = x - wide / 2 + shift, x + wide / 2 + shift
        pages = round_box(left + 0.03 * size, y - 0.86 * thick, right - 0.02 * size, y - 0.14 * thick)
        ramped(canvas, pages, (rgb("#fbf3e0"), rgb("#cbb990")), (left, 0), (right, 0))
        for top in (y - thick, y - 0.16 * thick):
            board = round_box(left, top, right, top + 0.16 * thick, 0.04 * thick)
            ramped(canvas, board, (mix(tone, (1, 1, 1), 0.25), tone, scaled(tone, 0.6)), (left, 0), (right, 0))
        spine = round_box(left - 0.02 * size, y - thick, left + 0.2 * size, y, 0.3 * thick)
        ramped(canvas, spine, (mix(tone, (1, 1, 1), 0.25), tone, scaled(tone, 0.62)), (0, y - thick), (0, y))
        traced(canvas, polygon([(left + 0.13 * size, y - thick), (left + 0.13 * size, y)], False), GOLD, 0.012 * size)
        y -= thick
    return y
