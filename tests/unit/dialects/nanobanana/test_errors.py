"""The error table is complete, and what nobody expected is a 500 that tells nothing and costs nothing."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from apps import House, serving

from mediakiln import errors
from mediakiln.dialects.nanobanana.errors import TABLE
from mediakiln.errors import MICRO
from mediakiln.ledger.audit import audit
from mediakiln.tasks.dispatch.embedded import EmbeddedDispatcher

GENERATE = "/api/v1/images/generate"
SEED = {
    (401, "UNAUTHORIZED"),
    (402, "INSUFFICIENT_CREDITS"),
    (403, "FORBIDDEN"),
    (429, "RATE_LIMIT_EXCEEDED"),
    (400, "INVALID_PROMPT"),
    (400, "INVALID_MODEL"),
    (404, "TASK_NOT_FOUND"),
    (451, "CONTENT_FILTERED"),
}
"""Seed 004, "Error Codes", without INTERNAL_ERROR, which is for everything else."""


def kinds(base: type[errors.MediakilnError]) -> set[type[errors.MediakilnError]]:
    """Every class of the tree below `base`."""
    return {each for direct in base.__subclasses__() for each in {direct} | kinds(direct)}


def test_the_table_knows_every_error_a_caller_can_meet() -> None:
    """A new class in the tree needs a row here, its own or its base's; only the operator's mistakes have none, and what no call
    of this API raises."""
    never = {errors.ConfigurationError, errors.Conflict, errors.TooLarge, errors.MailFailed}
    assert {kind for kind in kinds(errors.MediakilnError) if not set(kind.__mro__) & set(TABLE)} == never


def test_the_table_has_the_seeds_codes() -> None:
    """Every documented pair of status and code, and no code with two statuses."""
    assert set(TABLE.values()) >= SEED
    assert len(set(TABLE.values())) == len({code for _, code in TABLE.values()})


class Bug:
    """A moderator with a mistake in it."""

    def __init__(self, settings: Any) -> None:
        pass

    async def check(self, request: Any) -> None:
        """Break."""
        raise RuntimeError("secret-detail /srv/mediakiln/moderation.py")


async def refused(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """A submit is answered with INTERNAL_ERROR, nothing of the cause is told to the caller, and nothing is charged."""
    caller = await house.caller(balance=10)
    with caplog.at_level(logging.ERROR):
        answer = await caller.post(GENERATE, json={"prompt": "a kiln"}, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 500
    assert answer.json() == {
        "success": False,
        "error": {"code": "INTERNAL_ERROR", "message": "Server error, please retry"},
    }
    assert "secret-detail" not in str(answer.headers)
    assert "secret-detail" in caplog.text, "the operator is told"
    assert answer.headers["x-request-id"]
    assert await caller.books() == (10 * MICRO, 0, 0, 1)
    async with house.engine.connect() as connection:
        assert await audit(connection) == []


async def test_a_bug_before_the_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A broken moderator closes the gate; it does not open it."""
    module = ModuleType("buggy_moderation")
    module.Bug = Bug  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "buggy_moderation", module)
    async with serving(tmp_path, worker=False, moderation="buggy_moderation:Bug") as house:
        await refused(house, caplog)


async def test_a_bug_inside_the_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The credits were reserved and the task written when the queue broke: all of it is rolled back, and a retry works."""

    async def broken(*_args: Any) -> None:
        raise RuntimeError("secret-detail")

    async with serving(tmp_path, worker=False) as house:
        with monkeypatch.context() as patched:
            patched.setattr(EmbeddedDispatcher, "enqueue", broken)
            await refused(house, caplog)
        caller = await house.caller(balance=10)
        answer = await caller.post(GENERATE, json={"prompt": "a kiln"}, headers={"Idempotency-Key": "k"})
        assert answer.status_code == 200


async def test_a_client_that_hangs_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A connection that ends in the middle of its body is no fault of ours: no error in the log, no 500 in the metrics."""
    async with serving(tmp_path, worker=False) as house:
        caller = await house.caller(balance=10)
        events: list[Any] = [{"type": "http.request", "body": b'{"prompt"', "more_body": True}, {"type": "http.disconnect"}]
        sent: list[Any] = []

        async def receive() -> Any:
            return events.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": GENERATE,
            "raw_path": GENERATE.encode(),
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
        assert "unexpected error" not in caplog.text
        assert "request.failed" not in caplog.text
        assert await caller.books() == (10 * MICRO, 0, 0, 1)


async def test_a_database_that_is_gone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A status read on a broken database is a 500 in the envelope too."""
    async with serving(tmp_path, worker=False) as house:
        caller = await house.caller()
        assert (await caller.get("/api/v1/account/credits")).status_code == 200
        async with house.engine.begin() as connection:
            await connection.exec_driver_sql("ALTER TABLE task RENAME TO gone")
        answer = await caller.get("/api/v1/images/status", params={"task_id": "clxaaaaaaaaaaaaaaaaaaaaaaa"})
        assert answer.status_code == 500
        assert answer.json()["error"] == {"code": "INTERNAL_ERROR", "message": "Server error, please retry"}
        assert "no such table" not in answer.text
