"""Cattle and wild beasts on the quadruped rig: cow, sheep, pig, elephant, giraffe, camel, bear."""

from __future__ import annotations

import math
from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from mediakiln.providers.studio.colour import luma, mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.pen import Pen, Point, oval, smooth, tube
from mediakiln.providers.studio.subjects.quadruped import Beast, Build, Coat, paint_beast, paint_sitting, paint_sleeping

DARK = rgb("#1d1512")
COW = Build(1.06, 0.74, (0.42, 0.42, 0.38), (0.085, 0.05), (0.22, -0.1), 0.17, 0.13, 0.16, 0.06)
SHEEP = replace(COW, length=0.84, back=0.72, deep=(0.44, 0.46, 0.44), head=(0.2, -0.04), skull=0.15, neck=0.1)
PIG = replace(COW, length=1.0, back=0.7, deep=(0.48, 0.52, 0.48), head=(0.2, 0.06), skull=0.21, neck=0.18, leg=(0.08, 0.055))
BEAR = replace(
    COW, length=0.86, back=0.72, deep=(0.42, 0.44, 0.44), leg=(0.13, 0.09), head=(0.24, -0.1), skull=0.23, neck=0.17, hoof=0.1
)
ELEPHANT = replace(
    COW, length=0.82, back=0.9, deep=(0.52, 0.54, 0.5), leg=(0.12, 0.095), head=(0.2, 0.0), skull=0.23, neck=0.2, hoof=0.095
)
GIRAFFE = replace(
    COW, length=0.42, back=0.56, deep=(0.22, 0.18, 0.18), leg=(0.04, 0.02), head=(0.2, -0.5), skull=0.065, neck=0.055, hoof=0.03
)
CAMEL = replace(COW, length=0.74, back=0.68, deep=(0.3, 0.26, 0.24), leg=(0.06, 0.035), head=(0.36, -0.3), skull=0.11, neck=0.08)


def eye(pen: Pen, act: Act, x: float, y: float, size: float) -> None:
    """A dark round eye with a spark of light; shut when asleep and now and then."""
    if act.pose == "sleeping" or (act.t + 0.7 * act.index) % 3.9 > 3.76:
        pen.stroke(smooth([(x - size, y), (x, y + size * 0.6), (x + size, y)], closed=False), DARK, size * 0.5)
        return
    pen.fill(oval(x, y, size, size * 1.15), DARK, shade=0, edge=False)
    pen.fill(oval(x + size * 0.3, y - size * 0.4, size * 0.33, size * 0.33), (1, 1, 1), shade=0, edge=False)


def _cow_head(pen: Pen, act: Act, coat: Coat) -> None:
    for side in (-1, 1):
        pen.fill(tube([(side * 0.5, -0.7), (side * 0.95, -1.05), (side * 0.85, -1.5)], [0.16, 0.13, 0.05]), rgb("#e9dcc0"))
        pen.fill(
            smooth([(side * 0.6, -0.5), (side * 1.3, -0.72), (side * 1.5, -0.4), (side * 0.9, -0.2)]), scaled(coat.base, 0.8)
        )
    face = smooth([(0, -0.95), (0.72, -0.75), (0.74, 0.1), (0.6, 0.95), (0, 1.2), (-0.6, 0.95), (-0.74, 0.1), (-0.72, -0.75)])
    pen.fill(face, coat.base, shade=0.2)
    with pen.within(face):
        pen.fill(smooth([(-0.18, -1.0), (0.2, -1.0), (0.3, 0.6), (-0.28, 0.6)]), rgb("#f8f4ea"), shade=0.1, edge=False)
    pen.fill(oval(0, 0.85, 0.72, 0.46), rgb("#e9b3a4"), shade=0.25)
    for side in (-1, 1):
        pen.fill(oval(side * 0.3, 0.78, 0.11, 0.15), rgb("#a05f58"), shade=0, edge=False)
        eye(pen, act, side * 0.5, -0.18, 0.14)
    pen.stroke(smooth([(-0.3, 1.1), (0, 1.18), (0.3, 1.1)], closed=False), rgb("#a05f58"), 0.06)


def _cow_marks(pen: Pen, act: Act, coat: Coat, build: Build) -> None:
    if luma(coat.base) < 0.6 and act.colour:
        return
    for x, y, rx, ry in (
        (-0.34, -0.66, 0.17, 0.13),
        (0.12, -0.48, 0.16, 0.14),
        (0.42, -0.7, 0.14, 0.1),
        (-0.1, -0.76, 0.1, 0.07),
    ):
        pen.fill(
            smooth([(x - rx, y), (x - rx * 0.4, y - ry), (x + rx * 0.7, y - ry * 0.8), (x + rx, y + ry * 0.3), (x, y + ry)]),
            rgb("#3a2a24"),
            shade=0.2,
            edge=False,
        )


