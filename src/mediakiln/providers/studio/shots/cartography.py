"""A drawn map: parchment, coasts, hills, woods, a way to follow; or the lines of an underground railway."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import Any

import cv2
import numpy as np

from mediakiln.providers.studio.cast.actor import Actor
from mediakiln.providers.studio.colour import argb, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.lettering import draw, lines_of, measured
from mediakiln.providers.studio.noise import dice, f32, fbm, generator
from mediakiln.providers.studio.stage import Stage

INK, SEA, LAND = rgb("#5a4028"), rgb("#b9c9bb"), rgb("#ecd9ac")
LINES = ("#d8362f", "#2f6fc4", "#3f9a4a", "#f0b02a", "#8a4ab0", "#1f9aa0")


def show(stage: Stage, actors: list[Actor]) -> None:
    """An island, or the railway where the words speak of one."""
    words = stage.scene.prompt.lower()
    rails = any(word in words for word in ("subway", "metro", "underground", "tube map", "transit", "地铁"))
    stage.actor(1.0, lambda canvas, t: _metro(stage, canvas) if rails else _island(stage, canvas))


def _island(stage: Stage, canvas: Any) -> None:
    roll, width, height = dice(stage.scene.seed, "map", stage.scene.prompt), stage.width, stage.height
    u = min(width, height)
    land = _land(stage)
    _ground(stage, canvas, land)
    _coast(canvas, land, width, height, u)
    spots = _spots(land, roll, width, height, u)
    places = {"hill": spots[:12], "tree": spots[12:34], "house": spots[34:38]}
    for x, y in sorted(places["hill"], key=lambda p: p[1]):
        _hill(canvas, x, y, 0.062 * u)
    for x, y in sorted(places["tree"], key=lambda p: p[1]):
        _tree(canvas, x, y, 0.034 * u)
    for x, y in places["house"]:
        _house(canvas, x, y, 0.028 * u)
    if len(spots) > 40:
        _way(canvas, _in_turn(spots[34:41]), u)
    _rose(canvas, 0.87 * width, 0.84 * height, 0.075 * u)
    edge = skia.Paint(Color=argb(INK, 0.8), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.005 * u)
    for inset in (0.025, 0.036):
        canvas.drawRect(skia.Rect.MakeLTRB(inset * u, inset * u, width - inset * u, height - inset * u), edge)
    if stage.scene.lettering:
        _title(canvas, stage.scene.lettering, width / 2, 0.07 * height, 0.7 * width, 0.07 * u)


def _land(stage: Stage) -> np.ndarray[Any, Any]:
    """(rows, columns) float: above 0 is land; one large island with bays, and small ones around."""
    rows, columns = 160, max(8, round(160 * stage.width / stage.height))
    rng = generator(stage.scene.seed, "coast", stage.scene.prompt)
    noise = fbm(rng, columns, rows, 5, 5, 0.55) - 0.5
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    away = np.hypot((x / columns - 0.48) / 0.4, (y / rows - 0.53) / 0.4)
    return np.asarray(0.72 - away * 0.72 + noise * 0.95, np.float32)


def _ground(stage: Stage, canvas: Any, land: np.ndarray[Any, Any]) -> None:
    width, height = stage.width, stage.height
    small = (max(8, width // 3), max(8, height // 3))
    shore = cv2.resize(land, small, interpolation=cv2.INTER_CUBIC)
    age = cv2.resize(fbm(generator(stage.scene.seed, "parchment"), 200, 200, 6, 5), small) - 0.5
    body = np.clip(shore * 40, 0, 1)[..., None]
    colour = f32(SEA) * (1 - body) + f32(LAND) * body
    # A darker wash where the water meets the land.
    colour = colour * (1 - 0.16 * np.exp(-((np.minimum(shore, 0) / 0.09) ** 2))[..., None] * (1 - body))
    y, x = np.mgrid[0 : small[1], 0 : small[0]].astype(np.float32)
    rim = np.maximum(np.abs(x / small[0] - 0.5), np.abs(y / small[1] - 0.5)) * 2
    shade = 1 + 0.18 * age - 0.3 * np.clip(rim - 0.82, 0, 1)
    colour = np.clip(colour * f32([1.0, 0.95, 0.85]) * shade[..., None], 0, 1)
    pixels = np.ascontiguousarray((np.dstack([colour[..., ::-1], np.ones(colour.shape[:2])]) * 255).astype(np.uint8))
    image = skia.Image.fromarray(pixels, skia.kBGRA_8888_ColorType)
    canvas.drawImageRect(image, skia.Rect.MakeWH(width, height), skia.SamplingOptions(skia.FilterMode.kLinear))


def _coast(canvas: Any, land: np.ndarray[Any, Any], width: int, height: int, u: float) -> None:
    """The shore in ink, and two fainter lines in the water around it."""
    rows, columns = land.shape
    scale = f32([width / columns, height / rows])
    for level, alpha, thick in ((0.0, 0.95, 0.0055), (-0.05, 0.4, 0.003), (-0.1, 0.22, 0.0025)):
        above = (cv2.resize(land, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC) > level).astype(np.uint8)
        for line in cv2.findContours(above, cv2.RETR_LIST, cv2.CHAIN_APPROX_TC89_KCOS)[0]:
            if len(line) < 8:
                continue
            points = line[:, 0].astype(np.float32) / 3 * scale
            path = skia.Path.Polygon([skia.Point(float(px), float(py)) for px, py in points], True)
            ink = skia.Paint(
                Color=argb(INK, alpha), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=max(1.0, thick * u)
            )
            ink.setPathEffect(skia.CornerPathEffect.Make(0.02 * u))
            canvas.drawPath(path, ink)


def _spots(land: np.ndarray[Any, Any], roll: random.Random, width: int, height: int, u: float) -> list[tuple[float, float]]:
    """Places well inside the land and apart from each other."""
    rows, columns = land.shape
    out: list[tuple[float, float]] = []
    for _ in range(900):
        row, column = roll.randrange(rows), roll.randrange(columns)
        x, y = (column + 0.5) / columns * width, (row + 0.5) / rows * height
        if land[row, column] > 0.1 and all(math.hypot(x - a, y - b) > 0.058 * u for a, b in out):
            out.append((x, y))
    return out


def _in_turn(stops: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The stops from left to right, each followed by the nearest that is left."""
    left = sorted(stops)
    out = [left.pop(0)]
    while left:
        out.append(left.pop(min(range(len(left)), key=lambda n: math.dist(left[n], out[-1]))))
    return out


