"""Pictures bent by a coarse field of displacements, alone or two of them melted by a field of shares, a few rows at a time.

A field has few rows and columns and is stretched over the picture; in strips its full-size form never exists, so that a 4k
picture takes little more memory than itself; and strips that fit into the processor's cache take half the time of a whole field.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio.stills import Picture

Field = NDArray[np.float32]
"""float32 (rows, columns) or (rows, columns, 2) with x before y."""

_FINEST, _CELLS = 4, 160
"""Fields are brought to square cells and stretched from there: so many on the longer side at least, or of so few pixels."""

_STRIP = 48
"""Rows at a time, about."""

_HARDLY = 1 / 500
"""A share of a picture that no byte of it shows."""


def bent(picture: Picture, shift: Field) -> Picture:
    """`picture` (RGBA, which OpenCV samples in half the time of RGB) where each pixel comes from `shift` away, in pixels.

    What lies outside is mirrored.
    """
    result = np.empty_like(picture)
    cells = _Cells(picture)
    spots = cells.spots(shift)
    for rows in cells.strips():
        cells.sampled(picture, spots, rows, slice(0, cells.width), result)
    return result


def melted(one: Picture, other: Picture, shifts: tuple[Field, Field], share: Field) -> Picture:
    """`one` bent by the first of `shifts` where `share` is 0, `other` bent by the second where it is 1, both between.

    Neither is sampled where it does not show, which is most places at most moments.
    """
    result = np.empty_like(one)
    cells = _Cells(one)
    spots = [cells.spots(shift) for shift in shifts]
    shares = cells.of(share)
    for rows in cells.strips():
        part = shares[cells.around(rows)]
        first = cells.span(part.min(axis=0) < 1 - _HARDLY)
        second = cells.span(part.max(axis=0) > _HARDLY)
        cells.sampled(one, spots[0], rows, first, result)
        both = slice(max(first.start, second.start), min(first.stop, second.stop))
        begin = result[rows, both].copy()
        cells.sampled(other, spots[1], rows, second, result)
        if begin.size:
            weight = cells.stretched(shares, rows, both)
            mixed = result[rows, both]
            cv2.blendLinear(begin, mixed, 1 - weight, weight, dst=mixed)
    return result


class _Cells:
    """The cells of a picture's size, with one more around them all; `rows` and `columns` are pixels and begin with a cell."""

    def __init__(self, picture: Picture) -> None:
        self.height, self.width = picture.shape[:2]
        self.side = max(_FINEST, max(self.height, self.width) // _CELLS)

    def of(self, field: Field) -> Field:
        """`field` with a value for the middle of each cell."""
        for axis, length in ((0, self.height), (1, self.width)):
            upper, lower, part = _places(field.shape[axis], length, self.side)
            low = field.take(upper, axis)
            field = low + (field.take(lower, axis) - low) * part.reshape(-1, *[1] * (field.ndim - 1 - axis))
        return np.asarray(field, np.float32)

    def spots(self, shift: Field) -> Field:
        """Where the middle of each cell comes from."""
        cells = self.of(shift)
        cells[..., 0] += _middles(self.width, self.side)
        cells[..., 1] += _middles(self.height, self.side)[:, None]
        return cells

    def strips(self) -> Iterator[slice]:
        """All rows, a few at a time."""
        step = max(1, _STRIP // self.side) * self.side
        for top in range(0, self.height, step):
            yield slice(top, min(top + step, self.height))

    def span(self, where: NDArray[np.bool_]) -> slice:
        """The columns from the first to the last cell of a row, with one more on either side, `where` it is so."""
        found = np.flatnonzero(where)
        if not len(found):
            return slice(0, 0)
        return slice(max(0, (int(found[0]) - 2) * self.side), min(self.width, (int(found[-1]) + 1) * self.side))

    def around(self, pixels: slice) -> slice:
        """The cells that `pixels` lie between."""
        return slice(pixels.start // self.side, -(-pixels.stop // self.side) + 2)

    def stretched(self, cells: Field, rows: slice, columns: slice) -> Field:
        """A value for each pixel."""
        part = cells[self.around(rows), self.around(columns)]
        full = cv2.resize(part, (part.shape[1] * self.side, part.shape[0] * self.side), interpolation=cv2.INTER_LINEAR)
        size = rows.stop - rows.start, columns.stop - columns.start
        return np.asarray(full[self.side : self.side + size[0], self.side : self.side + size[1]], np.float32)

    def sampled(self, picture: Picture, spots: Field, rows: slice, columns: slice, into: Picture) -> None:
        """Fill `rows` and `columns` of `into`."""
        if columns.start < columns.stop:
            strip, target = self.stretched(spots, rows, columns), into[rows, columns]
            cv2.remap(picture, strip, None, cv2.INTER_LINEAR, dst=target, borderMode=cv2.BORDER_REFLECT_101)


def _middles(length: int, side: int) -> Field:
    """Where the middles of the cells along a side of the picture are, in pixels."""
    return (np.arange(-(-length // side) + 2, dtype=np.float32) - np.float32(0.5)) * side - np.float32(0.5)


@lru_cache(maxsize=16)
def _places(count: int, length: int, side: int) -> tuple[NDArray[np.int32], NDArray[np.int32], Field]:
    """Between which of a field's `count` rows or columns the cells of a side lie, and what share beyond the upper one."""
    place = np.clip((_middles(length, side) + np.float32(0.5)) * np.float32(count / length) - np.float32(0.5), 0, count - 1)
    upper = np.minimum(place.astype(np.int32), count - 1)
    return upper, np.minimum(upper + 1, count - 1), np.asarray(place - upper, np.float32)
