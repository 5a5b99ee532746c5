"""From what a caller named to a checked local file: URLs, `data:` URIs and our own `/uploads/...` paths."""

from __future__ import annotations

import asyncio
import binascii
import re
import secrets
from pathlib import Path

import httpx
from msgspec import Struct

from mediakiln.assets.addresses import parse_target
from mediakiln.assets.blobs import BlobStore, is_key
from mediakiln.assets.fetch import FetchDoor
from mediakiln.assets.media import ALIASES, FORMATS, SNIFF_BYTES, names, sniff
from mediakiln.assets.probe import probe_async
from mediakiln.errors import FetchFailed, InvalidRequest, NotFound, Unreachable, shorten
from mediakiln.generation import MediaInput, Role

PROBES = 2
"""Inputs that are decoded at once: each may take 4 bytes of memory for each of its pixels."""
ROOT = "/uploads/"
"""Where our own files live, in URLs and (without the first slash) in the blob store."""

_DATA = re.compile(r"data:(?P<type>[A-Za-z0-9.+/-]{1,100});base64,", re.IGNORECASE)
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_KINDS = {Role.REFERENCE_VIDEO: "video", Role.REFERENCE_AUDIO: "audio"}


class ResolvedInput(Struct, frozen=True):
    """An input that was fetched, checked and probed. `width` and `height` in pixels, 0 for audio; `size` in bytes, `duration` in
    seconds."""

    role: Role
    path: Path
    media_type: str
    size: int
    width: int = 0
    height: int = 0
    duration: float | None = None


def kind_of(role: Role) -> str:
    """What an input of this role has to be: `image`, `video` or `audio`."""
    return _KINDS.get(role, "image")


def own_path(source: str, bases: tuple[str, ...] = ()) -> str | None:
    """The `/uploads/...` path that `source` names, or None. `bases` are our own base URLs (`https://media.example.com`):
    an absolute URL counts only when its scheme, host and port are those of a base and its path lies under it."""
    if source.startswith(ROOT):
        return source.partition("?")[0].partition("#")[0]
    if not source.lower().startswith(("http://", "https://")):
        return None
    try:
        url = httpx.URL(source)
        ours = [httpx.URL(base) for base in bases if base]
    except (httpx.InvalidURL, ValueError):
        return None
    for base in ours:
        under = base.path.rstrip("/")
        if _origin(url) == _origin(base) and not url.userinfo and url.path.startswith(under + ROOT):
            return url.path[len(under) :]
    return None


def _origin(url: httpx.URL) -> tuple[str, bytes, int]:
    return url.scheme, url.raw_host, url.port or (443 if url.scheme == "https" else 80)


