"""WaveSpeed's signatures."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from mediakiln.errors import Forbidden
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.wavespeed.webhooks import MAX_AGE, verify

NOW = 1_790_000_000.0
BODY = b'{"id":"p1","status":"completed"}'
ACCOUNT = Account(provider="wavespeed", kind="wavespeed", name="wavespeed", webhook_secret=Secret("whsec_c2VjcmV0"))


def signed(body: bytes = BODY, secret: str = "c2VjcmV0", at: str = "1790000000") -> dict[str, str]:
    """Headers as WaveSpeed sends them: the secret's text itself is the key, without its prefix."""
    made = hmac.new(secret.encode(), f"call-1.{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"webhook-id": "call-1", "webhook-timestamp": at, "webhook-signature": f"v3,{made}"}


@pytest.mark.parametrize("later", [0.0, MAX_AGE, -MAX_AGE])
def test_a_call_of_theirs(later: float) -> None:
    """Within five minutes, by either clock."""
    verify(ACCOUNT, signed(), BODY, NOW + later)


@pytest.mark.parametrize(
    ("headers", "body", "now"),
    [
        (signed(secret="another"), BODY, NOW),
        (signed(secret="whsec_c2VjcmV0"), BODY, NOW),
        (signed(), BODY + b" ", NOW),
        (signed() | {"webhook-id": "call-2"}, BODY, NOW),
        (signed() | {"webhook-timestamp": "1790000001"}, BODY, NOW),
        (signed(), BODY, NOW + MAX_AGE + 1),
        (signed(), BODY, NOW - MAX_AGE - 1),
        (signed(at="soon"), BODY, NOW),
        (signed(at="nan"), BODY, NOW),
        (signed() | {"webhook-signature": "v3,"}, BODY, NOW),
        (signed() | {"webhook-signature": "v3,ü"}, BODY, NOW),
        (signed() | {"webhook-signature": signed()["webhook-signature"].replace("v3", "v1")}, BODY, NOW),
        ({name: value for name, value in signed().items() if name != "webhook-id"}, BODY, NOW),
        ({name: value for name, value in signed().items() if name != "webhook-signature"}, BODY, NOW),
        ({}, BODY, NOW),
    ],
)
def test_a_call_of_somebody_else(headers: dict[str, str], body: bytes, now: float) -> None:
    """A wrong key, another body, another id or time, too old, too new, or not signed at all."""
    with pytest.raises(Forbidden):
        verify(ACCOUNT, headers, body, now)
