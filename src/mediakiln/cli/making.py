"""One generation over HTTP, from the wish to the saved file."""

from __future__ import annotations

import base64
import math
import mimetypes
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from mediakiln.cli.client import Client
from mediakiln.cli.failures import CommandFailed
from mediakiln.errors import InvalidRequest

VIDEO_NAMES = (".mp4", ".mov", ".webm")


class Wish(Struct, frozen=True, kw_only=True):
    """What is wanted; None leaves a choice to the server. `image` is a local path or a URL, `duration` in seconds."""

    prompt: str
    model: str | None = None
    out: Path | None = None
    ratio: str | None = None
    image: str | None = None
    duration: int | None = None
    resolution: str | None = None
    audio: bool | None = None


class Made(Struct, frozen=True):
    """What came of it. `size` in bytes; credits as the server told them."""

    path: Path
    kind: str
    model: str
    size: int
    credits_used: int
    credits_remaining: int


def make(client: Client, wish: Wish, progress: Callable[[float], None], *, patience: float = math.inf) -> Made:
    """Submit, poll until it is done (telling `progress` 0.0-1.0), and save.

    Raises CommandFailed, also when it takes longer than `patience` seconds, InvalidRequest, or httpx.HTTPError.
    """
    kind, model = choose(client.get("/api/v1/models"), wish)
    base = f"/api/v1/{kind}s"
    accepted = client.post(f"{base}/generate", _body(wish, kind, model), idempotency_key=str(uuid.uuid4()))
    done = _wait(client, f"{base}/status", accepted["task_id"], progress, patience)
    url = done[f"{kind}_url"]
    path = wish.out or Path(f"{accepted['task_id']}{Path(urlsplit(url).path).suffix}")
    size = client.download(url, path)
    return Made(path, kind, model, size, done.get("credits_used", accepted["credits_used"]), accepted["credits_remaining"])


def choose(listed: dict[str, Any], wish: Wish) -> tuple[str, str]:
    """The kind and id of the wish's model; without one, the default of the kind that the wish speaks of.

    Raises InvalidRequest for a model that the server does not list.
    """
    ids = {kind: [model["id"] for model in listed.get(f"{kind}_models", [])] for kind in ("image", "video")}
    if wish.model is None:
        video = wish.duration is not None or wish.audio is not None or (wish.out or Path()).suffix.lower() in VIDEO_NAMES
        kind = "video" if video else "image"
        defaults = [model["id"] for model in listed.get(f"{kind}_models", []) if model.get("is_default")]
        if not defaults and not ids[kind]:
            raise CommandFailed(f"this server has no {kind} model")
        return kind, (defaults or ids[kind])[0]
    for kind, known in ids.items():
        if wish.model in known:
            return kind, wish.model
    raise InvalidRequest.not_allowed("model", wish.model, [*ids["image"], *ids["video"]])


def _body(wish: Wish, kind: str, model: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "prompt": wish.prompt,
        "model" if kind == "image" else "model_id": model,
        "aspect_ratio": wish.ratio,
        "resolution": wish.resolution,
    }
    if wish.image is not None:
        body["image_url"] = _image(wish.image)
        if kind == "image":
            body["mode"] = "image"
    if kind == "video":
        body |= {"duration": wish.duration, "generate_audio": wish.audio}
    elif wish.duration is not None or wish.audio is not None:
        raise InvalidRequest(f"--duration and --audio are for video; {model} makes images")
    return {name: value for name, value in body.items() if value is not None}


def _image(source: str) -> str:
    """A URL as it is, a local file as a `data:` URI. Raises OSError."""
    if source.startswith(("http://", "https://", "data:", "/uploads/")):
        return source
    media_type = mimetypes.guess_type(source)[0] or "application/octet-stream"
    return f"data:{media_type};base64,{base64.b64encode(Path(source).read_bytes()).decode()}"


def _wait(client: Client, path: str, task_id: str, progress: Callable[[float], None], patience: float) -> dict[str, Any]:
    pause, until = 0.25, time.monotonic() + patience
    while time.monotonic() < until:
        status = client.poll(path, task_id)
        progress(status.get("progress", 0) / 100)
        if status["status"] in ("completed", "succeeded"):
            return status
        if status["status"] == "failed":
            raise CommandFailed(f"the generation failed, nothing was charged: {status.get('error', 'no reason given')}")
        time.sleep(pause)
        pause = min(2.0, pause * 1.2)
    raise CommandFailed(f"the generation was not finished after {patience:.0f} s")
