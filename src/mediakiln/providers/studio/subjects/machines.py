"""Machines: robot, car, bicycle, train, boat, rocket, balloon."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import RGB, mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.gait import foot, knee, stride
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth, tube


def box(x0: float, y0: float, x1: float, y1: float, round_: float = 0.0) -> object:
    """A rectangle with rounded corners as a path."""
    from mediakiln.providers.studio.graphics import skia

    return skia.Path.RRect(skia.Rect.MakeLTRB(x0, y0, x1, y1), round_, round_)


def wheel(pen: Pen, x: float, y: float, r: float, turn: float, rim: RGB, spokes: int = 5) -> None:
    """A tyre with turning spokes."""
    pen.fill(oval(x, y, r, r), rgb("#1d1f23"), shade=0.3)
    pen.fill(oval(x, y, r * 0.64, r * 0.64), rim, shade=0.35, edge=False)
    for k in range(spokes):
        a = turn + math.tau * k / spokes
        pen.stroke(
            smooth([(x, y), (x + math.cos(a) * r * 0.58, y + math.sin(a) * r * 0.58)], closed=False), scaled(rim, 0.5), r * 0.13
        )
    pen.fill(oval(x, y, r * 0.16, r * 0.16), scaled(rim, 0.7), shade=0.2, edge=False)


def robot(pen: Pen, act: Act) -> None:
    """A friendly robot: plates, lit eyes, antenna; it walks with bent knees."""
    base = act.tone("#9fb3c4")
    dark, eye = scaled(base, 0.55), rgb("#5fe3ff")
    moving = act.pose in ("walking", "running", "dancing")
    phase = act.way / stride(0.13, 0.6) if act.pose != "dancing" else act.t
    sway = math.sin(phase * math.tau) if moving else 0.0
    bob = -0.015 * abs(math.cos(phase * math.tau)) if moving else 0.006 * math.sin(act.t * 2)
    for index, s in ((0, 0.5), (1, 0.0)):
        step = foot(phase + s, 0.13, 0.05, 0.6) if moving else (0.06 - 0.12 * index, 0.0)
        hip, ankle = (0.05 - 0.1 * index, -0.36 + bob), (step[0] + 0.03 - 0.06 * index, step[1] - 0.06)
        joint = knee(hip, ankle, 0.16, 0.16, -1.0)
        tone = dark if index == 0 else scaled(base, 0.8)
        pen.fill(tube([hip, joint, ankle], [0.05, 0.045, 0.045]), tone)
        pen.fill(oval(*joint, 0.05, 0.05), dark, shade=0.3)
        pen.fill(box(ankle[0] - 0.08, ankle[1], ankle[0] + 0.12, ankle[1] + 0.06, 0.03), tone, shade=0.3)
    with pen.at(0, bob):
        for side, k in ((1, 0.7), (-1, 0.95)):
            if side < 0:
                pen.fill(box(-0.2, -0.7, 0.2, -0.34, 0.07), base, shade=0.34)
                pen.fill(box(-0.1, -0.62, 0.12, -0.46, 0.03), scaled(base, 0.5), shade=0.2)
                for dx, lamp in ((-0.05, "#ff6b5a"), (0.01, "#ffd25a"), (0.07, "#5af0a0")):
                    pen.fill(oval(dx, -0.54, 0.02, 0.02), rgb(lamp), shade=0, edge=False)
            wave = act.pose in ("", "standing") and side < 0
            angle = sway * 0.6 * side + (2.5 + 0.3 * math.sin(act.t * 4) if wave else 0.15 * side)
            sx, sy = -0.21 * -side * 0.9, -0.64
            ex, ey = sx + math.sin(angle) * 0.16 * (-1 if wave else 1), sy + math.cos(angle) * 0.16
            hx, hy = ex + math.sin(angle + 0.4) * 0.15 * (-1 if wave else 1), ey + math.cos(angle + 0.4) * 0.15
            pen.fill(tube([(sx, sy), (ex, ey), (hx, hy)], [0.05, 0.045, 0.04]), scaled(base, k), shade=0.25)
            pen.fill(oval(sx, sy, 0.06, 0.06), dark, shade=0.3)
            pen.fill(oval(hx, hy, 0.05, 0.05), scaled(base, 0.6), shade=0.3)
        pen.fill(box(-0.05, -0.74, 0.05, -0.69), dark, shade=0.2)
        with pen.at(0, -0.86, turn=3 * math.sin(act.t * 1.2)):
            pen.stroke(smooth([(0, -0.12), (0, -0.2)], closed=False), dark, 0.016)
            pen.fill(oval(0, -0.21, 0.028, 0.028), rgb("#ff6b5a"), shade=0.3)
            pen.fill(box(-0.19, -0.13, 0.19, 0.13, 0.08), base, shade=0.3)
            pen.fill(box(-0.14, -0.08, 0.16, 0.08, 0.06), rgb("#15202c"), shade=0.2, edge=False)
            blink = 0.15 if act.t % 3.3 > 3.15 else 1.0
            for x in (-0.06, 0.08):
                pen.fill(oval(x, -0.005, 0.036, 0.04 * blink), eye, shade=0.1, edge=False)
                pen.glow(x, 0, 0.1, eye, 0.5)


def car(pen: Pen, act: Act) -> None:
    """A car from the side; bus, truck, taxi, sports car by trait."""
    base = act.tone("#f2b820" if act.has("taxi", "bus") else "#f4f5f2" if act.has("ambulance", "police") else "#c93a30")
    turn = act.way / 0.36
    shake = 0.004 * math.sin(act.way * 30)
    glass = mix(rgb("#9fc4dc"), pen.light.sky[2], 0.5)
    if act.has("bus", "truck", "ambulance", "firetruck", "pickup"):
        _bus(pen, act, base, glass, turn, shake)
        return
    low = 0.82 if act.has("sports") else 1.0
    with pen.at(0, shake):
        body = smooth(
            [
                (-1.28, -0.3),
                (-1.26, -0.56 * low),
                (-0.95, -0.64 * low),
                (-0.62, -0.68 * low),
                (-0.3, -0.98 * low),
                (0.36, -0.99 * low),
                (0.72, -0.66 * low),
                (1.18, -0.55 * low),
                (1.32, -0.4),
                (1.3, -0.2),
                (0.9, -0.16),
                (-1.2, -0.16),
            ],
            tension=8,
        )
        pen.fill(body, base, shade=0.42)
        with pen.within(body):
            pen.fill(
                smooth(
                    [(-1.3, -0.52 * low), (0.0, -0.56 * low), (1.3, -0.46), (1.3, -0.43), (0.0, -0.53 * low), (-1.3, -0.49 * low)]
                ),
                mix(base, (1, 1, 1), 0.6),
                shade=0,
                alpha=0.7,
                edge=False,
            )
            pen.soft(0, -0.14, 1.4, 0.16, scaled(base, 0.3), 0.7)
        pen.fill(
            smooth([(-0.54, -0.67 * low), (-0.27, -0.91 * low), (0.0, -0.925 * low), (0.0, -0.655 * low)], tension=12),
            glass,
            shade=0.35,
            edge=False,
        )
        pen.fill(
            smooth([(0.07, -0.655 * low), (0.07, -0.925 * low), (0.33, -0.91 * low), (0.6, -0.645 * low)], tension=12),
            glass,
            shade=0.35,
            edge=False,
        )
        pen.fill(
            polygon([(0.16, -0.67 * low), (0.3, -0.9 * low), (0.36, -0.88 * low), (0.24, -0.67 * low)]),
            (1, 1, 1),
            shade=0,
            alpha=0.35,
            edge=False,
        )
        pen.stroke(smooth([(0.035, -0.64 * low), (0.05, -0.24)], closed=False), scaled(base, 0.6), 0.012)
        pen.stroke(smooth([(-0.2, -0.53 * low), (-0.08, -0.535 * low)], closed=False), mix(base, (1, 1, 1), 0.6), 0.022)
        pen.fill(smooth([(1.16, -0.5 * low), (1.3, -0.42), (1.29, -0.34), (1.14, -0.4 * low)]), rgb("#fff3c4"), shade=0.15)
        pen.fill(smooth([(-1.28, -0.52 * low), (-1.18, -0.52 * low), (-1.18, -0.4), (-1.28, -0.38)]), rgb("#e2372f"), shade=0.2)
        if act.has("police"):
            pen.fill(box(-0.5, -0.62, 0.62, -0.34, 0.02), rgb("#22386a"), shade=0.2, edge=False)
            for x, tone in ((-0.14, "#e0262a"), (0.04, "#2f6fe0")):
                pen.fill(box(x, -1.07, x + 0.18, -0.97, 0.03), rgb(tone), shade=0.2)
                pen.glow(x + 0.09, -1.02, 0.3, rgb(tone), 0.5)
        if act.has("taxi"):
            pen.fill(box(-0.12, -1.08, 0.16, -0.98, 0.03), rgb("#fff4c8"))
    for x in (-0.78, 0.82):
        pen.fill(oval(x, -0.22, 0.28, 0.27), scaled(base, 0.25), shade=0, edge=False)
        wheel(pen, x, -0.21, 0.215, turn / 0.6, rgb("#c9ced3"))
    if act.lamps:
        pen.glow(1.32, -0.4, 0.42, rgb("#ffedb0"), 0.85)


def _bus(pen: Pen, act: Act, base: RGB, glass: RGB, turn: float, shake: float) -> None:
    with pen.at(0, shake):
        if act.has("pickup"):
            pen.fill(smooth([(-1.32, -0.62), (-0.1, -0.62), (-0.06, -0.2), (-1.3, -0.2)], tension=16), base, shade=0.35)
            pen.fill(box(-1.32, -0.66, -0.1, -0.59, 0.02), mix(base, (1, 1, 1), 0.4), shade=0.1)
            cab = [
                (-0.14, -0.2),
                (-0.14, -0.66),
                (0.0, -1.0),
                (0.5, -1.0),
                (0.74, -0.64),
                (1.26, -0.56),
                (1.32, -0.3),
                (1.28, -0.2),
            ]
            pen.fill(smooth(cab, tension=12), base, shade=0.4)
            pen.fill(smooth([(0.02, -0.64), (0.1, -0.92), (0.46, -0.92), (0.62, -0.64)], tension=12), glass, shade=0.3)
            pen.fill(oval(1.27, -0.44, 0.05, 0.06), rgb("#fff3c4"), shade=0.15)
        elif act.has("ambulance", "firetruck"):
            pen.fill(box(-1.3, -1.0, 0.62, -0.18, 0.05), base, shade=0.3)
            pen.fill(
                smooth([(0.6, -0.18), (0.6, -0.86), (0.98, -0.86), (1.2, -0.56), (1.3, -0.5), (1.3, -0.18)], tension=12),
                base,
                shade=0.35,
            )
            pen.fill(smooth([(0.68, -0.54), (0.68, -0.78), (0.94, -0.78), (1.1, -0.54)], tension=12), glass, shade=0.3)
            band = rgb("#d8302a") if act.has("ambulance") else rgb("#f6f3ea")
            pen.fill(box(-1.3, -0.48, 1.28, -0.38), band, shade=0.05, edge=False)
            if act.has("ambulance"):
                for half in ((0.05, 0.15), (0.15, 0.05)):
                    pen.fill(box(-0.4 - half[0], -0.72 - half[1], -0.4 + half[0], -0.72 + half[1]), band, shade=0, edge=False)
            else:
                pen.stroke(smooth([(-1.3, -1.1), (0.6, -1.16)], closed=False), rgb("#c9ced3"), 0.03)
                pen.stroke(smooth([(-1.3, -1.02), (0.6, -1.06)], closed=False), rgb("#c9ced3"), 0.03)
                for k in range(11):
                    pen.stroke(smooth([(-1.25 + 0.17 * k, -1.1), (-1.25 + 0.17 * k, -1.03)], closed=False), rgb("#c9ced3"), 0.02)
            pen.fill(box(0.62, -0.98, 0.86, -0.87, 0.03), rgb("#2f6fe0"), shade=0.2)
        elif act.has("bus"):
            pen.fill(box(-1.3, -1.0, 1.3, -0.16, 0.1), base, shade=0.35)
            for k in range(6):
                pen.fill(box(-1.2 + k * 0.4, -0.88, -0.86 + k * 0.4, -0.55, 0.04), glass, shade=0.3)
            pen.fill(box(-1.3, -0.46, 1.3, -0.4), mix(base, (1, 1, 1), 0.7), shade=0, edge=False)
        else:
            pen.fill(box(-1.3, -1.0, 0.5, -0.22, 0.03), mix(base, (1, 1, 1), 0.75), shade=0.3)
            pen.fill(
                smooth([(0.55, -0.2), (0.55, -0.85), (0.95, -0.85), (1.2, -0.55), (1.3, -0.5), (1.3, -0.2)], tension=12),
                base,
                shade=0.35,
            )
            pen.fill(polygon([(0.72, -0.52), (0.72, -0.77), (0.92, -0.77), (1.08, -0.52)]), glass, shade=0.3)
    for x in (-0.8, 0.85):
        wheel(pen, x, -0.19, 0.19, turn / 0.5, rgb("#aeb4ba"))


def bicycle(pen: Pen, act: Act) -> None:
    """A bicycle; a rider when it moves."""
    base = act.tone("#2f7f86")
    turn = act.way / 0.5
    for x in (-0.5, 0.52):
        pen.stroke(oval(x, -0.36, 0.34, 0.34), rgb("#22252a"), 0.035)
        pen.stroke(oval(x, -0.36, 0.315, 0.315), rgb("#b9c0c6"), 0.014)
        for k in range(9):
            a = turn * 1.5 + math.tau * k / 9
            pen.stroke(
                smooth([(x, -0.36), (x + math.cos(a) * 0.31, -0.36 + math.sin(a) * 0.31)], closed=False), rgb("#c6ccd2"), 0.006
            )
    for points in (
        [(-0.5, -0.36), (-0.08, -0.34), (-0.2, -0.74), (-0.5, -0.36)],
        [(-0.2, -0.72), (0.34, -0.78)],
        [(-0.08, -0.34), (0.34, -0.7)],
        [(0.52, -0.36), (0.34, -0.84)],
    ):
        pen.stroke(polygon_line(points), base, 0.036)
    pen.stroke(polygon_line([(0.34, -0.84), (0.31, -0.96), (0.42, -0.99)]), rgb("#3a3d42"), 0.026)
    pen.fill(smooth([(-0.34, -0.82), (-0.12, -0.83), (-0.06, -0.79), (-0.26, -0.76)]), rgb("#4a3328"))
    pen.stroke(polygon_line([(-0.22, -0.78), (-0.2, -0.72)]), rgb("#5f646a"), 0.026)
    crank = (math.cos(turn) * 0.13, math.sin(turn) * 0.13)
    pen.stroke(polygon_line([(-0.08 + crank[0], -0.34 + crank[1]), (-0.08 - crank[0], -0.34 - crank[1])]), rgb("#3a3d42"), 0.024)
    pen.fill(oval(-0.08, -0.34, 0.07, 0.07), rgb("#70767c"), shade=0.3)
    pen.fill(box(0.36, -0.94, 0.62, -0.76, 0.02), rgb("#c99a62"), shade=0.25)


def polygon_line(points: list[tuple[float, float]]) -> object:
    """An open line with corners as a path."""
    from mediakiln.providers.studio.graphics import skia

    return skia.Path.Polygon([skia.Point(*p) for p in points], False)


def train(pen: Pen, act: Act) -> None:
    """A locomotive and its carriages; steam by trait or in older moods."""
    base = act.tone("#3f7f5a" if act.has("steam") else "#d8dee6")
    turn = act.way / 0.2
    glass = rgb("#ffdf9a") if act.lamps else mix(rgb("#8fb6d0"), pen.light.sky[2], 0.5)
    for car_ in (2, 1):
        x = -2.5 * car_ + 0.35
        pen.fill(box(x - 1.2, -0.92, x + 1.2, -0.2, 0.06), base if not act.has("steam") else rgb("#9c3f36"), shade=0.34)
        pen.fill(
            box(x - 1.2, -0.36, x + 1.2, -0.29), scaled(base, 0.6) if act.has("steam") else rgb("#2f6fc4"), shade=0, edge=False
        )
        for k in range(5):
            pen.fill(box(x - 1.05 + k * 0.44, -0.78, x - 0.75 + k * 0.44, -0.5, 0.03), glass, shade=0.2)
        for dx in (-0.8, -0.5, 0.5, 0.8):
            wheel(pen, x + dx, -0.12, 0.12, turn, rgb("#8f959b"), 4)
    if act.has("steam"):
        _engine(pen, act, base, turn)
        return
    nose = smooth([(-0.9, -0.2), (-0.9, -0.92), (0.5, -0.92), (1.1, -0.78), (1.6, -0.42), (1.65, -0.24), (1.5, -0.18)], tension=9)
    pen.fill(nose, base, shade=0.36)
    pen.fill(smooth([(0.7, -0.84), (1.08, -0.72), (1.3, -0.55), (0.8, -0.55)], tension=10), rgb("#22303f"), shade=0.3)
    for k in range(3):
        pen.fill(box(-0.78 + k * 0.44, -0.78, -0.48 + k * 0.44, -0.5, 0.03), glass, shade=0.2)
    with pen.within(nose):
        pen.fill(box(-0.9, -0.36, 1.8, -0.29), rgb("#2f6fc4"), shade=0, edge=False)
    for dx in (-0.6, -0.3, 0.6, 0.9):
        wheel(pen, dx, -0.12, 0.12, turn, rgb("#8f959b"), 4)
    pen.glow(1.6, -0.36, 0.4, rgb("#fff0c0"), 0.8 if act.lamps else 0.2)


def _engine(pen: Pen, act: Act, base: RGB, turn: float) -> None:
    for k in range(7):
        age = (act.t * 0.5 + k / 7) % 1.0
        pen.soft(1.1 - age * 2.4, -1.15 - age * 0.9, 0.16 + age * 0.5, 0.14 + age * 0.4, (0.95, 0.95, 0.96), 0.6 * (1 - age))
    pen.fill(box(-0.9, -1.0, -0.1, -0.25, 0.04), base, shade=0.35)
    pen.fill(box(-0.98, -1.06, 0.0, -0.98, 0.02), rgb("#2b2e33"), shade=0.2)
    pen.fill(box(-0.75, -0.88, -0.3, -0.6, 0.03), rgb("#ffdf9a"), shade=0.2)
    pen.fill(box(-0.15, -0.78, 1.4, -0.3, 0.14), scaled(base, 0.9), shade=0.5)
    for x in (0.2, 0.6, 1.0):
        pen.stroke(polygon_line([(x, -0.77), (x, -0.31)]), rgb("#d9b45a"), 0.025)
    pen.fill(
        polygon([(1.0, -0.76), (1.04, -1.02), (0.96, -1.12), (1.24, -1.12), (1.16, -1.02), (1.2, -0.76)]),
        rgb("#2b2e33"),
        shade=0.3,
    )
    pen.fill(oval(0.5, -0.8, 0.14, 0.1), rgb("#d9b45a"), shade=0.4)
    pen.fill(polygon([(1.35, -0.28), (1.72, -0.02), (1.2, -0.02)]), rgb("#8a2f2a"), shade=0.3)
    for x, r in ((-0.55, 0.22), (0.0, 0.22), (0.55, 0.22), (1.1, 0.14)):
        wheel(pen, x, -r, r, turn / (r * 5), rgb("#a8433a"), 8)
    a = turn / 1.1
    pen.stroke(
        polygon_line(
            [(-0.55 + math.cos(a) * 0.12, -0.22 + math.sin(a) * 0.12), (0.55 + math.cos(a) * 0.12, -0.22 + math.sin(a) * 0.12)]
        ),
        rgb("#c9ced3"),
        0.04,
    )


def _sails(pen: Pen, act: Act) -> None:
    """A mast with two sails."""
    pen.stroke(polygon_line([(-0.02, -0.1), (0.0, -1.0)]), rgb("#6b4a32"), 0.024)
    white = rgb("#fbf6ea") if not act.colour else mix(act.tone("#ffffff"), (1, 1, 1), 0.2)
    wind = 0.05 * math.sin(act.t * 1.1)
    pen.fill(
        smooth([(-0.04, -0.97), (-0.3 - wind, -0.6), (-0.52 - wind, -0.2), (-0.25, -0.17), (-0.03, -0.18)], tension=8),
        white,
        shade=0.3,
    )
    pen.fill(
        smooth([(0.03, -0.92), (0.28 + wind, -0.55), (0.44 + wind, -0.2), (0.22, -0.2), (0.03, -0.19)], tension=8),
        scaled(white, 0.93),
        shade=0.3,
    )


def boat(pen: Pen, act: Act) -> None:
    """A boat that rocks: sails by default at sea, a hull with cabin by trait "ship"."""
    base = act.tone("#b5543c")
    rock = 2.6 * math.sin(act.t * 1.3 + act.index)
    with pen.at(0, 0.02 * math.sin(act.t * 1.7 + act.index), turn=rock):
        if act.has("ship"):
            pen.fill(box(-0.7, -0.5, 0.4, -0.22, 0.03), rgb("#f2f0ea"), shade=0.25)
            pen.fill(box(-0.5, -0.7, 0.1, -0.48, 0.03), rgb("#f7f5f0"), shade=0.25)
            for k in range(6):
                pen.fill(oval(-0.6 + 0.18 * k, -0.36, 0.035, 0.035), rgb("#ffdf9a") if act.lamps else rgb("#5f8fae"), shade=0.2)
            pen.fill(polygon([(-0.32, -0.7), (-0.28, -0.98), (-0.06, -0.98), (-0.04, -0.7)]), rgb("#c8392f"), shade=0.3)
            pen.fill(
                smooth([(-1.0, -0.24), (0.0, -0.22), (1.1, -0.3), (0.9, -0.02), (0.75, 0.08), (-0.85, 0.08)], tension=10),
                base,
                shade=0.4,
            )
            return
        if not act.has("open"):
            _sails(pen, act)
        hull = smooth(
            [(-0.62, -0.15), (-0.1, -0.1), (0.45, -0.13), (0.74, -0.2), (0.55, 0.02), (0.4, 0.07), (-0.42, 0.07), (-0.56, 0.0)],
            tension=9,
        )
        pen.fill(hull, rgb("#7d4a30") if act.colour in ("white", "") else base, shade=0.4)
        with pen.within(hull):
            pen.stroke(
                smooth([(-0.62, -0.1), (-0.1, -0.055), (0.45, -0.085), (0.74, -0.15)], closed=False), rgb("#f0e4cc"), 0.022
            )
    for k in range(3):
        w = 0.5 + 0.16 * k + 0.03 * math.sin(act.t * 2 + k)
        pen.stroke(
            smooth([(-w, 0.07 + 0.035 * k), (0, 0.085 + 0.035 * k), (w, 0.07 + 0.035 * k)], closed=False),
            (1, 1, 1),
            0.012,
            alpha=0.35 - 0.09 * k,
        )


def rocket(pen: Pen, act: Act) -> None:
    """A rocket on its flame."""
    base = act.tone("#eef1f4")
    with pen.at(0, -0.06 + 0.01 * math.sin(act.t * 14), turn=14):
        flame = 0.24 + 0.05 * math.sin(act.t * 23)
        pen.glow(0, 0.06, 0.6, rgb("#ff9a3a"), 0.7)
        pen.fill(
            smooth([(-0.1, -0.12), (0.1, -0.12), (0.06, flame * 0.5), (0, flame), (-0.06, flame * 0.5)]),
            rgb("#ffb03a"),
            shade=0,
            edge=False,
        )
        pen.fill(smooth([(-0.05, -0.12), (0.05, -0.12), (0, flame * 0.6)]), rgb("#fff3c0"), shade=0, edge=False)
        for side in (-1, 1):
            pen.fill(
                smooth([(side * 0.12, -0.4), (side * 0.27, -0.16), (side * 0.25, -0.02), (side * 0.12, -0.14)], tension=9),
                rgb("#d3382f"),
                shade=0.3,
            )
        hull = smooth([(0, -1.0), (0.12, -0.8), (0.16, -0.5), (0.12, -0.12), (-0.12, -0.12), (-0.16, -0.5), (-0.12, -0.8)])
        pen.fill(hull, base, shade=0.3)
        with pen.within(hull):
            pen.soft(0.13, -0.5, 0.1, 0.5, scaled(base, 0.45), 0.7)
            pen.fill(polygon([(-0.2, -1.0), (0.2, -1.0), (0.2, -0.82), (-0.2, -0.82)]), rgb("#d3382f"), shade=0.2, edge=False)
        pen.fill(oval(0, -0.6, 0.075, 0.075), rgb("#8a939b"), shade=0.3)
        pen.fill(oval(0, -0.6, 0.055, 0.055), rgb("#6fc4ee"), shade=0.4)


def balloon(pen: Pen, act: Act) -> None:
    """A hot-air balloon in gores, its basket and burner below."""
    base = act.tone(("#d9453a", "#e8a22e", "#3f86c4", "#7a55b0", "#3f9a72", "#ee7f9a")[act.index % 6])
    other = mix(base, rgb("#fff3dc"), 0.8)
    rise = 0.03 * math.sin(act.t * 0.8 + act.index * 1.7)
    if act.has("carried", "toy"):
        pen.stroke(smooth([(0, -0.52), (0.03, -0.25), (0, 0.0)], closed=False), rgb("#f4f1ea"), 0.012)
        with pen.at(0.0, -0.5, turn=4 * math.sin(act.t * 1.4 + act.index)):
            pen.fill(
                smooth([(0, -0.5), (0.19, -0.42), (0.22, -0.24), (0.1, -0.05), (-0.1, -0.05), (-0.22, -0.24), (-0.19, -0.42)]),
                base,
                shade=0.34,
            )
            pen.fill(polygon([(-0.03, 0.0), (0, -0.04), (0.03, 0.0)]), base)
            pen.soft(-0.08, -0.36, 0.05, 0.08, (1, 1, 1), 0.7)
        return
    with pen.at(0, rise, turn=1.5 * math.sin(act.t * 0.6 + act.index)):
        envelope = smooth(
            [
                (0, -1.0),
                (0.24, -0.95),
                (0.37, -0.76),
                (0.34, -0.54),
                (0.2, -0.34),
                (0.09, -0.23),
                (-0.09, -0.23),
                (-0.2, -0.34),
                (-0.34, -0.54),
                (-0.37, -0.76),
                (-0.24, -0.95),
            ]
        )
        pen.fill(envelope, base, shade=0.1)
        with pen.within(envelope):
            for k in (-2, 0, 2):
                w = (math.sin((k + 0.5) / 6 * math.pi), math.sin((k - 0.5) / 6 * math.pi))
                pen.fill(
                    smooth(
                        [(0, -1.0), (w[0] * 0.38, -0.72), (w[0] * 0.1, -0.22), (w[1] * 0.1, -0.22), (w[1] * 0.38, -0.72)],
                        tension=7,
                    ),
                    other,
                    shade=0.1,
                    edge=False,
                )
            pen.soft(0.3, -0.5, 0.3, 0.5, scaled(base, 0.25), 0.55)
            pen.soft(-0.14, -0.82, 0.2, 0.2, (1, 1, 1), 0.5)
            pen.soft(0, -0.24, 0.25, 0.16, rgb("#ffca6a") if act.lamps else scaled(base, 0.35), 0.6)
        for x in (-0.055, 0.055):
            pen.stroke(polygon_line([(x * 1.4, -0.23), (x, -0.09)]), rgb("#5a4636"), 0.008)
        pen.fill(box(-0.065, -0.1, 0.065, 0.0, 0.015), rgb("#9a6a3f"), shade=0.35)
        pen.fill(box(-0.075, -0.108, 0.075, -0.085, 0.01), rgb("#6b452a"), shade=0.1, edge=False)


ROBOT = Kind(robot, size=0.5, width=0.6, walk=0.55, run=0.9)
CAR = Kind(car, size=0.23, width=2.6, walk=1.1, run=2.4)
BICYCLE = Kind(bicycle, size=0.3, width=1.7, walk=1.0, run=1.8)
TRAIN = Kind(train, size=0.22, width=3.2, walk=1.1, run=2.4, rest="driving")
BOAT = Kind(boat, size=0.36, width=1.3, home="water", walk=0.16, run=0.3)
ROCKET = Kind(rocket, size=0.5, width=0.6, home="air", faces=False)
BALLOON = Kind(balloon, size=0.46, width=0.78, home="air", faces=False)
