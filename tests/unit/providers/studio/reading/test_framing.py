"""Shots and grids: what prompts say of how a subject is shown."""

from __future__ import annotations

import pytest

from mediakiln.providers.studio.reading.framing import grid_named, panels_told
from mediakiln.providers.studio.scene import compose


@pytest.mark.parametrize(
    ("prompt", "shot"),
    [
        ("close-up of a cat", "closeup"),
        ("特写：一只橘猫的脸", "closeup"),
        ("macro shot of a watch", "detail"),
        ("耳机的细节图", "detail"),
        ("close-up of the product's material and texture: a handbag", "material"),
        ("a lipstick with its packaging", "packaging"),
        ("口红包装", "packaging"),
        ("flat lay of a camera", "flatlay"),
        ("手表平铺图", "flatlay"),
        ("a shoe from the front, the side and the back", "angles"),
        ("back view of a girl", "back"),
        ("背包的背面", "back"),
        ("a mug in everyday use", "lifestyle"),
        ("portrait of a knight", "portrait"),
        ("a lighthouse, wide shot", "far"),
        ("a cat in a garden, intricate details, 8k", ""),
        ("一只猫，细节丰富，4k高清", ""),
    ],
)
def test_shots_by_their_words(prompt: str, shot: str) -> None:
    """English and Chinese; words of praise for detail are no shot."""
    assert compose(prompt).shot == shot


def test_a_refused_shot_is_not_taken() -> None:
    assert compose("close-up of a cat", "close-up").shot == ""


def test_somebody_alive_is_not_packed() -> None:
    """A dog near a package stays a dog in its place; a place has no close-up."""
    assert compose("a dog with a package in a garden").shot == ""
    assert compose("close-up of the mountains").shot == ""


@pytest.mark.parametrize(
    ("prompt", "setting"),
    [
        ("a mug on a plain white background", "white"),
        ("一个白底的双肩包", "white"),
        ("flat lay of a watch", "tabletop"),
        ("Hero picture of a product page: a mug with a mountain print", "stilllife"),
        ("The product in everyday use in a bright room: a mug", "interior"),
        ("close-up of a rose in a garden", "garden"),
        ("a sneaker in use", "interior"),
        ("a tent in use", "forest"),
    ],
)
def test_sets(prompt: str, setting: str) -> None:
    """A shop's pictures are taken in a studio whatever is printed on the thing."""
    assert compose(prompt).setting == setting


@pytest.mark.parametrize(
    ("prompt", "grid"),
    [
        ("a 3x3 grid of cats", (3, 3)),
        ("storyboard grid of three by three panels: a shoe", (3, 3)),
        ("九宫格，一只柯基犬", (3, 3)),
        ("四宫格漫画：熊猫", (2, 2)),
        ("contact sheet of a model", (3, 3)),
        ("2 x 4 photo grid of a dog", (2, 4)),
        ("a comic in six panels", (2, 3)),
        ("a 4x4 truck on a road", (0, 0)),
        ("a 1024x1024 picture of a cat", (0, 0)),
        ("a cat on a tiled floor", (0, 0)),
    ],
)
def test_grids(prompt: str, grid: tuple[int, int]) -> None:
    """Rows and columns; sizes and trucks are none."""
    assert grid_named(prompt) == grid


def test_what_is_told_of_each_panel() -> None:
    told = panels_told("Panel 1: a cat wakes. Panel 2: it runs. 四 panels")
    assert told == ("a cat wakes.", "it runs. 四 panels")
    assert panels_told("第一格：猫睡觉；第二格：猫跑步") == ("猫睡觉", "猫跑步")
    assert panels_told("a solar panel 1") == ()
