"""`mediakiln credits`: what goes into a wallet by hand, and what has happened in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediakiln.cli import show
from mediakiln.cli.base import Data, Email, database, micro, run, settings_for
from mediakiln.errors import credits_text

group = typer.Typer(help="Wallets: grant, adjust, history.", no_args_is_help=True)

Amount = Annotated[str, typer.Argument(metavar="N", help="Credits, up to 6 decimal places.")]
SIGNED = {"ignore_unknown_options": True}
"""Lets `-5` be an amount."""


@group.command()
def grant(
    email: Email,
    amount: Amount,
    key: Annotated[str, typer.Option(metavar="K", help="A second grant with the same key changes nothing.")] = "",
    data: Data = None,
) -> None:
    """Add bought or given credits."""
    micros = micro(amount)
    if micros <= 0:
        raise typer.BadParameter(f"got {amount}; expected more than 0", param_hint="N")
    run(_move(data, email, micros, key=key, description="grant by the operator", adjusting=False))


@group.command(context_settings=SIGNED)
def adjust(
    email: Email,
    amount: Amount,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Stands in the ledger for ever.")],
    key: Annotated[str, typer.Option(metavar="K", help="A second adjustment with the same key changes nothing.")] = "",
    data: Data = None,
) -> None:
    """Correct a balance, up or down, never below zero."""
    micros = micro(amount)
    if micros == 0 or not reason.strip():
        raise typer.BadParameter("expected an amount other than 0 and a reason", param_hint="N, --reason")
    run(_move(data, email, micros, key=key, description=reason.strip(), adjusting=True))


@group.command()
def history(email: Email, limit: Annotated[int, typer.Option(min=1, max=100_000)] = 50, data: Data = None) -> None:
    """Show the ledger of an account, newest first."""
    run(_history(data, email, limit))


async def _move(data: Path | None, email: str, micros: int, *, key: str, description: str, adjusting: bool) -> None:
    from mediakiln.accounts.people import find_account
    from mediakiln.database.ids import uuid7
    from mediakiln.ledger import entries

    move, name = (entries.adjust, "adjust") if adjusting else (entries.grant, "grant")
    if len(key) > 100:
        raise typer.BadParameter("expected at most 100 characters", param_hint="--key")
    async with database(settings_for(data)) as engine, engine.begin() as connection:
        account = await find_account(connection, email)
        # The account is part of the key: one operator key given to two accounts is two movements.
        full_key = f"{name}:{account.id}:{key or uuid7()}"
        done = await move(connection, account.id, micros, key=full_key, description=description)
        after = await entries.balance(connection, account.id)
    told = "" if done else f" Nothing changed: key {key} was used before."
    typer.echo(f"{account.email} has {credits_text(after.available)} credits.{told}")


async def _history(data: Path | None, email: str, limit: int) -> None:
    from mediakiln.accounts.people import find_account
    from mediakiln.cli import views
    from mediakiln.database.engine import reading

    async with database(settings_for(data)) as engine:
        async with reading(engine) as connection:
            account = await find_account(connection, email)
        entries = await views.history(engine, account.id, limit)
    rows = (
        [
            show.when(entry.created_at),
            entry.kind,
            *map(credits_text, (entry.amount, entry.available_after, entry.held_after)),
            entry.description,
            entry.key,
        ]
        for entry in entries
    )
    headers = ("time", "kind", "amount", "available after", "held after", "description", "key")
    show.table(headers, rows, empty=f"No movements in the wallet of {account.email}.")
