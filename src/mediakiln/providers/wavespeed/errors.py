"""What WaveSpeed's failures mean to us. Answers are `{code, message, data}`; a job that failed carries an error code of
WaveSpeed's own (wavespeed.ai/docs/error-codes). The SDK has one class for everything, and the status stands in its words."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import requests
import urllib3

from mediakiln.providers.base import OperatorFault, ProviderError, Rejected, RejectReason
from mediakiln.providers.translation import NETWORK, Phase, Table, by_status, lost, quoted, retry_after

MODERATED = 1200
"""The code of content that is not allowed; other codes from 1000 on blame the request, those from 5000 on the service."""
_BLAMELESS = (1403, 1405)  # "execution failed": of no known cause
_FILTERED = re.compile(r"sensitive|moderation|nsfw|safety|flagged|content policy", re.IGNORECASE)
_BROKE = re.compile(r"insufficient (?:credit|balance|fund)|balance|top.?up|recharge", re.IGNORECASE)
_STATUS = re.compile(r"HTTP (\d{3}): ?(.*)", re.DOTALL)


def refusal(status: int, body: str, phase: Phase, delay: float | None = None) -> ProviderError:
    """What an answer that is no success means; `body` as it came."""
    told = _said(body)
    message = f"WaveSpeed: {quoted(told or f'HTTP {status}')}"
    if 400 <= status < 500 and status != 429 and _BROKE.search(told):
        return OperatorFault(message)  # which status a used-up balance has is not documented
    filtered = 400 <= status < 500 and bool(_FILTERED.search(told))
    return by_status(status, message, phase, delay=delay, filtered=filtered)


def declined(code: int, body: str) -> ProviderError:
    """What it means that a submit was answered with success and another code than 200: an HTTP status, or a code of WaveSpeed's
    own, of which those for the request say that nothing was taken."""
    if 1000 <= code < 5000 and code not in _BLAMELESS:
        return failure(code, _said(body))
    return refusal(code, body, Phase.SUBMIT)


def failure(code: Any, text: str) -> ProviderError:
    """What it means that a job failed, by its code where it has one, else by its words."""
    message = f"WaveSpeed: {quoted(text) if text else 'the prediction failed'}"
    if code == MODERATED or _FILTERED.search(text):
        return Rejected(RejectReason.CONTENT_FILTERED, message)
    if isinstance(code, int) and 1000 <= code < 5000 and code not in _BLAMELESS:
        return Rejected(RejectReason.INVALID, message)
    return Rejected(RejectReason.UNSUPPORTED, message)


def _said(body: str) -> str:
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    return str(told.get("message") or told.get("error") or "") if isinstance(told, dict) else ""


def _sdk(error: RuntimeError, phase: Phase) -> ProviderError:
    found = _STATUS.search(str(error))
    return refusal(int(found[1]), found[2], phase) if found else lost(error, phase)


def _http(error: httpx.HTTPStatusError, phase: Phase) -> ProviderError:
    return refusal(error.response.status_code, error.response.text, phase, retry_after(error.response.headers))


TABLE = Table(
    {
        **NETWORK,
        httpx.HTTPStatusError: _http,
        RuntimeError: _sdk,
        requests.RequestException: lost,
        requests.exceptions.RequestsWarning: lost,
        urllib3.exceptions.HTTPError: lost,
        json.JSONDecodeError: lost,
    }
)
