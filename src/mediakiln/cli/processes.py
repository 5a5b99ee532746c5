"""`serve --workers N`: N API processes under uvicorn's supervisor, and one worker process beside them.

The whole family ends with this process, however it ends: the API processes watch it, the worker reads its pipe.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import structlog

from mediakiln.errors import ConfigurationError
from mediakiln.settings import PREFIX, Settings

if TYPE_CHECKING:
    from litestar.types import ASGIApp

UVICORN: dict[str, Any] = {
    "log_config": None,
    "access_log": False,
    "server_header": False,
    "lifespan": "on",
    "timeout_graceful_shutdown": 10,
    "backlog": 2048,
    # Longer than clients pause between two polls, and than proxies keep a connection: we should not be the first to close.
    "timeout_keep_alive": 75,
}
STOP_SECONDS = 20.0
"""How long a worker may take to hand its tasks back."""
CALM_SECONDS = 60.0
"""A worker that lived this long begins anew with the shortest pause when it dies."""
LONGEST_PAUSE = 30.0

log = structlog.get_logger(__name__)


def serve_many(settings: Settings, listener: socket.socket, workers: int, *, with_worker: bool) -> None:
    """Serve until SIGTERM or SIGINT."""
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    # The processes read their settings from the environment; `--data` must reach them.
    os.environ[f"{PREFIX}DATA"] = str(settings.data)
    config = uvicorn.Config("mediakiln.cli.processes:asgi", factory=True, workers=workers, **UVICORN)
    supervisor = Multiprocess(config, sockets=[listener])
    with _worker() if with_worker else contextlib.nullcontext():
        supervisor.run()
    failed = [process.exitcode for process in supervisor.processes if process.exitcode == uvicorn.config.STARTUP_FAILURE]
    if failed:
        raise ConfigurationError("the server could not start; see the log above")


def asgi() -> ASGIApp:
    """The application of one API process."""
    from mediakiln.bootstrap import app

    threading.Thread(target=_end_with_parent, daemon=True).start()
    return app.asgi()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


@contextlib.contextmanager
def _worker() -> Iterator[None]:
    """A `mediakiln worker` process that is started again whenever it dies, until the block ends."""
    ending = threading.Event()
    keeper = threading.Thread(target=_keep_worker, args=(ending,))
    keeper.start()
    try:
        yield
    finally:
        ending.set()
        keeper.join()


def _keep_worker(ending: threading.Event) -> None:
    pause = 0.5
    while not ending.is_set():
        begun = time.monotonic()
        command = [sys.executable, "-m", "mediakiln", "worker", "--with-parent"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own program
        code = _wait(process, ending)
        if ending.is_set():
            return
        pause = 0.5 if time.monotonic() - begun > CALM_SECONDS else min(LONGEST_PAUSE, pause * 2)
        log.error("worker.died", status=code, restart_in=pause)
        ending.wait(pause)


def _wait(process: subprocess.Popen[bytes], ending: threading.Event) -> int:
    """Wait for the process; once we are ending, stop it, and kill it when it takes too long."""
    while not ending.is_set():
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(0.5)
    process.terminate()
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
