"""Golden exchanges: `tests/golden/vtrix/*.json` is what the gateway says, word by word (see `tests/goldens.py`)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from apps import House, make
from fakes.providers import Step
from goldens import FILE, Form, Goldens, half_way
from unit.dialects.vtrix.tasks import STATES

from mediakiln.dialects.vtrix.errors import TABLE
from mediakiln.providers.base import Rejected, RejectReason

pytestmark = pytest.mark.asyncio(loop_scope="module")

UPSTREAM: dict[str, Step] = {
    "delivers": make(),
    "delivers 0": make(0),
    "is half way": half_way,
    "finds it unsafe": Rejected(RejectReason.CONTENT_FILTERED, "The prompt was refused by the upstream's safety system"),
    "refuses it": Rejected(RejectReason.UNSUPPORTED, "The upstream cannot make this"),
}
GOLDENS = Goldens(
    "vtrix",
    forms={
        "task_id": Form(r"c[a-z2-7]{24}"),
        "job_id": Form(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"),
        "image": Form(FILE % "images"),
        "video": Form(FILE % "videos"),
        "seed": Form(r"\d{1,10}", int),
        "time": Form(r"1[7-9]\d{8}", int, varies=True),
        "seconds": Form(r"[1-9]\d?", varies=True),
    },
    upstream=UPSTREAM,
    signed=lambda key: {"Authorization": f"Bearer {key}"},
)
ELSEWHERE = {409, 413, 502}
"""Statuses whose cause is no matter of one exchange, or of the gateway."""


@pytest.mark.parametrize("file", GOLDENS.files, ids=[file.stem for file in GOLDENS.files])
async def test_golden(file: Path, house: House, idle: House, narrow: House, full: House) -> None:
    """The server answers every exchange of the file exactly so, and the wallet is as it says."""
    await GOLDENS.play(file, {"house": house, "idle": idle, "narrow": narrow, "full": full})


async def test_every_status_state_and_model_has_a_golden_case() -> None:
    """And every key of a task object stands where it belongs."""
    exchanges: list[Any] = [
        each for file in GOLDENS.files for each in json.loads(file.read_text())["exchanges"] if "response" in each
    ]
    statuses = {each["response"]["status"] for each in exchanges}
    assert statuses >= {200, 405, *(status for status, _ in TABLE.values())} - ELSEWHERE
    tasks = [each["response"]["json"] for each in exchanges if each["response"]["status"] == 200]
    assert {task["status"] for task in tasks} == set(STATES)
    assert all(list(task) == STATES[task["status"]] for task in tasks)
    finished = {(task["model"], task["status"]) for task in tasks}
    for model in ("spark_img_effects", "spark_dreamo", "spark_dance_v2_0"):
        assert {(model, state) for state in STATES} <= finished
    codes = set(re.findall(r'"code": "(00\d{7}|\d{7})"', GOLDENS.text))
    assert codes >= {f"3009{ending}" for ending in ("001", "002", "003", "004", "096", "097", "099")}
    assert codes >= {f"003011{ending}" for ending in ("001", "002", "003", "004", "096", "097", "099")}
