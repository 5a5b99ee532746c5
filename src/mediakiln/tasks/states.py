"""Every transition of a task, each one guarded UPDATE that names the state and the attempt it leaves.

Each function works in the caller's transaction and answers whether it changed the row. A worker that comes late, twice, or
after its task was canceled finds that its UPDATE matches nothing, and stops.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.assets.outputs import StoredOutput, insert_assets
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import task as table
from mediakiln.ledger import entries
from mediakiln.tasks import outbox
from mediakiln.tasks.records import OPEN, TASK_COLUMNS, State, Submission, Task, TaskError, task_from, to_json


async def claim(connection: AsyncConnection, task_id: str) -> Task | None:
    """Begin an attempt: queued -> running, or take over a running task whose worker is gone. None for a finished task."""
    # Locked: None must mean finished, never that another claim was quicker, since the caller gives its ticket up then.
    query = select(table.c.state, table.c.attempt).where(table.c.id == task_id).with_for_update()
    seen = (await connection.execute(query)).one_or_none()
    if seen is None or not State(seen.state).open:
        return None
    row = (
        await connection.execute(
            update(table)
            .where(table.c.id == task_id, table.c.state == seen.state, table.c.attempt == seen.attempt)
            .values(
                state=State.RUNNING,
                attempt=seen.attempt + 1,
                started_at=now_ms() if seen.state == State.QUEUED else table.c.started_at,
            )
            .returning(*TASK_COLUMNS)
        )
    ).one_or_none()
    return None if row is None else task_from(row._mapping)


async def move_submission(
    connection: AsyncConnection,
    held: Task,
    leaves: Sequence[Submission],
    enters: Submission,
    *,
    route: int | None = None,
    remote_id: str | None = None,
    parting: bool = False,
) -> bool:
    """Record what is known of the upstream, for the attempt that holds the task. `parting` tells that this attempt ends
    here in good order, to be followed by another."""
    values: dict[str, object] = {"submission": enters}
    if route is not None:
        values["route"] = route
    if remote_id is not None:
        values["remote_id"] = remote_id
    if parting:
        values["parted"] = table.c.parted + 1
    changed = await connection.execute(
        update(table)
        .where(
            table.c.id == held.id,
            table.c.state == State.RUNNING,
            table.c.attempt == held.attempt,
            table.c.submission.in_(leaves),
        )
        .values(**values)
    )
    return changed.rowcount == 1


async def is_open(connection: AsyncConnection, task_id: str) -> bool:
    """True while the task is not finished."""
    state = await connection.scalar(select(table.c.state).where(table.c.id == task_id))
    return state is not None and State(state).open


async def succeeded(connection: AsyncConnection, held: Task) -> bool:
    """True when this very attempt has succeeded."""
    query = select(table.c.state).where(table.c.id == held.id, table.c.attempt == held.attempt)
    return (await connection.scalar(query)) == State.SUCCEEDED


async def succeed(connection: AsyncConnection, held: Task, outputs: Sequence[StoredOutput], expires_at: int | None) -> bool:
    """running -> succeeded, with its files recorded and every delivered item paid: all in this transaction, or nothing."""
    consumed = min(held.price, held.unit_price * len(outputs))
    values = {"progress": 1.0, "result": to_json(outputs)}
    if not await _finish(connection, held, State.SUCCEEDED, (State.RUNNING,), consumed, values, attempt=held.attempt):
        return False
    await insert_assets(
        connection, outputs, account_id=held.account_id, task_id=held.id, created_at=now_ms(), expires_at=expires_at
    )
    return True


async def fail(connection: AsyncConnection, held: Task, error: TaskError, *, attempt: int | None) -> bool:
    """Open -> failed; everything is released. `attempt` None (the deadline sweep) fails whatever attempt is at work."""
    return await _finish(connection, held, State.FAILED, OPEN, 0, {"error": to_json(error)}, attempt=attempt)


async def cancel(connection: AsyncConnection, held: Task) -> bool:
    """Open -> canceled at the owner's wish; everything is released, since nothing was delivered."""
    return await _finish(connection, held, State.CANCELED, OPEN, 0, {}, attempt=None)


async def _finish(
    connection: AsyncConnection,
    held: Task,
    enters: State,
    leaves: Sequence[State],
    consumed: int,
    values: dict[str, object],
    *,
    attempt: int | None,
) -> bool:
    guard = [table.c.id == held.id, table.c.state.in_(leaves)]
    if attempt is not None:
        guard.append(table.c.attempt == attempt)
    changed = await connection.execute(
        update(table).where(*guard).values(state=enters, charged=consumed, finished_at=now_ms(), **values)
    )
    if changed.rowcount != 1:
        return False
    description = f"{held.model} {held.kind} {enters}"
    await entries.settle(connection, held.account_id, held.id, reserved=held.price, consumed=consumed, description=description)
    if held.callback is not None:
        await outbox.announce(connection, held.account_id, held.id)
    return True
