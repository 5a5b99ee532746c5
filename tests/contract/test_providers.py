"""What every driver must do, tried on each through the vendor's official SDK against a server that speaks its protocol.

A driver joins with a module under `vendors/` that has `CASES`. With EVERY_BYTE=1 the wire is cut at every byte of every exchange,
which takes minutes:

    EVERY_BYTE=1 .venv/bin/pytest tests/contract/test_providers.py -k wire_that_breaks
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

import pytest
from contract.vendors.base import Case
from fakes.vendors.base import Cutter, Fate, Plan, Vendor, closed_port, picture
from msgspec.structs import replace
from structlog.testing import capture_logs

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

EVERY_BYTE = bool(os.environ.get("EVERY_BYTE"))
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
_MARK = re.compile(r"a cat in the snow: ([^;]+);")

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


async def asked_again(provider: Provider, work: Job, answer: Finished | Accepted) -> Finished:
    """Poll to the end as the runner does, which goes on where asking failed."""
    for _ in range(20):
        try:
            return await finish(provider, work, answer)
        except Retryable:
            continue
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
    if isinstance(caught.value, Retryable):
        assert caught.value.delay == 7.0
    if isinstance(caught.value, Rejected):
        wanted = RejectReason.CONTENT_FILTERED if plan is Plan.FILTERED else RejectReason.INVALID
        assert caught.value.reason is wanted
    assert (vendor.posts, vendor.taken) == (1, 0)
    assert str(caught.value)


@each
async def test_a_route_with_a_mistake(case: Case, vendor: Vendor, tmp_path: Path) -> None:
    """A name that no request has is the operator's trouble, told before anything is submitted."""
    async with opened(case, vendor.url) as provider:
        with pytest.raises(OperatorFault, match="input"):
            await provider.start(replace(job(case, tmp_path), fields={"prompt": "$promt"}))
    assert vendor.posts == 0


@each
@pytest.mark.parametrize("plan", [Plan.CRASH, Plan.GARBAGE])
async def test_an_answer_that_says_nothing(case: Case, vendor: Vendor, tmp_path: Path, plan: Plan) -> None:
    """The vendor took the job and its answer was useless: unknown, never a second submit."""
    vendor.plan.append(plan)
    async with opened(case, vendor.url) as provider:
        with pytest.raises(Retryable if case.repeatable else OutcomeUnknown):
            await provider.start(job(case, tmp_path))
    assert (vendor.posts, vendor.taken) == (1, 1)


FOUR = [case for case in CASES if case.kind is Kind.IMAGE and not case.roles]


@pytest.mark.parametrize("case", FOUR, ids=[case.name for case in FOUR])
async def test_four_pictures(case: Case, vendor: Vendor, tmp_path: Path) -> None:
    """One submit that names the number, or one for each."""
    async with opened(case, vendor.url) as provider:
        work = job(case, tmp_path)
        work = replace(work, request=replace(work.request, count=4))
        await finish(provider, work, await provider.start(work))
    assert vendor.posts == vendor.taken == (4 if case.per_item else 1)


@pytest.mark.parametrize("plan", [Plan.INVALID, Plan.FILTERED, Plan.BUSY, Plan.BROKE, Plan.CRASH])
@pytest.mark.parametrize("case", [case for case in FOUR if case.per_item], ids=[case.name for case in FOUR if case.per_item])
async def test_a_call_of_several_that_fails(case: Case, vendor: Vendor, tmp_path: Path, plan: Plan) -> None:
    """The second of four is refused, put off, or lost: what was made is delivered, nothing is sent again, and the operator can
    read of it."""
    vendor.plan.extend([Plan.TAKE, plan])
    async with opened(case, vendor.url) as provider:
        work = job(case, tmp_path)
        work = replace(work, request=replace(work.request, count=4))
        with capture_logs() as logs:
            finished = await finish(provider, work, await provider.start(work))
    lost = 1 if plan is Plan.CRASH else 0
    assert len(finished.outputs) == vendor.taken - lost
    assert vendor.posts - vendor.taken == 1 - lost
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["provider.partial"]


