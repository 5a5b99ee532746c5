"""A cat: pointed ears, whiskers, a long tail that sways, tabby stripes where the colour allows."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import RGB, luma, mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.pen import Pen, Point, oval, polygon, smooth
from mediakiln.providers.studio.subjects.quadruped import Beast, Build, Coat, paint_beast, paint_sitting, paint_sleeping

BUILD = Build(
    length=0.8,
    back=0.64,
    deep=(0.31, 0.3, 0.31),
    leg=(0.082, 0.044),
    head=(0.2, -0.19),
    skull=0.2,
    neck=0.1,
    reach=0.17,
    hoof=0.058,
)


def head(pen: Pen, act: Act, coat: Coat) -> None:
    """A round face turned half toward us, in units of the skull's radius."""
    asleep = act.pose == "sleeping"
    if act.has("lion"):
        for k in range(22):
            a = k * math.tau / 22
            tone = scaled(rgb("#8a4f22"), 0.85 + 0.3 * (k % 2))
            pen.fill(oval(math.cos(a) * 1.12, math.sin(a) * 1.1 - 0.02, 0.44, 0.42), tone, shade=0.2, edge=False)
    for side, x in ((-1, -0.62), (1, 0.62)):
        flick = 0.05 * max(0.0, math.sin(act.t * 1.1 + side)) ** 8
        ear = smooth(
            [
                (x - 0.42, -0.5),
                (x - 0.26 * 1.0 + side * 0.1, -1.0),
                (x + side * (0.16 + flick), -1.5),
                (x + 0.3 + side * 0.06, -0.98),
                (x + 0.42, -0.45),
            ],
            tension=9,
        )
        pen.fill(ear, scaled(coat.base, 0.94), shade=0.2)
        pen.fill(
            polygon([(x - 0.2, -0.62), (x + side * 0.13, -1.24), (x + 0.22, -0.6)]),
            mix(rgb("#e9a59b"), coat.base, 0.3),
            shade=0.2,
            edge=False,
        )
    face = smooth(
        [
            (0, -0.98),
            (0.55, -0.86),
            (0.95, -0.4),
            (1.08, 0.12),
            (0.86, 0.52),
            (0.45, 0.78),
            (0, 0.88),
            (-0.45, 0.78),
            (-0.86, 0.52),
            (-1.08, 0.12),
            (-0.95, -0.4),
            (-0.55, -0.86),
        ]
    )
    pen.fill(face, coat.base, shade=0.24)
    with pen.within(face):
        pen.soft(0.06, 0.56, 0.62, 0.5, coat.belly, 1.0)
        pen.soft(0.06, 0.62, 0.5, 0.36, coat.belly, 0.9)
        if _tabby(coat) and not act.has("lion"):
            dark = scaled(coat.base, 0.6)
            for x, low in ((-0.3, -0.52), (0.02, -0.42), (0.34, -0.52)):
                pen.stroke(smooth([(x * 0.7, -1.0), (x, low)], closed=False), dark, 0.12, alpha=0.75)
            for side in (-1, 1):
                for y in (0.02, 0.24):
                    pen.stroke(smooth([(side * 1.1, y), (side * 0.72, y + 0.1)], closed=False), dark, 0.09, alpha=0.6)
    _eyes(pen, act, coat, asleep)
    pen.fill(smooth([(-0.06, 0.24), (0.18, 0.24), (0.06, 0.4)]), rgb("#d9837c"), shade=0.2, edge=False)
    mouth = scaled(coat.base, 0.32)
    pen.stroke(smooth([(0.06, 0.4), (0.05, 0.53), (-0.07, 0.59), (-0.19, 0.53)], closed=False), mouth, 0.045)
    pen.stroke(smooth([(0.06, 0.53), (0.19, 0.59), (0.31, 0.53)], closed=False), mouth, 0.045)
    whisker: RGB = rgb("#fbf7ee") if luma(coat.base) < 0.75 else rgb("#9a938a")
    for side in (-1, 1):
        for lift in (-0.16, 0.02, 0.2):
            x = 0.06 + side * 0.42
            pen.stroke(
                smooth([(x, 0.46 + lift * 0.4), (x + side * 0.6, 0.4 + lift), (x + side * 1.1, 0.5 + lift * 1.7)], closed=False),
                whisker,
                0.03,
                alpha=0.9,
            )


