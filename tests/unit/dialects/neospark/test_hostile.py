"""What clients send by mistake or malice: every answer is a clean one in the envelope, and costs nothing."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from apps import BASE, Caller, House, small_picture

from mediakiln.errors import MICRO

pytestmark = pytest.mark.asyncio(loop_scope="module")

API = "/api/v1"
SESSIONS, VIDEOS = f"{API}/drawing/sessions", f"{API}/video/generations"
FLASH = "gemini-3.1-flash-image-preview"
IMAGE = {"prompt": "a cat", "model": FLASH, "resolution": "1K", "aspect_ratio": "1:1"}
TEXT, WHOLE, REAL, FLAG, TEXTS = "a string", "an integer", "a number with a fraction", "a boolean", "an array"
_PICTURE = {
    "prompt": TEXT,
    "model": TEXT,
    "resolution": TEXT,
    "aspect_ratio": TEXT,
    "negative_prompt": TEXT,
    "strength": REAL,
    "provider": TEXT,
    "quality": TEXT,
}
_CLIP = {
    "prompt": TEXT,
    "model": TEXT,
    "duration": WHOLE,
    "ratio": TEXT,
    "resolution": TEXT,
    "generate_audio": FLAG,
    "watermark": FLAG,
    "seed": WHOLE,
}
FIELDS = {
    "POST /drawing/sessions": {"title": TEXT},
    "PUT /drawing/sessions/<session>/title": {"title": TEXT},
    "POST /drawing/sessions/<session>/generate": _PICTURE
    | {
        "num_images": WHOLE,
        "ref_upload_id": TEXT,
        "ref_upload_ids": TEXTS,
        "ref_image_path": TEXT,
        "ref_image_paths": TEXTS,
        "optimize_prompt": FLAG,
        "type": WHOLE,
        "seed": WHOLE,
    },
    "POST /drawing/sessions/<session>/generate-multi-ref": _PICTURE
    | {"ref_upload_ids": TEXTS, "ref_image_paths": TEXTS, "concurrency": WHOLE},
    "POST /drawing/sessions/<session>/generate-batch": {name: kind for name, kind in _PICTURE.items() if name != "prompt"}
    | {"assistant_message_id": TEXT, "ref_upload_id": TEXT},
    "POST /drawing/messages/dm_aaaaaaaaaaaaaaaa_assistant/generate-video": _CLIP,
    "POST /video/generations": _CLIP
    | {
        "first_frame_url": TEXT,
        "last_frame_url": TEXT,
        "reference_image_urls": TEXTS,
        "reference_video_urls": TEXTS,
        "reference_audio_url": TEXT,
        "reference_audio_urls": TEXTS,
        "frames": WHOLE,
        "fps": WHOLE,
        "return_last_frame": FLAG,
    },
    "POST /prompts/optimize": {"prompt": TEXT, "style": TEXT},
}
VALUES: dict[str, Any] = {TEXT: "x", WHOLE: 3, REAL: 1.5, FLAG: True, TEXTS: ["x"], "an object": {"x": 1}}
DEEP = 1_000_000  # Python 3.14 goes as deep as the stack allows


def refusal(answer: httpx.Response, status: int = 400) -> str:
    """The message of an error in the envelope."""
    assert answer.status_code == status, answer.text[:500]
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert list(body) == ["code", "message", "detail", "data"]
    assert body["code"] == status
    assert body["data"] is None
    message: str = body["message"]
    assert message == body["detail"]
    assert message
    assert "\n" not in message
    assert len(message) < 500
    return message


async def somebody(house: House) -> tuple[Caller, str]:
    """An account with 100 credits, and a session of its own."""
    caller = await house.caller(balance=100)
    return caller, (await caller.post(SESSIONS, json={"title": "Cats"})).json()["data"]["session_id"]


async def untouched(caller: Caller) -> None:
    """Nothing was charged or written: there is the grant and nothing else."""
    assert await caller.books() == (100 * MICRO, 0, 0, 1)


def fits(got: str, wanted: str) -> bool:
    """Whether JSON's value of one kind may stand for another: a whole number is a number."""
    return got == wanted or (wanted, got) == (REAL, WHOLE)


