"""From a job to a prediction's input, and from a prediction to outputs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from replicate.prediction import Prediction

from mediakiln.providers.base import Finished, Job, OutputUrl, Rejected, RejectReason, Running
from mediakiln.providers.payload import arguments_of
from mediakiln.providers.replicate.errors import failure

DEFAULT = {"prompt": "$prompt", "aspect_ratio": "$aspect_ratio", "seed": "$seed", "image": "$image"}
"""The input of a route that says nothing."""

_PERCENT = re.compile(r"(\d{1,3})%\|")


def to_input(job: Job, links: Sequence[str]) -> dict[str, Any]:
    """The model's input."""
    return arguments_of(job, job.fields or DEFAULT, links)


def from_prediction(prediction: Prediction) -> Running | Finished:
    """Where a prediction stands. Raises `Rejected` for one that failed."""
    match prediction.status:
        case "succeeded":
            outputs = tuple(OutputUrl(url) for url in _urls(prediction.output))
            if not outputs:
                raise Rejected(RejectReason.UNSUPPORTED, "Replicate: the prediction has no file in its output")
            return Finished(outputs)
        case "failed":
            raise failure(str(prediction.error or ""))
        case "canceled" | "aborted":
            raise Rejected(RejectReason.UNSUPPORTED, "Replicate: the prediction was canceled there")
    return Running(_progress(prediction.logs))


def _urls(output: Any) -> Iterator[str]:
    """A model's output is a link, a list of them, or an object with some."""
    match output:
        case str() if output.startswith(("https://", "http://", "data:")):
            yield output
        case list():
            for each in output:
                yield from _urls(each)
        case dict():
            for each in output.values():
                yield from _urls(each)


def _progress(logs: str | None) -> float | None:
    """The last progress bar in the logs."""
    found = _PERCENT.findall(logs or "")
    return int(found[-1]) / 100 if found else None