def _sheep_head(pen: Pen, act: Act, coat: Coat) -> None:
    face = rgb("#3b332f") if luma(coat.base) > 0.5 else scaled(coat.base, 0.6)
    for side in (-1, 1):
        pen.fill(smooth([(side * 0.5, -0.4), (side * 1.2, -0.4), (side * 1.35, -0.05), (side * 0.8, 0.0)]), scaled(face, 0.85))
        if act.has("goat"):
            pen.fill(tube([(side * 0.25, -0.7), (side * 0.5, -1.4), (side * 0.2, -1.9)], [0.16, 0.12, 0.04]), rgb("#c9b48a"))
    tone = coat.base if act.has("goat") else face
    pen.fill(smooth([(0, -0.85), (0.62, -0.6), (0.56, 0.2), (0.34, 0.95), (-0.34, 0.95), (-0.56, 0.2), (-0.62, -0.6)]), tone)
    for side in (-1, 1):
        pen.fill(oval(side * 0.3, -0.06, 0.16, 0.18), rgb("#f5efe2"), shade=0, edge=False)
        eye(pen, act, side * 0.3, -0.04, 0.1)
    pen.stroke(smooth([(-0.16, 0.6), (0, 0.7), (0.16, 0.6)], closed=False), scaled(tone, 0.45), 0.08)
    if act.has("goat"):
        pen.fill(smooth([(-0.2, 0.9), (0, 1.6), (0.2, 0.9)]), rgb("#efe7d6"))
    else:
        for k in range(5):
            pen.fill(oval(-0.5 + 0.25 * k, -0.78 - 0.12 * (k % 2), 0.27, 0.25), coat.base, shade=0.2, edge=False)


def _wool(pen: Pen, act: Act, coat: Coat) -> None:
    """Curls all over the trunk, painted on top of the rig's own."""

    def curls() -> None:
        for k in range(34):
            a, d = k * 2.4, math.sqrt((k + 0.5) / 34)
            x, y = -0.02 + math.cos(a) * d * 0.54, -0.5 + math.sin(a) * d * 0.27
            pen.fill(oval(x, y, 0.105, 0.095), mix(scaled(coat.base, 0.84 + 0.16 * ((k * 0.37) % 1)), (1, 1, 1), 0.15), shade=0.2)

    pen.again(("wool", coat.base), curls)


def _pig_head(pen: Pen, act: Act, coat: Coat) -> None:
    for side in (-1, 1):
        pen.fill(smooth([(side * 0.35, -0.7), (side * 0.62, -1.3), (side * 0.95, -0.5)]), scaled(coat.base, 0.85))
    pen.fill(oval(0, 0, 0.95, 0.88), coat.base, shade=0.22)
    pen.fill(oval(0.12, 0.3, 0.42, 0.32), scaled(mix(coat.base, rgb("#e07a86"), 0.35), 0.96), shade=0.2)
    for side in (-1, 1):
        pen.fill(oval(0.12 + side * 0.15, 0.3, 0.08, 0.12), rgb("#9c4a55"), shade=0, edge=False)
        eye(pen, act, side * 0.42 + 0.08, -0.22, 0.11)
    pen.stroke(smooth([(-0.1, 0.7), (0.12, 0.77), (0.34, 0.7)], closed=False), rgb("#9c4a55"), 0.06)


def _bear_head(pen: Pen, act: Act, coat: Coat) -> None:
    panda = act.has("panda")
    for side in (-1, 1):
        wide = 0.56 if act.has("koala") else 0.34
        pen.fill(
            oval(side * (0.72 + 0.2 * (wide - 0.34) / 0.22), -0.72 + 0.2 * (wide - 0.34) / 0.22, wide, wide),
            coat.sock if panda else scaled(coat.base, 0.85),
            shade=0.2,
        )
    pen.fill(oval(0, 0, 1.0, 0.92), coat.base, shade=0.22)
    pen.fill(oval(0.05, 0.38, 0.46, 0.36), mix(coat.belly, (1, 1, 1), 0.15), shade=0.15, edge=False)
    for side in (-1, 1):
        if panda:
            with pen.at(0.05 + side * 0.42, -0.1, turn=side * 24):
                pen.fill(oval(0, 0, 0.21, 0.28), coat.sock, shade=0.1, edge=False)
        eye(pen, act, 0.05 + side * 0.4, -0.1, 0.11)
        if panda:
            pen.fill(oval(0.09 + side * 0.4, -0.15, 0.045, 0.045), (1, 1, 1), shade=0, edge=False)
    pen.fill(smooth([(-0.14, 0.2), (0.24, 0.2), (0.05, 0.42)]), DARK, shade=0.2, edge=False)
    pen.stroke(smooth([(-0.14, 0.5), (0.05, 0.58), (0.24, 0.5)], closed=False), DARK, 0.05)


