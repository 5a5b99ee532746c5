"""From a job to OpenAI's own words. Answers are read by `openai_wire`."""

from __future__ import annotations

import math
from typing import Any

from mediakiln.providers.base import Job
from mediakiln.providers.payload import filled, values_of, words

STEP = 16
"""Both sides of a picture are multiples of this many pixels."""
LEAST, MOST, EDGE = 655_360, 8_294_400, 3_840
"""Pixels of a picture, and of its longer side (developers.openai.com, the size options of gpt-image-2)."""

_QUALITIES = {"standard": "low", "hd": "high"}
"""Our words where they are not OpenAI's; the catalogue sells `standard` as another word for `low`."""
_FORMATS = ("png", "jpeg", "webp")


def to_fields(job: Job) -> dict[str, Any]:
    """The fields of a request for pictures. There is none for a seed, a strength or what is not wanted; the last is said in the
    prompt. A route's `input` adds fields, or says them better."""
    request = job.request
    width, height = drawn(request.width, request.height)
    fields: dict[str, Any] = {
        "model": job.upstream_model,
        "prompt": words(request),
        "n": request.count,
        "size": f"{width}x{height}",
        "quality": _QUALITIES.get(request.quality, request.quality),
    }
    if request.output_format in _FORMATS:
        fields["output_format"] = request.output_format
    if more := filled(job.fields, values_of(job, [""] * len(job.inputs))):
        fields["extra_body"] = more
    return fields


def drawn(width: int, height: int) -> tuple[int, int]:
    """The size to ask for, in pixels: the nearest that is taken, and for one that is too small the next multiple of it, which is
    cut down again when it is there."""
    pixels = width * height
    scale: float = math.ceil(math.sqrt(LEAST / pixels)) if pixels < LEAST else 1
    scale = min(scale, math.sqrt(MOST / pixels), EDGE / max(width, height))
    wide, high = (math.ceil(round(side * scale, 3) / STEP) * STEP for side in (width, height))
    if wide * high > MOST or max(wide, high) > EDGE:
        wide, high = (int(side * scale) // STEP * STEP for side in (width, height))
    return wide, high
