"""A horse with mane and tail in the wind; deer, unicorn, zebra and donkey by trait."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.pen import Pen, Point, oval, polygon, smooth, tube
from mediakiln.providers.studio.subjects.quadruped import Beast, Build, Coat, paint_beast

BUILD = Build(
    length=0.62,
    back=0.63,
    deep=(0.27, 0.24, 0.26),
    leg=(0.068, 0.026),
    head=(0.24, -0.32),
    skull=0.105,
    neck=0.088,
    reach=0.16,
    hoof=0.042,
    lift=0.1,
)


def head(pen: Pen, act: Act, coat: Coat) -> None:
    """A long head in profile, in units a third of its length."""
    high = 2.3 if act.has("donkey") else 1.35
    for x in (-0.55, -0.25):
        pen.fill(smooth([(x - 0.16, -0.6), (x - 0.02, -high), (x + 0.2, -0.62)], tension=9), scaled(coat.base, 0.9), shade=0.2)
    if act.has("deer"):
        for x in (-0.5, -0.2):
            for points in (
                [(x, -0.8), (x - 0.25, -1.8), (x + 0.1, -2.6)],
                [(x - 0.2, -1.6), (x + 0.35, -2.1)],
                [(x - 0.1, -2.2), (x - 0.55, -2.7)],
            ):
                pen.stroke(smooth(points, closed=False), rgb("#8a6a48"), 0.15)
    if act.has("unicorn"):
        pen.fill(polygon([(-0.1, -0.75), (0.55, -2.1), (0.2, -0.6)]), rgb("#f4d98a"), shade=0.3)
    skull = smooth(
        [
            (-0.75, -0.7),
            (-0.2, -0.88),
            (0.35, -0.6),
            (1.05, 0.2),
            (1.62, 0.82),
            (1.68, 1.2),
            (1.32, 1.42),
            (0.88, 1.2),
            (0.3, 0.72),
            (-0.3, 0.55),
            (-0.8, 0.25),
        ]
    )
    pen.fill(skull, coat.base, shade=0.28)
    with pen.within(skull):
        pen.soft(1.5, 1.15, 0.55, 0.5, scaled(coat.base, 0.5), 0.8)
        pen.soft(-0.25, 0.2, 0.5, 0.5, mix(coat.base, (1, 1, 1), 0.25), 0.5)
    if act.has("zebra"):
        with pen.within(skull):
            for k in range(5):
                x = -0.5 + 0.34 * k
                pen.stroke(
                    smooth([(x, -0.95 + 0.12 * k), (x + 0.12, -0.3 + 0.1 * k), (x - 0.05, 0.5)], closed=False),
                    rgb("#2a2624"),
                    0.11,
                )
            pen.soft(1.5, 1.1, 0.42, 0.4, rgb("#2a2624"), 0.95)
    pen.fill(oval(0.22, -0.2, 0.14, 0.15), rgb("#17110e"), shade=0, edge=False)
    pen.fill(oval(0.27, -0.26, 0.04, 0.05), rgb("#ffffff"), shade=0, edge=False)
    pen.fill(oval(1.48, 0.98, 0.08, 0.11), rgb("#241a16"), shade=0, edge=False)
    pen.stroke(smooth([(1.0, 1.12), (1.3, 1.22), (1.5, 1.18)], closed=False), scaled(coat.base, 0.35), 0.06)


def _hair(act: Act, coat: Coat) -> tuple[float, float, float]:
    if act.has("unicorn"):
        return rgb("#d9a6e8")
    return (
        scaled(coat.base, 0.42)
        if act.colour not in ("white", "black", "grey")
        else mix(coat.base, rgb("#d8d4cc"), 0.4 if act.colour != "black" else 0.06)
    )


def mane(pen: Pen, act: Act, coat: Coat, place: Point) -> None:
    """Locks along the neck, blown back when it moves."""
    if act.has("deer"):
        return
    if act.has("zebra"):
        _neck_stripes(pen, coat, place)
    wind = 1.0 if act.pose == "running" else 0.45
    hair = _hair(act, coat) if not act.has("zebra") else rgb("#2f2b29")
    if act.has("zebra", "donkey"):
        wind = 0.1
    shoulder = (BUILD.length / 2 * 0.82, -BUILD.back + 0.04)
    for k in range(11):
        s = k / 10
        x, y = shoulder[0] - 0.07 + (place[0] - shoulder[0] + 0.01) * s, shoulder[1] - 0.03 + (place[1] - 0.07 - shoulder[1]) * s
        flow = 0.016 * math.sin(act.t * 6 + k * 0.9)
        pen.fill(
            tube(
                [
                    (x + 0.02, y),
                    (x - 0.05 * wind - 0.02, y + 0.03 - 0.03 * wind + flow),
                    (x - 0.11 * wind - 0.02, y + 0.1 - 0.07 * wind + flow * 2),
                ],
                [0.025, 0.022, 0.006],
            ),
            scaled(hair, 0.85 + 0.03 * k),
            shade=0.1,
            edge=False,
        )


def tail(sway: float, act: Act) -> tuple[list[Point], list[float]]:
    """A full tail that streams behind at a run; a scut for deer."""
    if act.has("deer"):
        return [(0.02, 0.0), (-0.05, 0.03), (-0.07, 0.09)], [0.03, 0.035, 0.015]
    wind = 1.0 if act.pose == "running" else 0.25
    s = 0.03 * math.sin(act.t * 4) + sway * 0.02
    return (
        [
            (0.02, 0.0),
            (-0.07, 0.0),
            (-0.12 - 0.1 * wind, 0.12 - 0.08 * wind + s),
            (-0.13 - 0.2 * wind, 0.27 - 0.18 * wind + s * 1.6),
            (-0.1 - 0.3 * wind, 0.4 - 0.27 * wind + s * 2),
        ],
        [0.03, 0.045, 0.055, 0.045, 0.012],
    )


def _stripes(pen: Pen, act: Act, coat: Coat, build: Build) -> None:
    """A zebra's bands over the trunk, wavy and thinner toward the belly."""
    half, back = build.length / 2, build.back
    for k in range(13):
        x = -half - 0.06 + (build.length + 0.14) * k / 12
        lean = 0.05 * (6 - k) / 6
        pen.fill(
            tube(
                [(x + lean, -back - 0.03), (x + 0.016, -back + 0.08), (x - lean * 0.5, -back + 0.17), (x - lean, -back + 0.25)],
                [0.017, 0.015, 0.012, 0.003],
            ),
            rgb("#2a2624"),
            shade=0,
            edge=False,
        )


