"""What furnishes rooms and shops of the isometric world: counters, boards, cabinets, a shop's front; each on its tile."""

from __future__ import annotations

from mediakiln.providers.studio.backdrop.isometric.pieces import SNOW, STONE, WOOD, Look
from mediakiln.providers.studio.backdrop.isometric.projection import Iso
from mediakiln.providers.studio.colour import mix, rgb, scaled

_CREAM, _STEEL, _DARK = rgb("#f4efe4"), rgb("#b9c0c6"), rgb("#2f3a36")
_PASTRY = ("#d99a4a", "#c9783a", "#f0c878", "#a8603a", "#f2b8c0")


def counter(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A long counter along i with a coffee machine, a case of pastries and cups."""
    wood = look.tone("#8a5a38")
    iso.shade(i, j, z, 2.2)
    iso.box(i - 2.3, j - 0.35, z, 4.6, 0.7, 0.86, wood)
    for k in range(9):
        a = i - 2.2 + 0.5 * k
        iso.line([(a, j + 0.36, z + 0.06), (a, j + 0.36, z + 0.8)], scaled(wood, 0.7), 0.02)
    iso.box(i - 2.4, j - 0.42, z + 0.86, 4.8, 0.84, 0.09, _CREAM)
    top = z + 0.95
    iso.box(i - 2.0, j - 0.3, top, 1.0, 0.55, 0.62, _STEEL)
    iso.box(i - 1.95, j + 0.2, top, 0.9, 0.16, 0.08, rgb("#3a3d44"))
    for a in (-1.75, -1.35):
        iso.line([(i + a, j + 0.26, top + 0.42), (i + a, j + 0.34, top + 0.3)], rgb("#2a2c30"), 0.07)
        iso.cylinder(i + a, j + 0.3, top + 0.08, 0.08, 0.13, _CREAM)
    iso.box(i - 2.0, j - 0.3, top + 0.62, 1.0, 0.55, 0.06, rgb("#c8402f"))
    for row in range(2):
        for k in range(6):
            tone = rgb(_PASTRY[(k + 2 * row) % len(_PASTRY)])
            iso.ball(i + 0.1 + 0.3 * k, j + 0.16 - 0.22 * row, top + 0.12 + 0.22 * row, 0.13, tone)
    case = [(i - 0.1, j + 0.32, top), (i + 1.9, j + 0.32, top), (i + 1.9, j + 0.32, top + 0.5), (i - 0.1, j + 0.32, top + 0.5)]
    iso.face(case, rgb("#d8eef6"), 0.9, 0.35)
    iso.box(i - 0.1, j - 0.3, top + 0.5, 2.0, 0.62, 0.05, _CREAM)


def board(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A dark board on the far wall with lines of chalk: a menu, a plan, a lesson."""
    iso.box(i - 1.9, 0.0, z + 1.25, 3.8, 0.06, 1.2, WOOD)
    face = [(i - 1.8, 0.07, z + 1.33), (i + 1.8, 0.07, z + 1.33), (i + 1.8, 0.07, z + 2.37), (i - 1.8, 0.07, z + 2.37)]
    iso.face(face, _DARK, 0.6)
    for column in range(2):
        for row in range(4):
            a, high = i - 1.6 + 1.7 * column, z + 2.2 - 0.22 * row
            long = 0.5 + 0.7 * look.roll.random()
            tone = rgb("#f2c96a") if row == 0 else _CREAM
            iso.line([(a, 0.08, high), (a + long, 0.08, high)], tone, 0.05 if row == 0 else 0.035)


def round_table(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A small round table with two cups."""
    iso.shade(i, j, z, 0.6)
    iso.cylinder(i, j, z, 0.28, 0.05, rgb("#3f3a38"))
    iso.cylinder(i, j, z, 0.08, 0.62, rgb("#3f3a38"))
    iso.cylinder(i, j, z + 0.62, 0.62, 0.07, look.tone("#d8b183"))
    for a, b in ((-0.2, 0.1), (0.2, -0.12)):
        iso.cylinder(i + a, j + b, z + 0.69, 0.16, 0.02, _CREAM)
        iso.cylinder(i + a, j + b, z + 0.7, 0.1, 0.13, _CREAM)
        iso.cylinder(i + a, j + b, z + 0.82, 0.075, 0.012, rgb("#6a3f26"))


def stool(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A stool with a round seat."""
    iso.shade(i, j, z, 0.3)
    for a, b in ((-0.16, -0.16), (0.16, -0.16), (-0.16, 0.16), (0.16, 0.16)):
        iso.line([(i + a, j + b, z), (i + a * 0.6, j + b * 0.6, z + 0.42)], rgb("#4a3a30"), 0.05)
    iso.cylinder(i, j, z + 0.4, 0.3, 0.08, look.tone("#c8643c"))


def parasol_table(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A table outside under a striped parasol, with two stools."""
    stool(iso, i - 0.75, j, z, look)
    round_table(iso, i, j, z, Look(look.roll))
    iso.line([(i, j, z + 0.6), (i, j, z + 1.6)], _CREAM, 0.05)
    iso.cone(i, j, z + 1.4, 1.0, 0.5, look.tone("#d8503c"))
    iso.cone(i, j, z + 1.62, 0.56, 0.3, _CREAM)
    stool(iso, i + 0.1, j + 0.8, z, look)


def cabinets(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A kitchen's counter along the far wall with stove and sink, cupboards above it."""
    front = look.tone("#e9e4d8")
    iso.box(i - 2.6, j - 0.45, z, 5.2, 0.9, 0.82, front)
    for k in range(6):
        a = i - 2.5 + 0.87 * k
        panel = [(a, j + 0.46, z + 0.1), (a + 0.77, j + 0.46, z + 0.1), (a + 0.77, j + 0.46, z + 0.74), (a, j + 0.46, z + 0.74)]
        iso.face(panel, scaled(front, 0.92), 0.55)
        iso.line([(a + 0.3, j + 0.47, z + 0.66), (a + 0.47, j + 0.47, z + 0.66)], STONE, 0.035)
    oven = ((i + 0.1, z + 0.1), (i + 1.0, z + 0.1), (i + 1.0, z + 0.6), (i + 0.1, z + 0.6))
    iso.face([(a, j + 0.47, b) for a, b in oven], _DARK, 0.5)
    iso.box(i - 2.65, j - 0.45, z + 0.82, 5.3, 0.95, 0.08, rgb("#8d949b"))
    iso.box(i + 0.1, j - 0.35, z + 0.9, 0.95, 0.75, 0.03, rgb("#2a2c30"))
    for a in (0.35, 0.8):
        for b in (-0.15, 0.2):
            iso.cylinder(i + a, j + b, z + 0.93, 0.13, 0.01, rgb("#6a3a30"))
    iso.cylinder(i + 0.35, j - 0.15, z + 0.94, 0.22, 0.26, rgb("#c8402f"))
    iso.box(i - 1.9, j - 0.25, z + 0.9, 0.95, 0.55, 0.012, rgb("#5d6a72"))
    iso.line([(i - 1.4, j - 0.3, z + 0.9), (i - 1.4, j - 0.3, z + 1.25), (i - 1.4, j - 0.05, z + 1.25)], _STEEL, 0.06)
    for a in (-2.6, 1.2):
        iso.box(i + a, j - 0.45, z + 1.6, 1.4, 0.45, 0.8, front)
        iso.line([(i + a + 0.7, j + 0.01, z + 1.64), (i + a + 0.7, j + 0.01, z + 2.36)], scaled(front, 0.7), 0.03)


def fridge(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A tall fridge with two doors."""
    iso.shade(i, j, z, 0.8)
    iso.box(i - 0.5, j - 0.45, z, 1.0, 0.9, 1.95, rgb("#dfe5e8"))
    iso.line([(i - 0.5, j + 0.46, z + 1.25), (i + 0.5, j + 0.46, z + 1.25)], rgb("#8f989e"), 0.03)
    for low, high in ((0.6, 1.1), (1.4, 1.75)):
        iso.line([(i + 0.34, j + 0.47, z + low), (i + 0.34, j + 0.47, z + high)], rgb("#7f878c"), 0.05)


def wardrobe(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A wardrobe with two doors."""
    wood = look.tone("#a97b4f")
    iso.box(i - 0.8, j - 0.35, z, 1.6, 0.7, 2.1, wood)
    iso.line([(i, j + 0.36, z + 0.1), (i, j + 0.36, z + 2.0)], scaled(wood, 0.65), 0.03)
    for a in (-0.1, 0.1):
        iso.ball(i + a, j + 0.38, z + 1.0, 0.05, _CREAM)


def nightstand(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A low chest with a lamp."""
    iso.box(i - 0.3, j - 0.3, z, 0.6, 0.6, 0.46, WOOD)
    iso.cylinder(i, j, z + 0.46, 0.06, 0.3, _STEEL)
    iso.cone(i, j, z + 0.68, 0.26, 0.34, rgb("#ffe2a0"))


def shop_front(iso: Iso, i: float, j: float, z: float, look: Look) -> None:
    """A shop of one floor: large windows, a door, a striped awning and a cup on its roof."""
    wall = look.tone("#f2e2c6")
    a, b, w, d, h = i - 1.5, j - 1.2, 3.0, 2.4, 1.5
    iso.shade(i + 0.3, j + 0.3, z, 2.6)
    iso.box(a - 0.06, b - 0.06, z, w + 0.12, d + 0.12, 0.1, STONE)
    iso.box(a, b, z + 0.1, w, d, h, wall)
    iso.panes("left", a + w * 0.6, b + d, z + 0.22, w * 0.58, 1.0, 2, 1, rgb("#9fd0e4"), look.lamps)
    iso.panes("right", a + w, b + d, z + 0.22, d, 1.0, 2, 1, rgb("#9fd0e4"), look.lamps)
    edge = b + d
    door = [(a + 2.05, edge, z + 0.1), (a + 2.7, edge, z + 0.1), (a + 2.7, edge, z + 1.05), (a + 2.05, edge, z + 1.05)]
    iso.face(door, rgb("#6f4a30"), 0.6)
    pane = [(a + 2.15, edge, z + 0.5), (a + 2.6, edge, z + 0.5), (a + 2.6, edge, z + 0.95), (a + 2.15, edge, z + 0.95)]
    iso.face(pane, rgb("#bfe4f0"), 0.6)
    stripes = (rgb("#d8503c"), _CREAM)
    for k in range(10):
        x, wide = a + w * k / 10, w / 10
        cloth = [(x, edge, z + 1.5), (x + wide, edge, z + 1.5), (x + wide, edge + 0.6, z + 1.18), (x, edge + 0.6, z + 1.18)]
        iso.face(cloth, stripes[k % 2], 0.9)
        y, deep = b + d * k / 10, d / 10
        cloth = [(a + w, y, z + 1.5), (a + w, y + deep, z + 1.5), (a + w + 0.6, y + deep, z + 1.18), (a + w + 0.6, y, z + 1.18)]
        iso.face(cloth, stripes[k % 2], 0.55)
    cover = SNOW if look.season == "winter" else mix(wall, rgb("#8a5a3c"), 0.55)
    iso.box(a - 0.1, b - 0.1, z + h + 0.1, w + 0.2, d + 0.2, 0.2, cover)
    # The sign: a cup with its coffee.
    top = z + h + 0.3
    iso.cylinder(i, j + 0.2, top, 0.75, 0.08, _CREAM)
    iso.cylinder(i, j + 0.2, top + 0.08, 0.5, 0.6, _CREAM)
    iso.cylinder(i, j + 0.2, top + 0.66, 0.42, 0.03, rgb("#6a3f26"))
    iso.line([(i + 0.32, j - 0.12, top + 0.52), (i + 0.62, j - 0.42, top + 0.42), (i + 0.34, j - 0.14, top + 0.2)], _CREAM, 0.09)
