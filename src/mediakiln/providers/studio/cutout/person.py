"""People in a picture, told by the skin of a face: no weights, so only faces that are large, upright and lit.

`person` says where one may be; `bust` says where the rest of somebody is of whom a face was found.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio.noise import Field
from mediakiln.providers.studio.stills import Picture


def person(small: Picture) -> Field | None:
    """Where a person is likely, from a face: 1 on it, less on the hair around and the shoulders below; None without a face.

    A face is a compact upright patch of skin, with features in it and other colours around, that is large enough to be what the
    picture is of.
    """
    height, width = small.shape[:2]
    skin = skin_of(small)
    reach = 2 * max(1, round(min(height, width) / 90)) + 1
    patches = cv2.morphologyEx(
        (skin > 0.5).astype(np.uint8), cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    )
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    _, labels, stats, centres = cv2.connectedComponentsWithStats(patches)
    heads: list[tuple[float, float, float, float]] = []
    for index in np.argsort(-stats[1:, cv2.CC_STAT_AREA])[:6] + 1:
        left, _, wide, _, area = stats[index].tolist()
        x, y = centres[index].tolist()
        if not 0.012 * height * width < area < 0.3 * height * width or y > 0.66 * height or left <= 1 or left + wide >= width - 1:
            continue
        if heads and area < 0.35 * math.pi * heads[0][2] * heads[0][3]:
            break
        moments = cv2.moments((labels == index).astype(np.uint8), True)
        rx, ry = 2 * math.sqrt(moments["mu20"] / area), 2 * math.sqrt(moments["mu02"] / area)
        inner, outer = (_ellipse(small, x, y, rx * k, ry * k) for k in (0.95, 1.7))
        around = float(skin[outer & ~inner].mean())
        if area > 0.72 * math.pi * rx * ry and 0.8 < ry / rx < 1.9 and around < 0.36 and float(grey[inner].std()) > 30:
            heads.append((x, y, rx, ry))
    if not heads:
        return None
    found = np.zeros((height, width), np.float32)
    for x, y, rx, ry in heads:
        shoulders = np.array(
            [
                (x - 0.7 * rx, y + 0.6 * ry),
                (x - 2.7 * rx, y + 2.0 * ry),
                (x - 3.1 * rx, height),
                (x + 3.1 * rx, height),
                (x + 2.7 * rx, y + 2.0 * ry),
                (x + 0.7 * rx, y + 0.6 * ry),
            ]
        )
        cv2.fillPoly(found, [np.round(shoulders).astype(np.int32)], 0.5)
        found = np.maximum(found, 0.5 * _ellipse(small, x, y - 0.1 * ry, 1.4 * rx, 1.3 * ry))
        found = np.maximum(found, 1.0 * _ellipse(small, x, y, 0.8 * rx, 0.85 * ry))
    return np.asarray(cv2.GaussianBlur(found, (0, 0), min(height, width) / 50), np.float32)


def bust(mask: Picture) -> Picture:
    """GrabCut's marks of a portrait of which `mask` is what was found: that and what is below it for certain, hair, hat and
    shoulders maybe, nothing far from them."""
    height = len(mask)
    _, top, _, tall = cv2.boundingRect((mask > 0).astype(np.uint8))
    columns = np.nonzero(mask[top : top + tall * 2 // 3])[1]
    x, half, chin = float(columns.mean()), max(3.0, 1.6 * float(columns.std())), top + 0.75 * tall
    marks = np.full(mask.shape, cv2.GC_BGD, np.uint8)
    _fill(marks, x, ((0.9 * half, chin - 0.25 * tall), (2.3 * half, chin + 0.5 * half), (3.0 * half, height)), cv2.GC_PR_FGD)
    head = (round(1.25 * half), round(0.75 * half + 0.15 * tall))
    cv2.ellipse(marks, (round(x), round(top + 0.15 * tall)), head, 0, 0, 360, cv2.GC_PR_FGD, -1)
    _fill(marks, x, ((0.4 * half, chin - 0.2 * tall), (half, height)), cv2.GC_FGD)
    near = cv2.dilate(marks, np.ones((9, 9), np.uint8)) != cv2.GC_BGD
    marks[(marks == cv2.GC_BGD) & near] = cv2.GC_PR_BGD
    marks[cv2.erode((mask > 0).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0] = cv2.GC_FGD
    return marks


def _fill(marks: Picture, x: float, sides: Sequence[tuple[float, float]], value: int) -> None:
    """Fill a shape whose half widths at some heights are `sides`, from its top down, around `x`."""
    outline = [(x - half, y) for half, y in sides] + [(x + half, y) for half, y in sides[::-1]]
    cv2.fillPoly(marks, [np.round(np.array(outline)).astype(np.int32)], value)


def skin_of(small: Picture) -> Field:
    """How like human skin, of any lightness, each pixel is: a bell around its usual chroma."""
    luma, red, blue = cv2.split(cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 1.2), cv2.COLOR_RGB2YCrCb).astype(np.float32))
    u, v = (red - 151) / 13, (blue - 108) / 13
    return np.asarray(np.exp(-0.5 * (u * u + v * v + 0.6 * u * v)) * np.clip((luma - 35) / 30, 0, 1), np.float32)


def _ellipse(small: Picture, x: float, y: float, rx: float, ry: float) -> NDArray[np.bool_]:
    mask = np.zeros(small.shape[:2], np.uint8)
    cv2.ellipse(mask, (round(x), round(y)), (max(1, round(rx)), max(1, round(ry))), 0, 0, 360, 1, -1)
    return np.asarray(mask > 0)
