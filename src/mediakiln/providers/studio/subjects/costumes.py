"""Who a person is by what they wear: wizard, witch, knight, king, Father Christmas, samurai, chef, angel, pirate, ninja ..."""

from __future__ import annotations

import math
from collections.abc import Callable

from msgspec import Struct

from mediakiln.providers.studio.colour import RGB, mix, rgb, scaled
from mediakiln.providers.studio.subjects.act import Act
from mediakiln.providers.studio.subjects.machines import box, polygon_line
from mediakiln.providers.studio.subjects.pen import Pen, Point, oval, polygon, smooth, tube

GOLD, STEEL = rgb("#e3b23c"), rgb("#b4bcc6")


class Costume(Struct, frozen=True):
    """Colours of the clothes; `robe` hides the legs; `hat` and `face` paint in head radii around the head's middle, `back`
    behind the body, `front` over it and `hold` at the hand, in the person's own height."""

    top: str
    bottom: str
    robe: bool = False
    hat: Callable[[Pen, RGB, Act], None] | None = None
    face: Callable[[Pen, RGB, Act], None] | None = None
    back: Callable[[Pen, RGB, Act, Point, float], None] | None = None
    hold: Callable[[Pen, RGB, Act, Point], None] | None = None
    front: Callable[[Pen, RGB, Act, Point, Point, float], None] | None = None


def beard(pen: Pen, tone: RGB, act: Act) -> None:
    """A full beard: white, or of `tone` where the prompt speaks of one."""
    white = tone if any(trait.startswith("beard") for trait in act.traits) else rgb("#f1efe9")
    pen.fill(
        smooth([(-0.55, 0.15), (-0.1, 0.5), (0.5, 0.42), (0.95, 0.2), (0.9, 0.9), (0.5, 1.9), (0.2, 2.2), (-0.3, 1.4)]),
        white,
        shade=0.25,
    )
    pen.fill(smooth([(0.1, 0.5), (0.45, 0.36), (0.9, 0.5), (0.5, 0.6)]), scaled(white, 0.93), shade=0.1, edge=False)


def _pointed(pen: Pen, tone: RGB, act: Act) -> None:
    pen.fill(
        smooth([(-1.7, -0.46), (-0.6, -0.72), (0.8, -0.72), (1.75, -0.4), (0.8, -0.34), (-0.8, -0.32)]),
        scaled(tone, 0.8),
        shade=0.2,
    )
    pen.fill(
        smooth([(-0.85, -0.56), (-0.5, -1.5), (-0.3, -2.3), (-0.75, -3.0), (0.0, -2.6), (0.4, -1.5), (0.88, -0.56)], tension=8),
        tone,
        shade=0.3,
    )
    pen.fill(
        smooth([(-0.86, -0.56), (-0.76, -0.86), (0.0, -0.76), (0.78, -0.86), (0.88, -0.56), (0, -0.44)], tension=9),
        GOLD,
        shade=0.2,
    )
    for x, y in ((-0.3, -1.2), (0.2, -1.5), (-0.1, -1.9)):
        pen.fill(
            polygon(
                [
                    (x, y - 0.16),
                    (x + 0.05, y - 0.04),
                    (x + 0.16, y),
                    (x + 0.05, y + 0.04),
                    (x, y + 0.16),
                    (x - 0.05, y + 0.04),
                    (x - 0.16, y),
                    (x - 0.05, y - 0.04),
                ]
            ),
            rgb("#fff0b0"),
            shade=0,
            edge=False,
        )


def _crowned(pen: Pen, tone: RGB, act: Act) -> None:
    pen.fill(
        polygon([(-0.85, -0.62), (-1.0, -1.5), (-0.5, -1.1), (0, -1.7), (0.5, -1.1), (1.0, -1.5), (0.88, -0.62)]), GOLD, shade=0.4
    )
    for x, jewel in ((-0.45, "#c8203a"), (0.02, "#2f6fd0"), (0.5, "#2f9a5a")):
        pen.fill(oval(x, -0.82, 0.11, 0.11), rgb(jewel), shade=0.4)


def _helmet(pen: Pen, tone: RGB, act: Act) -> None:
    pen.fill(
        smooth(
            [
                (-1.05, 0.75),
                (-1.1, -0.4),
                (-0.6, -1.15),
                (0.2, -1.3),
                (0.9, -0.9),
                (1.12, -0.2),
                (1.1, 0.5),
                (0.7, 0.95),
                (-0.4, 1.0),
            ]
        ),
        STEEL,
        shade=0.45,
    )
    pen.fill(smooth([(0.0, -0.32), (1.1, -0.3), (1.1, -0.06), (0.0, -0.1)], tension=14), rgb("#1c1f25"), shade=0, edge=False)
    for k in range(4):
        pen.fill(oval(0.4 + 0.18 * k, 0.34, 0.05, 0.09), rgb("#2a2e36"), shade=0, edge=False)
    pen.stroke(smooth([(0.16, -1.28), (0.3, -0.4), (0.2, 0.9)], closed=False), scaled(STEEL, 0.7), 0.07)
    sway = 0.2 * math.sin(act.t * 3)
    pen.fill(
        smooth([(-0.1, -1.2), (-0.4, -1.9), (-1.4, -2.1 + sway), (-1.9, -1.3 + sway), (-1.2, -1.5), (-0.6, -1.1)]),
        tone,
        shade=0.3,
    )


