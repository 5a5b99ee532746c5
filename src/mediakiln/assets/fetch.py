"""The only door to the outside: files that callers and vendors name by URL come in here and nowhere else, and what callers
want to be told goes out here.

Each hop is checked, resolved once and dialled at the checked address: httpcore opens connections through `_PinnedBackend`,
which never sees a name, while TLS and the Host header keep the name. httpcore is used bare because it has no cookies,
proxies, redirects, decompression or environment to switch off.
"""

from __future__ import annotations

import asyncio
import binascii
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpcore
import httpx
from msgspec import Struct

from mediakiln import __version__
from mediakiln.assets.addresses import Allowance, IPAddress, Target, parse_target, unreachable
from mediakiln.assets.media import SNIFF_BYTES, names, sniff
from mediakiln.errors import FetchFailed, Unreachable, shorten

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host name and port to the texts of all its addresses. Raises OSError."""

CONNECT_SECONDS = 5.0
"""Longest wait for one of several addresses."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SENDING = [("User-Agent", f"mediakiln/{__version__}"), ("Connection", "close")]
_FETCHING = [*_SENDING, ("Accept", "image/*, video/*, audio/*"), ("Accept-Encoding", "identity")]


class Fetched(Struct, frozen=True):
    """A file that came in: `size` in bytes, `media_type` told by its bytes."""

    path: Path
    size: int
    media_type: str


class FetchDoor:
    """Fetches from URLs that strangers wrote, and posts to them.

    `allow` names hosts and CIDR networks that are permitted although they are private; `timeout` is the wall clock of one
    whole fetch in seconds; `tls` replaces the public trust store (an operator's own CA, tests);
    `at_once` bounds the fetches under way, the others wait their turn without losing time.
    """

    def __init__(
        self,
        *,
        allow: tuple[str, ...] = (),
        max_bytes: int,
        timeout: float,
        max_redirects: int = 3,
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
        at_once: int = 64,
    ) -> None:
        self.allow = Allowance.parse(allow)
        self.max_bytes = max_bytes
        self._timeout = timeout
        self._max_redirects = max_redirects
        self._resolve = resolver or system_resolver
        self._places = asyncio.Semaphore(at_once)
        self._tls = tls or httpx.create_ssl_context(trust_env=False)

    async def fetch(self, url: str, into: Path, *, max_bytes: int | None = None) -> Fetched:
        """Stream `url` to the file `into`, which is replaced, and removed again when the fetch fails.

        `max_bytes` replaces the door's own limit. Raises FetchFailed: one same sentence for every host that is blocked,
        unresolvable, silent, slow or broken; particulars only for what an allowed host answered.
        """
        limit = self.max_bytes if max_bytes is None else max_bytes
        target = parse_target(url, self.allow)
        try:
            async with self._places, asyncio.timeout(self._timeout):
                return await self._follow(target, into, limit)
        except (_Blocked, TimeoutError, *_PROTOCOL_ERRORS):
            _discard(into)
            raise unreachable(target.shown) from None
        except BaseException:
            _discard(into)
            raise

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Send `body` and return the status of the answer, whose own body is not read. Redirects are not followed: what was
        signed for one receiver must not go to another. Raises FetchFailed like `fetch`."""
        target = parse_target(url, self.allow)
        try:
            async with (
                self._places,
                asyncio.timeout(self._timeout),
                self._open(target, "POST", [*_SENDING, *headers.items()], body) as response,
            ):
                return response.status
        except (_Blocked, TimeoutError, *_PROTOCOL_ERRORS):
            raise unreachable(target.shown) from None

    async def _follow(self, first: Target, into: Path, limit: int) -> Fetched:
        target = first
        for _ in range(self._max_redirects + 1):
            async with self._open(target) as response:
                if response.status not in _REDIRECTS:
                    _check_head(response, first, limit)
                    return await _receive(response, first, into, limit)
                target = self._redirected(target, response)
        raise Unreachable(f"got {shorten(first.shown)} with more redirects; allowed: {self._max_redirects}")

    def _redirected(self, target: Target, response: httpcore.Response) -> Target:
        """The next hop, checked like the first. What was wrong with it is not told: the caller may not know its address."""
        location = _header(response, b"location")
        if not location:
            raise _Blocked
        try:
            return parse_target(str(target.url.join(location)), self.allow)
        except (FetchFailed, httpx.InvalidURL, ValueError):
            raise _Blocked from None

    @asynccontextmanager
    async def _open(
        self, target: Target, method: str = "GET", more: Sequence[tuple[str, str]] = _FETCHING, body: bytes | None = None
    ) -> AsyncIterator[httpcore.Response]:
        """Send one request over a connection of its own; yields the response once its head is read."""
        backend = _PinnedBackend(await self._addresses(target))
        url = httpcore.URL(
            scheme=target.url.raw_scheme, host=target.url.raw_host, port=target.url.port, target=target.url.raw_path
        )
        headers = [("Host", target.url.netloc.decode("ascii")), *more]
        async with (
            httpcore.AsyncConnectionPool(ssl_context=self._tls, network_backend=backend, max_connections=1) as pool,
            pool.stream(method, url, headers=headers, content=body) as response,
        ):
            yield response

    async def _addresses(self, target: Target) -> list[IPAddress]:
        """Every address of the host, resolved here and never again; one bad address condemns the host."""
        if target.literal is not None:
            return [target.literal]
        try:
            addresses = [ip_address(text) for text in await self._resolve(target.host, target.port)]
        except (OSError, ValueError):
            raise _Blocked from None
        if not addresses or not all(self.allow.permits(target.host, address, target.port) for address in addresses):
            raise _Blocked
        return addresses


def unpack(uri: str, into: Path, max_bytes: int) -> Fetched:
    """Write the file that a vendor's `data:` URI holds. Raises FetchFailed. Blocks."""
    head, _, payload = uri.partition(",")
    if not head.lower().endswith(";base64") or len(payload) // 4 * 3 > max_bytes + 3:
        raise FetchFailed(f"got {shorten(uri)}; allowed: data:<type>;base64,<at most {max_bytes} bytes>")
    try:
        data = binascii.a2b_base64(payload)
    except ValueError:
        raise FetchFailed(f"got {shorten(uri)}; allowed: base64") from None
    media_type = sniff(data[:SNIFF_BYTES])
    if media_type is None:
        raise FetchFailed(f"got {shorten(uri)} with other contents; allowed: {names()}")
    into.write_bytes(data)
    return Fetched(into, len(data), media_type)


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """The machine's own resolver (`getaddrinfo`), in its order of preference, without repeats."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class _Blocked(Exception):
    """The host or the next hop may not be dialled."""


_PROTOCOL_ERRORS = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    ssl.SSLError,
)


class _PinnedBackend(httpcore.AsyncNetworkBackend):
    """Dials the given addresses in order, whatever host name httpcore asks for."""

    def __init__(self, addresses: Sequence[IPAddress]) -> None:
        self._addresses = addresses
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception = httpcore.ConnectError("no address")
        for address in self._addresses:
            try:
                return await self._inner.connect_tcp(str(address), port, timeout=CONNECT_SECONDS)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise httpcore.UnsupportedProtocol("unix sockets are never dialled")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def _check_head(response: httpcore.Response, first: Target, limit: int) -> None:
    """Refuse by the response's head what its body could only make worse."""
    if response.status != 200:
        raise Unreachable(f"got {shorten(first.shown)}, which answered with status {response.status}; allowed: 200")
    encoding = _header(response, b"content-encoding").strip().lower()
    if encoding not in ("", "identity"):
        raise FetchFailed(f"got {shorten(first.shown)} in a compressed encoding; allowed: identity")
    length = _header(response, b"content-length")
    if length.isdecimal() and int(length) > limit:
        raise _too_large(first, limit)


