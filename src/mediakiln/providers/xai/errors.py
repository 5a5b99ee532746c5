"""What xAI's failures mean to us: gRPC statuses with a sentence, and the code and message of a video that failed.

A wrong key is INVALID_ARGUMENT there, and used up credits are RESOURCE_EXHAUSTED like too many requests (docs.x.ai, debugging),
so that the sentence decides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import grpc
import grpc.aio
from grpc import StatusCode
from xai_sdk.video import VideoGenerationError

from mediakiln.providers.base import OperatorFault, OutcomeUnknown, ProviderError, Rejected, RejectReason, Retryable
from mediakiln.providers.translation import Phase, Table, by_status, lost, quoted, retry_after

STATUSES: Mapping[StatusCode, int] = {
    StatusCode.INVALID_ARGUMENT: 400,
    StatusCode.OUT_OF_RANGE: 400,
    StatusCode.FAILED_PRECONDITION: 400,
    StatusCode.UNAUTHENTICATED: 401,
    StatusCode.PERMISSION_DENIED: 403,
    StatusCode.NOT_FOUND: 404,
    StatusCode.UNIMPLEMENTED: 404,
    StatusCode.RESOURCE_EXHAUSTED: 429,
    StatusCode.INTERNAL: 500,
}
"""The HTTP status that says the same. The others, DEADLINE_EXCEEDED and CANCELLED among them, say nothing of the outcome."""

_FILTERED = re.compile(r"moderat|usage guidelines|usage polic|content polic|safety|prohibited|nsfw", re.IGNORECASE)
_OPERATOR = re.compile(r"api key|credits|spending limit|billing|zero data retention", re.IGNORECASE)
_PRIVATE = re.compile(r"(?<=team )[0-9a-f-]{4,}|(?<=Team: )[^\s,]+|(?<=API key ID: )[^\s,]+|\S*\*{3}\S*", re.IGNORECASE)
"""What names the account in some sentences: the team, the key's id, a key with stars in it."""
_UNSENT = re.compile(r"failed to connect to all addresses|DNS resolution failed", re.IGNORECASE)
"""What the gRPC library says of a call that never left, having no connection. Its other words for UNAVAILABLE ("Socket closed")
may stand for a call that had arrived."""
_PROXY = re.compile(r"http2 header with status: (\d{3})", re.IGNORECASE)
"""What it says where something in front of xAI answered in plain HTTP."""


def _status(error: grpc.RpcError, phase: Phase) -> ProviderError:
    if not isinstance(error, grpc.aio.AioRpcError):
        return lost(error, phase)
    code, text = error.code(), error.details() or ""
    message = told(text or code.name)
    if code is StatusCode.UNAVAILABLE and _UNSENT.search(text):
        return Retryable(message)
    if _FILTERED.search(text):
        return Rejected(RejectReason.CONTENT_FILTERED, message)
    if _OPERATOR.search(text):
        return OperatorFault(message)
    heads = {key: value for key, value in error.trailing_metadata() or () if isinstance(value, str)}
    answered = _PROXY.search(text)
    if answered or code in STATUSES:
        status = int(answered[1]) if answered else STATUSES[code]
        return by_status(status, message, phase, delay=retry_after(heads))
    return OutcomeUnknown(message) if phase is Phase.SUBMIT else Retryable(message, retry_after(heads))


def _video(error: VideoGenerationError, _phase: Phase) -> ProviderError:
    return failure(error.code, error.message)


TABLE = Table(
    {
        VideoGenerationError: _video,
        grpc.RpcError: _status,
        grpc.aio.BaseError: lost,
        grpc.FutureTimeoutError: lost,
        grpc.FutureCancelledError: lost,
    }
)


def failure(code: str, text: str) -> ProviderError:
    """What the error of a video that xAI had accepted means."""
    message = told(text or code or "the generation failed")
    if _FILTERED.search(text) or _FILTERED.search(code):
        return Rejected(RejectReason.CONTENT_FILTERED, message)
    asked_wrong = code.lower().replace("-", "_") == "invalid_argument"
    return Rejected(RejectReason.INVALID if asked_wrong else RejectReason.UNSUPPORTED, message)


def told(text: str) -> str:
    """A message for people, without what names the account."""
    return f"xAI: {quoted(_PRIVATE.sub('…', text))}"
