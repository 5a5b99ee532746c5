"""Placing the subjects: size by role and depth, place by relation and by the frame."""

from __future__ import annotations

import random

from msgspec.structs import replace

from mediakiln.providers.studio.cast.actor import Actor, pose_of, speed_of
from mediakiln.providers.studio.cast.lens import framed
from mediakiln.providers.studio.cast.measures import BULK, HAND, HEIGHT, HELD, INSIDE, SEATS
from mediakiln.providers.studio.cast.pairs import paired
from mediakiln.providers.studio.cast.settle import leans, settled
from mediakiln.providers.studio.noise import dice
from mediakiln.providers.studio.reading.subject import DEEDS, LIVING, Subject
from mediakiln.providers.studio.scene import Scene
from mediakiln.providers.studio.stage import Stage
from mediakiln.providers.studio.subjects import SUBJECTS
from mediakiln.providers.studio.subjects.act import Kind

# How far a mover may go over the whole video, a runner too, and how much of that on screen, in frame widths.
WORLD, RUN, SCREEN = 1.25, 1.9, 0.42
# What is behind or inside another is painted before it.
NEARER = {"behind": -0.0004, "in": -0.0004}


def plan(stage: Stage) -> list[Actor]:
    """Place all subjects of the scene, back to front."""
    actors: list[Actor] = []
    # The moon is the sky's own.
    heroes = [settled(s, stage.scene.subjects) for s in stage.scene.subjects if s.kind in SUBJECTS and s.kind != "moon"]
    kinds = [s.kind for s in heroes]
    # What others stand on comes first, whatever the order of the words.
    bearers = [s for s in heroes if not leans(s, kinds)]
    for order, subject in enumerate([*bearers, *(s for s in heroes if leans(s, kinds))]):
        roll = dice(stage.scene.seed, "cast", order, subject.kind)
        actors.extend(_group(stage, subject, order, bearers if subject in bearers else heroes, actors, roll))
    return sorted((_legible(stage, a) for a in paired(stage, actors)), key=lambda a: (a.depth, a.y))


def _legible(stage: Stage, actor: Actor) -> Actor:
    """Signs stand whole in the frame, whatever they stand by: they are there to be read."""
    if actor.subject.kind != "sign":
        return actor
    size = min(actor.size, 0.86 * stage.height, 0.92 * stage.width / actor.kind.width)
    half = 0.52 * size * actor.kind.width
    x = min(max(actor.x, half), stage.width - half)
    return replace(actor, x=x, y=min(max(actor.y, size * 1.05), 0.97 * stage.height), size=size)


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
    return max((0.34 if kind.home == "table" else 0.55) * kind.size, SUBJECTS[tallest].size * share)


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
    partner = _partner(subject, placed)
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
        speed = min(speed, (RUN if pose == "running" else WORLD) * stage.width / (size * stage.duration))
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
    # Somebody alive who stands by himself is not hidden by what is built behind him.
    fore = 0.02 if kind.home == "ground" and subject.kind in LIVING and not subject.relation else 0.0
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
                (1.0 + order * 0.001 + fore if partner is None else partner.depth + NEARER.get(subject.relation, 0.0004)),
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
    partner = _partner(subject, placed)
    free = partner is None and kind.home == "ground" and not any(a.kind.home == "ground" for a in placed)
    if free and "rock" in stage.spots:
        spot = stage.spots["rock"]
    if "surfer" in subject.traits and "water" in stage.spots:
        top, low = stage.spots["water"]
        return stage.width * (0.5 + roll.uniform(-0.08, 0.08)), top + (low - top) * 0.4
    if subject.kind == "train" and "rails" in stage.spots:
        spot = stage.spots["rails"]
    if kind.home in ("air", "water", "under"):
        spot = stage.spots.get(subject.target) if subject.target in ("windowsill", "table") else None
    if spot is None and kind.home == "table" and (partner is None or subject.relation == "beside"):
        spot = stage.spots.get("table")
    if spot is not None:
        # Several things on one sill or table stand side by side.
        row = [s for s in heroes if s.target == subject.target or SUBJECTS[s.kind].home == kind.home == "table"]
        side = len(row)
        shift = (row.index(subject) - (side - 1) / 2) * stage.u * 0.44 if side > 1 and subject in row else 0.0
        half = min(0.5 * size * kind.width, 0.5 * stage.width)
        x = spot[0] + shift
        return (min(max(x, half), stage.width - half) if side > 1 else x), spot[1]
    if partner is not None and partner.subject.count > 1 and subject.relation in ("under", "before", "behind", "beside"):
        partner = [a for a in placed if a.subject.kind == subject.target][-1]
    if partner is not None and not _below(kind, partner, subject):
        return _beside(stage, subject, kind, partner, size)
    slots = {1: (0.5,), 2: (0.33, 0.69), 3: (0.5, 0.22, 0.8)}.get(len(heroes), (0.5, 0.2, 0.8, 0.36, 0.66))
    wide = stage.width / stage.height > 1.9 and len(heroes) == 1 and subject.count < 4
    share = roll.choice((0.36, 0.64)) if wide else slots[order % len(slots)]
    x = stage.width * (share + roll.uniform(-0.05, 0.05))
    x = (
        min(max(x, size * kind.width * 0.52), stage.width - size * kind.width * 0.52)
        if size * kind.width < stage.width
        else stage.width / 2
    )
    far, near = stage.ground
    if kind.home == "air" or subject.pose == "flying" or (subject.relation == "over" and subject.kind != "bridge"):
        if stage.scene.setting == "graphic":
            return x, stage.height * roll.uniform(0.6, 0.66) + size * 0.45
        low = 0.34 if stage.scene.setting in ("city", "village", "forest", "mountains") and kind.size < 0.4 else 0.5
        return x, max(stage.horizon * roll.uniform(low, low + 0.12) + size * 0.45, min(size * 1.1, stage.height * 0.7))
    if kind.home == "water" or (subject.kind == "bridge" and "water" in stage.spots):
        top, low = stage.spots.get("water", (far, near))
        return x, top + (low - top) * roll.uniform(0.3, 0.5)
    if kind.home == "under":
        return x, stage.height * roll.uniform(0.45, 0.6) + size * 0.5
    return x, far + (near - far) * (0.82 if order == 0 else roll.uniform(0.25, 0.6))


