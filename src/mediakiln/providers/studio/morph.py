"""From one picture to another: along the optical flow where they show the same things, by a moving dissolve where they do not."""

from __future__ import annotations

import cv2
import numpy as np

from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.warp import Field, bent, blended

_SIDE = 400
"""The flow is searched at this longest side."""

_ALIKE = 0.42
"""Under this share of places that find each other again there and back, the two pictures have nothing in common."""

_SPAN = 0.55
"""How much of the way one place of a dissolve takes; the rest is its turn."""


class Morph:
    """The way from `start` to `goal`, RGBA pictures of one size. Both may be films: `between` takes later frames."""

    def __init__(self, start: Picture, goal: Picture) -> None:
        self._start, self._goal = start, goal
        self._height, self._width = start.shape[:2]
        scale = min(1.0, _SIDE / max(self._height, self._width))
        size = (max(16, round(self._width * scale)), max(16, round(self._height * scale)))
        one, other = (_grey(picture, size) for picture in (start, goal))
        there, back = _flow(one, other), _flow(other, one)
        self._sure = (_returns(there, back), _returns(back, there))
        self.alike = _agreement(one, other, there, self._sure[0])
        self._flows = (there, back)
        self._pixels = np.array([self._width / size[0], self._height / size[1]], np.float32)
        self._grid = np.dstack(np.meshgrid(np.arange(size[0], dtype=np.float32), np.arange(size[1], dtype=np.float32)))
        self._turns = _turns(one, other)

    def at(self, share: float) -> Picture:
        """The picture `share` (0..1) of the way; at both ends the given ones, bit for bit."""
        return self.between(self._start, self._goal, share)

    def between(self, start: Picture, goal: Picture, share: float) -> Picture:
        """As `at`, for later frames of the films that the way was found between."""
        if share <= 0:
            return start
        if share >= 1:
            return goal
        return self._along(start, goal, share) if self.alike >= _ALIKE else self._dissolve(start, goal, share)

    def _along(self, start: Picture, goal: Picture, share: float) -> Picture:
        """Both pictures bent to the same moment. Each counts less where it had to guess, the nearer one in time more."""
        pulls, trust = [], []
        for flow, sure, part in ((self._flows[0], self._sure[0], share), (self._flows[1], self._sure[1], 1 - share)):
            pull, found = self._pulled(flow, part)
            pulls.append(pull * self._pixels)
            trust.append((1 - part) * (0.02 + found * cv2.remap(sure, self._grid + pull, None, cv2.INTER_LINEAR)))
        weight = cv2.GaussianBlur(trust[1] / (trust[0] + trust[1]), (0, 0), 1.5)
        # A blur would mix in what the ends do not have; they are met exactly.
        return blended(bent(start, pulls[0]), bent(goal, pulls[1]), np.asarray(weight, np.float32))

    def _pulled(self, flow: Field, part: float) -> tuple[Field, Field]:
        """Where each place of the moment comes from, as displacements, and how surely: 1, or towards 0 in a hole.

        The flow tells where a place goes; its way back is found by going there again and again.
        """
        pull = -part * flow
        for _ in range(3):
            pull = -part * cv2.remap(flow, self._grid + pull, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        again = -part * cv2.remap(flow, self._grid + pull, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        missed = np.sum((again - pull) ** 2, axis=2)
        return np.asarray(pull, np.float32), np.asarray(np.exp(-missed / 2), np.float32)

    def _dissolve(self, start: Picture, goal: Picture, share: float) -> Picture:
        """The start comes nearer and melts, place by place; the goal comes to rest under it."""
        seen = np.clip((share - self._turns * (1 - _SPAN)) / _SPAN, 0, 1)
        seen = seen * seen * (3 - 2 * seen)
        centre = np.array([self._width / 2, self._height * 0.55], np.float32) / self._pixels
        away = (self._grid - centre) * self._pixels
        near = bent(start, np.asarray(away * np.float32(1 / (1 + 0.1 * share) - 1), np.float32))
        rest = bent(goal, np.asarray(away * np.float32(1 / (1 + 0.1 * (1 - share)) - 1), np.float32))
        return blended(near, rest, np.asarray(seen, np.float32))


def _grey(picture: Picture, size: tuple[int, int]) -> Picture:
    small = cv2.cvtColor(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGBA2GRAY)
    result: Picture = cv2.createCLAHE(2.0, (4, 4)).apply(small)  # the same thing in another light is still the same
    return result


def _flow(one: Picture, other: Picture) -> Field:
    """Where each place of `one` is in `other`, as displacements; smooth, but for the edges of what moves."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flow = search.calc(one, other, None)
    calm = [cv2.medianBlur(np.ascontiguousarray(flow[..., axis]), 5) for axis in (0, 1)]
    limit = 0.3 * max(one.shape)
    return np.asarray(cv2.GaussianBlur(np.clip(np.dstack(calm), -limit, limit), (0, 0), 2.0), np.float32)


def _returns(there: Field, back: Field) -> Field:
    """1 where a place that goes `there` comes `back` to itself, towards 0 where it does not: hidden, or mistaken."""
    rows, columns = there.shape[:2]
    grid = np.dstack(np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)))
    home = cv2.remap(back, grid + there, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    missed = np.sum((there + home) ** 2, axis=2)
    return np.asarray(np.exp(-missed / (4 + 0.02 * np.sum(there**2, axis=2))), np.float32)


def _agreement(one: Picture, other: Picture, there: Field, sure: Field) -> float:
    """0..1: how much of `one` is found again in `other`, in place and in looks."""
    rows, columns = one.shape
    grid = np.dstack(np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)))
    found = cv2.remap(other, grid + there, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    soft = [cv2.GaussianBlur(picture, (0, 0), 1.5).astype(np.float32) for picture in (one, found)]
    mean = [cv2.blur(picture, (15, 15)) for picture in soft]
    spread = [cv2.blur(picture**2, (15, 15)) - middle**2 for picture, middle in zip(soft, mean, strict=True)]
    shared = cv2.blur(soft[0] * soft[1], (15, 15)) - mean[0] * mean[1]
    alike = np.clip((shared + 20) / (np.sqrt(np.maximum(spread[0] * spread[1], 0)) + 20), 0, 1)
    return float(np.mean(alike * sure))


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
