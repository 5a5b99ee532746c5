"""Several tasks submitted together: all of them or none, one Idempotency-Key for all, in a conversation that is there."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from fakes.kiln import DIALECT, PRICE, Kiln, quote, second_process
from msgspec.structs import replace
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.accounts.principals import Principal
from mediakiln.database.engine import reading, writing
from mediakiln.database.tables import ledger_entry, task, task_input
from mediakiln.errors import (
    MICRO,
    Forbidden,
    IdempotencyInFlight,
    IdempotencyMismatch,
    InsufficientCredits,
    NotFound,
    Overloaded,
)
from mediakiln.tasks import conversations, listing, removal
from mediakiln.tasks.replays import Idempotency, Submitted
from mediakiln.tasks.submit import NewTask


async def nothing_made(kiln: Kiln, ann: Principal, credits: int) -> None:  # noqa: A002 - as in `Kiln.account`
    """No task, no ticket, no movement but the grant, and the whole balance."""
    assert await kiln.wallet(ann) == (credits * MICRO, 0, 0)
    assert (await kiln.tasks(), await kiln.tickets()) == (0, set())
    async with reading(kiln.engine) as connection:
        for table, rows in ((ledger_entry, 1), (task_input, 0)):
            assert await connection.scalar(select(func.count()).select_from(table)) == rows


async def remove(kiln: Kiln, ann: Principal, conversation_id: str, *, permanent: bool) -> None:
    """Delete a conversation as an owner does."""
    async with writing(kiln.engine) as connection:
        await conversations.remove(connection, ann.account_id, conversation_id, permanent=permanent)
        if permanent:
            await removal.remove_conversation(connection, kiln.dispatcher, ann.account_id, conversation_id)


async def test_a_bundle(kiln: Kiln) -> None:
    """Three tasks of different prices: a ticket and a reservation each, the balance told as it falls."""
    ann = await kiln.account(credits=20)
    made = await kiln.bundle(ann, [quote(count=1), quote(count=4), quote(count=2)], details={"panel": "hero"}, parent_id="p1")
    assert [(each.price, each.available_after, each.replayed) for each in made] == [
        (PRICE, 18 * MICRO, False),
        (4 * PRICE, 10 * MICRO, False),
        (2 * PRICE, 6 * MICRO, False),
    ]
    rows = [await kiln.row(each.public_id) for each in made]
    assert {(row["details"], row["parent_id"], row["idempotency_key"]) for row in rows} == {('{"panel":"hero"}', "p1", None)}
    assert await kiln.tickets() == {row["id"] for row in rows}
    assert await kiln.wallet(ann) == (6 * MICRO, 14 * MICRO, 3)


async def test_lists_keep_the_order_of_a_bundle(kiln: Kiln) -> None:
    """Tasks of one millisecond are listed as they were asked for."""
    ann = await kiln.account()
    thread = await kiln.conversation(ann)
    asked = []
    for _ in range(5):
        asked += [each.public_id for each in await kiln.bundle(ann, [quote()] * 10, conversation_id=thread)]
    async with reading(kiln.engine) as connection:
        assert [each.public_id for each in await listing.of_conversation(connection, ann.account_id, thread)] == asked


async def test_too_dear_as_a_whole(kiln: Kiln) -> None:
    """Each task alone could be paid; the error names what all of them cost, and nothing is made."""
    ann = await kiln.account(credits=5)
    with pytest.raises(InsufficientCredits, match="Available: 5, Required: 6") as refused:
        await kiln.bundle(ann, [quote(inputs=["/uploads/a.png"])] * 3)
    assert (refused.value.available, refused.value.required) == (5 * MICRO, 6 * MICRO)
    await nothing_made(kiln, ann, 5)


async def test_the_limit_counts_the_whole_bundle(engine: AsyncEngine, tmp_path: Path) -> None:
    """A bundle that would go beyond `max_waiting_per_account` is refused as one; what fits is taken."""
    kiln = Kiln(engine, tmp_path, max_waiting_per_account=4)
    ann = await kiln.account()
    await kiln.bundle(ann, [quote()] * 2)
    with pytest.raises(Overloaded) as refused:
        await kiln.bundle(ann, [quote()] * 3)
    assert refused.value.scope == "account"
    assert await kiln.tasks() == 2
    await kiln.bundle(ann, [quote()] * 2)
    assert await kiln.wallet(ann) == (992 * MICRO, 8 * MICRO, 4)


async def test_one_model_for_subscribers_refuses_all(kiln: Kiln) -> None:
    """The plan is asked for whichever task of a bundle needs it."""
    ann = await kiln.account(credits=50)
    with pytest.raises(Forbidden):
        await kiln.bundle(ann, [quote(), quote(model="seedream4")])
    await nothing_made(kiln, ann, 50)


async def test_a_repeat_is_the_first_answer(kiln: Kiln, tmp_path: Path) -> None:
    """The same ids, prices and balances in the same order, from any process, though the tasks ended and the credits are gone."""
    ann = await kiln.account(credits=40)
    first = await kiln.bundle(ann, [quote(count=n % 3 + 1) for n in range(10)], key="k1")
    expected = tuple(replace(each, replayed=True) for each in first)
    for each in first[:5]:
        await kiln.cancel(each.public_id)
    await kiln.bundle(ann, [quote(unit_price=1 * MICRO)] * ((await kiln.wallet(ann))[0] // MICRO))
    assert (await kiln.wallet(ann))[0] == 0
    asked = [quote()] * 10  # prices may have changed since
    assert await kiln.bundle(ann, asked, key="k1") == expected
    async with second_process(kiln.engine, tmp_path / "other") as other:
        assert await other.bundle(ann, asked, key="k1") == expected
        assert await other.submitter.replay(ann.account_id, Idempotency("k1", "body"), 10) == expected


async def test_another_body_is_refused(kiln: Kiln) -> None:
    """Another body, or more tasks than the key has made, is no repeat; a reader is told so as well. Others' keys are free."""
    ann, bob = await kiln.account(), await kiln.account()
    await kiln.bundle(ann, [quote()] * 3, key="k1")
    for size, body in ((3, "another"), (1, "another"), (4, "body")):
        with pytest.raises(IdempotencyMismatch):
            await kiln.bundle(ann, [quote()] * size, key="k1", body=body)
        with pytest.raises(IdempotencyMismatch):
            await kiln.submitter.replay(ann.account_id, Idempotency("k1", body), size)
    assert await kiln.submitter.replay(bob.account_id, Idempotency("k1", "body"), 3) is None
    assert await kiln.submitter.replay(ann.account_id, Idempotency("k2", "body"), 3) is None
    assert await kiln.tasks() == 3


