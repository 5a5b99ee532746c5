"""OpenAI's wire, for the drivers of OpenAI itself and of servers that speak as it does: one SDK, one shape of pictures and of
failures."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, ExitStack
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urljoin

import msgspec
from msgspec import Struct
from openai import APIConnectionError, APIStatusError, AsyncOpenAI, OpenAIError

from mediakiln.errors import shorten
from mediakiln.providers.accounts import Account
from mediakiln.providers.base import (
    InputFile,
    Job,
    OperatorFault,
    OutputFile,
    OutputUrl,
    ProviderError,
    Rejected,
    RejectReason,
)
from mediakiln.providers.httpx2_wire import RULES, UNSENT, connections
from mediakiln.providers.pictures import keep
from mediakiln.providers.translation import NETWORK, Phase, Table, by_status, lost, quoted, retry_after, unsent

READ_AT_ONCE = 2
"""Answers that an account decodes at once: one may hold several pictures of 4K."""
ANSWER_MAX = 1024 * 1024 * 1024
"""Bytes of one answer."""
NO_KEY = "none"
"""Sent where a server wants none: the SDK would look into the environment for one, and give OpenAI's to a stranger."""

_FILTERED = re.compile(r"moderation|content.?polic|content.?filter|safety|nsfw|sexual|violence", re.IGNORECASE)
_OPERATOR = re.compile(r"quota|billing|deactivated|suspended|api_key|model_not_found|unsupported_country", re.IGNORECASE)
"""Codes that only the owner of the account can do something about, whatever their status: 400 for a spending limit, 429 for an
empty balance."""

File = tuple[str, BinaryIO, str]
"""A part of a form: its name, an open file and its media type."""


class Picture(Struct, frozen=True):
    """One item of an answer: base64, or a link."""

    b64_json: str | None = None
    url: str | None = None


class Pictures(Struct, frozen=True):
    """An answer with pictures. What else is in it does not matter here."""

    data: list[Picture] | None


class Wire:
    """One account's connections. The SDK repeats nothing (`max_retries=0`). Answers go to disk before they are read, so that
    memory does not grow with the pictures that come in at once. `vendor` begins messages."""

    def __init__(self, vendor: str, account: Account, base_url: str, organization: str = "", project: str = "") -> None:
        self.vendor = vendor
        self.http = connections()
        self.client = AsyncOpenAI(api_key=account.key or NO_KEY, base_url=base_url, max_retries=0, http_client=self.http)
        # The SDK takes these from the environment otherwise.
        self.client.organization = organization or None
        self.client.project = project or None
        self._reading = asyncio.Semaphore(READ_AT_ONCE)

    async def pictures(
        self,
        call: Callable[..., AbstractAsyncContextManager[Any]],
        fields: Mapping[str, Any],
        job: Job,
        *,
        name: str = "answer",
        size: tuple[int, int] | None = None,
    ) -> list[OutputFile | OutputUrl]:
        """Send one request for pictures, and keep them in the job's `workdir` under `name`; see `pictures.keep` for `size`.
        Raises what the SDK and httpx2 raise, ValueError for an answer that is none, and Rejected for one without pictures."""
        path = job.workdir / f"{name}.json"
        async with call(**fields) as response:
            await stream(response.iter_bytes(), path, ANSWER_MAX)
        async with self._reading:
            made = await asyncio.to_thread(self._read, path, job, name, size)
        if not made:
            raise Rejected(RejectReason.UNSUPPORTED, f"{self.vendor}: the answer has no picture in it")
        return made

    def _read(self, path: Path, job: Job, name: str, size: tuple[int, int] | None) -> list[OutputFile | OutputUrl]:
        answer = msgspec.json.decode(path.read_bytes(), type=Pictures)
        path.unlink()
        made: list[OutputFile | OutputUrl] = []
        for number, item in enumerate(answer.data or ()):
            if item.b64_json:
                data = base64.b64decode(item.b64_json.partition(",")[2] or item.b64_json)
                made.append(keep(data, job.workdir / f"{name}{number}", job.request.output_format, size))
            elif item.url:
                made.append(OutputUrl(urljoin(str(self.client.base_url), item.url)))
        return made

    async def aclose(self) -> None:
        """Close the connections."""
        await self.client.close()


async def stream(chunks: Any, path: Path, most: int) -> None:
    """Write what arrives to `path`, at most so many bytes. Raises ValueError beyond."""
    size = 0
    with path.open("wb") as out:
        async for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise ValueError(f"an answer of more than {most} bytes")
            out.write(chunk)


def parts(inputs: Sequence[InputFile], stack: ExitStack) -> list[File]:
    """The inputs as parts of a form, read from disk while they are sent. `stack` closes them."""
    return [
        (
            f"{file.media_type.partition('/')[0]}{number}.{file.media_type.partition('/')[2]}",
            stack.enter_context(file.path.open("rb")),
            file.media_type,
        )
        for number, file in enumerate(inputs)
    ]


def table(vendor: str) -> Table:
    """The rules of a driver on this wire."""

    def status(error: APIStatusError, phase: Phase) -> ProviderError:
        return refusal(vendor, error.status_code, error.body, error.response.headers, phase)

    return Table(
        {
            **NETWORK,
            **RULES,
            APIStatusError: status,
            APIConnectionError: _wire,
            OpenAIError: lost,
            ValueError: lost,
        }
    )


def _wire(error: APIConnectionError, phase: Phase) -> ProviderError:
    """The SDK wraps whatever httpx2 raised; only a connection that never came about is safe to try again."""
    return unsent(error, phase) if isinstance(error.__cause__, UNSENT) else lost(error, phase)


def refusal(vendor: str, status: int, body: object, headers: Mapping[str, str], phase: Phase) -> ProviderError:
    """What an answer with an error status means. `body` is OpenAI's `error` object or, from servers built on FastAPI, an object
    with `detail`."""
    code, text = _words(body)
    filtered = is_filtered(code, text)
    if _OPERATOR.search(code) or (status in (401, 403) and not filtered):
        # No words of theirs: they may quote the key.
        return OperatorFault(f"{vendor}: HTTP {status}{f' ({shorten(code)})' if code else ''}")
    if 300 <= status < 400:
        return OperatorFault(f"{vendor}: HTTP {status}: base_url leads elsewhere")
    message = told(vendor, code, text or f"HTTP {status}")
    return by_status(status, message, phase, delay=retry_after(headers), filtered=filtered)


def failure(vendor: str, code: str, text: str) -> ProviderError:
    """What the error of a job that had been accepted means."""
    reason = RejectReason.CONTENT_FILTERED if is_filtered(code, text) else RejectReason.UNSUPPORTED
    return Rejected(reason, told(vendor, code, text or "the generation failed without a reason"))


def is_filtered(code: str, text: str) -> bool:
    """Whether an error names the vendor's rules on content: by its code, or in the sentence that OpenAI always says."""
    return bool(_FILTERED.search(code)) or "safety system" in text.lower()


def told(vendor: str, code: str, text: str) -> str:
    """A message for people."""
    return f"{vendor}: {code}: {quoted(text)}" if code else f"{vendor}: {quoted(text)}"


def _words(body: object) -> tuple[str, str]:
    """An error's code and text."""
    if not isinstance(body, dict):
        return "", ""
    code = body.get("code")
    text = body.get("message") or body.get("detail") or ""
    if isinstance(text, list):
        found = [each for each in text if isinstance(each, dict)]
        text = "; ".join(f"{'.'.join(map(str, each.get('loc', ())))}: {each.get('msg')}" for each in found)
    return code if isinstance(code, str) else "", str(text)
