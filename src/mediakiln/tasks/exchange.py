"""The talk with an upstream about one task: whether it may be sent now, the submit, and the polls.

Each step is written down before the next one: `sending` before the submit leaves, the remote id before the first poll.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time

from mediakiln.database.ids import now_ms
from mediakiln.providers.base import (
    Accepted,
    Finished,
    Job,
    OperatorFault,
    OutcomeUnknown,
    Provider,
    ProviderError,
    Rejected,
    Retryable,
    Running,
)
from mediakiln.tasks import turns
from mediakiln.tasks.dispatch.base import Again
from mediakiln.tasks.hold import Hold
from mediakiln.tasks.records import Submission
from mediakiln.tasks.tools import Tools
from mediakiln.telemetry import metrics

POLL_FIRST, POLL_LONGEST = 1.0, 10.0
"""Seconds between two polls of an upstream: from the first to the longest, growing by half, with jitter."""
RETRY_FIRST, RETRY_LONGEST = 2.0, 60.0
"""Seconds before a refused submit is tried again."""
PAUSE_LONGEST = 10.0
"""Seconds for which a lane may be left alone: an accepted job whose worker died waits there as well, and wants to be polled."""
PARTING = 5.0
"""Seconds that a submit on its way is waited for when its task or this worker ends: shorter than a dispatcher's patience."""


