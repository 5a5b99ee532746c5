"""The heartbeat: progress only goes forward, and a loss is noticed within a beat."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack

import pytest
from fakes.kiln import Kiln
from sqlalchemy import event

from mediakiln.tasks import pulse as module
from mediakiln.tasks.pulse import Loss, Watched


async def working() -> None:
    """A piece of work without end."""
    await asyncio.Event().wait()


async def watched(kiln: Kiln) -> Watched:
    """A new task at work."""
    ann = await kiln.account()
    held = await kiln.claim(await kiln.submitted(ann))
    return Watched(held, asyncio.create_task(working()))


async def test_progress_never_goes_back(kiln: Kiln) -> None:
    """Neither within an attempt, nor in the row when a later attempt begins anew; only success makes it whole."""
    one = await watched(kiln)
    with kiln.pulse.watch(one):
        shown = []
        for told in (0.1, 0.5, 0.3, float("nan"), -1.0, 0.6, 5.0):
            one.report(told)
            await kiln.pulse.beat()
            shown.append((await kiln.row(one.held.id))["progress"])
    assert shown == [0.1, 0.5, 0.5, 0.5, 0.5, 0.6, 0.99]
    second = Watched(await kiln.claim(one.held.id), asyncio.create_task(working()))
    with kiln.pulse.watch(second):
        second.report(0.2)
        await kiln.pulse.beat()
    assert (await kiln.row(one.held.id))["progress"] == 0.99
    one.work.cancel()
    second.work.cancel()


async def test_reports_from_threads(kiln: Kiln) -> None:
    """A renderer reports from threads of its own."""
    one = await watched(kiln)
    with kiln.pulse.watch(one):
        await asyncio.gather(*(asyncio.to_thread(one.report, n / 100) for n in range(80)))
        await kiln.pulse.beat()
    assert (await kiln.row(one.held.id))["progress"] == 0.79
    one.work.cancel()


async def test_canceled_within_a_beat(kiln: Kiln) -> None:
    """A cancellation stops the work within EVERY seconds, and says why."""
    one = await watched(kiln)
    stop = asyncio.Event()
    beating = asyncio.create_task(kiln.pulse.run(stop))
    with kiln.pulse.watch(one):
        await asyncio.sleep(0.05)
        assert not one.work.done()
        await kiln.cancel(one.held.public_id)
        asked = time.monotonic()
        await asyncio.wait([one.work], timeout=3)
    assert one.work.cancelled()
    assert one.lost is Loss.OVER
    assert time.monotonic() - asked < module.EVERY + 0.3
    stop.set()
    await beating


async def test_canceled_once(kiln: Kiln) -> None:
    """Later beats do not cancel again: the work may be telling its upstream to stop, which takes as long as it takes."""
    one = await watched(kiln)
    told = asyncio.Event()

    async def parting() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)
            told.set()

    one.work.cancel()
    one.work = asyncio.create_task(parting())
    with kiln.pulse.watch(one):
        await asyncio.sleep(0)
        await kiln.cancel(one.held.public_id)
        for _ in range(3):
            await kiln.pulse.beat()
            await asyncio.sleep(0)
        await asyncio.wait([one.work], timeout=3)
    assert told.is_set()


async def test_taken_over(kiln: Kiln) -> None:
    """A task that another worker claimed is lost, and its row is that worker's to write."""
    one = await watched(kiln)
    with kiln.pulse.watch(one):
        one.report(0.7)
        await kiln.claim(one.held.id)
        await kiln.pulse.beat()
        await asyncio.wait([one.work], timeout=3)
    assert one.lost is Loss.TAKEN
    assert (await kiln.row(one.held.id))["progress"] == 0.0


async def test_one_loss_stops_no_other(kiln: Kiln) -> None:
    """Among many, exactly the lost ones stop."""
    many = [await watched(kiln) for _ in range(12)]
    for one in many[::3]:
        await kiln.cancel(one.held.public_id)
    with ExitStack() as stack:
        for one in many:
            stack.enter_context(kiln.pulse.watch(one))
        await kiln.pulse.beat()
    await asyncio.sleep(0.01)
    assert [one.work.cancelled() for one in many] == [n % 3 == 0 for n in range(12)]
    for one in many:
        one.work.cancel()


async def test_an_old_attempt_does_not_unwatch_the_new(kiln: Kiln) -> None:
    """The same process may work on a task again while its former attempt is still ending."""
    old = await watched(kiln)
    watching = kiln.pulse.watch(old)
    watching.__enter__()
    new = Watched(await kiln.claim(old.held.id), asyncio.create_task(working()))
    with kiln.pulse.watch(new):
        watching.__exit__(None, None, None)
        await kiln.cancel(new.held.public_id)
        await kiln.pulse.beat()
        await asyncio.sleep(0.01)
        assert new.lost is Loss.OVER
    old.work.cancel()


async def test_finishing_is_left_alone(kiln: Kiln) -> None:
    """What is finished by its own worker's last write is no loss."""
    one = await watched(kiln)
    with kiln.pulse.watch(one):
        one.finishing = True
        await kiln.cancel(one.held.public_id)
        await kiln.pulse.beat()
    assert one.lost is None
    one.work.cancel()


async def test_statements_do_not_grow_with_tasks(kiln: Kiln) -> None:
    """A beat reads once and writes once however many tasks are at work, and writes nothing when nothing moved."""
    many = [await watched(kiln) for _ in range(10)]
    statements: list[str] = []
    event.listen(
        kiln.engine.sync_engine, "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement.split()[0])
    )
    with ExitStack() as stack:
        for one in many:
            stack.enter_context(kiln.pulse.watch(one))
            one.report(0.5)
        await kiln.pulse.beat()
        await kiln.pulse.beat()
    assert [word for word in statements if word in ("SELECT", "UPDATE")] == ["SELECT", "UPDATE", "SELECT"]
    for one in many:
        one.work.cancel()


async def test_a_missed_beat_is_only_a_delay(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is away for a while neither ends the pulse nor the work."""
    monkeypatch.setattr(module, "EVERY", 0.02)
    one = await watched(kiln)
    stop = asyncio.Event()
    with kiln.pulse.watch(one):
        await kiln.execute("ALTER TABLE task RENAME TO task_away")
        beating = asyncio.create_task(kiln.pulse.run(stop))
        one.report(0.4)
        await asyncio.sleep(0.2)
        assert (beating.done(), one.work.done()) == (False, False)
        await kiln.execute("ALTER TABLE task_away RENAME TO task")
        async with asyncio.timeout(15):
            while (await kiln.row(one.held.id))["progress"] != 0.4:
                await asyncio.sleep(0.02)
    stop.set()
    await beating
    one.work.cancel()


async def test_a_silent_database_delays_a_beat(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """A beat that gets no answer is given up after PATIENCE: else no cancellation would ever be noticed again."""
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    monkeypatch.setattr(module, "EVERY", 0.01)
    beats: list[int] = []

    async def beat() -> None:
        beats.append(1)
        if len(beats) == 1:
            await asyncio.Event().wait()

    monkeypatch.setattr(kiln.pulse, "beat", beat)
    stop = asyncio.Event()
    beating = asyncio.create_task(kiln.pulse.run(stop))
    async with asyncio.timeout(15):
        while len(beats) < 2:
            await asyncio.sleep(0.01)
    stop.set()
    await beating
