"""Clouds: lit bands for low sun and bad weather, and heaped cumulus for fair days."""

from __future__ import annotations

import numpy as np

from mediakiln.providers.studio.noise import Field, blurred, f32, fbm, resized, sampled, step
from mediakiln.providers.studio.stage import Sheet, Stage

# How much of the sky is covered: (bands, cumulus heaps).
COVER: dict[str, tuple[float, int]] = {
    "clear": (0.4, 3),
    "clouds": (0.62, 8),
    "rain": (0.86, 0),
    "storm": (0.95, 0),
    "snow": (0.8, 0),
    "fog": (0.5, 0),
}


def paint_clouds(stage: Stage) -> None:
    """Paint the clouds the hour and weather ask for, on a layer that drifts."""
    cover, heaps = COVER.get(stage.scene.weather, (0.4, 3))
    speed = stage.u * (0.02 if stage.scene.weather in ("storm", "rain") else 0.009)
    if stage.has("aurora") or stage.has("milkyway"):
        cover = min(cover, 0.12)
    fair = stage.scene.time == "day" and heaps > 0
    sheet = stage.layer(0.08, drift=speed)
    if fair:
        _bands(stage, sheet, 0.26 if heaps < 5 else 0.38, soft=True)
        for index in range(heaps):
            _heap(stage, sheet, index, heaps)
        return
    if stage.scene.time == "night" and stage.scene.weather == "clear":
        cover = 0.28
    _bands(stage, sheet, cover, soft=stage.scene.time == "night")


def _bands(stage: Stage, sheet: Sheet, cover: float, soft: bool) -> None:
    """A ceiling of cloud in perspective: streaks that close up toward the horizon, lit from the sun's side."""
    rng = stage.rng("bands")
    x, y = sheet.grid(0, stage.horizon)
    x, y = x[:, ::2], y[::2]
    texture = fbm(rng, 640, 640, 7, 6, 0.55)
    rise = np.clip((stage.horizon - y) / stage.horizon, 0, 1)
    far = 1.0 / (rise + 0.16)
    sun_x, sun_y = stage.sun
    u = (x - stage.width * 0.5) / f32(stage.u) * far * 62 + f32(rng.uniform(0, 600))
    v = np.broadcast_to(far * 150, u.shape).astype(np.float32)
    warp = resized(texture[:160, :160].copy(), u.shape[1], u.shape[0], smooth=False) - 0.5
    u, v = np.asarray(u + warp * 46, np.float32), np.asarray(v + warp * 16, np.float32)
    body = sampled(texture, u, v)
    # A second look-up nearer to the sun tells which side of a cloud is lit.
    toward = sampled(
        texture, np.asarray(u + np.tanh((sun_x - x) / f32(stage.u * 0.2)) * 5, np.float32), np.asarray(v + 7, np.float32)
    )
    edge = 1.0 - cover
    density = step(edge - 0.06, edge + 0.3, body)
    lit = np.clip(0.5 + (body - toward) * 3.4 + (0.75 - density) * 0.55, 0, 1)
    near = np.exp(-np.sqrt(((x - sun_x) / 1.5) ** 2 + (y - sun_y) ** 2) / f32(stage.u * 0.45)) * stage.light.glow
    lit = np.clip(lit + near * 0.55, 0, 1)[..., None]
    light = stage.light
    colour = f32(light.cloud_shade) * (1 - lit) + f32(light.cloud_lit) * lit
    colour = colour + near[..., None] * f32(light.halo) * 0.35
    haze = np.clip(1 - rise * 3.2, 0, 1)[..., None] * 0.55
    colour = colour * (1 - haze) + f32(light.haze) * haze
    alpha = density * np.clip(rise * 9, 0, 1) * (0.55 if soft else 0.92)
    sheet.paste(np.asarray(np.clip(colour, 0, 1), np.float32), np.asarray(alpha, np.float32), 0, stage.horizon)


def _heap(stage: Stage, sheet: Sheet, index: int, heaps: int) -> None:
    """One cumulus: a union of spheres on a flat base, its outline broken by noise, shaded as a relief."""
    rng = stage.rng("heap", index)
    share = (index + 0.5) / heaps
    low = (0.3 + 0.56 * ((index * 0.618 + rng.uniform(0, 0.3)) % 1.0)) * stage.horizon
    distance = low / stage.horizon
    width = stage.u * rng.uniform(0.5, 0.8) * (1.18 - 0.85 * distance)
    height = width * rng.uniform(0.4, 0.55)
    x = sheet.left + ((share + rng.uniform(-0.12, 0.12)) % 1.0) * sheet.width
    scale = min(1.0, 300 / width)
    colour, alpha = heap(stage, rng, round(width * 1.3 * scale), round(height * 1.3 * scale), distance)
    top, left = low - height * 1.15, x - width * 0.65
    stamp(sheet, colour, alpha, left, top, width * 1.3, height * 1.3)


