"""Forms with a file: parsed as they come, whatever a client sends."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from litestar import Request

from mediakiln.errors import InvalidRequest, TooLarge
from mediakiln.web.multipart import FIELD_LONGEST, FIELDS, OVERHEAD, Form, receive_form

MOST = 100_000
TYPE = "multipart/form-data; boundary=kiln"


def part(name: str, contents: bytes, filename: str | None = None, extra: str = "") -> bytes:
    """One part of a form."""
    named = f'; filename="{filename}"' if filename is not None else ""
    return f'--kiln\r\nContent-Disposition: form-data; name="{name}"{named}\r\n{extra}\r\n'.encode() + contents + b"\r\n"


def form(*parts: bytes) -> bytes:
    """A whole form."""
    return b"".join(parts) + b"--kiln--\r\n"


def pieces(body: bytes, size: int) -> list[bytes]:
    """A body in pieces of `size` bytes."""
    return [body[at : at + size] for at in range(0, len(body), size)]


class Unlimited:
    """Stands where a route without a limit of its own would."""

    def resolve_request_max_body_size(self) -> None:
        return None


def request(chunks: Sequence[bytes], content_type: str | None = TYPE, told: str | None = None, whole: bool = True) -> Any:
    """A request whose body arrives in these pieces, and breaks off unless it is `whole`."""
    headers = [(b"content-type", content_type.encode("latin-1"))] if content_type is not None else []
    headers += [(b"content-length", told.encode())] if told is not None else []
    scope: Any = {"type": "http", "method": "POST", "headers": headers, "state": {}, "route_handler": Unlimited()}
    messages: Iterator[dict[str, Any]] = iter(
        [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
        + [{"type": "http.request", "body": b"", "more_body": False} if whole else {"type": "http.disconnect"}]
    )

    async def receive() -> Any:
        return next(messages)

    return Request(scope, receive=receive)


async def received(asked: Any, scratch: Path, most: int = MOST) -> tuple[Form, bytes]:
    """The form and its file's contents."""
    async with receive_form(asked, "file", scratch=scratch, max_bytes=most) as got:
        return got, got.path.read_bytes()


@pytest.mark.parametrize("size", [1, 7, 1_000, 10**6])
async def test_a_form(tmp_path: Path, size: int) -> None:
    """Fields before and after the file, in pieces of any size; the scratch is gone afterwards."""
    data = bytes(range(256)) * 20 + b"\r\n--kil"
    body = form(part("file_type", b"image"), part("file", data, "c\u00e4t.png"), part("note", "ä".encode()))
    got, contents = await received(request(pieces(body, size)), tmp_path)
    assert contents == data
    assert (got.size, got.filename, got.fields) == (len(data), "cät.png", {"file_type": "image", "note": "ä"})
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=3_000), size=st.integers(1, 400))
async def test_any_contents(tmp_path: Path, data: bytes, size: int) -> None:
    """Whatever the bytes, and wherever the network cuts them, they arrive as they were sent."""
    assume(b"--kiln" not in data)
    body = form(part("file", data + b"\r\n--kil\r\n-", "x"))
    got, contents = await received(request(pieces(body, size)), tmp_path)
    assert contents == data + b"\r\n--kil\r\n-"
    assert got.size == len(contents)


