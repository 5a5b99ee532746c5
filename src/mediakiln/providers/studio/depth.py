"""What is near, what is sky, water or leaves in a picture, guessed from simple cues at a small size."""

from __future__ import annotations

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from mediakiln.providers.studio.stills import Picture

Map = NDArray[np.float32]
"""float32 (rows, columns), 0..1."""

_COLUMNS = 160


class Layout(Struct, frozen=True):
    """Small maps of one picture: `near` 1 at the front, and the shares of `sky`, `water` and `leaves` at each place."""

    near: Map
    sky: Map
    water: Map
    leaves: Map


def layout(picture: Picture, wet: bool) -> Layout:
    """Guess the layout. `wet` says that the words speak of water, so calm blue or grey below the middle is taken for it."""
    height, width = picture.shape[:2]
    rows = max(24, round(_COLUMNS * height / width))
    small = cv2.resize(picture, (_COLUMNS, rows), interpolation=cv2.INTER_AREA)
    hsv = cv2.cvtColor(small, cv2.COLOR_RGB2HSV).astype(np.float32)
    hue, saturation, value = hsv[..., 0] * 2, hsv[..., 1] / 255, hsv[..., 2] / 255
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    texture = cv2.GaussianBlur(np.abs(cv2.Laplacian(grey, cv2.CV_32F)), (0, 0), 3)
    texture = np.clip(texture / 0.06, 0, 1)
    down = np.linspace(0, 1, rows, dtype=np.float32)[:, None] * np.ones((1, _COLUMNS), np.float32)

    sky = _sky(texture, value, down)
    bluish = np.exp(-(((hue - 205) / 45) ** 2)) * np.clip(saturation * 3, 0, 1)
    water = np.clip(bluish + (0.5 if wet else 0.0), 0, 1) * np.clip((down - 0.42) * 6, 0, 1) * (1 - sky) * (1 - 0.5 * texture)
    leaves = np.exp(-(((hue - 100) / 38) ** 2)) * np.clip(saturation * 2.5, 0, 1) * (0.3 + 0.7 * texture) * (1 - sky)
    centre = np.exp(-((np.linspace(-1, 1, _COLUMNS, dtype=np.float32)[None] / 0.7) ** 2))
    near = (0.7 * down + 0.12 * texture + 0.18 * centre * down) * (1 - 0.6 * sky)
    near = cv2.bilateralFilter(np.asarray(near, np.float32), 9, 0.2, 7)
    near = cv2.GaussianBlur(near, (0, 0), 3)
    near = (near - near.min()) / max(float(np.ptp(near)), 1e-6)
    return Layout(near, _soft(sky), _soft(water if wet else water * 0.7), _soft(leaves))


def _sky(texture: Map, value: Map, down: Map) -> Map:
    """Calm, not too dark, and connected with the upper edge."""
    calm = ((texture < 0.45) & (value > 0.12) & (down < 0.75)).astype(np.uint8)
    _, labels = cv2.connectedComponents(calm)
    above = [label for label in np.unique(labels[0]) if label]
    found = np.isin(labels, above).astype(np.uint8)
    # Stay clear of what stands out against the sky, or it would be dragged along with the clouds.
    return np.asarray(cv2.erode(found, np.ones((13, 13), np.uint8), borderType=cv2.BORDER_REPLICATE), np.float32)


def _soft(mask: Map) -> Map:
    return np.asarray(cv2.GaussianBlur(np.asarray(mask, np.float32), (0, 0), 2.5), np.float32)
