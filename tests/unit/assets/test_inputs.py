"""Inputs by URL, inline and from our own store."""

from __future__ import annotations

import base64
import ssl
import time
from pathlib import Path

import pytest
from unit.assets.makers import Serve, clip, picture, reply

from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.fetch import FetchDoor
from mediakiln.assets.inputs import InputResolver, ResolvedInput, own_path
from mediakiln.errors import FetchFailed, InvalidRequest
from mediakiln.generation import MediaInput, Role

ME = "0190d0c0-0000-7000-8000-000000000001"
OTHER = "0190d0c0-0000-7000-8000-000000000002"
NAME = "images/2025/01/31/0123456789abcdef0123456789abcdef_0.png"
PUBLIC = "https://media.example.com/base"


@pytest.fixture
def inputs(blobs: BlobStore) -> InputResolver:
    """A resolver whose door lets 127.0.0.1 pass, with limits of 50 kB and 10,000 pixels."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    door = FetchDoor(allow=("127.0.0.1",), max_bytes=50_000, timeout=3, tls=tls)
    return InputResolver(door, blobs, public_url=PUBLIC, max_bytes=50_000, max_pixels=10_000)


def data_uri(data: bytes, media_type: str = "image/png") -> str:
    """The bytes as a `data:` URI."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


async def resolve(inputs: InputResolver, source: str, workdir: Path, role: Role = Role.IMAGE) -> ResolvedInput:
    """Resolve one source for `ME`."""
    return await inputs.resolve(MediaInput(role, source), ME, workdir)


async def store(blobs: BlobStore, tmp_path: Path, account: str, data: bytes) -> str:
    """Put an output of an account into the store; returns its public path."""
    (tmp_path / "stored").write_bytes(data)
    await blobs.put_file(f"uploads/{account}/{NAME}", tmp_path / "stored", "image/png")
    (tmp_path / "stored").unlink()
    return f"/uploads/{account}/{NAME}"


async def test_url(inputs: InputResolver, serve: Serve, tmp_path: Path, png: bytes) -> None:
    """A URL becomes a probed file in the work directory with the extension of its true type."""
    port = await serve(reply(body=png))
    got = await resolve(inputs, f"http://127.0.0.1:{port}/a.jpg", tmp_path)
    assert got == ResolvedInput(Role.IMAGE, got.path, "image/png", len(png), 40, 30)
    assert (got.path.parent, got.path.suffix, got.path.read_bytes()) == (tmp_path, ".png", png)


@pytest.mark.parametrize("named", ["image/png", "IMAGE/PNG", "image/jpg", "image/webp"])
async def test_data_uri(inputs: InputResolver, tmp_path: Path, png: bytes, named: str) -> None:
    """A `data:` URI is what its bytes say, whatever allowed type it names and in whatever case."""
    source = data_uri(png, named).replace("data:", "DATA:" if named.isupper() else "data:")
    got = await resolve(inputs, source, tmp_path)
    assert (got.media_type, got.path.read_bytes()) == ("image/png", png)


@pytest.mark.parametrize("absolute", [False, True])
async def test_own_path(inputs: InputResolver, blobs: BlobStore, tmp_path: Path, png: bytes, absolute: bool) -> None:
    """Our own path, bare or under our public URL, is read from the store without any network."""
    path = await store(blobs, tmp_path, ME, png)
    got = await resolve(inputs, PUBLIC + path if absolute else path, tmp_path)
    assert got.path.read_bytes() == png


async def test_foreign_is_missing(inputs: InputResolver, blobs: BlobStore, tmp_path: Path, png: bytes) -> None:
    """Another account's file and one that does not exist answer alike, at submit and later."""
    foreign = await store(blobs, tmp_path, OTHER, png)
    messages = []
    for path in (foreign, f"/uploads/{ME}/{NAME}", PUBLIC + foreign):
        inputs.check_source(path)
        with pytest.raises(FetchFailed) as caught:
            await resolve(inputs, path, tmp_path)
        messages.append(str(caught.value).replace(OTHER, ME))
    assert len(set(messages)) == 1
    assert list(tmp_path.glob("input-*")) == []


