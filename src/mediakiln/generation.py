"""The canonical words of one generation, shared by every room of the house.

Dialects translate their wire bodies into a `GenerationRequest`; the catalogue checks and prices it; providers render it.
Nothing here knows a dialect, a vendor, HTTP or the database.
"""

from __future__ import annotations

import math
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

AUTO = -1
"""As a duration: the length follows from the prompt."""


class Kind(StrEnum):
    """What a generation delivers."""

    IMAGE = "image"
    VIDEO = "video"


class Mode(StrEnum):
    """What a generation starts from: words alone, or a picture and words."""

    TEXT = "text"
    IMAGE = "image"


class Role(StrEnum):
    """The part an input plays."""

    IMAGE = "image"
    FIRST_FRAME = "first_frame"
    LAST_FRAME = "last_frame"
    REFERENCE_IMAGE = "reference_image"
    REFERENCE_VIDEO = "reference_video"
    REFERENCE_AUDIO = "reference_audio"


class MediaInput(Struct, frozen=True, omit_defaults=True):
    """An input as the caller named it.

    `source` is an http(s) URL, a `data:` URI, one of our own `/uploads/...` paths, or an upload or asset id.
    """

    role: Role
    source: str


class Shape(Struct, frozen=True):
    """A size a model can make, in pixels."""

    aspect_ratio: str
    width: int
    height: int


class GenerationRequest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One generation, in our own words.

    A dialect leaves a field None to mean "the model's default"; `catalog.quote` returns a copy with every field resolved:
    after it `aspect_ratio`, `width`, `height` (pixels), `output_format` and `seed` are set, and for video `duration`
    (seconds) and `fps`. `template` names an effect of the model's that a picture is put through. `count` is the number of items
    asked for (images; always 1 for video). `frames`, where it is set, is the exact length of a video; `duration` is then the
    next length that is sold. `strength` says how far a result may leave its pictures: from 0 (as given) to 1 (free). `shapes`
    holds the model's sizes when the caller sent a picture and left the ratio open, and every ratio costs the same: the result
    then takes the shape nearest to that picture. With `last_frame` a video's last frame is kept as a picture too.
    """

    kind: Kind
    model: str
    prompt: str
    mode: Mode = Mode.TEXT
    inputs: tuple[MediaInput, ...] = ()
    negative_prompt: str = ""
    aspect_ratio: str | None = None
    resolution: str | None = None
    width: int = 0
    height: int = 0
    count: int = 1
    quality: str = "standard"
    output_format: str | None = None
    duration: int | None = None
    fps: int = 24
    frames: int | None = None
    audio: bool | None = None
    last_frame: bool = False
    seed: int | None = None
    strength: float = 0.7
    template: str | None = None
    shapes: tuple[Shape, ...] = ()

    @property
    def length(self) -> int:
        """The frames of a resolved video request."""
        return self.frames or (self.duration or 0) * self.fps

    def shaped_like(self, width: int, height: int) -> GenerationRequest:
        """The request in the shape nearest to a picture of these pixels; itself where the caller chose the ratio."""
        if not self.shapes:
            return self
        wanted = math.log(width / height)
        best = min(self.shapes, key=lambda shape: abs(math.log(shape.width / shape.height) - wanted))
        return replace(self, aspect_ratio=best.aspect_ratio, width=best.width, height=best.height, shapes=())
