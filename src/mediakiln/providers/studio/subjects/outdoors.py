"""What stands or goes about out of doors: campfire, boards to ride on, stairs, airship, potted plant, Christmas tree, gem."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import mix, rgb, scaled, turned
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.machines import box, wheel
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth, tube


def campfire(pen: Pen, act: Act) -> None:
    """Crossed logs in a ring of stones, with licking flames; only the flames where the prompt speaks of fire alone."""
    if not act.has("bare"):
        for stone in range(7):
            x = -0.42 + 0.14 * stone
            pen.fill(oval(x, -0.03, 0.09, 0.065), scaled(rgb("#8a8680"), 0.8 + 0.05 * (stone % 3)), shade=0.35)
        for turn in (14.0, -14.0):
            with pen.at(0, -0.1, turn=turn):
                pen.fill(tube([(-0.4, 0), (0, 0), (0.4, 0)], [0.06, 0.065, 0.06]), rgb("#6a4428"), shade=0.4)
                pen.fill(oval(0.42, 0, 0.04, 0.055), rgb("#d8a870"), shade=0.1)
    pen.glow(0, -0.4, 1.1, rgb("#ffae4a"), 0.75)
    with pen.bare():
        for tone, k in (("#e8502a", 1.0), ("#f79a2e", 0.74), ("#ffd85a", 0.48), ("#fff4c0", 0.24)):
            tips = [(-0.3, -0.36), (-0.16, -0.66), (0.0, -0.94), (0.15, -0.62), (0.29, -0.4)]
            points = [(-0.28 * k, -0.1)]
            for n, (x, y) in enumerate(tips):
                lick = 0.06 * math.sin(act.t * 7 + n * 2.1)
                points.append((x * k + lick * k, -0.1 + (y + 0.1 + lick) * k))
                if n < 4:
                    points.append(((x + tips[n + 1][0]) / 2 * k, -0.1 + (y + tips[n + 1][1] + 0.2) / 2 * 0.66 * k))
            pen.fill(smooth([*points, (0.28 * k, -0.1), (0.0, -0.03)], tension=7), rgb(tone), shade=0, edge=False)


def skateboard(pen: Pen, act: Act) -> None:
    """A deck with turned-up ends on four wheels."""
    tone = act.tone("#d8562f")
    pen.fill(
        tube([(-1.3, -0.62), (-1.0, -0.44), (0.0, -0.42), (1.0, -0.44), (1.3, -0.62)], [0.06, 0.075, 0.08, 0.075, 0.06]),
        tone,
        shade=0.3,
    )
    pen.stroke(
        smooth([(-1.2, -0.56), (-0.95, -0.49), (0, -0.48), (0.95, -0.49), (1.2, -0.56)], closed=False), rgb("#2a2c32"), 0.05
    )
    for x in (-0.72, 0.72):
        pen.fill(polygon([(x - 0.16, -0.36), (x + 0.16, -0.36), (x + 0.06, -0.2), (x - 0.06, -0.2)]), rgb("#aab2ba"))
        wheel(pen, x, -0.17, 0.17, act.way, rgb("#f2e8cf"))


def surfboard(pen: Pen, act: Act) -> None:
    """A long board that stands in the sand, striped."""
    tone = act.tone("#2f9ab0")
    board = smooth([(0, -1.0), (0.15, -0.7), (0.17, -0.4), (0.1, -0.05), (0, 0.0), (-0.1, -0.05), (-0.17, -0.4), (-0.15, -0.7)])
    pen.fill(board, mix(tone, (1, 1, 1), 0.72), shade=0.25)
    with pen.within(board):
        for x, wide in ((-0.1, 0.05), (0.05, 0.09)):
            pen.fill(box(x, -1.0, x + wide, 0.0), tone, shade=0.2, edge=False)
    pen.stroke(smooth([(0, -0.99), (0, 0.0)], closed=False), scaled(tone, 0.6), 0.008)


def stairs(pen: Pen, act: Act) -> None:
    """Steps that rise away to the right, with a rail."""
    tone, count = act.tone("#d8cfc0"), 9
    for n in reversed(range(count)):
        x, y = -0.7 + 1.4 * n / count, -0.9 * (n + 1) / count
        pen.fill(box(x, y, 0.72, 0.0), scaled(tone, 0.84 + 0.02 * n), shade=0.1, edge=False)
    for n in range(count):
        x, y = -0.7 + 1.4 * n / count, -0.9 * (n + 1) / count
        pen.fill(box(x, y, x + 1.4 / count + 0.01, y + 0.03), mix(tone, (1, 1, 1), 0.5), shade=0.05, edge=False)
        pen.fill(box(x, y + 0.03, x + 0.014, y + 0.1), scaled(tone, 0.55), shade=0, edge=False)
        pen.stroke(smooth([(x + 0.07, y), (x + 0.07, y - 0.16)], closed=False), rgb("#5a4a3a"), 0.014)
    pen.stroke(smooth([(-0.64, -0.26), (0.63, -1.06)], closed=False), rgb("#7a5234"), 0.03)


def airship(pen: Pen, act: Act) -> None:
    """A ribbed hull with fins, and the gondola beneath it with its screws."""
    tone = act.tone("#b9784a")
    with pen.at(0, 0.03 * math.sin(act.t * 0.7)):
        for y, turn in ((-0.9, -1), (-0.4, 1)):
            fin = smooth([(-1.0, -0.65), (-1.4, y), (-1.2, y + 0.06 * turn), (-0.75, -0.65 + 0.1 * turn)])
            pen.fill(fin, scaled(tone, 0.7), shade=0.25)
        hull = smooth(
            [(-1.3, -0.64), (-0.8, -0.9), (0, -1.0), (0.8, -0.92), (1.25, -0.66), (0.8, -0.42), (0, -0.34), (-0.8, -0.42)]
        )
        pen.fill(hull, tone, shade=0.45)
        with pen.within(hull):
            for k in range(-4, 5):
                x = 0.29 * k
                pen.stroke(smooth([(x, -1.0), (x + 0.05, -0.66), (x, -0.33)], closed=False), scaled(tone, 0.72), 0.018)
            pen.stroke(smooth([(-1.3, -0.64), (0, -0.68), (1.25, -0.66)], closed=False), rgb("#e3b75a"), 0.03)
        pen.fill(smooth([(-0.45, -0.3), (0.45, -0.3), (0.38, -0.08), (-0.34, -0.06)], tension=10), rgb("#5a3c28"), shade=0.35)
        for k in range(4):
            glass = rgb("#ffdf9a") if act.lamps else rgb("#bfe0ea")
            pen.fill(box(-0.32 + 0.17 * k, -0.24, -0.21 + 0.17 * k, -0.15, 0.02), glass, shade=0.1)
        for x in (-0.34, 0.34):
            pen.stroke(smooth([(x, -0.38), (x, -0.28)], closed=False), rgb("#3a2c22"), 0.016)
        spin = 0.12 * abs(math.cos(act.t * 17))
        pen.fill(oval(-0.5, -0.16, 0.025, 0.03 + spin), rgb("#d8c49a"), shade=0.2)


def plant(pen: Pen, act: Act) -> None:
    """Broad leaves in a pot."""
    leaf = act.tone("#3f8a4a")
    for n, (x, y, turn) in enumerate(
        ((-0.3, -0.62, -52), (0.3, -0.6, 52), (-0.16, -0.82, -24), (0.18, -0.8, 26), (0.0, -0.9, 2))
    ):
        pen.stroke(smooth([(0, -0.3), (x * 0.4, y * 0.72), (x, y)], closed=False), scaled(leaf, 0.6), 0.018)
        with pen.at(x, y, turn=turn + 3 * math.sin(act.t + n)):
            blade = smooth([(0, 0.2), (-0.13, 0.02), (-0.08, -0.16), (0, -0.24), (0.08, -0.16), (0.13, 0.02)])
            pen.fill(blade, scaled(leaf, 0.86 + 0.06 * n), shade=0.32)
            pen.stroke(smooth([(0, 0.18), (0, -0.2)], closed=False), mix(leaf, (1, 1, 1), 0.35), 0.008)
    pen.fill(polygon([(-0.2, -0.3), (0.2, -0.3), (0.15, 0.0), (-0.15, 0.0)]), rgb("#c8714a"), shade=0.35)
    pen.fill(box(-0.22, -0.34, 0.22, -0.27, 0.02), rgb("#d8845a"), shade=0.2)


def christmas(pen: Pen, act: Act) -> None:
    """A fir in tiers with lights, balls and a star, presents at its foot."""
    green = rgb("#2f6f45")
    pen.fill(box(-0.05, -0.12, 0.05, 0.0), rgb("#6a4428"), shade=0.3)
    for row in range(4):
        y, wide = -0.1 - 0.2 * row, 0.4 - 0.085 * row
        tier = [(-wide, y), (-wide * 0.5, y + 0.035), (0, y + 0.02), (wide * 0.5, y + 0.035), (wide, y), (wide * 0.4, y - 0.18)]
        pen.fill(smooth([*tier, (0, y - 0.3), (-wide * 0.4, y - 0.18)], tension=9), scaled(green, 0.86 + 0.08 * row), shade=0.4)
    for n in range(18):
        row = n % 4
        wide = (0.34 - 0.08 * row) * (0.9 if n % 2 else 0.55)
        x, y = wide * math.sin(n * 2.4), -0.12 - 0.2 * row - 0.06 * (n % 3)
        tone = rgb(("#d8302a", "#f2c12e", "#3f8fd0", "#f4f1ea")[(n + n // 4) % 4])
        with pen.bare(lamp=act.lamps):
            pen.fill(oval(x, y, 0.026, 0.026), tone, shade=0.35, edge=False)
        if act.lamps:
            pen.glow(x, y, 0.12, tone, 0.5)
    star = [
        (math.sin(k * math.pi / 5) * r, -1.0 - math.cos(k * math.pi / 5) * r)
        for k in range(10)
        for r in ((0.075 if k % 2 == 0 else 0.03),)
    ]
    pen.glow(0, -1.0, 0.26, rgb("#ffe9a0"), 0.7)
    pen.fill(polygon(star), rgb("#ffd24a"), shade=0.2)
    for x, wide, paper in ((-0.34, 0.16, "#c8302f"), (0.26, 0.2, "#3f6fae"), (0.1, 0.12, "#e0a53a")):
        pen.fill(box(x - wide / 2, -0.7 * wide, x + wide / 2, 0.0, 0.01), rgb(paper), shade=0.3)
        pen.fill(box(x - 0.012, -0.7 * wide, x + 0.012, 0.0), rgb("#fbf3dc"), shade=0.1, edge=False)


def gem(pen: Pen, act: Act) -> None:
    """A cut stone, or a cluster of crystals."""
    tone = act.tone("#5fc0e8")
    if act.has("cluster"):
        for x, tall, turn in ((-0.26, 0.6, -22), (0.26, 0.66, 20), (-0.1, 0.8, -8), (0.08, 1.0, 4)):
            with pen.at(x, 0.0, turn=turn):
                side = [(-0.11, 0), (-0.11, -tall * 0.76), (0, -tall), (0.11, -tall * 0.76), (0.11, 0)]
                pen.fill(polygon(side), turned(tone, 0.04 * x, 1.0, 1.0), shade=0.4)
                pen.fill(
                    polygon([(0.02, 0), (0.02, -tall * 0.72), (0, -tall), (0.11, -tall * 0.76), (0.11, 0)]), scaled(tone, 0.72)
                )
                pen.fill(
                    polygon([(-0.08, 0), (-0.08, -tall * 0.7), (-0.04, -tall * 0.7), (-0.04, 0)]),
                    (1, 1, 1),
                    shade=0,
                    alpha=0.35,
                    edge=False,
                )
        pen.glow(0, -0.5, 0.8, tone, 0.35)
        return
    table, girdle = (-0.26, 0.26), (-0.5, 0.5)
    pen.fill(polygon([(table[0], -0.9), (table[1], -0.9), (girdle[1], -0.62), (0, 0.0), (girdle[0], -0.62)]), tone, shade=0.35)
    for points, k in (
        ([(-0.26, -0.9), (-0.5, -0.62), (-0.18, -0.62)], 1.16),
        ([(-0.26, -0.9), (0.0, -0.9), (-0.18, -0.62)], 1.3),
        ([(0.26, -0.9), (0.5, -0.62), (0.18, -0.62)], 0.84),
        ([(-0.18, -0.62), (0.18, -0.62), (0, 0)], 1.12),
        ([(0.18, -0.62), (0.5, -0.62), (0, 0)], 0.72),
    ):
        pen.fill(polygon(points), mix(scaled(tone, min(1.0, k)), (1, 1, 1), max(0.0, k - 1) * 1.4), shade=0.1)
    pen.soft(-0.2, -0.76, 0.1, 0.08, (1, 1, 1), 0.9)


CAMPFIRE = Kind(campfire, size=0.28, width=1.0, faces=False)
SKATEBOARD = Kind(skateboard, size=0.16, width=2.7, walk=1.2, run=2.0)
SURFBOARD = Kind(surfboard, size=0.44, width=0.36, faces=False)
STAIRS = Kind(stairs, size=0.5, width=1.45)
AIRSHIP = Kind(airship, size=0.34, width=2.7, home="air", walk=0.3, rest="flying")
PLANT = Kind(plant, size=0.36, width=0.95, faces=False)
CHRISTMAS = Kind(christmas, size=0.66, width=0.85, faces=False)
GEM = Kind(gem, size=0.3, width=1.05, home="table", faces=False)
