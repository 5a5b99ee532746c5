"""Outcomes on demand, for those who test a client: words in a prompt decide what becomes of its task.

Off unless MEDIAKILN_SANDBOX=on. The words are told to nobody behind this port: the picture is of the rest of the prompt. Money,
states and answers are the real ones.
"""

from __future__ import annotations

import asyncio
import re
import time

from msgspec import Struct
from msgspec.structs import replace

from mediakiln.providers.base import Accepted, Finished, Job, OperatorFault, Provider, Rejected, RejectReason, Running

LONGEST = 3_600
"""Seconds a task may be made to take."""
WORDS = {
    "sandbox:fail": "the task fails, as if the provider had refused it",
    "sandbox:filtered": "the task fails, as if the provider's safety system had refused the content",
    "sandbox:unavailable": "the task fails, as if the provider's account had been closed",
    "sandbox:timeout": "the task runs until its deadline, and fails then",
    "sandbox:wait=N": "the task takes N seconds longer (up to 3600), with progress, and goes on as the other words say",
    "sandbox:deliver=N": "only N of the pictures are delivered; with 0 the task fails",
}
"""Every word and what it does."""

_WORD = re.compile(r"[,，\s]*\bsandbox:(fail|filtered|unavailable|timeout|wait=(\d{1,4})|deliver=(\d))\b", re.IGNORECASE)


class Script(Struct, frozen=True):
    """What the words of a prompt ask for, and the prompt without them."""

    prompt: str
    outcome: str = ""
    wait: int = 0
    deliver: int | None = None


def read(prompt: str) -> Script:
    """Take the sandbox's words out of a prompt; the last of a kind counts. Of words alone a plain prompt is left."""
    outcome, wait, deliver = "", 0, None
    for found in _WORD.finditer(prompt):
        if found[2] is not None:
            wait = min(int(found[2]), LONGEST)
        elif found[3] is not None:
            deliver = int(found[3])
        else:
            outcome = found[1].lower()
    return Script(_WORD.sub("", prompt).strip() or "abstract", outcome, wait, deliver)


class Sandbox:
    """A provider under its own name that first does what the prompt's words ask for."""

    def __init__(self, inner: Provider) -> None:
        self.name = inner.name
        self._inner = inner

    async def start(self, job: Job) -> Finished | Accepted:
        """See `Provider`. Raises what was asked for."""
        script = read(job.request.prompt)
        await _wait(job, script.wait)
        match script.outcome:
            case "fail":
                raise Rejected(RejectReason.INVALID, "The sandbox was asked to fail this task")
            case "filtered":
                raise Rejected(RejectReason.CONTENT_FILTERED, "The sandbox was asked to filter this task's content")
            case "unavailable":
                raise OperatorFault("The sandbox was asked to be unavailable")
            case "timeout":
                await asyncio.Event().wait()
        answer = await self._inner.start(replace(job, request=replace(job.request, prompt=script.prompt)))
        if isinstance(answer, Finished) and script.deliver is not None:
            return Finished(answer.outputs[: script.deliver])
        return answer

    async def recover(self, job: Job) -> Accepted | None:
        """See `Provider`."""
        return await self._inner.recover(job)

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """See `Provider`."""
        return await self._inner.poll(job, remote_id)

    async def cancel(self, job: Job, remote_id: str) -> None:
        """See `Provider`."""
        await self._inner.cancel(job, remote_id)

    async def aclose(self) -> None:
        """See `Provider`."""
        await self._inner.aclose()


async def _wait(job: Job, seconds: int) -> None:
    begun = time.monotonic()
    while (passed := time.monotonic() - begun) < seconds:
        job.progress(0.5 * passed / seconds)
        await asyncio.sleep(min(0.25, seconds - passed))
