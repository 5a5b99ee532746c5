"""What people of a trade wear, and brides, vikings, elves and others of the stories that `costumes` does not dress."""

from __future__ import annotations

import math
from functools import partial

from mediakiln.providers.studio.colour import RGB, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act
from mediakiln.providers.studio.subjects.costumes import GOLD, STEEL, Costume, beard, blade, cape, wings
from mediakiln.providers.studio.subjects.machines import box, polygon_line
from mediakiln.providers.studio.subjects.pen import Pen, Point, oval, polygon, smooth

WHITE, DARK = rgb("#f6f6f3"), rgb("#23262e")


def _cap(pen: Pen, tone: RGB, act: Act, cloth: str, badge: str = "") -> None:
    """A peaked cap."""
    cloth_ = rgb(cloth)
    pen.fill(smooth([(-1.1, -0.85), (-0.7, -1.45), (0.3, -1.6), (1.25, -1.3), (1.1, -0.8), (0.0, -0.7)]), cloth_, shade=0.3)
    pen.fill(smooth([(-0.95, -0.5), (-0.95, -0.85), (0.0, -0.75), (1.0, -0.85), (1.0, -0.5), (0.0, -0.55)]), scaled(cloth_, 0.6))
    pen.fill(smooth([(0.2, -0.52), (1.0, -0.56), (1.6, -0.28), (1.0, -0.34), (0.3, -0.4)]), DARK, shade=0.2)
    if badge:
        pen.fill(oval(0.45, -1.1, 0.17, 0.2), rgb(badge), shade=0.3)


def _hard_hat(pen: Pen, tone: RGB, act: Act, colour: str, brim: float) -> None:
    shell = rgb(colour)
    pen.fill(smooth([(-1.05, -0.4), (-0.95, -1.1), (-0.2, -1.5), (0.6, -1.4), (1.05, -0.9), (1.05, -0.42)]), shell, shade=0.35)
    pen.stroke(smooth([(-0.3, -1.45), (0.1, -1.55), (0.5, -1.0)], closed=False), scaled(shell, 0.75), 0.12)
    pen.fill(
        smooth([(-1.0 - brim, -0.3), (-1.0, -0.5), (1.0, -0.52), (1.5, -0.34), (1.0, -0.34), (-0.9, -0.26)]), scaled(shell, 0.8)
    )


def _fire_helmet(pen: Pen, tone: RGB, act: Act) -> None:
    _hard_hat(pen, tone, act, "#c8261f", 0.6)
    pen.fill(polygon([(0.3, -1.25), (0.85, -1.15), (0.8, -0.62), (0.35, -0.62)]), GOLD, shade=0.25)


def _brimmed(pen: Pen, tone: RGB, act: Act, colour: str, wide: float, band: str) -> None:
    """A hat with a brim: straw, felt or leather."""
    felt = rgb(colour)
    pen.fill(
        smooth([(-wide, -0.6), (-0.8, -0.66), (0.8, -0.68), (wide, -0.56), (0.9, -0.36), (-0.9, -0.34)]),
        scaled(felt, 0.92),
        shade=0.25,
    )
    pen.fill(smooth([(-0.85, -0.6), (-0.72, -1.36), (-0.1, -1.3), (0.6, -1.4), (0.86, -0.6)], tension=8), felt, shade=0.3)
    pen.fill(polygon([(-0.83, -0.66), (-0.8, -0.86), (0.82, -0.88), (0.85, -0.66)]), rgb(band), shade=0.1)


def _top_hat(pen: Pen, tone: RGB, act: Act) -> None:
    pen.fill(box(-0.75, -2.1, 0.8, -0.62, 0.08), DARK, shade=0.4)
    pen.fill(box(-0.76, -0.98, 0.81, -0.74, 0.02), rgb("#a8262c"), shade=0.2)
    pen.fill(smooth([(-1.4, -0.66), (0.0, -0.78), (1.4, -0.66), (0.9, -0.46), (-0.9, -0.46)]), DARK, shade=0.3)


