"""The dispatch port's contract, on both databases."""
# ruff: noqa: F811 - the fixture `engine` is imported

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from databases import engine, fresh_postgres_database, fresh_sqlite  # noqa: F401 - engine is a fixture
from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.database.engine import open_engine
from mediakiln.database.ids import now_ms, uuid7
from mediakiln.database.tables import metadata
from mediakiln.tasks.dispatch import pgqueuer_schema
from mediakiln.tasks.dispatch.base import Again, Dispatcher, Handler, Lane, Ticket
from mediakiln.tasks.dispatch.embedded import EmbeddedDispatcher, claim_statement
from mediakiln.tasks.dispatch.pgqueuer import PgQueuerDispatcher
from mediakiln.tasks.dispatch.worker import Timing

QUICK = Timing(lease=3.0, heartbeat=0.3, poll=0.05, retry=0.05, grace=2.0)
WORKER = Path(__file__).with_name("dispatch_worker.py")


def dispatcher(engine: AsyncEngine, timing: Timing = QUICK) -> Dispatcher:
    if engine.dialect.name == "sqlite":
        return EmbeddedDispatcher(engine, timing=timing)
    return PgQueuerDispatcher(engine, timing=timing)


async def enqueue(engine: AsyncEngine, *tickets: Ticket) -> None:
    async with engine.begin() as connection:
        await dispatcher(engine).enqueue(connection, tickets)


