"""fal signs its calls with Ed25519, by keys that it publishes: there is no secret. Any `webhook_secret` of an account turns the
check on; its option `jwks_url` names another set of keys.

Signed are request id, user id, timestamp and the body's SHA-256 in hex, a line each (fal.ai/docs, "Webhooks").
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Struct

from mediakiln.errors import Forbidden
from mediakiln.providers.accounts import Account, options_of

JWKS_URL = "https://rest.alpha.fal.ai/.well-known/jwks.json"
MAX_AGE = 300.0
"""Seconds by which a call's time may differ from ours."""
KEPT = 24 * 3600.0
"""Seconds for which keys are kept: a day at most, says fal."""
FRESH = 60.0
"""Seconds after which a signature that no key made is a reason to fetch the keys again."""
TIMEOUT = 5.0

_SIGNED = ("x-fal-webhook-request-id", "x-fal-webhook-user-id", "x-fal-webhook-timestamp")
_kept: dict[str, tuple[float, list[Ed25519PublicKey]]] = {}
"""By address: when the keys were fetched, and the keys. Public, and the same for every account."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """The account's own table: `jwks_url` is where fal's keys are looked up."""

    jwks_url: str = JWKS_URL


def verify(account: Account, headers: Mapping[str, str], body: bytes, now: float) -> None:
    """Check signature and age (5 minutes). Raises Forbidden, too where the keys cannot be had. Blocks where it fetches them."""
    try:
        parts = [headers[name] for name in _SIGNED]
        signature = bytes.fromhex(headers["x-fal-webhook-signature"])
        age = abs(now - int(parts[-1]))
    except (KeyError, ValueError) as error:
        raise Forbidden("the call is not signed as fal signs") from error
    if age > MAX_AGE:
        raise Forbidden("the call is too old")
    message = "\n".join([*parts, hashlib.sha256(body).hexdigest()]).encode()
    url = options_of(account, Options).jwks_url
    if any(_made(key, signature, message) for key in _keys(url, now, KEPT)):
        return
    if any(_made(key, signature, message) for key in _keys(url, now, FRESH)):
        return
    raise Forbidden("the signature is not fal's")


def _made(key: Ed25519PublicKey, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _keys(url: str, now: float, kept: float) -> list[Ed25519PublicKey]:
    fetched, keys = _kept.get(url, (float("-inf"), []))
    if now - fetched <= kept:
        return keys
    try:
        response = httpx.get(url, timeout=TIMEOUT).raise_for_status()
        keys = [_key(each["x"]) for each in response.json()["keys"] if each.get("kty") == "OKP"]
    except (httpx.HTTPError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Forbidden("fal's keys cannot be had") from error
    _kept[url] = now, keys
    return keys


def _key(text: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