def _nurse_cap(pen: Pen, tone: RGB, act: Act) -> None:
    pen.fill(smooth([(-0.8, -0.85), (-0.6, -1.4), (0.6, -1.4), (0.85, -0.85), (0.0, -1.0)], tension=9), WHITE, shade=0.15)
    for bar in (box(-0.06, -1.34, 0.1, -1.0, 0.01), box(-0.16, -1.24, 0.2, -1.1, 0.01)):
        pen.fill(bar, rgb("#d0302a"), shade=0, edge=False)


def _sailor_cap(pen: Pen, tone: RGB, act: Act) -> None:
    pen.fill(smooth([(-0.95, -0.6), (-1.0, -1.05), (0.0, -1.3), (1.0, -1.05), (0.95, -0.6), (0.0, -0.72)]), WHITE, shade=0.2)
    pen.stroke(smooth([(-0.95, -0.66), (0.0, -0.8), (0.95, -0.68)], closed=False), rgb("#27407a"), 0.16)


def _mortarboard(pen: Pen, tone: RGB, act: Act) -> None:
    pen.fill(smooth([(-0.85, -0.5), (-0.8, -1.0), (0.8, -1.0), (0.9, -0.5), (0.0, -0.66)], tension=9), DARK, shade=0.2)
    pen.fill(polygon([(-1.5, -1.0), (0.1, -1.5), (1.6, -1.05), (0.05, -0.7)]), scaled(DARK, 1.3), shade=0.3)
    sway = 0.06 * math.sin(act.t * 3)
    pen.stroke(smooth([(0.05, -1.1), (1.1, -1.0), (1.15 + sway, -0.3)], closed=False), GOLD, 0.08)


def _veil(pen: Pen, tone: RGB, act: Act) -> None:
    pen.fill(
        smooth([(0.2, -1.25), (-0.9, -0.9), (-1.5, 0.6), (-1.9, 2.6), (-0.9, 2.4), (-0.6, 0.6), (-0.2, -0.6)]),
        WHITE,
        shade=0.1,
        alpha=0.72,
        edge=False,
    )
    for k in range(5):
        pen.fill(oval(-0.5 + 0.28 * k, -1.08 - 0.1 * (k % 2), 0.16, 0.14), rgb("#fbdbe0"), shade=0.2)


def _bun(pen: Pen, tone: RGB, act: Act) -> None:
    pen.fill(oval(-0.75, -1.1, 0.42, 0.4), rgb("#3a2620"), shade=0.3)
    pen.stroke(smooth([(-0.95, -0.55), (-0.2, -1.02), (0.6, -0.98)], closed=False), GOLD, 0.09)


def _horns(pen: Pen, tone: RGB, act: Act) -> None:
    for side in (-1, 1):
        pen.fill(
            smooth([(side * 0.7, -0.7), (side * 1.25, -0.9), (side * 1.5, -1.7), (side * 1.0, -1.25), (side * 0.6, -1.1)]),
            rgb("#efe6cf"),
            shade=0.3,
        )
    pen.fill(smooth([(-1.0, -0.4), (-0.85, -1.1), (0.0, -1.5), (0.85, -1.1), (1.05, -0.42), (0.0, -0.55)]), STEEL, shade=0.4)
    pen.stroke(smooth([(-0.98, -0.5), (0.0, -0.64), (1.02, -0.5)], closed=False), GOLD, 0.14)


def _ears(pen: Pen, tone: RGB, act: Act) -> None:
    pen.fill(polygon([(-0.42, 0.28), (-0.2, -0.2), (-1.15, -0.75)]), rgb("#f0cdb0"), shade=0.2)
    pen.stroke(smooth([(-0.9, -0.45), (0.0, -0.78), (0.98, -0.45)], closed=False), GOLD, 0.09)


def _clown(pen: Pen, tone: RGB, act: Act) -> None:
    for x, y in ((-0.9, -0.5), (-0.8, 0.1), (-0.6, -0.95), (0.9, -0.75), (0.3, -1.15)):
        pen.fill(oval(x, y, 0.42, 0.42), rgb("#e8562a"), shade=0.3)
    pen.fill(oval(0.62, 0.24, 0.22, 0.22), rgb("#e0262a"), shade=0.4)
    pen.fill(smooth([(0.2, 0.5), (0.6, 0.62), (0.95, 0.44), (0.6, 0.84)]), rgb("#c8202a"), shade=0.1)


