"""A small HTTP/1.1 load generator on uvloop: N keep-alive connections that each send the next request when the last answer is in.

It is written for small answers with a Content-Length, and costs far less CPU than the servers it loads, so that one core is
enough for it. Loopback only.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Result:
    """What was measured: answers per second, and latencies in milliseconds."""

    requests: int
    seconds: float
    errors: int
    latencies: list[float] = field(repr=False)

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    def percentile(self, q: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * q))] * 1000


class _Connection(asyncio.Protocol):
    def __init__(self, request: Callable[[], bytes], until: float, done: asyncio.Future[None], result: Result) -> None:
        self._request = request
        self._until = until
        self._done = done
        self._result = result
        self._buffer = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._request())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        head, gap, body = self._buffer.partition(b"\r\n\r\n")
        if not gap:
            return
        lower = head.lower()
        at = lower.index(b"content-length:") + 15
        end = lower.find(b"\r\n", at)
        if len(body) < int(lower[at : end if end > 0 else None]):
            return
        now = time.perf_counter()
        self._result.requests += 1
        self._result.latencies.append(now - self._sent)
        if not head.startswith(b"HTTP/1.1 200"):
            self._result.errors += 1
        self._buffer = b""
        if now < self._until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)


async def load(port: int, request: Callable[[], bytes], *, connections: int = 32, seconds: float = 5.0) -> Result:
    """Send what `request()` returns over and over for `seconds`; errors are answers other than 200."""
    loop = asyncio.get_running_loop()
    result = Result(0, 0.0, 0, [])
    begun = time.perf_counter()
    waits = []
    for _ in range(connections):
        done: asyncio.Future[None] = loop.create_future()
        waits.append(done)
        await loop.create_connection(lambda done=done: _Connection(request, begun + seconds, done, result), "127.0.0.1", port)
    await asyncio.wait_for(asyncio.gather(*waits), seconds + 30)
    result.seconds = time.perf_counter() - begun
    return result


def get(path: str, key: str) -> bytes:
    """A GET as bytes."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n\r\n".encode()


def post(path: str, key: str, body: bytes) -> bytes:
    """A JSON POST as bytes."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
