"""One worker's life, the same for every database: claim tickets, run their handlers, settle what they said, keep a lease.

A worker holds ONE lease, whatever the number of its tickets; a beat renews that one row. Whoever beats also frees the
tickets of workers whose lease is over. A worker that could not renew gives itself up before anyone else may: at
`MARGIN` of the lease it cancels its handlers, and it comes back under a new name, so that nothing it still says under the
old one changes a ticket (every settlement names the worker). What remains: a process that was stopped (SIGSTOP, a
suspended machine) for longer than a lease and goes on may run a few steps of a handler before its clock is looked at, and
a handler that does not yield to its cancellation runs on. The tasks' guarded transitions make both harmless.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Protocol, TypeVar

import stamina
import structlog
from msgspec import Struct
from msgspec.structs import replace

from mediakiln.database.ids import uuid7
from mediakiln.tasks.dispatch.base import Again, Handler, Lane

MARGIN = 0.8
"""The part of a lease after which a worker that could not renew it cancels its handlers."""
LONGEST = 365 * 86_400.0
"""Longest delay in seconds that a handler may ask for."""

T = TypeVar("T")
log = structlog.get_logger(__name__)


class Timing(Struct, frozen=True):
    """How often a worker does what, in seconds. A dead worker's tickets are free `lease` + `heartbeat` after its last beat."""

    lease: float = 15.0
    heartbeat: float = 4.0
    poll: float = 0.2
    """Longest time between two looks for tickets that other processes enqueued."""
    linger: float = 0.005
    """Handlers that end within this time are settled together."""
    grace: float = 10.0
    """How long cancelled handlers may take to end."""
    retry: float = 1.0
    """Delay after a handler's first failure; it doubles with each further one."""
    retry_max: float = 300.0
    batch: int = 200
    """Most tickets claimed in one transaction."""


class Claim(Struct, frozen=True):
    """A ticket that this worker holds; `lane` is told where the lane has a limit of its own `here`."""

    id: int
    task_id: str
    lane: str = ""


class Outcome(Struct, frozen=True):
    """What became of a claim; `again` is None when the ticket is done with."""

    id: int
    again: Again | None


class Tickets(Protocol):
    """A worker's own connection to the tickets. Any failure raises; the next call starts on a new connection."""

    async def join(self, worker: str, lease: float) -> None:
        """Begin a lease of `lease` seconds."""

    async def renew(self, worker: str, lease: float) -> bool:
        """Prolong a lease that is not over, and free the tickets of workers whose lease is. False: ours was over."""

    async def turn(self, worker: str, outcomes: Sequence[Outcome], lanes: Mapping[str, int], limit: int) -> list[Claim]:
        """Settle outcomes of tickets that `worker` still holds, then claim up to `limit`, best first."""

    async def held(self, worker: str) -> list[Claim]:
        """Every ticket of this worker."""

    async def due(self, lanes: Mapping[str, int]) -> float | None:
        """Seconds until a ticket may be claimed (<= 0: now), or None when none waits. Only reads."""

    async def leave(self, worker: str) -> None:
        """End the lease and free what it holds."""

    async def close(self) -> None:
        """Close the connection. Never raises."""