class Exchange:
    """What one attempt says to its upstream and hears from it."""

    def __init__(self, tools: Tools, hold: Hold) -> None:
        self._tools = tools
        self._hold = hold

    async def turn(self) -> Again | None:
        """Whether a submit may be sent now, asked before inputs are fetched: Again for an account that is left alone, or whose
        rate is used up."""
        name = self._hold.upstream.provider
        breakers = self._tools.breakers
        if wait := breakers.wait(name):
            again = await self._next_route(breakers.fault(name) or Retryable(f"{name} is left alone for a while", wait))
            return _pausing(again.delay, name, wait) if again.lane == name else again
        rate = self._tools.rates.get(name)
        if rate is None:
            return None
        calls = self._hold.task.request.count if rate.per_item else 1
        wait = await self._hold.write(lambda connection: turns.take(connection, name, rate.calls, now_ms(), calls))
        if not wait:
            return None
        breakers.untried(name)
        await self._hold.move((Submission.NONE,), Submission.NONE, route=self._hold.route, parting=True)
        return _pausing(wait, name, wait)

    async def generate(self, job: Job) -> Finished | Again:
        """Submit unless a former attempt did, then poll until the upstream is done."""
        hold = self._hold
        if hold.submission is Submission.SENDING and (found := await self._provider.recover(job)):
            await self._accept(found)
        began = time.monotonic()
        if hold.submission is not Submission.ACCEPTED:
            answer = await self._submit(job)
            if not isinstance(answer, Accepted):
                return answer if isinstance(answer, Again) else self._measured(answer, began)
        return self._measured(await self._poll(job, hold.remote_id or ""), began)

    @property
    def _provider(self) -> Provider:
        return self._tools.provider(self._hold.upstream.provider)

    def _measured(self, finished: Finished, began: float) -> Finished:
        """Tell the metrics what this route did."""
        upstream, request = self._hold.upstream, self._hold.task.request
        labels = upstream.provider, upstream.model
        metrics.ROUTE_SECONDS.labels(*labels).observe(time.monotonic() - began)
        if upstream.cost:
            metrics.ROUTE_COST.labels(*labels).inc(float(upstream.cost) * (request.duration or len(finished.outputs)))
        return finished

    async def _submit(self, job: Job) -> Finished | Accepted | Again:
        name = self._hold.upstream.provider
        await self._hold.move((Submission.NONE, Submission.SENDING), Submission.SENDING, route=self._hold.route)
        try:
            answer = await self._heard_out(job)
        except (Retryable, OperatorFault) as error:
            self._count(error)
            return await self._next_route(error)
        except ProviderError as error:
            self._count(error)
            raise
        self._tools.breakers.succeeded(name)
        metrics.BREAKER_OPEN.labels(name).set(0)
        return answer

    async def _heard_out(self, job: Job) -> Finished | Accepted:
        """Submit, and hear the answer out when this attempt is being ended: a job that was accepted is then known, to be stopped
        or polled on, and one that was not can be sent again."""
        hold = self._hold
        sending = asyncio.create_task(self._sent(job))
        try:
            return await asyncio.shield(sending)
        except asyncio.CancelledError:
            remote = hold.upstream.provider in self._tools.remote
            await asyncio.wait({sending}, timeout=PARTING if remote else 0.0)
            sending.cancel()
            (outcome,) = await asyncio.gather(sending, return_exceptions=True)
            if isinstance(outcome, Finished) and hold.watched.lost is None:
                return outcome  # made and paid there: it is delivered, late as it is
            if isinstance(outcome, Rejected) and hold.watched.lost is None:
                raise outcome from None
            if isinstance(outcome, Retryable | OperatorFault):
                await hold.move((Submission.SENDING,), Submission.NONE)
            elif remote and hold.remote_id is None and not isinstance(outcome, Finished | Rejected) and hold.over:
                self.tell_unknown()
            raise

    async def _sent(self, job: Job) -> Finished | Accepted:
        """Submit, and write down what was accepted; where the answer was lost, ask the upstream what became of it. Raises
        OutcomeUnknown where it cannot tell."""
        try:
            answer = await self._provider.start(job)
        except OutcomeUnknown as lost:
            self._hold.log.warning("task.answer_lost", provider=self._hold.upstream.provider, error=str(lost))
            found = await self._provider.recover(job)
            if found is None:
                raise Retryable("the submit did not arrive") from lost
            answer = found
        if isinstance(answer, Accepted):
            await self._accept(answer)
        return answer

    async def _accept(self, answer: Accepted) -> None:
        self._hold.remote_id = answer.remote_id
        await self._hold.move((Submission.SENDING,), Submission.ACCEPTED, remote_id=answer.remote_id)

    async def _next_route(self, error: Retryable | OperatorFault) -> Again:
        """Nothing was accepted: fall over to the next route at once, or come back to the first one later."""
        task, hold = self._hold.task, self._hold
        names = [route.provider for route in task.routes]
        # One that is no longer configured has no lane: nobody would take the ticket from there.
        following = next((n for n in range(hold.route + 1, len(names)) if names[n] in self._tools.providers), 0)
        if following == 0 and isinstance(error, OperatorFault) and all(self._at_fault(name) for name in names):
            raise error
        await hold.move((Submission.NONE, Submission.SENDING), Submission.NONE, route=following, parting=True)
        delay = 0.0
        if following == 0:
            asked = error.delay if isinstance(error, Retryable) else None
            grown = min(RETRY_LONGEST, RETRY_FIRST * 2 ** min(task.attempt - 1, 10))
            delay = max(asked or 0.0, grown * random.uniform(0.5, 1.0))
        hold.log.info("task.retry", error=str(error), delay=round(delay, 2), route=following)
        return Again(delay, names[following])

    def _at_fault(self, name: str) -> bool:
        """Whether only the operator can bring this route back."""
        return name not in self._tools.providers or self._tools.breakers.fault(name) is not None

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
                    self._hold.watched.report(answer.progress)
                continue
            return answer

    async def _pause(self, seconds: float) -> None:
        """Until the next poll, or until the upstream calls."""
        nudged = self._hold.watched.nudged
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(nudged.wait(), seconds)
        nudged.clear()

    def tell_unknown(self) -> None:
        """Tell the operator that the vendor's bill may show a job that we know nothing of."""
        provider = self._hold.upstream.provider
        metrics.SUBMISSION_UNKNOWN.labels(provider).inc()
        self._hold.log.error("task.submission_unknown", provider=provider)

    def _count(self, error: ProviderError) -> None:
        name, breakers = self._hold.upstream.provider, self._tools.breakers
        if self._hold.submission is not Submission.ACCEPTED:
            breakers.failed(name, error)
            metrics.BREAKER_OPEN.labels(name).set(breakers.is_open(name))
        metrics.PROVIDER_ERRORS.labels(name, type(error).__name__).inc()
        if isinstance(error, OperatorFault):
            metrics.OPERATOR_FAULTS.labels(name).inc()
            self._hold.log.error("provider.operator_fault", provider=name, error=str(error))


def _pausing(delay: float, lane: str, wait: float) -> Again:
    return Again(delay, lane, pause=min(wait, PAUSE_LONGEST))
