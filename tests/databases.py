"""Fresh databases for tests: a SQLite file, or a PostgreSQL database of its own that is dropped afterwards.

    async with fresh_sqlite(tmp_path / "x.sqlite3") as engine: ...
    async with fresh_postgres_database() as engine: ...

Both hold every table of `mediakiln.database.tables` and, on PostgreSQL, PgQueuer's. A test that takes the fixture `engine`
runs once on each. Without a PostgreSQL server such tests are skipped, and fail when CI=true.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from mediakiln.database.engine import open_engine
from mediakiln.database.tables import metadata
from mediakiln.tasks.dispatch import pgqueuer_schema

DEFAULT_POSTGRES = "postgresql://postgres@127.0.0.1:5432/test"


def postgres_url() -> URL:
    """The server that tests may create databases on: MEDIAKILN_TEST_POSTGRES_URL, or the local default."""
    url = make_url(os.environ.get("MEDIAKILN_TEST_POSTGRES_URL") or DEFAULT_POSTGRES)
    return url.set(drivername="postgresql+asyncpg")


@asynccontextmanager
async def fresh_postgres_database(*, tables: bool = True, pool_size: int = 10) -> AsyncIterator[AsyncEngine]:
    """An engine on a new PostgreSQL database (`tables=False`: an empty one), dropped when the block ends."""
    await require_postgres()
    name = f"mk_test_{secrets.token_hex(8)}"
    await _administer(f'CREATE DATABASE "{name}"')
    engine = open_engine(postgres_url().set(database=name), pool_size=pool_size)
    try:
        if tables:
            await create_tables(engine)
        yield engine
    finally:
        await engine.dispose()
        await _administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@asynccontextmanager
async def fresh_sqlite(path: Path, *, tables: bool = True) -> AsyncIterator[AsyncEngine]:
    """An engine on a new SQLite file at `path`."""
    engine = open_engine(URL.create("sqlite+aiosqlite", database=str(path)))
    try:
        if tables:
            await create_tables(engine)
        yield engine
    finally:
        await engine.dispose()


async def create_tables(engine: AsyncEngine) -> None:
    """Every table, as the migrations would leave them."""
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        if engine.dialect.name == "postgresql":
            await connection.run_sync(pgqueuer_schema.install)


async def require_postgres() -> None:
    """Skip the test, loudly, when no PostgreSQL server answers; fail it when CI=true."""
    problem = await _postgres_problem()
    if problem is None:
        return
    where = postgres_url().render_as_string(hide_password=True)
    reason = f"NO POSTGRESQL at {where} ({problem}): set MEDIAKILN_TEST_POSTGRES_URL to test the second database"
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(reason)
    pytest.skip(reason)


_asked: dict[str, str | None] = {}


async def _postgres_problem() -> str | None:
    """Why the server cannot be used, or None; asked once per test session."""
    if "problem" not in _asked:
        try:
            await _administer("SELECT 1")
            _asked["problem"] = None
        except Exception as error:
            _asked["problem"] = f"{type(error).__name__}: {error}".splitlines()[0][:120]
    return _asked["problem"]


async def _administer(statement: str) -> None:
    engine = create_async_engine(postgres_url(), isolation_level="AUTOCOMMIT", connect_args={"timeout": 5})
    try:
        async with engine.connect() as connection:
            await connection.exec_driver_sql(statement)
    finally:
        await engine.dispose()


_shared: list[URL] = []


async def shared_postgres() -> URL:
    """One PostgreSQL database with every table for the whole run, since making one takes a second; dropped at its end."""
    await require_postgres()
    if not _shared:
        url = postgres_url().set(database=f"mk_test_{secrets.token_hex(8)}")
        await _administer(f'CREATE DATABASE "{url.database}"')
        atexit.register(lambda: asyncio.run(_administer(f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)')))
        engine = open_engine(url)
        await create_tables(engine)
        await engine.dispose()
        _shared.append(url)
    return _shared[0]


async def empty(engine: AsyncEngine) -> None:
    """Delete every row of every table."""
    async with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            await connection.execute(table.delete())
        if engine.dialect.name == "postgresql":
            await connection.exec_driver_sql(f"DELETE FROM {pgqueuer_schema.names().queue_table}")


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """An empty database with every table; the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        async with fresh_sqlite(tmp_path / "test.sqlite3") as fresh:
            yield fresh
        return
    engine = open_engine(await shared_postgres())
    try:
        await empty(engine)
        yield engine
    finally:
        await engine.dispose()
