"""From a vendor's failures to ours, by table: what every driver's `errors.py` is written in.

The question behind every row is whether the vendor may have accepted the job. On a submit only what surely came before
acceptance is `Retryable`; an answer that was lost, cut short or makes no sense is `OutcomeUnknown`, since a second submit
could be paid twice. Asking for a job (`Phase.ASK`) and getting ready for it (`Phase.PREPARE`) may be repeated freely.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from enum import Enum, auto
from typing import Any

import httpx

from mediakiln.database.ids import now_ms
from mediakiln.errors import ConfigurationError, shorten
from mediakiln.providers.base import OperatorFault, OutcomeUnknown, ProviderError, Rejected, RejectReason, Retryable


class Phase(Enum):
    """What we were doing when the vendor failed."""

    PREPARE = auto()
    """Nothing of the job has left yet, but perhaps its inputs."""
    SUBMIT = auto()
    ASK = auto()


class Missing(Rejected):
    """The vendor does not know a job that it had accepted; see `Looks`."""


class Looks:
    """Patience with a vendor that does not know a job for a moment after it took it: the job is gone only when it was not found
    so many times in a row, which takes some ten seconds at the runner's pace.

        with self._looks.at(remote_id), TABLE.translating(Phase.ASK):
    """

    def __init__(self, most: int = 4) -> None:
        self._most = most
        self._missed: dict[str, int] = {}

    @contextmanager
    def at(self, remote_id: str) -> Iterator[None]:
        """Around what raises `Missing`. Raises `Retryable` in its place while there is patience."""
        try:
            yield
        except Missing as error:
            missed = self._missed.pop(remote_id, 0) + 1
            if missed >= self._most:
                raise
            if len(self._missed) >= _REMEMBERED:  # of tasks that ended otherwise
                self._missed.pop(next(iter(self._missed)))
            self._missed[remote_id] = missed
            raise Retryable(str(error)) from error
        self._missed.pop(remote_id, None)


_REMEMBERED = 1_000
"""Jobs that were not found once, of an account."""

Rule = Callable[[Any, Phase], ProviderError]
"""Makes ours of a vendor's exception."""


class Table:
    """A driver's rules by exception class; the nearest class of an exception's ancestors counts."""

    def __init__(self, rules: Mapping[type[BaseException], Rule]) -> None:
        self.rules = rules

    def translate(self, error: BaseException, phase: Phase) -> ProviderError:
        """Our failure for a vendor's; one that no rule covers may mean anything."""
        for kind in type(error).__mro__:
            if kind in self.rules:
                return self.rules[kind](error, phase)
        return lost(error, phase)

    def covers(self, kind: type[BaseException]) -> bool:
        """Whether a rule was written for this class or an ancestor of it other than Exception itself."""
        return any(ancestor in self.rules for ancestor in kind.__mro__)

    @contextmanager
    def translating(self, phase: Phase) -> Iterator[None]:
        """Raise our failures for the vendor's. Ours pass as they are, and so does what is no Exception (a cancellation)."""
        try:
            yield
        except ProviderError:
            raise
        except ConfigurationError as error:
            raise OperatorFault(str(error)) from error  # a route's data, seen before anything was sent
        except Exception as error:
            raise self.translate(error, phase) from error


def lost(error: BaseException, phase: Phase) -> ProviderError:
    """The answer did not arrive, or says nothing: a submit may have been accepted."""
    return OutcomeUnknown(_named(error)) if phase is Phase.SUBMIT else Retryable(_named(error))


def unsent(error: BaseException, _phase: Phase) -> ProviderError:
    """Nothing left this machine."""
    return Retryable(_named(error))


def _named(error: BaseException) -> str:
    """What Python says of it. Not where pydantic read an answer: its words repeat that, and with it perhaps the prompt."""
    name = type(error).__name__
    return name if type(error).__module__.startswith("pydantic") else f"{name}: {quoted(str(error), 80)}"


def quoted(text: str, limit: int = 300) -> str:
    """A vendor's words in a message that callers and logs get: cut, and without keys, tokens, files, what follows a link's `?`
    (its signature), and the address at which the vendor may call us."""
    return shorten(_SECRET.sub("…", text[:_READ]), limit)


_READ = 10_000
_SECRET = re.compile(
    r"""(?<=[?])[^\s"'<>]+          # what follows a link's ?
    | (?<=/upstream/)[^\s"'<>]+     # the address that we gave
    | (?<=;base64,)[\w+/=-]+        # a file
    | (?<=Bearer\s)\S+
    | \beyJ[\w-]+\.[\w.-]+         # a signed token
    | \b(?:AIza|AKLT|AKIA|(?:sk|ak|pk|ark|key|xai|r8|hf|whsec)[-_])[\w*-]{8,}
    | [\w-]*\*{3}[\w*-]*            # a key with stars in it""",
    re.VERBOSE,
)


def wrapped(error: BaseException, phase: Phase) -> ProviderError:
    """An SDK's own exception around one of httpx: only a connection that never came about is safe to try again."""
    return (unsent if isinstance(error.__cause__, _UNSENT) else lost)(error, phase)


_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.InvalidURL, httpx.UnsupportedProtocol)
"""Raised before anything left this machine."""

NETWORK: Mapping[type[BaseException], Rule] = {
    httpx.HTTPError: lost,
    httpx.StreamError: lost,
    httpx.CookieConflict: lost,
    **dict.fromkeys(_UNSENT, unsent),
}
"""Rules for what httpx raises."""


def by_status(status: int, message: str, phase: Phase, *, delay: float | None = None, filtered: bool = False) -> ProviderError:
    """What an HTTP status means by itself. `filtered` tells that the vendor named its content rules; `delay` is what it asked
    for in seconds.

    402 and a wrong key are the operator's trouble, and so is a path that is not there (the model's id in the catalogue). Of
    the server errors only 503 says that nothing was taken.
    """
    if filtered:
        return Rejected(RejectReason.CONTENT_FILTERED, message)
    if status == 401:  # no words of theirs: they may quote the key
        return OperatorFault(f"{message.partition(':')[0]}: HTTP 401: the key is refused")
    if status in (402, 403) or (status == 404 and phase is not Phase.ASK):
        return OperatorFault(message)
    if status in (404, 410):
        return Missing(RejectReason.UNSUPPORTED, message)
    if status in (408, 409, 425, 429, 503, 529):
        return Retryable(message, delay)
    if 400 <= status < 500:
        return Rejected(RejectReason.INVALID, message)
    return OutcomeUnknown(message) if phase is Phase.SUBMIT else Retryable(message, delay)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or a date; None without one that makes sense."""
    value = headers.get("retry-after") or headers.get("Retry-After") or ""
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now_ms() / 1000)
    except (TypeError, ValueError):
        return None
