"""Shots that explain: the size of a thing beside everyday ones with lines to measure it, and a feature under a glass."""

from __future__ import annotations

import math
from typing import Any

from msgspec.structs import replace

from mediakiln.providers.studio.cast.actor import Actor
from mediakiln.providers.studio.cast.figure import Figure, figure, fitted, shadow, telling
from mediakiln.providers.studio.cast.lens import lead_of
from mediakiln.providers.studio.colour import argb, mix, rgb
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.reading.subject import LARGE, Subject
from mediakiln.providers.studio.shots.packaging import tone_of
from mediakiln.providers.studio.stage import Stage
from mediakiln.providers.studio.subjects import SUBJECTS


def _beside(stage: Stage, lead: Actor, kind: str, colour: str = "") -> Actor:
    return replace(lead, subject=Subject(kind, colour), kind=SUBJECTS[kind], index=0)


def measured(stage: Stage, actors: list[Actor]) -> None:
    """The thing, what everybody knows beside it (a cup and an apple; a person where it is large), and its height and breadth."""
    lead = lead_of(actors, stage) or actors[0]
    known = ["person"] if lead.subject.kind in LARGE else [k for k in ("cup", "fruit", "book") if k != lead.subject.kind][:2]

    def paint(canvas: Any, t: float) -> None:
        width, height, u = stage.width, stage.height, stage.u
        shape = figure(stage, lead, t, 0.5 * u)
        others = [figure(stage, _beside(stage, lead, kind), t, 0.4 * u) for kind in known]
        shares = (1.35,) if known == ["person"] else (0.42, 0.34)
        # All in one line: the thing 1 high, a gap for the measure, its neighbours, and gaps between them.
        line = shape.aspect + 0.36 + sum(o.aspect * s + 0.08 for o, s in zip(others, shares, strict=True))
        tall = min(0.8 * width / line, 0.56 * height / max(1.0, *shares))
        wide, low = tall * shape.aspect, height * 0.5 + 0.42 * tall
        x = (width - line * tall) / 2 + wide / 2
        shadow(canvas, x, low, wide)
        shape.draw(canvas, x, low, tall)
        place = x + wide / 2 + 0.36 * tall
        for other, share in zip(others, shares, strict=True):
            size = tall * share
            place += size * other.aspect * 0.5
            shadow(canvas, place, low, size * other.aspect)
            other.draw(canvas, place, low, size)
            place += size * other.aspect * 0.5 + 0.08 * tall
        ink = skia.Paint(
            Color=argb(rgb("#4a5560")), AntiAlias=True, StrokeWidth=max(1.5, 0.005 * u), Style=skia.Paint.kStroke_Style
        )
        aside, under = x + wide / 2 + 0.14 * tall, low + 0.16 * tall
        _measure(canvas, aside, low, aside, low - tall, ink, 0.018 * u)
        _measure(canvas, x - wide / 2, under, x + wide / 2, under, ink, 0.018 * u)

    stage.actor(1.0, paint)


def _measure(canvas: Any, x0: float, y0: float, x1: float, y1: float, ink: Any, end: float) -> None:
    """A line with arrow heads and end bars."""
    canvas.drawLine(x0, y0, x1, y1, ink)
    angle = math.atan2(y1 - y0, x1 - x0)
    for x, y, way in ((x0, y0, angle), (x1, y1, angle + math.pi)):
        for turn in (-0.45, 0.45):
            canvas.drawLine(x, y, x + math.cos(way + turn) * end, y + math.sin(way + turn) * end, ink)
        canvas.drawLine(
            x - math.sin(angle) * end, y + math.cos(angle) * end, x + math.sin(angle) * end, y - math.cos(angle) * end, ink
        )


def magnified(stage: Stage, actors: list[Actor]) -> None:
    """The thing at one side; two round glasses show parts of it large, a fine line leads to each."""
    lead = lead_of(actors, stage) or actors[0]

    def paint(canvas: Any, t: float) -> None:
        width, height, u = stage.width, stage.height, stage.u
        upright = height > 1.2 * width
        shape = figure(stage, lead, t, 0.9 * u)
        tall = fitted(shape, (0.8 if upright else 0.5) * width, (0.4 if upright else 0.66) * height)
        x, low = width * (0.5 if upright else 0.33), height * (0.5 if upright else 0.8)
        shadow(canvas, x, low, tall * shape.aspect)
        shape.draw(canvas, x, low, tall)
        tone = mix(tone_of(shape), (1, 1, 1), 0.5)
        radius = 0.19 * min(width, height)
        spots = ((0.28, 0.7), (0.72, 0.84)) if upright else ((0.72, 0.29), (0.82, 0.71))
        for (sx, sy), (px, py) in zip(spots, sorted(telling(shape, 2), key=lambda p: -p[1]), strict=True):
            cx, cy = sx * width, sy * height
            fx, fy = x + (px - 0.5) * tall * shape.aspect, low - py * tall
            _glass(canvas, shape, (cx, cy), (fx, fy), radius, (x, low, tall), tone)

    stage.actor(1.0, paint)


def _glass(
    canvas: Any,
    shape: Figure,
    at: tuple[float, float],
    of: tuple[float, float],
    radius: float,
    stood: tuple[float, float, float],
    tone: tuple[float, float, float],
) -> None:
    (cx, cy), (fx, fy), (x, low, tall) = at, of, stood
    white = argb(rgb("#ffffff"))
    line = skia.Paint(Color=white, AntiAlias=True, StrokeWidth=radius * 0.03, Style=skia.Paint.kStroke_Style)
    small = radius * 0.3
    away = math.atan2(cy - fy, cx - fx)
    canvas.drawLine(
        fx + math.cos(away) * small, fy + math.sin(away) * small, cx - math.cos(away) * radius, cy - math.sin(away) * radius, line
    )
    canvas.drawCircle(fx, fy, small, line)
    blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, radius * 0.12)
    canvas.drawCircle(cx, cy + radius * 0.08, radius, skia.Paint(Color=0x50000000, MaskFilter=blur, AntiAlias=True))
    canvas.drawCircle(cx, cy, radius, skia.Paint(Color=argb(tone), AntiAlias=True))
    canvas.save()
    path = skia.Path()
    path.addCircle(cx, cy, radius)
    canvas.clipPath(path, True)
    scale = radius / small
    shape.draw(canvas, cx + (x - fx) * scale, cy + (low - fy) * scale, tall * scale)
    canvas.restore()
    rim = skia.Paint(Color=white, AntiAlias=True, StrokeWidth=radius * 0.07, Style=skia.Paint.kStroke_Style)
    canvas.drawCircle(cx, cy, radius, rim)
