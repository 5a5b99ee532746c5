"""Inputs that become files of ours at submit: a task row stays small, and what is broken, missing or out of reach is told
before anything is charged."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import not_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.inputs import InputResolver, kind_of
from mediakiln.assets.limits import Limits
from mediakiln.assets.media import FORMATS, names
from mediakiln.assets.outputs import StoredOutput, insert_assets
from mediakiln.assets.uploads import OWNED, visible
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import asset
from mediakiln.errors import FetchFailed, InvalidRequest, shorten
from mediakiln.generation import MediaInput, Role

KEPT = 2 * 86_400_000
"""Milliseconds an input is kept: longer than any task's deadline."""
FOLDER = "inputs"
"""What stands in their paths after the account."""
_LOOKED_AT = (asset.c.media_type, asset.c.size, asset.c.width, asset.c.height, asset.c.duration)


class InlineInputs:
    """Keeps inputs at `/uploads/<account>/<FOLDER>/...`; they are read by tasks only, never served."""

    def __init__(self, engine: AsyncEngine, blobs: BlobStore, resolver: InputResolver, *, scratch: Path) -> None:
        self._engine = engine
        self._blobs = blobs
        self._resolver = resolver
        self._scratch = scratch

    async def adopt(
        self, account_id: str, item: MediaInput, *, fetch_now: bool = False, limits: Limits | None = None
    ) -> MediaInput:
        """The input with a path of ours as its source, when it was a `data:` URI; every other input as it is, unless
        `fetch_now`: then none is left for later (`adopt_remote`). What is looked at keeps to `limits`.

        Raises InvalidRequest on the field `inputs` for contents that cannot be used.
        """
        if fetch_now:
            return await self.adopt_remote(account_id, item, limits)
        return await self._keep(account_id, item, limits) if item.source[:5].lower() == "data:" else item

    async def adopt_remote(self, account_id: str, item: MediaInput, limits: Limits | None = None) -> MediaInput:
        """The input with a path of ours as its source, whatever it was: URLs are fetched now, and a path is looked up.

        Raises InvalidRequest on the field `inputs`: Unreachable where a host does not deliver, FetchFailed for wrong contents
        and, alike, for a file that is missing, foreign or deleted.
        """
        path = self._resolver.own_path(item.source)
        if path is None:
            return await self._keep(account_id, item, limits)
        self._resolver.check_source(path, field="inputs")
        await self._check_own(account_id, path, item.role, limits)
        return item if item.source == path else MediaInput(item.role, path)

    async def _check_own(self, account_id: str, path: str, role: Role, limits: Limits | None) -> None:
        mine = (asset.c.path == path, asset.c.account_id == account_id, asset.c.deleted_at.is_(None), visible(now_ms()))
        async with reading(self._engine) as connection:
            found = (await connection.execute(select(*_LOOKED_AT).where(*mine))).one_or_none()
        if found is None:
            raise FetchFailed(f"got {shorten(path)}, which does not exist; allowed: one of your own files", field="inputs")
        kind, most = kind_of(role), self._resolver.max_bytes
        if FORMATS[found.media_type].kind != kind:
            raise FetchFailed(f"got {found.media_type}; allowed: {names(kind)}", field="inputs")
        if found.size > most:
            raise FetchFailed(f"got a file of {found.size} bytes; allowed: at most {most}", field="inputs")
        if limits is not None:
            limits.check(found.media_type, found.size, found.width, found.height, found.duration, field="inputs")

    async def _keep(self, account_id: str, item: MediaInput, limits: Limits | None) -> MediaInput:
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            try:
                resolved = await self._resolver.resolve(item, account_id, Path(folder))
                if limits is not None:
                    limits.check(
                        resolved.media_type, resolved.size, resolved.width, resolved.height, resolved.duration, field="inputs"
                    )
            except InvalidRequest as error:
                raise type(error)(error.detail, field="inputs") from None
            path = f"/uploads/{account_id}/{FOLDER}/{os.urandom(16).hex()}{resolved.path.suffix}"
            await self._blobs.take_file(path.removeprefix("/"), resolved.path, resolved.media_type)
        stored = StoredOutput(path, resolved.media_type, resolved.size, resolved.width, resolved.height, resolved.duration)
        now = now_ms()
        async with writing(self._engine) as connection:
            await insert_assets(connection, [stored], account_id=account_id, task_id=None, created_at=now, expires_at=now + KEPT)
        return MediaInput(item.role, path)

    async def discard(self, items: Sequence[MediaInput]) -> None:
        """Let the next sweep delete inputs that were adopted for a request which made no task."""
        if items:
            # Inputs only: what an account keeps in its library may have been named as an input, and stays.
            adopted = (asset.c.path.in_([item.source for item in items]), not_(OWNED))
            async with writing(self._engine) as connection:
                await connection.execute(update(asset).where(*adopted).values(expires_at=now_ms()))


def is_served(path: str) -> bool:
    """False for a path at which nobody but a task finds anything."""
    return path.split("/")[3:4] != [FOLDER]
