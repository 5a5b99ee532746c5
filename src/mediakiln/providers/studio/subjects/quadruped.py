"""Four-legged animals: one rig for torso, legs, tail and gait; each animal brings its `Build`, head and coat."""

from __future__ import annotations

import math
from collections.abc import Callable

from msgspec import Struct

from mediakiln.providers.studio.colour import RGB, mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act
from mediakiln.providers.studio.subjects.gait import foot, knee, stride
from mediakiln.providers.studio.subjects.pen import Path, Pen, Point, smooth, tube


class Build(Struct, frozen=True):
    """Proportions in the animal's own height. `back` is the height of the back, `deep` the thickness of chest, waist and rump,
    `leg` the half-widths at hip and ankle, `head` the head's offset from the shoulder, `skull` its radius, `neck` its half-width,
    `reach` half a step when walking, `hoof` the size of a foot."""

    length: float
    back: float
    deep: tuple[float, float, float]
    leg: tuple[float, float]
    head: Point
    skull: float
    neck: float
    reach: float
    hoof: float
    lift: float = 0.07


class Coat(Struct, frozen=True):
    """Fur colours: upper side, belly, points (legs or feet)."""

    base: RGB
    belly: RGB
    sock: RGB


class Beast(Struct, frozen=True):
    """An animal: its build and the painters of its own parts. `head(pen, act, coat)` paints in skull radii around (0, 0);
    `tail(sway, act)` gives the tail's points from the rump and their half-widths; `marks(pen, act, coat)` paints the coat."""

    build: Build
    head: Callable[[Pen, Act, Coat], None]
    tail: Callable[[float, Act], tuple[list[Point], list[float]]]
    marks: Callable[[Pen, Act, Coat, Build], None] | None = None
    mane: Callable[[Pen, Act, Coat, Point], None] | None = None


# When in the cycle each leg sets out: far hind, far fore, near hind, near fore.
WALK = (0.5, 0.75, 0.0, 0.25)
RUN = (0.1, 0.62, 0.0, 0.5)
STAND = (0.22, 0.16, 0.4, 0.34)


def gait_of(build: Build, running: bool) -> tuple[float, float]:
    """Half a step, and the share of the cycle that a foot stands."""
    return (build.reach * 1.5, 0.36) if running else (build.reach, 0.62)


def paint_beast(pen: Pen, act: Act, coat: Coat, beast: Beast) -> None:
    """The animal standing, walking, running or jumping, seen from the side."""
    build = beast.build
    leaping = act.pose in ("jumping", "flying")
    running, moving = act.pose == "running" or leaping, act.pose in ("walking", "running") or leaping
    reach, stance = gait_of(build, running)
    phase = act.way / stride(reach, stance) + 0.13 * act.index
    bob = (
        build.lift * (0.5 * math.sin(phase * math.tau) if running else 0.14 * math.sin(phase * 2 * math.tau))
        if moving
        else (0.006 * math.sin(act.t * 2.2))
    )
    pitch = 3.5 * math.sin(phase * math.tau + 0.8) if running else 0.0
    starts = RUN if running else WALK if moving else STAND
    lift = build.lift * (1.5 if running else 1.0)
    feet = [foot(phase + s if moving else s, reach * (1 if moving else 0.5), lift, stance if moving else 0.99) for s in starts]
    hop = 0.0
    if leaping:
        # Stretched in the air: hind legs thrown back, forelegs folded under the chest.
        kick = 0.03 * math.sin(act.t * 5)
        hind, fore = (-0.24 - kick, -0.2), (0.2 + kick, -0.3)
        feet = [hind, fore, (hind[0] - 0.06, hind[1] - 0.05), (fore[0] + 0.07, fore[1] - 0.06)]
        hop = 0.3 + 0.06 * math.sin(act.t * 3) if act.pose == "jumping" else 0.1
        pitch, bob = 0.0, 0.0
    with pen.at(0, bob * 0.5 - hop), pen.at(0, -build.back, turn=-12.0 if leaping else 0.0), pen.at(0, build.back):
        for index in (0, 1):
            _leg(pen, build, feet[index], index % 2 == 1, coat, far=True)
        _tail(pen, build, coat, beast, phase if moving else act.t * 0.35, act)
        with pen.at(0, -build.back, turn=pitch), pen.at(0, build.back):
            _torso(pen, build, coat, beast, act)
        for index in (2, 3):
            _leg(pen, build, feet[index], index % 2 == 1, coat, far=False)
        nod = 1.6 * math.sin(phase * 2 * math.tau) if moving else 1.2 * math.sin(act.t * 1.3)
        _head(pen, build, coat, beast, act, nod)


