"""What stands out in a picture, by colour alone: what is cut off from its rim, and what is unlike it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from mediakiln.providers.studio.noise import Field
from mediakiln.providers.studio.stills import Picture

_BARRIER_SIDE = 96
"""The barrier distance is worked out at this longest side."""


def barrier(small: Picture) -> Field:
    """The minimum barrier distance to the upper edge and the sides (Strand et al., 2013; for saliency Zhang et al., 2015): the
    range of colours that cannot be avoided on the way there. Fast sweeps over whole rows stand for the search of the way."""
    height, width = small.shape[:2]
    scale = _BARRIER_SIDE / max(height, width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    lab = cv2.medianBlur(cv2.cvtColor(cv2.resize(small, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2LAB), 3)
    colour = np.ascontiguousarray((lab * np.array([1.0, 1.5, 1.5], np.float32)).transpose(2, 0, 1), np.float32)
    cost = np.full(colour.shape[1:], 1e6, np.float32)
    cost[0] = cost[:, 0] = cost[:, -1] = 0
    state = (colour, cost, colour.copy(), colour.copy())
    for _ in range(2):
        for turned in (state, tuple(part.swapaxes(-1, -2) for part in state)):
            _swept(*turned)
            _swept(*(part[..., ::-1, :] for part in turned))
    y, x = np.mgrid[-1 : 1 : size[1] * 1j, -1 : 1 : size[0] * 1j].astype(np.float32)
    middle = np.exp(-((x / 0.95) ** 4) - ((y - 0.1) / 1.05) ** 4)
    level = max(90.0, float(np.quantile(cost, 0.97)))
    found = np.clip((cost / level - 0.12) * 1.15, 0, 1) * middle
    return np.asarray(cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _swept(colour: Field, cost: Field, high: Field, low: Field) -> None:
    """Go on from each row to the next, straight and aslant, where that way's range of colours is less than the known one's.

    `cost` is (rows, columns), the others (3, rows, columns): the colours, and the highest and lowest on the way to each place."""
    columns = np.arange(colour.shape[2])
    # One more column on both sides, as dear as can be, so that every place has three ways to it.
    dear = np.full(len(columns) + 2, 1e6, np.float32)
    tops, feet = (np.zeros((3, len(columns) + 2), np.float32) for _ in range(2))
    ways, upper, lower = sliding_window_view(dear, 3), sliding_window_view(tops, 3, axis=1), sliding_window_view(feet, 3, axis=1)
    for row in range(1, colour.shape[1]):
        dear[1:-1], tops[:, 1:-1], feet[:, 1:-1] = cost[row - 1], high[:, row - 1], low[:, row - 1]
        now = colour[:, row, :, None]
        top, foot = np.maximum(upper, now), np.minimum(lower, now)
        span = (top - foot).sum(axis=0)
        span[ways >= 1e5] = 1e6  # nobody has come there yet
        way = span.argmin(axis=1)
        reached = span[columns, way]
        better = np.flatnonzero(reached < cost[row])
        if len(better):
            way = way[better]
            cost[row, better] = reached[better]
            high[:, row, better], low[:, row, better] = top[:, better, way], foot[:, better, way]


def unlike_the_rim(small: Picture) -> Field:
    """How little each place is like the rim of the picture, in colour; the middle counts more."""
    height, width = small.shape[:2]
    lab = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2LAB), (0, 0), 1.5).astype(np.float32)
    lab[..., 0] *= 0.6
    edge = max(2, min(height, width) // 18)
    # Above and below the middle apart: the sky does not excuse the meadow's colours, nor the other way round.
    above = np.concatenate([lab[:edge].reshape(-1, 3), *(lab[: height // 2, side].reshape(-1, 3) for side in _sides(edge))])
    below = np.concatenate([lab[height // 2 :, side].reshape(-1, 3) for side in _sides(edge)])
    cv2.setRNGSeed(1)
    distance = np.full((height, width), 1e6, np.float32)
    for rim in (above, below):
        criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
        _, label, centres = cv2.kmeans(np.ascontiguousarray(rim), 4, None, criteria, 2, cv2.KMEANS_PP_CENTERS)
        counts = np.bincount(label.ravel(), minlength=4)
        for index in np.flatnonzero(counts > 0.06 * len(rim)):
            spread = float(np.sqrt(np.mean(np.sum((rim[label.ravel() == index] - centres[index]) ** 2, axis=1))))
            near = np.sqrt(np.sum((lab - centres[index]) ** 2, axis=2))
            distance = np.minimum(distance, np.maximum(near - spread, 0))
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    middle = np.exp(-((x / 0.75) ** 2) - ((y - 0.08) / 0.85) ** 2)
    found = cv2.GaussianBlur(np.clip(distance / 38, 0, 1) * middle, (0, 0), 2.0)
    return np.asarray(found, np.float32)


def _sides(edge: int) -> tuple[slice, slice]:
    return slice(None, edge), slice(-edge, None)
