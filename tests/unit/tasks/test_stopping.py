"""What an upstream does for a task that is over is stopped, also where no worker held the task when it ended."""

from __future__ import annotations

import pytest
from fakes.kiln import Kiln
from fakes.providers import Scripted

from mediakiln.database.ids import now_ms
from mediakiln.providers.base import Accepted, Job, OutcomeUnknown, Retryable


async def left(kiln: Kiln, submission: str, remote_id: str | None) -> tuple[str, str]:
    """(public id, id) of a task whose worker died at this point."""
    submitted = await kiln.submit(await kiln.account())
    task_id = (await kiln.row(submitted.public_id))["id"]
    await kiln.execute(
        "UPDATE task SET state = 'running', attempt = 1, submission = :submission, remote_id = :remote_id WHERE id = :id",
        submission=submission,
        remote_id=remote_id,
        id=task_id,
    )
    return submitted.public_id, task_id


async def test_canceled_between_two_workers(kiln: Kiln) -> None:
    """The ticket stays for the next worker, which stops the job and gives the ticket up."""
    upstream = Scripted(repeatable=False)
    public_id, task_id = await left(kiln, "accepted", "r9")
    assert await kiln.cancel(public_id)
    assert await kiln.tickets() == {task_id}
    assert await kiln.runner(upstream)(task_id) is None
    assert upstream.remote_ids == ["r9"]
    assert upstream.submits.total() == 0
    assert (await kiln.row(task_id))["state"] == "canceled"
    assert await kiln.audit() == []


async def test_a_deadline_between_two_workers(kiln: Kiln) -> None:
    """The same when the janitor ends the task."""
    upstream = Scripted(repeatable=False)
    _, task_id = await left(kiln, "accepted", "r9")
    await kiln.execute("UPDATE task SET deadline = :past", past=now_ms() - 60_000)
    assert await kiln.janitor.fail_overdue() == 1
    assert await kiln.tickets() == {task_id}
    assert await kiln.runner(upstream)(task_id) is None
    assert upstream.remote_ids == ["r9"]


async def test_nothing_was_sent(kiln: Kiln) -> None:
    """Then there is nothing to stop, and the ticket goes with the task."""
    public_id, _ = await left(kiln, "none", None)
    assert await kiln.cancel(public_id)
    assert await kiln.tickets() == set()


async def test_an_answer_that_was_lost_is_asked_for(kiln: Kiln) -> None:
    """An upstream that knows our id tells which job it made of it."""

    class Knowing(Scripted):
        async def recover(self, job: Job) -> Accepted | None:
            return Accepted(f"found-{job.idempotency_key}")

    upstream = Knowing(repeatable=False)
    public_id, task_id = await left(kiln, "sending", None)
    assert await kiln.cancel(public_id)
    assert await kiln.runner(upstream)(task_id) is None
    assert upstream.remote_ids == [f"found-{task_id}"]


@pytest.mark.parametrize("submission", ["sending", "accepted"])
async def test_an_upstream_that_cannot_be_told(kiln: Kiln, submission: str) -> None:
    """Its refusal changes nothing: the task is over, and its ticket is gone with the handler's end."""

    class Deaf(Scripted):
        async def recover(self, job: Job) -> Accepted | None:
            raise OutcomeUnknown("cannot tell")

        async def cancel(self, job: Job, remote_id: str) -> None:
            raise Retryable("not now")

    public_id, task_id = await left(kiln, submission, "r9" if submission == "accepted" else None)
    assert await kiln.cancel(public_id)
    assert await kiln.runner(Deaf())(task_id) is None
    assert await kiln.runner()(task_id) is None  # its provider was taken out of the file meanwhile


async def test_a_succeeded_task_is_left_alone(kiln: Kiln) -> None:
    """A ticket that comes late stops nothing."""
    upstream = Scripted(start=[Accepted("r1")])
    task_id = await kiln.submitted(await kiln.account())
    assert await kiln.runner(upstream)(task_id) is None
    assert await kiln.runner(upstream)(task_id) is None
    assert upstream.cancels.total() == 0
