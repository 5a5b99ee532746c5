"""Between the wire of drawing sessions and our own words."""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

import msgspec
from msgspec import Struct

from mediakiln.assets.inline import is_served
from mediakiln.assets.inputs import ROOT
from mediakiln.catalog import Catalog, Model
from mediakiln.database.ids import iso
from mediakiln.dialects.neospark.credits import cost
from mediakiln.dialects.neospark.drawing import wire
from mediakiln.dialects.neospark.wire import DIALECT
from mediakiln.errors import InvalidRequest
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Mode, Role
from mediakiln.tasks.conversations import Conversation, Summary
from mediakiln.tasks.records import State, TaskSnapshot
from mediakiln.tasks.replays import Submitted
from mediakiln.web.dialect import ENGINES

DEFAULT_TITLE = "New session"
HINTS = ("gemini", "openai", "tengda")
"""Words that `provider` may be (wire file, section 10, row 2); whichever fits a model's routes is tried first."""
GRID = 1
"""The `type` of a first stage of `generate-batch`."""
STATES: Mapping[State, wire.MessageState] = {
    State.QUEUED: "pending",
    State.RUNNING: "generating",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELED: "cancelled",
}


class Panel(Struct, frozen=True):
    """One picture of a product page: its name on the wire, and its prompt around the caller's."""

    type: str
    prompt: str


class Panels(Struct, frozen=True):
    """The data file."""

    grid: str
    panels: tuple[Panel, ...]


@cache
def panels() -> Panels:
    """The ten panels and the grid."""
    return msgspec.toml.decode(resources.files(__package__).joinpath("panels.toml").read_bytes(), type=Panels)


def new_message_id() -> str:
    """An id of the seed's form: `dm_…_assistant`, with 80 random bits."""
    return f"dm_{base64.b32encode(os.urandom(10)).decode().lower()}_assistant"


def user_message_id(message_id: str) -> str:
    """The id of the user's half of the exchange."""
    return message_id.removesuffix("_assistant") + "_user"


def references(upload_ids: Sequence[str | None] | None, paths: Sequence[str | None] | None) -> tuple[MediaInput, ...]:
    """The pictures a body names, uploads first, each once; the blanks that forms send are passed over."""
    sources = [source.strip() for source in (*(upload_ids or ()), *(paths or ())) if source and source.strip()]
    return tuple(MediaInput(Role.IMAGE, source) for source in dict.fromkeys(sources))


def request_of(
    body: wire.Generate | wire.GenerateMultiRef | wire.GenerateBatch, prompt: str, inputs: tuple[MediaInput, ...]
) -> GenerationRequest:
    """The parameters that every generate call has as a canonical request. Raises InvalidRequest for one that is missing."""
    seed = body.seed if isinstance(body, wire.Generate) else None
    if seed is not None and not 0 <= seed < 2**31:
        raise InvalidRequest.not_allowed("seed", seed, "0 to 2147483647")
    return GenerationRequest(
        kind=Kind.IMAGE,
        model=required("model", body.model),
        prompt=prompt,
        mode=Mode.IMAGE if inputs else Mode.TEXT,
        inputs=inputs,
        negative_prompt=body.negative_prompt or "",
        aspect_ratio=required("aspect_ratio", body.aspect_ratio),
        resolution=required("resolution", body.resolution),
        count=1 if not isinstance(body, wire.Generate) or body.num_images is None else body.num_images,
        quality=body.quality or "standard",
        strength=0.7 if body.strength is None else body.strength,
        seed=seed,
    )


def required(field: str, value: str | None) -> str:
    """A field that must be there. Raises InvalidRequest."""
    if value is None or not value.strip():
        raise InvalidRequest("required, but missing", field=field)
    return value


def hint_of(provider: str | None) -> str | None:
    """The provider word, checked; a blank is none. Raises InvalidRequest."""
    if provider and provider not in HINTS:
        raise InvalidRequest.not_allowed("provider", provider, HINTS)
    return provider or None


def models_config(catalog: Catalog) -> dict[str, wire.ModelConfig]:
    """Every callable image model by its id."""
    return {model.id: _config(catalog, model) for model in catalog.models(DIALECT, Kind.IMAGE)}


def session_of(conversation: Conversation) -> wire.Session:
    """A session by itself."""
    return wire.Session(conversation.id, conversation.title, iso(conversation.created_at))


def session_item(conversation: Conversation, summary: Summary) -> wire.SessionItem:
    """A session in a list."""
    return wire.SessionItem(
        session_id=conversation.id,
        title=conversation.title,
        status=conversation.status,
        preview_image=summary.preview,
        total_generations=summary.tasks,
        total_cost=cost(summary.charged),
        last_message_at=iso(summary.last_at or conversation.created_at),
        created_at=iso(conversation.created_at),
    )


