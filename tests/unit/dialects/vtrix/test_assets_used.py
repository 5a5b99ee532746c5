"""What the upstream gets of an asset that a generation names: its very bytes, in this dialect and in others."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from apps import Caller, House, make, small_picture

from mediakiln.providers.base import Finished, Job

pytestmark = pytest.mark.asyncio(loop_scope="module")

GENERATION = "/model/v1/generation"
STILL = small_picture(2, (320, 320))


async def asked(caller: Caller, model: str, **params: Any) -> dict[str, Any]:
    """What an asset model answers."""
    answer = await caller.post(GENERATION, json={"model": model, "input": [{"params": params}]})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = json.loads(answer.json()["output"][0]["content"][0]["text"])["Result"]
    return found


async def heroine(caller: Caller) -> str:
    """A picture that was uploaded, as an asset."""
    upload = await caller.post("/api/v1/storage/upload", files={"file": ("a.png", STILL)}, data={"file_type": "image"})
    group = await asked(caller, "spark_asset_create_group", Name="Cast", GroupType="AIGC")
    url = upload.json()["data"]["url"]
    made = await asked(caller, "spark_asset_create", URL=url, AssetType="Image", GroupId=group["Id"])
    return f"asset://{made['Id']}"


def watch(house: House, prompt: str) -> list[bytes]:
    """The inputs of the job with this prompt, once it has run."""
    seen: list[bytes] = []

    async def look(job: Job) -> Finished:
        seen.extend(file.path.read_bytes() for file in job.inputs)
        return await make()(job)  # type: ignore[misc, return-value]

    house.upstream.cues[prompt] = look
    return seen


async def test_in_a_film(house: House) -> None:
    """As a reference beside words."""
    ann = await house.caller()
    seen, asset = watch(house, "she waves"), await heroine(ann)
    content = [
        {"type": "text", "text": "she waves"},
        {"type": "image_url", "image_url": {"url": asset}, "role": "reference_image"},
    ]
    made = await ann.post(GENERATION, json={"model": "spark_dance_v2_0", "content": content})
    assert made.status_code == 200, made.text
    path = f"{GENERATION}/task/{made.json()['id']}"
    while (found := (await ann.get(path)).json())["status"] == "in_progress":
        await asyncio.sleep(0.05)
    assert found["status"] == "completed", found
    assert seen == [STILL]


async def test_in_another_dialect(house: House) -> None:
    """The same asset is the picture of another API's generation."""
    ann = await house.caller()
    seen, asset = watch(house, "she sleeps"), await heroine(ann)
    body = {"prompt": "she sleeps", "mode": "image", "image_url": asset}
    answer = await ann.post("/api/v1/images/generate", json=body)
    assert answer.status_code == 200, answer.text
    found = await ann.finished("/api/v1/images/status", answer.json()["data"]["task_id"])
    assert found["status"] == "completed"
    assert seen == [STILL]
