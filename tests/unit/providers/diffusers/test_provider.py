"""The driver on real pipelines with tiny random weights. It has no vendor to talk to, so the questions of
`contract/test_providers.py` are asked here: accept, progress, finish, reject, cancel, resume."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from fakes import pipelines
from fakes.artist import account
from msgspec.structs import replace
from PIL import Image
from prometheus_client import REGISTRY
from unit.providers.diffusers.conftest import MakeJob

from mediakiln.generation import Kind, Role
from mediakiln.providers.base import Finished, OperatorFault, OutputFile, Rejected, RejectReason, Retryable
from mediakiln.providers.diffusers.provider import DiffusersProvider, open_provider

pipelines.needed()

BOTH = {"tasks": ["text-to-image", "image-to-image"]}
Open = Callable[..., DiffusersProvider]


@pytest.fixture
async def opened(models: dict[str, Path]) -> AsyncIterator[Open]:
    """A driver with three tiny models; keywords change the table of all, `account_options` those of the account."""
    made: list[DiffusersProvider] = []

    def make(account_options: dict[str, Any] | None = None, **spec: Any) -> DiffusersProvider:
        tables = {
            "sd": {"path": str(models["stable_diffusion"]), "steps": 4, "guidance": 4.0} | BOTH | spec,
            "flux": {"path": str(models["flux"]), "steps": 3} | BOTH | spec,
            "ltx": {"path": str(models["ltx"]), "steps": 3, "tasks": ["text-to-video", "image-to-video"], "multiple": 32} | spec,
        }
        made.append(open_provider(account(tables, **{"keep": 3, **(account_options or {})})))
        return made[-1]

    yield make
    for each in made:
        await each.aclose()


def pixels(finished: Finished, number: int = 0) -> Any:
    output = finished.outputs[number]
    assert isinstance(output, OutputFile)
    return np.asarray(Image.open(output.path)).astype(int)


def batches(model: str, task: str = "text-to-image") -> tuple[float, float]:
    """How often the pipeline was called, and for how many pictures."""
    labels = {"upstream_model": model, "task": task}
    return tuple(REGISTRY.get_sample_value(f"mediakiln_diffusers_batch_size_{part}", labels) or 0.0 for part in ("count", "sum"))  # type: ignore[return-value]


@pytest.mark.parametrize("model", ["sd", "flux"])
@pytest.mark.parametrize("roles", [(), (Role.IMAGE,)], ids=["text", "image"])
async def test_pictures(opened: Open, make_job: MakeJob, model: str, roles: tuple[Role, ...]) -> None:
    """From words and from a picture, by a U-Net and by a transformer: as many as asked for, in the exact size, all different,
    with progress that never goes back, in files that say nothing of the prompt."""
    told: list[float] = []
    job = replace(make_job(model, *roles, count=3, width=50, height=46, prompt="a very private word"), progress=told.append)
    finished = await opened().start(job)
    assert [pixels(finished, n).shape for n in range(3)] == [(46, 50, 3)] * 3
    assert np.abs(pixels(finished, 0) - pixels(finished, 1)).max() > 0
    assert told == sorted(told)
    assert 0 < told[0] < 0.5 < told[-1] < 1
    assert all(b"private" not in file.read_bytes() for file in job.workdir.iterdir())


@pytest.mark.parametrize("roles", [(), (Role.FIRST_FRAME,)], ids=["text", "image"])
async def test_videos(opened: Open, make_job: MakeJob, roles: tuple[Role, ...]) -> None:
    """From words and from a first frame: the frames asked for, of which the model draws a few more, in the exact size."""
    job = make_job("ltx", *roles, kind=Kind.VIDEO, width=50, height=46, frames=12)
    [output] = (await opened().start(job)).outputs
    assert isinstance(output, OutputFile)
    with av.open(str(output.path)) as file:
        shown = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
    assert [frame.shape for frame in shown] == [(46, 50, 3)] * 12


@pytest.mark.parametrize("model", ["sd", "flux"])
async def test_the_seed_decides_whatever_the_batch(opened: Open, make_job: MakeJob, model: str) -> None:
    """Alone, among others, as the second of a request, in another process's driver: the same picture, but for rounding."""
    driver = opened()
    alone = await driver.start(make_job(model, seed=7))
    among = await asyncio.gather(*(driver.start(make_job(model, seed=seed, prompt="a cat")) for seed in (5, 7, 9)))
    second = await driver.start(make_job(model, seed=6, count=2))
    again = await opened().start(make_job(model, seed=7))
    for same in (pixels(among[1]), pixels(second, 1), pixels(again)):
        assert np.abs(same - pixels(alone)).max() <= 2
    assert np.abs(pixels(among[0]) - pixels(alone)).max() > 2


