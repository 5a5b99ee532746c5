"""What every command shares: the options, the settings behind them, and a database that is up to date."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from mediakiln import settings as configuration
from mediakiln.errors import MICRO, ConfigurationError
from mediakiln.settings import Settings, prepare_data

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

Result = TypeVar("Result")

DAY = 86_400_000
MOST_CREDITS = 10**11
"""Amounts above this are a slip of the finger, and would come near the end of a 64-bit microcredit."""

Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Data directory. Default: MEDIAKILN_DATA or ./mediakiln-data."),
]
Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The account's e-mail address.")]


def settings_for(data: Path | None) -> Settings:
    """The settings with `--data` over them; relative paths are made absolute, for child processes."""
    loaded = configuration.load(data=data)
    return configuration.load(data=loaded.data.absolute())


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a command's coroutine."""
    return asyncio.run(work)


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """The database these settings name, brought to the newest schema first. Logs of other programs stay quiet."""
    from mediakiln.bootstrap.house import open_dispatcher
    from mediakiln.database.engine import database_url, open_engine
    from mediakiln.database.migrate import migrate
    from mediakiln.telemetry import logs

    logs.configure("warning", settings.log_format)
    prepare_data(settings.data)
    url = database_url(settings)
    engine = open_engine(url)
    try:
        try:
            await migrate(engine)
            await open_dispatcher(settings, engine).prepare()
        except OSError as error:
            where = url.render_as_string(hide_password=True)
            raise ConfigurationError(f"database: cannot open {where}: {error.strerror or error}") from None
        yield engine
    finally:
        await engine.dispose()


def micro(text: str) -> int:
    """Credits as typed ("12", "0.5") in microcredits. Raises typer.BadParameter."""
    try:
        amount = Decimal(text) * MICRO
    except InvalidOperation:
        raise typer.BadParameter(f"got {text!r}; expected a number of credits such as 100 or 0.5") from None
    if not amount.is_finite() or abs(amount) > MOST_CREDITS * MICRO:
        raise typer.BadParameter(f"got {text!r}; expected at most {MOST_CREDITS} credits")
    if amount != int(amount):
        raise typer.BadParameter(f"got {text!r}; expected at most 6 decimal places")
    return int(amount)
