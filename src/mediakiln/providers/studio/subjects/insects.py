"""Small ones with six legs or eight: ladybird, spider, dragonfly."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.grazers import DARK
from mediakiln.providers.studio.subjects.machines import polygon_line
from mediakiln.providers.studio.subjects.pen import Pen, oval, smooth, tube


def ladybird(pen: Pen, act: Act) -> None:
    """A red beetle with black dots."""
    tone = act.tone("#d8302a")
    for k in range(3):
        x = -0.36 + 0.34 * k
        pen.stroke(polygon_line([(x, -0.14), (x - 0.04, -0.02)]), DARK, 0.05)
    pen.fill(smooth([(0.4, -0.1), (0.44, -0.5), (0.66, -0.52), (0.82, -0.32), (0.76, -0.12)]), DARK, shade=0.3)
    for dx in (0.0, 0.12):
        pen.stroke(smooth([(0.64 + dx, -0.48), (0.76 + dx, -0.7), (0.9 + dx, -0.72)], closed=False), DARK, 0.026)
    pen.fill(oval(0.7, -0.36, 0.07, 0.08), (1, 1, 1), shade=0)
    pen.fill(oval(0.72, -0.35, 0.035, 0.045), DARK, shade=0)
    shell = smooth([(-0.66, -0.1), (-0.62, -0.46), (-0.3, -0.84), (0.16, -0.86), (0.46, -0.54), (0.5, -0.1)])
    pen.fill(shell, tone, shade=0.4)
    with pen.within(shell):
        for x, y, r in (
            (-0.4, -0.4, 0.1),
            (-0.12, -0.62, 0.11),
            (0.2, -0.44, 0.11),
            (-0.12, -0.26, 0.1),
            (0.32, -0.7, 0.08),
            (-0.5, -0.14, 0.07),
        ):
            pen.fill(oval(x, y, r, r), DARK, shade=0.1, edge=False)
    pen.soft(-0.24, -0.7, 0.16, 0.08, (1, 1, 1), 0.5)


def spider(pen: Pen, act: Act) -> None:
    """Eight bent legs and a round body on a thread."""
    tone = act.tone("#2f2a30")
    pen.stroke(polygon_line([(0, -0.6), (0, -1.6)]), rgb("#e8ecf0"), 0.012, alpha=0.8)
    for side in (-1, 1):
        for k in range(4):
            bend = 0.03 * math.sin(act.t * 4 + k)
            x, y = side * (0.5 + 0.1 * (k in (1, 2))), -0.78 + 0.17 * k + bend
            pen.stroke(
                smooth([(side * 0.12, -0.42), (x, y), (side * (0.72 - 0.08 * k), -0.2 + 0.06 * k)], closed=False, tension=4),
                tone,
                0.04,
            )
    pen.fill(oval(0, -0.5, 0.3, 0.28), tone, shade=0.4)
    pen.fill(oval(0, -0.24, 0.17, 0.15), scaled(tone, 1.2), shade=0.4)
    for x in (-0.07, 0.07):
        pen.fill(oval(x, -0.22, 0.045, 0.05), (1, 1, 1), shade=0)
        pen.fill(oval(x, -0.21, 0.022, 0.03), DARK, shade=0)
    pen.soft(-0.1, -0.6, 0.08, 0.07, (1, 1, 1), 0.4)


def dragonfly(pen: Pen, act: Act) -> None:
    """Four glassy wings along a thin body."""
    tone = act.tone("#2f9ab0")
    beat = 8 * math.sin(act.t * 22)
    for turn, length, k in ((-64, 0.86, 0.8), (-112, 0.76, 0.8), (-74 + beat, 0.9, 1.0), (-122 + beat, 0.8, 1.0)):
        with pen.at(0.24, -0.46, turn=turn):
            pen.fill(
                smooth([(0, -0.03), (length * 0.6, -0.1), (length, -0.02), (length * 0.8, 0.08), (0.1, 0.05)]),
                mix((0.8, 0.92, 0.97), tone, 0.2),
                alpha=0.55 * k,
                shade=0.1,
            )
    pen.fill(tube([(0.3, -0.44), (-0.3, -0.4), (-0.9, -0.3)], [0.075, 0.035, 0.03]), tone, shade=0.4)
    for k in range(7):
        pen.fill(oval(-0.1 - 0.115 * k, -0.42 + 0.017 * k, 0.014, 0.03), scaled(tone, 0.5), shade=0, edge=False)
    pen.fill(oval(0.3, -0.46, 0.14, 0.1), scaled(tone, 1.1), shade=0.4)
    pen.fill(oval(0.46, -0.48, 0.09, 0.09), rgb("#c8452f"), shade=0.4)


LADYBIRD = Kind(ladybird, size=0.24, width=1.6, walk=0.3, run=0.5)
SPIDER = Kind(spider, size=0.3, width=1.3, home="air", rest="standing", faces=False)
DRAGONFLY = Kind(dragonfly, size=0.28, width=1.9, home="air", walk=0.8, rest="flying")
