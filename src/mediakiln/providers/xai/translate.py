"""From a job to the fields of a video, and from what xAI says of it to outputs."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from xai_sdk.aio.video import Client as VideoClient
from xai_sdk.proto import deferred_pb2, video_pb2
from xai_sdk.types.video import VideoAspectRatioMap, VideoResolutionMap

from mediakiln.errors import ConfigurationError
from mediakiln.generation import Kind, Role
from mediakiln.providers.base import Finished, Job, OutputUrl, Rejected, RejectReason, Running
from mediakiln.providers.payload import filled, values_of, words
from mediakiln.providers.xai.errors import failure

LONGEST = 15
"""Seconds of a video."""
FIELDS = frozenset(inspect.signature(VideoClient.start).parameters) - {"self"}
"""What a route's `input` may name."""

_DONE, _EXPIRED, _FAILED = deferred_pb2.DONE, deferred_pb2.EXPIRED, deferred_pb2.FAILED


def to_video(job: Job, links: Sequence[str]) -> dict[str, Any]:
    """The arguments of `video.start`. `links` are the inputs as data URIs. Raises `Rejected`, and ConfigurationError for a
    route's `input` that names what there is not. There is no seed, and no field for what is not wanted."""
    request = job.request
    if request.kind is not Kind.VIDEO:
        raise Rejected(RejectReason.UNSUPPORTED, "xAI: only videos are made here")
    fields: dict[str, Any] = {
        "prompt": words(request),
        "model": job.upstream_model,
        **_pictures(job, links),
        "duration": request.duration,
        "aspect_ratio": request.aspect_ratio,
        "resolution": request.resolution,
        "generate_audio": request.audio,
        **filled(job.fields, values_of(job, links)),
    }
    if strange := sorted(set(fields) - FIELDS):
        raise ConfigurationError(f"input: {strange[0]} is no field of a video; known: {', '.join(sorted(FIELDS))}")
    _check(fields)
    return {key: value for key, value in fields.items() if value is not None}


def from_video(answer: video_pb2.GetDeferredVideoResponse) -> Running | Finished:
    """Where a video stands. Raises `Rejected` for one that came to nothing."""
    video = answer.response.video
    if answer.status == _DONE:
        if video.url:
            return Finished((OutputUrl(video.url),))
        if answer.response.HasField("video") and not video.respect_moderation:
            raise Rejected(RejectReason.CONTENT_FILTERED, "xAI: the video was held back by moderation")
        raise Rejected(RejectReason.UNSUPPORTED, "xAI: it finished without a video")
    if answer.status == _FAILED:
        raise failure(answer.response.error.code, answer.response.error.message)
    if answer.status == _EXPIRED:
        raise Rejected(RejectReason.UNSUPPORTED, "xAI: the request expired there")
    # Pending, or a status that is newer than this: the task's deadline ends the waiting.
    return Running(min(100, max(0, answer.response.progress)) / 100 if answer.HasField("response") else None)


def _pictures(job: Job, links: Sequence[str]) -> dict[str, Any]:
    """One picture without a part to play is the first frame, several are references."""
    alone = len(job.inputs) == 1
    fields: dict[str, Any] = {}
    references: list[str] = []
    for file, link in zip(job.inputs, links, strict=True):
        if file.role is Role.FIRST_FRAME or (file.role is Role.IMAGE and alone):
            fields["image_url"] = link
        elif file.role is Role.LAST_FRAME:
            fields["last_frame_url"] = link
        else:
            references.append(link)
    return fields | ({"reference_image_urls": references} if references else {})


def _check(fields: dict[str, Any]) -> None:
    """What the SDK would stumble over, or xAI refuse. Raises `Rejected`."""
    for name, allowed in (("aspect_ratio", VideoAspectRatioMap), ("resolution", VideoResolutionMap)):
        if fields[name] is not None and fields[name] not in allowed:
            raise Rejected(RejectReason.UNSUPPORTED, f"xAI: {name}: got {fields[name]}; allowed: {', '.join(allowed)}")
    if (length := fields["duration"]) is not None and not (isinstance(length, int) and 1 <= length <= LONGEST):
        raise Rejected(RejectReason.UNSUPPORTED, f"xAI: duration: got {length}; allowed: 1 to {LONGEST} seconds")
