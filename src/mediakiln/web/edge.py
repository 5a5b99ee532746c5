"""The outermost ring of the server: adds the headers that handlers and errors asked for, counts and logs every answer."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import MutableMapping
from itertools import count
from typing import Any, cast

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import Counter

from mediakiln.telemetry.metrics import REQUESTS
from mediakiln.web.budget import BodyBudget

KEY = "mediakiln.headers"
log = structlog.get_logger("mediakiln.access")
_access = logging.getLogger("mediakiln.access")


def add_headers(scope: Scope, *headers: tuple[str, str]) -> None:
    """Put headers on the answer to this request, whoever writes it (a handler, an error, a file)."""
    asked: list[tuple[bytes, bytes]] = cast("MutableMapping[str, Any]", scope).setdefault(KEY, [])
    for name, value in headers:
        asked.append((name.lower().encode(), value.encode("latin-1", "replace")))


def edge(app: ASGIApp, dialect_of: dict[str, str], bodies: BodyBudget) -> ASGIApp:
    """Wrap the application. `dialect_of` maps areas (`area_of`) to the dialect names that metrics use; `bodies` gets back
    what the gate took from it."""
    counted = _Counted(dialect_of)
    # Unique over processes and restarts, and cheap: one random number per process, then a counter.
    process, numbers = os.urandom(8).hex(), count(1)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        begun = time.perf_counter()
        raw = cast("MutableMapping[str, Any]", scope)
        request_id = f"{process}-{next(numbers):x}"
        extra = raw[KEY] = [(b"x-request-id", request_id.encode())]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *extra]
                status = message["status"]
                counted(raw["path"], status)
                if status >= 500:
                    log.error("request.failed", path=raw["path"], status=status, request_id=request_id)
                elif _access.isEnabledFor(logging.DEBUG):
                    ms = round((time.perf_counter() - begun) * 1000, 2)
                    log.debug("request", method=raw["method"], path=raw["path"], status=status, ms=ms, request_id=request_id)
            await send(message)

        try:
            await app(scope, receive, send_with_headers)
        finally:
            bodies.give_back(scope)

    return serve


def area_of(path: str) -> str:
    """The first three segments of a path: `/api/v1/video` of `/api/v1/video/models`. Dialects are told apart by them."""
    return "/".join(path.split("/", 4)[:4])


class _Counted:
    """Counts answers per dialect and status, keeping each label pair's counter at hand."""

    def __init__(self, dialect_of: dict[str, str]) -> None:
        self._dialect_of = dialect_of
        self._counters: dict[tuple[str, int], Counter] = {}

    def __call__(self, path: str, status: int) -> None:
        dialect = self._dialect_of.get(area_of(path), "other")
        counter = self._counters.get((dialect, status))
        if counter is None:
            counter = self._counters[dialect, status] = REQUESTS.labels(dialect, str(status))
        counter.inc()
