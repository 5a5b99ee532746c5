"""Real processes killed with -9 in the middle of work, under load, on both databases: nothing is lost, nothing paid twice.

A real `mediakiln serve --no-worker` and two worker processes, all killed at random moments and started again, while four
accounts submit over HTTP and repeat every request that got no answer under its Idempotency-Key. The upstream's side is
`fakes/worker_main.py`: what it was really asked for stands in a file that no kill can take back.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from databases import fresh_postgres_database
from servers import ServerProcess, clean_environment
from sqlalchemy import URL, select
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.accounts.keys import create_key
from mediakiln.accounts.people import create_account
from mediakiln.database.engine import SQLITE_FILE, open_engine, reading, writing
from mediakiln.database.tables import asset, ledger_entry, task, wallet
from mediakiln.errors import MICRO
from mediakiln.ledger import entries
from mediakiln.ledger.audit import audit

TESTS = Path(__file__).parents[1]
WORKER = TESTS / "fakes" / "worker_main.py"
WORDS = ("now", "slow", "remote", "busy", "reject", "partial")
PEOPLE, EACH, POOR = 4, 45, 20
"""Accounts, tasks each of them wants, and the credits of the last one, which do not suffice."""
CHAOS = 12.0
"""Seconds of killing."""
CALM = 60.0
"""Seconds that everything may take to finish after the last kill."""


class WorkerProcess:
    """One worker; `kill` is SIGKILL."""

    def __init__(self, folder: Path, log: Path, kind: str, env: dict[str, str], number: int) -> None:
        path = os.pathsep.join([str(TESTS), str(TESTS.parent / "src")])
        self._env = clean_environment(folder, env) | {"PYTHONPATH": path}
        self._arguments = [sys.executable, str(WORKER), str(log), kind]
        self._err = folder / f"worker{number}.err"
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        with self._err.open("ab") as err:
            return subprocess.Popen(self._arguments, env=self._env, stderr=err, stdin=subprocess.DEVNULL)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def start(self) -> None:
        self.process = self._start()

    def log(self) -> str:
        return self._err.read_text()


class Client:
    """One account that never gives a request up before it was answered."""

    def __init__(self, name: str, secret: str, account_id: str, url: str) -> None:
        self.name = name
        self.account_id = account_id
        self.tasks: dict[str, str] = {}
        self.refused = 0
        self.repeats = 0
        self._http = httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {secret}"}, timeout=10, trust_env=False)

    async def want(self, n: int) -> None:
        """Submit one task, again and again under the same key until there is an answer; sometimes once more after it."""
        key = f"{self.name}-{n}"
        body = {"prompt": f"{WORDS[n % len(WORDS)]} {key}", "model": "nano-banana", "num_images": 1 + n % 4}
        await asyncio.sleep(random.uniform(0, CHAOS))
        answer = await self._answered(key, body)
        if answer.status_code == 402:
            self.refused += 1
            return
        assert answer.status_code == 200, answer.text
        self.tasks[key] = answer.json()["data"]["task_id"]
        if random.random() < 0.3:
            again = await self._answered(key, body)
            assert again.json()["data"] == answer.json()["data"], "a replay must be the first answer"
            assert again.headers["Idempotent-Replayed"] == "true"

    async def _answered(self, key: str, body: dict[str, Any]) -> httpx.Response:
        while True:
            try:
                answer = await self._http.post("/api/v1/images/generate", json=body, headers={"Idempotency-Key": key})
                if answer.status_code in (200, 402):
                    return answer
                assert answer.status_code in (409, 503), answer.text
            except httpx.HTTPError:
                pass
            self.repeats += 1
            await asyncio.sleep(random.uniform(0.05, 0.3))

    async def status(self, task_id: str) -> dict[str, Any]:
        """The task as HTTP tells it."""
        answer = await self._http.get("/api/v1/images/status", params={"task_id": task_id})
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["data"])

    async def aclose(self) -> None:
        await self._http.aclose()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def database(kind: str, folder: Path) -> AsyncIterator[tuple[AsyncEngine, dict[str, str]]]:
    """An engine for looking, and what the processes need to find the same database."""
    if kind == "sqlite":
        engine = open_engine(URL.create("sqlite+aiosqlite", database=str(folder / SQLITE_FILE)))
        yield engine, {}
        await engine.dispose()
    else:
        async with fresh_postgres_database(tables=False) as engine:
            url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
            yield engine, {"MEDIAKILN_DATABASE_URL": url}


async def people(engine: AsyncEngine, url: str) -> list[Client]:
    clients = []
    for n in range(PEOPLE):
        async with writing(engine) as connection:
            made = await create_account(connection, f"p{n}@example.com")
            await entries.open_wallet(connection, made.id)
            given = (POOR if n == PEOPLE - 1 else 10_000) * MICRO
            await entries.grant(connection, made.id, given, key=f"grant:{made.id}", description="test")
            _, secret = await create_key(connection, made.id)
        clients.append(Client(f"p{n}", secret, made.id, url))
    return clients


async def killing(server: ServerProcess, workers: list[WorkerProcess], until: float) -> Counter[str]:
    """Kill something every moment, and start it again a moment later."""
    kills: Counter[str] = Counter()
    while time.monotonic() < until or kills["worker"] < 4:
        await asyncio.sleep(random.uniform(0.2, 0.9))
        if random.random() < 0.25:
            await asyncio.to_thread(server.kill, family=True)
            kills["server"] += 1
            await asyncio.sleep(random.uniform(0, 0.3))
            await asyncio.to_thread(server.start)
        else:
            worker = random.choice(workers)
            await asyncio.to_thread(worker.kill)
            kills["worker"] += 1
            await asyncio.sleep(random.uniform(0, 0.5))
            worker.start()
    await asyncio.gather(*(asyncio.to_thread(one.kill) for one in (*workers, server)))
    kills["everything"] += 1
    for worker in workers:
        worker.start()
    await asyncio.to_thread(server.start)
    return kills


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("kind", "upstream"), [("sqlite", "repeatable"), ("sqlite", "paid"), ("postgresql", "paid")])
async def test_killed_in_the_middle_of_work(kind: str, upstream: str, tmp_path: Path) -> None:
    """Whatever is killed: every task that was answered for ends, each is settled once, and the ledger is exact to the unit."""
    folder, log = tmp_path / "data", tmp_path / "submits"
    log.touch()
    async with database(kind, folder) as (engine, found):
        # As many "renderings" at once in each worker as make a kill hurt.
        env = {"MEDIAKILN_RATE_LIMIT": "0", "MEDIAKILN_LOG_LEVEL": "warning", "MEDIAKILN_STUDIO_PROCESSES": "15", **found}
        server = ServerProcess(folder, "--no-worker", env=env, port=free_port())
        await asyncio.to_thread(server.start)
        workers = [WorkerProcess(folder, log, upstream, env, n) for n in range(2)]
        try:
            clients = await people(engine, server.url)
            wanted = asyncio.gather(*(client.want(n) for client in clients for n in range(EACH)))
            kills = await killing(server, workers, time.monotonic() + CHAOS)
            await asyncio.wait_for(wanted, CALM)
            rows = await settled(engine)
            await check(engine, clients, rows, Counter(log.read_text().split()), upstream)
            assert kills["worker"] >= 4
            assert not any("Traceback" in worker.log() and "AssertionError" in worker.log() for worker in workers)
            for client in clients:
                await client.aclose()
            ends = Counter(code_of(row) or row.state for row in rows)
            repeats, again = sum(one.repeats for one in clients), sum(row.attempt > 1 for row in rows)
            print(f"\n{kind}, {upstream}: {dict(kills)} killed; {dict(ends)}, {again} resumed; {repeats} requests repeated")
        finally:
            for worker in workers:
                worker.kill()
            server.kill(family=True)


def code_of(row: Any) -> str:
    """The error code of a task that failed, else an empty text."""
    return "" if row.error is None else str(msgspec.json.decode(row.error)["code"])


async def settled(engine: AsyncEngine) -> list[Any]:
    """Every task's row, once all of them are finished."""
    until = time.monotonic() + CALM
    while True:
        async with reading(engine) as connection:
            rows = list(await connection.execute(select(task)))
        waiting = [row for row in rows if row.state in ("queued", "running")]
        if not waiting:
            return rows
        assert time.monotonic() < until, [(row.state, row.submission, row.attempt, row.request) for row in waiting]
        await asyncio.sleep(0.3)


