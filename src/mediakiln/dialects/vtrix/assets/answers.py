"""Answers of asset models, which are kept for a day: for clients that poll, and for repeats.

With an Idempotency-Key an answer's id follows from the key. It is written in the transaction of what was changed, so of two
calls that are the same one only the first changes anything, whenever they come.
"""

from __future__ import annotations

from contextlib import nullcontext

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.dialects.vtrix.assets import translate
from mediakiln.errors import IdempotencyMismatch, NotFound
from mediakiln.tasks import calls
from mediakiln.web.dialect import Services


class AssetAnswer(Struct, frozen=True):
    """An answered call: `text` is JSON, `created_at` in milliseconds. `fingerprint` is of the body, where a key came with it."""

    id: str
    model: str
    created_at: int
    text: str
    fingerprint: str = ""
    replayed: bool = False


class Call(Struct, frozen=True):
    """Who asks for what, and at which address. `id` and `fingerprint` as in the answer."""

    services: Services
    account_id: str
    base_url: str
    id: str
    model: str
    action: str
    fingerprint: str

    async def answer(self, result: Struct, within: AsyncConnection | None = None) -> AssetAnswer:
        """Keep the answer, `within` the transaction of what was changed, if anything was. Raises IntegrityError where a call with
        the same id was first."""
        text, now = translate.answer(self.action, self.id, result), now_ms()
        async with writing(self.services.engine) if within is None else nullcontext(within) as connection:
            await calls.keep(connection, calls.Call(self.id, self.account_id, self.model, text, now, self.fingerprint))
        return AssetAnswer(self.id, self.model, now, text, self.fingerprint)

    async def first(self) -> AssetAnswer | None:
        """What this call was answered before, if it is a repeat. Raises IdempotencyMismatch where its key was another call's."""
        if not self.fingerprint:
            return None
        try:
            found = await find_answer(self.services, self.account_id, self.id)
        except NotFound:
            await calls.sweep(self.services.engine)  # one that is over must not stand in the way
            return None
        if found.fingerprint != self.fingerprint:
            raise IdempotencyMismatch(
                "This Idempotency-Key was used before with another request; use a new key for a new request"
            )
        return replace(found, replayed=True)


async def find_answer(services: Services, account_id: str, task_id: str) -> AssetAnswer:
    """An answer that is kept. Raises NotFound alike for one that is missing, foreign or over."""
    async with reading(services.engine) as connection:
        call = await calls.find(connection, account_id, task_id)
    return AssetAnswer(call.id, call.model, call.created_at, call.text, call.fingerprint)
