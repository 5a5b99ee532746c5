"""A worker: the dispatcher handing tickets to the runner, with the pulse, the janitor and the webhooks beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from msgspec import Struct

from mediakiln.tasks.dispatch.base import Dispatcher, Lane
from mediakiln.tasks.janitor import Janitor
from mediakiln.tasks.pulse import Pulse
from mediakiln.tasks.runner import Runner
from mediakiln.tasks.webhooks import Webhooks


class Worker(Struct, frozen=True):
    """Everything one worker process runs. `lanes` as in `Dispatcher.run`."""

    dispatcher: Dispatcher
    runner: Runner
    pulse: Pulse
    janitor: Janitor
    lanes: Mapping[str, Lane]
    concurrency: int
    webhooks: Webhooks | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; tasks at work then go back for another worker, or for the next start."""
        over = asyncio.Event()  # the pulse outlives the handlers: it must see them to their end
        beside = [self.pulse.run(over), self.janitor.run(over)]
        if self.webhooks is not None:
            beside.append(self.webhooks.run(over))
        running = [asyncio.create_task(each) for each in beside]
        try:
            await self.dispatcher.run(self.runner, lanes=self.lanes, concurrency=self.concurrency, stop=stop)
        finally:
            over.set()
            await asyncio.gather(*running)
