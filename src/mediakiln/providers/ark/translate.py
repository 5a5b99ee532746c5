"""From a job to Ark's own words, and from its answers to outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from byteplussdkarkruntime.types.content_generation.content_generation_task import ContentGenerationTask
from byteplussdkarkruntime.types.images import ImagesResponse

from mediakiln.generation import Role
from mediakiln.providers.ark.errors import failure
from mediakiln.providers.base import Finished, Job, OutcomeUnknown, OutputUrl, Rejected, RejectReason, Running
from mediakiln.providers.payload import filled, values_of, words

SEEDS = 2**32
"""Seedance counts seeds up to here."""

_TYPES = {Role.REFERENCE_VIDEO: "video_url", Role.REFERENCE_AUDIO: "audio_url"}


def to_content(job: Job, links: Sequence[str]) -> list[dict[str, Any]]:
    """The `content` of a video task: the words, then the inputs in the caller's order. A picture without a part to play is the
    first frame where it is alone, else a reference."""
    plain = Role.REFERENCE_IMAGE if len(job.inputs) > 1 else Role.FIRST_FRAME
    content: list[dict[str, Any]] = []
    if text := words(job.request):
        content.append({"type": "text", "text": text})
    for file, link in zip(job.inputs, links, strict=True):
        kind = _TYPES.get(file.role, "image_url")
        role = plain if file.role is Role.IMAGE else file.role
        content.append({"type": kind, kind: {"url": link}, "role": role.value})
    return content


def to_task(job: Job) -> dict[str, Any]:
    """The other fields of a video task. The last frame is not asked for: it is taken from the video that is delivered."""
    request = job.request
    return {
        "ratio": request.aspect_ratio,
        "resolution": request.resolution,
        "duration": request.duration,
        "generate_audio": request.audio,
        "seed": None if request.seed is None else request.seed % SEEDS,
        "watermark": False,
        "callback_url": job.callback_url or None,
    }


def to_image(job: Job, links: Sequence[str]) -> dict[str, Any]:
    """The fields of one picture. Seedream 4 and later have no seed (a route's `input` can name one for those that do)."""
    request = job.request
    return {
        "prompt": words(request),
        "image": (links[0] if len(links) == 1 else list(links)) or None,
        "size": f"{request.width}x{request.height}",
        "response_format": "url",
        "watermark": False,
    }


def extra(job: Job, links: Sequence[str]) -> dict[str, Any] | None:
    """What the route's `input` adds or says better."""
    return filled(job.fields, values_of(job, links)) or None


def from_task(task: ContentGenerationTask) -> Running | Finished:
    """Where a video task stands. Raises `Rejected` for one that came to nothing. (The SDK leaves unset what was not sent.)"""
    match task.status:
        case "succeeded":
            url = getattr(getattr(task, "content", None), "video_url", None)
            if not url:
                raise Rejected(RejectReason.UNSUPPORTED, "Ark: the task succeeded without a video")
            return Finished((OutputUrl(url),))
        case "failed":
            error = getattr(task, "error", None)
            raise failure(getattr(error, "code", None) or "", getattr(error, "message", None) or "")
        case "cancelled" | "expired":
            raise Rejected(RejectReason.UNSUPPORTED, f"Ark: the task ended there as {task.status}")
    return Running()


def from_images(answer: ImagesResponse) -> tuple[OutputUrl, ...]:
    """The pictures of one answer. Raises `Rejected` for none, `OutcomeUnknown` for an answer that is not one."""
    data, error = getattr(answer, "data", None), getattr(answer, "error", None)
    made = tuple(OutputUrl(image.url) for image in data or () if getattr(image, "url", None))
    if made:
        return made
    if error is not None:
        raise failure(getattr(error, "code", None) or "", getattr(error, "message", None) or "")
    if data is None:
        raise OutcomeUnknown("Ark answered with something else than pictures")
    raise Rejected(RejectReason.UNSUPPORTED, "Ark: the answer has no picture in it")
