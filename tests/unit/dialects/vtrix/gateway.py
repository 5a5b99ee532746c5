"""A strict client of the gateway, and material to send."""

from __future__ import annotations

import asyncio
import base64
import functools
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
from unit.dialects.vtrix.tasks import read_refusal, read_task

from mediakiln.database.engine import reading
from mediakiln.database.tables import task as table
from mediakiln.generation import GenerationRequest

PATH = "/model/v1/generation"
DANCE, FAST, EFFECTS, DREAMO = "spark_dance_v2_0", "spark_dance_v2_0_fast", "spark_img_effects", "spark_dreamo"


def task_of(answer: httpx.Response) -> dict[str, Any]:
    """The task object of an answer, decoded strictly."""
    assert answer.status_code == 200, answer.text
    return read_task(answer.content)


def refusal(answer: httpx.Response, status: int = 400) -> tuple[str, str]:
    """(code, message) of an error answer, decoded strictly."""
    assert answer.status_code == status, answer.text[:500]
    return read_refusal(answer.content)


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
