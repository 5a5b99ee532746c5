"""Words on cards, banners and in the air: lines, columns and arcs of characters, and the inks they are done in.

Sizes are in pixels in the functions that take a canvas; the layers take shares of the shorter side, the width and the height.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from mediakiln.providers.studio import lettering
from mediakiln.providers.studio.colour import RGB, argb, rgb
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.stage import Canvas
from mediakiln.providers.studio.templates.table import Layer, Table

Glyph = tuple[str, float, float, float]
"""A character, the left end of its baseline in pixels, and its turn in degrees."""


class Ink(Struct, frozen=True):
    """How characters look.

    `fill` is one tone, or several from their top to their foot. `rims` are outlines, the widest first: (tone, width as a share of
    the size). `depth` is the height of raised letters, `shadow` the darkness (0..1) below them, both at the lower right as
    everywhere in the templates; `pressed` letters are stamped into their ground. `glow` is a light around them. `spacing` is a
    share of the size, `slant` a share of the height.
    """

    fill: tuple[RGB, ...]
    rims: tuple[tuple[RGB, float], ...] = ()
    depth: float = 0.0
    side: RGB = (0.3, 0.2, 0.1)
    shadow: float = 0.3
    pressed: bool = False
    glow: RGB | None = None
    spacing: float = 0.0
    slant: float = 0.0


FOIL = Ink(
    (rgb("#fff6c9"), rgb("#f3cf6e"), rgb("#b9801f"), rgb("#f8e19a"), rgb("#c8922f")),
    rims=((rgb("#7a4a12"), 0.035),),
    shadow=0.4,
)
"""Gold leaf."""
CREAM = Ink((rgb("#fffaf0"), rgb("#f5e6cc")), rims=((rgb("#5b3420"), 0.05),), shadow=0.4)
STICKER = Ink((rgb("#ffd84a"), rgb("#ff9f2e")), rims=((rgb("#ffffff"), 0.34), (rgb("#3a2a55"), 0.14)), depth=0.05, shadow=0.35)
"""Fat cartoon letters with a dark line and a white die-cut border."""
BLACK = Ink((rgb("#26242a"),), shadow=0.0)
WHITE = Ink((rgb("#ffffff"),), shadow=0.35)
STAMPED = Ink((rgb("#4a4038"),), shadow=0.0, pressed=True)
"""Pressed into card or leather."""
NEON = Ink((rgb("#fff3fb"),), glow=rgb("#ff4fb0"), shadow=0.0)


def fitted(text: str, size: float, room: float, ink: Ink = BLACK) -> float:
    """`size`, or less where the widest line of `text` would not fit into `room` pixels."""
    widest = max(measured(line, size, ink) for line in text.split("\n"))
    return size * min(1.0, room / max(1e-6, widest))


def measured(text: str, size: float, ink: Ink = BLACK) -> float:
    """The width of one line in pixels."""
    return lettering.measured(text, size) + ink.spacing * size * max(0, len(text) - 1)


def line(text: str, x: float, y: float, size: float, ink: Ink = BLACK) -> list[Glyph]:
    """One line with its middle at `x`, on the baseline `y`."""
    at = x - measured(text, size, ink) / 2
    glyphs: list[Glyph] = []
    for character in text:
        glyphs.append((character, at, y, 0.0))
        at += lettering.measured(character, size) + ink.spacing * size
    return glyphs


def column(text: str, x: float, y: float, size: float, ink: Ink = BLACK) -> list[Glyph]:
    """Characters one below the other, each in the middle of a cell around `x`, from the top `y`."""
    cell = size * (1.12 + ink.spacing)
    return [
        (character, x - lettering.measured(character, size) / 2, y + size * 0.92 + cell * index, 0.0)
        for index, character in enumerate(text)
    ]


def arc(text: str, x: float, y: float, radius: float, size: float, ink: Ink = BLACK) -> list[Glyph]:
    """Characters along a circle around (x, y), their middle at its top; with a negative `radius` at its foot, hanging inside."""
    at = -measured(text, size, ink) / 2
    glyphs: list[Glyph] = []
    for character in text:
        wide = lettering.measured(character, size)
        turn = (at + wide / 2) / radius
        left, down = x + radius * math.sin(turn), y - radius * math.cos(turn)
        glyphs.append((character, left - wide / 2 * math.cos(turn), down - wide / 2 * math.sin(turn), math.degrees(turn)))
        at += wide + ink.spacing * size
    return glyphs


def write(canvas: Canvas, glyphs: Sequence[Glyph], size: float, ink: Ink) -> None:
    """Paint `glyphs` in `ink`, each part of the ink under all of the next."""
    widest = max((width for _, width in ink.rims), default=0.0)
    if ink.shadow:
        soft = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, max(0.5, size * (0.05 + ink.depth * 0.5)))
        paint = _stroked(argb((0.05, 0.03, 0.05), ink.shadow), widest * size)
        paint.setMaskFilter(soft)
        _each(canvas, glyphs, size, paint, ink.slant, (0.03 + ink.depth) * size, (0.05 + ink.depth) * size)
    if ink.glow is not None:
        for blur, alpha in ((0.32, 0.75), (0.12, 0.9)):
            paint = skia.Paint(Color=argb(ink.glow, alpha), AntiAlias=True)
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, size * blur))
            _each(canvas, glyphs, size, paint, ink.slant)
    if ink.pressed:
        step = max(0.7, size * 0.025)
        _each(canvas, glyphs, size, skia.Paint(Color=argb((1, 1, 1), 0.45), AntiAlias=True), ink.slant, step, step)
        _each(canvas, glyphs, size, skia.Paint(Color=argb((0, 0, 0), 0.35), AntiAlias=True), ink.slant, -step * 0.7, -step * 0.7)
    if ink.depth:
        layers = max(2, min(24, round(ink.depth * size)))
        for index in range(layers, 0, -1):
            move = ink.depth * size * index / layers
            _each(canvas, glyphs, size, _stroked(argb(ink.side), widest * size), ink.slant, move, move)
    for tone, width in ink.rims:
        _each(canvas, glyphs, size, _stroked(argb(tone), width * size), ink.slant)
    _each(canvas, glyphs, size, _filled(ink.fill, size), ink.slant)


def caption(
    text: str, x: float = 0.5, y: float = 0.1, size: float = 0.1, ink: Ink = CREAM, *, room: float = 0.86, turn: float = 0.0
) -> Layer:
    """Lines of `text` around (x, y), shares of the sheet; `size` is a share of the shorter side, `room` of the width, `turn`
    is in degrees clockwise."""

    def layer(table: Table) -> None:
        tall = fitted(text, size * table.u, room * table.width, ink)
        table.canvas.save()
        table.canvas.translate(x * table.width, y * table.height)
        table.canvas.rotate(turn)
        block(table.canvas, text, 0, 0, tall, ink)
        table.canvas.restore()

    return layer


def block(canvas: Canvas, text: str, x: float, y: float, size: float, ink: Ink) -> None:
    """Lines of `text`, the middle of the block at (x, y) pixels."""
    lines = text.split("\n")
    step = size * 1.14
    first = y - step * (len(lines) - 1) / 2 + size * 0.36
    write(
        canvas, [glyph for row, words in enumerate(lines) for glyph in line(words, x, first + row * step, size, ink)], size, ink
    )


def _each(
    canvas: Canvas, glyphs: Sequence[Glyph], size: float, paint: Any, slant: float, right: float = 0.0, down: float = 0.0
) -> None:
    for character, x, y, turn in glyphs:
        canvas.save()
        canvas.translate(x + right, y + down)
        canvas.rotate(turn)
        if slant:
            canvas.skew(-slant, 0)
        lettering.draw(canvas, character, 0, 0, size, paint)
        canvas.restore()


def _stroked(colour: int, width: float) -> Any:
    return skia.Paint(
        Color=colour,
        AntiAlias=True,
        Style=skia.Paint.kStrokeAndFill_Style,
        StrokeWidth=width,
        StrokeJoin=skia.Paint.kRound_Join,
    )


def _filled(tones: Sequence[RGB], size: float) -> Any:
    paint = skia.Paint(Color=argb(tones[0]), AntiAlias=True)
    if len(tones) > 1:
        ends = [skia.Point(0, -0.8 * size), skia.Point(0, 0.06 * size)]
        paint.setShader(skia.GradientShader.MakeLinear(ends, [argb(tone) for tone in tones]))
    return paint
