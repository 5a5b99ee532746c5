"""Submitting: durable exactly once per Idempotency-Key, never beyond the wallet, refused in time when too much waits."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest
from fakes.kiln import DIALECT, PRICE, Kiln, quote, second_process
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.errors import (
    MICRO,
    Forbidden,
    IdempotencyInFlight,
    IdempotencyMismatch,
    InsufficientCredits,
    Overloaded,
)
from mediakiln.tasks.replays import Submitted
from mediakiln.tasks.submit import NewTask


async def test_submit_is_durable(kiln: Kiln) -> None:
    """One submit leaves a queued task, a ticket, and a reservation, all told in the answer."""
    ann = await kiln.account(credits=10)
    answer = await kiln.submit(ann, quote(count=3))
    assert (answer.price, answer.available_after, answer.replayed) == (3 * PRICE, 4 * MICRO, False)
    row = await kiln.row(answer.public_id)
    assert (row["state"], row["submission"], row["attempt"], row["charged"]) == ("queued", "none", 0, None)
    assert await kiln.tickets() == {row["id"]}
    assert await kiln.wallet(ann) == (4 * MICRO, 6 * MICRO, 1)


async def test_same_key_and_body_replays(kiln: Kiln) -> None:
    """A repeated request gets the first answer, credits_remaining of that moment included, and makes nothing."""
    ann = await kiln.account(credits=10)
    first = await kiln.submit(ann, key="k1")
    await kiln.submit(ann)  # the balance goes on falling
    again = await kiln.submit(ann, key="k1")
    assert again.replayed
    assert (again.public_id, again.price, again.available_after, again.created_at, again.provider) == (
        first.public_id,
        first.price,
        first.available_after,
        first.created_at,
        first.provider,
    )
    assert await kiln.tasks() == 2


async def test_replay_outlives_the_credits_and_the_task(kiln: Kiln) -> None:
    """A replay costs nothing, so an empty wallet does not refuse it, and a finished task is still the answer."""
    ann = await kiln.account(credits=2)
    first = await kiln.submit(ann, key="k1")
    await kiln.cancel(first.public_id, ann)
    await kiln.submit(ann)
    again = await kiln.submit(ann, key="k1")
    assert (again.public_id, again.replayed) == (first.public_id, True)


async def test_same_key_other_body_is_refused(kiln: Kiln) -> None:
    """A key stands for one request for ever."""
    ann = await kiln.account()
    await kiln.submit(ann, key="k1")
    with pytest.raises(IdempotencyMismatch):
        await kiln.submit(ann, key="k1", body="another")
    assert await kiln.tasks() == 1


async def test_keys_belong_to_accounts(kiln: Kiln) -> None:
    """Two accounts may use the same key, with different bodies."""
    ann, bob = await kiln.account(), await kiln.account()
    one, two = await asyncio.gather(kiln.submit(ann, key="k1"), kiln.submit(bob, key="k1", body="another"))
    assert one.public_id != two.public_id
    assert await kiln.tasks() == 2


async def test_key_in_flight(kiln: Kiln) -> None:
    """While the first request is being answered, the second in the same process is told so."""
    ann = await kiln.account()
    outcomes = await asyncio.gather(*(kiln.submit(ann, key="k1") for _ in range(5)), return_exceptions=True)
    kinds = Counter(type(outcome) for outcome in outcomes)
    assert kinds == {Submitted: 1, IdempotencyInFlight: 4}
    assert (await kiln.submit(ann, key="k1")).replayed


async def test_refused_request_does_not_burn_its_key(kiln: Kiln) -> None:
    """After InsufficientCredits the same key works once there are credits."""
    ann = await kiln.account(credits=1)
    for _ in range(2):
        with pytest.raises(InsufficientCredits):
            await kiln.submit(ann, key="k1")
    await kiln.execute("UPDATE wallet SET available = 2000000, granted = 2000000")
    await kiln.execute("UPDATE ledger_entry SET amount = 2000000, available_after = 2000000")
    assert not (await kiln.submit(ann, key="k1")).replayed


async def test_one_task_per_key_over_two_processes(kiln: Kiln, tmp_path: Path) -> None:
    """The same key at the same moment in two processes makes one task, and both callers get it."""
    ann = await kiln.account()
    async with second_process(kiln.engine, tmp_path / "other") as other:
        for n in range(15):
            key = f"k{n}"
            answers = await asyncio.gather(kiln.submit(ann, key=key), other.submit(ann, key=key))
            assert answers[0].public_id == answers[1].public_id
            assert answers[0].available_after == answers[1].available_after
            assert sorted(answer.replayed for answer in answers) == [False, True]
    assert await kiln.tasks() == 15


async def test_other_body_over_two_processes(kiln: Kiln, tmp_path: Path) -> None:
    """The same key with two bodies at the same moment: one wins, the other is told of the mismatch."""
    ann = await kiln.account()
    async with second_process(kiln.engine, tmp_path / "other") as other:
        for n in range(8):
            outcomes = await asyncio.gather(
                kiln.submit(ann, key=f"k{n}", body="a"), other.submit(ann, key=f"k{n}", body="b"), return_exceptions=True
            )
            assert Counter(type(outcome) for outcome in outcomes) == {Submitted: 1, IdempotencyMismatch: 1}
    assert await kiln.tasks() == 8


async def test_caller_gone_and_back(kiln: Kiln) -> None:
    """A client that hangs up and retries with its key gets the one task, whatever became of its first request."""
    ann = await kiln.account()
    for n in range(10):
        first = asyncio.create_task(kiln.submit(ann, key=f"k{n}"))
        for _ in range(n):
            await asyncio.sleep(0)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        await kiln.submit(ann, key=f"k{n}")
    assert await kiln.tasks() == 10
    assert (await kiln.wallet(ann))[2] == 10


async def test_wallet_cannot_be_overspent(kiln: Kiln) -> None:
    """200 submits at once on a wallet that affords 7: exactly 7 are accepted, and the rest told what there is."""
    ann = await kiln.account(credits=15)
    outcomes = await asyncio.gather(*(kiln.submit(ann) for _ in range(200)), return_exceptions=True)
    accepted = [outcome for outcome in outcomes if isinstance(outcome, Submitted)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, InsufficientCredits)]
    assert (len(accepted), len(refused)) == (7, 193)
    assert {(error.available, error.required) for error in refused} == {(1 * MICRO, 2 * MICRO)}
    assert sorted(answer.available_after for answer in accepted) == [n * MICRO for n in (1, 3, 5, 7, 9, 11, 13)]
    assert await kiln.wallet(ann) == (1 * MICRO, 14 * MICRO, 7)


async def test_wallet_cannot_be_overspent_by_two_processes(kiln: Kiln, tmp_path: Path) -> None:
    """The same from two processes, for three accounts at once."""
    people = [await kiln.account(credits=15) for _ in range(3)]
    async with second_process(kiln.engine, tmp_path / "other") as other:
        outcomes = await asyncio.gather(
            *(house.submit(one) for house in (kiln, other) for one in people * 30), return_exceptions=True
        )
    assert Counter(type(outcome) for outcome in outcomes) == {Submitted: 21, InsufficientCredits: 159}
    for one in people:
        assert await kiln.wallet(one) == (1 * MICRO, 14 * MICRO, 7)


async def test_batch_refuses_what_single_requests_would(kiln: Kiln) -> None:
    """A dear request in a batch does not take the cheap ones with it, nor another account's."""
    ann, bob = await kiln.account(credits=5), await kiln.account(credits=2)
    dear = quote(unit_price=100 * MICRO)
    await kiln.submit(await kiln.account())  # admission has counted: the next submits go in the order they are written
    outcomes = await asyncio.gather(
        kiln.submit(ann), kiln.submit(ann, dear), kiln.submit(bob), kiln.submit(ann), kiln.submit(ann), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [
        Submitted,
        InsufficientCredits,
        Submitted,
        Submitted,
        InsufficientCredits,
    ]


async def test_poisoned_item_spoils_no_other(kiln: Kiln) -> None:
    """A request that the database refuses fails alone: its neighbours in the same commit are accepted."""
    ann = await kiln.account()
    taken = (await kiln.submit(ann)).public_id
    poisoned = kiln.submitter.submit(NewTask(ann, DIALECT, taken, quote()))
    outcomes = await asyncio.gather(
        *(kiln.submit(ann) for _ in range(5)), poisoned, *(kiln.submit(ann) for _ in range(5)), return_exceptions=True
    )
    assert isinstance(outcomes[5], DBAPIError)
    assert sum(isinstance(outcome, Submitted) for outcome in outcomes) == 10
    assert await kiln.tasks() == 11


async def test_unfinished_tasks_of_an_account_are_bounded(engine: AsyncEngine, tmp_path: Path) -> None:
    """Beyond `max_waiting_per_account` a submit is refused before money moves; another account is not touched by it."""
    kiln = Kiln(engine, tmp_path, max_waiting_per_account=3)
    ann, bob = await kiln.account(), await kiln.account()
    outcomes = await asyncio.gather(*(kiln.submit(ann) for _ in range(10)), return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Overloaded)]
    assert len(refused) == 7
    assert {(error.scope, error.retry_after > 0) for error in refused} == {("account", True)}
    await kiln.submit(bob)
    accepted = next(outcome for outcome in outcomes if isinstance(outcome, Submitted))
    await kiln.cancel(accepted.public_id)
    await kiln.submit(ann)
    assert (await kiln.wallet(ann))[2] == 3
    assert await kiln.audit() == []


