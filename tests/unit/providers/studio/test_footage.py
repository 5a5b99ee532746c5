"""Given clips: whose turn it is, and repainted footage that keeps its movement."""

from __future__ import annotations

import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediakiln.providers.studio.encode import write_video
from mediakiln.providers.studio.footage import Footage, length_of
from mediakiln.providers.studio.orders import CannotRender
from mediakiln.providers.studio.reel import SHORTEST, reel
from mediakiln.providers.studio.scene import Scene, compose

Picture = np.ndarray


@settings(max_examples=200)
@given(st.lists(st.floats(0, 40), min_size=1, max_size=3), st.floats(0.5, 60))
def test_a_reel_is_full_and_everyone_has_a_turn(lengths: list[float], seconds: float) -> None:
    """No gap from beginning to end, joints where two meet, clips in their order, none longer than it is."""
    stretches = reel(lengths, seconds)
    assert stretches[0].start == 0
    assert stretches[-1].stop == seconds
    for index, stretch in enumerate(stretches):
        assert stretch.clip == index % len(lengths)
        assert stretch.stop - stretch.start <= max(lengths[stretch.clip], SHORTEST) + 1e-6
    for before, after in itertools.pairwise(stretches):
        assert after.start == pytest.approx(before.stop - after.joint)
        assert after.start >= before.start
    assert len(stretches) >= len(lengths) or sum(lengths) > seconds or seconds < len(lengths) * SHORTEST * 2
    if min(lengths) > 1 and seconds > 1:
        assert {stretch.clip for stretch in stretches} == set(range(len(lengths))) or sum(lengths[:-1]) >= seconds - 1


def clip(path: Path, seconds: float = 1.0, fps: int = 24, size: tuple[int, int] = (192, 108), colour: int = 0) -> str:
    """A bright square that crosses a coloured ground from left to right."""
    width, height = size
    plain = np.full((height, width, 3), [(90, 120, 80), (170, 40, 40), (40, 50, 180)][colour], np.uint8)
    plain[height // 2 :] //= 2
    count = round(seconds * fps)

    def frames() -> Picture:
        for index in range(count):
            picture = plain.copy()
            x = round((0.1 + 0.7 * index / (count - 1)) * width)
            picture[height // 3 : height // 3 + height // 6, x : x + height // 6] = (250, 250, 240)
            yield picture

    write_video(path, frames(), width=width, height=height, fps=fps)
    return str(path)


def place(picture: Picture) -> float:
    """x of the brightest spot, as a share of the width."""
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (0, 0), 3)
    return float(cv2.minMaxLoc(grey)[3][0]) / picture.shape[1]


def test_footage_is_restyled_and_keeps_its_movement(tmp_path: Path) -> None:
    """Night makes it dark and blue; the square goes its way; other rates and sizes are met exactly."""
    path = clip(tmp_path / "a.mp4", fps=30)
    assert length_of(path) == pytest.approx(1.0)
    shots = list(Footage([path], compose("a quiet night", "", 1), 160, 120, 0.8).frames(24, 24))
    assert len(shots) == 24
    assert {shot.shape for shot in shots} == {(120, 160, 3)}
    ways = [place(shot) for shot in shots]
    assert ways[0] < 0.3
    assert ways[-1] > 0.7
    assert all(after >= before - 0.02 for before, after in itertools.pairwise(ways))
    plain = next(Footage([path], Scene("", 1), 160, 120, 0.0).frames(24, 24))
    assert shots[0].mean() < 0.75 * plain.mean()


def test_a_style_is_painted(tmp_path: Path) -> None:
    """Named styles change the rendering, and frames of a calm stretch do not flicker."""
    path = clip(tmp_path / "a.mp4")
    oil, plain = (
        list(Footage([path], compose(words, "", 1), 192, 108, 0.8).frames(6, 24)) for words in ("an oil painting", "a clip")
    )
    assert np.abs(oil[0].astype(int) - plain[0]).mean() > 3
    corner = [shot[-20:, -20:].astype(int).mean() for shot in plain]
    assert np.ptp(corner) < 1.5


def test_short_clips_are_repeated_and_several_follow_each_other(tmp_path: Path) -> None:
    """Red, then blue, then red again, with a cross-fade between."""
    red, blue = clip(tmp_path / "r.mp4", colour=1), clip(tmp_path / "b.mp4", colour=2)
    shots = list(Footage([red, blue], Scene("", 1), 96, 54, 0.0).frames(60, 24))
    share = [float(shot[5:15, :10, 0].mean() / (shot[5:15, :10, 0].mean() + shot[5:15, :10, 2].mean())) for shot in shots]
    assert share[2] > 0.7
    assert share[30] < 0.3
    assert share[-3] > 0.7
    assert any(0.4 < each < 0.6 for each in share)


def test_portrait_footage_is_not_stretched(tmp_path: Path) -> None:
    """The square stays one in a frame of another shape."""
    path = clip(tmp_path / "a.mp4", size=(108, 192))
    shot = list(Footage([path], Scene("", 1), 320, 180, 0.0).frames(12, 24))[11]
    rows, columns = np.where(shot.min(axis=2) > 225)
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=3)


def test_frames_come_one_by_one(tmp_path: Path) -> None:
    """A long film is no burden: nothing is decoded before it is asked for."""
    path = clip(tmp_path / "a.mp4", seconds=4, size=(64, 36))
    frames = Footage([path], Scene("", 1), 64, 36, 0.5).frames(24 * 600, 24)
    assert next(frames).shape == (36, 64, 3)


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    """In our words."""
    path = tmp_path / "x.mp4"
    path.write_bytes(b"no video at all")
    with pytest.raises(CannotRender, match="reference video"):
        list(Footage([str(path)], Scene("", 1), 64, 36, 0.5).frames(2, 24))
