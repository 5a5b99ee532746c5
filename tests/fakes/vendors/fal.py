"""fal's queue: POST /{owner}/{alias}/{path}, GET .../requests/{id}[/status], PUT .../requests/{id}/cancel, without the path.

Models refuse where the result would be, with `{detail: [{loc, msg, type}]}`; the gateway refuses at once, with
`{detail, error_type}`. `FalStorage` is its file store; the client knows that one by its names only, so it stands behind a
proxy that leads every name to it.
"""

from __future__ import annotations

import socket
import ssl
import threading
from typing import Any

from fakes.vendors.base import Call, Fate, Plan, Reply, Vendor, Work

_DENIED = {
    Plan.BUSY: (429, "Too many requests", "rate_limit"),
    Plan.BAD_KEY: (401, "Cannot access application. Authentication is required to access this application.", ""),
    Plan.BROKE: (403, "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.", ""),
    Plan.CRASH: (500, "Internal Server Error", "internal_error"),
    Plan.NO_MODEL: (404, "Application not found", ""),
}
_REFUSED = {
    Plan.INVALID: ("aspect_ratio", "unexpected value; permitted: '16:9', '9:16'", "value_error.const"),
    Plan.FILTERED: ("prompt", "The content could not be processed because of our rules.", "content_policy_violation"),
}


class FalServer(Vendor):
    """See the module. It knows a request at the endpoint's owner and alias only."""

    def answer(self, call: Call) -> Reply:
        """Route by path."""
        if call.method == "POST":
            return self._submit(call)
        parts = call.path.strip("/").split("/")
        if parts[2:3] != ["requests"] or len(parts) > 5:
            return _denied(404, "Not Found")
        what = parts[4] if len(parts) == 5 else "result"
        if call.method == "PUT" and what == "cancel":
            work = self.jobs[parts[3]]
            if self.over(work):
                return Reply(400, {"status": "ALREADY_COMPLETED"})
            work.canceled = True
            return Reply(202, {"status": "CANCELLATION_REQUESTED"})
        if self.failing_asks:
            self.failing_asks -= 1
            return _denied(500, "Internal Server Error")
        if what == "status":
            found = self.ask(parts[3])
            return Reply(200, self._status(found)) if found else _denied(404, "Request not found")
        return self._result(self.jobs[parts[3]])

    def _submit(self, call: Call) -> Reply:
        plan = self.next_plan()
        if plan in _REFUSED:
            return _refused(*_REFUSED[plan])
        if plan in (Plan.TAKE, Plan.CRASH, Plan.GARBAGE):
            work = self.take(call.body)
            owner, alias = call.path.strip("/").split("/")[:2]
            url = f"{self.url}/{owner}/{alias}/requests/{work.id}"
            if plan is Plan.TAKE:
                return Reply(
                    200,
                    {
                        "status": "IN_QUEUE",
                        "request_id": work.id,
                        "response_url": url,
                        "status_url": f"{url}/status",
                        "cancel_url": f"{url}/cancel",
                        "logs": None,
                        "metrics": {},
                        "queue_position": 0,
                    },
                )
            if plan is Plan.GARBAGE:
                return Reply(200, b"<html>OK</html>", media_type="text/html")
        return _denied(*_DENIED[plan], headers={"retry-after": "7"} if plan is Plan.BUSY else {})

    def _status(self, work: Work) -> dict[str, Any]:
        status: dict[str, Any] = {"request_id": work.id, "logs": [], "metrics": {}}
        if work.canceled or (self.over(work) and work.fate is Fate.CANCELED):
            return status | {"status": "COMPLETED", "error": "Request was cancelled", "error_type": "client_cancelled"}
        if self.over(work):
            failed = {"error": "Invalid status code: 422"} if work.fate is Fate.FILTERED else {}
            if work.fate is Fate.FAIL:
                failed = {"error": "Runner server error", "error_type": "runner_server_error"}
            return status | {"status": "COMPLETED", "metrics": {"inference_time": 2.5}} | failed
        if work.asks == 1 and self.runs > 1:
            return {"status": "IN_QUEUE", "request_id": work.id, "queue_position": 2}
        return status | {"status": "IN_PROGRESS", "logs": [{"message": " 50%|#####     | 4/8", "level": "STDERR"}]}

    def _result(self, work: Work) -> Reply:
        match work.fate:
            case _ if work.canceled:
                return _denied(499, "Request was cancelled", "client_cancelled")
            case Fate.CANCELED:
                return _denied(499, "Request was cancelled", "client_cancelled")
            case Fate.FAIL:
                return _denied(500, "Runner server error", "runner_server_error")
            case Fate.FILTERED:
                return _refused(*_REFUSED[Plan.FILTERED])
            case Fate.EMPTY:
                return Reply(200, {"images": [], "description": ""})
        video = {"url": self.file_url("result.mp4"), "content_type": "video/mp4", "file_name": "output.mp4"}
        picture = {"url": self.file_url(), "content_type": "image/png", "file_name": "nano-banana-pro.png"}
        return Reply(200, {"video": video} if "duration" in work.body else {"images": [picture], "description": ""})


class FalStorage(Vendor):
    """fal's file store, its token and its uploads. `proxy` is the address of a proxy that leads every host to it, over TLS."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        super().__init__()
        self._tls = tls
        self.stored: list[Call] = []

    def answer(self, call: Call) -> Reply:
        """Route by path."""
        if call.path == "/storage/auth/token":
            token = {"token": "t0", "token_type": "Bearer", "base_url": "https://v3.fal.media"}
            return Reply(200, token | {"expires_at": "2036-01-01T00:00:00+00:00"})
        if call.path == "/files/upload":
            self.stored.append(call)
            return Reply(200, {"access_url": "https://v3.fal.media/files/b/large.png"})
        return _denied(404, "Not Found")

    def __enter__(self) -> FalStorage:
        super().__enter__()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.proxy = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.close()
        super().__exit__()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._tunnel, args=(client,), daemon=True).start()

    def _tunnel(self, client: socket.socket) -> None:
        """CONNECT, TLS, then bytes both ways."""
        try:
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(4096)
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            with (
                self._tls.wrap_socket(client, server_side=True) as secret,
                socket.create_connection(("127.0.0.1", self.port)) as to,
            ):
                threading.Thread(target=_pour, args=(to, secret), daemon=True).start()
                _pour(secret, to)
        except OSError:
            client.close()


def _pour(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass


def _denied(status: int, detail: str, error_type: str = "", headers: dict[str, str] | None = None) -> Reply:
    named = {"x-fal-error-type": error_type} if error_type else {}
    return Reply(status, {"detail": detail} | ({"error_type": error_type} if error_type else {}), named | (headers or {}))


def _refused(field: str, message: str, kind: str) -> Reply:
    return Reply(
        422, {"detail": [{"loc": ["body", field], "msg": message, "type": kind, "url": f"https://docs.fal.ai/errors#{kind}"}]}
    )
