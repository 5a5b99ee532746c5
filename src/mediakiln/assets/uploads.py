"""Uploads: files that their owner brought. The bytes alone decide what a file is; its name is kept for display.

A row is written before the blob, with an early end, and confirmed after it: whatever dies in between, the retention sweep
finds both. Removing for good goes the same way back.
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Collection
from pathlib import Path

import structlog
from msgspec import Struct
from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.media import FORMATS, names
from mediakiln.assets.names import clean_filename
from mediakiln.assets.outputs import output_path
from mediakiln.assets.probe import Probed, probe
from mediakiln.assets.stills import add_thumbnail, delete_file
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import account, asset
from mediakiln.errors import Conflict, FetchFailed, InvalidRequest, NotFound, TooLarge

PREFIX = "up_"
"""How an upload's id begins."""
KINDS = ("image", "video", "audio", "other")
"""What a caller may say that a file is; `other` is anything this server reads."""
PENDING = 3_600_000
"""Milliseconds within which a blob has to follow its row."""
PROBES = 2
"""Files that are decoded at once: each may take 4 bytes of memory for each of its pixels."""

log = structlog.get_logger(__name__)


class Upload(Struct, frozen=True, kw_only=True):
    """An upload. `size` in bytes, `width` and `height` in pixels (0 for sound), `duration` in seconds, times in milliseconds.
    `path` is public: `/uploads/<account>/<images|videos|audio>/<yyyy>/<mm>/<dd>/<32 hex>_0.<ext>`."""

    upload_id: str
    account_id: str
    path: str
    filename: str
    media_type: str
    size: int
    width: int
    height: int
    duration: float | None
    created_at: int
    deleted_at: int | None = None

    @property
    def kind(self) -> str:
        """`image`, `video` or `audio`."""
        return FORMATS[self.media_type].kind


COLUMNS = tuple(asset.c[name] for name in Upload.__struct_fields__)
OWNED = or_(asset.c.upload_id.is_not(None), asset.c.task_id.is_not(None))
"""What an account's library is made of: uploads and results, neither inline inputs nor what is still arriving."""


class Uploads:
    """Takes files in and gives them up. `max_bytes` and `max_pixels` bound one file, `quota` is for all the bytes that an account
    brought (0: as many as it likes); `scratch` holds what is still arriving."""

    def __init__(
        self, engine: AsyncEngine, blobs: BlobStore, *, scratch: Path, max_bytes: int, max_pixels: int, quota: int = 0
    ) -> None:
        self.scratch = scratch
        self.max_bytes = max_bytes
        self.quota = quota
        self._engine = engine
        self._blobs = blobs
        self._max_pixels = max_pixels
        self._probes = asyncio.Semaphore(PROBES)

    async def add(self, account_id: str, file: Path, filename: str | None, kind: str) -> Upload:
        """Make a local file an upload; the file is used up. `kind` is one of KINDS.

        Raises InvalidRequest on the field `file` for contents that are unknown, broken or of another kind, and TooLarge for a
        file that would go beyond the quota.
        """
        upload = await self.stage(account_id, file, filename, kind)
        async with writing(self._engine) as connection:
            await confirm(connection, upload)
        return upload

    async def stage(self, account_id: str, file: Path, filename: str | None, kind: str) -> Upload:
        """The first half of `add`: an upload that nobody sees and that ends by itself unless it is confirmed."""
        probed = await self._probed(file, kind)
        entry = FORMATS[probed.media_type]
        now = now_ms()
        upload = Upload(
            upload_id=PREFIX + secrets.token_hex(16),
            account_id=account_id,
            path=output_path(account_id, entry.kind, now, os.urandom(16).hex(), 0, entry.extension),
            filename=clean_filename(filename, f"{entry.kind}.{entry.extension}"),
            media_type=probed.media_type,
            size=probed.size,
            width=probed.width,
            height=probed.height,
            duration=probed.duration,
            created_at=now,
        )
        row = {name: getattr(upload, name) for name in upload.__struct_fields__ if name != "upload_id"}
        async with writing(self._engine) as connection:
            await check_room(connection, account_id, probed.size, self.quota)
            await connection.execute(insert(asset).values(**row, expires_at=now + PENDING))
        async with self._probes:
            await add_thumbnail(self._blobs, upload.path, file, upload.media_type, max_pixels=self._max_pixels)
        await self._blobs.take_file(upload.path.removeprefix("/"), file, upload.media_type)
        return upload

    async def get(self, account_id: str, upload_id: str) -> Upload:
        """The upload, deleted or not, until it is removed for good. Raises NotFound alike for missing and foreign ids."""
        async with reading(self._engine) as connection:
            mine = (asset.c.upload_id == upload_id, asset.c.account_id == account_id, visible(now_ms()))
            row = (await connection.execute(select(*COLUMNS).where(*mine))).one_or_none() if _is_name(upload_id) else None
        if row is None:
            raise NotFound("File does not exist")
        return Upload(**row._mapping)

    async def delete(self, account_id: str, path: str, *, permanent: bool) -> None:
        """Delete one of the account's files, uploaded or made. It is hidden and no reference any more; its link works on,
        unless `permanent`: then nothing is left. Raises NotFound."""
        now = now_ms()
        values: dict[str, object] = {"deleted_at": func.coalesce(asset.c.deleted_at, now)}
        if permanent:
            values["expires_at"] = now
        mine = (asset.c.path == path, asset.c.account_id == account_id, OWNED, visible(now))
        async with writing(self._engine) as connection:
            changed = await connection.execute(update(asset).where(*mine).values(**values))
        if changed.rowcount != 1:
            raise NotFound("File does not exist")
        if permanent:
            await self._remove(path)

    async def _remove(self, path: str) -> None:
        """Blob first, row after; what fails here is done by the retention sweep, since the row has expired."""
        try:
            await delete_file(self._blobs, path)
        except Exception as error:
            log.warning("upload.remove_failed", path=path, error=str(error))
            return
        async with writing(self._engine) as connection:
            await connection.execute(delete(asset).where(asset.c.path == path))

    async def _probed(self, file: Path, kind: str) -> Probed:
        try:
            async with self._probes:
                probed = await asyncio.to_thread(probe, file, max_pixels=self._max_pixels)
        except FetchFailed as error:
            raise InvalidRequest(error.detail, field="file") from None
        if kind not in ("other", FORMATS[probed.media_type].kind):
            raise InvalidRequest(f"got {probed.media_type}, sent as {kind}; allowed as {kind}: {names(kind)}", field="file")
        return probed


