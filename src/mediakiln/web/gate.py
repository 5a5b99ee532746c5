"""The gate before every handler: API key, scope, rate limit. It runs before the body is read.

It is a `before_request` hook and no Litestar guard: guards copy the whole handler for every request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from litestar import Request

from mediakiln.accounts.keys import Scope
from mediakiln.accounts.principals import Authenticator, Principal
from mediakiln.accounts.rates import RateLimiter
from mediakiln.errors import RateLimited
from mediakiln.web.budget import BodyBudget
from mediakiln.web.edge import add_headers

Hook = Callable[[Request[Any, Any, Any]], Awaitable[None]]


class Gate:
    """Turns a key into a principal and counts the request. `per_minute` is for keys without a limit of their own; 0 turns
    every limit off, the keys' own too."""

    def __init__(self, authenticator: Authenticator, limiter: RateLimiter, bodies: BodyBudget, *, per_minute: int) -> None:
        self._authenticator = authenticator
        self._limiter = limiter
        self._bodies = bodies
        self._per_minute = per_minute

    def admits(self, scope: Scope | None) -> Hook:
        """A hook that leaves the principal in `scope["user"]`.

        Raises Unauthorized, Forbidden, RateLimited or Overloaded (too many large bodies). Adds `RateLimit-*` headers to the
        answer, whatever it is.
        """

        async def admit(request: Request[Any, Any, Any]) -> None:
            principal = await self._authenticator.authenticate(secret_of(request.scope["headers"]))
            principal.require(None)
            await self._count(request, principal)
            principal.require(scope)
            self._bodies.take(request.scope)
            request.scope["user"] = principal

        return admit

    async def _count(self, request: Request[Any, Any, Any], principal: Principal) -> None:
        own = principal.rate_limit
        per_minute = self._per_minute if own is None or self._per_minute == 0 else own
        allowance = await self._limiter.spend(principal.key_id, per_minute)
        if not allowance.limit:
            return
        reset = str(allowance.reset)
        add_headers(
            request.scope,
            ("RateLimit-Limit", str(allowance.limit)),
            ("RateLimit-Remaining", str(allowance.remaining)),
            ("RateLimit-Reset", reset),
        )
        if not allowance.allowed:
            message = f"Too many requests: {allowance.limit} per minute are allowed for this key. Retry in {reset} s"
            raise RateLimited(message, retry_after=allowance.reset)


def secret_of(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The key a request carries: `X-API-Key` unless it is empty, else `Authorization: Bearer` or `ApiKey` (any case)."""
    authorization = None
    for name, value in headers:
        if name == b"x-api-key" and (secret := value.decode("latin-1").strip()):
            return secret
        if name == b"authorization":
            authorization = value.decode("latin-1")
    if authorization is None:
        return None
    scheme, _, secret = authorization.strip().partition(" ")
    return secret.strip() or None if scheme.lower() in ("bearer", "apikey") else None
