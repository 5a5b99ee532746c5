"""Plates of food: noodles, steak, salad, pancakes, tacos, eggs on toast, dumplings; seen a little from above."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.machines import box
from mediakiln.providers.studio.subjects.pen import Pen, oval, smooth


def _plate(pen: Pen, act: Act) -> None:
    china = act.tone("#f4f2ec")
    pen.fill(oval(0, -0.2, 0.98, 0.3), scaled(china, 0.82), shade=0.2)
    pen.fill(oval(0, -0.24, 0.98, 0.3), china, shade=0.12)
    pen.fill(oval(0, -0.25, 0.7, 0.2), scaled(china, 0.93), shade=0.1, edge=False)


def _pasta(pen: Pen) -> None:
    pen.fill(
        smooth([(-0.55, -0.26), (-0.3, -0.5), (0, -0.62), (0.34, -0.5), (0.56, -0.26), (0, -0.14)]), rgb("#e8b95a"), shade=0.3
    )
    for n in range(20):
        x, y = 0.42 * math.sin(n * 2.1), -0.34 - 0.09 * (n % 3)
        loop = [(x - 0.2, y + 0.06), (x - 0.06, y - 0.06), (x + 0.1, y + 0.03), (x + 0.2, y - 0.04)]
        pen.stroke(smooth(loop, closed=False), rgb(("#f6d68a", "#e0a848", "#f0c868")[n % 3]), 0.03)
    pen.fill(smooth([(-0.22, -0.48), (0, -0.66), (0.24, -0.5), (0.1, -0.4), (-0.12, -0.4)]), rgb("#c8402a"), shade=0.3)
    for x, y in ((-0.06, -0.6), (0.08, -0.56)):
        pen.fill(oval(x, y, 0.08, 0.03), rgb("#4f9a3f"), shade=0.3)


def _steak(pen: Pen) -> None:
    pen.fill(
        smooth([(-0.5, -0.3), (-0.36, -0.48), (0.1, -0.5), (0.4, -0.38), (0.34, -0.22), (-0.2, -0.18)]),
        rgb("#6a3424"),
        shade=0.35,
    )
    for k in range(4):
        x = -0.3 + 0.18 * k
        pen.stroke(smooth([(x, -0.24), (x + 0.14, -0.45)], closed=False), rgb("#3a1c14"), 0.025)
    for k in range(4):
        pen.fill(box(0.42 + 0.05 * k, -0.42 + 0.02 * (k % 2), 0.46 + 0.05 * k, -0.2, 0.01), rgb("#f0c050"), shade=0.2)
    for k in range(5):
        pen.fill(oval(-0.52 + 0.05 * k, -0.36 - 0.05 * (k % 2), 0.06, 0.06), scaled(rgb("#4f9a3f"), 0.8 + 0.06 * k), shade=0.3)


def _salad(pen: Pen) -> None:
    for n in range(16):
        x, y = 0.46 * math.sin(n * 2.4) * (0.5 + 0.03 * n), -0.28 - 0.1 * (n % 4)
        with pen.at(x, y, turn=n * 47):
            leaf = smooth([(0, 0.14), (-0.13, 0.02), (-0.06, -0.13), (0.06, -0.13), (0.13, 0.02)])
            pen.fill(leaf, scaled(rgb(("#5fa84a", "#7fc05a", "#3f8a45")[n % 3]), 1.0), shade=0.3)
    for n in range(6):
        x, y = 0.4 * math.sin(n * 1.9 + 1), -0.34 - 0.08 * (n % 3)
        pen.fill(oval(x, y, 0.075, 0.065), rgb("#d8382c"), shade=0.35)
        pen.fill(oval(x + 0.14, y - 0.06, 0.06, 0.03), rgb("#f6f0d8"), shade=0.2)


def _pancakes(pen: Pen) -> None:
    for n in range(4):
        y = -0.28 - 0.11 * n
        pen.fill(oval(0.01 * (n % 2), y, 0.5, 0.13), rgb("#b9743a"), shade=0.2)
        pen.fill(oval(0.01 * (n % 2), y - 0.04, 0.5, 0.12), rgb("#e8b36a"), shade=0.25)
    pen.fill(
        smooth([(-0.34, -0.66), (0, -0.74), (0.36, -0.66), (0.4, -0.4), (0.32, -0.5), (0.1, -0.58), (-0.2, -0.42)]),
        rgb("#9a4a18"),
        alpha=0.85,
    )
    pen.fill(box(-0.1, -0.8, 0.12, -0.7, 0.02), rgb("#fbe48a"), shade=0.2)
    for x in (-0.34, 0.34):
        pen.fill(oval(x, -0.7, 0.06, 0.055), rgb("#4a3f8a" if x > 0 else "#c8283a"), shade=0.4)


def _taco(pen: Pen) -> None:
    for x in (-0.42, 0.0, 0.42):
        for k in range(5):
            pen.fill(
                oval(x - 0.16 + 0.08 * k, -0.53 - 0.03 * (k % 2), 0.06, 0.055),
                rgb(("#5fa84a", "#d8402c", "#f2d060")[k % 3]),
                shade=0.3,
            )
        pen.fill(
            smooth([(x - 0.26, -0.24), (x - 0.22, -0.44), (x, -0.54), (x + 0.22, -0.44), (x + 0.26, -0.24), (x, -0.2)]),
            rgb("#e8b04a"),
            shade=0.35,
        )


def _toast(pen: Pen) -> None:
    pen.fill(box(-0.46, -0.4, 0.46, -0.22, 0.05), rgb("#b9743a"), shade=0.3)
    pen.fill(smooth([(-0.48, -0.4), (-0.36, -0.5), (0.36, -0.5), (0.48, -0.4), (0, -0.34)]), rgb("#9ac04a"), shade=0.25)
    pen.fill(smooth([(-0.26, -0.48), (-0.16, -0.62), (0.16, -0.63), (0.28, -0.48), (0, -0.43)]), rgb("#fbfaf4"), shade=0.15)
    pen.fill(oval(0.02, -0.57, 0.12, 0.08), rgb("#f6b02a"), shade=0.3)


def _eggs(pen: Pen) -> None:
    for x in (-0.24, 0.26):
        pen.fill(
            smooth([(x - 0.26, -0.3), (x - 0.1, -0.4), (x + 0.14, -0.4), (x + 0.26, -0.3), (x, -0.2)]), rgb("#fdfcf8"), shade=0.08
        )
        pen.fill(oval(x, -0.33, 0.1, 0.07), rgb("#f6a82a"), shade=0.35)
    for k in range(2):
        y = -0.44 - 0.07 * k
        pen.stroke(smooth([(-0.4, y), (-0.2, y - 0.03), (0.0, y), (0.2, y - 0.03), (0.4, y)], closed=False), rgb("#b8402f"), 0.06)


def _rolls(pen: Pen) -> None:
    for x, y in ((-0.36, -0.3), (0.0, -0.34), (0.36, -0.3), (-0.18, -0.5), (0.2, -0.5)):
        tone = rgb("#f4ead8")
        pen.fill(
            smooth([(x - 0.2, y), (x - 0.14, y - 0.16), (x, y - 0.22), (x + 0.14, y - 0.16), (x + 0.2, y), (x, y + 0.05)]),
            tone,
            shade=0.25,
        )
        for k in (-1, 0, 1):
            pen.stroke(
                smooth([(x + 0.05 * k, y - 0.2), (x + 0.09 * k, y - 0.08)], closed=False), mix(tone, rgb("#a88a5a"), 0.5), 0.012
            )


FILLINGS = {
    "pasta": _pasta,
    "steak": _steak,
    "salad": _salad,
    "pancakes": _pancakes,
    "taco": _taco,
    "toast": _toast,
    "eggs": _eggs,
    "rolls": _rolls,
}


def dish(pen: Pen, act: Act) -> None:
    """The plate and what the prompt names on it; an empty one where it names nothing."""
    _plate(pen, act)
    filling = FILLINGS.get(next((t for t in act.traits if t in FILLINGS), ""))
    if filling is not None:
        filling(pen)
        for k in (-1, 0, 1):
            rise = 0.05 * math.sin(act.t * 2 + k)
            steam = [(0.12 * k, -0.74), (0.12 * k + 0.05 + rise, -0.84), (0.12 * k - 0.02, -0.94)]
            pen.stroke(smooth(steam, closed=False), (1, 1, 1), 0.03, alpha=0.3)


DISH = Kind(dish, size=0.32, width=2.0, home="table", faces=False)
