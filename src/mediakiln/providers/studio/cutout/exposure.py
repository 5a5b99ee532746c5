"""Pictures that are too dark, or too pale, to be worked with."""

from __future__ import annotations

import cv2
import numpy as np

from mediakiln.providers.studio.stills import Picture

_FLAT, _FULL = 8, 140
"""Between these ranges of lightness, in 8-bit steps, a picture is faint: something is seen, but in need of contrast."""

_LIGHTER = 10.0
"""Contrast is raised so many times at most: what is beyond is noise."""

_SPARSE = 200
"""The range is measured on about this many rows and columns."""


def exposed(picture: Picture) -> Picture:
    """`picture` with the contrast of a well exposed one where it is faint; else itself."""
    step = max(1, min(picture.shape[:2]) // _SPARSE)
    grey = cv2.cvtColor(np.ascontiguousarray(picture[::step, ::step]), cv2.COLOR_RGB2GRAY)
    low, high = np.percentile(grey, (1, 99))
    if not _FLAT < high - low < _FULL:
        return picture
    scale = min(_LIGHTER, 230 / (high - low))
    return np.asarray(cv2.convertScaleAbs(cv2.subtract(picture, (low, low, low, 0)), alpha=scale, beta=12), np.uint8)
