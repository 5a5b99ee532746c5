"""Sending what the outbox holds: signed as Standard Webhooks says (standardwebhooks.com), through the door to the outside."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from standardwebhooks import Webhook

from mediakiln.accounts.secret_key import webhook_secret
from mediakiln.assets.fetch import FetchDoor
from mediakiln.database.engine import reading
from mediakiln.database.tables import task
from mediakiln.errors import FetchFailed
from mediakiln.tasks import outbox
from mediakiln.tasks.outbox import Due
from mediakiln.tasks.records import SNAPSHOT_COLUMNS, TaskSnapshot, callback_from, snapshot_from
from mediakiln.telemetry.metrics import WEBHOOKS

EVERY = 1.0
"""Seconds between two looks into the outbox."""
AT_ONCE = 200
"""Webhooks one process sends at a time."""
BATCH = 50
"""Webhooks taken at a time."""
FAIR = 25
"""Webhooks under way from which an account gets no more: one whose receiver is slow must not stop the others'."""
LAST_WORDS = 5.0
"""Seconds that those under way get when the worker stops."""
GONE = 410
"""The status by which a receiver says that it wants no more of this."""

Renderer = Callable[[TaskSnapshot, str], bytes]
"""A dialect's body for a task that has ended, with links under this base URL."""

log = structlog.get_logger(__name__)


class Webhooks:
    """Empties the outbox; one per worker. `renderers` by dialect; `key` is the server's secret, `public_url` what links begin
    with, or ""."""

    def __init__(
        self, engine: AsyncEngine, door: FetchDoor, renderers: Mapping[str, Renderer], key: bytes, public_url: str
    ) -> None:
        self._engine = engine
        self._door = door
        self._renderers = renderers
        self._key = key
        self._public_url = public_url.rstrip("/")
        self._sending: dict[asyncio.Task[None], str] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Send until `stop` is set. A database that is away only delays the next look."""
        while not stop.is_set():
            try:
                await self.look()
            except Exception as error:
                log.warning("webhooks.missed", error=repr(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY)
        if self._sending:
            _, late = await asyncio.wait(self._sending, timeout=LAST_WORDS)
            for one in late:
                one.cancel()  # its lease runs out, and another takes it
            await asyncio.gather(*late, return_exceptions=True)

    async def look(self) -> None:
        """Begin to send what is due, as far as there are places."""
        places = min(BATCH, AT_ONCE - len(self._sending))
        if places <= 0 or not await outbox.anything_due(self._engine):
            return
        full = [account for account, busy in Counter(self._sending.values()).items() if busy >= FAIR]
        for due in await outbox.take(self._engine, places, not_of=full):
            sending = asyncio.create_task(self._send(due))
            self._sending[sending] = due.account_id
            sending.add_done_callback(self._sending.pop)

    async def _send(self, due: Due) -> None:
        try:
            await self._try(due)
        except Exception as error:
            # A bug, or a database that went away: the lease runs out, and it is tried again.
            log.error("webhook.stuck", webhook=due.id, task=due.task_id, exc_info=error)

    async def _try(self, due: Due) -> None:
        its = task.c.id == due.task_id
        async with reading(self._engine) as connection:
            snapshot = snapshot_from((await connection.execute(select(*SNAPSHOT_COLUMNS).where(its))).mappings().one())
            callback = callback_from(await connection.scalar(select(task.c.callback).where(its)))
        render = self._renderers.get(snapshot.dialect)
        if callback is None or render is None or snapshot.deleted_at is not None:
            await self._failed(due, snapshot.dialect, "the task was deleted, or its dialect has no webhooks", for_ever=True)
            return
        try:
            body = render(snapshot, self._public_url or callback.base_url)
        except Exception as error:
            log.error("webhook.not_rendered", task=due.task_id, exc_info=error)
            await self._failed(due, snapshot.dialect, "its body could not be made")
            return
        headers = {"Content-Type": "application/json", **signature(webhook_secret(self._key, due.account_id), due.id, body)}
        try:
            status = await self._door.post(callback.url, body, headers)
        except FetchFailed as error:
            await self._failed(due, snapshot.dialect, error.detail)
            return
        if 200 <= status < 300:
            await outbox.delivered(self._engine, due)
            WEBHOOKS.labels(snapshot.dialect, "delivered").inc()
        else:
            await self._failed(due, snapshot.dialect, f"answered with status {status}", for_ever=status == GONE)

    async def _failed(self, due: Due, dialect: str, error: str, *, for_ever: bool = False) -> None:
        dead = due.last or for_ever
        await outbox.failed(self._engine, due, error, for_ever=for_ever)
        WEBHOOKS.labels(dialect, "dead" if dead else "failed").inc()
        log.info("webhook.dead" if dead else "webhook.failed", webhook=due.id, task=due.task_id, tries=due.tries, error=error)


def signature(secret: str, message_id: str, body: bytes, at: datetime | None = None) -> dict[str, str]:
    """The headers that prove who sends `body`, and when."""
    now = at or datetime.now(UTC)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body.decode()),
    }
