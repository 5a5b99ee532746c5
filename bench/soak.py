"""Many people at once for minutes: drawing sessions that submit and poll like the public clients do, on a real server.

Method: `mediakiln serve` with its own worker and the studio, on a data directory of its own (SQLite, or `--postgres URL`). Each
of `--sessions` people makes a drawing session, submits a small picture, polls every 2 s until it is finished, fetches the file,
and begins anew, until `--seconds` are over; whoever waits then is waited for. One account for every ten people. Everything that
is not a 200 counts as an error, except a 429 with Retry-After, which is obeyed. Afterwards `mediakiln audit` has to find
nothing. Loopback only; it ends by itself.

    python bench/soak.py [--sessions 500] [--seconds 300] [--postgres URL]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import uvloop
from api import accounts, server

MODEL = {"model": "gemini-3.1-flash-image-preview", "resolution": "512", "aspect_ratio": "1:1"}
THINGS = (
    "a cat",
    "a red car",
    "three birds",
    "a lighthouse",
    "mountains at dawn",
    "a boat on the sea",
    "一只猫",
    "a city at night",
)
POLL = 2.0


class Figures:
    """What happened."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, list[float]] = {"create": [], "submit": [], "poll": [], "fetch": []}
        self.errors: Counter[str] = Counter()
        self.waits = 0
        self.finished = 0
        self.memory: list[int] = []

    def __str__(self) -> str:
        lines = [f"{'':10}{'count':>9}{'p50 ms':>9}{'p99 ms':>9}{'worst':>9}"]
        for name, found in self.milliseconds.items():
            ordered = sorted(found) or [0.0]
            p50, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * q))] for q in (0.5, 0.99))
            lines.append(f"{name:10}{len(found):9,}{p50:9.1f}{p99:9.1f}{ordered[-1]:9.1f}")
        lines.append(f"pictures finished: {self.finished:,}; errors: {dict(self.errors) or 'none'}; 429 obeyed: {self.waits}")
        lines.append(
            f"server memory: {self.memory[0]} MB after the start, {max(self.memory)} MB at most, {self.memory[-1]} MB at the end"
        )
        return "\n".join(lines)


class Line:
    """One person's keep-alive connection. A general client's pool would cost more than the server that it loads."""

    def __init__(self, port: int, key: str) -> None:
        self._port, self._key = port, key
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def request(self, method: str, path: str, body: object = None) -> tuple[int, dict[bytes, bytes], bytes]:
        """Status, headers and body of the answer. Raises OSError or EOFError; the next request connects anew."""
        content = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nX-API-Key: {self._key}\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        try:
            writer.write(head.encode() + content)
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines) if name}
            return int(first.split()[1]), headers, await reader.readexactly(int(headers[b"content-length"]))
        except BaseException:
            writer.close()
            self._streams = None
            raise


async def soak(port: int, process: int, keys: list[str], sessions: int, seconds: float) -> Figures:
    """Run everybody and return the figures."""
    figures = Figures()
    until = time.monotonic() + seconds
    watching = asyncio.create_task(watch(process, figures))
    await asyncio.gather(*(person(Line(port, keys[n % len(keys)]), until, n, figures) for n in range(sessions)))
    watching.cancel()
    return figures


async def person(line: Line, until: float, number: int, figures: Figures) -> None:
    """One person's time at the server."""
    chance = random.Random(number)
    await asyncio.sleep(chance.uniform(0, 5))
    while time.monotonic() < until:
        made = await call(line, "create", figures, "POST", "/api/v1/drawing/sessions")
        if made is None:
            continue
        body = MODEL | {"prompt": f"{chance.choice(THINGS)} {number}", "num_images": 1}
        taken = await call(line, "submit", figures, "POST", f"/api/v1/drawing/sessions/{made['session_id']}/generate", body)
        while taken is not None:
            await asyncio.sleep(POLL * chance.uniform(0.9, 1.1))
            seen = await call(line, "poll", figures, "GET", f"/api/v1/drawing/messages/{taken['message_id']}")
            if seen is not None and seen["status"] in ("completed", "failed", "cancelled"):
                if seen["status"] != "completed":
                    figures.errors[f"{seen['status']}: {seen.get('error_msg')}"] += 1
                    break
                figures.finished += 1
                await call(line, "fetch", figures, "GET", seen["images"][0]["url"])
                break


async def call(line: Line, name: str, figures: Figures, method: str, path: str, body: object = None) -> dict[str, Any] | None:
    """One request; its `data` ({} for a file), or None for an error, which is counted."""
    begun = time.perf_counter()
    try:
        status, headers, content = await line.request(method, path, body)
    except (OSError, EOFError) as error:
        figures.errors[f"{name}: {type(error).__name__}"] += 1
        await asyncio.sleep(1)
        return None
    if status == 429:
        figures.waits += 1
        await asyncio.sleep(float(headers[b"retry-after"]))
        return None
    if status != 200:
        figures.errors[f"{name}: {status}"] += 1
        await asyncio.sleep(1)
        return None
    figures.milliseconds[name].append((time.perf_counter() - begun) * 1000)
    data: dict[str, Any] = json.loads(content)["data"] if headers[b"content-type"] == b"application/json" else {}
    return data


async def watch(process: int, figures: Figures) -> None:
    """Note the server's resident memory every two seconds."""
    while True:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])  # noqa: ASYNC240 - not a disk
        figures.memory.append(pages * 4096 // 2**20)
        await asyncio.sleep(2)


def main() -> None:
    """Start a server, soak it, look at the books."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--postgres", default="", help="an empty database to use instead of SQLite")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory())
        environment = {
            "MEDIAKILN_DATA": data,
            "MEDIAKILN_DATABASE_URL": arguments.postgres,
            "MEDIAKILN_RATE_LIMIT": "1000000",
            "MEDIAKILN_LOG_LEVEL": "warning",
            "MEDIAKILN_IMAGE_DEADLINE": "3600",
        }
        keys = uvloop.run(accounts(environment, max(1, arguments.sessions // 10)))
        port, process = stack.enter_context(server(["-m", "mediakiln", "serve"], environment, pinned=False))
        print(uvloop.run(soak(port, process, keys, arguments.sessions, arguments.seconds)))
        command = [sys.executable, "-m", "mediakiln", "audit", "--data", data]
        raise SystemExit(subprocess.run(command, env=os.environ | environment, check=False).returncode)


if __name__ == "__main__":
    main()