def _elephant_head(pen: Pen, act: Act, coat: Coat) -> None:
    sway = 0.12 * math.sin(act.t * 1.3 + act.index)
    pen.fill(
        tube(
            [(0.6, 0.0), (1.02, 0.9), (1.08, 1.7), (1.2 + sway, 2.4), (1.62 + sway, 2.62)],
            [0.44, 0.36, 0.27, 0.2, 0.14],
        ),
        coat.base,
        shade=0.2,
    )
    for k in range(6):
        y = 0.7 + k * 0.26
        pen.stroke(smooth([(0.78, y), (1.0, y + 0.06), (1.25, y)], closed=False), scaled(coat.base, 0.7), 0.035, alpha=0.7)
    pen.fill(oval(0.2, -0.1, 0.92, 0.95), coat.base, shade=0.26)
    pen.fill(tube([(0.55, 0.62), (0.95, 1.1), (1.5, 1.05)], [0.14, 0.12, 0.03]), rgb("#f6f0de"), shade=0.2)
    flap = 0.06 * math.sin(act.t * 2)
    ear = smooth([(-0.1, -0.75), (-0.75, -1.05), (-1.35 - flap, -0.5), (-1.25 - flap, 0.4), (-0.65, 0.98), (-0.15, 0.45)])
    pen.fill(ear, scaled(coat.base, 0.86), shade=0.3)
    with pen.within(ear):
        pen.soft(-0.7, 0.0, 0.55, 0.75, mix(rgb("#d9a3a0"), coat.base, 0.45), 0.7)
    eye(pen, act, 0.6, -0.15, 0.09)


def _giraffe_head(pen: Pen, act: Act, coat: Coat) -> None:
    for x in (-0.3, 0.15):
        pen.stroke(smooth([(x, -0.7), (x - 0.1, -1.6)], closed=False), scaled(coat.base, 0.8), 0.2)
        pen.fill(oval(x - 0.1, -1.7, 0.2, 0.2), rgb("#4a3020"), shade=0)
    pen.fill(smooth([(-0.5, -0.4), (-1.5, -0.8), (-1.3, -0.2)]), scaled(coat.base, 0.85))
    pen.fill(smooth([(-0.7, -0.5), (0.1, -0.9), (0.9, -0.3), (2.0, 0.4), (1.9, 0.95), (1.0, 0.95), (-0.4, 0.6)]), coat.base)
    pen.fill(oval(1.7, 0.62, 0.38, 0.32), mix(coat.base, rgb("#6a4a3a"), 0.4), shade=0.1, edge=False)
    eye(pen, act, 0.35, -0.2, 0.19)


def _spots(pen: Pen, act: Act, coat: Coat, build: Build) -> None:
    for k in range(26):
        x, y = -0.26 + (k * 0.618 % 1) * 0.54, -0.56 + (k * 0.377 % 1) * 0.22
        pen.fill(oval(x, y, 0.034, 0.028), rgb("#9a5a2a"), shade=0.1, edge=False)


def _neck_spots(pen: Pen, act: Act, coat: Coat, place: Point) -> None:
    base = (0.17, -0.5)
    for k in range(9):
        s = (k + 0.5) / 9
        x = base[0] + (place[0] - base[0]) * s + 0.016 * (-1) ** k
        pen.fill(oval(x, base[1] + (place[1] - base[1]) * s, 0.026, 0.022), rgb("#9a5a2a"), shade=0, edge=False)


def _camel_head(pen: Pen, act: Act, coat: Coat) -> None:
    pen.fill(smooth([(-0.6, -0.5), (-0.75, -1.1), (-0.25, -0.7)]), scaled(coat.base, 0.85))
    pen.fill(smooth([(-0.7, -0.5), (0.1, -0.8), (0.8, -0.4), (1.6, 0.0), (1.7, 0.5), (1.0, 0.75), (-0.4, 0.6)]), coat.base)
    eye(pen, act, 0.25, -0.25, 0.14)
    pen.stroke(smooth([(1.62, 0.3), (1.2, 0.42), (0.9, 0.36)], closed=False), scaled(coat.base, 0.5), 0.06)


def _humps(pen: Pen, act: Act, coat: Coat) -> None:
    for x in (-0.16, 0.14):
        pen.fill(
            smooth([(x - 0.19, -0.6), (x - 0.06, -0.93), (x + 0.07, -0.92), (x + 0.18, -0.6), (x, -0.55)]), coat.base, shade=0.2
        )


