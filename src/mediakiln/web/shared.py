"""Paths that several dialects have: who sends the request decides which of them answers it.

Each dialect has its handler at a path of its own; a request for the common path goes there, before it is routed. So handlers,
errors and documents stay with their dialect, and the dialects do not meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, MutableMapping
from typing import Any, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send
from msgspec import Struct

Headers = Iterable[tuple[bytes, bytes]]


class Shared(Struct, frozen=True):
    """A dialect's part in a common `path`: requests whose headers are `mine` go to `own`. So do all others where no other
    mounted dialect has an area that the path lies in."""

    path: str
    own: str
    mine: Callable[[Headers], bool]


def crossing(app: ASGIApp, shares: Iterable[Shared], others: Callable[[str], bool]) -> ASGIApp:
    """Wrap the application. `others` tells of a path whether a dialect has it at this very path."""
    roads: dict[str, list[Shared]] = {}
    for shared in shares:
        roads.setdefault(shared.path, []).append(shared)
    if not roads:
        return app
    taken = {path: others(path) for path in roads}

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and (found := roads.get(scope["path"])):
            headers = scope["headers"]
            chosen = next((each for each in found if each.mine(headers)), None if taken[scope["path"]] else found[0])
            if chosen is not None:
                # In place: what is put on the scope on the way in (headers, the body's size) is taken from it on the way out.
                cast("MutableMapping[str, Any]", scope).update(path=chosen.own, raw_path=chosen.own.encode())
        await app(scope, receive, send)

    return serve
