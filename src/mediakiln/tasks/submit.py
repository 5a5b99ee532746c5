"""Submitting: one transaction that checks the Idempotency-Key, reserves the credits, writes the task and enqueues it."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.accounts.principals import Principal
from mediakiln.catalog import Quote
from mediakiln.database.engine import reading
from mediakiln.database.group import GroupCommit
from mediakiln.database.ids import now_ms, uuid7
from mediakiln.database.tables import ledger_entry, task, wallet
from mediakiln.errors import Forbidden, IdempotencyInFlight, IdempotencyMismatch, Overloaded
from mediakiln.generation import Kind
from mediakiln.ledger.entries import Balance, Reservation, reserve
from mediakiln.settings import Settings
from mediakiln.tasks.dispatch.base import Dispatcher, Ticket
from mediakiln.tasks.records import State, Submission, to_json
from mediakiln.telemetry.metrics import SUBMITTED

COUNT_EVERY = 1.0
"""Seconds between two counts of all waiting tasks; the server-wide limit is a guard for memory and disk, not an exact figure."""


class Idempotency(Struct, frozen=True):
    """The caller's key and a digest of what it was sent with. Keys belong to an account and live as long as the task."""

    key: str
    fingerprint: str


class NewTask(Struct, frozen=True):
    """A priced request that wants to become a task; `public_id` in the dialect's own form."""

    principal: Principal
    dialect: str
    public_id: str
    quote: Quote
    idempotency: Idempotency | None = None


class Submitted(Struct, frozen=True):
    """A durable task. `price` and `available_after` in microcredits; `provider` is the first route's."""

    public_id: str
    price: int
    available_after: int
    provider: str
    created_at: int
    replayed: bool = False


