"""Uploads in pieces: any order, again, at once, interrupted; on both databases."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

import pytest
from databases import fresh_sqlite
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from unit.assets.makers import picture
from unit.assets.uploading import ME, OTHER, Bench, keys, open_bench

from mediakiln.assets import chunked as module
from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.chunked import MOST_CHUNKS, MOST_OPEN
from mediakiln.assets.chunks import DAY, delete_expired_sessions
from mediakiln.assets.uploads import Uploads
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import asset, chunked_upload
from mediakiln.errors import Conflict, InvalidRequest, NotFound, Overloaded, TooLarge

DATA = picture(size=(200, 150))


@pytest.fixture
async def bench(engine: AsyncEngine, tmp_path: Path, blobs: BlobStore) -> Bench:
    """Uploads on an empty database."""
    return await open_bench(engine, tmp_path, blobs)


async def change(bench: Bench, **values: object) -> None:
    """Change every session's row behind its back."""
    async with writing(bench.engine) as connection:
        await connection.execute(update(chunked_upload).values(**values))


async def uploads_made(bench: Bench) -> int:
    """How many confirmed uploads there are."""
    async with reading(bench.engine) as connection:
        return await connection.scalar(select(func.count()).select_from(asset).where(asset.c.upload_id.is_not(None))) or 0


async def test_a_whole_upload(bench: Bench) -> None:
    """The pieces make the file; the pieces go; completing again is the same upload."""
    session = await bench.begin(DATA, 100, "image")
    assert session.chunks == -(-len(DATA) // 100)
    await bench.fill(session, DATA)
    assert await bench.chunked.arrived(session) == list(range(1, session.chunks + 1))
    upload = await bench.chunked.complete(ME, session.id)
    assert await bench.read(upload.path) == DATA
    assert (upload.filename, upload.size, upload.width) == ("clip", len(DATA), 200)
    assert await bench.chunked.complete(ME, session.id) == upload
    assert bench.stored() == keys(upload)
    assert await bench.rows() == (1, 1, 0)
    with pytest.raises(Conflict):
        await bench.put(session, DATA, 1)
    with pytest.raises(Conflict):
        await bench.chunked.abort(ME, session.id)
    assert bench.stored() == keys(upload)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), chunk_size=st.integers(20, 200))
def test_any_order_and_again(data: st.DataObject, chunk_size: int) -> None:
    """Pieces come in any order, some several times, some first with other contents: what came last counts, nothing else."""
    asyncio.run(_any_order(data, chunk_size))


async def _any_order(data: st.DataObject, chunk_size: int) -> None:
    contents = picture(size=(20, 15)) + bytes(range(256)) * 2
    folder = Path(tempfile.mkdtemp())
    try:
        async with fresh_sqlite(folder / "test.sqlite3") as engine:
            bench = await open_bench(engine, folder, BlobStore.open("", folder / "data"))
            session = await bench.begin(contents, chunk_size)
            order = data.draw(st.permutations(range(1, session.chunks + 1)))
            early = data.draw(st.lists(st.sampled_from(order), max_size=5))
            for number in early:
                size = session.size_of(number)
                await bench.chunked.put(session, number, bench.file(b"x" * size), size)
            half = data.draw(st.integers(0, len(order) - 1))
            for number in order[:half]:
                await bench.put(session, contents, number)
            assert await bench.chunked.arrived(session) == sorted({*early, *order[:half]})
            if {*early, *order[:half]} != set(order):
                with pytest.raises(InvalidRequest, match="missing"):
                    await bench.chunked.complete(ME, session.id)
            for number in [*order[half:], *early]:
                await bench.put(session, contents, number)
            upload = await bench.chunked.complete(ME, session.id)
            assert await bench.read(upload.path) == contents
            assert bench.stored() == keys(upload)
    finally:
        shutil.rmtree(folder)


