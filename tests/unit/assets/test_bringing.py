"""Files that become assets: fetched through the safe door, checked, kept as uploads; on both databases."""

from __future__ import annotations

import asyncio
import base64
import math
import re
import wave
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image
from sqlalchemy.ext.asyncio import AsyncEngine
from unit.assets.makers import Serve, clip, picture, reply
from unit.assets.uploading import ME, OTHER, Bench, open_bench

from mediakiln.assets import groups, library
from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.bringing import bring, place
from mediakiln.assets.fetch import FetchDoor
from mediakiln.assets.groups import Asset
from mediakiln.assets.inputs import InputResolver
from mediakiln.assets.limits import LIMITS
from mediakiln.assets.uploads import Uploads
from mediakiln.database.engine import reading, writing
from mediakiln.errors import FetchFailed, InvalidRequest, NotFound, TooLarge, Unreachable

BASE = "http://kiln.test"
PUBLIC = "https://media.example.com"


class Shelf:
    """One account's group, and what it takes to fill it."""

    def __init__(self, bench: Bench, group_id: str, quota: int = 0) -> None:
        self.bench = bench
        self.group_id = group_id
        door = FetchDoor(allow=("127.0.0.1",), max_bytes=2_000_000, timeout=3)
        self.inputs = InputResolver(door, bench.blobs, public_url=PUBLIC, max_bytes=2_000_000, max_pixels=40_000_000)
        self.uploads = Uploads(
            bench.engine, bench.blobs, scratch=bench.uploads.scratch, max_bytes=2_000_000, max_pixels=40_000_000, quota=quota
        )

    async def bring(self, source: str, kind: str = "image", **more: Any) -> Asset:
        """Make an asset of this."""
        given = {"group_id": self.group_id, "name": "Heroine"} | more
        name = given["name"]
        upload = await bring(self.bench.engine, self.uploads, self.inputs, ME, source, kind=kind, name=name, base_url=BASE)
        async with writing(self.bench.engine) as connection:
            return await place(connection, upload, **given)

    async def left(self) -> tuple[tuple[int, int, int], list[str], list[Path]]:
        """Rows, blobs and scratch."""
        return await self.bench.rows(), self.bench.stored(), list(self.uploads.scratch.iterdir())


@pytest.fixture
async def bench(engine: AsyncEngine, tmp_path: Path, blobs: BlobStore) -> Bench:
    """Uploads on an empty database."""
    return await open_bench(engine, tmp_path, blobs)


@pytest.fixture
async def shelf(bench: Bench) -> Shelf:
    """An empty group of ME's."""
    async with writing(bench.engine) as connection:
        made = await groups.create_group(connection, ME, name="cast", project="default")
    return Shelf(bench, made.id)


def still(extension: str = "png", size: tuple[int, int] = (320, 300)) -> bytes:
    """A picture of an allowed size."""
    return picture(extension, size)


def film(extension: str = "mp4", seconds: int = 3, side: int = 320) -> bytes:
    """A video of some seconds."""
    buffer = BytesIO()
    with av.open(buffer, "w", format=extension) as container:
        track = container.add_stream("libx264", rate=5)
        track.width = track.height = side
        track.pix_fmt = "yuv420p"
        for n in range(seconds * 5):
            container.mux(track.encode(av.VideoFrame.from_image(Image.new("RGB", (side, side), (n, 0, 0)))))
        container.mux(track.encode())
    return buffer.getvalue()


def tone(seconds: int = 3) -> bytes:
    """A WAV of some seconds of silence."""
    buffer = BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(16_000 * seconds))
    return buffer.getvalue()


@pytest.mark.parametrize("extension", ["png", "jpg", "webp", "bmp", "tiff", "gif"])
async def test_pictures(shelf: Shelf, serve: Serve, extension: str) -> None:
    """Every format of the seed, whatever the link calls it; the file is an upload of its owner's, under the asset's name."""
    made = await shelf.bring(f"http://127.0.0.1:{await serve(reply(body=still(extension)))}/x.exe")
    async with reading(shelf.bench.engine) as connection:
        assert await groups.find_asset(connection, ME, made.id) == made
    assert (made.kind, made.name, made.group_id) == ("image", "Heroine", shelf.group_id)
    assert made.path.startswith(f"/uploads/{ME}/images/")
    assert await shelf.bench.read(made.path) == still(extension)
    assert (await shelf.left())[2] == []


