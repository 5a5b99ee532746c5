"""What stands in rooms: chair, sofa, table, bed, bench, lamp, clock, vase, candle, piano, computer, basket, shelf."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.machines import box, polygon_line
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth, tube

WOOD = "#a5713f"


def chair(pen: Pen, act: Act) -> None:
    """Four legs, a seat and a slatted back, seen from the front corner."""
    wood = act.tone(WOOD)
    for x0, x1, k in ((-0.24, -0.26, 0.62), (0.3, 0.32, 0.62)):
        pen.fill(polygon([(x0, -0.46), (x0 + 0.06, -0.46), (x1 + 0.05, -0.06), (x1, -0.06)]), scaled(wood, k))
    for x in (-0.26, 0.24):
        pen.fill(polygon([(x, -0.98), (x + 0.06, -1.0), (x + 0.06, -0.44), (x, -0.44)]), scaled(wood, 0.85))
    for y in (-0.94, -0.8, -0.66):
        pen.fill(box(-0.24, y, 0.28, y + 0.075, 0.02), scaled(wood, 0.95))
    pen.fill(polygon([(-0.3, -0.5), (0.34, -0.5), (0.4, -0.38), (-0.36, -0.38)]), mix(wood, (1, 0.95, 0.85), 0.15), shade=0.2)
    pen.fill(polygon([(-0.36, -0.38), (0.4, -0.38), (0.4, -0.33), (-0.36, -0.33)]), scaled(wood, 0.75))
    for x in (-0.35, 0.33):
        pen.fill(polygon([(x, -0.34), (x + 0.065, -0.34), (x + 0.055, 0.0), (x + 0.01, 0.0)]), wood)


def sofa(pen: Pen, act: Act) -> None:
    """Two cushions between rounded arms."""
    cloth = act.tone("#4f7a8c")
    for x in (-0.98, 0.9):
        pen.fill(box(x, -0.1, x + 0.09, 0.0), rgb("#5a3f2c"))
    pen.fill(box(-1.0, -1.0, 1.0, -0.2, 0.16), scaled(cloth, 0.86), shade=0.25)
    for x in (-0.84, 0.02):
        pen.fill(box(x, -0.92, x + 0.82, -0.4, 0.1), cloth, shade=0.28)
    pen.fill(box(-0.98, -0.3, 0.98, -0.08, 0.05), scaled(cloth, 0.75))
    for x in (-0.86, 0.0):
        pen.fill(box(x, -0.5, x + 0.86, -0.26, 0.08), mix(cloth, (1, 1, 1), 0.1), shade=0.24)
    for x in (-1.16, 0.88):
        pen.fill(box(x, -0.7, x + 0.28, -0.06, 0.12), cloth, shade=0.32)
    pen.fill(box(-0.8, -0.78, -0.42, -0.44, 0.06), rgb("#e8c27a"), shade=0.22)


def table(pen: Pen, act: Act) -> None:
    """A wooden table on four legs."""
    wood = act.tone(WOOD)
    for x, k, low in ((-0.72, 0.6, -0.08), (0.64, 0.6, -0.08), (-0.92, 1.0, 0.0), (0.84, 1.0, 0.0)):
        pen.fill(polygon([(x, -0.86), (x + 0.09, -0.86), (x + 0.075, low), (x + 0.015, low)]), scaled(wood, k))
    pen.fill(box(-0.9, -0.88, 0.9, -0.76), scaled(wood, 0.72))
    pen.fill(polygon([(-0.86, -1.0), (0.86, -1.0), (1.04, -0.9), (-1.04, -0.9)]), mix(wood, (1, 0.92, 0.78), 0.25), shade=0.15)
    pen.fill(box(-1.04, -0.91, 1.04, -0.85), scaled(wood, 0.85))


def bed(pen: Pen, act: Act) -> None:
    """Headboard, pillow and a quilt."""
    quilt, wood = act.tone("#7fa3c0"), rgb(WOOD)
    pen.fill(box(-1.3, -1.0, -1.18, 0.0, 0.03), wood)
    pen.fill(box(1.22, -0.56, 1.32, 0.0, 0.03), wood)
    pen.fill(box(-1.22, -0.3, 1.26, -0.12), scaled(wood, 0.8))
    pen.fill(box(-1.2, -0.5, 1.24, -0.22, 0.07), rgb("#f4efe4"), shade=0.15)
    pen.fill(
        smooth([(-1.14, -0.5), (-1.1, -0.68), (-0.86, -0.72), (-0.62, -0.64), (-0.6, -0.48)]), (0.98, 0.97, 0.94), shade=0.15
    )
    pen.fill(
        smooth([(-0.6, -0.52), (0.2, -0.58), (1.24, -0.54), (1.28, -0.14), (0.3, -0.12), (-0.62, -0.16)], tension=9),
        quilt,
        shade=0.25,
    )
    for k in range(6):
        x = -0.4 + 0.28 * k
        pen.stroke(smooth([(x, -0.54), (x + 0.03, -0.34), (x, -0.14)], closed=False), scaled(quilt, 0.75), 0.012, alpha=0.8)


def bench(pen: Pen, act: Act) -> None:
    """A park bench with iron ends."""
    wood = act.tone("#9a6438")
    for x in (-0.86, 0.78):
        pen.stroke(polygon_line([(x + 0.02, -1.0), (x + 0.06, -0.48), (x + 0.1, 0.0)]), rgb("#2f3236"), 0.06)
        pen.stroke(polygon_line([(x + 0.02, -0.46), (x - 0.06, -0.46), (x - 0.05, 0.0)]), rgb("#2f3236"), 0.05)
    for y in (-1.0, -0.84, -0.68):
        pen.fill(box(-0.98, y, 0.98, y + 0.11, 0.02), wood)
    for y, k in ((-0.5, 1.0), (-0.42, 0.82)):
        pen.fill(box(-1.02, y, 1.02, y + 0.075, 0.02), scaled(mix(wood, (1, 0.9, 0.75), 0.15), k))


def lamp(pen: Pen, act: Act) -> None:
    """A table lamp, lit; a street lamp by trait."""
    shade = act.tone("#f2d9a0")
    if act.has("street"):
        pen.fill(polygon([(-0.03, 0), (-0.02, -0.84), (0.02, -0.84), (0.03, 0)]), rgb("#2f3438"))
        pen.fill(box(-0.06, -0.05, 0.06, 0.0), rgb("#2f3438"))
        pen.glow(0, -0.9, 0.42, rgb("#ffcf7a"), 0.8)
        with pen.bare():
            pen.fill(polygon([(-0.06, -0.96), (0.06, -0.96), (0.04, -0.84), (-0.04, -0.84)]), rgb("#ffe2a0"))
        pen.fill(polygon([(-0.08, -0.96), (0, -1.02), (0.08, -0.96)]), rgb("#2f3438"))
        return
    pen.fill(oval(0, -0.03, 0.26, 0.05), rgb("#8a6238"))
    pen.fill(
        smooth([(-0.04, -0.06), (0.04, -0.06), (0.12, -0.26), (0.03, -0.46), (-0.03, -0.46), (-0.12, -0.26)]),
        rgb("#b0743f"),
        shade=0.35,
    )
    pen.glow(0, -0.66, 0.95, rgb("#ffc96a"), 0.7)
    with pen.bare():
        pen.fill(polygon([(-0.22, -0.98), (0.22, -0.98), (0.4, -0.46), (-0.4, -0.46)]), shade, shade=0.2)
    pen.soft(0, -0.6, 0.3, 0.18, rgb("#fff6d0"), 0.9)


def clock(pen: Pen, act: Act) -> None:
    """A round face with hands that go; an alarm clock on its feet."""
    rim = act.tone("#c8463a")
    for side in (-1, 1):
        pen.fill(tube([(side * 0.24, -0.12), (side * 0.34, 0.0)], [0.05, 0.04]), rgb("#4a4038"))
        pen.fill(smooth([(side * 0.1, -0.9), (side * 0.3, -1.0), (side * 0.42, -0.76)]), rgb("#d9a531"), shade=0.35)
    pen.fill(oval(0, -0.48, 0.46, 0.46), rim, shade=0.35)
    pen.fill(oval(0, -0.48, 0.385, 0.385), rgb("#fbf7ea"), shade=0.1)
    for k in range(12):
        a, inner = k * math.tau / 12, 0.29 if k % 3 == 0 else 0.325
        pen.stroke(
            polygon_line(
                [(math.sin(a) * inner, -0.48 - math.cos(a) * inner), (math.sin(a) * 0.355, -0.48 - math.cos(a) * 0.355)]
            ),
            rgb("#2a2622"),
            0.03 if k % 3 == 0 else 0.014,
        )
    for a, length, width, tone in (
        (-1.05 + act.t / 60, 0.19, 0.034, "#2a2622"),
        (1.05 + act.t / 5, 0.28, 0.022, "#2a2622"),
        (act.t * 1.05 + 2.6, 0.3, 0.01, "#c8312b"),
    ):
        pen.stroke(polygon_line([(0, -0.48), (math.sin(a) * length, -0.48 - math.cos(a) * length)]), rgb(tone), width)
    pen.fill(oval(0, -0.48, 0.025, 0.025), rgb("#2a2622"), shade=0)


def vase(pen: Pen, act: Act) -> None:
    """Porcelain with a painted band."""
    tone = act.tone("#e9eef2")
    body = smooth(
        [
            (-0.15, -0.98),
            (0.15, -0.98),
            (0.11, -0.82),
            (0.3, -0.54),
            (0.26, -0.2),
            (0.15, -0.02),
            (-0.15, -0.02),
            (-0.26, -0.2),
            (-0.3, -0.54),
            (-0.11, -0.82),
        ]
    )
    pen.fill(body, tone, shade=0.3)
    with pen.within(body):
        band = rgb("#3f6fae") if not act.colour else mix(tone, (1, 1, 1), 0.6)
        for y in (-0.66, -0.3):
            pen.stroke(polygon_line([(-0.5, y), (0.5, y)]), band, 0.025)
        for k in range(7):
            pen.stroke(
                smooth([(-0.36 + 0.12 * k, -0.42), (-0.3 + 0.12 * k, -0.54), (-0.24 + 0.12 * k, -0.42)], closed=False),
                band,
                0.024,
            )
    pen.soft(-0.12, -0.5, 0.05, 0.2, (1, 1, 1), 0.7)
    pen.fill(oval(0, -0.98, 0.15, 0.03), scaled(tone, 0.55))


def candle(pen: Pen, act: Act) -> None:
    """Wax, wick and a flickering flame."""
    f = 1 + 0.12 * math.sin(act.t * 9 + act.index)
    pen.fill(oval(0, -0.02, 0.26, 0.05), rgb("#b0843a"))
    pen.fill(box(-0.12, -0.62, 0.12, -0.02, 0.03), act.tone("#f4ead2"), shade=0.3)
    pen.glow(0, -0.8, 0.8, rgb("#ffb84a"), 0.8)
    with pen.bare():
        pen.fill(smooth([(0, -0.64), (-0.075, -0.74), (0.0, -0.78 - 0.2 * f), (0.075, -0.74)]), rgb("#ffa92a"), shade=0)
        pen.fill(smooth([(0, -0.66), (-0.035, -0.73), (0.0, -0.86), (0.035, -0.73)]), rgb("#fff4c0"), shade=0)


def piano(pen: Pen, act: Act) -> None:
    """A grand piano with its lid raised."""
    wood = act.tone("#24242a")
    for x in (-0.66, 0.1, 0.62):
        pen.fill(polygon([(x, -0.4), (x + 0.07, -0.4), (x + 0.055, 0.0), (x + 0.015, 0.0)]), scaled(wood, 0.9))
    pen.fill(
        smooth([(-0.5, -0.62), (-0.4, -1.0), (0.3, -1.06), (0.86, -0.7), (0.8, -0.6)], tension=9),
        mix(wood, (0.7, 0.7, 0.75), 0.12),
        shade=0.4,
    )
    pen.stroke(polygon_line([(0.4, -0.6), (0.46, -0.86)]), rgb("#b08a4a"), 0.018)
    pen.fill(
        smooth([(-0.84, -0.64), (-0.3, -0.68), (0.6, -0.66), (0.86, -0.56), (0.8, -0.38), (-0.84, -0.36)], tension=12),
        wood,
        shade=0.4,
    )
    pen.fill(box(-1.0, -0.52, -0.3, -0.42), (0.98, 0.97, 0.93), shade=0.1)
    for k in range(14):
        x = -0.98 + 0.05 * k
        pen.stroke(polygon_line([(x, -0.52), (x, -0.42)]), rgb("#9a948a"), 0.006)
        if k % 7 not in (2, 6):
            pen.fill(box(x + 0.032, -0.52, x + 0.062, -0.46), rgb("#17171a"), shade=0)


def computer(pen: Pen, act: Act) -> None:
    """An open laptop with a lit screen."""
    body = act.tone("#b9c0c8")
    pen.fill(box(-0.7, -1.0, 0.7, -0.12, 0.05), scaled(body, 0.6), shade=0.2)
    with pen.bare():
        pen.fill(box(-0.64, -0.94, 0.64, -0.2, 0.02), rgb("#2f6fc4"), shade=0.5)
        for k in range(6):
            y = -0.84 + 0.1 * k
            pen.stroke(polygon_line([(-0.52, y), (-0.52 + 0.3 + 0.6 * ((k * 0.37) % 1), y)]), rgb("#d8ecff"), 0.026)
    pen.fill(polygon([(-0.74, -0.12), (0.74, -0.12), (0.94, 0.0), (-0.94, 0.0)]), body, shade=0.2)
    pen.fill(polygon([(-0.62, -0.1), (0.62, -0.1), (0.7, -0.045), (-0.7, -0.045)]), scaled(body, 0.45), shade=0)


def basket(pen: Pen, act: Act) -> None:
    """Woven, with a high handle."""
    tone = act.tone("#b9864a")
    pen.stroke(
        smooth([(-0.62, -0.5), (-0.5, -0.9), (0, -1.04), (0.5, -0.9), (0.62, -0.5)], closed=False), scaled(tone, 0.8), 0.06
    )
    body = smooth([(-0.72, -0.52), (0.72, -0.52), (0.56, -0.04), (-0.56, -0.04)], tension=12)
    pen.fill(body, tone, shade=0.3)
    with pen.within(body):
        for row in range(6):
            for k in range(15):
                x, y = -0.74 + 0.1 * k + 0.05 * (row % 2), -0.49 + 0.085 * row
                pen.stroke(smooth([(x, y), (x + 0.04, y - 0.02), (x + 0.08, y)], closed=False), scaled(tone, 0.62), 0.022)
    pen.stroke(polygon_line([(-0.72, -0.52), (0.72, -0.52)]), scaled(tone, 0.8), 0.07)


def shelf(pen: Pen, act: Act) -> None:
    """A bookcase full of books."""
    wood = act.tone("#7d5233")
    pen.fill(box(-0.42, -1.0, 0.42, 0.0, 0.01), scaled(wood, 0.55), shade=0.15)
    for row in range(4):
        low, x = -0.04 - 0.24 * (3 - row), -0.37
        while x < 0.33:
            w, h = pen.roll.uniform(0.03, 0.06), pen.roll.uniform(0.13, 0.19)
            pen.fill(
                box(x, low - h, x + w, low),
                rgb(pen.roll.choice(("#b5402f", "#2f5f8a", "#d9a53a", "#3f7a52", "#7a4a8a", "#e6d8ba"))),
                shade=0.15,
            )
            x += w + 0.004
        pen.fill(box(-0.42, low, 0.42, low + 0.035), wood)
    for x in (-0.44, 0.39):
        pen.fill(box(x, -1.02, x + 0.05, 0.0), wood)
    pen.fill(box(-0.46, -1.04, 0.46, -0.99), wood)


CHAIR = Kind(chair, size=0.46, width=0.8, faces=True)
SOFA = Kind(sofa, size=0.36, width=2.4, faces=False)
TABLE = Kind(table, size=0.32, width=2.1, faces=False)
BED = Kind(bed, size=0.34, width=2.7)
BENCH = Kind(bench, size=0.28, width=2.1, faces=False)
LAMP = Kind(lamp, size=0.4, width=0.8, faces=False)
CLOCK = Kind(clock, size=0.36, width=0.95, home="table", faces=False)
VASE = Kind(vase, size=0.36, width=0.62, home="table", faces=False)
CANDLE = Kind(candle, size=0.28, width=0.5, home="table", faces=False)
PIANO = Kind(piano, size=0.44, width=1.9)
COMPUTER = Kind(computer, size=0.34, width=1.9, home="table", faces=False)
BASKET = Kind(basket, size=0.3, width=1.5, faces=False)
SHELF = Kind(shelf, size=0.66, width=0.9, faces=False)
