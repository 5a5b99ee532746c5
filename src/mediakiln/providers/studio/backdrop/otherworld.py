"""Away from land: space, the sea floor, and abstract compositions for prompts nothing else fits."""

from __future__ import annotations

import math

import numpy as np

from mediakiln.providers.studio.backdrop.sky import twinkle
from mediakiln.providers.studio.colour import NAMED, RGB, argb, mix, rgb, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import blurred, dice, f32, fbm, resized, sampled, step
from mediakiln.providers.studio.stage import Actor, Canvas, Sheet, Stage

NEBULAE = (
    ("#3b1f6e", "#c2417c", "#ffb27a"),
    ("#0f3a6e", "#2f8fc4", "#c4f1ff"),
    ("#14304f", "#4a2f8a", "#f07ac4"),
    ("#0d4a4f", "#2fae93", "#ffe6a0"),
)


def paint_space(stage: Stage) -> None:
    """A nebula, dust lanes, stars of many sizes, a planet with its terminator."""
    stage.horizon = stage.height * 0.9
    roll, rng = stage.dice("plan"), stage.rng("nebula")
    sheet = stage.layer(0.05)
    x, y = sheet.grid()
    columns, rows = x.shape[1] // 2 + 1, y.shape[0] // 2 + 1
    low, mid, high = (rgb(c) for c in roll.choice(NEBULAE))
    if stage.scene.palette:
        mid = rgb(NAMED.get(stage.scene.palette[0], "#8a5bd0"))
        low, high = scaled(mid, 0.4), mix(mid, (1, 1, 1), 0.5)
    warp = (fbm(rng, columns, rows, 3, 5) - 0.5) * columns * 0.3
    gx, gy = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    gas = sampled(fbm(rng, columns, rows, 3.5, 7, 0.58), gx + warp, gy + warp[::-1])
    dust = sampled(fbm(rng, columns, rows, 5, 7, 0.6), gx - warp, gy + warp)
    slant = roll.uniform(-0.6, 0.6)
    band = np.exp(-((((gy / rows - 0.5) + slant * (gx / columns - 0.5)) / 0.33) ** 2))
    power = step(0.22, 1.25, np.asarray(gas * (0.35 + 0.85 * band), np.float32))[..., None]
    colour = (
        f32(rgb("#05060f")) + f32(low) * step(0.0, 0.5, power) * 0.75 + f32(mid) * power**1.5 * 0.7 + f32(high) * power**4 * 0.5
    )
    colour = colour * (1 - 0.75 * step(0.55, 0.85, dust)[..., None] * band[..., None])
    sheet.paste(resized(np.asarray(np.clip(colour, 0, 1), np.float32), x.shape[1], y.shape[0], smooth=False))
    for a, b, c in stage.rng("stars").random((620, 3)):
        size = stage.u * (0.0006 + 0.0028 * float(c) ** 12)
        tone = mix(rgb("#bcd2ff"), rgb("#ffe3c2"), (float(a) * 13.7) % 1)
        px, py = sheet.left + float(a) * sheet.width, float(b) * stage.height
        sheet.canvas.drawCircle(px, py, max(0.5, size), skia.Paint(Color=argb(tone, 0.25 + 0.75 * float(c) ** 2), AntiAlias=True))
        if c > 0.99:
            glow = skia.GradientShader.MakeRadial(skia.Point(px, py), size * 6, [argb(tone, 0.6), argb(tone, 0)])
            sheet.canvas.drawCircle(px, py, size * 6, skia.Paint(Shader=glow, BlendMode=skia.BlendMode.kScreen))
    stage.actor(0.05, twinkle(stage))
    if "planet" not in stage.scene.avoid:
        _planet(stage, mid, high)
    stage.ground = (stage.height * 0.62, stage.height * 0.82)


