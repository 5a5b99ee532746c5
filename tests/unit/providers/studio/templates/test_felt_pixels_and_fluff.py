"""The templates of felt, cloth, fur and cubes, and the car ornament."""

from __future__ import annotations

from functools import cache
from importlib import import_module

import cv2
import numpy as np
import pytest

from mediakiln.providers.studio import templates
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.scene import compose
from mediakiln.providers.studio.templates.table import Sitter, Table, lay

Picture = np.ndarray

OURS = (
    "felt_3d_polaroid",
    "my_world",
    "my_world_universal",
    "furry_dream_doll",
    "felt_keychain",
    "lofi_pixel_character_mini_card",
    "lying_in_fluffy_belly",
    "patchwork_collage_style",
    "car_miniature_ornaments",
)


@cache
def dog() -> Picture:
    """A photograph stand-in with a subject and a ground."""
    return Painter(compose("a brown dog on a beach", seed=4), 240, 200).frame(0.0)


@cache
def ball(colour: tuple[int, int, int] = (205, 40, 35)) -> Picture:
    """A coloured ball before a grey wall."""
    picture = np.full((150, 180, 3), (186, 188, 194), np.uint8)
    cv2.circle(picture, (90, 80), 48, colour, -1, cv2.LINE_AA)
    noise = np.random.default_rng(3).normal(0, 4, picture.shape)
    return np.asarray(np.clip(picture + noise, 0, 255), np.uint8)


@cache
def view() -> Picture:
    """A wide view without a subject."""
    y = np.linspace(0, 1, 120, dtype=np.float32)[:, None, None]
    band = (1 - y) * np.array([120, 170, 230], np.float32) + y * np.array([210, 190, 150], np.float32)
    return np.repeat(band, 240, axis=1).astype(np.uint8)


@cache
def ball_sitter(colour: tuple[int, int, int] = (205, 40, 35)) -> Sitter:
    """The ball, cut out once."""
    return Sitter(ball(colour))


def laid(template: str, sitter: Sitter, width: int, height: int, seed: int) -> Picture:
    """`templates.render`, but for a sitter that others use too."""
    table = Table(sitter, width, height, seed)
    lay(import_module(f"mediakiln.providers.studio.templates.{template}").LAYERS, table)
    return table.picture()


@pytest.mark.parametrize("template", OURS)
def test_a_template_is_the_same_for_the_same_and_another_for_another_seed(template: str) -> None:
    """Size, repeatability, and a picture that is neither flat nor the caller's own."""
    first = templates.render(template, dog(), 320, 320, 7)
    assert first.shape == (320, 320, 3)
    assert first.dtype == np.uint8
    assert float(first.std()) > 20
    assert np.array_equal(first, templates.render(template, dog(), 320, 320, 7))
    assert float(np.abs(first.astype(int) - templates.render(template, dog(), 320, 320, 8)).mean()) > 1


@pytest.mark.parametrize("template", OURS)
def test_the_sitter_is_in_the_picture(template: str) -> None:
    """A red ball leaves much red in the scene and a blue one much blue, on the same seed."""
    red = laid(template, ball_sitter(), 320, 320, 2).astype(int)
    blue = laid(template, ball_sitter((30, 60, 200)), 320, 320, 2).astype(int)
    reddish = (red[..., 0] > red[..., 1] + 50) & (red[..., 0] > red[..., 2] + 50)
    bluish = (blue[..., 2] > blue[..., 1] + 40) & (blue[..., 2] > blue[..., 0] + 60)
    assert reddish.mean() > 0.04
    assert bluish.mean() > 0.04
    assert (reddish & bluish).mean() > 0.03  # at the same place


@pytest.mark.parametrize("size", [(1024, 256), (256, 1024)])
@pytest.mark.parametrize("template", OURS)
def test_a_sitter_is_not_stretched_in_a_long_frame(template: str, size: tuple[int, int]) -> None:
    """Where the ball's red is, it is about as wide as tall, and most of it is inside the frame."""
    picture = laid(template, ball_sitter(), *size, 5)
    assert picture.shape == (size[1], size[0], 3)
    if template in ("my_world_universal", "car_miniature_ornaments"):
        return  # the wall is seen aslant; the cockpit has red of its own
    hue = picture.astype(int)
    mask = ((hue[..., 0] > hue[..., 1] + 60) & (hue[..., 0] > hue[..., 2] + 60)).astype(np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    assert count > 1
    largest = stats[1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))]
    wide, tall = int(largest[cv2.CC_STAT_WIDTH]), int(largest[cv2.CC_STAT_HEIGHT])
    assert 0.6 < wide / tall < 1.75
    assert min(wide, tall) > 30


@pytest.mark.parametrize("template", OURS)
@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(view(), id="no subject"),
        pytest.param(np.full((8, 40, 3), 60, np.uint8), id="tiny, of one colour"),
        pytest.param(np.full((1, 1, 3), 200, np.uint8), id="one pixel"),
    ],
)
def test_any_picture_becomes_something(template: str, picture: Picture) -> None:
    """Pictures without a subject and tiny ones are rendered too."""
    assert templates.render(template, picture, 256, 320, 1).shape == (320, 256, 3)
