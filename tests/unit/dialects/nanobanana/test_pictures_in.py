"""`image_url`: what is taken, what is refused at once, what fails the task; the wallet is right in every case."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace

import pytest
from apps import BASE, Caller, House, serving, small_clip, small_picture
from sqlalchemy import select

from mediakiln.database.engine import reading
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import asset, task
from mediakiln.errors import MICRO

pytestmark = pytest.mark.asyncio(loop_scope="module")

GENERATE, STATUS = "/api/v1/images/generate", "/api/v1/images/status"
ONE = 1 * MICRO


def data_uri(content: bytes, media_type: str = "image/png") -> str:
    """The contents as a `data:` URI."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


async def own_result(caller: Caller, prompt: str) -> str:
    """The URL of a picture that the caller made."""
    task_id = (await caller.post(GENERATE, json={"prompt": prompt})).json()["data"]["task_id"]
    return str((await caller.finished(STATUS, task_id))["image_url"])


async def made_from(caller: Caller, prompt: str, image_url: str) -> dict[str, object]:
    """The finished task that was made from this picture."""
    answer = await caller.post(GENERATE, json={"prompt": prompt, "mode": "image", "image_url": image_url})
    assert answer.status_code == 200, answer.text
    return await caller.finished(STATUS, answer.json()["data"]["task_id"])


@pytest.mark.parametrize(
    "form",
    [
        lambda url: url,
        lambda url: f"  {url}\n",
        lambda url: url + "?download=1",
        lambda url: url.removeprefix(BASE),
        lambda url: url.replace("http://kiln.test", "HTTP://KILN.TEST:80"),
    ],
    ids=["as given", "blanks", "query", "path", "capitals and port"],
)
async def test_an_own_result(house: House, form: Callable[[str], str], request: pytest.FixtureRequest) -> None:
    """The URL that we gave, however it is written, or its path alone: the upstream gets the very picture."""
    prompt = request.node.name
    caller = await house.caller(balance=10)
    url = await own_result(caller, f"first {prompt}")
    assert (await made_from(caller, prompt, form(url)))["status"] == "completed"
    [file] = house.upstream.asked(prompt).inputs
    assert (file.media_type, file.width, file.height) == ("image/png", 16, 16)
    assert (await caller.books())[:2] == (7 * ONE, 0)


async def test_anothers_result_is_like_a_missing_one(house: House) -> None:
    """The file exists and anyone with its link may look at it, but it is no input for strangers; the words do not tell."""
    ann, bob = await house.caller(), await house.caller(balance=10)
    url = await own_result(ann, "of ann")
    missing = url.replace(url[-38:-6], "0" * 32).replace(ann.account_id, bob.account_id)
    answers = [await made_from(bob, f"of bob {n}", each) for n, each in enumerate((url, missing))]
    assert [answer["status"] for answer in answers] == ["failed", "failed"]
    assert {str(answer["error"]).replace(ann.account_id, bob.account_id)[:60] for answer in answers} == {
        f'The input cannot be used: got "/uploads/{bob.account_id}'[:60]
    }
    assert [answer["credits_used"] for answer in answers] == [0, 0]
    assert (await bob.books())[:2] == (10 * ONE, 0)


@pytest.mark.parametrize("media_type", ["image/png", "image/jpeg", "IMAGE/PNG"])
async def test_a_data_uri(house: House, media_type: str) -> None:
    """An inline picture works; its bytes decide what it is. The task's row does not carry it."""
    prompt = f"inline {media_type}"
    caller = await house.caller(balance=10)
    assert (await made_from(caller, prompt, data_uri(small_picture(1, (300, 200)), media_type)))["status"] == "completed"
    [file] = house.upstream.asked(prompt).inputs
    assert (file.media_type, file.width, file.height) == ("image/png", 300, 200)
    async with reading(house.engine) as connection:
        [row] = (await connection.scalars(select(task.c.request).where(task.c.account_id == caller.account_id))).all()
    assert "data:" not in row
    assert len(row) < 1_000


