"""Status reads: fresh, shared, for the owner alone, and never a write."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fakes.kiln import DIALECT, PRICE, Kiln, quote
from fakes.providers import Scripted, deliver
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.database.engine import reading
from mediakiln.errors import NotFound
from mediakiln.generation import Kind
from mediakiln.tasks import snapshots as module
from mediakiln.tasks.records import State
from mediakiln.tasks.snapshots import Snapshots


@asynccontextmanager
async def counted(engine: AsyncEngine) -> AsyncIterator[list[str]]:
    """Every statement that reaches the database inside the block."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            statements.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)


async def finish(kiln: Kiln, public_id: str) -> None:
    await kiln.runner(Scripted(start=[deliver(2)]))((await kiln.row(public_id))["id"])


async def test_what_a_snapshot_tells(kiln: Kiln) -> None:
    """From the queue to the end: state, price, files and charge."""
    ann = await kiln.account()
    task = await kiln.submit(ann, quote(count=3))
    waiting = await Snapshots(kiln.engine).get(ann.account_id, DIALECT, Kind.IMAGE, task.public_id)
    assert (waiting.state, waiting.progress, waiting.charged, waiting.outputs, waiting.asked) == (State.QUEUED, 0.0, None, (), 3)
    await finish(kiln, task.public_id)
    done = await Snapshots(kiln.engine).get(ann.account_id, DIALECT, None, task.public_id)
    assert (done.state, done.progress, done.charged, len(done.outputs)) == (State.SUCCEEDED, 1.0, 2 * PRICE, 2)
    assert done.created_at <= (done.started_at or 0) <= (done.finished_at or 0)


async def test_missing_foreign_and_wrong_kind_look_alike(kiln: Kiln) -> None:
    """Whether cached or not, all ways of having no such task raise the same error with the same words."""
    ann, bob = await kiln.account(), await kiln.account()
    task, deleted = [(await kiln.submit(ann)).public_id for _ in range(2)]
    await kiln.execute("UPDATE task SET deleted_at = 5 WHERE public_id = :id", id=deleted)
    snapshots = Snapshots(kiln.engine)
    said = set()
    for _ in range(2):
        for account_id, dialect, kind, public_id in (
            (ann.account_id, DIALECT, Kind.IMAGE, "clxmissing"),
            (ann.account_id, DIALECT, Kind.IMAGE, "clx\0"),
            (ann.account_id, DIALECT, Kind.IMAGE, deleted),
            (bob.account_id, DIALECT, Kind.IMAGE, task),
            (ann.account_id, DIALECT, Kind.VIDEO, task),
            (ann.account_id, "vtrix", Kind.IMAGE, task),
        ):
            with pytest.raises(NotFound) as missing:
                await snapshots.get(account_id, dialect, kind, public_id)
            said.add(str(missing.value))
        await snapshots.get(ann.account_id, DIALECT, Kind.IMAGE, task)
    assert len(said) == 1


async def test_fresh_within_a_quarter_second(kiln: Kiln) -> None:
    """An unfinished task is served from memory for at most 250 ms, and every change shows after that."""
    ann = await kiln.account()
    task = await kiln.submit(ann)
    snapshots = Snapshots(kiln.engine)

    async def state() -> State:
        return (await snapshots.get(ann.account_id, DIALECT, Kind.IMAGE, task.public_id)).state

    assert await state() is State.QUEUED
    await kiln.claim((await kiln.row(task.public_id))["id"])
    changed = time.monotonic()
    async with counted(kiln.engine) as statements:
        while await state() is State.QUEUED:
            await asyncio.sleep(0.005)
            assert time.monotonic() - changed < module.FRESH + 0.1
    assert len(statements) == 1


