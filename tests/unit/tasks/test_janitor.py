"""What happens although nobody asks: deadlines without a worker, and scratch of the dead."""

from __future__ import annotations

import asyncio
import os
import time

import pytest
from fakes.kiln import Kiln

from mediakiln.database.ids import now_ms
from mediakiln.tasks import janitor as module
from mediakiln.tasks import states


async def overdue(kiln: Kiln, *ids: str, by: int = 60_000) -> None:
    for task_id in ids:
        await kiln.execute("UPDATE task SET deadline = :past WHERE id = :id", past=now_ms() - by, id=task_id)


async def test_overdue_tasks_fail_without_a_worker(kiln: Kiln) -> None:
    """Queued and running alike: failed, released, ticket withdrawn; tasks in time and finished ones are left alone."""
    ann = await kiln.account(credits=100)
    queued, running, in_time, done = [await kiln.submitted(ann) for _ in range(4)]
    await kiln.claim(running)
    await kiln.cancel((await kiln.row(done))["public_id"])
    await overdue(kiln, queued, running, done)
    assert await kiln.janitor.fail_overdue() == 2
    for task_id in (queued, running):
        row = await kiln.row(task_id)
        assert (row["state"], row["charged"], "deadline_exceeded" in row["error"]) == ("failed", 0, True)
    assert (await kiln.row(done))["state"] == "canceled"
    assert await kiln.tickets() == {in_time}
    assert await kiln.wallet(ann) == (98_000_000, 2_000_000, 1)
    assert await kiln.janitor.fail_overdue() == 0


async def test_the_worker_comes_first(kiln: Kiln) -> None:
    """For GRACE after the deadline a task is left to its worker, which also tells the upstream."""
    task_id = await kiln.submitted(await kiln.account())
    await overdue(kiln, task_id, by=module.GRACE - 2_000)
    assert await kiln.janitor.fail_overdue() == 0


async def test_several_janitors(kiln: Kiln) -> None:
    """Several at once fail each task once."""
    ann = await kiln.account()
    ids = [await kiln.submitted(ann) for _ in range(10)]
    await overdue(kiln, *ids)
    assert sum(await asyncio.gather(*(kiln.janitor.fail_overdue() for _ in range(4)))) == 10
    assert (await kiln.wallet(ann))[1:] == (0, 0)


async def test_more_overdue_than_one_look_sees(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round goes on until nothing is overdue: after a long outage the queue does not drain at 40 tasks a second."""
    monkeypatch.setattr(module, "AT_ONCE", 3)
    ann = await kiln.account()
    ids = [await kiln.submitted(ann) for _ in range(10)]
    await overdue(kiln, *ids)
    assert await kiln.janitor.fail_overdue() == 10


async def test_one_bad_task_blocks_no_other(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that cannot be failed is told in the log; the others are failed all the same."""
    monkeypatch.setattr(module, "AT_ONCE", 2)
    ann = await kiln.account()
    ids = [await kiln.submitted(ann) for _ in range(5)]
    await overdue(kiln, *ids)
    fail = states.fail

    async def picky(connection: object, held: object, *args: object, **kwargs: object) -> bool:
        if held.id == ids[0]:  # type: ignore[attr-defined]
            raise ValueError("beyond repair")
        return await fail(connection, held, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(states, "fail", picky)
    assert await kiln.janitor.fail_overdue() == 4
    assert await kiln.tickets() == {ids[0]}


async def test_run_sweeps_until_stopped(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop fails what becomes overdue, removes scratch a day old, and ends at once when told to."""
    monkeypatch.setattr(module, "EVERY", 0.05)
    old, new = kiln.scratch / "dead.1", kiln.scratch / "alive.1"
    for folder in (old, new):
        (folder / "input0").mkdir(parents=True)
    os.utime(old, (time.time() - module.SCRATCH_AGE - 60,) * 2)
    task_id = await kiln.submitted(await kiln.account())
    stop = asyncio.Event()
    running = asyncio.create_task(kiln.janitor.run(stop))
    await overdue(kiln, task_id)
    async with asyncio.timeout(15):
        while (await kiln.row(task_id))["state"] != "failed" or old.exists():
            await asyncio.sleep(0.02)
    assert (old.exists(), new.exists()) == (False, True)
    monkeypatch.setattr(module, "EVERY", 60)
    stop.set()
    await asyncio.wait_for(running, 1)


async def test_the_loop_survives_trouble(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database or a folder that is away only costs a round."""
    monkeypatch.setattr(module, "EVERY", 0.02)
    task_id = await kiln.submitted(await kiln.account())
    await overdue(kiln, task_id)
    await kiln.execute("ALTER TABLE task RENAME TO task_away")
    stop = asyncio.Event()
    running = asyncio.create_task(kiln.janitor.run(stop))
    await asyncio.sleep(0.2)
    await kiln.execute("ALTER TABLE task_away RENAME TO task")
    async with asyncio.timeout(15):
        while (await kiln.row(task_id))["state"] != "failed":
            await asyncio.sleep(0.02)
    stop.set()
    await running
