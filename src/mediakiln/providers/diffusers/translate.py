"""From a job to the order and the pictures of its pieces, and from what was drawn to files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct
from PIL import Image, ImageOps

from mediakiln.generation import Kind, Role
from mediakiln.providers.base import InputFile, Job, OperatorFault, OutputFile, Rejected, RejectReason
from mediakiln.providers.diffusers.options import OURS, Options, Spec, Task
from mediakiln.providers.diffusers.video import write_video
from mediakiln.providers.diffusers.waiting import Order
from mediakiln.providers.payload import filled, values_of

SEEDS = 2**63
"""Seeds of later items of a request wrap around here."""

_FORMATS = {"png": "PNG", "jpeg": "JPEG", "jpg": "JPEG", "webp": "WEBP", "avif": "AVIF"}
_ROLES = {
    Kind.IMAGE: (Role.IMAGE, Role.REFERENCE_IMAGE, Role.FIRST_FRAME),
    Kind.VIDEO: (Role.FIRST_FRAME, Role.IMAGE, Role.LAST_FRAME),
}


class Plan(Struct, frozen=True):
    """A job in the driver's words; item n has the seed `seed + n`."""

    order: Order
    prompt: str
    negative_prompt: str
    seed: int
    count: int


class Pictures(Struct, frozen=True):
    """What a job starts from: RGB, upright, no larger than is of use."""

    images: tuple[Image.Image, ...] = ()
    last: Image.Image | None = None


def to_plan(job: Job, options: Options) -> Plan:
    """Raises Rejected for what the model cannot do, OperatorFault for a route that is wrong."""
    request = job.request
    spec = spec_of(job.upstream_model, options)
    task = Task.of(request)
    if task not in spec.tasks:
        raise _unsupported(f"{job.upstream_model} does {', '.join(spec.tasks)}, not {task}")
    if request.template:
        raise _unsupported("templates are not offered")
    if request.kind is Kind.VIDEO and request.audio:
        raise _unsupported(f"{job.upstream_model} makes no sound")
    _check_inputs(job, spec)
    arguments = {**spec.call(), **filled(job.fields, values_of(job, [""] * len(job.inputs)))}
    if taken := OURS.intersection(arguments):
        raise OperatorFault(f"diffusers: the route's input sets {min(taken)}, which the request decides")
    prompt = str(arguments.pop("prompt", request.prompt))
    negative_prompt = str(arguments.pop("negative_prompt", request.negative_prompt))
    video = request.kind is Kind.VIDEO
    order = Order(
        model=job.upstream_model,
        task=task,
        width=request.width,
        height=request.height,
        frames=request.length if video else 0,
        fps=request.fps if video else 0,
        strength=request.strength if task is Task.IMAGE_TO_IMAGE else None,
        negative=bool(negative_prompt),
        arguments=msgspec.json.encode(arguments, order="deterministic"),
        apart=task is Task.IMAGE_TO_VIDEO or (task is Task.IMAGE_TO_IMAGE and spec.max_images > 1),
    )
    return Plan(order, prompt, negative_prompt, (request.seed or 0) % SEEDS, request.count)


def spec_of(model: str, options: Options) -> Spec:
    """What the operator says of a model. Raises OperatorFault."""
    if model not in options.models:
        raise OperatorFault(f"diffusers: the model {model} of the route is not in options.models")
    return options.models[model]


def _check_inputs(job: Job, spec: Spec) -> None:
    allowed = _ROLES[job.request.kind]
    for file in job.inputs:
        if file.role not in allowed or not file.media_type.startswith("image/"):
            raise _unsupported(f"an input as {file.role} is not taken; allowed: {', '.join(allowed)}")
    pictures = sum(file.role is not Role.LAST_FRAME for file in job.inputs)
    if job.inputs and not 1 <= pictures <= spec.max_images:
        raise _unsupported(f"got {pictures} pictures to start from; allowed: 1 to {spec.max_images}")


def _unsupported(message: str) -> Rejected:
    return Rejected(RejectReason.UNSUPPORTED, f"diffusers: {message}")


def to_pictures(job: Job) -> Pictures:
    """Read the job's inputs. Raises Rejected for one that is broken. Blocks."""
    most = 2 * max(job.request.width, job.request.height)
    starts = tuple(_read(file, most) for file in job.inputs if file.role is not Role.LAST_FRAME)
    last = next((_read(file, most) for file in job.inputs if file.role is Role.LAST_FRAME), None)
    return Pictures(starts, last)


def _read(file: InputFile, most: int) -> Image.Image:
    try:
        with Image.open(file.path) as opened:
            picture = ImageOps.exif_transpose(opened)
            if picture.has_transparency_data:
                above = picture.convert("RGBA")
                picture = Image.alpha_composite(Image.new("RGBA", above.size, "white"), above)
            picture = picture.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Rejected(RejectReason.INVALID, f"diffusers: {file.role}: the picture cannot be read") from error
    picture.thumbnail((most, most), Image.Resampling.LANCZOS)
    return picture


def to_file(drawn: Any, order: Order, path: Path, output_format: str | None, wanted: Callable[[], bool]) -> OutputFile:
    """Write a picture (`Image`) or a video (frames: uint8 RGB, height x width), without a word of the prompt in it. A video that
    is no longer `wanted` is given up. Blocks."""
    if order.task.kind is Kind.VIDEO:
        path = path.with_suffix(".mp4")
        write_video(path, _while(wanted, drawn), width=order.width, height=order.height, fps=order.fps)
        return OutputFile(path, "video/mp4")
    form = _FORMATS.get(output_format or "png", "PNG")
    path = path.with_suffix(f".{form.lower()}")
    drawn.save(path, form, **({"compress_level": 4} if form == "PNG" else {"quality": 95}))
    return OutputFile(path, Image.MIME[form])


def _while(wanted: Callable[[], bool], frames: Iterable[Any]) -> Iterable[Any]:
    for frame in frames:
        if not wanted():
            return
        yield frame
