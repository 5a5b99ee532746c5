"""Model railway figures and what they work with: ladder, scaffold, cone, bucket, crane.

Each piece stands with its foot at (x, y) pixels and is `tall` pixels high; light from the upper left.
"""

from __future__ import annotations

import math
from typing import Any

from mediakiln.providers.studio.colour import RGB, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.templates.kit.hard import ball, box, filled, oval, ramped, traced
from mediakiln.providers.studio.templates.kit.sitting import contact
from mediakiln.providers.studio.templates.table import Table

PINE = rgb("#d9b06a")
YELLOW = rgb("#f2b632")


def person(
    table: Table, x: float, y: float, tall: float, tone: RGB, pose: str = "stand", helmet: RGB | None = None, flip: bool = False
) -> None:
    """A painted railway figure: `pose` is stand, point, climb, carry, push, paint or sit. It looks right, or left if `flip`."""
    canvas = table.canvas
    if pose != "climb":
        contact(table, x + 0.08 * tall, y, 0.55 * tall, 0.5, 0.3)
    canvas.save()
    canvas.translate(x, y)
    canvas.scale(-tall if flip else tall, tall)
    dark = scaled(tone, 0.62)
    hip, neck = (0.0, -0.47), (0.02, -0.8)
    legs = {
        "climb": ((-0.08, -0.06), (0.1, -0.16)),
        "push": ((-0.2, 0.0), (0.06, 0.0)),
        "sit": ((0.22, -0.28), (0.26, -0.22)),
    }.get(pose, ((-0.09, 0.0), (0.1, 0.0)))
    arms = {
        "stand": ((-0.15, -0.46), (0.16, -0.46)),
        "point": ((-0.14, -0.46), (0.34, -0.86)),
        "climb": ((0.12, -1.0), (0.2, -0.82)),
        "carry": ((0.2, -0.56), (0.26, -0.6)),
        "push": ((0.3, -0.55), (0.32, -0.6)),
        "paint": ((-0.14, -0.48), (0.3, -0.98)),
        "sit": ((0.2, -0.42), (0.18, -0.4)),
    }[pose]
    if pose == "push":
        neck = (0.1, -0.78)
    trousers, skin = rgb("#2f4a78") if helmet is None else dark, rgb("#e8b48f")
    limbs = (
        (hip, legs[0], scaled(trousers, 0.8), 0.13),
        (neck, arms[0], dark, 0.1),
        (hip, legs[1], trousers, 0.14),
        (hip, neck, tone, 0.25),
    )
    for start, end, colour, width in limbs:
        _limb(canvas, start, end, colour, width)
    for foot in legs:
        filled(canvas, oval(foot[0] + 0.03, foot[1] - 0.02, 0.16, 0.07), rgb("#3a2c24"))
    shoulder = (neck[0], neck[1] + 0.06)
    _limb(canvas, shoulder, arms[1], mix(tone, (1, 1, 1), 0.12), 0.1)
    for hand in arms:
        ball(canvas, hand[0], hand[1], 0.052, skin, 0.3)
    if helmet is not None and pose != "sit":  # the bright stripe of a safety vest
        traced(canvas, skia.Path().moveTo(-0.1, -0.6).lineTo(0.12, -0.6), (1.0, 0.97, 0.6), 0.045)
    head = (neck[0] + 0.02, neck[1] - 0.12)
    ball(canvas, *head, 0.115, skin, 0.4)
    cap = skia.Path()
    cap.addArc(skia.Rect.MakeXYWH(head[0] - 0.125, head[1] - 0.14, 0.25, 0.25), 180, 180)
    cap.close()
    filled(canvas, cap, helmet if helmet is not None else rgb("#4b3426"))
    if helmet is not None:
        traced(canvas, skia.Path().moveTo(head[0] - 0.12, head[1] - 0.02).lineTo(head[0] + 0.18, head[1] - 0.02), helmet, 0.035)
    if pose == "paint":
        traced(canvas, skia.Path().moveTo(*arms[1]).lineTo(0.4, -1.24), rgb("#caa36a"), 0.03)
        filled(canvas, box(0.42, -1.27, 0.2, 0.08, 0.03), rgb("#fdfdfd"))
    canvas.restore()


