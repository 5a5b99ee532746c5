"""Connections: what makes SQLite safe is in force on every one of them, readers block nobody, and logs get no parameters."""

from __future__ import annotations

import asyncio
import random
import stat
import time
from pathlib import Path

import pytest
from databases import fresh_sqlite
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.database.engine import SQLITE_FILE, database_url, open_engine, reading, sqlite_path, writing
from mediakiln.database.migrate import migrate
from mediakiln.errors import ConfigurationError
from mediakiln.settings import Settings, prepare_data


async def test_pragmas_are_in_force(tmp_path: Path) -> None:
    """On every connection of the pool: WAL, full synchronisation, foreign keys, patience."""
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
    async with fresh_sqlite(tmp_path / "x.sqlite3") as engine:

        async def look(kind: object) -> None:
            async with kind(engine) as connection:  # type: ignore[operator]
                for name, value in expected.items():
                    assert (await connection.execute(text(f"PRAGMA {name}"))).scalar_one() == value
                await asyncio.sleep(0.02)

        await asyncio.gather(*(look(reading) for _ in range(8)), *(look(writing) for _ in range(4)))


async def test_writers_stand_in_line(engine: AsyncEngine) -> None:
    """Read-modify-write transactions at the same moment lose nothing and do not deadlock."""
    async with writing(engine) as connection:
        await connection.execute(text("INSERT INTO account (id, email, is_admin, created_at) VALUES ('a', 'a@x', false, 0)"))

    async def add() -> None:
        async with writing(engine) as connection:
            lock = "" if engine.dialect.name == "sqlite" else " FOR UPDATE"
            value = (await connection.execute(text(f"SELECT created_at FROM account WHERE id = 'a'{lock}"))).scalar_one()
            await asyncio.sleep(0)
            await connection.execute(text("UPDATE account SET created_at = :value WHERE id = 'a'"), {"value": value + 1})

    await asyncio.gather(*(add() for _ in range(60)))
    async with reading(engine) as connection:
        assert (await connection.execute(text("SELECT created_at FROM account"))).scalar_one() == 60


async def test_readers_and_a_writer(engine: AsyncEngine) -> None:
    """A reader neither waits for an open write transaction nor sees what it has not committed."""
    count = text("SELECT count(*) FROM account")
    async with writing(engine) as writer:
        await writer.execute(text("INSERT INTO account (id, email, is_admin, created_at) VALUES ('a', 'a@x', false, 0)"))
        async with asyncio.timeout(2), reading(engine) as reader:
            assert (await reader.execute(count)).scalar_one() == 0
    async with reading(engine) as reader:
        assert (await reader.execute(count)).scalar_one() == 1


async def test_cancelled_transactions_let_go(engine: AsyncEngine) -> None:
    """Work that is cancelled in the middle of a statement leaves no lock behind, even while its traceback is still kept."""
    chance = random.Random(7)
    kept: list[object] = []

    async def write(name: str) -> None:
        async with writing(engine) as connection:
            await connection.execute(
                text("INSERT INTO account (id, email, is_admin, created_at) VALUES (:id, :id, false, 0)"), {"id": name}
            )
            await connection.execute(text("SELECT id FROM account"))

    for turn in range(60):
        work = [asyncio.create_task(write(f"{turn}.{n}")) for n in range(4)]
        await asyncio.sleep(chance.uniform(0, 0.02))
        for task in work:
            task.cancel()
        kept += await asyncio.gather(*work, return_exceptions=True)
        async with asyncio.timeout(10):
            await write(f"{turn}.after")
    async with reading(engine) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM account WHERE id LIKE '%.after'")) == 60
    assert any(isinstance(one, asyncio.CancelledError) for one in kept)


