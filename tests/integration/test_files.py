"""Finished files over a real server: headers, ranges, revalidation, traversal, redirects to a bucket."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import httpx
import pytest
import uvicorn
from litestar import Litestar
from moto.server import ThreadedMotoServer

from mediakiln.assets.blobs import BlobStore
from mediakiln.web.files import files_router

NAME = "0123456789abcdef0123456789abcdef_0"
PATH = f"/uploads/0190d0c0-0000-7000-8000-000000000001/images/2025/01/31/{NAME}.png"
DATA = os.urandom(1000)


@contextmanager
def server(blobs: BlobStore) -> Iterator[str]:
    """The address of a real uvicorn, in a thread of its own, that serves nothing but the files."""
    app = Litestar([files_router(blobs)])
    running = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            running.should_exit = True
            thread.join(10)


def connect(address: str) -> httpx.AsyncClient:
    """A client that only speaks plain HTTP to this server."""
    return httpx.AsyncClient(base_url=address, trust_env=False, verify=False, timeout=20)


async def put(blobs: BlobStore, path: str, data: bytes, folder: Path) -> None:
    """Store these bytes under a public path."""
    (folder / "source").write_bytes(data)
    await blobs.put_file(path[1:], folder / "source", "image/png")


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> BlobStore:
    """A local store with one file of 1,000 random bytes."""
    folder = tmp_path_factory.mktemp("files")
    store = BlobStore.open("", folder / "data")
    asyncio.run(put(store, PATH, DATA, folder))
    return store


@pytest.fixture(scope="module")
def address(blobs: BlobStore) -> Iterator[str]:
    """The server on the local store."""
    with server(blobs) as started:
        yield started


@pytest.fixture
async def client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of that server."""
    async with connect(address) as connected:
        yield connected


def assert_safe(answer: httpx.Response) -> None:
    """Every answer tells browsers to sandbox it and lets pages embed it."""
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_get_and_head(client: httpx.AsyncClient) -> None:
    """GET gives the file and everything a cache and a player need; HEAD gives the same headers alone."""
    got, head = await client.get(PATH), await client.head(PATH)
    assert (got.status_code, got.content) == (200, DATA)
    assert (head.status_code, head.content) == (200, b"")
    for answer in (got, head):
        assert_safe(answer)
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["content-length"] == "1000"
        assert answer.headers["accept-ranges"] == "bytes"
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert answer.headers["content-disposition"] == f'inline; filename="{NAME}.png"'
        assert answer.headers["last-modified"].endswith(" GMT")
        assert answer.headers["etag"].startswith('"')
    assert "set-cookie" not in got.headers


async def test_download(client: httpx.AsyncClient) -> None:
    """`?download=1` turns the disposition alone."""
    got = await client.get(PATH, params={"download": "1"})
    assert got.headers["content-disposition"] == f'attachment; filename="{NAME}.png"'
    assert got.content == DATA


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=10-10", 10, 11),
        ("bytes=990-", 990, 1000),
        ("bytes=990-5000", 990, 1000),
        ("bytes=0-999999999999999999", 0, 1000),
        ("bytes=-10", 990, 1000),
        ("bytes=-5000", 0, 1000),
        ("bytes= 0-0", 0, 1),
    ],
)
async def test_range(client: httpx.AsyncClient, asked: str, start: int, end: int) -> None:
    """One range, from the front, the middle or the end, answers 206 with exactly those bytes."""
    got = await client.get(PATH, headers={"Range": asked})
    assert (got.status_code, got.content) == (206, DATA[start:end])
    assert got.headers["content-range"] == f"bytes {start}-{end - 1}/1000"
    assert got.headers["content-length"] == str(end - start)
    assert_safe(got)


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=5000-6000", "bytes=-0"])
async def test_range_outside(client: httpx.AsyncClient, asked: str) -> None:
    """A range that lies outside the file answers 416 with the file's size."""
    got = await client.get(PATH, headers={"Range": asked})
    assert (got.status_code, got.headers["content-range"]) == (416, "bytes */1000")
    assert got.json()["error"]["code"] == "range_not_satisfiable"
    assert_safe(got)


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-1,5-6",
        "bytes=5-4",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "items=0-1",
        "bytes 0-1",
        "bytes=" + "1" * 30 + "-",
        "bytes=٣-",
    ],
)
async def test_range_ignored(client: httpx.AsyncClient, asked: str) -> None:
    """Several ranges, other units and malformed ones are answered with the whole file."""
    got = await client.get(PATH, headers={"Range": asked.encode()})
    assert (got.status_code, got.content) == (200, DATA)
    assert "content-range" not in got.headers


async def test_if_range(client: httpx.AsyncClient) -> None:
    """A range counts only while the file is the one the client began with; HEAD never ranges."""
    first = (await client.get(PATH)).headers
    for condition, status in [
        (first["etag"], 206),
        (first["last-modified"], 206),
        ('"other"', 200),
        ("W/" + first["etag"], 200),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 200),
        ("rubbish", 200),
    ]:
        got = await client.get(PATH, headers={"Range": "bytes=0-1", "If-Range": condition})
        assert got.status_code == status, condition
    assert (await client.head(PATH, headers={"Range": "bytes=0-1"})).status_code == 200


