"""Between the wire of video tasks and our own words."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from mediakiln.assets.stills import thumbnail_path
from mediakiln.catalog import Audio, Catalog, Model
from mediakiln.database.ids import iso
from mediakiln.dialects.neospark.credits import cost, points
from mediakiln.dialects.neospark.video import wire
from mediakiln.dialects.neospark.wire import DIALECT
from mediakiln.errors import InvalidRequest
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Mode, Role
from mediakiln.tasks.records import State, TaskSnapshot
from mediakiln.web.dialect import ENGINES

NAMES = {
    "aspect_ratio": "ratio",
    "audio": "generate_audio",
    "inputs": "first_frame_url, reference_image_urls, reference_video_urls, reference_audio_urls",
    Role.FIRST_FRAME.value: "first_frame_url",
    Role.LAST_FRAME.value: "last_frame_url",
    Role.REFERENCE_IMAGE.value: "reference_image_urls",
    Role.REFERENCE_VIDEO.value: "reference_video_urls",
    Role.REFERENCE_AUDIO.value: "reference_audio_urls",
}
"""Canonical names of fields as the bodies name them; the others are the same."""
STATES: Mapping[State, wire.VideoState] = {
    State.QUEUED: "pending",
    State.RUNNING: "processing",
    State.SUCCEEDED: "completed",
    State.FAILED: "failed",
    State.CANCELED: "cancelled",
}
_CAPABILITIES = {
    Role.FIRST_FRAME: "first_frame",
    Role.LAST_FRAME: "last_frame",
    Role.REFERENCE_IMAGE: "reference_images",
    Role.REFERENCE_VIDEO: "reference_videos",
    Role.REFERENCE_AUDIO: "reference_audio",
}


def new_task_id() -> str:
    """An id of the seed's form: `video_` and 16 random characters (80 bits)."""
    return f"video_{base64.b32encode(os.urandom(10)).decode().lower()}"


def create_request(body: wire.CreateVideo, catalog: Catalog) -> GenerationRequest:
    """A create body as a canonical request. Raises InvalidRequest."""
    request = _request(body, body.prompt or "", tuple(_inputs(body)), body.ratio, catalog)
    fps = catalog.find(DIALECT, request.model, Kind.VIDEO).fps
    if body.fps not in (None, fps):
        raise InvalidRequest.not_allowed("fps", body.fps, [fps])
    return replace(request, frames=body.frames, last_frame=bool(body.return_last_frame))


def message_request(body: wire.VideoOfMessage, message: TaskSnapshot, catalog: Catalog) -> GenerationRequest:
    """A video that begins with the first picture of a finished message. Raises InvalidRequest, UnknownModel."""
    model = catalog.find(DIALECT, body.model, Kind.VIDEO) if body.model else catalog.default(DIALECT, Kind.VIDEO)
    shape = message.request.aspect_ratio
    ratio = body.ratio or (shape if shape in model.aspect_ratios else None)
    prompt = body.prompt or str(message.details.get("prompt", message.request.prompt))[: model.prompt_max]
    first = MediaInput(Role.FIRST_FRAME, message.outputs[0].path)
    return _request(body, prompt, (first,), ratio, catalog)


def created(task: TaskSnapshot, available_after: int) -> wire.Video:
    """The answer to a create, `available_after` in microcredits. It is that of a task which waits, however far a quick worker
    has got meanwhile, and the same when it is repeated (`Idempotency-Key`)."""
    waiting = replace(task, state=State.QUEUED, progress=0.0, outputs=(), error=None, charged=None, finished_at=None)
    return replace(video(waiting), available_points_after=points(available_after))


def video(task: TaskSnapshot) -> wire.Video:
    """A video task as a poll shows it."""
    request, price = task.request, cost(task.price)
    return wire.Video(
        task_id=task.public_id,
        status=STATES[task.state],
        progress=_progress(task),
        prompt=request.prompt,
        model=task.model,
        duration=request.duration,
        ratio=request.aspect_ratio,
        resolution=request.resolution,
        generate_audio=bool(request.audio),
        watermark=bool(task.details.get("watermark")),
        seed=request.seed,
        estimated_cost=price,
        pricing=wire.Pricing(price),
        created_at=iso(task.created_at),
        video_url=_url(task),
        preview_url=_preview(task),
        last_frame_url=task.outputs[0].last_frame.path if task.outputs and task.outputs[0].last_frame else None,
        actual_cost=cost(task.charged or 0) if task.finished_at is not None else None,
        error_msg=error_of(task),
        completed_at=iso(task.finished_at) if task.finished_at is not None else None,
        source_message_id=task.parent_id,
    )


