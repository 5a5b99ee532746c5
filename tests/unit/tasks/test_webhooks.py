"""Webhooks against a real receiver, on both databases: what is told, how it is signed, when it is tried again, who sends it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from fakes.kiln import DIALECT, Kiln, quote
from fakes.providers import Scripted, deliver
from fakes.receiver import HANG, Receiver, receiving
from sqlalchemy import RowMapping, event, select
from standardwebhooks import WebhookVerificationError

from mediakiln.accounts.principals import Principal
from mediakiln.accounts.secret_key import webhook_secret
from mediakiln.assets.fetch import FetchDoor
from mediakiln.database.engine import reading
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import webhook
from mediakiln.providers.base import Rejected, RejectReason
from mediakiln.tasks import outbox, states
from mediakiln.tasks.records import Callback, ErrorCode, TaskError, TaskSnapshot
from mediakiln.tasks.removal import cancel_or_remove
from mediakiln.tasks.webhooks import FAIR, Webhooks

KEY = b"the server's own secret"
HERE = "http://kiln.test"


def body_of(snapshot: TaskSnapshot, base_url: str) -> bytes:
    return msgspec.json.encode({"id": snapshot.public_id, "state": snapshot.state, "at": base_url})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that takes everything, unless told otherwise."""
    async with receiving() as opened:
        yield opened


def sender(kiln: Kiln, *, timeout: float = 5.0, allow: tuple[str, ...] = ("127.0.0.1",), public_url: str = "") -> Webhooks:
    door = FetchDoor(allow=allow, max_bytes=0, timeout=timeout)
    return Webhooks(kiln.engine, door, {DIALECT: body_of}, KEY, public_url)


async def ordered(kiln: Kiln, who: Principal, url: str, **more: Any) -> str:
    """A task that wants its end told at `url`; returns its own id."""
    [submitted] = await kiln.bundle(who, [quote()], callback=Callback(url, HERE), **more)
    return str((await kiln.row(submitted.public_id))["id"])


async def ended(kiln: Kiln, who: Principal, url: str) -> str:
    """One that has succeeded."""
    task_id = await ordered(kiln, who, url)
    await kiln.runner(Scripted(start=[deliver()]))(task_id)
    return task_id


async def rows(kiln: Kiln) -> list[RowMapping]:
    async with reading(kiln.engine) as connection:
        return list((await connection.execute(select(webhook).order_by(webhook.c.id))).mappings())


async def sent(*senders: Webhooks) -> None:
    """Look once and wait for what that began."""
    await asyncio.gather(*(each.look() for each in senders))
    for each in senders:
        await asyncio.gather(*each._sending)


async def due_now(kiln: Kiln) -> None:
    """As if the pause, or the lease, were over."""
    await kiln.execute("UPDATE webhook SET due_at = 0 WHERE state = 'pending'")


async def test_every_end_is_told_once(kiln: Kiln, receiver: Receiver) -> None:
    """Succeeded, failed, canceled and overdue; a task without a callback writes nothing."""
    ann = await kiln.account()
    await kiln.runner(Scripted(start=[deliver()]))(await kiln.submitted(ann))
    good, bad, late = [await ordered(kiln, ann, receiver.url) for _ in range(3)]
    unwanted = await ordered(kiln, ann, receiver.url)
    assert await rows(kiln) == []
    await kiln.runner(Scripted(start=[deliver()]))(good)
    await kiln.runner(Scripted(start=[Rejected(RejectReason.CONTENT_FILTERED, "No")]))(bad)
    await kiln.cancel((await kiln.row(unwanted))["public_id"])
    await kiln.execute("UPDATE task SET deadline = 0 WHERE id = :id", id=late)
    await kiln.janitor.fail_overdue()
    await sent(sender(kiln))
    secret = webhook_secret(KEY, ann.account_id)
    told = {(each := delivery.checked(secret))["id"]: each["state"] for delivery in receiver.deliveries}
    assert len(receiver.deliveries) == 4
    public = {name: (await kiln.row(name))["public_id"] for name in (good, bad, late, unwanted)}
    assert told == {public[good]: "succeeded", public[bad]: "failed", public[late]: "failed", public[unwanted]: "canceled"}
    assert {row["state"] for row in await rows(kiln)} == {"delivered"}
    await due_now(kiln)
    await sent(sender(kiln))
    assert len(receiver.deliveries) == 4


