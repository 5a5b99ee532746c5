"""Running applications for whole modules of tests: every test brings its own account and its own prompts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from apps import House, serving
from databases import fresh_postgres_database


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The application with a worker on the cued upstream, no rate limit, and room for tasks that never end."""
    async with serving(tmp_path_factory.mktemp("house"), studio_processes=16) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def idle(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The application without a worker: every task waits for ever."""
    async with serving(tmp_path_factory.mktemp("idle"), worker=False) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def narrow(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Bodies of at most 10 kB, two waiting tasks per account, no worker."""
    limits = {"max_body_bytes": 10_000, "max_waiting_per_account": 2}
    async with serving(tmp_path_factory.mktemp("narrow"), worker=False, **limits) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def full(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A server that has no room for another task."""
    async with serving(tmp_path_factory.mktemp("full"), worker=False, max_waiting=0) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def either(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The application without a worker, once on each database."""
    data: Path = tmp_path_factory.mktemp("either")
    if request.param == "sqlite":
        async with serving(data, worker=False) as running:
            yield running
        return
    async with fresh_postgres_database(tables=False) as engine:
        url = engine.url.render_as_string(hide_password=False)
        async with serving(data, worker=False, database_url=url) as running:
            yield running
