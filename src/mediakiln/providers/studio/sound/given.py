"""Sounds that the caller gave: decoded, brought to our rate and loudness, cut or repeated to a length, laid over the ambience."""

from __future__ import annotations

from collections.abc import Sequence

import av
import numpy as np

from mediakiln.providers.base import RejectReason
from mediakiln.providers.studio.orders import CannotRender
from mediakiln.providers.studio.reel import Stretch, reel
from mediakiln.providers.studio.sound.take import RATE, Samples

LOUDNESS = 0.11
"""The RMS that given sound is brought to where it sounds at all: about -19 dBFS."""

_LOUDER, _SOFTER = 4.0, 0.1
_DUCKED = 0.25
"""What is left of the ambience under a given sound."""


def decoded(path: str, seconds: float) -> Samples:
    """At most the first `seconds` of the file's sound: float32 mono at `RATE`. Empty for a file without sound.

    Raises `CannotRender` for a file that cannot be read.
    """
    wanted, have = round(seconds * RATE), 0
    pieces: list[Samples] = []
    try:
        with av.open(path) as file:
            if not file.streams.audio:
                return np.zeros(0, np.float32)
            resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
            for frame in file.decode(audio=0):
                fresh = [_samples(part) for part in resampler.resample(frame)]
                pieces.extend(fresh)
                have += sum(map(len, fresh))
                if have >= wanted:
                    break
            else:
                pieces.extend(_samples(part) for part in resampler.resample(None))
    except FileNotFoundError:
        raise
    except (av.FFmpegError, OSError, ValueError) as failure:
        if not pieces:
            raise CannotRender("a reference sound could not be read", RejectReason.INVALID) from failure
    sound = np.concatenate([np.zeros(0, np.float32), *pieces])[:wanted]
    return np.nan_to_num(np.asarray(sound, np.float32), posinf=0.0, neginf=0.0)


def _samples(frame: av.AudioFrame) -> Samples:
    return np.asarray(frame.to_ndarray(), np.float32).reshape(-1)


def laid(sounds: Sequence[Samples], seconds: float) -> Samples:
    """`sounds` one after another, cut or repeated to exactly `seconds`, with fades at the joints and the ends."""
    sounds = [sound for sound in sounds if len(sound)]
    if not sounds:
        return np.zeros(round(seconds * RATE), np.float32)
    return along(sounds, reel([len(sound) / RATE for sound in sounds], seconds), seconds)


def along(sounds: Sequence[Samples], stretches: Sequence[Stretch], seconds: float) -> Samples:
    """`sounds` where `stretches` have them; a sound that is shorter than its stretch leaves the rest silent."""
    track = np.zeros(round(seconds * RATE), np.float32)
    for index, stretch in enumerate(stretches):
        start, stop = round(stretch.start * RATE), round(stretch.stop * RATE)
        part = levelled(sounds[stretch.clip])[: stop - start].copy()
        after = stretches[index + 1].joint if index + 1 < len(stretches) else min(0.3, 0.2 * seconds)
        _faded(part, stretch.joint or 0.02, after if start + len(part) >= stop - RATE // 100 else 0.02)
        track[start : start + len(part)] += part[: len(track) - start]
    return track


def levelled(sound: Samples) -> Samples:
    """`sound` at `LOUDNESS`, judged by what is not silence; hardly audible noise is not dragged up."""
    loud = np.abs(sound) > 0.003
    if not loud.any():
        return sound
    gain = LOUDNESS / max(float(np.sqrt(np.mean(sound[loud] ** 2))), 1e-6)
    return np.asarray(sound * np.float32(min(max(gain, _SOFTER), _LOUDER)), np.float32)


def over(given: Samples, ambience: Samples) -> Samples:
    """`given` in front of `ambience`, which steps back while it sounds; both as long as each other, the result too."""
    return np.asarray(given + ambience * (1 - (1 - _DUCKED) * _presence(given)), np.float32)


def _presence(sound: Samples) -> Samples:
    """0..1: where `sound` is heard, rising before it and falling slowly after it, so that pauses between words stay ducked."""
    step = RATE // 100
    padded = np.pad(np.abs(sound), (0, -len(sound) % step))
    peaks = padded.reshape(-1, step).max(axis=1)
    held = np.clip(peaks / 0.03, 0, 1)
    for index in range(1, len(held)):
        held[index] = max(held[index], held[index - 1] * 0.965)
    ahead = np.convolve(np.pad(held, (10, 10), mode="edge"), np.hanning(23)[1:-1] / np.hanning(23).sum(), mode="valid")
    return np.interp(np.arange(len(sound)), np.arange(len(ahead)) * step, ahead).astype(np.float32)


def _faded(part: Samples, rise: float, fall: float) -> None:
    up, down = min(round(rise * RATE), len(part)), min(round(fall * RATE), len(part))
    part[:up] *= np.sin(np.linspace(0, np.pi / 2, up, dtype=np.float32))
    if down:
        part[-down:] *= np.cos(np.linspace(0, np.pi / 2, down, dtype=np.float32))
