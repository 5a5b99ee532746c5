"""The embedded dispatcher: tickets in our own table `job` of a SQLite database, for one or a few processes on one machine.

SQLite has one writer at a time and submits write all the time, so a worker looks for work with a read, and takes the write
lock only to settle and claim in one transaction of at most four short statements. Leases are wall clock times: all processes
share one machine's clock, and a clock that jumps forward by more than a lease hands tickets over early.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec
from sqlalchemy import Row, TextClause, text
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction

from mediakiln.database.engine import reading, write_lock
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import job
from mediakiln.errors import ConfigurationError
from mediakiln.tasks.dispatch.base import Handler, Lane, Ticket
from mediakiln.tasks.dispatch.worker import Claim, Outcome, Timing, Worker

BUSY_MS = 5
"""SQLite's busy handler sleeps ever longer, up to 100 ms, and finds the lock taken again by a process that writes all the
time. A worker asks for a few milliseconds at a time instead, and so gets its turn."""


class EmbeddedDispatcher:
    """`Dispatcher` on SQLite. Another process's worker finds a ticket within `timing.poll` seconds."""

    def __init__(self, engine: AsyncEngine, *, timing: Timing | None = None) -> None:
        self._engine = engine
        self._timing = timing or Timing()
        self._wakes: set[asyncio.Event] = set()

    async def enqueue(self, connection: AsyncConnection, tickets: Sequence[Ticket]) -> None:
        """See `Dispatcher`. A task that has a ticket already keeps that one."""
        if not tickets:
            return
        now = now_ms()
        rows = [
            {"task_id": t.task_id, "lane": t.lane, "priority": t.priority, "run_at": now + round(t.delay * 1000)} for t in tickets
        ]
        await connection.execute(insert(job).on_conflict_do_nothing(index_elements=["task_id"]), rows)

    async def withdraw(self, connection: AsyncConnection, task_id: str) -> None:
        """See `Dispatcher`."""
        await connection.execute(job.delete().where(job.c.task_id == task_id))

    async def load(self) -> Mapping[str, int]:
        """See `Dispatcher`."""
        async with reading(self._engine) as connection:
            return {row.lane: row.n for row in await connection.execute(_LOAD)}

    def wake(self) -> None:
        """See `Dispatcher`."""
        for event in self._wakes:
            event.set()

    async def prepare(self) -> None:
        """See `Dispatcher`. The migrations have made the table."""

    async def run(self, handler: Handler, *, lanes: Mapping[str, Lane], concurrency: int, stop: asyncio.Event) -> None:
        """See `Dispatcher`. Raises ConfigurationError for more than 400 lanes (SQLite joins at most 500 selects)."""
        if len(lanes) > 400:
            raise ConfigurationError(f"a worker on SQLite serves at most 400 lanes, not {len(lanes)}; use PostgreSQL")
        event = asyncio.Event()
        self._wakes.add(event)
        try:
            tickets = SqliteTickets(self._engine)
            await Worker(tickets, handler, lanes, concurrency, self._timing, event).run(stop)
        finally:
            self._wakes.discard(event)

    async def aclose(self) -> None:
        """Nothing to close: a worker's connection lives as long as its `run`."""


