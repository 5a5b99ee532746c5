"""Sitters posed with hats, and pictures without a subject in their frames."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mediakiln.providers.studio.stage import Canvas
from mediakiln.providers.studio.templates.kit import posing
from mediakiln.providers.studio.templates.table import Sitter, Table


def doll() -> np.ndarray:
    """A figure with a round head on a neck, left of the middle of its picture."""
    picture = np.full((400, 400, 3), (225, 226, 230), np.uint8)
    cv2.ellipse(picture, (170, 330), (90, 110), 0, 0, 360, (30, 60, 160), -1, cv2.LINE_AA)
    cv2.rectangle(picture, (158, 180), (182, 240), (30, 60, 160), -1)
    cv2.circle(picture, (170, 140), 50, (170, 30, 40), -1, cv2.LINE_AA)
    return np.clip(picture + np.random.default_rng(1).normal(0, 3, picture.shape), 0, 255).astype(np.uint8)


def test_a_hat_sits_on_the_head() -> None:
    """It is told the head's width, and drawn from the head's top."""
    table = Table(Sitter(doll()), 600, 600, 1)
    seen: list[tuple[float, float, float]] = []

    def hat(canvas: Canvas, head: float) -> None:
        matrix = canvas.getTotalMatrix()
        seen.append((matrix.getTranslateX(), matrix.getTranslateY(), head))

    posing.posed(tall=0.8, hat=hat)(table)
    ((x, y, head),) = seen
    red = table.pixels[..., 2].astype(int) - table.pixels[..., 0] > 60
    rows, columns = np.where(red & (table.pixels[..., 3] > 128))
    assert x == pytest.approx(columns.mean(), abs=0.12 * head)
    assert y == pytest.approx(rows.min(), abs=0.1 * head)
    assert head == pytest.approx(np.ptp(columns), rel=0.15)


def test_a_hat_sits_on_the_head_of_what_lies() -> None:
    """A dog that lies has its head at one end: the hat is not laid on its back."""
    picture = np.full((300, 500, 3), (225, 226, 230), np.uint8)
    cv2.ellipse(picture, (230, 225), (190, 60), 0, 0, 360, (70, 60, 50), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (370, 130), (48, 75), 0, 0, 360, (70, 60, 50), -1, cv2.LINE_AA)
    picture = np.clip(picture + np.random.default_rng(1).normal(0, 3, picture.shape), 0, 255).astype(np.uint8)
    table = Table(Sitter(picture), 600, 600, 1)
    seen: list[tuple[float, float]] = []
    posing.posed(tall=0.8, hat=lambda canvas, head: seen.append((canvas.getTotalMatrix().getTranslateX(), head)))(table)
    ((x, head),) = seen
    dark = table.pixels[..., 3] > 128
    columns = np.flatnonzero(dark.any(axis=0))
    share = (x - columns.min()) / np.ptp(columns)
    assert 0.72 < share < 0.98
    assert head < 0.4 * np.ptp(columns)


@pytest.mark.parametrize(("tall", "lowest"), [(40, 0.8), (200, 0.92)])
def test_what_is_flat_stands_farther_back(tall: int, lowest: float) -> None:
    """A long car would be hidden by the cakes and presents in front; something tall stands on the line it was given."""
    picture = np.full((300, 500, 3), (225, 226, 230), np.uint8)
    cv2.rectangle(picture, (60, 150 - tall // 2), (440, 150 + tall // 2), (40, 60, 150), -1)
    table = Table(Sitter(picture), 600, 600, 1)
    posing.posed(ground=0.92)(table)
    blue = table.pixels[..., 0].astype(int) - table.pixels[..., 2] > 60
    assert np.flatnonzero(blue.any(axis=1)).max() / 600 == pytest.approx(lowest, abs=0.035)


@pytest.mark.parametrize("hat", [posing.mortarboard, posing.santa, posing.crown, posing.party_hat((1, 0, 0), (1, 1, 1))])
def test_every_hat_is_about_as_wide_as_its_head(hat: posing.Hat) -> None:
    """And higher than the head's top."""
    table = Table(Sitter(np.full((16, 16, 3), 128, np.uint8)), 400, 400, 1)
    table.canvas.translate(200, 250)
    hat(table.canvas, 120)
    rows, columns = np.where(table.pixels[..., 3] > 128)
    assert 0.6 * 120 < np.ptp(columns) < 2.1 * 120
    assert rows.min() < 235


@pytest.mark.parametrize("shape", [(200, 900), (900, 200), (300, 300)])
@pytest.mark.parametrize("round_", [False, True])
def test_a_frame_shows_the_middle_of_the_picture_unstretched(shape: tuple[int, int], round_: bool) -> None:
    """A disc in the middle of the picture is a disc in the frame."""
    picture = np.full((*shape, 3), 200, np.uint8)
    cv2.circle(picture, (shape[1] // 2, shape[0] // 2), 60, (20, 20, 220), -1)
    table = Table(Sitter(picture), 600, 600, 1)
    posing.hung_print(table, 300, 300, 400, round_)
    rows, columns = np.where((table.pixels[..., 0] > 150) & (table.pixels[..., 2] < 90))
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), rel=0.05)
    assert (rows.mean(), columns.mean()) == pytest.approx((300, 300), abs=8)
