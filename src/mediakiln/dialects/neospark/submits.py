"""What every submit of this dialect does alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Request

from mediakiln import errors
from mediakiln.accounts.principals import Principal
from mediakiln.dialects.neospark.wire import DIALECT
from mediakiln.tasks.intake import Wish
from mediakiln.tasks.replays import Submitted
from mediakiln.web.bodies import idempotency_of
from mediakiln.web.dialect import Services
from mediakiln.web.edge import add_headers
from mediakiln.web.links import base_url
from mediakiln.web.naming import wire_names

SUBMIT_ERRORS = (
    errors.InvalidRequest,
    errors.ContentFiltered,
    errors.InsufficientCredits,
    errors.IdempotencyInFlight,
    errors.IdempotencyMismatch,
    errors.Unreachable,
    errors.Overloaded,
)


async def take(
    services: Services,
    request: Request[Principal, Any, Any],
    wishes: Sequence[Wish],
    names: Mapping[str, str],
    idempotency_key: str | None,
) -> tuple[Submitted, ...]:
    """Make tasks of all wishes, or raise with fields called as in `names`. Resources are fetched now: one that cannot be had
    is a 502 (seed 000, "Error Handling")."""
    with wire_names(names):
        submitted = await services.intake.take_all(
            DIALECT,
            request.user,
            wishes,
            base_url=base_url(request, ""),
            idempotency=await idempotency_of(idempotency_key, request),
            fetch_now=True,
        )
    if submitted[0].replayed:
        add_headers(request.scope, ("Idempotent-Replayed", "true"))
    return submitted