def _limb(canvas: Any, start: tuple[float, float], end: tuple[float, float], tone: RGB, width: float) -> None:
    path = skia.Path().moveTo(*start).lineTo(*end)
    traced(canvas, path, scaled(tone, 0.72), width)
    path.offset(-0.18 * width, -0.12 * width)
    traced(canvas, path, tone, 0.6 * width)


def ladder(table: Table, foot: tuple[float, float], head: tuple[float, float], wide: float, tone: RGB = PINE) -> None:
    """A ladder from its foot to its head, with its shadow."""
    canvas = table.canvas
    long = math.hypot(head[0] - foot[0], head[1] - foot[1])
    ax, ay = (head[1] - foot[1]) / long * wide / 2, (foot[0] - head[0]) / long * wide / 2
    rails = [skia.Path().moveTo(foot[0] + s * ax, foot[1] + s * ay).lineTo(head[0] + s * ax, head[1] + s * ay) for s in (-1, 1)]
    count = max(4, round(long / (0.55 * wide)))
    rungs = skia.Path()
    for index in range(1, count):
        t = index / count
        x, y = foot[0] + t * (head[0] - foot[0]), foot[1] + t * (head[1] - foot[1])
        rungs.moveTo(x - ax, y - ay).lineTo(x + ax, y + ay)
    for move, shade, alpha in ((0.22 * wide, (0.05, 0.04, 0.06), 0.3), (0.0, None, 1.0)):
        for path, k in ((rungs, 0.85), (rails[0], 1.0), (rails[1], 0.8)):
            moved = skia.Path(path)
            moved.offset(move, 0.6 * move)
            traced(canvas, moved, shade or scaled(tone, k), 0.13 * wide, alpha, 0.08 * wide if shade else 0.0)


def scaffold(table: Table, x: float, y: float, wide: float, tall: float, floors: int) -> list[float]:
    """A scaffold of poles and boards, its left foot at (x, y). Returns the heights of its boards, the lowest first."""
    canvas, pole = table.canvas, max(1.5, 0.035 * wide)
    rise = tall / floors
    boards = [y - rise * (index + 1) for index in range(floors)]
    for floor in range(floors):
        low = y - rise * floor
        cross = skia.Path().moveTo(x, low).lineTo(x + wide, low - rise)
        traced(canvas, cross, rgb("#9aa0a8"), 0.6 * pole)
    for index in range(3):
        px = x + wide * index / 2
        contact(table, px + 2 * pole, y, 6 * pole, 0.5, 0.4)
        upright = box(px, y - (tall + 0.3 * rise) / 2, pole, tall + 0.3 * rise, 0)
        ramped(canvas, upright, (rgb("#f4f6f8"), rgb("#a3a9b2"), rgb("#60666e")), (px - pole / 2, y), (px + pole / 2, y))
    for height in boards:
        plank = box(x + wide / 2, height, 1.12 * wide, 0.06 * wide, 0.01 * wide)
        filled(canvas, box(x + wide / 2, height + 0.06 * wide, 1.1 * wide, 0.05 * wide, 0), (0, 0, 0), 0.3, 0.02 * wide)
        ramped(canvas, plank, (rgb("#e7c188"), rgb("#b07f45")), (x, height - 0.03 * wide), (x, height + 0.03 * wide))
        traced(
            canvas, skia.Path().moveTo(x, height - 0.2 * rise).lineTo(x + wide, height - 0.2 * rise), rgb("#c9ced5"), 0.5 * pole
        )
    return boards


def cone(table: Table, x: float, y: float, tall: float) -> None:
    """A traffic cone."""
    canvas = table.canvas
    contact(table, x + 0.1 * tall, y, 1.1 * tall, 0.5, 0.3)
    filled(canvas, oval(x, y - 0.03 * tall, 0.86 * tall, 0.26 * tall), rgb("#c8551b"))
    body = skia.Path()
    body.addPoly(
        [skia.Point(x + a * tall, y + b * tall) for a, b in ((-0.28, -0.06), (-0.06, -1.0), (0.06, -1.0), (0.28, -0.06))], True
    )
    ramped(canvas, body, (rgb("#ff9c55"), rgb("#f4701f"), rgb("#a8430e")), (x - 0.25 * tall, y), (x + 0.25 * tall, y))
    band = skia.Path()
    band.addPoly(
        [skia.Point(x + a * tall, y + b * tall) for a, b in ((-0.205, -0.38), (-0.15, -0.62), (0.15, -0.62), (0.205, -0.38))],
        True,
    )
    filled(canvas, band, (0.97, 0.97, 0.97))


