"""Golden exchanges: `tests/golden/neospark/*.json` is what the API says, word by word (see `tests/goldens.py`)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from apps import House, make
from fakes.providers import Step
from goldens import FILE, Form, Goldens, half_way

from mediakiln.dialects.neospark.errors import TABLE
from mediakiln.providers.base import Rejected, RejectReason

pytestmark = pytest.mark.asyncio(loop_scope="module")

UPSTREAM: dict[str, Step] = {
    "delivers": make(),
    "delivers 3": make(3),
    "is half way": half_way,
    "finds it unsafe": Rejected(RejectReason.CONTENT_FILTERED, "The prompt was refused by the upstream's safety system"),
    "refuses it": Rejected(RejectReason.UNSUPPORTED, "The upstream cannot make this"),
}
GOLDENS = Goldens(
    "neospark",
    forms={
        "session_id": Form(r"ds_[0-9a-f]{20}"),
        "message": Form(r"dm_[a-z2-7]{16}"),
        "task_id": Form(r"video_[a-z2-7]{16}"),
        "upload_id": Form(r"up_[0-9a-f]{32}"),
        "batch_id": Form(r"dbr_[0-9a-f]{16}"),
        "image": Form(FILE % "images"),
        "video": Form(FILE % "videos"),
        "file": Form(r"[0-9a-f]{32}_\d"),
        "account": Form(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"),
        "entry": Form(r"[1-9]\d*", int),
        "seed": Form(r"\d{1,10}", int),
        "milliseconds": Form(r"\d+", int, varies=True),
        "seconds": Form(r"[1-9]\d?", varies=True),
        "time": Form(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", varies=True),
    },
    upstream=UPSTREAM,
    signed=lambda key: {"X-API-Key": key},
)


@pytest.mark.parametrize("file", GOLDENS.files, ids=[file.stem for file in GOLDENS.files])
async def test_golden(file: Path, house: House, idle: House, narrow: House, full: House) -> None:
    """The server answers every exchange of the file exactly so, and the wallet is as it says."""
    await GOLDENS.play(file, {"house": house, "idle": idle, "narrow": narrow, "full": full})


async def test_every_endpoint_and_status_has_a_golden_case(idle: House) -> None:
    """All of drawing and video that the OpenAPI document names (the files of `/storage` and downloads have tests of their own),
    and every status that the dialect's table knows, stand in some file."""
    document = (await idle.client.get("/openapi.json")).json()
    exchanges = [each for file in GOLDENS.files for each in json.loads(file.read_text())["exchanges"] if "request" in each]
    answered = [each["request"]["line"].partition("?")[0] for each in exchanges if each["response"]["status"] == 200]
    missing = [
        f"{method.upper()} {path}"
        for path, item in document["paths"].items()
        if path.startswith(("/api/v1/drawing/", "/api/v1/video/", "/api/v1/prompts/")) and "download" not in path
        for method in item
        if not any(re.fullmatch(f"{method.upper()} {re.sub(r'{[a-z_]+}', '[^/]+', path)}", line) for line in answered)
    ]
    assert missing == []
    statuses = {each["response"]["status"] for each in exchanges}
    assert statuses >= {200, 405, *TABLE.values()}
