"""One recording: how long it is, its dice, and the few ways that every layer of sound is made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

RATE = 48_000
"""Samples per second."""

Samples = NDArray[np.floating[Any]]
"""Mono, float32, full scale at 1.0."""


class Take:
    """A stretch of `count` samples and random numbers that depend on the seed and the layer's name alone. `cues` are moments
    (seconds) and strengths of what is seen in the picture; without any, a layer makes up its own."""

    def __init__(self, count: int, seed: int, layer: str, cues: Sequence[tuple[float, float]] = ()) -> None:
        self.count, self.cues = count, tuple(cues)
        self.seconds = count / RATE
        dice = hashlib.blake2b(f"{seed}/{layer}".encode(), digest_size=8).digest()
        self.rng = np.random.default_rng(int.from_bytes(dice, "big"))

    def time(self) -> Samples:
        """Seconds since the start, for each sample."""
        return np.arange(self.count, dtype=np.float32) / np.float32(RATE)

    def silence(self) -> Samples:
        """Zeros."""
        return np.zeros(self.count, np.float32)

    def noise(self, low: float, high: float, tilt: float = 0.0) -> Samples:
        """Noise between `low` and `high` Hz with unit RMS; `tilt` is the slope in dB per octave (-3 pink, -6 brown)."""
        return self._shaped(lambda hertz: band(hertz, low, high) * (np.maximum(hertz, 20.0) / 1000.0) ** (tilt / 6.02))

    def _shaped(self, curve: Callable[[Samples], Samples]) -> Samples:
        size = _fast(self.count)
        # White noise is as white in its spectrum, which saves the way there.
        spectrum = self.rng.standard_normal(size + 2, dtype=np.float32).view(np.complex64)
        spectrum *= curve(np.fft.rfftfreq(size, 1 / RATE).astype(np.float32))
        shaped = np.fft.irfft(spectrum, size)[: self.count]
        return np.asarray(shaped / max(float(np.sqrt(np.mean(shaped**2))), 1e-9), np.float32)

    def drift(self, period: float, low: float = 0.0, high: float = 1.0) -> Samples:
        """A smooth random curve between `low` and `high` that turns about every `period` seconds."""
        knots = int(self.seconds / period) + 4
        values = self.rng.uniform(low, high, knots)
        # Worked out a hundred times a turn, and drawn in lines from there.
        few = min(self.count, 100 * (int(self.seconds / period) + 1))
        position = np.linspace(0, self.seconds / period, few) + self.rng.uniform(0, 1)
        index = position.astype(int)
        share = position - index
        share = share * share * (3 - 2 * share)
        curve = np.asarray(values[index] * (1 - share) + values[index + 1] * share, np.float32)
        return np.asarray(cv2.resize(curve[None], (self.count, 1), interpolation=cv2.INTER_LINEAR)[0], np.float32)

    def moments(self, per_second: float) -> list[float]:
        """Random moments in seconds, `per_second` on average, never in lockstep."""
        moments: list[float] = []
        now = 0.0
        while True:
            now += float(self.rng.exponential(1 / per_second))
            if now >= self.seconds:
                return moments
            moments.append(now)

    def steady(self, interval: float, jitter: float = 0.05) -> list[float]:
        """Regular moments in seconds, `interval` apart, each off by a share `jitter` of it."""
        start = float(self.rng.uniform(0.1, 0.5)) * interval
        beats = np.arange(start, self.seconds, interval)
        return [float(beat + self.rng.normal(0, jitter * interval)) for beat in beats]


def band(hertz: Samples, low: float, high: float) -> Samples:
    """A second-order band: 1 between `low` and `high` Hz, 12 dB per octave outside."""
    return 1 / (1 + (low / np.maximum(hertz, 1.0)) ** 4) ** 0.5 / (1 + (hertz / high) ** 4) ** 0.5


def add(track: Samples, sound: Samples, at: float, gain: float = 1.0) -> None:
    """Mix `sound` into `track` from `at` seconds on; what does not fit is cut."""
    start = int(at * RATE)
    if start < 0:
        sound, start = sound[-start:], 0
    length = min(len(sound), len(track) - start)
    if length > 0:
        track[start : start + length] += gain * sound[:length]


def decay(seconds: float, half_life: float, attack: float = 0.002) -> Samples:
    """An envelope: a short attack, then halving every `half_life` seconds."""
    time = np.arange(int(seconds * RATE), dtype=np.float32) / np.float32(RATE)
    rise: Samples = np.minimum(time / np.float32(attack), 1) * np.float32(0.5) ** (time / np.float32(half_life))
    return rise


def arch(count: int, power: float = 1.0) -> Samples:
    """An envelope that rises and falls like half a sine; a higher `power` is narrower."""
    half: Samples = np.maximum(np.sin(np.linspace(0, np.pi, count, dtype=np.float32)), 0) ** np.float32(power)
    return half


def tone(hertz: Samples | float, count: int) -> Samples:
    """A sine; `hertz` may change from sample to sample."""
    phase = np.cumsum(np.broadcast_to(np.asarray(hertz, np.float64), (count,))) * (2 * np.pi / RATE)
    return np.sin(phase).astype(np.float32)


def echo(sound: Samples, take: Take, seconds: float, share: float) -> Samples:
    """`sound` in a room whose echo fades within `seconds`; `share` (0..1) is the room's part."""
    size = _fast(len(sound) + int(seconds * RATE))
    room = take.rng.standard_normal(int(seconds * RATE)).astype(np.float32)
    room *= np.exp(np.linspace(0, -6.9, len(room), dtype=np.float32))
    room /= float(np.sqrt(np.sum(room**2)))
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(room, size), size)[: len(sound)]
    return (sound * (1 - share) + wet * share).astype(np.float32)


def _fast(size: int) -> int:
    """The next length that the Fourier transform takes quickly: 2, 3 or 5 times a power of two."""
    power = 1 << max(size - 1, 1).bit_length()
    return min(candidate for candidate in (power, power * 3 // 4, power * 5 // 8) if candidate >= size)
