"""The one error tree. No HTTP here: each dialect maps these classes to its own wire errors in one table.

MediakilnError
├── InvalidRequest              the caller's request is wrong; `field` and `detail` say where
│   ├── InvalidPrompt           prompt missing, empty or too long
│   ├── UnknownModel            no such model in the catalogue, or none that can be called here
│   └── FetchFailed             an input could not be fetched, or is not what it should be
│       └── Unreachable         its host may not be asked, does not answer, or answers with an error
├── Unauthorized                no key, or an unknown one
├── Forbidden                   a known key that may not do this (disabled, expired, under-scoped, no subscription)
│   └── KeyExpired              a known key whose time is over
├── InsufficientCredits         the wallet has less than the quote
├── NotFound                    missing, foreign or of another kind: all three look the same
├── Conflict                    the thing is in a state in which this cannot be done
├── TooLarge                    a file or body has more bytes than allowed
├── ContentFiltered             moderation refused the request before anything was charged
├── RateLimited                 too many requests for this key; `retry_after` seconds
├── Overloaded                  too many waiting tasks; `retry_after` seconds; `scope` account | server
├── IdempotencyMismatch         the same Idempotency-Key with another body
├── IdempotencyInFlight         the first request with this Idempotency-Key has not been answered yet
├── MailFailed                  a mail could not be handed over; the log says why
└── ConfigurationError          the operator's settings or data files are wrong; one clear line
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Self


class MediakilnError(Exception):
    """Base of every expected error. `str(error)` is one sentence that is safe to show to the caller."""


class InvalidRequest(MediakilnError):
    """A parameter is wrong. `field` is its canonical name and `detail` the sentence without it: dialects put their own
    name for the field in front."""

    def __init__(self, detail: str, *, field: str | None = None) -> None:
        super().__init__(f"{field}: {detail}" if field else detail)
        self.field = field
        self.detail = detail

    @classmethod
    def not_allowed(cls, field: str, got: object, allowed: Sequence[object] | str) -> Self:
        """Say what every 4xx should: the field, what was got, and what is allowed."""
        choices = allowed if isinstance(allowed, str) else ", ".join(str(value) for value in allowed)
        return cls(f"got {shorten(got)}; allowed: {choices}", field=field)


class InvalidPrompt(InvalidRequest):
    """The prompt is missing, empty, too long, or not text."""


class UnknownModel(InvalidRequest):
    """The model id is not in the catalogue, or no provider for it is configured."""


class Unauthorized(MediakilnError):
    """No API key was sent, or no such key exists."""


class Forbidden(MediakilnError):
    """The key is known but may not do this."""


class KeyExpired(Forbidden):
    """The key is known, but its time is over."""


class InsufficientCredits(MediakilnError):
    """The wallet cannot cover the quote. Amounts are microcredits."""

    def __init__(self, available: int, required: int) -> None:
        super().__init__(f"Insufficient credits. Available: {credits_text(available)}, Required: {credits_text(required)}")
        self.available = available
        self.required = required


class NotFound(MediakilnError):
    """No such thing for this account."""


class Conflict(MediakilnError):
    """The thing is in a state in which this cannot be done."""


class TooLarge(MediakilnError):
    """A file or a body has more bytes than allowed."""


class ContentFiltered(MediakilnError):
    """Moderation refused the request; nothing was charged."""


class RateLimited(MediakilnError):
    """Too many requests; `retry_after` in whole seconds."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Overloaded(MediakilnError):
    """Admission is closed for now; nothing was charged. `scope` is `account` or `server`."""

    def __init__(self, message: str, *, retry_after: int, scope: str) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.scope = scope


class IdempotencyMismatch(MediakilnError):
    """The Idempotency-Key was used before with another body."""


class IdempotencyInFlight(MediakilnError):
    """The first request with this Idempotency-Key is still being answered."""


class MailFailed(MediakilnError):
    """A mail could not be sent; the operator's log says why."""


class FetchFailed(InvalidRequest):
    """An input URL was refused, unreachable, too large, or not an allowed media type."""


class Unreachable(FetchFailed):
    """An input URL's host is blocked, silent or broken, or it answered with an error."""


class ConfigurationError(MediakilnError):
    """Settings or data files are wrong; the message is one line an operator can act on."""


MICRO = 1_000_000
"""Microcredits in one credit."""


def credits_text(micro: int) -> str:
    """Microcredits as a short decimal: 30000000 -> "30", 1500000 -> "1.5"."""
    whole, rest = divmod(abs(micro), MICRO)
    sign = "-" if micro < 0 else ""
    return f"{sign}{whole}" + (f".{rest:06d}".rstrip("0") if rest else "")


def shorten(value: object, limit: int = 80) -> str:
    """A value as the caller would recognise it, cut so that a message never carries a whole body."""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
