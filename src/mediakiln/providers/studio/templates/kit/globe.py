"""A crystal ball with snow and the sitter in it, on a turned wooden ring."""

from __future__ import annotations

import math
from functools import partial

import cv2
import numpy as np

from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import f32, line
from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.templates.kit import grounds, sitting
from mediakiln.providers.studio.templates.kit.hard import (
    ball,
    ball_form,
    cleared,
    dropped,
    filled,
    moulded,
    oval,
    ramped,
    shape,
    swollen,
    through_ball,
    traced,
)
from mediakiln.providers.studio.templates.table import Table


def _ball(table: Table) -> tuple[float, float, float]:
    """The ball's middle and radius."""
    radius = min(0.385 * table.u, 0.46 * table.width, 0.46 * table.height)
    return table.width / 2, table.height / 2 - 0.07 * table.u, radius


def dark_table(table: Table) -> None:
    """A dark wooden table behind and below the ball."""
    grounds.table_top((0.5, 0.33, 0.21), 0.5 + 0.22 * table.u / table.height)(table)


def wooden_ring(table: Table) -> None:
    """A turned wooden ring, the shadow of the ball, and the light the ball gathers."""
    x, y, radius = _ball(table)
    foot = y + 1.12 * radius
    canvas = table.canvas
    sitting.contact(table, x + 0.22 * radius, foot + 0.08 * radius, 2.3 * radius, 0.62, 0.2)
    sitting.contact(table, x + 0.7 * radius, foot + 0.02 * radius, 2.4 * radius, 0.3, 0.16)
    for size, alpha in ((1.0, 0.22), (0.6, 0.3), (0.26, 0.6)):
        spot = oval(x + 0.86 * radius, foot + 0.1 * radius, 0.6 * size * radius, 0.11 * size * radius)
        filled(canvas, spot, (1.0, 0.9, 0.7), alpha, 0.03 * radius)
    tone = rgb("#8a5a34")
    lower = shape(_turned(x, foot - 0.02 * radius, 1.42 * radius, 0.3 * radius), 0.12 * radius)
    moulded(table, lower, _grain(table, lower.width, lower.height, tone), 0.35, 0.5)
    upper = shape(_turned(x, foot - 0.16 * radius, 1.2 * radius, 0.24 * radius), 0.08 * radius)
    dropped(table, upper, 0.03 * radius, 0.5)
    moulded(table, upper, _grain(table, upper.width, upper.height, scaled(tone, 1.12)), 0.35, 0.55)
    traced(canvas, oval(x, foot - 0.2 * radius, 1.17 * radius, 0.15 * radius), (0.05, 0.02, 0.0), 0.02 * radius, 0.5)


def _grain(table: Table, width: int, height: int, tone: RGB) -> Picture:
    """Polished wood."""
    return np.asarray(cv2.convertScaleAbs(grounds.wood(table, width, height, tone, 2), alpha=255), np.uint8)


def _turned(x: float, y: float, wide: float, tall: float) -> skia.Path:
    """A path: a ring lying down, seen from a little above."""
    path = skia.Path()
    path.addOval(skia.Rect.MakeXYWH(x - wide / 2, y - tall / 2, wide, 0.62 * tall))
    path.addOval(skia.Rect.MakeXYWH(x - wide / 2, y - 0.12 * tall, wide, 0.62 * tall))
    path.addRect(skia.Rect.MakeXYWH(x - wide / 2, y - 0.19 * tall, wide, 0.38 * tall))
    return skia.Simplify(path) or path


def crystal(table: Table) -> None:
    """The ball's own body: what is behind it, upside down, and a cool dusk within."""
    x, y, radius = _ball(table)
    through_ball(table, x, y, radius)
    canvas = table.canvas
    globe = oval(x, y, 2 * radius, 2 * radius)
    inner = grounds.pastel(0.5, lightness=0.8, saturation=0.3)(table)
    tones = [argb(mix(inner, (1, 1, 1), 0.55), 0.85), argb(inner, 0.62), argb(scaled(inner, 0.45), 0.34)]
    glow = skia.GradientShader.MakeRadial(skia.Point(x, y - 0.1 * radius), radius, tones, [0, 0.62, 1])
    canvas.drawPath(globe, skia.Paint(Shader=glow, AntiAlias=True))


