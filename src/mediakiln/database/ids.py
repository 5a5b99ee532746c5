"""Identifiers and the wall clock."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def iso(milliseconds: int) -> str:
    """Milliseconds since the epoch as `2024-01-01T00:00:00Z`, the form the wire documents show (whole seconds, UTC)."""
    return datetime.fromtimestamp(milliseconds // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def well_formed(name: str) -> bool:
    """Whether a public id could look like this: up to 64 printable ASCII characters. What callers name is not looked up
    otherwise, since PostgreSQL takes no NUL character."""
    return len(name) <= 64 and name.isascii() and name.isprintable()


def uuid7() -> str:
    """A UUIDv7 (RFC 9562) in text form: sortable by creation time, 74 random bits."""
    random = int.from_bytes(os.urandom(10))
    value = now_ms() << 80 | 0x7 << 76 | (random >> 68 & 0xFFF) << 64 | 0b10 << 62 | random & (1 << 62) - 1
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
