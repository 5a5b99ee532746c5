"""Lists of tasks: of one dialect and kind, of a conversation, of what was made from another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fakes.kiln import DIALECT, Kiln, quote
from fakes.providers import Scripted

from mediakiln.accounts.principals import Principal
from mediakiln.database.engine import reading
from mediakiln.generation import Kind
from mediakiln.tasks import listing
from mediakiln.tasks.records import State, TaskSnapshot
from mediakiln.tasks.snapshots import Snapshots


async def made(kiln: Kiln, who: Principal, number: int = 1, *, video: bool = False, **more: Any) -> list[str]:
    """Public ids of new tasks, in the order of their making."""
    asked = quote(model="veo-3.1") if video else quote()
    return [each.public_id for each in await kiln.bundle(who, [asked] * number, **more)]


async def page(
    kiln: Kiln, who: Principal, kind: Kind = Kind.IMAGE, limit: int = 100, offset: int = 0, **more: Any
) -> tuple[int, list[str]]:
    """(total, public ids) of a page."""
    dialect = more.pop("dialect", DIALECT)
    async with reading(kiln.engine) as connection:
        total, found = await listing.page(connection, who.account_id, dialect, kind, limit=limit, offset=offset, **more)
    return total, names(found)


def names(found: Sequence[TaskSnapshot]) -> list[str]:
    return [each.public_id for each in found]


async def snapshot(kiln: Kiln, who: Principal, public_id: str) -> TaskSnapshot:
    return await Snapshots(kiln.engine).get(who.account_id, DIALECT, None, public_id)


async def test_pages(kiln: Kiln) -> None:
    """Newest first; the total is that of all pages. Other accounts, dialects, kinds and deleted tasks are not among them."""
    ann, bob = await kiln.account(), await kiln.account()
    mine = await made(kiln, ann, 7)
    await made(kiln, bob, 2)
    [foreign] = await made(kiln, ann, dialect="vtrix")
    videos = await made(kiln, ann, 2, video=True)
    await kiln.execute("UPDATE task SET deleted_at = 5 WHERE public_id = :id", id=mine[2])
    shown = [each for each in reversed(mine) if each != mine[2]]
    assert await page(kiln, ann) == (6, shown)
    assert [await page(kiln, ann, limit=4, offset=start) for start in (0, 4, 8)] == [(6, shown[:4]), (6, shown[4:]), (6, [])]
    assert await page(kiln, ann, Kind.VIDEO) == (2, videos[::-1])
    assert await page(kiln, ann, dialect="vtrix") == (1, [foreign])
    assert await page(kiln, await kiln.account()) == (0, [])


async def test_pages_by_state(kiln: Kiln) -> None:
    """Only the states asked for, in the total too; a snapshot tells all that a status read does."""
    ann = await kiln.account()
    waiting, running, done, canceled = await made(kiln, ann, 4)
    await kiln.claim((await kiln.row(running))["id"])
    await kiln.runner(Scripted())((await kiln.row(done))["id"])
    await kiln.cancel(canceled)
    assert await page(kiln, ann, states=[State.QUEUED]) == (1, [waiting])
    assert await page(kiln, ann, states=[State.QUEUED, State.RUNNING]) == (2, [running, waiting])
    assert await page(kiln, ann, states=[State.SUCCEEDED, State.CANCELED], limit=1) == (2, [canceled])
    assert await page(kiln, ann, states=[State.FAILED]) == (0, [])
    assert (await page(kiln, ann, states=[]))[0] == 4, "none: in any"
    async with reading(kiln.engine) as connection:
        _, found = await listing.page(
            connection, ann.account_id, DIALECT, Kind.IMAGE, states=[State.SUCCEEDED], limit=9, offset=0
        )
    assert found == [await snapshot(kiln, ann, done)]
    assert len(found[0].outputs) == 1


async def test_a_conversation(kiln: Kiln) -> None:
    """Oldest first, pictures and videos, for its owner alone, without what was deleted."""
    ann, bob = await kiln.account(), await kiln.account()
    thread, other = await kiln.conversation(ann), await kiln.conversation(ann)
    mine = [*await made(kiln, ann, 3, conversation_id=thread), *await made(kiln, ann, video=True, conversation_id=thread)]
    await made(kiln, ann, conversation_id=other)
    await made(kiln, ann)
    await kiln.execute("UPDATE task SET deleted_at = 5 WHERE public_id = :id", id=mine[1])
    async with reading(kiln.engine) as connection:
        found = await listing.of_conversation(connection, ann.account_id, thread)
        assert names(found) == [mine[0], mine[2], mine[3]]
        assert {each.conversation_id for each in found} == {thread}
        assert await listing.of_conversation(connection, bob.account_id, thread) == []


async def test_children(kiln: Kiln) -> None:
    """What starts from a task's result, in its own conversation and of its own account, oldest first."""
    ann, bob = await kiln.account(), await kiln.account()
    thread, other, foreign = await kiln.conversation(ann), await kiln.conversation(ann), await kiln.conversation(bob)
    parent, sibling = await made(kiln, ann, 2, conversation_id=thread)
    children = await made(kiln, ann, 3, video=True, conversation_id=thread, parent_id=parent)
    await made(kiln, ann, conversation_id=thread, parent_id=sibling)
    await made(kiln, ann, conversation_id=other, parent_id=parent)
    await made(kiln, bob, conversation_id=foreign, parent_id=parent)
    await kiln.execute("UPDATE task SET deleted_at = 5 WHERE public_id = :id", id=children[1])
    async with reading(kiln.engine) as connection:
        found = await listing.children(connection, [await snapshot(kiln, ann, parent)])
        assert names(found) == [children[0], children[2]]
        assert await listing.children(connection, [await snapshot(kiln, ann, children[0])]) == []


async def test_children_outside_conversations(kiln: Kiln) -> None:
    """A parent without a conversation has the children without one."""
    ann = await kiln.account()
    thread = await kiln.conversation(ann)
    [parent] = await made(kiln, ann)
    [child] = await made(kiln, ann, parent_id=parent)
    await made(kiln, ann, parent_id=parent, conversation_id=thread)
    async with reading(kiln.engine) as connection:
        assert names(await listing.children(connection, [await snapshot(kiln, ann, parent)])) == [child]


async def test_place(kiln: Kiln) -> None:
    """Counted from 1 within a conversation, each kind by itself; deleted tasks leave no gap, others' tasks do not count."""
    ann, bob = await kiln.account(), await kiln.account()
    thread = await kiln.conversation(ann)
    await made(kiln, bob, 3)
    pictures, [video] = (
        await made(kiln, ann, 4, conversation_id=thread),
        await made(kiln, ann, video=True, conversation_id=thread),
    )
    loose = await made(kiln, ann, 2)

    async def places(ids: Sequence[str]) -> list[int]:
        async with reading(kiln.engine) as connection:
            return [await listing.place(connection, await snapshot(kiln, ann, public_id)) for public_id in ids]

    assert await places(pictures) == [1, 2, 3, 4]
    assert await places([video]) == [1]
    assert await places(loose) == [1, 2]
    await kiln.execute("UPDATE task SET deleted_at = 5 WHERE public_id = :id", id=pictures[0])
    assert await places(pictures[1:]) == [1, 2, 3]
