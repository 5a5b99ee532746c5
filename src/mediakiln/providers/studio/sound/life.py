"""Animals, people and machines. Every function returns about unit-loudness sound; `mix.py` sets the levels."""

from __future__ import annotations

import numpy as np

from mediakiln.providers.studio.sound.take import RATE, Samples, Take, add, arch, decay, echo, tone


def birds(take: Take) -> Samples:
    """Two or three songbirds, each with a phrase of its own that it repeats."""
    track = take.silence()
    for _ in range(3):
        base, notes = float(take.rng.uniform(2400, 4600)), int(take.rng.integers(2, 6))
        phrase = [(float(take.rng.uniform(0.05, 0.13)), *take.rng.uniform(0.75, 1.35, 2)) for _ in range(notes)]
        near = float(take.rng.uniform(0.3, 1.0))
        for moment in take.steady(float(take.rng.uniform(1.3, 3.1)), 0.25):
            late = moment
            for length, start, end in phrase:
                count = int(length * RATE)
                shape = arch(count, 1.5)
                add(track, tone(np.linspace(base * start, base * end, count), count) * shape, late, near)
                late += length + 0.035
    return echo(track, take, 0.8, 0.3)


def gulls(take: Take) -> Samples:
    """Seagulls: falling, slightly hoarse cries."""
    track = take.silence()
    for moment in [float(take.rng.uniform(0.1, 0.6)) * take.seconds, *take.moments(0.3)]:
        base = float(take.rng.uniform(900, 1300))
        for cry in range(int(take.rng.integers(2, 5))):
            count = int(0.28 * RATE)
            fall = base * (1.25 - 0.45 * np.linspace(0, 1, count) ** 1.5) * (1 + 0.02 * tone(38.0, count))
            voice = tone(fall, count) + 0.6 * tone(fall * 2, count) + 0.35 * tone(fall * 3, count)
            add(track, voice * arch(count), moment + cry * 0.36, 0.5)
    return echo(track, take, 1.0, 0.4)


def crickets(take: Take) -> Samples:
    """Night insects: three voices, each a steady series of triple pulses."""
    track = take.silence()
    for voice in range(3):
        hertz, length = float(take.rng.uniform(3900, 4900)), int(0.018 * RATE)
        pulse = tone(hertz, length) * arch(length)
        for moment in take.steady(float(take.rng.uniform(0.42, 0.75)), 0.02):
            for beat in range(3):
                add(track, pulse, moment + beat * 0.034, (0.9, 0.5, 0.3)[voice])
    return echo(track, take, 0.4, 0.2)


def frogs(take: Take) -> Samples:
    """A pond at night: short creaking croaks."""
    track = take.silence()
    for moment in take.moments(1.6):
        hertz, count = float(take.rng.uniform(180, 420)), int(0.22 * RATE)
        rasp = (tone(hertz, count) + 0.5 * tone(hertz * 3.1, count)) * (0.5 + 0.5 * tone(32.0, count))
        add(track, rasp * decay(0.22, 0.08, 0.02), moment, float(take.rng.uniform(0.3, 0.9)))
    return echo(track, take, 0.6, 0.25)


def hoots(take: Take) -> Samples:
    """An owl: one long and three short notes, far apart."""
    track = take.silence()
    base = float(take.rng.uniform(330, 420))
    for moment in [float(take.rng.uniform(0.1, 0.3)) * take.seconds, *take.moments(0.2)]:
        for late, length in ((0.0, 0.42), (0.75, 0.16), (1.0, 0.16), (1.25, 0.34)):
            count = int(length * RATE)
            voice = tone(base * (1 - 0.05 * np.linspace(0, 1, count)), count) + 0.15 * take.noise(200, 900, -3)[:count]
            add(track, voice[: take.count] * arch(count, 0.7)[: take.count], moment + late, 0.7)
    return echo(track, take, 1.4, 0.4)


def bleats(take: Take) -> Samples:
    """Sheep, now and then: a trembling nasal call."""
    track = take.silence()
    for moment in [float(take.rng.uniform(0.1, 0.4)) * take.seconds, *take.moments(0.35)]:
        count = int(float(take.rng.uniform(0.5, 0.8)) * RATE)
        pitch = float(take.rng.uniform(260, 420)) * (1 + 0.05 * tone(7.5, count)) * (1.05 - 0.2 * np.linspace(0, 1, count))
        voice = sum((tone(pitch * k, count) * (0.9 if k in (3, 4) else 0.4) for k in (2, 3, 4, 5, 6)), tone(pitch, count))
        add(track, voice * arch(count, 0.6) * (0.7 + 0.3 * tone(7.5, count)), moment, float(take.rng.uniform(0.1, 0.3)))
    return echo(track, take, 0.6, 0.25)


def buzz(take: Take) -> Samples:
    """A bee that comes and goes."""
    hertz = 215 * (1 + 0.06 * (take.drift(0.5) - 0.5))
    voice = sum((tone(hertz * k, take.count) / k for k in (2, 3, 4)), tone(hertz, take.count))
    return np.asarray(voice * take.drift(1.1, 0.1, 1.0) ** 2, np.float32)


def purr(take: Take) -> Samples:
    """A cat close by: pulses about 26 times a second that breathe in and out."""
    time = take.time()
    breath = np.sin(2 * np.pi * 0.42 * time)
    pulses = np.maximum(np.sin(2 * np.pi * np.cumsum(26 + 2.0 * breath) / RATE), 0) ** 3
    body = take.noise(70, 420, -4) + 0.5 * tone(78.0, take.count)
    return np.asarray(body * pulses * (0.65 + 0.35 * np.abs(breath)), np.float32)


