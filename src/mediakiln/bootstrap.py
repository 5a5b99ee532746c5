"""The one composition root: settings -> services -> ASGI application | worker. Nothing else builds a service."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager

import structlog
from litestar import Litestar, Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, Reference, SecurityScheme
from litestar.types import ASGIApp
from litestar.types.internal_types import PathParameterDefinition
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln import __version__
from mediakiln import settings as configuration
from mediakiln.accounts.device import DeviceLogins
from mediakiln.accounts.last_used import LastUsed
from mediakiln.accounts.mail import open_mailer
from mediakiln.accounts.principals import Authenticator
from mediakiln.accounts.rates import RateLimiter
from mediakiln.accounts.secret_key import secret_key
from mediakiln.accounts.sign_in import Opening, SignIn
from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.chunked import ChunkedUploads
from mediakiln.assets.fetch import FetchDoor
from mediakiln.assets.inline import InlineInputs
from mediakiln.assets.inputs import InputResolver
from mediakiln.assets.uploads import Uploads
from mediakiln.catalog import Catalog, Model
from mediakiln.database.engine import database_url, open_engine, reading
from mediakiln.database.migrate import head, migrate, revision
from mediakiln.dialects.nanobanana.routes import nanobanana
from mediakiln.dialects.neospark.routes import neospark
from mediakiln.dialects.vtrix.routes import vtrix
from mediakiln.dialects.vtrix.translate import renderer
from mediakiln.errors import MICRO, ConfigurationError
from mediakiln.ledger import entries
from mediakiln.moderation.base import open_moderator
from mediakiln.prompts.base import open_optimizer
from mediakiln.providers import kinds
from mediakiln.providers.accounts import Account
from mediakiln.providers.base import Provider
from mediakiln.providers.payload import filled
from mediakiln.providers.sandbox import Sandbox
from mediakiln.settings import Settings, prepare_data
from mediakiln.tasks.dispatch.base import Dispatcher, Lane
from mediakiln.tasks.intake import Intake
from mediakiln.tasks.janitor import Janitor
from mediakiln.tasks.pulse import Pulse
from mediakiln.tasks.routing import Router
from mediakiln.tasks.runner import Runner
from mediakiln.tasks.snapshots import Snapshots
from mediakiln.tasks.submit import Submitter
from mediakiln.tasks.webhooks import AT_ONCE, Renderer, Webhooks
from mediakiln.tasks.worker import Worker
from mediakiln.telemetry import logs
from mediakiln.web.budget import BodyBudget
from mediakiln.web.cors import cors
from mediakiln.web.dialect import Dialect, Services
from mediakiln.web.docs import docs_router
from mediakiln.web.edge import area_of, edge
from mediakiln.web.files import files_router
from mediakiln.web.ops import ops_router
from mediakiln.web.shared import crossing
from mediakiln.web.upstream import callback_url, upstream_router

DIALECTS = {"nanobanana": nanobanana, "neospark": neospark, "vtrix": vtrix}
"""Every dialect by the name MEDIAKILN_DIALECTS knows."""
UPSTREAM_LANE = 1_000
"""Tickets held at once for one provider, over all workers."""
RENDERERS: Mapping[str, Callable[[Settings], Renderer]] = {"vtrix": renderer}
"""The dialects whose callers may want to be told of a task's end, with what makes the body of their webhooks."""
WEBHOOK_SECONDS = 15.0
"""Longest time one webhook may take until its answer begins."""
REVIVE = 2.0
"""Seconds before an embedded worker that died is begun anew."""

log = structlog.get_logger(__name__)


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


def check_providers(settings: Settings) -> None:
    """Raise ConfigurationError when a configured provider lacks its optional packages: its tasks would never finish."""
    if settings.studio:
        from mediakiln.providers.studio.provider import missing_package

        if missing := missing_package():
            message = f"studio: {missing} is not installed; install mediakiln[studio] or set MEDIAKILN_STUDIO=off"
            raise ConfigurationError(message)
    for account in kinds.configured(settings):
        kinds.check(account)


@asynccontextmanager
async def providers(settings: Settings) -> AsyncIterator[Mapping[str, Provider]]:
    """The configured providers, open for use."""
    opened: dict[str, Provider] = {}
    async with contextlib.AsyncExitStack() as stack:
        if settings.studio:
            from mediakiln.providers.studio.provider import StudioProvider

            check_providers(settings)
            opened["studio"] = StudioProvider(settings.studio_processes or None)
            stack.push_async_callback(opened["studio"].aclose)
        for account in kinds.configured(settings):
            opened[account.name] = kinds.open_provider(account)
            stack.push_async_callback(opened[account.name].aclose)
        yield {name: Sandbox(provider) for name, provider in opened.items()} if settings.sandbox else opened


