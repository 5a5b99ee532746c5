"""DashScope in its own words: golden exchanges through the official SDK, and the rules that no exchange shows."""

from __future__ import annotations

import asyncio
import base64
import io
from pathlib import Path
from typing import Any

import httpx
import pytest
from dashscope.v2.errors import APIConnectionError, APITimeoutError, DashScopeError, error_from_status
from fakes.vendors.base import Cutter, Fate, Reply
from fakes.vendors.dashscope import DashScopeServer
from fakes.vendors.exchange import BROKEN_WIRES, TASK, files, play, read
from PIL import Image

from mediakiln.errors import ConfigurationError
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import Accepted, Finished, InputFile, Job, OperatorFault, OutcomeUnknown, Rejected, Retryable
from mediakiln.providers.dashscope.errors import TABLE
from mediakiln.providers.dashscope.provider import PICTURE_MAX, DashScopeProvider, open_provider
from mediakiln.providers.dashscope.translate import from_task
from mediakiln.providers.payload import data_uri
from mediakiln.providers.translation import Phase


def opened(url: str, name: str = "dashscope", **account: Any) -> DashScopeProvider:
    return open_provider(
        Account(provider="dashscope", kind="dashscope", name=name, key=Secret(f"sk-{name}"), base_url=f"{url}/api/v1", **account)
    )


def film(folder: Path, *inputs: InputFile, **fields: Any) -> Job:
    request = GenerationRequest(
        kind=Kind.VIDEO,
        model="wan-2.5",
        aspect_ratio="16:9",
        resolution="720p",
        duration=5,
        inputs=tuple(MediaInput(file.role, "/uploads/x") for file in inputs),
        **{"prompt": "a fox", **fields},
    )
    return Job(TASK, request, "wan2.5-i2v-preview" if inputs else "wan2.5-t2v-preview", inputs, folder, TASK, lambda _: None)


@pytest.mark.parametrize("file", files("dashscope"), ids=lambda file: file.stem)
async def test_golden(file: Path, tmp_path: Path) -> None:
    """What DashScope receives for a job, and what becomes of it."""
    with DashScopeServer() as vendor:
        await play(file, vendor, opened(vendor.url), tmp_path, lambda given: [data_uri(given)])


def test_answers() -> None:
    """Every state that a task can be in, with and without what should come with it."""
    read("dashscope", from_task)


async def test_accounts_of_two_regions_in_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each goes to its own address with its own key, whatever the environment says to the SDK."""
    monkeypatch.setenv("DASHSCOPE_API_KEY", "sk-environment")
    monkeypatch.setenv("DASHSCOPE_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("DASHSCOPE_WORKSPACE", "ws-environment")
    monkeypatch.setenv("DASHSCOPE_MAX_RETRIES", "5")
    monkeypatch.setenv("DASHSCOPE_PROTOCOL", "openai")
    with DashScopeServer() as first, DashScopeServer() as second:
        one, two = opened(first.url, "one"), opened(second.url, "two", options={"workspace": "ws-two"})
        answers = await asyncio.gather(*(provider.start(film(tmp_path)) for provider in (one, two, one, two)))
        await asyncio.gather(*(p.poll(film(tmp_path), a.remote_id) for p, a in zip((one, two), answers[:2], strict=True)))
        await one.aclose()
        await two.aclose()
    assert {call.headers["authorization"] for call in first.calls} == {"Bearer sk-one"}
    assert {call.headers["authorization"] for call in second.calls} == {"Bearer sk-two"}
    assert {call.headers.get("x-dashscope-workspace") for call in first.calls} == {None}
    assert {call.headers.get("x-dashscope-workspace") for call in second.calls} == {"ws-two"}
    assert (first.taken, second.taken) == (2, 2)


async def test_a_silent_wire_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's own patience is five minutes."""
    monkeypatch.setattr("mediakiln.providers.dashscope.provider.TIMEOUT", 0.5)
    with DashScopeServer() as vendor, Cutter(vendor.port, down=60, how="stall") as wire:
        provider = opened(wire.url)
        with pytest.raises(OutcomeUnknown, match="timed out"):
            await provider.start(film(tmp_path))
        await provider.aclose()
        assert vendor.posts == 1


async def test_words_that_name_a_file_stay_words(tmp_path: Path) -> None:
    """The SDK's own call would upload the file to a public store."""
    path = tmp_path / "secret.txt"
    path.write_text("do not upload")
    words = {"prompt": f"file://{path}", "negative_prompt": str(path)}
    with DashScopeServer() as vendor:
        provider = opened(vendor.url)
        await provider.start(film(tmp_path, **words))
        await provider.aclose()
    assert [(call.method, call.body["input"]) for call in vendor.calls] == [("POST", words)]


async def test_a_task_that_runs_is_left_alone(tmp_path: Path) -> None:
    """DashScope refuses to take it back, and that is nobody's failure."""
    with DashScopeServer() as vendor:
        vendor.runs = 9
        provider = opened(vendor.url)
        answer = await provider.start(film(tmp_path))
        assert isinstance(answer, Accepted)
        await provider.poll(film(tmp_path), answer.remote_id)
        await provider.cancel(film(tmp_path), answer.remote_id)
        await provider.aclose()
    assert [one.canceled for one in vendor.jobs.values()] == [False]


