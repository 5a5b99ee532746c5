"""Calls that were answered at once and cost nothing. Their answers are kept a while, for clients that poll all the same."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import delete, exists, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms, well_formed
from mediakiln.database.tables import gateway_call as table
from mediakiln.errors import NotFound

LIFETIME = 86_400_000
"""Milliseconds an answer is kept."""
KEPT = 500
"""Answers kept for one account: a long list that is asked for again and again must not fill the disk."""


class Call(Struct, frozen=True):
    """A call and its answer. `id` is the one that the client was told; time in milliseconds. `fingerprint` is of its body, where
    an Idempotency-Key came with it."""

    id: str
    account_id: str
    model: str
    text: str
    created_at: int
    fingerprint: str = ""


async def keep(connection: AsyncConnection, call: Call) -> None:
    """Write a call down, and let go of the account's oldest ones."""
    await connection.execute(insert(table).values(**asdict(call)))
    mine = table.c.account_id == call.account_id
    newest_to_go = select(table.c.created_at).where(mine).order_by(table.c.created_at.desc()).offset(KEPT).limit(1)
    await connection.execute(delete(table).where(mine, table.c.created_at <= newest_to_go.scalar_subquery()))


async def find(connection: AsyncConnection, account_id: str, call_id: str) -> Call:
    """One call of the account. Raises NotFound alike for one that is missing, foreign or over."""
    mine = (table.c.id == call_id, table.c.account_id == account_id, table.c.created_at > now_ms() - LIFETIME)
    row = (await connection.execute(select(table).where(*mine))).mappings().one_or_none() if well_formed(call_id) else None
    if row is None:
        raise NotFound("No such task")
    return Call(**row)


async def sweep(engine: AsyncEngine) -> None:
    """Delete what is over."""
    over = table.c.created_at <= now_ms() - LIFETIME
    async with reading(engine) as connection:
        if not await connection.scalar(select(exists().where(over))):
            return
    async with writing(engine) as connection:
        await connection.execute(delete(table).where(over))
