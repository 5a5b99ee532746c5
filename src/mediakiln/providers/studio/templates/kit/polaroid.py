"""A polaroid sewn of felt, with a little landscape in its window."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from msgspec.structs import replace

from mediakiln.providers.studio.colour import RGB, argb, luma, mix, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.templates.kit import fibre, hard, sitting
from mediakiln.providers.studio.templates.kit.felting import CREAM, accent, dyes, heart, puffs
from mediakiln.providers.studio.templates.table import Layer, Table


def polaroid(share: float = 0.86) -> Layer:
    """A polaroid of cream felt with a stitched rim; in its window a felt landscape, from which the felt sitter comes out."""

    def layer(table: Table) -> None:
        tall = share * min(table.height, 1.14 * table.width)
        turn = table.dice("polaroid").uniform(-4.5, 4.5)
        fibre.aslant(table, turn, table.width / 2, table.height / 2, lambda above: _polaroid(above, tall))

    return layer


def _polaroid(table: Table, tall: float) -> None:
    roll, canvas = table.dice("polaroid", "things"), table.canvas
    wide = tall / 1.17
    u, x, y = wide, table.width / 2, table.height / 2 + 0.015 * tall
    thread = max(0.7, u / 760)
    fibre.felt_shape(table, hard.box(x, y, wide, tall, 0.05 * u), CREAM, thread, thick=0.022 * u, puff=0.02 * u, shade=0.5)
    rim = hard.box(x, y, 0.945 * wide, tall - 0.055 * wide, 0.035 * u)
    fibre.stitches(canvas, rim, accent(table), 0.026 * u, 0.0075 * u)
    side = 0.82 * wide
    window = (x, y - tall / 2 + 0.09 * wide + side / 2)
    if table.sitter.whole:
        _print(table, *window, side, thread)
    else:
        _landscape(table, *window, side, thread)
        figure = sitting.stood(table, window[0], window[1] + side / 2 + 0.012 * u, 1.06 * side, 1.0 * side)
        figure = figure if figure.bust else replace(figure, top=figure.top - round(0.06 * side))
        figure = fibre.felted(sitting.graded(figure, vivid=1.05), thread, puff=0.08)
        sitting.shadow(table, figure, 0.028 * u, 0.5)
        fibre.paste(table, figure.pixels, figure.left, figure.top)
    _signed(table, x, y + tall / 2 - 0.125 * wide, u, thread, roll)
    _tape(table, x, y - tall / 2, u, thread, roll.uniform(-6, 6))


def _print(table: Table, x: float, y: float, side: float, thread: float) -> None:
    """The whole picture in felt fills the window; two felt clouds hang over its corners."""
    picture = table.sitter.picture
    least = min(picture.shape[:2])
    left, top = (picture.shape[1] - least) // 2, (picture.shape[0] - least) // 3
    pixels = cv2.resize(picture[top : top + least, left : left + least], (round(side), round(side)), interpolation=cv2.INTER_AREA)
    opaque = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    figure = sitting.Figure(opaque, round(x - side / 2), round(y - side / 2), False, True)
    figure = fibre.felted(sitting.graded(figure), thread, pieces=16, detail=0.5, puff=0.02)
    frame = hard.box(x, y, side, side, 0.03 * side)
    table.canvas.save()
    table.canvas.clipPath(frame, skia.ClipOp.kIntersect, True)
    fibre.paste(table, figure.pixels, figure.left, figure.top)
    hard.recess(table.canvas, frame, 0.022 * side)
    table.canvas.restore()
    for dx, dy, size in ((-0.47, 0.4, 0.13), (0.46, -0.36, 0.1)):
        fibre.felt_shape(
            table, puffs(x + dx * side, y + dy * side, size * side), CREAM, thread, thick=6 * thread, puff=9 * thread
        )


def _edge_tones(table: Table) -> tuple[RGB, RGB]:
    """The colours of the picture's upper and lower edge, as light felt."""
    picture = table.sitter.picture
    rows = max(1, len(picture) // 12)
    result = []
    for part, floor in ((picture[:rows], 0.8), (picture[-rows:], 0.62)):
        r, g, b = (float(v) / 255 for v in np.median(part.reshape(-1, 3), axis=0))
        tone = turned((r, g, b), 0.0, 1.15)
        lift = max(0.0, floor - luma(tone))
        result.append(mix(tone, (1.0, 1.0, 1.0), min(0.75, lift / max(0.05, 1 - luma(tone)))))
    return result[0], result[1]


def _landscape(table: Table, x: float, y: float, side: float, thread: float) -> None:
    """Sky, sun, cloud and two hills of felt in a sunken window, in the colours of the picture's own edges."""
    canvas, frame = table.canvas, hard.box(x, y, side, side, 0.03 * side)
    sky, land = _edge_tones(table)
    canvas.save()
    canvas.clipPath(frame, skia.ClipOp.kIntersect, True)
    fibre.felt_shape(table, hard.box(x, y, 1.01 * side, 1.01 * side, 0), mix(sky, (0.62, 0.8, 0.95), 0.4), thread, shade=0.0)
    fibre.felt_shape(
        table, hard.oval(x + 0.3 * side, y - 0.3 * side, 0.2 * side, 0.2 * side), (0.98, 0.83, 0.45), thread, puff=6 * thread
    )
    for dx, dy, size in ((-0.32, -0.3, 0.13), (0.36, -0.1, 0.1)):
        fibre.felt_shape(
            table, puffs(x + dx * side, y + dy * side, size * side), CREAM, thread, thick=4 * thread, puff=9 * thread
        )
    for dx, dy, wide, tone in (
        (-0.3, 0.56, 1.0, mix(land, (0.56, 0.72, 0.5), 0.6)),
        (0.34, 0.64, 1.1, mix(land, (0.46, 0.66, 0.42), 0.5)),
    ):
        hill = hard.oval(x + dx * side, y + dy * side, wide * side, 0.7 * side)
        seen = skia.Op(hill, hard.box(x, y, 1.06 * side, 1.06 * side, 0), skia.PathOp.kIntersect_PathOp)
        fibre.felt_shape(table, seen, tone, thread, thick=5 * thread, puff=8 * thread)
        mask, left, top = fibre.mask_of(hill)
        fibre.stitches(canvas, fibre.outline_of(mask, left, top, 0.022 * side), scaled(tone, 1.3), 0.022 * side, 0.006 * side)
    hard.recess(canvas, frame, 0.022 * side)
    canvas.restore()


def _signed(table: Table, x: float, y: float, u: float, thread: float, roll: Any) -> None:
    """Three small felt hearts or stars where one would write."""
    tones = dyes(table)
    for index in (-1, 0, 1):
        shape = heart(x + index * 0.11 * u, y + 0.012 * u, (0.036 if index else 0.048) * u)
        fibre.felt_shape(table, shape, roll.choice(tones[:-1]), thread, puff=6 * thread)


def _tape(table: Table, x: float, y: float, u: float, thread: float, turn: float) -> None:
    """A strip of gingham cloth tape across the upper edge."""
    canvas = table.canvas
    canvas.save()
    canvas.rotate(turn, x, y)
    tone = accent(table)
    wide, tall = 0.3 * u, 0.085 * u
    path = skia.Path()
    teeth = 7
    knots = [skia.Point(x - wide / 2 + (0.012 * u if i % 2 else 0), y - tall / 2 + tall * i / teeth) for i in range(teeth + 1)]
    knots += [skia.Point(x + wide / 2 - (0.012 * u if i % 2 else 0), y + tall / 2 - tall * i / teeth) for i in range(teeth + 1)]
    path.addPoly(knots, True)
    fibre.felt_shape(table, path, mix(tone, (1.0, 1.0, 1.0), 0.55), thread, thick=3 * thread, shade=0.3)
    canvas.clipPath(path, skia.ClipOp.kIntersect, True)
    band = skia.Paint(Color=argb(tone, 0.42), AntiAlias=True)
    check = tall / 4
    for index in range(int(wide / check) + 1):
        if index % 2 == 0:
            canvas.drawRect(skia.Rect.MakeXYWH(x - wide / 2 + index * check, y - tall / 2, check, tall), band)
    for row in (0, 2):
        canvas.drawRect(skia.Rect.MakeXYWH(x - wide / 2, y - tall / 2 + row * check, wide, check), band)
    canvas.restore()
