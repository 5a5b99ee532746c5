"""What people build outdoors, and what grows there: bridge, fence, windmill, tent, temple, tower, wheel, fountain, gate ..."""

from __future__ import annotations

import math
from itertools import pairwise

from mediakiln.providers.studio.colour import mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.lettering import text_image
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.machines import box, polygon_line
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth, tube


def bridge(pen: Pen, act: Act) -> None:
    """Stone arches; a suspension bridge by trait."""
    if act.has("suspension"):
        tone = act.tone("#b8402f")
        for x in (-0.9, 0.9):
            for dx in (-0.07, 0.07):
                pen.fill(box(x + dx - 0.025, -1.0, x + dx + 0.025, 0.04), tone)
            for y in (-0.95, -0.7, -0.45):
                pen.fill(box(x - 0.08, y, x + 0.08, y + 0.05), scaled(tone, 0.85))
        for a, b, sag in ((-1.9, -0.9, -0.5), (-0.9, 0.9, -0.34), (0.9, 1.9, -0.5)):
            ya, yb = (-0.98 if abs(v) < 1 else -0.28 for v in (a, b))
            pen.stroke(smooth([(a, ya), ((a + b) / 2, sag), (b, yb)], closed=False, tension=4), tone, 0.03)
        for k in range(-17, 18):
            x = k * 0.1
            s = abs(x) / 0.9
            top = -0.34 - 0.62 * s * s if s < 1 else -0.98 + 0.68 * (abs(x) - 0.9)
            pen.stroke(polygon_line([(x, min(-0.24, top)), (x, -0.22)]), scaled(tone, 0.9), 0.008)
        pen.fill(box(-1.95, -0.24, 1.95, -0.16), scaled(tone, 0.8))
        return
    stone = act.tone("#b0a593")
    deck = [(-1.6, -0.5), (-0.8, -0.78), (0, -0.88), (0.8, -0.78), (1.6, -0.5)]
    arches = ((-0.98, 0.32, 0.48), (0.0, 0.46, 0.68), (0.98, 0.32, 0.48))  # centre, half-width, height of each opening
    body = smooth([*deck, (1.6, 0.05), (-1.6, 0.05)], tension=9)
    pen.canvas.save()
    for x, w, h in arches:
        pen.canvas.clipPath(
            smooth(
                [
                    (x - w, 0.1),
                    (x - w, -h * 0.5),
                    (x - w * 0.7, -h * 0.88),
                    (x, -h),
                    (x + w * 0.7, -h * 0.88),
                    (x + w, -h * 0.5),
                    (x + w, 0.1),
                ],
                tension=7,
            ),
            skia.ClipOp.kDifference,
            True,
        )
    pen.fill(body, stone, shade=0.3)
    for row in range(7):
        for k in range(17):
            x, y = -1.6 + 0.2 * k + 0.1 * (row % 2), -0.74 + 0.115 * row
            if y > -0.86 + 0.14 * x * x:
                pen.stroke(polygon_line([(x, y), (x + 0.17, y)]), scaled(stone, 0.72), 0.01, alpha=0.8)
    pen.canvas.restore()
    for x, w, h in arches:
        curve = [
            (x - w, 0.04),
            (x - w, -h * 0.5),
            (x - w * 0.7, -h * 0.88),
            (x, -h),
            (x + w * 0.7, -h * 0.88),
            (x + w, -h * 0.5),
            (x + w, 0.04),
        ]
        pen.stroke(smooth(curve, closed=False, tension=7), scaled(stone, 0.68), 0.035)
    pen.stroke(smooth([(x, y - 0.05) for x, y in deck], closed=False), mix(stone, (1, 1, 1), 0.2), 0.09)


def fence(pen: Pen, act: Act) -> None:
    """Pickets on two rails."""
    wood = act.tone("#f2efe6")
    for y in (-0.72, -0.3):
        pen.fill(box(-2.1, y, 2.1, y + 0.11), scaled(wood, 0.82))
    for k in range(11):
        x = -2.05 + 0.41 * k
        pen.fill(polygon([(x - 0.1, 0.02), (x - 0.1, -0.86), (x, -1.0), (x + 0.1, -0.86), (x + 0.1, 0.02)]), wood, shade=0.2)