async def test_the_request_itself(kiln: Kiln, receiver: Receiver) -> None:
    """Path and query as given, JSON, signed; another account's secret, another body or another id does not open it."""
    ann, bob = await kiln.account(), await kiln.account()
    await ended(kiln, ann, receiver.url)
    await sent(sender(kiln))
    [delivery] = receiver.deliveries
    [row] = await rows(kiln)
    assert delivery.path == "/hook?for=me"
    assert delivery.headers["content-type"] == "application/json"
    assert delivery.headers["webhook-id"] == row["id"]
    assert abs(int(delivery.headers["webhook-timestamp"]) - time.time()) < 10
    assert delivery.checked(webhook_secret(KEY, ann.account_id))["at"] == HERE
    with pytest.raises(WebhookVerificationError):
        delivery.checked(webhook_secret(KEY, bob.account_id))
    with pytest.raises(WebhookVerificationError):
        delivery.checked(webhook_secret(b"another server", ann.account_id))


async def test_links_begin_with_the_public_url(kiln: Kiln, receiver: Receiver) -> None:
    """Where the operator has named one, whatever address the client came by."""
    await ended(kiln, await kiln.account(), receiver.url)
    await sent(sender(kiln, public_url="https://media.example.com/"))
    assert b'"at":"https://media.example.com"' in receiver.deliveries[0].body


async def test_a_failing_receiver_is_tried_again(kiln: Kiln, receiver: Receiver) -> None:
    """Under the same id, with a fresh timestamp, after a pause; then it is over."""
    ann = await kiln.account()
    await ended(kiln, ann, receiver.url)
    receiver.answers = [500, 302, 200]
    receiver.extra = f"Location: {receiver.url}&redirected\r\n"
    for n, pause in enumerate((5_000, 30_000)):
        before = now_ms()
        await sent(sender(kiln))
        [row] = await rows(kiln)
        assert (row["state"], row["tries"], row["error"]) == ("pending", n + 1, f"answered with status {(500, 302)[n]}")
        assert before + pause * 0.9 <= row["due_at"] <= now_ms() + pause * 1.1
        await sent(sender(kiln))
        assert len(receiver.deliveries) == n + 1
        await due_now(kiln)
    await sent(sender(kiln))
    [row] = await rows(kiln)
    assert (row["state"], row["tries"], row["error"]) == ("delivered", 3, None)
    assert len({delivery.headers["webhook-id"] for delivery in receiver.deliveries}) == 1
    assert all(delivery.path == "/hook?for=me" for delivery in receiver.deliveries)


async def test_a_day_of_tries_and_no_more(kiln: Kiln, receiver: Receiver) -> None:
    """Ten tries, then it is dead; the pauses add up to about a day."""
    await ended(kiln, await kiln.account(), receiver.url)
    receiver.answers = [503]
    for _ in range(outbox.TRIES + 2):
        await due_now(kiln)
        await sent(sender(kiln))
    [row] = await rows(kiln)
    assert (row["state"], row["tries"], len(receiver.deliveries)) == ("dead", 10, 10)
    assert 20 * 3_600 < sum(outbox.PAUSES) < 28 * 3_600


async def test_gone_means_never_again(kiln: Kiln, receiver: Receiver) -> None:
    """A receiver's 410 ends it at once."""
    await ended(kiln, await kiln.account(), receiver.url)
    receiver.answers = [410]
    await sent(sender(kiln))
    assert [(row["state"], row["tries"]) for row in await rows(kiln)] == [("dead", 1)]