async def test_two_engines_write_to_one_file(tmp_path: Path) -> None:
    """Two processes' worth of writers on one SQLite file wait for each other instead of failing."""
    async with fresh_sqlite(tmp_path / "x.sqlite3") as one:
        two = open_engine(one.url)

        async def add(engine: AsyncEngine, n: int) -> None:
            async with writing(engine) as connection:
                await connection.execute(
                    text("INSERT INTO account (id, email, is_admin, created_at) VALUES (:id, :id, false, 0)"), {"id": str(n)}
                )

        try:
            await asyncio.gather(*(add((one, two)[n % 2], n) for n in range(60)))
            async with reading(two) as connection:
                assert (await connection.execute(text("SELECT count(*) FROM account"))).scalar_one() == 60
        finally:
            await two.dispose()


async def test_foreign_keys_hold(engine: AsyncEngine) -> None:
    """A key for no account is refused by either database."""
    with pytest.raises(DBAPIError):
        async with writing(engine) as connection:
            await connection.execute(
                text("INSERT INTO wallet (account_id, available, held, granted, open_tasks) VALUES ('nobody', 0, 0, 0, 0)")
            )


async def test_failed_statements_hide_their_parameters(engine: AsyncEngine) -> None:
    """The text of a database error carries no value: it would take prompts into the logs."""
    insert = text("INSERT INTO account (id, email, is_admin, created_at) VALUES ('1', :email, false, 0)")
    async with writing(engine) as connection:
        await connection.execute(insert, {"email": "a secret prompt"})
    with pytest.raises(DBAPIError) as refused:
        async with writing(engine) as connection:
            await connection.execute(insert, {"email": "another secret prompt"})
    assert "secret prompt" not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("postgresql://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgres://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("postgresql+psycopg://u:p@h/d", "postgresql+asyncpg://u:p@h/d"),
        ("sqlite:////var/x.db", "sqlite+aiosqlite:////var/x.db"),
    ],
)
def test_database_urls(given: str, expected: str) -> None:
    """Every spelling of a supported database gets our driver."""
    assert database_url(Settings(database_url=given)).render_as_string(hide_password=False) == expected


@pytest.mark.parametrize("given", ["mysql://u:hunter2@h/d", "oracle://x", "nonsense", "postgresql//u:hunter2@h"])
def test_other_databases_are_refused(given: str) -> None:
    """One line for the operator, which does not repeat the password."""
    with pytest.raises(ConfigurationError) as refused:
        database_url(Settings(database_url=given))
    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value)


async def test_data_directory_is_private(tmp_path: Path) -> None:
    """The directory, and what SQLite keeps in it, is for its owner alone, whatever it was before."""
    data = tmp_path / "new" / "data"
    settings = Settings(data=data)
    for _ in range(2):
        prepare_data(data)
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        assert stat.S_IMODE((data / "scratch").stat().st_mode) == 0o700
    engine = open_engine(database_url(settings))
    await migrate(engine)
    await engine.dispose()
    assert sqlite_path(database_url(settings)) == data / SQLITE_FILE
    assert (data / SQLITE_FILE).is_file()


def test_data_directory_that_cannot_be_made(tmp_path: Path) -> None:
    """A file in the way is told in one line."""
    (tmp_path / "data").write_text("")
    with pytest.raises(ConfigurationError, match="cannot use"):
        prepare_data(tmp_path / "data")


async def test_a_held_lock_fails_in_time(tmp_path: Path) -> None:
    """A writer of another process that never ends costs this one its busy timeout, and no more."""
    async with fresh_sqlite(tmp_path / "x.sqlite3") as engine:
        other = open_engine(engine.url)
        try:
            async with writing(other):
                async with engine.connect() as connection:
                    raw = await connection.get_raw_connection()
                    await raw.driver_connection.execute("PRAGMA busy_timeout=200")  # type: ignore[union-attr]
                began = time.monotonic()
                with pytest.raises(DBAPIError, match="locked"):
                    async with writing(engine):
                        pass
                assert time.monotonic() - began < 4
        finally:
            await other.dispose()
