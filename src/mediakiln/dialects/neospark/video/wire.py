"""The JSON of video tasks (wire file, section 5). Unknown fields are ignored; null is absent."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct

from mediakiln.web.bodies import told

VideoState = Literal["pending", "processing", "completed", "failed", "cancelled"]
ModelId = Annotated[str | None, told("A model of `/video/models`; the default is `AiVideoMax`.", "AiVideoMax")]
Duration = Annotated[int | None, told("Seconds, 4 to 15; the default is 5.", 5)]
Ratio = Annotated[str | None, told("One of the model's ratios; the default is 16:9.", "16:9")]
Resolution = Annotated[str | None, told("One of the model's resolutions; the default is 720p.", "720p")]
Audio = Annotated[bool | None, told("Make sound; the default is false.", False)]
Watermark = Annotated[bool | None, told("Kept with the task and shown again; this server adds no watermark.")]
Seed = Annotated[int | None, told("The same request with the same seed gives the same video; -1 is a random one.")]
Urls = list[str] | None


class CreateVideo(Struct, kw_only=True):
    """Body of `POST /video/generations`. Links may be http(s) URLs, `data:` URIs, `/uploads/…` paths or upload ids."""

    prompt: Annotated[str | None, told("1 to 2000 characters; required.", "A cute corgi running on the beach at sunset")] = None
    model: ModelId = None
    duration: Duration = None
    ratio: Ratio = None
    resolution: Resolution = None
    generate_audio: Audio = None
    first_frame_url: Annotated[str | None, told("The picture to begin with.")] = None
    last_frame_url: Annotated[str | None, told("The picture to end with; needs a first one.")] = None
    reference_image_urls: Annotated[Urls, told("Up to 9 pictures of what is to be shown.")] = None
    reference_video_urls: Annotated[Urls, told("Up to 3 videos to follow.")] = None
    reference_audio_url: Annotated[str | None, told("A sound to follow; needs a picture or a video.")] = None
    reference_audio_urls: Annotated[Urls, told("Several of them, up to 3.")] = None
    watermark: Watermark = None
    seed: Seed = None
    frames: Annotated[int | None, told("The exact number of frames, in place of `duration`; 96 to 360.")] = None
    fps: Annotated[int | None, told("Frames per second; 24 is the only one.", 24)] = None
    return_last_frame: Annotated[bool | None, told("Keep the last frame as a picture, `last_frame_url` in the answer.")] = None


class VideoOfMessage(Struct, kw_only=True):
    """Body of `POST /drawing/messages/{message_id}/generate-video`; everything may be left out, and the body too."""

    prompt: Annotated[str | None, told("The default is the message's own.")] = None
    model: ModelId = None
    duration: Duration = None
    ratio: Annotated[str | None, told("The default is the picture's where the model has it, else 16:9.")] = None
    resolution: Resolution = None
    generate_audio: Audio = None
    watermark: Watermark = None
    seed: Seed = None


VIDEO_EXAMPLE = {
    "prompt": "A cute corgi running on the beach at sunset",
    "model": "AiVideoMax",
    "duration": 5,
    "ratio": "16:9",
    "resolution": "720p",
    "generate_audio": False,
}
"""The body of seed 000."""


class Pricing(Struct):
    """What a task will cost, as the web front end reads it."""

    estimated_cost: int
    currency: str = "credits"


class Video(Struct, omit_defaults=True, kw_only=True):
    """A video task, when it is created and when it is polled. `progress` is 0 to 100."""

    task_id: str
    status: VideoState
    progress: int
    prompt: str
    model: str
    duration: int | None
    ratio: str | None
    resolution: str | None
    generate_audio: bool
    watermark: bool
    seed: int | None
    estimated_cost: int
    pricing: Pricing
    created_at: str
    video_url: str | None = None
    preview_url: str | None = None
    last_frame_url: str | None = None
    actual_cost: int | None = None
    error_msg: str | None = None
    completed_at: str | None = None
    source_message_id: str | None = None
    available_points_after: float | None = None


class VideoItem(Struct, omit_defaults=True, kw_only=True):
    """One task of the list."""

    task_id: str
    status: VideoState
    progress: int
    prompt: str
    model: str
    estimated_cost: int
    created_at: str
    preview_url: str | None = None
    video_url: str | None = None
    error_msg: str | None = None
    source_message_id: str | None = None


class VideoPage(Struct):
    """A page of video tasks, newest first. Pages are counted from 1."""

    items: list[VideoItem]
    total: int
    page: int
    page_size: int


class Removed(Struct):
    """What became of a task that was deleted."""

    task_id: str
    status: Literal["cancelled", "deleted"]


class VideoModel(Struct):
    """One model. `price_per_second` is what a second costs at the default resolution, without sound."""

    id: str
    name: str
    description: str
    price_per_second: float
    ratios: list[str]
    resolutions: list[str]
    capabilities: list[str]
    engine: str


class Durations(Struct):
    """Allowed lengths in seconds."""

    min: int
    max: int
    default: int


class VideoModels(Struct):
    """`data` of `GET /video/models`: the models, and what is allowed in general; each model names its own resolutions."""

    models: list[VideoModel]
    ratios: list[str]
    resolutions: dict[str, list[str]]
    durations: Durations
    capabilities: list[str]
