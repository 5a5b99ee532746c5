"""Placing the subjects: size by role and depth, place by relation and by the frame, and their movement over time."""

from __future__ import annotations

import random
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

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
    "cow": 1.5,
    "sheep": 0.85,
    "pig": 0.8,
    "elephant": 3.2,
    "giraffe": 5.0,
    "camel": 2.1,
    "bear": 1.5,
    "penguin": 0.75,
    "owl": 0.5,
    "turtle": 0.3,
    "frog": 0.15,
    "snail": 0.1,
    "crab": 0.15,
    "dragon": 5.0,
    "dinosaur": 5.0,
    "snowman": 1.5,
    "teddy": 0.4,
    "chair": 0.95,
    "sofa": 0.85,
    "table": 0.75,
    "bed": 0.8,
    "bench": 0.85,
    "lamp": 0.6,
    "piano": 1.3,
    "shelf": 2.0,
    "basket": 0.3,
    "bridge": 5.0,
    "fence": 1.0,
    "windmill": 11.0,
    "tent": 1.5,
    "temple": 12.0,
    "tower": 30.0,
    "ferris": 25.0,
    "fountain": 2.2,
    "gate": 6.0,
    "mushroom": 0.3,
    "cactus": 2.5,
    "rock": 1.0,
    "sign": 1.6,
    "umbrella": 0.9,
    "guitar": 1.0,
    "ball": 0.3,
    "gift": 0.4,
    "motorcycle": 1.1,
    "flag": 3.0,
    "sword": 1.1,
}

# How high something that is "on" a thing sits, as a share of that thing's height.
SEATS = {
    "sofa": 0.42,
    "chair": 0.42,
    "bench": 0.44,
    "bed": 0.5,
    "table": 0.95,
    "horse": 0.62,
    "elephant": 0.86,
    "camel": 0.84,
    "cow": 0.74,
    "dinosaur": 0.62,
    "dragon": 0.52,
    "bear": 0.7,
    "bicycle": 0.68,
    "motorcycle": 0.56,
    "boat": 0.12,
    "house": 0.93,
    "tree": 0.62,
    "bridge": 0.84,
    "fence": 0.9,
    "gift": 0.66,
    "computer": 0.02,
    "whale": 0.8,
    "fish": 0.75,
    "turtle": 0.8,
    "car": 0.95,
    "rock": 0.92,
    "plane": 0.6,
    "piano": 0.62,
    "bowl": 0.6,
    "basket": 0.5,
}
# Where the inside of a thing begins: what is "in" it stands behind its front, this high.
INSIDE = {
    "vase": 0.93,
    "basket": 0.48,
    "gift": 0.5,
    "boat": 0.06,
    "bowl": 0.5,
    "cup": 0.55,
    "bottle": 0.3,
    "car": 0.3,
    "balloon": 0.0,
}
# What is held, in heights of the holder, and how far above the hand its foot is.
HELD = {
    "balloon": (0.62, 0.04),
    "kite": (0.5, 0.5),
    "flower": (0.4, -0.1),
    "lantern": (0.22, -0.24),
    "cat": (0.3, -0.16),
    "guitar": (0.5, -0.26),
    "book": (0.15, -0.06),
    "sword": (0.6, -0.12),
    "flag": (0.8, -0.3),
    "teddy": (0.3, -0.15),
    "star": (0.24, -0.04),
}
HAND = (0.27, 0.58)
# What one plays or works at but does not lift.
TOO_LARGE = frozenset({"piano", "computer", "house", "car", "tree", "horse", "elephant", "table", "sofa"})


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
    heroes = [_settled(s, stage.scene.subjects) for s in stage.scene.subjects if s.kind in SUBJECTS and s.kind != "moon"]
    kinds = [s.kind for s in heroes]
    # What others stand on comes first, whatever the order of the words.
    bearers = [s for s in heroes if not _leans(s, kinds)]
    for order, subject in enumerate([*bearers, *(s for s in heroes if _leans(s, kinds))]):
        roll = dice(stage.scene.seed, "cast", order, subject.kind)
        actors.extend(_group(stage, subject, order, bearers if subject in bearers else heroes, actors, roll))
    return sorted(actors, key=lambda a: (a.depth, a.y))


def _leans(subject: Subject, kinds: list[str]) -> bool:
    """Whether the subject's place is given by another one of the picture."""
    return subject.target in kinds and subject.target != subject.kind