@asynccontextmanager
async def open_worker(house: House, upstreams: Mapping[str, Provider] | None = None) -> AsyncIterator[Worker]:
    """A worker on this house, with the configured providers, which are closed when the block ends, or with `upstreams`."""
    async with providers(house.settings) if upstreams is None else contextlib.nullcontext(upstreams) as opened:
        pulse = Pulse(house.engine)
        accounts = {account.name: account for account in kinds.configured(house.settings)}
        results = FetchDoor(
            allow=house.settings.fetch_allow,
            max_bytes=house.settings.output_max_bytes,
            timeout=house.settings.output_timeout,
        )
        runner = Runner(
            house.engine,
            opened,
            house.inputs,
            house.blobs,
            results,
            pulse,
            scratch=house.settings.data / "scratch",
            max_pixels=house.settings.max_pixels,
            retention_days=house.settings.retention_days,
            rates={account.name: account.rate for account in accounts.values()},
            callback=_callback(house.settings, accounts),
            public_url=house.settings.public_url,
            remote=[account.name for account in accounts.values() if not kinds.KINDS[account.kind].here],
        )
        janitor = Janitor(house.engine, house.dispatcher, house.blobs, house.settings.data / "scratch")
        lanes = {name: _lane(name, accounts.get(name), house.settings) for name in opened}
        yield Worker(
            house.dispatcher,
            runner,
            pulse,
            janitor,
            lanes,
            house.settings.worker_concurrency,
            _webhooks(house.settings, house.engine),
        )


def _webhooks(settings: Settings, engine: AsyncEngine) -> Webhooks:
    """With a door of their own: a receiver that does not answer must keep no input waiting."""
    door = FetchDoor(allow=settings.fetch_allow, max_bytes=0, timeout=WEBHOOK_SECONDS, at_once=AT_ONCE)
    renderers = {name: render(settings) for name, render in RENDERERS.items()}
    return Webhooks(engine, door, renderers, secret_key(settings), settings.public_url)


def _lane(provider: str, account: Account | None, settings: Settings) -> Lane:
    """Tickets held for a provider: what its account bears, or for the studio, which renders on this machine, one per process
    and one in reserve."""
    if account is not None:
        return Lane(account.concurrency)
    return Lane(UPSTREAM_LANE, here=(settings.studio_processes or os.cpu_count() or 1) + 1 if provider == "studio" else None)


def _callback(settings: Settings, accounts: Mapping[str, Account]) -> Callable[[str, str], str]:
    """Where an upstream may call, by its account's name and the task's id; empty for one that never calls."""
    key = secret_key(settings)

    def address(name: str, task_id: str) -> str:
        calls = name in accounts and kinds.KINDS[accounts[name].kind].calls_back
        return callback_url(settings.public_url, key, name, task_id) if calls else ""

    return address


async def run_worker(settings: Settings, stop: asyncio.Event) -> None:
    """Migrate, then work until `stop` is set."""
    house = open_house(settings)
    try:
        await house.prepare()
        async with open_worker(house) as worker:
            log.info("worker.ready", providers=list(worker.lanes))
            await worker.run(stop)
    finally:
        await house.aclose()


def asgi() -> ASGIApp:
    """The application for uvicorn's factory mode; settings come from the environment of the process."""
    settings = configuration.load()
    logs.configure(settings.log_level, settings.log_format)
    return build_app(settings, embedded_worker=False)


def build_app(settings: Settings, *, embedded_worker: bool, upstreams: Mapping[str, Provider] | None = None) -> ASGIApp:
    """Wire the ASGI application. With `embedded_worker` the same process also works on tasks.

    `upstreams` stand in for the configured providers, under the names that the catalogue's routes use; their owner closes
    them.
    """
    if embedded_worker and upstreams is None:
        check_providers(settings)
    house = open_house(settings, upstreams)
    submitter = Submitter(house.engine, house.dispatcher, settings)
    scratch = settings.data / "scratch"
    inline = InlineInputs(house.engine, house.blobs, house.inputs, scratch=scratch)
    uploads = Uploads(
        house.engine,
        house.blobs,
        scratch=scratch,
        max_bytes=settings.upload_max_bytes,
        max_pixels=settings.max_pixels,
        quota=settings.upload_quota_bytes,
    )
    accounts = kinds.configured(settings)
    bodies = BodyBudget(settings.max_body_bytes)
    last_used = LastUsed(house.engine)
    sign_in = _sign_in(settings, house.engine)
    services = Services(
        settings=settings,
        bodies=bodies,
        engine=house.engine,
        authenticator=Authenticator(house.engine, last_used.note),
        sign_in=sign_in,
        devices=DeviceLogins(house.engine, RateLimiter(settings.redis_url), settings.session_days),
        limiter=RateLimiter(settings.redis_url),
        catalog=house.catalog,
        intake=Intake(
            house.engine,
            house.catalog,
            open_moderator(settings),
            house.inputs,
            inline,
            submitter,
            Router(accounts, house.dispatcher),
        ),
        snapshots=Snapshots(house.engine),
        dispatcher=house.dispatcher,
        optimizer=open_optimizer(settings),
        blobs=house.blobs,
        uploads=uploads,
        chunked=ChunkedUploads(house.engine, house.blobs, uploads),
    )
    dialects = [_dialect(name, services) for name in settings.dialects]

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        await house.prepare()
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(house.aclose)
            stack.push_async_callback(submitter.aclose)
            stack.push_async_callback(sign_in.aclose)
            await stack.enter_async_context(last_used.flushing())
            if embedded_worker:
                await stack.enter_async_context(_working(house, upstreams))
            yield

    async def check_database() -> None:
        async with reading(house.engine) as connection:
            await connection.execute(text("SELECT 1"))
        if await revision(house.engine) != head():
            raise ConfigurationError("the database is not at this program's revision")

    checks = {"database": check_database, "storage": house.blobs.check}
    app = Litestar(
        route_handlers=[
            *(dialect.router for dialect in dialects),
            files_router(house.blobs),
            ops_router(house.engine, checks, settings.metrics_token),
            upstream_router(house.engine, secret_key(settings), {one.name: one for one in accounts}, kinds.verifier),
            docs_router(),
        ],
        lifespan=[lifespan],
        exception_handlers={Exception: _unrouted(dialects)},
        openapi_config=_openapi(),
        cors_config=cors(settings),
        request_max_body_size=settings.max_body_bytes,
        logging_config=None,
    )
    areas = {area: dialect.name for dialect in dialects for area in dialect.areas}
    shares = [shared for dialect in dialects for shared in dialect.shares]
    return edge(crossing(app, shares, lambda path: area_of(path) in areas), areas, bodies)


