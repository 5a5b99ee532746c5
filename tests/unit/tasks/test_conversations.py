"""Conversations: threads of an account's own, and what their tasks come to."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from types import NoneType
from typing import Any

import pytest
from fakes.kiln import PRICE, Kiln, quote
from fakes.providers import Scripted, deliver
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.accounts.principals import Principal
from mediakiln.database.engine import reading, writing
from mediakiln.errors import InvalidRequest, NotFound
from mediakiln.tasks import conversations
from mediakiln.tasks.conversations import TITLE_MAX, Status, Summary

SHOWN = (Status.ACTIVE, Status.COMPLETED, Status.ARCHIVED)
STRANGE = ("", "ds_missing", "ds_\0", "ds_\ud83d", "ds_é", "x" * 5_000)
"""Ids that nobody has; PostgreSQL would not even be asked for some of them."""


async def remove(kiln: Kiln, ann: Principal, thread: str, *, permanent: bool = False) -> None:
    async with writing(kiln.engine) as connection:
        await conversations.remove(connection, ann.account_id, thread, permanent=permanent)


async def page(kiln: Kiln, ann: Principal, *statuses: Status, limit: int = 100, offset: int = 0) -> list[str]:
    """The ids on a page."""
    async with reading(kiln.engine) as connection:
        found = await conversations.page(connection, ann.account_id, statuses or SHOWN, limit=limit, offset=offset)
    return [each.id for each in found]


async def test_create_and_find(kiln: Kiln) -> None:
    """What was made is what is found: an id of its own, the title without blanks around it, active."""
    ann = await kiln.account()
    async with writing(kiln.engine) as connection:
        made = [await conversations.create(connection, ann.account_id, "  Katzen \n") for _ in range(2)]
    assert len({each.id for each in made}) == 2
    assert made[0].id.startswith("ds_")
    assert (made[0].title, made[0].status, made[0].updated_at) == ("Katzen", Status.ACTIVE, made[0].created_at)
    async with reading(kiln.engine) as connection:
        assert await conversations.find(connection, ann.account_id, made[0].id) == made[0]


@pytest.mark.parametrize("title", ["x" * TITLE_MAX, " " + "窯" * TITLE_MAX + " ", "🐈" * TITLE_MAX, ""])
async def test_titles(kiln: Kiln, title: str) -> None:
    """Up to 200 characters of any script; blanks around them do not count. Kept as given, on both databases."""
    ann = await kiln.account()
    async with writing(kiln.engine) as connection:
        made = await conversations.create(connection, ann.account_id, title)
        renamed = await conversations.rename(connection, ann.account_id, made.id, title)
    assert (made.title, renamed.title) == (title.strip(), title.strip())


@pytest.mark.parametrize("title", ["x" * (TITLE_MAX + 1), "窯" * (TITLE_MAX + 1), "a\0b"])
async def test_titles_that_are_refused(kiln: Kiln, title: str) -> None:
    """Too long, or no text: an error that names the field, and nothing is made or changed."""
    ann = await kiln.account()
    thread = await kiln.conversation(ann, "before")
    async with writing(kiln.engine) as connection:
        with pytest.raises(InvalidRequest) as refused:
            await conversations.create(connection, ann.account_id, title)
        assert refused.value.field == "title"
        assert str(len(title)) in str(refused.value)
        with pytest.raises(InvalidRequest):
            await conversations.rename(connection, ann.account_id, thread, title)
    async with reading(kiln.engine) as connection:
        assert (await conversations.find(connection, ann.account_id, thread)).title == "before"
    assert await page(kiln, ann) == [thread]


async def test_rename(kiln: Kiln) -> None:
    """Another title, and when; the rest stays, others' too."""
    ann = await kiln.account()
    thread, other = await kiln.conversation(ann, "one"), await kiln.conversation(ann, "two")
    await kiln.execute("UPDATE conversation SET created_at = 5, updated_at = 5")
    async with writing(kiln.engine) as connection:
        renamed = await conversations.rename(connection, ann.account_id, thread, "three")
    assert (renamed.id, renamed.title, renamed.status, renamed.created_at) == (thread, "three", Status.ACTIVE, 5)
    assert renamed.updated_at > 5
    async with reading(kiln.engine) as connection:
        assert await conversations.find(connection, ann.account_id, thread) == renamed
        assert (await conversations.find(connection, ann.account_id, other)).title == "two"


Use = Callable[[AsyncConnection, str, str], Awaitable[Any]]
USES: dict[str, Use] = {
    "find": conversations.find,
    "rename": lambda connection, account_id, thread: conversations.rename(connection, account_id, thread, "mine now"),
    "hide": lambda connection, account_id, thread: conversations.remove(connection, account_id, thread, permanent=False),
    "forget": lambda connection, account_id, thread: conversations.remove(connection, account_id, thread, permanent=True),
}


@pytest.mark.parametrize("use", USES)
async def test_foreign_and_missing_look_alike(kiln: Kiln, use: str) -> None:
    """The same error in the same words (but for the id), and another's conversation is untouched."""
    ann, bob = await kiln.account(), await kiln.account()
    thread = await kiln.conversation(ann)
    said = set()
    for name in (thread, *STRANGE):
        async with writing(kiln.engine) as connection:
            with pytest.raises(NotFound) as missing:
                await USES[use](connection, bob.account_id, name)
        said.add(str(missing.value).replace(name[:64], "") if name else str(missing.value))
    assert said == {'No session ""'}
    async with reading(kiln.engine) as connection:
        found = await conversations.find(connection, ann.account_id, thread)
    assert (found.title, found.status) == ("A talk", Status.ACTIVE)


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("permanent", [False, True])
async def test_what_is_removed_is_gone(kiln: Kiln, use: str, *, permanent: bool) -> None:
    """For its owner too; but a hidden one may still be forgotten."""
    ann = await kiln.account()
    thread, kept = await kiln.conversation(ann), await kiln.conversation(ann)
    await remove(kiln, ann, thread, permanent=permanent)
    assert await page(kiln, ann, *SHOWN) == [kept]
    async with writing(kiln.engine) as connection:
        if use == "forget" and not permanent:
            await USES[use](connection, ann.account_id, thread)
        else:
            with pytest.raises(NotFound):
                await USES[use](connection, ann.account_id, thread)
    assert await page(kiln, ann, Status.DELETED) == ([thread] if not permanent and use != "forget" else [])


