"""A real server on a real driver, killed with -9 while it submits and while it polls: never two submits for one task.

The upstream is the make-believe Replicate, which outlives every kill, and whose book is held against the tasks at the end. Its
model is known by two files of data alone: the operator's catalogue and `providers.toml`.
"""

from __future__ import annotations

import asyncio
import io
import random
import socket
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fakes.vendors.base import Call, Fate, Plan, Reply, Work
from fakes.vendors.replicate import ReplicateServer
from msgspec import Struct
from PIL import Image
from servers import ServerProcess, account_key, mediakiln

from mediakiln.database.engine import SQLITE_FILE

WORDS = ("long", "slow", "quick", "busy", "crash", "refused", "fails", "filtered", "quick", "long")
TASKS, CREDITS, KILLS = 40, 500, 4
CHAOS = 14.0
"""Seconds within which the tasks are submitted."""
CALM = 60.0
"""Seconds that everything may take to finish after the last kill: a dead worker's lease, and the pauses between polls."""

CATALOGUE = """
dialect = "nanobanana"
id = "painted-fox"
name = "Painted Fox"
kind = "image"
description = "A model that this operator has at Replicate."
order = 900
requires_subscription = false
modes = ["text"]
max_inputs = 0
qualities = ["standard"]
prompt_max = 500
resolutions = []
aspect_ratios = ["1:1", "16:9"]
max_count = 1
output_formats = ["png"]
routes = [
  { provider = "replicate", model = "owner/painted-fox", input = { prompt = "$prompt", ratio = "$aspect_ratio" }, cost = "0.01" },
]
[sizes.any]
"1:1" = [1024, 1024]
"16:9" = [1344, 768]
[price.mode]
text = "3"
[price.quality]
standard = "0"
"""
PRICE = 3


class Upstream(ReplicateServer):
    """The word that a prompt begins with decides what becomes of its job. `held` submits are taken, and not answered before
    `release`; `long` jobs last until `calm`."""

    def __init__(self) -> None:
        super().__init__()
        self.release, self.calm = threading.Event(), threading.Event()
        self.submits: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._busy: set[str] = set()

    def answer(self, call: Call) -> Reply:
        if call.method != "POST" or not call.path.endswith("/predictions"):
            with self._lock:
                return super().answer(call)
        prompt = call.body["input"]["prompt"]
        word = prompt.split()[0]
        with self._lock:
            if word == "busy" and prompt not in self._busy:
                self._busy.add(prompt)
                self.plan.append(Plan.BUSY)
            elif word in ("crash", "refused"):
                self.plan.append(Plan.CRASH if word == "crash" else Plan.INVALID)
            self.fate = {"fails": Fate.FAIL, "filtered": Fate.FILTERED}.get(word, Fate.DELIVER)
            self.runs = 3 if word == "slow" else 1
            before = self.taken
            reply = super().answer(call)
            self.submits[prompt] += self.taken - before
        if word == "held":
            self.release.wait(30)
        elif word != "quick":
            time.sleep(random.uniform(0, 0.3))
        return reply

    def over(self, work: Work) -> bool:
        """Whether the job has ended by this poll."""
        return super().over(work) and (self.calm.is_set() or not work.body["input"]["prompt"].startswith("long"))


class Client:
    """Never gives a request up before it was answered."""

    def __init__(self, url: str, key: str) -> None:
        self.tasks: dict[str, str] = {}
        self.http = httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=10, trust_env=False)

    async def want(self, prompt: str, after: float = 0.0) -> None:
        """Submit one task, again and again under the same key until there is an answer."""
        await asyncio.sleep(after)
        body = {"prompt": prompt, "model": "painted-fox", "aspect_ratio": "16:9"}
        while True:
            try:
                answer = await self.http.post("/api/v1/images/generate", json=body, headers={"Idempotency-Key": prompt})
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
                continue
            if answer.status_code == 200:
                self.tasks[prompt] = answer.json()["data"]["task_id"]
                return
            assert answer.status_code in (409, 503), answer.text

    async def get(self, path: str, **params: str) -> Any:
        """The data of an answer."""
        answer = await self.http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]


class Row(Struct, frozen=True):
    """What the database says of a task at the end."""

    public_id: str
    state: str
    submission: str
    attempt: int
    charged: int


def rows_of(folder: Path) -> list[Row]:
    """Every task."""
    with sqlite3.connect(f"file:{folder / SQLITE_FILE}?mode=ro", uri=True) as connection:
        return [Row(*row) for row in connection.execute("SELECT public_id, state, submission, attempt, charged FROM task")]


