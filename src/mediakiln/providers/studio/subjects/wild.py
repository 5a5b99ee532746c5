"""More wild animals: monkey, kangaroo, crocodile, snake, squirrel, mouse, hedgehog, rhino, hippo, seal."""

from __future__ import annotations

import math

from msgspec.structs import replace

from mediakiln.providers.studio.colour import RGB, mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.grazers import DARK, PIG, eye
from mediakiln.providers.studio.subjects.machines import polygon_line
from mediakiln.providers.studio.subjects.pen import Pen, Point, oval, polygon, smooth, tube
from mediakiln.providers.studio.subjects.quadruped import Beast, Coat, paint_beast, paint_sleeping

HIPPO = replace(PIG, length=1.02, back=0.74, deep=(0.52, 0.56, 0.52), leg=(0.11, 0.085), skull=0.24, neck=0.22, hoof=0.08)


def monkey(pen: Pen, act: Act) -> None:
    """Sitting or swinging its arms, with a long curled tail and a light face; a gorilla by trait."""
    fur = act.tone("#3a3a40" if act.has("gorilla") else "#7a4f32")
    skin = rgb("#6a6468") if act.has("gorilla") else rgb("#e2b48c")
    sway = math.sin(act.t * 2 + act.index)
    step = math.sin(act.way * 9) * 0.08 if act.pose in ("walking", "running") else 0.0
    hop = 0.2 if act.pose == "jumping" else 0.0
    with pen.at(0, -hop):
        if not act.has("gorilla"):
            pen.stroke(
                smooth(
                    [(-0.16, -0.1), (-0.46, -0.08), (-0.58, -0.34), (-0.5 + 0.02 * sway, -0.6), (-0.64, -0.68), (-0.72, -0.58)],
                    closed=False,
                ),
                scaled(fur, 0.85),
                0.045,
            )
        for side, k in ((1, 0.78), (-1, 1.0)):
            x = side * 0.11
            pen.fill(
                tube(
                    [(x, -0.24), (x + side * 0.15 + step * side, -0.2), (x + side * 0.09 + step * side, -0.03)],
                    [0.1, 0.085, 0.06],
                ),
                scaled(fur, k),
            )
            pen.fill(
                smooth([(x + side * 0.02, -0.05), (x + side * 0.2, -0.06), (x + side * 0.22, 0.0), (x, 0.005)]),
                scaled(skin, k),
                shade=0.2,
            )
        pen.fill(
            smooth([(0, -0.6), (0.17, -0.46), (0.22, -0.22), (0.12, -0.06), (-0.12, -0.06), (-0.22, -0.22), (-0.17, -0.46)]),
            fur,
            shade=0.3,
        )
        pen.soft(0.0, -0.26, 0.12, 0.17, mix(fur, skin, 0.75), 0.9)
        for side in (-1, 1):
            lift = 0.05 * sway * side
            if act.pose in ("jumping", "dancing"):
                arm = [(side * 0.15, -0.5), (side * 0.34, -0.62), (side * 0.36, -0.86 + lift)]
            else:
                arm = [(side * 0.15, -0.5), (side * 0.3, -0.34), (side * 0.22 + step, -0.14 + lift)]
            pen.fill(tube(arm, [0.07, 0.055, 0.045]), scaled(fur, 0.92), shade=0.2)
            pen.fill(oval(*arm[-1], 0.05, 0.05), skin, shade=0.2)
        with pen.at(0, -0.76, scale=0.22, turn=4 * sway):
            for side in (-1, 1):
                pen.fill(oval(side * 0.98, 0.02, 0.32, 0.34), fur, shade=0.2)
                pen.fill(oval(side * 0.98, 0.04, 0.18, 0.2), skin, shade=0.15, edge=False)
            pen.fill(oval(0, -0.08, 0.95, 0.95), fur, shade=0.28)
            face = smooth(
                [
                    (0, -0.34),
                    (0.4, -0.56),
                    (0.72, -0.28),
                    (0.62, 0.14),
                    (0.74, 0.5),
                    (0.4, 0.84),
                    (-0.4, 0.84),
                    (-0.74, 0.5),
                    (-0.62, 0.14),
                    (-0.72, -0.28),
                    (-0.4, -0.56),
                ]
            )
            pen.fill(face, skin, shade=0.15)
            for side in (-1, 1):
                eye(pen, act, side * 0.32, -0.1, 0.13)
                pen.fill(oval(side * 0.09, 0.27, 0.05, 0.04), DARK, shade=0, edge=False)
            pen.stroke(smooth([(-0.36, 0.5), (0, 0.64), (0.36, 0.5)], closed=False), DARK, 0.06)


