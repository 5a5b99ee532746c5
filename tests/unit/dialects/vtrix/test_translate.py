"""Money and ids as the gateway writes them."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakiln.dialects.vtrix.translate import new_task_id, usd
from mediakiln.errors import MICRO


@pytest.mark.parametrize(
    ("micro", "rate", "cost"),
    [
        (0, "0.01", "0"),
        (75 * MICRO, "0.01", "0.75"),
        (4 * MICRO, "0.01", "0.04"),
        (10_000 * MICRO, "0.01", "100"),
        (13_333_334, "0.003", "0.040000002"),
        (1, "0.01", "0.00000001"),
        (7 * MICRO, "1", "7"),
        (30 * MICRO, "0.1", "3"),
    ],
)
def test_costs(micro: int, rate: str, cost: str) -> None:
    """Plain decimals, exact, without trailing zeros or exponents."""
    assert usd(micro, Decimal(rate)) == cost


@given(st.integers(0, 10**15), st.decimals("0.000001", "1000", places=6))
def test_a_cost_is_what_was_taken(micro: int, rate: Decimal) -> None:
    """To the last microcredit."""
    cost = usd(micro, rate)
    assert re.fullmatch(r"(0|[1-9]\d*)(\.\d*[1-9])?", cost)
    assert Decimal(cost) * MICRO == micro * rate


def test_ids() -> None:
    """Small letters and digits, like a cuid, and no two alike."""
    ids = {new_task_id() for _ in range(1_000)}
    assert len(ids) == 1_000
    assert all(re.fullmatch(r"c[a-z0-9]{24}", each) for each in ids)
