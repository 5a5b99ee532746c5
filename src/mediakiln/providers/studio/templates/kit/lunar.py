"""Night and table of the moon festival: the moon, clouds of good luck, ridges, rising lanterns, mooncakes, the rabbit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import f32, fbm, line
from mediakiln.providers.studio.stage import Canvas
from mediakiln.providers.studio.templates.kit import captions
from mediakiln.providers.studio.templates.kit.hard import filled, ramped, traced
from mediakiln.providers.studio.templates.kit.shapes import GOLD, Path, Point, curve, disc, low, polygon, round_box, star, thrown
from mediakiln.providers.studio.templates.table import Layer, Table


def moon(x: float, y: float, radius: float, tone: RGB = (1.0, 0.9, 0.62), glow: float = 0.75) -> Layer:
    """A full moon around (x, y), shares; `radius` in units. Its seas are faint, its light lies around it."""

    def layer(table: Table) -> None:
        cx, cy, r, canvas = x * table.width, low(table, y), radius * table.u, table.canvas
        tones = [argb(tone, glow * alpha) for alpha in (0.9, 0.42, 0.18, 0.0)]
        shader = skia.GradientShader.MakeRadial(skia.Point(cx, cy), 2.3 * r, tones, [0.42, 0.52, 0.7, 1.0])
        canvas.drawCircle(cx, cy, 2.3 * r, skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kScreen))
        side = 320
        seas = fbm(table.rng("moon"), side, side, 4, 5, 0.55)
        gx, gy = np.meshgrid(np.linspace(-1, 1, side, dtype=np.float32), np.linspace(-1, 1, side, dtype=np.float32))
        lit = (
            f32(1.03)
            - f32(0.16) * np.clip(np.hypot(gx + 0.3, gy + 0.3) - f32(0.3), 0, 2)
            - f32(0.2) * np.clip(seas - f32(0.52), 0, 1) * 2
        )
        pixels = np.full((side, side, 4), 255, np.uint8)
        pixels[..., :3] = np.clip(lit[..., None] * f32(mix(tone, (1, 1, 1), 0.35))[::-1] * 255, 0, 255)
        image = skia.Image.fromarray(pixels, skia.kBGRA_8888_ColorType, skia.kOpaque_AlphaType)
        canvas.save()
        canvas.clipPath(disc(cx, cy, r), doAntiAlias=True)
        box = skia.Rect.MakeLTRB(cx - r, cy - r, cx + r, cy + r)
        canvas.drawImageRect(image, box, skia.SamplingOptions(skia.FilterMode.kLinear))
        canvas.restore()
        traced(canvas, disc(cx, cy, r), mix(tone, (1, 1, 1), 0.6), 0.012 * r, 0.8, 0.01 * r)

    return layer


def stars(count: int, bottom: float = 0.7) -> Layer:
    """Faint stars over the upper part."""

    def layer(table: Table) -> None:
        roll = table.dice("stars")
        for _ in range(round(count * table.width * table.height / table.u**2)):
            y = roll.random() ** 1.4 * bottom * table.height
            paint = skia.Paint(Color=argb((1, 0.96, 0.85), roll.uniform(0.2, 0.9)), AntiAlias=True)
            table.canvas.drawCircle(roll.random() * table.width, y, table.u * roll.uniform(0.0008, 0.0024), paint)

    return layer


def ridges(tones: Sequence[RGB], top: float = 0.62, bottom: float = 0.9, mist: RGB = (1.0, 0.95, 0.85)) -> Layer:
    """Mountains in layers, far ones first, each fading into mist at its foot: as on a scroll."""

    def layer(table: Table) -> None:
        for index, tone in enumerate(tones):
            share = index / max(1, len(tones) - 1)
            base = low(table, top + (bottom - top) * share)
            columns = 160
            cells = 3.0 * table.width / table.u
            heights = line(table.rng("ridge", index), columns, cells, 4, 0.42) * (0.1 - 0.03 * share) * table.u
            rise = [(table.width * k / (columns - 1), base - float(h) - 0.05 * table.u) for k, h in enumerate(heights)]
            shape = polygon([*rise, (table.width, table.height), (0, table.height)])
            ends = (0, base - 0.16 * table.u), (0, base + 0.16 * table.u)
            ramped(table.canvas, shape, (tone, mix(tone, mist, 0.55)), *ends)
            traced(table.canvas, polygon(rise, False), mix(tone, GOLD, 0.6), max(0.7, 0.0022 * table.u), 0.7)

    return layer


_LOBES = ((-1.55, 0.26, 0.36), (1.6, 0.26, 0.34), (-1.0, 0.0, 0.52), (1.02, 0.02, 0.5), (-0.32, -0.34, 0.66), (0.44, -0.2, 0.58))


@lru_cache(maxsize=1)
def _cloud_outline() -> Path:
    shape = round_box(-2.9, 0.3, 2.0, 0.62, 0.16)
    for path in (
        round_box(-1.2, 0.5, 3.0, 0.84, 0.17),
        round_box(-1.9, -0.05, 1.9, 0.62, 0.3),
        *(disc(*lobe) for lobe in _LOBES),
    ):
        shape = skia.Op(shape, path, skia.PathOp.kUnion_PathOp)
    return shape


def cloud(canvas: Canvas, x: float, y: float, size: float, tones: tuple[RGB, RGB], gold: RGB = GOLD, flip: bool = False) -> None:
    """A cloud of good luck: round lobes that curl in, on a flat foot with long tails; `size` is half its width without them."""
    canvas.save()
    canvas.translate(x, y)
    canvas.scale(-size / 1.9 if flip else size / 1.9, size / 1.9)
    shape = round_box(-2.9, 0.3, 2.0, 0.62, 0.16)
    for path in (
        round_box(-1.2, 0.5, 3.0, 0.84, 0.17),
        round_box(-1.9, -0.05, 1.9, 0.62, 0.3),
        *(disc(*lobe) for lobe in _LOBES),
    ):
        shape = skia.Op(shape, path, skia.PathOp.kUnion_PathOp)
    thrown(canvas, shape, 0.16, 0.22)
    ramped(canvas, shape, tones, (0, -1.0), (0, 0.8))
    width = 0.045
    canvas.save()
    canvas.clipPath(shape, doAntiAlias=True)
    for lx, ly, lr in _LOBES:
        lobe = disc(lx, ly, lr)
        ramped(canvas, lobe, (tones[0], mix(tones[0], tones[1], 0.75)), (lx - 0.3 * lr, ly - lr), (lx + 0.3 * lr, ly + lr))
        traced(canvas, lobe, gold, width)
        for share in (0.76, 0.52):
            traced(canvas, disc(lx, ly + (1 - share) * 0.3 * lr, lr * share), gold, width * 0.6, 0.75)
        filled(canvas, disc(lx, ly + 0.22 * lr, 0.2 * lr), gold, 0.9)
    ramped(canvas, round_box(-3.2, 0.34, 3.2, 1.2), (mix(*tones, 0.55), tones[1]), (0, 0.3), (0, 0.85))
    traced(canvas, polygon([(-2.9, 0.33), (2.4, 0.33)], False), gold, width * 0.8)
    traced(canvas, polygon([(-1.1, 0.6), (2.6, 0.6)], False), gold, width * 0.6, 0.8)
    canvas.restore()
    traced(canvas, shape, gold, width)
    canvas.restore()


def clouds(places: Sequence[tuple[float, float, float]], tones: tuple[RGB, RGB], gold: RGB = GOLD) -> Layer:
    """Clouds of good luck at (x, y, size): shares of the width and height, and of the unit."""

    def layer(table: Table) -> None:
        roll = table.dice("clouds", places[0])
        for index, (x, y, size) in enumerate(places):
            at = (x * table.width + roll.uniform(-0.03, 0.03) * table.u, low(table, y) + roll.uniform(-0.015, 0.015) * table.u)
            cloud(table.canvas, *at, size * table.u, tones, gold, index % 2 == 1)

    return layer


def sky_lanterns(count: int, bottom: float = 0.6) -> Layer:
    """Paper lanterns that rise into the night, the far ones small."""

    def layer(table: Table) -> None:
        roll, u, canvas = table.dice("sky lanterns"), table.u, table.canvas
        for _ in range(round(count * table.width * table.height / u**2)):
            far = roll.random()
            size = u * (0.012 + 0.05 * far**3)
            x, y = roll.random() * table.width, roll.uniform(0.02, bottom) * table.height
            if far > 0.6 and abs(x - table.width / 2) < 0.3 * u:
                continue
            tone = mix(rgb("#ff9a3c"), rgb("#ffd27a"), roll.random())
            glow = skia.GradientShader.MakeRadial(skia.Point(x, y), 2.2 * size, [argb(tone, 0.5), argb(tone, 0.0)])
            canvas.drawCircle(x, y, 2.2 * size, skia.Paint(Shader=glow, BlendMode=skia.BlendMode.kScreen))
            body = curve(
                [
                    (x - 0.4 * size, y + 0.6 * size),
                    (x - 0.55 * size, y - 0.3 * size),
                    (x, y - 0.72 * size),
                    (x + 0.55 * size, y - 0.3 * size),
                    (x + 0.4 * size, y + 0.6 * size),
                ]
            )
            ramped(canvas, body, (rgb("#c8541c"), tone, rgb("#fff3c4")), (x, y - 0.7 * size), (x, y + 0.6 * size))

    return layer


def mooncake(canvas: Canvas, x: float, y: float, size: float, text: str = "") -> None:
    """A moulded cake seen from a little above, `size` wide, its top's middle at (x, y)."""
    rx, ry, deep = size / 2, size * 0.27, size * 0.26
    crust, dark, light = rgb("#c9822f"), rgb("#7c430f"), rgb("#f3c77a")

    def edge(grow: float, down: float) -> list[Point]:
        count = 72
        return [
            (
                x + rx * grow * (1 + 0.035 * math.cos(12 * math.tau * k / count)) * math.cos(math.tau * k / count),
                y + down + ry * grow * (1 + 0.035 * math.cos(12 * math.tau * k / count)) * math.sin(math.tau * k / count),
            )
            for k in range(count)
        ]

    shadow = skia.Path()
    shadow.addOval(skia.Rect.MakeLTRB(x - 1.05 * rx, y + deep - 0.6 * ry, x + 1.25 * rx, y + deep + 1.25 * ry))
    filled(canvas, shadow, (0.12, 0.05, 0.02), 0.45, 0.06 * size)
    side = skia.Op(polygon(edge(1.0, 0)), polygon(edge(0.97, deep)), skia.PathOp.kUnion_PathOp)
    side = skia.Op(side, round_box(x - 0.985 * rx, y, x + 0.985 * rx, y + deep), skia.PathOp.kUnion_PathOp)
    ramped(canvas, side, (crust, light, crust, dark, scaled(dark, 0.7)), (x - rx, 0), (x + rx, 0))
    for k in range(3, 34):
        angle = math.pi * k / 36
        lx, ly = x + rx * math.cos(angle), y + ry * math.sin(angle)
        traced(canvas, polygon([(lx, ly), (lx * 0.97 + x * 0.03, ly + deep)], False), dark, 0.008 * size, 0.4 if k % 3 else 0.75)
    top = polygon(edge(1.0, 0))
    ramped(canvas, top, (light, mix(crust, light, 0.4), crust, mix(crust, dark, 0.4)), (x - rx, y - ry), (x + rx, y + ry))
    canvas.save()
    canvas.translate(x, y)
    canvas.scale(1, ry / rx)
    for shift, tone, alpha in ((0.018 * size, light, 0.9), (0.0, dark, 0.75)):
        canvas.save()
        canvas.translate(shift, shift)
        traced(canvas, disc(0, 0, 0.83 * rx), tone, 0.022 * size, alpha)
        for k in range(12):
            angle = math.tau * (k + 0.5) / 12
            traced(canvas, disc(0.69 * rx * math.cos(angle), 0.69 * rx * math.sin(angle), 0.13 * rx), tone, 0.016 * size, alpha)
        traced(canvas, disc(0, 0, 0.53 * rx), tone, 0.018 * size, alpha)
        canvas.restore()
    if text:
        captions.block(canvas, text, 0, 0, 0.42 * size, captions.Ink((dark,), shadow=0.0, pressed=True))
    else:
        traced(canvas, star(0, 0, 0.38 * rx, 6, 0.6), dark, 0.02 * size, 0.75)
    canvas.restore()


