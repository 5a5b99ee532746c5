"""Mountains: ranges one behind the other, mist in the valleys, dark firs on the nearest slope."""

from __future__ import annotations

import numpy as np

from mediakiln.providers.studio.backdrop.ridges import mist_band, profile, ridge
from mediakiln.providers.studio.backdrop.sky import paint_sky
from mediakiln.providers.studio.backdrop.trees import fir
from mediakiln.providers.studio.colour import argb, mix, rgb
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import Field, f32, line
from mediakiln.providers.studio.stage import Sheet, Stage


def paint(stage: Stage) -> None:
    """Five ranges from the haze to our feet."""
    roll = stage.dice("plan")
    stage.horizon = stage.height * roll.uniform(0.54, 0.62)
    paint_sky(stage, stage.height)
    snowy = stage.scene.season == "winter" or stage.scene.weather == "snow"
    rock, wood = rgb("#6f7488"), rgb("#3f5a43") if stage.scene.season != "autumn" else rgb("#8a5a30")
    bottom = stage.height
    span = bottom - stage.horizon
    cone = any(name in stage.scene.prompt.lower() for name in ("fuji", "富士", "volcano", "火山"))
    depths = (0.12, 0.2, 0.34, 0.55, 0.85)
    u = min(stage.u, stage.height * 0.9)
    for index, depth in enumerate(depths):
        sheet = stage.layer(depth)
        near = index / (len(depths) - 1)
        base = stage.horizon + span * (0.06 + 0.94 * near**1.25)
        tall = u * (0.3, 0.36, 0.27, 0.2, 0.15)[index] * roll.uniform(0.9, 1.15)
        sky_line = profile(stage, sheet, str(index), base, tall, (0.2, 0.2, 0.16, 0.13, 0.1)[index], (3, 2, 3, 2, 2)[index])
        if cone and index < 2:
            # One mountain rules; the range behind it keeps down.
            sky_line = _cone(stage, sheet, base, 1.3 * tall if index else 0.25 * tall)
        snow = (0.5, 0.62, 0.3, 0.0, 0.0)[index] + (0.4 if snowy else 0.0) if stage.scene.season != "summer" else 0.0
        surface = mix(rock, wood, (0.0, 0.1, 0.55, 0.9, 1.0)[index])
        if snowy:
            surface = mix(surface, rgb("#dfe7f2"), 0.35 + 0.3 * near)
        lowest = stage.height if index == len(depths) - 1 else min(stage.height, base + span * 0.5)
        ridge(
            stage,
            sheet,
            str(index),
            sky_line,
            lowest,
            surface,
            (1.0 - near * 0.98) * (0.6 if cone and index == 1 else 1.0),
            snow=snow,
            mist=0.75 * (1 - near) * (0.6 if cone and index == 1 else 1.0) + 0.1,
            rim=0.55 if stage.light.sun_shown and stage.scene.time in ("sunset", "dawn") else 0.0,
            crisp=1.0 + 0.3 * (1 - near),
        )
        if cone and index == 1 and not any(name in stage.scene.prompt.lower() for name in ("fuji", "富士")):
            _lava(stage, sheet, base, float(sky_line.min()))
        if index >= 3:
            _firs(stage, sheet, sky_line, index, wood)
        if 0 < index < 4:
            mist_band(stage, sheet, base + span * 0.04, stage.u * 0.07, 0.55 * (1 - near), str(index))
    stage.ground = (stage.height * 0.86, stage.height * 0.95)


def _lava(stage: Stage, sheet: Sheet, base: float, top: float) -> None:
    """Fire over the crater, a plume above it, streams on the slope."""
    canvas, u, x = sheet.canvas, stage.u, stage.width * 0.5
    roll = stage.dice("lava")
    for k in range(9):
        r, y = u * (0.035 + 0.012 * k), top - u * 0.045 * k
        smoke = skia.Paint(Color=argb(mix(rgb("#5a4a4a"), stage.light.haze, 0.2 + 0.05 * k), 0.55), AntiAlias=True)
        smoke.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.35 * r))
        canvas.drawCircle(x + u * roll.uniform(-0.03, 0.03) * (1 + 0.3 * k), y, r, smoke)
    stream = skia.Paint(
        Color=argb(rgb("#ff8a2a")), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeCap=skia.Paint.kRound_Cap
    )
    for way, wide in ((-0.5, 0.012), (0.12, 0.018), (0.7, 0.01)):
        path = skia.Path()
        path.moveTo(x + 0.05 * way * u, top + 0.01 * u)
        path.cubicTo(
            x + 0.1 * way * u, top + 0.3 * (base - top), x + 0.06 * way * u, top + 0.5 * (base - top), x + 0.3 * way * u, base
        )
        stream.setStrokeWidth(wide * u)
        canvas.drawPath(path, stream)
    glow = [argb(rgb("#ffb04a"), 0.95), argb(rgb("#ff6a2a"), 0.35), argb(rgb("#ff6a2a"), 0)]
    shader = skia.GradientShader.MakeRadial(skia.Point(x, top), 0.3 * u, glow, [0, 0.35, 1])
    canvas.drawCircle(x, top, 0.3 * u, skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kScreen))


def _cone(stage: Stage, sheet: Sheet, base: float, tall: float) -> Field:
    """The skyline of a lone cone with a blunt top, in the middle."""
    x, _ = sheet.grid(0, 1)
    away = np.abs(x[0] - f32(stage.width * 0.5)) / f32(stage.u * 0.74)
    slope = np.minimum(np.clip(1 - away, 0, 1) ** f32(1.7), 0.8) / 0.8
    ragged = line(stage.rng("cone"), len(slope), 24.0, 4, 0.5) * f32(0.03)
    return np.asarray(base - tall * (slope + ragged * (slope > 0.05)), np.float32)


def _firs(stage: Stage, sheet: Sheet, sky_line: Field, index: int, wood: tuple[float, float, float]) -> None:
    """Conifers along a skyline."""
    roll = stage.dice("firs", index)
    count = int((26 if index == 3 else 34) * sheet.width / stage.u)
    for _ in range(count):
        x = sheet.left + roll.random() * sheet.width
        y = float(sky_line[min(len(sky_line) - 1, max(0, int((x - sheet.left) / sheet.grain)))])
        size = stage.u * (0.035 if index == 3 else 0.085) * roll.uniform(0.5, 1.3)
        shade = stage.light.far(
            stage.light.lit(mix(wood, rgb("#1d2b2a"), 0.55), roll.uniform(0.0, 0.3)), 0.42 if index == 3 else 0.06
        )
        fir(
            sheet,
            x,
            y + size * 0.14,
            size,
            shade,
            roll,
            snow=stage.scene.season == "winter" or stage.scene.weather == "snow",
            light=stage.light,
        )
