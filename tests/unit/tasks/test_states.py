"""The state machine: every legal transition happens once and settles the money, every other one changes nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest
from fakes.kiln import PRICE, Kiln, quote
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.accounts.principals import Principal
from mediakiln.assets.outputs import StoredOutput
from mediakiln.tasks import states
from mediakiln.tasks.records import ErrorCode, State, Submission, Task, TaskError

ERROR = TaskError(ErrorCode.INTERNAL, "It broke")
Operation = Callable[[AsyncConnection, Task], Awaitable[Any]]


def outputs(held: Task, count: int) -> tuple[StoredOutput, ...]:
    return tuple(StoredOutput(f"/uploads/{held.id}_{n}.png", "image/png", 100, 16, 16) for n in range(count))


OPERATIONS: dict[str, Operation] = {
    "claim": lambda connection, held: states.claim(connection, held.id),
    "sending": lambda connection, held: states.move_submission(
        connection, held, (Submission.NONE, Submission.SENDING), Submission.SENDING, route=1
    ),
    "accepted": lambda connection, held: states.move_submission(
        connection, held, (Submission.SENDING,), Submission.ACCEPTED, remote_id="r1"
    ),
    "succeed": lambda connection, held: states.succeed(connection, held, outputs(held, 3), None),
    "fail": lambda connection, held: states.fail(connection, held, ERROR, attempt=held.attempt),
    "fail_overdue": lambda connection, held: states.fail(connection, held, ERROR, attempt=None),
    "cancel": lambda connection, held: states.cancel(connection, held),
}
STARTED = {"claim", "sending", "accepted", "succeed", "fail", "fail_overdue", "cancel"}
LEGAL: dict[tuple[State, Submission], set[str]] = {
    (State.QUEUED, Submission.NONE): {"claim", "fail", "fail_overdue", "cancel"},
    (State.RUNNING, Submission.NONE): STARTED - {"accepted"},
    (State.RUNNING, Submission.SENDING): STARTED,
    (State.RUNNING, Submission.ACCEPTED): STARTED - {"sending", "accepted"},
    (State.RUNNING, Submission.UNKNOWN): STARTED - {"sending", "accepted"},
    (State.SUCCEEDED, Submission.ACCEPTED): set(),
    (State.FAILED, Submission.SENDING): set(),
    (State.CANCELED, Submission.NONE): set(),
}
ENDS = {"succeed": State.SUCCEEDED, "fail": State.FAILED, "fail_overdue": State.FAILED, "cancel": State.CANCELED}


async def put(kiln: Kiln, ann: Principal, state: State, submission: Submission) -> Task:
    """A task of four items in this state, as the worker that holds it (or the last one that did) sees it."""
    task_id = await kiln.submitted(ann, quote(count=4))
    if state is State.QUEUED or state is State.CANCELED:
        held = await kiln.held(task_id)
    else:
        held = await kiln.claim(task_id)
        if submission is not Submission.NONE:
            await kiln.execute("UPDATE task SET submission = :submission WHERE id = :id", submission=submission.value, id=task_id)
    ending = {State.SUCCEEDED: "succeed", State.FAILED: "fail", State.CANCELED: "cancel"}.get(state)
    if ending:
        async with kiln.engine.begin() as connection:
            assert await OPERATIONS[ending](connection, held)
    return held


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_every_transition(kiln: Kiln, operation: str) -> None:
    """From every state: the table of legal transitions and the code agree, and an illegal one leaves row and money alone."""
    ann = await kiln.account()
    for (state, submission), legal in LEGAL.items():
        held = await put(kiln, ann, state, submission)
        before, money = await kiln.row(held.id), await kiln.wallet(ann)
        async with kiln.engine.begin() as connection:
            moved = await OPERATIONS[operation](connection, held)
        after = await kiln.row(held.id)
        assert bool(moved) is (operation in legal), (state, submission)
        if operation in legal:
            assert after != before
        else:
            assert (after, await kiln.wallet(ann)) == (before, money), (state, submission)
        if operation in ENDS and moved:
            assert after["state"] == ENDS[operation]
        if State(after["state"]).open:
            await kiln.cancel(after["public_id"])
        assert await kiln.audit() == []


@pytest.mark.parametrize("operation", ["sending", "accepted", "succeed", "fail"])
async def test_late_worker_changes_nothing(kiln: Kiln, operation: str) -> None:
    """A worker whose attempt was taken over can neither move nor finish the task."""
    ann = await kiln.account()
    late = await put(kiln, ann, State.RUNNING, Submission.SENDING)
    current = await kiln.claim(late.id)
    assert current.attempt == late.attempt + 1
    before, money = await kiln.row(late.id), await kiln.wallet(ann)
    async with kiln.engine.begin() as connection:
        assert not await OPERATIONS[operation](connection, late)
    assert (await kiln.row(late.id), await kiln.wallet(ann)) == (before, money)
    async with kiln.engine.begin() as connection:
        assert await OPERATIONS[operation](connection, current)


async def test_claim_keeps_the_first_start(kiln: Kiln) -> None:
    """`started_at` is when the first attempt began; what is known of the upstream stays with the task."""
    ann = await kiln.account()
    task_id = await kiln.submitted(ann)
    first = await kiln.claim(task_id)
    started = (await kiln.row(task_id))["started_at"]
    async with kiln.engine.begin() as connection:
        await OPERATIONS["sending"](connection, first)
        await OPERATIONS["accepted"](connection, first)
    await asyncio.sleep(0.005)
    second = await kiln.claim(task_id)
    assert (await kiln.row(task_id))["started_at"] == started
    assert (second.submission, second.remote_id, second.attempt) == (Submission.ACCEPTED, "r1", 2)


async def test_claim_of_a_missing_task(kiln: Kiln) -> None:
    """A ticket without a task is nothing to work on."""
    async with kiln.engine.begin() as connection:
        assert await states.claim(connection, "no-such-task") is None


@pytest.mark.parametrize(("delivered", "consumed"), [(1, 1), (3, 3), (4, 4), (6, 4)])
async def test_delivered_items_are_paid(kiln: Kiln, delivered: int, consumed: int) -> None:
    """Each delivered item is paid, the rest released, and never more than the quote."""
    ann = await kiln.account(credits=100)
    held = await put(kiln, ann, State.RUNNING, Submission.SENDING)
    async with kiln.engine.begin() as connection:
        await states.succeed(connection, held, outputs(held, delivered), None)
    released = (4 - consumed) * PRICE
    expected = {"reserve": 4 * PRICE, "consume": consumed * PRICE} | ({"release": released} if released else {})
    assert await kiln.movements(held.id) == expected
    assert await kiln.wallet(ann) == (100_000_000 - consumed * PRICE, 0, 0)
    assert (await kiln.row(held.id))["charged"] == consumed * PRICE


async def test_one_ending_of_many(kiln: Kiln) -> None:
    """Success, failure, cancellation and the deadline at the same moment: one of them ends the task and settles it."""
    ann = await kiln.account()
    seen = Counter[str]()
    for _ in range(8):
        held = await put(kiln, ann, State.RUNNING, Submission.SENDING)

        async def attempt(operation: str, held: Task = held) -> str | None:
            async with kiln.engine.begin() as connection:
                return operation if await OPERATIONS[operation](connection, held) else None

        endings = await asyncio.gather(*(attempt(operation) for operation in (*ENDS, *ENDS)))
        winners = [ending for ending in endings if ending]
        assert len(winners) == 1
        assert (await kiln.row(held.id))["state"] == ENDS[winners[0]]
        seen.update(winners)
    assert await kiln.wallet(ann) == (1_000_000_000 - 3 * PRICE * seen["succeed"], 0, 0)


async def test_two_claims_at_once(kiln: Kiln) -> None:
    """Claims at the same moment get attempts of their own: the last one alone can finish the task."""
    ann = await kiln.account()
    for _ in range(10):
        task_id = await kiln.submitted(ann)
        claims = await asyncio.gather(*(kiln.claim(task_id) for _ in range(4)))
        assert sorted(held.attempt for held in claims) == [1, 2, 3, 4]
        for held in sorted(claims, key=lambda held: held.attempt):
            async with kiln.engine.begin() as connection:
                assert await OPERATIONS["fail"](connection, held) is (held.attempt == 4)


async def test_settling_twice_is_refused_by_the_database(kiln: Kiln) -> None:
    """Should the guard of the state ever be wrong, the ledger's unique keys still refuse a second settlement."""
    ann = await kiln.account()
    await kiln.submitted(ann, quote(count=4))
    held = await put(kiln, ann, State.RUNNING, Submission.SENDING)
    async with kiln.engine.begin() as connection:
        await states.fail(connection, held, ERROR, attempt=1)
    with pytest.raises(Exception, match=r"(?i)unique"):
        async with kiln.engine.begin() as connection:
            await states.entries.settle(
                connection, held.account_id, held.id, reserved=held.price, consumed=0, description="again"
            )


def test_records_know_every_column() -> None:
    """A task as the runner reads it round-trips through its row: no field is forgotten."""
    names = {field.name for field in msgspec.structs.fields(Task)}
    assert names == {column.name for column in states.TASK_COLUMNS}
