"""The subject of a picture without its ground, by classical means: what differs from the picture's rim, refined by GrabCut."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio.stills import Picture

Map = NDArray[np.float32]
"""float32 (rows, columns), 0..1."""

MAX_SIDE = 1280
"""A cut-out is no larger than this."""

_SIDE = 288
"""GrabCut works at this longest side; the edge is drawn at full size afterwards."""

_SMALLEST, _LARGEST = 0.015, 0.82


def cut_out(picture: Picture) -> Picture:
    """The subject of `picture` (uint8 RGB) as RGBA, cut to its own box; the same for the same picture.

    A picture that has no subject of its own, such as a wide view, comes back whole and opaque.
    """
    picture = _limited(picture, MAX_SIDE)
    small = _limited(picture, _SIDE)
    mask = _grabbed(small)
    if mask is None:
        return np.dstack([picture, np.full(picture.shape[:2], 255, np.uint8)])
    alpha = _refined(picture, mask)
    colours = _unmixed(picture, alpha)
    x, y, width, height = cv2.boundingRect((alpha > 0.05).astype(np.uint8))
    part = (slice(y, y + height), slice(x, x + width))
    return np.ascontiguousarray(np.dstack([colours, np.rint(alpha * 255).astype(np.uint8)])[part])


def is_whole(cut: Picture) -> bool:
    """Whether `cut_out` found no subject."""
    return int(cut[..., 3].min()) == 255


def _limited(picture: Picture, side: int) -> Picture:
    height, width = picture.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return picture
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    result: Picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return result


def _grabbed(small: Picture) -> Picture | None:
    """1 on the subject; None where nothing stands out."""
    found = _standing_out(small)
    height, width = found.shape
    if float(found.max()) < 0.2:
        return None
    level = max(0.25, float(cv2.threshold((found * 255).astype(np.uint8), 0, 255, cv2.THRESH_OTSU)[0]) / 255)
    mask = np.where(found > level, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    mask[found > min(0.9, level * 2.2)] = cv2.GC_FGD
    mask[found < 0.3 * level] = cv2.GC_BGD
    rim = max(1, min(height, width) // 60)
    mask[:rim] = mask[:, :rim] = mask[:, -rim:] = cv2.GC_BGD  # not the lower edge: many subjects are cut by it
    if not (mask == cv2.GC_FGD).any():
        mask[found >= np.quantile(found, 0.97)] = cv2.GC_FGD
    cv2.setRNGSeed(1)
    try:
        cv2.grabCut(small, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    except cv2.error:  # one of the two sides is empty
        return None
    return _one_piece(((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8))


def _standing_out(small: Picture) -> Map:
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


def _one_piece(mask: Picture) -> Picture | None:
    """The main piece and what is large beside it, without holes and threads; None for a size no subject has."""
    height = len(mask)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return None
    areas = stats[1:, cv2.CC_STAT_AREA]
    keep = 1 + np.flatnonzero(areas >= 0.35 * areas.max())
    if len(keep) > 3:
        return None  # scattered pieces are no subject
    mask = np.isin(labels, keep).astype(np.uint8)
    # A light muzzle before a light wall is a bay in the outline: small bays are filled.
    bay = max(3, round(0.08 * float(np.sqrt(mask.sum()))))
    padded = cv2.copyMakeBorder(mask, bay, bay, bay, bay, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * bay + 1, 2 * bay + 1)))
    mask = np.ascontiguousarray(closed[bay:-bay, bay:-bay])
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(mask), outlines, -1, 1, -1)
    # A hole as large as that is one to look through.
    mask = filled if float(filled.sum()) < 1.15 * float(mask.sum()) else mask
    if not _SMALLEST < float(mask.mean()) < _LARGEST:
        return None
    sides = float(mask[: height * 3 // 4, [1, -2]].mean())
    return None if sides > 0.5 else mask


def _refined(picture: Picture, mask: Picture) -> Map:
    """`mask` at the picture's size, its edge following the picture's (a guided filter, He et al., 2010)."""
    height, width = picture.shape[:2]
    rough = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    radius = max(2, round(max(height, width) / _SIDE * 1.6))
    size = (2 * radius + 1, 2 * radius + 1)
    guide = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    mean, edge = cv2.blur(guide, size), cv2.blur(rough, size)
    slope = (cv2.blur(guide * rough, size) - mean * edge) / (cv2.blur(guide * guide, size) - mean * mean + 4e-4)
    offset = edge - slope * mean
    alpha = cv2.blur(slope, size) * guide + cv2.blur(offset, size)
    alpha = np.clip((alpha - 0.22) / 0.56, 0, 1)
    # Far from the rough edge the filter has nothing to say.
    inner = cv2.erode(rough, np.ones(size, np.uint8), borderType=cv2.BORDER_REPLICATE)
    outer = cv2.dilate(rough, np.ones(size, np.uint8))
    return np.asarray(np.clip(np.maximum(alpha, inner) * (outer > 0.01), 0, 1), np.float32)


def _unmixed(picture: Picture, alpha: Map) -> Picture:
    """The subject's own colours in the half-clear pixels of its edge, spread out from within."""
    sure = (alpha > 0.95).astype(np.float32)
    sigma = max(1.0, max(picture.shape) / 220)
    weight = cv2.GaussianBlur(sure, (0, 0), sigma)[..., None] + 1e-4
    spread = cv2.GaussianBlur(picture.astype(np.float32) * sure[..., None], (0, 0), sigma) / weight
    own = np.clip(alpha, 0, 1)[..., None] ** 2
    mixed = picture * own + np.clip(spread, 0, 255) * (1 - own)
    known = np.minimum(weight * 20, 1)
    return np.asarray(picture * (1 - known) + mixed * known, np.float32).astype(np.uint8)
