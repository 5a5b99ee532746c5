"""Generating pictures in a session: one prompt, one picture per reference, or the ten panels of a product page."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from litestar import Request, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import Example
from litestar.params import Body, FromPath, JSONBody

from mediakiln import errors
from mediakiln.accounts.keys import Scope
from mediakiln.accounts.principals import Principal
from mediakiln.database.ids import well_formed
from mediakiln.dialects.neospark.credits import cost
from mediakiln.dialects.neospark.drawing import translate, wire
from mediakiln.dialects.neospark.errors import documented
from mediakiln.dialects.neospark.submits import SUBMIT_ERRORS, take
from mediakiln.dialects.neospark.wire import DIALECT, Answer
from mediakiln.generation import GenerationRequest, Kind
from mediakiln.tasks.intake import Wish
from mediakiln.tasks.records import State
from mediakiln.web.bodies import IdempotencyKey, StrictBody
from mediakiln.web.dialect import Services
from mediakiln.web.gate import Gate

Call = Request[Principal, Any, Any]
SINGLE_NAMES = {"count": "num_images", "inputs": "ref_upload_ids, ref_image_paths", "image": "ref_upload_ids, ref_image_paths"}
MULTI_NAMES = {"inputs": "ref_upload_ids, ref_image_paths", "image": "ref_upload_ids, ref_image_paths"}
BATCH_NAMES = {"inputs": "ref_upload_id", "image": "ref_upload_id"}
"""Canonical names of fields as the bodies name them; the others are the same."""
MOST_REFERENCES = 14


def generate_handlers(services: Services, gate: Gate) -> list[HTTPRouteHandler]:
    """The handlers, for the router at `/api/v1`."""
    images = gate.admits(Scope.IMAGES)
    submits = documented(*SUBMIT_ERRORS, errors.NotFound, body=True)

    @post(
        "/drawing/sessions/{session_id:str}/generate",
        summary="Generate images",
        dto=StrictBody[wire.Generate],
        return_dto=None,
        status_code=200,
        before_request=images,
        responses=submits,
    )
    async def generate(
        data: Annotated[wire.Generate, Body(examples=[Example(summary="As in the documents", value=wire.GENERATE_EXAMPLE)])],
        request: Call,
        session_id: FromPath[str],
        idempotency_key: IdempotencyKey = None,
    ) -> Answer[wire.Accepted]:
        """Begin to make 1 to 4 pictures from a prompt, with or without references. The credits are held now; those for
        pictures that are not delivered come back."""
        asked = translate.required("prompt", data.prompt)
        if data.type not in (None, 0, translate.GRID):
            raise errors.InvalidRequest.not_allowed("type", data.type, [translate.GRID])
        prompt = translate.panels().grid.replace("{prompt}", asked) if data.type == translate.GRID else asked
        if data.optimize_prompt:
            prompt = await services.optimizer.optimize(prompt)
        inputs = translate.references(
            [data.ref_upload_id, *(data.ref_upload_ids or ())], [data.ref_image_path, *(data.ref_image_paths or ())]
        )
        wish = _wish(translate.request_of(data, prompt, inputs), data.provider, session_id, {"prompt": asked})
        [submitted] = await take(services, request, (wish,), SINGLE_NAMES, idempotency_key)
        return Answer(translate.accepted(submitted))

    @post(
        "/drawing/sessions/{session_id:str}/generate-multi-ref",
        summary="Generate one image per reference",
        dto=StrictBody[wire.GenerateMultiRef],
        return_dto=None,
        status_code=200,
        before_request=images,
        responses=submits,
    )
    async def generate_multi_ref(
        data: JSONBody[wire.GenerateMultiRef], request: Call, session_id: FromPath[str], idempotency_key: IdempotencyKey = None
    ) -> Answer[wire.MultiRef]:
        """Begin to make one picture for each of up to 14 references, all with the same prompt: all of them, or none."""
        asked = translate.required("prompt", data.prompt)
        inputs = translate.references(data.ref_upload_ids, data.ref_image_paths)
        if not 1 <= len(inputs) <= MOST_REFERENCES:
            raise errors.InvalidRequest.not_allowed(
                "ref_upload_ids, ref_image_paths", f"{len(inputs)} references", f"1 to {MOST_REFERENCES}"
            )
        batch_id = f"dbr_{secrets.token_hex(8)}"
        wishes = [
            _wish(
                translate.request_of(data, asked, (item,)),
                data.provider,
                session_id,
                {"prompt": asked, "ref_index": number, "batch_request_id": batch_id},
            )
            for number, item in enumerate(inputs)
        ]
        submitted = await take(services, request, wishes, MULTI_NAMES, idempotency_key)
        if submitted[0].replayed:
            first = await services.snapshots.get(request.user.account_id, DIALECT, Kind.IMAGE, submitted[0].public_id)
            batch_id = str(first.details["batch_request_id"])
        return Answer(
            wire.MultiRef(
                batch_request_id=batch_id,
                messages=[wire.BatchMessage(one.public_id, "pending", ref_index=number) for number, one in enumerate(submitted)],
                total_estimated_cost=sum(cost(one.price) for one in submitted),
                ref_count=len(submitted),
            )
        )

    @post(
        "/drawing/sessions/{session_id:str}/generate-batch",
        summary="Generate the panels of a product page",
        dto=StrictBody[wire.GenerateBatch],
        return_dto=None,
        status_code=200,
        before_request=images,
        responses=documented(*SUBMIT_ERRORS, errors.NotFound, errors.Conflict, body=True),
    )
    async def generate_batch(
        data: JSONBody[wire.GenerateBatch], request: Call, session_id: FromPath[str], idempotency_key: IdempotencyKey = None
    ) -> Answer[wire.Batch]:
        """Begin to make the ten pictures of a product page from the product's picture and the prompt of a finished first
        stage: all of them, or none."""
        asked = await _prompt_of(request, session_id, translate.required("assistant_message_id", data.assistant_message_id))
        inputs = translate.references([translate.required("ref_upload_id", data.ref_upload_id)], ())
        panels = translate.panels().panels
        wishes = [
            _wish(
                translate.request_of(data, panel.prompt.replace("{prompt}", asked), inputs),
                data.provider,
                session_id,
                {"prompt": asked, "panel_type": panel.type},
            )
            for panel in panels
        ]
        submitted = await take(services, request, wishes, BATCH_NAMES, idempotency_key)
        messages = [
            wire.BatchMessage(one.public_id, "pending", panel_type=panel.type)
            for one, panel in zip(submitted, panels, strict=True)
        ]
        return Answer(wire.Batch(messages, sum(cost(one.price) for one in submitted)))

    async def _prompt_of(request: Call, session_id: str, message_id: str) -> str:
        """What was asked for in a finished message of this session."""
        first = await services.snapshots.get(request.user.account_id, DIALECT, Kind.IMAGE, message_id)
        if first.conversation_id != session_id:
            raise errors.NotFound("Generation task does not exist")
        if first.state is not State.SUCCEEDED:
            raise errors.Conflict(f"assistant_message_id: is {translate.STATES[first.state]}; allowed: a completed message")
        return str(first.details.get("prompt", first.request.prompt))

    return [generate, generate_multi_ref, generate_batch]


def _wish(request: GenerationRequest, provider: str | None, session_id: str, details: dict[str, Any]) -> Wish:
    # PostgreSQL takes no NUL character, and submits that share a commit would fail with this one.
    if not well_formed(session_id):
        raise errors.NotFound("No such session")
    return Wish(
        request,
        translate.new_message_id(),
        prefer=translate.hint_of(provider),
        conversation_id=session_id,
        details=details,
    )
