"""What the contract does not show of ComfyUI: the socket, servers of other ages, cancelling, and results."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from fakes.vendors.base import Plan, Work, closed_port, picture
from fakes.vendors.comfyui import ComfyServer
from msgspec.structs import replace
from structlog.testing import LogCapture

from mediakiln.errors import ConfigurationError
from mediakiln.generation import GenerationRequest, Kind
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import Accepted, Finished, Job, OutcomeUnknown, OutputFile, Rejected, RejectReason, Running
from mediakiln.providers.comfyui import provider as module
from mediakiln.providers.comfyui.events import Watch
from mediakiln.providers.comfyui.provider import ComfyProvider, open_provider

TASKS = (f"01a1fef4-ed36-709e-8deb-{number:012d}" for number in itertools.count())
SOON = 10.0


@pytest.fixture
def vendor() -> Iterator[ComfyServer]:
    with ComfyServer() as server:
        server.runs = 100
        yield server


def account(url: str, **fields: Any) -> Account:
    return Account(provider="comfyui", kind="comfyui", name="comfyui", base_url=url, **fields)


@asynccontextmanager
async def opened(url: str, hold: float = 0.0) -> AsyncIterator[ComfyProvider]:
    provider = ComfyProvider(account(url), hold=hold, patience=(0.0, 0.01, 0.01))
    try:
        yield provider
    finally:
        await provider.aclose()


def drawing(tmp_path: Path, report: Callable[[float], None] = lambda _: None, **fields: Any) -> Job:
    task = next(TASKS)
    folder = tmp_path / task
    folder.mkdir()
    request = GenerationRequest(kind=Kind.IMAGE, model="mine", prompt="a fox", width=64, height=64, seed=1, **fields)
    return Job(task, request, "text-to-image.json", (), folder, task, report)


async def until(done: Callable[[], Any]) -> None:
    """Wait for something that another thread does."""
    async with asyncio.timeout(SOON):
        while not done():
            await asyncio.sleep(0.01)


async def started(provider: ComfyProvider, vendor: ComfyServer, job: Job) -> Work:
    """Submit, and wait for the socket."""
    answer = await provider.start(job)
    await until(lambda: provider._events.hearing(answer.remote_id))
    return vendor.jobs[answer.remote_id]


async def timed(answer: Awaitable[Any]) -> tuple[Any, float]:
    began = time.monotonic()
    return await answer, time.monotonic() - began


async def test_the_socket_ends_the_waiting(vendor: ComfyServer, tmp_path: Path) -> None:
    """Progress is told while a question is held, and the end of the job answers it at once."""
    told: list[float] = []
    async with opened(vendor.url, hold=60.0) as provider:
        job = drawing(tmp_path, told.append)
        work = await started(provider, vendor, job)
        polling = asyncio.create_task(provider.poll(job, work.id))
        await until(lambda: told)
        assert not polling.done()
        vendor.finish(work)
        answer = await asyncio.wait_for(polling, SOON)
        assert isinstance(answer, Finished)
    assert told == [pytest.approx(0.95 / 4)]


async def test_one_socket_for_all_jobs(vendor: ComfyServer, tmp_path: Path) -> None:
    """Each hears of itself alone."""
    heard: list[str] = []
    async with opened(vendor.url, hold=60.0) as provider:
        jobs = [drawing(tmp_path) for _ in range(5)]
        jobs = [replace(job, progress=lambda _, job=job: heard.append(job.task_id)) for job in jobs]
        works = [await started(provider, vendor, job) for job in jobs]
        polling = [asyncio.create_task(provider.poll(job, job.task_id)) for job in jobs]
        await until(lambda: sorted(heard) == sorted(job.task_id for job in jobs))
        vendor.finish(works[3])
        await asyncio.wait_for(polling[3], SOON)
        assert [one.done() for one in polling] == [False, False, False, True, False]
        for one in polling:
            one.cancel()
        await asyncio.gather(*polling, return_exceptions=True)
    assert vendor.connections == 1


async def test_noise_on_the_socket(vendor: ComfyServer, tmp_path: Path) -> None:
    """Previews, messages of extensions, other prompts and nonsense change nothing."""
    async with opened(vendor.url, hold=60.0) as provider:
        job = drawing(tmp_path)
        work = await started(provider, vendor, job)
        polling = asyncio.create_task(provider.poll(job, work.id))
        mine = {"prompt_id": work.id}
        for message in (
            b"\x00\x00\x00\x01" + bytes(2_000_000),
            {"type": "crystools.monitor", "data": {"cpu": 1}},
            {"type": "executing", "data": {"node": None, "prompt_id": "another"}},
            {"type": "progress_state", "data": mine | {"nodes": [1, 2]}},
            {"type": "progress_state", "data": mine | {"nodes": {"3": 5}}},
            {"type": "progress", "data": mine | {"node": "3", "value": "x", "max": 0}},
            {"type": "progress", "data": [1]},
            {"type": "status"},
        ):
            vendor.tell(provider._client_id, message)
        vendor.finish(work)
        assert isinstance(await asyncio.wait_for(polling, SOON), Finished)


async def test_a_socket_that_is_lost(vendor: ComfyServer, tmp_path: Path) -> None:
    """Whoever waits is woken and polls; the connection comes back by itself."""
    async with opened(vendor.url, hold=60.0) as provider:
        job = drawing(tmp_path)
        work = await started(provider, vendor, job)
        polling = asyncio.create_task(provider.poll(job, work.id))
        await until(lambda: work.asks)
        vendor.tell(provider._client_id, None)
        answer = await asyncio.wait_for(polling, SOON)
        assert isinstance(answer, Running)
        await until(lambda: provider._events.hearing(work.id) is None)
        work.asks = vendor.runs
        answer, seconds = await timed(provider.poll(job, work.id))
        assert isinstance(answer, Finished)
        assert seconds < SOON
        again = await provider.start(drawing(tmp_path))
        await until(lambda: provider._events.hearing(again.remote_id))


async def test_without_a_socket(vendor: ComfyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Polling is enough, where nothing but HTTP comes through."""

    async def closed(_self: ComfyServer, _scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "websocket.close"})

    monkeypatch.setattr(ComfyServer, "socket", closed)
    vendor.runs = 2
    async with opened(vendor.url, hold=60.0) as provider:
        job = drawing(tmp_path)
        answer = await provider.start(job)
        polls = [await asyncio.wait_for(provider.poll(job, answer.remote_id), SOON) for _ in range(3)]
    assert polls[:2] == [Running(None)] * 2
    assert isinstance(polls[2], Finished)


