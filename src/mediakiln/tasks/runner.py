"""The worker's side of a task: from a ticket to a settled task, on the provider port alone.

The order of writes is what makes a kill -9 harmless: `sending` before the submit leaves, the remote id before the first poll,
the files before success, and success in one transaction with the money.
"""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import stamina
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.fetch import FetchDoor
from mediakiln.assets.inputs import InputResolver
from mediakiln.assets.outputs import attempt_token, discard_outputs, store_outputs
from mediakiln.database.engine import writing
from mediakiln.database.ids import now_ms
from mediakiln.errors import FetchFailed, InvalidRequest
from mediakiln.generation import GenerationRequest
from mediakiln.providers.base import (
    Accepted,
    Finished,
    InputFile,
    Job,
    OperatorFault,
    OutcomeUnknown,
    OutputFile,
    OutputUrl,
    Provider,
    ProviderError,
    Rejected,
    RejectReason,
    Retryable,
    Running,
)
from mediakiln.tasks import states
from mediakiln.tasks.dispatch.base import Again
from mediakiln.tasks.pulse import Loss, Pulse, Watched
from mediakiln.tasks.records import ErrorCode, State, Submission, Task, TaskError
from mediakiln.telemetry import metrics

MAX_ATTEMPTS = 10
"""Workers that may die over one task before it fails: a task that kills its worker must not do so for ever. Attempts that an
upstream was too busy for do not count."""
POLL_FIRST, POLL_LONGEST = 1.0, 10.0
"""Seconds between two polls of an upstream: from the first to the longest, growing by half, with jitter."""
RETRY_FIRST, RETRY_LONGEST = 2.0, 60.0
"""Seconds before a refused submit is tried again."""
TAKEN_AGAIN = 1.0
"""Seconds before a task that another worker took over is looked at again, should its ticket still be ours."""
COPY_TRIES = 4
"""How often a result is fetched from an upstream before it counts as lost."""
AWAY_LONGEST = 60.0
"""Seconds for which the database may be away before what an upstream told us is forgotten."""

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Runner:
    """Handles one ticket (`runner(task_id)`); one instance serves all tasks of a worker process."""

    def __init__(
        self,
        engine: AsyncEngine,
        providers: Mapping[str, Provider],
        inputs: InputResolver,
        blobs: BlobStore,
        door: FetchDoor,
        pulse: Pulse,
        *,
        scratch: Path,
        max_pixels: int,
        retention_days: int = 0,
    ) -> None:
        self._engine = engine
        self._providers = providers
        self._inputs = inputs
        self._blobs = blobs
        self._max_pixels = max_pixels
        self._door = door
        self._pulse = pulse
        self._scratch = scratch
        self._retention = retention_days * 86_400_000

    async def __call__(self, task_id: str) -> Again | None:
        """Work on a task until it is finished or has to wait. Never raises for what a task can do wrong."""
        async with writing(self._engine) as connection:
            held = await states.claim(connection, task_id)
        if held is None:
            return None
        if held.attempt == 1:
            metrics.STARTED_AFTER.observe((now_ms() - held.created_at) / 1000)
        workdir = self._scratch / f"{held.id}.{held.attempt}"
        workdir.mkdir(mode=0o700, parents=True)
        try:
            return await self._watched(held, workdir)
        finally:
            shutil.rmtree(workdir, ignore_errors=True)

    async def _watched(self, held: Task, workdir: Path) -> Again | None:
        """Do the work as a task of its own, so that losing it (cancellation by its owner) and our own shutdown differ."""
        started = asyncio.Event()
        watched: Watched

        async def work() -> Again | None:
            await started.wait()
            return await _Attempt(self, held, workdir, watched).run()

        running = asyncio.create_task(work())
        watched = Watched(held, running)
        started.set()
        with self._pulse.watch(watched):
            try:
                return await running
            except asyncio.CancelledError:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
                if watched.lost is Loss.OVER:
                    return None
                if watched.lost is Loss.TAKEN:
                    # Not None: when it was a late worker's doing, ours is the only ticket.
                    return Again(TAKEN_AGAIN)
                raise


