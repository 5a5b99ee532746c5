"""Placing the subjects: size by role and depth, place by relation and by the frame, and their movement over time."""

from __future__ import annotations

import random
from typing import Any

from msgspec import Struct

from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import dice
from mediakiln.providers.studio.scene import Scene, Subject
from mediakiln.providers.studio.stage import Stage
from mediakiln.providers.studio.subjects import SUBJECTS
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.pen import Pen

MOVING = ("walking", "running", "swimming", "flying", "jumping")


# Breeds and makes that are larger or smaller than their kind.
BULK = {
    "tiger": 1.35,
    "whale": 2.0,
    "shark": 1.6,
    "dolphin": 1.3,
    "bus": 1.5,
    "truck": 1.4,
    "eagle": 1.3,
    "crane": 1.6,
    "deer": 0.9,
    "ship": 1.2,
}


# True heights in metres of what stands on the ground, for pictures with several kinds.
HEIGHT = {
    "cat": 0.35,
    "dog": 0.55,
    "rabbit": 0.25,
    "horse": 1.9,
    "person": 1.7,
    "child": 1.15,
    "robot": 1.7,
    "car": 1.4,
    "bicycle": 1.0,
    "house": 5.0,
    "castle": 12.0,
    "tree": 6.5,
    "lighthouse": 14.0,
    "flower": 0.4,
}


class Actor(Struct, frozen=True):
    """One placed subject: feet at (x, y) pixels at mid-time, `size` pixels tall, at `speed` heights a second."""

    subject: Subject
    kind: Kind
    x: float
    y: float
    size: float
    speed: float
    right: bool
    index: int
    depth: float


def pose_of(subject: Subject, kind: Kind) -> str:
    """The pose the prompt gave, or the kind's own."""
    return subject.pose or kind.rest


def speed_of(kind: Kind, pose: str) -> float:
    """Heights per second."""
    if pose in ("running", "jumping"):
        return kind.run or kind.walk
    return kind.walk if pose in MOVING or (pose == "driving" and kind.walk) else 0.0


def plan(stage: Stage) -> list[Actor]:
    """Place all subjects of the scene, back to front."""
    actors: list[Actor] = []
    # The moon is the sky's own.
    heroes = [s for s in stage.scene.subjects if s.kind in SUBJECTS and s.kind != "moon"]
    for order, subject in enumerate(heroes):
        roll = dice(stage.scene.seed, "cast", order, subject.kind)
        actors.extend(_group(stage, subject, order, heroes, actors, roll))
    return sorted(actors, key=lambda a: (a.depth, a.y))


def _crowd(count: int) -> float:
    """How much smaller each of `count` equal subjects is."""
    return 1.0 if count <= 1 else max(0.26, 0.86 * float(count**-0.42))


def _standing(kind: Kind, subject: Subject, heroes: list[Subject]) -> float:
    """A kind's height as a share of the unit; beside others on the ground it keeps something of its true proportion."""
    others = [s.kind for s in heroes if s.kind in HEIGHT]
    if len(others) < 2 or subject.kind not in HEIGHT:
        return kind.size
    tallest = max(others, key=lambda name: HEIGHT[name])
    share = float((HEIGHT[subject.kind] / HEIGHT[tallest]) ** 0.42)
    return max(0.55 * kind.size, SUBJECTS[tallest].size * share)


def _group(
    stage: Stage, subject: Subject, order: int, heroes: list[Subject], placed: list[Actor], roll: random.Random
) -> list[Actor]:
    kind = SUBJECTS[subject.kind]
    count = max(1, min(subject.count, 24))
    role = 1.0 if len(heroes) == 1 else 0.86 if len(heroes) == 2 else 0.72
    size = (
        stage.u
        * _standing(kind, subject, heroes)
        * role
        * _crowd(count)
        * BULK.get(next((x for x in subject.traits if x in BULK), ""), 1.0)
        * (0.78 if "little" in subject.traits else 1.0)
    )
    right = roll.random() < 0.62
    cx, cy = _anchor(stage, subject, kind, order, heroes, placed, size, roll)
    pose = pose_of(subject, kind)
    speed = speed_of(kind, pose)
    if speed and stage.duration:
        # A long video must not need a mile of scenery: the mover slows down, its steps with it.
        speed = min(speed, WORLD * stage.width / (size * stage.duration))
    room = stage.width * 0.8
    step = min(size * max(kind.width * 1.08, 0.85 if "umbrella" in subject.traits else 0.0), room / count)
    actors = []
    for index in range(count):
        shift = (index - (count - 1) / 2) * step
        jitter, rise = (roll.uniform(-0.14, 0.14) * step, roll.uniform(-1, 1)) if count > 1 else (0.0, 0.0)
        scale = 1.0 + (0.1 * rise if count > 1 else 0.0)
        if kind.home in ("air", "under"):
            y = cy + rise * min(stage.u * 0.1, size * 0.8)
            scale = 1.0 + roll.uniform(-0.22, 0.22) * (count > 1)
        else:
            y = cy + rise * size * 0.07 * (subject.target not in ("windowsill", "table"))
        actors.append(
            Actor(
                subject,
                kind,
                cx + shift + jitter,
                y,
                size * scale,
                speed * roll.uniform(0.95, 1.05),
                right,
                index,
                1.0 + order * 0.001,
            )
        )
    return actors


