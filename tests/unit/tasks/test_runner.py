"""The worker's side of a task: what is written when, and what every outcome of an upstream comes to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from fakes.kiln import PRICE, Kiln, quote
from fakes.providers import Answer, Crash, Scripted, Step, deliver, hang, pause

from mediakiln.database.ids import now_ms
from mediakiln.providers.base import (
    Accepted,
    Job,
    OperatorFault,
    OutcomeUnknown,
    Rejected,
    RejectReason,
    Retryable,
    Running,
)
from mediakiln.tasks import breaker, states
from mediakiln.tasks import pulse as pulses
from mediakiln.tasks.attempt import MAX_ATTEMPTS, Attempt
from mediakiln.tasks.dispatch.base import Again
from mediakiln.tasks.records import ErrorCode, TaskError

pytestmark = pytest.mark.usefixtures("hasty")
BROKE = TaskError(ErrorCode.INTERNAL, "It broke")


async def finished(kiln: Kiln, task_id: str) -> tuple[str, str | None, int | None]:
    """(state, error code, charged) of a task that must be finished."""
    row = await kiln.row(task_id)
    assert row["state"] not in ("queued", "running"), row["state"]
    error = None if row["error"] is None else row["error"].split('"')[3]
    return row["state"], error, row["charged"]


@asynccontextmanager
async def beating(kiln: Kiln) -> AsyncIterator[None]:
    """The pulse, as a worker runs it."""
    stop = asyncio.Event()
    beat = asyncio.create_task(kiln.pulse.run(stop))
    try:
        yield
    finally:
        stop.set()
        await beat


async def test_delivered_at_once(kiln: Kiln) -> None:
    """A provider that answers with files: they are ours before the task succeeds, and paid in the same moment."""
    ann = await kiln.account(credits=10)
    upstream = Scripted()
    task_id = await kiln.submitted(ann, quote(count=2))
    assert await kiln.runner(upstream)(task_id) is None
    assert await finished(kiln, task_id) == ("succeeded", None, 2 * PRICE)
    row = await kiln.row(task_id)
    assert (row["progress"], row["result"].count("/uploads/")) == (1.0, 2)
    for n in range(2):
        path = row["result"].split('"path":"/')[n + 1].split('"')[0]
        assert (await kiln.blobs.head(path)).size > 0
    assert upstream.submits == {task_id: 1}
    assert list(kiln.scratch.iterdir()) == []


async def test_files_are_stored_before_success(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the store is away at the end the task has not succeeded and nothing is paid; the next attempt mends it."""
    ann = await kiln.account()
    task_id = await kiln.submitted(ann)
    runner = kiln.runner(Scripted())
    put = kiln.blobs.put_file

    async def away(*_args: object) -> None:
        assert (await kiln.row(task_id))["state"] == "running"
        raise OSError("the disk is full")

    monkeypatch.setattr(kiln.blobs, "put_file", away)
    with pytest.raises(OSError, match="full"):
        await runner(task_id)
    assert (await kiln.row(task_id))["state"] == "running"
    assert "consume" not in await kiln.movements(task_id)
    monkeypatch.setattr(kiln.blobs, "put_file", put)
    await runner(task_id)
    assert (await finished(kiln, task_id))[0] == "succeeded"


@pytest.mark.parametrize(("delivered", "paid"), [(3, 3), (4, 4), (6, 4)])
async def test_partial_delivery(kiln: Kiln, delivered: int, paid: int) -> None:
    """3 of 4 pictures: 3 are paid, one released. More than were asked for are neither kept nor paid."""
    ann = await kiln.account(credits=10)
    task_id = await kiln.submitted(ann, quote(count=4))
    await kiln.runner(Scripted(start=[deliver(delivered)]))(task_id)
    assert await finished(kiln, task_id) == ("succeeded", None, paid * PRICE)
    assert (await kiln.row(task_id))["result"].count("/uploads/") == paid
    assert await kiln.wallet(ann) == (10_000_000 - paid * PRICE, 0, 0)


