"""fal's signatures, and the keys that it publishes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fakes.vendors.base import Call, Reply, Vendor, closed_port

from mediakiln.errors import Forbidden
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.fal.webhooks import FRESH, KEPT, MAX_AGE, verify

NOW = 1_790_000_000.0
BODY = b'{"request_id":"r1","status":"OK","payload":{}}'
OLD, NEW, STRANGE = (Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32) for seed in (1, 2, 3))


class Keys(Vendor):
    """fal's public keys."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = [OLD]
        self.reply: Reply | None = None

    def answer(self, call: Call) -> Reply:
        return self.reply or Reply(200, {"keys": [{"kty": "RSA", "n": "0"}, *map(published, self.keys)]})


def published(key: Ed25519PrivateKey) -> dict[str, str]:
    raw = key.public_key().public_bytes_raw()
    return {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(raw).decode().rstrip("=")}


@pytest.fixture
def keys() -> Iterator[Keys]:
    with Keys() as server:
        yield server


def account(url: str) -> Account:
    options = {"jwks_url": f"{url}/jwks.json"}
    return Account(provider="fal", kind="fal", name="fal", webhook_secret=Secret("jwks"), options=options)


def signed(key: Ed25519PrivateKey = OLD, body: bytes = BODY, at: float | str = int(NOW)) -> dict[str, str]:
    """Headers as fal sends them."""
    message = f"r1\nu1\n{at}\n{hashlib.sha256(body).hexdigest()}"
    return {
        "x-fal-webhook-request-id": "r1",
        "x-fal-webhook-user-id": "u1",
        "x-fal-webhook-timestamp": str(at),
        "x-fal-webhook-signature": key.sign(message.encode()).hex(),
    }


@pytest.mark.parametrize("later", [0.0, MAX_AGE, -MAX_AGE])
def test_a_call_of_theirs(keys: Keys, later: float) -> None:
    """Within five minutes, by either clock; keys of another kind in the set disturb nobody."""
    verify(account(keys.url), signed(), BODY, NOW + later)


@pytest.mark.parametrize(
    ("headers", "body", "now"),
    [
        (signed(STRANGE), BODY, NOW),
        (signed(), BODY + b" ", NOW),
        (signed() | {"x-fal-webhook-request-id": "r2"}, BODY, NOW),
        (signed() | {"x-fal-webhook-user-id": "u2"}, BODY, NOW),
        (signed() | {"x-fal-webhook-timestamp": "1790000001"}, BODY, NOW),
        (signed(), BODY, NOW + MAX_AGE + 1),
        (signed(), BODY, NOW - MAX_AGE - 1),
        (signed(at="soon"), BODY, NOW),
        (signed() | {"x-fal-webhook-signature": "zz"}, BODY, NOW),
        (signed() | {"x-fal-webhook-signature": "00"}, BODY, NOW),
        (signed() | {"x-fal-webhook-signature": ""}, BODY, NOW),
        ({name: value for name, value in signed().items() if not name.endswith("user-id")}, BODY, NOW),
        ({}, BODY, NOW),
    ],
)
def test_a_call_of_somebody_else(keys: Keys, headers: dict[str, str], body: bytes, now: float) -> None:
    """Another key, another body, another id or time, too old, too new, or not signed at all."""
    with pytest.raises(Forbidden):
        verify(account(keys.url), headers, body, now)


def test_keys_are_kept_for_a_day(keys: Keys) -> None:
    """One fetch serves all calls of a day; what is malformed or old costs none."""
    with pytest.raises(Forbidden):
        verify(account(keys.url), {}, BODY, NOW)
    assert len(keys.calls) == 0
    for seconds in (0.0, 1.0, 200.0):
        verify(account(keys.url), signed(at=int(NOW + seconds)), BODY, NOW + seconds)
    assert len(keys.calls) == 1
    verify(account(keys.url), signed(at=int(NOW + KEPT + 1)), BODY, NOW + KEPT + 1)
    assert len(keys.calls) == 2


def test_a_new_key_is_fetched_early(keys: Keys) -> None:
    """An unknown signature is a reason to look again, but once a minute at most."""
    verify(account(keys.url), signed(), BODY, NOW)
    keys.keys = [NEW]
    for _ in range(5):
        with pytest.raises(Forbidden):
            verify(account(keys.url), signed(NEW), BODY, NOW + 1)
    assert len(keys.calls) == 1
    verify(account(keys.url), signed(NEW), BODY, NOW + FRESH + 1)
    with pytest.raises(Forbidden):
        verify(account(keys.url), signed(OLD), BODY, NOW + FRESH + 2)
    assert len(keys.calls) == 2


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500, {}),
        Reply(200, b"<html>", media_type="text/html"),
        Reply(200, []),
        Reply(200, {}),
        Reply(200, {"keys": None}),
        Reply(200, {"keys": [{"kty": "OKP"}]}),
        Reply(200, {"keys": [{"kty": "OKP", "x": "short"}]}),
        Reply(200, {"keys": [{"kty": "OKP", "x": 7}]}),
        Reply(200, {"keys": []}),
    ],
)
def test_keys_that_cannot_be_had(keys: Keys, reply: Reply) -> None:
    """Without keys nobody is believed; polling goes on."""
    keys.reply = reply
    with pytest.raises(Forbidden):
        verify(account(keys.url), signed(), BODY, NOW)


def test_keys_that_nobody_serves() -> None:
    """The same."""
    with closed_port() as url, pytest.raises(Forbidden):
        verify(account(url), signed(), BODY, NOW)
