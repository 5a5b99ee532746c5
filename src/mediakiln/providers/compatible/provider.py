"""The driver: pictures are the answer to their submit, videos are jobs that are asked for until they end."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import httpx2
import msgspec
from openai import APIStatusError

from mediakiln.errors import ConfigurationError
from mediakiln.generation import Kind
from mediakiln.providers.accounts import Account, options_of
from mediakiln.providers.base import (
    Accepted,
    Finished,
    InputFile,
    Job,
    OutcomeUnknown,
    OutputFile,
    OutputUrl,
    Rejected,
    RejectReason,
    Retryable,
    Running,
)
from mediakiln.providers.compatible.errors import TABLE, VENDOR
from mediakiln.providers.compatible.translate import Options, Video, from_video, guide, to_image, to_video, wants_links
from mediakiln.providers.openai_wire import Wire, parts, refusal, stream
from mediakiln.providers.payload import data_uri
from mediakiln.providers.pictures import readable, side_by_side
from mediakiln.providers.translation import Phase

VIDEO_MAX = 2 * 1024 * 1024 * 1024
"""Bytes of one video."""


class CompatibleProvider:
    """One server. The SDK's client repeats nothing by itself.

    Videos go through the client's plain methods: the SDK's own are for the API that OpenAI has shut, and will leave with it.
    """

    def __init__(self, account: Account, options: Options) -> None:
        self.name = account.name
        self._options = options
        self._wire = Wire(VENDOR, account, account.base_url)

    async def start(self, job: Job) -> Finished | Accepted:
        """See `Provider`."""
        try:
            return await (self._submit(job) if job.request.kind is Kind.VIDEO else self._draw(job))
        except OutcomeUnknown as lost:
            if self._options.repeat:
                raise Retryable(str(lost)) from lost
            raise

    async def _draw(self, job: Job) -> Finished:
        inputs: list[InputFile] = []
        with TABLE.translating(Phase.PREPARE):
            links = await _links(job)
            if job.inputs and not wants_links(job):
                if not self._options.images_edit:
                    got = f"inputs: got {len(job.inputs)}; allowed: none, it draws from words"
                    raise Rejected(RejectReason.UNSUPPORTED, f"{VENDOR}: {got}")
                inputs = [await asyncio.to_thread(readable, file, job.workdir) for file in job.inputs]
        count = job.request.count
        counts = [count] if self._options.n else [1] * count
        made = await side_by_side(self._pictures(job, inputs, links, each, number) for number, each in enumerate(counts))
        return Finished(tuple(output for outputs in made for output in outputs))

    async def _pictures(
        self, job: Job, inputs: list[InputFile], links: list[str], count: int, number: int
    ) -> list[OutputFile | OutputUrl]:
        images = self._wire.client.images.with_streaming_response
        with ExitStack() as stack, TABLE.translating(Phase.SUBMIT):
            fields = to_image(job, self._options, links, count, number)
            if inputs:
                files = parts(inputs, stack)
                fields["image"] = files if len(files) > 1 else files[0]
            return await self._wire.pictures(images.edit if inputs else images.generate, fields, job, name=f"answer{number}")

    async def _submit(self, job: Job) -> Accepted:
        with TABLE.translating(Phase.PREPARE):
            given = guide(job)
            fields = to_video(job, self._options, await _links(job))
            given = await asyncio.to_thread(readable, given, job.workdir) if given else None
        with ExitStack() as stack, TABLE.translating(Phase.SUBMIT):
            files = [("input_reference", part) for part in parts([given] if given else [], stack)]
            as_form = bool(given) or self._options.video_body == "form"
            answer = await self._wire.client.post(
                "/videos",
                cast_to=httpx2.Response,
                body=fields,
                files=files,
                options={"headers": {"Content-Type": "multipart/form-data"}} if as_form else {},
            )
            video = msgspec.json.decode(answer.content, type=Video)
            if not video.id:
                raise OutcomeUnknown(f"{VENDOR} answered without an id")
        return Accepted(video.id)

    async def recover(self, job: Job) -> Accepted | None:
        """Such servers know no keys of ours. Raises `OutcomeUnknown` where a second submit may cost something."""
        if self._options.repeat:
            return None
        raise OutcomeUnknown(f"{VENDOR} cannot be asked what became of a submit")

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """See `Provider`. The video is fetched here, since its address wants the key."""
        with TABLE.translating(Phase.ASK):
            answer = await self._wire.client.get(_path(remote_id), cast_to=httpx2.Response)
            running = from_video(msgspec.json.decode(answer.content, type=Video))
            if running is not None:
                return running
            path = job.workdir / "video"
            await self._fetch(f"{_path(remote_id)}/content", path)
        if not path.stat().st_size:
            raise Rejected(RejectReason.UNSUPPORTED, f"{VENDOR}: the video has nothing in it")
        return Finished((OutputFile(path, "video/mp4"),))

    async def _fetch(self, address: str, path: Path) -> None:
        client = self._wire.client
        url = f"{str(client.base_url).rstrip('/')}{address}"
        async with self._wire.http.stream("GET", url, headers=client.auth_headers) as response:
            if response.status_code != 200:
                raise refusal(VENDOR, response.status_code, None, response.headers, Phase.ASK)
            await stream(response.aiter_bytes(), path, VIDEO_MAX)

    async def cancel(self, job: Job, remote_id: str) -> None:
        """Delete the job: vLLM-Omni stops it, SGLang forgets it and draws on. One that is gone is no trouble."""
        with TABLE.translating(Phase.ASK):
            try:
                await self._wire.client.delete(_path(remote_id), cast_to=httpx2.Response)
            except APIStatusError as error:
                if error.status_code >= 500:
                    raise

    async def aclose(self) -> None:
        """Close its connections."""
        await self._wire.aclose()


async def _links(job: Job) -> list[str]:
    if not wants_links(job):
        return [""] * len(job.inputs)
    return [await asyncio.to_thread(data_uri, file) for file in job.inputs]


def _path(remote_id: str) -> str:
    return f"/videos/{quote(remote_id, safe='')}"


def open_provider(account: Account) -> CompatibleProvider:
    """The driver's door (`providers.kinds`). Raises ConfigurationError."""
    if not account.base_url.startswith(("http://", "https://")):
        raise ConfigurationError(f"{account.name}: base_url: got {account.base_url!r}; must be like http://127.0.0.1:30000/v1")
    return CompatibleProvider(account, options_of(account, Options))
