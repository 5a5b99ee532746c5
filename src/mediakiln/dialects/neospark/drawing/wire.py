"""The JSON of drawing sessions, messages and billing (wire file, section 3). Unknown fields are ignored; null is absent."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Struct

from mediakiln.web.bodies import told

Prompt = Annotated[str | None, told("What to show; required.", "A cute cat on a windowsill, sunlight")]
ModelId = Annotated[str | None, told("A model of `/drawing/models/config`; required.", "gemini-3.1-flash-image-preview")]
Resolution = Annotated[str | None, told("One of the model's resolutions; required.", "1K")]
Ratio = Annotated[str | None, told("One of the model's aspect ratios; required.", "1:1")]
Negative = Annotated[str | None, told("What not to show.", "rain")]
UploadIds = Annotated[list[str] | None, told("Ids of uploads to start from, up to 14.")]
ImagePaths = Annotated[list[str] | None, told("Paths or URLs of pictures to start from, up to 14.")]
Strength = Annotated[
    float | None, told("How far a reference may be left: 0.0 to 1.0, the default is 0.7.", 0.7, minimum=0.0, maximum=1.0)
]
ProviderHint = Annotated[str | None, told("`gemini`, `openai` or `tengda`: a wish where a model has several routes.", "gemini")]
Quality = Annotated[str | None, told("`standard` (the default), `low`, `medium` or `high`.", "standard")]
Seed = Annotated[int | None, told("The same request with the same seed gives the same picture; our extension.", minimum=0)]
MessageState = Literal["pending", "generating", "completed", "failed", "cancelled"]


class CreateSession(Struct, kw_only=True):
    """Body of `POST /drawing/sessions`; it may be missing."""

    title: Annotated[str | None, told("At most 200 characters.", "My Creation")] = None


class RenameSession(Struct, kw_only=True):
    """Body of `PUT /drawing/sessions/{session_id}/title`."""

    title: Annotated[str | None, told("1 to 200 characters; required.", "My Creation")] = None


class Generate(Struct, kw_only=True):
    """Body of `POST /drawing/sessions/{session_id}/generate`."""

    prompt: Prompt = None
    model: ModelId = None
    resolution: Resolution = None
    aspect_ratio: Ratio = None
    num_images: Annotated[int | None, told("1 to 4, each paid if delivered; the default is 1.", 1, minimum=1, maximum=4)] = None
    negative_prompt: Negative = None
    ref_upload_id: Annotated[str | None, told("The id of one upload to start from.")] = None
    ref_upload_ids: UploadIds = None
    ref_image_path: Annotated[str | None, told("The path or URL of one picture to start from.")] = None
    ref_image_paths: ImagePaths = None
    strength: Strength = None
    provider: ProviderHint = None
    quality: Quality = None
    optimize_prompt: Annotated[bool | None, told("Let the server complete the prompt; the default is false.", True)] = None
    type: Annotated[int | None, told("1: a grid of nine panels for a product page, the first stage of `generate-batch`.")] = None
    seed: Seed = None


class GenerateMultiRef(Struct, kw_only=True):
    """Body of `POST /drawing/sessions/{session_id}/generate-multi-ref`: one picture per reference."""

    prompt: Prompt = None
    model: ModelId = None
    resolution: Resolution = None
    aspect_ratio: Ratio = None
    negative_prompt: Negative = None
    ref_upload_ids: UploadIds = None
    ref_image_paths: ImagePaths = None
    strength: Strength = None
    provider: ProviderHint = None
    quality: Quality = None
    concurrency: Annotated[int | None, told("Read and not needed: the server's own limits hold.")] = None


class GenerateBatch(Struct, kw_only=True):
    """Body of `POST /drawing/sessions/{session_id}/generate-batch`: ten panels of a product page."""

    assistant_message_id: Annotated[str | None, told("The first stage's message; required.", "dm_a1b2c3d4e5_assistant")] = None
    ref_upload_id: Annotated[str | None, told("The product's picture; required.")] = None
    model: ModelId = None
    resolution: Resolution = None
    aspect_ratio: Ratio = None
    negative_prompt: Negative = None
    strength: Strength = None
    provider: ProviderHint = None
    quality: Quality = None


GENERATE_EXAMPLE = {
    "prompt": "A cute cat on a windowsill, sunlight, healing illustration style",
    "model": "gemini-3.1-flash-image-preview",
    "resolution": "1K",
    "aspect_ratio": "1:1",
    "num_images": 1,
    "provider": "gemini",
    "optimize_prompt": True,
}
"""The body of seed 000."""


class Choice(Struct):
    """One allowed value of a parameter."""

    value: str
    label: str


class PricedChoice(Struct):
    """A resolution and what one picture of it costs at the default quality."""

    value: str
    label: str
    price: int


class QualityOption(Struct):
    """What one picture costs at a resolution and quality."""

    resolution: str
    quality: str
    price: int


class ModelConfig(Struct):
    """One model of `/drawing/models/config`. The keys after `image_to_image_extra` are our extension."""

    name: str
    provider: str
    description: str
    supports_image_to_image: bool
    supported_resolutions: list[PricedChoice]
    quality_options: list[QualityOption]
    supported_aspect_ratios: list[Choice]
    image_to_image_extra: int
    max_references: int
    max_images: int
    engine: str


class Session(Struct):
    """A new or renamed session."""

    session_id: str
    title: str
    created_at: str


class SessionItem(Struct):
    """One session of the list."""

    session_id: str
    title: str
    status: str
    preview_image: str | None
    total_generations: int
    total_cost: int
    last_message_at: str
    created_at: str


class Image(Struct):
    """A finished picture: its path, relative to the server's address."""

    url: str
    local_path: str


