"""From a job to the body of a Wan video task, and from its tasks to outputs.

What a Wan model takes follows from its name: text (t2v), a first frame (i2v) or references (r2v), and up to 2.6 in other fields
than since 2.7 (alibabacloud.com/help/en/model-studio: text-to-video, image-to-video, reference-to-video). A route's `input` adds
to `input` and `parameters`, or says them better:

    input = { parameters = { audio = "$audio", prompt_extend = false } }
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mediakiln.errors import ConfigurationError
from mediakiln.generation import GenerationRequest, Kind, Role
from mediakiln.providers.base import Finished, Job, OutputUrl, Rejected, RejectReason, Running
from mediakiln.providers.dashscope.errors import failure
from mediakiln.providers.payload import filled, values_of
from mediakiln.providers.translation import Missing

SEEDS = 2**31
"""Wan counts seeds up to here."""
SIZES: Mapping[tuple[str, str], str] = {
    ("480p", "16:9"): "832*480",
    ("480p", "9:16"): "480*832",
    ("480p", "1:1"): "624*624",
    ("720p", "16:9"): "1280*720",
    ("720p", "9:16"): "720*1280",
    ("720p", "1:1"): "960*960",
    ("720p", "4:3"): "1088*832",
    ("720p", "3:4"): "832*1088",
    ("1080p", "16:9"): "1920*1080",
    ("1080p", "9:16"): "1080*1920",
    ("1080p", "1:1"): "1440*1440",
    ("1080p", "4:3"): "1632*1248",
    ("1080p", "3:4"): "1248*1632",
}
"""Wan's pixels up to 2.6, by resolution and ratio."""
LINKS = (Role.REFERENCE_VIDEO, Role.REFERENCE_AUDIO)
"""Inputs that DashScope reads from a link only; pictures travel inside the request."""

_VERSION = re.compile(r"wanx?(\d+)\.(\d+)")
_SILENT = re.compile(r"-i2v-flash")
"""The models that make sound and can leave it out; the others from 2.5 on always make it."""


def to_body(job: Job, links: Sequence[str]) -> dict[str, Any]:
    """The body of a task. `links` are the inputs: data URIs for pictures, links for the rest. Raises `Rejected`, and
    ConfigurationError for a route's `input` that is not of the form above."""
    request, model = job.request, job.upstream_model
    if request.kind is not Kind.VIDEO:
        raise Rejected(RejectReason.UNSUPPORTED, "DashScope: only videos are made here")
    own = filled(job.fields, values_of(job, links))
    if any(key not in ("input", "parameters") or not isinstance(value, dict) for key, value in own.items()):
        raise ConfigurationError(f"input: got {', '.join(own)}; must be tables named input and parameters")
    new = _is_new(model)
    given = (_media if new else _fields)(job, links)
    fields = {"prompt": request.prompt, "negative_prompt": request.negative_prompt, **given, **own.get("input", {})}
    parameters = {
        **_size(request, model, framed="img_url" in given or _has_frame(given)),
        "duration": request.duration,
        "audio": request.audio if _SILENT.search(model) else None,
        "seed": None if request.seed is None else request.seed % SEEDS,
        "watermark": False,
        **own.get("parameters", {}),
    }
    return {"model": model, "input": _set(fields), "parameters": _set(parameters)}


def from_task(output: Mapping[str, Any]) -> Running | Finished:
    """Where a task stands. Raises `Rejected` for one that came to nothing."""
    match output.get("task_status"):
        case "SUCCEEDED":
            if not output.get("video_url"):
                raise Rejected(RejectReason.UNSUPPORTED, "DashScope: the task succeeded without a video")
            return Finished((OutputUrl(str(output["video_url"])),))
        case "FAILED":
            raise failure(str(output.get("code") or ""), str(output.get("message") or ""))
        case "CANCELED":
            raise Rejected(RejectReason.UNSUPPORTED, "DashScope: the task was canceled there")
        case "UNKNOWN":  # tasks are kept for 24 hours
            raise Missing(RejectReason.UNSUPPORTED, "DashScope: the task is no longer known there")
    return Running()


def _fields(job: Job, links: Sequence[str]) -> dict[str, Any]:
    """Up to Wan 2.6 each input has a field of its own."""
    references = "r2v" in job.upstream_model
    fields: dict[str, Any] = {}
    for file, link in zip(job.inputs, links, strict=True):
        if file.role is Role.REFERENCE_AUDIO and not references:
            fields["audio_url"] = link
        elif references and file.role in (Role.IMAGE, Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO):
            fields.setdefault("reference_urls", []).append(link)
        elif "i2v" in job.upstream_model and file.role in (Role.IMAGE, Role.FIRST_FRAME) and "img_url" not in fields:
            fields["img_url"] = link
        else:
            raise _strange(job, file.role)
    return fields


def _media(job: Job, links: Sequence[str]) -> dict[str, Any]:
    """Since Wan 2.7 inputs are a list, each with the part it plays."""
    model = job.upstream_model
    parts: Mapping[Role, str] = {}
    if "r2v" in model:
        parts = {
            Role.IMAGE: "reference_image",
            Role.REFERENCE_IMAGE: "reference_image",
            Role.REFERENCE_VIDEO: "reference_video",
            Role.FIRST_FRAME: "first_frame",
        }
    elif "i2v" in model:
        parts = {
            Role.IMAGE: "first_frame",
            Role.FIRST_FRAME: "first_frame",
            Role.LAST_FRAME: "last_frame",
            Role.REFERENCE_AUDIO: "driving_audio",
        }
    fields: dict[str, Any] = {}
    for file, link in zip(job.inputs, links, strict=True):
        if file.role is Role.REFERENCE_AUDIO and "t2v" in model:
            fields["audio_url"] = link
        elif file.role in parts:
            fields.setdefault("media", []).append({"type": parts[file.role], "url": link})
        else:
            raise _strange(job, file.role)
    return fields


def _size(request: GenerationRequest, model: str, *, framed: bool) -> dict[str, Any]:
    """A video that starts from a picture has the picture's shape."""
    resolution = (request.resolution or "").lower()
    if framed:
        return {"resolution": resolution.upper()}
    if _is_new(model):
        return {"resolution": resolution.upper(), "ratio": request.aspect_ratio}
    size = SIZES.get((resolution, request.aspect_ratio or ""))
    if size is None:
        known = ", ".join(f"{name} {ratio}" for name, ratio in SIZES)
        raise Rejected(
            RejectReason.UNSUPPORTED,
            f"DashScope: aspect_ratio: got {request.resolution} {request.aspect_ratio}; allowed: {known}",
        )
    return {"size": size}


def _is_new(model: str) -> bool:
    found = _VERSION.match(model)
    return found is not None and (int(found[1]), int(found[2])) >= (2, 7)


def _has_frame(given: Mapping[str, Any]) -> bool:
    return any(item["type"] == "first_frame" for item in given.get("media", ()))


def _strange(job: Job, role: Role) -> Rejected:
    return Rejected(RejectReason.UNSUPPORTED, f"DashScope: {role.value}: {job.upstream_model} takes none, or no second one")


def _set(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value not in (None, "", [])}
