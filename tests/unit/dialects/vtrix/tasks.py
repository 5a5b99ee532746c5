"""Task objects and error bodies, decoded twice.

First as the service's own client would, which is written in Go (wire file, section 4): a number is no text, an integer has no
fraction, and what is unknown is passed over. Then to the letter of docs/vtrix.md: every key that belongs to this state of this
model and no other, in its order, none of them twice, none of them null.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType


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

Text = Annotated[str, Meta(min_length=1)]
TaskId = Annotated[str, Meta(pattern=r"^c[a-z0-9]{24}$")]
Url = Annotated[str, Meta(pattern=r"^https?://[^ ]+/uploads/[^ ]+\.[a-z0-9]+$")]
Usd = Annotated[str, Meta(pattern=r"^(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$")]
Time = Annotated[int, Meta(ge=1_700_000_000, le=2**33)]
Pixels = Annotated[int, Meta(ge=1)]
Seed = Annotated[int, Meta(ge=0, lt=2**32)]


class _Exact(Struct, forbid_unknown_fields=True):
    pass


class File(_Exact, kw_only=True):
    """What was delivered."""

    type: Literal["image", "video"]
    url: Url
    size: Annotated[int, Meta(ge=1)]
    job_id: Text = msgspec.field(name="jobId")


class Said(_Exact, kw_only=True):
    """What an asset model says."""

    type: Literal["text"]
    url: Literal[""]
    text: Text


class Usage(_Exact, kw_only=True):
    """What was paid."""

    cost: Usd
    discount: Literal[0]


class Why(_Exact, kw_only=True):
    """Why a task failed."""

    code: Text
    message: Text
    error_message: Text


class Times(_Exact, kw_only=True):
    """What is told of every end. A task that was canceled before its turn was never begun."""

    in_queue_at: Time
    started_at: Time | UnsetType = UNSET
    completed_at: Time


class OfPicture(Times, kw_only=True):
    """Of a picture."""

    width: Pixels | UnsetType = UNSET
    height: Pixels | UnsetType = UNSET
    seed: Seed
    template_id: Text | UnsetType = UNSET
    prompt: Text | UnsetType = UNSET


class OfVideo(Times, kw_only=True):
    """Of a video."""

    width: Pixels | UnsetType = UNSET
    height: Pixels | UnsetType = UNSET
    ratio: Literal["16:9", "4:3", "1:1", "3:4", "9:16", "21:9"] | UnsetType = UNSET
    resolution: Literal["480p", "720p", "1080p"]
    duration: Annotated[float, Meta(gt=0)] | UnsetType = UNSET
    frames: Annotated[int, Meta(ge=96, le=360)] | UnsetType = UNSET
    fps: Literal[24] | UnsetType = UNSET
    generate_audio: bool
    seed: Seed
    service_tier: Literal["default", "flex"] | UnsetType = UNSET


OF_RESULT = {OfPicture: ("width", "height"), OfVideo: ("width", "height", "ratio", "duration", "fps"), Times: ()}
"""What of the metadata is there when, and only when, something was delivered."""


class Files(_Exact, kw_only=True):
    """The one group of results: a picture, or a video and perhaps its last frame."""

    content: Annotated[list[File], Meta(min_length=1, max_length=2)]


class Answer(_Exact, kw_only=True):
    """The one group of an asset model."""

    content: Annotated[list[Said], Meta(min_length=1, max_length=1)]


class InProgress(_Exact, kw_only=True):
    """A task that goes on."""

    id: TaskId
    status: Literal["in_progress"]
    model: Text
    created_at: Time
    progress: Annotated[float, Meta(ge=0, le=1)]


class Completed(_Exact, kw_only=True):
    """A task that has delivered."""

    id: TaskId
    status: Literal["completed"]
    model: Text
    created_at: Time
    output: Annotated[list[Files], Meta(min_length=1, max_length=1)]
    usage: Usage
    metadata: dict[str, Any]


class Answered(_Exact, kw_only=True):
    """A call of an asset model."""

    id: TaskId
    status: Literal["completed"]
    model: Text
    created_at: Time
    output: Annotated[list[Answer], Meta(min_length=1, max_length=1)]
    usage: Usage
    metadata: Times


class Failed(_Exact, kw_only=True):
    """A task that has not."""

    id: TaskId
    status: Literal["failed"]
    model: Text
    created_at: Time
    error: Why
    metadata: dict[str, Any]


class Refusal(_Exact, kw_only=True):
    """An error body."""

    message: Text
    error: Text
    code: Text


def read_task(raw: bytes) -> dict[str, Any]:
    """A task object, as JSON. Raises AssertionError or ValidationError for what is not to the letter."""
    go(json.loads(raw, parse_int=Number, parse_float=Number, object_pairs_hook=_once), TASK)
    task: dict[str, Any] = json.loads(raw)
    assert list(task) == STATES.get(task["status"])
    if task["status"] == "in_progress":
        msgspec.json.decode(raw, type=InProgress)
        return task
    delivered = task["status"] == "completed"
    if task["model"].startswith("spark_asset_"):
        _in_order(task, msgspec.json.decode(raw, type=Answered))
        assert json.loads(task["output"][0]["content"][0]["text"])["ResponseMetadata"]["RequestId"] == task["id"]
        return task
    found: Completed | Failed = msgspec.json.decode(raw, type=Completed if delivered else Failed)
    kind = OfVideo if "dance" in task["model"] else OfPicture
    told = msgspec.convert(task["metadata"], kind)
    _in_order(task, found)
    _in_order(task["metadata"], told)
    assert all((getattr(told, name) is not UNSET) == delivered for name in OF_RESULT[kind]), told
    assert told.in_queue_at == task["created_at"] <= told.completed_at
    if isinstance(found, Completed):
        types = [content.type for content in found.output[0].content]
        assert types in (["video"], ["video", "image"]) if kind is OfVideo else types == ["image"]
        assert told.started_at is not UNSET
    else:
        assert found.error.message == found.error.error_message
    if task["model"] == "spark_img_effects":
        assert "template_id" in task["metadata"]
    return task


def read_refusal(raw: bytes) -> tuple[str, str]:
    """(code, message) of an error body, whose `message` and `error` are what clients show. Raises like `read_task`."""
    body = json.loads(raw, object_pairs_hook=_once)
    found = msgspec.json.decode(raw, type=Refusal)
    _in_order(body, found)
    assert found.message == found.error
    assert "\n" not in found.message
    assert len(found.message) < 1_200
    assert re.fullmatch(r"[A-Za-z0-9_.]+", found.code)
    return found.code, found.message


def go(value: Any, kind: Any, where: str = "task") -> None:
    """Assert that encoding/json would take `value` for `kind`."""
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


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    assert len(set(names)) == len(names), f"keys twice: {names}"
    return dict(pairs)


def _in_order(value: Any, found: Any) -> None:
    """Assert that objects have their keys in the order of their fields."""
    if isinstance(found, Struct):
        fields = [each for each in msgspec.structs.fields(found) if getattr(found, each.name) is not UNSET]
        assert list(value) == [each.encode_name for each in fields]
        for each in fields:
            _in_order(value[each.encode_name], getattr(found, each.name))
    elif isinstance(found, list):
        for one, other in zip(value, found, strict=True):
            _in_order(one, other)