def _pen(thick: float, alpha: float = 0.95) -> Any:
    return skia.Paint(
        Color=argb(INK, alpha), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=thick, StrokeCap=skia.Paint.kRound_Cap
    )


def _hill(canvas: Any, x: float, y: float, r: float) -> None:
    peak = skia.Path.Polygon([(x - r, y), (x - 0.1 * r, y - 1.25 * r), (x + r, y)], False)
    canvas.drawPath(peak, skia.Paint(Color=argb(rgb("#c9a876")), AntiAlias=True))
    side = skia.Path.Polygon([(x - 0.1 * r, y - 1.25 * r), (x + r, y), (x + 0.1 * r, y)], True)
    canvas.drawPath(side, skia.Paint(Color=argb(rgb("#96754a")), AntiAlias=True))
    canvas.drawPath(peak, _pen(max(1.0, 0.07 * r)))
    snow = skia.Path.Polygon([(x - 0.35 * r, y - 0.9 * r), (x - 0.1 * r, y - 1.25 * r), (x + 0.17 * r, y - 0.9 * r)], True)
    canvas.drawPath(snow, skia.Paint(Color=argb(rgb("#f8f1df")), AntiAlias=True))


def _tree(canvas: Any, x: float, y: float, r: float) -> None:
    canvas.drawLine(x, y, x, y - r, _pen(max(1.0, 0.2 * r)))
    canvas.drawCircle(x, y - 1.3 * r, 0.72 * r, skia.Paint(Color=argb(rgb("#6f8a4a")), AntiAlias=True))
    canvas.drawCircle(x, y - 1.3 * r, 0.72 * r, _pen(max(1.0, 0.1 * r), 0.7))


def _house(canvas: Any, x: float, y: float, r: float) -> None:
    wall, roof = (
        skia.Rect.MakeLTRB(x - r, y - r, x + r, y),
        skia.Path.Polygon([(x - 1.3 * r, y - r), (x, y - 2 * r), (x + 1.3 * r, y - r)], True),
    )
    canvas.drawRect(wall, skia.Paint(Color=argb(rgb("#f4e6c4")), AntiAlias=True))
    canvas.drawPath(roof, skia.Paint(Color=argb(rgb("#b0503a")), AntiAlias=True))
    canvas.drawRect(wall, _pen(max(1.0, 0.1 * r)))
    canvas.drawPath(roof, _pen(max(1.0, 0.1 * r)))


def _way(canvas: Any, stops: list[tuple[float, float]], u: float) -> None:
    """A dashed way from one place to the next, with a cross at its end."""
    path = skia.Path()
    path.moveTo(*stops[0])
    for (x0, y0), (x1, y1) in pairwise(stops):
        path.quadTo((x0 + x1) / 2 + 0.12 * (y1 - y0), (y0 + y1) / 2 - 0.12 * (x1 - x0), x1, y1)
    red = skia.Paint(Color=argb(rgb("#b0282a")), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.008 * u)
    dashes = skia.Paint(red)
    dashes.setPathEffect(skia.DashPathEffect.Make([0.02 * u, 0.014 * u], 0))
    canvas.drawPath(path, dashes)
    (x, y), r = stops[-1], 0.024 * u
    red.setStrokeWidth(0.014 * u)
    canvas.drawLine(x - r, y - r, x + r, y + r, red)
    canvas.drawLine(x - r, y + r, x + r, y - r, red)