def _beret(pen: Pen, tone: RGB, act: Act) -> None:
    pen.fill(smooth([(-1.35, -0.7), (-0.9, -1.35), (0.2, -1.45), (0.95, -0.95), (0.8, -0.62), (-0.6, -0.55)]), rgb("#a8262c"))
    pen.fill(oval(-0.15, -1.42, 0.1, 0.1), rgb("#7a1a20"), shade=0.2)


def _goggles(pen: Pen, tone: RGB, act: Act) -> None:
    for x in (0.24, 0.78):
        pen.fill(oval(x, 0.03, 0.27, 0.25), rgb("#d8eef6"), shade=0.1, alpha=0.55)
        pen.stroke(oval(x, 0.03, 0.27, 0.25), DARK, 0.07)
    pen.stroke(polygon_line([(-0.02, 0.0), (-0.7, -0.1)]), DARK, 0.07)


def _coat(pen: Pen, tone: RGB, act: Act, chest: Point, hip: Point, w: float) -> None:
    """A white coat, open over a shirt, with a stethoscope for doctors."""
    (cx, cy), (hx, hy) = chest, hip
    pen.fill(
        smooth(
            [(cx - w, cy + w * 0.3), (cx, cy - w * 0.1), (cx + w, cy + w * 0.4), (hx + w, hy + w * 1.5), (hx - w, hy + w * 1.5)],
            tension=9,
        ),
        WHITE,
        shade=0.18,
    )
    pen.fill(
        polygon([(cx - w * 0.1, cy - w * 0.1), (cx + w * 0.7, cy), (cx + w * 0.36, cy + w * 1.3)]), rgb("#7fa6c8"), shade=0.1
    )
    pen.stroke(polygon_line([(cx + w * 0.36, cy + w * 1.3), (hx + w * 0.3, hy + w * 1.4)]), scaled(WHITE, 0.72), w * 0.08)
    pen.fill(box(hx - w * 0.6, hy - w * 0.2, hx - w * 0.05, hy + w * 0.4, w * 0.05), scaled(WHITE, 0.9), shade=0.1)
    if act.has("doctor"):
        loop = [(cx - w * 0.3, cy), (cx - w * 0.1, cy + w), (cx + w * 0.3, cy + w * 1.5), (cx + w * 0.66, cy + w * 0.2)]
        pen.stroke(smooth(loop, closed=False), DARK, w * 0.12)
        pen.fill(oval(cx + w * 0.3, cy + w * 1.6, w * 0.2, w * 0.2), STEEL, shade=0.4)


def _suit(pen: Pen, tone: RGB, act: Act, chest: Point, hip: Point, w: float) -> None:
    """Shirt front and tie in an open jacket."""
    (cx, cy), (_, hy) = chest, hip
    bow = act.has("groom", "magician")
    pen.fill(polygon([(cx - w * 0.1, cy - w * 0.1), (cx + w * 0.72, cy), (cx + w * 0.42, cy + w * 1.9)]), WHITE, shade=0.05)
    if bow:
        x, y = cx + w * 0.36, cy + w * 0.08
        pen.fill(
            polygon(
                [(x - w * 0.4, y - w * 0.2), (x + w * 0.4, y + w * 0.2), (x + w * 0.4, y - w * 0.2), (x - w * 0.4, y + w * 0.2)]
            ),
            DARK,
        )
    else:
        x, y = cx + w * 0.36, cy
        pen.fill(
            polygon(
                [
                    (x - w * 0.14, y),
                    (x + w * 0.16, y),
                    (x + w * 0.22, y + w * 1.3),
                    (x + w * 0.06, y + w * 1.6),
                    (x - w * 0.1, y + w * 1.3),
                ]
            ),
            rgb("#b32a30"),
        )
    pen.stroke(polygon_line([(cx + w * 0.42, cy + w * 1.9), (cx + w * 0.42, hy + w * 0.2)]), scaled(tone, 0.6), w * 0.07)


