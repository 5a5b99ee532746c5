"""What fal's failures mean to us. The queue answers with `{detail, error_type?}`, models with `{detail: [{loc, msg, type}]}`
(fal.ai/docs, "Request Errors" and "Model Errors"); what a model made of a job is told where its result would be."""

from __future__ import annotations

from typing import Any

import httpx
from fal_client import Completed, FalClientError, FalClientHTTPError
from fal_client.auth import MissingCredentialsError

from mediakiln.providers.base import OperatorFault, ProviderError, Rejected, RejectReason
from mediakiln.providers.translation import NETWORK, Phase, Table, by_status, lost, quoted, retry_after

_FILTERED = ("content_policy", "nsfw", "safety", "sensitive", "moderation", "flagged")
_PASSING = (408, 409, 429, 499)
"""Statuses of a model's answer that do not blame the request; so do all from 500 on."""


def refusal(response: httpx.Response, phase: Phase) -> ProviderError:
    """What an answer that is no success means."""
    detail, status = _detail(response), response.status_code
    message = f"fal: {quoted(_told(detail) or f'HTTP {status}')}"
    return by_status(status, message, phase, delay=retry_after(response.headers), filtered=status < 500 and _filtered(detail))


def failure(error: FalClientHTTPError, status: Completed) -> ProviderError:
    """What it means that a finished job has an error for a result. Without a word that it is the job's own (`error` in its
    status, an error type, or a model's list), only the asking has failed."""
    detail = _detail(error.response)
    if not (status.error or error.error_type or isinstance(detail, list)):
        return refusal(error.response, Phase.ASK)
    message = f"fal: {quoted(_told(detail) or status.error or 'the request failed')}"
    if _filtered(detail):
        return Rejected(RejectReason.CONTENT_FILTERED, message)
    passing = error.status_code >= 500 or error.status_code in _PASSING
    return Rejected(RejectReason.UNSUPPORTED if passing else RejectReason.INVALID, message)


def _http(error: httpx.HTTPStatusError | FalClientHTTPError, phase: Phase) -> ProviderError:
    return refusal(error.response, phase)


def _keyless(_error: Exception, _phase: Phase) -> ProviderError:
    return OperatorFault("fal: the account has no key")


TABLE = Table(
    {
        **NETWORK,
        httpx.HTTPStatusError: _http,
        FalClientHTTPError: _http,
        FalClientError: lost,
        MissingCredentialsError: _keyless,
    }
)


def _detail(response: httpx.Response) -> Any:
    try:
        body = response.json()
    except ValueError:
        return None
    return body.get("detail") if isinstance(body, dict) else None


def _told(detail: Any) -> str:
    """The words of an answer's `detail`; a model's name the field."""
    if not isinstance(detail, list):
        return detail if isinstance(detail, str) else ""
    told = []
    for each in detail:
        if isinstance(each, dict):
            place = each.get("loc")
            field = f"{place[-1]}: " if isinstance(place, list) and place else ""
            told.append(f"{field}{each.get('msg', '')}")
    return "; ".join(told)


def _filtered(detail: Any) -> bool:
    """Whether the type of an error, or its words where it has no type, names the rules for content."""
    if isinstance(detail, list):
        told = " ".join(str(each.get("type") or each.get("msg")) for each in detail if isinstance(each, dict))
    else:
        told = str(detail)
    return any(word in told.lower() for word in _FILTERED)