async def test_words_matter(opened: Open, make_job: MakeJob) -> None:
    """The prompt, the negative prompt and the strength reach the pipeline: each changes the picture."""
    driver = opened(steps=10)
    plain = pixels(await driver.start(make_job("sd")))
    assert np.abs(plain - pixels(await driver.start(make_job("sd", prompt="zzz")))).max() > 0
    assert np.abs(plain - pixels(await driver.start(make_job("sd", negative_prompt="fog")))).max() > 0
    changes = [pixels(await driver.start(make_job("sd", Role.IMAGE, strength=strength))) for strength in (0.0, 0.5, 1.0)]
    assert np.abs(changes[0] - changes[1]).mean() < np.abs(changes[0] - changes[2]).mean()


async def test_what_waits_is_drawn_in_batches(opened: Open, make_job: MakeJob) -> None:
    """Eight requests at once take three calls: one is begun at once, and four wait for neither more nor less."""
    driver = opened()
    await driver.start(make_job("sd"))
    calls, drawn = batches("sd")
    await asyncio.gather(*(driver.start(make_job("sd", seed=n)) for n in range(8)))
    after = batches("sd")
    assert after[1] - drawn == 8
    assert after[0] - calls <= 3


async def test_one_thread_and_a_free_loop(opened: Open, make_job: MakeJob) -> None:
    """While it draws the event loop goes on: no turn of it takes long."""
    driver = opened(steps=60)
    await driver.start(make_job("sd", fields={"num_inference_steps": 1}))
    work = asyncio.create_task(driver.start(make_job("sd", count=4)))
    turns = 0
    while not work.done():
        turns += 1
        await asyncio.sleep(0.005)
    assert turns > 20


async def test_cancelling_is_quick_and_harms_nobody(opened: Open, make_job: MakeJob) -> None:
    """Of two in a batch the one that stays is delivered; a job alone stops within a second, far from its end, and leaves no file;
    the next is drawn as if nothing had been."""
    driver = opened(steps=900)
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def tell(_: float) -> None:
        loop.call_soon_threadsafe(begun.set)

    few = {"num_inference_steps": 60}
    job = replace(make_job("sd", count=2, fields=few), progress=tell)
    stays, goes = asyncio.create_task(driver.start(job)), asyncio.create_task(driver.start(make_job("sd", seed=8, fields=few)))
    await asyncio.wait_for(begun.wait(), 60)
    goes.cancel()
    assert len((await stays).outputs) == 2
    begun.clear()

    job = replace(make_job("sd"), progress=tell)
    alone = asyncio.create_task(driver.start(job))
    await asyncio.wait_for(begun.wait(), 60)
    alone.cancel()
    began = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await alone
    await driver.start(make_job("sd", fields={"num_inference_steps": 1}))
    assert time.monotonic() - began < 2.0  # on a busy machine; its other steps would take longer by far
    assert not list(job.workdir.iterdir())


