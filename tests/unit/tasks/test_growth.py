"""What is asked on every request or every few seconds must not read every task there ever was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from databases import fresh_sqlite
from fakes.kiln import DIALECT, Kiln
from fakes.providers import Scripted
from litestar import Litestar
from litestar.testing import AsyncTestClient
from sqlalchemy import event

from mediakiln.assets.outputs import delete_expired
from mediakiln.database.ids import now_ms
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


def scans(step: str) -> bool:
    """Whether a step of SQLite's plan walks a table that grows. The index of open tasks is as short as the queue."""
    words = step.split()
    return words[0] == "SCAN" and words[1] not in SMALL and "ix_task_open" not in words
