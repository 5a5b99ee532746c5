"""Vegetables and treats: one kind each, the thing itself by trait."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.machines import box, polygon_line
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth, tube

LEAF = rgb("#4f9a3f")


def _carrot(pen: Pen, act: Act) -> None:
    tone = act.tone("#ef7f2a")
    for a in (-0.5, -0.15, 0.2, 0.5):
        pen.fill(
            tube([(0, -0.68), (math.sin(a) * 0.2, -0.86), (math.sin(a) * 0.34, -1.06 + abs(a) * 0.16)], [0.03, 0.05, 0.015]), LEAF
        )
    pen.fill(
        smooth([(-0.2, -0.62), (0, -0.73), (0.2, -0.62), (0.13, -0.3), (0.0, 0.0), (-0.13, -0.3)], tension=8), tone, shade=0.36
    )
    for k, y in enumerate((-0.58, -0.46, -0.36, -0.24)):
        x = (-0.15, 0.03, -0.1, 0.0)[k]
        pen.stroke(polygon_line([(x, y), (x + 0.1, y + 0.01)]), scaled(tone, 0.72), 0.014)


def _tomato(pen: Pen, act: Act) -> None:
    tone = act.tone("#dc352a")
    pen.fill(
        smooth([(-0.3, -0.76), (0, -0.7), (0.3, -0.76), (0.5, -0.42), (0.34, -0.06), (0, 0.0), (-0.34, -0.06), (-0.5, -0.42)]),
        tone,
        shade=0.36,
    )
    for k in range(5):
        a = -1.2 + 0.6 * k
        pen.fill(smooth([(0, -0.74), (math.sin(a) * 0.2 + 0.04, -0.8 + 0.05 * abs(a)), (math.sin(a) * 0.3, -0.66)]), LEAF)
    pen.stroke(polygon_line([(0, -0.74), (0.03, -0.88)]), scaled(LEAF, 0.8), 0.04)
    pen.soft(-0.2, -0.54, 0.1, 0.1, (1, 1, 1), 0.6)


def _pumpkin(pen: Pen, act: Act) -> None:
    tone = act.tone("#e8812a")
    for x, k in ((-0.38, 0.8), (0.38, 0.8), (-0.2, 0.92), (0.2, 0.92), (0.0, 1.0)):
        pen.fill(oval(x, -0.38, 0.26, 0.38), scaled(tone, k), shade=0.34)
    pen.fill(tube([(0, -0.74), (0.03, -0.86), (0.12, -0.94)], [0.07, 0.05, 0.045]), rgb("#5f7a35"))
    if act.has("face"):
        with pen.bare():
            glow = rgb("#ffd65a")
            for side in (-1, 1):
                pen.fill(polygon([(side * 0.3, -0.42), (side * 0.1, -0.42), (side * 0.2, -0.58)]), glow, shade=0.2)
            pen.fill(
                polygon(
                    [
                        (-0.36, -0.28),
                        (-0.2, -0.22),
                        (-0.12, -0.27),
                        (0, -0.21),
                        (0.12, -0.27),
                        (0.2, -0.22),
                        (0.36, -0.28),
                        (0.2, -0.1),
                        (-0.2, -0.1),
                    ]
                ),
                glow,
                shade=0.2,
            )
        pen.glow(0, -0.34, 0.5, rgb("#ffb03a"), 0.6)


def _corn(pen: Pen, act: Act) -> None:
    tone = act.tone("#f4cf3f")
    body = smooth([(0, -1.0), (0.16, -0.78), (0.2, -0.4), (0.14, -0.05), (-0.14, -0.05), (-0.2, -0.4), (-0.16, -0.78)])
    pen.fill(body, tone, shade=0.3)
    with pen.within(body):
        for row in range(17):
            for k in range(-3, 4):
                pen.fill(
                    oval(k * 0.062 + 0.03 * (row % 2), -0.96 + 0.057 * row, 0.028, 0.026),
                    mix(tone, (1, 1, 1), 0.25),
                    shade=0.2,
                    edge=False,
                )
    for side in (-1, 1):
        pen.fill(
            smooth([(0, 0.0), (side * 0.3, -0.2), (side * 0.36, -0.66), (side * 0.16, -0.4), (side * 0.04, -0.12)]),
            scaled(LEAF, 0.9 + 0.1 * side),
        )


def _avocado(pen: Pen, act: Act) -> None:
    for k, tone in ((1.0, "#3f5f2c"), (0.9, "#a8c45a"), (0.82, "#e9eba4")):
        pen.fill(
            smooth(
                [
                    (0, -0.5 - 0.48 * k),
                    (0.16 * k, -0.5 - 0.36 * k),
                    (0.26 * k, -0.5),
                    (0.38 * k, -0.5 + 0.24 * k),
                    (0, -0.5 + 0.5 * k),
                    (-0.38 * k, -0.5 + 0.24 * k),
                    (-0.26 * k, -0.5),
                    (-0.16 * k, -0.5 - 0.36 * k),
                ]
            ),
            rgb(tone),
            shade=0.15,
        )
    pen.fill(oval(0, -0.28, 0.18, 0.18), rgb("#8a5528"), shade=0.4)
    pen.soft(-0.06, -0.34, 0.05, 0.04, (1, 1, 1), 0.7)


def _eggplant(pen: Pen, act: Act) -> None:
    tone = act.tone("#5a2f7a")
    pen.fill(
        smooth(
            [(-0.02, -0.8), (0.16, -0.7), (0.3, -0.34), (0.2, -0.04), (-0.12, 0.0), (-0.34, -0.16), (-0.3, -0.42), (-0.16, -0.7)]
        ),
        tone,
        shade=0.4,
    )
    pen.fill(smooth([(-0.18, -0.68), (-0.04, -0.86), (0.16, -0.72), (0.06, -0.6), (-0.04, -0.68), (-0.1, -0.56)]), LEAF)
    pen.stroke(polygon_line([(0.0, -0.8), (0.06, -0.98)]), scaled(LEAF, 0.8), 0.06)
    pen.soft(-0.12, -0.34, 0.05, 0.16, (1, 1, 1), 0.5)


VEGETABLES = {"tomato": _tomato, "pumpkin": _pumpkin, "corn": _corn, "avocado": _avocado, "eggplant": _eggplant}


def vegetable(pen: Pen, act: Act) -> None:
    """A carrot, or what the traits name."""
    VEGETABLES.get(next((t for t in act.traits if t in VEGETABLES), ""), _carrot)(pen, act)


def _donut(pen: Pen, act: Act) -> None:
    icing = act.tone("#f08ab4")
    ring = oval(0, -0.42, 0.72, 0.42)
    hole = oval(0, -0.46, 0.2, 0.1)
    pen.fill(ring, rgb("#d99a52"), shade=0.35)
    glaze = [
        (math.cos(a) * 0.66 * k, -0.46 + math.sin(a) * 0.34 * k)
        for a, k in ((n * math.tau / 18, 1.0 - 0.07 * (n % 2)) for n in range(18))
    ]
    pen.fill(smooth(glaze), icing, shade=0.25)
    pen.fill(hole, rgb("#8a5a30"), shade=0.3)
    pen.stroke(oval(0, -0.46, 0.22, 0.115), scaled(icing, 0.82), 0.03)
    for k in range(30):
        a, d = k * 2.4, 0.36 + 0.22 * ((k * 7) % 5) / 5
        x, y = math.cos(a) * d, -0.46 + math.sin(a) * d * 0.52
        tone = rgb(("#fff3d0", "#5ad0e8", "#f7d23a", "#8ae06a", "#ff5a5a")[k % 5])
        pen.stroke(polygon_line([(x, y), (x + 0.045 * math.cos(k), y + 0.025 * math.sin(k))]), tone, 0.022)


def _cookie(pen: Pen, act: Act) -> None:
    tone = act.tone("#d2975a")
    pen.fill(
        smooth(
            [
                (math.cos(a) * (0.5 + 0.012 * (n % 3)), -0.48 + math.sin(a) * (0.47 + 0.012 * (n % 2)))
                for n, a in enumerate(k * math.tau / 16 for k in range(16))
            ]
        ),
        tone,
        shade=0.3,
    )
    for k in range(11):
        a, d = k * 2.4, 0.4 * math.sqrt((k + 0.3) / 11)
        pen.fill(oval(math.cos(a) * d, -0.48 + math.sin(a) * d, 0.06, 0.05), rgb("#4a2a1a"), shade=0.4)
    for k in range(20):
        a, d = k * 2.4 + 1, 0.46 * math.sqrt(k / 20)
        pen.fill(oval(math.cos(a) * d, -0.48 + math.sin(a) * d, 0.012, 0.01), scaled(tone, 0.75), shade=0, edge=False)


def _sushi(pen: Pen, act: Act) -> None:
    pen.fill(box(-0.98, -0.1, 0.98, 0.0, 0.03), rgb("#8a5a34"), shade=0.3)
    for k in range(2):
        x = -0.62 + 0.5 * k
        pen.fill(box(x - 0.2, -0.5, x + 0.2, -0.08, 0.08), rgb("#20302a"), shade=0.3)
        pen.fill(oval(x, -0.5, 0.2, 0.09), rgb("#fbf8f0"), shade=0.1)
        pen.fill(oval(x, -0.51, 0.1, 0.045), rgb("#f0803f" if k == 0 else "#7ab04a"), shade=0.2)
    pen.fill(
        smooth([(0.12, -0.12), (0.1, -0.36), (0.3, -0.46), (0.74, -0.46), (0.92, -0.34), (0.9, -0.1)], tension=8),
        rgb("#fbf8f0"),
        shade=0.2,
    )
    fish = smooth([(0.04, -0.34), (0.2, -0.58), (0.76, -0.6), (0.98, -0.3), (0.8, -0.36), (0.3, -0.38)], tension=8)
    pen.fill(fish, rgb("#f58a52"), shade=0.25)
    with pen.within(fish):
        for k in range(6):
            pen.stroke(polygon_line([(0.1 + 0.15 * k, -0.3), (0.24 + 0.15 * k, -0.64)]), rgb("#fcd2b4"), 0.022)


def _fries(pen: Pen, act: Act) -> None:
    for k in range(13):
        x, top = -0.34 + 0.057 * k, -0.86 - 0.14 * ((k * 5) % 4) / 4
        with pen.at(x, -0.3, turn=(k - 6) * 2.4):
            pen.fill(box(-0.036, top + 0.3, 0.036, 0.0), scaled(rgb("#f6cd55"), 0.86 + 0.14 * (k % 2)), shade=0.25)
    pen.fill(
        smooth([(-0.42, -0.62), (0, -0.48), (0.42, -0.62), (0.34, 0.0), (-0.34, 0.0)], tension=14),
        act.tone("#d8302c"),
        shade=0.28,
    )
    pen.fill(oval(0, -0.26, 0.13, 0.13), rgb("#f9d24a"), shade=0.1)


def _hotdog(pen: Pen, act: Act) -> None:
    pen.fill(
        smooth([(-0.9, -0.3), (-0.7, -0.52), (0.7, -0.52), (0.9, -0.3), (0.7, -0.2), (-0.7, -0.2)]), rgb("#c98a44"), shade=0.3
    )
    pen.fill(tube([(-0.96, -0.46), (0, -0.5), (0.96, -0.46)], [0.13, 0.15, 0.13]), rgb("#b4472c"), shade=0.4)
    pen.stroke(smooth([(-0.8 + 0.16 * k, -0.5 - 0.07 * (-1) ** k) for k in range(11)], closed=False), rgb("#f7cf3a"), 0.05)
    pen.fill(
        smooth([(-0.94, -0.36), (0, -0.34), (0.94, -0.36), (0.8, -0.04), (0, 0.0), (-0.8, -0.04)]), rgb("#dba25a"), shade=0.3
    )


def _dumplings(pen: Pen, act: Act) -> None:
    pen.fill(oval(0, -0.08, 0.95, 0.14), rgb("#b98a54"), shade=0.3)
    pen.fill(oval(0, -0.14, 0.88, 0.12), rgb("#d8b47c"), shade=0.2)
    for x, y, k in ((-0.3, -0.34, 0.94), (0.32, -0.34, 0.94), (-0.52, -0.18, 1.0), (0.02, -0.18, 1.0), (0.55, -0.18, 1.0)):
        pen.fill(
            smooth([(x - 0.28, y), (x - 0.2, y - 0.22), (x, y - 0.33), (x + 0.2, y - 0.22), (x + 0.28, y), (x, y + 0.04)]),
            scaled(rgb("#fbf5e8"), k),
            shade=0.22,
        )
        for n in (-2, -1, 0, 1, 2):
            pen.stroke(
                smooth([(x, y - 0.32), (x + 0.05 * n, y - 0.24), (x + 0.09 * n, y - 0.14)], closed=False), rgb("#d9ccb4"), 0.014
            )
    for k in range(3):
        age = (act.t * 0.3 + k / 3) % 1.0
        pen.soft(-0.3 + 0.3 * k, -0.66 - age * 0.4, 0.08, 0.13, (1, 1, 1), 0.32 * math.sin(math.pi * age))


def _bubble_tea(pen: Pen, act: Act) -> None:
    tone = act.tone("#d9b48a")
    pen.stroke(polygon_line([(0.04, -0.6), (0.16, -1.04)]), rgb("#e8506a"), 0.06)
    cup = polygon([(-0.3, -0.78), (0.3, -0.78), (0.22, 0.0), (-0.22, 0.0)])
    pen.fill(cup, mix(tone, (1, 1, 1), 0.5), shade=0.2, alpha=0.85)
    with pen.within(cup):
        pen.fill(box(-0.4, -0.68, 0.4, 0.02), tone, shade=0.35, edge=False)
        for k in range(18):
            x, y = -0.2 + 0.08 * (k % 6) + 0.03 * (k // 6), -0.05 - 0.075 * (k // 6)
            pen.fill(oval(x, y, 0.04, 0.04), rgb("#33221c"), shade=0.5, edge=False)
        pen.soft(-0.2, -0.45, 0.04, 0.3, (1, 1, 1), 0.6)
    pen.fill(box(-0.34, -0.82, 0.34, -0.76, 0.02), (0.97, 0.97, 0.98), shade=0.15, alpha=0.95)


def _lollipop(pen: Pen, act: Act) -> None:
    tone = act.tone("#f0507a")
    pen.stroke(polygon_line([(0, 0.0), (0, -0.44)]), rgb("#fbf7ee"), 0.045)
    pen.fill(oval(0, -0.68, 0.32, 0.32), tone, shade=0.2)
    spiral = [(math.cos(k * 0.42) * 0.3 * k / 44, -0.68 + math.sin(k * 0.42) * 0.3 * k / 44) for k in range(45)]
    pen.stroke(smooth(spiral, closed=False), rgb("#fff3f0"), 0.05)
    pen.soft(-0.12, -0.82, 0.09, 0.07, (1, 1, 1), 0.6)


def _egg(pen: Pen, act: Act) -> None:
    if act.has("fried"):
        pen.fill(
            smooth(
                [
                    (-0.8, -0.3),
                    (-0.4, -0.52),
                    (0.1, -0.44),
                    (0.6, -0.56),
                    (0.86, -0.26),
                    (0.4, -0.04),
                    (-0.2, -0.1),
                    (-0.6, -0.02),
                ]
            ),
            rgb("#fdfbf4"),
            shade=0.12,
        )
        pen.fill(oval(0.05, -0.34, 0.26, 0.17), rgb("#f7ad2a"), shade=0.3)
        return
    pen.fill(
        smooth([(0, -1.0), (0.28, -0.78), (0.38, -0.4), (0.26, -0.08), (0, 0.0), (-0.26, -0.08), (-0.38, -0.4), (-0.28, -0.78)]),
        act.tone("#f2dcc0"),
        shade=0.26,
    )
    pen.soft(-0.14, -0.66, 0.08, 0.12, (1, 1, 1), 0.6)


def _cheese(pen: Pen, act: Act) -> None:
    tone = act.tone("#f6c945")
    pen.fill(polygon([(-0.9, -0.36), (0.5, -0.9), (0.94, -0.5), (-0.9, -0.36)]), mix(tone, (1, 1, 1), 0.25), shade=0.1)
    side = polygon([(-0.9, -0.38), (0.94, -0.52), (0.94, -0.02), (-0.9, 0.0)])
    pen.fill(side, tone, shade=0.22)
    with pen.within(side):
        for x, y, r in (
            (-0.5, -0.18, 0.09),
            (-0.08, -0.3, 0.11),
            (0.3, -0.12, 0.1),
            (0.66, -0.34, 0.12),
            (0.9, -0.08, 0.08),
            (0.04, -0.04, 0.06),
        ):
            pen.fill(oval(x, y, r, r * 0.85), scaled(tone, 0.72), shade=0.3, edge=False)


def _mooncake(pen: Pen, act: Act) -> None:
    tone = act.tone("#b9742f")
    pen.fill(
        smooth([(-0.62, -0.5), (0.62, -0.5), (0.64, -0.12), (0.3, 0.0), (-0.3, 0.0), (-0.64, -0.12)], tension=9),
        scaled(tone, 0.8),
        shade=0.3,
    )
    for k in range(9):
        pen.stroke(polygon_line([(-0.56 + 0.14 * k, -0.4), (-0.54 + 0.135 * k, -0.05)]), scaled(tone, 0.62), 0.02)
    pen.fill(oval(0, -0.5, 0.63, 0.24), tone, shade=0.25)
    pen.stroke(oval(0, -0.5, 0.5, 0.185), scaled(tone, 0.7), 0.022)
    for k in range(8):
        a = k * math.tau / 8
        pen.stroke(oval(math.cos(a) * 0.28, -0.5 + math.sin(a) * 0.1, 0.12, 0.05), scaled(tone, 0.7), 0.018)
    pen.fill(oval(0, -0.5, 0.1, 0.045), scaled(tone, 0.75), shade=0.2)


TREATS = {
    "donut": _donut,
    "cookie": _cookie,
    "sushi": _sushi,
    "fries": _fries,
    "hotdog": _hotdog,
    "dumpling": _dumplings,
    "bubbletea": _bubble_tea,
    "lollipop": _lollipop,
    "egg": _egg,
    "cheese": _cheese,
    "mooncake": _mooncake,
}


# Twice as broad as tall.
BROAD = frozenset({"sushi", "hotdog", "dumpling", "cheese"})


def treat(pen: Pen, act: Act) -> None:
    """A doughnut, or what the traits name."""
    name = next((t for t in act.traits if t in TREATS), "")
    with pen.at(0, 0, scale=0.72 if name in BROAD else 1.0):
        TREATS.get(name, _donut)(pen, act)


VEGETABLE = Kind(vegetable, size=0.34, width=1.0, home="table", faces=False)
TREAT = Kind(treat, size=0.3, width=1.4, home="table", faces=False)
