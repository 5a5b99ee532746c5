"""What an isometric island is made of, by setting: its ground tile by tile, and the pieces that stand on it."""

from __future__ import annotations

from collections.abc import Callable

from mediakiln.providers.studio.backdrop.isometric import pieces
from mediakiln.providers.studio.backdrop.isometric.pieces import Look
from mediakiln.providers.studio.backdrop.isometric.tiles import EARTH, ROCK, SIDE, Ground, Land
from mediakiln.providers.studio.colour import rgb


def _grass(look: Look) -> Ground:
    tone = {"winter": "#eef4f8", "autumn": "#b8a44f", "spring": "#8ecb5c"}.get(look.season, "#7dbb55")
    return Ground(rgb(tone), EARTH)


def _water(tone: str = "#4fa8d8") -> Ground:
    return Ground(rgb(tone), rgb(tone), -0.28, "water")


def _meadow(look: Look, hero: bool) -> Land:
    land = Land(look, _grass(look))
    land.put(pieces.tree, (0.6, 0.7), (1.7, 0.5), (0.5, 2.6), (6.8, 0.6), (0.6, 6.6))
    land.put(pieces.bush, (3.2, 0.6), (0.6, 4.6), (7.2, 2.4))
    land.put(pieces.flowers, (2.5, 6.6), (6.6, 3.5), (5.5, 6.5), (3.5, 2.5), (6.5, 6.5), (1.5, 5.5), (4.5, 1.5))
    land.put(pieces.rock, (7.2, 7.2))
    if not hero:
        land.put(pieces.windmill, (3.2, 3.2))
    return land


def _forest(look: Look, hero: bool) -> Land:
    land = Land(look, _grass(look))
    for j in range(SIDE):
        land.lay(6, j, _water())
    land.put(
        pieces.pine, (0.5, 0.5), (1.5, 0.6), (2.6, 0.5), (0.6, 1.6), (1.5, 1.5), (0.5, 2.7), (3.6, 0.6), (0.6, 4.0), (4.6, 0.7)
    )
    land.put(pieces.pine, (2.4, 1.6), (0.6, 5.4), (0.7, 6.8), (1.7, 2.8), (7.5, 0.5), (7.5, 2.6))
    land.put(pieces.tree, (1.6, 4.4), (1.7, 7.2), (7.5, 4.6))
    land.put(pieces.bush, (4.4, 7.4), (2.6, 6.4))
    land.put(pieces.flowers, (3.5, 6.6), (5.3, 5.4))
    if not hero:
        land.put(pieces.house, (3.8, 4.0))
    return land


def _garden(look: Look, hero: bool) -> Land:
    land = Land(look, _grass(look))
    path = Ground(rgb("#d9c7a4"))
    for k in range(SIDE):
        land.lay(k, 4, path)
    land.put(pieces.tree, (0.6, 0.6), (0.6, 7.4), (7.4, 0.6))
    land.put(pieces.blossom, (2.0, 0.7), (0.7, 2.4))
    land.put(
        pieces.flowers, *((i + 0.5, 2.5) for i in range(2, 8)), *((i + 0.5, 6.5) for i in range(2, 8)), (5.5, 5.6), (3.5, 5.6)
    )
    land.put(pieces.bush, *((i + 0.5, 0.5) for i in range(3, 7)), *((0.5, j + 0.5) for j in (3, 5, 6)))
    return land


def _village(look: Look, hero: bool) -> Land:
    land = Land(look, _grass(look))
    path = Ground(rgb("#cdb792") if look.season != "winter" else rgb("#d8dde2"))
    for k in range(SIDE):
        land.lay(k, 6, path)
        land.lay(6, k, path)
    land.put(pieces.house, (1.4, 1.3), (4.2, 1.2), (1.3, 4.2))
    land.put(pieces.tree, (2.8, 0.5), (0.5, 2.8), (7.5, 0.6), (0.5, 7.4), (7.4, 4.4))
    land.put(pieces.lamp, (5.6, 7.4), (7.4, 5.6))
    land.put(pieces.bush, (3.0, 7.5), (7.5, 2.4))
    if not hero:
        land.put(pieces.house, (4.2, 4.2))
    return land


