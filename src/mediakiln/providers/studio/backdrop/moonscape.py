"""The ground of other worlds: the moon's grey craters under a black sky with the Earth in it, the red dust of Mars."""

from __future__ import annotations

import math

import numpy as np

from mediakiln.providers.studio.backdrop.clouds import stamp
from mediakiln.providers.studio.backdrop.ground import plane
from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import Field, f32, fbm, line, step
from mediakiln.providers.studio.stage import Sheet, Stage


def paint_moon(stage: Stage) -> None:
    """Grey dust and craters, round hills, stars, the Earth."""
    stage.horizon = stage.height * stage.dice("plan").uniform(0.5, 0.56)
    sky = stage.layer(0.0)
    _ramp(stage, sky, ("#02030a", "#05070f", "#0b0e18"))
    _stars(stage, sky)
    if "planet" not in stage.scene.avoid:
        _earth(stage, stage.layer(0.05))
    _land(stage, rgb("#9c9ba0"), rgb("#7d7c83"), rgb("#c2c1c6"))


def paint_mars(stage: Stage) -> None:
    """Rust-red dust, rocks, far table hills, a sky of butterscotch with a small sun and two small moons."""
    stage.horizon = stage.height * stage.dice("plan").uniform(0.5, 0.56)
    sky, night = stage.layer(0.0), stage.scene.time == "night"
    _ramp(stage, sky, ("#1a0f16", "#2c1820", "#5a3028") if night else ("#b98a5e", "#d8a878", "#efcda2"))
    if night:
        _stars(stage, sky)
    roll, u = stage.dice("moons"), stage.u
    if not night:
        x, y = stage.sun[0] * stage.width, stage.height * 0.2
        for reach, power in ((0.16, 0.35), (0.07, 0.5)):
            tones = [argb((1, 0.97, 0.9), power), argb((1, 0.97, 0.9), 0)]
            ink = skia.GradientShader.MakeRadial(skia.Point(x, y), reach * u, tones)
            sky.canvas.drawCircle(x, y, reach * u, skia.Paint(Shader=ink))
        sky.canvas.drawCircle(x, y, 0.022 * u, skia.Paint(Color=argb((1, 0.99, 0.95)), AntiAlias=True))
    for size in (0.026, 0.014):
        x, y = stage.width * roll.uniform(0.1, 0.9), stage.height * roll.uniform(0.08, 0.3)
        sky.canvas.drawCircle(x, y, size * u, skia.Paint(Color=argb(rgb("#e8d2b4"), 0.8), AntiAlias=True))
    _land(stage, rgb("#c0623a"), rgb("#8c4129"), rgb("#e09a6a"))


def _ramp(stage: Stage, sheet: Sheet, stops: tuple[str, ...]) -> None:
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(0, 0), skia.Point(0, stage.horizon * 1.1)], [argb(rgb(code)) for code in stops]
    )
    sheet.canvas.drawRect(skia.Rect.MakeLTRB(sheet.left, 0, sheet.right, stage.height), skia.Paint(Shader=shader))


def _stars(stage: Stage, sheet: Sheet) -> None:
    for a, b, c in stage.rng("stars").random((360, 3)):
        tone = mix(rgb("#cfdcff"), rgb("#ffe9cf"), (float(a) * 13.7) % 1)
        ink = skia.Paint(Color=argb(tone, 0.3 + 0.7 * float(c) ** 2), AntiAlias=True)
        size = max(0.5, stage.u * (0.0007 + 0.0024 * float(c) ** 10))
        sheet.canvas.drawCircle(sheet.left + float(a) * sheet.width, float(b) * stage.horizon, size, ink)


def _earth(stage: Stage, sheet: Sheet) -> None:
    """A half-lit globe with seas, lands and whirls of cloud."""
    roll, rng = stage.dice("earth"), stage.rng("earth")
    radius = stage.u * roll.uniform(0.1, 0.13)
    cx, cy = stage.width * roll.choice((0.2, 0.8)), stage.height * roll.uniform(0.17, 0.24)
    size = min(360, max(32, round(radius * 2.1)))
    v, u = np.mgrid[-1.05 : 1.05 : size * 1j, -1.05 : 1.05 : size * 1j].astype(np.float32)
    inside = u**2 + v**2
    depth = np.sqrt(np.clip(1 - inside, 0, 1))
    land = step(0.53, 0.58, fbm(rng, size, size, 4, 6, 0.55))[..., None]
    cloud = step(0.5, 0.78, fbm(rng, size, size, 6, 6, 0.6, stretch=2.2))[..., None]
    green = f32(rgb("#4f8a4a")) + (fbm(rng, size, size, 9, 4)[..., None] - 0.5) * f32([0.3, 0.12, 0.05])
    colour = f32(rgb("#1c5fb0")) * (1 - land) + green * land
    colour = colour * (1 - 0.85 * cloud) + 0.85 * cloud
    lit = np.clip(u * -0.62 + v * -0.4 + depth * 0.72, 0, 1)[..., None] ** 0.8
    rim = (np.clip(1 - depth, 0, 1) ** 2)[..., None] * f32(rgb("#8fc4ff")) * 0.7
    colour = colour * (0.02 + lit) + rim * lit
    alpha = np.clip((1.0 - np.sqrt(inside)) * radius * 0.9, 0, 1)
    corner, side = radius * 1.05, radius * 2.1
    stamp(sheet, np.asarray(colour, np.float32), np.asarray(alpha, np.float32), cx - corner, cy - corner, side, side)


