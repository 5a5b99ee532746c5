"""The envelope of the NeoSpark API; each area has its own fields in its own `wire.py`."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct

DIALECT = "neospark"

Data = TypeVar("Data")


def told(description: str, *examples: object, **schema: object) -> Meta:
    """What the OpenAPI document says of a field. The rules themselves are the catalogue's, which names got and allowed."""
    return Meta(description=description, examples=list(examples) or None, extra_json_schema={"extra": schema} if schema else None)


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
