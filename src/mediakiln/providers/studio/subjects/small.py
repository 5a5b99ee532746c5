"""Small and cold-blooded creatures: turtle, frog, snail, crab, octopus, jellyfish, bee."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.grazers import eye
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth, tube


def turtle(pen: Pen, act: Act) -> None:
    """A domed, plated shell on four stout legs; flippers when it swims."""
    shell, skin = act.tone("#6a7f3c"), rgb("#9db26a")
    beat = math.sin(act.t * 2.4 + act.way * 5)
    swims = act.pose in ("swimming", "flying")
    for x, way in ((-0.42, -1), (0.34, 1)):
        tip = (x + way * (0.42 if swims else 0.12), (0.14 * beat if swims else 0.0) - (0.12 if swims else 0.02))
        pen.fill(tube([(x, -0.3), (x + way * 0.1, -0.16), tip], [0.13, 0.11, 0.08]), scaled(skin, 0.85))
    pen.fill(tube([(0.5, -0.28), (0.74, -0.38), (0.9, -0.44)], [0.13, 0.11, 0.1]), skin)
    pen.fill(oval(0.95, -0.46, 0.17, 0.145), skin, shade=0.2)
    eye(pen, act, 1.0, -0.5, 0.035)
    pen.stroke(smooth([(0.98, -0.39), (1.06, -0.39), (1.1, -0.43)], closed=False), scaled(skin, 0.5), 0.018)
    dome = smooth([(-0.72, -0.2), (-0.6, -0.56), (-0.25, -0.86), (0.2, -0.86), (0.5, -0.58), (0.62, -0.2), (0, -0.14)])
    pen.fill(dome, shell, shade=0.35)
    with pen.within(dome):
        for row, y in enumerate((-0.72, -0.46, -0.22)):
            for k in range(5):
                x = -0.66 + 0.33 * k + 0.16 * (row % 2)
                plate = polygon([(x - 0.13, y), (x - 0.07, y - 0.11), (x + 0.07, y - 0.11), (x + 0.13, y), (x, y + 0.11)])
                pen.fill(plate, mix(shell, rgb("#d0b46a"), 0.35), shade=0.25)
    pen.stroke(smooth([(-0.72, -0.19), (0, -0.12), (0.62, -0.19)], closed=False), scaled(shell, 0.6), 0.06)


def frog(pen: Pen, act: Act) -> None:
    """Sitting broad and smiling; it leaps with its long legs stretched."""
    base = act.tone("#5fae3f")
    leap = act.pose in ("jumping", "running", "flying")
    with pen.at(0, -0.35 if leap else 0.0, turn=-24 if leap else 0):
        for side in (-1, 1):
            if leap:
                pen.fill(tube([(-0.3, -0.2), (-0.66, -0.02), (-1.0, 0.14 * side + 0.1)], [0.15, 0.1, 0.06]), scaled(base, 0.75))
            else:
                pen.fill(
                    smooth([(side * 0.3, -0.4), (side * 0.7, -0.34), (side * 0.66, -0.04), (side * 0.3, 0.0)]), scaled(base, 0.8)
                )
            pen.fill(
                smooth([(side * 0.3, -0.06), (side * 0.62, -0.06), (side * 0.78, 0.0), (side * 0.3, 0.02)]), scaled(base, 0.7)
            )
        pen.fill(smooth([(0, -0.78), (0.4, -0.6), (0.48, -0.25), (0.3, 0.0), (-0.3, 0.0), (-0.48, -0.25), (-0.4, -0.6)]), base)
        pen.soft(0, -0.16, 0.32, 0.24, rgb("#eef2b8"), 0.95)
        for side in (-1, 1):
            pen.fill(
                tube([(side * 0.26, -0.3), (side * 0.28, -0.12), (side * 0.24, -0.02)], [0.08, 0.07, 0.08]), scaled(base, 0.9)
            )
            pen.fill(oval(side * 0.26, -0.78, 0.17, 0.17), base, shade=0.25)
            pen.fill(oval(side * 0.26, -0.8, 0.115, 0.115), rgb("#fbf6d8"), shade=0, edge=False)
            eye(pen, act, side * 0.26, -0.79, 0.062)
        pen.stroke(smooth([(-0.32, -0.5), (0, -0.4), (0.32, -0.5)], closed=False), scaled(base, 0.4), 0.03)


def snail(pen: Pen, act: Act) -> None:
    """A spiral house on a slow foot."""
    shell, skin = act.tone("#c9803f"), rgb("#d8c49a")
    pen.fill(tube([(-0.9, -0.04), (-0.3, -0.1), (0.4, -0.1), (0.72, -0.3), (0.82, -0.55)], [0.04, 0.11, 0.13, 0.12, 0.12]), skin)
    for dx in (-0.02, 0.16):
        pen.stroke(smooth([(0.82, -0.6), (0.84 + dx, -0.86 + 0.02 * math.sin(act.t * 2))], closed=False), skin, 0.04)
        pen.fill(oval(0.84 + dx, -0.88, 0.045, 0.045), rgb("#2a2018"), shade=0)
    pen.fill(oval(-0.1, -0.52, 0.5, 0.47), shell, shade=0.35)
    coil = [
        (-0.1 + math.cos(k * 0.42) * (0.44 - k * 0.0135), -0.52 + math.sin(k * 0.42) * (0.41 - k * 0.0125)) for k in range(32)
    ]
    pen.stroke(smooth(coil, closed=False), scaled(shell, 0.55), 0.045)


def crab(pen: Pen, act: Act) -> None:
    """A broad shell, eight legs and two raised claws."""
    base = act.tone("#d9482e")
    for side in (-1, 1):
        for k in range(4):
            swing = 0.04 * math.sin(act.t * 5 + k * 1.6 + side)
            x = side * (0.36 + 0.07 * k)
            knee_ = (x + side * 0.28, -0.5 + 0.1 * k)
            pen.fill(tube([(x * 0.8, -0.34), knee_, (x + side * 0.42, swing)], [0.055, 0.045, 0.02]), scaled(base, 0.78))
        lift = 0.05 * math.sin(act.t * 2 + side)
        pen.fill(tube([(side * 0.46, -0.5), (side * 0.8, -0.66), (side * 0.76, -0.86 + lift)], [0.08, 0.075, 0.08]), base)
        with pen.at(side * 0.74, -0.96 + lift, turn=side * -14):
            pen.fill(
                smooth([(-0.2, 0.1), (-0.2, -0.14), (-0.06, -0.3), (-0.05, -0.06), (0.05, -0.08), (0.14, -0.28), (0.2, 0.04)]),
                base,
            )
        pen.stroke(smooth([(side * 0.16, -0.6), (side * 0.18, -0.78)], closed=False), base, 0.05)
        pen.fill(oval(side * 0.18, -0.82, 0.075, 0.075), rgb("#fbf6ea"), shade=0)
        eye(pen, act, side * 0.18, -0.82, 0.035)
    pen.fill(
        smooth([(0, -0.66), (0.42, -0.58), (0.56, -0.38), (0.34, -0.14), (-0.34, -0.14), (-0.56, -0.38), (-0.42, -0.58)]), base
    )
    pen.stroke(smooth([(-0.14, -0.3), (0, -0.25), (0.14, -0.3)], closed=False), scaled(base, 0.4), 0.03)


def octopus(pen: Pen, act: Act) -> None:
    """A great head over eight curling arms."""
    base = act.tone("#b5508a")
    for k in range(8):
        way = (k - 3.5) / 3.5
        curl = 0.09 * math.sin(act.t * 1.8 + k)
        points = [
            (way * 0.2, -0.42),
            (way * 0.5, -0.2 + 0.05 * abs(way)),
            (way * 0.72, -0.02),
            (way * 0.9 + curl, -0.1 - 0.1 * (k % 2)),
        ]
        pen.fill(tube(points, [0.1, 0.085, 0.06, 0.03]), scaled(base, 0.75 + 0.06 * (k % 4)))
    pen.fill(
        smooth([(0, -1.0), (0.32, -0.88), (0.38, -0.62), (0.24, -0.34), (-0.24, -0.34), (-0.38, -0.62), (-0.32, -0.88)]), base
    )
    for side in (-1, 1):
        pen.fill(oval(side * 0.13, -0.56, 0.09, 0.1), rgb("#fbf6ea"), shade=0, edge=False)
        eye(pen, act, side * 0.13 + 0.01, -0.55, 0.05)
    pen.stroke(smooth([(-0.08, -0.42), (0, -0.39), (0.08, -0.42)], closed=False), scaled(base, 0.4), 0.025)


def jellyfish(pen: Pen, act: Act) -> None:
    """A glowing bell that beats, its threads trailing."""
    base = act.tone("#d59be8")
    beat = 0.05 * math.sin(act.t * 2.2 + act.index)
    pen.glow(0, -0.7, 0.62, base, 0.45)
    for k in range(9):
        x = -0.28 + 0.07 * k
        points = [
            (x + 0.05 * math.sin(act.t * 1.6 + k + s * 4), -0.62 + 0.68 * s * (0.7 + 0.3 * (k % 3) / 2))
            for s in (0, 0.25, 0.5, 0.75, 1)
        ]
        pen.stroke(smooth(points, closed=False), mix(base, (1, 1, 1), 0.3), 0.03 if k % 2 else 0.016, alpha=0.7)
    bell = smooth(
        [
            (-0.38 - beat, -0.62),
            (-0.33, -0.85),
            (0, -1.0 + beat),
            (0.33, -0.85),
            (0.38 + beat, -0.62),
            (0.18, -0.57),
            (-0.18, -0.57),
        ]
    )
    pen.fill(bell, base, shade=0.3, alpha=0.85)
    pen.soft(-0.1, -0.86, 0.18, 0.1, (1, 1, 1), 0.6)


def bee(pen: Pen, act: Act) -> None:
    """Striped and round, its wings a blur."""
    base = act.tone("#f2b92c")
    with pen.at(0, -0.5 + 0.05 * math.sin(act.t * 5 + act.index)):
        for turn in (-40, -8):
            with pen.at(0.02, -0.2, turn=turn + 10 * math.sin(act.t * 40)):
                pen.fill(oval(0, -0.24, 0.13, 0.27), (0.92, 0.96, 1.0), alpha=0.7, shade=0.1)
        body = oval(0, 0, 0.46, 0.3)
        pen.fill(body, base, shade=0.3)
        with pen.within(body):
            for x in (-0.34, -0.14, 0.06):
                pen.fill(polygon([(x, -0.4), (x + 0.1, -0.4), (x + 0.1, 0.4), (x, 0.4)]), rgb("#2a211a"), shade=0.2, edge=False)
        pen.fill(oval(0.4, -0.02, 0.2, 0.2), rgb("#3a2c20"), shade=0.3)
        pen.fill(oval(0.46, -0.06, 0.06, 0.075), (1, 1, 1), shade=0, edge=False)
        eye(pen, act, 0.48, -0.05, 0.035)
        for dx in (0.36, 0.46):
            pen.stroke(smooth([(dx, -0.2), (dx + 0.06, -0.38)], closed=False), rgb("#2a211a"), 0.025)
        pen.fill(polygon([(-0.44, -0.05), (-0.6, 0.0), (-0.44, 0.06)]), rgb("#2a211a"), shade=0)


TURTLE = Kind(turtle, size=0.28, width=1.7, walk=0.15, run=0.3)
FROG = Kind(frog, size=0.28, width=1.4, walk=0.6, run=1.0)
SNAIL = Kind(snail, size=0.24, width=1.8, walk=0.08, run=0.1)
CRAB = Kind(crab, size=0.28, width=1.9, walk=0.3, run=0.6, faces=False)
OCTOPUS = Kind(octopus, size=0.46, width=1.5, home="under", walk=0.15, rest="swimming", faces=False)
JELLYFISH = Kind(jellyfish, size=0.4, width=0.9, home="under", rest="standing", faces=False)
BEE = Kind(bee, size=0.2, width=1.1, home="air", walk=0.6, rest="flying")
