"""Bodies: both forms, what clients send by mistake or malice, 64 MB of it, repeats, and whose tasks are whose."""

from __future__ import annotations

import asyncio
import json
import os
import time
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from apps import HOUR, Caller, House, serving
from unit.dialects.vtrix.conftest import DIALECTS
from unit.dialects.vtrix.gateway import (
    DANCE,
    DREAMO,
    EFFECTS,
    PATH,
    finished,
    image,
    inline,
    made,
    refusal,
    request_of,
    submit,
    task_of,
    text,
)

from mediakiln.accounts.keys import Scope
from mediakiln.catalog.load import SHIPPED
from mediakiln.database.ids import now_ms
from mediakiln.errors import MICRO

pytestmark = pytest.mark.asyncio(loop_scope="module")

MOST = 64 * 1024 * 1024
DEEP = 1_000_000
CLIP = {"content": [text("a dancer")]}


async def untouched(caller: Caller) -> None:
    """Nothing was charged or written: there is the grant and nothing else."""
    assert await caller.books() == (1_000 * MICRO, 0, 0, 1)


async def test_wrapped_wins(idle: House) -> None:
    """Where both forms are there; unknown keys, a client's own and `null` change nothing; an empty `input` is none."""
    caller = await idle.caller()
    for body, prompt in (
        ({"model": DANCE, "input": [{"params": {"content": [text("in")]}}], "content": [text("out")]}, "in"),
        ({"model": DANCE, "input": [{"params": {"content": [text("in")]}, "x": 1}], "moderation": True, "x": [1]}, "in"),
        ({"model": DANCE, "input": [{"params": {"content": [text("in")], "model": "other", "x": None}}]}, "in"),
        ({"model": DANCE, "input": [], "content": [text("out")]}, "out"),
        ({"model": DANCE, "input": None, "content": [text("out")], "params": {}}, "out"),
    ):
        task = task_of(await caller.post(PATH, json=body))
        assert (await request_of(idle, task["id"])).prompt == prompt
        assert task["model"] == DANCE


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"{", "body: the body is not valid JSON"),
        (b"", "body: "),
        (rb'{"model": "\ud800"}', "body: the body is not valid JSON"),
        (b'{"model": "\xff\xfe"}', "body: the body is not valid JSON"),
        (b'{"model": "spark_dance_v2_0", "content": [{"type": "text", "text": "\xff"}]}', "body: the body is not valid JSON"),
        (b"[]", "body: got an array; allowed: an object"),
        (b"null", "body: got null; allowed: an object"),
        (b'{"x":' + b"[" * DEEP + b"]" * DEEP + b"}", "body: the body is nested too deeply"),
        (b"{}", "model: required, but missing; allowed: spark_img_effects, spark_dreamo, spark_dance_v2_0"),
        (b'{"model": null}', "model: required, but missing"),
        (b'{"model": ""}', "model: required, but missing"),
        (b'{"model": 5}', "model: got an integer; allowed: a string"),
        (b'{"model": "sora"}', 'model: got "sora"; allowed: spark_img_effects, spark_dreamo'),
        (b'{"model": "nano-banana"}', 'model: got "nano-banana"; allowed: spark_img_effects, spark_dreamo'),
        (b'{"model": "spark_dance_v2_0", "input": {}}', "input: got an object; allowed: an array"),
        (b'{"model": "spark_dance_v2_0", "input": [{}]}', "input[0].params: required, but missing"),
        (b'{"model": "spark_dance_v2_0", "input": [5]}', "input[0]: got an integer; allowed: an object"),
        (b'{"model": "spark_dance_v2_0", "input": [{"params": []}]}', "input[0].params: got an array; allowed: an object"),
        (b'{"model": "spark_dance_v2_0", "input": [{"params": {}}, {}]}', "input: got 2 items; allowed: 1"),
        (b'{"model": "spark_asset_get", "input": [{"params": 5}]}', "input[0].params: got an integer; allowed: an object"),
    ],
)
async def test_broken_bodies(idle: House, body: bytes, complaint: str) -> None:
    """A clean 400 that says what is wrong."""
    caller = await idle.caller()
    code, message = refusal(await caller.post(PATH, content=body, headers={"Content-Type": "application/json"}))
    assert message.startswith(complaint)
    assert code in ("invalid_parameter", "invalid_model", "InvalidParameter.input")
    await untouched(caller)


async def test_a_byte_order_mark(idle: House) -> None:
    """It is passed over."""
    caller = await idle.caller()
    for body in ({"model": DANCE, **CLIP}, {"model": DANCE, "input": [{"params": CLIP}]}):
        task_of(await caller.post(PATH, content=b"\xef\xbb\xbf" + json.dumps(body).encode()))


