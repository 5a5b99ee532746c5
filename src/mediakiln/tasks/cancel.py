"""Cancelling a task at its owner's wish: settled at once; the worker that holds it finds out within a beat and stops."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.database.tables import task as table
from mediakiln.errors import NotFound
from mediakiln.tasks import states
from mediakiln.tasks.dispatch.base import Dispatcher
from mediakiln.tasks.records import TASK_COLUMNS, Task, task_from
from mediakiln.tasks.stopping import let_go
from mediakiln.telemetry import metrics


async def cancel(connection: AsyncConnection, dispatcher: Dispatcher, public_id: str, *, account_id: str | None = None) -> bool:
    """Cancel an open task and release its credits, in the caller's transaction. False when it was finished already.

    `account_id` None is for operators. Raises NotFound for a missing or foreign id.
    """
    query = select(*TASK_COLUMNS).where(table.c.public_id == public_id)
    if account_id is not None:
        query = query.where(table.c.account_id == account_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFound(f'No task "{public_id}"')
    return await cancel_held(connection, dispatcher, task_from(row._mapping))


async def cancel_held(connection: AsyncConnection, dispatcher: Dispatcher, held: Task) -> bool:
    """The same for a task that was read in this transaction."""
    if not await states.cancel(connection, held):
        return False
    await let_go(connection, dispatcher, held)
    metrics.FINISHED.labels(held.dialect, held.model, "canceled", "").inc()
    return True
