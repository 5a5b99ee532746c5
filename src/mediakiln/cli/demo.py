"""`mediakiln demo`: the whole way on a private server: account, key, a picture and a video over HTTP, and the audit."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import httpx
import typer

from mediakiln.cli.client import Client
from mediakiln.cli.failures import CommandFailed
from mediakiln.cli.generate import bar, counted
from mediakiln.cli.making import Made, Wish, make
from mediakiln.cli.private import PrivateServer

EMAIL = "demo@example.com"
CREDITS = 100
PATIENCE = 300.0
"""Seconds one of the two may take; on a slow machine the video takes one minute."""


def demo(out: Annotated[Path, typer.Option(metavar="DIR", help="Where the picture and the video go.")] = Path("demo")) -> None:
    """Start a private server, make a picture and a video through its API, show what they cost, and stop it."""
    wishes = [
        Wish(prompt="A sunset over mountains", model="nano-banana", ratio="16:9", out=out / "sunset.png"),
        Wish(
            prompt="A cat walking in a garden",
            model="veo-3.1-fast",
            ratio="16:9",
            duration=8,
            resolution="720p",
            audio=True,
            out=out / "cat.mp4",
        ),
    ]
    with tempfile.TemporaryDirectory(prefix="mediakiln-demo-") as data, PrivateServer(Path(data)) as server:
        typer.echo(f"Private server at {server.url}")
        try:
            _show(server, wishes)
        except httpx.HTTPError as error:
            raise CommandFailed(f"the private server failed: {error}; its log ends: {server.last_words()}") from None


def _show(server: PrivateServer, wishes: Sequence[Wish]) -> None:
    server.command("accounts", "create", EMAIL, "--credits", str(CREDITS))
    key = server.command("keys", "create", EMAIL, "--quiet").strip()
    with Client(server.url, key) as client:
        for wish in wishes:
            with bar(wish.prompt) as progress:
                made = make(client, wish, progress, patience=PATIENCE)
            typer.echo(describe(made))
        wallet = client.get("/api/v1/account/credits")
    typer.echo(f"Credits: {CREDITS - wallet['credits']} used, {wallet['credits']} remaining of {wallet['total_credits']}")
    typer.echo(server.command("audit").strip())


def describe(made: Made) -> str:
    """One line about a saved file, told by the file itself."""
    from mediakiln.assets.probe import probe

    seen = probe(made.path, max_pixels=64_000_000)
    length = f", {seen.duration:.1f} s{' with sound' if seen.has_audio else ''}" if seen.duration is not None else ""
    return f"{made.path}: {seen.width}x{seen.height} pixels{length}, {made.size:,} bytes, {counted(made.credits_used)}"