def windmill(pen: Pen, act: Act) -> None:
    """A tapering mill with four turning sails."""
    wall = act.tone("#efe6d2")
    pen.fill(polygon([(-0.21, 0.0), (-0.13, -0.6), (0.13, -0.6), (0.21, 0.0)]), wall, shade=0.28)
    pen.fill(polygon([(0.06, 0.0), (0.04, -0.6), (0.13, -0.6), (0.21, 0.0)]), scaled(wall, 0.82), edge=False)
    pen.fill(smooth([(-0.15, -0.59), (-0.1, -0.72), (0, -0.76), (0.1, -0.72), (0.15, -0.59)], tension=8), rgb("#8a4a36"))
    pen.fill(box(-0.055, -0.16, 0.055, 0.0, 0.03), rgb("#6a4630"))
    for y in (-0.3, -0.46):
        pen.fill(box(-0.03, y, 0.03, y + 0.07, 0.01), rgb("#ffd98a") if act.lamps else rgb("#5f7f94"))
    with pen.at(0, -0.64, turn=22 + act.t * 26):
        for k in range(4):
            with pen.at(0, 0, turn=90 * k):
                pen.stroke(polygon_line([(0, 0), (0, -0.46)]), rgb("#5a4030"), 0.02)
                pen.fill(polygon([(0.01, -0.1), (0.11, -0.1), (0.11, -0.46), (0.01, -0.46)]), rgb("#faf4e6"), shade=0.12)
                for s in range(5):
                    pen.stroke(polygon_line([(0.01, -0.14 - 0.075 * s), (0.11, -0.14 - 0.075 * s)]), rgb("#a8865a"), 0.008)
        pen.fill(oval(0, 0, 0.035, 0.035), rgb("#5a4030"))


def tent(pen: Pen, act: Act) -> None:
    """A ridge tent with its flap open, lit from within by night."""
    cloth = act.tone("#e0762f")
    pen.fill(polygon([(0.1, -1.0), (1.15, -0.86), (1.5, 0.0), (0.75, 0.0)]), scaled(cloth, 0.78), shade=0.25)
    pen.fill(polygon([(-0.75, 0.0), (0.06, -1.02), (0.8, 0.0)]), cloth, shade=0.28)
    pen.fill(polygon([(-0.3, 0.0), (0.06, -0.82), (0.36, 0.0)]), rgb("#ffd98a") if act.lamps else rgb("#3a2a22"), shade=0.3)
    if act.lamps:
        pen.glow(0.04, -0.3, 0.9, rgb("#ffb95a"), 0.7)
    pen.fill(polygon([(0.06, -0.84), (-0.1, 0.0), (-0.36, 0.0)]), mix(cloth, (1, 1, 1), 0.2), shade=0.2)
    for x0, y0, x1 in ((-0.1, -0.85, -1.05), (1.2, -0.84, 1.85)):
        pen.stroke(polygon_line([(x0, y0), (x1, 0.0)]), rgb("#e8e0d0"), 0.012)


