"""Between a job and pieces of work, and between drawings and files; no torch."""

from __future__ import annotations

from typing import Any

import av
import msgspec
import numpy as np
import pytest
from fakes.artist import account
from PIL import Image
from unit.providers.diffusers.conftest import MakeJob

from mediakiln.generation import Kind, Role
from mediakiln.providers.base import OperatorFault, Rejected, RejectReason
from mediakiln.providers.diffusers.options import Options, Task, read_options
from mediakiln.providers.diffusers.translate import to_file, to_pictures, to_plan
from mediakiln.providers.diffusers.waiting import Order


def options(**spec: Any) -> Options:
    both = {"path": "/models/x", "tasks": ["text-to-image", "image-to-image"]}
    video = {"path": "/models/v", "tasks": ["text-to-video", "image-to-video"]}
    return read_options(account({"x": both | spec, "v": video | spec}))


def test_a_request_becomes_an_order(make_job: MakeJob) -> None:
    """Size, words, seed and count from the request; steps and guidance from the operator."""
    job = make_job("x", negative_prompt="fog", count=3, seed=11, width=100, height=60)
    plan = to_plan(job, options(steps=20, guidance=4.0))
    assert (plan.prompt, plan.negative_prompt, plan.seed, plan.count) == ("a cat", "fog", 11, 3)
    arguments = b'{"guidance_scale":4.0,"num_inference_steps":20}'
    assert plan.order == Order("x", Task.TEXT_TO_IMAGE, 100, 60, negative=True, arguments=arguments)


def test_a_route_may_say_more(make_job: MakeJob) -> None:
    """The route's `input` are arguments of the pipeline with the request's values in them; it wins over the model's table."""
    steps = {"$": "quality", "standard": 8, "high": 40}
    fields = {"prompt": "photo, ${prompt}", "num_inference_steps": steps, "true_cfg_scale": 2.0}
    plan = to_plan(make_job("x", fields=fields, quality="high"), options(steps=20))
    assert plan.prompt == "photo, a cat"
    assert msgspec.json.decode(plan.order.arguments) == {"num_inference_steps": 40, "true_cfg_scale": 2.0}
    with pytest.raises(OperatorFault, match="width"):
        to_plan(make_job("x", fields={"width": 3}), options())


def test_a_video(make_job: MakeJob) -> None:
    """The length in frames; an exact one wins."""
    order = to_plan(make_job("v", kind=Kind.VIDEO), options()).order
    assert (order.task, order.frames, order.fps, order.strength) == (Task.TEXT_TO_VIDEO, 8, 8, None)
    assert to_plan(make_job("v", Role.FIRST_FRAME, kind=Kind.VIDEO, frames=11), options()).order.frames == 11


def test_pictures_that_are_looked_at_are_not_shared(make_job: MakeJob) -> None:
    """A model that takes several pictures of one request draws one request at a time."""
    assert to_plan(make_job("x", Role.IMAGE, Role.REFERENCE_IMAGE), options(max_images=2)).order.apart
    assert not to_plan(make_job("x", Role.IMAGE), options()).order.apart


@pytest.mark.parametrize(
    ("model", "roles", "request_", "said"),
    [
        ("v", (), {}, "does text-to-video, image-to-video, not text-to-image"),
        ("x", (Role.IMAGE, Role.IMAGE), {}, "got 2 pictures.*1 to 1"),
        ("x", (Role.LAST_FRAME,), {}, "last_frame is not taken"),
        ("v", (Role.LAST_FRAME,), {"kind": Kind.VIDEO}, "got 0 pictures"),
        ("v", (Role.REFERENCE_IMAGE,), {"kind": Kind.VIDEO}, "reference_image is not taken"),
        ("x", (Role.IMAGE,), {"template": "felt"}, "templates"),
        ("v", (), {"kind": Kind.VIDEO, "audio": True}, "no sound"),
    ],
)
def test_what_the_model_cannot_do(
    make_job: MakeJob, model: str, roles: tuple[Role, ...], request_: dict[str, Any], said: str
) -> None:
    """Refused before it waits, in words for the caller."""
    with pytest.raises(Rejected, match=f"^diffusers: .*{said}") as caught:
        to_plan(make_job(model, *roles, **request_), options())
    assert caught.value.reason is RejectReason.UNSUPPORTED


def test_a_route_to_a_model_that_is_not_there(make_job: MakeJob) -> None:
    """The operator's trouble."""
    with pytest.raises(OperatorFault, match="nothing"):
        to_plan(make_job("nothing"), options())


def test_inputs_are_read_upright_opaque_and_small(make_job: MakeJob) -> None:
    """As a camera meant them, white where they were transparent, and no larger than twice the result."""
    job = make_job("x", Role.IMAGE)
    sideways = Image.Exif()
    sideways[0x0112] = 6
    Image.new("RGB", (300, 200), "red").save(job.inputs[0].path, exif=sideways)
    [picture] = to_pictures(job).images
    assert picture.size == (43, 64)
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(job.inputs[0].path)
    [picture] = to_pictures(job).images
    assert (picture.mode, picture.getpixel((4, 4))) == ("RGB", (255, 255, 255))
    job.inputs[0].path.write_bytes(b"\x89PNG broken")
    with pytest.raises(Rejected, match="image: the picture cannot be read"):
        to_pictures(job)


@pytest.mark.parametrize(
    ("asked", "found"), [("png", "PNG"), ("jpeg", "JPEG"), ("jpg", "JPEG"), ("webp", "WEBP"), ("avif", "AVIF"), (None, "PNG")]
)
def test_pictures_in_the_format_asked_for(make_job: MakeJob, asked: str | None, found: str) -> None:
    """With the right type, and nothing in the file but the picture."""
    job = make_job("x")
    order = to_plan(job, options()).order
    made = to_file(Image.new("RGB", (32, 32), "teal"), order, job.workdir / "0", asked, lambda: True)
    with Image.open(made.path) as picture:
        assert (picture.format, picture.size, made.media_type) == (found, (32, 32), Image.MIME[found])
        assert not picture.getexif()
        assert not getattr(picture, "text", None)


def test_a_video_file(make_job: MakeJob) -> None:
    """H.264 in an MP4 with as many frames as were given, in their colours, at the speed asked for; a size that is odd grows by
    one."""
    job = make_job("v", kind=Kind.VIDEO)
    order = Order("v", Task.TEXT_TO_VIDEO, 63, 48, 8, 8)
    frames = [np.full((48, 63, 3), (200, 40, 30), np.uint8)] * 8
    made = to_file(frames, order, job.workdir / "0", "mp4", lambda: True)
    assert made.media_type == "video/mp4"
    with av.open(str(made.path)) as file:
        stream = file.streams.video[0]
        shown = [frame.to_ndarray(format="rgb24") for frame in file.decode(stream)]
        assert (stream.codec_context.name, stream.width, stream.height, stream.average_rate) == ("h264", 64, 48, 8)
    assert len(shown) == 8
    assert np.abs(shown[4].reshape(-1, 3).mean(0) - (200, 40, 30)).max() < 6


def test_encoding_stops_when_nobody_wants_it(make_job: MakeJob) -> None:
    """Cancelled while its file is written."""
    job = make_job("v", kind=Kind.VIDEO)
    left = iter([True, True, False])
    frames = iter([np.zeros((48, 64, 3), np.uint8)] * 1_000)
    to_file(frames, Order("v", Task.TEXT_TO_VIDEO, 64, 48, 1_000, 8), job.workdir / "0", "mp4", lambda: next(left))
    assert len(list(frames)) >= 997
