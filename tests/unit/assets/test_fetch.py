"""The door to the outside, attacked with real servers on loopback. Loopback is open only as far as `allow` says."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import ssl
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import trustme
from unit.assets.makers import Serve, picture, reply

from mediakiln.assets.fetch import FetchDoor, Fetched, system_resolver
from mediakiln.errors import FetchFailed

UNIFORM = r"^could not fetch .*; allowed: a public http or https address that answers in full and in time$"
NO_TRUST = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Loading the public trust store takes longer than a test."""


class Names:
    """A resolver with answers of its own; each call to one name takes the next answer, the last one stays."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): list(found) for name, found in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        found = self.answers.get(host)
        if found is None:
            raise OSError("no such name")
        return found.pop(0) if len(found) > 1 else found[0]


def door(**changes: object) -> FetchDoor:
    """A door that lets 127.0.0.1 alone pass, with small limits."""
    values: dict[str, object] = {"allow": ("127.0.0.1",), "max_bytes": 100_000, "timeout": 3.0, "tls": NO_TRUST}
    return FetchDoor(**(values | changes))  # type: ignore[arg-type]


async def refused(tmp_path: Path, opened: FetchDoor, url: str, match: str = UNIFORM) -> str:
    """Fetch, expect the refusal, and that no partial file stays; returns the message."""
    into = tmp_path / "refused.bin"
    with pytest.raises(FetchFailed, match=match) as caught:
        await opened.fetch(url, into)
    assert not into.exists()
    return str(caught.value)


async def test_plain_fetch(serve: Serve, tmp_path: Path, png: bytes) -> None:
    """A permitted server's picture lands on disk with its size and the type its bytes show."""
    port = await serve(reply(body=png))
    got = await door().fetch(f"http://127.0.0.1:{port}/a.png", tmp_path / "a")
    assert got == Fetched(tmp_path / "a", len(png), "image/png")
    assert (tmp_path / "a").read_bytes() == png


