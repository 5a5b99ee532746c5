"""Buildings, plants and table things: house, castle, lighthouse, tree, flower, lantern, moon, cup, cake, book."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import RGB, mix, named, rgb, scaled, turned
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.machines import box, polygon_line
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth, tube
from mediakiln.providers.studio.subjects.slices import slice_of_cake


def house(pen: Pen, act: Act) -> None:
    """A cottage with gable, chimney, door and panes; smoke rises, windows glow in the dark."""
    wall = act.tone("#efe0c2")
    roof = rgb("#a34a38") if not act.has("winter") else rgb("#eef3fa")
    for k in range(5):
        age = (act.t * 0.16 + k / 5) % 1.0
        pen.soft(
            0.29 + 0.22 * age + 0.03 * math.sin(age * 9),
            -1.02 - 0.4 * age,
            0.04 + 0.09 * age,
            0.035 + 0.07 * age,
            (0.93, 0.93, 0.95),
            0.45 * (1 - age),
        )
    pen.fill(box(0.22, -1.0, 0.34, -0.66), rgb("#8f5a48"), shade=0.3)
    pen.fill(polygon([(-0.52, 0), (-0.52, -0.52), (0.52, -0.52), (0.52, 0)]), wall, shade=0.22)
    pen.fill(polygon([(0.2, 0), (0.2, -0.52), (0.52, -0.52), (0.52, 0)]), scaled(wall, 0.82), shade=0.2, edge=False)
    pen.fill(polygon([(-0.6, -0.48), (-0.34, -0.95), (0.38, -0.95), (0.62, -0.48)]), roof, shade=0.32)
    for row in range(5):
        y = -0.9 + row * 0.088
        half = 0.39 + row * 0.045
        pen.stroke(smooth([(-half + 0.03, y), (0.02, y + 0.008), (half, y)], closed=False), scaled(roof, 0.72), 0.009, alpha=0.7)
    pen.fill(polygon([(-0.4, -0.5), (-0.16, -0.8), (0.08, -0.5)]), scaled(wall, 0.96), shade=0.15)
    pen.stroke(polygon_line([(-0.45, -0.46), (-0.16, -0.83), (0.13, -0.46)]), scaled(roof, 0.85), 0.035)
    pane = rgb("#ffd27a") if act.lamps else mix(rgb("#a9cde2"), pen.light.sky[2], 0.4)
    for x0, y0, x1, y1 in ((-0.44, -0.38, -0.24, -0.16), (0.28, -0.38, 0.46, -0.16), (-0.22, -0.68, -0.1, -0.55)):
        if act.lamps:
            pen.glow((x0 + x1) / 2, (y0 + y1) / 2, 0.3, rgb("#ffbf5a"), 0.45)
        pen.fill(box(x0 - 0.018, y0 - 0.018, x1 + 0.018, y1 + 0.018), rgb("#fbf6ea"), shade=0.1)
        with pen.bare(act.lamps):
            pen.fill(box(x0, y0, x1, y1), pane, shade=0.25, edge=False)
        pen.stroke(polygon_line([((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1)]), rgb("#fbf6ea"), 0.013)
        pen.stroke(polygon_line([(x0, (y0 + y1) / 2), (x1, (y0 + y1) / 2)]), rgb("#fbf6ea"), 0.013)
    pen.fill(box(-0.14, -0.36, 0.08, 0.0, 0.02), rgb("#fbf6ea"), shade=0.1)
    pen.fill(box(-0.12, -0.34, 0.06, 0.0, 0.02), rgb("#4f7a6a"), shade=0.3, edge=False)
    pen.fill(oval(0.035, -0.17, 0.012, 0.012), rgb("#e8c05a"), shade=0, edge=False)
    for x in (-0.5, -0.3, 0.2, 0.36, 0.5):
        for k in range(5):
            pen.fill(
                oval(x + 0.03 * math.cos(k * 2.4), -0.03 - 0.02 * (k % 3), 0.045, 0.036),
                scaled(rgb("#5c9a4a" if not act.has("winter") else "#dfe8f0"), 0.75 + 0.1 * k),
                shade=0.2,
                edge=False,
            )


def castle(pen: Pen, act: Act) -> None:
    """Towers with pointed roofs, battlements, a gate and flags."""
    stone = act.tone("#c3bcae")
    roof = rgb("#4f6a9c")
    pane = rgb("#ffcf73") if act.lamps else rgb("#4a5464")

    def tower(x: float, w: float, h: float, k: float) -> None:
        tone = scaled(stone, k)
        pen.fill(polygon([(x - w, 0.02), (x - w, -h), (x + w, -h), (x + w, 0.02)]), tone, shade=0.16)
        pen.fill(
            polygon([(x + w * 0.35, 0.02), (x + w * 0.35, -h), (x + w, -h), (x + w, 0.02)]),
            scaled(tone, 0.8),
            shade=0.1,
            edge=False,
        )
        pen.fill(
            polygon([(x - w * 1.18, -h), (x - w * 1.18, -h - 0.035), (x + w * 1.18, -h - 0.035), (x + w * 1.18, -h)]),
            scaled(tone, 0.9),
            shade=0.1,
        )
        pen.fill(polygon([(x - w * 1.25, -h - 0.03), (x, -h - w * 3.1), (x + w * 1.25, -h - 0.03)]), scaled(roof, k), shade=0.3)
        pen.fill(
            polygon([(x + w * 0.3, -h - 0.03), (x, -h - w * 3.1), (x + w * 1.25, -h - 0.03)]),
            scaled(roof, k * 0.75),
            shade=0.2,
            edge=False,
        )
        with pen.bare(act.lamps):
            for row in range(int(h / 0.18)):
                y = -h + 0.07 + row * 0.17
                pen.fill(box(x - 0.016, y, x + 0.016, y + 0.065, 0.016), pane, shade=0.1, edge=False)
        top = -h - w * 3.1
        wave = 0.012 * math.sin(act.t * 5 + x * 9)
        pen.stroke(polygon_line([(x, top), (x, top - 0.08)]), rgb("#4a4038"), 0.008)
        pen.fill(polygon([(x, top - 0.08), (x + 0.09, top - 0.06 + wave), (x, top - 0.035)]), rgb("#c8392f"), shade=0.2)

    tower(-0.16, 0.085, 0.66, 0.82)
    tower(0.2, 0.075, 0.6, 0.8)
    tower(0.02, 0.1, 0.52, 0.9)
    pen.fill(polygon([(-0.48, 0.02), (-0.48, -0.3), (0.5, -0.3), (0.5, 0.02)]), stone, shade=0.22)
    for k in range(10):
        pen.fill(box(-0.48 + k * 0.1, -0.345, -0.43 + k * 0.1, -0.29), stone, shade=0.15, edge=False)
    tower(-0.46, 0.085, 0.4, 1.0)
    tower(0.48, 0.085, 0.42, 0.95)
    for k in range(26):
        x, y = -0.36 + 0.72 * ((k * 0.618) % 1), -0.04 - 0.22 * ((k * 0.382) % 1)
        pen.stroke(polygon_line([(x, y), (x + 0.03, y)]), scaled(stone, 0.75), 0.006, alpha=0.6)
    pen.fill(
        smooth([(-0.09, 0.02), (-0.09, -0.14), (0.0, -0.22), (0.09, -0.14), (0.09, 0.02)], tension=9), rgb("#3a2c24"), shade=0.2
    )


def lighthouse(pen: Pen, act: Act) -> None:
    """A banded tower; its beam turns."""
    white, red = rgb("#f6f2ea"), act.tone("#c8392f")
    lamp = rgb("#ffe9a8")
    body = polygon([(-0.13, 0.02), (-0.08, -0.74), (0.08, -0.74), (0.13, 0.02)])
    angle = act.t * 1.1
    reach = math.cos(angle)
    strong = 0.55 if act.lamps else 0.12
    for side in (-1, 1):
        pen.fill(
            polygon([(0, -0.83), (side * reach * 2.6, -0.98), (side * reach * 2.6, -0.66)]),
            rgb("#fff3c0"),
            shade=0,
            alpha=strong * (0.35 + 0.3 * abs(reach)),
            edge=False,
        )
    pen.fill(body, white, shade=0.15)
    with pen.within(body):
        for y in (-0.66, -0.4, -0.14):
            pen.fill(box(-0.2, y, 0.2, y + 0.13), red, shade=0.12, edge=False)
        pen.soft(0.12, -0.35, 0.1, 0.5, (0, 0, 0), 0.35)
    pen.fill(box(-0.115, -0.765, 0.115, -0.735), rgb("#3a3d44"), shade=0.2)
    with pen.bare(act.lamps):
        pen.fill(box(-0.065, -0.9, 0.065, -0.765), lamp, shade=0.1)
    pen.glow(0, -0.83, 0.3, rgb("#fff0b0"), 0.9 if act.lamps else 0.4)
    pen.fill(smooth([(-0.085, -0.895), (0, -0.99), (0.085, -0.895)], tension=8), red, shade=0.3)
    pen.fill(box(-0.035, -0.1, 0.035, 0.02, 0.02), rgb("#5a3f30"), shade=0.2)


def tree(pen: Pen, act: Act) -> None:
    """A broad tree of many leaf touches; blossom, maple, autumn by trait."""
    leaf = act.tone(
        {"blossom": "#f4b4cc", "maple": "#cf4428", "autumn": "#d9822c", "winter": "#e4ecf4"}.get(
            next((t for t in act.traits if t in ("blossom", "maple", "autumn", "winter")), ""), "#4f8c3d"
        )
    )
    roll = pen.roll
    bark = rgb("#5f4636")
    pen.fill(
        smooth([(-0.075, 0.01), (-0.045, -0.16), (-0.04, -0.4), (0.04, -0.4), (0.045, -0.16), (0.085, 0.01)], tension=7),
        bark,
        shade=0.3,
    )
    for x, y in ((-0.26, -0.6), (0.25, -0.62), (-0.08, -0.72), (0.12, -0.7)):
        pen.fill(tube([(0, -0.3), (x * 0.5, -0.44), (x, y)], [0.04, 0.028, 0.012]), scaled(bark, 0.9), shade=0.2)
    touches = []
    for cx, cy, r in (
        (-0.27, -0.58, 0.19),
        (0.27, -0.6, 0.19),
        (-0.12, -0.78, 0.2),
        (0.14, -0.8, 0.19),
        (0.0, -0.62, 0.22),
        (0.0, -0.88, 0.13),
    ):
        for _ in range(46):
            a, d = roll.uniform(0, math.tau), math.sqrt(roll.random())
            dx, dy = math.cos(a) * d, math.sin(a) * d
            touches.append(
                (
                    0.45 - 0.45 * dy - 0.25 * dx - 0.25 * (cy + 0.7) + roll.uniform(-0.22, 0.22),
                    cx + dx * r * 1.15,
                    cy + dy * r * 0.9,
                    a,
                )
            )
    touches.sort()
    for lit, x, y, a in touches:
        s = min(1.0, max(0.0, lit))
        sway = 0.006 * math.sin(act.t * 1.5 + x * 6)
        tone = turned(leaf, 0.03 * (s - 0.5), 1.1 - 0.2 * s, 0.5 + 0.75 * s)
        with pen.at(x + sway, y, turn=math.degrees(a) % 80 - 40):
            pen.fill(oval(0, 0, 0.045 - 0.018 * s, 0.028 - 0.009 * s), tone, shade=0, edge=False)
    fruit = next((trait.removeprefix("bears-") for trait in act.traits if trait.startswith("bears-")), "")
    for k in range(14 if fruit else 0):
        a, d = k * 2.4, math.sqrt((k + 0.5) / 14)
        x, y = math.cos(a) * d * 0.36, -0.68 + math.sin(a) * d * 0.24
        pen.fill(oval(x, y, 0.026, 0.026), named(fruit, "#d0342c"), shade=0.4)


def flower(pen: Pen, act: Act) -> None:
    """One big bloom on its stem: daisy-like by default; rose, tulip, sunflower, lotus by trait."""
    sway = 2.2 * math.sin(act.t * 1.2 + act.index)
    green = rgb("#4f8f3f")
    with pen.at(0, 0, turn=sway):
        if act.has("lotus"):
            pen.fill(oval(0, -0.05, 0.5, 0.09), rgb("#3f8a5a"), shade=0.3)
            _petals(pen, act.tone("#f2a0bd"), 0, -0.2, 0.42, 9, half=True)
            return
        pen.fill(tube([(0.02, 0.0), (-0.015, -0.3), (0, -0.62)], [0.017, 0.016, 0.014]), green)
        for side, y in ((-1, -0.2), (1, -0.3)):
            pen.fill(
                smooth([(0, y), (side * 0.12, y - 0.1), (side * 0.26, y - 0.11), (side * 0.16, y + 0.01)]),
                scaled(green, 0.9 + 0.1 * side),
                shade=0.3,
            )
        head = (0.0, -0.72)
        if act.has("tulip"):
            tone = act.tone("#e2455a")
            for x, k in ((-0.1, 0.8), (0.1, 0.85), (0.0, 1.0)):
                pen.fill(
                    smooth([(x * 1.1, -0.58), (x - 0.12, -0.7), (x * 1.2 - 0.04, -0.96), (x + 0.06, -0.94), (x + 0.12, -0.7)]),
                    scaled(tone, k),
                    shade=0.3,
                )
        elif act.has("rose"):
            tone = act.tone("#c8283c")
            for k in range(15):
                a, r = k * 2.4, 0.2 * (1 - k / 16)
                pen.fill(
                    oval(head[0] + math.cos(a) * r * 0.6, head[1] + math.sin(a) * r * 0.5, r * 0.75 + 0.03, r * 0.62 + 0.03),
                    scaled(tone, 0.7 + 0.36 * ((k * 0.37) % 1)),
                    shade=0.3,
                )
            pen.stroke(
                smooth([(-0.04, -0.73), (0.02, -0.77), (0.05, -0.71), (-0.01, -0.69)], closed=False), scaled(tone, 0.5), 0.012
            )
        else:
            sun = act.has("sunflower")
            _petals(
                pen,
                act.tone(
                    "#f6c021" if sun else "#8a5ad8" if act.has("violet") else "#f090ac" if not act.has("daisy") else "#fbf8f2"
                ),
                *head,
                0.24,
                18 if sun else 11,
            )
            pen.fill(oval(*head, 0.12 if sun else 0.07, 0.12 if sun else 0.07), rgb("#5a3a20" if sun else "#f0b92f"), shade=0.4)
            for k in range(20):
                r, a = 0.1 * math.sqrt(k / 20) * (1 if sun else 0.55), k * 2.4
                pen.fill(
                    oval(head[0] + math.cos(a) * r, head[1] + math.sin(a) * r, 0.008, 0.008),
                    rgb("#8a5c30" if sun else "#fbdc7a"),
                    shade=0,
                    edge=False,
                )


def _petals(pen: Pen, tone: RGB, x: float, y: float, r: float, count: int, half: bool = False) -> None:
    for ring, (size, k) in enumerate(((1.0, 0.8), (0.82, 1.0))):
        for index in range(count):
            turn = 180 * (index + 0.5) / count - 90 if half else 360 * (index + ring * 0.5) / count
            with pen.at(x, y, scale=r * size, turn=turn):
                pen.fill(
                    smooth([(0, 0.0), (-0.2, -0.45), (-0.13, -0.88), (0, -1.0), (0.13, -0.88), (0.2, -0.45)]),
                    scaled(tone, k * (0.92 + 0.08 * (index % 2))),
                    shade=0.22,
                )


def lantern(pen: Pen, act: Act) -> None:
    """A paper lantern, lit; it sways, or floats up when it is a sky lantern."""
    tone = act.tone("#d8352c" if not act.has("sky") else "#ffa94a")
    rise = 0.05 * math.sin(act.t * 0.7 + act.index * 1.3)
    with pen.at(0, rise - 0.1, turn=3 * math.sin(act.t * 1.1 + act.index)):
        pen.glow(0, -0.5, 0.95, mix(tone, rgb("#ffb85a"), 0.6), 0.6)
        if act.has("sky"):
            pen.fill(
                smooth([(-0.24, -0.86), (0, -0.95), (0.24, -0.86), (0.3, -0.5), (0.2, -0.12), (-0.2, -0.12), (-0.3, -0.5)]),
                tone,
                shade=0.1,
            )
            pen.soft(0, -0.2, 0.24, 0.34, rgb("#fff0b4"), 0.95)
            return
        pen.stroke(polygon_line([(0, -1.1), (0, -0.86)]), rgb("#5a4030"), 0.015)
        body = smooth(
            [
                (-0.16, -0.84),
                (0.16, -0.84),
                (0.38, -0.64),
                (0.4, -0.48),
                (0.34, -0.32),
                (0.16, -0.16),
                (-0.16, -0.16),
                (-0.34, -0.32),
                (-0.4, -0.48),
                (-0.38, -0.64),
            ]
        )
        pen.fill(body, tone, shade=0.3)
        with pen.within(body):
            pen.soft(0, -0.48, 0.3, 0.34, rgb("#ffdf8a"), 0.8)
            for k in (-0.8, -0.45, 0.0, 0.45, 0.8):
                pen.stroke(
                    smooth([(k * 0.16, -0.84), (k * 0.46, -0.5), (k * 0.16, -0.16)], closed=False),
                    scaled(tone, 0.6),
                    0.012,
                    alpha=0.8,
                )
        for y in (-0.86, -0.15):
            pen.fill(box(-0.17, y - 0.03, 0.17, y + 0.03, 0.02), rgb("#d9a531"), shade=0.3)
        for x in (-0.05, 0.0, 0.05):
            pen.stroke(smooth([(x, -0.12), (x + 0.02 * math.sin(act.t * 2), 0.08)], closed=False), rgb("#d9a531"), 0.014)


def moon(pen: Pen, act: Act) -> None:
    """A great moon."""
    from mediakiln.providers.studio.backdrop.sky import paint_moon

    paint_moon(pen.canvas, 0, -0.5, 0.5, act.has("crescent"), pen.light.halo)


def cup(pen: Pen, act: Act) -> None:
    """A steaming cup on its saucer."""
    tone = act.tone("#f4efe6")
    for k in range(3):
        for part in range(4):
            age = (act.t * 0.32 + part / 4 + k * 0.21) % 1.0
            pen.soft(
                -0.16 + 0.16 * k + 0.07 * math.sin(age * 6 + k),
                -0.74 - age * 0.55,
                0.06 + 0.05 * age,
                0.1,
                (1, 1, 1),
                0.34 * math.sin(math.pi * age),
            )
    pen.fill(oval(0, -0.02, 0.66, 0.1), scaled(tone, 0.8), shade=0.25)
    pen.fill(oval(0, -0.04, 0.62, 0.085), tone, shade=0.2, edge=False)
    pen.soft(0.02, -0.05, 0.4, 0.05, (0, 0, 0), 0.3)
    pen.stroke(smooth([(0.36, -0.56), (0.62, -0.52), (0.6, -0.26), (0.32, -0.22)], closed=False), scaled(tone, 0.88), 0.065)
    body = smooth(
        [(-0.42, -0.66), (0.42, -0.66), (0.4, -0.4), (0.3, -0.16), (0.2, -0.06), (-0.2, -0.06), (-0.3, -0.16), (-0.4, -0.4)],
        tension=8,
    )
    pen.fill(body, tone, shade=0.2)
    with pen.within(body):
        pen.soft(0.34, -0.35, 0.22, 0.4, scaled(tone, 0.4), 0.5)
        pen.soft(-0.24, -0.4, 0.07, 0.25, (1, 1, 1), 0.6)
    pen.fill(oval(0, -0.66, 0.42, 0.105), scaled(tone, 0.93), shade=0.1)
    pen.fill(oval(0, -0.65, 0.375, 0.085), rgb("#5a3420"), shade=0.3, edge=False)
    pen.stroke(
        smooth([(-0.12, -0.65), (-0.06, -0.68), (0, -0.66), (0.06, -0.68), (0.12, -0.65), (0, -0.61)]), rgb("#e2bf94"), 0.02
    )


def cake(pen: Pen, act: Act) -> None:
    """Two tiers with icing, berries and flickering candles, or a slice."""
    sponge, icing = rgb("#e8b878"), act.tone("#fbe3ea")
    if act.has("slice"):
        slice_of_cake(pen, icing)
        return
    pen.fill(oval(0, -0.02, 0.7, 0.1), rgb("#e9edf0"), shade=0.3)
    for w, y0, y1 in ((0.55, -0.36, -0.03), (0.36, -0.66, -0.36)):
        pen.fill(
            smooth([(-w, y0), (w, y0), (w, y1), (w * 0.6, y1 + 0.045), (-w * 0.6, y1 + 0.045), (-w, y1)], tension=14),
            sponge,
            shade=0.28,
        )
        drip = [(-w - 0.01, y0 - 0.02)]
        for k in range(9):
            x = -w + 2 * w * (k + 0.5) / 9
            drip += [(x - w * 0.05, y0 + 0.07), (x, y0 + 0.12 + 0.05 * ((k * 7) % 3 == 0)), (x + w * 0.05, y0 + 0.07)]
        pen.fill(smooth([*drip, (w + 0.01, y0 - 0.02)], tension=6), icing, shade=0.2)
        pen.fill(oval(0, y0 - 0.01, w, 0.08), mix(icing, (1, 1, 1), 0.3), shade=0.08, edge=False)
        for k in range(7):
            a = math.pi * (k + 0.5) / 7
            x, y = math.cos(a) * w * 0.86, y0 + 0.035 * math.sin(a)
            pen.fill(oval(x, y - 0.02, 0.04, 0.04), rgb("#d8324a"), shade=0.4)
    for k in range(5):
        x = -0.2 + 0.1 * k
        pen.fill(
            box(x - 0.013, -0.86, x + 0.013, -0.66, 0.008),
            rgb(("#6fb7e8", "#f7c948", "#f08aa8", "#8ad0a0", "#b79ae8")[k]),
            shade=0.2,
        )
        f = 1 + 0.16 * math.sin(act.t * 11 + k * 2)
        pen.glow(x, -0.91, 0.17, rgb("#ffc45a"), 0.6)
        pen.fill(
            smooth([(x, -0.86), (x - 0.02, -0.9), (x + 0.004 * math.sin(act.t * 9 + k), -0.91 - 0.055 * f), (x + 0.02, -0.9)]),
            rgb("#ffb02e"),
            shade=0,
            edge=False,
        )
        pen.fill(oval(x, -0.89, 0.008, 0.016), rgb("#fff6cf"), shade=0, edge=False)


def book(pen: Pen, act: Act) -> None:
    """An open book, seen from the front; a page lifts."""
    cover = act.tone("#8a3f35")
    pen.fill(polygon([(-0.98, -0.1), (-0.86, -0.5), (0.86, -0.5), (0.98, -0.1), (0.0, -0.02)]), cover, shade=0.3)
    for side in (-1, 1):
        for k in range(3):
            d = 0.02 * k
            pen.fill(
                smooth(
                    [
                        (0, -0.06 - d),
                        (side * 0.4, -0.16 - d),
                        (side * 0.92, -0.12 - d),
                        (side * 0.82, -0.52 - d),
                        (side * 0.38, -0.55 - d),
                        (0, -0.45 - d),
                    ],
                    tension=9,
                ),
                scaled(rgb("#fbf5e6"), 0.84 + 0.08 * k),
                shade=0.14,
            )
        for row in range(7):
            y = -0.21 - row * 0.045
            x0, x1 = side * (0.1 - row * 0.002), side * (0.78 - row * 0.012)
            pen.stroke(
                smooth([(x0, y - 0.0), ((x0 + x1) / 2, y - 0.055), (x1, y - 0.02)], closed=False),
                rgb("#8f8778"),
                0.009,
                alpha=0.7,
            )
    lift = 0.5 + 0.5 * math.sin(act.t * 0.8)
    pen.fill(
        smooth(
            [
                (0, -0.09),
                (0.3, -0.25 - 0.2 * lift),
                (0.62 - 0.2 * lift, -0.4 - 0.28 * lift),
                (0.5 - 0.2 * lift, -0.7 - 0.2 * lift),
                (0.24, -0.62 - 0.1 * lift),
                (0, -0.49),
            ],
            tension=9,
        ),
        rgb("#fffaf0"),
        shade=0.2,
        alpha=0.95,
    )
    pen.stroke(polygon_line([(0, -0.06), (0, -0.49)]), rgb("#a89c86"), 0.014)


HOUSE = Kind(house, size=0.5, width=1.25, faces=False)
CASTLE = Kind(castle, size=0.56, width=1.1, faces=False)
LIGHTHOUSE = Kind(lighthouse, size=0.6, width=0.4, faces=False)
TREE = Kind(tree, size=0.68, width=0.95, faces=False)
FLOWER = Kind(flower, size=0.46, width=0.55, faces=False)
LANTERN = Kind(lantern, size=0.24, width=0.85, home="air", faces=False)
MOON = Kind(moon, size=0.26, width=1.0, home="air", faces=False)
CUP = Kind(cup, size=0.26, width=1.4, home="table", faces=False)
CAKE = Kind(cake, size=0.42, width=1.3, home="table", faces=False)
BOOK = Kind(book, size=0.3, width=2.0, home="table", faces=False)