def torso_path(build: Build) -> Path:
    """The outline of the trunk: rump, back, shoulder, chest, belly."""
    half, back = build.length / 2, build.back
    chest, waist, rump = build.deep
    return smooth(
        [
            (-half - rump * 0.28, -back + rump * 0.42),
            (-half, -back - rump * 0.02),
            (-half * 0.4, -back + 0.012),
            (half * 0.35, -back + 0.006),
            (half * 0.9, -back - chest * 0.06),
            (half + chest * 0.3, -back + chest * 0.3),
            (half + chest * 0.22, -back + chest * 0.78),
            (half * 0.66, -back + chest),
            (0.0, -back + waist * 1.05),
            (-half * 0.5, -back + waist * 0.92),
            (-half * 0.95, -back + rump * 0.94),
        ]
    )


def _torso(pen: Pen, build: Build, coat: Coat, beast: Beast, act: Act) -> None:
    body = torso_path(build)
    half, back = build.length / 2, build.back
    pen.fill(body, coat.base, shade=0.34)
    with pen.within(body):
        pen.soft(half * 0.2, -back + build.deep[0] * 1.02, half * 1.1, build.deep[0] * 0.34, coat.belly, 0.85)
        pen.soft(
            -half * 0.86,
            -back + build.deep[2] * 0.45,
            build.deep[2] * 0.62,
            build.deep[2] * 0.66,
            mix(coat.base, (1, 1, 1), 0.2),
            0.4,
        )
        pen.soft(
            half * 0.72,
            -back + build.deep[0] * 0.5,
            build.deep[0] * 0.5,
            build.deep[0] * 0.6,
            mix(coat.base, (1, 1, 1), 0.2),
            0.34,
        )
        pen.soft(-half * 0.1, -back + build.deep[1] * 1.15, half * 1.3, build.deep[1] * 0.42, scaled(coat.base, 0.35), 0.36)
        if beast.marks:
            beast.marks(pen, act, coat, build)


def _leg(pen: Pen, build: Build, step: Point, fore: bool, coat: Coat, far: bool) -> None:
    half = build.length / 2
    deep = build.deep[0] if fore else build.deep[2]
    hip = (half * 0.74 if fore else -half * 0.86, -build.back + deep * 0.58)
    offset = 0.05 if far else 0.0
    home = hip[0] + (0.015 if fore else -0.015) + offset
    ankle = (home + step[0], step[1] - build.hoof * 0.5)
    length = (build.back - deep * 0.58) * 0.5
    joint = knee((hip[0] + offset * 0.6, hip[1]), ankle, length * 1.08, length * 1.05, 1.0)
    base = scaled(coat.base, 0.66) if far else coat.base
    sock = scaled(coat.sock, 0.66) if far else coat.sock
    thick, thin = build.leg
    wide = thick * (1.0 if fore else 1.35)
    start = (hip[0] + offset * 0.6, hip[1])
    mid = ((joint[0] + ankle[0]) / 2, (joint[1] + ankle[1]) / 2)
    limb = tube(
        [start, ((start[0] + joint[0]) / 2, (start[1] + joint[1]) / 2), joint, mid, ankle],
        [wide, wide * 0.86, (wide + thin * 2) / 3.0, thin * 1.08, thin],
    )
    pen.fill(limb, base if far else scaled(base, 0.97), shade=0.14)
    toe = build.hoof
    lifted = min(1.0, max(0.0, -step[1] * 14))
    with pen.at(ankle[0], ankle[1], turn=lifted * 34):
        pen.fill(
            smooth(
                [
                    (-toe * 0.62, -toe * 0.5),
                    (toe * 0.2, -toe * 0.6),
                    (toe * 1.0, -toe * 0.1),
                    (toe * 1.12, toe * 0.42),
                    (toe * 0.3, toe * 0.5),
                    (-toe * 0.66, toe * 0.46),
                ]
            ),
            sock,
            shade=0.2,
        )


def _tail(pen: Pen, build: Build, coat: Coat, beast: Beast, phase: float, act: Act) -> None:
    points, widths = beast.tail(math.sin(phase * math.tau), act)
    root = (-build.length / 2 - build.deep[2] * 0.16, -build.back + build.deep[2] * 0.14)
    pen.fill(tube([(root[0] + x, root[1] + y) for x, y in points], widths), scaled(coat.base, 0.94), shade=0.2)