def _rose(canvas: Any, x: float, y: float, r: float) -> None:
    canvas.drawCircle(x, y, 0.72 * r, _pen(max(1.0, 0.03 * r), 0.8))
    for k in range(8):
        a, long = math.tau * k / 8, r if k % 2 == 0 else 0.6 * r
        tip = (x + long * math.sin(a), y - long * math.cos(a))
        for side, tone in ((-1, INK), (1, mix(LAND, (1, 1, 1), 0.3))):
            foot = (x + 0.18 * r * math.sin(a + side * 0.6), y - 0.18 * r * math.cos(a + side * 0.6))
            canvas.drawPath(skia.Path.Polygon([(x, y), foot, tip], True), skia.Paint(Color=argb(tone), AntiAlias=True))
    size = 0.5 * r
    draw(canvas, "N", x - measured("N", size) / 2, y - 1.12 * r, size, skia.Paint(Color=argb(INK), AntiAlias=True))


def _title(canvas: Any, text: str, x: float, y: float, room: float, size: float) -> None:
    lines, size = lines_of(text, size, room)
    wide = max(measured(line, size) for line in lines) / 2 + 0.8 * size
    band = skia.Rect.MakeLTRB(x - wide, y, x + wide, y + size * (0.7 + 1.15 * len(lines)))
    canvas.drawRoundRect(band, 0.2 * size, 0.2 * size, skia.Paint(Color=argb(rgb("#f6e9c8")), AntiAlias=True))
    canvas.drawRoundRect(band, 0.2 * size, 0.2 * size, _pen(max(1.0, 0.06 * size)))
    for row, line in enumerate(lines):
        ink = skia.Paint(Color=argb(INK), AntiAlias=True)
        draw(canvas, line, x - measured(line, size) / 2, y + size * (1.15 + 1.15 * row), size, ink)


def _metro(stage: Stage, canvas: Any) -> None:
    """Lines at right and half-right angles, with stations."""
    roll, width, height = dice(stage.scene.seed, "metro", stage.scene.prompt), stage.width, stage.height
    u = min(width, height)
    canvas.drawRect(skia.Rect.MakeLTRB(-width, 0, 2 * width, height), skia.Paint(Color=argb(rgb("#f7f6f2"))))
    stops: list[tuple[float, float]] = []
    for n, code in enumerate(LINES):
        flat, share = n % 2 == 0, (n // 2 + 0.8) / 3.6
        turn = roll.uniform(0.3, 0.6)
        bend = roll.choice((-1, 1)) * 0.2 * u
        if flat:
            y = height * share + 0.06 * height
            knots = [(0.06 * width, y), (turn * width, y), (turn * width + abs(bend), y + bend), (0.94 * width, y + bend)]
        else:
            x = width * share + 0.06 * width
            knots = [(x, 0.08 * height), (x, turn * height), (x + bend, turn * height + abs(bend)), (x + bend, 0.94 * height)]
        ink = skia.Paint(Color=argb(rgb(code)), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.02 * u)
        ink.setPathEffect(skia.CornerPathEffect.Make(0.05 * u))
        canvas.drawPath(skia.Path.Polygon([skia.Point(*k) for k in knots], False), ink)
        for (x0, y0), (x1, y1) in pairwise(knots):
            stops += [(x0 + (x1 - x0) * s, y0 + (y1 - y0) * s) for s in (0.2, 0.5, 0.8)]
    for k, (x, y) in enumerate(stops):
        canvas.drawCircle(x, y, 0.015 * u, skia.Paint(Color=argb((1, 1, 1)), AntiAlias=True))
        rim = skia.Paint(Color=argb(rgb("#22252c")), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.005 * u)
        canvas.drawCircle(x, y, 0.015 * u, rim)
        if k % 2 == 0:
            label = skia.Rect.MakeXYWH(x + 0.024 * u, y - 0.03 * u, (0.05 + 0.03 * (k % 3)) * u, 0.012 * u)
            canvas.drawRoundRect(label, 0.006 * u, 0.006 * u, skia.Paint(Color=argb(scaled(rgb("#8a8f98"), 1.1)), AntiAlias=True))
    if stage.scene.lettering:
        _title(canvas, stage.scene.lettering, width / 2, 0.03 * height, 0.7 * width, 0.06 * u)
