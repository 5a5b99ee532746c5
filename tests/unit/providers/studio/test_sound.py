"""Soundtracks: length, loudness, no clipping, equal for equal scenes, fitting layers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mediakiln.providers.studio import events
from mediakiln.providers.studio.orders import CannotRender
from mediakiln.providers.studio.scene import Scene, Subject
from mediakiln.providers.studio.sound import given, mix, soundtrack
from mediakiln.providers.studio.sound.take import RATE, Take

SCENES = [
    Scene("", 1),
    Scene("", 2, setting="sea", time="sunset"),
    Scene("", 3, setting="forest", weather="storm"),
    Scene("", 4, setting="interior", subjects=(Subject("cat", pose="sleeping"),)),
    Scene("", 5, setting="city", mood="futuristic", subjects=(Subject("car"), Subject("dog", pose="running"))),
    Scene("", 6, setting="meadow", time="night", mood="festive", extras=("fireworks",)),
]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.setting)
@pytest.mark.parametrize("seconds", [1.0, 4.0])
def test_levels_are_sane(scene: Scene, seconds: float) -> None:
    """Exact length, RMS around -20 dBFS, peaks under -3 dBFS so that AAC stays under -1, quiet ends."""
    sound = soundtrack(scene, seconds)
    assert sound.dtype == np.float32
    assert len(sound) == seconds * RATE
    rms, peak = np.sqrt(np.mean(sound**2)), np.abs(sound).max()
    assert -29 < 20 * np.log10(rms) < -15
    assert 20 * np.log10(peak) < -3
    assert max(abs(sound[0]), abs(sound[-1])) < 1e-4


@pytest.mark.parametrize("name", [*mix.LAYERS, "music"])
def test_every_layer_sounds(name: str) -> None:
    """No layer is silent, broken or of another length."""
    take = Take(3 * RATE, 7, name)
    sound = mix.music(take, "calm") if name == "music" else mix.LAYERS[name](take)
    assert sound.dtype == np.float32
    assert len(sound) == 3 * RATE
    assert np.isfinite(sound).all()
    assert np.abs(sound).max() > 0.05


def test_tables_name_layers_that_exist() -> None:
    """Every layer that a word brings is one we can make."""
    tables = (mix._PLACES, mix._WEATHER, mix._THINGS)
    assert {name for table in tables for found in table.values() for name in found} <= set(mix.LAYERS)


def test_same_scene_same_samples_and_other_seed_other_samples() -> None:
    """Seeded, and the seed matters."""
    scene = SCENES[1]
    assert np.array_equal(soundtrack(scene, 1.0), soundtrack(scene, 1.0))
    assert not np.array_equal(soundtrack(scene, 1.0), soundtrack(Scene("", 3, setting="sea", time="sunset"), 1.0))


def test_layers_fit_the_scene() -> None:
    """Waves at sea, a purr from a resting cat, rain when it rains, crickets by night."""
    assert "waves" in mix.plan(SCENES[1])
    assert {"rain", "thunder"} <= mix.plan(SCENES[2]).keys()
    assert "purr" in mix.plan(SCENES[3])
    assert {"engine", "running_steps"} <= mix.plan(SCENES[4]).keys()
    assert {"crickets", "fireworks"} <= mix.plan(SCENES[5]).keys()
    assert mix.plan(SCENES[0]) == {"music": 0.8}


def loudness_of_band(sound: np.ndarray, start: float, stop: float, low: float, high: float) -> float:
    """Energy between two frequencies (Hz) in a stretch of time (seconds)."""
    part = sound[round(start * RATE) : round(stop * RATE)]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
    hertz = np.fft.rfftfreq(len(part), 1 / RATE)
    return float(spectrum[(hertz >= low) & (hertz < high)].mean())


def test_thunder_follows_each_flash() -> None:
    """Within a second of every flash that the picture shows, through rain and wind; never before it."""
    for seed in (3, 8, 21):
        scene = Scene("", seed, setting="mountains", weather="storm")
        sound = soundtrack(scene, 10.0)
        flashes = [flash for flash in events.strikes(seed, 10.0) if flash < 8.5]
        assert len(flashes) >= 2
        for flash in flashes:
            before = loudness_of_band(sound, flash - 0.3, flash, 60, 500)
            after = loudness_of_band(sound, flash + 0.15, flash + 1.0, 60, 500)
            assert after > 3 * before


def test_surf_is_heard_when_it_runs_up_the_beach() -> None:
    """Louder where the nearest line comes up fastest than between two of them."""
    scene = Scene("", 5, setting="beach")
    sound = soundtrack(scene, 15.0)
    large = [moment for moment, size in events.breakers(15.0) if size == 1.0 and 1 < moment < 14]
    assert large == pytest.approx([2 * np.pi / 0.9, 4 * np.pi / 0.9])
    for moment in large:
        lull = min(loudness_of_band(sound, moment - late, moment - late + 0.6, 800, 5000) for late in (1.5, 2.0, 2.5, 3.0))
        assert loudness_of_band(sound, moment - 0.3, moment + 0.3, 800, 5000) > 2 * lull


def test_every_shell_is_heard() -> None:
    """A thump for each burst of the picture's fireworks."""
    moments = [moment for moment, _ in mix.cues(SCENES[5], "fireworks", 5.0)]
    assert len(moments) == len(events.bursts(5.0)) >= 10
    for number in range(events.SHELLS):
        ages = [events.age_of_shell(number, t) for t in np.arange(0, 5, 0.01)]
        born = [0.01 * index for index in range(1, len(ages)) if ages[index] < ages[index - 1]]
        assert all(min(abs(moment - 0.12 - birth) for moment in moments) < 0.02 for birth in born)


