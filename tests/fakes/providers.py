"""A provider that plays a script, for every test that needs an upstream to do something particular.

    Scripted(start=[deliver()])                                  answers at once with as many pictures as were asked for
    Scripted(start=[Accepted("r1")], poll=[Running(0.5), deliver(3)])
    Scripted(start=[Retryable("busy", 0.0), deliver()])          the second submit works

A step is an answer, an exception, or a coroutine function of the job that returns or raises one. The last step of a script
is repeated for ever.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from PIL import Image

from mediakiln.providers.base import Accepted, Finished, Job, OutcomeUnknown, OutputFile, Running

Answer = Accepted | Finished | Running
Step = Answer | BaseException | Callable[[Job], Awaitable[Answer]]


class Crash(BaseException):
    """The worker's process ends here, as far as one process can play that: nothing that handles an Exception sees it."""


def deliver(count: int | None = None, *, broken: Sequence[int] = ()) -> Step:
    """Finish with `count` small pictures (None: all that were asked for); those numbered in `broken` do not decode."""

    async def step(job: Job) -> Finished:
        files = []
        for n in range(job.request.count if count is None else count):
            path = job.workdir / f"{n}.png"
            Image.new("RGB", (16, 16), (200, 30 * n % 256, 40)).save(path)
            if n in broken:
                path.write_bytes(path.read_bytes()[:40])
            files.append(OutputFile(path, "image/png"))
        return Finished(tuple(files))

    return step


def pause(seconds: float, then: Step) -> Step:
    """Take a while, reporting progress, and go on with `then`."""

    async def step(job: Job) -> Answer:
        for n in range(10):
            job.progress(n / 10)
            await asyncio.sleep(seconds / 10)
        return await play(then, job)

    return step


async def hang(_job: Job) -> Answer:
    """Never answer."""
    await asyncio.Event().wait()
    raise AssertionError


async def play(step: Step, job: Job) -> Answer:
    """What one step answers."""
    if isinstance(step, BaseException):
        raise step
    return await step(job) if callable(step) else step


class Scripted:
    """`Provider` by script. `submits`, `polls` and `cancels` count per task's idempotency key; with `log` every submit is also
    appended to that file as one line `key`, which survives any kill of this process."""

    def __init__(
        self,
        name: str = "scripted",
        *,
        repeatable: bool = True,
        start: Sequence[Step] = (deliver(),),
        poll: Sequence[Step] = (deliver(),),
        recover: Accepted | None = None,
        log: Path | None = None,
    ) -> None:
        self.name = name
        self.repeatable = repeatable
        self.jobs: list[Job] = []
        self.submits: Counter[str] = Counter()
        self.polls: Counter[str] = Counter()
        self.cancels: Counter[str] = Counter()
        self.remote_ids: list[str] = []
        self.began = asyncio.Event()
        self._start = list(start)
        self._poll = list(poll)
        self._recover = recover
        self._log = log

    async def start(self, job: Job) -> Finished | Accepted:
        """Play the next step of `start`."""
        self.jobs.append(job)
        self.submits[job.idempotency_key] += 1
        if self._log is not None:
            append(self._log, job.idempotency_key)
        self.began.set()
        answer = await play(_next(self._start), job)
        assert not isinstance(answer, Running), "start answers Accepted or Finished"
        return answer

    async def recover(self, job: Job) -> Accepted | None:
        """What the test says; else nothing was accepted, as far as a repeatable upstream cares, and any other cannot tell."""
        if self._recover is not None:
            return self._recover
        if not self.repeatable:
            raise OutcomeUnknown("cannot tell")
        return None

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """Play the next step of `poll`."""
        self.polls[job.idempotency_key] += 1
        self.remote_ids.append(remote_id)
        answer = await play(_next(self._poll), job)
        assert not isinstance(answer, Accepted), "poll answers Running or Finished"
        return answer

    async def cancel(self, job: Job, remote_id: str) -> None:
        """Count it."""
        self.cancels[job.idempotency_key] += 1
        self.remote_ids.append(remote_id)

    async def aclose(self) -> None:
        """Nothing was opened."""


def append(log: Path, line: str) -> None:
    """Add one whole line to a file that several processes write."""
    file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"{line}\n".encode())
    finally:
        os.close(file)


def _next(script: list[Step]) -> Step:
    return script.pop(0) if len(script) > 1 else script[0]