def _planet(stage: Stage, mid: RGB, high: RGB) -> None:
    """A banded globe, lit from one side; rings by chance."""
    roll, rng = stage.dice("planet"), stage.rng("planet")
    sheet = stage.layer(0.3)
    radius = stage.u * roll.uniform(0.17, 0.25)
    cx, cy = stage.width * roll.choice((0.22, 0.78)), stage.height * roll.uniform(0.26, 0.4)
    size = min(480, max(32, round(radius * 2.1)))
    v, u = np.mgrid[-1.05 : 1.05 : size * 1j, -1.05 : 1.05 : size * 1j].astype(np.float32)
    inside = u**2 + v**2
    depth = np.sqrt(np.clip(1 - inside, 0, 1))
    noise = fbm(rng, size, size, 5, 6, 0.55, stretch=2.6)
    band = 0.5 + 0.5 * np.sin((v + (noise - 0.5) * 0.22) * rng.uniform(9, 16))
    warm = turned(mid, roll.uniform(-0.12, 0.12), 0.8, 1.3)
    colour = f32(warm) * (1 - band[..., None]) + f32(mix(high, (1, 1, 1), 0.1)) * band[..., None]
    lit = np.clip(u * -0.62 + v * -0.5 + depth * 0.66, 0, 1)[..., None] ** 0.8
    rim = (np.clip(1 - depth, 0, 1) ** 3)[..., None] * f32(mix(high, rgb("#9fd0ff"), 0.5)) * 0.6
    colour = colour * (0.03 + lit * 0.8) + rim * (0.1 + lit)
    alpha = np.clip((1.0 - np.sqrt(inside)) * radius * 0.9, 0, 1)
    ring = roll.random() < 0.6 or "planet" in stage.scene.extras
    if ring:
        _ring(sheet.canvas, cx, cy, radius, mix(high, mid, 0.3), True)
    from mediakiln.providers.studio.backdrop.clouds import stamp

    stamp(
        sheet,
        np.asarray(colour, np.float32),
        np.asarray(alpha, np.float32),
        cx - radius * 1.05,
        cy - radius * 1.05,
        radius * 2.1,
        radius * 2.1,
    )
    if ring:
        _ring(sheet.canvas, cx, cy, radius, mix(high, mid, 0.3), False)


def _ring(canvas: Canvas, cx: float, cy: float, radius: float, tone: RGB, behind: bool) -> None:
    canvas.save()
    canvas.translate(cx, cy)
    canvas.rotate(-18)
    canvas.clipRect(skia.Rect.MakeLTRB(-radius * 3, -radius * 3 if behind else 0, radius * 3, 0 if behind else radius * 3))
    for k in range(7):
        r = radius * (1.35 + 0.11 * k)
        ink = skia.Paint(
            Color=argb(tone, (0.75, 0.5, 0.85, 0.6, 0.2, 0.7, 0.4)[k]),
            AntiAlias=True,
            Style=skia.Paint.kStroke_Style,
            StrokeWidth=radius * 0.085,
        )
        canvas.drawOval(skia.Rect.MakeLTRB(-r, -r * 0.24, r, r * 0.24), ink)
    canvas.restore()