def temple(pen: Pen, act: Act) -> None:
    """A pagoda: tiers of swept roofs; a church by trait."""
    if act.has("church"):
        wall = act.tone("#f0e9dc")
        pen.fill(polygon([(-0.1, 0), (-0.1, -0.4), (0.24, -0.62), (0.58, -0.4), (0.58, 0)]), wall)
        pen.fill(polygon([(-0.16, -0.37), (0.24, -0.66), (0.64, -0.37), (0.24, -0.6)]), rgb("#7a4a3c"))
        pen.fill(box(-0.42, -0.66, -0.1, 0.0), scaled(wall, 0.94))
        pen.fill(polygon([(-0.46, -0.65), (-0.26, -0.94), (-0.06, -0.65)]), rgb("#7a4a3c"))
        pen.stroke(polygon_line([(-0.26, -0.93), (-0.26, -1.04)]), rgb("#d9a531"), 0.016)
        pen.stroke(polygon_line([(-0.3, -1.0), (-0.22, -1.0)]), rgb("#d9a531"), 0.016)
        glass = rgb("#ffd98a") if act.lamps else rgb("#5f8fb8")
        for x, y in ((0.08, -0.3), (0.24, -0.3), (0.4, -0.3), (-0.26, -0.52)):
            pen.fill(box(x - 0.04, y, x + 0.04, y + 0.17, 0.04), glass)
        pen.fill(box(-0.33, -0.2, -0.19, 0.0, 0.06), rgb("#6a4630"))
        return
    red, roof = act.tone("#b0392c"), rgb("#3f5a5a")
    pen.fill(box(-0.46, -0.05, 0.46, 0.01), rgb("#b8b0a0"))
    for k in range(4):
        w, y = 0.34 - 0.06 * k, -0.05 - 0.22 * k
        pen.fill(box(-w, y - 0.16, w, y), scaled(red, 0.95), shade=0.25)
        for x in (-w * 0.92, -w * 0.3, w * 0.3, w * 0.92):
            pen.fill(box(x - 0.014, y - 0.16, x + 0.014, y), scaled(red, 0.6), shade=0)
        with pen.bare(act.lamps):
            for x in (-w * 0.6, 0.0, w * 0.6):
                pen.fill(
                    box(x - w * 0.16, y - 0.12, x + w * 0.16, y - 0.02),
                    rgb("#ffd98a") if act.lamps else rgb("#e8d5ac"),
                    shade=0.1,
                )
        e = w + 0.17
        pen.fill(
            smooth(
                [
                    (-e - 0.03, y - 0.19),
                    (-w * 0.9, y - 0.185),
                    (-w * 0.5, y - 0.25),
                    (w * 0.5, y - 0.25),
                    (w * 0.9, y - 0.185),
                    (e + 0.03, y - 0.19),
                    (w, y - 0.13),
                    (-w, y - 0.13),
                ],
                tension=9,
            ),
            roof,
            shade=0.3,
        )
    pen.stroke(polygon_line([(0, -0.96), (0, -1.08)]), rgb("#d9a531"), 0.03)


def tower(pen: Pen, act: Act) -> None:
    """An iron lattice tower of four sweeping legs."""
    iron = act.tone("#7d6a58")

    def half(y: float) -> float:
        return 0.27 * math.exp(3.1 * (y + 0.02)) + 0.012

    levels = [-0.02 - 0.048 * k for k in range(20)]
    for side in (-1, 1):
        outer = [(side * half(y), y) for y in levels]
        inner = [(side * max(0.0, half(y) - (0.1 if y > -0.26 else 0.05 * math.exp(2.2 * y))), y) for y in levels]
        pen.fill(polygon(outer + inner[::-1]), iron, shade=0.15)
    for a, b in pairwise(levels):
        if a < -0.25:
            pen.stroke(polygon_line([(-half(a), a), (half(b), b)]), scaled(iron, 0.8), 0.008)
            pen.stroke(polygon_line([(half(a), a), (-half(b), b)]), scaled(iron, 0.8), 0.008)
    pen.stroke(
        smooth([(-0.17, -0.02), (-0.13, -0.14), (0, -0.2), (0.13, -0.14), (0.17, -0.02)], closed=False), scaled(iron, 0.85), 0.018
    )
    for y, k in ((-0.26, 1.35), (-0.5, 1.5), (-0.93, 2.0)):
        pen.fill(box(-half(y) * k, y - 0.015, half(y) * k, y + 0.015), scaled(iron, 0.75))
    pen.stroke(polygon_line([(0, -0.92), (0, -1.05)]), iron, 0.012)
    if act.lamps:
        pen.glow(0, -0.5, 0.6, rgb("#ffcf7a"), 0.35)


def ferris(pen: Pen, act: Act) -> None:
    """A big wheel with cabins."""
    tone = act.tone("#d8dde4")
    for x in (-0.26, 0.26):
        pen.stroke(polygon_line([(0, -0.54), (x, 0.0)]), rgb("#8a929c"), 0.028)
    for k in range(12):
        a = act.t * 0.25 + k * math.tau / 12
        x, y = math.cos(a) * 0.42, -0.54 + math.sin(a) * 0.42
        pen.stroke(polygon_line([(0, -0.54), (x, y)]), tone, 0.008)
    for r in (0.42, 0.36):
        pen.stroke(oval(0, -0.54, r, r), tone, 0.014)
    for k in range(12):
        a = act.t * 0.25 + k * math.tau / 12
        x, y = math.cos(a) * 0.42, -0.54 + math.sin(a) * 0.42
        cabin = rgb(("#e2453a", "#f2b632", "#3f9ad0", "#5ab06a")[k % 4])
        pen.fill(box(x - 0.042, y, x + 0.042, y + 0.075, 0.02), cabin)
        if act.lamps:
            pen.glow(x, y + 0.03, 0.1, cabin, 0.8)
    pen.fill(oval(0, -0.54, 0.045, 0.045), rgb("#e2453a"))