class Submitter:
    """Takes new tasks in. Concurrent submits share transactions (`GroupCommit`)."""

    def __init__(self, engine: AsyncEngine, dispatcher: Dispatcher, settings: Settings) -> None:
        self._engine = engine
        self._dispatcher = dispatcher
        self._settings = settings
        self._commits: GroupCommit[_Entry, Submitted] = GroupCommit(engine, self._write)
        self._in_flight: set[tuple[str, str]] = set()
        self._waiting = 0
        self._counted_at = 0.0

    async def submit(self, new: NewTask) -> Submitted:
        """Make the task durable, or raise and change nothing.

        Raises Forbidden (subscription needed), InsufficientCredits, Overloaded, IdempotencyMismatch, IdempotencyInFlight.
        """
        if new.quote.model.requires_subscription and not new.principal.subscribed:
            raise Forbidden(f"Model {new.quote.model.id} requires an active subscription")
        await self._admit()
        entry = _Entry.of(new, self._settings)
        mark = (new.principal.account_id, new.idempotency.key) if new.idempotency else None
        if mark in self._in_flight:
            raise IdempotencyInFlight("A request with this Idempotency-Key is still being answered; retry shortly")
        if mark:
            self._in_flight.add(mark)
        try:
            submitted = await self._commit(entry)
        finally:
            if mark:
                self._in_flight.discard(mark)
        self._dispatcher.wake()
        if not submitted.replayed:
            SUBMITTED.labels(new.dialect, new.quote.model.id).inc()
        return submitted

    async def aclose(self) -> None:
        """Finish the commits under way."""
        await self._commits.aclose()

    async def _admit(self) -> None:
        now = time.monotonic()
        if now - self._counted_at > COUNT_EVERY:
            self._counted_at = now
            async with reading(self._engine) as connection:
                self._waiting = await connection.scalar(select(func.coalesce(func.sum(wallet.c.open_tasks), 0))) or 0
        if self._waiting >= self._settings.max_waiting:
            raise Overloaded("The server has too many waiting tasks; try again later", retry_after=10, scope="server")

    async def _commit(self, entry: _Entry) -> Submitted:
        try:
            return await self._commits.run(entry)
        except IntegrityError:
            if entry.row["idempotency_key"] is None:
                raise
            # Another process made a task with this key between our look and our write: now there is one to replay.
            return await self._commits.run(entry)

    async def _write(self, connection: AsyncConnection, batch: Sequence[_Entry]) -> Sequence[Submitted | Exception]:
        answers = await self._replays(connection, batch)
        fresh = [entry for entry in batch if entry.task_id not in answers]
        held = await reserve(
            connection,
            [Reservation(entry.task_id, entry.account_id, entry.price, entry.description) for entry in fresh],
            max_open=self._settings.max_waiting_per_account,
        )
        accepted = []
        for entry, outcome in zip(fresh, held, strict=True):
            if isinstance(outcome, Balance):
                accepted.append(entry)
                answers[entry.task_id] = entry.submitted(outcome.available)
            else:
                answers[entry.task_id] = outcome
        if accepted:
            await connection.execute(insert(task), [entry.row for entry in accepted])
            await self._dispatcher.enqueue(connection, [Ticket(entry.task_id, entry.provider) for entry in accepted])
        return [answers[entry.task_id] for entry in batch]

    async def _replays(self, connection: AsyncConnection, batch: Sequence[_Entry]) -> dict[str, Submitted | Exception]:
        """Answers for entries whose Idempotency-Key already made a task."""
        keyed = {(entry.account_id, key): entry for entry in batch if (key := entry.row["idempotency_key"])}
        if not keyed:
            return {}
        query = (
            select(
                task.c.account_id,
                task.c.idempotency_key,
                task.c.fingerprint,
                task.c.public_id,
                task.c.price,
                task.c.created_at,
                ledger_entry.c.available_after,
            )
            .join(ledger_entry, ledger_entry.c.key == "task:" + task.c.id + ":reserve")
            .where(
                # Not pairs of them: SQLite looks those up in no index.
                task.c.account_id.in_({account_id for account_id, _ in keyed}),
                task.c.idempotency_key.in_({key for _, key in keyed}),
            )
        )
        answers: dict[str, Submitted | Exception] = {}
        for row in await connection.execute(query):
            entry = keyed.get((row.account_id, row.idempotency_key))
            if entry is None:
                continue  # the key of one account, used by another one too
            if row.fingerprint != entry.row["fingerprint"]:
                message = "This Idempotency-Key was used before with another request; use a new key for a new request"
                answers[entry.task_id] = IdempotencyMismatch(message)
            else:
                answers[entry.task_id] = Submitted(
                    row.public_id, row.price, row.available_after, entry.provider, row.created_at, replayed=True
                )
        return answers


class _Entry(Struct, frozen=True):
    """A task row on its way into the database."""

    task_id: str
    account_id: str
    price: int
    provider: str
    description: str
    row: dict[str, Any]

    @classmethod
    def of(cls, new: NewTask, settings: Settings) -> _Entry:
        request, quote, created = new.quote.request, new.quote, now_ms()
        seconds = settings.video_deadline if request.kind is Kind.VIDEO else settings.image_deadline
        row: dict[str, Any] = {
            "id": uuid7(),
            "public_id": new.public_id,
            "account_id": new.principal.account_id,
            "api_key_id": new.principal.key_id,
            "dialect": new.dialect,
            "kind": request.kind,
            "model": request.model,
            "request": to_json(request),
            "routes": to_json(quote.routes),
            "unit_price": quote.unit_price,
            "price": quote.total,
            "state": State.QUEUED,
            "submission": Submission.NONE,
            "output_token": os.urandom(16).hex(),
            "idempotency_key": new.idempotency.key if new.idempotency else None,
            "fingerprint": new.idempotency.fingerprint if new.idempotency else None,
            "deadline": created + seconds * 1000,
            "created_at": created,
        }
        description = f"{request.model} {request.kind}"
        return cls(row["id"], new.principal.account_id, quote.total, quote.routes[0].provider, description, row)

    def submitted(self, available_after: int) -> Submitted:
        return Submitted(self.row["public_id"], self.price, available_after, self.provider, self.row["created_at"])
