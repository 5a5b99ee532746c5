"""Which layers a scene has and how loud each one is, and the master: loudness, limiter, fades."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mediakiln.providers.studio import events
from mediakiln.providers.studio.scene import Scene, Subject
from mediakiln.providers.studio.sound import life, nature
from mediakiln.providers.studio.sound.given import over
from mediakiln.providers.studio.sound.music import music
from mediakiln.providers.studio.sound.take import RATE, Samples, Take

Layer = Callable[[Take], Samples]

Steps = Sequence[tuple[float, float]]
"""When feet come down (seconds), and how heavily (0..1): see `cast.steps`."""

LAYERS: dict[str, Layer] = {
    layer.__name__: layer
    for layer in (
        nature.wind, nature.hush, nature.leaves, nature.waves, nature.ripples, nature.stream, nature.waterfall, nature.depths,
        nature.rain, nature.thunder, nature.fire, nature.fireworks, life.birds, life.gulls, life.crickets, life.frogs, life.purr,
        life.barks, life.hoots, life.bleats, life.buzz, life.footsteps, life.running_steps, life.hooves, life.wings, life.city,
        life.crowd, life.room, life.engine, life.rotor, life.train, life.rocket, life.machine,
    )
}  # fmt: skip

# What each name brings, with gains: settings and targets, weathers, and subjects, their traits and extras.
_PLACES: dict[str, dict[str, float]] = {
    "sea": {"waves": 1.0, "gulls": 0.12}, "beach": {"waves": 1.0, "gulls": 0.2}, "lake": {"ripples": 0.6, "wind": 0.2},
    "mountains": {"wind": 0.8}, "desert": {"wind": 0.7}, "snowfield": {"hush": 0.6, "wind": 0.4}, "underwater": {"depths": 1.0},
    "forest": {"leaves": 0.4, "wind": 0.3}, "garden": {"leaves": 0.3}, "meadow": {"leaves": 0.25, "wind": 0.25},
    "city": {"city": 0.9}, "village": {"city": 0.2, "wind": 0.2, "crowd": 0.06}, "road": {"city": 0.5}, "interior": {"room": 0.5},
    "space": {"machine": 0.12}, "moon": {"machine": 0.12}, "mars": {"wind": 0.5}, "cloudsea": {"wind": 0.6},
    "studio": {"room": 0.4}, "arena": {"crowd": 0.4}, "station": {"crowd": 0.25, "city": 0.3}, "vault": {"room": 0.6},
    "stage": {"room": 0.3, "crowd": 0.12},
}  # fmt: skip
_WEATHER: dict[str, dict[str, float]] = {
    "rain": {"rain": 0.8}, "storm": {"rain": 0.7, "wind": 0.5, "thunder": 2.6}, "snow": {"hush": 0.5, "wind": 0.25},
    "fog": {"hush": 0.5},
}  # fmt: skip
_THINGS: dict[str, dict[str, float]] = {
    "bird": {"birds": 0.5}, "fish": {"ripples": 0.2}, "robot": {"machine": 0.6}, "car": {"engine": 0.7}, "boat": {"ripples": 0.6},
    "train": {"train": 0.9}, "rocket": {"rocket": 1.0}, "lighthouse": {"waves": 0.6}, "balloon": {"wind": 0.4},
    "cup": {"room": 0.3}, "clock": {"room": 0.5}, "campfire": {"fire": 0.9}, "fountain": {"stream": 0.6},
    "motorcycle": {"engine": 0.8}, "plane": {"engine": 0.6}, "airship": {"engine": 0.3}, "helicopter": {"rotor": 0.8},
    "submarine": {"depths": 0.6}, "windmill": {"wind": 0.5}, "kite": {"wind": 0.4}, "frog": {"frogs": 0.4}, "owl": {"hoots": 0.4},
    "sheep": {"bleats": 0.5}, "bee": {"buzz": 0.25}, "dragonfly": {"buzz": 0.12}, "duck": {"ripples": 0.3},
    "astronaut": {"machine": 0.2}, "birds": {"birds": 0.4}, "waterfall": {"waterfall": 0.8}, "fireplace": {"fire": 0.8},
    "fireworks": {"fireworks": 0.8, "crowd": 0.15}, "lightning": {"thunder": 2.0}, "bamboo": {"leaves": 0.5},
}  # fmt: skip
_GREEN = ("forest", "garden", "meadow", "lake", "village")
_QUIET_MOODS = ("calm", "bright")
_FEET = ("footsteps", "running_steps", "hooves")


def plan(scene: Scene) -> dict[str, float]:
    """Layer names and gains for a scene; "music" is the bed."""
    layers: dict[str, float] = {}
    _raise(layers, _WEATHER.get(scene.weather, {}))
    _raise(layers, _PLACES.get(scene.setting, {}))
    for extra in scene.extras:
        _raise(layers, _THINGS.get(extra, {}))
    for subject in scene.subjects:
        for name in (subject.kind, *subject.traits):
            _raise(layers, _THINGS.get(name, {}))
        _raise(layers, _voice(subject))
        _raise(layers, _steps(subject))
    if scene.weather in ("clear", "clouds") and scene.setting in _GREEN and scene.season != "winter":
        _raise(layers, {"crickets": 0.35} if scene.time == "night" else {"birds": 0.45 if scene.time == "dawn" else 0.3})
    if scene.setting == "lake" and scene.time == "night":
        _raise(layers, {"frogs": 0.3})
    layers["music"] = 0.8 if not layers else 0.16 if scene.mood in _QUIET_MOODS else 0.4
    return layers


def _voice(subject: Subject) -> dict[str, float]:
    """What a cat or a dog says in its pose."""
    if subject.kind == "cat" and subject.pose not in ("walking", "running", "jumping"):
        return {"purr": 0.7}
    if subject.kind == "dog" and subject.pose != "sleeping" and not {"fox", "wolf"} & set(subject.traits):
        return {"barks": 0.4}
    return {}


def _steps(subject: Subject) -> dict[str, float]:
    """The sound of its legs."""
    if subject.kind == "horse" and subject.pose in ("", "walking", "running"):
        return {"hooves": 0.6}
    if subject.kind in ("cat", "dog", "horse", "rabbit", "person", "child"):
        steps = {"walking": "footsteps", "running": "running_steps", "dancing": "footsteps"}
        return {steps[subject.pose]: 0.5} if subject.pose in steps else {}
    if subject.kind in ("bird", "butterfly") and subject.pose == "flying":
        return {"wings": 0.12}
    return {}


def cues(scene: Scene, layer: str, seconds: float, steps: Steps | None = None) -> list[tuple[float, float]]:
    """When (seconds) and how strongly (0..1) a layer has to sound because something is seen; none where nothing is."""
    if layer in _FEET:
        return list(steps or ())
    if layer == "thunder":
        far = [events.distance(scene.seed, number) for number in range(len(events.strikes(scene.seed, seconds)))]
        flashes = zip(events.strikes(scene.seed, seconds), far, strict=True)
        return [(flash + late, 1.15 - late) for flash, late in flashes]
    if layer == "fireworks":
        return [(moment + 0.12, 0.6 + 0.4 * (number * 7 % 5) / 4) for number, moment in enumerate(events.bursts(seconds))]
    if layer == "waves" and scene.setting == "beach":
        return list(events.breakers(seconds))
    return []


def _raise(layers: dict[str, float], found: dict[str, float]) -> None:
    for name, gain in found.items():
        layers[name] = max(layers.get(name, 0.0), gain)


def soundtrack(scene: Scene, seconds: float, front: Samples | None = None, steps: Steps | None = None) -> Samples:
    """The sound of a scene: float32 mono at 48 kHz, exactly `seconds` long, near -20 LUFS; the same for the same arguments.

    `front`, as long, is what the caller gave; the scene's own sounds step back under it. Peaks stay under -3 dBFS, because AAC
    adds up to 2 dB to them. `steps` are the painted feet's: where none come down none are heard; None if it is not known.
    """
    count = round(seconds * RATE)
    total = np.zeros(count, np.float32)
    for name, gain in plan(scene).items():
        if name in _FEET and steps is not None and not steps:
            continue
        take = Take(count, scene.seed, name, cues(scene, name, seconds, steps))
        sound = music(take, scene.mood) if name == "music" else LAYERS[name](take)
        total += gain * sound
    ambience = _master(total)
    return ambience if front is None else _master(over(front, ambience))


def _master(sound: Samples, loudness: float = -20.0, ceiling: float = 0.66) -> Samples:
    """Remove rumble, bring to `loudness` (LUFS, ungated, by an approximate K curve), tame peaks, fade in and out."""
    spectrum = np.fft.rfft(sound)
    hertz = np.maximum(np.fft.rfftfreq(len(sound), 1 / RATE), 1.0)
    spectrum *= 1 / (1 + (30 / hertz) ** 4)
    weight = (1 + 0.585 / (1 + (1500 / hertz) ** 4)) / (1 + (38 / hertz) ** 4)
    energy = 2 * np.sum(np.abs(spectrum * weight) ** 2) / len(sound) ** 2
    gain = 10 ** ((loudness + 0.691) / 20) / max(float(np.sqrt(energy)), 1e-6)
    clean = np.fft.irfft(spectrum, len(sound)) * gain
    knee = 0.5 * ceiling
    over = np.maximum(np.abs(clean) - knee, 0) / (ceiling - knee)
    tamed = np.where(over > 0, np.sign(clean) * (knee + (ceiling - knee) * np.tanh(over)), clean)
    rise, fall = min(int(0.25 * RATE), len(sound) // 4), min(int(0.6 * RATE), len(sound) // 4)
    tamed[:rise] *= np.linspace(0, 1, rise) ** 2
    tamed[-fall:] *= np.linspace(1, 0, fall) ** 2
    return tamed.astype(np.float32)
