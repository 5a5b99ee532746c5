"""`mediakiln doctor`: one line per part of the house, and exit 1 when one of them cannot be used."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import typer

from mediakiln.cli import show
from mediakiln.cli.base import Data, run, settings_for
from mediakiln.cli.checkups import CHECKS
from mediakiln.cli.failures import explain, one_line
from mediakiln.errors import ConfigurationError
from mediakiln.settings import Settings, prepare_data

Check = Callable[[Settings], Awaitable[str]]


def doctor(data: Data = None) -> None:
    """Check configuration, database, storage, providers and models; exit 1 when something is wrong."""
    healthy = run(_examine(data))
    if not healthy:
        raise typer.Exit(1)


async def _examine(data: Path | None) -> bool:
    from mediakiln.telemetry import logs

    logs.configure("error", "json")
    try:
        settings = settings_for(data)
        prepare_data(settings.data)
    except ConfigurationError as error:
        show.table(("result", "part", "detail"), [("FAIL", "configuration", error)], empty="")
        return False
    rows = [("ok", "configuration", f"data directory {settings.data}")]
    for name, check in CHECKS.items():
        rows.append(await _result(name, check, settings))
    show.table(("result", "part", "detail"), rows, empty="")
    return all(row[0] == "ok" for row in rows)


async def _result(name: str, check: Check, settings: Settings) -> tuple[str, str, str]:
    try:
        return "ok", name, await check(settings)
    except Exception as error:
        # Whatever is wrong with a part, the others are to be looked at all the same.
        told = explain(error)
        return "FAIL", name, told[0] if told else one_line(f"{type(error).__name__}: {error}")
