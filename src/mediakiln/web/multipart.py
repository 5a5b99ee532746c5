"""multipart/form-data with one file (RFC 7578), parsed as it comes: the file goes to scratch on disk, never whole in memory."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from litestar import Request
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from msgspec import Struct
from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser, parse_options_header

from mediakiln.errors import InvalidRequest, TooLarge, shorten

OVERHEAD = 64 * 1024
"""Bytes a body may have besides the file: boundaries, headers, the other fields."""
FIELD_LONGEST = 4 * 1024
"""Bytes of one other field."""
FIELDS = 16
"""Parts of one body."""
PIECE = 256 * 1024
"""Bytes gathered before they are written."""


class Form(Struct, frozen=True):
    """A form that has arrived whole. `path` is the file's contents on disk, `size` in bytes, `filename` what the client calls
    it; `fields` are the others by name, unknown ones included."""

    path: Path
    size: int
    filename: str | None
    fields: Mapping[str, str]


@asynccontextmanager
async def receive_form(request: Request[Any, Any, Any], file: str, *, scratch: Path, max_bytes: int) -> AsyncIterator[Form]:
    """Receive a form whose field `file` is a file of at most `max_bytes`; its scratch is gone when the block ends, however.

    Raises InvalidRequest for anything that is not such a form, and TooLarge, early where the Content-Length tells.
    """
    boundary = _boundary(request.headers.get("content-type"))
    told = request.headers.get("content-length", "")
    if told.isascii() and told.isdigit() and int(told) > max_bytes + OVERHEAD:
        raise TooLarge(f"{file}: got a body of {int(told)} bytes; allowed: a file of at most {max_bytes}")
    with tempfile.TemporaryDirectory(dir=scratch, prefix="form-") as folder:
        path = Path(folder) / "file"
        with await asyncio.to_thread(path.open, "wb") as into:
            receiver = _Receiver(file, into, max_bytes)
            await _receive(request, boundary, receiver)
        if receiver.size is None:
            raise InvalidRequest("required, but missing; send a file in multipart/form-data", field=file)
        yield Form(path, receiver.size, receiver.filename, receiver.fields)


def file_form(file: str, fields: Mapping[str, tuple[str, Collection[str]]] = {}) -> type[Operation]:
    """The OpenAPI side of such a form: `file` and the others, each with its description and, if any, its choices."""
    properties: dict[str, Any] = {file: Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)}
    for name, (description, choices) in fields.items():
        properties[name] = Schema(type=OpenAPIType.STRING, description=description, enum=list(choices) or None)
    schema = Schema(type=OpenAPIType.OBJECT, properties=properties, required=[file])

    @dataclass
    class FileForm(Operation):
        def __post_init__(self) -> None:
            self.request_body = RequestBody(required=True, content={"multipart/form-data": OpenAPIMediaType(schema=schema)})

    return FileForm


class _Receiver:
    """Takes the parser's events, one part after the other."""

    def __init__(self, file: str, into: BinaryIO, max_bytes: int) -> None:
        self.fields: dict[str, str] = {}
        self.size: int | None = None
        self.filename: str | None = None
        self._file = file
        self._into = into
        self._max_bytes = max_bytes
        self._name = ""
        self._field = bytearray()
        self._gathered: list[bytes] = []
        self._waiting = 0

    async def begin(self, part: MultipartSegment) -> None:
        self._name = part.name or ""
        if self._name in self.fields or (self._name == self._file and self.size is not None):
            raise InvalidRequest("got it twice; allowed: once", field=self._name)
        if self._name == self._file:
            self.size, self.filename = 0, part.filename
        elif part.filename is not None:
            raise InvalidRequest(f"got a file; allowed: one file, in the field {self._file}", field=shorten(self._name))

    async def data(self, piece: bytes) -> None:
        if self._name != self._file:
            self._field += piece
            if len(self._field) > FIELD_LONGEST:
                raise InvalidRequest(f"got more than {FIELD_LONGEST} bytes; allowed: at most that", field=shorten(self._name))
            return
        self.size = (self.size or 0) + len(piece)
        if self.size > self._max_bytes:
            raise TooLarge(f"{self._file}: got more than {self._max_bytes} bytes; allowed: at most that")
        self._gathered.append(piece)
        self._waiting += len(piece)
        if self._waiting >= PIECE:
            await self._flush()

    async def end(self) -> None:
        if self._name == self._file:
            await self._flush()
            return
        try:
            self.fields[self._name] = self._field.decode()
        except UnicodeDecodeError:
            raise InvalidRequest("got bytes that are no text; allowed: UTF-8", field=shorten(self._name)) from None
        self._field = bytearray()

    async def _flush(self) -> None:
        gathered, self._gathered, self._waiting = self._gathered, [], 0
        await asyncio.to_thread(self._into.writelines, gathered)


async def _receive(request: Request[Any, Any, Any], boundary: str, receiver: _Receiver) -> None:
    parser = PushMultipartParser(boundary, max_segment_count=FIELDS)
    try:
        with parser:
            async for chunk in request.stream():
                for event in parser.parse(chunk) if chunk and not parser.closed else ():
                    if isinstance(event, MultipartSegment):
                        await receiver.begin(event)
                    elif event is None:
                        await receiver.end()
                    else:
                        await receiver.data(bytes(event))
    except ParserLimitReached as error:
        raise InvalidRequest(f"got a form with too many or too long parts ({error}); allowed: {FIELDS}", field="body") from None
    except MultipartError as error:
        raise InvalidRequest(f"got a form that is broken or ends too early ({error}); allowed: RFC 7578", field="body") from None


def _boundary(content_type: str | None) -> str:
    media_type, options = parse_options_header(content_type or "")
    if media_type != "multipart/form-data":
        raise InvalidRequest.not_allowed("Content-Type", media_type, "multipart/form-data")
    boundary: str = options.get("boundary", "")
    # RFC 2046, 5.1.1; a longer one would make every search slower.
    if not 1 <= len(boundary) <= 70 or not boundary.isascii() or not boundary.isprintable():
        raise InvalidRequest.not_allowed("Content-Type", boundary, "multipart/form-data with a boundary of 1-70 characters")
    return boundary
