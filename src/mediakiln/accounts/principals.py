"""From an API key to a principal: who calls and what they may do, answered from memory for at most `TTL` seconds."""

from __future__ import annotations

import time
from collections import OrderedDict

import msgspec
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.accounts.keys import Scope, digest
from mediakiln.accounts.plans import Subscription
from mediakiln.database.engine import reading
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import api_key, subscription
from mediakiln.errors import Forbidden, Unauthorized

TTL = 3.0
"""Seconds an answer is kept. Revocation must bite within 5 s everywhere (design section 6)."""
KEPT = 10_000
"""Keys held in memory."""


class Principal(Struct, frozen=True):
    """A caller. `scopes` empty means everything; `rate_limit` in requests per minute, None for the dialect's own."""

    account_id: str
    key_id: str
    scopes: frozenset[str]
    enabled: bool
    expires_at: int | None
    rate_limit: int | None
    subscription: Subscription | None

    def require(self, scope: Scope | None) -> None:
        """Raise Forbidden unless the key is enabled, unexpired and has `scope` (None: any scope will do)."""
        if not self.enabled:
            raise Forbidden("This API key is disabled")
        if self.expires_at is not None and self.expires_at <= now_ms():
            raise Forbidden("This API key has expired")
        if scope is not None and self.scopes and scope not in self.scopes:
            raise Forbidden(f"This API key lacks the scope: {scope}; it has: {', '.join(sorted(self.scopes))}")

    @property
    def subscribed(self) -> bool:
        """True when the account may call subscription-only models now."""
        return self.subscription is not None and self.subscription.opens_models


class Authenticator:
    """Looks keys up by digest. Unknown keys are not remembered: guessing must not push real ones out."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._known: OrderedDict[str, tuple[float, Principal]] = OrderedDict()

    async def authenticate(self, secret: str | None) -> Principal:
        """The principal behind a key. Raises Unauthorized for a missing or unknown one."""
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

    async def _load(self, secret: str) -> Principal:
        query = (
            select(
                api_key.c.account_id,
                api_key.c.id,
                api_key.c.scopes,
                api_key.c.enabled,
                api_key.c.expires_at,
                api_key.c.rate_limit,
                subscription.c.plan,
                subscription.c.ends_at,
            )
            .select_from(api_key.outerjoin(subscription, subscription.c.account_id == api_key.c.account_id))
            .where(api_key.c.digest == digest(secret))
        )
        async with reading(self._engine) as connection:
            found = (await connection.execute(query)).one_or_none()
        if found is None:
            self._known.pop(secret, None)
            raise Unauthorized("Invalid API key")
        return Principal(
            account_id=found.account_id,
            key_id=found.id,
            scopes=frozenset(msgspec.json.decode(found.scopes, type=list[str])),
            enabled=found.enabled,
            expires_at=found.expires_at,
            rate_limit=found.rate_limit,
            subscription=None if found.plan is None else Subscription(found.plan, found.ends_at),
        )