@pytest.mark.parametrize(
    ("image_url", "complaint"),
    [
        ("cat.png", "allowed: an http(s) URL, a data: URI or an /uploads/ path"),
        ("//example.com/cat.png", "allowed: an http(s) URL, a data: URI or an /uploads/ path"),
        ("ftp://example.com/cat.png", "allowed: an http(s) URL, a data: URI or an /uploads/ path"),
        ("javascript:alert(1)", "allowed: an http(s) URL, a data: URI or an /uploads/ path"),
        ("file:///etc/passwd", "allowed: an http(s) URL, a data: URI or an /uploads/ path"),
        ("blob:https://example.com/1", "allowed: an http(s) URL, a data: URI or an /uploads/ path"),
        ("https://exa mple.com/cat.png", "allowed: a URL without blanks"),
        ("https://example.com/my cat.png", "allowed: a URL without blanks"),
        ("https://", "allowed: "),
        ("http://user:word@example.com/cat.png", "allowed: a URL without credentials"),
        ("http://127.0.0.1/cat.png", "allowed: a public http or https address"),
        ("http://[::1]/cat.png", "allowed: a public http or https address"),
        ("http://169.254.169.254/latest/meta-data", "allowed: a public http or https address"),
        ("http://10.0.0.7/cat.png", "allowed: a public http or https address"),
        ("http://2130706433/cat.png", "allowed: a host name or a plain IP address"),
        ("https://example.com:99999/cat.png", "allowed: 1-65535"),
        ("https://example.com/" + "x" * 9_000, "allowed: "),
        ("/uploads/../../etc/passwd", "allowed: an /uploads/ path as it was delivered"),
        ("/uploads/%2e%2e/secret", "allowed: an /uploads/ path as it was delivered"),
        ("data:,hello", "allowed: data:<type>;base64,<contents>"),
        ("data:text/html;base64,PGI+", "allowed: image/png"),
        ("data:image/svg+xml;base64,PHN2Zz4=", "allowed: image/png"),
        ("data:image/png;base64,AAAA", "allowed: image/png"),
        ("data:image/png;base64,not*base64", "allowed: data:<type>;base64,<contents>"),
        (data_uri(small_picture())[:-9], "allowed: "),
        (data_uri(small_picture()[:40]), "allowed: "),
        (data_uri(small_clip(), "video/mp4"), "got video/mp4; allowed: image/png"),
    ],
)
async def test_refused_at_once(house: House, image_url: str, complaint: str) -> None:
    """What can never work is a 400 that names `image_url`; nothing is charged, and no file stays behind."""
    caller = await house.caller(balance=10)
    for path in (GENERATE, "/api/v1/videos/generate"):
        answer = await caller.post(path, json={"prompt": "x", "image_url": image_url})
        assert answer.status_code == 400, answer.text
        error = answer.json()["error"]
        assert error["code"] == "INVALID_PARAMETER"
        assert error["message"].startswith("image_url: ")
        assert complaint in error["message"]
        assert len(error["message"]) < 400
    assert await caller.books() == (10 * ONE, 0, 0, 1)
    async with reading(house.engine) as connection:
        assert (await connection.execute(select(asset).where(asset.c.account_id == caller.account_id))).all() == []


async def test_too_large_an_inline_picture(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The limit is the fetch door's own, and the answer says both sizes."""
    async with serving(tmp_path_factory.mktemp("small"), worker=False, fetch_max_bytes=2_000) as house:
        caller = await house.caller(balance=10)
        answer = await caller.post(GENERATE, json={"prompt": "x", "image_url": data_uri(b"\x89PNG" + bytes(3_000))})
        assert answer.status_code == 400
        assert answer.json()["error"]["message"] == "image_url: got a data: URI of about 3006 bytes; allowed: at most 2000"
        assert await caller.books() == (10 * ONE, 0, 0, 1)


async def test_an_inline_picture_of_a_request_that_makes_no_task_is_given_up(house: House) -> None:
    """Refused for want of credits: its file is the next sweep's. Answered from an Idempotency-Key: none is written."""
    poor, rich = await house.caller(balance=0), await house.caller(balance=10)
    body = {"prompt": "given up", "image_url": data_uri(small_picture(2))}
    assert (await poor.post(GENERATE, json=body)).status_code == 402
    first, again = [await rich.post(GENERATE, json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert first.json() == again.json()
    kept = {}
    async with reading(house.engine) as connection:
        for caller in (poor, rich):
            query = select(asset.c.expires_at).where(asset.c.account_id == caller.account_id, asset.c.path.contains("/inputs/"))
            kept[caller.account_id] = sorted(at > now_ms() + 1_000 for at in await connection.scalars(query))
    assert kept == {poor.account_id: [False], rich.account_id: [True]}


async def test_text_mode_leaves_the_picture_out(house: House) -> None:
    """mode=text with an image_url is a text generation at the text price; the picture is not even looked for."""
    caller = await house.caller(balance=10)
    body = {"prompt": "text it is", "mode": "text", "image_url": "https://nowhere.invalid/cat.png"}
    answer = await caller.post(GENERATE, json=body)
    assert answer.json()["data"]["credits_used"] == 1
    assert (await caller.finished(STATUS, answer.json()["data"]["task_id"]))["status"] == "completed"
    assert house.upstream.asked("text it is").inputs == ()


async def test_a_foreign_task_is_like_a_missing_one(house: House) -> None:
    """Another account's id, whether its task is finished (and cached) or not: the same 404, word by word."""
    ann, bob = await house.caller(), await house.caller()
    task_id = (await ann.post(GENERATE, json={"prompt": "not bob's"})).json()["data"]["task_id"]
    missing = await bob.get(STATUS, params={"task_id": "clxaaaaaaaaaaaaaaaaaaaaaaa"})
    before = await bob.get(STATUS, params={"task_id": task_id})
    await ann.finished(STATUS, task_id)
    after = await bob.get(STATUS, params={"task_id": task_id})
    assert [each.status_code for each in (missing, before, after)] == [404, 404, 404]
    assert missing.json() == before.json() == after.json()
    second_key = replace(ann, key=ann.key)
    assert (await second_key.get(STATUS, params={"task_id": task_id})).status_code == 200
