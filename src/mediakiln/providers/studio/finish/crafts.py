"""Renderings as handwork: low polygons, ink outlines, an isometric block.

Each takes and gives uint8 (height, width, 3) RGB and gives the same for the same input; stills, videos and the caller's own
pictures share them.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]


def _picture(value: object) -> Picture:
    return np.asarray(value, np.uint8)


def _unit(picture: Picture) -> float:
    return float(max(0.6, min(picture.shape[:2]) / 360))


def _times(picture: Picture, factor: Floats) -> Picture:
    return _picture(cv2.multiply(picture, cv2.merge([factor] * 3), dtype=cv2.CV_8U))


def _vivid(picture: Picture, amount: float) -> Picture:
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return _picture(cv2.addWeighted(picture, amount, grey, 1 - amount, 0))


def lowpoly(picture: Picture) -> Picture:
    """Triangles, small where there are edges and large where there are none, each of one colour."""
    height, width = picture.shape[:2]
    rng = np.random.default_rng(11)
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 1.2)
    edge = np.abs(cv2.Laplacian(grey, cv2.CV_32F)) + 0.4
    edge = cv2.GaussianBlur(edge, (0, 0), 1.5).ravel()
    chosen = np.searchsorted(np.cumsum(edge), rng.random(1500) * float(edge.sum())).clip(0, edge.size - 1)
    points = np.stack([chosen % width, chosen // width], 1).astype(np.float32)
    loose = rng.random((260, 2)).astype(np.float32) * np.array([width - 1, height - 1], np.float32)
    sides = np.linspace(0, 1, 9, dtype=np.float32)
    frame = [(s * (width - 1), e) for s in sides for e in (0, height - 1)] + [
        (e, s * (height - 1)) for s in sides for e in (0, width - 1)
    ]
    division = cv2.Subdiv2D((0, 0, width, height))
    for px, py in np.concatenate([points, loose, np.array(frame, np.float32)]):
        division.insert((float(px), float(py)))
    smooth = _vivid(_picture(cv2.blur(picture, (5, 5))), 1.25)
    result = smooth.copy()
    triangles = division.getTriangleList().reshape(-1, 3, 2)
    inside = ((triangles >= 0) & (triangles <= (width - 1, height - 1))).all(axis=(1, 2))
    triangles = triangles[inside]
    middles = triangles.mean(axis=1).round().astype(int)
    slope = triangles[:, 1] - triangles[:, 0]
    light = 1 + 0.06 * np.sin(np.arctan2(slope[:, 1], slope[:, 0]) * 2)
    tones = np.clip(smooth[middles[:, 1].clip(0, height - 1), middles[:, 0].clip(0, width - 1)] * light[:, None], 0, 255)
    for corners, tone in zip(np.round(triangles * 16).astype(np.int32), tones.tolist(), strict=True):
        cv2.fillConvexPoly(result, corners, tone, cv2.LINE_AA, 4)
    return result


def lineart(picture: Picture) -> Picture:
    """Clean black outlines on white paper, as for colouring in."""
    unit = _unit(picture)
    calm = cv2.bilateralFilter(_picture(cv2.medianBlur(picture, 5)), 5, 50, 5)
    lines = np.zeros(picture.shape[:2], np.float32)
    reach = np.ones((2 + round(unit * 0.7),) * 2, np.uint8)
    for channel in cv2.split(cv2.cvtColor(calm, cv2.COLOR_RGB2LAB)):
        base = cv2.GaussianBlur(channel, (0, 0), 0.6 * unit)
        lines = np.maximum(lines, cv2.morphologyEx(base, cv2.MORPH_GRADIENT, reach).astype(np.float32))
    drawn = cv2.GaussianBlur(1 - np.clip((lines - 7) / 12, 0, 1), (0, 0), 0.3 * unit)
    sheet = np.clip((drawn - 0.1) * 1.2, 0, 1)[..., None] * np.array([252, 251, 247], np.float32)
    return _picture(np.maximum(sheet, np.array([24, 25, 30], np.float32)))


def isometric(picture: Picture) -> Picture:
    """The scene as a little stage seen from the corner: its picture on a slab in isometric projection, on plain paper."""
    height, width = picture.shape[:2]
    mean = picture.reshape(-1, 3).mean(axis=0)
    paper = mean * 0.25 + np.array([236, 234, 240]) * 0.75
    fall = np.linspace(1.04, 0.9, height, dtype=np.float32)[:, None, None]
    canvas = np.clip(np.broadcast_to(paper.astype(np.float32), (height, width, 3)) * fall, 0, 255).astype(np.uint8)
    side = min(width / 1.18, height / 1.32)
    wide, tall, rise, deep = side * 0.96, side * 0.84, side * 0.3, side * 0.15
    x0, y0 = (width - wide - deep) / 2, (height - tall - rise) / 2 + rise
    face = np.array([(x0, y0), (x0 + wide, y0 - rise), (x0 + wide, y0 - rise + tall), (x0, y0 + tall)], np.float32)
    back = face + np.array([deep, deep * 0.42], np.float32)
    shadow = np.zeros((height, width), np.uint8)
    cv2.fillPoly(shadow, [np.round(back + np.array([deep * 0.5, deep * 0.6])).astype(np.int32)], 255, cv2.LINE_AA)
    shadow = cv2.GaussianBlur(shadow, (0, 0), max(1.0, side * 0.03))
    canvas = _times(canvas, 1 - shadow.astype(np.float32) / 255 * np.float32(0.32))
    vivid = _vivid(_picture(cv2.medianBlur(picture, 5)), 1.2)
    low = vivid[-max(1, height // 6) :].reshape(-1, 3).mean(axis=0)
    for corners, k in (((1, 2), 0.6), ((3, 2), 0.78)):
        a, b = corners
        quad = np.array([face[a], face[b], back[b], back[a]])
        cv2.fillPoly(canvas, [np.round(quad * 16).astype(np.int32)], tuple(float(v) * k for v in low), cv2.LINE_AA, 4)
    crop = min(height, width)
    left, top = (width - crop) // 2, (height - crop) // 2
    source = np.array([(left, top), (left + crop, top), (left + crop, top + crop), (left, top + crop)], np.float32)
    if width > height:
        span = min(width, round(crop * 1.15))
        left = (width - span) // 2
        source = np.array([(left, top), (left + span, top), (left + span, top + crop), (left, top + crop)], np.float32)
    matrix = cv2.getPerspectiveTransform(source, face)
    warped = cv2.warpPerspective(vivid, matrix, (width, height), flags=cv2.INTER_AREA)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.round(face * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    alpha = cv2.merge([mask] * 3).astype(np.float32) / 255
    return _picture(warped * alpha + canvas * (1 - alpha))