async def test_too_large(idle: House) -> None:
    """More than 64 MB is refused by its head, before it is read; with no length told, as soon as it is too much."""
    caller = await idle.caller()
    pieces = 0

    async def endless() -> Any:
        nonlocal pieces
        while pieces < 100:
            pieces += 1
            yield b" " * 1024 * 1024

    told = {"Content-Length": str(MOST + 1)}
    for headers in (told, {}):
        pieces = 0
        code, message = refusal(await caller.post(PATH, content=endless(), headers=headers), 413)
        assert (code, message) == ("too_large", f"body: too large; allowed: at most {MOST} bytes")
        assert pieces <= (1 if headers else 66)
    await untouched(caller)


async def test_many_small_bodies_without_a_length(idle: House) -> None:
    """They pass beside each other, as those whose length is told."""
    caller = await idle.caller(balance=10_000)
    raw = json.dumps({"model": DANCE, **CLIP}).encode()

    async def pieces() -> Any:
        for at in range(0, len(raw), 10):
            await asyncio.sleep(0)
            yield raw[at : at + 10]

    for answer in await asyncio.gather(*(caller.post(PATH, content=pieces()) for _ in range(20))):
        task_of(answer)


async def test_a_large_picture(idle: House) -> None:
    """40 MB in base64 are within the body's limit and beyond the picture's. They are refused by their length, so that the server
    does nothing else for long, and keeps little of it."""
    caller = await idle.caller()
    body = json.dumps({"model": DANCE, "content": [image(inline(bytes(40 * 1024 * 1024)))]}).encode()
    assert len(body) < MOST
    longest = 0.0

    async def beat() -> None:
        nonlocal longest
        while True:
            before = time.process_time()
            await asyncio.sleep(0)
            longest = max(longest, time.process_time() - before)

    tracemalloc.start()
    beating = asyncio.create_task(beat())
    try:
        code, message = refusal(await caller.post(PATH, content=body, headers={"Idempotency-Key": "large"}))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        beating.cancel()
        tracemalloc.stop()
    assert code == "invalid_parameter"
    assert message.startswith("content[0].image_url.url: got a data: URI of about 4194")
    assert message.endswith("bytes; allowed: less than 31457280")
    assert longest < 1.5, "seconds of processor time without a pause; under tracemalloc, and the client is in this process too"
    assert peak < 5 * len(body)
    await untouched(caller)


async def test_repeats(idle: House) -> None:
    """The same Idempotency-Key with the same body is answered with the first task, and charged once; with another body it is a
    422. The two forms are two bodies."""
    caller = await idle.caller()
    for key, model, params in (
        ("one", DANCE, CLIP),
        ("two", EFFECTS, {"image_input1": image()["image_url"]["url"], "template_id": "my_world"}),
        ("three", DREAMO, {"prompt": "winter", "image_urls": [image()["image_url"]["url"]]}),
    ):
        before = await caller.books()
        first = await submit(caller, model, headers={"Idempotency-Key": key}, **params)
        again = await submit(caller, model, headers={"Idempotency-Key": key}, **params)
        assert task_of(first) == task_of(again)
        assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
        assert (await caller.books())[2] == before[2] + 1
        answer = await submit(caller, model, headers={"Idempotency-Key": key}, flat=True, **params)
        assert refusal(answer, 422)[0] == "idempotency_key_reused"
    assert refusal(await submit(caller, DANCE, headers={"Idempotency-Key": ""}, **CLIP))[1].startswith("Idempotency-Key: got")


async def test_keys(idle: House) -> None:
    """None or a wrong one is a 401, an expired one too; a scope opens its models only, and their tasks."""
    refusal(await idle.client.post(PATH, json={"model": DANCE} | CLIP), 401)
    refusal(await idle.client.get(f"{PATH}/task/cx"), 401)
    refusal(await idle.client.get(f"{PATH}/task/cx", headers={"Authorization": "Bearer nobody"}), 401)
    expired = await idle.caller(expires_at=now_ms() - HOUR)
    assert refusal(await submit(expired, DANCE, **CLIP), 401)[0] == "unauthorized"
    images, videos = await idle.caller(scopes=[Scope.IMAGES]), await idle.caller(scopes=[Scope.VIDEOS])
    effect = {"image_input1": image()["image_url"]["url"], "template_id": "my_world"}
    assert refusal(await submit(images, DANCE, **CLIP), 403)[0] == "forbidden"
    assert refusal(await submit(videos, EFFECTS, **effect), 403)[0] == "forbidden"
    assert refusal(await submit(images, "spark_asset_list"), 403)[0] == "forbidden"
    task_of(await submit(videos, DANCE, **CLIP))
    task_of(await submit(images, EFFECTS, **effect))


