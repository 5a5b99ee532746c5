"""Lands of cubes: a sky, an island with a statue of the sitter, and a wall that shows the whole picture."""

from __future__ import annotations

import cv2
import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from mediakiln.providers.studio.colour import RGB, argb, mix
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import line
from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.templates.kit import voxels
from mediakiln.providers.studio.templates.kit.grounds import gradient
from mediakiln.providers.studio.templates.table import Layer, Table

_BLOOMS: tuple[RGB, ...] = ((0.92, 0.25, 0.25), (0.98, 0.82, 0.25), (0.95, 0.95, 0.98), (0.72, 0.42, 0.86), (0.98, 0.56, 0.7))
_SKIES: tuple[tuple[RGB, RGB], ...] = (
    ((0.36, 0.62, 0.95), (0.8, 0.92, 1.0)),
    ((0.42, 0.66, 0.93), (0.99, 0.9, 0.8)),
    ((0.33, 0.66, 0.86), (0.86, 0.96, 0.95)),
)


def sky() -> Layer:
    """Blue, with a square sun, flat clouds and far hills in steps."""

    def layer(table: Table) -> None:
        roll, rng, u = table.dice("sky"), table.rng("sky"), table.u
        top, low = roll.choice(_SKIES)
        gradient(top, low)(table)
        size, x, y = u * 0.085, table.width * roll.uniform(0.08, 0.2), table.height * 0.07
        for grown, alpha in ((3.2, 0.1), (2.1, 0.16), (1.0, 1.0)):
            side = size * grown
            box = skia.Rect.MakeXYWH(x + (size - side) / 2, y + (size - side) / 2, side, side)
            table.canvas.drawRect(box, skia.Paint(Color=argb((1.0, 0.96, 0.72), alpha), AntiAlias=True))
        for _ in range(round(4 * max(1.0, table.width / u, table.height / u * 0.8))):
            square = u * roll.uniform(0.016, 0.03)
            across = roll.uniform(0, table.width)
            voxels.cloud(table.canvas, across, table.height * roll.uniform(0.05, 0.5), square, rng, roll.uniform(0.75, 0.95))
        for depth, share in enumerate((0.62, 0.4, 0.2)):
            _hills(
                table, rng, table.height * (0.66 + 0.12 * depth), mix((0.36, 0.6, 0.36), low, share), u * (0.03 + 0.012 * depth)
            )

    return layer


def _hills(table: Table, rng: np.random.Generator, y: float, tone: RGB, square: float) -> None:
    count = int(table.width / square) + 2
    rises = np.round(line(rng, max(16, count), 5) * 3.2)
    paint = skia.Paint(Color=argb(tone))
    for index in range(count):
        top = y - float(rises[index]) * square
        table.canvas.drawRect(skia.Rect.MakeLTRB(index * square, top, (index + 1.02) * square, table.height), paint)


