"""Fixtures for the tests of `assets`: real servers on loopback, real media files, a local blob store."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from unit.assets.makers import Answer, Serve, clip, picture

from mediakiln.assets.blobs import BlobStore


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """`await serve(answer, tls=None, host="127.0.0.1")` starts a server and returns its port. `answer` is raw bytes, or a
    coroutine function of (reader, writer, request head)."""
    taken: set[int] = set()
    async with AsyncExitStack() as stack:

        async def start(answer: bytes | Answer, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> int:
            async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                try:
                    head = await reader.readuntil(b"\r\n\r\n")
                    if isinstance(answer, bytes):
                        writer.write(answer)
                        await writer.drain()
                    else:
                        await answer(reader, writer, head)
                except (ConnectionError, asyncio.IncompleteReadError):
                    return
                finally:
                    writer.close()

            while True:  # until the number is one that no other server of this test has, at another address
                server = await asyncio.start_server(client, host, 0, ssl=tls)
                stack.callback(server.close)
                port: int = server.sockets[0].getsockname()[1]
                if port not in taken:
                    taken.add(port)
                    return port

        yield start


@pytest.fixture(scope="session")
def png() -> bytes:
    """A small PNG."""
    return picture()


@pytest.fixture(scope="session")
def mp4() -> bytes:
    """A small H.264 video whose index comes first."""
    return clip()


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    """A blob store in a fresh local folder."""
    return BlobStore.open("", tmp_path / "data")
