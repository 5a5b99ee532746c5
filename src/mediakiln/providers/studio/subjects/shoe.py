"""Shoes: a trainer by default; boot, high heel by trait; from the front and from behind for shop pictures."""

from __future__ import annotations

from mediakiln.providers.studio.colour import RGB, luma, mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.machines import box, polygon_line
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth

WHITE = rgb("#f8f5ee")


def shoe(pen: Pen, act: Act) -> None:
    """One shoe, its toe to the right."""
    tone = act.tone("#2f3238" if act.has("boot", "heel") else "#d94a3a")
    if act.has("boot"):
        _boot(pen, tone)
    elif act.has("heel"):
        _heel(pen, tone)
    elif act.has("seen-front", "seen-back"):
        _upright(pen, tone, behind=act.has("seen-back"))
    else:
        _trainer(pen, tone)


def _trainer(pen: Pen, tone: RGB) -> None:
    accent = WHITE if luma(tone) < 0.75 else rgb("#3a4658")
    dark = scaled(tone, 0.72)
    pen.fill(
        smooth([(-0.62, -0.92), (-0.4, -1.02), (-0.1, -0.86), (0.06, -0.7), (-0.3, -0.6), (-0.6, -0.66)]), scaled(tone, 0.45)
    )
    upper = smooth(
        [
            (-0.9, -0.2),
            (-0.93, -0.6),
            (-0.96, -0.9),
            (-0.78, -0.96),
            (-0.6, -0.82),
            (-0.36, -0.78),
            (-0.12, -0.84),
            (0.1, -0.7),
            (0.36, -0.54),
            (0.68, -0.46),
            (0.94, -0.36),
            (1.03, -0.2),
            (0.4, -0.14),
        ],
        tension=9,
    )
    pen.fill(upper, tone, shade=0.34)
    with pen.within(upper):
        pen.fill(smooth([(0.56, -0.52), (0.64, -0.3), (0.6, -0.1), (1.1, -0.1), (1.1, -0.5)]), dark, shade=0.2, edge=False)
        pen.fill(smooth([(-1.0, -0.62), (-0.66, -0.56), (-0.58, -0.1), (-1.0, -0.1)]), dark, shade=0.2, edge=False)
        pen.fill(
            smooth([(-0.52, -0.2), (-0.1, -0.32), (0.3, -0.52), (0.42, -0.46), (0.1, -0.26), (-0.3, -0.14)]),
            accent,
            shade=0.12,
            edge=False,
        )
        pen.soft(-0.2, -0.7, 0.5, 0.12, (1, 1, 1), 0.22)
        for k in range(7):
            for row in range(2):
                pen.fill(
                    oval(0.66 + 0.05 * k, -0.38 + 0.05 * row + 0.01 * k, 0.011, 0.011), scaled(dark, 0.6), shade=0, edge=False
                )
    pen.fill(polygon([(-0.2, -0.84), (0.06, -0.95), (0.18, -0.86), (0.0, -0.72)]), mix(tone, (1, 1, 1), 0.2), shade=0.2)
    for k in range(5):
        x, y = -0.16 + 0.125 * k, -0.83 + 0.082 * k
        pen.stroke(polygon_line([(x - 0.07, y + 0.11), (x + 0.09, y + 0.0)]), accent, 0.042)
        pen.fill(oval(x - 0.07, y + 0.11, 0.02, 0.02), scaled(accent, 0.7), shade=0, edge=False)
    pen.stroke(smooth([(-0.96, -0.9), (-1.05, -0.96), (-1.0, -0.74)], closed=False), accent, 0.035)
    sole = smooth(
        [
            (-0.96, -0.24),
            (-0.3, -0.17),
            (0.4, -0.17),
            (0.9, -0.24),
            (1.08, -0.2),
            (1.06, -0.05),
            (0.9, 0.0),
            (-0.9, 0.0),
            (-1.0, -0.06),
        ],
        tension=10,
    )
    pen.fill(sole, WHITE, shade=0.22)
    with pen.within(sole):
        pen.fill(box(-1.1, -0.05, 1.15, 0.02), scaled(tone, 0.8), shade=0.1, edge=False)
        for k in range(16):
            pen.stroke(polygon_line([(-0.9 + 0.12 * k, -0.05), (-0.94 + 0.12 * k, 0.02)]), scaled(tone, 0.45), 0.016)
        pen.stroke(smooth([(-0.94, -0.15), (0.0, -0.1), (0.98, -0.14)], closed=False), scaled(WHITE, 0.82), 0.014)


