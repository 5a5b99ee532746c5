"""The ASGI application."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from litestar import Litestar, Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, Reference, SecurityScheme
from litestar.types import ASGIApp
from litestar.types.internal_types import PathParameterDefinition
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
from mediakiln.assets.chunked import ChunkedUploads
from mediakiln.assets.inline import InlineInputs
from mediakiln.assets.uploads import Uploads
from mediakiln.bootstrap.dialects import DIALECTS
from mediakiln.bootstrap.house import open_house
from mediakiln.bootstrap.worker import check_providers, working
from mediakiln.database.engine import reading
from mediakiln.database.migrate import head, revision
from mediakiln.errors import MICRO, ConfigurationError
from mediakiln.ledger import entries
from mediakiln.moderation.base import open_moderator
from mediakiln.prompts.base import open_optimizer
from mediakiln.providers import kinds
from mediakiln.providers.base import Provider
from mediakiln.settings import Settings
from mediakiln.tasks.intake import Intake
from mediakiln.tasks.routing import Router
from mediakiln.tasks.snapshots import Snapshots
from mediakiln.tasks.submit import Submitter
from mediakiln.telemetry import logs
from mediakiln.web.budget import BodyBudget
from mediakiln.web.cors import cors
from mediakiln.web.dialect import Dialect, Services
from mediakiln.web.docs import docs_router
from mediakiln.web.edge import area_of, edge
from mediakiln.web.files import files_router
from mediakiln.web.ops import ops_router
from mediakiln.web.shared import crossing
from mediakiln.web.upstream import upstream_router


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
                await stack.enter_async_context(working(house, upstreams))
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