async def until(done: Callable[[], bool], seconds: float, what: Callable[[], Any] = lambda: None) -> None:
    """Wait for something outside this process."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, what()
        await asyncio.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def prepared(tmp_path: Path, upstream: Upstream) -> dict[str, str]:
    """A data directory and the settings that send `painted-fox` to this upstream alone."""
    folder, models = tmp_path / "data", tmp_path / "models"
    for each in (folder, models):
        each.mkdir(mode=0o700)
    (models / "painted-fox.toml").write_text(CATALOGUE)
    (folder / "providers.toml").write_text(f'[replicate]\nkey = "env:R8"\nbase_url = "{upstream.url}"\nconcurrency = 30\n')
    return {
        "R8": "r8_secret",
        "MEDIAKILN_STUDIO": "off",
        "MEDIAKILN_CATALOG": str(models),
        "MEDIAKILN_FETCH_ALLOW": "127.0.0.1/32",
        "MEDIAKILN_RATE_LIMIT": "0",
    }


@pytest.mark.timeout(240)
async def test_killed_while_an_upstream_works(tmp_path: Path) -> None:
    """Whatever is killed when: at most one submit for a task, every task ends, who got nothing pays nothing, and results are
    served from our own store."""
    folder = tmp_path / "data"
    with Upstream() as upstream:
        env = prepared(tmp_path, upstream)
        key = await asyncio.to_thread(account_key, folder, credits=CREDITS, plan="", env=env)
        server = ServerProcess(folder, env=env, port=free_port())
        await asyncio.to_thread(server.start)
        client = Client(server.url, key)
        try:
            # Once for certain in the middle of a submit, and while others are polled.
            await asyncio.gather(client.want("held 0"), client.want("long 0"))
            await until(lambda: upstream.submits["held 0"] == 1 and upstream.submits["long 0"] == 1, 20)
            await asyncio.sleep(1.5)
            server.kill(family=True)
            upstream.release.set()
            await asyncio.to_thread(server.start)
            await chaos(server, client)
            upstream.calm.set()
            await until(lambda: ended(upstream, folder), CALM, lambda: rows_of(folder))
            await check(server, client, upstream, folder)
            assert "r8_secret" not in server.log()
        finally:
            await client.http.aclose()
            upstream.release.set()
            server.kill(family=True)
    mediakiln(folder, "audit", env=env)


@pytest.mark.timeout(120)
async def test_canceled_while_no_worker_is_there(tmp_path: Path) -> None:
    """The upstream's job goes on and costs money until somebody stops it: the next worker does."""
    folder = tmp_path / "data"
    with Upstream() as upstream:
        env = prepared(tmp_path, upstream)
        key = await asyncio.to_thread(account_key, folder, credits=CREDITS, plan="", env=env)
        server = ServerProcess(folder, env=env, port=free_port())
        await asyncio.to_thread(server.start)
        client = Client(server.url, key)
        try:
            await client.want("long 0")
            await until(lambda: [row.submission for row in rows_of(folder)] == ["accepted"], 20)
            server.kill(family=True)
            await asyncio.to_thread(mediakiln, folder, "tasks", "cancel", client.tasks["long 0"], env=env)
            [work] = upstream.book
            assert not work.canceled
            await asyncio.to_thread(server.start)
            await until(lambda: work.canceled, CALM)
            assert [(row.state, row.charged) for row in rows_of(folder)] == [("canceled", 0)]
            assert (await client.get("/api/v1/account/credits"))["credits"] == CREDITS
        finally:
            await client.http.aclose()
            server.kill(family=True)
    mediakiln(folder, "audit", env=env)


async def chaos(server: ServerProcess, client: Client) -> None:
    """Submit everything, and kill the server again and again meanwhile."""
    wanted = [client.want(f"{WORDS[n % len(WORDS)]} {n + 1}", random.uniform(0, CHAOS)) for n in range(TASKS)]
    submitting = asyncio.gather(*wanted)
    for _ in range(KILLS):
        await asyncio.sleep(random.uniform(0.3, 2.5))
        server.kill(family=True)
        await asyncio.to_thread(server.start)
    await asyncio.wait_for(submitting, CALM)


def ended(upstream: Upstream, folder: Path) -> bool:
    """Whether all is done. What must never be is told at once."""
    assert max(upstream.submits.values()) == 1, f"submitted twice: {upstream.submits.most_common(3)}"
    return all(row.state not in ("queued", "running") for row in rows_of(folder))


async def check(server: ServerProcess, client: Client, upstream: Upstream, folder: Path) -> None:
    """The upstream's book against the tasks, the money, and what callers see."""
    rows = {row.public_id: row for row in rows_of(folder)}
    assert set(client.tasks.values()) == set(rows), "a task was lost, or made without an answer"
    assert len(rows) == TASKS + 2
    ends: Counter[str] = Counter()
    for prompt, task_id in client.tasks.items():
        row, word = rows[task_id], prompt.split()[0]
        status = await client.get("/api/v1/images/status", task_id=task_id)
        assert status["status"] == {"succeeded": "completed", "failed": "failed"}[row.state]
        if row.state == "succeeded":
            assert word in ("long", "slow", "quick", "busy")
            assert upstream.submits[prompt] == 1
            assert (row.submission, row.charged) == ("accepted", PRICE * 1_000_000)
            assert status["image_url"].startswith(f"{server.url}/uploads/")
            served = await client.http.get(status["image_url"])
            assert Image.open(io.BytesIO(served.content)).size == (32, 24)
        else:
            assert row.charged == 0
            assert status["error"]
            if row.submission == "unknown":
                assert word != "held" or upstream.submits[prompt] == 1
            else:
                assert word in ("refused", "fails", "filtered")
        ends[f"{word}: {row.submission if row.state == 'failed' else row.state}"] += 1
    assert rows[client.tasks["held 0"]].submission == "unknown"
    assert rows[client.tasks["long 0"]].state == "succeeded", "a job that was accepted is polled on after a kill"
    assert rows[client.tasks["long 0"]].attempt > 1
    assert all(rows[task].submission == "unknown" for prompt, task in client.tasks.items() if prompt.startswith("crash"))
    paid = sum(row.charged for row in rows.values()) // 1_000_000
    assert (await client.get("/api/v1/account/credits"))["credits"] == CREDITS - paid
    resumed = sum(row.attempt > 1 for row in rows.values())
    print(f"\n{KILLS + 1} kills; {resumed} tasks resumed; {upstream.taken} submits taken for {len(rows)} tasks; {dict(ends)}")
