"""Uploads and file lists over HTTP, on the real application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from apps import BASE, Caller, House, make, serving, small_clip, small_picture
from sqlalchemy import select, update

from mediakiln.accounts.keys import Scope
from mediakiln.database.engine import reading, writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import asset, conversation, task, task_input

pytestmark = pytest.mark.asyncio(loop_scope="module")

STORAGE = "/api/v1/storage"
PNG = small_picture(1, (40, 30))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """The application with a worker on the cued upstream; files of at most 100 kB."""
    async with serving(tmp_path_factory.mktemp("house"), upload_max_bytes=100_000, max_body_bytes=50_000) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def ann(house: House) -> Caller:
    """An account of this test's own."""
    return await house.caller(balance=100)


async def upload(caller: Caller, data: bytes = PNG, filename: str = "cat.png", file_type: str | None = "image") -> dict[str, Any]:
    """Upload a file; answers its `data`."""
    form = {} if file_type is None else {"file_type": file_type}
    answer = await caller.post(f"{STORAGE}/upload", files={"file": (filename, data)}, data=form)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


async def data(caller: Caller, path: str, **params: Any) -> Any:
    """The `data` of a GET."""
    answer = await caller.get(STORAGE + path, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.json()["code"] == 200
    return answer.json()["data"]


async def generated(caller: Caller, prompt: str, kind: str = "image") -> str:
    """Have a picture or a video made in the other dialect; answers its public id."""
    answer = await caller.post(f"/api/v1/{kind}s/generate", json={"prompt": prompt})
    assert answer.status_code == 200, answer.text
    task_id: str = answer.json()["data"]["task_id"]
    return task_id


async def test_upload(house: House, ann: Caller) -> None:
    """The whole object; its link is absolute, opens for anybody, and its type is what the bytes are."""
    made = await upload(ann, PNG, "../Käse.gif")
    path = made["path"]
    assert made == {
        "upload_id": made["upload_id"],
        "filename": "Käse.gif",
        "path": path,
        "url": BASE + path,
        "size": len(PNG),
        "content_type": "image/png",
        "file_type": "image",
        "meta_info": {"width": 40, "height": 30},
        "created_at": made["created_at"],
    }
    assert made["upload_id"].startswith("up_")
    served = await house.client.get(path)
    assert (served.content, served.headers["content-type"]) == (PNG, "image/png")
    assert served.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("contents", "file_type", "kind"),
    [(PNG, None, "image"), (PNG, "other", "image"), (small_clip(), "video", "video"), (small_clip(), "other", "video")],
)
async def test_file_types(ann: Caller, contents: bytes, file_type: str | None, kind: str) -> None:
    """`other`, or nothing, is anything this server reads."""
    assert (await upload(ann, contents, "x", file_type))["file_type"] == kind


@pytest.mark.parametrize(
    ("form", "status", "message"),
    [
        ({"files": {"file": ("a.png", b"<html>")}}, 400, "file: got a file of unknown contents; allowed: image/png, image/jpeg"),
        ({"files": {"file": ("a.png", PNG)}, "data": {"file_type": "video"}}, 400, "file: got image/png, sent as video; allowed"),
        (
            {"files": {"file": ("a", PNG)}, "data": {"file_type": "pdf"}},
            400,
            'file_type: got "pdf"; allowed: image, video, audio',
        ),
        ({"files": {"picture": ("a.png", PNG)}}, 400, '"picture": got a file; allowed: one file, in the field file'),
        ({"files": [("file", ("a", PNG)), ("file", ("b", PNG))]}, 400, "file: got it twice; allowed: once"),
        ({"json": {"file": "x"}}, 400, 'Content-Type: got "application/json"; allowed: multipart/form-data'),
        ({"files": {"file": ("a.png", PNG + bytes(100_000))}}, 413, "file: got more than 100000 bytes; allowed: at most that"),
        ({"files": {"file": ("a.png", PNG + bytes(200_000))}}, 413, "file: got a body of "),
    ],
)
async def test_refused_uploads(house: House, ann: Caller, form: dict[str, Any], status: int, message: str) -> None:
    """In the envelope, naming field, got and allowed; nothing is kept."""
    answer = await ann.post(f"{STORAGE}/upload", **form)
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (status, status, None)
    assert answer.json()["message"].startswith(message)
    assert (await data(ann, "/files"))["total"] == 0
    assert list((house.settings.data / "scratch").iterdir()) == []


