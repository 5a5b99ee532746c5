"""Kling in its own words: golden exchanges, and the rules that no exchange shows."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import jwt
import pytest
from fakes.vendors.base import Plan, closed_port, picture
from fakes.vendors.exchange import TASK, files, play, read
from fakes.vendors.kling import ACCESS, SECRET, KlingServer
from PIL import Image

from mediakiln.errors import ConfigurationError
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import (
    Accepted,
    InputFile,
    Job,
    OperatorFault,
    OutcomeUnknown,
    Rejected,
    RejectReason,
    Retryable,
)
from mediakiln.providers.kling.errors import FILTERED, OPERATOR, STATUSES, TABLE, KlingError
from mediakiln.providers.kling.provider import PICTURE_MAX, KlingProvider, open_provider
from mediakiln.providers.kling.translate import from_task, to_body
from mediakiln.providers.translation import Missing, Phase


def account(url: str, secret: str = SECRET) -> Account:
    return Account(provider="kling", kind="kling", name="kling", key=Secret(ACCESS), secret=Secret(secret), base_url=url)


def film(tmp_path: Path, *inputs: InputFile) -> Job:
    request = GenerationRequest(
        kind=Kind.VIDEO,
        model="kling-3.0",
        prompt="a fox",
        aspect_ratio="16:9",
        resolution="720p",
        width=1280,
        height=720,
        duration=5,
        inputs=tuple(MediaInput(file.role, "/uploads/x") for file in inputs),
    )
    return Job(TASK, request, "kling-v3", inputs, tmp_path, TASK, lambda _: None)


@pytest.mark.parametrize("file", files("kling"), ids=lambda file: file.stem)
async def test_golden(file: Path, tmp_path: Path) -> None:
    """What Kling receives for a job, and what becomes of it."""
    with KlingServer() as vendor:
        await play(
            file,
            vendor,
            open_provider(account(vendor.url)),
            tmp_path,
            lambda given: [base64.b64encode(given.path.read_bytes()).decode()],
        )


def test_answers() -> None:
    """Every state that a task can be in, with and without what should come with it."""
    read("kling", from_task)


async def test_each_request_has_a_token_of_its_own(tmp_path: Path) -> None:
    """Signed by the secret, short-lived, and never the secret itself; a wrong secret is the operator's trouble."""
    with KlingServer() as vendor:
        provider = open_provider(account(vendor.url))
        await provider.start(film(tmp_path))
        await provider.aclose()
        header = vendor.calls[0].headers["authorization"]
        claims = jwt.decode(header.removeprefix("Bearer "), SECRET, algorithms=["HS256"])
        assert claims["iss"] == ACCESS
        assert claims["exp"] - claims["nbf"] == 1_805
        assert SECRET not in header

        wrong = open_provider(account(vendor.url, "another-secret-0123456789abcdef01"))
        with pytest.raises(OperatorFault) as caught:
            await wrong.start(film(tmp_path))
        await wrong.aclose()
        assert "another-secret" not in str(caught.value)
        assert vendor.taken == 1


def test_both_keys_are_needed() -> None:
    """The message names the field of providers.toml."""
    with pytest.raises(ConfigurationError, match="kling: secret"):
        open_provider(account("", secret=""))


async def test_a_lost_submit_is_looked_for_with_patience(tmp_path: Path) -> None:
    """It may be in Kling's books a little later; what is not there after all looks is unknown, since it may come later still."""
    with KlingServer() as vendor:
        provider = KlingProvider(account(vendor.url), patience=(0.0, 0.01, 0.01))
        with pytest.raises(OutcomeUnknown):
            await provider.recover(film(tmp_path))
        assert len(vendor.calls) == 3

        vendor.plan.append(Plan.CRASH)
        with pytest.raises(OutcomeUnknown):
            await provider.start(film(tmp_path))
        vendor.failing_asks = 2
        assert await provider.recover(film(tmp_path)) == Accepted("videos/text2video/867000000000")

        vendor.failing_asks = 3
        with pytest.raises(OutcomeUnknown):
            await provider.recover(film(tmp_path))
        await provider.aclose()
    with closed_port() as url:
        provider = KlingProvider(account(url), patience=(0.0, 0.0))
        with pytest.raises(OutcomeUnknown):
            await provider.recover(film(tmp_path))
        await provider.aclose()


