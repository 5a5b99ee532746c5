"""Fish of the reef; koi, goldfish, shark, dolphin and whale by trait."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import RGB, mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.pen import Pen, Point, oval, smooth

BIG = {"whale": ("#3f5f7d", "#dfe8ee", 0.24), "shark": ("#6a7f8f", "#eef2f4", 0.17), "dolphin": ("#6f8fa8", "#f0f4f6", 0.18)}
SMALL = ("#f4912b", "#f2c53a", "#3f8fd4", "#e85a6b", "#7a6bd8")


def paint(pen: Pen, act: Act) -> None:
    """Seen from the side; the body bends in a wave that grows toward the tail."""
    big = next((BIG[trait] for trait in act.traits if trait in BIG), None)
    default = big[0] if big else "#f5f0e6" if act.has("koi") else "#f28a22" if act.has("gold") else SMALL[act.index % len(SMALL)]
    base = act.tone(default)
    belly = rgb(big[1]) if big else mix(base, (1, 0.98, 0.9), 0.6)
    deep = big[2] if big else 0.27
    beat = act.t * (3.0 if big else 6.5) + act.index * 1.7

    def bend(x: float) -> float:
        return 0.1 * (0.5 - x) ** 2 * math.sin(beat - (0.5 - x) * 2.4)

    with pen.at(0, -0.5 + 0.03 * math.sin(act.t * 1.6 + act.index), scale=1.0):
        shape = [
            (x, math.sin(math.pi * min(1.0, max(0.0, (x + 0.52) / 1.06)) ** 0.75) ** 0.8 * deep)
            for x in (-0.44, -0.3, -0.12, 0.06, 0.24, 0.4)
        ]
        top: list[Point] = [(x, bend(x) - h) for x, h in shape]
        low: list[Point] = [(x, bend(x) + h * 0.92) for x, h in reversed(shape)]
        _tail(pen, base, bend(-0.5), deep, bend(-0.66) - bend(-0.5), big is not None)
        pen.fill(
            smooth(
                [
                    (0.06, bend(0) - deep * 0.8),
                    (-0.1, bend(-0.1) - deep * 1.75),
                    (-0.24, bend(-0.2) - deep * (0.9 if big else 1.5)),
                    (-0.22, bend(-0.2) - deep * 0.6),
                ]
            ),
            scaled(base, 0.8),
            shade=0.25,
        )
        body = smooth([*top, (0.53, bend(0.5) + 0.01), *low])
        pen.fill(body, base, shade=0.3)
        with pen.within(body):
            pen.soft(0.1, deep * 0.95, 0.6, deep * 0.9, belly, 0.95)
            _marks(pen, act, base, deep, bool(big))
        pen.fill(
            smooth([(0.16, deep * 0.3), (0.02, deep * 0.95 + 0.05 * math.sin(beat)), (-0.08, deep * 0.75), (0.04, deep * 0.25)]),
            scaled(base, 0.78),
            shade=0.2,
        )
        pen.fill(
            oval(0.36, -deep * 0.18, 0.042, 0.045) if not big else oval(0.36, 0.0, 0.016, 0.018),
            rgb("#fbfbf4") if not big else rgb("#15181c"),
            shade=0,
            edge=False,
        )
        pen.fill(
            oval(0.372, -deep * 0.18, 0.024, 0.028) if not big else oval(0.363, -0.004, 0.005, 0.005),
            rgb("#14161a") if not big else rgb("#ffffff"),
            shade=0,
            edge=False,
        )
        pen.stroke(smooth([(0.52, 0.03), (0.44, 0.055), (0.39, 0.045)], closed=False), scaled(base, 0.4), 0.012)


def _tail(pen: Pen, base: RGB, y: float, deep: float, swing: float, big: bool) -> None:
    tall = 0.2 if big else deep
    tone = scaled(base, 0.85)
    pen.fill(
        smooth(
            [
                (-0.38, y - 0.05),
                (-0.56, y - tall * 0.55 + swing),
                (-0.74, y - tall + swing * 2),
                (-0.64, y + swing * 1.4),
                (-0.74, y + tall * 0.9 + swing * 2),
                (-0.54, y + tall * 0.5 + swing),
                (-0.38, y + 0.05),
            ],
            tension=8,
        ),
        tone,
        shade=0.25,
    )


def _marks(pen: Pen, act: Act, base: RGB, deep: float, big: bool) -> None:
    if big:
        if act.has("whale"):
            for k in range(6):
                pen.stroke(
                    smooth([(0.5, deep * (0.35 + 0.1 * k)), (0.1, deep * (0.55 + 0.1 * k))], closed=False),
                    scaled(base, 0.8),
                    0.006,
                    alpha=0.6,
                )
        return
    if act.has("koi"):
        for x, y, r in ((0.22, -0.12, 0.13), (-0.1, -0.1, 0.17), (-0.34, 0.0, 0.1)):
            pen.soft(x, y, r * 1.3, r, rgb("#e2512a"), 1.0)
            pen.soft(x, y, r, r * 0.8, rgb("#e2512a"), 1.0)
        return
    for x in () if act.has("gold") else (0.2, -0.06, -0.32):
        pen.stroke(smooth([(x, -deep), (x + 0.05, 0.0), (x, deep)], closed=False), (1, 1, 0.97), 0.065, alpha=0.85)
    for k in range(5):
        pen.stroke(
            smooth([(0.1 - 0.1 * k, -deep * 0.4), (0.05 - 0.1 * k, 0.0), (0.1 - 0.1 * k, deep * 0.4)], closed=False),
            scaled(base, 0.7),
            0.01,
            alpha=0.4,
        )


KIND = Kind(paint, size=0.26, width=1.35, home="under", walk=0.35, run=0.6, rest="swimming")