@pytest.mark.parametrize("key", ["k" * 255, "ключ" * 63, "窯" * 255])
async def test_the_longest_keys(kiln: Kiln, key: str) -> None:
    """255 characters of any script: every task of the bundle finds room for its key."""
    ann = await kiln.account()
    first = await kiln.bundle(ann, [quote()] * 14, key=key)
    again = await kiln.bundle(ann, [quote()] * 14, key=key)
    assert [each.public_id for each in again] == [each.public_id for each in first]
    assert again[0].replayed


async def test_one_bundle_per_key_over_two_processes(kiln: Kiln, tmp_path: Path) -> None:
    """The same key at the same moment in two processes makes one bundle, and both callers get all of it."""
    ann = await kiln.account()
    async with second_process(kiln.engine, tmp_path / "other") as other:
        for n in range(15):
            answers = await asyncio.gather(*(each.bundle(ann, [quote()] * 5, key=f"k{n}") for each in (kiln, other)))
            assert sorted({each.replayed for each in answer} == {True} for answer in answers) == [False, True]
            plain = [tuple(replace(each, replayed=False) for each in answer) for answer in answers]
            assert plain[0] == plain[1]
    assert await kiln.tasks() == 75
    assert await kiln.wallet(ann) == (850 * MICRO, 150 * MICRO, 75)


