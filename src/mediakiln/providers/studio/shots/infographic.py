"""A sheet that explains: a title, numbered steps with a picture each, arrows between them, columns below."""

from __future__ import annotations

import math
import re
from typing import Any

from msgspec.structs import replace

from mediakiln.providers.studio.cast.actor import Actor
from mediakiln.providers.studio.cast.figure import figure, fitted
from mediakiln.providers.studio.cast.lens import lead_of
from mediakiln.providers.studio.colour import argb, mix, rgb, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.lettering import draw, lines_of, measured
from mediakiln.providers.studio.noise import dice
from mediakiln.providers.studio.scene import Subject
from mediakiln.providers.studio.shots.badges import brand_of
from mediakiln.providers.studio.stage import Stage

_TOPIC = re.compile(r"\b(?:about|explaining|showing|of|on|for)\s+(?:the\s+|how\s+)?([a-z][a-z' -]{2,40})", re.IGNORECASE)
_TOPIC_ZH = re.compile(r"(?:关于|介绍|解释|展示)([\u3400-\u9fff]{2,10}?)(?:的|$|[,，。])")
_ENDS = re.compile(r"\b(?:with|in|and|using|on|for|style|that|which)\b", re.IGNORECASE)
STEPS = ("bulb", "globe", "clock", "trophy", "book", "computer")


def topic_of(prompt: str) -> str:
    """What the sheet is about, in at most some 30 characters, or ""."""
    if found := _TOPIC_ZH.search(prompt):
        return found.group(1)
    found = _TOPIC.search(prompt)
    return _ENDS.split(found.group(1))[0].strip(" '-")[:30].strip().upper() if found else ""


def show(stage: Stage, actors: list[Actor]) -> None:
    """Steps side by side on a broad sheet, in two columns on a tall one."""
    lead = lead_of(actors, stage)
    kinds = list({a.subject.kind: a for a in actors}.values())[:4]
    if kinds:
        from mediakiln.providers.studio.subjects import SUBJECTS

        plain = [k for k in STEPS if k not in {a.subject.kind for a in kinds}]
        kinds += [replace(kinds[0], subject=Subject(k), kind=SUBJECTS[k]) for k in plain[: 4 - len(kinds)]]

    def paint(canvas: Any, t: float) -> None:
        width, height = stage.width, stage.height
        u, brand = min(width, height), brand_of(stage, lead)
        ink, pale = scaled(brand, 0.6), mix(brand, (1, 1, 1), 0.86)
        canvas.drawRect(skia.Rect.MakeLTRB(-width, 0, 2 * width, height), skia.Paint(Color=argb(mix(brand, (1, 1, 1), 0.94))))
        band = 0.17 * height
        canvas.drawRect(skia.Rect.MakeLTRB(-width, 0, 2 * width, band), skia.Paint(Color=argb(brand)))
        title = stage.scene.lettering or topic_of(stage.scene.prompt)
        white = skia.Paint(Color=argb((1, 1, 1)), AntiAlias=True)
        if title:
            lines, size = lines_of(title, 0.085 * u, 0.88 * width)
            for row, line in enumerate(lines):
                y = 0.5 * band + size * (0.36 + 1.1 * (row - (len(lines) - 1) / 2))
                draw(canvas, line, (width - measured(line, size)) / 2, y, size, white)
        else:
            canvas.drawRoundRect(skia.Rect.MakeXYWH(0.2 * width, 0.38 * band, 0.6 * width, 0.24 * band), u, u, white)
        across = 4 if width > 1.25 * height else 2
        rows = 4 // across
        top, low = band + 0.03 * height, 0.72 * height
        cell = (width / across, (low - top) / rows)
        for n in range(4):
            row, column = divmod(n, across)
            if row % 2:
                column = across - 1 - column  # the way turns at the end of a line
            x, y = (column + 0.5) * cell[0], top + row * cell[1] + 0.4 * cell[1]
            tone, radius = turned(brand, 0.13 * n, 1.0, 1.08), min(0.3 * cell[0], 0.33 * cell[1])
            canvas.drawCircle(x, y, radius, skia.Paint(Color=argb(mix(tone, (1, 1, 1), 0.68)), AntiAlias=True))
            rim = skia.Paint(Color=argb(tone), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.06 * radius)
            canvas.drawCircle(x, y, radius, rim)
            if kinds:
                shape = figure(stage, kinds[n % len(kinds)], t, 1.5 * radius)
                tall = fitted(shape, 1.2 * radius, 1.2 * radius)
                shape.draw(canvas, x, y + tall / 2, tall)
            else:
                _sign(canvas, n, x, y, 0.55 * radius, tone)
            nx, ny, size = x - 0.8 * radius, y - 0.7 * radius, 0.42 * radius
            canvas.drawCircle(nx, ny, 0.34 * radius, skia.Paint(Color=argb(tone), AntiAlias=True))
            draw(canvas, str(n + 1), nx - measured(str(n + 1), size) / 2, ny + 0.36 * size, size, white)
            for k, share in enumerate((0.62, 0.78, 0.5)):
                bar = skia.Rect.MakeXYWH(x - share * cell[0] / 2, y + radius * 1.16 + k * 0.024 * u, share * cell[0], 0.013 * u)
                canvas.drawRoundRect(
                    bar, u, u, skia.Paint(Color=argb(ink if k == 0 else mix(ink, (1, 1, 1), 0.62)), AntiAlias=True)
                )
            if n < 3:
                down = (n + 1) % across == 0
                step = -1 if row % 2 else 1
                at = (x + 0.4 * cell[0], y + 0.62 * cell[1]) if down else (x + step * cell[0] / 2, y)
                _arrow(canvas, *at, 0.035 * u, 90.0 if down else 0.0 if step > 0 else 180.0, ink)
        _columns(stage, canvas, (0.06 * width, 0.76 * height, 0.94 * width, 0.95 * height), brand, pale)

    stage.actor(1.0, paint)


