"""The sky: gradient, sun or moon, stars, aurora, rainbow. Clouds live in `clouds.py`."""

from __future__ import annotations

import cv2
import numpy as np

from mediakiln.providers.studio.backdrop.clouds import paint_clouds
from mediakiln.providers.studio.colour import RGB, argb, mix, named, rgb, times
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import Field, f32, fbm, line, resized, step
from mediakiln.providers.studio.stage import Actor, Canvas, Sheet, Stage


def paint_sky(stage: Stage, bottom: float | None = None, clouds: bool = True) -> Sheet:
    """Paint everything above the horizon, down to `bottom` (pixels; default a little below the horizon)."""
    low = stage.horizon + 0.06 * stage.height if bottom is None else bottom
    sheet = stage.layer(0.0)
    _gradient(stage, sheet, low)
    night = stage.scene.time == "night" and stage.scene.weather not in ("rain", "storm", "fog", "snow")
    if "stars" not in stage.scene.avoid and (night or stage.has("stars")):
        _stars(stage, sheet)
        stage.actor(0.0, twinkle(stage))
    if stage.has("milkyway"):
        _milky_way(stage, sheet)
    if stage.has("aurora"):
        _aurora(stage, sheet)
    if stage.has("rainbow"):
        _rainbow(stage, sheet)
    wanted = not {"sun", "moon"} & set(stage.scene.avoid)
    wished = next((s for s in stage.scene.subjects if s.kind == "moon"), None)
    if wished is not None and "moon" not in stage.scene.avoid:
        moon(stage, sheet, 2.1, wished.colour)
    elif stage.light.sun_shown and wanted:
        (moon if stage.scene.time == "night" else sun)(stage, sheet)
    if clouds and "clouds" not in stage.scene.avoid:
        paint_clouds(stage)
    return sheet


def _ramp(colours: tuple[RGB, ...], place: Field) -> Field:
    """Colours spread evenly over 0..1, looked up at `place` (rows, 1) -> (rows, 1, 3)."""
    stops = np.linspace(0, 1, len(colours))
    return np.stack([np.interp(place, stops, [c[i] for c in colours]) for i in range(3)], -1).astype(np.float32)


def _gradient(stage: Stage, sheet: Sheet, low: float) -> None:
    x, y = sheet.grid(0, low)
    columns, rows = x.shape[1], y.shape[0]
    x, y = x[:, ::4], y[::4]
    place = np.clip(y / stage.horizon, 0, 1)
    colour = np.repeat(_ramp(stage.light.sky, place), x.shape[1], axis=1)
    sx, sy = stage.sun
    reach = stage.u * 0.62
    away = np.sqrt(((x - sx) / 1.35) ** 2 + (y - sy) ** 2) / f32(reach)
    halo = np.asarray(np.exp(-away * 2.4) * stage.light.glow, np.float32)
    # Screen, not add: a halo must never clip a warm sky to flat yellow.
    glow = halo[..., None] * f32(stage.light.halo)
    colour = 1 - (1 - colour) * (1 - glow)
    sheet.paste(resized(np.asarray(colour, np.float32), columns, rows, smooth=False), None, 0, low)


def sun(stage: Stage, sheet: Sheet) -> None:
    """A glowing disc, hot in the middle."""
    x, y = stage.sun
    size = stage.u * (0.052 if stage.scene.time in ("sunset", "dawn") else 0.04)
    _halo(sheet.canvas, x, y, size * 5.5, stage.light.halo, 0.55 * min(1.0, stage.light.glow + 0.2))
    _halo(sheet.canvas, x, y, size * 2.2, stage.light.disc, 0.75)
    blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, size * 0.06)
    sheet.canvas.drawCircle(x, y, size, skia.Paint(Color=argb(stage.light.disc), AntiAlias=True, MaskFilter=blur))


def moon(stage: Stage, sheet: Sheet, scale: float = 1.0, colour: str = "") -> None:
    """A moon with seas and a soft halo; a crescent when the prompt says so."""
    x, y = stage.sun
    y = max(y, stage.u * 0.078 * scale)
    paint_moon(
        sheet.canvas, x, y, stage.u * 0.06 * scale, "crescent" in stage.scene.extras, stage.light.halo, named(colour, "#fffdf0")
    )


def paint_moon(canvas: Canvas, x: float, y: float, size: float, crescent: bool, halo: RGB, tone: RGB = (1.0, 0.99, 0.94)) -> None:
    """Draw a moon of radius `size` pixels."""
    _halo(canvas, x, y, size * 5, halo, 0.42)
    _halo(canvas, x, y, size * 2.0, rgb("#f3efd8"), 0.3)
    disc = skia.Path.Circle(x, y, size)
    if crescent:
        disc = skia.Op(disc, skia.Path.Circle(x - size * 0.42, y - size * 0.16, size * 0.92), skia.kDifference_PathOp)
    shade = skia.GradientShader.MakeRadial(
        skia.Point(x + size * 0.3, y - size * 0.3),
        size * 1.7,
        [argb(tone), argb(times(tone, rgb("#f1e9cc"))), argb(times(tone, rgb("#b9ae92")))],
    )
    canvas.drawPath(disc, skia.Paint(Shader=shade, AntiAlias=True))
    canvas.save()
    canvas.clipPath(disc, True)
    for dx, dy, r in (
        (-0.3, -0.25, 0.3),
        (0.12, -0.42, 0.18),
        (0.3, 0.1, 0.26),
        (-0.1, 0.35, 0.2),
        (-0.5, 0.2, 0.14),
        (0.45, -0.3, 0.1),
    ):
        sea = skia.GradientShader.MakeRadial(
            skia.Point(x + dx * size, y + dy * size), r * size, [argb(rgb("#8f876f"), 0.42), argb(rgb("#8f876f"), 0.0)]
        )
        canvas.drawCircle(x + dx * size, y + dy * size, r * size, skia.Paint(Shader=sea, AntiAlias=True))
    canvas.restore()


