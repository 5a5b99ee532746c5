"""A dog: corgi by default, also shiba, retriever, fox and wolf by trait."""

from __future__ import annotations

import math

from msgspec.structs import replace

from mediakiln.providers.studio.colour import luma, mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.pen import Pen, Point, oval, smooth
from mediakiln.providers.studio.subjects.quadruped import Beast, Build, Coat, paint_beast, paint_sitting, paint_sleeping

TALL = Build(
    length=0.86,
    back=0.66,
    deep=(0.34, 0.27, 0.28),
    leg=(0.085, 0.042),
    head=(0.2, -0.16),
    skull=0.19,
    neck=0.115,
    reach=0.18,
    hoof=0.062,
)
SHORT = replace(
    TALL,
    length=1.02,
    back=0.58,
    deep=(0.36, 0.32, 0.34),
    leg=(0.1, 0.058),
    head=(0.19, -0.2),
    skull=0.22,
    reach=0.11,
    hoof=0.068,
    lift=0.06,
)

# Breed: (coat, belly, pointed ears, bushy tail)
BREEDS: dict[str, tuple[str, str, bool, bool]] = {
    "corgi": ("#d98b3c", "#fbf3e4", True, False),
    "shiba": ("#d0843f", "#f8ecd6", True, True),
    "retriever": ("#dba85c", "#f0d6a2", False, True),
    "fox": ("#d9622b", "#fbf1e4", True, True),
    "wolf": ("#80858d", "#d9dbdc", True, True),
    "raccoon": ("#7f8084", "#e2e0dc", True, True),
    "redpanda": ("#b8502a", "#f6e6d4", True, True),
    "husky": ("#5f6670", "#f6f6f4", True, True),
    "": ("#b9783f", "#f6ead4", False, False),
}


def head(pen: Pen, act: Act, coat: Coat) -> None:
    """A friendly face with a muzzle, turned half toward us, in skull radii."""
    pointed = _breed(act)[2]
    dark = scaled(coat.base, 0.55)
    if pointed:
        for side, x in ((-1, -0.6), (1, 0.6)):
            pen.fill(
                smooth(
                    [
                        (x - 0.4, -0.45),
                        (x - 0.16 + side * 0.08, -1.1),
                        (x + side * 0.14, -1.62),
                        (x + 0.24 + side * 0.05, -1.05),
                        (x + 0.38, -0.42),
                    ],
                    tension=8,
                ),
                coat.base,
                shade=0.25,
            )
            pen.fill(
                smooth([(x - 0.18, -0.6), (x + side * 0.12, -1.3), (x + 0.2, -0.58)], tension=9),
                mix(rgb("#d99a8a"), coat.base, 0.4),
                shade=0.2,
                edge=False,
            )
    face = smooth(
        [
            (0, -0.95),
            (0.52, -0.85),
            (0.9, -0.42),
            (0.98, 0.1),
            (0.78, 0.52),
            (0.4, 0.8),
            (0.1, 0.95),
            (-0.3, 0.82),
            (-0.76, 0.54),
            (-0.98, 0.1),
            (-0.9, -0.42),
            (-0.52, -0.85),
        ]
    )
    pen.fill(face, coat.base, shade=0.24)
    with pen.within(face):
        pen.soft(0.14, 0.6, 0.72, 0.6, coat.belly, 1.0)
        pen.soft(0.1, -0.4, 0.2, 0.7, coat.belly, 0.8)
    if not pointed:
        swing = 0.05 * math.sin(act.t * 5) if act.pose in ("walking", "running") else 0.0
        for side in (-1, 1):
            pen.fill(
                smooth(
                    [
                        (side * 0.55, -0.82),
                        (side * 0.98, -0.66),
                        (side * (1.2 + swing), -0.05),
                        (side * (1.06 + swing), 0.5),
                        (side * 0.82, 0.36),
                        (side * 0.74, -0.3),
                    ]
                ),
                scaled(coat.base, 0.74),
                shade=0.25,
            )
    if act.has("raccoon", "redpanda"):
        for x in (-0.42, 0.52):
            pen.fill(oval(x, -0.08, 0.34, 0.28), dark if act.has("raccoon") else scaled(coat.belly, 1.0), shade=0.1, edge=False)
    muzzle = smooth(
        [(-0.26, 0.14), (0.16, 0.02), (0.58, 0.14), (0.74, 0.46), (0.5, 0.76), (0.16, 0.84), (-0.2, 0.74), (-0.42, 0.46)]
    )
    pen.fill(muzzle, coat.belly, shade=0.18, edge=False)
    asleep = act.pose == "sleeping"
    for x in (-0.36, 0.5):
        if asleep or (act.t + act.index) % 4.1 > 3.95:
            pen.stroke(smooth([(x - 0.16, -0.12), (x, -0.05), (x + 0.16, -0.12)], closed=False), dark, 0.07)
            continue
        pen.fill(oval(x, -0.12, 0.15, 0.17), rgb("#1d1512"), shade=0, edge=False)
        pen.fill(oval(x + 0.05, -0.18, 0.05, 0.055), rgb("#ffffff"), shade=0, edge=False)
    pen.fill(smooth([(-0.02, 0.14), (0.34, 0.14), (0.3, 0.32), (0.16, 0.4), (0.02, 0.32)]), rgb("#1f1a19"), shade=0.0, edge=False)
    pen.fill(oval(0.11, 0.19, 0.06, 0.03), rgb("#77706c"), shade=0, edge=False)
    pen.stroke(smooth([(-0.14, 0.56), (0.02, 0.62), (0.16, 0.52), (0.16, 0.4)], closed=False), rgb("#3a2a24"), 0.045)
    pen.stroke(smooth([(0.16, 0.52), (0.32, 0.62), (0.48, 0.54)], closed=False), rgb("#3a2a24"), 0.045)
    if not asleep:
        pen.fill(
            smooth([(0.06, 0.62), (0.28, 0.62), (0.27, 0.9), (0.17, 0.98), (0.07, 0.9)]), rgb("#e8808a"), shade=0.2, edge=False
        )


