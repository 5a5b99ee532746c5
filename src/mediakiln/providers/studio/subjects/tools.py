"""Tools, toys and finds: light bulb, globe, telescope, drum, trumpet, trophy, treasure chest, scissors, pencil, hammer"""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.machines import box, polygon_line
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth, tube

BRASS, STEEL, DARK = rgb("#d8a83f"), rgb("#b9c1ca"), rgb("#26282e")
TIMBER = rgb("#8a5a34")


def bulb(pen: Pen, act: Act) -> None:
    """A lit bulb in its screw."""
    light = act.tone("#ffd76a")
    pen.glow(0, -0.66, 0.7, light, 0.7)
    with pen.bare():
        pen.fill(
            smooth(
                [
                    (0, -1.0),
                    (0.26, -0.9),
                    (0.33, -0.66),
                    (0.2, -0.44),
                    (0.13, -0.26),
                    (-0.13, -0.26),
                    (-0.2, -0.44),
                    (-0.33, -0.66),
                    (-0.26, -0.9),
                ]
            ),
            mix(light, (1, 1, 1), 0.35),
            shade=0.2,
        )
        pen.stroke(
            polygon_line([(-0.06, -0.28), (-0.1, -0.6), (-0.04, -0.5), (0.0, -0.62), (0.04, -0.5), (0.1, -0.6), (0.06, -0.28)]),
            rgb("#e8862a"),
            0.022,
        )
    pen.soft(-0.14, -0.78, 0.07, 0.1, (1, 1, 1), 0.9)
    for k in range(4):
        pen.fill(
            box(-0.13 + 0.012 * k, -0.26 + 0.06 * k, 0.13 - 0.012 * k, -0.21 + 0.06 * k, 0.02),
            scaled(STEEL, 1 - 0.08 * (k % 2)),
            shade=0.3,
        )
    pen.fill(oval(0, -0.015, 0.05, 0.025), DARK, shade=0)


def globe(pen: Pen, act: Act) -> None:
    """The Earth on a stand; a village under glass and snow by trait."""
    if act.has("snow"):
        pen.fill(polygon([(-0.3, -0.2), (0.3, -0.2), (0.38, 0.0), (-0.38, 0.0)]), TIMBER, shade=0.35)
        ball = oval(0, -0.58, 0.42, 0.42)
        pen.fill(ball, rgb("#a9cbe6"), shade=0.3)
        with pen.within(ball):
            pen.fill(oval(0, -0.16, 0.5, 0.18), rgb("#f6f8fc"), shade=0.15, edge=False)
            for x, tall in ((-0.16, 0.2), (0.14, 0.26)):
                pen.fill(box(x - 0.09, -0.3 - 0.5 * tall, x + 0.09, -0.26), rgb("#c8714a"), shade=0.25)
                top = -0.3 - 0.5 * tall
                pen.fill(polygon([(x - 0.13, top), (x, top - 0.13), (x + 0.13, top)]), rgb("#f6f8fc"), shade=0.1)
                pen.fill(box(x - 0.03, top + 0.03, x + 0.03, top + 0.09), rgb("#ffe08a"), shade=0)
            for n in range(26):
                x, y = 0.4 * math.sin(n * 2.4), -0.96 + ((n * 0.618 + 0.12 * act.t) % 1.0) * 0.7
                pen.fill(oval(x, y, 0.013, 0.013), (1, 1, 1), shade=0, edge=False)
        pen.soft(-0.18, -0.78, 0.1, 0.12, (1, 1, 1), 0.8)
        pen.stroke(ball, rgb("#e6f2fa"), 0.014)
        return
    pen.fill(oval(0, -0.03, 0.26, 0.04), TIMBER, shade=0.3)
    pen.stroke(polygon_line([(0, -0.04), (0, -0.18)]), BRASS, 0.05)
    ball = oval(0, -0.58, 0.38, 0.38)
    pen.fill(ball, act.tone("#3f8fd0"), shade=0.4)
    turn = (act.t * 0.12) % 1.0
    with pen.within(ball):
        for k, (x, y, w, h) in enumerate(
            (
                (-0.3, -0.75, 0.2, 0.14),
                (-0.14, -0.46, 0.1, 0.2),
                (0.26, -0.72, 0.26, 0.13),
                (0.2, -0.5, 0.13, 0.18),
                (0.5, -0.4, 0.1, 0.08),
            )
        ):
            x = (x + 0.6 + turn * 1.2) % 1.2 - 0.6
            pen.fill(
                smooth(
                    [
                        (x - w, y),
                        (x - w * 0.3, y - h),
                        (x + w * 0.6, y - h * 0.7),
                        (x + w, y + h * 0.2),
                        (x + w * 0.2, y + h),
                        (x - w * 0.5, y + h * 0.6),
                    ]
                ),
                rgb(("#6fb04f", "#7fae4a", "#8fb85a")[k % 3]),
                shade=0.2,
                edge=False,
            )
        pen.soft(-0.14, -0.76, 0.14, 0.1, (1, 1, 1), 0.45)
    pen.stroke(smooth([(-0.1, -0.14), (-0.42, -0.34), (-0.46, -0.7), (-0.16, -1.0)], closed=False, tension=5), BRASS, 0.03)


