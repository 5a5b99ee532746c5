"""Things to eat and drink: fruit by trait, ice cream, pizza, burger, bowl, bottle, teapot, bread."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import RGB, mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.machines import box, polygon_line
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth, tube
from mediakiln.providers.studio.subjects.slices import slice_of_bread, slice_of_melon, slice_of_pizza

LEAF = rgb("#5a9a3f")


def _gloss(pen: Pen, x: float, y: float, rx: float, ry: float) -> None:
    pen.soft(x, y, rx, ry, (1, 1, 1), 0.75)


def _round(pen: Pen, tone: RGB) -> None:
    pen.fill(oval(0, -0.44, 0.46, 0.44), tone, shade=0.35)
    _gloss(pen, -0.16, -0.62, 0.13, 0.1)


def _apple(pen: Pen, act: Act) -> None:
    tone = act.tone("#d0342c")
    pen.stroke(smooth([(0, -0.8), (0.04, -1.0)], closed=False), rgb("#6a4a2c"), 0.045)
    pen.fill(smooth([(0.03, -0.86), (0.16, -1.0), (0.34, -0.98), (0.2, -0.84)]), LEAF)
    pen.fill(
        smooth(
            [
                (0, -0.78),
                (0.22, -0.86),
                (0.45, -0.7),
                (0.46, -0.38),
                (0.28, -0.04),
                (0, -0.03),
                (-0.28, -0.04),
                (-0.46, -0.38),
                (-0.45, -0.7),
                (-0.22, -0.86),
            ]
        ),
        tone,
        shade=0.38,
    )
    _gloss(pen, -0.2, -0.62, 0.11, 0.14)


def _orange(pen: Pen, act: Act) -> None:
    _round(pen, act.tone("#f0902a"))
    for k in range(22):
        a, d = k * 2.4, 0.4 * math.sqrt(k / 22)
        pen.fill(oval(math.cos(a) * d, -0.44 + math.sin(a) * d, 0.012, 0.012), rgb("#c86a18"), shade=0, alpha=0.6, edge=False)
    pen.fill(smooth([(0, -0.86), (0.14, -1.0), (0.32, -0.95), (0.16, -0.84)]), LEAF)


def _peach(pen: Pen, act: Act) -> None:
    tone = act.tone("#f7a878")
    _round(pen, tone)
    pen.soft(0.2, -0.5, 0.24, 0.3, rgb("#e8503f"), 0.75)
    pen.stroke(smooth([(0.02, -0.86), (-0.1, -0.5), (0.02, -0.1)], closed=False), scaled(tone, 0.72), 0.025)
    pen.fill(smooth([(0.02, -0.86), (0.2, -1.0), (0.42, -0.94), (0.2, -0.82)]), LEAF)
    _gloss(pen, -0.22, -0.6, 0.1, 0.12)


def _pear(pen: Pen, act: Act) -> None:
    pen.stroke(smooth([(0, -0.94), (0.05, -1.06)], closed=False), rgb("#6a4a2c"), 0.04)
    pen.fill(
        smooth(
            [
                (0, -0.96),
                (0.15, -0.86),
                (0.2, -0.62),
                (0.38, -0.38),
                (0.34, -0.1),
                (0, 0.0),
                (-0.34, -0.1),
                (-0.38, -0.38),
                (-0.2, -0.62),
                (-0.15, -0.86),
            ]
        ),
        act.tone("#c3c84a"),
        shade=0.34,
    )
    _gloss(pen, -0.14, -0.5, 0.1, 0.16)


def _lemon(pen: Pen, act: Act) -> None:
    pen.fill(
        smooth([(-0.62, -0.36), (-0.4, -0.6), (0, -0.7), (0.4, -0.6), (0.62, -0.36), (0.4, -0.1), (0, -0.02), (-0.4, -0.1)]),
        act.tone("#f4d63a"),
        shade=0.3,
    )
    _gloss(pen, -0.2, -0.5, 0.14, 0.07)


def _banana(pen: Pen, act: Act) -> None:
    tone = act.tone("#f4cf3a")
    for turn, k in ((-16, 0.86), (0, 0.94), (16, 1.0)):
        with pen.at(0.5, -0.72, turn=turn):
            pen.fill(tube([(0, 0), (-0.2, 0.42), (-0.62, 0.62), (-1.0, 0.56)], [0.05, 0.14, 0.14, 0.03]), scaled(tone, k))
            pen.fill(oval(-1.0, 0.56, 0.04, 0.04), rgb("#5a4020"), shade=0)
    pen.stroke(smooth([(0.5, -0.7), (0.56, -0.94)], closed=False), rgb("#8a7030"), 0.09)


def _strawberry(pen: Pen, act: Act) -> None:
    pen.fill(
        smooth([(-0.42, -0.66), (-0.2, -0.82), (0.2, -0.82), (0.42, -0.66), (0.3, -0.3), (0, 0.0), (-0.3, -0.3)]),
        act.tone("#d6303a"),
        shade=0.35,
    )
    for row in range(4):
        for k in range(4 - row):
            pen.fill(oval(-0.24 + 0.16 * k + 0.08 * row, -0.62 + 0.15 * row, 0.018, 0.028), rgb("#f8dc8a"), shade=0, edge=False)
    for k in range(5):
        a = -0.9 + 0.45 * k
        pen.fill(smooth([(0, -0.84), (math.sin(a) * 0.36 + 0.05, -0.92 + 0.14 * abs(a)), (math.sin(a) * 0.4, -0.72)]), LEAF)


def _cherries(pen: Pen, act: Act) -> None:
    for x, y in ((-0.28, -0.26), (0.26, -0.22)):
        pen.stroke(smooth([(x, y - 0.15), (x * 0.3 + 0.05, -0.7), (0.12, -1.0)], closed=False), LEAF, 0.03)
        pen.fill(oval(x, y, 0.26, 0.25), act.tone("#b81f2e"), shade=0.4)
        _gloss(pen, x - 0.08, y - 0.1, 0.07, 0.06)
    pen.fill(smooth([(0.12, -0.98), (0.3, -1.06), (0.52, -0.94), (0.32, -0.86)]), LEAF)


def _grapes(pen: Pen, act: Act) -> None:
    tone = act.tone("#6a3f9a")
    pen.stroke(smooth([(0, -0.86), (0.03, -1.04)], closed=False), rgb("#6a4a2c"), 0.04)
    for row in range(5):
        for k in range(5 - row):
            x, y = (k - (4 - row) / 2) * 0.19, -0.78 + row * 0.165
            pen.fill(oval(x, y, 0.12, 0.12), scaled(tone, 0.85 + 0.06 * ((k + row) % 4)), shade=0.4)
            _gloss(pen, x - 0.04, y - 0.045, 0.035, 0.03)
    pen.fill(smooth([(0.02, -0.94), (0.2, -1.06), (0.4, -0.96), (0.2, -0.82)]), LEAF)


def _watermelon(pen: Pen, act: Act) -> None:
    if act.has("slice"):
        slice_of_melon(pen)
        return
    for scale, tone in ((1.0, "#2f7a3a"), (0.93, "#eaf2cf"), (0.88, "#e2424a")):
        half = [(math.cos(math.pi * k / 12) * 0.8 * scale, -0.72 + math.sin(math.pi * k / 12) * 0.7 * scale) for k in range(13)]
        pen.fill(polygon(half), rgb(tone), shade=0.15, edge=scale == 1.0)
    for k in range(9):
        pen.fill(
            oval(-0.48 + 0.12 * k, -0.5 + 0.2 * ((k * 3) % 4) / 4 + 0.03 * (4 - abs(k - 4)), 0.02, 0.034),
            rgb("#2a1a16"),
            shade=0,
            edge=False,
        )


def _pineapple(pen: Pen, act: Act) -> None:
    for k in range(7):
        a = (k - 3) * 0.28
        pen.fill(
            smooth([(-0.06 + a * 0.1, -0.56), (math.sin(a) * 0.34, -1.02 + 0.08 * abs(k - 3)), (0.06 + a * 0.1, -0.56)]),
            scaled(LEAF, 0.8 + 0.06 * k),
        )
    body = oval(0, -0.3, 0.26, 0.31)
    pen.fill(body, act.tone("#e0a032"), shade=0.35)
    with pen.within(body):
        for k in range(-6, 7):
            for way in (-1, 1):
                pen.stroke(
                    polygon_line([(k * 0.1 - way * 0.3, -0.65), (k * 0.1 + way * 0.3, 0.05)]), rgb("#a06a20"), 0.012, alpha=0.8
                )


FRUITS = {
    "orange": _orange,
    "peach": _peach,
    "pear": _pear,
    "lemon": _lemon,
    "banana": _banana,
    "strawberry": _strawberry,
    "cherry": _cherries,
    "grapes": _grapes,
    "watermelon": _watermelon,
    "pineapple": _pineapple,
}


def fruit(pen: Pen, act: Act) -> None:
    """An apple, or what the traits name."""
    FRUITS.get(next((t for t in act.traits if t in FRUITS), ""), _apple)(pen, act)


def icecream(pen: Pen, act: Act) -> None:
    """Three scoops in a waffle cone."""
    first = act.tone("#f5a8bd")
    cone = polygon([(-0.2, -0.5), (0.2, -0.5), (0, 0.0)])
    pen.fill(cone, rgb("#d89a50"), shade=0.25)
    with pen.within(cone):
        for k in range(-5, 6):
            for way in (-1, 1):
                pen.stroke(polygon_line([(k * 0.08 - way * 0.2, -0.5), (k * 0.08 + way * 0.2, 0)]), rgb("#a8682c"), 0.012)
    for x, y, tone in ((-0.11, -0.56, rgb("#f8efdb")), (0.11, -0.56, rgb("#8a5a3a")), (0.0, -0.74, first)):
        pen.fill(oval(x, y, 0.175, 0.16), tone, shade=0.28)
        _gloss(pen, x - 0.06, y - 0.07, 0.05, 0.04)
    pen.fill(oval(0.02, -0.93, 0.055, 0.055), rgb("#c8202e"), shade=0.4)


def pizza(pen: Pen, act: Act) -> None:
    """A whole pizza seen at a slant, or a slice of it."""
    if act.has("slice"):
        slice_of_pizza(pen)
        return
    for rx, ry, y, tone in ((0.98, 0.42, -0.42, "#c98a44"), (0.88, 0.36, -0.45, "#d9532e"), (0.84, 0.335, -0.46, "#f2cf6a")):
        pen.fill(oval(0, y, rx, ry), rgb(tone), shade=0.22)
    for k in range(9):
        a, d = k * 2.4, math.sqrt((k + 0.4) / 9)
        pen.fill(oval(math.cos(a) * d * 0.68, -0.46 + math.sin(a) * d * 0.26, 0.12, 0.055), rgb("#b8322a"), shade=0.2)
    for k in range(8):
        a, d = k * 2.4 + 1, math.sqrt((k + 0.6) / 9)
        pen.fill(oval(math.cos(a) * d * 0.7, -0.46 + math.sin(a) * d * 0.27, 0.07, 0.022), rgb("#3f8a3f"), shade=0.2)
    for a in (0.5, 1.55, 2.6):
        pen.stroke(
            polygon_line([(-math.cos(a) * 0.92, -0.45 - math.sin(a) * 0.37), (math.cos(a) * 0.92, -0.45 + math.sin(a) * 0.37)]),
            rgb("#b07a34"),
            0.012,
        )


def burger(pen: Pen, act: Act) -> None:
    """Bun, leaf, cheese, patty, bun, and sesame."""
    pen.fill(smooth([(-0.56, -0.2), (0.56, -0.2), (0.5, -0.02), (-0.5, -0.02)], tension=9), rgb("#cf8d45"), shade=0.3)
    pen.fill(box(-0.6, -0.36, 0.6, -0.18, 0.08), rgb("#5f3624"), shade=0.3)
    pen.fill(
        polygon([(-0.6, -0.38), (0.6, -0.38), (0.36, -0.2), (0.2, -0.34), (-0.1, -0.22), (-0.3, -0.34)]),
        rgb("#f4bf38"),
        shade=0.15,
    )
    pen.fill(box(-0.58, -0.46, 0.58, -0.38, 0.04), rgb("#d43a30"), shade=0.2)
    wave = [(-0.64 + 0.16 * k, -0.46 + 0.05 * (k % 2)) for k in range(9)]
    pen.fill(smooth([*wave, (0.6, -0.54), (-0.6, -0.54)], tension=8), rgb("#6fb03f"), shade=0.2)
    pen.fill(
        smooth([(-0.58, -0.52), (-0.5, -0.8), (-0.2, -0.97), (0.2, -0.97), (0.5, -0.8), (0.58, -0.52)], tension=8),
        rgb("#d9964a"),
        shade=0.35,
    )
    for k in range(13):
        pen.fill(
            oval(-0.4 + 0.067 * k, -0.72 - 0.13 * ((k * 5) % 3) / 2 - 0.06 * (1 - abs(k - 6) / 6), 0.026, 0.016),
            rgb("#fbeccb"),
            shade=0,
        )


def _aquarium(pen: Pen) -> None:
    """A round glass with water; who swims in it was painted before."""
    glass = smooth(
        [(-0.42, -1.0), (0.42, -1.0), (0.74, -0.6), (0.6, -0.14), (0.3, 0.0), (-0.3, 0.0), (-0.6, -0.14), (-0.74, -0.6)]
    )
    with pen.within(glass):
        pen.fill(box(-0.9, -0.84, 0.9, 0.1), rgb("#7fc8ea"), shade=0.2, alpha=0.42, edge=False)
        pen.fill(
            smooth([(-0.7, -0.1), (-0.3, -0.16), (0.2, -0.11), (0.7, -0.15), (0.6, 0.1), (-0.6, 0.1)]), rgb("#e2c48a"), edge=False
        )
        pen.fill(oval(0, -0.84, 0.6, 0.06), rgb("#c8ecfa"), shade=0, alpha=0.7, edge=False)
        pen.soft(-0.5, -0.6, 0.08, 0.3, (1, 1, 1), 0.8)
    pen.stroke(glass, (0.9, 0.96, 1.0), 0.03, alpha=0.8)
    pen.stroke(oval(0, -1.0, 0.42, 0.05), (0.9, 0.96, 1.0), 0.03, alpha=0.9)


def bowl(pen: Pen, act: Act) -> None:
    """A steaming bowl of noodles with chopsticks; plain rice by trait."""
    tone = act.tone("#b8392f")
    if act.has("aquarium"):
        _aquarium(pen)
        return
    for k in range(0 if act.has("filled") else 3):
        age = (act.t * 0.3 + k / 3) % 1.0
        pen.soft(-0.25 + 0.25 * k, -0.85 - age * 0.5, 0.08, 0.14, (1, 1, 1), 0.32 * math.sin(math.pi * age))
    if act.has("filled"):
        pen.fill(oval(0, -0.58, 0.7, 0.16), scaled(tone, 0.55), shade=0.2)
    elif act.has("rice"):
        for k in range(30):
            a, d = k * 2.4, math.sqrt(k / 30)
            pen.fill(
                oval(math.cos(a) * d * 0.5, -0.66 + math.sin(a) * d * 0.13 - 0.14 * (1 - d), 0.09, 0.06),
                rgb("#fbf8ee"),
                shade=0.12,
            )
    else:
        pen.fill(oval(0, -0.58, 0.68, 0.16), rgb("#d08a3a"), shade=0.2)
        for k in range(11):
            y = -0.64 + 0.012 * k
            pen.stroke(
                smooth(
                    [(-0.56 + 0.02 * k, y), (-0.2, y - 0.06 + 0.012 * k), (0.1, y + 0.05), (0.5 - 0.02 * k, y - 0.02)],
                    closed=False,
                ),
                rgb("#f4d98a"),
                0.03,
            )
        pen.fill(oval(0.28, -0.62, 0.17, 0.075), rgb("#fbf6ea"), shade=0.1)
        pen.fill(oval(0.28, -0.62, 0.09, 0.045), rgb("#f0a02c"), shade=0.2)
        for x in (-0.36, -0.26, -0.16):
            pen.fill(oval(x, -0.58, 0.06, 0.03), rgb("#4f9a3f"), shade=0.2)
    body = smooth(
        [
            (-0.72, -0.58),
            (-0.62, -0.28),
            (-0.34, -0.08),
            (0.34, -0.08),
            (0.62, -0.28),
            (0.72, -0.58),
            (0.3, -0.44),
            (-0.3, -0.44),
        ],
        tension=8,
    )
    pen.fill(body, tone, shade=0.35)
    pen.fill(box(-0.3, -0.1, 0.3, 0.0, 0.02), scaled(tone, 0.75))
    for dx in () if act.has("filled") else (0.0, 0.1):
        pen.stroke(polygon_line([(0.1 + dx, -0.58), (0.66 + dx, -1.06)]), rgb("#8a5a34"), 0.03)


def bottle(pen: Pen, act: Act) -> None:
    """A bottle with a label; a stemmed glass by trait."""
    if act.has("glass"):
        wine = act.tone("#8a1f3a")
        pen.fill(oval(0, -0.02, 0.2, 0.035), (0.86, 0.92, 0.96), alpha=0.8)
        pen.stroke(polygon_line([(0, -0.04), (0, -0.42)]), (0.88, 0.93, 0.97), 0.03)
        pen.fill(
            smooth([(-0.2, -0.98), (0.2, -0.98), (0.26, -0.7), (0.12, -0.44), (-0.12, -0.44), (-0.26, -0.7)], tension=8),
            (0.86, 0.92, 0.97),
            alpha=0.45,
        )
        pen.fill(smooth([(-0.255, -0.72), (0.255, -0.72), (0.12, -0.45), (-0.12, -0.45)], tension=9), wine, shade=0.3)
        _gloss(pen, -0.14, -0.8, 0.03, 0.14)
        return
    tone = act.tone("#2f5a3c")
    pen.fill(
        smooth(
            [
                (-0.055, -1.0),
                (0.055, -1.0),
                (0.06, -0.74),
                (0.17, -0.6),
                (0.18, -0.02),
                (-0.18, -0.02),
                (-0.17, -0.6),
                (-0.06, -0.74),
            ],
            tension=12,
        ),
        tone,
        shade=0.4,
    )
    pen.fill(box(-0.06, -1.02, 0.06, -0.9, 0.01), rgb("#8a2f3a"))
    pen.fill(box(-0.17, -0.46, 0.17, -0.18, 0.01), rgb("#f4ead2"), shade=0.15)
    pen.stroke(polygon_line([(-0.1, -0.34), (0.1, -0.34)]), rgb("#a8843a"), 0.02)
    _gloss(pen, -0.11, -0.5, 0.03, 0.3)


def teapot(pen: Pen, act: Act) -> None:
    """A round pot with spout, handle and lid."""
    tone = act.tone("#4f86a8")
    pen.stroke(smooth([(-0.4, -0.62), (-0.78, -0.66), (-0.8, -0.3), (-0.42, -0.2)], closed=False), scaled(tone, 0.85), 0.075)
    pen.fill(tube([(0.36, -0.28), (0.6, -0.4), (0.68, -0.62), (0.82, -0.7)], [0.14, 0.09, 0.06, 0.055]), tone)
    pen.fill(smooth([(-0.32, -0.7), (0.32, -0.7), (0.5, -0.4), (0.36, -0.04), (-0.36, -0.04), (-0.5, -0.4)]), tone, shade=0.35)
    pen.fill(oval(0, -0.71, 0.32, 0.06), scaled(tone, 0.85))
    pen.fill(smooth([(-0.28, -0.72), (0, -0.86), (0.28, -0.72)]), tone)
    pen.fill(oval(0, -0.9, 0.06, 0.055), mix(tone, (1, 1, 1), 0.3))
    _gloss(pen, -0.22, -0.5, 0.1, 0.14)
    for k in range(5):
        pen.fill(
            oval(0.02 + 0.09 * math.cos(k * math.tau / 5), -0.36 + 0.09 * math.sin(k * math.tau / 5), 0.05, 0.05),
            rgb("#f8efdc"),
            shade=0.1,
        )


def bread(pen: Pen, act: Act) -> None:
    """A crusty loaf with three cuts, or a slice of it."""
    tone = act.tone("#c98a44")
    if act.has("slice"):
        slice_of_bread(pen, tone)
        return
    pen.fill(
        smooth([(-0.9, -0.24), (-0.6, -0.6), (0, -0.74), (0.6, -0.6), (0.9, -0.24), (0.7, -0.02), (-0.7, -0.02)]),
        tone,
        shade=0.38,
    )
    for x in (-0.46, 0.0, 0.46):
        pen.fill(
            smooth([(x - 0.2, -0.24), (x - 0.02, -0.58), (x + 0.14, -0.6), (x - 0.04, -0.26)]),
            mix(tone, rgb("#fbe6bc"), 0.6),
            shade=0.2,
        )


FRUIT = Kind(fruit, size=0.26, width=1.05, home="table", faces=False)
ICECREAM = Kind(icecream, size=0.46, width=0.55, home="table", faces=False)
PIZZA = Kind(pizza, size=0.3, width=2.0, home="table", faces=False)
BURGER = Kind(burger, size=0.32, width=1.3, home="table", faces=False)
BOWL = Kind(bowl, size=0.32, width=1.5, home="table", faces=False)
BOTTLE = Kind(bottle, size=0.46, width=0.5, home="table", faces=False)
TEAPOT = Kind(teapot, size=0.3, width=1.6, home="table", faces=False)
BREAD = Kind(bread, size=0.22, width=1.9, home="table", faces=False)
