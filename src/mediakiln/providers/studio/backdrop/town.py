"""Built places: a city with lit windows, a village street of gabled houses."""

from __future__ import annotations

import random

import numpy as np

from mediakiln.providers.studio.backdrop.ground import path, plane
from mediakiln.providers.studio.backdrop.open_land import distant
from mediakiln.providers.studio.backdrop.sky import paint_sky
from mediakiln.providers.studio.backdrop.trees import bush, tree
from mediakiln.providers.studio.backdrop.water import glitter, surface
from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import f32
from mediakiln.providers.studio.stage import Actor, Canvas, Sheet, Stage

NEON = ("#ff3fa4", "#21e6ff", "#9b5bff", "#ffb52e", "#3dff9a")
FACADES = ("#8d97a6", "#a79a8c", "#6f7f93", "#b6a999", "#7b8794", "#98a5ad")
WALLS = ("#f0dfc0", "#e6b98f", "#d98f7a", "#cdd8d2", "#f3ead8", "#b9cbd8", "#e9c7a8")
ROOFS = ("#9c4a3a", "#7c4a40", "#5d6470", "#a8603f", "#6b4a3f")


def paint_city(stage: Stage) -> None:
    """Three rows of towers; a river before them, or a street when someone is there."""
    street = (
        any(s.kind not in ("boat", "bird", "balloon", "moon", "lantern", "fish") for s in stage.scene.subjects)
        or "village" in stage.scene.beyond
    )
    stage.horizon = stage.height * (0.66 if street else 0.64)
    paint_sky(stage, stage.height)
    for row in range(3):
        sheet = stage.layer((0.15, 0.28, 0.42)[row])
        towers(stage, sheet, row)
    if street:
        _street(stage)
    else:
        water = stage.layer(0.6)
        surface(stage, water, stage.horizon, stage.height, rgb("#1f3f5c"), mirror=0.86, waves=0.2)
        stage.actor(0.6, glitter(stage, stage.horizon, stage.height, 70))
        stage.spots["water"] = (stage.horizon + stage.height * 0.05, stage.height * 0.95)
        stage.ground = (stage.height * 0.85, stage.height * 0.95)
    stage.actor(0.42, _beacons(stage))


def towers(stage: Stage, sheet: Sheet, row: int) -> None:
    """One row of towers along the skyline: 0 the furthest, 2 the nearest."""
    roll = stage.dice("towers", row)
    base = stage.horizon + 2
    x = float(sheet.left) - stage.u * 0.05
    middle = stage.width * stage.dice("centre").uniform(0.4, 0.6)
    neon = stage.scene.style == "neon"
    while x < sheet.right:
        wide = stage.u * roll.uniform(0.06, 0.13) * (0.8 + 0.25 * row)
        away = abs(x + wide / 2 - middle) / stage.width
        tall = stage.u * (0.5, 0.38, 0.24)[row] * roll.uniform(0.5, 1.15) * max(0.5, 1.3 - 1.15 * away)
        tall = min(tall, base * 0.9)
        facade = rgb(roll.choice(FACADES)) if not neon else mix(rgb("#241a4a"), rgb(roll.choice(NEON)), 0.1)
        _tower(stage, sheet, x, base, wide, tall, facade, (0.62, 0.32, 0.06)[row], roll)
        x += wide * roll.uniform(0.86, 1.12)


