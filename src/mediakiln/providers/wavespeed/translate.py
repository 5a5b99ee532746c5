"""From a job to the bodies of predictions, and from a prediction to outputs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from mediakiln.providers.base import Finished, Job, OutputUrl, Rejected, RejectReason, Running
from mediakiln.providers.payload import arguments_of
from mediakiln.providers.wavespeed.errors import failure

DEFAULT = {"prompt": "$prompt", "aspect_ratio": "$aspect_ratio", "seed": "$seed", "image": "$image"}
"""The input of a route that says nothing."""

LONGEST = 7
"""Predictions for one job: so many ids fit into ours."""


def to_inputs(job: Job, links: Sequence[str]) -> list[dict[str, Any]]:
    """The input of each prediction: one, or as many as items are asked for where the model makes but one at a time (the
    route's `input` does not name `$count`). They differ by the seed."""
    template = job.fields or DEFAULT
    told = json.dumps(template)
    runs = 1 if "$count" in told or "${count}" in told else min(job.request.count, LONGEST)
    return [arguments_of(_seeded(job, number), template, links) for number in range(runs)]


def _seeded(job: Job, number: int) -> Job:
    seed = job.request.seed
    return replace(job, request=replace(job.request, seed=seed + number)) if seed is not None and number else job


def from_result(answer: Mapping[str, Any]) -> Running | Finished:
    """Where a prediction stands. Raises `Rejected` for one that failed; KeyError or TypeError for an answer without sense."""
    data = answer["data"]
    match data["status"]:
        case "completed":
            outputs = tuple(OutputUrl(url) for url in data.get("outputs") or () if isinstance(url, str) and url)
            if not outputs:
                raise Rejected(RejectReason.UNSUPPORTED, "WaveSpeed: the prediction has no file in its output")
            return Finished(outputs)
        case "failed":
            raise failure(data.get("code"), str(data.get("error") or ""))
        case "cancelled" | "timeout" | "deleted" as ended:
            raise Rejected(RejectReason.UNSUPPORTED, f"WaveSpeed: the prediction was ended there ({ended})")
    return Running()


def joined(parts: Sequence[Running | Finished | Rejected]) -> Running | Finished:
    """A job of several predictions: at work until all have ended, then what was delivered. Raises the first `Rejected` where
    nothing was."""
    done = [part for part in parts if not isinstance(part, Running)]
    if len(done) < len(parts):
        return Running(len(done) / len(parts) if done else None)
    outputs = tuple(output for part in done if isinstance(part, Finished) for output in part.outputs)
    if outputs:
        return Finished(outputs)
    raise next(part for part in done if isinstance(part, Rejected))
