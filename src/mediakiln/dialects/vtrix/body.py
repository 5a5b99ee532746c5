"""A gateway body: the model's parameters, wrapped in `input[0].params` or beside `model` (wire file, section 9, row 2)."""

from __future__ import annotations

from typing import Any, TypeVar

from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition
from msgspec import Struct

from mediakiln.dialects.vtrix import wire
from mediakiln.dialects.vtrix.families import FAMILIES
from mediakiln.errors import InvalidRequest
from mediakiln.web.bodies import StrictBody, decode

Params = TypeVar("Params", bound=Struct)
WITHIN = "input[0].params"
"""Where wrapped parameters stand."""


class GenerationBody(StrictBody[wire.Envelope]):
    """The body as its handler takes it first; in the documents, one form for each family of models."""

    @classmethod
    def create_openapi_schema(cls, field_definition: FieldDefinition, handler_id: str, schema_creator: Any) -> Reference | Schema:
        """Any of the wrapped forms."""
        forms = [FieldDefinition.from_annotation(wire.Wrapped[family.body]) for family in FAMILIES]  # type: ignore[name-defined]
        return Schema(
            one_of=[schema_creator.for_field_definition(form) for form in forms], examples=[family.example for family in FAMILIES]
        )


def parameters(raw: bytes, envelope: wire.Envelope, kind: type[Params]) -> Params:
    """The parameters of a body whose `envelope` was read, strictly. Errors name a field as the parameters have it, wherever they
    stand. Raises InvalidRequest."""
    if not _is_wrapped(envelope):
        return decode(raw, kind)
    try:
        return decode(raw, wire.Wrapped[kind]).input[0].params  # type: ignore[valid-type]
    except InvalidRequest as error:
        field = error.field or "body"
        raise InvalidRequest(error.detail, field=field.removeprefix(f"{WITHIN}.")) from None


def anything(raw: bytes, envelope: wire.Envelope) -> dict[str, Any]:
    """The same, whatever they are. Raises InvalidRequest."""
    if not _is_wrapped(envelope):
        return decode(raw, dict[str, Any])  # type: ignore[type-var]
    return decode(raw, wire.Wrapped[dict[str, Any]]).input[0].params


def _is_wrapped(envelope: wire.Envelope) -> bool:
    """Whether the parameters are wrapped: those count where there are both. Raises InvalidRequest for more than one set."""
    if envelope.input is not None and len(envelope.input) > 1:
        raise InvalidRequest(f"got {len(envelope.input)} items; allowed: 1", field="input")
    return bool(envelope.input)
