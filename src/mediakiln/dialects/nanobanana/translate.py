"""Between the Nano Banana wire and our own words."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence

from mediakiln.accounts.plans import Subscription
from mediakiln.catalog import Audio, Catalog, Model
from mediakiln.database.ids import iso
from mediakiln.dialects.nanobanana import wire
from mediakiln.errors import MICRO, InvalidRequest
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Mode, Role
from mediakiln.ledger.entries import Balance
from mediakiln.tasks.records import State, TaskSnapshot
from mediakiln.tasks.replays import Submitted
from mediakiln.web.dialect import ENGINES

DIALECT = "nanobanana"
DAY = 86_400_000

_SHARED_NAMES = {
    "count": "num_images",
    "inputs": "image_url",
    Role.IMAGE.value: "image_url",
    Role.FIRST_FRAME.value: "image_url",
    "audio": "generate_audio",
}
NAMES = {Kind.IMAGE: _SHARED_NAMES, Kind.VIDEO: _SHARED_NAMES | {"model": "model_id"}}
"""Canonical field names as the calls for a kind name them; the others are the same."""


def new_task_id() -> str:
    """An id of the seed's form: `clx` and 22 random characters (110 bits)."""
    return "clx" + base64.b32encode(os.urandom(14))[:22].decode().lower()


def image_request(body: wire.GenerateImage, catalog: Catalog) -> GenerationRequest:
    """A generate-image body as a canonical request. Raises InvalidRequest for an unknown mode."""
    return GenerationRequest(
        kind=Kind.IMAGE,
        model=_model(body.model, body.model_id, catalog, Kind.IMAGE),
        prompt=body.prompt or "",
        mode=_mode(body.mode, body.image_url),
        inputs=_inputs(body.image_url, Role.IMAGE),
        aspect_ratio=body.aspect_ratio,
        resolution=body.resolution,
        count=1 if body.num_images is None else body.num_images,
        quality=body.quality or "standard",
        output_format=body.output_format,
        seed=_seed(body.seed),
    )


def video_request(body: wire.GenerateVideo, catalog: Catalog) -> GenerationRequest:
    """A generate-video body as a canonical request; an image makes it image to video, beginning with that image."""
    return GenerationRequest(
        kind=Kind.VIDEO,
        model=_model(body.model_id, body.model, catalog, Kind.VIDEO),
        prompt=body.prompt or "",
        mode=_mode(None, body.image_url),
        inputs=_inputs(body.image_url, Role.FIRST_FRAME),
        negative_prompt=body.negative_prompt or "",
        aspect_ratio=body.aspect_ratio,
        resolution=body.resolution,
        duration=body.duration,
        audio=body.generate_audio,
        seed=_seed(body.seed),
    )


def cost_request(body: wire.CalculateCost, catalog: Catalog) -> GenerationRequest:
    """A calculate-cost body as the request it previews. Raises InvalidRequest for an unknown type."""
    if body.type is None:
        raise InvalidRequest(f"required, but missing; allowed: {', '.join(Kind)}", field="type")
    if body.type not in list(Kind):
        raise InvalidRequest.not_allowed("type", body.type, list(Kind))
    kind = Kind(body.type)
    first, second = (body.model, body.model_id) if kind is Kind.IMAGE else (body.model_id, body.model)
    return GenerationRequest(
        kind=kind,
        model=_model(first, second, catalog, kind),
        prompt="",
        mode=_mode(body.mode, body.image_url) if kind is Kind.IMAGE else Mode.TEXT,
        aspect_ratio=body.aspect_ratio,
        resolution=body.resolution,
        count=1 if body.num_images is None or kind is Kind.VIDEO else body.num_images,
        quality=(body.quality or "standard") if kind is Kind.IMAGE else "standard",
        duration=body.duration,
        audio=body.generate_audio,
    )


def image_accepted(submitted: Submitted) -> wire.Accepted:
    """A fresh image task."""
    return _accepted(submitted, "pending")


def video_accepted(submitted: Submitted) -> wire.Accepted:
    """A fresh video task; `provider` names the upstream (seed 004)."""
    accepted = _accepted(submitted, "processing")
    accepted.provider = submitted.provider
    return accepted