async def test_missing_pieces_are_listed(bench: Bench) -> None:
    """Completing too early says what is missing, and the session goes on."""
    session = await bench.begin(DATA, 100)
    for number in range(1, session.chunks + 1):
        if number not in (2, 5):
            await bench.put(session, DATA, number)
    with pytest.raises(
        InvalidRequest, match=rf"^chunks: got {session.chunks - 2} of {session.chunks}, missing 2, 5; allowed: all"
    ):
        await bench.chunked.complete(ME, session.id)
    await bench.put(session, DATA, 5)
    await bench.put(session, DATA, 2)
    assert (await bench.chunked.complete(ME, session.id)).size == len(DATA)


async def test_wrong_contents_open_the_session_again(bench: Bench) -> None:
    """What the pieces make is no picture: 400, nothing stored; with the right pieces it works after all."""
    session = await bench.begin(DATA, 100, "image")
    await bench.fill(session, DATA)
    await bench.chunked.put(session, 1, bench.file(b"x" * 100), 100)
    with pytest.raises(InvalidRequest, match=r"^file: got a file of unknown contents"):
        await bench.chunked.complete(ME, session.id)
    assert (await bench.chunked.get(ME, session.id)).state == "open"
    assert (await bench.rows())[0] == 0
    await bench.put(session, DATA, 1)
    assert (await bench.chunked.complete(ME, session.id)).media_type == "image/png"


@pytest.mark.parametrize(("number", "size"), [(1, 99), (1, 101), (1, 0), (5, 100), (5, 49), (5, 51)])
async def test_wrong_sizes(bench: Bench, number: int, size: int) -> None:
    """Each piece has one size, the last one its own; anything else is refused with both numbers."""
    session = await bench.begin(bytes(450), 100)
    expected = 50 if number == 5 else 100
    with pytest.raises(InvalidRequest, match=rf"^chunk: got {size} bytes as number {number} of 5; allowed: {expected} bytes$"):
        await bench.chunked.put(session, number, bench.file(bytes(size)), size)
    assert (await bench.chunked.arrived(session), bench.stored()) == ([], [])


@pytest.mark.parametrize("number", [0, -1, 6, 10**9])
async def test_wrong_numbers(bench: Bench, number: int) -> None:
    """Numbers go from 1 to the last."""
    session = await bench.begin(bytes(450), 100)
    with pytest.raises(InvalidRequest, match=r"^chunk_number: got .*; allowed: 1-5$"):
        await bench.chunked.put(session, number, bench.file(bytes(100)), 100)


@pytest.mark.parametrize(
    ("total", "chunk_size", "kind", "match"),
    [
        (0, 10, InvalidRequest, r"^total_size: got 0; allowed: 1-1000000"),
        (-5, 10, InvalidRequest, r"^total_size: got -5"),
        (1_000_001, 1_000, TooLarge, r"^total_size: got 1000001 bytes; allowed: at most 1000000"),
        (1_000, 0, InvalidRequest, r"^chunk_size: got 0; allowed: 1-1000000 bytes for a file of 1000"),
        (1_000_000, 999, InvalidRequest, r"^chunk_size: got 999; allowed: 1000-1000000"),
        (10, 1_000_001, InvalidRequest, r"^chunk_size: "),
    ],
)
async def test_refused_at_the_beginning(bench: Bench, total: int, chunk_size: int, kind: type[Exception], match: str) -> None:
    """Sizes that can never work are refused before anything is sent."""
    with pytest.raises(kind, match=match):
        await bench.chunked.begin(ME, filename="x", kind="other", total_size=total, chunk_size=chunk_size)
    assert (await bench.rows())[1] == 0


async def test_the_most_chunks(bench: Bench) -> None:
    """The allowed size that is told makes exactly the allowed number of pieces."""
    assert (await bench.begin(bytes(1_000_000), 1_000)).chunks == MOST_CHUNKS


