"""What the API and a worker stand on: the data directory, the database, the store, the catalogue, the queue."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.fetch import FetchDoor
from mediakiln.assets.inputs import InputResolver
from mediakiln.bootstrap.dialects import DIALECTS
from mediakiln.catalog import Catalog, Model
from mediakiln.database.engine import database_url, open_engine
from mediakiln.database.migrate import migrate
from mediakiln.errors import ConfigurationError
from mediakiln.providers import kinds
from mediakiln.providers.payload import filled
from mediakiln.settings import Settings, prepare_data
from mediakiln.tasks.dispatch.base import Dispatcher


class House(Struct, frozen=True):
    """What both the API and a worker stand on."""

    settings: Settings
    engine: AsyncEngine
    dispatcher: Dispatcher
    blobs: BlobStore
    inputs: InputResolver
    catalog: Catalog

    async def prepare(self) -> None:
        """Bring the database up to date: our tables, and what the queue keeps beside them. Safe at every start."""
        await migrate(self.engine)
        await self.dispatcher.prepare()

    async def aclose(self) -> None:
        """Close what was opened."""
        await self.dispatcher.aclose()
        await self.engine.dispose()


def open_house(settings: Settings, upstreams: Collection[str] | None = None) -> House:
    """Open the data directory, the database, the store and the catalogue. Raises ConfigurationError in one line.

    `upstreams` names the providers there will be, where they are not the configured ones.
    """
    prepare_data(settings.data)
    engine = open_engine(database_url(settings))
    blobs = BlobStore.open(settings.storage_url, settings.data)
    door = FetchDoor(allow=settings.fetch_allow, max_bytes=settings.fetch_max_bytes, timeout=settings.fetch_timeout)
    inputs = InputResolver(
        door,
        blobs,
        public_url=settings.public_url,
        max_bytes=settings.fetch_max_bytes,
        max_pixels=settings.max_pixels,
    )
    names = provider_names(settings) if upstreams is None else upstreams
    catalog = Catalog.load(settings.catalog, names, settings.usd_per_credit)
    check_inputs(model for name in DIALECTS for model in catalog.models(name))
    return House(settings, engine, open_dispatcher(settings, engine), blobs, inputs, catalog)


def open_dispatcher(settings: Settings, engine: AsyncEngine) -> Dispatcher:
    """PgQueuer on PostgreSQL, the embedded claim loop on SQLite."""
    if settings.sqlite:
        from mediakiln.tasks.dispatch.embedded import EmbeddedDispatcher

        return EmbeddedDispatcher(engine)
    from mediakiln.tasks.dispatch.pgqueuer import PgQueuerDispatcher

    return PgQueuerDispatcher(engine)


def provider_names(settings: Settings) -> tuple[str, ...]:
    """The providers these settings configure."""
    return (*(("studio",) if settings.studio else ()), *dict.fromkeys(account.provider for account in kinds.configured(settings)))


def check_inputs(models: Iterable[Model]) -> None:
    """Raise ConfigurationError when a route's `input` names a value that no request has: every task would fail on it."""
    for model in models:
        for route in model.routes:
            try:
                filled(route.input, {})
            except ConfigurationError as error:
                raise ConfigurationError(f"{model.dialect}/{model.id}: route to {route.provider}: {error}") from None
