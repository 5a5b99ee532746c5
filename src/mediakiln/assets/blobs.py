"""The blob store: finished files by key, in a local folder or a bucket. obstore is the port to both.

A key is a relative path of plain names, such as `uploads/<account>/images/2025/01/31/<token>_0.png`.
"""

from __future__ import annotations

import asyncio
import errno
import os
import re
import secrets
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from msgspec import Struct
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, LocalStore, S3Store, from_url

from mediakiln.errors import ConfigurationError, NotFound

if TYPE_CHECKING:
    from obstore import GetOptions
    from obstore.store import ObjectStore

CHUNK = 256 * 1024
"""Bytes that one step of a stream holds in memory, at least; the local store gives exactly that."""

PART = 8 * 1024 * 1024
"""Bytes of one part of a multipart upload; up to `PARTS` of them are in memory."""
PARTS = 2

CHECK_SECONDS = 10.0
"""Longest time `check` waits for the store."""

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9][A-Za-z0-9._-]{0,199}){0,11}")
_SCHEMES = ("s3://", "gs://", "az://")


class Blob(Struct, frozen=True):
    """`size` in bytes, `etag` quoted as in the HTTP header, `last_modified` in milliseconds since the epoch."""

    size: int
    etag: str
    last_modified: int


def is_key(key: str) -> bool:
    """True for a key the store accepts: no `..`, no hidden names, no empty segment, at most 300 characters."""
    return len(key) <= 300 and _KEY.fullmatch(key) is not None


class BlobStore:
    """Files by key. Every method raises NotFound for a missing or malformed key, and obstore's BaseError (or OSError)
    when the store itself fails."""

    def __init__(self, store: ObjectStore, *, folder: Path | None = None) -> None:
        """`folder` is where a local store keeps its files."""
        self._store = store
        self._local = folder

    @classmethod
    def open(cls, storage_url: str, data_dir: Path) -> BlobStore:
        """The store of the settings: `s3://bucket/prefix`, `gs://...`, `az://...`, or "" for the folder `blobs` in
        `data_dir`, which is made readable to this user alone. Credentials come from the vendor's usual environment
        variables (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT_URL`, ...). Raises ConfigurationError.
        """
        try:
            if storage_url:
                return cls(_bucket(storage_url))
            return cls(_folder(data_dir / "blobs"), folder=data_dir / "blobs")
        except (BaseError, ValueError, OSError) as error:
            raise ConfigurationError(f"storage: cannot open {storage_url or data_dir}: {_line(error)}") from None

    async def put_file(self, key: str, path: Path, media_type: str) -> Blob:
        """Store a local file under `key`, replacing what is there: whole or not at all. Large files go in parts.

        `media_type` is kept with the object where the store can (not in a folder).
        """
        _check_key(key)
        local = isinstance(self._store, LocalStore)
        attributes = None if local else {"Content-Type": media_type}
        await obstore.put_async(self._store, key, path, attributes=attributes, chunk_size=PART, max_concurrency=PARTS)
        if self._local is not None:
            await asyncio.to_thread(_flush, self._local / key)
        return await self.head(key)

    async def take_file(self, key: str, path: Path, media_type: str) -> Blob:
        """`put_file` for a file that nobody needs afterwards: a local store moves it in instead of writing a second copy."""
        _check_key(key)
        if self._local is None or not await asyncio.to_thread(_move, path, self._local / key):
            return await self.put_file(key, path, media_type)
        return await self.head(key)

    async def head(self, key: str) -> Blob:
        """What is known of a key without reading it."""
        _check_key(key)
        try:
            meta = await obstore.head_async(self._store, key)
        except FileNotFoundError:
            raise _missing() from None
        modified = int(meta["last_modified"].timestamp() * 1000)
        return Blob(meta["size"], _quoted(meta["e_tag"] or f"{modified:x}-{meta['size']:x}"), modified)

    async def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, not including, `end` (None: to the last), in pieces of about `CHUNK`."""
        _check_key(key)
        if end is not None and end <= start:
            return
        options: GetOptions = {} if not (start or end) else {"range": {"offset": start} if end is None else (start, end)}
        try:
            result = await obstore.get_async(self._store, key, options=options)
        except FileNotFoundError:
            raise _missing() from None
        async for piece in result.stream(min_chunk_size=CHUNK):
            yield piece

    async def fetch_to(self, key: str, path: Path) -> int:
        """Copy a blob into the local file `path`; returns its size in bytes."""
        size = 0
        file = await asyncio.to_thread(path.open, "wb")
        try:
            async for piece in self.stream(key):
                size += await asyncio.to_thread(file.write, piece)
        finally:
            await asyncio.to_thread(file.close)
        return size

    async def delete(self, key: str) -> None:
        """Remove a key; a missing one is as good as removed."""
        _check_key(key)
        try:
            await obstore.delete_async(self._store, key)
        except FileNotFoundError:
            return

    async def presign(self, key: str, seconds: int) -> str | None:
        """A URL that anybody may GET for `seconds`, or None where the store has no URLs of its own or its credentials
        cannot sign (GCS without a service account's key): the file is then streamed."""
        _check_key(key)
        if not isinstance(self._store, S3Store | GCSStore | AzureStore):
            return None
        try:
            return await obstore.sign_async(self._store, "GET", key, timedelta(seconds=seconds))
        except (BaseError, NotImplementedError):
            return None

    async def check(self) -> None:
        """Write, read and remove a small blob. Raises ConfigurationError with one line for the operator."""
        key = f"check/{secrets.token_hex(16)}"
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await obstore.put_async(self._store, key, b"mediakiln")
                await self.head(key)
                await self.delete(key)
        except (BaseError, OSError, NotFound, TimeoutError) as error:
            raise ConfigurationError(f"storage: cannot write and read back: {_line(error)}") from None


def _flush(path: Path) -> None:
    """Put a file and its name on the disk: a task whose success is durable must not lose its output to a power cut."""
    for each in (path, path.parent):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _move(path: Path, into: Path) -> bool:
    """Move a file into the store's folder, durably; False when that lies on another disk."""
    into.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.replace(into)
    except OSError as error:
        if error.errno == errno.EXDEV:
            return False
        raise
    _flush(into)
    return True


def _folder(path: Path) -> LocalStore:
    path = path.resolve()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return LocalStore(path)


def _bucket(url: str) -> ObjectStore:
    if not url.startswith(_SCHEMES):
        raise ValueError(f"allowed: {', '.join(_SCHEMES)} or nothing for a local folder")
    return from_url(
        url,
        # An operator who names an http:// endpoint (MinIO in the same network) means it; the default endpoints are https.
        client_options={"connect_timeout": "5s", "timeout": "15min", "allow_http": True},
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=30)},
    )


def _check_key(key: str) -> None:
    if not is_key(key):
        raise _missing()


def _missing() -> NotFound:
    return NotFound("No such file.")


def _quoted(etag: str) -> str:
    return etag if etag.endswith('"') else f'"{etag}"'


def _line(error: BaseException) -> str:
    """The first line of an obstore message; the rest is a debug dump."""
    return (str(error) or type(error).__name__).splitlines()[0]