async def test_a_larger_upload_than_any_other_body(ann: Caller) -> None:
    """MEDIAKILN_MAX_BODY_BYTES is for JSON; uploads have their own limit, and JSON keeps its own."""
    assert (await upload(ann, PNG + bytes(90_000)))["size"] == len(PNG) + 90_000
    answer = await ann.post(f"{STORAGE}/upload/chunk/init", json={"filename": "x" * 60_000, "total_size": 1})
    assert answer.status_code == 413


async def test_many_uploads_at_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """They are on disk, so they do not count among the large bodies in memory, of which there is room for four."""
    async with serving(tmp_path_factory.mktemp("many"), worker=False, max_body_bytes=300_000) as house:
        caller = await house.caller()
        made = await asyncio.gather(*(upload(caller, PNG + bytes(400_000)) for _ in range(12)))
        assert len({each["path"] for each in made}) == 12


async def test_keys_and_scopes(house: House) -> None:
    """No key is 401 before the body is looked at; a key for something else is 403."""
    assert (await house.client.post(f"{STORAGE}/upload", files={"file": ("a", PNG)})).status_code == 401
    narrow = await house.caller(scopes=(Scope.IMAGES,))
    assert (await narrow.get(f"{STORAGE}/files")).status_code == 403
    wide = await house.caller(scopes=(Scope.STORAGE,))
    assert (await wide.get(f"{STORAGE}/files")).status_code == 200


async def test_user_images(house: House, ann: Caller) -> None:
    """Uploads and results of any dialect, newest first, filtered and paged."""
    first = await upload(ann)
    prompt = f"library {ann.account_id}"
    task_id = await generated(ann, prompt)
    await ann.finished("/api/v1/images/status", task_id)
    last = await upload(ann, filename="dog.png")
    page = await data(ann, "/user-images")
    assert (page["total"], page["offset"], page["limit"]) == (3, 0, 20)
    assert [each["type"] for each in page["images"]] == ["upload", "generation", "upload"]
    made = page["images"][1]
    assert (made["prompt"], made["model"], made["session_info"]) == (prompt, "nano-banana", None)
    assert made["url"] == BASE + made["path"]
    for each in page["images"]:
        small = await house.client.get(each["thumbnail_url"])
        assert (small.status_code, small.headers["content-type"]) == (200, "image/jpeg")
    assert page["images"][0]["id"] == last["upload_id"]
    assert [each["id"] for each in (await data(ann, "/user-images", source="upload"))["images"]] == [
        last["upload_id"],
        first["upload_id"],
    ]
    paged = await data(ann, "/user-images", limit=1, offset=1)
    assert [each["id"] for each in paged["images"]] == [made["id"]]
    assert (paged["total"], paged["offset"], paged["limit"]) == (3, 1, 1)
    assert (await data(await house.caller(), "/user-images"))["total"] == 0


async def test_session_info(house: House, ann: Caller) -> None:
    """The drawing session of a result; a deleted one is told as such."""
    task_id = await generated(ann, "in a session")
    await ann.finished("/api/v1/images/status", task_id)
    values = {"id": "ds_" + task_id, "account_id": ann.account_id, "title": "Mine", "status": "active"}
    async with writing(house.engine) as connection:
        await connection.execute(conversation.insert().values(**values, created_at=0, updated_at=0))
        await connection.execute(update(task).where(task.c.public_id == task_id).values(conversation_id=values["id"]))
    info = {"session_id": values["id"], "title": "Mine", "session_status": "active", "session_exists": True}
    assert (await data(ann, "/user-images"))["images"][0]["session_info"] == info
    async with writing(house.engine) as connection:
        await connection.execute(update(conversation).where(conversation.c.id == values["id"]).values(status="deleted"))
    info |= {"session_status": "deleted", "session_exists": False}
    assert (await data(ann, "/user-images"))["images"][0]["session_info"] == info