def heap(stage: Stage, rng: np.random.Generator, width: int, height: int, distance: float) -> tuple[Field, Field]:
    """The colour and cover of one cumulus, `distance` 0..1 away, for `stamp`; at least 24 x 16 pixels."""
    return _shaded(stage, rng, _spheres(rng, max(24, width), max(16, height)), distance)


def _spheres(rng: np.random.Generator, columns: int, rows: int) -> Field:
    relief = np.zeros((rows, columns), np.float32)
    base = rows * 0.86
    for _ in range(46):
        place = float(np.clip(rng.normal(0.5, 0.19), 0.14, 0.86))
        crown = max(0.0, 1 - (abs(place - 0.5) / 0.42) ** 1.6)
        lift = rng.random() ** 1.3 * crown * rows * 0.6
        radius = rows * rng.uniform(0.1, 0.22) * (0.55 + 0.6 * crown) * (1 - 0.35 * lift / rows)
        cx, cy = place * columns, base - radius * 0.55 - lift
        x0, x1 = max(0, int(cx - radius)), min(columns, int(cx + radius) + 2)
        y0, y1 = max(0, int(cy - radius)), min(rows, int(cy + radius) + 2)
        gx, gy = np.arange(x0, x1, dtype=np.float32)[None, :], np.arange(y0, y1, dtype=np.float32)[:, None]
        ball = f32(radius**2) - (gx - f32(cx)) ** 2 - (gy - f32(cy)) ** 2
        body = np.sqrt(np.maximum(ball, 0)) + (ball > 0) * f32(lift * 0.12)
        np.maximum(relief[y0:y1, x0:x1], body, out=relief[y0:y1, x0:x1])
    gx, gy = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    jag = fbm(rng, columns, rows, 7, 5, 0.62) - 0.5
    jag2 = fbm(rng, columns, rows, 7, 5, 0.62) - 0.5
    amount = f32(rows * 0.13)
    return sampled(relief, np.clip(gx + jag * amount, 0, columns - 1), np.clip(gy + jag2 * amount, 0, rows - 1))


def _shaded(stage: Stage, rng: np.random.Generator, relief: Field, distance: float) -> tuple[Field, Field]:
    rows, columns = relief.shape
    alpha = step(0.0, rows * 0.13, blurred(relief, 1.2))
    soft = blurred(relief, rows * 0.022)
    gy, gx = np.gradient(soft)
    side = 1.0 if stage.sun[0] > stage.width / 2 else -1.0
    slope = np.clip(0.62 + (gy * 0.55 - gx * side * 0.32), 0, 1)
    fall = np.linspace(1.0, 0.28, rows, dtype=np.float32)[:, None]
    lit = np.clip(slope * (0.45 + 0.75 * fall) + (fbm(rng, columns, rows, 8, 4) - 0.5) * 0.16, 0, 1)[..., None]
    light = stage.light
    colour = f32(light.cloud_shade) * (1 - lit) + f32(light.cloud_lit) * lit
    haze = 0.5 * max(0.0, distance - 0.35)
    colour = colour * (1 - haze) + f32(light.haze) * haze
    floor = 1 - step(0.8, 0.9, np.linspace(0, 1, rows, dtype=np.float32))[:, None] * 0.6
    return np.asarray(colour, np.float32), np.asarray(alpha * floor * 0.97, np.float32)


def stamp(sheet: Sheet, colour: Field, alpha: Field, left: float, top: float, width: float, height: float) -> None:
    """Draw a small shaded patch at a place and size in frame pixels."""
    import cv2

    from mediakiln.providers.studio.graphics import skia

    body = cv2.convertScaleAbs(np.clip(colour, 0, 1) * alpha[..., None], alpha=255)
    pixels = cv2.cvtColor(body, cv2.COLOR_RGB2BGRA)
    pixels[..., 3] = cv2.convertScaleAbs(alpha, alpha=255)
    image = skia.Image.fromarray(np.ascontiguousarray(pixels), skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    sheet.canvas.drawImageRect(image, skia.Rect.MakeXYWH(left, top, width, height), skia.SamplingOptions(skia.FilterMode.kLinear))