async def test_nobody_there_and_nobody_allowed(kiln: Kiln, receiver: Receiver) -> None:
    """A closed port, and an address the door refuses though it was fine at submit: told alike, nothing is dialled."""
    ann = await kiln.account()
    await ended(kiln, ann, "http://127.0.0.1:9/hook")
    await sent(sender(kiln))
    await kiln.execute("DELETE FROM webhook")
    await ended(kiln, ann, receiver.url)
    await sent(sender(kiln, allow=()))
    [row] = await rows(kiln)
    assert row["state"] == "pending"
    assert row["error"].startswith('could not fetch "http://127.0.0.1')
    assert receiver.deliveries == []


async def test_a_slow_receiver_costs_its_account_alone(kiln: Kiln, receiver: Receiver) -> None:
    """It is cut off after the door's time, and meanwhile others are served: an account holds a bounded number of places."""
    slow, quick = await kiln.account(), await kiln.account()
    for _ in range(FAIR + 40):
        await kiln.cancel((await kiln.row(await ordered(kiln, slow, receiver.url)))["public_id"])
    async with receiving() as other:
        await kiln.cancel((await kiln.row(await ordered(kiln, quick, other.url)))["public_id"])
        receiver.answers = [HANG]
        worker = sender(kiln, timeout=6.0)
        await worker.look()
        await worker.look()
        await other.got(1, within=5.0)
        begun = len(receiver.deliveries)
        assert begun <= 50
        await asyncio.gather(*worker._sending)
    failed = [row for row in await rows(kiln) if row["error"]]
    assert len(failed) >= FAIR
    assert {row["tries"] for row in failed} == {1}


async def test_two_workers_send_it_once(kiln: Kiln, receiver: Receiver) -> None:
    """Whoever takes one has it alone while it is being sent."""
    ann = await kiln.account()
    for _ in range(12):
        await kiln.cancel((await kiln.row(await ordered(kiln, ann, receiver.url)))["public_id"])
    await sent(*(sender(kiln) for _ in range(4)))
    assert len(receiver.deliveries) == 12
    assert len({delivery.headers["webhook-id"] for delivery in receiver.deliveries}) == 12


async def test_one_who_dies_while_sending(kiln: Kiln, receiver: Receiver) -> None:
    """Its webhook is another's once the lease is over, and what the dead one would have written counts no more."""
    await ended(kiln, await kiln.account(), receiver.url)
    [lost] = await outbox.take(kiln.engine, 10)
    await sent(sender(kiln))
    assert receiver.deliveries == []
    await due_now(kiln)
    await sent(sender(kiln))
    assert len(receiver.deliveries) == 1
    await outbox.failed(kiln.engine, lost, "too late")
    [row] = await rows(kiln)
    assert (row["state"], row["tries"], row["error"]) == ("delivered", 2, None)


async def test_no_end_no_webhook(kiln: Kiln, receiver: Receiver) -> None:
    """A transaction that does not end the task leaves nothing in the outbox: a late attempt, a rolled back one."""
    ann = await kiln.account()
    task_id = await ordered(kiln, ann, receiver.url)
    first = await kiln.claim(task_id)
    await kiln.claim(task_id)
    error = TaskError(ErrorCode.INTERNAL, "No")
    async with kiln.engine.begin() as connection:
        assert not await states.fail(connection, first, error, attempt=first.attempt)
    async with kiln.engine.connect() as connection, connection.begin() as transaction:
        assert await states.fail(connection, first, error, attempt=None)
        await transaction.rollback()
    assert await rows(kiln) == []


async def test_a_deleted_task_is_not_told(kiln: Kiln, receiver: Receiver) -> None:
    """Its owner took it back before the receiver could be reached."""
    ann = await kiln.account()
    task_id = await ended(kiln, ann, receiver.url)
    row = await kiln.row(task_id)
    async with kiln.engine.begin() as connection:
        assert not await cancel_or_remove(
            connection, kiln.dispatcher, ann.account_id, DIALECT, quote().request.kind, row["public_id"]
        )
    await sent(sender(kiln))
    assert receiver.deliveries == []
    assert [row["state"] for row in await rows(kiln)] == ["dead"]


