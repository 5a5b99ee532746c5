"""The subject of a picture without its ground, by classical means: what differs from the picture's rim or belongs to a face,
refined by GrabCut. `saliency` and `person` say where it may be, this module decides, `edge` draws the outline."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio.cutout.edge import refined, unmixed
from mediakiln.providers.studio.cutout.person import person
from mediakiln.providers.studio.cutout.saliency import barrier, unlike_the_rim
from mediakiln.providers.studio.noise import Field
from mediakiln.providers.studio.stills import Picture

MAX_SIDE = 1280
"""A cut-out is no larger than this."""

_ROUGH_SIDE, _SIDE = 160, 288
"""GrabCut finds the subject at the first longest side and its outline at the second; the edge is drawn at full size."""

_LEAST_SIDE = 16
"""A picture narrower than this shows nothing that could be cut out."""

_CONTRAST = 14.0
"""Lab units (OpenCV's bytes) between two sides of an edge that is seen."""

_SHARED = 0.4
"""A subject and its ground have less than this of their colours in common."""

_SMALLEST, _LARGEST = 0.015, 0.82

_Colours = tuple[NDArray[np.float64], NDArray[np.float64]]
"""GrabCut's mixtures of the ground's and the subject's colours, (1, 65) each; it writes them where it learns."""


def cut_out(picture: Picture, side: int = MAX_SIDE) -> Picture:
    """The subject of `picture` (uint8 RGB) as RGBA, cut to its own box, its longer side at most `side`; the same for the same
    picture. A small subject of a large picture keeps all the detail it has.

    A picture that has no subject of its own, such as a wide view, comes back whole and opaque.
    """
    middle = _limited(picture, _SIDE)
    colours = (np.zeros((1, 65)), np.zeros((1, 65)))
    mask = _grabbed(_limited(picture, _ROUGH_SIDE), colours) if min(picture.shape[:2]) >= _LEAST_SIDE else None
    if mask is None:
        whole = _limited(picture, side)
        return np.dstack([whole, np.full(whole.shape[:2], 255, np.uint8)])
    picture, mask = _around(picture, _closer(middle, mask, colours))
    # The edge may come to lie up to two of the mask's pixels farther out.
    picture = _limited(picture, int(side * max(mask.shape) / (max(cv2.boundingRect(mask)[2:]) + 5)))
    cover = refined(picture, mask)
    x, y, width, height = cv2.boundingRect((cover > 12).astype(np.uint8))
    part = (slice(y, y + height), slice(x, x + width))
    cover = np.ascontiguousarray(cover[part])
    return np.asarray(cv2.merge([*cv2.split(unmixed(np.ascontiguousarray(picture[part]), cover)), cover]), np.uint8)


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


def _grabbed(small: Picture, colours: _Colours) -> Picture | None:
    """1 on the subject; None where nothing stands out, or nothing that would look like a subject once it is cut out."""
    rim, closed, somebody = unlike_the_rim(small), barrier(small), person(small)
    found = np.minimum(0.75 * closed + 0.35 * rim, 1)
    if somebody is not None:
        found = np.maximum(found * np.clip(somebody * 2.5, 0.35, 1), somebody)
    mask = _grown_from(small, np.asarray(found, np.float32), colours)
    if mask is not None and _bordered(small, mask) and _shared(small, mask) < (_SHARED if somebody is None else 1.25 * _SHARED):
        return _bays_kept(small, mask)
    mask = _grown_from(small, rim, colours)
    if mask is None or not _bordered(small, mask) or _shared(small, mask) > _SHARED:
        return None
    strong = closed > 0.5  # most of what stands out must be in it: else it is one coloured part of a thing
    return _bays_kept(small, mask) if float((mask[strong] > 0).sum()) >= 0.6 * float(strong.sum()) else None


def _grown_from(small: Picture, found: Field, colours: _Colours) -> Picture | None:
    """The piece that GrabCut makes of `found`, how likely each place is the subject's."""
    height, width = small.shape[:2]
    if float(found.max()) < 0.2:
        return None
    level = max(0.22, float(cv2.threshold((found * 255).astype(np.uint8), 0, 255, cv2.THRESH_OTSU)[0]) / 255)
    mask = np.where(found > level, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    mask[found > min(0.9, level * 2.2)] = cv2.GC_FGD
    mask[found < 0.3 * level] = cv2.GC_BGD
    rim = max(1, min(height, width) // 60)
    mask[:rim] = mask[:, :rim] = mask[:, -rim:] = cv2.GC_BGD  # not the lower edge: many subjects are cut by it
    if not (mask == cv2.GC_FGD).any():
        mask[found >= np.quantile(found, 0.97)] = cv2.GC_FGD
    return _grab(small, mask, colours, 3, cv2.GC_INIT_WITH_MASK)


def _grab(small: Picture, mask: Picture, colours: _Colours, rounds: int, way: int) -> Picture | None:
    cv2.setRNGSeed(1)
    try:
        cv2.grabCut(small, mask, None, *colours, rounds, way)
    except cv2.error:  # one of the two sides is empty
        return None
    return _one_piece(((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8))


def _bays_kept(small: Picture, mask: Picture) -> Picture:
    """`mask` with those filled bays as the subject's own that do not look like the ground beside them: a light muzzle does not,
    the wall beside a neck does and stays in doubt."""
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.float32)
    count, labels = cv2.connectedComponents((mask == 2).astype(np.uint8))
    for index in range(1, count):
        bay = labels == index
        beside = (cv2.dilate(bay.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0) & (mask == 0)
        if not beside.any() or float(np.linalg.norm(lab[bay].mean(axis=0) - lab[beside].mean(axis=0))) > _CONTRAST:
            mask[bay] = 1
    return mask


def _closer(small: Picture, rough: Picture, colours: _Colours) -> Picture:
    """`rough`, of a smaller picture, at the size of `small`: its outline looked for again, near where it was."""
    height, width = small.shape[:2]
    near = cv2.resize(rough, (width, height), interpolation=cv2.INTER_NEAREST)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    mask = np.where(near > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    mask[cv2.erode((near == 1).astype(np.uint8), kernel) > 0] = cv2.GC_FGD  # a filled bay may be the wall beside a neck
    mask[cv2.dilate(near, kernel) == 0] = cv2.GC_BGD
    found = _grab(small, mask, colours, 1, cv2.GC_EVAL_FREEZE_MODEL)
    return _without_holes(np.asarray((near if found is None else found) == 1, np.uint8))


def _bordered(small: Picture, mask: Picture) -> bool:
    """Whether most of the outline of `mask` is an edge of the picture too. A patch of a subject that fills the picture, such as
    the forehead of a cat, has an outline that nothing shows."""
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
    return bool(contrast.size) and float(np.mean(contrast > _CONTRAST)) > 0.8


def _shared(small: Picture, mask: Picture) -> float:
    """How much of the subject's colours its ground has too, 0..1. A wrong cut goes through things: its sides are alike."""
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    sides = ((mask > 0).astype(np.uint8), (mask == 0).astype(np.uint8))
    inside, outside = (cv2.calcHist([lab], [0, 1, 2], side, [8, 16, 16], [0, 256] * 3) for side in sides)
    return float(np.minimum(inside / max(1.0, float(inside.sum())), outside / max(1.0, float(outside.sum()))).sum())


def _one_piece(mask: Picture) -> Picture | None:
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
    mask = _without_holes(mask)
    if not _SMALLEST < float(mask.mean()) < _LARGEST:
        return None
    sides = float(mask[: height * 3 // 4, [1, -2]].mean())
    return None if sides > 0.5 else np.asarray(mask * 2 - (mask & found), np.uint8)


def _without_holes(mask: Picture) -> Picture:
    """`mask` with its holes filled, but not large ones: through those one looks."""
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = cv2.drawContours(np.zeros_like(mask), outlines, -1, 1, -1)
    return np.asarray(filled, np.uint8) if float(filled.sum()) < 1.15 * float(mask.sum()) else mask


def _around(picture: Picture, mask: Picture) -> tuple[Picture, Picture]:
    """The part of both that holds the subject and some ground: the rest needs no work at full size."""
    x, y, width, height = cv2.boundingRect(mask)
    spare = 12
    rows, columns = mask.shape
    left, top, right, bottom = (
        max(0, x - spare),
        max(0, y - spare),
        min(columns, x + width + spare),
        min(rows, y + height + spare),
    )
    fy, fx = picture.shape[0] / rows, picture.shape[1] / columns
    part = picture[round(top * fy) : round(bottom * fy), round(left * fx) : round(right * fx)]
    return np.ascontiguousarray(part), np.ascontiguousarray(mask[top:bottom, left:right])
