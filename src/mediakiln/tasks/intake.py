"""Taking a generation in: the one use case behind every dialect's submit."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.accounts.principals import Principal
from mediakiln.assets.groups import is_asset, resolve_assets
from mediakiln.assets.inline import InlineInputs
from mediakiln.assets.inputs import InputResolver, kind_of, own_path
from mediakiln.assets.limits import Limits, check_inline
from mediakiln.assets.media import names
from mediakiln.assets.uploads import PREFIX as UPLOAD
from mediakiln.assets.uploads import resolve_uploads
from mediakiln.catalog import Catalog, Quote
from mediakiln.database.engine import reading
from mediakiln.errors import FetchFailed, InsufficientCredits, InvalidRequest, MediakilnError
from mediakiln.generation import GenerationRequest, MediaInput
from mediakiln.ledger.entries import balance
from mediakiln.moderation.base import Moderator
from mediakiln.tasks.records import Callback
from mediakiln.tasks.replays import Idempotency, Submitted
from mediakiln.tasks.routing import Router
from mediakiln.tasks.submit import NewTask, Submitter

LONG = 64 * 1024
"""Characters from which a source is surely an inline file."""


class Wish(Struct, frozen=True):
    """One generation that a caller asks for. Routes to the provider `prefer` are tried first, where the model has some. Inputs
    keep to `limits`, by the kind of file, and errors about them name their `places`, in the order of the request's inputs;
    without, their roles. The other fields as in `NewTask`."""

    request: GenerationRequest
    public_id: str
    prefer: str | None = None
    conversation_id: str | None = None
    parent_id: str | None = None
    details: dict[str, Any] = {}
    callback_url: str | None = None
    expires_after: int | None = None
    priority: int = 0
    limits: Mapping[str, Limits] = {}
    places: tuple[str, ...] = ()

    def placed(self) -> Iterator[tuple[MediaInput, str]]:
        """Each input with what errors about it call it."""
        inputs = self.request.inputs
        return zip(inputs, self.places or [item.role.value for item in inputs], strict=True)


class Intake(Struct, frozen=True):
    """Quotes, checks and submits."""

    engine: AsyncEngine
    catalog: Catalog
    moderator: Moderator
    inputs: InputResolver
    inline: InlineInputs
    submitter: Submitter
    router: Router

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
        callbacks = [self._callback(wish, base_url) for wish in wishes]
        wishes = await self._with_uploads(principal.account_id, wishes)
        quotes = [await self._quote(dialect, wish, base_url) for wish in wishes]
        fresh: dict[MediaInput, MediaInput] = {}
        try:
            if fetch_now:
                await self._check_means(principal.account_id, quotes)
            await self._adopt(principal.account_id, wishes, quotes, fresh, fetch_now=fetch_now)
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
                    callback,
                    wish.expires_after,
                    wish.priority,
                )
                for wish, quote, callback in zip(wishes, quotes, callbacks, strict=True)
            ]
            submitted = await self.submitter.submit_all(bundle)
        except MediakilnError:
            await self._discard(fresh)
            raise
        if submitted[0].replayed:
            await self._discard(fresh)
        return submitted

    def _callback(self, wish: Wish, base_url: str) -> Callback | None:
        """Where the end of a wish's task is to be told. Raises FetchFailed for an address that the door would not dial."""
        if wish.callback_url is None:
            return None
        self.inputs.check_url(wish.callback_url, field="callback_url")
        return Callback(wish.callback_url, base_url)

    async def _quote(self, dialect: str, wish: Wish, base_url: str) -> Quote:
        inputs = []
        for item, place in wish.placed():
            inputs.append(self._localised(item, base_url))
            with _named(place):
                check_inline(item.source, wish.limits.get(kind_of(item.role)))
                await self._check(inputs[-1].source)
        request = replace(wish.request, inputs=tuple(inputs))
        quote = self.catalog.quote(dialect, request)
        await self.moderator.check(quote.request)
        preferred = sorted(quote.routes, key=lambda route: route.provider != wish.prefer)
        return replace(quote, routes=await self.router.order(preferred))

    async def _with_uploads(self, account_id: str, wishes: Sequence[Wish]) -> Sequence[Wish]:
        """The wishes with paths in the place of upload ids and of `asset://` ids."""
        named = {item: place for wish in wishes for item, place in wish.placed() if _is_id(item.source)}
        if not named:
            return wishes
        paths: dict[str, str] = {}
        async with reading(self.engine) as connection:
            for item, place in named.items():
                with _named(place):
                    paths[item.source] = await _path_of(connection, account_id, item)
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
        self,
        account_id: str,
        wishes: Sequence[Wish],
        quotes: Sequence[Quote],
        fresh: dict[MediaInput, MediaInput],
        *,
        fetch_now: bool,
    ) -> None:
        """Put what each input becomes into `fresh`. All at once: fourteen slow links must not outlast a caller's patience, since
        one who gives up and asks again pays twice."""

        async def adopt(item: MediaInput, wish: Wish, place: str) -> None:
            limits = wish.limits.get(kind_of(item.role))
            with _named(place):
                fresh[item] = await self.inline.adopt(account_id, item, fetch_now=fetch_now, limits=limits)

        items: dict[MediaInput, tuple[Wish, str]] = {}
        for wish, quote in zip(wishes, quotes, strict=True):
            # Inputs that the quote has left out are of no use.
            for item, (_, place) in zip(quote.request.inputs, wish.placed(), strict=False):
                items.setdefault(item, (wish, place))
        under_way = [adopt(item, wish, place) for item, (wish, place) in items.items()]
        # Each to its end, whatever becomes of the others: what was taken in is to be found in `fresh`.
        for outcome in await asyncio.gather(*under_way, return_exceptions=True):
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


def _is_id(source: str) -> bool:
    return source.startswith(UPLOAD) or is_asset(source)


async def _path_of(connection: AsyncConnection, account_id: str, item: MediaInput) -> str:
    """The path behind an upload's id or an asset's. Raises InvalidRequest alike for one that is missing, foreign or deleted, and
    FetchFailed for an asset of another kind than its role asks for."""
    if not is_asset(item.source):
        return (await resolve_uploads(connection, account_id, [item.source]))[item.source].path
    found = (await resolve_assets(connection, account_id, [item.source]))[item.source]
    if found.kind != (kind := kind_of(item.role)):
        raise FetchFailed(f"got {item.source}, which is {found.media_type}; allowed: {names(kind)}")
    return found.path


@contextmanager
def _named(place: str) -> Iterator[None]:
    """Errors about an input name its place."""
    try:
        yield
    except InvalidRequest as error:
        raise type(error)(error.detail, field=place) from None


def _with_inputs(quote: Quote, adopted: Mapping[MediaInput, MediaInput]) -> Quote:
    """The quote with inputs that are files of ours: a task row stays small."""
    if not quote.request.inputs:
        return quote
    inputs = tuple(adopted[item] for item in quote.request.inputs)
    return replace(quote, request=replace(quote.request, inputs=inputs))
