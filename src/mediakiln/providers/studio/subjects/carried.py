"""Things one carries, wears or plays with: umbrella, hat, guitar, violin, kite, ball, gift, crown, heart, star ..."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.machines import box, polygon_line
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth, tube


def umbrella(pen: Pen, act: Act) -> None:
    """Open, its crook on the ground."""
    tone = act.tone("#c8392f")
    pen.stroke(smooth([(0, -0.9), (0, -0.06), (0.05, 0.0), (0.1, -0.06)], closed=False, tension=9), rgb("#4a3a30"), 0.03)
    rim = [(0.62 - 0.155 * k, -0.48 - 0.06 * (k % 2)) for k in range(9)]
    dome = smooth([(-0.64, -0.48), (-0.5, -0.78), (0, -0.96), (0.5, -0.78), *rim], tension=7)
    pen.fill(dome, tone, shade=0.32)
    for k in (-0.31, 0.0, 0.31):
        pen.stroke(smooth([(0, -0.96), (k * 0.7, -0.78), (k, -0.5)], closed=False), scaled(tone, 0.65), 0.012)
    pen.stroke(polygon_line([(0, -0.95), (0, -1.03)]), rgb("#4a3a30"), 0.024)


def hat(pen: Pen, act: Act) -> None:
    """A broad-brimmed hat with a ribbon."""
    straw = act.tone("#e3c583")
    pen.fill(
        smooth([(-1.0, -0.16), (-0.5, -0.32), (0.5, -0.32), (1.0, -0.16), (0.5, -0.01), (-0.5, -0.01)]),
        scaled(straw, 0.9),
        shade=0.25,
    )
    pen.fill(
        smooth(
            [(-0.52, -0.2), (-0.46, -0.7), (-0.16, -0.98), (0.12, -0.9), (0.44, -0.96), (0.5, -0.6), (0.52, -0.2), (0, -0.12)],
            tension=8,
        ),
        straw,
        shade=0.3,
    )
    pen.fill(
        smooth([(-0.52, -0.2), (-0.5, -0.4), (0, -0.32), (0.51, -0.4), (0.52, -0.2), (0, -0.12)], tension=9),
        rgb("#b8392f"),
        shade=0.2,
    )


def guitar(pen: Pen, act: Act) -> None:
    """An acoustic guitar, leaning; a violin by trait."""
    violin = act.has("violin")
    wood = act.tone("#8a3f22" if violin else "#c8823f")
    with pen.at(0, 0, turn=12):
        pen.fill(box(-0.035, -0.92, 0.035, -0.4), rgb("#3a2a20"))
        pen.fill(box(-0.055, -1.02, 0.055, -0.9, 0.02), rgb("#5a3a26"))
        for k in range(3):
            for side in (-1, 1):
                pen.fill(oval(side * 0.07, -0.99 + 0.035 * k, 0.018, 0.012), rgb("#d8d2c0"), shade=0)
        body = smooth(
            [
                (0, -0.52),
                (0.15, -0.5),
                (0.18, -0.38),
                (0.12, -0.29),
                (0.24, -0.14),
                (0.18, 0.0),
                (0, 0.02),
                (-0.18, 0.0),
                (-0.24, -0.14),
                (-0.12, -0.29),
                (-0.18, -0.38),
                (-0.15, -0.5),
            ]
        )
        pen.fill(body, wood, shade=0.32)
        pen.stroke(body, scaled(wood, 0.45), 0.016)
        if violin:
            for side in (-1, 1):
                pen.stroke(
                    smooth([(side * 0.08, -0.3), (side * 0.06, -0.22), (side * 0.09, -0.15)], closed=False), rgb("#2a1810"), 0.016
                )
            pen.stroke(polygon_line([(0.3, -0.9), (0.4, 0.0)]), rgb("#4a2a1a"), 0.018)
        else:
            pen.fill(oval(0, -0.3, 0.075, 0.072), rgb("#2a1c14"), shade=0.2)
            pen.stroke(oval(0, -0.3, 0.09, 0.086), rgb("#f0d9a8"), 0.012)
        pen.fill(box(-0.08, -0.13, 0.08, -0.1), rgb("#3a2a20"))
        for k in range(4):
            pen.stroke(polygon_line([(-0.022 + 0.015 * k, -0.96), (-0.03 + 0.02 * k, -0.11)]), rgb("#f0ead8"), 0.005)


def kite(pen: Pen, act: Act) -> None:
    """A diamond of two colours with a tail of bows."""
    tone = act.tone("#e2453a")
    other = mix(tone, rgb("#ffe08a"), 0.75)
    if act.has("carried"):
        pen.stroke(smooth([(0.06, -0.72), (0.1, 0.3), (0, 1.0)], closed=False), rgb("#f8f6f0"), 0.008)
    with pen.at(0, 0.03 * math.sin(act.t * 2), turn=16 + 4 * math.sin(act.t * 1.3)):
        tail = [(0.05 * math.sin(act.t * 3 + k), -0.34 + 0.16 * k) for k in range(5)]
        pen.stroke(smooth([(0, -0.4), *tail], closed=False), rgb("#f4efe4"), 0.014)
        for k, (x, y) in enumerate(tail[1:]):
            pen.fill(polygon([(x, y), (x - 0.07, y - 0.04), (x - 0.07, y + 0.04)]), (tone, other)[k % 2], shade=0)
            pen.fill(polygon([(x, y), (x + 0.07, y - 0.04), (x + 0.07, y + 0.04)]), (tone, other)[k % 2], shade=0)
        for points, colour in (
            ([(0, -1.0), (0.3, -0.76), (0, -0.76)], tone),
            ([(0, -1.0), (-0.3, -0.76), (0, -0.76)], other),
            ([(0, -0.76), (0.3, -0.76), (0, -0.36)], other),
            ([(0, -0.76), (-0.3, -0.76), (0, -0.36)], tone),
        ):
            pen.fill(polygon(points), colour, shade=0.15)


def ball(pen: Pen, act: Act) -> None:
    """A beach ball; a football or basketball by trait."""
    if act.has("basketball"):
        tone = act.tone("#e07a2c")
        pen.fill(oval(0, -0.5, 0.5, 0.5), tone, shade=0.35)
        for path in (
            [(0, -1.0), (0, 0.0)],
            [(-0.5, -0.5), (0.5, -0.5)],
            [(-0.36, -0.86), (-0.14, -0.5), (-0.36, -0.14)],
            [(0.36, -0.86), (0.14, -0.5), (0.36, -0.14)],
        ):
            pen.stroke(smooth(path, closed=False), rgb("#2a1c14"), 0.03)
        return
    if act.has("football"):
        pen.fill(oval(0, -0.5, 0.5, 0.5), act.tone("#f6f5f0"), shade=0.3)
        with pen.within(oval(0, -0.5, 0.5, 0.5)):
            for cx, cy, r in (
                (0, -0.5, 0.17),
                (0.44, -0.66, 0.15),
                (-0.44, -0.66, 0.15),
                (0.28, -0.08, 0.15),
                (-0.28, -0.08, 0.15),
                (0, -1.0, 0.15),
            ):
                pen.fill(
                    polygon([(cx + r * math.sin(k * 1.2566), cy - r * math.cos(k * 1.2566)) for k in range(5)]),
                    rgb("#26262b"),
                    shade=0.1,
                )
        return
    tones = [act.tone("#e2453a"), rgb("#fbf7ee"), rgb("#f2b632"), rgb("#fbf7ee"), rgb("#3f86d0"), rgb("#fbf7ee")]
    disc = oval(0, -0.5, 0.5, 0.5)
    with pen.within(disc):
        for k, tone in enumerate(tones):
            a, b = k * math.tau / 6 + act.way, (k + 1) * math.tau / 6 + act.way
            pen.fill(
                polygon(
                    [(-0.1, -0.62), (math.cos(a) * 1.2, -0.6 + math.sin(a) * 1.2), (math.cos(b) * 1.2, -0.6 + math.sin(b) * 1.2)]
                ),
                tone,
                shade=0,
            )
    pen.fill(oval(-0.1, -0.62, 0.08, 0.07), rgb("#fbf7ee"), shade=0)
    pen.soft(0.2, -0.25, 0.45, 0.45, (0.1, 0.1, 0.2), 0.35)
    pen.soft(-0.18, -0.76, 0.16, 0.1, (1, 1, 1), 0.6)


def gift(pen: Pen, act: Act) -> None:
    """A wrapped box with a bow; a plain carton by trait."""
    tone = act.tone("#c89a62" if act.has("carton") else "#d23a3f")
    pen.fill(box(-0.5, -0.66, 0.5, 0.0, 0.02), tone, shade=0.28)
    pen.fill(box(0.28, -0.66, 0.5, 0.0), scaled(tone, 0.82), edge=False)
    if act.has("carton"):
        pen.fill(polygon([(-0.5, -0.66), (0, -0.6), (-0.2, -0.86), (-0.72, -0.84)]), mix(tone, (1, 1, 1), 0.15))
        pen.fill(polygon([(0.5, -0.66), (0, -0.6), (0.24, -0.86), (0.72, -0.82)]), mix(tone, (1, 1, 1), 0.08))
        pen.fill(box(-0.06, -0.62, 0.06, -0.3), rgb("#e6c894"), shade=0)
        return
    ribbon = rgb("#f7d774") if act.colour not in ("gold", "yellow") else rgb("#d23a3f")
    pen.fill(box(-0.56, -0.72, 0.56, -0.55, 0.02), mix(tone, (1, 1, 1), 0.1))
    pen.fill(box(-0.09, -0.72, 0.09, 0.0), ribbon, shade=0.2)
    for side in (-1, 1):
        pen.fill(smooth([(0, -0.72), (side * 0.16, -0.98), (side * 0.42, -0.94), (side * 0.34, -0.76)]), ribbon, shade=0.3)
    pen.fill(oval(0, -0.76, 0.08, 0.07), scaled(ribbon, 0.85))


def crown(pen: Pen, act: Act) -> None:
    """Gold with five points and stones."""
    gold = act.tone("#e6b23a")
    pen.fill(
        polygon([(-0.62, -0.1), (-0.76, -0.8), (-0.36, -0.46), (0, -1.0), (0.36, -0.46), (0.76, -0.8), (0.62, -0.1)]),
        gold,
        shade=0.35,
    )
    for x, y in ((-0.76, -0.82), (0, -1.02), (0.76, -0.82)):
        pen.fill(oval(x, y, 0.075, 0.075), mix(gold, (1, 1, 1), 0.35))
    pen.fill(box(-0.64, -0.24, 0.64, 0.0, 0.03), scaled(gold, 0.85), shade=0.3)
    for x, tone in ((-0.4, "#c8203a"), (0.0, "#2f6fc4"), (0.4, "#2f9a5a")):
        pen.fill(oval(x, -0.12, 0.075, 0.075), rgb(tone), shade=0.5)


def heart(pen: Pen, act: Act) -> None:
    """A full heart that beats."""
    tone = act.tone("#d8304a")
    beat = 1 + 0.04 * max(0.0, math.sin(act.t * 4)) ** 4
    with pen.at(0, -0.5, scale=beat):
        pen.fill(
            smooth(
                [(0, 0.5), (-0.4, 0.12), (-0.52, -0.2), (-0.3, -0.46), (0, -0.26), (0.3, -0.46), (0.52, -0.2), (0.4, 0.12)],
                tension=6,
            ),
            tone,
            shade=0.36,
        )
        pen.soft(-0.24, -0.2, 0.13, 0.1, (1, 1, 1), 0.7)


def star(pen: Pen, act: Act) -> None:
    """A five-pointed star with a glow."""
    tone = act.tone("#f4c53a")
    pen.glow(0, -0.5, 0.8, tone, 0.35)
    points = [
        (
            (0.5 if k % 2 == 0 else 0.22) * math.sin(k * math.pi / 5),
            -0.48 - (0.5 if k % 2 == 0 else 0.22) * math.cos(k * math.pi / 5),
        )
        for k in range(10)
    ]
    pen.fill(polygon(points), tone, shade=0.3)
    for k in range(0, 10, 2):
        pen.fill(polygon([(0, -0.48), points[k], points[(k + 1) % 10]]), mix(tone, (1, 1, 1), 0.35), shade=0, edge=False)


def camera(pen: Pen, act: Act) -> None:
    """A still camera with a round lens."""
    tone = act.tone("#3a3d44")
    pen.fill(box(-0.24, -0.92, 0.24, -0.68, 0.05), scaled(tone, 0.85))
    pen.fill(box(-0.72, -0.78, 0.72, 0.0, 0.09), tone, shade=0.25)
    pen.fill(box(-0.72, -0.78, 0.72, -0.6, 0.09), rgb("#b9c0c8"), shade=0.2)
    pen.fill(oval(0, -0.34, 0.32, 0.32), rgb("#1d1f23"), shade=0.3)
    pen.fill(oval(0, -0.34, 0.23, 0.23), rgb("#3a4f78"), shade=0.5)
    pen.soft(-0.08, -0.43, 0.08, 0.06, (1, 1, 1), 0.8)
    pen.fill(box(-0.62, -0.9, -0.42, -0.77, 0.03), rgb("#c8312b"))


def flag(pen: Pen, act: Act) -> None:
    """A flag that waves on its pole."""
    tone = act.tone("#c8312b")
    pen.fill(box(-0.52, -1.0, -0.47, 0.0), rgb("#8a7a68"))
    top = [(-0.47 + 0.17 * k, -0.98 + 0.035 * math.sin(act.t * 4 - k)) for k in range(7)]
    low = [(x, y + 0.48) for x, y in top[::-1]]
    pen.fill(smooth([*top, *low], tension=10), tone, shade=0.25)


def key(pen: Pen, act: Act) -> None:
    """An old key with a ring."""
    tone = act.tone("#c99a3a")
    pen.stroke(oval(-0.5, -0.4, 0.24, 0.24), tone, 0.1)
    pen.fill(box(-0.28, -0.46, 0.8, -0.34, 0.02), tone, shade=0.3)
    for x in (0.5, 0.68):
        pen.fill(box(x, -0.36, x + 0.1, -0.12), tone, shade=0.3)


def sword(pen: Pen, act: Act) -> None:
    """A long blade, point down in the ground."""
    pen.fill(polygon([(-0.05, -0.7), (0.05, -0.7), (0.035, -0.04), (0, 0.02), (-0.035, -0.04)]), act.tone("#d4dce4"), shade=0.3)
    pen.fill(polygon([(0, -0.7), (0.05, -0.7), (0.035, -0.04), (0, 0.02)]), rgb("#9aa6b2"), shade=0.2, edge=False)
    pen.fill(box(-0.2, -0.75, 0.2, -0.69, 0.02), rgb("#d9a531"), shade=0.3)
    pen.fill(tube([(0, -0.74), (0, -0.94)], [0.035, 0.035]), rgb("#5a3424"))
    pen.fill(oval(0, -0.98, 0.05, 0.05), rgb("#d9a531"), shade=0.4)


UMBRELLA = Kind(umbrella, size=0.46, width=1.25, faces=False)
HAT = Kind(hat, size=0.22, width=2.0, home="table", faces=False)
GUITAR = Kind(guitar, size=0.6, width=0.7, faces=False)
KITE = Kind(kite, size=0.42, width=0.8, home="air", rest="flying", faces=False)
BALL = Kind(ball, size=0.26, width=1.0, walk=0.5, run=1.0, faces=False)
GIFT = Kind(gift, size=0.32, width=1.1, faces=False)
CROWN = Kind(crown, size=0.28, width=1.6, home="table", faces=False)
HEART = Kind(heart, size=0.4, width=1.05, home="air", rest="standing", faces=False)
STAR = Kind(star, size=0.34, width=1.0, home="air", rest="standing", faces=False)
CAMERA = Kind(camera, size=0.32, width=1.5, home="table", faces=False)
FLAG = Kind(flag, size=0.56, width=1.1)
KEY = Kind(key, size=0.2, width=1.7, home="table", faces=False)
SWORD = Kind(sword, size=0.6, width=0.45, faces=False)
