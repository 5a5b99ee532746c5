"""One running application for a whole module of tests: every test brings its own account and its own prompts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from apps import House, serving
from databases import fresh_postgres_database


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The application with a worker on the cued upstream, no rate limit."""
    async with serving(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def idle(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The application without a worker: every task waits for ever."""
    async with serving(tmp_path_factory.mktemp("idle"), worker=False) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def either(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The application without a worker, once on each database."""
    async with _on(request.param, tmp_path_factory.mktemp("either")) as running:
        yield running


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def house_of_either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """The application without a worker on a database of one test's own, once on each kind."""
    async with _on(request.param, tmp_path / "data") as running:
        yield running


@asynccontextmanager
async def _on(database: str, data: Path) -> AsyncIterator[House]:
    if database == "sqlite":
        async with serving(data, worker=False) as running:
            yield running
    else:
        async with fresh_postgres_database(tables=False) as engine:
            url = engine.url.render_as_string(hide_password=False)
            async with serving(data, worker=False, database_url=url) as running:
                yield running
