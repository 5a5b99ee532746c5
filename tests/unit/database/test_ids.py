"""Identifiers and times."""

from __future__ import annotations

import time
import uuid

import pytest

from mediakiln.database import ids
from mediakiln.database.ids import iso, now_ms, uuid7


def test_uuid7_is_one() -> None:
    """The standard library reads it as version 7 of RFC 9562, and it tells its millisecond."""
    before = now_ms()
    made = uuid.UUID(uuid7())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= now_ms()


def test_uuid7_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """As texts they sort by the time they were made."""
    made = []
    for _ in range(20):
        made.append(uuid7())
        time.sleep(0.0011)
    assert made == sorted(made)
    monkeypatch.setattr(ids, "now_ms", lambda: 1)
    early = uuid7()
    monkeypatch.setattr(ids, "now_ms", lambda: (1 << 48) - 1)
    assert early < made[0] < uuid7()


def test_uuid7_is_random() -> None:
    """Every random bit is used, and none of the fixed ones is touched."""
    many = [uuid.UUID(uuid7()).int for _ in range(5_000)]
    assert len(set(many)) == len(many)
    random_bits = ((1 << 12) - 1) << 64 | (1 << 62) - 1
    ones = zeros = 0
    for value in many:
        ones |= value
        zeros |= ~value
    assert ones & zeros & random_bits == random_bits


def test_iso() -> None:
    """Whole seconds in UTC, as the wire documents show them."""
    assert iso(0) == "1970-01-01T00:00:00Z"
    assert iso(1_704_067_199_999) == "2023-12-31T23:59:59Z"