@pytest.mark.parametrize("line", FIELDS)
async def test_wrong_types(idle: House, line: str) -> None:
    """Every field with a value of every other JSON type: 400, the field, what was got and what is allowed."""
    caller, session = await somebody(idle)
    method, path = line.replace("<session>", session).split(" ")
    for name, wanted in FIELDS[line].items():
        for got in (got for got in VALUES if not fits(got, wanted)):
            answer = await caller.request(method, API + path, json=IMAGE | {name: VALUES[got]})
            assert refusal(answer) == f"{name}: got {got}; allowed: {wanted}"
    for name in (name for name, wanted in FIELDS[line].items() if wanted == TEXTS):
        answer = await caller.request(method, API + path, json=IMAGE | {name: ["x", 7]})
        assert refusal(answer) == f"{name}[1]: got an integer; allowed: a string"
    await untouched(caller)


@pytest.mark.parametrize("line", FIELDS)
@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"{", "body: the body is not valid JSON"),
        (b'{"prompt": "x",}', "body: the body is not valid JSON"),
        (b'{"title": "a\nb"}', "body: the body is not valid JSON"),
        (b'{"title": "\xff\xfe", "model": "\xff\xfe", "prompt": "\xff\xfe"}', "body: the body is not valid JSON"),
        (rb'{"prompt": "\ud800"}', "body: the body is not valid JSON"),
        (b'{"strength": NaN}', "body: the body is not valid JSON"),
        (b'{"strength": Infinity}', "body: the body is not valid JSON"),
        (b'{"strength": -Infinity, "duration": nan}', "body: the body is not valid JSON"),
        (b"[]", "body: got an array; allowed: an object"),
        (b"null", "body: got null; allowed: an object"),
        (b'"prompt"', "body: got a string; allowed: an object"),
        (b'{"x":' + b"[" * DEEP + b"]" * DEEP + b"}", "body: the body is nested too deeply"),
        (b"prompt=a+cat&model=x", "body: the body is not valid JSON"),
    ],
)
async def test_broken_bodies(idle: House, line: str, body: bytes, complaint: str) -> None:
    """Whatever is no JSON object in UTF-8 is a 400 that says so."""
    caller, session = await somebody(idle)
    method, path = line.replace("<session>", session).split(" ")
    answer = await caller.request(method, API + path, content=body, headers={"content-type": "application/json"})
    assert refusal(answer).startswith(complaint)
    await untouched(caller)


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" + "0" * 400, "1" + "0" * 5000, "9" * 20, "-9" + "9" * 25])
async def test_absurd_numbers(idle: House, number: str) -> None:
    """Too large for the field or for any number: always a 400 that names the field."""
    caller, session = await somebody(idle)
    for path, base, fields in (
        (f"{SESSIONS}/{session}/generate", IMAGE, ("num_images", "strength", "seed")),
        (VIDEOS, {"prompt": "a dog"}, ("duration", "seed", "frames", "fps")),
    ):
        for field in fields:
            body = json.dumps(base)[:-1] + f', "{field}": {number}}}'
            assert refusal(await caller.post(path, content=body.encode())).startswith(f"{field}: "), (field, number)
    await untouched(caller)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prompt", "a\0b"),
        ("prompt", "\0"),
        ("prompt", "\u200b\u2060 \u00a0"),
        ("negative_prompt", "a\0b"),
        ("model", f"{FLASH}\0"),
        ("model", "m" * 100_000),
        ("resolution", "1K\0"),
        ("aspect_ratio", "1:1\0"),
        ("quality", "standard\0"),
        ("provider", "gemini\0"),
        ("provider", "\u202e"),
        ("ref_upload_id", "up_\0"),
        ("ref_upload_id", "up_" + "0" * 100_000),
        ("ref_upload_ids", ["\0"]),
        ("ref_upload_ids", ["up_é"]),
        ("ref_image_path", "/uploads/a\0b"),
        ("ref_image_path", "/uploads/../../etc/passwd"),
        ("ref_image_path", "/uploads/%2e%2e/%2e%2e/etc/passwd"),
        ("ref_image_path", "/etc/passwd"),
        ("ref_image_paths", ["https://example.com/a\0b.png"]),
        ("ref_image_paths", ["/uploads/" + "x/" * 50_000]),
    ],
)
async def test_odd_texts_in_pictures(either: House, field: str, value: Any) -> None:
    """NUL characters, which PostgreSQL takes in no text, invisible prompts, paths that lead out, texts without end."""
    caller, session = await somebody(either)
    message = refusal(await caller.post(f"{SESSIONS}/{session}/generate", json=IMAGE | {field: value}))
    assert message.startswith("ref_upload_ids, ref_image_paths: " if field.startswith("ref_") else f"{field}: ")
    await untouched(caller)


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("prompt", "a\0b", "prompt"),
        ("model", "AiVideoMax\0", "model"),
        ("ratio", "16:9\0", "ratio"),
        ("resolution", "720p\0", "resolution"),
        ("first_frame_url", "/uploads/a\0b", "first_frame_url"),
        ("first_frame_url", "up_\0", "first_frame_url"),
        ("first_frame_url", "javascript:alert(1)", "first_frame_url"),
        ("reference_image_urls", ["\0"], "reference_image_urls"),
        ("reference_video_urls", ["/uploads/../x.mp4"], "reference_video_urls"),
        ("reference_audio_url", "\0", "reference_audio_urls"),
    ],
)
async def test_odd_texts_in_videos(either: House, field: str, value: Any, named: str) -> None:
    """The same, and the message names the field that was sent (or its newer name)."""
    caller, _ = await somebody(either)
    assert refusal(await caller.post(VIDEOS, json={"prompt": "a dog", "duration": 4, field: value})).startswith(f"{named}: ")
    await untouched(caller)


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(IMAGE | {"prompt": "🐈‍⬛ кошка 猫 قطة \u202eright to left\u202c"}).encode(),
        b"\xef\xbb\xbf" + json.dumps(IMAGE).encode(),
        json.dumps(IMAGE | {"prompt": "control \x07 \x1f characters"}).encode(),
        json.dumps(IMAGE | {"prompt": "猫" * 8_000}).encode(),
        json.dumps(IMAGE | {"x": {"deep": [1, 2, {"a": None}]}, "": 0, "\0": 1, "padding": "y" * 1_000_000}).encode(),
        json.dumps(IMAGE | {"prompt": "{prompt} %s {0}", "type": 1}).encode(),
    ],
)
async def test_odd_but_good(either: House, body: bytes) -> None:
    """Strange bodies that are JSON all the same make a task on either database, and the session shows the prompt as it was."""
    caller, session = await somebody(either)
    answer = await caller.post(f"{SESSIONS}/{session}/generate", content=body)
    assert answer.status_code == 200, answer.text
    [asked, answered] = (await caller.get(f"{SESSIONS}/{session}")).json()["data"]["messages"]
    assert asked["content"] == json.loads(body.decode("utf-8-sig"))["prompt"]
    assert answered["message_id"] == answer.json()["data"]["message_id"]


