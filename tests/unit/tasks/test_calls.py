"""Answers that are kept for clients that poll; on both databases."""

from __future__ import annotations

import pytest
from fakes.kiln import Kiln

from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.errors import NotFound
from mediakiln.tasks import calls
from mediakiln.tasks.calls import Call


async def keep(kiln: Kiln, who: str, name: str, created_at: int | None = None) -> Call:
    """A kept call."""
    call = Call(name, who, "spark_asset_get", '{"Result":{}}', now_ms() if created_at is None else created_at)
    async with writing(kiln.engine) as connection:
        await calls.keep(connection, call)
    return call


async def find(kiln: Kiln, who: str, name: str) -> Call:
    async with reading(kiln.engine) as connection:
        return await calls.find(connection, who, name)


async def test_kept_for_its_owner(kiln: Kiln) -> None:
    """It is read back as it was; for everybody else it never was."""
    ann, bob = await kiln.account(), await kiln.account()
    kept = await keep(kiln, ann.account_id, "call1")
    assert await find(kiln, ann.account_id, "call1") == kept
    words = set()
    for who, name in ((bob, "call1"), (ann, "call2"), (ann, "call\x00"), (ann, "x" * 65), (ann, "")):
        with pytest.raises(NotFound) as caught:
            await find(kiln, who.account_id, name)
        words.add(str(caught.value))
    assert len(words) == 1


async def test_over_after_a_day(kiln: Kiln) -> None:
    """It is not found any more from then on, and goes with the next sweep; younger ones stay."""
    ann = await kiln.account()
    await keep(kiln, ann.account_id, "old", now_ms() - calls.LIFETIME)
    await keep(kiln, ann.account_id, "young", now_ms() - calls.LIFETIME + 60_000)
    with pytest.raises(NotFound):
        await find(kiln, ann.account_id, "old")
    for _ in range(2):
        await calls.sweep(kiln.engine)
        async with reading(kiln.engine) as connection:
            assert list(await connection.scalars(calls.select(calls.table.c.id))) == ["young"]


async def test_no_account_keeps_more_than_its_share(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go, those of others stay."""
    monkeypatch.setattr(calls, "KEPT", 3)
    ann, bob = await kiln.account(), await kiln.account()
    now = now_ms()
    await keep(kiln, bob.account_id, "bob", now - 10_000)
    for n in range(6):
        await keep(kiln, ann.account_id, f"call{n}", now - 1_000 + n)
    async with reading(kiln.engine) as connection:
        found = await connection.scalars(calls.select(calls.table.c.id).order_by(calls.table.c.id))
        assert list(found) == ["bob", "call3", "call4", "call5"]
