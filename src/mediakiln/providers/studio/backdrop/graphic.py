"""Printed grounds: the bold colour fields behind a poster's subject, and the plain paper that a design is laid on."""

from __future__ import annotations

import math
from typing import Any

from mediakiln.providers.studio.colour import NAMED, RGB, argb, luma, mix, rgb, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import dice
from mediakiln.providers.studio.stage import Stage

# Ground, second field and accent, as printers pair them.
INKS = (
    ("#f2b33d", "#e8743a", "#7a2f4a"),
    ("#2f6f8f", "#7fc0c0", "#f4e6c0"),
    ("#e9d9b8", "#d9694a", "#2f4a5f"),
    ("#3f4a8f", "#8f7ac8", "#f6c86a"),
    ("#f0a8a0", "#f6d6c0", "#b8384a"),
    ("#7fae7a", "#d9e0a0", "#2f5a4a"),
)


# What feasts are printed in.
FEASTS = (
    (("new year", "新年", "春节", "恭喜", "福", "除夕", "元宵", "lunar", "double happiness"), ("#b81f26", "#e0503a", "#f2c14a")),
    (("halloween", "spooky", "万圣"), ("#2a1f3a", "#e8782a", "#4a2f6a")),
    (("christmas", "xmas", "圣诞"), ("#1f5a42", "#3f8a62", "#b8262c")),
    (("valentine", "wedding", "情人节", "七夕", "婚礼", "love"), ("#f4b8c4", "#fbe0e4", "#c83a5a")),
    (("mid-autumn", "中秋"), ("#1f3050", "#3a5580", "#d8a84a")),
)


def inks_of(stage: Stage) -> tuple[RGB, RGB, RGB]:
    """Ground, second field and accent: the prompt's colours, else a printer's three by chance."""
    named = [rgb(NAMED[name]) for name in stage.scene.palette if name in NAMED]
    words = stage.scene.prompt.lower()
    for feast, codes in FEASTS:
        if not named and any(word in words for word in feast):
            return rgb(codes[0]), rgb(codes[1]), rgb(codes[2])
    if named:
        base = named[0]
        pale = mix(base, (1, 1, 1), 0.45) if luma(base) < 0.8 else scaled(base, 0.86)
        return base, named[1] if len(named) > 1 else pale, named[-1] if len(named) > 2 else turned(base, 0.5, 0.9, 1.0)
    chosen = dice(stage.scene.seed, "inks", stage.scene.prompt).choice(INKS)
    return rgb(chosen[0]), rgb(chosen[1]), rgb(chosen[2])


def paint(stage: Stage) -> None:
    """Rays or a disc behind the subject, and a floor of the third colour; confetti where there is something to celebrate."""
    roll = dice(stage.scene.seed, "graphic", stage.scene.prompt)
    width, height, u = stage.width, stage.height, stage.u
    ground, second, accent = inks_of(stage)
    if stage.light.lamps:
        ground, second = scaled(ground, 0.5), scaled(second, 0.62)
    stage.horizon = height * 0.7
    sheet = stage.layer(0.2)
    canvas = sheet.canvas
    canvas.drawRect(skia.Rect.MakeLTRB(sheet.left, 0, sheet.right, height), skia.Paint(Color=argb(ground)))
    middle = (width / 2, height * (0.56 if stage.scene.lettering else 0.5))
    festive = stage.scene.mood == "festive" or "confetti" in stage.scene.extras
    if festive or roll.random() < 0.5:
        _rays(stage, canvas, middle, mix(ground, second, 0.6))
    radius = min(0.4 * u, 0.44 * width)
    moonlit = any(s.kind == "moon" for s in stage.scene.subjects)
    disc = rgb("#fbe9b0") if moonlit else mix(second, (1, 1, 1), 0.12)
    canvas.drawCircle(*middle, radius, skia.Paint(Color=argb(disc), AntiAlias=True))
    for x, y, r in ((-0.4, -0.3, 0.2), (0.3, -0.45, 0.12), (0.45, 0.1, 0.16), (-0.1, 0.35, 0.24)) if moonlit else ():
        spot = skia.Paint(Color=argb(rgb("#ecd28a"), 0.7), AntiAlias=True)
        canvas.drawCircle(middle[0] + x * radius, middle[1] + y * radius, r * radius, spot)
    ring = skia.Paint(Color=argb(accent, 0.5), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.006 * u)
    canvas.drawCircle(*middle, radius * 1.06, ring)
    low = height * 0.84
    path = skia.Path()
    path.moveTo(sheet.left, low)
    path.quadTo(width / 2, low - 0.05 * u, sheet.right, low)
    path.lineTo(sheet.right, height)
    path.lineTo(sheet.left, height)
    canvas.drawPath(path, skia.Paint(Color=argb(scaled(accent, 0.7 if stage.light.lamps else 1.0)), AntiAlias=True))
    if festive:
        _confetti(stage, canvas, (second, accent, rgb("#f6f0e2"), rgb("#e8583a"), rgb("#3f8fb0")))
    stage.ground = (height * 0.84, height * 0.9)
    stage.spots["table"] = (width / 2, height * 0.88)


def _rays(stage: Stage, canvas: Any, middle: tuple[float, float], tone: RGB) -> None:
    reach, ink = math.hypot(stage.width, stage.height), skia.Paint(Color=argb(tone), AntiAlias=True)
    for k in range(16):
        a, b = math.tau * k / 16, math.tau * (k + 0.5) / 16
        ends = [(middle[0] + reach * math.cos(x), middle[1] + reach * math.sin(x)) for x in (a, b)]
        canvas.drawPath(skia.Path.Polygon([skia.Point(*middle), *(skia.Point(*e) for e in ends)], True), ink)


def _confetti(stage: Stage, canvas: Any, tones: tuple[RGB, ...]) -> None:
    roll, u = dice(stage.scene.seed, "confetti"), stage.u
    for _ in range(90):
        x, y, side = roll.uniform(0, stage.width), roll.uniform(0, stage.height * 0.86), u * roll.uniform(0.008, 0.02)
        canvas.save()
        canvas.translate(x, y)
        canvas.rotate(roll.uniform(0, 180))
        ink = skia.Paint(Color=argb(roll.choice(tones)), AntiAlias=True)
        canvas.drawRect(skia.Rect.MakeLTRB(-side, -side * 0.45, side, side * 0.45), ink)
        canvas.restore()


def paint_paper(stage: Stage) -> None:
    """Plain paper in a breath of the words' colour."""
    width, height = stage.width, stage.height
    named = [rgb(NAMED[name]) for name in stage.scene.palette if name in NAMED]
    tone = mix(named[0], (1, 1, 1), 0.82) if named else rgb("#f5f2ec")
    sheet = stage.layer(0.2)
    canvas = sheet.canvas
    shader = skia.GradientShader.MakeRadial(
        skia.Point(width / 2, height * 0.45),
        0.75 * math.hypot(width, height),
        [argb(mix(tone, (1, 1, 1), 0.4)), argb(scaled(tone, 0.94))],
    )
    canvas.drawRect(skia.Rect.MakeLTRB(sheet.left, 0, sheet.right, height), skia.Paint(Shader=shader))
    stage.horizon = height * 0.6
    stage.ground = (height * 0.74, height * 0.86)
    stage.spots["table"] = (width / 2, height * 0.82)
