"""The ground plane: textured in perspective, hazy at the skyline, and the paths and furrows laid on it."""

from __future__ import annotations

import numpy as np

from mediakiln.providers.studio.colour import RGB, mix, rgb, scaled, turned
from mediakiln.providers.studio.noise import Field, f32, fbm, resized, sampled, step
from mediakiln.providers.studio.stage import Sheet, Stage


def plane(
    stage: Stage,
    sheet: Sheet,
    top: float,
    surface: RGB,
    *,
    name: str = "ground",
    rough: float = 0.5,
    patch: RGB | None = None,
    cell: float = 60.0,
    haze: float = 0.75,
    skyline: Field | None = None,
) -> None:
    """Cover everything below `top` (or below `skyline`, (columns,) of y) with a surface that recedes to the horizon."""
    rng = stage.rng("plane", name)
    start = top if skyline is None else float(skyline.min()) - 1
    fine_x, fine_y = sheet.grid(start, stage.height)
    x, y = fine_x[:, ::2], fine_y[::2]
    depth = np.clip((y - start) / max(1.0, stage.height - start), 0.0, 1.0)
    far = 1.0 / (depth + 0.07)
    texture = fbm(rng, 512, 512, 12, 6, 0.6)
    u = (x - stage.width / 2) / f32(stage.u) * far * f32(cell) + 256
    v = np.broadcast_to(far * f32(cell * 1.6), u.shape).astype(np.float32)
    fine = sampled(texture, np.asarray(u % 1022, np.float32), np.asarray(v % 1022, np.float32))
    broad = sampled(texture, np.asarray((u * 0.23 + 71) % 1022, np.float32), np.asarray((v * 0.23 + 31) % 1022, np.float32))
    light = stage.light
    shade = np.clip(0.62 + (fine - 0.5) * rough + (broad - 0.5) * 0.5, 0, 1)[..., None]
    colour = f32(light.lit(scaled(surface, 0.66), 0.2)) * (1 - shade) + f32(light.lit(turned(surface, 0.01, 1, 1.1), 1.0)) * shade
    if patch is not None:
        cover = step(0.5, 0.75, broad)[..., None] * 0.7
        colour = colour * (1 - cover) + f32(light.lit(patch, 0.8)) * shade * cover
    air = (np.exp(-depth * 6.0) * haze * (0.25 + light.thickness))[..., None]
    colour = colour * (1 - np.clip(air, 0, 0.9)) + f32(light.haze) * np.clip(air, 0, 0.9)
    colour *= (1.0 - 0.25 * depth**2)[..., None]
    body = resized(np.asarray(colour, np.float32), fine_x.shape[1], fine_y.shape[0], smooth=False)
    edge = top if skyline is None else skyline[None, :]
    alpha = np.clip((fine_y - edge) / f32(sheet.grain) + 0.5, 0, 1)
    sheet.paste(body, np.asarray(np.broadcast_to(alpha, body.shape[:2]), np.float32), start, stage.height)


def path(
    stage: Stage,
    sheet: Sheet,
    top: float,
    surface: RGB,
    *,
    x_far: float,
    x_near: float,
    wide: float,
    wind: float = 0.08,
    name: str = "path",
    rough: float = 0.3,
) -> None:
    """A path from a vanishing point at `top` to the lower edge, `wide` units across there, winding by `wind` units."""
    rng = stage.rng("path", name)
    fine_x, fine_y = sheet.grid(top, stage.height)
    x, y = fine_x[:, ::2], fine_y[::2]
    depth = np.clip((y - top) / max(1.0, stage.height - top), 0, 1)
    bend = np.sin(depth * 4.2 + rng.uniform(0, 6)) * f32(wind * stage.u) * np.sqrt(depth) * (1 - depth) * 2.2
    centre = x_far + (x_near - x_far) * depth**1.25 + bend
    half = f32(wide * stage.u * 0.5) * (0.03 + 0.97 * depth**1.25)
    noise = fbm(rng, x.shape[1], y.shape[0], 70, 3, 0.7, stretch=2.5)
    edge = (np.abs(x - centre) / half) + (noise - 0.5) * 0.16
    alpha = 1 - step(0.9, 1.04, np.asarray(edge, np.float32))
    light = stage.light
    shade = np.clip(0.66 + (noise - 0.5) * rough * 2 - np.clip(edge - 0.6, 0, 1) * 0.35, 0, 1)[..., None]
    colour = f32(light.lit(scaled(surface, 0.6), 0.25)) * (1 - shade) + f32(light.lit(surface, 1.0)) * shade
    air = (np.exp(-depth * 7) * 0.6 * (0.3 + light.thickness))[..., None]
    colour = colour * (1 - air) + f32(mix(light.haze, rgb("#ffffff"), 0.05)) * air
    size = (fine_x.shape[1], fine_y.shape[0])
    sheet.paste(
        resized(np.asarray(colour, np.float32), *size, smooth=False),
        resized(np.asarray(alpha, np.float32), *size, smooth=False),
        top,
        stage.height,
    )
