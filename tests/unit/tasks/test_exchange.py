"""The runner between upstream accounts: lost answers, breakers, rates, and vendors that call."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable

import pytest
from fakes.kiln import PRICE, Kiln, quote
from fakes.providers import Answer, Crash, Scripted, Step, deliver, hang
from fakes.vendors.base import picture
from sqlalchemy import update

from mediakiln.database.ids import now_ms
from mediakiln.database.tables import task
from mediakiln.providers.base import (
    Accepted,
    Finished,
    Job,
    OperatorFault,
    OutcomeUnknown,
    OutputUrl,
    Rejected,
    RejectReason,
    Retryable,
    Running,
)
from mediakiln.tasks import collecting, exchange
from mediakiln.tasks.breaker import PATIENCE
from mediakiln.tasks.dispatch.base import Again
from mediakiln.tasks.tools import Rate
from mediakiln.telemetry import metrics


async def state(kiln: Kiln, task_id: str) -> tuple[str, int | None]:
    row = await kiln.row(task_id)
    return row["state"], row["charged"]


async def test_a_lost_answer_is_asked_for(kiln: Kiln) -> None:
    """The upstream knows our key: the job goes on under the id it was given there, and is paid once."""
    upstream = Scripted(repeatable=False, start=[OutcomeUnknown("reset")], recover=Accepted("r9"))
    task_id = await kiln.submitted(await kiln.account())
    assert await kiln.runner(upstream)(task_id) is None
    assert await state(kiln, task_id) == ("succeeded", PRICE)
    assert upstream.submits.total() == 1
    assert (await kiln.row(task_id))["remote_id"] == "r9"


async def test_a_crash_while_sending_is_asked_for(kiln: Kiln) -> None:
    """The same after the worker died: no second submit."""
    upstream = Scripted(repeatable=False, start=[Crash(), AssertionError("submitted twice")], recover=Accepted("r9"))
    task_id = await kiln.submitted(await kiln.account())
    with pytest.raises(Crash):
        await kiln.runner(upstream)(task_id)
    assert await kiln.runner(upstream)(task_id) is None
    assert await state(kiln, task_id) == ("succeeded", PRICE)
    assert upstream.submits.total() == 1


async def test_a_submit_that_did_not_arrive_is_sent_again(kiln: Kiln) -> None:
    """The upstream is sure that it has no such job."""
    upstream = Scripted(start=[OutcomeUnknown("reset"), deliver()])
    task_id = await kiln.submitted(await kiln.account())
    runner = kiln.runner(upstream)
    assert isinstance(await runner(task_id), Again)
    assert await runner(task_id) is None
    assert await state(kiln, task_id) == ("succeeded", PRICE)


async def test_a_sick_account_is_left_alone(kiln: Kiln) -> None:
    """After some failures in a row tasks go to the next route without asking it; alone, they wait."""
    sick, well = Scripted("sick", start=[Retryable("busy", 0.0)]), Scripted("well")
    runner = kiln.runner(sick, well)
    ann = await kiln.account(credits=100)
    for _ in range(PATIENCE):
        task_id = await kiln.submitted(ann, quote(routes=["sick", "well"]))
        assert await runner(task_id) == Again(0.0, lane="well")
    task_id = await kiln.submitted(ann, quote(routes=["sick", "well"]))
    assert await runner(task_id) == Again(0.0, lane="well")
    assert sick.submits.total() == PATIENCE
    assert await runner(task_id) is None
    alone = await kiln.submitted(ann, quote(routes=["sick"]))
    again = await runner(alone)
    assert isinstance(again, Again)
    assert again.delay > 1.0
    assert sick.submits.total() == PATIENCE
    assert (await kiln.row(alone))["state"] == "running"


async def test_a_fault_of_ours_is_told_at_once(kiln: Kiln) -> None:
    """While the breaker is open for a wrong key, tasks fail now and cost nothing, without a call for each."""
    upstream = Scripted(start=[OperatorFault("the key is wrong")])
    runner = kiln.runner(upstream)
    ann = await kiln.account()
    for _ in range(3):
        task_id = await kiln.submitted(ann)
        assert await runner(task_id) is None
        assert await state(kiln, task_id) == ("failed", 0)
    assert upstream.submits.total() == 1


async def test_submits_keep_to_the_rate(kiln: Kiln) -> None:
    """One a minute: the second task waits, in its lane, without having been sent; two workers share the rate."""
    upstream = Scripted()
    ann = await kiln.account(credits=10)
    first, second = await kiln.submitted(ann), await kiln.submitted(ann)
    rates = {upstream.name: Rate(1)}
    assert await kiln.runner(upstream, rates=rates)(first) is None
    again = await kiln.runner(upstream, rates=rates)(second)
    assert isinstance(again, Again)
    assert (again.lane, again.pause) == (upstream.name, exchange.PAUSE_LONGEST)
    assert 50 < again.delay <= 60
    row = await kiln.row(second)
    assert (row["submission"], row["parted"]) == ("none", 1)
    assert upstream.submits.total() == 1


async def test_a_task_of_several_calls_takes_as_many_turns(kiln: Kiln) -> None:
    """An upstream that is called for each picture: four of them are four of its minute's calls."""
    upstream = Scripted(start=[deliver(4), deliver()])
    ann = await kiln.account()
    first, second = await kiln.submitted(ann, quote(count=4)), await kiln.submitted(ann)
    runner = kiln.runner(upstream, rates={upstream.name: Rate(4, per_item=True)})
    assert await runner(first) is None
    again = await runner(second)
    assert isinstance(again, Again)
    assert 50 < again.delay <= 60


