"""Decoding bodies: strict, with errors in JSON's words that name the field; and fingerprints for Idempotency-Key."""

from __future__ import annotations

from typing import Any

import pytest
from litestar.testing import RequestFactory
from msgspec import Struct

from mediakiln.errors import InvalidRequest
from mediakiln.web.bodies import decode, idempotency_of


class Item(Struct):
    """Something inside a body."""

    size: int | None = None


class Order(Struct):
    """A body with every kind of field."""

    name: str
    number: int | None = None
    ratio: float | None = None
    flag: bool | None = None
    items: list[Item] | None = None
    either: str | int | None = None


@pytest.mark.parametrize(
    ("raw", "field", "detail"),
    [
        (b"{}", "name", "required, but missing"),
        (b'{"name": 1}', "name", "got an integer; allowed: a string"),
        (b'{"name": null}', "name", "got null; allowed: a string"),
        (b'{"name": "x", "number": "1"}', "number", "got a string; allowed: an integer"),
        (b'{"name": "x", "number": 1.5}', "number", "got a number with a fraction; allowed: an integer"),
        (b'{"name": "x", "flag": 1}', "flag", "got an integer; allowed: a boolean"),
        (b'{"name": "x", "either": []}', "either", "got an array; allowed: an integer or a string"),
        (b'{"name": "x", "items": {}}', "items", "got an object; allowed: an array"),
        (b'{"name": "x", "items": [{}, {"size": "L"}]}', "items[1].size", "got a string; allowed: an integer"),
        (b"[]", "body", "got an array; allowed: an object"),
        (b"{", "body", "the body is not valid JSON: Input data was truncated"),
        (b'{"name": "\xff"}', "body", "the body is not valid JSON: 'utf-8' codec can't decode"),
        (b'{"x": ' + b"[" * 1_000_000, "body", "the body is nested too deeply"),
    ],
)
def test_refusals(raw: bytes, field: str, detail: str) -> None:
    """What was got and what is allowed, never a Python type's name."""
    with pytest.raises(InvalidRequest) as caught:
        decode(raw, Order)
    assert caught.value.field == field
    assert caught.value.detail.startswith(detail)
    assert "`" not in caught.value.detail


def test_a_good_body() -> None:
    """A byte order mark is passed over, unknown fields are ignored, an integer does for a float."""
    order = decode(b'\xef\xbb\xbf{"name": "x", "ratio": 2, "other": 1, "items": [{"size": null}]}', Order)
    assert order == Order("x", ratio=2.0, items=[Item()])


async def idempotency(key: str | None, body: Any = None, path: str = "/a") -> tuple[str, str] | None:
    """The key and fingerprint of a POST of `body`."""
    request = RequestFactory().post(path, data=body or {"x": 1})
    found = await idempotency_of(key, request)
    return None if found is None else (found.key, found.fingerprint)


async def test_fingerprints_tell_requests_apart() -> None:
    """The same path and bytes make the same fingerprint; another path or body makes another."""
    first = await idempotency("k")
    assert first is not None
    assert await idempotency("k") == first
    others = [await idempotency("k", {"x": 2}), await idempotency("k", path="/b")]
    assert len({first[1], *(other[1] for other in others if other)}) == 3
    assert await idempotency(None) is None


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "a\nb", "\x7f"])
async def test_bad_idempotency_keys(key: str) -> None:
    """Empty, too long, or with control characters."""
    with pytest.raises(InvalidRequest, match=r"(?s)^Idempotency-Key: got .*; allowed: 1-255 printable characters$"):
        await idempotency(key)


@pytest.mark.parametrize("key", ["x", "x" * 255, "a b", "Ð\x81\x9f"])
async def test_good_idempotency_keys(key: str) -> None:
    """Anything else, other people's alphabets (as latin-1 text) too."""
    found = await idempotency(key)
    assert found is not None
    assert found[0] == key
