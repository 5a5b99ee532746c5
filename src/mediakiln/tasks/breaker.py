"""Circuit breakers: an upstream account that fails again and again is left alone for a while, then tried with one job.

Kept in each worker's memory: a worker learns within a few submits what another one knows.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from mediakiln.providers.base import OperatorFault, ProviderError, Rejected, Retryable

PATIENCE = 5
"""Failures in a row before a breaker opens."""
FIRST, LONGEST = 15.0, 300.0
"""Seconds it stays open: the first time, doubling with each trial that fails, up to the longest."""
FAULT = 60.0
"""Seconds after trouble with our own key or balance, which does not go away by itself."""
ASKED_LONGEST = 120.0
"""The longest an upstream's own "try again later" is obeyed for all jobs."""
TRIAL = 120.0
"""Seconds after which a trial that has told nothing no longer counts."""


class _State:
    __slots__ = ("failures", "fault", "opened", "trial", "until")

    def __init__(self) -> None:
        self.failures, self.opened, self.until, self.trial = 0, 0, 0.0, 0.0
        self.fault: OperatorFault | None = None


class Breakers:
    """One breaker per account name. `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._states: dict[str, _State] = {}

    def wait(self, name: str) -> float:
        """Seconds until a job may be sent to this account, 0.0 for now. Of an open one that has waited enough, one caller is
        let through as a trial, and has to tell how it went."""
        state = self._states.get(name)
        if state is None:
            return 0.0
        now = self._clock()
        if now < state.until:
            return state.until - now
        if state.opened:
            if now < state.trial:
                return 1.0
            state.trial = now + TRIAL
        return 0.0

    def fault(self, name: str) -> OperatorFault | None:
        """The trouble with our own account that this breaker is open for."""
        state = self._states.get(name)
        return state.fault if state is not None and self._clock() < state.until else None

    def is_open(self, name: str) -> bool:
        """Whether the account is being left alone; unlike `wait` this asks for no trial."""
        state = self._states.get(name)
        return state is not None and self._clock() < state.until

    def untried(self, name: str) -> None:
        """The job that was let through was not sent after all: another may be the trial."""
        if state := self._states.get(name):
            state.trial = 0.0

    def succeeded(self, name: str) -> None:
        """The upstream answered as it should: all is forgotten."""
        self._states.pop(name, None)

    def failed(self, name: str, error: ProviderError) -> None:
        """A submit failed. A refusal of the request says nothing against the account; an answer that was lost does: of one that
        loses them all each task would be given up, although another route could serve it."""
        if isinstance(error, Rejected):
            self.succeeded(name)
            return
        state = self._states.setdefault(name, _State())
        now = self._clock()
        state.failures += 1
        state.trial = 0.0
        if isinstance(error, OperatorFault):
            state.fault = error
            self._open(state, now, FAULT)
            return
        state.fault = None
        if state.failures >= PATIENCE or state.opened:
            self._open(state, now, FIRST)
        if isinstance(error, Retryable) and error.delay:
            state.until = max(state.until, now + min(error.delay, ASKED_LONGEST))

    def _open(self, state: _State, now: float, first: float) -> None:
        seconds = min(LONGEST, first * 2 ** min(state.opened, 8))
        state.opened += 1
        state.until = max(state.until, now + seconds * random.uniform(0.9, 1.1))