def telescope(pen: Pen, act: Act) -> None:
    """A brass telescope on three legs, looking up."""
    tone = act.tone("#d8a83f")
    for x in (-0.34, 0.3, 0.02):
        pen.stroke(polygon_line([(0, -0.52), (x, 0.0)]), TIMBER, 0.045)
    pen.fill(oval(0, -0.54, 0.06, 0.06), DARK, shade=0.3)
    with pen.at(0, -0.6, turn=-32):
        pen.fill(box(-0.5, -0.055, -0.3, 0.055, 0.01), DARK, shade=0.4)
        pen.fill(box(-0.32, -0.075, 0.1, 0.075, 0.01), scaled(tone, 0.85), shade=0.5)
        pen.fill(box(0.08, -0.1, 0.56, 0.1, 0.01), tone, shade=0.5)
        for x in (0.08, 0.5):
            pen.fill(box(x, -0.115, x + 0.06, 0.115, 0.01), scaled(tone, 0.7), shade=0.4)
        pen.fill(oval(0.57, 0, 0.03, 0.1), rgb("#9fd4ee"), shade=0.3)


def drum(pen: Pen, act: Act) -> None:
    """A drum with cords and two sticks."""
    tone = act.tone("#c8352f")
    body = smooth([(-0.56, -0.7), (0.56, -0.7), (0.52, -0.1), (0, 0.0), (-0.52, -0.1)], tension=14)
    pen.fill(body, tone, shade=0.36)
    with pen.within(body):
        for k in range(6):
            x = -0.6 + 0.22 * k
            pen.stroke(polygon_line([(x, -0.66), (x + 0.11, -0.04), (x + 0.22, -0.66)]), rgb("#f4e4bc"), 0.02)
    pen.fill(
        smooth([(-0.58, -0.72), (0, -0.6), (0.58, -0.72), (0.57, -0.62), (0, -0.5), (-0.57, -0.62)], tension=10), BRASS, shade=0.3
    )
    pen.fill(oval(0, -0.72, 0.57, 0.12), rgb("#f6efe0"), shade=0.12)
    for side in (-1, 1):
        beat = 0.05 * max(0.0, math.sin(act.t * 8 + side))
        pen.stroke(polygon_line([(side * 0.08, -0.76 - beat), (side * 0.5, -1.0 - beat)]), rgb("#c99a5c"), 0.035)
        pen.fill(oval(side * 0.08, -0.76 - beat, 0.04, 0.035), rgb("#e2bb80"), shade=0.3)


def trumpet(pen: Pen, act: Act) -> None:
    """A brass trumpet with three valves."""
    tone = act.tone("#e0ae3c")
    pen.stroke(polygon_line([(-0.95, -0.62), (0.5, -0.62)]), tone, 0.06)
    pen.stroke(
        smooth(
            [(-0.5, -0.62), (-0.62, -0.62), (-0.68, -0.44), (-0.56, -0.28), (0.2, -0.28), (0.34, -0.44), (0.24, -0.6)],
            closed=False,
        ),
        scaled(tone, 0.85),
        0.055,
    )
    pen.fill(
        smooth([(0.4, -0.66), (0.7, -0.7), (0.98, -0.98), (1.02, -0.62), (0.98, -0.26), (0.7, -0.54), (0.4, -0.58)]),
        tone,
        shade=0.45,
    )
    pen.fill(oval(1.0, -0.62, 0.05, 0.36), scaled(tone, 0.6), shade=0.2)
    for k in range(3):
        x = -0.24 + 0.16 * k
        pen.fill(box(x - 0.05, -0.72, x + 0.05, -0.2, 0.03), mix(tone, (1, 1, 1), 0.25), shade=0.5)
        pen.stroke(polygon_line([(x, -0.72), (x, -0.82)]), STEEL, 0.03)
        pen.fill(oval(x, -0.84, 0.045, 0.025), rgb("#fbf6e8"), shade=0.2)
    pen.fill(polygon([(-1.06, -0.68), (-0.94, -0.64), (-0.94, -0.6), (-1.06, -0.56)]), STEEL, shade=0.3)


