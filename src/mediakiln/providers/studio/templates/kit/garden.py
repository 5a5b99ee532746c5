"""A model garden on a round of earth, with the sitter as a doll in it."""

from __future__ import annotations

import math
import random

from mediakiln.providers.studio.colour import RGB, mix, rgb, turned
from mediakiln.providers.studio.templates.kit import grounds, sitting
from mediakiln.providers.studio.templates.kit.hard import filled, oval, traced
from mediakiln.providers.studio.templates.kit.miniature import (
    GRASS,
    fence,
    fir,
    foam_tree,
    house,
    island,
    mushroom,
    stone,
    tufts,
)
from mediakiln.providers.studio.templates.kit.workmen import person
from mediakiln.providers.studio.templates.table import Table

_LEAVES = (rgb("#6f9b3c"), rgb("#8fb04a"), rgb("#5c8a4e"), rgb("#d98f4a"), rgb("#e6a3b4"))


def _plan(table: Table) -> tuple[float, float, float, float]:
    """The round's middle, width and depth."""
    u = table.u
    wide = min(0.9 * table.width, 1.15 * u)
    deep = 0.36 * wide
    tall = min(0.56 * table.height, 0.85 * u)
    return table.width / 2, table.height / 2 + 0.36 * tall - 0.01 * u, wide, deep


def light_table(table: Table) -> None:
    """A light wooden table, its far edge behind the round."""
    _, y, _, _ = _plan(table)
    grounds.table_top(rgb("#d9b68a"), (y - 0.06 * table.u) / table.height)(table)


def ground(table: Table) -> None:
    """The round of earth, with its path and pond."""
    x, y, wide, deep = _plan(table)
    island(table, x, y, wide, deep, 0.11 * wide, _grass(table))
    _path(table)


def _grass(table: Table) -> RGB:
    return turned(GRASS, table.dice("grass").uniform(-0.03, 0.03))


def _path(table: Table) -> None:
    """Stepping stones from the near rim to the doll's feet, and a pond."""
    x, y, wide, deep = _plan(table)
    roll = table.dice("path")
    for index in range(7):
        t = index / 6
        px, py = x + wide * (0.03 + 0.13 * t * t), y + deep * (0.1 + 0.34 * t)
        size = wide * (0.032 + 0.012 * t)
        filled(table.canvas, oval(px + 0.1 * size, py + 0.12 * size, 1.7 * size, 0.75 * size), (0.1, 0.12, 0.04), 0.5)
        filled(table.canvas, oval(px, py, 1.6 * size, 0.66 * size), mix(rgb("#cdc4b2"), rgb("#a99c88"), roll.random()))
    px, py, w, d = x - 0.24 * wide, y + 0.22 * deep, 0.26 * wide, 0.24 * deep
    filled(table.canvas, oval(px, py, w, d), rgb("#3f7f8f"))
    filled(table.canvas, oval(px - 0.02 * wide, py - 0.02 * deep, 0.86 * w, 0.7 * d), rgb("#8fd0d8"), 0.8, 0.03 * w)
    for turn in range(0, 360, 20):
        angle = math.radians(turn)
        stone(table, px + 0.53 * w * math.cos(angle), py + 0.55 * d * math.sin(angle), wide * roll.uniform(0.018, 0.03), roll)
    traced(table.canvas, oval(px + 0.02 * w, py + 0.03 * d, 0.36 * w, 0.34 * d), (1, 1, 1), 0.002 * wide, 0.7)


def trees(table: Table) -> None:
    """Trees, a cottage and a fence along the far rim."""
    x, y, wide, deep = _plan(table)
    roll = table.dice("behind")
    side = roll.choice((-1, 1))
    planted = sorted((roll.uniform(1.06, 1.94) * math.pi, index) for index in range(11))
    for angle, index in planted:
        far = roll.uniform(0.72, 0.86)
        px, py = x + 0.5 * wide * far * math.cos(angle), y + 0.5 * deep * far * math.sin(angle)
        plant = fir if index % 3 == 0 else foam_tree
        tone = rgb("#3f7350") if plant is fir else roll.choice(_LEAVES)
        plant(table, px, py, wide * roll.uniform(0.15, 0.26), tone, roll)
    house(
        table,
        x + side * 0.29 * wide,
        y - 0.14 * deep,
        0.21 * wide,
        rgb("#fbeedb"),
        turned(rgb("#c9553f"), roll.uniform(-0.06, 0.06)),
    )
    points = []
    for index in range(11):
        angle = math.pi * (0.62 + 0.4 * index / 10) if side > 0 else math.pi * (0.38 - 0.4 * index / 10)
        points.append((x + 0.46 * wide * math.cos(angle), y + 0.46 * deep * math.sin(angle)))
    fence(table, points, 0.035 * wide)


