"""Between the parameters of video and our own words."""

from __future__ import annotations

from mediakiln.assets.limits import LIMITS
from mediakiln.catalog import Model
from mediakiln.dialects.vtrix.dance import content
from mediakiln.dialects.vtrix.dance.wire import EXAMPLE, Dance
from mediakiln.dialects.vtrix.family import Family, seed_of
from mediakiln.errors import InvalidRequest, MediakilnError
from mediakiln.generation import AUTO, GenerationRequest, Kind, MediaInput, Mode
from mediakiln.prompts.base import PromptOptimizer
from mediakiln.tasks.intake import Wish
from mediakiln.tasks.records import ErrorCode

ADAPTIVE = "adaptive"
EXPIRES = (3_600, 259_200)
"""Least and most of `execution_expires_after`, in seconds (wire file, section 6.3)."""
TIER = "default"
TIERS = {TIER: 0, "flex": -1}
"""`service_tier`, where none is named and all of them, with the priority of their tasks."""
NAMES = {"aspect_ratio": "ratio", "audio": "generate_audio", "inputs": "content"}


async def wish_of(body: Dance, model: Model, public_id: str, _optimizer: PromptOptimizer) -> tuple[Wish, dict[str, str]]:
    """What is asked for, and how its fields are called. Raises InvalidRequest."""
    script = content.read(body.content, model)
    if body.duration not in (None, AUTO, *model.durations):
        lengths = f"{min(model.durations)} to {max(model.durations)} seconds, or {AUTO}"
        raise InvalidRequest.not_allowed("duration", body.duration, lengths)
    tier = body.service_tier or TIER
    if tier not in TIERS:
        raise InvalidRequest.not_allowed("service_tier", tier, list(TIERS))
    expires = body.execution_expires_after
    if expires is not None and not EXPIRES[0] <= expires <= EXPIRES[1]:
        raise InvalidRequest.not_allowed("execution_expires_after", expires, f"{EXPIRES[0]} to {EXPIRES[1]} seconds")
    ratios = (*model.aspect_ratios, ADAPTIVE)
    if body.ratio and body.ratio not in ratios:
        raise InvalidRequest.not_allowed("ratio", body.ratio, ratios)
    request = GenerationRequest(
        kind=Kind.VIDEO,
        model=model.id,
        prompt=script.prompt,
        mode=Mode.IMAGE if script.pieces else Mode.TEXT,
        inputs=tuple(MediaInput(piece.role, piece.source) for piece in script.pieces),
        aspect_ratio=None if body.ratio == ADAPTIVE else body.ratio or None,
        resolution=body.resolution or None,
        duration=body.duration,
        frames=body.frames,
        audio=body.generate_audio,
        last_frame=bool(body.return_last_frame),
        seed=seed_of(body.seed),
    )
    wish = Wish(
        request,
        public_id,
        details={"service_tier": tier} if body.service_tier else {},
        limits=LIMITS,
        places=tuple(piece.place for piece in script.pieces),
        priority=TIERS[tier],
        callback_url=body.callback_url or None,
        expires_after=expires,
    )
    return wish, NAMES | {"prompt": script.place}


def _code_of(_error: MediakilnError | None) -> None:
    """Seed 002 names no codes: the dialect's own words do."""


DANCE = Family(Dance, wish_of, _code_of, {None: "canceled"} | {cause: cause.value for cause in ErrorCode}, EXAMPLE)
