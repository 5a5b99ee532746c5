"""One worker's hold on a task: what it knows of the upstream's side, and its guarded writes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import stamina
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.catalog import Route
from mediakiln.database.engine import writing
from mediakiln.database.ids import now_ms
from mediakiln.tasks import states
from mediakiln.tasks.pulse import Loss, Watched
from mediakiln.tasks.records import Submission

AWAY_LONGEST = 60.0
"""Seconds for which the database may be away before what an upstream told us is forgotten."""

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Hold:
    """`task` as it was claimed; `submission`, `remote_id` and `route` (an index into the task's routes) as they are now."""

    def __init__(self, engine: AsyncEngine, watched: Watched) -> None:
        self.task = task = watched.held
        self.watched = watched
        self.submission = task.submission
        self.remote_id = task.remote_id
        self.route = task.route
        self.log = log.bind(task=task.public_id, model=task.model, attempt=task.attempt)
        self._engine = engine

    @property
    def upstream(self) -> Route:
        """The route that the task is on."""
        return self.task.routes[self.route]

    @property
    def over(self) -> bool:
        """Whether no other worker will go on with this task."""
        return self.watched.lost is Loss.OVER or now_ms() >= self.task.deadline

    async def move(
        self,
        leaves: Sequence[Submission],
        enters: Submission,
        *,
        route: int | None = None,
        remote_id: str | None = None,
        parting: bool = False,
    ) -> None:
        """Write down what is known of the upstream. Raises CancelledError when the task is no longer ours."""

        async def write(connection: AsyncConnection) -> Loss | None:
            if await states.move_submission(
                connection, self.task, leaves, enters, route=route, remote_id=remote_id, parting=parting
            ):
                return None
            return Loss.TAKEN if await states.is_open(connection, self.task.id) else Loss.OVER

        self.watched.lost = await self.write(write)
        if self.watched.lost is not None:
            raise asyncio.CancelledError
        self.submission = enters

    async def write(self, write: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """One transaction, tried again while the database is away: what an upstream told us must not be forgotten for that.
        Done twice it changes nothing, since every write is guarded."""
        async for attempt in stamina.retry_context(on=Exception, attempts=None, timeout=AWAY_LONGEST):
            with attempt:
                async with writing(self._engine) as connection:
                    return await write(connection)
        raise AssertionError  # the context returns or raises
