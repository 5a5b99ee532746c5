"""Dispatch, measured on one machine over loopback: latency when idle, throughput of no-op handlers, cost of sleeping ones.

    python bench/dispatch_latency.py [sqlite] [postgresql]

PostgreSQL: MEDIAKILN_TEST_POSTGRES_URL, as in the tests. Everything runs in one process and one event loop (uvloop).
Latency is from the moment `enqueue` is called to the moment the handler starts: transaction, commit, wake, claim.
"""
# ruff: noqa: ASYNC110 - it measures: polling shows when

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import uvloop

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from databases import fresh_postgres_database, fresh_sqlite

from mediakiln.database.ids import uuid7
from mediakiln.tasks.dispatch.base import Dispatcher, Handler, Lane, Ticket
from mediakiln.tasks.dispatch.embedded import EmbeddedDispatcher
from mediakiln.tasks.dispatch.pgqueuer import PgQueuerDispatcher

IDLE_TICKETS = 300
NO_OPS = 10_000
SLEEPERS = 10_000


@asynccontextmanager
async def working(dispatcher: Dispatcher, handler: Handler, lanes: Mapping[str, int], concurrency: int):
    stop = asyncio.Event()
    task = asyncio.create_task(
        dispatcher.run(handler, lanes={name: Lane(limit) for name, limit in lanes.items()}, concurrency=concurrency, stop=stop)
    )
    yield
    stop.set()
    started = time.perf_counter()
    await task
    print(f"  stopped in {time.perf_counter() - started:.2f} s")


async def submit(engine, dispatcher, tasks, batch=100, lane="a"):
    for start in range(0, len(tasks), batch):
        async with engine.begin() as connection:
            await dispatcher.enqueue(connection, [Ticket(task, lane) for task in tasks[start : start + batch]])
        dispatcher.wake()


async def latency(engine, dispatcher, *, wake: bool) -> None:
    started: dict[str, float] = {}
    taken: list[float] = []

    async def handle(task_id: str) -> None:
        taken.append((time.perf_counter() - started[task_id]) * 1000)

    async with working(dispatcher, handle, {"a": 100}, 100):
        await asyncio.sleep(0.3)
        for _ in range(IDLE_TICKETS if wake else 60):
            task = uuid7()
            started[task] = time.perf_counter()
            async with engine.begin() as connection:
                await dispatcher.enqueue(connection, [Ticket(task, "a")])
            if wake:
                dispatcher.wake()
            while len(taken) < len(started):
                await asyncio.sleep(0.001)
            await asyncio.sleep(0.03)
    cuts = statistics.quantiles(taken, n=100)
    print(f"  idle, enqueue to start, {'woken' if wake else 'not woken'}: p50 {cuts[49]:.1f} ms, p99 {cuts[98]:.1f} ms")


async def throughput(engine, dispatcher) -> None:
    done = 0

    async def handle(_task_id: str) -> None:
        nonlocal done
        done += 1

    tasks = [uuid7() for _ in range(NO_OPS)]
    begun = time.perf_counter()
    await submit(engine, dispatcher, tasks)
    print(f"  enqueue, 100 per transaction, no worker: {NO_OPS / (time.perf_counter() - begun):,.0f}/s")
    begun = time.perf_counter()
    async with working(dispatcher, handle, {"a": 2_000}, 2_000):
        while done < NO_OPS:
            await asyncio.sleep(0.01)
        print(f"  no-op tickets, claimed, run and settled: {NO_OPS / (time.perf_counter() - begun):,.0f}/s")
    done, tasks = 0, [uuid7() for _ in range(NO_OPS)]
    async with working(dispatcher, handle, {"a": 2_000}, 2_000):
        begun = time.perf_counter()
        await submit(engine, dispatcher, tasks)
        inward = time.perf_counter() - begun
        while done < NO_OPS:
            await asyncio.sleep(0.01)
        print(f"  both at once: enqueue {NO_OPS / inward:,.0f}/s, all done {NO_OPS / (time.perf_counter() - begun):,.0f}/s")


async def sleepers(engine, dispatcher) -> None:
    held = 0

    async def handle(_task_id: str) -> None:
        nonlocal held
        held += 1
        await asyncio.sleep(3600)

    before = memory()
    await submit(engine, dispatcher, [uuid7() for _ in range(SLEEPERS)])
    begun = time.perf_counter()
    async with working(dispatcher, handle, {"a": 20_000}, 20_000):
        while held < SLEEPERS:
            await asyncio.sleep(0.01)
        took = time.perf_counter() - begun
        print(f"  {SLEEPERS:,} held after {took:.1f} s: {memory() - before:.0f} MB more (process {memory():.0f} MB)")
        busy, begun = time.process_time(), time.perf_counter()
        await asyncio.sleep(9)
        print(f"  holding them costs {100 * (time.process_time() - busy) / (time.perf_counter() - begun):.1f} % of a core")


def memory() -> float:
    """Resident memory in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


async def measure(engine, dispatcher) -> None:
    await latency(engine, dispatcher, wake=True)
    await latency(engine, dispatcher, wake=False)
    await throughput(engine, dispatcher)
    await sleepers(engine, dispatcher)


async def main(which: list[str]) -> None:
    if "sqlite" in which:
        print("sqlite")
        with tempfile.TemporaryDirectory() as folder:
            async with fresh_sqlite(Path(folder) / "bench.sqlite3") as engine:
                await measure(engine, EmbeddedDispatcher(engine))
    if "postgresql" in which:
        print("postgresql")
        async with fresh_postgres_database() as engine:
            await measure(engine, PgQueuerDispatcher(engine))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1:] or ["sqlite", "postgresql"]))
