"""fal in its own words: golden exchanges through the client, and the rules that no exchange shows."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
from fakes.vendors.base import Call, Fate, Plan, Reply, picture
from fakes.vendors.exchange import TASK, files, play, read
from fakes.vendors.fal import FalServer, FalStorage
from fal_client import Completed, InProgress, Queued, Status

from mediakiln.generation import GenerationRequest, Kind, Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import (
    Accepted,
    Finished,
    InputFile,
    Job,
    OperatorFault,
    OutcomeUnknown,
    ProviderError,
    Rejected,
    RejectReason,
    Retryable,
)
from mediakiln.providers.fal.provider import INLINE_MAX, FalProvider, open_provider
from mediakiln.providers.fal.translate import from_result, from_status
from mediakiln.providers.payload import data_uri

KEY = "id:fal-secret-key"
LARGE = "https://v3.fal.media/files/b/large.png"


def opened(url: str) -> FalProvider:
    return open_provider(Account(provider="fal", kind="fal", name="fal", key=Secret(KEY), base_url=url))


def job(folder: Path, *inputs: InputFile, model: str = "fal-ai/flux/dev", **fields: Any) -> Job:
    request = GenerationRequest(kind=Kind.IMAGE, model="flux", prompt="a fox", aspect_ratio="1:1")
    return Job(TASK, request, model, inputs, folder, TASK, lambda _: None, **fields)


class Scripted(FalServer):
    """fal with an answer of its own for some requests."""

    def __init__(self, **scripted: Reply) -> None:
        super().__init__()
        self.scripted = scripted

    def answer(self, call: Call) -> Reply:
        what = "submit" if call.method == "POST" else "status" if call.path.endswith("/status") else "result"
        usual = super().answer(call)
        return self.scripted.get(what, usual)


@pytest.mark.parametrize("file", files("fal"), ids=lambda file: file.stem)
async def test_golden(file: Path, tmp_path: Path) -> None:
    """What fal receives for a job, and what becomes of it."""
    with FalServer() as vendor:
        await play(file, vendor, opened(vendor.url), tmp_path, lambda given: [data_uri(given)])


def test_answers() -> None:
    """Every form in which models give their files, and those that the model's own filter holds back."""
    read("fal", from_result)


@pytest.mark.parametrize(
    ("status", "progress"),
    [
        (Queued(position=3), None),
        (InProgress(logs=None), None),
        (InProgress(logs=[]), None),
        (InProgress(logs=[{"message": "loading"}, {"message": " 25%|##  | 7/28"}, {"message": " 50%|#### | 14/28"}]), 0.5),
        (InProgress(logs=[{"level": "INFO"}, {"message": "900%|"}]), 1.0),
    ],
)
def test_progress(status: Status, progress: float | None) -> None:
    """The last bar in the logs counts."""
    assert from_status(status).progress == progress


async def test_the_key_goes_to_our_address_only(tmp_path: Path) -> None:
    """Whatever host an answer names, and never into a body or an address."""
    with FalServer() as vendor:
        place = "https://elsewhere.example/fal-ai/flux/requests/job-1"
        answer = {"request_id": "job-1", "response_url": place, "status_url": f"{place}/status", "cancel_url": f"{place}/cancel"}
        vendor.runs = 0
        provider = opened(vendor.url)
        usual = vendor._submit
        vendor._submit = lambda call: Reply(usual(call).status, answer)  # type: ignore[method-assign]
        accepted = await provider.start(job(tmp_path, callback_url="https://kiln.example/upstream/1/2/fal"))
        assert isinstance(accepted, Accepted)
        assert isinstance(await provider.poll(job(tmp_path), accepted.remote_id), Finished)
        await provider.aclose()
        assert {call.headers["authorization"] for call in vendor.calls} == {f"Key {KEY}"}
        assert not any(KEY.encode() in call.raw or KEY in call.path for call in vendor.calls)
        assert vendor.calls[0].query == {"fal_webhook": "https://kiln.example/upstream/1/2/fal"}
        assert [call.path for call in vendor.calls[-2:]] == [
            "/fal-ai/flux/requests/job-1/status",
            "/fal-ai/flux/requests/job-1",
        ]


@pytest.mark.parametrize(
    "answer",
    [{}, [], None, {"request_id": "x"}, {"status_url": 1, "response_url": 2, "cancel_url": 3}]
    + [dict.fromkeys(("status_url", "response_url", "cancel_url"), url) for url in ("", "https://[", "/" + "x" * 300)],
)
async def test_an_answer_that_names_no_request(tmp_path: Path, answer: Any) -> None:
    """It was taken and cannot be asked for: never a second submit."""
    with Scripted(submit=Reply(200, answer)) as vendor:
        provider = opened(vendor.url)
        with pytest.raises(OutcomeUnknown):
            await provider.start(job(tmp_path))
        await provider.aclose()
        assert vendor.posts == 1


@pytest.mark.parametrize("status", [408, 409, 429, 502, 503, 504])
async def test_a_submit_is_never_repeated_by_itself(tmp_path: Path, status: int) -> None:
    """fal-client repeats these by itself, an nginx page too."""
    with Scripted(submit=Reply(status, b"<center>nginx</center>", {"retry-after": "9"}, "text/html")) as vendor:
        provider = opened(vendor.url)
        with pytest.raises((Retryable, OutcomeUnknown)) as caught:
            await provider.start(job(tmp_path))
        await provider.aclose()
        assert isinstance(caught.value, OutcomeUnknown) == (status in (502, 504))
        assert vendor.posts == 1
        if isinstance(caught.value, Retryable):
            assert caught.value.delay == 9