def _apron(pen: Pen, tone: RGB, act: Act, chest: Point, hip: Point, w: float, colour: str) -> None:
    (cx, cy), (hx, hy) = chest, hip
    cloth = rgb(colour)
    pen.fill(
        smooth(
            [
                (cx - w * 0.3, cy + w * 0.8),
                (cx + w * 0.75, cy + w * 0.8),
                (hx + w * 0.95, hy - w * 0.6),
                (hx + w * 1.05, hy + w * 2.0),
                (hx - w * 0.55, hy + w * 2.0),
                (hx - w * 0.6, hy - w * 0.6),
            ],
            tension=10,
        ),
        cloth,
        shade=0.2,
    )
    pen.stroke(polygon_line([(cx - w * 0.25, cy + w * 0.8), (cx - w * 0.1, cy - w * 0.1)]), cloth, w * 0.14)
    pen.stroke(polygon_line([(hx - w * 0.8, hy - w * 0.6), (hx + w * 0.9, hy - w * 0.6)]), scaled(cloth, 0.7), w * 0.12)


def _stripes(pen: Pen, tone: RGB, act: Act, chest: Point, hip: Point, w: float, colour: str) -> None:
    """Bands that shine."""
    for share in (0.35, 0.75):
        y = chest[1] + (hip[1] - chest[1]) * share
        pen.fill(
            box(hip[0] - w * 0.84, y - w * 0.16, hip[0] + w * 0.86, y + w * 0.16, w * 0.03), rgb(colour), shade=0.1, edge=False
        )


def _belt(pen: Pen, tone: RGB, act: Act, chest: Point, hip: Point, w: float) -> None:
    pen.fill(box(hip[0] - w * 0.82, hip[1] - w * 0.2, hip[0] + w * 0.84, hip[1] + w * 0.1, w * 0.03), DARK, shade=0.1)
    pen.fill(box(hip[0] + w * 0.2, hip[1] - w * 0.22, hip[0] + w * 0.5, hip[1] + w * 0.12, w * 0.03), GOLD, shade=0.3)
    if act.has("police"):
        pen.fill(oval(chest[0] + w * 0.42, chest[1] + w * 0.8, w * 0.2, w * 0.23), GOLD, shade=0.3)


def _bib(pen: Pen, tone: RGB, act: Act, chest: Point, hip: Point, w: float) -> None:
    """Dungarees."""
    denim = rgb("#3f5f8f")
    (cx, cy), (hx, hy) = chest, hip
    pen.fill(box(cx - w * 0.35, cy + w * 1.0, cx + w * 0.72, hy, w * 0.08), denim, shade=0.2)
    for x in (-0.28, 0.62):
        pen.stroke(polygon_line([(cx + w * x, cy + w * 1.1), (cx + w * x * 0.8, cy - w * 0.05)]), denim, w * 0.2)
        pen.fill(oval(cx + w * x, cy + w * 1.15, w * 0.09, w * 0.09), GOLD, shade=0.2, edge=False)
    pen.fill(box(hx - w * 0.82, hy - w * 0.6, hx + w * 0.84, hy + w * 0.2, w * 0.1), denim, shade=0.2)


def _number(pen: Pen, tone: RGB, act: Act, chest: Point, hip: Point, w: float) -> None:
    """A jersey with a number."""
    x, y = chest[0] + w * 0.2, chest[1] + w * 1.0
    for stroke in ([(-0.3, 0), (0.0, -0.3), (0.0, 1.1)], [(0.3, -0.2), (0.75, -0.2), (0.5, 1.1)]):
        pen.stroke(polygon_line([(x + w * (px - 0.15), y + w * py) for px, py in stroke]), WHITE, w * 0.17)


def _collar(pen: Pen, tone: RGB, act: Act, chest: Point, hip: Point, w: float) -> None:
    """A sailor's collar and its knot."""
    (cx, cy), blue = chest, rgb("#27407a")
    pen.fill(polygon([(cx - w * 0.8, cy), (cx + w * 0.9, cy + w * 0.1), (cx + w * 0.35, cy + w * 1.3)]), blue, shade=0.2)
    pen.fill(
        polygon([(cx - w * 0.1, cy - w * 0.1), (cx + w * 0.6, cy), (cx + w * 0.32, cy + w * 0.8)]), WHITE, shade=0.05, edge=False
    )
    pen.fill(oval(cx + w * 0.35, cy + w * 1.3, w * 0.16, w * 0.2), rgb("#c8302f"), shade=0.2)


