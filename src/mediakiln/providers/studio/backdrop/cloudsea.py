"""Above the clouds: a wide sky over billows that reach to the horizon; what stands here stands in them."""

from __future__ import annotations

import numpy as np

from mediakiln.providers.studio.backdrop.clouds import heap, stamp
from mediakiln.providers.studio.backdrop.sky import paint_sky
from mediakiln.providers.studio.colour import argb, mix
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import f32
from mediakiln.providers.studio.stage import Stage

_ROWS = 6


def paint(stage: Stage) -> None:
    """Rows of billows, small and pale far away."""
    stage.horizon = stage.height * 0.58
    paint_sky(stage, stage.height, clouds=False)
    far = stage.layer(0.1)
    light = stage.light
    low = stage.horizon - 0.02 * stage.height
    shade = mix(light.cloud_shade, light.sky[1], 0.3)
    tones = [argb(light.haze, 0), argb(mix(light.haze, light.cloud_shade, 0.4)), argb(shade)]
    shader = skia.GradientShader.MakeLinear([skia.Point(0, low), skia.Point(0, stage.height)], tones, [0, 0.12, 1])
    far.canvas.drawRect(skia.Rect.MakeLTRB(far.left, low, far.right, stage.height), skia.Paint(Shader=shader))
    for row in range(_ROWS - 1):
        _billows(stage, row)
    stage.ground = (stage.height * 0.8, stage.height * 0.88)


def front(stage: Stage) -> None:
    """The nearest billows, before the feet of what stands here."""
    _billows(stage, _ROWS - 1)


def _billows(stage: Stage, row: int) -> None:
    near = row / (_ROWS - 1)
    sheet = stage.layer(0.15 + 0.85 * near)
    roll = stage.dice("billows", row)
    low = stage.horizon + (stage.height - stage.horizon) * (0.08 + 1.1 * near**1.3)
    wide = stage.u * (0.2 + 0.55 * near)
    x = sheet.left - wide * roll.random()
    index = 0
    while x < sheet.right + wide / 2:
        high, broad = wide * roll.uniform(0.5, 0.75), wide * roll.uniform(1.2, 1.6)
        # A few shapes for all rows; a heap of its own for each would take ten times as long.
        shape = index % 2, min(2, row // 2)
        if ("billow", *shape) not in sheet.stamps:
            colour, alpha = heap(stage, stage.rng("billow", *shape), 280, 120, 0.75 - 0.3 * shape[1])
            # Darker and bluer below, or one white heap would not stand out from the next.
            height = np.linspace(1, 0, len(colour), dtype=np.float32)[:, None, None]
            fall = f32([0.62, 0.7, 0.84]) + height * f32([0.4, 0.31, 0.16])
            sheet.stamps["billow", *shape] = colour * fall, alpha
        colour, alpha = sheet.stamps["billow", *shape]
        stamp(sheet, colour, alpha, x - broad / 2, low - high * 0.6, broad, high)
        x += wide * roll.uniform(0.55, 0.85)
        index += 1
