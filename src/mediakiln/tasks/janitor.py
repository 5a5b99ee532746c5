"""What must happen although nobody asks: deadlines of tasks no worker reached, retention, unfinished uploads, codes,
logins and kept answers that are over, and scratch left by dead workers."""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path

import structlog
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.accounts import device, sign_in
from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.chunks import delete_expired_sessions
from mediakiln.assets.outputs import delete_expired
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import OPEN_TASK
from mediakiln.database.tables import task as table
from mediakiln.tasks import calls, outbox, states
from mediakiln.tasks.dispatch.base import Dispatcher
from mediakiln.tasks.records import TASK_COLUMNS, ErrorCode, State, Task, TaskError, task_from
from mediakiln.tasks.stopping import let_go
from mediakiln.telemetry import metrics

EVERY = 5.0
"""Seconds between two rounds."""
GRACE = 5_000
"""Milliseconds a worker gets to fail its own overdue task (it also tells the upstream to stop)."""
AT_ONCE = 200
"""Tasks read in one query."""
SCRATCH_AGE = 86_400
"""Seconds after which a scratch folder belongs to nobody: longer than any deadline."""

log = structlog.get_logger(__name__)


class Janitor:
    """Runs beside the workers; several at once do no harm, since every step is a guarded transition."""

    def __init__(self, engine: AsyncEngine, dispatcher: Dispatcher, blobs: BlobStore, scratch: Path) -> None:
        self._engine = engine
        self._dispatcher = dispatcher
        self._blobs = blobs
        self._scratch = scratch

    async def run(self, stop: asyncio.Event) -> None:
        """Sweep until `stop` is set."""
        while not stop.is_set():
            try:
                await self.fail_overdue()
                await delete_expired(self._engine, self._blobs, now_ms())
                await delete_expired_sessions(self._engine, self._blobs, now_ms())
                await sign_in.sweep(self._engine)
                await device.sweep(self._engine)
                await outbox.sweep(self._engine)
                await calls.sweep(self._engine)
                await asyncio.to_thread(self._sweep_scratch)
            except Exception as error:
                log.warning("janitor.failed", error=str(error), exc_info=True)
            try:
                await asyncio.wait_for(stop.wait(), EVERY)
            except TimeoutError:
                continue

    async def fail_overdue(self) -> int:
        """Fail open tasks whose deadline has passed, release their credits, and return how many there were."""
        failed, seen = 0, (0, "")
        while True:
            query = (
                select(*TASK_COLUMNS)
                .where(
                    OPEN_TASK,
                    table.c.deadline < now_ms() - GRACE,
                    tuple_(table.c.deadline, table.c.id) > tuple_(*seen),
                )
                .order_by(table.c.deadline, table.c.id)
                .limit(AT_ONCE)
            )
            async with reading(self._engine) as connection:
                overdue = [task_from(row._mapping) for row in await connection.execute(query)]
            for held in overdue:
                try:
                    failed += await self._fail(held)
                except Exception as error:
                    # One bad task must not keep all others from their end.
                    log.error("janitor.task", task=held.id, error=str(error), exc_info=True)
            if len(overdue) < AT_ONCE:
                return failed
            seen = overdue[-1].deadline, overdue[-1].id

    async def _fail(self, held: Task) -> bool:
        error = TaskError(ErrorCode.DEADLINE_EXCEEDED, "The generation did not finish in time")
        async with writing(self._engine) as connection:
            if not await states.fail(connection, held, error, attempt=None):
                return False
            await let_go(connection, self._dispatcher, held)
        metrics.FINISHED.labels(held.dialect, held.model, State.FAILED, error.code).inc()
        return True

    def _sweep_scratch(self) -> None:
        if not self._scratch.is_dir():
            return
        oldest = time.time() - SCRATCH_AGE
        for folder in self._scratch.iterdir():
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)
