"""XAI in its own words: golden exchanges through the official SDK, and the rules that no exchange shows."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import grpc.aio
import pytest
from fakes.vendors.base import Cutter, Plan
from fakes.vendors.exchange import TASK, files, play, read
from fakes.vendors.xai import KEY, XaiServer
from google.protobuf.json_format import ParseDict
from grpc import StatusCode
from PIL import Image
from xai_sdk.proto import video_pb2

from mediakiln.errors import ConfigurationError
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import (
    Accepted,
    InputFile,
    Job,
    OperatorFault,
    OutcomeUnknown,
    ProviderError,
    Rejected,
    RejectReason,
    Retryable,
)
from mediakiln.providers.payload import data_uri
from mediakiln.providers.translation import Phase
from mediakiln.providers.xai.errors import TABLE
from mediakiln.providers.xai.provider import INLINE_MAX, XaiProvider, open_provider
from mediakiln.providers.xai.translate import from_video


def opened(url: str, key: str = KEY) -> XaiProvider:
    return open_provider(Account(provider="xai", kind="xai", name="xai", key=Secret(key), base_url=url))


def film(folder: Path, *inputs: InputFile) -> Job:
    request = GenerationRequest(
        kind=Kind.VIDEO,
        model="grok-video",
        prompt="a fox",
        aspect_ratio="16:9",
        resolution="720p",
        duration=6,
        inputs=tuple(MediaInput(file.role, "/uploads/x") for file in inputs),
    )
    return Job(TASK, request, "grok-imagine-video", inputs, folder, TASK, lambda _: None)


@pytest.mark.parametrize("file", files("xai"), ids=lambda file: file.stem)
async def test_golden(file: Path, tmp_path: Path) -> None:
    """What xAI receives for a job, and what becomes of it."""
    with XaiServer() as vendor:
        await play(file, vendor, opened(vendor.url), tmp_path, lambda given: [data_uri(given)])


def test_answers() -> None:
    """Every state that a video can be in, with and without what should come with it."""
    read("xai", lambda answer: from_video(ParseDict(answer, video_pb2.GetDeferredVideoResponse())))


async def test_a_busy_server_is_asked_once(tmp_path: Path) -> None:
    """The SDK's own policy would send a submit five times."""
    with XaiServer() as vendor:
        vendor.unavailable = 1
        provider = opened(vendor.url)
        try:
            with pytest.raises(OutcomeUnknown, match="overloaded"):
                await provider.start(film(tmp_path))
            assert vendor.posts == 1
        finally:
            await provider.aclose()


async def test_a_silent_wire_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK's own patience is 27 minutes."""
    monkeypatch.setattr("mediakiln.providers.xai.provider.TIMEOUT", 0.5)
    with XaiServer() as vendor, Cutter(vendor.port, down=60, how="stall") as wire:
        provider = opened(wire.url)
        with pytest.raises(OutcomeUnknown, match="Deadline"):
            await provider.start(film(tmp_path))
        await provider.aclose()


async def test_the_vendor_says_when_to_come_back(tmp_path: Path) -> None:
    """In a header of the answer's end."""
    with XaiServer() as vendor:
        vendor.plan.append(Plan.BUSY)
        provider = opened(vendor.url)
        with pytest.raises(Retryable) as caught:
            await provider.start(film(tmp_path))
        assert caught.value.delay == 7
        await provider.aclose()


async def test_the_key_stays_out_of_messages(tmp_path: Path) -> None:
    """It goes with each call, and xAI's own words about it are cut."""
    with XaiServer() as vendor:
        provider = opened(vendor.url, "xai-something-else")
        with pytest.raises(OperatorFault) as caught:
            await provider.start(film(tmp_path))
        await provider.aclose()
        assert [call.headers["authorization"] for call in vendor.calls] == ["Bearer xai-something-else"]
    assert "xa***" not in str(caught.value)
    assert "xai-something" not in str(caught.value)