def trophy(pen: Pen, act: Act) -> None:
    """A golden cup with handles."""
    gold = act.tone("#e3b23c")
    for side in (-1, 1):
        pen.stroke(
            smooth([(side * 0.28, -0.88), (side * 0.5, -0.86), (side * 0.46, -0.6), (side * 0.2, -0.52)], closed=False),
            scaled(gold, 0.85),
            0.05,
        )
    pen.fill(
        smooth([(-0.33, -1.0), (0.33, -1.0), (0.28, -0.64), (0.1, -0.44), (-0.1, -0.44), (-0.28, -0.64)], tension=9),
        gold,
        shade=0.5,
    )
    pen.fill(oval(0, -0.99, 0.33, 0.05), scaled(gold, 0.6), shade=0.2)
    pen.fill(polygon([(-0.06, -0.46), (0.06, -0.46), (0.1, -0.24), (-0.1, -0.24)]), scaled(gold, 0.85), shade=0.4)
    pen.fill(box(-0.22, -0.24, 0.22, 0.0, 0.02), rgb("#3a2a22"), shade=0.3)
    pen.fill(box(-0.13, -0.17, 0.13, -0.07, 0.01), gold, shade=0.2)
    star = [
        (
            0.11 * (1 if k % 2 == 0 else 0.45) * math.sin(k * math.pi / 5),
            -0.77 - 0.11 * (1 if k % 2 == 0 else 0.45) * math.cos(k * math.pi / 5),
        )
        for k in range(10)
    ]
    pen.fill(polygon(star), mix(gold, (1, 1, 1), 0.6), shade=0.1)
    pen.soft(-0.19, -0.8, 0.03, 0.14, (1, 1, 1), 0.8)


def chest(pen: Pen, act: Act) -> None:
    """An open treasure chest full of gold."""
    wood = act.tone("#8a5428")
    pen.fill(
        smooth([(-0.62, -0.6), (-0.66, -0.9), (-0.4, -1.02), (0.4, -1.02), (0.66, -0.9), (0.62, -0.6)], tension=10),
        scaled(wood, 0.6),
        shade=0.3,
    )
    pen.glow(0, -0.6, 0.7, rgb("#ffd45a"), 0.6)
    for k in range(34):
        a, d = k * 2.4, math.sqrt(k / 34)
        pen.fill(
            oval(math.cos(a) * d * 0.54, -0.56 - (1 - d) * 0.16 + math.sin(a) * d * 0.05, 0.075, 0.045),
            scaled(BRASS, 0.85 + 0.3 * ((k * 5) % 4) / 4),
            shade=0.3,
        )
    for x, tone in ((-0.26, "#d8304a"), (0.12, "#3f9ae0"), (0.34, "#3fb06a")):
        pen.fill(polygon([(x - 0.07, -0.66), (x, -0.75), (x + 0.07, -0.66), (x, -0.58)]), rgb(tone), shade=0.5)
    pen.fill(box(-0.64, -0.54, 0.64, 0.0, 0.03), wood, shade=0.3)
    for y in (-0.36, -0.18):
        pen.stroke(polygon_line([(-0.62, y), (0.62, y)]), scaled(wood, 0.7), 0.014)
    for x in (-0.64, 0.5):
        pen.fill(box(x, -0.55, x + 0.14, 0.0), scaled(BRASS, 0.9), shade=0.35)
    pen.fill(box(-0.66, -0.58, 0.66, -0.48), scaled(BRASS, 0.9), shade=0.3)
    pen.fill(box(-0.1, -0.54, 0.1, -0.28, 0.03), BRASS, shade=0.4)
    pen.fill(oval(0, -0.44, 0.03, 0.03), DARK, shade=0)


