"""What is told of the pictures a generation was given, and of what this server does not have."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from apps import BASE, Caller, House, small_picture

pytestmark = pytest.mark.asyncio(loop_scope="module")

INLINE = f"data:image/png;base64,{base64.b64encode(small_picture(1)).decode()}"


async def begun(caller: Caller, **more: Any) -> tuple[str, str]:
    """(session, message) of a generation that was taken in."""
    session = (await caller.post("/api/v1/drawing/sessions")).json()["data"]["session_id"]
    body = {"prompt": "a kiln", "model": "gpt-image-2", "resolution": "512", "aspect_ratio": "1:1"} | more
    answer = await caller.post(f"/api/v1/drawing/sessions/{session}/generate", json=body)
    assert answer.status_code == 200, answer.text
    return session, answer.json()["data"]["message_id"]


async def test_a_message_shows_what_can_be_looked_at(idle: House) -> None:
    """An upload has a link; what was fetched or sent inline is kept for the task alone, and its path would lead nowhere."""
    ann = await idle.caller()
    sent = (await ann.post("/api/v1/storage/upload", files={"file": ("a.png", small_picture())})).json()["data"]
    for paths, shown in (([BASE + sent["path"], INLINE], [sent["path"]]), ([INLINE], [])):
        session, _ = await begun(ann, ref_image_paths=paths)
        [asked, _] = (await ann.get(f"/api/v1/drawing/sessions/{session}")).json()["data"]["messages"]
        assert [image["url"] for image in asked.get("images") or []] == shown


@pytest.mark.parametrize("path", ["billing/state", "image-layer/tasks", "agents", "auth/google/login", "video/remove-watermark"])
async def test_what_is_not_served_is_told_in_the_envelope(idle: House, path: str) -> None:
    """Its clients read `detail` and `message`, and not another dialect's errors."""
    answer = await idle.client.get(f"/api/v1/{path}")
    said = f"Not Found: GET /api/v1/{path}"
    assert (answer.status_code, answer.json()) == (404, {"code": 404, "message": said, "detail": said, "data": None})
