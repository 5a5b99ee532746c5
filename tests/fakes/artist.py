"""For tests of the diffusers driver: accounts of it, and an artist that needs no torch."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from mediakiln.providers.accounts import Account
from mediakiln.providers.diffusers.waiting import Order, Piece


def account(models: dict[str, Any], **options: Any) -> Account:
    """An account with these models, on one processor."""
    return Account(provider="local", kind="diffusers", name="local", options={"threads": 1, "models": models} | options)


class Studio:
    """An artist that draws words: `f"{prompt}/{seed}"`. `plan` may raise for a batch; with `gate` each draw waits for a release
    at every step, and `calls` are the batches as they were drawn."""

    def __init__(self, plan: Callable[[Sequence[Piece]], None] = lambda _: None, *, steps: int = 2, gated: bool = False) -> None:
        self.calls: list[list[str]] = []
        self.steps_drawn = 0
        self.loaded: list[str] = []
        self.others = 0
        self.begun = threading.Event()
        self.gate = threading.Semaphore(0) if gated else None
        self.known = True
        self._plan = plan
        self._steps = steps

    def ready(self) -> Sequence[str]:
        return self.loaded[-1:]

    def proven(self, order: Order) -> bool:
        return self.known

    def make_room(self, model: str) -> bool:
        self.others -= 1
        return self.others >= 0

    def clean(self) -> None:
        pass

    def draw(self, order: Order, pieces: Sequence[Piece], step: Callable[[float], None]) -> list[str]:
        if order.model not in self.ready():
            self.loaded.append(order.model)
        self.calls.append([piece.prompt for piece in pieces])
        self._plan(pieces)
        for number in range(self._steps):
            self.begun.set()
            if self.gate is not None:
                assert self.gate.acquire(timeout=20)
            self.steps_drawn += 1
            step((number + 1) / self._steps)
        return [f"{piece.prompt}/{piece.seed}" for piece in pieces]
