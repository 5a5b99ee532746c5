"""Where a request carries its key, and what the links in answers begin with."""

from __future__ import annotations

from typing import Any

import pytest
from litestar.testing import RequestFactory

from mediakiln.web.gate import secret_of
from mediakiln.web.links import base_url

Headers = list[tuple[bytes, bytes]]


@pytest.mark.parametrize(
    ("headers", "secret"),
    [
        ([], None),
        ([(b"authorization", b"Bearer abc")], "abc"),
        ([(b"authorization", b"bearer abc")], "abc"),
        ([(b"authorization", b"BEARER  abc ")], "abc"),
        ([(b"authorization", b" Bearer abc")], "abc"),
        ([(b"authorization", b"ApiKey abc")], "abc"),
        ([(b"authorization", b"apikey abc")], "abc"),
        ([(b"authorization", b"Basic abc")], None),
        ([(b"authorization", b"Token abc")], None),
        ([(b"authorization", b"abc")], None),
        ([(b"authorization", b"Bearer")], None),
        ([(b"authorization", b"Bearer ")], None),
        ([(b"authorization", b"")], None),
        ([(b"authorization", b"Bearer \xff\xfe")], "ÿþ"),
        ([(b"x-api-key", b" abc ")], "abc"),
        ([(b"x-api-key", b"abc"), (b"authorization", b"Bearer other")], "abc"),
        ([(b"authorization", b"Bearer other"), (b"x-api-key", b"abc")], "abc"),
        ([(b"x-api-key", b""), (b"authorization", b"Bearer other")], "other"),
        ([(b"authorization", b"Bearer other"), (b"x-api-key", b"  ")], "other"),
        ([(b"cookie", b"x-api-key=abc")], None),
    ],
)
def test_secret_of(headers: Headers, secret: str | None) -> None:
    """`X-API-Key` first, unless it is empty; then the two schemes of `Authorization`, in any case."""
    assert secret_of(headers) == secret


@pytest.mark.parametrize(
    ("headers", "public_url", "expected"),
    [
        ({"host": "kiln.example.com"}, "", "http://kiln.example.com"),
        ({"host": "127.0.0.1:8000"}, "", "http://127.0.0.1:8000"),
        ({"host": "kiln.example.com"}, "https://media.example.com", "https://media.example.com"),
        ({"host": "kiln.example.com"}, "https://media.example.com/kiln/", "https://media.example.com/kiln"),
    ],
)
def test_base_url(headers: dict[str, str], public_url: str, expected: str) -> None:
    """The operator's address, else the client's; never a slash at the end."""
    request: Any = RequestFactory(server="ignored").get("/", headers=headers)
    request.scope["headers"] = [(name.encode(), value.encode()) for name, value in headers.items()]
    assert base_url(request, public_url) == expected
