"""The cookie in which the browsers of our own pages carry their session."""

from __future__ import annotations

from typing import Any

from litestar import Request

from mediakiln.web.edge import add_headers
from mediakiln.web.links import base_url

COOKIE = "mediakiln_session"


def set_session(request: Request[Any, Any, Any], public_url: str, token: str, seconds: int) -> None:
    """Give the browser a token for so many seconds; 0 takes it away. Scripts do not see it, and other sites cannot send it with
    anything that changes something."""
    secure = "; Secure" if base_url(request, public_url).startswith("https:") else ""
    add_headers(request.scope, ("Set-Cookie", f"{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"))
