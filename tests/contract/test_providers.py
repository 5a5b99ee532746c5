"""What every driver must do, tried on each through the vendor's official SDK against a server that speaks its protocol.

A driver joins with a module under `vendors/` that has `CASES`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

import pytest
from contract.vendors.base import Case
from fakes.vendors.base import Cutter, Fate, Plan, Vendor, closed_port, picture

from mediakiln.generation import GenerationRequest, Kind, MediaInput
from mediakiln.providers.base import (
    Accepted,
    Finished,
    InputFile,
    Job,
    OperatorFault,
    OutcomeUnknown,
    OutputFile,
    Provider,
    ProviderError,
    Rejected,
    RejectReason,
    Retryable,
    Running,
)
from mediakiln.providers.translation import Table

VENDORS = sorted(path.stem for path in (Path(__file__).parent / "vendors").glob("*.py") if path.stem not in ("__init__", "base"))
MODULES = [import_module(f"contract.vendors.{name}") for name in VENDORS]
CASES = [case for module in MODULES for case in module.CASES]
ERRORS = [(module.TABLE, kind) for module in MODULES for kind in module.EXCEPTIONS]
REFUSED = {
    Plan.BUSY: Retryable,
    Plan.BAD_KEY: OperatorFault,
    Plan.BROKE: OperatorFault,
    Plan.NO_MODEL: OperatorFault,
    Plan.INVALID: Rejected,
    Plan.FILTERED: Rejected,
}

pytestmark = pytest.mark.timeout(120)
each = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@pytest.fixture
def vendor(case: Case) -> Iterator[Vendor]:
    with case.vendor() as server:
        yield server


@asynccontextmanager
async def opened(case: Case, url: str) -> AsyncIterator[Provider]:
    provider = case.open(url)
    try:
        yield provider
    finally:
        await provider.aclose()


def job(case: Case, folder: Path) -> Job:
    """A job as the runner makes it, with a real file for each of the case's roles."""
    inputs = []
    for number, role in enumerate(case.roles):
        path = folder / f"in{number}.png"
        path.write_bytes(picture())
        inputs.append(InputFile(role, path, "image/png", 32, 24))
    video = case.kind is Kind.VIDEO
    request = GenerationRequest(
        kind=case.kind,
        model="public-model",
        prompt="a cat in the snow",
        inputs=tuple(MediaInput(role, "/uploads/x") for role in case.roles),
        aspect_ratio="16:9",
        resolution="720p" if video else "1K",
        width=1280 if video else 1024,
        height=720 if video else 1024,
        output_format="mp4" if video else "png",
        duration=5 if video else None,
        audio=False if video else None,
        seed=7,
    )
    output = folder / "output"
    output.mkdir(exist_ok=True)
    return Job(
        task_id="01a1fef4-ed36-709e-8deb-4ebc5a45cfa9",
        request=case.request(request),
        upstream_model=case.model,
        inputs=tuple(inputs),
        workdir=output,
        idempotency_key="01a1fef4-ed36-709e-8deb-4ebc5a45cfa9",
        progress=lambda _: None,
        fields=case.fields,
    )


async def finish(provider: Provider, work: Job, answer: Finished | Accepted) -> Finished:
    """Poll to the end."""
    for _ in range(20):
        if isinstance(answer, Finished):
            return answer
        polled = await provider.poll(work, answer.remote_id)
        if isinstance(polled, Finished):
            return polled
        await asyncio.sleep(0.01)
    raise AssertionError("it never finished")


def check_outputs(finished: Finished, vendor: Vendor) -> None:
    assert finished.outputs
    for output in finished.outputs:
        if isinstance(output, OutputFile):
            assert output.path.stat().st_size > 0
            assert output.media_type.startswith(("image/", "video/"))
        else:
            assert output.url.startswith((vendor.url, vendor.file_url("")))