async def test_ten_megabytes_of_prompt(either: House) -> None:
    """Refused with a short sentence and without long thought, optimized or not; nothing of it is kept."""
    caller, session = await somebody(either)
    prompt = "a cat, " * 1_500_000
    begun = time.monotonic()
    for path, body in (
        (f"{SESSIONS}/{session}/generate", IMAGE | {"prompt": prompt}),
        (f"{SESSIONS}/{session}/generate", IMAGE | {"prompt": prompt, "optimize_prompt": True, "type": 1}),
        (f"{SESSIONS}/{session}/generate", IMAGE | {"negative_prompt": prompt}),
        (f"{SESSIONS}/{session}/generate-multi-ref", IMAGE | {"prompt": prompt, "ref_image_paths": ["https://example.com/a"]}),
        (VIDEOS, {"prompt": prompt}),
    ):
        assert "characters" in refusal(await caller.post(path, json=body))
    assert "characters" in refusal(await caller.post(SESSIONS, json={"title": prompt}))
    assert time.monotonic() - begun < 15
    await untouched(caller)


@pytest.mark.parametrize("kind", ["upload ids", "unknown hosts", "own paths", "one and the same"])
async def test_a_thousand_references(either: House, kind: str) -> None:
    """Refused by their number before any is looked at; a thousand times the same is one."""
    caller, session = await somebody(either)
    uploaded = await caller.post(f"{API}/storage/upload", files={"file": ("a.png", small_picture())})
    named: dict[str, Any] = {
        "upload ids": {"ref_upload_ids": [f"up_{n:032x}" for n in range(1_000)]},
        "unknown hosts": {"ref_image_paths": [f"http://h{n}.invalid/a.png" for n in range(1_000)]},
        "own paths": {"ref_image_paths": [f"/uploads/{caller.account_id}/images/{n}.png" for n in range(1_000)]},
        "one and the same": {"ref_upload_ids": [uploaded.json()["data"]["upload_id"]] * 1_000},
    }[kind]
    begun = time.monotonic()
    for call in ("generate", "generate-multi-ref"):
        answer = await caller.post(f"{SESSIONS}/{session}/{call}", json=IMAGE | named)
        if kind == "one and the same":
            assert answer.status_code == 200, answer.text
        else:
            assert refusal(answer).startswith("ref_upload_ids, ref_image_paths: got ")
    if kind != "one and the same":
        for field in ("reference_image_urls", "reference_video_urls", "reference_audio_urls"):
            answer = await caller.post(VIDEOS, json={"prompt": "a dog", field: next(iter(named.values()))})
            assert refusal(answer).startswith(f"{field}: got ")
        await untouched(caller)
    assert time.monotonic() - begun < 15


