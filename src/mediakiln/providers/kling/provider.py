"""The driver: tasks are made once, under an id of ours that Kling can be asked for, and polled until they end."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

import httpx
import jwt

from mediakiln.errors import ConfigurationError
from mediakiln.generation import Role
from mediakiln.providers.accounts import Account, no_options
from mediakiln.providers.base import (
    Accepted,
    Finished,
    InputFile,
    Job,
    OutcomeUnknown,
    ProviderError,
    Rejected,
    RejectReason,
    Running,
)
from mediakiln.providers.kling.errors import TABLE, UNKNOWN_THING, KlingError
from mediakiln.providers.kling.translate import from_task, path_of, to_body
from mediakiln.providers.payload import web_link
from mediakiln.providers.pictures import picture_bytes
from mediakiln.providers.translation import Looks, Phase, retry_after

BASE_URL = "https://api-singapore.klingai.com"
TIMEOUT = httpx.Timeout(30.0, read=90.0, write=90.0)
TOKEN_SECONDS = 1_800
"""How long a token lasts; each request has its own."""

READ = ("image/jpeg", "image/png")
"""What Kling reads."""
PICTURE_MAX = 10 * 1024 * 1024
"""Bytes of one picture, before base64."""
HEAVY, HEAVY_AT_ONCE = 2 * 1024 * 1024, 8
"""From so many bytes of inputs on, so many requests of an account are in memory at once."""
PATIENCE = (0.0, 2.0, 5.0, 10.0)
"""Seconds before each look for a task whose submit was lost: it may still be on its way into Kling's books. Not found after all
of them, it never arrived."""


class KlingProvider:
    """Kling's own models on one account. `upstream_model` is a `model_name`; the omni models have a call of their own."""

    def __init__(self, account: Account, *, patience: Sequence[float] = PATIENCE) -> None:
        self.name = account.name
        self._key, self._secret = account.key, account.secret
        self._patience = patience
        self._client = httpx.AsyncClient(base_url=(account.base_url or BASE_URL).rstrip("/") + "/v1/", timeout=TIMEOUT)
        self._heavy = asyncio.Semaphore(HEAVY_AT_ONCE)
        self._looks = Looks()

    async def start(self, job: Job) -> Accepted:
        """See `Provider`."""
        size = sum(file.path.stat().st_size for file in job.inputs if file.role is not Role.REFERENCE_VIDEO)
        path = path_of(job)
        async with AsyncExitStack() as stack:
            if size > HEAVY:
                await stack.enter_async_context(self._heavy)
            with TABLE.translating(Phase.PREPARE):
                body = to_body(job, [await _given(job, number) for number in range(len(job.inputs))])
            with TABLE.translating(Phase.SUBMIT):
                return _accepted(path, await self._call("POST", path, body))

    async def recover(self, job: Job) -> Accepted:
        """The task of our id, which the lookup takes in place of Kling's own. Raises `OutcomeUnknown` where Kling does not
        answer, and where it has no such task: no source says how soon one is found, so its absence is no proof."""
        path, failed = path_of(job), None
        for seconds in self._patience:
            await asyncio.sleep(seconds)
            try:
                with TABLE.translating(Phase.ASK):
                    data = await self._lookup(f"{path}/{job.idempotency_key}")
                    if data is not None:
                        return _accepted(path, data)
                    failed = None
            except ProviderError as error:
                failed = error
        if failed is not None:
            raise OutcomeUnknown(f"Kling could not be asked what became of a submit: {failed}") from failed
        raise OutcomeUnknown("Kling does not know the submit, or not yet")

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """See `Provider`."""
        with self._looks.at(remote_id), TABLE.translating(Phase.ASK):
            return from_task(await self._call("GET", remote_id))

    async def cancel(self, job: Job, remote_id: str) -> None:
        """Kling has no way to stop a task."""

    async def aclose(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def _lookup(self, path: str) -> Mapping[str, Any] | None:
        try:
            return await self._call("GET", path)
        except KlingError as error:
            if error.code == UNKNOWN_THING:  # in Kling's own words: a bare 404 may be anybody's
                return None
            raise

    async def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """The `data` of an answer. Raises KlingError, or ValueError for an answer that makes no sense."""
        headers = {"Authorization": f"Bearer {self._token()}"}
        response = await self._client.request(method, path, json=body, headers=headers)
        try:
            answer = response.json()
        except ValueError:
            answer = None
        code = answer.get("code") if isinstance(answer, dict) else None
        if response.is_error or code:
            text = str(answer.get("message") or "") if isinstance(answer, dict) else ""
            number = code if isinstance(code, int) else 0
            raise KlingError(response.status_code, number, text or f"HTTP {response.status_code}", retry_after(response.headers))
        if not isinstance(answer, dict) or not isinstance(answer.get("data"), dict):
            raise ValueError("the answer is not one of Kling's")
        data: dict[str, Any] = answer["data"]
        return data

    def _token(self) -> str:
        now = int(time.time())
        claims = {"iss": self._key, "exp": now + TOKEN_SECONDS, "nbf": now - 5}
        return jwt.encode(claims, self._secret, algorithm="HS256")


def _accepted(path: str, data: Mapping[str, Any]) -> Accepted:
    if not data.get("task_id"):
        raise OutcomeUnknown("Kling answered without an id")
    return Accepted(f"{path}/{data['task_id']}")


async def _given(job: Job, number: int) -> str:
    """An input as Kling takes it: base64 without a prefix for a picture, a link that it can read for a video."""
    file = job.inputs[number]
    if file.role is not Role.REFERENCE_VIDEO:
        return await asyncio.to_thread(_encoded, file)
    return web_link("Kling", file)


def _encoded(file: InputFile) -> str:
    """Blocks: called in a thread. Raises `Rejected` for a picture that is too big."""
    data, _ = picture_bytes(file, READ)
    if len(data) > PICTURE_MAX:
        limit = PICTURE_MAX // 2**20
        raise Rejected(
            RejectReason.INVALID, f"Kling: {file.role.value}: got {len(data) / 2**20:.1f} MB; at most {limit} MB are taken"
        )
    return base64.b64encode(data).decode()


def open_provider(account: Account) -> KlingProvider:
    """The driver's door (`providers.kinds`). Raises ConfigurationError."""
    if not account.secret:
        raise ConfigurationError(f"{account.name}: secret: Kling gives an access key (`key`) and a secret key; both are needed")
    no_options(account)
    return KlingProvider(account)
