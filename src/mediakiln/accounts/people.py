"""Accounts: creating and finding them. Every function works inside the caller's transaction."""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.database.ids import now_ms, uuid7
from mediakiln.database.tables import account
from mediakiln.errors import InvalidRequest, NotFound

_PLAIN = r"[^@\s\x00-\x1f\x7f,;:<>()\[\]\\\"]"
_EMAIL = re.compile(f"{_PLAIN}{{1,64}}@{_PLAIN}{{1,255}}")
"""One plain address: nothing that a mail server could read as two, or as a name with an address behind it."""


class Account(Struct, frozen=True):
    """One customer, or the operator. Times in milliseconds since the epoch."""

    id: str
    email: str
    is_admin: bool
    created_at: int
    last_login_at: int | None = None


_COLUMNS = (account.c.id, account.c.email, account.c.is_admin, account.c.created_at, account.c.last_login_at)


def address_of(email: str) -> str:
    """An e-mail address in the one form in which accounts have it. Raises InvalidRequest."""
    address = email.strip().lower()
    if not _EMAIL.fullmatch(address):
        raise InvalidRequest.not_allowed("email", email, "an address such as name@example.com")
    return address


async def create_account(connection: AsyncConnection, email: str, *, is_admin: bool = False) -> Account:
    """Make an account without a wallet (the caller opens it). Raises InvalidRequest for a bad or taken e-mail address."""
    created = Account(uuid7(), address_of(email), is_admin, now_ms())
    try:
        await connection.execute(insert(account).values(**msgspec.structs.asdict(created)))
    except IntegrityError:
        raise InvalidRequest(f'an account for "{created.email}" exists already', field="email") from None
    return created


async def find_account(connection: AsyncConnection, email: str) -> Account:
    """The account with this e-mail address. Raises NotFound."""
    row = (await connection.execute(select(*_COLUMNS).where(account.c.email == email.strip().lower()))).one_or_none()
    if row is None:
        raise NotFound(f'No account for "{email}"')
    return Account(*row)


async def read_account(connection: AsyncConnection, account_id: str) -> Account:
    """The account with this id. Raises NotFound."""
    row = (await connection.execute(select(*_COLUMNS).where(account.c.id == account_id))).one_or_none()
    if row is None:
        raise NotFound("No such account")
    return Account(*row)
