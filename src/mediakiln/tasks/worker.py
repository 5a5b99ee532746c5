"""A worker: the dispatcher handing tickets to the runner, with the pulse and the janitor beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from msgspec import Struct

from mediakiln.tasks.dispatch.base import Dispatcher, Lane
from mediakiln.tasks.janitor import Janitor
from mediakiln.tasks.pulse import Pulse
from mediakiln.tasks.runner import Runner


class Worker(Struct, frozen=True):
    """Everything one worker process runs. `lanes` as in `Dispatcher.run`."""

    dispatcher: Dispatcher
    runner: Runner
    pulse: Pulse
    janitor: Janitor
    lanes: Mapping[str, Lane]
    concurrency: int

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; tasks at work then go back for another worker, or for the next start."""
        over = asyncio.Event()  # the pulse outlives the handlers: it must see them to their end
        pulse = asyncio.create_task(self.pulse.run(over))
        janitor = asyncio.create_task(self.janitor.run(over))
        try:
            await self.dispatcher.run(self.runner, lanes=self.lanes, concurrency=self.concurrency, stop=stop)
        finally:
            over.set()
            await asyncio.gather(pulse, janitor)