def _head(pen: Pen, build: Build, coat: Coat, beast: Beast, act: Act, nod: float) -> None:
    shoulder = (build.length / 2 * 0.82, -build.back + build.deep[0] * 0.3)
    place = (shoulder[0] + build.head[0], shoulder[1] + build.head[1])
    with pen.at(*shoulder, turn=nod), pen.at(-shoulder[0], -shoulder[1]):
        middle = ((shoulder[0] * 0.45 + place[0] * 0.55), (shoulder[1] * 0.5 + place[1] * 0.5))
        neck = tube(
            [(shoulder[0] - build.neck * 0.4, shoulder[1] + build.neck * 0.5), middle, place],
            [build.neck * 1.3, build.neck * 1.08, build.neck * 0.85],
        )
        pen.fill(neck, coat.base, shade=0.12)
        if beast.mane:
            beast.mane(pen, act, coat, place)
        with pen.at(*place, scale=build.skull):
            beast.head(pen, act, coat)
            _worn(pen, act)


def shades(pen: Pen, y: float = -0.1, left: float = -0.36, right: float = 0.44) -> None:
    """Dark glasses on a head, in head radii."""
    dark = rgb("#16181d")
    for x in (left, right):
        pen.fill(smooth([(x - 0.32, y - 0.2), (x + 0.32, y - 0.2), (x + 0.24, y + 0.22), (x - 0.24, y + 0.22)], tension=9), dark)
        pen.fill(smooth([(x - 0.2, y - 0.13), (x, y - 0.14), (x - 0.14, y + 0.08)]), (1, 1, 1), shade=0, alpha=0.3, edge=False)
    pen.stroke(smooth([(left - 0.5, y - 0.16), (left, y - 0.2), (right, y - 0.2)], closed=False), dark, 0.09)


def headset(pen: Pen, x: float, wide: float) -> None:
    """Headphones over a head, in head radii."""
    dark = rgb("#2b2f38")
    pen.stroke(smooth([(x - wide, 0.0), (x - wide * 0.7, -0.9), (x, -1.2), (x + wide * 0.6, -0.95)], closed=False), dark, 0.16)
    pen.fill(
        smooth([(x - wide - 0.1, -0.3), (x - wide + 0.3, -0.34), (x - wide + 0.34, 0.34), (x - wide - 0.1, 0.3)]), rgb("#d8402f")
    )


def crown(pen: Pen, x: float, y: float) -> None:
    """A small crown, its rim's middle at (x, y), in head radii."""
    gold = rgb("#e6b23a")
    points = [(-0.5, 0.0), (-0.62, -0.56), (-0.26, -0.3), (0, -0.72), (0.26, -0.3), (0.62, -0.56), (0.5, 0.0)]
    pen.fill(smooth([(x + a, y + b) for a, b in points], tension=40), gold, shade=0.35)
    for a, tone in ((-0.26, "#c8203a"), (0.0, "#2f6fc4"), (0.26, "#2f9a5a")):
        pen.fill(smooth([(x + a - 0.07, y - 0.1), (x + a, y - 0.18), (x + a + 0.07, y - 0.1), (x + a, y - 0.02)]), rgb(tone))


def _worn(pen: Pen, act: Act) -> None:
    """A hat or a scarf, in skull radii around the head."""
    if act.has("hat"):
        with pen.at(0, -0.78, scale=0.62):
            pen.fill(
                smooth([(-1.7, 0.0), (-0.8, -0.2), (0.8, -0.2), (1.7, 0.0), (0.8, 0.2), (-0.8, 0.2)]), rgb("#d9b564"), shade=0.2
            )
            pen.fill(smooth([(-0.9, -0.05), (-0.75, -0.95), (0, -1.2), (0.75, -0.95), (0.9, -0.05)]), rgb("#e6c67a"), shade=0.25)
            pen.fill(smooth([(-0.9, -0.05), (-0.86, -0.34), (0, -0.26), (0.86, -0.34), (0.9, -0.05), (0, 0.05)]), rgb("#b8392f"))
    if act.has("shades"):
        shades(pen)
    if act.has("headset"):
        headset(pen, -0.05, 1.0)
    if act.has("crown"):
        crown(pen, 0.0, -0.72)
    if act.has("scarf"):
        pen.fill(tube([(-0.8, 0.75), (0, 1.02), (0.8, 0.75)], [0.24, 0.27, 0.24]), rgb("#c8312b"))
        pen.fill(tube([(-0.4, 0.95), (-0.6, 1.6), (-0.5, 2.1)], [0.22, 0.2, 0.24]), rgb("#b02822"))


