"""One placed subject, and how it moves over time."""

from __future__ import annotations

from msgspec import Struct

from mediakiln.providers.studio.reading.subject import Subject
from mediakiln.providers.studio.stage import Stage
from mediakiln.providers.studio.subjects.act import Kind

MOVING = ("walking", "running", "swimming", "flying", "jumping")


class Actor(Struct, frozen=True):
    """One placed subject: feet at (x, y) pixels at mid-time, `size` pixels tall, at `speed` heights a second."""

    subject: Subject
    kind: Kind
    x: float
    y: float
    size: float
    speed: float
    right: bool
    index: int
    depth: float


def pose_of(subject: Subject, kind: Kind) -> str:
    """The pose the prompt gave, or the kind's own."""
    return subject.pose or ("dancing" if "ballerina" in subject.traits else kind.rest)


def speed_of(kind: Kind, pose: str) -> float:
    """Heights per second."""
    if pose in ("running", "jumping"):
        return kind.run or kind.walk
    return kind.walk if pose in MOVING or (pose == "driving" and kind.walk) else 0.0


def travel(actor: Actor, stage: Stage, t: float) -> tuple[float, float]:
    """(pixels moved from the composed place, heights walked since the start) at `t`."""
    gone = actor.speed * (t - stage.duration / 2)
    return gone * actor.size * (1 if actor.right else -1), actor.speed * t