async def test_inputs_have_a_limit(tmp_path: Path) -> None:
    """More than fits into one call is refused here, with its size."""
    one = tmp_path / "one.png"
    Image.new("RGB", (9, 9)).save(one)
    one.write_bytes(one.read_bytes() + bytes(INLINE_MAX // 2))
    given = [InputFile(Role.REFERENCE_IMAGE, one, "image/png")] * 2
    with XaiServer() as vendor:
        provider = opened(vendor.url)
        with pytest.raises(Rejected, match=r"inputs: got 14\.0 MB together; at most 14 MB are taken") as caught:
            await provider.start(film(tmp_path, *given))
        assert caught.value.reason is RejectReason.INVALID
        assert isinstance(await provider.start(film(tmp_path, given[0])), Accepted)
        assert len(vendor.calls) == 1
        await provider.aclose()


async def test_other_pictures_become_a_jpeg(tmp_path: Path) -> None:
    """XAI's guides name two formats."""
    path = tmp_path / "a.webp"
    Image.new("RGB", (32, 16), "red").save(path)
    with XaiServer() as vendor:
        provider = opened(vendor.url)
        await provider.start(film(tmp_path, InputFile(Role.FIRST_FRAME, path, "image/webp")))
        await provider.aclose()
        head, _, data = vendor.calls[0].body["image"]["image_url"].partition(",")
    assert head == "data:image/jpeg;base64"
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (32, 16)


@pytest.mark.parametrize(
    ("code", "text", "wanted"),
    [
        (StatusCode.UNAVAILABLE, "failed to connect to all addresses; last error: refused", Retryable),
        (StatusCode.UNAVAILABLE, "DNS resolution failed for api.x.ai:443", Retryable),
        (StatusCode.UNAVAILABLE, "Socket closed", OutcomeUnknown),
        (StatusCode.UNAVAILABLE, "Received http2 header with status: 503", Retryable),
        (StatusCode.UNAVAILABLE, "Received http2 header with status: 502", OutcomeUnknown),
        (StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded", OutcomeUnknown),
        (StatusCode.CANCELLED, "", OutcomeUnknown),
        (StatusCode.UNKNOWN, "Stream removed", OutcomeUnknown),
        (StatusCode.INTERNAL, "oops", OutcomeUnknown),
        (StatusCode.RESOURCE_EXHAUSTED, "Too many requests", Retryable),
        (StatusCode.RESOURCE_EXHAUSTED, "used all available credits", OperatorFault),
        (StatusCode.UNAUTHENTICATED, "no authorization", OperatorFault),
        (StatusCode.PERMISSION_DENIED, "not yours", OperatorFault),
        (StatusCode.INVALID_ARGUMENT, "Zero Data Retention teams must provide output.upload_url", OperatorFault),
        (StatusCode.INVALID_ARGUMENT, "prompt is too long", Rejected),
    ],
)
def test_statuses(code: StatusCode, text: str, wanted: type[ProviderError]) -> None:
    """On a submit only what surely came before acceptance is sent again; a question always is."""
    error = grpc.aio.AioRpcError(code, grpc.aio.Metadata(), grpc.aio.Metadata(), details=text)
    assert type(TABLE.translate(error, Phase.SUBMIT)) is wanted
    if wanted is OutcomeUnknown:
        assert type(TABLE.translate(error, Phase.ASK)) is Retryable


@pytest.mark.parametrize("base_url", ["https://api.x.ai/v1", "api.x.ai", "ftp://api.x.ai", "https://", "http://127.0.0.1:1/x"])
def test_an_address_that_would_be_cut(base_url: str) -> None:
    """The REST address is an easy mistake; gRPC knows no paths."""
    with pytest.raises(ConfigurationError, match=r"xai\.base_url: got .*; must be https://HOST"):
        opened(base_url)


@pytest.mark.parametrize("base_url", ["", "https://eu-west-1.api.x.ai/", "https://api.x.ai:443"])
def test_an_address(base_url: str) -> None:
    """Nothing is opened before the first call, so this needs no loop."""
    arguments: dict[str, Any] = vars(opened(base_url))
    assert arguments["_host"].startswith(("api.x.ai", "eu-west-1.api.x.ai"))
    assert not arguments["_plain"]
