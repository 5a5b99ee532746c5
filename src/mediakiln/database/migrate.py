"""Bringing the schema up to date, under a lock, on either database."""

from __future__ import annotations

import asyncio
import fcntl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.database.engine import reading, sqlite_path
from mediakiln.errors import ConfigurationError

# One lock for every Mediakiln process that wants to migrate the same PostgreSQL database ("mediakiln" on a phone keypad).
ADVISORY_LOCK = 633425456


async def migrate(engine: AsyncEngine) -> None:
    """Upgrade to the newest revision. Several processes may call this at once: one migrates, the others wait.

    Raises ConfigurationError when the database is newer than this program.
    """
    path = sqlite_path(engine.url)
    async with _file_lock(path), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        await connection.run_sync(_upgrade)


async def revision(engine: AsyncEngine) -> str | None:
    """The schema revision of the database; None for an empty one."""
    async with reading(engine) as connection:
        if not await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version")):
            return None
        value: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        return value


def head() -> str:
    """The newest revision this program knows."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _upgrade(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if inspect(connection).has_table("alembic_version"):
        current = connection.scalar(text("SELECT version_num FROM alembic_version"))
        if current is not None and current not in known:
            raise ConfigurationError(f"the database is at revision {current}, newer than this program; upgrade Mediakiln")
    command.upgrade(config, "head")


@asynccontextmanager
async def _file_lock(path: Path | None) -> AsyncIterator[None]:
    """On SQLite a lock file orders the processes; PostgreSQL has its advisory lock."""
    if path is None:
        yield
        return
    with path.with_suffix(".migrate.lock").open("a") as lock:
        # In a thread: whoever holds the lock may need this event loop to go on.
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        yield
