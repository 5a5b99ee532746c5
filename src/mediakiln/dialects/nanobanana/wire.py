"""The JSON of the Nano Banana API, field by field. Unknown fields are ignored; a null counts as absent."""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

from msgspec import Meta, Struct

from mediakiln.web.bodies import told

Data = TypeVar("Data")


Prompt = Annotated[str | None, told("What to show; required.", "A sunset over mountains")]
ImageModel = Annotated[str | None, told("Model id; the default is `nano-banana`.", "nano-banana-pro")]
VideoModel = Annotated[str | None, told("Model id; the default is `veo-3.1-fast`.", "veo-3.1-fast")]
OtherName = Annotated[str | None, told("The other call's name for the model; read when the proper one is absent.")]
ImageMode = Annotated[
    str | None, told("`text` (the default) or `image`, which needs `image_url` and is the default with one.", "text")
]
Reference = Annotated[
    str | None,
    told("The reference image: an http(s) URL, a `data:` URI or the URL of one of your results.", "https://example.com/cat.png"),
]
Ratio = Annotated[str | None, told("One of the model's `aspect_ratios`; the default is its first.", "16:9")]
Resolution = Annotated[
    str | None, told("One of the model's `resolutions`, ignored where it has none; the default is 1K or 720p.", "1K", "720p")
]
Count = Annotated[int | None, told("How many pictures, each paid if delivered; the default is 1.", 1, minimum=1, maximum=4)]
Quality = Annotated[str | None, told("`standard` (the default) or `hd`, for 2 credits more.", "standard")]
Format = Annotated[str | None, told("`png` (the default) or `jpeg`.", "png")]
Duration = Annotated[int | None, told("Seconds, one of the model's `durations`; the default is its first.", 8)]
Audio = Annotated[bool | None, told("Sound, where the model leaves a choice; the default is true.", True)]
Negative = Annotated[str | None, told("What not to show.", "rain")]
Seed = Annotated[
    int | None, told("The same request with the same seed gives the same result; our extension.", minimum=0, maximum=2**31 - 1)
]


class GenerateImage(Struct, kw_only=True):
    """Body of `POST /api/v1/images/generate`."""

    prompt: Prompt = None
    mode: ImageMode = None
    model: ImageModel = None
    model_id: OtherName = None
    image_url: Reference = None
    aspect_ratio: Ratio = None
    resolution: Resolution = None
    num_images: Count = None
    quality: Quality = None
    output_format: Format = None
    seed: Seed = None


class GenerateVideo(Struct, kw_only=True):
    """Body of `POST /api/v1/videos/generate`. `duration` in seconds."""

    prompt: Prompt = None
    model_id: VideoModel = None
    model: OtherName = None
    aspect_ratio: Ratio = None
    duration: Duration = None
    resolution: Resolution = None
    image_url: Reference = None
    generate_audio: Audio = None
    negative_prompt: Negative = None
    seed: Seed = None


class CalculateCost(Struct, kw_only=True):
    """Body of `POST /api/v1/account/calculate-cost`: the parameters of either generate call that a price depends on."""

    type: Annotated[str | None, told("`image` or `video`; required.", "image")] = None
    mode: ImageMode = None
    model: ImageModel = None
    model_id: VideoModel = None
    image_url: Reference = None
    num_images: Count = None
    resolution: Resolution = None
    aspect_ratio: Ratio = None
    quality: Quality = None
    duration: Duration = None
    generate_audio: Audio = None


IMAGE_EXAMPLE = {
    "prompt": "A sunset over mountains",
    "mode": "text",
    "model": "nano-banana",
    "aspect_ratio": "16:9",
    "num_images": 1,
    "quality": "standard",
    "output_format": "png",
}
VIDEO_EXAMPLE = {
    "prompt": "A cat walking in a garden",
    "model_id": "veo-3.1-fast",
    "aspect_ratio": "16:9",
    "duration": 8,
    "resolution": "720p",
    "generate_audio": True,
}
COST_EXAMPLE = {"type": "image", "mode": "text", "model": "nano-banana-pro", "num_images": 2, "resolution": "2K"}
"""Bodies of seed 004."""


class Accepted(Struct, omit_defaults=True):
    """`data` of both generate calls. `provider` is told for videos only."""

    task_id: str
    status: Literal["pending", "processing"]
    credits_used: int
    credits_remaining: int
    provider: str | None = None


class ImageStatus(Struct, omit_defaults=True):
    """`data` of `GET /api/v1/images/status`. `image_urls` is added when several pictures were asked for."""

    task_id: str
    status: Literal["pending", "processing", "completed", "failed"]
    progress: Annotated[int, Meta(ge=0, le=100)]
    image_url: str | None = None
    image_urls: list[str] | None = None
    error: str | None = None
    credits_used: int | None = None
    completed_at: str | None = None
    expires_at: str | None = None


class VideoStatus(Struct, omit_defaults=True):
    """`data` of `GET /api/v1/videos/status`."""

    task_id: str
    status: Literal["processing", "succeeded", "failed"]
    progress: Annotated[int, Meta(ge=0, le=100)]
    video_url: str | None = None
    error: str | None = None
    credits_used: int | None = None
    completed_at: str | None = None
    expires_at: str | None = None


class Subscription(Struct):
    """The account's running plan."""

    plan: str
    end_date: str


class Credits(Struct):
    """`data` of `GET /api/v1/account/credits`. `total_credits` is everything ever granted; no plan: null."""

    credits: int
    total_credits: int
    subscription: Subscription | None
    is_vip: bool


class Cost(Struct):
    """`data` of `POST /api/v1/account/calculate-cost`."""

    type: Literal["image", "video"]
    credits_needed: int


class ModelInfo(Struct, omit_defaults=True, kw_only=True):
    """One model of `GET /api/v1/models`. The keys after `is_default` are our extension."""

    id: str
    name: str
    is_default: bool = False
    description: str = ""
    provider: str = ""
    engine: str = ""
    requires_subscription: bool = False
    modes: list[str] = []
    resolutions: list[str] = []
    aspect_ratios: list[str] = []
    durations: list[int] = []
    audio: str = ""
    image_input: bool = False


class Models(Struct):
    """`data` of `GET /api/v1/models`."""

    image_models: list[ModelInfo]
    video_models: list[ModelInfo]


class ErrorBody(Struct):
    """What went wrong."""

    code: str
    message: str


class Failure(Struct):
    """Every error answer."""

    success: Literal[False]
    error: ErrorBody


class Answer(Struct, Generic[Data]):
    """Every success answer."""

    success: Literal[True]
    data: Data
