"""The outbox: what callers are to be told of tasks that have ended.

A row is written in the transaction that ends its task, so neither can be without the other. Whoever sends it takes it for
`LEASE` first; one that dies meanwhile leaves it to the next, so that it may arrive twice but never not at all.
"""

from __future__ import annotations

import random
from collections.abc import Collection

from msgspec import Struct
from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms, uuid7
from mediakiln.database.tables import PENDING_WEBHOOK
from mediakiln.database.tables import webhook as table

LEASE = 60_000
"""Milliseconds one sending may take; the door gives up long before."""
PAUSES = (5, 30, 300, 1_800, 7_200, 14_400, 21_600, 21_600, 21_600)
"""Seconds between the first try and the second, and so on: ten tries in about a day."""
TRIES = len(PAUSES) + 1
KEPT = 7 * 86_400_000
"""Milliseconds for which one that has been sent, or given up, can be looked up."""
SWEPT = 1_000
"""Rows deleted at once."""


class Due(Struct, frozen=True):
    """One webhook that its holder has to send now. `tries` counts this one."""

    id: str
    task_id: str
    account_id: str
    tries: int

    @property
    def last(self) -> bool:
        """True when no other try follows."""
        return self.tries >= TRIES


async def announce(connection: AsyncConnection, account_id: str, task_id: str) -> None:
    """Write that a task's end is to be told, in the transaction that ends it."""
    now = now_ms()
    row = {"id": uuid7(), "task_id": task_id, "account_id": account_id, "state": "pending", "tries": 0}
    await connection.execute(insert(table).values(**row, due_at=now, created_at=now))


async def anything_due(engine: AsyncEngine) -> bool:
    """Whether there is something to take: asked first, since taking needs the write lock."""
    async with reading(engine) as connection:
        return bool(await connection.scalar(select(exists().where(PENDING_WEBHOOK, table.c.due_at <= now_ms()))))


async def take(engine: AsyncEngine, most: int, *, not_of: Collection[str] = ()) -> list[Due]:
    """Take up to `most` that are due, for LEASE, the longest waiting first; none of the accounts `not_of`."""
    now = now_ms()
    waiting = (
        select(table.c.id)
        .where(PENDING_WEBHOOK, table.c.due_at <= now, table.c.account_id.not_in(sorted(not_of)))
        .order_by(table.c.due_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    async with writing(engine) as connection:
        ids = list((await connection.execute(waiting)).scalars())
        taken = await connection.execute(
            update(table)
            .where(table.c.id.in_(ids))
            .values(tries=table.c.tries + 1, due_at=now + LEASE)
            .returning(table.c.id, table.c.task_id, table.c.account_id, table.c.tries)
        )
        return [Due(*row) for row in taken]


async def delivered(engine: AsyncEngine, due: Due) -> None:
    """Write that it has arrived."""
    await _write(engine, due, state="delivered", error=None, finished_at=now_ms())


async def failed(engine: AsyncEngine, due: Due, error: str, *, for_ever: bool = False) -> None:
    """Write that it has not arrived and when it is tried again; never again after the last try, or `for_ever`."""
    if due.last or for_ever:
        await _write(engine, due, state="dead", error=error[:200], finished_at=now_ms())
    else:
        pause = PAUSES[due.tries - 1] * random.uniform(0.9, 1.1)
        await _write(engine, due, due_at=now_ms() + round(pause * 1000), error=error[:200])


async def sweep(engine: AsyncEngine) -> None:
    """Delete those that ended longer than KEPT ago."""
    over = table.c.finished_at <= now_ms() - KEPT
    async with reading(engine) as connection:
        ids = list((await connection.execute(select(table.c.id).where(over).limit(SWEPT))).scalars())
    if ids:
        async with writing(engine) as connection:
            await connection.execute(delete(table).where(table.c.id.in_(ids)))


async def _write(engine: AsyncEngine, due: Due, **values: object) -> None:
    # Only for the try that it belongs to: one whose lease ran out must not undo what a later one wrote.
    mine = (table.c.id == due.id, table.c.tries == due.tries, PENDING_WEBHOOK)
    async with writing(engine) as connection:
        await connection.execute(update(table).where(*mine).values(**values))
