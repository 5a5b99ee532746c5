"""What may be the subject of a picture: several guesses of where it is, an outline for each by GrabCut, and the best of them."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio.cutout.person import bust, person, skin_of
from mediakiln.providers.studio.cutout.pieces import bays_kept, one_piece
from mediakiln.providers.studio.cutout.regions import apart_from_the_rim
from mediakiln.providers.studio.cutout.saliency import barrier, unlike_the_rim
from mediakiln.providers.studio.noise import Field
from mediakiln.providers.studio.stills import Picture

CONTRAST = 14.0
"""Lab units (OpenCV's bytes) between two sides of an edge that is seen."""

_STRONG = 60.0
"""Lab units between a subject and its ground that leave no doubt."""

_LEAST = 0.34
"""The worth of a guess that is believed."""

_PLAIN = 0.6
"""The worth of a first guess that needs no other beside it."""

_CAUGHT = 0.5
"""So much of what stands out belongs to the subject, at least: else it is one coloured part of a thing."""

_SKIN, _BUST = 0.3, 0.62
"""Where this much is skin, somebody's face may have been found without the clothes: the portrait around it is believed from this
share of the face's worth."""

_SOLID = 0.38
"""The share of its convex hull that a thing fills at least."""

_OWN = 0.6
"""The share of a small subject's colours that its ground may have; the larger a subject, the less."""

_SAME = 0.02
"""Marks that say otherwise of less than this share of the picture lead to the same subject."""

Colours = tuple[NDArray[np.float64], NDArray[np.float64]]
"""GrabCut's mixtures of the ground's and the subject's colours, (1, 65) each; it writes them where it learns."""


def best_guess(small: Picture) -> tuple[Picture, Colours] | None:
    """1 on the subject, 2 on filled bays of its outline, and the colours learnt; None where nothing stands out, or nothing that
    would look like a subject once it is cut out."""
    closed = barrier(small)
    standing_out = closed > 0.5
    best, found = _LEAST, None
    for index, marks in enumerate(_guesses(small, closed)):
        if found is not None and (index > 1 or best > _PLAIN):
            break  # the first two are looked at, the others where neither is believed
        guess = _tried(small, marks, 1 if index else 2)
        if guess is None or float((guess[0][standing_out] > 0).sum()) < _CAUGHT * float(standing_out.sum()):
            continue
        value = worth(small, guess[0])
        if value > best:
            best, found = value, guess
    if found is None:
        return None
    if float(skin_of(small)[found[0] > 0].mean()) > _SKIN:
        whole = _tried(small, bust(found[0]), 2)
        if whole is not None and worth(small, whole[0]) > _BUST * best:
            found = whole
    return bays_kept(small, found[0], CONTRAST), found[1]


def _tried(small: Picture, marks: Picture, rounds: int) -> tuple[Picture, Colours] | None:
    colours = (np.zeros((1, 65)), np.zeros((1, 65)))
    found = grabbed(small, marks, colours, rounds, cv2.GC_INIT_WITH_MASK)
    mask = None if found is None else one_piece(found)
    return None if mask is None else (mask, colours)


def worth(small: Picture, mask: Picture) -> float:
    """How much `mask` is like a subject, 0..1: its outline is an edge of the picture, its colours are its own, it lies in the
    middle, holds little of the rim, and is no mere detail."""
    inside = mask > 0
    places = np.argwhere(inside)
    shared, area = _shared(small, mask), float(inside.mean())
    if len(places) < _SOLID * cv2.contourArea(cv2.convexHull(places.astype(np.int32))):
        return 0.0  # a strap, an edge, the branches of a tree
    if shared > _OWN - 0.7 * area and float(inside[-1].mean()) < 0.1:
        return 0.0  # what is large stands on the lower edge, or has colours of its own: else it is a part of the view
    seen, contrast = _outline(small, mask)
    y, x = places.mean(axis=0) / inside.shape - (0.55, 0.5)
    middle = float(np.exp(-((x / 0.42) ** 4) - (y / 0.32) ** 4))
    rim = float(np.concatenate([inside[0], inside[:, 0], inside[:, -1]]).mean())
    own = (1 - shared) * min(1.0, contrast / _STRONG)
    return float(seen * own * middle * (1 - rim) ** 2 * min(0.5, area) ** 0.15)


def _guesses(small: Picture, closed: Field) -> Iterator[Picture]:
    """GrabCut's marks of each guess that says something new."""
    told: list[Picture] = []
    for field in _fields(small, closed):
        if float(field.max()) < 0.2:
            continue
        marks = _marked(np.asarray(field, np.float32))
        if not any(float(np.mean((marks ^ other) & 1)) < _SAME for other in told):
            told.append(marks)
            yield marks


def _fields(small: Picture, closed: Field) -> Iterator[Field]:
    """How likely each place is the subject's, by several ways of looking; worked out as they are asked for."""
    regions = apart_from_the_rim(small)
    yield regions
    rim, somebody = unlike_the_rim(small), person(small)
    alone = np.minimum(0.75 * closed + 0.35 * rim, 1)
    yield alone if somebody is None else np.maximum(alone * np.clip(somebody * 2.5, 0.35, 1), somebody)
    yield np.minimum(0.5 * regions + 0.5 * closed + 0.15 * rim, 1)
    yield rim


def _marked(found: Field) -> Picture:
    """The marks of `found`, how likely each place is the subject's."""
    level = max(0.22, float(cv2.threshold((found * 255).astype(np.uint8), 0, 255, cv2.THRESH_OTSU)[0]) / 255)
    mask = np.where(found > level, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    mask[found > min(0.9, level * 2.2)] = cv2.GC_FGD
    mask[found < 0.3 * level] = cv2.GC_BGD
    edge = _rim_of(mask) & (found <= level)
    mask[edge] = cv2.GC_BGD
    if not (mask == cv2.GC_FGD).any():
        mask[found >= np.quantile(found, 0.97)] = cv2.GC_FGD
    return np.asarray(mask, np.uint8)


def _rim_of(mask: Picture) -> NDArray[np.bool_]:
    """The upper edge and the sides; not the lower edge, which cuts many subjects."""
    thick = max(1, min(mask.shape) // 60)
    rim = np.zeros(mask.shape, bool)
    rim[:thick] = rim[:, :thick] = rim[:, -thick:] = True
    return rim


def grabbed(small: Picture, marks: Picture, colours: Colours, rounds: int, way: int) -> Picture | None:
    """1 where GrabCut sees the subject, from its `marks`; None where they leave one of the two sides empty."""
    cv2.setRNGSeed(1)
    mask = marks.copy()
    try:
        cv2.grabCut(small, mask, None, *colours, rounds, way)
    except cv2.error:
        return None
    return np.asarray(mask & 1, np.uint8)  # GC_FGD and GC_PR_FGD are the odd ones


def _outline(small: Picture, mask: Picture) -> tuple[float, float]:
    """How much of the outline of `mask` is an edge of the picture too, and its contrast in Lab units. A patch of a subject that
    fills the picture, such as the forehead of a cat, has an outline that nothing shows."""
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    mask = (mask > 0).astype(np.uint8)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    inner, outer = (mask > 0) & (cv2.erode(mask, kernel) == 0), (mask == 0) & (cv2.dilate(mask, kernel) > 0)
    sides = []
    for band in (inner, outer):
        weight = cv2.GaussianBlur(band.astype(np.float32), (0, 0), 3.0) + 1e-4
        sides.append(cv2.GaussianBlur(lab * band[..., None], (0, 0), 3.0) / weight[..., None])
    outline = (cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0) & (mask > 0)
    outline[-2:] = False
    contrast = np.sqrt(np.sum((sides[0] - sides[1]) ** 2, axis=2))[outline]
    return (float(np.mean(contrast > CONTRAST)), float(np.median(contrast))) if contrast.size else (0.0, 0.0)


def _shared(small: Picture, mask: Picture) -> float:
    """How much of the subject's colours its ground has too, 0..1. A wrong cut goes through things: its sides are alike."""
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    sides = ((mask > 0).astype(np.uint8), (mask == 0).astype(np.uint8))
    inside, outside = (cv2.calcHist([lab], [0, 1, 2], side, [8, 16, 16], [0, 256] * 3) for side in sides)
    return float(np.minimum(inside / max(1.0, float(inside.sum())), outside / max(1.0, float(outside.sum()))).sum())