@pytest.mark.parametrize(
    ("start", "outcome"),
    [
        (deliver(4, broken=[1]), ("succeeded", None, 3 * PRICE)),
        (deliver(1, broken=[0]), ("failed", "output_unusable", 0)),
        (deliver(0), ("failed", "output_unusable", 0)),
        (Rejected(RejectReason.INVALID, "No"), ("failed", "provider_rejected", 0)),
        (Rejected(RejectReason.UNSUPPORTED, "No"), ("failed", "provider_rejected", 0)),
        (Rejected(RejectReason.CONTENT_FILTERED, "No"), ("failed", "content_filtered", 0)),
        (OperatorFault("The key is wrong"), ("failed", "provider_unavailable", 0)),
        (OutcomeUnknown("Lost"), ("failed", "submission_unknown", 0)),
    ],
)
async def test_outcomes_of_a_submit(kiln: Kiln, start: Step, outcome: tuple[str, str | None, int]) -> None:
    """What each answer of an upstream's submit makes of the task: broken files are not paid, failures cost nothing."""
    ann = await kiln.account(credits=10)
    upstream = Scripted(start=[start], repeatable=not isinstance(start, OutcomeUnknown))
    task_id = await kiln.submitted(ann, quote(count=4))
    assert await kiln.runner(upstream)(task_id) is None
    assert await finished(kiln, task_id) == outcome
    assert await kiln.wallet(ann) == (10_000_000 - outcome[2], 0, 0)
    assert upstream.submits.total() == 1


@pytest.mark.parametrize(
    ("poll", "outcome"),
    [
        ([deliver(3)], ("succeeded", None, 3 * PRICE)),
        ([Running(0.2), Running(), Running(0.9), deliver()], ("succeeded", None, 4 * PRICE)),
        ([Retryable("busy", 0.0), OperatorFault("the key"), deliver()], ("succeeded", None, 4 * PRICE)),
        ([Running(0.5), Rejected(RejectReason.CONTENT_FILTERED, "No")], ("failed", "content_filtered", 0)),
        ([OutcomeUnknown("The upstream knows no such job")], ("failed", "submission_unknown", 0)),
    ],
)
async def test_outcomes_of_polling(kiln: Kiln, poll: list[Step], outcome: tuple[str, str | None, int]) -> None:
    """What the answers to polls come to; trouble with asking is not trouble with the job."""
    ann = await kiln.account(credits=10)
    upstream = Scripted(start=[Accepted("r1")], poll=poll)
    task_id = await kiln.submitted(ann, quote(count=4))
    await kiln.runner(upstream)(task_id)
    assert await finished(kiln, task_id) == outcome
    assert set(upstream.remote_ids) == {"r1"}
    assert upstream.submits.total() == 1


async def test_order_of_writes(kiln: Kiln) -> None:
    """At the submit the row says `sending`; at the first poll it has the remote id: so that no kill can lose either."""
    seen: list[tuple[str, str, str | None]] = []
    ids: list[str] = []

    async def spy(what: str) -> None:
        row = await kiln.row(ids[0])
        seen.append((what, row["submission"], row["remote_id"]))

    async def start(_job: Job) -> Answer:
        await spy("start")
        return Accepted("r1")

    async def poll(job: Job) -> Answer:
        await spy("poll")
        return await deliver()(job)  # type: ignore[operator]

    ids.append(await kiln.submitted(await kiln.account()))
    await kiln.runner(Scripted(start=[start], poll=[poll]))(ids[0])
    assert seen == [("start", "sending", None), ("poll", "accepted", "r1")]


async def crash(kiln: Kiln, upstream: Scripted, task_id: str) -> None:
    """Run until the script crashes the worker."""
    with pytest.raises(Crash):
        await kiln.runner(upstream)(task_id)
    assert (await kiln.row(task_id))["state"] == "running"


