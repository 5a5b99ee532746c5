"""An upstream's own input, made from data: what a route's `input` says, with the request's values in it.

For vendors whose models each have an input of their own (fal, Replicate, WaveSpeed, ComfyUI), so that a model is added by
editing the catalogue alone:

    input = { prompt = "$prompt", size = "${width}*${height}", num_images = "$count", image_urls = "$images",
              quality = { "$" = "resolution", "1K" = "basic", "2K" = "high" }, safety_tolerance = 2 }

- `"$name"` is the value itself, with its type; a key whose value the request does not have is left out.
- `"${name}"` inside other text is the value as text.
- A table with the key `"$"` picks by the named value; one that is not listed is left out.
- Everything else stands as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from mediakiln.errors import ConfigurationError
from mediakiln.generation import GenerationRequest, Role
from mediakiln.providers.base import InputFile, Job, Rejected, RejectReason

_INSIDE = re.compile(r"\$\{(\w+)\}")
_NEGATIVE = re.compile(r"\$\{?negative_prompt\b")
_MISSING = object()

NAMES = (
    "prompt", "negative_prompt", "aspect_ratio", "resolution", "width", "height", "count", "quality", "output_format", "seed",
    "strength", "duration", "duration_text", "fps", "frames", "audio", "template", "callback_url",
    "image", "images", "first_frame", "last_frame", "reference_images", "reference_videos", "reference_audios",
)  # fmt: skip
"""Every name that `input` may use."""


def values_of(job: Job, links: Sequence[str]) -> dict[str, Any]:
    """The request's values by name. `links` are the job's inputs in the form the vendor takes them (URLs, data URIs, file
    names), one for each of `job.inputs`; `images` are all pictures but frames, `image` the first picture of any role."""
    request = job.request
    by_role: dict[Role, list[str]] = {}
    for file, link in zip(job.inputs, links, strict=True):
        by_role.setdefault(file.role, []).append(link)
    images = by_role.get(Role.IMAGE, []) + by_role.get(Role.REFERENCE_IMAGE, [])
    first = by_role.get(Role.FIRST_FRAME, [])
    given = {
        "prompt": request.prompt,
        "negative_prompt": request.negative_prompt,
        "aspect_ratio": request.aspect_ratio,
        "resolution": request.resolution,
        "width": request.width,
        "height": request.height,
        "count": request.count,
        "quality": request.quality,
        "output_format": request.output_format,
        "seed": request.seed,
        "strength": request.strength,
        "duration": request.duration,
        "duration_text": str(request.duration) if request.duration else None,
        "fps": request.fps,
        "frames": request.frames,
        "audio": request.audio,
        "template": request.template,
        "callback_url": job.callback_url,
        "image": next(iter([*first, *images]), None),
        "images": images,
        "first_frame": next(iter(first), None),
        "last_frame": next(iter(by_role.get(Role.LAST_FRAME, [])), None),
        "reference_images": by_role.get(Role.REFERENCE_IMAGE, []),
        "reference_videos": by_role.get(Role.REFERENCE_VIDEO, []),
        "reference_audios": by_role.get(Role.REFERENCE_AUDIO, []),
    }
    return {name: value for name, value in given.items() if value is not None and value != "" and value != []}


def words(request: GenerationRequest) -> str:
    """The prompt, and in it what is not wanted, for vendors that have no field for that."""
    return f"{request.prompt}\nAvoid: {request.negative_prompt}" if request.negative_prompt else request.prompt


def arguments_of(job: Job, template: Mapping[str, Any], links: Sequence[str]) -> dict[str, Any]:
    """The whole input of a model by a route's `input`. What is not wanted is said in the prompt where that has no place for it.
    Raises ConfigurationError."""
    values = values_of(job, links)
    if not _NEGATIVE.search(json.dumps(template)):
        values["prompt"] = words(job.request)
    return filled(template, values)


def filled(template: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """`template` with the values in it. Raises ConfigurationError for a name that does not exist."""
    made = ((key, _one(value, values)) for key, value in template.items())
    return {key: value for key, value in made if value is not _MISSING}


def _one(value: Any, values: Mapping[str, Any]) -> Any:
    match value:
        case str() if value.startswith("$") and not value.startswith(("${", "$$")):
            return values.get(_known(value[1:]), _MISSING)
        case str():
            names = [_known(name) for name in _INSIDE.findall(value)]
            if any(name not in values for name in names):
                return _MISSING
            return _INSIDE.sub(lambda found: str(values[found[1]]), value).removeprefix("$" if value.startswith("$$") else "")
        case {"$": str() as name, **choices}:
            return choices.get(str(values.get(_known(name))), _MISSING)
        case dict():
            return filled(value, values)
        case list():
            return [one for one in (_one(each, values) for each in value) if one is not _MISSING]
    return value


def _known(name: str) -> str:
    if name not in NAMES:
        raise ConfigurationError(f"input: ${name} is no value of a request; known: {', '.join(NAMES)}")
    return name


def data_uri(file: InputFile) -> str:
    """The file inside a link, for vendors that take it so. Blocks: call it in a thread."""
    import base64

    return f"data:{file.media_type};base64,{base64.b64encode(file.path.read_bytes()).decode()}"


def web_link(vendor: str, file: InputFile) -> str:
    """Where the vendor fetches the file by itself. Raises `Rejected` where nobody outside can."""
    if not file.url:
        message = f"{vendor}: {file.role}: must be an http(s) link, since this server has no public address to fetch it from"
        raise Rejected(RejectReason.UNSUPPORTED, message)
    return file.url