def island(tall: int = 62, wide: int = 54) -> Layer:
    """The sitter as a statue of cubes, at most `wide` x `tall`, on an island as wide as the picture allows."""

    def layer(table: Table) -> None:
        rng = table.rng("island")
        art = voxels.pixelled(table.sitter.cut, wide, tall)
        rows, columns = art.shape[:2]
        statue = voxels.statue(art) if not table.sitter.whole else voxels.relief(art, np.ones((rows, columns), np.int32))
        ratio = table.width / table.height
        deep = 17
        ground = int(np.clip(round((rows + 14) * ratio * 0.8), columns + 8, 130))
        rock = int(np.clip(round((ground / ratio - rows) * 0.4), 5, 16))
        land = _planted(voxels.grass(ground, deep, rng, rock), rng, ground, deep, columns)
        world = voxels.together(land, voxels.moved(statue, (ground - columns) // 2, deep // 2 - 1))
        margin = 0.04 * table.u
        _placed(table, world, margin, 24.0)

    return layer


def _placed(table: Table, world: voxels.World, margin: float, turn: float) -> None:
    """Build `world` as large as the sheet holds; where room is left above, it rises a third of the way."""
    view = voxels.fitting(world, margin, margin, table.width - margin, table.height - margin, turn)
    room = float(view.at(np.concatenate([world.cells, world.cells + 1]))[:, 1].min()) - margin
    voxels.build(table.pixels, world, structs.replace(view, y=view.y - 0.36 * max(0.0, room)))


def _planted(land: voxels.World, rng: np.random.Generator, wide: int, deep: int, taken: int) -> voxels.World:
    """The island with trees beside and behind the place in the middle, flowers, and a path to it."""
    parts = [land]
    middle, half = wide // 2, taken // 2
    spots = [(x, y) for x in (3, wide - 4) for y in (3,)]
    spots += [(int(x), int(rng.integers(3, deep - 4))) for x in range(9, middle - half - 4, 8)]
    spots += [(int(x), int(rng.integers(3, deep - 4))) for x in range(middle + half + 6, wide - 6, 8)]
    for x, y in spots:
        leaf = (0.25, 0.53, 0.2) if rng.random() < 0.75 else (0.93, 0.62, 0.72)
        parts.append(voxels.moved(voxels.tree(rng, int(rng.integers(6, 11)), leaf), x, y))
    for y in range(deep // 2 + 2, deep):
        row = [(middle + dx, y, -1) for dx in (-1, 0, 1, 2)]
        parts.append(voxels.cubes(row, (0.78, 0.68, 0.47), 0.06, rng))
    for _ in range(round(wide * 0.9)):
        x, y = int(rng.integers(1, wide - 1)), int(rng.integers(1, deep - 1))
        if not middle - 2 <= x <= middle + 3 and not (abs(x - middle) <= half and y <= deep // 2 + 2):
            bloom = _BLOOMS[int(rng.integers(len(_BLOOMS)))]
            parts.append(voxels.cubes([(x, y, 0)], bloom if rng.random() < 0.6 else (0.38, 0.62, 0.24), 0.05, rng))
    return voxels.together(*parts)


def mural(cells: int = 78) -> Layer:
    """The whole picture as a wall of cubes, `cells` along its longer side, its subject in front, in a garden of blocks."""

    def layer(table: Table) -> None:
        rng = table.rng("mural")
        picture = _cropped(table.sitter.picture, table.width / table.height)
        opaque = np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
        art = voxels.pixelled(opaque, cells, cells, 40)
        columns = art.shape[1]
        wall = voxels.relief(art, _forward(art), 2)
        ratio = table.width / table.height
        deep, ground = 15, int(np.clip(round((len(art) + 12) * ratio * 0.84), columns + 10, 2 * columns))
        land = _garden(voxels.grass(ground, deep, rng, 5), rng, ground, deep, columns)
        world = voxels.together(land, voxels.moved(wall, (ground - columns) // 2, 5))
        margin = 0.03 * table.u
        _placed(table, world, margin, 20.0)

    return layer


def _cropped(picture: Picture, ratio: float) -> Picture:
    """The middle of `picture`, brought some way to the frame's ratio, so that the wall fills it."""
    height, width = picture.shape[:2]
    wanted = min(1.7, max(0.6, 0.9 * ratio))
    wanted = float(np.sqrt(wanted * width / height))
    keep_x, keep_y = min(width, round(height * wanted)), min(height, round(width / wanted))
    x, y = (width - keep_x) // 2, (height - keep_y) // 3
    return picture[y : y + keep_y, x : x + keep_x]


def _forward(art: Picture) -> NDArray[np.int32]:
    """How far each square stands out: what differs from the picture's rim, and a little what is light."""
    lab = cv2.cvtColor(np.ascontiguousarray(art[..., :3]), cv2.COLOR_RGB2LAB).astype(np.float32)
    rim = np.concatenate([lab[0], lab[:, 0], lab[:, -1]])
    away = np.min([np.abs(lab - tone).sum(axis=2) for tone in rim[:: max(1, len(rim) // 24)]], axis=0)
    rows, columns = away.shape
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    away = cv2.GaussianBlur(away.astype(np.float32), (0, 0), 1.6) * np.exp(-(x**2) * 0.9 - (y**2) * 0.5)
    level = np.clip(away / max(12.0, float(np.quantile(away, 0.97))), 0, 1)
    return np.asarray(np.round(level * 3.4 + lab[..., 0] / 255 * 0.8), np.int32)


def _garden(land: voxels.World, rng: np.random.Generator, wide: int, deep: int, taken: int) -> voxels.World:
    """The strip of land with trees on both sides of the `taken` middle, and flowers before it."""
    parts, side = [land], (wide - taken) // 2
    trees = [
        (x, int(rng.integers(5, deep - 4)), int(rng.integers(8, 12)))
        for x in (*range(2, side - 2, 7), *range(wide - 3, wide - side + 1, -7))
    ]
    parts += [voxels.moved(voxels.tree(rng, tall), x, y) for x, y, tall in trees]
    for _ in range(wide):
        x, y = int(rng.integers(1, wide - 1)), int(rng.integers(10, deep - 1))
        tone = _BLOOMS[int(rng.integers(len(_BLOOMS)))] if rng.random() < 0.55 else (0.38, 0.62, 0.24)
        parts.append(voxels.cubes([(x, y, 0)], tone, 0.05, rng))
    return voxels.together(*parts)
