"""One suite for every blob store: a local folder, and S3 as moto's server speaks it on loopback."""

from __future__ import annotations

import errno
import io
import os
import secrets
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import boto3
import httpx
import pytest
from apps import serving, small_clip, small_picture
from moto.server import ThreadedMotoServer

from mediakiln.assets.blobs import PART, Blob, BlobStore, is_key
from mediakiln.errors import ConfigurationError, NotFound

KEY = "uploads/a-1/images/2025/01/31/0123456789abcdef0123456789abcdef_0.png"


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    """The address of an S3 server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a fresh bucket with a prefix; the environment says how to reach it, as an operator's would."""
    credentials = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "us-east-1"}
    for name, value in (credentials | {"AWS_ENDPOINT_URL": s3_server}).items():
        monkeypatch.setenv(name, value)
    bucket = f"bucket-{secrets.token_hex(4)}"
    boto3.client("s3", endpoint_url=s3_server, region_name="us-east-1").create_bucket(Bucket=bucket)
    return f"s3://{bucket}/some/prefix"


@pytest.fixture(params=["local", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    """An empty store; every test runs on both kinds."""
    return BlobStore.open("" if request.param == "local" else request.getfixturevalue("s3"), tmp_path / "data")


async def put(blobs: BlobStore, tmp_path: Path, data: bytes, key: str = KEY) -> Blob:
    """Store these bytes."""
    path = tmp_path / "source"
    path.write_bytes(data)
    return await blobs.put_file(key, path, "image/png")


async def read(blobs: BlobStore, start: int = 0, end: int | None = None) -> bytes:
    """Everything that a stream gives."""
    return b"".join([piece async for piece in blobs.stream(KEY, start, end)])


async def test_round_trip(blobs: BlobStore, tmp_path: Path) -> None:
    """What was put is found, with its size, a quoted tag and a time, and reads back in whole and in part."""
    data = os.urandom(1000)
    stored = await put(blobs, tmp_path, data)
    assert stored == await blobs.head(KEY)
    assert stored.size == 1000
    assert stored.etag[0] == stored.etag[-1] == '"'
    assert stored.last_modified > 1_700_000_000_000
    assert await read(blobs) == data
    assert await read(blobs, 10) == data[10:]
    assert await read(blobs, 0, 10) == data[:10]
    assert await read(blobs, 990, 1000) == data[990:]
    assert await read(blobs, 5, 5) == b""
    assert await blobs.fetch_to(KEY, tmp_path / "copy") == 1000
    assert (tmp_path / "copy").read_bytes() == data


async def test_large_file(blobs: BlobStore, tmp_path: Path) -> None:
    """A file of several parts arrives whole and streams in small pieces."""
    data = os.urandom(PART * 2 + 12_345)
    assert (await put(blobs, tmp_path, data)).size == len(data)
    pieces = [piece async for piece in blobs.stream(KEY)]
    assert b"".join(pieces) == data
    assert max(map(len, pieces)) <= 2 * 1024 * 1024
    assert await read(blobs, PART - 5, PART + 5) == data[PART - 5 : PART + 5]


async def test_overwrite_and_empty(blobs: BlobStore, tmp_path: Path) -> None:
    """A second put replaces the first, with another tag; an empty file is a file."""
    first = await put(blobs, tmp_path, b"first")
    second = await put(blobs, tmp_path, b"another")
    assert first.etag != second.etag
    assert await read(blobs) == b"another"
    assert (await put(blobs, tmp_path, b"")).size == 0
    assert await read(blobs) == b""


async def test_take_file(blobs: BlobStore, tmp_path: Path) -> None:
    """Taken like put; a local folder moves the file in, over what was there, and needs no room for a second copy."""
    await put(blobs, tmp_path, b"before")
    source = tmp_path / "taken"
    source.write_bytes(b"after")
    assert (await blobs.take_file(KEY, source, "image/png")).size == 5
    assert await read(blobs) == b"after"
    for key in ("../a", "a//b"):
        source.write_bytes(b"x")
        with pytest.raises(NotFound):
            await blobs.take_file(key, source, "image/png")


async def test_take_file_from_another_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file cannot be moved it is copied; other trouble is told."""
    blobs, source = BlobStore.open("", tmp_path / "data"), tmp_path / "taken"
    source.write_bytes(b"x")

    def cross(error: int) -> None:
        def fail(*_: object) -> None:
            raise OSError(error, "no")

        monkeypatch.setattr(Path, "replace", fail)

    cross(errno.EXDEV)
    assert (await blobs.take_file(KEY, source, "image/png")).size == 1
    cross(errno.EACCES)
    with pytest.raises(OSError, match="no"):
        await blobs.take_file(KEY, source, "image/png")


async def test_missing(blobs: BlobStore, tmp_path: Path) -> None:
    """A missing key is NotFound wherever it is read, and fine to delete, twice."""
    for attempt in (blobs.head(KEY), read(blobs), read(blobs, 0, 5), blobs.fetch_to(KEY, tmp_path / "copy")):
        with pytest.raises(NotFound):
            await attempt
    await put(blobs, tmp_path, b"x")
    await blobs.delete(KEY)
    await blobs.delete(KEY)
    with pytest.raises(NotFound):
        await blobs.head(KEY)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "/a",
        "a/",
        "a//b",
        "..",
        "../a",
        "a/../b",
        "a/./b",
        ".hidden",
        "a/.b",
        "a\\b",
        "a\x00b",
        "a b",
        "a%2e",
        "a#1",
        "é",
        "a" * 301,
    ],
)
async def test_malformed_keys(blobs: BlobStore, tmp_path: Path, key: str) -> None:
    """A key that could leave the store, hide in it or hit its temporary files is NotFound, in every method."""
    assert not is_key(key)
    (tmp_path / "source").write_bytes(b"x")
    for attempt in (
        blobs.head(key),
        blobs.put_file(key, tmp_path / "source", "image/png"),
        blobs.delete(key),
        blobs.presign(key, 60),
        anext(blobs.stream(key)),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_check(blobs: BlobStore) -> None:
    """A working store passes its check, again and again."""
    await blobs.check()
    await blobs.check()


async def test_presign(blobs: BlobStore, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A bucket gives a URL that anybody can GET, with the media type that was stored; a folder has none."""
    await put(blobs, tmp_path, b"picture")
    link = await blobs.presign(KEY, 60)
    if "local" in request.node.name:
        assert link is None
        return
    assert link is not None
    answer = httpx.get(link, trust_env=False)
    assert (answer.content, answer.headers["content-type"]) == (b"picture", "image/png")


async def test_local_permissions(tmp_path: Path) -> None:
    """The local folder is this user's alone, also when it was there before; no temporary file stays."""
    (tmp_path / "data/blobs").mkdir(parents=True)
    blobs = BlobStore.open("", tmp_path / "data")
    await put(blobs, tmp_path, b"x")
    assert stat.S_IMODE((tmp_path / "data/blobs").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "data/blobs").rglob("*") if path.is_file()] == [KEY.rpartition("/")[2]]


@pytest.mark.parametrize("url", ["ftp://x/y", "http://127.0.0.1/x", "file:///etc", "s3://", "nonsense"])
def test_wrong_urls(tmp_path: Path, url: str) -> None:
    """A storage URL of another kind is the operator's error, in one line."""
    with pytest.raises(ConfigurationError, match=r"^storage: cannot open [^\n]*$"):
        BlobStore.open(url, tmp_path)


async def test_check_tells_what_is_wrong(s3: str, tmp_path: Path) -> None:
    """A bucket that does not exist fails the check in one line."""
    with pytest.raises(ConfigurationError, match=r"^storage: cannot write and read back: [^\n]*$"):
        await BlobStore.open("s3://no-such-bucket-here", tmp_path).check()


async def test_uploads_on_a_bucket(s3: str, tmp_path: Path) -> None:
    """The whole way on S3: upload, chunks in any order, links by redirect, download, zip, removal; nothing stays."""
    api, clip = "/api/v1", small_clip()
    async with serving(tmp_path / "data", worker=False, storage_url=s3) as house:
        ann = await house.caller()
        sent = await ann.post(f"{api}/storage/upload", files={"file": ("a.png", small_picture())}, data={"file_type": "image"})
        picture = sent.json()["data"]
        init = {"filename": "b.mp4", "file_type": "video", "total_size": len(clip), "chunk_size": 600}
        session = (await ann.post(f"{api}/storage/upload/chunk/init", json=init)).json()["data"]
        path = f"{api}/storage/upload/chunk/{session['session_id']}"
        for number in reversed(range(1, session["total_chunks"] + 1)):
            piece = clip[(number - 1) * 600 : number * 600]
            answer = await ann.post(path, data={"chunk_number": str(number)}, files={"chunk": ("blob", piece)})
            assert answer.status_code == 200, answer.text
        video = (await ann.post(f"{path}/complete")).json()["data"]
        redirect = await house.client.get(video["path"])
        assert redirect.status_code == 307
        assert httpx.get(redirect.headers["location"], trust_env=False).content == clip
        assert (await ann.get(f"{api}/drawing/download", params={"url": video["url"]})).content == clip
        urls = {"urls": [picture["url"], video["path"]]}
        archive = zipfile.ZipFile(io.BytesIO((await ann.post(f"{api}/drawing/download-zip", json=urls)).content))
        assert {name: archive.read(name) for name in archive.namelist()} == {"a.png": small_picture(), "b.mp4": clip}
        for each in (picture, video):
            gone = await ann.request("DELETE", f"{api}/storage/upload/{each['upload_id']}", params={"permanent": "true"})
            assert gone.status_code == 200
            assert (await house.client.get(each["path"])).status_code == 404
        bucket = s3.removeprefix("s3://").partition("/")[0]
        client = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"], region_name="us-east-1")
        assert client.list_objects_v2(Bucket=bucket).get("Contents", []) == []
        assert list((tmp_path / "data/scratch").iterdir()) == []
