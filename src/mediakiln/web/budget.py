"""A budget for large request bodies: one of 32 MB costs about 110 MB while it is decoded, and nothing else bounds how many
arrive at once. Small bodies pass freely."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, cast

from litestar.types import Receive, ReceiveMessage, Scope

from mediakiln.errors import Overloaded

FREE = 256 * 1024
"""Bytes up to which a body is not counted."""
KEY = "mediakiln.body"


class BodyBudget:
    """Bytes of large bodies that this process holds at once: four of `most`, the largest that is accepted. A body without a
    Content-Length counts as it comes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._whole = self._left = 4 * most

    def take(self, scope: Scope, largest: int | None = None) -> None:
        """Count the body of this request, before it is read; `largest` in bytes where its handler takes more than others. Raises
        Overloaded when there is no room for it now."""
        self._hold(scope, _size(scope, largest or self._most))

    def counted(self, scope: Scope, receive: Receive) -> Receive:
        """What is received of a body without a Content-Length, counted on its way in. It raises Overloaded as `take` does."""
        if not any(name == b"transfer-encoding" for name, _ in scope["headers"]):
            return receive
        come = 0

        async def count() -> ReceiveMessage:
            nonlocal come
            message = await receive()
            if message["type"] == "http.request":
                come += len(message.get("body", b""))
                self._hold(scope, come)
            return message

        return count

    def _hold(self, scope: Scope, size: int) -> None:
        """Count this request's body as `size` from now on."""
        if size <= FREE:
            return
        held = cast("MutableMapping[str, Any]", scope).get(KEY, 0)
        # The only one always fits: a handler may take more than all of a small budget.
        if size > self._left + held and self._left + held < self._whole:
            raise Overloaded("Too many large requests at once; try again shortly", retry_after=2, scope="server")
        self._left -= size - held
        cast("MutableMapping[str, Any]", scope)[KEY] = size

    def give_back(self, scope: Scope) -> None:
        """Forget the body of a request that was answered."""
        self._left += cast("MutableMapping[str, Any]", scope).pop(KEY, 0)


def _size(scope: Scope, most: int) -> int:
    told = next((value for name, value in scope["headers"] if name == b"content-length" and value.isdigit()), b"0")
    # More than is accepted is refused before it is read.
    return min(int(told), most)