async def waiting(engine: AsyncEngine) -> int:
    """Tickets in the database, held or not."""
    table = "job" if engine.dialect.name == "sqlite" else pgqueuer_schema.names().queue_table
    async with engine.connect() as connection:
        return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def until(met: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not met():
            await asyncio.sleep(0.01)


async def emptied(engine: AsyncEngine, seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while await waiting(engine):
            await asyncio.sleep(0.02)


@asynccontextmanager
async def working(
    engine: AsyncEngine,
    handler: Handler,
    lanes: Mapping[str, int | Lane] | None = None,
    *,
    concurrency: int = 100,
    timing: Timing = QUICK,
) -> AsyncIterator[Dispatcher]:
    """A worker in this process, stopped when the block ends."""
    worker, stop = dispatcher(engine, timing), asyncio.Event()
    served = {name: lane if isinstance(lane, Lane) else Lane(lane) for name, lane in (lanes or {"a": 100}).items()}
    task = asyncio.create_task(worker.run(handler, lanes=served, concurrency=concurrency, stop=stop))
    try:
        yield worker
    finally:
        stop.set()
        await task
        await worker.aclose()


class Seen:
    """A handler that notes every call, and may answer `Again` or fail first."""

    def __init__(self, *answers: Again | BaseException | None, seconds: float = 0.0) -> None:
        self.calls: list[str] = []
        self.at: list[float] = []
        self.ended: list[str] = []
        self.canceled: list[str] = []
        self.answers = list(answers)
        self.seconds = seconds

    async def __call__(self, task_id: str) -> Again | None:
        self.calls.append(task_id)
        self.at.append(time.monotonic())
        try:
            await asyncio.sleep(self.seconds)
        except asyncio.CancelledError:
            self.canceled.append(task_id)
            raise
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, BaseException):
            raise answer
        if answer is None:
            self.ended.append(task_id)
        return answer


def ids(count: int) -> list[str]:
    return sorted(uuid7() for _ in range(count))


# --- tickets and transactions


async def test_a_committed_ticket_is_handled_once_and_gone(engine: AsyncEngine) -> None:
    seen, (task,) = Seen(), ids(1)
    async with working(engine, seen) as worker:
        await enqueue(engine, Ticket(task, "a"))
        worker.wake()
        await until(lambda: seen.calls == [task])
        await emptied(engine)
        await asyncio.sleep(0.2)
    assert seen.calls == [task]


async def test_a_ticket_enqueued_elsewhere_is_found_without_wake(engine: AsyncEngine) -> None:
    seen, (task,) = Seen(), ids(1)
    async with working(engine, seen):
        await asyncio.sleep(0.2)
        started = time.monotonic()
        await enqueue(engine, Ticket(task, "a"))
        await until(lambda: seen.calls == [task])
    assert seen.at[0] - started < 8


async def test_a_rolled_back_ticket_never_runs(engine: AsyncEngine) -> None:
    seen, (gone, kept) = Seen(), ids(2)
    async with working(engine, seen) as worker:
        async with engine.connect() as connection:
            transaction = await connection.begin()
            await worker.enqueue(connection, [Ticket(gone, "a")])
            await transaction.rollback()
        await enqueue(engine, Ticket(kept, "a"))
        worker.wake()
        await until(lambda: kept in seen.calls)
    assert seen.calls == [kept]


async def test_many_tickets_go_in_at_once_and_none_is_fine(engine: AsyncEngine) -> None:
    seen, tasks = Seen(), ids(250)
    await enqueue(engine)
    await enqueue(engine, *(Ticket(task, "a") for task in tasks))
    async with working(engine, seen):
        await until(lambda: len(seen.calls) == 250)
        await emptied(engine)
    assert seen.calls == tasks


async def test_a_task_has_one_ticket(engine: AsyncEngine) -> None:
    seen, (task,) = Seen(), ids(1)
    await enqueue(engine, Ticket(task, "a"), Ticket(task, "a", priority=5))
    await enqueue(engine, Ticket(task, "b"))
    assert await waiting(engine) == 1
    async with working(engine, seen, {"a": 5, "b": 5}):
        await emptied(engine)
    assert seen.calls == [task]
    await enqueue(engine, Ticket(task, "a"))
    assert await waiting(engine) == 1


async def test_a_withdrawn_ticket_never_runs(engine: AsyncEngine) -> None:
    seen, (gone, kept) = Seen(), ids(2)
    await enqueue(engine, Ticket(gone, "a"), Ticket(kept, "a"))
    async with engine.begin() as connection:
        await dispatcher(engine).withdraw(connection, gone)
        await dispatcher(engine).withdraw(connection, uuid7())
    async with working(engine, seen):
        await emptied(engine)
    assert seen.calls == [kept]


async def test_withdrawing_a_held_ticket_leaves_its_handler_alone(engine: AsyncEngine) -> None:
    seen, (task,) = Seen(Again(0.0), seconds=0.5), ids(1)
    await enqueue(engine, Ticket(task, "a"))
    async with working(engine, seen):
        await until(lambda: seen.calls == [task])
        async with engine.begin() as connection:
            await dispatcher(engine).withdraw(connection, task)
        await asyncio.sleep(0.8)
    assert (seen.calls, seen.canceled, await waiting(engine)) == ([task], [], 0)


async def test_a_process_that_only_enqueues_runs_nothing(engine: AsyncEngine) -> None:
    worker, tasks = dispatcher(engine), ids(3)
    async with engine.begin() as connection:
        await worker.enqueue(connection, [Ticket(task, "a") for task in tasks])
    worker.wake()
    await asyncio.sleep(0.3)
    await worker.aclose()
    assert await waiting(engine) == 3


# --- order, delay, lanes


async def test_higher_priority_first_then_arrival(engine: AsyncEngine) -> None:
    seen, (a, b, c, d, e) = Seen(), ids(5)
    await enqueue(engine, Ticket(a, "a"), Ticket(b, "a", priority=-1), Ticket(c, "a", priority=9))
    await enqueue(engine, Ticket(d, "a", priority=9), Ticket(e, "a"))
    async with working(engine, seen, {"a": 1}, concurrency=1):
        await emptied(engine)
    assert seen.calls == [c, d, a, e, b]


async def test_a_delayed_ticket_waits_and_comes_on_time(engine: AsyncEngine) -> None:
    seen, (late, now) = Seen(), ids(2)
    started = time.monotonic()
    async with working(engine, seen) as worker:
        await enqueue(engine, Ticket(late, "a", priority=9, delay=0.6), Ticket(now, "a"))
        worker.wake()
        await until(lambda: len(seen.calls) == 2)
    assert seen.calls == [now, late]
    assert 0.6 <= seen.at[1] - started < 8


class Gauge:
    """A handler that knows how many of each lane (the task id's first letter) are at work, over all workers."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.most, self.now = seconds, Counter[str](), Counter[str]()
        self.done: list[str] = []

    async def __call__(self, task_id: str) -> None:
        lane = task_id[0]
        self.now[lane] += 1
        self.most[lane] = max(self.most[lane], self.now[lane])
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.now[lane] -= 1
        self.done.append(task_id)


async def test_a_lane_limit_holds_over_all_workers(engine: AsyncEngine) -> None:
    gauge, lanes = Gauge(0.02), {"a": 3, "b": 5}
    await enqueue(engine, *(Ticket(f"{'ab'[n % 2]}{n}", "ab"[n % 2]) for n in range(80)))
    async with working(engine, gauge, lanes), working(engine, gauge, lanes), working(engine, gauge, lanes):
        await emptied(engine, 30)
    assert sorted(gauge.done) == sorted(f"{'ab'[n % 2]}{n}" for n in range(80))
    assert gauge.most == {"a": 3, "b": 5}


async def test_a_full_lane_does_not_block_another(engine: AsyncEngine) -> None:
    gauge = Gauge(0.6)
    await enqueue(engine, *(Ticket(f"a{n}", "a", priority=9) for n in range(20)))
    async with working(engine, gauge, {"a": 1, "b": 1, "off": 0}) as worker:
        await until(lambda: gauge.now["a"] == 1)
        await enqueue(engine, Ticket("b0", "b"), Ticket("off", "off"))
        worker.wake()
        await until(lambda: gauge.now["b"] == 1, 0.5)
    assert gauge.most["a"] == 1
    assert "off" not in gauge.done


async def test_a_worker_takes_no_more_than_its_concurrency_and_only_its_lanes(engine: AsyncEngine) -> None:
    gauge = Gauge(0.02)
    await enqueue(engine, *(Ticket(f"a{n}", "a") for n in range(20)), Ticket("z", "z"))
    async with working(engine, gauge, concurrency=4):
        await until(lambda: len(gauge.done) == 20)
        await asyncio.sleep(0.1)
    assert (gauge.most["a"], gauge.most["z"], await waiting(engine)) == (4, 0, 1)


async def test_a_worker_takes_no_more_of_a_lane_than_its_places_here(engine: AsyncEngine) -> None:
    """Each of two workers holds at most its own places, and the lane without such a limit runs beside it."""
    first, second, lanes = Gauge(0.02), Gauge(0.02), {"a": Lane(50, here=2), "b": Lane(50)}
    await enqueue(engine, *(Ticket(f"{'ab'[n % 2]}{n}", "ab"[n % 2]) for n in range(60)))
    async with working(engine, first, lanes), working(engine, second, lanes):
        await emptied(engine, 30)
    assert (first.most["a"], second.most["a"]) == (2, 2)
    assert first.most["b"] + second.most["b"] > 4
    assert sorted(first.done + second.done) == sorted(f"{'ab'[n % 2]}{n}" for n in range(60))


# --- what handlers say


async def test_again_comes_back_after_its_delay(engine: AsyncEngine) -> None:
    seen, (task,) = Seen(Again(0.3), Again(0.0)), ids(1)
    async with working(engine, seen) as worker:
        await enqueue(engine, Ticket(task, "a"))
        worker.wake()
        await emptied(engine)
    assert seen.calls == [task] * 3
    assert 0.29 <= seen.at[1] - seen.at[0] < 8


async def test_again_may_change_the_lane(engine: AsyncEngine) -> None:
    first, second, (task,) = Seen(Again(0.1, "b")), Seen(), ids(1)
    await enqueue(engine, Ticket(task, "a"))
    async with working(engine, first, {"a": 1}), working(engine, second, {"b": 1}):
        await emptied(engine)
    assert (first.calls, second.calls) == ([task], [task])


async def test_a_pause_holds_back_its_lane_alone(engine: AsyncEngine) -> None:
    """While one ticket waits for a lane's rate, the ones behind it are not claimed only to be put back; another lane goes on.
    They run when the pause is over, in their order."""
    first, *behind = ids(4)
    elsewhere = uuid7()
    seen = Seen(Again(0.8, "a", pause=0.8))
    async with working(engine, seen, {"a": 1, "b": 1}) as one:
        await enqueue(engine, Ticket(first, "a"))
        one.wake()
        await until(lambda: seen.calls == [first])
        await enqueue(engine, *(Ticket(task_id, "a") for task_id in behind), Ticket(elsewhere, "b"))
        one.wake()
        await until(lambda: elsewhere in seen.ended)
        assert seen.calls == [first, elsewhere]
        await emptied(engine)
    assert [call for call in seen.calls if call in behind] == behind
    assert min(seen.at[2:]) - seen.at[0] >= 0.8


async def test_a_failing_handler_gets_its_ticket_back_ever_later(engine: AsyncEngine) -> None:
    wrong = [ValueError("no"), Again(float("nan")), asyncio.CancelledError(), ValueError("no")]
    seen, (task,) = Seen(*wrong), ids(1)
    await enqueue(engine, Ticket(task, "a"))
    async with working(engine, seen):
        await until(lambda: seen.ended == [task])
    assert len(seen.calls) == 5
    pauses = [later - earlier for earlier, later in zip(seen.at, seen.at[1:], strict=False)]
    # Pauses are at least 0.8 x 0.05 s, doubled each time; how much longer they are is the machine's business.
    assert all(pause > 0.8 * 0.05 * 2**n for n, pause in enumerate(pauses))


# --- workers that end


async def test_stop_gives_tickets_back_at_once(engine: AsyncEngine) -> None:
    slow, quick, tasks = Seen(seconds=30), Seen(), ids(12)
    await enqueue(engine, *(Ticket(task, "a") for task in tasks))
    async with working(engine, slow, {"a": 12}):
        await until(lambda: len(slow.calls) == 12)
        stopped = time.monotonic()
    async with working(engine, quick, {"a": 12}):
        await until(lambda: len(quick.calls) == 12)
    assert quick.at[-1] - stopped < 1.0
    assert sorted(slow.canceled) == tasks == sorted(quick.ended)


async def test_many_workers_finish_every_ticket_exactly_once(engine: AsyncEngine) -> None:
    seen, tasks = Seen(seconds=0.001), ids(600)
    async with working(engine, seen), working(engine, seen), working(engine, seen), working(engine, seen):
        for start in range(0, 600, 50):
            await enqueue(engine, *(Ticket(task, "a") for task in tasks[start : start + 50]))
        await emptied(engine, 30)
    assert Counter(seen.ended) == Counter(tasks)


@contextmanager
def process(engine: AsyncEngine, log: Path, *, seconds: float, timing: Timing) -> Iterator[subprocess.Popen[bytes]]:
    url = engine.url.render_as_string(hide_password=False)
    arguments = [str(value) for value in (WORKER, url, log, seconds, timing.lease, timing.heartbeat)]
    worker = subprocess.Popen([sys.executable, *arguments])
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


def noted(log: Path, pid: int | None = None) -> list[str]:
    """What happened, in order: all of it, or what one process did."""
    lines = [line.split() for line in log.read_text().splitlines()] if log.exists() else []
    return [what for who, what, _task in lines if pid is None or who == str(pid)]


async def test_a_killed_workers_ticket_goes_on_within_thirty_seconds(engine: AsyncEngine, tmp_path: Path) -> None:
    """With the times that ship, and a real process that gets SIGKILL."""
    seen, log, tasks = Seen(), tmp_path / "log", ids(3)
    await enqueue(engine, *(Ticket(task, "a") for task in tasks))
    with process(engine, log, seconds=120, timing=Timing()) as victim:
        await until(lambda: noted(log).count("start") == 3, 20)
        async with working(engine, seen, {"a": 3}, timing=Timing()):
            await asyncio.sleep(1.0)
            assert seen.calls == []
            killed = time.monotonic()
            os.kill(victim.pid, signal.SIGKILL)
            await until(lambda: len(seen.ended) == 3, 30)
            await emptied(engine)
    assert seen.at[-1] - killed < 20.0
    assert sorted(seen.calls) == tasks


async def test_a_stopped_process_lets_go_when_it_wakes(engine: AsyncEngine, tmp_path: Path) -> None:
    timing = Timing(lease=2.0, heartbeat=0.4, poll=0.05)
    seen, log, (task,) = Seen(seconds=2.5), tmp_path / "log", ids(1)
    await enqueue(engine, Ticket(task, "a"))
    with process(engine, log, seconds=60, timing=timing) as sleeper:
        await until(lambda: noted(log).count("tick") > 5, 20)
        async with working(engine, seen, {"a": 3}, timing=timing):
            os.kill(sleeper.pid, signal.SIGSTOP)
            await until(lambda: seen.calls == [task], 10)
            ticks = noted(log).count("tick")
            os.kill(sleeper.pid, signal.SIGCONT)
            await until(lambda: noted(log)[-1] == "cancel", 5)
            assert noted(log).count("tick") - ticks <= 2
            await until(lambda: seen.ended == [task])
            await emptied(engine)
        sleeper.terminate()
        assert await asyncio.to_thread(sleeper.wait, 10) == 0
    assert seen.calls == [task]
    assert "end" not in noted(log)


async def test_terminate_gives_back_from_a_real_process(engine: AsyncEngine, tmp_path: Path) -> None:
    seen, log, (task,) = Seen(), tmp_path / "log", ids(1)
    await enqueue(engine, Ticket(task, "a"))
    with process(engine, log, seconds=60, timing=Timing()) as worker:
        await until(lambda: "tick" in noted(log), 20)
        async with working(engine, seen, timing=Timing()):
            worker.terminate()
            await until(lambda: seen.ended == [task], 3)
        assert await asyncio.to_thread(worker.wait, 10) == 0


# --- a database that goes away


async def test_a_database_that_is_busy_for_longer_than_a_lease(tmp_path: Path) -> None:
    """SQLite: nobody else can have our tickets while nobody can write, but a worker cannot know: it lets go and starts anew."""
    timing = Timing(lease=1.0, heartbeat=0.2, poll=0.05)
    seen, (task, later) = Seen(seconds=1.6), ids(2)
    async with fresh_sqlite(tmp_path / "busy.sqlite3") as engine:
        await enqueue(engine, Ticket(task, "a"))
        async with working(engine, seen, timing=timing):
            await until(lambda: seen.calls == [task])
            async with engine.begin() as connection:  # the write lock
                await asyncio.sleep(1.3)
                assert seen.canceled == [task]
                await dispatcher(engine).enqueue(connection, [Ticket(later, "a")])
            await emptied(engine)
    assert sorted(seen.ended) == [task, later]


async def test_a_worker_gets_its_turn_while_others_write_all_the_time(tmp_path: Path) -> None:
    """SQLite: its busy handler alone lets a worker wait for seconds."""
    seen, tasks = Seen(), ids(40)
    async with fresh_sqlite(tmp_path / "writes.sqlite3") as engine, working(engine, seen):
        enqueued = []
        for task in tasks:
            async with engine.begin() as connection:
                await dispatcher(engine).enqueue(connection, [Ticket(task, "a")])
                await asyncio.sleep(0.03)
            enqueued.append(time.monotonic())
        await emptied(engine)
    assert seen.calls == tasks
    waits = sorted(at - since for at, since in zip(seen.at, enqueued, strict=True))
    assert waits[len(waits) // 2] < 0.3


async def test_a_database_that_is_not_there_yet_neither_ends_nor_blocks_a_worker() -> None:
    nowhere = open_engine(make_url("postgresql+asyncpg://nobody@127.0.0.1:9/nothing"))
    async with asyncio.timeout(5), working(nowhere, Seen()):
        await asyncio.sleep(0.5)
    await nowhere.dispose()


async def test_dropped_connections_lose_nothing(engine: AsyncEngine) -> None:
    """PostgreSQL: every connection is cut, again and again, while tickets come and go."""
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no connections to cut")
    steady, seen, tasks = Seen(seconds=2.0), Seen(seconds=0.02), ids(200)
    await enqueue(engine, Ticket("steady", "s"))

    async def handle(task_id: str) -> Again | None:
        return await (steady if task_id == "steady" else seen)(task_id)

    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    cut = text(f"SELECT pg_terminate_backend(pid) {others}")
    async with working(engine, handle, {"a": 20, "s": 1}), working(engine, handle, {"a": 20, "s": 1}):
        for start in range(0, 200, 20):
            await enqueue(engine, *(Ticket(task, "a") for task in tasks[start : start + 20]))
            await asyncio.sleep(0.05)
            async with engine.connect() as connection:
                await connection.execute(cut)
            await engine.dispose()
        await emptied(engine, 20)
    assert set(seen.ended) == set(tasks)
    assert (steady.calls, steady.ended) == (["steady"], ["steady"])


# --- what each database is asked


async def test_the_embedded_claim_reads_its_indexes_only(tmp_path: Path) -> None:
    async with fresh_sqlite(tmp_path / "plan.sqlite3") as engine, engine.connect() as connection:
        sql, values = claim_statement("w", {"a": 1, "b": 2}, now_ms(), 10)
        plan = [row.detail for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
    assert sum("COVERING INDEX ix_job_ready (lane=?)" in step for step in plan) == 2
    assert sum("COVERING INDEX ix_job_held (lane=?" in step for step in plan) == 2
    assert not [step for step in plan if step.startswith("SCAN job")]


async def test_pgqueuer_keeps_no_history_and_needs_no_upgrade(engine: AsyncEngine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("PgQueuer is for PostgreSQL")
    await enqueue(engine, *(Ticket(task, "a") for task in ids(20)))
    async with working(engine, Seen()):
        await emptied(engine)
    async with engine.connect() as connection:
        for table in (pgqueuer_schema.names().queue_table_log, pgqueuer_schema.names().statistics_table):
            assert (await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() == 0
    assert await pgqueuer_schema.prepare(engine) == ()


async def test_servers_that_start_together_prepare_postgresql_once() -> None:
    async with fresh_postgres_database(tables=False) as engine:
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        await asyncio.gather(*(pgqueuer_schema.prepare(engine) for _ in range(3)))
        seen = Seen()
        await enqueue(engine, Ticket("task", "a"))
        async with working(engine, seen):
            await emptied(engine)
        assert seen.ended == ["task"]
        async with engine.begin() as connection:
            await connection.run_sync(pgqueuer_schema.uninstall)
        assert await pgqueuer_schema.prepare(engine) == ()