async def test_crash_while_sending_to_a_paid_upstream(kiln: Kiln) -> None:
    """The submit may have arrived: it is never repeated, the caller pays nothing, and the row says what is not known."""
    ann = await kiln.account(credits=2)
    upstream = Scripted(repeatable=False, start=[Crash(), deliver()])
    task_id = await kiln.submitted(ann)
    await crash(kiln, upstream, task_id)
    await kiln.runner(upstream)(task_id)
    assert await finished(kiln, task_id) == ("failed", "submission_unknown", 0)
    assert (await kiln.row(task_id))["submission"] == "unknown"
    assert upstream.submits == {task_id: 1}
    assert await kiln.wallet(ann) == (2_000_000, 0, 0)


async def test_crash_while_sending_to_a_repeatable_upstream(kiln: Kiln) -> None:
    """Where repeating is safe, the next worker submits again, under the same idempotency key."""
    upstream = Scripted(repeatable=True, start=[Crash(), Crash(), deliver()])
    task_id = await kiln.submitted(await kiln.account())
    for _ in range(2):
        await crash(kiln, upstream, task_id)
    await kiln.runner(upstream)(task_id)
    assert (await finished(kiln, task_id))[0] == "succeeded"
    assert upstream.submits == {task_id: 3}


@pytest.mark.parametrize("repeatable", [True, False])
async def test_crash_after_acceptance(kiln: Kiln, repeatable: bool) -> None:
    """The next worker goes on polling the same remote job and submits nothing."""
    upstream = Scripted(repeatable=repeatable, start=[Accepted("r7")], poll=[Running(0.4), Crash(), Running(0.6), deliver()])
    task_id = await kiln.submitted(await kiln.account())
    await crash(kiln, upstream, task_id)
    await kiln.runner(upstream)(task_id)
    assert (await finished(kiln, task_id))[0] == "succeeded"
    assert upstream.submits == {task_id: 1}
    assert upstream.remote_ids == ["r7"] * 4


