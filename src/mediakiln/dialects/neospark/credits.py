"""Amounts and times as the NeoSpark API writes them."""

from __future__ import annotations

from mediakiln.errors import MICRO


def cost(micro: int) -> int:
    """A price or a charge in whole credits, rounded up: never shown below what is taken."""
    return -(-micro // MICRO)


def points(micro: int) -> float:
    """An amount of the ledger in credits, exact: other dialects may have parts of a credit. An int where it is whole."""
    return micro // MICRO if micro % MICRO == 0 else micro / MICRO