async def test_a_key_for_two_sizes_over_two_processes(kiln: Kiln, tmp_path: Path) -> None:
    """A single task and a bundle under one key at the same moment: one of them is made, the other told of the mismatch."""
    ann = await kiln.account()
    async with second_process(kiln.engine, tmp_path / "other") as other:
        for n in range(10):
            outcomes = await asyncio.gather(
                kiln.bundle(ann, [quote()], key=f"k{n}", body="one"),
                other.bundle(ann, [quote()] * 4, key=f"k{n}", body="four"),
                return_exceptions=True,
            )
            assert Counter(type(outcome) for outcome in outcomes) == {tuple: 1, IdempotencyMismatch: 1}
    assert (await kiln.wallet(ann))[2] == await kiln.tasks()


async def test_a_key_in_flight(kiln: Kiln) -> None:
    """While a bundle is being answered, its repeat in the same process is told so."""
    ann = await kiln.account()
    outcomes = await asyncio.gather(*(kiln.bundle(ann, [quote()] * 3, key="k1") for _ in range(4)), return_exceptions=True)
    assert Counter(type(outcome) for outcome in outcomes) == {tuple: 1, IdempotencyInFlight: 3}
    assert await kiln.tasks() == 3


async def test_one_bundle_spoils_no_other(kiln: Kiln) -> None:
    """Refused ones in a commit (too dear, no such conversation, a taken id) leave the others alone."""
    ann, bob = await kiln.account(credits=20), await kiln.account(credits=6)
    taken = (await kiln.submit(await kiln.account())).public_id
    poisoned = [NewTask(bob, DIALECT, public_id, quote()) for public_id in ("clxfree", taken)]
    outcomes = await asyncio.gather(
        kiln.bundle(ann, [quote()] * 4),
        kiln.bundle(bob, [quote()] * 4),
        kiln.bundle(ann, [quote()] * 2, conversation_id="ds_missing"),
        kiln.submitter.submit_all(poisoned),
        kiln.bundle(bob, [quote()] * 3),
        return_exceptions=True,
    )
    kinds = [type(outcome).__name__ for outcome in outcomes]
    assert kinds == ["tuple", "InsufficientCredits", "NotFound", "IntegrityError", "tuple"]
    assert await kiln.wallet(ann) == (12 * MICRO, 8 * MICRO, 4)
    assert await kiln.wallet(bob) == (0, 6 * MICRO, 3)
    assert await kiln.tasks() == 8


@pytest.mark.parametrize("permanent", [False, True])
async def test_a_deleted_conversation(kiln: Kiln, *, permanent: bool) -> None:
    """Deleted, foreign and missing conversations are refused in the same words, and nothing is reserved."""
    ann, bob = await kiln.account(credits=10), await kiln.account()
    gone, foreign = await kiln.conversation(ann), await kiln.conversation(bob)
    await remove(kiln, ann, gone, permanent=permanent)
    said = set()
    for thread in (gone, foreign, "ds_missing"):
        with pytest.raises(NotFound) as missing:
            await kiln.bundle(ann, [quote(inputs=["/uploads/a.png"])] * 2, conversation_id=thread)
        said.add(str(missing.value))
    assert len(said) == 1
    assert (await kiln.wallet(ann), await kiln.tasks(), await kiln.tickets()) == ((10 * MICRO, 0, 0), 0, set())


async def test_every_task_of_a_bundle_has_its_conversation(kiln: Kiln) -> None:
    """One wrong conversation among right ones refuses all."""
    ann, bob = await kiln.account(credits=10), await kiln.account()
    threads = [await kiln.conversation(ann), await kiln.conversation(bob)]
    bundle = [NewTask(ann, DIALECT, f"clx{n}", quote(), conversation_id=thread) for n, thread in enumerate([None, *threads])]
    with pytest.raises(NotFound):
        await kiln.submitter.submit_all(bundle)
    assert len(await kiln.submitter.submit_all(bundle[:2])) == 2


