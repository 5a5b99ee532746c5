"""Gemini: POST /v1beta/models/{model}:generateContent, which answers with the picture. Errors are google.rpc ones; a refusal of
content is HTTP 200 with a reason."""

from __future__ import annotations

import base64
from typing import Any

from fakes.vendors.base import Call, Fate, Plan, Reply, Vendor, Work, picture

_RPC = "type.googleapis.com/google.rpc"
_BAD_KEY = {"@type": f"{_RPC}.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
_LATER = {"@type": f"{_RPC}.RetryInfo", "retryDelay": "7s"}
_ERRORS: dict[Plan, tuple[int, str, str, list[dict[str, Any]]]] = {
    Plan.BUSY: (429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing.", [_LATER]),
    Plan.BAD_KEY: (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [_BAD_KEY]),
    Plan.BROKE: (429, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted.", []),
    Plan.INVALID: (400, "INVALID_ARGUMENT", "aspect_ratio must be one of the supported values", []),
    Plan.CRASH: (500, "INTERNAL", "An internal error has occurred.", []),
    Plan.NO_MODEL: (404, "NOT_FOUND", "models/nothing is not found for API version v1beta.", []),
}
_REASONS = {Fate.FAIL: "IMAGE_OTHER", Fate.FILTERED: "IMAGE_SAFETY", Fate.EMPTY: "NO_IMAGE"}


class GeminiServer(Vendor):
    """See the module. With `thinks` a picture comes after a thought that is one too; `refuses` so many of the next submits while
    it takes the others."""

    thinks = False

    def answer(self, call: Call) -> Reply:
        """Route by path."""
        if call.method != "POST" or not call.path.endswith(":generateContent"):
            return _error(404, "NOT_FOUND", "no such path", [])
        plan = self.next_plan()
        if plan is Plan.FILTERED:
            return Reply(200, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "modelVersion": "gemini"})
        if plan in (Plan.TAKE, Plan.CRASH, Plan.GARBAGE):
            work = self.take(call.body)
            if plan is Plan.TAKE:
                return Reply(200, {"candidates": [self._candidate(work)], "modelVersion": "gemini", "responseId": work.id})
            if plan is Plan.GARBAGE:
                return Reply(200, b"<html>OK</html>", media_type="text/html")
        return _error(*_ERRORS[plan])

    def _candidate(self, work: Work) -> dict[str, Any]:
        if work.fate in _REASONS:
            return {"content": {}, "finishReason": _REASONS[work.fate], "index": 0}
        parts = [{"text": "Here it is."}, {"inlineData": {"mimeType": "image/png", "data": _encoded(64)}}]
        if self.thinks:
            parts.insert(0, {"inlineData": {"mimeType": "image/png", "data": _encoded(8)}, "thought": True})
        return {"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}


def _encoded(width: int) -> str:
    return base64.b64encode(picture(width)).decode()


def _error(status: int, code: str, text: str, details: list[dict[str, Any]]) -> Reply:
    return Reply(status, {"error": {"code": status, "message": text, "status": code, "details": details}})