@each
async def test_a_job_is_delivered(case: Case, vendor: Vendor, tmp_path: Path) -> None:
    """From submit to outputs, with one submit."""
    async with opened(case, vendor.url) as provider:
        work = job(case, tmp_path)
        answer = await provider.start(work)
        assert isinstance(answer, Finished if case.synchronous else Accepted)
        check_outputs(await finish(provider, work, answer), vendor)
    assert vendor.taken == 1


@each
async def test_progress_is_told(case: Case, vendor: Vendor, tmp_path: Path) -> None:
    """A job at work is `Running`, with a fraction where the vendor tells one."""
    if case.synchronous:
        pytest.skip("answers at once")
    vendor.runs = 3
    async with opened(case, vendor.url) as provider:
        work = job(case, tmp_path)
        answer = await provider.start(work)
        assert isinstance(answer, Accepted)
        polls = [await provider.poll(work, answer.remote_id) for _ in range(3)]
        assert all(isinstance(poll, Running) for poll in polls)
        fractions = [poll.progress for poll in polls if isinstance(poll, Running) and poll.progress is not None]
        assert bool(fractions) == case.tells_progress
        assert all(0.0 <= fraction <= 1.0 for fraction in fractions)


@each
@pytest.mark.parametrize("plan", list(REFUSED))
async def test_a_refused_submit(case: Case, vendor: Vendor, tmp_path: Path, plan: Plan) -> None:
    """Each refusal is the failure that the runner acts on; nothing was made, nothing is sent twice."""
    if plan not in case.refusals:
        pytest.skip("this vendor has no such answer")
    vendor.plan.append(plan)
    async with opened(case, vendor.url) as provider:
        with pytest.raises(REFUSED[plan]) as caught:
            await provider.start(job(case, tmp_path))
    if isinstance(caught.value, Rejected):
        wanted = RejectReason.CONTENT_FILTERED if plan is Plan.FILTERED else RejectReason.INVALID
        assert caught.value.reason is wanted
    assert (vendor.posts, vendor.taken) == (1, 0)
    assert str(caught.value)


@each
@pytest.mark.parametrize("plan", [Plan.CRASH, Plan.GARBAGE])
async def test_an_answer_that_says_nothing(case: Case, vendor: Vendor, tmp_path: Path, plan: Plan) -> None:
    """The vendor took the job and its answer was useless: unknown, never a second submit."""
    vendor.plan.append(plan)
    async with opened(case, vendor.url) as provider:
        with pytest.raises(Retryable if case.repeatable else OutcomeUnknown):
            await provider.start(job(case, tmp_path))
    assert (vendor.posts, vendor.taken) == (1, 1)


@each
async def test_nobody_listens(case: Case, tmp_path: Path) -> None:
    """Nothing can have been accepted."""
    with closed_port() as url:
        async with opened(case, url) as provider:
            with pytest.raises(Retryable):
                await provider.start(job(case, tmp_path))


