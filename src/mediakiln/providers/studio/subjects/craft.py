"""More machines: plane, helicopter, flying saucer, submarine, motorcycle, tractor."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.machines import box, polygon_line, wheel
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth, tube


def plane(pen: Pen, act: Act) -> None:
    """An airliner, climbing; a folded sheet of paper by trait."""
    if act.has("paper"):
        sheet = act.tone("#f7f7f4")
        with pen.at(0, -0.5 + 0.02 * math.sin(act.t * 1.4), turn=-14):
            pen.fill(polygon([(1.0, -0.06), (-0.9, -0.42), (-0.5, 0.02)]), scaled(sheet, 0.94), shade=0.12)
            pen.fill(polygon([(1.0, -0.06), (-0.5, 0.02), (-0.46, 0.36)]), scaled(sheet, 0.66), shade=0.1)
            pen.fill(polygon([(1.0, -0.06), (-0.46, 0.36), (-0.2, 0.08)]), scaled(sheet, 0.82), shade=0.1)
            pen.fill(polygon([(1.0, -0.06), (-0.2, 0.08), (-0.74, 0.3)]), sheet, shade=0.1)
        return
    base = act.tone("#f2f4f6")
    stripe = rgb("#2f6fc4") if not act.colour else mix(base, (1, 1, 1), 0.6)
    with pen.at(0, -0.5 + 0.02 * math.sin(act.t * 1.4), turn=-8):
        pen.fill(polygon([(0.1, -0.06), (-0.3, -0.46), (-0.46, -0.46), (-0.24, -0.04)]), scaled(base, 0.7))
        pen.fill(polygon([(-1.1, -0.1), (-1.36, -0.62), (-1.14, -0.62), (-0.8, -0.14)]), stripe)
        hull = smooth(
            [(-1.36, -0.1), (-0.8, -0.17), (0.7, -0.18), (1.08, -0.1), (1.26, 0.04), (1.0, 0.13), (-0.6, 0.14), (-1.1, 0.04)],
            tension=8,
        )
        pen.fill(hull, base, shade=0.3)
        with pen.within(hull):
            pen.fill(box(-1.4, 0.03, 1.4, 0.075), stripe, shade=0, edge=False)
        for k in range(13):
            pen.fill(
                oval(-0.72 + 0.11 * k, -0.05, 0.028, 0.035), rgb("#ffe2a0") if act.lamps else rgb("#3f5a78"), shade=0, edge=False
            )
        pen.fill(smooth([(0.86, -0.1), (1.02, -0.07), (1.08, 0.0), (0.88, -0.01)]), rgb("#2a3a4a"), shade=0.3)
        pen.fill(polygon([(-1.12, 0.0), (-1.42, 0.16), (-1.26, 0.16), (-0.86, 0.04)]), scaled(base, 0.82))
        pen.fill(box(-0.26, 0.18, 0.08, 0.31, 0.06), scaled(base, 0.75))
        pen.fill(polygon([(0.26, 0.05), (-0.44, 0.52), (-0.64, 0.52), (-0.2, 0.06)]), scaled(base, 0.9), shade=0.25)


def helicopter(pen: Pen, act: Act) -> None:
    """Glass nose, tail boom and a blurred rotor."""
    base = act.tone("#d8432f")
    with pen.at(0, 0.02 * math.sin(act.t * 2)):
        pen.fill(tube([(-0.3, -0.52), (-0.8, -0.58), (-1.2, -0.64)], [0.14, 0.06, 0.04]), base)
        pen.fill(polygon([(-1.16, -0.6), (-1.34, -0.9), (-1.22, -0.9), (-1.06, -0.62)]), scaled(base, 0.85))
        pen.fill(oval(-1.24, -0.68, 0.16, 0.16), (0.9, 0.92, 0.95), alpha=0.4, shade=0)
        pen.fill(
            smooth([(-0.46, -0.62), (-0.1, -0.78), (0.3, -0.74), (0.58, -0.5), (0.5, -0.26), (0.1, -0.18), (-0.34, -0.26)]),
            base,
            shade=0.32,
        )
        pen.fill(
            smooth([(0.16, -0.7), (0.34, -0.66), (0.54, -0.48), (0.46, -0.36), (0.18, -0.4)], tension=8),
            rgb("#9fd4ee"),
            shade=0.4,
        )
        pen.fill(box(-0.2, -0.62, 0.06, -0.4, 0.04), rgb("#9fd4ee"), shade=0.4)
        pen.fill(box(-0.04, -0.92, 0.04, -0.74), rgb("#3a3d42"))
        spin = 0.9 + 0.25 * abs(math.sin(act.t * 20))
        pen.fill(oval(0, -0.93, spin, 0.03), rgb("#3a3d42"), alpha=0.75, shade=0)
        for x in (-0.24, 0.26):
            pen.stroke(polygon_line([(x, -0.22), (x, -0.06)]), rgb("#3a3d42"), 0.03)
        pen.stroke(smooth([(-0.5, -0.04), (0.5, -0.04), (0.62, -0.1)], closed=False), rgb("#3a3d42"), 0.04)


def saucer(pen: Pen, act: Act) -> None:
    """A flying saucer with lights and a beam."""
    base = act.tone("#aeb8c4")
    with pen.at(0, 0.03 * math.sin(act.t * 1.7)):
        with pen.bare():
            pen.fill(
                polygon([(-0.24, -0.5), (0.24, -0.5), (0.62, 0.1), (-0.62, 0.1)]), rgb("#bff6c8"), alpha=0.3, shade=0, edge=False
            )
        pen.fill(
            smooth([(-0.34, -0.7), (-0.24, -0.94), (0, -1.0), (0.24, -0.94), (0.34, -0.7)]), rgb("#9fe0ea"), shade=0.4, alpha=0.9
        )
        pen.fill(
            smooth([(-0.95, -0.56), (-0.4, -0.74), (0.4, -0.74), (0.95, -0.56), (0.4, -0.42), (-0.4, -0.42)]), base, shade=0.4
        )
        for k in range(7):
            x = -0.66 + 0.22 * k
            on = (k + int(act.t * 4)) % 2
            tone = rgb("#ffe27a" if on else "#ff7a6a")
            pen.glow(x, -0.54, 0.1, tone, 0.8)
            pen.fill(oval(x, -0.54 + 0.03 * (1 - abs(x)), 0.045, 0.04), tone, shade=0, edge=False)


def submarine(pen: Pen, act: Act) -> None:
    """A round yellow hull with portholes and a periscope."""
    base = act.tone("#f0b92c")
    pen.stroke(polygon_line([(0.0, -0.8), (0.0, -1.02), (0.14, -1.02)]), rgb("#8a6a1c"), 0.05)
    pen.fill(smooth([(-0.26, -0.6), (-0.2, -0.86), (0.2, -0.86), (0.28, -0.6)], tension=9), scaled(base, 0.92))
    pen.fill(polygon([(-0.86, -0.4), (-1.12, -0.62), (-1.12, -0.1)]), scaled(base, 0.8))
    pen.fill(
        smooth(
            [(-0.95, -0.36), (-0.6, -0.62), (0.3, -0.66), (0.82, -0.5), (0.96, -0.34), (0.8, -0.14), (0.2, -0.02), (-0.6, -0.06)]
        ),
        base,
        shade=0.35,
    )
    for x in (-0.4, 0.04, 0.48):
        pen.fill(oval(x, -0.36, 0.14, 0.14), rgb("#b5772a"))
        pen.fill(oval(x, -0.36, 0.1, 0.1), rgb("#9fe0f4"), shade=0.45)
    spin = 0.2 * abs(math.cos(act.t * 9)) + 0.05
    pen.fill(oval(-1.16, -0.36, 0.03, spin), rgb("#8a929c"))


def motorcycle(pen: Pen, act: Act) -> None:
    """Two fat wheels, tank, saddle and handlebar."""
    base = act.tone("#c8312b")
    turn = act.way / 0.29
    for x in (-0.62, 0.66):
        wheel(pen, x, -0.3, 0.3, turn, rgb("#aab2ba"), 8)
    pen.stroke(polygon_line([(0.66, -0.3), (0.42, -0.92)]), rgb("#8a929c"), 0.06)
    pen.stroke(polygon_line([(-0.62, -0.3), (-0.1, -0.34), (0.3, -0.6)]), rgb("#5f666e"), 0.07)
    pen.fill(box(-0.22, -0.52, 0.24, -0.2, 0.06), rgb("#70777f"), shade=0.35)
    pen.stroke(smooth([(0.0, -0.2), (-0.4, -0.16), (-0.86, -0.2)], closed=False), rgb("#c3cad0"), 0.07)
    pen.fill(smooth([(-0.12, -0.62), (0.1, -0.82), (0.4, -0.76), (0.42, -0.6), (0.1, -0.52)]), base, shade=0.35)
    pen.fill(smooth([(-0.84, -0.74), (-0.6, -0.68), (-0.16, -0.66), (-0.1, -0.56), (-0.7, -0.56)]), rgb("#2a2624"), shade=0.3)
    pen.fill(smooth([(-0.92, -0.56), (-0.62, -0.64), (-0.34, -0.56), (-0.4, -0.5), (-0.86, -0.48)]), base)
    pen.stroke(polygon_line([(0.44, -0.9), (0.26, -1.0)]), rgb("#2a2624"), 0.05)
    pen.fill(oval(0.54, -0.8, 0.1, 0.1), rgb("#fff0c0"), shade=0.2)


PLANE = Kind(plane, size=0.42, width=2.7, home="air", walk=0.3, run=0.5, rest="flying")
HELICOPTER = Kind(helicopter, size=0.4, width=2.4, home="air", walk=0.25, rest="flying")
SAUCER = Kind(saucer, size=0.42, width=1.9, home="air", rest="flying", faces=False)
SUBMARINE = Kind(submarine, size=0.36, width=2.2, home="under", walk=0.2, rest="swimming")
MOTORCYCLE = Kind(motorcycle, size=0.3, width=2.0, walk=1.0, run=2.0)
