"""A soft bed of music: slow chords and a few plucked notes in the key of the scene's mood."""

from __future__ import annotations

import numpy as np

from mediakiln.providers.studio.sound.take import RATE, Samples, Take, add, arch, decay, echo, tone

_A4 = 440.0

# Root (semitones from A), scale, chords as degrees of the scale, seconds per chord, plucked notes per second.
_MOODS: dict[str, tuple[int, tuple[int, ...], tuple[int, ...], float, float]] = {
    "calm": (-9, (0, 2, 4, 5, 7, 9, 11), (0, 5, 3, 4), 3.2, 0.9),
    "bright": (-2, (0, 2, 4, 5, 7, 9, 11), (0, 4, 5, 3), 2.2, 2.2),
    "melancholy": (-12, (0, 2, 3, 5, 7, 8, 10), (0, 5, 2, 6), 3.4, 0.8),
    "dramatic": (-7, (0, 2, 3, 5, 7, 8, 10), (0, 5, 3, 6), 2.6, 0.6),
    "festive": (-5, (0, 2, 4, 5, 7, 9, 11), (0, 3, 4, 0), 1.8, 3.4),
    "mysterious": (-10, (0, 2, 3, 5, 7, 9, 10), (0, 1, 3, 0), 3.6, 0.7),
    "futuristic": (-8, (0, 2, 3, 5, 7, 9, 10), (0, 6, 3, 4), 2.4, 3.0),
}


def music(take: Take, mood: str) -> Samples:
    """The bed for `mood`; an unknown mood is calm."""
    root, scale, chords, length, plucks = _MOODS.get(mood, _MOODS["calm"])
    root += int(take.rng.integers(-1, 2))
    track = take.silence()
    for index in range(int(take.seconds / length) + 1):
        degree = chords[index % len(chords)]
        for step, part in enumerate((0, 2, 4)):
            hertz = _pitch(root - 12 * (step == 0), scale, degree + part)
            add(track, _pad(take, hertz, length * 1.6), index * length - 0.5, (0.5, 0.32, 0.28)[step])
        for moment in take.steady(1 / plucks, 0.03):
            if index * length <= moment < (index + 1) * length and take.rng.random() < 0.7:
                note = degree + int(take.rng.choice((0, 2, 4, 7, 9)))
                add(track, _pluck(_pitch(root + 12, scale, note)), moment, 0.22)
    return echo(track, take, 1.8, 0.35)


def _pitch(root: int, scale: tuple[int, ...], degree: int) -> float:
    octave, step = divmod(degree, len(scale))
    return float(_A4 * 2 ** ((root + 12 * octave + scale[step] - 12) / 12))


def _pad(take: Take, hertz: float, seconds: float) -> Samples:
    """Three detuned voices with soft overtones that rise and fall slowly."""
    count = int(seconds * RATE)
    voice = np.zeros(count, np.float32)
    for detune in (-0.12, 0.0, 0.13):
        base = hertz * 2 ** (detune / 12)
        for overtone, level in ((1, 1.0), (2, 0.35), (3, 0.12)):
            phase = float(take.rng.uniform(0, 1))
            time = np.arange(count, dtype=np.float32) / np.float32(RATE)
            turns = np.float32(base * overtone) * time + np.float32(phase)
            voice += np.float32(level / 3) * np.sin(np.float32(2 * np.pi) * turns)
    swell = arch(count, 0.8)
    return voice * swell


def _pluck(hertz: float) -> Samples:
    """A struck string or bell, without an edge."""
    count = int(1.4 * RATE)
    sound = tone(hertz, count) + 0.4 * tone(hertz * 2.003, count) * decay(1.4, 0.12, 0.004)
    return sound * decay(1.4, 0.25, 0.006)
