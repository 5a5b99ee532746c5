"""Status reads: answered from memory, refreshed from the database, never writing.

An unfinished task's snapshot lives for at most `FRESH` seconds, that of a finished one for `SETTLED`; callers who ask for the
same task at the same time share one query.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.database.engine import reading
from mediakiln.database.ids import well_formed
from mediakiln.database.tables import task
from mediakiln.errors import NotFound
from mediakiln.generation import Kind
from mediakiln.tasks.records import SNAPSHOT_COLUMNS, TaskSnapshot, snapshot_from

FRESH = 0.25
"""Seconds an unfinished task's snapshot may be served."""
SETTLED = 3.0
"""Seconds a finished task's snapshot may be served: nothing about it changes any more, but its owner may delete it."""
KEPT = 5_000
"""Snapshots held in memory: about 2 KB each, and as much again as their prompts are long."""


class Snapshots:
    """The read side of tasks for one server process."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._kept: OrderedDict[str, tuple[float, TaskSnapshot]] = OrderedDict()
        self._loading: dict[str, asyncio.Future[TaskSnapshot | None]] = {}

    async def get(self, account_id: str, dialect: str, kind: Kind | None, public_id: str) -> TaskSnapshot:
        """The task, for its owner in its own dialect. Raises NotFound alike for a missing, foreign, deleted or wrong-kind id."""
        kept = self._kept.get(public_id)
        snapshot = kept[1] if kept is not None and kept[0] > time.monotonic() else await self._load(public_id)
        if (
            snapshot is None
            or snapshot.deleted_at is not None
            or snapshot.account_id != account_id
            or snapshot.dialect != dialect
            or (kind is not None and snapshot.kind is not kind)
        ):
            raise NotFound("Generation task does not exist")
        return snapshot

    def forget(self, public_id: str) -> None:
        """Drop what is remembered of a task that this process has just canceled or deleted; others follow on their own."""
        self._kept.pop(public_id, None)
        self._loading.pop(public_id, None)  # a query under way may have seen it as it was

    async def _load(self, public_id: str) -> TaskSnapshot | None:
        if not well_formed(public_id):
            return None
        loading = self._loading.get(public_id)
        if loading is None:
            loading = asyncio.ensure_future(self._query(public_id))
            self._loading[public_id] = loading
            loading.add_done_callback(lambda done: self._loading.get(public_id) is done and self._loading.pop(public_id))
        # A caller that goes away must not take the others' query with it.
        return await asyncio.shield(loading)

    async def _query(self, public_id: str) -> TaskSnapshot | None:
        asked = time.monotonic()
        async with reading(self._engine) as connection:
            row = (await connection.execute(select(*SNAPSHOT_COLUMNS).where(task.c.public_id == public_id))).one_or_none()
        if row is None:
            return None
        snapshot = snapshot_from(row._mapping)
        if self._loading.get(public_id) is not asyncio.current_task():
            return snapshot
        self._kept[public_id] = (asked + (FRESH if snapshot.state.open else SETTLED), snapshot)
        self._kept.move_to_end(public_id)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return snapshot
