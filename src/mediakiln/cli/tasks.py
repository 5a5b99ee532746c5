"""`mediakiln tasks`: every account's tasks, for the operator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediakiln.cli import show
from mediakiln.cli.base import Data, database, run, settings_for
from mediakiln.errors import InvalidRequest, credits_text

group = typer.Typer(help="Tasks of all accounts.", no_args_is_help=True)

TaskId = Annotated[str, typer.Argument(metavar="ID", help="The id that clients know, or our own.")]


@group.command("list")
def list_all(
    state: Annotated[str | None, typer.Option(help="queued, running, succeeded, failed or canceled.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000)] = 20,
    data: Data = None,
) -> None:
    """Show the newest tasks."""
    run(_list(data, state, limit))


@group.command("show")
def show_one(task_id: TaskId, data: Data = None) -> None:
    """Show all that is known of a task, its prompt included."""
    run(_show(data, task_id))


@group.command()
def cancel(task_id: TaskId, data: Data = None) -> None:
    """Cancel an unfinished task and give its credits back."""
    run(_cancel(data, task_id))


async def _list(data: Path | None, state: str | None, limit: int) -> None:
    from mediakiln.cli import views
    from mediakiln.tasks.records import State

    if state is not None and state not in list(State):
        raise InvalidRequest.not_allowed("--state", state, list(State))
    async with database(settings_for(data)) as engine:
        found = await views.tasks(engine, state, limit)
    rows = (
        [
            task.public_id,
            task.email,
            task.kind,
            task.model,
            task.state,
            f"{task.progress:.0%}",
            credits_text(task.price),
            "-" if task.charged is None else credits_text(task.charged),
            show.when(task.created_at),
            show.when(task.finished_at),
        ]
        for task in found
    )
    headers = ("id", "account", "kind", "model", "state", "progress", "price", "charged", "created", "finished")
    show.table(headers, rows, empty="No tasks." if state is None else f"No {state} tasks.")


async def _show(data: Path | None, task_id: str) -> None:
    from mediakiln.cli import views

    async with database(settings_for(data)) as engine:
        task = await views.one_task(engine, task_id)
    show.facts(
        [
            ("id", task.public_id),
            ("internal id", task.id),
            ("account", task.email),
            ("API key", task.api_key_id),
            ("dialect", task.dialect),
            ("kind", task.kind),
            ("model", task.model),
            ("state", f"{task.state} ({task.progress:.0%})"),
            ("price", credits_text(task.price)),
            ("charged", None if task.charged is None else credits_text(task.charged)),
            ("attempts", task.attempt),
            ("upstream", f"route {task.route} of {task.routes}, submission {task.submission}, remote id {task.remote_id or '-'}"),
            ("created", show.when(task.created_at)),
            ("started", show.when(task.started_at)),
            ("finished", show.when(task.finished_at)),
            ("deadline", show.when(task.deadline)),
            ("idempotency", task.idempotency_key),
            ("request", task.request),
            ("result", task.result),
            ("error", task.error),
        ]
    )


async def _cancel(data: Path | None, task_id: str) -> None:
    from mediakiln.bootstrap.house import open_dispatcher
    from mediakiln.cli import views
    from mediakiln.tasks.cancel import cancel as cancel_task

    settings = settings_for(data)
    async with database(settings) as engine:
        task = await views.one_task(engine, task_id)
        dispatcher = open_dispatcher(settings, engine)
        try:
            async with engine.begin() as connection:
                done = await cancel_task(connection, dispatcher, task.public_id)
        finally:
            await dispatcher.aclose()
    released = f" {credits_text(task.price)} credits went back to {task.email}."
    typer.echo(f"Task {task.public_id} is canceled.{released}" if done else f"Task {task.public_id} was finished already.")
    if not done:
        raise typer.Exit(1)
