"""The worker's side of a task: from a ticket to a settled task, on the provider port alone.

The order of writes is what makes a kill -9 harmless: `sending` before the submit leaves, the remote id before the first poll,
the files before success, and success in one transaction with the money.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import stamina
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mediakiln.assets.blobs import BlobStore
from mediakiln.assets.fetch import FetchDoor
from mediakiln.assets.inputs import ROOT, InputResolver
from mediakiln.assets.outputs import attempt_token, discard_outputs, store_outputs
from mediakiln.catalog import Route
from mediakiln.catalog.pace import leading
from mediakiln.database.engine import writing
from mediakiln.database.ids import now_ms
from mediakiln.errors import FetchFailed, InvalidRequest
from mediakiln.generation import GenerationRequest, Role
from mediakiln.providers.base import (
    Accepted,
    Finished,
    InputFile,
    Job,
    OperatorFault,
    OutcomeUnknown,
    Provider,
    ProviderError,
    Rejected,
    RejectReason,
    Retryable,
    Running,
)
from mediakiln.tasks import states, turns
from mediakiln.tasks.breaker import Breakers
from mediakiln.tasks.collecting import collect
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
PARTING = 5.0
"""Seconds that a submit on its way is waited for when its task or this worker ends: shorter than a dispatcher's patience."""
AWAY_LONGEST = 60.0
"""Seconds for which the database may be away before what an upstream told us is forgotten."""

