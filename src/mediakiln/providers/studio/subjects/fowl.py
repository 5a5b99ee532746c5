"""Birds that walk or swim: penguin, duck (swan, chicken, goose by trait) and owl."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.grazers import eye
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth, tube

# Trait: (feathers, wing, beak, length of the neck)
FOWL: dict[str, tuple[str, str, str, float]] = {
    "swan": ("#fbfaf6", "#eceae4", "#ee8a2a", 0.46),
    "goose": ("#f2efe8", "#d4d0c8", "#ee8a2a", 0.28),
    "chicken": ("#f4ead8", "#dcc6a2", "#eeb03a", 0.12),
    "": ("#f6cf3f", "#e8b52c", "#ee7f22", 0.08),
}


def penguin(pen: Pen, act: Act) -> None:
    """Upright in its tailcoat; it waddles."""
    coat = act.tone("#23262e")
    moving = act.pose in ("walking", "running", "dancing")
    tilt = 7 * math.sin(act.way * 9 + act.t * (4 if act.pose == "dancing" else 0)) if moving else 1.2 * math.sin(act.t * 1.6)
    hop = 0.14 if act.pose == "jumping" else 0.0
    with pen.at(0, -hop, turn=82 if act.pose in ("sleeping", "swimming") else tilt):
        for side in (-1, 1):
            pen.fill(smooth([(side * 0.05, -0.05), (side * 0.2, -0.05), (side * 0.28, 0.0), (side * 0.06, 0.01)]), rgb("#f0a02c"))
        lift = 0.9 if act.pose in ("jumping", "dancing", "flying") else 0.25
        for side in (-1, 1):
            with pen.at(side * 0.22, -0.62, turn=-side * (12 + 60 * lift)):
                pen.fill(smooth([(-0.05, 0.0), (0.06, 0.0), (0.06, 0.24), (0.0, 0.36), (-0.05, 0.24)]), scaled(coat, 0.8))
        body = smooth(
            [
                (0, -1.0),
                (0.17, -0.93),
                (0.2, -0.76),
                (0.29, -0.5),
                (0.3, -0.22),
                (0.18, -0.03),
                (-0.18, -0.03),
                (-0.3, -0.22),
                (-0.29, -0.5),
                (-0.2, -0.76),
                (-0.17, -0.93),
            ]
        )
        pen.fill(body, coat, shade=0.3)
        pen.fill(smooth([(0.03, -0.68), (0.2, -0.5), (0.22, -0.2), (0.03, -0.06), (-0.17, -0.2), (-0.15, -0.5)]), rgb("#fbf8f0"))
        for x in (-0.07, 0.11):
            pen.fill(oval(x, -0.82, 0.075, 0.085), rgb("#fbf8f0"), shade=0, edge=False)
            eye(pen, act, x + 0.01, -0.83, 0.026)
        pen.soft(0.03, -0.64, 0.14, 0.07, rgb("#f7c23c"), 0.8)
        pen.fill(smooth([(-0.03, -0.79), (0.07, -0.79), (0.04, -0.72)]), rgb("#f0a02c"), shade=0.2)
        if act.has("scarf"):
            pen.fill(tube([(-0.19, -0.68), (0.02, -0.64), (0.21, -0.68)], [0.05, 0.055, 0.05]), rgb("#c8312b"))
            pen.fill(tube([(0.12, -0.66), (0.17, -0.5), (0.15, -0.4)], [0.05, 0.045, 0.05]), rgb("#c8312b"))
        if act.has("hat"):
            pen.fill(smooth([(-0.2, -0.94), (-0.1, -1.12), (0.02, -1.2), (0.12, -1.12), (0.2, -0.94)]), rgb("#c8312b"))
            pen.fill(oval(0.02, -1.2, 0.05, 0.05), rgb("#fbf8f0"))


def duck(pen: Pen, act: Act) -> None:
    """On the water or on its legs; a swan's neck is an S."""
    feathers, wing, beak_tone, neck = next((FOWL[t] for t in act.traits if t in FOWL), FOWL[""])
    base, beak = act.tone(feathers), rgb(beak_tone)
    side = scaled(base, 0.88) if act.colour else rgb(wing)
    afloat = act.pose in ("swimming", "")
    legs = 0.0 if afloat and not act.has("chicken") else 0.16
    bob = 0.012 * math.sin(act.t * 2 + act.index)
    if legs:
        for x, k in ((-0.08, 1), (0.06, -1)):
            swing = 0.06 * k * math.sin(act.way * 8)
            pen.stroke(smooth([(x, -legs - 0.03), (x + swing, -0.01), (x + swing + 0.08, 0.0)], closed=False), beak, 0.03)
    with pen.at(0, -legs + bob):
        body = smooth(
            [
                (-0.6, -0.42),
                (-0.46, -0.3),
                (-0.2, -0.4),
                (0.15, -0.42),
                (0.36, -0.32),
                (0.4, -0.14),
                (0.24, 0.0),
                (-0.26, 0.02),
                (-0.48, -0.14),
            ]
        )
        top = (0.32, -0.62 - neck)
        curve = [(0.24, -0.2), (0.42, -0.36 - neck * 0.3), (0.22 if neck > 0.2 else 0.34, -0.46 - neck * 0.75), top]
        pen.fill(body, base, shade=0.28)
        pen.fill(tube(curve, [0.15, 0.11 if neck < 0.2 else 0.075, 0.1 if neck < 0.2 else 0.065, 0.09]), base, shade=0.2)
        pen.fill(
            smooth([(-0.42, -0.3), (-0.1, -0.34), (0.16, -0.26), (0.06, -0.1), (-0.2, -0.08), (-0.5, -0.22)]), side, shade=0.3
        )
        if act.has("chicken"):
            for k in range(3):
                pen.fill(oval(top[0] - 0.07 + 0.07 * k, top[1] - 0.15 - 0.02 * (k == 1), 0.045, 0.055), rgb("#cf3028"), shade=0.2)
            pen.fill(oval(top[0] + 0.12, top[1] + 0.14, 0.035, 0.06), rgb("#cf3028"), shade=0.2)
            for k in range(4):
                tip = (-0.72 + 0.04 * k, -0.72 + 0.08 * k)
                pen.fill(tube([(-0.42, -0.34), (-0.62, -0.5), tip], [0.05, 0.06, 0.03]), scaled(side, 0.7 + 0.08 * k))
        pen.fill(polygon([(top[0] + 0.1, top[1] - 0.05), (top[0] + 0.34, top[1] + 0.02), (top[0] + 0.1, top[1] + 0.07)]), beak)
        pen.fill(oval(*top, 0.155 if neck < 0.2 else 0.11, 0.145 if neck < 0.2 else 0.1), base, shade=0.22)
        if act.has("swan"):
            pen.fill(oval(top[0] + 0.1, top[1] - 0.02, 0.04, 0.05), rgb("#26221f"), shade=0, edge=False)
        eye(pen, act, top[0] + 0.05, top[1] - 0.03, 0.025)


