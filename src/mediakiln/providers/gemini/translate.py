"""From a job to Gemini's own words, and from its answers to pictures."""

from __future__ import annotations

from collections.abc import Sequence

from google.genai import types
from pydantic import ValidationError

from mediakiln.errors import ConfigurationError
from mediakiln.generation import GenerationRequest
from mediakiln.providers.base import InputFile, Job, OperatorFault, OutcomeUnknown, Rejected, RejectReason
from mediakiln.providers.gemini.errors import told
from mediakiln.providers.payload import filled, values_of, words

SIZES = ("512", "1K", "2K", "4K")

_FILTERED = frozenset(
    {
        "SAFETY",
        "RECITATION",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "ESCALATION",
        "MODEL_ARMOR",
    }
)
"""Reasons to finish that name the content (`types.FinishReason`)."""


def to_contents(request: GenerationRequest, inputs: Sequence[InputFile]) -> list[types.Content]:
    """One turn: the words, then the pictures in the caller's order. Blocks while it reads them."""
    parts = [types.Part(text=words(request))]
    parts += [types.Part.from_bytes(data=file.path.read_bytes(), mime_type=file.media_type) for file in inputs]
    return [types.Content(role="user", parts=parts)]


def to_config(job: Job) -> types.GenerateContentConfig:
    """How a picture is asked for. A seed is not sent, since no source says that the image models take one; a route's `input`
    names what else belongs in here, in the SDK's words. Raises ConfigurationError for words it does not have."""
    request = job.request
    size = request.resolution if request.resolution in SIZES else None
    try:
        return types.GenerateContentConfig(
            **{
                "response_modalities": ["IMAGE"],
                "image_config": types.ImageConfig(aspect_ratio=request.aspect_ratio, image_size=size),
                # One request is one submit: neither tools nor a continuation may make more of it.
                "automatic_function_calling": types.AutomaticFunctionCallingConfig(disable=True),
                "automatic_continuation": False,
                **filled(job.fields, values_of(job, [""] * len(job.inputs))),
            }
        )
    except ValidationError as error:
        named = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
        raise ConfigurationError(f"Gemini: input: not in the SDK's words: {named}") from None


def from_answer(answer: types.GenerateContentResponse) -> bytes:
    """The picture of one answer. Raises `Rejected` for a refusal and for none, `OutcomeUnknown` for an answer that is not one."""
    if answer.prompt_feedback and answer.prompt_feedback.block_reason:
        reason = str(answer.prompt_feedback.block_reason.value)
        text = answer.prompt_feedback.block_reason_message or "the prompt was blocked"
        raise Rejected(RejectReason.CONTENT_FILTERED, told(reason, text))
    if not answer.candidates:
        raise OutcomeUnknown("Gemini answered with something else than a picture")
    candidate = answer.candidates[0]
    parts = (candidate.content.parts if candidate.content else None) or []
    for part in parts:
        # A model that thinks in pictures sends those too; they are not the result.
        if part.inline_data and part.inline_data.data and not part.thought:
            return part.inline_data.data
    reason = str(candidate.finish_reason.value) if candidate.finish_reason else ""
    said = " ".join(part.text for part in parts if part.text and not part.thought)
    message = told(reason, candidate.finish_message or said or "no picture was made")
    if reason == "PUP_LIMITED_DISABLED":
        raise OperatorFault(message)
    raise Rejected(RejectReason.CONTENT_FILTERED if reason in _FILTERED else RejectReason.UNSUPPORTED, message)
