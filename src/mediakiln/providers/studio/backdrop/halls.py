"""Large places under a roof or among stands: a theatre's stage, a sports ground, an underground station, a vault of stone."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mediakiln.providers.studio.backdrop.joinery import beam, field, floor, heads
from mediakiln.providers.studio.backdrop.sky import paint_sky
from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import f32, fbm
from mediakiln.providers.studio.stage import Stage

BEAMS = ("#ff5fb0", "#5fb8ff", "#ffd27a", "#9a6bff")


def paint_stage(stage: Stage) -> None:
    """Curtains, boards and coloured beams; the public sits before it (`front_stage`)."""
    width, height, u, low = stage.width, stage.height, stage.u, stage.height * 0.7
    sheet = stage.layer(0.6)
    canvas = sheet.canvas
    back = skia.GradientShader.MakeLinear([skia.Point(0, 0), skia.Point(0, low)], [argb(rgb("#120d22")), argb(rgb("#3a2456"))])
    canvas.drawRect(skia.Rect.MakeLTRB(sheet.left, 0, sheet.right, low), skia.Paint(Shader=back))
    floor(stage, sheet, rgb("#8a5f42"), low, gloss=0.25)
    for n, code in enumerate(BEAMS):
        x = width * (0.14 + 0.24 * n)
        beam(canvas, (x, -0.02 * height), (width * (0.3 + 0.13 * n), height * 0.86), 0.13 * u, rgb(code), 0.62)
        canvas.drawCircle(x, 0.012 * height, 0.02 * u, skia.Paint(Color=argb(mix(rgb(code), (1, 1, 1), 0.6)), AntiAlias=True))
    cloth = rgb("#a81f2c")
    for side in (-1, 1):
        for k in range(5):
            edge = (sheet.left if side < 0 else sheet.right) - side * 0.05 * u * k
            box = sorted((edge, edge - side * 0.05 * u))
            field(
                canvas, (box[0], 0, box[1], low + 0.02 * u), scaled(cloth, 0.62 + 0.38 * abs(math.sin(1.3 * k + 0.6))), 0.0, 0.4
            )
    scallop = 0.16 * u
    for k in range(-1, int((sheet.right - sheet.left) / scallop) + 2):
        x = sheet.left + (k + 0.5) * scallop
        oval = skia.Rect.MakeLTRB(x - 0.52 * scallop, -0.07 * u, x + 0.52 * scallop, 0.07 * u)
        canvas.drawOval(oval, skia.Paint(Color=argb(scaled(cloth, 0.85 + 0.1 * (k % 2))), AntiAlias=True))
    stage.horizon = height * 0.55
    stage.ground = (height * 0.78, height * 0.86)
    stage.spots["table"] = (width / 2, height * 0.84)


def front_stage(stage: Stage) -> None:
    """The first rows, dark against the light."""
    sheet, roll, u = stage.layer(1.0), stage.dice("public"), stage.u
    for row, (share, k) in enumerate(((0.955, 1.6), (1.0, 1.0))):
        tones = (scaled(rgb("#1d1530"), k), scaled(rgb("#241a3a"), k))
        heads(sheet.canvas, sheet.left - 0.05 * u * row, sheet.right + 0.1 * u, share * stage.height, 0.05 * u, tones, roll)


def paint_arena(stage: Stage) -> None:
    """A green pitch with its goal, or the boards and hoop of a hall, among full stands."""
    words = stage.scene.prompt.lower()
    trades = {trait for s in stage.scene.subjects for trait in s.traits}
    hall = bool({"hoops", "basketball"} & trades) or any(
        w in words for w in ("basketball", "gym", "court", "boxing", "篮球", "体育馆")
    )
    width, height, u = stage.width, stage.height, stage.u
    low = height * 0.56
    stage.horizon = low
    if not hall:
        paint_sky(stage, low)
    sheet = stage.layer(0.5)
    canvas, roll = sheet.canvas, stage.dice("stands")
    top = 0.16 * height if hall else 0.3 * height
    if hall:
        canvas.drawRect(skia.Rect.MakeLTRB(sheet.left, 0, sheet.right, low), skia.Paint(Color=argb(rgb("#1f2430"))))
    _stands(stage, canvas, top, low, float(sheet.left), float(sheet.right))
    for n in range(4):
        x = width * (0.1 + 0.266 * n)
        if hall:
            beam(canvas, (x, 0), (width * (0.26 + 0.16 * n), height * 0.95), 0.16 * u, rgb("#fff6da"), 0.25)
        field(canvas, (x - 0.05 * u, top * 0.35, x + 0.05 * u, top * 0.35 + 0.035 * u), rgb("#fffbe8"), 0.006 * u, 0.05)
    if hall:
        floor(stage, sheet, rgb("#d9a05c"), low, gloss=0.3)
        _lines(stage, canvas, low, rgb("#fbf6ea"))
        _hoop(stage, canvas, width * (0.78 if roll.random() < 0.5 else 0.22), low)
    else:
        _pitch(stage, low)
    stage.ground = (height * 0.8, height * 0.92)
    stage.spots["table"] = (width / 2, height * 0.88)


def _stands(stage: Stage, canvas: Any, top: float, low: float, left: float, right: float) -> None:
    """Rows of spectators, small and many-coloured."""
    roll, u = stage.dice("fans"), stage.u
    dim = 0.55 if stage.light.lamps else 0.85
    canvas.drawRect(skia.Rect.MakeLTRB(left, top, right, low), skia.Paint(Color=argb(scaled(rgb("#4a5160"), dim))))
    rows = 9
    fans = [
        skia.Paint(Color=argb(scaled(rgb(c), dim)), AntiAlias=True)
        for c in ("#c8463f", "#3f6fae", "#e0a53a", "#f2efe8", "#4f8a6a", "#2f3a52")
    ]
    for row in range(rows):
        y = top + (low - top) * (row + 0.6) / rows
        r = u * (0.006 + 0.0007 * row)
        x = left + roll.uniform(0, 3 * r)
        while x < right:
            canvas.drawCircle(x, y + roll.uniform(-r, r) * 0.5, r, fans[roll.randrange(6)])
            x += r * roll.uniform(2.4, 3.6)
    field(canvas, (left, low - 0.035 * u, right, low), rgb("#2f5a9a"), 0.0, 0.1)


def _lines(stage: Stage, canvas: Any, low: float, tone: RGB) -> None:
    width, height, u = stage.width, stage.height, stage.u
    ink = skia.Paint(Color=argb(tone, 0.85), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.008 * u)
    canvas.drawLine(0, low + 0.08 * height, width, low + 0.08 * height, ink)
    canvas.drawOval(skia.Rect.MakeLTRB(width / 2 - 0.42 * u, low + 0.16 * height, width / 2 + 0.42 * u, low + 0.36 * height), ink)


def _hoop(stage: Stage, canvas: Any, x: float, low: float) -> None:
    u = stage.u
    y = low - 0.36 * u
    field(canvas, (x - 0.012 * u, y, x + 0.012 * u, low + 0.07 * u), rgb("#3a3f4a"), 0.0, 0.2)
    field(canvas, (x - 0.13 * u, y - 0.12 * u, x + 0.13 * u, y + 0.05 * u), rgb("#f4f6f8"), 0.008 * u, 0.1)
    ring = skia.Paint(Color=argb(rgb("#e0562a")), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.008 * u)
    canvas.drawRect(skia.Rect.MakeLTRB(x - 0.05 * u, y - 0.05 * u, x + 0.05 * u, y + 0.02 * u), ring)
    canvas.drawOval(skia.Rect.MakeLTRB(x - 0.055 * u, y + 0.025 * u, x + 0.055 * u, y + 0.05 * u), ring)
    net = skia.Paint(Color=argb(rgb("#ffffff"), 0.9), AntiAlias=True, StrokeWidth=max(1.0, 0.003 * u))
    for k in range(7):
        a = -0.055 + 0.0183 * k
        canvas.drawLine(x + a * u, y + 0.04 * u, x + (0.6 * a + 0.012) * u, y + 0.12 * u, net)
        canvas.drawLine(x + a * u, y + 0.04 * u, x + (0.6 * a - 0.012) * u, y + 0.12 * u, net)


def _pitch(stage: Stage, low: float) -> None:
    """Mown stripes, chalk lines and a goal."""
    width, height, u = stage.width, stage.height, stage.u
    sheet = stage.layer(0.7)
    x, y = sheet.grid(low, height)
    depth = np.clip((y - low) / (height - low), 0.004, 1)
    stripes = np.sign(np.sin(7 / (0.2 + depth)))
    blades = fbm(stage.rng("turf"), x.shape[1], y.shape[0], 200, 2) - 0.5
    shade = (0.8 + 0.22 * depth + 0.05 * stripes + 0.12 * blades) * np.ones_like(x)
    tone = stage.light.lit(rgb("#4f9a3f"), 0.8)
    sheet.paste(np.asarray(np.clip(f32(tone) * shade[..., None], 0, 1), np.float32), None, low, height)
    _lines(stage, sheet.canvas, low, rgb("#f6f8f2"))
    gx, wide, tall = width * 0.5, 0.34 * u, 0.15 * u
    y0 = low + 0.02 * height
    post = skia.Paint(Color=argb(rgb("#ffffff")), AntiAlias=True, StrokeWidth=0.01 * u)
    net = skia.Paint(Color=argb(rgb("#ffffff"), 0.45), AntiAlias=True, StrokeWidth=max(1.0, 0.002 * u))
    for k in range(15):
        at = gx - wide / 2 + wide * k / 14
        sheet.canvas.drawLine(at, y0 - tall, at, y0, net)
    for k in range(7):
        sheet.canvas.drawLine(gx - wide / 2, y0 - tall * k / 6, gx + wide / 2, y0 - tall * k / 6, net)
    for at in (gx - wide / 2, gx + wide / 2):
        sheet.canvas.drawLine(at, y0, at, y0 - tall, post)
    sheet.canvas.drawLine(gx - wide / 2, y0 - tall, gx + wide / 2, y0 - tall, post)


def paint_station(stage: Stage) -> None:
    """A tiled platform with its columns, lamps, a name board and a train that waits."""
    width, height, u, low = stage.width, stage.height, stage.u, stage.height * 0.62
    sheet = stage.layer(0.6)
    canvas = sheet.canvas
    dim = 0.62 if stage.scene.time == "night" else 0.85
    canvas.drawRect(skia.Rect.MakeLTRB(sheet.left, 0, sheet.right, height), skia.Paint(Color=argb(scaled(rgb("#c9d0cc"), dim))))
    line = skia.Paint(Color=argb(scaled(rgb("#a9b4b0"), dim)), StrokeWidth=max(1.0, 0.003 * u))
    for k in range(16):
        canvas.drawLine(sheet.left, k * 0.042 * u, sheet.right, k * 0.042 * u, line)
    field(canvas, (sheet.left, 0.0, sheet.right, 0.1 * height), scaled(rgb("#4a5058"), dim), 0.0, 0.3)
    body, y0 = turned(rgb("#d8dde2"), 0.0, 1.0, dim), 0.24 * height
    field(canvas, (sheet.left, y0, sheet.right, low), body, 0.0, 0.3)
    field(canvas, (sheet.left, low - 0.09 * height, sheet.right, low - 0.065 * height), scaled(rgb("#c8302f"), dim), 0.0, 0.1)
    step, k = 0.34 * u, 0
    x = float(sheet.left) - 0.1 * u
    while x < sheet.right:
        glass = rgb("#ffe9b0") if stage.light.lamps else rgb("#5a7080")
        if k % 2:
            for half in (0.0, 0.125):
                field(
                    canvas,
                    (x + (0.04 + half) * u, y0 + 0.04 * height, x + (0.155 + half) * u, low - 0.01 * height),
                    scaled(body, 0.86),
                    0.01 * u,
                )
                field(
                    canvas,
                    (x + (0.06 + half) * u, y0 + 0.07 * height, x + (0.135 + half) * u, y0 + 0.2 * height),
                    glass,
                    0.008 * u,
                )
        else:
            field(canvas, (x + 0.04 * u, y0 + 0.07 * height, x + 0.28 * u, y0 + 0.2 * height), glass, 0.012 * u)
        x, k = x + step, k + 1
    for n in range(4):
        lamp = (width * (0.08 + 0.24 * n), 0.085 * height, width * (0.08 + 0.24 * n) + 0.13 * u, 0.1 * height)
        field(canvas, lamp, rgb("#fffdf0"), 0.006 * u, 0.0)
    floor(stage, sheet, scaled(rgb("#b9bcb8"), dim), low, tiles=True, gloss=0.2)
    field(
        canvas, (sheet.left, low + 0.02 * height, sheet.right, low + 0.045 * height), scaled(rgb("#f2c12e"), dim + 0.1), 0.0, 0.1
    )
    for side in (0.06, 0.94):
        cx = width * side
        field(canvas, (cx - 0.045 * u, 0, cx + 0.045 * u, 0.8 * height), scaled(rgb("#6f8f8a"), dim), 0.0, 0.3)
    stage.horizon = low
    stage.ground = (height * 0.8, height * 0.93)
    stage.spots["table"] = (width / 2, height * 0.88)


def paint_vault(stage: Stage) -> None:
    """Arches of stone on pillars: a dungeon by torches, a church or a palace by its windows."""
    words = stage.scene.prompt.lower()
    dark = any(w in words for w in ("dungeon", "cave", "cavern", "crypt", "tomb", "prison", "地牢", "洞", "墓"))
    width, height, u, low = stage.width, stage.height, stage.u, stage.height * 0.66
    sheet = stage.layer(0.6)
    canvas, stone = sheet.canvas, rgb("#4a4852") if dark else rgb("#d8c8aa")
    x, y = sheet.grid(0, low)
    rough = fbm(stage.rng("stone"), x.shape[1], y.shape[0], 18, 4) - 0.5
    tone = np.clip(0.75 + 0.4 * rough, 0, 1.2)[..., None] * f32(scaled(stone, 0.62))
    sheet.paste(np.asarray(np.clip(tone, 0, 1), np.float32), None, 0, low)
    floor(stage, sheet, scaled(stone, 0.85), low, tiles=True, gloss=0.0 if dark else 0.2)
    gap = 0.42 * u
    count = math.ceil((sheet.right - sheet.left) / gap / 2) + 1
    glass = rgb("#15131a") if dark else mix(stage.light.sky[-1], rgb("#fff2c8"), 0.5)
    for n in range(-count, count + 1):
        cx = width / 2 + n * gap
        path = skia.Path()
        path.moveTo(cx - 0.13 * u, low - 0.04 * u)
        path.lineTo(cx - 0.13 * u, 0.34 * height)
        path.cubicTo(cx - 0.12 * u, 0.2 * height, cx - 0.03 * u, 0.15 * height, cx, 0.12 * height)
        path.cubicTo(cx + 0.03 * u, 0.15 * height, cx + 0.12 * u, 0.2 * height, cx + 0.13 * u, 0.34 * height)
        path.lineTo(cx + 0.13 * u, low - 0.04 * u)
        path.close()
        canvas.drawPath(path, skia.Paint(Color=argb(glass), AntiAlias=True))
        rim = skia.Paint(Color=argb(scaled(stone, 1.1)), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.022 * u)
        canvas.drawPath(path, rim)
        px = cx + gap / 2
        field(canvas, (px - 0.04 * u, 0, px + 0.04 * u, low + 0.03 * u), scaled(stone, 0.95), 0.01 * u, 0.35)
        for y0 in (0.1 * height, low):
            field(canvas, (px - 0.055 * u, y0, px + 0.055 * u, y0 + 0.03 * u), scaled(stone, 1.05), 0.006 * u)
        if dark:
            fire = (px, 0.36 * height)
            glow = skia.GradientShader.MakeRadial(
                skia.Point(*fire),
                0.4 * u,
                [argb(rgb("#ffb04a"), 0.75), argb(rgb("#ff8a2a"), 0.2), argb(rgb("#ff8a2a"), 0)],
                [0, 0.4, 1],
            )
            canvas.drawCircle(*fire, 0.4 * u, skia.Paint(Shader=glow, BlendMode=skia.BlendMode.kScreen))
            field(canvas, (px - 0.01 * u, fire[1], px + 0.01 * u, fire[1] + 0.09 * u), rgb("#4a2f1c"))
            flame = skia.Rect.MakeLTRB(px - 0.02 * u, fire[1] - 0.06 * u, px + 0.02 * u, fire[1] + 0.012 * u)
            canvas.drawOval(flame, skia.Paint(Color=argb(rgb("#ffd98a")), AntiAlias=True))
        else:
            shaft = (cx + 0.25 * u, height * 0.95)
            beam(canvas, (cx, 0.2 * height), shaft, 0.1 * u, rgb("#fff2cf"), 0.16)
    if not dark:
        carpet = [(0.45 * width, low), (0.55 * width, low), (0.72 * width, height), (0.28 * width, height)]
        canvas.drawPath(
            skia.Path.Polygon([skia.Point(*p) for p in carpet], True), skia.Paint(Color=argb(rgb("#9a2a30")), AntiAlias=True)
        )
    stage.horizon = low
    stage.ground = (height * 0.82, height * 0.93)
    stage.spots["table"] = (width / 2, height * 0.88)
