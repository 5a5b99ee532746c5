"""Every movement of credits. Each function works inside the caller's transaction; amounts are integer microcredits.

A movement is one guarded UPDATE of the wallet and one ledger entry whose unique key makes it happen once. The sign of what a
kind does to the wallet stands in `EFFECT`, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from itertools import accumulate
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.database.ids import now_ms
from mediakiln.database.tables import ledger_entry, wallet
from mediakiln.errors import InsufficientCredits, InvalidRequest, NotFound, Overloaded, credits_text


class EntryKind(StrEnum):
    """Kinds of ledger entries."""

    GRANT = "grant"
    RESERVE = "reserve"
    CONSUME = "consume"
    RELEASE = "release"
    ADJUST = "adjust"
    EXPIRE = "expire"


EFFECT: dict[EntryKind, tuple[int, int]] = {
    EntryKind.GRANT: (+1, 0),
    EntryKind.RESERVE: (-1, +1),
    EntryKind.CONSUME: (0, -1),
    EntryKind.RELEASE: (+1, -1),
    EntryKind.ADJUST: (+1, 0),
    EntryKind.EXPIRE: (-1, 0),
}
"""What one microcredit of each kind does to (available, held). Only an adjustment may carry a negative amount."""


MOST = 10**18
"""The largest balance in microcredits (a million million credits), well within the columns' 64 bits."""


class Balance(Struct, frozen=True):
    """A wallet, in microcredits."""

    available: int
    held: int
    granted: int = 0


class Reservation(Struct, frozen=True):
    """A wish to hold `amount` for a task."""

    task_id: str
    account_id: str
    amount: int
    description: str


async def open_wallet(connection: AsyncConnection, account_id: str) -> None:
    """Give a new account its empty wallet."""
    await connection.execute(insert(wallet).values(account_id=account_id, available=0, held=0, granted=0, open_tasks=0))


