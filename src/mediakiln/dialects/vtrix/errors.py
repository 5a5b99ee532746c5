"""One table from our errors to the body `{"message", "error", "code"}`; a family of models may have codes of its own (`codes`).

The seeds name codes and no HTTP statuses; these are the ones that other pages of the service name (wire file, section 5).
Marked * is our documented extension.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any, cast

from litestar import Request, Response
from litestar.openapi import ResponseSpec
from litestar.types import Scope

from mediakiln import errors
from mediakiln.dialects.vtrix import envelope
from mediakiln.dialects.vtrix.codes import CodeOf
from mediakiln.dialects.vtrix.wire import Failure
from mediakiln.web.failures import OF_EVERY_HANDLER, ask_to_wait, explain, responses, row_of

TABLE: dict[type[errors.MediakilnError], tuple[int, str]] = {
    errors.UnknownModel: (400, "invalid_model"),
    errors.InvalidRequest: (400, "invalid_parameter"),
    errors.ContentFiltered: (400, "content_filtered"),
    errors.Unauthorized: (401, "unauthorized"),
    errors.KeyExpired: (401, "unauthorized"),
    errors.InsufficientCredits: (402, "insufficient_balance"),
    errors.Forbidden: (403, "forbidden"),
    errors.NotFound: (404, "not_found"),
    errors.IdempotencyInFlight: (409, "idempotency_in_flight"),  # *
    errors.Conflict: (409, "conflict"),  # *
    errors.TooLarge: (413, "too_large"),  # *
    errors.IdempotencyMismatch: (422, "idempotency_key_reused"),  # *
    errors.RateLimited: (429, "rate_limited"),
    errors.MailFailed: (502, "mail_failed"),  # *
    errors.Overloaded: (503, "overloaded"),  # *
}
HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_media_type", 500: "internal_error"}
KEY = "mediakiln.vtrix.code_of"


def answer_with(scope: Scope, code_of: CodeOf) -> None:
    """Errors of this request are told with these codes from now on."""
    cast("MutableMapping[str, Any]", scope)[KEY] = code_of


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer any exception in the envelope; only what nobody expected becomes a 500."""
    if request.scope["path"].startswith(envelope.AREAS):
        return envelope.on_error(request, error)  # an unknown path of the areas that have another envelope
    code_of: CodeOf = cast("MutableMapping[str, Any]", request.scope).get(KEY, _no_code)
    if not isinstance(error, errors.MediakilnError):
        said = explain(request, error)
        own = code_of(None) if said.status == 500 else None
        return _answer(said.status, own or HTTP_CODES.get(said.status, "invalid_parameter"), said.message, said.headers)
    ask_to_wait(request, error)
    status, code = row_of(type(error), TABLE) or (500, HTTP_CODES[500])
    if isinstance(error, errors.Overloaded) and error.scope == "account":
        status, code = TABLE[errors.RateLimited]
    return _answer(status, code_of(error) or code, str(error))


def documented(*kinds: type[errors.MediakilnError], body: bool = False) -> dict[int, ResponseSpec]:
    """What a handler's OpenAPI entry says of its errors: these, and those that every handler (with a `body`) may answer."""
    rows = [(*row_of(kind, TABLE), kind) for kind in (*kinds, *OF_EVERY_HANDLER)]
    also = {500: f"`{HTTP_CODES[500]}`: Server error, please retry."}
    return responses(rows, Failure, also | ({413: f"`{HTTP_CODES[413]}`: The body is too large."} if body else {}))


def _no_code(_error: errors.MediakilnError | None) -> None:
    return None


def _answer(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response[Failure]:
    return Response(Failure(message, message, code), status_code=status, headers=headers)
