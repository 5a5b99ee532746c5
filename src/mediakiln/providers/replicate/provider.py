"""The driver: predictions are made once and asked for until they end."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from replicate.client import Client
from replicate.prediction import Prediction, Predictions

from mediakiln.providers.accounts import Account, no_options
from mediakiln.providers.base import Accepted, Finished, Job, OutcomeUnknown, Running
from mediakiln.providers.payload import data_uri
from mediakiln.providers.replicate.errors import TABLE
from mediakiln.providers.replicate.translate import from_prediction, to_input
from mediakiln.providers.translation import Looks, Phase

CreatePredictionParams = Predictions.CreatePredictionParams
TIMEOUT = httpx.Timeout(30.0, read=90.0, write=90.0)
INLINE_MAX = 256 * 1024
"""Bytes of an input that travels inside the request; a larger one is uploaded first."""


class ReplicateProvider:
    """Predictions on Replicate. `upstream_model` is `owner/name` for an official model, `owner/name:version` for any other.
    Its client repeats questions, never submits."""

    def __init__(self, account: Account) -> None:
        self.name = account.name
        self._client = Client(api_token=account.key, base_url=account.base_url or None, timeout=TIMEOUT)
        self._looks = Looks()

    async def start(self, job: Job) -> Finished | Accepted:
        """See `Provider`."""
        with TABLE.translating(Phase.PREPARE):
            links = [await self._link(job, number) for number in range(len(job.inputs))]
        with TABLE.translating(Phase.SUBMIT):
            prediction = await self._submit(job, to_input(job, links))
            if not prediction.id:
                raise OutcomeUnknown("Replicate answered without an id")
        return Accepted(prediction.id)

    async def _submit(self, job: Job, fields: dict[str, Any]) -> Prediction:
        model, _, version = job.upstream_model.partition(":")
        calls: CreatePredictionParams = {}
        if job.callback_url:
            calls = {"webhook": job.callback_url, "webhook_events_filter": ["completed"]}
        if version:
            return await self._client.predictions.async_create(version=version, input=fields, **calls)
        return await self._client.predictions.async_create(model=model, input=fields, **calls)

    async def recover(self, job: Job) -> Accepted | None:
        """Replicate knows no keys of ours. Raises `OutcomeUnknown`."""
        raise OutcomeUnknown("Replicate cannot be asked what became of a submit")

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """See `Provider`."""
        with self._looks.at(remote_id), TABLE.translating(Phase.ASK):
            prediction: Prediction = await self._client.predictions.async_get(remote_id)
            return from_prediction(prediction)

    async def cancel(self, job: Job, remote_id: str) -> None:
        """See `Provider`."""
        with TABLE.translating(Phase.ASK):
            await self._client.predictions.async_cancel(remote_id)

    async def aclose(self) -> None:
        """Close its connections."""
        await self._client._async_client.aclose()

    async def _link(self, job: Job, number: int) -> str:
        file = job.inputs[number]
        if file.path.stat().st_size <= INLINE_MAX:
            return await asyncio.to_thread(data_uri, file)
        uploaded = await self._client.files.async_create(file.path)
        return str(uploaded.urls["get"])


def open_provider(account: Account) -> ReplicateProvider:
    """The driver's door (`providers.kinds`). Raises ConfigurationError."""
    no_options(account)
    return ReplicateProvider(account)
