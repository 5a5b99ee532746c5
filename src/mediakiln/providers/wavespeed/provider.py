"""The driver: predictions are made once and asked for until they end.

The SDK has no public call that submits without waiting for the result. So the submit is a plain POST of ours, whose every
answer we see; results and uploads are the SDK's, which blocks and therefore has threads of its own here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import httpx
from wavespeed import Client

from mediakiln.providers.accounts import Account, no_options
from mediakiln.providers.base import Accepted, Finished, Job, OutcomeUnknown, ProviderError, Rejected, Running
from mediakiln.providers.pictures import tell_partial
from mediakiln.providers.translation import Looks, Phase
from mediakiln.providers.wavespeed.errors import TABLE, declined
from mediakiln.providers.wavespeed.translate import from_result, joined, to_inputs

URL = "https://api.wavespeed.ai"
TIMEOUT = httpx.Timeout(30.0, read=90.0, write=90.0)
THREADS = 32
"""Questions and uploads under way at once."""
_BETWEEN = ","  # between the ids of a job's predictions

T = TypeVar("T")


class WavespeedProvider:
    """Predictions on WaveSpeed. `upstream_model` is the model's id, such as `google/nano-banana-pro/text-to-image`. A model that
    makes one item at a time is asked once for each."""

    def __init__(self, account: Account) -> None:
        self.name = account.name
        self._url = (account.base_url or URL).rstrip("/")
        # With no retries of its own the client asks once; the runner asks again.
        self._client = Client(api_key=str(account.key), base_url=self._url, max_retries=0, max_connection_retries=0)
        self._http = httpx.AsyncClient(headers={"Authorization": f"Bearer {account.key}"}, timeout=TIMEOUT)
        self._looks = Looks()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="wavespeed")

    async def start(self, job: Job) -> Finished | Accepted:
        """See `Provider`."""
        with TABLE.translating(Phase.PREPARE):
            links = [await self._blocking(self._client.upload, str(file.path)) for file in job.inputs]
            bodies = to_inputs(job, links)
        ids: list[str] = []
        for body in bodies:
            try:
                with TABLE.translating(Phase.SUBMIT):
                    ids.append(await self._submit(job, body))
            except ProviderError as error:
                if not ids:
                    raise
                tell_partial(len(ids), [error])
                break  # the ones that were taken are a partial delivery; a second try would pay for them twice
        return Accepted(_BETWEEN.join(ids))

    async def _submit(self, job: Job, body: dict[str, Any]) -> str:
        response = await self._http.post(
            f"{self._url}/api/v3/{job.upstream_model}",
            params={"webhook": job.callback_url} if job.callback_url.startswith("https://") else None,  # it calls no other
            json=body,
        )
        response.raise_for_status()
        answer = response.json()
        found = (answer.get("data") or {}).get("id")
        if isinstance(found, str) and found:
            return found
        if isinstance(code := answer.get("code"), int) and code != 200:
            raise declined(code, response.text)
        raise OutcomeUnknown("WaveSpeed answered without an id")

    async def recover(self, job: Job) -> Accepted | None:
        """WaveSpeed knows no keys of ours. Raises `OutcomeUnknown`."""
        raise OutcomeUnknown("WaveSpeed cannot be asked what became of a submit")

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """See `Provider`."""
        with TABLE.translating(Phase.ASK):
            return joined(await asyncio.gather(*(self._ask(each) for each in remote_id.split(_BETWEEN))))

    async def _ask(self, prediction: str) -> Running | Finished | Rejected:
        try:
            with self._looks.at(prediction), TABLE.translating(Phase.ASK):
                return from_result(await self._blocking(self._client.get_result, prediction))
        except Rejected as error:
            return error

    async def cancel(self, job: Job, remote_id: str) -> None:
        """Does nothing: a prediction cannot be stopped."""

    async def aclose(self) -> None:
        """Close its connections; threads end with what they are at."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        await self._http.aclose()

    async def _blocking(self, call: Callable[[str], T], given: str) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call, given)


def open_provider(account: Account) -> WavespeedProvider:
    """The driver's door (`providers.kinds`). Raises ConfigurationError."""
    no_options(account)
    return WavespeedProvider(account)