class VideoSummary(Struct, omit_defaults=True):
    """A video that was made from a message's picture."""

    task_id: str
    status: str
    progress: int
    created_at: str
    video_url: str | None = None
    error_msg: str | None = None


class Message(Struct, omit_defaults=True, kw_only=True):
    """A message as a session shows it: what was asked, or what came of it."""

    message_id: str
    role: Literal["user", "assistant"]
    sequence: int
    content: str
    created_at: str
    model: str | None = None
    resolution: str | None = None
    aspect_ratio: str | None = None
    width: int | None = None
    height: int | None = None
    num_images: int | None = None
    status: MessageState | None = None
    images: list[Image] | None = None
    actual_cost: int | None = None
    error_msg: str | None = None
    panel_type: str | None = None
    ref_index: int | None = None
    completed_at: str | None = None
    video_tasks: list[VideoSummary] | None = None


class SessionDetail(Struct):
    """A session with everything in it, oldest first."""

    session_id: str
    title: str
    status: str
    total_generations: int
    total_cost: int
    messages: list[Message]
    created_at: str
    updated_at: str


class Accepted(Struct):
    """A generation that was taken in."""

    message_id: str
    status: MessageState
    estimated_cost: int
    created_at: str


class BatchMessage(Struct, omit_defaults=True):
    """One generation of several. `panel_type` in a batch, `ref_index` (from 0) with several references."""

    message_id: str
    status: MessageState
    panel_type: str | None = None
    ref_index: int | None = None


class Batch(Struct):
    """The panels that were taken in."""

    messages: list[BatchMessage]
    total_estimated_cost: int


class MultiRef(Struct):
    """The generations that were taken in, one per reference."""

    batch_request_id: str
    messages: list[BatchMessage]
    total_estimated_cost: int
    ref_count: int


class MessageStatus(Struct, omit_defaults=True, kw_only=True):
    """`data` of `GET /drawing/messages/{message_id}`. `generation_time` in milliseconds."""

    message_id: str
    session_id: str
    status: MessageState
    sequence: int
    images: list[Image]
    model: str
    resolution: str | None
    aspect_ratio: str | None
    created_at: str
    actual_cost: int | None = None
    generation_time: int | None = None
    error_msg: str | None = None
    completed_at: str | None = None
    video_tasks: list[VideoSummary] | None = None


class Transaction(Struct):
    """A ledger entry under the newer names, then under the older ones. Points are credits; `total_points_after` counts frozen
    ones too, and `balance_*` only those that can be spent."""

    id: int
    type_name: str
    points: float
    total_points_after: float
    frozen_points_after: float
    biz_type: str
    biz_id: str
    idempotency_key: str
    description: str
    created_at: str
    type: str
    amount: float
    amount_sign: Literal["+", "-", ""]
    balance_before: float
    balance_after: float
    reference_id: str


class History(Struct):
    """A page of the billing history, newest first."""

    total: int
    offset: int
    limit: int
    transactions: list[Transaction]


class OptimizePrompt(Struct, kw_only=True):
    """Body of `POST /prompts/optimize`."""

    prompt: Prompt = None
    style: Annotated[str | None, told("A style in free words.", "watercolour")] = None


class OptimizedPrompt(Struct):
    """A prompt and what the server makes of it."""

    original_prompt: str
    optimized_prompt: str
    style: str
