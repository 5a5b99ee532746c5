"""WaveSpeed v3: POST /api/v3/{model}, GET /api/v3/predictions/{id}/result, POST /api/v3/media/uploads and a PUT to where its
ticket says. Answers are `{code, message, data}`."""

from __future__ import annotations

from typing import Any

from fakes.vendors.base import Call, Fate, Plan, Reply, Vendor, Work

_REFUSALS = {
    Plan.BUSY: (429, "Too many requests, please slow down."),
    Plan.BAD_KEY: (401, "Unauthorized: invalid API key"),
    Plan.BROKE: (400, "Insufficient credits. Please top up your account."),
    Plan.INVALID: (400, "property 'prompt' is missing"),
    Plan.FILTERED: (400, "The content contains sensitive information."),
    Plan.CRASH: (500, "Internal server error"),
    Plan.NO_MODEL: (404, "product not found"),
}
_FAILURES = {
    Fate.FAIL: (1405, "The task execution failed."),
    Fate.FILTERED: (1200, "The content was not accepted."),
}


class WavespeedServer(Vendor):
    """See the module. `stored` are the uploads."""

    def __init__(self) -> None:
        super().__init__()
        self.stored: list[Call] = []

    def answer(self, call: Call) -> Reply:
        """Route by path."""
        parts = call.path.strip("/").split("/")
        if call.method == "PUT" and parts[0] == "store":
            self.stored.append(call)
            return Reply(200, {})
        if parts[:2] != ["api", "v3"]:
            return _answer(404, "no such path")
        if call.method == "POST" and parts[2:] == ["media", "uploads"]:
            upload = {"method": "PUT", "url": f"{self.url}/store/{call.body['filename']}", "headers": {}}
            return _answer(200, "success", {"upload": upload, "download_url": f"{self.url}/files/{call.body['filename']}"})
        if call.method == "POST":
            return self._submit(call, "/".join(parts[2:]))
        if parts[2] == "predictions" and parts[4:] == ["result"]:
            if self.failing_asks:
                self.failing_asks -= 1
                return _answer(500, "Internal server error")
            found = self.ask(parts[3])
            return _answer(200, "success", self._prediction(found)) if found else _answer(404, "prediction not found")
        return _answer(404, "no such path")

    def _submit(self, call: Call, model: str) -> Reply:
        plan = self.next_plan()
        if plan in (Plan.TAKE, Plan.CRASH, Plan.GARBAGE):
            work = self.take(call.body | {"model": model})
            if plan is Plan.TAKE:
                return _answer(200, "success", self._prediction(work))
            if plan is Plan.GARBAGE:
                return Reply(200, b"<html>OK</html>", media_type="text/html")
        status, message = _REFUSALS[plan]
        return _answer(status, message, headers={"retry-after": "7"} if plan is Plan.BUSY else {})

    def _prediction(self, work: Work) -> dict[str, Any]:
        status, code, error = "processing" if work.asks else "created", 0, ""
        if self.over(work) and work.fate in _FAILURES:
            status, (code, error) = "failed", _FAILURES[work.fate]
        elif self.over(work) and work.fate is Fate.CANCELED:
            status = "cancelled"
        elif self.over(work):
            status = "completed"
        delivered = status == "completed" and work.fate is Fate.DELIVER
        name = "result.mp4" if "duration" in work.body else "result.png"
        return {
            "id": work.id,
            "model": work.body["model"],
            "outputs": [self.file_url(name)] if delivered else [],
            "urls": {"get": f"{self.url}/api/v3/predictions/{work.id}/result"},
            "has_nsfw_contents": [False] if delivered else [],
            "status": status,
            "code": code,
            "error": error,
            "created_at": "2026-11-01T00:00:00.000Z",
            "timings": {"inference": 4213 if delivered else 0},
        }


def _answer(code: int, message: str, data: dict[str, Any] | None = None, headers: dict[str, str] | None = None) -> Reply:
    return Reply(code, {"code": code, "message": message, "data": data}, headers or {})
