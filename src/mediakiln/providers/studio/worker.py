"""A worker process of the studio: `python -m mediakiln.providers.studio.worker FD PARENT_PID`.

Reads orders from the socket `FD`, renders one at a time, answers. It dies with its parent, whichever way the parent ends.
"""

from __future__ import annotations

import ctypes
import os
import queue
import resource
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import msgspec

from mediakiln.errors import ConfigurationError
from mediakiln.providers.base import RejectReason
from mediakiln.providers.studio.orders import Broken, CannotRender, Done, Order, Product, Progress, Ready, Refused, Reply, Unfit

MAX_JOBS = 200
MAX_BYTES = 1 << 30
"""A worker that has served so many jobs, or still holds so much memory after one, is replaced by a fresh one."""

_PROGRESS_SECONDS = 0.1
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve until the parent closes the socket or the worker is used up."""
    descriptor, parent = int(sys.argv[1]), int(sys.argv[2])
    _die_with(parent)
    os.nice(10)  # the API's own process goes first
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is the parent's to handle
    with socket.socket(fileno=descriptor) as link:
        orders: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=_listen, args=(link, orders), daemon=True).start()
        _serve(orders, lambda reply: link.sendall(msgspec.json.encode(reply) + b"\n"))


def _serve(orders: queue.SimpleQueue[bytes], send: Callable[[Reply | Unfit], None]) -> None:
    try:
        from mediakiln.providers.studio import render  # heavy (skia, OpenCV, FFmpeg); the parent never imports it
    except (ImportError, ConfigurationError) as failure:
        send(Unfit(str(failure)))
        return
    render.warm_up()
    send(Ready())
    decoder = msgspec.json.Decoder(Order)
    for jobs in range(1, MAX_JOBS + 1):
        reply = _answer(decoder.decode(orders.get()), render.render, send)
        if isinstance(reply, Done) and (jobs == MAX_JOBS or _resident_bytes() > MAX_BYTES):
            send(Done(reply.products, last=True))
            return
        send(reply)


def _answer(
    order: Order, render: Callable[[Order, Callable[[float], None]], tuple[Product, ...]], send: Callable[[Reply], None]
) -> Done | Refused | Broken:
    """Render one order and put whatever happens into words."""
    told = 0.0

    def tick(fraction: float) -> None:
        nonlocal told
        if (now := time.monotonic()) - told >= _PROGRESS_SECONDS:
            told = now
            send(Progress(fraction))

    try:
        return Done(render(order, tick))
    except CannotRender as refusal:
        return Refused(refusal.reason, str(refusal))
    except (MemoryError, OSError) as failure:
        traceback.print_exc()
        return Broken(f"the studio ran out of memory or disk ({type(failure).__name__})")
    except Exception:
        traceback.print_exc()  # a fault of ours, for the operator's log; another attempt would meet it again
        return Refused(RejectReason.BROKEN, "the studio broke down over this request")


def _listen(link: socket.socket, orders: queue.SimpleQueue[bytes]) -> None:
    """Pass orders on; when the parent is gone, end the process even in the middle of a render."""
    try:
        with link.makefile("rb") as lines:
            for line in lines:
                orders.put(line)
    except OSError:
        pass
    os._exit(0)


def _die_with(parent: int) -> None:
    """Ask Linux to kill us with our parent: an end of file is not seen while a library holds Python's lock."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def _resident_bytes() -> int:
    """Memory held now; where the system does not tell, the most ever held."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main()
