"""Wind, water, fire and storm. Every function returns about unit-loudness sound; `mix.py` sets the levels."""

from __future__ import annotations

import numpy as np

from mediakiln.providers.studio.sound.take import RATE, Samples, Take, add, decay, echo, tone


def wind(take: Take) -> Samples:
    """Gusts: a low rush that swells, and a faint whistle that follows it."""
    gust = take.drift(1.9, 0.25, 1.0) * take.drift(0.6, 0.75, 1.0)
    whistle = take.noise(450, 800) * gust**3
    return take.noise(60, 420, -3) * gust + 0.25 * whistle


def hush(take: Take) -> Samples:
    """The quiet of snow or fog: soft air, nothing else."""
    return take.noise(80, 900, -4) * take.drift(2.5, 0.6, 1.0)


def leaves(take: Take) -> Samples:
    """Rustling: high noise in short flurries."""
    return take.noise(2200, 9000, -2) * take.drift(1.6, 0.1, 1.0) * take.drift(0.13, 0.5, 1.0)


def waves(take: Take) -> Samples:
    """Surf: each wave swells, breaks and draws back hissing; the sea rumbles below."""
    swell, foam = take.silence(), take.silence()
    crests = [(start + 3.0, float(take.rng.uniform(0.7, 1.0))) for start in [-2.6, *take.steady(4.4, 0.12)]]
    shape = np.linspace(0, 1, int(6.5 * RATE), dtype=np.float32)
    rise, wash = np.sin(np.pi * shape**0.7) ** 2, np.where(shape < 0.4, (shape / 0.4) ** 3, np.exp(-(shape - 0.4) * 5))
    for crest, size in take.cues or crests:  # it breaks at 0.4 of the wash
        add(swell, rise, crest - 3.0, size)
        add(foam, wash, crest - 2.6, size)
    return 0.55 * take.noise(50, 350, -3) * (0.35 + swell) + take.noise(500, 7000, -3) * (0.08 + foam)


def ripples(take: Take) -> Samples:
    """Still water lapping at something: short low plops over a soft wash."""
    track = 0.35 * take.noise(250, 1800, -4) * take.drift(0.9, 0.4, 1.0)
    for moment in take.moments(2.2):
        hertz = float(take.rng.uniform(280, 620))
        length = int(0.12 * RATE)
        add(track, tone(np.linspace(hertz, hertz * 1.5, length), length) * decay(0.12, 0.025, 0.01), moment, 0.5)
    return track


def stream(take: Take) -> Samples:
    """Running water: a broad rush full of small rising bubbles."""
    track = 0.7 * take.noise(350, 4500, -3) * take.drift(0.25, 0.8, 1.0)
    for moment in take.moments(28):
        hertz, length = float(take.rng.uniform(500, 1900)), int(0.05 * RATE)
        bubble = tone(np.linspace(hertz, hertz * 1.35, length), length) * decay(0.05, 0.012, 0.004)
        add(track, bubble, moment, float(take.rng.uniform(0.1, 0.5)))
    return track


def waterfall(take: Take) -> Samples:
    """A steady roar."""
    return take.noise(60, 6000, -3) * take.drift(0.3, 0.9, 1.0)


def depths(take: Take) -> Samples:
    """Under water: a dull rumble and trains of bubbles."""
    track = take.noise(40, 260, -4) * take.drift(1.5, 0.6, 1.0)
    for moment in take.moments(0.9):
        for bubble in range(int(take.rng.integers(4, 12))):
            hertz, length = float(take.rng.uniform(300, 900)), int(0.09 * RATE)
            sound = tone(np.linspace(hertz, hertz * 1.6, length), length) * decay(0.09, 0.02, 0.008)
            add(track, sound, moment + bubble * float(take.rng.uniform(0.04, 0.09)), 0.5)
    return track


def rain(take: Take) -> Samples:
    """A sheet of fine drops with single ones near the ear."""
    track = 0.8 * take.noise(1200, 11000, -2) * take.drift(0.8, 0.85, 1.0) + 0.3 * take.noise(150, 900, -3)
    burst = take.noise(900, 8000)[: int(0.03 * RATE)] * decay(0.03, 0.004, 0.0005)
    for moment in take.moments(30):
        add(track, burst, moment, float(take.rng.uniform(0.3, 1.6)))
    return track


def thunder(take: Take) -> Samples:
    """After each flash a crack and its roll; without cues one, early enough to be heard in a short clip."""
    track = take.silence()
    roll = take.noise(30, 180, -4) * take.drift(0.22, 0.2, 1.0)
    crack = take.noise(80, 1600, -4)
    envelope = decay(min(6.0, take.seconds), 1.1, 0.06)
    for moment, force in take.cues or ((float(take.rng.uniform(0.15, 0.4)) * take.seconds, 1.0),):
        add(track, roll[: len(envelope)] * envelope, moment, 2.2 * force)
        add(track, crack[: int(0.7 * RATE)] * decay(0.7, 0.12, 0.01)[: len(crack)], moment, 1.4 * force**2)
    return echo(track, take, 1.5, 0.3)


def fire(take: Take) -> Samples:
    """A low flutter with crackles."""
    track = 0.6 * take.noise(40, 500, -5) * take.drift(0.12, 0.5, 1.0)
    snap = take.noise(1200, 9000)
    for moment in take.moments(14):
        length = float(take.rng.uniform(0.008, 0.03))
        burst = snap[: int(length * RATE)] * decay(length, length / 5, 0.0005)
        add(track, burst, moment, float(take.rng.exponential(0.9)))
    return track


def fireworks(take: Take) -> Samples:
    """Distant shots: a thump as each shell bursts, then a shower of crackles."""
    track, boom, snap = take.silence(), take.noise(40, 300, -4), take.noise(1500, 8000)
    for moment, force in take.cues or [(moment, 1.0) for moment in (0.3, *take.moments(0.8))]:
        add(track, boom[: int(0.9 * RATE)] * decay(0.9, 0.12, 0.004)[: len(boom)], moment, 2.0 * force)
        for _ in range(25):
            late = moment + 0.25 + float(take.rng.exponential(0.3))
            add(track, snap[: int(0.01 * RATE)] * decay(0.01, 0.002, 0.0005), late, float(take.rng.uniform(0.2, 0.9)))
    return echo(track, take, 1.2, 0.3)