class SqliteTickets:
    """`Tickets` on the tables `job` and `worker_lease`."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._using = asyncio.Lock()
        self._connection: AsyncConnection | None = None

    async def join(self, worker: str, lease: float) -> None:
        """See `Tickets`."""
        async with self._write() as connection:
            await connection.execute(_JOIN, {"worker": worker, "until": now_ms() + round(lease * 1000)})

    async def renew(self, worker: str, lease: float) -> bool:
        """See `Tickets`."""
        now = now_ms()
        async with self._write() as connection:
            renewed = await connection.execute(_RENEW, {"worker": worker, "now": now, "until": now + round(lease * 1000)})
            if (await connection.execute(_BURY, {"now": now})).rowcount:
                await connection.execute(_FREE)
            return renewed.rowcount == 1

    async def turn(self, worker: str, outcomes: Sequence[Outcome], lanes: Mapping[str, int], limit: int) -> list[Claim]:
        """See `Tickets`."""
        now = now_ms()
        done = [outcome.id for outcome in outcomes if outcome.again is None]
        again = [(o.id, now + round(o.again.delay * 1000), o.again.lane) for o in outcomes if o.again is not None]
        async with self._write() as connection:
            if done:
                await connection.execute(_DONE, {"worker": worker, "done": _json(done)})
            if again:
                await connection.execute(_AGAIN, {"worker": worker, "again": _json(again)})
            if limit <= 0 or not lanes:
                return []
            sql, values = claim_statement(worker, lanes, now, limit)
            rows = (await connection.exec_driver_sql(sql, values)).all()
        # RETURNING has no order of its own; the best comes first.
        return [Claim(row.id, row.task_id) for row in sorted(rows, key=lambda row: (-row.priority, row.id))]

    async def held(self, worker: str) -> list[Claim]:
        """See `Tickets`."""
        return [Claim(row.id, row.task_id) for row in await self._read(_HELD, {"worker": worker})]

    async def due(self, lanes: Mapping[str, int]) -> float | None:
        """See `Tickets`."""
        now = now_ms()
        (row,) = await self._read(_DUE, {"now": now, "lanes": _json(list(lanes.items()))})
        return None if row.due is None else (row.due - now) / 1000

    async def leave(self, worker: str) -> None:
        """See `Tickets`."""
        async with self._write() as connection:
            await connection.execute(_BURY_ONE, {"worker": worker})
            await connection.execute(_FREE)

    async def close(self) -> None:
        """See `Tickets`."""
        async with self._using:
            await self._drop()

    async def _read(self, statement: TextClause, values: Mapping[str, object]) -> Sequence[Row[Any]]:
        async with self._transaction(read_only=True) as connection:
            return (await connection.execute(statement, values)).all()

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[AsyncConnection]:
        async with write_lock(self._engine), self._transaction(read_only=False) as connection:
            yield connection

    @asynccontextmanager
    async def _transaction(self, *, read_only: bool) -> AsyncIterator[AsyncConnection]:
        async with self._using:
            try:
                connection = self._connection = self._connection or await self._open()
                await connection.execution_options(read_only=read_only)
                transaction = await _begin(connection)
                yield connection
                await transaction.commit()
            except BaseException:
                await self._drop()
                raise

    async def _open(self) -> AsyncConnection:
        connection = await self._engine.connect()
        await connection.execution_options(read_only=True)
        async with connection.begin():
            await connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_MS}")
        return connection

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            # Never back to the pool: its busy_timeout is ours.
            with suppress(Exception):
                await connection.invalidate()
            with suppress(Exception):
                await connection.close()


async def _begin(connection: AsyncConnection) -> AsyncTransaction:
    """Begin, however long another process keeps the write lock (the caller's timeout ends it)."""
    while True:
        try:
            return await connection.begin()
        except OperationalError as error:
            if "locked" not in str(error.orig):
                raise


def claim_statement(worker: str, lanes: Mapping[str, int], now: int, limit: int) -> tuple[str, tuple[object, ...]]:
    """SQL and values that claim the best `limit` tickets that are ready, lane by lane within each lane's free places."""
    lane = """SELECT * FROM (
        SELECT id, priority FROM job INDEXED BY ix_job_ready WHERE worker IS NULL AND lane = ? AND run_at <= ?
        ORDER BY priority DESC, id
        LIMIT max(0, min(?, ? - (SELECT count(*) FROM job INDEXED BY ix_job_held WHERE worker IS NOT NULL AND lane = ?))))"""
    values: list[object] = [worker]
    for name, capacity in lanes.items():
        values += [name, now, limit, capacity, name]
    return (
        f"""UPDATE job SET worker = ? WHERE id IN (
        SELECT id FROM ({" UNION ALL ".join([lane] * len(lanes))}) ORDER BY priority DESC, id LIMIT ?)
        AND EXISTS (SELECT 1 FROM worker_lease WHERE worker_lease.worker = ? AND leased_until > ?)
        RETURNING id, task_id, priority""",  # noqa: S608 - lanes are values
        (*values, limit, worker, now),
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


_JOIN = text("INSERT INTO worker_lease (worker, leased_until) VALUES (:worker, :until)")
_RENEW = text("UPDATE worker_lease SET leased_until = :until WHERE worker = :worker AND leased_until > :now")
_BURY = text("DELETE FROM worker_lease WHERE leased_until <= :now")
_BURY_ONE = text("DELETE FROM worker_lease WHERE worker = :worker")
_FREE = text(
    """UPDATE job SET worker = NULL WHERE id IN (
    SELECT id FROM job INDEXED BY ix_job_held WHERE worker IS NOT NULL AND worker NOT IN (SELECT worker FROM worker_lease))"""
)
_DONE = text("DELETE FROM job WHERE id IN (SELECT value FROM json_each(:done)) AND worker = :worker")
_AGAIN = text(
    """UPDATE job SET worker = NULL, run_at = json_extract(value, '$[1]'), lane = coalesce(json_extract(value, '$[2]'), lane)
    FROM json_each(:again) WHERE job.id = json_extract(value, '$[0]') AND worker = :worker"""
)
_HELD = text("SELECT id, task_id FROM job INDEXED BY ix_job_held WHERE worker IS NOT NULL AND worker = :worker ORDER BY id")
_DUE = text(
    """SELECT min(at) AS due FROM (
    SELECT json_extract(value, '$[0]') AS name, json_extract(value, '$[1]') AS capacity, (
        SELECT min(run_at) FROM job INDEXED BY ix_job_due WHERE worker IS NULL AND lane = json_extract(value, '$[0]')) AS at
    FROM json_each(:lanes))
    WHERE at > :now
        OR (SELECT count(*) FROM job INDEXED BY ix_job_held WHERE worker IS NOT NULL AND lane = name) < capacity"""
)

_LOAD = text("SELECT lane, count(*) AS n FROM job GROUP BY lane")
