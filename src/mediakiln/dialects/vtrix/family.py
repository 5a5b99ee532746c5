"""What a family of models brings along: its parameters, how they are read, and its error codes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from msgspec import Struct

from mediakiln.catalog import Model
from mediakiln.dialects.vtrix.codes import CodeOf, Codes
from mediakiln.errors import InvalidRequest
from mediakiln.prompts.base import PromptOptimizer
from mediakiln.tasks.intake import Wish

RANDOM = -1
"""The seed that leaves it to chance."""
SEEDS = (RANDOM, 2**32 - 1)
"""Least and most of a seed."""


class Family(Struct, frozen=True):
    """`wish_of` makes a `body` with the model and a public id into a wish, and tells how the wish's fields are called on the
    wire; it raises InvalidRequest. `example` is a body for the documents."""

    body: type[Struct]
    wish_of: Callable[[Any, Model, str, PromptOptimizer], Awaitable[tuple[Wish, Mapping[str, str]]]]
    code_of: CodeOf
    codes: Codes
    example: dict[str, Any]


def seed_of(seed: int | None) -> int | None:
    """A seed as the catalogue knows it: None is a random one. Raises InvalidRequest."""
    if seed is not None and not SEEDS[0] <= seed <= SEEDS[1]:
        raise InvalidRequest.not_allowed("seed", seed, f"{SEEDS[0]} to {SEEDS[1]}")
    return None if seed == RANDOM else seed


def side_of(field: str, side: int | None, model: Model) -> int:
    """A width or height in pixels; 0 is the model's own. Raises InvalidRequest."""
    if side is None:
        return 0
    least, most = model.sides or (side, side)
    if not least <= side <= most:
        raise InvalidRequest.not_allowed(field, side, f"{least} to {most}")
    return side