def _tower(
    stage: Stage, sheet: Sheet, x: float, base: float, wide: float, tall: float, facade: RGB, far: float, roll: random.Random
) -> None:
    light = stage.light
    day = not light.lamps
    front = light.far(light.lit(facade, 0.75 if day else 0.3), far)
    dark = light.far(light.lit(scaled(facade, 0.7), 0.2), far)
    top = base - tall
    canvas = sheet.canvas
    low = light.far(mix(front, light.haze, 0.45), far)
    shader = skia.GradientShader.MakeLinear([skia.Point(0, top), skia.Point(0, base)], [argb(front), argb(low)])
    canvas.drawRect(skia.Rect.MakeLTRB(x, top, x + wide, base), skia.Paint(Shader=shader))
    canvas.drawRect(skia.Rect.MakeLTRB(x + wide * 0.72, top, x + wide, base), skia.Paint(Color=argb(dark, 0.75)))
    crown = roll.random()
    if crown < 0.22:
        sheet.polygon(f32([(x + wide * 0.2, top), (x + wide * 0.5, top - wide * 0.55), (x + wide * 0.8, top)]), dark)
    elif crown < 0.5:
        canvas.drawRect(skia.Rect.MakeLTRB(x + wide * 0.2, top - wide * 0.2, x + wide * 0.8, top), skia.Paint(Color=argb(front)))
    if roll.random() < 0.3:
        sheet.polygon(
            f32(
                [
                    (x + wide * 0.49, top - wide * 0.8),
                    (x + wide * 0.51, top - wide * 0.8),
                    (x + wide * 0.53, top),
                    (x + wide * 0.47, top),
                ]
            ),
            dark,
        )
    _windows(stage, sheet, x, top, wide, tall, front, far, roll)
    if stage.scene.style == "neon" and far < 0.5 and roll.random() < 0.7:
        tone = rgb(roll.choice(NEON))
        sx, sy, sw, sh = (
            x + wide * roll.uniform(0.1, 0.6),
            top + tall * roll.uniform(0.12, 0.45),
            wide * 0.13,
            tall * roll.uniform(0.18, 0.4),
        )
        blur = skia.Paint(Color=argb(tone, 0.8), MaskFilter=skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, wide * 0.12))
        canvas.drawRect(skia.Rect.MakeXYWH(sx, sy, sw, sh), blur)
        canvas.drawRect(skia.Rect.MakeXYWH(sx, sy, sw, sh), skia.Paint(Color=argb(mix(tone, (1, 1, 1), 0.45))))


def _windows(
    stage: Stage, sheet: Sheet, x: float, top: float, wide: float, tall: float, front: RGB, far: float, roll: random.Random
) -> None:
    """A grid of panes: lamplight by night, sky by day."""
    light = stage.light
    columns = max(3, min(9, int(wide / (stage.u * 0.0125))))
    gap = wide / columns
    rows = max(3, int(tall / (gap * 1.55)))
    warm = (rgb("#ffd98a"), rgb("#ffc46b"), rgb("#fff0c9"), rgb("#bfe0ff"))
    lit_share = 0.46 if light.lamps else 0.0
    glass = light.far(mix(scaled(front, 0.78), light.sky[1], 0.35), far)
    for c in range(columns):
        for r in range(rows):
            lit = roll.random() < lit_share
            if not lit and light.lamps and roll.random() < 0.5:
                continue
            tone = (
                mix(light.far(roll.choice(warm), far * 0.6), (0, 0, 0), roll.uniform(0, 0.3))
                if lit
                else turned(glass, 0, 1, roll.uniform(0.85, 1.12))
            )
            if stage.scene.style == "neon" and lit and roll.random() < 0.4:
                tone = rgb(roll.choice(NEON))
            px, py = x + gap * (c + 0.24), top + gap * 0.6 + r * gap * 1.55
            if py + gap > top + tall:
                continue
            sheet.canvas.drawRect(skia.Rect.MakeXYWH(px, py, gap * 0.52, gap * 0.9), skia.Paint(Color=argb(tone), AntiAlias=True))


def _beacons(stage: Stage) -> Actor:
    roll = stage.dice("beacons")
    places = [(roll.random() * stage.width, stage.horizon - stage.u * roll.uniform(0.1, 0.4), roll.random()) for _ in range(7)]

    def paint(canvas: Canvas, t: float) -> None:
        if not stage.light.lamps:
            return
        for x, y, phase in places:
            on = max(0.0, np.sin((t * 0.8 + phase) * 6.28))
            canvas.drawCircle(x, y, stage.u * 0.003, skia.Paint(Color=argb(rgb("#ff5a4a"), 0.9 * float(on)), AntiAlias=True))

    return paint


def _street(stage: Stage) -> None:
    """Pavement, kerb and asphalt before the towers, with street lamps; wet and shining in the rain."""
    near = stage.layer(1.0)
    light, u = stage.light, stage.u
    y = stage.horizon
    wet = stage.scene.weather in ("rain", "storm") or stage.scene.style == "neon"
    plane(stage, near, y, rgb("#6b6f78"), name="asphalt", rough=0.2, cell=90, haze=0.2)
    if wet:
        surface(stage, near, y + stage.height * 0.055, stage.height, rgb("#2b2f3c"), mirror=0.6, waves=0.1, name="wet")
    near.polygon(
        f32([(near.left, y), (near.right, y), (near.right, y + stage.height * 0.05), (near.left, y + stage.height * 0.05)]),
        light.lit(rgb("#a8a49c"), 0.6),
    )
    near.polygon(
        f32(
            [
                (near.left, y + stage.height * 0.05),
                (near.right, y + stage.height * 0.05),
                (near.right, y + stage.height * 0.058),
                (near.left, y + stage.height * 0.058),
            ]
        ),
        light.lit(rgb("#77746f"), 0.4),
    )
    roll = stage.dice("street")
    side = 1.0 if stage.sun[0] > stage.width / 2 else -1.0
    x = near.left + u * roll.uniform(0.0, 0.2)
    while x < near.right:
        if roll.random() < 0.5 and stage.scene.style != "neon":
            tree(near, x + u * 0.22, y + stage.height * 0.04, u * 0.26, light, roll, leaf=stage.scene.season, side=side, far=0.05)
        _lamp(stage, near, x, y + stage.height * 0.045)
        x += u * 0.45
    for k in range(-6, 14):
        px, py = stage.width * 0.5 + (k - 4) * u * 0.24, stage.height * 0.83
        near.polygon(
            f32([(px, py), (px + u * 0.12, py), (px + u * 0.115, py + u * 0.008), (px - u * 0.005, py + u * 0.008)]),
            light.lit(rgb("#e9e3c8"), 0.8),
        )
    stage.ground = (stage.height * 0.76, stage.height * 0.92)
    stage.spots["road"] = (stage.width * 0.5, stage.height * 0.84)