def fountain(pen: Pen, act: Act) -> None:
    """Two basins and arcs of water."""
    stone = act.tone("#c3bcae")
    water = rgb("#bfe2f4")
    pen.fill(polygon([(-0.08, -0.1), (-0.06, -0.56), (0.06, -0.56), (0.08, -0.1)]), stone)
    for k in range(9):
        a = (k - 4) / 4
        wave = 0.015 * math.sin(act.t * 9 + k)
        pen.stroke(
            smooth([(0, -0.6), (a * 0.2, -0.9 + 0.1 * abs(a) + wave), (a * 0.42, -0.72), (a * 0.62, -0.2)], closed=False),
            water,
            0.02,
            alpha=0.85,
        )
    pen.fill(smooth([(-0.36, -0.56), (0.36, -0.56), (0.14, -0.44), (-0.14, -0.44)], tension=9), stone)
    pen.fill(oval(0, -0.57, 0.34, 0.04), water, shade=0.1)
    pen.fill(oval(0, -0.18, 0.86, 0.1), scaled(stone, 0.9))
    pen.fill(oval(0, -0.19, 0.78, 0.075), water, shade=0.25)
    pen.fill(
        smooth([(-0.87, -0.18), (-0.4, -0.1), (0.4, -0.1), (0.87, -0.18), (0.82, 0.0), (0, 0.06), (-0.82, 0.0)], tension=10),
        stone,
        shade=0.3,
    )


def gate(pen: Pen, act: Act) -> None:
    """A torii of two posts and two beams."""
    red = act.tone("#c8402c")
    for x in (-0.46, 0.46):
        pen.fill(
            polygon([(x - 0.055, 0.0), (x - 0.045 - x * 0.06, -0.82), (x + 0.045 - x * 0.06, -0.82), (x + 0.055, 0.0)]),
            red,
            shade=0.3,
        )
        pen.fill(box(x - 0.075, -0.08, x + 0.075, 0.0), rgb("#2a2624"))
    pen.fill(box(-0.6, -0.7, 0.6, -0.62), red)
    pen.fill(box(-0.05, -0.82, 0.05, -0.68), scaled(red, 0.8))
    pen.fill(
        smooth([(-0.74, -0.97), (0, -0.9), (0.74, -0.97), (0.68, -0.82), (0, -0.8), (-0.68, -0.82)], tension=9), red, shade=0.3
    )
    pen.fill(
        smooth([(-0.78, -1.02), (0, -0.945), (0.78, -1.02), (0.76, -0.95), (0, -0.89), (-0.76, -0.95)], tension=9), rgb("#2a2624")
    )


def mushroom(pen: Pen, act: Act) -> None:
    """A spotted cap on a pale stem."""
    cap = act.tone("#d23a2e")
    for x, s, k in ((0.36, 0.42, 0.9), (0.0, 1.0, 1.0)):
        with pen.at(x, 0, scale=s):
            pen.fill(
                smooth([(-0.13, -0.6), (0.13, -0.6), (0.15, -0.2), (0.2, 0.0), (-0.2, 0.0), (-0.15, -0.2)]),
                rgb("#f6ecd6"),
                shade=0.25,
            )
            pen.fill(oval(0, -0.54, 0.46, 0.08), rgb("#e8d8ba"), shade=0.2)
            dome = smooth(
                [(-0.56, -0.54), (-0.46, -0.82), (-0.18, -1.0), (0.18, -1.0), (0.46, -0.82), (0.56, -0.54), (0, -0.48)], tension=7
            )
            if act.has("house"):
                pen.fill(box(-0.06, -0.24, 0.07, 0.0, 0.05), rgb("#7a5234"), shade=0.2)
                pen.fill(oval(0.0, -0.38, 0.05, 0.05), rgb("#ffe08a") if act.lamps else rgb("#a9d4e8"), shade=0.1)
                pen.stroke(oval(0.0, -0.38, 0.05, 0.05), rgb("#7a5234"), 0.014)
            pen.fill(dome, scaled(cap, k), shade=0.32)
            with pen.within(dome):
                for dx, dy, r in (
                    (-0.3, -0.72, 0.09),
                    (0.02, -0.84, 0.11),
                    (0.32, -0.68, 0.085),
                    (-0.08, -0.6, 0.06),
                    (0.16, -0.98, 0.06),
                ):
                    pen.fill(oval(dx, dy, r * 1.1, r * 0.85), (0.99, 0.97, 0.92), shade=0.1, edge=False)


