"""A campus on a bright day: sky, a hall between trees, a lawn. All of them are layers."""

from __future__ import annotations

import numpy as np

from mediakiln.providers.studio.colour import mix, rgb, scaled
from mediakiln.providers.studio.noise import f32, fbm, step
from mediakiln.providers.studio.stage import Canvas
from mediakiln.providers.studio.templates.kit.hard import filled, ramped, traced
from mediakiln.providers.studio.templates.kit.shapes import disc, polygon, round_box, unsharp
from mediakiln.providers.studio.templates.table import Table

_STONE, _GRASS = rgb("#d9c3a0"), rgb("#6aa045")


def sky(table: Table) -> None:
    """Blue with soft clouds."""
    x, y = table.sheet.grid()
    clouds = fbm(table.rng("sky"), x.shape[1], y.shape[0], 3 * table.width / table.u, 6, 0.55, 1.8)
    share = step(0, 0.75, y / f32(table.height))[..., None]
    blue = f32(rgb("#4f93d8")) * (1 - share) + f32(rgb("#cfe6f7")) * share
    cover = step(0.42, 0.95, clouds)[..., None] * f32(0.9)
    table.sheet.paste(np.asarray(blue * (1 - cover) + f32(rgb("#fffdf8")) * cover, np.float32))


def _hall(canvas: Canvas, table: Table) -> None:
    """A brick hall with a portico and a clock tower."""
    u, middle, y = table.u, table.width / 2, 0.74 * table.height
    wide, tall = 0.62 * u, 0.22 * u
    brick = rgb("#b5654a")
    ramped(
        canvas,
        round_box(middle - 1.15 * u, y - tall, middle + 1.15 * u, y),
        (mix(brick, (1, 1, 1), 0.2), scaled(brick, 0.8)),
        (middle - u, 0),
        (middle + u, 0),
    )
    for k in range(-12, 13):
        x = middle + k * 0.09 * u
        for row in (0.82, 0.42):
            window = round_box(x - 0.02 * u, y - row * tall, x + 0.02 * u, y - (row - 0.26) * tall, 0.01 * u)
            filled(canvas, window, rgb("#5c7791"))
            traced(canvas, window, rgb("#f4ead8"), 0.006 * u)
    at = middle + 0.3 * u
    tower = round_box(at - 0.085 * u, y - 0.62 * u, at + 0.085 * u, y - tall)
    ramped(canvas, tower, (mix(brick, (1, 1, 1), 0.25), scaled(brick, 0.7)), (at - 0.1 * u, 0), (at + 0.1 * u, 0))
    spire = polygon([(at - 0.1 * u, y - 0.61 * u), (at, y - 0.8 * u), (at + 0.1 * u, y - 0.61 * u)])
    ramped(canvas, spire, (rgb("#6a8f8a"), rgb("#3d5c5a")), (at - 0.1 * u, 0), (at + 0.1 * u, 0))
    filled(canvas, disc(at, y - 0.52 * u, 0.05 * u), rgb("#fbf6ea"))
    roof = polygon([(middle - 0.5 * wide, y - 1.15 * tall), (middle, y - 1.75 * tall), (middle + 0.5 * wide, y - 1.15 * tall)])
    ramped(canvas, roof, (rgb("#fbf3e2"), _STONE), (0, y - 1.7 * tall), (0, y - tall))
    filled(canvas, round_box(middle - 0.5 * wide, y - 1.15 * tall, middle + 0.5 * wide, y - 0.95 * tall), rgb("#efe1c6"))
    filled(canvas, round_box(middle - 0.46 * wide, y - 0.95 * tall, middle + 0.46 * wide, y), rgb("#6d5a4a"))
    for k in range(6):
        x = middle + (k - 2.5) * 0.18 * wide
        shaft = round_box(x - 0.026 * wide, y - 0.96 * tall, x + 0.026 * wide, y)
        ramped(canvas, shaft, (rgb("#fffaf0"), rgb("#fdf3df"), rgb("#b59d78")), (x - 0.03 * wide, 0), (x + 0.03 * wide, 0))


def _trees(canvas: Canvas, table: Table) -> None:
    """Round crowns at both sides, lighter above."""
    u, y, roll = table.u, 0.735 * table.height, table.dice("trees")
    for side in (-1, 1):
        for _ in range(90):
            reach = roll.random() ** 0.8
            x = table.width / 2 + side * (max(0.3 * u, 0.5 * table.width) - 0.26 * u * reach + 0.1 * u)
            cy = y - 0.36 * u * (1 - reach * 0.7) * roll.random()
            tone = mix(rgb("#2f5f2c"), rgb("#9cc464"), roll.random() * (0.4 + 0.6 * (y - cy) / (0.4 * u)))
            filled(canvas, disc(x, cy, roll.uniform(0.025, 0.055) * u), tone)


def campus(table: Table) -> None:
    """The hall between trees, out of focus."""

    def paint(canvas: Canvas) -> None:
        _hall(canvas, table)
        _trees(canvas, table)

    unsharp(table, paint)


def lawn(table: Table) -> None:
    """Cut grass in stripes up to the lower edge."""
    u, y = table.u, 0.73 * table.height
    x, gy = table.sheet.grid(y)
    rows, columns = gy.shape[0], x.shape[1]
    blades = fbm(table.rng("grass"), columns, rows, 60 * table.width / u, 3, 0.7, 0.6)
    stripes = np.sign(np.sin((x - table.width / 2) / (f32(0.4) + (gy - y) / f32(table.height - y)) / f32(0.09 * u))) * f32(0.03)
    near = (gy - f32(y)) / f32(table.height - y)
    value = f32(0.82) + f32(0.2) * near + (blades - f32(0.5)) * (f32(0.1) + f32(0.35) * near) + stripes
    table.sheet.paste(np.asarray(value[..., None] * f32(_GRASS), np.float32), None, y)
