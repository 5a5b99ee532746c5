"""Pixel art and worlds of cubes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mediakiln.providers.studio.templates.kit import voxels


def cut(side: int = 120) -> np.ndarray:
    """A red disc with a blue middle, as a cut-out."""
    pixels = np.zeros((side, side, 4), np.uint8)
    cv2.circle(pixels, (side // 2, side // 2), side // 2 - 4, (210, 40, 40, 255), -1)
    cv2.circle(pixels, (side // 2, side // 2), side // 5, (40, 60, 210, 255), -1)
    return pixels


def test_pixel_art_is_small_crisp_and_has_few_colours() -> None:
    """It fits the box without being stretched, every square is there or not, and colours are counted."""
    art = voxels.pixelled(cut()[:, :90], 30, 24, colours=5)
    assert art.shape[:2] == (24, 18)
    assert set(np.unique(art[..., 3])) <= {0, 255}
    assert len(np.unique(art[art[..., 3] > 0][:, :3], axis=0)) <= 5


def test_a_frame_is_one_square_wide_and_outside() -> None:
    """The line adds a square on each side and leaves the art alone."""
    art = voxels.pixelled(cut(), 20, 20)
    framed = voxels.framed(art, (0.0, 0.0, 0.0))
    assert framed.shape[:2] == (22, 22)
    inside = framed[1:-1, 1:-1]
    assert np.array_equal(inside[art[..., 3] > 0], art[art[..., 3] > 0])
    widest = int(np.argmax(art[..., 3].sum(axis=1)))
    assert framed[widest + 1, 1 + int(np.argmax(art[widest, :, 3])) - 1, 3] == 255


def test_a_statue_stands_on_the_ground_and_is_thicker_inside() -> None:
    """Its lowest cubes are at z 0 or just below; the middle is deeper than the rim; colours are the art's."""
    art = voxels.pixelled(cut(), 24, 24)
    statue = voxels.statue(art)
    assert -5 <= statue.cells[:, 2].min() <= 0
    column = statue.cells[statue.cells[:, 0] == 12]
    middle = column[column[:, 2] == 10]
    assert np.ptp(middle[:, 1]) >= 4
    assert np.ptp(column[column[:, 2] == column[:, 2].max()][:, 1]) < np.ptp(middle[:, 1])
    assert {tuple(c) for c in statue.colours} <= {tuple(c) for c in art[..., :3].reshape(-1, 3)}


def test_of_two_cubes_at_one_place_the_last_counts() -> None:
    """Worlds laid over each other have one cube for each place."""
    world = voxels.together(voxels.cubes([(0, 0, 0), (1, 0, 0)], (1.0, 0.0, 0.0)), voxels.cubes([(0, 0, 0)], (0.0, 0.0, 1.0)))
    assert len(world.cells) == 2
    assert tuple(world.colours[(world.cells == 0).all(axis=1)][0]) == (0, 0, 255)


@pytest.mark.parametrize("box", [(0.0, 0.0, 300.0, 100.0), (20.0, 10.0, 120.0, 400.0)])
def test_a_view_fits_the_box(box: tuple[float, float, float, float]) -> None:
    """Every corner is within the box, and the world touches two of its sides and stands on the lower edge."""
    left, top, right, bottom = box
    world = voxels.cubes([(x, y, z) for x in range(6) for y in range(3) for z in range(4)], (0.5, 0.5, 0.5))
    view = voxels.fitting(world, *box)
    places = view.at(np.concatenate([world.cells, world.cells + 1]))
    assert places[:, 0].min() >= left - 1
    assert places[:, 0].max() <= right + 1
    assert places[:, 1].min() >= top - 1
    assert places[:, 1].max() <= bottom + 1
    assert bottom - places[:, 1].max() < view.size


def test_faces_are_lit_from_the_upper_left() -> None:
    """Of one grey cube the top is the lightest face and the right side the darkest; nothing else is painted."""
    pixels = np.zeros((200, 200, 4), np.uint8)
    world = voxels.cubes([(0, 0, 0)], (0.6, 0.6, 0.6))
    view = voxels.fitting(world, 20, 20, 180, 180)
    voxels.build(pixels, world, view, bevel=0.0)
    top, front, side = (
        int(pixels[round(float(y)), round(float(x)), 1]) for x, y in view.at([(0.5, 0.5, 1), (0.5, 1, 0.5), (1, 0.5, 0.5)])
    )
    assert top > front > side > 0
    assert not pixels[:5].any()


def test_a_tower_throws_a_shadow_to_the_right() -> None:
    """The ground to the right of a tower is darker than to its left."""
    floor = voxels.cubes([(x, y, 0) for x in range(11) for y in range(5)], (0.7, 0.7, 0.7))
    world = voxels.together(floor, voxels.cubes([(5, 2, z) for z in range(1, 5)], (0.7, 0.7, 0.7)))
    pixels = np.zeros((300, 500, 4), np.uint8)
    view = voxels.fitting(world, 10, 10, 490, 290)
    voxels.build(pixels, world, view, bevel=0.0)
    lit, dark = (int(pixels[round(float(y)), round(float(x)), 1]) for x, y in view.at([(3.5, 2.5, 1), (7.5, 1.5, 1)]))
    assert lit > dark + 20
