"""Group commit: callers that wait at the same time share one transaction, so that one disk flush serves them all."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.database.engine import writing

Item = TypeVar("Item")
Answer = TypeVar("Answer")

PATIENCE = 30.0
"""Seconds one transaction may take. All callers of a process go through one at a time: a connection that went silent (a stopped
server, a cut line) must not keep every later one waiting."""
AWAY = (OSError, OperationalError, InterfaceError, PoolTimeout)
"""What is raised when no item but the database itself is at fault."""


class GroupCommit(Generic[Item, Answer]):
    """Runs `work(connection, items)` in one transaction for all items that gathered while the last one was committing.

    `work` answers one value per item, in order; an answer that is an exception is raised to that caller alone and the others
    commit. When the whole transaction fails, each item is tried again by itself, so that one bad item spoils no other;
    except when the database is away, which is nobody's item's fault and would only take that many times longer.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        work: Callable[[AsyncConnection, Sequence[Item]], Awaitable[Sequence[Answer | Exception]]],
        *,
        most: int = 128,
    ) -> None:
        self._engine = engine
        self._work = work
        self._most = most
        self._waiting: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._drain: asyncio.Task[None] | None = None

    async def run(self, item: Item) -> Answer:
        """Do the work for `item` and return its answer once it is committed."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._drain is None or self._drain.done():
            self._drain = asyncio.create_task(self._drain_waiting())
        return await future

    async def aclose(self) -> None:
        """Wait until everything that was asked for is committed."""
        while self._drain is not None and not self._drain.done():
            await asyncio.wait([self._drain])

    async def _drain_waiting(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
            await self._commit(batch)

    async def _commit(self, batch: Sequence[tuple[Item, asyncio.Future[Answer]]]) -> None:
        try:
            async with asyncio.timeout(PATIENCE), writing(self._engine) as connection:
                answers = await self._work(connection, [item for item, _ in batch])
                if len(answers) != len(batch):
                    raise RuntimeError(f"{len(answers)} answers to {len(batch)} items")
        except Exception as error:
            if len(batch) > 1 and not isinstance(error, AWAY):
                for one in batch:
                    await self._commit([one])
                return
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if future.done():
                continue  # the caller went away; its work is committed all the same
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