def _city(look: Look, hero: bool) -> Land:
    land = Land(look, Ground(rgb("#b9bcc0"), ROCK))
    for k in range(SIDE):
        land.lay(k, 5, Ground(rgb("#4f545c"), ROCK, -0.04, "road-i"))
        land.lay(5, k, Ground(rgb("#4f545c"), ROCK, -0.04, "road-j"))
    land.lay(5, 5, Ground(rgb("#4f545c"), ROCK, -0.04))
    towers = [
        (0.6, 0.6),
        (1.7, 0.6),
        (2.8, 0.6),
        (3.9, 0.6),
        (0.6, 1.7),
        (0.6, 2.8),
        (0.6, 3.9),
        (1.8, 1.8),
        (7.2, 0.7),
        (0.7, 7.2),
    ]
    land.put(pieces.block_of_flats, *towers)
    land.put(pieces.tree, (4.4, 1.8), (1.8, 4.4), (6.6, 2.2), (2.2, 6.6), (7.4, 7.4))
    land.put(pieces.car, (2.6, 5.5), (6.9, 5.5))
    land.put(pieces.lamp, (6.3, 4.6), (4.6, 6.3))
    if not hero:
        land.put(pieces.skyscraper, (3.2, 3.2))
    return land


def _road(look: Look, hero: bool) -> Land:
    land = Land(look, _grass(look))
    for k in range(SIDE):
        for j in (4, 5):
            land.lay(k, j, Ground(rgb("#565b63"), ROCK, -0.04, "road-i" if j == 4 else ""))
    land.put(pieces.tree, (0.6, 0.7), (2.0, 1.0), (0.6, 2.4), (4.4, 0.6), (7.0, 1.4), (1.0, 7.4), (7.3, 7.3))
    land.put(pieces.house, (5.4, 1.8))
    land.put(pieces.bush, (2.4, 2.6), (4.4, 6.8), (7.4, 2.8))
    land.put(pieces.lamp, (1.4, 3.7), (7.4, 3.7))
    if not hero:
        land.put(pieces.car, (3.4, 4.5))
    return land


def _lake(look: Look, hero: bool) -> Land:
    land = Land(look, _grass(look))
    for i in range(2, 8):
        for j in range(2, 8):
            if (i, j) not in ((2, 2), (7, 7), (2, 7), (7, 2)):
                land.lay(i, j, _water())
    land.put(pieces.pine, (0.5, 0.5), (1.5, 0.5), (2.6, 0.6), (0.5, 1.5), (0.6, 2.6), (1.4, 1.5), (5.4, 0.6), (0.6, 5.4))
    land.put(pieces.tree, (4.0, 0.9), (0.9, 4.2), (7.4, 0.7), (0.6, 7.2))
    land.put(pieces.rock, (2.5, 2.5), (7.4, 7.4))
    return land


def _sea(look: Look, hero: bool) -> Land:
    land = Land(look, _water("#3f94cc"))
    for i in range(3):
        for j in range(3):
            land.lay(i, j, Ground(rgb("#e8d49a"), rgb("#c9a66a"), 0.0))
    land.lay(0, 0, Ground(rgb("#7dbb55"), EARTH, 0.3))
    land.put(pieces.palm, (1.4, 0.6), (0.6, 1.8))
    land.put(pieces.rock, (2.4, 2.4), (6.6, 1.0))
    if not hero:
        land.put(pieces.lighthouse, (0.6, 0.6))
    return land


def _beach(look: Look, hero: bool) -> Land:
    sand = Ground(rgb("#f0dba4"), rgb("#c9a66a"))
    land = Land(look, sand)
    for i in range(SIDE):
        for j in range(SIDE):
            if j >= 6 or (j == 5 and i in (0, 1, 6, 7)):
                land.lay(i, j, _water("#4fbcd8"))
    land.put(pieces.palm, (0.6, 0.7), (2.2, 0.5), (6.6, 0.6), (0.5, 2.8))
    land.put(pieces.house, (4.4, 0.9))
    land.put(pieces.rock, (7.4, 2.6), (0.6, 4.5))
    return land


