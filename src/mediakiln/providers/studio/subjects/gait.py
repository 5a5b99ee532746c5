"""How legs move: the path of a foot over one step, and where the knee goes."""

from __future__ import annotations

import math

from mediakiln.providers.studio.subjects.pen import Point

# Of two-legged subjects: half a step in their own heights, the share of the cycle that a foot stands, and how high it is lifted.
WALKING, RUNNING = (0.15, 0.6, 0.05), (0.24, 0.36, 0.13)
DANCE = 0.9
"""Cycles a second of dancing."""

HOP = (0.9, 0.62)
"""A rabbit's leap in its own heights, and the share of the cycle after which it lands."""


def foot(phase: float, reach: float, lift: float, stance: float) -> Point:
    """A foot's (x, y) against its hip for `phase` in 0..1: it stands for the share `stance` and glides forward for the rest.

    While it stands it moves back at a constant speed, so that a body which advances 2 * reach / stance per cycle does not slide.
    """
    phase %= 1.0
    if phase < stance:
        return reach - 2 * reach * phase / stance, 0.0
    swing = (phase - stance) / (1 - stance)
    ease = swing * swing * (3 - 2 * swing)
    return -reach + 2 * reach * ease, -lift * math.sin(math.pi * swing) ** 1.3


def stride(reach: float, stance: float) -> float:
    """How far the body goes in one cycle."""
    return 2 * reach / stance


def knee(hip: Point, ankle: Point, upper: float, lower: float, bend: float) -> Point:
    """The joint of a two-segment limb from `hip` toward `ankle`; `bend` +1 bends to the right of the line, -1 to the left."""
    dx, dy = ankle[0] - hip[0], ankle[1] - hip[1]
    span = min(math.hypot(dx, dy), (upper + lower) * 0.999)
    span = max(span, abs(upper - lower) * 1.001, 1e-6)
    along = (upper**2 - lower**2 + span**2) / (2 * span)
    out = math.sqrt(max(0.0, upper**2 - along**2)) * bend
    length = math.hypot(dx, dy) or 1.0
    ux, uy = dx / length, dy / length
    return hip[0] + ux * along - uy * out, hip[1] + uy * along + ux * out
