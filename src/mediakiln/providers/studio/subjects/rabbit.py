"""A rabbit: round, long-eared, hopping when it goes."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import luma, mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.gait import HOP
from mediakiln.providers.studio.subjects.pen import Pen, oval, smooth, tube


def paint(pen: Pen, act: Act) -> None:
    """Seen from the side, face half turned."""
    base = act.tone("#b8997a")
    belly = mix(base, (1, 0.98, 0.94), 0.75 if luma(base) > 0.2 else 0.15)
    moving = act.pose in ("walking", "running", "jumping")
    phase = (act.way / HOP[0] + act.index * 0.3) % 1.0
    air = math.sin(math.pi * min(1.0, phase / HOP[1])) if moving and phase < HOP[1] else 0.0
    turn = 14 * math.cos(math.pi * min(1.0, phase / HOP[1])) * (-1 if air else 0) if moving else 0.0
    with pen.at(0, -0.26 * air, turn=turn):
        stretch = 0.1 * air
        pen.fill(oval(-0.42 - stretch, -0.24, 0.1, 0.1), belly, shade=0.15)
        pen.fill(
            tube(
                [(-0.2 - stretch, -0.16), (-0.1 - stretch * 1.6, -0.06 + 0.04 * air), (0.06 - stretch * 2.2, -0.03 + 0.08 * air)],
                [0.08, 0.06, 0.045],
            ),
            scaled(base, 0.7),
        )
        body = smooth(
            [
                (-0.4 - stretch, -0.3),
                (-0.26, -0.48),
                (0.0, -0.53),
                (0.24, -0.48),
                (0.36 + stretch, -0.34),
                (0.33 + stretch, -0.14),
                (0.1, -0.05),
                (-0.24, -0.04),
                (-0.4 - stretch, -0.12),
            ]
        )
        pen.fill(body, base, shade=0.3)
        with pen.within(body):
            pen.soft(0.05, -0.06, 0.38, 0.13, belly, 0.9)
            pen.soft(-0.2, -0.34, 0.2, 0.18, mix(base, (1, 1, 1), 0.2), 0.5)
        haunch = smooth(
            [
                (-0.36 - stretch, -0.22),
                (-0.22 - stretch, -0.36),
                (-0.04, -0.26),
                (-0.04, -0.08),
                (-0.2, -0.03),
                (-0.34 - stretch, -0.08),
            ]
        )
        pen.fill(haunch, scaled(base, 0.97), shade=0.28, edge=False)
        pen.fill(
            tube(
                [
                    (-0.24 - stretch, -0.05 + 0.03 * air),
                    (-0.06 - stretch * 2.4, -0.03 + 0.1 * air),
                    (0.04 - stretch * 2.6, -0.03 + 0.1 * air),
                ],
                [0.055, 0.05, 0.04],
            ),
            belly,
            shade=0.2,
        )
        for dx, k in ((0.06, 0.75), (0.0, 1.0)):
            pen.fill(
                tube(
                    [(0.24 + dx, -0.2), (0.26 + dx + stretch * 1.2, -0.1), (0.3 + dx + stretch * 2, -0.035)], [0.06, 0.045, 0.04]
                ),
                scaled(base, k),
                shade=0.2,
            )
        _head(pen, act, base, belly, 0.33 + stretch, -0.56)


def _head(pen: Pen, act: Act, base: tuple[float, float, float], belly: tuple[float, float, float], x: float, y: float) -> None:
    twitch = 3 * math.sin(act.t * 2.1) + 7 * max(0.0, math.sin(act.t * 0.9)) ** 10
    back = -26 if act.pose in ("running", "jumping") else 0
    for turn, k in ((-20 + back - twitch, 0.8), (-3 + back + twitch, 1.0)):
        with pen.at(x - 0.04, y - 0.1, turn=turn):
            pen.fill(
                smooth([(-0.05, 0.03), (-0.075, -0.2), (-0.03, -0.42), (0.02, -0.44), (0.065, -0.2), (0.05, 0.03)]),
                scaled(base, k),
                shade=0.22,
            )
            pen.fill(
                smooth([(-0.02, 0.0), (-0.035, -0.2), (-0.005, -0.36), (0.03, -0.2), (0.02, 0.0)]),
                mix(rgb("#e8a8a0"), base, 0.25),
                shade=0.15,
                edge=False,
            )
    face = smooth(
        [
            (x - 0.16, y - 0.08),
            (x, y - 0.17),
            (x + 0.14, y - 0.1),
            (x + 0.21, y + 0.04),
            (x + 0.14, y + 0.14),
            (x - 0.02, y + 0.17),
            (x - 0.16, y + 0.1),
        ]
    )
    pen.fill(face, base, shade=0.26)
    with pen.within(face):
        pen.soft(x + 0.13, y + 0.11, 0.15, 0.1, belly, 1.0)
    if act.pose == "sleeping":
        pen.stroke(smooth([(x + 0.02, y), (x + 0.06, y + 0.02), (x + 0.1, y)], closed=False), scaled(base, 0.3), 0.014)
    else:
        pen.fill(oval(x + 0.06, y - 0.015, 0.038, 0.044), rgb("#1c1210"), shade=0, edge=False)
        pen.fill(oval(x + 0.072, y - 0.032, 0.012, 0.014), rgb("#ffffff"), shade=0, edge=False)
    pen.fill(oval(x + 0.2, y + 0.035, 0.022, 0.017), rgb("#d98a8a"), shade=0, edge=False)
    for lift in (-0.02, 0.03):
        pen.stroke(
            smooth([(x + 0.15, y + 0.07), (x + 0.3, y + 0.06 + lift)], closed=False),
            mix(belly, rgb("#8a8078"), 0.3),
            0.006,
            alpha=0.8,
        )


KIND = Kind(paint, size=0.32, width=1.0, walk=0.9, run=1.9)