def scissors(pen: Pen, act: Act) -> None:
    """Open scissors."""
    tone = act.tone("#d8402f")
    for side in (-1, 1):
        with pen.at(0, -0.46, turn=side * 16):
            pen.fill(polygon([(-0.05 * side, 0.06), (-0.03 * side, -0.54), (0.06 * side, 0.06)]), STEEL, shade=0.35)
            pen.stroke(smooth([(0.0, 0.04), (0.04 * side, 0.16)], closed=False), tone, 0.07)
            pen.stroke(oval(0.1 * side, 0.3, 0.12, 0.16), tone, 0.06)
    pen.fill(oval(0, -0.46, 0.03, 0.03), DARK, shade=0.3)


def pencil(pen: Pen, act: Act) -> None:
    """A pencil, upright and leaning; a brush by trait."""
    tone = act.tone("#f0b62c")
    with pen.at(0, 0, turn=14):
        if act.has("brush"):
            pen.fill(tube([(0, -0.02), (0, -0.7)], [0.035, 0.03]), tone if act.colour else TIMBER, shade=0.3)
            pen.fill(box(-0.045, -0.78, 0.045, -0.64, 0.01), STEEL, shade=0.4)
            pen.fill(
                smooth([(-0.045, -0.78), (-0.06, -0.88), (0.0, -1.02), (0.06, -0.88), (0.045, -0.78)]), rgb("#3f6fd0"), shade=0.3
            )
            return
        for x, k in ((-0.075, 0.82), (-0.025, 1.0), (0.025, 0.9)):
            pen.fill(box(x, -0.82, x + 0.05, -0.16), scaled(tone, k), shade=0.1, edge=False)
        pen.fill(polygon([(-0.075, -0.17), (0.075, -0.17), (0, 0.0)]), rgb("#efd3a4"), shade=0.2)
        pen.fill(polygon([(-0.025, -0.057), (0.025, -0.057), (0, 0.0)]), DARK, shade=0)
        pen.fill(box(-0.075, -0.88, 0.075, -0.81), STEEL, shade=0.4)
        pen.fill(box(-0.075, -0.98, 0.075, -0.87, 0.03), rgb("#e88a98"), shade=0.3)


def hammer(pen: Pen, act: Act) -> None:
    """A claw hammer; a wrench by trait."""
    with pen.at(0, 0, turn=16):
        if act.has("wrench"):
            pen.fill(box(-0.06, -0.8, 0.06, -0.14, 0.03), act.tone("#aab2bb"), shade=0.4)
            for y in (-0.86, -0.12):
                pen.fill(oval(0, y, 0.15, 0.15), act.tone("#aab2bb"), shade=0.4)
            pen.fill(polygon([(-0.06, -1.04), (0.06, -1.04), (0.06, -0.86), (-0.06, -0.86)]), rgb("#4a4d54"), shade=0)
            pen.fill(oval(0, -0.12, 0.07, 0.07), rgb("#4a4d54"), shade=0)
            return
        pen.fill(tube([(0, -0.02), (0, -0.4), (0, -0.84)], [0.06, 0.045, 0.045]), act.tone("#b9783a"), shade=0.3)
        pen.fill(
            smooth(
                [(-0.34, -0.98), (-0.1, -0.98), (0.2, -0.98), (0.2, -0.8), (-0.1, -0.8), (-0.2, -0.86), (-0.42, -0.72)], tension=9
            ),
            rgb("#7b848e"),
            shade=0.45,
        )
        pen.fill(box(0.18, -1.0, 0.32, -0.78, 0.02), rgb("#8f98a2"), shade=0.4)


def skull(pen: Pen, act: Act) -> None:
    """A skull that looks at us."""
    bone = act.tone("#f0eadb")
    pen.fill(
        smooth(
            [
                (0, -1.0),
                (0.4, -0.88),
                (0.48, -0.56),
                (0.34, -0.3),
                (0.26, -0.24),
                (0.24, -0.02),
                (-0.24, -0.02),
                (-0.26, -0.24),
                (-0.34, -0.3),
                (-0.48, -0.56),
                (-0.4, -0.88),
            ],
            tension=7,
        ),
        bone,
        shade=0.32,
    )
    for side in (-1, 1):
        pen.fill(oval(side * 0.19, -0.5, 0.125, 0.135), rgb("#2a2422"), shade=0.2)
    pen.fill(polygon([(0, -0.4), (0.06, -0.28), (-0.06, -0.28)]), rgb("#2a2422"), shade=0)
    for k in range(6):
        x = -0.18 + 0.072 * k
        pen.stroke(polygon_line([(x, -0.2), (x, -0.03)]), scaled(bone, 0.62), 0.016)
    pen.stroke(polygon_line([(-0.22, -0.12), (0.22, -0.12)]), scaled(bone, 0.62), 0.012)


