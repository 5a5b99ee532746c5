"""An account's movements, newest first, each with the task it belongs to. Only reads."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.database.tables import ledger_entry, task
from mediakiln.ledger.entries import EFFECT, EntryKind


class Movement(Struct, frozen=True):
    """One entry; amounts in microcredits, `created_at` in milliseconds since the epoch. The last four are None for movements
    that belong to no task."""

    id: int
    kind: EntryKind
    amount: int
    available_after: int
    held_after: int
    key: str
    description: str
    created_at: int
    task_id: str | None = None
    task_kind: str | None = None
    dialect: str | None = None
    request: str | None = None

    @property
    def available_before(self) -> int:
        """What could be spent before it."""
        return self.available_after - EFFECT[self.kind][0] * self.amount


async def page(
    connection: AsyncConnection, account_id: str, kinds: Sequence[EntryKind] = (), *, limit: int, offset: int
) -> tuple[int, list[Movement]]:
    """How many entries there are of these kinds (none: of all), and a page of them."""
    mine = [ledger_entry.c.account_id == account_id]
    if kinds:
        mine.append(ledger_entry.c.kind.in_(kinds))
    total = await connection.scalar(select(func.count()).select_from(ledger_entry).where(*mine))
    columns = [ledger_entry.c[field.name] for field in msgspec.structs.fields(Movement)[:8]]
    query = (
        select(*columns, task.c.public_id.label("task_id"), task.c.kind.label("task_kind"), task.c.dialect, task.c.request)
        .select_from(ledger_entry.outerjoin(task, task.c.id == ledger_entry.c.task_id))
        .where(*mine)
        .order_by(ledger_entry.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return total or 0, [
        Movement(**{**row, "kind": EntryKind(row["kind"])}) for row in (await connection.execute(query)).mappings()
    ]
