"""What Replicate's failures mean to us. Errors are RFC 7807 problems; a refusal by a model's own filter is a failed prediction
whose error says so."""

from __future__ import annotations

import re

from replicate.exceptions import ModelError, ReplicateError, ReplicateException

from mediakiln.providers.base import ProviderError, Rejected, RejectReason
from mediakiln.providers.translation import NETWORK, Phase, Table, by_status, lost, quoted

_FILTERED = re.compile(r"nsfw|safety|sensitive|flagged|moderation|content policy|\(E005\)", re.IGNORECASE)
_DELAY = re.compile(r"\bin ~?(\d+(?:\.\d+)?) ?s", re.IGNORECASE)
_PASSING = re.compile(r"\(E(?:001|003|004|6716|9243)\)|out of memory|timed? ?out|interrupted|unavailable", re.IGNORECASE)


def _problem(error: ReplicateError, phase: Phase) -> ProviderError:
    message = f"Replicate: {quoted(error.detail or error.title or 'no reason given')}"
    # The SDK drops the headers; the sentence says it too: "Your rate limit resets in ~7s."
    asked = _DELAY.search(error.detail or "")
    delay = float(asked[1]) if asked else None
    return by_status(error.status or 0, message, phase, delay=delay, filtered=bool(_FILTERED.search(error.detail or "")))


def _model(error: ModelError, _phase: Phase) -> ProviderError:
    return failure(str(error.prediction.error or ""))


TABLE = Table({**NETWORK, ReplicateError: _problem, ModelError: _model, ReplicateException: lost})


def failure(text: str) -> ProviderError:
    """What the error of a failed prediction means."""
    message = f"Replicate: {quoted(text) if text else 'the prediction failed'}"
    if _FILTERED.search(text):
        return Rejected(RejectReason.CONTENT_FILTERED, message)
    return Rejected(RejectReason.UNSUPPORTED if _PASSING.search(text) else RejectReason.INVALID, message)
