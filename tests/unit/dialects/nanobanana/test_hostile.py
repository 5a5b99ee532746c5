"""What clients send by mistake or malice: every answer is a clean one in the envelope, on both databases, and costs nothing."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from apps import Caller, House, serving

from mediakiln.errors import MICRO

pytestmark = pytest.mark.asyncio(loop_scope="module")

IMAGES, VIDEOS, COST = "/api/v1/images/generate", "/api/v1/videos/generate", "/api/v1/account/calculate-cost"
TEXT, NUMBER, FLAG = "a string", "an integer", "a boolean"
FIELDS = {
    IMAGES: {
        "prompt": TEXT,
        "mode": TEXT,
        "model": TEXT,
        "model_id": TEXT,
        "image_url": TEXT,
        "aspect_ratio": TEXT,
        "resolution": TEXT,
        "num_images": NUMBER,
        "quality": TEXT,
        "output_format": TEXT,
        "seed": NUMBER,
    },
    VIDEOS: {
        "prompt": TEXT,
        "model_id": TEXT,
        "model": TEXT,
        "aspect_ratio": TEXT,
        "duration": NUMBER,
        "resolution": TEXT,
        "image_url": TEXT,
        "generate_audio": FLAG,
        "negative_prompt": TEXT,
        "seed": NUMBER,
    },
    COST: {
        "type": TEXT,
        "mode": TEXT,
        "model": TEXT,
        "model_id": TEXT,
        "image_url": TEXT,
        "num_images": NUMBER,
        "resolution": TEXT,
        "aspect_ratio": TEXT,
        "quality": TEXT,
        "duration": NUMBER,
        "generate_audio": FLAG,
    },
}
VALUES: dict[str, Any] = {
    "a string": "x",
    "an integer": 3,
    "a number with a fraction": 1.5,
    "a boolean": True,
    "an array": ["x"],
    "an object": {"x": 1},
}
OWN_CODES = {"prompt": "INVALID_PROMPT", "model": "INVALID_MODEL", "model_id": "INVALID_MODEL"}
DEEP = 1_000_000  # Python 3.14 goes as deep as the stack allows


def refusal(answer: httpx.Response, status: int = 400) -> dict[str, str]:
    """The error of an answer that has the envelope's shape and nothing more."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert set(body) == {"success", "error"}
    assert body["success"] is False
    assert set(body["error"]) == {"code", "message"}
    assert body["error"]["message"]
    assert "\n" not in body["error"]["message"]
    return dict(body["error"])


async def untouched(caller: Caller) -> None:
    """Nothing was charged or written: there is the grant and nothing else."""
    assert await caller.books() == (100 * MICRO, 0, 0, 1)


CASES = [
    (path, name, wanted, got)
    for path, fields in FIELDS.items()
    for name, wanted in fields.items()
    for got in VALUES
    if got != wanted
]


async def test_wrong_types(idle: House) -> None:
    """Every field of every body with a value of every other JSON type: 400, the field, what was got and what is allowed."""
    caller = await idle.caller(balance=100)
    assert len(CASES) == 160
    for path, name, wanted, got in CASES:
        body = {"prompt": "x", "type": "image", name: VALUES[got]}
        error = refusal(await caller.post(path, json=body))
        assert error == {
            "code": OWN_CODES.get(name, "INVALID_PARAMETER"),
            "message": f"{name}: got {got}; allowed: {wanted}",
        }, (path, name, got)
    await untouched(caller)


