"""The heartbeat of tasks at work in one process: writes their progress, and notices when one was canceled or taken over.

One read and at most one write each `EVERY` seconds, however many tasks are at work.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

import structlog
from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.database.engine import reading, writing
from mediakiln.database.tables import task as table
from mediakiln.tasks.records import State, Task

EVERY = 0.5
"""Seconds between two beats: the longest a cancellation goes unnoticed by its worker."""
PATIENCE = 20.0
"""Seconds one beat may take before a database that went silent counts as away."""
AT_ONCE = 500
"""Tasks asked for in one query."""

log = structlog.get_logger(__name__)


class Loss(StrEnum):
    """Why a task is no longer ours."""

    OVER = "over"
    """It was canceled, or its deadline passed: the upstream's work is wanted by nobody."""
    TAKEN = "taken"
    """Another worker took it over, and may be polling the same upstream job."""


class Watched:
    """One task at work. `report` may be called from any thread; `lost` tells that the task is no longer ours, and why.
    While `finishing` its own last write is under way, which nobody may take for a loss."""

    def __init__(self, held: Task, work: asyncio.Task[object]) -> None:
        self.held = held
        self.work = work
        self.progress = 0.0
        self.written = 0.0
        self.lost: Loss | None = None
        self.nudged = asyncio.Event()
        self._nudged_at = 0
        self.finishing = False

    def nudge(self, at: int) -> None:
        """Its upstream called at this time (milliseconds): the same call wakes a poll once."""
        if at > self._nudged_at:
            self._nudged_at = at
            self.nudged.set()

    def report(self, fraction: float) -> None:
        """Take the finished fraction; it never goes back, and only success makes it whole."""
        self.progress = max(self.progress, min(fraction, 0.99))  # in this order NaN changes nothing


class Pulse:
    """Watches every task this process works on."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._watched: set[Watched] = set()

    @contextmanager
    def watch(self, watched: Watched) -> Iterator[None]:
        """Keep an eye on a task while its work lasts."""
        self._watched.add(watched)
        try:
            yield
        finally:
            self._watched.discard(watched)

    async def run(self, stop: asyncio.Event) -> None:
        """Beat until `stop` is set. A database that is away for a while only delays the next beat."""
        while not stop.is_set():
            try:
                async with asyncio.timeout(PATIENCE):
                    await self.beat()
            except Exception as error:
                log.warning("pulse.missed", error=repr(error))
            try:
                await asyncio.wait_for(stop.wait(), EVERY)
            except TimeoutError:
                continue

    async def beat(self) -> None:
        """Look once after every watched task."""
        watched = list(self._watched)
        for start in range(0, len(watched), AT_ONCE):
            await self._look_after(watched[start : start + AT_ONCE])
        moved = [one for one in watched if one.progress > one.written and one.lost is None]
        if moved:
            await self._write(moved)

    async def _look_after(self, watched: list[Watched]) -> None:
        columns = table.c.id, table.c.state, table.c.attempt, table.c.nudged_at
        query = select(*columns).where(table.c.id.in_([one.held.id for one in watched]))
        async with reading(self._engine) as connection:
            rows = {row.id: row for row in await connection.execute(query)}
        for one in watched:
            row = rows.get(one.held.id)
            if one.finishing or one.lost is not None or one not in self._watched:
                continue  # once is enough: a second cancellation would cut off what it does about the first
            if row is None or not State(row.state).open:
                one.lost = Loss.OVER
            elif row.attempt != one.held.attempt:
                one.lost = Loss.TAKEN
            else:
                one.nudge(row.nudged_at or 0)
                continue
            one.work.cancel()

    async def _write(self, moved: list[Watched]) -> None:
        moved.sort(key=lambda one: one.held.id)  # the order in which a conversation's removal locks them
        rows: list[dict[str, Any]] = [
            {"b_id": one.held.id, "b_attempt": one.held.attempt, "b_progress": one.progress} for one in moved
        ]
        statement = (
            update(table)
            .where(
                table.c.id == bindparam("b_id"),
                table.c.state == State.RUNNING,
                table.c.attempt == bindparam("b_attempt"),
                table.c.progress < bindparam("b_progress"),
            )
            .values(progress=bindparam("b_progress"))
        )
        async with writing(self._engine) as connection:
            await connection.execute(statement, rows)
        for one, row in zip(moved, rows, strict=True):
            one.written = row["b_progress"]