def _desert(look: Look, hero: bool) -> Land:
    land = Land(look, Ground(rgb("#ecc888"), rgb("#c99a5c")))
    for i, j, z in ((0, 0, 0.5), (1, 0, 0.3), (0, 1, 0.3), (0, 7, 0.2), (7, 0, 0.2)):
        land.lay(i, j, Ground(rgb("#f0d094"), rgb("#c99a5c"), z))
    land.put(pieces.cactus, (3.4, 0.6), (0.6, 4.2), (6.8, 2.4), (2.0, 7.0))
    land.put(pieces.rock, (5.5, 0.7), (0.7, 6.2), (7.2, 6.4))
    if not hero:
        land.put(pieces.pyramid, (3.2, 3.2))
    else:
        land.put(pieces.pyramid, (1.8, 1.8))
    return land


def _snowfield(look: Look, hero: bool) -> Land:
    land = Land(look, Ground(rgb("#eef5fb"), rgb("#b4cbdc")))
    for i, j in ((5, 6), (6, 6), (6, 5), (5, 7), (6, 7)):
        land.lay(i, j, Ground(rgb("#a8dcf0"), rgb("#8cc4e0"), -0.06))
    snowy = Look(look.roll, "winter", look.lamps)
    land.look = snowy
    land.put(pieces.pine, (0.5, 0.5), (1.6, 0.5), (0.5, 1.7), (3.0, 0.6), (0.6, 3.2), (7.2, 0.6), (0.6, 6.8))
    land.put(pieces.rock, (5.0, 0.8), (7.4, 7.4))
    land.put(pieces.igloo, (2.4, 2.4) if hero else (3.4, 3.4))
    return land


def _mountains(look: Look, hero: bool) -> Land:
    land = Land(look, _grass(look))
    for i in range(SIDE):
        for j in range(SIDE):
            z = max(0.0, 3.4 - 0.75 * (i + j) + 0.4 * ((i * 5 + j * 3) % 3)) + (0.5 if min(i, j) == 0 and i + j < 7 else 0)
            if z > 0.3:
                top = "#f4f8fc" if z > 1.9 else "#9a9ca4" if z > 0.8 else "#86ab5c"
                land.lay(i, j, Ground(rgb(top), ROCK, round(z * 2) / 2))
    for k in range(4, SIDE):
        land.lay(k, 7, _water())
    land.put(pieces.pine, (5.5, 0.6), (6.6, 0.7), (0.6, 5.5), (0.6, 6.7), (6.6, 2.0), (2.0, 6.6), (7.4, 3.4))
    land.put(pieces.rock, (7.3, 5.6), (3.4, 7.2))
    if not hero:
        land.put(pieces.house, (4.6, 4.6))
    return land


def _interior(look: Look, hero: bool) -> Land:
    land = Land(look, Ground(rgb("#c99a68"), rgb("#8a6a4a")))
    for i in range(SIDE):
        for j in range(0, SIDE, 2):
            land.lay(i, j, Ground(rgb("#c0905e"), rgb("#8a6a4a")))
    for i in range(3, 7):
        for j in range(3, 7):
            land.lay(i, j, Ground(rgb("#c8645a") if (i in (3, 6) or j in (3, 6)) else rgb("#e0a48c"), rgb("#8a6a4a"), 0.02))
    land.put(pieces.bed, (1.2, 1.6))
    land.put(pieces.shelf, (3.4, 0.4))
    land.put(pieces.desk, (6.2, 0.9))
    land.put(pieces.chair, (6.2, 2.0))
    land.put(pieces.plant, (0.6, 7.2), (7.4, 7.4))
    if not hero:
        land.put(pieces.sofa, (2.2, 5.0))
        land.put(pieces.table, (4.8, 5.2))
    return land


