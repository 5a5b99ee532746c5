"""The driver: videos are tasks that are made once and asked for until they end, pictures are the answer to their submit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import httpx
from byteplussdkarkruntime import AsyncArk
from byteplussdkarkruntime._exceptions import (
    ArkBadRequestError,
    ArkConflictError,
    ArkNotFoundError,
    ArkPermissionDeniedError,
)
from msgspec import Struct

from mediakiln.generation import Kind, Role
from mediakiln.providers.accounts import Account, options_of
from mediakiln.providers.ark.errors import TABLE
from mediakiln.providers.ark.translate import extra, from_images, from_task, to_content, to_image, to_task
from mediakiln.providers.base import (
    Accepted,
    Finished,
    Job,
    OutcomeUnknown,
    OutputUrl,
    Rejected,
    RejectReason,
    Running,
)
from mediakiln.providers.payload import data_uri, web_link
from mediakiln.providers.pictures import side_by_side
from mediakiln.providers.translation import Looks, Phase

BYTEPLUS = "https://ark.ap-southeast.bytepluses.com/api/v3"
VOLCENGINE = "volces.com"
"""In the address of Volcengine's Ark."""
TIMEOUT = httpx.Timeout(30.0, read=120.0, write=120.0)
PICTURE_TIMEOUT = httpx.Timeout(30.0, read=600.0, write=120.0)
"""The answer to a submit is the picture itself."""

INLINE_MAX = 48 * 1024 * 1024
"""Bytes of inputs in one request: Ark takes bodies up to 64 MB, and base64 adds a third."""
HEAVY, HEAVY_AT_ONCE = 2 * 1024 * 1024, 8
"""From so many bytes of inputs on, so many requests of an account are in memory at once."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """The account's own table. `models` are other ids (an endpoint's, say) for the ids that the catalogue's routes name."""

    models: dict[str, str] = {}


class ArkProvider:
    """Seedance and Seedream on one Ark account. Its client repeats nothing by itself."""

    def __init__(self, account: Account, options: Options) -> None:
        self.name = account.name
        self._models = options.models
        base_url = account.base_url or BYTEPLUS
        self._prefix = "doubao-" if VOLCENGINE in base_url else ""
        self._client = AsyncArk(base_url=base_url, api_key=account.key, timeout=TIMEOUT, max_retries=0)
        self._heavy = asyncio.Semaphore(HEAVY_AT_ONCE)
        self._looks = Looks()

    async def start(self, job: Job) -> Finished | Accepted:
        """See `Provider`."""
        size = _inlined(job)
        async with AsyncExitStack() as stack:
            if size > HEAVY:
                await stack.enter_async_context(self._heavy)
            with TABLE.translating(Phase.PREPARE):
                links = [await _link(job, number) for number in range(len(job.inputs))]
                more = extra(job, links)
            if job.request.kind is Kind.VIDEO:
                return await self._submit(job, links, more)
            made = await side_by_side(self._draw(job, links, more) for _ in range(job.request.count))
        return Finished(tuple(output for outputs in made for output in outputs))

    async def _submit(self, job: Job, links: Sequence[str], more: dict[str, Any] | None) -> Accepted:
        with TABLE.translating(Phase.SUBMIT):
            answer = await self._client.content_generation.tasks.create(
                model=self._model(job), content=to_content(job, links), extra_body=more, **to_task(job)
            )
            # The SDK passes an answer that is no JSON on as text.
            if not getattr(answer, "id", None):
                raise OutcomeUnknown("Ark answered without an id")
        return Accepted(str(answer.id))

    async def _draw(self, job: Job, links: Sequence[str], more: dict[str, Any] | None) -> tuple[OutputUrl, ...]:
        """One picture: the models make as many as they see fit of a request for several."""
        with TABLE.translating(Phase.SUBMIT):
            answer = await self._client.images.generate(
                model=self._model(job), extra_body=more, timeout=PICTURE_TIMEOUT, **to_image(job, links)
            )
            return from_images(answer)

    async def recover(self, job: Job) -> Accepted | None:
        """Ark knows no keys of ours. Raises `OutcomeUnknown`."""
        raise OutcomeUnknown("Ark cannot be asked what became of a submit")

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """See `Provider`."""
        with self._looks.at(remote_id), TABLE.translating(Phase.ASK):
            return from_task(await self._client.content_generation.tasks.get(task_id=remote_id))

    async def cancel(self, job: Job, remote_id: str) -> None:
        """Take it from Ark's queue; what runs there is refused, and runs on."""
        with TABLE.translating(Phase.ASK):
            try:
                await self._client.content_generation.tasks.delete(remote_id)
            except (ArkBadRequestError, ArkConflictError, ArkNotFoundError, ArkPermissionDeniedError):
                return
            except ValueError:  # success with an empty body, which the SDK reads as JSON
                return

    async def aclose(self) -> None:
        """Close its connections."""
        await self._client.close()

    def _model(self, job: Job) -> str:
        """The catalogue has BytePlus's ids; Volcengine has the same models under its own brand."""
        if own := self._models.get(job.upstream_model):
            return own
        if self._prefix and not job.upstream_model.startswith(("ep-", self._prefix)):
            return self._prefix + job.upstream_model.removeprefix("dreamina-")
        return job.upstream_model


def _inlined(job: Job) -> int:
    """Bytes that travel inside the request. Raises `Rejected` for more than Ark takes."""
    size = sum(file.path.stat().st_size for file in job.inputs if file.role is not Role.REFERENCE_VIDEO)
    if size > INLINE_MAX:
        raise Rejected(
            RejectReason.INVALID,
            f"Ark: inputs: got {size / 2**20:.1f} MB together; at most {INLINE_MAX // 2**20} MB are taken",
        )
    return size


async def _link(job: Job, number: int) -> str:
    file = job.inputs[number]
    if file.role is not Role.REFERENCE_VIDEO:
        return await asyncio.to_thread(data_uri, file)
    # "reference_video must be provided as a web url" is what Ark says to anything else.
    return web_link("Ark", file)


def open_provider(account: Account) -> ArkProvider:
    """The driver's door (`providers.kinds`). Raises ConfigurationError."""
    return ArkProvider(account, options_of(account, Options))
