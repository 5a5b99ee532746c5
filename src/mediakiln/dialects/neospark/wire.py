"""The envelope of the NeoSpark API; each area has its own fields in its own `wire.py`."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from msgspec import Struct

from mediakiln.web.bodies import told

DIALECT = "neospark"

Data = TypeVar("Data")


class Answer(Struct, Generic[Data]):
    """Every success answer: `code` is the HTTP status."""

    data: Data
    code: int = 200
    message: str = "success"


class Failure(Struct):
    """Every error answer. `detail` repeats `message`: the web front end reads it first (wire file, section 1)."""

    code: Annotated[int, told("The HTTP status.", 402)]
    message: str
    detail: str
    data: None = None
