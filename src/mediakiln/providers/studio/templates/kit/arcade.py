"""A claw machine: its lit cabinet, the heap of soft toys, the claw with the sitter, sign and control desk."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.templates.kit import captions, grounds, sitting
from mediakiln.providers.studio.templates.kit.hard import (
    ball,
    box,
    bulb,
    dropped,
    filled,
    moulded,
    oval,
    ramped,
    recess,
    shape,
    streaks,
    traced,
)
from mediakiln.providers.studio.templates.table import Layer, Table

_TOYS = tuple(rgb(code) for code in ("#f7b5c4", "#ffd98a", "#b8e0f6", "#c9b6f2", "#b9e6c3", "#fff3e2", "#f6a88c", "#9fc4f0"))
_LIT = rgb("#fff2c4")


class Cabinet(Struct, frozen=True):
    """Edges of the machine in table pixels: the whole, the sign's foot, the window, the foot of the control desk."""

    left: float
    right: float
    top: float
    bottom: float
    sign: float
    pane_left: float
    pane_right: float
    pane_top: float
    pane_bottom: float
    desk: float
    u: float

    @property
    def x(self) -> float:
        """The middle."""
        return (self.left + self.right) / 2


def cabinet(table: Table) -> Cabinet:
    """Upright on most sheets; a wide sheet has a wide machine, a tall one a tall window."""
    tall = min(0.965 * table.height, 2.3 * table.width)
    wide = min(0.86 * table.width, 1.75 * tall, max(0.8 * tall, 0.5 * table.width))
    x, top = table.width / 2, table.height / 2 - tall / 2
    u = min(wide, tall)
    left, right, bottom = x - wide / 2, x + wide / 2, top + tall
    sign = top + 0.155 * u
    low = bottom - 0.27 * u
    frame = 0.05 * u
    return Cabinet(left, right, top, bottom, sign, left + frame, right - frame, sign + 0.02 * u, low, low + 0.11 * u, u)


def _tone(table: Table) -> RGB:
    """The cabinet's enamel: a strong pastel that suits the sitter."""
    base = grounds.pastel(0.5, lightness=0.66, saturation=0.42)(table)
    return turned(base, table.dice("enamel").uniform(-0.08, 0.08), 1.35, 1.05)


def ground(table: Table) -> None:
    """A dark shiny floor that gives back the machine's light."""
    plan, tone = cabinet(table), _tone(table)
    y = plan.bottom - 0.05 * plan.u
    floor = skia.Path().addRect(skia.Rect.MakeLTRB(0, y, table.width, table.height))
    ramped(table.canvas, floor, ((0.16, 0.1, 0.24), (0.07, 0.05, 0.12)), (0, y), (0, table.height))
    glow = oval(plan.x, plan.bottom + 0.01 * plan.u, 1.2 * (plan.right - plan.left), 0.2 * plan.u)
    filled(table.canvas, glow, tone, 0.55, 0.05 * plan.u)


def body(table: Table) -> None:
    """The enamelled box."""
    plan = cabinet(table)
    wide, tall = plan.right - plan.left, plan.bottom - plan.top
    part = shape(box(plan.x, (plan.top + plan.bottom) / 2, wide, tall, 0.055 * plan.u), 0.04 * plan.u)
    sitting.shadow_of(table, part.mask, part.left, part.top, 0.05 * plan.u, 0.5)
    moulded(table, part, _tone(table), 0.05, 0.7)