def _land(stage: Stage, dust: RGB, shade: RGB, bright: RGB) -> None:
    """Two rows of far hills, then the plain with its craters and stones, small and flat far away."""
    stage.ground = (stage.height * 0.74, stage.height * 0.9)
    for row, depth in enumerate((0.15, 0.3)):
        sheet = stage.layer(depth)
        high = line(stage.rng("hills", row), max(8, round(sheet.width / 8)), 3 + 2 * row, 4, 0.5)
        xs = np.linspace(sheet.left, sheet.right, len(high))
        ys = stage.horizon + stage.u * (0.012 * row - 0.045 * (1 - 0.3 * row) * np.clip(high + 0.4, 0, 2))
        points = [(sheet.right, stage.height), (sheet.left, stage.height), *zip(xs, ys, strict=True)]
        sheet.polygon(f32(points), stage.light.lit(scaled(mix(shade, dust, 0.4 * row), 0.8 + 0.12 * row), 0.6))
    near = stage.layer(1.0)
    plane(stage, near, stage.horizon + stage.u * 0.015, dust, name="dust", rough=0.7, patch=shade, cell=46, haze=0)
    roll = stage.dice("craters")
    side = 1.0 if stage.sun[0] < stage.width / 2 else -1.0
    lit, dark = stage.light.lit(bright, 1.0), stage.light.lit(scaled(shade, 0.55), 0.3)
    for place in sorted(roll.random() ** 1.7 for _ in range(int(26 * near.width / stage.u))):
        y = stage.horizon + (stage.height - stage.horizon) * (0.05 + 0.95 * place)
        x, wide = near.left + roll.random() * near.width, stage.u * (0.012 + 0.12 * place) * roll.uniform(0.5, 1.2)
        _crater(near, x, y, wide, wide * (0.2 + 0.12 * place), side, lit, dark)
    for _ in range(int(34 * near.width / stage.u)):
        place = roll.random() ** 1.5
        y = stage.horizon + (stage.height - stage.horizon) * (0.08 + 0.92 * place)
        x, size = near.left + roll.random() * near.width, stage.u * (0.003 + 0.016 * place) * roll.uniform(0.5, 1.4)
        _stone(near, x, y, size, side, stage.light.lit(scaled(dust, 0.9), 0.8), dark)


def _crater(sheet: Sheet, x: float, y: float, rx: float, ry: float, side: float, lit: RGB, dark: RGB) -> None:
    """A raised rim, and a hollow that is dark toward the sun."""
    for grow, power in ((1.22, 0.35), (1.1, 0.55)):
        ink = skia.Paint(Color=argb(lit, power), AntiAlias=True)
        sheet.canvas.drawOval(skia.Rect.MakeLTRB(x - rx * grow, y - ry * grow, x + rx * grow, y + ry * grow), ink)
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(x - side * rx, y - ry), skia.Point(x + side * rx, y + ry)], [argb(dark), argb(mix(dark, lit, 0.75))]
    )
    sheet.canvas.drawOval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry), skia.Paint(Shader=shader, AntiAlias=True))


def _stone(sheet: Sheet, x: float, y: float, size: float, side: float, tone: RGB, dark: RGB) -> None:
    shadow = skia.Paint(Color=argb(dark, 0.5), AntiAlias=True)
    sheet.canvas.drawOval(
        skia.Rect.MakeLTRB(x - size + side * size, y - size * 0.3, x + size + side * 1.6 * size, y + size * 0.25), shadow
    )
    ring: Field = np.linspace(0, math.tau, 8, dtype=np.float32)[:-1]
    bumps = 1 + 0.22 * np.sin(ring * 3 + x)
    points = np.stack([x + np.cos(ring) * size * bumps, y - size * 0.4 + np.sin(ring) * size * 0.7 * bumps], 1)
    sheet.polygon(f32(points), scaled(tone, 0.72))
    sheet.polygon(f32(points * 0.72 + np.array([x - side * size * 0.12, y - size * 0.55]) * 0.28), tone)
