"""What every dialect says alike of errors that are not our own: unrouted paths, bodies that are missing or too large, bugs."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Request
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi import ResponseSpec
from msgspec import Struct

from mediakiln import errors
from mediakiln.errors import MediakilnError
from mediakiln.web.bodies import body_limit, hung_up
from mediakiln.web.edge import add_headers

OF_EVERY_HANDLER = (errors.Unauthorized, errors.Forbidden, errors.RateLimited)
"""What the gate may raise."""

log = logging.getLogger(__name__)


class Explained(Struct, frozen=True):
    """An HTTP status and a sentence for the caller; `status` 500 is a bug, which was logged."""

    status: int
    message: str
    headers: dict[str, str] = {}


def explain(request: Request[Any, Any, Any], error: Exception) -> Explained:
    """Any exception that is no MediakilnError."""
    if isinstance(error, ValidationException):
        return Explained(400, "body: required, but missing; send a JSON object")
    if hung_up(error):
        return Explained(400, "body: the connection was closed before its end")
    if isinstance(error, HTTPException) and error.status_code == 413:
        return Explained(413, f"body: too large; allowed: at most {body_limit(request)} bytes")
    if isinstance(error, HTTPException) and error.status_code < 500:
        message = f"{error.detail}: {request.method} {request.url.path}"
        methods = next((value for name, value in (error.headers or {}).items() if name.lower() == "allow"), None)
        return Explained(error.status_code, message, {} if methods is None else {"Allow": ", ".join(sorted(methods.split(", ")))})
    log.error("unexpected error", exc_info=error)
    return Explained(500, "Server error, please retry")


def ask_to_wait(request: Request[Any, Any, Any], error: MediakilnError) -> None:
    """Put `Retry-After` on the answer to an error that passes."""
    if isinstance(error, (errors.RateLimited, errors.Overloaded)):
        add_headers(request.scope, ("Retry-After", str(error.retry_after)))


def row_of(kind: type[MediakilnError], table: Mapping[type[MediakilnError], Any]) -> Any:
    """The row of a class in a dialect's table, or of its nearest base; None without any."""
    return next((table[base] for base in kind.__mro__ if base in table), None)


def responses(
    kinds: Iterable[tuple[int, str, type[MediakilnError]]], body: type, also: Mapping[int, str]
) -> dict[int, ResponseSpec]:
    """OpenAPI's word on a handler's errors: (status, code or "", class) of each, and `also`, statuses with their sentences."""
    texts = {status: [text] for status, text in also.items()}
    for status, code, kind in kinds:
        meaning = (kind.__doc__ or "").partition(".")[0].partition(";")[0].replace("\n    ", " ").partition("`")[0].strip()
        texts.setdefault(status, []).append(f"`{code}`: {meaning}." if code else f"{meaning}.")
    return {status: ResponseSpec(body, generate_examples=False, description=" ".join(texts[status])) for status in sorted(texts)}
