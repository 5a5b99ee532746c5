"""`mediakiln generate`: one picture or video from any server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from mediakiln.cli.client import Client
from mediakiln.cli.making import Wish, make

DEFAULT_URL = "http://127.0.0.1:8000"


def generate(
    prompt: Annotated[str, typer.Argument(metavar="PROMPT", help="What to show.")],
    model: Annotated[str | None, typer.Option(metavar="M", help="A model of the server. Default: the server's.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Where to save. Default: the task's id.")] = None,
    ratio: Annotated[str | None, typer.Option(metavar="W:H", help="Aspect ratio such as 16:9.")] = None,
    image: Annotated[str | None, typer.Option(metavar="PATH_OR_URL", help="A picture to begin with.")] = None,
    duration: Annotated[int | None, typer.Option(metavar="SECONDS", min=1, help="Length of a video.")] = None,
    resolution: Annotated[str | None, typer.Option(metavar="R", help="Such as 2K or 720p.")] = None,
    audio: Annotated[bool | None, typer.Option("--audio/--no-audio", help="Sound in a video.", show_default=False)] = None,
) -> None:
    """Generate a picture or a video on the server at MEDIAKILN_URL with the key MEDIAKILN_API_KEY.

    The file's path goes to stdout.
    """
    key = os.environ.get("MEDIAKILN_API_KEY", "")
    if not key:
        raise typer.BadParameter("not set; make a key with `mediakiln keys create EMAIL`", param_hint="MEDIAKILN_API_KEY")
    wish = Wish(
        prompt=prompt, model=model, out=out, ratio=ratio, image=image, duration=duration, resolution=resolution, audio=audio
    )
    with Client(os.environ.get("MEDIAKILN_URL") or DEFAULT_URL, key) as client, bar(model or "generating") as progress:
        made = make(client, wish, progress)
    typer.echo(f"{made.model}: {counted(made.credits_used)} used, {made.credits_remaining} remaining", err=True)
    typer.echo(made.path)


def counted(amount: int) -> str:
    """An amount with its unit."""
    return f"{amount} credit{'' if amount == 1 else 's'}"


@contextmanager
def bar(label: str) -> Iterator[Callable[[float], None]]:
    """A progress bar on stderr; yields the function that moves it (0.0-1.0) and, at its first call, shows it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=Console(stderr=True))
    shown = progress.add_task(label, total=1.0)

    def move(done: float) -> None:
        progress.start()
        progress.update(shown, completed=done)

    try:
        yield move
    finally:
        if progress.live.is_started:
            progress.stop()
