"""When each API key was last used: gathered in memory, written down now and then, never by the request that used it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from sqlalchemy import bindparam, or_, update
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.database.engine import writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import api_key

EVERY = 30.0
"""Seconds between two writes."""

log = structlog.get_logger(__name__)


class LastUsed:
    """The keys that were used since the last write, and when."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._seen: dict[str, int] = {}

    def note(self, key_id: str) -> None:
        """The key is in use now."""
        self._seen[key_id] = now_ms()

    async def flush(self) -> None:
        """Write down what was gathered. What a database that is away does not take is kept for the next time."""
        seen, self._seen = self._seen, {}
        if not seen:
            return
        # One order everywhere, so that two servers never wait for each other's rows.
        rows = [{"b_id": key_id, "b_used": used} for key_id, used in sorted(seen.items())]
        try:
            async with writing(self._engine) as connection:
                await connection.execute(_WRITE, rows)
        except Exception as error:
            self._seen = seen | self._seen
            log.warning("last_used.not_written", keys=len(seen), error=str(error))

    @asynccontextmanager
    async def flushing(self) -> AsyncIterator[None]:
        """Write every EVERY seconds while the block runs, and once at its end."""
        stop = asyncio.Event()
        running = asyncio.create_task(self._keep_flushing(stop))
        try:
            yield
        finally:
            stop.set()
            await running

    async def _keep_flushing(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY)
            await self.flush()


_WRITE = (
    update(api_key)
    .where(
        api_key.c.id == bindparam("b_id"),
        or_(api_key.c.last_used_at.is_(None), api_key.c.last_used_at < bindparam("b_used")),
    )
    .values(last_used_at=bindparam("b_used"))
)
