"""Morphs between two pictures, and the fields that bend them."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest

from mediakiln.providers.studio.morph import Morph
from mediakiln.providers.studio.warp import bent, melted

Picture = np.ndarray


def ground(seed: int = 3) -> Picture:
    """A soft patchwork with texture, RGBA 240 x 136."""
    rng = np.random.default_rng(seed)
    coarse = cv2.resize(rng.integers(60, 180, (6, 10, 3)).astype(np.uint8), (240, 136), interpolation=cv2.INTER_CUBIC)
    fine = cv2.GaussianBlur(rng.normal(0, 40, (136, 240)).astype(np.float32), (0, 0), 1.5)
    return cv2.cvtColor(np.clip(coarse + fine[..., None], 0, 255).astype(np.uint8), cv2.COLOR_RGB2RGBA)


def with_ball(x: int) -> Picture:
    """The ground with a textured orange ball at `x`."""
    picture = ground() // 2
    picture[..., 3] = 255
    cv2.circle(picture, (x, 70), 26, (240, 120, 10, 255), -1, cv2.LINE_AA)
    cv2.circle(picture, (x - 8, 62), 7, (250, 240, 120, 255), -1, cv2.LINE_AA)
    cv2.line(picture, (x - 12, 82), (x + 14, 82), (90, 20, 10, 255), 4, cv2.LINE_AA)
    return picture


def orange(picture: Picture) -> tuple[float, int]:
    """Where the ball is (x of its middle) and how many pixels of it are seen."""
    r, g, b = (picture[..., channel].astype(int) for channel in range(3))
    mask = (r > 200) & (b < 70) & (g < 160)
    return float(np.where(mask)[1].mean()), int(mask.sum())


def test_both_ends_are_the_given_pictures() -> None:
    """Bit for bit, whichever way is taken."""
    for start, goal in ((with_ball(90), with_ball(106)), (ground(1), 255 - ground(2))):
        morph = Morph(start, goal)
        assert np.array_equal(morph.at(0.0), start)
        assert np.array_equal(morph.at(1.0), goal)


def test_what_moved_is_half_way_in_the_middle() -> None:
    """One ball in between, whole, not two half-clear ones as in a cross-fade."""
    start, goal = with_ball(90), with_ball(106)
    middle = Morph(start, goal).at(0.5)
    x, seen = orange(middle)
    assert x == pytest.approx(98, abs=3)
    assert seen > 0.8 * orange(start)[1]
    assert orange(cv2.addWeighted(start, 0.5, goal, 0.5, 0))[1] < 0.7 * orange(start)[1]


def test_pictures_without_anything_in_common_dissolve() -> None:
    """The two ways are told apart, and the dissolve passes place by place, without a jump."""
    assert Morph(with_ball(90), with_ball(106)).alike > 0.6
    start, goal = ground(1), np.ascontiguousarray(ground(9)[::-1, ::-1])
    morph = Morph(start, goal)
    assert morph.alike < 0.4
    shots = [morph.at(share).astype(int) for share in np.linspace(0, 1, 41)]
    steps = [np.abs(after - before).mean() for before, after in itertools.pairwise(shots)]
    assert max(steps) < 0.2 * np.abs(shots[-1] - shots[0]).mean()
    early = np.abs(morph.at(0.35).astype(int) - start).mean(axis=2)
    blocks = cv2.resize(early.astype(np.float32), (8, 5), interpolation=cv2.INTER_AREA)
    assert blocks.max() > 2.5 * blocks.min()


def test_morph_repeats() -> None:
    """The same pictures, the same bytes."""
    one, other = (Morph(with_ball(90), with_ball(106)).at(0.4) for _ in range(2))
    assert np.array_equal(one, other)


def test_an_even_field_shifts_and_none_keeps() -> None:
    """Displacements are pixels, x before y, and every strip of the picture has its own rows."""
    picture = ground()
    assert np.array_equal(bent(picture, np.zeros((9, 16, 2), np.float32)), picture)
    shift = np.tile(np.array([5, -3], np.float32), (9, 16, 1))
    assert np.array_equal(bent(picture, shift)[10:-10, 10:-10], np.roll(picture, (3, -5), (0, 1))[10:-10, 10:-10])


def test_blending_follows_its_field() -> None:
    """0 left, 1 right, both in the middle."""
    dark, light = np.zeros((100, 160, 4), np.uint8), np.full((100, 160, 4), 200, np.uint8)
    still = np.zeros((9, 16, 2), np.float32)
    mixed = melted(dark, light, (still, still), np.tile(np.linspace(0, 1, 16, dtype=np.float32), (9, 1)))
    assert mixed[50, 2].max() == 0
    assert mixed[50, -2].min() == 200
    assert int(mixed[50, 80, 0]) == pytest.approx(100, abs=6)


def test_melting_is_bending_both_and_blending() -> None:
    """Also where one of them is not sampled at all, in any size of cell and strip."""
    rng = np.random.default_rng(2)
    for height, width in ((136, 240), (97, 131), (700, 1300)):
        one, other = (cv2.resize(ground(seed), (width, height)) for seed in (1, 2))
        shifts = tuple(cv2.GaussianBlur(rng.normal(0, 12, (20, 36, 2)).astype(np.float32), (0, 0), 2) for _ in range(2))
        share = np.clip(cv2.GaussianBlur(rng.normal(0.5, 3, (20, 36)).astype(np.float32), (0, 0), 2), 0, 1)
        mixed = melted(one, other, shifts, share)
        full = cv2.resize(share, (width, height))[..., None]
        wanted = bent(one, shifts[0]) * (1 - full) + bent(other, shifts[1]) * full
        assert np.abs(mixed - wanted).mean() < 1.5
        for alone, shift, sure in ((one, shifts[0], full[..., 0] == 0), (other, shifts[1], full[..., 0] == 1)):
            inside = cv2.erode(sure.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
            assert inside.any()
            assert np.abs(mixed[inside].astype(int) - bent(alone, shift)[inside]).max() <= 1


def test_a_thing_that_went_far_goes_there_as_one() -> None:
    """Further than optical flow follows: there is one ball at every moment, on its way, and the ground heals behind it."""
    start, goal = with_ball(40), with_ball(195)
    morph = Morph(start, goal)
    places = []
    for share in (0.2, 0.4, 0.6, 0.8):
        picture = morph.at(share)
        where, size = orange(picture)
        places.append(where)
        assert 0.7 < size / orange(start)[1] < 1.3
    assert places == sorted(places)
    assert places == pytest.approx([40 + 155 * share for share in (0.2, 0.4, 0.6, 0.8)], abs=9)
    left_behind = morph.at(0.6)[40:100, 10:70, :3].astype(int)
    assert np.abs(left_behind - goal[40:100, 10:70, :3]).mean() < 12


def test_a_shift_bends_on_the_way() -> None:
    """As if the morph had been bent afterwards, but sampled once; also at the ends."""
    start, goal = with_ball(100), with_ball(110)
    morph = Morph(start, goal)
    shift = np.zeros((9, 16, 2), np.float32)
    shift[..., 0] = 0.05
    for share in (0.0, 0.5, 1.0):
        moved = morph.at(share, shift)
        assert orange(moved)[0] == pytest.approx(orange(morph.at(share))[0] - 0.05 * 240, abs=1.5)
