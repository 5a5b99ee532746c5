"""From one picture to another: along the optical flow where they show the same things, by a moving dissolve where they do not.

No place shows both pictures for long, since two half-seen outlines are a ghost: what one of them hides is taken from the other,
what moved far goes there as a whole, and where they only differ each place changes over quickly when its turn comes.
"""

from __future__ import annotations

import cv2
import numpy as np

from mediakiln.providers.studio.movers import movers
from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.warp import Field, bent, melted

_SIDE = 320
"""The flow is searched at this longest side."""

_ALIKE = 0.34
"""Under this share of places that find each other again there and back, the two pictures have nothing in common."""

_SPAN = 0.4
"""How much of the way one place of a dissolve takes; the rest is its turn."""

_BRIEF = 0.3
"""The same for a place that differs in pictures that are alike."""

_MELT = (0.15, 0.85)
"""From when to when a place melts that looks the same in both: two samplings of one thing are softer than either."""

_LITTLE = 0.03
"""The share that the surer picture builds on before its turn, and that counts as nothing."""


class Morph:
    """The way from `start` to `goal`, RGBA pictures of one size. Both may be films: `between` takes later frames."""

    def __init__(self, start: Picture, goal: Picture) -> None:
        self._start, self._goal = start, goal
        self._height, self._width = start.shape[:2]
        scale = min(1.0, _SIDE / max(self._height, self._width))
        size = (max(16, round(self._width * scale)), max(16, round(self._height * scale)))
        one, other = (cv2.cvtColor(cv2.resize(p, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGBA2RGB) for p in (start, goal))
        greys = (_grey(one), _grey(other))
        self._greys = tuple(cv2.GaussianBlur(grey, (0, 0), 1.5) for grey in greys)
        there, back = _flow(*greys), _flow(*greys[::-1])
        sure = (_returns(there, back), _returns(back, there))
        self._movers = movers(one, other, there, back)
        self._hidden = tuple(
            np.asarray(sum((mask for mask in masks), np.zeros(size[::-1], np.float32)), np.float32).clip(0, 1)
            for masks in ([mover.here for mover in self._movers], [mover.there for mover in self._movers])
        )
        either = np.maximum(*self._hidden)
        self.alike = _agreement(*greys, there, sure[0], 1 - either)
        # Behind what moves, all goes as it does around it; one of the two pictures shows it.
        self._flows = (_around(there, either), _around(back, either)) if self._movers else (there, back)
        self._sure = (np.maximum(sure[0], either), np.maximum(sure[1], either))
        self._pixels = np.array([self._width / size[0], self._height / size[1]], np.float32)
        self._grid = np.dstack(np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32)))
        self._turns = _turns(*greys)

    def at(self, share: float, shift: Field | None = None) -> Picture:
        """The picture `share` (0..1) of the way; at both ends the given ones, bit for bit.

        With `shift` (rows, columns, 2) each pixel comes from that far away, in shares of the frame, without a second sampling.
        """
        return self.between(self._start, self._goal, share, shift)

    def between(self, start: Picture, goal: Picture, share: float, shift: Field | None = None) -> Picture:
        """As `at`, for later frames of the films that the way was found between."""
        if shift is None and share <= 0:
            return start
        if shift is None and share >= 1:
            return goal
        pulls, seen = self._along(share) if self.alike >= _ALIKE else self._dissolve(share)
        if shift is not None:
            moved = cv2.resize(shift, self._grid.shape[1::-1]) * np.array(self._grid.shape[1::-1], np.float32)
            spot = self._grid + moved
            pulls = [moved + _taken(pull, spot) for pull in pulls]
            seen = _taken(seen, spot)
        if share <= 0 or share >= 1:
            return bent(goal if share >= 1 else start, pulls[share >= 1] * self._pixels)
        return melted(start, goal, (pulls[0] * self._pixels, pulls[1] * self._pixels), seen)

    def _along(self, share: float) -> tuple[list[Field], Field]:
        """Both pictures bent to the same moment: from where each place comes, and how much it shows of the goal."""
        pulls, trust, greys, hidden = [], [], [], []
        for side, part in ((0, share), (1, 1 - share)):
            pull, found = self._pulled(self._flows[side], part)
            spot = self._grid + pull
            pulls.append(pull)
            trust.append(0.02 + found * _taken(self._sure[side], spot))
            hidden.append(_taken(self._hidden[side], spot))
            greys.append(_taken(self._greys[side], spot))
        # Where both are sure and look the same, they may melt; where not, the surer one shows, or each has its turn.
        apart = np.clip((cv2.blur(np.abs(greys[0] - greys[1]), (5, 5)) - 6) / 18, 0, 1)
        turn = _eased(np.clip((share - self._turns * (1 - _BRIEF)) / _BRIEF, 0, 1))
        melt = min(max((share - _MELT[0]) / (_MELT[1] - _MELT[0]), 0.0), 1.0)
        little = _LITTLE * min(1.0, share / 0.1, (1 - share) / 0.1)
        when = np.clip(melt * (1 - apart) + turn * apart, little, 1 - little)
        weight = when * trust[1] / np.maximum((1 - when) * trust[0] + when * trust[1], 1e-6)
        weight = np.clip((weight - _LITTLE) / (1 - 2 * _LITTLE), 0, 1)
        weight = np.asarray(cv2.GaussianBlur(weight, (0, 0), 1.5), np.float32)
        weight += (1 - weight) * np.clip(hidden[0] - hidden[1], 0, 1) - weight * np.clip(hidden[1] - hidden[0], 0, 1)
        for mover in self._movers:
            place = mover.at(share)
            carried = np.array(mover.shift, np.float32)
            inside = (place > 0.5)[..., None]
            pulls[0] = np.where(inside, -share * carried, pulls[0])
            pulls[1] = np.where(inside, (1 - share) * carried, pulls[1])
            late = _eased(np.clip((share - 0.35) / 0.3, 0, 1))
            weight += (late - weight) * place
        return pulls, weight

    def _pulled(self, flow: Field, part: float) -> tuple[Field, Field]:
        """Where each place of the moment comes from, as displacements, and how surely: 1, or towards 0 in a hole.

        The flow tells where a place goes; its way back is found by going there again and again.
        """
        pull = -part * flow
        for _ in range(2):
            pull = -part * _taken(flow, self._grid + pull)
        again = -part * _taken(flow, self._grid + pull)
        again -= pull
        missed = again[..., 0] ** 2 + again[..., 1] ** 2
        return np.asarray(pull, np.float32), np.asarray(np.exp(-missed / 2), np.float32)

    def _dissolve(self, share: float) -> tuple[list[Field], Field]:
        """As `_along`: the start comes nearer and melts, place by place; the goal comes to rest under it."""
        seen = _eased(np.clip((share - self._turns * (1 - _SPAN)) / _SPAN, 0, 1))
        centre = np.array([self._width / 2, self._height * 0.55], np.float32) / self._pixels
        away = self._grid - centre
        near = away * np.float32(1 / (1 + 0.1 * share) - 1)
        rest = away * np.float32(1 / (1 + 0.1 * (1 - share)) - 1)
        return [near, rest], np.asarray(seen, np.float32)


