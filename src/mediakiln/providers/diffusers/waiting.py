"""What waits to be drawn on one device, and what of it is drawn next and together."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from msgspec import Struct
from PIL import Image

from mediakiln.providers.diffusers.options import Task

PATIENCE = 10.0
"""Seconds that work for a model which is not in memory may be passed by work for those that are: loading one takes as long."""


class Order(Struct, frozen=True):
    """A way of drawing. Pieces of the same order may share a call of the pipeline.

    `width`, `height` in pixels; `frames` and `fps` of a video, else 0. `strength` is None where nothing is drawn over.
    `arguments` is the JSON of the pipeline's further arguments. `apart` is for orders that share a call with nobody.
    """

    model: str
    task: Task
    width: int
    height: int
    frames: int = 0
    fps: int = 0
    strength: float | None = None
    negative: bool = False
    arguments: bytes = b"{}"
    apart: bool = False


class Piece:
    """One picture or video to draw. `seed` decides it. `tell` takes the finished fraction, `finish` what was drawn or why it was
    not; both are called from the device's thread. Setting `cancelled` is all that it takes to be left out."""

    __slots__ = ("arrived", "cancelled", "finish", "images", "last_image", "negative_prompt", "order", "prompt", "seed", "tell")

    def __init__(
        self,
        order: Order,
        prompt: str,
        negative_prompt: str,
        seed: int,
        images: tuple[Image.Image, ...],
        last_image: Image.Image | None,
        tell: Callable[[float], None],
        finish: Callable[[object], None],
    ) -> None:
        self.order, self.prompt, self.negative_prompt, self.seed = order, prompt, negative_prompt, seed
        self.images, self.last_image, self.tell, self.finish = images, last_image, tell, finish
        self.cancelled = False
        self.arrived = 0.0


class Waiting:
    """The pieces in the order of their arrival. Not safe for threads by itself: the engine's lock guards it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pieces: list[Piece] = []

    def add(self, pieces: Collection[Piece]) -> None:
        """At the end of the line."""
        for piece in pieces:
            piece.arrived = self._clock()
        self._pieces.extend(pieces)

    def put_back(self, pieces: Collection[Piece]) -> None:
        """At the head of the line, where they came from."""
        self._pieces[:0] = pieces

    def next(self, ready: Collection[str], most: Callable[[Order], int]) -> tuple[list[Piece], bool]:
        """The pieces to draw next, which stay in line, and whether they are as many as may be drawn at once (`most`).

        The oldest piece goes first, and with it whatever is of its order; but while the oldest is not impatient, models that are
        `ready` in memory come before those that would have to be loaded.
        """
        self._pieces = [piece for piece in self._pieces if not piece.cancelled]
        if not self._pieces:
            return [], False
        first = self._pieces[0]
        if first.order.model not in ready and self._clock() - first.arrived < PATIENCE:
            first = next((piece for piece in self._pieces if piece.order.model in ready), first)
        bound = 1 if first.order.apart else max(1, most(first.order))
        batch = [piece for piece in self._pieces if piece.order == first.order][:bound]
        return batch, len(batch) == bound

    def take(self, pieces: Collection[Piece]) -> None:
        """Out of the line."""
        gone = set(map(id, pieces))
        self._pieces = [piece for piece in self._pieces if id(piece) not in gone]

    def take_all(self) -> list[Piece]:
        """Everything, for the end."""
        left, self._pieces = self._pieces, []
        return left
