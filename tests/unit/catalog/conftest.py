"""What the catalogue tests share: the shipped catalogue, and an operator's directory to fill."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from mediakiln.catalog import Catalog


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The shipped catalogue with the built-in engine as the one provider."""
    return Catalog.load(None, {"studio"})


@pytest.fixture
def overlaid(tmp_path: Path) -> Callable[..., Catalog]:
    """Load the catalogue with files laid over it: `overlaid(name="toml text", ...)`; files are NAME.toml."""

    def load(providers: tuple[str, ...] = ("studio",), **files: str) -> Catalog:
        for name, text in files.items():
            (tmp_path / f"{name}.toml").write_text(dedent(text), encoding="utf-8")
        return Catalog.load(tmp_path, providers)

    return load
