"""JSON answers on the shortest way through Litestar: the default response copies headers and cookies it will not use, which
costs as much as a whole status poll (bench/README.md)."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.types import Receive, Scope, Send

_encode = msgspec.json.Encoder().encode
_JSON = (b"content-type", b"application/json")


class JsonAnswer(Response[Any]):
    """What a handler's return value is wrapped in (`response_class=JsonAnswer`). Extra headers come from `web.edge`."""

    def __init__(self, content: Any, *, status_code: int = 200, **_unused: Any) -> None:
        self.content = content
        self.status_code = status_code
        self.background = None

    def to_asgi_response(self, app: Any = None, request: Request[Any, Any, Any] | None = None, **_unused: Any) -> Any:
        """The answer as an ASGI application."""
        return _Sent(self.status_code or 200, _encode(self.content))


class _Sent:
    def __init__(self, status: int, body: bytes) -> None:
        self.status_code = status
        self._body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [_JSON, (b"content-length", b"%d" % len(self._body))]
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})
