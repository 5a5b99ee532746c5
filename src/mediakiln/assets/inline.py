"""Inline inputs: a `data:` URI becomes a file of ours at submit, so that a task row stays small and a broken picture is
refused before anything is charged."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.inputs import InputResolver
from mediakiln.assets.outputs import StoredOutput, insert_assets
from mediakiln.assets.probe import probe_async
from mediakiln.database.engine import writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import asset
from mediakiln.errors import InvalidRequest
from mediakiln.generation import MediaInput

KEPT = 2 * 86_400_000
"""Milliseconds an inline input is kept: longer than any task's deadline."""


class InlineInputs:
    """Keeps inline inputs at `/uploads/<account>/inputs/...`; they are read by tasks only, never served."""

    def __init__(self, engine: AsyncEngine, blobs: BlobStore, resolver: InputResolver, *, scratch: Path, max_pixels: int) -> None:
        self._engine = engine
        self._blobs = blobs
        self._resolver = resolver
        self._scratch = scratch
        self._max_pixels = max_pixels

    async def adopt(self, account_id: str, item: MediaInput) -> MediaInput:
        """The input with a path of ours as its source, when it was a `data:` URI; every other input as it is.

        Raises InvalidRequest on the field `inputs` for contents that cannot be used.
        """
        if item.source[:5].lower() != "data:":
            return item
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            try:
                resolved = await self._resolver.resolve(item, account_id, Path(folder))
            except InvalidRequest as error:
                raise type(error)(error.detail, field="inputs") from None
            path = f"/uploads/{account_id}/inputs/{os.urandom(16).hex()}{resolved.path.suffix}"
            probed = await probe_async(resolved.path, max_pixels=self._max_pixels)
            await self._blobs.put_file(path.removeprefix("/"), resolved.path, resolved.media_type)
        stored = StoredOutput(path, probed.media_type, probed.size, probed.width, probed.height, probed.duration)
        now = now_ms()
        async with writing(self._engine) as connection:
            await insert_assets(connection, [stored], account_id=account_id, task_id=None, created_at=now, expires_at=now + KEPT)
        return MediaInput(item.role, path)

    async def discard(self, items: Sequence[MediaInput]) -> None:
        """Let the next sweep delete inputs that were adopted for a request which made no task."""
        if items:
            paths = [item.source for item in items]
            async with writing(self._engine) as connection:
                await connection.execute(update(asset).where(asset.c.path.in_(paths)).values(expires_at=now_ms()))
