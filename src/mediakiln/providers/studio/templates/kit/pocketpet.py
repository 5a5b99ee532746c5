"""An egg-shaped electronic pet: shell, dot screen with the sitter as its creature, buttons and chain."""

from __future__ import annotations

import math
from functools import partial

import cv2
import numpy as np
from msgspec.structs import replace

from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import f32
from mediakiln.providers.studio.templates.kit import captions, grounds, sitting
from mediakiln.providers.studio.templates.kit.blister import words
from mediakiln.providers.studio.templates.kit.hard import (
    beads,
    box,
    cleared,
    dropped,
    egg,
    egg_form,
    filled,
    moulded,
    oval,
    recess,
    ring,
    shape,
    streaks,
    traced,
)
from mediakiln.providers.studio.templates.table import Table

_LCD = rgb("#cfdcb8")
_DOT = rgb("#2d3324")
_ROWS = 72
"""Dots down the screen."""
_POINT = 0.11

# Little signs of the screen, a row of dots per string.
_HEART = (".##.##.", "#######", "#######", ".#####.", "..###..", "...#...")
_EMPTY = (".##.##.", "#..#..#", "#.....#", ".#...#.", "..#.#..", "...#...")
_FOOD = ("...##..", "..#..#.", ".#....#", "#######", ".#.#.#.", "..###..")
_LAMP = ("..###..", ".#...#.", ".#...#.", "..###..", "..###..", "...#...")
_PLAY = ("#......", "###....", "#####..", "#####..", "###....", "#......")
_MOON = ("..###..", ".##....", "##.....", "##.....", ".##...#", "..####.")


def _shell(table: Table) -> tuple[float, float, float, float]:
    """The egg's middle and size."""
    tall = min(0.78 * table.height, 0.84 * table.u * (1.12 if table.height > 1.3 * table.width else 1.0))
    tall = min(tall, 0.86 * table.width / 0.84)
    return table.width / 2, table.height / 2 + 0.06 * table.u, 0.84 * tall, tall


def _tone(table: Table) -> RGB:
    """The shell: a clear, sweet colour, of the sitter's hue or one that goes with it."""
    turn = table.dice("shell").choice((0.0, 0.5, -0.16, 0.62))
    return turned(grounds.pastel(turn, lightness=0.74, saturation=0.46)(table), 0.0, 1.15, 1.06)


def case(table: Table) -> None:
    """The shell with its shadow, the seam of its halves, and a lighter face plate."""
    x, y, wide, tall = _shell(table)
    tone = _tone(table)
    part = shape(egg(x, y, wide, tall, _POINT), egg_form(_POINT))
    dropped(table, part, 0.1 * wide, 0.38)
    dropped(table, part, 0.025 * wide, 0.4)
    moulded(table, part, tone, 0.3, 0.95)
    traced(table.canvas, egg(x, y, 0.955 * wide, 0.955 * tall, _POINT), mix(tone, (0.1, 0.05, 0.2), 0.4), 0.006 * wide, 0.5)
    traced(table.canvas, egg(x, y + 0.006 * wide, 0.955 * wide, 0.955 * tall, _POINT), (1, 1, 1), 0.004 * wide, 0.4)
    plate = shape(egg(x, y - 0.035 * tall, 0.74 * wide, 0.66 * tall, 0.05), 0.03 * wide)
    dropped(table, plate, 0.015 * wide, 0.35)
    moulded(table, plate, mix(turned(tone, 0.46, 0.55, 1.1), (1, 1, 1), 0.55), 0.06, 0.5, 0.3)
    _flecks(table, x, y, wide, tall)


def _flecks(table: Table, x: float, y: float, wide: float, tall: float) -> None:
    """Glitter in the plastic, outside the plate."""
    roll = table.dice("glitter")
    for _ in range(90):
        angle, far = roll.uniform(0, math.tau), roll.uniform(0.8, 0.96)
        px, py = x + 0.5 * far * wide * math.cos(angle) * (1 + _POINT * math.sin(angle)), y + 0.5 * far * tall * math.sin(angle)
        size = wide * roll.uniform(0.002, 0.006)
        filled(table.canvas, oval(px, py, size, size), (1, 1, 1), roll.uniform(0.3, 0.95))


def _screen(table: Table) -> tuple[float, float, float]:
    """The screen's middle and side."""
    x, y, wide, tall = _shell(table)
    return x, y - 0.04 * tall, 0.47 * wide


