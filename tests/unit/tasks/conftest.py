"""What the tests of `tasks` share: the house wired on each database."""

from __future__ import annotations

import pytest

from mediakiln.tasks import runner


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The runner's pauses, shortened."""
    monkeypatch.setattr(runner, "POLL_FIRST", 0.01)
    monkeypatch.setattr(runner, "POLL_LONGEST", 0.02)
