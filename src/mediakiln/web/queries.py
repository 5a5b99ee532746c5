"""Query parameters, read strictly: what is not allowed is named, with what is. They arrive as text, since a framework's own
errors would not."""

from __future__ import annotations

from typing import Annotated

from litestar.params import QueryParameter

from mediakiln.errors import InvalidRequest

_TRUE, _FALSE = ("true", "1", "yes"), ("false", "0", "no")

Permanent = Annotated[str | None, QueryParameter(name="permanent", description="`true` for ever; the default is `false`.")]
Limit = Annotated[str | None, QueryParameter(name="limit", description="How many at most; 1 to 100, the default is 20.")]
Offset = Annotated[str | None, QueryParameter(name="offset", description="How many to pass over; the default is 0.")]


def whole(field: str, value: str | None, default: int, low: int, high: int) -> int:
    """An integer from `low` to `high`. Raises InvalidRequest."""
    if value is None or value == "":
        return default
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 12 else None
    if number is None or not low <= number <= high:
        raise InvalidRequest.not_allowed(field, value, f"{low} to {high}")
    return number


def flag(field: str, value: str | None, *, default: bool = False) -> bool:
    """A truth value as JavaScript (`true`) or Python (`True`) writes it. Raises InvalidRequest."""
    if value is None or value == "":
        return default
    if value.lower() not in _TRUE + _FALSE:
        raise InvalidRequest.not_allowed(field, value, "true, false")
    return value.lower() in _TRUE


def page(limit: str | None, offset: str | None, *, most: int = 100) -> tuple[int, int]:
    """(limit, offset) of a list. Raises InvalidRequest."""
    return whole("limit", limit, 20, 1, most), whole("offset", offset, 0, 0, 10**9)