async def test_a_question_that_comes_too_often_waits_as_asked(tmp_path: Path) -> None:
    """By the runner, not inside the client."""
    with Scripted(status=Reply(429, {"detail": "slow down"}, {"retry-after": "9"})) as vendor:
        provider = opened(vendor.url)
        accepted = await provider.start(job(tmp_path))
        assert isinstance(accepted, Accepted)
        with pytest.raises(Retryable, match="slow down") as caught:
            await provider.poll(job(tmp_path), accepted.remote_id)
        await provider.aclose()
        assert caught.value.delay == 9
        assert len(vendor.calls) == 2


def detail(kind: str, message: str = "no") -> dict[str, Any]:
    return {"detail": [{"loc": ["body", "prompt"], "msg": message, "type": kind}]}


@pytest.mark.parametrize(
    ("status", "body", "error", "wanted"),
    [
        (422, detail("content_policy_violation"), "Invalid status code: 422", RejectReason.CONTENT_FILTERED),
        (422, detail("value_error.missing", "field required"), "", RejectReason.INVALID),
        (422, detail("image_too_small", "a safety distance"), "", RejectReason.INVALID),
        (422, {"detail": "flagged by moderation"}, "Invalid status code: 422", RejectReason.CONTENT_FILTERED),
        (500, detail("internal_server_error"), "", RejectReason.UNSUPPORTED),
        (504, {"detail": "timed out", "error_type": "request_timeout"}, "", RejectReason.UNSUPPORTED),
        (429, detail("downstream_rate_limit"), "Invalid status code: 429", Retryable),
        (404, {"detail": "Request not found"}, "", Retryable),
        (401, {"detail": "no"}, "", OperatorFault),
        (500, {"detail": "Internal Server Error"}, "", Retryable),
        (500, b"oops", "", Retryable),
    ],
)
async def test_a_result_that_is_an_error(
    tmp_path: Path, status: int, body: Any, error: str, wanted: RejectReason | type[ProviderError]
) -> None:
    """What the model said is final; what only the asking met is asked again."""
    done = {"status": "COMPLETED", "logs": None, "metrics": {}} | ({"error": error} if error else {})
    with Scripted(status=Reply(200, done), result=Reply(status, body)) as vendor:
        provider = opened(vendor.url)
        accepted = await provider.start(job(tmp_path))
        assert isinstance(accepted, Accepted)
        with pytest.raises(ProviderError) as caught:
            await provider.poll(job(tmp_path), accepted.remote_id)
        await provider.aclose()
    assert str(caught.value).startswith("fal: ")
    if isinstance(wanted, RejectReason):
        assert isinstance(caught.value, Rejected)
        assert caught.value.reason is wanted
    else:
        assert isinstance(caught.value, wanted)


async def test_a_finished_request_is_not_stopped(tmp_path: Path) -> None:
    """fal says so with a 400, and that is nobody's failure."""
    with FalServer() as vendor:
        vendor.runs = 0
        provider = opened(vendor.url)
        accepted = await provider.start(job(tmp_path))
        assert isinstance(accepted, Accepted)
        await provider.poll(job(tmp_path), accepted.remote_id)
        await provider.cancel(job(tmp_path), accepted.remote_id)
        await provider.aclose()


async def test_a_stopped_request(tmp_path: Path) -> None:
    """It ends without a result, by our own wish."""
    with FalServer() as vendor:
        vendor.runs, vendor.fate = 9, Fate.DELIVER
        provider = opened(vendor.url)
        accepted = await provider.start(job(tmp_path))
        assert isinstance(accepted, Accepted)
        await provider.cancel(job(tmp_path), accepted.remote_id)
        with pytest.raises(Rejected, match="cancelled") as caught:
            await provider.poll(job(tmp_path), accepted.remote_id)
        await provider.aclose()
    assert caught.value.reason is RejectReason.UNSUPPORTED


async def test_large_inputs_are_uploaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the client, to fal's own store under its own names, to be forgotten in a day; the request carries the link."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("rest.fal.ai", "v3.fal.media").configure_cert(tls)
    path = tmp_path / "large.png"
    path.write_bytes(picture() + bytes(INLINE_MAX))
    given = job(tmp_path, InputFile(Role.IMAGE, path, "image/png"))
    with FalServer() as vendor, FalStorage(tls) as storage:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        monkeypatch.setenv("HTTPS_PROXY", storage.proxy)
        provider = opened(vendor.url)
        await provider.start(given)
        await provider.aclose()
        assert vendor.calls[0].body["image_url"] == LARGE
        [stored] = storage.stored
        assert stored.raw == path.read_bytes()
        assert stored.headers["content-type"] == "image/png"
        assert stored.headers["authorization"] == "Bearer t0"
        assert '"expiration_duration_seconds": 86400' in stored.headers["x-fal-object-lifecycle"]
        assert storage.calls[0].headers["authorization"] == f"Key {KEY}"


async def test_many_jobs_at_once(tmp_path: Path) -> None:
    """One client serves them side by side."""
    with FalServer() as vendor:
        vendor.plan.extend([Plan.TAKE, Plan.BUSY] * 4)
        provider = opened(vendor.url)
        answers = await asyncio.gather(*(provider.start(job(tmp_path)) for _ in range(8)), return_exceptions=True)
        await provider.aclose()
        assert len({answer.remote_id for answer in answers if isinstance(answer, Accepted)}) == 4
        assert sum(isinstance(answer, Retryable) for answer in answers) == 4


def test_a_status_of_the_sdk_is_known() -> None:
    """`Completed` is what ends the asking; the client has no other."""
    assert {kind.__name__ for kind in Status.__subclasses__()} == {"Queued", "InProgress", Completed.__name__}
