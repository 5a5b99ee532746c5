"""The device-flow half of the Vtrix command line client, as its protocol says: an Ed25519 key pair and proofs made with it."""

from __future__ import annotations

import base64
import hashlib
import time
import uuid

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def raw_url(data: bytes) -> str:
    """Go's base64.RawURLEncoding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Device:
    """One tool with a key of its own."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.public_key = raw_url(self._key.public_key().public_bytes_raw())

    def question(self, device_code: str, *, nonce: str | None = None, late: int = 0) -> dict[str, str]:
        """A token request, signed; its time is `late` seconds in the past."""
        nonce, timestamp = nonce or str(uuid.uuid4()), str(int(time.time()) - late)
        digest = hashlib.sha256(f"{device_code}:{timestamp}:{nonce}".encode()).digest()
        return {"device_code": device_code, "timestamp": timestamp, "nonce": nonce, "proof": raw_url(self._key.sign(digest))}
