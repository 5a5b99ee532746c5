"""A small pool of worker processes for renders.

`concurrent.futures.ProcessPoolExecutor` cannot stop a running job and breaks wholly when one child dies; here a job owns its
process: cancelling the job ends the process, and a dead process fails only its own job. Workers are started when first needed.
Each holds one end of a socket pair: the end of file on it tells either side that the other is gone, however it died.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

import mediakiln
from mediakiln.providers.studio.orders import Broken, Done, Order, Progress, Ready, Refused, Reply, Unfit

IDLE_SECONDS = 300.0
"""How long an unused worker keeps its memory (about 150 MB)."""

SETTINGS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1") | {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(8 << 20),
}
"""The environment of a worker: one thread per library, and glibc gives large pictures back to the system as soon as they go."""

_WORKER = "mediakiln.providers.studio.worker"
_decoder = msgspec.json.Decoder(Reply | Unfit)


class WorkerLost(Exception):
    """The worker process died before it answered."""


class WorkerUnfit(Exception):
    """No worker process can work on this machine: a package or a library cannot be loaded. The message says which."""


class Pool:
    """At most `size` worker processes; further jobs wait their turn. Belongs to one event loop."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._turns = asyncio.Semaphore(size)
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._closed = False

    @property
    def pids(self) -> list[int]:
        """The process ids of all living workers."""
        return [worker.pid for worker in (*self._idle, *self._busy)]

    async def warm(self) -> None:
        """Start one worker and wait until it has imported everything. Raises `WorkerLost`, `WorkerUnfit`."""
        async with self._turns:
            worker = await self._take()
            try:
                await worker.ready()
            except BaseException:
                await self._drop(worker)
                raise
            self._keep(worker)

    async def run(self, order: Order, progress: Callable[[float], None]) -> Done | Refused | Broken:
        """Render `order` in a worker process; being cancelled ends the process within milliseconds.

        Raises `WorkerLost`, `WorkerUnfit`.
        """
        async with self._turns:
            while True:
                worker = await self._take()
                try:
                    reply = await worker.run(order, progress)
                except BaseException as failure:
                    await self._drop(worker)
                    if isinstance(failure, WorkerLost) and worker.died_idle:
                        continue
                    raise
                if isinstance(reply, Done) and reply.last:
                    await self._drop(worker)
                else:
                    self._keep(worker)
                return reply

    async def close(self) -> None:
        """End all workers; running jobs raise `WorkerLost`."""
        self._closed = True
        for worker in list(self._busy):
            worker.kill()
        for _ in range(self._size):  # every running job buries its own worker
            await self._turns.acquire()
        while self._idle:
            await self._idle.pop().bury()
        for _ in range(self._size):
            self._turns.release()

    async def _take(self) -> Worker:
        """The most recently used living worker, or a new one: a quiet server keeps few processes warm."""
        if self._closed:
            raise WorkerLost("the pool is closed")
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                self._busy.add(worker)
                return worker
            await worker.bury()
        try:
            worker = await Worker.spawn()
        except OSError as failure:
            raise WorkerLost("no worker process could be started") from failure
        self._busy.add(worker)
        return worker

    def _keep(self, worker: Worker) -> None:
        self._busy.discard(worker)
        self._idle.append(worker)
        worker.rested += 1
        asyncio.get_running_loop().call_later(IDLE_SECONDS, self._retire, worker, worker.rested)

    def _retire(self, worker: Worker, rested: int) -> None:
        """End `worker` if it has not worked since it was put aside for the `rested`-th time."""
        if worker in self._idle and worker.rested == rested:
            self._idle.remove(worker)
            worker.kill()
            worker.reap()

    async def _drop(self, worker: Worker) -> None:
        try:
            await asyncio.shield(worker.bury())
        finally:
            self._busy.discard(worker)


class Worker:
    """The server's handle of one worker process."""

    def __init__(self, process: subprocess.Popen[bytes], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self.rested = 0
        self._heard = False

    @classmethod
    async def spawn(cls) -> Worker:
        """Start a process; it reads orders as soon as its imports are done."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(  # noqa: ASYNC220, S603 - our own module; vfork takes a millisecond and needs no child watcher
                [sys.executable, "-P", "-m", _WORKER, str(theirs.fileno()), str(os.getpid())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_environment(),
            )
        reader, writer = await asyncio.open_unix_connection(sock=ours)
        return cls(process, reader, writer)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None and not self._reader.at_eof()

    @property
    def died_idle(self) -> bool:
        """Of a lost worker: it had served before and never spoke of its last order, so it was most likely dead by then."""
        return self.rested > 0 and not self._heard

    async def ready(self) -> None:
        """Wait until the process can work. Raises `WorkerLost`, `WorkerUnfit`."""
        if not self.rested:
            await self._receive()

    async def run(self, order: Order, progress: Callable[[float], None]) -> Done | Refused | Broken:
        """Hand over one order and pass its progress on until the answer comes. Raises `WorkerLost`, `WorkerUnfit`."""
        self._heard = False
        self._writer.write(msgspec.json.encode(order) + b"\n")
        while True:
            match await self._receive():
                case Progress(fraction):
                    progress(fraction)
                case Ready():
                    pass
                case reply:
                    return reply

    async def _receive(self) -> Reply:
        try:
            line = await self._reader.readline()
        except ConnectionError:
            line = b""
        if not line.endswith(b"\n"):
            raise WorkerLost(f"worker process {self.pid} died")
        self._heard = True
        said: Reply | Unfit = _decoder.decode(line)
        if isinstance(said, Unfit):
            raise WorkerUnfit(said.message)
        return said

    def kill(self) -> None:
        """End the process at once; whoever waits for its answer gets `WorkerLost`."""
        self._process.kill()

    def reap(self) -> None:
        """Forget a killed process."""
        self._writer.transport.abort()
        self._process.wait()

    async def bury(self) -> None:
        """End the process and wait until it is gone, so that nothing writes into its job's directory any more."""
        self.kill()
        try:
            # The kernel closes the socket after it freed the process, so the wait in reap() is short.
            while await self._reader.read(65536):
                pass
        except ConnectionError:
            pass
        self.reap()


def _environment() -> dict[str, str]:
    """The server's environment without its secrets, with `SETTINGS` and our package on the path."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MEDIAKILN_")}
    ours = str(Path(mediakiln.__file__).resolve().parents[1])
    path = [ours, *filter(None, kept.get("PYTHONPATH", "").split(os.pathsep))]
    return kept | SETTINGS | {"PYTHONPATH": os.pathsep.join(path)}
