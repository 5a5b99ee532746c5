"""Subjects on a ground of one colour: logos, drawings, goods on white. The ground is what the rim's colour reaches from the rim,
so that white ribbons on white paper stay."""

from __future__ import annotations

import cv2
import numpy as np

from mediakiln.providers.studio.stills import Picture

_NOISE = 12
"""What compression does to one colour, in 8-bit steps."""

_RIM = 0.6
"""The share of the rim that is ground at least; a subject may be cut by the rest."""

_LEAST_GROUND, _LEAST_SUBJECT = 0.12, 0.01

_SPECK = 0.002
"""Pieces under this share of the largest are dust."""

_PIECES = 60
"""More pieces than this are a pattern, a page of text or a starry night."""

_BOXES = 3
"""More rectangles than this are the page of a program."""


def on_plain_ground(picture: Picture) -> Picture | None:
    """The cover of what stands on a ground of one colour, 0..255 at the picture's size; None where the ground has more."""
    rim = np.concatenate(
        [picture[:2].reshape(-1, 3), picture[-2:].reshape(-1, 3), picture[:, :2].reshape(-1, 3), picture[:, -2:].reshape(-1, 3)]
    )
    tone = np.median(rim, axis=0)
    if float(np.mean(np.abs(rim - tone).max(axis=1) <= _NOISE)) < _RIM:
        return None
    low, high = (np.clip(tone + way * _NOISE, 0, 255) for way in (-1, 1))
    alike = cv2.copyMakeBorder(cv2.inRange(picture, low, high), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=255)
    cv2.floodFill(alike, None, (0, 0), 128)
    ground = alike[1:-1, 1:-1] == 128
    if float(ground.mean()) < _LEAST_GROUND:
        return None
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~ground).astype(np.uint8))
    areas = stats[:, cv2.CC_STAT_AREA]
    areas[0] = 0
    kept = areas >= max(9.0, _SPECK * float(areas.max()))
    if not 0 < int(kept.sum()) <= _PIECES or float(areas[kept].sum()) < _LEAST_SUBJECT * ground.size:
        return None
    boxes = kept & (areas > 0.9 * stats[:, cv2.CC_STAT_WIDTH] * stats[:, cv2.CC_STAT_HEIGHT])
    if int(boxes.sum()) > _BOXES and float(areas[boxes].sum()) > 0.7 * float(areas[kept].sum()):
        return None
    cover = np.where(kept[labels], np.uint8(255), np.uint8(0))
    return np.asarray(cv2.GaussianBlur(cover, (3, 3), 0), np.uint8)
