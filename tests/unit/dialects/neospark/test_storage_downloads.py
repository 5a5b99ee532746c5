"""Downloads over HTTP: the caller's own files, one by one and zipped."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from apps import BASE, Caller, House, serving, small_clip, small_picture

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOWNLOAD, ZIP = "/api/v1/drawing/download", "/api/v1/drawing/download-zip"
PUBLIC = "https://media.example.com/kiln"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The application."""
    async with serving(tmp_path_factory.mktemp("house"), worker=False, public_url=PUBLIC) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def ann(house: House) -> Caller:
    """An account of this test's own."""
    return await house.caller()


async def upload(caller: Caller, data: bytes, filename: str) -> dict[str, Any]:
    """Upload a file; answers its `data`."""
    answer = await caller.post("/api/v1/storage/upload", files={"file": (filename, data)})
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


async def test_download(ann: Caller) -> None:
    """By its link, the link of this host, or its path; under its own name or another, always as what it is."""
    sent = await upload(ann, small_picture(), "Käse.png")
    assert sent["url"] == PUBLIC + sent["path"]
    for url in (sent["url"], BASE + sent["path"], sent["path"], sent["url"] + "?download=1"):
        answer = await ann.get(DOWNLOAD, params={"url": url})
        assert (answer.status_code, answer.content) == (200, small_picture())
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["content-length"] == str(len(small_picture()))
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"] == "attachment; filename=\"K_se.png\"; filename*=UTF-8''K%C3%A4se.png"
    named = await ann.get(DOWNLOAD, params={"url": sent["path"], "name": '../x"\r\nSet-Cookie: y.html'})
    assert "set-cookie" not in named.headers
    assert named.headers["content-disposition"].startswith('attachment; filename="x_Set-Cookie_ y.html.png"')


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("", 400),
        ("https://example.com/a.png", 400),
        ("https://media.example.com/uploads/a.png", 400),
        ("http://127.0.0.1/uploads/a.png", 400),
        ("http://kiln.test@evil.example/uploads/a.png", 400),
        ("//evil.example/uploads/a.png", 400),
        ("file:///etc/passwd", 400),
        ("data:image/png;base64,AAAA", 400),
        ("uploads/a.png", 400),
        ("/uploads/../../etc/passwd", 404),
        ("/uploads/a\x00b", 404),
        ("/uploads/none.png", 404),
    ],
)
async def test_never_a_proxy(ann: Caller, url: str, status: int) -> None:
    """Other hosts and schemes are refused; our own paths that lead nowhere are missing."""
    single = await ann.get(DOWNLOAD, params={"url": url})
    many = await ann.post(ZIP, json={"urls": [url]})
    assert (single.status_code, many.status_code) == (status, status)
    if status == 400 and url:
        assert single.json()["message"].startswith("url: got ")
        assert many.json()["message"].startswith("urls: got ")
        assert "allowed: links to your own files" in many.json()["message"]


async def test_foreign_is_missing(house: House, ann: Caller) -> None:
    """Anybody may open a link, but this is no way to find out whether there is something behind it."""
    bob = await house.caller()
    theirs = await upload(bob, small_picture(), "a.png")
    missing = theirs["path"].replace(bob.account_id, ann.account_id)
    answers = [await ann.get(DOWNLOAD, params={"url": url}) for url in (theirs["url"], missing)]
    answers += [await ann.post(ZIP, json={"urls": [url]}) for url in (theirs["url"], missing)]
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}


async def test_zip(ann: Caller) -> None:
    """Every file under its name, doubles numbered, with the extension of what it is."""
    first, second = await upload(ann, small_picture(1), "cat.png"), await upload(ann, small_picture(2), "CAT.gif")
    clip = await upload(ann, small_clip(), "猫.mp4")
    urls = [first["url"], second["path"], BASE + clip["path"], first["url"]]
    answer = await ann.post(ZIP, json={"urls": urls, "filename": "my files"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["content-disposition"].startswith('attachment; filename="my files.zip"')
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert {name: archive.read(name) for name in archive.namelist()} == {
        "cat.png": small_picture(1),
        "CAT (2).png": small_picture(2),
        "猫.mp4": small_clip(),
        "cat (3).png": small_picture(1),
    }


@pytest.mark.parametrize(
    ("filename", "named"),
    [(None, "images.zip"), ("", "images.zip"), ("a.zip", "a.zip"), ("../../a", "a.zip"), ("x" * 300, "x" * 251 + ".zip")],
)
async def test_zip_names(ann: Caller, filename: str | None, named: str) -> None:
    """A zip is always called one."""
    sent = await upload(ann, small_picture(), "a.png")
    answer = await ann.post(ZIP, json={"urls": [sent["url"]], "filename": filename})
    assert f'filename="{named}"' in answer.headers["content-disposition"]


@pytest.mark.parametrize("urls", [None, [], ["/uploads/x"] * 101])
async def test_how_many(ann: Caller, urls: list[str] | None) -> None:
    """1 to 100."""
    answer = await ann.post(ZIP, json={"urls": urls})
    assert (answer.status_code, answer.json()["message"]) == (400, f'urls: got "{len(urls or [])} links"; allowed: 1 to 100')


async def test_one_bad_link_spoils_the_zip_before_its_first_byte(house: House, ann: Caller) -> None:
    """Missing in the database, or in the store: an error in the envelope, not half a zip."""
    sent, lost = await upload(ann, small_picture(), "a.png"), await upload(ann, small_picture(), "b.png")
    assert (await ann.post(ZIP, json={"urls": [sent["url"], "/uploads/none"]})).status_code == 404
    (house.settings.data / "blobs" / lost["path"][1:]).unlink()
    answer = await ann.post(ZIP, json={"urls": [sent["url"], lost["url"]]})
    assert (answer.status_code, answer.json()["code"]) == (404, 404)
    assert (await ann.get(DOWNLOAD, params={"url": lost["url"]})).status_code == 404


async def test_deleted_files_can_still_be_downloaded(ann: Caller) -> None:
    """Hidden is not gone: the link works, and so does its download."""
    sent = await upload(ann, small_picture(), "a.png")
    await ann.request("DELETE", f"/api/v1/storage/upload/{sent['upload_id']}")
    assert (await ann.get(DOWNLOAD, params={"url": sent["url"]})).status_code == 200