def _anchor(
    stage: Stage,
    subject: Subject,
    kind: Kind,
    order: int,
    heroes: list[Subject],
    placed: list[Actor],
    size: float,
    roll: random.Random,
) -> tuple[float, float]:
    """Where the group's middle stands."""
    spot = stage.spots.get(subject.target)
    if kind.home == "ground" and "rock" in stage.spots and not any(a.kind.home == "ground" for a in placed):
        spot = stage.spots["rock"]
    if subject.kind == "train" and "rails" in stage.spots:
        spot = stage.spots["rails"]
    if kind.home in ("air", "water", "under"):
        spot = stage.spots.get(subject.target) if subject.target in ("windowsill", "table") else None
    if spot is None and kind.home == "table":
        spot = stage.spots.get("table")
    if spot is not None:
        # Several things on one sill or table stand side by side.
        side = sum(s.target == subject.target or SUBJECTS[s.kind].home == kind.home == "table" for s in heroes)
        shift = (order - (len(heroes) - 1) / 2) * stage.u * 0.44 if side > 1 else 0.0
        return spot[0] + shift, spot[1]
    partner = next((a for a in placed if a.subject.kind == subject.target), None)
    if partner is not None:
        return _beside(stage, subject, kind, partner, size)
    slots = {1: (0.5,), 2: (0.33, 0.69), 3: (0.5, 0.22, 0.8)}.get(len(heroes), (0.5, 0.2, 0.8, 0.36, 0.66))
    x = stage.width * (slots[order % len(slots)] + roll.uniform(-0.05, 0.05))
    x = (
        min(max(x, size * kind.width * 0.45), stage.width - size * kind.width * 0.45)
        if size * kind.width < stage.width
        else stage.width / 2
    )
    far, near = stage.ground
    if kind.home == "air" or subject.pose == "flying" or subject.relation == "over":
        low = 0.34 if stage.scene.setting in ("city", "village", "forest", "mountains") and kind.size < 0.4 else 0.5
        return x, stage.horizon * roll.uniform(low, low + 0.12) + size * 0.45
    if kind.home == "water":
        top, low = stage.spots.get("water", (far, near))
        return x, top + (low - top) * roll.uniform(0.3, 0.5)
    if kind.home == "under":
        return x, stage.height * roll.uniform(0.45, 0.6) + size * 0.5
    return x, far + (near - far) * (0.82 if order == 0 else roll.uniform(0.25, 0.6))


def _beside(stage: Stage, subject: Subject, kind: Kind, partner: Actor, size: float) -> tuple[float, float]:
    reach = partner.size * partner.kind.width * 0.5
    side = 1 if partner.x < stage.width / 2 else -1
    if subject.relation == "on":
        return partner.x, partner.y - partner.size * 0.62
    if subject.relation == "over":
        return partner.x, partner.y - partner.size * 1.1
    if subject.relation in ("under", "before", "in"):
        return partner.x + side * reach * 0.22, partner.y + size * 0.06
    if subject.relation == "behind":
        return partner.x + side * reach * 0.7, partner.y - size * 0.1
    return partner.x + side * (reach + size * kind.width * 0.55), partner.y + size * 0.03


# How far a mover may go over the whole video, and how much of that on screen, in frame widths.
WORLD, SCREEN = 1.25, 0.42


def chase(scene: Scene, width: int, height: int, duration: float) -> float:
    """How far the camera follows the scene's mover over the video, in frame widths, with its sign."""
    if duration <= 0 or scene.camera == "static":
        return 0.0
    stage = Stage(scene, max(16, width // 16), max(16, height // 16), duration=duration, now=0.0)
    movers = [a for a in plan(stage) if a.speed and a.kind.home == "ground"]
    if not movers:
        return 0.0
    lead = movers[-1]
    gone = lead.speed * lead.size * duration / stage.width
    return max(0.0, gone - SCREEN) * (1 if lead.right else -1)


def travel(actor: Actor, stage: Stage, t: float) -> tuple[float, float]:
    """(pixels moved from the composed place, heights walked since the start) at `t`."""
    gone = actor.speed * (t - stage.duration / 2)
    return gone * actor.size * (1 if actor.right else -1), actor.speed * t


def _season_traits(stage: Stage) -> tuple[str, ...]:
    """What the season does to trees and the like."""
    blossom = ("blossom",) if "sakura" in stage.scene.extras else ()
    return (*blossom, stage.scene.season, *(e for e in stage.scene.extras if e == "crescent"))


def perform(stage: Stage, actor: Actor) -> Any:
    """A painter of this actor for the stage."""
    pose = pose_of(actor.subject, actor.kind)
    traits = actor.subject.traits + _season_traits(stage)
    leaping = actor.kind.home == "under" and pose == "jumping"
    line = 0.012 if stage.scene.style == "anime" else 0.0

    def paint(canvas: Any, t: float) -> None:
        moved, way = travel(actor, stage, t)
        pen = Pen(
            canvas,
            stage.light,
            dice(stage.scene.seed, actor.subject.kind, actor.index),
            line=line,
            flat=stage.scene.style == "flat",
        )
        act = Act(t, way, pose, actor.subject.colour, traits, actor.index, stage.light.lamps)
        rise, turn = (-0.35 * actor.size, (-26.0 if actor.right else 26.0)) if leaping else (0.0, 0.0)
        with pen.at(actor.x + moved, actor.y + rise, actor.size, turn, flip=not actor.right and actor.kind.faces):
            if actor.kind.home == "ground":
                pen.shadow(0, actor.kind.width * 0.52)
            # Lamps give their own light; in neon scenes the signs light everything a little.
            power = 0.0 if actor.subject.kind == "lantern" else 0.5 if stage.scene.style == "neon" else 0.82
            reach = actor.kind.width * 0.5 + 0.65
            sunk = actor.kind.home == "under" and stage.scene.setting != "underwater" and not leaping
            if sunk:
                canvas.saveLayerAlpha(skia.Rect.MakeLTRB(-reach * 1.4, -1.5, reach * 1.4, 0.4), 165)
            with pen.lit(power):
                actor.kind.paint(pen, act)
            if sunk:
                canvas.restore()

    return paint