async def test_age_counts_from_the_look(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow database makes snapshots no older: what it said is as old as the question."""
    ann = await kiln.account()
    task = await kiln.submit(ann)
    snapshots = Snapshots(kiln.engine)
    decode = module.snapshot_from

    def slowly(row: object) -> object:
        time.sleep(module.FRESH + 0.01)
        return decode(row)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "snapshot_from", slowly)
    await snapshots.get(ann.account_id, DIALECT, Kind.IMAGE, task.public_id)
    monkeypatch.undo()
    await kiln.cancel(task.public_id)
    assert (await snapshots.get(ann.account_id, DIALECT, Kind.IMAGE, task.public_id)).state is State.CANCELED


async def test_single_flight(kiln: Kiln) -> None:
    """A thousand callers at the same moment cost one query, and one that hangs up takes nobody with it."""
    ann = await kiln.account()
    task = await kiln.submit(ann)
    snapshots = Snapshots(kiln.engine)
    async with counted(kiln.engine) as statements:
        callers = [asyncio.create_task(snapshots.get(ann.account_id, DIALECT, Kind.IMAGE, task.public_id)) for _ in range(1_000)]
        await asyncio.sleep(0)
        callers[0].cancel()
        answers = await asyncio.gather(*callers, return_exceptions=True)
    assert len(statements) == 1
    assert isinstance(answers[0], asyncio.CancelledError)
    assert {answer.public_id for answer in answers[1:]} == {task.public_id}  # type: ignore[union-attr]


async def test_finished_tasks_stay_in_memory(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """A finished task is read once in SETTLED seconds, twelve times as seldom as an unfinished one; memory is bounded."""
    ann = await kiln.account()
    ids = [(await kiln.submit(ann)).public_id for _ in range(3)]
    for public_id in ids:
        await finish(kiln, public_id)
    monkeypatch.setattr(module, "KEPT", 2)
    snapshots = Snapshots(kiln.engine)
    for public_id in ids:
        await snapshots.get(ann.account_id, DIALECT, Kind.IMAGE, public_id)
    await asyncio.sleep(module.FRESH * 1.2)
    async with counted(kiln.engine) as statements:
        for public_id in ids[1:] * 20:
            await snapshots.get(ann.account_id, DIALECT, Kind.IMAGE, public_id)
        assert statements == []
        await snapshots.get(ann.account_id, DIALECT, Kind.IMAGE, ids[0])
        assert len(statements) == 1


async def test_a_deletion_shows_in_time(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that was not told of it (another one deleted the task) shows a finished task for SETTLED seconds at most."""
    monkeypatch.setattr(module, "SETTLED", 0.4)
    ann = await kiln.account()
    task = (await kiln.submit(ann)).public_id
    await finish(kiln, task)
    snapshots = Snapshots(kiln.engine)
    await snapshots.get(ann.account_id, DIALECT, None, task)
    await kiln.execute("UPDATE task SET deleted_at = 5")
    await snapshots.get(ann.account_id, DIALECT, None, task)
    await asyncio.sleep(0.41)
    with pytest.raises(NotFound):
        await snapshots.get(ann.account_id, DIALECT, None, task)


async def test_the_process_that_deleted_shows_it_at_once(kiln: Kiln) -> None:
    """What was canceled or deleted here, and `forget`, is asked for anew; others stay in memory, and forgetting what is not
    there does no harm."""
    ann = await kiln.account()
    canceled, deleted, other = [(await kiln.submit(ann)).public_id for _ in range(3)]
    await finish(kiln, deleted)
    await finish(kiln, other)
    snapshots = Snapshots(kiln.engine)
    for task in (canceled, deleted, other):
        await snapshots.get(ann.account_id, DIALECT, None, task)
    await kiln.cancel(canceled)
    await kiln.execute("UPDATE task SET deleted_at = 5 WHERE public_id = :id", id=deleted)
    for task in (canceled, deleted, "clxmissing"):
        snapshots.forget(task)
    assert (await snapshots.get(ann.account_id, DIALECT, None, canceled)).state is State.CANCELED
    with pytest.raises(NotFound):
        await snapshots.get(ann.account_id, DIALECT, None, deleted)
    async with counted(kiln.engine) as statements:
        await snapshots.get(ann.account_id, DIALECT, None, other)
    assert statements == []


async def test_a_poll_under_way_does_not_bring_back_what_was_deleted(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query that saw the task before it was deleted ends after `forget`: its own caller is told the old news, the next one
    is not."""
    ann = await kiln.account()
    task = (await kiln.submit(ann)).public_id
    await finish(kiln, task)
    snapshots = Snapshots(kiln.engine)
    read, go_on = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def slowly(engine: AsyncEngine) -> AsyncIterator[object]:
        async with reading(engine) as connection:
            yield connection
        read.set()
        await go_on.wait()

    monkeypatch.setattr(module, "reading", slowly)
    polling = asyncio.create_task(snapshots.get(ann.account_id, DIALECT, None, task))
    await read.wait()
    monkeypatch.undo()
    await kiln.execute("UPDATE task SET deleted_at = 5")
    snapshots.forget(task)
    with pytest.raises(NotFound):
        await asyncio.wait_for(snapshots.get(ann.account_id, DIALECT, None, task), 5)
    go_on.set()
    assert (await polling).public_id == task
    with pytest.raises(NotFound):
        await snapshots.get(ann.account_id, DIALECT, None, task)


async def test_unknown_ids_are_not_kept(kiln: Kiln) -> None:
    """Guessing ids fills no memory, and a task that is made later is found at once."""
    ann = await kiln.account()
    snapshots = Snapshots(kiln.engine)
    with pytest.raises(NotFound):
        await snapshots.get(ann.account_id, DIALECT, None, "clxguess")
    task = await kiln.submit(ann)
    await kiln.execute("UPDATE task SET public_id = 'clxguess' WHERE public_id = :id", id=task.public_id)
    assert (await snapshots.get(ann.account_id, DIALECT, None, "clxguess")).state is State.QUEUED


async def test_a_failed_read_is_not_remembered(kiln: Kiln) -> None:
    """When the database is away the caller is told, and the next one asks again."""
    ann = await kiln.account()
    task = await kiln.submit(ann)
    snapshots = Snapshots(kiln.engine)
    await kiln.execute("ALTER TABLE task RENAME TO task_away")
    try:
        with pytest.raises(Exception, match="task"):
            await snapshots.get(ann.account_id, DIALECT, None, task.public_id)
    finally:
        await kiln.execute("ALTER TABLE task_away RENAME TO task")
    assert (await snapshots.get(ann.account_id, DIALECT, None, task.public_id)).public_id == task.public_id


async def test_reads_never_write(kiln: Kiln) -> None:
    """The database's own counters: reading queued, running and finished tasks changes no row and takes no write lock."""
    ann = await kiln.account()
    tasks = [(await kiln.submit(ann)).public_id for _ in range(3)]
    await kiln.claim((await kiln.row(tasks[1]))["id"])
    await finish(kiln, tasks[2])
    before = [dict(await kiln.row(task)) for task in tasks]
    async with forbidding_writes(kiln.engine):
        for task in tasks:
            await Snapshots(kiln.engine).get(ann.account_id, DIALECT, None, task)
    assert [dict(await kiln.row(task)) for task in tasks] == before


@asynccontextmanager
async def forbidding_writes(engine: AsyncEngine) -> AsyncIterator[None]:
    """On SQLite another connection holds the write lock meanwhile; on PostgreSQL every transaction is read-only."""
    if engine.dialect.name == "sqlite":
        async with engine.begin():
            yield
        return

    def read_only(connection: object) -> None:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")  # type: ignore[attr-defined]

    event.listen(engine.sync_engine, "begin", read_only)
    try:
        with pytest.raises(Exception, match="read-only"):
            async with engine.begin() as connection:
                await connection.execute(text("DELETE FROM task"))
        yield
    finally:
        event.remove(engine.sync_engine, "begin", read_only)