def cactus(pen: Pen, act: Act) -> None:
    """A column with two raised arms and a bloom."""
    green = act.tone("#4f8f4a")
    for points, wide in (
        ([(-0.12, -0.34), (-0.36, -0.36), (-0.38, -0.66)], 0.085),
        ([(0.12, -0.46), (0.34, -0.48), (0.36, -0.8)], 0.08),
    ):
        pen.fill(tube(points, [wide, wide, wide]), scaled(green, 0.9))
    pen.fill(tube([(0, 0.0), (0, -0.5), (0, -0.9)], [0.14, 0.15, 0.13]), green, shade=0.2)
    for x in (-0.07, 0.0, 0.07):
        pen.stroke(polygon_line([(x, -0.02), (x, -0.96)]), scaled(green, 0.7), 0.012)
    for k in range(5):
        pen.fill(oval(0.05 * math.cos(k * 1.26), -1.03 + 0.03 * math.sin(k * 1.26), 0.045, 0.04), rgb("#ee7fa8"), shade=0.2)


def rock(pen: Pen, act: Act) -> None:
    """A boulder with facets."""
    stone = act.tone("#8d8a86")
    pen.fill(polygon([(-0.7, 0), (-0.62, -0.44), (-0.24, -0.9), (0.24, -0.96), (0.62, -0.56), (0.72, 0)]), stone, shade=0.35)
    pen.fill(
        polygon([(-0.24, -0.9), (0.24, -0.96), (0.1, -0.5), (-0.3, -0.42)]), mix(stone, (1, 1, 1), 0.22), shade=0.1, edge=False
    )
    pen.fill(
        polygon([(0.24, -0.96), (0.62, -0.56), (0.72, 0), (0.2, 0), (0.1, -0.5)]), scaled(stone, 0.72), shade=0.15, edge=False
    )


def sign(pen: Pen, act: Act) -> None:
    """A board on a post; the prompt's lettering stands on it where there is any."""
    wood = act.tone("#b07a45")
    pen.fill(box(-0.06, -0.7, 0.06, 0.02), scaled(wood, 0.7))
    pen.fill(box(-0.8, -1.0, 0.8, -0.45, 0.04), wood, shade=0.25)
    for y in (-0.86, -0.72, -0.58):
        pen.stroke(smooth([(-0.76, y), (0, y + 0.015), (0.76, y)], closed=False), scaled(wood, 0.72), 0.01, alpha=0.7)
    word = next((trait[1:] for trait in act.traits if trait.startswith("=")), "")
    if word:
        label = text_image(word, 90, (0.99, 0.96, 0.88))
        scale = min(0.36 / label.height(), 1.4 / label.width())
        pen.canvas.save()
        pen.canvas.translate(-label.width() * scale / 2, -0.72 - label.height() * scale / 2)
        pen.canvas.scale(scale, scale)
        pen.canvas.drawImage(label, 0, 0, skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear))
        pen.canvas.restore()


BRIDGE = Kind(bridge, size=0.4, width=3.4, faces=False)
FENCE = Kind(fence, size=0.2, width=4.2, faces=False)
WINDMILL = Kind(windmill, size=0.68, width=0.8, faces=False)
TENT = Kind(tent, size=0.36, width=2.2)
TEMPLE = Kind(temple, size=0.64, width=1.0, faces=False)
TOWER = Kind(tower, size=0.8, width=0.56, faces=False)
FERRIS = Kind(ferris, size=0.72, width=1.0, faces=False)
FOUNTAIN = Kind(fountain, size=0.44, width=1.7, faces=False)
GATE = Kind(gate, size=0.56, width=1.5, faces=False)
MUSHROOM = Kind(mushroom, size=0.4, width=1.15, faces=False)
CACTUS = Kind(cactus, size=0.5, width=0.8, faces=False)
ROCK = Kind(rock, size=0.3, width=1.4, faces=False)
SIGN = Kind(sign, size=0.4, width=1.6, faces=False)
