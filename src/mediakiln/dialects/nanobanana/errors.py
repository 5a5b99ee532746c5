"""One table from our errors to the envelope `{"success": false, "error": {"code", "message"}}`.

Codes marked * are our documented extension: seed 004 names no code for these causes.
"""

from __future__ import annotations

import logging
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi import ResponseSpec

from mediakiln import errors
from mediakiln.dialects.nanobanana.wire import ErrorBody, Failure
from mediakiln.web.bodies import body_limit, hung_up
from mediakiln.web.edge import add_headers

TABLE: dict[type[errors.MediakilnError], tuple[int, str]] = {
    errors.InvalidPrompt: (400, "INVALID_PROMPT"),
    errors.UnknownModel: (400, "INVALID_MODEL"),
    errors.FetchFailed: (400, "INVALID_PARAMETER"),  # *
    errors.InvalidRequest: (400, "INVALID_PARAMETER"),  # *
    errors.Unauthorized: (401, "UNAUTHORIZED"),
    errors.InsufficientCredits: (402, "INSUFFICIENT_CREDITS"),
    errors.Forbidden: (403, "FORBIDDEN"),
    errors.NotFound: (404, "TASK_NOT_FOUND"),
    errors.IdempotencyInFlight: (409, "IDEMPOTENCY_IN_FLIGHT"),  # *
    errors.IdempotencyMismatch: (422, "IDEMPOTENCY_KEY_REUSED"),  # *
    errors.RateLimited: (429, "RATE_LIMIT_EXCEEDED"),
    errors.Overloaded: (503, "OVERLOADED"),  # *
    errors.ContentFiltered: (451, "CONTENT_FILTERED"),
}
HTTP_CODES = {
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
}

FIELD_CODES = {"prompt": "INVALID_PROMPT", "model": "INVALID_MODEL", "model_id": "INVALID_MODEL"}
"""Fields whose errors have a code of their own in seed 004, a wrong JSON type included."""

log = logging.getLogger(__name__)


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Failure]:
    """Answer any exception in the envelope; only what nobody expected becomes a 500."""
    if isinstance(error, errors.MediakilnError):
        status, code = _row(error)
        if isinstance(error, errors.InvalidRequest):
            code = FIELD_CODES.get(error.field or "", code)
        if isinstance(error, errors.Overloaded) and error.scope == "account":
            status, code = 429, "RATE_LIMIT_EXCEEDED"
        if isinstance(error, (errors.RateLimited, errors.Overloaded)):
            add_headers(request.scope, ("Retry-After", str(error.retry_after)))
        return _answer(status, code, str(error))
    if isinstance(error, ValidationException):
        return _answer(400, "INVALID_PARAMETER", "body: required, but missing; send a JSON object")
    if hung_up(error):
        return _answer(400, "INVALID_PARAMETER", "body: the connection was closed before its end")
    if isinstance(error, HTTPException) and error.status_code == 413:
        return _answer(413, HTTP_CODES[413], f"body: too large; allowed: at most {body_limit(request)} bytes")
    if isinstance(error, HTTPException) and error.status_code < 500:
        code = HTTP_CODES.get(error.status_code, "INVALID_PARAMETER")
        headers = {}
        for name, value in (error.headers or {}).items():
            if name.lower() == "allow":
                headers["Allow"] = ", ".join(sorted(value.split(", ")))
        return _answer(error.status_code, code, f"{error.detail}: {request.method} {request.url.path}", headers)
    log.error("unexpected error", exc_info=error)
    return _answer(500, "INTERNAL_ERROR", "Server error, please retry")


def documented(*kinds: type[errors.MediakilnError], body: bool = False) -> dict[int, ResponseSpec]:
    """What a handler's OpenAPI entry says of its errors: these, and those that every handler (with a `body`) may answer."""
    shared = (errors.Unauthorized, errors.Forbidden, errors.RateLimited)
    texts: dict[int, list[str]] = {500: ["`INTERNAL_ERROR`: Server error, please retry."]}
    if body:
        texts[413] = [f"`{HTTP_CODES[413]}`: The body is too large."]
    for kind in (*kinds, *shared):
        status, code = TABLE[kind]
        meaning = (kind.__doc__ or "").partition(".")[0].partition(";")[0].replace("\n    ", " ")
        texts.setdefault(status, []).append(f"`{code}`: {meaning.partition('`')[0].strip()}.")
    return {
        status: ResponseSpec(Failure, generate_examples=False, description=" ".join(texts[status])) for status in sorted(texts)
    }


def _row(error: errors.MediakilnError) -> tuple[int, str]:
    for kind in type(error).__mro__:
        if kind in TABLE:
            return TABLE[kind]
    return 500, "INTERNAL_ERROR"


def _answer(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response[Failure]:
    return Response(Failure(False, ErrorBody(code, message)), status_code=status, headers=headers)
