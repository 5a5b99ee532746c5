"""Words that could be two things, vessels, and what is worn."""

from __future__ import annotations

import pytest

from mediakiln.providers.studio.scene import Subject, compose


@pytest.mark.parametrize(
    ("prompt", "kinds"),
    [
        ("an orange on a table", ["fruit"]),
        ("an orange cat", ["cat"]),
        ("two oranges and a lemon", ["fruit", "fruit"]),
        ("an orange cat beside an orange", ["cat", "fruit"]),
        ("teal and orange", []),
        ("a peach on a plate", ["fruit", "dish"]),
        ("a peach dress on a girl", ["child"]),
        ("a rose in a vase", ["flower", "vase"]),
        ("the sun rose over the mountains", []),
        ("a violet", ["flower"]),
        ("violet light", []),
        ("gold fish", ["fish"]),
        ("a boy watches the stars", ["child"]),
        ("a watch", ["watch"]),
        ("can you draw me a dragon", ["dragon"]),
        ("an orange tree", ["tree"]),
    ],
)
def test_a_colour_a_thing_or_a_verb(prompt: str, kinds: list[str]) -> None:
    """By the words around it."""
    assert [subject.kind for subject in compose(prompt).subjects] == kinds


def test_colours_are_still_colours() -> None:
    assert compose("an orange cat").subjects[0].colour == "orange"
    assert compose("teal and orange").palette == ("teal", "orange")
    assert compose("a lemon car").subjects[0] == Subject("car", "yellow")


@pytest.mark.parametrize("prompt", ["a bowl of oranges", "a bowl of fresh oranges on a table", "一碗橙子"])
def test_what_a_vessel_holds_lies_in_it(prompt: str) -> None:
    bowl, fruit = compose(prompt).subjects
    assert (fruit.relation, fruit.target, fruit.count) == ("in", bowl.kind, 3)


def test_worn_things_belong_to_their_wearer() -> None:
    """With their colours; what merely lies near is a thing of its own."""
    scene = compose("a woman in an orange dress walking a dog")
    assert [(s.kind, s.colour) for s in scene.subjects] == [("person", "orange"), ("dog", "")]
    assert "dress" not in scene.subjects[1].traits
    cat = compose("a cat wearing sunglasses")
    assert [s.kind for s in cat.subjects] == ["cat"]
    assert "shades" in cat.subjects[0].traits
    assert "umbrella" in compose("一位少女站在樱花树下，手持油纸伞").subjects[0].traits
    assert [s.kind for s in compose("a cat beside a handbag").subjects] == ["cat", "handbag"]
    assert [s.kind for s in compose("a pair of white sneakers").subjects] == ["shoe"]


def test_the_word_behind_the_place_says_where() -> None:
    """站在树下 is under the tree, not on it."""
    assert compose("一只狗站在树下").subjects[0].relation == "under"
