"""Designs: what is laid out on paper rather than staged in a place."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mediakiln.generation import GenerationRequest, Kind, Mode, Role
from mediakiln.providers.studio.orders import Order, Source
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.reading.framing import DESIGNS
from mediakiln.providers.studio.render import render
from mediakiln.providers.studio.scene import compose
from mediakiln.providers.studio.shots import SHOTS
from mediakiln.providers.studio.shots.infographic import topic_of

SIZE = (180, 180)
ASKED = {
    "logo": "logo of a fox for a company",
    "icon": "app icon of a fox",
    "sticker": "sticker of a fox",
    "infographic": "infographic about foxes, a fox",
    "map": "treasure map",
    "screen": "mobile app for fox lovers",
}


def shot(prompt: str, size: tuple[int, int] = SIZE, seed: int = 3) -> np.ndarray:
    return Painter(compose(prompt, "", seed), *size).frame(0.0)


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other).mean())


@pytest.mark.parametrize("name", DESIGNS)
def test_every_design_is_asked_for_by_its_name(name: str) -> None:
    """On paper, whatever place its subject has; the same twice; in wide and upright frames."""
    scene = compose(ASKED[name])
    assert (scene.shot, scene.setting) == (name, "paper")
    assert name in SHOTS
    for size in ((240, 100), (96, 160)):
        picture = shot(ASKED[name], size)
        assert np.array_equal(picture, shot(ASKED[name], size))
        assert picture.std() > 8


def test_the_designs_differ() -> None:
    pictures = [shot(prompt) for prompt in ASKED.values()]
    assert min(difference(a, b) for a, b in itertools.combinations(pictures, 2)) > 6


@pytest.mark.parametrize("name", DESIGNS)
def test_a_design_needs_no_subject(name: str) -> None:
    words = {"screen": "landing page", "map": "subway map"}.get(name, name)
    assert shot(words).std() > 4


@pytest.mark.parametrize(
    "prompt", ["logo of a fox", "sticker of a fox", "infographic of a fox", "website with a fox", "treasure map"]
)
def test_the_words_stand_on_the_design(prompt: str) -> None:
    assert difference(shot(prompt), shot(prompt + ' "NORTH"')) > 0.8


def test_the_colour_is_the_prompts() -> None:
    """A red mark is red, a green one green."""
    for colour, channel in (("red", 0), ("green", 1), ("blue", 2)):
        middle = shot(f"{colour} logo of a key")[40:140, 40:140].reshape(-1, 3).mean(axis=0)
        assert int(np.argmax(middle)) == channel


@pytest.mark.parametrize(
    ("prompt", "topic"),
    [
        ("infographic about the water cycle with arrows", "WATER CYCLE"),
        ("关于光合作用的信息图", "光合作用"),
        ("infographic, blue", ""),
    ],
)
def test_the_sheet_says_what_it_is_about(prompt: str, topic: str) -> None:
    assert topic_of(prompt) == topic


def test_a_set_of_icons_is_several() -> None:
    """A tile for each thing named, filled up with common signs."""
    one, many = shot("app icon of a cup"), shot("icon set: cup, bottle, bread, bowl")
    ground = one[4, 4].astype(int)
    covered = [float((np.abs(p.astype(int) - ground).max(axis=2) > 40).mean()) for p in (one, many)]
    assert covered[1] > 0.35
    assert difference(one, many) > 10


def test_a_sticker_of_the_callers_own_picture(tmp_path: Path) -> None:
    """It shows the picture's subject in its own colours, in a white rim on printed colour."""
    photo = np.full((200, 200, 3), 235, np.uint8)
    photo[60:150, 60:150] = (200, 30, 40)
    Image.fromarray(photo).save(tmp_path / "in.png")
    request = GenerationRequest(
        model="m",
        kind=Kind.IMAGE,
        mode=Mode.IMAGE,
        prompt="make this a sticker",
        width=160,
        height=160,
        seed=1,
    )
    (done,) = render(
        Order(request, (Source(Role.REFERENCE_IMAGE, str(tmp_path / "in.png"), "image/png"),), str(tmp_path)), lambda _: None
    )
    made = np.asarray(Image.open(done.path).convert("RGB")).astype(int)
    assert ((made[..., 0] > 140) & (made[..., 1] < 90) & (made[..., 2] < 100)).mean() > 0.08
    assert (made.min(axis=2) > 225).mean() > 0.02


def test_a_film_of_a_design_holds_still() -> None:
    """Nobody pans over a logo who does not say so."""
    assert compose("treasure map").camera == "static"
    assert compose("treasure map, pan left").camera == "pan_left"
    film = Painter(compose("logo of a key", "", 3), 120, 90, duration=2.0)
    assert difference(film.frame(0.0), film.frame(1.5)) < 1.5
