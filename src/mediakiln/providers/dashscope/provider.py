"""The driver: videos are tasks that are made once and asked for until they end."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from dashscope import AsyncClient
from dashscope.v2.errors import APIStatusError, check_response
from msgspec import Struct

from mediakiln.providers.accounts import Account, options_of
from mediakiln.providers.base import Accepted, Finished, Job, OutcomeUnknown, Running
from mediakiln.providers.dashscope.errors import TABLE
from mediakiln.providers.dashscope.translate import LINKS, from_task, to_body
from mediakiln.providers.payload import web_link
from mediakiln.providers.pictures import picture_uri
from mediakiln.providers.translation import Looks, Phase

BASE_URL = "https://dashscope-intl.aliyuncs.com/api/v1"
"""Singapore. A key is of one region, and so are its tasks."""
SUBMIT = "/services/aigc/video-generation/video-synthesis"
TIMEOUT = 90.0
"""Seconds for one answer; a connection has five."""

FORMATS = ("image/jpeg", "image/png", "image/webp", "image/bmp")
"""What DashScope reads, as long as it is not transparent."""
PICTURE_MAX = 20 * 1024 * 1024
"""Bytes of one picture; up to Wan 2.6 DashScope itself takes no more than half of that."""
HEAVY, HEAVY_AT_ONCE = 2 * 1024 * 1024, 8
"""From so many bytes of inputs on, so many requests of an account are in memory at once."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """The account's own table. `workspace` is the id of the workspace that pays, where the key alone does not say it."""

    workspace: str = ""


class DashScopeProvider:
    """Wan on one account in one region, which `base_url` says. Its client repeats nothing by itself."""

    def __init__(self, account: Account, options: Options) -> None:
        self.name = account.name
        # All of it is said here, so that neither the environment nor a file of the SDK's own can say something else.
        self._client = AsyncClient(
            api_key=account.key,
            base_url=(account.base_url or BASE_URL).rstrip("/"),
            workspace=options.workspace,
            region="ap-southeast-1",
            protocol="native",
            timeout=TIMEOUT,
            max_retries=0,
        )
        self._heavy = asyncio.Semaphore(HEAVY_AT_ONCE)
        self._looks = Looks()

    async def start(self, job: Job) -> Finished | Accepted:
        """See `Provider`."""
        size = sum(file.path.stat().st_size for file in job.inputs if file.role not in LINKS)
        async with AsyncExitStack() as stack:
            if size > HEAVY:
                await stack.enter_async_context(self._heavy)
            with TABLE.translating(Phase.PREPARE):
                body = to_body(job, [await _given(job, number) for number in range(len(job.inputs))])
            with TABLE.translating(Phase.SUBMIT):
                # Not `videos.jobs.create`, which uploads any text of `input` that names a file on this machine; a negative
                # prompt is the caller's own text.
                headers = {"X-DashScope-Async": "enable"}
                response = await self._client.transport.request("POST", SUBMIT, json=body, headers=headers)
                check_response(response)
                task_id = response.json()["output"]["task_id"]
        if not isinstance(task_id, str) or not task_id:
            raise OutcomeUnknown("DashScope answered without an id")
        return Accepted(task_id)

    async def recover(self, job: Job) -> Accepted | None:
        """DashScope lists tasks, but not what they were asked for. Raises `OutcomeUnknown`."""
        raise OutcomeUnknown("DashScope cannot be asked what became of a submit")

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """See `Provider`."""
        with self._looks.at(remote_id), TABLE.translating(Phase.ASK):
            task = await self._client.videos.jobs.fetch(remote_id)
            return from_task(task.output or {})

    async def cancel(self, job: Job, remote_id: str) -> None:
        """Take it from the queue; what runs there is refused, and runs on."""
        with TABLE.translating(Phase.ASK):
            try:
                await self._client.videos.jobs.cancel(remote_id)
            except APIStatusError as error:
                if error.code != "UnsupportedOperation":
                    raise

    async def aclose(self) -> None:
        """Close its connections."""
        await self._client.aclose()


async def _given(job: Job, number: int) -> str:
    """An input as DashScope takes it: a data URI for a picture, a link that it can read for the rest."""
    file = job.inputs[number]
    if file.role not in LINKS:
        return await asyncio.to_thread(picture_uri, "DashScope", file, FORMATS, PICTURE_MAX, opaque=True)
    return web_link("DashScope", file)


def open_provider(account: Account) -> DashScopeProvider:
    """The driver's door (`providers.kinds`). Raises ConfigurationError."""
    return DashScopeProvider(account, options_of(account, Options))
