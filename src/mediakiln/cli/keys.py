"""`mediakiln keys`: API keys. A secret is shown once, when it is made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediakiln.cli import show
from mediakiln.cli.base import DAY, Data, Email, database, run, settings_for

if TYPE_CHECKING:
    from mediakiln.accounts.keys import KeyInfo

group = typer.Typer(help="API keys.", no_args_is_help=True)

KeyId = Annotated[str, typer.Argument(metavar="KEY_ID", help="An id that `keys list` shows.")]


@group.command()
def create(
    email: Email,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "default",
    prefix: Annotated[str, typer.Option(help="How the key begins.")] = "nb_sk",
    scope: Annotated[
        list[str] | None, typer.Option(help="images, videos, account or storage; several times. Default: all.")
    ] = None,
    expires_days: Annotated[int | None, typer.Option(min=1, max=36_500, help="Days the key works. Default: for ever.")] = None,
    rate_limit: Annotated[
        int | None, typer.Option(min=0, help="Requests per minute, 0: no limit. Default: the dialect's.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the key alone.")] = False,
    data: Data = None,
) -> None:
    """Make a key and show it, this once."""
    info, secret = run(create_key(data, email, name, prefix, scope or [], expires_days, rate_limit))
    if quiet:
        typer.echo(secret)
        return
    show.facts([("key", secret), ("id", info.id), ("name", info.name), *_limits(info)])
    typer.echo("Keep the key: it is stored hashed and cannot be shown again.", err=True)


@group.command("list")
def list_all(email: Email, data: Data = None) -> None:
    """Show the keys of an account, without their secrets."""
    run(_list(data, email))


@group.command()
def disable(email: Email, key_id: KeyId, data: Data = None) -> None:
    """Switch a key off; servers notice within 5 seconds."""
    run(_switch(data, email, key_id, enabled=False))
    typer.echo(f"Key {key_id} is disabled.")


@group.command()
def enable(email: Email, key_id: KeyId, data: Data = None) -> None:
    """Switch a disabled key on again."""
    run(_switch(data, email, key_id, enabled=True))
    typer.echo(f"Key {key_id} is enabled.")


@group.command("webhook-secret")
def webhook_secret(email: Email, data: Data = None) -> None:
    """Print what the callbacks of an account are signed with (Standard Webhooks)."""
    typer.echo(run(_webhook_secret(data, email)))


async def create_key(
    data: Path | None,
    email: str,
    name: str = "default",
    prefix: str = "nb_sk",
    scopes: list[str] | None = None,
    expires_days: int | None = None,
    rate_limit: int | None = None,
) -> tuple[KeyInfo, str]:
    """A new key of the account and its secret."""
    from mediakiln.accounts import keys, people
    from mediakiln.database.ids import now_ms

    expires_at = None if expires_days is None else now_ms() + expires_days * DAY
    async with database(settings_for(data)) as engine, engine.begin() as connection:
        account = await people.find_account(connection, email)
        return await keys.create_key(
            connection, account.id, name=name, prefix=prefix, scopes=scopes or [], expires_at=expires_at, rate_limit=rate_limit
        )


async def _list(data: Path | None, email: str) -> None:
    from mediakiln.accounts import keys, people
    from mediakiln.database.engine import reading

    async with database(settings_for(data)) as engine, reading(engine) as connection:
        account = await people.find_account(connection, email)
        found = await keys.list_keys(connection, account.id)
    rows = ((info.id, info.name, info.hint, *(value for _, value in _limits(info)), show.when(info.created_at)) for info in found)
    headers = ("id", "name", "key", "scopes", "enabled", "expires", "rate limit", "created")
    show.table(headers, rows, empty=f"No keys yet. Make one: mediakiln keys create {account.email}")


async def _switch(data: Path | None, email: str, key_id: str, *, enabled: bool) -> None:
    from mediakiln.accounts import keys, people

    async with database(settings_for(data)) as engine, engine.begin() as connection:
        account = await people.find_account(connection, email)
        await keys.set_enabled(connection, account.id, key_id, enabled=enabled)


async def _webhook_secret(data: Path | None, email: str) -> str:
    from mediakiln.accounts import people, secret_key
    from mediakiln.database.engine import reading

    settings = settings_for(data)
    async with database(settings) as engine, reading(engine) as connection:
        account = await people.find_account(connection, email)
    return secret_key.webhook_secret(secret_key.secret_key(settings), account.id)


def _limits(info: KeyInfo) -> list[tuple[str, str]]:
    rate = "the dialect's" if info.rate_limit is None else f"{info.rate_limit}/min" if info.rate_limit else "none"
    return [
        ("scopes", ",".join(info.scopes) or "all"),
        ("enabled", "yes" if info.enabled else "no"),
        ("expires", "never" if info.expires_at is None else show.when(info.expires_at)),
        ("rate limit", rate),
    ]
