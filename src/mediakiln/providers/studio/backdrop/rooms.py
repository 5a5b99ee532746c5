"""Rooms by what they are for: cafe, bar, kitchen, library, classroom, office, laboratory, gallery. `ROOMS` lists them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mediakiln.providers.studio.backdrop.joinery import books, field, floor, indoors, pendant, shelf, vessels, wall
from mediakiln.providers.studio.colour import argb, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.lettering import draw
from mediakiln.providers.studio.stage import Sheet, Stage

GLASS = ("#3f6f4a", "#7a4a2a", "#b9c8b0", "#8a2f2a", "#d8b060", "#4a6a8a")
CHINA = ("#f2ede2", "#e2d6c0", "#b9603a", "#7f9a86", "#f6f2ea")


def _base(stage: Stage, walls: str, boards: str, tiles: bool = False) -> tuple[Sheet, float]:
    """Wall and floor; the sheet and where they meet."""
    low = stage.height * 0.7
    sheet = stage.layer(0.7)
    wall(stage, sheet, rgb(walls), low)
    floor(stage, sheet, rgb(boards), low, tiles)
    field(sheet.canvas, (sheet.left, low - 0.03 * stage.u, sheet.right, low), indoors(stage, scaled(rgb(walls), 0.7), 0.6))
    return sheet, low


def _counter(stage: Stage, canvas: Any, x0: float, x1: float, low: float, tall: float, front: str, top: str) -> float:
    """A counter on `low`; the height of its top."""
    y, u = low - tall, stage.u
    field(canvas, (x0, y, x1, low + 0.02 * u), indoors(stage, rgb(front), 0.6), 0.0, 0.3)
    panel = skia.Paint(Color=argb(indoors(stage, scaled(rgb(front), 0.7), 0.5)), AntiAlias=True, Style=skia.Paint.kStroke_Style)
    panel.setStrokeWidth(max(1.0, 0.004 * u))
    x = x0 + 0.02 * u
    while x < x1 - 0.1 * u:
        canvas.drawRect(skia.Rect.MakeLTRB(x, y + 0.05 * u, x + 0.15 * u, low - 0.01 * u), panel)
        x += 0.17 * u
    field(canvas, (x0 - 0.015 * u, y - 0.022 * u, x1 + 0.015 * u, y), indoors(stage, rgb(top), 1.0))
    return y - 0.022 * u


def cafe(stage: Stage) -> None:
    """Shelves of cups, a chalked board, a counter with its machine, lamps."""
    sheet, low = _base(stage, "#c9a889", "#9a6f4a")
    canvas, u, width, roll = sheet.canvas, stage.u, stage.width, stage.dice("cafe")
    for row in range(2):
        y = stage.height * 0.24 + row * 0.14 * u
        shelf(stage, canvas, width * 0.52, width * 0.96, y, rgb("#6a4630"))
        vessels(stage, canvas, width * 0.52, width * 0.96, y, 0.11 * u, roll, CHINA)
    _board(stage, canvas, (width * 0.06, stage.height * 0.16, width * 0.42, stage.height * 0.42), 4, menu=True)
    top = _counter(stage, canvas, sheet.left, width * 0.98, low, 0.2 * u, "#5f4632", "#c89a6a")
    x = width * 0.16
    field(canvas, (x, top - 0.15 * u, x + 0.2 * u, top), indoors(stage, rgb("#b4bcc6")), 0.012 * u, 0.4)
    field(canvas, (x + 0.02 * u, top - 0.08 * u, x + 0.18 * u, top - 0.02 * u), indoors(stage, rgb("#2c3038"), 0.4), 0.004 * u)
    for n in range(3):
        field(
            canvas,
            (x + (0.03 + 0.05 * n) * u, top - 0.19 * u, x + (0.065 + 0.05 * n) * u, top - 0.15 * u),
            indoors(stage, rgb("#f6f2ea")),
            0.008 * u,
        )
    for n in range(3):
        pendant(stage, canvas, width * (0.2 + 0.3 * n), stage.height * 0.1, rgb("#2f3a36"))
    _ground(stage)


def bar(stage: Stage) -> None:
    """Lit shelves of bottles behind a dark counter."""
    sheet, low = _base(stage, "#5a3a34", "#5a4030")
    canvas, u, width, roll = sheet.canvas, stage.u, stage.width, stage.dice("bar")
    for row in range(3):
        y = stage.height * 0.22 + row * 0.135 * u
        glow = skia.GradientShader.MakeLinear(
            [skia.Point(0, y - 0.12 * u), skia.Point(0, y)], [argb(rgb("#ffb45a"), 0.05), argb(rgb("#ffb45a"), 0.6)]
        )
        canvas.drawRect(skia.Rect.MakeLTRB(width * 0.1, y - 0.12 * u, width * 0.9, y), skia.Paint(Shader=glow))
        vessels(stage, canvas, width * 0.1, width * 0.9, y, 0.12 * u, roll, GLASS)
        shelf(stage, canvas, width * 0.08, width * 0.92, y, rgb("#3a241c"))
    _counter(stage, canvas, sheet.left, sheet.right, low, 0.16 * u, "#3f281f", "#8a5a3a")
    for n in range(3):
        pendant(stage, canvas, width * (0.2 + 0.3 * n), stage.height * 0.08, rgb("#b8432f"))
    _ground(stage)


def kitchen(stage: Stage) -> None:
    """Tiles, cupboards, a hood over the stove, pans on hooks."""
    sheet, low = _base(stage, "#e9e4d8", "#cfc6b8", tiles=True)
    canvas, u, width, height = sheet.canvas, stage.u, stage.width, stage.height
    line = skia.Paint(Color=argb(indoors(stage, rgb("#c9c2b4"), 0.7)), StrokeWidth=max(1.0, 0.003 * u))
    for n in range(int(width / (0.055 * u)) + 2):
        canvas.drawLine(n * 0.055 * u, height * 0.36, n * 0.055 * u, low, line)
    for n in range(8):
        canvas.drawLine(sheet.left, height * 0.36 + n * 0.055 * u, sheet.right, height * 0.36 + n * 0.055 * u, line)
    for side in (0.0, 0.68):
        for n in range(2):
            x = width * side + n * 0.16 * width
            field(
                canvas,
                (x + 0.006 * u, height * 0.08, x + 0.155 * width, height * 0.35),
                indoors(stage, rgb("#7f9a8f")),
                0.006 * u,
            )
            field(canvas, (x + 0.03 * width, height * 0.24, x + 0.036 * width, height * 0.29), indoors(stage, rgb("#d8b060")))
    hood = [(width * 0.42, 0), (width * 0.58, 0), (width * 0.66, height * 0.2), (width * 0.34, height * 0.2)]
    canvas.drawPath(
        skia.Path.Polygon([skia.Point(*p) for p in hood], True),
        skia.Paint(Color=argb(indoors(stage, rgb("#b9c0c8"))), AntiAlias=True),
    )
    rail = height * 0.42
    field(canvas, (width * 0.06, rail, width * 0.94, rail + 0.008 * u), indoors(stage, rgb("#5a5f68")))
    for n in range(7):
        x, r = width * (0.12 + 0.127 * n), (0.034 + 0.008 * (n % 3)) * u
        field(canvas, (x - 0.004 * u, rail, x + 0.004 * u, rail + 0.07 * u), indoors(stage, rgb("#3a3d44")))
        tone = rgb("#b9703f") if n % 2 else rgb("#4a4f58")
        canvas.drawCircle(x, rail + 0.07 * u + r, r, skia.Paint(Color=argb(indoors(stage, tone)), AntiAlias=True))
    _counter(stage, canvas, sheet.left, sheet.right, low, 0.15 * u, "#7f9a8f", "#efe9dc")
    _ground(stage)


def library(stage: Stage) -> None:
    """Walls of books with a ladder."""
    sheet, low = _base(stage, "#7a5a3f", "#7a5238")
    canvas, u, width, roll = sheet.canvas, stage.u, stage.width, stage.dice("library")
    gap, x = 0.3 * u, float(sheet.left) - 0.05 * u
    while x < sheet.right:
        rows, y = 6, low
        field(canvas, (x, 0, x + gap, low), indoors(stage, rgb("#5a3a26"), 0.35))
        for row in range(rows):
            y = low - 0.02 * u - row * 0.128 * u
            books(stage, canvas, x + 0.012 * u, x + gap - 0.012 * u, y, 0.11 * u, roll)
            shelf(stage, canvas, x, x + gap, y, rgb("#8a5f3f"))
        field(canvas, (x - 0.01 * u, 0, x + 0.012 * u, low), indoors(stage, rgb("#94683f")))
        x += gap
    ladder, lean = width * 0.8, 0.1 * u
    rung = skia.Paint(Color=argb(indoors(stage, rgb("#c89a5f"))), AntiAlias=True, StrokeWidth=0.012 * u)
    for side in (0.0, 0.1 * u):
        canvas.drawLine(ladder + side, low + 0.05 * u, ladder + side - lean, 0, rung)
    for n in range(9):
        y = low - n * low / 9
        shift = lean * (low - y) / low
        canvas.drawLine(ladder - shift, y, ladder + 0.1 * u - shift, y, rung)
    _ground(stage)


def _board(stage: Stage, canvas: Any, box: tuple[float, float, float, float], rows: int, menu: bool = False) -> None:
    """A blackboard in its frame, written on."""
    u, roll = stage.u, stage.dice("board")
    x0, y0, x1, y1 = box
    field(canvas, (x0 - 0.012 * u, y0 - 0.012 * u, x1 + 0.012 * u, y1 + 0.012 * u), indoors(stage, rgb("#8a5f3a")), 0.006 * u)
    field(canvas, box, indoors(stage, rgb("#2c4a40" if not menu else "#2b2d30"), 0.6))
    chalk = skia.Paint(Color=argb(rgb("#eef2ea"), 0.85), AntiAlias=True)
    step = (y1 - y0) / (rows + 0.6)
    for row in range(rows):
        y = y0 + step * (row + 0.85)
        if menu:
            for a, b in ((0.08, 0.08 + roll.uniform(0.3, 0.5)), (0.78, 0.92)):
                canvas.drawRoundRect(
                    skia.Rect.MakeLTRB(x0 + (x1 - x0) * a, y - 0.2 * step, x0 + (x1 - x0) * b, y - 0.06 * step), u, u, chalk
                )
        else:
            draw(
                canvas,
                ("E = mc²", "a² + b² = c²", "x + 2 = 7", "f(x) = 2x")[row % 4],
                x0 + 0.06 * (x1 - x0) + 0.3 * (x1 - x0) * (row % 2),
                y,
                0.55 * step,
                chalk,
            )


def classroom(stage: Stage) -> None:
    """A blackboard, and the first desks."""
    sheet, low = _base(stage, "#e6dfc8", "#b58a5f")
    canvas, u, width, height = sheet.canvas, stage.u, stage.width, stage.height
    wide = min(0.8 * width, 1.0 * u)
    _board(stage, canvas, ((width - wide) / 2, 0.14 * height, (width + wide) / 2, 0.14 * height + 0.36 * u), 3)
    field(
        canvas,
        (0.5 * width - 0.1 * u, 0.03 * height, 0.5 * width - 0.02 * u, 0.03 * height + 0.08 * u),
        indoors(stage, rgb("#f4f1e8")),
        0.04 * u,
    )
    for x in (0.08, 0.78):
        desk = (width * x - 0.02 * u, low - 0.06 * u, width * x + 0.2 * u, low - 0.035 * u)
        field(canvas, desk, indoors(stage, rgb("#d8a868")))
        for leg in (0.0, 0.16):
            field(
                canvas,
                (width * x + leg * u, low - 0.035 * u, width * x + (leg + 0.014) * u, low + 0.12 * u),
                indoors(stage, rgb("#5a5f68")),
            )
    _ground(stage)


def office(stage: Stage) -> None:
    """A glass front over the town, a shelf of files, a plant."""
    sheet, low = _base(stage, "#dfe3e6", "#9aa0a8")
    canvas, u, width, height, roll = sheet.canvas, stage.u, stage.width, stage.height, stage.dice("office")
    x0, x1, y0, y1 = 0.16 * width, 0.84 * width, 0.1 * height, low - 0.12 * u
    sky = skia.GradientShader.MakeLinear(
        [skia.Point(0, y0), skia.Point(0, y1)], [argb(c) for c in (stage.light.sky[1], stage.light.sky[-1])]
    )
    canvas.drawRect(skia.Rect.MakeLTRB(x0, y0, x1, y1), skia.Paint(Shader=sky))
    x = x0
    while x < x1 - 0.02 * u:
        wide, high = roll.uniform(0.05, 0.1) * u, roll.uniform(0.12, 0.4) * u
        tone = mix(rgb(roll.choice(("#8d9aa8", "#a8b0b8", "#74849a"))), stage.light.haze, 0.4)
        field(canvas, (x, max(y0, y1 - high), min(x + wide, x1), y1), tone, 0.0, 0.1)
        x += wide
    bar_ = indoors(stage, rgb("#5f6770"), 0.7)
    for n in range(5):
        at = x0 + (x1 - x0) * n / 4
        field(canvas, (at - 0.006 * u, y0, at + 0.006 * u, y1), bar_)
    for y in (y0, y1):
        field(canvas, (x0, y - 0.008 * u, x1, y + 0.008 * u), bar_)
    for n in range(2):
        y = height * 0.2 + n * 0.16 * u
        shelf(stage, canvas, -0.02 * width, 0.12 * width, y, rgb("#c8b08a"))
        books(stage, canvas, 0.0, 0.11 * width, y, 0.12 * u, roll)
    _ground(stage)


def laboratory(stage: Stage) -> None:
    """Pale tiles, cupboards of flasks, a bench; a cross where people are healed."""
    sheet, low = _base(stage, "#dfeaea", "#c2ccd0", tiles=True)
    canvas, u, width, height, roll = sheet.canvas, stage.u, stage.width, stage.height, stage.dice("laboratory")
    for x in (0.05, 0.66):
        field(canvas, (width * x, height * 0.14, width * (x + 0.29), height * 0.46), indoors(stage, rgb("#f4f8f8")), 0.008 * u)
        for row in range(2):
            y = height * 0.29 + row * height * 0.155
            vessels(
                stage,
                canvas,
                width * (x + 0.01),
                width * (x + 0.28),
                y,
                0.1 * u,
                roll,
                ("#7fe0c0", "#f2a05a", "#8fb8f0", "#e88fb0", "#e8f2f4"),
            )
            shelf(stage, canvas, width * (x + 0.005), width * (x + 0.285), y, rgb("#b9c8cc"))
    if stage.scene.room == "hospital":
        r, x, y = 0.07 * u, 0.5 * width, 0.26 * height
        canvas.drawCircle(x, y, 1.5 * r, skia.Paint(Color=argb(rgb("#f8fbfb")), AntiAlias=True))
        for half in ((0.3, 1.0), (1.0, 0.3)):
            field(canvas, (x - half[0] * r, y - half[1] * r, x + half[0] * r, y + half[1] * r), rgb("#d8403a"))
    _counter(stage, canvas, sheet.left, sheet.right, low, 0.13 * u, "#e9eff0", "#8fa0a8")
    _ground(stage)


def gallery(stage: Stage) -> None:
    """White walls with framed pictures under spots."""
    sheet, _ = _base(stage, "#f0ede6", "#b08a62")
    canvas, u, width, height, roll = sheet.canvas, stage.u, stage.width, stage.height, stage.dice("gallery")
    for n, (x, wide, tall) in enumerate(((0.16, 0.22, 0.3), (0.5, 0.36, 0.26), (0.84, 0.22, 0.3))):
        cx, cy = width * x, 0.36 * height
        box = (cx - wide * u / 2, cy - tall * u / 2, cx + wide * u / 2, cy + tall * u / 2)
        field(
            canvas,
            (box[0] - 0.02 * u, box[1] - 0.02 * u, box[2] + 0.02 * u, box[3] + 0.02 * u),
            indoors(stage, rgb("#b8904a")),
            0.004 * u,
            0.4,
        )
        tone = rgb(("#3f6f9a", "#c8743a", "#6f8a4a", "#8a4a6a")[(n + roll.randrange(4)) % 4])
        field(canvas, box, tone, 0.0, 0.5)
        canvas.save()
        canvas.clipRect(skia.Rect.MakeLTRB(*box))
        canvas.drawCircle(
            cx + (0.06 - 0.06 * n) * u,
            cy - 0.04 * u,
            0.06 * u,
            skia.Paint(Color=argb(mix(tone, rgb("#fff0c0"), 0.8)), AntiAlias=True),
        )
        canvas.drawCircle(cx - 0.08 * u, box[3] + 0.06 * u, 0.16 * u, skia.Paint(Color=argb(scaled(tone, 0.5)), AntiAlias=True))
        canvas.drawCircle(cx + 0.12 * u, box[3] + 0.1 * u, 0.18 * u, skia.Paint(Color=argb(scaled(tone, 0.7)), AntiAlias=True))
        canvas.restore()
    _ground(stage)


def _ground(stage: Stage) -> None:
    stage.horizon = stage.height * 0.6
    stage.ground = (stage.height * 0.86, stage.height * 0.95)
    stage.spots["table"] = (stage.width * 0.5, stage.height * 0.9)


ROOMS: dict[str, Callable[[Stage], None]] = {
    "cafe": cafe,
    "bakery": cafe,
    "bar": bar,
    "kitchen": kitchen,
    "restaurant": cafe,
    "library": library,
    "classroom": classroom,
    "office": office,
    "laboratory": laboratory,
    "hospital": laboratory,
    "gallery": gallery,
}
