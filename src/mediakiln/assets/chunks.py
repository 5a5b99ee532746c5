"""What a chunked upload keeps while it lasts, its session's row and its pieces, and how both come to their end.

Pieces are blobs at `chunks/<session>/<number>`, a folder that is never served.
"""

from __future__ import annotations

import asyncio

import structlog
from msgspec import Struct
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.assets.blobs import BlobStore
from mediakiln.database.engine import reading, writing
from mediakiln.database.tables import chunk, chunked_upload
from mediakiln.errors import InvalidRequest

DAY = 86_400_000
"""Milliseconds a session lives, and how long a completed one is remembered."""
AT_ONCE = 50
"""Blobs deleted, and sessions swept, in one go."""

log = structlog.get_logger(__name__)
row = chunked_upload.c


class Session(Struct, frozen=True, kw_only=True):
    """One file that arrives in pieces of `chunk_size` bytes, the last one smaller.

    `open -> completing -> done`, and back to open when completing fails. While it is completing, `upload_id` names the
    attempt and `expires_at` (milliseconds) is that attempt's lease; once it is done, `upload_id` is the upload's.
    """

    id: str
    account_id: str
    filename: str
    kind: str
    total_size: int
    chunk_size: int
    state: str
    upload_id: str | None
    created_at: int
    expires_at: int

    @property
    def chunks(self) -> int:
        """How many pieces there are, numbered from 1."""
        return -(-self.total_size // self.chunk_size)

    def over(self, now: int) -> bool:
        """True when its time has come; one that is completing cannot expire, only its attempt can."""
        return self.state != "completing" and self.expires_at <= now

    def size_of(self, number: int) -> int:
        """The bytes of one piece. Raises InvalidRequest for a number that there is not."""
        if not 1 <= number <= self.chunks:
            raise InvalidRequest.not_allowed("chunk_number", number, f"1-{self.chunks}")
        return min(self.chunk_size, self.total_size - (number - 1) * self.chunk_size)

    def key(self, number: int) -> str:
        """Where a piece lies in the store."""
        return f"chunks/{self.id}/{number}"


COLUMNS = tuple(row[name] for name in Session.__struct_fields__)


async def find(engine: AsyncEngine, session_id: str) -> Session | None:
    """A session's row, whatever its state."""
    if not (session_id.isascii() and session_id.isprintable()):
        return None  # PostgreSQL takes no NUL character
    async with reading(engine) as connection:
        found = (await connection.execute(select(*COLUMNS).where(row.id == session_id))).one_or_none()
    return None if found is None else Session(**found._mapping)


async def clear(engine: AsyncEngine, blobs: BlobStore, session: Session) -> None:
    """Delete every piece, recorded or not: one may have been stored just when its session ended."""
    for first in range(1, session.chunks + 1, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, session.chunks + 1))
        await asyncio.gather(*(blobs.delete(session.key(number)) for number in numbers))
    async with writing(engine) as connection:
        await connection.execute(delete(chunk).where(chunk.c.chunked_upload_id == session.id))


async def end(engine: AsyncEngine, blobs: BlobStore, session: Session, now: int) -> None:
    """Delete an expired session with all it had: pieces first, so that what fails is found again by the next sweep."""
    await clear(engine, blobs, session)
    async with writing(engine) as connection:
        over = (row.id == session.id, row.state != "completing", row.expires_at <= now)
        await connection.execute(delete(chunked_upload).where(*over))


async def delete_expired_sessions(engine: AsyncEngine, blobs: BlobStore, now: int) -> int:
    """The sweep: end every session whose time is over and reopen those whose completing died; returns how many ended.
    `now` in milliseconds. A session that cannot be ended keeps its row for the next sweep."""
    ended, seen = 0, ""
    while True:
        query = select(*COLUMNS).where(row.expires_at <= now, row.id > seen).order_by(row.id).limit(AT_ONCE)
        async with reading(engine) as connection:
            expired = [Session(**found._mapping) for found in await connection.execute(query)]
        for session in expired:
            try:
                if session.state == "completing":
                    await reopen(engine, session)
                else:
                    await end(engine, blobs, session, now)
                    ended += 1
            except Exception as error:
                log.warning("chunks.sweep_failed", session=session.id, error=str(error))
        if len(expired) < AT_ONCE:
            return ended
        seen = expired[-1].id


async def reopen(engine: AsyncEngine, session: Session) -> None:
    """completing -> open, when the attempt that `session` was read with is still the last one."""
    async with writing(engine) as connection:
        attempt = (row.id == session.id, row.state == "completing", row.upload_id == session.upload_id)
        values = {"state": "open", "upload_id": None, "expires_at": session.created_at + DAY}
        await connection.execute(update(chunked_upload).where(*attempt).values(**values))
