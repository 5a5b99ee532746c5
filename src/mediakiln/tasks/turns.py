"""How often an upstream account is called: a rate that holds across all workers, kept in the database.

One row per account says when the next call is due at an even pace (the generic cell rate algorithm); a call may come up
to `BURST` early. The guarded UPDATE is the whole of it: two workers can never take the same turn.
"""

from __future__ import annotations

from sqlalchemy import case, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.database.tables import upstream_turn as table

BURST = 10_000
"""Milliseconds of an idle account's turns that may be taken at once."""


async def take(connection: AsyncConnection, account: str, rate: int, now: int, calls: int = 1) -> float:
    """Take the turns of `calls` calls at `rate` a minute: 0.0, or the seconds until there are any. `now` in milliseconds.

    Several calls wait no longer than one would, and the next ones wait for them: else they would never find the room.
    """
    interval = max(1, round(60_000 / rate))
    known = literal(now)
    due = case((table.c.due_at > known, table.c.due_at), else_=known) + interval * calls
    taken = update(table).where(table.c.account == account, table.c.due_at <= now + max(0, BURST - interval)).values(due_at=due)
    if (await connection.execute(taken)).rowcount == 1:
        return 0.0
    due_at: int | None = await connection.scalar(select(table.c.due_at).where(table.c.account == account))
    if due_at is None:
        # Two workers may both find no row: the second one's insert fails, its transaction is tried again, and finds one.
        await connection.execute(insert(table).values(account=account, due_at=now + interval * calls))
        return 0.0
    return float(max(1, due_at - now - max(0, BURST - interval))) / 1000