async def test_stopping_the_worker(opened: Open, make_job: MakeJob) -> None:
    """What is being drawn may be drawn elsewhere; the thread is gone."""
    driver = opened(steps=900)
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()
    job = replace(make_job("sd"), progress=lambda _: loop.call_soon_threadsafe(begun.set))
    work = asyncio.create_task(driver.start(job))
    await asyncio.wait_for(begun.wait(), 60)
    await driver.aclose()
    with pytest.raises(Retryable):
        await work


async def test_resuming(opened: Open, make_job: MakeJob) -> None:
    """After a crash it is drawn again: that costs nothing. There is nothing to poll, and cancelling a remote job does nothing."""
    driver = opened()
    job = make_job("sd")
    assert await driver.recover(job) is None  # type: ignore[func-returns-value]
    await driver.cancel(job, "any")
    with pytest.raises(Rejected):
        await driver.poll(job, "any")


async def test_what_the_pipeline_has_no_word_for(opened: Open, make_job: MakeJob) -> None:
    """A last frame for a model that takes none is refused, not ignored."""
    with pytest.raises(Rejected) as caught:
        await opened().start(make_job("ltx", Role.FIRST_FRAME, Role.LAST_FRAME, kind=Kind.VIDEO))
    assert caught.value.reason is RejectReason.UNSUPPORTED


async def test_a_request_that_fails_fails_alone(opened: Open, make_job: MakeJob) -> None:
    """An argument that the pipeline chokes on, from a route, is that task's end; others are drawn meanwhile and later."""
    driver = opened()
    await driver.start(make_job("sd"))
    bad, good = make_job("sd", fields={"clip_skip": 99}), make_job("sd")
    outcomes = await asyncio.gather(driver.start(bad), driver.start(good), return_exceptions=True)
    assert isinstance(outcomes[0], Rejected)
    assert isinstance(outcomes[1], Finished)


async def test_a_model_that_never_drew_is_the_operators_trouble(opened: Open, make_job: MakeJob) -> None:
    """A number that no pipeline can use: a server error and an alert, not a refusal of the caller's request."""
    with pytest.raises(OperatorFault, match="log says why"):
        await opened(arguments={"clip_skip": 99}).start(make_job("sd"))


async def test_fewer_pixels_than_asked_for(opened: Open, make_job: MakeJob) -> None:
    """A model that draws small is not made to draw large: its picture is enlarged to the exact size."""
    finished = await opened(max_pixels=32 * 32).start(make_job("sd", width=200, height=100))
    assert pixels(finished).shape == (100, 200, 3)


async def test_pictures_of_different_callers_never_meet(opened: Open, make_job: MakeJob) -> None:
    """An editing pipeline takes a list for several pictures of one request: two requests are never put into one call, and each
    gets what it would have got alone."""
    spec = {"tasks": ["image-to-image"], "pipelines": {"image-to-image": "FluxKontextPipeline"}, "steps": 2}
    driver = opened(**spec, arguments={"_auto_resize": False, "max_area": 1024})
    jobs = [make_job("flux", Role.IMAGE, seed=1) for _ in range(3)]
    for job, colour in zip(jobs, ("red", "lime", "blue"), strict=True):
        Image.new("RGB", (64, 64), colour).save(job.inputs[0].path)
    alone = [pixels(await driver.start(replace(job, workdir=job.workdir / "..")), 0) for job in jobs]
    before = batches("flux", "image-to-image")
    together = await asyncio.gather(*(driver.start(job) for job in jobs))
    after = batches("flux", "image-to-image")
    assert (after[0] - before[0], after[1] - before[1]) == (3, 3)
    assert [np.abs(pixels(each) - one).max() for each, one in zip(together, alone, strict=True)] == [0, 0, 0]
    assert np.abs(alone[0] - alone[2]).max() > 0


async def test_a_route_with_an_argument_that_is_not_there(opened: Open, make_job: MakeJob) -> None:
    """The operator's slip, not silence."""
    with pytest.raises(OperatorFault):
        await opened().start(make_job("sd", fields={"num_inference_stepz": 3}))