class _Attempt:
    """One attempt at one task."""

    def __init__(self, runner: Runner, held: Task, workdir: Path, watched: Watched) -> None:
        self._r = runner
        self._held = held
        self._workdir = workdir
        self._watched = watched
        self._route = held.route
        self._submission = held.submission
        self._remote_id = held.remote_id
        self._stored = False
        self._log = log.bind(task=held.public_id, model=held.model, attempt=held.attempt)

    async def run(self) -> Again | None:
        left = (self._held.deadline - now_ms()) / 1000
        if left <= 0:
            await self._fail(ErrorCode.DEADLINE_EXCEEDED, "The generation did not finish in time")
            return None
        if self._held.attempt - self._held.parted > MAX_ATTEMPTS:
            await self._fail(ErrorCode.INTERNAL, "The generation failed repeatedly")
            return None
        scope = asyncio.timeout(left)
        try:
            async with scope:
                return await self._run()
        except TimeoutError:
            if not scope.expired():
                raise
            await self._cancel_upstream()
            await self._fail(ErrorCode.DEADLINE_EXCEEDED, "The generation did not finish in time")
            return None
        except asyncio.CancelledError:
            if self._watched.lost is Loss.OVER:
                await self._cancel_upstream()
            if self._watched.lost is not None and self._stored:
                await self._discard(self._held.attempt)
            raise

    async def _run(self) -> Again | None:
        try:
            if self._held.attempt - self._held.parted > 1:
                # A worker died over this task, perhaps between its files and its success.
                await self._discard(*range(max(1, self._held.attempt - MAX_ATTEMPTS), self._held.attempt))
            job = await self._job()
            finished = await self._generate(job)
            if isinstance(finished, Again):
                return finished
            await self._deliver(finished)
        except InvalidRequest as error:
            await self._fail(ErrorCode.INVALID_INPUT, f"The input cannot be used: {error.detail}")
        except Rejected as error:
            code = ErrorCode.CONTENT_FILTERED if error.reason is RejectReason.CONTENT_FILTERED else ErrorCode.PROVIDER_REJECTED
            await self._fail(code, str(error))
        except OutcomeUnknown:
            await self._unknown()
        except OperatorFault:
            await self._fail(ErrorCode.PROVIDER_UNAVAILABLE, "The generation service is unavailable; nothing was charged")
        return None

    @property
    def _provider(self) -> Provider:
        return self._r._providers[self._held.routes[self._route].provider]

    async def _job(self) -> Job:
        files = []
        for number, source in enumerate(self._held.request.inputs):
            folder = self._workdir / f"input{number}"
            folder.mkdir()
            resolved = await self._r._inputs.resolve(source, self._held.account_id, folder)
            files.append(InputFile(resolved.role, resolved.path, resolved.media_type, resolved.width, resolved.height))
        output = self._workdir / "output"
        output.mkdir()
        return Job(
            task_id=self._held.id,
            request=_shaped(self._held.request, files),
            upstream_model=self._held.routes[self._route].model,
            inputs=tuple(files),
            workdir=output,
            idempotency_key=self._held.id,
            progress=self._watched.report,
        )

    async def _generate(self, job: Job) -> Finished | Again:
        """Submit unless a former attempt did, then poll until the upstream is done."""
        if self._submission is Submission.SENDING and not self._provider.repeatable:
            raise OutcomeUnknown("A worker died while it was submitting")
        if self._submission is not Submission.ACCEPTED:
            answer = await self._submit(job)
            if not isinstance(answer, Accepted):
                return answer
        return await self._poll(job, self._remote_id or "")

    async def _submit(self, job: Job) -> Finished | Accepted | Again:
        await self._move((Submission.NONE, Submission.SENDING), Submission.SENDING, route=self._route)
        try:
            answer = await self._provider.start(job)
        except (Retryable, OperatorFault) as error:
            self._count(error)
            return await self._next_route(error)
        except ProviderError as error:
            self._count(error)
            raise
        if isinstance(answer, Accepted):
            self._remote_id = answer.remote_id
            await self._move((Submission.SENDING,), Submission.ACCEPTED, remote_id=answer.remote_id)
        return answer

    async def _next_route(self, error: Retryable | OperatorFault) -> Again:
        """Nothing was accepted: fall over to the next route at once, or come back to the first one later."""
        following = (self._route + 1) % len(self._held.routes)
        if following == 0 and isinstance(error, OperatorFault):
            raise error
        await self._move((Submission.SENDING,), Submission.NONE, route=following, parting=True)
        delay = 0.0
        if following == 0:
            asked = error.delay if isinstance(error, Retryable) else None
            grown = min(RETRY_LONGEST, RETRY_FIRST * 2 ** min(self._held.attempt - 1, 10))
            delay = max(asked or 0.0, grown * random.uniform(0.5, 1.0))
        self._log.info("task.retry", error=str(error), delay=round(delay, 2), route=following)
        return Again(delay, lane=self._held.routes[following].provider)

    async def _poll(self, job: Job, remote_id: str) -> Finished:
        interval = POLL_FIRST
        while True:
            await asyncio.sleep(interval * random.uniform(0.8, 1.2))
            interval = min(POLL_LONGEST, interval * 1.5)
            try:
                answer = await self._provider.poll(job, remote_id)
            except Retryable as error:
                self._count(error)
                interval = max(interval, error.delay or 0.0)
                continue
            except OperatorFault as error:
                # The upstream has accepted and may deliver yet: an operator can mend the key before the deadline.
                self._count(error)
                interval = POLL_LONGEST
                continue
            if isinstance(answer, Running):
                if answer.progress is not None:
                    self._watched.report(answer.progress)
                continue
            return answer

    async def _deliver(self, finished: Finished) -> None:
        try:
            files = await self._collect(finished.outputs[: self._held.request.count])
            self._stored = True
            stored = await store_outputs(
                self._r._blobs,
                [(file.path, file.media_type) for file in files],
                account_id=self._held.account_id,
                kind=self._held.kind,
                created_at=self._held.created_at,
                token=attempt_token(self._held.output_token, self._held.attempt),
                max_pixels=self._r._max_pixels,
                last_frame=self._held.request.last_frame,
            )
        except FetchFailed as error:
            self._log.error("task.output_broken", error=str(error))
            await self._fail(ErrorCode.PROVIDER_REJECTED, "The provider delivered nothing usable")
            return
        expires_at = now_ms() + self._r._retention if self._r._retention else None
        self._watched.finishing = True
        if await self._write(lambda connection: states.succeed(connection, self._held, stored, expires_at)):
            metrics.DURATION.labels(self._held.kind, self._held.model).observe((now_ms() - self._held.created_at) / 1000)
            self._finished(State.SUCCEEDED, "")
        elif not await self._write(lambda connection: states.succeeded(connection, self._held)):
            # Asked, since an answer may have been lost: that write would have been done, and its repetition refused.
            await self._discard(self._held.attempt)

    async def _discard(self, *attempts: int) -> None:
        """Delete the files of attempts that can no longer succeed."""
        for attempt in attempts:
            await discard_outputs(
                self._r._blobs,
                account_id=self._held.account_id,
                kind=self._held.kind,
                created_at=self._held.created_at,
                token=attempt_token(self._held.output_token, attempt),
                count=self._held.request.count,
            )

    async def _collect(self, outputs: Sequence[OutputFile | OutputUrl]) -> list[OutputFile]:
        """Every output as a local file; upstream links are copied before they expire. One that cannot be copied is left out,
        as if it had never been delivered. Raises FetchFailed when none can."""
        files, failure = [], None
        for number, output in enumerate(outputs):
            if isinstance(output, OutputUrl):
                try:
                    output = await self._copy(output.url, self._workdir / f"fetched{number}")
                except FetchFailed as error:
                    self._log.warning("task.output_lost", n=number, error=str(error))
                    failure = error
                    continue
            files.append(output)
        if failure is not None and not files:
            raise failure
        return files

    async def _copy(self, url: str, into: Path) -> OutputFile:
        """Fetch one result, tried again: the work is done and paid upstream, and must not be lost to a network's hiccup."""
        async for attempt in stamina.retry_context(on=FetchFailed, attempts=COPY_TRIES, timeout=None):
            with attempt:
                fetched = await self._r._door.fetch(url, into)
                return OutputFile(fetched.path, fetched.media_type)
        raise AssertionError  # the context returns or raises

    async def _fail(self, code: ErrorCode, message: str) -> None:
        error = TaskError(code, message)
        self._watched.finishing = True
        if await self._write(lambda connection: states.fail(connection, self._held, error, attempt=self._held.attempt)):
            self._finished(State.FAILED, code)
            if self._stored:
                await self._discard(self._held.attempt)

    async def _unknown(self) -> None:
        """Never a blind second submit: the task fails, the caller pays nothing, the operator is told."""
        provider = self._provider.name
        message = "The provider's answer was lost; the generation was given up and nothing was charged"
        error = TaskError(ErrorCode.SUBMISSION_UNKNOWN, message)

        async def give_up(connection: AsyncConnection) -> bool:
            await states.move_submission(connection, self._held, (Submission.SENDING,), Submission.UNKNOWN)
            return await states.fail(connection, self._held, error, attempt=self._held.attempt)

        self._watched.finishing = True
        done = await self._write(give_up)
        metrics.SUBMISSION_UNKNOWN.labels(provider).inc()
        self._log.error("task.submission_unknown", provider=provider)
        if done:
            self._finished(State.FAILED, ErrorCode.SUBMISSION_UNKNOWN)

    async def _move(
        self,
        leaves: Sequence[Submission],
        enters: Submission,
        *,
        route: int | None = None,
        remote_id: str | None = None,
        parting: bool = False,
    ) -> None:
        async def move(connection: AsyncConnection) -> Loss | None:
            if await states.move_submission(
                connection, self._held, leaves, enters, route=route, remote_id=remote_id, parting=parting
            ):
                return None
            return Loss.TAKEN if await states.is_open(connection, self._held.id) else Loss.OVER

        self._watched.lost = await self._write(move)
        if self._watched.lost is not None:
            raise asyncio.CancelledError
        self._submission = enters

    async def _write(self, write: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """One transaction, tried again while the database is away: what an upstream told us must not be forgotten for that.
        Done twice it changes nothing, since every write is guarded."""
        async for attempt in stamina.retry_context(on=Exception, attempts=None, timeout=AWAY_LONGEST):
            with attempt:
                async with writing(self._r._engine) as connection:
                    return await write(connection)
        raise AssertionError  # the context returns or raises

    async def _cancel_upstream(self) -> None:
        if self._remote_id is None:
            return
        job = Job(
            self._held.id,
            self._held.request,
            self._held.routes[self._route].model,
            (),
            self._workdir,
            self._held.id,
            self._watched.report,
        )
        try:
            async with asyncio.timeout(10):
                await self._provider.cancel(job, self._remote_id)
        except (ProviderError, TimeoutError) as error:
            self._log.warning("task.cancel_upstream", error=str(error))

    def _count(self, error: ProviderError) -> None:
        metrics.PROVIDER_ERRORS.labels(self._provider.name, type(error).__name__).inc()
        if isinstance(error, OperatorFault):
            metrics.OPERATOR_FAULTS.labels(self._provider.name).inc()
            self._log.error("provider.operator_fault", provider=self._provider.name, error=str(error))

    def _finished(self, state: State, code: str) -> None:
        metrics.FINISHED.labels(self._held.dialect, self._held.model, state, code).inc()
        self._log.info("task.finished", state=state, error=code, ms=now_ms() - self._held.created_at)


def _shaped(request: GenerationRequest, files: Sequence[InputFile]) -> GenerationRequest:
    """A request that left its ratio open takes the shape of its first picture."""
    pictures = [file for file in files if file.width and file.height]
    return request.shaped_like(pictures[0].width, pictures[0].height) if pictures else request
