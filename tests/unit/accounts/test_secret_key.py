"""The server's own secret: from the settings, or made once in the data directory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mediakiln.accounts.secret_key import secret_key
from mediakiln.errors import ConfigurationError
from mediakiln.settings import Settings


def test_the_settings_come_first(tmp_path: Path) -> None:
    """And nothing is written then."""
    assert secret_key(Settings(data=tmp_path, secret_key="ours")) == b"ours"
    assert list(tmp_path.iterdir()) == []


def test_it_is_made_once(tmp_path: Path) -> None:
    """256 bits, for its owner's eyes, the same at the next start."""
    first = secret_key(Settings(data=tmp_path))
    assert len(first) == 32
    assert secret_key(Settings(data=tmp_path)) == first
    [file] = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    """Whoever is first, all have the same key, and no draft is left."""
    for n in range(20):
        data = tmp_path / str(n)
        data.mkdir()
        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(lambda _, data=data: secret_key(Settings(data=data)), range(8)))
        assert len(keys) == 1
        assert len(list(data.iterdir())) == 1


def test_a_directory_that_cannot_be_used(tmp_path: Path) -> None:
    """One line for the operator."""
    with pytest.raises(ConfigurationError, match="cannot use"):
        secret_key(Settings(data=tmp_path / "nowhere"))
