"""The driver: jobs are queued under the task's own id, so that a lost submit can be asked for; results are fetched by the driver
itself, since such a server stands on a private address."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import mimetypes
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import msgspec
import structlog
from msgspec import Struct

from mediakiln.errors import ConfigurationError
from mediakiln.providers.accounts import Account
from mediakiln.providers.base import (
    Accepted,
    Finished,
    InputFile,
    Job,
    OutcomeUnknown,
    OutputFile,
    ProviderError,
    Rejected,
    RejectReason,
    Running,
)
from mediakiln.providers.comfyui.errors import TABLE, ComfyError
from mediakiln.providers.comfyui.events import Events
from mediakiln.providers.comfyui.translate import Saved, from_record, is_ours, template_of, to_body
from mediakiln.providers.comfyui.workflow import Graph, asked_inputs, order_of, read_workflow
from mediakiln.providers.translation import Phase, retry_after

BASE_URL = "http://127.0.0.1:8188"
TIMEOUT = httpx.Timeout(60.0, connect=10.0)
FOLDER = "mediakiln"
"""In the server's input folder, for what we upload."""
RESULT_MAX = 2 * 1024 * 1024 * 1024
"""Bytes of one result."""
PIECE = 1024 * 1024
RECENT = 100
"""Finished jobs that are looked through for a lost one."""
HOLD = 30.0
"""Seconds for which a question waits for news over the socket before it answers that the job is still running."""
PATIENCE = (0.0, 2.0, 5.0, 10.0, 15.0, 30.0)
"""Seconds before each look for a job whose submit was lost; the server may still be checking it, or starting anew."""
LOOKS = 3
"""Not found so many times, it never arrived."""

log = structlog.get_logger(__name__)


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """The account's `options`: the folder of the operator's workflows, an absolute path."""

    workflows: str = ""


