"""One table from our errors to the envelope `{"code", "message", "data": null, "detail"}`; `code` is the HTTP status.

Statuses marked * are our documented extension: seed 000 names none for these causes.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.openapi import ResponseSpec

from mediakiln import errors
from mediakiln.dialects.neospark.wire import Failure
from mediakiln.web.failures import OF_EVERY_HANDLER, ask_to_wait, explain, responses, row_of

TABLE: dict[type[errors.MediakilnError], int] = {
    errors.InvalidRequest: 400,
    errors.ContentFiltered: 400,
    errors.Unauthorized: 401,
    errors.KeyExpired: 401,
    errors.InsufficientCredits: 402,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.IdempotencyInFlight: 409,  # *
    errors.Conflict: 409,
    errors.TooLarge: 413,  # *
    errors.IdempotencyMismatch: 422,  # *
    errors.RateLimited: 429,  # *
    errors.Unreachable: 502,
    errors.MailFailed: 502,
    errors.Overloaded: 503,  # *
}


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Failure]:
    """Answer any exception in the envelope; only what nobody expected becomes a 500."""
    if not isinstance(error, errors.MediakilnError):
        said = explain(request, error)
        return _answer(said.status, said.message, said.headers)
    ask_to_wait(request, error)
    mine = isinstance(error, errors.Overloaded) and error.scope == "account"
    return _answer(429 if mine else row_of(type(error), TABLE) or 500, str(error))


def documented(*kinds: type[errors.MediakilnError], body: bool = False) -> dict[int, ResponseSpec]:
    """What a handler's OpenAPI entry says of its errors: these, and those that every handler (with a `body`) may answer."""
    rows = [(row_of(kind, TABLE), "", kind) for kind in (*kinds, *OF_EVERY_HANDLER)]
    return responses(rows, Failure, {500: "Internal server error."} | ({413: "The body is too large."} if body else {}))


def _answer(status: int, message: str, headers: dict[str, str] | None = None) -> Response[Failure]:
    return Response(Failure(status, message, message), status_code=status, headers=headers)
