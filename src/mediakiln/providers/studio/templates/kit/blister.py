"""A figure in a blister pack: a printed card that hangs on a peg, and clear bubbles formed over what it sells."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from msgspec import Struct

from mediakiln.providers.studio.colour import RGB, argb, luma, mix, rgb, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.templates.kit import captions, sitting
from mediakiln.providers.studio.templates.kit.grounds import pastel
from mediakiln.providers.studio.templates.kit.hard import (
    Shape,
    box,
    cleared,
    dropped,
    filled,
    metal,
    moulded,
    ramped,
    shape,
    streaks,
    traced,
)
from mediakiln.providers.studio.templates.table import Layer, Table

Area = tuple[float, float, float, float]
"""The middle (x, y), the width and the height of an upright rectangle in table pixels."""


GOLD = rgb("#f4bd3c")


class Pack(Struct, frozen=True):
    """Where things are on the card: the `card`, its printed `head`, the large `bubble`, and the small ones in `extras`."""

    card: Area
    head: Area
    bubble: Area
    extras: tuple[Area, ...]


def pack(table: Table) -> Pack:
    """Upright on most sheets, head above; lying on wide ones, head at the left."""
    room_x, room_y = 0.86 * table.width, 0.88 * table.height
    rows, columns = table.sitter.cut.shape[:2]
    narrowest = 0.82 if columns > 1.1 * rows else 0.56  # a wide sitter would be lost in a tall bubble
    ratio = min(1.9, max(narrowest, 0.84 * room_x / room_y))
    tall = min(room_y, room_x / ratio)
    wide = tall * ratio
    x, y = table.width / 2, table.height / 2
    left, top = x - wide / 2, y - tall / 2
    if ratio <= 1.2:
        head = (x, top + 0.165 * tall, 0.9 * wide, 0.19 * tall)
        low, deep = top + 0.28 * tall, 0.64 * tall
        bubble = (left + 0.375 * wide, low + deep / 2, 0.64 * wide, deep)
        side = min(0.22 * wide, 0.27 * deep)
        places = ((left + 0.84 * wide, low + deep * (0.16 + 0.34 * index)) for index in range(3))
    else:
        head = (left + 0.215 * wide, top + 0.36 * tall, 0.36 * wide, 0.4 * tall)
        bubble = (left + 0.67 * wide, y + 0.02 * tall, min(0.56 * wide, 1.1 * tall), 0.82 * tall)
        side = min(0.11 * wide, 0.24 * tall)
        places = ((left + (0.1 + 0.118 * index) * wide, top + 0.77 * tall) for index in range(3))
    return Pack((x, y, wide, tall), head, bubble, tuple((px, py, side, side) for px, py in places))


def lively(table: Table) -> RGB:
    """The colour of the card: strong, of the hue the sitter's own colour calls for."""
    return turned(pastel(0.5)(table), table.dice("hue").uniform(-0.05, 0.05), 2.3, 0.95)


def card(print_on: Callable[[Table, Pack], None]) -> Layer:
    """The card with its shadow, what `print_on` prints on it, and the hole it hangs from."""

    def layer(table: Table) -> None:
        plan = pack(table)
        x, y, wide, tall = plan.card
        u = min(wide, tall)
        outline = box(x, y, wide, tall, 0.045 * u)
        part = shape(outline, 0.008 * u)
        dropped(table, part, 0.05 * u, 0.34)
        dropped(table, part, 0.012 * u, 0.4)
        table.canvas.save()
        table.canvas.clipPath(outline, doAntiAlias=True)
        print_on(table, plan)
        table.canvas.restore()
        traced(table.canvas, box(x, y, wide - 0.006 * u, tall - 0.006 * u, 0.042 * u), (1, 1, 1), 0.006 * u, 0.5)
        _hole(table, x, y - 0.46 * tall, 0.16 * u)

    return layer


def _hole(table: Table, x: float, y: float, wide: float) -> None:
    """The slot for the peg, and the peg."""
    slot = skia.Path()
    slot.addRoundRect(skia.Rect.MakeXYWH(x - wide / 2, y - 0.11 * wide, wide, 0.22 * wide), 0.11 * wide, 0.11 * wide)
    slot.addCircle(x, y - 0.02 * wide, 0.17 * wide)
    filled(table.canvas, slot, (0.13, 0.13, 0.16))
    traced(table.canvas, slot, (1, 1, 1), 0.02 * wide, 0.45)
    peg = metal(0.1 * wide, x, y - 0.05 * wide)
    table.canvas.drawCircle(x, y - 0.04 * wide, 0.1 * wide, skia.Paint(Color=argb((0.75, 0.77, 0.8)), AntiAlias=True))
    table.canvas.drawCircle(x, y - 0.04 * wide, 0.06 * wide, peg)