async def test_request_carries_nothing(serve: Serve, tmp_path: Path, png: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxies of the environment are not used, no cookie comes back after a redirect, no compression is asked for."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    heads: list[bytes] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        heads.append(head)
        first = reply("302 Found", "Location: /next\r\nSet-Cookie: a=b\r\n")
        writer.write(first if len(heads) == 1 else reply(body=png))

    port = await serve(answer)
    names = Names(files_example=[["127.0.0.1"]])
    await door(resolver=names).fetch(f"http://Files.Example.:{port}/a", tmp_path / "a")
    assert f"host: files.example:{port}\r\n".encode() in heads[0].lower()
    assert b"accept-encoding: identity\r\n" in heads[0].lower()
    assert heads[1].startswith(b"GET /next HTTP/1.1\r\n")
    assert not any(word in head.lower() for head in heads for word in (b"cookie", b"referer", b"authorization", b"proxy"))


@pytest.mark.parametrize("address", ["127.0.0.2", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
async def test_names_that_answer_private(tmp_path: Path, address: str) -> None:
    """A public name with a private address is refused, mapped and translated addresses included."""
    await refused(tmp_path, door(resolver=Names(evil_example=[[address]])), "http://evil.example/a.png")


async def test_one_bad_address_condemns(serve: Serve, tmp_path: Path, png: bytes) -> None:
    """A name with one good and one private address is refused, and nobody is dialled."""
    hits: list[bytes] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        hits.append(head)
        writer.write(reply(body=png))

    port = await serve(answer)
    names = Names(mixed_example=[["127.0.0.1", "10.0.0.1"]], none_example=[[]], odd_example=[["not-an-address"]])
    for name in ("mixed", "none", "odd", "unknown"):
        await refused(tmp_path, door(resolver=names), f"http://{name}.example:{port}/")
    assert hits == []


async def test_rebinding(serve: Serve, tmp_path: Path, png: bytes) -> None:
    """A name that answers differently the second time is asked once; the connection goes to the address that was checked."""
    names = Names(rebind_example=[["127.0.0.1"], ["127.0.0.2"]])
    public = None
    while public is None:
        secret = await serve(reply(body=picture("gif")), host="127.0.0.2")
        with contextlib.suppress(OSError):  # another process has that number at the other address
            public = await asyncio.start_server(_answer_with(png), "127.0.0.1", secret)
    with contextlib.closing(public):
        got = await door(resolver=names).fetch(f"http://rebind.example:{secret}/", tmp_path / "a")
    assert got.media_type == "image/png"
    assert names.asked == ["rebind.example"]


def _answer_with(body: bytes) -> object:
    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply(body=body))
        writer.close()

    return client


async def test_rebinding_between_hops(serve: Serve, tmp_path: Path) -> None:
    """A redirect to the same name is a new hop: it is resolved and checked again."""
    port = await serve(reply("302 Found", "Location: /again\r\n"))
    names = Names(rebind_example=[["127.0.0.1"], ["127.0.0.2"]])
    await refused(tmp_path, door(resolver=names), f"http://rebind.example:{port}/")
    assert names.asked == ["rebind.example"] * 2


async def test_next_address_when_one_is_dead(serve: Serve, tmp_path: Path, png: bytes) -> None:
    """Checked addresses are dialled in order until one answers."""
    port = await serve(reply(body=png))
    names = Names(two_example=[["127.0.0.3", "127.0.0.1"]])
    got = await door(allow=("127.0.0.0/8",), resolver=names).fetch(f"http://two.example:{port}/", tmp_path / "a")
    assert got.size == len(png)


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2:{secret}/",
        "//127.0.0.2:{secret}/",
        "http://2130706434:{secret}/",
        "http://0x7f000002:{secret}/",
        "http://0177.0.0.2:{secret}/",
        "http://127.2:{secret}/",
        "http://[::ffff:127.0.0.2]:{secret}/",
        "http://localhost:{secret}/",
        "http://private.example:{secret}/",
        "http://user:pw@127.0.0.1:{secret}/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{secret}/_GET",
        "ftp://127.0.0.1/",
        "data:image/png;base64,AAAA",
        "http://[",
        "",
        "http://a\\@127.0.0.1:{secret}/",
    ],
)
async def test_redirect_to_forbidden(serve: Serve, tmp_path: Path, location: str) -> None:
    """A redirect to anything that could not have been asked for directly is refused, in the uniform words."""
    hits: list[bytes] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        hits.append(head)
        writer.write(reply(body=picture()))

    secret = await serve(answer, host="127.0.0.2")
    port = await serve(reply("302 Found", f"Location: {location.format(secret=secret)}\r\n"))
    names = Names(private_example=[["127.0.0.2"]])
    message = await refused(tmp_path, door(resolver=names), f"http://127.0.0.1:{port}/")
    assert str(secret) not in message
    assert "127.0.0.2" not in message
    assert hits == []


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
async def test_redirects_are_followed(serve: Serve, tmp_path: Path, png: bytes, status: str) -> None:
    """Three hops of any redirect status are allowed."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        step = int(head.split()[1][1:])
        writer.write(reply(body=png) if step == 3 else reply(status, f"Location: /{step + 1}\r\n"))

    port = await serve(answer)
    assert (await door().fetch(f"http://127.0.0.1:{port}/0", tmp_path / "a")).size == len(png)


async def test_redirect_loop(serve: Serve, tmp_path: Path) -> None:
    """A loop ends after three redirects, which are four requests."""
    heads: list[bytes] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes) -> None:
        heads.append(head)
        writer.write(reply("302 Found", "Location: /\r\n"))

    port = await serve(answer)
    await refused(tmp_path, door(), f"http://127.0.0.1:{port}/", "more redirects; allowed: 3")
    assert len(heads) == 4


async def test_no_port_scanner(serve: Serve, tmp_path: Path) -> None:
    """Blocked, closed, unresolvable, garbage, hung up and half answered: one sentence, whatever is really there."""

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
        writer.transport.abort()

    garbage = await serve(b"220 smtp.example ESMTP\r\n")
    dropped = await serve(hang_up)
    half = await serve(reply(body=b"\x89PNG\r\n\x1a\n" + bytes(900), length=5000))
    names = Names(private_example=[["10.0.0.1"]])
    places = [
        "127.0.0.1:1",
        "127.0.0.2:80",
        "private.example",
        "missing.example",
        *(f"127.0.0.1:{p}" for p in (garbage, dropped, half)),
    ]
    messages = {(await refused(tmp_path, door(resolver=names), f"http://{place}/")).replace(place, "X") for place in places}
    assert len(messages) == 1


async def test_https_is_pinned_and_verified(serve: Serve, tmp_path: Path, png: bytes) -> None:
    """TLS names the host (SNI) and checks the certificate against it although the connection goes to a bare address."""
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("good.example").configure_cert(server)
    authority.configure_trust(client)
    seen: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: seen.append(name)
    port = await serve(reply(body=png), tls=server)
    names = Names(good_example=[["127.0.0.1"]], other_example=[["127.0.0.1"]])
    assert (await door(resolver=names, tls=client).fetch(f"https://good.example:{port}/", tmp_path / "a")).size == len(png)
    assert seen == ["good.example"]
    await refused(tmp_path, door(resolver=names, tls=client), f"https://other.example:{port}/")
    await refused(tmp_path, door(resolver=names, tls=None), f"https://good.example:{port}/")


async def test_told_size_too_large(serve: Serve, tmp_path: Path, png: bytes) -> None:
    """A Content-Length above the limit is refused before the body; the caller of `fetch` may set the limit."""
    port = await serve(reply(body=png + bytes(1000)))
    with pytest.raises(FetchFailed, match="allowed: 500"):
        await door().fetch(f"http://127.0.0.1:{port}/", tmp_path / "a", max_bytes=500)
    assert (await door(max_bytes=10).fetch(f"http://127.0.0.1:{port}/", tmp_path / "a", max_bytes=5000)).size > 1000


@pytest.mark.parametrize("headers", ["", "Transfer-Encoding: chunked\r\n", "Content-Length: 900000\r\nX: y\r\n"])
async def test_endless_body(serve: Serve, tmp_path: Path, headers: str) -> None:
    """Without a length, chunked or with one that lies, the body is cut at the limit."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
        writer.write(reply(headers=headers, length=None))
        block = picture() + bytes(40_000)
        while True:
            writer.write(f"{len(block):x}\r\n".encode() + block + b"\r\n" if "chunked" in headers else block)
            await writer.drain()

    port = await serve(answer)
    await refused(tmp_path, door(), f"http://127.0.0.1:{port}/", "more bytes than allowed: 100000")


