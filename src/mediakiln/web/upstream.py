"""Where vendors call to say that a job is done: a shortcut to polling, never the only way.

A call changes nothing but the time of the next poll, and what the poll finds is what counts. The address carries a code that
only we can make; a vendor that signs its calls is checked as well.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from collections.abc import Callable, Mapping

from litestar import Request, Response, Router, post
from litestar.params import FromPath
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from mediakiln.database.engine import writing
from mediakiln.database.ids import now_ms
from mediakiln.database.tables import task
from mediakiln.errors import Forbidden
from mediakiln.providers.accounts import Account
from mediakiln.tasks.records import State, Submission

PATH = "/upstream"
MAX_BODY = 4 * 1024 * 1024
"""Bytes of a call; some vendors send the whole job."""

Verify = Callable[[Account, Mapping[str, str], bytes, float], None]


def callback_url(public_url: str, key: bytes, account: str, task_id: str) -> str:
    """Where this account may tell of this task; empty where this server has no public address."""
    if not public_url:
        return ""
    return f"{public_url.rstrip('/')}{PATH}/{task_id}/{_code(key, account, task_id)}/{account}"


def upstream_router(
    engine: AsyncEngine, key: bytes, accounts: Mapping[str, Account], verifier: Callable[[Account], Verify | None]
) -> Router:
    """The routes. `accounts` by name; `verifier` finds the check of an account's vendor."""

    @post(
        f"{PATH}/{{task_id:str}}/{{code:str}}/{{account:path}}",
        include_in_schema=False,
        request_max_body_size=MAX_BODY,
        status_code=204,
    )
    async def called(
        request: Request,  # type: ignore[type-arg]
        task_id: FromPath[str],
        code: FromPath[str],
        account: FromPath[str],
    ) -> Response[None]:
        name = account.strip("/")
        known = accounts.get(name)
        if known is None or not hmac.compare_digest(code.encode(), _code(key, name, task_id).encode()):
            return Response(None, status_code=404)
        body = await request.body()
        verify = verifier(known)
        if verify is not None:
            headers = {name.lower(): value for name, value in request.headers.items()}
            try:
                await asyncio.to_thread(verify, known, headers, body, time.time())
            except Forbidden:
                return Response(None, status_code=401)
        async with writing(engine) as connection:
            await connection.execute(
                update(task)
                .where(task.c.id == task_id, task.c.state == State.RUNNING, task.c.submission == Submission.ACCEPTED)
                .values(nudged_at=now_ms())
            )
        return Response(None, status_code=204)

    return Router("/", route_handlers=[called])


def _code(key: bytes, account: str, task_id: str) -> str:
    return hmac.digest(key, f"upstream\n{account}\n{task_id}".encode(), "sha256").hex()[:32]