async def test_foreign_ids_look_like_missing_ones(either: House) -> None:
    """Another account's session, message, video, upload and file answer to every call as if they were not there, and nothing
    of theirs changes."""
    ann, hers = await somebody(either)
    bob, his = await somebody(either)
    message = (await ann.post(f"{SESSIONS}/{hers}/generate", json=IMAGE)).json()["data"]["message_id"]
    video = (await ann.post(VIDEOS, json={"prompt": "a dog", "duration": 4, "model": "AiVideoMin"})).json()["data"]["task_id"]
    upload = (await ann.post(f"{API}/storage/upload", files={"file": ("a.png", small_picture())})).json()["data"]
    before = [await ann.books(), (await ann.get(f"{SESSIONS}/{hers}")).json(), (await ann.get(VIDEOS)).json()]
    missing = {
        hers: "ds_" + "0" * 20,
        message: "dm_aaaaaaaaaaaaaaaa_assistant",
        video: "video_aaaaaaaaaaaaaaaa",
        upload["upload_id"]: "up_" + "0" * 32,
        upload["path"]: upload["path"].replace(upload["path"].rpartition("/")[2][:32], "0" * 32),
    }
    clip = {"prompt": "a dog", "duration": 4, "model": "AiVideoMin"}
    batch = IMAGE | {"assistant_message_id": message, "ref_upload_id": upload["upload_id"]}
    calls: list[tuple[str, str, dict[str, Any] | None]] = [
        ("GET", f"{SESSIONS}/{hers}", None),
        ("PUT", f"{SESSIONS}/{hers}/title", {"title": "Mine"}),
        ("DELETE", f"{SESSIONS}/{hers}", None),
        ("DELETE", f"{SESSIONS}/{hers}?permanent=true", None),
        ("POST", f"{SESSIONS}/{hers}/generate", IMAGE),
        ("POST", f"{SESSIONS}/{hers}/generate-batch", batch),
        ("POST", f"{SESSIONS}/{his}/generate-batch", batch),
        ("POST", f"{SESSIONS}/{his}/generate", IMAGE | {"ref_upload_id": upload["upload_id"]}),
        ("POST", f"{SESSIONS}/{his}/generate", IMAGE | {"ref_image_path": upload["path"]}),
        ("POST", f"{SESSIONS}/{his}/generate", IMAGE | {"ref_image_paths": [BASE + upload["path"]]}),
        ("POST", f"{SESSIONS}/{his}/generate-multi-ref", IMAGE | {"ref_upload_ids": [upload["upload_id"]]}),
        ("GET", f"{API}/drawing/messages/{message}", None),
        ("POST", f"{API}/drawing/messages/{message}/generate-video", {}),
        ("GET", f"{VIDEOS}/{video}", None),
        ("DELETE", f"{VIDEOS}/{video}", None),
        ("POST", VIDEOS, clip | {"first_frame_url": upload["path"]}),
        ("POST", VIDEOS, clip | {"reference_image_urls": [upload["upload_id"]]}),
    ]
    for method, path, body in calls:
        foreign = await bob.request(method, path, json=body)
        text = json.dumps(body)
        for real, other in missing.items():
            path, text = path.replace(real, other), text.replace(real, other)
        absent = await bob.request(method, path, json=json.loads(text))
        said = foreign.text
        for real, other in missing.items():
            said = said.replace(real, other)
        # A long path is told by its beginning.
        said, expected = (re.sub(r"(/\d{4}/\d\d/\d\d/)[0-9a-f]+", r"\1", text) for text in (said, absent.text))
        assert (foreign.status_code, said) == (absent.status_code, expected), (method, path)
        refusal(foreign, 404 if foreign.status_code == 404 else 400)
    await untouched(bob)
    assert [await ann.books(), (await ann.get(f"{SESSIONS}/{hers}")).json(), (await ann.get(VIDEOS)).json()] == before
    assert (await bob.get(SESSIONS)).json()["data"][0]["session_id"] == his
    assert (await bob.get(VIDEOS)).json()["data"]["items"] == []


