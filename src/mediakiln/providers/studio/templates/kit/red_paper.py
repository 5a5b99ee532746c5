"""Red and gold: lanterns, tassels, paper with characters, couplets, seals, firecrackers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.stage import Canvas
from mediakiln.providers.studio.templates.kit import captions
from mediakiln.providers.studio.templates.kit.hard import filled, ramped, traced
from mediakiln.providers.studio.templates.kit.shapes import GOLD, IVORY, RED, Path, curve, disc, low, polygon, round_box, thrown
from mediakiln.providers.studio.templates.table import Layer, Table

DARK_RED, LIT_RED = rgb("#8f1018"), rgb("#e23a2c")


def lantern(canvas: Canvas, x: float, y: float, size: float, *, text: str = "", cord: float = 0.0, lit: float = 0.5) -> None:
    """A round red lantern, `size` wide, its middle at (x, y), on a cord `cord` long, with a tassel."""
    rx, ry = size / 2, size * 0.41
    if cord:
        traced(canvas, polygon([(x, y - ry - cord), (x, y - ry)], False), rgb("#5a2a14"), max(0.8, size * 0.018))
    if lit:
        tones = [argb(rgb("#ff7a3a"), 0.5 * lit), argb(rgb("#ff5a2a"), 0.0)]
        shader = skia.GradientShader.MakeRadial(skia.Point(x, y), size * 1.15, tones, [0.3, 1.0])
        canvas.drawCircle(x, y, size * 1.15, skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kScreen))
    body = skia.Path()
    body.addOval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry))
    thrown(canvas, body, size * 0.08, 0.3)
    focus = skia.Point(x - 0.16 * rx, y + 0.05 * ry)
    heat = [argb(mix(LIT_RED, rgb("#ffb347"), 0.2 + 0.45 * lit)), argb(LIT_RED), argb(RED), argb(scaled(DARK_RED, 0.85))]
    canvas.drawPath(
        body, skia.Paint(Shader=skia.GradientShader.MakeRadial(focus, 1.05 * rx, heat, [0, 0.42, 0.72, 1.0]), AntiAlias=True)
    )
    for share in (-0.82, -0.55, -0.2, 0.2, 0.55, 0.82):
        rib = skia.Path()
        box = skia.Rect.MakeLTRB(x - abs(share) * rx, y - ry, x + abs(share) * rx, y + ry)
        rib.addArc(box, 90 if share < 0 else 270, 180)
        traced(canvas, rib, mix(GOLD, DARK_RED, 0.25), max(0.6, size * 0.009), 0.65)
    shine = skia.Path()
    shine.addOval(skia.Rect.MakeXYWH(x - 0.62 * rx, y - 0.68 * ry, 0.42 * rx, 0.5 * ry))
    filled(canvas, shine, (1, 0.85, 0.7), 0.35, size * 0.04)
    gold = (rgb("#fff0b0"), GOLD, rgb("#8a5a18"))
    for top, deep in ((y - ry - 0.09 * size, 0.13 * size), (y + ry - 0.045 * size, 0.12 * size)):
        cap = round_box(x - 0.23 * size, top, x + 0.23 * size, top + deep, 0.02 * size)
        ramped(canvas, cap, gold, (x - 0.23 * size, top), (x + 0.23 * size, top))
        traced(
            canvas,
            polygon([(x - 0.22 * size, top + deep * 0.5), (x + 0.22 * size, top + deep * 0.5)], False),
            rgb("#8a5a18"),
            0.008 * size,
            0.7,
        )
    tassel(canvas, x, y + ry + 0.075 * size, 0.55 * size, RED)
    if text:
        captions.block(canvas, text, x, y, size * 0.36, captions.FOIL)


def tassel(canvas: Canvas, x: float, y: float, length: float, tone: RGB) -> None:
    """A silk tassel that hangs from (x, y)."""
    filled(canvas, disc(x, y + 0.1 * length, 0.085 * length), GOLD)
    for index in range(9):
        way = (index - 4) / 4
        tip = (x + way * 0.17 * length, y + length * (1 - 0.05 * way * way))
        thread = curve([(x + way * 0.04 * length, y + 0.16 * length), (x + way * 0.13 * length, y + 0.5 * length), tip])
        traced(canvas, thread, mix(tone, (1, 0.8, 0.6), 0.16 * (index % 3)), 0.045 * length)


def lanterns(places: Sequence[tuple[float, float, float]], text: str = "", lit: float = 0.5, cord: float = 0.0) -> Layer:
    """Red lanterns at (x, y, size), on cords from the upper edge, or `cord` units long; each has its character of `text`."""

    def layer(table: Table) -> None:
        for index, (x, y, size) in enumerate(places):
            at = low(table, y) if cord else y * table.height
            word = text[index % len(text)] if text else ""
            lantern(table.canvas, x * table.width, at, size * table.u, text=word, cord=cord * table.u or at, lit=lit)

    return layer


def paper(canvas: Canvas, path: Path, size: float, tone: RGB = RED) -> None:
    """Red paper with a gold line inside its edge; `size` is its shorter side."""
    thrown(canvas, path, 0.05 * size, 0.4)
    box = path.getBounds()
    ramped(
        canvas,
        path,
        (mix(tone, (1, 0.6, 0.4), 0.16), tone, scaled(tone, 0.8)),
        (box.left(), box.top()),
        (box.right(), box.bottom()),
    )
    canvas.save()
    canvas.clipPath(path, doAntiAlias=True)
    traced(canvas, path, GOLD, 0.1 * size)
    traced(canvas, path, scaled(tone, 0.92), 0.055 * size)
    canvas.restore()


def luck(x: float, y: float, size: float, text: str = "福") -> Layer:
    """A square of red paper standing on its corner, with a gold character; `size` is its side in units."""

    def layer(table: Table) -> None:
        cx, cy, half = x * table.width, low(table, y), size * table.u / math.sqrt(2)
        paper(table.canvas, polygon([(cx, cy - half), (cx + half, cy), (cx, cy + half), (cx - half, cy)]), size * table.u)
        captions.block(table.canvas, text, cx, cy, 0.62 * size * table.u, captions.FOIL)

    return layer


def couplet(canvas: Canvas, text: str, x: float, top: float, size: float) -> None:
    """A strip of red paper with a column of gold characters of `size` pixels, its middle at `x`."""
    tall = size * (1.12 * len(text) + 0.5)
    paper(canvas, round_box(x - 0.78 * size, top, x + 0.78 * size, top + tall, 0.04 * size), 1.5 * size)
    captions.write(canvas, captions.column(text, x, top + 0.2 * size, size, captions.FOIL), size, captions.FOIL)


def seal(canvas: Canvas, text: str, x: float, y: float, size: float) -> None:
    """A red seal around (x, y), its characters one below the other."""
    tall = size * len(text)
    filled(
        canvas, round_box(x - 0.62 * size, y - 0.55 * tall, x + 0.62 * size, y + 0.55 * tall, 0.16 * size), rgb("#b8231f"), 0.95
    )
    ink = captions.Ink((IVORY,), shadow=0.0)
    step = 0.98 * size / 1.12
    captions.write(canvas, captions.column(text, x, y - 0.5 * tall, step, ink), step * 0.95, ink)


def crackers(x: float, top: float, length: float, size: float = 0.05) -> Layer:
    """A string of red firecrackers that hangs from (x, top), shares; `length` and `size` in units."""

    def layer(table: Table) -> None:
        u, canvas, roll = table.u, table.canvas, table.dice("crackers", x)
        cx, y, s = x * table.width, top * table.height, size * u
        traced(canvas, polygon([(cx, y - 0.1 * u), (cx, y + length * u)], False), rgb("#7a4a18"), 0.06 * s)
        rows = max(3, round(length * u / (0.72 * s)))
        for row in range(rows):
            for sign in (-1, 1):
                canvas.save()
                canvas.translate(cx, y + row * 0.72 * s)
                canvas.rotate(sign * roll.uniform(22, 36))
                tube = round_box(-0.21 * s, 0.0, 0.21 * s, 1.1 * s, 0.05 * s)
                thrown(canvas, tube, 0.12 * s, 0.3)
                ramped(canvas, tube, (DARK_RED, LIT_RED, RED, DARK_RED), (-0.21 * s, 0), (0.21 * s, 0))
                for band in (0.05, 0.92):
                    rim = round_box(-0.21 * s, band * s, 0.21 * s, band * s + 0.13 * s)
                    ramped(canvas, rim, (rgb("#a8701c"), rgb("#ffe9a0"), GOLD, rgb("#8a5a18")), (-0.21 * s, 0), (0.21 * s, 0))
                canvas.restore()
        tassel(canvas, cx, y + rows * 0.72 * s + 0.5 * s, 1.2 * s, RED)

    return layer
