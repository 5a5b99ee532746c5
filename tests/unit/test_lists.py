"""Every list goes by an index and in a stable order, with 100,000 rows on either database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from databases import fresh_postgres_database, fresh_sqlite
from sqlalchemy import event, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.assets import groups, library
from mediakiln.assets.groups import Sort
from mediakiln.assets.library import Source
from mediakiln.assets.outputs import StoredOutput
from mediakiln.database.tables import account, asset, asset_group, conversation, group_asset, ledger_entry, task, task_input
from mediakiln.generation import GenerationRequest, Kind
from mediakiln.ledger import history
from mediakiln.ledger.entries import EntryKind
from mediakiln.tasks import conversations, listing
from mediakiln.tasks.conversations import Status
from mediakiln.tasks.records import State, to_json

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(400)]

ROWS, PEOPLE = 100_000, 50
GROWING = ("task", "asset", "ledger_entry", "conversation", "task_input", "asset_group", "group_asset")
ANN = "account-00"
Asked = list[tuple[str, Any]]

LISTS: dict[str, Callable[[AsyncConnection, int, int], Awaitable[Any]]] = {
    "videos of the dialect": lambda c, n, at: listing.page(c, ANN, "neospark", Kind.VIDEO, limit=n, offset=at),
    "failed videos": lambda c, n, at: listing.page(c, ANN, "neospark", Kind.VIDEO, states=(State.FAILED,), limit=n, offset=at),
    "history": lambda c, n, at: history.page(c, ANN, limit=n, offset=at),
    "grants": lambda c, n, at: history.page(c, ANN, (EntryKind.GRANT,), limit=n, offset=at),
    "sessions": lambda c, n, at: conversations.page(c, ANN, (Status.ACTIVE,), limit=n, offset=at),
    "pictures": lambda c, n, at: library.images(c, ANN, source=None, limit=n, offset=at),
    "made pictures": lambda c, n, at: library.images(c, ANN, source=Source.GENERATION, limit=n, offset=at),
    "library videos": lambda c, n, at: library.videos(c, ANN, source=None, states=None, limit=n, offset=at),
    "uploads": lambda c, n, at: library.uploads(c, ANN, kinds=None, deleted=False, threads=True, limit=n, offset=at),
    "groups": lambda c, n, at: groups.groups(c, ANN, sort=Sort(), limit=n, offset=at),
    "assets": lambda c, n, at: groups.assets(c, ANN, sort=Sort(), limit=n, offset=at),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgresql"])
async def crowded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AsyncEngine]:
    """A database with 100,000 rows in each table that grows."""
    path = tmp_path_factory.mktemp("crowded") / "x.sqlite3"
    async with fresh_sqlite(path) if request.param == "sqlite" else fresh_postgres_database() as engine:
        await _fill(engine)
        yield engine


async def _fill(engine: AsyncEngine) -> None:
    """100,000 rows in each table that grows, of fifty accounts, with many equal times."""
    request = to_json(GenerationRequest(kind=Kind.VIDEO, model="AiVideoMax", prompt="a kiln"))
    result = to_json([StoredOutput("/uploads/x", "image/png", 1, 1, 1)])
    states = list(State)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in GROWING}
    for n in range(ROWS):
        owner, id_ = f"account-{n % PEOPLE:02}", f"task-{n:06}"
        kind, state = (Kind.VIDEO, Kind.IMAGE)[n // PEOPLE % 2], states[n // PEOPLE % 5]
        made = state is State.SUCCEEDED
        thread, at, path = f"ds_{n:06}", 1_000 * (n // 500), f"/uploads/{owner}/{kind}s/{n}"
        rows["conversation"].append(
            {"id": thread, "account_id": owner, "title": "t", "status": "active", "created_at": at, "updated_at": at}
        )
        rows["task"].append(
            {
                "id": id_, "public_id": f"p{n}", "account_id": owner, "api_key_id": "k", "dialect": "neospark", "kind": kind,
                "model": "AiVideoMax", "request": request, "routes": "[]", "unit_price": 1, "price": 1, "state": state,
                "submission": "none", "output_token": "0", "deadline": 0, "created_at": at, "conversation_id": thread,
                "result": result if made else None,
            }
        )  # fmt: skip
        rows["asset"].append(
            {
                "path": path, "account_id": owner, "task_id": id_ if made else None, "media_type": f"{kind}/x", "size": 1,
                "width": 1, "height": 1, "created_at": at, "upload_id": None if made else f"up_{n}", "filename": "x",
            }
        )  # fmt: skip
        rows["ledger_entry"].append(
            {
                "account_id": owner, "task_id": id_, "kind": list(EntryKind)[n % 6], "amount": 1, "available_after": 0,
                "held_after": 0, "key": f"k{n}", "description": "", "created_at": at,
            }
        )  # fmt: skip
        rows["task_input"].append({"task_id": id_, "path": path})
        common = {"account_id": owner, "name": "x", "created_at": at, "updated_at": at}
        rows["asset_group"].append({"id": f"group-{n:06}", "project": "default", "description": "", **common})
        rows["group_asset"].append({"id": f"asset-{n:06}", "group_id": f"group-{n:06}", "path": path, **common})
    async with engine.begin() as connection:
        people = [{"id": f"account-{n:02}", "email": f"{n}@x", "is_admin": False, "created_at": 0} for n in range(PEOPLE)]
        await connection.execute(insert(account), people)
        for table in (conversation, task, asset, ledger_entry, task_input, asset_group, group_asset):
            await connection.execute(insert(table), rows[table.name])
        await connection.execute(text("ANALYZE"))


async def test_lists_go_by_an_index(crowded: AsyncEngine) -> None:
    """No page, first or far, and no total walks a whole table; EXPLAIN of what was really asked says so."""
    asked: Asked = []

    def note(_connection: object, _cursor: object, sql: str, values: Any, _context: object, _many: bool) -> None:
        asked.append((sql, values))

    async with crowded.connect() as connection:
        event.listen(crowded.sync_engine, "before_cursor_execute", note)
        for ask in LISTS.values():
            for offset in (0, 500):
                await ask(connection, 20, offset)
        some = [f"ds_{n:06}" for n in range(0, 1_000, PEOPLE)]
        await conversations.summaries(connection, some)
        await listing.of_conversation(connection, ANN, some[0])
        event.remove(crowded.sync_engine, "before_cursor_execute", note)
        for sql, values in asked:
            if sql.lstrip().upper().startswith(("SELECT", "WITH")):
                assert not await _walks(connection, sql, values), sql
    assert len(asked) > 20


async def test_pages_are_stable(crowded: AsyncEngine) -> None:
    """Pages put together are the list, each thing once, although hundreds have the same time."""
    async with crowded.connect() as connection:
        for name, ask in LISTS.items():
            whole = _items(await ask(connection, 100, 0))
            pages = [item for at in range(0, 100, 20) for item in _items(await ask(connection, 20, at))]
            assert [repr(item) for item in pages] == [repr(item) for item in whole], name
            assert len({repr(item) for item in pages}) == 100, name


def _items(answer: Any) -> list[Any]:
    """The items of a page, with or without a total."""
    items: list[Any] = answer[1] if isinstance(answer, tuple) else answer
    return items


async def _walks(connection: AsyncConnection, sql: str, values: Any) -> bool:
    """Whether the plan of a statement reads the whole of a table that grows."""
    if connection.dialect.name == "sqlite":
        steps = [row.detail.split() for row in await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
        return any(step[0] == "SCAN" and step[1] in GROWING for step in steps)
    plan = "\n".join(row[0] for row in await connection.exec_driver_sql(f"EXPLAIN {sql}", values))
    return any(f"Seq Scan on {name}" in plan for name in GROWING)
