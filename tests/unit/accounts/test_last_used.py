"""When keys were last used: one write for all of them, now and then, and none is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.kiln import Kiln
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.accounts import last_used as module
from mediakiln.accounts.keys import create_key, list_keys
from mediakiln.accounts.last_used import LastUsed
from mediakiln.accounts.principals import Authenticator
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import api_key


@pytest.fixture
def kiln(engine: AsyncEngine, tmp_path: Path) -> Kiln:
    """A kiln on a fresh database."""
    return Kiln(engine, tmp_path / "data")


async def keys_of(kiln: Kiln, number: int) -> list[tuple[str, str]]:
    """(id, secret) of new keys."""
    ann = await kiln.account()
    async with writing(kiln.engine) as connection:
        made = [await create_key(connection, ann.account_id) for _ in range(number)]
    return [(info.id, secret) for info, secret in made]


async def used(kiln: Kiln) -> dict[str, int | None]:
    """What is written down, by key id."""
    async with reading(kiln.engine) as connection:
        rows = await connection.execute(select(api_key.c.id, api_key.c.last_used_at))
        return {row.id: row.last_used_at for row in rows}


def writes(engine: AsyncEngine) -> tuple[list[bool], Callable[..., None]]:
    """The UPDATEs that reach the database from now on (True: with many rows), and what to remove in the end."""
    seen: list[bool] = []

    def note(_connection: object, _cursor: object, statement: str, _values: object, _context: object, many: bool) -> None:
        if statement.startswith("UPDATE"):
            seen.append(many)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    return seen, note


async def test_a_key_in_use_is_noted(kiln: Kiln) -> None:
    """By the look-up, not by every request; written when it is time, and listed."""
    [(one, secret), (other, _)] = await keys_of(kiln, 2)
    last = LastUsed(kiln.engine)
    authenticator = Authenticator(kiln.engine, last.note)
    for _ in range(100):
        await authenticator.authenticate(secret)
    assert await used(kiln) == {one: None, other: None}
    await last.flush()
    written = await used(kiln)
    assert abs((written[one] or 0) - now_ms()) < 10_000
    assert written[other] is None
    async with reading(kiln.engine) as connection:
        account_id = (await authenticator.authenticate(secret)).account_id
        assert {key.id: key.last_used_at for key in await list_keys(connection, account_id)} == written


async def test_one_write_for_all(kiln: Kiln) -> None:
    """Fifty keys, one statement; nothing to write, none."""
    last = LastUsed(kiln.engine)
    ids = [key_id for key_id, _ in await keys_of(kiln, 50)]
    for key_id in ids:
        last.note(key_id)
    seen, note = writes(kiln.engine)
    await last.flush()
    await last.flush()
    event.remove(kiln.engine.sync_engine, "before_cursor_execute", note)
    assert seen == [True]
    assert all((await used(kiln)).values())


async def test_time_never_goes_back(kiln: Kiln) -> None:
    """A server that writes late does not overwrite what another one saw later; a deleted key is no trouble."""
    [(one, _)] = await keys_of(kiln, 1)
    early, late = LastUsed(kiln.engine), LastUsed(kiln.engine)
    early.note(one)
    early.note("deleted")
    await asyncio.sleep(0.01)
    late.note(one)
    await late.flush()
    seen = await used(kiln)
    await early.flush()
    assert await used(kiln) == seen


async def test_two_servers_write_at_once(kiln: Kiln) -> None:
    """In whatever order they saw the keys, they do not lock each other out."""
    ids = [key_id for key_id, _ in await keys_of(kiln, 400)]
    for _ in range(3):
        one, two = LastUsed(kiln.engine), LastUsed(kiln.engine)
        for key_id in ids:
            one.note(key_id)
        for key_id in reversed(ids):
            two.note(key_id)
        await asyncio.gather(one.flush(), two.flush())
        assert (one._seen, two._seen) == ({}, {})


async def test_what_could_not_be_written_is_kept(kiln: Kiln) -> None:
    """A database that is away costs a warning and no note."""
    [(one, _)] = await keys_of(kiln, 1)
    last = LastUsed(kiln.engine)
    last.note(one)
    await kiln.execute("ALTER TABLE api_key RENAME TO away")
    await last.flush()
    await kiln.execute("ALTER TABLE away RENAME TO api_key")
    await last.flush()
    assert (await used(kiln))[one] is not None


async def test_now_and_then_and_at_the_end(kiln: Kiln, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the server runs, and once more when it stops."""
    monkeypatch.setattr(module, "EVERY", 0.05)
    [(one, _), (two, _)] = await keys_of(kiln, 2)
    last = LastUsed(kiln.engine)
    async with last.flushing():
        last.note(one)
        for _ in range(100):
            await asyncio.sleep(0.02)
            if (await used(kiln))[one]:
                break
        assert (await used(kiln))[two] is None
        monkeypatch.setattr(module, "EVERY", 60)
        await asyncio.sleep(0.1)
        last.note(two)
    assert all((await used(kiln)).values())
