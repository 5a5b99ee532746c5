"""Every command, in the order that --help shows."""

from __future__ import annotations

from typing import Annotated

import typer

from mediakiln import __version__
from mediakiln.cli import accounts, keys, tasks
from mediakiln.cli.audit import audit
from mediakiln.cli.credits import group as credits_group
from mediakiln.cli.demo import demo
from mediakiln.cli.doctor import doctor
from mediakiln.cli.generate import generate
from mediakiln.cli.models import models
from mediakiln.cli.serve import serve
from mediakiln.cli.worker import migrate, worker

app = typer.Typer(
    help="Mediakiln: a self-hosted server for AI image and video generation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mediakiln {__version__}")
        raise typer.Exit


@app.callback()
def program(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    """Mediakiln: a self-hosted server for AI image and video generation."""


for command in (serve, worker, migrate, demo, generate, models, audit, doctor):
    app.command()(command)
app.add_typer(accounts.group, name="accounts")
app.add_typer(credits_group, name="credits")
app.add_typer(keys.group, name="keys")
app.add_typer(tasks.group, name="tasks")