def _tutu(pen: Pen, tone: RGB, act: Act, chest: Point, hip: Point, w: float) -> None:
    (hx, hy), sway = hip, w * 0.1 * math.sin(act.t * 3)
    for k, layer in enumerate((0.92, 1.0)):
        frill = [(hx - w * 0.7, hy - w * 0.6)]
        frill += [(hx + w * (-2.7 + 0.675 * n) * layer, hy + w * (0.25 + 0.22 * (n % 2) + 0.3 * k) + sway) for n in range(9)]
        pen.fill(smooth([*frill, (hx + w * 0.75, hy - w * 0.6)], tension=9), scaled(tone, 0.9 + 0.1 * k), shade=0.2, alpha=0.9)


def _cup(pen: Pen, tone: RGB, act: Act, hand: Point) -> None:
    x, y = hand
    pen.fill(polygon([(x - 0.035, y - 0.09), (x + 0.045, y - 0.09), (x + 0.033, y), (x - 0.023, y)]), WHITE, shade=0.25)
    pen.stroke(oval(x + 0.05, y - 0.05, 0.018, 0.022), WHITE, 0.009)


def _microphone(pen: Pen, tone: RGB, act: Act, hand: Point) -> None:
    x, y = hand
    pen.stroke(polygon_line([(x - 0.02, y + 0.05), (x + 0.02, y - 0.06)]), DARK, 0.02)
    pen.fill(oval(x + 0.028, y - 0.08, 0.028, 0.03), STEEL, shade=0.4)


def _flask(pen: Pen, tone: RGB, act: Act, hand: Point) -> None:
    x, y = hand
    pen.fill(
        polygon([(x - 0.012, y - 0.13), (x + 0.02, y - 0.13), (x + 0.055, y), (x - 0.05, y)]),
        rgb("#7fe0c0"),
        shade=0.3,
        alpha=0.9,
    )
    pen.fill(box(x - 0.016, y - 0.16, x + 0.024, y - 0.11, 0.004), rgb("#dceef2"), shade=0.1)


def _axe(pen: Pen, tone: RGB, act: Act, hand: Point) -> None:
    x, y = hand
    pen.stroke(polygon_line([(x - 0.03, y + 0.18), (x + 0.03, y - 0.3)]), rgb("#6a4628"), 0.024)
    pen.fill(smooth([(x + 0.02, y - 0.3), (x + 0.14, y - 0.34), (x + 0.14, y - 0.16), (x + 0.03, y - 0.22)], tension=9), STEEL)


def _racket(pen: Pen, tone: RGB, act: Act, hand: Point) -> None:
    x, y = hand
    with pen.at(x, y, turn=30):
        pen.stroke(polygon_line([(0, 0.03), (0, -0.14)]), DARK, 0.02)
        pen.stroke(oval(0, -0.24, 0.075, 0.1), rgb("#d8402f"), 0.018)
        for k in (-0.04, 0.0, 0.04):
            pen.stroke(polygon_line([(k, -0.32), (k, -0.16)]), WHITE, 0.004)
            pen.stroke(polygon_line([(-0.06, -0.24 + k), (0.06, -0.24 + k)]), WHITE, 0.004)


def _hoop_ball(pen: Pen, tone: RGB, act: Act, hand: Point) -> None:
    x, y = hand[0] + 0.05, hand[1] - 0.05
    pen.fill(oval(x, y, 0.075, 0.075), rgb("#d9772a"), shade=0.4)
    for line in ([(x - 0.075, y), (x + 0.075, y)], [(x, y - 0.075), (x, y + 0.075)]):
        pen.stroke(polygon_line(line), DARK, 0.006)


def _football(pen: Pen, tone: RGB, act: Act, hand: Point) -> None:
    x, y = 0.24, -0.055
    pen.fill(oval(x, y, 0.055, 0.055), WHITE, shade=0.3)
    for dx, dy in ((0.0, 0.0), (0.035, -0.025), (-0.035, -0.02), (0.02, 0.038), (-0.025, 0.032)):
        pen.fill(oval(x + dx, y + dy, 0.013, 0.013), DARK, shade=0, edge=False)


