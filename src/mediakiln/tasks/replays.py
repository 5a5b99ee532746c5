"""Repeats: what an Idempotency-Key was answered before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence, Set

import msgspec
from msgspec import Struct
from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.catalog import Route
from mediakiln.database.tables import ledger_entry, task
from mediakiln.errors import IdempotencyMismatch


class Idempotency(Struct, frozen=True):
    """The caller's key and a digest of what it was sent with. Keys belong to an account and live as long as the task."""

    key: str
    fingerprint: str


class Submitted(Struct, frozen=True):
    """A durable task. `price` and `available_after` in microcredits; `provider` is the first route's."""

    public_id: str
    price: int
    available_after: int
    provider: str
    created_at: int
    replayed: bool = False


def keys_of(key: str, count: int) -> list[str]:
    """The keys under which the tasks of a bundle are written: the caller's own for the first, numbered ones for the others."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    return [key if number == 0 else f"{digest}/{number}" for number in range(count)]


def replayed(
    found: Mapping[tuple[str, str], RowMapping], account_id: str, keys: Sequence[str], fingerprint: str
) -> tuple[Submitted, ...] | None:
    """What these keys were answered before, or None when they are new. Raises IdempotencyMismatch."""
    rows = [row for key in keys if (row := found.get((account_id, key))) is not None]
    if not rows:
        return None
    if len(rows) != len(keys) or any(row["fingerprint"] != fingerprint for row in rows):
        raise IdempotencyMismatch("This Idempotency-Key was used before with another request; use a new key for a new request")
    return tuple(
        Submitted(
            row["public_id"],
            row["price"],
            row["available_after"],
            msgspec.json.decode(row["routes"], type=tuple[Route, ...])[0].provider,
            row["created_at"],
            replayed=True,
        )
        for row in rows
    )


async def known(connection: AsyncConnection, wanted: Set[tuple[str, str]]) -> dict[tuple[str, str], RowMapping]:
    """The tasks that (account, key) pairs have made."""
    query = (
        select(
            task.c.account_id,
            task.c.idempotency_key,
            task.c.fingerprint,
            task.c.public_id,
            task.c.price,
            task.c.routes,
            task.c.created_at,
            ledger_entry.c.available_after,
        )
        .join(ledger_entry, ledger_entry.c.key == "task:" + task.c.id + ":reserve")
        .where(
            # Not pairs of them: SQLite looks those up in no index.
            task.c.account_id.in_({account_id for account_id, _ in wanted}),
            task.c.idempotency_key.in_({key for _, key in wanted}),
        )
    )
    rows = (await connection.execute(query)).mappings()
    return {(row["account_id"], row["idempotency_key"]): row for row in rows}