@each
@pytest.mark.parametrize("way", ["up", "down"])
async def test_a_wire_that_breaks_anywhere(case: Case, vendor: Vendor, tmp_path: Path, way: str) -> None:
    """Cut at every part of the exchange: never "send it again" where the vendor may have it, never two jobs for one."""
    work = job(case, tmp_path)
    with Cutter(vendor.port) as whole:
        async with opened(case, whole.url) as provider:
            await provider.start(work)
        length = whole.sent if way == "up" else whole.received
    for place in sorted({0, 1, 9, *range(20, length, max(1, length // 7)), max(0, length - 1)}):
        before = vendor.taken
        with Cutter(vendor.port, **{way: place}) as cut:
            async with opened(case, cut.url) as provider:
                try:
                    await provider.start(work)
                    outcome: ProviderError | None = None
                except ProviderError as error:
                    outcome = error
        await asyncio.sleep(0.05)  # what was still on its way when the wire broke counts for this place, not for the next
        made = vendor.taken - before
        assert made <= 1, f"{made} jobs for one submit, cut at {way} {place}"
        if made:
            assert (
                outcome is None or isinstance(outcome, OutcomeUnknown) or (case.repeatable and isinstance(outcome, Retryable))
            ), f"{outcome!r} although the vendor has the job, cut at {way} {place}"
        else:
            assert isinstance(outcome, OutcomeUnknown | Retryable), f"{outcome!r} for a cut at {way} {place}"


@each
@pytest.mark.parametrize("fate", [Fate.FAIL, Fate.FILTERED, Fate.CANCELED, Fate.FORGOTTEN, Fate.EMPTY])
async def test_a_job_that_comes_to_nothing(case: Case, vendor: Vendor, tmp_path: Path, fate: Fate) -> None:
    """Every bad end is `Rejected`: the credits go back, and the caller reads why."""
    if case.synchronous and fate in (Fate.CANCELED, Fate.FORGOTTEN):
        pytest.skip("answers at once")
    vendor.fate = fate
    async with opened(case, vendor.url) as provider:
        work = job(case, tmp_path)
        with pytest.raises(Rejected) as caught:
            await finish(provider, work, await provider.start(work))
    assert (caught.value.reason is RejectReason.CONTENT_FILTERED) == (fate is Fate.FILTERED)
    assert str(caught.value)


@each
async def test_a_poll_that_fails_is_asked_again(case: Case, vendor: Vendor, tmp_path: Path) -> None:
    """Trouble while asking says nothing of the job."""
    if case.synchronous:
        pytest.skip("answers at once")
    async with opened(case, vendor.url) as provider:
        work = job(case, tmp_path)
        answer = await provider.start(work)
        assert isinstance(answer, Accepted)
        vendor.failing_asks = 1
        with pytest.raises(Retryable):
            await provider.poll(work, answer.remote_id)
        check_outputs(await finish(provider, work, answer), vendor)
    with closed_port() as url:
        async with opened(case, url) as provider:
            with pytest.raises(Retryable):
                await provider.poll(work, answer.remote_id)


@each
async def test_another_process_takes_over(case: Case, vendor: Vendor, tmp_path: Path) -> None:
    """The remote id is all that is needed to go on after a crash."""
    if case.synchronous:
        pytest.skip("answers at once")
    work = job(case, tmp_path)
    async with opened(case, vendor.url) as provider:
        answer = await provider.start(work)
    assert isinstance(answer, Accepted)
    assert len(answer.remote_id) <= 256
    async with opened(case, vendor.url) as provider:
        check_outputs(await finish(provider, work, answer), vendor)
    assert vendor.taken == 1


@each
async def test_cancelling(case: Case, vendor: Vendor, tmp_path: Path) -> None:
    """The vendor is told where it can be, and nothing is raised where it cannot."""
    if case.synchronous:
        pytest.skip("answers at once")
    vendor.runs = 50
    async with opened(case, vendor.url) as provider:
        work = job(case, tmp_path)
        answer = await provider.start(work)
        assert isinstance(answer, Accepted)
        await provider.cancel(work, answer.remote_id)
    assert [one.canceled for one in vendor.jobs.values()] == [case.cancels]


@each
async def test_a_lost_submit_is_asked_for_or_unknown(case: Case, vendor: Vendor, tmp_path: Path) -> None:
    """`recover` finds the job where the vendor knows our key, says None where it costs nothing, and else that it cannot tell."""
    vendor.plan.append(Plan.CRASH)
    work = job(case, tmp_path)
    async with opened(case, vendor.url) as provider:
        with pytest.raises(ProviderError):
            await provider.start(work)
        if case.recovers:
            found = await provider.recover(work)
            assert found is not None
            check_outputs(await finish(provider, work, found), vendor)
        elif case.repeatable:
            assert await provider.recover(work) is None
        else:
            with pytest.raises(OutcomeUnknown):
                await provider.recover(work)


@pytest.mark.parametrize(("table", "kind"), ERRORS, ids=[f"{kind.__module__}.{kind.__qualname__}" for _, kind in ERRORS])
def test_every_exception_of_the_sdk_has_a_rule(table: Table, kind: type[Exception]) -> None:
    """A class that a new release adds is seen here, not by a customer."""
    assert table.covers(kind)