async def test_somebody_elses_task(idle: House) -> None:
    """A foreign id, one of another dialect and one that never was are alike."""
    ann, bob = await idle.caller(), await idle.caller()
    task = await made(ann, DANCE, **CLIP)
    other = await ann.post("/api/v1/video/generations", json={"prompt": "a dancer", "model": "AiVideoMin", "duration": 4})
    seen = {
        refusal(await caller.get(f"{PATH}/task/{task_id}"), 404)
        for caller, task_id in (
            (bob, task["id"]),
            (ann, other.json()["data"]["task_id"]),
            (ann, "c" * 25),
            (ann, "x" * 300),
            (ann, "%00"),
        )
    }
    assert len(seen) == 1
    assert next(iter(seen))[0] == "not_found"
    assert task_of(await ann.get(f"{PATH}/task/{task['id']}")) == task
    assert task["id"][0] == "c"
    assert task["id"].isalnum()
    assert task["id"] == task["id"].lower()
    assert len(task["id"]) == 25


async def test_no_balance(idle: House) -> None:
    """402, with both amounts, before anything is fetched."""
    caller = await idle.caller(balance=74)
    code, message = refusal(await submit(caller, DANCE, content=[image("https://example.com/a.png")]), 402)
    assert (code, message) == ("insufficient_balance", "Insufficient credits. Available: 74, Required: 75")


async def test_thirty_at_once(idle: House) -> None:
    """As many are taken as the balance pays, and the others are told what is left."""
    caller = await idle.caller(balance=230)
    answers = await asyncio.gather(*(submit(caller, DANCE, **CLIP) for _ in range(30)))
    taken = [answer for answer in answers if answer.status_code == 200]
    assert len({task_of(answer)["id"] for answer in taken}) == 3
    for answer in answers:
        assert answer in taken or refusal(answer, 402)[0] == "insufficient_balance"
    assert await caller.books() == (5 * MICRO, 225 * MICRO, 3, 4)


async def test_an_operators_own_model(tmp_path: Path) -> None:
    """It takes the parameters of the family that makes the same: an image model without templates edits pictures."""
    document = (SHIPPED / "vtrix" / "spark_dreamo.toml").read_text().replace('id = "spark_dreamo"', 'id = "spark_own"')
    (tmp_path / "own.toml").write_text(document.replace('standard = "0.03"', 'standard = "1.5"'))
    async with serving(tmp_path / "data", worker=False, catalog=tmp_path, dialects=DIALECTS) as house:
        caller = await house.caller()
        assert refusal(await submit(caller, "spark_own"))[0] == "003011001"
        await made(caller, "spark_own", prompt="winter", image_urls=[image()["image_url"]["url"]])
        assert (await caller.books())[1] == 150 * MICRO


async def test_another_worth_of_a_credit(tmp_path: Path) -> None:
    """Prices are in USD: where a credit is worth a dollar fewer are taken, and the same is told."""
    async with serving(tmp_path, usd_per_credit=Decimal(1), dialects=DIALECTS) as house:
        caller = await house.caller(balance=1)
        task = await finished(caller, (await made(caller, DANCE, **CLIP))["id"])
        assert task["usage"] == {"cost": "0.75", "discount": 0}
        assert (await caller.books())[0] == MICRO // 4


async def test_unrouted(idle: House) -> None:
    """404 and 405 in the dialect's own shape."""
    caller = await idle.caller()
    for who in (caller, idle.client):
        for path in (
            f"{PATH}/x",
            f"{PATH}/task",
            f"{PATH}/task/",
            f"{PATH}/%00",
            "/model/v1",
            "/model/v1/",
            "/model/v1/x",
            "/model/v1/%00",
        ):
            assert refusal(await who.get(path), 404)[0] == "not_found"
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            path = "/model/v1/queue/spark_dreamo/requests/x"
            told = refusal(await who.request(method, path, content=b"{"), 404)
            assert told == ("not_found", f"Not Found: {method} {path}")
    assert refusal(await caller.get(PATH), 405)[0] == "method_not_allowed"
    assert refusal(await caller.request("DELETE", f"{PATH}/task/cx"), 405)[0] == "method_not_allowed"


async def test_any_hour(idle: House) -> None:
    """Random bytes never make a 500."""
    caller = await idle.caller()
    for size in (1, 10, 1_000):
        refusal(await caller.post(PATH, content=os.urandom(size)))