def kangaroo(pen: Pen, act: Act) -> None:
    """Upright on great hind legs, a young one in the pouch; it hops."""
    fur = act.tone("#b98252")
    belly = mix(fur, (1, 0.96, 0.88), 0.5)
    hop = 0.0
    if act.pose in ("running", "walking", "jumping"):
        hop = 0.14 * abs(math.sin(act.way * 5 + act.t * 2)) + (0.12 if act.pose == "jumping" else 0.0)
    with pen.at(0, -hop):
        pen.fill(
            tube([(-0.12, -0.28), (-0.36, -0.16), (-0.6, -0.04), (-0.86, -0.02)], [0.12, 0.085, 0.05, 0.015]), scaled(fur, 0.9)
        )
        pen.fill(
            smooth(
                [
                    (-0.22, -0.3),
                    (-0.12, -0.54),
                    (0.04, -0.72),
                    (0.18, -0.7),
                    (0.22, -0.5),
                    (0.16, -0.26),
                    (0.02, -0.12),
                    (-0.16, -0.12),
                ]
            ),
            fur,
            shade=0.3,
        )
        pen.soft(0.12, -0.4, 0.09, 0.22, belly, 0.95)
        pen.fill(
            smooth([(-0.24, -0.32), (-0.04, -0.38), (0.1, -0.24), (0.04, -0.1), (-0.12, -0.06), (-0.25, -0.16)]),
            scaled(fur, 0.96),
            shade=0.3,
        )
        pen.fill(tube([(0.02, -0.14), (-0.1, -0.06), (-0.04, -0.02)], [0.06, 0.045, 0.035]), fur)
        pen.fill(smooth([(-0.08, -0.05), (0.2, -0.045), (0.3, -0.02), (0.28, 0.0), (-0.08, 0.0)]), scaled(fur, 0.75), shade=0.2)
        if not act.has("man"):
            pen.fill(oval(0.19, -0.38, 0.055, 0.06), scaled(fur, 1.06), shade=0.2)
            for x in (0.16, 0.22):
                pen.fill(smooth([(x - 0.02, -0.42), (x, -0.49), (x + 0.02, -0.42)]), fur, shade=0.1)
            pen.fill(oval(0.21, -0.39, 0.011, 0.013), DARK, shade=0, edge=False)
            pen.stroke(smooth([(0.08, -0.34), (0.16, -0.31), (0.24, -0.35)], closed=False), scaled(fur, 0.6), 0.014)
        for dx, k in ((0.03, 0.8), (0.0, 1.0)):
            pen.fill(tube([(0.12 + dx, -0.62), (0.25 + dx, -0.54), (0.28 + dx, -0.46)], [0.05, 0.034, 0.026]), scaled(fur, k))
        with pen.at(0.2, -0.8, scale=0.1):
            for x in (-0.75, -0.2):
                pen.fill(
                    smooth([(x - 0.2, -0.5), (x - 0.2, -1.6), (x + 0.12, -1.9), (x + 0.32, -1.0), (x + 0.2, -0.5)]),
                    scaled(fur, 0.92),
                    shade=0.2,
                )
                pen.fill(
                    smooth([(x - 0.06, -0.6), (x - 0.06, -1.4), (x + 0.16, -1.4), (x + 0.12, -0.6)]),
                    rgb("#e9b8a4"),
                    shade=0.1,
                    edge=False,
                )
            pen.fill(
                smooth(
                    [(-0.9, 0.5), (-0.8, -0.5), (-0.1, -0.8), (0.6, -0.35), (1.5, 0.25), (1.45, 0.7), (0.7, 0.8), (-0.3, 0.9)]
                ),
                fur,
                shade=0.25,
            )
            pen.fill(oval(1.4, 0.34, 0.17, 0.14), DARK, shade=0.2, edge=False)
            eye(pen, act, 0.3, -0.1, 0.16)


