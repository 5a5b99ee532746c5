"""The library of an account: its uploads and whatever its tasks made, in any dialect. Every function only reads, in the
caller's transaction, and shows neither deleted tasks nor files that are gone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, RowMapping, Select, Table, and_, func, literal, null, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.assets.uploads import OWNED, visible
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import asset, conversation, task, task_input
from mediakiln.errors import NotFound
from mediakiln.generation import GenerationRequest, Kind

MOST_USES = 100
"""Uses of one file that are told, the latest ones."""


class Source(StrEnum):
    """Where a file comes from."""

    UPLOAD = "upload"
    GENERATION = "generation"


class File(Struct, frozen=True, kw_only=True):
    """A file in the store. `size` in bytes, `duration` in seconds, times in milliseconds; `upload_id` and `filename` for
    uploads only. `uses` counts the tasks that were given it, where it was asked for."""

    path: str
    media_type: str
    size: int
    width: int
    height: int
    duration: float | None
    created_at: int
    upload_id: str | None
    filename: str | None
    deleted_at: int | None
    uses: int = 0


class Made(Struct, frozen=True, kw_only=True):
    """What a task says about its result. `state` is the task's, `progress` 0.0-1.0."""

    id: str
    public_id: str
    kind: str
    model: str
    state: str
    progress: float
    request: GenerationRequest
    created_at: int
    finished_at: int | None


class Thread(Struct, frozen=True):
    """The conversation that a task belongs to."""

    id: str
    title: str
    status: str


class Item(Struct, frozen=True):
    """One line of the library. An upload has no `made`, an unfinished task no `file`. The thread is the task's, or the one
    an upload was last used in, where that was asked for."""

    file: File | None
    made: Made | None
    thread: Thread | None


_FILE = [asset.c[name].label(f"file_{name}") for name in File.__struct_fields__ if name != "uses"]
_MADE = [task.c[name].label(f"made_{name}") for name in Made.__struct_fields__]
_THREAD = [conversation.c[name].label(f"thread_{name}") for name in Thread.__struct_fields__]
_Cut = TypeVar("_Cut", bound=Struct)
_request = msgspec.json.Decoder(GenerationRequest)


async def images(
    connection: AsyncConnection, account_id: str, *, source: Source | None, limit: int, offset: int
) -> tuple[int, list[Item]]:
    """How many pictures there are, and a page of them, newest first."""
    mine = [*_kept(account_id), OWNED, asset.c.media_type.like("image/%")]
    if source is not None:
        mine.append(asset.c.upload_id.is_not(None) if source is Source.UPLOAD else asset.c.task_id.is_not(None))
    total = await connection.scalar(select(func.count()).select_from(asset).where(*mine))
    query = _with_task(asset).where(*mine).order_by(asset.c.created_at.desc(), asset.c.path.desc()).limit(limit).offset(offset)
    return total or 0, [_item(row) for row in (await connection.execute(query)).mappings()]


async def videos(
    connection: AsyncConnection,
    account_id: str,
    *,
    source: Source | None,
    states: Collection[str] | None,
    limit: int,
    offset: int,
) -> tuple[int, list[Item]]:
    """How many videos there are, and a page of them, newest first. Tasks without a result yet, and those that failed, are
    among them. `states` narrows the tasks, and leaves out uploads where both are asked for."""
    kept = [*_kept(account_id), asset.c.media_type.like("video/%")]
    files = select(asset.c.path.label("key"), asset.c.created_at.label("at"), literal(0).label("unfinished")).where(*kept)
    mine = [task.c.account_id == account_id, task.c.kind == Kind.VIDEO, task.c.deleted_at.is_(None)]
    mine.append(task.c.state != "succeeded" if states is None else task.c.state.in_(set(states) - {"succeeded"}))
    tasks = select(task.c.id.label("key"), task.c.created_at.label("at"), literal(1).label("unfinished")).where(*mine)
    wanted = []
    if source is Source.UPLOAD or (source is None and states is None):
        wanted.append(files.where(asset.c.upload_id.is_not(None)))
    if source is not Source.UPLOAD:
        wanted.append(tasks)
        if states is None or "succeeded" in states:
            # Listed by its file, which the owner may have deleted.
            wanted.append(files.where(asset.c.task_id.is_not(None)))
    union = union_all(*wanted).subquery()
    total = await connection.scalar(select(func.count()).select_from(union))
    query = select(union).order_by(union.c.at.desc(), union.c.key.desc()).limit(limit).offset(offset)
    page = (await connection.execute(query)).all()
    paths, ids = [row.key for row in page if not row.unfinished], [row.key for row in page if row.unfinished]
    found: dict[str, Item] = {}
    if paths:
        rows = await connection.execute(_with_task(asset).where(asset.c.path.in_(paths)))
        found |= {row["file_path"]: _item(row) for row in rows.mappings()}
    if ids:
        rows = await connection.execute(_with_task(task).where(task.c.id.in_(ids)))
        found |= {row["made_id"]: _item(row) for row in rows.mappings()}
    return total or 0, [found[row.key] for row in page if row.key in found]


