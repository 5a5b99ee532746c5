"""Golden exchanges: `tests/golden/nanobanana/*.json` is what the API says, word by word (see `tests/goldens.py`)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from apps import BASE, House, make
from fakes.providers import Step
from goldens import FILE, Form, Goldens, half_way

from mediakiln.providers.base import Rejected, RejectReason

pytestmark = pytest.mark.asyncio(loop_scope="module")

UPSTREAM: dict[str, Step] = {
    "delivers": make(),
    "delivers 3": make(3),
    "delivers 1": make(1),
    "is half way": half_way,
    "finds it unsafe": Rejected(RejectReason.CONTENT_FILTERED, "The prompt was refused by the upstream's safety system"),
    "refuses it": Rejected(RejectReason.UNSUPPORTED, "The upstream cannot make this"),
}
GOLDENS = Goldens(
    "nanobanana",
    forms={
        "task_id": Form(r"clx[a-z2-7]{22}"),
        "time": Form(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", varies=True),
        "seconds": Form(r"[1-9]\d?", varies=True),
        "image_url": Form(re.escape(BASE) + FILE % "images" + r"\.png"),
        "video_url": Form(re.escape(BASE) + FILE % "videos" + r"\.mp4"),
    },
    upstream=UPSTREAM,
    signed=lambda key: {"Authorization": f"Bearer {key}"},
)


@pytest.mark.parametrize("file", GOLDENS.files, ids=[file.stem for file in GOLDENS.files])
async def test_golden(file: Path, house: House, idle: House) -> None:
    """The server answers every exchange of the file exactly so, and the wallet is as it says."""
    await GOLDENS.play(file, {"house": house, "idle": idle})


async def test_every_endpoint_and_code_has_a_golden_case() -> None:
    """All seven endpoints of the seed, and every code that the dialect's table knows, stand in some file."""
    for endpoint in (
        "POST /api/v1/images/generate",
        "GET /api/v1/images/status?",
        "POST /api/v1/videos/generate",
        "GET /api/v1/videos/status?",
        "GET /api/v1/account/credits",
        "POST /api/v1/account/calculate-cost",
        "GET /api/v1/models",
    ):
        assert f'"{endpoint}' in GOLDENS.text, endpoint
    for code in (
        "UNAUTHORIZED",
        "INSUFFICIENT_CREDITS",
        "FORBIDDEN",
        "RATE_LIMIT_EXCEEDED",
        "INVALID_PROMPT",
        "INVALID_MODEL",
        "TASK_NOT_FOUND",
        "CONTENT_FILTERED",
        "INVALID_PARAMETER",
        "NOT_FOUND",
        "METHOD_NOT_ALLOWED",
        "IDEMPOTENCY_KEY_REUSED",
    ):
        assert f'"code": "{code}"' in GOLDENS.text, code
