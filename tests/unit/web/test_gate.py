"""Where a request carries its key or its session, whose page may use a session, and what the links in answers begin with."""

from __future__ import annotations

from typing import Any

import pytest
from litestar.testing import RequestFactory

from mediakiln.errors import Forbidden
from mediakiln.settings import Settings
from mediakiln.web.gate import Gate, page_origins, secret_of
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


def asked(headers: Headers, method: str = "GET") -> Any:
    """A request with these headers, besides its host."""
    request: Any = RequestFactory().get("/")
    request.scope.update(headers=[(b"host", b"kiln.example.com"), *headers], method=method)
    return request


def gate(cookie: str = "session", **settings: Any) -> Gate:
    """A gate that only reads requests: it needs nothing behind it."""
    nothing: Any = None
    return Gate(nothing, nothing, nothing, per_minute=0, cookie=cookie, origins=page_origins(Settings(**settings)))


@pytest.mark.parametrize(
    ("headers", "secret"),
    [
        ([(b"cookie", b"session=abc")], "abc"),
        ([(b"cookie", b"a=1; session=abc; b=2")], "abc"),
        ([(b"cookie", b"a=1;session=abc")], "abc"),
        ([(b"cookie", b"a=1"), (b"cookie", b"session=abc")], "abc"),
        ([(b"cookie", b"session=")], None),
        ([(b"cookie", b"xsession=abc")], None),
        ([(b"cookie", b"Session=abc")], None),
        ([(b"cookie", b"sessions=abc; a=session=abc")], None),
        ([(b"cookie", b"session=abc"), (b"authorization", b"Bearer other")], "other"),
        ([(b"cookie", b"session=abc"), (b"x-api-key", b"other")], "other"),
        ([(b"cookie", b"session=abc"), (b"x-api-key", b""), (b"authorization", b"Basic other")], "abc"),
    ],
)
def test_a_session_cookie(headers: Headers, secret: str | None) -> None:
    """Read under exactly its name, and after every header."""
    assert gate().secret(asked(headers)) == secret


def test_a_dialect_without_a_cookie_reads_none() -> None:
    """A browser's cookie opens nothing there."""
    assert gate(cookie="").secret(asked([(b"cookie", b"session=abc; =abc")])) is None


OWN = ["http://kiln.example.com", "https://kiln.example.com", "https://app.example.com", "https://media.example.com"]
FOREIGN = [
    "https://evil.example.com",
    "https://kiln.example.com.evil.com",
    "https://kiln.example.com:8443",
    "https://app.example.com:444",
    "http://app.example.com",
    "null",
    "",
]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("origin", [*OWN, *FOREIGN])
def test_whose_page_may_change_something_with_a_cookie(method: str, origin: str) -> None:
    """Our own, those the operator named, and the public URL's; no other one's. Without an Origin it was no browser's page."""
    door = gate(cors_origins=("https://app.example.com",), public_url="https://Media.example.com/kiln")
    headers = [(b"cookie", b"session=abc"), (b"origin", origin.encode())]
    if origin in OWN:
        assert door.secret(asked(headers, method)) == "abc"
    else:
        with pytest.raises(Forbidden, match="Origin"):
            door.secret(asked(headers, method))
    assert door.secret(asked(headers, "GET")) == "abc"
    assert door.secret(asked(headers[:1], method)) == "abc"


def test_a_header_is_nobodys_cookie() -> None:
    """Browsers do not add it by themselves, so any page that has the key may send it."""
    headers = [(b"authorization", b"Bearer abc"), (b"cookie", b"session=x"), (b"origin", b"https://evil.example.com")]
    assert gate().secret(asked(headers, "POST")) == "abc"


def test_an_empty_host_is_no_own_page() -> None:
    """An Origin without a host does not equal a request without one."""
    request = asked([(b"cookie", b"session=abc"), (b"origin", b"null")], "POST")
    for host in ([], [(b"host", b"")]):
        request.scope["headers"] = [*host, *request.scope["headers"][-2:]]
        with pytest.raises(Forbidden):
            gate().secret(request)