def interior(table: Table) -> None:
    """The back wall with its light, a mirror-like curtain of stripes, and lamps along the ceiling."""
    plan, canvas, tone = cabinet(table), table.canvas, _tone(table)
    pane = _window_path(plan)
    deep, light = turned(tone, 0.1, 1.0, 0.55), mix(tone, (1.0, 0.97, 0.9), 0.72)
    ramped(canvas, pane, (light, mix(tone, (1, 1, 1), 0.35), deep), (0, plan.pane_top), (0, plan.pane_bottom))
    canvas.save()
    canvas.clipPath(pane, doAntiAlias=True)
    wide = plan.pane_right - plan.pane_left
    stripes = max(7, round(wide / (0.075 * plan.u)))
    for index in range(0, stripes, 2):
        left = plan.pane_left + wide * index / stripes
        stripe = skia.Path().addRect(skia.Rect.MakeLTRB(left, plan.pane_top, left + wide / stripes, plan.pane_bottom))
        filled(canvas, stripe, (1, 1, 1), 0.13)
    for share, alpha in ((0.42, 0.55), (0.26, 0.5)):
        glow = oval(plan.x, plan.pane_top, 2 * share * wide, 1.5 * share * wide)
        filled(canvas, glow, (1.0, 0.97, 0.86), alpha, 0.07 * plan.u)
    count = max(4, round(wide / (0.13 * plan.u)))
    for index in range(count):
        bulb(canvas, plan.pane_left + wide * (index + 0.5) / count, plan.pane_top + 0.022 * plan.u, 0.011 * plan.u, _LIT)
    canvas.restore()


def _window_path(plan: Cabinet) -> skia.Path:
    wide, tall = plan.pane_right - plan.pane_left, plan.pane_bottom - plan.pane_top
    return box(plan.x, (plan.pane_top + plan.pane_bottom) / 2, wide, tall, 0.035 * plan.u)


def within(layer: Layer) -> Layer:
    """What `layer` paints, seen through the window only."""

    def clipped(table: Table) -> None:
        table.canvas.save()
        table.canvas.clipPath(_window_path(cabinet(table)), doAntiAlias=True)
        layer(table)
        table.canvas.restore()

    return clipped


def heap(near: bool) -> Layer:
    """Rows of round plush heads, each a little lower than the row behind it; the near rows stand before the prize."""

    def layer(table: Table) -> None:
        plan, roll = cabinet(table), table.dice("heap", near)
        wide = plan.pane_right - plan.pane_left
        radius = 0.058 * plan.u
        for row in (2, 3) if near else (0, 1):
            count = math.ceil(wide / (1.55 * radius)) + 1
            for index in range(count):
                x = plan.pane_left + (index + 0.5 * (row % 2) + roll.uniform(-0.12, 0.12)) * 1.55 * radius
                hump = math.cos(math.pi * (x - plan.x) / wide)
                y = plan.pane_bottom - radius * (3.1 - 0.95 * row + 0.5 * hump + roll.uniform(-0.2, 0.2))
                tone = scaled(roll.choice(_TOYS), 0.72 + 0.1 * row)
                _plush(table, x, y, radius * roll.uniform(0.92, 1.18), tone, roll.choice("bcr"), roll.uniform(-24, 24))

    return layer


def _plush(table: Table, x: float, y: float, radius: float, tone: RGB, kind: str, turn: float) -> None:
    """The head of a soft toy: a bear, a cat or a rabbit."""
    canvas = table.canvas
    canvas.save()
    canvas.translate(x, y)
    canvas.rotate(turn)
    for away in (0.06, 0.12, 0.2, 0.28):
        filled(
            canvas,
            oval(0.6 * away * radius, away * radius, (2.0 + away) * radius, (1.9 + away) * radius),
            (0.1, 0.05, 0.15),
            0.09,
        )
    inner = mix(tone, (1.0, 0.75, 0.78), 0.5)
    for side in (-1, 1):
        if kind == "b":
            _fluff(canvas, oval(side * 0.72 * radius, -0.72 * radius, 0.72 * radius, 0.72 * radius), tone, radius)
            filled(canvas, oval(side * 0.72 * radius, -0.7 * radius, 0.38 * radius, 0.38 * radius), inner, 0.9)
        elif kind == "r":
            ear = oval(side * 0.36 * radius, -1.35 * radius, 0.5 * radius, 1.35 * radius)
            _fluff(canvas, ear, tone, radius)
            filled(canvas, oval(side * 0.36 * radius, -1.3 * radius, 0.22 * radius, 0.9 * radius), inner, 0.9)
        else:
            ear = skia.Path()
            ear.addPoly([skia.Point(side * a * radius, b * radius) for a, b in ((0.2, -0.8), (0.86, -1.28), (0.95, -0.3))], True)
            _fluff(canvas, ear, tone, radius)
    _fluff(canvas, oval(0, 0, 2 * radius, 1.86 * radius), tone, radius)
    filled(canvas, oval(0, 0.3 * radius, 0.86 * radius, 0.66 * radius), mix(tone, (1, 1, 1), 0.6), 0.95)
    for side in (-1, 1):
        ball(canvas, side * 0.42 * radius, -0.1 * radius, 0.115 * radius, (0.1, 0.07, 0.1))
        filled(
            canvas, oval(side * 0.66 * radius, 0.24 * radius, 0.34 * radius, 0.22 * radius), (1.0, 0.5, 0.55), 0.4, 0.06 * radius
        )
    filled(canvas, oval(0, 0.17 * radius, 0.24 * radius, 0.17 * radius), (0.2, 0.12, 0.14))
    canvas.restore()


