"""Running applications for whole modules of tests: every test brings its own account and its own prompts."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from apps import House, serving

DIALECTS = ("nanobanana", "neospark", "vtrix")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The application with a worker on the cued upstream, no rate limit, and room for tasks that never end."""
    async with serving(tmp_path_factory.mktemp("house"), studio_processes=16, dialects=DIALECTS) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def idle(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The application without a worker: every task waits for ever."""
    async with serving(tmp_path_factory.mktemp("idle"), worker=False, dialects=DIALECTS) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def narrow(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Two waiting tasks per account, no worker."""
    limits = {"max_waiting_per_account": 2}
    async with serving(tmp_path_factory.mktemp("narrow"), worker=False, dialects=DIALECTS, **limits) as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def full(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A server that has no room for another task."""
    async with serving(tmp_path_factory.mktemp("full"), worker=False, max_waiting=0, dialects=DIALECTS) as running:
        yield running
