"""The driver: requests are put into fal's queue once and asked for until they end.

fal-client's own `submit` repeats itself up to ten times, after lost answers too, and has no switch for that. So the one call
that costs money is a plain POST of ours; status, result, cancelling and storage are the client's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from posixpath import commonpath
from urllib.parse import urlsplit

import httpx
from fal_client import AsyncClient, AsyncRequestHandle, Completed, FalClientHTTPError, StorageSettings

from mediakiln.providers.accounts import Account, options_of
from mediakiln.providers.base import Accepted, Finished, Job, OutcomeUnknown, Running
from mediakiln.providers.fal.errors import TABLE, failure, refusal
from mediakiln.providers.fal.translate import from_result, from_status, to_arguments
from mediakiln.providers.fal.webhooks import Options
from mediakiln.providers.payload import data_uri
from mediakiln.providers.translation import Looks, Phase

URL = "https://queue.fal.run"
TIMEOUT = httpx.Timeout(30.0, read=90.0, write=90.0)
INLINE_MAX = 256 * 1024
"""Bytes of an input that travels inside the request; a larger one is uploaded first."""
UPLOADS = 4
"""Uploads at once: fal-client holds each file in memory."""
LONGEST = 256
"""Characters of a remote id."""
_STORED = StorageSettings(expires_in="1d")
_REPEATED = (408, 409, 429)
_PLACES = ("status_url", "response_url", "cancel_url")
_BETWEEN = "|"  # never in a path: it would be quoted


class FalProvider:
    """Requests in fal's queue. `upstream_model` is the endpoint's id: `owner/alias`, mostly with a path behind it."""

    def __init__(self, account: Account) -> None:
        self.name = account.name
        self._url = (account.base_url or URL).rstrip("/")
        self._http = httpx.AsyncClient(transport=_Once(), headers={"Authorization": f"Key {account.key}"}, timeout=TIMEOUT)
        self._storage = AsyncClient(key=account.key)
        self._uploads = asyncio.Semaphore(UPLOADS)
        self._looks = Looks()

    async def start(self, job: Job) -> Finished | Accepted:
        """See `Provider`."""
        with TABLE.translating(Phase.PREPARE):
            links = [await self._link(job, number) for number in range(len(job.inputs))]
        with TABLE.translating(Phase.SUBMIT):
            response = await self._http.post(
                f"{self._url}/{job.upstream_model}",
                params={"fal_webhook": job.callback_url} if job.callback_url else None,
                json=to_arguments(job, links),
            )
            response.raise_for_status()
            return Accepted(_packed(response.json()))

    async def recover(self, job: Job) -> Accepted | None:
        """fal knows no keys of ours. Raises `OutcomeUnknown`."""
        raise OutcomeUnknown("fal cannot be asked what became of a submit")

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """See `Provider`."""
        with self._looks.at(remote_id), TABLE.translating(Phase.ASK):
            handle = self._handle(remote_id)
            status = await handle.status(with_logs=True)
            if not isinstance(status, Completed):
                return from_status(status)
            try:
                result = await handle.get()
            except FalClientHTTPError as error:
                raise failure(error, status) from error
            return from_result(result)

    async def cancel(self, job: Job, remote_id: str) -> None:
        """See `Provider`."""
        with TABLE.translating(Phase.ASK):
            try:
                await self._handle(remote_id).cancel()
            except FalClientHTTPError as error:
                if error.status_code != 400:  # ALREADY_COMPLETED: there is nothing to stop
                    raise

    async def aclose(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    def _handle(self, remote_id: str) -> AsyncRequestHandle:
        """The client's handle of a request. Only our own address ever gets the key, whatever host fal named."""
        status, response, cancel = (self._url + path for path in _unpacked(remote_id))
        return AsyncRequestHandle(remote_id, response, status, cancel, self._http)

    async def _link(self, job: Job, number: int) -> str:
        file = job.inputs[number]
        if file.path.stat().st_size <= INLINE_MAX:
            return await asyncio.to_thread(data_uri, file)
        async with self._uploads:
            return await self._storage.upload_file(file.path, lifecycle=_STORED)


class _Once(httpx.AsyncBaseTransport):
    """Raises our failures where fal-client would try again by itself: the runner knows better when to, and where."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient()  # not a bare transport: it minds the environment's proxies

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        phase = Phase.SUBMIT if request.method == "POST" else Phase.ASK
        with TABLE.translating(phase):
            response = await self._client.send(request, stream=True)
            if response.status_code in _REPEATED:
                await response.aread()
                await response.aclose()
                raise refusal(response, phase)
        return response

    async def aclose(self) -> None:
        await self._client.aclose()


def _packed(answer: Mapping[str, str]) -> str:
    """Where fal keeps a request, which is not to be guessed from its id: what its three paths share, and the rest of each.
    Raises OutcomeUnknown, or what Python says of an answer without sense."""
    paths = [urlsplit(answer[place]).path for place in _PLACES]
    shared = commonpath(paths)
    packed = _BETWEEN.join([shared, *(path.removeprefix(shared) for path in paths)])
    if not shared.startswith("/") or len(packed) > LONGEST:
        raise OutcomeUnknown("fal did not say where the request is kept")
    return packed


def _unpacked(remote_id: str) -> list[str]:
    shared, *rests = remote_id.split(_BETWEEN)
    return [shared + rest for rest in rests]


def open_provider(account: Account) -> FalProvider:
    """The driver's door (`providers.kinds`). Raises ConfigurationError."""
    options_of(account, Options)
    return FalProvider(account)
