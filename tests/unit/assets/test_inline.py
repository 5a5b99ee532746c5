"""Inputs that are brought in at submit; on both databases."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from unit.assets.makers import Serve, clip, picture, reply
from unit.assets.uploading import ME, OTHER, Bench, keys, open_bench

from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.fetch import FetchDoor
from mediakiln.assets.inline import InlineInputs
from mediakiln.assets.inputs import InputResolver
from mediakiln.assets.outputs import delete_expired
from mediakiln.database.engine import reading
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import asset
from mediakiln.errors import FetchFailed, InvalidRequest, Unreachable
from mediakiln.generation import MediaInput, Role

PUBLIC = "https://media.example.com"


@pytest.fixture
async def bench(engine: AsyncEngine, tmp_path: Path, blobs: BlobStore) -> Bench:
    """Uploads on an empty database."""
    return await open_bench(engine, tmp_path, blobs)


@pytest.fixture
def inline(bench: Bench) -> InlineInputs:
    """Inputs whose door lets 127.0.0.1 pass, with limits of 50 kB and 100,000 pixels."""
    door = FetchDoor(allow=("127.0.0.1",), max_bytes=50_000, timeout=3)
    resolver = InputResolver(door, bench.blobs, public_url=PUBLIC, max_bytes=50_000, max_pixels=100_000)
    return InlineInputs(bench.engine, bench.blobs, resolver, scratch=bench.uploads.scratch)


async def adopted(inline: InlineInputs, source: str, role: Role = Role.IMAGE) -> str:
    """The source after adoption."""
    item = await inline.adopt_remote(ME, MediaInput(role, source))
    assert item.role is role
    return item.source


async def test_a_url_is_fetched_now(bench: Bench, inline: InlineInputs, serve: Serve) -> None:
    """It becomes a file of ours that ends by itself, and is in no library."""
    port = await serve(reply(body=picture()))
    path = await adopted(inline, f"http://127.0.0.1:{port}/a.jpg")
    assert path.startswith(f"/uploads/{ME}/inputs/")
    assert await bench.read(path) == picture()
    async with reading(bench.engine) as connection:
        [row] = (await connection.execute(select(asset.c.upload_id, asset.c.task_id, asset.c.expires_at))).all()
    assert (row.upload_id, row.task_id) == (None, None)
    assert row.expires_at > now_ms()
    assert list(bench.uploads.scratch.iterdir()) == []


async def test_adopt_leaves_urls_for_later_unless_told(inline: InlineInputs, serve: Serve) -> None:
    """`fetch_now` is the difference; inline pictures are taken in both ways."""
    url = f"http://127.0.0.1:{await serve(reply(body=picture()))}/"
    item = MediaInput(Role.IMAGE, url)
    assert await inline.adopt(ME, item) is item
    assert (await inline.adopt(ME, item, fetch_now=True)).source.startswith("/uploads/")
    data = MediaInput(Role.IMAGE, f"data:image/png;base64,{base64.b64encode(picture()).decode()}")
    for now in (False, True):
        assert (await inline.adopt(ME, data, fetch_now=now)).source.startswith("/uploads/")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (reply("404 Not Found"), Unreachable),
        (reply("500 Oops"), Unreachable),
        (b"nonsense\r\n\r\n", Unreachable),
        (reply(body=b"<html>"), FetchFailed),
        (reply(body=clip()), FetchFailed),
        (reply(body=picture()[:60]), FetchFailed),
        (reply(body=picture(size=(500, 500))), FetchFailed),
    ],
)
async def test_a_url_that_cannot_be_had(bench: Bench, inline: InlineInputs, serve: Serve, answer: bytes, kind: type) -> None:
    """A host that does not deliver is Unreachable, wrong contents are not; nothing stays."""
    with pytest.raises(InvalidRequest, match=r"^inputs: .*; allowed: ") as caught:
        await adopted(inline, f"http://127.0.0.1:{await serve(answer)}/")
    assert type(caught.value) is kind
    assert (await bench.rows(), bench.stored(), list(bench.uploads.scratch.iterdir())) == ((0, 0, 0), [], [])


@pytest.mark.parametrize(
    "source", ["http://127.0.0.2/a.png", "ftp://x/y", "cat.png", "up_123", "/uploads/../x", "/uploads/a\x00b"]
)
async def test_what_could_never_work(inline: InlineInputs, source: str) -> None:
    """Private hosts, other schemes and odd paths are refused as they are at every submit."""
    with pytest.raises(InvalidRequest, match=r"^inputs: "):
        await adopted(inline, source)


async def test_own_files(bench: Bench, inline: InlineInputs) -> None:
    """An upload by its path or its link is used as it is; of another kind, too large or deleted it is refused."""
    upload = await bench.add(picture())
    item = MediaInput(Role.IMAGE, upload.path)
    assert await inline.adopt_remote(ME, item) is item
    assert await adopted(inline, PUBLIC + upload.path + "?download=1") == upload.path
    sound = await bench.add(clip("wav", video=None, audio="pcm_s16le"), kind="audio")
    assert await adopted(inline, sound.path, Role.REFERENCE_AUDIO) == sound.path
    with pytest.raises(FetchFailed, match=r"^inputs: got audio/wav; allowed: image/png"):
        await adopted(inline, sound.path)
    large = await bench.add(picture() + bytes(60_000))
    with pytest.raises(FetchFailed, match=rf"^inputs: got a file of {large.size} bytes; allowed: at most 50000"):
        await adopted(inline, large.path)
    await bench.uploads.delete(ME, upload.path, permanent=False)
    with pytest.raises(FetchFailed, match="does not exist"):
        await adopted(inline, upload.path)


async def test_foreign_is_missing(bench: Bench, inline: InlineInputs) -> None:
    """Another account's file is refused in the words for one that never was."""
    theirs = (await bench.add(picture(), who=OTHER)).path
    missing = theirs.replace(OTHER, ME)
    words = []
    for path in (theirs, missing):
        with pytest.raises(FetchFailed) as caught:
            await adopted(inline, path)
        words.append(str(caught.value).replace(OTHER, ME))
    assert words[0] == words[1]


async def test_discard_never_touches_the_library(bench: Bench, inline: InlineInputs, serve: Serve) -> None:
    """What was adopted goes with the next sweep; an upload that was named as an input stays."""
    upload = await bench.add(picture())
    fetched = await inline.adopt_remote(ME, MediaInput(Role.IMAGE, f"http://127.0.0.1:{await serve(reply(body=picture()))}/"))
    await inline.discard([fetched, MediaInput(Role.IMAGE, upload.path)])
    assert await delete_expired(bench.engine, bench.blobs, now_ms()) == 1
    assert bench.stored() == keys(upload)
