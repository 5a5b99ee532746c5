"""The sitter posed for its portrait: large, on the ground or rising from the lower edge, in the scene's light, with a hat."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import cv2
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.stage import Canvas
from mediakiln.providers.studio.templates.kit import sitting
from mediakiln.providers.studio.templates.kit.hard import ball, filled, ramped, traced
from mediakiln.providers.studio.templates.kit.shapes import GOLD, IVORY, RED, Path, curve, disc, polygon, round_box, thrown
from mediakiln.providers.studio.templates.table import Layer, Table

Hat = Callable[[Canvas, float], None]
"""Draws a hat for a head of a width in pixels, the top of the head at the canvas's origin."""


def posed(
    *treatments: sitting.Treatment,
    tall: float = 0.8,
    wide: float = 0.84,
    x: float = 0.5,
    ground: float = 0.92,
    key: RGB = (1.0, 1.0, 1.0),
    hat: Hat | None = None,
    thrown_back: float = 0.0,
    rim: RGB | None = None,
    framed: tuple[float, float] = (0.46, 0.6),
    round_frame: bool = False,
) -> Layer:
    """The sitter within `tall` of the height and `wide` of the width: a bust from the lower edge, anything else standing at the
    share `ground` of the height. `key` is the tint of the light, `rim` that of the light from behind, `thrown_back` how dark its
    shadow on the wall is. A picture without a subject hangs there in a golden frame: its middle at the share `framed[0]` of the
    height, `framed[1]` units tall."""

    def layer(table: Table) -> None:
        u, canvas = table.u, table.canvas
        if table.sitter.whole:
            size = min(framed[1], 0.72 * table.height / u, 0.72 * table.width / u) * u
            corner = hung_print(table, x * table.width, framed[0] * table.height, size, round_frame)
            if hat is not None:
                _put_on(canvas, hat, *corner, 0.24 * size, 20 + table.dice("hat").uniform(-4, 4))
            return
        room = min(wide * table.width, 1.3 * u), min(tall * table.height, 1.3 * u)
        bust = sitting.is_bust(table.sitter.cut)
        foot = table.height + 0.02 * u if bust else ground * table.height
        figure = sitting.stood(table, x * table.width, foot, *room)
        if not bust:  # something flat, such as a car, stands farther back: else what is in front would hide it
            lift = min(0.12 * table.height, 0.5 * max(0.0, 0.4 * table.height - figure.height))
            figure = replace(figure, top=figure.top - round(lift))
        figure = sitting.treated(figure, partial(sitting.graded, key=key), *treatments)
        if rim is not None:
            figure = sitting.rim_lit(figure, rim, 0.7, 0.008)
        if thrown_back:
            sitting.shadow(table, figure, 0.07 * u, thrown_back)
        if not bust:
            sitting.cast(table, figure, strength=0.3)
            sitting.contact(table, figure.x, figure.foot - 0.006 * u, 0.95 * figure.width, 0.6)
        sitting.lay(table, figure)
        if hat is not None:
            _put_on(canvas, hat, *_head(figure, u), table.dice("hat").uniform(-4, 4))

    return layer


def hung_print(table: Table, x: float, y: float, tall: float, round_: bool = False) -> tuple[float, float]:
    """The whole picture in a golden frame around (x, y), `tall` pixels: an oblong of at most 4:3, or round. Gives the upper right
    end of the frame, where a hat may hang."""
    picture, canvas = table.sitter.picture, table.canvas
    height, width = picture.shape[:2]
    ratio = 1.0 if round_ else min(max(width / height, 0.75), 1.34)
    wide, high = min(width, round(height * ratio)), min(height, round(width / ratio))
    part = picture[(height - high) // 2 :, (width - wide) // 2 :][:high, :wide]
    across = tall * ratio * (1.0 if ratio <= 1 else 0.86)
    down = across / ratio
    box = skia.Rect.MakeXYWH(x - across / 2, y - down / 2, across, down)
    path = disc(x, y, down / 2) if round_ else round_box(box.left(), box.top(), box.right(), box.bottom())
    size = (max(2, round(across)), max(2, round(down)))
    pixels = cv2.resize(part, size, interpolation=cv2.INTER_AREA if size[0] < wide else cv2.INTER_CUBIC)
    thick = 0.05 * tall
    rail = _edge(path, thick)
    thrown(canvas, rail, 0.7 * thick, 0.5)
    canvas.save()
    canvas.clipPath(path, doAntiAlias=True)
    canvas.drawImageRect(
        sitting.image_of(cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA)), box, skia.SamplingOptions(skia.FilterMode.kLinear)
    )
    moved = _edge(path, 0.4 * thick)
    moved.offset(0.2 * thick, 0.35 * thick)
    traced(canvas, moved, (0.05, 0.02, 0.02), 1.5 * thick, 0.5, 0.3 * thick)
    canvas.restore()
    ends = [skia.Point(box.left() - thick, box.top() - thick), skia.Point(box.right() + thick, box.bottom() + thick)]
    tones = ["#8a5a18", "#fff2bc", "#d7a343", "#f6dc8c", "#9a6820", "#efcf78", "#7d4f12"]
    shader = skia.GradientShader.MakeLinear(ends, [argb(rgb(code)) for code in tones])
    canvas.drawPath(path, skia.Paint(Shader=shader, AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=thick))
    for width_, tone, alpha in ((1.04, rgb("#6b4210"), 0.6), (0.0, rgb("#fff6cf"), 0.55)):
        for inner in (_edge(path, thick * width_), _edge(path, -thick * width_)):
            traced(canvas, inner, tone, max(0.8, 0.06 * thick), alpha)
    if round_:
        return x + 0.34 * across, y - 0.42 * down
    return box.right() - 0.06 * across, box.top() - 0.02 * down


