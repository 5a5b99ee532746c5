"""The real rooms of the house wired for tests, without HTTP: accounts, submits, a runner on scripted providers.

kiln = Kiln(engine, tmp_path)
ann = await kiln.account(credits=10)
submitted = await kiln.submit(ann)
await kiln.runner(Scripted())((await kiln.row(submitted.public_id))["id"])
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.accounts.people import create_account
from mediakiln.accounts.plans import Subscription
from mediakiln.accounts.principals import Principal
from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.fetch import FetchDoor
from mediakiln.assets.inputs import InputResolver
from mediakiln.catalog import Catalog, Quote, Route
from mediakiln.database.engine import open_engine, reading, writing
from mediakiln.database.ids import uuid7
from mediakiln.database.tables import ledger_entry, task, wallet
from mediakiln.errors import MICRO
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Role
from mediakiln.ledger import entries
from mediakiln.ledger.audit import Finding, audit
from mediakiln.providers.base import Provider
from mediakiln.settings import Settings
from mediakiln.tasks import cancel as cancelling
from mediakiln.tasks import conversations, states
from mediakiln.tasks.dispatch import pgqueuer_schema
from mediakiln.tasks.dispatch.base import Dispatcher, Lane
from mediakiln.tasks.dispatch.embedded import EmbeddedDispatcher
from mediakiln.tasks.dispatch.pgqueuer import PgQueuerDispatcher
from mediakiln.tasks.dispatch.worker import Timing
from mediakiln.tasks.janitor import Janitor
from mediakiln.tasks.pulse import Pulse
from mediakiln.tasks.records import TASK_COLUMNS, Task, task_from
from mediakiln.tasks.replays import Idempotency, Submitted
from mediakiln.tasks.runner import Runner
from mediakiln.tasks.submit import NewTask, Submitter
from mediakiln.tasks.tools import Rate, Tools
from mediakiln.tasks.worker import Worker

DIALECT = "nanobanana"
PRICE = 2 * MICRO
"""Of one item, unless a test says otherwise."""
QUICK = Timing(lease=3.0, heartbeat=0.3, poll=0.05, retry=0.05, grace=2.0)

_catalog = Catalog.load(None, {"studio"})


def dispatcher_for(engine: AsyncEngine, timing: Timing = QUICK) -> Dispatcher:
    """The dispatcher of this database."""
    kind = EmbeddedDispatcher if engine.dialect.name == "sqlite" else PgQueuerDispatcher
    return kind(engine, timing=timing)


def quote(
    *,
    count: int = 1,
    unit_price: int = PRICE,
    routes: Sequence[str] = ("scripted",),
    model: str = "nano-banana",
    prompt: str = "a kiln",
    inputs: Sequence[str] = (),
) -> Quote:
    """What the catalogue would have answered, with a price and routes of the test's choice."""
    found = _catalog.find(DIALECT, model)
    request = GenerationRequest(
        kind=found.kind,
        model=found.id,
        prompt=prompt,
        count=count,
        width=16,
        height=16,
        inputs=tuple(MediaInput(Role.IMAGE, source) for source in inputs),
    )
    return Quote(request, unit_price, unit_price * count, tuple(Route(name, f"{name}-model") for name in routes), found)


