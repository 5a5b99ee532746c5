"""The whole application in this process: the real ASGI app of `bootstrap`, without a socket, on an upstream that plays cues.

    async with serving(tmp_path) as house:
        ann = await house.caller(balance=10)
        answer = await ann.post("/api/v1/images/generate", json={"prompt": "a kiln"})

`house.upstream.cues["a kiln"] = Rejected(...)` says what becomes of that prompt; without a cue everything is delivered at once.
"""

from __future__ import annotations

import asyncio
import functools
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import httpx
from fakes.providers import Scripted, Step, play
from litestar.types import ASGIApp
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.accounts.keys import create_key
from mediakiln.accounts.people import create_account
from mediakiln.accounts.plans import subscribe
from mediakiln.bootstrap.app import build_app
from mediakiln.database.engine import database_url, open_engine, reading
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import ledger_entry, task, wallet
from mediakiln.errors import MICRO
from mediakiln.generation import Kind
from mediakiln.ledger import entries
from mediakiln.providers.base import Accepted, Finished, Job, OutputFile
from mediakiln.settings import Settings

HOUR = 3_600_000
BASE = "http://kiln.test"
UNFINISHED = ("pending", "processing")


def make(count: int | None = None) -> Step:
    """A step that delivers small files of the kind that was asked for; `count` None: as many as were asked for."""

    async def step(job: Job) -> Finished:
        video = job.request.kind is Kind.VIDEO
        files = []
        for n in range(job.request.count if count is None else count):
            path = job.workdir / f"{n}.{'mp4' if video else 'png'}"
            path.write_bytes(small_clip() if video else small_picture(n))
            files.append(OutputFile(path, "video/mp4" if video else "image/png"))
        return Finished(tuple(files))

    return step


class Cued(Scripted):
    """An upstream under the name of the catalogue's routes. A prompt's cue is what `start` plays for it."""

    def __init__(self) -> None:
        super().__init__("studio", start=[self._cue])
        self.cues: dict[str, Step] = {}

    async def _cue(self, job: Job) -> Finished | Accepted:
        answer = await play(self.cues.get(job.request.prompt, make()), job)
        assert isinstance(answer, Finished | Accepted)
        return answer

    def asked(self, prompt: str) -> Job:
        """The one job that came with this prompt."""
        [job] = [job for job in self.jobs if job.request.prompt == prompt]
        return job


@dataclass(frozen=True)
class Caller:
    """An account and one of its keys. Requests carry the key as `Authorization: Bearer`."""

    house: House
    account_id: str
    key: str

    async def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request; `headers` come on top of the key's."""
        headers = {"Authorization": f"Bearer {self.key}"} | more.pop("headers", {})
        return await self.house.client.request(method, path, headers=headers, **more)

    async def get(self, path: str, **more: Any) -> httpx.Response:
        """GET with the key."""
        return await self.request("GET", path, **more)

    async def post(self, path: str, **more: Any) -> httpx.Response:
        """POST with the key."""
        return await self.request("POST", path, **more)

    async def finished(self, path: str, task_id: str, *, within: float = 20.0) -> dict[str, Any]:
        """Poll a status path until the task is finished; answers its `data`."""
        end = time.monotonic() + within
        while True:
            answer = await self.get(path, params={"task_id": task_id})
            assert answer.status_code == 200, answer.text
            data: dict[str, Any] = answer.json()["data"]
            if data["status"] not in UNFINISHED:
                return data
            assert time.monotonic() < end, f"{task_id} is still {data['status']}"
            await asyncio.sleep(0.05)

    async def books(self) -> tuple[int, int, int, int]:
        """(available, held) in microcredits, and how many tasks and ledger entries the account has."""
        async with reading(self.house.engine) as connection:
            mine = wallet.c.account_id == self.account_id
            row = (await connection.execute(select(wallet.c.available, wallet.c.held).where(mine))).one()
            counts = [
                await connection.scalar(select(func.count()).select_from(table).where(table.c.account_id == self.account_id))
                for table in (task, ledger_entry)
            ]
        return row.available, row.held, counts[0] or 0, counts[1] or 0