def hum(hertz: float, seconds: float, level: float) -> np.ndarray:
    """A plain tone."""
    return (level * np.sin(np.arange(round(seconds * RATE)) * 2 * np.pi * hertz / RATE)).astype(np.float32)


def loudness(sound: np.ndarray) -> float:
    """RMS."""
    return float(np.sqrt(np.mean(sound**2)))


def test_the_ambience_steps_back_under_a_given_sound() -> None:
    """To a quarter while it sounds; untouched long before it."""
    front = np.concatenate([np.zeros(2 * RATE, np.float32), hum(440, 1, 0.2), np.zeros(2 * RATE, np.float32)])
    ambience = np.full(5 * RATE, 0.1, np.float32)
    under = given.over(front, ambience) - front
    assert under[RATE] == pytest.approx(0.1)
    assert under[round(2.5 * RATE)] == pytest.approx(0.025, abs=0.002)
    assert np.abs(np.diff(under)).max() < 1e-4
    mixed = soundtrack(SCENES[1], 5.0, front)
    assert len(mixed) == 5 * RATE
    assert np.abs(mixed).max() < 0.71


def test_given_sounds_fill_the_length_with_fades() -> None:
    """Short ones are repeated, long ones cut, quiet and loud ones brought together; no click at the joints or ends."""
    track = given.laid([hum(440, 0.7, 0.02), hum(1000, 9.0, 0.9)], 4.0)
    assert len(track) == 4 * RATE
    parts = [track[: RATE // 8], track[-RATE:][: RATE // 2]]
    assert loudness(parts[0]) > 0.3 * loudness(parts[1])
    assert np.abs(np.diff(track)).max() < 0.05
    assert abs(track[-1]) < 1e-3
    repeated = given.laid([hum(440, 0.6, 0.1)], 3.0)
    assert min(loudness(repeated[start : start + RATE // 4]) for start in range(0, 2 * RATE, RATE // 4)) > 0.05
    assert not given.laid([np.zeros(0, np.float32)], 1.0).any()


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    """In our words."""
    path = tmp_path / "a.mp3"
    path.write_bytes(b"nothing to hear")
    with pytest.raises(CannotRender, match="reference sound"):
        given.decoded(str(path), 1.0)
