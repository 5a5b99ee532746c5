"""`mediakiln accounts`: customers and their plans."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediakiln.cli import show
from mediakiln.cli.base import DAY, Data, Email, database, micro, run, settings_for
from mediakiln.errors import credits_text

group = typer.Typer(help="Accounts and their plans.", no_args_is_help=True)

PLAN_HELP = "free, starter, pro or enterprise."


@group.command()
def create(
    email: Email,
    credits_: Annotated[str, typer.Option("--credits", metavar="N", help="Credits to begin with.")] = "0",
    plan: Annotated[str, typer.Option(metavar="NAME", help=PLAN_HELP)] = "",
    plan_days: Annotated[int, typer.Option(min=1, max=36_500, help="How long the plan runs.")] = 365,
    admin: Annotated[bool, typer.Option("--admin", help="An operator's account.")] = False,
    data: Data = None,
) -> None:
    """Make an account with its wallet."""
    micros = micro(credits_)
    if micros < 0:
        raise typer.BadParameter(f"got {credits_}; expected 0 or more", param_hint="--credits")
    created = run(create_account(data, email, micros, plan, plan_days, admin=admin))
    on_plan = f", on plan {plan} for {plan_days} days" if plan else ""
    typer.echo(f"Created {created} with {credits_text(micros)} credits{on_plan}.")


@group.command("list")
def list_all(data: Data = None) -> None:
    """Show every account with its credits and its plan."""
    run(_list(data))


@group.command("plan")
def put_on_plan(
    email: Email,
    name: Annotated[str, typer.Argument(metavar="NAME", help=PLAN_HELP)],
    days: Annotated[int, typer.Option(min=1, max=36_500, help="How long the plan runs, from now.")],
    data: Data = None,
) -> None:
    """Put an account on a plan, in place of the one it had."""
    run(_subscribe(data, email, name, days))
    typer.echo(f"{email} is on plan {name} for {days} days.")


async def create_account(data: Path | None, email: str, micros: int, plan: str, days: int, *, admin: bool) -> str:
    """Account, wallet, first credits and plan in one transaction; returns the e-mail address as stored."""
    from mediakiln.accounts import people, plans
    from mediakiln.database.ids import now_ms
    from mediakiln.ledger import entries

    async with database(settings_for(data)) as engine, engine.begin() as connection:
        created = await people.create_account(connection, email, is_admin=admin)
        await entries.open_wallet(connection, created.id)
        if micros:
            key = f"grant:{created.id}:first"
            await entries.grant(connection, created.id, micros, key=key, description="first credits")
        if plan:
            await plans.subscribe(connection, created.id, plan, now_ms() + days * DAY)
    return created.email


async def _list(data: Path | None) -> None:
    from mediakiln.cli import views

    async with database(settings_for(data)) as engine:
        found = await views.accounts(engine)
    rows = (
        [
            each.email,
            *map(credits_text, (each.available, each.held, each.granted)),
            each.plan or "-",
            show.when(each.plan_ends_at),
            "yes" if each.is_admin else "no",
            show.when(each.created_at),
        ]
        for each in found
    )
    headers = ("email", "available", "held", "granted", "plan", "plan ends", "admin", "created")
    show.table(headers, rows, empty="No accounts yet. Make one: mediakiln accounts create EMAIL --credits 100")


async def _subscribe(data: Path | None, email: str, name: str, days: int) -> None:
    from mediakiln.accounts import people, plans
    from mediakiln.database.ids import now_ms

    async with database(settings_for(data)) as engine, engine.begin() as connection:
        account = await people.find_account(connection, email)
        await plans.subscribe(connection, account.id, name, now_ms() + days * DAY)
