"""What one subject is doing at one moment, and what the stage must know about a kind of subject."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from mediakiln.providers.studio.colour import RGB, named, rgb
from mediakiln.providers.studio.subjects.pen import Pen

SPECTRUM = ("#e0483f", "#f0922e", "#f2c93a", "#4fa85a", "#3f86d0", "#7a5ad0", "#e87aa8")


class Act(Struct, frozen=True):
    """`t` seconds; `way` the distance gone so far in the subject's own heights; `pose` one of `scene.POSES`; `index` which of a
    group it is; `lamps` whether lights are lit; `picture` the caller's own subject (a skia image), for the kind "sitter"."""

    t: float
    way: float
    pose: str
    colour: str
    traits: tuple[str, ...]
    index: int = 0
    lamps: bool = False
    picture: Any = None

    def tone(self, default: str) -> RGB:
        """The colour the prompt gave, or `default`."""
        if self.colour == "rainbow":
            return rgb(SPECTRUM[self.index % len(SPECTRUM)])  # each of a group has another
        return named(self.colour, default)

    def has(self, *traits: str) -> bool:
        """Whether the prompt said any of `traits`."""
        return any(trait in self.traits for trait in traits)


class Kind(Struct, frozen=True):
    """A kind of subject.

    `size` is its height as a share of the stage's unit when it is the hero, `width` its breadth in its own heights, `home` where
    it lives (ground, air, water, under, table), `walk` and `run` its speeds in heights per second, `rest` its pose when
    the prompt says none, `faces` whether it may be mirrored, `views` the sides (front, back) that it can paint itself when the
    trait "seen-front" or "seen-back" asks.
    """

    paint: Callable[[Pen, Act], None]
    size: float
    width: float
    home: str = "ground"
    walk: float = 0.0
    run: float = 0.0
    rest: str = "standing"
    faces: bool = True
    views: tuple[str, ...] = ()