async def test_short_lie_about_length(serve: Serve, tmp_path: Path, png: bytes) -> None:
    """Bytes after the told length are never read."""
    port = await serve(reply(body=png + b"x" * 5000, length=len(png)))
    assert (await door().fetch(f"http://127.0.0.1:{port}/", tmp_path / "a")).size == len(png)


@pytest.mark.parametrize(
    "headers", ["Content-Length: 5\r\nContent-Length: 6\r\n", "Content-Length: -1\r\n", "Content-Length: x\r\n"]
)
async def test_broken_length(serve: Serve, tmp_path: Path, png: bytes, headers: str) -> None:
    """Contradicting or senseless lengths are refused."""
    port = await serve(reply(headers=headers, body=png, length=None))
    await refused(tmp_path, door(), f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("slow", ["head", "silent", "body"])
async def test_slow_drip(serve: Serve, tmp_path: Path, png: bytes, slow: str) -> None:
    """A byte now and then never outlasts the wall clock, in the head or in the body."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
        whole = reply(body=png + bytes(50_000))
        fast = {"head": 0, "silent": 0, "body": 700}[slow]
        writer.write(whole[:fast])
        for byte in whole[fast:]:
            await asyncio.sleep(0.02 if slow != "silent" else 60)
            writer.write(bytes([byte]))
            await writer.drain()

    port = await serve(answer)
    began = time.monotonic()
    await refused(tmp_path, door(timeout=0.4), f"http://127.0.0.1:{port}/")
    assert time.monotonic() - began < 8


async def test_slow_names(tmp_path: Path) -> None:
    """The wall clock covers name resolution too."""

    async def sleepy(host: str, port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    await refused(tmp_path, door(timeout=0.2, resolver=sleepy), "http://slow.example/")


async def test_huge_head(serve: Serve, tmp_path: Path, png: bytes) -> None:
    """A response head without end is refused."""
    port = await serve(reply(headers="X: " + "y" * 300_000 + "\r\n", body=png))
    await refused(tmp_path, door(), f"http://127.0.0.1:{port}/")


async def test_compressed_bodies_are_refused(serve: Serve, tmp_path: Path) -> None:
    """Nothing is ever decompressed: an encoding nobody asked for is refused."""
    body = gzip.compress(picture() + bytes(5_000_000))
    port = await serve(reply(headers="Content-Encoding: gzip\r\nContent-Type: image/png\r\n", body=body))
    await refused(tmp_path, door(), f"http://127.0.0.1:{port}/", "compressed encoding; allowed: identity")


@pytest.mark.parametrize(
    "body", [b"<html>hello</html>", b"", b"#EXTM3U\n", b"<svg/>", b"%PDF-1.7", b"x" * 5000, b"MZ" + bytes(900)]
)
async def test_type_lies(serve: Serve, tmp_path: Path, body: bytes) -> None:
    """A header that calls other bytes a picture is not believed."""
    port = await serve(reply(headers="Content-Type: image/png\r\n", body=body))
    await refused(tmp_path, door(), f"http://127.0.0.1:{port}/", "with other contents; allowed: image/png")


async def test_type_comes_from_the_bytes(serve: Serve, tmp_path: Path) -> None:
    """A picture under a wrong header is what its bytes say."""
    port = await serve(reply(headers="Content-Type: text/html\r\n", body=picture("webp")))
    assert (await door().fetch(f"http://127.0.0.1:{port}/", tmp_path / "a")).media_type == "image/webp"


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "204 No Content", "304 Not Modified", "206 Partial Content"])
async def test_other_statuses(serve: Serve, tmp_path: Path, png: bytes, status: str) -> None:
    """Only 200 is an answer; the status of an allowed host may be told, its query string may not."""
    port = await serve(reply(status, body=b"" if status[0] in "23" else png))
    message = await refused(tmp_path, door(), f"http://127.0.0.1:{port}/a.png?sig=secret", f"status {status[:3]}; allowed: 200")
    assert "secret" not in message


async def test_cancelling_leaves_nothing(serve: Serve, tmp_path: Path) -> None:
    """A cancelled fetch removes its partial file and closes its connection."""

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter, __: bytes) -> None:
        writer.write(reply(body=picture(), length=90_000))
        await asyncio.sleep(60)

    port = await serve(answer)
    task = asyncio.create_task(door().fetch(f"http://127.0.0.1:{port}/", tmp_path / "a"))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not (tmp_path / "a").exists()


async def test_system_resolver() -> None:
    """The default resolver gives addresses as text, each once."""
    found = await system_resolver("localhost", 80)
    assert found
    assert len(set(found)) == len(found)
    assert set(found) <= {"127.0.0.1", "::1"}