TRADES: dict[str, Costume] = {
    "doctor": Costume("#f5f6f4", "#4a5a6a", front=_coat),
    "scientist": Costume("#f5f6f4", "#3a4250", face=_goggles, front=_coat, hold=_flask),
    "nurse": Costume("#8fc8d0", "#7fb8c0", hat=_nurse_cap),
    "police": Costume("#27406e", "#1d2c4c", hat=partial(_cap, cloth="#1d2f55", badge="#e3b23c"), front=_belt),
    "firefighter": Costume("#3a3a34", "#34342f", hat=_fire_helmet, front=partial(_stripes, colour="#f2d93a")),
    "builder": Costume(
        "#ef7d22", "#3f5f8f", hat=partial(_hard_hat, colour="#f2c12e", brim=0.1), front=partial(_stripes, colour="#f4f2dc")
    ),
    "suit": Costume("#2c3444", "#262d3a", front=_suit),
    "groom": Costume("#22252c", "#1e2026", front=_suit),
    "bride": Costume("#fbfaf6", "#f3f0ea", robe=True, hat=_veil),
    "barista": Costume("#f2efe8", "#3a3d46", front=partial(_apron, colour="#5f4632"), hold=_cup),
    "apron": Costume("#f2efe8", "#3a3d46", front=partial(_apron, colour="#3f6f5a")),
    "farmer": Costume("#c8503a", "#3f5f8f", hat=partial(_brimmed, colour="#e3c583", wide=1.7, band="#a8563a"), front=_bib),
    "sailor": Costume("#f2f4f4", "#27407a", hat=_sailor_cap, front=_collar),
    "captain": Costume("#22304e", "#1d2740", hat=partial(_cap, cloth="#f4f4f0", badge="#e3b23c"), front=_suit),
    "pilot": Costume("#22304e", "#1d2740", hat=partial(_cap, cloth="#22304e", badge="#e3b23c"), front=_suit),
    "courier": Costume("#e8a02a", "#33383f", hat=partial(_cap, cloth="#e8a02a")),
    "ballerina": Costume("#f3b8c8", "#f6dce2", hat=_bun, front=_tutu),
    "graduate": Costume("#26282f", "#22242a", robe=True, hat=_mortarboard),
    "soldier": Costume("#66703f", "#565f38", hat=partial(_hard_hat, colour="#5d663a", brim=0.0), front=_belt),
    "cowboy": Costume("#a8683a", "#3f5f8f", hat=partial(_brimmed, colour="#8a5a34", wide=1.9, band="#4a2f20"), front=_belt),
    "detective": Costume("#b89a68", "#4a4238", robe=True, hat=partial(_brimmed, colour="#5a4a3a", wide=1.4, band="#2f2620")),
    "magician": Costume("#22252c", "#1e2026", hat=_top_hat, back=cape, front=_suit),
    "artist": Costume("#e8e2d4", "#3a3d46", hat=_beret, front=partial(_apron, colour="#c8b48a")),
    "clown": Costume("#f2c12e", "#3f7fc8", hat=_clown),
    "viking": Costume("#7a5a3a", "#4a3a2c", hat=_horns, face=beard, back=cape, hold=_axe),
    "monk": Costume("#d9772a", "#b85f20", robe=True),
    "elf": Costume("#4f8a4a", "#5f4a30", hat=_ears, back=cape),
    "fairy": Costume("#f0a8d0", "#e9c8e4", robe=True, hat=_ears, back=wings),
    "vampire": Costume("#22202a", "#1d1b22", back=cape, front=_suit),
    "gladiator": Costume("#a8683a", "#8a5a3a", hat=_horns, hold=blade),
    "singer": Costume("#7a2f8a", "#2a2430", hold=_microphone),
    "player": Costume("#c8302f", "#2a2f3a", front=_number),
    "hoops": Costume("#e0742a", "#e0742a", front=_number, hold=_hoop_ball),
    "soccer": Costume("#2f6fc4", "#f2f2ee", front=_number, hold=_football),
    "surfer": Costume("#1f3f6a", "#16233f"),
    "skier": Costume("#2f9ac8", "#26303f", hat=partial(_hard_hat, colour="#f0922e", brim=0.0), face=_goggles),
    "skater": Costume("#e0a53a", "#3f5f8f"),
    "tennis": Costume("#f4f4f0", "#f0f0ec", hold=_racket),
}