def winter(table: Table) -> None:
    """Snow on the ground, the sitter on it, more snow before its feet, flakes in the air."""
    x, y, radius = _ball(table)
    canvas = table.canvas
    if table.sitter.whole:
        _view(table)
        return
    canvas.save()
    canvas.clipPath(oval(x, y, 1.985 * radius, 1.985 * radius), doAntiAlias=True)
    roll = table.dice("trees")
    for index in range(7):
        side = -1 if index % 2 else 1
        tx = x + side * radius * (0.42 + 0.075 * index + roll.uniform(-0.03, 0.03))
        _tree(table, tx, y + (0.4 + 0.035 * (index % 3)) * radius, radius * roll.uniform(0.3, 0.5))
    _snow(table, x, y + 0.42 * radius, radius, "far", 1.0)
    foot = y + 0.6 * radius
    guest = sitting.stood(table, x, foot, 1.22 * radius, 1.3 * radius)
    guest = sitting.treated(
        guest, sitting.soft_foot, sitting.graded, partial(sitting.relief, roundness=0.14, shine=0.25), sitting.rim_lit
    )
    guest = swollen(sitting.padded(guest, round(0.2 * radius)), x, y, radius, 0.16)
    sitting.cast(table, guest, 0.45, 0.2, 0.3, tone=(0.2, 0.25, 0.45))
    sitting.contact(table, guest.x, foot - 0.01 * radius, 0.9 * guest.width, 0.35, 0.14, (0.2, 0.25, 0.45))
    sitting.lay(table, guest)
    _snow(table, x, y + 0.5 * radius, radius, "near", 1.35)
    for _ in range(90):
        angle, far = roll.uniform(0, math.tau), radius * math.sqrt(roll.uniform(0, 0.92))
        size = radius * roll.choice((0.005, 0.007, 0.009, 0.011))
        fx, fy = x + far * math.cos(angle), y + far * math.sin(angle)
        filled(canvas, oval(fx, fy, 2 * size, 2 * size), (1, 1, 1), roll.uniform(0.55, 0.95), 0.35 * size)
    canvas.restore()


def _view(table: Table) -> None:
    """A picture without a subject fills the ball, bent as glass bends it."""
    x, y, radius = _ball(table)
    side = max(8, round(2 * radius))
    picture = sitting.cropped(table.sitter.picture, side, side)
    axis = np.linspace(-1, 1, side, dtype=np.float32)
    px, py = axis[None, :], axis[:, None]
    far = np.sqrt(px * px + py * py)
    bend = (f32(0.82) + f32(0.18) * np.clip(far, 0, 1) ** 3) * f32(0.5 * side)
    seen = cv2.remap(picture, px * bend + f32(0.5 * side), py * bend + f32(0.5 * side), cv2.INTER_LINEAR)
    cover = np.clip((f32(0.985) - far) * f32(radius) + 0.5, 0, 1) * f32(235)
    table.canvas.drawImage(
        sitting.image_of(sitting.joined(np.asarray(seen, np.uint8), cover.astype(np.uint8))), x - radius, y - radius
    )


def _tree(table: Table, x: float, foot: float, tall: float) -> None:
    """A small fir under snow."""
    canvas = table.canvas
    for layer in range(4):
        low = foot - tall * (0.08 + 0.22 * layer)
        wide, high = tall * (0.3 - 0.06 * layer), tall * 0.34
        for tone, share, drop in (((0.16, 0.33, 0.3), 1.0, 0.0), ((0.93, 0.97, 1.0), 0.72, 0.16)):
            path = skia.Path()
            path.moveTo(x, low - high)
            path.quadTo(x + 0.25 * wide * share, low - 0.3 * high, x + wide * share, low - drop * high)
            path.quadTo(x, low - drop * high - 0.12 * high * (1 + drop), x - wide * share, low - drop * high)
            path.quadTo(x - 0.25 * wide * share, low - 0.3 * high, x, low - high)
            filled(canvas, path, tone)


