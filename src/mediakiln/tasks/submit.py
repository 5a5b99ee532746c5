"""Submitting: one transaction that checks the Idempotency-Key, reserves the credits, writes the tasks and enqueues them.

What is submitted together (a bundle) is taken whole or not at all. Bundles of many callers share a transaction.
"""

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
from mediakiln.assets.inputs import ROOT
from mediakiln.catalog import Quote
from mediakiln.database.engine import reading
from mediakiln.database.group import GroupCommit
from mediakiln.database.ids import now_ms, uuid7
from mediakiln.database.tables import task, task_input, wallet
from mediakiln.errors import Forbidden, IdempotencyInFlight, IdempotencyMismatch, NotFound, Overloaded
from mediakiln.generation import Kind
from mediakiln.ledger.entries import Reservation, reserve
from mediakiln.settings import Settings
from mediakiln.tasks import conversations
from mediakiln.tasks.dispatch.base import Dispatcher, Ticket
from mediakiln.tasks.records import Callback, State, Submission, to_json
from mediakiln.tasks.replays import Idempotency, Submitted, keys_of, known, replayed
from mediakiln.telemetry.metrics import SUBMITTED

COUNT_EVERY = 1.0
"""Seconds between two counts of all waiting tasks; the server-wide limit is a guard for memory and disk, not an exact figure."""


class NewTask(Struct, frozen=True):
    """A priced request that wants to become a task; `public_id` in the dialect's own form.

    `conversation_id` is the thread it belongs to, `parent_id` the public id of the task whose result it starts from, and
    `details` what its dialect wants to remember. `callback` is told of its end. `expires_after` is how many seconds the caller
    wants to wait for it; no task lives longer than the server's own deadline. Of `priority` is what the dispatcher makes of it.
    """

    principal: Principal
    dialect: str
    public_id: str
    quote: Quote
    idempotency: Idempotency | None = None
    conversation_id: str | None = None
    parent_id: str | None = None
    details: dict[str, Any] = {}
    callback: Callback | None = None
    expires_after: int | None = None
    priority: int = 0


