"""A porcelain angel: wings of glazed feathers, a gilt halo, a plinth among clouds, and the light from above."""

from __future__ import annotations

import math

import cv2
import numpy as np
from msgspec.structs import replace

from mediakiln.providers.studio.colour import RGB, argb, mix, rgb
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.templates.kit import sitting
from mediakiln.providers.studio.templates.kit.hard import dropped, filled, metal, oval, ramped, shape, traced
from mediakiln.providers.studio.templates.table import Table

_GOLD = rgb("#e2b04a")


def _angel(table: Table) -> sitting.Figure:
    """The sitter with room for wings, halo and base."""
    u = table.u
    tall = min(0.62 * table.height, 0.95 * u)
    foot = table.height / 2 + 0.56 * tall
    room = min(0.56 * table.width, 0.72 * u)
    if table.sitter.whole:
        return sitting.cameo(table, table.width / 2, foot, room, 0.86 * tall)
    guest = sitting.stood(table, table.width / 2, foot, room, tall)
    return sitting.treated(guest, sitting.soft_foot)


def _porcelain(figure: sitting.Figure) -> sitting.Figure:
    """Glaze: pale, milky colours, gilt lights, a strong shine."""
    if figure.whole:
        return sitting.relief(figure, shine=0.9)
    figure = sitting.painted(sitting.graded(figure, (1.0, 0.985, 0.96), 1.0, 0.6), 1.3)
    pale = cv2.addWeighted(np.ascontiguousarray(figure.pixels[..., :3]), 0.8, np.full_like(figure.pixels[..., :3], 250), 0.2, 0)
    figure = replace(figure, pixels=sitting.joined(pale, figure.alpha))
    return sitting.rim_lit(sitting.relief(figure, 0.2, 1.0, 0.5, 42.0), (1.0, 0.93, 0.75), 0.7)