def _fluff(canvas: skia.Canvas, path: skia.Path, tone: RGB, radius: float) -> None:
    tones = [argb(mix(tone, (1, 1, 1), 0.3)), argb(tone), argb(scaled(tone, 0.66))]
    shader = skia.GradientShader.MakeRadial(skia.Point(-0.35 * radius, -0.45 * radius), 1.9 * radius, tones, [0, 0.5, 1])
    canvas.drawPath(path, skia.Paint(Shader=shader, AntiAlias=True))


def _prize(table: Table) -> sitting.Figure:
    """The sitter as a soft toy, hanging in the middle of the window."""
    plan = cabinet(table)
    wide, tall = plan.pane_right - plan.pane_left, plan.pane_bottom - plan.pane_top
    room = 0.66 * tall
    guest = sitting.hung(table, plan.x, plan.pane_top + 0.235 * tall, 0.66 * wide, room)
    lower = plan.pane_top + 0.25 * tall + 0.3 * max(0.0, room - guest.height)
    return sitting.treated(replace(guest, top=round(lower)), sitting.soft_foot)


def _grip(table: Table, guest: sitting.Figure) -> tuple[float, float, float]:
    """Where the claw holds: the x and y of the sitter's highest part, and how wide it has to open."""
    solid = np.asarray(guest.alpha > 128)
    peak = np.flatnonzero(solid[: max(2, guest.height // 20)].any(axis=0))
    x = guest.left + float(peak.mean()) if len(peak) else guest.x
    near = np.asarray(solid[: max(2, round(0.24 * guest.height))].any(axis=0))
    # The run of columns around the peak, so that a raised hand far away does not open the claw.
    at = min(guest.width - 1, max(0, round(x - guest.left)))
    left = right = at
    while left > 0 and near[left - 1]:
        left -= 1
    while right < guest.width - 1 and near[right + 1]:
        right += 1
    unit = cabinet(table).u
    return x, float(guest.top), min(0.2 * unit, max(0.085 * unit, 0.56 * (right - left)))


def claw(table: Table) -> None:
    """Rail, cable and claw, the sitter between its prongs."""
    plan = cabinet(table)
    canvas, u = table.canvas, plan.u
    guest = _prize(table)
    x, top, half = _grip(table, guest)
    guest = sitting.treated(
        guest,
        partial(sitting.graded, vivid=1.12),
        partial(sitting.painted, amount=0.8),
        partial(sitting.relief, roundness=0.2, shine=0.18, gloss=12.0),
    )
    hub = max(plan.pane_top + 0.06 * u, top - 0.75 * half - 0.03 * u)
    rail = box(plan.x, plan.pane_top + 0.052 * u, plan.pane_right - plan.pane_left, 0.022 * u, 0.0)
    ramped(canvas, rail, ((0.92, 0.93, 0.96), (0.45, 0.47, 0.54)), (0, plan.pane_top + 0.04 * u), (0, plan.pane_top + 0.064 * u))
    carriage = shape(box(x, plan.pane_top + 0.056 * u, 0.13 * u, 0.05 * u, 0.014 * u), 0.012 * u)
    moulded(table, carriage, (0.93, 0.36, 0.42), 0.2, 0.8)
    cable = box(x, (plan.pane_top + 0.08 * u + hub) / 2, 0.012 * u, max(1.0, hub - plan.pane_top - 0.08 * u), 0.0)
    ramped(canvas, cable, ((0.3, 0.3, 0.34), (0.75, 0.76, 0.8), (0.25, 0.25, 0.3)), (x - 0.006 * u, 0), (x + 0.006 * u, 0))
    _prong(table, x, hub, 0.0, half, 0.8)
    sitting.shadow(table, guest, 0.04 * u, 0.35, (0.15, 0.08, 0.2))
    sitting.lay(table, guest)
    for side in (-1.0, 1.0):
        _prong(table, x, hub, side, half, 1.0)
    cap = shape(box(x, hub - 0.01 * u, 0.1 * u, 0.062 * u, 0.022 * u), 0.022 * u)
    dropped(table, cap, 0.012 * u, 0.4)
    moulded(table, cap, (0.86, 0.88, 0.92), 0.3, 0.95)
    ball(canvas, x, hub - 0.01 * u, 0.013 * u, (0.95, 0.3, 0.35))


def _prong(table: Table, x: float, y: float, side: float, half: float, light: float) -> None:
    """One arm of the claw: out, down, and in at its tip. `side` 0 is the far one, seen end on."""
    deep = 1.75 * half
    path = skia.Path()
    path.moveTo(x + 0.25 * side * half, y)
    path.cubicTo(
        x + 0.9 * side * half, y - 0.1 * half, x + 1.22 * side * half, y + 0.4 * half, x + 1.16 * side * half, y + 0.62 * deep
    )
    path.quadTo(x + 1.1 * side * half, y + 0.88 * deep, x + 0.76 * side * half, y + deep)
    width = 0.13 * half + 0.008 * cabinet(table).u
    shade = skia.Path(path)
    shade.offset(0.3 * width, 0.5 * width)
    traced(table.canvas, shade, (0.1, 0.05, 0.15), width, 0.35, 0.4 * width)
    traced(table.canvas, path, scaled((0.4, 0.42, 0.48), light), width)
    shine = skia.Path(path)
    shine.offset(-0.1 * width, -0.12 * width)
    traced(table.canvas, shine, scaled((0.82, 0.84, 0.88), light), 0.62 * width)
    shine.offset(-0.1 * width, -0.1 * width)
    traced(table.canvas, shine, (1, 1, 1), 0.18 * width, 0.9 * light)
    if side:
        ball(table.canvas, x + 1.19 * side * half, y + 0.5 * half, 0.75 * width, (0.7, 0.72, 0.78))


def pane(table: Table) -> None:
    """The pane: its reflections, its frame with lamps all round."""
    plan, canvas = cabinet(table), table.canvas
    pane = _window_path(plan)
    wide, tall = plan.pane_right - plan.pane_left, plan.pane_bottom - plan.pane_top
    streaks(table, pane, plan.x, (plan.pane_top + plan.pane_bottom) / 2, wide, tall, 0.26)
    recess(canvas, pane, 0.022 * plan.u)
    traced(canvas, pane, (1.0, 0.98, 0.9), 0.006 * plan.u, 0.8)
    roll = table.dice("lamps")
    tones = (rgb("#ffd35a"), rgb("#ff7d95"), rgb("#7fd8ff"))
    count = max(8, round(tall / (0.062 * plan.u)))
    for index in range(count):
        y = plan.pane_top + tall * (index + 0.5) / count
        for x in ((plan.left + plan.pane_left) / 2, (plan.right + plan.pane_right) / 2):
            bulb(canvas, x, y, 0.0105 * plan.u, tones[(index + roll.randint(0, 1)) % 3])


def marquee(table: Table) -> None:
    """The lit sign on top."""
    plan, canvas, tone = cabinet(table), table.canvas, _tone(table)
    u, wide = plan.u, plan.right - plan.left
    y = (plan.top + plan.sign) / 2 + 0.006 * u
    board = box(plan.x, y, wide - 0.07 * u, 0.115 * u, 0.04 * u)
    deep = turned(tone, 0.44, 1.4, 0.36)
    ramped(canvas, board, (mix(deep, (1, 0.6, 0.8), 0.25), deep), (0, plan.top), (0, plan.sign))
    recess(canvas, board, 0.014 * u)
    traced(canvas, box(plan.x, y, wide - 0.095 * u, 0.092 * u, 0.032 * u), _LIT, 0.004 * u, 0.9)
    traced(canvas, box(plan.x, y, wide - 0.095 * u, 0.092 * u, 0.032 * u), rgb("#ff9ac0"), 0.012 * u, 0.5, 0.008 * u)
    text = table.dice("sign").choice(("LUCKY CLAW", "CATCH ME!", "PRIZE TIME", "TOY CATCHER"))
    ink = replace(captions.NEON, fill=(rgb("#fffbe6"),), glow=rgb("#ff5fa8"), spacing=0.06)
    size = captions.fitted(text, 0.066 * u, 0.68 * wide, ink)
    captions.block(canvas, text, plan.x, y, size, ink)
    for side in (-1, 1):
        for index in range(3):
            bulb(
                canvas,
                plan.x + side * (wide / 2 - (0.09 + 0.035 * index) * u),
                y,
                0.01 * u,
                (rgb("#ffd35a"), rgb("#7fd8ff"))[index % 2],
            )


def controls(table: Table) -> None:
    """The sloping control desk with stick and buttons, and the chute's door below."""
    plan, canvas, tone = cabinet(table), table.canvas, _tone(table)
    u, wide = plan.u, plan.right - plan.left
    y = (plan.pane_bottom + plan.desk) / 2 + 0.006 * u
    desk = shape(box(plan.x, y, wide + 0.02 * u, 0.092 * u, 0.03 * u), 0.024 * u)
    dropped(table, desk, 0.028 * u, 0.45)
    moulded(table, desk, mix(tone, (1, 1, 1), 0.4), 0.1, 0.7)
    x = plan.x - 0.24 * min(wide, 1.3 * u)
    filled(canvas, oval(x, y + 0.006 * u, 0.09 * u, 0.042 * u), (0.14, 0.12, 0.2))
    traced(canvas, skia.Path().moveTo(x, y).lineTo(x + 0.014 * u, y - 0.06 * u), (0.62, 0.64, 0.7), 0.014 * u)
    ball(canvas, x + 0.016 * u, y - 0.074 * u, 0.028 * u, (0.93, 0.22, 0.28))
    for index, button in enumerate((rgb("#ffcf3f"), rgb("#4fc3f7"), rgb("#7ee08a"))):
        bx = plan.x + (0.06 + 0.085 * index) * min(wide, 1.3 * u)
        filled(canvas, oval(bx, y + 0.004 * u, 0.066 * u, 0.044 * u), (0.2, 0.18, 0.26))
        part = shape(oval(bx, y - 0.004 * u, 0.054 * u, 0.036 * u), 0.012 * u)
        moulded(table, part, button, 0.4, 0.9)
    low = (plan.desk + plan.bottom) / 2 + 0.002 * u
    door = box(plan.x - 0.2 * min(wide, 1.3 * u), low, 0.3 * u, 0.115 * u, 0.024 * u)
    ramped(canvas, door, ((0.1, 0.07, 0.15), (0.26, 0.2, 0.34)), (0, low - 0.06 * u), (0, low + 0.06 * u))
    canvas.save()
    canvas.clipPath(door, doAntiAlias=True)
    _plush(table, plan.x - 0.25 * min(wide, 1.3 * u), low + 0.04 * u, 0.05 * u, scaled(_TOYS[table.seed % 8], 0.85), "b", -14)
    canvas.restore()
    recess(canvas, door, 0.026 * u)
    slot = box(plan.x + 0.2 * min(wide, 1.3 * u), low, 0.12 * u, 0.1 * u, 0.016 * u)
    filled(canvas, slot, (0.82, 0.84, 0.88))
    recess(canvas, slot, 0.008 * u)
    filled(canvas, box(plan.x + 0.2 * min(wide, 1.3 * u), low, 0.008 * u, 0.05 * u, 0.004 * u), (0.1, 0.1, 0.14))
