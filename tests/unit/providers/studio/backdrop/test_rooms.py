"""Rooms and halls: each is a place of its own, and somebody stands in it on the ground."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mediakiln.providers.studio.backdrop.graphic import FEASTS, inks_of
from mediakiln.providers.studio.backdrop.rooms import ROOMS
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.scene import Scene, compose
from mediakiln.providers.studio.stage import Stage
from mediakiln.providers.studio.words import lexicon

HALLS = ("stage", "arena", "station", "vault")


def shot(scene: Scene, size: tuple[int, int] = (160, 120)) -> np.ndarray:
    return Painter(scene, *size).frame(0.0)


def scene_of(place: str) -> Scene:
    return Scene("x", 3, place) if place in HALLS else Scene("x", 3, "interior", room=place)


def test_every_room_has_a_word() -> None:
    """None that no prompt can ask for."""
    named = {name for means in lexicon().phrases.values() for kind, name in means if kind == "room"}
    assert set(ROOMS) <= named


@pytest.mark.parametrize("place", [*ROOMS, *HALLS])
@pytest.mark.parametrize("size", [(160, 120), (210, 90), (90, 160)])
def test_rooms_in_three_ratios(place: str, size: tuple[int, int]) -> None:
    """Repeatable, and full of things."""
    picture = shot(scene_of(place), size)
    assert np.array_equal(picture, shot(scene_of(place), size))
    assert picture.std() > 12


def test_rooms_differ() -> None:
    pictures = {
        place: shot(scene_of(place)).astype(int) for place in (*{paint: name for name, paint in ROOMS.items()}.values(), *HALLS)
    }
    plain = shot(Scene("x", 3, "interior")).astype(int)
    for one, other in itertools.combinations([*pictures.values(), plain], 2):
        assert np.abs(one - other).mean() > 4


def test_the_public_sits_before_the_stage() -> None:
    """Dark heads over the lower rim of the boards."""
    picture = shot(Scene("x", 3, "stage"), (320, 240)).astype(int)
    assert picture[-8:].mean() < 0.6 * picture[190:205].mean()


def test_a_hall_for_basketball_and_a_pitch_for_football() -> None:
    """Boards are brown, turf is green."""
    for prompt, channel in (("a basketball player", 0), ("a soccer player", 1)):
        floor = shot(compose(prompt), (240, 180))[170:, :60].reshape(-1, 3).mean(axis=0)
        assert int(np.argmax(floor)) == channel


def test_feasts_have_their_colours() -> None:
    """Red for the new year, unless the prompt says another."""
    stage = Stage(compose("新年贺卡"), 64, 64, now=0.0)
    ground = inks_of(stage)[0]
    assert ground[0] > 2 * max(ground[1:])
    other = inks_of(Stage(compose("a blue 新年贺卡, blue background"), 64, 64, now=0.0))[0]
    assert other[2] > other[0]
    assert all(len(codes) == 3 for _, codes in FEASTS)


def test_one_mountain_rules_where_one_is_named() -> None:
    """The skyline is highest in the middle and falls to both sides."""
    with_fuji, without = (shot(compose(words, seed=4), (240, 160)).astype(int) for words in ("Mount Fuji", "mountains"))
    assert np.abs(with_fuji - without).mean() > 4
    lava = shot(compose("a volcano erupting at night", seed=4), (240, 160)).astype(int)
    assert ((lava[..., 0] > 180) & (lava[..., 2] < 110)).mean() > 0.002
