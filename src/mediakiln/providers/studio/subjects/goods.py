"""Things one buys and wears: phone, television, watch, headphones, perfume, bag, suitcase, glasses, lipstick, shirt, ring ..."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import RGB, mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.machines import box, polygon_line
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth, tube

METAL, DARK = rgb("#c3cad2"), rgb("#22252b")
GOLD = rgb("#dcae4a")


def phone(pen: Pen, act: Act) -> None:
    """A smartphone with a lit screen; its cameras from behind."""
    body = act.tone("#2b2f38")
    if act.has("seen-back"):
        pen.fill(box(-0.25, -1.0, 0.25, 0.0, 0.075), body, shade=0.3)
        pen.fill(box(-0.21, -0.96, 0.02, -0.7, 0.06), scaled(body, 0.8), shade=0.2)
        for x, y in ((-0.15, -0.89), (-0.15, -0.77), (-0.04, -0.83)):
            pen.fill(oval(x, y, 0.05, 0.05), rgb("#101216"), shade=0.2)
            pen.fill(oval(x, y, 0.028, 0.028), rgb("#31507c"), shade=0.5, edge=False)
            pen.soft(x - 0.012, y - 0.014, 0.014, 0.012, (1, 1, 1), 0.9)
        pen.fill(oval(0.0, -0.46, 0.05, 0.05), mix(body, (1, 1, 1), 0.35), shade=0.2)
        return
    pen.fill(box(-0.26, -1.0, 0.26, 0.0, 0.08), mix(body, METAL, 0.5), shade=0.3)
    pen.fill(box(-0.25, -0.99, 0.25, -0.01, 0.07), DARK, shade=0.2)
    screen = box(-0.23, -0.97, 0.23, -0.03, 0.055)
    with pen.bare():
        pen.fill(screen, rgb("#3f7fe0"), shade=0.7)
        with pen.within(screen):
            pen.soft(0.12, -0.2, 0.4, 0.3, rgb("#f08ac0"), 0.9)
            pen.soft(-0.2, -0.75, 0.3, 0.34, rgb("#7ae0e8"), 0.8)
            for k in range(8):
                x, y = -0.175 + 0.095 * (k % 4), -0.42 + 0.115 * (k // 4)
                tone = rgb(("#ffffff", "#ffd24a", "#5ad08a", "#ff7a6a", "#8a7af0", "#4ac8f0", "#f7a8d0", "#fbfbfb")[k])
                pen.fill(box(x, y, x + 0.072, y + 0.072, 0.02), tone, shade=0.1, edge=False)
            pen.fill(box(-0.19, -0.13, 0.19, -0.045, 0.035), (1, 1, 1), shade=0, alpha=0.35, edge=False)
            pen.fill(box(-0.1, -0.78, 0.1, -0.72, 0.02), (1, 1, 1), shade=0, alpha=0.9, edge=False)
    pen.fill(box(-0.055, -0.95, 0.055, -0.92, 0.015), rgb("#0c0d10"), shade=0, edge=False)


def television(pen: Pen, act: Act) -> None:
    """A flat screen on its foot."""
    pen.fill(polygon([(-0.12, -0.16), (0.12, -0.16), (0.3, -0.01), (-0.3, -0.01)]), rgb("#3a3d44"), shade=0.3)
    pen.fill(box(-0.86, -1.0, 0.86, -0.12, 0.03), act.tone("#17181c"), shade=0.2)
    screen = box(-0.82, -0.96, 0.82, -0.17, 0.015)
    with pen.bare():
        pen.fill(screen, rgb("#5fb0ea"), shade=0.4)
        with pen.within(screen):
            pen.fill(oval(0.46, -0.72, 0.11, 0.11), rgb("#fff0b0"), shade=0.1, edge=False)
            pen.fill(
                smooth([(-0.9, -0.3), (-0.5, -0.62), (-0.2, -0.4), (0.2, -0.68), (0.9, -0.3), (0.9, 0.0), (-0.9, 0.0)]),
                rgb("#3f7a5c"),
            )
            pen.fill(smooth([(-0.9, -0.2), (-0.2, -0.32), (0.9, -0.2), (0.9, 0.1), (-0.9, 0.1)]), rgb("#7ac06a"), edge=False)
            pen.fill(polygon([(-0.9, -1.0), (-0.3, -1.0), (-0.7, 0.0), (-0.9, 0.0)]), (1, 1, 1), shade=0, alpha=0.08, edge=False)


def watch(pen: Pen, act: Act) -> None:
    """A wristwatch with a leather or steel strap; a smart one by trait."""
    strap = act.tone("#5a3a28")
    steel = mix(METAL, strap, 0.0)
    for low, high in ((-1.0, -0.68), (-0.32, 0.0)):
        outer = low if low < -0.5 else high
        path = polygon(
            [(-0.13, outer), (0.13, outer), (0.18, -0.66 if low < -0.5 else -0.34), (-0.18, -0.66 if low < -0.5 else -0.34)]
        )
        pen.fill(path, strap, shade=0.3)
        for k in range(4):
            y = low + (high - low) * (k + 0.5) / 4
            for x in (-0.11, 0.11):
                pen.stroke(polygon_line([(x, y - 0.02), (x, y + 0.02)]), mix(strap, (1, 0.95, 0.85), 0.5), 0.008)
    if act.has("smart"):
        pen.fill(box(-0.25, -0.78, 0.25, -0.22, 0.12), DARK, shade=0.3)
        with pen.bare():
            for k, tone in enumerate(("#ff4f6a", "#9af04a", "#4ad8f0")):
                pen.stroke(oval(0, -0.5, 0.17 - 0.045 * k, 0.17 - 0.045 * k), rgb(tone), 0.03)
        pen.fill(box(0.25, -0.56, 0.29, -0.44, 0.015), rgb("#4a4d55"))
        return
    pen.fill(box(0.27, -0.535, 0.34, -0.465, 0.015), steel, shade=0.3)
    pen.fill(oval(0, -0.5, 0.3, 0.3), steel, shade=0.4)
    pen.fill(oval(0, -0.5, 0.255, 0.255), rgb("#1f2d44"), shade=0.3)
    for k in range(12):
        a, inner = k * math.tau / 12, 0.185 if k % 3 == 0 else 0.205
        pen.stroke(
            polygon_line([(math.sin(a) * inner, -0.5 - math.cos(a) * inner), (math.sin(a) * 0.228, -0.5 - math.cos(a) * 0.228)]),
            rgb("#f2ead8"),
            0.02 if k % 3 == 0 else 0.009,
        )
    for a, length, width, tone in (
        (-1.05, 0.12, 0.024, "#f6f1e4"),
        (1.05 + act.t / 5, 0.18, 0.016, "#f6f1e4"),
        (2.6 + act.t, 0.19, 0.007, "#e8503a"),
    ):
        pen.stroke(polygon_line([(0, -0.5), (math.sin(a) * length, -0.5 - math.cos(a) * length)]), rgb(tone), width)
    pen.fill(oval(0, -0.5, 0.018, 0.018), GOLD, shade=0)
    pen.fill(smooth([(-0.2, -0.6), (-0.05, -0.72), (0.1, -0.7), (-0.14, -0.5)]), (1, 1, 1), shade=0, alpha=0.16, edge=False)


def headphones(pen: Pen, act: Act) -> None:
    """A padded band over two cups; small ones in a case by trait."""
    tone = act.tone("#2f333b")
    if act.has("buds"):
        pen.fill(box(-0.42, -0.62, 0.42, 0.0, 0.24), mix(tone, (1, 1, 1), 0.85) if not act.colour else tone, shade=0.3)
        pen.stroke(polygon_line([(-0.42, -0.38), (0.42, -0.38)]), rgb("#b8bcc2"), 0.012)
        for side in (-1, 1):
            pen.fill(tube([(side * 0.2, -0.66), (side * 0.2, -0.86)], [0.05, 0.055]), WHITE_PLASTIC, shade=0.3)
            pen.fill(oval(side * 0.22, -0.9, 0.12, 0.11), WHITE_PLASTIC, shade=0.35)
            pen.fill(oval(side * 0.15, -0.9, 0.045, 0.06), rgb("#3a3d44"), shade=0.2)
        return
    pen.stroke(
        smooth([(-0.46, -0.38), (-0.46, -0.78), (0, -1.0), (0.46, -0.78), (0.46, -0.38)], closed=False, tension=5.4), tone, 0.085
    )
    pen.stroke(smooth([(-0.3, -0.84), (0, -0.94), (0.3, -0.84)], closed=False), mix(tone, (1, 1, 1), 0.25), 0.03)
    for side in (-1, 1):
        pen.fill(box(side * 0.46 - 0.03, -0.62, side * 0.46 + 0.03, -0.4, 0.02), METAL, shade=0.3)
        pen.fill(box(side * 0.34 - 0.1, -0.48, side * 0.34 + 0.1, -0.02, 0.1), scaled(tone, 0.6), shade=0.25)
        pen.fill(box(side * 0.49 - 0.12, -0.5, side * 0.49 + 0.12, 0.0, 0.12), tone, shade=0.36)
        pen.fill(oval(side * 0.52, -0.25, 0.055, 0.13), mix(tone, METAL, 0.55), shade=0.4, edge=False)


WHITE_PLASTIC = rgb("#f3f4f6")


def perfume(pen: Pen, act: Act) -> None:
    """A square glass flask with gold cap; the scent stands in it."""
    scent = act.tone("#f0b98a")
    pen.fill(box(-0.12, -1.0, 0.12, -0.76, 0.02), GOLD, shade=0.45)
    pen.fill(box(-0.09, -0.77, 0.09, -0.68), scaled(GOLD, 0.75), shade=0.3)
    glass = box(-0.36, -0.7, 0.36, 0.0, 0.07)
    pen.fill(glass, mix(scent, (1, 1, 1), 0.65), shade=0.25)
    pen.fill(box(-0.3, -0.58, 0.3, -0.06, 0.04), scent, shade=0.4, edge=False)
    with pen.within(glass):
        pen.fill(polygon([(-0.36, -0.7), (-0.18, -0.7), (-0.26, 0.0), (-0.36, 0.0)]), (1, 1, 1), shade=0, alpha=0.4, edge=False)
        pen.soft(0.26, -0.2, 0.06, 0.3, (1, 1, 1), 0.4)
    pen.stroke(box(-0.36, -0.7, 0.36, 0.0, 0.07), mix(scent, (1, 1, 1), 0.8), 0.016)
    if not act.has("seen-back"):
        pen.fill(box(-0.17, -0.44, 0.17, -0.2, 0.01), rgb("#fbf6ea"), shade=0.08)
        pen.stroke(polygon_line([(-0.11, -0.36), (0.11, -0.36)]), rgb("#3a3430"), 0.022)
        pen.stroke(polygon_line([(-0.07, -0.28), (0.07, -0.28)]), GOLD, 0.014)


def handbag(pen: Pen, act: Act) -> None:
    """A stitched leather bag with two handles and a clasp."""
    tone = act.tone("#a8562f")
    for x, k in ((0.05, 0.66), (0.0, 1.0)):
        pen.stroke(
            smooth(
                [(-0.3 + x, -0.6), (-0.25 + x, -0.9), (0 + x, -1.0), (0.25 + x, -0.9), (0.3 + x, -0.6)], closed=False, tension=5.5
            ),
            scaled(tone, 0.8 * k),
            0.05,
        )
    body = smooth([(-0.46, -0.66), (0.46, -0.66), (0.6, -0.06), (0.52, 0.0), (-0.52, 0.0), (-0.6, -0.06)], tension=13)
    pen.fill(body, tone, shade=0.34)
    if act.has("seen-back"):
        pen.fill(box(-0.34, -0.46, 0.34, -0.12, 0.04), scaled(tone, 0.86), shade=0.2)
        pen.stroke(polygon_line([(-0.34, -0.46), (0.34, -0.46)]), GOLD, 0.02)
    else:
        pen.fill(
            smooth([(-0.47, -0.67), (0.47, -0.67), (0.4, -0.36), (0, -0.27), (-0.4, -0.36)], tension=10),
            scaled(tone, 0.88),
            shade=0.3,
        )
        pen.fill(box(-0.075, -0.36, 0.075, -0.22, 0.02), GOLD, shade=0.4)
        pen.fill(oval(0, -0.28, 0.022, 0.022), scaled(GOLD, 0.5), shade=0)
    for x in (-0.3, 0.3):
        pen.fill(oval(x, -0.6, 0.035, 0.035), GOLD, shade=0.3)
    for k in range(17):
        x = -0.5 + 0.0625 * k
        pen.stroke(polygon_line([(x, -0.05), (x + 0.03, -0.05)]), mix(tone, (1, 0.95, 0.85), 0.55), 0.01)


def suitcase(pen: Pen, act: Act) -> None:
    """A wheeled case with ribs and a drawn-out handle."""
    tone = act.tone("#3f7f8c")
    for x in (-0.11, 0.11):
        pen.stroke(polygon_line([(x, -0.74), (x, -0.98)]), METAL, 0.022)
    pen.fill(box(-0.15, -1.02, 0.15, -0.96, 0.03), DARK, shade=0.2)
    for x in (-0.2, 0.2):
        pen.fill(oval(x, -0.035, 0.04, 0.04), DARK, shade=0.3)
    pen.fill(box(-0.29, -0.76, 0.29, -0.05, 0.07), tone, shade=0.32)
    for x in (-0.19, -0.06, 0.07, 0.2):
        pen.stroke(polygon_line([(x, -0.7), (x, -0.11)]), scaled(tone, 0.76), 0.022)
        pen.stroke(polygon_line([(x + 0.02, -0.7), (x + 0.02, -0.11)]), mix(tone, (1, 1, 1), 0.2), 0.01)
    for x, y in ((-0.29, -0.76), (0.21, -0.76), (-0.29, -0.13), (0.21, -0.13)):
        pen.fill(box(x, y, x + 0.08, y + 0.08, 0.03), scaled(tone, 0.7), shade=0.2)
    pen.fill(box(-0.08, -0.83, 0.08, -0.76, 0.02), DARK, shade=0.2)


def backpack(pen: Pen, act: Act) -> None:
    """A rucksack with flap, pockets and straps."""
    tone = act.tone("#c9843a")
    pen.stroke(smooth([(-0.1, -0.94), (0, -1.02), (0.1, -0.94)], closed=False), scaled(tone, 0.6), 0.04)
    for side in (-1, 1):
        pen.fill(
            smooth([(side * 0.34, -0.48), (side * 0.48, -0.42), (side * 0.48, -0.1), (side * 0.34, -0.06)]), scaled(tone, 0.75)
        )
    pen.fill(
        smooth(
            [(-0.3, -0.92), (0.3, -0.92), (0.38, -0.5), (0.38, -0.06), (0.3, 0.0), (-0.3, 0.0), (-0.38, -0.06), (-0.38, -0.5)],
            tension=11,
        ),
        tone,
        shade=0.3,
    )
    pen.fill(
        smooth([(-0.31, -0.93), (0.31, -0.93), (0.37, -0.6), (0, -0.5), (-0.37, -0.6)], tension=10),
        scaled(tone, 0.82),
        shade=0.25,
    )
    pen.fill(box(-0.24, -0.4, 0.24, -0.06, 0.05), scaled(tone, 0.9), shade=0.25)
    pen.stroke(polygon_line([(-0.2, -0.33), (0.2, -0.33)]), scaled(tone, 0.55), 0.014)
    for x in (-0.17, 0.17):
        pen.stroke(polygon_line([(x, -0.78), (x, -0.44)]), rgb("#5a3a24"), 0.04)
        pen.fill(box(x - 0.032, -0.56, x + 0.032, -0.49, 0.01), GOLD, shade=0.3)


def glasses(pen: Pen, act: Act) -> None:
    """Spectacles; dark by trait."""
    rim = act.tone("#2b2b30")
    lens: RGB = rgb("#2f3a48") if act.has("sun") else rgb("#cfe4ee")
    for side in (-1, 1):
        pen.stroke(polygon_line([(side * 0.95, -0.66), (side * 1.14, -0.9)]), scaled(rim, 0.8), 0.05)
        shape = smooth(
            [
                (side * 0.14, -0.7),
                (side * 0.9, -0.74),
                (side * 0.94, -0.42),
                (side * 0.66, -0.04),
                (side * 0.3, -0.08),
                (side * 0.12, -0.4),
            ]
        )
        pen.fill(shape, lens, shade=0.4, alpha=0.94 if act.has("sun") else 0.55)
        with pen.within(shape):
            pen.fill(
                polygon([(side * 0.5 - 0.3, 0.0), (side * 0.5 - 0.1, 0.0), (side * 0.5 + 0.26, -0.8), (side * 0.5 + 0.06, -0.8)]),
                (1, 1, 1),
                shade=0,
                alpha=0.3,
                edge=False,
            )
        pen.stroke(shape, rim, 0.08)
    pen.stroke(smooth([(-0.15, -0.52), (0, -0.62), (0.15, -0.52)], closed=False), rim, 0.06)


def lipstick(pen: Pen, act: Act) -> None:
    """A golden tube and its colour, cut slantwise."""
    tone = act.tone("#c8203f")
    pen.fill(
        smooth([(-0.12, -0.56), (-0.12, -0.84), (-0.02, -0.98), (0.1, -1.0), (0.12, -0.86), (0.12, -0.56)], tension=10),
        tone,
        shade=0.4,
    )
    pen.fill(
        smooth([(-0.115, -0.82), (-0.02, -0.98), (0.1, -1.0), (0.09, -0.9)]), mix(tone, (1, 1, 1), 0.35), shade=0.1, edge=False
    )
    pen.fill(box(-0.14, -0.6, 0.14, -0.36, 0.01), mix(GOLD, (1, 1, 1), 0.3), shade=0.5)
    pen.fill(box(-0.18, -0.38, 0.18, 0.0, 0.02), rgb("#26221f"), shade=0.4)
    pen.stroke(polygon_line([(-0.18, -0.36), (0.18, -0.36)]), GOLD, 0.03)
    pen.soft(-0.09, -0.46, 0.02, 0.4, (1, 1, 1), 0.6)


def shirt(pen: Pen, act: Act) -> None:
    """A T-shirt laid out; a hooded or long one by trait."""
    tone = act.tone("#f2f2ef")
    long = 0.34 if act.has("long") else 0.0
    body = smooth(
        [
            (-0.34, -0.94),
            (-0.16, -1.0),
            (0, -0.9),
            (0.16, -1.0),
            (0.34, -0.94),
            (0.4, -0.6),
            (0.37, 0.0),
            (-0.37, 0.0),
            (-0.4, -0.6),
        ],
        tension=14,
    )
    for side in (-1, 1):
        pen.fill(
            polygon(
                [
                    (side * 0.3, -0.96),
                    (side * (0.72 + long * 0.1), -0.62 + long),
                    (side * (0.54 + long * 0.1), -0.46 + long),
                    (side * 0.36, -0.66),
                ]
            ),
            scaled(tone, 0.93),
            shade=0.25,
        )
    pen.fill(body, tone, shade=0.16)
    pen.stroke(smooth([(-0.17, -0.985), (-0.08, -0.86), (0.08, -0.86), (0.17, -0.985)], closed=False), scaled(tone, 0.78), 0.04)
    for x0, x1 in ((-0.3, -0.2), (0.3, 0.22)):
        pen.stroke(smooth([(x0, -0.62), (x1, -0.4), (x0, -0.1)], closed=False), scaled(tone, 0.85), 0.012, alpha=0.7)
    if act.has("hood"):
        pen.fill(smooth([(-0.2, -0.96), (0, -1.06), (0.2, -0.96), (0.12, -0.8), (-0.12, -0.8)]), scaled(tone, 0.8), shade=0.3)
        pen.fill(box(-0.2, -0.38, 0.2, -0.12, 0.05), scaled(tone, 0.9), shade=0.2)


def ring(pen: Pen, act: Act) -> None:
    """A band with a cut stone."""
    band, stone = GOLD, act.tone("#bfe6f6")
    pen.stroke(oval(0, -0.36, 0.33, 0.33), scaled(band, 0.75), 0.09)
    pen.stroke(oval(0, -0.365, 0.33, 0.33), mix(band, (1, 1, 1), 0.3), 0.045)
    pen.fill(polygon([(-0.22, -0.84), (-0.12, -0.98), (0.12, -0.98), (0.22, -0.84), (0, -0.6)]), stone, shade=0.3)
    for points in (
        [(-0.22, -0.84), (0.22, -0.84)],
        [(-0.08, -0.84), (0, -0.6), (0.08, -0.84)],
        [(-0.12, -0.98), (-0.08, -0.84), (0, -0.98), (0.08, -0.84), (0.12, -0.98)],
    ):
        pen.stroke(polygon_line(points), mix(stone, (1, 1, 1), 0.7), 0.014)
    pen.soft(-0.06, -0.9, 0.07, 0.05, (1, 1, 1), 0.9)


def microphone(pen: Pen, act: Act) -> None:
    """A stage microphone on its stand."""
    tone = act.tone("#3a3d44")
    pen.fill(oval(0, -0.03, 0.26, 0.05), DARK, shade=0.3)
    pen.stroke(polygon_line([(0, -0.04), (0, -0.5)]), METAL, 0.035)
    with pen.at(0, -0.5, turn=24):
        pen.fill(polygon([(-0.075, 0.06), (0.075, 0.06), (0.11, -0.26), (-0.11, -0.26)]), tone, shade=0.4)
        pen.fill(box(-0.12, -0.29, 0.12, -0.24, 0.02), METAL, shade=0.3)
        pen.fill(oval(0, -0.4, 0.15, 0.15), rgb("#aab0b8"), shade=0.45)
        with pen.within(oval(0, -0.4, 0.15, 0.15)):
            for k in range(-5, 6):
                pen.stroke(polygon_line([(k * 0.03, -0.56), (k * 0.03, -0.24)]), rgb("#5f666e"), 0.007)
                pen.stroke(polygon_line([(-0.16, -0.4 + k * 0.03), (0.16, -0.4 + k * 0.03)]), rgb("#5f666e"), 0.007)


def speaker(pen: Pen, act: Act) -> None:
    """A box with two cones."""
    tone = act.tone("#3b3f47")
    pen.fill(box(-0.32, -1.0, 0.32, 0.0, 0.05), tone, shade=0.3)
    beat = 1 + 0.02 * math.sin(act.t * 12)
    for y, r in ((-0.72, 0.15), (-0.3, 0.24)):
        pen.fill(oval(0, y, r, r), rgb("#15171b"), shade=0.3)
        pen.stroke(oval(0, y, r, r), METAL, 0.016)
        pen.fill(oval(0, y, r * 0.78 * beat, r * 0.78 * beat), rgb("#34383f"), shade=0.4, edge=False)
        pen.fill(oval(0, y, r * 0.3, r * 0.3), rgb("#6a7078"), shade=0.5, edge=False)


PHONE = Kind(phone, size=0.52, width=0.52, home="table", faces=False, views=("back",))
TELEVISION = Kind(television, size=0.44, width=1.8, home="table", faces=False)
WATCH = Kind(watch, size=0.52, width=0.7, home="table", faces=False)
HEADPHONES = Kind(headphones, size=0.42, width=1.25, home="table", faces=False)
PERFUME = Kind(perfume, size=0.42, width=0.75, home="table", faces=False, views=("back",))
HANDBAG = Kind(handbag, size=0.42, width=1.2, home="table", faces=False, views=("back",))
SUITCASE = Kind(suitcase, size=0.5, width=0.6, faces=False)
BACKPACK = Kind(backpack, size=0.44, width=0.95, faces=False)
GLASSES = Kind(glasses, size=0.2, width=2.2, home="table", faces=False)
LIPSTICK = Kind(lipstick, size=0.42, width=0.38, home="table", faces=False)
SHIRT = Kind(shirt, size=0.5, width=1.4, home="table", faces=False)
RING = Kind(ring, size=0.34, width=0.75, home="table", faces=False)
MICROPHONE = Kind(microphone, size=0.5, width=0.6, faces=False)
SPEAKER = Kind(speaker, size=0.46, width=0.65, home="table", faces=False)
