"""Films: what rests is painted once and looks as if it were painted for every frame."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import cv2
import msgspec
import numpy as np
import pytest

from mediakiln.providers.studio import camera, film
from mediakiln.providers.studio.film import Film
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.scene import Scene
from mediakiln.providers.studio.stage import Actor, Stage

SECONDS = 4.0


class Counted:
    """An actor: a house, and a flag on it if it `waves`; counts how often it is asked to paint."""

    def __init__(self, waves: bool) -> None:
        self.waves, self.times = waves, 0

    def __call__(self, canvas: object, t: float) -> None:
        self.times += 1
        canvas.drawRect(skia.Rect.MakeLTRB(90, 60, 190, 150), skia.Paint(Color=0xFFB04030, AntiAlias=True))
        if self.waves:
            end = 20 + 6 * math.sin(5 * t)
            canvas.drawRect(skia.Rect.MakeLTRB(140, 40, 140 + end, 50), skia.Paint(Color=0xFF2040C0, AntiAlias=True))


def stage_with(*actors: Actor, setting: Callable[[Stage], None] | None = None, pan: bool = True) -> tuple[Stage, camera.Path]:
    """A sky, a hill and the actors on it, 320 x 180, with a camera that pans."""
    scene = Scene("", 1, camera="pan_right" if pan else "static")
    path = camera.path(scene, SECONDS)
    stage = Stage(scene, 320, 180, duration=SECONDS, reach=camera.reach(path, SECONDS) * 320)
    stage.layer(0.0).canvas.clear(0xFF90B0E0)
    hill = stage.layer(1.0)
    hill.canvas.drawRect(skia.Rect.MakeLTRB(hill.left, 120, hill.right, 180), skia.Paint(Color=0xFF508040))
    for actor in actors:
        stage.actor(1.0, actor)
    return stage, path


def shots(stage: Stage, path: camera.Path) -> list[np.ndarray]:
    made = Film(stage)
    return [made.shot(t, path).copy() for t in np.arange(0, SECONDS, 0.17)]


@pytest.mark.parametrize("waves", [False, True])
def test_what_rests_is_painted_once_and_looks_the_same(monkeypatch: pytest.MonkeyPatch, waves: bool) -> None:
    """A flag waves on, its house is not painted again; frame by frame within what a fraction of a pixel makes."""
    house = Counted(waves)
    thrifty = shots(*stage_with(house))
    looks = house.times
    monkeypatch.setattr(film, "_busy", lambda stage, actor, depth: film._ALL)
    lavish = shots(*stage_with(Counted(waves)))
    assert min(cv2.PSNR(one, other) for one, other in zip(thrifty, lavish, strict=True)) > 34
    assert (looks > len(thrifty)) == waves
    if waves:
        assert len({shot[30:55].tobytes() for shot in thrifty}) > len(thrifty) // 2


def test_only_the_moving_part_is_busy() -> None:
    """In frame coordinates, with room for more than was seen."""
    stage, _ = stage_with()
    ((left, top, right, low),) = film._busy(stage, Counted(True), 1.0)
    assert left < 154
    assert right > 166
    assert top < 40
    assert 50 < low < 90
    assert film._busy(stage, Counted(False), 1.0) == ()


def test_a_rare_flash_and_a_runner_are_painted_for_every_frame() -> None:
    """What shows at no look at all may be a flash; what moves as a whole is no house."""
    stage, _ = stage_with()

    def runner(canvas: object, t: float) -> None:
        canvas.drawRect(skia.Rect.MakeLTRB(60 * t, 60, 60 * t + 40, 150), skia.Paint(Color=0xFFB04030))

    assert film._busy(stage, lambda canvas, t: None, 0.0) == film._ALL
    assert film._busy(stage, runner, 1.0) == film._ALL


def test_sheets_that_move_as_one_become_one() -> None:
    """All of them under a camera that rests; per depth under one that pans; never those that drift by themselves."""
    stage, _ = stage_with(Counted(False), pan=False)
    assert len(list(film._gathered(stage))) == 1
    stage, _ = stage_with(Counted(False))
    assert [part.depth for part in film._gathered(stage)] == [0.0, 1.0]
    stage, _ = stage_with(pan=False)
    stage.layer(0.5, drift=3.0)
    assert [part.drift for part in film._gathered(stage)] == [0.0, 3.0]


def test_water_heaves_below_the_horizon() -> None:
    """What is near moves most; the horizon and the lower edge stay, and no hole opens."""
    stage = Stage(Scene("", 1, camera="static"), 320, 180, duration=SECONDS)
    stage.horizon = 60.0
    sea = stage.layer(0.12, swell=4.0)
    for top in range(50, 180, 10):
        tone = 0xFF205080 if top // 10 % 2 else 0xFF80B0E0
        sea.canvas.drawRect(skia.Rect.MakeLTRB(sea.left, top, sea.right, top + 10), skia.Paint(Color=tone))
    frames = np.stack(shots(stage, camera.path(stage.scene, SECONDS))).astype(int)
    moved = np.ptp(frames[:, :, 160, 0], axis=0)
    assert not moved[:62].any()
    assert not moved[178:].any()
    assert np.count_nonzero(moved[100:170]) > 2 * np.count_nonzero(moved[62:100]) > 0
    assert (frames[:, 50:, :, 3] == 255).all()


@pytest.mark.parametrize("way", ["tilt_up", "tilt_down"])
def test_a_tilt_goes_from_edge_to_edge(way: str) -> None:
    """Up from the ground to the sky or down, and never beyond the picture, which would be mirrored there."""
    rows = np.repeat(np.arange(180, dtype=np.uint8)[:, None, None], 320, axis=1).repeat(4, axis=2)
    path = camera.path(Scene("", 1, camera=way), SECONDS)
    seen = [film._zoomed(rows, path(t))[:, 160, 0].astype(int) for t in np.linspace(0, SECONDS, 9)]
    if way == "tilt_down":
        seen.reverse()
    assert seen[0][-1] >= 177
    assert seen[-1][0] <= 1
    assert all((np.diff(column) >= 0).all() for column in seen)
    assert all(earlier[90] > later[90] for earlier, later in itertools.pairwise(seen))


def test_an_orbit_goes_round_what_is_near() -> None:
    """What stands at the front stays in its place while the sky passes behind it."""
    scene = Scene("", 1, camera="orbit")
    path, pivot = camera.path(scene, SECONDS), camera.pivot(scene)
    stage = Stage(scene, 320, 180, duration=SECONDS, reach=camera.reach(path, SECONDS) * 320, pivot=pivot)
    sky, front = stage.layer(0.0), stage.layer(1.0)
    sky.canvas.drawRect(skia.Rect.MakeLTRB(sky.left, 0, 160, 90), skia.Paint(Color=0xFF90B0E0))
    front.canvas.drawRect(skia.Rect.MakeLTRB(150, 90, 170, 180), skia.Paint(Color=0xFFB04030))
    frames = shots(stage, lambda t: msgspec.structs.replace(path(t), zoom=1.0))
    skies = [np.count_nonzero(frame[30, :, 3]) for frame in frames]
    places = [np.flatnonzero(frame[130, :, 3]).mean() for frame in frames]
    assert np.ptp(places) < 1
    assert np.ptp(skies) > 60
    assert all(frame[30, 0, 3] for frame in frames)
