"""Plastic, glass, metal, and the lens over a miniature."""

from __future__ import annotations

import numpy as np
import pytest

from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.templates.kit import hard, miniature, sitting
from mediakiln.providers.studio.templates.table import Sitter, Table


def table(width: int = 240, height: int = 240) -> Table:
    """A table with fine upright stripes."""
    picture: Picture = np.full((60, 60, 3), 120, np.uint8)
    result = Table(Sitter(picture), width, height, 1)
    result.pixels[:] = 255
    result.pixels[..., :3] = np.where(np.arange(width) % 8 < 4, 90, 170)[None, :, None]
    return result


def test_a_shape_is_highest_in_its_middle() -> None:
    """The form is 0 at the outline and 1 where it is level; the mask covers the path and nothing else."""
    part = hard.shape(hard.box(120, 120, 160, 100, 20), 20)
    assert part.form.max() == pytest.approx(1.0, abs=0.02)
    assert part.form[0].max() < 0.35
    assert (part.mask > 128).sum() == pytest.approx(160 * 100 - (4 - np.pi) * 400, rel=0.02)
    ball = hard.shape(hard.oval(120, 120, 100, 100), hard.ball_form)
    assert ball.form[ball.form.shape[0] // 2, ball.form.shape[1] // 2] == pytest.approx(1.0, abs=0.01)


def test_moulded_plastic_covers_and_shines() -> None:
    """Within its outline nothing of the ground is left; its light is at the upper left; outside nothing changes."""
    target = table()
    before = target.pixels.copy()
    hard.moulded(target, hard.shape(hard.oval(120, 120, 160, 160), hard.ball_form), (0.8, 0.1, 0.1), 0.4)
    inside = target.pixels[60:180, 60:180, 2].astype(int)
    assert np.abs(np.diff(inside[60])).max() < 60
    assert target.pixels[70:110, 70:110, 1].mean() > target.pixels[140:170, 140:170, 1].mean() + 20
    assert np.array_equal(target.pixels[:30], before[:30])


def test_clear_plastic_lets_the_ground_through() -> None:
    """The stripes are still there under a clear dome, and something of it is seen."""
    target = table()
    before = target.pixels.copy()
    hard.cleared(target, hard.shape(hard.box(120, 120, 180, 180, 30), 24))
    row = target.pixels[120, 60:180, 0].astype(int)
    assert np.abs(np.diff(row)).max() > 40
    assert not np.array_equal(before, target.pixels)


def test_a_ball_turns_the_room_upside_down() -> None:
    """What is above the ball's middle is seen below it."""
    target = table()
    target.pixels[:120, :, :3] = (200, 60, 60)
    target.pixels[120:, :, :3] = (60, 60, 200)
    hard.through_ball(target, 120, 120, 80)
    assert target.pixels[90, 120, 2] > 150
    assert target.pixels[150, 120, 0] > 150
    assert target.pixels[20, 120, 0] == 200


def test_acrylic_is_wider_than_its_print_and_has_an_edge() -> None:
    """The sheet goes round the print by the border, its edge lies to the right, and the print keeps its colours."""
    target = table()
    pixels = np.zeros((100, 80, 4), np.uint8)
    pixels[10:90, 10:70] = (30, 180, 60, 255)
    figure = sitting.Figure(pixels, 80, 70, False, False)
    sheet = hard.acrylic(target, figure, 8, 6)
    assert (sheet.mask > 128).any(axis=0).sum() == pytest.approx(60 + 16, abs=3)
    red, green, blue = target.pixels[120, 120, [2, 1, 0]].astype(int)
    assert green > red + 60
    assert green > blue + 60


def test_tilt_shift_is_sharp_in_its_band_only() -> None:
    """Stripes stay within the band and are gone far from it."""
    target = table(480, 480)
    miniature.tilt_shift(0.4, 0.6, 0.03, 1.0)(target)
    contrast = target.pixels[..., 0].astype(float).std(axis=1)
    assert contrast[240] > 35
    assert contrast[5] < 8
    assert contrast[475] < 8