class Kiln:
    """One process's worth of services on `engine`; several on one database stand for several processes."""

    def __init__(self, engine: AsyncEngine, folder: Path, **settings: Any) -> None:
        self.engine = engine
        self.settings = Settings(data=folder, **settings)
        self.dispatcher = dispatcher_for(engine)
        self.submitter = Submitter(engine, self.dispatcher, self.settings)
        self.blobs = BlobStore.open("", folder)
        self.door = FetchDoor(allow=("127.0.0.1",), max_bytes=1_000_000, timeout=5.0)
        public_url = self.settings.public_url
        self.inputs = InputResolver(self.door, self.blobs, public_url=public_url, max_bytes=1_000_000, max_pixels=1_000_000)
        self.pulse = Pulse(engine)
        self.scratch = folder / "scratch"
        self.scratch.mkdir(parents=True, exist_ok=True)
        self.janitor = Janitor(engine, self.dispatcher, self.blobs, self.scratch)

    async def account(
        self,
        credits: int = 1_000,  # noqa: A002 - the word everybody uses
        *,
        plan: str | None = None,
        email: str = "",
    ) -> Principal:
        """A new account with a wallet, and its caller. `credits` in whole credits; `plan` lasts for ever."""
        async with self.engine.begin() as connection:
            created = await create_account(connection, email or f"{secrets.token_hex(8)}@example.com")
            await entries.open_wallet(connection, created.id)
            if credits:
                await entries.grant(connection, created.id, credits * MICRO, key=f"grant:{created.id}", description="test")
        subscription = Subscription(plan, 1 << 50) if plan else None
        return Principal(created.id, uuid7(), frozenset(), True, None, None, subscription)

    async def submit(self, principal: Principal, asked: Quote | None = None, *, key: str = "", body: str = "body") -> Submitted:
        """Submit `asked`, with an Idempotency-Key when `key` is given; `body` stands for what was sent."""
        idempotency = Idempotency(key, body) if key else None
        public_id = f"clx{secrets.token_hex(11)}"
        return await self.submitter.submit(NewTask(principal, DIALECT, public_id, asked or quote(), idempotency))

    async def bundle(
        self, principal: Principal, asked: Sequence[Quote], *, key: str = "", body: str = "body", **more: Any
    ) -> tuple[Submitted, ...]:
        """Submit several together; `more` are fields of `NewTask` that all share."""
        idempotency = Idempotency(key, body) if key else None
        common = {"dialect": DIALECT} | more
        return await self.submitter.submit_all(
            [
                NewTask(principal, public_id=f"clx{secrets.token_hex(11)}", quote=each, idempotency=idempotency, **common)
                for each in asked
            ]
        )

    async def conversation(self, principal: Principal, title: str = "A talk") -> str:
        """The id of a new conversation."""
        async with writing(self.engine) as connection:
            return (await conversations.create(connection, principal.account_id, title)).id

    async def submitted(self, principal: Principal, asked: Quote | None = None) -> str:
        """Submit and return the task's own id."""
        return str((await self.row((await self.submit(principal, asked)).public_id))["id"])

    def runner(
        self,
        *providers: Provider,
        pulse: Pulse | None = None,
        rates: Mapping[str, Rate] | None = None,
        remote: Collection[str] = (),
    ) -> Runner:
        """A runner on these providers, by their names."""
        tools = Tools(
            engine=self.engine,
            providers={provider.name: provider for provider in providers},
            inputs=self.inputs,
            blobs=self.blobs,
            door=self.door,
            scratch=self.scratch,
            max_pixels=1_000_000,
            rates=rates or {},
            remote=remote,
        )
        return Runner(tools, pulse or self.pulse)

    def worker(self, *providers: Provider) -> Worker:
        """A whole worker on these providers."""
        lanes = {provider.name: Lane(1_000) for provider in providers}
        return Worker(self.dispatcher, self.runner(*providers), self.pulse, self.janitor, lanes, 500)

    async def claim(self, task_id: str) -> Task:
        """Begin an attempt, as a worker does."""
        async with self.engine.begin() as connection:
            held = await states.claim(connection, task_id)
        assert held is not None
        return held

    async def held(self, task_id: str) -> Task:
        """The task as a worker that began its last attempt sees it."""
        async with reading(self.engine) as connection:
            return task_from((await connection.execute(select(*TASK_COLUMNS).where(task.c.id == task_id))).one()._mapping)

    async def cancel(self, public_id: str, principal: Principal | None = None) -> bool:
        """Cancel as the owner, or as the operator."""
        account_id = principal.account_id if principal else None
        async with self.engine.begin() as connection:
            return await cancelling.cancel(connection, self.dispatcher, public_id, account_id=account_id)

    async def row(self, any_id: str) -> RowMapping:
        """A task's whole row, by its id or public id."""
        async with reading(self.engine) as connection:
            found = await connection.execute(select(task).where((task.c.id == any_id) | (task.c.public_id == any_id)))
            return found.mappings().one()

    async def wallet(self, principal: Principal) -> tuple[int, int, int]:
        """(available, held) in microcredits, and how many tasks are open."""
        async with reading(self.engine) as connection:
            query = select(wallet.c.available, wallet.c.held, wallet.c.open_tasks)
            row = (await connection.execute(query.where(wallet.c.account_id == principal.account_id))).one()
        return row.available, row.held, row.open_tasks

    async def movements(self, task_id: str) -> dict[str, int]:
        """The ledger's entries of a task: kind -> amount."""
        async with reading(self.engine) as connection:
            rows = await connection.execute(
                select(ledger_entry.c.kind, ledger_entry.c.amount).where(ledger_entry.c.task_id == task_id)
            )
            return {row.kind: row.amount for row in rows}

    async def tasks(self) -> int:
        """How many tasks there are."""
        async with reading(self.engine) as connection:
            return await connection.scalar(select(func.count()).select_from(task)) or 0

    async def tickets(self) -> set[str]:
        """The tasks that have a ticket, waiting or held."""
        async with reading(self.engine) as connection:
            if self.engine.dialect.name == "sqlite":
                rows = await connection.execute(text("SELECT task_id FROM job"))
            else:
                rows = await connection.execute(text(f"SELECT dedupe_key FROM {pgqueuer_schema.names().queue_table}"))
            return set(rows.scalars())

    async def audit(self) -> list[Finding]:
        """What the audit finds."""
        async with reading(self.engine) as connection:
            return await audit(connection)

    async def execute(self, sql: str, **values: object) -> None:
        """Change the database behind everybody's back."""
        async with self.engine.begin() as connection:
            await connection.execute(text(sql), values)


@asynccontextmanager
async def second_process(engine: AsyncEngine, folder: Path, **settings: Any) -> AsyncIterator[Kiln]:
    """Another kiln on the same database, with connections of its own."""
    other = open_engine(engine.url)
    try:
        yield Kiln(other, folder, **settings)
    finally:
        await other.dispose()


async def scalar(connection: AsyncConnection, sql: str) -> Any:
    """One value."""
    return (await connection.execute(text(sql))).scalar_one()


__all__ = ["DIALECT", "PRICE", "QUICK", "Kiln", "Kind", "dispatcher_for", "quote", "scalar", "second_process"]
