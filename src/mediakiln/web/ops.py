"""What operators and orchestrators ask: is the process alive, may it get traffic, how is it doing."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from litestar import Request, Response, Router, get
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.database.engine import reading
from mediakiln.database.tables import OPEN_TASK, task
from mediakiln.tasks.records import OPEN
from mediakiln.telemetry import metrics

log = structlog.get_logger(__name__)

Check = Callable[[], Awaitable[object]]


def ops_router(engine: AsyncEngine, checks: Mapping[str, Check], metrics_token: str) -> Router:
    """`/healthz`, `/readyz` and `/metrics`. `checks` raise when their part cannot be used."""

    @get("/healthz", include_in_schema=False)
    async def healthz() -> dict[str, str]:
        """The process answers; nothing else is asked."""
        return {"status": "ok"}

    @get("/readyz", include_in_schema=False)
    async def readyz() -> Response[dict[str, Any]]:
        """200 when every part works, else 503 with the parts that do not. Reasons go to the log, not to strangers."""
        parts = {}
        for name, check in checks.items():
            try:
                await check()
                parts[name] = "ok"
            except Exception as error:
                log.warning("readyz.failed", part=name, error=str(error))
                parts[name] = "failed"
        ready = all(state == "ok" for state in parts.values())
        return Response({"status": "ok" if ready else "unavailable", "parts": parts}, status_code=200 if ready else 503)

    @get("/metrics", include_in_schema=False)
    async def prometheus(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Prometheus text format."""
        if not _may_read(request, metrics_token):
            refusal = b"metrics need the bearer token of MEDIAKILN_METRICS_TOKEN\n"
            return Response(refusal, status_code=403, media_type="text/plain")
        return Response(metrics.render() + await _open_tasks(engine), headers={"content-type": CONTENT_TYPE_LATEST})

    return Router("/", route_handlers=[healthz, readyz, prometheus])


def _may_read(request: Request[Any, Any, Any], token: str) -> bool:
    if token:
        return hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {token}".encode())
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_private
    except ValueError:
        return False


async def _open_tasks(engine: AsyncEngine) -> bytes:
    """The queue as it stands: counted when asked, so that it is right whatever processes came and went."""
    query = select(task.c.state, func.count()).where(OPEN_TASK).group_by(task.c.state)
    async with reading(engine) as connection:
        counts: dict[str, int] = {state: count for state, count in await connection.execute(query)}  # noqa: C416 (rows, not pairs)
    lines = ["# HELP mediakiln_tasks_open Unfinished tasks.", "# TYPE mediakiln_tasks_open gauge"]
    lines += [f'mediakiln_tasks_open{{state="{state}"}} {counts.get(state, 0)}' for state in OPEN]
    return ("\n".join(lines) + "\n").encode()
