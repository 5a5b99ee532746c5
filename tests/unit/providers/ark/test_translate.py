"""Ark in its own words: golden exchanges through the official SDK, and the rules that no exchange shows."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from byteplussdkarkruntime._exceptions import ArkAPIConnectionError, ArkAPIStatusError, ArkAPITimeoutError
from byteplussdkarkruntime._models import construct_type
from byteplussdkarkruntime.types.content_generation.content_generation_task import ContentGenerationTask
from byteplussdkarkruntime.types.images import ImagesResponse
from fakes.vendors.ark import ArkServer
from fakes.vendors.base import Plan, picture
from fakes.vendors.exchange import BROKEN_WIRES, TASK, files, play, read

from mediakiln.errors import ConfigurationError
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.ark.errors import TABLE
from mediakiln.providers.ark.provider import INLINE_MAX, ArkProvider, open_provider
from mediakiln.providers.ark.translate import from_images, from_task
from mediakiln.providers.base import (
    Accepted,
    Finished,
    InputFile,
    Job,
    OperatorFault,
    OutcomeUnknown,
    Rejected,
    RejectReason,
    Retryable,
)
from mediakiln.providers.payload import data_uri
from mediakiln.providers.translation import Phase

SEEDREAM = "seedream-4-0-250828"


def opened(url: str, **account: Any) -> ArkProvider:
    return open_provider(
        Account(provider="ark", kind="ark", name="ark", key=Secret("ark-secret-key"), base_url=f"{url}/api/v3", **account)
    )


def pictures(tmp_path: Path, count: int = 1, *inputs: InputFile, model: str = SEEDREAM, **fields: Any) -> Job:
    request = GenerationRequest(
        kind=Kind.IMAGE,
        model="seedream4",
        prompt="a fox",
        aspect_ratio="1:1",
        width=2048,
        height=2048,
        count=count,
        inputs=tuple(MediaInput(file.role, "/uploads/x") for file in inputs),
    )
    return Job(TASK, request, model, inputs, tmp_path, TASK, lambda _: None, **fields)


@pytest.mark.parametrize("file", files("ark"), ids=lambda file: file.stem)
async def test_golden(file: Path, tmp_path: Path) -> None:
    """What Ark receives for a job, and what becomes of it."""
    with ArkServer() as vendor:
        await play(file, vendor, opened(vendor.url), tmp_path, lambda given: [data_uri(given)])


def test_answers() -> None:
    """Every state that a task can be in, with and without what should come with it."""
    read("ark", lambda answer: from_task(construct_type(type_=ContentGenerationTask, value=answer)))


@pytest.mark.parametrize("answer", [{}, {"created": 1, "data": None}, []])
def test_an_answer_that_is_no_picture(answer: Any) -> None:
    """It may have been made and paid."""
    with pytest.raises(OutcomeUnknown):
        from_images(construct_type(type_=ImagesResponse, value=answer))


async def test_a_task_that_runs_is_left_alone(tmp_path: Path) -> None:
    """Ark refuses to take it back, and that is nobody's failure; the key goes with each request, and nowhere else."""
    request = GenerationRequest(kind=Kind.VIDEO, model="seedance-2.0", prompt="a fox", aspect_ratio="1:1", duration=5)
    film = Job(TASK, request, "dreamina-seedance-2-0-260128", (), tmp_path, TASK, lambda _: None)
    with ArkServer() as vendor:
        vendor.runs = 9
        provider = opened(vendor.url)
        answer = await provider.start(film)
        assert isinstance(answer, Accepted)
        await provider.poll(film, answer.remote_id)
        await provider.cancel(film, answer.remote_id)
        await provider.aclose()
        assert [one.canceled for one in vendor.jobs.values()] == [False]
        assert {call.headers["authorization"] for call in vendor.calls} == {"Bearer ark-secret-key"}
        assert not any(b"ark-secret-key" in call.raw for call in vendor.calls)


@pytest.mark.parametrize(
    ("plans", "made"),
    [
        ([Plan.TAKE, Plan.FILTERED, Plan.TAKE], 2),
        ([Plan.CRASH, Plan.TAKE, Plan.BUSY], 1),
        ([Plan.CRASH, Plan.FILTERED, Plan.BUSY], OutcomeUnknown),
        ([Plan.FILTERED, Plan.BUSY, Plan.BAD_KEY], Rejected),
        ([Plan.BUSY, Plan.BAD_KEY, Plan.BUSY], OperatorFault),
        ([Plan.BUSY, Plan.BUSY, Plan.BUSY], Retryable),
    ],
)
async def test_some_of_several_pictures(tmp_path: Path, plans: list[Plan], made: int | type[Exception]) -> None:
    """What was made is delivered; where nothing was, the failure that forbids most is told."""
    with ArkServer() as vendor:
        vendor.plan.extend(plans)
        provider = opened(vendor.url)
        try:
            if isinstance(made, int):
                answer = await provider.start(pictures(tmp_path, 3))
                assert isinstance(answer, Finished)
                assert len(answer.outputs) == made
            else:
                with pytest.raises(made):
                    await provider.start(pictures(tmp_path, 3))
            assert vendor.posts == 3
        finally:
            await provider.aclose()