def _partner(subject: Subject, placed: list[Actor]) -> Actor | None:
    """What gives the subject its place; the two parties of a deed are put together at the end."""
    if subject.relation in DEEDS:
        return None
    return next((a for a in placed if a.subject.kind == subject.target), None)


def _below(kind: Kind, partner: Actor, subject: Subject) -> bool:
    """Whether something that stands is near something that hangs in the air: a sign by lanterns keeps to the ground."""
    near = subject.relation in ("beside", "before", "behind", "under")
    return near and kind.home == "ground" and partner.kind.home == "air"


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
    half = size * kind.width * 0.5
    x = partner.x + side * (reach + 1.1 * half)
    return min(max(x, 1.04 * half), stage.width - 1.04 * half) if half * 2 < stage.width else x, partner.y + size * 0.03


def chase(scene: Scene, width: int, height: int, duration: float) -> float:
    """How far the camera follows the scene's mover over the video, in frame widths, with its sign."""
    if duration <= 0 or scene.camera == "static":
        return 0.0
    movers = [a for a in actors_of(scene, width, height, duration) if a.speed and a.kind.home == "ground"]
    if not movers:
        return 0.0
    lead = movers[-1]
    gone = lead.speed * lead.size * duration / max(16, width // 16)
    return max(0.0, gone - SCREEN) * (1 if lead.right else -1)


def actors_of(scene: Scene, width: int, height: int, duration: float) -> list[Actor]:
    """Who is on in a video, far to near, and how fast; their places are those of a small empty stage."""
    stage = Stage(scene, max(16, width // 16), max(16, height // 16), duration=duration, now=0.0)
    return framed(stage, plan(stage))[0]


def focus(stage: Stage) -> tuple[float, float]:
    """Where the largest subject is on a painted stage, in shares of the frame; a little below the middle where there is none."""
    actors = framed(stage, plan(stage))[0]
    if not actors:
        return 0.5, 0.55
    hero = max(actors, key=lambda actor: actor.size**2 * actor.kind.width)
    return min(max(hero.x / stage.width, 0.2), 0.8), min(max((hero.y - hero.size * 0.4) / stage.height, 0.3), 0.85)
