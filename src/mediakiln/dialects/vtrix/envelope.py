"""The envelope of what is not the gateway (sign-in, the list of models), `{"status": {"code", "message"}, "data"}`, and the
table from our errors to it; `code` is the HTTP status. The client reads 401 as an expired token and 403 as an invalid one (wire
file, section 8). Marked * is our documented extension.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from litestar import Request, Response
from litestar.openapi import ResponseSpec
from msgspec import Struct

from mediakiln import errors
from mediakiln.web.bodies import told
from mediakiln.web.failures import ask_to_wait, explain, responses, row_of

Data = TypeVar("Data")

AREAS = ("/api/v1/cli", "/api/v1/skill")
"""The paths of which all answers have this envelope."""
TABLE: dict[type[errors.MediakilnError], int] = {
    errors.InvalidRequest: 400,
    errors.Unauthorized: 401,
    errors.KeyExpired: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,  # *
    errors.RateLimited: 429,
    errors.MailFailed: 502,  # *
    errors.Overloaded: 503,  # *
}


class Status(Struct, frozen=True):
    """How it went."""

    code: Annotated[int, told("The HTTP status.", 200)] = 200
    message: str = "ok"


class Answer(Struct, Generic[Data]):
    """Every success answer."""

    data: Data
    status: Status = Status()


class Failure(Struct):
    """Every error answer."""

    status: Status
    data: None = None


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Failure]:
    """Answer any exception in the envelope; only what nobody expected becomes a 500."""
    if not isinstance(error, errors.MediakilnError):
        said = explain(request, error)
        return _answer(said.status, said.message, said.headers)
    ask_to_wait(request, error)
    return _answer(row_of(type(error), TABLE) or 500, str(error))


IN_ENVELOPE: dict[Any, Any] = {Exception: on_error}
"""The exception handlers of everything that answers in it."""


def documented(*kinds: type[errors.MediakilnError], body: bool = False) -> dict[int, ResponseSpec]:
    """What a handler's OpenAPI entry says of its errors: these, and those that every handler (with a `body`) may answer."""
    rows = [(row_of(kind, TABLE), "", kind) for kind in kinds]
    return responses(rows, Failure, {500: "Internal server error."} | ({413: "The body is too large."} if body else {}))


def _answer(status: int, message: str, headers: dict[str, str] | None = None) -> Response[Failure]:
    return Response(Failure(Status(status, message)), status_code=status, headers=headers)
