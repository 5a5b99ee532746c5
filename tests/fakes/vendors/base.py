"""What every make-believe vendor shares: a server in a thread of its own, jobs, and a plan of what goes wrong.

    with ReplicateServer() as vendor:
        vendor.plan.append(Plan.BUSY)         # the next submit is refused for the moment
        vendor.fate = Fate.FILTERED           # what becomes of jobs that are taken from now on
        ...
        assert vendor.taken == 1

A vendor's subclass answers requests in its own wire format (`answer`). `Cutter` stands between a client and the server and
cuts the wire after so many bytes.
"""

from __future__ import annotations

import asyncio
import base64
import io
import itertools
import json
import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from enum import Enum, auto
from functools import cache
from typing import Any, Self
from urllib.parse import parse_qs

import uvicorn
from PIL import Image


class Plan(Enum):
    """What a vendor does with one submit."""

    TAKE = auto()
    BUSY = auto()
    """Refused for the moment: too many requests, retry after 7 seconds where the vendor tells."""
    BAD_KEY = auto()
    BROKE = auto()
    """Our balance there is used up."""
    INVALID = auto()
    FILTERED = auto()
    """Refused at once for its content, where the vendor does that."""
    CRASH = auto()
    """Taken, and answered with a server error."""
    GARBAGE = auto()
    """Taken, and answered with success but not in the vendor's format."""
    NO_MODEL = auto()
    """The model's id is not known there."""


class Fate(Enum):
    """What becomes of a job that was taken."""

    DELIVER = auto()
    FAIL = auto()
    FILTERED = auto()
    CANCELED = auto()
    FORGOTTEN = auto()
    """The vendor no longer knows the id."""
    EMPTY = auto()
    """Finished, with nothing in it."""


@dataclass
class Work:
    """One job at the vendor: `asks` counts polls; it runs for `runs` of them."""

    id: str
    body: Any
    fate: Fate
    runs: int
    asks: int = 0
    canceled: bool = False