def owl(pen: Pen, act: Act) -> None:
    """Great eyes in a face of two discs, on a branch."""
    base = act.tone("#8f6a44")
    pale = mix(base, rgb("#f8ecd4"), 0.72)
    pen.stroke(smooth([(-0.6, 0.0), (0.0, -0.03), (0.6, 0.02)], closed=False), rgb("#5f4636"), 0.07)
    for side in (-1, 1):
        pen.fill(smooth([(side * 0.1, -0.86), (side * 0.32, -1.04), (side * 0.3, -0.74)]), scaled(base, 0.8))
    pen.fill(smooth([(0, -0.95), (0.3, -0.84), (0.34, -0.4), (0.2, -0.04), (-0.2, -0.04), (-0.34, -0.4), (-0.3, -0.84)]), base)
    belly = smooth([(0, -0.58), (0.2, -0.46), (0.18, -0.12), (-0.18, -0.12), (-0.2, -0.46)])
    pen.fill(belly, pale, shade=0.2, edge=False)
    with pen.within(belly):
        for row in range(4):
            for k in range(5):
                x, y = -0.2 + 0.1 * k + 0.05 * (row % 2), -0.48 + 0.1 * row
                pen.stroke(smooth([(x - 0.03, y), (x, y + 0.03), (x + 0.03, y)], closed=False), scaled(base, 0.8), 0.014)
    for side in (-1, 1):
        pen.fill(smooth([(side * 0.26, -0.6), (side * 0.4, -0.4), (side * 0.28, -0.08), (side * 0.2, -0.4)]), scaled(base, 0.72))
        pen.fill(oval(side * 0.13, -0.74, 0.15, 0.15), pale, shade=0.15, edge=False)
        pen.fill(oval(side * 0.13, -0.74, 0.1, 0.1), rgb("#f2b632"), shade=0.2, edge=False)
        eye(pen, act, side * 0.13, -0.74, 0.055)
        for dx in (-0.04, 0.04):
            pen.fill(oval(side * 0.1 + dx, -0.03, 0.03, 0.04), rgb("#e0a53a"), shade=0.2)
    pen.fill(smooth([(-0.04, -0.7), (0.04, -0.7), (0, -0.6)]), rgb("#e0a53a"), shade=0.2)


PENGUIN = Kind(penguin, size=0.4, width=0.7, walk=0.35, run=0.8)
DUCK = Kind(duck, size=0.26, width=1.1, home="water", walk=0.4, run=0.8, rest="swimming")
OWL = Kind(owl, size=0.34, width=0.8, faces=False)
