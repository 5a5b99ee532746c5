"""Pixel art and worlds of cubes.

A world is a set of cubes of side 1: x to the right, y towards the viewer, z up. It is seen from above and a little from the
right, without perspective; light comes from the upper left and the front.
"""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from mediakiln.providers.studio.colour import RGB, argb
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import f32
from mediakiln.providers.studio.stage import Canvas
from mediakiln.providers.studio.stills import Picture

Cells = NDArray[np.int32]
"""Cubes by their place: (cubes, 3)."""

_SUN = (-0.62, 0.45, 1.0)
"""The way to the light, in steps of the grid."""
_REACH = 26


class World(Struct, frozen=True):
    """Cubes at `cells` in `colours` (uint8 RGB, one each)."""

    cells: Cells
    colours: Picture


def together(*worlds: World) -> World:
    """All cubes in one world; where two share a place, the last counts."""
    cells = np.concatenate([world.cells for world in worlds])
    colours = np.concatenate([world.colours for world in worlds])
    _, last = np.unique(cells[::-1], axis=0, return_index=True)
    kept = len(cells) - 1 - last
    return World(cells[kept], colours[kept])


def moved(world: World, x: int = 0, y: int = 0, z: int = 0) -> World:
    """`world` shifted by whole cubes."""
    return World(world.cells + np.array([x, y, z], np.int32), world.colours)


def cubes(cells: Any, colours: Any, jitter: float = 0.0, rng: np.random.Generator | None = None) -> World:
    """Cubes at `cells`, of one colour or one each (0..1 or bytes), each lighter or darker by chance by about `jitter`."""
    places = np.asarray(cells, np.int32).reshape(-1, 3)
    tones = np.asarray(colours, np.float32)
    tones = np.broadcast_to(tones * (255 if tones.max(initial=0) <= 1 else 1), (len(places), 3))
    if jitter and rng is not None:
        tones = tones * rng.normal(1, jitter, (len(places), 1)).clip(1 - 2 * jitter, 1 + 2 * jitter)
    return World(places, np.clip(tones, 0, 255).astype(np.uint8))


def pixelled(cut: Picture, wide: int, tall: int, colours: int = 20, vivid: float = 1.2) -> Picture:
    """A cut-out (straight RGBA) as pixel art of at most `wide` x `tall` squares and `colours` colours; no half-clear squares."""
    height, width = cut.shape[:2]
    scale = min(wide / width, tall / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    alpha = cut[..., 3:].astype(np.float32) / 255
    body = cv2.resize(cut[..., :3] * alpha, size, interpolation=cv2.INTER_AREA)
    cover = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    small = body / np.maximum(cover, f32(1e-3))[..., None]
    # Squares average away what made the picture crisp: give some of it back.
    soft = cv2.GaussianBlur(small, (0, 0), 1.6)
    small = np.clip(small + (small - soft) * f32(0.55), 0, 255)
    grey = small.mean(axis=2, keepdims=True)
    small = np.clip(grey + (small - grey) * f32(vivid), 0, 255)
    solid = cover > 0.45
    if not solid.any():
        solid = cover >= cover.max()
    return np.dstack([_few(small.astype(np.float32), solid, colours), np.where(solid, 255, 0).astype(np.uint8)])


def _few(picture: NDArray[np.float32], solid: NDArray[np.bool_], count: int) -> Picture:
    """At most `count` colours, chosen for the `solid` part."""
    sample = np.ascontiguousarray(picture[solid])
    count = min(count, len(np.unique(sample.astype(np.uint8), axis=0)))
    cv2.setRNGSeed(1)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 12, 1.0)
    _, _, centres = cv2.kmeans(sample, count, None, criteria, 1, cv2.KMEANS_PP_CENTERS)
    away = np.stack([((picture - centre) ** 2).sum(axis=2) for centre in centres])
    return np.asarray(np.clip(centres, 0, 255).astype(np.uint8)[np.argmin(away, axis=0)], np.uint8)


