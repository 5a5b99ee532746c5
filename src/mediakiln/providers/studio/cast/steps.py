"""When painted feet come down, in seconds from the start of a video: the sound asks here, so that steps are heard when seen."""

from __future__ import annotations

import math
from collections.abc import Iterator

from mediakiln.providers.studio.cast.actor import Actor, pose_of
from mediakiln.providers.studio.cast.place import actors_of
from mediakiln.providers.studio.scene import Scene
from mediakiln.providers.studio.subjects import cat, dog, horse
from mediakiln.providers.studio.subjects.gait import DANCE, HOP, RUNNING, WALKING, stride
from mediakiln.providers.studio.subjects.quadruped import RUN, WALK, Build, gait_of

_TWO_LEGS = (0.5, 0.0)
_HEARD = 3
"""Walkers whose steps are told apart; of a crowd no more are heard."""


def footfalls(scene: Scene, width: int, height: int, seconds: float) -> tuple[tuple[float, float], ...]:
    """Every step of the painted walkers: when, and how heavy it is (0..1)."""
    found: list[tuple[float, float]] = []
    for actor in [actor for actor in actors_of(scene, width, height, seconds) if actor.kind.home == "ground"][:_HEARD]:
        for rate, start, force in _feet(actor):
            first = math.ceil(start)
            found += [((turn - start) / rate, force) for turn in range(first, first + math.ceil(rate * seconds) + 1)]
    return tuple(sorted((moment, force) for moment, force in found if 0 <= moment < seconds))


def _feet(actor: Actor) -> Iterator[tuple[float, float, float]]:
    """For each foot: cycles a second, the cycle's share at the start of the video (a step is where it is whole), its weight."""
    name, pose = actor.subject.kind, pose_of(actor.subject, actor.kind)
    running = pose == "running"
    if name in ("person", "child") and pose in ("walking", "running", "dancing"):
        reach, stance, _ = RUNNING if running else WALKING
        rate = DANCE if pose == "dancing" else actor.speed / stride(reach, stance)
        yield from _each(rate, 0.21 * actor.index, _TWO_LEGS, 1.0)
    elif name in ("cat", "dog", "horse") and (running or pose == "walking"):
        reach, stance = gait_of(_build(actor), running)
        yield from _each(actor.speed / stride(reach, stance), 0.13 * actor.index, RUN if running else WALK, 0.7)
    elif name == "rabbit" and (running or pose in ("walking", "jumping")):
        yield from _each(actor.speed / HOP[0], 0.3 * actor.index - HOP[1], (0.0,), 0.8)


def _each(rate: float, shift: float, starts: tuple[float, ...], force: float) -> Iterator[tuple[float, float, float]]:
    if rate > 0:
        for number, start in enumerate(starts):
            yield rate, shift + start, force * (1.0 if number % 2 else 0.8)


def _build(actor: Actor) -> Build:
    if actor.subject.kind == "dog":
        return dog.build_of(actor.subject.traits, actor.subject.colour)
    return horse.BUILD if actor.subject.kind == "horse" else cat.BUILD
