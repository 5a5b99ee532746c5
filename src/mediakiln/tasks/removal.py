"""Deleting tasks at their owner's wish: unfinished ones are canceled first, their files go, the rows stay for the ledger."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.database.ids import now_ms, well_formed
from mediakiln.database.tables import asset
from mediakiln.database.tables import task as table
from mediakiln.errors import NotFound
from mediakiln.generation import Kind
from mediakiln.tasks.cancel import cancel_held
from mediakiln.tasks.dispatch.base import Dispatcher
from mediakiln.tasks.records import TASK_COLUMNS, Task, task_from


async def cancel_or_remove(
    connection: AsyncConnection, dispatcher: Dispatcher, account_id: str, dialect: str, kind: Kind, public_id: str
) -> bool:
    """Cancel a task that is not finished (True; its owner still sees it), or delete a finished one with its files, in the
    caller's transaction. Raises NotFound as a status read does."""
    mine = [*_seen(account_id), table.c.public_id == public_id, table.c.dialect == dialect, table.c.kind == kind]
    found = await _locked(connection, mine) if well_formed(public_id) else []
    if not found:
        raise NotFound("Generation task does not exist")
    if found[0].state.open and await cancel_held(connection, dispatcher, found[0]):
        return True
    await _hide(connection, mine)
    return False


async def remove_conversation(
    connection: AsyncConnection, dispatcher: Dispatcher, account_id: str, conversation_id: str
) -> list[str]:
    """Delete every task of a conversation with its files, in the caller's transaction; what is not finished is canceled first.
    Returns their public ids."""
    mine = [*_seen(account_id), table.c.conversation_id == conversation_id]
    found = await _locked(connection, mine)
    for held in found:
        if held.state.open:
            await cancel_held(connection, dispatcher, held)
    await _hide(connection, mine)
    return [held.public_id for held in found]


def _seen(account_id: str) -> list[ColumnElement[bool]]:
    return [table.c.account_id == account_id, table.c.deleted_at.is_(None)]


async def _locked(connection: AsyncConnection, where: list[ColumnElement[bool]]) -> list[Task]:
    """All of them are locked before the first is canceled: a worker that ends one has locked it and wants the wallet next,
    which the first cancellation takes for itself. One that ends at this moment is waited for; its files are seen then."""
    query = select(*TASK_COLUMNS).where(*where).order_by(table.c.id).with_for_update()
    return [task_from(row._mapping) for row in await connection.execute(query)]


async def _hide(connection: AsyncConnection, where: list[ColumnElement[bool]]) -> None:
    now, ids = now_ms(), select(table.c.id).where(*where)
    # The janitor's next round deletes what has expired.
    await connection.execute(update(asset).where(asset.c.task_id.in_(ids)).values(deleted_at=now, expires_at=now))
    await connection.execute(update(table).where(*where).values(deleted_at=now))
