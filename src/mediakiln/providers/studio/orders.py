"""What the studio's server process and its worker processes say to each other: one JSON line per message."""

from __future__ import annotations

from msgspec import Struct

from mediakiln.generation import GenerationRequest, Role
from mediakiln.providers.base import RejectReason

NOTICE = "Mediakiln studio, a procedural preview engine (not an AI model)"
"""Written into every file we make, so that nobody mistakes a preview for a model's work. Never the prompt."""


class Source(Struct, frozen=True):
    """An input that was fetched and probed: `path` names a readable local file."""

    role: Role
    path: str
    media_type: str


class Order(Struct, frozen=True):
    """One job for a worker process; its files go into the existing directory `folder`."""

    request: GenerationRequest
    sources: tuple[Source, ...]
    folder: str


class Product(Struct, frozen=True):
    """One finished file."""

    path: str
    media_type: str


class Ready(Struct, frozen=True, tag=True):
    """The worker has imported everything and waits for its first order."""


class Unfit(Struct, frozen=True, tag=True):
    """The worker cannot work on this machine at all; the message is the operator's. It ends itself now."""

    message: str


class Progress(Struct, frozen=True, tag=True):
    """The finished fraction of the order, 0.0-1.0."""

    fraction: float


class Done(Struct, frozen=True, tag=True):
    """The order is finished. `last`: the worker has served enough (jobs or memory) and ends itself now."""

    products: tuple[Product, ...]
    last: bool = False


class Refused(Struct, frozen=True, tag=True):
    """The order can never be rendered."""

    reason: RejectReason
    message: str


class Broken(Struct, frozen=True, tag=True):
    """The order failed for a passing cause (memory, disk); another attempt may work."""

    message: str


Reply = Ready | Progress | Done | Refused | Broken


class CannotRender(Exception):
    """Raised anywhere in a render for a request that will never work. The message is safe to show to the caller."""

    def __init__(self, message: str, reason: RejectReason = RejectReason.UNSUPPORTED) -> None:
        super().__init__(message)
        self.reason = reason
