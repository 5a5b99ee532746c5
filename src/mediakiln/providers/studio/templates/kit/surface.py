"""How light falls on the surface of things: the form of a padded mask, its shade and its highlights. Light comes from the upper
left, as everywhere in the kit."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio.noise import Field
from mediakiln.providers.studio.stills import Picture

Mask = NDArray[np.uint8]
"""uint8 (rows, columns), 255 where something is."""


def swelling(mask: Mask, roundness: float) -> Field:
    """The height of a padded form over `mask`: 0 at its edge, 1 from `roundness` pixels inwards."""
    inside = np.minimum(cv2.distanceTransform((mask > 127).astype(np.uint8), cv2.DIST_L2, 5) / np.float32(max(1, roundness)), 1)
    return np.asarray(np.sqrt(np.clip(1 - (1 - inside) ** 2, 0, 1)), np.float32)


def lit(form: Field, height: float, gloss: float = 30.0) -> tuple[Field, Field]:
    """Diffuse light (1.0 on level ground) and highlight (0..1) of a surface `form` (0..1) that is `height` pixels high."""
    slope_x, slope_y, length = _slopes(form, height)
    halfway = cv2.divide(cv2.addWeighted(slope_x, 0.27, slope_y, 0.36, 0.893), length)
    return _diffuse(slope_x, slope_y, length), np.asarray(cv2.pow(cv2.max(halfway, 0.0), gloss), np.float32)


def shaded(form: Field, height: float) -> Field:
    """The diffuse light of `lit` alone."""
    return _diffuse(*_slopes(form, height))


def _slopes(form: Field, height: float) -> tuple[Field, Field, Field]:
    """How `form` rises across and down, and the length of its normal."""
    across, down = (cv2.Sobel(form, cv2.CV_32F, *way, ksize=3, scale=height / 8) for way in ((1, 0), (0, 1)))
    square = cv2.add(cv2.multiply(across, across), cv2.multiply(down, down))
    return across, down, np.asarray(cv2.sqrt(cv2.add(square, 1.0)), np.float32)


def _diffuse(across: Field, down: Field, length: Field) -> Field:
    light = cv2.divide(cv2.addWeighted(across, 0.5 / 0.6, down, 0.62 / 0.6, 1.0), length)
    return np.asarray(cv2.max(light, 0.0), np.float32)


def gleamed(pixels: Picture, factor: Field, light: Field) -> Picture:
    """RGB of `pixels` (RGB or RGBA) times `factor`, one for all channels or one each, then `light` (0..1) of the way to white."""
    factors = cv2.split(factor) if factor.ndim == 3 else [factor] * 3
    cover = cv2.convertScaleAbs(light, alpha=255)
    result = []
    for part, each in zip(cv2.split(pixels)[:3], factors, strict=True):
        shade = cv2.multiply(part, each, dtype=cv2.CV_8U)
        result.append(cv2.add(shade, cv2.multiply(cv2.bitwise_not(shade), cover, scale=1 / 255)))
    return np.asarray(cv2.merge(result), np.uint8)


def times(pixels: Picture, factor: Field) -> Picture:
    """The colours of `pixels` (its first three channels) times `factor`, one for all; a fourth channel stays."""
    parts = cv2.split(pixels)
    return np.asarray(cv2.merge([*(cv2.multiply(part, factor, dtype=cv2.CV_8U) for part in parts[:3]), *parts[3:]]), np.uint8)
