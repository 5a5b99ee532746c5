"""Compatible servers in their own words: golden exchanges, and the rules that no exchange shows."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fakes.vendors.base import Plan, closed_port
from fakes.vendors.compatible import CompatibleServer
from fakes.vendors.exchange import FOLDER, TASK, files, play, told

from mediakiln.errors import ConfigurationError
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import Accepted, Finished, InputFile, Job, OutcomeUnknown, OutputFile, ProviderError, Rejected
from mediakiln.providers.compatible.provider import open_provider
from mediakiln.providers.compatible.translate import Video, from_video


def account(url: str, key: str = "", **options: Any) -> Account:
    return Account(provider="own", kind="compatible", name="own", key=Secret(key), base_url=f"{url}/v1", options=options)


def job(folder: Path, kind: Kind, *inputs: InputFile, count: int = 1, negative_prompt: str = "") -> Job:
    request = GenerationRequest(
        kind=kind,
        model="own",
        prompt="a fox",
        negative_prompt=negative_prompt,
        width=64,
        height=48,
        count=count,
        seed=2**32 - 1,
        duration=5 if kind is Kind.VIDEO else None,
        output_format="png",
        inputs=tuple(MediaInput(file.role, "/uploads/x") for file in inputs),
    )
    return Job(TASK, request, "own", inputs, folder, TASK, lambda _: None)


def forms(given: InputFile) -> list[str]:
    return [base64.b64encode(given.path.read_bytes()).decode()]


@pytest.mark.parametrize("file", files("compatible"), ids=lambda file: file.stem)
async def test_golden(file: Path, tmp_path: Path) -> None:
    """What a server receives for a job, and what becomes of it."""
    with CompatibleServer() as vendor:
        await play(file, vendor, open_provider(account(vendor.url)), tmp_path, forms)


ANSWERS: list[dict[str, Any]] = [
    {"id": "1", "status": "queued", "created_at": 1701234567},
    {"id": "1", "status": "in_progress", "progress": 40},
    {"id": "1", "status": "in_progress", "progress": 140},
    {"id": "1", "status": "something new"},
    {"id": "1", "status": "completed", "progress": 100},
    {"id": "1", "status": "failed", "error": {"code": "content_filter", "message": "The video was flagged"}},
    {"id": "1", "status": "failed", "error": {"message": "CUDA out of memory"}},
    {"id": "1", "status": "failed", "error": {"code": 500, "message": None}},
    {"id": "1", "status": "failed", "error": "out of memory"},
    {"id": "1", "status": "failed"},
    {"id": "1", "status": "deleted"},
]


def test_answers() -> None:
    """Every state that a video can be in, with and without what should come with it."""
    file = FOLDER / "compatible" / "answers.json"
    found = [{"answer": answer, "outcome": _meaning(answer)} for answer in ANSWERS]
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    assert found == json.loads(file.read_text())


def _meaning(answer: dict[str, Any]) -> Any:
    try:
        running = from_video(msgspec.convert(answer, Video))
    except ProviderError as error:
        return told(error)
    return {"running": running.progress} if running else "done"


async def test_the_key_goes_where_it_belongs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server without a key is not given OpenAI's; one with a key wants it for the video's content too."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-openai")
    with CompatibleServer() as vendor:
        for key in ("", "secret"):
            vendor.key = key or "none"
            vendor.runs = 0
            provider = open_provider(account(vendor.url, key))
            work = job(tmp_path, Kind.VIDEO)
            taken = await provider.start(work)
            assert isinstance(taken, Accepted)
            made = await provider.poll(work, taken.remote_id)
            assert made == Finished((OutputFile(tmp_path / "video", "video/mp4"),))
            await provider.aclose()
        assert [call.path.rsplit("/", 1)[-1] for call in vendor.calls].count("content") == 2
        assert "of-openai" not in str([call.headers for call in vendor.calls])


async def test_servers_that_make_one_at_a_time(tmp_path: Path) -> None:
    """They are asked side by side, each time for another seed; what fails is not delivered and not repeated."""
    with CompatibleServer() as vendor:
        provider = open_provider(account(vendor.url, n=False))
        vendor.plan.extend([Plan.TAKE, Plan.CRASH, Plan.TAKE])
        made = await provider.start(job(tmp_path, Kind.IMAGE, count=3))
        await provider.aclose()
        assert sorted(call.body["seed"] for call in vendor.calls) == [0, 1, 2**32 - 1]
        assert {call.body["n"] for call in vendor.calls} == {1}
    assert isinstance(made, Finished)
    assert len({output.path for output in made.outputs if isinstance(output, OutputFile)}) == 2


async def test_servers_that_know_less(tmp_path: Path) -> None:
    """Fields they do not have are not sent, and what is not wanted is said in the prompt."""
    with CompatibleServer() as vendor:
        provider = open_provider(account(vendor.url, seed=False, negative_prompt=False, response_format=""))
        await provider.start(job(tmp_path, Kind.IMAGE, negative_prompt="snow"))
        await provider.aclose()
        assert vendor.calls[0].body == {"model": "own", "prompt": "a fox\nAvoid: snow", "n": 1, "size": "64x48"}


async def test_inputs_that_cannot_be_taken(tmp_path: Path) -> None:
    """The message names what was given and what is allowed; nothing is sent."""
    path = tmp_path / "a.mp3"
    path.write_bytes(b"ID3")
    sound = InputFile(Role.REFERENCE_AUDIO, path, "audio/mpeg")
    with CompatibleServer() as vendor:
        provider = open_provider(account(vendor.url, images_edit=False))
        with pytest.raises(Rejected, match="got reference_audio; allowed: one of first_frame"):
            await provider.start(job(tmp_path, Kind.VIDEO, sound))
        with pytest.raises(Rejected, match="got 1; allowed: none"):
            await provider.start(job(tmp_path, Kind.IMAGE, InputFile(Role.IMAGE, path, "image/png")))
        await provider.aclose()
        assert not vendor.calls


async def test_cancelling_what_is_gone(tmp_path: Path) -> None:
    """It is no trouble; a server that cannot be reached is."""
    with CompatibleServer() as vendor:
        provider = open_provider(account(vendor.url))
        await provider.cancel(job(tmp_path, Kind.VIDEO), "never/was")
        assert vendor.calls[0].path == "/v1/videos/never%2Fwas" or vendor.calls[0].path == "/v1/videos/never/was"
        await provider.aclose()
    with closed_port() as url:
        provider = open_provider(account(url))
        with pytest.raises(ProviderError):
            await provider.cancel(job(tmp_path, Kind.VIDEO), "x")
        await provider.aclose()


async def test_a_submit_without_an_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be at work: unknown."""
    monkeypatch.setattr(CompatibleServer, "_video", lambda self, work: {"id": "", "status": "queued"})
    with CompatibleServer() as vendor:
        provider = open_provider(account(vendor.url))
        with pytest.raises(OutcomeUnknown, match="without an id"):
            await provider.start(job(tmp_path, Kind.VIDEO))
        await provider.aclose()


def test_options() -> None:
    """An address is needed, and an option that is not known or wrong is named."""
    with pytest.raises(ConfigurationError, match=r"own: base_url: got ''"):
        open_provider(Account(provider="own", kind="compatible", name="own"))
    for wrong, named in (({"edits": True}, "edits"), ({"video_body": "xml"}, "video_body")):
        with pytest.raises(ConfigurationError, match=named):
            open_provider(account("http://127.0.0.1:1", **wrong))
