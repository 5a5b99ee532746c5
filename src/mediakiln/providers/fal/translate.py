"""From a job to a model's arguments, and from a request in the queue to outputs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fal_client import InProgress, Status

from mediakiln.providers.base import Finished, Job, OutputUrl, Rejected, RejectReason, Running
from mediakiln.providers.payload import arguments_of

DEFAULT = {"prompt": "$prompt", "aspect_ratio": "$aspect_ratio", "num_images": "$count", "seed": "$seed", "image_url": "$image"}
"""The arguments of a route that says nothing."""

_FILES = ("images", "image", "videos", "video")
_PERCENT = re.compile(r"(\d{1,3})%\|")


def to_arguments(job: Job, links: Sequence[str]) -> dict[str, Any]:
    """The model's arguments."""
    return arguments_of(job, job.fields or DEFAULT, links)


def from_status(status: Status) -> Running:
    """How far a request has come: by the last progress bar in its logs, where its model draws one."""
    logs = status.logs or [] if isinstance(status, InProgress) else []
    found = [percent for line in logs for percent in _PERCENT.findall(str(line.get("message", "")))]
    return Running(min(int(found[-1]), 100) / 100 if found else None)


def from_result(result: Mapping[str, Any]) -> Finished:
    """A result's files. Raises `Rejected` where there are none, or where the model calls all of them unfit to be shown."""
    files = [file for name in _FILES for file in _listed(result.get(name))]
    flags = result.get("has_nsfw_concepts") or []
    unfit = [isinstance(flags, list) and number < len(flags) and bool(flags[number]) for number in range(len(files))]
    outputs = tuple(OutputUrl(file["url"]) for file, hidden in zip(files, unfit, strict=True) if not hidden)
    if outputs:
        return Finished(outputs)
    if files:
        raise Rejected(RejectReason.CONTENT_FILTERED, "fal: the model's own filter held the result back")
    raise Rejected(RejectReason.UNSUPPORTED, "fal: the result has no file in it")


def _listed(value: Any) -> list[Mapping[str, Any]]:
    """A file, or a list of them: `{url, content_type, ...}`."""
    files = value if isinstance(value, list) else [value]
    return [file for file in files if isinstance(file, dict) and isinstance(file.get("url"), str) and file["url"]]
