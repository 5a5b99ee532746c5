"""Submit rates that hold across workers."""

from __future__ import annotations

import asyncio
import random

from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.database.engine import writing
from mediakiln.tasks import turns


async def take(engine: AsyncEngine, now: int, rate: int = 60, account: str = "a", calls: int = 1) -> float:
    async with writing(engine) as connection:
        return await turns.take(connection, account, rate, now, calls)


async def test_a_rate_over_time(engine: AsyncEngine) -> None:
    """60 a minute: a burst after rest, then one a second, and never more than that over ten minutes."""
    now, taken = 1_000_000, 0
    for _ in range(1200):
        taken += (await take(engine, now)) == 0.0
        now += 500
    assert 600 <= taken <= 600 + turns.BURST // 1000 + 1


async def test_the_wait_that_is_told_is_enough(engine: AsyncEngine) -> None:
    """After it there is a turn; a moment before there is none."""
    now = 1_000_000
    while (wait := await take(engine, now)) == 0.0:
        pass
    assert await take(engine, now + round(wait * 1000) - 1) > 0
    assert await take(engine, now + round(wait * 1000)) == 0.0


async def test_a_slow_rate_has_no_burst(engine: AsyncEngine) -> None:
    """Two a minute: the second one waits half a minute."""
    assert await take(engine, 1_000_000, 2) == 0.0
    assert await take(engine, 1_000_000, 2) == 30.0
    assert await take(engine, 1_000_000, 2, "another") == 0.0


async def test_several_calls_count_each(engine: AsyncEngine) -> None:
    """Tasks of four pictures on an upstream that is called once for each: sixty calls a minute are fifteen such tasks."""
    now, taken = 1_000_000, 0
    for _ in range(1200):
        taken += (await take(engine, now, calls=4)) == 0.0
        now += 500
    assert 150 <= taken <= 150 + turns.BURST // 4000 + 1


async def test_several_calls_are_not_passed_by_for_ever(engine: AsyncEngine) -> None:
    """Whoever asks first gets the turn, however many calls it is for."""
    now, taken, chance = 1_000_000, {1: 0, 4: 0}, random.Random(1)
    for _ in range(240):
        for calls in chance.sample((1, 4), 2):
            taken[calls] += (await take(engine, now, calls=calls)) == 0.0
        now += 500
    assert min(taken.values()) > 10


async def test_workers_at_once_never_share_a_turn(engine: AsyncEngine) -> None:
    """Forty at the same time get exactly the burst."""
    await take(engine, 1_000_000)
    got = await asyncio.gather(*(take(engine, 1_000_000) for _ in range(40)))
    assert sum(wait == 0.0 for wait in got) == turns.BURST // 1000 - 1
