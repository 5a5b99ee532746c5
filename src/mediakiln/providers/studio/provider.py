"""The built-in provider "studio": renders in our own worker processes and answers at once with files."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from mediakiln.providers.base import (
    Finished,
    Job,
    OperatorFault,
    OutputFile,
    Rejected,
    RejectReason,
    Retryable,
    Running,
)
from mediakiln.providers.studio.orders import Broken, Done, Order, Refused, Source
from mediakiln.providers.studio.pool import Pool, WorkerLost, WorkerUnfit


class StudioProvider:
    """Procedural pictures and video without network, weights or GPU; the same request and seed give the same bytes.

    `processes` bounds the renders at one time (default: the processors this process may use). Use it in one event loop.
    """

    name = "studio"

    def __init__(self, processes: int | None = None) -> None:
        self._pool = Pool(processes or _processors())

    async def open(self) -> None:
        """Start a first worker process, so that the first job need not wait for imports. Optional."""
        await self._pool.warm()

    async def aclose(self) -> None:
        """End all worker processes; running jobs fail as `Retryable`."""
        await self._pool.close()

    async def start(self, job: Job) -> Finished:
        """Render the job into `job.workdir`. Being cancelled ends its process, so no rendering goes on.

        Raises `Rejected` for a request that the studio cannot do, `Retryable` when the worker process died or ran out of
        memory or disk, `OperatorFault` when skia or another library cannot be loaded on this machine.
        """
        sources = tuple(Source(item.role, str(item.path), item.media_type) for item in job.inputs)
        order = Order(job.request, sources, str(job.workdir))
        try:
            reply = await self._pool.run(order, job.progress)
        except WorkerLost as lost:
            raise Retryable("the studio's worker process ended before the work was done", delay=1.0) from lost
        except WorkerUnfit as unfit:
            raise OperatorFault(f"the studio cannot work on this machine: {unfit}; `mediakiln doctor` tells more") from unfit
        match reply:
            case Done(products):
                return Finished(tuple(OutputFile(Path(product.path), product.media_type) for product in products))
            case Refused(reason, message):
                raise Rejected(reason, message)
            case Broken(message):
                raise Retryable(message, delay=5.0)

    async def recover(self, job: Job) -> None:
        """Render again: it costs nothing, and the same request gives the same files."""

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """Never needed: `start` answers with the files. Raises `Rejected`."""
        raise Rejected(RejectReason.INVALID, "the studio answers at once and keeps no jobs to ask for")

    async def cancel(self, job: Job, remote_id: str) -> None:
        """Nothing to do: cancelling the task that runs `start` stops the work."""


def missing_package() -> str | None:
    """The first package of the extra `mediakiln[studio]` that is not installed. Only rendering processes import them."""
    return next((name for name in ("numpy", "cv2", "skia") if find_spec(name) is None), None)


def _processors() -> int:
    """The processors this process may use, which a container or `taskset` may have limited."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