@pytest.mark.parametrize(
    "odd",
    ["%00", "ds_%00", "%ff", "%ed%a0%80", "x" * 60_000, "%F0%9F%98%80", "'; DROP TABLE task; --", "%2e%2e", "*", "%25", "null"],
)
async def test_odd_ids(either: House, odd: str) -> None:
    """No id of any form is more than an unknown one."""
    caller, session = await somebody(either)
    for method, path, body in (
        ("GET", f"{SESSIONS}/{odd}", None),
        ("PUT", f"{SESSIONS}/{odd}/title", {"title": "x"}),
        ("DELETE", f"{SESSIONS}/{odd}?permanent=true", None),
        ("POST", f"{SESSIONS}/{odd}/generate", IMAGE),
        ("GET", f"{API}/drawing/messages/{odd}", None),
        ("POST", f"{API}/drawing/messages/{odd}/generate-video", {}),
        ("GET", f"{VIDEOS}/{odd}", None),
        ("DELETE", f"{VIDEOS}/{odd}", None),
    ):
        refusal(await caller.request(method, path, json=body), 404)
    batch = IMAGE | {"ref_upload_id": "up_x", "assistant_message_id": httpx.URL(f"http://x/{odd}").path[1:] or "x"}
    refusal(await caller.post(f"{SESSIONS}/{session}/generate-batch", json=batch), 404)
    await untouched(caller)


@pytest.mark.parametrize(
    "title", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "\u202ecod.exe", "'--"]
)
async def test_titles_are_data(either: House, title: str) -> None:
    """Whatever a title holds comes back as it was, as JSON that no browser takes for a page."""
    caller, session = await somebody(either)
    renamed = await caller.request("PUT", f"{SESSIONS}/{session}/title", json={"title": title})
    shown = [renamed, await caller.get(SESSIONS), await caller.get(f"{SESSIONS}/{session}")]
    assert [each.headers["content-type"] for each in shown] == ["application/json"] * 3
    listed = shown[1].json()["data"][0]
    assert [shown[0].json()["data"]["title"], listed["title"], shown[2].json()["data"]["title"]] == [title] * 3


