"""Subjects against each other: who sits where, who holds what, who leaps."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mediakiln.providers.studio.cast import Actor, plan
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.scene import Scene, Subject, compose
from mediakiln.providers.studio.stage import Stage


def actors(prompt: str, size: tuple[int, int] = (320, 240)) -> list[Actor]:
    """The placed subjects, on a stage whose setting is not painted."""
    return plan(Stage(compose(prompt, seed=5), *size, now=0.0))


def one(placed: list[Actor], kind: str) -> Actor:
    return next(a for a in placed if a.subject.kind == kind)


def test_a_rider_sits_on_the_back() -> None:
    """Above the mount's feet, below its ears, in front of it, going its way and at its speed."""
    placed = actors("an astronaut riding a horse")
    rider, horse = one(placed, "person"), one(placed, "horse")
    assert horse.y - horse.size < rider.y < horse.y - 0.3 * horse.size
    assert rider.depth > horse.depth
    assert (rider.right, rider.speed * rider.size) == (horse.right, pytest.approx(horse.speed * horse.size, rel=0.12))


def test_who_comes_first_in_words_may_depend_on_what_comes_later() -> None:
    """The dog lies before the trunk although the tree is named after it."""
    placed = actors("a dog sleeping under a tree")
    dog, tree = one(placed, "dog"), one(placed, "tree")
    assert abs(dog.x - tree.x) < tree.size * 0.5
    assert dog.depth > tree.depth


def test_behind_is_painted_first() -> None:
    placed = actors("a cat behind a fence")
    assert one(placed, "cat").depth < one(placed, "fence").depth


def test_a_held_thing_is_at_the_hand_and_small() -> None:
    placed = actors("a girl holding a red balloon")
    girl, balloon = one(placed, "child"), one(placed, "balloon")
    assert balloon.size < girl.size
    assert 0 < (balloon.x - girl.x) * (1 if girl.right else -1) < 0.5 * girl.size
    assert "holding" in girl.subject.traits


def test_a_piano_is_played_not_lifted() -> None:
    """It stands beside the player, on the floor, at its own size."""
    placed = actors("a woman playing the piano")
    woman, piano = one(placed, "person"), one(placed, "piano")
    assert abs(piano.x - woman.x) > 0.2 * piano.size
    assert piano.size > 0.4 * woman.size
    assert "holding" not in woman.subject.traits


@pytest.mark.parametrize("count", [5, 7, 9])
def test_every_one_of_a_group_is_in_the_frame(count: int) -> None:
    """Up to nine, on the ground and in the air, upright and wide."""
    for size in ((320, 180), (180, 320), (420, 180)):
        for kind in ("sheep", "bird", "duck"):
            placed = plan(Stage(Scene("x", 4, "meadow", subjects=(Subject(kind, count=count),)), *size, now=0.0))
            assert len(placed) == count
            assert all(0 < a.x < size[0] and 0 < a.y <= size[1] * 1.02 for a in placed)
            assert len({(round(a.x), round(a.y)) for a in placed}) == count


def test_a_wide_frame_is_composed_to_one_side() -> None:
    """21:9 leaves room; 1:1 is centred."""
    wide, square = actors("a horse", (420, 180))[0], actors("a horse", (200, 200))[0]
    assert abs(wide.x / 420 - 0.5) > 0.05
    assert abs(square.x / 200 - 0.5) < 0.06


def test_what_flies_stays_below_the_upper_edge() -> None:
    placed = actors("a dragon flying over a castle")
    dragon = one(placed, "dragon")
    assert dragon.y - dragon.size >= 0


@pytest.mark.parametrize("kind", ["person", "dog", "cow", "horse"])
def test_a_leap_leaves_the_ground(kind: str) -> None:
    """Standing and jumping differ, and the leap is higher up."""

    def middle(pose: str) -> float:
        scene = Scene("x", 3, "desert", subjects=(Subject(kind, "green", 1, pose),))
        changed = np.abs(Painter(scene, 192, 144).frame(0.0).astype(int) - bare).sum(axis=2) > 60
        rows, _ = np.nonzero(changed)
        return float(np.percentile(rows, 40))

    bare = Painter(Scene("x", 3, "desert"), 192, 144).frame(0.0).astype(int)
    assert middle("jumping") < middle("standing") - 4


def test_an_emblem_is_the_same_for_the_same_word_only() -> None:
    def shot(prompt: str) -> np.ndarray:
        return Painter(Scene("x", 3, "desert", subjects=compose(prompt).subjects), 160, 120).frame(0.0)

    assert np.array_equal(shot("a xylophone"), shot("the old xylophone, a xylophone"))
    assert not np.array_equal(shot("a xylophone"), shot("a telescope"))


def test_vehicles_stand_in_a_row() -> None:
    """Two taxis and a bus: none hides another, all are in the frame."""
    placed = sorted(actors("two yellow taxis and one green bus on a street"), key=lambda a: a.x)
    assert len(placed) == 3
    for left, right in itertools.pairwise(placed):
        assert right.x - left.x > 0.4 * (left.size * left.kind.width + right.size * right.kind.width)
    assert placed[0].x - placed[0].size * placed[0].kind.width / 2 > -4
    assert placed[-1].x + placed[-1].size * placed[-1].kind.width / 2 < 324


def test_who_walks_across_a_place_stays_on_the_ground() -> None:
    """Only what flies is above it."""
    elephants = actors("a herd of elephants walking across the savanna")
    assert all(a.y > 0.6 * 240 for a in elephants)


def test_in_a_tree_is_up_in_its_crown() -> None:
    placed = actors("a balloon stuck in a tree")
    balloon, tree = one(placed, "balloon"), one(placed, "tree")
    assert tree.y - tree.size < balloon.y < tree.y - 0.4 * tree.size
    assert balloon.depth > tree.depth


def test_on_a_poster_the_subject_keeps_clear_of_the_title() -> None:
    """Also what stands on something."""
    from mediakiln.providers.studio.cast.lens import framed

    stage = Stage(compose('circus poster "GRAND SHOW", an elephant on a ball', seed=7), 200, 300, now=0.0)
    placed, lens = framed(stage, plan(stage))
    assert lens is None
    assert min(a.y - a.size for a in placed) > 0.36 * 300
    assert max(a.y for a in placed) < 300


def test_mermaids_have_no_legs_and_surfers_a_board() -> None:
    """Other bodies than a plain person's."""
    frames = [
        Painter(compose(prompt, seed=5), 160, 160).frame(0.0).astype(int)
        for prompt in ("a woman by the sea", "a mermaid by the sea")
    ]
    assert np.abs(frames[0] - frames[1]).mean() > 0.5
    assert "surfer" in compose("a surfer").subjects[0].traits
