"""A real HTTP server on loopback that takes webhooks, keeps what came, and answers as a test wants.

async with receiving() as receiver:
    receiver.answers = [500, 200]      the last one is repeated for ever; HANG never answers
    ... receiver.url ... await receiver.got(2)
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook

HANG = 0


@dataclass(frozen=True)
class Delivery:
    """One request as it came. Header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    def checked(self, secret: str) -> Any:
        """The body, once the library that receivers use has found its signature to be right."""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """What came, and what is answered next."""

    port: int = 0
    answers: list[int] = field(default_factory=lambda: [200])
    extra: str = ""
    deliveries: list[Delivery] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    release: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?for=me"

    async def got(self, count: int, *, within: float = 10.0) -> list[Delivery]:
        """Wait for so many deliveries."""
        end = time.monotonic() + within
        while len(self.deliveries) < count:
            assert time.monotonic() < end, f"only {len(self.deliveries)} of {count} deliveries came"
            await asyncio.sleep(0.02)
        return self.deliveries

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            try:
                self.deliveries.append(Delivery(first.split(" ")[1], headers, body))
                status = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if status == HANG:
                    await self.release.wait()
                    return
                writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\n{self.extra}\r\nok".encode())
                await writer.drain()
            finally:
                self.at_once -= 1
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    receiver.port = server.sockets[0].getsockname()[1]
    try:
        yield receiver
    finally:
        receiver.release.set()
        server.close()
