"""One attempt at one task: inputs, the talk with its upstream, results, and the end it comes to.

The order of writes is what makes a kill -9 harmless: `sending` before the submit leaves, the remote id before the first poll,
the files before success, and success in one transaction with the money.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from mediakiln.assets.inputs import ROOT
from mediakiln.assets.outputs import attempt_token, discard_outputs, store_outputs
from mediakiln.catalog.pace import leading
from mediakiln.database.ids import now_ms
from mediakiln.errors import FetchFailed, InvalidRequest
from mediakiln.generation import GenerationRequest, Role
from mediakiln.providers.base import Finished, InputFile, Job, OperatorFault, OutcomeUnknown, Rejected, RejectReason
from mediakiln.tasks import states
from mediakiln.tasks.collecting import collect
from mediakiln.tasks.dispatch.base import Again
from mediakiln.tasks.exchange import Exchange
from mediakiln.tasks.hold import Hold
from mediakiln.tasks.pulse import Loss, Watched
from mediakiln.tasks.records import ErrorCode, State, Submission, TaskError
from mediakiln.tasks.stopping import stop_job
from mediakiln.tasks.tools import Tools
from mediakiln.telemetry import metrics

MAX_ATTEMPTS = 10
"""Workers that may die over one task before it fails: a task that kills its worker must not do so for ever. Attempts that an
upstream was too busy for do not count."""
LATE = "The generation did not finish in time"
REFUSALS = {
    RejectReason.INVALID: ErrorCode.PROVIDER_REJECTED,
    RejectReason.UNSUPPORTED: ErrorCode.PROVIDER_REJECTED,
    RejectReason.CONTENT_FILTERED: ErrorCode.CONTENT_FILTERED,
    RejectReason.BROKEN: ErrorCode.INTERNAL,
}
"""What a task fails of, by why its upstream will not have it."""

_SHAPING = (Role.FIRST_FRAME, Role.REFERENCE_VIDEO)


class Attempt:
    """`run` works on the task until it is finished or has to wait; `workdir` is an empty folder that goes afterwards."""

    def __init__(self, tools: Tools, watched: Watched, workdir: Path) -> None:
        self._tools = tools
        self._hold = hold = Hold(tools.engine, watched)
        self._task = hold.task
        self._watched = watched
        self._workdir = workdir
        self._exchange = Exchange(tools, hold)
        self._stored = False

    async def run(self) -> Again | None:
        """None when the task is finished. Raises CancelledError when it is no longer ours, or the worker ends."""
        left = (self._task.deadline - now_ms()) / 1000
        if left <= 0:
            await self._fail(ErrorCode.DEADLINE_EXCEEDED, LATE)
            return None
        if self._task.attempt - self._task.parted > MAX_ATTEMPTS:
            await self._fail(ErrorCode.INTERNAL, "The generation failed repeatedly")
            return None
        scope = asyncio.timeout(left)
        try:
            async with scope:
                return await self._run()
        except TimeoutError:
            if not scope.expired():
                raise
            await self._stop_job()
            await self._fail(ErrorCode.DEADLINE_EXCEEDED, LATE)
            return None
        except asyncio.CancelledError:
            if self._watched.lost is Loss.OVER:
                await self._stop_job()
            if self._watched.lost is not None and self._stored:
                await self._discard(self._task.attempt)
            raise

    async def _run(self) -> Again | None:
        task, hold = self._task, self._hold
        try:
            if task.attempt - task.parted > 1:
                # A worker died over this task, perhaps between its files and its success.
                await self._discard(*range(max(1, task.attempt - MAX_ATTEMPTS), task.attempt))
            if hold.submission is Submission.NONE and (later := await self._exchange.turn()):
                return later
            finished = await self._exchange.generate(await self._job())
            if isinstance(finished, Again):
                return finished
            await self._deliver(finished)
        except InvalidRequest as error:
            self._tools.breakers.untried(hold.upstream.provider)
            await self._fail(ErrorCode.INVALID_INPUT, f"The input cannot be used: {error.detail}")
        except Rejected as error:
            await self._fail(REFUSALS[error.reason], str(error))
        except OutcomeUnknown:
            await self._unknown()
        except OperatorFault:
            await self._fail(ErrorCode.PROVIDER_UNAVAILABLE, "The generation service is unavailable; nothing was charged")
        return None

    async def _job(self) -> Job:
        task, tools, upstream = self._task, self._tools, self._hold.upstream
        files = []
        # Of an accepted job the inputs have done their work, and those of others may be gone by now.
        sources = () if self._hold.submission is Submission.ACCEPTED else task.request.inputs
        for number, source in enumerate(sources):
            folder = self._workdir / f"input{number}"
            folder.mkdir()
            resolved = await tools.inputs.resolve(source, task.account_id, folder)
            link = _link(source.source, tools.public_url)
            files.append(InputFile(resolved.role, resolved.path, resolved.media_type, resolved.width, resolved.height, link))
        output = self._workdir / "output"
        output.mkdir()
        return Job(
            task_id=task.id,
            request=_shaped(task.request, files),
            upstream_model=upstream.model,
            inputs=tuple(files),
            workdir=output,
            idempotency_key=task.id,
            progress=self._watched.report,
            fields=upstream.input,
            callback_url=tools.callback(upstream.provider, task.id),
        )

    async def _deliver(self, finished: Finished) -> None:
        task, tools = self._task, self._tools
        try:
            outputs = finished.outputs[: task.request.count]
            files = await collect(outputs, tools.door, self._workdir, self._hold.log)
            self._stored = True
            stored = await store_outputs(
                tools.blobs,
                [(file.path, file.media_type) for file in files],
                account_id=task.account_id,
                kind=task.kind,
                created_at=task.created_at,
                token=attempt_token(task.output_token, task.attempt),
                max_pixels=tools.max_pixels,
                last_frame=task.request.last_frame,
            )
        except FetchFailed as error:
            self._hold.log.error("task.output_broken", error=str(error))
            await self._fail(ErrorCode.OUTPUT_UNUSABLE, "The provider delivered nothing usable")
            return
        expires_at = now_ms() + tools.retention if tools.retention else None
        self._watched.finishing = True
        if await self._hold.write(lambda connection: states.succeed(connection, task, stored, expires_at)):
            metrics.DURATION.labels(task.kind, task.model).observe((now_ms() - task.created_at) / 1000)
            self._finished(State.SUCCEEDED, "")
        elif not await self._hold.write(lambda connection: states.succeeded(connection, task)):
            # Asked, since an answer may have been lost: that write would have been done, and its repetition refused.
            await self._discard(task.attempt)

    async def _discard(self, *attempts: int) -> None:
        """Delete the files of attempts that can no longer succeed."""
        for attempt in attempts:
            await discard_outputs(
                self._tools.blobs,
                account_id=self._task.account_id,
                kind=self._task.kind,
                created_at=self._task.created_at,
                token=attempt_token(self._task.output_token, attempt),
                count=self._task.request.count,
            )

    async def _fail(self, code: ErrorCode, message: str) -> None:
        error = TaskError(code, message)
        self._watched.finishing = True
        if await self._hold.write(lambda connection: states.fail(connection, self._task, error, attempt=self._task.attempt)):
            self._finished(State.FAILED, code)
            if self._stored:
                await self._discard(self._task.attempt)

    async def _unknown(self) -> None:
        """Never a blind second submit: the task fails, the caller pays nothing, the operator is told."""
        message = "The provider's answer was lost; the generation was given up and nothing was charged"
        error = TaskError(ErrorCode.SUBMISSION_UNKNOWN, message)

        async def give_up(connection: AsyncConnection) -> bool:
            await states.move_submission(connection, self._task, (Submission.SENDING,), Submission.UNKNOWN)
            return await states.fail(connection, self._task, error, attempt=self._task.attempt)

        self._watched.finishing = True
        done = await self._hold.write(give_up)
        self._exchange.tell_unknown()
        if done:
            self._finished(State.FAILED, ErrorCode.SUBMISSION_UNKNOWN)

    async def _stop_job(self) -> None:
        if self._hold.remote_id is not None:
            await stop_job(self._tools, self._task, self._hold.upstream, self._hold.remote_id, self._workdir)

    def _finished(self, state: State, code: str) -> None:
        metrics.FINISHED.labels(self._task.dialect, self._task.model, state, code).inc()
        self._hold.log.info("task.finished", state=state, error=code, ms=now_ms() - self._task.created_at)


def _link(source: str, public_url: str) -> str:
    """Where the outside finds an input, or "": our own files at our public address, others where the caller said."""
    if source.startswith(("https://", "http://")):
        return source
    return public_url + source if public_url and source.startswith(ROOT) else ""


def _shaped(request: GenerationRequest, files: Sequence[InputFile]) -> GenerationRequest:
    """A request that left its ratio open takes the shape of what it starts from (seed 002, "ratio": the first frame, or the
    reference that the prompt begins with, edits or extends, else the first video, else the first image)."""
    seen = [file for file in files if file.width and file.height]
    pictures = sorted(seen, key=lambda file: _SHAPING.index(file.role) if file.role in _SHAPING else len(_SHAPING))
    if (named := leading(request.prompt)) is not None:
        kind, number = named
        pictures = [file for file in seen if file.role == f"reference_{kind}"][number - 1 : number] or pictures
    return request.shaped_like(pictures[0].width, pictures[0].height) if pictures else request