def _santa_hat(pen: Pen, tone: RGB, act: Act) -> None:
    pen.fill(
        smooth(
            [(-0.9, -0.6), (-0.5, -1.5), (-1.2, -1.9), (-1.7, -1.3), (-1.3, -1.5), (-0.2, -1.9), (0.6, -1.4), (0.9, -0.6)],
            tension=8,
        ),
        tone,
        shade=0.3,
    )
    pen.fill(oval(-1.6, -1.2, 0.28, 0.28), rgb("#fbfaf6"), shade=0.2)
    pen.fill(
        smooth([(-1.05, -0.36), (-1.0, -0.8), (0.0, -0.9), (1.0, -0.8), (1.05, -0.36), (0.0, -0.5)]), rgb("#fbfaf6"), shade=0.2
    )


def _toque(pen: Pen, tone: RGB, act: Act) -> None:
    white = rgb("#fbfaf6")
    for x, y, r in ((-0.6, -1.5, 0.5), (0.6, -1.5, 0.5), (0, -1.75, 0.6)):
        pen.fill(oval(x, y, r, r * 0.85), white, shade=0.2)
    pen.fill(box(-0.8, -1.4, 0.8, -0.5, 0.1), white, shade=0.15)


def _kabuto(pen: Pen, tone: RGB, act: Act) -> None:
    dark = rgb("#26282e")
    pen.fill(
        smooth([(-1.5, 0.6), (-1.1, -0.5), (0.0, -1.35), (1.0, -0.6), (1.15, -0.3), (0.2, -0.5), (-0.6, -0.2), (-0.9, 0.5)]),
        dark,
        shade=0.4,
    )
    for side in (-1, 1):
        pen.fill(
            smooth([(0.55, -0.75), (0.55 + side * 0.5, -1.2), (0.55 + side * 0.75, -1.9), (0.55 + side * 0.3, -1.35)]),
            GOLD,
            shade=0.3,
        )
    pen.fill(oval(0.55, -0.82, 0.2, 0.2), tone, shade=0.4)


def _halo(pen: Pen, tone: RGB, act: Act) -> None:
    with pen.bare():
        pen.stroke(oval(0.05, -1.65, 0.75, 0.22), rgb("#ffe08a"), 0.14)
    pen.glow(0.05, -1.6, 1.4, rgb("#ffe9a0"), 0.5)


def _tricorn(pen: Pen, tone: RGB, act: Act) -> None:
    dark = rgb("#2a2422")
    pen.fill(smooth([(-1.5, -0.5), (-1.2, -1.2), (0.0, -1.5), (1.2, -1.2), (1.5, -0.5), (0, -0.75)]), dark, shade=0.3)
    pen.stroke(smooth([(-1.4, -0.56), (0, -0.8), (1.4, -0.56)], closed=False), GOLD, 0.1)
    pen.fill(oval(0.05, -1.1, 0.2, 0.2), rgb("#f2ede2"), shade=0.1)
    pen.fill(oval(0.74, 0.03, 0.2, 0.2), rgb("#1a1718"), shade=0, edge=False)
    pen.stroke(polygon_line([(0.9, -0.1), (-0.6, -0.5)]), rgb("#1a1718"), 0.06)


def _hood(pen: Pen, tone: RGB, act: Act) -> None:
    path = smooth([(-1.0, 0.9), (-1.1, -0.4), (-0.5, -1.2), (0.4, -1.2), (1.0, -0.6), (1.05, 0.6), (0.5, 1.0)])
    pen.fill(path, tone, shade=0.3)
    pen.fill(smooth([(-0.05, -0.3), (1.0, -0.34), (1.05, 0.16), (0.0, 0.2)], tension=9), rgb("#e2b189"), shade=0.1, edge=False)
    for x in (0.32, 0.76):
        pen.fill(oval(x, -0.05, 0.09, 0.12), rgb("#17130f"), shade=0, edge=False)
    pen.fill(
        smooth([(-0.9, -0.5), (-1.6, -0.3 + 0.1 * math.sin(act.t * 5)), (-2.0, 0.1), (-1.0, -0.2)]), rgb("#b8302a"), shade=0.2
    )


def _mask(pen: Pen, tone: RGB, act: Act) -> None:
    pen.fill(smooth([(-0.3, -0.2), (0.5, -0.26), (1.0, -0.22), (0.98, 0.24), (0.5, 0.2), (-0.2, 0.26)]), tone, shade=0.2)
    for x in (0.3, 0.76):
        pen.fill(oval(x, 0.03, 0.12, 0.09), rgb("#fbfaf6"), shade=0, edge=False)
        pen.fill(oval(x + 0.02, 0.03, 0.05, 0.06), rgb("#17130f"), shade=0, edge=False)