def paint_underwater(stage: Stage) -> None:
    """Blue depth, light from above, a sandy floor with corals and weed, bubbles."""
    stage.horizon = stage.height * 0.72
    roll = stage.dice("plan")
    sheet = stage.layer(0.0)
    x, y = sheet.grid()
    place = y / stage.height
    stops = (
        ("#8fe8ea", "#35b5cf", "#147fae", "#0c5487", "#083a63")
        if stage.scene.time != "night"
        else ("#2c7ba0", "#14507e", "#0b3560", "#072547", "#04172e")
    )
    tones = [rgb(c) for c in stops]
    ramp = np.stack([np.interp(place, np.linspace(0, 1, 5), [c[i] for c in tones]) for i in range(3)], -1)
    glow = np.exp(-(((x - stage.sun[0]) / (stage.u * 0.6)) ** 2) - (y / (stage.u * 0.5)) ** 2)[..., None]
    sheet.paste(np.asarray(np.clip(ramp + glow * 0.28, 0, 1), np.float32))
    stage.actor(0.1, _shafts(stage))
    for row, depth in enumerate((0.3, 0.6)):
        back = stage.layer(depth)
        for _ in range(int((11, 9)[row] * back.width / stage.u)):
            rock_x = back.left + roll.random() * back.width
            _rock(stage, back, rock_x, stage.height * (0.8 + 0.06 * row), stage.u * roll.uniform(0.08, 0.2), 0.75 - 0.3 * row)
    near = stage.layer(1.0)
    _floor(stage, near)
    for _ in range(int(15 * near.width / stage.u)):
        px = near.left + roll.random() * near.width
        _coral(stage, near, px, stage.height * roll.uniform(0.86, 0.97), stage.u * roll.uniform(0.06, 0.16))
    for px in [near.left + roll.random() * near.width for _ in range(int(9 * near.width / stage.u))]:
        stage.actor(
            1.0, _weed(stage, px, stage.height * roll.uniform(0.88, 1.0), stage.u * roll.uniform(0.14, 0.3), roll.random())
        )
    stage.actor(1.0, _bubbles(stage))
    stage.spots["water"] = (stage.height * 0.3, stage.height * 0.7)
    stage.ground = (stage.height * 0.86, stage.height * 0.94)


def _shafts(stage: Stage) -> Actor:
    roll = stage.dice("shafts")
    shafts = [
        (roll.uniform(-0.5, 0.5), roll.uniform(0.03, 0.09), roll.uniform(0, 6), roll.uniform(-0.35, 0.35)) for _ in range(6)
    ]

    def paint(canvas: Canvas, t: float) -> None:
        for place, wide, phase, lean in shafts:
            x = stage.sun[0] + (place + 0.02 * math.sin(t * 0.5 + phase)) * stage.u
            power = 0.13 + 0.06 * math.sin(t * 0.8 + phase)
            low = stage.height * 0.85
            path = skia.Path.Polygon(
                [
                    skia.Point(x, -5),
                    skia.Point(x + wide * stage.u, -5),
                    skia.Point(x + (wide * 2.2 + lean) * stage.u, low),
                    skia.Point(x + (lean - wide) * stage.u, low),
                ],
                True,
            )
            shader = skia.GradientShader.MakeLinear(
                [skia.Point(0, 0), skia.Point(0, low)], [argb((0.9, 1, 1), power * 1.6), argb((0.8, 1, 1), 0)]
            )
            canvas.drawPath(path, skia.Paint(Shader=shader, AntiAlias=True))

    return paint


def _floor(stage: Stage, sheet: Sheet) -> None:
    top = stage.height * 0.84
    x, y = sheet.grid(top - stage.height * 0.04, stage.height)
    noise = fbm(stage.rng("floor"), x.shape[1], y.shape[0], 24, 5, stretch=3)
    line = top + np.sin(x / f32(stage.u) * 3 + 1) * f32(stage.height * 0.012)
    depth = np.clip((y - line) / (stage.height - top), 0, 1)[..., None]
    net = np.abs(noise - 0.5)
    caustic = (np.exp(-net * 26) * 0.35)[..., None]
    colour = (
        f32(rgb("#2f7f9a")) * (1 - depth) + f32(rgb("#cdbb8f")) * 0.75 * depth + caustic * depth + (noise[..., None] - 0.5) * 0.12
    )
    sheet.paste(
        np.asarray(np.clip(colour, 0, 1), np.float32),
        np.asarray(np.clip((y - line) / 3 + 0.5, 0, 1), np.float32),
        top - stage.height * 0.04,
        stage.height,
    )


def _rock(stage: Stage, sheet: Sheet, x: float, y: float, size: float, far: float) -> None:
    roll = stage.dice("rock", round(x))
    points = [
        (x + math.cos(a) * size * roll.uniform(0.8, 1.15), y - max(-0.1, math.sin(a)) * size * roll.uniform(0.6, 1.1))
        for a in np.linspace(0, math.pi, 9)
    ]
    sheet.polygon(
        f32([(x + size * 1.1, y + size), *points, (x - size * 1.1, y + size)]), mix(rgb("#2c4a5c"), rgb("#1670a0"), far)
    )


