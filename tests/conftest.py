"""Fixtures that any test may take. Helpers that are plain functions live in `databases.py` and `servers.py`."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from databases import engine
from fakes.kiln import Kiln
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.telemetry import logs

__all__ = ["engine", "kiln"]

# As the programs do it; structlog's own default draws every local variable of a traceback, which takes a third of a second.
logs.configure("info", "json")


@pytest.fixture
async def kiln(engine: AsyncEngine, tmp_path: Path) -> AsyncIterator[Kiln]:
    """A kiln on a fresh database; its ledger must be sound when the test is over."""
    kiln = Kiln(engine, tmp_path / "data")
    yield kiln
    assert await kiln.audit() == []
