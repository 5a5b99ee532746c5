"""Gemini in its own words: golden exchanges, and the rules that no exchange shows."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from fakes.vendors.base import Fate, Plan, picture
from fakes.vendors.exchange import TASK, files, play
from fakes.vendors.gemini import GeminiServer
from google.genai import types
from google.genai.errors import APIError
from PIL import Image

from mediakiln.errors import ConfigurationError
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import (
    Finished,
    InputFile,
    Job,
    OperatorFault,
    OutcomeUnknown,
    OutputFile,
    Rejected,
    RejectReason,
    Retryable,
)
from mediakiln.providers.gemini.errors import TABLE
from mediakiln.providers.gemini.provider import INLINE_MAX, open_provider
from mediakiln.providers.gemini.translate import from_answer
from mediakiln.providers.translation import Phase


def account(url: str) -> Account:
    return Account(provider="gemini", kind="gemini", name="gemini", key=Secret("AIza-test"), base_url=url)


def job(folder: Path, *inputs: InputFile, count: int = 1) -> Job:
    request = GenerationRequest(
        kind=Kind.IMAGE,
        model="nano-banana-2",
        prompt="a fox",
        aspect_ratio="1:1",
        resolution="1K",
        count=count,
        output_format="png",
        inputs=tuple(MediaInput(file.role, "/uploads/x") for file in inputs),
    )
    return Job(TASK, request, "gemini-3.1-flash-image", inputs, folder, TASK, lambda _: None)


@pytest.mark.parametrize("file", files("gemini"), ids=lambda file: file.stem)
async def test_golden(file: Path, tmp_path: Path) -> None:
    """What Gemini receives for a job, and what becomes of it."""
    with GeminiServer() as vendor:
        await play(
            file,
            vendor,
            open_provider(account(vendor.url)),
            tmp_path,
            lambda given: [base64.b64encode(given.path.read_bytes()).decode()],
        )


async def test_some_of_several_pictures(tmp_path: Path) -> None:
    """Those that were made are delivered; each has a call of its own, and none is repeated."""
    with GeminiServer() as vendor:
        vendor.plan.extend([Plan.TAKE, Plan.BUSY, Plan.FILTERED, Plan.TAKE])
        provider = open_provider(account(vendor.url))
        made = await provider.start(job(tmp_path, count=4))
        assert isinstance(made, Finished)
        assert len({output.path for output in made.outputs if isinstance(output, OutputFile)}) == 2
        assert (vendor.posts, vendor.taken) == (4, 2)

        vendor.plan.extend([Plan.BUSY, Plan.CRASH, Plan.FILTERED])
        with pytest.raises(OutcomeUnknown):
            await provider.start(job(tmp_path, count=3))
        vendor.plan.extend([Plan.BUSY, Plan.FILTERED])
        with pytest.raises(Rejected):
            await provider.start(job(tmp_path, count=2))
        vendor.plan.extend([Plan.BUSY, Plan.BUSY])
        with pytest.raises(Retryable) as caught:
            await provider.start(job(tmp_path, count=2))
        assert caught.value.delay == 7
        await provider.aclose()


async def test_thoughts_are_not_delivered(tmp_path: Path) -> None:
    """A model that thinks in pictures sends drafts before the result."""
    with GeminiServer() as vendor:
        vendor.thinks = True
        provider = open_provider(account(vendor.url))
        made = await provider.start(job(tmp_path))
        await provider.aclose()
    assert isinstance(made, Finished)
    (output,) = made.outputs
    assert isinstance(output, OutputFile)
    with Image.open(output.path) as shown:
        assert shown.width == 64


async def test_the_environment_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither another key nor another product of Google's."""
    monkeypatch.setenv("GOOGLE_API_KEY", "from-the-environment")
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    with GeminiServer() as vendor:
        provider = open_provider(account(vendor.url))
        await provider.start(job(tmp_path))
        await provider.aclose()
        (call,) = vendor.calls
    assert call.headers["x-goog-api-key"] == "AIza-test"
    assert call.path == "/v1beta/models/gemini-3.1-flash-image:generateContent"


FILTERED, UNSUPPORTED = RejectReason.CONTENT_FILTERED, RejectReason.UNSUPPORTED