async def test_an_open_breaker_pauses_its_lane(kiln: Kiln) -> None:
    """The tasks behind it are not claimed one after the other to be put back."""
    upstream = Scripted(start=[Retryable("busy", 0.0)] * PATIENCE)
    runner = kiln.runner(upstream)
    ann = await kiln.account()
    for _ in range(PATIENCE):
        again = await runner(await kiln.submitted(ann))
        assert isinstance(again, Again)
        assert again.pause == 0.0
    again = await runner(await kiln.submitted(ann))
    assert isinstance(again, Again)
    assert again.lane == upstream.name
    assert 0 < again.pause <= exchange.PAUSE_LONGEST


async def test_a_vendors_call_ends_the_wait(kiln: Kiln) -> None:
    """The next poll comes at once instead of after its interval, and once for each call."""
    upstream = Scripted(start=[Accepted("r1")], poll=[*[Running()] * 6, deliver()])
    task_id = await kiln.submitted(await kiln.account())
    beating = asyncio.create_task(kiln.pulse.run(stop := asyncio.Event()))
    work = asyncio.create_task(kiln.runner(upstream)(task_id))
    try:
        calls = 0
        async with asyncio.timeout(30):
            while not work.done():
                async with kiln.engine.begin() as connection:
                    await connection.execute(update(task).where(task.c.id == task_id).values(nudged_at=now_ms()))
                calls += 1
                await asyncio.sleep(0.6)
    finally:
        stop.set()
        await beating
    # Without the calls seven polls take 1 + 1.5 + 2.25 + ... seconds: more than 25.
    assert calls <= 14
    assert await state(kiln, task_id) == ("succeeded", PRICE)


async def test_an_account_that_is_gone(kiln: Kiln) -> None:
    """Taken out of the file while its tasks wait: the next route serves, or the task fails and costs nothing."""
    ann = await kiln.account(credits=10)
    task_id = await kiln.submitted(ann, quote(routes=["gone", "scripted"]))
    runner = kiln.runner(Scripted())
    assert await runner(task_id) == Again(0.0, lane="scripted")
    assert await runner(task_id) is None
    alone = await kiln.submitted(ann, quote(routes=["gone"]))
    assert await runner(alone) is None
    assert await state(kiln, alone) == ("failed", 0)