def rays(table: Table) -> None:
    """Light that falls from above, wide and soft."""
    u = table.u
    x, y = table.width * 0.5, -0.15 * u
    roll = table.dice("rays")
    cover = np.zeros((max(8, table.height // 4), max(8, table.width // 4)), np.uint8)
    for _ in range(9):
        angle, half = roll.uniform(0.28, 0.72) * math.pi, roll.uniform(0.015, 0.05)
        far = 2.2 * max(table.width, table.height)
        knots = [(x, y)] + [(x + far * math.cos(angle + side), y + far * math.sin(angle + side)) for side in (-half, half)]
        beam = np.zeros_like(cover)
        cv2.fillPoly(beam, [np.round(np.array(knots) * 4).astype(np.int32)], roll.randint(40, 90), cv2.LINE_8, 4)
        cover = cv2.add(cover, beam)
    soft = cv2.GaussianBlur(cover, (0, 0), 0.006 * u)
    fade = np.linspace(1, 0.05, len(soft), dtype=np.float32)[:, None]
    sitting.wash(table, (soft * fade).astype(np.uint8), 0, 0, (1.0, 0.98, 0.9), 0.8, table.width / cover.shape[1])


def clouds(table: Table) -> None:
    """Banks of cloud behind and below the figure."""
    guest = _angel(table)
    roll = table.dice("clouds")
    for row, (drop, alpha) in enumerate(((-0.1, 0.5), (0.02, 0.75))):
        for _ in range(round(9 * table.width / table.u)):
            x = roll.uniform(-0.05, 1.05) * table.width
            reach = abs(x - table.width / 2) / table.width
            y = guest.foot + (drop + 0.1 - 0.3 * reach * (1 - 0.4 * row)) * table.u
            _puff(table, x, y, table.u * roll.uniform(0.07, 0.14), alpha)


def _puff(table: Table, x: float, y: float, radius: float, alpha: float) -> None:
    tones = [argb((1, 1, 1), alpha), argb((1.0, 0.98, 0.97), 0.7 * alpha), argb((0.93, 0.93, 1.0), 0.0)]
    shader = skia.GradientShader.MakeRadial(skia.Point(x - 0.2 * radius, y - 0.3 * radius), 1.25 * radius, tones, [0, 0.55, 1])
    table.canvas.drawCircle(x, y, 1.5 * radius, skia.Paint(Shader=shader, AntiAlias=True))


def _feather(x: float, y: float, long: float, wide: float, angle: float) -> skia.Path:
    """A path: one feather from its root at (x, y)."""
    path = skia.Path()
    path.moveTo(0, -0.22 * wide)
    path.cubicTo(0.25 * long, -0.62 * wide, 0.75 * long, -0.62 * wide, 0.96 * long, -0.14 * wide)
    path.quadTo(1.02 * long, 0.1 * wide, 0.92 * long, 0.32 * wide)
    path.cubicTo(0.7 * long, 0.58 * wide, 0.3 * long, 0.5 * wide, 0, 0.22 * wide)
    path.close()
    path.transform(skia.Matrix().setRotate(math.degrees(angle)).postTranslate(x, y))
    return path


def wings(table: Table) -> None:
    """A pair of wings: three rows of feathers that hang from a bent arm, long ones first."""
    guest = _angel(table)
    u = table.u
    span = min(0.33 * table.width, 0.44 * u, max(0.58 * guest.height, 0.34 * u))
    y = guest.top + (0.52 if guest.width < 1.1 * guest.height else 0.36) * guest.height
    spread = table.dice("wings").uniform(-0.08, 0.1)
    for side in (-1, 1):
        x = guest.x + side * min(0.16 * guest.width, 0.1 * u)
        for count, share, wide in ((13, 1.0, 0.19), (12, 0.66, 0.17), (11, 0.38, 0.15)):
            for index in reversed(range(count)):
                t = index / (count - 1)
                root_x = span * (0.06 + 0.5 * t)
                root_y = -span * (0.9 * t - 0.42 * t * t)
                turn = math.radians(78 - 122 * t**1.15) - spread * t
                long = span * share * (0.46 + 0.5 * t)
                if side < 0:
                    turn = math.pi - turn
                path = _feather(x + side * root_x, y + root_y, long, wide * span * share**0.4, turn)
                ends = (
                    (x + side * root_x, y + root_y),
                    (x + side * root_x + long * math.cos(turn), y + root_y + long * math.sin(turn)),
                )
                _plume(table, path, *ends, span)
        arm = skia.Path().moveTo(x, y + 0.02 * span)
        arm.quadTo(x + side * 0.2 * span, y - 0.46 * span, x + side * 0.6 * span, y - 0.5 * span)
        traced(table.canvas, arm, (0.45, 0.43, 0.58), 0.085 * span, 0.35, 0.02 * span)
        traced(table.canvas, arm, (0.95, 0.945, 0.965), 0.075 * span)
        arm.offset(-0.01 * span, -0.014 * span)
        traced(table.canvas, arm, (1, 1, 1), 0.035 * span, 0.9, 0.01 * span)


def _plume(table: Table, path: skia.Path, root: tuple[float, float], tip: tuple[float, float], span: float) -> None:
    """One glazed feather with its shadow, its quill and the light on its edge."""
    canvas = table.canvas
    for away in (0.008, 0.016, 0.024):  # three thin layers look as soft as a blur and cost a tenth of it
        shade = skia.Path(path)
        shade.offset(0.5 * away * span, away * span)
        filled(canvas, shade, (0.3, 0.3, 0.5), 0.11)
    ramped(canvas, path, ((0.86, 0.86, 0.92), (0.97, 0.97, 0.985), (1, 1, 1)), root, tip)
    traced(canvas, path, (0.6, 0.6, 0.74), 0.006 * span, 0.5)
    traced(canvas, skia.Path().moveTo(*root).lineTo(*tip), (0.72, 0.72, 0.82), 0.006 * span, 0.5)


def plinth(table: Table) -> None:
    """A white oval plinth with a gilt line, set in the clouds."""
    guest = _angel(table)
    u = table.u
    wide = min(0.66 * table.width, max(0.42 * u, 1.02 * guest.width))
    x, y, thick = guest.x, guest.foot, 0.06 * u
    sitting.contact(table, x + 0.03 * u, y + 1.3 * thick, 1.5 * wide, 0.35, 0.2, (0.3, 0.3, 0.5))
    drum = skia.Path()
    drum.addOval(skia.Rect.MakeXYWH(x - wide / 2, y - 0.09 * wide, wide, 0.2 * wide))
    drum.addRect(skia.Rect.MakeXYWH(x - wide / 2, y, wide, thick))
    drum.addOval(skia.Rect.MakeXYWH(x - wide / 2, y + thick - 0.1 * wide, wide, 0.2 * wide))
    drum = skia.Simplify(drum) or drum
    dropped(table, shape(drum, 2), 0.02 * u, 0.25)
    tones = ((0.9, 0.89, 0.93), (1, 1, 1), (0.96, 0.95, 0.96), (0.8, 0.79, 0.86), (0.72, 0.71, 0.8))
    ramped(table.canvas, drum, tones, (x - wide / 2, y), (x + wide / 2, y))
    line = skia.Path()
    line.addArc(skia.Rect.MakeXYWH(x - wide / 2, y + 0.62 * thick - 0.1 * wide, wide, 0.2 * wide), 4, 172)
    table.canvas.drawPath(line, metal(0.16 * thick, x, y, _GOLD))
    top = oval(x, y + 0.01 * wide, 0.97 * wide, 0.18 * wide)
    filled(table.canvas, top, (1.0, 0.995, 0.985))
    traced(table.canvas, oval(x, y + 0.01 * wide, 0.86 * wide, 0.155 * wide), _GOLD, 0.05 * thick, 0.8)


def glazed(table: Table) -> None:
    """The sitter in porcelain, on the plinth."""
    guest = _porcelain(_angel(table))
    sitting.contact(table, guest.x, guest.foot + 0.002 * table.u, 0.95 * guest.width, 0.45, 0.15, (0.3, 0.27, 0.4))
    sitting.shadow(table, guest, 0.03 * table.u, 0.28, (0.35, 0.33, 0.5))
    sitting.lay(table, guest)


def cushion(table: Table) -> None:
    """Small clouds before the foot of a sitter that has none of its own to stand on."""
    guest = _angel(table)
    if guest.whole or not sitting.is_ragged(guest):
        return
    roll, count = table.dice("cushion"), 9
    for index in range(count):
        x = guest.x + guest.width * (0.62 * (index + 0.5) / count - 0.31) * 1.7
        radius = table.u * roll.uniform(0.03, 0.05)
        _puff(table, x, guest.foot - roll.uniform(-0.2, 0.6) * radius, radius, 0.95)


def halo(table: Table) -> None:
    """A ring of gold over the highest point, the near half before it and the far half behind."""
    guest = _angel(table)
    top = guest.alpha[: max(2, guest.height // 5)] > 128
    columns = np.flatnonzero(top.any(axis=0))
    peak = np.flatnonzero(guest.alpha[: max(2, guest.height // 25)].max(axis=0) > 128)
    x = guest.left + (float(peak.mean()) if len(peak) else guest.width / 2)
    if guest.whole:
        x = guest.x
    radius = min(0.17 * table.u, max(0.09 * table.u, 0.36 * (float(np.ptp(columns)) if len(columns) else 0.0)))
    y = guest.top - 0.42 * radius
    path = oval(x, y, 2 * radius, 0.56 * radius)
    traced(table.canvas, path, (1.0, 0.85, 0.4), 0.3 * radius, 0.5, 0.16 * radius)
    table.canvas.drawPath(path, metal(0.11 * radius, x, y, _GOLD))
    traced(
        table.canvas, oval(x - 0.01 * radius, y - 0.02 * radius, 2 * radius, 0.56 * radius), (1.0, 0.97, 0.8), 0.025 * radius, 0.8
    )


def sparkles(table: Table) -> None:
    """Points of light with four beams."""
    guest, roll = _angel(table), table.dice("sparkles")
    gold: RGB = mix(_GOLD, (1, 1, 1), 0.55)
    for _ in range(26):
        x = table.width / 2 + roll.uniform(-0.5, 0.5) * table.width
        y = guest.top + roll.uniform(-0.3, 1.1) * guest.height
        size = table.u * roll.choice((0.006, 0.009, 0.013, 0.022))
        row, column = round(y - guest.top), round(x - guest.left)
        if 0 <= row < guest.height and 0 <= column < guest.width and guest.pixels[row, column, 3]:
            continue  # none in its face
        path = skia.Path()
        for index in range(8):
            far = size * (1.0 if index % 2 == 0 else 0.16)
            point = (x + far * math.cos(index * math.pi / 4), y + far * math.sin(index * math.pi / 4))
            path.lineTo(*point) if index else path.moveTo(*point)
        path.close()
        filled(table.canvas, path, gold, 0.9)
        filled(table.canvas, oval(x, y, size, size), (1.0, 0.92, 0.7), 0.4, 0.3 * size)