def session_detail(
    conversation: Conversation,
    summary: Summary,
    pictures: Sequence[TaskSnapshot],
    videos: Sequence[TaskSnapshot],
    place: int,
) -> wire.SessionDetail:
    """A session with the messages of `pictures`, oldest first, two for each; `place` is the first one's in the session. A video
    stands at the message it was made from."""
    messages: list[wire.Message] = []
    for number, task in enumerate(pictures, place):
        made_of = [video for video in videos if video.parent_id == task.public_id]
        messages += [_asked(task, 2 * number - 1), _answered(task, 2 * number, made_of)]
    return wire.SessionDetail(
        session_id=conversation.id,
        title=conversation.title,
        status=conversation.status,
        total_generations=summary.tasks,
        total_cost=cost(summary.charged),
        messages=messages,
        created_at=iso(conversation.created_at),
        updated_at=iso(max(conversation.updated_at, summary.last_at or 0)),
    )


def accepted(submitted: Submitted) -> wire.Accepted:
    """A fresh generation."""
    return wire.Accepted(submitted.public_id, "pending", cost(submitted.price), iso(submitted.created_at))


def message_status(task: TaskSnapshot, sequence: int, videos: Sequence[TaskSnapshot]) -> wire.MessageStatus:
    """A generation as a poll shows it; `sequence` is its place in the session."""
    finished = task.finished_at is not None
    return wire.MessageStatus(
        message_id=task.public_id,
        session_id=task.conversation_id or "",
        status=STATES[task.state],
        sequence=sequence,
        images=images_of(task),
        model=task.model,
        resolution=task.request.resolution,
        aspect_ratio=task.request.aspect_ratio,
        created_at=iso(task.created_at),
        actual_cost=cost(task.charged or 0) if finished else None,
        generation_time=task.finished_at - (task.started_at or task.created_at) if task.finished_at is not None else None,
        error_msg=error_of(task),
        completed_at=iso(task.finished_at) if task.finished_at is not None else None,
        video_tasks=[video_summary(video) for video in videos] or None,
    )


def images_of(task: TaskSnapshot) -> list[wire.Image]:
    """Finished pictures, by paths that the client puts behind the server's address (seed 000)."""
    return [wire.Image(output.path, output.path) for output in task.outputs]


def error_of(task: TaskSnapshot) -> str | None:
    """Why there is no result."""
    if task.state is State.CANCELED:
        return "The generation was canceled"
    return task.error.message if task.error else None


def video_summary(task: TaskSnapshot) -> wire.VideoSummary:
    """A video below the message it was made from."""
    status = "processing" if task.state is State.RUNNING else STATES[task.state]
    return wire.VideoSummary(
        task_id=task.public_id,
        status=status,
        progress=100 if task.state is State.SUCCEEDED else int(task.progress * 100),
        created_at=iso(task.created_at),
        video_url=task.outputs[0].path if task.outputs else None,
        error_msg=error_of(task),
    )


def _asked(task: TaskSnapshot, sequence: int) -> wire.Message:
    # A link of somebody else's was kept for the task alone: there is nothing to show.
    shown = [item.source for item in task.request.inputs if item.source.startswith(ROOT) and is_served(item.source)]
    return wire.Message(
        message_id=user_message_id(task.public_id),
        role="user",
        sequence=sequence,
        content=str(task.details.get("prompt", task.request.prompt)),
        created_at=iso(task.created_at),
        images=[wire.Image(path, path) for path in shown] or None,
    )


def _answered(task: TaskSnapshot, sequence: int, videos: Sequence[TaskSnapshot]) -> wire.Message:
    return wire.Message(
        message_id=task.public_id,
        role="assistant",
        sequence=sequence,
        content="",
        created_at=iso(task.created_at),
        model=task.model,
        resolution=task.request.resolution,
        aspect_ratio=task.request.aspect_ratio,
        width=task.outputs[0].width if task.outputs else task.request.width,
        height=task.outputs[0].height if task.outputs else task.request.height,
        num_images=task.request.count,
        status=STATES[task.state],
        images=images_of(task),
        actual_cost=cost(task.charged or 0) if task.finished_at is not None else None,
        error_msg=error_of(task),
        panel_type=task.details.get("panel_type"),
        ref_index=task.details.get("ref_index"),
        completed_at=iso(task.finished_at) if task.finished_at is not None else None,
        video_tasks=[video_summary(video) for video in videos] or None,
    )


def _config(catalog: Catalog, model: Model) -> wire.ModelConfig:
    def price(resolution: str, quality: str) -> int:
        request = GenerationRequest(kind=Kind.IMAGE, model=model.id, prompt="", resolution=resolution, quality=quality)
        return cost(catalog.price(DIALECT, request))

    default = model.qualities[0]
    return wire.ModelConfig(
        name=model.name,
        provider=model.hints[0] if model.hints else HINTS[0],
        description=model.description,
        supports_image_to_image=model.max_inputs > 0,
        supported_resolutions=[wire.PricedChoice(name, name, price(name, default)) for name in model.resolutions],
        quality_options=[
            wire.QualityOption(name, quality, price(name, quality)) for name in model.resolutions for quality in model.qualities
        ],
        supported_aspect_ratios=[wire.Choice(ratio, ratio) for ratio in model.aspect_ratios],
        image_to_image_extra=0,
        max_references=model.max_inputs,
        max_images=model.max_count,
        engine=ENGINES.get(model.routes[0].provider, ""),
    )
