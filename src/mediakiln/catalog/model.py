"""The values of the catalogue: one `Model` says all that one dialect offers under one model id."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from mediakiln.generation import Kind, Mode

ANY = "any"
"""The one row of the size and price tables of a model that has no resolutions."""

PriceKey = tuple[Mode, str | None, str, bool, int]
"""(mode, resolution, quality, audio, duration in seconds): all that a price may depend on. Images have (…, False, 0)."""

SizeKey = tuple[str | None, str]
"""(resolution, aspect ratio); the resolution is None for a model that ignores it."""


class Audio(StrEnum):
    """Whether a video model makes sound. With `never` and `always` the caller's flag is ignored, not refused."""

    OPTIONAL = "optional"
    ALWAYS = "always"
    NEVER = "never"


class Route(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to have a model rendered: a configured provider's name and the id the model has there."""

    provider: str
    model: str


class Facts(Struct, frozen=True, kw_only=True):
    """What a data file says of a model in words that need no interpretation.

    An empty `resolutions` means that the parameter is accepted and ignored. `max_inputs` counts input pictures;
    `prompt_max` is in characters; `durations` in seconds; `fps` in frames per second; `order` sorts listings.
    """

    dialect: str
    id: str
    name: str
    kind: Kind
    description: str = ""
    order: int = 100
    is_default: bool = False
    requires_subscription: bool = False
    modes: tuple[Mode, ...]
    max_inputs: int
    prompt_max: int
    negative_prompt: bool = False
    resolutions: tuple[str, ...] = ()
    aspect_ratios: tuple[str, ...]
    durations: tuple[int, ...] = ()
    audio: Audio = Audio.NEVER
    default_audio: bool = True
    fps: int = 24
    max_count: int = 1
    qualities: tuple[str, ...] = ("standard",)
    output_formats: tuple[str, ...]
    routes: tuple[Route, ...]


class Model(Facts, frozen=True, kw_only=True):
    """A model ready for use. Every combination its lists allow has an entry in `sizes` ((width, height) in pixels) and in
    `prices` (microcredits for one delivered item, always above 0)."""

    default_resolution: str | None
    default_aspect_ratio: str
    default_duration: int
    sizes: Mapping[SizeKey, tuple[int, int]]
    prices: Mapping[PriceKey, int]