def _lamp(stage: Stage, sheet: Sheet, x: float, y: float) -> None:
    u, light = stage.u, stage.light
    tone = light.lit(rgb("#33373d"), 0.5)
    sheet.polygon(
        f32([(x - u * 0.003, y), (x + u * 0.003, y), (x + u * 0.002, y - u * 0.24), (x - u * 0.002, y - u * 0.24)]), tone
    )
    sheet.polygon(
        f32(
            [
                (x - u * 0.012, y - u * 0.24),
                (x + u * 0.012, y - u * 0.24),
                (x + u * 0.007, y - u * 0.265),
                (x - u * 0.007, y - u * 0.265),
            ]
        ),
        tone,
    )
    if light.lamps or stage.scene.time == "sunset":
        glow = skia.GradientShader.MakeRadial(
            skia.Point(x, y - u * 0.245),
            u * 0.13,
            [argb(rgb("#ffdf9a"), 0.85), argb(rgb("#ffb85c"), 0.22), argb(rgb("#ffb85c"), 0)],
            [0, 0.3, 1],
        )
        sheet.canvas.drawCircle(x, y - u * 0.245, u * 0.13, skia.Paint(Shader=glow, BlendMode=skia.BlendMode.kScreen))


def house(
    sheet: Sheet, stage: Stage, x: float, y: float, wide: float, roll: random.Random, *, wall: RGB | None = None, far: float = 0.0
) -> None:
    """A gabled house standing at (x, y) with door, windows, chimney; windows glow in the dark."""
    light = stage.light
    wall = wall or rgb(roll.choice(WALLS))
    roof = rgb(roll.choice(ROOFS))
    tall, ridge_ = wide * roll.uniform(0.62, 0.85), wide * roll.uniform(0.42, 0.55)
    left, right, top = x - wide / 2, x + wide / 2, y - tall
    lit = light.far(light.lit(wall, 0.8), far)
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(0, top), skia.Point(0, y)], [argb(light.far(light.lit(scaled(wall, 0.8), 0.4), far)), argb(lit)]
    )
    sheet.polygon(
        f32(
            [
                (right - wide * 0.3, top - ridge_ * 0.6),
                (right - wide * 0.16, top - ridge_ * 0.6),
                (right - wide * 0.16, top - ridge_ * 1.15),
                (right - wide * 0.3, top - ridge_ * 1.15),
            ]
        ),
        light.far(light.lit(rgb("#8a5a4a"), 0.5), far),
    )
    sheet.polygon(f32([(left, top + 1), (x, top - ridge_ * 0.96), (right, top + 1)]), light.far(light.lit(wall, 0.66), far))
    sheet.canvas.drawRect(skia.Rect.MakeLTRB(left, top, right, y), skia.Paint(Shader=shader))
    over = wide * 0.07
    snowy = stage.scene.weather == "snow" or stage.scene.season == "winter"
    for way, tone in ((-1, 0.85), (1, 0.4)):
        edge = left - over if way < 0 else right + over
        body = [
            (x, top - ridge_),
            (edge, top + over * 0.7),
            (edge, top + over * 0.7 + wide * 0.06),
            (x, top - ridge_ + wide * 0.085),
        ]
        sheet.polygon(f32(body), light.far(light.lit(roof if not snowy else rgb("#eef3fa"), tone), far))
    _openings(sheet, stage, x, y, wide, tall, roll, far)


