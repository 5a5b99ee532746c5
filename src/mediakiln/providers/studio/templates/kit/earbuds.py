"""An earbud case in a silicone sleeve with the sitter's print, its strap, and the two earbuds."""

from __future__ import annotations

import math
from functools import partial

from mediakiln.providers.studio.colour import RGB, mix, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.templates.kit import grounds, sitting
from mediakiln.providers.studio.templates.kit.blister import heart, star
from mediakiln.providers.studio.templates.kit.hard import (
    ball,
    box,
    dropped,
    filled,
    moulded,
    oval,
    ramped,
    recess,
    ring,
    shape,
    traced,
)
from mediakiln.providers.studio.templates.table import Table

_SEAM = 0.35
"""Where lid and body meet, a share of the case's height from its top."""
_WHITE: RGB = (0.965, 0.968, 0.975)


def _case(table: Table) -> tuple[float, float, float, float]:
    """The middle and the size of the case: upright, or lying where the sheet or the sitter is wide."""
    u = table.u
    cut = table.sitter.cut
    lying = table.width > 1.25 * table.height or cut.shape[1] > 1.25 * cut.shape[0]
    wide, tall = (0.62, 0.51) if lying else (0.57, 0.66)
    if table.height > 1.5 * table.width:
        wide, tall = 1.12 * wide, 1.12 * tall
    scale = min(1.0, 0.7 * table.width / (wide * u))
    x = table.width / 2 - (
        0.3 * u if table.width > 1.5 * table.height else 0.04 * u if table.height <= 1.5 * table.width else 0.0
    )
    y = table.height / 2 - (0.03 * u if table.height <= 1.5 * table.width else 0.2 * u)
    return x, y, wide * scale * u, tall * scale * u


def _tone(table: Table) -> RGB:
    """A soft colour beside the sitter's own."""
    return turned(grounds.pastel(0.5, lightness=0.8, saturation=0.3)(table), table.dice("sleeve").uniform(-0.06, 0.06))


def sleeve(table: Table) -> None:
    """The sleeve: matte silicone, thick and round."""
    x, y, wide, tall = _case(table)
    u = min(wide, tall)
    sitting.contact(table, x + 0.1 * wide, y + 0.49 * tall, 1.35 * wide, 0.6, 0.13)
    sitting.contact(table, x + 0.3 * wide, y + 0.46 * tall, 1.7 * wide, 0.32, 0.2)
    tone = _tone(table)
    side = shape(box(x + 0.035 * u, y + 0.012 * u, wide, tall, 0.34 * u), 0.12 * u)
    moulded(table, side, mix(tone, (0.2, 0.15, 0.3), 0.3), 0.12, 0.2)
    part = shape(box(x, y, wide, tall, 0.34 * u), 0.19 * u)
    moulded(table, part, tone, 0.16, 0.75, 0.55)


def pattern(table: Table) -> None:
    """Small prints around the picture, in a paler and a darker tone of the sleeve."""
    x, y, wide, tall = _case(table)
    u, roll, tone = min(wide, tall), table.dice("pattern"), _tone(table)
    table.canvas.save()
    table.canvas.clipPath(box(x, y, 0.97 * wide, 0.97 * tall, 0.33 * u), doAntiAlias=True)
    kind = roll.choice((heart, star))
    for row in range(6):
        for column in range(6):
            px = x + wide * ((column + 0.5 * (row % 2)) / 5 - 0.5)
            py = y + tall * (row / 5 - 0.5)
            light = mix(tone, (1, 1, 1), 0.5)
            filled(
                table.canvas, kind(px, py, 0.032 * u) if (row + column) % 2 else oval(px, py, 0.028 * u, 0.028 * u), light, 0.75
            )
    table.canvas.restore()


def sticker(table: Table) -> None:
    """The sitter as a raised print, across lid and body."""
    x, y, wide, tall = _case(table)
    u = min(wide, tall)
    guest = sitting.centred(table, x, y + 0.03 * tall, 0.74 * wide, 0.76 * tall)
    guest = sitting.treated(guest, sitting.soft_foot, partial(sitting.graded, vivid=1.15), partial(sitting.painted, amount=0.8))
    guest = sitting.treated(guest, partial(sitting.relief, roundness=0.12, depth=0.8, shine=0.22), sitting.sticker(0.02))
    sitting.shadow(table, guest, 0.024 * u, 0.42)
    sitting.lay(table, guest)


def fittings(table: Table) -> None:
    """The seam of the lid, the lamp, the thumb's notch; over everything the light of the room."""
    x, y, wide, tall = _case(table)
    u, canvas = min(wide, tall), table.canvas
    seam = y + (_SEAM - 0.5) * tall
    for drop, tone, alpha, width in ((0.0, (0.08, 0.05, 0.12), 0.6, 0.011), (0.009, (1.0, 1.0, 1.0), 0.5, 0.006)):
        path = skia.Path()
        path.moveTo(x - 0.495 * wide, seam + drop * u)
        path.quadTo(x, seam + (drop + 0.012) * u, x + 0.495 * wide, seam + drop * u)
        traced(canvas, path, tone, width * u, alpha)
    ball(canvas, x, y + 0.455 * tall, 0.012 * u, (0.35, 0.95, 0.5), 1.0)
    lug = box(x - 0.5 * wide, seam + 0.05 * u, 0.05 * u, 0.12 * u, 0.02 * u)
    moulded(table, shape(lug, 0.02 * u), mix(_tone(table), (0.2, 0.15, 0.3), 0.15), 0.3, 0.3)


