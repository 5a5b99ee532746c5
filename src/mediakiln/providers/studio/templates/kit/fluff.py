"""Fluff: a dream of clouds for a furry doll, and a large furry animal asleep with the sitter on its belly."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from msgspec.structs import replace

from mediakiln.providers.studio.colour import RGB, argb, mix, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.templates.kit import fibre, fur, hard, sitting
from mediakiln.providers.studio.templates.kit.felting import heart, star
from mediakiln.providers.studio.templates.kit.sitting import Figure
from mediakiln.providers.studio.templates.table import Layer, Table

_FURS: tuple[tuple[RGB, RGB], ...] = (
    ((0.55, 0.54, 0.6), (0.88, 0.85, 0.82)),
    ((0.62, 0.43, 0.29), (0.9, 0.78, 0.62)),
    ((0.88, 0.82, 0.74), (0.93, 0.89, 0.83)),
    ((0.66, 0.58, 0.76), (0.89, 0.85, 0.91)),
)
"""Back and belly."""


def sketched(wide: float, tall: float, draw: Callable[[Any], None]) -> Picture:
    """What `draw` paints on a clear canvas of `wide` x `tall` pixels, as straight RGBA."""
    pixels = np.zeros((max(2, math.ceil(tall)), max(2, math.ceil(wide)), 4), np.uint8)
    surface = skia.Surface(pixels, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    draw(surface.getCanvas())
    surface.flushAndSubmit()
    return fur.straight(pixels)


def _fur_of(paths: list[tuple[Any, RGB, float]], left: float, top: float, wide: float, tall: float) -> Figure:
    """Coloured shapes in table pixels as a figure to cover with hair; each has a tone and a blur."""

    def draw(canvas: Any) -> None:
        canvas.translate(-left, -top)
        for path, tone, blur in paths:
            hard.filled(canvas, path, tone, 1.0, blur)

    return Figure(sketched(wide, tall, draw), round(left), round(top), False, False)


def dreamland() -> Layer:
    """A night of pastel colours: a moon, stars that hang on threads, soft clouds."""

    def layer(table: Table) -> None:
        roll, canvas, u = table.dice("dream"), table.canvas, table.u
        x, y, radius = roll.uniform(0.74, 0.84) * table.width, 0.17 * table.height, 0.1 * u
        glow = skia.GradientShader.MakeRadial((x, y), 4 * radius, [argb((1.0, 0.96, 0.8), 0.6), argb((1.0, 0.96, 0.8), 0.0)])
        canvas.drawCircle(x, y, 4 * radius, skia.Paint(Shader=glow))
        moon = skia.Op(
            hard.oval(x, y, 2 * radius, 2 * radius),
            hard.oval(x + 0.5 * radius, y - 0.24 * radius, 1.8 * radius, 1.8 * radius),
            skia.PathOp.kDifference_PathOp,
        )
        hard.filled(canvas, moon, (1.0, 0.97, 0.84))
        for _ in range(round(9 * table.width / u)):
            sx, drop = roll.uniform(0.03, 0.97) * table.width, roll.uniform(0.06, 0.4) * table.height
            size = u * roll.uniform(0.012, 0.024)
            if abs(sx - x) < 0.16 * u:
                continue
            thread = skia.Path()
            thread.moveTo(sx, 0)
            thread.lineTo(sx, drop)
            hard.traced(canvas, thread, (1.0, 1.0, 1.0), 0.0016 * u, 0.55)
            shape = star(sx, drop + size, size) if roll.random() < 0.7 else heart(sx, drop + size, 0.9 * size)
            hard.filled(canvas, shape, (1.0, 0.93, 0.7), 0.5, 0.5 * size)
            hard.filled(canvas, shape, (1.0, 0.96, 0.82))
        for _ in range(round(5 * table.width / u)):
            cx, cy = roll.uniform(0, 1) * table.width, roll.uniform(0.5, 0.74) * table.height
            for k in range(4):
                size = u * roll.uniform(0.07, 0.14)
                cloud = hard.oval(cx + (k - 1.5) * 0.11 * u, cy - (0.04 * u if k in (1, 2) else 0), 1.6 * size, size)
                hard.filled(canvas, cloud, (1.0, 0.98, 1.0), 0.5, 0.03 * u)

    return layer


def doll(share: float = 0.74) -> Layer:
    """The sitter as a long-haired plush doll, deep in a bed of white fluff."""

    def layer(table: Table) -> None:
        u, x = table.u, table.width / 2
        foot = table.height / 2 + 0.4 * min(table.height, 1.3 * table.width)
        figure = sitting.stood(
            table, x, foot, 0.84 * min(table.width, 1.1 * table.height), share * min(table.height, 1.3 * table.width)
        )
        figure = sitting.soft_foot(sitting.graded(figure, vivid=1.16, middle=0.58), 0.1)
        figure = sitting.painted(figure, 0.5)
        size = max(figure.width, figure.height)
        _bed(table, x, foot, max(1.5 * figure.width, 0.9 * u), 0.2 * u, 0.045 * u, 1)
        plush = fur.furry(figure, 0.034 * size, hairs=16000, thick=size / 900, puff=0.24, detail=0.8)
        sitting.contact(table, x, foot - 0.01 * u, 1.1 * figure.width, 0.5, 0.2, (0.3, 0.2, 0.4))
        sitting.shadow(table, plush, 0.03 * u, 0.28, (0.3, 0.2, 0.45))
        _label(table, plush, u)
        fibre.paste(table, plush.pixels, plush.left, plush.top)
        _bed(table, x, foot + 0.055 * u, max(1.2 * figure.width, 0.72 * u), 0.07 * u, 0.04 * u, 2)
        below = skia.Rect.MakeLTRB(0, foot + 0.08 * u, table.width, table.height)
        ends = [skia.Point(0, below.top()), skia.Point(0, below.top() + 0.14 * u)]
        mist = skia.GradientShader.MakeLinear(ends, [argb((1.0, 0.96, 0.99), 0.0), argb((1.0, 0.96, 0.99), 0.85)])
        table.canvas.drawRect(below, skia.Paint(Shader=mist))

    return layer


def _label(table: Table, figure: Figure, u: float) -> None:
    """The cloth label that plush toys have, with a heart; it looks out behind the right side."""
    row = round(0.8 * figure.height)
    solid = np.flatnonzero(figure.pixels[row, :, 3] > 200)
    if not len(solid):
        return
    x, y = min(figure.left + float(solid[-1]) - 0.01 * u, table.width - 0.1 * u), float(figure.top + row)
    canvas = table.canvas
    canvas.save()
    canvas.rotate(14, x, y)
    tag = hard.box(x + 0.04 * u, y, 0.1 * u, 0.062 * u, 0.006 * u)
    fibre.felt_shape(table, tag, (0.99, 0.97, 0.93), u / 1500, thick=0.008 * u, shade=0.4)
    seam = hard.box(x + 0.04 * u, y, 0.088 * u, 0.05 * u, 0.004 * u)
    fibre.stitches(canvas, seam, (0.86, 0.52, 0.56), 0.009 * u, 0.0026 * u)
    hard.filled(canvas, heart(x + 0.045 * u, y - 0.001 * u, 0.016 * u), (0.93, 0.42, 0.48))
    canvas.restore()


def _bed(table: Table, x: float, y: float, wide: float, tall: float, length: float, seed: int) -> None:
    """A heap of white fluff around (x, y)."""
    roll = table.dice("bed", seed)
    paths: list[tuple[Any, RGB, float]] = []
    count = 5
    for index in range(count):
        at = x + (index / (count - 1) - 0.5) * 0.72 * wide
        size = tall * roll.uniform(0.8, 1.1) * (1.15 if index in (1, 2, 3) else 0.8)
        paths.append((hard.oval(at, y, 0.42 * wide, size), (0.99, 0.955, 0.975), 0.0))
    left, top = x - 0.64 * wide, y - 0.75 * tall
    figure = _fur_of(paths, left, top, 1.28 * wide, 1.5 * tall)
    fluff = fur.furry(figure, length, hairs=4200, puff=0.4, detail=0.0, seed=seed, fall=0.1, depth=0.4)
    sitting.shadow(table, fluff, 0.02 * table.u, 0.22, (0.35, 0.25, 0.5))
    fibre.paste(table, fluff.pixels, fluff.left, fluff.top)


def belly() -> Layer:
    """A huge furry animal asleep on its back, the sitter tucked up on its belly between its paws."""

    def layer(table: Table) -> None:
        roll = table.dice("belly")
        wide, tall = min(0.98 * table.width, 1.3 * table.height), min(1.06 * table.height, 1.36 * table.width)
        x, top = table.width / 2, table.height - tall if table.height < 1.2 * tall else (table.height - tall) / 2
        top += 0.05 * tall
        back, front = roll.choice(_FURS)
        length = 0.04 * min(wide, tall)
        sitting.contact(table, x, top + 0.98 * tall, 1.2 * wide, 0.45, 0.2)
        animal = fur.furry(
            _animal(x, top, wide, tall, back, front), length, hairs=20000, puff=0.3, detail=0.25, thick=(wide + tall) / 2200
        )
        sitting.shadow(table, animal, 0.03 * wide, 0.4)
        fibre.paste(table, animal.pixels, animal.left, animal.top)
        _face(table.canvas, x, top + 0.23 * tall, 0.5 * wide, back)
        _tucked(table, x, top + 0.67 * tall, wide, tall, front, back, length)

    return layer


def _animal(x: float, top: float, wide: float, tall: float, back: RGB, front: RGB) -> Figure:
    """Ears, head, body, feet and the lighter belly."""
    dark = scaled(back, 0.8)
    paths: list[tuple[Any, RGB, float]] = []
    for side in (-1, 1):
        paths.append((hard.oval(x + side * 0.2 * wide, top + 0.075 * tall, 0.19 * wide, 0.15 * tall), back, 0.0))
        paths.append(
            (
                hard.oval(x + side * 0.2 * wide, top + 0.085 * tall, 0.1 * wide, 0.08 * tall),
                mix(front, (0.95, 0.6, 0.6), 0.4),
                0.006 * wide,
            )
        )
    paths.append((hard.oval(x, top + 0.66 * tall, 0.94 * wide, 0.66 * tall), back, 0.0))
    feet = [hard.oval(x + side * 0.3 * wide, top + 0.94 * tall, 0.26 * wide, 0.17 * tall) for side in (-1, 1)]
    paths += [(foot, dark, 0.01 * wide) for foot in feet]
    paths.append((hard.oval(x, top + 0.345 * tall, 0.5 * wide, 0.12 * tall), dark, 0.03 * wide))
    paths.append((hard.oval(x, top + 0.21 * tall, 0.56 * wide, 0.33 * tall), back, 0.0))
    paths.append((hard.oval(x, top + 0.69 * tall, 0.68 * wide, 0.5 * tall), front, 0.02 * wide))
    paths.append((hard.oval(x, top + 0.265 * tall, 0.24 * wide, 0.14 * tall), front, 0.012 * wide))
    return _fur_of(paths, x - 0.5 * wide, top - 0.02 * tall, wide, 1.07 * tall)


def _face(canvas: Any, x: float, y: float, wide: float, back: RGB) -> None:
    """Closed eyes, a shiny nose, a small smile and blushes, on a head `wide` pixels wide."""
    dark = mix(scaled(back, 0.25), (0.1, 0.07, 0.08), 0.5)
    for side in (-1, 1):
        eye = skia.Path()
        eye.moveTo(x + side * 0.31 * wide, y - 0.1 * wide)
        eye.quadTo(x + side * 0.23 * wide, y - 0.01 * wide, x + side * 0.14 * wide, y - 0.09 * wide)
        hard.traced(canvas, eye, dark, 0.026 * wide)
        blush = hard.oval(x + side * 0.33 * wide, y + 0.03 * wide, 0.16 * wide, 0.09 * wide)
        hard.filled(canvas, blush, (1.0, 0.5, 0.5), 0.4, 0.025 * wide)
        smile = skia.Path()
        smile.moveTo(x, y + 0.075 * wide)
        smile.quadTo(x + side * 0.03 * wide, y + 0.13 * wide, x + side * 0.085 * wide, y + 0.1 * wide)
        hard.traced(canvas, smile, dark, 0.016 * wide)
    nose = hard.oval(x, y + 0.03 * wide, 0.13 * wide, 0.09 * wide)
    hard.filled(canvas, nose, dark)
    hard.filled(
        canvas, hard.oval(x - 0.02 * wide, y + 0.01 * wide, 0.05 * wide, 0.025 * wide), (1.0, 1.0, 1.0), 0.7, 0.006 * wide
    )


def _tucked(table: Table, x: float, y: float, wide: float, tall: float, front: RGB, back: RGB, length: float) -> None:
    """The sitter leaning back in the fur, which closes over its lower edge; a paw on either side."""
    roll = table.dice("tucked")
    figure = sitting.centred(table, x, y, (0.44 if table.sitter.whole else 0.54) * wide, 0.46 * tall)
    figure = sitting.soft_foot(sitting.graded(figure, (1.0, 0.98, 0.95)), 0.2)
    upright = figure.height > 1.1 * figure.width
    figure = turned_by(figure, (-1 if roll.random() < 0.5 else 1) * roll.uniform(30, 38) * (1.0 if upright else 0.3))
    figure = replace(figure, left=round(x - figure.width / 2), top=round(y - 0.56 * figure.height))
    figure = sitting.rim_lit(figure, (1.0, 0.95, 0.9), 0.3)
    sitting.shadow(table, figure, 0.05 * wide, 0.5, scaled(back, 0.3))
    sitting.lay(table, figure)
    foot = figure.foot
    over: list[tuple[Any, RGB, float]] = [(hard.oval(x, foot + 0.02 * tall, 0.56 * wide, 0.12 * tall), front, 0.0)]
    for side in (-1, 1):
        reach = min(0.36 * wide, 0.5 * figure.width + 0.07 * wide)
        paw = skia.Path(hard.oval(x + side * reach, foot - 0.09 * tall, 0.2 * wide, 0.26 * tall))
        turn = skia.Matrix()
        turn.setRotate(side * 28, x + side * reach, foot - 0.09 * tall)
        paw.transform(turn)
        over.append((paw, back, 0.0))
    cover = _fur_of(over, x - 0.5 * wide, foot - 0.26 * tall, wide, 0.4 * tall)
    cover = fur.furry(
        cover, length * 1.05, hairs=6000, puff=0.3, detail=0.25, seed=3, fall=-0.35, depth=0.4, thick=(wide + tall) / 2200
    )
    fibre.paste(table, cover.pixels, cover.left, cover.top)


def turned_by(figure: Figure, degrees: float) -> Figure:
    """The figure turned about its middle, clockwise for a positive angle."""
    height, width = figure.pixels.shape[:2]
    angle = math.radians(degrees)
    wide = math.ceil(abs(width * math.cos(angle)) + abs(height * math.sin(angle)))
    tall = math.ceil(abs(width * math.sin(angle)) + abs(height * math.cos(angle)))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    matrix[:, 2] += ((wide - width) / 2, (tall - height) / 2)
    pixels = cv2.warpAffine(figure.pixels, matrix, (wide, tall), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpAffine(figure.alpha, matrix, (wide, tall), flags=cv2.INTER_LINEAR)
    left, top = figure.left - (wide - width) // 2, figure.top - (tall - height) // 2
    return replace(figure, pixels=sitting.joined(np.ascontiguousarray(pixels[..., :3]), alpha), left=left, top=top)