async def test_open_sessions_are_limited(bench: Bench) -> None:
    """However many are begun at once, MOST_OPEN are open; completed, aborted and expired ones do not count."""
    got = await asyncio.gather(*(bench.begin(DATA) for _ in range(MOST_OPEN + 5)), return_exceptions=True)
    refused = [each for each in got if isinstance(each, Overloaded)]
    opened = [each for each in got if not isinstance(each, BaseException)]
    assert (len(opened), len(refused)) == (MOST_OPEN, 5)
    assert refused[0].scope == "account"
    await bench.chunked.abort(ME, opened[0].id)
    await bench.begin(DATA)
    with pytest.raises(Overloaded):
        await bench.begin(DATA)
    await change(bench, expires_at=now_ms())
    await bench.begin(DATA)


async def test_foreign_sessions_are_missing(bench: Bench) -> None:
    """Another account's session cannot be told from none, whatever is asked of it."""
    session = await bench.begin(DATA)
    for account_id, session_id in ((OTHER, session.id), (ME, "us_none"), (ME, "us_\x00")):
        for ask in (bench.chunked.get, bench.chunked.complete, bench.chunked.abort):
            with pytest.raises(NotFound, match=r"^Upload session does not exist or has expired$"):
                await ask(account_id, session_id)
    assert (await bench.chunked.get(ME, session.id)).state == "open"


async def test_two_complete_at_once(bench: Bench) -> None:
    """Several callers, one upload: the others wait for it."""
    session = await bench.begin(DATA, 100)
    await bench.fill(session, DATA)
    second = Bench(bench.engine, bench.folder, bench.blobs)
    got = await asyncio.gather(*(each.chunked.complete(ME, session.id) for each in (bench, second, bench, second)))
    assert len({upload.upload_id for upload in got}) == 1
    assert await uploads_made(bench) == 1
    assert bench.stored() == keys(got[0])


