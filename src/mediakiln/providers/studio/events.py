"""When things happen that are both seen and heard, in seconds from the start of a video: pictures and sounds ask here."""

from __future__ import annotations

import math

from mediakiln.providers.studio.noise import dice

SHELLS = 6
"""Firework shells that follow each other."""

_ROUND, _APART, _AHEAD = 2.5, 0.41, 0.9
_SURF = 0.9
"""Radians a second at which lines of surf run up a beach (backdrop/water.py), the second one 2.4 behind the first."""


def strikes(seed: int, seconds: float) -> tuple[float, ...]:
    """Flashes of lightning: the first one soon, the others two to four seconds apart."""
    roll = dice(seed, "strikes")
    found, now = [], roll.uniform(0.35, 0.9)
    while now < seconds:
        found.append(now)
        now += roll.uniform(2.1, 3.6)
    return tuple(found)


def distance(seed: int, strike: int) -> float:
    """Seconds that the thunder of a flash needs to arrive: the storm is near, and moves."""
    return dice(seed, "thunder", strike).uniform(0.18, 0.7)


def age_of_shell(number: int, t: float) -> float:
    """Seconds since the shell of this number last burst."""
    return (t + number * _APART + _AHEAD) % _ROUND


def round_of_shell(number: int, t: float) -> int:
    """How many shells of this number burst before its last one."""
    return int((t + number * _APART + _AHEAD) // _ROUND)


def bursts(seconds: float) -> tuple[float, ...]:
    """When firework shells burst; what burst before the start is not heard any more."""
    found = (turn * _ROUND - number * _APART - _AHEAD for number in range(SHELLS) for turn in range(int(seconds / _ROUND) + 3))
    return tuple(sorted(moment for moment in found if 0 <= moment < seconds))


def breakers(seconds: float) -> tuple[tuple[float, float], ...]:
    """When a line of surf comes up the sand fastest, and how large it is (0..1)."""
    found = []
    for line, size in ((0, 1.0), (1, 0.6)):
        moment = -line * 2.4 / _SURF - math.tau / _SURF
        while moment < seconds + 3:
            found.append((moment, size))
            moment += math.tau / _SURF
    return tuple(sorted(found))
