"""The library's lists, on both databases."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncEngine
from unit.assets.uploading import ME, OTHER

from mediakiln.assets import library
from mediakiln.assets.library import Item, Source
from mediakiln.database.engine import reading
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import account, asset, conversation, task, task_input
from mediakiln.errors import NotFound
from mediakiln.generation import GenerationRequest, Kind

PAGE = {"limit": 20, "offset": 0}


class Shelf:
    """Puts rows into a database, one a millisecond."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.clock = 0

    async def put(self, table: Any, **values: Any) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(insert(table).values(**values))

    async def file(self, name: str, media_type: str = "image/png", who: str = ME, **values: Any) -> str:
        """A file; an upload unless `values` say otherwise."""
        self.clock += 1
        path = f"/uploads/{who}/{name}"
        row = {"path": path, "account_id": who, "media_type": media_type, "size": 1, "width": 2, "height": 3}
        if "task_id" not in values:
            row |= {"upload_id": f"up_{name}", "filename": name}
        await self.put(asset, **row | {"created_at": self.clock} | values)
        return path

    async def task(self, name: str, kind: Kind = Kind.VIDEO, state: str = "succeeded", who: str = ME, **values: Any) -> str:
        """A task, with its file when it succeeded."""
        self.clock += 1
        request = GenerationRequest(kind=kind, model="m", prompt=f"prompt of {name}", duration=5)
        row = {"id": name, "public_id": f"p_{name}", "account_id": who, "api_key_id": "k", "dialect": "nanobanana", "kind": kind}
        row |= {"model": "m", "request": msgspec.json.encode(request).decode(), "routes": "[]", "unit_price": 1, "price": 1}
        row |= {"state": state, "submission": "none", "output_token": "", "deadline": 1, "created_at": self.clock}
        await self.put(task, **row | values)
        if state == "succeeded":
            await self.file(f"{name}.out", "video/mp4" if kind is Kind.VIDEO else "image/png", who, task_id=name)
        return name


@pytest.fixture
async def shelf(engine: AsyncEngine) -> Shelf:
    """An empty library, with two accounts."""
    shelf = Shelf(engine)
    for who in (ME, OTHER):
        await shelf.put(account, id=who, email=who, created_at=0)
    return shelf


async def images(shelf: Shelf, source: Source | None = None, **page: int) -> tuple[int, list[str]]:
    """What `images` tells of ME, by the ends of the paths."""
    async with reading(shelf.engine) as connection:
        total, items = await library.images(connection, ME, source=source, **PAGE | page)
    return total, [names(each) for each in items]


async def videos(shelf: Shelf, source: Source | None = None, states: Any = None, **page: int) -> tuple[int, list[str]]:
    """What `videos` tells of ME."""
    async with reading(shelf.engine) as connection:
        total, items = await library.videos(connection, ME, source=source, states=states, **PAGE | page)
    return total, [names(each) for each in items]


def names(item: Item) -> str:
    """The task's name, or the file's."""
    return item.made.id if item.made else str(item.file and item.file.path.rpartition("/")[2])


async def test_images(shelf: Shelf) -> None:
    """Uploads and results, newest first, of this account; no videos, nothing deleted, expired, arriving or inline."""
    await shelf.file("old")
    await shelf.task("made", Kind.IMAGE)
    await shelf.file("foreign", who=OTHER)
    await shelf.task("foreign-task", Kind.IMAGE, who=OTHER)
    await shelf.file("film", "video/mp4")
    await shelf.file("hidden", deleted_at=1)
    await shelf.file("gone", expires_at=now_ms())
    await shelf.file("inline", task_id=None)
    await shelf.file("young", expires_at=now_ms() + 60_000)
    assert await images(shelf) == (3, ["young", "made", "old"])
    assert await images(shelf, Source.UPLOAD) == (2, ["young", "old"])
    assert await images(shelf, Source.GENERATION) == (1, ["made"])
    assert await images(shelf, limit=1, offset=1) == (3, ["made"])
    assert await images(shelf, offset=9) == (3, [])


async def test_a_result_tells_its_task_and_thread(shelf: Shelf) -> None:
    """Prompt, model and conversation come along; a task without one has none."""
    await shelf.put(conversation, id="c1", account_id=ME, title="My title", status="active", created_at=0, updated_at=0)
    await shelf.task("alone", Kind.IMAGE)
    await shelf.task("threaded", Kind.IMAGE, conversation_id="c1")
    async with reading(shelf.engine) as connection:
        _, [threaded, alone] = await library.images(connection, ME, source=None, **PAGE)
    assert threaded.thread is not None
    assert (threaded.thread.id, threaded.thread.title, threaded.thread.status) == ("c1", "My title", "active")
    assert threaded.made is not None
    assert (threaded.made.request.prompt, threaded.made.public_id) == ("prompt of threaded", "p_threaded")
    assert alone.thread is None


