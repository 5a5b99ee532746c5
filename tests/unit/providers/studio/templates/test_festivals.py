"""The templates of festivals, birthdays and graduation."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest

from mediakiln.providers.studio import templates
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.scene import compose

Picture = np.ndarray

OURS = (
    "Mid-Autumn_Festival_new_chinese_style",
    "Mid-Autumn_Festival_individual",
    "Christmas_green_background",
    "Christmas_tree",
    "Spring_Festival_traditional_Chinese_architecture",
    "birthday_photo_gorgeous",
    "birthday_photo_red",
    "birthday_photo_party",
    "graduation_photo",
    "spring_festival_traditional_architecture",
    "spring_festival_gradient_colors",
)

_VIOLET = (120, 40, 200)


@cache
def ball() -> Picture:
    """A ball of a colour that none of the scenes has, before a grey wall."""
    picture = np.full((300, 360, 3), (186, 188, 194), np.uint8)
    cv2.circle(picture, (180, 160), 96, _VIOLET, -1, cv2.LINE_AA)
    return np.clip(picture + np.random.default_rng(2).normal(0, 4, picture.shape), 0, 255).astype(np.uint8)


@cache
def view() -> Picture:
    """A wide view without a subject."""
    return Painter(compose("a misty valley with mountains at dawn", seed=2), 480, 320).frame(0.0)


@cache
def rendered(template: str, width: int = 512, height: int = 512, seed: int = 1) -> Picture:
    """The ball in `template`."""
    return templates.render(template, ball(), width, height, seed)


def violet(picture: Picture) -> float:
    """The share of the picture that has about the ball's hue."""
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
    hue = cv2.cvtColor(np.array([[_VIOLET]], np.uint8), cv2.COLOR_RGB2HSV)[0, 0, 0]
    return float(((np.abs(hsv[..., 0].astype(int) - int(hue)) < 14) & (hsv[..., 1] > 90) & (hsv[..., 2] > 60)).mean())


@pytest.mark.parametrize("template", OURS)
def test_the_sitter_is_in_the_scene(template: str) -> None:
    """It takes a fair part of a picture of the asked size, and the scene around it is no plain ground."""
    picture = rendered(template)
    assert picture.shape == (512, 512, 3)
    assert picture.dtype == np.uint8
    assert 0.06 < violet(picture) < 0.6
    assert float(picture[:64].std()) > 12 or float(picture[-64:].std()) > 12


@pytest.mark.parametrize("template", OURS)
def test_another_seed_is_another_picture_and_the_same_one_the_same(template: str) -> None:
    """What is strewn and hung moves; nothing else decides."""
    again = templates.render(template, ball(), 512, 512, 1)
    assert np.array_equal(rendered(template), again)
    other = templates.render(template, ball(), 512, 512, 2)
    assert float((cv2.absdiff(again, other).max(axis=2) > 12).mean()) > 0.01


def test_the_eleven_scenes_are_not_alike() -> None:
    """Small copies of any two differ widely."""
    small = [cv2.resize(rendered(template), (16, 16), interpolation=cv2.INTER_AREA).astype(int) for template in OURS]
    for index, one in enumerate(small):
        for other in small[:index]:
            assert np.abs(one - other).mean() > 12


@pytest.mark.parametrize("template", OURS)
@pytest.mark.parametrize(("width", "height"), [(512, 1280), (1280, 512)])
def test_long_frames_are_composed_anew(template: str, width: int, height: int) -> None:
    """The ball stays round: its hue's box is as wide as it is tall."""
    picture = rendered(template, width, height)
    assert picture.shape == (height, width, 3)
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
    hue = int(cv2.cvtColor(np.array([[_VIOLET]], np.uint8), cv2.COLOR_RGB2HSV)[0, 0, 0])
    mask = ((np.abs(hsv[..., 0].astype(int) - hue) < 14) & (hsv[..., 1] > 90)).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8)))
    main = stats[1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))]
    assert main[cv2.CC_STAT_AREA] > 0.02 * mask.size
    assert 0.9 < main[cv2.CC_STAT_WIDTH] / main[cv2.CC_STAT_HEIGHT] < 1.9, "its foot may be hidden, its sides are not"


@pytest.mark.parametrize("template", OURS)
def test_a_view_hangs_in_a_frame(template: str) -> None:
    """A picture without a subject is shown as a picture; the scene is the same kind of scene."""
    picture = templates.render(template, view(), 512, 512, 1)
    plain = templates.render(template, np.full((200, 300, 3), 90, np.uint8), 512, 512, 1)
    changed = cv2.absdiff(picture, plain).max(axis=2) > 16
    assert 0.08 < float(changed.mean()) < 0.75
    assert float(changed[200:330, 200:330].mean()) > 0.5