async def balance(connection: AsyncConnection, account_id: str) -> Balance:
    """The account's wallet. Raises NotFound."""
    row = (
        await connection.execute(
            select(wallet.c.available, wallet.c.held, wallet.c.granted).where(wallet.c.account_id == account_id)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("No such account")
    return Balance(*row)


async def grant(connection: AsyncConnection, account_id: str, amount: int, *, key: str, description: str) -> bool:
    """Add bought or given credits. Returns False when `key` was granted before, and changes nothing. Raises NotFound, and
    InvalidRequest for an amount that is not positive or too large, and for a key of another account."""
    if amount <= 0:
        raise InvalidRequest.not_allowed("amount", amount, "a positive number of credits")
    return await _once(connection, EntryKind.GRANT, account_id, amount, key, description)


async def adjust(connection: AsyncConnection, account_id: str, amount: int, *, key: str, description: str) -> bool:
    """Correct a balance by hand, up or down, never below zero (InsufficientCredits). Returns False when done before."""
    if amount == 0:
        raise InvalidRequest.not_allowed("amount", amount, "any number of credits but 0")
    return await _once(connection, EntryKind.ADJUST, account_id, amount, key, description)


async def expire(connection: AsyncConnection, account_id: str, amount: int, *, key: str, description: str) -> bool:
    """Take back credits whose time is over, never more than there are (InsufficientCredits). Returns False when done before."""
    if amount <= 0:
        raise InvalidRequest.not_allowed("amount", amount, "a positive number of credits")
    return await _once(connection, EntryKind.EXPIRE, account_id, amount, key, description)


async def reserve(
    connection: AsyncConnection, bundles: Sequence[Sequence[Reservation]], *, max_open: int
) -> list[tuple[Balance, ...] | InsufficientCredits | Overloaded]:
    """Hold credits for many bundles of tasks at once; the answers are in the order of `bundles`, each decided by itself.

    A bundle is of one account and is held whole (a balance after each of its tasks) or not at all. The wallets are locked
    first, so what was decided still stands when it is written; the UPDATE's guard and the table's CHECK hold all the same.
    `max_open` bounds the unfinished tasks of an account.
    """
    if not bundles:
        return []
    wallets = await _locked(connection, {wish.account_id for bundle in bundles for wish in bundle})
    answers: list[tuple[Balance, ...] | InsufficientCredits | Overloaded] = []
    moves: dict[str, dict[str, Any]] = {}
    entries = []
    for bundle in bundles:
        account_id = bundle[0].account_id
        answer = _decide(bundle, wallets.get(account_id), max_open)
        answers.append(answer)
        if not isinstance(answer, tuple):
            continue
        wallets[account_id] = (answer[-1], wallets[account_id][1] + len(bundle))
        move = moves.setdefault(account_id, {"b_account": account_id, "b_amount": 0, "b_number": 0})
        move["b_amount"] += sum(wish.amount for wish in bundle)
        move["b_number"] += len(bundle)
        for wish, after in zip(bundle, answer, strict=True):
            key = f"task:{wish.task_id}:reserve"
            entries.append(_entry(EntryKind.RESERVE, account_id, wish.amount, after, key, wish.description, wish.task_id))
    if entries:
        await connection.execute(_HOLD, list(moves.values()))
        await connection.execute(insert(ledger_entry), entries)
    return answers


async def settle(
    connection: AsyncConnection, account_id: str, task_id: str, *, reserved: int, consumed: int, description: str
) -> Balance:
    """Close a task's reservation: pay for what was delivered, give the rest back. Entries of zero are not written.

    A second settlement of the same task violates the ledger's unique keys and rolls the caller back.
    """
    if not 0 <= consumed <= reserved:
        raise ValueError(f"task {task_id}: consumed {consumed} of {reserved}")
    released = reserved - consumed
    after = (
        await connection.execute(
            update(wallet)
            .where(wallet.c.account_id == account_id, wallet.c.held >= reserved)
            .values(available=wallet.c.available + released, held=wallet.c.held - reserved, open_tasks=wallet.c.open_tasks - 1)
            .returning(wallet.c.available, wallet.c.held)
        )
    ).one()
    final = Balance(after.available, after.held)
    consume_after = Balance(final.available - released, final.held + released)
    entries = []
    if consumed:
        key = f"task:{task_id}:consume"
        entries.append(_entry(EntryKind.CONSUME, account_id, consumed, consume_after, key, description, task_id))
    if released:
        entries.append(_entry(EntryKind.RELEASE, account_id, released, final, f"task:{task_id}:release", description, task_id))
    await connection.execute(insert(ledger_entry), entries)
    return final


async def _once(connection: AsyncConnection, kind: EntryKind, account_id: str, amount: int, key: str, description: str) -> bool:
    # The row lock comes first: of two callers with one key, the second then sees the first one's entry.
    row = (
        await connection.execute(
            select(wallet.c.available, wallet.c.held).where(wallet.c.account_id == account_id).with_for_update()
        )
    ).one_or_none()
    if row is None:
        raise NotFound("No such account")
    owner = await connection.scalar(select(ledger_entry.c.account_id).where(ledger_entry.c.key == key))
    if owner is not None:
        if owner != account_id:
            raise InvalidRequest("was used for another account; use a new key for a new movement", field="key")
        return False
    delta = EFFECT[kind][0] * amount
    if abs(amount) > MOST or row.available + delta > MOST:
        raise InvalidRequest(f"the balance would leave the range of {credits_text(MOST)} credits", field="amount")
    if row.available + delta < 0:
        raise InsufficientCredits(row.available, -delta)
    after = Balance(row.available + delta, row.held)
    granted = amount if kind is EntryKind.GRANT else 0
    await connection.execute(
        update(wallet)
        .where(wallet.c.account_id == account_id)
        .values(available=after.available, granted=wallet.c.granted + granted)
    )
    await connection.execute(insert(ledger_entry), [_entry(kind, account_id, amount, after, key, description, None)])
    return True


async def _locked(connection: AsyncConnection, account_ids: Iterable[str]) -> dict[str, tuple[Balance, int]]:
    """Wallets and their numbers of open tasks, locked until the transaction ends. One order everywhere: batches of two
    processes can never wait for each other. (On SQLite the transaction holds the only write lock there is.)"""
    query = (
        select(wallet.c.account_id, wallet.c.available, wallet.c.held, wallet.c.open_tasks)
        .where(wallet.c.account_id.in_(list(account_ids)))
        .order_by(wallet.c.account_id)
        .with_for_update()
    )
    return {row.account_id: (Balance(row.available, row.held), row.open_tasks) for row in await connection.execute(query)}


def _decide(
    bundle: Sequence[Reservation], locked: tuple[Balance, int] | None, max_open: int
) -> tuple[Balance, ...] | InsufficientCredits | Overloaded:
    """The wallet after each wish of the bundle, or why it cannot be met."""
    before, opened = locked or (Balance(0, 0), 0)
    total = sum(wish.amount for wish in bundle)
    if before.available < total:
        return InsufficientCredits(before.available, total)
    if opened + len(bundle) > max_open:
        message = f"Too many unfinished tasks: {opened}; allowed: {max_open}. Wait for some to finish"
        return Overloaded(message, retry_after=5, scope="account")
    sums = accumulate(wish.amount for wish in bundle)
    return tuple(Balance(before.available - amount, before.held + amount) for amount in sums)


_HOLD = (
    update(wallet)
    .where(wallet.c.account_id == bindparam("b_account"), wallet.c.available >= bindparam("b_amount"))
    .values(
        available=wallet.c.available - bindparam("b_amount"),
        held=wallet.c.held + bindparam("b_amount"),
        open_tasks=wallet.c.open_tasks + bindparam("b_number"),
    )
)


def _entry(
    kind: EntryKind, account_id: str, amount: int, after: Balance, key: str, description: str, task_id: str | None
) -> dict[str, object]:
    return {
        "account_id": account_id,
        "task_id": task_id,
        "kind": kind,
        "amount": amount,
        "available_after": after.available,
        "held_after": after.held,
        "key": key,
        "description": description[:200],
        "created_at": now_ms(),
    }
