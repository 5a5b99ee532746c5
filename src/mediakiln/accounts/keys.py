"""API keys: 256 random bits, stored as SHA-256, shown once."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from enum import StrEnum

import msgspec
from msgspec import Struct
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.database.ids import now_ms, uuid7
from mediakiln.database.tables import api_key
from mediakiln.errors import InvalidRequest, NotFound

DEFAULT_PREFIX = "mk"
_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,14}")


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


def digest(secret: str) -> str:
    """What is stored of a key. The secret has 256 random bits, so a plain hash cannot be guessed back."""
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

    Raises InvalidRequest for a bad prefix, name or scope.
    """
    if not _PREFIX.fullmatch(prefix):
        raise InvalidRequest.not_allowed("prefix", prefix, "1-15 of a-z, 0-9 and _, beginning with a letter")
    if not 1 <= len(name) <= 128:
        raise InvalidRequest.not_allowed("name", name, "1-128 characters")
    for scope in scopes:
        if scope not in list(Scope):
            raise InvalidRequest.not_allowed("scope", scope, list(Scope))
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
    changed = await connection.execute(
        update(api_key).where(api_key.c.account_id == account_id, api_key.c.id == key_id).values(enabled=enabled)
    )
    if changed.rowcount == 0:
        raise NotFound(f'No key "{key_id}" in this account')