async def test_pictures_are_jpeg_or_png(tmp_path: Path) -> None:
    """Kling reads nothing else; a WebP becomes a JPEG."""
    path = tmp_path / "first"
    Image.open(io.BytesIO(picture())).save(path, "WEBP")
    with KlingServer() as vendor:
        provider = open_provider(account(vendor.url))
        await provider.start(film(tmp_path, InputFile(Role.FIRST_FRAME, path, "image/webp")))
        await provider.aclose()
        sent = base64.b64decode(vendor.calls[0].body["image"])
    assert Image.open(io.BytesIO(sent)).format == "JPEG"


async def test_pictures_have_a_limit(tmp_path: Path) -> None:
    """Refused before anything is sent."""
    path = tmp_path / "huge"
    path.write_bytes(picture() + bytes(PICTURE_MAX))
    with KlingServer() as vendor:
        provider = open_provider(account(vendor.url))
        with pytest.raises(Rejected, match=r"first_frame: got 10\.0 MB; at most 10 MB") as caught:
            await provider.start(film(tmp_path, InputFile(Role.FIRST_FRAME, path, "image/png")))
        await provider.aclose()
        assert caught.value.reason is RejectReason.INVALID
        assert not vendor.calls


@pytest.mark.parametrize(
    ("status", "code", "wanted"),
    [
        *[(429, code, OperatorFault) for code in sorted(OPERATOR)],
        *[(400, code, Rejected) for code in sorted(FILTERED)],
        (400, 1200, Rejected),
        (400, 1201, Rejected),
        (404, 1202, OperatorFault),
        (404, 1203, OperatorFault),
        (429, 1302, Retryable),
        (429, 1303, Retryable),
        (500, 5000, OutcomeUnknown),
        (503, 5001, Retryable),
        (504, 5002, OutcomeUnknown),
        (200, 1102, OperatorFault),
        (200, 1301, Rejected),
        (200, 1201, Rejected),
        (200, 9999, OutcomeUnknown),
        (502, 0, OutcomeUnknown),
        (429, 0, Retryable),
    ],
)
def test_codes(status: int, code: int, wanted: type[Exception]) -> None:
    """A code counts for more than the status: a lack of balance comes as 429."""
    assert type(TABLE.translate(KlingError(status, code, "why"), Phase.SUBMIT)) is wanted
    assert type(TABLE.translate(KlingError(status, code, "why"), Phase.ASK)) in (OperatorFault, Rejected, Missing, Retryable)


def test_codes_do_not_overlap() -> None:
    """Each has one meaning."""
    assert not OPERATOR & FILTERED
    assert not (OPERATOR | FILTERED) & set(STATUSES)


def test_an_id_that_was_used_means_that_a_submit_arrived() -> None:
    """Ours are new; so Kling is asked for the task rather than the caller told that the request is wrong."""
    error = KlingError(400, 1201, "external_task_id already exists")
    assert type(TABLE.translate(error, Phase.SUBMIT)) is OutcomeUnknown


@pytest.mark.parametrize(("roles", "resolution", "said"), [((), "4K", "resolution: got 4K"), ((Role.IMAGE,) * 2, "1K", "got 2")])
def test_a_picture_that_kling_cannot_make_is_refused(roles: tuple[Role, ...], resolution: str, said: str) -> None:
    """Nothing that was asked for is quietly left out."""
    inputs = tuple(InputFile(role, Path("a"), "image/png") for role in roles)
    request = GenerationRequest(kind=Kind.IMAGE, model="m", prompt="a cat", aspect_ratio="1:1", resolution=resolution)
    job = Job("t", request, "kling-v2-1", inputs, Path(), "t", lambda _: None)
    with pytest.raises(Rejected, match=said):
        to_body(job, ["x"] * len(roles))