async def uploads(
    connection: AsyncConnection,
    account_id: str,
    *,
    kinds: Collection[str] | None,
    deleted: bool,
    threads: bool,
    limit: int,
    offset: int,
) -> tuple[int, list[Item]]:
    """How many uploads there are, and a page of them, newest first, with their uses. `kinds` are of image, video and audio;
    `deleted` adds those that were hidden, `threads` tells where each was last used."""
    mine = [*_kept(account_id, deleted=deleted), asset.c.upload_id.is_not(None)]
    if kinds is not None:
        mine.append(or_(*(asset.c.media_type.like(f"{kind}/%") for kind in kinds)))
    total = await connection.scalar(select(func.count()).select_from(asset).where(*mine))
    query = select(*_FILE, _uses(account_id)).where(*mine).order_by(asset.c.created_at.desc(), asset.c.path.desc())
    rows = (await connection.execute(query.limit(limit).offset(offset))).mappings().all()
    used = await _last_threads(connection, account_id, [row["file_path"] for row in rows]) if threads else {}
    return total or 0, [Item(_cut(row, "file_", File), None, used.get(row["file_path"])) for row in rows]


async def find(connection: AsyncConnection, account_id: str, path: str) -> File:
    """One file of the account, hidden or not. Raises NotFound alike for one that is missing or foreign."""
    return await _one(connection, account_id, asset.c.path == path, path)


async def find_upload(connection: AsyncConnection, account_id: str, upload_id: str) -> tuple[File, Thread | None]:
    """One upload of the account, hidden or not, and where it was last used. Raises NotFound as `find` does."""
    file = await _one(connection, account_id, asset.c.upload_id == upload_id, upload_id)
    return file, (await _last_threads(connection, account_id, [file.path])).get(file.path)


async def _one(connection: AsyncConnection, account_id: str, named: ColumnElement[bool], name: str) -> File:
    query = select(*_FILE, _uses(account_id)).where(*_kept(account_id, deleted=True), OWNED, named)
    # No name of ours has anything else, and PostgreSQL takes no NUL character.
    plain = name.isascii() and name.isprintable()
    row = (await connection.execute(query)).mappings().one_or_none() if plain else None
    if row is None:
        raise NotFound("File does not exist")
    return _cut(row, "file_", File)


async def uses(connection: AsyncConnection, account_id: str, path: str) -> list[Made]:
    """The tasks that were given a file, latest first, at most MOST_USES."""
    query = select(*_MADE).join(task_input, task_input.c.task_id == task.c.id).where(task_input.c.path == path)
    query = query.where(task.c.account_id == account_id, task.c.deleted_at.is_(None)).order_by(task.c.id.desc()).limit(MOST_USES)
    return [_made(row) for row in (await connection.execute(query)).mappings()]


def _kept(account_id: str, *, deleted: bool = False) -> list[ColumnElement[bool]]:
    mine = [asset.c.account_id == account_id, visible(now_ms())]
    return mine if deleted else [*mine, asset.c.deleted_at.is_(None)]


def _result() -> ColumnElement[bool]:
    """The video that a task made, unless it was deleted; its last frame is a picture of the library."""
    film = asset.c.media_type.like("video/%")
    return and_(asset.c.task_id == task.c.id, film, asset.c.deleted_at.is_(None), visible(now_ms()))


def _with_task(first: Table) -> Select[Any]:
    joined = asset.outerjoin(task, task.c.id == asset.c.task_id) if first is asset else task.outerjoin(asset, _result())
    joined = joined.outerjoin(conversation, conversation.c.id == task.c.conversation_id)
    return select(*_FILE, *_MADE, *_THREAD).select_from(joined)


def _uses(account_id: str) -> ColumnElement[int]:
    joined = task_input.join(task, task.c.id == task_input.c.task_id)
    mine = (task_input.c.path == asset.c.path, task.c.account_id == account_id, task.c.deleted_at.is_(None))
    return select(func.count()).select_from(joined).where(*mine).scalar_subquery().label("file_uses")


async def _last_threads(connection: AsyncConnection, account_id: str, paths: Sequence[str]) -> dict[str, Thread]:
    """The conversation in which each of these files was used last."""
    last = (
        select(task_input.c.path, func.max(task.c.id).label("id"))
        .join(task, task.c.id == task_input.c.task_id)
        .where(task_input.c.path.in_(paths), task.c.account_id == account_id, task.c.deleted_at.is_(None))
        .where(task.c.conversation_id.is_not(null()))
        .group_by(task_input.c.path)
        .subquery()
    )
    query = select(last.c.path, *_THREAD).join(task, task.c.id == last.c.id)
    query = query.join(conversation, conversation.c.id == task.c.conversation_id)
    return {row["path"]: _cut(row, "thread_", Thread) for row in (await connection.execute(query)).mappings()}


def _item(row: RowMapping) -> Item:
    file = None if row["file_path"] is None else _cut(row, "file_", File)
    made = None if row["made_id"] is None else _made(row)
    return Item(file, made, None if row["thread_id"] is None else _cut(row, "thread_", Thread))


def _made(row: RowMapping) -> Made:
    return _cut({**row, "made_request": _request.decode(row["made_request"])}, "made_", Made)


def _cut(row: Mapping[Any, Any], prefix: str, into: type[_Cut]) -> _Cut:
    """The struct whose fields are the columns with this prefix."""
    return into(**{name: row[prefix + name] for name in into.__struct_fields__ if prefix + name in row})
