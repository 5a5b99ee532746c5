"""Taking a generation in: the one use case behind every dialect's submit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.accounts.principals import Principal
from mediakiln.assets.inline import InlineInputs
from mediakiln.assets.inputs import InputResolver, own_path
from mediakiln.assets.uploads import PREFIX as UPLOAD
from mediakiln.assets.uploads import resolve_uploads
from mediakiln.catalog import Catalog, Quote
from mediakiln.database.engine import reading
from mediakiln.errors import InsufficientCredits, InvalidRequest, MediakilnError
from mediakiln.generation import GenerationRequest, MediaInput
from mediakiln.ledger.entries import balance
from mediakiln.moderation.base import Moderator
from mediakiln.tasks.replays import Idempotency, Submitted
from mediakiln.tasks.submit import NewTask, Submitter

LONG = 64 * 1024
"""Characters from which a source is surely an inline file."""


class Wish(Struct, frozen=True):
    """One generation that a caller asks for. Routes to the provider `prefer` are tried first, where the model has some; the
    other fields as in `NewTask`."""

    request: GenerationRequest
    public_id: str
    prefer: str | None = None
    conversation_id: str | None = None
    parent_id: str | None = None
    details: dict[str, Any] = {}


class Intake(Struct, frozen=True):
    """Quotes, checks and submits."""

    engine: AsyncEngine
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
        """Make a durable task of a request, or raise and charge nothing. Raises like `take_all`."""
        wish = Wish(request, public_id)
        return (await self.take_all(dialect, principal, (wish,), base_url=base_url, idempotency=idempotency))[0]

    async def take_all(
        self,
        dialect: str,
        principal: Principal,
        wishes: Sequence[Wish],
        *,
        base_url: str,
        idempotency: Idempotency | None = None,
        fetch_now: bool = False,
    ) -> tuple[Submitted, ...]:
        """Make durable tasks of all wishes, or raise and charge nothing. `base_url` is the address this client asks at; with
        `fetch_now` inputs are fetched before the tasks are made, so that one that cannot be had is told at once.

        Raises InvalidRequest and its kinds, ContentFiltered, and what `Submitter.submit_all` raises.
        """
        if idempotency is not None:
            replayed = await self.submitter.replay(principal.account_id, idempotency, len(wishes))
            if replayed is not None:
                return replayed
        wishes = await self._with_uploads(principal.account_id, wishes)
        quotes = [await self._quote(dialect, wish, base_url) for wish in wishes]
        fresh: dict[MediaInput, MediaInput] = {}
        try:
            if fetch_now:
                await self._check_means(principal.account_id, quotes)
            await self._adopt(principal.account_id, quotes, fresh, fetch_now=fetch_now)
            bundle = [
                NewTask(
                    principal,
                    dialect,
                    wish.public_id,
                    _with_inputs(quote, fresh),
                    idempotency,
                    wish.conversation_id,
                    wish.parent_id,
                    wish.details,
                )
                for wish, quote in zip(wishes, quotes, strict=True)
            ]
            submitted = await self.submitter.submit_all(bundle)
        except MediakilnError:
            await self._discard(fresh)
            raise
        if submitted[0].replayed:
            await self._discard(fresh)
        return submitted

    async def _quote(self, dialect: str, wish: Wish, base_url: str) -> Quote:
        inputs = [self._localised(item, base_url) for item in wish.request.inputs]
        for item in inputs:
            with _named(item):
                await self._check(item.source)
        request = replace(wish.request, inputs=tuple(inputs))
        quote = self.catalog.quote(dialect, request)
        await self.moderator.check(quote.request)
        return replace(quote, routes=tuple(sorted(quote.routes, key=lambda route: route.provider != wish.prefer)))

    async def _with_uploads(self, account_id: str, wishes: Sequence[Wish]) -> Sequence[Wish]:
        """The wishes with paths in the place of upload ids."""
        named = dict.fromkeys(item for wish in wishes for item in wish.request.inputs if item.source.startswith(UPLOAD))
        if not named:
            return wishes
        paths: dict[str, str] = {}
        async with reading(self.engine) as connection:
            for item in named:
                with _named(item):
                    found = await resolve_uploads(connection, account_id, [item.source])
                paths[item.source] = found[item.source].path
        return [
            replace(
                wish,
                request=replace(
                    wish.request,
                    inputs=tuple(replace(item, source=paths.get(item.source, item.source)) for item in wish.request.inputs),
                ),
            )
            for wish in wishes
        ]

    async def _check_means(self, account_id: str, quotes: Sequence[Quote]) -> None:
        """Raise InsufficientCredits for what the wallet cannot pay as it is: the reserve decides, but an account without credits
        must not make this server fetch anything."""
        required = sum(quote.total for quote in quotes)
        async with reading(self.engine) as connection:
            available = (await balance(connection, account_id)).available
        if available < required:
            raise InsufficientCredits(available, required)

    async def _adopt(
        self, account_id: str, quotes: Sequence[Quote], fresh: dict[MediaInput, MediaInput], *, fetch_now: bool
    ) -> None:
        """Put what each input becomes into `fresh`. All at once: fourteen slow links must not outlast a caller's patience, since
        one who gives up and asks again pays twice."""

        async def adopt(item: MediaInput) -> None:
            with _named(item):
                fresh[item] = await self.inline.adopt(account_id, item, fetch_now=fetch_now)

        items = dict.fromkeys(item for quote in quotes for item in quote.request.inputs)
        # Each to its end, whatever becomes of the others: what was taken in is to be found in `fresh`.
        for outcome in await asyncio.gather(*map(adopt, items), return_exceptions=True):
            if outcome is not None:
                raise outcome

    async def _discard(self, adopted: Mapping[MediaInput, MediaInput]) -> None:
        await self.inline.discard([new for old, new in adopted.items() if new is not old])

    async def _check(self, source: str) -> None:
        # Megabytes of base64 are looked through in a thread; a URL is not worth one.
        if len(source) > LONG:
            await asyncio.to_thread(self.inputs.check_source, source, field="inputs")
        else:
            self.inputs.check_source(source, field="inputs")

    def _localised(self, item: MediaInput, base_url: str) -> MediaInput:
        """A link to one of our own files, at the address this client uses or at our public one, becomes its path: the door would
        refuse loopback."""
        path = own_path(item.source, (base_url,)) or self.inputs.own_path(item.source)
        return item if path is None else replace(item, source=path)


@contextmanager
def _named(item: MediaInput) -> Iterator[None]:
    """Errors about an input name it by its role."""
    try:
        yield
    except InvalidRequest as error:
        raise type(error)(error.detail, field=item.role.value) from None


def _with_inputs(quote: Quote, adopted: Mapping[MediaInput, MediaInput]) -> Quote:
    """The quote with inputs that are files of ours: a task row stays small."""
    if not quote.request.inputs:
        return quote
    inputs = tuple(adopted[item] for item in quote.request.inputs)
    return replace(quote, request=replace(quote.request, inputs=inputs))
