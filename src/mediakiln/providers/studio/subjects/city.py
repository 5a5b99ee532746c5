"""More buildings: skyscraper, door, pyramid, igloo."""

from __future__ import annotations

from mediakiln.providers.studio.colour import mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.machines import box, polygon_line
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth


def skyscraper(pen: Pen, act: Act) -> None:
    """A stepped glass tower with a mast."""
    wall = act.tone("#6f8fae")
    glass = mix(wall, rgb("#cfe6f6"), 0.55)
    lit = rgb("#ffdf8f")
    pen.stroke(polygon_line([(0, -0.92), (0, -1.03)]), rgb("#5a6470"), 0.012)
    for x, top, low in ((0.1, -0.94, -0.7), (0.155, -0.72, -0.34), (0.21, -0.36, 0.0)):
        pen.fill(box(-x, top, x, low), wall, shade=0.2)
        pen.fill(polygon([(x * 0.25, top), (x, top), (x, low), (x * 0.25, low)]), scaled(wall, 0.8), shade=0.2, edge=False)
        columns, rows = round(x * 44), round((low - top) * 44)
        for c in range(columns):
            for r in range(rows):
                wx = -x + 2 * x * (c + 0.22) / columns
                wy = top + (low - top) * (r + 0.25) / rows
                on = act.lamps and (c * 7 + r * 5) % 3 != 0
                tone = lit if on else scaled(glass, 0.86 if wx > x * 0.25 else 1.0)
                pen.fill(box(wx, wy, wx + 2 * x * 0.56 / columns, wy + (low - top) * 0.5 / rows), tone, shade=0, edge=False)
    pen.fill(box(-0.05, -0.07, 0.05, 0.0), rgb("#2f3a48"), shade=0.2)


def building(pen: Pen, act: Act) -> None:
    """A facade with rows of windows, a cornice and a door; columns, chimneys or a clock by trait."""
    wall = act.tone("#c98a6a" if act.has("school", "factory") else "#e6d3b4")
    trim, low = mix(wall, (1, 1, 1), 0.55), -0.86
    if act.has("factory"):
        for x in (-0.4, -0.16):
            pen.fill(
                polygon([(x - 0.05, low), (x + 0.05, low), (x + 0.035, -1.16), (x - 0.035, -1.16)]), scaled(wall, 0.8), shade=0.3
            )
            pen.soft(x + 0.06, -1.22, 0.12, 0.07, (0.9, 0.9, 0.92), 0.7)
    if act.has("school", "bank"):
        pen.fill(polygon([(-0.34, low), (0.34, low), (0.0, -1.06)]), trim, shade=0.2)
        pen.fill(oval(0, -0.92, 0.06, 0.06), rgb("#fbf8ee") if act.has("school") else wall, shade=0.1)
    pen.fill(box(-0.66, low, 0.66, 0.0), wall, shade=0.24)
    pen.fill(box(-0.7, low - 0.03, 0.7, low + 0.03, 0.01), trim, shade=0.2)
    for row in range(3):
        for column in range(6):
            x, y = -0.58 + 0.2 * column, low + 0.1 + 0.22 * row
            if row == 2 and column in (2, 3):
                continue
            on = act.lamps and (row * 5 + column * 3) % 4 != 0
            pen.fill(box(x - 0.015, y - 0.015, x + 0.135, y + 0.165, 0.01), trim, shade=0.1)
            pen.fill(box(x, y, x + 0.12, y + 0.15, 0.008), rgb("#ffdf8f") if on else rgb("#9fc4dc"), shade=0.25)
            pen.stroke(polygon_line([(x + 0.06, y), (x + 0.06, y + 0.15)]), trim, 0.01)
    pen.fill(box(-0.16, -0.34, 0.16, 0.0, 0.02), trim, shade=0.15)
    pen.fill(box(-0.12, -0.3, 0.12, 0.0, 0.01), scaled(rgb("#6a4030"), 1.0), shade=0.2)
    if act.has("bank"):
        for x in (-0.5, -0.3, 0.3, 0.5):
            pen.fill(box(x - 0.03, low + 0.04, x + 0.03, 0.0, 0.01), trim, shade=0.3)
    else:
        awning = rgb("#b8343a")
        pen.fill(polygon([(-0.2, -0.34), (0.2, -0.34), (0.27, -0.24), (-0.27, -0.24)]), awning, shade=0.2)