def _coral(stage: Stage, sheet: Sheet, x: float, y: float, size: float) -> None:
    roll = stage.dice("coral", round(x), round(y))
    tone = mix(rgb(roll.choice(("#f2668b", "#ff9a5a", "#c46be0", "#f7d15c", "#ef5a5a", "#63d6b8"))), rgb("#1f7fae"), 0.18)
    if roll.random() < 0.5:

        def branch(px: float, py: float, angle: float, length: float, width: float, depth: int) -> None:
            ex, ey = px + math.cos(angle) * length, py + math.sin(angle) * length
            sheet.strokes(f32([[[px, py], [ex, ey]]]), scaled(tone, 0.72 + 0.1 * depth), width)
            sheet.dab(ex, ey, width * 0.55, width * 0.55, 0, scaled(tone, 0.85 + 0.08 * (3 - depth)))
            if depth:
                for turn in (-0.5, 0.45):
                    branch(ex, ey, angle + turn + roll.uniform(-0.2, 0.2), length * 0.74, width * 0.74, depth - 1)

        for lean in (-0.5, 0.0, 0.5):
            branch(x, y, -math.pi / 2 + lean, size * 0.42, size * 0.13, 3)
        return
    for _ in range(26):
        a, r = roll.uniform(0, math.tau), math.sqrt(roll.random())
        px, py = x + math.cos(a) * r * size * 0.6, y - size * 0.3 + math.sin(a) * r * size * 0.38
        sheet.dab(px, py, size * 0.12, size * 0.1, 0, scaled(tone, 0.6 + 0.5 * (1 - (py - y + size * 0.7) / size)))


def _weed(stage: Stage, x: float, y: float, size: float, phase: float) -> Actor:
    tone = argb(mix(rgb("#2f8a5a"), rgb("#7fae3f"), phase))

    def paint(canvas: Canvas, t: float) -> None:
        for k in (-1, 0, 1):
            path = skia.Path()
            path.moveTo(x + k * size * 0.06, y)
            sway = math.sin(t * 1.1 + phase * 6 + k) * size * 0.12
            path.cubicTo(
                x + k * size * 0.08 + sway * 0.2,
                y - size * 0.35,
                x + k * size * 0.14 - sway,
                y - size * 0.65,
                x + k * size * 0.16 + sway,
                y - size * (1 - 0.14 * abs(k)),
            )
            canvas.drawPath(
                path,
                skia.Paint(
                    Color=tone,
                    AntiAlias=True,
                    Style=skia.Paint.kStroke_Style,
                    StrokeWidth=size * 0.055,
                    StrokeCap=skia.Paint.kRound_Cap,
                ),
            )

    return paint


def _bubbles(stage: Stage) -> Actor:
    roll = stage.dice("bubbles")
    bubbles = [(roll.random(), roll.random(), roll.uniform(0.003, 0.011), roll.uniform(0.06, 0.14)) for _ in range(34)]

    def paint(canvas: Canvas, t: float) -> None:
        for x, start, r, speed in bubbles:
            y = (1 - ((start + t * speed) % 1.0)) * stage.height
            px = x * stage.width + math.sin(t * 2 + start * 30) * stage.u * 0.008
            canvas.drawCircle(px, y, r * stage.u, skia.Paint(Color=argb((0.9, 1, 1), 0.22), AntiAlias=True))
            canvas.drawCircle(
                px,
                y,
                r * stage.u,
                skia.Paint(
                    Color=argb((1, 1, 1), 0.55),
                    AntiAlias=True,
                    Style=skia.Paint.kStroke_Style,
                    StrokeWidth=max(0.7, r * stage.u * 0.16),
                ),
            )
            canvas.drawCircle(
                px - r * stage.u * 0.35,
                y - r * stage.u * 0.35,
                r * stage.u * 0.22,
                skia.Paint(Color=argb((1, 1, 1), 0.8), AntiAlias=True),
            )

    return paint


