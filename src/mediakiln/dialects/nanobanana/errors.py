"""One table from our errors to the envelope `{"success": false, "error": {"code", "message"}}`.

Codes marked * are our documented extension: seed 004 names no code for these causes.
"""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from litestar.openapi import ResponseSpec

from mediakiln import errors
from mediakiln.dialects.nanobanana.wire import ErrorBody, Failure
from mediakiln.web.failures import OF_EVERY_HANDLER, ask_to_wait, explain, responses, row_of

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


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Failure]:
    """Answer any exception in the envelope; only what nobody expected becomes a 500."""
    if not isinstance(error, errors.MediakilnError):
        said = explain(request, error)
        code = "INTERNAL_ERROR" if said.status == 500 else HTTP_CODES.get(said.status, "INVALID_PARAMETER")
        return _answer(said.status, code, said.message, said.headers)
    ask_to_wait(request, error)
    status, code = row_of(type(error), TABLE) or (500, "INTERNAL_ERROR")
    if isinstance(error, errors.InvalidRequest):
        code = FIELD_CODES.get(error.field or "", code)
    if isinstance(error, errors.Overloaded) and error.scope == "account":
        status, code = TABLE[errors.RateLimited]
    return _answer(status, code, str(error))


def documented(*kinds: type[errors.MediakilnError], body: bool = False) -> dict[int, ResponseSpec]:
    """What a handler's OpenAPI entry says of its errors: these, and those that every handler (with a `body`) may answer."""
    rows = [(*TABLE[kind], kind) for kind in (*kinds, *OF_EVERY_HANDLER)]
    also = {500: "`INTERNAL_ERROR`: Server error, please retry."}
    return responses(rows, Failure, also | ({413: f"`{HTTP_CODES[413]}`: The body is too large."} if body else {}))


def _answer(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response[Failure]:
    return Response(Failure(False, ErrorBody(code, message)), status_code=status, headers=headers)
