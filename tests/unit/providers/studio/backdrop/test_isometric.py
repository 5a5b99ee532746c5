"""The isometric island: a true projection, a land for every setting, subjects in its middle."""

from __future__ import annotations

import numpy as np
import pytest

from mediakiln.providers.studio.backdrop import SETTINGS
from mediakiln.providers.studio.backdrop.isometric.lands import LANDS
from mediakiln.providers.studio.backdrop.isometric.pieces import SOLID
from mediakiln.providers.studio.backdrop.isometric.projection import Iso
from mediakiln.providers.studio.backdrop.isometric.rooms import ROOMS
from mediakiln.providers.studio.backdrop.isometric.tiles import SIDE
from mediakiln.providers.studio.light import light_of
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.scene import Scene, Subject, compose
from mediakiln.providers.studio.subjects import SUBJECTS


def shot(scene: Scene, size: tuple[int, int] = (160, 160)) -> np.ndarray:
    return Painter(scene, *size).frame(0.0)


ALIKE = ("bakery", "restaurant", "shop")


def test_two_to_one() -> None:
    """A step along either axis goes twice as far across as down; height goes straight up."""
    iso = Iso(None, 10, 20, 64, light_of(Scene("x", 1)))
    x, y = iso.at(0, 0)
    right, left, up = iso.at(1, 0), iso.at(0, 1), iso.at(0, 0, 1)
    assert (right[0] - x, right[1] - y) == (32, 16)
    assert (left[0] - x, left[1] - y) == (-32, 16)
    assert up[0] == x
    assert up[1] < y


def test_every_setting_has_a_land() -> None:
    assert set(LANDS) == set(SETTINGS)
    assert set(SOLID) <= set(SUBJECTS)


@pytest.mark.parametrize("setting", LANDS)
def test_every_land_is_an_island_of_its_own(setting: str) -> None:
    """In three ratios; the corners of the frame are plain sky."""
    for size in ((160, 160), (210, 90), (90, 160)):
        picture = shot(Scene("x", 2, setting, style="isometric"), size)
        assert picture.shape == (size[1], size[0], 3)
        assert picture.std() > 8
    other = shot(Scene("x", 2, "meadow" if setting != "meadow" else "city", style="isometric"), (90, 160))
    assert np.abs(picture.astype(int) - other).mean() > 1


@pytest.mark.parametrize("kind", SOLID)
def test_what_is_built_is_built_in_the_middle(kind: str) -> None:
    with_it = shot(Scene("x", 2, "desert", style="isometric", subjects=(Subject(kind),)))
    without = shot(Scene("x", 2, "desert", style="isometric", subjects=(Subject("moon"),)))
    changed = np.abs(with_it.astype(int) - without).sum(axis=2) > 40
    assert changed[50:130, 50:110].mean() > 0.04


def test_somebody_stands_on_the_island_and_stays_there() -> None:
    """A walker of a video does not leave it."""
    scene = compose("isometric dog walking in a meadow", seed=3)
    bare = shot(Scene("x", 3, "meadow", style="isometric", subjects=(Subject("moon"),)), (200, 160))
    changed = np.abs(shot(scene, (200, 160)).astype(int) - bare).sum(axis=2) > 60
    _, columns = np.nonzero(changed)
    assert 60 < columns.mean() < 140
    film = Painter(scene, 200, 160, duration=8.0)
    assert film.frame(7.9).shape == (160, 200, 3)
    assert SIDE == 8


def test_winter_is_white() -> None:
    summer, winter = (shot(compose(f"isometric village in {season}", seed=1)) for season in ("summer", "winter"))
    assert winter[70:130, 40:120].mean() > summer[70:130, 40:120].mean() + 25


def test_rooms_are_furnished_by_their_kind() -> None:
    """Each unlike the others; a shop on an island is seen from outside."""
    pictures = [shot(Scene("x", 2, "interior", style="isometric", room=room)) for room in (*ROOMS, "") if room not in ALIKE]
    pictures.append(shot(compose("an isometric coffee shop on a small island", seed=2)))
    for n, one in enumerate(pictures):
        for other in pictures[:n]:
            assert (np.abs(one.astype(int) - other).max(axis=2) > 24).mean() > 0.03


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_named_by_a_word(room: str) -> None:
    assert compose(f"an isometric {room}").room == room
