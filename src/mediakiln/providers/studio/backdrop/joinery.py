"""What rooms and halls are built of: walls, floors, shelves, counters, lamps; lengths in pixels on a skia canvas."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np

from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import f32, fbm
from mediakiln.providers.studio.stage import Sheet, Stage

BOOKS = ("#8f3a32", "#2f5a7a", "#c89a3f", "#3f6f52", "#6a4a7a", "#b9603a", "#e2d6bc", "#394a5f")


def indoors(stage: Stage, tone: RGB, amount: float = 0.8) -> RGB:
    """`tone` in a room's own light: warm and a little dim by lamps."""
    if stage.light.lamps:
        return scaled((tone[0], tone[1] * 0.86, tone[2] * 0.68), 0.42 + 0.36 * amount)
    return scaled(tone, 0.62 + 0.4 * amount)


def wall(stage: Stage, sheet: Sheet, tone: RGB, low: float) -> None:
    """Plaster down to `low`, brighter in the middle."""
    x, y = sheet.grid(0, low)
    away = np.sqrt(((x - stage.width / 2) / stage.width) ** 2 + ((y - 0.35 * stage.height) / stage.height) ** 2)
    noise = fbm(stage.rng("plaster"), x.shape[1], y.shape[0], 26, 3) - 0.5
    shade = np.clip(1.0 - 0.75 * away + 0.06 * noise, 0, 1)[..., None]
    colour = f32(indoors(stage, tone, 0.1)) * (1 - shade) + f32(indoors(stage, tone, 1.0)) * shade
    sheet.paste(np.asarray(colour, np.float32), None, 0, low)


def floor(stage: Stage, sheet: Sheet, tone: RGB, top: float, tiles: bool = False, gloss: float = 0.0) -> None:
    """Boards or tiles that run to the middle of the picture."""
    x, y = sheet.grid(top, stage.height)
    depth = np.clip((y - top) / max(1.0, stage.height - top), 0.004, 1)
    away = (x - stage.width / 2) / stage.u / (0.25 + 0.75 * depth)
    across = np.abs(((away * 5.0) % 1.0) - 0.5) * 2
    rows = np.abs(((3.2 / (0.25 + 0.75 * depth)) % 1.0) - 0.5) * 2
    line = (across > 0.965) | ((rows > 0.95) if tiles else np.zeros_like(across, bool))
    chess = ((np.floor(away * 5.0) + np.floor(3.2 / (0.25 + 0.75 * depth) + 0.5)) % 2) * (0.14 if tiles else 0.05)
    shade = np.clip(0.62 + 0.36 * depth - chess - 0.16 * line + gloss * np.exp(-((depth / 0.3) ** 2)), 0, 1.1)[..., None]
    sheet.paste(np.asarray(np.clip(f32(indoors(stage, tone, 1.0)) * shade, 0, 1), np.float32), None, top, stage.height)


def field(canvas: Any, box: tuple[float, float, float, float], tone: RGB, round_: float = 0.0, shade: float = 0.14) -> None:
    """A board (left, top, right, bottom), a little darker below."""
    ink = skia.Paint(AntiAlias=True)
    ends = [skia.Point(0, box[1]), skia.Point(0, box[3])]
    ink.setShader(skia.GradientShader.MakeLinear(ends, [argb(mix(tone, (1, 1, 1), shade * 0.4)), argb(scaled(tone, 1 - shade))]))
    canvas.drawRoundRect(skia.Rect.MakeLTRB(*box), round_, round_, ink)


def books(stage: Stage, canvas: Any, x0: float, x1: float, low: float, tall: float, roll: random.Random) -> None:
    """A row of books that stand on `low`."""
    x = x0
    while x < x1 - 0.012 * stage.u:
        wide, high = stage.u * roll.uniform(0.014, 0.028), tall * roll.uniform(0.68, 0.96)
        tone = indoors(stage, rgb(roll.choice(BOOKS)), roll.uniform(0.5, 0.9))
        field(canvas, (x, low - high, min(x + wide, x1), low), tone, 0.002 * stage.u)
        if roll.random() < 0.6:
            band = (x, low - 0.8 * high, min(x + wide, x1), low - 0.74 * high)
            field(canvas, band, mix(tone, rgb("#f2d9a0"), 0.6))
        x += wide * (1.0 if roll.random() < 0.9 else 1.6)


