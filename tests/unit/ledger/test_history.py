"""The movements of an account, newest first, with the tasks they belong to."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fakes.kiln import DIALECT, PRICE, Kiln, quote
from fakes.providers import Scripted, deliver
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.accounts.principals import Principal
from mediakiln.database.engine import reading, writing
from mediakiln.errors import MICRO
from mediakiln.generation import GenerationRequest
from mediakiln.ledger import entries, history
from mediakiln.ledger.entries import EFFECT, EntryKind
from mediakiln.ledger.history import Movement


@pytest.fixture
def kiln(engine: AsyncEngine, tmp_path: Path) -> Kiln:
    """A kiln on a fresh database."""
    return Kiln(engine, tmp_path / "data")


async def page(kiln: Kiln, who: Principal, *kinds: EntryKind, limit: int = 100, offset: int = 0) -> tuple[int, list[Movement]]:
    """(total, movements) of a page."""
    async with reading(kiln.engine) as connection:
        return await history.page(connection, who.account_id, kinds, limit=limit, offset=offset)


async def busy(kiln: Kiln) -> tuple[Principal, str]:
    """An account with a movement of every kind, and its task: 100 granted, 4 pictures at 2 reserved of which 3 were delivered,
    5 corrected down and 2 up, 10 expired."""
    ann = await kiln.account(credits=100)
    made = await kiln.submit(ann, quote(count=4))
    await kiln.runner(Scripted(start=[deliver(3)]))((await kiln.row(made.public_id))["id"])
    steps: list[tuple[Any, int]] = [(entries.adjust, -5), (entries.adjust, 2), (entries.expire, 10)]
    for number, (movement, amount) in enumerate(steps):
        async with writing(kiln.engine) as connection:
            await movement(connection, ann.account_id, amount * MICRO, key=f"by-hand:{number}", description="by hand")
    return ann, made.public_id


async def test_every_kind(kiln: Kiln) -> None:
    """What could be spent before and after each, and what was held: each begins where the one before ended, whatever its
    sign."""
    ann, _ = await busy(kiln)
    total, found = await page(kiln, ann)
    told = [(each.kind, each.amount, each.available_before, each.available_after, each.held_after) for each in found]
    assert [(kind, *(amount / MICRO for amount in amounts)) for kind, *amounts in told] == [
        (EntryKind.EXPIRE, 10, 91, 81, 0),
        (EntryKind.ADJUST, 2, 89, 91, 0),
        (EntryKind.ADJUST, -5, 94, 89, 0),
        (EntryKind.RELEASE, 2, 92, 94, 0),
        (EntryKind.CONSUME, 6, 92, 92, 2),
        (EntryKind.RESERVE, 8, 100, 92, 8),
        (EntryKind.GRANT, 100, 0, 100, 0),
    ]
    assert total == 7
    assert {each.kind for each in found} == set(EFFECT), "a new kind needs a movement here"
    assert all(newer.available_before == older.available_after for newer, older in pairwise(found))
    assert all(newer.id > older.id and newer.created_at >= older.created_at for newer, older in pairwise(found))


async def test_the_task_behind_a_movement(kiln: Kiln) -> None:
    """Its public id, kind, dialect and request; other movements have none of them, but their key and description."""
    ann, public_id = await busy(kiln)
    _, found = await page(kiln, ann)
    for each in found:
        behind = (each.task_id, each.task_kind, each.dialect, each.request)
        if each.kind in (EntryKind.RESERVE, EntryKind.CONSUME, EntryKind.RELEASE):
            assert behind[:3] == (public_id, "image", DIALECT)
            assert msgspec.json.decode(each.request or "", type=GenerationRequest).count == 4
        else:
            assert behind == (None,) * 4
    assert (found[0].key, found[0].description) == ("by-hand:2", "by hand")
    assert (found[-1].key, found[-1].description) == (f"grant:{ann.account_id}", "test")


async def test_a_deleted_task_stays_in_the_books(kiln: Kiln) -> None:
    """What was paid is told after its result is gone."""
    ann, public_id = await busy(kiln)
    before = await page(kiln, ann)
    await kiln.execute("UPDATE task SET deleted_at = 5")
    assert await page(kiln, ann) == before
    assert before[1][4].task_id == public_id


@pytest.mark.parametrize(
    ("kinds", "total"),
    [
        ([EntryKind.ADJUST], 2),
        ([EntryKind.RESERVE, EntryKind.CONSUME, EntryKind.EXPIRE], 3),
        ([EntryKind.GRANT], 1),
        (list(EntryKind), 7),
        ([], 7),
    ],
)
async def test_kinds(kiln: Kiln, kinds: list[EntryKind], total: int) -> None:
    """Only those asked for, in the total too; none asked for means all."""
    ann, _ = await busy(kiln)
    told, found = await page(kiln, ann, *kinds)
    assert (told, len(found)) == (total, total)
    assert {each.kind for each in found} == set(kinds or EntryKind)


async def test_pages(kiln: Kiln) -> None:
    """Put together they are the whole, once each; the total is that of all of them, past the end too."""
    ann, bob = await kiln.account(credits=100), await kiln.account(credits=50)
    for _ in range(3):
        await kiln.bundle(ann, [quote()] * 4)
        await kiln.bundle(bob, [quote()] * 2)
    total, whole = await page(kiln, ann)
    assert (total, len(whole)) == (13, 13)
    pages = [await page(kiln, ann, limit=5, offset=start) for start in range(0, 20, 5)]
    assert [len(found) for _, found in pages] == [5, 5, 3, 0]
    assert {told for told, _ in pages} == {13}
    assert [each for _, found in pages for each in found] == whole
    reserved = [each.available_after for each in whole[:-1]]
    assert reserved == sorted(reserved)
    assert reserved[0] == 100 * MICRO - 12 * PRICE
    assert (await page(kiln, await kiln.account(credits=0))) == (0, [])
