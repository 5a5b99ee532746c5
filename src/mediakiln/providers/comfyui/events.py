"""What a server tells of its jobs over one WebSocket for all of them. A shortcut: a job is never known to be over by it alone,
and everything works without it.

ComfyUI tells a client of its own jobs only, while it is connected, and remembers nothing for later.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from websockets.asyncio.client import ClientConnection, connect

from mediakiln.providers.comfyui.workflow import Graph

MESSAGE_MAX = 16 * 1024 * 1024
"""Bytes of one message: previews, which are skipped, come the same way from servers that do not know how to leave them out."""
AGAIN_FIRST, AGAIN_LONGEST = 1.0, 60.0
"""Seconds before a lost connection is tried again."""
DRAWN = 0.95
"""The finished fraction when all samplers are done; decoding and saving follow."""

log = structlog.get_logger(__name__)


class Watch:
    """One job, as far as was heard. `over` wakes whoever waits: the job has ended, or nothing will be heard of it for now."""

    def __init__(self, graph: Graph, report: Callable[[float], None]) -> None:
        self.started = False
        self.over = asyncio.Event()
        self.fraction: float | None = None
        self._report = report
        samplers = [key for key, node in graph.items() if "Sampler" in node["class_type"] and "Select" not in node["class_type"]]
        self._nodes = dict.fromkeys(samplers or graph, 0.0)
        self._whole = DRAWN if samplers else 1.0

    def tell(self, kind: str, data: Mapping[str, Any]) -> None:
        """Take a message about this job."""
        self.started = True
        match kind:
            case "progress":
                self._reached({str(data.get("node")): data})
            case "progress_state":
                self._reached(data.get("nodes") or {})
            case "execution_cached":
                self._reached({str(node): {"value": 1, "max": 1} for node in data.get("nodes") or ()})
            case "executing" if data.get("node") is None:  # sent when the record is there to be read
                self.over.set()

    def deaf(self) -> None:
        """The connection was lost."""
        self.started = False
        self.over.set()
        self.over = asyncio.Event()

    def _reached(self, nodes: Mapping[str, Mapping[str, Any]]) -> None:
        for node_id, state in nodes.items():
            value, most = state.get("value"), state.get("max")
            if node_id in self._nodes and isinstance(value, int | float) and isinstance(most, int | float) and most > 0:
                share = value / most
                self._nodes[node_id] = min(1.0, max(0.0, share)) if math.isfinite(share) else 0.0
        fraction = self._whole * sum(self._nodes.values()) / len(self._nodes)
        if fraction > (self.fraction or 0.0):
            self.fraction = fraction
            self._report(fraction)


class Events:
    """The connection to one server, made when the first job is watched. Belongs to one event loop."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url, self._headers = url, headers
        self._watches: dict[str, Watch] = {}
        self._connected = False
        self._task: asyncio.Task[None] | None = None

    def watch(self, prompt_id: str, graph: Graph, report: Callable[[float], None]) -> None:
        """Listen for a job that is about to be submitted."""
        self._watches[prompt_id] = Watch(graph, report)
        if self._task is None:
            self._task = asyncio.create_task(self._listen_always())

    def forget(self, prompt_id: str) -> None:
        """The job is over, or was never taken."""
        self._watches.pop(prompt_id, None)

    def hearing(self, prompt_id: str) -> Watch | None:
        """What is heard of a job; None for a job of another process, and while there is no connection."""
        return self._watches.get(prompt_id) if self._connected else None

    async def aclose(self) -> None:
        """Hang up."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _listen_always(self) -> None:
        pause = AGAIN_FIRST
        while True:
            try:
                async with connect(self._url, additional_headers=self._headers, max_size=MESSAGE_MAX) as connection:
                    pause, self._connected = AGAIN_FIRST, True
                    await self._listen(connection)
            except Exception as error:  # whatever it is, polling goes on without it
                log.info("comfyui.socket_lost", error=f"{type(error).__name__}: {error}")
            finally:
                self._connected = False
                for watch in self._watches.values():
                    watch.deaf()
            await asyncio.sleep(pause)
            pause = min(AGAIN_LONGEST, pause * 2)

    async def _listen(self, connection: ClientConnection) -> None:
        async for message in connection:
            if isinstance(message, bytes):
                continue
            with contextlib.suppress(ValueError, TypeError, AttributeError):  # an extension's own, in a form that we do not know
                event = json.loads(message)
                data = event.get("data") or {}
                if watch := self._watches.get(str(data.get("prompt_id"))):
                    watch.tell(event.get("type"), data)
