"""A subject from other sides than it is drawn from: turned like a relief with thickness, or like something round."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from mediakiln.providers.studio.cast.actor import Actor
from mediakiln.providers.studio.cast.figure import Figure, Pixels, figure, fitted, shadow
from mediakiln.providers.studio.cast.lens import lead_of
from mediakiln.providers.studio.cast.perform import perform
from mediakiln.providers.studio.reading.subject import LIVING
from mediakiln.providers.studio.stage import Stage

# What looks the same from all sides but for what is printed on it.
ROUND = frozenset(
    {"bottle", "vase", "cup", "ball", "candle", "fruit", "lamp", "teapot", "bowl", "cake", "icecream", "mushroom", "cactus"}
    | {
        "tree",
        "lighthouse",
        "tower",
        "lantern",
        "balloon",
        "globe",
        "perfume",
        "lipstick",
        "bulb",
        "drum",
        "can",
        "hat",
        "basket",
    }
)


def turned(shape: Figure, degrees: float, round_: bool) -> Figure:
    """The figure turned to the right by `degrees`, 0 as it is drawn, 180 its back."""
    degrees %= 360
    if degrees < 1:
        return shape
    if round_:
        return Figure(_spun(shape.pixels, degrees))
    behind = 90 < degrees < 270
    face = np.ascontiguousarray(_plain(shape.pixels)[:, ::-1]) if behind else shape.pixels
    across = abs(math.cos(math.radians(degrees)))
    return Figure(face if across > 0.97 else _relief(face, across, left=math.sin(math.radians(degrees)) > 0))


def _plain(pixels: Pixels) -> Pixels:
    """The back of it: its colours without what is small on them."""
    height, width = pixels.shape[:2]
    scale = 180 / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    cover = np.maximum(small[..., 3:], 1)
    colour = (small[..., :3].astype(np.float32) * 255 / cover).clip(0, 255).astype(np.uint8)
    # Colours grow out over the rim first, so that the median does not take in what is not there.
    hole = cv2.erode((small[..., 3] < 200).astype(np.uint8), np.ones((2, 2), np.uint8))
    solid = cv2.inpaint(colour, (small[..., 3] < 200).astype(np.uint8) * 255, 4, cv2.INPAINT_TELEA) if hole.any() else colour
    calm = cv2.medianBlur(solid, 2 * (max(size) // 13) + 1)
    calm = cv2.GaussianBlur(calm, (0, 0), 1.4)
    full = cv2.resize(calm, (width, height), interpolation=cv2.INTER_CUBIC)
    out = np.empty_like(pixels)
    out[..., :3] = cv2.multiply(full, cv2.merge([pixels[..., 3]] * 3), scale=0.94 / 255)
    out[..., 3] = pixels[..., 3]
    return out


def _relief(face: Pixels, across: float, left: bool) -> Pixels:
    """The face narrowed to `across` of its width, and the side that comes into sight, drawn out of its rim."""
    height, width = face.shape[:2]
    narrow = cv2.resize(face, (max(4, round(width * across)), height), interpolation=cv2.INTER_AREA)
    deep = round(min(width, height) * 0.34 * math.sqrt(1 - across * across))
    wide = narrow.shape[1] + deep
    side = np.zeros((height, wide, 4), np.uint8)
    side[:, deep if left else 0 :][:, : narrow.shape[1]] = cv2.convertScaleAbs(narrow, alpha=0.62)
    side[..., 3][side[..., 3] > 0] = 0
    side[:, deep if left else 0 :][:, : narrow.shape[1], 3] = narrow[..., 3]
    # Doubling the drawn-out part each time covers the whole depth in a few layers.
    step = 1
    while step <= deep:
        part = min(step, deep + 1 - step) if step > deep // 2 else step
        moved = np.roll(side, -part if left else part, axis=1)
        clear = 255 - side[..., 3]
        side = cv2.add(side, cv2.multiply(moved, cv2.merge([clear] * 4), scale=1 / 255))
        step += part
    front = np.zeros_like(side)
    front[:, deep if left else 0 :][:, : narrow.shape[1]] = narrow
    return np.asarray(cv2.add(front, cv2.multiply(side, cv2.merge([255 - front[..., 3]] * 4), scale=1 / 255)), np.uint8)


def _spun(pixels: Pixels, degrees: float) -> Pixels:
    """Something round turned about its upright axis: what is printed on it wanders round, the outline stays."""
    height, width = pixels.shape[:2]
    solid = pixels[..., 3] > 128
    first = np.where(solid.any(axis=1), solid.argmax(axis=1), 0).astype(np.float32)
    last = np.where(solid.any(axis=1), width - 1 - solid[:, ::-1].argmax(axis=1), width - 1).astype(np.float32)
    middle, radius = (first + last) / 2, np.maximum(1.0, (last - first) / 2)
    across = (np.arange(width, dtype=np.float32)[None] - middle[:, None]) / radius[:, None]
    angle = np.arcsin(np.clip(across, -1, 1)) + np.float32(math.radians(degrees))
    angle = (angle + np.pi) % (2 * np.pi) - np.pi
    seen = np.abs(angle) < np.pi / 2
    source = (middle[:, None] + np.sin(angle) * radius[:, None] * 0.98).astype(np.float32)
    rows = np.broadcast_to(np.arange(height, dtype=np.float32)[:, None], source.shape)
    plain = _plain(pixels)
    wrapped = cv2.remap(pixels, source, np.ascontiguousarray(rows), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    fade = np.clip((np.pi / 2 - np.abs(angle)) / 0.35, 0, 1) * seen * (wrapped[..., 3] > 200) * 0.8
    mixed = plain + (wrapped.astype(np.float32) - plain) * fade[..., None].astype(np.float32)
    out = mixed.clip(0, 255).astype(np.uint8)
    return np.asarray(cv2.multiply(out, cv2.merge([pixels[..., 3]] * 4), scale=1 / 255), np.uint8)


# The sides: what is drawn in profile turns its front toward us, the rest is drawn from the front and turns away.
PROFILE = {"front": 48.0, "side": 0.0, "back": 180.0}
FACING = {"front": 0.0, "side": 62.0, "back": 180.0}


def seen(stage: Stage, actor: Actor, side: str, t: float, height: float) -> Figure:
    """The actor from the front, the side or the back."""
    if side in actor.kind.views:
        return figure(stage, actor, t, height, side)
    if actor.subject.kind == "sitter" and side != "front":
        # A photograph has no other side: it is seen aslant, from the left and from the right.
        return _aslant(figure(stage, actor, t, height), left=side == "side")
    if actor.subject.kind in LIVING and side == "front":
        # Somebody drawn in profile has no thickness to show: a slight turn is all.
        drawn = figure(stage, actor, t, height).pixels
        size = (max(4, round(drawn.shape[1] * 0.84)), drawn.shape[0])
        return Figure(np.asarray(cv2.resize(drawn, size, interpolation=cv2.INTER_AREA), np.uint8))
    angle = (PROFILE if actor.kind.faces else FACING)[side]
    return turned(figure(stage, actor, t, height), angle, actor.subject.kind in ROUND)


def _aslant(shape: Figure, left: bool) -> Figure:
    height, width = shape.pixels.shape[:2]
    wide, drop = 0.72 * width, 0.09 * height
    near = (
        [(0, 0), (wide, drop), (wide, height - drop), (0, height)]
        if left
        else [(0, drop), (wide, 0), (wide, height), (0, height - drop)]
    )
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, np.array(near, np.float32))
    return Figure(np.asarray(cv2.warpPerspective(shape.pixels, matrix, (round(wide), height), flags=cv2.INTER_AREA), np.uint8))


def _from(side: str) -> Callable[[Stage, list[Actor]], None]:
    def show(stage: Stage, actors: list[Actor]) -> None:
        lead = lead_of(actors, stage)
        for actor in actors:
            stage.actor(actor.depth, _painter(stage, actor, side) if actor is lead else perform(stage, actor))

    return show


def _painter(stage: Stage, actor: Actor, side: str) -> Any:
    def paint(canvas: Any, t: float) -> None:
        shape = seen(stage, actor, side, t, actor.size)
        tall = min(float(shape.pixels.shape[0]), 0.86 * stage.height)
        shadow(canvas, actor.x, actor.y, tall * shape.aspect)
        shape.draw(canvas, actor.x, actor.y, tall)

    return paint


from_front, from_side, from_back = _from("front"), _from("side"), _from("back")


def all_sides(stage: Stage, actors: list[Actor]) -> None:
    """Front, side and back in one row, or in one column where they are larger so."""
    lead = lead_of(actors, stage) or actors[0]

    def paint(canvas: Any, t: float) -> None:
        shapes = [seen(stage, lead, side, t, 0.6 * stage.u) for side in ("front", "side", "back")]
        row, column = (0.28 * stage.width, 0.62 * stage.height), (0.84 * stage.width, 0.25 * stage.height)
        # All views are of one size: what fits for the largest of them.
        tallest = max(shape.pixels.shape[0] for shape in shapes)

        def scale(cell: tuple[float, float]) -> float:
            return min(fitted(shape, *cell) / float(shape.pixels.shape[0]) for shape in shapes)

        upright = scale(column) > scale(row)
        grown = scale(column if upright else row)
        for place, shape in enumerate(shapes):
            tall = grown * shape.pixels.shape[0]
            x = stage.width * (0.5 if upright else (place + 0.5) / 3 + 0.02 * (1 - place))
            low = stage.height * (0.33, 0.635, 0.94)[place] if upright else stage.height * 0.52 + grown * tallest / 2
            shadow(canvas, x, low, tall * shape.aspect)
            shape.draw(canvas, x, low, tall)

    stage.actor(1.0, paint)