async def test_server_refuses_when_too_much_waits(engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond `max_waiting` every account is refused, and admitted again when tasks have finished."""
    monkeypatch.setattr("mediakiln.tasks.submit.COUNT_EVERY", 0.0)
    kiln = Kiln(engine, tmp_path, max_waiting=2)
    ann, bob = await kiln.account(), await kiln.account()
    first = await kiln.submit(ann)
    await kiln.submit(ann)
    before = await kiln.wallet(bob)
    with pytest.raises(Overloaded) as refused:
        await kiln.submit(bob)
    assert (refused.value.scope, refused.value.retry_after > 0) == ("server", True)
    assert await kiln.wallet(bob) == before
    await kiln.cancel(first.public_id)
    await kiln.submit(bob)


async def test_subscription_needed(kiln: Kiln) -> None:
    """A model for subscribers is refused without a plan and on a plan that opens none, and admitted on one that does."""
    asked = quote(model="seedream4")
    assert asked.model.requires_subscription
    for plan in (None, "free"):
        poor = await kiln.account(plan=plan)
        with pytest.raises(Forbidden):
            await kiln.submit(poor, asked)
        assert await kiln.wallet(poor) == (1_000 * MICRO, 0, 0)
    await kiln.submit(await kiln.account(plan="starter"), asked)


async def test_close_waits_for_commits(kiln: Kiln) -> None:
    """What was asked for before `aclose` is durable after it."""
    ann = await kiln.account()
    asked = [asyncio.create_task(kiln.submit(ann)) for _ in range(50)]
    await asyncio.sleep(0.005)
    await kiln.submitter.aclose()
    done = [task for task in asked if task.done()]
    assert await kiln.tasks() >= len(done)
    await asyncio.gather(*asked)
    assert await kiln.tasks() == 50
