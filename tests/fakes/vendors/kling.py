"""Kling: POST /v1/{videos|images}/{call}, GET of the same path with a task's id or the caller's own; tokens are checked. Every
answer is `{code, message, request_id, data}`."""

from __future__ import annotations

from typing import Any

import jwt
from fakes.vendors.base import Call, Fate, Plan, Reply, Vendor, Work

ACCESS, SECRET = "ak-test", "sk-test-0123456789abcdef0123456789"
CALLS = ("videos/text2video", "videos/image2video", "videos/omni-video", "images/generations")

_REFUSALS = {
    Plan.BUSY: (429, 1302, "API request frequency exceeded"),
    Plan.BAD_KEY: (401, 1002, "Authorization is invalid"),
    Plan.BROKE: (429, 1102, "Resource pack is used up or expired"),
    Plan.INVALID: (400, 1201, "duration is invalid"),
    Plan.FILTERED: (400, 1301, "Content security policy triggered"),
    Plan.CRASH: (500, 5000, "Server internal error"),
    Plan.NO_MODEL: (404, 1203, "The requested resource does not exist: model_name"),
}


class KlingServer(Vendor):
    """See the module."""

    def answer(self, call: Call) -> Reply:
        """Route by path."""
        if refused := _unauthorized(call):
            return refused
        path = call.path.removeprefix("/v1/")
        if call.method == "POST" and path in CALLS:
            return self._submit(call)
        group, _, task_id = path.rpartition("/")
        if call.method == "GET" and group in CALLS:
            if self.failing_asks:
                self.failing_asks -= 1
                return _reply(500, 5000, "Server internal error")
            own = next((one.id for one in self.jobs.values() if one.body["external_task_id"] == task_id), task_id)
            found = self.ask(own)
            return _reply(200, 0, "SUCCEED", self._task(found)) if found else _reply(404, 1203, "Task not found")
        return _reply(404, 1202, "no such path")

    def _submit(self, call: Call) -> Reply:
        plan = self.next_plan()
        if plan in (Plan.TAKE, Plan.CRASH, Plan.GARBAGE):
            work = self.take(call.body, str(867_000_000_000 + len(self.jobs)))
            if plan is Plan.TAKE:
                return _reply(200, 0, "SUCCEED", self._task(work))
            if plan is Plan.GARBAGE:
                return Reply(200, b"<html>OK</html>", media_type="text/html")
        return _reply(*_REFUSALS[plan], headers={"retry-after": "7"} if plan is Plan.BUSY else {})

    def _task(self, work: Work) -> dict[str, Any]:
        data: dict[str, Any] = {
            "task_id": work.id,
            "task_status": "processing" if work.asks else "submitted",
            "task_info": {"external_task_id": work.body["external_task_id"]},
            "created_at": 1_790_000_000_000,
            "updated_at": 1_790_000_000_000,
        }
        if not self.over(work):
            return data
        data["task_status_msg"] = ""
        if work.fate in (Fate.DELIVER, Fate.EMPTY):
            data["task_status"] = "succeed"
            video = {"id": "v1", "url": self.file_url("result.mp4"), "duration": "5.1"}
            made = {"images": [{"index": 0, "url": self.file_url()}]} if "n" in work.body else {"videos": [video]}
            data["task_result"] = made if work.fate is Fate.DELIVER else {}
        else:
            reason = "Failure to pass the risk control system" if work.fate is Fate.FILTERED else "Out of luck"
            data |= {"task_status": "failed", "task_status_msg": reason}
        return data


def _unauthorized(call: Call) -> Reply | None:
    token = call.headers.get("authorization", "").removeprefix("Bearer ")
    try:
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], options={"require": ["exp", "nbf", "iss"]})
    except jwt.PyJWTError as error:
        return _reply(401, 1004, f"Authorization is invalid: {error}")
    return None if claims["iss"] == ACCESS else _reply(401, 1002, "Authorization is invalid")


def _reply(status: int, code: int, message: str, data: Any = None, headers: dict[str, str] | None = None) -> Reply:
    body = {"code": code, "message": message, "request_id": "r-1"} | ({"data": data} if data is not None else {})
    return Reply(status, body, headers or {})