def test_progress_is_that_of_the_samplers() -> None:
    """Where there are some, else that of all nodes; it never goes back."""
    told: list[float] = []
    classes = {
        "1": "CheckpointLoaderSimple",
        "2": "KSampler",
        "3": "KSamplerSelect",
        "4": "SamplerCustomAdvanced",
        "5": "VAEDecode",
    }
    watch = Watch({key: {"class_type": value, "inputs": {}} for key, value in classes.items()}, told.append)
    watch.tell("execution_start", {})
    watch.tell("progress_state", {"nodes": {"1": {"value": 1, "max": 1}, "3": {"value": 1, "max": 1}}})
    assert told == []
    watch.tell("progress_state", {"nodes": {"2": {"value": 10, "max": 20}}})
    watch.tell("progress", {"node": "2", "value": 5, "max": 20})
    watch.tell("execution_cached", {"nodes": ["2"]})
    watch.tell("progress", {"node": "4", "value": 8, "max": 8})
    assert told == [pytest.approx(0.95 / 4), pytest.approx(0.95 / 2), pytest.approx(0.95)]

    plain = Watch({"1": {"class_type": "LoadImage", "inputs": {}}, "2": {"class_type": "SaveImage", "inputs": {}}}, told.append)
    plain.tell("progress_state", {"nodes": {"1": {"value": 1, "max": 1}}})
    assert plain.fraction == 0.5


@pytest.mark.parametrize("takes_ids", [True, False])
async def test_cancelling(vendor: ComfyServer, tmp_path: Path, takes_ids: bool) -> None:
    """A job that waits leaves the queue and one that runs is interrupted; never anybody else's, whatever the server's age."""
    vendor.takes_ids = takes_ids
    async with opened(vendor.url) as provider:
        jobs = [drawing(tmp_path) for _ in range(2)]
        running, waiting = [(await provider.start(job)).remote_id for job in jobs]
        assert isinstance(await provider.poll(jobs[0], running), Running)
        await provider.cancel(jobs[1], waiting)
        assert vendor.interrupts == []
        assert [vendor.jobs[one].canceled for one in (running, waiting)] == [False, True]
        vendor.jobs.pop(waiting)
        with pytest.raises(Rejected, match="no longer knows"):
            await provider.poll(jobs[1], waiting)

        await provider.cancel(jobs[0], running)
        assert vendor.interrupts == [{"prompt_id": running}]
        with pytest.raises(Rejected, match="interrupted"):
            await provider.poll(jobs[0], running)
        await provider.cancel(jobs[0], running)
        assert len(vendor.interrupts) == 1


async def test_a_server_that_gives_ids_of_its_own(vendor: ComfyServer, tmp_path: Path) -> None:
    """The task stands in the job's extra data, in the queue and after it, so that a lost submit is found there too."""
    vendor.takes_ids = False
    async with opened(vendor.url, hold=60.0) as provider:
        job = drawing(tmp_path)
        answer = await provider.start(job)
        assert answer.remote_id != job.task_id
        await until(lambda: provider._events.hearing(answer.remote_id))
        assert provider._events.hearing(job.task_id) is None

        lost = drawing(tmp_path)
        vendor.plan.append(Plan.CRASH)
        with pytest.raises(OutcomeUnknown):
            await provider.start(lost)
        found = await provider.recover(lost)
        assert found is not None
        assert vendor.jobs[found.remote_id].body["extra_data"]["mediakiln_task"] == lost.task_id
        vendor.finish(vendor.jobs[found.remote_id])
        assert await provider.recover(lost) == found
        assert isinstance(await provider.poll(lost, found.remote_id), Finished)


