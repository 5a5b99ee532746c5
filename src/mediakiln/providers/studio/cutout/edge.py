"""The edge of a cut-out at full size: it follows the picture's own edges, and its half-clear pixels keep the subject's colours.

What is smooth is worked out on a smaller copy; only the edge itself costs work at full size.
"""

from __future__ import annotations

import cv2
import numpy as np

from mediakiln.providers.studio.stills import Picture

_FORM_SIDE = 480
"""The filter's coefficients are worked out at this longest side (He and Sun, 2015)."""

_COLOUR_SIDE = 360
"""The subject's colours are spread out over its edge at this longest side."""


def refined(picture: Picture, mask: Picture) -> Picture:
    """`mask` (0 or 1, any size) as the cover of `picture`, 0..255, at the picture's size; its edge follows the picture's (a
    guided filter, He et al., 2010)."""
    height, width = picture.shape[:2]
    scale = min(1.0, _FORM_SIDE / max(height, width))
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    rough = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    radius = max(2, round(max(size[1] / mask.shape[0], size[0] / mask.shape[1]) * 1.6))
    box = (2 * radius + 1, 2 * radius + 1)
    whole = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    guide = cv2.resize(whole, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    mean, edge = cv2.blur(guide, box), cv2.blur(rough, box)
    slope = (cv2.blur(guide * rough, box) - mean * edge) / (cv2.blur(guide * guide, box) - mean * mean + 4e-4)
    slope, offset = cv2.blur(slope, box), cv2.blur(edge - slope * mean, box)
    # Far from the rough edge the filter has nothing to say: there the offset alone decides.
    inner = cv2.erode(rough, np.ones(box, np.uint8), borderType=cv2.BORDER_REPLICATE) > 0.99
    outer = cv2.dilate(rough, np.ones(box, np.uint8)) < 0.01
    slope[inner | outer] = 0
    offset[inner], offset[outer] = 1, 0
    # 0.22..0.78 becomes 0..1 (in bytes): what is nearly in is in.
    slope, offset = (
        cv2.resize(part, (width, height), interpolation=cv2.INTER_LINEAR)
        for part in (slope / 0.56, (offset - 0.22) * (255 / 0.56))
    )
    return np.asarray(cv2.add(cv2.multiply(whole, slope, dtype=cv2.CV_32F), offset, dtype=cv2.CV_8U), np.uint8)


def unmixed(picture: Picture, cover: Picture) -> Picture:
    """`picture` (RGB) with the subject's own colours in the half-clear pixels of its edge, spread out from within."""
    rows, columns = np.nonzero(cover < 250)
    seen = cover[rows, columns] > 0
    rows, columns = rows[seen], columns[seen]
    if not len(rows):
        return picture
    height, width = cover.shape
    scale = min(1.0, _COLOUR_SIDE / max(height, width))
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    sure = np.where(cover > 242, np.uint8(255), np.uint8(0))
    near = cv2.resize(cv2.bitwise_and(picture, cv2.merge([sure] * 3)), size, interpolation=cv2.INTER_AREA).astype(np.float32)
    known = cv2.resize(sure, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    reach = max(1.0, max(size) / 220)
    box = (2 * round(1.5 * reach) + 1,) * 2
    known = cv2.blur(cv2.blur(known, box), box)
    spread = cv2.blur(cv2.blur(near, box), box) / (known[..., None] + np.float32(0.02)) * 255
    y, x = (rows * (size[1] / height)).astype(np.intp), (columns * (size[0] / width)).astype(np.intp)
    own = (cover[rows, columns].astype(np.float32) / 255)[:, None] ** 2
    trust = np.minimum(known[y, x] * np.float32(20 / 255), 1)[:, None] * (1 - own)
    colours = picture[rows, columns]
    result = picture.copy()
    result[rows, columns] = np.clip(colours * (1 - trust) + spread[y, x] * trust, 0, 255).astype(np.uint8)
    return result