def strap(table: Table) -> None:
    """A loop of cord on a metal snap ring, at the hinge."""
    x, y, wide, tall = _case(table)
    u, canvas = min(wide, tall), table.canvas
    px, py = x - 0.53 * wide, y + (_SEAM - 0.5) * tall + 0.05 * u
    tone = mix(turned(_tone(table), 0.5, 1.4), (1, 1, 1), 0.1)
    loop = skia.Path()
    loop.moveTo(px - 0.07 * u, py + 0.1 * u)
    loop.cubicTo(px - 0.3 * u, py + 0.3 * u, px - 0.22 * u, py + 0.75 * u, px - 0.09 * u, py + 0.62 * u)
    loop.cubicTo(px + 0.0 * u, py + 0.5 * u, px - 0.1 * u, py + 0.25 * u, px - 0.05 * u, py + 0.1 * u)
    lower = skia.Path(loop)
    lower.offset(0.015 * u, 0.022 * u)
    traced(canvas, lower, (0.1, 0.08, 0.15), 0.045 * u, 0.35, 0.012 * u)
    traced(canvas, loop, mix(tone, (0.1, 0.05, 0.15), 0.35), 0.046 * u)
    traced(canvas, loop, tone, 0.036 * u)
    twist = skia.Paint(Color=0x66FFFFFF, AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.03 * u)
    twist.setPathEffect(skia.DashPathEffect.Make([0.008 * u, 0.014 * u], 0))
    canvas.drawPath(loop, twist)
    clasp = box(px - 0.06 * u, py + 0.1 * u, 0.07 * u, 0.1 * u, 0.02 * u)
    ramped(canvas, clasp, ((0.95, 0.95, 0.97), (0.55, 0.57, 0.62), (0.9, 0.91, 0.94)), (px - 0.1 * u, py), (px, py))
    ring(table, px, py, 0.06 * u, 0.017 * u)


def buds(table: Table) -> None:
    """Two earbuds before the case, one a little behind the other."""
    x, y, wide, tall = _case(table)
    u = table.u
    size = 0.44 * tall if table.height <= 1.5 * table.width else 0.42 * tall
    if table.height > 1.5 * table.width:
        places = ((x - 0.12 * u, y + 0.62 * tall + 0.2 * u, -14.0), (x + 0.2 * u, y + 0.62 * tall + 0.24 * u, 12.0))
    else:
        at = min(x + 0.5 * wide + 0.14 * u, table.width - 0.17 * u)
        places = ((at - 0.05 * u, y + 0.28 * tall, 13.0), (at + 0.1 * u, y + 0.4 * tall, -11.0))
    for index, (px, py, turn) in enumerate(places):
        foot_x, foot_y = px - 0.5 * size * math.sin(math.radians(turn)), py + 0.53 * size
        sitting.contact(table, foot_x + 0.03 * size, foot_y, 0.42 * size, 0.75, 0.3)
        sitting.contact(table, foot_x + 0.25 * size, foot_y - 0.02 * size, 0.95 * size, 0.4, 0.22)
        _bud(table, px, py, size, turn, -1 if index else 1)


def _bud(table: Table, x: float, y: float, size: float, turn: float, side: int) -> None:
    """One earbud: a stem with a metal end, a round head, its soft tip and its grille."""
    matrix = skia.Matrix().setRotate(turn, x, y)

    def at(path: skia.Path) -> skia.Path:
        path.transform(matrix)
        return path

    stem = shape(at(box(x, y + 0.14 * size, 0.19 * size, 0.8 * size, 0.095 * size)), 0.09 * size)
    dropped(table, stem, 0.05 * size, 0.25)
    moulded(table, stem, _WHITE, 0.45, 0.85)
    end = at(box(x, y + 0.52 * size, 0.15 * size, 0.045 * size, 0.02 * size))
    ramped(table.canvas, end, ((0.5, 0.5, 0.54), (0.96, 0.96, 0.98), (0.45, 0.45, 0.5)), (x - 0.1 * size, y), (x + 0.1 * size, y))
    tip = shape(at(oval(x + side * 0.31 * size, y - 0.25 * size, 0.22 * size, 0.33 * size)), 0.1 * size)
    moulded(table, tip, (0.84, 0.85, 0.88), 0.4, 0.35, 0.5)
    head = shape(at(oval(x + side * 0.1 * size, y - 0.27 * size, 0.5 * size, 0.44 * size)), 0.22 * size)
    dropped(table, head, 0.03 * size, 0.25)
    moulded(table, head, _WHITE, 0.42, 0.9)
    grille = at(oval(x - side * 0.045 * size, y - 0.3 * size, 0.07 * size, 0.15 * size))
    filled(table.canvas, grille, (0.14, 0.14, 0.17))
    recess(table.canvas, grille, 0.03 * size)
