"""Mountain ridges with aerial perspective: the land behind many settings, and the whole of the mountain one."""

from __future__ import annotations

import numpy as np

from mediakiln.providers.studio.colour import RGB, mix, rgb
from mediakiln.providers.studio.noise import Field, blurred, f32, fbm, line, resized, step
from mediakiln.providers.studio.stage import Sheet, Stage


def profile(stage: Stage, sheet: Sheet, name: str, base: float, height: float, rough: float, peaks: int) -> Field:
    """A skyline (columns,) of y in pixels: a few guided peaks, broken by fractal noise of share `rough`."""
    rng = stage.rng("ridge", name)
    x, _ = sheet.grid(0, 1)
    columns = x.shape[1]
    place = x[0] / f32(stage.u)
    shape = np.zeros(columns, np.float32)
    for index in range(peaks):
        centre = (index + rng.uniform(0.15, 0.85)) / peaks * stage.width / stage.u
        spread = rng.uniform(0.16, 0.34) * (1.6 / max(1.0, peaks * 0.55))
        tall = rng.uniform(0.55, 1.0)
        away = np.abs(place - centre) / spread
        shape = np.maximum(shape, tall * np.clip(1 - away, 0, None) ** 0.9).astype(np.float32)
    wide = sheet.width / stage.u
    ragged = line(rng, columns, 4.5 * wide, 7, 0.52) * rough
    return np.asarray(base - height * np.clip(0.24 + 0.72 * shape + ragged * (0.35 + 0.65 * shape), 0.02, None), np.float32)


def ridge(
    stage: Stage,
    sheet: Sheet,
    name: str,
    skyline: Field,
    base: float,
    surface: RGB,
    distance: float,
    *,
    snow: float = 0.0,
    crisp: float = 1.0,
    mist: float = 0.5,
    rim: float = 0.0,
) -> None:
    """Fill below `skyline` down to `base`: lit faces, snow above a ragged line, haze with `distance`, mist below."""
    rng = stage.rng("face", name)
    top = float(skyline.min()) - 2
    fine_x, fine_y = sheet.grid(top, base)
    # Shading is soft: half the resolution is enough for it, while the outline keeps the full one.
    x, y, coarse = fine_x[:, ::2], fine_y[::2], skyline[::2]
    depth = (y - coarse[None, :]) / f32(stage.u)
    lit = _faces(stage, rng, coarse, depth, stage.u / sheet.grain / 2)
    light = stage.light
    backlit = 0.5 if light.sun_shown and stage.scene.time in ("sunset", "dawn") else 1.0
    lit = np.clip(0.5 + (lit - 0.5) * crisp, 0, 1)[..., None] * backlit
    dark, bright = f32(light.lit(surface, 0.06)), f32(light.lit(mix(surface, rgb("#b5a893"), 0.25), 1.0))
    colour = dark * (1 - lit) + bright * lit
    if snow > 0:
        colour = _snowed(stage, rng, colour, depth, lit, coarse, base, snow)
    low = np.clip((y - top) / max(1.0, base - top), 0, 1) ** 1.6
    air = np.clip(distance * (0.4 + light.thickness) + low * mist * (0.35 + 0.65 * light.thickness), 0, 0.94)[..., None]
    colour = colour * (1 - air) + f32(light.haze) * air
    if rim > 0:
        edge = np.exp(-np.clip(depth, 0, None) * stage.u / max(1.2, stage.u * 0.004))
        near = np.exp(-np.abs(x - stage.sun[0]) / f32(stage.u * 0.45))
        colour = colour + (edge * near * rim)[..., None] * f32(light.halo)
    colour = resized(np.asarray(colour, np.float32), fine_x.shape[1], fine_y.shape[0], smooth=False)
    alpha = np.clip((fine_y - skyline[None, :]) / f32(sheet.grain) + 0.5, 0, 1)
    sheet.paste(colour, np.asarray(alpha, np.float32), top, base)


def _faces(stage: Stage, rng: np.random.Generator, skyline: Field, depth: Field, unit: float) -> Field:
    """How much each point faces the sun: spurs run down from the skyline's own slopes, broader with depth.

    `skyline` is (columns,) in pixels, `depth` (rows, columns) in units of the stage, `unit` the grid cells in one such unit.
    """
    rows, columns = depth.shape
    side = 1.0 if stage.sun[0] > stage.width / 2 else -1.0
    cell = stage.u / unit
    sharp = np.gradient(blurred(skyline[None, :], max(0.8, 0.008 * unit))[0]) / cell
    broad = np.gradient(blurred(skyline[None, :], max(0.8, 0.035 * unit))[0]) / cell
    wobble = fbm(rng, columns, rows, 7 * columns / unit, 5, 0.5, stretch=0.8)
    shift = np.arange(columns, dtype=np.float32)[None, :] + (wobble - 0.5) * np.clip(depth, 0, 0.4) * f32(unit * 1.9)
    index = np.clip(shift, 0, columns - 1).astype(np.int32)
    blend = np.clip(depth * 6, 0, 1)
    slope = sharp[index] * (1 - blend) + broad[index] * blend
    relief = wobble - blurred(wobble, 0.01 * unit)
    return blurred(step(-0.6, 0.7, np.asarray(slope * side + relief * 5.0, np.float32)), 0.8)


def _snowed(
    stage: Stage, rng: np.random.Generator, colour: Field, depth: Field, lit: Field, skyline: Field, base: float, snow: float
) -> Field:
    """Snow above a ragged line; `snow` is the covered share of the height, 1 for all of it."""
    rows, columns = depth.shape
    ragged = (fbm(rng, columns, rows, 16, 4, 0.55) - 0.5) * 0.5
    tall = np.clip((base - skyline) / max(1.0, float(base - skyline.min())), 0, 1)[None, :]
    height = np.clip(1 - depth * stage.u / max(1.0, float(base - skyline.min())) - (1 - tall), 0, 1)
    cover = step(0.0, 0.06, np.asarray(height - (1 - snow) + ragged * 0.42, np.float32))[..., None]
    light = stage.light
    white = f32(light.lit(rgb("#9fb3d6"), 0.5)) * (1 - lit) + f32(light.lit(rgb("#ffffff"), 1.0)) * lit
    return np.asarray(colour * (1 - cover) + white * cover, np.float32)


def mist_band(stage: Stage, sheet: Sheet, y: float, thickness: float, strength: float, name: str) -> None:
    """A bank of mist lying at height `y`."""
    top, bottom = y - thickness, y + thickness
    x, rows = sheet.grid(top, bottom)
    noise = fbm(stage.rng("mist", name), x.shape[1], rows.shape[0], 5, 4, stretch=0.6)
    body = np.exp(-(((rows - y) / f32(thickness * 0.45)) ** 2)) * (0.25 + 0.9 * noise) * strength
    colour = np.broadcast_to(f32(mix(stage.light.haze, (1, 1, 1), 0.12)), (*body.shape, 3)).astype(np.float32)
    sheet.paste(colour, np.asarray(np.clip(body, 0, 0.95), np.float32), top, bottom)
