"""Birds that stand for themselves: flamingo, peacock, and the firebird."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.pen import Pen, oval, smooth, tube


def flamingo(pen: Pen, act: Act) -> None:
    """On one leg, its neck in an S."""
    tone, sway = act.tone("#f2809a"), 0.01 * math.sin(act.t * 1.4)
    leg = scaled(tone, 0.72)
    pen.stroke(smooth([(0.0, -0.46), (0.02, -0.24), (0.0, 0.0)], closed=False), leg, 0.022)
    pen.stroke(smooth([(-0.06, -0.46), (-0.16, -0.34), (-0.01, -0.28)], closed=False), scaled(leg, 0.8), 0.02)
    pen.stroke(smooth([(-0.03, 0.0), (0.07, 0.0)], closed=False), leg, 0.022)
    neck = [(0.14, -0.54), (0.26, -0.6), (0.22, -0.72), (0.12, -0.82 + sway), (0.16, -0.93), (0.26, -0.93 + sway)]
    pen.fill(tube(neck, [0.06, 0.046, 0.04, 0.036, 0.036, 0.04]), mix(tone, (1, 1, 1), 0.12), shade=0.2)
    pen.fill(
        smooth([(-0.34, -0.46), (-0.16, -0.64), (0.08, -0.65), (0.2, -0.54), (0.08, -0.43), (-0.14, -0.42)]), tone, shade=0.35
    )
    pen.fill(smooth([(-0.4, -0.42), (-0.18, -0.58), (0.04, -0.57), (0.0, -0.48), (-0.2, -0.43)]), scaled(tone, 0.86), shade=0.3)
    pen.fill(oval(0.28, -0.94 + sway, 0.055, 0.05), mix(tone, (1, 1, 1), 0.12), shade=0.2)
    beak = smooth([(0.31, -0.97 + sway), (0.4, -0.93 + sway), (0.38, -0.84 + sway), (0.34, -0.86 + sway), (0.31, -0.92 + sway)])
    pen.fill(beak, rgb("#f6ded2"), shade=0.2)
    pen.fill(
        smooth([(0.4, -0.92 + sway), (0.39, -0.83 + sway), (0.35, -0.85 + sway), (0.37, -0.89 + sway)]), rgb("#26242a"), shade=0
    )
    pen.fill(oval(0.29, -0.955 + sway, 0.011, 0.011), rgb("#1a1718"), shade=0, edge=False)


def peacock(pen: Pen, act: Act) -> None:
    """Its train spread, each feather with an eye."""
    tone, open_ = act.tone("#1f5fa8"), 1.0 + 0.03 * math.sin(act.t * 1.6)
    green = mix(rgb("#1f8a5a"), tone, 0.15)
    for row, (reach, count) in enumerate(((0.78, 15), (0.6, 13), (0.42, 11))):
        for n in range(count):
            a = math.radians(-90 + (n - (count - 1) / 2) * 148 / (count - 1) * open_)
            x, y = reach * math.cos(a), -0.3 + reach * math.sin(a)
            pen.stroke(smooth([(0, -0.3), (x * 0.6, -0.3 + (y + 0.3) * 0.62), (x, y)], closed=False), scaled(green, 0.8), 0.02)
            with pen.at(x, y, turn=math.degrees(a) + 90):
                for rx, ry, eye in (
                    (0.068, 0.1, green),
                    (0.046, 0.064, rgb("#d8a83a")),
                    (0.032, 0.044, rgb("#2f9fc0")),
                    (0.018, 0.026, rgb("#1a2a6a")),
                ):
                    pen.fill(oval(0, 0, rx, ry), scaled(eye, 0.86 + 0.07 * row), shade=0.15, edge=False)
    for x in (-0.05, 0.06):
        pen.stroke(smooth([(x, -0.14), (x, 0.0)], closed=False), rgb("#8a7a5a"), 0.02)
    pen.fill(
        smooth(
            [(0, -0.68), (0.07, -0.56), (0.14, -0.34), (0.1, -0.14), (0, -0.1), (-0.1, -0.14), (-0.14, -0.34), (-0.07, -0.56)]
        ),
        tone,
        shade=0.35,
    )
    pen.fill(oval(0.0, -0.7, 0.075, 0.08), tone, shade=0.25)
    pen.fill(smooth([(-0.03, -0.69), (0.0, -0.61), (0.03, -0.69)]), rgb("#d8c49a"), shade=0.2)
    for side in (-1, 1):
        pen.fill(oval(side * 0.035, -0.72, 0.02, 0.02), (1, 1, 1), shade=0, edge=False)
        pen.fill(oval(side * 0.035, -0.72, 0.011, 0.012), rgb("#15131a"), shade=0, edge=False)
    for k in (-1, 0, 1):
        pen.stroke(smooth([(0, -0.77), (0.035 * k, -0.87)], closed=False), tone, 0.008)
        pen.fill(oval(0.035 * k, -0.88, 0.015, 0.015), tone, shade=0.2)


def phoenix(pen: Pen, act: Act) -> None:
    """Wings raised, a tail of flames, all alight."""
    beat = 0.05 * math.sin(act.t * 4)
    pen.glow(0, -0.55, 0.95, rgb("#ff9a3a"), 0.7)
    gold, red = rgb("#ffc23a"), act.tone("#e8502a")
    with pen.bare():
        for n in range(7):
            x = -0.24 + 0.08 * n
            lick = 0.05 * math.sin(act.t * 6 + n * 1.9)
            pen.fill(
                tube([(0, -0.4), (x * 0.7 + lick, -0.2), (x * 1.5 + lick, 0.0)], [0.05, 0.045, 0.008]),
                mix(red, gold, (n % 3) / 2),
                shade=0.2,
            )
        for side in (-1, 1):
            for n in range(8):
                a = math.radians(-12 - 12.5 * n) + beat
                reach = 0.62 + 0.16 * math.sin(n / 7 * math.pi)
                tip = (side * reach * math.cos(a), -0.5 + reach * math.sin(a) * 0.86)
                mid = (side * 0.5 * reach * math.cos(a + 0.3), -0.52 + 0.5 * reach * math.sin(a + 0.2))
                pen.fill(tube([(side * 0.05, -0.5), mid, tip], [0.05, 0.062, 0.012]), mix(red, gold, 0.14 * n), shade=0.25)
        pen.fill(
            smooth([(0, -0.72), (0.11, -0.56), (0.09, -0.4), (0, -0.3), (-0.09, -0.4), (-0.11, -0.56)]),
            mix(red, gold, 0.35),
            shade=0.3,
        )
        pen.fill(tube([(0, -0.62), (0.03, -0.74), (0.05, -0.82)], [0.07, 0.05, 0.06]), mix(red, gold, 0.5), shade=0.2)
        pen.fill(smooth([(0.09, -0.85), (0.2, -0.81), (0.09, -0.79)]), rgb("#fff0b0"), shade=0.1)
        for k in range(3):
            pen.stroke(
                smooth([(0.02, -0.86), (-0.04 - 0.04 * k, -0.95), (-0.1 - 0.03 * k, -0.93 - 0.03 * k)], closed=False), gold, 0.016
            )
        pen.fill(oval(0.07, -0.83, 0.013, 0.015), rgb("#2a1512"), shade=0, edge=False)


FLAMINGO = Kind(flamingo, size=0.5, width=0.85, walk=0.3)
PEACOCK = Kind(peacock, size=0.52, width=1.6, faces=False)
PHOENIX = Kind(phoenix, size=0.5, width=1.7, home="air", walk=0.5, rest="flying")
