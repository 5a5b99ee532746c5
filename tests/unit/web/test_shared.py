"""Paths that dialects have in common: who asks decides, and what is put on the scope is found on it afterwards."""

from __future__ import annotations

from typing import Any

import pytest

from mediakiln.web.shared import Headers, Shared, crossing

PATH, OWN = "/api/v1/auth/me", "/api/v1/cli/me"


def is_mine(headers: Headers) -> bool:
    return (b"x-app-id", b"mine") in headers


async def went_to(scope: dict[str, Any], *, taken: bool) -> str:
    """The path at which the application saw the request."""
    seen: list[str] = []

    async def app(inner: Any, _receive: Any, _send: Any) -> None:
        seen.append(inner["path"])
        inner["mark"] = 1

    await crossing(app, [Shared(PATH, OWN, is_mine)], lambda _path: taken)(scope, None, None)  # type: ignore[arg-type]
    assert scope["mark"] == 1
    return seen[0]


@pytest.mark.parametrize(
    ("path", "mine", "taken", "expected"),
    [
        (PATH, True, True, OWN),
        (PATH, False, True, PATH),
        (PATH, True, False, OWN),
        (PATH, False, False, OWN),
        ("/api/v1/auth/logout", True, True, "/api/v1/auth/logout"),
        (PATH + "/", True, True, PATH + "/"),
    ],
)
async def test_who_answers(path: str, mine: bool, taken: bool, expected: str) -> None:
    """The one that the headers name; without any, the one that has the path at that place, else the other."""
    headers = [(b"x-app-id", b"mine" if mine else b"yours")]
    scope = {"type": "http", "path": path, "raw_path": path.encode(), "headers": headers}
    assert await went_to(scope, taken=taken) == expected
    assert scope["raw_path"] == expected.encode()


async def test_other_scopes_pass() -> None:
    """The lifespan has no path."""
    scope: dict[str, Any] = {"type": "lifespan", "path": PATH}
    assert await went_to(scope, taken=True) == PATH


def test_nothing_shared_costs_nothing() -> None:
    """Without shared paths there is no ring at all."""

    async def app(_scope: Any, _receive: Any, _send: Any) -> None: ...

    assert crossing(app, [], lambda _path: True) is app