def slowly(answer: Step, seconds: float = 0.2) -> Step:
    """A submit that has left, and whose answer takes a while."""

    async def step(job: Job) -> Answer:
        await asyncio.sleep(seconds)
        if isinstance(answer, BaseException):
            raise answer
        return await answer(job) if isinstance(answer, Callable) else answer  # type: ignore[arg-type]

    return step


async def shut_down(kiln: Kiln, upstream: Scripted, task_id: str) -> object:
    """Stop the worker in the middle of the submit: what the runner raised or returned."""
    work = asyncio.create_task(kiln.runner(upstream, remote=[upstream.name])(task_id))
    await upstream.began.wait()
    work.cancel()
    return (await asyncio.gather(work, return_exceptions=True))[0]


async def test_a_job_accepted_after_its_cancellation_is_stopped(kiln: Kiln) -> None:
    """The submit is on its way when the owner cancels: its answer is waited for, since nobody else would ever know the job."""
    ann = await kiln.account()
    upstream = Scripted(repeatable=False, start=[slowly(Accepted("r9"), 0.8)])
    submitted = await kiln.submit(ann)
    task_id = (await kiln.row(submitted.public_id))["id"]
    beating = asyncio.create_task(kiln.pulse.run(stop := asyncio.Event()))
    try:
        work = asyncio.create_task(kiln.runner(upstream, remote=["scripted"])(task_id))
        await upstream.began.wait()
        await kiln.cancel(submitted.public_id, ann)
        assert await asyncio.wait_for(work, 15) is None
    finally:
        stop.set()
        await beating
    assert upstream.remote_ids == ["r9"]
    assert await state(kiln, task_id) == ("canceled", 0)


async def test_a_deadline_during_the_submit(kiln: Kiln) -> None:
    """The same for a task that has run out of time."""
    upstream = Scripted(repeatable=False, start=[slowly(Accepted("r9"), 0.6)])
    task_id = await kiln.submitted(await kiln.account())
    await kiln.execute("UPDATE task SET deadline = :soon", soon=now_ms() + 300)
    assert await kiln.runner(upstream, remote=["scripted"])(task_id) is None
    assert upstream.remote_ids == ["r9"]
    assert await state(kiln, task_id) == ("failed", 0)