def crocodile(pen: Pen, act: Act) -> None:
    """Long and low, with a toothed snout."""
    tone = act.tone("#5f8a4a")
    sway = 0.04 * math.sin(act.t * 2)
    pen.fill(
        tube([(-0.4, -0.5), (-1.0, -0.4), (-1.5, -0.28 + sway), (-1.95, -0.14 + sway * 2)], [0.3, 0.22, 0.12, 0.02]),
        scaled(tone, 0.92),
    )
    for x, k in ((-0.42, 0.7), (0.5, 0.7), (-0.56, 1.0), (0.36, 1.0)):
        step = 0.07 * math.sin(act.way * 10 + x * 7) if act.pose in ("walking", "running") else 0.0
        pen.fill(tube([(x, -0.34), (x - 0.08 + step, -0.16), (x + 0.04 + step, -0.03)], [0.14, 0.1, 0.07]), scaled(tone, k))
    body = smooth([(-0.9, -0.42), (-0.6, -0.7), (0.1, -0.76), (0.66, -0.68), (0.8, -0.44), (0.5, -0.2), (-0.5, -0.2)])
    pen.fill(body, tone, shade=0.3)
    pen.soft(0.0, -0.22, 0.7, 0.1, rgb("#d8d49a"), 0.9)
    for k in range(11):
        x = -1.2 + 0.18 * k
        y = -0.5 - 0.25 * math.cos((x + 0.1) / 1.4)
        pen.fill(polygon([(x - 0.07, y + 0.03), (x, y - 0.1), (x + 0.07, y + 0.03)]), scaled(tone, 0.75), shade=0.2)
    gape = 8 + 5 * math.sin(act.t)
    with pen.at(0.72, -0.46, turn=gape):
        pen.fill(
            smooth([(-0.1, -0.04), (0.6, -0.02), (1.06, 0.0), (1.04, 0.09), (0.5, 0.14), (-0.1, 0.16)]),
            mix(tone, rgb("#d8d49a"), 0.35),
            shade=0.2,
        )
        for k in range(8):
            pen.fill(
                polygon([(0.3 + 0.095 * k, 0.0), (0.34 + 0.095 * k, -0.08), (0.38 + 0.095 * k, 0.0)]), rgb("#fbf7ea"), shade=0
            )
    pen.fill(
        smooth([(0.6, -0.42), (0.6, -0.7), (0.82, -0.8), (1.04, -0.7), (1.5, -0.62), (1.84, -0.64), (1.86, -0.52), (1.2, -0.46)]),
        tone,
        shade=0.28,
    )
    for k in range(9):
        pen.fill(polygon([(1.0 + 0.09 * k, -0.49), (1.04 + 0.09 * k, -0.41), (1.08 + 0.09 * k, -0.5)]), rgb("#fbf7ea"), shade=0)
    pen.fill(oval(0.84, -0.77, 0.1, 0.1), tone, shade=0.2)
    pen.fill(oval(0.86, -0.78, 0.065, 0.065), rgb("#f4d84a"), shade=0.1, edge=False)
    pen.fill(oval(0.87, -0.78, 0.02, 0.055), DARK, shade=0, edge=False)


