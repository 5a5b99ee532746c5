"""A server of one's own that speaks as OpenAI does: its pictures, and videos by POST /v1/videos, GET /v1/videos/{id},
.../content and DELETE. Errors are FastAPI's `{detail: text | [{loc, msg, type}]}`."""

from __future__ import annotations

from typing import Any

from fakes.vendors.base import Call, Fate, Plan, Reply, Work, clip
from fakes.vendors.openai import OpenAIServer

VIDEOS = "/v1/videos"
_FAILURES = {
    Fate.FAIL: {"code": None, "message": "CUDA out of memory"},
    Fate.FILTERED: {"code": "content_filter", "message": "The video was flagged"},
}


class CompatibleServer(OpenAIServer):
    """See the module. `key` is what it wants as a bearer, for videos too."""

    key = "none"

    def answer(self, call: Call) -> Reply:
        """Route by path."""
        if call.headers.get("authorization") != f"Bearer {self.key}":
            return self.error(401, None, "", "Unauthorized")
        if call.method == "POST" and call.path == VIDEOS:
            return self.submit(call)
        video_id, _, rest = call.path.removeprefix(VIDEOS + "/").partition("/")
        if not call.path.startswith(VIDEOS + "/"):
            return super().answer(call)
        if call.method == "DELETE":
            if video_id not in self.jobs:
                return self.error(404, None, "", "Video not found")
            self.jobs[video_id].canceled = True
            return Reply(200, {"id": video_id, "object": "video.deleted", "deleted": True})
        if rest == "content":
            work = self.jobs[video_id]
            return Reply(200, b"" if work.fate is Fate.EMPTY else clip(), media_type="video/mp4")
        if self.failing_asks:
            self.failing_asks -= 1
            return self.error(500, None, "", "Internal Server Error")
        found = self.ask(video_id)
        return Reply(200, self._video(found)) if found else self.error(404, None, "", "Video not found")

    def accepted(self, work: Work) -> Reply:
        """A video is begun, pictures are made at once."""
        return Reply(200, self._video(work)) if "seconds" in work.body else super().accepted(work)

    def item(self, work: Work, encoded: str) -> dict[str, Any]:
        """As vLLM-Omni has it: every field, some of them null."""
        if work.body.get("response_format") == "url":
            return {"b64_json": None, "url": "/files/result.png", "revised_prompt": None}
        return {"b64_json": encoded, "url": None, "revised_prompt": None}

    def error(self, status: int, code: str | None, kind: str, text: str, headers: dict[str, str] | None = None) -> Reply:
        """A refusal, which names the content by a code of OpenAI's alone."""
        if code == "moderation_blocked":
            return super().error(status, code, kind, text, headers)
        detail: Any = [{"loc": ["body", "size"], "msg": text, "type": "value_error"}] if code == "invalid_value" else text
        return Reply(status, {"detail": detail}, headers or {})

    def next_plan(self) -> Plan:
        """Such a server has no balance: what stands in for it is a key without rights."""
        plan = super().next_plan()
        return Plan.BAD_KEY if plan is Plan.BROKE else plan

    def _video(self, work: Work) -> dict[str, Any]:
        video: dict[str, Any] = {
            "id": work.id,
            "object": "video",
            "model": work.body["model"],
            "status": "queued" if not work.asks else "in_progress",
            "progress": 0 if not work.asks else 40,
            "created_at": 1_790_000_000,
            "size": work.body["size"],
            "seconds": work.body["seconds"],
        }
        if work.canceled or (self.over(work) and work.fate is Fate.CANCELED):
            video["status"] = "cancelled"
        elif self.over(work) and work.fate in _FAILURES:
            video |= {"status": "failed", "error": _FAILURES[work.fate]}
        elif self.over(work):
            video |= {"status": "completed", "progress": 100, "completed_at": 1_790_000_009}
        return video
