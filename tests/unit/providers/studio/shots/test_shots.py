"""Shots as pictures: near is large, sides differ, panels of one product page differ, the caller's product is in each."""

from __future__ import annotations

import itertools
import tomllib
from importlib import resources

import numpy as np
import pytest

from mediakiln.generation import GenerationRequest, Kind, Mode, Role
from mediakiln.providers.studio.cast.figure import Figure, telling, thickest
from mediakiln.providers.studio.orders import Order, Source
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.render import render
from mediakiln.providers.studio.scene import Scene, Subject, compose
from mediakiln.providers.studio.shots import SHOTS
from mediakiln.providers.studio.shots.views import turned
from mediakiln.providers.studio.subjects.sitter import sitter_of

SIZE = (200, 150)


def shot(scene: Scene, size: tuple[int, int] = SIZE) -> np.ndarray:
    return Painter(scene, *size).frame(0.0)


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(int) - other).mean())


def panels() -> list[str]:
    file = resources.files("mediakiln.dialects.neospark.drawing").joinpath("panels.toml")
    return [panel["prompt"] for panel in tomllib.loads(file.read_text(encoding="utf-8"))["panels"]]


@pytest.mark.parametrize("name", [*SHOTS, "closeup", "detail", "portrait", "hero", "closing", "far"])
@pytest.mark.parametrize("size", [(240, 100), (96, 160)])
def test_every_shot_of_a_thing_in_wide_and_upright(name: str, size: tuple[int, int]) -> None:
    """Right size, something to see, and another picture than the plain one."""
    scene = Scene("x", 3, "stilllife", shot=name, subjects=(Subject("perfume", "red"),))
    picture = shot(scene, size)
    assert picture.shape == (size[1], size[0], 3)
    plain = shot(Scene("x", 3, "stilllife", subjects=(Subject("perfume", "red"),)), size)
    assert name == "front" or difference(picture, plain) > 0.5


def red(picture: np.ndarray) -> float:
    r, g, b = (picture[..., k].astype(int) for k in range(3))
    return float(((r > 110) & (r > g + 60) & (r > b + 50)).mean())


def test_a_close_up_fills_the_frame() -> None:
    """Far less than half of the frame is the can; near, nearly all of it, over the rim."""
    plain, near = (shot(Scene("x", 3, "meadow", shot=s, subjects=(Subject("can"),)), (160, 160)) for s in ("", "closeup"))
    assert red(near) > 3 * red(plain)
    assert red(near[:, :8]) + red(near[:8]) + red(near[-8:]) > 0


def test_a_white_set_is_white() -> None:
    picture = shot(compose("a red mug on a white background"))
    assert picture[:20].min() > 200
    assert red(picture) > 0.05


def test_the_panels_of_a_product_page_differ() -> None:
    """The ten prompts of NeoSpark's batch, in words alone."""
    pictures = [shot(compose(prompt.replace("{prompt}", "a red running shoe"), "", 4)) for prompt in panels()]
    assert min(difference(a, b) for a, b in itertools.combinations(pictures, 2)) > 4


def product() -> np.ndarray:
    """A green box on a pale ground."""
    picture = np.full((240, 240, 3), (232, 230, 226), np.uint8)
    picture[60:200, 80:170] = (30, 150, 60)
    picture[90:130, 100:150] = (250, 220, 40)
    return picture


def test_the_caller_s_product_is_in_every_panel() -> None:
    """Its green is there, and the panels differ."""
    own = sitter_of(product())
    pictures = [
        Painter(compose(prompt.replace("{prompt}", "a box"), "", 4, sitter=True), *SIZE, sitter=own).frame(0.0)
        for prompt in panels()
    ]
    for picture in pictures:
        r, g, b = (picture[..., k].astype(int) for k in range(3))
        assert ((g > r + 35) & (g > b + 25)).mean() > 0.01
    assert min(difference(a, b) for a, b in itertools.combinations(pictures, 2)) > 3


def test_a_reference_of_a_product_is_staged_not_recoloured(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Through the worker's own door: a white set around the caller's product."""
    from PIL import Image

    folder = tmp_path_factory.mktemp("order")
    Image.fromarray(product()).save(folder / "in.png")
    request = GenerationRequest(
        kind=Kind.IMAGE,
        mode=Mode.IMAGE,
        model="x",
        prompt="The product alone on a plain white background: a box",
        width=160,
        height=160,
        seed=1,
    )
    order = Order(request, (Source(Role.REFERENCE_IMAGE, str(folder / "in.png"), "image/png"),), str(folder))
    (done,) = render(order, lambda _: None)
    with Image.open(done.path) as file:
        picture = np.asarray(file.convert("RGB"))
    assert picture[:12].min() > 215
    assert (np.abs(picture.astype(int) - (30, 150, 60)).sum(axis=2) < 90).mean() > 0.05


def test_a_turned_figure_is_narrower_and_its_back_is_plain() -> None:
    """The relief keeps the height; the back has no small marks."""
    pixels = np.zeros((80, 60, 4), np.uint8)
    pixels[5:75, 8:52] = (60, 120, 200, 255)
    pixels[30:36, 26:32] = (255, 255, 255, 255)
    side = turned(Figure(pixels), 62, round_=False).pixels
    assert side.shape[0] == 80
    assert side.shape[1] < 60
    back = turned(Figure(pixels), 180, round_=False).pixels
    assert back[20:60, 15:45, 2].min() > 150
    assert back[33, 29, 0] < 150


def test_places_of_a_figure() -> None:
    """The mark is where there is most to see, the middle of the body is the thickest."""
    pixels = np.zeros((100, 100, 4), np.uint8)
    pixels[10:90, 10:90] = (90, 90, 90, 255)
    pixels[30:40, 60:70:2] = (255, 255, 255, 255)
    ((x, y),) = telling(Figure(pixels), 1)
    assert abs(x - 0.65) < 0.15
    assert abs(y - 0.65) < 0.15
    assert np.allclose(thickest(Figure(pixels)), (0.5, 0.5), atol=0.06)
