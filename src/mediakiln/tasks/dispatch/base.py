"""The dispatch port: durable tickets, enqueued inside the submit transaction, handed to exactly one living worker at a time.

A ticket that a worker holds is leased; when the worker dies, another one gets it within 30 seconds. A ticket may therefore be
handled more than once over its life (never by two living workers at once): the task's own guarded transitions make that
harmless. The ticket is gone when the handler returns None.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncConnection


class Ticket(Struct, frozen=True):
    """One task waiting for a worker.

    `lane` is the unit of concurrency (a provider account); `priority`: higher runs first, equal runs in order of arrival;
    `delay` in seconds before it may run.
    """

    task_id: str
    lane: str
    priority: int = 0
    delay: float = 0.0


class Lane(Struct, frozen=True):
    """How many tickets of a lane may be held at once: `everywhere`, over all workers of the database (what an upstream
    account bears), and `here`, by this worker (what its machine bears; None: as many as everywhere)."""

    everywhere: int
    here: int | None = None


class Again(Struct, frozen=True):
    """A handler's wish to have the ticket back after `delay` seconds, in `lane` (None: the same one). For `pause` seconds this
    worker claims nothing else of that lane: none of it could be worked on either."""

    delay: float
    lane: str | None = None
    pause: float = 0.0


Handler = Callable[[str], Awaitable[Again | None]]
"""Works on the task with this id. An exception puts the ticket back with a short growing delay. Being cancelled means that
the worker is shutting down: the ticket goes back at once for another worker."""


class Dispatcher(Protocol):
    """What tasks ask of a queue."""

    async def enqueue(self, connection: AsyncConnection, tickets: Sequence[Ticket]) -> None:
        """Add tickets inside the caller's transaction: they exist exactly when it commits. A task has one ticket at most."""

    async def withdraw(self, connection: AsyncConnection, task_id: str) -> None:
        """Remove a ticket inside the caller's transaction, waiting or held (a handler at work on it is not interrupted)."""

    async def load(self) -> Mapping[str, int]:
        """The tickets of each lane, waiting or held; lanes without any are left out."""

    def wake(self) -> None:
        """Tell a worker in this process that a commit made tickets available (other processes find out by themselves)."""

    async def prepare(self) -> None:
        """Install or upgrade what the queue keeps in the database by itself; run at every start, after the migrations."""

    async def run(self, handler: Handler, *, lanes: Mapping[str, Lane], concurrency: int, stop: asyncio.Event) -> None:
        """Hand tickets to `handler` until `stop` is set; then cancel what is at work, give its tickets back, and return.

        `lanes` are the lanes this worker serves; `concurrency` bounds this worker over all of them. Survives a database that
        goes away for a while.
        """

    async def aclose(self) -> None:
        """Close connections of its own."""
