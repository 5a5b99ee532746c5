"""The door outwards: what is sent, to whom, and what is never told of an answer."""

from __future__ import annotations

import asyncio
import time

import pytest
from unit.assets.makers import Serve, reply
from unit.assets.test_fetch import UNIFORM, Names, door

from mediakiln.errors import FetchFailed


async def test_what_is_sent(serve: Serve) -> None:
    """The body whole, with its length, the headers that were given and none of the environment; the status comes back."""
    seen: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        seen.append(head + await reader.readexactly(70_000))
        writer.write(reply("204 No Content", length=None))

    port = await serve(answer)
    status = await door().post(f"http://127.0.0.1:{port}/hook?a=b#c", b"x" * 70_000, {"Webhook-Id": "1"})
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert status == 204
    assert body == b"x" * 70_000
    assert head.startswith(b"POST /hook?a=b HTTP/1.1\r\n")
    lines = head.lower().split(b"\r\n")
    assert b"content-length: 70000" in lines
    assert b"webhook-id: 1" in lines
    assert f"host: 127.0.0.1:{port}".encode() in lines
    assert not any(line.startswith((b"cookie", b"authorization", b"accept: image")) for line in lines)


@pytest.mark.parametrize("status", [200, 301, 302, 307, 308, 404, 500])
async def test_redirects_are_answers(serve: Serve, status: int) -> None:
    """A body that was signed for one receiver goes to no other."""
    hits: list[bytes] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        hits.append(head)
        writer.write(reply(f"{status} X", "Location: /elsewhere\r\n", b"a" * 10))

    port = await serve(answer)
    assert await door().post(f"http://127.0.0.1:{port}/", b"{}", {}) == status
    assert len(hits) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.2/", "http://localhost/", "http://169.254.169.254/", "http://evil.example/"])
async def test_where_nothing_is_sent(url: str) -> None:
    """The rules of fetching hold: private addresses and names that lead there are not dialled, and all refusals read alike."""
    with pytest.raises(FetchFailed, match=UNIFORM):
        await door(resolver=Names(evil_example=[["10.0.0.1"]])).post(url, b"{}", {})


async def test_an_endless_answer_costs_nothing(serve: Serve) -> None:
    """The status is enough; what follows is not waited for."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: bytes) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()
            await asyncio.sleep(0.01)

    port = await serve(answer)
    begun = time.monotonic()
    assert await door(timeout=30.0).post(f"http://127.0.0.1:{port}/", b"{}", {}) == 200
    assert time.monotonic() - begun < 10


async def test_a_silent_receiver(serve: Serve) -> None:
    """It is left after the door's time."""

    async def answer(_: asyncio.StreamReader, _writer: asyncio.StreamWriter, _head: bytes) -> None:
        await asyncio.sleep(30)

    port = await serve(answer)
    with pytest.raises(FetchFailed, match=UNIFORM):
        await door(timeout=0.3).post(f"http://127.0.0.1:{port}/", b"{}", {})
