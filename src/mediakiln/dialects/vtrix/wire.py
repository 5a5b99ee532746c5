"""The JSON of the gateway: what every model shares. Each family of models has its own parameters in its own `wire.py`.

The types are law: the service's own client is strict about them (wire file, section 4). What does not apply is left out.
"""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from msgspec import Raw, Struct

from mediakiln.web.bodies import told

DIALECT = "vtrix"

Params = TypeVar("Params")
Status = Literal["in_progress", "completed", "failed"]


class Envelope(Struct):
    """What is read of a body first: the model, and whether the parameters are wrapped. Of `input` only that it is a list."""

    model: Annotated[str | None, told("The model's id; required.", "spark_dance_v2_0")] = None
    input: list[Raw] | None = None


class Input(Struct, Generic[Params]):
    """The parameters of one generation."""

    params: Params


class Wrapped(Struct, Generic[Params]):
    """A body as the service's clients send it: `{"model": …, "input": [{"params": {…}}]}`."""

    input: list[Input[Params]]
    model: str | None = None


class Content(Struct, omit_defaults=True, kw_only=True, rename={"job_id": "jobId"}):
    """One thing that was delivered. `size` in bytes. `text` is for the asset models, whose answer is JSON in a text."""

    type: Literal["image", "video", "text"]
    url: str
    size: int | None = None
    job_id: str | None = None
    text: str | None = None


class Group(Struct):
    """What belongs together; there is one."""

    content: list[Content]


class Usage(Struct):
    """What was taken: `cost` in USD as a decimal text, `discount` in USD as a number."""

    cost: str
    discount: float = 0


class Error(Struct):
    """Why a task failed. Some models' pages call the sentence `message`, others `error_message`."""

    code: str
    message: str
    error_message: str


class Metadata(Struct, omit_defaults=True, kw_only=True):
    """Particulars of a finished task; times in seconds since 1970. Of what was delivered: pixels, `duration` in seconds and
    `ratio` as they came to be. `prompt` is what was drawn, where that is not what was sent."""

    in_queue_at: int
    started_at: int | None = None
    completed_at: int
    width: int | None = None
    height: int | None = None
    ratio: str | None = None
    resolution: str | None = None
    duration: float | None = None
    frames: int | None = None
    fps: int | None = None
    generate_audio: bool | None = None
    seed: int | None = None
    template_id: str | None = None
    prompt: str | None = None
    service_tier: str | None = None


class Task(Struct, omit_defaults=True, kw_only=True):
    """A task, when it is made and when it is polled. `created_at` in seconds since 1970, `progress` 0.0 to 1.0."""

    id: str
    status: Status
    model: str
    created_at: int
    progress: float | None = None
    error: Error | None = None
    output: list[Group] | None = None
    usage: Usage | None = None
    metadata: Metadata | None = None


class Failure(Struct):
    """Every error answer. Clients show `message`, else `error` where it is a text (wire file, section 5)."""

    message: str
    error: str
    code: Annotated[str, told("Of the model's family where its page names one, else a word.", "3009001")]