async def test_revalidation(client: httpx.AsyncClient) -> None:
    """A known tag or date answers 304 without a body, before any range; another one answers the file."""
    first = (await client.get(PATH)).headers
    for name, value, status in [
        ("If-None-Match", first["etag"], 304),
        ("If-None-Match", f'"x", W/{first["etag"]}', 304),
        ("If-None-Match", "*", 304),
        ("If-None-Match", '"x"', 200),
        ("If-Modified-Since", first["last-modified"], 304),
        ("If-Modified-Since", "Wed, 21 Oct 2015 07:28:00 GMT", 200),
        ("If-Modified-Since", "rubbish", 200),
        ("If-Modified-Since", f"Wed, 21 Oct {'9' * 20} 07:28:00 GMT", 200),
        ("If-Modified-Since", f"Wed, 21 Oct 2015 07:28:00 +{'9' * 30}", 200),
    ]:
        got = await client.get(PATH, headers={name: value, "Range": "bytes=-0"} if status == 304 else {name: value})
        assert got.status_code == status, (name, value)
        if status == 304:
            assert got.content == b""
            assert got.headers["etag"] == first["etag"]
            assert_safe(got)
    both = {"If-None-Match": '"x"', "If-Modified-Since": first["last-modified"]}
    assert (await client.get(PATH, headers=both)).status_code == 200
    assert (await client.head(PATH, headers={"If-None-Match": first["etag"]})).status_code == 304


async def raw(client: httpx.AsyncClient, target: str) -> bytes:
    """The answer to a request line that no client library would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode("latin-1"))
    answer = await reader.read()
    writer.close()
    return answer


@pytest.mark.parametrize(
    "target",
    [
        PATH.replace("_0.png", "_1.png"),
        PATH.replace(".png", ".html"),
        PATH.replace(".png", ".svg"),
        PATH.replace(".png", ".PNG"),
        PATH + "%00",
        PATH + "%00.png",
        PATH + "/x",
        PATH.replace("/images/", "/other/"),
        PATH.replace("/images/", "/images/../images/"),
        "/uploads/../../../../etc/passwd",
        "/uploads/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/uploads/..%2f..%2f..%2fetc%2fpasswd",
        "/uploads/%252e%252e/x",
        "/uploads/..\\..\\etc\\passwd",
        "/uploads/%c0%ae%c0%ae/x",
        "/uploads/check/x",
        "/uploads/",
        "/uploads",
        "/uploads/" + "a" * 5000,
        "/uploads/" + "a/" * 2000,
    ],
)
async def test_not_found(client: httpx.AsyncClient, target: str) -> None:
    """Missing, malformed and hostile paths all answer 404 in JSON."""
    answer = await raw(client, target)
    assert answer.startswith(b"HTTP/1.1 404 "), answer[:100]
    assert b"application/json" in answer
    assert b"root:" not in answer


async def test_not_found_head(client: httpx.AsyncClient) -> None:
    """HEAD of a missing file answers 404 without a body; an error is safe and not cached."""
    missing = PATH.replace("_0", "_1")
    head, got = await client.head(missing), await client.get(missing)
    assert (head.status_code, head.content) == (404, b"")
    assert got.json() == {"error": {"code": "not_found", "message": "No such file."}}
    assert got.headers["cache-control"] == "no-store"
    assert_safe(got)


async def test_other_methods(client: httpx.AsyncClient) -> None:
    """Nothing but GET and HEAD is served."""
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert (await client.request(method, PATH)).status_code == 405


async def test_large_files_stream(blobs: BlobStore, client: httpx.AsyncClient, tmp_path: Path) -> None:
    """A large file comes in pieces, and a reader who leaves half-way leaves the server well."""
    path, data = PATH.replace("_0.png", "_7.mp4"), os.urandom(1_000_000) * 20
    await put(blobs, path, data, tmp_path)
    async with client.stream("GET", path) as got:
        assert got.headers["content-type"] == "video/mp4"
        await anext(got.aiter_bytes(1000))
    assert (await client.get(path)).content == data
    tail = await client.get(path, headers={"Range": "bytes=-100"})
    assert tail.content == data[-100:]


async def test_bucket_redirects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a bucket GET redirects to a presigned URL that works; HEAD, downloads and missing files are answered here."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    try:
        host, port = moto.get_host_and_port()
        for name, value in {
            "ACCESS_KEY_ID": "t",
            "SECRET_ACCESS_KEY": "t",
            "REGION": "us-east-1",
            "ENDPOINT_URL": f"http://{host}:{port}",
        }.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        boto3.client("s3").create_bucket(Bucket="files")
        store = BlobStore.open("s3://files/x", tmp_path)
        await put(store, PATH, DATA, tmp_path)
        with server(store) as address:
            async with connect(address) as client:
                got = await client.get(PATH, headers={"Range": "bytes=0-4"})
                assert (got.status_code, got.headers["cache-control"]) == (307, "private, max-age=1800")
                assert_safe(got)
                assert (await client.get(got.headers["location"])).content == DATA
                head = await client.head(PATH)
                assert (head.status_code, head.headers["content-length"]) == (200, "1000")
                download = await client.get(PATH, params={"download": "1"}, headers={"Range": "bytes=-5"})
                assert (download.status_code, download.content) == (206, DATA[-5:])
                assert (await client.get(PATH.replace("_0", "_1"))).status_code == 404
    finally:
        moto.stop()
