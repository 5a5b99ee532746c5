"""Status polls and submits against the raw-ASGI ceiling, on the same server (uvicorn, uvloop, httptools), in the same run.

Method: the server gets core 0 alone, the load generator core 1 (where there are two). 32 keep-alive connections, closed loop.
Each figure is the best of three rounds of `--seconds`, taken in turns (ceiling, poll, submit, ceiling, ...), so that a noisy
neighbour hits all alike; the ratio is that of the best rounds. The server runs without a worker: what is measured is the
API. Authentication, the per-key rate limit (set too high to bite), the ledger and synchronous=FULL commits are all on.

    python bench/api.py [--seconds 5] [--postgres URL]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import uvloop
from load import Result, get, load, post

from mediakiln import settings
from mediakiln.accounts.keys import create_key
from mediakiln.accounts.people import create_account
from mediakiln.bootstrap.house import open_house
from mediakiln.database.engine import writing
from mediakiln.ledger import entries

HERE = Path(__file__).parent
CORES = sorted(os.sched_getaffinity(0))
ROUNDS = 3
ACCOUNTS = 32
SUBMIT = json.dumps({"prompt": "A sunset over mountains", "model": "nano-banana", "aspect_ratio": "16:9", "num_images": 1})


def main() -> None:
    """Run every comparison and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--postgres", default="", help="an empty database to measure as well")
    arguments = parser.parse_args()
    pin(1)
    print(f"{'':28}{'req/s':>10}{'of raw':>9}{'p50 ms':>9}{'p99 ms':>9}{'errors':>8}")
    for name, url in {"SQLite": "", "PostgreSQL": arguments.postgres}.items():
        if name == "SQLite" or url:
            uvloop.run(compare(name, url, arguments.seconds))


async def compare(name: str, database_url: str, seconds: float) -> None:
    """One database: the ceiling, polls of a queued and of a finished task, submits."""
    with ExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory())
        raw, _ = stack.enter_context(server(["-m", "uvicorn", "--app-dir", str(HERE), "raw:app", "--log-level", "warning"], {}))
        environment = {
            "MEDIAKILN_DATA": data,
            "MEDIAKILN_DATABASE_URL": database_url,
            "MEDIAKILN_RATE_LIMIT": "1000000000",
            "MEDIAKILN_MAX_WAITING": "10000000",
            "MEDIAKILN_MAX_WAITING_PER_ACCOUNT": "10000000",
            "MEDIAKILN_LOG_LEVEL": "warning",
        }
        keys = await accounts(environment, ACCOUNTS)
        port, _ = stack.enter_context(server(["-m", "mediakiln", "serve", "--no-worker"], environment))
        queued = submit(port, keys[0])
        await warm(port, keys)
        polls = poll_requests(keys[0], queued)
        plan: dict[str, tuple[int, Callable[[], bytes]]] = {
            "raw ASGI": (raw, lambda: get("/", "none")),
            "status poll": (port, polls),
            "submit, one account": (port, lambda: post("/api/v1/images/generate", keys[0], SUBMIT.encode())),
            f"submit, {ACCOUNTS} accounts": (port, submits(keys)),
        }
        best: dict[str, Result] = {}
        for _ in range(ROUNDS):
            for what, (where, request) in plan.items():
                result = await load(where, request, seconds=seconds)
                if what not in best or result.rate > best[what].rate:
                    best[what] = result
        for what, result in best.items():
            share = result.rate / best["raw ASGI"].rate
            print(
                f"{name + ': ' + what:28}{result.rate:10,.0f}{share:9.1%}{result.percentile(0.5):9.2f}"
                f"{result.percentile(0.99):9.2f}{result.errors:8}"
            )


def poll_requests(key: str, task_id: str) -> Callable[[], bytes]:
    """Polls of one task."""
    request = get(f"/api/v1/images/status?task_id={task_id}", key)
    return lambda: request


def submits(keys: list[str]) -> Callable[[], bytes]:
    """Submits that go round the accounts."""
    requests = [post("/api/v1/images/generate", key, SUBMIT.encode()) for key in keys]
    turn = iter(())

    def next_request() -> bytes:
        nonlocal turn
        for request in turn:
            return request
        turn = iter(requests)
        return next(turn)

    return next_request


async def warm(port: int, keys: list[str]) -> None:
    """Fill the caches that any running server has full."""
    for key in keys:
        await load(port, lambda key=key: get("/api/v1/account/credits", key), connections=1, seconds=0.01)


def submit(port: int, key: str) -> str:
    """Make one task and return its id."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/images/generate",
        SUBMIT.encode(),
        {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return str(json.load(answer)["data"]["task_id"])


async def accounts(environment: dict[str, str], number: int) -> list[str]:
    """Rich accounts, one key each, straight into the database (a command line call each would take minutes)."""
    house = open_house(settings.load(environment))
    keys = []
    try:
        await house.prepare()
        async with writing(house.engine) as connection:
            for n in range(number):
                account = await create_account(connection, f"bench{n}@example.com")
                await entries.open_wallet(connection, account.id)
                await entries.grant(connection, account.id, 10**15, key=f"bench:{account.id}", description="bench")
                keys.append((await create_key(connection, account.id))[1])
    finally:
        await house.aclose()
    return keys


@contextmanager
def server(command: list[str], environment: dict[str, str], *, pinned: bool = True) -> Iterator[tuple[int, int]]:
    """A server process on core 0 (`pinned`), for the length of the block: its free loopback port, and its process id."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, *command, "--port", str(port)],
        env=os.environ | environment,
        preexec_fn=(lambda: pin(0)) if pinned else None,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            time.sleep(0.1)
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz").close()
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"{command} ended with {process.returncode}") from None
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


def pin(core: int) -> None:
    """Give this process one core, where the machine has several."""
    if len(CORES) > 1:
        os.sched_setaffinity(0, {CORES[core % len(CORES)]})


def free_port() -> int:
    """A port nobody listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