def _tabby(coat: Coat) -> bool:
    return 0.2 < luma(coat.base) < 0.78


def _eyes(pen: Pen, act: Act, coat: Coat, asleep: bool) -> None:
    blink = (act.t + 0.7 * act.index) % 3.7 > 3.56
    for x in (-0.4, 0.48):
        if asleep or blink:
            pen.stroke(smooth([(x - 0.2, -0.06), (x, 0.02), (x + 0.2, -0.06)], closed=False), scaled(coat.base, 0.25), 0.07)
            continue
        pen.fill(oval(x, -0.08, 0.245, 0.265), scaled(coat.base, 0.22), shade=0, edge=False)
        pen.fill(
            oval(x, -0.08, 0.205, 0.23), rgb("#a9bf4a") if luma(coat.base) < 0.72 else rgb("#5fa3c9"), shade=0.35, edge=False
        )
        pen.fill(oval(x + 0.03, -0.08, 0.1, 0.2), rgb("#12100f"), shade=0, edge=False)
        pen.fill(oval(x + 0.09, -0.17, 0.06, 0.065), rgb("#ffffff"), shade=0, edge=False)


def tail(sway: float, act: Act) -> tuple[list[Point], list[float]]:
    """A long tail carried high, its tip swinging."""
    s = sway * 0.07
    return (
        [(0.04, 0.06), (-0.12, 0.0), (-0.26, -0.12), (-0.33 - s * 0.4, -0.3), (-0.32 - s, -0.46), (-0.24 - s * 1.6, -0.55)],
        [0.06, 0.055, 0.05, 0.047, 0.043, 0.034],
    )


def marks(pen: Pen, act: Act, coat: Coat, build: Build) -> None:
    """Tabby stripes over the back and flank."""
    if not _tabby(coat):
        return
    dark = scaled(coat.base, 0.6)
    if act.has("leopard"):
        for i in range(26):
            x, y = build.length * (0.5 * math.sin(i * 2.399) * (0.3 + 0.027 * i)), -build.back + 0.06 + 0.2 * ((i * 0.618) % 1)
            pen.stroke(oval(x, y, 0.026, 0.022), scaled(coat.base, 0.4), 0.013)
        return
    for i in range(9):
        x = -build.length * 0.52 + i * build.length * 0.125
        curve = 0.05 * math.sin(i * 1.7)
        pen.stroke(
            smooth(
                [(x, -build.back - 0.03), (x + 0.03 + curve, -build.back + 0.08), (x - 0.02 + curve, -build.back + 0.17)],
                closed=False,
            ),
            dark,
            0.03 - 0.001 * i,
            alpha=0.6,
        )


def paint(pen: Pen, act: Act) -> None:
    """The cat in whatever pose."""
    base = act.tone("#d8a95e" if act.has("lion", "leopard") else "#2a282e" if act.has("panther") else "#d98f45")
    coat = Coat(
        base,
        mix(base, rgb("#fff6e6"), 0.75 if luma(base) > 0.2 else 0.12),
        mix(base, rgb("#fff6e6"), 0.7 if luma(base) > 0.2 else 0.05),
    )
    beast = Beast(BUILD, head, tail, None if act.has("lion") else marks)
    {"sitting": paint_sitting, "sleeping": paint_sleeping}.get(act.pose, paint_beast)(pen, act, coat, beast)


KIND = Kind(paint, size=0.4, width=1.4, walk=0.95, run=2.3)
