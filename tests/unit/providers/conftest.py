"""The house wired on each database, for providers that are tried through the runner."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.kiln import Kiln
from sqlalchemy.ext.asyncio import AsyncEngine


@pytest.fixture
def kiln(engine: AsyncEngine, tmp_path: Path) -> Kiln:
    """A kiln on a fresh database."""
    return Kiln(engine, tmp_path / "data")
