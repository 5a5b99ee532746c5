"""What the tests of `tasks` share: the house wired on each database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fakes.kiln import Kiln
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.tasks import runner


@pytest.fixture
async def kiln(engine: AsyncEngine, tmp_path: Path) -> AsyncIterator[Kiln]:
    """A kiln on a fresh database; its ledger must be sound when the test is over."""
    kiln = Kiln(engine, tmp_path / "data")
    yield kiln
    assert await kiln.audit() == []


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runner's pauses, shortened."""
    monkeypatch.setattr(runner, "POLL_FIRST", 0.01)
    monkeypatch.setattr(runner, "POLL_LONGEST", 0.02)