def bucket(table: Table, x: float, y: float, tall: float, tone: RGB) -> None:
    """A paint bucket, full."""
    canvas = table.canvas
    contact(table, x + 0.12 * tall, y, 1.2 * tall, 0.5, 0.3)
    body = skia.Path()
    body.addPoly([skia.Point(x + a * tall, y + b * tall) for a, b in ((-0.34, 0), (-0.42, -0.9), (0.42, -0.9), (0.34, 0))], True)
    ramped(canvas, body, (rgb("#f3f4f6"), rgb("#b8bdc5"), rgb("#6b7079")), (x - 0.4 * tall, y), (x + 0.4 * tall, y))
    filled(canvas, oval(x, y - 0.9 * tall, 0.84 * tall, 0.3 * tall), rgb("#e8eaee"))
    filled(canvas, oval(x, y - 0.88 * tall, 0.7 * tall, 0.22 * tall), tone)
    filled(canvas, box(x - 0.12 * tall, y - 0.66 * tall, 0.12 * tall, 0.4 * tall, 0.06 * tall), tone)


def crane(table: Table, x: float, y: float, tall: float, reach: float, drop: float, tone: RGB = YELLOW) -> tuple[float, float]:
    """A tower crane, its arm `reach` pixels long (to the left where negative); returns where its hook hangs."""
    canvas = table.canvas
    mast, top = 0.05 * tall, y - tall
    contact(table, x + mast, y, 5 * mast, 0.6, 0.3)
    lattice = skia.Path()
    count = max(6, round(tall / (1.3 * mast)))
    for index in range(count):
        low, high = y - tall * index / count, y - tall * (index + 1) / count
        side = mast / 2 if index % 2 else -mast / 2
        lattice.moveTo(x - side, low).lineTo(x + side, high)
    for side in (-0.5, 0.5):
        lattice.moveTo(x + side * mast, y).lineTo(x + side * mast, top)
    arm_y = top + 0.04 * tall
    back = -0.26 * reach
    for height in (arm_y, arm_y - 0.6 * mast):
        lattice.moveTo(x + back, height).lineTo(x + reach, arm_y if height != arm_y else height)
    steps = max(6, round(abs(reach) / mast))
    for index in range(steps):
        a, b = x + reach * index / steps, x + reach * (index + 1) / steps
        rise = 0.6 * mast * (1 - (index + 0.5) / steps)
        lattice.moveTo(a, arm_y).lineTo((a + b) / 2, arm_y - rise).lineTo(b, arm_y)
    peak = (x, top - 0.09 * tall)
    lattice.moveTo(*peak).lineTo(x + 0.8 * reach, arm_y)
    lattice.moveTo(*peak).lineTo(x + back, arm_y)
    lattice.moveTo(x - mast / 2, top).lineTo(*peak).lineTo(x + mast / 2, top)
    traced(canvas, lattice, scaled(tone, 0.55), 0.24 * mast)
    lattice.offset(-0.05 * mast, -0.06 * mast)
    traced(canvas, lattice, tone, 0.15 * mast)
    filled(canvas, box(x + 0.9 * back, arm_y + 0.5 * mast, 1.6 * mast, 1.3 * mast, 0.1 * mast), rgb("#7c828c"))
    cab = box(x + (0.7 * mast if reach > 0 else -0.7 * mast), arm_y + 0.7 * mast, 1.1 * mast, 1.2 * mast, 0.2 * mast)
    filled(canvas, cab, (0.97, 0.97, 0.97))
    filled(
        canvas,
        box(x + (0.8 * mast if reach > 0 else -0.8 * mast), arm_y + 0.6 * mast, 0.7 * mast, 0.6 * mast, 0.1 * mast),
        rgb("#6fb6d8"),
    )
    hook = (x + 0.86 * reach, arm_y + drop)
    traced(canvas, skia.Path().moveTo(hook[0], arm_y).lineTo(*hook), (0.2, 0.2, 0.24), 0.09 * mast)
    traced(
        canvas,
        skia.Path().addArc(skia.Rect.MakeXYWH(hook[0] - 0.3 * mast, hook[1], 0.6 * mast, 0.6 * mast), -90, 250),
        rgb("#d0342c"),
        0.18 * mast,
    )
    return hook
