"""The driver: a picture is the answer to its submit, and each call makes one."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from google import genai
from google.genai import types

from mediakiln.generation import Kind
from mediakiln.providers.accounts import Account, no_options
from mediakiln.providers.base import (
    Accepted,
    Finished,
    InputFile,
    Job,
    OutcomeUnknown,
    OutputFile,
    Rejected,
    RejectReason,
    Running,
)
from mediakiln.providers.gemini.errors import TABLE
from mediakiln.providers.gemini.translate import from_answer, to_config, to_contents
from mediakiln.providers.httpx2_wire import DRAWING, connections
from mediakiln.providers.pictures import READ, keep, readable, side_by_side
from mediakiln.providers.translation import Phase

BASE_URL = "https://generativelanguage.googleapis.com"
INLINE_MAX = 64 * 1024 * 1024
"""Bytes of pictures in one request: Gemini takes requests of up to 100 MB (ai.google.dev/gemini-api/docs/file-input-methods),
and base64 adds a third."""
HEAVY, HEAVY_AT_ONCE = 2 * 1024 * 1024, 4
"""From so many bytes of inputs on, so many jobs of an account are in memory at once."""


class GeminiProvider:
    """The Gemini image models with one key of the Developer API.

    Its client repeats nothing by itself: it has no retry options, and an HTTP client of ours. With its own it would use aiohttp
    where that is installed, and send a request a second time after a lost connection.
    """

    def __init__(self, account: Account) -> None:
        self.name = account.name
        self._http = connections()
        options = types.HttpOptions(
            base_url=account.base_url or BASE_URL,
            api_version="v1beta",
            timeout=int(DRAWING * 1000),
            httpx_async_client=self._http,
        )
        self._client = genai.Client(vertexai=False, api_key=account.key, http_options=options)
        self._heavy = asyncio.Semaphore(HEAVY_AT_ONCE)

    async def start(self, job: Job) -> Finished | Accepted:
        """See `Provider`."""
        if job.request.kind is Kind.VIDEO:
            raise Rejected(RejectReason.UNSUPPORTED, "Gemini: videos: this driver makes pictures alone")
        async with AsyncExitStack() as stack:
            with TABLE.translating(Phase.PREPARE):
                config = to_config(job)
                inputs = [await asyncio.to_thread(readable, file, job.workdir, READ) for file in job.inputs]
                if _inlined(inputs) > HEAVY:
                    await stack.enter_async_context(self._heavy)
                contents = await asyncio.to_thread(to_contents, job.request, inputs)
            calls = (self._draw(job, number, contents, config) for number in range(job.request.count))
            return Finished(tuple(await side_by_side(calls)))

    async def _draw(
        self, job: Job, number: int, contents: list[types.Content], config: types.GenerateContentConfig
    ) -> OutputFile:
        with TABLE.translating(Phase.SUBMIT):
            answer = await self._client.aio.models.generate_content(model=job.upstream_model, contents=contents, config=config)
            data = from_answer(answer)
        return await asyncio.to_thread(keep, data, job.workdir / f"picture{number}", job.request.output_format)

    async def recover(self, job: Job) -> Accepted | None:
        """Gemini knows no keys of ours. Raises `OutcomeUnknown`."""
        raise OutcomeUnknown("Gemini cannot be asked what became of a submit")

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """There is nothing to ask for. Raises `Rejected`."""
        raise Rejected(RejectReason.UNSUPPORTED, "Gemini: the answer to a submit is the result; there is nothing to ask for")

    async def cancel(self, job: Job, remote_id: str) -> None:
        """There is nothing to stop."""

    async def aclose(self) -> None:
        """Close its connections."""
        await self._client.aio.aclose()
        await self._http.aclose()
        self._client.close()


def _inlined(inputs: list[InputFile]) -> int:
    """Bytes that travel inside the request. Raises `Rejected` for more than Gemini takes."""
    size = sum(file.path.stat().st_size for file in inputs)
    if size > INLINE_MAX:
        allowed = f"at most {INLINE_MAX // 2**20} MB are taken"
        raise Rejected(RejectReason.INVALID, f"Gemini: inputs: got {size / 2**20:.1f} MB together; {allowed}")
    return size


def open_provider(account: Account) -> GeminiProvider:
    """The driver's door (`providers.kinds`). Raises ConfigurationError."""
    no_options(account)
    return GeminiProvider(account)
