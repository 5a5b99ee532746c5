"""Outputs: names, storing, rows, and the retention sweep."""

from __future__ import annotations

from pathlib import Path

import pytest
from databases import engine  # noqa: F401 - the fixture
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from unit.assets.makers import clip, picture

from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.outputs import SWEEP_BATCH, StoredOutput, delete_expired, insert_assets, output_path, store_outputs
from mediakiln.database.tables import account, asset
from mediakiln.errors import FetchFailed, NotFound
from mediakiln.generation import Kind

ME = "0190d0c0-0000-7000-8000-000000000001"
TOKEN = "0123456789abcdef0123456789abcdef"
MADE = 1_735_689_599_999  # 2024-12-31T23:59:59.999Z


@pytest.fixture
async def database(engine: AsyncEngine) -> AsyncEngine:  # noqa: F811 - the fixture
    """A fresh database of each kind, with one account."""
    async with engine.begin() as conn:
        await conn.execute(account.insert().values(id=ME, email="a@example.com", created_at=0))
    return engine


def files(tmp_path: Path, *contents: bytes) -> list[tuple[Path, str]]:
    """Local files with these contents, all declared as PNG."""
    paths = [tmp_path / f"output-{number}" for number in range(len(contents))]
    for path, data in zip(paths, contents, strict=True):
        path.write_bytes(data)
    return [(path, "image/png") for path in paths]


async def store(blobs: BlobStore, listed: list[tuple[Path, str]], kind: Kind = Kind.IMAGE) -> tuple[StoredOutput, ...]:
    """Store these files for `ME`."""
    return await store_outputs(blobs, listed, account_id=ME, kind=kind, created_at=MADE, token=TOKEN, max_pixels=100_000)


def test_output_path() -> None:
    """The path has the account, the kind, the UTC day, the token and the number."""
    assert output_path(ME, Kind.IMAGE, MADE, TOKEN, 3, "webp") == f"/uploads/{ME}/images/2024/12/31/{TOKEN}_3.webp"
    assert "/videos/2025/01/01/" in output_path(ME, Kind.VIDEO, MADE + 1, TOKEN, 0, "mp4")


@pytest.mark.parametrize(("who", "token"), [("../x", TOKEN), ("", TOKEN), (ME, "short"), (ME, TOKEN.upper()), (ME, TOKEN + "\n")])
def test_output_path_refuses(who: str, token: str) -> None:
    """A path is never built from anything but an account id and a token."""
    with pytest.raises(ValueError, match="output path"):
        output_path(who, Kind.IMAGE, MADE, token, 0, "png")


async def test_store(blobs: BlobStore, tmp_path: Path, png: bytes) -> None:
    """Outputs are stored in order, named and described by their bytes, not by what was declared."""
    jpeg = picture("jpg", (20, 10))
    stored = await store(blobs, files(tmp_path, png, jpeg))
    assert stored == (
        StoredOutput(f"/uploads/{ME}/images/2024/12/31/{TOKEN}_0.png", "image/png", len(png), 40, 30),
        StoredOutput(f"/uploads/{ME}/images/2024/12/31/{TOKEN}_1.jpg", "image/jpeg", len(jpeg), 20, 10),
    )
    assert (await blobs.head(stored[1].path[1:])).size == len(jpeg)
    again = await store(blobs, files(tmp_path, png, jpeg))
    assert again == stored


async def test_store_video(blobs: BlobStore, tmp_path: Path) -> None:
    """A video is stored with its length."""
    (stored,) = await store(blobs, files(tmp_path, clip(audio="aac")), Kind.VIDEO)
    assert (stored.media_type, stored.width) == ("video/mp4", 64)
    assert stored.duration is not None
    assert 0.5 < stored.duration < 0.7


async def test_broken_items_are_left_out(blobs: BlobStore, tmp_path: Path, png: bytes) -> None:
    """A broken item counts as not delivered and leaves its number free; when none is good the store fails."""
    stored = await store(blobs, files(tmp_path, png[:60], png, b"<html>", clip()))
    assert [item.path.rpartition("_")[2] for item in stored] == ["1.png"]
    for contents in ([], [b"", b"<html>"], [picture(size=(1000, 1000))]):
        with pytest.raises(FetchFailed):
            await store(blobs, files(tmp_path, *contents))


async def test_rows(database: AsyncEngine, blobs: BlobStore, tmp_path: Path, png: bytes) -> None:
    """Rows are written once per path, in the caller's transaction; a repeat refreshes the figures alone."""
    stored = await store(blobs, files(tmp_path, png))
    about = {"account_id": ME, "task_id": "t", "created_at": MADE, "expires_at": None}
    async with database.connect() as conn:
        await insert_assets(conn, stored, **about)
        await insert_assets(conn, (), **about)
        await conn.rollback()
    async with database.begin() as conn:
        assert (await conn.execute(select(asset))).all() == []
        await insert_assets(conn, stored, **about)
        changed = StoredOutput(stored[0].path, "image/png", 7, 8, 9)
        await insert_assets(conn, [changed], **(about | {"created_at": MADE + 5, "expires_at": 1}))
        (row,) = (await conn.execute(select(asset))).mappings()
    assert (row["size"], row["width"], row["height"], row["created_at"], row["expires_at"]) == (7, 8, 9, MADE, None)


async def test_sweep(database: AsyncEngine, blobs: BlobStore, tmp_path: Path, png: bytes) -> None:
    """What is over is deleted in batches, blob and row; what is not over, or kept for ever, stays."""
    paths = [output_path(ME, Kind.IMAGE, MADE, f"{number:032x}", 0, "png") for number in range(SWEEP_BATCH + 5)]
    kept = {paths[0]: None, paths[1]: 1001}
    (listed,) = files(tmp_path, png)
    for path in paths[:6]:
        await blobs.put_file(path[1:], *listed)
    async with database.begin() as conn:
        for path in paths:
            output = StoredOutput(path, "image/png", 1, 1, 1)
            about = {"account_id": ME, "task_id": None, "created_at": 0, "expires_at": kept.get(path, 1000)}
            await insert_assets(conn, [output], **about)
    assert await delete_expired(database, blobs, 1000) == len(paths) - 2
    assert await delete_expired(database, blobs, 1000) == 0
    async with database.connect() as conn:
        assert set((await conn.execute(select(asset.c.path))).scalars()) == set(kept)
    assert (await blobs.head(paths[0][1:])).size == len(png)
    with pytest.raises(NotFound):
        await blobs.head(paths[2][1:])


async def test_sweep_with_a_broken_store(database: AsyncEngine, blobs: BlobStore, tmp_path: Path) -> None:
    """Rows whose blobs cannot be deleted stay for the next sweep."""
    path = output_path(ME, Kind.IMAGE, MADE, TOKEN, 0, "png")
    blocked = tmp_path / "data/blobs" / path[1:]
    (blocked / "in the way").mkdir(parents=True)
    async with database.begin() as conn:
        await insert_assets(
            conn, [StoredOutput(path, "image/png", 1, 1, 1)], account_id=ME, task_id=None, created_at=0, expires_at=1
        )
    assert await delete_expired(database, blobs, 1000) == 0
    async with database.connect() as conn:
        assert (await conn.execute(select(asset.c.path))).scalars().all() == [path]
