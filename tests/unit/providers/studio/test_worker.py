"""What a worker process says of each way in which a render can end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mediakiln.generation import GenerationRequest, Kind
from mediakiln.providers.base import RejectReason
from mediakiln.providers.studio.orders import Broken, CannotRender, Order, Product, Refused, Reply
from mediakiln.providers.studio.worker import _answer

ORDER = Order(GenerationRequest(kind=Kind.IMAGE, model="m", prompt="a kiln"), (), "/nowhere")


@pytest.mark.parametrize(
    ("failure", "reply"),
    [
        (CannotRender("too many frames"), Refused(RejectReason.UNSUPPORTED, "too many frames")),
        (RuntimeError("a secret"), Refused(RejectReason.BROKEN, "the studio broke down over this request")),
        (MemoryError(), Broken("the studio ran out of memory or disk (MemoryError)")),
    ],
)
def test_failures(failure: Exception, reply: Reply) -> None:
    """A refusal is the caller's, a fault is ours and tells nothing of its cause, and want of memory may pass."""

    def render(_order: Order, _tick: Callable[[float], None]) -> tuple[Product, ...]:
        raise failure

    assert _answer(ORDER, render, lambda _reply: None) == reply
