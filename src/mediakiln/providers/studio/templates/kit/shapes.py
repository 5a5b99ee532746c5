"""Outlines that ornaments are made of, their shadows, and places in the frame. Pixels, unless shares are named."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np

from mediakiln.providers.studio.colour import RGB, rgb
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.stage import Canvas
from mediakiln.providers.studio.templates.kit.hard import filled
from mediakiln.providers.studio.templates.table import Table

Point = tuple[float, float]
Path = Any
"""skia's path."""
GOLD, RED, PINE, IVORY = rgb("#e3b04b"), rgb("#c6202a"), rgb("#1f5a3a"), rgb("#fff6e4")


def polygon(points: Sequence[Point], closed: bool = True) -> Path:
    """Straight lines through `points`."""
    path = skia.Path()
    path.addPoly([skia.Point(*point) for point in points], closed)
    return path


def curve(points: Sequence[Point], closed: bool = False) -> Path:
    """A smooth line through `points` (Catmull-Rom)."""
    path, count = skia.Path(), len(points)
    path.moveTo(*points[0])
    for index in range(count if closed else count - 1):
        a, b, c, d = (points[k % count] if closed else points[min(max(k, 0), count - 1)] for k in range(index - 1, index + 3))
        path.cubicTo(
            b[0] + (c[0] - a[0]) / 6, b[1] + (c[1] - a[1]) / 6, c[0] - (d[0] - b[0]) / 6, c[1] - (d[1] - b[1]) / 6, c[0], c[1]
        )
    if closed:
        path.close()
    return path


def round_box(left: float, top: float, right: float, bottom: float, radius: float = 0.0) -> Path:
    """A rectangle with round corners."""
    path = skia.Path()
    path.addRoundRect(skia.Rect.MakeLTRB(left, top, right, bottom), radius, radius)
    return path


def disc(x: float, y: float, radius: float) -> Path:
    """A circle."""
    path = skia.Path()
    path.addCircle(x, y, radius)
    return path


def thrown(canvas: Canvas, path: Path, away: float, strength: float = 0.35, tone: RGB = (0.08, 0.05, 0.08)) -> None:
    """The soft shadow of `path` on what is `away` pixels behind it."""
    moved = skia.Path(path)
    moved.offset(0.55 * away, 0.8 * away)
    filled(canvas, moved, tone, strength, 0.6 * away)


def sag(left: Point, right: Point, depth: float, count: int) -> list[Point]:
    """`count` points of a line that hangs between two nails, `depth` pixels deep."""
    return [
        (left[0] + (right[0] - left[0]) * t, left[1] + (right[1] - left[1]) * t + 4 * depth * t * (1 - t))
        for t in (k / max(1, count - 1) for k in range(count))
    ]


def heart(x: float, y: float, radius: float) -> Path:
    """A heart around (x, y)."""
    path, r = skia.Path(), radius
    path.moveTo(x, y + r)
    path.cubicTo(x - 1.9 * r, y - 0.1 * r, x - 1.0 * r, y - 1.35 * r, x, y - 0.5 * r)
    path.cubicTo(x + 1.0 * r, y - 1.35 * r, x + 1.9 * r, y - 0.1 * r, x, y + r)
    path.close()
    return path


def star(x: float, y: float, radius: float, points: int = 5, inner: float = 0.45, turn: float = 0.0) -> Path:
    """A star, its first point up."""
    corners = []
    for index in range(2 * points):
        angle, r = math.pi * index / points - math.pi / 2 + turn, radius * (1.0 if index % 2 == 0 else inner)
        corners.append((x + r * math.cos(angle), y + r * math.sin(angle)))
    return polygon(corners)


def low(table: Table, share: float) -> float:
    """The y in pixels of what belongs behind or beside the sitter: the share of the height, in a tall frame of its lower part."""
    return table.height - (1 - share) * min(table.height, 1.55 * table.width)


def unsharp(table: Table, paint: Callable[[Canvas], None], blur: float = 0.005, coarse: int = 3) -> None:
    """What `paint` draws, out of focus by `blur` units: on a bitmap `coarse` times smaller, blurred and stretched."""
    pixels = np.zeros((max(1, table.height // coarse), max(1, table.width // coarse), 4), np.uint8)
    canvas = skia.Surface(pixels, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType).getCanvas()
    canvas.scale(pixels.shape[1] / table.width, pixels.shape[0] / table.height)
    paint(canvas)
    soft = cv2.GaussianBlur(pixels, (0, 0), max(0.4, blur * table.u / coarse))
    image = skia.Image.fromarray(soft, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    whole = skia.Rect.MakeWH(table.width, table.height)
    table.canvas.drawImageRect(image, whole, skia.SamplingOptions(skia.FilterMode.kLinear))
