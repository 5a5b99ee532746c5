"""The provider port: what the task runner asks of every vendor, and the only answers and failures it understands.

A provider turns a vendor's words into these values at once; no vendor word passes this file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct

from mediakiln.generation import GenerationRequest, Role


class InputFile(Struct, frozen=True):
    """An input that was fetched, checked and probed: a readable local file. `width`/`height` in pixels, 0 for audio. `url` is
    where a vendor can fetch it by itself, empty where this server has no public address."""

    role: Role
    path: Path
    media_type: str
    width: int = 0
    height: int = 0
    url: str = ""


class Job(Struct, frozen=True):
    """Everything a provider may know of a task.

    `workdir` is an empty directory that the runner removes afterwards; `idempotency_key` is the same for every attempt of
    the task; `progress` takes the finished fraction (0.0-1.0) and may be called often and from any thread. `fields` is what the
    route says of the upstream's own input (`payload.filled`), and `callback_url` where the vendor may tell us that the job is
    done, empty where it cannot reach us.
    """

    task_id: str
    request: GenerationRequest
    upstream_model: str
    inputs: tuple[InputFile, ...]
    workdir: Path
    idempotency_key: str
    progress: Callable[[float], None]
    fields: Mapping[str, Any] = {}
    callback_url: str = ""


class OutputFile(Struct, frozen=True):
    """A delivered item as a local file, usually inside the job's `workdir`."""

    path: Path
    media_type: str


class OutputUrl(Struct, frozen=True):
    """A delivered item that the runner must copy from the vendor before its link expires."""

    url: str


class Finished(Struct, frozen=True):
    """The vendor delivered. Fewer outputs than `request.count` is a partial delivery; the rest is not charged."""

    outputs: tuple[OutputFile | OutputUrl, ...]


class Accepted(Struct, frozen=True):
    """The vendor took the job and will finish it later; `remote_id` is stored before the first poll."""

    remote_id: str


class Running(Struct, frozen=True):
    """The vendor is still at work; `progress` is 0.0-1.0, or None where the vendor does not tell."""

    progress: float | None = None


class RejectReason(StrEnum):
    """Why a vendor will never take this request. One that is `broken` it took, and broke down over: a fault, and no refusal."""

    INVALID = "invalid"
    CONTENT_FILTERED = "content_filtered"
    UNSUPPORTED = "unsupported"
    BROKEN = "broken"


class ProviderError(Exception):
    """Base of the four failures a provider may raise. The message is safe to show to the caller."""


class Rejected(ProviderError):
    """The request itself is refused: no retry, no other route."""

    def __init__(self, reason: RejectReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Retryable(ProviderError):
    """Nothing was accepted and the same request may work later or elsewhere. `delay` in seconds, None when untold."""

    def __init__(self, message: str, delay: float | None = None) -> None:
        super().__init__(message)
        self.delay = delay


class OperatorFault(ProviderError):
    """Our own account at the vendor is at fault (key, balance): callers see a server error, operators an alert."""


class OutcomeUnknown(ProviderError):
    """The submit may or may not have been accepted; it must never be repeated blindly."""


class Provider(Protocol):
    """One upstream.

    `name` is shown to operators.
    """

    name: str

    async def start(self, job: Job) -> Finished | Accepted:
        """Submit the job; return at once with `Accepted`, or with `Finished` when the vendor answers synchronously.

        Raises the failures above: `Retryable` and `OperatorFault` only where nothing can have been accepted, `OutcomeUnknown`
        where the answer was lost after the request had left. Being cancelled stops the work as far as the vendor allows.
        """

    async def recover(self, job: Job) -> Accepted | None:
        """What became of a submit whose answer was lost: the vendor's job for `job.idempotency_key`, or None where none was
        accepted for sure (or a second one would cost nothing), so that it may be sent again.

        Raises `OutcomeUnknown` where the vendor cannot be asked.
        """

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """Ask for an accepted job. Raises `Rejected` for a job the vendor gave up, `Retryable` when asking failed."""

    async def cancel(self, job: Job, remote_id: str) -> None:
        """Ask the vendor to stop; does nothing where it cannot."""

    async def aclose(self) -> None:
        """Close what was opened. The provider is not used afterwards."""
