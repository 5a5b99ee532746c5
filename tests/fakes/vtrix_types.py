"""What the Vtrix command line client decodes answers into, as strictly as Go's encoding/json: unknown fields are passed over,
missing ones are zero, and another type is an error (wire file, section 8)."""

from __future__ import annotations

from typing import Any, TypeVar

import httpx
import msgspec
from msgspec import Raw, Struct

T = TypeVar("T")


class Status(Struct, frozen=True):
    code: int = 0
    message: str = ""


class Envelope(Struct):
    data: Raw = Raw(b"null")
    status: Status = Status()


class CliError(Exception):
    """What the client shows; `code` is the envelope's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class DeviceCode(Struct):
    device_code: str = ""
    user_code: str = ""
    verification_uri: str = ""
    expires_in: int = 0
    interval: int = 0


class Token(Struct):
    status: str = ""
    access_token: str = ""
    refresh_token: str = ""
    api_key: str = ""


class User(Struct):
    id: str = ""
    email: str = ""
    account: str = ""
    name: str = ""
    role: str = ""


class Me(Struct):
    user: User | None = None


class Model(Struct):
    id: str = ""
    name: str = ""
    type: str = ""
    description: str = ""
    input_modalities: list[str] = []
    output_modalities: list[str] = []


class Models(Struct):
    models: list[Model] = []
    total: int = 0
    page: int = 0
    page_size: int = 0
    total_pages: int = 0


class Constraints(Struct):
    enum: list[str] = []
    default: Any = None
    min: float | None = None
    max: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    max_items: int | None = None


class Parameter(Struct):
    name: str = ""
    path: str = ""
    type: str = ""
    required: bool = False
    description: str = ""
    constraints: Constraints | None = None
    example: Any = None
    children: list[Parameter] = []


class Api(Struct, frozen=True):
    endpoint: str = ""
    method: str = ""
    headers: dict[str, str] = {}


class Spec(Struct):
    model_id: str = ""
    name: str = ""
    vendor: str = ""
    type: str = ""
    api: Api = Api()
    parameters: list[Parameter] = []
    agent_prompt: str = ""


def read(answer: httpx.Response, into: type[T]) -> T:
    """The `data` of an answer. Raises CliError where the client would; the HTTP status is not looked at, as it does not."""
    envelope = msgspec.json.decode(answer.content, type=Envelope)
    if envelope.status.code not in (0, 200):
        raise CliError(envelope.status.code, envelope.status.message)
    assert envelope.data != b"null", answer.text
    return msgspec.json.decode(envelope.data, type=into)