@pytest.mark.parametrize(
    ("data", "kind", "media_type"),
    [(film(), "video", "video/mp4"), (film("mov"), "video", "video/quicktime"), (tone(), "audio", "audio/wav")],
)
async def test_video_and_sound(shelf: Shelf, serve: Serve, data: bytes, kind: str, media_type: str) -> None:
    """They are assets of their kind."""
    made = await shelf.bring(f"http://127.0.0.1:{await serve(reply(body=data))}/", kind)
    assert (made.media_type, made.kind) == (media_type, kind)


async def test_the_name_in_the_library(shelf: Shelf, serve: Serve) -> None:
    """The asset's, else the link's, with the extension of what the file is."""
    url = f"http://127.0.0.1:{await serve(reply(body=still('jpg')))}/a/caf%C3%A9.png?x=1"
    data = f"data:image/png;base64,{base64.b64encode(still()).decode()}"
    for source, name, filename in ((url, "", "café.jpg"), (url, "../Ann\u202e", "Ann.jpg"), (data, "", "asset.png")):
        made = await shelf.bring(source, name=name)
        async with reading(shelf.bench.engine) as connection:
            assert (await library.find(connection, ME, made.path)).filename == filename


@pytest.mark.parametrize(
    ("data", "kind", "said"),
    [
        (still(size=(299, 400)), "image", r"got 299x400 pixels; allowed: 300 to 6000 on each side"),
        (still(size=(6001, 3000)), "image", r"got 6001x3000 pixels; allowed: 300 to 6000 on each side"),
        (still(size=(300, 751)), "image", r"got 300x751 pixels; allowed: a width of 0.4 to 2.5 times the height"),
        (still(size=(751, 300)), "image", r"got 751x300 pixels; allowed: a width of 0.4 to 2.5 times the height"),
        (still("avif"), "image", r"got image/avif; allowed: image/jpeg, image/png, image/webp, image/bmp, image/tiff, image/gif"),
        (still(), "video", r"got image/png; allowed: video/mp4"),
        (film(), "image", r"got video/mp4; allowed: image/png"),
        (film(side=64), "video", r"got 64x64 pixels"),
        (clip("webm", video="libvpx-vp9", side=320), "video", r"got video/webm; allowed: video/mp4, video/quicktime"),
        (tone(1), "audio", r"got 1.0 seconds; allowed: 2 to 15 seconds"),
        (tone(16), "audio", r"got 16.0 seconds; allowed: 2 to 15 seconds"),
        (clip("ogg", video=None, audio="libopus"), "audio", r"got audio/ogg; allowed: audio/mpeg, audio/wav"),
        (still()[:200], "image", r"contents that do not decode; allowed: a complete file"),
        (b"<html>" * 100, "image", r"with other contents"),
    ],
)
async def test_what_may_not_be_an_asset(shelf: Shelf, serve: Serve, data: bytes, kind: str, said: str) -> None:
    """It is told what was got and what is allowed, and nothing stays."""
    with pytest.raises(FetchFailed, match=said):
        await shelf.bring(f"http://127.0.0.1:{await serve(reply(body=data))}/", kind)
    assert await shelf.left() == ((0, 0, 0), [], [])


@pytest.mark.parametrize("size", [(300, 300), (300, 750), (750, 300), (6000, 2400)])
async def test_the_bounds_are_allowed(shelf: Shelf, serve: Serve, size: tuple[int, int]) -> None:
    """Both ends of every interval (wire file, section 9, point 12)."""
    await shelf.bring(f"http://127.0.0.1:{await serve(reply(body=still(size=size)))}/")