async def test_a_caller_does_not_wait_for_ever(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """An attempt that takes long answers others with a conflict; nothing of it is disturbed."""
    monkeypatch.setattr(module, "WAIT", 0.3)
    session = await bench.begin(DATA, 100)
    await bench.fill(session, DATA)
    await change(bench, state="completing", upload_id="somebody", expires_at=now_ms() + 60_000)
    with pytest.raises(Conflict, match="being completed"):
        await bench.chunked.complete(ME, session.id)
    with pytest.raises(Conflict):
        await bench.chunked.abort(ME, session.id)
    with pytest.raises(Conflict, match="it is completing"):
        await bench.put(session, DATA, 1)
    assert f"chunks/{session.id}/1" in bench.stored()


@pytest.mark.parametrize("how", ["caller", "sweep"])
async def test_a_dead_attempt_is_taken_over(bench: Bench, how: str) -> None:
    """The process that was completing died: the next caller, or the sweep, frees the session, even a day old."""
    session = await bench.begin(DATA, 100)
    await bench.fill(session, DATA)
    await change(bench, state="completing", upload_id="dead", expires_at=now_ms() - 1)
    if how == "sweep":
        assert await delete_expired_sessions(bench.engine, bench.blobs, now_ms()) == 0
        assert (await bench.chunked.get(ME, session.id)).state == "open"
    assert (await bench.chunked.complete(ME, session.id)).size == len(DATA)
    assert await uploads_made(bench) == 1


async def test_a_slow_attempt_that_was_taken_over_makes_no_second_upload(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was thought dead and comes back late: its upload is not confirmed."""
    session = await bench.begin(DATA, 100)
    await bench.fill(session, DATA)
    held, go = asyncio.Event(), asyncio.Event()
    stage = Uploads.stage

    async def slow(self: Uploads, *args: object) -> object:
        staged = await stage(self, *args)  # type: ignore[arg-type]
        if not held.is_set():
            held.set()
            await go.wait()
        return staged

    monkeypatch.setattr(Uploads, "stage", slow)
    late = asyncio.create_task(bench.chunked.complete(ME, session.id))
    await held.wait()
    await change(bench, expires_at=now_ms() - 1)
    upload = await bench.chunked.complete(ME, session.id)
    go.set()
    with pytest.raises(Conflict):
        await late
    assert await uploads_made(bench) == 1
    assert await bench.chunked.complete(ME, session.id) == upload


async def test_a_cancelled_attempt_frees_the_session(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server stops in the middle: the session is open again at once."""
    session = await bench.begin(DATA, 100)
    await bench.fill(session, DATA)
    held = asyncio.Event()

    async def stuck(*_: object) -> None:
        held.set()
        await asyncio.sleep(60)

    with monkeypatch.context() as patched:
        patched.setattr(Uploads, "stage", stuck)
        attempt = asyncio.create_task(bench.chunked.complete(ME, session.id))
        await held.wait()
        attempt.cancel()
        with pytest.raises(asyncio.CancelledError):
            await attempt
    assert list(bench.uploads.scratch.iterdir()) == []
    assert (await bench.chunked.get(ME, session.id)).state == "open"
    assert (await bench.chunked.complete(ME, session.id)).size == len(DATA)


async def test_abort(bench: Bench) -> None:
    """Nothing is left; a piece that comes late leaves nothing either."""
    session = await bench.begin(DATA, 100)
    await bench.put(session, DATA, 1)
    await bench.chunked.abort(ME, session.id)
    assert (await bench.rows(), bench.stored()) == ((0, 0, 0), [])
    with pytest.raises(NotFound):
        await bench.put(session, DATA, 2)
    assert bench.stored() == []
    with pytest.raises(NotFound):
        await bench.chunked.abort(ME, session.id)


async def test_expiry(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a day a session is gone: at once for its owner, rows and blobs with the sweep; one that fails is swept later."""
    session, kept = await bench.begin(DATA, 100), await bench.begin(DATA, 100)
    await bench.fill(session, DATA)
    assert session.expires_at == session.created_at + DAY
    async with writing(bench.engine) as connection:
        await connection.execute(update(chunked_upload).where(chunked_upload.c.id == session.id).values(expires_at=now_ms()))
    with pytest.raises(NotFound):
        await bench.chunked.complete(ME, session.id)
    with pytest.raises(NotFound):
        await bench.put(session, DATA, 2)

    async def away(_self: BlobStore, _key: str) -> None:
        raise OSError("away")

    with monkeypatch.context() as patched:
        patched.setattr(BlobStore, "delete", away)
        assert await delete_expired_sessions(bench.engine, bench.blobs, now_ms()) == 0
    assert (await bench.rows())[1] == 2
    assert await delete_expired_sessions(bench.engine, bench.blobs, now_ms()) == 1
    assert (await bench.rows(), bench.stored()) == ((0, 1, 0), [])
    assert (await bench.chunked.get(ME, kept.id)).state == "open"


async def test_a_lost_piece_is_told(bench: Bench) -> None:
    """The store lost a piece: the caller is told which, and may send it again."""
    session = await bench.begin(DATA, 100)
    await bench.fill(session, DATA)
    await bench.blobs.delete(session.key(3))
    with pytest.raises(InvalidRequest, match=r"^chunk: number 3 was lost; send it again$"):
        await bench.chunked.complete(ME, session.id)
    assert 3 not in await bench.chunked.arrived(session)
    await bench.put(session, DATA, 3)
    assert (await bench.chunked.complete(ME, session.id)).size == len(DATA)


async def test_the_sweep_sees_many(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """More expired sessions than one look sees are all ended."""
    monkeypatch.setattr("mediakiln.assets.chunks.AT_ONCE", 3)
    for _ in range(8):
        await bench.begin(DATA, 100)
    await change(bench, expires_at=now_ms())
    assert await delete_expired_sessions(bench.engine, bench.blobs, now_ms()) == 8
