"""A zip file that is sent while it is made: stored, not compressed, since pictures and videos are already."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime

from msgspec import Struct

LONG = 2**31 - 2**24
"""Bytes from which a member takes 64 bit sizes; zipfile's own limit is a little higher."""


class Member(Struct, frozen=True):
    """A file on its way into a zip: its name there, where it comes from, `size` in bytes, `modified` in milliseconds."""

    name: str
    key: str
    size: int
    modified: int


async def zip_stream(members: Sequence[Member], read: Callable[[str], AsyncIterator[bytes]]) -> AsyncIterator[bytes]:
    """The bytes of a zip of `members`, whose contents `read(key)` streams. No more is in memory than one piece of it."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for member in members:
            # Sizes and checksums follow the contents, since they are not known before (APPNOTE.TXT, 4.3.9).
            info = zipfile.ZipInfo(member.name, datetime.fromtimestamp(member.modified / 1000, UTC).timetuple()[:6])
            info.external_attr = 0o644 << 16
            with archive.open(info, "w", force_zip64=member.size >= LONG) as into:
                async for piece in read(member.key):
                    into.write(piece)
                    yield sink.take()
    yield sink.take()


class _Sink:
    """A file that can only be written; it has no place to seek to, so zipfile never looks back."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._written.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        return

    def close(self) -> None:
        return

    def take(self) -> bytes:
        """What was written since the last call."""
        written, self._written = self._written, []
        return b"".join(written)
