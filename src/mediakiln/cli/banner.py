"""What a starting server says, once, on stdout."""

from __future__ import annotations

import shlex
import shutil
import sys
from pathlib import Path

import typer
from msgspec import Struct

from mediakiln.cli.accounts import create_account
from mediakiln.cli.base import database
from mediakiln.cli.keys import create_key
from mediakiln.errors import MICRO
from mediakiln.settings import Settings

FIRST_CREDITS = 1_000
FIRST_PLAN, FIRST_PLAN_DAYS = "pro", 365


class Told(Struct, frozen=True):
    """What was found at start: the first accounts' addresses, and the key that was made for the first one."""

    accounts: tuple[str, ...]
    secret: str = ""


async def prepare(settings: Settings, first_account: str) -> Told:
    """Migrate, so that trouble shows before anything listens, and make the first account where it was asked for."""
    from mediakiln.cli import views

    async with database(settings) as engine:
        found = tuple(await views.emails(engine, limit=1))
    if found or not first_account:
        return Told(found)
    micros = FIRST_CREDITS * MICRO
    created = await create_account(settings.data, first_account, micros, FIRST_PLAN, FIRST_PLAN_DAYS, admin=False)
    _, secret = await create_key(settings.data, created)
    return Told((created,), secret)


def show(settings: Settings, url: str, told: Told) -> None:
    """Print the banner."""
    from mediakiln import __version__

    lines = [
        f"Mediakiln {__version__}",
        f"  URL     {url}",
        f"  docs    {url}/docs",
        f"  data    {settings.data}",
        f"  studio  {'on (procedural preview engine, no AI model)' if settings.studio else 'off'}",
        "",
    ]
    data = f"--data {shlex.quote(str(settings.data))}"
    same = "" if settings.sqlite else ", with the same MEDIAKILN_DATABASE_URL"
    if told.secret:
        lines += ["An account is ready. Its key is shown this once:", "", *_first_request(url, told.secret)]
    elif told.accounts:
        lines += [f"Keys are stored hashed. For another one, in a second terminal{same}:"]
        lines += [f"  {_program()} keys create {shlex.quote(told.accounts[0])} {data}"]
    else:
        lines += [f"No account yet. In a second terminal{same}:"]
        lines += [f"  {_program()} accounts create you@example.com --credits 100 {data}"]
        lines += [f"  {_program()} keys create you@example.com {data}"]
    typer.echo("\n".join(lines) + "\n")


def _program() -> str:
    """How this program is called from another terminal."""
    if shutil.which("mediakiln"):
        return "mediakiln"
    beside = Path(sys.executable).with_name("mediakiln")
    return shlex.quote(str(beside)) if beside.exists() else f"{shlex.quote(sys.executable)} -m mediakiln"


def _first_request(url: str, secret: str) -> list[str]:
    headers = '-H "Authorization: Bearer $MEDIAKILN_API_KEY"'
    return [
        f"export MEDIAKILN_API_KEY={secret}",
        f"curl {url}/api/v1/images/generate {headers} \\",
        """  -H "Content-Type: application/json" -d '{"prompt": "A sunset over mountains", "aspect_ratio": "16:9"}'""",
        "",
        "A moment later, with the task_id of the answer:",
        f'  curl "{url}/api/v1/images/status?task_id=TASK_ID" {headers}',
    ]