def _guest(table: Table) -> sitting.Figure:
    """Where the sitter stands."""
    x, y, wide, deep = _plan(table)
    foot = y + 0.1 * deep
    tall = min(0.68 * wide, foot - 0.07 * table.height)
    return sitting.treated(sitting.stood(table, x, foot, 0.6 * wide, tall), sitting.soft_foot)


def doll(table: Table) -> None:
    """The sitter, smoothed and rounded as a painted doll, its foot in the grass."""
    guest, (_, _, wide, _) = _guest(table), _plan(table)
    guest = sitting.treated(guest, sitting.toy(0.18, 0.32, 1.1), sitting.rim_lit)
    sitting.cast(table, guest, 0.6, 0.16, 0.42, tone=(0.08, 0.13, 0.05))
    sitting.contact(table, guest.x, guest.foot - 0.01 * wide, 1.0 * guest.width, 0.6, 0.16, (0.06, 0.1, 0.04))
    sitting.lay(table, guest)
    tufts(table, guest.x, guest.foot, 0.9 * guest.width, 0.022 * wide, _grass(table))


def foreground(table: Table) -> None:
    """Small things before and beside the doll: bushes over the cut of a bust, toadstools, stones, two tiny visitors."""
    x, y, wide, deep = _plan(table)
    roll, guest = table.dice("before"), _guest(table)
    count = max(3, round(guest.width / (0.055 * wide))) if sitting.is_ragged(guest) else 0
    for index in range(count):
        px = guest.x + 0.56 * guest.width * (2 * (index + 0.5) / count - 1)
        size = wide * roll.uniform(0.035, 0.055)
        _bush(table, px, guest.foot + deep * roll.uniform(0.03, 0.08), size, roll.choice(_LEAVES[:3]), roll)
    for index in range(5):
        angle = math.pi * (0.12 + 0.76 * (index + roll.random() * 0.6) / 5)
        px, py = x + 0.42 * wide * math.cos(angle), y + 0.42 * deep * math.sin(angle)
        if index % 2:
            mushroom(table, px, py, wide * roll.uniform(0.03, 0.05))
        else:
            stone(table, px, py, wide * roll.uniform(0.025, 0.045), roll)
    person(table, x + 0.3 * wide, y + 0.22 * deep, 0.075 * wide, rgb("#e0554f"), "point", flip=True)
    person(table, x + 0.35 * wide, y + 0.26 * deep, 0.068 * wide, rgb("#3f7fc0"), "stand", flip=True)
    for _ in range(40):
        angle, far = roll.uniform(0.05, 0.95) * math.pi, roll.uniform(0.5, 0.92)
        px, py = x + 0.5 * wide * far * math.cos(angle), y + 0.5 * deep * far * math.sin(angle)
        size = wide * roll.uniform(0.003, 0.006)
        filled(table.canvas, oval(px, py, 2 * size, 1.6 * size), roll.choice((rgb("#fff6e0"), rgb("#ffd54a"), rgb("#f48fb1"))))


def _bush(table: Table, x: float, y: float, size: float, tone: RGB, roll: random.Random) -> None:
    for _ in range(26):
        angle, far = roll.uniform(0, math.tau), math.sqrt(roll.random())
        px, py = size * 0.9 * far * math.cos(angle), -0.45 * size + 0.6 * size * far * math.sin(angle)
        lit = 0.5 - (px + 1.4 * (py + 0.45 * size)) / (2 * size)
        shade = mix(turned(tone, 0, 1, 0.5), mix(tone, rgb("#e9f0a0"), 0.4), min(1.0, max(0.0, lit)))
        table.sheet.dab(x + px, y + py, 0.2 * size, 0.17 * size, roll.uniform(0, 180), shade)
