"""The gate before every handler: API key or session, scope, rate limit. It runs before the body is read.

It is a `before_request` hook and no Litestar guard: guards copy the whole handler for every request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any

from litestar import Request
from litestar.datastructures import ResponseHeader

from mediakiln.accounts.keys import Scope
from mediakiln.accounts.principals import Authenticator, Principal
from mediakiln.accounts.rates import RateLimiter
from mediakiln.errors import Forbidden, RateLimited, shorten
from mediakiln.settings import Settings
from mediakiln.web.budget import BodyBudget
from mediakiln.web.edge import add_headers

LIMIT_HEADERS = [
    ResponseHeader(name=f"RateLimit-{name}", description=description, documentation_only=True)
    for name, description in (
        ("Limit", "Requests a minute that this key may send."),
        ("Remaining", "How many of them are left."),
        ("Reset", "Seconds until all of them are there again."),
    )
]
"""What the OpenAPI document says of the headers that the gate adds."""

OPEN: list[dict[str, list[str]]] = [{}]
"""OpenAPI's word for a handler that needs no key."""
SMALL_BODY = 16 * 1024
"""Bytes of a body that is read before anybody knows whose it is."""

Hook = Callable[[Request[Any, Any, Any]], Awaitable[None]]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""


class Gate:
    """Turns a key into a principal and counts the request. `per_minute` is for keys without a limit of their own; 0 turns
    every limit off, the keys' own too. `cookie` is where this dialect's browsers carry their session, if they do; `origins`
    are the web origins besides our own whose pages may change something with it."""

    def __init__(
        self,
        authenticator: Authenticator,
        limiter: RateLimiter,
        bodies: BodyBudget,
        *,
        per_minute: int,
        cookie: str = "",
        origins: Collection[str] = (),
    ) -> None:
        self._authenticator = authenticator
        self._limiter = limiter
        self._bodies = bodies
        self._per_minute = per_minute
        self._cookie = f"{cookie}=".encode() if cookie else b""
        self._origins = frozenset(origins)

    def admits(self, scope: Scope | None, *, streamed: bool = False, largest: int | None = None) -> Hook:
        """A hook that leaves the principal in `scope["user"]`. A `streamed` body goes to disk as it comes, and does not count
        among the large ones held in memory; `largest` is the handler's own limit in bytes.

        Raises Unauthorized, Forbidden, RateLimited or Overloaded (too many large bodies). Adds `RateLimit-*` headers to the
        answer, whatever it is.
        """

        async def admit(request: Request[Any, Any, Any]) -> None:
            principal = await self._authenticator.authenticate(self.secret(request))
            principal.require(None)
            await self._count(request, principal)
            principal.require(scope)
            if not streamed:
                self._bodies.take(request.scope, largest)
                request.receive = self._bodies.counted(request.scope, request.receive)
            request.scope["user"] = principal

        return admit

    def secret(self, request: Request[Any, Any, Any]) -> str | None:
        """The key or token that a request carries: in a header, else in the cookie. Raises Forbidden for a cookie that a
        foreign page's request brought along."""
        headers = request.scope["headers"]
        secret = secret_of(headers)
        if secret is None and self._cookie and (secret := _cookie_of(headers, self._cookie)):
            self.require_own_page(request)
        return secret

    def require_own_page(self, request: Request[Any, Any, Any]) -> None:
        """Raise Forbidden when the page of another site asks for a change: browsers say whose page it is."""
        if request.scope["method"] in SAFE:
            return
        named = {
            name: value.decode("latin-1").lower() for name, value in request.scope["headers"] if name in (b"origin", b"host")
        }
        origin = named.get(b"origin")
        if origin is None or origin in self._origins or origin.partition("://")[2] == named.get(b"host", "") != "":
            return
        raise Forbidden(f"Origin: got {shorten(origin)}; allowed: this server's own pages and those of MEDIAKILN_CORS_ORIGINS")

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


def address_of(request: Request[Any, Any, Any]) -> str:
    """The IP address of a client, by which those without a key are counted."""
    return request.client.host if request.client else ""


def page_origins(settings: Settings) -> frozenset[str]:
    """The web origins whose pages may change something: those the operator named, and that of the public URL, since a proxy
    may hide from us the host that browsers see."""
    own = {"/".join(settings.public_url.lower().split("/", 3)[:3])} if settings.public_url else set()
    return frozenset(own.union(settings.cors_origins))


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


def _cookie_of(headers: Iterable[tuple[bytes, bytes]], start: bytes) -> str | None:
    """The value of the cookie that begins with `start` (its name and `=`)."""
    for name, value in headers:
        if name == b"cookie":
            for cookie in value.split(b";"):
                if (cookie := cookie.strip()).startswith(start):
                    return cookie[len(start) :].decode("latin-1") or None
    return None
