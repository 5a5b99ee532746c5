"""The error table is complete, and what nobody expected is a 500 that tells nothing and costs nothing."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from apps import HOUR, House, serving, small_picture

from mediakiln import errors
from mediakiln.database.ids import now_ms
from mediakiln.dialects.neospark.errors import TABLE
from mediakiln.errors import MICRO
from mediakiln.ledger.audit import audit
from mediakiln.tasks.dispatch.embedded import EmbeddedDispatcher

SESSIONS, VIDEOS = "/api/v1/drawing/sessions", "/api/v1/video/generations"
IMAGE = {"prompt": "a kiln", "model": "gpt-image-2", "resolution": "1K", "aspect_ratio": "1:1"}
CLIP = {"prompt": "a kiln", "model": "AiVideoMin", "duration": 4}
SERVER_ERROR = {
    "code": 500,
    "message": "Server error, please retry",
    "detail": "Server error, please retry",
    "data": None,
}


def kinds(base: type[errors.MediakilnError]) -> set[type[errors.MediakilnError]]:
    """Every class of the tree below `base`."""
    return {each for direct in base.__subclasses__() for each in {direct} | kinds(direct)}


def test_the_table_knows_every_error_a_caller_can_meet() -> None:
    """A new class in the tree needs a row here, its own or its base's; only the operator's mistakes have none."""
    missing = {kind for kind in kinds(errors.MediakilnError) if not set(kind.__mro__) & set(TABLE)}
    assert missing == {errors.ConfigurationError}


def test_the_table_has_the_seeds_statuses() -> None:
    """Seed 000, "Error Handling", without 200 and without 500, which is for everything else; and 409, which its clients read."""
    assert set(TABLE.values()) >= {400, 401, 402, 404, 409, 502}
    assert TABLE[errors.Unreachable] == 502, "Check resource URL accessibility"
    assert 500 not in TABLE.values()


async def test_an_expired_key_is_401(tmp_path: Path) -> None:
    """Seed 000: 401 is "Invalid or expired API Key"."""
    async with serving(tmp_path, worker=False) as house:
        caller = await house.caller(expires_at=now_ms() - HOUR)
        assert (await caller.get(SESSIONS)).status_code == 401


class Bug:
    """A moderator, or an optimizer, with a mistake in it."""

    def __init__(self, settings: Any) -> None:
        pass

    async def check(self, request: Any) -> None:
        """Break."""
        raise RuntimeError("secret-detail /srv/mediakiln/moderation.py")

    async def optimize(self, prompt: str, style: str = "") -> str:
        """Break."""
        raise RuntimeError("secret-detail /srv/mediakiln/prompts.py")


def install(monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a plugin that is a `Bug`."""
    module = ModuleType("buggy_part")
    module.Bug = Bug  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "buggy_part", module)
    return "buggy_part:Bug"


async def refused(house: House, caplog: pytest.LogCaptureFixture, **more: Any) -> None:
    """Every submit is answered with the envelope of a 500, nothing of the cause is told, and nothing is charged."""
    caller = await house.caller(balance=100)
    session = (await caller.post(SESSIONS)).json()["data"]["session_id"]
    upload = await caller.post("/api/v1/storage/upload", files={"file": ("a.png", small_picture())})
    upload_id = upload.json()["data"]["upload_id"]
    calls = [(f"{SESSIONS}/{session}/generate", IMAGE | more)]
    if not more:
        calls += [(f"{SESSIONS}/{session}/generate-multi-ref", IMAGE | {"ref_upload_ids": [upload_id]}), (VIDEOS, CLIP)]
    for path, body in calls:
        with caplog.at_level(logging.ERROR):
            answer = await caller.post(path, json=body, headers={"Idempotency-Key": path})
        assert (answer.status_code, answer.json()) == (500, SERVER_ERROR)
        assert "secret-detail" not in str(answer.headers)
        assert "secret-detail" in caplog.text, "the operator is told"
        assert answer.headers["x-request-id"]
    assert await caller.books() == (100 * MICRO, 0, 0, 1)
    async with house.engine.connect() as connection:
        assert await audit(connection) == []


