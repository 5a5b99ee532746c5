"""Request bodies: decoded strictly from JSON, with errors that name the field, and fingerprinted for Idempotency-Key."""

from __future__ import annotations

import asyncio
import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
from litestar import Request
from litestar.dto import MsgspecDTO
from litestar.exceptions import InternalServerException
from litestar.openapi.spec import Reference, Schema
from litestar.params import HeaderParameter
from litestar.typing import FieldDefinition
from msgspec import Meta

from mediakiln.errors import InvalidRequest
from mediakiln.tasks.replays import Idempotency

if TYPE_CHECKING:
    from litestar._openapi.schema_generation import SchemaCreator

Body = TypeVar("Body", bound=msgspec.Struct)

_AT = re.compile(r" - at `\$(?P<path>[^`]*)`$")
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]+)`")
_EXPECTED = re.compile(r"Expected `(?P<allowed>[^`]+)`, got `(?P<got>[^`]+)`")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BOM = b"\xef\xbb\xbf"
LONG = 1024 * 1024
"""Bytes from which a body is hashed in a thread."""
_WORDS = {
    "str": "a string",
    "int": "an integer",
    "float": "a number with a fraction",
    "bool": "a boolean",
    "null": "null",
    "object": "an object",
    "array": "an array",
}
"""msgspec's names of types in JSON's words."""

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="1-255 printable characters of your choice. The same key with the same body makes one generation, however "
        "often it is sent, and is answered with `Idempotent-Replayed: true`.",
    ),
]
"""The header as a handler takes it."""


def told(description: str, *examples: object, **schema: object) -> Meta:
    """What the OpenAPI document says of a field. The rules themselves are the catalogue's, which names got and allowed."""
    return Meta(description=description, examples=list(examples) or None, extra_json_schema={"extra": schema} if schema else None)


class StrictBody(MsgspecDTO[Body]):
    """A body type for handlers (`dto=StrictBody[Generate]`): Litestar writes its OpenAPI schema, msgspec decodes it, and a
    number sent as a string is an error instead of a guess."""

    @classmethod
    def create_openapi_schema(
        cls, field_definition: FieldDefinition, handler_id: str, schema_creator: SchemaCreator
    ) -> Reference | Schema:
        """The body's own schema, under its own name, with what `Meta` says of each field."""
        return schema_creator.for_field_definition(field_definition)

    def decode_bytes(self, value: bytes) -> Any:
        """Decode the body. Raises InvalidRequest that names the field."""
        handler = self.asgi_connection.route_handler
        return decode(value, handler.parsed_data_field.annotation)


def decode(raw: bytes, into: type[Body]) -> Body:
    """JSON bytes as `into`, strictly; a byte order mark is passed over (RFC 8259, 8.1). Raises InvalidRequest."""
    try:
        body: Body = _decoder(into).decode(raw[len(_BOM) :] if raw.startswith(_BOM) else raw)
        return body
    except msgspec.ValidationError as error:
        raise _explained(str(error)) from None
    except RecursionError:
        raise InvalidRequest("the body is nested too deeply", field="body") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"the body is not valid JSON: {error}", field="body") from None


def hung_up(error: Exception) -> bool:
    """True when the client went away before the end of its body: nobody reads the answer, and nothing is wrong here."""
    return isinstance(error, InternalServerException) and error.detail == "client disconnected prematurely"


def body_limit(request: Request[Any, Any, Any]) -> int | None:
    """The largest body in bytes that this request's handler takes; None for any."""
    return request.route_handler.resolve_request_max_body_size()


@cache
def _decoder(into: type[Body]) -> msgspec.json.Decoder[Body]:
    return msgspec.json.Decoder(into)


def _explained(message: str) -> InvalidRequest:
    """msgspec's "Expected `int | null`, got `str` - at `$.num_images`" as "num_images: got a string; allowed: an integer"."""
    found = _AT.search(message)
    path = found["path"].lstrip(".") if found else ""
    text = _AT.sub("", message).replace("`", "")
    if missing := _MISSING.search(message):
        path, text = f"{path}.{missing['name']}".lstrip("."), "required, but missing"
    elif expected := _EXPECTED.match(message):
        allowed = [_WORDS.get(name, name) for name in expected["allowed"].split(" | ") if name != "null"]
        text = f"got {_WORDS.get(expected['got'], expected['got'])}; allowed: {' or '.join(allowed)}"
    return InvalidRequest(text[:1].lower() + text[1:], field=path or "body")


async def idempotency_of(key: str | None, request: Request[Any, Any, Any]) -> Idempotency | None:
    """The caller's Idempotency-Key, tied to path and body. Raises InvalidRequest for one that is empty or too long."""
    if key is None:
        return None
    if not 1 <= len(key) <= 255 or _CONTROL.search(key):
        raise InvalidRequest.not_allowed("Idempotency-Key", key, "1-255 printable characters")
    path, body = request.url.path.encode() + b"\n", await request.body()
    # Megabytes take a while, and hashing them lets other threads run.
    digest = await asyncio.to_thread(_digest, path, body) if len(body) > LONG else _digest(path, body)
    return Idempotency(key, digest)


def _digest(path: bytes, body: bytes) -> str:
    digest = hashlib.sha256(path)
    digest.update(body)
    return digest.hexdigest()
