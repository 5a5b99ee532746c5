"""Finished outputs: their names, their way into the blob store, their rows, and their end."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import structlog
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.media import FORMATS
from mediakiln.assets.probe import Probed, verify_output
from mediakiln.assets.stills import add_thumbnail, delete_file, write_last_frame
from mediakiln.database.engine import reading, writing
from mediakiln.database.tables import asset
from mediakiln.errors import FetchFailed
from mediakiln.generation import Kind

SWEEP_BATCH = 100
"""Files that one step of the retention sweep deletes."""

_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_TOKEN = re.compile(r"[0-9a-f]{32}")
_FOLDERS = {"image": "images", "video": "videos", "audio": "audio"}

log = structlog.get_logger(__name__)


class StoredOutput(Struct, frozen=True, omit_defaults=True):
    """An output in the blob store. `path` is its public path `/uploads/...`, `size` in bytes, `width` and `height` in
    pixels, `duration` in seconds for video. `last_frame` is a video's last frame, where it was asked for."""

    path: str
    media_type: str
    size: int
    width: int
    height: int
    duration: float | None = None
    last_frame: StoredOutput | None = None


def output_path(account_id: str, kind: str, created_at: int, token: str, n: int, extension: str) -> str:
    """`/uploads/<account>/<images|videos|audio>/<yyyy>/<mm>/<dd>/<token>_<n>.<ext>`.

    `kind` is image, video or audio, `created_at` in milliseconds (UTC day), `token` 128 random bits as 32 hex
    digits, for a task always the same. The same arguments give the same path, so a store that is tried again overwrites what
    the first try left.
    """
    if not (_ACCOUNT.fullmatch(account_id) and _TOKEN.fullmatch(token)):
        raise ValueError("an output path needs an account id and a token of 32 hex digits")
    day = datetime.fromtimestamp(created_at / 1000, UTC).strftime("%Y/%m/%d")
    return f"/uploads/{account_id}/{_FOLDERS[kind]}/{day}/{token}_{n}.{extension}"


def attempt_token(token: str, attempt: int) -> str:
    """The token of one attempt's files. Attempts share no path: a worker that comes late must not write over the result of
    the one that came first, whose link is out and whose contents are promised never to change."""
    return hashlib.sha256(f"{token}/{attempt}".encode()).hexdigest()[:32]


async def discard_outputs(blobs: BlobStore, *, account_id: str, kind: Kind, created_at: int, token: str, count: int) -> None:
    """Delete whatever `store_outputs` left of `count` items under these names, when no task will ever speak of it. Failures
    are only logged."""
    names = [(entry.kind, entry.extension) for entry in FORMATS.values() if entry.kind in (kind, Kind.IMAGE)]
    paths = [output_path(account_id, of, created_at, token, n, extension) for n in range(count) for of, extension in names]
    results = await asyncio.gather(*(delete_file(blobs, path) for path in paths), return_exceptions=True)
    if failed := [result for result in results if result is not None]:
        log.warning("discard_failed", account_id=account_id, count=len(failed), reason=repr(failed[0]))


async def store_outputs(
    blobs: BlobStore,
    files: Sequence[tuple[Path, str]],
    *,
    account_id: str,
    kind: Kind,
    created_at: int,
    token: str,
    max_pixels: int,
    last_frame: bool = False,
) -> tuple[StoredOutput, ...]:
    """Verify and store the (path, declared media type) pairs a provider delivered, in order.

    The type is told by the bytes; a declared one that differs is only logged. An item that is broken is left out, as if it
    had never been delivered, so the caller pays for the others alone; its number stays free. With `last_frame` a video's last
    frame is stored too. Raises FetchFailed when none is good. Safe to repeat.
    """
    stored: list[StoredOutput] = []
    failure = FetchFailed("got no output at all; allowed: at least one")
    for n, (path, declared) in enumerate(files):
        try:
            probed = await asyncio.to_thread(verify_output, path, kind=kind, max_pixels=max_pixels)
        except FetchFailed as error:
            log.warning("output_broken", account_id=account_id, n=n, declared=declared, reason=error.detail)
            failure = error
            continue
        if declared != probed.media_type:
            log.info("output_type_differs", account_id=account_id, n=n, declared=declared, found=probed.media_type)
        public = output_path(account_id, kind, created_at, token, n, FORMATS[probed.media_type].extension)
        await blobs.put_file(public.removeprefix("/"), path, probed.media_type)
        await add_thumbnail(blobs, public, path, probed.media_type, max_pixels=max_pixels)
        output = _stored(public, probed)
        if last_frame:
            still = output_path(account_id, Kind.IMAGE, created_at, token, n, "png")
            output = replace(output, last_frame=await _store_last_frame(blobs, path, probed, still, max_pixels))
        stored.append(output)
    if not stored:
        raise failure
    return tuple(stored)


