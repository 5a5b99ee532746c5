"""The driver: pictures are the answer to their submit."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

from msgspec import Struct

from mediakiln.generation import Kind
from mediakiln.providers.accounts import Account, options_of
from mediakiln.providers.base import Accepted, Finished, Job, OutcomeUnknown, Rejected, RejectReason, Running
from mediakiln.providers.openai.errors import TABLE, VENDOR
from mediakiln.providers.openai.translate import to_fields
from mediakiln.providers.openai_wire import Wire, parts
from mediakiln.providers.pictures import readable
from mediakiln.providers.translation import Phase

BASE_URL = "https://api.openai.com/v1"
INPUTS_MAX, INPUT_MAX = 16, 50 * 1024 * 1024
"""Pictures that one edit starts from, and bytes of each."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """The account's own table."""

    organization: str = ""
    project: str = ""


class OpenAIProvider:
    """The GPT image models on one OpenAI account. Its client repeats nothing by itself."""

    def __init__(self, account: Account, options: Options) -> None:
        self.name = account.name
        self._wire = Wire(VENDOR, account, account.base_url or BASE_URL, options.organization, options.project)

    async def start(self, job: Job) -> Finished | Accepted:
        """See `Provider`."""
        if job.request.kind is Kind.VIDEO:
            raise Rejected(RejectReason.UNSUPPORTED, "OpenAI: videos: its API for them ended on 2026-09-24")
        with TABLE.translating(Phase.PREPARE):
            fields = to_fields(job)
            inputs = [await asyncio.to_thread(readable, file, job.workdir) for file in job.inputs]
        for number, file in enumerate(inputs):
            if number >= INPUTS_MAX or file.path.stat().st_size > INPUT_MAX:
                limits = f"{INPUTS_MAX} pictures of at most {INPUT_MAX // 2**20} MB"
                raise Rejected(RejectReason.INVALID, f"OpenAI: inputs: got {len(inputs)}; allowed: {limits}")
        size = (job.request.width, job.request.height)
        images = self._wire.client.images.with_streaming_response
        with ExitStack() as stack, TABLE.translating(Phase.SUBMIT):
            if not inputs:
                return Finished(tuple(await self._wire.pictures(images.generate, fields, job, size=size)))
            fields["image"] = parts(inputs, stack)
            return Finished(tuple(await self._wire.pictures(images.edit, fields, job, size=size)))

    async def recover(self, job: Job) -> Accepted | None:
        """OpenAI knows no keys of ours. Raises `OutcomeUnknown`."""
        raise OutcomeUnknown("OpenAI cannot be asked what became of a submit")

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """There is nothing to ask for. Raises `Rejected`."""
        raise Rejected(RejectReason.UNSUPPORTED, "OpenAI: the answer to a submit is the result; there is nothing to ask for")

    async def cancel(self, job: Job, remote_id: str) -> None:
        """There is nothing to stop."""

    async def aclose(self) -> None:
        """Close its connections."""
        await self._wire.aclose()


def open_provider(account: Account) -> OpenAIProvider:
    """The driver's door (`providers.kinds`). Raises ConfigurationError."""
    return OpenAIProvider(account, options_of(account, Options))
