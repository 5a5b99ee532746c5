"""The budget for large request bodies."""

from __future__ import annotations

from typing import Any, cast

import pytest
from litestar.types import Scope

from mediakiln.errors import Overloaded
from mediakiln.web.budget import FREE, BodyBudget

MOST = 1_000_000


def request(*headers: tuple[bytes, bytes]) -> Scope:
    return cast("Scope", {"type": "http", "headers": list(headers)})


def large() -> Scope:
    return request((b"content-length", str(MOST).encode()))


def test_small_bodies_pass_freely() -> None:
    """However many small bodies and requests without one are under way, none is refused."""
    budget = BodyBudget(MOST)
    for _ in range(10_000):
        budget.take(request((b"content-length", str(FREE).encode())))
        budget.take(request())


def test_large_bodies_are_bounded_and_given_back() -> None:
    """Four of the largest fit; a fifth is told to come again, and fits when one was answered."""
    budget = BodyBudget(MOST)
    held = [large() for _ in range(4)]
    for scope in held:
        budget.take(scope)
    with pytest.raises(Overloaded) as refused:
        budget.take(large())
    assert (refused.value.scope, refused.value.retry_after) == ("server", 2)
    budget.give_back(held[0])
    budget.give_back(held[0])  # twice is once
    budget.take(large())
    with pytest.raises(Overloaded):
        budget.take(large())


def test_absurd_lengths_count_as_the_largest() -> None:
    """A body that will be refused for its size takes the place of the largest accepted, no more."""
    budget, absurd = BodyBudget(MOST), (b"content-length", b"99999999999999")
    for _ in range(4):
        budget.take(request(absurd))
    with pytest.raises(Overloaded):
        budget.take(request(absurd))


class Chunked:
    """A body that comes in pieces of a tenth of MOST."""

    def __init__(self, budget: BodyBudget) -> None:
        self.scope = request((b"transfer-encoding", b"chunked"))
        budget.take(self.scope)
        self._receive = budget.counted(self.scope, self._piece)  # type: ignore[arg-type]

    async def come(self, pieces: int) -> None:
        """Receive some more of it."""
        for _ in range(pieces):
            await self._receive()

    async def _piece(self) -> Any:
        return {"type": "http.request", "body": bytes(MOST // 10), "more_body": True}


async def test_chunked_bodies_count_as_they_come() -> None:
    """Small ones pass however many there are; what grows is bounded as if its length had been told, and given back."""
    budget = BodyBudget(MOST)
    for _ in range(1_000):
        await Chunked(budget).come(2)
    held = [Chunked(budget) for _ in range(5)]
    for body in held:
        await body.come(8)
    with pytest.raises(Overloaded):
        await held[0].come(1)
    for body in held[1:]:
        budget.give_back(body.scope)
    await held[0].come(90)
    with pytest.raises(Overloaded):
        budget.take(large())
    budget.give_back(held[0].scope)
    for _ in range(4):
        budget.take(large())


def test_a_handler_with_a_limit_of_its_own() -> None:
    """A body that is larger than others may be counts as what it is, up to that limit."""
    budget = BodyBudget(MOST)
    twice = request((b"content-length", str(2 * MOST).encode()))
    budget.take(twice, 2 * MOST)
    budget.take(request((b"content-length", str(9 * MOST).encode())), 2 * MOST)
    with pytest.raises(Overloaded):
        budget.take(large())
    budget.give_back(twice)
    budget.take(large())


def test_the_only_body_always_fits() -> None:
    """However large a handler lets it be; others wait until it is answered."""
    budget = BodyBudget(MOST)
    huge = request((b"content-length", str(9 * MOST).encode()))
    budget.take(huge, 9 * MOST)
    with pytest.raises(Overloaded):
        budget.take(large())
    budget.give_back(huge)
    for _ in range(4):
        budget.take(large())
