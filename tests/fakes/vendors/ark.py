"""Ark: POST and GET /api/v3/contents/generations/tasks[/{id}], DELETE of a queued task; POST /api/v3/images/generations, which
answers with the pictures. Errors are `{error: {code, message, param, type}}`."""

from __future__ import annotations

from typing import Any

from fakes.vendors.base import Call, Fate, Plan, Reply, Vendor, Work

TASKS = "/api/v3/contents/generations/tasks"
IMAGES = "/api/v3/images/generations"

_ERRORS = {
    Plan.BUSY: (429, "ServerOverloaded", "The service is currently unable to handle additional requests."),
    Plan.BAD_KEY: (401, "AuthenticationError", "The API key in the request is missing or invalid."),
    Plan.BROKE: (403, "AccountOverdueError", "The request failed because your account has an overdue balance."),
    Plan.INVALID: (400, "InvalidParameter", "The parameter `ratio` specified in the request is not valid."),
    Plan.FILTERED: (400, "InputTextSensitiveContentDetected", "The input text may contain sensitive information."),
    Plan.CRASH: (500, "InternalServiceError", "The service encountered an unexpected internal error."),
    Plan.NO_MODEL: (404, "InvalidEndpointOrModel.NotFound", "The model or endpoint does not exist."),
}
_FAILURES = {
    Fate.FAIL: {"code": "InternalServiceError", "message": "The service encountered an unexpected internal error."},
    Fate.FILTERED: {"code": "OutputVideoSensitiveContentDetected", "message": "The output video may contain sensitive content."},
}


class ArkServer(Vendor):
    """See the module. `queued` tasks can be taken back, others answer 400."""

    def answer(self, call: Call) -> Reply:
        """Route by path."""
        if call.method == "POST" and call.path in (TASKS, IMAGES):
            return self._submit(call)
        task_id = call.path.removeprefix(TASKS + "/")
        if call.path.startswith(TASKS + "/") and call.method == "GET":
            if self.failing_asks:
                self.failing_asks -= 1
                return _error(500, "InternalServiceError", "Internal error.")
            found = self.ask(task_id)
            return Reply(200, self._task(found)) if found else _error(404, "NotFound", "The specified task is not found.")
        if call.path.startswith(TASKS + "/") and call.method == "DELETE":
            work = self.jobs[task_id]
            if work.asks:
                return _error(400, "InvalidAction.RunningTaskDeletion", "A running task cannot be deleted.")
            work.canceled = True
            return Reply(200, {})
        return _error(404, "NotFound", "no such path")

    def _submit(self, call: Call) -> Reply:
        plan = self.next_plan()
        if plan in (Plan.TAKE, Plan.CRASH, Plan.GARBAGE):
            work = self.take(call.body, f"cgt-{len(self.jobs) + 1}")
            if plan is Plan.TAKE:
                return Reply(200, {"id": work.id} if call.path == TASKS else self._images(work))
            if plan is Plan.GARBAGE:
                return Reply(200, b"<html>OK</html>", media_type="text/html")
        return _error(*_ERRORS[plan], {"retry-after": "7"} if plan is Plan.BUSY else {})

    def _images(self, work: Work) -> dict[str, Any]:
        body: dict[str, Any] = {"model": work.body["model"], "created": 1_790_000_000, "data": []}
        if work.fate is Fate.DELIVER:
            body["data"] = [{"url": self.file_url(), "size": work.body["size"]}]
            body["usage"] = {"generated_images": 1, "output_tokens": 4096, "total_tokens": 4096}
        elif work.fate in _FAILURES:
            body["error"] = _FAILURES[work.fate]
        return body

    def _task(self, work: Work) -> dict[str, Any]:
        task: dict[str, Any] = {
            "id": work.id,
            "model": work.body["model"],
            "status": "running" if work.asks > 1 else "queued",
            "created_at": 1_790_000_000,
            "updated_at": 1_790_000_001,
        }
        if work.canceled or (self.over(work) and work.fate is Fate.CANCELED):
            task["status"] = "cancelled"
        elif self.over(work) and work.fate in _FAILURES:
            task |= {"status": "failed", "error": _FAILURES[work.fate]}
        elif self.over(work):
            task |= {
                "status": "succeeded",
                "content": {"video_url": self.file_url("result.mp4")} if work.fate is Fate.DELIVER else {},
                "usage": {"completion_tokens": 108_900, "total_tokens": 108_900},
                "seed": work.body.get("seed"),
                "duration": work.body.get("duration"),
                "ratio": work.body.get("ratio"),
                "resolution": work.body.get("resolution"),
                "framespersecond": 24,
            }
        return task


def _error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, {"error": {"code": code, "message": message, "param": "", "type": "Error"}}, headers or {})
