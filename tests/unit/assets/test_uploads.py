"""Uploads: what they become, who may see them, how they end; on both databases."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from unit.assets.makers import clip, picture
from unit.assets.uploading import ME, OTHER, Bench, open_bench

from mediakiln.assets import uploads as module
from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.outputs import delete_expired
from mediakiln.assets.uploads import PENDING, confirm, resolve_uploads
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import asset
from mediakiln.errors import Conflict, InvalidRequest, NotFound, TooLarge


@pytest.fixture
async def bench(engine: AsyncEngine, tmp_path: Path, blobs: BlobStore) -> Bench:
    """Uploads on an empty database."""
    return await open_bench(engine, tmp_path, blobs)


async def test_the_bytes_decide(bench: Bench) -> None:
    """A picture called a film is a picture; its name is kept for display only, cleaned."""
    upload = await bench.add(picture("jpg", (40, 30)), "../evil\x00.mp4")
    assert (upload.kind, upload.media_type, upload.filename) == ("image", "image/jpeg", "evil.mp4")
    assert (upload.width, upload.height, upload.duration) == (40, 30, None)
    assert upload.path.startswith(f"/uploads/{ME}/images/")
    assert upload.path.endswith("_0.jpg")
    assert upload.upload_id.startswith("up_")
    assert await bench.read(upload.path) == picture("jpg", (40, 30))
    assert await bench.uploads.get(ME, upload.upload_id) == upload


@pytest.mark.parametrize(
    ("data", "folder", "extension"),
    [(clip(), "videos", "mp4"), (clip("wav", video=None, audio="pcm_s16le"), "audio", "wav"), (picture(), "images", "png")],
    ids=["video", "audio", "image"],
)
async def test_folders(bench: Bench, data: bytes, folder: str, extension: str) -> None:
    """`other` is anything this server reads; each kind has its folder. A nameless file is called after its kind."""
    upload = await bench.add(data, None, "other")
    assert f"/{folder}/" in upload.path
    assert upload.filename == f"{upload.kind}.{extension}"


@pytest.mark.parametrize(
    ("data", "kind", "complaint"),
    [
        (b"<html></html>", "other", r"^file: got a file of unknown contents; allowed: image/png"),
        (b"", "image", r"^file: got a file of unknown contents"),
        (picture()[:50], "image", r"^file: got image/png contents that do not decode"),
        (picture(), "video", r"^file: got image/png, sent as video; allowed as video: video/mp4"),
        (clip(), "image", r"^file: got video/mp4, sent as image; allowed as image: image/png"),
        (picture(size=(1001, 1000)), "image", r"^file: got 1001x1000 pixels; allowed: at most 1000000"),
    ],
)
async def test_refused(bench: Bench, data: bytes, kind: str, complaint: str) -> None:
    """What is unknown, broken or something else is refused with what is allowed, and leaves nothing."""
    with pytest.raises(InvalidRequest, match=complaint):
        await bench.add(data, kind=kind)
    assert (await bench.rows())[0] == 0
    assert bench.stored() == []


async def test_soft_and_permanent_deletion(bench: Bench) -> None:
    """Soft: marked, still there, told as deleted, and no reference. For ever: blob, row and id are gone."""
    upload = await bench.add(picture())
    await bench.uploads.delete(ME, upload.path, permanent=False)
    first = await bench.uploads.get(ME, upload.upload_id)
    await bench.uploads.delete(ME, upload.path, permanent=False)
    assert (await bench.uploads.get(ME, upload.upload_id)).deleted_at == first.deleted_at is not None
    assert await bench.read(upload.path) == picture()
    with pytest.raises(InvalidRequest):
        async with reading(bench.engine) as connection:
            await resolve_uploads(connection, ME, [upload.upload_id])
    await bench.uploads.delete(ME, upload.path, permanent=True)
    with pytest.raises(NotFound):
        await bench.uploads.get(ME, upload.upload_id)
    with pytest.raises(NotFound):
        await bench.uploads.delete(ME, upload.path, permanent=True)
    assert ((await bench.rows())[0], bench.stored()) == (0, [])


async def test_a_blob_that_cannot_be_deleted_goes_with_the_sweep(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is away: the upload is gone for its owner at once, and for good with the next sweep."""
    upload = await bench.add(picture())

    async def away(_self: BlobStore, _key: str) -> None:
        raise OSError("away")

    with monkeypatch.context() as patched:
        patched.setattr(BlobStore, "delete", away)
        await bench.uploads.delete(ME, upload.path, permanent=True)
    with pytest.raises(NotFound):
        await bench.uploads.get(ME, upload.upload_id)
    assert bench.stored() != []
    assert await delete_expired(bench.engine, bench.blobs, now_ms()) == 1
    assert ((await bench.rows())[0], bench.stored()) == (0, [])


