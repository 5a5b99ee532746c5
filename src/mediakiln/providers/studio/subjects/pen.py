"""The brush of the subjects: paths, limbs and shading on a skia canvas whose unit is the subject's own height.

A subject stands on (0, 0) and rises to about y = -1, facing right.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled, times
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.light import Light

Point = tuple[float, float]
Path = Any

_KEPT: dict[tuple[object, ...], Any] = {}
_MOST_KEPT = 64


def smooth(points: Sequence[Point], closed: bool = True, tension: float = 6.0) -> Path:
    """A Catmull-Rom curve through `points` as a skia path."""
    path = skia.Path()
    count = len(points)
    path.moveTo(*points[0])
    for i in range(count if closed else count - 1):
        p0 = points[(i - 1) % count] if closed or i else points[0]
        p1, p2 = points[i], points[(i + 1) % count]
        p3 = points[(i + 2) % count] if closed or i + 2 < count else p2
        path.cubicTo(
            p1[0] + (p2[0] - p0[0]) / tension,
            p1[1] + (p2[1] - p0[1]) / tension,
            p2[0] - (p3[0] - p1[0]) / tension,
            p2[1] - (p3[1] - p1[1]) / tension,
            *p2,
        )
    if closed:
        path.close()
    return path


def polygon(points: Sequence[Point]) -> Path:
    """Straight edges through `points`."""
    return skia.Path.Polygon([skia.Point(*p) for p in points], True)


def oval(x: float, y: float, rx: float, ry: float) -> Path:
    """An axis-aligned ellipse."""
    return skia.Path.Oval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry))


def tube(points: Sequence[Point], widths: Sequence[float]) -> Path:
    """A limb: a curve through `points` with the half-width `widths` at each, round at its ends."""
    left: list[Point] = []
    right: list[Point] = []
    last = len(points) - 1
    for i, (x, y) in enumerate(points):
        ax, ay = points[max(0, i - 1)]
        bx, by = points[min(last, i + 1)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        nx, ny = -(by - ay) / length * widths[i], (bx - ax) / length * widths[i]
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    (x0, y0), (x1, y1) = points[0], points[1]
    (x2, y2), (x3, y3) = points[-2], points[-1]
    first = math.hypot(x1 - x0, y1 - y0) or 1.0
    end = math.hypot(x3 - x2, y3 - y2) or 1.0
    cap = (x3 + (x3 - x2) / end * widths[-1] * 0.9, y3 + (y3 - y2) / end * widths[-1] * 0.9)
    heel = (x0 - (x1 - x0) / first * widths[0] * 0.9, y0 - (y1 - y0) / first * widths[0] * 0.9)
    return smooth([*left, cap, *reversed(right), heel])


# The same few colours in every frame of a video: reckoning them costs more than skia needs to fill a path.
@lru_cache(maxsize=1 << 14)
def _tones(colour: RGB, shade: float, high: RGB, low: RGB, alpha: float) -> list[int]:
    """Above, in the middle and below."""
    return [
        argb(times(mix(colour, (1, 0.98, 0.92), shade * 0.55), high), alpha),
        argb(times(colour, mix(high, low, 0.35)), alpha),
        argb(times(scaled(colour, 1 - shade), low), alpha),
    ]


@lru_cache(maxsize=1 << 14)
def _tone(colour: RGB, high: RGB, low: RGB, alpha: float) -> int:
    return argb(times(colour, mix(high, low, 0.4)), alpha)


class Pen:
    """Paints one subject. `roll` is its own chance, `line` the outline width in units (0 for none)."""

    def __init__(self, canvas: Any, light: Light, roll: random.Random, *, line: float = 0.0, flat: bool = False) -> None:
        self.canvas, self.light, self.roll, self.line, self.flat = canvas, light, roll, line, flat
        self.high: RGB = (1.0, 1.0, 1.0)
        self.low: RGB = (1.0, 1.0, 1.0)
        self.scale = 1.0

    def fill(self, path: Path, colour: RGB, *, shade: float = 0.22, alpha: float = 1.0, edge: bool = True) -> None:
        """Fill with `colour`, lighter above and darker below by `shade`."""
        ink = skia.Paint(AntiAlias=True)
        box = path.getBounds()
        # Gradients cost many times a plain fill; on a few pixels nobody sees them.
        if shade and not self.flat and box.width() * box.height() * self.scale**2 > 260:
            ink.setShader(
                skia.GradientShader.MakeLinear(
                    [skia.Point(box.left(), box.top()), skia.Point(box.left() + box.width() * 0.25, box.bottom())],
                    _tones(colour, shade, self.high, self.low, alpha),
                    [0, 0.4, 1],
                )
            )
        else:
            ink.setColor(_tone(colour, self.high, self.low, alpha))
        self.canvas.drawPath(path, ink)
        if self.line and edge:
            self.stroke(path, scaled(colour, 0.32), self.line)

    def again(self, name: tuple[object, ...], paint: Callable[[], None]) -> None:
        """What `paint` paints, which is the same whenever `name` is: kept, and from the second time on laid down without it."""
        key = (*name, self.scale, self.high, self.low, self.line, self.flat)
        picture = _KEPT.get(key)
        if picture is None:
            recorder, canvas = skia.PictureRecorder(), self.canvas
            self.canvas = recorder.beginRecording(skia.Rect.MakeLTRB(-2, -2, 2, 2))
            paint()
            self.canvas = canvas
            if len(_KEPT) >= _MOST_KEPT:
                _KEPT.clear()
            picture = _KEPT[key] = recorder.finishRecordingAsPicture()
        self.canvas.drawPicture(picture)

    def stroke(self, path: Path, colour: RGB, width: float, *, alpha: float = 1.0) -> None:
        """A line of `width` units with round ends."""
        self.canvas.drawPath(
            path,
            skia.Paint(
                AntiAlias=True,
                Color=_tone(colour, self.high, self.low, alpha),
                Style=skia.Paint.kStroke_Style,
                StrokeWidth=width,
                StrokeCap=skia.Paint.kRound_Cap,
                StrokeJoin=skia.Paint.kRound_Join,
            ),
        )

    def glow(self, x: float, y: float, radius: float, colour: RGB, strength: float) -> None:
        """Light around a lamp."""
        shader = skia.GradientShader.MakeRadial(
            skia.Point(x, y), radius, [argb(colour, strength), argb(colour, strength * 0.3), argb(colour, 0)], [0, 0.4, 1]
        )
        self.canvas.drawCircle(x, y, radius, skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kScreen))

    def soft(self, x: float, y: float, rx: float, ry: float, colour: RGB, alpha: float) -> None:
        """A soft touch of colour, for cheeks and shadows."""
        colour = times(colour, mix(self.high, self.low, 0.4))
        self.canvas.save()
        self.canvas.translate(x, y)
        self.canvas.scale(rx, ry)
        shader = skia.GradientShader.MakeRadial(
            skia.Point(0, 0), 1, [argb(colour, alpha), argb(colour, alpha * 0.55), argb(colour, 0)], [0, 0.5, 1]
        )
        self.canvas.drawCircle(0, 0, 1, skia.Paint(Shader=shader))
        self.canvas.restore()

    @contextmanager
    def within(self, path: Path) -> Iterator[None]:
        """Keep what is painted inside `path`."""
        self.canvas.save()
        self.canvas.clipPath(path, True)
        yield
        self.canvas.restore()

    @contextmanager
    def at(self, x: float, y: float, scale: float = 1.0, turn: float = 0.0, flip: bool = False) -> Iterator[None]:
        """A local frame: origin, scale, turn in degrees."""
        self.canvas.save()
        self.canvas.translate(x, y)
        if turn:
            self.canvas.rotate(turn)
        self.canvas.scale(-scale if flip else scale, scale)
        self.scale *= scale
        yield
        self.scale /= scale
        self.canvas.restore()

    @contextmanager
    def lit(self, power: float = 1.0) -> Iterator[None]:
        """Let the scene's light fall on what is painted inside: the key from above, the ambient on undersides."""
        before = self.high, self.low
        self.high = mix((1, 1, 1), self.light.key, power)
        self.low = mix((1, 1, 1), mix(self.light.ambient, self.light.key, 0.4), power)
        yield
        self.high, self.low = before

    @contextmanager
    def bare(self, lamp: bool = True) -> Iterator[None]:
        """Paint something that shines by itself: the scene's light does not dim it (unless `lamp` is off)."""
        before = self.high, self.low
        if lamp:
            self.high = self.low = (1.0, 1.0, 1.0)
        yield
        self.high, self.low = before

    def shadow(self, x: float, width: float, strength: float = 0.42) -> None:
        """The contact shadow on the ground."""
        self.soft(x, 0.0, width, width * 0.13, mix(self.light.ambient, rgb("#0c1018"), 0.82), strength)