def can(pen: Pen, act: Act) -> None:
    """A drinks can; a tin with a lid or a pouch with its label by trait."""
    if act.has("tin", "pouch"):
        _packed(pen, act)
        return
    tone = act.tone("#d8332f")
    pen.fill(
        smooth(
            [(-0.26, -0.94), (0.26, -0.94), (0.3, -0.86), (0.3, -0.08), (0.25, 0.0), (-0.25, 0.0), (-0.3, -0.08), (-0.3, -0.86)],
            tension=16,
        ),
        tone,
        shade=0.2,
    )
    for x, alpha in ((-0.2, 0.5), (0.16, 0.25)):
        pen.soft(x, -0.47, 0.05, 0.46, (1, 1, 1), alpha)
    pen.soft(0.29, -0.47, 0.08, 0.5, scaled(tone, 0.35), 0.7)
    pen.fill(
        smooth([(-0.3, -0.62), (0.0, -0.52), (0.3, -0.66), (0.3, -0.34), (0.0, -0.22), (-0.3, -0.32)], tension=8),
        (1, 1, 1),
        shade=0.1,
        alpha=0.92,
        edge=False,
    )
    pen.fill(oval(0, -0.94, 0.26, 0.045), STEEL, shade=0.4)
    pen.fill(oval(0.02, -0.945, 0.1, 0.02), scaled(STEEL, 0.6), shade=0.2, edge=False)


def _packed(pen: Pen, act: Act) -> None:
    """A tin or a pouch of tea or coffee, with a leaf on its label."""
    tone, gold = act.tone("#2f5a48"), rgb("#d8b25a")
    if act.has("tin"):
        pen.fill(box(-0.34, -0.8, 0.34, 0.0, 0.03), tone, shade=0.25)
        pen.fill(box(-0.36, -0.98, 0.36, -0.76, 0.04), scaled(tone, 0.86), shade=0.35)
        for y in (-0.7, -0.06):
            pen.fill(box(-0.34, y, 0.34, y + 0.025), gold, shade=0.2, edge=False)
    else:
        pen.fill(
            smooth([(-0.32, -0.92), (0.32, -0.92), (0.36, -0.5), (0.38, 0.0), (-0.38, 0.0), (-0.36, -0.5)], tension=14),
            tone,
            shade=0.3,
        )
        pen.fill(box(-0.33, -1.0, 0.33, -0.88, 0.01), scaled(tone, 0.8), shade=0.2)
    for x, alpha in ((-0.24, 0.4), (0.2, 0.18)):
        pen.soft(x, -0.45, 0.05, 0.44, (1, 1, 1), alpha)
    pen.soft(0.34, -0.45, 0.07, 0.46, scaled(tone, 0.35), 0.6)
    pen.fill(oval(0, -0.4, 0.2, 0.23), rgb("#f6efdc"), shade=0.08)
    pen.stroke(oval(0, -0.4, 0.18, 0.21), gold, 0.012)
    pen.fill(smooth([(-0.09, -0.32), (-0.06, -0.45), (0.08, -0.52), (0.07, -0.39)]), rgb("#4f8a4a"), shade=0.25)
    pen.stroke(smooth([(-0.11, -0.29), (0.0, -0.42), (0.08, -0.52)], closed=False), rgb("#2f5a34"), 0.012)


BULB = Kind(bulb, size=0.44, width=0.7, home="table", faces=False)
GLOBE = Kind(globe, size=0.44, width=0.95, home="table", faces=False)
TELESCOPE = Kind(telescope, size=0.52, width=1.1)
DRUM = Kind(drum, size=0.36, width=1.25, faces=False)
TRUMPET = Kind(trumpet, size=0.26, width=2.1, home="table")
TROPHY = Kind(trophy, size=0.44, width=1.0, home="table", faces=False)
CHEST = Kind(chest, size=0.36, width=1.35, faces=False)
SCISSORS = Kind(scissors, size=0.42, width=0.6, home="table", faces=False)
PENCIL = Kind(pencil, size=0.46, width=0.4, home="table", faces=False)
HAMMER = Kind(hammer, size=0.46, width=0.75, home="table", faces=False)
SKULL = Kind(skull, size=0.38, width=0.95, home="table", faces=False)
CAN = Kind(can, size=0.4, width=0.62, home="table", faces=False)
