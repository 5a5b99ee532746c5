"""Model-makers' pieces: turf, soil, foam trees, houses, fences; and the shallow focus of a macro lens.

Each piece stands with its foot at (x, y) pixels and is `tall` pixels high; light from the upper left.
"""

from __future__ import annotations

import math
import random
from typing import Any

import cv2
import numpy as np

from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import f32, fbm, step
from mediakiln.providers.studio.templates.kit.hard import box, filled, oval, ramped, traced
from mediakiln.providers.studio.templates.kit.sitting import contact, image_of
from mediakiln.providers.studio.templates.table import Layer, Table

GRASS = rgb("#7aa63f")
SOIL = rgb("#6b4a31")
CREAM = rgb("#f2ead9")
RED = rgb("#d6402f")


def tilt_shift(top: float = 0.3, bottom: float = 0.86, blur: float = 0.011, vivid: float = 1.14) -> Layer:
    """Sharp between two heights (shares of the sheet), ever softer above and below; strong colours, as of painted models."""

    def layer(table: Table) -> None:
        part = table.pixels[..., :3]
        height, width = part.shape[:2]
        y = np.linspace(0, 1, height, dtype=np.float32)
        away = np.maximum(step(0, max(0.05, top), f32(top) - y), step(0, max(0.05, 1 - bottom), y - f32(bottom)))
        body = np.ascontiguousarray(part)
        for rows in _runs(away > 0.02):
            strip = body[rows]
            small = cv2.resize(strip, (max(2, width // 4), max(2, strip.shape[0] // 4)), interpolation=cv2.INTER_AREA)
            for sigma, low, high in ((0.35, 0.02, 0.4), (1.0, 0.3, 1.0)):
                soft = cv2.GaussianBlur(small, (0, 0), max(0.5, blur * sigma * table.u / 4))
                soft = cv2.resize(soft, (width, strip.shape[0]), interpolation=cv2.INTER_LINEAR)
                share = step(low, high, away[rows])[:, None].repeat(width, 1)
                strip = cv2.blendLinear(np.ascontiguousarray(soft), np.ascontiguousarray(strip), share, 1 - share)
            body[rows] = strip
        grey = cv2.cvtColor(cv2.cvtColor(body, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        part[:] = cv2.addWeighted(body, vivid, grey, 1 - vivid, 0)

    return layer


def _runs(wanted: Any) -> list[slice]:
    """The stretches where `wanted` (rows,) holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], wanted.astype(np.int8), [0]])))
    return [slice(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def island(table: Table, x: float, y: float, wide: float, deep: float, thick: float, tone: RGB = GRASS) -> None:
    """A round piece of ground: turf on an ellipse around (x, y), soil with roots and stones `thick` pixels down its side."""
    canvas, roll = table.canvas, table.dice("island")
    contact(table, x + 0.04 * wide, y + 0.5 * deep + 0.8 * thick, 1.14 * wide, 0.6, 0.2)
    contact(table, x + 0.14 * wide, y + 0.45 * deep + 0.7 * thick, 1.4 * wide, 0.3, 0.24)
    side = skia.Path()
    side.addOval(skia.Rect.MakeXYWH(x - wide / 2, y - deep / 2, wide, deep))
    side.addRect(skia.Rect.MakeXYWH(x - wide / 2, y, wide, 0.7 * thick))
    side.addOval(skia.Rect.MakeXYWH(x - 0.49 * wide, y - 0.46 * deep + thick, 0.98 * wide, 0.92 * deep))
    side = skia.Simplify(side) or side
    _texture(table, side, scaled(SOIL, 1.1), SOIL, "soil", 26)
    canvas.save()
    canvas.clipPath(side, doAntiAlias=True)
    for _ in range(70):
        angle = roll.uniform(0.03, 0.97) * math.pi
        px = x + 0.495 * wide * math.cos(angle)
        py = y + 0.495 * deep * math.sin(angle) + roll.uniform(0.25, 0.95) * thick
        size = thick * roll.uniform(0.04, 0.13)
        filled(canvas, oval(px + 0.15 * size, py + 0.25 * size, 2 * size, 1.5 * size), (0.1, 0.06, 0.04), 0.6)
        filled(canvas, oval(px, py, 2 * size, 1.4 * size), mix(rgb("#a08a72"), SOIL, roll.uniform(0, 0.7)))
    shade = skia.GradientShader.MakeLinear(
        [skia.Point(x - wide / 2, y), skia.Point(x + wide / 2, y)],
        [argb((1, 0.9, 0.7), 0.16), argb((0, 0, 0), 0.0), argb((0, 0, 0.05), 0.5)],
    )
    canvas.drawPath(side, skia.Paint(Shader=shade, AntiAlias=True))
    canvas.restore()
    turf(table, x, y, wide, deep, tone)


def turf(table: Table, x: float, y: float, wide: float, deep: float, tone: RGB = GRASS) -> None:
    """Static grass on an ellipse: mottled, with blades over its near rim."""
    roll = table.dice("turf")
    _texture(table, oval(x, y, wide, deep), mix(tone, rgb("#c9d46a"), 0.35), scaled(tone, 0.62), "turf", 34)
    count = max(80, round(0.42 * wide))
    blades = []
    for _ in range(count):
        angle = roll.uniform(-0.05, 1.05) * math.pi
        px, py = x + wide / 2 * math.cos(angle), y + deep / 2 * math.sin(angle)
        blades.append((px, py))
    _blades(table, blades, 0.016 * wide, tone, 1.0)
    inner = [
        (x + wide / 2 * r * math.cos(a), y + deep / 2 * r * math.sin(a))
        for r, a in ((roll.random() ** 0.5, roll.uniform(0, math.tau)) for _ in range(5 * count))
    ]
    _blades(table, sorted(inner, key=lambda at: at[1]), 0.011 * wide, tone, -1.0)


def _blades(table: Table, roots: list[tuple[float, float]], long: float, tone: RGB, way: float) -> None:
    """Blades of grass at `roots`; `way` 1 hangs over, -1 stands up."""
    rng = table.rng("blades", len(roots), way)
    if not roots:
        return
    at = np.array(roots, np.float32)
    grow = (long * rng.uniform(0.5, 1.2, len(at))).astype(np.float32)
    lean = (rng.uniform(-0.5, 0.5, len(at)) * grow).astype(np.float32)
    tips = np.stack([at[:, 0] + lean, at[:, 1] + np.where(way > 0, 0.9, -1.0) * grow], 1)
    lines = np.stack([at, tips], 1)
    for index in range(4):
        shade = mix(scaled(tone, 0.6 + 0.22 * index), rgb("#d7dd7e"), 0.09 * index)
        table.sheet.strokes(np.ascontiguousarray(lines[index::4], np.float32), shade, max(1.0, table.u / 900))


def tufts(table: Table, x: float, y: float, wide: float, long: float, tone: RGB = GRASS) -> None:
    """Grass that grows up before a foot `wide` pixels wide, so that what stands there stands in it."""
    roll = table.dice("tufts", round(x))
    roots = [(x + wide * roll.triangular(-0.56, 0.56), y + long * roll.uniform(-0.1, 0.55)) for _ in range(round(1.1 * wide))]
    _blades(table, sorted(roots, key=lambda at: at[1]), long, tone, -1.0)


def _texture(table: Table, path: Any, light: RGB, dark: RGB, name: str, cells: float) -> None:
    """Fill `path` with a mottled ground."""
    bounds = path.getBounds()
    wide, tall = max(4, math.ceil(bounds.width())), max(4, math.ceil(bounds.height()))
    small = (max(4, wide // 3), max(4, tall // 3))
    rng = table.rng("texture", name)
    coarse, fine = fbm(rng, *small, cells / 6, 4), rng.random(small[::-1], dtype=np.float32)
    share = np.clip(0.65 * coarse + 0.35 * fine, 0, 1)[..., None]
    field = f32(dark) * (1 - share) + f32(light) * share
    pixels = cv2.resize(cv2.convertScaleAbs(field, alpha=255), (wide, tall), interpolation=cv2.INTER_LINEAR)
    table.canvas.save()
    table.canvas.clipPath(path, doAntiAlias=True)
    table.canvas.drawImage(image_of(np.dstack([pixels, np.full((tall, wide), 255, np.uint8)])), bounds.left(), bounds.top())
    table.canvas.restore()


def foam_tree(table: Table, x: float, y: float, tall: float, tone: RGB, roll: random.Random) -> None:
    """A model tree: a wire trunk and a crown of foam crumbs."""
    canvas = table.canvas
    contact(table, x + 0.1 * tall, y, 0.6 * tall, 0.5, 0.3)
    trunk = skia.Path()
    trunk.addPoly(
        [
            skia.Point(x - 0.045 * tall, y),
            skia.Point(x - 0.02 * tall, y - 0.5 * tall),
            skia.Point(x + 0.02 * tall, y - 0.5 * tall),
            skia.Point(x + 0.045 * tall, y),
        ],
        True,
    )
    ramped(canvas, trunk, (rgb("#8a6244"), rgb("#4a3020")), (x - 0.04 * tall, y), (x + 0.04 * tall, y))
    crumbs = []
    for _ in range(110):
        angle, far = roll.uniform(0, math.tau), math.sqrt(roll.random())
        crumbs.append((0.34 * tall * far * math.cos(angle), -0.66 * tall + 0.34 * tall * far * math.sin(angle)))
    for px, py in sorted(crumbs, key=lambda at: at[0] + 1.3 * at[1], reverse=True):
        lit = 0.5 - (px * 0.9 + (py + 0.66 * tall) * 1.2) / (0.9 * tall)
        shade = mix(scaled(tone, 0.5), mix(tone, rgb("#e9f0a0"), 0.45), min(1.0, max(0.0, lit + roll.uniform(-0.15, 0.15))))
        size = tall * roll.uniform(0.045, 0.085)
        table.sheet.dab(x + px, y + py, size, size * roll.uniform(0.7, 1.0), roll.uniform(0, 180), shade)


def fir(table: Table, x: float, y: float, tall: float, tone: RGB, roll: random.Random) -> None:
    """A model fir of wound bristles."""
    contact(table, x + 0.08 * tall, y, 0.42 * tall, 0.5, 0.3)
    filled(table.canvas, box(x, y - 0.05 * tall, 0.05 * tall, 0.12 * tall, 0), rgb("#5a3d28"))
    for row in range(13):
        share = row / 12
        low, wide = y - tall * (0.09 + 0.86 * share), tall * 0.24 * (1 - share) + 0.01 * tall
        for _ in range(12 - row // 2):
            off = roll.uniform(-1, 1)
            lit = 0.55 - 0.4 * off + 0.15 * share + roll.uniform(-0.12, 0.12)
            shade = mix(scaled(tone, 0.45), mix(tone, (0.9, 0.95, 0.7), 0.3), min(1.0, max(0.0, lit)))
            table.sheet.dab(x + off * wide, low + 0.05 * tall * abs(off), 0.05 * tall, 0.018 * tall, 25 * off, shade)


def house(table: Table, x: float, y: float, tall: float, wall: RGB, roof: RGB) -> None:
    """A cottage seen from its corner: a lit front, a shaded side, a tiled roof."""
    canvas = table.canvas
    w, h, d = 0.72 * tall, 0.5 * tall, 0.42 * tall
    contact(table, x + 0.25 * tall, y, 1.7 * tall, 0.5, 0.2)

    def face(*knots: tuple[float, float]) -> Any:
        path = skia.Path()
        path.addPoly([skia.Point(x + a, y + b) for a, b in knots], True)
        return path

    left = -0.5 * w - 0.2 * d
    right, far = left + w, left + w + d
    filled(canvas, face((left, 0), (right, 0), (right, -h), (left + w / 2, -tall), (left, -h)), wall)
    filled(canvas, face((right, 0), (far, -0.12 * d), (far, -h - 0.12 * d), (right, -h)), scaled(wall, 0.66))
    filled(
        canvas,
        face(
            (right + 0.06 * w, -h + 0.07 * tall),
            (far + 0.05 * w, -h - 0.12 * d + 0.06 * tall),
            (left + w / 2 + d, -tall - 0.15 * d),
            (left + w / 2, -tall - 0.03 * tall),
        ),
        scaled(roof, 0.82),
    )
    gable = face((left - 0.08 * w, -h + 0.09 * tall), (left + w / 2, -tall - 0.03 * tall), (right + 0.06 * w, -h + 0.07 * tall))
    traced(canvas, _open(gable), roof, 0.06 * tall)
    for index in range(1, 5):
        t = index / 5
        px, py = x + right + (0.06 - 0.56 * t) * w, y - h + 0.07 * tall - t * (tall - h + 0.1 * tall)
        line = skia.Path().moveTo(px, py).lineTo(px + d - 0.01 * w, py - 0.13 * d)
        traced(canvas, line, scaled(roof, 0.55), 0.012 * tall, 0.7)
    filled(
        canvas,
        face((left + 0.4 * w, 0), (left + 0.62 * w, 0), (left + 0.62 * w, -0.3 * tall), (left + 0.4 * w, -0.3 * tall)),
        rgb("#7a4a2a"),
    )
    for a, b in ((0.12, -0.34), (0.72, -0.34), (0.4, -0.66)):
        pane = box(x + left + (a + 0.09) * w, y + b * tall, 0.16 * w, 0.13 * tall, 0.01 * tall)
        filled(canvas, pane, rgb("#ffe9a8"))
        traced(canvas, pane, (1, 1, 1), 0.016 * tall)
    chimney = box(x + left + 0.5 * w + 0.55 * d, y - tall - 0.06 * tall, 0.1 * w, 0.2 * tall, 0)
    ramped(
        canvas, chimney, (rgb("#c07a5a"), rgb("#7a4433")), (x + left + 0.4 * w + 0.5 * d, y), (x + left + 0.6 * w + 0.5 * d, y)
    )


def _open(path: Any) -> Any:
    """A gable's two slopes without its base."""
    points = [path.getPoint(index) for index in range(3)]
    return skia.Path().moveTo(points[0]).lineTo(points[1]).lineTo(points[2])


def fence(table: Table, points: list[tuple[float, float]], tall: float, tone: RGB = CREAM) -> None:
    """A picket fence through `points` (feet of the pickets)."""
    canvas = table.canvas
    for share in (0.35, 0.7):
        rail = skia.Path()
        rail.addPoly([skia.Point(px, py - share * tall) for px, py in points], False)
        traced(canvas, rail, scaled(tone, 0.85), 0.11 * tall)
    for px, py in points:
        contact(table, px + 0.15 * tall, py, 0.5 * tall, 0.35, 0.3)
        picket = skia.Path()
        picket.addPoly(
            [
                skia.Point(px + a * tall, py + b * tall)
                for a, b in ((-0.09, 0), (-0.09, -0.85), (0, -1), (0.09, -0.85), (0.09, 0))
            ],
            True,
        )
        ramped(canvas, picket, (tone, scaled(tone, 0.72)), (px - 0.09 * tall, py), (px + 0.09 * tall, py))


def stone(table: Table, x: float, y: float, wide: float, roll: random.Random) -> None:
    """A pebble."""
    contact(table, x + 0.1 * wide, y + 0.05 * wide, 1.3 * wide, 0.45, 0.4)
    tone = mix(rgb("#b7b0a4"), rgb("#8f857a"), roll.random())
    path = oval(x, y - 0.2 * wide, wide, wide * roll.uniform(0.55, 0.75))
    ramped(
        table.canvas,
        path,
        (mix(tone, (1, 1, 1), 0.4), tone, scaled(tone, 0.55)),
        (x - 0.4 * wide, y - 0.6 * wide),
        (x + 0.4 * wide, y + 0.2 * wide),
    )


def mushroom(table: Table, x: float, y: float, tall: float, tone: RGB = RED) -> None:
    """A toadstool."""
    canvas = table.canvas
    contact(table, x + 0.1 * tall, y, 0.8 * tall, 0.45, 0.3)
    ramped(
        canvas,
        box(x, y - 0.35 * tall, 0.22 * tall, 0.7 * tall, 0.1 * tall),
        ((1, 0.98, 0.92), (0.72, 0.66, 0.58)),
        (x - 0.1 * tall, y),
        (x + 0.12 * tall, y),
    )
    cap = skia.Path()
    cap.moveTo(x - 0.45 * tall, y - 0.55 * tall)
    cap.cubicTo(x - 0.42 * tall, y - 1.12 * tall, x + 0.42 * tall, y - 1.12 * tall, x + 0.45 * tall, y - 0.55 * tall)
    cap.quadTo(x, y - 0.42 * tall, x - 0.45 * tall, y - 0.55 * tall)
    ramped(
        canvas,
        cap,
        (mix(tone, (1, 1, 1), 0.3), tone, scaled(tone, 0.6)),
        (x - 0.4 * tall, y - tall),
        (x + 0.4 * tall, y - 0.5 * tall),
    )
    for a, b, size in ((-0.2, -0.75, 0.13), (0.08, -0.86, 0.12), (0.24, -0.66, 0.1), (-0.02, -0.62, 0.08)):
        filled(canvas, oval(x + a * tall, y + b * tall, size * tall, 0.8 * size * tall), (1, 0.98, 0.93))