def barks(take: Take) -> Samples:
    """A dog, now and then: two short barks and a pant between."""
    track = 0.1 * take.noise(800, 4000, -3) * np.maximum(tone(2.6, take.count), 0) ** 2
    for moment in take.steady(2.7, 0.2):
        for bark in range(2):
            count = int(0.16 * RATE)
            pitch = float(take.rng.uniform(330, 420)) * (1.2 - 0.5 * np.linspace(0, 1, count))
            voice = sum((tone(pitch * k, count) / k for k in (2, 3, 4, 5)), tone(pitch, count))
            add(track, voice * decay(0.16, 0.04, 0.012), moment + bark * 0.27, 0.8)
    return echo(track, take, 0.5, 0.2)


def footsteps(take: Take, interval: float = 0.55) -> Samples:
    """Steps on soft ground, `interval` seconds apart."""
    track, thump, grit = take.silence(), take.noise(50, 240, -4), take.noise(900, 5000, -3)
    for moment, weight in take.cues or [(moment, 1.0) for moment in take.steady(interval, 0.04)]:
        force = weight * float(take.rng.uniform(0.8, 1.0))
        add(track, thump[: int(0.12 * RATE)] * decay(0.12, 0.025, 0.004), moment, force)
        add(track, grit[: int(0.07 * RATE)] * decay(0.07, 0.014, 0.004), moment + 0.03, 0.5 * force)
    return track


def running_steps(take: Take) -> Samples:
    """Quick steps."""
    return footsteps(take, 0.31)


def hooves(take: Take) -> Samples:
    """A clop for each hoof that comes down; without cues a canter: three beats and a pause."""
    track, clop = take.silence(), take.noise(250, 1400, -3)
    canter = [
        (moment + late, force) for moment in take.steady(0.62, 0.02) for late, force in ((0.0, 0.8), (0.13, 0.6), (0.26, 1.0))
    ]
    for moment, force in take.cues or canter:
        add(track, clop[: int(0.09 * RATE)] * decay(0.09, 0.014, 0.001), moment, force)
    return track


def wings(take: Take) -> Samples:
    """Slow wing beats."""
    return np.asarray(take.noise(150, 1500, -3) * np.maximum(tone(2.4, take.count), 0) ** 3, np.float32)


def city(take: Take) -> Samples:
    """A town at some distance: a low hum, cars that pass, a horn far off."""
    track = 0.8 * take.noise(45, 350, -5) * take.drift(2.0, 0.8, 1.0)
    for moment in take.moments(0.35):
        count = int(3.2 * RATE)
        passing = take.noise(150, 2400, -3)[:count]
        add(track, passing * arch(len(passing), 3), moment - 1.0, 0.5)
    for moment in take.moments(0.12):
        count = int(0.4 * RATE)
        horn = (tone(392.0, count) + tone(494.0, count)) * arch(count, 0.5)
        add(track, horn, moment, 0.08)
    return echo(track, take, 1.0, 0.25)


def crowd(take: Take) -> Samples:
    """Many voices at once, no words: formant bands that open and close at the speed of syllables."""
    track = take.silence()
    for low, high in ((180, 500), (450, 1100), (900, 2200)):
        for _ in range(3):
            track += take.noise(low, high, -3) * take.drift(0.16, 0.0, 1.0) ** 2 * (250 / low) ** 0.5
    return echo(track, take, 0.7, 0.3)


def room(take: Take) -> Samples:
    """Indoors: quiet air and a clock."""
    track, click = 0.5 * take.noise(50, 500, -5), take.noise(1800, 6000)
    for beat, moment in enumerate(take.steady(0.5, 0.0)):
        add(track, click[: int(0.012 * RATE)] * decay(0.012, 0.002, 0.0005), moment, 0.35 if beat % 2 else 0.5)
    return track


def engine(take: Take) -> Samples:
    """A motor under even load, with tyres on the road."""
    revs = 62 * (1 + 0.12 * (take.drift(1.4) - 0.5))
    hum = sum((tone(revs * k, take.count) / k for k in (2, 3, 4, 6)), tone(revs, take.count))
    return (0.7 * hum + 0.3 * take.noise(80, 1200, -4)).astype(np.float32)


def rotor(take: Take) -> Samples:
    """Blades that beat the air eleven times a second, and a turbine above."""
    beat = np.maximum(tone(11.0, take.count), 0) ** 2
    return np.asarray(take.noise(40, 700, -4) * (0.25 + beat) + 0.06 * tone(1450.0, take.count), np.float32)


def train(take: Take) -> Samples:
    """Wheels over rail joints."""
    track, clack = 0.6 * take.noise(50, 600, -4), take.noise(180, 1800, -3)
    for moment in take.steady(0.95, 0.0):
        for late in (0.0, 0.14):
            add(track, clack[: int(0.1 * RATE)] * decay(0.1, 0.018, 0.002), moment + late, 1.1)
    return track


def rocket(take: Take) -> Samples:
    """A launch: a roar with a tearing edge."""
    return take.noise(30, 700, -4) * take.drift(0.08, 0.6, 1.0) + 0.4 * take.noise(700, 4000, -3) * take.drift(0.03, 0.0, 1.0)


def machine(take: Take) -> Samples:
    """A robot or device: a soft hum with a few servo glides."""
    track = 0.3 * (tone(110.0, take.count) + 0.5 * tone(220.5, take.count)) * take.drift(1.0, 0.7, 1.0)
    for moment in take.moments(0.9):
        count = int(float(take.rng.uniform(0.15, 0.4)) * RATE)
        start, end = take.rng.uniform(250, 900, 2)
        glide = tone(np.linspace(start, end, count), count)
        add(track, glide * arch(count), moment, 0.35)
    return echo(track, take, 0.5, 0.3)