@dataclass(frozen=True)
class House:
    """A running application. `client` sends no key; `engine` is a second door to its database."""

    app: ASGIApp
    client: httpx.AsyncClient
    engine: AsyncEngine
    settings: Settings
    upstream: Cued

    async def caller(self, *, balance: int = 1_000, plan: str | None = None, plan_ends_in: int = HOUR, **key: Any) -> Caller:
        """A new account with one key. `balance` in whole credits, `plan_ends_in` in milliseconds; `key` as for `create_key`."""
        async with self.engine.begin() as connection:
            account = await create_account(connection, f"{secrets.token_hex(8)}@example.com")
            await entries.open_wallet(connection, account.id)
            if balance:
                await entries.grant(connection, account.id, balance * MICRO, key=f"grant:{account.id}", description="test")
            if plan:
                await subscribe(connection, account.id, plan, now_ms() + plan_ends_in)
            _, secret = await create_key(connection, account.id, **({"prefix": "nb_sk"} | key))
        return Caller(self, account.id, secret)


@asynccontextmanager
async def serving(data: Path, *, built_in: bool = False, worker: bool = True, **settings: Any) -> AsyncIterator[House]:
    """The application on the data directory `data`, without rate limits unless `settings` say otherwise.

    `built_in=True` takes the built-in engine in place of the cued upstream; `worker=False` leaves every task waiting.
    """
    chosen = Settings(data=data, **({"rate_limit": 1_000_000} | settings))
    upstream = Cued()
    app = build_app(chosen, embedded_worker=worker, upstreams=None if built_in else {"studio": upstream})
    async with lifespan(app):
        engine = open_engine(database_url(chosen))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        try:
            async with httpx.AsyncClient(transport=transport, base_url=BASE, timeout=30) as client:
                yield House(app, client, engine, chosen, upstream)
        finally:
            await engine.dispose()


@asynccontextmanager
async def lifespan(app: ASGIApp) -> AsyncIterator[None]:
    """Start an ASGI application and stop it when the block ends, as a server would."""
    inbox: asyncio.Queue[Any] = asyncio.Queue()
    outbox: asyncio.Queue[Any] = asyncio.Queue()
    running = asyncio.create_task(app({"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}, inbox.get, outbox.put))  # type: ignore[arg-type, typeddict-item]
    try:
        await inbox.put({"type": "lifespan.startup"})
        await _heard(outbox, running)
        yield
    finally:
        await inbox.put({"type": "lifespan.shutdown"})
        await running


async def _heard(outbox: asyncio.Queue[Any], running: asyncio.Task[None]) -> None:
    """Wait until the application has started; raise what stopped it."""
    message = asyncio.create_task(outbox.get())
    await asyncio.wait({message, running}, return_when=asyncio.FIRST_COMPLETED)
    if not message.done():
        message.cancel()
        await running
    elif message.result()["type"] != "lifespan.startup.complete":
        raise RuntimeError(message.result().get("message", "the application did not start"))


@functools.cache
def small_picture(n: int = 0, size: tuple[int, int] = (16, 16)) -> bytes:
    """A PNG of one colour."""
    buffer = BytesIO()
    Image.new("RGB", size, (200, 30 * n % 256, 40)).save(buffer, "png")
    return buffer.getvalue()


@functools.cache
def small_clip() -> bytes:
    """Half a second of silent MP4."""
    buffer = BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        track = container.add_stream("libx264", rate=10)
        track.width = track.height = 64
        track.pix_fmt = "yuv420p"
        for n in range(5):
            frame = av.VideoFrame.from_image(Image.new("RGB", (64, 64), (50 * n, 80, 120)))
            container.mux(track.encode(frame))
        container.mux(track.encode())
    return buffer.getvalue()
