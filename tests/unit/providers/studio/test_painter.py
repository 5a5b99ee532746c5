"""The painter: same bytes everywhere, every part of the vocabulary paints, what should move moves."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from mediakiln.providers.studio.backdrop import SETTINGS
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.scene import Scene, Subject, compose
from mediakiln.providers.studio.styling import STYLES
from mediakiln.providers.studio.subjects import SUBJECTS
from mediakiln.providers.studio.weather import EFFECTS

SIZES = [(192, 108), (108, 192), (128, 128)]


def still(scene: Scene, size: tuple[int, int] = (192, 108)) -> np.ndarray:
    return Painter(scene, *size).frame(0.0)


def difference(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_paints_in_three_ratios(setting: str) -> None:
    for size, time in zip(SIZES, ("day", "sunset", "night"), strict=True):
        frame = still(Scene("x", 3, setting, time), size)
        assert frame.shape == (size[1], size[0], 3)
        assert frame.dtype == np.uint8
        assert frame.flags.c_contiguous
        assert frame.std() > 8


@pytest.mark.parametrize("kind", SUBJECTS)
def test_every_subject_shows(kind: str) -> None:
    without = still(Scene("x", 3, "desert"))
    for pose in ("", "walking", "running", "sitting", "sleeping"):
        scene = Scene("x", 3, "desert", subjects=(Subject(kind, "green", 1, pose),))
        changed = np.abs(still(scene).astype(int) - without).sum(axis=2) > 30
        assert changed.mean() > 0.002
    assert still(Scene("x", 3, "desert", subjects=(Subject(kind, count=3),)), (108, 192)).std() > 8


@pytest.mark.parametrize("style", STYLES)
def test_every_style_has_a_look_of_its_own(style: str) -> None:
    scene = compose("a house beside a lake at sunset", seed=4)
    plain = still(scene, (256, 144))
    styled = still(
        compose(f"x {style}", seed=4).__class__(**{f: getattr(scene, f) for f in Scene.__struct_fields__} | {"style": style}),
        (256, 144),
    )
    assert styled.shape == plain.shape
    assert style == "painterly" or difference(styled, plain) > 3
    film = Painter(Scene("x", 4, "meadow", style=style), 128, 72, duration=2.0)
    assert film.frame(1.0).shape == (72, 128, 3)


@pytest.mark.parametrize("effect", EFFECTS)
def test_every_weather_and_extra_paints(effect: str) -> None:
    scene = Scene(
        "x", 2, "village", "night", weather=effect if effect in ("rain", "snow", "fog", "storm") else "clear", extras=(effect,)
    )
    assert difference(still(scene), still(Scene("x", 2, "village", "night"))) > 0.02


PROMPT = "a corgi running on a beach at sunset, rain"
SCRIPT = f"""
import hashlib
from mediakiln.providers.studio.scene import compose
from mediakiln.providers.studio.painter import Painter
s = compose({PROMPT!r}, "", 11)
p = Painter(s, 160, 90, duration=3.0)
print(hashlib.sha256(p.frame(2.0).tobytes() + Painter(s, 160, 90).frame(0.0).tobytes()).hexdigest())
"""


def test_two_processes_paint_the_same_bytes() -> None:
    scene = compose(PROMPT, "", 11)
    film = Painter(scene, 160, 90, duration=3.0)
    film.frame(0.5)  # the order of frames must not matter
    here = hashlib.sha256(film.frame(2.0).tobytes() + still(scene, (160, 90)).tobytes()).hexdigest()
    environment = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": os.pathsep.join(sys.path)}
    there = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()
    assert here == there


def test_seeds_differ() -> None:
    frames = [still(compose("mountains at sunset", seed=seed)) for seed in range(3)]
    assert min(difference(frames[0], frames[1]), difference(frames[1], frames[2])) > 4


def test_a_sunset_is_warm_above_and_dark_below() -> None:
    for seed in range(3):
        frame = still(compose("A sunset over mountains", seed=seed), (256, 144)).astype(float)
        sky, land = frame[30:70], frame[110:]
        assert sky[..., 0].mean() > sky[..., 2].mean() + 15
        assert land.mean() < sky.mean() - 40


def test_a_cat_stands_where_a_cat_would() -> None:
    scene = compose("A cat walking in a garden", seed=1)
    bare = compose("A garden", seed=1)
    changed = np.abs(still(scene, (320, 180)).astype(int) - still(bare, (320, 180))).sum(axis=2) > 60
    rows, columns = np.nonzero(changed)
    assert 0.03 < changed.mean() < 0.3
    assert 60 < rows.mean() < 165
    assert 60 < columns.mean() < 260


@pytest.mark.parametrize(
    "prompt",
    [
        "a cat walking in a garden",
        "a boat on the sea",
        "birds flying over a lake",
        "a car driving on a road",
        "snow in a village",
        "clouds over mountains",
    ],
)
def test_what_should_move_moves(prompt: str) -> None:
    film = Painter(compose(prompt, seed=5), 192, 108, duration=4.0)
    first, soon, later = film.frame(1.0), film.frame(1.04), film.frame(3.0)
    assert 0.01 < difference(first, soon) < 14
    assert difference(first, later) > difference(first, soon) * 0.8


def test_a_static_camera_keeps_the_ground_still() -> None:
    film = Painter(compose("desert dunes, static camera, clear sky", "clouds", seed=5), 192, 108, duration=4.0)
    assert difference(film.frame(0.0)[70:], film.frame(3.5)[70:]) < 0.01


def test_refused_clouds_leave_the_sky_clean() -> None:
    with_clouds, without = still(compose("cloudy meadow", seed=3)), still(compose("meadow", "clouds", seed=3))
    assert without[:30].std(axis=1).mean() < with_clouds[:30].std(axis=1).mean()


def test_detail_paints_the_same_picture_finer() -> None:
    scene = compose("a castle on a hill", seed=2)
    fine = Painter(scene, 192, 108, detail=2).frame(0.0)
    assert fine.shape == (108, 192, 3)
    assert difference(fine, still(scene)) < 25
