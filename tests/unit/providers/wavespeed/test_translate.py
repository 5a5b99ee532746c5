"""WaveSpeed in its own words: golden exchanges, and the rules that no exchange shows."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from fakes.vendors.base import Call, Fate, Plan, Reply
from fakes.vendors.exchange import TASK, files, play, read
from fakes.vendors.wavespeed import WavespeedServer

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
    Running,
)
from mediakiln.providers.translation import Phase
from mediakiln.providers.wavespeed.errors import refusal
from mediakiln.providers.wavespeed.provider import WavespeedProvider, open_provider
from mediakiln.providers.wavespeed.translate import LONGEST, from_result, to_inputs

KEY = "ws-secret-key"


def opened(url: str) -> WavespeedProvider:
    return open_provider(Account(provider="wavespeed", kind="wavespeed", name="wavespeed", key=Secret(KEY), base_url=url))


def job(folder: Path, *inputs: InputFile, count: int = 1, **fields: Any) -> Job:
    request = GenerationRequest(kind=Kind.IMAGE, model="z-image", prompt="a fox", count=count, seed=7)
    return Job(TASK, request, "wavespeed-ai/z-image/turbo", inputs, folder, TASK, lambda _: None, **fields)


class Scripted(WavespeedServer):
    """WaveSpeed with one answer of its own for submits."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply

    def answer(self, call: Call) -> Reply:
        super().answer(call)
        return self.reply


@pytest.mark.parametrize("file", files("wavespeed"), ids=lambda file: file.stem)
async def test_golden(file: Path, tmp_path: Path) -> None:
    """What WaveSpeed receives for a job, uploads included, and what becomes of it."""
    with WavespeedServer() as vendor:
        await play(file, vendor, opened(vendor.url), tmp_path, lambda given: [f"{vendor.url}/files/{given.path.name}"])


def test_answers() -> None:
    """Every state that a prediction can be in, and every code of a failure."""
    read("wavespeed", from_result)


async def test_uploads_and_the_key(tmp_path: Path) -> None:
    """The file goes whole to where the ticket says, and the key nowhere but into WaveSpeed's own header."""
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG" + bytes(1000))
    with WavespeedServer() as vendor:
        provider = opened(vendor.url)
        await provider.start(job(tmp_path, InputFile(Role.IMAGE, path, "image/png"), callback_url="https://kiln.example/x"))
        await provider.aclose()
        [stored] = vendor.stored
        assert stored.raw == path.read_bytes()
        assert "authorization" not in stored.headers
        others = [call for call in vendor.calls if call is not stored]
        assert {call.headers["authorization"] for call in others} == {f"Bearer {KEY}"}
        assert not any(KEY.encode() in call.raw for call in vendor.calls)
        assert vendor.calls[-1].query == {"webhook": "https://kiln.example/x"}


async def test_several_items_are_several_predictions(tmp_path: Path) -> None:
    """Each with a seed of its own; the job ends when all have."""
    with WavespeedServer() as vendor:
        provider = opened(vendor.url)
        three = job(tmp_path, count=3)
        accepted = await provider.start(three)
        assert isinstance(accepted, Accepted)
        assert [work.body["seed"] for work in vendor.jobs.values()] == [7, 8, 9]
        first, second, third = vendor.jobs.values()
        first.runs, second.runs, third.runs = 0, 1, 1
        second.fate = Fate.FILTERED
        assert await provider.poll(three, accepted.remote_id) == Running(1 / 3)
        finished = await provider.poll(three, accepted.remote_id)
        assert isinstance(finished, Finished)
        assert len(finished.outputs) == 2
        first.fate = third.fate = Fate.FAIL
        with pytest.raises(Rejected) as caught:
            await provider.poll(three, accepted.remote_id)
        assert caught.value.reason is RejectReason.UNSUPPORTED
        await provider.aclose()