def test_thirty_megabytes_are_too_many() -> None:
    """The seed says less than 30 MB."""
    limits = LIMITS["image"]
    limits.check("image/png", 30 * 1024 * 1024 - 1, 400, 400, None, field="x")
    with pytest.raises(FetchFailed, match="allowed: less than 31457280"):
        limits.check("image/png", 30 * 1024 * 1024, 400, 400, None, field="x")
    assert math.isinf(limits.seconds[1])


@pytest.mark.parametrize(
    "source",
    [
        "http://127.0.0.2/a.png",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:10.0.0.1]/",
        "http://localhost:1/",
        "http://user:word@127.0.0.1/",
        "file:///etc/passwd",
        "ftp://example.com/a.png",
        "asset://asset-20260404120000-aaaaa",
        "up_123",
        "cat.png",
        "/uploads/../x",
        "/uploads/a\x00b",
    ],
)
async def test_where_nothing_is_fetched_from(shelf: Shelf, source: str) -> None:
    """Private hosts, other schemes, odd paths."""
    with pytest.raises(InvalidRequest, match="allowed: "):
        await shelf.bring(source)
    assert await shelf.left() == ((0, 0, 0), [], [])


async def test_a_redirect_inwards_is_refused(shelf: Shelf, serve: Serve) -> None:
    """The door checks each hop."""
    port = await serve(reply("302 Found", "Location: http://127.0.0.2/a.png\r\n"))
    with pytest.raises(Unreachable):
        await shelf.bring(f"http://127.0.0.1:{port}/")


async def test_own_files(shelf: Shelf) -> None:
    """A result or an upload by its link is copied: each may be deleted without the other."""
    upload = await shelf.bench.add(still())
    for source in (upload.path, BASE + upload.path, PUBLIC + upload.path + "?x"):
        made = await shelf.bring(source)
        assert made.path != upload.path
    await shelf.uploads.delete(ME, upload.path, permanent=False)
    theirs = await shelf.bench.add(still(), who=OTHER)
    words = []
    for path in (upload.path, theirs.path, theirs.path.replace(OTHER, ME)):
        with pytest.raises(FetchFailed, match="does not exist; allowed: one of your own files") as caught:
            await shelf.bring(BASE + path)
        words.append(re.sub(r"/uploads/[^,]*", "", str(caught.value)))
    assert len(set(words)) == 1
    assert await shelf.bench.read(made.path) == still()


async def test_the_quota_holds(bench: Bench, shelf: Shelf, serve: Serve) -> None:
    """An asset counts like any upload."""
    small = Shelf(bench, shelf.group_id, quota=len(still()) * 2)
    url = f"http://127.0.0.1:{await serve(reply(body=still()))}/"
    await small.bring(url)
    await small.bring(url)
    with pytest.raises(TooLarge, match="allowed: "):
        await small.bring(url)


async def test_a_group_that_is_gone_by_then(bench: Bench, shelf: Shelf, serve: Serve) -> None:
    """The file that came for it ends by itself."""

    async def slow(_reader: object, writer: asyncio.StreamWriter, _head: bytes) -> None:
        async with writing(bench.engine) as connection:
            await groups.delete_group(connection, ME, shelf.group_id)
        writer.write(reply(body=still()))
        await writer.drain()

    with pytest.raises(NotFound, match="the id of one of your groups"):
        await shelf.bring(f"http://127.0.0.1:{await serve(slow)}/")
    async with reading(bench.engine) as connection:
        assert (await groups.assets(connection, ME, sort=groups.Sort(), limit=1, offset=0))[0] == 0
        assert (await library.uploads(connection, ME, kinds=None, deleted=True, threads=False, limit=1, offset=0))[0] == 0


async def test_two_at_once(shelf: Shelf, serve: Serve) -> None:
    """Two creates in one group, of the same link, are two assets."""
    url = f"http://127.0.0.1:{await serve(reply(body=still()))}/"
    made = await asyncio.gather(*(shelf.bring(url) for _ in range(2)))
    assert len({each.id for each in made} | {each.path for each in made}) == 4