def _settled(subject: Subject, others: tuple[Subject, ...]) -> Subject:
    """`subject` with what its relations imply: riders sit, mounts walk, a held thing knows its holder."""
    holder = next((s for s in others if s.relation == "held" and s.target == subject.kind and s.kind != subject.kind), None)
    if holder is not None and subject.kind in TOO_LARGE:
        return replace(subject, relation="beside", target=holder.kind)
    if holder is not None:
        return replace(
            subject,
            relation="held",
            target=holder.kind,
            pose=subject.pose or "standing",
            count=min(subject.count, 5),
            traits=(*subject.traits, "carried"),
        )
    if subject.relation == "held":
        held = next((s.kind for s in others if s.kind == subject.target), "")
        lifted = held and held not in TOO_LARGE
        return replace(subject, relation="", target="", traits=(*subject.traits, "holding") if lifted else subject.traits)
    seated = subject.relation == "on" and subject.target in SEATS and subject.kind in ("person", "child")
    if seated and subject.pose not in ("standing", "jumping", "dancing", "sleeping", "reading"):
        return replace(subject, pose="sitting")
    if subject.kind == "boat" and any(s.relation in ("in", "on") and s.target == "boat" for s in others):
        return replace(subject, traits=(*subject.traits, "open"))
    if subject.relation == "in" and subject.target == "boat" and subject.kind in ("person", "child") and not subject.pose:
        return replace(subject, pose="sitting")
    rider = any(s.relation == "on" and s.target == subject.kind for s in others)
    if rider and not subject.pose and subject.kind in ("horse", "camel", "elephant", "bicycle", "motorcycle"):
        return replace(subject, pose="walking")
    return subject


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
    # Upright frames leave room above and below: what is slim may grow; what is broad keeps inside the frame.
    tall = stage.height / stage.width
    size *= min(1.3, max(1.0, 0.5 + 0.5 * tall)) if kind.width < 1.3 else 1.0
    if count == 1:
        size = min(size, 0.94 * stage.width / kind.width)
    partner = next((a for a in placed if a.subject.kind == subject.target), None)
    if partner is not None and subject.relation == "held":
        size = partner.size * HELD.get(subject.kind, (0.24, 0.0))[0]
    elif partner is not None and subject.relation in ("on", "in"):
        size = min(size, 1.1 * partner.size * max(1.0, partner.kind.width))
        if subject.relation == "in" and subject.target in INSIDE:
            size = min(
                size,
                partner.size * 1.6
                if subject.target == "boat"
                else partner.size * max(0.55, partner.kind.width * (0.6 if count == 1 else 0.45)),
            )
    right = partner.right if partner is not None and subject.relation in ("on", "held") else roll.random() < 0.62
    cx, cy = _anchor(stage, subject, kind, order, heroes, placed, size, roll)
    pose = pose_of(subject, kind)
    speed = speed_of(kind, pose)
    if speed and stage.duration:
        # A long video must not need a mile of scenery: the mover slows down, its steps with it.
        speed = min(speed, WORLD * stage.width / (size * stage.duration))
    if partner is not None and subject.relation in ("on", "in", "held"):
        speed = partner.speed * partner.size / size
    room = stage.width * 0.8
    rows = 1 if count < 5 or kind.home in ("air", "under") or partner is not None else 2
    row = -(-count // rows)
    if rows == 2:
        size = min(size * 1.25, room / row / (kind.width * 0.86))
    step = min(size * max(kind.width * 1.08, 0.85 if "umbrella" in subject.traits else 0.0), room / row)
    if partner is not None and subject.relation in ("on", "in", "held"):
        step = min(step, partner.size * partner.kind.width * 0.8 / count)
    spread = max(stage.u * 0.1, (stage.height - stage.u) * 0.3)
    actors = []
    for index in range(count):
        back = rows == 2 and index >= row
        place = index - row if back else index
        shift = (place - ((count - row if back else row) - 1) / 2) * step
        jitter, rise = (roll.uniform(-0.14, 0.14) * step, roll.uniform(-1, 1)) if count > 1 else (0.0, 0.0)
        scale = 1.0 + (0.1 * rise if count > 1 else 0.0)
        if kind.home in ("air", "under"):
            y = cy + rise * min(spread, size * (0.8 if spread < stage.u * 0.12 else 2.2))
            scale = 1.0 + roll.uniform(-0.22, 0.22) * (count > 1)
        else:
            y = cy + rise * size * 0.07 * (subject.target not in ("windowsill", "table") and partner is None) - back * size * 0.24
            scale *= 0.9 if back else 1.0
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
                (1.0 + order * 0.001 if partner is None else partner.depth + NEARER.get(subject.relation, 0.0004)),
            )
        )
    return actors


