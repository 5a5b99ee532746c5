"""Rooms and shops on an isometric slab, by what the prompt calls them: café, bakery, restaurant, office, kitchen ..."""

from __future__ import annotations

from collections.abc import Callable

from mediakiln.providers.studio.backdrop.isometric import pieces
from mediakiln.providers.studio.backdrop.isometric.furnishing import (
    board,
    cabinets,
    counter,
    fridge,
    nightstand,
    parasol_table,
    round_table,
    shop_front,
    stool,
    wardrobe,
)
from mediakiln.providers.studio.backdrop.isometric.pieces import Look
from mediakiln.providers.studio.backdrop.isometric.tiles import SIDE, Ground, Land
from mediakiln.providers.studio.colour import rgb

_PLANK, _SIDE = ("#c99a68", "#c0905e"), rgb("#8a6a4a")


def _floor(look: Look, first: str, second: str, chequered: bool = False) -> Land:
    """Boards along i, or tiles."""
    land = Land(look, Ground(rgb(first), _SIDE))
    for i in range(SIDE):
        for j in range(SIDE):
            if (i + j) % 2 if chequered else j % 2:
                land.lay(i, j, Ground(rgb(second), _SIDE))
    return land


def _rug(land: Land, first: int, last: int, tone: str) -> None:
    for i in range(first, last):
        for j in range(first, last):
            land.lay(i, j, Ground(rgb(tone), _SIDE, 0.02))


def cafe(look: Look, hero: bool) -> Land:
    """A counter with the coffee machine, the menu on the wall, tables with cups."""
    land = _floor(look, "#b98a5c", "#af8052")
    land.put(board, (3.6, 0.1))
    land.put(counter, (3.4, 1.5))
    land.put(pieces.plant, (0.6, 0.7), (7.4, 0.7), (0.6, 7.3))
    full = ((1.9, 4.0), (4.2, 4.2), (2.0, 6.4), (4.4, 6.4), (6.7, 4.6))
    for i, j in ((1.9, 4.2), (1.9, 6.4), (6.4, 3.4), (6.4, 6.2)) if hero else full:
        land.put(round_table, (i, j))
        land.put(stool, (i - 0.8, j), (i + 0.1, j + 0.85))
    return land


def office(look: Look, hero: bool) -> Land:
    """Desks with screens in rows, a board with charts, shelves of files."""
    land = _floor(look, "#9fb0bc", "#96a8b4", chequered=True)
    land.put(board, (3.6, 0.1))
    land.put(pieces.shelf, (6.8, 0.4))
    land.put(pieces.plant, (0.6, 0.7), (7.4, 7.4))
    rows = ((1.8, 2.0), (5.0, 2.0), (1.8, 5.2)) if hero else ((1.8, 2.0), (5.0, 2.0), (1.8, 5.0), (5.0, 5.0))
    for i, j in rows:
        land.put(pieces.desk, (i, j))
        land.put(pieces.chair, (i, j + 1.1))
    return land


def bedroom(look: Look, hero: bool) -> Land:
    """A bed between its nightstand and a wardrobe, a desk, a rug."""
    land = _floor(look, *_PLANK)
    _rug(land, 3, 6, "#d9b8b0")
    land.put(nightstand, (0.5, 0.6))
    land.put(pieces.bed, (2.0, 1.6))
    land.put(wardrobe, (4.6, 0.5))
    land.put(pieces.shelf, (6.7, 0.4))
    land.put(pieces.desk, (1.2, 6.2))
    land.put(pieces.plant, (7.4, 7.4), (0.6, 4.2))
    if not hero:
        land.put(pieces.chair, (1.2, 7.3))
    return land


def kitchen(look: Look, hero: bool) -> Land:
    """Cabinets with stove and sink along the wall, a fridge, a laid table."""
    land = _floor(look, "#eceae4", "#cfd6d8", chequered=True)
    land.put(fridge, (0.7, 0.6))
    land.put(cabinets, (4.2, 0.5))
    land.put(pieces.plant, (7.4, 7.4))
    land.put(pieces.shelf, (7.2, 0.4))
    if not hero:
        land.put(round_table, (4.2, 4.6))
        land.put(pieces.chair, (4.2, 3.4), (3.0, 4.6), (5.4, 4.6))
    else:
        land.put(round_table, (1.6, 5.6))
        land.put(stool, (0.8, 5.6), (1.7, 6.5))
    return land


def classroom(look: Look, hero: bool) -> Land:
    """A blackboard, the teacher's desk, rows of tables."""
    land = _floor(look, *_PLANK)
    land.put(board, (3.6, 0.1))
    land.put(pieces.shelf, (7.0, 0.4))
    land.put(pieces.table, (1.2, 1.3))
    columns = (1.4, 3.9, 6.4)
    for i in columns:
        for j in (3.6, 6.0):
            if not (hero and i == 3.9):
                land.put(pieces.table, (i, j))
                land.put(pieces.chair, (i, j + 1.0))
    land.put(pieces.plant, (0.5, 0.5))
    return land


def library(look: Look, hero: bool) -> Land:
    """Bookcases along the wall and between the reading tables."""
    land = _floor(look, "#9a6a44", "#91623e")
    _rug(land, 4, 7, "#a8503c")
    land.put(pieces.shelf, *((0.9 + 1.5 * k, 0.35) for k in range(5)), (1.0, 2.8), (2.5, 2.8), (1.0, 5.2), (2.5, 5.2))
    land.put(pieces.plant, (7.4, 2.0), (0.6, 7.3))
    if not hero:
        land.put(pieces.table, (5.6, 5.4))
        land.put(pieces.chair, (5.6, 4.2), (5.6, 6.5))
    return land


def shop(look: Look, hero: bool) -> Land:
    """The shop from outside: on grass with sand and water around, a terrace under parasols before it."""
    land = Land(look, Ground(rgb("#7dbb55" if look.season != "winter" else "#eef4f8")))
    water, sand = Ground(rgb("#4fa8d8"), rgb("#4fa8d8"), -0.28, "water"), Ground(rgb("#ecd9a4"), rgb("#c9a66a"), -0.1)
    for i in range(SIDE):
        for j in range(SIDE):
            rim = min(i, j, SIDE - 1 - i, SIDE - 1 - j)
            if rim == 0:
                land.lay(i, j, water)
            elif rim == 1 and (i > 4 or j > 4):
                land.lay(i, j, sand)
    for j in (4, 5):
        land.lay(3, j, Ground(rgb("#d9c7a4")))
    land.put(shop_front, (3.2, 2.5))
    land.put(pieces.tree, (5.6, 1.4), (1.4, 4.4))
    land.put(pieces.palm, (6.5, 6.4))
    land.put(pieces.bush, (5.4, 2.4), (1.5, 5.5))
    land.put(pieces.lamp, (2.4, 5.2))
    land.put(parasol_table, (5.4, 4.0), *(() if hero else ((4.7, 5.5),)))
    return land


ROOMS: dict[str, Callable[[Look, bool], Land]] = {
    "cafe": cafe,
    "bakery": cafe,
    "restaurant": cafe,
    "shop": cafe,
    "office": office,
    "bedroom": bedroom,
    "kitchen": kitchen,
    "classroom": classroom,
    "library": library,
}
SHOPS = frozenset({"cafe", "bakery", "restaurant", "shop"})