def _breed(act: Act) -> tuple[str, str, bool, bool]:
    return next((BREEDS[trait] for trait in act.traits if trait in BREEDS), BREEDS["corgi" if not act.colour else ""])


def tail(sway: float, act: Act) -> tuple[list[Point], list[float]]:
    """A wagging tail: a stub, a plume or a curl."""
    wag = 0.05 * math.sin(act.t * 9) + sway * 0.03
    if _breed(act)[3]:
        droop = 0.16 if act.has("fox", "wolf") else -0.16
        return (
            [
                (0.04, 0.04),
                (-0.12, -0.02 + droop * 0.2),
                (-0.28, droop * 0.7 + wag),
                (-0.44, droop + wag * 1.6),
                (-0.56, droop * 1.1 + wag * 2),
            ],
            [0.05, 0.075, 0.1, 0.09, 0.03],
        )
    return [(0.04, 0.04), (-0.08, -0.06), (-0.16 - wag * 0.3, -0.16 + wag)], [0.055, 0.06, 0.035]


def build_of(traits: tuple[str, ...], colour: str) -> Build:
    """Long legs for those who have them, and for a dog of a colour of its own."""
    tall = {"shiba", "retriever", "fox", "wolf", "raccoon", "redpanda", "husky"}
    return TALL if tall & set(traits) or colour else SHORT


def paint(pen: Pen, act: Act) -> None:
    """The dog in whatever pose."""
    breed = _breed(act)
    base = act.tone(breed[0])
    belly = rgb(breed[1]) if not act.colour else mix(base, (1, 1, 1), 0.55 if luma(base) > 0.2 else 0.1)
    build = build_of(act.traits, act.colour)
    beast = Beast(build, head, tail)
    {"sitting": paint_sitting, "sleeping": paint_sleeping}.get(act.pose, paint_beast)(pen, act, Coat(base, belly, belly), beast)


KIND = Kind(paint, size=0.4, width=1.5, walk=0.9, run=2.2)
