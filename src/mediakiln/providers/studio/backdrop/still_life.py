"""A photographer's table: a seamless ground in a colour of the words, soft light from the window side, a disc of light behind."""

from __future__ import annotations

import numpy as np

from mediakiln.providers.studio.colour import NAMED, argb, luma, mix, rgb, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import dice, f32, fbm, resized, step
from mediakiln.providers.studio.stage import Stage

TONES = ("#d9b8a0", "#a9c4c8", "#c9bfd8", "#d8cba0", "#b4c8ac", "#dca9a4", "#9fb3d4")


def paint(stage: Stage) -> None:
    """Ground and wall in one sweep; everything stands in the middle."""
    roll = dice(stage.scene.seed, "still life", stage.scene.prompt)
    width, height, u = stage.width, stage.height, stage.u
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
    radius = min(u * 0.4, width * 0.42)
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(0, height * 0.42 - radius), skia.Point(0, height * 0.42 + radius)],
        [argb(mix(second, (1, 1, 1), 0.35), 0.8), argb(second, 0.15)],
    )
    sheet.canvas.drawCircle(width / 2, height * 0.42, radius, skia.Paint(Shader=shader, AntiAlias=True))
    stage.ground = (height * 0.76, height * 0.88)
    stage.spots["table"] = (width / 2, height * 0.84)
