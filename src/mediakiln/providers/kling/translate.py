"""From a job to one of Kling's calls, and from its tasks to outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mediakiln.generation import GenerationRequest, Kind, Role
from mediakiln.providers.base import Finished, Job, OutputUrl, Rejected, RejectReason, Running
from mediakiln.providers.kling.errors import failure
from mediakiln.providers.payload import filled, values_of, words

IMAGES = "images/generations"
TEXT_TO_VIDEO = "videos/text2video"
IMAGE_TO_VIDEO = "videos/image2video"
OMNI = "videos/omni-video"

MODES = {"720p": "std", "1080p": "pro", "4k": "4k"}
"""Kling's modes by the resolution that they make; a route's `input` can name another one."""
IMAGE_SIZES = ("1k", "2k")
VIDEO_RATIOS = ("16:9", "9:16", "1:1")

_FRAMES = {Role.FIRST_FRAME: "first_frame", Role.IMAGE: "first_frame", Role.LAST_FRAME: "end_frame"}
_ROLES = {
    IMAGES: {Role.IMAGE, Role.REFERENCE_IMAGE},
    TEXT_TO_VIDEO: set[Role](),
    IMAGE_TO_VIDEO: {Role.IMAGE, Role.FIRST_FRAME, Role.LAST_FRAME},
    OMNI: {Role.IMAGE, Role.FIRST_FRAME, Role.LAST_FRAME, Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO},
}


def path_of(job: Job) -> str:
    """The call that makes this job."""
    if job.request.kind is Kind.IMAGE:
        return IMAGES
    if "omni" in job.upstream_model or job.upstream_model.endswith("-o1"):
        return OMNI
    return IMAGE_TO_VIDEO if job.inputs else TEXT_TO_VIDEO


def to_body(job: Job, given: Sequence[str]) -> dict[str, Any]:
    """The body of the call. `given` are the inputs: base64 for pictures, links for videos. Raises `Rejected`."""
    path = path_of(job)
    if strange := [file.role.value for file in job.inputs if file.role not in _ROLES[path]]:
        raise Rejected(RejectReason.UNSUPPORTED, f"Kling: {strange[0]}: {job.upstream_model} takes none")
    make = {IMAGES: _image, TEXT_TO_VIDEO: _video, IMAGE_TO_VIDEO: _from_frames, OMNI: _omni}[path]
    body = {
        "model_name": job.upstream_model,
        "prompt": job.request.prompt,
        **make(job, given),
        "callback_url": job.callback_url,
        "external_task_id": job.idempotency_key,
        **filled(job.fields, values_of(job, given)),
    }
    if path != IMAGES and "mode" not in body:
        body["mode"] = _mode(job.request)
    return {key: value for key, value in body.items() if value not in (None, "", [])}


def from_task(data: Mapping[str, Any]) -> Running | Finished:
    """Where a task stands. Raises `Rejected` for one that failed."""
    match data["task_status"]:
        case "succeed":
            result = data.get("task_result") or {}
            files = [*(result.get("videos") or []), *(result.get("images") or [])]
            outputs = tuple(OutputUrl(file["url"]) for file in files if file.get("url"))
            if not outputs:
                raise Rejected(RejectReason.UNSUPPORTED, "Kling: the task succeeded without a file")
            return Finished(outputs)
        case "failed":
            raise failure(str(data.get("task_status_msg") or ""))
    return Running()


def _image(job: Job, given: Sequence[str]) -> dict[str, Any]:
    request = job.request
    size = (request.resolution or "").lower()
    if size not in ("", *IMAGE_SIZES):
        got = f"got {request.resolution}; allowed: {', '.join(IMAGE_SIZES)}"
        raise Rejected(RejectReason.UNSUPPORTED, f"Kling: resolution: {got}")
    if len(given) > 1:
        raise Rejected(RejectReason.UNSUPPORTED, f"Kling: inputs: got {len(given)}; a picture starts from one at most")
    fields = {"n": request.count, "aspect_ratio": request.aspect_ratio, "resolution": size}
    if not given:
        return {**fields, "negative_prompt": request.negative_prompt}
    # With a picture there is no negative prompt.
    return {**fields, "image": given[0], "prompt": words(request)}


def _video(job: Job, _given: Sequence[str]) -> dict[str, Any]:
    return {**_common(job.request), "negative_prompt": job.request.negative_prompt, "aspect_ratio": _ratio(job.request)}


def _from_frames(job: Job, given: Sequence[str]) -> dict[str, Any]:
    frames = {_FRAMES[file.role]: picture for file, picture in zip(job.inputs, given, strict=True)}
    return {
        **_common(job.request),
        "negative_prompt": job.request.negative_prompt,
        "image": frames.get("first_frame"),
        "image_tail": frames.get("end_frame"),
    }


def _omni(job: Job, given: Sequence[str]) -> dict[str, Any]:
    """The omni models take frames, pictures and videos to follow in one call. Sound is not made beside a video to follow; its own
    is kept instead where sound is wanted."""
    pictures: list[dict[str, Any]] = []
    videos: list[dict[str, Any]] = []
    keep = "yes" if job.request.audio else "no"
    for file, link in zip(job.inputs, given, strict=True):
        if file.role is Role.REFERENCE_VIDEO:
            videos.append({"video_url": link, "refer_type": "feature", "keep_original_sound": keep})
        elif file.role in _FRAMES:
            pictures.append({"image_url": link, "type": _FRAMES[file.role]})
        else:
            pictures.append({"image_url": link})
    framed = any("type" in picture for picture in pictures)
    return {
        **_common(job.request),
        "prompt": words(job.request),
        **({"sound": "off"} if videos else {}),
        "aspect_ratio": None if framed else _ratio(job.request),
        "image_list": pictures,
        "video_list": videos,
    }


def _common(request: GenerationRequest) -> dict[str, Any]:
    sound = None if request.audio is None else "on" if request.audio else "off"
    return {"duration": str(request.duration or 5), "sound": sound}


def _ratio(request: GenerationRequest) -> str | None:
    if request.aspect_ratio not in VIDEO_RATIOS:
        raise Rejected(
            RejectReason.UNSUPPORTED, f"Kling: aspect_ratio: got {request.aspect_ratio}; allowed: {', '.join(VIDEO_RATIOS)}"
        )
    return request.aspect_ratio


def _mode(request: GenerationRequest) -> str:
    if request.resolution not in MODES:
        raise Rejected(RejectReason.UNSUPPORTED, f"Kling: resolution: got {request.resolution}; allowed: {', '.join(MODES)}")
    return MODES[request.resolution]