def image_status(task: TaskSnapshot, base: str, retention_days: int) -> wire.ImageStatus:
    """An image task: pending, processing, completed or failed. `base` is put before the files' paths."""
    status = wire.ImageStatus(task_id=task.public_id, status="processing", progress=int(task.progress * 100))
    if task.state is State.QUEUED:
        status.status = "pending"
    elif task.state is State.SUCCEEDED:
        urls = [base + output.path for output in task.outputs]
        status.status, status.image_url = "completed", urls[0]
        status.image_urls = urls if task.asked > 1 else None
    elif not task.state.open:
        status.status = "failed"
    _finish(status, task, retention_days)
    return status


def video_status(task: TaskSnapshot, base: str, retention_days: int) -> wire.VideoStatus:
    """A video task: processing, succeeded or failed."""
    status = wire.VideoStatus(task_id=task.public_id, status="processing", progress=int(task.progress * 100))
    if task.state is State.SUCCEEDED:
        status.status, status.video_url = "succeeded", base + task.outputs[0].path
    elif not task.state.open:
        status.status = "failed"
    _finish(status, task, retention_days)
    return status


def credits_of(balance: Balance, subscription: Subscription | None) -> wire.Credits:
    """The wallet in whole credits (a started credit is not shown) and the running plan."""
    running = subscription if subscription is not None and subscription.active else None
    return wire.Credits(
        credits=balance.available // MICRO,
        total_credits=balance.granted // MICRO,
        subscription=None if running is None else wire.Subscription(running.plan, iso(running.ends_at)),
        is_vip=running is not None and running.is_vip,
    )


def models(catalog: Catalog) -> wire.Models:
    """Every callable model of this dialect."""
    return wire.Models(
        image_models=_infos(catalog.models(DIALECT, Kind.IMAGE)), video_models=_infos(catalog.models(DIALECT, Kind.VIDEO))
    )


def whole_credits(micro: int) -> int:
    """Microcredits as the whole credits this dialect speaks of, rounded up: a price is never shown below what is taken."""
    return -(-micro // MICRO)


def _finish(status: wire.ImageStatus | wire.VideoStatus, task: TaskSnapshot, retention_days: int) -> None:
    if task.finished_at is None:
        return
    status.completed_at = iso(task.finished_at)
    status.credits_used = whole_credits(task.charged or 0)
    if task.state is State.SUCCEEDED:
        status.progress = 100
        status.expires_at = iso(task.finished_at + retention_days * DAY) if retention_days else None
    else:
        status.error = task.error.message if task.error else "The generation was canceled"


def _accepted(submitted: Submitted, status: str) -> wire.Accepted:
    return wire.Accepted(
        task_id=submitted.public_id,
        status=status,  # type: ignore[arg-type]
        credits_used=whole_credits(submitted.price),
        credits_remaining=submitted.available_after // MICRO,
    )


def _model(first: str | None, second: str | None, catalog: Catalog, kind: Kind) -> str:
    # Images say `model`, videos `model_id`; either name is read in both calls (wire file, section 5, row 3).
    return first or second or catalog.default(DIALECT, kind).id


def _mode(mode: str | None, image_url: str | None) -> Mode:
    """The mode that was named; without one, a picture that was sent along is meant to be used."""
    if mode is None:
        return Mode.IMAGE if image_url and not image_url.isspace() else Mode.TEXT
    if mode not in list(Mode):
        raise InvalidRequest.not_allowed("mode", mode, list(Mode))
    return Mode(mode)


def _inputs(url: str | None, role: Role) -> tuple[MediaInput, ...]:
    return (MediaInput(role, url.strip()),) if url and url.strip() else ()


def _seed(seed: int | None) -> int | None:
    if seed is not None and not 0 <= seed < 2**31:
        raise InvalidRequest.not_allowed("seed", seed, "0 to 2147483647")
    return seed


def _infos(models: Sequence[Model]) -> list[wire.ModelInfo]:
    return [
        wire.ModelInfo(
            id=model.id,
            name=model.name,
            is_default=model.is_default,
            description=model.description,
            provider=model.routes[0].provider,
            engine=ENGINES.get(model.routes[0].provider, ""),
            requires_subscription=model.requires_subscription,
            modes=list(model.modes),
            resolutions=list(model.resolutions),
            aspect_ratios=list(model.aspect_ratios),
            durations=list(model.durations),
            audio={Audio.OPTIONAL: "optional", Audio.ALWAYS: "always", Audio.NEVER: "never"}[model.audio]
            if model.kind is Kind.VIDEO
            else "",
            image_input=model.max_inputs > 0,
        )
        for model in models
    ]
