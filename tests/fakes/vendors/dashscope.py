"""DashScope: POST /api/v1/services/aigc/video-generation/video-synthesis (asynchronous only), GET /api/v1/tasks/{id},
POST /api/v1/tasks/{id}/cancel. Errors are `{code, message, request_id}`; a failed task has them in its `output`, with a 200."""

from __future__ import annotations

from typing import Any

from fakes.vendors.base import Call, Fate, Plan, Reply, Vendor, Work

SUBMIT = "/api/v1/services/aigc/video-generation/video-synthesis"
TASKS = "/api/v1/tasks/"

_ERRORS = {
    Plan.BUSY: (429, "Throttling.RateQuota", "Requests rate limit exceeded, please try again later."),
    Plan.BAD_KEY: (401, "InvalidApiKey", "Invalid API-key provided."),
    Plan.BROKE: (400, "Arrearage", "Access denied, please make sure your account is in good standing."),
    Plan.INVALID: (400, "InvalidParameter", "duration must be in [5, 10]"),
    Plan.FILTERED: (400, "DataInspectionFailed", "Input data may contain inappropriate content."),
    Plan.CRASH: (500, "InternalError", "An internal error has occured, please try again later."),
    Plan.NO_MODEL: (400, "InvalidParameter", "Model not exist."),
}
_FAILURES = {
    Fate.FAIL: ("InternalError.Timeout", "An internal timeout error has occured during execution."),
    Fate.FILTERED: ("DataInspectionFailed", "Output data may contain inappropriate content."),
}


class DashScopeServer(Vendor):
    """See the module. A task can be canceled while it is PENDING, which it is until it has been asked for."""

    def answer(self, call: Call) -> Reply:
        """Route by path."""
        if call.method == "POST" and call.path == SUBMIT:
            if call.headers.get("x-dashscope-async") != "enable":
                return _error(403, "AccessDenied", "current user api does not support synchronous calls.")
            return self._submit(call)
        if call.method == "GET" and call.path.startswith(TASKS):
            if self.failing_asks:
                self.failing_asks -= 1
                return _error(500, "InternalError", "An internal error has occured.")
            task_id = call.path.removeprefix(TASKS)
            work = self.ask(task_id)
            return _reply(self._task(work) if work else {"task_id": task_id, "task_status": "UNKNOWN"})
        if call.method == "POST" and call.path.startswith(TASKS) and call.path.endswith("/cancel"):
            work = self.jobs[call.path.removeprefix(TASKS).removesuffix("/cancel")]
            if work.asks:
                return _error(400, "UnsupportedOperation", "Failed to cancel the task, please confirm if the task is pending.")
            work.canceled = True
            return Reply(200, {"request_id": "r-1"})
        return _error(404, "NotFound", "no such path")

    def _submit(self, call: Call) -> Reply:
        plan = self.next_plan()
        if plan in (Plan.TAKE, Plan.CRASH, Plan.GARBAGE):
            work = self.take(call.body)
            if plan is Plan.TAKE:
                return _reply({"task_id": work.id, "task_status": "PENDING"})
            if plan is Plan.GARBAGE:
                return Reply(200, b"<html>OK</html>", media_type="text/html")
        return _error(*_ERRORS[plan], {"retry-after": "7"} if plan is Plan.BUSY else {})

    def _task(self, work: Work) -> dict[str, Any]:
        task: dict[str, Any] = {"task_id": work.id, "task_status": "RUNNING", "submit_time": "2026-11-01 10:00:00.000"}
        if work.canceled or (self.over(work) and work.fate is Fate.CANCELED):
            task["task_status"] = "CANCELED"
        elif self.over(work) and work.fate in _FAILURES:
            code, message = _FAILURES[work.fate]
            task |= {"task_status": "FAILED", "code": code, "message": message}
        elif self.over(work):
            task |= {
                "task_status": "SUCCEEDED",
                "end_time": "2026-11-01 10:01:00.000",
                "orig_prompt": work.body["input"]["prompt"],
            }
            if work.fate is Fate.DELIVER:
                task["video_url"] = self.file_url("result.mp4")
        return task


def _reply(output: dict[str, Any]) -> Reply:
    return Reply(200, {"request_id": "r-1", "output": output, "usage": {"video_count": 1, "video_duration": 5}})


def _error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, {"code": code, "message": message, "request_id": "r-1"}, headers or {})
