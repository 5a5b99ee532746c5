"""What the relations of a scene imply for its subjects: riders sit, a held thing knows its holder."""

from __future__ import annotations

from msgspec.structs import replace

from mediakiln.providers.studio.cast.measures import SEATS, TOO_LARGE
from mediakiln.providers.studio.reading.subject import DEEDS, Subject

POURS = frozenset({"teapot", "bottle", "can", "bowl"})
HOUSES = frozenset({"building", "house", "castle", "skyscraper", "temple", "stall"})


def leans(subject: Subject, kinds: list[str]) -> bool:
    """Whether the subject's place is given by another one of the picture."""
    return subject.target in kinds and subject.target != subject.kind and subject.relation not in DEEDS


def settled(subject: Subject, others: tuple[Subject, ...]) -> Subject:
    """`subject` with what its relations imply: riders sit, mounts walk, a held thing knows its holder."""
    holder = next((s for s in others if s.relation == "held" and s.target == subject.kind and s.kind != subject.kind), None)
    if holder is not None and subject.kind in TOO_LARGE:
        return replace(subject, relation="beside", target=holder.kind)
    if holder is not None:
        return replace(
            subject,
            relation="held",
            target=holder.kind,
            pose=subject.pose or "standing",
            count=min(subject.count, 5),
            traits=(*subject.traits, "carried"),
        )
    if subject.relation == "held":
        held = next((s.kind for s in others if s.kind == subject.target), "")
        lifted = held and held not in TOO_LARGE
        return replace(subject, relation="", target="", traits=(*subject.traits, "holding") if lifted else subject.traits)
    seated = subject.relation == "on" and subject.target in SEATS and subject.kind in ("person", "child")
    if seated and subject.pose not in ("standing", "jumping", "dancing", "sleeping", "reading"):
        return replace(subject, pose="sitting")
    if subject.kind == "bowl" and any(s.relation == "in" and s.target == "bowl" for s in others):
        swims = any(s.kind == "fish" and s.target == "bowl" for s in others)
        return replace(subject, traits=(*subject.traits, "aquarium" if swims else "filled"))
    if subject.kind == "boat" and any(s.relation in ("in", "on") and s.target == "boat" for s in others):
        return replace(subject, traits=(*subject.traits, "open"))
    if subject.relation == "in" and subject.target == "tree":
        return replace(subject, relation="on")  # caught or perched in its crown
    if subject.relation == "in" and subject.kind in POURS and subject.target in ("cup", "bowl", "vase", "bottle"):
        return replace(subject, relation="beside")  # what it holds goes in
    if subject.relation == "in" and subject.target in HOUSES:
        return replace(subject, relation="before")  # else its walls would hide it
    if subject.relation == "in" and subject.target == "boat" and subject.kind in ("person", "child") and not subject.pose:
        return replace(subject, pose="sitting")
    rider = any(s.relation == "on" and s.target == subject.kind for s in others)
    if rider and not subject.pose and subject.kind in ("horse", "camel", "elephant", "bicycle", "motorcycle"):
        return replace(subject, pose="walking")
    return subject
