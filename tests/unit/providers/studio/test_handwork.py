"""Felt, cut paper, low polygons and pixel art: videos look like their stills, and do not flicker."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest

from mediakiln.providers.studio.filters import style_filter
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.pixelart import COLOURS, square_of
from mediakiln.providers.studio.scene import Scene
from mediakiln.providers.studio.styling import STYLES, style_for

CRAFTS = ["felt", "papercut", "lowpoly", "pixel"]


def film(count: int = 4, noise: int = 2) -> list[np.ndarray]:
    """A still landscape with a sensor's noise, and a red ball that rolls along its bottom."""
    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:180, 0:320].astype(np.float32)
    ground = np.dstack([90 + 60 * y / 180, 130 + 30 * x / 320, 210 - 120 * y / 180])
    ground[(y > 70 + 20 * np.sin(x / 40))] = (80, 130, 60)
    frames = []
    for index in range(count):
        picture = np.clip(ground + rng.normal(0, noise, ground.shape), 0, 255).astype(np.uint8)
        cv2.circle(picture, (60 + 4 * index, 150), 18, (210, 50, 40), -1, cv2.LINE_AA)
        frames.append(picture)
    return frames


@pytest.mark.parametrize("name", CRAFTS)
def test_what_rests_does_not_flicker(name: str) -> None:
    """Above the ball, where only noise changes, frames differ hardly more than the noise does; the ball goes on."""
    frames = film()
    style = style_for(name, 320, 180, 3, moving=True)
    made = [style.render(frame, index / 24) for index, frame in enumerate(frames)]
    for before, after in itertools.pairwise(made):
        assert cv2.absdiff(before[:110], after[:110]).mean() < 3
    red = [np.where(m[..., 0].astype(int) > m[..., 1] + 50)[1].mean() for m in made]
    assert red[-1] > red[0] + 4


@pytest.mark.parametrize("name", CRAFTS)
def test_they_look_like_their_stills(name: str) -> None:
    """In colours, place by place."""
    frame = film(1)[0]
    moving = style_for(name, 320, 180, 3, moving=True).render(frame, 0.0)
    still = STYLES[name](320, 180, 3, False).render(frame, 0.0)
    soft = [cv2.resize(picture, (16, 9), interpolation=cv2.INTER_AREA).astype(int) for picture in (moving, still)]
    assert moving.shape == still.shape
    assert np.abs(soft[0] - soft[1]).mean() < 16


@pytest.mark.parametrize("name", CRAFTS)
def test_frames_come_in_any_order(name: str) -> None:
    """The first frame settles the style, whichever is asked for first."""
    scene = Scene("", 4, "meadow", style=name)
    one, other = (Painter(scene, 160, 90, duration=2.0) for _ in range(2))
    late = one.frame(1.5)
    other.frame(0.0)
    assert np.array_equal(late, other.frame(1.5))


def test_a_still_decides_for_itself() -> None:
    """Whatever was painted before it."""
    style = style_for("papercut", 320, 180, 3, moving=False)
    style.render(np.full((180, 320, 3), (10, 200, 30), np.uint8), 0.0)
    fresh = style_for("papercut", 320, 180, 3, moving=False)
    assert np.array_equal(style.render(film(1)[0], 0.0), fresh.render(film(1)[0], 0.0))


@pytest.mark.parametrize(("width", "height", "square"), [(512, 512, 5), (1024, 1024, 9), (1920, 1080, 10), (90, 160, 2)])
def test_pixel_art_has_large_squares_and_few_colours(width: int, height: int, square: int) -> None:
    """Of one colour each, hard-edged; in the studio's own pictures and in given ones."""
    assert square_of(width, height) == square
    own = Painter(Scene("", 4, "meadow", style="pixel"), width, height).frame(0.0)
    given = cv2.resize(film(1)[0], (width, height))
    render = style_filter("pixel")
    assert render is not None
    for picture in (own, render(given)):
        whole = picture[: height // square * square, : width // square * square]
        blocks = whole.reshape(height // square, square, width // square, square, 3)
        assert np.array_equal(blocks, np.broadcast_to(blocks[:, :1, :, :1], blocks.shape))
        assert 4 <= len(np.unique(picture.astype(np.uint32) @ (1 << 16, 1 << 8, 1))) <= COLOURS


def test_other_styles_are_as_ever() -> None:
    """Also a picture of one colour is no trouble."""
    assert type(style_for("neon", 64, 48, 1, moving=True)) is STYLES["neon"]
    assert type(style_for("no such style", 64, 48, 1, moving=True)) is STYLES["painterly"]
    grey = np.full((48, 64, 3), 120, np.uint8)
    for name in CRAFTS:
        assert style_for(name, 64, 48, 1, moving=True).render(grey, 0.0).shape == grey.shape
