"""Replicate: POST /v1/models/{owner}/{name}/predictions or /v1/predictions, GET /v1/predictions/{id}, .../cancel; RFC 7807
problems."""

from __future__ import annotations

from typing import Any

from fakes.vendors.base import Call, Fate, Plan, Reply, Vendor, Work

_PROBLEMS = {
    Plan.BUSY: (429, "Request was throttled. Expected available in 7 seconds."),
    Plan.BAD_KEY: (401, "You did not pass a valid authentication token"),
    Plan.BROKE: (402, "You have insufficient credit to run this model."),
    Plan.INVALID: (422, "- input.prompt: prompt is required"),
    Plan.FILTERED: (422, "The input was flagged by the model's safety filter"),
    Plan.CRASH: (500, "Internal server error"),
    Plan.NO_MODEL: (404, "The requested resource could not be found."),
}


class ReplicateServer(Vendor):
    """See the module."""

    def answer(self, call: Call) -> Reply:
        """Route by path."""
        parts = call.path.strip("/").split("/")
        if call.method == "POST" and parts[-1] == "predictions":
            return self._submit(call)
        if call.method == "POST" and parts[-1] == "cancel":
            work = self.jobs[parts[-2]]
            work.canceled = True
            return Reply(200, self._prediction(work))
        if call.method == "POST" and parts == ["v1", "files"]:
            return Reply(201, self._file_record())
        if call.method == "GET" and parts[:2] == ["v1", "predictions"]:
            if self.failing_asks:
                self.failing_asks -= 1
                return _problem(500, "Internal server error")
            found = self.ask(parts[2])
            return Reply(200, self._prediction(found)) if found else _problem(404, "not found")
        return _problem(404, "no such path")

    def _submit(self, call: Call) -> Reply:
        plan = self.next_plan()
        if plan in (Plan.TAKE, Plan.CRASH, Plan.GARBAGE):
            work = self.take(call.body)
            if plan is Plan.TAKE:
                return Reply(201, self._prediction(work))
            if plan is Plan.GARBAGE:
                return Reply(201, b"<html>OK</html>", media_type="text/html")
        return _problem(*_PROBLEMS[plan], {"retry-after": "7"} if plan is Plan.BUSY else {})

    def _prediction(self, work: Work) -> dict[str, Any]:
        status, output, error = "processing" if work.asks else "starting", None, None
        if work.canceled or (self.over(work) and work.fate is Fate.CANCELED):
            status = "canceled"
        elif self.over(work):
            status = "succeeded" if work.fate in (Fate.DELIVER, Fate.EMPTY) else "failed"
            output = [self.file_url()] if work.fate is Fate.DELIVER else None
            error = {Fate.FAIL: "CUDA error: out of luck", Fate.FILTERED: "NSFW content detected."}.get(work.fate)
        return {
            "id": work.id,
            "model": "owner/name",
            "version": "hidden",
            "status": status,
            "input": work.body.get("input"),
            "output": output,
            "error": error,
            "logs": " 50%|#####     | 4/8" if status == "processing" else "",
            "metrics": {},
            "urls": {"get": f"{self.url}/v1/predictions/{work.id}", "cancel": f"{self.url}/v1/predictions/{work.id}/cancel"},
            "created_at": "2026-11-01T00:00:00Z",
            "started_at": None,
            "completed_at": None,
        }

    def _file_record(self) -> dict[str, Any]:
        return {
            "id": "file-1",
            "name": "a.png",
            "content_type": "image/png",
            "size": 1,
            "etag": "e",
            "checksums": {},
            "metadata": {},
            "created_at": "2026-11-01T00:00:00Z",
            "expires_at": None,
            "urls": {"get": self.file_url()},
        }


def _problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, {"title": "problem", "detail": detail, "status": status}, headers or {})
