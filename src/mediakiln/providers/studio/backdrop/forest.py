"""A forest: trunks fading into haze, light falling through, ferns on the floor. Bamboo, birch and fir by the prompt."""

from __future__ import annotations

import math

from mediakiln.providers.studio.backdrop.ground import path, plane
from mediakiln.providers.studio.backdrop.sky import paint_sky
from mediakiln.providers.studio.backdrop.trees import LEAVES, bush, foliage, grass
from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import f32
from mediakiln.providers.studio.stage import Sheet, Stage


def paint(stage: Stage) -> None:
    """Four depths of trees about a path."""
    roll = stage.dice("plan")
    stage.horizon = stage.height * roll.uniform(0.5, 0.56)
    paint_sky(stage, stage.height * 0.7, clouds=False)
    season = stage.scene.season if stage.scene.season in ("spring", "summer", "autumn", "winter") else "summer"
    leaf = rgb(LEAVES[season]) if season != "winter" else rgb("#d5e0ea")
    bamboo = stage.has("bamboo")
    _veil(stage, leaf, 0.75)
    for row, depth in enumerate((0.15, 0.3, 0.5)):
        sheet = stage.layer(depth)
        _row(stage, sheet, row, leaf, bamboo)
        if row == 0:
            _veil(stage, leaf, 0.3)
    near = stage.layer(1.0)
    top = stage.horizon + stage.height * 0.08
    snowy = stage.scene.weather == "snow" or stage.scene.season == "winter"
    floor = rgb("#e6edf4") if snowy else mix(rgb("#5f7a3a"), leaf, 0.3) if stage.scene.season != "autumn" else rgb("#b9803f")
    plane(stage, near, top, floor, rough=0.6, cell=40, haze=0.55, patch=rgb("#6b5a3a") if not snowy else None)
    path(
        stage,
        near,
        top,
        rgb("#b49a70") if not snowy else rgb("#cfdbe8"),
        x_far=stage.width * roll.uniform(0.44, 0.56),
        x_near=stage.width * roll.uniform(0.4, 0.6),
        wide=0.55,
        wind=0.14,
    )
    if not snowy:
        grass(
            near,
            top + stage.height * 0.02,
            stage.height * 1.04,
            stage.light,
            stage.rng("grass"),
            stage.u,
            blade=floor,
            count=int(1900 * near.width / stage.u),
            tall=0.05,
            far=0.4,
        )
    side = 1.0 if stage.sun[0] > stage.width / 2 else -1.0
    for way in (-1, 1):
        for _ in range(2):
            x = stage.width * (0.5 + way * roll.uniform(0.34, 0.52))
            bush(
                near,
                x,
                stage.height * roll.uniform(0.68, 0.8),
                stage.u * roll.uniform(0.14, 0.22),
                stage.light,
                roll,
                leaf=mix(leaf, rgb("#3f7a38"), 0.4),
                side=side,
            )
    edge = stage.layer(1.15)
    for way in (-1, 1):
        x = stage.width * (0.5 + way * roll.uniform(0.42, 0.48))
        _trunk(
            stage, edge, x, stage.height * 0.93, stage.u * (0.024 if bamboo else 0.055), 0.0, bamboo, roll.uniform(-0.03, 0.03)
        )
        for _ in range(3):
            foliage(
                edge,
                x + roll.uniform(-0.14, 0.14) * stage.u,
                stage.height * roll.uniform(-0.02, 0.12),
                stage.u * 0.2,
                stage.u * 0.12,
                leaf,
                stage.light,
                roll,
                count=110,
                side=side,
            )
    if stage.light.sun_shown or (stage.scene.weather in ("clear", "fog") and stage.scene.time != "night"):
        _beams(stage)
    stage.ground = (stage.height * 0.74, stage.height * 0.9)


def _row(stage: Stage, sheet: Sheet, row: int, leaf: RGB, bamboo: bool) -> None:
    roll = stage.dice("row", row)
    far = (0.82, 0.5, 0.2)[row]
    count = int((22, 15, 9)[row] * sheet.width / stage.u * (1.8 if bamboo else 1.0))
    side = 1.0 if stage.sun[0] > stage.width / 2 else -1.0
    for index in range(count):
        x = sheet.left + (index + roll.random()) / count * sheet.width
        # Keep a clearing in the middle for the path and whoever walks it.
        if row == 2 and abs(x - stage.width / 2) < stage.u * 0.2:
            continue
        _trunk(
            stage,
            sheet,
            x,
            stage.horizon + stage.height * (0.05 + 0.05 * row),
            stage.u * (0.008, 0.014, 0.024)[row] * (0.6 if bamboo else 1.0) * roll.uniform(0.7, 1.3),
            far,
            bamboo,
            roll.uniform(-0.02, 0.02),
        )
    for _ in range(int((18, 14, 10)[row] * sheet.width / stage.u)):
        x, y = (
            sheet.left + roll.random() * sheet.width,
            stage.height * (roll.uniform(-0.04, 0.26) if row else roll.uniform(0.0, 0.34)),
        )
        r = stage.u * roll.uniform(0.08, 0.14)
        foliage(sheet, x, y, r * 1.4, r * 0.8, leaf, stage.light, roll, count=(34, 46, 60)[row], far=far, side=side, dab=0.2)