def paint_abstract(stage: Stage) -> None:
    """Flowing folds of light in a palette taken from the words, with floating rings and dots."""
    roll, rng = dice(stage.scene.seed, "abstract", stage.scene.prompt), stage.rng("abstract", stage.scene.prompt)
    stage.horizon = stage.height * 0.7
    hue = roll.random()
    tones = [
        turned(rgb("#d0483f"), hue + shift, roll.uniform(0.7, 1.05), value)
        for shift, value in ((0.0, 0.32), (0.07, 0.75), (0.16, 1.05), (0.5, 1.1), (0.58, 0.5))
    ]
    if stage.scene.palette:
        first, last = rgb(NAMED.get(stage.scene.palette[0], "#808080")), rgb(NAMED.get(stage.scene.palette[-1], "#808080"))
        tones = [scaled(first, 0.35), first, mix(first, (1, 0.97, 0.9), 0.65), last, scaled(last, 0.5)]
    sheet = stage.layer(0.1)
    x, y = sheet.grid()
    columns, rows = x.shape[1] // 2 + 1, y.shape[0] // 2 + 1
    a, b = blurred(fbm(rng, columns, rows, 1.2, 2), rows * 0.05), blurred(fbm(rng, columns, rows, 1.2, 2), rows * 0.06)
    gx, gy = np.meshgrid(np.linspace(0, columns / rows, columns, dtype=np.float32), np.linspace(0, 1, rows, dtype=np.float32))
    turn = roll.uniform(0, math.pi)
    field = blurred(np.asarray(gx * math.cos(turn) + gy * math.sin(turn) + a * 0.9 + 0.25 * np.sin(b * 5), np.float32), 2)
    fold = (field * roll.uniform(1.0, 1.5)) % 1.0
    place = np.asarray(np.abs(fold * 2 - 1), np.float32)
    colour = np.stack([np.interp(place, np.linspace(0, 1, 5), [c[i] for c in tones]) for i in range(3)], -1).astype(np.float32)
    gy2, gx2 = np.gradient(field)
    relief = np.clip((gx2 - gy2) * rows * 0.12, -0.6, 0.6)[..., None]
    colour = np.clip(colour * (1 + relief * 0.5), 0, 1)
    sheet.paste(resized(np.asarray(colour, np.float32), x.shape[1], y.shape[0]))
    stage.actor(0.6, _orbs(stage, tones))
    stage.ground = (stage.height * 0.75, stage.height * 0.9)


def _orbs(stage: Stage, tones: list[RGB]) -> Actor:
    roll = dice(stage.scene.seed, "orbs", stage.scene.prompt)
    orbs = [
        (
            roll.random(),
            roll.random(),
            roll.uniform(0.01, 0.11) ** 1.0,
            roll.choice(tones),
            roll.uniform(0, 6),
            roll.random() < 0.4,
        )
        for _ in range(13)
    ]

    def paint(canvas: Canvas, t: float) -> None:
        for x, y, r, tone, phase, ring in orbs:
            px = x * stage.width + math.sin(t * 0.5 + phase) * stage.u * 0.03
            py = y * stage.height + math.cos(t * 0.4 + phase) * stage.u * 0.03
            size = r * stage.u
            if ring:
                canvas.drawCircle(
                    px,
                    py,
                    size,
                    skia.Paint(
                        Color=argb(mix(tone, (1, 1, 1), 0.5), 0.7),
                        AntiAlias=True,
                        Style=skia.Paint.kStroke_Style,
                        StrokeWidth=max(1.0, size * 0.07),
                    ),
                )
                continue
            shader = skia.GradientShader.MakeRadial(
                skia.Point(px - size * 0.35, py - size * 0.4),
                size * 1.5,
                [argb(mix(tone, (1, 1, 1), 0.6)), argb(tone), argb(scaled(tone, 0.45))],
            )
            canvas.drawCircle(px, py, size, skia.Paint(Shader=shader, AntiAlias=True))

    return paint