def _upright(pen: Pen, tone: RGB, behind: bool) -> None:
    """The trainer toward us, or away from us."""
    accent = WHITE if luma(tone) < 0.75 else rgb("#3a4658")
    upper = smooth([(-0.34, -0.2), (-0.36, -0.5), (-0.26, -0.9), (0, -0.98), (0.26, -0.9), (0.36, -0.5), (0.34, -0.2)], tension=8)
    if not behind:
        pen.fill(oval(0, -0.92, 0.25, 0.09), scaled(tone, 0.4), shade=0.1)
    pen.fill(upper, tone, shade=0.3)
    with pen.within(upper):
        if behind:
            pen.fill(smooth([(-0.15, -1.0), (0.15, -1.0), (0.2, -0.1), (-0.2, -0.1)]), scaled(tone, 0.72), shade=0.2, edge=False)
            pen.fill(box(-0.11, -0.72, 0.11, -0.52, 0.03), accent, shade=0.1, edge=False)
        else:
            pen.fill(
                smooth([(-0.34, -0.42), (0, -0.54), (0.34, -0.42), (0.4, -0.1), (-0.4, -0.1)]), scaled(tone, 0.76), edge=False
            )
            pen.fill(
                smooth([(-0.14, -0.98), (0.14, -0.98), (0.12, -0.52), (-0.12, -0.52)]), scaled(tone, 0.6), shade=0.1, edge=False
            )
            for k in range(5):
                y = -0.88 + 0.085 * k
                pen.stroke(polygon_line([(-0.15, y), (0.15, y + 0.05)]), accent, 0.035)
    if behind:
        pen.stroke(smooth([(-0.07, -0.94), (0, -1.06), (0.07, -0.94)], closed=False), accent, 0.035)
    pen.fill(
        smooth([(-0.4, -0.22), (0, -0.27), (0.4, -0.22), (0.41, -0.03), (0, 0.0), (-0.41, -0.03)], tension=9), WHITE, shade=0.2
    )
    pen.fill(
        smooth([(-0.41, -0.06), (0, -0.05), (0.41, -0.06), (0.38, 0.0), (-0.38, 0.0)], tension=12), scaled(tone, 0.8), shade=0.1
    )


def _boot(pen: Pen, tone: RGB) -> None:
    pen.fill(
        smooth(
            [
                (-0.5, -0.1),
                (-0.52, -0.6),
                (-0.56, -1.0),
                (-0.1, -1.02),
                (-0.06, -0.62),
                (0.06, -0.42),
                (0.5, -0.32),
                (0.66, -0.1),
            ],
            tension=10,
        ),
        tone,
        shade=0.34,
    )
    for k in range(5):
        y = -0.88 + 0.11 * k
        pen.stroke(polygon_line([(-0.2, y), (-0.04, y + 0.04)]), rgb("#d8c8a0"), 0.028)
    pen.fill(box(-0.58, -1.04, -0.06, -0.94, 0.04), scaled(tone, 1.25), shade=0.2)
    pen.fill(smooth([(-0.54, -0.13), (0.68, -0.13), (0.7, 0.0), (-0.54, 0.0)], tension=14), rgb("#4a3424"), shade=0.2)


def _heel(pen: Pen, tone: RGB) -> None:
    pen.fill(polygon([(-0.62, -0.7), (-0.5, -0.62), (-0.54, 0.0), (-0.6, 0.0)]), scaled(tone, 0.8), shade=0.2)
    pen.fill(
        smooth(
            [
                (-0.66, -0.96),
                (-0.5, -0.78),
                (-0.2, -0.52),
                (0.3, -0.22),
                (0.66, -0.16),
                (0.86, -0.05),
                (0.8, 0.0),
                (0.36, -0.02),
                (-0.1, -0.32),
            ],
            tension=8,
        ),
        tone,
        shade=0.4,
    )
    pen.fill(smooth([(0.3, 0.0), (0.62, -0.03), (0.84, -0.03), (0.82, 0.01)]), rgb("#b8302f"), shade=0.1)
    pen.soft(0.5, -0.14, 0.14, 0.03, (1, 1, 1), 0.6)


SHOE = Kind(shoe, size=0.3, width=2.0, views=("front", "back"))
