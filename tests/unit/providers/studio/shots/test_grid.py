"""Grids: real cells with gutters, each another view."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.scene import compose
from mediakiln.providers.studio.shots.grid import SHEET, boxes, cells


@pytest.mark.parametrize("size", [(300, 300), (301, 173), (140, 300)])
def test_cells_tile_the_frame_with_gutters_between(size: tuple[int, int]) -> None:
    """None overlaps, all are inside, rows and columns are even."""
    scene = compose("2x3 grid of a cat")
    places = boxes(scene, *size)
    covered = np.zeros((size[1], size[0]), int)
    for left, top, wide, tall in places:
        covered[top : top + tall, left : left + wide] += 1
    assert len(places) == 6
    assert covered.max() == 1
    assert covered.mean() > 0.85
    assert not covered[:, 0].any()
    assert not covered[-1].any()
    assert max(w for _, _, w, _ in places) - min(w for _, _, w, _ in places) <= 1


@pytest.mark.parametrize("prompt", ["a 3x3 grid of a red shoe", "九宫格，一只柯基犬", "3x3 contact sheet of a mountain lake"])
def test_every_cell_is_another_view(prompt: str) -> None:
    """Of a thing, of somebody and of a place; the gutters are paper."""
    scene = compose(prompt, seed=2)
    picture = Painter(scene, 240, 240).frame(0.0)
    parts = [picture[y : y + h, x : x + w][:70, :70].astype(int) for x, y, w, h in boxes(scene, 240, 240)]
    assert min(float(np.abs(a - b).mean()) for a, b in itertools.combinations(parts, 2)) > 1
    assert (picture[:2] == SHEET).all()


def test_told_panels_show_what_is_told() -> None:
    scene = compose("four panels comic strip. Panel 1: a cat sleeps. Panel 2: a dog runs. Panel 3: night. Panel 4: rain")
    made = cells(scene)
    assert [cell.subjects[0].kind for cell in made] == ["cat", "dog", "cat", "cat"]
    assert made[2].time == "night"
    assert made[3].weather == "rain"


def test_different_fruits_are_different() -> None:
    made = cells(compose("2x3 grid of different fruits"))
    assert len({cell.subjects[0].traits for cell in made}) == 6


def test_a_long_grid_goes_round_with_other_chances() -> None:
    made = cells(compose("a 4x4 grid of a cat"))
    assert len(made) == 16
    assert len({(cell.seed, cell.shot, cell.time, cell.subjects[0].pose) for cell in made}) == 16


def test_a_video_of_a_grid_moves_in_its_cells() -> None:
    film = Painter(compose("2x2 grid of a running dog", seed=1), 160, 120, duration=2.0)
    assert film.frame(0.0).shape == (120, 160, 3)
    assert not np.array_equal(film.frame(0.2), film.frame(1.4))