def display(table: Table) -> None:
    """Bezel, liquid crystal with its dots, the creature at home, its signs above and below, glass over all."""
    x, y, side = _screen(table)
    canvas = table.canvas
    bezel = shape(box(x, y, 1.2 * side, 1.2 * side, 0.17 * side), 0.05 * side)
    dropped(table, bezel, 0.02 * side, 0.4)
    moulded(table, bezel, mix(_tone(table), (0.16, 0.14, 0.26), 0.72), 0.06, 0.6)
    pane = box(x, y, side, side, 0.06 * side)
    filled(canvas, pane, _LCD)
    canvas.save()
    canvas.clipPath(pane, doAntiAlias=True)
    dot = side / _ROWS
    left, top = x - side / 2, y - side / 2
    _grid(table, left, top, side, dot)
    for index, sign in enumerate((_FOOD, _LAMP, _PLAY, _MOON)):
        _sign(table, sign, left + dot * (6 + 17.6 * index), top + 2 * dot, dot, 0.85 if index == table.seed % 4 else 0.42)
    full = table.dice("hearts").randint(2, 4)
    for index in range(4):
        _sign(table, _HEART if index < full else _EMPTY, left + dot * (6 + 17.6 * index), top + 64 * dot, dot, 0.85)
    for row in (9.5, 62.0):
        filled(canvas, box(x, top + row * dot, 66 * dot, 0.5 * dot, 0), _DOT, 0.45)
    _creature(table, left, top, dot)
    canvas.restore()
    recess(canvas, pane, 0.045 * side)
    cleared(table, shape(pane, 0.03 * side), 0.02, haze=0.02)
    streaks(table, pane, x, y, side, side, 0.24)


def _grid(table: Table, left: float, top: float, side: float, dot: float) -> None:
    """The idle dots, hardly seen."""
    line = skia.Paint(Color=argb((0.4, 0.45, 0.32), 0.16), StrokeWidth=max(1.0, 0.08 * dot))
    for index in range(_ROWS + 1):
        at = index * dot
        table.canvas.drawLine(left + at, top, left + at, top + side, line)
        table.canvas.drawLine(left, top + at, left + side, top + at, line)


def _sign(table: Table, rows: tuple[str, ...], left: float, top: float, dot: float, alpha: float) -> None:
    paint = skia.Paint(Color=argb(_DOT, alpha), AntiAlias=True)
    for row, marks in enumerate(rows):
        for column, mark in enumerate(marks):
            if mark == "#":
                table.canvas.drawRect(skia.Rect.MakeXYWH(left + column * dot, top + row * dot, 0.93 * dot, 0.93 * dot), paint)


def _creature(table: Table, left: float, top: float, dot: float) -> None:
    """The sitter in dots, on the ground line."""
    cut = table.sitter.cut
    rows = min(49, max(12, round(62 * cut.shape[0] / cut.shape[1])))
    columns = max(1, round(rows * cut.shape[1] / cut.shape[0]))
    guest = sitting.stood(table, 0, 0, 8 * columns, 8 * rows)
    guest = sitting.treated(guest, partial(sitting.graded, vivid=1.25, middle=0.55))
    _dots(table, guest, rows, left + dot * round((_ROWS - columns) / 2), top + dot * (61 - rows), dot, _LCD)


def buttons(table: Table) -> None:
    """Three round buttons, the middle one lower."""
    x, y, wide, tall = _shell(table)
    tone = turned(_tone(table), 0.5, 1.25, 1.05)
    for index in (-1, 0, 1):
        bx, by, size = x + 0.2 * wide * index, y + (0.325 - 0.022 * abs(index)) * tall, 0.115 * wide
        well = oval(bx, by, 1.22 * size, 1.22 * size)
        filled(table.canvas, well, mix(_tone(table), (0.1, 0.05, 0.2), 0.35))
        recess(table.canvas, well, 0.1 * size)
        part = shape(oval(bx, by, size, size), 0.4 * size)
        dropped(table, part, 0.12 * size, 0.5)
        moulded(table, part, tone, 0.22, 0.9)


def maker(table: Table) -> None:
    """The maker's line above the screen, pressed into the plate."""
    x, y, side = _screen(table)
    ink = replace(captions.STAMPED, fill=(mix(_tone(table), (0.1, 0.05, 0.2), 0.55),), spacing=0.08)
    text = table.dice("name").choice(("PIXEL PET", "POCKET PAL", "EGG FRIEND", "DOT BUDDY"))
    words(table, text, x, y - 0.66 * side, 0.095 * side, 0.9 * side, ink)


