"""Chunked uploads over HTTP, on the real application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from apps import Caller, House, serving, small_clip
from sqlalchemy import func, select, update

from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import chunked_upload
from mediakiln.tasks import janitor

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHUNK = "/api/v1/storage/upload/chunk"
CLIP = small_clip()
SIZE = 500


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The application; files of at most 100 kB."""
    async with serving(tmp_path_factory.mktemp("house"), worker=False, upload_max_bytes=100_000) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def ann(house: House) -> Caller:
    """An account of this test's own."""
    return await house.caller()


async def begin(caller: Caller, **more: Any) -> dict[str, Any]:
    """Open a session for the clip."""
    body = {"filename": "my clip.mp4", "content_type": "video/mp4", "file_type": "video", "total_size": len(CLIP)}
    answer = await caller.post(f"{CHUNK}/init", json=body | {"chunk_size": SIZE} | more)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


async def put(caller: Caller, session: dict[str, Any], number: int | str, piece: bytes | None = None) -> Any:
    """Send one chunk of the clip, or another piece."""
    if piece is None:
        piece = CLIP[(int(number) - 1) * SIZE : int(number) * SIZE]
    form = {"chunk_number": str(number)}
    return await caller.post(f"{CHUNK}/{session['session_id']}", data=form, files={"chunk": (f"chunk_{number}", piece)})


async def test_the_front_ends_way(house: House, ann: Caller) -> None:
    """Init, chunks one by one, complete: the same object as a plain upload gives; asked again, the same one."""
    session = await begin(ann)
    assert session["chunk_size"] == SIZE
    assert session["total_chunks"] == -(-len(CLIP) // SIZE)
    assert session["expires_at"].endswith("Z")
    for number in range(1, session["total_chunks"] + 1):
        answer = await put(ann, session, number)
        assert answer.json()["data"] | {"size": 0} == {
            "session_id": session["session_id"],
            "chunk_number": number,
            "size": 0,
            "total_chunks": session["total_chunks"],
        }
    done = await ann.post(f"{CHUNK}/{session['session_id']}/complete")
    made = done.json()["data"]
    assert (made["filename"], made["file_type"], made["size"]) == ("my clip.mp4", "video", len(CLIP))
    assert (await house.client.get(made["path"])).content == CLIP
    assert (await ann.post(f"{CHUNK}/{session['session_id']}/complete")).json() == done.json()
    assert (await ann.get(f"/api/v1/storage/upload/{made['upload_id']}")).json()["data"]["url"] == made["url"]
    state = (await ann.get(f"{CHUNK}/{session['session_id']}")).json()["data"]
    assert (state["status"], state["upload_id"], state["received"]) == ("done", made["upload_id"], [])
    assert (await put(ann, session, 1)).status_code == 409
    assert (await ann.request("DELETE", f"{CHUNK}/{session['session_id']}")).status_code == 409


async def test_going_on_after_a_break(ann: Caller) -> None:
    """The session tells what is here; completing too early lists what is not."""
    session = await begin(ann)
    for number in (3, 1, 3):
        assert (await put(ann, session, number)).status_code == 200
    state = (await ann.get(f"{CHUNK}/{session['session_id']}")).json()["data"]
    assert (state["status"], state["received"], state["upload_id"]) == ("open", [1, 3], None)
    early = await ann.post(f"{CHUNK}/{session['session_id']}/complete")
    total = session["total_chunks"]
    missing = ", ".join(str(number) for number in range(1, total + 1) if number not in (1, 3))
    assert early.status_code == 400
    assert early.json()["message"] == f"chunks: got 2 of {total}, missing {missing}; allowed: all of 1-{total}"


async def test_chunks_at_once_and_completes_at_once(ann: Caller) -> None:
    """A client that sends everything in parallel, and asks twice for the end, gets one upload."""
    session = await begin(ann)
    sent = await asyncio.gather(*(put(ann, session, number) for number in range(1, session["total_chunks"] + 1)))
    assert {answer.status_code for answer in sent} == {200}
    done = await asyncio.gather(*(ann.post(f"{CHUNK}/{session['session_id']}/complete") for _ in range(4)))
    assert len({answer.json()["data"]["upload_id"] for answer in done}) == 1
    assert (await ann.get("/api/v1/storage/files")).json()["data"]["total"] == 1


@pytest.mark.parametrize(
    ("number", "piece", "status", "message"),
    [
        (1, b"x", 400, "chunk: got 1 bytes as number 1 of 4; allowed: 500 bytes"),
        (4, b"x" * 500, 400, f"chunk: got 500 bytes as number 4 of 4; allowed: {len(CLIP) - 1500} bytes"),
        (1, b"x" * 501, 413, "chunk: got more than 500 bytes; allowed: at most that"),
        (0, b"x" * 500, 400, 'chunk_number: got "0"; allowed: 1 to 4'),
        (5, b"x" * 500, 400, 'chunk_number: got "5"; allowed: 1 to 4'),
        ("two", b"x" * 500, 400, 'chunk_number: got "two"; allowed: 1 to 4'),
        ("", b"x" * 500, 400, "chunk_number: required, but missing; allowed: 1 to 4"),
    ],
)
async def test_wrong_chunks(ann: Caller, number: int | str, piece: bytes, status: int, message: str) -> None:
    """Refused with numbers; the session is as it was."""
    session = await begin(ann)
    assert session["total_chunks"] == 4
    answer = await put(ann, session, number, piece)
    assert (answer.status_code, answer.json()["message"]) == (status, message)
    assert (await ann.get(f"{CHUNK}/{session['session_id']}")).json()["data"]["received"] == []


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({}, 400, "total_size: required, but missing"),
        ({"total_size": "5"}, 400, "total_size: got a string; allowed: an integer"),
        ({"total_size": 0}, 400, "total_size: got 0; allowed: 1-100000 bytes"),
        ({"total_size": 100_001}, 413, "total_size: got 100001 bytes; allowed: at most 100000"),
        ({"total_size": 10, "chunk_size": 0}, 400, "chunk_size: got 0; allowed: 1-100000 bytes for a file of 10"),
        (
            {"total_size": 10, "chunk_size": 5, "file_type": "pdf"},
            400,
            'file_type: got "pdf"; allowed: image, video, audio, other',
        ),
    ],
)
async def test_wrong_beginnings(ann: Caller, body: dict[str, Any], status: int, message: str) -> None:
    """What cannot work is told before anything is sent."""
    answer = await ann.post(f"{CHUNK}/init", json=body)
    assert answer.status_code == status
    assert answer.json()["message"].startswith(message)


