"""The driver: a job becomes pieces for the engine of its device, and its answer is the files."""

from __future__ import annotations

import asyncio
from typing import Any

from mediakiln.providers.accounts import Account
from mediakiln.providers.base import Finished, Job, OutputFile, Rejected, RejectReason, Retryable, Running
from mediakiln.providers.diffusers.engine import Artist, Engine
from mediakiln.providers.diffusers.options import Options, read_options
from mediakiln.providers.diffusers.translate import SEEDS, Pictures, Plan, spec_of, to_file, to_pictures, to_plan
from mediakiln.providers.diffusers.waiting import Order, Piece
from mediakiln.providers.pictures import side_by_side


class DiffusersProvider:
    """Models on this machine; `upstream_model` is a name of `options.models`. Each device has one thread, started by its first
    job, which is when torch is imported. Use it in one event loop, and one account for each device."""

    def __init__(self, account: Account) -> None:
        self.name = account.name
        self._options = read_options(account)
        self._token = str(account.key)
        self._engines: dict[str, Engine] = {}

    async def start(self, job: Job) -> Finished:
        """Draw the job into `job.workdir`. Being cancelled takes its pieces out of the line, or out of the batch that is being
        drawn, which ends within a step when nobody else is in it.

        Raises `Rejected` for what the model cannot do, `OperatorFault` where it cannot be loaded, `Retryable` when the worker
        stops.
        """
        plan = to_plan(job, self._options)
        pictures = await asyncio.to_thread(to_pictures, job)
        loop = asyncio.get_running_loop()
        fractions = [0.0] * plan.count
        items = [_Item(job, plan, number, pictures, fractions, loop) for number in range(plan.count)]
        try:
            self._engine(plan.order).submit([item.piece for item in items])
            files = await side_by_side(item.file() for item in items)
        finally:
            for item in items:
                item.piece.cancelled = True  # of no effect on what is done
        return Finished(tuple(files))

    async def recover(self, job: Job) -> None:
        """Draw again: it costs nothing, and the same seed gives the same picture."""

    async def poll(self, job: Job, remote_id: str) -> Running | Finished:
        """Never needed: `start` answers with the files. Raises `Rejected`."""
        raise Rejected(RejectReason.INVALID, "diffusers answers at once and keeps no jobs to ask for")

    async def cancel(self, job: Job, remote_id: str) -> None:
        """Nothing to do: cancelling the task that runs `start` stops the work."""

    async def aclose(self) -> None:
        """End the threads after the steps they are at; running jobs fail as `Retryable`."""
        engines, self._engines = list(self._engines.values()), {}
        await asyncio.gather(*(asyncio.to_thread(engine.close) for engine in engines))

    def _engine(self, order: Order) -> Engine:
        device = spec_of(order.model, self._options).device or self._options.device
        if device not in self._engines:
            self._engines[device] = Engine(device or "default", lambda: _easel(self._options, device, self._token), self._most)
        return self._engines[device]

    def _most(self, order: Order) -> int:
        return self._options.models[order.model].together(order.task)


class _Item:
    """One of a job's pictures or videos, between the engine's thread and the event loop."""

    def __init__(
        self,
        job: Job,
        plan: Plan,
        number: int,
        pictures: Pictures,
        fractions: list[float],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._job, self._order, self._number, self._fractions, self._loop = job, plan.order, number, fractions, loop
        self._drawn: asyncio.Future[Any] = loop.create_future()
        seed = (plan.seed + number) % SEEDS
        self.piece = Piece(
            plan.order, plan.prompt, plan.negative_prompt, seed, pictures.images, pictures.last, self._tell, self._finish
        )

    def _tell(self, fraction: float) -> None:
        self._fractions[self._number] = fraction
        self._job.progress(sum(self._fractions) / len(self._fractions))

    def _finish(self, result: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._resolve, result)

    def _resolve(self, result: object) -> None:
        if not self._drawn.done():
            self._drawn.set_result(result)

    async def file(self) -> OutputFile:
        """The item as a file, once it is drawn; raises why it was not. Nothing is written any more when this has ended."""
        drawn = await self._drawn
        if isinstance(drawn, Exception):
            raise drawn
        path = self._job.workdir / str(self._number)
        wanted = self.piece
        writing = asyncio.ensure_future(
            asyncio.to_thread(to_file, drawn, self._order, path, self._job.request.output_format, lambda: not wanted.cancelled)
        )
        try:
            return await asyncio.shield(writing)
        except asyncio.CancelledError:
            self.piece.cancelled = True
            await asyncio.gather(writing, return_exceptions=True)
            raise
        except OSError as error:  # FFmpeg's failures too
            raise Retryable(f"diffusers: the file could not be written: {type(error).__name__}", delay=5.0) from error


def _easel(options: Options, device: str, token: str) -> Artist:
    from mediakiln.providers.diffusers.drawing import Easel  # torch, in the device's thread

    return Easel(options, device, token)


def open_provider(account: Account) -> DiffusersProvider:
    """The driver's door (`providers.kinds`)."""
    return DiffusersProvider(account)