def _taken(field: Field, spot: Field) -> Field:
    there = spot.astype(np.float32, copy=False)
    return np.asarray(cv2.remap(field, there, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _eased(x: Field) -> Field:
    return x * x * (3 - 2 * x)


def _grey(picture: Picture) -> Picture:
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    result: Picture = cv2.createCLAHE(2.0, (4, 4)).apply(grey)  # the same thing in another light is still the same
    return result


def _flow(one: Picture, other: Picture) -> Field:
    """Where each place of `one` is in `other`, as displacements; smooth, but for the edges of what moves."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flow = search.calc(one, other, None)
    calm = [cv2.medianBlur(np.ascontiguousarray(flow[..., axis]), 5) for axis in (0, 1)]
    limit = 0.3 * max(one.shape)
    return np.asarray(cv2.GaussianBlur(np.clip(np.dstack(calm), -limit, limit), (0, 0), 2.0), np.float32)


def _around(flow: Field, where: Field) -> Field:
    """`flow` with what is outside of `where` spread over it."""
    spread = 0.06 * max(flow.shape)
    outside = (1 - where).astype(np.float32)
    total = cv2.GaussianBlur(outside, (0, 0), spread)[..., None] + np.float32(1e-4)
    mean = cv2.GaussianBlur(flow * outside[..., None], (0, 0), spread) / total
    return np.asarray(flow + (mean - flow) * where[..., None], np.float32)


def _returns(there: Field, back: Field) -> Field:
    """1 where a place that goes `there` comes `back` to itself, towards 0 where it does not: hidden, or mistaken."""
    rows, columns = there.shape[:2]
    grid = np.dstack(np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)))
    home = cv2.remap(back, grid + there, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    missed = np.sum((there + home) ** 2, axis=2)
    return np.asarray(np.exp(-missed / (4 + 0.02 * np.sum(there**2, axis=2))), np.float32)


def _agreement(one: Picture, other: Picture, there: Field, sure: Field, counts: Field) -> float:
    """0..1: how much of what `counts` in `one` is found again in `other`, in place and in looks."""
    rows, columns = one.shape
    grid = np.dstack(np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)))
    found = cv2.remap(other, grid + there, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    soft = [cv2.GaussianBlur(picture, (0, 0), 1.5).astype(np.float32) for picture in (one, found)]
    mean = [cv2.blur(picture, (15, 15)) for picture in soft]
    spread = [cv2.blur(picture**2, (15, 15)) - middle**2 for picture, middle in zip(soft, mean, strict=True)]
    shared = cv2.blur(soft[0] * soft[1], (15, 15)) - mean[0] * mean[1]
    alike = np.clip((shared + 20) / (np.sqrt(np.maximum(spread[0] * spread[1], 0)) + 20), 0, 1)
    return float(np.mean(alike * sure * counts) / max(float(np.mean(counts)), 1e-6))


def _turns(one: Picture, other: Picture) -> Field:
    """When each place of a dissolve has its turn, 0..1: large soft patches, what differs least first."""
    apart = cv2.GaussianBlur(cv2.absdiff(one, other).astype(np.float32), (0, 0), max(one.shape) / 24)
    coarse = np.random.default_rng(5).random((5, 7), dtype=np.float32)
    patches = cv2.resize(coarse, (one.shape[1], one.shape[0]), interpolation=cv2.INTER_CUBIC)
    order = 0.5 * _stretched(apart) + 0.5 * _stretched(patches)
    return np.asarray(_stretched(order), np.float32)


def _stretched(values: Field) -> Field:
    low = values.min()
    return np.asarray((values - low) / max(float(values.max() - low), 1e-6), np.float32)