class Submitter:
    """Takes new tasks in. Concurrent submits share transactions (`GroupCommit`)."""

    def __init__(self, engine: AsyncEngine, dispatcher: Dispatcher, settings: Settings) -> None:
        self._engine = engine
        self._dispatcher = dispatcher
        self._settings = settings
        self._commits: GroupCommit[_Bundle, tuple[Submitted, ...]] = GroupCommit(engine, self._write)
        self._in_flight: set[tuple[str, str]] = set()
        self._waiting = 0
        self._counted_at = 0.0

    async def submit(self, new: NewTask) -> Submitted:
        """Make the task durable, or raise and change nothing. Raises like `submit_all`."""
        return (await self.submit_all((new,)))[0]

    async def submit_all(self, bundle: Sequence[NewTask]) -> tuple[Submitted, ...]:
        """Make tasks of one account durable, all of them, or raise and change nothing. The first one's Idempotency-Key
        stands for all.

        Raises Forbidden (subscription needed), InsufficientCredits, Overloaded, IdempotencyMismatch, IdempotencyInFlight, and
        NotFound for a conversation that was deleted meanwhile.
        """
        for new in bundle:
            if new.quote.model.requires_subscription and not new.principal.subscribed:
                raise Forbidden(f"Model {new.quote.model.id} requires an active subscription")
        await self._admit()
        first = bundle[0]
        keys = (None,) * len(bundle) if first.idempotency is None else keys_of(first.idempotency.key, len(bundle))
        ids = sorted(uuid7() for _ in bundle)  # those of one millisecond are in no order, and lists go by them
        entries = tuple(
            _Entry.of(task_id, new, key, first.idempotency, self._settings)
            for task_id, new, key in zip(ids, bundle, keys, strict=True)
        )
        mark = (first.principal.account_id, first.idempotency.key) if first.idempotency else None
        if mark in self._in_flight:
            raise IdempotencyInFlight("A request with this Idempotency-Key is still being answered; retry shortly")
        if mark:
            self._in_flight.add(mark)
        try:
            submitted = await self._commit(entries)
        finally:
            if mark:
                self._in_flight.discard(mark)
        self._dispatcher.wake()
        for new, one in zip(bundle, submitted, strict=True):
            if not one.replayed:
                SUBMITTED.labels(new.dialect, new.quote.model.id).inc()
        return submitted

    async def replay(self, account_id: str, idempotency: Idempotency, count: int = 1) -> tuple[Submitted, ...] | None:
        """The first answer to a request that is being repeated, or None for a new one. Only reads: a repeat must be
        answered whatever has changed since (a plan that ended, a stricter rule, a full queue). Raises IdempotencyMismatch."""
        keys = keys_of(idempotency.key, count)
        async with reading(self._engine) as connection:
            found = await known(connection, {(account_id, key) for key in keys})
        return replayed(found, account_id, keys, idempotency.fingerprint)

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

    async def _commit(self, bundle: _Bundle) -> tuple[Submitted, ...]:
        try:
            return await self._commits.run(bundle)
        except IntegrityError:
            if bundle[0].row["idempotency_key"] is None:
                raise
            # Another process made a task with this key between our look and our write: now there is one to replay.
            return await self._commits.run(bundle)

    async def _write(self, connection: AsyncConnection, batch: Sequence[_Bundle]) -> Sequence[tuple[Submitted, ...] | Exception]:
        answers = await self._answered(connection, batch)
        fresh = [bundle for bundle in batch if bundle[0].task_id not in answers]
        held = await reserve(
            connection,
            [[Reservation(one.task_id, one.account_id, one.price, one.description) for one in bundle] for bundle in fresh],
            max_open=self._settings.max_waiting_per_account,
        )
        accepted: list[_Entry] = []
        for bundle, outcome in zip(fresh, held, strict=True):
            if isinstance(outcome, tuple):
                accepted += bundle
                answers[bundle[0].task_id] = tuple(
                    entry.submitted(after.available) for entry, after in zip(bundle, outcome, strict=True)
                )
            else:
                answers[bundle[0].task_id] = outcome
        if accepted:
            await connection.execute(insert(task), [entry.row for entry in accepted])
            if used := [row for entry in accepted for row in entry.inputs]:
                await connection.execute(insert(task_input), used)
            await self._dispatcher.enqueue(
                connection, [Ticket(entry.task_id, entry.provider, entry.priority) for entry in accepted]
            )
        return [answers[bundle[0].task_id] for bundle in batch]

    async def _answered(
        self, connection: AsyncConnection, batch: Sequence[_Bundle]
    ) -> dict[str, tuple[Submitted, ...] | Exception]:
        """Answers for bundles that need no tasks: repeats, and those whose conversation is gone; by their first task's id."""
        answers: dict[str, tuple[Submitted, ...] | Exception] = {}
        wanted = {(one.account_id, one.key) for bundle in batch for one in bundle if one.key is not None}
        found = await known(connection, wanted) if wanted else {}
        threads = {one.row["conversation_id"] for bundle in batch for one in bundle} - {None}
        alive = await conversations.hold(connection, threads) if threads else {}
        for bundle in batch:
            first = bundle[0]
            if first.key is not None:
                try:
                    again = replayed(found, first.account_id, [one.key or "" for one in bundle], first.row["fingerprint"])
                except IdempotencyMismatch as error:
                    answers[first.task_id] = error
                    continue
                if again is not None:
                    answers[first.task_id] = again
                    continue
            wanted_threads = [one.row["conversation_id"] for one in bundle if one.row["conversation_id"] is not None]
            if any(alive.get(thread) != first.account_id for thread in wanted_threads):
                answers[first.task_id] = NotFound("No such session")
        return answers


class _Entry(Struct, frozen=True):
    """A task row on its way into the database."""

    task_id: str
    account_id: str
    price: int
    provider: str
    description: str
    row: dict[str, Any]
    paths: tuple[str, ...]
    priority: int

    @classmethod
    def of(cls, task_id: str, new: NewTask, key: str | None, idempotency: Idempotency | None, settings: Settings) -> _Entry:
        request, quote, created = new.quote.request, new.quote, now_ms()
        seconds = settings.video_deadline if request.kind is Kind.VIDEO else settings.image_deadline
        seconds = seconds if new.expires_after is None else min(seconds, new.expires_after)
        row: dict[str, Any] = {
            "id": task_id,
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
            "idempotency_key": key,
            "fingerprint": idempotency.fingerprint if idempotency else None,
            "conversation_id": new.conversation_id,
            "parent_id": new.parent_id,
            "details": to_json(new.details) if new.details else None,
            "callback": None if new.callback is None else to_json(new.callback),
            "deadline": created + seconds * 1000,
            "created_at": created,
        }
        description = f"{request.model} {request.kind}"
        paths = tuple(dict.fromkeys(item.source for item in request.inputs if item.source.startswith(ROOT)))
        return cls(
            task_id, new.principal.account_id, quote.total, quote.routes[0].provider, description, row, paths, new.priority
        )

    @property
    def key(self) -> str | None:
        """The Idempotency-Key it is written under."""
        key: str | None = self.row["idempotency_key"]
        return key

    @property
    def inputs(self) -> list[dict[str, str]]:
        """Rows that tell which of our own files the task was given."""
        return [{"task_id": self.task_id, "path": path} for path in self.paths]

    def submitted(self, available_after: int) -> Submitted:
        return Submitted(self.row["public_id"], self.price, available_after, self.provider, self.row["created_at"])


_Bundle = tuple[_Entry, ...]
