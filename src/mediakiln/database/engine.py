"""The async engine for either database, with what each needs to be safe."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import URL, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from mediakiln.errors import ConfigurationError
from mediakiln.settings import Settings

SQLITE_FILE = "mediakiln.sqlite3"


def database_url(settings: Settings) -> URL:
    """The SQLAlchemy URL for these settings. Raises ConfigurationError for a database that is not supported."""
    if not settings.database_url:
        return URL.create("sqlite+aiosqlite", database=str(settings.data / SQLITE_FILE))
    try:
        url = make_url(settings.database_url)
    except Exception:
        raise ConfigurationError("database_url cannot be read; expected postgresql://user:password@host/name") from None
    backend = url.get_backend_name()
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+asyncpg")
    if backend == "sqlite":
        return url.set(drivername="sqlite+aiosqlite")
    raise ConfigurationError(f"database_url: got {backend}; allowed: sqlite, postgresql")


def open_engine(url: URL, *, pool_size: int = 10) -> AsyncEngine:
    """An engine whose transactions are immediate on SQLite (no upgrade deadlocks) and READ COMMITTED on PostgreSQL."""
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(url, connect_args={"timeout": 30.0, "factory": _SqliteConnection}, **_common())
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_immediate)
        return engine.execution_options(write_lock=asyncio.Lock())
    return create_async_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, **_common())


class _SqliteConnection(sqlite3.Connection):
    """Lets go of its locks when it is closed, in whatever state it is.

    A cancelled task is closed in the middle of a statement, whose cursor lives on in the traceback. SQLite then only marks the
    connection for closing, and its transaction would keep the write lock until the garbage collector comes by.
    """

    def close(self) -> None:
        if self.in_transaction:
            self.rollback()
        super().close()


def _common() -> dict[str, Any]:
    return {
        "json_serializer": lambda value: msgspec.json.encode(value).decode(),
        "json_deserializer": msgspec.json.decode,
        "hide_parameters": True,  # a failed statement would carry the prompt into the logs
    }


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: _begin_immediate does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    """Take the write lock first, so that two writers queue instead of deadlocking; `reading` asks for a plain BEGIN."""
    read = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read else "BEGIN IMMEDIATE")


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A connection that only reads: on SQLite it takes no write lock and sees one snapshot."""
    async with engine.connect() as connection:
        yield await connection.execution_options(read_only=True)


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that writes. On SQLite the writers of this process stand in line for it: that is fair and quick, where
    SQLite's own busy handler sleeps and guesses."""
    async with write_lock(engine), engine.begin() as connection:
        yield connection


def write_lock(engine: AsyncEngine) -> AbstractAsyncContextManager[object]:
    """What orders this process's writers on `engine`: a lock on SQLite, nothing on PostgreSQL."""
    lock: asyncio.Lock | None = engine.get_execution_options().get("write_lock")
    return nullcontext() if lock is None else lock


def sqlite_path(url: URL) -> Path | None:
    """The database file, or None for another database."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
