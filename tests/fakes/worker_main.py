"""A worker process on a make-believe upstream, for tests that kill it. Settings come from the environment.

    python worker_main.py SUBMITS_LOG repeatable|paid

The upstream stands in for `studio`. A prompt's first word says what becomes of it: `now`, `slow`, `remote` (accepted, then
polled), `busy` (now and then refused for the moment), `reject`, `partial` (one picture less than asked for). Every submit
that the upstream takes is one line `task id` in the log, written before anything else happens.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys
from pathlib import Path

from fakes.kiln import dispatcher_for
from fakes.providers import append, deliver, pause, play
from msgspec.structs import replace

from mediakiln import settings as configuration
from mediakiln.bootstrap.house import open_house
from mediakiln.bootstrap.worker import open_worker
from mediakiln.providers.base import Accepted, Finished, Job, OutcomeUnknown, Rejected, RejectReason, Retryable, Running
from mediakiln.tasks import breaker, exchange
from mediakiln.tasks.dispatch.worker import Timing
from mediakiln.telemetry import logs

QUICK = Timing(lease=3.0, heartbeat=0.5, poll=0.1, retry=0.1, grace=2.0)


class Upstream:
    """`Provider` whose memory is the log, so that it survives its process as a real upstream would."""

    name = "studio"

    def __init__(self, log: Path, *, repeatable: bool) -> None:
        self.repeatable = repeatable
        self._log = log

    async def recover(self, job: Job) -> None:
        """Nothing was accepted, or nobody can tell."""
        if not self.repeatable:
            raise OutcomeUnknown("cannot tell")

    async def start(self, job: Job) -> Finished | Accepted:
        """Take the job as its prompt says."""
        word = job.request.prompt.split()[0]
        if word == "busy" and random.random() < 0.5:
            raise Retryable("busy", 0.0)
        append(self._log, job.idempotency_key)
        if word == "reject":
            raise Rejected(RejectReason.CONTENT_FILTERED, "No")
        if word == "remote":
            await asyncio.sleep(random.uniform(0, 0.1))
            return Accepted(f"remote-{job.idempotency_key}")
        count = job.request.count - (word == "partial")
        seconds = random.uniform(0.3, 1.0) if word == "slow" else random.uniform(0, 0.05)
        answer = await play(pause(seconds, deliver(count)), job)
        assert isinstance(answer, Finished)
        return answer

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """Done at one of the next polls."""
        assert remote_id == f"remote-{job.idempotency_key}"
        if random.random() < 0.6:
            return Running(random.random())
        answer = await play(deliver(), job)
        assert isinstance(answer, Finished)
        return answer

    async def aclose(self) -> None:
        """Nothing was opened."""

    async def cancel(self, job: Job, remote_id: str) -> None:
        """Nothing to stop."""


async def main(log: str, kind: str) -> None:
    """Work until SIGTERM."""
    settings = configuration.load()
    logs.configure("warning", "text")
    exchange.POLL_FIRST, exchange.POLL_LONGEST, exchange.RETRY_FIRST, exchange.RETRY_LONGEST = 0.1, 0.3, 0.1, 1.0
    breaker.FIRST, breaker.LONGEST = 0.1, 0.3
    house = open_house(settings)
    house = replace(house, dispatcher=dispatcher_for(house.engine, QUICK))
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await house.prepare()
    async with open_worker(house, {"studio": Upstream(Path(log), repeatable=kind == "repeatable")}) as worker:
        await worker.run(stop)
    await house.aclose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
