"""The dispatcher on PgQueuer, for PostgreSQL: any number of processes on any number of machines.

PgQueuer gives the queue: its tables and their upgrades, its enqueue (inside our transaction), its notifications and its
tools for looking at it. A lane is an entrypoint, a ticket is a job whose `dedupe_key` and payload are the task id.

Its QueueManager is not used: it renews every held job by itself (10,000 sleeping handlers would rewrite 10,000 rows per
beat, in eight indexes), neither its heartbeat nor its completion asks who holds the job by now, a retry cannot change the
entrypoint, and a stop waits for the handlers. Our `Worker` holds one lease (`worker_lease`, by the server's clock) for all
its tickets instead, and every statement about a ticket names its holder. Nor is its claim: with a limit over all workers it
takes 3 ms when nothing is held and 26-70 ms when 10,000 jobs are; the function in `pgqueuer_schema` takes 1-5.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
from pgqueuer.core.listeners import initialize_notice_event_listener
from pgqueuer.domain.models import AnyEvent, TableChangedEvent
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.database.engine import reading
from mediakiln.tasks.dispatch.base import Handler, Lane, Ticket
from mediakiln.tasks.dispatch.pgqueuer_schema import CLAIM, names, prepare, queries
from mediakiln.tasks.dispatch.worker import Claim, Outcome, Timing, Worker

T = TypeVar("T")
_Rows = list[dict[str, Any]]


class PgQueuerDispatcher:
    """`Dispatcher` on PostgreSQL. Another process's worker is told of a ticket by NOTIFY; `timing.poll` is for lost ones."""

    def __init__(self, engine: AsyncEngine, *, timing: Timing | None = None) -> None:
        self._engine = engine
        self._timing = timing or Timing(poll=1.0)
        self._wakes: set[asyncio.Event] = set()

    async def enqueue(self, connection: AsyncConnection, tickets: Sequence[Ticket]) -> None:
        """See `Dispatcher`. One round trip. A task that has a ticket already keeps that one."""
        if not tickets:
            return
        await queries(_Transaction(connection)).enqueue(
            [ticket.lane for ticket in tickets],
            [ticket.task_id.encode() for ticket in tickets],
            [ticket.priority for ticket in tickets],
            [timedelta(seconds=ticket.delay) for ticket in tickets],
            [ticket.task_id for ticket in tickets],
            on_conflict="skip",
        )

    async def withdraw(self, connection: AsyncConnection, task_id: str) -> None:
        """See `Dispatcher`."""
        await connection.execute(_WITHDRAW, {"task_id": task_id})

    async def load(self) -> Mapping[str, int]:
        """See `Dispatcher`."""
        async with reading(self._engine) as connection:
            return {row.lane: row.n for row in await connection.execute(_LOAD)}

    def wake(self) -> None:
        """See `Dispatcher`."""
        for event in self._wakes:
            event.set()

    async def prepare(self) -> None:
        """See `Dispatcher`."""
        await prepare(self._engine)

    async def run(self, handler: Handler, *, lanes: Mapping[str, Lane], concurrency: int, stop: asyncio.Event) -> None:
        """See `Dispatcher`."""
        event = asyncio.Event()
        self._wakes.add(event)
        try:
            await Worker(PgTickets(self._engine, event), handler, lanes, concurrency, self._timing, event).run(stop)
        finally:
            self._wakes.discard(event)

    async def aclose(self) -> None:
        """Nothing to close: a worker's connection lives as long as its `run`."""


