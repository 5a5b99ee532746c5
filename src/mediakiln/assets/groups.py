"""Asset groups: files that their owner keeps under ids, to name them as `asset://<id>` wherever an input is taken.

An asset is a name for one upload of its owner's: quota, retention and deletion are the upload's. Once the file is deleted or
over, the asset is gone. Every function works inside the caller's transaction and finds only what is the account's own.
"""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, Table, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.assets.media import FORMATS
from mediakiln.assets.uploads import visible
from mediakiln.database.ids import now_ms, well_formed
from mediakiln.database.tables import asset as file
from mediakiln.database.tables import asset_group, group_asset
from mediakiln.errors import Conflict, InvalidRequest, NotFound, shorten

SCHEME = "asset://"
"""How an input that is an asset begins."""
DEFAULT_PROJECT = "default"
"""The project that is always there; every other one begins with its first group."""
NAME_MAX = 64
"""Characters in the name of a group, an asset or a project."""
DESCRIPTION_MAX = 300
"""Characters in a group's description."""

_SIGNS = string.ascii_lowercase + string.digits


class Group(Struct, frozen=True, kw_only=True):
    """A group of assets; times in milliseconds."""

    id: str
    project: str
    name: str
    description: str
    created_at: int
    updated_at: int


class Asset(Struct, frozen=True, kw_only=True):
    """A file in a group. `path` is its public path `/uploads/...`, `project` its group's; times in milliseconds."""

    id: str
    group_id: str
    project: str
    name: str
    path: str
    media_type: str
    created_at: int
    updated_at: int

    @property
    def kind(self) -> str:
        """`image`, `video` or `audio`."""
        return FORMATS[self.media_type].kind


class Sort(Struct, frozen=True):
    """The order of a list: by the last change or by the beginning, newest or oldest first."""

    by_update: bool = False
    oldest_first: bool = False


async def create_group(connection: AsyncConnection, account_id: str, *, name: str, project: str, description: str = "") -> Group:
    """Begin a group, and with it the project where it is the first one in it."""
    values = {"account_id": account_id, "project": project, "name": name, "description": description}
    return await find_group(connection, account_id, await _insert(connection, asset_group, "group", values))


async def find_group(connection: AsyncConnection, account_id: str, group_id: str, *, project: str | None = None) -> Group:
    """One group, within `project` if that is given. Raises NotFound alike for a missing and a foreign one."""
    query = select(*_GROUP).where(*_own(asset_group, account_id, group_id), *_within(project))
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"got {shorten(group_id)}; allowed: the id of one of your groups{_in(project)}")
    return Group(**row)


async def hold_group(connection: AsyncConnection, account_id: str, group_id: str) -> None:
    """Keep a group from being deleted until the caller's transaction ends. Raises NotFound."""
    query = select(asset_group.c.id).where(*_own(asset_group, account_id, group_id)).with_for_update()
    if await connection.scalar(query) is None:
        raise NotFound(f"got {shorten(group_id)}; allowed: the id of one of your groups")


async def groups(
    connection: AsyncConnection,
    account_id: str,
    *,
    ids: Collection[str] | None = None,
    name: str = "",
    project: str | None = None,
    sort: Sort,
    limit: int,
    offset: int,
) -> tuple[int, list[Group]]:
    """How many groups there are, and a page of them: those of `ids`, whose names contain `name` in any case, in `project`."""
    query = select(*_GROUP).where(asset_group.c.account_id == account_id, *_within(project))
    if ids is not None:
        query = query.where(asset_group.c.id.in_(filter(well_formed, ids)))
    if name:
        query = query.where(asset_group.c.name.icontains(name, autoescape=True))
    total, rows = await _page(connection, query, asset_group, sort, limit, offset)
    return total, [Group(**row) for row in rows]


async def change_group(
    connection: AsyncConnection, account_id: str, group_id: str, *, name: str | None = None, description: str | None = None
) -> None:
    """Give a group another name or description. Raises NotFound."""
    values = {"name": name, "description": description}
    await _change(connection, asset_group, account_id, group_id, values, "groups")


async def delete_group(connection: AsyncConnection, account_id: str, group_id: str) -> None:
    """Delete a group without assets. Raises NotFound, and Conflict while it has some: their files would be left behind."""
    await hold_group(connection, account_id, group_id)
    query = select(func.count()).select_from(_JOINED).where(group_asset.c.group_id == group_id, *_alive(account_id))
    if left := await connection.scalar(query):
        raise Conflict(f"got {shorten(group_id)}, which holds assets: {left}; allowed: a group without any. Delete them first")
    await connection.execute(delete(asset_group).where(*_own(asset_group, account_id, group_id)))


async def add_asset(connection: AsyncConnection, account_id: str, *, group_id: str, name: str, path: str) -> Asset:
    """Make an asset of one of the account's uploads."""
    values = {"account_id": account_id, "group_id": group_id, "name": name, "path": path}
    return await find_asset(connection, account_id, await _insert(connection, group_asset, "asset", values))


async def find_asset(connection: AsyncConnection, account_id: str, asset_id: str, *, project: str | None = None) -> Asset:
    """One asset, within `project` if that is given. Raises NotFound alike for one that is missing, foreign, or whose file is
    gone."""
    query = _assets(account_id).where(group_asset.c.id == _name(asset_id), *_within(project))
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"got {shorten(asset_id)}; allowed: the id of one of your assets{_in(project)}")
    return Asset(**row)