async def test_a_file_without_a_name_and_an_empty_one(tmp_path: Path) -> None:
    """The field's name makes it the file, not its having a file name; nothing in it is a file of no bytes."""
    got, contents = await received(request([form(part("file", b""))]), tmp_path)
    assert (got.filename, got.size, contents) == (None, 0, b"")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (form(), r"^file: required, but missing"),
        (form(part("other", b"x")), r"^file: required, but missing"),
        (form(part("file", b"a", "a"), part("file", b"b", "b")), r"^file: got it twice; allowed: once"),
        (form(part("a", b"1"), part("a", b"2"), part("file", b"x", "x")), r"^a: got it twice"),
        (
            form(part("file", b"a", "a"), part("second", b"b", "b")),
            r'^"second": got a file; allowed: one file, in the field file',
        ),
        (form(part("a", b"\xff"), part("file", b"x", "x")), r'^"a": got bytes that are no text'),
        (form(part("a", b"x" * (FIELD_LONGEST + 1)), part("file", b"x", "x")), r'^"a": got more than 4096 bytes'),
        (form(*(part(f"f{n}", b"x") for n in range(FIELDS + 1))), r"^body: got a form with too many or too long parts"),
        (form(part("file", b"x", "x", "X-Long: " + "x" * 5_000 + "\r\n")), r"^body: got a form with too many or too long"),
        (form(part("file", b"x", "x", "".join(f"X-{n}: x\r\n" for n in range(20)))), r"^body: got a form with too many"),
        (part("file", b"cut off", "x"), r"^body: got a form that is broken or ends too early"),
        (b"--kiln\r\nContent-Disposition: form-data; name=", r"^body: got a form that is broken"),
        (b"", r"^body: got a form that is broken or ends too early"),
        (b"not a form at all", r"^body: got a form that is broken"),
        (b"--kiln\r\nContent-Type: image/png\r\n\r\nx\r\n--kiln--\r\n", r"^body: got a form that is broken"),
        (b'--kiln\nContent-Disposition: form-data; name="file"\n\nx\n--kiln--\n', r"^body: got a form that is broken"),
        (b'--kiln\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--kiln--\r\n', r"^body: got a form that is broken"),
        (form(part("file", b"x", "x", "Content-Length: 5\r\n")), r"^body: got a form that is broken"),
    ],
)
@pytest.mark.parametrize("size", [3, 10**6])
async def test_hostile_bodies(tmp_path: Path, body: bytes, complaint: str, size: int) -> None:
    """Anything but a form with one file is a clear refusal, and leaves nothing."""
    with pytest.raises(InvalidRequest, match=complaint) as caught:
        await received(request(pieces(body, size)), tmp_path)
    assert len(str(caught.value)) < 400
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "application/json",
        "multipart/mixed; boundary=kiln",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        'multipart/form-data; boundary=""',
        "multipart/form-data; boundary=" + "x" * 71,
        "multipart/form-data; charset=utf-8",
    ],
)
async def test_content_types(tmp_path: Path, content_type: str | None) -> None:
    """A body of another type, or without a boundary, is refused by its header."""
    with pytest.raises(InvalidRequest, match=r"^Content-Type: got .*; allowed: multipart/form-data"):
        await received(request([form(part("file", b"x", "x"))], content_type), tmp_path)


async def test_a_quoted_boundary(tmp_path: Path) -> None:
    """As some clients write it."""
    got, _ = await received(request([form(part("file", b"x", "x"))], 'multipart/form-data; boundary="kiln"'), tmp_path)
    assert got.size == 1


async def test_a_file_in_crumbs(tmp_path: Path) -> None:
    """A client that sends byte after byte costs no more for each than for the first."""
    body = form(part("file", bytes(40_000), "x"))
    begun = time.process_time()
    got, _ = await received(request(pieces(body, 1)), tmp_path, 40_000)
    assert got.size == 40_000
    assert time.process_time() - begun < 15  # it took 45 s when every byte looked at all that had come


async def test_the_limit_while_streaming(tmp_path: Path) -> None:
    """A file of the limit passes; one byte more is refused, whatever was told, as soon as it comes."""
    got, _ = await received(request([form(part("file", bytes(MOST), "x"))]), tmp_path)
    assert got.size == MOST
    endless = request([part("file", bytes(MOST + 1), "x")] + [bytes(1_000)] * 10, told="10")
    with pytest.raises(TooLarge, match=rf"^file: got more than {MOST} bytes"):
        await received(endless, tmp_path)
    assert await endless.receive() == {"type": "http.request", "body": bytes(1_000), "more_body": True}
    assert list(tmp_path.iterdir()) == []


async def test_the_limit_before_reading(tmp_path: Path) -> None:
    """A Content-Length beyond the limit is refused without a byte read; the overhead of a form is allowed for."""
    asked = request([b"x"], told=str(MOST + OVERHEAD + 1))
    with pytest.raises(TooLarge, match=rf"got a body of {MOST + OVERHEAD + 1} bytes; allowed: a file of at most {MOST}"):
        await received(asked, tmp_path)
    assert (await asked.receive())["body"] == b"x"
    await received(request([form(part("file", b"x", "x"))], told=str(MOST + OVERHEAD)), tmp_path)


async def test_a_client_that_goes_away(tmp_path: Path) -> None:
    """In the middle of the file: an error, and nothing left behind."""
    with pytest.raises(Exception, match="disconnected"):
        await received(request([part("file", bytes(50_000), "x")], whole=False), tmp_path)
    assert list(tmp_path.iterdir()) == []


async def test_what_follows_the_end_is_not_read_into_anything(tmp_path: Path) -> None:
    """An epilogue is passed over (RFC 2046, 5.1.1)."""
    got, contents = await received(request([form(part("file", b"x", "x")), b"epilogue", b"more"]), tmp_path)
    assert (got.size, contents) == (1, b"x")