@pytest.mark.parametrize("area", ["drawing", "video", "prompts"])
async def test_unknown_paths(idle: House, area: str) -> None:
    """404 and 405 in the envelope below every area, with a key and without one."""
    caller = await idle.caller()
    for who in (caller, idle.client):
        for path in ("", "/", "/x", "/x/y/z", "/%00", "/..%2f..%2fetc%2fpasswd"):
            message = refusal(await who.get(f"{API}/{area}{path}"), 404)
            assert message.startswith("Not Found: GET ")
    refusal(await idle.client.request("PATCH", f"{API}/drawing/models/config"), 405)


async def test_each_dialect_answers_in_its_own_shape(idle: House) -> None:
    """`/api/v1/videos` is Nano Banana's and `/api/v1/video` NeoSpark's, to the last unknown path below them."""
    caller = await idle.caller(balance=1_000)
    banana, spark = {"success", "error"}, {"code", "message", "detail", "data"}
    for path, keys in (
        (f"{API}/videos", banana),
        (f"{API}/videos/x", banana),
        (f"{API}/video", spark),
        (f"{API}/video/x", spark),
    ):
        answer = await caller.get(path)
        assert (answer.status_code, set(answer.json())) == (404, keys), path
    one = (await caller.post(f"{API}/videos/generate", json={"prompt": "a dog"})).json()
    two = (await caller.post(VIDEOS, json={"prompt": "a dog"})).json()
    assert (one["success"], two["code"]) == (True, 200)
    # Each is addressable in its own dialect only.
    refusal(await caller.get(f"{VIDEOS}/{one['data']['task_id']}"), 404)
    other = await caller.get(f"{API}/videos/status", params={"task_id": two["data"]["task_id"]})
    assert (other.status_code, set(other.json())) == (404, banana)
    assert (await caller.get(VIDEOS)).json()["data"]["total"] == 1


@asynccontextmanager
async def trap() -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server on loopback: its port, and what it was asked."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], asked


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/a.png",
        "http://localhost:{port}/a.png",
        "http://0.0.0.0:{port}/a.png",
        "http://[::1]:{port}/a.png",
        "http://[::ffff:127.0.0.1]:{port}/a.png",
        "http://2130706433:{port}/a.png",
        "http://0x7f000001:{port}/a.png",
        "http://127.1:{port}/a.png",
        "http://kiln.test@127.0.0.1:{port}/uploads/a.png",
        "http://kiln.test:{port}/a.png",
        "http://127.0.0.1:{port}/uploads/a.png",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/a.png",
        "http://192.168.1.1/a.png",
        "http://172.16.0.1/a.png",
        "http://100.64.0.1/a.png",
        "http://[fd00::1]/a.png",
        "http://[64:ff9b::7f00:1]/a.png",
        "http://metadata.google.internal/a.png",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/_x",
        "//127.0.0.1:{port}/a.png",
    ],
)
async def test_internal_addresses(idle: House, url: str) -> None:
    """No field leads into the operator's network: 400 or 502, the field is named, nothing is asked and nothing is charged."""
    caller, session = await somebody(idle)
    async with trap() as (port, asked):
        link = url.format(port=port)
        picture, multi = f"{SESSIONS}/{session}/generate", f"{SESSIONS}/{session}/generate-multi-ref"
        references = "ref_upload_ids, ref_image_paths"
        for path, body, field in (
            (picture, IMAGE | {"ref_image_paths": [link]}, references),
            (picture, IMAGE | {"ref_image_path": link}, references),
            (picture, IMAGE | {"ref_upload_ids": [link]}, references),
            (multi, IMAGE | {"ref_image_paths": [link]}, references),
            (VIDEOS, {"prompt": "a dog", "duration": 4, "model": "AiVideoMin", "first_frame_url": link}, "first_frame_url"),
            *(
                (VIDEOS, {"prompt": "a dog", "duration": 4, "model": "AiVideoMin", f"reference_{kind}_urls": [link]}, kind)
                for kind in ("image", "video")
            ),
        ):
            answer = await caller.post(path, json=body)
            assert answer.status_code in (400, 502), answer.text
            assert refusal(answer, answer.status_code).startswith(field if field in (references, "first_frame_url") else "refer")
        assert asked == []
    await untouched(caller)
