"""A photographer's table: a seamless ground in a colour of the words, soft light from the window side, a disc of light behind."""

from __future__ import annotations

import numpy as np

from mediakiln.providers.studio.colour import NAMED, RGB, argb, luma, mix, rgb, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import dice, f32, fbm, resized, step
from mediakiln.providers.studio.stage import Sheet, Stage

TONES = ("#d9b8a0", "#a9c4c8", "#c9bfd8", "#d8cba0", "#b4c8ac", "#dca9a4", "#9fb3d4")


def paint(stage: Stage) -> None:
    """Ground and wall in one sweep; everything stands in the middle."""
    roll = dice(stage.scene.seed, "still life", stage.scene.prompt)
    width, height = stage.width, stage.height
    named = [rgb(NAMED[name]) for name in stage.scene.palette if name in NAMED]
    base = mix(named[0], (1, 1, 1), 0.25 if luma(named[0]) < 0.75 else 0.0) if named else rgb(roll.choice(TONES))
    second = mix(named[-1], (1, 1, 1), 0.3) if len(named) > 1 else turned(base, 0.04, 1.15, 1.12)
    if stage.light.lamps:
        base, second = scaled(base, 0.42), scaled(second, 0.5)
    stage.horizon = height * 0.62
    sheet = stage.layer(0.2)
    x, y = sheet.grid()
    ax, ay = x / width, y / height
    floor = step(0.6, 0.72, np.asarray(ay, np.float32))
    side = 0.28 if stage.light.sun[0] < 0.5 else 0.72
    fall = np.clip(1.14 - 0.62 * np.sqrt((ax - side) ** 2 + (0.8 * (ay - 0.3)) ** 2), 0.3, 1.15)
    grain = 1 + (fbm(stage.rng("cloth"), 240, 160, 40, 3) - 0.5) * 0.05
    fall = fall * resized(np.asarray(grain, np.float32), x.shape[1], y.shape[0], smooth=False)
    wall, ground = f32(base), f32(mix(base, second, 0.5))
    colour = (wall * (1 - floor[..., None]) + ground * 1.06 * floor[..., None]) * fall[..., None]
    sheet.paste(np.clip(colour, 0, 1).astype(np.float32))
    if stage.scene.shot == "closing":
        _evening(stage, sheet, second)
    else:
        _disc(stage, sheet, second)
    stage.ground = (height * 0.76, height * 0.88)
    stage.spots["table"] = (width / 2, height * 0.84)


def _evening(stage: Stage, sheet: Sheet, tone: RGB) -> None:
    """The slanting light of a window on the wall, and room above."""
    width, height, u = stage.width, stage.height, stage.u
    ink = skia.Paint(Color=argb(mix(tone, (1, 0.95, 0.82), 0.75), 0.42), AntiAlias=True)
    ink.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.012 * u))
    for column in range(2):
        for row in range(2):
            x, y = width * 0.5 + (0.06 + 0.27 * column) * u, height * 0.12 + (0.24 * row + 0.05 * column) * u
            pane = [(x, y), (x + 0.23 * u, y + 0.045 * u), (x + 0.27 * u, y + 0.24 * u), (x + 0.04 * u, y + 0.195 * u)]
            sheet.canvas.drawPath(skia.Path.Polygon([skia.Point(*p) for p in pane], True), ink)


def _disc(stage: Stage, sheet: Sheet, second: RGB) -> None:
    width, height, u = stage.width, stage.height, stage.u
    radius = min(u * 0.4, width * 0.42)
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(0, height * 0.42 - radius), skia.Point(0, height * 0.42 + radius)],
        [argb(mix(second, (1, 1, 1), 0.35), 0.8), argb(second, 0.15)],
    )
    sheet.canvas.drawCircle(width / 2, height * 0.42, radius, skia.Paint(Shader=shader, AntiAlias=True))


