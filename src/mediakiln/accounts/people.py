"""Accounts: creating and finding them by e-mail. Every function works inside the caller's transaction."""

from __future__ import annotations

import re

from msgspec import Struct
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.database.ids import now_ms, uuid7
from mediakiln.database.tables import account
from mediakiln.errors import InvalidRequest, NotFound

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")


class Account(Struct, frozen=True):
    """One customer, or the operator."""

    id: str
    email: str
    is_admin: bool


async def create_account(connection: AsyncConnection, email: str, *, is_admin: bool = False) -> Account:
    """Make an account without a wallet (the caller opens it). Raises InvalidRequest for a bad or taken e-mail address."""
    email = email.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise InvalidRequest.not_allowed("email", email, "an address such as name@example.com")
    created = Account(id=uuid7(), email=email, is_admin=is_admin)
    try:
        await connection.execute(insert(account).values(id=created.id, email=email, is_admin=is_admin, created_at=now_ms()))
    except IntegrityError:
        raise InvalidRequest(f'an account for "{email}" exists already', field="email") from None
    return created


async def find_account(connection: AsyncConnection, email: str) -> Account:
    """The account with this e-mail address. Raises NotFound."""
    query = select(account.c.id, account.c.email, account.c.is_admin).where(account.c.email == email.strip().lower())
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFound(f'No account for "{email}"')
    return Account(*row)
