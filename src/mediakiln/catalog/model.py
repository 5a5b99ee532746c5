"""The values of the catalogue: one `Model` says all that one dialect offers under one model id."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from mediakiln.generation import GenerationRequest, Kind, Mode, Role

ANY = "any"
"""The one row of the size and price tables of a model that has no resolutions."""

PriceKey = tuple[Mode, str | None, str, bool, int, str | None]
"""(mode, resolution, quality, audio, duration in seconds, aspect ratio): all that a price may depend on. Images have
(…, False, 0, None); the ratio is None wherever the price is the same for all of them."""

SizeKey = tuple[str | None, str]
"""(resolution, aspect ratio); the resolution is None for a model that ignores it."""


class Audio(StrEnum):
    """Whether a video model makes sound. With `never` and `always` the caller's flag is ignored, not refused."""

    OPTIONAL = "optional"
    ALWAYS = "always"
    NEVER = "never"


class Route(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One way to have a model rendered: a configured provider's name and the id the model has there.

    `input` is the upstream's own body with `$names` in it (`providers.payload`), for vendors whose models each have their own.
    The lists narrow what the route takes, all where empty: `modes`, `roles` of inputs, `resolutions`, `aspect_ratios`,
    `durations` in seconds.
    `cost` is what the upstream asks for one picture or one second, in USD, for the metrics; it is not what the caller pays.
    """

    provider: str
    model: str
    input: Mapping[str, Any] = {}
    modes: tuple[Mode, ...] = ()
    roles: tuple[Role, ...] = ()
    resolutions: tuple[str, ...] = ()
    aspect_ratios: tuple[str, ...] = ()
    durations: tuple[int, ...] = ()
    cost: str = ""

    def takes(self, request: GenerationRequest) -> bool:
        """Whether this route can do a resolved request."""
        return (
            (not self.modes or request.mode in self.modes)
            and (not self.roles or all(item.role in self.roles for item in request.inputs))
            and (not self.resolutions or request.resolution in self.resolutions)
            and (not self.aspect_ratios or request.aspect_ratio in self.aspect_ratios)
            and (not self.durations or request.duration in self.durations)
        )


class Facts(Struct, frozen=True, kw_only=True):
    """What a data file says of a model in words that need no interpretation.

    An empty `resolutions` means that the parameter is accepted and ignored. `max_inputs` counts input pictures, frames
    and reference images together; `prompt_max` is in characters; `durations` in seconds; `fps` in frames per second;
    `order` sorts listings. `aliases` are other ids that callers may use. `hints` are words that callers may send as the
    provider; they choose nothing, and the first is the one to show.

    `roles` says how many inputs of each role are taken; one that is not there, or 0, is refused. Empty, it takes
    `max_inputs` inputs of any role. `needs` are roles that a request must have. `frames_with_references = false` keeps a
    first or last frame apart from reference images and videos.

    `templates` are the effects the model offers: a request names one. `sides` is the least and the most that a caller may ask
    for as width and height, in pixels; left out, they are the model's. With `prompt_optional` an input speaks for itself. With
    `adaptive` the words choose the ratio where the caller names none and sends no picture, and with `auto_duration` they
    choose the length of a video where the caller asks for that (`generation.AUTO`).
    """

    dialect: str
    id: str
    aliases: tuple[str, ...] = ()
    name: str
    hints: tuple[str, ...] = ()
    kind: Kind
    description: str = ""
    order: int = 100
    is_default: bool = False
    requires_subscription: bool = False
    modes: tuple[Mode, ...]
    max_inputs: int
    roles: Mapping[Role, int] = {}
    needs: tuple[Role, ...] = ()
    frames_with_references: bool = True
    prompt_max: int
    prompt_optional: bool = False
    templates: tuple[str, ...] = ()
    sides: tuple[int, int] | None = None
    negative_prompt: bool = False
    resolutions: tuple[str, ...] = ()
    aspect_ratios: tuple[str, ...]
    adaptive: bool = False
    durations: tuple[int, ...] = ()
    auto_duration: bool = False
    audio: Audio = Audio.NEVER
    default_audio: bool = True
    fps: int = 24
    max_count: int = 1
    qualities: tuple[str, ...] = ("standard",)
    output_formats: tuple[str, ...]
    routes: tuple[Route, ...]


class Model(Facts, frozen=True, kw_only=True):
    """A model ready for use. Every combination its lists allow has an entry in `sizes` ((width, height) in pixels) and in
    `prices` (microcredits for one delivered item, always above 0). With `priced_by_ratio` the price depends on the aspect
    ratio too."""

    default_resolution: str | None
    default_aspect_ratio: str
    default_duration: int
    sizes: Mapping[SizeKey, tuple[int, int]]
    prices: Mapping[PriceKey, int]
    priced_by_ratio: bool = False
