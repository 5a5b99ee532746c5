"""`mediakiln serve`: the API, by default with a worker in the same process."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediakiln.cli import banner, processes
from mediakiln.cli.base import Data, run, settings_for
from mediakiln.errors import ConfigurationError
from mediakiln.settings import Settings

if TYPE_CHECKING:
    from litestar.types import ASGIApp


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port; 0 takes a free one.")] = 8000,
    workers: Annotated[
        int, typer.Option(min=1, max=256, help="API processes; above 1, one worker process works beside them.")
    ] = 1,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Only the API; run `mediakiln worker` elsewhere.")] = False,
    first_account: Annotated[
        str, typer.Option(metavar="EMAIL", help="While there is no account: make this one, with credits and a key.")
    ] = "",
    data: Data = None,
) -> None:
    """Serve the API; migrate the database first."""
    from mediakiln.telemetry import logs

    settings = settings_for(data)
    with listen(host, port) as listener:
        _prepare_metrics(settings, several=workers > 1)
        told = run(banner.prepare(settings, first_account))
        app = _checked_app(settings, several=workers > 1, with_worker=not no_worker)
        logs.configure(settings.log_level, settings.log_format)
        banner.show(settings, url_of(host, listener), told)
        if workers > 1:
            processes.serve_many(settings, listener, workers, with_worker=not no_worker)
        else:
            _serve_here(app, listener)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ConfigurationError when the address or port cannot be used."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(2048)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise ConfigurationError(f"cannot listen on {host}:{port}: {error.strerror}") from None
    return listener


def url_of(host: str, listener: socket.socket) -> str:
    """The address for a browser on this machine."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{name}:{listener.getsockname()[1]}"


def _checked_app(settings: Settings, *, several: bool, with_worker: bool) -> ASGIApp:
    """The application, built here even when other processes will build their own: what is wrong is then told in a line."""
    from mediakiln.bootstrap.app import build_app
    from mediakiln.bootstrap.worker import check_providers
    from mediakiln.providers.kinds import open_once

    if with_worker:
        check_providers(settings)
        run(open_once(settings))
    return build_app(settings, embedded_worker=with_worker and not several)


def _serve_here(app: ASGIApp, listener: socket.socket) -> None:
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, **processes.UVICORN))
    # uvicorn raises the signal again once it has shut down gracefully: that is success for us.
    signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        server.run(sockets=[listener])
    except KeyboardInterrupt:
        return
    if not server.started:
        raise ConfigurationError("the server could not start; see the log above")


def _prepare_metrics(settings: Settings, *, several: bool) -> None:
    """Several processes count into files that any of them can add up. prometheus_client reads this when it is imported."""
    if not several or "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        return
    folder: Path = settings.data / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