def snake(pen: Pen, act: Act) -> None:
    """Coiled, its head raised, tongue out."""
    tone = act.tone("#6f9a3f")
    band = scaled(tone, 0.6)
    for cy, rx, k in ((-0.1, 0.6, 0.85), (-0.24, 0.48, 0.94), (-0.37, 0.36, 1.0)):
        pen.fill(oval(0, cy, rx, 0.13), scaled(tone, k), shade=0.4)
        for n in range(7):
            a = math.pi * (n + 0.5) / 7
            x = math.cos(a) * rx * 0.92
            pen.fill(oval(x, cy + math.sin(a) * 0.05, 0.05, 0.055), scaled(band, k), shade=0.1, edge=False)
    sway = 0.04 * math.sin(act.t * 2)
    pen.fill(
        tube([(0.1, -0.36), (-0.08, -0.54), (0.08 + sway, -0.72), (0.2 + sway, -0.9)], [0.1, 0.095, 0.085, 0.08]), tone, shade=0.2
    )
    with pen.at(0.26 + sway, -0.92, scale=0.11):
        if math.sin(act.t * 5) > -0.3:
            pen.stroke(polygon_line([(1.3, 0.1), (2.1, 0.2)]), rgb("#d8304a"), 0.12)
            pen.stroke(polygon_line([(2.1, 0.2), (2.5, 0.0)]), rgb("#d8304a"), 0.1)
            pen.stroke(polygon_line([(2.1, 0.2), (2.5, 0.45)]), rgb("#d8304a"), 0.1)
        pen.fill(
            smooth([(-1.1, -0.3), (-0.2, -0.85), (1.0, -0.55), (1.5, 0.0), (1.2, 0.45), (0.0, 0.75), (-1.0, 0.5)]),
            tone,
            shade=0.28,
        )
        pen.fill(oval(0.35, -0.3, 0.26, 0.26), rgb("#f7dc4a"), shade=0, edge=False)
        pen.fill(oval(0.4, -0.3, 0.09, 0.22), DARK, shade=0, edge=False)


def squirrel(pen: Pen, act: Act) -> None:
    """Upright with a nut and a great tail."""
    fur = act.tone("#b8602f")
    pen.fill(
        tube(
            [(-0.12, -0.08), (-0.4, -0.14), (-0.5, -0.5), (-0.34, -0.84), (-0.12, -0.92), (-0.12, -0.76)],
            [0.08, 0.16, 0.2, 0.19, 0.11, 0.03],
        ),
        mix(fur, (1, 0.9, 0.7), 0.15),
        shade=0.35,
    )
    pen.fill(
        smooth([(0.06, -0.62), (0.2, -0.42), (0.24, -0.16), (0.1, 0.0), (-0.14, 0.0), (-0.22, -0.16), (-0.12, -0.44)]),
        fur,
        shade=0.3,
    )
    pen.soft(0.12, -0.3, 0.1, 0.2, rgb("#fbeedd"), 0.95)
    pen.fill(smooth([(-0.18, -0.22), (0.04, -0.24), (0.08, -0.06), (-0.1, -0.02), (-0.2, -0.1)]), scaled(fur, 0.9), shade=0.3)
    pen.fill(smooth([(-0.06, -0.05), (0.2, -0.06), (0.26, 0.0), (-0.06, 0.005)]), scaled(fur, 0.75), shade=0.2)
    pen.fill(oval(0.27, -0.4, 0.07, 0.085), rgb("#8a5a2c"), shade=0.4)
    pen.fill(oval(0.27, -0.46, 0.075, 0.035), rgb("#5a3a1e"), shade=0.2)
    pen.fill(tube([(0.12, -0.5), (0.2, -0.38), (0.26, -0.4)], [0.05, 0.036, 0.03]), scaled(fur, 0.95))
    with pen.at(0.14, -0.72, scale=0.16, turn=3 * math.sin(act.t * 2)):
        for x in (-0.5, 0.05):
            pen.fill(smooth([(x - 0.2, -0.6), (x - 0.06, -1.4), (x + 0.26, -0.7)]), scaled(fur, 0.9), shade=0.2)
        pen.fill(
            smooth([(-0.9, 0.1), (-0.6, -0.7), (0.1, -0.85), (0.75, -0.4), (1.15, 0.2), (0.85, 0.6), (0.0, 0.8), (-0.7, 0.6)]),
            fur,
            shade=0.25,
        )
        pen.soft(0.5, 0.45, 0.45, 0.3, rgb("#fbeedd"), 0.9)
        pen.fill(oval(1.1, 0.16, 0.1, 0.08), DARK, shade=0, edge=False)
        eye(pen, act, 0.32, -0.12, 0.17)


