"""Persons and children: a jointed figure from the side with clothes, hair and what it carries; astronauts by trait."""

from __future__ import annotations

import math

from msgspec.structs import replace

from mediakiln.providers.studio.colour import named, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.gait import DANCE, RUNNING, WALKING, foot, knee, stride
from mediakiln.providers.studio.subjects.looks import Look, head, look_of
from mediakiln.providers.studio.subjects.pen import Pen, Point, oval, polygon, smooth, tube
from mediakiln.providers.studio.subjects.wardrobe import cape_tone, costume_of

MOVING = ("walking", "running", "jumping", "dancing")


def _figure(pen: Pen, act: Act, child: bool) -> None:
    look = look_of(pen, act, child)
    if act.has("surfer", "skier", "skater"):
        act = replace(act, pose="standing")
        _board(pen, act)
    if act.pose in ("sitting", "reading", "driving"):
        _seated(pen, act, look)
    elif act.pose == "flying" and not act.has("astronaut"):
        with pen.at(-0.42, -0.3 + 0.02 * math.sin(act.t * 2), turn=74):
            _upright(pen, act, look)
    elif act.pose == "sleeping":
        with pen.at(-0.42, -0.07, turn=90):
            _upright(pen, act, look)
    else:
        _upright(pen, act, look)


def _board(pen: Pen, act: Act) -> None:
    """What carries somebody who surfs, skis or skates."""
    if act.has("surfer"):
        pen.fill(smooth([(-0.42, -0.02), (0.1, -0.05), (0.5, -0.09), (0.3, 0.03), (-0.3, 0.04)]), rgb("#f2c12e"), shade=0.2)
        for k in range(5):
            pen.soft(-0.5 - 0.05 * k, 0.03 - 0.02 * k, 0.12, 0.05, (1, 1, 1), 0.6)
    elif act.has("skier"):
        for y in (-0.01, 0.02):
            pen.stroke(smooth([(-0.42, y), (0.3, y), (0.44, y - 0.05)], closed=False), rgb("#c8302f"), 0.018)
        pen.stroke(smooth([(0.14, -0.46), (0.3, 0.0)], closed=False), rgb("#3a3f4a"), 0.011)
    else:
        pen.fill(
            smooth([(-0.3, -0.08), (-0.2, -0.04), (0.2, -0.04), (0.3, -0.08), (0.22, -0.01), (-0.22, -0.01)]), rgb("#d8562f")
        )
        for x in (-0.16, 0.16):
            pen.fill(oval(x, 0.01, 0.03, 0.03), rgb("#f2e8cf"), shade=0.2)


def _upright(pen: Pen, act: Act, look: Look) -> None:
    """Standing, walking, running, dancing."""
    running, moving = act.pose in ("running", "jumping"), act.pose in ("walking", "running", "jumping", "dancing")
    reach, stance, lift = RUNNING if running else WALKING
    phase = act.way / stride(reach, stance) if act.pose != "dancing" else act.t * DANCE
    phase += 0.21 * act.index
    sway = math.sin(phase * math.tau) if moving else 0.0
    bob = -0.02 * abs(math.cos(phase * math.tau)) * (2.0 if running else 1.0) if moving else 0.004 * math.sin(act.t * 2)
    lean = 0.05 if running else 0.015 if moving else 0.0
    hop = 0.0
    if act.pose == "jumping":
        hop, sway = 0.2 + 0.05 * math.sin(act.t * 3), 0.0
    floats = act.has("astronaut") and act.pose in ("flying", "")
    hip: Point = (0.0, -look.hip + bob)
    chest: Point = (lean, -look.shoulder + bob)
    steps = [foot(phase + s, reach, lift, stance) for s in (0.5, 0.0)] if moving else [(0.035, 0.0), (-0.035, 0.0)]
    if act.pose == "jumping":
        steps = [(0.17, -0.12), (-0.2, -0.2)]
    with pen.at(0, -hop - (0.1 + 0.03 * math.sin(act.t) if floats else 0)):
        worn = costume_of(act)
        if worn is not None and worn.back is not None:
            worn.back(pen, cape_tone(act), act, chest, look.head)
        _arm(pen, look, chest, (0.55 if running else 0.34) * sway, act, far=True)
        if act.has("backpack", "astronaut"):
            pen.fill(
                smooth(
                    [
                        (chest[0] - 0.16, chest[1]),
                        (chest[0] - 0.04, chest[1] - 0.02),
                        (chest[0] - 0.04, hip[1] - 0.04),
                        (chest[0] - 0.17, hip[1] - 0.06),
                    ]
                ),
                rgb("#d8dde2") if act.has("astronaut") else rgb("#b9683a"),
            )
        for index in (0, 1):
            if not act.has("mermaid"):
                _leg(pen, look, hip, steps[index], act, far=index == 0)
        if act.has("mermaid"):
            _fishtail(pen, look, [hip, (0.02, -0.3), (-0.03, -0.14), (0.1, -0.06)])
        _body(pen, look, hip, chest, act, sway)
        with pen.at(chest[0] + 0.012, chest[1] - look.head * 1.28, scale=look.head, turn=2 * sway):
            head(pen, act, look)
        _arm(pen, look, chest, (-0.55 if running else -0.34) * sway, act, far=False)