async def test_a_submit_that_outlives_its_task_is_told(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody will ever know what became of it: the vendor's bill may show it, and so does the metric."""
    monkeypatch.setattr(exchange, "PARTING", 0.1)
    before = metrics.SUBMISSION_UNKNOWN.labels("mute")._value.get()
    upstream = Scripted("mute", repeatable=False, start=[hang])
    task_id = await kiln.submitted(await kiln.account(), quote(routes=["mute"]))
    await kiln.execute("UPDATE task SET deadline = :soon", soon=now_ms() + 200)
    assert await kiln.runner(upstream, remote=["mute"])(task_id) is None
    assert metrics.SUBMISSION_UNKNOWN.labels("mute")._value.get() == before + 1
    assert await state(kiln, task_id) == ("failed", 0)


@pytest.mark.parametrize(("answer", "left"), [(Accepted("r9"), "accepted"), (Retryable("busy"), "none")])
async def test_a_shutdown_during_the_submit(kiln: Kiln, answer: Step, left: str) -> None:
    """What the upstream says in time is written down; the next worker goes on from there and the task is not lost."""
    upstream = Scripted(repeatable=False, start=[slowly(answer), deliver()])
    task_id = await kiln.submitted(await kiln.account())
    assert isinstance(await shut_down(kiln, upstream, task_id), asyncio.CancelledError)
    row = await kiln.row(task_id)
    assert (row["state"], row["submission"], upstream.cancels.total()) == ("running", left, 0)
    assert await kiln.runner(upstream)(task_id) is None
    assert await state(kiln, task_id) == ("succeeded", PRICE)


async def test_a_shutdown_while_a_refusal_is_on_its_way(kiln: Kiln) -> None:
    """The caller learns why, instead of that nobody knows."""
    upstream = Scripted(repeatable=False, start=[slowly(Rejected(RejectReason.CONTENT_FILTERED, "no"))])
    task_id = await kiln.submitted(await kiln.account())
    await shut_down(kiln, upstream, task_id)
    assert "content_filtered" in (await kiln.row(task_id))["error"]


async def test_a_shutdown_while_a_picture_is_made(kiln: Kiln) -> None:
    """A picture that comes in time is paid there: it is delivered."""
    upstream = Scripted(repeatable=False, start=[slowly(deliver())])
    task_id = await kiln.submitted(await kiln.account())
    assert await shut_down(kiln, upstream, task_id) is None
    assert await state(kiln, task_id) == ("succeeded", PRICE)


async def test_an_accepted_job_needs_its_inputs_no_more(kiln: Kiln) -> None:
    """They were taken; that a link has died since must not lose what is being made of it."""
    upstream = Scripted(repeatable=False)
    task_id = await kiln.submitted(await kiln.account(), quote(inputs=["http://127.0.0.1:9/gone.png"]))
    await kiln.execute("UPDATE task SET submission = 'accepted', remote_id = 'r1', state = 'running'")
    assert await kiln.runner(upstream)(task_id) is None
    assert await state(kiln, task_id) == ("succeeded", PRICE)


async def test_inputs_are_not_fetched_for_a_task_that_waits(kiln: Kiln) -> None:
    """A task whose account has no turn is looked at again and again: the caller's link is not called each time."""
    upstream = Scripted()
    ann = await kiln.account(credits=10)
    first = await kiln.submitted(ann)
    second = await kiln.submitted(ann, quote(inputs=["http://127.0.0.1:9/gone.png"]))
    rates = {upstream.name: Rate(1)}
    assert await kiln.runner(upstream, rates=rates)(first) is None
    assert isinstance(await kiln.runner(upstream, rates=rates)(second), Again)


async def test_a_faulty_last_route_is_not_the_end(kiln: Kiln) -> None:
    """The second account's key is wrong, and the first one only busy: the task waits for the first."""
    first = Scripted("first", start=[Retryable("busy", 0.0), deliver()])
    second = Scripted("second", start=[OperatorFault("the key is wrong")])
    task_id = await kiln.submitted(await kiln.account(), quote(routes=["first", "second"]))
    runner = kiln.runner(first, second)
    assert await runner(task_id) == Again(0.0, lane="second")
    again = await runner(task_id)
    assert isinstance(again, Again)
    assert again.lane == "first"
    assert await runner(task_id) is None
    assert await state(kiln, task_id) == ("succeeded", PRICE)


async def test_a_route_without_an_account_is_passed_over(kiln: Kiln) -> None:
    """Nobody works in the lane of an account that was taken out of the file."""
    first = Scripted("first", start=[Retryable("busy")])
    task_id = await kiln.submitted(await kiln.account(), quote(routes=["first", "gone", "third"]))
    assert await kiln.runner(first, Scripted("third"))(task_id) == Again(0.0, lane="third")


async def test_a_closed_breaker_is_told(kiln: Kiln) -> None:
    """The metric goes back when the account is well again."""
    metrics.BREAKER_OPEN.labels("scripted").set(1)
    await kiln.runner(Scripted())(await kiln.submitted(await kiln.account()))
    assert metrics.BREAKER_OPEN.labels("scripted")._value.get() == 0


@pytest.mark.parametrize(
    ("link", "outcome"),
    [
        (f"data:application/octet-stream;base64,{base64.b64encode(picture()).decode()}", "succeeded"),
        ("data:image/png;base64,@@@", "failed"),
        ("data:text/plain,hello", "failed"),
        ("file:///etc/passwd", "failed"),
        ("http://169.254.169.254/latest/meta-data", "failed"),
    ],
)
async def test_what_a_vendor_may_name_as_its_result(kiln: Kiln, link: str, outcome: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture inside the link is one; a file of this machine or an address within its network is none."""
    monkeypatch.setattr(collecting, "TRIES", 1)
    task_id = await kiln.submitted(await kiln.account())
    await kiln.runner(Scripted(start=[Finished((OutputUrl(link),))]))(task_id)
    assert (await state(kiln, task_id))[0] == outcome
