"""One call of a pipeline for a batch of pieces. Imported by the device's thread alone, since it imports torch."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import torch
from PIL import Image, ImageOps

from mediakiln.providers.base import Rejected, RejectReason
from mediakiln.providers.diffusers.errors import Unfit
from mediakiln.providers.diffusers.loading import Loaded, Shelf, default_device, prepare
from mediakiln.providers.diffusers.options import Options
from mediakiln.providers.diffusers.waiting import Order, Piece

DRAWN = 0.95
"""The part of a piece's time that its steps take; decoding is the rest."""

Drawn = Image.Image | list[Any] | Rejected
"""A picture, a video's frames (uint8 RGB, height x width), or why this one is not handed out."""


class Easel:
    """One device with its models."""

    def __init__(self, options: Options, device: str, token: str) -> None:
        prepare(options)
        self.device = device or default_device()
        self._shelf = Shelf(options, self.device, token)

    def ready(self) -> frozenset[str]:
        """The models in memory."""
        return self._shelf.names()

    def make_room(self, model: str) -> bool:
        """Free all memory but this model's; whether there was more than waste."""
        return self._shelf.keep_only(model)

    def clean(self) -> None:
        """Give back memory that nothing uses."""
        self._shelf.clean()

    def proven(self, order: Order) -> bool:
        """Whether the model has drawn for this task."""
        return order.model in self.ready() and order.task in self._shelf.get(order.model).proven

    def draw(self, order: Order, pieces: Sequence[Piece], step: Callable[[float], None]) -> list[Drawn]:
        """Draw the pieces in one call. `step` takes the finished fraction after each step; what it raises ends the drawing.

        Raises OperatorFault for a model that cannot be loaded, `Unfit`, and whatever the pipeline does.
        """
        loaded = self._shelf.get(order.model)
        pipe = loaded.pipe(order.task)
        try:
            output = pipe(**_arguments(loaded, pipe, order, pieces, step))
        except BaseException:
            if hasattr(pipe, "maybe_free_model_hooks"):
                pipe.maybe_free_model_hooks()
            raise
        drawn = _videos(output, order) if order.frames else _pictures(output, order)
        if len(drawn) != len(pieces):
            raise Unfit(f"{type(pipe).__name__} made {len(drawn)} of {len(pieces)}")
        loaded.proven.add(order.task)
        return drawn


def _arguments(loaded: Loaded, pipe: Any, order: Order, pieces: Sequence[Piece], step: Callable[[float], None]) -> dict[str, Any]:
    """The arguments of the call. Raises Rejected for a request that this pipeline has no parameter for."""
    takes = inspect.signature(pipe.__call__).parameters
    width, height = canvas(loaded, pipe, order)
    asked: dict[str, Any] = msgspec.json.decode(order.arguments)
    if unknown := sorted(asked.keys() - loaded.known):
        raise Unfit(f"the route's input: {type(pipe).__name__} takes no {', '.join(unknown)}")
    given = {name: value for name, value in asked.items() if name in takes}

    def give(name: str, value: Any) -> None:
        if name in takes:
            given[name] = value

    def each(values: list[Any]) -> Any:
        """A list for a batch; alone, the value itself, which every pipeline takes."""
        return values if len(values) > 1 else values[0]

    give("prompt", each([piece.prompt for piece in pieces]))
    if order.negative:
        if "negative_prompt" not in takes:
            raise Rejected(RejectReason.UNSUPPORTED, f"diffusers: {order.model} takes no negative prompt")
        given["negative_prompt"] = each([piece.negative_prompt for piece in pieces])
    give("width", width)
    give("height", height)
    # On the CPU: the same seed gives the same noise on every device, and in every batch.
    give("generator", each([torch.Generator("cpu").manual_seed(piece.seed) for piece in pieces]))
    if order.task.takes_pictures:
        if "image" not in takes:
            raise Unfit(f"{type(pipe).__name__} takes no picture")
        free = not order.frames and "strength" not in takes  # it looks at its pictures instead of drawing over them
        if free and len(pieces) > 1:
            # Such pipelines may take a list for several pictures of one request: one caller's would be in another's result.
            raise Unfit(f"{type(pipe).__name__} draws requests with pictures one at a time")
        pictures = [[image if free else placed(image, order, width, height) for image in piece.images] for piece in pieces]
        given["image"] = each([images[0] for images in pictures]) if max(map(len, pictures)) == 1 else pictures[0]
        give("strength", _strength(order, given.get("num_inference_steps", takes.get("num_inference_steps"))))
    if any(piece.last_image for piece in pieces):
        if "last_image" not in takes:
            raise Rejected(RejectReason.UNSUPPORTED, f"diffusers: {order.model} takes no last frame")
        given["last_image"] = each([placed(piece.last_image, order, width, height) for piece in pieces if piece.last_image])
    if order.frames:
        give("num_frames", _length(pipe, order.frames))
        give("frame_rate", order.fps)
    give("output_type", "pt" if order.frames and hasattr(pipe, "video_processor") else "np" if order.frames else "pil")
    give("callback_on_step_end", _telling(step))
    return given


