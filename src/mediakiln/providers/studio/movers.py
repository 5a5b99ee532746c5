"""Things that are in both of two pictures, but far apart: optical flow loses them, so they are looked for as a whole."""

from __future__ import annotations

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.warp import Field

_SMALLEST, _LARGEST, _MOST = 0.002, 0.2, 3
"""A mover's share of the picture, and how many there are at most."""

_FURTHEST = 0.7
"""How far a thing may have gone, in longer sides; what seems to have gone further is a thing of the same kind."""

_APART = 24
"""Steps of 255 from which a place is not what was expected there."""

_FOUND, _BETTER = 0.5, 0.25
"""The correlation at which a thing counts as found again, and by how much it must beat the place where it was."""


class Mover(Struct, frozen=True):
    """A thing that covers `here` (float32, 0..1) in one picture and `there` in the other, `shift` pixels (x, y) away."""

    here: Field
    there: Field
    shift: tuple[float, float]

    def at(self, share: float) -> Field:
        """Where it is `share` of the way, 0..1."""
        return _moved(self.here, self.shift, share)


def movers(one: Picture, other: Picture, there: Field, back: Field) -> list[Mover]:
    """What left its place in `one` for another in `other` (small RGB pictures). `there` and `back` are how all the rest moved."""
    # Grass and leaves never find themselves again blade by blade; blurred they do.
    soft = (cv2.GaussianBlur(one, (0, 0), 3), cv2.GaussianBlur(other, (0, 0), 3))
    left, come = _unexpected(soft[0], soft[1], there), _unexpected(soft[1], soft[0], back)
    gone = cv2.morphologyEx(_where(left > _APART), cv2.MORPH_CLOSE, np.ones((7, 7), np.uint8))
    gone = cv2.morphologyEx(gone, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(gone, connectivity=8)
    sizes = gone.size * _SMALLEST, gone.size * _LARGEST
    order = sorted(range(1, count), key=lambda label: -int(boxes[label, cv2.CC_STAT_AREA]))
    found: list[Mover] = []
    for label in [label for label in order if sizes[0] <= boxes[label, cv2.CC_STAT_AREA] <= sizes[1]][: 2 * _MOST]:
        area = _where(labels == label)
        shift = _found(one, other, area, boxes[label])
        if shift is None:
            continue
        # Of the area only what the shift explains better; and where it went, something new must have come.
        missed = cv2.absdiff(soft[0], cv2.warpAffine(soft[1], _matrix(shift, -1), soft[1].shape[1::-1])).max(axis=2)
        mask = cv2.morphologyEx(area & _where(missed < 0.75 * left), cv2.MORPH_CLOSE, np.ones((11, 11), np.uint8))
        mask = _largest(mask)
        new = cv2.warpAffine(_where(come > _APART), _matrix(shift, -1), mask.shape[1::-1])
        if mask.sum() < sizes[0] or (new & mask).sum() < 0.5 * mask.sum():
            continue
        cover = np.asarray(
            cv2.GaussianBlur(cv2.dilate(mask, np.ones((7, 7), np.uint8)).astype(np.float32), (0, 0), 1), np.float32
        )
        if not any(float((cover * each.here).max()) > 0.5 for each in found):
            found.append(Mover(cover, _moved(cover, shift), shift))
    return found[:_MOST]


def _unexpected(one: Picture, other: Picture, flow: Field) -> Picture:
    """How far each place of `one` is from what `flow` leads to in `other`; 0 where that is outside."""
    rows, columns = one.shape[:2]
    spot = np.dstack(np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))) + flow
    inside = (spot >= 0).all(axis=2) & (spot <= (columns - 1, rows - 1)).all(axis=2)
    apart = cv2.absdiff(one, cv2.remap(other, spot, None, cv2.INTER_LINEAR)).max(axis=2)
    return np.asarray(apart * inside, np.uint8)


def _found(one: Picture, other: Picture, mask: Picture, box: NDArray[np.int32]) -> tuple[float, float] | None:
    """How far away `other` has the thing under `mask`, if it has it somewhere else."""
    x, y, wide, tall = (int(value) for value in box[:4])
    part = (slice(y, y + tall), slice(x, x + wide))
    whole = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    likeness = cv2.matchTemplate(other, one[part], cv2.TM_CCOEFF_NORMED, mask=cv2.merge([whole[part]] * 3))
    likeness = np.nan_to_num(likeness, posinf=-1.0, neginf=-1.0)
    likeness[np.abs(likeness) > 1.01] = -1.0  # where the picture is all of one colour
    _, best, _, place = cv2.minMaxLoc(likeness)
    shift = (float(place[0] - x), float(place[1] - y))
    way = abs(shift[0]) + abs(shift[1])
    if best < _FOUND or best < likeness[y, x] + _BETTER or not 6 <= way <= _FURTHEST * max(one.shape):
        return None
    return shift


def _largest(mask: Picture) -> Picture:
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    return _where(labels == 1 + int(np.argmax(boxes[1:, cv2.CC_STAT_AREA]))) if count > 1 else mask


def _where(condition: NDArray[np.bool_]) -> Picture:
    return condition.astype(np.uint8)


def _matrix(shift: tuple[float, float], share: float) -> Field:
    return np.array([[1, 0, shift[0] * share], [0, 1, shift[1] * share]], np.float32)


def _moved(mask: Field, shift: tuple[float, float], share: float = 1.0) -> Field:
    return np.asarray(cv2.warpAffine(mask, _matrix(shift, share), mask.shape[1::-1], flags=cv2.INTER_LINEAR), np.float32)
