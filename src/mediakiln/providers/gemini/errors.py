"""What Gemini's failures mean to us. Errors are google.rpc ones: a status, and details that give reasons and delays. A refusal of
content is no error there but an answer without a picture (`translate.from_answer`)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from google.genai.errors import APIError, ContinuationInterruptedError

from mediakiln.providers.base import OperatorFault, ProviderError
from mediakiln.providers.httpx2_wire import RULES
from mediakiln.providers.translation import NETWORK, Phase, Table, by_status, lost, quoted, retry_after

_OPERATOR = re.compile(r"API_KEY|SERVICE_DISABLED|BILLING|CONSUMER_SUSPENDED|FAILED_PRECONDITION|UNAUTHENTICATED")
"""Reasons and statuses that only the owner of the key can do something about. A wrong key is HTTP 400 with the reason
API_KEY_INVALID; FAILED_PRECONDITION wants billing, or another country."""
_EMPTY = re.compile(r"credits? (?:are|is) depleted|spend(?:ing)? cap|\blimit: 0\b", re.IGNORECASE)
"""What HTTP 429 says of an empty balance, and of a model that the plan does not have at all."""
_DELAY = re.compile(r"(\d+(?:\.\d+)?)s")


def _status(error: APIError, phase: Phase) -> ProviderError:
    status, text = str(error.status or ""), str(error.message or "")
    reasons = " ".join((status, *(str(each.get("reason") or "") for each in _details(error))))
    if error.code in (401, 403) or _OPERATOR.search(reasons):
        # No words of theirs: they may quote the key.
        return OperatorFault(f"Gemini: HTTP {error.code} ({reasons.strip()})")
    if 300 <= error.code < 400:
        return OperatorFault(f"Gemini: HTTP {error.code}: base_url leads elsewhere")
    message = told(status, text or f"HTTP {error.code}")
    if error.code == 429 and _EMPTY.search(text):
        return OperatorFault(message)
    return by_status(error.code, message, phase, delay=_delay(error))


def _delay(error: APIError) -> float | None:
    """Seconds that Gemini asks for: in a detail of the error, or in the header."""
    for each in _details(error):
        if found := _DELAY.fullmatch(str(each.get("retryDelay") or "")):
            return float(found[1])
    return retry_after(getattr(error.response, "headers", None) or {})


def _details(error: APIError) -> Iterator[dict[str, Any]]:
    body = error.details if isinstance(error.details, dict) else {}
    inner = body.get("error", body)
    found = inner.get("details") if isinstance(inner, dict) else None
    yield from (each for each in (found if isinstance(found, list) else ()) if isinstance(each, dict))


TABLE = Table(
    {
        **NETWORK,
        **RULES,
        APIError: _status,
        ContinuationInterruptedError: lost,
        ValueError: lost,
        Warning: lost,
    }
)


def told(reason: str, text: str) -> str:
    """A message for people."""
    return f"Gemini: {reason}: {quoted(text)}" if reason else f"Gemini: {quoted(text)}"