class Worker:
    """Runs handlers for the tickets of one database until told to stop."""

    def __init__(
        self, tickets: Tickets, handler: Handler, lanes: Mapping[str, Lane], concurrency: int, timing: Timing, wake: asyncio.Event
    ) -> None:
        self._tickets = tickets
        self._handler = handler
        self._lanes = {name: lane for name, lane in lanes.items() if lane.everywhere > 0}
        self._concurrency = concurrency
        self._timing = timing
        self._wake = wake
        self._name: str | None = None
        self._deadline = 0.0
        self._running: dict[asyncio.Task[None], Claim] = {}
        self._here: Counter[str] = Counter()
        self._held: dict[int, Claim] = {}
        self._outcomes: list[Outcome] = []
        self._unsure = False
        self._lingering = False
        self._parting = False
        self._failures: dict[str, int] = {}
        self._paused: dict[str, float] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then cancel what runs and give every ticket back."""
        helpers = [asyncio.create_task(self._beat()), asyncio.create_task(_relay(stop, self._wake))]
        backoff = Backoff()
        try:
            while not stop.is_set():
                try:
                    more = await self._work()
                    backoff.reset()
                    if not more:
                        await self._idle(stop)
                except Exception as error:
                    pause = backoff.next()
                    log.warning("dispatch_database_away", error=repr(error)[:300], retry_in=round(pause, 2))
                    await _wait(stop, pause)
        finally:
            try:
                await self._part()
            finally:
                for helper in helpers:
                    helper.cancel()
                await asyncio.gather(*helpers, return_exceptions=True)
                await self._tickets.close()

    async def _work(self) -> bool:
        """One turn; True when another should follow at once."""
        self._wake.clear()
        if self._name is None:
            await self._join()
        name = self._name
        if name is None or self._over():
            self._lose()
            return True
        if self._unsure:
            # A failed turn may have claimed tickets that we were never told of.
            for claim in await self._limited(self._tickets.held(name)):
                self._start(name, claim)
            self._unsure = False
        outcomes = tuple(self._outcomes)
        room = min(self._concurrency - len(self._running), self._timing.batch)
        if not outcomes and room <= 0:
            return False
        self._unsure = True
        claimed, waiting = 0, outcomes
        nothing: tuple[str, Mapping[str, int], int] = ("", {}, 0)
        # With nothing to claim there is still one turn, for the outcomes.
        for lane, lanes, limit in [*self._open(room)] or [nothing]:
            claims = await self._limited(self._tickets.turn(name, waiting, lanes, limit))
            if self._name != name or self._over():
                return True
            del self._outcomes[: len(waiting)]
            for outcome in waiting:
                self._held.pop(outcome.id, None)
            for claim in claims:
                self._start(name, replace(claim, lane=lane))
            claimed, waiting = claimed + len(claims), ()
        self._unsure = False
        return 0 < room == claimed

    def _open(self, room: int) -> Iterator[tuple[str, Mapping[str, int], int]]:
        """What may be claimed now, as (lane or "", the lanes of one turn with their limits everywhere, most tickets): the
        lanes without a limit of their own here together, every other one by itself. Paused ones are left out."""
        now = time.monotonic()
        lanes = {name: lane for name, lane in self._lanes.items() if self._paused.get(name, now) <= now}
        free = {name: lane.here - self._here[name] for name, lane in lanes.items() if lane.here is not None}
        shared = {name: lane.everywhere for name, lane in lanes.items() if name not in free}
        taken = len(self._running)
        if shared and room > 0:
            yield "", shared, room
        for name, places in free.items():
            limit = min(places, room - (len(self._running) - taken))
            if limit > 0:
                yield name, {name: self._lanes[name].everywhere}, limit

    async def _idle(self, stop: asyncio.Event) -> None:
        """Wait until there is something to settle or to claim."""
        while not (self._wake.is_set() or stop.is_set()):
            due, room = None, int(len(self._running) < self._concurrency)
            if lanes := {name: limit for _, group, _ in self._open(room) for name, limit in group.items()}:
                due = await self._limited(self._tickets.due(lanes))
            if due is not None and due <= 0:
                # Usually new work; when another worker was quicker, do not race it again at once.
                await _wait(self._wake, random.uniform(0, 0.01))
                return
            await _wait(self._wake, self._timing.poll if due is None else min(due, self._timing.poll))

    def _start(self, name: str, claim: Claim) -> None:
        if claim.id in self._held:
            return
        self._held[claim.id] = claim
        task = asyncio.create_task(self._handle(name, claim))
        self._running[task] = claim
        self._here[claim.lane] += 1
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._here[self._running.pop(task).lane] -= 1
        if not task.cancelled() and (error := task.exception()):
            log.error("dispatch_broken", exc_info=error)

    async def _handle(self, name: str, claim: Claim) -> None:
        try:
            again = _checked(await self._handler(claim.task_id))
            self._failures.pop(claim.task_id, None)
        except asyncio.CancelledError:
            again = Again(0.0 if self._parting else self._delay(claim.task_id))
        except Exception as error:
            again = Again(self._delay(claim.task_id))
            log.error("handler_failed", task_id=claim.task_id, retry_in=round(again.delay, 1), exc_info=error)
        if self._name != name:
            return  # the lease was lost meanwhile: what happens to the ticket is its next worker's to say
        if again is not None and again.lane and again.pause > 0:
            self._paused[again.lane] = time.monotonic() + again.pause
        self._outcomes.append(Outcome(claim.id, again))
        if len(self._running) <= 1:
            self._wake.set()
        elif not self._lingering:
            self._lingering = True
            asyncio.get_running_loop().call_later(self._timing.linger, self._linger_over)

    def _linger_over(self) -> None:
        self._lingering = False
        self._wake.set()

    def _delay(self, task_id: str) -> float:
        """Seconds before the next try; failures are counted in this process only, for the tasks that failed last."""
        failures = self._failures.pop(task_id, 0)
        self._failures[task_id] = failures + 1
        if len(self._failures) > 10_000:
            del self._failures[next(iter(self._failures))]
        longest = min(self._timing.retry_max, self._timing.retry * 2.0 ** min(failures, 30))
        return longest * random.uniform(0.8, 1.0)

    async def _join(self) -> None:
        if self._running:
            _done, stragglers = await asyncio.wait(self._running, timeout=self._timing.grace)
            if stragglers:
                log.error("handlers_ignore_cancellation", count=len(stragglers))
        name, since = uuid7(), time.monotonic()
        await self._limited(self._tickets.join(name, self._timing.lease))
        self._deadline = since + self._timing.lease * MARGIN
        self._name = name

    def _lose(self) -> None:
        """Our lease is (nearly) over: others may take our tickets, so nothing of ours may go on."""
        if self._name is None:
            return
        log.error("lease_lost", worker=self._name, tickets=len(self._held))
        self._name = None
        self._unsure = False
        self._held.clear()
        self._outcomes.clear()
        for task in self._running:
            task.cancel()
        self._wake.set()

    def _over(self) -> bool:
        return time.monotonic() >= self._deadline

    async def _beat(self) -> None:
        """Renew the lease, and give it up in time when that cannot be done."""
        pause = self._timing.heartbeat
        while True:
            await asyncio.sleep(min(pause, max(0.0, self._deadline - time.monotonic())) if self._name else pause)
            name, since = self._name, time.monotonic()
            if name is None:
                continue
            if self._over():
                self._lose()
                continue
            try:
                async with asyncio.timeout(self._deadline - since):
                    alive = await self._tickets.renew(name, self._timing.lease)
            except Exception as error:
                log.warning("heartbeat_failed", error=repr(error)[:300])
                pause = self._timing.heartbeat / 4
                continue
            pause = self._timing.heartbeat
            if self._name != name:
                continue
            if alive and not self._over():
                self._deadline = since + self._timing.lease * MARGIN
            else:
                self._lose()

    async def _part(self) -> None:
        """Cancel the handlers, then give every ticket back."""
        self._parting = True
        for task in self._running:
            task.cancel()
        stragglers: set[asyncio.Task[None]] = set()
        if self._running:
            _done, stragglers = await asyncio.wait(self._running, timeout=self._timing.grace)
        name = self._name
        if name is None or self._over():
            return
        try:
            async for attempt in stamina.retry_context(on=Exception, attempts=4, timeout=self._timing.lease / 2):
                with attempt:
                    await self._limited(self._tickets.turn(name, tuple(self._outcomes), {}, 0))
                    if not stragglers:
                        await self._limited(self._tickets.leave(name))
        except Exception as error:
            log.warning("tickets_not_given_back", error=repr(error)[:300], free_in=self._timing.lease)
        if stragglers:
            log.error("handlers_ignore_cancellation", count=len(stragglers), free_in=self._timing.lease)

    async def _limited(self, call: Awaitable[T]) -> T:
        """A database that does not answer within a lease counts as away."""
        async with asyncio.timeout(self._timing.lease):
            return await call


def _checked(again: Again | None) -> Again | None:
    """What a handler returned, or TypeError / ValueError: one wrong answer must not keep all others from being settled."""
    if again is not None and not (isinstance(again, Again) and isinstance(again.lane, str | None)):
        raise TypeError(f"a handler returned {again!r}; allowed: None, Again")
    if again is not None and not again.delay <= LONGEST:
        raise ValueError(f"a handler returned {again!r}; allowed: a delay up to {LONGEST} s")
    return again


class Backoff:
    """Growing pauses with jitter, in seconds: 0.1 to 3."""

    def __init__(self) -> None:
        self._tries = 0

    def next(self) -> float:
        """The next pause."""
        self._tries = min(self._tries + 1, 10)
        return min(3.0, 0.05 * 2.0**self._tries) * random.uniform(0.7, 1.0)

    def reset(self) -> None:
        """It went well: begin anew."""
        self._tries = 0


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


async def _relay(stop: asyncio.Event, wake: asyncio.Event) -> None:
    await stop.wait()
    wake.set()