def rays(
    table: Table,
    x: float,
    y: float,
    reach: float,
    tone: RGB,
    count: int = 18,
    alpha: float = 0.5,
    turn: float = 0.0,
    fade: float = 0.85,
) -> None:
    """A sunburst around (x, y) that loses the share `fade` outwards."""
    path = skia.Path()
    for index in range(count):
        angle = turn + math.tau * index / count
        knots = [skia.Point(x, y)]
        for side in (-0.25, 0.25):
            at = angle + side * math.tau / count
            knots.append(skia.Point(x + reach * math.cos(at), y + reach * math.sin(at)))
        path.addPoly(knots, True)
    shader = skia.GradientShader.MakeRadial(skia.Point(x, y), reach, [argb(tone, alpha), argb(tone, (1 - fade) * alpha)])
    table.canvas.drawPath(path, skia.Paint(Shader=shader, AntiAlias=True))


def halftone(table: Table, area: Area, tone: RGB, size: float, alpha: float = 0.5) -> None:
    """Printed dots that grow towards the lower edge of `area`."""
    x, y, wide, tall = area
    paint = skia.Paint(Color=argb(tone, alpha), AntiAlias=True)
    rows, columns = math.ceil(tall / size), math.ceil(wide / size)
    for row in range(rows):
        radius = size * 0.62 * (row + 0.5) / rows
        for column in range(columns + 1):
            at = x - wide / 2 + (column + 0.5 * (row % 2)) * size
            table.canvas.drawCircle(at, y - tall / 2 + (row + 0.5) * size, radius, paint)


def star(x: float, y: float, radius: float, points: int = 5, inner: float = 0.48, turn: float = -0.25) -> Any:
    """A path: a star of `points` around (x, y), turned by `turn` of a full turn."""
    path = skia.Path()
    knots = []
    for index in range(2 * points):
        far = radius * (inner if index % 2 else 1.0)
        angle = math.tau * (turn + index / (2 * points))
        knots.append(skia.Point(x + far * math.cos(angle), y + far * math.sin(angle)))
    path.addPoly(knots, True)
    return path


def heart(x: float, y: float, radius: float) -> Any:
    """A path: a heart around (x, y)."""
    t = np.linspace(0, math.tau, 80, endpoint=False)
    px = 16 * np.sin(t) ** 3
    py = -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) - 2.5
    path = skia.Path()
    path.addPoly([skia.Point(x + radius / 16 * float(a), y + radius / 16 * float(b)) for a, b in zip(px, py, strict=True)], True)
    return path


def crown(x: float, y: float, radius: float) -> Any:
    """A path: a crown of five points around (x, y)."""
    knots = [(-0.85, 0.62), (-1.0, -0.45), (-0.48, 0.02), (0.0, -0.8), (0.48, 0.02), (1.0, -0.45), (0.85, 0.62)]
    path = skia.Path()
    path.addPoly([skia.Point(x + radius * a, y + radius * b) for a, b in knots], True)
    return path


def bubble(path: Any, table: Table, inside: Callable[[], None], deep: float) -> None:
    """A clear bubble of outline `path` and `deep` pixels, welded to the card by a flat rim, with something `inside`."""
    x, y = path.getBounds().centerX(), path.getBounds().centerY()
    wide, tall = path.getBounds().width(), path.getBounds().height()
    rim = box(x, y, wide + 0.55 * deep, tall + 0.55 * deep, 0.9 * deep)
    sitting.shadow_of(table, shape(rim, 2).mask, *_corner(rim, 0.12 * deep), 0.2 * deep, 0.3)
    filled(table.canvas, rim, (1, 1, 1), 0.2)
    traced(table.canvas, rim, (1, 1, 1), max(1.0, 0.05 * deep), 0.7)
    form = shape(path, 0.8 * deep)
    _hollow(table, path, form, deep)
    inside()
    cleared(table, form, 0.8 * deep / max(1.0, float(min(form.mask.shape))), haze=0.02)
    streaks(table, path, x, y, wide, tall, 0.2)
    _gleams(table, x, y, wide, tall, deep)
    traced(table.canvas, path, (1, 1, 1), max(1.0, 0.06 * deep), 0.8)