@pytest.mark.parametrize("path", [IMAGES, VIDEOS, COST])
@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"", "body: required, but missing; send a JSON object"),
        (b" \n ", "body: the body is not valid JSON"),
        (b"{", "body: the body is not valid JSON"),
        (b'{"prompt": "x"', "body: the body is not valid JSON"),
        (b"{'prompt': 'x'}", "body: the body is not valid JSON"),
        (b'{"prompt": "x",}', "body: the body is not valid JSON"),
        (b'{"prompt": "x"} {}', "body: the body is not valid JSON"),
        (b'{"prompt": "a\nb"}', "body: the body is not valid JSON"),
        (b'{"model": "\xff\xfe"}', "body: the body is not valid JSON"),
        (b'{"model": "\xed\xa0\x80"}', "body: the body is not valid JSON"),
        (rb'{"prompt": "\ud800"}', "body: the body is not valid JSON"),
        (rb'{"prompt": "a \udc00 b"}', "body: the body is not valid JSON"),
        (rb'{"model": "\ud83d\u0041"}', "body: the body is not valid JSON"),
        (b'{"seed": NaN, "num_images": NaN, "duration": NaN}', "body: the body is not valid JSON"),
        (b'{"x": Infinity}', "body: the body is not valid JSON"),
        (b'{"x": -}', "body: the body is not valid JSON"),
        (b"[]", "body: got an array; allowed: an object"),
        (b"null", "body: got null; allowed: an object"),
        (b'"prompt"', "body: got a string; allowed: an object"),
        (b"17", "body: got an integer; allowed: an object"),
        (b'{"x":' + b"[" * DEEP + b"]" * DEEP + b"}", "body: the body is nested too deeply"),
        (b'{"x":' + b'{"y":' * DEEP + b"1" + b"}" * DEEP + b"}", "body: the body is nested too deeply"),
        (b"[" * DEEP, "body: got an array; allowed: an object"),
        ("{}".encode("utf-16"), "body: the body is not valid JSON"),
        (b"\x1f\x8b\x08\x00gzip", "body: the body is not valid JSON"),
        (b"prompt=a+cat&mode=text", "body: the body is not valid JSON"),
    ],
)
async def test_broken_bodies(idle: House, path: str, body: bytes, complaint: str) -> None:
    """Whatever is no JSON object in UTF-8 is a 400 that says so."""
    caller = await idle.caller(balance=100)
    error = refusal(await caller.post(path, content=body, headers={"content-type": "application/json"}))
    assert error["code"] == "INVALID_PARAMETER"
    assert error["message"].startswith(complaint)
    await untouched(caller)


@pytest.mark.parametrize(
    "number", ["1e400", "-1e400", "1" + "0" * 400, "1" + "0" * 5000, "9" * 20, "-9" + "9" * 25, "1e3", "-0.0"]
)
@pytest.mark.parametrize(("path", "field"), [(IMAGES, "num_images"), (IMAGES, "seed"), (VIDEOS, "duration"), (VIDEOS, "seed")])
async def test_absurd_numbers(idle: House, path: str, field: str, number: str) -> None:
    """Too large for an integer, for the field, or no integer at all: always a 400 that names the field."""
    caller = await idle.caller(balance=100)
    error = refusal(await caller.post(path, content=f'{{"prompt": "x", "{field}": {number}}}'.encode()))
    assert error["message"].startswith(f"{field}: ")
    assert len(error["message"]) < 300
    await untouched(caller)


@pytest.mark.parametrize(
    "body",
    [
        b'\xef\xbb\xbf{"prompt": "a byte order mark"}',
        b'{"prompt": "first", "prompt": "the last of two counts"}',
        b'{"prompt": "x", "unknown": {"deep": [1, 2, {"a": null}]}, "": 0, "\\u0000": 1}',
        b'{"pr\\u006fmpt": "an escaped name"}',
        b'  \r\n\t{"prompt": "blanks around"}  \n',
        '{"prompt": "🐈‍⬛ кошка 猫 قطة \u202eright to left\u202c"}'.encode(),
        rb'{"prompt": "\ud83d\ude00 a pair of surrogates"}',
        b'{"prompt": "control \\u0007 \\u001f characters"}',
        json.dumps({"prompt": "x" * 4000}).encode(),
        json.dumps({"prompt": "猫" * 4000}).encode(),
        json.dumps({"prompt": "x", "padding": "y" * 1_000_000}).encode(),
    ],
)
@pytest.mark.parametrize("path", [IMAGES, VIDEOS])
async def test_odd_but_good(either: House, path: str, body: bytes) -> None:
    """Strange bodies that are JSON all the same make a task on either database."""
    caller = await either.caller(balance=100)
    answer = await caller.post(path, content=body, headers={"content-type": "text/plain"})
    assert answer.status_code == 200, answer.text
    task_id = answer.json()["data"]["task_id"]
    status = await caller.get(path.replace("generate", "status"), params={"task_id": task_id})
    assert status.json()["data"]["task_id"] == task_id


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (IMAGES, {"prompt": "a\0b"}, "INVALID_PROMPT"),
        (IMAGES, {"prompt": "\0"}, "INVALID_PROMPT"),
        (VIDEOS, {"prompt": "a\0b"}, "INVALID_PROMPT"),
        (VIDEOS, {"prompt": "x", "negative_prompt": "a\0b"}, "INVALID_PARAMETER"),
        (IMAGES, {"prompt": "\u200b\u2060 \u00a0"}, "INVALID_PROMPT"),
        (IMAGES, {"prompt": "\u3000"}, "INVALID_PROMPT"),
        (IMAGES, {"prompt": "x" * 8001}, "INVALID_PROMPT"),
        (VIDEOS, {"prompt": "x" * 4001}, "INVALID_PROMPT"),
        (VIDEOS, {"prompt": "x", "negative_prompt": "x" * 4001}, "INVALID_PARAMETER"),
        (IMAGES, {"prompt": "x", "model": "a\0b"}, "INVALID_MODEL"),
        (IMAGES, {"prompt": "x", "model": "m" * 100_000}, "INVALID_MODEL"),
        (IMAGES, {"prompt": "x", "aspect_ratio": "16:9\0"}, "INVALID_PARAMETER"),
        (IMAGES, {"prompt": "x", "mode": "\u202e"}, "INVALID_PARAMETER"),
        (IMAGES, {"prompt": "x", "mode": "image", "image_url": "https://example.com/a\0b.png"}, "INVALID_PARAMETER"),
        (IMAGES, {"prompt": "x", "mode": "image", "image_url": "/uploads/a\0b"}, "INVALID_PARAMETER"),
    ],
)
async def test_odd_texts(either: House, path: str, body: dict[str, Any], code: str) -> None:
    """NUL characters, which PostgreSQL takes in no text, invisible prompts and texts without end."""
    caller = await either.caller(balance=100)
    error = refusal(await caller.post(path, json=body))
    assert error["code"] == code
    assert len(error["message"]) < 400
    await untouched(caller)