def mouse(pen: Pen, act: Act) -> None:
    """Small, round-eared, with a bare tail."""
    fur = act.tone("#9a9498")
    pen.stroke(
        smooth([(-0.5, -0.14), (-0.9, -0.06), (-1.2, -0.2 - 0.05 * math.sin(act.t * 3)), (-1.4, -0.1)], closed=False),
        rgb("#e2a6a0"),
        0.05,
    )
    pen.fill(
        smooth([(-0.62, -0.1), (-0.5, -0.5), (-0.1, -0.72), (0.4, -0.56), (0.62, -0.24), (0.4, -0.02), (-0.4, 0.0)]),
        fur,
        shade=0.3,
    )
    for x in (0.2, 0.46):
        pen.fill(oval(x, -0.82, 0.2, 0.2), scaled(fur, 0.94), shade=0.2)
        pen.fill(oval(x + 0.01, -0.81, 0.13, 0.13), rgb("#eab4b0"), shade=0.1, edge=False)
    pen.fill(
        smooth([(0.1, -0.6), (0.4, -0.78), (0.72, -0.58), (1.02, -0.34), (0.96, -0.22), (0.56, -0.14), (0.2, -0.24)]),
        fur,
        shade=0.24,
    )
    pen.fill(oval(1.01, -0.32, 0.06, 0.05), rgb("#d87a7a"), shade=0.2, edge=False)
    for k in (-1, 0, 1):
        pen.stroke(polygon_line([(0.9, -0.28), (1.16, -0.26 + 0.09 * k)]), rgb("#4a4648"), 0.01, alpha=0.7)
    eye(pen, act, 0.62, -0.5, 0.07)
    for x in (-0.24, 0.3, 0.46):
        step = 0.04 * math.sin(act.way * 14 + x * 9) if act.pose in ("walking", "running") else 0.0
        pen.fill(oval(x + step, -0.02, 0.12, 0.04), rgb("#eab4b0"), shade=0.2)


def hedgehog(pen: Pen, act: Act) -> None:
    """A ball of spines with a small face."""
    tone = act.tone("#6f5640")
    pen.fill(
        smooth([(-0.95, -0.12), (-0.8, -0.56), (-0.3, -0.82), (0.2, -0.62), (0.5, -0.3), (0.2, -0.02), (-0.7, 0.0)]),
        scaled(tone, 0.7),
        shade=0.2,
    )
    for ring in range(4):
        for k in range(17):
            a = math.pi * (0.02 + 0.9 * k / 16) + 0.05 * (ring % 2)
            r = 0.78 - 0.16 * ring
            x, y = -0.16 - math.cos(a) * r * 0.95, -0.16 - math.sin(a) * r
            tip = 1.2
            pen.fill(
                polygon([(x + 0.05, y + 0.06), (-0.16 + (x + 0.16) * tip, -0.16 + (y + 0.16) * tip), (x - 0.05, y - 0.02)]),
                scaled(tone, 0.72 + 0.12 * ring + 0.06 * (k % 2)),
                shade=0.1,
                edge=False,
            )
    pen.fill(
        smooth([(0.2, -0.5), (0.5, -0.46), (0.92, -0.22), (0.96, -0.14), (0.6, -0.04), (-0.6, 0.0), (-0.3, -0.2)]),
        rgb("#e2c49a"),
        shade=0.25,
    )
    pen.fill(oval(0.95, -0.17, 0.065, 0.06), DARK, shade=0.2, edge=False)
    eye(pen, act, 0.6, -0.3, 0.055)
    pen.fill(oval(0.28, -0.42, 0.09, 0.09), scaled(rgb("#e2c49a"), 0.85), shade=0.2)
    for x in (-0.36, 0.02, 0.4):
        pen.fill(oval(x, -0.01, 0.09, 0.04), rgb("#c49a70"), shade=0.2)