_SHAPING = (Role.FIRST_FRAME, Role.REFERENCE_VIDEO)

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Runner:
    """Handles one ticket (`runner(task_id)`); one instance serves all tasks of a worker process.

    `rates` are submits a minute by provider; `callback` makes the address at which a provider may tell that a task is done;
    `public_url` is where vendors can fetch our files, or ""; `remote` names the providers that are not on this machine: a
    submit to one of them is not cut off halfway.
    """

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
        rates: Mapping[str, int] | None = None,
        callback: Callable[[str, str], str] | None = None,
        public_url: str = "",
        remote: Collection[str] = (),
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
        self._rates = rates or {}
        self._callback = callback
        self._public_url = public_url.rstrip("/")
        self._remote = frozenset(remote)
        self._breakers = Breakers()

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
            if self._submission is Submission.NONE and (later := await self._turn()):
                return later
            finished = await self._generate(await self._job())
            if isinstance(finished, Again):
                return finished
            await self._deliver(finished)
        except InvalidRequest as error:
            self._r._breakers.untried(self._upstream.provider)
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
    def _upstream(self) -> Route:
        return self._held.routes[self._route]

    @property
    def _provider(self) -> Provider:
        try:
            return self._r._providers[self._upstream.provider]
        except KeyError:
            raise OperatorFault(f"{self._upstream.provider} is no longer configured") from None

    async def _turn(self) -> Again | None:
        """Whether a submit may be sent now, asked before inputs are fetched: Again for an account that is left alone, or whose
        rate is used up."""
        name = self._upstream.provider
        if wait := self._r._breakers.wait(name):
            return await self._next_route(self._r._breakers.fault(name) or Retryable(f"{name} is left alone for a while", wait))
        rate = self._r._rates.get(name, 0)
        wait = await self._write(lambda connection: turns.take(connection, name, rate, now_ms())) if rate else 0.0
        if not wait:
            return None
        self._r._breakers.untried(name)
        await self._move((Submission.NONE,), Submission.NONE, route=self._route, parting=True)
        return Again(wait)

    async def _job(self) -> Job:
        files = []
        # Of an accepted job the inputs have done their work, and those of others may be gone by now.
        sources = () if self._submission is Submission.ACCEPTED else self._held.request.inputs
        for number, source in enumerate(sources):
            folder = self._workdir / f"input{number}"
            folder.mkdir()
            resolved = await self._r._inputs.resolve(source, self._held.account_id, folder)
            link = _link(source.source, self._r._public_url)
            files.append(InputFile(resolved.role, resolved.path, resolved.media_type, resolved.width, resolved.height, link))
        output = self._workdir / "output"
        output.mkdir()
        return Job(
            task_id=self._held.id,
            request=_shaped(self._held.request, files),
            upstream_model=self._upstream.model,
            inputs=tuple(files),
            workdir=output,
            idempotency_key=self._held.id,
            progress=self._watched.report,
            fields=self._upstream.input,
            callback_url=self._r._callback(self._upstream.provider, self._held.id) if self._r._callback else "",
        )

    async def _generate(self, job: Job) -> Finished | Again:
        """Submit unless a former attempt did, then poll until the upstream is done."""
        if self._submission is Submission.SENDING and (found := await self._provider.recover(job)):
            await self._accept(found)
        began = time.monotonic()
        if self._submission is not Submission.ACCEPTED:
            answer = await self._submit(job)
            if not isinstance(answer, Accepted):
                return answer if isinstance(answer, Again) else self._measured(answer, began)
        return self._measured(await self._poll(job, self._remote_id or ""), began)

    def _measured(self, finished: Finished, began: float) -> Finished:
        """Tell the metrics what this route did."""
        labels = self._upstream.provider, self._upstream.model
        metrics.ROUTE_SECONDS.labels(*labels).observe(time.monotonic() - began)
        if self._upstream.cost:
            items = self._held.request.duration or len(finished.outputs)
            metrics.ROUTE_COST.labels(*labels).inc(float(self._upstream.cost) * items)
        return finished

    async def _submit(self, job: Job) -> Finished | Accepted | Again:
        name = self._upstream.provider
        await self._move((Submission.NONE, Submission.SENDING), Submission.SENDING, route=self._route)
        try:
            answer = await self._exchange(job)
        except (Retryable, OperatorFault) as error:
            self._count(error)
            return await self._next_route(error)
        except ProviderError as error:
            self._count(error)
            raise
        self._r._breakers.succeeded(name)
        metrics.BREAKER_OPEN.labels(name).set(0)
        return answer

    async def _exchange(self, job: Job) -> Finished | Accepted:
        """Submit, and hear the answer out when this attempt is being ended: a job that was accepted is then known, to be stopped
        or polled on, and one that was not can be sent again."""
        name = self._upstream.provider
        exchange = asyncio.create_task(self._sent(job))
        try:
            return await asyncio.shield(exchange)
        except asyncio.CancelledError:
            remote = name in self._r._remote
            await asyncio.wait({exchange}, timeout=PARTING if remote else 0.0)
            exchange.cancel()
            (outcome,) = await asyncio.gather(exchange, return_exceptions=True)
            if isinstance(outcome, Finished) and self._watched.lost is None:
                return outcome  # made and paid there: it is delivered, late as it is
            if isinstance(outcome, Rejected) and self._watched.lost is None:
                raise outcome from None
            if isinstance(outcome, Retryable | OperatorFault):
                await self._move((Submission.SENDING,), Submission.NONE)
            elif remote and self._remote_id is None and not isinstance(outcome, Finished | Rejected) and self._ended():
                self._tell_unknown()
            raise

    def _ended(self) -> bool:
        """Whether no other worker will go on with this task."""
        return self._watched.lost is Loss.OVER or now_ms() >= self._held.deadline

    async def _sent(self, job: Job) -> Finished | Accepted:
        """Submit, and write down what was accepted; where the answer was lost, ask the upstream what became of it. Raises
        OutcomeUnknown where it cannot tell."""
        try:
            answer = await self._provider.start(job)
        except OutcomeUnknown as lost:
            self._log.warning("task.answer_lost", provider=self._upstream.provider, error=str(lost))
            found = await self._provider.recover(job)
            if found is None:
                raise Retryable("the submit did not arrive") from lost
            answer = found
        if isinstance(answer, Accepted):
            await self._accept(answer)
        return answer

    async def _accept(self, answer: Accepted) -> None:
        self._remote_id = answer.remote_id
        await self._move((Submission.SENDING,), Submission.ACCEPTED, remote_id=answer.remote_id)

    async def _next_route(self, error: Retryable | OperatorFault) -> Again:
        """Nothing was accepted: fall over to the next route at once, or come back to the first one later."""
        names = [route.provider for route in self._held.routes]
        # One that is no longer configured has no lane: nobody would take the ticket from there.
        following = next((n for n in range(self._route + 1, len(names)) if names[n] in self._r._providers), 0)
        if following == 0 and isinstance(error, OperatorFault) and all(self._at_fault(name) for name in names):
            raise error
        await self._move((Submission.NONE, Submission.SENDING), Submission.NONE, route=following, parting=True)
        delay = 0.0
        if following == 0:
            asked = error.delay if isinstance(error, Retryable) else None
            grown = min(RETRY_LONGEST, RETRY_FIRST * 2 ** min(self._held.attempt - 1, 10))
            delay = max(asked or 0.0, grown * random.uniform(0.5, 1.0))
        self._log.info("task.retry", error=str(error), delay=round(delay, 2), route=following)
        return Again(delay, lane=names[following])

    def _at_fault(self, name: str) -> bool:
        """Whether only the operator can bring this route back."""
        return name not in self._r._providers or self._r._breakers.fault(name) is not None

    async def _poll(self, job: Job, remote_id: str) -> Finished:
        interval = POLL_FIRST
        while True:
            await self._pause(interval * random.uniform(0.8, 1.2))
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

    async def _pause(self, seconds: float) -> None:
        """Until the next poll, or until the upstream calls."""
        nudged = self._watched.nudged
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(nudged.wait(), seconds)
        nudged.clear()

    async def _deliver(self, finished: Finished) -> None:
        try:
            outputs = finished.outputs[: self._held.request.count]
            files = await collect(outputs, self._r._door, self._workdir, self._log)
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
            await self._fail(ErrorCode.OUTPUT_UNUSABLE, "The provider delivered nothing usable")
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

    async def _fail(self, code: ErrorCode, message: str) -> None:
        error = TaskError(code, message)
        self._watched.finishing = True
        if await self._write(lambda connection: states.fail(connection, self._held, error, attempt=self._held.attempt)):
            self._finished(State.FAILED, code)
            if self._stored:
                await self._discard(self._held.attempt)

    async def _unknown(self) -> None:
        """Never a blind second submit: the task fails, the caller pays nothing, the operator is told."""
        message = "The provider's answer was lost; the generation was given up and nothing was charged"
        error = TaskError(ErrorCode.SUBMISSION_UNKNOWN, message)

        async def give_up(connection: AsyncConnection) -> bool:
            await states.move_submission(connection, self._held, (Submission.SENDING,), Submission.UNKNOWN)
            return await states.fail(connection, self._held, error, attempt=self._held.attempt)

        self._watched.finishing = True
        done = await self._write(give_up)
        self._tell_unknown()
        if done:
            self._finished(State.FAILED, ErrorCode.SUBMISSION_UNKNOWN)

    def _tell_unknown(self) -> None:
        provider = self._upstream.provider
        metrics.SUBMISSION_UNKNOWN.labels(provider).inc()
        self._log.error("task.submission_unknown", provider=provider)

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
            self._upstream.model,
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
        name = self._upstream.provider
        if self._submission is not Submission.ACCEPTED:
            self._r._breakers.failed(name, error)
            metrics.BREAKER_OPEN.labels(name).set(self._r._breakers.is_open(name))
        metrics.PROVIDER_ERRORS.labels(name, type(error).__name__).inc()
        if isinstance(error, OperatorFault):
            metrics.OPERATOR_FAULTS.labels(name).inc()
            self._log.error("provider.operator_fault", provider=name, error=str(error))

    def _finished(self, state: State, code: str) -> None:
        metrics.FINISHED.labels(self._held.dialect, self._held.model, state, code).inc()
        self._log.info("task.finished", state=state, error=code, ms=now_ms() - self._held.created_at)


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
