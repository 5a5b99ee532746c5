"""Between tasks in our own words and the task object of the wire."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable
from decimal import Decimal

import msgspec

from mediakiln.assets.outputs import StoredOutput
from mediakiln.dialects.vtrix import wire
from mediakiln.dialects.vtrix.assets.answers import AssetAnswer
from mediakiln.dialects.vtrix.families import family_of
from mediakiln.errors import MICRO
from mediakiln.generation import Kind
from mediakiln.settings import Settings
from mediakiln.tasks.records import State, TaskSnapshot
from mediakiln.tasks.replays import Submitted

CANCELED = "The generation was canceled"


def new_task_id() -> str:
    """An id of the form that clients know: `c` and 24 random characters (120 bits)."""
    return _task_id(os.urandom(15))


def task_id_of(account_id: str, key: str) -> str:
    """The id that belongs to an account's Idempotency-Key."""
    return _task_id(hashlib.sha256(f"{account_id}\n{key}".encode()).digest()[:15])


def accepted(submitted: Submitted, model: str) -> wire.Task:
    """A fresh task, as it was when it was made, however far a quick worker has got meanwhile."""
    return wire.Task(
        id=submitted.public_id, status="in_progress", model=model, created_at=submitted.created_at // 1000, progress=0.0
    )


def task(found: TaskSnapshot, base: str, usd_per_credit: Decimal) -> wire.Task:
    """A task as a poll shows it. `base` is put before the files' paths."""
    shown = wire.Task(id=found.public_id, status="in_progress", model=found.model, created_at=found.created_at // 1000)
    if found.state.open:
        shown.progress = round(found.progress, 4)
        return shown
    shown.metadata = _metadata(found)
    if found.state is State.SUCCEEDED:
        shown.status = "completed"
        shown.output = [wire.Group([content for output in found.outputs for content in _contents(found, output, base)])]
        shown.usage = wire.Usage(usd(found.charged or 0, usd_per_credit))
    else:
        shown.status = "failed"
        codes = family_of(found.kind, templates=found.request.template is not None).codes
        message = found.error.message if found.error else CANCELED
        shown.error = wire.Error(codes[found.error.code if found.error else None], message, message)
    return shown


def answered(answer: AssetAnswer) -> wire.Task:
    """A call of an asset model, which is answered at once and costs nothing."""
    seconds = answer.created_at // 1000
    return wire.Task(
        id=answer.id,
        status="completed",
        model=answer.model,
        created_at=seconds,
        output=[wire.Group([wire.Content(type="text", url="", text=answer.text)])],
        usage=wire.Usage("0"),
        metadata=wire.Metadata(in_queue_at=seconds, completed_at=seconds),
    )


def renderer(settings: Settings) -> Callable[[TaskSnapshot, str], bytes]:
    """What a callback is sent: the task object, with links at the public URL or else at the given address."""

    def render(found: TaskSnapshot, base: str) -> bytes:
        return msgspec.json.encode(task(found, base, settings.usd_per_credit))

    return render


def usd(micro: int, usd_per_credit: Decimal) -> str:
    """Microcredits as an exact amount in USD: 46000000 at 0.01 -> "0.46"."""
    amount = Decimal(micro) * usd_per_credit / MICRO
    return format(amount.normalize(), "f") if amount else "0"


def _task_id(signs: bytes) -> str:
    return "c" + base64.b32encode(signs).decode().lower()


def _contents(found: TaskSnapshot, output: StoredOutput, base: str) -> list[wire.Content]:
    """What was delivered, and a video's last frame, where it was asked for."""
    files = [each for each in (output, output.last_frame) if each is not None]
    return [
        wire.Content(
            type="video" if each.media_type.startswith("video/") else "image",
            url=base + each.path,
            size=each.size,
            job_id=found.id,
        )
        for each in files
    ]


def _metadata(found: TaskSnapshot) -> wire.Metadata:
    request = found.request
    told = wire.Metadata(
        in_queue_at=found.created_at // 1000,
        started_at=found.started_at // 1000 if found.started_at is not None else None,
        completed_at=(found.finished_at or found.created_at) // 1000,
        seed=request.seed,
        template_id=request.template,
        prompt=request.prompt if "prompt" in found.details else None,
        service_tier=found.details.get("service_tier"),
    )
    if found.kind is Kind.VIDEO:
        told.resolution, told.generate_audio = request.resolution, bool(request.audio)
        told.frames = request.frames
    if found.outputs:
        first = found.outputs[0]
        told.width, told.height = first.width, first.height
        if found.kind is Kind.VIDEO:
            # One that was left open is what the result is nearest to.
            told.ratio = request.shaped_like(first.width, first.height).aspect_ratio
            told.duration, told.fps = _seconds(first), request.fps
    return told


def _seconds(output: StoredOutput) -> float | None:
    """The length of a file to a tenth of a second: sound ends a little before or after the picture. Whole ones are whole."""
    seconds = round(output.duration or 0, 1)
    return int(seconds) if seconds == int(seconds) else seconds