def _neck_stripes(pen: Pen, coat: Coat, place: Point) -> None:
    shoulder = (BUILD.length / 2 * 0.82, -BUILD.back + BUILD.deep[0] * 0.3)
    dx, dy = place[0] - shoulder[0], place[1] - shoulder[1]
    long = math.hypot(dx, dy)
    nx, ny = -dy / long, dx / long
    for k in range(6):
        s = 0.12 + 0.13 * k
        x, y, w = shoulder[0] + dx * s, shoulder[1] + dy * s, BUILD.neck * (1.1 - 0.3 * s)
        pen.fill(
            tube([(x - nx * w, y - ny * w), (x, y - 0.01), (x + nx * w * 0.8, y + ny * w * 0.8)], [0.014, 0.013, 0.004]),
            rgb("#2a2624"),
            shade=0,
            edge=False,
        )


def paint(pen: Pen, act: Act) -> None:
    """The horse; it rests standing."""
    base = act.tone("#8a5230" if not act.has("deer", "unicorn") else "#b07a48" if act.has("deer") else "#f6f1f4")
    sock = rgb("#3b2c25") if not act.has("unicorn") else rgb("#d9c2a0")
    if act.has("zebra"):
        base, sock = act.tone("#f4f1ea"), rgb("#2a2624")
    elif act.has("donkey"):
        base = act.tone("#8d8784")
    coat = Coat(base, mix(base, rgb("#e9d9c2"), 0.5 if act.has("deer") else 0.2), sock)
    paint_beast(pen, act, coat, Beast(BUILD, head, tail, _stripes if act.has("zebra") else None, mane))


KIND = Kind(paint, size=0.56, width=1.25, walk=0.6, run=1.75)
