"""What the tests of `tasks` share: the house wired on each database."""

from __future__ import annotations

import pytest

from mediakiln.tasks import exchange


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between polls, shortened."""
    monkeypatch.setattr(exchange, "POLL_FIRST", 0.01)
    monkeypatch.setattr(exchange, "POLL_LONGEST", 0.02)