def paint_studio(stage: Stage) -> None:
    """A portrait photographer's painted canvas: mottled, lit in the middle, dark toward its corners, no edge to the floor."""
    roll = dice(stage.scene.seed, "studio", stage.scene.prompt)
    width, height = stage.width, stage.height
    named = [rgb(NAMED[name]) for name in stage.scene.palette if name in NAMED]
    base = named[0] if named else rgb(roll.choice(("#8d949c", "#9a8f86", "#7f8c96", "#8f8f8c", "#a39486")))
    stage.horizon = height * 0.66
    sheet = stage.layer(0.2)
    x, y = sheet.grid()
    ax, ay = x / width, y / height
    side = 0.42 if stage.light.sun[0] < 0.5 else 0.58
    reach = np.sqrt(((ax - side) * max(1.0, width / height)) ** 2 + (ay - 0.42) ** 2)
    light = 0.42 + 0.78 * np.exp(-((reach / 0.52) ** 2))
    columns, rows = x.shape[1], y.shape[0]
    mottle = resized(np.asarray(fbm(stage.rng("canvas"), 200, 200, 5, 5, 0.6) - 0.5, np.float32), columns, rows)
    light = light * (1 + 0.09 * mottle) * (1 + 0.1 * step(0.66, 0.82, np.asarray(ay, np.float32)))
    sheet.paste(np.asarray(np.clip(f32(base) * np.asarray(light, np.float32)[..., None], 0, 1), np.float32))
    stage.ground = (height * 0.78, height * 0.9)
    stage.spots["table"] = (width / 2, height * 0.84)


def paint_white(stage: Stage) -> None:
    """A seamless white sweep: no edge between wall and floor, a breath of grey where the light falls off."""
    width, height = stage.width, stage.height
    stage.horizon = height * 0.6
    sheet = stage.layer(0.2)
    x, y = sheet.grid()
    ax, ay = x / width, y / height
    side = 0.3 if stage.light.sun[0] < 0.5 else 0.7
    fall = np.clip(1.02 - 0.1 * np.sqrt((ax - side) ** 2 + (ay - 0.35) ** 2), 0.9, 1.0)
    bend = 1 - 0.045 * np.exp(-(((ay - 0.66) / 0.07) ** 2))
    colour = np.asarray(fall * bend, np.float32)[..., None] * f32([0.985, 0.985, 0.982])
    sheet.paste(np.asarray(colour, np.float32))
    stage.ground = (height * 0.74, height * 0.86)
    stage.spots["table"] = (width / 2, height * 0.82)


def paint_tabletop(stage: Stage) -> None:
    """A surface seen from straight above: linen, stone or painted wood, with the light of a window on it."""
    roll = dice(stage.scene.seed, "tabletop", stage.scene.prompt)
    width, height = stage.width, stage.height
    named = [rgb(NAMED[name]) for name in stage.scene.palette if name in NAMED]
    base = mix(named[0], (1, 1, 1), 0.3) if named else rgb(roll.choice(("#e9dfd0", "#d9e0df", "#ead9d6", "#e2ddea", "#dce3d3")))
    sheet = stage.layer(0.2)
    x, y = sheet.grid()
    ax, ay = x / width, y / height
    rng = stage.rng("tabletop")
    columns, rows = x.shape[1], y.shape[0]
    weave = (fbm(rng, columns, rows, 150, 2, stretch=0.25) + fbm(rng, columns, rows, 40, 2, stretch=6.0)) * 0.5 - 0.5
    cloud = fbm(rng, columns, rows, 4, 4) - 0.5
    # The bars of a window, thrown slantwise over the surface.
    slant = ax * width + 0.5 * ay * height
    bars = 0.5 + 0.5 * np.sin(slant / stage.u * 4.6 + roll.uniform(0, 6))
    light = 0.93 + 0.09 * step(0.3, 0.6, np.asarray(bars, np.float32)) + 0.09 * weave + 0.05 * cloud
    sheet.paste(np.clip(f32(base) * np.asarray(light, np.float32)[..., None], 0, 1).astype(np.float32))
    stage.horizon = height * 0.05
    stage.ground = (height * 0.5, height * 0.8)
    stage.spots["table"] = (width / 2, height * 0.7)