def _gleams(table: Table, x: float, y: float, wide: float, tall: float, deep: float) -> None:
    """The long reflections of formed plastic, down its left wall and along its top."""
    left, top = x - wide / 2 + 0.62 * deep, y - tall / 2 + 0.6 * deep
    upright = skia.Path().moveTo(left, top + 1.6 * deep).lineTo(left, y + 0.3 * tall)
    level = skia.Path().moveTo(left + 1.5 * deep, top).lineTo(x + 0.12 * wide, top)
    for path, width, alpha in ((upright, 0.26, 0.7), (level, 0.2, 0.55)):
        traced(table.canvas, path, (1, 1, 1), width * deep, alpha, 0.05 * deep)
    short = skia.Path().moveTo(left, y + 0.36 * tall).lineTo(left, y + 0.4 * tall)
    traced(table.canvas, short, (1, 1, 1), 0.22 * deep, 0.6, 0.05 * deep)


def _corner(path: Any, away: float) -> tuple[float, float]:
    bounds = path.getBounds()
    return bounds.left() - 1 + 0.55 * away, bounds.top() - 1 + 0.8 * away


def _hollow(table: Table, path: Any, form: Shape, deep: float) -> None:
    """The card under a bubble: lighter, with the shadow of the walls."""
    table.canvas.save()
    table.canvas.clipPath(path, doAntiAlias=True)
    filled(table.canvas, path, (1, 1, 1), 0.16)
    shade = skia.Path(path)
    shade.offset(0.35 * deep, 0.5 * deep)
    shade.toggleInverseFillType()
    filled(table.canvas, shade, (0.05, 0.05, 0.12), 0.3, 0.4 * deep)
    table.canvas.restore()


def figure(*treatments: sitting.Treatment) -> Layer:
    """The large bubble, with the sitter as a figure on a little stand."""

    def layer(table: Table) -> None:
        x, y, wide, tall = pack(table).bubble
        deep = 0.085 * min(wide, tall)
        path = box(x, y, wide, tall, 1.5 * deep)
        bubble(path, table, partial(_standing, table, (x, y, wide, tall), treatments), deep)

    return layer


def _standing(table: Table, area: Area, treatments: tuple[sitting.Treatment, ...]) -> None:
    x, y, wide, tall = area
    guest = sitting.stood(table, x, y + 0.41 * tall, 0.86 * wide, 0.85 * tall)
    if guest.height < 0.6 * tall:  # a wide sitter is held nearer the middle
        guest = sitting.stood(table, x, y + 0.2 * tall + 0.25 * guest.height, 0.86 * wide, 0.85 * tall)
    guest = sitting.treated(guest, sitting.soft_foot, *treatments)
    base = min(0.78 * wide, max(0.4 * wide, 0.9 * guest.width))
    thick = 0.045 * tall
    stand = shape(_disc(x, guest.foot - 0.1 * thick, base, 0.2 * base + thick, thick), 0.4 * thick)
    dropped(table, stand, 0.03 * tall, 0.3)
    tone = mix(lively(table), (0.1, 0.1, 0.14), 0.72)
    moulded(table, stand, tone, 0.15, 0.5)
    top = skia.Path()
    top.addOval(skia.Rect.MakeXYWH(x - base / 2, guest.foot - 0.1 * base - 0.6 * thick, base, 0.2 * base))
    ramped(
        table.canvas, top, (mix(tone, (1, 1, 1), 0.32), tone), (x - base / 2, guest.foot - base * 0.1), (x + base / 2, guest.foot)
    )
    sitting.shadow(table, guest, 0.045 * tall, 0.4)
    sitting.contact(table, guest.x, guest.foot - 0.3 * thick, 0.7 * base, 0.5)
    sitting.lay(table, guest)


def _disc(x: float, y: float, wide: float, tall: float, thick: float) -> Any:
    """A path: a flat drum seen from a little above, its top's middle near (x, y)."""
    flat = tall - thick
    path = skia.Path()
    path.addOval(skia.Rect.MakeXYWH(x - wide / 2, y - flat / 2 - 0.5 * thick, wide, flat))
    path.addRect(skia.Rect.MakeXYWH(x - wide / 2, y - 0.5 * thick, wide, thick))
    path.addOval(skia.Rect.MakeXYWH(x - wide / 2, y - flat / 2 + 0.5 * thick, wide, flat))
    return skia.Simplify(path) or path


