"""A worker process for the dispatch contract: it may be killed, stopped and continued.

    python dispatch_worker.py DATABASE_URL LOG_FILE HANDLER_SECONDS LEASE HEARTBEAT

Appends `pid what task_id` lines to the log file: start, tick (every 20 ms of work), cancel, end. Ends on SIGTERM.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import make_url

from mediakiln.database.engine import open_engine
from mediakiln.tasks.dispatch.base import Dispatcher, Handler, Lane
from mediakiln.tasks.dispatch.embedded import EmbeddedDispatcher
from mediakiln.tasks.dispatch.pgqueuer import PgQueuerDispatcher
from mediakiln.tasks.dispatch.worker import Timing


def scribe(log: Path) -> Callable[[str, str], None]:
    """A function that appends one whole line at a time, from any process."""

    def write(what: str, task_id: str) -> None:
        file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, f"{os.getpid()} {what} {task_id}\n".encode())
        os.close(file)

    return write


def recording(log: Path, seconds: float) -> Handler:
    write = scribe(log)

    async def handle(task_id: str) -> None:
        write("start", task_id)
        try:
            for _ in range(max(1, round(seconds / 0.02))):
                await asyncio.sleep(0.02)
                write("tick", task_id)
        except asyncio.CancelledError:
            write("cancel", task_id)
            raise
        write("end", task_id)

    return handle


async def main(url: str, log: str, seconds: str, lease: str, heartbeat: str) -> None:
    engine = open_engine(make_url(url))
    timing = Timing(lease=float(lease), heartbeat=float(heartbeat))
    kind: Callable[..., Dispatcher] = EmbeddedDispatcher if engine.dialect.name == "sqlite" else PgQueuerDispatcher
    dispatcher = kind(engine, timing=timing)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    handler = recording(Path(log), float(seconds))
    await dispatcher.run(handler, lanes={"a": Lane(10)}, concurrency=10, stop=stop)
    await dispatcher.aclose()
    await engine.dispose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