@each
async def test_nobody_listens(case: Case, tmp_path: Path) -> None:
    """Nothing can have been accepted."""
    with closed_port() as url:
        async with opened(case, url) as provider:
            with pytest.raises(Retryable):
                await provider.start(job(case, tmp_path))


def marked(work: Job, mark: str) -> Job:
    """The same job as a task of its own, which the vendor's book tells from others."""
    key = str(uuid.uuid5(uuid.NAMESPACE_OID, mark))
    return replace(work, task_id=key, idempotency_key=key, request=replace(work.request, prompt=f"a cat in the snow: {mark};"))


def places(length: int) -> Sequence[int]:
    """Where to cut so many bytes: before the first, after the last, and some between, or all of them."""
    if EVERY_BYTE:
        return range(length + 1)
    return sorted({0, 1, 9, *range(20, length, max(1, length // 7)), max(0, length - 1), length})


@each
@pytest.mark.timeout(3_600 if EVERY_BYTE else 120)
@pytest.mark.parametrize(("way", "how"), [("up", "reset"), ("down", "reset"), ("down", "end")])
async def test_a_wire_that_breaks_anywhere(case: Case, vendor: Vendor, tmp_path: Path, way: str, how: str) -> None:
    """Cut at every part of the exchange, of each connection: never "send it again" where the vendor may have it, never two jobs
    for one. The vendor's book is read at the end, when what was still on its way has arrived."""
    work = job(case, tmp_path)
    ends: dict[str, ProviderError | None] = {}
    with Cutter(vendor.port) as wire:
        provider = case.open(wire.url)
        await provider.start(marked(work, f"{way} 0 9999"))
        lengths = [passed[0 if way == "up" else 1] for passed in wire.passed]
        for number, place in [(number, place) for number, length in enumerate(lengths) for place in places(length)]:
            mark = f"{way} {number} {place:04}"
            if case.reconnects_late:
                await provider.aclose()
                provider = case.open(wire.url)
            wire.cut(**{way: place}, how=how, whole=number)
            ends[mark] = await failure_of(provider, marked(work, mark))
        await provider.aclose()
    vendor.settle()
    for one in vendor.book:
        one.asks = one.runs + 1  # they have ended meanwhile
    book = Counter(_MARK.findall(json.dumps([one.body for one in vendor.book])))
    async with opened(case, vendor.url) as provider:
        for mark, outcome in ends.items():
            made = book[mark]
            assert made <= 1, f"{made} jobs for one submit, cut at {mark}"
            if outcome is None:
                assert made, f"accepted although nothing arrived, cut at {mark}"
            elif case.repeatable:
                assert isinstance(outcome, Retryable), f"{outcome!r} for a cut at {mark}"
            else:
                allowed = OutcomeUnknown if made else OutcomeUnknown | Retryable
                assert isinstance(outcome, allowed), f"{outcome!r} with {made} jobs at the vendor, cut at {mark}"
            if case.recovers and isinstance(outcome, OutcomeUnknown):
                assert await found(provider, marked(work, mark)) == bool(made), f"asked for wrongly, cut at {mark}"


async def failure_of(provider: Provider, work: Job) -> ProviderError | None:
    """How a submit ends."""
    try:
        await provider.start(work)
    except ProviderError as error:
        return error
    return None


async def found(provider: Provider, work: Job) -> bool:
    """Whether the vendor knows of a submit that was lost."""
    try:
        return await provider.recover(work) is not None
    except OutcomeUnknown:
        return False


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
            await asked_again(provider, work, await provider.start(work))
    assert (caught.value.reason is RejectReason.CONTENT_FILTERED) == (fate is Fate.FILTERED)
    assert str(caught.value)


@each
async def test_a_job_that_is_not_found_for_a_moment(case: Case, vendor: Vendor, tmp_path: Path) -> None:
    """A vendor that does not know at once what it has accepted is asked again; a server of one's own knows."""
    if case.synchronous or case.own_server:
        pytest.skip("it knows")
    vendor.unseen = 2
    async with opened(case, vendor.url) as provider:
        work = job(case, tmp_path)
        check_outputs(await asked_again(provider, work, await provider.start(work)), vendor)
    assert vendor.unseen == 0


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