def rabbit(canvas: Canvas, x: float, y: float, size: float, tone: RGB, flip: bool = False) -> None:
    """The moon's rabbit sitting, `size` tall, its foot at (x, y), looking to the right."""
    canvas.save()
    canvas.translate(x, y)
    canvas.scale(-size if flip else size, size)
    body = skia.Path()
    for left, top, wide, tall in (
        (-0.42, -0.56, 0.72, 0.56),
        (-0.02, -0.74, 0.4, 0.36),
        (-0.56, -0.26, 0.2, 0.2),
        (0.0, -0.14, 0.4, 0.14),
    ):
        part = skia.Path()
        part.addOval(skia.Rect.MakeXYWH(left, top, wide, tall))
        body = skia.Op(body, part, skia.PathOp.kUnion_PathOp)
    for turn in (-14, -34):
        ear = skia.Path()
        ear.addOval(skia.Rect.MakeXYWH(-0.065, -0.42, 0.13, 0.44))
        ear.transform(skia.Matrix().setRotate(turn).postTranslate(0.13, -0.66))
        body = skia.Op(body, ear, skia.PathOp.kUnion_PathOp)
    thrown(canvas, body, 0.04, 0.3)
    ramped(canvas, body, (mix(tone, (1, 1, 1), 0.6), tone, scaled(tone, 0.8)), (-0.3, -1.0), (0.3, 0.0))
    filled(canvas, disc(0.24, -0.6, 0.026), rgb("#7a1f1f"))
    canvas.restore()