def canvas(loaded: Loaded, pipe: Any, order: Order) -> tuple[int, int]:
    """Width and height that the pipeline draws: at least what was asked for, or smaller in the same shape where that is too
    many pixels for the model, in multiples of what its latents need."""
    spec = loaded.spec
    multiple = spec.multiple or _multiple(pipe)
    pixels = order.width * order.height
    scale = math.sqrt(spec.max_pixels / pixels) if 0 < spec.max_pixels < pixels else 1.0
    if scale < 1.0:
        return tuple(max(multiple, round(side * scale / multiple) * multiple) for side in (order.width, order.height))  # type: ignore[return-value]
    return math.ceil(order.width / multiple) * multiple, math.ceil(order.height / multiple) * multiple


def _multiple(pipe: Any) -> int:
    """What a side must be a multiple of: the pixels of one latent times the latents of one patch, and 8, which most pipelines
    check whatever their models are like."""
    processor = getattr(pipe, "image_processor", None) or getattr(pipe, "video_processor", None)
    factor = getattr(getattr(processor, "config", None), "vae_scale_factor", 8)
    patch = getattr(getattr(getattr(pipe, "transformer", None), "config", None), "patch_size", 1)
    return math.lcm(8, int(factor) * max(patch[-2:] if isinstance(patch, list | tuple) else [patch or 1]))


def _length(pipe: Any, frames: int) -> int:
    """The frames to draw for at least `frames`: the first, and then whole groups of those that share a latent."""
    group = getattr(pipe, "vae_temporal_compression_ratio", None) or getattr(pipe, "vae_scale_factor_temporal", None) or 1
    return math.ceil((frames - 1) / group) * group + 1


def _strength(order: Order, steps: Any) -> float:
    """At least one step is drawn, since a pipeline refuses to draw none."""
    count = steps if isinstance(steps, int) else getattr(steps, "default", 50)
    least = 1.0 / count if isinstance(count, int) and count > 0 else 0.02
    return min(1.0, max(order.strength or 0.0, least + 1e-4))


def _telling(step: Callable[[float], None]) -> Callable[[Any, int, Any, dict[str, Any]], dict[str, Any]]:
    def tell(pipe: Any, number: int, _timestep: Any, kept: dict[str, Any]) -> dict[str, Any]:
        total = getattr(pipe, "num_timesteps", 0) or number + 1
        step(DRAWN * min(1.0, (number + 1) / total))
        return kept

    return tell


def placed(image: Image.Image, order: Order, width: int, height: int) -> Image.Image:
    """A picture on the canvas: cut to the shape asked for, and its edge repeated where the canvas is larger, so that the cut of
    the result lies where the picture was."""
    if width < order.width or height < order.height:
        return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
    fitted = np.asarray(ImageOps.fit(image, (order.width, order.height), Image.Resampling.LANCZOS))
    left, top = (width - order.width) // 2, (height - order.height) // 2
    around = ((top, height - order.height - top), (left, width - order.width - left), (0, 0))
    return Image.fromarray(np.pad(fitted, around, mode="edge"))


def _pictures(output: Any, order: Order) -> list[Drawn]:
    """The pictures in the exact size; one that the model's own safety checker has blacked out is refused instead."""
    flags = getattr(output, "nsfw_content_detected", None) or [False] * len(output.images)
    return [
        Rejected(RejectReason.CONTENT_FILTERED, "diffusers: the model's safety checker refused this picture")
        if flagged
        else sized(image.convert("RGB"), order)
        for image, flagged in zip(output.images, flags, strict=True)
    ]


def sized(image: Image.Image, order: Order) -> Image.Image:
    """Cut from the middle of a canvas that was larger, or enlarged from one that was smaller."""
    width, height = order.width, order.height
    if image.width < width or image.height < height:
        return ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def _videos(output: Any, order: Order) -> list[Drawn]:
    return [_video(frames, order) for frames in output.frames]


def _video(frames: Any, order: Order) -> list[Any]:
    """As many frames as were asked for, one by one, so that no more than one is there in floating point."""
    made = [
        np.asarray(sized(Image.fromarray(pixels), order)) for _, pixels in zip(range(order.frames), _pixels(frames), strict=False)
    ]
    if not made:
        raise Unfit("the pipeline made no frames")
    return made + [made[-1]] * (order.frames - len(made))


def _pixels(frames: Any) -> Iterator[Any]:
    """Frames as uint8 RGB, whichever way a pipeline gives them: a tensor (n, 3, h, w), an array (n, h, w, 3), or pictures."""
    for frame in frames:
        if isinstance(frame, torch.Tensor):
            yield (frame.clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).cpu().numpy()
        elif isinstance(frame, np.ndarray):
            yield frame if frame.dtype == np.uint8 else (frame.clip(0, 1) * 255).round().astype(np.uint8)
        else:
            yield np.asarray(frame.convert("RGB"))
