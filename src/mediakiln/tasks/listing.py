"""Lists of an account's tasks. Every function only reads, in the caller's transaction, and shows no deleted task."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.database.engine import reading
from mediakiln.database.tables import task
from mediakiln.generation import Kind
from mediakiln.tasks.records import SNAPSHOT_COLUMNS, State, TaskSnapshot, snapshot_from

KEPT = 20_000
"""Places held in memory."""


async def page(
    connection: AsyncConnection,
    account_id: str,
    dialect: str,
    kind: Kind,
    *,
    states: Sequence[State] = (),
    limit: int,
    offset: int,
) -> tuple[int, list[TaskSnapshot]]:
    """How many tasks there are of one dialect and kind in one of `states` (none: in any), and a page, newest first."""
    mine = [
        task.c.account_id == account_id,
        task.c.dialect == dialect,
        task.c.kind == kind,
        task.c.deleted_at.is_(None),
    ]
    if states:
        mine.append(task.c.state.in_(states))
    total = await connection.scalar(select(func.count()).select_from(task).where(*mine))
    query = select(*SNAPSHOT_COLUMNS).where(*mine).order_by(task.c.id.desc()).limit(limit).offset(offset)
    return total or 0, [snapshot_from(row._mapping) for row in await connection.execute(query)]


async def of_conversation(
    connection: AsyncConnection,
    account_id: str,
    conversation_id: str,
    *,
    kind: Kind | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[TaskSnapshot]:
    """The tasks of a conversation, of one kind where it is named, oldest first: all of them, or the `limit` newest after passing
    over `offset`."""
    mine = [task.c.account_id == account_id, task.c.conversation_id == conversation_id, task.c.deleted_at.is_(None)]
    if kind is not None:
        mine.append(task.c.kind == kind)
    query = select(*SNAPSHOT_COLUMNS).where(*mine).order_by(task.c.id.desc()).limit(limit).offset(offset or None)
    return [snapshot_from(row._mapping) for row in await connection.execute(query)][::-1]


async def children(connection: AsyncConnection, parents: Sequence[TaskSnapshot]) -> list[TaskSnapshot]:
    """The tasks that start from a result of one of `parents`, which are of one conversation, oldest first."""
    if not parents:
        return []
    mine = (
        task.c.account_id == parents[0].account_id,
        task.c.conversation_id == parents[0].conversation_id,
        task.c.parent_id.in_([parent.public_id for parent in parents]),
        task.c.deleted_at.is_(None),
    )
    query = select(*SNAPSHOT_COLUMNS).where(*mine).order_by(task.c.id)
    return [snapshot_from(row._mapping) for row in await connection.execute(query)]


class Places:
    """Remembers `place`, which never changes: a poll of an unfinished task then asks the database nothing of its own."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._known: dict[str, int] = {}

    async def of(self, snapshot: TaskSnapshot) -> int:
        """The place of a task."""
        found = self._known.get(snapshot.id)
        if found is None:
            async with reading(self._engine) as connection:
                found = self._known[snapshot.id] = await place(connection, snapshot)
            if len(self._known) > KEPT:
                del self._known[next(iter(self._known))]
        return found


async def place(connection: AsyncConnection, snapshot: TaskSnapshot) -> int:
    """The how manieth of its kind a task is in its conversation, from 1."""
    mine = (
        task.c.account_id == snapshot.account_id,
        task.c.conversation_id == snapshot.conversation_id,
        task.c.kind == snapshot.kind,
        task.c.id <= snapshot.id,
        task.c.deleted_at.is_(None),
    )
    return await connection.scalar(select(func.count()).select_from(task).where(*mine)) or 0
