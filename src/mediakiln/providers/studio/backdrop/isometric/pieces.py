"""What stands on an isometric island: trees, houses, towers, furniture, vehicles. Each on its tile (i, j) from z up."""

from __future__ import annotations

import random
from collections.abc import Callable

from msgspec import Struct

from mediakiln.providers.studio.backdrop.isometric.projection import Iso
from mediakiln.providers.studio.colour import RGB, mix, named, rgb, scaled


class Look(Struct, frozen=True):
    """What the scene does to its pieces: the season, whether lamps are lit, the colour the prompt gave, and chance."""

    roll: random.Random
    season: str = ""
    lamps: bool = False
    colour: str = ""

    def tone(self, default: str) -> RGB:
        """The prompt's colour for this piece, or `default`."""
        return named(self.colour, default)


Piece = Callable[[Iso, float, float, float, Look], None]
SNOW, WOOD, STONE, GLASS = rgb("#f4f8fc"), rgb("#8a5a38"), rgb("#a9abb0"), rgb("#8fc3e0")
LEAVES = {"autumn": "#dc8330", "winter": "#e4eef4", "spring": "#8cc25a"}


def tree(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A round tree."""
    leaf = look.tone(LEAVES.get(look.season, "#5fa04a"))
    k = look.roll.uniform(0.85, 1.15)
    iso.shade(i, j, z, 0.5 * k)
    iso.cylinder(i, j, z, 0.1, 0.5 * k, WOOD)
    for di, dj, dz, r in ((0.14, -0.14, 0.72, 0.42), (-0.14, 0.14, 0.74, 0.42), (0.06, 0.06, 0.82, 0.46), (0, 0, 1.14, 0.36)):
        iso.ball(i + di * k, j + dj * k, z + dz * k, r * k, scaled(leaf, 0.92 + 0.1 * dz))


def blossom(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A cherry tree in flower."""
    tree(iso, i, j, z, Look(look.roll, "", look.lamps, "pink"))


def pine(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A fir of three cones, snowed on in winter."""
    leaf = look.tone("#2f7a4f")
    k = look.roll.uniform(0.85, 1.2)
    iso.shade(i, j, z, 0.45 * k)
    iso.cylinder(i, j, z, 0.09, 0.3 * k, WOOD)
    for n, (low, r, h) in enumerate(((0.24, 0.5, 0.7), (0.62, 0.4, 0.62), (0.98, 0.28, 0.56))):
        iso.cone(i, j, z + low * k, r * k, h * k, scaled(leaf, 0.9 + 0.08 * n))
        if look.season == "winter":
            iso.cone(i, j, z + (low + h * 0.5) * k, r * 0.52 * k, h * 0.5 * k, SNOW)


def palm(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A leaning palm."""
    iso.shade(i, j, z, 0.4)
    points = [(i, j, z), (i + 0.06, j - 0.04, z + 0.5), (i + 0.16, j - 0.12, z + 1.0), (i + 0.3, j - 0.2, z + 1.4)]
    iso.line(points, rgb("#9a7048"), 0.11)
    ti, tj, tz = points[-1]
    for di, dj, dz in (
        (0.6, 0.0, -0.16),
        (-0.6, 0.1, -0.12),
        (0.1, 0.6, -0.22),
        (-0.1, -0.6, 0.02),
        (0.42, 0.42, -0.3),
        (-0.4, -0.4, 0.1),
    ):
        tip = (ti + di, tj + dj, tz + dz)
        mid = (ti + di * 0.5, tj + dj * 0.5, tz + dz * 0.2 + 0.14)
        side = (mid[0] + 0.1, mid[1] - 0.1, mid[2] - 0.04), (mid[0] - 0.1, mid[1] + 0.1, mid[2] - 0.04)
        iso.face([(ti, tj, tz), side[0], tip, side[1]], rgb("#4fa04a"), 0.5 + 0.4 * (dz > -0.1))


def cactus(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A branched cactus."""
    green = rgb("#4f8a4a")
    iso.shade(i, j, z, 0.35)
    iso.cylinder(i, j, z, 0.17, 1.0, green)
    iso.ball(i, j, z + 1.0, 0.17, green)
    for side, low in ((0.34, 0.4), (-0.34, 0.56)):
        iso.line([(i, j, z + low), (i + side, j - side, z + low), (i + side, j - side, z + low + 0.34)], green, 0.13)


def rock(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A boulder of two blocks."""
    k = look.roll.uniform(0.7, 1.1)
    iso.shade(i, j, z, 0.4 * k)
    iso.box(i - 0.3 * k, j - 0.26 * k, z, 0.56 * k, 0.5 * k, 0.34 * k, STONE, SNOW if look.season == "winter" else None)
    iso.box(i - 0.05 * k, j - 0.02 * k, z, 0.4 * k, 0.36 * k, 0.2 * k, scaled(STONE, 0.9))


def flowers(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A few flowers in the grass."""
    for _ in range(5):
        a, b = i + look.roll.uniform(-0.36, 0.36), j + look.roll.uniform(-0.36, 0.36)
        tone = rgb(look.roll.choice(("#f2708a", "#f7d24a", "#ffffff", "#b07ae0", "#f2944a")))
        iso.line([(a, b, z), (a, b, z + 0.12)], rgb("#3f8a3f"), 0.025)
        iso.ball(a, b, z + 0.16, 0.07, tone)


def bush(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A low bush."""
    iso.shade(i, j, z, 0.32)
    for di, dj in ((0.1, -0.1), (-0.1, 0.1), (0.05, 0.05)):
        iso.ball(i + di, j + dj, z + 0.16, 0.26, rgb(LEAVES.get(look.season, "#4f9448")))


def lamp(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A street lamp."""
    iso.line([(i, j, z), (i, j, z + 1.1)], rgb("#3a4048"), 0.05)
    iso.ball(i, j, z + 1.16, 0.13, rgb("#ffe6a0"))


def house(iso: Iso, i: float, j: float, z: float, look: Look, size: float = 1.0) -> None:
    """A cottage with a gable roof, door, windows and chimney, about two tiles square."""
    s = size
    wall = look.tone("#f0e2c8") if look.colour else rgb(look.roll.choice(("#f0e2c8", "#e8d2c0", "#dfe6ea", "#f2d9b4")))
    cover = SNOW if look.season == "winter" else rgb(look.roll.choice(("#c2573c", "#a8483a", "#4f7296", "#8a5a3c")))
    a, b = i - 0.8 * s, j - 0.7 * s
    w, d, h = 1.6 * s, 1.4 * s, 0.9 * s
    iso.shade(i + 0.2 * s, j + 0.2 * s, z, 1.5 * s)
    iso.box(a, b, z, w, d, 0.1 * s, scaled(STONE, 0.9))
    iso.box(a, b, z + 0.1 * s, w, d, h, wall)
    iso.panes("left", a + w * 0.42, b + d, z + 0.3 * s, w * 0.36, h * 0.62, 1, 1, GLASS, look.lamps)
    iso.panes("left", a + w * 0.98, b + d, z + 0.3 * s, w * 0.3, h * 0.62, 1, 1, GLASS, look.lamps)
    iso.face(
        [
            (a + w * 0.48, b + d, z + 0.1 * s),
            (a + w * 0.66, b + d, z + 0.1 * s),
            (a + w * 0.66, b + d, z + 0.68 * s),
            (a + w * 0.48, b + d, z + 0.68 * s),
        ],
        rgb("#7a4a30"),
        0.5,
    )
    iso.panes("right", a + w, b + d, z + 0.3 * s, d, h * 0.62, 2, 1, GLASS, look.lamps)
    iso.box(
        a + w * 0.2, b + d * 0.2, z + h, 0.24 * s, 0.24 * s, 1.0 * s, rgb("#9a5a48"), SNOW if look.season == "winter" else None
    )
    iso.roof(a, b, z + 0.1 * s + h, w, d, 0.8 * s, cover, wall)


def great_house(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """The house that the picture is about."""
    house(iso, i, j, z, look, 1.55)


def block_of_flats(iso: Iso, i: float, j: float, z: float, look: Look, stories: int = 0) -> None:
    """A tower with rows of windows."""
    floors = stories or look.roll.randint(3, 7)
    wall = (
        look.tone("#8fa8bc")
        if look.colour
        else rgb(look.roll.choice(("#8fa8bc", "#c9b8a4", "#a4b4a8", "#b8a4b4", "#7f92a8", "#d8c8b0")))
    )
    h = 0.42 * floors
    w = 1.2 if stories else 0.86
    a, b = i - w / 2, j - w / 2
    iso.shade(i + 0.1, j + 0.1, z, w * 0.95)
    iso.box(a, b, z, w, w, h, wall)
    for side in ("left", "right"):
        iso.panes(side, a + w, b + w, z + 0.1, w, h - 0.12, 3 if not stories else 4, floors, mix(GLASS, wall, 0.25), look.lamps)
    top = scaled(wall, 0.85) if look.season != "winter" else SNOW
    iso.box(a + w * 0.2, b + w * 0.2, z + h, w * 0.4, w * 0.4, 0.16, top)


def skyscraper(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A tall tower in two steps with a mast."""
    block_of_flats(iso, i, j, z, look, 8)
    wall = look.tone("#7f9cb8")
    iso.box(i - 0.42, j - 0.42, z + 3.36, 0.84, 0.84, 1.0, wall)
    for side in ("left", "right"):
        iso.panes(side, i + 0.42, j + 0.42, z + 3.4, 0.84, 0.92, 3, 3, GLASS, look.lamps)
    iso.spire(i - 0.3, j - 0.3, z + 4.36, 0.6, 0.6, 0.8, wall)


def castle(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """Four round towers, walls, a keep with a flag."""
    wall, cover = look.tone("#c4beb4"), rgb("#4f6a9a")
    iso.shade(i, j, z, 2.2)

    def tower(a: float, b: float, r: float, h: float) -> None:
        iso.cylinder(a, b, z, r, h, wall)
        iso.cone(a, b, z + h, r * 1.25, r * 2.6, cover)

    tower(i - 1.2, j - 1.2, 0.4, 1.7)
    iso.box(i - 1.2, j - 1.3, z, 2.4, 0.25, 1.0, wall)
    iso.box(i - 1.3, j - 1.2, z, 0.25, 2.4, 1.0, wall)
    iso.box(i - 0.6, j - 0.6, z, 1.2, 1.2, 2.0, scaled(wall, 1.04))
    for side in ("left", "right"):
        iso.panes(side, i + 0.6, j + 0.6, z + 1.0, 1.2, 0.8, 2, 1, rgb("#5a5048"), look.lamps)
    iso.spire(i - 0.6, j - 0.6, z + 2.0, 1.2, 1.2, 1.3, cover)
    iso.line([(i, j, z + 3.3), (i, j, z + 3.75)], rgb("#6a5a4a"), 0.04)
    iso.face([(i, j, z + 3.75), (i + 0.4, j - 0.2, z + 3.62), (i, j, z + 3.48)], rgb("#d8402f"), 0.9)
    tower(i + 1.2, j - 1.2, 0.4, 1.6)
    tower(i - 1.2, j + 1.2, 0.4, 1.6)
    iso.box(i - 1.2, j + 1.05, z, 2.4, 0.25, 0.9, wall)
    iso.box(i + 1.05, j - 1.2, z, 0.25, 2.4, 0.9, wall)
    iso.face(
        [
            (i - 0.3, j + 1.31, z),
            (i + 0.3, j + 1.31, z),
            (i + 0.3, j + 1.31, z + 0.5),
            (i, j + 1.31, z + 0.72),
            (i - 0.3, j + 1.31, z + 0.5),
        ],
        rgb("#4a3626"),
        0.5,
    )
    tower(i + 1.2, j + 1.2, 0.42, 1.5)


def temple(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A pagoda of three floors."""
    red, cover = look.tone("#b8402f"), SNOW if look.season == "winter" else rgb("#3f5a52")
    iso.shade(i, j, z, 1.8)
    iso.box(i - 1.2, j - 1.2, z, 2.4, 2.4, 0.2, STONE)
    low = z + 0.2
    for w in (0.85, 0.65, 0.46):
        iso.box(i - w, j - w, low, 2 * w, 2 * w, 0.55, red)
        for side in ("left", "right"):
            iso.panes(side, i + w, j + w, low + 0.05, 2 * w, 0.45, 3, 1, rgb("#f2e2bc"), look.lamps)
        low += 0.55
        for step, k in enumerate((1.45, 1.25, 1.05)):
            iso.box(i - w * k, j - w * k, low + 0.08 * step, 2 * w * k, 2 * w * k, 0.08, scaled(cover, 0.92 + 0.05 * step))
        low += 0.24
    iso.spire(i - 0.2, j - 0.2, low, 0.4, 0.4, 0.7, rgb("#d8a83f"))


def lighthouse(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """Red and white rings, a lamp and a cap."""
    iso.shade(i, j, z, 0.8)
    for k in range(6):
        iso.cylinder(i, j, z + 0.42 * k, 0.52 - 0.045 * k, 0.44, look.tone("#cf3b30") if k % 2 == 0 else rgb("#f6f2ea"))
    iso.cylinder(i, j, z + 2.52, 0.4, 0.08, rgb("#3a3d44"))
    iso.cylinder(i, j, z + 2.6, 0.22, 0.34, rgb("#ffe9a0"))
    iso.cone(i, j, z + 2.94, 0.3, 0.4, rgb("#b8302a"))


def car(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A little car along i."""
    tone = look.tone("#d8402f")
    iso.shade(i, j, z, 0.8)
    for a in (-0.5, 0.4):
        iso.box(i + a - 0.02, j - 0.34, z, 0.26, 0.72, 0.2, rgb("#22252a"))
    iso.box(i - 0.8, j - 0.36, z + 0.1, 1.6, 0.72, 0.26, tone)
    iso.box(i - 0.5, j - 0.3, z + 0.36, 0.9, 0.6, 0.26, mix(tone, (1, 1, 1), 0.15))
    iso.panes("left", i + 0.4, j + 0.3, z + 0.38, 0.9, 0.24, 2, 1, rgb("#bfe0f0"), False)
    iso.panes("right", i + 0.4, j + 0.3, z + 0.38, 0.6, 0.24, 1, 1, rgb("#bfe0f0"), False)
    iso.panes("right", i + 0.8, j + 0.36, z + 0.14, 0.72, 0.18, 3, 1, rgb("#fff2c0"), False)


def bed(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A bed along j with its pillow at the far end."""
    iso.shade(i, j, z, 1.4)
    iso.box(i - 0.8, j - 1.3, z, 1.6, 0.16, 0.9, WOOD)
    iso.box(i - 0.8, j - 1.2, z, 1.6, 2.4, 0.24, WOOD)
    iso.box(i - 0.76, j - 1.16, z + 0.24, 1.52, 2.32, 0.2, rgb("#f4f0e8"))
    iso.box(i - 0.55, j - 1.06, z + 0.44, 1.1, 0.44, 0.14, rgb("#fbfaf6"))
    iso.box(i - 0.79, j - 0.4, z + 0.24, 1.58, 1.6, 0.25, look.tone("#6f9ac0"))


def sofa(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A sofa that faces the left front."""
    cloth = look.tone("#5f8a9a")
    iso.shade(i, j, z, 1.3)
    iso.box(i - 1.1, j - 0.5, z + 0.06, 2.2, 0.3, 0.9, scaled(cloth, 0.95))
    iso.box(i - 1.1, j - 0.2, z + 0.06, 2.2, 0.7, 0.34, cloth, mix(cloth, (1, 1, 1), 0.12))
    iso.box(i - 1.2, j - 0.5, z + 0.06, 0.24, 1.0, 0.58, scaled(cloth, 0.9))
    iso.box(i + 0.96, j - 0.5, z + 0.06, 0.24, 1.0, 0.58, scaled(cloth, 0.9))


def table(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A table on four legs."""
    wood = look.tone("#b07a48")
    iso.shade(i, j, z, 1.0)
    for a, b in ((-0.7, -0.45), (0.6, -0.45), (-0.7, 0.35), (0.6, 0.35)):
        iso.box(i + a, j + b, z, 0.1, 0.1, 0.62, scaled(wood, 0.8))
    iso.box(i - 0.8, j - 0.55, z + 0.62, 1.6, 1.1, 0.1, wood)


def desk(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A table with a screen and a lamp."""
    table(iso, i, j, z, Look(look.roll))
    iso.box(i - 0.06, j - 0.3, z + 0.72, 0.2, 0.2, 0.06, rgb("#3a3d44"))
    iso.box(i - 0.5, j - 0.28, z + 0.8, 1.0, 0.08, 0.62, rgb("#2b2f38"))
    iso.glowing(
        [
            (i - 0.45, j - 0.195, z + 0.85),
            (i + 0.45, j - 0.195, z + 0.85),
            (i + 0.45, j - 0.195, z + 1.36),
            (i - 0.45, j - 0.195, z + 1.36),
        ],
        rgb("#7ac4f0"),
    )
    iso.box(i - 0.35, j + 0.12, z + 0.72, 0.7, 0.26, 0.04, rgb("#d8dce2"))


def chair(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A chair seen from its front."""
    wood = look.tone("#a5713f")
    for a, b in ((-0.26, -0.26), (0.18, -0.26), (-0.26, 0.18), (0.18, 0.18)):
        iso.box(i + a, j + b, z, 0.08, 0.08, 0.4, scaled(wood, 0.8))
    iso.box(i - 0.28, j - 0.28, z + 0.4, 0.56, 0.08, 0.62, wood)
    iso.box(i - 0.28, j - 0.28, z + 0.4, 0.56, 0.56, 0.08, wood)


def shelf(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A bookcase with books, its front to the left."""
    wood = look.tone("#8a5a38")
    iso.box(i - 0.7, j - 0.25, z, 1.4, 0.5, 2.0, wood)
    for row in range(4):
        a = i - 0.62
        while a < i + 0.5:
            w = look.roll.uniform(0.07, 0.15)
            h = look.roll.uniform(0.26, 0.38)
            tone = rgb(look.roll.choice(("#c8503f", "#3f6f9a", "#e0b04a", "#4f8a62", "#8a5aa0", "#efe4cc")))
            low = z + 0.1 + 0.47 * row
            iso.face([(a, j + 0.26, low), (a + w, j + 0.26, low), (a + w, j + 0.26, low + h), (a, j + 0.26, low + h)], tone, 0.6)
            a += w + 0.015


def plant(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A pot plant."""
    iso.shade(i, j, z, 0.3)
    iso.cylinder(i, j, z, 0.22, 0.36, rgb("#c9744a"))
    for di, dj, dz in ((0.12, -0.12, 0.62), (-0.12, 0.12, 0.64), (0, 0, 0.84), (0.1, 0.1, 0.6)):
        iso.ball(i + di, j + dj, z + dz, 0.22, rgb("#4f9a52"))


def windmill(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A round mill with four sails."""
    iso.shade(i, j, z, 0.9)
    iso.cylinder(i, j, z, 0.62, 0.9, look.tone("#f0e6d4"))
    iso.cylinder(i, j, z + 0.9, 0.52, 0.9, look.tone("#f0e6d4"))
    iso.cone(i, j, z + 1.8, 0.6, 0.6, rgb("#a8503c"))
    ci, cj, cz = i, j + 0.55, z + 1.7
    for di, dz in ((0.85, 0.5), (-0.5, 0.85), (-0.85, -0.5), (0.5, -0.85)):
        iso.line([(ci, cj, cz), (ci + di, cj, cz + dz)], WOOD, 0.05)
        side = (-dz * 0.2, di * 0.2)
        iso.face(
            [
                (ci + di * 0.2, cj, cz + dz * 0.2),
                (ci + di, cj, cz + dz),
                (ci + di + side[0], cj, cz + dz + side[1]),
                (ci + di * 0.2 + side[0], cj, cz + dz * 0.2 + side[1]),
            ],
            rgb("#fbf6ea"),
            0.9,
        )


def tent(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A ridge tent, open to the right."""
    tone = look.tone("#e08a3a")
    iso.shade(i, j, z, 1.2)
    iso.roof(i - 0.9, j - 0.8, z, 1.8, 1.6, 1.3, tone, scaled(tone, 0.8))
    iso.face([(i + 0.91, j - 0.3, z), (i + 0.91, j + 0.3, z), (i + 0.91, j, z + 0.95)], rgb("#4a3a30"), 0.3)


def pyramid(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """Steps of sandstone."""
    tone = look.tone("#dcb271")
    for k in range(7):
        w = 1.5 - 0.2 * k
        iso.box(i - w, j - w, z + 0.26 * k, 2 * w, 2 * w, 0.26, tone)


def igloo(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """Rings of snow."""
    for k, r in enumerate((1.2, 1.14, 1.0, 0.8, 0.5)):
        iso.cylinder(i, j, z + 0.2 * k, r, 0.21, SNOW)
    iso.box(i - 0.3, j + 0.8, z, 0.6, 0.6, 0.5, SNOW)
    iso.face(
        [(i - 0.18, j + 1.41, z), (i + 0.18, j + 1.41, z), (i + 0.18, j + 1.41, z + 0.36), (i - 0.18, j + 1.41, z + 0.36)],
        rgb("#38506a"),
        0.4,
    )


# Subjects that are built here, as solid bodies; all others stand on the island as they are.
SOLID: dict[str, Piece] = {
    "house": great_house,
    "castle": castle,
    "temple": temple,
    "lighthouse": lighthouse,
    "tower": skyscraper,
    "skyscraper": skyscraper,
    "windmill": windmill,
    "tent": tent,
    "pyramid": pyramid,
    "igloo": igloo,
    "tree": tree,
    "car": car,
    "bed": bed,
    "sofa": sofa,
    "table": table,
    "chair": chair,
    "shelf": shelf,
    "computer": desk,
}
