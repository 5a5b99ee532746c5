"""The ground of an isometric slab, tile by tile, and what stands on it."""

from __future__ import annotations

from msgspec import Struct

from mediakiln.providers.studio.backdrop.isometric.pieces import Look, Piece
from mediakiln.providers.studio.colour import RGB, rgb

SIDE = 8
"""Tiles along each edge."""

EARTH, ROCK = rgb("#9a6f4a"), rgb("#8d8f96")


class Ground(Struct, frozen=True):
    """One tile: the colour of its top and of its flanks, its height, and what runs over it ("", "water", "road-i", "road-j")."""

    top: RGB
    flank: RGB = EARTH
    z: float = 0.0
    kind: str = ""


class Land:
    """The tiles of an island by (i, j) and its pieces; a piece stands in the middle of its tile."""

    def __init__(self, look: Look, base: Ground) -> None:
        self.look = look
        self.tiles = {(i, j): base for i in range(SIDE) for j in range(SIDE)}
        self.pieces: list[tuple[float, float, Piece]] = []

    def lay(self, i: int, j: int, ground: Ground) -> None:
        """Change a tile."""
        self.tiles[i, j] = ground

    def put(self, piece: Piece, *places: tuple[float, float]) -> None:
        """Stand a piece on each of the places."""
        self.pieces.extend((i, j, piece) for i, j in places)

    def height(self, i: float, j: float) -> float:
        """The height of the ground under (i, j)."""
        return self.tiles[min(SIDE - 1, max(0, int(i))), min(SIDE - 1, max(0, int(j)))].z