def cape(pen: Pen, tone: RGB, act: Act, chest: Point, w: float) -> None:
    """A cape from the shoulders to the ground."""
    sway = 0.03 * math.sin(act.t * 3)
    wind = 0.16 if act.pose in ("running", "flying", "jumping") else 0.06
    x, y = chest
    pen.fill(
        smooth(
            [
                (x + w * 0.7, y + w * 0.1),
                (x - w * 0.7, y),
                (x - 0.14 - wind, -0.42 + sway),
                (x - 0.2 - wind * 1.8, -0.08 + sway),
                (x + 0.02, -0.06),
                (x + 0.12, -0.1),
            ],
            tension=8,
        ),
        scaled(tone, 0.9),
        shade=0.35,
    )


def wings(pen: Pen, tone: RGB, act: Act, chest: Point, w: float) -> None:
    """Two feathered wings."""
    flap = 6 * math.sin(act.t * 2.2)
    for side, k in ((1, 0.86), (-1, 1.0)):
        with pen.at(chest[0], chest[1] + w * 0.6, turn=side * (8 + flap)):
            for row, (length, count) in enumerate(((0.42, 7), (0.3, 6))):
                for n in range(count):
                    a = -1.25 + 0.3 * n
                    tip = (side * math.cos(a) * length * 1.1, math.sin(a) * length * 0.9)
                    pen.fill(
                        tube([(0, 0), (tip[0] * 0.6, tip[1] * 0.75 - 0.03), tip], [0.02, 0.045, 0.012]),
                        scaled(rgb("#fbfbf8"), k - 0.06 * (1 - row)),
                        shade=0.12,
                    )


def _staff(pen: Pen, tone: RGB, act: Act, hand: Point) -> None:
    x, y = hand
    pen.stroke(smooth([(x - 0.01, 0.0), (x, y), (x + 0.02, y - 0.4)], closed=False), rgb("#6a4628"), 0.022)
    gem = mix(tone, rgb("#7ae8ff"), 0.7)
    pen.glow(x + 0.02, y - 0.44, 0.16, gem, 0.9)
    with pen.bare():
        pen.fill(oval(x + 0.02, y - 0.44, 0.036, 0.036), gem, shade=0.4)


def _broom(pen: Pen, tone: RGB, act: Act, hand: Point) -> None:
    x, y = hand
    pen.stroke(polygon_line([(x + 0.02, y - 0.42), (x, -0.12)]), rgb("#7a5430"), 0.02)
    pen.fill(polygon([(x - 0.02, -0.16), (x + 0.02, -0.16), (x + 0.07, 0.0), (x - 0.07, 0.0)]), rgb("#d8b060"), shade=0.3)


def blade(pen: Pen, tone: RGB, act: Act, hand: Point) -> None:
    """A sword, drawn."""
    x, y = hand
    with pen.at(x, y, turn=38):
        pen.fill(polygon([(-0.016, 0), (-0.014, -0.44), (0, -0.5), (0.014, -0.44), (0.016, 0)]), rgb("#dfe6ee"), shade=0.3)
        pen.fill(box(-0.06, -0.02, 0.06, 0.005, 0.004), GOLD, shade=0.3)
        pen.fill(box(-0.012, 0.0, 0.012, 0.07, 0.006), rgb("#4a2f20"), shade=0.2)


def _ladle(pen: Pen, tone: RGB, act: Act, hand: Point) -> None:
    x, y = hand
    pen.stroke(polygon_line([(x - 0.01, y + 0.05), (x + 0.05, y - 0.2)]), STEEL, 0.014)
    pen.fill(oval(x + 0.055, y - 0.22, 0.04, 0.034), STEEL, shade=0.4)


COSTUMES: dict[str, Costume] = {
    "wizard": Costume("#3b3f8f", "#2f2f6a", robe=True, hat=_pointed, face=beard, hold=_staff),
    "witch": Costume("#4a2f5f", "#2a2030", robe=True, hat=_pointed, hold=_broom),
    "knight": Costume("#aeb6c0", "#8f98a4", hat=_helmet, back=cape, hold=blade),
    "king": Costume("#8a2030", "#5a1a24", robe=True, hat=_crowned, face=beard, back=cape),
    "queen": Costume("#7a2f6a", "#5a1a44", hat=_crowned),
    "santa": Costume("#c8262c", "#b01f26", hat=_santa_hat, face=beard),
    "chef": Costume("#f6f5f0", "#3a3d46", hat=_toque, hold=_ladle),
    "samurai": Costume("#7a2424", "#2a2a30", hat=_kabuto, hold=blade),
    "ninja": Costume("#26282e", "#1f2126", hat=_hood, hold=blade),
    "angel": Costume("#f6f4ec", "#e9e4d6", robe=True, hat=_halo, back=wings),
    "pirate": Costume("#7a2f2a", "#3a2c26", hat=_tricorn, hold=blade),
    "hero": Costume("#2f5fc8", "#c8302f", face=_mask, back=cape),
}