def _space(look: Look, hero: bool) -> Land:
    land = Land(look, Ground(rgb("#b4b0b8"), rgb("#7f7a88")))
    for i, j in ((1, 5), (5, 1), (6, 6), (2, 2), (7, 3)):
        land.lay(i, j, Ground(rgb("#8f8a98"), rgb("#7f7a88"), -0.18))
    land.put(pieces.rock, (0.6, 0.6), (6.6, 0.6), (0.6, 6.6), (7.3, 7.3), (3.2, 0.7))
    land.put(pieces.igloo, (1.6, 3.6))
    land.put(pieces.lamp, (4.6, 0.7))
    return land


def _mars(look: Look, hero: bool) -> Land:
    land = Land(look, Ground(rgb("#c2673c"), rgb("#8f4528")))
    for i, j in ((1, 5), (5, 1), (6, 6), (2, 2), (7, 3)):
        land.lay(i, j, Ground(rgb("#a8522e"), rgb("#8f4528"), -0.18))
    for i, j, z in ((0, 0, 0.6), (1, 0, 0.4), (0, 1, 0.3), (7, 0, 0.3)):
        land.lay(i, j, Ground(rgb("#cf7a4c"), rgb("#8f4528"), z))
    land.put(pieces.rock, (0.6, 6.6), (7.3, 7.3), (3.2, 0.7), (0.7, 3.4))
    land.put(pieces.igloo, (1.6, 3.6))
    return land


def _clouds(look: Look, hero: bool) -> Land:
    land = Land(look, Ground(rgb("#f4f8fd"), rgb("#c9d8ea")))
    for i, j, z in ((0, 0, 0.5), (1, 0, 0.3), (0, 1, 0.3), (7, 1, 0.3), (1, 7, 0.3), (7, 7, -0.2), (3, 7, -0.2), (7, 4, -0.2)):
        land.lay(i, j, Ground(rgb("#ffffff"), rgb("#c9d8ea"), z))
    if not hero:
        land.put(pieces.castle, (3.4, 3.4))
    return land


def _underwater(look: Look, hero: bool) -> Land:
    land = Land(look, Ground(rgb("#d8d2a4"), rgb("#a89a72")))
    coral = Look(look.roll, "", False, "pink")
    land.look = coral
    land.put(pieces.tree, (0.6, 0.6), (6.8, 0.7), (0.7, 6.6))
    land.put(pieces.rock, (2.2, 0.6), (0.6, 2.6), (7.2, 5.4), (5.0, 0.6))
    land.put(pieces.cactus, (3.6, 0.8), (0.7, 4.6), (1.6, 1.6), (7.2, 3.0))
    return land


def _plinth(look: Look, hero: bool) -> Land:
    land = Land(look, Ground(rgb("#efe6da"), rgb("#cdbfae")))
    for i in range(2, 6):
        for j in range(2, 6):
            land.lay(i, j, Ground(rgb("#f6efe4"), rgb("#dccfbe"), 0.4))
    land.put(pieces.plant, (0.7, 0.7), (7.2, 0.8), (0.8, 7.2))
    return land


LANDS: dict[str, Callable[[Look, bool], Land]] = {
    "meadow": _meadow,
    "forest": _forest,
    "garden": _garden,
    "village": _village,
    "city": _city,
    "road": _road,
    "lake": _lake,
    "sea": _sea,
    "beach": _beach,
    "desert": _desert,
    "snowfield": _snowfield,
    "mountains": _mountains,
    "interior": _interior,
    "space": _space,
    "moon": _space,
    "mars": _mars,
    "cloudsea": _clouds,
    "studio": _plinth,
    "underwater": _underwater,
    "stilllife": _plinth,
    "white": _plinth,
    "tabletop": _plinth,
    "graphic": _plinth,
    "paper": _plinth,
    "stage": _plinth,
    "vault": _plinth,
    "arena": _meadow,
    "station": _road,
    "abstract": _plinth,
}
