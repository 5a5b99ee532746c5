"""The subject of a picture without its ground, by classical means: a plain ground is what the rim's colour reaches, else several
guesses are refined by GrabCut and the best is kept.

`exposure` gives a faint picture contrast, `plain` knows plain grounds; elsewhere `saliency`, `regions` and `person` say where a
subject may be, `guesses` decides, `pieces` tidies, `edge` draws the outline.
"""

from __future__ import annotations

import cv2
import numpy as np

from mediakiln.providers.studio.cutout.edge import refined, unmixed
from mediakiln.providers.studio.cutout.exposure import exposed
from mediakiln.providers.studio.cutout.guesses import Colours, best_guess, grabbed
from mediakiln.providers.studio.cutout.pieces import one_piece, without_holes
from mediakiln.providers.studio.cutout.plain import on_plain_ground
from mediakiln.providers.studio.stills import Picture

MAX_SIDE = 1280
"""A cut-out is no larger than this."""

_ROUGH_SIDE, _SIDE = 160, 288
"""GrabCut finds the subject at the first longest side and its outline at the second; the edge is drawn at full size."""

_PLAIN_SIDE = 480
"""What stands on a plain ground is found at this longest side, and drawn at full size."""

_LEAST_SIDE = 16
"""A picture narrower than this shows nothing that could be cut out."""


def cut_out(picture: Picture, side: int = MAX_SIDE) -> Picture:
    """The subject of `picture` (uint8 RGB) as RGBA, cut to its own box, its longer side at most `side`; the same for the same
    picture. A small subject of a large picture keeps all the detail it has.

    A picture that has no subject of its own, such as a wide view, comes back whole and opaque.
    """
    if min(picture.shape[:2]) < _LEAST_SIDE:
        return _opaque(picture, side)
    plain = on_plain_ground(_limited(picture, _PLAIN_SIDE))
    if plain is not None:
        picture, mask = _around(picture, np.asarray(plain > 127, np.uint8))
        picture = _limited(picture, int(side * max(mask.shape) / (max(cv2.boundingRect(mask)[2:]) + 2)))
        cover = on_plain_ground(picture)
        return _taken(picture, refined(picture, mask) if cover is None else cover)
    middle = exposed(_limited(picture, _SIDE))
    guess = best_guess(_limited(middle, _ROUGH_SIDE))
    if guess is None:
        return _opaque(picture, side)
    picture, mask = _around(picture, _closer(middle, *guess))
    # The edge may come to lie up to two of the mask's pixels farther out.
    picture = _limited(picture, int(side * max(mask.shape) / (max(cv2.boundingRect(mask)[2:]) + 5)))
    return _taken(picture, refined(picture, mask))


def _opaque(picture: Picture, side: int) -> Picture:
    whole = _limited(picture, side)
    return np.dstack([whole, np.full(whole.shape[:2], 255, np.uint8)])


def _taken(picture: Picture, cover: Picture) -> Picture:
    """What `cover` shows of `picture`, cut to its own box."""
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


def _closer(small: Picture, rough: Picture, colours: Colours) -> Picture:
    """`rough`, of a smaller picture, at the size of `small`: its outline looked for again, near where it was."""
    height, width = small.shape[:2]
    near = cv2.resize(rough, (width, height), interpolation=cv2.INTER_NEAREST)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
    mask = np.where(near > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    mask[cv2.erode((near == 1).astype(np.uint8), kernel) > 0] = cv2.GC_FGD  # a filled bay may be the wall beside a neck
    mask[cv2.dilate(near, kernel) == 0] = cv2.GC_BGD
    x, y, wide, tall = cv2.boundingRect(np.asarray(mask != cv2.GC_BGD, np.uint8))
    part = (slice(max(0, y - 2), y + tall + 2), slice(max(0, x - 2), x + wide + 2))
    found = grabbed(np.ascontiguousarray(small[part]), np.ascontiguousarray(mask[part]), colours, 1, cv2.GC_EVAL_FREEZE_MODEL)
    if found is None:
        return without_holes(np.asarray(near == 1, np.uint8))
    whole = np.zeros_like(near)
    whole[part] = found
    piece = one_piece(whole)
    return without_holes(np.asarray((near if piece is None else piece) == 1, np.uint8))


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
