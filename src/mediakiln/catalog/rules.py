"""Checking a request against a model, and filling in what the caller left open.

`resolve` looks at parameters alone and serves price previews too; `check_content` looks at the words and pictures of a
request that is meant to run. All errors name the canonical field, what was got and what is allowed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeVar

from mediakiln.catalog import pace
from mediakiln.catalog.model import Audio, Model
from mediakiln.errors import InvalidPrompt, InvalidRequest
from mediakiln.generation import AUTO, GenerationRequest, Kind, Mode, Role, Shape

T = TypeVar("T")
_REFERENCES = (Role.REFERENCE_IMAGE, Role.REFERENCE_VIDEO)
_PICTURES = (Role.IMAGE, Role.FIRST_FRAME, Role.LAST_FRAME, Role.REFERENCE_IMAGE)


def check_content(model: Model, request: GenerationRequest) -> None:
    """Check prompt, negative prompt and inputs of a resolved request. Raises InvalidPrompt or InvalidRequest.

    Lengths are counted in characters. Mode `image` needs an input (seed 004: "required if mode=image"). What is said of
    inputs names the role as the field where the model has `roles`, and `inputs` where it is about all of them.
    """
    optional = model.prompt_optional and bool(request.inputs)
    if not optional and not any(char.isprintable() and char != " " for char in request.prompt):
        raise InvalidPrompt.not_allowed("prompt", request.prompt, f"1 to {model.prompt_max} characters of text")
    if len(request.prompt) > model.prompt_max:
        raise InvalidPrompt.not_allowed("prompt", f"{len(request.prompt)} characters", f"1 to {model.prompt_max} characters")
    if "\0" in request.prompt:
        raise InvalidPrompt("got a NUL character; allowed: text", field="prompt")
    if request.negative_prompt:
        _check_negative(model, request.negative_prompt)
    _check_inputs(model, request)


def resolve(model: Model, request: GenerationRequest, *, seed: int | None = None) -> GenerationRequest:
    """A copy with every parameter checked and every default filled in; prompt and inputs are taken as they are.

    - Image models: the mode decides (seed 004). In mode `text` a picture that was sent along is left out and not priced.
    - Video models: an input makes it mode `image`; seed 004 has no mode for video.
    - A model without resolutions ignores the resolution (seed 004 samples send "1K" to nano-banana); it becomes None.
    - `audio` follows the flag only where the model leaves a choice; None takes the model's default.
    - An input without an aspect ratio gets `shapes`: the runner takes the one nearest to the picture. Where the price
      depends on the ratio it cannot stay open: there it is the model's default, with an input or without.
    - The strength is 0 to 1 whatever the model.
    - Width and height (pixels) come from the model's table, whatever the request says, but for a model with `sides`.
    - What the words choose (an adaptive ratio, a length left to the model) is chosen here, so that its price is known.

    Raises InvalidRequest.
    """
    video = model.kind is Kind.VIDEO
    mode = Mode.IMAGE if video and request.inputs else request.mode
    _choose("mode", mode, mode, model.modes)
    _choose("quality", request.quality, request.quality, model.qualities)
    if not 1 <= request.count <= model.max_count:
        raise InvalidRequest.not_allowed("count", request.count, f"1 to {model.max_count}" if model.max_count > 1 else "1")
    if not 0.0 <= request.strength <= 1.0:  # not a number is refused too
        raise InvalidRequest.not_allowed("strength", request.strength, "0.0 to 1.0")
    resolution = None
    if model.resolutions:
        resolution = _choose("resolution", request.resolution, model.default_resolution, model.resolutions)
    ratio = _choose("aspect_ratio", request.aspect_ratio, _default_ratio(model, request), model.aspect_ratios)
    output_format = _choose("output_format", request.output_format, model.output_formats[0], model.output_formats)
    duration = _duration(model, request) if video else None
    width, height = _size(model, request, *model.sizes[resolution, ratio])
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
        frames=request.frames if video else None,
        last_frame=request.last_frame and video,
        audio=_audio(model, request.audio) if video else None,
        seed=request.seed if request.seed is not None else seed,
        strength=request.strength,
        template=_template(model, request.template),
        shapes=_shapes(model, request, mode, resolution),
    )


def _shapes(model: Model, request: GenerationRequest, mode: Mode, resolution: str | None) -> tuple[Shape, ...]:
    """Every size of the model at this resolution, when the choice may wait for the picture; else what was asked for."""
    if model.priced_by_ratio or model.sides:
        return ()
    if request.aspect_ratio is None and mode is Mode.IMAGE and request.inputs:
        return tuple(Shape(ratio, *model.sizes[resolution, ratio]) for ratio in model.aspect_ratios)
    return request.shapes


def _choose(field: str, got: T | None, default: T, allowed: Sequence[T]) -> T:
    value = default if got is None else got
    if value not in allowed:
        raise InvalidRequest.not_allowed(field, value, allowed)
    return value


def _default_ratio(model: Model, request: GenerationRequest) -> str:
    """The ratio where the caller names none."""
    if model.adaptive and not request.inputs:
        return pace.ratio(request.prompt, model.aspect_ratios, model.default_aspect_ratio)
    return model.default_aspect_ratio


def _size(model: Model, request: GenerationRequest, width: int, height: int) -> tuple[int, int]:
    if model.sides is None:
        return width, height
    least, most = model.sides
    for field, got in (("width", request.width), ("height", request.height)):
        if got and not least <= got <= most:
            raise InvalidRequest.not_allowed(field, got, f"{least} to {most}")
    return request.width or width, request.height or height


def _template(model: Model, got: str | None) -> str | None:
    if not model.templates:
        return None
    if got is None:
        raise InvalidRequest(f"got none; allowed: {', '.join(model.templates)}", field="template")
    return _choose("template", got, got, model.templates)


def _duration(model: Model, request: GenerationRequest) -> int:
    """Seconds; a number of frames goes before them, and takes the shortest length that holds it."""
    if request.frames is None and request.duration == AUTO and model.auto_duration:
        return pace.seconds(request.prompt, model.durations, model.default_duration)
    if request.frames is None:
        return _choose("duration", request.duration, model.default_duration, model.durations)
    lengths = sorted(model.durations)
    if not lengths[0] * model.fps <= request.frames <= lengths[-1] * model.fps:
        allowed = f"{lengths[0] * model.fps} to {lengths[-1] * model.fps}"
        raise InvalidRequest.not_allowed("frames", request.frames, allowed)
    return next(seconds for seconds in lengths if seconds * model.fps >= request.frames)


def _audio(model: Model, wanted: bool | None) -> bool:
    if model.audio is Audio.OPTIONAL:
        return model.default_audio if wanted is None else wanted
    return model.audio is Audio.ALWAYS


def _check_inputs(model: Model, request: GenerationRequest) -> None:
    given = len(request.inputs)
    if model.roles:
        counts = Counter(item.role for item in request.inputs)
        _check_roles(model, counts)
        _check_company(model, counts)
        given = sum(counts[role] for role in _PICTURES)
    allowed = "1 picture" if model.max_inputs == 1 else f"1 to {model.max_inputs} pictures"
    if given > model.max_inputs:
        raise InvalidRequest.not_allowed("inputs", given, allowed)
    if request.mode is Mode.IMAGE and not request.inputs:
        raise InvalidRequest(f"got none; allowed: {allowed}", field="inputs")


def _check_roles(model: Model, counts: Mapping[Role, int]) -> None:
    """As many inputs of each role as the model takes and needs."""
    for role, given in counts.items():
        most = model.roles.get(role, 0)
        if given > most:
            raise InvalidRequest.not_allowed(role, given, f"at most {most}" if most else f"none; {model.id} takes no such input")
    for role in model.needs:
        if role not in counts:
            most = model.roles[role]
            raise InvalidRequest(f"got none; allowed: {'1' if most == 1 else f'1 to {most}'}", field=role)


def _check_company(model: Model, counts: Mapping[Role, int]) -> None:
    """What goes together (the rules of NeoSpark's own front end; seed 002: frames and references are "mutually exclusive
    scenarios" for Seedance)."""
    if Role.LAST_FRAME in counts and Role.FIRST_FRAME not in counts:
        raise InvalidRequest("got one without a first frame; allowed: one beside a first frame", field=Role.LAST_FRAME)
    if Role.FIRST_FRAME in counts and not model.frames_with_references:
        for role in _REFERENCES:
            if role in counts:
                raise InvalidRequest(f"got {counts[role]} beside a first frame; allowed: either frames or references", field=role)
    if Role.REFERENCE_AUDIO in counts and not any(role in counts for role in (*_PICTURES, Role.REFERENCE_VIDEO)):
        raise InvalidRequest("got it alone; allowed: beside at least one image, video or frame", field=Role.REFERENCE_AUDIO)


def _check_negative(model: Model, text: str) -> None:
    if not model.negative_prompt:
        raise InvalidRequest(f"{model.id} does not take one", field="negative_prompt")
    if "\0" in text:
        raise InvalidRequest("got a NUL character; allowed: text", field="negative_prompt")
    if len(text) > model.prompt_max:
        raise InvalidRequest.not_allowed("negative_prompt", f"{len(text)} characters", f"at most {model.prompt_max} characters")
