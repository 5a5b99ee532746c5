"""Creatures of tales and of long ago: dragon, dinosaur, snowman, ghost, and the soft toy bear."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.grazers import eye
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth, tube


def dragon(pen: Pen, act: Act) -> None:
    """Long neck, bat wings, a barbed tail; it breathes fire."""
    base = act.tone("#3f9a5a")
    belly = mix(base, rgb("#f6e6b0"), 0.7)
    beat = 0.16 * math.sin(act.t * 3)
    airborne = act.pose in ("flying", "jumping")

    def wing(x: float, tone: float) -> None:
        tip = (x - 0.42, -1.1 - beat)
        pen.fill(
            smooth(
                [
                    (x, -0.52),
                    (x + 0.02, -0.84 - beat * 0.6),
                    tip,
                    (x - 0.5, -0.82 - beat * 0.5),
                    (x - 0.62, -0.7),
                    (x - 0.4, -0.64),
                    (x - 0.42, -0.5),
                    (x - 0.2, -0.5),
                ],
                tension=8,
            ),
            scaled(mix(base, rgb("#c8462c"), 0.45), tone),
            shade=0.35,
        )
        for end in ((-0.5, -0.82), (-0.62, -0.7), (-0.42, -0.5)):
            pen.stroke(
                smooth([(x + 0.01, -0.8 - beat * 0.6), (x + end[0], end[1])], closed=False), scaled(base, 0.5 * tone), 0.014
            )

    wing(0.16, 0.68)
    tail = [(-0.3, -0.3), (-0.6, -0.14), (-0.86, -0.2), (-0.98, -0.42 + 0.04 * math.sin(act.t * 1.7))]
    pen.fill(tube(tail, [0.15, 0.1, 0.06, 0.025]), base)
    x, y = tail[-1]
    pen.fill(polygon([(x - 0.07, y + 0.02), (x, y - 0.16), (x + 0.09, y + 0.0)]), rgb("#c8462c"))
    if not airborne:
        for dx, k in ((-0.16, 0.7), (0.24, 0.7), (-0.26, 1.0), (0.16, 1.0)):
            pen.fill(tube([(dx, -0.3), (dx - 0.03, -0.14), (dx + 0.01, -0.03)], [0.1, 0.07, 0.06]), scaled(base, k))
            pen.fill(oval(dx + 0.05, -0.025, 0.09, 0.035), scaled(base, k * 0.85), shade=0.2)
    else:
        for dx in (-0.24, 0.16):
            pen.fill(tube([(dx, -0.26), (dx - 0.12, -0.12), (dx - 0.24, -0.12)], [0.09, 0.06, 0.045]), scaled(base, 0.85))
    body = smooth([(-0.42, -0.34), (-0.2, -0.52), (0.14, -0.54), (0.36, -0.42), (0.32, -0.22), (0.04, -0.15), (-0.28, -0.18)])
    pen.fill(body, base, shade=0.3)
    with pen.within(body):
        pen.soft(0.06, -0.18, 0.34, 0.1, belly, 1.0)
    neck = [(0.26, -0.4), (0.46, -0.54), (0.48, -0.74), (0.58, -0.86)]
    pen.fill(tube(neck, [0.15, 0.11, 0.085, 0.08]), base)
    for k, (sx, sy) in enumerate(
        [(-0.62, -0.22), (-0.44, -0.34), (-0.2, -0.53), (0.0, -0.56), (0.28, -0.56), (0.37, -0.68), (0.41, -0.8)]
    ):
        pen.fill(
            polygon([(sx - 0.05, sy + 0.04), (sx - 0.01 - 0.02 * (k > 3), sy - 0.09), (sx + 0.06, sy + 0.03)]), rgb("#e0a53a")
        )
    wing(0.02, 1.0)
    for dx in (-0.02, 0.05):
        pen.fill(tube([(0.54 + dx, -0.93), (0.46 + dx, -1.02), (0.42 + dx, -1.1)], [0.035, 0.025, 0.008]), rgb("#f0e2c0"))
    pen.fill(
        smooth([(0.48, -0.86), (0.58, -0.97), (0.72, -0.93), (0.9, -0.84), (0.88, -0.76), (0.66, -0.74), (0.52, -0.77)]), base
    )
    eye(pen, act, 0.65, -0.89, 0.026)
    pen.fill(oval(0.85, -0.84, 0.014, 0.012), rgb("#20301f"), shade=0, edge=False)
    if act.pose == "sleeping":
        return
    flame = 0.04 * math.sin(act.t * 13)
    pen.glow(1.14, -0.74, 0.34, rgb("#ff9a3a"), 0.7)
    pen.fill(
        smooth([(0.9, -0.8), (1.1, -0.86), (1.36 + flame, -0.74), (1.26, -0.66), (1.08, -0.68)]),
        rgb("#ff9a2a"),
        shade=0,
        edge=False,
    )
    pen.fill(smooth([(0.92, -0.79), (1.08, -0.8), (1.2 + flame, -0.74), (1.06, -0.72)]), rgb("#fff0a8"), shade=0, edge=False)


def dinosaur(pen: Pen, act: Act) -> None:
    """A tyrannosaur with small arms; a long-necked grazer by trait."""
    base = act.tone("#6f9a4a")
    belly = mix(base, rgb("#f2e6b8"), 0.65)
    step = 0.09 * math.sin(act.way * 7) if act.pose in ("walking", "running") else 0.0
    if act.has("longneck"):
        pen.fill(tube([(-0.3, -0.4), (-0.62, -0.22), (-0.98, -0.1)], [0.16, 0.09, 0.02]), base)
        for x, k in ((-0.14, 0.7), (0.24, 0.7), (-0.24, 1.0), (0.14, 1.0)):
            pen.fill(tube([(x, -0.34), (x + step, -0.16), (x + step, -0.02)], [0.1, 0.075, 0.08]), scaled(base, k))
        pen.fill(tube([(0.2, -0.42), (0.42, -0.6), (0.5, -0.84), (0.58, -0.95)], [0.14, 0.09, 0.065, 0.06]), base)
        pen.fill(
            smooth([(-0.4, -0.4), (-0.1, -0.55), (0.22, -0.52), (0.32, -0.36), (0.1, -0.24), (-0.26, -0.26)]), base, shade=0.3
        )
        pen.fill(oval(0.65, -0.95, 0.12, 0.065), base, shade=0.2)
        eye(pen, act, 0.66, -0.97, 0.02)
        return
    pen.fill(tube([(-0.14, -0.46), (-0.5, -0.4), (-0.9, -0.5 + 0.03 * math.sin(act.t * 1.6))], [0.2, 0.11, 0.015]), base)

    def leg(x: float, shift: float, k: float) -> None:
        pen.fill(
            tube(
                [(x, -0.4), (x + 0.1 + shift, -0.22), (x - 0.02 + shift, -0.12), (x + 0.02 + shift, -0.03)],
                [0.16, 0.09, 0.055, 0.05],
            ),
            scaled(base, k),
        )
        pen.fill(
            smooth([(x - 0.04 + shift, -0.05), (x + 0.1 + shift, -0.06), (x + 0.22 + shift, 0.0), (x - 0.05 + shift, 0.01)]),
            scaled(base, k * 0.85),
        )

    leg(0.1, -step, 0.7)
    body = smooth([(-0.28, -0.5), (-0.02, -0.62), (0.24, -0.74), (0.36, -0.66), (0.34, -0.46), (0.16, -0.3), (-0.12, -0.32)])
    pen.fill(tube([(0.2, -0.6), (0.34, -0.74), (0.42, -0.86)], [0.16, 0.12, 0.11]), base)
    pen.fill(body, base, shade=0.3)
    with pen.within(body):
        pen.soft(0.26, -0.42, 0.16, 0.24, belly, 0.9)
        for k in range(5):
            pen.stroke(
                smooth([(-0.2 + 0.1 * k, -0.64), (-0.18 + 0.1 * k, -0.5)], closed=False), scaled(base, 0.6), 0.03, alpha=0.6
            )
    leg(-0.04, step, 1.0)
    pen.fill(tube([(0.3, -0.54), (0.4, -0.46), (0.46, -0.5)], [0.05, 0.035, 0.022]), scaled(base, 0.9))
    pen.fill(smooth([(0.42, -0.78), (0.66, -0.76), (0.84, -0.72), (0.78, -0.66), (0.5, -0.68)]), scaled(base, 0.8))
    pen.fill(
        smooth([(0.32, -0.86), (0.44, -1.0), (0.62, -0.97), (0.86, -0.9), (0.88, -0.81), (0.6, -0.78), (0.4, -0.78)]),
        base,
        shade=0.25,
    )
    for k in range(6):
        pen.fill(
            polygon([(0.56 + 0.05 * k, -0.8), (0.575 + 0.05 * k, -0.755), (0.595 + 0.05 * k, -0.802)]), (1, 1, 0.95), shade=0
        )
    eye(pen, act, 0.55, -0.91, 0.026)


def snowman(pen: Pen, act: Act) -> None:
    """Three balls of snow, a carrot, coals, a scarf and a hat."""
    snow = act.tone("#f4f8fc")
    for x, y, sx, sy in ((-0.18, -0.5, -0.5, -0.68), (0.18, -0.5, 0.52, -0.66)):
        pen.stroke(smooth([(x, y), (sx, sy)], closed=False), rgb("#5a4030"), 0.024)
        pen.stroke(smooth([(sx * 0.85, sy + 0.03), (sx * 0.98, sy - 0.1)], closed=False), rgb("#5a4030"), 0.016)
    for y, r in ((-0.2, 0.25), (-0.51, 0.19), (-0.76, 0.145)):
        pen.fill(oval(0, y, r * 1.08, r), snow, shade=0.2)
        pen.soft(r * 0.4, y + r * 0.3, r * 0.7, r * 0.7, rgb("#9fb6d0"), 0.35)
    for y in (-0.58, -0.5, -0.42):
        pen.fill(oval(0.02, y, 0.02, 0.02), rgb("#22242a"), shade=0, edge=False)
    pen.fill(tube([(-0.15, -0.645), (0, -0.62), (0.15, -0.645)], [0.04, 0.045, 0.04]), rgb("#c8312b"))
    pen.fill(tube([(0.08, -0.63), (0.12, -0.5), (0.1, -0.42)], [0.04, 0.04, 0.045]), rgb("#b02822"))
    for x in (-0.05, 0.06):
        pen.fill(oval(x, -0.81, 0.02, 0.022), rgb("#22242a"), shade=0, edge=False)
    for k in range(5):
        pen.fill(oval(-0.06 + 0.032 * k, -0.705 + 0.012 * (1 - abs(k - 2)), 0.011, 0.011), rgb("#22242a"), shade=0, edge=False)
    pen.fill(polygon([(0.0, -0.785), (0.2, -0.745), (0.0, -0.74)]), rgb("#ee8a2a"))
    pen.fill(polygon([(-0.18, -0.88), (0.18, -0.88), (0.18, -0.855), (-0.18, -0.855)]), rgb("#26282e"))
    pen.fill(polygon([(-0.11, -1.04), (0.11, -1.04), (0.115, -0.87), (-0.115, -0.87)]), rgb("#2d3036"), shade=0.3)
    pen.fill(polygon([(-0.114, -0.92), (0.114, -0.92), (0.115, -0.885), (-0.115, -0.885)]), rgb("#c8312b"))


def _slime(pen: Pen, act: Act) -> None:
    """A dome of jelly with large eyes."""
    base, squash = act.tone("#6fcf5a"), 0.03 * math.sin(act.t * 3)
    dome = smooth(
        [(-0.5, -0.02), (-0.46, -0.34), (-0.2, -0.66 + squash), (0.2, -0.66 + squash), (0.46, -0.34), (0.5, -0.02), (0, 0.02)],
        tension=7,
    )
    pen.fill(dome, base, shade=0.4, alpha=0.95)
    pen.soft(-0.2, -0.5, 0.14, 0.09, (1, 1, 1), 0.85)
    for side in (-1, 1):
        pen.fill(oval(side * 0.16 + 0.04, -0.34, 0.1, 0.13), rgb("#fdfdf8"), shade=0.05)
        pen.fill(oval(side * 0.16 + 0.06, -0.33, 0.055, 0.08), rgb("#1c2a20"), shade=0, edge=False)
        pen.fill(oval(side * 0.16 + 0.08, -0.37, 0.02, 0.025), (1, 1, 1), shade=0, edge=False)
    pen.stroke(smooth([(-0.06, -0.17), (0.04, -0.13), (0.14, -0.17)], closed=False), rgb("#1c4a28"), 0.025)


def ghost(pen: Pen, act: Act) -> None:
    """A pale sheet that floats, its hem in waves."""
    base = act.tone("#f4f5fb")
    drift = 0.03 * math.sin(act.t * 1.6 + act.index)
    if act.has("slime"):
        _slime(pen, act)
        return
    with pen.at(0, -0.06 + drift):
        pen.glow(0, -0.5, 0.62, rgb("#cfd8ff"), 0.4)
        hem = [(0.36 - 0.12 * k, -0.02 - 0.1 * (k % 2) + 0.02 * math.sin(act.t * 3 + k)) for k in range(7)]
        pen.fill(
            smooth([(-0.34, -0.5), (-0.24, -0.86), (0, -0.98), (0.24, -0.86), (0.34, -0.5), *hem], tension=7),
            base,
            shade=0.16,
            alpha=0.94,
        )
        for side in (-1, 1):
            pen.fill(tube([(side * 0.28, -0.52), (side * 0.44, -0.5), (side * 0.5, -0.6)], [0.08, 0.07, 0.05]), base, shade=0.1)
            pen.fill(oval(side * 0.1, -0.7, 0.05, 0.075), rgb("#23222c"), shade=0, edge=False)
        pen.fill(oval(0, -0.55, 0.05, 0.065), rgb("#23222c"), shade=0, edge=False)


def teddy(pen: Pen, act: Act) -> None:
    """A soft toy bear that sits, a bow at its neck."""
    base = act.tone("#b07a45")
    pale = mix(base, rgb("#f6e2bc"), 0.6)
    for side in (-1, 1):
        pen.fill(oval(side * 0.24, -0.13, 0.16, 0.14), base, shade=0.25)
        pen.fill(oval(side * 0.28, -0.12, 0.085, 0.09), pale, shade=0.1, edge=False)
        pen.fill(tube([(side * 0.2, -0.48), (side * 0.36, -0.38), (side * 0.4, -0.28)], [0.09, 0.085, 0.085]), scaled(base, 0.94))
        pen.fill(oval(side * 0.2, -0.92, 0.1, 0.1), base, shade=0.25)
        pen.fill(oval(side * 0.2, -0.91, 0.055, 0.055), pale, shade=0, edge=False)
    pen.fill(oval(0, -0.3, 0.25, 0.28), base, shade=0.25)
    pen.fill(oval(0, -0.28, 0.15, 0.17), pale, shade=0.1, edge=False)
    pen.fill(oval(0, -0.74, 0.26, 0.23), base, shade=0.22)
    pen.fill(oval(0, -0.67, 0.12, 0.095), pale, shade=0.1, edge=False)
    for side in (-1, 1):
        eye(pen, act, side * 0.1, -0.78, 0.028)
        pen.fill(smooth([(0, -0.52), (side * 0.15, -0.58), (side * 0.15, -0.46)]), rgb("#c8312b"))
    pen.fill(oval(0, -0.7, 0.04, 0.03), rgb("#2a1d18"), shade=0, edge=False)


DRAGON = Kind(dragon, size=0.56, width=1.9, walk=0.4, run=0.8)
DINOSAUR = Kind(dinosaur, size=0.6, width=1.6, walk=0.4, run=0.9)
SNOWMAN = Kind(snowman, size=0.5, width=0.8, faces=False)
GHOST = Kind(ghost, size=0.42, width=0.9, home="air", rest="flying", faces=False)
TEDDY = Kind(teddy, size=0.34, width=0.8, faces=False)