def paint_sitting(pen: Pen, act: Act, coat: Coat, beast: Beast) -> None:
    """Sitting, turned half toward us: a pear of a body, two straight forelegs, the tail laid round."""
    breath = 0.006 * math.sin(act.t * 2.2)
    sway = math.sin(act.t * 1.7)
    tail, widths = beast.tail(0.0, act)
    thick = max(widths)
    curl = [
        (-0.16, -0.08),
        (-0.36, -0.05),
        (-0.5, -0.1 - 0.02 * sway),
        (-0.54, -0.24 - 0.05 * sway),
        (-0.47, -0.34 - 0.06 * sway),
    ]
    if len(tail) > 2:
        pen.fill(tube(curl, [thick, thick, thick * 0.96, thick * 0.9, thick * 0.7]), scaled(coat.base, 0.9), shade=0.2)
    body = smooth(
        [
            (-0.1, -0.7 - breath),
            (-0.22, -0.52),
            (-0.35, -0.26),
            (-0.34, -0.06),
            (-0.2, 0.0),
            (0.1, 0.0),
            (0.25, -0.06),
            (0.27, -0.3),
            (0.21, -0.52),
            (0.14, -0.7 - breath),
        ]
    )
    pen.fill(body, coat.base, shade=0.3)
    with pen.within(body):
        pen.soft(0.1, -0.38, 0.14, 0.32, coat.belly, 0.95)
        pen.soft(-0.2, -0.1, 0.2, 0.22, mix(coat.base, (1, 1, 1), 0.25), 0.45)
        pen.soft(-0.3, -0.5, 0.14, 0.34, scaled(coat.base, 0.4), 0.3)
        if beast.marks:
            with pen.at(-0.1, 0.2, turn=-62):
                beast.marks(pen, act, coat, beast.build)
    haunch = smooth([(-0.32, -0.28), (-0.17, -0.31), (-0.06, -0.18), (-0.06, -0.03), (-0.2, 0.0), (-0.33, -0.04)])
    pen.fill(haunch, coat.base, shade=0.3, edge=False)
    for x, tone in ((0.17, scaled(coat.base, 0.82)), (0.07, coat.base)):
        pen.fill(tube([(x - 0.01, -0.44), (x, -0.2), (x + 0.005, -0.05)], [0.075, 0.058, 0.05]), tone, shade=0.18)
        pen.fill(
            smooth([(x - 0.06, -0.06), (x + 0.03, -0.075), (x + 0.085, -0.03), (x + 0.07, 0.006), (x - 0.05, 0.006)]),
            coat.sock if tone == coat.base else scaled(coat.sock, 0.85),
            shade=0.2,
        )
    pen.fill(smooth([(-0.22, -0.06), (-0.08, -0.07), (0.0, -0.03), (-0.01, 0.008), (-0.2, 0.008)]), coat.sock, shade=0.2)
    with pen.at(0.05, -0.78 - breath, scale=max(0.2, min(0.25, beast.build.skull * 1.3)), turn=2.5 * math.sin(act.t * 0.9)):
        beast.head(pen, act, coat)
        _worn(pen, act)


def paint_sleeping(pen: Pen, act: Act, coat: Coat, beast: Beast) -> None:
    """Curled up asleep; the flank rises and falls."""
    breath = 0.014 * math.sin(act.t * 1.7)
    body = smooth(
        [
            (-0.52, -0.16),
            (-0.42, -0.38 - breath),
            (-0.1, -0.5 - breath),
            (0.24, -0.42 - breath),
            (0.46, -0.22),
            (0.42, -0.03),
            (0.1, 0.0),
            (-0.3, 0.0),
            (-0.5, -0.04),
        ]
    )
    pen.fill(body, coat.base, shade=0.36)
    with pen.within(body):
        pen.soft(-0.2, -0.24, 0.26, 0.24, mix(coat.base, (1, 1, 1), 0.25), 0.4)
        pen.soft(0.1, -0.02, 0.6, 0.12, scaled(coat.base, 0.35), 0.4)
        if beast.marks:
            with pen.at(0, 0.16):
                beast.marks(pen, act, coat, beast.build)
    pen.fill(
        tube([(-0.44, -0.1), (-0.3, -0.03), (0.0, -0.02), (0.2, -0.04)], [0.05, 0.055, 0.05, 0.035]), scaled(coat.base, 0.88)
    )
    with pen.at(0.36, -0.2, scale=max(0.19, beast.build.skull * 1.15), turn=12):
        beast.head(pen, act, coat)
        _worn(pen, act)
    pen.fill(smooth([(0.3, -0.05), (0.44, -0.08), (0.56, -0.03), (0.5, 0.005), (0.32, 0.005)]), coat.sock, shade=0.2)