async def test_videos(shelf: Shelf) -> None:
    """Finished, unfinished and failed tasks and uploads in one list; what was deleted, on either side, is not there."""
    await shelf.file("upload", "video/mp4")
    await shelf.task("done")
    await shelf.file("last-frame", task_id="done")
    await shelf.task("queued", state="queued")
    await shelf.task("failed", state="failed")
    await shelf.task("picture", Kind.IMAGE)
    await shelf.task("deleted", deleted_at=1)
    await shelf.task("foreign", who=OTHER)
    await shelf.task("without-file")
    await shelf.file("image")
    async with shelf.engine.begin() as connection:
        # A deleted task takes its file along (tasks.removal); a file may also be deleted by itself.
        gone = asset.c.task_id.in_(["without-file", "deleted"])
        await connection.execute(asset.update().where(gone).values(deleted_at=1))
    assert await videos(shelf) == (4, ["failed", "queued", "done", "upload"])
    assert await videos(shelf, Source.UPLOAD) == (1, ["upload"])
    assert await videos(shelf, Source.GENERATION) == (3, ["failed", "queued", "done"])
    assert await videos(shelf, states=("succeeded",)) == (1, ["done"])
    assert await videos(shelf, Source.UPLOAD, ("succeeded",)) == (1, ["upload"])
    assert await videos(shelf, states=("queued", "running")) == (1, ["queued"])
    assert await videos(shelf, limit=2, offset=1) == (4, ["queued", "done"])


async def test_uploads_and_their_uses(shelf: Shelf) -> None:
    """Only uploads, with how often they were used and where last; deleted ones when asked for."""
    for name in ("c1", "c2"):
        await shelf.put(conversation, id=name, account_id=ME, title=name, status="active", created_at=0, updated_at=0)
    path = await shelf.file("cat")
    await shelf.file("sound", "audio/mpeg")
    await shelf.file("hidden", deleted_at=1)
    for name, more in {
        "t1": {"conversation_id": "c1"},
        "t2": {"conversation_id": "c2"},
        "t3": {},
        "t4": {"deleted_at": 1, "conversation_id": "c1"},
        "t5": {"who": OTHER},
    }.items():
        await shelf.task(name, Kind.IMAGE, "queued", **more)
        await shelf.put(task_input, task_id=name, path=path)

    async def listed(kinds: Any = None, deleted: bool = False, threads: bool = False) -> tuple[int, list[tuple[str, int, str]]]:
        async with reading(shelf.engine) as connection:
            total, items = await library.uploads(connection, ME, kinds=kinds, deleted=deleted, threads=threads, **PAGE)
        return total, [(names(each), each.file.uses if each.file else 0, each.thread.id if each.thread else "") for each in items]

    assert await listed() == (2, [("sound", 0, ""), ("cat", 3, "")])
    assert await listed(threads=True) == (2, [("sound", 0, ""), ("cat", 3, "c2")])
    assert await listed(deleted=True) == (3, [("hidden", 0, ""), ("sound", 0, ""), ("cat", 3, "")])
    assert await listed(kinds=("audio",)) == (1, [("sound", 0, "")])
    assert await listed(kinds=("image", "audio")) == (2, [("sound", 0, ""), ("cat", 3, "")])
    async with reading(shelf.engine) as connection:
        assert [made.id for made in await library.uses(connection, ME, path)] == ["t3", "t2", "t1"]
        file, thread = await library.find_upload(connection, ME, "up_cat")
    assert (file.path, file.uses, thread and thread.id) == (path, 3, "c2")


async def test_find(shelf: Shelf) -> None:
    """By path or id, deleted ones too; foreign, inline, expired and odd names are missing."""
    mine = await shelf.file("mine", deleted_at=1)
    others = [await shelf.file("theirs", who=OTHER), await shelf.file("inline", task_id=None)]
    others += [await shelf.file("gone", expires_at=1), "/uploads/none", "/uploads/\x00", ""]
    async with reading(shelf.engine) as connection:
        assert (await library.find(connection, ME, mine)).upload_id == "up_mine"
        assert (await library.find_upload(connection, ME, "up_mine"))[0].path == mine
        for path in others:
            with pytest.raises(NotFound, match=r"^File does not exist$"):
                await library.find(connection, ME, path)
        for upload_id in ("up_theirs", "up_gone", "up_none", "up_\x00"):
            with pytest.raises(NotFound, match=r"^File does not exist$"):
                await library.find_upload(connection, ME, upload_id)
