"""Circuit breakers, by a clock of the test's own."""

from __future__ import annotations

import pytest

from mediakiln.providers.base import OperatorFault, OutcomeUnknown, Rejected, RejectReason, Retryable
from mediakiln.tasks.breaker import FIRST, LONGEST, PATIENCE, TRIAL, Breakers


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breakers(clock: Clock) -> Breakers:
    return Breakers(clock)


def test_opens_after_failures_in_a_row(breakers: Breakers) -> None:
    """One success in between begins the count anew."""
    for _ in range(PATIENCE - 1):
        breakers.failed("a", Retryable("busy"))
    breakers.succeeded("a")
    for _ in range(PATIENCE - 1):
        breakers.failed("a", Retryable("busy"))
        assert breakers.wait("a") == 0.0
    breakers.failed("a", Retryable("busy"))
    assert breakers.wait("a") == pytest.approx(FIRST, rel=0.11)
    assert breakers.is_open("a")
    assert breakers.wait("b") == 0.0


def test_one_trial_at_a_time(breakers: Breakers, clock: Clock) -> None:
    """After the pause one job is let through; the others wait for how it goes, but not for ever."""
    for _ in range(PATIENCE):
        breakers.failed("a", Retryable("busy"))
    clock.now += FIRST * 1.2
    assert breakers.wait("a") == 0.0
    assert breakers.wait("a") > 0
    clock.now += TRIAL + 1
    assert breakers.wait("a") == 0.0
    breakers.succeeded("a")
    assert breakers.wait("a") == breakers.wait("a") == 0.0


def test_a_failed_trial_doubles_the_pause(breakers: Breakers, clock: Clock) -> None:
    """Up to the longest."""
    for _ in range(PATIENCE):
        breakers.failed("a", Retryable("busy"))
    pauses = []
    for _ in range(8):
        clock.now += LONGEST * 2
        assert breakers.wait("a") == 0.0
        breakers.failed("a", Retryable("busy"))
        pauses.append(breakers.wait("a"))
    assert pauses[0] == pytest.approx(2 * FIRST, rel=0.11)
    assert pauses[-1] == pytest.approx(LONGEST, rel=0.11)


def test_trouble_with_our_account_opens_at_once(breakers: Breakers, clock: Clock) -> None:
    """And it is known what for, so that callers are told now instead of at their deadline."""
    fault = OperatorFault("the key is wrong")
    breakers.failed("a", fault)
    assert breakers.wait("a") > 10
    assert breakers.fault("a") is fault
    clock.now += 1000
    assert breakers.fault("a") is None


def test_an_upstreams_own_pause_is_kept(breakers: Breakers) -> None:
    """For everyone's jobs, and not for longer than sense allows."""
    breakers.failed("a", Retryable("slow down", 7.0))
    assert breakers.wait("a") == pytest.approx(7.0)
    breakers.failed("b", Retryable("slow down", 86_400.0))
    assert breakers.wait("b") <= 120.0


def test_refusals_of_the_request_say_nothing_of_the_account(breakers: Breakers) -> None:
    """A caller's bad prompts must not shut an upstream for all."""
    for _ in range(2 * PATIENCE):
        breakers.failed("a", Rejected(RejectReason.INVALID, "no"))
    assert breakers.wait("a") == 0.0


def test_lost_answers_count(breakers: Breakers) -> None:
    """An upstream whose gateway loses every answer would cost every task, although another route is well."""
    for _ in range(PATIENCE):
        assert breakers.wait("a") == 0.0
        breakers.failed("a", OutcomeUnknown("HTTP 502"))
    assert breakers.wait("a") > 1.0


def test_a_trial_that_was_not_sent(breakers: Breakers, clock: Clock) -> None:
    """Its place is free for the next job at once."""
    for _ in range(PATIENCE):
        breakers.failed("a", Retryable("busy"))
    clock.now += FIRST * 1.2
    assert breakers.wait("a") == 0.0
    breakers.untried("a")
    assert breakers.wait("a") == 0.0
    assert breakers.wait("a") > 0
