"""Pages of other origins: those the operator named may use the API with their visitors' sessions, nobody else's may."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from apps import House, serving

from mediakiln.errors import ConfigurationError
from mediakiln.settings import Settings
from mediakiln.web.cors import cors

APP = "https://app.example.com"
EVIL = "https://evil.example.com"
CREDITS = "/api/v1/account/credits"


async def preflight(house: House, origin: str, method: str = "POST", headers: str = "authorization,content-type") -> Any:
    asked = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return await house.client.options("/api/v1/images/generate", headers=asked)


async def test_nobody_by_default(tmp_path: Path) -> None:
    """No answer tells a browser that another page may read it."""
    async with serving(tmp_path, worker=False) as house:
        caller = await house.caller()
        answer = await caller.get(CREDITS, headers={"Origin": APP})
        for response in (answer, await preflight(house, APP)):
            assert not [name for name in response.headers if name.startswith("access-control")]


async def test_a_named_origin(tmp_path: Path) -> None:
    """It may send our headers and credentials, and read ours, on errors too; a foreign one may not."""
    async with serving(tmp_path, worker=False, cors_origins=(APP,)) as house:
        allowed = await preflight(house, APP, headers="authorization, x-api-key, content-type, idempotency-key, x-requested-with")
        assert allowed.status_code == 204
        assert allowed.headers["access-control-allow-origin"] == APP
        assert allowed.headers["access-control-allow-credentials"] == "true"
        assert "DELETE" in allowed.headers["access-control-allow-methods"]
        for refused in (await preflight(house, EVIL), await preflight(house, APP, headers="x-anything")):
            assert refused.status_code == 400
            assert "access-control-allow-origin" not in refused.headers
        caller = await house.caller()
        answers = [
            await caller.get(CREDITS, headers={"Origin": APP}),
            await house.client.get(CREDITS, headers={"Origin": APP}),
            await house.client.get("/api/v1/nowhere", headers={"Origin": APP}),
        ]
        assert [answer.status_code for answer in answers] == [200, 401, 404]
        for answer in answers:
            assert answer.headers["access-control-allow-origin"] == APP
            assert answer.headers["access-control-allow-credentials"] == "true"
            assert "Origin" in answer.headers["vary"]
            for name in ("Retry-After", "RateLimit-Remaining", "Idempotent-Replayed", "X-Request-Id"):
                assert name in answer.headers["access-control-expose-headers"]
        for origin in (EVIL, f"{APP}.evil.com", "null"):
            answer = await caller.get(CREDITS, headers={"Origin": origin})
            assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["*", "https://*.example.com", "app.example.com", "https://app.example.com/", "https://APP.example"]
)
def test_what_is_no_origin_is_refused(origin: str) -> None:
    """Above all the wildcard: every site could act in its visitors' names."""
    with pytest.raises(ConfigurationError, match="MEDIAKILN_CORS_ORIGINS"):
        cors(Settings(cors_origins=(APP, origin)))
