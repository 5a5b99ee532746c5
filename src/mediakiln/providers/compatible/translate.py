"""From a job to a compatible server's words, and from its videos to outputs. Pictures are read by `openai_wire`.

Sources: docs.vllm.ai/projects/vllm-omni (image generation, image edit and videos API), docs.sglang.io (SGLang Diffusion OpenAI
API), localai.io (image generation).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct

from mediakiln.generation import Role
from mediakiln.providers.base import InputFile, Job, Rejected, RejectReason, Running
from mediakiln.providers.compatible.errors import VENDOR
from mediakiln.providers.openai_wire import failure
from mediakiln.providers.payload import filled, values_of, words

SEEDS = 2**32
"""Every server counts seeds up to here."""

_LINKS = re.compile(r"\$\{?(?:images?|first_frame|last_frame|reference_\w+)\b")
_GUIDES = (Role.FIRST_FRAME, Role.IMAGE, Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO)
"""What may be the one `input_reference` of a video."""


class Options(Struct, frozen=True, forbid_unknown_fields=True):
    """What a server can do: the account's own table.

    `images_edit`: it has /images/edits. `n`: it makes several pictures in one request; else it is asked once for each. `seed`,
    `negative_prompt`: it takes fields of that name; without the second, what is not wanted is said in the prompt.
    `response_format` is asked for as it stands, and left out where it is empty. `video_body`: how it wants a video without an
    input: `form` (vLLM-Omni) or `json` (SGLang, whose forms must have a picture). `repeat`: a lost submit is sent again; for
    servers that cost nothing by the piece.
    """

    images_edit: bool = True
    n: bool = True
    seed: bool = True
    negative_prompt: bool = True
    response_format: Literal["b64_json", "url", ""] = "b64_json"
    video_body: Literal["form", "json"] = "form"
    repeat: bool = False


class VideoError(Struct, frozen=True):
    """Why a video failed."""

    code: str | int | None = None
    message: str | None = None


class Video(Struct, frozen=True):
    """A video job as the server tells it."""

    id: str
    status: str = ""
    progress: float | None = None
    error: VideoError | str | None = None


def wants_links(job: Job) -> bool:
    """Whether the route's `input` names inputs, which then travel as data URIs."""
    return bool(_LINKS.search(msgspec.json.encode(dict(job.fields)).decode()))


def to_image(job: Job, options: Options, links: Sequence[str], count: int, number: int) -> dict[str, Any]:
    """The fields of a request for `count` pictures; `number` is how many were asked for before."""
    fields: dict[str, Any] = {
        "model": job.upstream_model,
        "prompt": _prompt(job, options),
        "n": count,
        "size": f"{job.request.width}x{job.request.height}",
    }
    if options.response_format:
        fields["response_format"] = options.response_format
    return fields | {"extra_body": _more(job, options, links, number)}


def to_video(job: Job, options: Options, links: Sequence[str]) -> dict[str, Any]:
    """The fields of a video job. How many frames, and whether there is sound, is in no common words: a route's `input` says it
    in the server's own."""
    fields = {
        "model": job.upstream_model,
        "prompt": _prompt(job, options),
        "seconds": str(job.request.duration),
        "size": f"{job.request.width}x{job.request.height}",
    }
    return fields | _more(job, options, links, 0)


def guide(job: Job) -> InputFile | None:
    """The input that a video starts from. Raises `Rejected` for more than the one that a form has room for."""
    if not job.inputs or wants_links(job):
        return None
    if len(job.inputs) > 1 or job.inputs[0].role not in _GUIDES:
        got = ", ".join(file.role for file in job.inputs)
        raise Rejected(RejectReason.UNSUPPORTED, f"{VENDOR}: inputs: got {got}; allowed: one of {', '.join(_GUIDES)}")
    return job.inputs[0]


def from_video(video: Video) -> Running | None:
    """Where a video stands, None for one that is done. Raises `Rejected` for one that came to nothing."""
    match video.status:
        case "completed":
            return None
        case "failed":
            error = video.error
            if isinstance(error, VideoError):
                raise failure(VENDOR, error.code if isinstance(error.code, str) else "", error.message or "")
            raise failure(VENDOR, "", error or "")
        case "cancelled" | "canceled" | "deleted" | "expired":
            raise Rejected(RejectReason.UNSUPPORTED, f"{VENDOR}: the video ended there as {video.status}")
    if video.progress is None:
        return Running()
    return Running(min(max(video.progress / 100, 0.0), 1.0))


def _more(job: Job, options: Options, links: Sequence[str], number: int) -> dict[str, Any]:
    """Fields that OpenAI does not have; what the route's `input` says counts most."""
    more: dict[str, Any] = {}
    if options.seed and job.request.seed is not None:
        more["seed"] = (job.request.seed + number) % SEEDS
    if options.negative_prompt and job.request.negative_prompt:
        more["negative_prompt"] = job.request.negative_prompt
    return more | filled(job.fields, values_of(job, links))


def _prompt(job: Job, options: Options) -> str:
    return job.request.prompt if options.negative_prompt else words(job.request)
