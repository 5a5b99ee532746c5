"""The driver: videos are started once over gRPC and asked for until they end."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from functools import cached_property
from urllib.parse import urlsplit

from xai_sdk import AsyncClient

from mediakiln.errors import ConfigurationError
from mediakiln.providers.accounts import Account, no_options
from mediakiln.providers.base import Accepted, Finished, Job, OutcomeUnknown, Rejected, RejectReason, Running
from mediakiln.providers.pictures import picture_uri
from mediakiln.providers.translation import Looks, Phase
from mediakiln.providers.xai.errors import TABLE
from mediakiln.providers.xai.translate import from_video, to_video

BASE_URL = "https://api.x.ai"
TIMEOUT = 120.0
"""Seconds for one call."""
CHANNEL = [
    # The SDK's own policy sends a call up to five times when xAI is UNAVAILABLE, a submit too.
    ("grpc.enable_retries", 0),
    ("grpc.service_config", json.dumps({"methodConfig": []})),
    ("grpc.service_config_disable_resolution", 1),
    ("grpc.max_reconnect_backoff_ms", 10_000),
]

FORMATS = ("image/jpeg", "image/png")
"""What xAI's guides name; other pictures become a JPEG."""
INLINE_MAX = 14 * 1024 * 1024
"""Bytes of inputs in one request: the SDK sends up to 20 MB, and base64 adds a third."""
HEAVY, HEAVY_AT_ONCE = 2 * 1024 * 1024, 8
"""From so many bytes of inputs on, so many requests of an account are in memory at once."""


class XaiProvider:
    """Grok Imagine on one xAI account."""

    def __init__(self, account: Account) -> None:
        self.name = account.name
        self._key = account.key
        given = account.base_url or BASE_URL
        address = urlsplit(given)
        if address.scheme not in ("https", "http") or not address.netloc or address.path.strip("/"):
            # gRPC knows no paths; one would be left out quietly.
            raise ConfigurationError(f"{account.name}.base_url: got {given}; must be https://HOST[:PORT], without a path")
        self._host, self._plain = address.netloc, address.scheme == "http"
        self._heavy = asyncio.Semaphore(HEAVY_AT_ONCE)
        self._looks = Looks()

    @cached_property
    def _client(self) -> AsyncClient:
        """Made at the first call: a channel belongs to the loop that runs then."""
        return AsyncClient(
            api_key=self._key,
            api_host=self._host,
            channel_options=CHANNEL,
            timeout=TIMEOUT,
            use_insecure_channel=self._plain,
        )

    async def start(self, job: Job) -> Finished | Accepted:
        """See `Provider`."""
        size = sum(file.path.stat().st_size for file in job.inputs)
        async with AsyncExitStack() as stack:
            if size > HEAVY:
                await stack.enter_async_context(self._heavy)
            with TABLE.translating(Phase.PREPARE):
                fields = to_video(job, await asyncio.to_thread(_links, job))
            with TABLE.translating(Phase.SUBMIT):
                started = await self._client.video.start(**fields)
        # The SDK answers None where it cannot read the answer.
        if started is None or not started.request_id:
            raise OutcomeUnknown("xAI answered without an id")
        return Accepted(started.request_id)

    async def recover(self, job: Job) -> Accepted | None:
        """xAI knows no keys of ours. Raises `OutcomeUnknown`."""
        raise OutcomeUnknown("xAI cannot be asked what became of a submit")

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """See `Provider`."""
        with self._looks.at(remote_id), TABLE.translating(Phase.ASK):
            return from_video(await self._client.video.get(remote_id))

    async def cancel(self, job: Job, remote_id: str) -> None:
        """XAI has no way to stop a video."""

    async def aclose(self) -> None:
        """Close its channel, where one was opened."""
        if "_client" in vars(self):
            await self._client.close()


def _links(job: Job) -> list[str]:
    """The inputs as data URIs. Raises `Rejected` for more than fit into one request, and for what is no picture."""
    links: list[str] = []
    for file in job.inputs:
        if not file.media_type.startswith("image/"):
            raise Rejected(RejectReason.UNSUPPORTED, f"xAI: {file.role.value}: not taken; only pictures are")
        links.append(picture_uri("xAI", file, FORMATS, INLINE_MAX))
        if (size := sum(map(len, links)) * 3 // 4) > INLINE_MAX:
            limit = INLINE_MAX // 2**20
            raise Rejected(RejectReason.INVALID, f"xAI: inputs: got {size / 2**20:.1f} MB together; at most {limit} MB are taken")
    return links


def open_provider(account: Account) -> XaiProvider:
    """The driver's door (`providers.kinds`). Raises ConfigurationError."""
    no_options(account)
    return XaiProvider(account)
