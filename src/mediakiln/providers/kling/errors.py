"""What Kling's failures mean to us: every answer has a code of its own beside the HTTP status. A lack of balance comes as 429."""

from __future__ import annotations

import re
from collections.abc import Mapping

import jwt

from mediakiln.providers.base import OperatorFault, OutcomeUnknown, ProviderError, Rejected, RejectReason
from mediakiln.providers.translation import NETWORK, Phase, Table, by_status, lost, quoted, unsent

FILTERED = frozenset({1300, 1301})
"""The platform's policies, the content's safety."""
OPERATOR = frozenset({1000, 1001, 1002, 1003, 1004, 1100, 1101, 1102, 1103, 1304})
"""Token, account, arrears, used up resource packs, no right to the model, an address that is not on the account's list."""
UNKNOWN_THING = 1203
"""No such task, or no such model."""
STATUSES: Mapping[int, int] = {1200: 400, 1201: 400, 1202: 404, 1203: 404, 1302: 429, 1303: 429, 5000: 500, 5001: 503, 5002: 504}
"""The HTTP status that goes with each other code; it counts even where the answer's own differs."""

_FILTERED = re.compile(r"risk|sensitive|polic|violat|moderation|prohibit|unsafe|nsfw", re.IGNORECASE)


class KlingError(Exception):
    """An answer that tells of a failure. `code` is 0 where the body had none, `delay` in seconds where one was asked for."""

    def __init__(self, status: int, code: int, message: str, delay: float | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.delay = status, code, message, delay


def _refusal(error: KlingError, phase: Phase) -> ProviderError:
    message = f"Kling: {error.code}: {quoted(error.message)}"
    if phase is Phase.SUBMIT and "external_task_id" in error.message:
        # Our id must be new to the account. It is new to us, so a submit that seemed lost may have arrived.
        return OutcomeUnknown(message)
    if error.code in OPERATOR:
        return OperatorFault(message)
    status = STATUSES.get(error.code, error.status)
    if status < 400 and error.code not in FILTERED:
        return lost(error, phase)
    return by_status(status, message, phase, delay=error.delay, filtered=error.code in FILTERED)


TABLE = Table({**NETWORK, KlingError: _refusal, jwt.PyJWTError: unsent})


def failure(text: str) -> ProviderError:
    """What the message of a failed task means."""
    message = f"Kling: {quoted(text) if text else 'the generation failed'}"
    filtered = bool(_FILTERED.search(text))
    return Rejected(RejectReason.CONTENT_FILTERED if filtered else RejectReason.UNSUPPORTED, message)
