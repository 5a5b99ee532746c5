"""Seeded chance and noise fields. Everything random in a picture comes from here, keyed by the seed and stable names."""

from __future__ import annotations

import hashlib
import random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]


def f32(value: Any) -> Any:
    """`value`, a number or rows of them, in single precision."""
    return np.float32(value)


def key(seed: int, *names: object) -> int:
    """A stable 64-bit number for a seed and names; Python's own hash() differs between processes."""
    text = "\x1f".join([str(seed), *map(str, names)])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def generator(seed: int, *names: object) -> np.random.Generator:
    """NumPy chance for `names` under `seed`."""
    return np.random.Generator(np.random.PCG64(key(seed, *names)))


def dice(seed: int, *names: object) -> random.Random:
    """Plain-Python chance for `names` under `seed`."""
    return random.Random(key(seed, *names))


def resized(field: Field, width: int, height: int, smooth: bool = True) -> Field:
    """`field` stretched to (height, width)."""
    way = cv2.INTER_CUBIC if smooth else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(field, (width, height), interpolation=way), np.float32)


def blurred(field: Field, sigma: float) -> Field:
    """Gaussian blur; wide ones run on a smaller copy, which looks the same and costs little."""
    height, width = field.shape[:2]
    step = 1
    while sigma / step > 4 and min(height, width) // (step * 2) >= 8:
        step *= 2
    if step == 1:
        return np.asarray(cv2.GaussianBlur(field, (0, 0), max(0.3, sigma)), np.float32)
    small = cv2.resize(field, (max(1, width // step), max(1, height // step)), interpolation=cv2.INTER_AREA)
    return resized(np.asarray(cv2.GaussianBlur(small, (0, 0), sigma / step), np.float32), width, height, smooth=False)


def fbm(
    rng: np.random.Generator, width: int, height: int, across: float, octaves: int = 5, gain: float = 0.5, stretch: float = 1.0
) -> Field:
    """Fractal noise (height, width), about 0..1, mean 0.5.

    `across` is the number of coarse cells over the width; `stretch` > 1 makes features wider than tall. Octaves are added while
    the grid is small, so the cost is that of one upscaling.
    """
    nx = max(2, round(across)) + 2
    ny = max(2, round(across * height / width * stretch)) + 2
    grid = rng.random((ny, nx), dtype=np.float32)
    total, amplitude = 1.0, 1.0
    for _ in range(octaves - 1):
        if grid.shape[1] * 1.5 > width and grid.shape[0] * 1.5 > height:
            break
        nx, ny = grid.shape[1] * 2, grid.shape[0] * 2
        amplitude *= gain
        total += amplitude
        grid = resized(grid, nx, ny) + np.float32(amplitude) * rng.random((ny, nx), dtype=np.float32)
    grid /= np.float32(total)
    field = resized(grid, width, height)
    # The sum of octaves huddles around the middle; spread it so that thresholds mean something.
    return np.asarray(np.clip((field - 0.5) * np.float32(1.0 + 0.28 * octaves) + 0.5, 0, 1), np.float32)


def line(rng: np.random.Generator, length: int, cells: float, octaves: int = 5, gain: float = 0.5) -> Field:
    """One-dimensional fractal noise (length,), about -1..1."""
    out = np.zeros(length, np.float32)
    amplitude = 1.0
    for _ in range(octaves):
        count = max(3, round(cells) + 3)
        if count > length:
            break
        knots = rng.uniform(-1, 1, (1, count)).astype(np.float32)
        out += np.float32(amplitude) * resized(knots, length, 1)[0]
        amplitude *= gain
        cells *= 2
    return out


def step(low: float, high: float, field: Field) -> Field:
    """Smooth threshold: 0 below `low`, 1 above `high`."""
    x = np.clip((field - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(x * x * (3 - 2 * x), np.float32)


def sampled(field: Field, x: Field, y: Field) -> Field:
    """`field` looked up at float pixel coordinates, mirrored at its edges."""
    return np.asarray(cv2.remap(field, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.float32)