def _leg(pen: Pen, look: Look, hip: Point, step: Point, act: Act, far: bool) -> None:
    k = 0.72 if far else 1.0
    suit = act.has("astronaut")
    cloth = scaled(rgb("#eef1f4") if suit else look.skin if look.dress else look.bottom, k)
    ankle = (step[0], step[1] - 0.035)
    half = (-hip[1] - 0.035) / 2
    # At rest the leg is all but straight; a step needs some slack to bend.
    slack = 1.025 if act.pose in MOVING else 1.002
    joint = knee(hip, ankle, half * slack, half * slack, -1.0)
    wide = look.head * (0.62 if not suit else 0.85)
    pen.fill(
        tube(
            [
                hip,
                ((hip[0] + joint[0]) / 2, (hip[1] + joint[1]) / 2),
                joint,
                ((joint[0] + ankle[0]) / 2, (joint[1] + ankle[1]) / 2),
                ankle,
            ],
            [wide, wide * 0.88, wide * 0.68, wide * 0.6, wide * 0.46],
        ),
        cloth,
        shade=0.2,
    )
    size = look.head * 0.55
    with pen.at(ankle[0], ankle[1], turn=min(40.0, -step[1] * 300)):
        pen.fill(
            smooth(
                [
                    (-size * 0.6, -size * 0.4),
                    (size * 0.3, -size * 0.4),
                    (size * 1.5, size * 0.25),
                    (size * 1.4, size * 0.66),
                    (-size * 0.6, size * 0.66),
                ]
            ),
            scaled(rgb("#c9d0d6") if suit else rgb("#3a2c26"), k),
            shade=0.25,
        )


def _body(pen: Pen, look: Look, hip: Point, chest: Point, act: Act, sway: float) -> None:
    w = look.head
    suit = act.has("astronaut")
    top = rgb("#f3f5f7") if suit else look.top
    pen.fill(
        tube([(chest[0], chest[1] - w * 0.45), (chest[0] + 0.005, chest[1] + w * 0.2)], [w * 0.34, w * 0.4]),
        scaled(look.skin, 0.92),
        shade=0.1,
    )
    torso = smooth(
        [
            (chest[0] - w * 0.92, chest[1] + w * 0.22),
            (chest[0] - w * 0.3, chest[1] - w * 0.12),
            (chest[0] + w * 0.4, chest[1] - w * 0.08),
            (chest[0] + w * 0.92, chest[1] + w * 0.4),
            (hip[0] + w * 0.78, hip[1] - w * 0.7),
            (hip[0] + w * 0.8, hip[1] + w * 0.25),
            (hip[0] - w * 0.8, hip[1] + w * 0.25),
            (hip[0] - w * 0.8, hip[1] - w * 0.8),
        ]
    )
    pen.fill(torso, top, shade=0.28)
    worn = costume_of(act)
    if look.dress and not suit:
        low = 0.14 if worn is not None and worn.robe else 0.46
        hem, swing = hip[1] * low, sway * w * 0.4 + w * 0.12 * math.sin(act.t * 2.3)
        skirt = smooth(
            [
                (hip[0] - w * 0.72, hip[1] - w * 0.9),
                (hip[0] + w * 0.72, hip[1] - w * 0.9),
                (hip[0] + w * 1.2, hip[1]),
                (hip[0] + w * 1.85 + swing, hem),
                (hip[0] + w * 0.4, hem + w * 0.2),
                (hip[0] - w * 0.9, hem + w * 0.16),
                (hip[0] - w * 1.95 + swing, hem - w * 0.05),
                (hip[0] - w * 1.2, hip[1]),
            ]
        )
        pen.fill(skirt, top, shade=0.3)
        for k in (-0.7, 0.0, 0.7):
            pen.stroke(
                smooth([(hip[0] + k * w * 0.6, hip[1]), (hip[0] + k * w * 1.6 + swing * 0.8, hem)], closed=False),
                scaled(top, 0.7),
                w * 0.07,
                alpha=0.55,
            )
    if act.has("scarf"):
        pen.fill(
            tube(
                [
                    (chest[0] + w * 0.5, chest[1] - w * 0.1),
                    (chest[0] - w * 0.6, chest[1] - w * 0.1),
                    (chest[0] - w * 2.2, chest[1] + w * (0.4 + 0.3 * math.sin(act.t * 5))),
                ],
                [w * 0.3, w * 0.3, w * 0.22],
            ),
            rgb("#c8312b"),
        )
    if suit:
        pen.fill(
            polygon(
                [
                    (chest[0] + w * 0.1, chest[1] + w),
                    (chest[0] + w * 0.8, chest[1] + w),
                    (chest[0] + w * 0.8, chest[1] + w * 1.7),
                    (chest[0] + w * 0.1, chest[1] + w * 1.7),
                ]
            ),
            rgb("#5f7f9f"),
            shade=0.2,
        )
    if worn is not None and worn.front is not None and not suit:
        worn.front(pen, top, act, chest, hip, w)