async def test_user_videos(house: House, ann: Caller) -> None:
    """A task is listed from its submit on; uploads have other fields."""
    sent = await upload(ann, small_clip(), "mine.mp4", "video")
    house.upstream.cues[f"slow {ann.account_id}"] = hold = Held()
    task_id = await generated(ann, f"slow {ann.account_id}", "video")
    await hold.reached.wait()
    [waiting, uploaded] = (await data(ann, "/user-videos"))["items"]
    assert waiting["id"] == task_id
    assert (waiting["type"], waiting["task_status"], waiting["url"], waiting["path"]) == ("generation", "processing", "", "")
    assert 0 <= waiting["progress"] < 100
    assert (waiting["task_type"], waiting["completed_at"]) == ("text_to_video", None)
    assert uploaded == {
        "type": "upload",
        "id": sent["upload_id"],
        "filename": "mine.mp4",
        "path": sent["path"],
        "url": sent["url"],
        "size": sent["size"],
        "content_type": "video/mp4",
        "status": "active",
        "created_at": sent["created_at"],
    }
    hold.go.set()
    await ann.finished("/api/v1/videos/status", task_id)
    done = (await data(ann, "/user-videos", status="completed"))["items"]
    assert [(each["id"], each["task_status"], each["progress"]) for each in done] == [(task_id, "completed", 100)]
    assert done[0]["url"] == BASE + done[0]["path"]
    assert done[0]["filename"].endswith("_0.mp4")
    assert done[0]["duration"] > 0
    assert done[0]["completed_at"] is not None
    assert (await data(ann, "/user-videos", status="processing"))["total"] == 0
    assert (await data(ann, "/user-videos", source="upload"))["total"] == 1


class Held:
    """A cue that waits until it is told to go on."""

    def __init__(self) -> None:
        self.reached, self.go = asyncio.Event(), asyncio.Event()

    async def __call__(self, job: Any) -> Any:
        self.reached.set()
        await self.go.wait()
        return await make()(job)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("path", "params", "message"),
    [
        ("/user-images", {"limit": "0"}, 'limit: got "0"; allowed: 1 to 100'),
        ("/user-images", {"limit": "101"}, 'limit: got "101"; allowed: 1 to 100'),
        ("/user-images", {"limit": "ten"}, 'limit: got "ten"; allowed: 1 to 100'),
        ("/user-images", {"offset": "-1"}, 'offset: got "-1"; allowed: 0 to '),
        ("/user-images", {"source": "magic"}, 'source: got "magic"; allowed: upload, generation'),
        ("/user-videos", {"source": "both"}, 'source: got "both"; allowed: upload, generation'),
        ("/user-videos", {"status": "done"}, 'status: got "done"; allowed: pending, processing, completed, failed, cancelled'),
        ("/user-videos", {"limit": "1e9"}, 'limit: got "1e9"; allowed: 1 to 100'),
        ("/files", {"file_type": "pdf"}, 'file_type: got "pdf"; allowed: image, video, audio, other'),
        ("/files", {"include_deleted": "maybe"}, 'include_deleted: got "maybe"; allowed: true, false'),
        ("/files", {"check_session": "2"}, 'check_session: got "2"; allowed: true, false'),
    ],
)
async def test_wrong_parameters(ann: Caller, path: str, params: dict[str, str], message: str) -> None:
    """A 400 that names the parameter, what was got and what is allowed."""
    answer = await ann.get(STORAGE + path, params=params)
    assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert answer.json()["message"].startswith(message)


async def test_files_and_their_uses(house: House, ann: Caller) -> None:
    """An upload tells the generations it was given to, under the words of the wire."""
    sent = await upload(ann)
    other = await upload(ann, small_clip(), "b.mp4", "video")
    public_id = await generated(ann, "uses the upload")
    async with writing(house.engine) as connection:
        task_id = await connection.scalar(select(task.c.id).where(task.c.public_id == public_id))
        await connection.execute(task_input.insert().values(task_id=task_id, path=sent["path"]))
    detail = await data(ann, f"/upload/{sent['upload_id']}")
    [use] = detail.pop("usage_history")
    assert (use["usage_type"], use["message_id"], use["usage_params"]["prompt"]) == (
        "image_to_image",
        public_id,
        "uses the upload",
    )
    assert detail == sent | {"use_count": 1, "status": "active", "session_info": None}
    listed = await data(ann, "/files")
    assert [each["upload_id"] for each in listed["files"]] == [other["upload_id"], sent["upload_id"]]
    assert listed["files"][1] == detail
    assert (await data(ann, "/files", file_type="video"))["total"] == 1
    assert (await data(ann, "/files", file_type="other"))["total"] == 0
    assert (await data(ann, "/files", limit=1))["total"] == 2


