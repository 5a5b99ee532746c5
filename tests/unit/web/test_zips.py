"""Zips that are sent while they are made."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mediakiln.errors import NotFound
from mediakiln.web import zips
from mediakiln.web.zips import Member, zip_stream

MADE = 1_735_689_598_000  # 2024-12-31T23:59:58Z


async def made(files: dict[str, bytes], piece: int = 100) -> tuple[zipfile.ZipFile, list[bytes]]:
    """The zip of these files, read in pieces, and the pieces it came in."""

    async def read(key: str) -> AsyncIterator[bytes]:
        for at in range(0, len(files[key]), piece):
            yield files[key][at : at + piece]

    members = [Member(name, name, len(data), MADE) for name, data in files.items()]
    sent = [each async for each in zip_stream(members, read)]
    return zipfile.ZipFile(io.BytesIO(b"".join(sent))), sent


@settings(max_examples=40, deadline=None)
@given(
    files=st.dictionaries(st.text("abcäöü猫 .-", min_size=1, max_size=20), st.binary(max_size=2_000), max_size=6),
    piece=st.integers(1, 700),
)
def test_round_trip(files: dict[str, bytes], piece: int) -> None:
    """What went in comes out, by name, with a right checksum."""
    archive, _ = asyncio.run(made(files, piece))
    assert {name: archive.read(name) for name in archive.namelist()} == files
    assert archive.testzip() is None


async def test_it_is_streamed() -> None:
    """The first piece goes out when the first was read; nothing is gathered."""
    _, sent = await made({"a": bytes(10_000), "b": bytes(10_000)}, 1_000)
    assert max(map(len, sent)) < 1_300
    assert len(sent) > 20


async def test_stored_and_dated() -> None:
    """Members are not compressed again, and carry their own time."""
    archive, _ = await made({"a.png": bytes(1_000)})
    [info] = archive.infolist()
    assert (info.compress_type, info.compress_size, info.date_time) == (zipfile.ZIP_STORED, 1_000, (2024, 12, 31, 23, 59, 58))


async def test_long_members_take_64_bit_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a member may not fit 32 bits, its sizes have 64; every reader in use knows them."""
    plain = b"".join((await made({"a": bytes(1_000), "b": b"x"}))[1])
    monkeypatch.setattr(zips, "LONG", 1_000)
    archive, sent = await made({"a": bytes(1_000), "b": b"x"})
    assert archive.read("a") == bytes(1_000)
    # 20 bytes of extra field in the local header, and 8 more in the descriptor.
    assert len(b"".join(sent)) == len(plain) + 28


async def test_a_member_that_is_gone_breaks_off() -> None:
    """Its file vanished after the first byte went out: the zip ends there, and cannot be taken for a whole one."""

    async def read(key: str) -> AsyncIterator[bytes]:
        if key == "gone":
            raise NotFound("gone")
        yield b"x"

    sent: list[bytes] = []

    async def send() -> None:
        async for piece in zip_stream([Member("a", "a", 1, MADE), Member("b", "gone", 1, MADE)], read):
            sent.append(piece)

    with pytest.raises(NotFound):
        await send()
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(sent)))


async def test_a_reader_that_goes_away() -> None:
    """Closing the stream in the middle is no error."""
    stream = zip_stream([Member("a", "a", 2, MADE)], _two)
    await anext(stream)
    await stream.aclose()  # type: ignore[attr-defined]


async def _two(_key: str) -> AsyncIterator[bytes]:
    yield b"x"
    yield b"y"