def _snow(table: Table, x: float, top: float, radius: float, name: str, bumps: float) -> None:
    """A drift that fills the ball below about `top`: lit from the left, bluer below, a few crystals catching light."""
    crest = line(table.rng("snow", name), 64, 4.0, 3)
    path = skia.Path().moveTo(x - radius, top + 1.1 * radius)
    for index, bump in enumerate(crest.tolist()):
        at = 2 * index / 63 - 1
        path.lineTo(x + at * radius, top + radius * (0.08 - 0.05 * at * at + 0.03 * bumps * bump))
    path.lineTo(x + radius, top + 1.1 * radius).close()
    ramped(table.canvas, path, ((1.0, 1.0, 1.0), (0.9, 0.94, 1.0), (0.7, 0.78, 0.92)), (x, top), (x, top + 0.75 * radius))
    ends, tones = (
        [skia.Point(x - radius, top), skia.Point(x + radius, top)],
        [argb((0.4, 0.5, 0.75), 0.0), argb((0.4, 0.5, 0.75), 0.3)],
    )
    table.canvas.drawPath(path, skia.Paint(Shader=skia.GradientShader.MakeLinear(ends, tones), AntiAlias=True))
    traced(table.canvas, path, (1, 1, 1), 0.012 * radius, 0.8, 0.006 * radius)
    roll = table.dice("crystals", name)
    for _ in range(60):
        size = radius * roll.uniform(0.003, 0.007)
        spot = oval(x + roll.uniform(-0.9, 0.9) * radius, top + radius * roll.uniform(0.12, 0.5), size, size)
        filled(table.canvas, spot, (1, 1, 1), roll.uniform(0.5, 1.0))


def gloss(table: Table) -> None:
    """The glass over all: a dark and a bright rim, the window, its echo below."""
    x, y, radius = _ball(table)
    canvas = table.canvas
    globe = oval(x, y, 2 * radius, 2 * radius)
    tones = [argb((0, 0, 0), 0.0), argb((0.03, 0.06, 0.14), 0.1), argb((0.03, 0.06, 0.14), 0.5), argb((0.8, 0.92, 1.0), 0.5)]
    rim = skia.GradientShader.MakeRadial(skia.Point(x, y), radius, tones, [0.72, 0.86, 0.965, 1])
    canvas.drawPath(globe, skia.Paint(Shader=rim, AntiAlias=True))
    cleared(table, shape(globe, ball_form), 0.42, haze=0.0, window=0.55)
    for turn, span, share, alpha in ((200, 62, 0.93, 0.75), (30, 50, 0.94, 0.5), (100, 34, 0.95, 0.3)):
        arc = skia.Path()
        size = share * radius
        arc.addArc(skia.Rect.MakeXYWH(x - size, y - size, 2 * size, 2 * size), turn, span)
        traced(canvas, arc, (1, 1, 1), 0.025 * radius, alpha, 0.014 * radius)
    traced(canvas, globe, (1, 1, 1), max(1.0, 0.008 * radius), 0.6)
    ball(canvas, x - 0.62 * radius, y + 0.3 * radius, 0.018 * radius, (1, 1, 1))
    _bloom(table, x - 0.45 * radius, y - 0.5 * radius, 0.75 * radius)


def _bloom(table: Table, x: float, y: float, reach: float) -> None:
    shader = skia.GradientShader.MakeRadial(skia.Point(x, y), reach, [argb((1, 1, 1), 0.28), argb((1, 1, 1), 0.0)])
    table.canvas.drawCircle(x, y, reach, skia.Paint(Shader=shader, AntiAlias=True, BlendMode=skia.BlendMode.kScreen))
