"""OpenAI: POST /v1/images/generations (JSON) and /v1/images/edits (a form), which answer with base64. Errors are
`{error: {message, type, param, code}}`."""

from __future__ import annotations

import base64
from typing import Any

from fakes.vendors.base import Call, Fate, Plan, Reply, Vendor, Work, picture

USER_ERROR = "image_generation_user_error"

_ERRORS = {
    Plan.BUSY: (429, "rate_limit_exceeded", "requests", "Rate limit reached for gpt-image-2. Please try again in 7s."),
    Plan.BAD_KEY: (401, "invalid_api_key", "invalid_request_error", "Incorrect API key provided: sk-te**********1234."),
    Plan.BROKE: (429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota."),
    Plan.INVALID: (400, "invalid_value", "invalid_request_error", "Invalid size '7x7'."),
    Plan.FILTERED: (400, "moderation_blocked", USER_ERROR, "Your request was rejected by the safety system."),
    Plan.CRASH: (500, None, "server_error", "The server had an error while processing your request."),
    Plan.NO_MODEL: (404, "model_not_found", "invalid_request_error", "The model does not exist."),
}
_FAILURES = {
    Fate.FAIL: (400, None, USER_ERROR, "The image could not be generated."),
    Fate.FILTERED: (400, "moderation_blocked", USER_ERROR, "The generated image was rejected by the safety system."),
}


class OpenAIServer(Vendor):
    """See the module. Pictures are of the size that was asked for."""

    def answer(self, call: Call) -> Reply:
        """Route by path."""
        if call.method == "POST" and call.path in ("/v1/images/generations", "/v1/images/edits"):
            return self.submit(call)
        return self.error(404, None, "invalid_request_error", f"Invalid URL ({call.method} {call.path})")

    def submit(self, call: Call) -> Reply:
        """Take a request for pictures, or refuse it."""
        plan = self.next_plan()
        if plan in (Plan.TAKE, Plan.CRASH, Plan.GARBAGE):
            work = self.take(call.body)
            if plan is Plan.TAKE:
                return self.accepted(work)
            if plan is Plan.GARBAGE:
                return Reply(200, b"<html>OK</html>", media_type="text/html")
        return self.error(*_ERRORS[plan], headers={"retry-after": "7"} if plan is Plan.BUSY else {})

    def accepted(self, work: Work) -> Reply:
        """What a request that was taken is answered with."""
        if work.fate in _FAILURES:
            return self.error(*_FAILURES[work.fate])
        count = int(work.body.get("n", 1)) if work.fate is Fate.DELIVER else 0
        shape = [int(side) for side in work.body["size"].split("x")]
        items = [self.item(work, base64.b64encode(picture(*shape)).decode()) for _ in range(count)]
        return Reply(200, {"created": 1_790_000_000, "data": items, "usage": {"input_tokens": 9, "output_tokens": 272}})

    def item(self, work: Work, encoded: str) -> dict[str, Any]:
        """One picture of an answer."""
        return {"b64_json": encoded}

    def error(self, status: int, code: str | None, kind: str, text: str, headers: dict[str, str] | None = None) -> Reply:
        """A refusal."""
        return Reply(status, {"error": {"message": text, "type": kind, "param": None, "code": code}}, headers or {})
