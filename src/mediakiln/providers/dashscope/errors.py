"""What DashScope's failures mean to us. Every answer names a code (alibabacloud.com/help/en/model-studio/error-code); one and the
same status stands for very different ones: overdue payments are a 400 there, and a failed task comes with 200."""

from __future__ import annotations

import re
from typing import Any

from dashscope.v2.errors import APIConnectionError, DashScopeError

from mediakiln.providers.base import OperatorFault, ProviderError, Rejected, RejectReason
from mediakiln.providers.translation import NETWORK, Phase, Table, by_status, quoted, retry_after, wrapped

FAILED = "FAILED"
"""The status of a task that came to nothing."""

# `InvalidParameter.DataInspection` is none of these: the input could not be downloaded for its inspection.
_FILTERED = re.compile(r"data_?inspection_?failed|IPInfringement|content_policy|inappropriate content", re.IGNORECASE)
_OPERATOR = re.compile(
    r"Arrearage|Overdue|NotPurchased|Unpurchased|InvalidApiKey|AccessDenied|FreeTierOnly|insufficient_quota|Model\.?Not|Workspace",
    re.IGNORECASE,
)
"""Codes that only the owner of the account, or of the catalogue, can do something about, whatever their status."""
_NO_MODEL = re.compile(r"^Model not exist", re.IGNORECASE)


def _answer(error: DashScopeError, phase: Phase) -> ProviderError:
    code, text, status = str(error.code or ""), str(error.message or ""), error.status_code or 0
    if _status_of(error.body) == FAILED:
        return failure(code, text)
    message = told(code, text or f"HTTP {status}")
    filtered = bool(_FILTERED.search(code) or _FILTERED.search(text))
    if not filtered and (_OPERATOR.search(code) or _NO_MODEL.match(text)):
        return OperatorFault(message)
    return by_status(status, message, phase, delay=retry_after(error.headers), filtered=filtered)


TABLE = Table({**NETWORK, DashScopeError: _answer, APIConnectionError: wrapped})


def failure(code: str, text: str) -> ProviderError:
    """What the error of a task that DashScope had accepted means."""
    message = told(code, text or "the generation failed")
    if _FILTERED.search(code) or _FILTERED.search(text):
        return Rejected(RejectReason.CONTENT_FILTERED, message)
    asked_wrong = code.startswith(("Invalid", "BadRequest"))
    return Rejected(RejectReason.INVALID if asked_wrong else RejectReason.UNSUPPORTED, message)


def told(code: str, text: str) -> str:
    """A message for people."""
    return f"DashScope: {code}: {quoted(text)}" if code else f"DashScope: {quoted(text)}"


def _status_of(body: Any) -> str:
    output = body.get("output") if isinstance(body, dict) else None
    return str(output.get("task_status") or "") if isinstance(output, dict) else ""
