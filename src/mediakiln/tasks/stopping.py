"""Stopping what an upstream does for a task that is over: its work is wanted by nobody, and may cost us yet."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.catalog import Route
from mediakiln.database.engine import reading
from mediakiln.database.tables import task as table
from mediakiln.providers.base import Job, ProviderError
from mediakiln.tasks.dispatch.base import Dispatcher
from mediakiln.tasks.records import TASK_COLUMNS, State, Submission, Task, task_from
from mediakiln.tasks.tools import Tools

PATIENCE = 10.0
"""Seconds that an upstream may take to answer."""

_SENT = (Submission.SENDING, Submission.ACCEPTED)

log = structlog.get_logger(__name__)


async def let_go(connection: AsyncConnection, dispatcher: Dispatcher, held: Task) -> None:
    """Give up the ticket of a task that has just ended, in the caller's transaction. A worker that is at work on it finds out
    with its next beat. Where something was sent, the ticket stays: it may be that no worker holds it, and the next one that does
    stops the upstream's job (`stop_orphan`)."""
    if held.submission not in _SENT:
        await dispatcher.withdraw(connection, held.id)


async def stop_orphan(tools: Tools, task_id: str) -> None:
    """Stop the upstream's job of a task that ended while no worker held it."""
    async with reading(tools.engine) as connection:
        row = (await connection.execute(select(*TASK_COLUMNS).where(table.c.id == task_id))).one_or_none()
    if row is None:
        return
    held = task_from(row._mapping)
    if held.state in (State.CANCELED, State.FAILED) and held.submission in _SENT:
        await stop_job(tools, held, held.routes[held.route], held.remote_id, tools.scratch)


async def stop_job(tools: Tools, held: Task, upstream: Route, remote_id: str | None, workdir: Path) -> None:
    """Tell the upstream, once, as far as it can be told. Without a `remote_id` it is asked first which job it is."""
    job = Job(held.id, held.request, upstream.model, (), workdir, held.id, _unheard, upstream.input)
    try:
        async with asyncio.timeout(PATIENCE):
            provider = tools.provider(upstream.provider)
            if remote_id is None and (found := await provider.recover(job)):
                remote_id = found.remote_id
            if remote_id is not None:
                await provider.cancel(job, remote_id)
    except (ProviderError, TimeoutError) as error:
        log.warning("task.cancel_upstream", task=held.public_id, provider=upstream.provider, error=str(error))


def _unheard(_fraction: float) -> None:
    """Nobody waits for this job's progress."""