def framed(art: Picture, tone: RGB) -> Picture:
    """Pixel art with a line of one square around it."""
    wide = cv2.copyMakeBorder(art, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    line = (cv2.dilate(wide[..., 3], cross) > 0) & (wide[..., 3] == 0)
    wide[line] = (*(round(c * 255) for c in tone), 255)
    return np.asarray(wide, np.uint8)


def squares(canvas: Canvas, art: Picture, x: float, y: float, size: float) -> None:
    """Pixel art (RGBA, all or nothing) with its upper left corner at (x, y), each square `size` pixels wide."""
    pixels = cv2.cvtColor(art, cv2.COLOR_RGBA2BGRA)
    pixels[pixels[..., 3] == 0] = 0
    image = skia.Image.fromarray(np.ascontiguousarray(pixels), skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    target = skia.Rect.MakeXYWH(x, y, art.shape[1] * size, art.shape[0] * size)
    canvas.drawImageRect(image, target, skia.SamplingOptions(skia.FilterMode.kNearest))


def statue(art: Picture, depth: float = 0.34, thickest: int = 5) -> World:
    """Pixel art (RGBA) as a figure of cubes that stands at z 0: round, thicker by `depth` for each cube inwards.

    It is as wide and tall as the art and centred on y 0. What is round below sinks in a little.
    """
    solid = np.ascontiguousarray(art[..., 3] > 0)
    inward = cv2.distanceTransform(cv2.copyMakeBorder(solid.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT), cv2.DIST_L2, 3)
    front = np.minimum(thickest, np.floor(inward[1:-1, 1:-1] * depth)).astype(int)
    rows, columns = np.nonzero(solid)
    width = solid.sum(axis=1)
    sunk = int(np.argmax(width[::-1] >= 0.3 * width.max())) if width.max() else 0
    cells, colours = [], []
    for layer in range(-thickest, thickest + 1):
        there = front[rows, columns] >= abs(layer)
        places = np.stack([columns[there], np.full(int(there.sum()), layer), len(art) - 1 - min(sunk, 4) - rows[there]], 1)
        cells.append(places)
        colours.append(art[rows[there], columns[there], :3])
    return World(np.concatenate(cells).astype(np.int32), np.concatenate(colours))


def relief(art: Picture, forward: NDArray[np.int32], back: int = 1) -> World:
    """A whole picture (RGB or RGBA, all of it solid) as a wall of cubes; each square stands `forward` cubes out of it."""
    height = len(art)
    cells, colours = [], []
    for layer in range(-back, int(forward.max(initial=0)) + 1):
        rows, columns = np.nonzero(forward >= layer)
        cells.append(np.stack([columns, np.full(len(rows), layer), height - 1 - rows], 1))
        colours.append(art[rows, columns, :3])
    return World(np.concatenate(cells).astype(np.int32), np.concatenate(colours).astype(np.uint8))


class View(Struct, frozen=True):
    """Where the origin lies in pixels, how large a cube is, and from where one looks: turned right and raised, in degrees."""

    x: float
    y: float
    size: float
    turn: float = 24.0
    rise: float = 24.0

    @property
    def axes(self) -> NDArray[np.float32]:
        """The way on the picture of one cube along x, y and z: (3, 2) pixels."""
        turn, rise = math.radians(self.turn), math.radians(self.rise)
        across = (math.cos(turn), math.sin(turn) * math.sin(rise))
        forward = (-math.sin(turn), math.cos(turn) * math.sin(rise))
        return np.asarray([across, forward, (0.0, -math.cos(rise))], np.float32) * np.float32(self.size)

    def at(self, points: Any) -> NDArray[np.float32]:
        """Places of the world on the picture."""
        return np.asarray(np.asarray(points, np.float32) @ self.axes + f32([self.x, self.y]), np.float32)


def fitting(world: World, left: float, top: float, right: float, bottom: float, turn: float = 24.0, rise: float = 24.0) -> View:
    """The view in which `world` just fills the box, standing on its lower edge."""
    flat = View(0, 0, 1.0, turn, rise).at(np.concatenate([world.cells, world.cells + 1]))
    low, high = flat.min(axis=0) - 0.5, flat.max(axis=0) + 0.5
    size = float(min((right - left) / (high[0] - low[0]), (bottom - top) / (high[1] - low[1])))
    return View((left + right) / 2 - size * float(low[0] + high[0]) / 2, bottom - size * float(high[1]), size, turn, rise)


_FACES = {
    # The way it looks, its corners, and how much light it has.
    "top": ((0, 0, 1), ((0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)), 1.1),
    "front": ((0, 1, 0), ((0, 1, 1), (1, 1, 1), (1, 1, 0), (0, 1, 0)), 0.93),
    "side": ((1, 0, 0), ((1, 1, 1), (1, 0, 1), (1, 0, 0), (1, 1, 0)), 0.66),
}


def build(pixels: Picture, world: World, view: View, bevel: float = 0.09) -> None:
    """Paint `world` on BGRA `pixels`: each visible face in its light, darker in corners and in the shadow of other cubes, with a
    lit rim of `bevel` cubes."""
    low = world.cells.min(axis=0) - 1
    taken = np.zeros(world.cells.max(axis=0) - low + 2, bool)
    taken[tuple((world.cells - low).T)] = True
    shown, tones, depth = [], [], []
    for way, corners, light in _FACES.values():
        beyond = world.cells - low + np.array(way)
        open_ = ~taken[tuple(beyond.T)]
        cells, colours, beyond = world.cells[open_], world.colours[open_].astype(np.float32), beyond[open_]
        factor = f32(light) * _cornered(taken, beyond, way) * _sunlit(taken, beyond)
        shown.append(cells[:, None, :] + f32(corners)[None])
        tones.append(_coloured(colours, factor))
        depth.append(cells.sum(axis=1))
    points, colours = view.at(np.concatenate(shown)), np.concatenate(tones)
    order = np.argsort(np.concatenate(depth), kind="stable")
    points, colours = points[order], colours[order]
    inside = (points.max(axis=1) > 0).all(axis=1) & (points.min(axis=1) < f32([pixels.shape[1], pixels.shape[0]])).all(axis=1)
    points, colours = points[inside], colours[inside]
    middle = points.mean(axis=1, keepdims=True)
    # A little larger than it is, so that no ground shows between two faces.
    whole = np.round((middle + (points - middle) * f32(1 + 0.9 / view.size)) * 16).astype(np.int32)
    inner = np.round((middle + (points - middle) * f32(1 - 2 * bevel)) * 16).astype(np.int32)
    rims = np.clip(colours * f32(1.12) + f32(5), 0, 255)
    if view.size < 7 or bevel <= 0:
        for corners, tone in zip(whole, colours.tolist(), strict=True):
            cv2.fillConvexPoly(pixels, corners, (*tone[::-1], 255), cv2.LINE_AA, 4)
        return
    for corners, smaller, rim, tone in zip(whole, inner, rims.tolist(), colours.tolist(), strict=True):
        cv2.fillConvexPoly(pixels, corners, (*rim[::-1], 255), cv2.LINE_AA, 4)
        cv2.fillConvexPoly(pixels, smaller, (*tone[::-1], 255), cv2.LINE_AA, 4)


def _coloured(colours: NDArray[np.float32], factor: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shade is bluer than light."""
    cool = f32([0.9, 0.97, 1.1])
    share = np.clip((f32(1.0) - factor) * f32(1.1), 0, 1)[:, None]
    return np.asarray(np.clip(colours * factor[:, None] * (1 + (cool - 1) * share), 0, 255), np.float32)


def _cornered(taken: NDArray[np.bool_], beyond: Cells, way: tuple[int, int, int]) -> NDArray[np.float32]:
    """Less light where neighbours stand around the open side of a face."""
    axes = [axis for axis in range(3) if way[axis] == 0]
    crowd = np.zeros(len(beyond), np.float32)
    for a in (-1, 0, 1):
        for b in (-1, 0, 1):
            if a or b:
                place = beyond.copy()
                place[:, axes[0]] += a
                place[:, axes[1]] += b
                crowd += _at(taken, place)
    return np.asarray(1 - f32(0.062) * crowd, np.float32)


def _sunlit(taken: NDArray[np.bool_], beyond: Cells) -> NDArray[np.float32]:
    """1 in the sun, 0.68 in the shadow of a cube."""
    shaded = np.zeros(len(beyond), bool)
    for index in range(1, _REACH):
        place = beyond + np.round(np.array(_SUN) * index).astype(np.int32)
        shaded |= _at(taken, place) > 0
    return np.asarray(np.where(shaded, 0.68, 1.0), np.float32)


def _at(taken: NDArray[np.bool_], place: Cells) -> NDArray[np.float32]:
    inside = ((place >= 0) & (place < np.array(taken.shape))).all(axis=1)
    kept = np.clip(place, 0, np.array(taken.shape) - 1)
    return np.asarray(taken[tuple(kept.T)] & inside, np.float32)


def grass(wide: int, deep: int, rng: np.random.Generator, rock: int = 5) -> World:
    """A floating island, its top at z -1: a lawn on earth, with rock below that thins out to a point `rock` cubes down."""
    x, y = np.meshgrid(np.arange(wide), np.arange(deep), indexing="ij")
    rim = np.minimum.reduce([x, wide - 1 - x, y, deep - 1 - y])
    there = ~((rim == 0) & (rng.random(rim.shape) < 0.3) & (np.minimum(x, wide - 1 - x) + np.minimum(y, deep - 1 - y) < 5))
    down = np.minimum(rock, 2 + np.round(rim * rock / max(2, deep // 2) + rng.normal(0, 0.7, rim.shape)).astype(int)).clip(2)
    worlds = []
    for layer in range(1, rock + 1):
        place = there & (down >= layer)
        cells = np.stack([x[place], y[place], np.full(int(place.sum()), -layer)], 1)
        tone = (0.44, 0.69, 0.27) if layer == 1 else (0.53, 0.37, 0.25) if layer < 4 else (0.52, 0.52, 0.55)
        worlds.append(cubes(cells, tone, 0.05, rng))
    ore = rng.random(len(worlds[-1].cells)) < 0.03
    worlds[-1].colours[ore] = (92, 214, 222)
    return together(*worlds)


def tree(rng: np.random.Generator, tall: int = 7, leaf: RGB = (0.25, 0.53, 0.2)) -> World:
    """A tree on z 0 whose trunk stands at the origin."""
    trunk = cubes([(0, 0, z) for z in range(tall)], (0.43, 0.3, 0.18), 0.05, rng)
    reach = 2
    crown = [
        (x, y, z)
        for z in range(tall - 3, tall + 2)
        for x in range(-reach, reach + 1)
        for y in range(-reach, reach + 1)
        if abs(x) + abs(y) <= (3 if z < tall else 2 if z == tall else 1) and rng.random() > 0.06
    ]
    return together(trunk, cubes(crown, leaf, 0.09, rng))


def cloud(canvas: Canvas, x: float, y: float, size: float, rng: np.random.Generator, alpha: float = 0.9) -> None:
    """A flat cloud of squares with its middle at (x, y)."""
    spans = [(int(rng.integers(2, 4)), 0), (int(rng.integers(4, 7)), 1), (int(rng.integers(5, 9)), 2)]
    for half, row in spans:
        shift = int(rng.integers(-1, 2))
        box = skia.Rect.MakeXYWH(x + (shift - half) * size, y + (row - 1.5) * size, 2 * half * size, size * 1.02)
        shade = (1.0, 1.0, 1.0) if row < 2 else (0.86, 0.91, 0.97)
        canvas.drawRect(box, skia.Paint(Color=argb(shade, alpha), AntiAlias=True))
