"""What a vendor's failures mean."""

from __future__ import annotations

import httpx
import pytest
from pydantic import BaseModel, ValidationError

from mediakiln.providers.base import OperatorFault, OutcomeUnknown, ProviderError, Rejected, RejectReason, Retryable
from mediakiln.providers.translation import NETWORK, Looks, Missing, Phase, Table, by_status, lost, quoted, retry_after


@pytest.mark.parametrize(
    ("status", "submit", "ask"),
    [
        (400, Rejected, Rejected),
        (401, OperatorFault, OperatorFault),
        (402, OperatorFault, OperatorFault),
        (403, OperatorFault, OperatorFault),
        (404, OperatorFault, Missing),
        (410, Missing, Missing),
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
    # An upload that finds no path is the operator's too; one that was cut short may be sent again.
    prepare = OperatorFault if status == 404 else ask
    assert type(by_status(status, "m", Phase.PREPARE)) is prepare


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


def missed(looks: Looks, remote_id: str = "job-1") -> type[Exception] | None:
    try:
        with looks.at(remote_id):
            raise Missing(RejectReason.UNSUPPORTED, "not found")
    except ProviderError as error:
        return type(error)
    return None


def test_a_job_is_gone_when_it_was_not_found_several_times_in_a_row() -> None:
    """Once may be a book that is written late; always is a job that will not come."""
    looks = Looks(3)
    assert [missed(looks) for _ in range(4)] == [Retryable, Retryable, Missing, Retryable]
    with looks.at("job-1"):
        pass
    assert [missed(looks) for _ in range(3)] == [Retryable, Retryable, Missing]
    assert missed(looks, "job-2") is Retryable


def test_looks_at_jobs_that_ended_otherwise_are_forgotten() -> None:
    """They would pile up."""
    looks = Looks(2)
    for number in range(1_001):
        assert missed(looks, f"job-{number}") is Retryable
    assert missed(looks, "job-1000") is Missing
    assert missed(looks, "job-0") is Retryable


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cannot read https://a.example/cat.png?X-Sig=abc&e=9.", "cannot read https://a.example/cat.png?…"),
        ("callback https://we.example/upstream/ark/t1/code failed", "callback https://we.example/upstream/… failed"),
        ("got data:image/png;base64,iVBORw0KGgo= here", "got data:image/png;base64,… here"),
        ("token eyJhbGciOi.eyJpc3M.sig-_ is invalid", "token … is invalid"),
        ("key sk-proj-0123456789 is wrong", "key … is wrong"),
        ("key AIzaSyA1234567890 is wrong", "key … is wrong"),
        ("Incorrect API key: sk-te**********1234.", "Incorrect API key: …."),
        ("Bearer abc.def is stale", "Bearer … is stale"),
        ("duration must be 5 or 10; why?", "duration must be 5 or 10; why?"),
        ("keyframes-of-the-video and parked-cars-at-night", "keyframes-of-the-video and parked-cars-at-night"),
    ],
)
def test_no_secret_in_a_message(text: str, told: str) -> None:
    """Callers and logs get a vendor's words, but neither keys nor signatures nor files."""
    assert quoted(text) == f'"{told}"'


def test_a_refused_key_is_told_without_the_words() -> None:
    """They may quote it, in whatever form."""
    assert str(by_status(401, "Ark: AuthenticationError: the key 12ab-34cd is wrong", Phase.SUBMIT)) == (
        "Ark: HTTP 401: the key is refused"
    )


def test_an_answer_that_pydantic_cannot_read_is_not_repeated() -> None:
    """Vendors' answers hold the prompt."""

    class Answer(BaseModel):
        id: str

    with pytest.raises(ValidationError) as caught:
        Answer.model_validate({"input": {"prompt": "a secret cat"}})
    assert str(lost(caught.value, Phase.SUBMIT)) == "ValidationError"
