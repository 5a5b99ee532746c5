"""Deleting: what is not finished is canceled and released, what is finished disappears with its files, and the books stay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from databases import fresh_postgres_database, fresh_sqlite
from fakes.kiln import DIALECT, PRICE, Kiln, quote, second_process
from fakes.providers import Answer, Scripted, deliver, hang
from sqlalchemy import func, select, text

from mediakiln.accounts.principals import Principal
from mediakiln.assets.outputs import StoredOutput, delete_expired
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import asset, task
from mediakiln.errors import NotFound
from mediakiln.generation import Kind
from mediakiln.providers.base import Accepted, Job, Running
from mediakiln.tasks import listing, removal, states
from mediakiln.tasks import pulse as pulses
from mediakiln.tasks.records import State
from mediakiln.tasks.snapshots import Snapshots

pytestmark = pytest.mark.usefixtures("hasty")


async def remove(kiln: Kiln, who: Principal, public_id: str, *, dialect: str = DIALECT, kind: Kind = Kind.IMAGE) -> bool:
    """Cancel or delete as an owner does: True when it was canceled."""
    async with writing(kiln.engine) as connection:
        return await removal.cancel_or_remove(connection, kiln.dispatcher, who.account_id, dialect, kind, public_id)


async def remove_all(kiln: Kiln, who: Principal, thread: str) -> list[str]:
    """Delete the tasks of a conversation."""
    async with writing(kiln.engine) as connection:
        return await removal.remove_conversation(connection, kiln.dispatcher, who.account_id, thread)


async def seen(kiln: Kiln, who: Principal, public_id: str) -> State | None:
    """What its owner sees of a task; None for a 404."""
    try:
        return (await Snapshots(kiln.engine).get(who.account_id, DIALECT, None, public_id)).state
    except NotFound:
        return None


async def sweep(kiln: Kiln) -> int:
    """The janitor's next round."""
    return await delete_expired(kiln.engine, kiln.blobs, now_ms())


def stored(kiln: Kiln) -> set[str]:
    """Of every file in the store, and of what was made of it, the token in its name."""
    return {path.name.partition("_")[0] for path in (kiln.settings.data / "blobs").rglob("*") if path.is_file()}


async def tokens(kiln: Kiln, *public_ids: str) -> set[str]:
    """The tokens of these tasks' results."""
    results = [msgspec.json.decode((await kiln.row(each))["result"]) for each in public_ids]
    return {Path(output["path"]).name.partition("_")[0] for result in results for output in result}


async def done(kiln: Kiln, who: Principal, **more: str) -> str:
    """The public id of a finished task of two pictures."""
    [made] = await kiln.bundle(who, [quote(count=2)], **more)
    await kiln.runner(Scripted())((await kiln.row(made.public_id))["id"])
    return made.public_id


@asynccontextmanager
async def beating(kiln: Kiln) -> AsyncIterator[None]:
    """The pulse, as a worker runs it."""
    stop = asyncio.Event()
    beat = asyncio.create_task(kiln.pulse.run(stop))
    try:
        yield
    finally:
        stop.set()
        await beat


async def test_a_queued_task_is_canceled(kiln: Kiln) -> None:
    """Its credits and its ticket go at once; its owner still sees it, and may then delete it."""
    ann = await kiln.account(credits=10)
    made = await kiln.submit(ann, quote(count=3))
    assert await remove(kiln, ann, made.public_id) is True
    row = await kiln.row(made.public_id)
    assert (row["state"], row["charged"], row["deleted_at"]) == ("canceled", 0, None)
    assert await kiln.movements(row["id"]) == {"reserve": 3 * PRICE, "release": 3 * PRICE}
    assert (await kiln.wallet(ann), await kiln.tickets()) == ((10_000_000, 0, 0), set())
    assert await seen(kiln, ann, made.public_id) is State.CANCELED
    assert await remove(kiln, ann, made.public_id) is False
    assert await seen(kiln, ann, made.public_id) is None


