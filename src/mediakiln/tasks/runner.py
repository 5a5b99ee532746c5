"""The worker's side of a task: from a ticket to an attempt that is watched."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from mediakiln.database.engine import writing
from mediakiln.database.ids import now_ms
from mediakiln.tasks import states
from mediakiln.tasks.attempt import Attempt
from mediakiln.tasks.dispatch.base import Again
from mediakiln.tasks.pulse import Loss, Pulse, Watched
from mediakiln.tasks.records import Task
from mediakiln.tasks.stopping import stop_orphan
from mediakiln.tasks.tools import Tools
from mediakiln.telemetry import metrics

TAKEN_AGAIN = 1.0
"""Seconds before a task that another worker took over is looked at again, should its ticket still be ours."""


class Runner:
    """Handles one ticket (`runner(task_id)`); one instance serves all tasks of a worker process."""

    def __init__(self, tools: Tools, pulse: Pulse) -> None:
        self._tools = tools
        self._pulse = pulse

    async def __call__(self, task_id: str) -> Again | None:
        """Work on a task until it is finished or has to wait. Never raises for what a task can do wrong."""
        async with writing(self._tools.engine) as connection:
            held = await states.claim(connection, task_id)
        if held is None:
            await stop_orphan(self._tools, task_id)
            return None
        if held.attempt == 1:
            metrics.STARTED_AFTER.observe((now_ms() - held.created_at) / 1000)
        workdir = self._tools.scratch / f"{held.id}.{held.attempt}"
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
            return await Attempt(self._tools, watched, workdir).run()

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