def _trunk(stage: Stage, sheet: Sheet, x: float, y: float, half: float, far: float, bamboo: bool, lean: float) -> None:
    light = stage.light
    bark = rgb("#6fae4e") if bamboo else rgb("#5f4838")
    tone, dark = light.far(light.lit(bark, 0.6), far), light.far(light.lit(scaled(bark, 0.6), 0.2), far)
    top = -0.02 * stage.height
    shift = lean * stage.height
    foot = half * (1.0 if bamboo else 1.35)
    sheet.polygon(f32([(x - foot, y), (x + foot, y), (x + shift + half * 0.8, top), (x + shift - half * 0.8, top)]), tone)
    side = 1 if stage.sun[0] > stage.width / 2 else -1
    sheet.polygon(
        f32(
            [
                (x - side * foot, y),
                (x - side * foot * 0.1, y),
                (x + shift - side * half * 0.1, top),
                (x + shift - side * half * 0.8, top),
            ]
        ),
        dark,
    )
    step = stage.u * 0.07
    roll = stage.dice("bark", round(x), round(y))
    k = y - step
    while k > top and (bamboo or half > stage.u * 0.02):
        w = half * 1.05
        cx = x + shift * (y - k) / (y - top)
        if bamboo:
            sheet.polygon(f32([(cx - w, k), (cx + w, k), (cx + w, k + half * 0.35), (cx - w, k + half * 0.35)]), dark)
            k -= step
        else:
            sx = cx + roll.uniform(-0.8, 0.8) * half
            sheet.strokes(f32([[[sx, k], [sx + half * 0.1, k + step * 0.5]]]), dark, half * 0.12)
            k -= step * 0.25


def _veil(stage: Stage, leaf: RGB, strength: float) -> None:
    """Light-filled air between the rows."""
    sheet = stage.layer(0.2)
    top, bottom = stage.height * 0.02, stage.horizon + stage.height * 0.14
    tone = mix(stage.light.haze, stage.light.lit(leaf, 1.0), 0.35)
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(0, top), skia.Point(0, bottom)],
        [argb(tone, strength * 0.5), argb(mix(tone, (1, 1, 0.9), 0.2), strength), argb(tone, 0)],
        [0, 0.75, 1],
    )
    sheet.canvas.drawRect(skia.Rect.MakeLTRB(sheet.left, 0, sheet.right, bottom), skia.Paint(Shader=shader))


def _beams(stage: Stage) -> None:
    """Shafts of light from the sun's side."""
    sheet = stage.layer(0.7)
    roll = stage.dice("beams")
    right = stage.sun[0] > stage.width / 2
    x0 = stage.width * (0.78 if right else 0.22)
    for _ in range(5):
        angle = math.radians(roll.uniform(62, 84)) if right else math.radians(roll.uniform(96, 118))
        # Shafts lean away from the sun.
        dx = -math.cos(angle) * stage.height * 1.2
        wide, start = stage.u * roll.uniform(0.03, 0.09), x0 + roll.uniform(-0.22, 0.22) * stage.u
        tone = mix(stage.light.key, (1, 1, 0.85), 0.4)
        low = stage.height * 0.86
        shader = skia.GradientShader.MakeLinear(
            [skia.Point(0, 0), skia.Point(0, low)], [argb(tone, 0.12), argb(tone, 0.05), argb(tone, 0)], [0, 0.5, 1]
        )
        # Three widths over each other feather the edges, far cheaper than a blur.
        for grow in (1.0, 0.72, 0.44):
            middle, half = start + wide / 2, wide * grow / 2
            corners = (
                (middle - half, -10),
                (middle + half, -10),
                (middle + half * 3.4 + dx, low),
                (middle - half * 3.4 + dx, low),
            )
            sheet.canvas.drawPath(
                skia.Path.Polygon([skia.Point(*c) for c in corners], True), skia.Paint(Shader=shader, AntiAlias=True)
            )