def stall(pen: Pen, act: Act) -> None:
    """A market's counter full of fruit under a striped awning."""
    tone = act.tone("#c8443a")
    for x in (-0.56, 0.56):
        pen.fill(box(x - 0.02, -0.9, x + 0.02, 0.0), rgb("#8a6240"), shade=0.3)
    pen.fill(box(-0.62, -0.42, 0.62, 0.0, 0.01), rgb("#b07a4a"), shade=0.3)
    for k in range(5):
        pen.stroke(polygon_line([(-0.37 + 0.185 * k, -0.4), (-0.37 + 0.185 * k, 0.0)]), rgb("#8a5a34"), 0.012)
    fruits = ("#d8382c", "#f0962e", "#7fae3a", "#f2c93a", "#8a4a9a")
    for k, code in enumerate(fruits):
        for n in range(6):
            x, y = -0.5 + 0.235 * k + 0.065 * (n % 3), -0.44 - 0.055 * (n // 3)
            pen.fill(oval(x, y, 0.04, 0.038), rgb(code), shade=0.4)
    for k in range(8):
        a, b = -0.68 + 0.17 * k, -0.51 + 0.17 * k
        cloth = tone if k % 2 == 0 else rgb("#f6f1e4")
        pen.fill(polygon([(a * 0.86, -1.0), (b * 0.86, -1.0), (b, -0.8), (a, -0.8)]), cloth, shade=0.15, edge=False)
        pen.fill(oval((a + b) / 2, -0.8, 0.085, 0.045), scaled(cloth, 0.9), shade=0.1, edge=False)


def door(pen: Pen, act: Act) -> None:
    """A panelled door in its frame; ajar by trait."""
    tone = act.tone("#2f6f6a")
    pen.fill(box(-0.31, -1.0, 0.31, 0.0, 0.02), rgb("#ece4d4"), shade=0.15)
    pen.fill(box(-0.25, -0.95, 0.25, 0.0), rgb("#2a2420"), shade=0.2)
    if act.has("open"):
        pen.fill(box(-0.25, -0.95, 0.25, 0.0), rgb("#fff0c4"), shade=0.1, edge=False)
        pen.fill(polygon([(-0.25, -0.95), (-0.02, -0.9), (-0.02, 0.04), (-0.25, 0.0)]), tone, shade=0.3)
        pen.fill(oval(-0.06, -0.44, 0.018, 0.022), rgb("#e6bb4a"), shade=0.3)
        return
    pen.fill(box(-0.24, -0.94, 0.24, -0.01), tone, shade=0.22)
    for x0, y0, x1, y1 in (
        (-0.18, -0.88, -0.03, -0.52),
        (0.03, -0.88, 0.18, -0.52),
        (-0.18, -0.44, -0.03, -0.08),
        (0.03, -0.44, 0.18, -0.08),
    ):
        pen.fill(box(x0, y0, x1, y1, 0.01), scaled(tone, 0.8), shade=0.1)
        pen.fill(box(x0 + 0.02, y0 + 0.02, x1 - 0.02, y1 - 0.02, 0.01), mix(tone, (1, 1, 1), 0.12), shade=0.15, edge=False)
    pen.fill(oval(0.2, -0.48, 0.022, 0.022), rgb("#e6bb4a"), shade=0.4)
    pen.fill(box(-0.05, -0.5, 0.05, -0.47, 0.01), rgb("#e6bb4a"), shade=0.3)
    pen.fill(polygon([(-0.34, -0.02), (0.34, -0.02), (0.4, 0.03), (-0.4, 0.03)]), rgb("#b0a896"), shade=0.2)


def pyramid(pen: Pen, act: Act) -> None:
    """Sandstone courses, one face in the sun."""
    tone = act.tone("#dcb271")
    left = polygon([(0.14, -1.0), (-1.0, 0.0), (0.42, 0.0)])
    right = polygon([(0.14, -1.0), (0.42, 0.0), (1.0, -0.04)])
    pen.fill(left, tone, shade=0.12)
    pen.fill(right, scaled(tone, 0.62), shade=0.15)
    for path, k in ((left, 0.86), (right, 0.5)):
        with pen.within(path):
            for row in range(1, 18):
                y = -1.0 + row / 18
                pen.stroke(polygon_line([(-1.0, y), (1.0, y)]), scaled(tone, k), 0.007)
                for c in range(-9, 10):
                    x = c * 0.11 + 0.055 * (row % 2)
                    pen.stroke(polygon_line([(x, y), (x, y + 1 / 18)]), scaled(tone, k), 0.004, alpha=0.8)


def igloo(pen: Pen, act: Act) -> None:
    """A dome of snow blocks with its tunnel."""
    tone = act.tone("#eef5fb")
    dome = smooth([(-0.95, 0.0), (-0.9, -0.5), (-0.5, -0.92), (0, -1.02), (0.5, -0.92), (0.9, -0.5), (0.95, 0.0)], tension=6.5)
    pen.fill(dome, tone, shade=0.25)
    with pen.within(dome):
        for row in range(6):
            y = -0.16 - 0.17 * row
            pen.stroke(smooth([(-1.0, y), (0, y + 0.07), (1.0, y)], closed=False), scaled(tone, 0.78), 0.014)
            for k in range(-5, 6):
                x = k * 0.24 + 0.12 * (row % 2)
                pen.stroke(
                    polygon_line([(x * (1 - row * 0.08), y + 0.04), (x * (1 - row * 0.06), y + 0.21)]), scaled(tone, 0.78), 0.012
                )
    arch = smooth([(0.1, 0.02), (0.12, -0.34), (0.38, -0.54), (0.64, -0.34), (0.66, 0.02)], tension=7)
    pen.fill(arch, mix(tone, (1, 1, 1), 0.4), shade=0.3)
    pen.fill(
        smooth([(0.2, 0.02), (0.22, -0.26), (0.38, -0.4), (0.54, -0.26), (0.56, 0.02)], tension=7),
        rgb("#ffd98a" if act.lamps else "#38506a"),
        shade=0.4,
    )


SKYSCRAPER = Kind(skyscraper, size=0.8, width=0.48, faces=False)
DOOR = Kind(door, size=0.66, width=0.75, faces=False)
BUILDING = Kind(building, size=0.6, width=1.4, faces=False)
STALL = Kind(stall, size=0.42, width=1.4, faces=False)
PYRAMID = Kind(pyramid, size=0.46, width=2.0, faces=False)
IGLOO = Kind(igloo, size=0.36, width=1.95, faces=False)