async def test_crash_after_storing(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash between the store and the success leaves no second set of files: the next attempt removes the first one's."""
    ann = await kiln.account()
    task_id = await kiln.submitted(ann, quote(count=2))
    runner = kiln.runner(Scripted())
    succeed = states.succeed

    async def crashing(*_args: object) -> bool:
        raise Crash

    monkeypatch.setattr(states, "succeed", crashing)
    with pytest.raises(Crash):
        await runner(task_id)
    before = set((kiln.settings.data / "blobs").rglob("*.png"))
    monkeypatch.setattr(states, "succeed", succeed)
    await runner(task_id)
    after = set((kiln.settings.data / "blobs").rglob("*.png"))
    assert (len(before), len(after), before & after) == (2, 2, set())
    assert await finished(kiln, task_id) == ("succeeded", None, 2 * PRICE)


async def test_poison_task_stops(kiln: Kiln) -> None:
    """A task that kills every worker that takes it is given up after MAX_ATTEMPTS, and costs nothing."""
    ann = await kiln.account(credits=2)
    upstream = Scripted(start=[Crash()])
    task_id = await kiln.submitted(ann)
    for _ in range(MAX_ATTEMPTS):
        await crash(kiln, upstream, task_id)
    assert await kiln.runner(upstream)(task_id) is None
    assert await finished(kiln, task_id) == ("failed", "internal", 0)
    assert upstream.submits.total() == MAX_ATTEMPTS


async def test_busy_upstream_is_no_poison(kiln: Kiln) -> None:
    """An upstream that is busy for long only delays: attempts that ended in good order do not count towards giving up."""
    upstream = Scripted(start=[*[Retryable("busy", 0.0)] * (MAX_ATTEMPTS + 5), deliver()])
    task_id = await kiln.submitted(await kiln.account())
    for _ in range(MAX_ATTEMPTS + 5):
        assert isinstance(await kiln.runner(upstream)(task_id), Again)  # another worker each time, whose breaker is closed
    assert await kiln.runner(upstream)(task_id) is None
    assert (await finished(kiln, task_id))[0] == "succeeded"


@pytest.mark.parametrize("fault", [Retryable("busy"), OperatorFault("the balance is empty")])
async def test_second_route(kiln: Kiln, fault: Exception) -> None:
    """Nothing was accepted, so the next route has its turn at once, in its own lane; the caller pays once."""
    ann = await kiln.account(credits=2)
    first, second = Scripted("first", repeatable=False, start=[fault]), Scripted("second", repeatable=False)
    task_id = await kiln.submitted(ann, quote(routes=["first", "second"]))
    runner = kiln.runner(first, second)
    assert await runner(task_id) == Again(0.0, lane="second")
    row = await kiln.row(task_id)
    assert (row["submission"], row["route"]) == ("none", 1)
    assert await runner(task_id) is None
    assert await finished(kiln, task_id) == ("succeeded", None, PRICE)
    assert (first.submits.total(), second.submits.total()) == (1, 1)
    assert second.jobs[0].upstream_model == "second-model"
    assert first.jobs[0].idempotency_key == second.jobs[0].idempotency_key == task_id


async def test_back_to_the_first_route_later(kiln: Kiln) -> None:
    """When every route is busy the task comes back to the first one, not before the delay that was asked for."""
    first, second = Scripted("first", start=[Retryable("busy")]), Scripted("second", start=[Retryable("busy", 120.0)])
    task_id = await kiln.submitted(await kiln.account(), quote(routes=["first", "second"]))
    runner = kiln.runner(first, second)
    await runner(task_id)
    again = await runner(task_id)
    assert again is not None
    assert (again.lane, again.delay >= 120.0) == ("first", True)
    assert (await kiln.row(task_id))["route"] == 0


async def test_rejected_tries_no_other_route(kiln: Kiln) -> None:
    """A request that one upstream refuses for its contents is not hawked to the next."""
    first, second = Scripted("first", start=[Rejected(RejectReason.INVALID, "No")]), Scripted("second")
    task_id = await kiln.submitted(await kiln.account(), quote(routes=["first", "second"]))
    await kiln.runner(first, second)(task_id)
    assert await finished(kiln, task_id) == ("failed", "provider_rejected", 0)
    assert second.submits.total() == 0


async def test_broken_provider_is_tried_again_within_bounds(kiln: Kiln) -> None:
    """An exception that no provider may raise reaches the dispatcher, which retries; a paid submit is not repeated."""
    free, paid = Scripted("free", start=[RuntimeError("bug"), deliver()]), Scripted("paid", repeatable=False, start=[KeyError(1)])
    ann = await kiln.account()
    one, two = await kiln.submitted(ann, quote(routes=["free"])), await kiln.submitted(ann, quote(routes=["paid"]))
    runner = kiln.runner(free, paid)
    for task_id, error in ((one, RuntimeError), (two, KeyError)):
        with pytest.raises(error):
            await runner(task_id)
        await runner(task_id)
    assert (await finished(kiln, one))[0] == "succeeded"
    assert (await finished(kiln, two))[1] == "submission_unknown"
    assert paid.submits.total() == 1


async def test_unusable_input(kiln: Kiln) -> None:
    """An input that cannot be had fails the task before anything is submitted."""
    upstream = Scripted()
    task_id = await kiln.submitted(await kiln.account(), quote(inputs=["/uploads/nobody/images/2025/01/01/0_0.png"]))
    await kiln.runner(upstream)(task_id)
    assert await finished(kiln, task_id) == ("failed", "invalid_input", 0)
    assert upstream.submits.total() == 0


async def test_deadline_while_working(kiln: Kiln) -> None:
    """A task that takes too long fails, its upstream is told, and nothing is charged."""
    ann = await kiln.account(credits=2)
    upstream = Scripted(start=[Accepted("r1")], poll=[Running(0.1)])
    task_id = await kiln.submitted(ann)
    await kiln.execute("UPDATE task SET deadline = :soon", soon=now_ms() + 300)
    assert await kiln.runner(upstream)(task_id) is None
    assert await finished(kiln, task_id) == ("failed", "deadline_exceeded", 0)
    assert upstream.cancels == {task_id: 1}
    assert await kiln.wallet(ann) == (2_000_000, 0, 0)


async def test_deadline_passed_while_queued(kiln: Kiln) -> None:
    """A ticket that comes too late is not worked on."""
    upstream = Scripted()
    task_id = await kiln.submitted(await kiln.account())
    await kiln.execute("UPDATE task SET deadline = :past", past=now_ms() - 1)
    await kiln.runner(upstream)(task_id)
    assert await finished(kiln, task_id) == ("failed", "deadline_exceeded", 0)
    assert upstream.submits.total() == 0


async def test_canceled_while_queued(kiln: Kiln) -> None:
    """Everything is released, the ticket is gone, and a worker that comes by does nothing."""
    ann = await kiln.account(credits=2)
    submitted = await kiln.submit(ann)
    task_id = (await kiln.row(submitted.public_id))["id"]
    assert await kiln.cancel(submitted.public_id, ann)
    assert not await kiln.cancel(submitted.public_id, ann)
    assert await kiln.tickets() == set()
    upstream = Scripted()
    assert await kiln.runner(upstream)(task_id) is None
    assert await finished(kiln, task_id) == ("canceled", None, 0)
    assert upstream.submits.total() == 0


async def test_canceled_while_polling(kiln: Kiln) -> None:
    """The worker notices within a beat, and tells the upstream to stop."""
    ann = await kiln.account(credits=2)
    upstream = Scripted(start=[Accepted("r1")], poll=[Running(0.1)])
    submitted = await kiln.submit(ann)
    task_id = (await kiln.row(submitted.public_id))["id"]
    async with beating(kiln):
        work = asyncio.create_task(kiln.runner(upstream)(task_id))
        while not upstream.polls:
            await asyncio.sleep(0.01)
        await kiln.cancel(submitted.public_id, ann)
        asked = time.monotonic()
        assert await work is None
    assert time.monotonic() - asked < pulses.EVERY + 0.4
    assert await finished(kiln, task_id) == ("canceled", None, 0)
    assert (upstream.cancels, set(upstream.remote_ids)) == ({task_id: 1}, {"r1"})


async def test_canceled_during_the_submit(kiln: Kiln) -> None:
    """A provider that is still at its submit is cancelled itself; no files of it are delivered."""
    ann = await kiln.account()
    upstream = Scripted(start=[hang])
    submitted = await kiln.submit(ann)
    async with beating(kiln):
        work = asyncio.create_task(kiln.runner(upstream)((await kiln.row(submitted.public_id))["id"]))
        await upstream.began.wait()
        await kiln.cancel(submitted.public_id, ann)
        assert await asyncio.wait_for(work, 15) is None
    assert upstream.cancels.total() == 0


async def test_canceled_at_the_moment_of_acceptance(kiln: Kiln) -> None:
    """The upstream's yes comes after the cancellation: its job is known to nobody else, so it is told to stop at once."""
    ann = await kiln.account()
    submitted = await kiln.submit(ann)

    async def start(_job: Job) -> Answer:
        await kiln.cancel(submitted.public_id, ann)
        return Accepted("r9")

    upstream = Scripted(start=[start], poll=[AssertionError("polled a canceled task")])
    task_id = (await kiln.row(submitted.public_id))["id"]
    assert await kiln.runner(upstream)(task_id) is None
    assert (upstream.cancels, upstream.remote_ids) == ({task_id: 1}, ["r9"])
    assert await finished(kiln, task_id) == ("canceled", None, 0)


async def test_canceled_while_delivering(kiln: Kiln) -> None:
    """Canceled before the success was written: nothing is paid, nothing succeeded."""
    ann = await kiln.account(credits=2)
    submitted = await kiln.submit(ann)

    async def start(job: Job) -> Answer:
        await kiln.cancel(submitted.public_id, ann)
        return await deliver()(job)  # type: ignore[operator]

    task_id = (await kiln.row(submitted.public_id))["id"]
    await kiln.runner(Scripted(start=[start]))(task_id)
    assert await finished(kiln, task_id) == ("canceled", None, 0)
    assert await kiln.wallet(ann) == (2_000_000, 0, 0)


async def test_taken_over(kiln: Kiln) -> None:
    """A worker whose task was taken over stops without a word to the upstream, whose job the other worker now polls, and
    asks for its ticket back: should the other be the late one, the task would else have no ticket."""
    upstream = Scripted(start=[Accepted("r1")], poll=[Running(0.1)])
    task_id = await kiln.submitted(await kiln.account())
    async with beating(kiln):
        work = asyncio.create_task(kiln.runner(upstream)(task_id))
        while not upstream.polls:
            await asyncio.sleep(0.01)
        await kiln.claim(task_id)
        assert isinstance(await asyncio.wait_for(work, 15), Again)
    assert upstream.cancels.total() == 0
    assert (await kiln.row(task_id))["state"] == "running"


async def test_taken_over_at_the_moment_of_acceptance(kiln: Kiln) -> None:
    """The same when the loss is noticed by the write of the remote id."""
    task_id = await kiln.submitted(await kiln.account())

    async def start(_job: Job) -> Answer:
        await kiln.claim(task_id)
        return Accepted("r9")

    upstream = Scripted(start=[start])
    assert isinstance(await kiln.runner(upstream)(task_id), Again)
    assert upstream.cancels.total() == 0


async def test_finishing_is_no_loss(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """A beat that falls between the success and the end of the work does not take the success for a loss."""
    upstream = Scripted(start=[Accepted("r1")], poll=[deliver()])
    task_id = await kiln.submitted(await kiln.account())
    succeed = states.succeed
    runner = kiln.runner(upstream)
    finish = Attempt._finished

    async def slowly(*args: object) -> bool:
        return await succeed(*args)  # type: ignore[arg-type]

    counted: list[str] = []

    def count(self: Attempt, state: str, code: str) -> None:
        counted.append(state)
        finish(self, state, code)  # type: ignore[arg-type]

    monkeypatch.setattr(states, "succeed", slowly)
    monkeypatch.setattr(Attempt, "_finished", count)
    begin = kiln.engine.begin

    @asynccontextmanager
    async def begin_and_beat() -> AsyncIterator[object]:
        async with begin() as connection:
            yield connection
        await kiln.pulse.beat()
        await asyncio.sleep(0)

    monkeypatch.setattr(type(kiln.engine), "begin", lambda _self: begin_and_beat())
    assert await runner(task_id) is None
    monkeypatch.undo()
    assert (await finished(kiln, task_id))[0] == "succeeded"
    assert counted == ["succeeded"]
    assert upstream.cancels.total() == 0


async def test_shutdown_gives_the_ticket_back(kiln: Kiln) -> None:
    """Being cancelled by the worker itself is no end of the task: it is raised on, and the upstream is not told to stop."""
    upstream = Scripted(start=[Accepted("r1")], poll=[Running(0.1)])
    task_id = await kiln.submitted(await kiln.account())
    work = asyncio.create_task(kiln.runner(upstream)(task_id))
    while not upstream.polls:
        await asyncio.sleep(0.01)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    row = await kiln.row(task_id)
    assert (row["state"], row["submission"], upstream.cancels.total()) == ("running", "accepted", 0)
    assert list(kiln.scratch.iterdir()) == []


async def test_whole_worker_stops_and_starts(kiln: Kiln) -> None:
    """Stopped in the middle, a worker leaves every task resumable; the next one finishes them without a second submit."""
    ann = await kiln.account()
    first = Scripted(repeatable=False, start=[Accepted("r1")], poll=[Running(0.3)])
    ids = [await kiln.submitted(ann) for _ in range(20)]
    stop = asyncio.Event()
    running = asyncio.create_task(kiln.worker(first).run(stop))
    async with asyncio.timeout(10):
        while len(first.polls) < 20:
            await asyncio.sleep(0.02)
    stop.set()
    await asyncio.wait_for(running, 10)
    assert await kiln.tickets() == set(ids)
    second = Scripted(repeatable=False, start=[AssertionError("submitted twice")])
    stop = asyncio.Event()
    running = asyncio.create_task(kiln.worker(second).run(stop))
    async with asyncio.timeout(20):
        while await kiln.tickets():
            await asyncio.sleep(0.05)
    stop.set()
    await running
    for task_id in ids:
        assert (await finished(kiln, task_id))[0] == "succeeded"
    assert second.submits.total() == 0


async def test_worker_on_every_outcome(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole worker through the dispatcher: a mixture of outcomes, fallbacks and repeats, all finished and settled. The
    accounts that fail are left alone, for moments here."""
    monkeypatch.setattr(breaker, "FIRST", 0.02)
    monkeypatch.setattr(breaker, "LONGEST", 0.1)
    people = [await kiln.account(credits=500) for _ in range(3)]
    providers = {
        "good": Scripted("good", start=[pause(0.05, deliver())]),
        "busy": Scripted("busy", start=[Retryable("busy", 0.0)]),
        "remote": Scripted("remote", start=[Accepted("r")], poll=[Running(0.5), deliver()]),
        "prude": Scripted("prude", start=[Rejected(RejectReason.CONTENT_FILTERED, "No")]),
        "lost": Scripted("lost", repeatable=False, start=[OutcomeUnknown("?")]),
        "bug": Scripted("bug", start=[RuntimeError("bug"), deliver()]),
    }
    ways = [["good"], ["busy", "good"], ["remote"], ["prude", "good"], ["lost"], ["bug"], ["busy", "remote"]]
    submitted = await asyncio.gather(*(kiln.submit(who, quote(routes=way, count=2)) for who in people for way in ways * 3))
    stop = asyncio.Event()
    running = asyncio.create_task(kiln.worker(*providers.values()).run(stop))
    async with asyncio.timeout(120):
        while await kiln.tickets():
            await asyncio.sleep(0.05)
    stop.set()
    await running
    states_of = [(await kiln.row(one.public_id))["state"] for one in submitted]
    expected = ["failed" if way[0] in ("prude", "lost") else "succeeded" for _ in people for way in ways * 3]
    assert states_of == expected
    for who in people:
        assert await kiln.wallet(who) == (500_000_000 - 15 * 2 * PRICE, 0, 0)
    assert max(providers["lost"].submits.values()) == 1


async def test_remote_id_survives_a_database_hiccup(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """The upstream has accepted, and the database is away for a moment: the one write that must not be lost is repeated."""
    upstream = Scripted(repeatable=False, start=[Accepted("r1")])
    task_id = await kiln.submitted(await kiln.account())
    move, failures = states.move_submission, [ConnectionError("away"), ConnectionError("away")]

    async def flaky(*args: object, **kwargs: object) -> bool:
        if kwargs.get("remote_id") and failures:
            raise failures.pop()
        return await move(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(states, "move_submission", flaky)
    await kiln.runner(upstream)(task_id)
    assert (await finished(kiln, task_id))[0] == "succeeded"
    assert (upstream.submits.total(), failures) == (1, [])