def _halo(canvas: Canvas, x: float, y: float, radius: float, colour: RGB, strength: float) -> None:
    shade = skia.GradientShader.MakeRadial(
        skia.Point(x, y), radius, [argb(colour, strength), argb(colour, strength * 0.3), argb(colour, 0)], [0, 0.4, 1]
    )
    canvas.drawCircle(x, y, radius, skia.Paint(Shader=shade, BlendMode=skia.BlendMode.kScreen))


def _stars(stage: Stage, sheet: Sheet) -> None:
    rng = stage.rng("stars")
    count = int(420 * (1.6 if stage.has("stars") else 1.0) * max(1.0, sheet.width / sheet.height))
    place = rng.random((count, 3))
    for fx, fy, bright in place:
        x, y = sheet.left + fx * sheet.width, fy * stage.horizon
        fade = 1 - 0.75 * fy
        size = stage.u * (0.0007 + 0.0016 * bright**7)
        tone = mix(rgb("#cfe0ff"), rgb("#fff1d6"), (fx * 7.3) % 1)
        alpha = fade * (0.25 + 0.75 * bright**2)
        sheet.canvas.drawCircle(x, y, max(0.55, size), skia.Paint(Color=argb(tone, alpha), AntiAlias=True))
        if bright > 0.985:
            _halo(sheet.canvas, x, y, size * 7, tone, 0.5)


def twinkle(stage: Stage) -> Actor:
    """A handful of stars that breathe."""
    rng = stage.rng("twinkle")
    stars = [(float(a) * stage.width, float(b) * stage.horizon * 0.8, float(c)) for a, b, c in rng.random((16, 3))]

    def paint(canvas: Canvas, t: float) -> None:
        for x, y, phase in stars:
            power = 0.5 + 0.5 * np.sin(t * (1.2 + 2.2 * phase) + phase * 40)
            size = stage.u * 0.0022 * (0.5 + power)
            ink = skia.Paint(Color=argb(rgb("#f4f7ff"), 0.25 + 0.7 * float(power)), AntiAlias=True)
            canvas.drawCircle(x, y, max(0.6, size), ink)

    return paint


def _milky_way(stage: Stage, sheet: Sheet) -> None:
    rng = stage.rng("milkyway")
    x, y = sheet.grid(0, stage.horizon)
    slope = rng.uniform(0.5, 0.9) * rng.choice((-1, 1))
    centre = stage.width * rng.uniform(0.4, 0.6)
    across = ((x - centre) + (y - stage.horizon * 0.4) * slope) / f32(stage.u)
    cloud = fbm(rng, x.shape[1], y.shape[0], 6, 6, 0.6)
    dust = fbm(rng, x.shape[1], y.shape[0], 9, 5, 0.6)
    band = np.exp(-((across / 0.2) ** 2)) * (0.25 + cloud) * (1 - 0.75 * step(0.5, 0.8, dust) * np.exp(-((across / 0.07) ** 2)))
    tone = f32(rgb("#b9b4ee")) * band[..., None] + f32(rgb("#ffd9c0")) * (band**3)[..., None] * 0.35
    sheet.paste(np.asarray(tone, np.float32), np.asarray(band * 0.62, np.float32), 0, stage.horizon)


def _aurora(stage: Stage, sheet: Sheet) -> None:
    """Curtains: a wavering lower hem with rays rising from it, green below and violet above."""
    rng = stage.rng("aurora")
    x, y = sheet.grid(0, stage.horizon)
    width = x.shape[1]
    for layer in range(3):
        hem = stage.horizon * (0.5 + 0.13 * layer) + line(rng, width, 2.5, 3) * stage.horizon * 0.17
        rays = 0.45 + 0.55 * np.clip(line(rng, width, 40, 3) * 0.7 + 0.5, 0, 1)
        height = stage.horizon * (0.42 + 0.18 * np.clip(line(rng, width, 6, 2), -1, 1))
        up = (hem[None, :] - y) / height[None, :]
        body = np.where(up > 0, np.exp(-up * 2.6), np.exp(up * 22)) * rays[None, :] * np.clip(1.25 - up * 0.8, 0, 1)
        tone = f32(rgb("#3dffa2")) * np.clip(1.1 - up, 0, 1)[..., None] + f32(rgb("#9a5bff")) * np.clip(up * 1.2, 0, 1)[..., None]
        strength = np.asarray(body * (0.8 - 0.16 * layer), np.float32)
        sheet.paste(np.asarray(np.clip(tone, 0, 1), np.float32), strength, 0, stage.horizon)


def _rainbow(stage: Stage, sheet: Sheet) -> None:
    radius = stage.u * 0.62
    x, y = stage.width * (0.34 if stage.sun[0] > stage.width / 2 else 0.66), stage.horizon + stage.u * 0.1
    for i in range(28):
        tone = cv2.cvtColor(np.uint8([[[int(i / 28 * 140), 190, 255]]]), cv2.COLOR_HSV2RGB)[0, 0] / 255.0  # type: ignore[arg-type]
        alpha = 0.3 * float(np.sin(np.pi * (i + 0.5) / 28)) ** 0.7
        ink = skia.Paint(
            Color=argb((tone[0], tone[1], tone[2]), alpha),
            AntiAlias=True,
            Style=skia.Paint.kStroke_Style,
            StrokeWidth=stage.u * 0.0036,
        )
        sheet.canvas.drawCircle(x, y, radius - i * stage.u * 0.0029, ink)