def _edge(path: Path, thick: float) -> Path:
    """The outer edge of a frame `thick` pixels wide along `path`, a rectangle or a circle; the inner one below 0."""
    box, by = path.getBounds(), thick / 2
    grown = skia.Rect.MakeLTRB(box.left() - by, box.top() - by, box.right() + by, box.bottom() + by)
    edge = skia.Path()
    if path.isOval():
        edge.addOval(grown)
    else:
        edge.addRect(grown)
    return edge


def _put_on(canvas: Canvas, hat: Hat, x: float, y: float, head: float, turn: float) -> None:
    canvas.save()
    canvas.translate(x, y)
    canvas.rotate(turn)
    hat(canvas, head)
    canvas.restore()


def _head(figure: sitting.Figure, u: float) -> tuple[float, float, float]:
    """Where a hat goes: the x of the head, the y of its top between the ears, and its width. The head ends at the neck, which is
    narrower, or where the back of an animal begins, which is much wider."""
    solid = figure.alpha > 128
    top = int(np.argmax(solid.any(axis=1)))
    middle = float(np.median(np.flatnonzero(solid[top])))
    step = max(2, len(solid) // 40)
    widths = [0]
    widest, at = 0, middle
    for row in range(top, top + max(2 * step, len(solid) // 3), step):
        left, right = _run(solid[row], round(middle))
        width = right - left
        deep = row - top
        if deep > max(0.45 * widths[-1], 0.15 * len(solid)) and width > 1.35 * widths[-1] > 0:
            break  # the back
        if width < 0.82 * widest and deep > 0.5 * widest:
            break  # the neck
        if width > widest:
            widest, at = width, (left + right) / 2
        widths.append(width)
        middle = 0.4 * middle + 0.3 * (left + right)
    head = min(max(widest, 0.16 * figure.width), 0.62 * figure.width, 0.5 * figure.height, 0.25 * u)
    skull = next(k for k, width in enumerate(widths) if width >= 0.45 * min(widest, head)) - 1
    return figure.left + at, figure.top + top + max(0, skull) * step, head


def _run(row: NDArray[np.bool_], at: int) -> tuple[int, int]:
    """The solid pixels around `at`."""
    at = min(max(at, 0), len(row) - 1)
    if not row[at]:
        return at, at
    before, after = np.flatnonzero(~row[:at]), np.flatnonzero(~row[at:])
    return int(before[-1]) + 1 if len(before) else 0, at + int(after[0]) if len(after) else len(row)


def mortarboard(canvas: Canvas, head: float) -> None:
    """A graduate's cap of black cloth with a golden tassel."""
    cloth = rgb("#23242c")
    w = head
    canvas.translate(0, 0.06 * w)
    skull = skia.Path()
    skull.moveTo(-0.5 * w, 0.0)
    skull.cubicTo(-0.53 * w, 0.14 * w, -0.52 * w, 0.24 * w, -0.5 * w, 0.3 * w)
    skull.quadTo(0, 0.17 * w, 0.5 * w, 0.3 * w)
    skull.cubicTo(0.52 * w, 0.24 * w, 0.53 * w, 0.14 * w, 0.5 * w, 0.0)
    skull.close()
    thrown(canvas, skull, 0.05 * w, 0.4)
    ramped(
        canvas, skull, (scaled(cloth, 0.7), mix(cloth, (1, 1, 1), 0.16), cloth, scaled(cloth, 0.5)), (-0.5 * w, 0), (0.5 * w, 0)
    )
    corners = [(-0.88 * w, -0.06 * w), (0.05 * w, -0.3 * w), (0.88 * w, -0.02 * w), (-0.06 * w, 0.2 * w)]
    thick = 0.035 * w
    under = polygon([(x, y + thick) for x, y in corners])
    thrown(canvas, under, 0.06 * w, 0.35)
    filled(canvas, under, scaled(cloth, 0.45))
    board = polygon(corners)
    ramped(canvas, board, (mix(cloth, (0.8, 0.85, 1.0), 0.34), mix(cloth, (0.8, 0.85, 1.0), 0.12), cloth), corners[0], corners[2])
    traced(canvas, polygon([corners[0], corners[3], corners[2]], False), mix(cloth, (1, 1, 1), 0.3), 0.008 * w, 0.7)
    centre, edge = (0.0, -0.045 * w), (0.62 * w, 0.035 * w)
    cord = curve([centre, (0.3 * w, -0.03 * w), edge, (0.64 * w, 0.2 * w), (0.645 * w, 0.34 * w)])
    traced(canvas, cord, scaled(GOLD, 0.6), 0.032 * w)
    traced(canvas, cord, GOLD, 0.02 * w)
    for k in range(11):
        way = (k - 5) / 5
        thread = curve(
            [
                (0.645 * w + 0.012 * w * way, 0.38 * w),
                (0.645 * w + 0.045 * w * way, 0.5 * w),
                (0.65 * w + 0.07 * w * way, (0.74 - 0.02 * way * way) * w),
            ]
        )
        traced(canvas, thread, mix(GOLD, (1, 1, 0.8) if k % 2 else (0.4, 0.2, 0), 0.3), 0.02 * w)
    ball(canvas, 0.645 * w, 0.36 * w, 0.042 * w, GOLD)
    filled(canvas, disc(*centre, 0.045 * w), cloth)
    ball(canvas, centre[0], centre[1] - 0.01 * w, 0.035 * w, scaled(cloth, 1.4), 0.5)


def santa(canvas: Canvas, head: float) -> None:
    """A red cap with a white fur brim, its tip fallen to the right."""
    w = head
    canvas.translate(0, 0.13 * w)
    cloth = skia.Path()
    cloth.moveTo(-0.52 * w, 0.12 * w)
    cloth.cubicTo(-0.5 * w, -0.4 * w, -0.2 * w, -0.72 * w, 0.12 * w, -0.7 * w)
    cloth.cubicTo(0.5 * w, -0.68 * w, 0.78 * w, -0.4 * w, 0.86 * w, 0.02 * w)
    cloth.cubicTo(0.8 * w, 0.06 * w, 0.72 * w, 0.06 * w, 0.68 * w, 0.03 * w)
    cloth.cubicTo(0.62 * w, -0.16 * w, 0.56 * w, -0.26 * w, 0.46 * w, -0.3 * w)
    cloth.cubicTo(0.52 * w, -0.12 * w, 0.53 * w, 0.0, 0.52 * w, 0.12 * w)
    cloth.close()
    thrown(canvas, cloth, 0.07 * w, 0.35)
    ramped(canvas, cloth, (rgb("#ef4a3c"), RED, rgb("#a3131d"), rgb("#7a0d16")), (-0.4 * w, -0.6 * w), (0.7 * w, 0.1 * w))
    for line in (
        [(0.46 * w, -0.3 * w), (0.3 * w, -0.42 * w), (0.08 * w, -0.4 * w)],
        [(0.5 * w, -0.08 * w), (0.4 * w, -0.22 * w), (0.2 * w, -0.26 * w)],
        [(-0.3 * w, 0.05 * w), (-0.26 * w, -0.2 * w), (-0.1 * w, -0.42 * w)],
    ):
        traced(canvas, curve(line), rgb("#6d0a12"), 0.035 * w, 0.55, 0.015 * w)
    _fur(
        canvas,
        [(0.62 * w * math.sin(a), 0.16 * w + 0.09 * w * math.cos(a) * -1 + 0.08 * w) for a in np.linspace(-1.35, 1.35, 21)],
        0.115 * w,
    )
    _fur(canvas, [(0.78 * w + 0.05 * w * math.cos(a), 0.1 * w + 0.05 * w * math.sin(a)) for a in np.linspace(0, 6, 9)], 0.105 * w)


def _fur(canvas: Canvas, points: list[tuple[float, float]], size: float) -> None:
    """White fur along a line: a soft body, tufts lit from the upper left."""
    path = curve(points)
    traced(canvas, path, (0.25, 0.08, 0.1), 2.1 * size, 0.35, 0.3 * size)
    traced(canvas, path, rgb("#dcd8de"), 1.9 * size)
    moved = skia.Path(path)
    moved.offset(-0.15 * size, -0.3 * size)
    traced(canvas, moved, (1, 1, 1), 1.1 * size, 0.9, 0.3 * size)
    for tone, shift in ((rgb("#c3bec9"), 0.34), (rgb("#f3f1f4"), -0.05), (rgb("#ffffff"), -0.3)):
        tufts = skia.Path()
        for index, (x, y) in enumerate(points):
            for k in range(14):
                angle, reach = 2.4 * (k + 5 * index), 0.95 * size * math.sqrt((k + 0.5) / 14)
                cx, cy = x + reach * math.cos(angle) + 0.6 * shift * size, y + reach * math.sin(angle) + shift * size
                tufts.moveTo(cx, cy)
                tufts.quadTo(
                    cx + 0.16 * size,
                    cy + 0.05 * size,
                    cx + 0.2 * size * math.cos(angle),
                    cy + 0.2 * size * math.sin(angle) + 0.14 * size,
                )
        traced(canvas, tufts, tone, 0.07 * size, 0.8)


def party_hat(*tones: RGB) -> Hat:
    """A striped paper cone with a pompom."""

    def hat(canvas: Canvas, head: float) -> None:
        w = head
        canvas.save()
        canvas.rotate(9)
        tip, low = (0.0, -0.95 * w), 0.16 * w
        cone = skia.Path()
        cone.moveTo(*tip)
        cone.lineTo(0.36 * w, low)
        cone.quadTo(0, low + 0.13 * w, -0.36 * w, low)
        cone.close()
        thrown(canvas, cone, 0.06 * w, 0.35)
        canvas.save()
        canvas.clipPath(cone, doAntiAlias=True)
        filled(canvas, cone, tones[0])
        for k in range(8):
            y = low + 0.2 * w - 0.17 * w * k
            if k % 2:
                stripe = polygon([(-0.5 * w, y), (0.5 * w, y - 0.22 * w), (0.5 * w, y - 0.39 * w), (-0.5 * w, y - 0.17 * w)])
                filled(canvas, stripe, tones[1 + (k // 2) % max(1, len(tones) - 1)])
        light = skia.GradientShader.MakeLinear(
            [(-0.36 * w, 0), (0.36 * w, 0)], [0x30000000, 0x66FFFFFF, 0x00FFFFFF, 0x70000000], [0.0, 0.3, 0.55, 1.0]
        )
        canvas.drawPath(cone, skia.Paint(Shader=light, AntiAlias=True))
        canvas.restore()
        for k in range(15):
            share = k / 14
            x, y = -0.36 * w + 0.72 * w * share, low + 0.065 * w * 4 * share * (1 - share)
            ball(canvas, x, y, 0.045 * w, IVORY, 0.5)
        for k in range(26):
            angle = 2.4 * k
            reach = 0.13 * w * math.sqrt((k + 1) / 26)
            end = (tip[0] + reach * math.cos(angle), tip[1] + reach * math.sin(angle))
            traced(canvas, polygon([tip, end], False), mix(tones[-1], (1, 1, 1), 0.25 + 0.35 * (k % 2)), 0.03 * w)
        canvas.restore()

    return hat


def crown(canvas: Canvas, head: float) -> None:
    """A small golden crown with red stones."""
    w = 0.78 * head
    canvas.translate(0, 0.12 * w)
    foot, rise = 0.1 * w, 0.5 * w
    points = [(-0.5 * w, foot)]
    for k in range(5):
        x = -0.5 * w + w * k / 4
        tall = rise * (1.0, 0.86, 0.86)[min(2, abs(k - 2))]
        points.append((x * 1.12, foot - tall))
        if k < 4:
            points.append((x + w / 8, foot - 0.45 * rise))
    points.append((0.5 * w, foot))
    shape = polygon(points)
    body = skia.Op(shape, _band(w, foot), skia.PathOp.kUnion_PathOp)
    thrown(canvas, body, 0.06 * w, 0.4)
    gold = (rgb("#9a6a1c"), rgb("#fff3b8"), GOLD, rgb("#fbe08a"), rgb("#a8741e"), rgb("#f4d070"), rgb("#8a5a14"))
    ramped(canvas, body, gold, (-0.55 * w, 0), (0.55 * w, 0))
    traced(canvas, body, rgb("#7a4c10"), 0.012 * w, 0.8)
    for k in range(5):
        x = -0.5 * w + w * k / 4
        ball(canvas, x * 1.12, foot - rise * (1.0, 0.86, 0.86)[min(2, abs(k - 2))], 0.045 * w, GOLD)
        ball(
            canvas,
            x * 0.84,
            foot - 0.01 * w + 0.07 * w * (1 - (x / (0.5 * w)) ** 2),
            0.045 * w,
            RED if k % 2 == 0 else rgb("#f6f0ff"),
        )


def _band(w: float, foot: float) -> Path:
    band = skia.Path()
    band.moveTo(-0.5 * w, foot - 0.12 * w)
    band.lineTo(0.5 * w, foot - 0.12 * w)
    band.lineTo(0.48 * w, foot + 0.05 * w)
    band.quadTo(0, foot + 0.18 * w, -0.48 * w, foot + 0.05 * w)
    band.close()
    return band
