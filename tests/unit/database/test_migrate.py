"""The schema: migrated and fresh agree, several processes may migrate at once, and a newer database is left alone."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from databases import create_tables, fresh_postgres_database, fresh_sqlite
from fakes.kiln import dispatcher_for
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.database import migrate as module
from mediakiln.database.engine import open_engine
from mediakiln.database.migrate import head, migrate, revision
from mediakiln.database.tables import metadata
from mediakiln.errors import ConfigurationError
from mediakiln.tasks.dispatch import pgqueuer_schema

MIGRATE = """
import asyncio, sys
from sqlalchemy import make_url
from mediakiln.database.engine import open_engine
from mediakiln.database.migrate import migrate
from fakes.kiln import dispatcher_for
async def main():
    engine = open_engine(make_url(sys.argv[1]))
    await migrate(engine)
    await dispatcher_for(engine).prepare()
    await engine.dispose()
asyncio.run(main())
"""


@asynccontextmanager
async def empty_database(kind: str, folder: Path) -> AsyncIterator[AsyncEngine]:
    opened = fresh_sqlite(folder / f"{os.urandom(4).hex()}.sqlite3", tables=False)
    async with opened if kind == "sqlite" else fresh_postgres_database(tables=False) as engine:
        yield engine


@pytest.fixture(params=["sqlite", "postgresql"])
async def empty(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """A database without any table."""
    async with empty_database(request.param, tmp_path) as engine:
        yield engine


async def prepare(engine: AsyncEngine) -> None:
    """What a server does at its start (`House.prepare`)."""
    await migrate(engine)
    await dispatcher_for(engine).prepare()


def ours(tables: Iterable[str]) -> list[str]:
    return sorted(name for name in tables if name != "alembic_version" and not pgqueuer_schema.is_ours(name))


def definitions(connection: Connection) -> dict[str, Any]:
    """Everything the database itself says of our tables: columns, keys, indexes and checks as their own SQL."""
    look, found = inspect(connection), {}
    for table in ours(look.get_table_names()):
        columns = {
            column["name"]: (str(column["type"]), column["nullable"], str(column["default"]).replace("(", "").replace(")", ""))
            for column in look.get_columns(table)
        }
        checks = sorted((str(check["name"]), str(check["sqltext"])) for check in look.get_check_constraints(table))
        uniques = sorted((str(one["name"]), tuple(one["column_names"])) for one in look.get_unique_constraints(table))
        foreign = sorted((tuple(one["constrained_columns"]), one["referred_table"]) for one in look.get_foreign_keys(table))
        found[table] = (columns, look.get_pk_constraint(table)["constrained_columns"], checks, uniques, foreign)
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"))
        autoincrement = connection.execute(text("SELECT name FROM sqlite_master WHERE upper(sql) LIKE '%AUTOINCREMENT%'"))
        found["autoincrement"] = sorted(row.name.removeprefix("_alembic_tmp_") for row in autoincrement)
    else:
        rows = connection.execute(text("SELECT indexname AS name, indexdef AS sql, tablename FROM pg_indexes"))
        rows = [row for row in rows if row.tablename in found]  # type: ignore[assignment]
    found["indexes"] = {row.name: " ".join(row.sql.replace('"', "").split()) for row in rows}
    return found


def differences(connection: Connection) -> list[Any]:
    def include(_object: Any, name: str | None, kind: str, *_rest: Any) -> bool:
        # Alembic reads an expression such as `priority DESC` only roughly on SQLite; `definitions` compares its SQL.
        rough = kind == "index" and name == "ix_job_ready" and connection.dialect.name == "sqlite"
        return not rough and not (kind == "table" and pgqueuer_schema.is_ours(name or ""))

    options = {"compare_type": True, "compare_server_default": True, "include_object": include}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_fresh_and_migrated_agree(empty: AsyncEngine, tmp_path: Path) -> None:
    """Alembic sees no difference between the migrated schema and the tables, nor does the database in its own words."""
    await prepare(empty)
    async with empty.connect() as connection:
        assert await connection.run_sync(differences) == []
        migrated = await connection.run_sync(definitions)
    async with empty_database(empty.dialect.name, tmp_path) as other:
        await create_tables(other)
        async with other.connect() as connection:
            fresh = await connection.run_sync(definitions)
    assert ours(migrated) == sorted([*ours(metadata.tables), "indexes", *(["autoincrement"] if "autoincrement" in fresh else [])])
    for name, definition in fresh.items():
        assert migrated[name] == definition, name


async def test_the_comparison_can_fail(empty: AsyncEngine) -> None:
    """A dropped index is seen by the comparison above."""
    await prepare(empty)
    async with empty.begin() as connection:
        before = await connection.run_sync(definitions)
        await connection.execute(text("DROP INDEX ix_task_open"))
        assert await connection.run_sync(definitions) != before
        assert await connection.run_sync(differences) != []


async def test_queue_tables_exist(empty: AsyncEngine) -> None:
    """After a server's start PostgreSQL has PgQueuer's tables and SQLite has none of them; a second start changes nothing."""
    for _ in range(2):
        await prepare(empty)
        async with empty.connect() as connection:
            tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        assert (pgqueuer_schema.names().queue_table in tables) is (empty.dialect.name == "postgresql")
    assert await revision(empty) == head()


async def test_an_empty_database_has_no_revision(empty: AsyncEngine) -> None:
    """`revision` tells an empty database from a migrated one, and creates nothing."""
    assert await revision(empty) is None
    await migrate(empty)
    assert await revision(empty) == head()
    await migrate(empty)


async def test_engines_of_one_process_migrate_at_once(empty: AsyncEngine) -> None:
    """The lock that orders them must not stop the event loop that all of them need."""
    async with AsyncExitStack() as stack:
        engines = [open_engine(empty.url) for _ in range(4)]
        for engine in engines:
            stack.push_async_callback(engine.dispose)
        await asyncio.wait_for(asyncio.gather(*(prepare(engine) for engine in engines)), 30)
    async with empty.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_processes_migrate_at_once(empty: AsyncEngine) -> None:
    """Several servers started together on an empty database: one migrates, the others wait, all succeed."""
    url = empty.url.render_as_string(hide_password=False)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    started = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, url], env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = [await asyncio.to_thread(process.communicate, timeout=60) for process in started]
    assert [process.returncode for process in started] == [0] * 4, said
    async with empty.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_newer_database_is_refused(empty: AsyncEngine) -> None:
    """One clear line, and nothing is changed."""
    await migrate(empty)
    async with empty.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError) as refused:
        await migrate(empty)
    assert "9999" in str(refused.value)
    assert "newer" in str(refused.value)
    assert "\n" not in str(refused.value)
    assert await revision(empty) == "9999"


async def test_a_failed_migration_leaves_nothing(empty: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A migration that breaks in the middle is rolled back whole, and the next start does it again."""
    upgrade = module._upgrade

    def breaking(connection: Connection) -> None:
        upgrade(connection)
        raise RuntimeError("the power failed")

    monkeypatch.setattr(module, "_upgrade", breaking)
    with pytest.raises(RuntimeError):
        await migrate(empty)
    assert await revision(empty) is None
    async with empty.connect() as connection:
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == []
    monkeypatch.undo()
    await migrate(empty)
    assert await revision(empty) == head()


async def test_waiting_for_the_lock_does_not_stop_the_loop(tmp_path: Path) -> None:
    """While another process migrates a SQLite file, this one's other work goes on."""
    async with fresh_sqlite(tmp_path / "x.sqlite3", tables=False) as engine:
        holder = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "import fcntl,sys,time\nf=open(sys.argv[1],'a');fcntl.flock(f,2);print(flush=True);time.sleep(2)",
                str(tmp_path / "x.migrate.lock"),
            ],
            stdout=subprocess.PIPE,
        )
        assert holder.stdout is not None
        await asyncio.to_thread(holder.stdout.readline)
        began = time.monotonic()
        waiting = asyncio.create_task(migrate(engine))
        await asyncio.sleep(0.05)
        assert time.monotonic() - began < 1.5
        await waiting
        assert time.monotonic() - began > 1.5
        holder.wait()