def extras(gold: RGB = GOLD) -> Layer:
    """The small bubbles: three things that come with the figure, of a set that changes with the seed."""

    def layer(table: Table) -> None:
        kinds: list[Callable[..., Any]] = [star, heart, crown, _print]
        table.dice("extras").shuffle(kinds)
        tones = [gold, mix(rgb("#ee4f6e"), lively(table), 0.15), rgb("#5cc4e8")]
        for area, kind, tone in zip(pack(table).extras, kinds, tones, strict=False):
            x, y, wide, _ = area
            path = box(x, y, 0.86 * wide, 0.86 * wide, 0.2 * wide)
            bubble(path, table, partial(_extra, table, kind, x, y, 0.27 * wide, gold if kind is crown else tone), 0.11 * wide)

    return layer


def _extra(table: Table, kind: Callable[..., Any], x: float, y: float, radius: float, tone: RGB) -> None:
    if kind is _print:
        _print(table, x, y, radius)
        return
    part = shape(kind(x, y, radius), 0.35 * radius)
    dropped(table, part, 0.25 * radius, 0.4)
    moulded(table, part, tone, 0.2, 0.9)


def _print(table: Table, x: float, y: float, radius: float) -> None:
    """A little framed print of the caller's picture."""
    picture = table.sitter.picture
    side = min(picture.shape[:2])
    up, left = (picture.shape[0] - side) // 2, (picture.shape[1] - side) // 2
    square = np.ascontiguousarray(picture[up : up + side, left : left + side])
    image = skia.Image.fromarray(np.dstack([square, np.full((side, side), 255, np.uint8)]), skia.kRGBA_8888_ColorType)
    table.canvas.save()
    table.canvas.rotate(-6, x, y)
    frame = box(x, y, 2.1 * radius, 2.1 * radius, 0.12 * radius)
    filled(
        table.canvas,
        box(x + 0.1 * radius, y + 0.16 * radius, 2.1 * radius, 2.1 * radius, 0.1 * radius),
        (0, 0, 0),
        0.4,
        0.12 * radius,
    )
    filled(table.canvas, frame, (0.98, 0.97, 0.95))
    target = skia.Rect.MakeXYWH(x - 0.88 * radius, y - 0.88 * radius, 1.76 * radius, 1.76 * radius)
    sampling = skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear)
    table.canvas.drawImageRect(image.withDefaultMipmaps(), target, sampling)
    table.canvas.restore()


def badge(table: Table, x: float, y: float, radius: float, text: str, tone: RGB, ink: captions.Ink) -> None:
    """A round printed sticker with a jagged edge."""
    filled(table.canvas, star(x + 0.05 * radius, y + 0.09 * radius, radius, 18, 0.9), (0, 0, 0), 0.3, 0.06 * radius)
    filled(table.canvas, star(x, y, radius, 18, 0.9), tone)
    traced(table.canvas, skia.Path().addCircle(x, y, 0.76 * radius), (1, 1, 1), 0.04 * radius, 0.8)
    size = min(captions.fitted(line, 0.6 * radius, 1.35 * radius, ink) for line in text.split("\n"))
    captions.block(table.canvas, text, x, y, size, ink)


def words(table: Table, text: str, x: float, y: float, size: float, room: float, ink: captions.Ink) -> None:
    """One line with its middle at `x` on the baseline `y`, smaller where `room` is short."""
    size = captions.fitted(text, size, room, ink)
    captions.write(table.canvas, captions.line(text, x, y, size, ink), size, ink)


def barcode(table: Table, x: float, y: float, wide: float, tall: float) -> None:
    """A barcode on its white field, drawn from the seed."""
    filled(table.canvas, box(x, y, wide, tall, 0.05 * wide), (1, 1, 1))
    roll = table.dice("barcode")
    at, end = x - 0.42 * wide, x + 0.42 * wide
    while at < end:
        bar = wide * roll.choice((0.012, 0.02, 0.03))
        filled(table.canvas, box(at, y, bar, 0.74 * tall, 0), (0.05, 0.05, 0.07))
        at += bar + wide * roll.choice((0.012, 0.02, 0.028))


def dark_on(tone: RGB) -> RGB:
    """A line colour that is read on `tone`."""
    return (0.12, 0.1, 0.2) if luma(tone) > 0.5 else (1.0, 0.99, 0.96)
