"""OpenAI's wire: what refusals mean, whoever speaks it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from fakes.vendors.base import picture

from mediakiln.generation import GenerationRequest, Kind
from mediakiln.providers.accounts import Account
from mediakiln.providers.base import (
    Job,
    OperatorFault,
    OutcomeUnknown,
    OutputFile,
    OutputUrl,
    ProviderError,
    Rejected,
    RejectReason,
    Retryable,
)
from mediakiln.providers.openai_wire import Wire, refusal, stream, table
from mediakiln.providers.translation import Phase

INVALID, FILTERED = RejectReason.INVALID, RejectReason.CONTENT_FILTERED


def _refused(status: int, body: object, phase: Phase = Phase.SUBMIT) -> ProviderError:
    return refusal("Vendor", status, body, {}, phase)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "billing_hard_limit_reached", OperatorFault),
        (429, "insufficient_quota", OperatorFault),
        (429, "rate_limit_exceeded", Retryable),
        (403, "unsupported_country_region_territory", OperatorFault),
        (404, "model_not_found", OperatorFault),
        (307, "", OperatorFault),
        (500, "server_error", OutcomeUnknown),
        (503, "", Retryable),
        (400, "invalid_value", Rejected),
    ],
)
def test_who_is_to_blame(status: int, code: str, kind: type[Exception]) -> None:
    """The code counts before the status."""
    found = _refused(status, {"message": "words", "type": "some_error", "param": None, "code": code})
    assert type(found) is kind
    assert str(found).startswith("Vendor: ")


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, {"code": "moderation_blocked", "message": "no"}, FILTERED),
        (400, {"code": "content_policy_violation", "message": "no"}, FILTERED),
        (403, {"code": "content_filter", "message": "no"}, FILTERED),
        (400, {"code": None, "message": "Your request was rejected as a result of our safety system."}, FILTERED),
        (400, {"code": "invalid_value", "message": "violence is no size"}, INVALID),
        (422, {"detail": [{"loc": ["body", "size"], "msg": "wrong"}, "odd"]}, INVALID),
        (400, {"detail": "Invalid size"}, INVALID),
        (400, "<html>", INVALID),
    ],
)
def test_refusals_of_content(status: int, body: object, reason: RejectReason) -> None:
    """They are told by code, or by the sentence that OpenAI says; what is said of a field is passed on."""
    found = _refused(status, body)
    assert isinstance(found, Rejected)
    assert found.reason is reason


def test_words_of_fastapi() -> None:
    """Fields are named."""
    found = _refused(422, {"detail": [{"loc": ["body", "size"], "msg": "wrong"}]})
    assert str(found) == 'Vendor: "body.size: wrong"'
    assert str(_refused(400, None)) == 'Vendor: "HTTP 400"'


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (httpx2.ConnectError("x"), Retryable),
        (httpx2.ConnectTimeout("x"), Retryable),
        (httpx2.PoolTimeout("x"), Retryable),
        (httpx2.ReadTimeout("x"), OutcomeUnknown),
        (httpx2.ReadError("x"), OutcomeUnknown),
        (httpx2.WriteError("x"), OutcomeUnknown),
        (httpx2.RemoteProtocolError("x"), OutcomeUnknown),
        (None, OutcomeUnknown),
    ],
)
def test_what_the_sdk_wraps(cause: Exception | None, kind: type[Exception]) -> None:
    """Only a connection that never came about may be tried again."""
    request = httpx2.Request("POST", "http://v.example")
    for error in (openai.APIConnectionError(request=request), openai.APITimeoutError(request)):
        error.__cause__ = cause
        assert type(table("Vendor").translate(error, Phase.SUBMIT)) is kind
        assert type(table("Vendor").translate(error, Phase.ASK)) is Retryable
    if cause is not None:
        assert type(table("Vendor").translate(cause, Phase.SUBMIT)) is kind


async def _chunks(data: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(data), 7):
        yield data[start : start + 7]


async def test_an_answer_without_end(tmp_path: Path) -> None:
    """It is cut off."""
    await stream(_chunks(bytes(70)), tmp_path / "a", 70)
    assert (tmp_path / "a").stat().st_size == 70
    with pytest.raises(ValueError, match="more than 69 bytes"):
        await stream(_chunks(bytes(70)), tmp_path / "a", 69)


async def _read(folder: Path, body: bytes) -> list[OutputFile | OutputUrl]:
    class Response:
        def iter_bytes(self) -> AsyncIterator[bytes]:
            return _chunks(body)

    @asynccontextmanager
    async def call(**_: Any) -> AsyncIterator[Response]:
        yield Response()

    request = GenerationRequest(kind=Kind.IMAGE, model="m", prompt="p", output_format="png")
    wire = Wire("Vendor", Account(provider="v", kind="v", name="v"), "http://v.example/v1")
    try:
        return await wire.pictures(call, {}, Job("t", request, "m", (), folder, "t", lambda _: None))
    finally:
        await wire.aclose()


async def test_pictures_in_every_form(tmp_path: Path) -> None:
    """Base64, alone or as a data URI, and links, which may be the server's own paths."""
    encoded = base64.b64encode(picture()).decode()
    items = (
        f'[{{"b64_json":"{encoded}","url":null}},{{"b64_json":"data:image/png;base64,{encoded}"}},'
        '{"url":"https://a.example/1.png"},{"url":"/v1/images/1/content"},{}]'
    )
    made = await _read(tmp_path, f'{{"created":1,"data":{items},"usage":{{}}}}'.encode())
    assert [output for output in made if isinstance(output, OutputUrl)] == [
        OutputUrl("https://a.example/1.png"),
        OutputUrl("http://v.example/v1/images/1/content"),
    ]
    files = [output.path.read_bytes() for output in made if isinstance(output, OutputFile)]
    assert files == [picture(), picture()]


@pytest.mark.parametrize("body", [b'{"data":[]}', b'{"data":null}', b'{"data":[{}]}'])
async def test_answers_without_pictures(tmp_path: Path, body: bytes) -> None:
    """They are refusals."""
    with pytest.raises(Rejected, match="no picture in it"):
        await _read(tmp_path, body)


@pytest.mark.parametrize(
    "body", [b"", b"null", b"{}", b"<html>", b'{"data":{}}', b'{"data":[{"b64_json":7}]}', b'{"data":[{"b64_json":"a"}]}']
)
async def test_answers_that_are_none(tmp_path: Path, body: bytes) -> None:
    """A submit that is answered so may have been taken."""
    with pytest.raises(OutcomeUnknown), table("Vendor").translating(Phase.SUBMIT):
        await _read(tmp_path, body)
