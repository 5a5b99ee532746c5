"""One table from our errors to the envelope `{"code", "message", "data": null, "detail"}`; `code` is the HTTP status.

Statuses marked * are our documented extension: seed 000 names none for these causes.
"""

from __future__ import annotations

import logging
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi import ResponseSpec

from mediakiln import errors
from mediakiln.dialects.neospark.wire import Failure
from mediakiln.web.bodies import body_limit, hung_up
from mediakiln.web.edge import add_headers

TABLE: dict[type[errors.MediakilnError], int] = {
    errors.InvalidRequest: 400,
    errors.ContentFiltered: 400,
    errors.Unauthorized: 401,
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

log = logging.getLogger(__name__)


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Failure]:
    """Answer any exception in the envelope; only what nobody expected becomes a 500."""
    if isinstance(error, errors.MediakilnError):
        status = _status_of(type(error))
        if isinstance(error, errors.Overloaded) and error.scope == "account":
            status = 429
        if isinstance(error, (errors.RateLimited, errors.Overloaded)):
            add_headers(request.scope, ("Retry-After", str(error.retry_after)))
        return _answer(status, str(error))
    if isinstance(error, ValidationException):
        return _answer(400, "body: required, but missing; send a JSON object")
    if hung_up(error):
        return _answer(400, "body: the connection was closed before its end")
    if isinstance(error, HTTPException) and error.status_code == 413:
        return _answer(413, f"body: too large; allowed: at most {body_limit(request)} bytes")
    if isinstance(error, HTTPException) and error.status_code < 500:
        headers = {}
        for name, value in (error.headers or {}).items():
            if name.lower() == "allow":
                headers["Allow"] = ", ".join(sorted(value.split(", ")))
        return _answer(error.status_code, f"{error.detail}: {request.method} {request.url.path}", headers)
    log.error("unexpected error", exc_info=error)
    return _answer(500, "Internal server error, retry after a short delay")


def documented(*kinds: type[errors.MediakilnError], body: bool = False) -> dict[int, ResponseSpec]:
    """What a handler's OpenAPI entry says of its errors: these, and those that every handler (with a `body`) may answer."""
    shared = (errors.Unauthorized, errors.Forbidden, errors.RateLimited)
    texts: dict[int, list[str]] = {500: ["Internal server error."]}
    if body:
        texts[413] = ["The body is too large."]
    for kind in (*kinds, *shared):
        meaning = (kind.__doc__ or "").partition(".")[0].partition(";")[0].replace("\n    ", " ")
        texts.setdefault(_status_of(kind), []).append(f"{meaning.partition('`')[0].strip()}.")
    return {
        status: ResponseSpec(Failure, generate_examples=False, description=" ".join(texts[status])) for status in sorted(texts)
    }


def _status_of(kind: type[errors.MediakilnError]) -> int:
    return next((TABLE[base] for base in kind.__mro__ if base in TABLE), 500)


def _answer(status: int, message: str, headers: dict[str, str] | None = None) -> Response[Failure]:
    return Response(Failure(status, message, message), status_code=status, headers=headers)