async def test_a_running_task_is_canceled(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """Released at once; the worker notices with its next beat, tells the upstream, and leaves no file."""
    monkeypatch.setattr(pulses, "EVERY", 0.02)
    ann = await kiln.account(credits=10)
    made = await kiln.submit(ann)
    task_id = (await kiln.row(made.public_id))["id"]
    upstream = Scripted(start=[Accepted("r1")], poll=[Running(0.5)])
    async with beating(kiln):
        work = asyncio.create_task(kiln.runner(upstream)(task_id))
        async with asyncio.timeout(10):
            while not upstream.polls:
                await asyncio.sleep(0.01)
            assert await remove(kiln, ann, made.public_id) is True
            assert await kiln.wallet(ann) == (10_000_000, 0, 0)
            assert await work is None
    assert upstream.cancels == {task_id: 1}
    assert await seen(kiln, ann, made.public_id) is State.CANCELED
    assert stored(kiln) == set()


async def test_a_finished_task_is_deleted(kiln: Kiln) -> None:
    """A 404 from now on, its files with the janitor's next round; what was paid stays paid, and the books stay."""
    ann = await kiln.account(credits=10)
    other, public_id = await done(kiln, ann), await done(kiln, ann)
    task_id = (await kiln.row(public_id))["id"]
    before = await kiln.movements(task_id)
    assert await remove(kiln, ann, public_id) is False
    assert await seen(kiln, ann, public_id) is None
    assert stored(kiln) == await tokens(kiln, other, public_id)
    assert await sweep(kiln) == 2
    assert stored(kiln) == await tokens(kiln, other)
    assert (await kiln.movements(task_id), await kiln.wallet(ann)) == (before, (10_000_000 - 4 * PRICE, 0, 0))
    assert (await kiln.row(task_id))["deleted_at"] <= now_ms()
    with pytest.raises(NotFound):
        await remove(kiln, ann, public_id)


async def test_failed_ones_are_deleted_too(kiln: Kiln) -> None:
    """A task without files is hidden all the same."""
    ann = await kiln.account()
    made = await kiln.submit(ann)
    await kiln.runner(Scripted(start=[deliver(0)]))((await kiln.row(made.public_id))["id"])
    assert await seen(kiln, ann, made.public_id) is State.FAILED
    assert await remove(kiln, ann, made.public_id) is False
    assert await seen(kiln, ann, made.public_id) is None


async def test_missing_foreign_and_wrong_kind_look_alike(kiln: Kiln) -> None:
    """Of whatever state; the same words, and nothing changes. Some ids PostgreSQL would not even be asked for."""
    ann, bob = await kiln.account(), await kiln.account()
    waiting, finished = (await kiln.submit(ann)).public_id, await done(kiln, ann)
    said = set()
    for public_id in (waiting, finished):
        for who, dialect, kind in ((bob, DIALECT, Kind.IMAGE), (ann, "vtrix", Kind.IMAGE), (ann, DIALECT, Kind.VIDEO)):
            with pytest.raises(NotFound) as missing:
                await remove(kiln, who, public_id, dialect=dialect, kind=kind)
            said.add(str(missing.value))
    for public_id in ("", "clxmissing", "clx\0", "clx\ud83d", "clxé", "x" * 5_000):
        with pytest.raises(NotFound) as missing:
            await remove(kiln, ann, public_id)
        said.add(str(missing.value))
    assert len(said) == 1
    assert [await seen(kiln, ann, each) for each in (waiting, finished)] == [State.QUEUED, State.SUCCEEDED]
    assert await sweep(kiln) == 0


async def test_a_conversation_with_tasks_in_every_state(kiln: Kiln) -> None:
    """Waiting and running ones are released, finished ones stay paid; none is seen, no file is left, no ticket waits. Other
    conversations, accounts and tasks of none keep all they have."""
    ann, bob = await kiln.account(credits=100), await kiln.account()
    thread, other = await kiln.conversation(ann), await kiln.conversation(ann)
    made = [each.public_id for each in await kiln.bundle(ann, [quote()] * 5, conversation_id=thread)]
    ids = [(await kiln.row(public_id))["id"] for public_id in made]
    held = await kiln.claim(ids[1])
    await kiln.runner(Scripted())(ids[2])
    await kiln.runner(Scripted(start=[deliver(0)]))(ids[3])
    await kiln.cancel(made[4])
    hidden = await done(kiln, ann, conversation_id=thread)
    await remove(kiln, ann, hidden)
    kept = [await done(kiln, ann, conversation_id=other), await done(kiln, ann), await done(kiln, bob)]
    [left] = await kiln.bundle(ann, [quote()], conversation_id=other)

    assert await remove_all(kiln, bob, thread) == []
    assert sorted(await remove_all(kiln, ann, thread)) == sorted(made)
    rows = [await kiln.row(public_id) for public_id in made]
    assert [row["state"] for row in rows] == ["canceled", "canceled", "succeeded", "failed", "canceled"]
    assert all(row["deleted_at"] for row in rows)
    assert [await seen(kiln, ann, public_id) for public_id in made] == [None] * 5
    async with writing(kiln.engine) as connection:
        assert not await states.succeed(connection, held, (), None), "the worker comes too late"
        assert await listing.of_conversation(connection, ann.account_id, thread) == []
    assert await sweep(kiln) == 3
    assert stored(kiln) == await tokens(kiln, *kept)
    assert [await seen(kiln, who, each) for who, each in zip((ann, ann, bob), kept, strict=True)] == [State.SUCCEEDED] * 3
    assert await kiln.tickets() - await finished(kiln) == {(await kiln.row(left.public_id))["id"]}
    assert await kiln.wallet(ann) == (100_000_000 - PRICE - 6 * PRICE - PRICE, PRICE, 1)
    assert await remove_all(kiln, ann, thread) == []


async def finished(kiln: Kiln) -> set[str]:
    """Tasks whose ticket is still there since no dispatcher ran them: the runner was called by hand."""
    async with reading(kiln.engine) as connection:
        query = select(task.c.id).where(task.c.state.in_([State.SUCCEEDED, State.FAILED]))
        return set(await connection.scalars(query))


async def race(kiln: Kiln, other: Kiln, ann: Principal, delay: float) -> tuple[str, bool | None]:
    """A worker of another process delivers while the owner deletes; answers the task's end and what the owner was told."""
    made = await kiln.submit(ann, quote(count=2))
    task_id = (await kiln.row(made.public_id))["id"]

    async def delete() -> bool:
        await asyncio.sleep(delay)
        return await remove(kiln, ann, made.public_id)

    _, told = await asyncio.gather(other.runner(Scripted())(task_id), delete())
    return (await kiln.row(task_id))["state"], told


async def test_races_with_a_task_that_finishes(kiln: Kiln, tmp_path: Path) -> None:
    """Whichever comes first, the money follows the state; told `canceled` it cost nothing, and what was delivered and deleted
    is neither seen nor left in the store."""
    ann = await kiln.account(credits=1_000)
    ends = []
    async with second_process(kiln.engine, tmp_path / "data") as other:
        for n in range(24):
            state, told = await race(kiln, other, ann, n * 0.003)
            assert (state, told) in {("canceled", True), ("succeeded", False)}
            ends.append(state)
    paid = 2 * PRICE * ends.count("succeeded")
    assert await kiln.wallet(ann) == (1_000_000_000 - paid, 0, 0)
    await sweep(kiln)
    assert stored(kiln) == set()


async def test_a_conversation_that_finishes_while_it_is_removed(kiln: Kiln, tmp_path: Path) -> None:
    """Its tasks end one by one while all of them are canceled: neither side waits for the other for ever (a task and the
    wallet are locked by both), every ending is settled once, and nothing is left in the store."""
    ann = await kiln.account(credits=10_000)
    async with second_process(kiln.engine, tmp_path / "data") as other:
        for n in range(10):
            thread = await kiln.conversation(ann)
            made = await kiln.bundle(ann, [quote()] * 8, conversation_id=thread)
            held = [await kiln.claim((await kiln.row(each.public_id))["id"]) for each in made]

            async def finish(number: int, held: object, kind: int) -> bool:
                await asyncio.sleep(0.002 * number)
                path = f"/uploads/{held.account_id}/images/2026/01/01/{held.id.replace('-', '')}_0.png"  # type: ignore[attr-defined]
                async with writing(other.engine) as connection:
                    return await states.succeed(connection, held, [StoredOutput(path, "image/png", 1, 16, 16)], None)  # type: ignore[arg-type]

            outcomes = await asyncio.gather(
                *(finish(8 - number, each, n) for number, each in enumerate(held)), remove_all(kiln, ann, thread)
            )
            rows = [await kiln.row(each.public_id) for each in made]
            assert [row["state"] == "succeeded" for row in rows] == outcomes[:-1]
            assert all(row["deleted_at"] for row in rows)
    async with reading(kiln.engine) as connection:
        left = select(func.count()).select_from(asset).where(asset.c.deleted_at.is_(None))
        assert await connection.scalar(left) == 0
    assert (await kiln.wallet(ann))[1:] == (0, 0)


async def test_a_worker_that_has_the_task_but_not_yet_the_wallet(kiln: Kiln) -> None:
    """The removal of a conversation whose last task is about to end waits for it with no hand on the wallet: holding both of
    them crosswise, one side would be thrown out."""
    if kiln.engine.dialect.name == "sqlite":
        pytest.skip("one writer at a time")
    ann = await kiln.account()
    thread = await kiln.conversation(ann)
    made = await kiln.bundle(ann, [quote()] * 3, conversation_id=thread)
    held = await kiln.claim((await kiln.row(made[-1].public_id))["id"])
    async with writing(kiln.engine) as connection:
        await connection.execute(text("SELECT 1 FROM task WHERE id = :id FOR UPDATE"), {"id": held.id})
        removing = asyncio.create_task(remove_all(kiln, ann, thread))
        await asyncio.sleep(0.2)
        assert await states.succeed(connection, held, (StoredOutput("/uploads/x.png", "image/png", 1, 16, 16),), None)
    assert len(await removing) == 3
    assert [(await kiln.row(each.public_id))["state"] for each in made] == ["canceled", "canceled", "succeeded"]
    assert await sweep(kiln) == 1


async def test_two_removals_at_once(kiln: Kiln, tmp_path: Path) -> None:
    """Of one conversation in two processes, and of its tasks one by one: each task is canceled and settled once."""
    ann = await kiln.account()
    async with second_process(kiln.engine, tmp_path / "other") as other:
        for _ in range(6):
            thread = await kiln.conversation(ann)
            made = await kiln.bundle(ann, [quote()] * 6, conversation_id=thread)
            first, second, *single = await asyncio.gather(
                remove_all(kiln, ann, thread),
                remove_all(other, ann, thread),
                *(remove(other, ann, each.public_id) for each in reversed(made)),
                return_exceptions=True,
            )
            assert not isinstance(first, BaseException)
            assert not isinstance(second, BaseException)
            assert sorted([*first, *second]) == sorted(each.public_id for each in made)
            assert {type(outcome) for outcome in single} <= {bool, NotFound}
    assert await kiln.wallet(ann) == (1_000_000_000, 0, 0)
    assert await kiln.tickets() == set()


async def test_a_worker_at_work_on_a_removed_conversation(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stops within a beat and keeps nothing."""
    monkeypatch.setattr(pulses, "EVERY", 0.02)
    ann = await kiln.account()
    thread = await kiln.conversation(ann)
    made = await kiln.bundle(ann, [quote()] * 3, conversation_id=thread)
    started = 0

    async def begin(job: Job) -> Answer:
        nonlocal started
        started += 1
        return await hang(job)

    runner = kiln.runner(Scripted(start=[begin]))
    async with beating(kiln), asyncio.timeout(10):
        work = [asyncio.create_task(runner((await kiln.row(each.public_id))["id"])) for each in made]
        while started < 3:
            await asyncio.sleep(0.01)
        await remove_all(kiln, ann, thread)
        assert await asyncio.gather(*work) == [None] * 3
    assert stored(kiln) == set()


MANY = 40_000
"""More than a statement may have parameters on either database."""
_COPIES = """
INSERT INTO task ({columns})
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {many})
SELECT {values} FROM task, n
"""


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_a_very_long_conversation(tmp_path: Path, database: str) -> None:
    """One that has grown for a year can be deleted like any other."""
    fresh = fresh_sqlite(tmp_path / "x.sqlite3") if database == "sqlite" else fresh_postgres_database()
    async with fresh as engine:
        kiln = Kiln(engine, tmp_path / "data")
        ann = await kiln.account()
        thread = await kiln.conversation(ann)
        [made] = await kiln.bundle(ann, [quote()], conversation_id=thread)
        await kiln.cancel(made.public_id)
        copied = {"id": "'t' || i", "public_id": "'p' || i"}
        names = [column.name for column in task.columns]
        values = [copied.get(name, name) for name in names]
        await kiln.execute(_COPIES.format(columns=", ".join(names), values=", ".join(values), many=MANY))
        assert len(await remove_all(kiln, ann, thread)) == MANY + 1
        assert await seen(kiln, ann, "p1") is None