def _tuft_tail(sway: float, act: Act) -> tuple[list[Point], list[float]]:
    return [(0, 0), (-0.07, 0.14), (-0.08 + 0.04 * sway, 0.34), (-0.09 + 0.07 * sway, 0.46)], [0.028, 0.018, 0.018, 0.034]


def _stub_tail(sway: float, act: Act) -> tuple[list[Point], list[float]]:
    return [(0, 0.02), (-0.07, 0.05 + 0.02 * sway)], [0.05, 0.045]


def _curly_tail(sway: float, act: Act) -> tuple[list[Point], list[float]]:
    return [(0, 0.02), (-0.08, -0.04), (-0.12, 0.05), (-0.06, 0.06 + 0.02 * sway), (-0.11, -0.02)], [
        0.024,
        0.022,
        0.02,
        0.017,
        0.014,
    ]


class Herd(Struct, frozen=True):
    """What makes a beast of this family: its rig, its colours (coat, belly, feet) and what lies over the trunk."""

    beast: Beast
    coat: str
    belly: str
    feet: str
    over: Callable[[Pen, Act, Coat], None] | None = None


COWS = Herd(Beast(COW, _cow_head, _tuft_tail, _cow_marks), "#f4efe6", "#f8e4da", "#4a3a34")
FLOCK = Herd(Beast(SHEEP, _sheep_head, _stub_tail), "#f3eee2", "#e6dfd0", "#2f2825", _wool)
PIGS = Herd(Beast(PIG, _pig_head, _curly_tail), "#f0b0ae", "#f8ccc8", "#c07f80")
BEARS = Herd(Beast(BEAR, _bear_head, _stub_tail), "#7a5436", "#c39a6c", "#5a3c26")
ELEPHANTS = Herd(Beast(ELEPHANT, _elephant_head, _tuft_tail), "#9aa0a8", "#b4b8bd", "#7f858d")
GIRAFFES = Herd(Beast(GIRAFFE, _giraffe_head, _tuft_tail, _spots, _neck_spots), "#e9bd6c", "#f6e2b4", "#7a5230")
CAMELS = Herd(Beast(CAMEL, _camel_head, _tuft_tail), "#c99a5c", "#e0bd88", "#8a6238", _humps)


def _painter(herd: Herd) -> Callable[[Pen, Act], None]:
    def paint(pen: Pen, act: Act) -> None:
        base, feet = act.tone(herd.coat), rgb(herd.feet)
        if herd is BEARS and act.has("panda"):
            base, feet = act.tone("#f6f3ec"), rgb("#2a2624")
        elif herd is BEARS and act.has("polar"):
            base, feet = act.tone("#f2f1ea"), rgb("#dcdad0")
        elif herd is BEARS and act.has("koala"):
            base, feet = act.tone("#9aa0a8"), rgb("#7f858d")
        elif herd is FLOCK and act.has("goat"):
            base, feet = act.tone("#d9cbb4"), rgb("#4a3a30")
        elif act.colour:
            feet = scaled(base, 0.6)
        coat = Coat(base, mix(base, (1, 1, 1), 0.5) if act.colour else rgb(herd.belly), feet)
        beast = herd.beast
        if herd is BEARS and act.pose in ("", "sitting"):
            paint_sitting(pen, act, coat, replace(beast, build=replace(beast.build, skull=0.21)))
            if act.has("panda"):
                for x in (0.17, 0.07):
                    pen.fill(tube([(x - 0.01, -0.46), (x, -0.2), (x + 0.005, -0.05)], [0.08, 0.066, 0.058]), feet, shade=0.18)
            return
        if act.pose == "sleeping":
            paint_sleeping(pen, act, coat, beast)
            return
        if herd.over is _humps:
            herd.over(pen, act, coat)
        paint_beast(pen, act, coat, beast)
        if herd.over is _wool and not act.has("goat"):
            herd.over(pen, act, coat)
            with pen.at(0.545, -0.6, scale=beast.build.skull):
                _sheep_head(pen, act, coat)

    return paint


COW_KIND = Kind(_painter(COWS), size=0.42, width=1.6, walk=0.4, run=0.9)
SHEEP_KIND = Kind(_painter(FLOCK), size=0.32, width=1.35, walk=0.45, run=1.0)
PIG_KIND = Kind(_painter(PIGS), size=0.32, width=1.45, walk=0.45, run=1.0)
BEAR_KIND = Kind(_painter(BEARS), size=0.46, width=1.0, walk=0.45, run=1.1, rest="")
ELEPHANT_KIND = Kind(_painter(ELEPHANTS), size=0.58, width=1.45, walk=0.35, run=0.7)
GIRAFFE_KIND = Kind(_painter(GIRAFFES), size=0.74, width=1.0, walk=0.35, run=0.8)
CAMEL_KIND = Kind(_painter(CAMELS), size=0.5, width=1.3, walk=0.4, run=0.9)