# What is behind or inside another is painted before it.
NEARER = {"behind": -0.0004, "in": -0.0004}


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
    if partner is not None and partner.subject.count > 1 and subject.relation in ("under", "before", "behind", "beside"):
        partner = [a for a in placed if a.subject.kind == subject.target][-1]
    if partner is not None:
        return _beside(stage, subject, kind, partner, size)
    slots = {1: (0.5,), 2: (0.33, 0.69), 3: (0.5, 0.22, 0.8)}.get(len(heroes), (0.5, 0.2, 0.8, 0.36, 0.66))
    wide = stage.width / stage.height > 1.9 and len(heroes) == 1 and subject.count < 4
    share = roll.choice((0.36, 0.64)) if wide else slots[order % len(slots)]
    x = stage.width * (share + roll.uniform(-0.05, 0.05))
    x = (
        min(max(x, size * kind.width * 0.45), stage.width - size * kind.width * 0.45)
        if size * kind.width < stage.width
        else stage.width / 2
    )
    far, near = stage.ground
    if kind.home == "air" or subject.pose == "flying" or (subject.relation == "over" and subject.kind != "bridge"):
        low = 0.34 if stage.scene.setting in ("city", "village", "forest", "mountains") and kind.size < 0.4 else 0.5
        return x, max(stage.horizon * roll.uniform(low, low + 0.12) + size * 0.45, min(size * 1.1, stage.height * 0.7))
    if kind.home == "water" or (subject.kind == "bridge" and "water" in stage.spots):
        top, low = stage.spots.get("water", (far, near))
        return x, top + (low - top) * roll.uniform(0.3, 0.5)
    if kind.home == "under":
        return x, stage.height * roll.uniform(0.45, 0.6) + size * 0.5
    return x, far + (near - far) * (0.82 if order == 0 else roll.uniform(0.25, 0.6))


def _beside(stage: Stage, subject: Subject, kind: Kind, partner: Actor, size: float) -> tuple[float, float]:
    reach = partner.size * partner.kind.width * 0.5
    side = 1 if partner.x < stage.width / 2 else -1
    faces = 1 if partner.right else -1
    if subject.relation == "held":
        lift = HELD.get(subject.kind, (0.24, -0.06))[1]
        return partner.x + faces * HAND[0] * partner.size, partner.y - (HAND[1] + lift) * partner.size
    if subject.relation == "on":
        sits = 0.13 * size if subject.pose in ("sitting", "reading") and subject.kind in ("person", "child") else 0.0
        lean = -0.16 if partner.subject.kind in ("bicycle", "motorcycle") else 0.0
        return partner.x + faces * lean * partner.size, partner.y - partner.size * SEATS.get(partner.subject.kind, 0.95) + sits
    if subject.relation == "over":
        # A leap clears the thing by a little; what flies stays inside the frame.
        gap = 0.5 if subject.pose == "jumping" else 1.08
        return partner.x, max(partner.y - partner.size * gap, size * 1.12)
    if subject.relation == "in":
        if partner.subject.kind in INSIDE:
            return partner.x, partner.y - partner.size * INSIDE[partner.subject.kind] + (
                0.1 * size if subject.kind == "flower" else 0.0
            )
        return partner.x, partner.y - size * 0.02
    if subject.relation == "under":
        return partner.x + side * reach * 0.16, partner.y + size * 0.02
    if subject.relation == "before":
        return partner.x + side * reach * 0.3, min(partner.y + stage.u * 0.05, stage.height * 0.95)
    if subject.relation == "behind":
        return partner.x + side * max(reach * 0.7, size * 0.3), partner.y - max(size * 0.08, stage.u * 0.02)
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
            lifted = pose == "flying" or (actor.subject.relation in ("over", "held") and actor.subject.kind != "bridge")
            if actor.kind.home == "table":
                pen.shadow(0, actor.kind.width * 0.5, 0.3)
            if actor.kind.home == "ground" and not lifted:
                pen.shadow(0, actor.kind.width * 0.52)
            # Lamps give their own light; in neon scenes the signs light everything a little.
            power = 0.0 if actor.subject.kind == "lantern" else 0.5 if stage.scene.style == "neon" else 0.82
            reach = actor.kind.width * 0.5 + 0.65
            sunk = actor.kind.home == "under" and stage.scene.setting in ("sea", "lake", "beach") and not leaping
            if sunk:
                canvas.saveLayerAlpha(skia.Rect.MakeLTRB(-reach * 1.4, -1.5, reach * 1.4, 0.4), 165)
            with pen.lit(power):
                actor.kind.paint(pen, act)
            if sunk:
                canvas.restore()

    return paint
