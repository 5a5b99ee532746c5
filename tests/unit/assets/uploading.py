"""Uploads wired on a database of either kind."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.chunked import ChunkedUploads
from mediakiln.assets.chunks import Session
from mediakiln.assets.stills import thumbnail_path
from mediakiln.assets.uploads import Upload, Uploads
from mediakiln.database.engine import reading
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import account, asset, chunk, chunked_upload

ME = "0190d0c0-0000-7000-8000-000000000001"
OTHER = "0190d0c0-0000-7000-8000-000000000002"


@dataclass
class Bench:
    """One process's uploads."""

    engine: AsyncEngine
    folder: Path
    blobs: BlobStore
    uploads: Uploads = field(init=False)
    chunked: ChunkedUploads = field(init=False)

    def __post_init__(self) -> None:
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        self.uploads = Uploads(self.engine, self.blobs, scratch=scratch, max_bytes=1_000_000, max_pixels=1_000_000)
        self.chunked = ChunkedUploads(self.engine, self.blobs, self.uploads)

    def file(self, data: bytes) -> Path:
        """A scratch file with this data."""
        path = self.folder / secrets.token_hex(8)
        path.write_bytes(data)
        return path

    async def add(self, data: bytes, filename: str | None = "cat.png", kind: str = "image", who: str = ME) -> Upload:
        """Upload this data."""
        return await self.uploads.add(who, self.file(data), filename, kind)

    async def begin(self, data: bytes, chunk_size: int = 50, kind: str = "other") -> Session:
        """Open a session for this data."""
        return await self.chunked.begin(ME, filename="clip", kind=kind, total_size=len(data), chunk_size=chunk_size)

    async def put(self, session: Session, data: bytes, number: int) -> None:
        """Send one piece of this data."""
        piece = data[(number - 1) * session.chunk_size : number * session.chunk_size]
        await self.chunked.put(session, number, self.file(piece), len(piece))

    async def fill(self, session: Session, data: bytes) -> None:
        """Send every piece of this data."""
        for number in range(1, session.chunks + 1):
            await self.put(session, data, number)

    async def read(self, path: str) -> bytes:
        """A blob's bytes."""
        return b"".join([piece async for piece in self.blobs.stream(path.removeprefix("/"))])

    def stored(self) -> list[str]:
        """The keys of all blobs."""
        root = self.folder / "data/blobs"
        return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())

    async def rows(self) -> tuple[int, int, int]:
        """How many assets, sessions and chunks there are."""
        async with reading(self.engine) as connection:
            counts = [await connection.scalar(select(func.count()).select_from(t)) for t in (asset, chunked_upload, chunk)]
        return counts[0] or 0, counts[1] or 0, counts[2] or 0


def keys(upload: Upload) -> list[str]:
    """The blobs of an upload: itself and its thumbnail."""
    return sorted(path.removeprefix("/") for path in (upload.path, thumbnail_path(upload.path)))


async def open_bench(engine: AsyncEngine, folder: Path, blobs: BlobStore) -> Bench:
    """A bench on an empty database, with two accounts."""
    async with engine.begin() as connection:
        people = [{"id": who, "email": f"{who}@example.com", "created_at": now_ms()} for who in (ME, OTHER)]
        await connection.execute(insert(account), people)
    return Bench(engine, folder, blobs)
