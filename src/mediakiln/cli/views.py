"""What only an operator asks: read-only questions across accounts, wallets, ledgers and tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from msgspec import Struct
from sqlalchemy import Row, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.database.engine import reading
from mediakiln.database.tables import account, ledger_entry, subscription, task, wallet
from mediakiln.errors import NotFound

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"


class AccountView(Struct, frozen=True):
    """An account with its wallet (microcredits) and its plan (times in milliseconds)."""

    email: str
    is_admin: bool
    created_at: int
    available: int
    held: int
    granted: int
    plan: str | None
    plan_ends_at: int | None


async def accounts(engine: AsyncEngine) -> list[AccountView]:
    """Every account, oldest first."""
    query = (
        select(
            account.c.email,
            account.c.is_admin,
            account.c.created_at,
            wallet.c.available,
            wallet.c.held,
            wallet.c.granted,
            subscription.c.plan,
            subscription.c.ends_at,
        )
        .join(wallet, wallet.c.account_id == account.c.id)
        .outerjoin(subscription, subscription.c.account_id == account.c.id)
        .order_by(account.c.id)
    )
    async with reading(engine) as connection:
        return [AccountView(*row) for row in await connection.execute(query)]


async def emails(engine: AsyncEngine, limit: int) -> list[str]:
    """The addresses of the oldest accounts."""
    async with reading(engine) as connection:
        return list(await connection.scalars(select(account.c.email).order_by(account.c.id).limit(limit)))


async def history(engine: AsyncEngine, account_id: str, limit: int) -> Sequence[AnyRow]:
    """The newest ledger entries of an account, newest first."""
    columns = ("created_at", "kind", "amount", "available_after", "held_after", "description", "key")
    query = (
        select(*(ledger_entry.c[name] for name in columns))
        .where(ledger_entry.c.account_id == account_id)
        .order_by(ledger_entry.c.id.desc())
        .limit(limit)
    )
    async with reading(engine) as connection:
        return (await connection.execute(query)).all()


async def tasks(engine: AsyncEngine, state: str | None, limit: int) -> Sequence[AnyRow]:
    """The newest tasks of all accounts, newest first."""
    columns = ("public_id", "kind", "model", "state", "progress", "price", "charged", "created_at", "finished_at")
    query = (
        select(*(task.c[name] for name in columns), account.c.email)
        .join(account, account.c.id == task.c.account_id)
        .order_by(task.c.id.desc())
        .limit(limit)
    )
    if state is not None:
        query = query.where(task.c.state == state)
    async with reading(engine) as connection:
        return (await connection.execute(query)).all()


async def one_task(engine: AsyncEngine, task_id: str) -> AnyRow:
    """One task by its public or its internal id, with its account's address. Raises NotFound."""
    query = (
        select(task, account.c.email)
        .join(account, account.c.id == task.c.account_id)
        .where(or_(task.c.public_id == task_id, task.c.id == task_id))
    )
    async with reading(engine) as connection:
        row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFound(f'No task "{task_id}"')
    return row
