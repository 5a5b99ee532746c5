"""Which regions of a picture are its subject, by how little of the rim they hold: a subject may touch the rim, its ground runs
along it (robust background detection, Zhu et al., 2014)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio.noise import Field
from mediakiln.providers.studio.stills import Picture

_SIDE, _ACROSS = 128, 16
"""Regions are drawn at this longest side, about so many along it."""

_LIKE = 11.0
"""Lab units within which two regions are of one thing."""

_REACH = 0.25
"""How far around itself a region is compared, in shares of the picture."""


def apart_from_the_rim(small: Picture) -> Field:
    """How likely each place is the subject's, 0..1."""
    height, width = small.shape[:2]
    scale = min(1.0, _SIDE / max(height, width))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    picture = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
    labels = _regions(picture)
    area = np.bincount(labels.ravel()).astype(np.float32)
    on_rim = np.bincount(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]), minlength=len(area))
    lab = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    y, x = np.mgrid[0 : 1 : size[1] * 1j, 0 : 1 : size[0] * 1j].astype(np.float32)
    colour, place = _means(labels, lab), _means(labels, np.dstack([y, x]))
    unlike, away = (np.sqrt(np.sum((part[:, None] - part[None]) ** 2, axis=2)) for part in (colour, place))
    beside = _neighbours(labels)
    along = (on_rim > 0)[:, None] & (on_rim > 0)[None]
    ground = _ground(np.where(beside | along, unlike, np.float32(1e4)), area, on_rim)
    contrast = (unlike * np.exp(-(away**2) / (2 * _REACH**2)) * ground * area).sum(axis=1)
    contrast = _stretched(contrast, 0.97)
    # Each region is drawn to 0 as it is ground, to 1 as it differs from ground around it, to its neighbours as it is like them.
    pull = np.where(beside, np.exp(-(unlike**2) / (2 * _LIKE**2)) + np.float32(0.1), np.float32(0))
    system = np.diag(pull.sum(axis=1) + ground + contrast + np.float32(1e-6)) - pull
    _, solved = cv2.solve(np.asarray(system, np.float64), np.asarray(contrast, np.float64)[:, None], flags=cv2.DECOMP_CHOLESKY)
    found = _stretched(solved.ravel(), 1.0)[labels]
    return np.asarray(
        cv2.GaussianBlur(cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR), (0, 0), 1.0), np.float32
    )


def _ground(step: Field, area: Field, on_rim: NDArray[np.int_]) -> Field:
    """How surely each region is ground: how much of the rim is like it, for its size. `step` is what lies between neighbours."""
    np.fill_diagonal(step, 0)
    for middle in range(len(step)):
        np.minimum(step, step[:, middle, None] + step[middle], out=step)
    like = np.exp(-(step**2) / (2 * _LIKE**2))
    length = like @ (on_rim / on_rim.sum()) * np.count_nonzero(on_rim)
    across = np.sqrt(like @ (area / area.sum()) * len(area))
    return np.asarray(1 - np.exp(-((length / across) ** 2) / 2), np.float32)


def _regions(picture: Picture) -> NDArray[np.intp]:
    """Labels of regions that keep to the picture's edges: a watershed from a grid of its calmest places."""
    height, width = picture.shape[:2]
    soft = cv2.medianBlur(picture, 3)
    slope = cv2.morphologyEx(soft, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).max(axis=2)
    step = max(height, width) / _ACROSS
    rows, columns = max(2, round(height / step)), max(2, round(width / step))
    marks = np.zeros((height, width), np.int32)
    for index in range(rows * columns):
        row, column = divmod(index, columns)
        top, left = int((row + 0.25) * height / rows), int((column + 0.25) * width / columns)
        part = slope[
            top : max(top + 1, int((row + 0.75) * height / rows)), left : max(left + 1, int((column + 0.75) * width / columns))
        ]
        y, x = np.unravel_index(int(part.argmin()), part.shape)
        marks[max(0, top + y - 1) : top + y + 2, max(0, left + x - 1) : left + x + 2] = index + 1
    cv2.watershed(soft, marks)
    labels = np.maximum(marks, 0).astype(np.float32)
    for _ in range(2):  # the lines between regions, and the rim, belong to none yet
        labels = np.where(labels < 1, cv2.dilate(labels, np.ones((3, 3), np.uint8)), labels)
    return np.unique(labels, return_inverse=True)[1].reshape(height, width)


def _means(labels: NDArray[np.intp], values: Field) -> Field:
    flat, counts = labels.ravel(), np.bincount(labels.ravel())
    sums = [np.bincount(flat, np.ascontiguousarray(part).ravel()) / counts for part in cv2.split(values)]
    return np.stack(sums, axis=1).astype(np.float32)


def _neighbours(labels: NDArray[np.intp]) -> NDArray[np.bool_]:
    count = int(labels.max()) + 1
    beside = np.zeros((count, count), bool)
    for one, other in ((labels[1:], labels[:-1]), (labels[:, 1:], labels[:, :-1])):
        beside[one.ravel(), other.ravel()] = True
    beside |= beside.T
    np.fill_diagonal(beside, False)
    return beside


def _stretched(values: NDArray[np.floating], most: float) -> Field:
    low, high = float(values.min()), float(np.quantile(values, most))
    return np.asarray(np.clip((values - low) / max(1e-6, high - low), 0, 1), np.float32)