async def _receive(response: httpcore.Response, first: Target, into: Path, limit: int) -> Fetched:
    """Write the body as it comes; what the head said about size and type is not believed."""
    size, head, media_type = 0, b"", None
    file = await asyncio.to_thread(into.open, "wb")
    try:
        async for chunk in response.aiter_stream():
            size += len(chunk)
            if size > limit:
                raise _too_large(first, limit)
            if media_type is None:
                head += chunk[: SNIFF_BYTES - len(head)]
                media_type = sniff(head) if len(head) >= SNIFF_BYTES else None
                if media_type is None and len(head) >= SNIFF_BYTES:
                    raise _wrong_type(first)
            await asyncio.to_thread(file.write, chunk)
    finally:
        await asyncio.to_thread(file.close)
    media_type = media_type or sniff(head)
    if media_type is None:
        raise _wrong_type(first)
    return Fetched(into, size, media_type)


def _discard(path: Path) -> None:
    path.unlink(missing_ok=True)


def _header(response: httpcore.Response, name: bytes) -> str:
    """The last value of a header, or "". Bytes that are not text become characters no URL or number has."""
    return next((value for key, value in reversed(response.headers) if key.lower() == name), b"").decode("utf-8", "replace")


def _too_large(first: Target, limit: int) -> FetchFailed:
    return FetchFailed(f"got {shorten(first.shown)} with more bytes than allowed: {limit}")


def _wrong_type(first: Target) -> FetchFailed:
    return FetchFailed(f"got {shorten(first.shown)} with other contents; allowed: {names()}")
