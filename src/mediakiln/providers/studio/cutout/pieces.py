"""Masks of a subject as whole pieces: without threads, holes and scattered bits."""

from __future__ import annotations

import cv2
import numpy as np

from mediakiln.providers.studio.stills import Picture

_SMALLEST, _LARGEST = 0.015, 0.82


def one_piece(mask: Picture) -> Picture | None:
    """The main piece and what is large beside it, without holes and threads, and 2 where a bay was filled; None for a size no
    subject has."""
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
    found, mask = mask, np.ascontiguousarray(closed[bay:-bay, bay:-bay])
    mask = without_holes(mask)
    if not _SMALLEST < float(mask.mean()) < _LARGEST:
        return None
    sides = float(mask[: height * 3 // 4, [1, -2]].mean())
    return None if sides > 0.5 else np.asarray(mask * 2 - (mask & found), np.uint8)


def without_holes(mask: Picture) -> Picture:
    """`mask` with its holes filled, but not large ones: through those one looks."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(mask), outlines, -1, 1, -1)
    return np.asarray(filled, np.uint8) if float(filled.sum()) < 1.15 * float(mask.sum()) else mask


def bays_kept(small: Picture, mask: Picture, contrast: float) -> Picture:
    """`mask` with those filled bays as the subject's own that differ by `contrast` Lab units from the ground beside them: a light
    muzzle does, the wall beside a neck does not and stays in doubt."""
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    mask = mask.copy()
    count, labels = cv2.connectedComponents((mask == 2).astype(np.uint8))
    for index in range(1, count):
        bay = labels == index
        beside = (cv2.dilate(bay.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0) & (mask == 0)
        if not beside.any() or float(np.linalg.norm(lab[bay].mean(axis=0) - lab[beside].mean(axis=0))) > contrast:
            mask[bay] = 1
    return mask