async def test_a_submit_that_never_arrived(vendor: ComfyServer, tmp_path: Path) -> None:
    """Looked for until it is surely not there; a server that is silent may have it."""
    async with opened(vendor.url) as provider:
        assert await provider.recover(drawing(tmp_path)) is None
        assert sum(call.path == "/queue" for call in vendor.calls) == module.LOOKS
        job = drawing(tmp_path)
        assert await provider.start(job) == Accepted(job.task_id)
        vendor.failing_asks = 2
        vendor.finish(vendor.jobs[job.task_id])
        assert await provider.recover(job) == Accepted(job.task_id)
    with closed_port() as url:
        async with opened(url) as provider:
            with pytest.raises(OutcomeUnknown, match="could not be asked"):
                await provider.recover(drawing(tmp_path))


async def test_a_server_that_was_started_anew(vendor: ComfyServer, tmp_path: Path) -> None:
    """Its queue is gone, and so is the job: its credits go back."""
    async with opened(vendor.url) as provider:
        job = drawing(tmp_path)
        answer = await provider.start(job)
        vendor.jobs.clear()
        with pytest.raises(Rejected, match="no longer knows the job") as caught:
            await provider.poll(job, answer.remote_id)
    assert caught.value.reason is RejectReason.UNSUPPORTED


async def test_results_are_fetched(vendor: ComfyServer, tmp_path: Path) -> None:
    """As many as were asked for, under names of ours; those that are gone are left out."""
    vendor.runs = 0
    vendor.files = {"mediakiln_00001_.png": picture(8, 8), "mediakiln_00003_.png": picture(9, 9)}
    vendor.gone = {"mediakiln_00002_.png"}
    async with opened(vendor.url) as provider:
        job = drawing(tmp_path, count=3)
        answer = await provider.start(job)
        finished = await provider.poll(job, answer.remote_id)
        assert isinstance(finished, Finished)
        assert finished.outputs == tuple(OutputFile(job.workdir / f"result{number}", "image/png") for number in (0, 2))
        assert [output.path.read_bytes() for output in finished.outputs if isinstance(output, OutputFile)] == list(
            vendor.files.values()
        )
        vendor.gone = {*vendor.files, *vendor.gone}
        with pytest.raises(Rejected, match="no longer there"):
            await provider.poll(job, answer.remote_id)


async def test_a_result_that_is_too_large(vendor: ComfyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading stops at the limit."""
    monkeypatch.setattr(module, "RESULT_MAX", 3 * module.PIECE)
    vendor.runs = 0
    vendor.files = {"mediakiln_00001_.png": bytes(8 * module.PIECE)}
    async with opened(vendor.url) as provider:
        job = drawing(tmp_path)
        answer = await provider.start(job)
        with pytest.raises(Rejected, match="too large"):
            await provider.poll(job, answer.remote_id)
    assert (job.workdir / "result0").stat().st_size <= 3 * module.PIECE


async def test_a_key_for_the_proxy(vendor: ComfyServer, tmp_path: Path) -> None:
    """Sent with every request, where there is one."""
    provider = open_provider(account(vendor.url + "/", key=Secret("k-1")))
    await provider.start(drawing(tmp_path))
    await provider.aclose()
    assert [call.headers["authorization"] for call in vendor.calls] == ["Bearer k-1"]


async def test_a_folder_of_workflows(vendor: ComfyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator's files come before the examples; those that cannot be used are told of at the start, and stop nothing."""
    folder = tmp_path / "workflows"
    folder.mkdir()
    (folder / "text-to-image.json").write_text(
        '{"1": {"class_type": "MyLoader", "inputs": {"name": "m", "w": 1}},'
        ' "2": {"class_type": "KSampler", "inputs": {"text": "$prompt", "width": "$width"}}}'
    )
    told = LogCapture()
    monkeypatch.setattr(module, "log", structlog.wrap_logger(None, processors=[told]))
    (folder / "editor.json").write_text('{"nodes": [], "links": []}')
    provider = open_provider(account(vendor.url, options={"workflows": str(folder)}))
    await provider.start(drawing(tmp_path))
    await provider.aclose()
    assert vendor.calls[0].body["prompt"]["2"]["inputs"] == {"text": "a fox", "width": 64}
    assert ["save it from ComfyUI with Export (API)" in entry["error"] for entry in told.entries] == [True]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"options": {"workflows": "relative"}}, "options.workflows: got relative; must be the absolute path of a folder"),
        ({"options": {"workflows": "/no/such/folder"}}, "options.workflows: got /no/such/folder"),
        ({"options": {"workflow": "/tmp"}}, "options: Object contains unknown field `workflow`"),
        ({"base_url": "127.0.0.1:8188"}, "base_url: got 127.0.0.1:8188; must start with http:// or https://"),
    ],
)
def test_accounts_that_cannot_work(fields: dict[str, Any], message: str) -> None:
    """One line, with the account and the field of providers.toml."""
    with pytest.raises(ConfigurationError, match=f"^comfyui: {message}"):
        open_provider(replace(account("http://127.0.0.1:1"), **fields))
