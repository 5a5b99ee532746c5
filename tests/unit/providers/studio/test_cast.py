"""Who stands where: deeds, signs, pictures that nobody hides in."""

from __future__ import annotations

import itertools

import pytest

from mediakiln.providers.studio.backdrop import setting_of
from mediakiln.providers.studio.cast import Actor, focus, plan
from mediakiln.providers.studio.scene import compose
from mediakiln.providers.studio.stage import Stage

SIZES = ((512, 512), (960, 540), (540, 960))


def cast_of(prompt: str, size: tuple[int, int] = (512, 512), seed: int = 1, duration: float = 0.0) -> list[Actor]:
    """The actors of a prompt, from left to right."""
    stage = Stage(compose(prompt, seed=seed), *size, duration=duration, now=0.0)
    setting_of(stage.scene).paint(stage)
    return sorted(plan(stage), key=lambda actor: actor.x)


def edges(actor: Actor) -> tuple[float, float]:
    half = actor.size * actor.kind.width / 2
    return actor.x - half, actor.x + half


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "prompt",
    ["a knight fighting a dragon", "two knights fighting", "骑士大战巨龙", "robot vs dinosaur", "a bear and a tiger fighting"],
)
def test_who_fights_stands_face_to_face(prompt: str, size: tuple[int, int]) -> None:
    """Both whole in the frame, side by side on one line, the smaller one not tiny."""
    for seed in range(3):
        left, right = cast_of(prompt, size, seed)
        assert (left.right, right.right) == (True, False)
        assert edges(left)[0] >= 0
        assert edges(left)[1] < edges(right)[0]
        assert edges(right)[1] <= size[0]
        assert left.y == right.y
        assert 0.45 < left.size / right.size < 2.2


def test_who_chases_runs_behind() -> None:
    """In the same direction and at the same pace."""
    for prompt, seed in itertools.product(("a dog chasing a cat", "一只狗追一只猫"), range(3)):
        left, right = cast_of(prompt, (960, 540), seed, 4.0)
        assert left.right == right.right
        assert (right if left.right else left).subject.kind == "cat"
        assert {left.subject.pose, right.subject.pose} == {"running"}
        assert left.speed * left.size == pytest.approx(right.speed * right.size)
        assert left.speed > 0


def test_a_rider_fights_on_horseback() -> None:
    rider, horse = (
        next(a for a in cast_of("a knight riding a horse fighting a dragon") if a.subject.kind == k) for k in ("person", "horse")
    )
    assert abs(rider.x - horse.x) < 0.3 * horse.size
    assert rider.y < horse.y
    assert rider.right == horse.right


@pytest.mark.parametrize(
    "prompt", ["a boy and his robot", "a child and an elephant", "a lion and a zebra", "a zebra and a giraffe on the savanna"]
)
def test_nobody_hides_another(prompt: str) -> None:
    for size, seed in itertools.product(SIZES, range(3)):
        left, right = cast_of(prompt, size, seed)
        shared = edges(left)[1] - edges(right)[0]
        assert shared <= 0.31 * min(left.size * left.kind.width, right.size * right.kind.width) / 2


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "prompt",
    [
        'a sign that says "夜市" with lanterns',
        'a sign saying "SALE" next to a balloon',
        'a sign "OPEN" on a hill',
    ],
)
def test_a_sign_stands_whole_in_the_picture(prompt: str, size: tuple[int, int]) -> None:
    for seed in range(4):
        sign = next(a for a in cast_of(prompt, size, seed) if a.subject.kind == "sign")
        assert edges(sign)[0] >= 0
        assert edges(sign)[1] <= size[0]
        assert sign.y - sign.size >= 0
        assert sign.y <= size[1]


@pytest.mark.parametrize(
    "prompt", ["a steam train crosses snowy mountains, zoom in", "a cat on a table, zoom in", "a castle, zoom in"]
)
def test_a_zoom_goes_to_the_subject(prompt: str) -> None:
    """What stands low in the picture is not pushed out of it."""
    scene = compose(prompt, seed=7)
    stage = Stage(scene, 640, 360, duration=4.0, now=0.0)
    setting_of(scene).paint(stage)
    x, y = focus(stage)
    hero = max(plan(stage), key=lambda actor: actor.size)
    assert abs(x * 640 - hero.x) < 0.2 * 640
    for height in (hero.y, hero.y - hero.size):
        if 0 <= height <= 360:
            assert -0.05 * 360 <= (height - y * 360) * 1.24 + y * 360 <= 1.05 * 360
