"""From an API key or an access token to a principal: who calls and what they may do, remembered for at most `TTL` seconds."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.accounts.keys import TOKEN_PREFIX, Scope, digest
from mediakiln.accounts.plans import Subscription
from mediakiln.database.engine import reading
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import api_key, login, subscription
from mediakiln.errors import Forbidden, KeyExpired, Unauthorized

SIGN_IN_AGAIN = "Invalid or expired access token; sign in again"
TTL = 3.0
"""Seconds an answer is kept. Revocation must bite within 5 s everywhere (design section 6)."""
KEPT = 10_000
"""Keys and tokens held in memory."""


class Principal(Struct, frozen=True):
    """A caller. `scopes` empty means everything; `rate_limit` in requests per minute, None for the dialect's own.

    `signed_in` is one who came with an access token; `key_id` then is the login's id.
    """

    account_id: str
    key_id: str
    scopes: frozenset[str]
    enabled: bool
    expires_at: int | None
    rate_limit: int | None
    subscription: Subscription | None
    signed_in: bool = False

    def require(self, scope: Scope | None) -> None:
        """Raise Forbidden unless the key is enabled, unexpired and has `scope` (None: any scope will do). An access token that
        has expired is Unauthorized: it was never meant to stay."""
        if not self.enabled:
            raise Forbidden("This API key is disabled")
        if self.expires_at is not None and self.expires_at <= now_ms():
            if self.signed_in:
                raise Unauthorized(SIGN_IN_AGAIN)
            raise KeyExpired("This API key has expired")
        if scope is not None and self.scopes and scope not in self.scopes:
            raise Forbidden(f"This API key lacks the scope: {scope}; it has: {', '.join(sorted(self.scopes))}")

    @property
    def subscribed(self) -> bool:
        """True when the account may call subscription-only models now."""
        return self.subscription is not None and self.subscription.opens_models


class Authenticator:
    """Looks keys and tokens up by digest. Unknown ones are not remembered: guessing must not push real ones out.

    `note` is told the id of a key that is in use, once in TTL at most.
    """

    def __init__(self, engine: AsyncEngine, note: Callable[[str], None] | None = None) -> None:
        self._engine = engine
        self._note = note
        self._known: OrderedDict[str, tuple[float, Principal]] = OrderedDict()

    async def authenticate(self, secret: str | None) -> Principal:
        """The principal behind a key or a token. Raises Unauthorized for a missing or unknown one."""
        if not secret:
            raise Unauthorized("Missing API key. Send it as: Authorization: Bearer <key>")
        found = self._known.get(secret)
        if found is not None and found[0] > time.monotonic():
            return found[1]
        principal = await self._load(secret)
        self._known[secret] = (time.monotonic() + TTL, principal)
        self._known.move_to_end(secret)
        while len(self._known) > KEPT:
            self._known.popitem(last=False)
        return principal

    def forget(self, secret: str) -> None:
        """Ask the database again the next time."""
        self._known.pop(secret, None)

    async def _load(self, secret: str) -> Principal:
        signed_in = secret.startswith(f"{TOKEN_PREFIX}_")
        table = login if signed_in else api_key
        own = () if signed_in else (api_key.c.scopes, api_key.c.enabled, api_key.c.rate_limit)
        query = (
            select(table.c.account_id, table.c.id, table.c.expires_at, subscription.c.plan, subscription.c.ends_at, *own)
            .select_from(table.outerjoin(subscription, subscription.c.account_id == table.c.account_id))
            .where(table.c.digest == digest(secret))
        )
        async with reading(self._engine) as connection:
            found = (await connection.execute(query)).one_or_none()
        if found is None:
            self.forget(secret)
            raise Unauthorized(SIGN_IN_AGAIN if signed_in else "Invalid API key")
        plan = None if found.plan is None else Subscription(found.plan, found.ends_at)
        if signed_in:
            return Principal(found.account_id, found.id, frozenset(), True, found.expires_at, None, plan, signed_in=True)
        if self._note is not None:
            self._note(found.id)
        return Principal(
            account_id=found.account_id,
            key_id=found.id,
            scopes=frozenset(msgspec.json.decode(found.scopes, type=list[str])),
            enabled=found.enabled,
            expires_at=found.expires_at,
            rate_limit=found.rate_limit,
            subscription=plan,
        )
