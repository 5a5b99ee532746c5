"""A worker with the configured providers, in a process of its own or inside the API's."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.accounts.secret_key import secret_key
from mediakiln.assets.fetch import FetchDoor
from mediakiln.bootstrap.dialects import RENDERERS
from mediakiln.bootstrap.house import House, open_house
from mediakiln.errors import ConfigurationError
from mediakiln.providers import kinds
from mediakiln.providers.accounts import Account
from mediakiln.providers.base import Provider
from mediakiln.providers.sandbox import Sandbox
from mediakiln.settings import Settings
from mediakiln.tasks.dispatch.base import Lane
from mediakiln.tasks.janitor import Janitor
from mediakiln.tasks.pulse import Pulse
from mediakiln.tasks.runner import Runner
from mediakiln.tasks.tools import Rate, Tools
from mediakiln.tasks.webhooks import AT_ONCE, Webhooks
from mediakiln.tasks.worker import Worker
from mediakiln.web.upstream import callback_url

UPSTREAM_LANE = 1_000
"""Tickets held at once for one provider, over all workers."""
WEBHOOK_SECONDS = 15.0
"""Longest time one webhook may take until its answer begins."""
DAY_MS = 86_400_000
REVIVE = 2.0
"""Seconds before an embedded worker that died is begun anew."""

log = structlog.get_logger(__name__)


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
        tools = Tools(
            engine=house.engine,
            providers=opened,
            inputs=house.inputs,
            blobs=house.blobs,
            door=results,
            scratch=house.settings.data / "scratch",
            max_pixels=house.settings.max_pixels,
            retention=house.settings.retention_days * DAY_MS,
            rates={name: Rate(one.rate, kinds.per_item(one)) for name, one in accounts.items() if one.rate},
            callback=_callback(house.settings, accounts),
            public_url=house.settings.public_url.rstrip("/"),
            remote=[name for name, one in accounts.items() if not kinds.KINDS[one.kind].here],
        )
        janitor = Janitor(house.engine, house.dispatcher, house.blobs, house.settings.data / "scratch")
        lanes = {name: _lane(name, accounts.get(name), house.settings) for name in opened}
        yield Worker(
            house.dispatcher,
            Runner(tools, pulse),
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


@asynccontextmanager
async def working(house: House, upstreams: Mapping[str, Provider] | None) -> AsyncIterator[None]:
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
