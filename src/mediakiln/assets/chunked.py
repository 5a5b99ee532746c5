"""Uploads in pieces: begun, filled in any order, completed once. Any process may take any step: each is decided by one
guarded UPDATE of the session's row."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import structlog
from msgspec.structs import asdict, replace
from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.chunks import DAY, Session, clear, end, find, reopen, row
from mediakiln.assets.names import clean_filename
from mediakiln.assets.uploads import Upload, Uploads, check_room, confirm
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import account, chunk, chunked_upload
from mediakiln.errors import Conflict, InvalidRequest, NotFound, Overloaded, TooLarge, shorten

LEASE = 10 * 60_000
"""Milliseconds after which an attempt at completing counts as dead."""
WAIT, LOOK = 30.0, 0.2
"""Seconds a second caller waits for the first one's completing, and between two looks."""
MOST_OPEN = 20
"""Unfinished sessions of one account."""
MOST_CHUNKS = 1_000
"""Pieces of one file."""

log = structlog.get_logger(__name__)


class ChunkedUploads:
    """The sessions of every account. Every method raises NotFound alike for a session that is missing, foreign or expired."""

    def __init__(self, engine: AsyncEngine, blobs: BlobStore, uploads: Uploads) -> None:
        self._engine = engine
        self._blobs = blobs
        self._uploads = uploads

    async def begin(self, account_id: str, *, filename: str, kind: str, total_size: int, chunk_size: int) -> Session:
        """Open a session. Raises InvalidRequest, TooLarge, or Overloaded for an account with MOST_OPEN unfinished ones."""
        most = self._uploads.max_bytes
        if total_size < 1:
            raise InvalidRequest.not_allowed("total_size", total_size, f"1-{most} bytes")
        if total_size > most:
            raise TooLarge(f"total_size: got {total_size} bytes; allowed: at most {most}")
        least = -(-total_size // MOST_CHUNKS)
        if not least <= chunk_size <= most:
            raise InvalidRequest.not_allowed("chunk_size", chunk_size, f"{least}-{most} bytes for a file of {total_size}")
        now = now_ms()
        session = Session(
            id=f"us_{secrets.token_hex(16)}",
            account_id=account_id,
            filename=clean_filename(filename, ""),
            kind=kind,
            total_size=total_size,
            chunk_size=chunk_size,
            state="open",
            upload_id=None,
            created_at=now,
            expires_at=now + DAY,
        )
        async with writing(self._engine) as connection:
            # The account's row is locked: two sessions cannot both be the last one allowed.
            await connection.execute(select(account.c.id).where(account.c.id == account_id).with_for_update())
            unfinished = (row.account_id == account_id, row.state != "done", row.expires_at > now)
            count = await connection.scalar(select(func.count()).select_from(chunked_upload).where(*unfinished)) or 0
            if count >= MOST_OPEN:
                message = f"Too many unfinished chunked uploads: got {count}; allowed: {MOST_OPEN}. Complete or delete one first"
                raise Overloaded(message, retry_after=60, scope="account")
            await check_room(connection, account_id, total_size, self._uploads.quota)
            await connection.execute(insert(chunked_upload).values(asdict(session)))
        return session

    async def get(self, account_id: str, session_id: str) -> Session:
        """The session."""
        session = await find(self._engine, session_id)
        if session is None or session.account_id != account_id or session.over(now_ms()):
            raise NotFound("Upload session does not exist or has expired")
        return session

    async def arrived(self, session: Session) -> list[int]:
        """The numbers of the pieces that are here, in order."""
        query = select(chunk.c.number).where(chunk.c.chunked_upload_id == session.id).order_by(chunk.c.number)
        async with reading(self._engine) as connection:
            return list((await connection.execute(query)).scalars())

    async def put(self, session: Session, number: int, file: Path, size: int) -> None:
        """Keep one piece, in place of what came under its number before; the file is used up.

        Raises InvalidRequest for a wrong number or size, Conflict for a session that is not open.
        """
        expected = session.size_of(number)
        if size != expected:
            detail = f"got {size} bytes as number {number} of {session.chunks}; allowed: {expected} bytes"
            raise InvalidRequest(detail, field="chunk")
        _check_open(session.state)
        await self._blobs.take_file(session.key(number), file, "application/octet-stream")
        async with writing(self._engine) as connection:
            state = await self._record(connection, session, number, size)
        if state in ("", "done"):
            # Completed, aborted or swept meanwhile. One that is completing clears all its pieces away itself.
            await self._blobs.delete(session.key(number))
        _check_open(state)

    async def _record(self, connection: AsyncConnection, session: Session, number: int, size: int) -> str:
        """Write a piece's row if its session is open; answers the session's state, "" for one that is over."""
        # Locked: completing, aborting and the sweep come before this or after it.
        query = select(row.state, row.expires_at).where(row.id == session.id).with_for_update()
        found = (await connection.execute(query)).one_or_none()
        if found is None or (found.state != "completing" and found.expires_at <= now_ms()):
            return ""
        state: str = found.state
        if state == "open":
            upsert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            values = {"chunked_upload_id": session.id, "number": number, "size": size}
            await connection.execute(upsert(chunk).values(values).on_conflict_do_nothing())
        return state

    async def complete(self, account_id: str, session_id: str) -> Upload:
        """Make an upload of the pieces. Asked again, or by two at once, it is the same one.

        Raises InvalidRequest that lists the missing pieces or says what is wrong with the contents (the session stays open
        then), and Conflict while another caller's attempt takes long.
        """
        until = time.monotonic() + WAIT
        while time.monotonic() < until:
            session = await self.get(account_id, session_id)
            if session.state == "done":
                return await self._uploads.get(account_id, session.upload_id or "")
            if session.state == "open":
                _check_all(session, await self.arrived(session))
            if claimed := await self._claim(session):
                return await self._assemble(claimed)
            await asyncio.sleep(LOOK)
        raise Conflict("The upload is being completed; ask again shortly")

    async def abort(self, account_id: str, session_id: str) -> None:
        """Give a session up. Raises Conflict for one that is completed or about to be."""
        session, now = await self.get(account_id, session_id), now_ms()
        if not await self._change(session, _free(session, now), state="open", upload_id=None, expires_at=0):
            raise Conflict("The upload was completed, or is being completed; delete the upload instead")
        await end(self._engine, self._blobs, session, now)

    async def _claim(self, session: Session) -> Session | None:
        """open -> completing, or take over from an attempt whose lease is over; None when somebody else is at it."""
        now, attempt = now_ms(), secrets.token_hex(16)
        claimed = await self._change(session, _free(session, now), state="completing", upload_id=attempt, expires_at=now + LEASE)
        return replace(session, state="completing", upload_id=attempt) if claimed else None

    async def _assemble(self, session: Session) -> Upload:
        """completing -> done, with the upload confirmed in the same transaction; back to open when anything fails."""
        try:
            with tempfile.TemporaryDirectory(dir=self._uploads.scratch) as folder:
                whole = Path(folder) / "whole"
                await self._join(session, whole)
                upload = await self._uploads.stage(session.account_id, whole, session.filename, session.kind)
            async with writing(self._engine) as connection:
                mine = (row.id == session.id, row.state == "completing", row.upload_id == session.upload_id)
                values = {"state": "done", "upload_id": upload.upload_id, "expires_at": now_ms() + DAY}
                if (await connection.execute(update(chunked_upload).where(*mine).values(**values))).rowcount != 1:
                    raise Conflict("The upload took too long and another attempt was begun; ask again shortly")
                await confirm(connection, upload)
        except BaseException:
            await reopen(self._engine, session)
            raise
        try:
            await clear(self._engine, self._blobs, session)
        except Exception as error:
            # The sweep clears it once more when the session expires.
            log.warning("chunks.clear_failed", session=session.id, error=str(error))
        return upload

    async def _join(self, session: Session, into: Path) -> None:
        """Write all pieces into one file. Raises InvalidRequest for one that the store has lost; it may be sent again."""
        file = await asyncio.to_thread(into.open, "wb")
        try:
            for number in range(1, session.chunks + 1):
                size = 0
                try:
                    async for piece in self._blobs.stream(session.key(number)):
                        size += await asyncio.to_thread(file.write, piece)
                except NotFound:
                    size = -1
                if size != session.size_of(number):
                    async with writing(self._engine) as connection:
                        lost = (chunk.c.chunked_upload_id == session.id, chunk.c.number == number)
                        await connection.execute(delete(chunk).where(*lost))
                    raise InvalidRequest(f"number {number} was lost; send it again", field="chunk")
        finally:
            await asyncio.to_thread(file.close)

    async def _change(self, session: Session, guard: Sequence[ColumnElement[bool]], **values: object) -> bool:
        async with writing(self._engine) as connection:
            changed = await connection.execute(update(chunked_upload).where(row.id == session.id, *guard).values(**values))
        return changed.rowcount == 1


def _free(session: Session, now: int) -> tuple[ColumnElement[bool], ...]:
    """What must hold for a session that nobody is completing: it is open, or the attempt it was read with is dead."""
    if session.state == "open":
        return row.state == "open", row.expires_at > now
    return row.state == "completing", row.upload_id == session.upload_id, row.expires_at <= now


def _check_open(state: str) -> None:
    if state == "":
        raise NotFound("Upload session does not exist or has expired")
    if state != "open":
        raise Conflict(f"The upload session takes no more chunks: it is {state}")


def _check_all(session: Session, arrived: Sequence[int]) -> None:
    if len(arrived) < session.chunks:
        missing = sorted({*range(1, session.chunks + 1)} - {*arrived})
        numbers = shorten(", ".join(map(str, missing)), 300).strip('"')
        detail = f"got {len(arrived)} of {session.chunks}, missing {numbers}; allowed: all of 1-{session.chunks}"
        raise InvalidRequest(detail, field="chunks")
