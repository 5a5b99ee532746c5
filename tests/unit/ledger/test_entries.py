"""Single movements: what each does to a wallet, and what it refuses."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from fakes.kiln import Kiln
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.database.engine import reading, writing
from mediakiln.errors import MICRO, InsufficientCredits, InvalidRequest, NotFound
from mediakiln.ledger import entries
from mediakiln.ledger.entries import EFFECT, Balance, EntryKind


@pytest.fixture
def kiln(engine: AsyncEngine, tmp_path: Path) -> Kiln:
    """A kiln on a fresh database."""
    return Kiln(engine, tmp_path / "data")


async def test_grant_adjust_expire(kiln: Kiln) -> None:
    """Each counts once per key; `granted` tells what was ever given; only what is there can be taken."""
    ann = (await kiln.account(credits=0)).account_id
    steps = [
        (entries.grant, 10, "g", True, (10, 10)),
        (entries.grant, 10, "g", False, (10, 10)),
        (entries.grant, 99, "g", False, (10, 10)),
        (entries.adjust, -4, "a", True, (6, 10)),
        (entries.adjust, -4, "a", False, (6, 10)),
        (entries.adjust, 1, "b", True, (7, 10)),
        (entries.expire, 7, "e", True, (0, 10)),
    ]
    for movement, amount, key, done, (available, granted) in steps:
        async with writing(kiln.engine) as connection:
            assert await movement(connection, ann, amount * MICRO, key=key, description="x") is done
        async with reading(kiln.engine) as connection:
            assert await entries.balance(connection, ann) == Balance(available * MICRO, 0, granted * MICRO)
    for movement, amount in ((entries.adjust, -1), (entries.expire, 1)):
        with pytest.raises(InsufficientCredits):
            async with writing(kiln.engine) as connection:
                await movement(connection, ann, amount, key="more", description="x")
    assert await kiln.audit() == []


@pytest.mark.parametrize("amount", [0, -1, 2**63, 10**30])
async def test_senseless_amounts(kiln: Kiln, amount: int) -> None:
    """Nothing, less than nothing, and more than a wallet can hold are the caller's mistakes, not the database's."""
    ann = (await kiln.account(credits=1)).account_id
    for movement in (entries.grant, entries.expire):
        with pytest.raises(InvalidRequest):
            async with writing(kiln.engine) as connection:
                await movement(connection, ann, amount, key="k", description="x")
    if amount != -1:
        with pytest.raises(InvalidRequest):
            async with writing(kiln.engine) as connection:
                await entries.adjust(connection, ann, amount, key="k", description="x")
    assert await kiln.audit() == []


async def test_no_such_account(kiln: Kiln) -> None:
    """A movement for an account that is not there is refused."""
    for movement in (entries.grant, entries.adjust, entries.expire):
        with pytest.raises(NotFound):
            async with writing(kiln.engine) as connection:
                await movement(connection, "nobody", 1, key="k", description="x")
    with pytest.raises(NotFound):
        async with reading(kiln.engine) as connection:
            await entries.balance(connection, "nobody")


async def test_a_key_of_another_account(kiln: Kiln) -> None:
    """A key that another account used is an error, not a silent "done before": its credits would never come."""
    ann, bob = (await kiln.account(credits=0)).account_id, (await kiln.account(credits=0)).account_id
    async with writing(kiln.engine) as connection:
        await entries.grant(connection, ann, MICRO, key="order-1", description="x")
    with pytest.raises(InvalidRequest):
        async with writing(kiln.engine) as connection:
            await entries.grant(connection, bob, MICRO, key="order-1", description="x")


async def test_movements_at_once(kiln: Kiln) -> None:
    """Fifty grants and fifty takings at the same moment leave exactly their sum."""
    ann = await kiln.account(credits=100)

    async def move(n: int) -> None:
        async with writing(kiln.engine) as connection:
            movement = entries.grant if n % 2 else entries.expire
            await movement(connection, ann.account_id, (1 + n % 2) * MICRO, key=f"m{n}", description="x")

    await asyncio.gather(*(move(n) for n in range(100)))
    assert await kiln.wallet(ann) == (150 * MICRO, 0, 0)
    assert await kiln.audit() == []


async def test_settle_needs_its_reserve(kiln: Kiln) -> None:
    """More than was reserved cannot be consumed, and nothing can be settled that is not held."""
    ann = await kiln.account(credits=10)
    with pytest.raises(ValueError, match="consumed 3 of 2"):
        async with writing(kiln.engine) as connection:
            await entries.settle(connection, ann.account_id, "t", reserved=2, consumed=3, description="x")
    with pytest.raises(Exception, match="No row"):
        async with writing(kiln.engine) as connection:
            await entries.settle(connection, ann.account_id, "t", reserved=2, consumed=1, description="x")
    assert await kiln.wallet(ann) == (10 * MICRO, 0, 0)


def test_every_kind_has_its_effect() -> None:
    """Consuming moves nothing into the wallet; everything that leaves `held` was reserved before."""
    assert set(EFFECT) == set(EntryKind)
    reserve, consume, release = EFFECT[EntryKind.RESERVE], EFFECT[EntryKind.CONSUME], EFFECT[EntryKind.RELEASE]
    assert (reserve[0] + release[0], reserve[1] + release[1], reserve[1] + consume[1]) == (0, 0, 0)