@pytest.mark.parametrize(
    "task_id", ["%00", "clx%00", "%ff", "%ed%a0%80", "x" * 60_000, "%F0%9F%98%80", "'; DROP TABLE task; --", "../x"]
)
async def test_odd_task_ids(either: House, task_id: str) -> None:
    """No id of any form is more than an unknown one."""
    caller = await either.caller()
    for kind in ("images", "videos"):
        error = refusal(await caller.get(f"/api/v1/{kind}/status?task_id={task_id}"), 404)
        assert error == {"code": "TASK_NOT_FOUND", "message": "Generation task does not exist"}


async def test_a_repeated_task_id(idle: House) -> None:
    """The last one counts; the answer is never another task's or a 500."""
    caller = await idle.caller()
    ids = [(await caller.post(IMAGES, json={"prompt": "x"})).json()["data"]["task_id"] for _ in range(2)]
    answer = await caller.get(f"/api/v1/images/status?task_id={ids[0]}&task_id={ids[1]}")
    assert answer.json()["data"]["task_id"] == ids[1]


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "\x7f"])
async def test_absurd_idempotency_keys(either: House, key: str) -> None:
    """Empty, endless or unprintable: 400, before anything is charged."""
    caller = await either.caller(balance=100)
    error = refusal(await caller.post(IMAGES, json={"prompt": "x"}, headers={"Idempotency-Key": key}))
    assert error["message"].startswith("Idempotency-Key: got ")
    assert error["message"].endswith("allowed: 1-255 printable characters")
    await untouched(caller)


@pytest.mark.parametrize("key", ["x", "x" * 255, "a b  c", "ключ".encode(), b"\xff\xfe", "'; DROP TABLE task; --"])
async def test_odd_but_good_idempotency_keys(either: House, key: str | bytes) -> None:
    """Any other bytes are a key, and the same bytes are the same key."""
    caller = await either.caller(balance=100)
    headers = {b"Idempotency-Key": key}
    first, second = [
        await caller.house.client.post(IMAGES, json={"prompt": "x"}, headers={b"X-API-Key": caller.key, **headers})
        for _ in range(2)
    ]
    assert first.status_code == second.status_code == 200, first.text
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert (await caller.books())[2] == 1


async def test_too_large_a_body(tmp_path_factory: pytest.TempPathFactory) -> None:
    """413 in the envelope, whether the length is told or the body just goes on."""
    async with serving(tmp_path_factory.mktemp("large"), worker=False, max_body_bytes=10_000) as house:
        caller = await house.caller(balance=100)

        async def endless() -> Any:
            for _ in range(100):
                yield b" " * 1_000

        for content in (b" " * 10_001, endless()):
            error = refusal(await caller.post(IMAGES, content=content), 413)
            assert error == {"code": "PAYLOAD_TOO_LARGE", "message": "body: too large; allowed: at most 10000 bytes"}
        assert (await caller.post(IMAGES, content=b'{"prompt": "x"}'.ljust(10_000))).status_code == 200
