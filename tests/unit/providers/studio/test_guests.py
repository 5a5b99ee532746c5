"""Cut-outs of given pictures, and given pictures as subjects in a scene."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mediakiln.providers.studio.cutout import cut_out, is_whole
from mediakiln.providers.studio.guests import Guests
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.scene import compose

Picture = np.ndarray


def portrait(colour: tuple[int, int, int], width: int = 320, height: int = 240) -> tuple[Picture, Picture]:
    """A noisy studio photograph of a coloured egg, and its true mask."""
    rng = np.random.default_rng(2)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    picture = np.dstack([190 - 50 * y / height, 192 - 45 * y / height, 198 - 40 * x / width])
    mask = np.zeros((height, width), np.uint8)
    cv2.ellipse(mask, (width // 2, height * 11 // 20), (width // 6, height // 3), 0, 0, 360, 1, -1)
    shade = (0.75 + 0.5 * x / width)[..., None]
    picture = np.where(mask[..., None] > 0, np.array(colour, np.float32) * shade, picture)
    return np.clip(picture + rng.normal(0, 5, (height, width, 1)), 0, 255).astype(np.uint8), mask


def test_a_subject_is_cut_from_its_ground() -> None:
    """The box and the area are the subject's, its colours are kept and the ground's do not shine through the edge."""
    picture, mask = portrait((200, 60, 30))
    cut = cut_out(picture)
    _, _, width, height = cv2.boundingRect(mask)
    assert cut.shape[1] == pytest.approx(width, abs=8)
    assert cut.shape[0] == pytest.approx(height, abs=8)
    assert (cut[..., 3] > 127).sum() == pytest.approx(mask.sum(), rel=0.06)
    seen = cut[cut[..., 3] > 100].astype(int)
    assert np.mean(seen[:, 0] > seen[:, 2] + 40) > 0.97
    assert np.array_equal(cut, cut_out(picture))


def test_a_view_has_no_subject() -> None:
    """It comes back whole."""
    rows = np.linspace(40, 220, 120, dtype=np.float32)[:, None, None] * np.ones((1, 200, 3), np.float32)
    cut = cut_out((rows + np.random.default_rng(1).normal(0, 4, rows.shape)).clip(0, 255).astype(np.uint8))
    assert is_whole(cut)
    assert cut.shape == (120, 200, 4)


def seen(picture: Picture, channel: int) -> Picture:
    """Where a strong colour of that channel is."""
    others = [picture[..., other].astype(int) for other in range(3) if other != channel]
    return picture[..., channel].astype(int) > np.maximum(*others) + 60


def test_everyone_is_in_the_scene_and_moves() -> None:
    """Three references, three places, on other spots later; weather falls before them."""
    scene = compose("they are running in the snow", "", 3)
    colours = [(220, 20, 20), (20, 200, 20), (30, 30, 230)]
    guests = Guests([portrait(colour)[0] for colour in colours], scene, 320, 180, 2.0)
    painter = Painter(scene, 320, 180, duration=2.0, guests=guests)
    early, late = painter.frame(0.2), painter.frame(1.8)
    bare = Painter(scene, 320, 180, duration=2.0).frame(0.2)
    places = []
    for channel in range(3):
        assert seen(early, channel).sum() > seen(bare, channel).sum() + 250
        places.append(float(np.where(seen(early, channel))[1].mean()))
        assert np.where(seen(late, channel))[1].mean() > places[-1] + 8
    assert np.ptp(places) > 120


def test_nine_fit_into_the_frame() -> None:
    """Two rows, in every ratio."""
    scene = compose("a meadow", "", 1)
    for size in ((320, 136), (136, 320)):
        guests = Guests([portrait((210, 30, 160))[0]] * 9, scene, *size)
        ground = np.full((size[1], size[0], 3), 90, np.uint8)
        assert np.array_equal(guests.over(ground, 0.0, 0.0), ground)
        drawn = seen(guests.over(ground, 0.0), 0)
        count = cv2.connectedComponents(cv2.erode(drawn.astype(np.uint8), np.ones((5, 5), np.uint8)))[0] - 1
        assert 5 <= count <= 12
        assert drawn[:, :3].sum() < 60
