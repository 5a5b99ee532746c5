"""Checking a request against a model, and filling in what the caller left open.

`resolve` looks at parameters alone and serves price previews too; `check_content` looks at the words and pictures of a
request that is meant to run. All errors name the canonical field, what was got and what is allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from mediakiln.catalog.model import Audio, Model
from mediakiln.errors import InvalidPrompt, InvalidRequest
from mediakiln.generation import GenerationRequest, Kind, Mode, Shape

T = TypeVar("T")


def check_content(model: Model, request: GenerationRequest) -> None:
    """Check prompt, negative prompt and inputs of a resolved request. Raises InvalidPrompt or InvalidRequest.

    Lengths are counted in characters; the limits are Mediakiln's own (seed 004 gives none). Mode `image` needs a picture
    (seed 004: "required if mode=image").
    """
    if not any(char.isprintable() and char != " " for char in request.prompt):
        raise InvalidPrompt.not_allowed("prompt", request.prompt, f"1 to {model.prompt_max} characters of text")
    if len(request.prompt) > model.prompt_max:
        raise InvalidPrompt.not_allowed("prompt", f"{len(request.prompt)} characters", f"1 to {model.prompt_max} characters")
    if "\0" in request.prompt:
        raise InvalidPrompt("got a NUL character; allowed: text", field="prompt")
    if request.negative_prompt:
        _check_negative(model, request.negative_prompt)
    given, most = len(request.inputs), model.max_inputs
    allowed = "1 picture" if most == 1 else f"1 to {most} pictures"
    if given > most:
        raise InvalidRequest.not_allowed("inputs", given, allowed)
    if request.mode is Mode.IMAGE and not given:
        raise InvalidRequest(f"got none; allowed: {allowed}", field="inputs")


def resolve(model: Model, request: GenerationRequest, *, seed: int | None = None) -> GenerationRequest:
    """A copy with every parameter checked and every default filled in; prompt and inputs are taken as they are.

    - Image models: the mode decides (seed 004). In mode `text` a picture that was sent along is left out and not priced.
    - Video models: a picture makes it mode `image`; seed 004 has no mode for video.
    - A model without resolutions ignores the resolution (seed 004 samples send "1K" to nano-banana); it becomes None.
    - `audio` follows the flag only where the model leaves a choice; None takes the model's default.
    - A picture without an aspect ratio gets `shapes`: the runner takes the one nearest to the picture.
    - Width and height (pixels) come from the model's table, whatever the request says.

    Raises InvalidRequest.
    """
    video = model.kind is Kind.VIDEO
    mode = Mode.IMAGE if video and request.inputs else request.mode
    _choose("mode", mode, mode, model.modes)
    _choose("quality", request.quality, request.quality, model.qualities)
    if not 1 <= request.count <= model.max_count:
        raise InvalidRequest.not_allowed("count", request.count, f"1 to {model.max_count}" if model.max_count > 1 else "1")
    resolution = None
    if model.resolutions:
        resolution = _choose("resolution", request.resolution, model.default_resolution, model.resolutions)
    ratio = _choose("aspect_ratio", request.aspect_ratio, model.default_aspect_ratio, model.aspect_ratios)
    output_format = _choose("output_format", request.output_format, model.output_formats[0], model.output_formats)
    duration = _choose("duration", request.duration, model.default_duration, model.durations) if video else None
    width, height = model.sizes[resolution, ratio]
    return GenerationRequest(
        kind=model.kind,
        model=model.id,
        prompt=request.prompt,
        mode=mode,
        inputs=request.inputs if mode is Mode.IMAGE else (),
        negative_prompt=request.negative_prompt,
        aspect_ratio=ratio,
        resolution=resolution,
        width=width,
        height=height,
        count=request.count,
        quality=request.quality,
        output_format=output_format,
        duration=duration,
        fps=model.fps,
        audio=_audio(model, request.audio) if video else None,
        seed=request.seed if request.seed is not None else seed,
        strength=request.strength,
        shapes=_shapes(model, resolution)
        if request.aspect_ratio is None and mode is Mode.IMAGE and request.inputs
        else request.shapes,
    )


def _shapes(model: Model, resolution: str | None) -> tuple[Shape, ...]:
    """Every size of the model at this resolution. Prices do not depend on the ratio, so the choice may wait."""
    return tuple(Shape(ratio, *model.sizes[resolution, ratio]) for ratio in model.aspect_ratios)


def _choose(field: str, got: T | None, default: T, allowed: Sequence[T]) -> T:
    value = default if got is None else got
    if value not in allowed:
        raise InvalidRequest.not_allowed(field, value, allowed)
    return value


def _audio(model: Model, wanted: bool | None) -> bool:
    if model.audio is Audio.OPTIONAL:
        return model.default_audio if wanted is None else wanted
    return model.audio is Audio.ALWAYS


def _check_negative(model: Model, text: str) -> None:
    if not model.negative_prompt:
        raise InvalidRequest(f"{model.id} does not take one", field="negative_prompt")
    if "\0" in text:
        raise InvalidRequest("got a NUL character; allowed: text", field="negative_prompt")
    if len(text) > model.prompt_max:
        raise InvalidRequest.not_allowed("negative_prompt", f"{len(text)} characters", f"at most {model.prompt_max} characters")
