"""`mediakiln worker` and `mediakiln migrate`."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from typing import Annotated

import typer

from mediakiln.cli.base import Data, database, run, settings_for
from mediakiln.settings import Settings


def worker(
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True, help="Stop when standard input ends.")] = False,
    data: Data = None,
) -> None:
    """Work on tasks until SIGTERM or Ctrl-C; run as many as you like beside one database."""
    import uvloop

    from mediakiln.telemetry import logs

    settings = settings_for(data)
    logs.configure(settings.log_level, settings.log_format)
    uvloop.run(_work(settings, with_parent=with_parent))


def migrate(data: Data = None) -> None:
    """Bring the database to this program's schema. Serving does so by itself."""
    typer.echo(f"The database is at revision {run(_migrated(settings_for(data)))}.")


async def _work(settings: Settings, *, with_parent: bool) -> None:
    from mediakiln.bootstrap.worker import run_worker

    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def asked(number: int) -> None:
        stop.set()
        loop.remove_signal_handler(number)  # a second one ends the process at once

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked, number)
    if with_parent:
        # `serve --workers N` holds the other end of our standard input. It closes however the parent dies.
        threading.Thread(target=_until_end_of_input, args=(loop, stop), daemon=True).start()
    await run_worker(settings, stop)


def _until_end_of_input(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    # Not sys.stdin: a thread that still waits in its buffer when the process ends makes Python abort.
    while os.read(0, 4096):
        pass
    loop.call_soon_threadsafe(stop.set)


async def _migrated(settings: Settings) -> str | None:
    from mediakiln.database.migrate import revision

    async with database(settings) as engine:
        return await revision(engine)