@dataclass
class Call:
    """One HTTP request as the vendor sees it."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """The JSON body; of a form its fields, lists where a name comes more than once, a file as name, type and base64."""
        if self.headers.get("content-type", "").startswith("multipart/form-data"):
            return _form(self.headers["content-type"], self.raw)
        return json.loads(self.raw or b"null")


def _form(content_type: str, raw: bytes) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for part in message_from_bytes(f"content-type: {content_type}\r\n\r\n".encode() + raw).get_payload():
        name = part.get_param("name", header="content-disposition")
        data = part.get_payload(decode=True)
        value: Any = data.decode() if part.get_filename() is None else {
            "filename": part.get_filename(), "type": part.get_content_type(), "data": base64.b64encode(data).decode()
        }  # fmt: skip
        if name in fields:
            value = [*(fields[name] if isinstance(fields[name], list) else [fields[name]]), value]
        fields[name] = value
    return fields


@dataclass
class Reply:
    """One HTTP answer; `body` is sent as JSON unless it is bytes."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = "application/json"

    def encoded(self) -> bytes:
        """The body's bytes."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


class Vendor:
    """Base of the fakes; not thread-safe beyond what tests need (one client at a time)."""

    def __init__(self) -> None:
        self.plan: deque[Plan] = deque()
        self.fate = Fate.DELIVER
        self.runs = 1
        self.jobs: dict[str, Work] = {}
        self.book: list[Work] = []
        """Every job that was accepted, in order."""
        self.calls: list[Call] = []
        self.posts = 0
        self.failing_asks = 0
        """So many polls are answered with a server error."""
        self.unseen = 0
        """So many polls find no job, as with books that are written late."""
        self._ids = itertools.count(1)

    # What a subclass writes.

    def answer(self, call: Call) -> Reply:
        """Answer one request in the vendor's own words. Submits go through `submit`, polls through `ask`."""
        raise NotImplementedError

    # What it writes it with.

    def next_plan(self) -> Plan:
        """What to do with a submit that arrived whole."""
        self.posts += 1
        return self.plan.popleft() if self.plan else Plan.TAKE

    def take(self, body: Any, job_id: str | None = None) -> Work:
        """Accept a job: from here on it will be done, and paid."""
        work = Work(job_id or f"job-{next(self._ids)}", body, self.fate, self.runs)
        self.book.append(work)
        self.jobs[work.id] = work
        return work

    def ask(self, job_id: str) -> Work | None:
        """The job, for a poll; None for one that is not known (any more)."""
        work = self.jobs.get(job_id)
        if self.unseen:
            self.unseen -= 1
            return None
        if work is None or work.fate is Fate.FORGOTTEN:
            return None
        work.asks += 1
        return work

    def over(self, work: Work) -> bool:
        """Whether the job has ended by this poll."""
        return work.asks > work.runs

    @property
    def taken(self) -> int:
        """Jobs that were accepted."""
        return len(self.book)

    def settle(self) -> None:
        """Wait until everything that arrived was dealt with, now that no client is there any more."""
        state = self._server.server_state
        quiet = 0
        for _ in range(500):
            threading.Event().wait(0.02)
            quiet = 0 if state.connections or state.tasks else quiet + 1
            if quiet == 5:  # not at once: a connection may wait to be accepted
                return
        raise AssertionError("a connection to the fake vendor was left open")

    def file_url(self, name: str = "result.png") -> str:
        """A link to a small picture (`.png`) or video (`.mp4`) of this server."""
        return f"{self.url}/files/{name}"

    # The server.

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(self._app, interface="asgi3", log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the fake vendor did not start")
            threading.Event().wait(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(5)
        self._socket.close()

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await self.socket(scope, receive, send)
            return
        raw = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return  # the request never arrived whole
            raw += message.get("body", b"")
            if not message.get("more_body"):
                break
        query = {key: values[0] for key, values in parse_qs(scope["query_string"].decode()).items()}
        headers = {key.decode().lower(): value.decode() for key, value in scope["headers"]}
        call = Call(scope["method"], scope["path"], query, headers, raw)
        self.calls.append(call)
        reply = self._file(call) or await asyncio.to_thread(self.answer, call)
        body = reply.encoded()
        heads = {"content-type": reply.media_type, "content-length": str(len(body))} | reply.headers
        await send(
            {
                "type": "http.response.start",
                "status": reply.status,
                "headers": [(k.encode(), v.encode()) for k, v in heads.items()],
            }
        )
        await send({"type": "http.response.body", "body": body})

    async def socket(self, scope: Any, receive: Any, send: Any) -> None:
        """A WebSocket, for the vendor that has one."""
        await send({"type": "websocket.close"})

    @staticmethod
    def _file(call: Call) -> Reply | None:
        if call.method != "GET" or not call.path.startswith("/files/"):
            return None
        if call.path.endswith(".mp4"):
            return Reply(200, clip(), media_type="video/mp4")
        return Reply(200, picture(), media_type="image/png")


@cache
def picture(width: int = 32, height: int = 24) -> bytes:
    """A PNG of one colour, small in bytes whatever its size."""
    buffer = io.BytesIO()
    made = Image.new("P", (width, height))
    made.putpalette((200, 120, 40))
    made.save(buffer, "PNG", bits=1)
    return buffer.getvalue()


@cache
def clip() -> bytes:
    """A second of H.264."""
    import av
    import numpy as np

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=8)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for shade in range(8):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 20 * shade, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return buffer.getvalue()


class Cutter:
    """A wire that breaks: forwards to `port`, and cuts every connection after `up` bytes towards the server or `down` bytes back;
    None lets all through. `how` a connection ends: a "reset", a polite "end" in the middle of what was being said, or "stall",
    which keeps it open and silent. `cut` says it anew, for connections that come from then on."""

    def __init__(self, port: int, *, up: int | None = None, down: int | None = None, how: str = "reset") -> None:
        self._target, self._limits, self._how, self._whole = port, (up, down), how, 0
        self._open: list[socket.socket] = []
        self._lock = threading.Lock()
        self.passed: list[list[int]] = []
        """Of every connection since the last `cut`: bytes towards the server, and back."""

    def cut(self, *, up: int | None = None, down: int | None = None, how: str = "reset", whole: int = 0) -> None:
        """Drop what is open, and break what comes from now on so; the first `whole` connections stay whole."""
        with self._lock:
            gone, self._open = self._open, []
            self.passed, self._limits, self._how, self._whole = [], (up, down), how, whole
        _reset(*gone)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        _reset(*self._open)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            passed = [0, 0]
            with self._lock:
                up, down = self._limits if len(self.passed) >= self._whole else (None, None)
                self.passed.append(passed)
                self._open += [client, server]
            for source, sink, limit, way in ((client, server, up, 0), (server, client, down, 1)):
                threading.Thread(target=self._pump, args=(source, sink, limit, passed, way, self._how), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, limit: int | None, passed: list[int], way: int, how: str) -> None:
        try:
            while data := source.recv(65536):
                room = len(data) if limit is None else min(len(data), limit - passed[way])
                sink.sendall(data[:room])
                passed[way] += room
                if passed[way] == limit:
                    _end(sink if way else source, how)
                    return
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def _end(client: socket.socket, how: str) -> None:
    """The server's side stays open: it has what it has, and is told nothing."""
    match how:
        case "reset":
            _reset(client)
        case "end":
            client.shutdown(socket.SHUT_WR)
        case "stall":
            threading.Event().wait(60)


def _reset(*sockets: socket.socket) -> None:
    linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"  # on, 0 seconds: closing sends RST
    for each in sockets:
        try:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            each.shutdown(socket.SHUT_RD)  # wakes who reads it; sends nothing
        except OSError:
            pass
        each.close()


@contextmanager
def closed_port() -> Iterator[str]:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    yield f"http://127.0.0.1:{port}"