def _heavy_head(pen: Pen, act: Act, coat: Coat) -> None:
    """A hippo's broad muzzle, or a rhino's with its horns."""
    rhino = act.has("rhino")
    for x in (-0.6, -0.1):
        pen.fill(smooth([(x - 0.16, -0.6), (x, -1.15), (x + 0.24, -0.66)]), scaled(coat.base, 0.85), shade=0.2)
    pen.fill(
        smooth([(-0.8, -0.5), (0.0, -0.8), (0.7, -0.5), (1.25, -0.1), (1.5, 0.45), (1.2, 0.95), (0.5, 1.05), (-0.4, 0.75)]),
        coat.base,
        shade=0.28,
    )
    if rhino:
        pen.fill(smooth([(0.95, -0.25), (1.5, -1.2), (1.42, 0.2)]), rgb("#e9e0cc"), shade=0.3)
        pen.fill(smooth([(0.5, -0.5), (0.78, -0.95), (0.88, -0.3)]), rgb("#e2d8c4"), shade=0.3)
    else:
        pen.soft(1.1, 0.55, 0.5, 0.4, rgb("#e0a8a8"), 0.6)
        for x in (0.95, 1.3):
            pen.fill(oval(x, 0.05, 0.09, 0.06), scaled(coat.base, 0.5), shade=0, edge=False)
        pen.fill(polygon([(0.75, 0.85), (0.82, 0.62), (0.9, 0.88)]), rgb("#fbf6e6"), shade=0)
    pen.stroke(smooth([(1.4, 0.62), (0.9, 0.8), (0.45, 0.7)], closed=False), scaled(coat.base, 0.5), 0.05)
    eye(pen, act, 0.22, -0.3, 0.1)


def _tail(sway: float, act: Act) -> tuple[list[Point], list[float]]:
    return [(0, 0.02), (-0.06, 0.12), (-0.06 + 0.03 * sway, 0.24)], [0.03, 0.02, 0.028]


def hippo(pen: Pen, act: Act) -> None:
    """A hippopotamus; a rhinoceros by trait."""
    base: RGB = act.tone("#8f949c" if act.has("rhino") else "#8a7a86")
    coat = Coat(base, mix(base, rgb("#e2b8b4"), 0.4), scaled(base, 0.75))
    beast = Beast(HIPPO, _heavy_head, _tail)
    (paint_sleeping if act.pose == "sleeping" else paint_beast)(pen, act, coat, beast)


def seal(pen: Pen, act: Act) -> None:
    """A seal with its head up."""
    tone = act.tone("#7d8590")
    pen.fill(smooth([(-0.95, -0.06), (-1.2, -0.24), (-1.0, -0.26), (-0.86, -0.18)]), scaled(tone, 0.85), shade=0.2)
    pen.fill(
        smooth(
            [
                (-0.95, -0.08),
                (-0.6, -0.3),
                (-0.1, -0.5),
                (0.2, -0.84),
                (0.46, -1.0),
                (0.7, -0.9),
                (0.72, -0.68),
                (0.56, -0.4),
                (0.4, -0.06),
                (-0.3, 0.0),
            ]
        ),
        tone,
        shade=0.32,
    )
    pen.soft(0.36, -0.3, 0.16, 0.26, mix(tone, (1, 1, 1), 0.6), 0.8)
    pen.fill(smooth([(0.1, -0.26), (0.34, -0.12), (0.5, 0.0), (0.2, 0.0)]), scaled(tone, 0.8), shade=0.2)
    pen.fill(oval(0.68, -0.8, 0.13, 0.09), mix(tone, (1, 1, 1), 0.45), shade=0.2, edge=False)
    pen.fill(oval(0.76, -0.84, 0.04, 0.035), DARK, shade=0, edge=False)
    eye(pen, act, 0.56, -0.89, 0.045)
    for k in (-1, 0, 1):
        pen.stroke(polygon_line([(0.7, -0.78), (0.92, -0.76 + 0.06 * k)]), scaled(tone, 0.5), 0.01)


MONKEY = Kind(monkey, size=0.46, width=1.2, walk=0.5, run=1.0, faces=False)
KANGAROO = Kind(kangaroo, size=0.54, width=1.1, walk=0.6, run=1.3)
CROCODILE = Kind(crocodile, size=0.26, width=3.4, walk=0.3, run=0.6)
SNAKE = Kind(snake, size=0.38, width=1.2)
SQUIRREL = Kind(squirrel, size=0.38, width=0.95)
MOUSE = Kind(mouse, size=0.2, width=2.2, walk=0.8, run=1.6)
HEDGEHOG = Kind(hedgehog, size=0.26, width=1.9, walk=0.3, run=0.6)
HIPPO_KIND = Kind(hippo, size=0.42, width=1.6, walk=0.35, run=0.7)
SEAL = Kind(seal, size=0.36, width=1.9, walk=0.2, run=0.4)