@asynccontextmanager
async def _working(house: House, upstreams: Mapping[str, Provider] | None) -> AsyncIterator[None]:
    """A worker inside the API's process."""
    stop, opened = asyncio.Event(), asyncio.get_running_loop().create_future()
    running = asyncio.create_task(_keep_working(house, upstreams, stop, opened))
    await opened
    try:
        yield
    finally:
        stop.set()
        await running


async def _keep_working(
    house: House, upstreams: Mapping[str, Provider] | None, stop: asyncio.Event, opened: asyncio.Future[None]
) -> None:
    """Begin anew should the worker ever die: a server that takes tasks in and does nothing would look healthy. For the same
    reason one that cannot even be opened (a driver's wrong options) must not start; `opened` tells."""
    while not stop.is_set():
        try:
            async with open_worker(house, upstreams) as worker:
                if not opened.done():
                    opened.set_result(None)
                await worker.run(stop)
        except Exception as error:
            if not opened.done():
                opened.set_exception(error)
                return
            log.error("worker.died", exc_info=error, again_in=REVIVE)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), REVIVE)


def _sign_in(settings: Settings, engine: AsyncEngine) -> SignIn:
    """Sign-in, with counters of its own: strangers' addresses must not crowd the keys' counters."""
    return SignIn(
        engine, open_mailer(settings), RateLimiter(settings.redis_url), _opening(settings), secret_key(settings), settings
    )


def _opening(settings: Settings) -> Opening:
    """A wallet for an account that signing in makes, with the credits it begins with."""

    async def open_account(connection: AsyncConnection, account_id: str) -> None:
        await entries.open_wallet(connection, account_id)
        if settings.signup_credits:
            amount, key = settings.signup_credits * MICRO, f"signup:{account_id}"
            await entries.grant(connection, account_id, amount, key=key, description="first credits")

    return open_account


def _dialect(name: str, services: Services) -> Dialect:
    if name not in DIALECTS:
        raise ConfigurationError(f"dialects: got {name}; allowed: {', '.join(DIALECTS)}")
    return DIALECTS[name](services)


def _unrouted(dialects: list[Dialect]):  # type: ignore[no-untyped-def]
    """Errors outside every route take the shape of the dialect whose path it is, else of the first one mounted."""

    def answer(request: Request, error: Exception) -> Response:  # type: ignore[type-arg]
        area = area_of(request.scope["path"])
        owner = next((dialect for dialect in dialects if area in dialect.areas), dialects[0])
        return owner.on_error(request, error)

    return answer


def _operation_id(handler: HTTPRouteHandler, _method: object, _path: list[str | PathParameterDefinition]) -> str:
    """`nanobanana_generate_image`: the dialect's package and the handler's name, so that no two dialects share one."""
    _, dialect = handler.fn.__module__.split(".dialects.", 1)
    return f"{dialect.partition('.')[0]}_{handler.handler_name}"


def _openapi() -> OpenAPIConfig:
    schemes: dict[str, SecurityScheme | Reference] = {
        "bearer": SecurityScheme(type="http", scheme="bearer", description="Authorization: Bearer <key>"),
        "apiKey": SecurityScheme(type="apiKey", name="X-API-Key", security_scheme_in="header"),
    }
    return OpenAPIConfig(
        title="Mediakiln",
        version=__version__,
        description="Image and video generation. Send your API key as `Authorization: Bearer`, `Authorization: ApiKey` or "
        "`X-API-Key`.",
        components=Components(security_schemes=schemes),
        use_handler_docstrings=True,
        operation_id_creator=_operation_id,
        security=[{"bearer": []}, {"apiKey": []}],
        path="/internal-schema",
        render_plugins=[],
    )