def _fishtail(pen: Pen, look: Look, spine: list[Point]) -> None:
    """A mermaid's lower half along `spine`, with scales and a fluke at its end."""
    w, tone = look.head, rgb("#1f9a92")
    x, y = spine[-1]
    for reach, lift in ((0.15, -0.1), (0.17, 0.03)):
        pen.fill(smooth([(x - 0.02, y - 0.03), (x + reach * 0.7, y + lift * 1.3), (x + reach, y + lift), (x, y + 0.02)]), tone)
    body = tube(spine, [w * 0.82, w * 0.72, w * 0.5, w * 0.26])
    pen.fill(body, tone, shade=0.35)
    with pen.within(body):
        for row in range(14):
            for k in range(-3, 4):
                at = (spine[0][0] + w * (0.34 * k + 0.17 * (row % 2)), spine[0][1] + w * (0.3 + 0.3 * row))
                pen.stroke(
                    smooth([(at[0] - w * 0.16, at[1]), (at[0], at[1] + w * 0.13), (at[0] + w * 0.16, at[1])], closed=False),
                    scaled(tone, 0.7),
                    w * 0.035,
                )


def _arm(pen: Pen, look: Look, chest: Point, swing: float, act: Act, far: bool) -> None:
    k = 0.74 if far else 1.0
    w = look.head
    start = (chest[0] + (w * 0.25 if far else -w * 0.1), chest[1] + w * 0.3)
    upper = (look.shoulder - look.hip) * 0.52
    armed = costume_of(act)
    angle, fold = swing * 1.5 + 0.06, 1.35 if act.pose == "running" else 0.35
    if act.pose == "dancing":
        angle, fold = (2.3 if far else -2.1) + 0.35 * math.sin(act.t * 4), 0.5
    if act.pose in ("jumping", "swimming"):
        angle, fold = (2.35 if far else -2.5) + 0.1 * math.sin(act.t * 5), 0.25 if far else -0.25
    elif act.pose == "flying":
        angle, fold = 3.0 + (0.12 if far else 0.0), 0.05
    elif act.has("holding") and not far:
        angle, fold = 0.75, 0.9
    elif armed is not None and armed.hold is not None and not far:
        angle, fold = 0.5, 1.1
    holds = act.has("umbrella") and not far
    if holds:
        angle, fold = 0.5, 2.0
    elbow = (start[0] + math.sin(angle) * upper, start[1] + math.cos(angle) * upper)
    hand = (elbow[0] + math.sin(angle + fold) * upper * 0.95, elbow[1] + math.cos(angle + fold) * upper * 0.95)
    sleeve = scaled(rgb("#eef1f4") if act.has("astronaut") else look.top, k * 0.94)
    if holds:
        _umbrella(pen, hand, act)
    if armed is not None and armed.hold is not None and not far and not act.has("holding"):
        armed.hold(pen, look.top, act, hand)
    pen.fill(
        tube(
            [
                start,
                ((start[0] + elbow[0]) / 2, (start[1] + elbow[1]) / 2),
                elbow,
                ((elbow[0] + hand[0]) / 2, (elbow[1] + hand[1]) / 2),
                hand,
            ],
            [w * 0.4, w * 0.38, w * 0.32, w * 0.28, w * 0.24],
        ),
        sleeve,
        shade=0.2,
    )
    pen.fill(oval(*hand, w * 0.27, w * 0.27), scaled(look.skin, k), shade=0.15)