def _openings(sheet: Sheet, stage: Stage, x: float, y: float, wide: float, tall: float, roll: random.Random, far: float) -> None:
    light = stage.light
    glow = light.lamps or stage.scene.time == "sunset"
    pane = light.far(rgb("#ffd483"), far * 0.5) if glow else light.far(light.lit(rgb("#8fb3cc"), 0.7), far)
    frame = light.far(light.lit(rgb("#fbf6ea"), 0.85), far)
    door = light.far(light.lit(rgb(roll.choice(("#6d4530", "#3f6a66", "#8a3f38", "#3f5a86"))), 0.6), far)
    canvas = sheet.canvas
    d = wide * 0.1
    canvas.drawRect(
        skia.Rect.MakeLTRB(x - d * 1.2, y - tall * 0.58, x + d * 1.2, y), skia.Paint(Color=argb(frame), AntiAlias=True)
    )
    canvas.drawRect(skia.Rect.MakeLTRB(x - d, y - tall * 0.54, x + d, y), skia.Paint(Color=argb(door), AntiAlias=True))
    for wx in (x - wide * 0.3, x + wide * 0.3):
        box = skia.Rect.MakeLTRB(wx - wide * 0.095, y - tall * 0.66, wx + wide * 0.095, y - tall * 0.3)
        if glow:
            halo = skia.GradientShader.MakeRadial(
                skia.Point(wx, y - tall * 0.48), wide * 0.34, [argb(rgb("#ffcf7a"), 0.5), argb(rgb("#ffb04f"), 0.0)]
            )
            canvas.drawCircle(wx, y - tall * 0.48, wide * 0.34, skia.Paint(Shader=halo, BlendMode=skia.BlendMode.kScreen))
        canvas.drawRect(box.makeOutset(wide * 0.016, wide * 0.016), skia.Paint(Color=argb(frame), AntiAlias=True))
        canvas.drawRect(box, skia.Paint(Color=argb(pane), AntiAlias=True))
        ink = skia.Paint(Color=argb(frame), AntiAlias=True, StrokeWidth=max(1.0, wide * 0.012))
        canvas.drawLine(wx, box.top(), wx, box.bottom(), ink)
        canvas.drawLine(box.left(), box.centerY(), box.right(), box.centerY(), ink)


def paint_village(stage: Stage) -> None:
    """A street of old houses leading to hills, with trees, lanterns and shrubs."""
    roll = stage.dice("plan")
    stage.horizon = stage.height * roll.uniform(0.48, 0.54)
    paint_sky(stage, stage.horizon + stage.height * 0.1)
    distant(stage, rgb("#5d8058"), 0.17)
    back = stage.layer(0.35)
    for index in range(int(9 * back.width / stage.u)):
        house(
            back,
            stage,
            back.left + (index + roll.random()) * stage.u / 9,
            stage.horizon + stage.height * 0.055,
            stage.u * roll.uniform(0.1, 0.15),
            roll,
            far=0.42,
        )
    near = stage.layer(1.0)
    top = stage.horizon + stage.height * 0.05
    snowy = stage.scene.weather == "snow" or stage.scene.season == "winter"
    plane(stage, near, top, rgb("#e4ebf3") if snowy else rgb("#b5a68c"), name="cobble", rough=0.4, cell=80, haze=0.25)
    path(
        stage,
        near,
        top,
        rgb("#cfdae6") if snowy else rgb("#cdbfa4"),
        x_far=stage.width * 0.5,
        x_near=stage.width * 0.5,
        wide=0.9,
        wind=0.03,
        rough=0.5,
    )
    side = 1.0 if stage.sun[0] > stage.width / 2 else -1.0
    for depth in (0.3, 0.62, 1.0):
        for way in (-1, 1):
            wide = stage.u * (0.2 + 0.26 * depth) * roll.uniform(0.9, 1.1)
            x = stage.width / 2 + way * (stage.width * (0.13 + 0.3 * depth) + wide * 0.24)
            y = top + (stage.height - top) * 0.36 * depth
            house(near, stage, x, y, wide, roll, far=0.22 * (1 - depth))
            bush(near, x - way * wide * 0.42, y + stage.u * 0.008, wide * 0.26, stage.light, roll, leaf=rgb("#4d8a45"), side=side)
            if depth > 0.5:
                tree(
                    near,
                    x + way * wide * 0.52,
                    y + stage.u * 0.01,
                    wide * 1.1,
                    stage.light,
                    roll,
                    leaf="blossom" if "sakura" in stage.scene.extras else stage.scene.season,
                    side=side,
                )
    stage.ground = (stage.height * 0.74, stage.height * 0.92)
    stage.spots["road"] = (stage.width * 0.5, stage.height * 0.85)
