"""API keys: 256 random bits, stored as SHA-256, shown once."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from enum import StrEnum

import msgspec
from msgspec import Struct
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.database.ids import now_ms, uuid7
from mediakiln.database.tables import account, api_key
from mediakiln.errors import Conflict, InvalidRequest, NotFound

DEFAULT_PREFIX = "mk"
TOKEN_PREFIX = "mks"  # noqa: S105 (the public beginning of every access token, by which it is told from a key)
MOST_KEYS = 500
"""Keys one account may have."""
_PREFIX = re.compile(r"(?!mks(_|$))[a-z][a-z0-9_]{0,14}")
_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,128}")


class Scope(StrEnum):
    """What a key may do. A key without scopes of its own may do everything its account may."""

    IMAGES = "images"
    VIDEOS = "videos"
    ACCOUNT = "account"
    STORAGE = "storage"


class KeyInfo(Struct, frozen=True):
    """A key as it may be shown at any time. Times in milliseconds since the epoch."""

    id: str
    name: str
    hint: str
    scopes: tuple[str, ...]
    enabled: bool
    expires_at: int | None
    rate_limit: int | None
    created_at: int
    last_used_at: int | None = None


def digest(secret: str) -> str:
    """What is stored of a key or an access token. The secret has 256 random bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def create_key(
    connection: AsyncConnection,
    account_id: str,
    *,
    name: str = "default",
    prefix: str = DEFAULT_PREFIX,
    scopes: Sequence[str] = (),
    expires_at: int | None = None,
    rate_limit: int | None = None,
) -> tuple[KeyInfo, str]:
    """Make a key and return it with its secret, which is not kept. `rate_limit` in requests per minute.

    Raises InvalidRequest for a bad prefix, name or scope, Conflict when the account has MOST_KEYS.
    """
    if not _PREFIX.fullmatch(prefix):
        raise InvalidRequest.not_allowed("prefix", prefix, "1-15 of a-z, 0-9 and _, beginning with a letter, but not mks")
    _check_name(name)
    for scope in scopes:
        if scope not in list(Scope):
            raise InvalidRequest.not_allowed("scope", scope, list(Scope))
    # The row lock keeps two requests from passing the count together.
    await connection.execute(select(account.c.id).where(account.c.id == account_id).with_for_update(key_share=True))
    held = await connection.scalar(select(func.count()).select_from(api_key).where(api_key.c.account_id == account_id))
    if (held or 0) >= MOST_KEYS:
        raise Conflict(f"This account has {held} API keys; allowed: {MOST_KEYS}. Delete one that is not used")
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    info = KeyInfo(
        id=uuid7(),
        name=name,
        hint=f"{prefix}_…{secret[-4:]}",
        scopes=tuple(scopes),
        enabled=True,
        expires_at=expires_at,
        rate_limit=rate_limit,
        created_at=now_ms(),
    )
    row = msgspec.structs.asdict(info) | {"account_id": account_id, "digest": digest(secret)}
    row["scopes"] = msgspec.json.encode(info.scopes).decode()
    await connection.execute(insert(api_key).values(**row))
    return info, secret


async def list_keys(connection: AsyncConnection, account_id: str) -> list[KeyInfo]:
    """Every key of the account, oldest first."""
    columns = [api_key.c[field.name] for field in msgspec.structs.fields(KeyInfo)]
    rows = await connection.execute(select(*columns).where(api_key.c.account_id == account_id).order_by(api_key.c.id))
    return [msgspec.structs.replace(KeyInfo(*row), scopes=tuple(msgspec.json.decode(row.scopes, type=list[str]))) for row in rows]


async def set_enabled(connection: AsyncConnection, account_id: str, key_id: str, *, enabled: bool) -> None:
    """Switch a key on or off; servers notice within 5 seconds. Raises NotFound for a foreign or missing key."""
    await _change(connection, account_id, key_id, enabled=enabled)


async def rename(connection: AsyncConnection, account_id: str, key_id: str, name: str) -> None:
    """Give a key another name. Raises InvalidRequest, and NotFound for a foreign or missing key."""
    _check_name(name)
    await _change(connection, account_id, key_id, name=name)


async def delete_key(connection: AsyncConnection, account_id: str, key_id: str) -> None:
    """Forget a key for ever; servers notice within 5 seconds. Raises NotFound for a foreign or missing one."""
    gone = await connection.execute(delete(api_key).where(api_key.c.account_id == account_id, api_key.c.id == key_id))
    _found(gone.rowcount, key_id)


async def _change(connection: AsyncConnection, account_id: str, key_id: str, **values: object) -> None:
    its = (api_key.c.account_id == account_id, api_key.c.id == key_id)
    _found((await connection.execute(update(api_key).where(*its).values(**values))).rowcount, key_id)


def _found(rows: int, key_id: str) -> None:
    if rows == 0:
        raise NotFound(f'No key "{key_id}" in this account')


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise InvalidRequest.not_allowed("name", name, "1-128 printable characters")
