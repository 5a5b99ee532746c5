"""The product beside its box, which shows it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from mediakiln.providers.studio.cast.actor import Actor
from mediakiln.providers.studio.cast.figure import Figure, figure, fitted, shadow
from mediakiln.providers.studio.cast.lens import lead_of
from mediakiln.providers.studio.colour import RGB, argb, luma, mix, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import dice
from mediakiln.providers.studio.stage import Stage


def tone_of(shape: Figure) -> RGB:
    """The mean colour of what a figure covers."""
    cover = max(1.0, float(shape.pixels[..., 3].sum()) / 255)
    b, g, r = (float(shape.pixels[..., k].sum()) / 255 / cover for k in range(3))
    return r, g, b


def card_tone(shape: Figure) -> RGB:
    """A colour for card that lets the figure stand out: its opposite, or a deep form of its own."""
    tone = tone_of(shape)
    second = turned(tone, 0.5, 0.9, 1.0)
    return mix(second, (0.97, 0.95, 0.9), 0.45) if luma(tone) < 0.5 else scaled(mix(second, (0.1, 0.14, 0.24), 0.4), 0.75)


def show(stage: Stage, actors: list[Actor]) -> None:
    """A carton with the product's picture on its front; the product itself stands before it."""
    lead = lead_of(actors, stage) or actors[0]
    left = dice(stage.scene.seed, "box").random() < 0.6

    def paint(canvas: Any, t: float) -> None:
        shape = figure(stage, lead, t, 0.6 * stage.u)
        low = stage.height * 0.8
        tall = min(0.62 * stage.height, 0.62 * stage.width)
        wide = min(0.44 * stage.width, tall * min(1.25, max(0.66, shape.aspect * 0.9)))
        tall = min(tall, wide / min(1.25, max(0.66, shape.aspect * 0.9)))
        x = stage.width * (0.4 if left else 0.6)
        box(canvas, shape, x, low, wide, tall, left)
        size = fitted(shape, 0.46 * stage.width, 0.46 * stage.height)
        px, py = stage.width * (0.68 if left else 0.32), low + 0.09 * stage.height
        shadow(canvas, px, py, size * shape.aspect, 0.5)
        shape.draw(canvas, px, py, size)

    stage.actor(1.0, paint)


def box(canvas: Any, shape: Figure, x: float, low: float, wide: float, tall: float, left: bool) -> None:
    """A carton `wide` x `tall` pixels whose front stands on (x, low), its other side to the left or right."""
    base = card_tone(shape)
    deep, rise = wide * 0.3, tall * 0.075
    way = -1 if left else 1
    x0, x1 = x - wide / 2, x + wide / 2
    edge = x1 if way > 0 else x0
    shadow(canvas, x + way * deep * 0.5, low, (wide + deep) * 1.06, 0.5)
    _face(
        canvas,
        [(edge, low), (edge + way * deep, low - rise), (edge + way * deep, low - tall - rise * 0.4), (edge, low - tall)],
        base,
        0.66,
    )
    top = [
        (x0, low - tall),
        (x1, low - tall),
        (x1 + way * deep, low - tall - rise * 0.4),
        (x0 + way * deep, low - tall - rise * 0.4),
    ]
    _face(canvas, top, mix(base, (1, 1, 1), 0.35), 1.0)
    _face(canvas, [(x0, low), (x1, low), (x1, low - tall), (x0, low - tall)], base, 1.0)
    pale = mix(base, (1, 1, 1), 0.72)
    window = skia.RRect.MakeRectXY(
        skia.Rect.MakeLTRB(x0 + wide * 0.09, low - tall * 0.8, x1 - wide * 0.09, low - tall * 0.2), wide * 0.05, wide * 0.05
    )
    canvas.drawRRect(window, skia.Paint(Color=argb(pale), AntiAlias=True))
    canvas.save()
    canvas.clipRRect(window, True)
    disc = skia.Paint(Color=argb(mix(base, (1, 1, 1), 0.45)), AntiAlias=True)
    canvas.drawCircle(x, low - tall * 0.46, wide * 0.34, disc)
    size = fitted(shape, wide * 0.74, tall * 0.5)
    shape.draw(canvas, x, low - tall * 0.5 + size / 2, size)
    canvas.restore()
    ink = argb(pale if luma(base) < 0.6 else scaled(base, 0.35))
    for row, (share, thick) in enumerate(((0.5, 0.034), (0.3, 0.018))):
        y = low - tall * (0.91 - 0.045 * row)
        canvas.drawRoundRect(
            skia.Rect.MakeXYWH(x0 + wide * 0.09, y, wide * share, tall * thick), 9, 9, skia.Paint(Color=ink, AntiAlias=True)
        )
    _small_print(canvas, x0 + wide * 0.09, low - tall * 0.14, wide * 0.82, tall, ink)
    # The picture goes round the corner, darker.
    side = cv2.convertScaleAbs(shape.pixels, alpha=0.62)
    side[..., 3] = shape.pixels[..., 3]
    canvas.save()
    canvas.translate(edge, low)
    canvas.concat(skia.Matrix.MakeAll(1, 0, 0, -rise / deep * way, 1, 0, 0, 0, 1))
    narrow = fitted(shape, deep * 0.7, tall * 0.4)
    Figure(np.ascontiguousarray(side)).draw(canvas, way * deep * 0.5, -tall * 0.34, narrow)
    canvas.restore()


def _face(canvas: Any, corners: list[tuple[float, float]], tone: RGB, light: float) -> None:
    path = skia.Path.Polygon([skia.Point(*corner) for corner in corners], True)
    bounds = path.getBounds()
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(bounds.left(), bounds.top()), skia.Point(bounds.right(), bounds.bottom())],
        [argb(scaled(mix(tone, (1, 1, 1), 0.12), light)), argb(scaled(tone, light * 0.86))],
    )
    canvas.drawPath(path, skia.Paint(Shader=shader, AntiAlias=True))


def _small_print(canvas: Any, x: float, y: float, wide: float, tall: float, ink: int) -> None:
    """Lines of text too small to read, and a bar code."""
    paint = skia.Paint(Color=ink, AntiAlias=True, Alphaf=0.75)
    for row, share in enumerate((0.56, 0.48, 0.52)):
        canvas.drawRect(skia.Rect.MakeXYWH(x, y + row * tall * 0.033, wide * share, tall * 0.011), paint)
    bar = x + wide * 0.74
    for k in range(13):
        thick = wide * (0.006 + 0.007 * ((k * 7) % 3) / 2)
        canvas.drawRect(skia.Rect.MakeXYWH(bar + wide * 0.02 * k, y - tall * 0.005, thick, tall * 0.08), paint)