def chain(table: Table) -> None:
    """A lug on top, a ring through it, and a ball chain that falls to the side."""
    x, y, wide, tall = _shell(table)
    top = y - tall / 2
    lug = shape(box(x, top + 0.005 * tall, 0.11 * wide, 0.07 * tall, 0.05 * wide), 0.03 * wide)
    moulded(table, lug, _tone(table), 0.3, 0.7)
    filled(table.canvas, oval(x, top - 0.008 * tall, 0.045 * wide, 0.045 * wide), (0.15, 0.12, 0.2))
    cx, cy, radius = x + 0.02 * wide, top - 0.06 * tall, 0.06 * wide
    points = []
    for index in range(46):
        t = index / 45
        points.append(
            (
                cx + wide * (0.02 + 0.62 * t - 0.12 * math.sin(6.0 * t)),
                cy - 0.03 * tall - 0.14 * tall * math.sin(math.pi * min(1.0, 1.25 * t)) + 0.28 * tall * t**2.2,
            )
        )
    lower = [(px + 0.02 * wide, py + 0.03 * wide) for px, py in points]
    path = skia.Path()
    path.addPoly([skia.Point(*point) for point in lower], False)
    traced(table.canvas, path, (0.1, 0.08, 0.16), 0.02 * wide, 0.28, 0.012 * wide)
    beads(table, points, 0.0105 * wide)
    ring(table, cx, cy, radius, 0.018 * wide)


def scatter(table: Table) -> None:
    """Dots of light as hearts and stars on the wall behind, larger than life."""
    roll, tone = table.dice("scatter"), grounds.pastel(0.0, lightness=0.93, saturation=0.14)(table)
    count = round(9 * max(table.width, table.height) / table.u)
    for index in range(count):
        x, y = table.width * (index + roll.uniform(0.1, 0.9)) / count, roll.uniform(0.04, 0.96) * table.height
        if table.height > table.width:
            x, y = roll.uniform(0.02, 0.92) * table.width, table.height * (index + roll.uniform(0.1, 0.9)) / count
        dot = table.u * roll.choice((0.008, 0.012, 0.016))
        paint = skia.Paint(Color=argb(tone, 0.75), AntiAlias=False)
        for row, marks in enumerate(roll.choice((_HEART, _MOON, _EMPTY))):
            for column, mark in enumerate(marks):
                if mark == "#":
                    table.canvas.drawRect(
                        skia.Rect.MakeXYWH(round(x + column * dot), round(y + row * dot), math.ceil(dot), math.ceil(dot)), paint
                    )


def _dots(table: Table, part: sitting.Figure, rows: int, left: float, top: float, dot: float, ground: RGB) -> None:
    """The figure as a sprite on a screen: `rows` dots tall, each `dot` pixels, few colours, a thin gap between dots.

    (left, top) is where its own upper left corner goes."""
    height, width = part.pixels.shape[:2]
    columns = max(1, round(rows * width / height))
    small = cv2.resize(part.pixels, (columns, rows), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(np.ascontiguousarray(small[..., :3]), cv2.COLOR_RGB2LAB).astype(np.float32)
    soft = cv2.GaussianBlur(lab, (0, 0), 1.2)
    lab = np.clip(lab + 0.6 * (lab - soft), 0, 255)
    solid = small[..., 3] > 110
    sample = lab[solid]
    if len(sample) < 12:
        return
    cv2.setRNGSeed(1)
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 1.0)
    count = min(14, len(np.unique(sample, axis=0)))
    _, labels, centres = cv2.kmeans(np.ascontiguousarray(sample), count, None, stop, 1, cv2.KMEANS_PP_CENTERS)
    lab[solid] = centres[labels.ravel()]
    tones = cv2.cvtColor(lab.clip(0, 255).astype(np.uint8), cv2.COLOR_LAB2RGB).astype(np.float32)
    tones = tones * 0.88 + f32(ground) * 255 * 0.12
    edge = cv2.dilate(solid.astype(np.uint8), np.ones((3, 3), np.uint8)) - solid.astype(np.uint8)
    for y, x in np.argwhere(solid | (edge > 0)).tolist():
        tone = (0.13, 0.14, 0.16) if edge[y, x] else tuple(float(c) / 255 for c in tones[y, x])
        spot = skia.Rect.MakeXYWH(left + x * dot, top + y * dot, 0.93 * dot, 0.93 * dot)
        table.canvas.drawRect(spot, skia.Paint(Color=argb((tone[0], tone[1], tone[2])), AntiAlias=True))
