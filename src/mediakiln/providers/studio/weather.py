"""What falls and floats before the picture: rain, snow, fog, petals, leaves, fireflies, fireworks, lightning."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from typing import Any

from mediakiln.providers.studio import events
from mediakiln.providers.studio.backdrop.ridges import mist_band
from mediakiln.providers.studio.colour import RGB, argb, mix, rgb
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.stage import Actor, Canvas, Sheet, Stage


def fall(stage: Stage) -> None:
    """Add the weather of the scene, and its floating things, over everything painted so far."""
    if stage.scene.setting in ("space", "moon", "mars", "underwater", "abstract"):
        return
    indoors = stage.scene.setting in ("interior", "studio")
    for name in (stage.scene.weather, *stage.scene.extras):
        effect = EFFECTS.get(name)
        if effect and name not in stage.scene.avoid and not (indoors and name != "fireflies"):
            effect(stage)


def _curtain(stage: Stage, sheet: Sheet, speed: float, sway: float, slant: float = 0.0) -> Actor:
    """A tile of falling things, repeated without a seam; one blit per frame however many there are."""
    image = skia.Image.fromarray(sheet.pixels, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType, copy=False)
    keep = sheet  # the image shares the sheet's memory

    def paint(canvas: Canvas, t: float) -> None:
        y = round((speed * t * stage.u) % keep.height)
        x = round((sway * math.sin(t * 0.8) * stage.u + slant * speed * t * stage.u) % keep.width)
        for dx in (x - keep.width, x):
            for dy in (y - keep.height, y):
                if dx < stage.width and dy < stage.height and dx + keep.width > 0 and dy + keep.height > 0:
                    canvas.drawImage(image, dx, dy)

    return paint


def _rain(stage: Stage) -> None:
    heavy = 1.7 if stage.scene.weather == "storm" else 1.0
    for row, (length, alpha, speed) in enumerate(((0.035, 0.3, 1.5), (0.075, 0.42, 2.3))):
        sheet = Sheet(stage.width, stage.height)
        tone = mix(stage.light.haze, (1, 1, 1), 0.6)
        ink = skia.Paint(
            Color=argb(tone, alpha),
            AntiAlias=True,
            StrokeWidth=max(0.8, stage.u * (0.0012 + 0.0009 * row)),
            StrokeCap=skia.Paint.kRound_Cap,
        )
        for a, b, c in stage.rng("rain", row).random((int((330, 130)[row] * heavy * stage.width / stage.u), 3)):
            x, y, drop = float(a) * stage.width, float(b) * stage.height, stage.u * length * (0.6 + 0.8 * float(c))
            for dy in (0, -stage.height):
                sheet.canvas.drawLine(x, y + dy, x - drop * 0.12, y + drop + dy, ink)
        stage.actor(0.0, _curtain(stage, sheet, speed, 0.0, -0.12))


def _snow(stage: Stage) -> None:
    for row, (size, speed) in enumerate(((0.0022, 0.07), (0.004, 0.12), (0.0085, 0.19))):
        sheet = Sheet(stage.width, stage.height)
        for a, b, c in stage.rng("snow", row).random((int((340, 130, 36)[row] * stage.width / stage.u), 3)):
            x, y, r = float(a) * stage.width, float(b) * stage.height, stage.u * size * (0.5 + float(c))
            shader = skia.GradientShader.MakeRadial(
                skia.Point(0, 0), r, [argb((1, 1, 1), 0.95), argb((1, 1, 1), 0.7), argb((1, 1, 1), 0)], [0, 0.5, 1]
            )
            for dx in (0, stage.width if x < r else -stage.width if x > stage.width - r else 0):
                sheet.canvas.save()
                sheet.canvas.translate(x + dx, y)
                sheet.canvas.drawCircle(0, 0, r, skia.Paint(Shader=shader, AntiAlias=True))
                sheet.canvas.restore()
        stage.actor(0.0, _curtain(stage, sheet, speed, 0.012 * (row + 1)))


def _fog(stage: Stage) -> None:
    sheet = stage.layer(0.6, drift=stage.u * 0.012)
    top = stage.horizon - stage.height * 0.3
    tone = mix(stage.light.haze, (1, 1, 1), 0.12)
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(0, top), skia.Point(0, stage.height)],
        [argb(tone, 0), argb(tone, 0.55), argb(tone, 0.4), argb(tone, 0.12)],
        [0, 0.4, 0.6, 1],
    )
    sheet.canvas.drawRect(skia.Rect.MakeLTRB(sheet.left, top, sheet.right, stage.height), skia.Paint(Shader=shader))
    for index in range(3):
        mist_band(stage, sheet, stage.horizon + stage.height * (0.02 + 0.13 * index), stage.u * 0.14, 0.5, f"fog{index}")


def _flakes(stage: Stage, name: str, count: int, tones: list[RGB], size: float) -> Actor:
    """Petals and leaves: they sink, sway and turn."""
    rows = [tuple(map(float, r)) for r in stage.rng(name).random((count, 6))]

    def paint(canvas: Canvas, t: float) -> None:
        for a, b, c, d, e, f in rows:
            fallen = b + t * (0.035 + 0.05 * c)
            y = (fallen % 1.15 - 0.08) * stage.height
            x = ((a + 0.03 * math.sin(t * (0.8 + d) + e * 9) + t * 0.02 * (0.5 + d)) % 1.1 - 0.05) * stage.width
            s = stage.u * size * (0.5 + f)
            canvas.save()
            canvas.translate(x, y)
            canvas.rotate(t * 70 * (d - 0.5) + e * 360)
            canvas.scale(1, 0.35 + 0.6 * abs(math.sin(t * 1.4 + e * 7)))
            path = skia.Path()
            path.moveTo(-s, 0)
            path.quadTo(0, -s * 0.85, s, 0)
            path.quadTo(0, s * 0.6, -s, 0)
            canvas.drawPath(
                path, skia.Paint(Color=argb(stage.light.lit(tones[int(d * 97) % len(tones)], 0.85), 0.92), AntiAlias=True)
            )
            canvas.restore()

    return paint


def _petals(stage: Stage) -> None:
    stage.actor(0.0, _flakes(stage, "petals", 46, [rgb("#f7bfd2"), rgb("#fbdbe5"), rgb("#f09ab8")], 0.0075))


def _leaves(stage: Stage) -> None:
    stage.actor(0.0, _flakes(stage, "leaves", 40, [rgb("#d9742a"), rgb("#e8b03a"), rgb("#b8442a")], 0.011))


def _confetti(stage: Stage) -> None:
    tones = [rgb("#f2c12e"), rgb("#e8583a"), rgb("#3f8fd0"), rgb("#8a5bd0"), rgb("#4fb06a")]
    stage.actor(0.0, _flakes(stage, "confetti", 70, tones, 0.011))


def _bubbles(stage: Stage) -> None:
    """Soap bubbles that rise and wobble."""
    rows = [tuple(map(float, r)) for r in stage.rng("bubbles").random((16, 5))]

    def paint(canvas: Canvas, t: float) -> None:
        for a, b, c, d, e in rows:
            y = ((b - t * (0.03 + 0.04 * c)) % 1.1 - 0.05) * stage.height * 0.8
            x, r = a * stage.width + math.sin(t * 0.9 + d * 9) * stage.u * 0.03, stage.u * (0.012 + 0.03 * e)
            ring = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=max(1.0, 0.1 * r))
            tones = [argb(rgb(code), 0.85) for code in ("#ffd0f0", "#c0f0ff", "#e0ffd0", "#ffd0f0")]
            ring.setShader(skia.GradientShader.MakeSweep(x, y, tones))
            canvas.drawCircle(x, y, r, skia.Paint(Color=argb((1, 1, 1), 0.14), AntiAlias=True))
            canvas.drawCircle(x, y, r, ring)
            canvas.drawCircle(x - 0.4 * r, y - 0.4 * r, 0.16 * r, skia.Paint(Color=argb((1, 1, 1), 0.9), AntiAlias=True))

    stage.actor(0.0, paint)


def _fireflies(stage: Stage) -> None:
    rows = [tuple(map(float, r)) for r in stage.rng("fireflies").random((46, 5))]

    def paint(canvas: Canvas, t: float) -> None:
        for a, b, c, d, e in rows:
            power = max(0.0, math.sin(t * (0.9 + c) + e * 20)) ** 1.5
            if power < 0.05:
                continue
            x = a * stage.width + math.sin(t * 0.6 + d * 9) * stage.u * 0.04
            y = stage.height * (0.4 + 0.55 * b) + math.cos(t * 0.8 + e * 9) * stage.u * 0.03
            r = stage.u * (0.008 + 0.014 * c)
            shader = skia.GradientShader.MakeRadial(
                skia.Point(x, y),
                r,
                [argb((1, 1, 0.8), power), argb(rgb("#d8ff6a"), 0.45 * power), argb(rgb("#d8ff6a"), 0)],
                [0, 0.3, 1],
            )
            canvas.drawCircle(x, y, r, skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kPlus))

    return stage.actor(0.0, paint)


def _fireworks(stage: Stage) -> None:
    """Bursts that open, droop and fade, one after the other; each is heard."""
    tones = [rgb(c) for c in ("#ff5a6a", "#ffd45a", "#6ad8ff", "#b98aff", "#7dff9a", "#ff9a4a")]

    @cache
    def shell(number: int, turn: int) -> tuple[float, float, float, RGB, list[tuple[float, float, float]]]:
        """Where it bursts, how wide, its colour, and its sparks: angle, share of the width, brightness."""
        roll = stage.dice("fireworks", number, turn)
        x, y, r, tone = roll.uniform(0.1, 0.9), roll.uniform(0.16, 0.62), roll.uniform(0.15, 0.28), roll.choice(tones)
        count, ball = roll.randint(54, 84), roll.random() < 0.7
        # A ball seen from outside: few of its sparks fly straight at us. Some shells are rings.
        lengths = [math.sqrt(1 - roll.random() ** 2) if ball else roll.choice((1.0, 0.6)) for _ in range(count)]
        sparks = [
            (math.tau * (k + roll.uniform(-0.4, 0.4)) / count, far, roll.uniform(0.55, 1.0)) for k, far in enumerate(lengths)
        ]
        return x, y, r, tone, sparks

    def paint(canvas: Canvas, t: float) -> None:
        for number in range(events.SHELLS):
            age = events.age_of_shell(number, t) / 2.2
            if age > 1:
                continue
            x, y, r, tone, sparks = shell(number, events.round_of_shell(number, t))
            spread, tail = (r * stage.u * (1 - (1 - a) ** 3) for a in (age, max(0.0, age - 0.07)))
            fade, fall = (1 - age) ** 0.8, age * age * stage.u * 0.06
            cx, cy = x * stage.width, y * stage.horizon
            # Lines of like brightness go together: one path each.
            for low in (0.55, 0.7, 0.85):
                path = skia.Path()
                for angle, far, bright in sparks:
                    if low <= bright < low + 0.15:
                        right, down = math.cos(angle) * far, math.sin(angle) * far
                        path.moveTo(cx + right * tail, cy + down * tail + 0.7 * fall)
                        path.lineTo(cx + right * spread, cy + down * spread + fall)
                glint = 0.6 + 0.4 * math.sin(40 * t + 9 * low) if age > 0.55 else 1.0  # embers flicker before they go out
                ink = skia.Paint(
                    Color=argb(mix(tone, (1, 1, 1), 0.3 * (1 - age)), fade * low * 1.15 * glint),
                    StrokeWidth=max(0.8, stage.u * 0.0028),
                    Style=skia.Paint.kStroke_Style,
                    AntiAlias=True,
                    StrokeCap=skia.Paint.kRound_Cap,
                    BlendMode=skia.BlendMode.kPlus,
                )
                canvas.drawPath(path, ink)
            shader = skia.GradientShader.MakeRadial(
                skia.Point(cx, cy), r * stage.u * 1.3, [argb(tone, 0.36 * fade), argb(tone, 0)]
            )
            canvas.drawCircle(cx, cy, r * stage.u * 1.3, skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kScreen))

    stage.actor(0.05, paint)


def _lightning(stage: Stage) -> None:
    roll = stage.dice("lightning")
    x, y = stage.width * roll.uniform(0.25, 0.75), 0.0
    bolt: list[tuple[float, float, float, float, float]] = []

    def fork(px: float, py: float, width: float, limit: float) -> None:
        while py < limit:
            qx, qy = px + roll.uniform(-0.035, 0.035) * stage.u, py + roll.uniform(0.02, 0.05) * stage.u
            bolt.append((px, py, qx, qy, width))
            if roll.random() < 0.16 and width > 1:
                fork(qx, qy, width * 0.5, min(limit, qy + roll.uniform(0.08, 0.2) * stage.u))
            px, py = qx, qy

    fork(x, y, max(1.5, stage.u * 0.005), stage.horizon)

    flashes = events.strikes(stage.scene.seed, stage.duration) if stage.duration else (0.0,)

    def paint(canvas: Canvas, t: float) -> None:
        beat = min((t - flash for flash in flashes if flash <= t), default=9.0)
        power = 1.0 if beat < 0.1 else 0.35 if beat < 0.16 else 0.9 * math.exp(-(beat - 0.16) * 7) if beat < 0.9 else 0.0
        if power < 0.03:
            return
        canvas.drawRect(skia.Rect.MakeWH(stage.width * 1.2, stage.height), skia.Paint(Color=argb(rgb("#cfdcff"), 0.16 * power)))
        for wide, alpha in ((5.0, 0.14), (2.2, 0.4), (1.0, 1.0)):
            for ax, ay, bx, by, w in bolt:
                canvas.drawLine(
                    ax,
                    ay,
                    bx,
                    by,
                    skia.Paint(
                        Color=argb(rgb("#eef2ff"), alpha * power),
                        StrokeWidth=w * wide,
                        AntiAlias=True,
                        StrokeCap=skia.Paint.kRound_Cap,
                    ),
                )

    stage.actor(0.05, paint)


def _storm(stage: Stage) -> None:
    _lightning(stage)
    _rain(stage)


# The visible list: weather and extras by name.
EFFECTS: dict[str, Callable[[Stage], Any]] = {
    "rain": _rain,
    "storm": _storm,
    "snow": _snow,
    "fog": _fog,
    "petals": _petals,
    "leaves": _leaves,
    "fireflies": _fireflies,
    "fireworks": _fireworks,
    "confetti": _confetti,
    "bubbles": _bubbles,
}