class PgTickets:
    """`Tickets` on PgQueuer's queue and `worker_lease`, over one connection that also listens."""

    def __init__(self, engine: AsyncEngine, wake: asyncio.Event) -> None:
        self._engine = engine
        self._wake = wake
        self._using = asyncio.Lock()
        self._connection: AsyncConnection | None = None
        self._driver: AsyncpgDriver | None = None

    async def join(self, worker: str, lease: float) -> None:
        """See `Tickets`."""
        await self._use(lambda driver: driver.execute(_JOIN, worker, lease))

    async def renew(self, worker: str, lease: float) -> bool:
        """See `Tickets`."""

        async def renew(driver: AsyncpgDriver) -> bool:
            renewed = await driver.fetch(_RENEW, worker, lease)
            await driver.execute(_BURY)
            # In two steps: a job that a new worker claims between them has another holder by then, and stays with it.
            if dead := [row["holder"] for row in await driver.fetch(_ORPHANS)]:
                await driver.execute(_FREE, dead)
            return bool(renewed)

        return await self._use(renew)

    async def turn(self, worker: str, outcomes: Sequence[Outcome], lanes: Mapping[str, int], limit: int) -> list[Claim]:
        """See `Tickets`."""
        done = [outcome.id for outcome in outcomes if outcome.again is None]
        # In one order, as everybody locks tickets: two transactions then hardly ever wait for each other.
        again = sorted((outcome.id, outcome.again.delay, outcome.again.lane) for outcome in outcomes if outcome.again is not None)
        holder = UUID(worker)

        async def turn(driver: AsyncpgDriver) -> _Rows:
            if done:
                await driver.execute(_DONE, holder, done)
            if again:
                await driver.execute(_AGAIN, holder, *(list(column) for column in zip(*again, strict=True)))
            return await driver.fetch(_CLAIM, holder, list(lanes), list(lanes.values()), limit) if limit > 0 else []

        return [Claim(row["id"], row["task_id"]) for row in await self._use(turn)]

    async def held(self, worker: str) -> list[Claim]:
        """See `Tickets`."""
        rows: _Rows = await self._use(lambda driver: driver.fetch(_HELD, UUID(worker)))
        return [Claim(row["id"], row["task_id"]) for row in rows]

    async def due(self, lanes: Mapping[str, int]) -> float | None:
        """See `Tickets`."""
        rows: _Rows = await self._use(lambda driver: driver.fetch(_DUE, list(lanes), list(lanes.values())))
        seconds: float | None = rows[0]["seconds"]
        return seconds

    async def leave(self, worker: str) -> None:
        """See `Tickets`."""

        async def leave(driver: AsyncpgDriver) -> None:
            await driver.execute(_FREE, [UUID(worker)])
            await driver.execute("DELETE FROM worker_lease WHERE worker = $1", worker)

        await self._use(leave)

    async def close(self) -> None:
        """See `Tickets`."""
        async with self._using:
            await self._drop()

    async def _use(self, operation: Callable[[AsyncpgDriver], Awaitable[T]]) -> T:
        """Run statements that each commit by themselves, on a connection that listens; drop it when anything fails."""
        async with self._using:
            try:
                if self._driver is None:
                    self._driver = await self._open()
                return await operation(self._driver)
            except BaseException:
                await self._drop()
                raise

    async def _open(self) -> AsyncpgDriver:
        self._connection = await self._engine.connect()
        await self._connection.execution_options(isolation_level="AUTOCOMMIT")
        raw: Any = (await self._connection.get_raw_connection()).driver_connection
        driver = AsyncpgDriver(raw)
        await driver.execute(_PLAN)
        await initialize_notice_event_listener(driver, names().channel, self._heard)
        raw.add_termination_listener(lambda _connection: self._wake.set())
        return driver

    async def _drop(self) -> None:
        connection, self._connection, self._driver = self._connection, None, None
        if connection is not None:
            # Never back to the pool: it listens.
            with suppress(Exception):
                await connection.invalidate()
            with suppress(Exception):
                await connection.close()

    def _heard(self, event: AnyEvent) -> None:
        # Not for a deletion: the lane it frees is taken by the worker that freed it, in the same turn.
        if isinstance(event.root, TableChangedEvent) and event.root.operation in ("insert", "update"):
            self._wake.set()