async def test_foreign_is_missing(bench: Bench) -> None:
    """Another account's upload cannot be told from one that never was."""
    upload = await bench.add(picture(), who=OTHER)
    answers = []
    for upload_id, path in ((upload.upload_id, upload.path), ("up_none", "/uploads/none"), ("up_\x00", "/uploads/\x01")):
        with pytest.raises(NotFound) as got:
            await bench.uploads.get(ME, upload_id)
        answers.append(str(got.value))
        with pytest.raises(NotFound) as removed:
            await bench.uploads.delete(ME, path, permanent=True)
        answers.append(str(removed.value))
    assert len(set(answers)) == 1
    assert (await bench.rows())[0] == 1


async def test_resolve_uploads(bench: Bench) -> None:
    """Ids become uploads, other sources are passed over; a missing, foreign or deleted id is refused in the same words."""
    mine, gone, foreign = await bench.add(picture()), await bench.add(picture()), await bench.add(picture(), who=OTHER)
    await bench.uploads.delete(ME, gone.path, permanent=False)
    async with reading(bench.engine) as connection:
        assert await resolve_uploads(connection, ME, ["https://example.com/a.png", "/uploads/x"]) == {}
        found = await resolve_uploads(connection, ME, [mine.upload_id, "https://example.com", mine.upload_id])
        assert found == {mine.upload_id: mine}
        for bad in (gone.upload_id, foreign.upload_id, "up_0", "up_\x00"):
            with pytest.raises(InvalidRequest, match=r"^inputs: got .*; allowed: the id of one of your uploads$") as caught:
                await resolve_uploads(connection, ME, [mine.upload_id, bad])
            assert caught.value.field == "inputs"


async def test_a_process_that_dies_leaves_nothing_for_long(bench: Bench) -> None:
    """Between blob and confirmation nobody sees the upload; after an hour the sweep has both row and blob."""
    staged = await bench.uploads.stage(ME, bench.file(picture()), "cat.png", "image")
    with pytest.raises(NotFound):
        await bench.uploads.get(ME, staged.upload_id)
    assert await delete_expired(bench.engine, bench.blobs, now_ms()) == 0
    assert await delete_expired(bench.engine, bench.blobs, now_ms() + PENDING) == 1
    assert ((await bench.rows())[0], bench.stored()) == (0, [])


async def test_a_late_confirmation_is_refused(bench: Bench) -> None:
    """What may be swept at any moment is not promised to anybody; confirming twice does nothing either."""
    staged = await bench.uploads.stage(ME, bench.file(picture()), "cat.png", "image")
    async with writing(bench.engine) as connection:
        await connection.execute(update(asset).values(expires_at=now_ms()))
    with pytest.raises(Conflict):
        async with writing(bench.engine) as connection:
            await confirm(connection, staged)
    confirmed = await bench.add(picture())
    with pytest.raises(Conflict):
        async with writing(bench.engine) as connection:
            await confirm(connection, confirmed)


async def test_a_store_that_fails_makes_no_upload(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The blob could not be written: no upload, and a row that ends by itself."""

    async def away(*_: object) -> None:
        raise OSError("away")

    monkeypatch.setattr(BlobStore, "take_file", away)
    with pytest.raises(OSError, match="away"):
        await bench.add(picture())
    async with reading(bench.engine) as connection:
        [row] = (await connection.execute(select(asset.c.upload_id, asset.c.expires_at))).all()
    assert row.upload_id is None
    assert row.expires_at <= now_ms() + PENDING


def test_kinds_are_named() -> None:
    """What callers may say is in one place."""
    assert module.KINDS == ("image", "video", "audio", "other")


async def test_a_quota_is_for_all_that_was_brought(bench: Bench) -> None:
    """Uploads and announced chunks count, also when many come at once; what is deleted for good makes room, and others have
    quotas of their own."""
    data = picture()
    bench.uploads.quota = 3 * len(data)
    results = await asyncio.gather(*(bench.add(data) for _ in range(8)), return_exceptions=True)
    kept = [each for each in results if not isinstance(each, BaseException)]
    assert len(kept) == 3
    told = f"^file: got {len(data)} bytes beside {3 * len(data)} in storage; allowed: {3 * len(data)} in all"
    assert all(isinstance(each, TooLarge) for each in results if isinstance(each, BaseException))
    with pytest.raises(TooLarge, match=told):
        await bench.add(data)
    with pytest.raises(TooLarge):
        await bench.begin(data)
    await bench.add(data, who=OTHER)
    await bench.uploads.delete(ME, kept[0].path, permanent=False)
    with pytest.raises(TooLarge):
        await bench.add(data)
    await bench.uploads.delete(ME, kept[0].path, permanent=True)
    await bench.add(data)
