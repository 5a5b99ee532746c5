"""What is asked on every request or every few seconds must not read every task there ever was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from databases import fresh_sqlite
from fakes.kiln import DIALECT, Kiln, quote
from fakes.providers import Scripted
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import event

from mediakiln.accounts.principals import Principal
from mediakiln.assets.outputs import delete_expired
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.generation import Kind
from mediakiln.ledger import history
from mediakiln.ledger.entries import EntryKind
from mediakiln.tasks import conversations, listing, removal
from mediakiln.tasks.conversations import Status
from mediakiln.tasks.replays import Idempotency
from mediakiln.tasks.snapshots import Snapshots
from mediakiln.web.ops import ops_router

SMALL = ("wallet", "worker_lease", "json_each")
"""What may be read whole: a row for each account, a row for each worker, and our own parameters."""


async def test_no_query_reads_a_whole_table(tmp_path: Path) -> None:
    """Every statement of a task's life, its status, the sweeps and the metrics goes by an index on SQLite, which unlike
    PostgreSQL plans without knowing the values: a partial index or a list of pairs that it cannot use costs a full scan."""
    asked: dict[str, Any] = {}

    def note(_connection: object, _cursor: object, sql: str, values: Any, _context: object, many: bool) -> None:
        if sql.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")):
            asked.setdefault(sql, values[0] if many else values)

    async with fresh_sqlite(tmp_path / "x.sqlite3") as engine:
        kiln = Kiln(engine, tmp_path)
        ann, bob = await kiln.account(), await kiln.account()
        task_id = await kiln.submitted(ann)
        public_id = (await kiln.row(task_id))["public_id"]
        event.listen(engine.sync_engine, "before_cursor_execute", note)
        for caller in (ann, ann, bob):
            await kiln.submit(caller, key="k1")
        await talk(kiln, ann)
        await kiln.runner(Scripted())(task_id)
        await Snapshots(engine).get(ann.account_id, DIALECT, None, public_id)
        await kiln.janitor.fail_overdue()
        await delete_expired(engine, kiln.blobs, now_ms())
        async with AsyncTestClient(Litestar([ops_router(engine, {}, "token")])) as client:
            answer = await client.get("/metrics", headers={"Authorization": "Bearer token"})
            assert answer.status_code == 200
        event.remove(engine.sync_engine, "before_cursor_execute", note)
        async with engine.connect() as connection:
            for sql, values in asked.items():
                for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values):
                    assert not scans(row.detail), (sql, row.detail)
    assert len(asked) > 10


async def talk(kiln: Kiln, ann: Principal) -> None:
    """All that is done with a conversation and its tasks, from the first bundle to the removal."""
    thread = await kiln.conversation(ann)
    made = await kiln.bundle(ann, [quote(inputs=["/uploads/a.png"])] * 3, key="k2", conversation_id=thread)
    await kiln.submitter.replay(ann.account_id, Idempotency("k2", "body"), 3)
    task = await Snapshots(kiln.engine).get(ann.account_id, DIALECT, None, made[0].public_id)
    async with reading(kiln.engine) as connection:
        await conversations.page(connection, ann.account_id, list(Status), limit=10, offset=0)
        await conversations.summaries(connection, [thread, "another"])
        await listing.page(connection, ann.account_id, DIALECT, Kind.IMAGE, limit=10, offset=0)
        await listing.of_conversation(connection, ann.account_id, thread)
        await listing.place(connection, task)
        await listing.children(connection, [task])
        await history.page(connection, ann.account_id, [EntryKind.GRANT], limit=10, offset=0)
    async with writing(kiln.engine) as connection:
        await conversations.rename(connection, ann.account_id, thread, "another title")
        await removal.cancel_or_remove(connection, kiln.dispatcher, ann.account_id, DIALECT, Kind.IMAGE, made[0].public_id)
        await conversations.remove(connection, ann.account_id, thread, permanent=True)
        await removal.remove_conversation(connection, kiln.dispatcher, ann.account_id, thread)


def scans(step: str) -> bool:
    """Whether a step of SQLite's plan walks a table that grows. The index of open tasks is as short as the queue."""
    words = step.split()
    return words[0] == "SCAN" and words[1] not in SMALL and "ix_task_open" not in words
