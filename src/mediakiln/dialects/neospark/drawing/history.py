"""The billing history: the ledger as it is, under the newer and the older names of its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from mediakiln import errors
from mediakiln.accounts.keys import Scope
from mediakiln.accounts.principals import Principal
from mediakiln.database.engine import reading
from mediakiln.database.ids import iso
from mediakiln.dialects.neospark.credits import points
from mediakiln.dialects.neospark.drawing import wire
from mediakiln.dialects.neospark.errors import documented
from mediakiln.dialects.neospark.wire import Answer
from mediakiln.generation import GenerationRequest, Kind
from mediakiln.ledger import history
from mediakiln.ledger.entries import EFFECT, EntryKind
from mediakiln.ledger.history import Movement
from mediakiln.web.dialect import Services
from mediakiln.web.gate import Gate
from mediakiln.web.queries import Limit, Offset, page

Call = Request[Principal, Any, Any]
OLD_TYPES: Mapping[EntryKind, str] = {
    EntryKind.GRANT: "recharge",
    EntryKind.RESERVE: "deduct",
    EntryKind.CONSUME: "deduct",
    EntryKind.RELEASE: "refund",
    EntryKind.ADJUST: "recharge",
    EntryKind.EXPIRE: "deduct",
}
"""The older word for each kind."""
OLD_WORDS = tuple(dict.fromkeys(OLD_TYPES.values()))
TypeFilter = Annotated[
    str | None, QueryParameter(name="type", description=f"One of {', '.join(EntryKind)}; {', '.join(OLD_WORDS)} are read too.")
]


def history_handlers(services: Services, gate: Gate) -> list[HTTPRouteHandler]:
    """The handlers, for the router at `/api/v1`."""

    @get(
        "/drawing/billing/history",
        summary="Billing history",
        before_request=gate.admits(Scope.ACCOUNT),
        responses=documented(errors.InvalidRequest),
    )
    async def billing_history(
        request: Call, kind: TypeFilter = None, limit: Limit = None, offset: Offset = None
    ) -> Answer[wire.History]:
        """Every movement of your credits, newest first: granted, reserved at a submit, then consumed or released."""
        most, first = page(limit, offset)
        async with reading(services.engine) as connection:
            total, found = await history.page(connection, request.user.account_id, _kinds(kind), limit=most, offset=first)
        return Answer(wire.History(total, first, most, [transaction(each) for each in found]))

    return [billing_history]


def transaction(movement: Movement) -> wire.Transaction:
    """One movement on the wire."""
    effect, amount = EFFECT[movement.kind][0], points(movement.amount)
    moved = effect * movement.amount
    sign: Literal["+", "-", ""] = "+" if moved > 0 else "-" if moved < 0 else ""
    key = movement.key if movement.task_id is None else f"draw_{movement.task_id}:{movement.kind}"
    return wire.Transaction(
        id=movement.id,
        type_name=movement.kind,
        points=amount,
        total_points_after=points(movement.available_after + movement.held_after),
        frozen_points_after=points(movement.held_after),
        biz_type=_purpose(movement),
        biz_id=movement.task_id or "",
        idempotency_key=key,
        description=movement.description,
        created_at=iso(movement.created_at),
        type=OLD_TYPES[movement.kind],
        amount=abs(amount),
        amount_sign=sign,
        balance_before=points(movement.available_before),
        balance_after=points(movement.available_after),
        reference_id=movement.task_id or movement.key,
    )


def _kinds(name: str | None) -> tuple[EntryKind, ...]:
    if not name:
        return ()
    if name in OLD_WORDS:
        return tuple(kind for kind, old in OLD_TYPES.items() if old == name)
    if name not in list(EntryKind):
        raise errors.InvalidRequest.not_allowed("type", name, [*EntryKind, *OLD_WORDS])
    return (EntryKind(name),)


def _purpose(movement: Movement) -> str:
    """What it was for: `text_to_image`, `image_to_video`, …; the ledger's own word where no task stands behind it."""
    if movement.request is None or movement.task_kind is None:
        return str(movement.kind)
    source = "image" if _request.decode(movement.request).inputs else "text"
    return f"{source}_to_{Kind(movement.task_kind)}"


_request = msgspec.json.Decoder(GenerationRequest)