async def test_too_many_sessions(house: House) -> None:
    """The account's own limit: 429 with a Retry-After; giving one up makes room."""
    bob = await house.caller()
    sessions = [await begin(bob) for _ in range(20)]
    refused = await bob.post(f"{CHUNK}/init", json={"total_size": 1, "chunk_size": 1})
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert (await bob.request("DELETE", f"{CHUNK}/{sessions[0]['session_id']}")).status_code == 200
    await begin(bob)


async def test_wrong_contents(ann: Caller) -> None:
    """What the chunks make is not what was said: 400, and the session stays open."""
    session = await begin(ann, file_type="image")
    for number in range(1, session["total_chunks"] + 1):
        await put(ann, session, number)
    answer = await ann.post(f"{CHUNK}/{session['session_id']}/complete")
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("file: got video/mp4, sent as image; allowed as image: image/png")
    assert (await ann.get(f"{CHUNK}/{session['session_id']}")).json()["data"]["status"] == "open"


async def everything(caller: Caller, session: dict[str, Any]) -> list[Any]:
    """The answers to all that can be asked of a session."""
    path = f"{CHUNK}/{session['session_id']}"
    asked = [await caller.get(path), await caller.post(f"{path}/complete"), await caller.request("DELETE", path)]
    return [*asked, await put(caller, session, 1)]


async def test_abort_and_foreign(house: House, ann: Caller) -> None:
    """Given up it is gone, chunks too; another account's session looks just so."""
    session = await begin(ann)
    await put(ann, session, 1)
    answers = await everything(await house.caller(), session)
    assert (await ann.request("DELETE", f"{CHUNK}/{session['session_id']}")).status_code == 200
    answers += await everything(ann, session)
    assert {(answer.status_code, answer.text) for answer in answers} == {(404, answers[0].text)}
    root = house.settings.data / "blobs" / "chunks" / session["session_id"]
    assert [each for each in root.rglob("*") if each.is_file()] == []


async def test_chunks_are_never_served(house: House, ann: Caller) -> None:
    """No public path leads to a chunk."""
    session = await begin(ann)
    await put(ann, session, 1)
    key = f"chunks/{session['session_id']}/1"
    assert (house.settings.data / "blobs" / key).is_file()
    for path in (f"/uploads/{key}", f"/uploads/../{key}", f"/{key}", f"/uploads/%2e%2e/{key}"):
        assert (await house.client.get(path)).status_code == 404


async def test_the_janitor_sweeps_what_was_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that nobody completed goes by itself when its day is over, chunks and all."""
    monkeypatch.setattr(janitor, "EVERY", 0.05)
    async with serving(tmp_path) as busy:
        caller = await busy.caller()
        session = await begin(caller)
        await put(caller, session, 1)
        piece = tmp_path / "blobs/chunks" / session["session_id"] / "1"
        assert piece.is_file()
        async with writing(busy.engine) as connection:
            await connection.execute(update(chunked_upload).values(expires_at=now_ms()))
        async with asyncio.timeout(10):
            while piece.exists() or await rows(busy):
                await asyncio.sleep(0.02)


async def rows(house: House) -> int:
    """How many sessions there are."""
    async with reading(house.engine) as connection:
        return await connection.scalar(select(func.count()).select_from(chunked_upload)) or 0