class _Transaction(AsyncpgDriver):
    """PgQueuer's statements through SQLAlchemy's connection, so that they belong to its transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._sqlalchemy = connection

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        # Not over the asyncpg connection beneath: SQLAlchemy begins its transaction with the first statement it sees.
        result = await self._sqlalchemy.exec_driver_sql(query, args)
        return [dict(row) for row in result.mappings()]

    async def execute(self, query: str, *args: object) -> str:
        await self._sqlalchemy.exec_driver_sql(query, args)
        return ""


_QUEUE = names().queue_table
# Plans are made once per connection, perhaps for an empty queue, and must be right for a full one: only ever by index.
_PLAN = "; ".join(
    ["SET plan_cache_mode = force_generic_plan"]
    + [f"SET {choice} = off" for choice in ("jit", "enable_seqscan", "enable_bitmapscan", "enable_sort")]
)
_NOW = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
_TOLD = f"""SELECT pg_notify('{names().channel}', json_build_object('channel', '{names().channel}', 'operation', 'update',
    'sent_at', now(), 'table', '{_QUEUE}', 'type', 'table_changed_event')::text)"""
"""PgQueuer's trigger is silent on updates (it compares rows in a statement trigger), so ours say so themselves."""

_LOAD = text(f"SELECT entrypoint AS lane, count(*) AS n FROM {_QUEUE} WHERE status IN ('queued', 'picked') GROUP BY 1")  # noqa: S608
_WITHDRAW = text(f"DELETE FROM {_QUEUE} WHERE dedupe_key = :task_id AND status IN ('queued', 'picked')")  # noqa: S608
_JOIN = f"INSERT INTO worker_lease (worker, leased_until) VALUES ($1, {_NOW} + ($2::float8 * 1000)::bigint)"  # noqa: S608
_RENEW = f"""UPDATE worker_lease SET leased_until = {_NOW} + ($2::float8 * 1000)::bigint
    WHERE worker = $1 AND leased_until > {_NOW} RETURNING worker"""  # noqa: S608
_BURY = f"DELETE FROM worker_lease WHERE leased_until <= {_NOW}"  # noqa: S608
_ORPHANS = f"""SELECT DISTINCT queue_manager_id AS holder FROM {_QUEUE} WHERE queue_manager_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM worker_lease WHERE worker = queue_manager_id::text)"""  # noqa: S608
_FREE = f"""WITH freed AS (UPDATE {_QUEUE} SET status = 'queued', queue_manager_id = NULL, slot = NULL, updated = now()
    WHERE id IN (SELECT id FROM {_QUEUE} WHERE queue_manager_id = ANY($1::uuid[]) AND status = 'picked' FOR UPDATE SKIP LOCKED)
    RETURNING 1)
    {_TOLD} WHERE EXISTS (SELECT FROM freed)"""  # noqa: S608
_CLAIM = f"SELECT id, task_id FROM {CLAIM}($1, $2, $3, $4)"  # noqa: S608
_DONE = f"DELETE FROM {_QUEUE} WHERE id = ANY($2::bigint[]) AND queue_manager_id = $1"  # noqa: S608
_AGAIN = f"""WITH freed AS (
    UPDATE {_QUEUE} AS job SET status = 'queued', queue_manager_id = NULL, slot = NULL, updated = now(),
        attempts = attempts + 1, execute_after = now() + make_interval(secs => again.delay),
        entrypoint = coalesce(again.lane, job.entrypoint)
    FROM unnest($2::bigint[], $3::float8[], $4::text[]) AS again (id, delay, lane)
    WHERE job.id = again.id AND queue_manager_id = $1 RETURNING again.lane)
    {_TOLD} WHERE EXISTS (SELECT FROM freed WHERE lane IS NOT NULL)"""  # noqa: S608
_HELD = f"""SELECT id, convert_from(payload, 'UTF8') AS task_id FROM {_QUEUE} WHERE queue_manager_id = $1 ORDER BY id"""  # noqa: S608
_DUE = f"""SELECT min(extract(epoch FROM due.at - clock_timestamp()))::float8 AS seconds
    FROM unnest($1::text[], $2::bigint[]) AS lane (name, capacity)
    CROSS JOIN LATERAL (SELECT execute_after AS at FROM {_QUEUE} WHERE entrypoint = lane.name AND status = 'queued'
        ORDER BY execute_after LIMIT 1) AS due
    WHERE due.at > now() OR lane.capacity > (SELECT count(*) FROM {_QUEUE}
        WHERE entrypoint = lane.name AND status = 'picked' AND slot IS NOT NULL)"""  # noqa: S608