@pytest.mark.parametrize(
    ("word", "gone"), [(None, False), ("False", False), ("false", False), ("0", False), ("True", True), ("1", True)]
)
async def test_delete(house: House, ann: Caller, word: str | None, gone: bool) -> None:
    """Soft: out of the lists, told as deleted, its link works. Permanent, in any client's spelling: nothing is left."""
    sent = await upload(ann)
    path = f"{STORAGE}/upload/{sent['upload_id']}"
    answer = await ann.request("DELETE", path, params={} if word is None else {"permanent": word})
    assert answer.json()["data"] == {"id": sent["upload_id"], "deleted": True, "permanent": gone}
    assert (await data(ann, "/user-images"))["total"] == (await data(ann, "/files"))["total"] == 0
    kept = (await data(ann, "/files", include_deleted="true"))["files"]
    assert [each["status"] for each in kept] == ([] if gone else ["deleted"])
    assert (await house.client.get(sent["path"])).status_code == (404 if gone else 200)
    assert (await ann.get(path)).status_code == (404 if gone else 200)
    async with reading(house.engine) as connection:
        assert (await connection.scalar(select(asset.c.path).where(asset.c.path == sent["path"])) is None) is gone


async def test_delete_says_what_is_allowed(ann: Caller) -> None:
    """Another word is a 400, and deletes nothing."""
    sent = await upload(ann)
    answer = await ann.request("DELETE", f"{STORAGE}/upload/{sent['upload_id']}", params={"permanent": "sure"})
    assert (answer.status_code, answer.json()["message"]) == (400, 'permanent: got "sure"; allowed: true, false')
    assert (await data(ann, "/files"))["total"] == 1


async def test_paths(house: House, ann: Caller) -> None:
    """A path is taken with and without its slash and its `uploads`; the link is absolute, the file a redirect away."""
    sent = await upload(ann)
    for path in (sent["path"], sent["path"][1:], sent["path"].removeprefix("/uploads/")):
        assert await data(ann, f"/url/{path}") == {"url": sent["url"]}
        redirect = await ann.get(f"{STORAGE}/file/{path}")
        assert (redirect.status_code, redirect.headers["location"]) == (307, sent["path"])
    assert (await house.client.get(sent["path"])).content == PNG
    answer = await ann.request("DELETE", f"{STORAGE}/file/{sent['path']}", params={"permanent": "true"})
    assert answer.json()["data"] == {"id": sent["upload_id"], "deleted": True, "permanent": True}
    assert (await ann.get(f"{STORAGE}/url/{sent['path']}")).status_code == 404


async def test_results_can_be_deleted_by_path(ann: Caller) -> None:
    """As the web front end does with whatever is in its library."""
    task_id = await generated(ann, "to be deleted")
    await ann.finished("/api/v1/images/status", task_id)
    [made] = (await data(ann, "/user-images"))["images"]
    assert (await ann.request("DELETE", f"{STORAGE}/file/{made['path']}")).status_code == 200
    assert (await data(ann, "/user-images"))["total"] == 0


@pytest.mark.parametrize("path", ["%2e%2e/%2e%2e/etc/passwd", "chunks/x/1", "uploads/", "a%00b", "x" * 400, "ä"])
async def test_odd_paths(ann: Caller, path: str) -> None:
    """No path leads anywhere but to one's own files."""
    for where in ("url", "file"):
        answer = await ann.get(f"{STORAGE}/{where}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, 404)


async def test_foreign_is_missing(house: House, ann: Caller) -> None:
    """Another account's files answer word by word like files that never were."""
    bob = await house.caller()
    theirs = await upload(bob)
    missing = {"upload_id": "up_" + "0" * 32, "path": theirs["path"].replace(bob.account_id, ann.account_id)}
    for method, path in (
        ("GET", "/upload/{upload_id}"),
        ("DELETE", "/upload/{upload_id}"),
        ("GET", "/url/{path}"),
        ("GET", "/file/{path}"),
        ("DELETE", "/file/{path}"),
    ):
        answers = [await ann.request(method, STORAGE + path.format(**each)) for each in (theirs, missing)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].json() == answers[1].json()
    assert (await data(bob, "/files"))["total"] == 1


async def test_what_is_expired_is_not_listed(house: House, ann: Caller) -> None:
    """Retention has come for a file: it leaves the lists even before the sweep."""
    sent = await upload(ann)
    async with writing(house.engine) as connection:
        await connection.execute(update(asset).where(asset.c.path == sent["path"]).values(expires_at=now_ms() - 1))
    assert (await data(ann, "/files", include_deleted="1"))["total"] == 0