async def test_one_removal_of_many(kiln: Kiln) -> None:
    """Several at the same moment: one removes it, the others are told that it is gone."""
    ann = await kiln.account()
    for permanent in (False, True):
        thread = await kiln.conversation(ann)
        outcomes = await asyncio.gather(
            *(remove(kiln, ann, thread, permanent=permanent) for _ in range(5)), return_exceptions=True
        )
        assert Counter(type(outcome) for outcome in outcomes) == {NoneType: 1, NotFound: 4}


async def test_pages(kiln: Kiln) -> None:
    """Newest first, of one account, of the statuses asked for; those of one moment stand in one order on every page."""
    ann, bob = await kiln.account(), await kiln.account()
    ids = [await kiln.conversation(ann, f"n{n}") for n in range(12)]
    await kiln.conversation(bob)
    for n, thread in enumerate(ids):
        status = "archived" if n in (3, 7) else "active"
        await kiln.execute(
            "UPDATE conversation SET created_at = :at, status = :status WHERE id = :id", at=n // 5, status=status, id=thread
        )
    whole = await page(kiln, ann)
    assert sorted(whole) == sorted(ids)
    assert [ids.index(thread) // 5 for thread in whole] == [2, 2, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0]
    assert [each for start in range(0, 14, 2) for each in await page(kiln, ann, limit=2, offset=start)] == whole
    assert await page(kiln, ann, limit=5, offset=12) == []
    assert await page(kiln, ann, Status.ARCHIVED) == [ids[7], ids[3]]
    assert await page(kiln, ann, Status.COMPLETED) == []
    assert set(await page(kiln, ann, Status.ACTIVE, Status.ARCHIVED, limit=3)) == set(whole[:3])


async def test_hold(kiln: Kiln) -> None:
    """The owners of those that are there; neither hidden nor missing ones."""
    ann, bob = await kiln.account(), await kiln.account()
    mine, his, hidden = await kiln.conversation(ann), await kiln.conversation(bob), await kiln.conversation(ann)
    await remove(kiln, ann, hidden)
    async with writing(kiln.engine) as connection:
        held = await conversations.hold(connection, [mine, his, hidden, "ds_missing"])
    assert held == {mine: ann.account_id, his: bob.account_id}


async def test_a_held_one_is_not_removed_meanwhile(kiln: Kiln) -> None:
    """A removal waits for the transaction that holds it; another holder does not."""
    ann = await kiln.account()
    thread = await kiln.conversation(ann)
    order = []

    async def removal() -> None:
        await remove(kiln, ann, thread, permanent=True)
        order.append("removed")

    async with writing(kiln.engine) as connection:
        assert await conversations.hold(connection, [thread])
        removing = asyncio.create_task(removal())
        if kiln.engine.dialect.name == "postgresql":
            async with asyncio.timeout(15), writing(kiln.engine) as another:
                assert await conversations.hold(another, [thread])
        await asyncio.sleep(0.1)
        order.append("let go")
    await removing
    assert order == ["let go", "removed"]


async def test_summaries(kiln: Kiln) -> None:
    """How many tasks, what was paid, when the last one began, and the newest finished picture; deleted tasks do not count."""
    ann = await kiln.account()
    busy, quiet, waiting, gone = [await kiln.conversation(ann) for _ in range(4)]
    made = await kiln.bundle(ann, [quote(count=2), quote(), quote(), quote(model="veo-3.1"), quote()], conversation_id=busy)
    ids = [(await kiln.row(each.public_id))["id"] for each in made]
    await kiln.runner(Scripted(start=[deliver(2)]))(ids[0])
    await kiln.runner(Scripted(start=[deliver(1)]))(ids[1])
    await kiln.cancel(made[2].public_id)
    video = '[{"path":"/uploads/v.mp4","media_type":"video/mp4","size":1,"width":2,"height":2,"duration":5.0}]'
    await kiln.execute("UPDATE task SET result = :video WHERE id = :id", video=video, id=ids[3])
    [open_one] = await kiln.bundle(ann, [quote()], conversation_id=waiting)
    [hidden] = await kiln.bundle(ann, [quote()], conversation_id=gone)
    await kiln.cancel(hidden.public_id)
    await kiln.execute("UPDATE task SET deleted_at = 1 WHERE public_id = :id", id=hidden.public_id)
    async with reading(kiln.engine) as connection:
        found = await conversations.summaries(connection, [busy, quiet, waiting, gone, "ds_missing"])
        assert await conversations.summaries(connection, []) == {}
    preview = (await kiln.row(ids[1]))["result"].split('"path":"')[1].split('"')[0]
    assert found == {
        busy: Summary(5, 3 * PRICE, max([(await kiln.row(task_id))["created_at"] for task_id in ids]), preview),
        waiting: Summary(1, 0, open_one.created_at, None),
    }
    assert isinstance(found[busy].charged, int)