def visible(now: int) -> ColumnElement[bool]:
    """Files whose end has not come: what is past it may be gone from the store already."""
    return or_(asset.c.expires_at.is_(None), asset.c.expires_at > now)


async def check_room(connection: AsyncConnection, account_id: str, size: int, quota: int) -> None:
    """Make sure that `size` more bytes are within the account's quota, until the caller's transaction ends: its row is locked,
    so that two files cannot both take the last room. Raises TooLarge."""
    if not quota:
        return
    await connection.execute(select(account.c.id).where(account.c.id == account_id).with_for_update())
    brought = (asset.c.account_id == account_id, asset.c.task_id.is_(None))
    used = int(await connection.scalar(select(func.coalesce(func.sum(asset.c.size), 0)).where(*brought)) or 0)
    if used + size > quota:
        raise TooLarge(f"file: got {size} bytes beside {used} in storage; allowed: {quota} in all. Delete some for good first")


async def confirm(connection: AsyncConnection, upload: Upload) -> None:
    """Give a staged upload its id and let it stay, in the caller's transaction. Raises Conflict when it took too long."""
    staged = (asset.c.path == upload.path, asset.c.upload_id.is_(None), asset.c.expires_at > now_ms())
    values = {"upload_id": upload.upload_id, "expires_at": None}
    if (await connection.execute(update(asset).where(*staged).values(**values))).rowcount != 1:
        raise Conflict("The upload took too long and was given up; send it again")


async def resolve_uploads(connection: AsyncConnection, account_id: str, sources: Collection[str]) -> dict[str, Upload]:
    """The uploads behind those of `sources` that are upload ids, by id; other sources are passed over.

    Raises InvalidRequest on the field `inputs`, alike for an id that is missing, foreign or deleted.
    """
    wanted = {source for source in sources if source.startswith(PREFIX)}
    if not wanted:
        return {}
    mine = (asset.c.account_id == account_id, asset.c.deleted_at.is_(None), visible(now_ms()))
    asked = [source for source in wanted if _is_name(source)]
    rows = await connection.execute(select(*COLUMNS).where(asset.c.upload_id.in_(asked), *mine))
    found = {row.upload_id: Upload(**row._mapping) for row in rows}
    for source in sources:
        if source in wanted and source not in found:
            raise InvalidRequest.not_allowed("inputs", source, "the id of one of your uploads")
    return found


def _is_name(name: str) -> bool:
    # No id of ours has anything else, and PostgreSQL takes no NUL character.
    return name.isascii() and name.isprintable()