def _umbrella(pen: Pen, hand: Point, act: Act) -> None:
    x, y = hand[0], hand[1]
    tone = named(act.colour, "#c8392f")
    pen.stroke(smooth([(x, y + 0.03), (x + 0.01, y - 0.34)], closed=False), rgb("#4a3a30"), 0.012)
    top = y - 0.4
    dome = smooth(
        [
            (x - 0.36, top + 0.14),
            (x - 0.24, top - 0.02),
            (x, top - 0.09),
            (x + 0.26, top - 0.02),
            (x + 0.38, top + 0.14),
            (x + 0.25, top + 0.105),
            (x + 0.12, top + 0.14),
            (x, top + 0.105),
            (x - 0.12, top + 0.14),
            (x - 0.24, top + 0.105),
        ],
        tension=7,
    )
    pen.fill(dome, tone, shade=0.35)
    for k in (-0.14, 0.0, 0.14):
        pen.stroke(smooth([(x, top - 0.09), (x + k * 0.9, top + 0.12)], closed=False), scaled(tone, 0.65), 0.007, alpha=0.7)


def _seated(pen: Pen, act: Act, look: Look) -> None:
    """Sitting on the ground or a seat, with a book when reading."""
    w = look.head
    rise = -0.2
    hip, chest = (-0.1, rise), (-0.06, rise - (look.shoulder - look.hip) * 1.05)
    if act.has("mermaid"):
        _fishtail(pen, look, [hip, (0.12, rise - 0.04), (0.26, rise + 0.04), (0.4, rise + 0.06)])
    for dx, k in () if act.has("mermaid") else ((0.04, 0.75), (0.0, 1.0)):
        cloth = scaled(look.skin if look.dress else look.bottom, k)
        pen.fill(tube([hip, (0.1 + dx, rise - 0.1), (0.22 + dx, rise - 0.12)], [w * 0.66, w * 0.62, w * 0.55]), cloth)
        pen.fill(tube([(0.21 + dx, rise - 0.12), (0.25 + dx, -0.12), (0.27 + dx, -0.03)], [w * 0.55, w * 0.45, w * 0.38]), cloth)
        pen.fill(
            smooth([(0.23 + dx, -0.06), (0.32 + dx, -0.055), (0.4 + dx, -0.015), (0.39 + dx, 0.006), (0.23 + dx, 0.006)]),
            scaled(rgb("#3a2c26"), k),
            shade=0.2,
        )
    pen.fill(
        smooth([(-0.22, -0.04), (-0.2, rise - 0.03), (0.0, rise), (0.1, -0.06), (0.05, 0.0), (-0.2, 0.0)]),
        scaled(look.bottom if not look.dress else look.top, 0.8),
        shade=0.25,
    )
    _body(
        pen,
        Look(look.skin, look.hair, look.top, look.bottom, look.head, look.hip, look.shoulder, False, look.long_hair),
        hip,
        chest,
        act,
        0.0,
    )
    if look.dress:
        pen.fill(
            smooth(
                [(-0.2, rise - 0.06), (0.0, rise - 0.1), (0.22, rise - 0.19), (0.3, rise - 0.06), (0.12, -0.03), (-0.2, -0.02)]
            ),
            look.top,
            shade=0.3,
        )
    with pen.at(chest[0] + 0.02, chest[1] - w * 1.25, scale=w, turn=(14 if act.pose == "reading" else 0) + 2 * math.sin(act.t)):
        head(pen, act, look)
    elbow, hand = (chest[0] + 0.05, rise - 0.12), (0.18, rise - 0.18)
    if act.pose == "reading":
        page = 0.01 * math.sin(act.t * 1.4)
        pen.fill(
            polygon([(0.1, rise - 0.16), (0.19, rise - 0.33 + page), (0.31, rise - 0.36), (0.24, rise - 0.18)]),
            rgb("#b0433a"),
            shade=0.2,
        )
        pen.fill(
            polygon([(0.12, rise - 0.17), (0.2, rise - 0.315 + page), (0.295, rise - 0.34), (0.23, rise - 0.19)]),
            rgb("#fbf6e8"),
            shade=0.1,
            edge=False,
        )
    pen.fill(tube([(chest[0] - 0.01, chest[1] + w * 0.3), elbow, hand], [w * 0.4, w * 0.33, w * 0.24]), look.top, shade=0.22)
    pen.fill(oval(*hand, w * 0.26, w * 0.26), look.skin, shade=0.15)


def person(pen: Pen, act: Act) -> None:
    """A grown person."""
    _figure(pen, act, child=False)


def child(pen: Pen, act: Act) -> None:
    """A child: larger head, shorter legs."""
    _figure(pen, act, child=True)


PERSON = Kind(person, size=0.5, width=0.5, walk=0.75, run=1.5)
CHILD = Kind(child, size=0.42, width=0.55, walk=0.7, run=1.4)