async def test_a_repeat_outlives_its_conversation(kiln: Kiln) -> None:
    """What was answered before is answered again, though the conversation and its tasks are deleted."""
    ann = await kiln.account()
    thread = await kiln.conversation(ann)
    first = await kiln.bundle(ann, [quote()] * 2, key="k1", conversation_id=thread)
    await remove(kiln, ann, thread, permanent=True)
    again = await kiln.bundle(ann, [quote()] * 2, key="k1", conversation_id=thread)
    assert again == tuple(replace(each, replayed=True) for each in first)


@pytest.mark.parametrize("permanent", [False, True])
async def test_submits_race_with_a_removal(kiln: Kiln, tmp_path: Path, *, permanent: bool) -> None:
    """A removal in another process at the same moment: whatever got in before it was seen by it, whatever came after was
    refused. No unfinished task is left behind in a conversation that is gone for good."""
    ann = await kiln.account(credits=10_000)
    async with second_process(kiln.engine, tmp_path / "other") as other:
        for turn in range(8):
            thread = await kiln.conversation(ann)

            async def later(thread: str, steps: int) -> None:
                for _ in range(steps):
                    await asyncio.sleep(0.001)
                await remove(other, ann, thread, permanent=permanent)

            submits = [kiln.bundle(ann, [quote()] * (n % 3 + 1), conversation_id=thread) for n in range(12)]
            *outcomes, removed = await asyncio.gather(*submits, later(thread, turn), return_exceptions=True)
            assert removed is None
            assert {type(outcome) for outcome in outcomes} <= {tuple, NotFound}
            made = {each.public_id for outcome in outcomes if isinstance(outcome, tuple) for each in outcome}
            rows = await tasks_in(kiln, thread)
            assert {row.public_id for row in rows} == made
            if permanent:
                assert all((row.state, row.deleted_at is None) == ("canceled", False) for row in rows)
            with pytest.raises(NotFound):
                await kiln.bundle(ann, [quote()], conversation_id=thread)
    open_tasks = (await kiln.wallet(ann))[2]
    assert len(await kiln.tickets()) == open_tasks
    assert not (permanent and open_tasks)


async def tasks_in(kiln: Kiln, thread: str) -> Sequence[object]:
    """Every task row of a conversation, hidden or not."""
    async with reading(kiln.engine) as connection:
        query = select(task.c.public_id, task.c.state, task.c.deleted_at).where(task.c.conversation_id == thread)
        return (await connection.execute(query)).all()


async def test_which_of_our_files_a_task_was_given(kiln: Kiln) -> None:
    """A row for each own path, once, and none for what lies elsewhere or was refused."""
    ann = await kiln.account(credits=6)
    own = [f"/uploads/{ann.account_id}/images/2026/01/01/{n * 32}_0.png" for n in "ab"]
    mixed = quote(inputs=[own[0], "https://example.com/uploads/x.png", own[1], own[0], "up_1", "data:image/png;base64,AAAA"])
    made = await kiln.bundle(ann, [mixed, quote(), quote(inputs=own[:1])])
    with pytest.raises(InsufficientCredits):
        await kiln.bundle(ann, [mixed])
    ids = [(await kiln.row(each.public_id))["id"] for each in made]
    async with reading(kiln.engine) as connection:
        rows = (await connection.execute(select(task_input.c.task_id, task_input.c.path))).all()
    assert sorted(tuple(row) for row in rows) == sorted([(ids[0], own[0]), (ids[0], own[1]), (ids[2], own[0])])


async def test_a_repeat_writes_nothing(kiln: Kiln) -> None:
    """Not even which files it was given."""
    ann = await kiln.account()
    asked: list[Submitted] = []
    for _ in range(3):
        asked += await kiln.bundle(ann, [quote(inputs=["/uploads/a.png"])] * 2, key="k1")
    async with reading(kiln.engine) as connection:
        assert await connection.scalar(select(func.count()).select_from(task_input)) == 2
    assert len({each.public_id for each in asked}) == 2