@pytest.mark.parametrize(
    "source",
    [
        "",
        "a picture",
        "ftp://example.com/a.png",
        "file:///etc/passwd",
        "gopher://example.com/",
        "asset://123",
        "javascript:alert(1)",
        "/etc/passwd",
        "/uploads/",
        "/uploads/../../etc/passwd",
        f"/uploads/{ME}/../{OTHER}/{NAME}",
        f"/uploads/{ME}//{NAME}",
        f"/uploads/{ME}/%2e%2e/x.png",
        f"/uploads/{ME}/a\x00.png",
        "http://user:pw@example.com/a.png",
        "http://127.0.0.2/a.png",
        "http://2130706433/a.png",
        "http://[::1]/a.png",
        "http://169.254.169.254/latest/meta-data",
        "data:",
        "data:,hello",
        "data:image/png,hello",
        "data:image/png;base64",
        "data:image/png;base64,",
        "data:image/png;base64,!!!!",
        "data:image/png;base64,iVBOR",
        "data:image/png;base64,iV=O",
        "data:image/png;base64,iVBORw0KGgo=\n",
        "data:image/png;base64,ivBORw0KGgé=",
        "data:image/png;charset=utf-8;base64,iVBORw0KGgo=",
        "data:text/html;base64,PGh0bWw+",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/png;base64,PGh0bWw+",
        "data:image/png;base64," + "A" * 80_000,
    ],
)
async def test_refused_at_submit(inputs: InputResolver, tmp_path: Path, source: str) -> None:
    """What could never work is refused without network, naming the field, and is refused again when resolved."""
    with pytest.raises(InvalidRequest, match=r"^first_frame: ") as caught:
        inputs.check_source(source, field="first_frame")
    assert caught.value.field == "first_frame"
    assert len(str(caught.value)) < 400
    with pytest.raises(InvalidRequest, match=r"^image: "):
        await resolve(inputs, source, tmp_path)
    assert list(tmp_path.glob("input-*")) == []


def test_accepted_at_submit(inputs: InputResolver, png: bytes) -> None:
    """Good sources pass the cheap check, names included: they are resolved later, by the door."""
    for source in ("https://example.com/a.png?x=1", "http://127.0.0.1:99/a", data_uri(png), f"/uploads/{ME}/{NAME}"):
        inputs.check_source(source)


def test_check_is_cheap(blobs: BlobStore) -> None:
    """Thirty megabytes inline are checked in a fraction of a second."""
    wide = InputResolver(FetchDoor(max_bytes=1, timeout=1), blobs, public_url="", max_bytes=2**25, max_pixels=1)
    source = data_uri(picture() + bytes(30_000_000))
    began = time.process_time()
    wide.check_source(source)
    assert time.process_time() - began < 0.5


async def test_role_decides_the_kind(inputs: InputResolver, tmp_path: Path, png: bytes, mp4: bytes) -> None:
    """A video is no picture, a picture is no sound; each role takes its own kind."""
    sound = clip("wav", video=None, audio="pcm_s16le")
    assert (await resolve(inputs, data_uri(mp4, "video/mp4"), tmp_path, Role.REFERENCE_VIDEO)).width == 64
    assert (await resolve(inputs, data_uri(sound, "audio/wav"), tmp_path, Role.REFERENCE_AUDIO)).width == 0
    for data, role in ((mp4, Role.IMAGE), (png, Role.REFERENCE_AUDIO), (sound, Role.REFERENCE_VIDEO)):
        with pytest.raises(FetchFailed, match=rf"^{role.value}: got .*; allowed: "):
            await resolve(inputs, data_uri(data), tmp_path, role)


@pytest.mark.parametrize("how", ["data", "own", "url"])
async def test_limits_hold_everywhere(inputs: InputResolver, blobs: BlobStore, serve: Serve, tmp_path: Path, how: str) -> None:
    """Too many pixels and too many bytes are refused by whatever way they come."""
    for data, match in ((picture(size=(101, 100)), "pixels"), (picture() + bytes(60_000), "bytes")):
        if how == "data":
            source = data_uri(data)
        elif how == "own":
            source = await store(blobs, tmp_path, ME, data)
        else:
            source = f"http://127.0.0.1:{await serve(reply(body=data))}/"
        with pytest.raises(InvalidRequest, match=match):
            await resolve(inputs, source, tmp_path)
    assert list(tmp_path.iterdir()) == [tmp_path / "data"] or list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("/uploads/a/b.png?x#y", "/uploads/a/b.png"),
        ("https://media.example.com/base/uploads/a/b.png?download=1", "/uploads/a/b.png"),
        ("HTTPS://MEDIA.example.com:443/base/uploads/a/b.png", "/uploads/a/b.png"),
        ("https://media.example.com/uploads/a/b.png", None),
        ("http://media.example.com/base/uploads/a/b.png", None),
        ("https://media.example.com:8443/base/uploads/a/b.png", None),
        ("https://media.example.com.evil.example/base/uploads/a/b.png", None),
        ("https://media.example.com@evil.example/base/uploads/a/b.png", None),
        ("https://user@media.example.com/base/uploads/a/b.png", None),
        ("https://[", None),
        ("data:,/uploads/", None),
    ],
)
def test_own_path_is_recognised_by_parts(source: str, path: str | None) -> None:
    """An absolute URL is ours by scheme, host, port and path, never by how its text begins."""
    assert own_path(source, (PUBLIC, "")) == path
