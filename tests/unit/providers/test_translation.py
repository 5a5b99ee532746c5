"""What a vendor's failures mean."""

from __future__ import annotations

import httpx
import pytest

from mediakiln.providers.base import OperatorFault, OutcomeUnknown, ProviderError, Rejected, RejectReason, Retryable
from mediakiln.providers.translation import NETWORK, Phase, Table, by_status, retry_after


@pytest.mark.parametrize(
    ("status", "submit", "ask"),
    [
        (400, Rejected, Rejected),
        (401, OperatorFault, OperatorFault),
        (402, OperatorFault, OperatorFault),
        (403, OperatorFault, OperatorFault),
        (404, OperatorFault, Rejected),
        (409, Retryable, Retryable),
        (422, Rejected, Rejected),
        (429, Retryable, Retryable),
        (500, OutcomeUnknown, Retryable),
        (502, OutcomeUnknown, Retryable),
        (503, Retryable, Retryable),
        (504, OutcomeUnknown, Retryable),
        (0, OutcomeUnknown, Retryable),
        (302, OutcomeUnknown, Retryable),
    ],
)
def test_statuses(status: int, submit: type[ProviderError], ask: type[ProviderError]) -> None:
    """A server error on a submit is unknown, since the job may have been taken; only 503 says that it was not."""
    assert type(by_status(status, "m", Phase.SUBMIT)) is submit
    assert type(by_status(status, "m", Phase.ASK)) is ask


def test_content_rules_go_before_the_status() -> None:
    """A refusal is the caller's to mend, whatever status it came with."""
    error = by_status(403, "m", Phase.SUBMIT, filtered=True)
    assert isinstance(error, Rejected)
    assert error.reason is RejectReason.CONTENT_FILTERED


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (httpx.ConnectError("refused"), Retryable),
        (httpx.ConnectTimeout("slow"), Retryable),
        (httpx.PoolTimeout("full"), Retryable),
        (httpx.UnsupportedProtocol("no scheme"), Retryable),
        (httpx.ReadTimeout("slow"), OutcomeUnknown),
        (httpx.WriteError("broken"), OutcomeUnknown),
        (httpx.RemoteProtocolError("cut"), OutcomeUnknown),
        (KeyError("id"), OutcomeUnknown),
        (ValueError("not JSON"), OutcomeUnknown),
    ],
)
def test_a_broken_exchange(error: Exception, failure: type[ProviderError]) -> None:
    """Only what never left may be sent again; asking may always be repeated."""
    with pytest.raises(failure), Table(NETWORK).translating(Phase.SUBMIT):
        raise error
    with pytest.raises(Retryable), Table(NETWORK).translating(Phase.ASK):
        raise error


def test_our_own_failures_and_cancellation_pass() -> None:
    """A table translates the vendor's alone."""
    for error in (Rejected(RejectReason.INVALID, "no"), KeyboardInterrupt()):
        with pytest.raises(type(error)) as caught, Table(NETWORK).translating(Phase.SUBMIT):
            raise error
        assert caught.value is error


@pytest.mark.parametrize(("value", "seconds"), [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("soon", None), ("", None)])
def test_retry_after(value: str, seconds: float | None) -> None:
    """A number of seconds; nonsense is as if it were not there."""
    assert retry_after({"retry-after": value}) == seconds
