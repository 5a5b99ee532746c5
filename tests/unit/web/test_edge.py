"""The ring around the application: request ids, counts, quiet logs; health, metrics and the documentation page."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest
from apps import HOUR, serving
from prometheus_client import REGISTRY

from mediakiln.telemetry import logs


def counted(dialect: str, status: str) -> float:
    """How many answers of a dialect with this status were counted so far."""
    return REGISTRY.get_sample_value("mediakiln_http_requests_total", {"dialect": dialect, "status": status}) or 0.0


async def test_request_ids_and_counts(tmp_path: Path) -> None:
    """Every answer has an id of its own, errors and unrouted ones too, and is counted under its dialect and status."""
    async with serving(tmp_path, worker=False) as house:
        caller = await house.caller()
        before = {each: counted(*each) for each in (("nanobanana", "200"), ("nanobanana", "401"), ("other", "404"))}
        answers = [
            await caller.get("/api/v1/models"),
            await house.client.get("/api/v1/models"),
            await house.client.get("/nowhere"),
        ]
        assert [answer.status_code for answer in answers] == [200, 401, 404]
        assert len({answer.headers["x-request-id"] for answer in answers}) == 3
        assert {each: counted(*each) - before[each] for each in before} == dict.fromkeys(before, 1.0)


async def test_logs_never_hold_a_key_a_prompt_or_a_signed_url(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A busy minute at info level, with successes, refusals and failures: nothing private is written."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure("info", "json")
    try:
        async with serving(tmp_path) as house:
            caller = await house.caller(expires_at=None)
            body = {"prompt": "zanzibar at dawn", "image_url": "https://127.0.0.1/x.png?X-Signature=quux"}
            await caller.post("/api/v1/images/generate", json=body)
            made = await caller.post("/api/v1/images/generate", json={"prompt": "zanzibar at dawn"})
            await caller.finished("/api/v1/images/status", made.json()["data"]["task_id"])
            async with house.engine.begin() as connection:
                await connection.exec_driver_sql("ALTER TABLE wallet RENAME TO gone")
            broken = await caller.post("/api/v1/images/generate", json={"prompt": "zanzibar at dawn"})
            assert broken.status_code == 500
        written = capsys.readouterr().err
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    assert "task.finished" in written
    assert "request.failed" in written
    for private in (caller.key, caller.key.removeprefix("nb_sk_"), "zanzibar", "quux"):
        assert private not in written


async def test_health_and_metrics(tmp_path: Path) -> None:
    """Alive, ready, and not ready once a part is away, without telling strangers why; metrics for who may read them."""
    async with serving(tmp_path, worker=False, metrics_token="let-me-in") as house:
        assert (await house.client.get("/healthz")).json() == {"status": "ok"}
        ready = await house.client.get("/readyz")
        assert (ready.status_code, ready.json()) == (200, {"status": "ok", "parts": {"database": "ok", "storage": "ok"}})
        caller = await house.caller()
        await caller.post("/api/v1/images/generate", json={"prompt": "x"})
        for headers in ({}, {"Authorization": "Bearer no"}, {"Authorization": "let-me-in"}):
            assert (await house.client.get("/metrics", headers=headers)).status_code == 403
        metrics = await house.client.get("/metrics", headers={"Authorization": "Bearer let-me-in"})
        assert metrics.status_code == 200
        assert metrics.headers["content-type"].startswith("text/plain")
        assert 'mediakiln_tasks_open{state="queued"} 1' in metrics.text
        async with house.engine.begin() as connection:
            await connection.exec_driver_sql("DELETE FROM alembic_version")
        away = await house.client.get("/readyz")
        assert (away.status_code, away.json()["parts"]) == (503, {"database": "failed", "storage": "ok"})
        assert (await house.client.get("/healthz")).status_code == 200


async def test_the_documentation_page(tmp_path: Path) -> None:
    """The page stands at / and /docs, needs no other host, and is told to load nothing from one."""
    async with serving(tmp_path, worker=False) as house:
        for path in ("/", "/docs"):
            page = await house.client.get(path)
            assert page.status_code == 200
            assert page.headers["content-type"].startswith("text/html")
            assert "default-src 'none'" in page.headers["content-security-policy"]
            assert re.findall(r"""(?:src|href)=["'](?!/openapi\.json)[^"'>]*""", page.text) == []
            assert "/openapi.json" in page.text
        document = await house.client.get("/openapi.json")
        assert document.json()["openapi"].startswith("3.1")
        assert document.json()["info"]["title"] == "Mediakiln"
        composed = {word for word in ("$ref", "allOf", "anyOf", "oneOf", "not", "if") if f'"{word}":' in document.text}
        assert {word for word in composed if f"schema.{word}" not in page.text} == set(), "the page would show a bare `object`"


async def test_an_expired_plan_and_key_do_not_break_the_edge(tmp_path: Path) -> None:
    """Errors raised before a handler runs carry the request id and, once the key is known, the rate headers."""
    async with serving(tmp_path, worker=False, rate_limit=5) as house:
        expired = await house.caller(plan="pro", plan_ends_in=-HOUR, expires_at=1)
        refused = await expired.get("/api/v1/models")
        assert refused.status_code == 403
        assert refused.headers["x-request-id"]
        scoped = await house.caller(scopes=["images"])
        under = await scoped.get("/api/v1/account/credits")
        assert under.status_code == 403
        assert under.headers["ratelimit-remaining"] == "4"