async def test_nothing_transparent_is_sent(tmp_path: Path) -> None:
    """DashScope refuses a PNG with an alpha channel."""
    path = tmp_path / "a.png"
    Image.new("RGBA", (32, 16), (255, 0, 0, 0)).save(path)
    with DashScopeServer() as vendor:
        provider = opened(vendor.url)
        await provider.start(film(tmp_path, InputFile(Role.IMAGE, path, "image/png")))
        await provider.aclose()
    head, _, data = vendor.calls[0].body["input"]["img_url"].partition(",")
    assert head == "data:image/jpeg;base64"
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (32, 16)


async def test_pictures_have_a_limit(tmp_path: Path) -> None:
    """One that no Wan model takes is refused here, with its size."""
    path = tmp_path / "a.png"
    Image.new("RGB", (9, 9)).save(path)
    path.write_bytes(path.read_bytes() + bytes(PICTURE_MAX))
    with DashScopeServer() as vendor:
        provider = opened(vendor.url)
        with pytest.raises(Rejected, match=r"DashScope: image: got 20\.0 MB; at most 20 MB are taken"):
            await provider.start(film(tmp_path, InputFile(Role.IMAGE, path, "image/png")))
        await provider.aclose()
        assert not vendor.calls


@pytest.mark.parametrize(
    "body", [{}, {"output": {}}, {"output": {"task_id": ""}}, {"output": {"task_id": 7}}, {"output": None}, []]
)
async def test_success_without_an_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: Any) -> None:
    """It may have been taken."""
    monkeypatch.setattr(DashScopeServer, "_submit", lambda *_: Reply(200, body))
    with DashScopeServer() as vendor:
        provider = opened(vendor.url)
        with pytest.raises(OutcomeUnknown):
            await provider.start(film(tmp_path))
        await provider.aclose()


@pytest.mark.parametrize(("cause", "wanted"), BROKEN_WIRES)
def test_what_the_sdk_wraps(cause: Exception | None, wanted: type[Exception]) -> None:
    """The SDK's one class for the wire hides whether the request had left."""
    error = (APITimeoutError if isinstance(cause, httpx.TimeoutException) else APIConnectionError)("connection error")
    error.__cause__ = cause
    assert type(TABLE.translate(error, Phase.SUBMIT)) is wanted
    assert type(TABLE.translate(error, Phase.ASK)) is Retryable


@pytest.mark.parametrize(
    ("status", "code", "text", "wanted"),
    [
        (400, "Arrearage", "", OperatorFault),
        (400, "InvalidParameter", "Model not exist.", OperatorFault),
        (404, "ModelNotFound", "", OperatorFault),
        (403, "AllocationQuota.FreeTierOnly", "", OperatorFault),
        (429, "PrepaidBillOverdue", "", OperatorFault),
        (429, "Throttling.AllocationQuota", "", Retryable),
        (503, "ModelUnavailable", "", Retryable),
        (400, "DataInspectionFailed", "", Rejected),
        (400, "InvalidParameter", "prompt: inappropriate content", Rejected),
        (400, "InvalidParameter.DataInspection", "Unable to download the media resource", Rejected),
        (500, "InternalError", "", OutcomeUnknown),
        (504, "GatewayTimeout", "", OutcomeUnknown),
        (502, None, "<html>", OutcomeUnknown),
    ],
)
def test_codes(status: int, code: str | None, text: str, wanted: type[Exception]) -> None:
    """A code says more than the status it comes with; a body that is no JSON has none."""
    body = {"code": code, "message": text, "request_id": "r"} if code else None
    found = TABLE.translate(error_from_status(status, message=text, body=body), Phase.SUBMIT)
    assert type(found) is wanted
    assert str(found).startswith("DashScope: ")
    if isinstance(found, Rejected):
        assert (found.reason == "content_filtered") == (code != "InvalidParameter.DataInspection")


def test_success_with_a_code_says_nothing_sure() -> None:
    """A refusal with HTTP 200 that is not one of the known kind."""
    assert type(TABLE.translate(DashScopeError("?", code="Odd", status_code=200), Phase.SUBMIT)) is OutcomeUnknown


def test_options_are_checked() -> None:
    """A word that is no option is named."""
    with pytest.raises(ConfigurationError, match=r"dashscope\.options: .*`region`"):
        opened("http://127.0.0.1", options={"region": "us-east-1"})


async def test_a_failed_task_is_told_in_its_own_words(tmp_path: Path) -> None:
    """The SDK raises for it, with HTTP 200."""
    with DashScopeServer() as vendor:
        vendor.fate = Fate.FAIL
        provider = opened(vendor.url)
        answer = await provider.start(film(tmp_path))
        assert not isinstance(answer, Finished)
        await provider.poll(film(tmp_path), answer.remote_id)
        with pytest.raises(Rejected, match=r'^DashScope: InternalError\.Timeout: "An internal timeout'):
            await provider.poll(film(tmp_path), answer.remote_id)
        await provider.aclose()
