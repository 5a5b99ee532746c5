"""Canonical field names as a dialect's clients know them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from mediakiln.errors import InvalidRequest


@contextmanager
def wire_names(names: Mapping[str, str]) -> Iterator[None]:
    """Errors that leave the block name their field as in `names`; fields that are not there keep theirs."""
    try:
        yield
    except InvalidRequest as error:
        name = names.get(error.field or "")
        if name is None:
            raise
        raise type(error)(error.detail, field=name) from None
