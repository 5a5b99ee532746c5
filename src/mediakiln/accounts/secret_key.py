"""The server's own secret: what must be unreadable even to one who has read the database is keyed with it."""

from __future__ import annotations

import base64
import contextlib
import hmac
import os
import secrets
from pathlib import Path

from mediakiln.errors import ConfigurationError
from mediakiln.settings import Settings

FILE = "secret_key"


def secret_key(settings: Settings) -> bytes:
    """`MEDIAKILN_SECRET_KEY`, or the key in the data directory, which is made when there is none."""
    if settings.secret_key:
        return settings.secret_key.encode()
    path = settings.data / FILE
    try:
        return path.read_bytes() if path.exists() else _made(path)
    except OSError as error:
        raise ConfigurationError(f"data: cannot use {path}: {error.strerror}") from None


def webhook_secret(key: bytes, account_id: str) -> str:
    """What an account's webhooks are signed with, in the form of Standard Webhooks. It follows from the server's secret, so it is
    kept nowhere, and is another one once that changes."""
    return "whsec_" + base64.b64encode(hmac.digest(key, f"webhooks\n{account_id}".encode(), "sha256")).decode()


def _made(path: Path) -> bytes:
    """A new key at `path`, or the one that another process has put there meanwhile; never half of one."""
    draft = path.with_name(f"{FILE}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
    return path.read_bytes()
