"""Birds and butterflies."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import RGB, mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth, tube

# Trait: (back, belly, beak, long neck and legs)
BIRDS: dict[str, tuple[str, str, str, bool]] = {
    "crow": ("#2b2c34", "#35363f", "#26262b", False),
    "gull": ("#aab4bf", "#fbfbf8", "#f0b43a", False),
    "swallow": ("#2b3f6b", "#f0dcc6", "#33333a", False),
    "crane": ("#f5f3ee", "#ffffff", "#c9a24a", True),
    "parrot": ("#2f9e58", "#f2c53a", "#3a3230", False),
    "eagle": ("#5d4230", "#7a5a40", "#f0b43a", False),
}


def _plumage(act: Act) -> tuple[RGB, RGB, RGB, bool]:
    back, belly, beak, tall = next((BIRDS[t] for t in act.traits if t in BIRDS), ("#4f86c0", "#f4e2c6", "#e8a23a", False))
    base = act.tone(back)
    return base, mix(base, (1, 1, 1), 0.6) if act.colour else rgb(belly), rgb(beak), tall


def bird(pen: Pen, act: Act) -> None:
    """In flight with beating wings, or perched."""
    base, belly, beak, tall = _plumage(act)
    if act.pose in ("sitting", "standing", "sleeping", "walking"):
        _perched(pen, act, base, belly, beak, tall)
        return
    beat = act.t * 6.2 + act.index * 1.9
    flap = math.sin(beat) * 0.85 + 0.18
    with pen.at(0, -0.5 - 0.04 * math.sin(beat + 1.4)):
        _wing(pen, flap, scaled(base, 0.7), -0.04)
        pen.fill(
            polygon([(-0.3, 0.0), (-0.66, -0.07), (-0.58, 0.02), (-0.68, 0.09), (-0.3, 0.07)]), scaled(base, 0.82), shade=0.2
        )
        if tall:
            for y in (0.05, 0.08):
                pen.stroke(smooth([(-0.3, y), (-0.9, y + 0.02)], closed=False), rgb("#4a4440"), 0.02)
        body = smooth(
            [(-0.4, 0.02), (-0.14, -0.12), (0.16, -0.13), (0.36, -0.08), (0.42, 0.0), (0.3, 0.08), (0.05, 0.14), (-0.2, 0.1)]
        )
        pen.fill(body, base, shade=0.26)
        with pen.within(body):
            pen.soft(0.08, 0.13, 0.34, 0.12, belly, 1.0)
        reach = 0.3 if tall else 0.0
        if tall:
            pen.fill(tube([(0.3, -0.02), (0.5, -0.06), (0.7, -0.06)], [0.06, 0.04, 0.035]), base)
        _head(pen, 0.4 + reach, -0.07, base, beak, act)
        _wing(pen, flap, base, 0.0)


def _wing(pen: Pen, flap: float, tone: RGB, shift: float) -> None:
    """One wing, raised by `flap` (-1..1), its feathers darker at the tip."""
    tip, mid = (-0.22 + shift, -0.66 * flap - 0.02), (0.1 + shift, -0.42 * flap - 0.05)
    outline = [
        (0.2 + shift, -0.06),
        (0.18 + shift, -0.3 * flap - 0.08),
        mid,
        tip,
        (-0.12 + shift, -0.4 * flap + 0.02),
        (-0.16 + shift, -0.2 * flap + 0.03),
        (-0.14 + shift, 0.02),
    ]
    pen.fill(smooth(outline, tension=8), tone, shade=0.34)
    for k in range(4):
        s = 0.25 + 0.2 * k
        a = (0.12 + shift - 0.1 * k, -0.3 * flap * s - 0.02)
        pen.stroke(smooth([a, (a[0] - 0.1, a[1] - 0.24 * flap * s)], closed=False), scaled(tone, 0.7), 0.012, alpha=0.6)


def _head(pen: Pen, x: float, y: float, base: RGB, beak: RGB, act: Act) -> None:
    pen.fill(polygon([(x + 0.1, y - 0.04), (x + 0.28, y + 0.02), (x + 0.1, y + 0.05)]), beak, shade=0.25)
    pen.fill(oval(x, y, 0.13, 0.115), base if not act.has("eagle") else rgb("#f4efe4"), shade=0.24)
    if act.has("crane"):
        pen.fill(oval(x, y - 0.08, 0.07, 0.035), rgb("#c8312b"), shade=0, edge=False)
    pen.fill(oval(x + 0.05, y - 0.02, 0.025, 0.027), rgb("#15110f"), shade=0, edge=False)
    pen.fill(oval(x + 0.058, y - 0.03, 0.008, 0.009), rgb("#ffffff"), shade=0, edge=False)


def _perched(pen: Pen, act: Act, base: RGB, belly: RGB, beak: RGB, tall: bool) -> None:
    legs = 0.42 if tall else 0.14
    step = 0.06 * math.sin(act.way * 9) if act.pose == "walking" else 0.0
    for dx in (-0.04, 0.07):
        pen.stroke(
            smooth([(dx, -legs - 0.05), (dx + step * (1 if dx > 0 else -1), 0.0), (dx + 0.07, 0.0)], closed=False),
            scaled(beak, 0.75),
            0.02,
        )
    with pen.at(0, -legs, turn=-24 if not tall else -8, scale=0.95):
        pen.fill(polygon([(-0.3, 0.0), (-0.62, 0.1), (-0.5, 0.16), (-0.24, 0.08)]), scaled(base, 0.75), shade=0.2)
        body = smooth([(-0.38, 0.0), (-0.18, -0.22), (0.12, -0.3), (0.34, -0.24), (0.38, -0.06), (0.2, 0.1), (-0.1, 0.12)])
        pen.fill(body, base, shade=0.28)
        with pen.within(body):
            pen.soft(0.2, 0.02, 0.26, 0.2, belly, 1.0)
        pen.fill(smooth([(-0.46, 0.04), (-0.2, -0.18), (0.06, -0.16), (0.0, 0.02), (-0.2, 0.08)]), scaled(base, 0.8), shade=0.25)
    look = 0.02 * math.sin(act.t * 1.7)
    if tall:
        pen.fill(tube([(0.26, -legs - 0.26), (0.36, -legs - 0.42), (0.32, -legs - 0.56)], [0.07, 0.045, 0.04]), base)
        _head(pen, 0.34 + look, -legs - 0.6, base, beak, act)
    else:
        _head(pen, 0.28 + look, -legs - 0.42, base, beak, act)


def butterfly(pen: Pen, act: Act) -> None:
    """Patterned wings that open and close."""
    base = act.tone("#f08a2c")
    dark = rgb("#2a1d24")
    beat = 0.55 + 0.45 * math.sin(act.t * 7 + act.index * 2)
    with pen.at(0, -0.5 + 0.06 * math.sin(act.t * 2 + act.index), turn=-18):
        for side in (-1, 1):
            pen.canvas.save()
            pen.canvas.scale(side * (0.25 + 0.75 * beat), 1)
            for points, k in (
                ([(0.03, 0.02), (0.3, 0.0), (0.42, 0.22), (0.3, 0.42), (0.1, 0.34)], 0.85),
                ([(0.03, -0.02), (0.16, -0.36), (0.46, -0.5), (0.58, -0.3), (0.44, -0.02), (0.2, 0.06)], 1.0),
            ):
                wing = smooth(points)
                pen.fill(wing, scaled(base, k), shade=0.3)
                with pen.within(wing):
                    pen.stroke(wing, dark, 0.09)
                    for x, y in ((0.46, -0.38), (0.52, -0.24), (0.34, 0.3), (0.4, 0.18)):
                        pen.fill(oval(x, y, 0.022, 0.022), rgb("#fff4e0"), shade=0, edge=False)
                pen.stroke(smooth([(0.03, 0), (points[2][0] * 0.7, points[2][1] * 0.7)], closed=False), dark, 0.012, alpha=0.6)
            pen.canvas.restore()
        pen.fill(tube([(0, -0.2), (0, 0.0), (0, 0.26)], [0.03, 0.035, 0.015]), dark, shade=0.2)
        for side in (-1, 1):
            pen.stroke(smooth([(0, -0.2), (side * 0.08, -0.36), (side * 0.14, -0.42)], closed=False), dark, 0.012)


BIRD = Kind(bird, size=0.24, width=1.5, home="air", walk=0.9, run=1.2, rest="flying")
BUTTERFLY = Kind(butterfly, size=0.16, width=1.1, home="air", walk=0.6, rest="flying")
