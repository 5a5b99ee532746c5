"""Still textures the styles lay over a frame: paper, canvas, hatching, vignette. uint8, made once for a size."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio.noise import Field, f32, fbm, generator

Texture = NDArray[np.uint8]


def grey(field: Field) -> Texture:
    """A 0..1 field (height, width) as (height, width, 3) bytes, to multiply with."""
    one = np.asarray(cv2.convertScaleAbs(np.clip(field, 0, 1), alpha=255), np.uint8)
    return np.asarray(cv2.merge([one, one, one]), np.uint8)


def vignette(width: int, height: int, depth: float, grain: float, seed: int) -> Field:
    """Darker corners by `depth`, with film grain of amplitude `grain`: a field about 1.0."""
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    field = 1 - f32(depth) * np.clip((x * x + y * y) * f32(0.62) - f32(0.12), 0, 1)
    return np.asarray(field + _speckle(width, height, seed) * f32(grain), np.float32)


def _speckle(width: int, height: int, seed: int) -> Field:
    """White noise -1..0 from a tile, so that a 4K frame does not cost a second of chance."""
    side = 512
    tile = -generator(seed, "grain").random((side, side), dtype=np.float32)
    return np.tile(tile, (height // side + 1, width // side + 1))[:height, :width]


def paper(width: int, height: int, seed: int, rough: float) -> Field:
    """Cold-pressed paper: a field about 1.0 with bumps of amplitude `rough`."""
    small = (max(64, min(width, 900)), max(64, round(min(width, 900) * height / width)))
    rng = generator(seed, "paper")
    bumps = fbm(rng, *small, 210, 3, 0.7)
    relief = bumps - np.roll(bumps, (1, 1), (0, 1))
    cloud = fbm(rng, *small, 5, 4)
    field = 1 + relief * f32(rough * 4) - (1 - cloud) * f32(rough * 0.5)
    return np.asarray(cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def brushwork(width: int, height: int, seed: int) -> Field:
    """Relief of bristle strokes in changing directions: a field about 1.0."""
    side = min(width, 420)
    small = (max(64, side), max(64, round(side * height / width)))
    rng = generator(seed, "brush")
    weight = fbm(rng, *small, 7, 3)
    field = np.zeros((small[1], small[0]), np.float32)
    for index, turn in enumerate((12.0, -38.0, 62.0)):
        noise = rng.random((small[1], small[0]), dtype=np.float32)
        bar = np.zeros((15, 15), np.float32)
        bar[6:9] = 1.0
        kernel = cv2.warpAffine(bar, cv2.getRotationMatrix2D((7, 7), turn, 1.0), (15, 15))
        stroke = np.asarray(cv2.filter2D(noise, -1, kernel / kernel.sum()), np.float32)
        centre = (0.25, 0.5, 0.75)[index]
        field += (stroke - 0.5) * np.exp(-(((weight - centre) / 0.2) ** 2))
    relief = field - np.roll(field, (1, 1), (0, 1))
    out = 1 + np.clip(relief * 2.6 + field * 0.5, -0.22, 0.16)
    return np.asarray(cv2.resize(out, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def hatching(width: int, height: int, seed: int, angle: float, gap: float) -> Field:
    """Pencil hatching at `angle` radians, lines `gap` pixels apart: 0 on a line, 1 between."""
    x = np.arange(width, dtype=np.float32)[None, :]
    y = np.arange(height, dtype=np.float32)[:, None]
    waver = cv2.resize(fbm(generator(seed, "hatch", angle), 160, 96, 9, 3), (width, height), interpolation=cv2.INTER_LINEAR)
    place = (x * np.cos(angle) + y * np.sin(angle)) / f32(gap) + waver * f32(2.2)
    return np.asarray(np.clip(np.abs((place % 1.0) - 0.5) * 3.4 - 0.15, 0, 1), np.float32)


def edge_of_paper(width: int, height: int, seed: int, share: float) -> Field:
    """1 inside the painting, 0 on the bare paper around it, with a ragged wet edge."""
    small = (420, max(64, round(420 * height / width)))
    x = np.minimum(np.linspace(0, 1, small[0]), np.linspace(1, 0, small[0])).astype(np.float32)[None, :] * f32(
        width / min(width, height)
    )
    y = np.minimum(np.linspace(0, 1, small[1]), np.linspace(1, 0, small[1])).astype(np.float32)[:, None] * f32(
        height / min(width, height)
    )
    noise = fbm(generator(seed, "border"), *small, 9, 5, 0.6)
    inside = np.clip((np.minimum(x, y) + (noise - 0.5) * share * 1.6 - share * 0.55) / (share * 0.28), 0, 1)
    return np.asarray(cv2.resize(np.asarray(inside, np.float32), (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def fibres(width: int, height: int, length: float) -> Field:
    """How wool catches the light, in hairs about `length` pixels to each side of their middle: a field about 1.0."""
    side = math.ceil(math.hypot(width, height))
    hairs = cv2.blur(np.random.default_rng(5).standard_normal((side, side)).astype(np.float32), (2 * round(length) + 1, 1))
    field = np.full((height, width), -9, np.float32)
    for angle in (25, 70, 115, 160):
        turn = cv2.getRotationMatrix2D((side / 2, side / 2), angle, 1.0)
        turn[:, 2] += (width - side) / 2, (height - side) / 2
        field = np.maximum(field, cv2.warpAffine(hairs, turn, (width, height), borderMode=cv2.BORDER_WRAP))
    field -= field.mean()
    return np.asarray(np.clip(1 + field * f32(0.072 / max(1e-3, float(field.std()))), 0.5, 1.25), np.float32)
