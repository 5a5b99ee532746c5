"""What drivers share whose SDKs talk through httpx2: connections that repeat nothing by themselves, and rules for its exceptions.

httpx2 comes with those SDKs; its classes are not those of httpx.
"""

from __future__ import annotations

from collections.abc import Mapping

import httpx2

from mediakiln.providers.translation import Rule, lost, unsent

CONNECT = 30.0
"""Seconds that a connection may take to come about."""
DRAWING = 600.0
"""Seconds that an answer may keep us waiting: it is the picture itself."""

UNSENT: tuple[type[BaseException], ...] = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
    httpx2.InvalidURL,
)
"""Raised before anything left this machine."""

RULES: Mapping[type[BaseException], Rule] = {
    httpx2.HTTPError: lost,
    httpx2.StreamError: lost,
    httpx2.CookieConflict: lost,
    **dict.fromkeys(UNSENT, unsent),
}
"""Rules for what httpx2 raises."""


def connections() -> httpx2.AsyncClient:
    """An HTTP client that follows no redirect, so that nothing is ever sent twice, and has room for every job an account may
    have under way."""
    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(DRAWING, connect=CONNECT, write=120.0),
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=20),
        follow_redirects=False,
        event_hooks={"request": [_connect_soon]},
    )


async def _connect_soon(request: httpx2.Request) -> None:
    """An SDK that has one number for all its timeouts would wait for a dead address as long as for a picture."""
    request.extensions.setdefault("timeout", {})["connect"] = CONNECT
