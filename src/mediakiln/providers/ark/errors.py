"""What Ark's failures mean to us. An answer names a code (docs.byteplus.com/en/docs/ModelArk/1299023); the SDK has one class for
each HTTP status, and one for everything that went wrong on the wire."""

from __future__ import annotations

import re

from byteplussdkarkruntime._exceptions import ArkAPIConnectionError, ArkAPIStatusError, ArkError

from mediakiln.providers.base import OperatorFault, ProviderError, Rejected, RejectReason
from mediakiln.providers.translation import NETWORK, Phase, Table, by_status, lost, quoted, retry_after, wrapped

_FILTERED = re.compile(r"Sensitive|PolicyViolation|Copyright|RiskDetection", re.IGNORECASE)
_OPERATOR = re.compile(r"Overdue|ClosedEndpoint|NotOpen|SetLimitExceeded|AccessDisabled", re.IGNORECASE)
"""Codes that only the owner of the account can do something about, whatever their status: 400 for a closed endpoint, 429 for a
spending limit of the account's own."""


def _status(error: ArkAPIStatusError, phase: Phase) -> ProviderError:
    body = error.body if isinstance(error.body, dict) else {}
    code, text = str(body.get("code") or ""), str(body.get("message") or "")
    message = told(code, text or f"HTTP {error.status_code}")
    if _OPERATOR.search(code):
        return OperatorFault(message)
    delay = retry_after(error.response.headers)
    return by_status(error.status_code, message, phase, delay=delay, filtered=bool(_FILTERED.search(code)))


TABLE = Table({**NETWORK, ArkAPIStatusError: _status, ArkAPIConnectionError: wrapped, ArkError: lost})


def failure(code: str, text: str) -> ProviderError:
    """What the error of a job that Ark had accepted means."""
    message = told(code, text or "the generation failed without a reason")
    if _FILTERED.search(code):
        return Rejected(RejectReason.CONTENT_FILTERED, message)
    asked_wrong = code.startswith(("Invalid", "Missing"))
    return Rejected(RejectReason.INVALID if asked_wrong else RejectReason.UNSUPPORTED, message)


def told(code: str, text: str) -> str:
    """A message for people."""
    return f"Ark: {code}: {quoted(text)}" if code else f"Ark: {quoted(text)}"
