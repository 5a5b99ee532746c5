"""Between the parameters of picture editing and our own words."""

from __future__ import annotations

import math

from mediakiln.assets.limits import MIB, Limits
from mediakiln.catalog import Model
from mediakiln.dialects.vtrix.codes import Numbered, Refused
from mediakiln.dialects.vtrix.dreamo.wire import EXAMPLE, Dreamo
from mediakiln.dialects.vtrix.family import Family, seed_of, side_of
from mediakiln.errors import InvalidRequest
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Mode, Role
from mediakiln.prompts.base import PromptOptimizer
from mediakiln.tasks.intake import Wish

PREFIX = "003011"
CODES = Numbered(PREFIX, other="004")
PICTURES = 1
"""How many pictures there are to be."""
LIMITS = {"image": Limits(("image/jpeg", "image/png"), below=int(4.7 * MIB) + 1, sides=(1, 4096), ratio=(0, math.inf))}
"""Of the picture (seed 003, "API Tips")."""


async def wish_of(body: Dreamo, model: Model, public_id: str, optimizer: PromptOptimizer) -> tuple[Wish, dict[str, str]]:
    """What is asked for, and how its fields are called. Raises InvalidRequest."""
    prompt = (body.prompt or "").strip()
    if not prompt:
        raise Refused("required, but missing; allowed: what to make of the picture", field="prompt", code=f"{PREFIX}001")
    if len(prompt) > (most := model.prompt_max):
        detail = f"got {len(prompt)} characters; allowed: 1 to {most} characters"
        raise Refused(detail, field="prompt", code=f"{PREFIX}003")
    field, source = _picture(body)
    drawn = await _drawn(prompt, body, model, optimizer)
    request = GenerationRequest(
        kind=Kind.IMAGE,
        model=model.id,
        prompt=drawn,
        mode=Mode.IMAGE,
        inputs=(MediaInput(Role.IMAGE, source),),
        width=side_of("width", body.width, model),
        height=side_of("height", body.height, model),
        seed=seed_of(body.seed),
    )
    wish = Wish(request, public_id, details={} if drawn == prompt else {"prompt": prompt}, limits=LIMITS)
    return wish, {"inputs": field, Role.IMAGE.value: f"{field}[0]"}


async def _drawn(prompt: str, body: Dreamo, model: Model, optimizer: PromptOptimizer) -> str:
    """The prompt to draw. What a rephraser makes too long is left as it was."""
    if body.use_rephraser is False:
        return prompt
    rephrased = await optimizer.optimize(prompt, editing=True)
    return rephrased if len(rephrased) <= model.prompt_max else prompt


def _picture(body: Dreamo) -> tuple[str, str]:
    """Which field names the one picture, and what it says. Raises InvalidRequest."""
    urls, files = ([each.strip() for each in given or () if each.strip()] for given in (body.image_urls, body.binary_data_base64))
    if not urls and not files:
        detail = "required, but missing; allowed: exactly one picture here, or one in binary_data_base64"
        raise Refused(detail, field="image_urls", code=f"{PREFIX}002")
    if urls and files:
        raise InvalidRequest("got it beside image_urls; allowed: one of the two", field="binary_data_base64")
    field, given = ("image_urls", urls) if urls else ("binary_data_base64", files)
    if len(given) != PICTURES:
        raise InvalidRequest.not_allowed(field, len(given), f"exactly {PICTURES} picture")
    return field, given[0] if urls else _data_uri(given[0])


def _data_uri(text: str) -> str:
    """Base64 with or without a `data:` head, in one line or many. What the picture is, its bytes tell."""
    if text[:5].lower() == "data:":
        return text
    return "data:image/jpeg;base64," + ("".join(text.split()) if "\n" in text else text)


DREAMO = Family(Dreamo, wish_of, CODES.code_of, CODES.of_tasks, EXAMPLE)