async def test_the_loop_sends_and_stops(kiln: Kiln, receiver: Receiver) -> None:
    """`run` finds what comes up by itself; at the end it lets go of a receiver that does not answer."""
    stop = asyncio.Event()
    running = asyncio.create_task(sender(kiln, timeout=60.0).run(stop))
    await ended(kiln, await kiln.account(), receiver.url)
    await receiver.got(1)
    receiver.answers = [HANG]
    await ended(kiln, await kiln.account(), receiver.url)
    await receiver.got(2)
    begun = time.monotonic()
    stop.set()
    await running
    assert time.monotonic() - begun < 20
    assert sorted(row["state"] for row in await rows(kiln)) == ["delivered", "pending"]


async def test_a_body_that_cannot_be_made(kiln: Kiln, receiver: Receiver) -> None:
    """A bug of a dialect's is tried again like any failure, and given up like one."""

    def broken(_snapshot: TaskSnapshot, _base_url: str) -> bytes:
        raise ValueError("a bug")

    await ended(kiln, await kiln.account(), receiver.url)
    worker = Webhooks(kiln.engine, FetchDoor(allow=("127.0.0.1",), max_bytes=0, timeout=5), {DIALECT: broken}, KEY, "")
    for _ in range(outbox.TRIES):
        await due_now(kiln)
        await sent(worker)
    assert [(row["state"], row["error"]) for row in await rows(kiln)] == [("dead", "its body could not be made")]
    assert receiver.deliveries == []


async def test_looking_reads_what_is_due_alone(kiln: Kiln) -> None:
    """However many have been sent: the index has the pending ones only."""
    if kiln.engine.dialect.name != "sqlite":
        pytest.skip("the planner of PostgreSQL reads a small table whole")
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "FROM webhook" in statement and statement.startswith("SELECT"):
            seen.append(statement.replace("?", "'1'"))

    event.listen(kiln.engine.sync_engine, "before_cursor_execute", note)
    await outbox.anything_due(kiln.engine)
    await outbox.take(kiln.engine, 10, not_of=["a", "b"])
    await outbox.sweep(kiln.engine)
    event.remove(kiln.engine.sync_engine, "before_cursor_execute", note)
    assert len(seen) == 3
    async with reading(kiln.engine) as connection:
        for statement in seen:
            plan = " ".join(row[3] for row in (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")).all())
            assert "USING" in plan
            assert "ix_webhook_" in plan
            assert "TEMP B-TREE" not in plan, plan


async def test_old_ones_are_swept(kiln: Kiln, receiver: Receiver) -> None:
    """A week after they ended; what is pending stays."""
    ann = await kiln.account()
    for _ in range(2):
        await ended(kiln, ann, receiver.url)
    await sent(sender(kiln))
    [old, new] = await rows(kiln)
    await kiln.execute("UPDATE webhook SET finished_at = :at WHERE id = :id", at=now_ms() - outbox.KEPT, id=old["id"])
    await ended(kiln, ann, receiver.url)
    await outbox.sweep(kiln.engine)
    assert [row["state"] for row in await rows(kiln)] == ["delivered", "pending"]
    assert new["id"] in [row["id"] for row in await rows(kiln)]


async def test_the_callers_own_deadline(kiln: Kiln) -> None:
    """It shortens ours and never lengthens it."""
    ann = await kiln.account()
    ours = kiln.settings.image_deadline * 1000
    for asked, expected in ((10, 10_000), (10**6, ours), (None, ours)):
        [submitted] = await kiln.bundle(ann, [quote()], expires_after=asked)
        row = await kiln.row(submitted.public_id)
        assert row["deadline"] - row["created_at"] == expected
