"""The subject laid flat and seen from above, among small things that go with it, all with the same short shadow."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from functools import partial
from typing import Any

from mediakiln.providers.studio.cast.actor import Actor
from mediakiln.providers.studio.cast.figure import figure, fitted
from mediakiln.providers.studio.cast.lens import lead_of
from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import dice
from mediakiln.providers.studio.shots.packaging import card_tone, tone_of
from mediakiln.providers.studio.stage import Stage

Draw = Callable[[Any, RGB, random.Random], None]


def show(stage: Stage, actors: list[Actor]) -> None:
    """The thing in the middle, turned a little; its companions in a loose order around it."""
    lead = lead_of(actors, stage) or actors[0]
    laid = [lead, *(a for a in actors if a is not lead)][:6]

    def paint(canvas: Any, t: float) -> None:
        roll = dice(stage.scene.seed, "flat lay", lead.subject.kind)
        shapes = [figure(stage, actor, t, 0.62 * stage.u / math.sqrt(len(laid))) for actor in laid]
        tones = (card_tone(shapes[0]), mix(tone_of(shapes[0]), (1, 1, 1), 0.55), rgb("#efe6d6"), rgb("#2f3a44"))
        _companions(stage, canvas, tones, roll)
        across = 1 if len(laid) == 1 else min(len(laid), 3 if stage.width > 1.4 * stage.height else 2)
        rows = -(-len(laid) // across)
        room = 0.66 if len(laid) == 1 else 0.8
        cell = (room * stage.width / across, min(0.84, room) * stage.height / rows)
        for index, shape in enumerate(shapes):
            row, column = divmod(index, across)
            columns = min(across, len(laid) - row * across)
            x = stage.width * 0.5 + (column - (columns - 1) / 2) * cell[0]
            y = stage.height * 0.5 + (row - (rows - 1) / 2) * cell[1]
            tall = fitted(shape, 0.84 * cell[0], 0.84 * cell[1])
            turn = roll.uniform(-18, -6) if index % 2 == 0 else roll.uniform(6, 16)
            lain(
                canvas,
                x,
                y,
                turn,
                stage.u,
                0.54 * tall * max(1.0, shape.aspect) + 0.04 * stage.u,
                partial(shape.draw, canvas, 0, tall / 2, tall),
            )

    stage.actor(1.0, paint)


def lain(canvas: Any, x: float, y: float, turn: float, unit: float, reach: float, draw: Callable[[], None]) -> None:
    """What `draw` paints about the origin, at (x, y), turned, with a short shadow to the lower right; it stays within `reach`."""
    canvas.save()
    canvas.translate(x, y)
    drop = skia.ImageFilters.DropShadow(
        0.016 * unit, 0.022 * unit, 0.008 * unit, 0.008 * unit, skia.ColorSetARGB(110, 30, 26, 34)
    )
    canvas.saveLayer(skia.Rect.MakeLTRB(-reach, -reach, reach, reach), skia.Paint(ImageFilter=drop))
    canvas.rotate(turn)
    draw()
    canvas.restore()
    canvas.restore()


def _companions(stage: Stage, canvas: Any, tones: tuple[RGB, ...], roll: random.Random) -> None:
    width, height, u = stage.width, stage.height, stage.u
    # The corners and the sides of the frame, never its middle.
    places = [(0.1, 0.14), (0.9, 0.84), (0.88, 0.16), (0.12, 0.86)]
    if width > 1.5 * height:
        places += [(0.28, 0.5), (0.74, 0.5)]
    elif height > 1.4 * width:
        places += [(0.5, 0.1), (0.5, 0.92)]
    draws: list[Draw] = [_card, _sprig, _coffee, _pencil, _ribbon, _sprig]
    for (px, py), draw, k in zip(places, draws, range(len(places)), strict=False):
        tone = tones[k % len(tones)]

        def one(draw: Draw = draw, tone: RGB = tone) -> None:
            canvas.scale(0.3 * u, 0.3 * u)
            draw(canvas, tone, roll)

        lain(canvas, px * width + roll.uniform(-0.02, 0.02) * u, py * height, roll.uniform(-35, 35), u, 0.21 * u, one)


def _ink(tone: RGB, stroke: float = 0.0) -> Any:
    ink = skia.Paint(Color=argb(tone), AntiAlias=True, StrokeCap=skia.Paint.kRound_Cap)
    if stroke:
        ink.setStyle(skia.Paint.kStroke_Style)
        ink.setStrokeWidth(stroke)
    return ink


def _card(canvas: Any, tone: RGB, roll: random.Random) -> None:
    """A card of paper with a few lines."""
    canvas.drawRoundRect(skia.Rect.MakeLTRB(-0.5, -0.36, 0.5, 0.36), 0.03, 0.03, _ink(tone))
    for k in range(3):
        canvas.drawLine(-0.36, -0.16 + 0.16 * k, 0.3 - 0.2 * k, -0.16 + 0.16 * k, _ink(mix(tone, (1, 1, 1), 0.6), 0.03))


def _sprig(canvas: Any, tone: RGB, roll: random.Random) -> None:
    """A twig with paired leaves."""
    green = rgb("#6f8f62")
    canvas.drawLine(-0.6, 0.1, 0.6, -0.06, _ink(scaled(green, 0.75), 0.022))
    for k in range(7):
        x = -0.5 + 0.17 * k
        for side in (-1, 1):
            canvas.save()
            canvas.translate(x, 0.1 - 0.13 * (x + 0.6))
            canvas.rotate(side * 52)
            canvas.drawOval(skia.Rect.MakeLTRB(0.0, -0.055, 0.26, 0.055), _ink(scaled(green, 0.9 + 0.04 * k)))
            canvas.restore()


def _coffee(canvas: Any, tone: RGB, roll: random.Random) -> None:
    """A cup seen from above."""
    canvas.drawCircle(0, 0, 0.46, _ink(rgb("#f4f1ea")))
    canvas.drawCircle(0, 0, 0.4, _ink(rgb("#e4ded2")))
    canvas.drawRoundRect(skia.Rect.MakeLTRB(0.24, -0.06, 0.5, 0.06), 0.05, 0.05, _ink(rgb("#fbf9f4")))
    canvas.drawCircle(0, 0, 0.3, _ink(rgb("#fbf9f4")))
    canvas.drawCircle(0, 0, 0.25, _ink(rgb("#6b4128")))
    canvas.drawCircle(-0.03, 0.02, 0.15, _ink(rgb("#a8764a"), 0.05))
    canvas.drawCircle(-0.03, 0.02, 0.06, _ink(rgb("#c89a6a"), 0.04))


def _pencil(canvas: Any, tone: RGB, roll: random.Random) -> None:
    """A sharpened pencil."""
    canvas.drawRect(skia.Rect.MakeLTRB(-0.6, -0.045, 0.42, 0.045), _ink(rgb("#e8b23a")))
    canvas.drawRect(skia.Rect.MakeLTRB(-0.6, -0.015, 0.42, 0.015), _ink(rgb("#d09a28")))
    canvas.drawRect(skia.Rect.MakeLTRB(-0.68, -0.045, -0.58, 0.045), _ink(rgb("#d8697a")))
    for tip, colour in ((0.6, "#ecd3a8"), (0.6, "#2a2a2e")):
        reach = 0.42 if colour == "#ecd3a8" else 0.54
        half = 0.045 if reach < 0.5 else 0.015
        canvas.drawPath(skia.Path.Polygon([(reach, -half), (tip, 0), (reach, half)], True), _ink(rgb(colour)))


def _ribbon(canvas: Any, tone: RGB, roll: random.Random) -> None:
    """A loose ribbon."""
    path = skia.Path()
    path.moveTo(-0.6, 0.1)
    path.cubicTo(-0.3, -0.4, -0.1, 0.45, 0.15, 0.05)
    path.cubicTo(0.3, -0.2, 0.45, 0.2, 0.62, -0.1)
    canvas.drawPath(path, _ink(tone, 0.1))
    canvas.drawPath(path, _ink(mix(tone, (1, 1, 1), 0.3), 0.03))