class InputResolver:
    """Turns inputs into files. `public_url` is our own base URL or "", `max_bytes` and `max_pixels` bound one input."""

    def __init__(self, door: FetchDoor, blobs: BlobStore, *, public_url: str, max_bytes: int, max_pixels: int) -> None:
        self._door = door
        self._blobs = blobs
        self._bases = (public_url,) if public_url else ()
        self._max_bytes = max_bytes
        self._max_pixels = max_pixels
        self._probes = asyncio.Semaphore(PROBES)

    @property
    def max_bytes(self) -> int:
        """The largest input."""
        return self._max_bytes

    def own_path(self, source: str) -> str | None:
        """The `/uploads/...` path that `source` names, bare or under our public URL, or None."""
        return own_path(source, self._bases)

    def check_source(self, source: str, *, field: str = Role.IMAGE.value) -> None:
        """Refuse at submit, without network or disk, what could never work. Raises InvalidRequest or FetchFailed.

        Whether one of our own paths exists or is the caller's is not told here: foreign and missing must look the same.
        """
        try:
            if (path := own_path(source, self._bases)) is not None:
                _check_own(path)
            elif source[:5].lower() == "data:":
                _check_data(source, self._max_bytes)
            elif source.lower().startswith(("http://", "https://")):
                parse_target(source, self._door.allow)
            else:
                raise InvalidRequest(f"got {shorten(source)}; allowed: an http(s) URL, a data: URI or an {ROOT} path")
        except InvalidRequest as error:
            raise type(error)(error.detail, field=field) from None

    def check_url(self, url: str, *, field: str) -> None:
        """Refuse an address that the door would not dial. Raises FetchFailed: nothing was asked, so nothing was unreachable."""
        try:
            parse_target(url, self._door.allow)
        except Unreachable:
            shown = shorten(url.partition("?")[0])
            raise FetchFailed(f"got {shown}; allowed: an http or https URL at a public address", field=field) from None
        except FetchFailed as error:
            raise type(error)(error.detail, field=field) from None

    async def resolve(self, item: MediaInput, account_id: str, workdir: Path) -> ResolvedInput:
        """Bring one input into `workdir` (an existing directory) under a fresh name with the right extension.

        Raises FetchFailed or InvalidRequest whose `field` is the input's role.
        """
        field = item.role.value
        await asyncio.to_thread(self.check_source, item.source, field=field)
        raw = workdir / f"input-{secrets.token_hex(8)}"
        try:
            await self._bring(item.source, account_id, raw)
            async with self._probes:
                probed = await probe_async(raw, max_pixels=self._max_pixels)
            kind = kind_of(item.role)
            if FORMATS[probed.media_type].kind != kind:
                raise FetchFailed(f"got {probed.media_type}; allowed: {names(kind)}")
        except BaseException as error:
            await asyncio.to_thread(raw.unlink, missing_ok=True)
            if isinstance(error, InvalidRequest):
                raise type(error)(error.detail, field=field) from error
            raise
        path = raw.with_suffix(f".{FORMATS[probed.media_type].extension}")
        await asyncio.to_thread(raw.rename, path)
        return ResolvedInput(item.role, path, probed.media_type, probed.size, probed.width, probed.height, probed.duration)

    async def _bring(self, source: str, account_id: str, into: Path) -> None:
        if (path := own_path(source, self._bases)) is not None:
            await self._copy_own(path, account_id, into)
        elif source[:5].lower() == "data:":
            await asyncio.to_thread(_write_data, source, into)
        else:
            await self._door.fetch(source, into, max_bytes=self._max_bytes)

    async def _copy_own(self, path: str, account_id: str, into: Path) -> None:
        """Read from the blob store; another account's file answers exactly like a missing one."""
        key = path.removeprefix("/")
        try:
            if key.split("/")[1] != account_id:
                raise NotFound("foreign")
            blob = await self._blobs.head(key)
            if blob.size > self._max_bytes:
                raise FetchFailed(f"got a file of {blob.size} bytes; allowed: at most {self._max_bytes}")
            await self._blobs.fetch_to(key, into)
        except NotFound:
            raise FetchFailed(f"got {shorten(path)}, which does not exist; allowed: one of your own files") from None


def _check_own(path: str) -> None:
    if not is_key(path.removeprefix("/")):
        raise InvalidRequest(f"got {shorten(path)}; allowed: an {ROOT} path as it was delivered")


def _check_data(source: str, max_bytes: int) -> None:
    """Header, size, alphabet and first bytes of a `data:` URI (RFC 2397), without decoding the whole."""
    header = _DATA.match(source, 0, 128)
    if header is None:
        raise InvalidRequest(f"got {shorten(source)}; allowed: data:<type>;base64,<contents>")
    named = header["type"].lower()
    if ALIASES.get(named, named) not in FORMATS:
        raise InvalidRequest(f"got a data: URI of type {shorten(named)}; allowed: {names()}")
    length = len(source) - header.end()
    if length // 4 * 3 - 2 > max_bytes:
        raise InvalidRequest(f"got a data: URI of about {length // 4 * 3} bytes; allowed: at most {max_bytes}")
    payload = source[header.end() :]
    padding = length - len(payload.rstrip("="))
    if length % 4 or padding > 2 or not payload.isascii() or payload.encode().translate(None, _BASE64) != b"=" * padding:
        raise InvalidRequest("got a data: URI that is not base64; allowed: data:<type>;base64,<contents>")
    if sniff(binascii.a2b_base64(payload[: SNIFF_BYTES * 4])) is None:
        raise FetchFailed(f"got a data: URI of unknown contents; allowed: {names()}")


def _write_data(source: str, into: Path) -> None:
    """Decode a `data:` URI that `_check_data` let pass."""
    into.write_bytes(binascii.a2b_base64(source.partition(",")[2]))