def item(task: TaskSnapshot) -> wire.VideoItem:
    """A video task in a list."""
    return wire.VideoItem(
        task_id=task.public_id,
        status=STATES[task.state],
        progress=_progress(task),
        prompt=task.request.prompt,
        model=task.model,
        estimated_cost=cost(task.price),
        created_at=iso(task.created_at),
        preview_url=_preview(task),
        video_url=_url(task),
        error_msg=error_of(task),
        source_message_id=task.parent_id,
    )


def error_of(task: TaskSnapshot) -> str | None:
    """Why there is no result."""
    if task.state is State.CANCELED:
        return "The generation was canceled"
    return task.error.message if task.error else None


def models(catalog: Catalog) -> wire.VideoModels:
    """Every callable video model, and what they take. Raises UnknownModel where there is none."""
    found = catalog.models(DIALECT, Kind.VIDEO)
    default = catalog.default(DIALECT, Kind.VIDEO)
    durations = sorted({each for model in found for each in model.durations})
    return wire.VideoModels(
        models=[_model(catalog, model) for model in found],
        ratios=list(dict.fromkeys(ratio for model in found for ratio in model.aspect_ratios)),
        resolutions={model.id: list(model.resolutions) for model in found},
        durations=wire.Durations(durations[0], durations[-1], default.default_duration),
        capabilities=list(dict.fromkeys(each for model in found for each in _capabilities(model))),
    )


def states_of(status: str | None) -> Sequence[State]:
    """What the `status` filter of a list means. Raises InvalidRequest."""
    if not status:
        return ()
    known = {word: state for state, word in STATES.items()}
    if status not in known:
        raise InvalidRequest.not_allowed("status", status, list(known))
    return (known[status],)


def _request(
    body: wire.CreateVideo | wire.VideoOfMessage,
    prompt: str,
    inputs: tuple[MediaInput, ...],
    ratio: str | None,
    catalog: Catalog,
) -> GenerationRequest:
    return GenerationRequest(
        kind=Kind.VIDEO,
        model=body.model or catalog.default(DIALECT, Kind.VIDEO).id,
        prompt=prompt,
        mode=Mode.IMAGE if inputs else Mode.TEXT,
        inputs=inputs,
        # Named, since the wire's default is 16:9 whatever picture is sent along.
        aspect_ratio=ratio or "16:9",
        resolution=body.resolution or None,
        duration=body.duration,
        audio=body.generate_audio,
        seed=_seed(body.seed),
    )


def _inputs(body: wire.CreateVideo) -> Iterator[MediaInput]:
    named: tuple[tuple[Role, Sequence[str | None]], ...] = (
        (Role.FIRST_FRAME, [body.first_frame_url]),
        (Role.LAST_FRAME, [body.last_frame_url]),
        (Role.REFERENCE_IMAGE, body.reference_image_urls or ()),
        (Role.REFERENCE_VIDEO, body.reference_video_urls or ()),
        (Role.REFERENCE_AUDIO, [body.reference_audio_url, *(body.reference_audio_urls or ())]),
    )
    for role, sources in named:
        # A client of both times sends the one sound under both names.
        for source in dict.fromkeys(source.strip() for source in sources if source and source.strip()):
            yield MediaInput(role, source)


def _seed(seed: int | None) -> int | None:
    if seed is None or seed == -1:
        return None
    if not 0 <= seed < 2**32:
        raise InvalidRequest.not_allowed("seed", seed, "-1 to 4294967295")
    return seed


def _progress(task: TaskSnapshot) -> int:
    return 100 if task.state is State.SUCCEEDED else int(task.progress * 100)


def _url(task: TaskSnapshot) -> str | None:
    return task.outputs[0].path if task.outputs else None


def _preview(task: TaskSnapshot) -> str | None:
    return thumbnail_path(task.outputs[0].path) if task.outputs else None


def _capabilities(model: Model) -> list[str]:
    inputs = [_CAPABILITIES[role] for role, most in model.roles.items() if most and role in _CAPABILITIES]
    return ["text_to_video", *inputs, *([] if model.audio is Audio.NEVER else ["audio"])]


def _model(catalog: Catalog, model: Model) -> wire.VideoModel:
    # Priced over the default duration: a table or a rounded price has no price of one second.
    request = GenerationRequest(kind=Kind.VIDEO, model=model.id, prompt="", aspect_ratio=model.default_aspect_ratio, audio=False)
    total = catalog.price(DIALECT, request)
    return wire.VideoModel(
        id=model.id,
        name=model.name,
        description=model.description,
        price_per_second=round(points(total) / model.default_duration, 3),
        ratios=list(model.aspect_ratios),
        resolutions=list(model.resolutions),
        capabilities=_capabilities(model),
        engine=ENGINES.get(model.routes[0].provider, ""),
    )