async def assets(
    connection: AsyncConnection,
    account_id: str,
    *,
    group_ids: Collection[str] | None = None,
    name: str = "",
    kind: str | None = None,
    project: str | None = None,
    sort: Sort,
    limit: int,
    offset: int,
) -> tuple[int, list[Asset]]:
    """How many assets there are, and a page of them: those in `group_ids` and `project`, of a `kind` (image, video, audio),
    whose names contain `name` in any case."""
    query = _assets(account_id).where(*_within(project))
    if group_ids is not None:
        query = query.where(group_asset.c.group_id.in_(filter(well_formed, group_ids)))
    if kind is not None:
        query = query.where(file.c.media_type.like(f"{kind}/%"))
    if name:
        query = query.where(group_asset.c.name.icontains(name, autoescape=True))
    total, rows = await _page(connection, query, group_asset, sort, limit, offset)
    return total, [Asset(**row) for row in rows]


async def rename_asset(connection: AsyncConnection, account_id: str, asset_id: str, *, name: str | None) -> None:
    """Give an asset another name. Raises NotFound."""
    await _change(connection, group_asset, account_id, asset_id, {"name": name}, "assets")


async def has_project(connection: AsyncConnection, account_id: str, project: str) -> bool:
    """Whether the account has such a project."""
    if project == DEFAULT_PROJECT:
        return True
    query = select(asset_group.c.id).where(asset_group.c.account_id == account_id, *_within(project)).limit(1)
    return await connection.scalar(query) is not None


async def resolve_assets(connection: AsyncConnection, account_id: str, sources: Collection[str]) -> dict[str, Asset]:
    """The assets behind those of `sources` that are `asset://<id>`, by source; other sources are passed over.

    Raises InvalidRequest on the field `inputs`, alike for an id that is missing, foreign, or whose file is gone.
    """
    wanted = {source: _name(source[len(SCHEME) :]) for source in sources if is_asset(source)}
    if not wanted:
        return {}
    rows = await connection.execute(_assets(account_id).where(group_asset.c.id.in_(set(wanted.values()))))
    found = {row["id"]: Asset(**row) for row in rows.mappings()}
    for source, asset_id in wanted.items():
        if asset_id not in found:
            raise InvalidRequest.not_allowed("inputs", source, f"{SCHEME} and the id of one of your assets")
    return {source: found[asset_id] for source, asset_id in wanted.items()}


def is_asset(source: str) -> bool:
    """Whether an input names an asset."""
    return source[: len(SCHEME)].lower() == SCHEME


_GROUP = tuple(asset_group.c[name] for name in Group.__struct_fields__)
_JOINED = group_asset.join(file, file.c.path == group_asset.c.path)
_FROM = {"project": asset_group, "media_type": file}
_ASSET = tuple(_FROM.get(name, group_asset).c[name] for name in Asset.__struct_fields__)


def _assets(account_id: str) -> Select[Any]:
    joined = _JOINED.join(asset_group, asset_group.c.id == group_asset.c.group_id)
    # What follows from the rest is said too: each table is then read by its account's index.
    return select(*_ASSET).select_from(joined).where(*_alive(account_id), asset_group.c.account_id == account_id)


def _alive(account_id: str) -> list[ColumnElement[bool]]:
    mine = (group_asset.c.account_id == account_id, file.c.account_id == account_id)
    return [*mine, file.c.deleted_at.is_(None), visible(now_ms())]


def _own(table: Table, account_id: str, row_id: str) -> list[ColumnElement[bool]]:
    return [table.c.id == _name(row_id), table.c.account_id == account_id]


def _within(project: str | None) -> list[ColumnElement[bool]]:
    return [] if project is None else [asset_group.c.project == project]


def _in(project: str | None) -> str:
    return "" if project is None else f" in the project {shorten(project)}"


def _name(row_id: str) -> str:
    # PostgreSQL takes no NUL character, and no id is empty.
    return row_id if well_formed(row_id) else ""


async def _insert(connection: AsyncConnection, table: Table, prefix: str, values: Mapping[str, object]) -> str:
    """Write a row under a new id `<prefix>-<yyyymmddhhmmss>-<5 letters or digits>` and return it."""
    now = now_ms()
    second = time.strftime("%Y%m%d%H%M%S", time.gmtime(now / 1000))
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    while True:
        row_id = f"{prefix}-{second}-{''.join(secrets.choice(_SIGNS) for _ in range(5))}"
        statement = insert(table).values(id=row_id, **values, created_at=now, updated_at=now)
        # Sixty million ids in a second are not enough to never meet.
        if (await connection.execute(statement.on_conflict_do_nothing(index_elements=[table.c.id]))).rowcount == 1:
            return row_id


async def _change(
    connection: AsyncConnection, table: Table, account_id: str, row_id: str, values: dict[str, str | None], what: str
) -> None:
    given = {key: value for key, value in values.items() if value is not None}
    statement = update(table).where(*_own(table, account_id, row_id)).values(**given, updated_at=now_ms())
    if (await connection.execute(statement)).rowcount != 1:
        raise NotFound(f"got {shorten(row_id)}; allowed: the id of one of your {what}")


async def _page(
    connection: AsyncConnection, query: Select[Any], table: Table, sort: Sort, limit: int, offset: int
) -> tuple[int, list[dict[str, Any]]]:
    total = await connection.scalar(select(func.count()).select_from(query.subquery()))
    keys = (table.c.updated_at if sort.by_update else table.c.created_at, table.c.id)
    ordered = query.order_by(*(key if sort.oldest_first else key.desc() for key in keys)).limit(limit).offset(offset)
    return total or 0, [dict(row) for row in (await connection.execute(ordered)).mappings()]
