"""Prompts as people write them: trades, rooms, posters, prints, and words that belong to the one before them."""

from __future__ import annotations

import pytest

from mediakiln.providers.studio.reading.strangers import stranger
from mediakiln.providers.studio.scene import Scene, Subject, compose
from mediakiln.providers.studio.subjects.wardrobe import WARDROBE
from mediakiln.providers.studio.words import lexicon, read


def lead(prompt: str) -> Subject:
    return compose(prompt).subjects[0]


@pytest.mark.parametrize(
    ("prompt", "trait", "setting"),
    [
        ("a female firefighter", "firefighter", "meadow"),
        ("a barista pouring coffee", "barista", "interior"),
        ("a basketball player dunking", "hoops", "arena"),
        ("a ballerina", "ballerina", "stage"),
        ("a doctor", "doctor", "interior"),
        ("a surfer riding a big wave", "surfer", "sea"),
        ("一位消防员", "firefighter", "meadow"),
        ("新娘在教堂前", "bride", "meadow"),
    ],
)
def test_people_are_who_they_are_by_their_trade(prompt: str, trait: str, setting: str) -> None:
    """Dressed for it, and where it is done."""
    scene = compose(prompt)
    assert (scene.subjects[0].kind, scene.setting) == ("person", setting) or "教堂" in prompt
    assert trait in scene.subjects[0].traits
    assert trait in WARDROBE


def test_every_costume_has_a_word() -> None:
    """None hangs in the wardrobe that no prompt can ask for."""
    worn = {trait for row in lexicon().special.values() for trait in row[1:]}
    assert set(WARDROBE) - worn <= {"groom"}


def test_hair_and_beard_keep_their_colour_to_themselves() -> None:
    """Neither the clothes nor the sky take it."""
    scene = compose("a woman with long red hair and green eyes in a blue dress")
    assert scene.subjects[0].colour == "blue"
    assert {"hair-red", "eyes-green"} <= set(scene.subjects[0].traits)
    assert scene.palette == ()
    assert "beard-white" in lead("an old fisherman with a white beard").traits
    assert lead("an old fisherman with a white beard").colour == ""


@pytest.mark.parametrize(
    ("prompt", "setting", "room"),
    [
        ("a cat in a cozy coffee shop", "interior", "cafe"),
        ("a teacher in a classroom", "interior", "classroom"),
        ("a jazz band in a smoky bar", "interior", "bar"),
        ("an empty subway station at midnight", "station", ""),
        ("a knight in a dungeon", "vault", "dungeon"),
        ("一个学生在图书馆", "interior", "library"),
    ],
)
def test_rooms_are_what_they_are_for(prompt: str, setting: str, room: str) -> None:
    scene = compose(prompt)
    assert scene.setting == setting
    assert scene.room == ("" if room == "dungeon" else room)


@pytest.mark.parametrize(
    ("prompt", "layout", "setting"),
    [
        ("circus poster, an elephant on a ball", "poster", "graphic"),
        ("movie poster, a fox in a dark forest", "poster", "forest"),
        ("birthday card with balloons", "card", "graphic"),
        ("中秋节海报，玉兔", "poster", "graphic"),
        ("an elephant on a ball", "", "beach"),
    ],
)
def test_posters_are_printed_where_no_place_is_named(prompt: str, layout: str, setting: str) -> None:
    scene = compose(prompt)
    assert (scene.layout, scene.setting) == (layout, setting) or not layout
    assert all(subject.kind != "sign" for subject in scene.subjects)


def test_all_quoted_lines_are_lettering() -> None:
    """One below the other; a sign has room for the first."""
    assert compose('flyer with "SUMMER SALE" and "50% OFF"').lettering == "SUMMER SALE\n50% OFF"
    assert lead('a sign "OPEN" and "24 H"').traits == ("=OPEN",)
    assert compose("the letter A made of flowers").lettering == "A"


def test_black_and_white_is_a_photograph_unless_something_is() -> None:
    assert compose("a tree, black and white photo").style == "mono"
    assert compose("a rock band on stage, black and white").style == "mono"
    cat = compose("a black and white cat")
    assert (cat.style, cat.subjects[0].colour) == ("painterly", "white")


@pytest.mark.parametrize(
    ("prompt", "style"),
    [
        ("a temple, ukiyo-e", "woodblock"),
        ("浮世绘，富士山", "woodblock"),
        ("pop art cat", "popart"),
        ("stained glass window of a rose", "stainedglass"),
        ("3d render of a robot", "clay"),
        ("crayon drawing of a house", "crayon"),
        ("embroidery of a rose", "crossstitch"),
        ("blueprint of a train", "blueprint"),
    ],
)
def test_prints_and_crafts(prompt: str, style: str) -> None:
    assert compose(prompt).style == style


@pytest.mark.parametrize(
    ("prompt", "kinds"),
    [
        ("a bowl of ramen with egg and green onions", ["bowl"]),
        ("avocado toast on a ceramic plate", ["dish"]),
        ("two yellow taxis and a green bus", ["car", "car"]),
        ("a soccer player kicking a ball", ["person"]),
        ("packaging of a tea tin", ["can"]),
        ("a raccoon riding a skateboard", ["dog", "skateboard"]),
        ("骑自行车的外卖小哥", ["bicycle", "person"]),
    ],
)
def test_what_belongs_together_is_one(prompt: str, kinds: list[str]) -> None:
    assert [subject.kind for subject in compose(prompt).subjects] == kinds


def test_the_rider_is_the_one_named_after_the_deed() -> None:
    """骑 ... 的 ...: the bicycle does not ride itself."""
    rider = compose("一个骑自行车的外卖小哥").subjects[-1]
    assert (rider.kind, rider.relation, rider.target) == ("person", "on", "bicycle")


def test_plurals_of_people() -> None:
    assert lead("孩子们在草地上").count == 3
    assert lead("一家三口在海边").count == 3
    assert lead("a jazz band").count == 4


def test_an_unknown_trade_is_a_person_and_an_unknown_thing_an_exhibit() -> None:
    assert stranger(read("a cellist"), "")[0].kind == "person"
    assert stranger(read("a xylophone"), "")[0].kind == "emblem"
    assert stranger(read("a wooden medieval"), "") == ()


def test_a_group_in_many_colours_has_one_each() -> None:
    """A balloon of each colour rather than seven of a mean one."""
    from mediakiln.providers.studio.subjects.act import Act

    tones = {Act(0.0, 0.0, "", "rainbow", (), index).tone("#000000") for index in range(7)}
    assert len(tones) == 7


def test_a_caller_has_no_exhibit_put_into_his_picture() -> None:
    """ "On a wooden table" names a place, not a thing called wooden."""
    scene: Scene = compose("put both on a wooden table")
    assert all(subject.kind != "emblem" for subject in scene.subjects)
