"""Between the parameters of picture effects and our own words."""

from __future__ import annotations

from mediakiln.catalog import Model
from mediakiln.dialects.vtrix.codes import Numbered, Refused
from mediakiln.dialects.vtrix.effects.wire import EXAMPLE, Effects
from mediakiln.dialects.vtrix.family import Family, seed_of, side_of
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Mode, Role
from mediakiln.prompts.base import PromptOptimizer
from mediakiln.tasks.intake import Wish

PREFIX = "3009"
NAMES = {"template": "template_id", "inputs": "image_input1", Role.IMAGE.value: "image_input1"}
CODES = Numbered(PREFIX, {"image_input1": "001", "template_id": "003", "width": "004", "height": "004"})


async def wish_of(body: Effects, model: Model, public_id: str, _optimizer: PromptOptimizer) -> tuple[Wish, dict[str, str]]:
    """What is asked for, and how its fields are called. Raises InvalidRequest."""
    source = (body.image_input1 or "").strip()
    if not source:
        raise Refused("required, but missing; allowed: the URL of a picture", field="image_input1", code=f"{PREFIX}001")
    if not body.template_id:
        allowed = ", ".join(model.templates)
        raise Refused(f"required, but missing; allowed: {allowed}", field="template_id", code=f"{PREFIX}002")
    request = GenerationRequest(
        kind=Kind.IMAGE,
        model=model.id,
        prompt="",
        mode=Mode.IMAGE,
        inputs=(MediaInput(Role.IMAGE, source),),
        template=body.template_id,
        width=side_of("width", body.width, model),
        height=side_of("height", body.height, model),
        seed=seed_of(body.seed),
    )
    return Wish(request, public_id), NAMES


EFFECTS = Family(Effects, wish_of, CODES.code_of, CODES.of_tasks, EXAMPLE)
