"""Group commit: one transaction for many, each caller his own answer, one bad item spoils no other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.database import group as group_module
from mediakiln.database.engine import reading
from mediakiln.database.group import GroupCommit


class Writer:
    """Writes numbers as accounts: below 0 it answers an error, at 1000 it raises one, 500 breaks a constraint."""

    def __init__(self, engine: AsyncEngine, *, most: int = 128) -> None:
        self.batches: list[list[int]] = []
        self.group: GroupCommit[int, str] = GroupCommit(engine, self._work, most=most)

    async def _work(self, connection: AsyncConnection, items: Sequence[int]) -> list[str | Exception]:
        self.batches.append(list(items))
        answers: list[str | Exception] = []
        for item in items:
            if item == 1000:
                raise RuntimeError("a bug")
            if item < 0:
                answers.append(ValueError(str(item)))
                continue
            email = "same@x" if item in (500, 501) else f"{item}@x"
            await connection.execute(
                text("INSERT INTO account (id, email, is_admin, created_at) VALUES (:id, :email, false, 0)"),
                {"id": str(item), "email": email},
            )
            answers.append(f"done {item}")
        return answers


async def written(engine: AsyncEngine) -> set[int]:
    async with reading(engine) as connection:
        return {int(row.id) for row in await connection.execute(text("SELECT id FROM account"))}


async def test_callers_share_a_transaction(engine: AsyncEngine) -> None:
    """Those who come while one commit is under way go together in the next, in their order, each with its own answer."""
    writer = Writer(engine)
    answers = await asyncio.gather(*(writer.group.run(n) for n in range(50)))
    assert answers == [f"done {n}" for n in range(50)]
    assert [n for batch in writer.batches for n in batch] == list(range(50))
    assert len(writer.batches) <= 2


async def test_batches_are_bounded(engine: AsyncEngine) -> None:
    """No transaction holds more than `most` items."""
    writer = Writer(engine, most=7)
    await asyncio.gather(*(writer.group.run(n) for n in range(30)))
    assert max(map(len, writer.batches)) == 7


async def test_an_answer_is_durable(engine: AsyncEngine) -> None:
    """A caller has its answer only when its work is committed."""
    writer = Writer(engine)

    async def run(n: int) -> None:
        await writer.group.run(n)
        assert n in await written(engine)

    await asyncio.gather(*(run(n) for n in range(20)))


async def test_an_error_answered_is_that_callers_alone(engine: AsyncEngine) -> None:
    """An item that is answered with an exception raises it; its neighbours commit in the same transaction."""
    writer = Writer(engine)
    answers = await asyncio.gather(*(writer.group.run(n) for n in (1, -2, 3)), return_exceptions=True)
    assert (answers[0], type(answers[1]), answers[2]) == ("done 1", ValueError, "done 3")
    assert await written(engine) == {1, 3}
    assert len(writer.batches) == 1


@pytest.mark.parametrize("poison", [1000, 500])
async def test_poison_spoils_no_other(engine: AsyncEngine, poison: int) -> None:
    """An item that breaks the transaction fails alone; every other one is written once."""
    writer = Writer(engine)
    if poison == 500:
        await writer.group.run(501)
    items = [*range(10), poison, *range(10, 20)]
    answers = await asyncio.gather(*(writer.group.run(n) for n in items), return_exceptions=True)
    failed = [n for n, answer in zip(items, answers, strict=True) if isinstance(answer, Exception)]
    assert failed == [poison]
    assert isinstance(answers[10], RuntimeError if poison == 1000 else IntegrityError)
    assert await written(engine) - {501} == set(range(20))


async def test_a_caller_that_goes_away(engine: AsyncEngine) -> None:
    """Its work is committed all the same, and the others get their answers."""
    writer = Writer(engine)
    callers = [asyncio.create_task(writer.group.run(n)) for n in range(10)]
    await asyncio.sleep(0)
    callers[4].cancel()
    answers = await asyncio.gather(*callers, return_exceptions=True)
    assert isinstance(answers[4], asyncio.CancelledError)
    await writer.group.aclose()
    assert await written(engine) == set(range(10))


async def test_a_database_that_is_away_fails_all_at_once(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """When no transaction can begin, nobody's item is at fault: trying each by itself would only take that many times longer."""
    tries = 0

    async def away(*_args: object) -> None:
        nonlocal tries
        tries += 1
        await asyncio.sleep(0.1)
        raise OperationalError("BEGIN", {}, Exception("database is locked"))

    writer = Writer(engine)
    began = time.monotonic()
    monkeypatch.setattr("mediakiln.database.group.writing", lambda _engine: _Away(away))
    answers = await asyncio.gather(*(writer.group.run(n) for n in range(60)), return_exceptions=True)
    assert all(isinstance(answer, OperationalError) for answer in answers)
    assert time.monotonic() - began < 4
    assert tries <= 2
    monkeypatch.undo()
    assert await writer.group.run(7) == "done 7"


class _Away:
    """A transaction that cannot begin."""

    def __init__(self, begin: object) -> None:
        self._begin = begin

    async def __aenter__(self) -> None:
        await self._begin()  # type: ignore[operator]

    async def __aexit__(self, *_args: object) -> None:
        return None


async def test_a_wrong_number_of_answers(engine: AsyncEngine) -> None:
    """Work that forgets an answer is a bug, but nobody may wait for ever because of it."""

    async def forgetful(_connection: AsyncConnection, items: Sequence[int]) -> list[str]:
        return ["only one"] * (len(items) - 1 or 2)

    group: GroupCommit[int, str] = GroupCommit(engine, forgetful)
    answers = await asyncio.wait_for(asyncio.gather(*(group.run(n) for n in range(4)), return_exceptions=True), 5)
    assert any(isinstance(answer, Exception) for answer in answers)


async def test_close_waits(engine: AsyncEngine) -> None:
    """`aclose` returns when nothing is under way; on an idle group at once."""
    writer = Writer(engine)
    await writer.group.aclose()
    callers = [asyncio.create_task(writer.group.run(n)) for n in range(30)]
    await asyncio.sleep(0)
    await writer.group.aclose()
    assert await written(engine) == set(range(30))
    await asyncio.gather(*callers)


async def test_a_silent_database_does_not_stop_the_line(engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that never ends is given up after PATIENCE, and told to its caller alone; the next ones go on."""
    monkeypatch.setattr(group_module, "PATIENCE", 0.2)

    async def work(_connection: AsyncConnection, items: Sequence[str]) -> list[str | Exception]:
        if "silent" in items:
            await asyncio.Event().wait()
        return list(items)

    group: GroupCommit[str, str] = GroupCommit(engine, work)
    with pytest.raises(TimeoutError):
        await group.run("silent")
    assert await group.run("next") == "next"