async def check(engine: AsyncEngine, clients: list[Client], rows: list[Any], submits: Counter[str], upstream: str) -> None:
    """All promises, from the database, over HTTP, and from the upstream's own book."""
    async with reading(engine) as connection:
        assert await audit(connection) == []
        movements = list(await connection.execute(select(ledger_entry)))
        wallets = {row.account_id: row for row in await connection.execute(select(wallet))}
        stored = Counter(row.task_id for row in await connection.execute(select(asset)))
    by_public = {row.public_id: row for row in rows}
    answered = [task_id for client in clients for task_id in client.tasks.values()]
    assert len(answered) == len(set(answered)), "two answers with one task"
    assert set(answered) == set(by_public), "a task was lost, or made without an answer"
    assert [len(client.tasks) + client.refused for client in clients] == [EACH] * PEOPLE
    assert [client.refused > 0 for client in clients] == [False] * (PEOPLE - 1) + [True]

    kinds = Counter((row.task_id, row.kind) for row in movements if row.task_id)
    assert max(kinds.values()) == 1, "settled twice"
    for row in rows:
        word = row.request.split('"prompt":"')[1].split()[0]
        assert row.attempt <= 10 + row.parted
        if row.state == "succeeded":
            assert submits[row.id] >= 1
            assert stored[row.id] == row.charged // row.unit_price
            asked = row.price // row.unit_price
            assert row.charged == row.unit_price * (asked - (word == "partial"))
        else:
            assert row.charged == 0
            expected = {"reject": ["content_filtered"], "partial": ["output_unusable"]}.get(word, [])
            unknown = ["submission_unknown"] if upstream == "paid" else []
            assert code_of(row) in expected + unknown, (word, row.error, row.attempt)
            assert row.state == "failed"
    if upstream == "paid":
        assert max(submits.values()) == 1, "a paid upstream was asked twice"

    for client in clients:
        spent = sum(row.charged for row in rows if row.account_id == client.account_id)
        given = sum(row.amount for row in movements if row.account_id == client.account_id and row.kind == "grant")
        left = wallets[client.account_id]
        assert (left.available, left.held, left.open_tasks) == (given - spent, 0, 0)
        for task_id in random.sample(sorted(client.tasks.values()), 5):
            told = await client.status(task_id)
            assert told["status"] == {"succeeded": "completed", "failed": "failed"}[by_public[task_id].state]