async def _store_last_frame(blobs: BlobStore, video: Path, probed: Probed, path: str, max_pixels: int) -> StoredOutput | None:
    """The stored last frame; None, which is logged, where the end of the file does not decode: the video is delivered all the
    same."""
    frame = video.with_name(f"{video.name}.last.png")
    try:
        await asyncio.to_thread(write_last_frame, video, probed.media_type, frame, max_pixels=max_pixels)
    except Exception as error:  # decoders raise whatever the bytes led them to
        log.warning("last_frame_failed", path=path, error=repr(error)[:300])
        return None
    await blobs.put_file(path.removeprefix("/"), frame, "image/png")
    await add_thumbnail(blobs, path, frame, "image/png", max_pixels=max_pixels)
    return StoredOutput(path, "image/png", frame.stat().st_size, probed.width, probed.height)


def _stored(path: str, probed: Probed) -> StoredOutput:
    return StoredOutput(path, probed.media_type, probed.size, probed.width, probed.height, probed.duration)


async def insert_assets(
    conn: AsyncConnection,
    outputs: Sequence[StoredOutput],
    *,
    account_id: str,
    task_id: str | None,
    created_at: int,
    expires_at: int | None,
) -> None:
    """Write the rows of `outputs` in the caller's transaction; a path that is there already gets the new figures.

    Times in milliseconds; `expires_at` None keeps the files for ever.
    """
    rows = [_row(each) for output in outputs for each in (output, output.last_frame) if each is not None]
    if not rows:
        return
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = insert(asset)
    fresh = statement.excluded
    upsert = statement.on_conflict_do_update(
        index_elements=[asset.c.path],
        set_={name: fresh[name] for name in ("media_type", "size", "width", "height", "duration")},
        where=asset.c.account_id == fresh.account_id,
    )
    owner = {"account_id": account_id, "task_id": task_id, "created_at": created_at, "expires_at": expires_at}
    await conn.execute(upsert, [row | owner for row in rows])


def _row(output: StoredOutput) -> dict[str, object]:
    return {name: getattr(output, name) for name in output.__struct_fields__ if name != "last_frame"}


async def delete_expired(engine: AsyncEngine, blobs: BlobStore, now_ms: int, *, max_batches: int = 100) -> int:
    """The retention sweep: delete every file whose time is over, blob first, row after; returns how many.

    Works in batches of `SWEEP_BATCH` with a short transaction each, so it may be stopped or repeated anywhere. A blob that
    cannot be deleted keeps its row for the next sweep; a batch in which none could be ends this one.
    """
    deleted = 0
    for _ in range(max_batches):
        async with reading(engine) as conn:
            expired = select(asset.c.path).where(asset.c.expires_at <= now_ms).order_by(asset.c.expires_at).limit(SWEEP_BATCH)
            paths = (await conn.execute(expired)).scalars().all()
        results = await asyncio.gather(*(delete_file(blobs, path) for path in paths), return_exceptions=True)
        gone = [path for path, result in zip(paths, results, strict=True) if result is None]
        if failed := [result for result in results if result is not None]:
            log.warning("retention_failed", count=len(failed), reason=repr(failed[0]))
        if not gone:
            break
        async with writing(engine) as conn:
            await conn.execute(delete(asset).where(asset.c.path.in_(gone)))
        deleted += len(gone)
    return deleted
