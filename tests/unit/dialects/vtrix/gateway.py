"""A client of the gateway as strict as the service's own, which is written in Go (wire file, section 4), and material to send."""

from __future__ import annotations

import asyncio
import base64
import functools
import json
import time
from io import BytesIO
from typing import Any

import av
import httpx
import msgspec
import numpy as np
from apps import Caller, House
from PIL import Image
from sqlalchemy import select

from mediakiln.database.engine import reading
from mediakiln.database.tables import task as table
from mediakiln.generation import GenerationRequest

PATH = "/model/v1/generation"
DANCE, FAST, EFFECTS, DREAMO = "spark_dance_v2_0", "spark_dance_v2_0_fast", "spark_img_effects", "spark_dreamo"


class Number(str):
    """A number as it was written."""


ANY = object()
CONTENT = {"type": str, "url": str, "text": str, "size": int, "jobId": str, "duration": str, "id": str, "img_id": int}
TASK: dict[str, Any] = {
    "id": str,
    "status": str,
    "model": str,
    "created_at": int,
    "progress": float,
    "error": {"code": str, "message": str, "error_message": str},
    "output": [{"content": [CONTENT]}],
    "usage": {"cost": str, "discount": float, "quantity": int, "unit_price": str, "extra_info": ANY},
    "metadata": ANY,
}
"""The client's types, field by field."""
STATES = {
    "in_progress": ["id", "status", "model", "created_at", "progress"],
    "completed": ["id", "status", "model", "created_at", "output", "usage", "metadata"],
    "failed": ["id", "status", "model", "created_at", "error", "metadata"],
}
"""The keys of each state, in their order: what does not apply is left out."""


def go(value: Any, kind: Any, where: str = "task") -> None:
    """Assert that encoding/json would take `value` for `kind`: numbers are no texts, and an integer has no fraction."""
    if kind is ANY or value is None:
        return
    if isinstance(kind, dict):
        assert isinstance(value, dict), f"{where}: got {value!r}; wanted an object"
        for name, each in value.items():
            go(each, kind.get(name, ANY), f"{where}.{name}")
    elif isinstance(kind, list):
        assert isinstance(value, list), f"{where}: got {value!r}; wanted an array"
        for number, each in enumerate(value):
            go(each, kind[0], f"{where}[{number}]")
    elif kind is str:
        assert type(value) is str, f"{where}: got {value!r}; wanted a text"
    else:
        assert type(value) is Number, f"{where}: got {value!r}; wanted a number"
        assert kind is float or value.lstrip("-").isdigit(), f"{where}: got {value}; wanted an integer"


def task_of(answer: httpx.Response) -> dict[str, Any]:
    """The task object of an answer, decoded strictly."""
    assert answer.status_code == 200, answer.text
    go(json.loads(answer.content, parse_int=Number, parse_float=Number), TASK)
    task: dict[str, Any] = answer.json()
    assert list(task) == STATES[task["status"]]
    if "progress" in task:
        assert 0.0 <= task["progress"] <= 1.0
    if "error" in task:
        assert list(task["error"]) == ["code", "message", "error_message"]
        assert task["error"]["message"] == task["error"]["error_message"] != ""
        assert task["error"]["code"] != ""
    return task


def refusal(answer: httpx.Response, status: int = 400) -> tuple[str, str]:
    """(code, message) of an error answer, whose `message` and `error` are what clients show."""
    assert answer.status_code == status, answer.text[:500]
    body = answer.json()
    assert list(body) == ["message", "error", "code"]
    assert all(type(each) is str and each for each in body.values())
    assert body["message"] == body["error"]
    assert "\n" not in body["message"]
    assert len(body["message"]) < 1_200
    return body["code"], body["message"]


async def submit(caller: Caller, model: str, *, flat: bool = False, headers: dict[str, str] | None = None, **params: Any) -> Any:
    """The answer to a submit, in one of the two forms."""
    body = {"model": model} | (params if flat else {"input": [{"params": params}]})
    return await caller.post(PATH, json=body, headers=headers or {})


async def made(caller: Caller, model: str, **params: Any) -> dict[str, Any]:
    """A fresh task."""
    return task_of(await submit(caller, model, **params))


async def finished(caller: Caller, task_id: str, within: float = 20.0) -> dict[str, Any]:
    """Poll a task to its end."""
    end = time.monotonic() + within
    while True:
        task = task_of(await caller.get(f"{PATH}/task/{task_id}"))
        if task["status"] != "in_progress":
            return task
        assert time.monotonic() < end, task
        await asyncio.sleep(0.05)


async def request_of(house: House, task_id: str) -> GenerationRequest:
    """What a task asks of its upstream."""
    async with reading(house.engine) as connection:
        found = await connection.scalar(select(table.c.request).where(table.c.public_id == task_id))
    return msgspec.json.decode(found or "", type=GenerationRequest)


def text(words: str) -> dict[str, Any]:
    """A text of `content`."""
    return {"type": "text", "text": words}


def image(url: str = "", role: str | None = None) -> dict[str, Any]:
    """An image of `content`."""
    return {"type": "image_url", "image_url": {"url": url or inline(picture())}} | ({"role": role} if role else {})


def video(url: str = "", role: str | None = "reference_video") -> dict[str, Any]:
    """A video of `content`."""
    url = url or inline(clip(), "video/mp4")
    return {"type": "video_url", "video_url": {"url": url}} | ({"role": role} if role else {})


def audio(url: str = "", role: str | None = "reference_audio") -> dict[str, Any]:
    """A sound of `content`."""
    url = url or inline(tone(), "audio/wav")
    return {"type": "audio_url", "audio_url": {"url": url}} | ({"role": role} if role else {})


def inline(contents: bytes, media_type: str = "image/png") -> str:
    """A `data:` URI."""
    return f"data:{media_type};base64,{base64.b64encode(contents).decode()}"


@functools.cache
def picture(width: int = 320, height: int = 320, kind: str = "png", tone: int = 0) -> bytes:
    """A picture of one colour."""
    buffer = BytesIO()
    Image.new("RGB", (width, height), (200, 30 * tone % 256, 40)).save(buffer, kind)
    return buffer.getvalue()


@functools.cache
def clip(seconds: float = 2.0, width: int = 320, height: int = 320, kind: str = "mp4") -> bytes:
    """A silent video."""
    buffer = BytesIO()
    with av.open(buffer, "w", format=kind) as container:
        track = container.add_stream("libx264", rate=5)
        track.width, track.height, track.pix_fmt = width, height, "yuv420p"
        for n in range(round(seconds * 5)):
            frame = av.VideoFrame.from_image(Image.new("RGB", (width, height), (20 * n % 256, 80, 120)))
            container.mux(track.encode(frame))
        container.mux(track.encode())
    return buffer.getvalue()


@functools.cache
def tone(seconds: float = 2.0) -> bytes:
    """A WAV file."""
    buffer = BytesIO()
    with av.open(buffer, "w", format="wav") as container:
        track = container.add_stream("pcm_s16le", rate=8_000, layout="mono")
        samples = np.zeros((1, round(seconds * 8_000)), np.int16)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = 8_000
        container.mux(track.encode(frame))
        container.mux(track.encode())
    return buffer.getvalue()
