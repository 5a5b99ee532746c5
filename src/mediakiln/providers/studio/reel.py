"""Which of the given clips is on at which time, for pictures and sounds alike: one after another, with soft joints."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

JOINT = 0.4
"""Seconds that two clips share at most."""

SHORTEST = 0.1
"""Seconds; a clip that says it is shorter is taken to be as long as that."""


class Stretch(Struct, frozen=True):
    """The clip number `clip`, played from its beginning, is on from `start` to `stop` (seconds); it fades in over `joint`."""

    clip: int
    start: float
    stop: float
    joint: float

    def share(self, t: float) -> float:
        """How much of it is in the mix with the stretch before it at `t`, 0..1."""
        return 1.0 if self.joint <= 0 else min(max((t - self.start) / self.joint, 0.0), 1.0)


def reel(lengths: Sequence[float], seconds: float) -> list[Stretch]:
    """Fill `seconds` with clips of `lengths` (seconds): every clip has its turn, so long ones are cut in proportion; when all
    together are too short they are played again from the first. Neighbours overlap by their joint."""
    lengths = [max(length, SHORTEST) for length in lengths]
    joint = min(JOINT, 0.25 * min(*lengths, seconds)) if len(lengths) > 1 or lengths[0] < seconds else 0.0
    whole = sum(lengths) - joint * (len(lengths) - 1)
    if whole > seconds:
        scale = (seconds + joint * (len(lengths) - 1)) / sum(lengths)
        joint = min(joint, 0.5 * scale * min(lengths))
        lengths = [length * scale for length in lengths]
    stretches: list[Stretch] = []
    start, number = 0.0, 0
    while start < seconds - 1e-6:
        stop = min(start + lengths[number % len(lengths)], seconds)
        last = seconds - stop < 1e-6
        stretches.append(Stretch(number % len(lengths), start, seconds if last else stop, joint if number else 0.0))
        if last:
            break
        start, number = stop - joint, number + 1
    return stretches