class ComfyProvider:
    """One ComfyUI server. `upstream_model` is a workflow's file name where the route's `input` names none."""

    def __init__(self, account: Account, *, hold: float = HOLD, patience: Sequence[float] = PATIENCE) -> None:
        self.name = account.name
        self._folder = _folder(account)
        self._hold, self._patience = hold, patience
        base = (account.base_url or BASE_URL).rstrip("/")
        if not base.startswith(("http://", "https://")):
            raise ConfigurationError(f"{account.name}: base_url: got {base}; must start with http:// or https://")
        headers = {"Authorization": f"Bearer {account.key}"} if account.key else {}
        self._client = httpx.AsyncClient(base_url=f"{base}/", timeout=TIMEOUT, headers=headers)
        # Of this process alone: two that shared one would take each other's messages away.
        self._client_id = uuid.uuid4().hex
        self._events = Events(f"ws{base.removeprefix('http')}/ws?clientId={self._client_id}", headers)

    async def start(self, job: Job) -> Accepted:
        """See `Provider`."""
        with TABLE.translating(Phase.PREPARE):
            template = template_of(job, await self._workflow(job))
            files = [await self._upload(file) for file in job.inputs]
            body = to_body(job, template, files, self._client_id)
        self._events.watch(job.idempotency_key, template, job.progress)
        try:
            with TABLE.translating(Phase.SUBMIT):
                answer = await self._call("POST", "prompt", json=body, asked=frozenset(asked_inputs(template)))
        except OutcomeUnknown:
            raise
        except BaseException:
            self._events.forget(job.idempotency_key)
            raise
        prompt_id = answer.get("prompt_id")
        if not isinstance(prompt_id, str) or not prompt_id:
            raise OutcomeUnknown("ComfyUI answered without an id")
        if prompt_id != job.idempotency_key:
            self._events.forget(job.idempotency_key)
            self._events.watch(prompt_id, template, job.progress)
        return Accepted(prompt_id)

    async def recover(self, job: Job) -> Accepted | None:
        """The job of our id, wherever it stands. Raises `OutcomeUnknown` where the server does not answer."""
        failed, looks = None, 0
        for seconds in self._patience:
            await asyncio.sleep(seconds)
            try:
                with TABLE.translating(Phase.ASK):
                    if found := await self._find(job.idempotency_key):
                        return Accepted(found)
            except ProviderError as error:
                failed = error
                continue
            looks += 1
            if looks == LOOKS:
                self._events.forget(job.idempotency_key)
                return None
        self._events.forget(job.idempotency_key)
        raise OutcomeUnknown(f"ComfyUI could not be asked what became of a submit: {failed}") from failed

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """See `Provider`. Takes up to `HOLD` seconds while the socket is open."""
        with TABLE.translating(Phase.ASK):
            heard = self._events.hearing(remote_id)
            record = await self._record(remote_id)
            if record is None and not (heard and heard.started) and not await self._in_queue(remote_id):
                # Between the two questions it may have ended.
                record = await self._record(remote_id)
                if record is None:
                    self._events.forget(remote_id)
                    raise Rejected(RejectReason.UNSUPPORTED, "ComfyUI: the server no longer knows the job")
            if record is None and heard:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(heard.over.wait(), self._hold)
                    record = await self._record(remote_id)
            if record is None:
                return Running(heard.fraction if heard else None)
            self._events.forget(remote_id)
            return Finished(await self._results(job, from_record(job, record)))

    async def cancel(self, job: Job, remote_id: str) -> None:
        """See `Provider`."""
        self._events.forget(remote_id)
        with TABLE.translating(Phase.ASK):
            await self._call("POST", "queue", json={"delete": [remote_id]})
            running = (await self._call("GET", "queue")).get("queue_running") or ()
            # Only then: older servers interrupt whatever runs, without a look at the id.
            if any(is_ours(item, remote_id) for item in running):
                await self._call("POST", "interrupt", json={"prompt_id": remote_id})

    async def aclose(self) -> None:
        """Close its connections."""
        await self._events.aclose()
        await self._client.aclose()

    async def _workflow(self, job: Job) -> Graph:
        return await asyncio.to_thread(read_workflow, order_of(job.fields).workflow or job.upstream_model, self._folder)

    async def _upload(self, file: InputFile) -> str:
        """The input's name on the server. Its own hash names it: nobody guesses it, and the same file is stored once."""
        digest = await asyncio.to_thread(_digest, file.path)
        name = digest + (mimetypes.guess_extension(file.media_type, strict=False) or "")
        with await asyncio.to_thread(file.path.open, "rb") as source:
            fields = {"type": "input", "subfolder": FOLDER}
            answer = await self._call("POST", "upload/image", data=fields, files={"image": (name, source, file.media_type)})
        subfolder = answer.get("subfolder") or ""
        return f"{subfolder}/{answer['name']}" if subfolder else str(answer["name"])

    async def _record(self, prompt_id: str) -> Mapping[str, Any] | None:
        """What is written of a job that has ended."""
        record: Mapping[str, Any] | None = (await self._call("GET", f"history/{prompt_id}")).get(prompt_id)
        return record

    async def _in_queue(self, task_id: str) -> str | None:
        """The id of the job that waits or runs for this task, or has this id."""
        queue = await self._call("GET", "queue")
        items = [*(queue.get("queue_running") or ()), *(queue.get("queue_pending") or ())]
        return next((str(item[1]) for item in items if is_ours(item, task_id)), None)

    async def _find(self, task_id: str) -> str | None:
        """In this order: a job goes from the queue into the history."""
        if found := await self._in_queue(task_id):
            return found
        if await self._record(task_id) is not None:
            return task_id
        records = await self._call("GET", "history", params={"max_items": str(RECENT)})
        return next((prompt_id for prompt_id, each in records.items() if is_ours(each.get("prompt") or (), task_id)), None)

    async def _results(self, job: Job, files: Sequence[Saved]) -> tuple[OutputFile, ...]:
        """Every file that is still there, in the job's folder."""
        outputs = []
        for number, saved in enumerate(files):
            path = job.workdir / f"result{number}"
            if await self._fetch(saved, path):
                outputs.append(OutputFile(path, saved.media_type))
        if not outputs:
            raise Rejected(RejectReason.UNSUPPORTED, "ComfyUI: the results are no longer there, or too large")
        return tuple(outputs)

    async def _fetch(self, saved: Saved, path: Path) -> bool:
        async with self._client.stream("GET", "view", params=msgspec.to_builtins(saved)) as response:
            if response.status_code == 404:
                log.warning("comfyui.result_gone", file=saved.filename)
                return False
            if response.is_error:
                raise ComfyError(response.status_code, {}, delay=retry_after(response.headers))
            size = 0
            with await asyncio.to_thread(path.open, "wb") as into:
                async for piece in response.aiter_bytes(PIECE):
                    size += len(piece)
                    if size > RESULT_MAX:
                        log.warning("comfyui.result_too_large", file=saved.filename, limit=RESULT_MAX)
                        return False
                    await asyncio.to_thread(into.write, piece)
        return True

    async def _call(
        self, method: str, path: str, *, asked: frozenset[tuple[str, str]] = frozenset(), **request: Any
    ) -> Mapping[str, Any]:
        """The JSON object of an answer, or an empty one where nothing came. Raises ComfyError, or ValueError for an answer that
        makes no sense."""
        response = await self._client.request(method, path, **request)
        if response.is_error:
            raise ComfyError(response.status_code, _object(response), asked, retry_after(response.headers))
        answer = response.json() if response.content else {}
        if not isinstance(answer, dict):
            raise ValueError("the answer is not one of ComfyUI's")
        return answer


def _object(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _folder(account: Account) -> Path | None:
    try:
        options = msgspec.convert(dict(account.options), Options)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{account.name}: options: {error}") from None
    if not options.workflows:
        return None
    folder = Path(options.workflows).expanduser()
    if not folder.is_absolute() or not folder.is_dir():
        raise ConfigurationError(
            f"{account.name}: options.workflows: got {options.workflows}; must be the absolute path of a folder that is there"
        )
    return folder


def open_provider(account: Account) -> ComfyProvider:
    """The driver's door (`providers.kinds`). Tells of workflow files that cannot be used; they keep nothing from starting."""
    provider = ComfyProvider(account)
    for path in sorted(provider._folder.glob("*.json")) if provider._folder else ():
        try:
            read_workflow(path.name, provider._folder)
        except ConfigurationError as error:
            log.warning("comfyui.workflow_unusable", provider=account.name, error=str(error))
    return provider