@pytest.mark.parametrize(
    ("reason", "meaning"),
    [
        *((reason, FILTERED) for reason in ("SAFETY", "IMAGE_SAFETY", "PROHIBITED_CONTENT", "IMAGE_PROHIBITED_CONTENT")),
        *((reason, FILTERED) for reason in ("RECITATION", "IMAGE_RECITATION", "BLOCKLIST", "SPII", "ESCALATION")),
        *((reason, UNSUPPORTED) for reason in ("STOP", "OTHER", "IMAGE_OTHER", "NO_IMAGE", "MAX_TOKENS", "LANGUAGE")),
    ],
)
def test_why_there_is_no_picture(reason: str, meaning: RejectReason) -> None:
    """The reason tells refusals of content from failures; what the model said instead is passed on."""
    said = types.Content(role="model", parts=[types.Part(text="I would rather not.")])
    candidate = types.Candidate(content=said, finish_reason=types.FinishReason(reason))
    with pytest.raises(Rejected, match="I would rather not") as caught:
        from_answer(types.GenerateContentResponse(candidates=[candidate]))
    assert caught.value.reason is meaning


def test_an_account_that_was_limited() -> None:
    """It is the operator's trouble, not the caller's."""
    candidate = types.Candidate(finish_reason=types.FinishReason.PUP_LIMITED_DISABLED)
    with pytest.raises(OperatorFault):
        from_answer(types.GenerateContentResponse(candidates=[candidate]))


def test_an_answer_without_candidates() -> None:
    """A prompt that was blocked is refused; an answer that says nothing may have been paid for."""
    blocked = types.GenerateContentResponsePromptFeedback(block_reason=types.BlockedReason.OTHER)
    with pytest.raises(Rejected) as caught:
        from_answer(types.GenerateContentResponse(prompt_feedback=blocked))
    assert caught.value.reason is FILTERED
    with pytest.raises(OutcomeUnknown):
        from_answer(types.GenerateContentResponse())


def _error(status: int, name: str, text: str, *details: dict[str, str]) -> APIError:
    return APIError(status, {"error": {"code": status, "status": name, "message": text, "details": list(details)}})


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (_error(400, "INVALID_ARGUMENT", "API key not valid.", {"reason": "API_KEY_INVALID"}), OperatorFault),
        (_error(400, "FAILED_PRECONDITION", "User location is not supported."), OperatorFault),
        (_error(403, "PERMISSION_DENIED", "Consumer 'api_key:AIza-test' has been suspended."), OperatorFault),
        (_error(429, "RESOURCE_EXHAUSTED", "Quota exceeded, limit: 0, model: gemini"), OperatorFault),
        (_error(429, "RESOURCE_EXHAUSTED", "Quota exceeded, limit: 250, model: gemini"), Retryable),
        (_error(503, "UNAVAILABLE", "The model is overloaded."), Retryable),
        (_error(504, "DEADLINE_EXCEEDED", "Too late."), OutcomeUnknown),
        (_error(308, "", "moved"), OperatorFault),
    ],
)
def test_errors(error: APIError, kind: type[Exception]) -> None:
    """What only the owner of the key can mend, what passes, and what may have been paid; the key is never quoted."""
    found = TABLE.translate(error, Phase.SUBMIT)
    assert type(found) is kind
    assert str(found).startswith("Gemini: ")
    assert "AIza" not in str(found)


async def test_inputs_that_are_too_large(tmp_path: Path) -> None:
    """They are refused here, before anything is read or sent."""
    path = tmp_path / "large.png"
    with path.open("wb") as out:
        out.truncate(INLINE_MAX + 1)
    with GeminiServer() as vendor:
        provider = open_provider(account(vendor.url))
        with pytest.raises(Rejected, match="at most 64 MB"):
            await provider.start(job(tmp_path, InputFile(Role.IMAGE, path, "image/png")))
        await provider.aclose()
        assert not vendor.calls


async def test_a_picture_in_the_format_that_was_asked_for(tmp_path: Path) -> None:
    """Gemini chooses its own; a large input is no trouble."""
    path = tmp_path / "in.png"
    path.write_bytes(picture() + bytes(3 * 2**20))
    with GeminiServer() as vendor:
        vendor.fate = Fate.DELIVER
        provider = open_provider(account(vendor.url))
        given = job(tmp_path, InputFile(Role.IMAGE, path, "image/png"))
        made = await provider.start(given)
        await provider.aclose()
    assert isinstance(made, Finished)
    assert made.outputs[0] == OutputFile(tmp_path / "picture0", "image/png")


def test_there_are_no_options() -> None:
    """One that is set is named."""
    with pytest.raises(ConfigurationError, match="region"):
        open_provider(Account(provider="gemini", kind="gemini", name="gemini", options={"region": "eu"}))
