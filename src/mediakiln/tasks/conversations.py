"""Conversations: prompts and their results in one thread. Every function works inside the caller's transaction.

A conversation holds no counters: what it cost and when something last happened is told by its tasks.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from enum import StrEnum

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, RowMapping, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.assets.outputs import StoredOutput
from mediakiln.database.ids import now_ms, well_formed
from mediakiln.database.tables import conversation as table
from mediakiln.database.tables import task
from mediakiln.errors import InvalidRequest, NotFound
from mediakiln.generation import Kind
from mediakiln.tasks.records import State

TITLE_MAX = 200
"""Characters in a title."""


class Status(StrEnum):
    """What its owner calls a conversation. `deleted` ones are seen by nobody; their tasks stay in the owner's library."""

    ACTIVE = "active"
    COMPLETED = "completed"
    ARCHIVED = "archived"
    DELETED = "deleted"


class Conversation(Struct, frozen=True):
    """A thread of tasks; times in milliseconds since the epoch."""

    id: str
    title: str
    status: Status
    created_at: int
    updated_at: int


class Summary(Struct, frozen=True):
    """What its tasks make of a conversation: how many there are, what was paid (microcredits), the newest one's time, and
    the path of the newest picture."""

    tasks: int = 0
    charged: int = 0
    last_at: int | None = None
    preview: str | None = None


async def create(connection: AsyncConnection, account_id: str, title: str) -> Conversation:
    """Begin a conversation. Raises InvalidRequest for a title that is too long."""
    now = now_ms()
    made = Conversation(f"ds_{secrets.token_hex(10)}", checked_title(title), Status.ACTIVE, now, now)
    await connection.execute(insert(table).values(account_id=account_id, **msgspec.structs.asdict(made)))
    return made


async def find(connection: AsyncConnection, account_id: str, conversation_id: str) -> Conversation:
    """The account's conversation. Raises NotFound alike for a missing, foreign or deleted one."""
    query = select(*_COLUMNS).where(*_mine(account_id, conversation_id), _ALIVE)
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise NotFound(f'No session "{conversation_id[:64]}"')
    return _read(row)


async def page(
    connection: AsyncConnection, account_id: str, statuses: Sequence[Status], *, limit: int, offset: int
) -> list[Conversation]:
    """The account's conversations with one of `statuses`, newest first."""
    query = select(*_COLUMNS).where(table.c.account_id == account_id, table.c.status.in_(statuses))
    query = query.order_by(table.c.created_at.desc(), table.c.id.desc()).limit(limit).offset(offset)
    return [_read(row) for row in (await connection.execute(query)).mappings()]


async def rename(connection: AsyncConnection, account_id: str, conversation_id: str, title: str) -> Conversation:
    """Give a conversation another title. Raises InvalidRequest, and NotFound as `find` does."""
    values = {"title": checked_title(title), "updated_at": now_ms()}
    changed = await connection.execute(update(table).where(*_mine(account_id, conversation_id), _ALIVE).values(**values))
    if changed.rowcount == 0:
        raise NotFound(f'No session "{conversation_id[:64]}"')
    return await find(connection, account_id, conversation_id)


async def remove(connection: AsyncConnection, account_id: str, conversation_id: str, *, permanent: bool) -> None:
    """Hide a conversation, or (`permanent`) forget it; what becomes of its tasks is the caller's to say. Raises NotFound; a
    hidden one may still be forgotten."""
    mine = _mine(account_id, conversation_id)
    if permanent:
        changed = await connection.execute(delete(table).where(*mine))
    else:
        values = {"status": Status.DELETED, "updated_at": now_ms()}
        changed = await connection.execute(update(table).where(*mine, _ALIVE).values(**values))
    if changed.rowcount == 0:
        raise NotFound(f'No session "{conversation_id[:64]}"')


async def hold(connection: AsyncConnection, ids: Collection[str]) -> dict[str, str]:
    """id -> account of those that are not deleted, which cannot be deleted before this transaction ends. In one order
    everywhere, so that two batches never wait for each other."""
    query = select(table.c.id, table.c.account_id).where(table.c.id.in_(ids), _ALIVE)
    rows = await connection.execute(query.order_by(table.c.id).with_for_update(read=True))
    return {row.id: row.account_id for row in rows}


async def summaries(connection: AsyncConnection, ids: Collection[str]) -> dict[str, Summary]:
    """What the tasks of each of these conversations come to; one that has none is left out."""
    if not ids:
        return {}
    visible = [task.c.conversation_id.in_(ids), task.c.deleted_at.is_(None)]
    totals = select(
        task.c.conversation_id,
        func.count().label("tasks"),
        func.coalesce(func.sum(task.c.charged), 0).label("charged"),
        func.max(task.c.created_at).label("last_at"),
    )
    newest = (
        select(func.max(task.c.id))
        .where(*visible, task.c.kind == Kind.IMAGE, task.c.state == State.SUCCEEDED)
        .group_by(task.c.conversation_id)
    )
    pictures = {
        row.conversation_id: msgspec.json.decode(row.result, type=list[StoredOutput])[0].path
        for row in await connection.execute(select(task.c.conversation_id, task.c.result).where(task.c.id.in_(newest)))
    }
    rows = await connection.execute(totals.where(*visible).group_by(task.c.conversation_id))
    return {
        row.conversation_id: Summary(row.tasks, int(row.charged), row.last_at, pictures.get(row.conversation_id)) for row in rows
    }


def checked_title(title: str) -> str:
    """The title without blanks around it. Raises InvalidRequest."""
    title = title.strip()
    if len(title) > TITLE_MAX or "\0" in title:
        raise InvalidRequest.not_allowed("title", f"{len(title)} characters", f"at most {TITLE_MAX} characters of text")
    return title


_COLUMNS = tuple(table.c[field.name] for field in msgspec.structs.fields(Conversation))
_ALIVE = table.c.status != Status.DELETED


def _read(row: RowMapping) -> Conversation:
    return Conversation(**{**row, "status": Status(row["status"])})


def _mine(account_id: str, conversation_id: str) -> list[ColumnElement[bool]]:
    return [table.c.account_id == account_id, table.c.id == (conversation_id if well_formed(conversation_id) else "")]