def vessels(
    stage: Stage, canvas: Any, x0: float, x1: float, low: float, tall: float, roll: random.Random, tones: tuple[str, ...]
) -> None:
    """Bottles, jars and cups that stand on `low`."""
    x = x0 + 0.02 * stage.u
    while x < x1 - 0.05 * stage.u:
        kind, tone = roll.random(), indoors(stage, rgb(roll.choice(tones)), 0.8)
        wide, high = stage.u * roll.uniform(0.026, 0.04), tall * roll.uniform(0.45, 0.85)
        if kind < 0.5:  # a bottle
            field(canvas, (x, low - 0.62 * high, x + wide, low), tone, 0.2 * wide, 0.3)
            field(canvas, (x + 0.34 * wide, low - high, x + 0.66 * wide, low - 0.58 * high), tone, 0.1 * wide, 0.2)
        else:
            field(canvas, (x, low - 0.5 * high, x + 1.2 * wide, low), tone, 0.24 * wide, 0.25)
        x += wide * roll.uniform(1.5, 2.1)


def shelf(stage: Stage, canvas: Any, x0: float, x1: float, y: float, tone: RGB) -> None:
    """A board whose upper side is at `y`, with its shadow."""
    thick = 0.014 * stage.u
    canvas.drawRect(skia.Rect.MakeLTRB(x0, y + thick, x1, y + 2.4 * thick), skia.Paint(Color=argb((0, 0, 0), 0.18)))
    field(canvas, (x0, y, x1, y + thick), indoors(stage, tone, 0.9))


def pendant(stage: Stage, canvas: Any, x: float, y: float, tone: RGB) -> None:
    """A lamp that hangs at (x, y), with its glow."""
    u = stage.u
    canvas.drawLine(x, 0, x, y, skia.Paint(Color=argb(rgb("#2e2a28")), StrokeWidth=max(1.0, 0.004 * u), AntiAlias=True))
    glow = skia.GradientShader.MakeRadial(
        skia.Point(x, y + 0.04 * u),
        0.3 * u,
        [argb(rgb("#ffdf9a"), 0.5), argb(rgb("#ffdf9a"), 0.12), argb(rgb("#ffdf9a"), 0)],
        [0, 0.4, 1],
    )
    canvas.drawCircle(x, y + 0.04 * u, 0.3 * u, skia.Paint(Shader=glow, BlendMode=skia.BlendMode.kScreen))
    shade = skia.Path()
    shade.moveTo(x - 0.05 * u, y + 0.045 * u)
    shade.cubicTo(x - 0.045 * u, y - 0.02 * u, x + 0.045 * u, y - 0.02 * u, x + 0.05 * u, y + 0.045 * u)
    shade.close()
    canvas.drawPath(shade, skia.Paint(Color=argb(tone), AntiAlias=True))
    canvas.drawOval(
        skia.Rect.MakeLTRB(x - 0.03 * u, y + 0.035 * u, x + 0.03 * u, y + 0.06 * u),
        skia.Paint(Color=argb(rgb("#fff2cf")), AntiAlias=True),
    )


def beam(canvas: Any, top: tuple[float, float], foot: tuple[float, float], wide: float, tone: RGB, power: float) -> None:
    """A cone of light from `top` to a pool `wide` to either side of `foot`."""
    length = math.dist(top, foot)
    path = skia.Path.Polygon([skia.Point(*top), skia.Point(foot[0] - wide, foot[1]), skia.Point(foot[0] + wide, foot[1])], True)
    shader = skia.GradientShader.MakeRadial(skia.Point(*top), length * 1.05, [argb(tone, power), argb(tone, 0.1 * power)])
    ink = skia.Paint(Shader=shader, AntiAlias=True, BlendMode=skia.BlendMode.kScreen)
    ink.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.02 * length))
    canvas.drawPath(path, ink)


def heads(canvas: Any, x0: float, x1: float, low: float, size: float, tones: tuple[RGB, ...], roll: random.Random) -> None:
    """A row of people seen as heads and shoulders, `size` a head's height."""
    x = x0
    while x < x1:
        r, y = size * roll.uniform(0.42, 0.54), low - size * roll.uniform(1.0, 1.5)
        ink = skia.Paint(Color=argb(roll.choice(tones)), AntiAlias=True)
        canvas.drawCircle(x, y, r, ink)
        canvas.drawRoundRect(skia.Rect.MakeLTRB(x - 1.9 * r, y + 0.9 * r, x + 1.9 * r, low + 2 * size), 1.2 * r, 1.2 * r, ink)
        x += r * roll.uniform(3.0, 4.4)