async def test_a_bug_before_the_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A broken moderator closes the gate; it does not open it."""
    async with serving(tmp_path, worker=False, moderation=install(monkeypatch)) as house:
        await refused(house, caplog)


async def test_a_bug_in_the_optimizer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Only who asks for it meets it."""
    async with serving(tmp_path, worker=False, prompt_optimizer=install(monkeypatch)) as house:
        await refused(house, caplog, optimize_prompt=True)
        caller = await house.caller(balance=10)
        session = (await caller.post(SESSIONS)).json()["data"]["session_id"]
        assert (await caller.post(f"{SESSIONS}/{session}/generate", json=IMAGE)).status_code == 200


async def test_a_bug_inside_the_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The credits were reserved and the tasks written when the queue broke: all of it is rolled back, and a retry works."""

    async def broken(*_args: Any) -> None:
        raise RuntimeError("secret-detail")

    async with serving(tmp_path, worker=False) as house:
        with monkeypatch.context() as patched:
            patched.setattr(EmbeddedDispatcher, "enqueue", broken)
            await refused(house, caplog)
        caller = await house.caller(balance=100)
        assert (await caller.post(VIDEOS, json=CLIP, headers={"Idempotency-Key": VIDEOS})).status_code == 200


async def test_the_same_key_at_the_same_moment(tmp_path: Path) -> None:
    """Of twenty equal requests under one Idempotency-Key one makes a task; the others get its answer, or 409 in the envelope."""
    async with serving(tmp_path, worker=False) as house:
        caller = await house.caller(balance=1_000)
        answers = await asyncio.gather(
            *(caller.post(VIDEOS, json=CLIP, headers={"Idempotency-Key": "one"}) for _ in range(20)),
        )
        assert {answer.status_code for answer in answers} <= {200, 409}
        assert len({answer.text for answer in answers if answer.status_code == 200}) == 1
        for answer in answers:
            if answer.status_code == 409:
                assert set(answer.json()) == set(SERVER_ERROR)
        assert (await caller.books())[:3] == (916 * MICRO, 84 * MICRO, 1)


async def test_a_client_that_hangs_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A connection that ends in the middle of its body is no fault of ours, also where the body may be left out: no error in the
    log, no 500 in the metrics, and no session made."""
    async with serving(tmp_path, worker=False) as house:
        caller = await house.caller(balance=10)
        for path in (SESSIONS, VIDEOS, "/api/v1/drawing/messages/dm_x/generate-video"):
            events: list[Any] = [{"type": "http.request", "body": b'{"prompt"', "more_body": True}, {"type": "http.disconnect"}]
            sent: list[Any] = []

            async def receive(events: list[Any] = events) -> Any:
                return events.pop(0)

            async def send(message: Any, sent: list[Any] = sent) -> None:
                sent.append(message)

            scope = {
                "type": "http",
                "asgi": {"version": "3.0"},
                "http_version": "1.1",
                "method": "POST",
                "scheme": "http",
                "path": path,
                "raw_path": path.encode(),
                "query_string": b"",
                "root_path": "",
                "headers": [(b"host", b"kiln.test"), (b"x-api-key", caller.key.encode()), (b"content-length", b"200")],
                "client": ("127.0.0.1", 1),
                "server": ("127.0.0.1", 80),
                "state": {},
            }
            with caplog.at_level(logging.WARNING):
                await house.app(scope, receive, send)  # type: ignore[arg-type]
            assert sent[0]["status"] == 400
            assert json.loads(sent[1]["body"])["code"] == 400
        assert "unexpected error" not in caplog.text
        assert "request.failed" not in caplog.text
        assert (await caller.get(SESSIONS)).json()["data"] == []


@pytest.mark.parametrize("path", [SESSIONS, f"{SESSIONS}/ds_x", "/api/v1/drawing/messages/dm_x", VIDEOS, f"{VIDEOS}/video_x"])
async def test_a_database_that_is_gone(tmp_path: Path, path: str) -> None:
    """A read on a broken database is a 500 in the envelope too."""
    async with serving(tmp_path, worker=False) as house:
        caller = await house.caller()
        assert (await caller.get(path)).status_code in (200, 404)
        async with house.engine.begin() as connection:
            for table in ("task", "conversation"):
                await connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO gone_{table}")
        answer = await caller.get(path)
        assert (answer.status_code, answer.json()) == (500, SERVER_ERROR)