def _arrow(canvas: Any, x: float, y: float, r: float, turn: float, tone: tuple[float, float, float]) -> None:
    canvas.save()
    canvas.translate(x, y)
    canvas.rotate(turn)
    points = [
        (-r, -0.26 * r),
        (0.1 * r, -0.26 * r),
        (0.1 * r, -0.7 * r),
        (r, 0),
        (0.1 * r, 0.7 * r),
        (0.1 * r, 0.26 * r),
        (-r, 0.26 * r),
    ]
    canvas.drawPath(skia.Path.Polygon([skia.Point(*p) for p in points], True), skia.Paint(Color=argb(tone), AntiAlias=True))
    canvas.restore()


def _sign(canvas: Any, n: int, x: float, y: float, r: float, tone: tuple[float, float, float]) -> None:
    """Drop, sun, gear and leaf: signs for steps that name no thing."""
    ink = skia.Paint(Color=argb(scaled(tone, 0.8)), AntiAlias=True)
    if n == 0:
        path = skia.Path()
        path.moveTo(x, y - 1.1 * r)
        path.cubicTo(x + 0.4 * r, y - 0.4 * r, x + 0.8 * r, y, x + 0.8 * r, y + 0.35 * r)
        path.arcTo(skia.Rect.MakeLTRB(x - 0.8 * r, y - 0.4 * r, x + 0.8 * r, y + 1.1 * r), 0, 180, False)
        path.cubicTo(x - 0.8 * r, y, x - 0.4 * r, y - 0.4 * r, x, y - 1.1 * r)
        canvas.drawPath(path, ink)
    elif n in (1, 2):
        teeth, wide = (12, 0.12) if n == 1 else (8, 0.3)
        line = skia.Paint(Color=ink.getColor(), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=wide * r)
        for k in range(teeth):
            a = math.tau * k / teeth
            canvas.drawLine(x + 0.6 * r * math.cos(a), y + 0.6 * r * math.sin(a), x + r * math.cos(a), y + r * math.sin(a), line)
        canvas.drawCircle(x, y, 0.62 * r, ink)
        if n == 2:
            canvas.drawCircle(x, y, 0.28 * r, skia.Paint(Color=argb((1, 1, 1)), AntiAlias=True))
    else:
        path = skia.Path()
        path.moveTo(x - r, y + 0.9 * r)
        path.cubicTo(x - 1.1 * r, y - 0.8 * r, x + 0.3 * r, y - r, x + r, y - r)
        path.cubicTo(x + r, y + 0.3 * r, x + 0.5 * r, y + 1.1 * r, x - r, y + 0.9 * r)
        canvas.drawPath(path, ink)


def _columns(stage: Stage, canvas: Any, box: tuple[float, float, float, float], brand: Any, pale: Any) -> None:
    """A chart of columns on its base line, and a ring beside it."""
    x0, y0, x1, y1 = box
    wide, tall, roll = x1 - x0, y1 - y0, dice(stage.scene.seed, "chart", stage.scene.prompt)
    canvas.drawRoundRect(skia.Rect.MakeLTRB(*box), 0.06 * tall, 0.06 * tall, skia.Paint(Color=argb(pale), AntiAlias=True))
    count = 7
    for n in range(count):
        x, high = x0 + 0.04 * wide + n * 0.6 * wide / count, tall * roll.uniform(0.28, 0.8)
        bar = skia.Rect.MakeLTRB(x, y1 - 0.1 * tall - high, x + 0.055 * wide, y1 - 0.1 * tall)
        canvas.drawRoundRect(
            bar, 0.01 * wide, 0.01 * wide, skia.Paint(Color=argb(turned(brand, 0.06 * n, 1, 1.05)), AntiAlias=True)
        )
    base = skia.Paint(Color=argb(scaled(rgb("#8a8f98"), 0.9)), AntiAlias=True, StrokeWidth=max(1.0, 0.012 * tall))
    canvas.drawLine(x0 + 0.03 * wide, y1 - 0.1 * tall, x0 + 0.66 * wide, y1 - 0.1 * tall, base)
    r, start = min(0.36 * tall, 0.12 * wide), -90.0
    middle = (x0 + 0.83 * wide, (y0 + y1) / 2)
    oval = skia.Rect.MakeLTRB(middle[0] - r, middle[1] - r, middle[0] + r, middle[1] + r)
    for n, share in enumerate((0.5, 0.3, 0.2)):
        canvas.drawArc(oval, start, 360 * share, True, skia.Paint(Color=argb(turned(brand, 0.13 * n, 1, 1.08)), AntiAlias=True))
        start += 360 * share
    canvas.drawCircle(*middle, 0.5 * r, skia.Paint(Color=argb(pale), AntiAlias=True))