async def test_inputs_have_a_limit(tmp_path: Path) -> None:
    """More than Ark takes in one body is refused before it is read."""
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(INLINE_MAX + 1)
    with ArkServer() as vendor:
        provider = opened(vendor.url)
        with pytest.raises(Rejected, match=r"inputs: got 48\.0 MB together; at most 48 MB") as caught:
            await provider.start(pictures(tmp_path, 1, InputFile(Role.IMAGE, path, "image/png")))
        assert caught.value.reason is RejectReason.INVALID
        assert not vendor.calls
        await provider.aclose()


async def test_many_heavy_inputs_wait_for_each_other(tmp_path: Path) -> None:
    """So that a hundred of them are not in memory at once; all are done in the end."""
    path = tmp_path / "big.png"
    path.write_bytes(picture() + bytes(3_000_000))
    with ArkServer() as vendor:
        provider = opened(vendor.url)
        job = pictures(tmp_path, 1, InputFile(Role.IMAGE, path, "image/png"))
        answers = await asyncio.gather(*(provider.start(job) for _ in range(12)))
        assert len(answers) == vendor.taken == 12
        await provider.aclose()


@pytest.mark.parametrize(
    ("base_url", "options", "model", "sent"),
    [
        ("", {}, "dreamina-seedance-2-0-260128", "dreamina-seedance-2-0-260128"),
        ("https://ark.cn-beijing.volces.com/api/v3", {}, "dreamina-seedance-2-0-260128", "doubao-seedance-2-0-260128"),
        ("https://ark.cn-beijing.volces.com/api/v3", {}, "seedance-1-5-pro-251215", "doubao-seedance-1-5-pro-251215"),
        ("https://ark.cn-beijing.volces.com/api/v3", {}, "ep-20260101-abcde", "ep-20260101-abcde"),
        ("https://ark.cn-beijing.volces.com/api/v3", {"models": {"seedance-9": "ep-1"}}, "seedance-9", "ep-1"),
        ("", {"models": {"seedance-9": "ep-1"}}, "seedance-9", "ep-1"),
    ],
)
def test_models_have_other_names_elsewhere(tmp_path: Path, base_url: str, options: dict[str, Any], model: str, sent: str) -> None:
    """One route serves BytePlus, Volcengine and an account's own endpoints."""
    provider = open_provider(Account(provider="ark", kind="ark", name="ark", key=Secret("k"), base_url=base_url, options=options))
    assert provider._model(pictures(tmp_path, model=model)) == sent


def test_options_are_checked() -> None:
    """A word that is no option is named."""
    with pytest.raises(ConfigurationError, match=r"ark\.options: .*`model`"):
        opened("http://127.0.0.1", options={"model": {}})


def test_a_route_with_an_unknown_name_is_the_operators(tmp_path: Path) -> None:
    """Nothing was sent, and no caller can help it."""

    async def start() -> None:
        provider = opened("http://127.0.0.1:9")
        try:
            await provider.start(pictures(tmp_path, fields={"size": "$sise"}))
        finally:
            await provider.aclose()

    with pytest.raises(OperatorFault, match=r"\$sise"):
        asyncio.run(start())


REQUEST = httpx.Request("POST", "https://ark.example.com")


@pytest.mark.parametrize(("cause", "wanted"), BROKEN_WIRES)
def test_what_the_sdk_wraps(cause: Exception | None, wanted: type[Exception]) -> None:
    """The SDK's one class for the wire hides whether the request had left."""
    timeout = isinstance(cause, httpx.TimeoutException)
    error = (ArkAPITimeoutError if timeout else ArkAPIConnectionError)(request=REQUEST, request_id="r")
    error.__cause__ = cause
    assert type(TABLE.translate(error, Phase.SUBMIT)) is wanted
    assert type(TABLE.translate(error, Phase.ASK)) is Retryable


@pytest.mark.parametrize(
    ("status", "code", "wanted"),
    [
        (400, "InvalidEndpoint.ClosedEndpoint", OperatorFault),
        (403, "OperationDenied.ServiceOverdue", OperatorFault),
        (404, "ModelNotOpen", OperatorFault),
        (429, "SetLimitExceeded", OperatorFault),
        (429, "RateLimitExceeded.EndpointRPMExceeded", Retryable),
        (400, "SensitiveContentDetected.Violence", Rejected),
        (400, "MissingParameter", Rejected),
        (500, "InternalServiceError", OutcomeUnknown),
        (502, None, OutcomeUnknown),
        (503, None, Retryable),
    ],
)
def test_codes(status: int, code: str | None, wanted: type[Exception]) -> None:
    """A code says more than the status it comes with; a body that is no JSON has none."""
    response = httpx.Response(status, request=REQUEST)
    body = {"code": code, "message": "why"} if code else "<html>"
    error = ArkAPIStatusError("m", response=response, body=body, request_id="r")
    found = TABLE.translate(error, Phase.SUBMIT)
    assert type(found) is wanted
    assert str(found).startswith("Ark: ")
