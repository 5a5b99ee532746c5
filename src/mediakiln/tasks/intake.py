"""Taking a generation in: the one use case behind every dialect's submit."""

from __future__ import annotations

import asyncio

from msgspec import Struct
from msgspec.structs import replace

from mediakiln.accounts.principals import Principal
from mediakiln.assets.inline import InlineInputs
from mediakiln.assets.inputs import InputResolver, own_path
from mediakiln.catalog import Catalog
from mediakiln.errors import MediakilnError
from mediakiln.generation import GenerationRequest, MediaInput
from mediakiln.moderation.base import Moderator
from mediakiln.tasks.submit import Idempotency, NewTask, Submitted, Submitter

LONG = 64 * 1024
"""Characters from which a source is surely an inline file."""


class Intake(Struct, frozen=True):
    """Quotes, checks and submits."""

    catalog: Catalog
    moderator: Moderator
    inputs: InputResolver
    inline: InlineInputs
    submitter: Submitter

    async def take(
        self,
        dialect: str,
        principal: Principal,
        request: GenerationRequest,
        *,
        public_id: str,
        base_url: str,
        idempotency: Idempotency | None = None,
    ) -> Submitted:
        """Make a durable task of a request, or raise and charge nothing. `base_url` is the one our links carry.

        Raises InvalidRequest and its kinds, ContentFiltered, and what `Submitter.submit` raises.
        """
        request = replace(request, inputs=tuple(self._localised(item, base_url) for item in request.inputs))
        for item in request.inputs:
            await self._check(item.source)
        quote = self.catalog.quote(dialect, request)
        await self.moderator.check(quote.request)
        given = quote.request.inputs
        if not given:
            return await self.submitter.submit(NewTask(principal, dialect, public_id, quote, idempotency))
        # Inline pictures become files of ours before the task is written: a task row stays small.
        adopted = tuple([await self.inline.adopt(principal.account_id, item) for item in given])
        fresh = [new for new, old in zip(adopted, given, strict=True) if new is not old]
        quote = replace(quote, request=replace(quote.request, inputs=adopted))
        try:
            submitted = await self.submitter.submit(NewTask(principal, dialect, public_id, quote, idempotency))
        except MediakilnError:
            await self.inline.discard(fresh)
            raise
        if submitted.replayed:
            await self.inline.discard(fresh)
        return submitted

    async def _check(self, source: str) -> None:
        # Megabytes of base64 are looked through in a thread; a URL is not worth one.
        if len(source) > LONG:
            await asyncio.to_thread(self.inputs.check_source, source, field="inputs")
        else:
            self.inputs.check_source(source, field="inputs")

    @staticmethod
    def _localised(item: MediaInput, base_url: str) -> MediaInput:
        """A link to one of our own files, as this client was given it, becomes its path: the door would refuse loopback."""
        path = own_path(item.source, (base_url,))
        return item if path is None else replace(item, source=path)