@pytest.mark.parametrize(
    ("plans", "made"),
    [
        ([Plan.TAKE, Plan.TAKE, Plan.TAKE], 3),
        ([Plan.TAKE, Plan.CRASH], 1),
        ([Plan.TAKE, Plan.TAKE, Plan.BUSY], 2),
        ([Plan.TAKE, Plan.BROKE], 1),
        ([Plan.BUSY], Retryable),
        ([Plan.CRASH], OutcomeUnknown),
        ([Plan.BROKE], OperatorFault),
        ([Plan.FILTERED], Rejected),
    ],
)
async def test_some_of_several(tmp_path: Path, plans: list[Plan], made: int | type[ProviderError]) -> None:
    """What was taken is asked for and nothing is sent twice; a failure counts only where nothing was taken."""
    with WavespeedServer() as vendor:
        vendor.plan.extend(plans)
        provider = opened(vendor.url)
        if isinstance(made, int):
            accepted = await provider.start(job(tmp_path, count=3))
            assert isinstance(accepted, Accepted)
            assert len(accepted.remote_id.split(",")) == made
        else:
            with pytest.raises(made):
                await provider.start(job(tmp_path, count=3))
        await provider.aclose()
        assert vendor.posts == len(plans)


def test_the_ids_of_all_fit(tmp_path: Path) -> None:
    """A remote id has 256 characters."""
    assert len(to_inputs(job(tmp_path, count=50), [])) == LONGEST
    assert LONGEST * 33 <= 256


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ({"code": 200, "message": "success", "data": {"id": ""}}, OutcomeUnknown),
        ({"code": 200, "message": "success", "data": None}, OutcomeUnknown),
        ({"code": 200, "data": {"id": 7}}, OutcomeUnknown),
        ([], OutcomeUnknown),
        (None, OutcomeUnknown),
        ({"code": 401, "message": "invalid key", "data": None}, OperatorFault),
        ({"code": 429, "message": "too many", "data": None}, Retryable),
        ({"code": 400, "message": "prompt is missing", "data": None}, Rejected),
        ({"code": 500, "message": "oops", "data": None}, OutcomeUnknown),
        ({"code": 1200, "message": "not allowed", "data": None}, Rejected),
        ({"code": 1405, "message": "failed", "data": None}, OutcomeUnknown),
        ({"code": 5004, "message": "Sync mode timed out", "data": None}, OutcomeUnknown),
    ],
)
async def test_a_success_that_is_none(tmp_path: Path, answer: Any, wanted: type[ProviderError]) -> None:
    """HTTP 200 without a prediction: the code inside counts, and without one nobody knows."""
    with Scripted(Reply(200, answer)) as vendor:
        provider = opened(vendor.url)
        with pytest.raises(wanted):
            await provider.start(job(tmp_path))
        await provider.aclose()
        assert vendor.posts == 1


@pytest.mark.parametrize(
    ("status", "body", "wanted"),
    [
        (400, '{"message": "Insufficient credits"}', OperatorFault),
        (402, "", OperatorFault),
        (400, '{"message": "insufficient resolution of the image"}', Rejected),
        (403, '{"message": "forbidden"}', OperatorFault),
        (400, '{"error": "prompt was flagged as sensitive"}', Rejected),
        (429, '{"message": "balance your requests"}', Retryable),
        (503, '{"message": "sensitive"}', Retryable),
        (502, "<html>", OutcomeUnknown),
        (400, "[]", Rejected),
    ],
)
def test_refusals(status: int, body: str, wanted: type[ProviderError]) -> None:
    """By status; a used-up balance by its words."""
    assert isinstance(refusal(status, body, Phase.SUBMIT), wanted)


async def test_a_slow_vendor_holds_no_other_thread(tmp_path: Path) -> None:
    """Being cancelled while WaveSpeed is asked ends at once, and so does closing."""
    with WavespeedServer() as vendor:
        provider = opened(vendor.url)
        accepted = await provider.start(job(tmp_path))
        assert isinstance(accepted, Accepted)
        asking = asyncio.create_task(provider.poll(job(tmp_path), accepted.remote_id))
        await asyncio.sleep(0)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        await provider.aclose()
