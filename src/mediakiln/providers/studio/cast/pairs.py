"""Two in one deed: who fights or talks stands face to face, who chases runs behind, and nobody hides another."""

from __future__ import annotations

from itertools import pairwise

from msgspec.structs import replace

from mediakiln.providers.studio.cast.actor import Actor
from mediakiln.providers.studio.reading.subject import DEEDS, LIVING
from mediakiln.providers.studio.stage import Stage

# The smaller one is at least this tall beside the larger; the breadth of all in frame widths; what lies between two.
_LEAST, _BROAD, _GAP = 0.5, 0.94, 0.05
_MANY = 6
_MOVERS = LIVING | {"car", "motorcycle", "bicycle"}


def paired(stage: Stage, actors: list[Actor]) -> list[Actor]:
    """The actors, with the two parties of a deed side by side on one line of the ground, all whole in the frame.

    What they ride, hold or wear goes along with them.
    """
    deed, first, second = _parties(stage, actors)
    if not deed:
        return actors
    forward = deed != "chasing" or actors[first[0]].right
    left, right = (first, second) if forward else (second, first)
    order = [*left, *right]
    tallest = max(actors[n].size for n in order)
    sizes = {n: max(actors[n].size, _LEAST * tallest) for n in order}
    gap = _GAP * stage.width
    broad = sum(sizes[n] * actors[n].kind.width for n in order)
    k = min(1.0, (_BROAD * stage.width - gap) / broad)
    foot = max((actors[n].y for n in order if _stands(actors[n])), default=0.0)
    pace = max(actors[n].speed * actors[n].size for n in first) * k
    x, out = (stage.width - k * broad - gap) / 2, list(actors)
    for n in order:
        actor, size = actors[n], k * sizes[n]
        x += size * actor.kind.width / 2
        out[n] = replace(
            actor,
            x=x,
            y=foot if _stands(actor) else actor.y,
            size=size,
            speed={"facing": 0.0, "chasing": pace / size}.get(deed, actor.speed),
            right={"facing": n in left, "chasing": forward}.get(deed, actor.right),
        )
        x += size * actor.kind.width / 2 + (gap if n == left[-1] else 0.0)
    return [a if n in sizes else _along(a, order, actors, out) for n, a in enumerate(out)]


def _stands(actor: Actor) -> bool:
    return actor.kind.home == "ground" and actor.subject.pose != "flying"


def _parties(stage: Stage, actors: list[Actor]) -> tuple[str, list[int], list[int]]:
    """The deed, who does it and to whom, by their places in the list; "" where there is none or where there are too many."""
    doer = next((a.subject for a in actors if a.subject.relation in DEEDS), None)
    if doer is not None:
        deed = doer.relation
        first = [n for n, a in enumerate(actors) if a.subject == doer]
        second = [n for n, a in enumerate(actors) if a.subject.kind == doer.target and a.subject != doer]
        if not second:  # two knights fighting
            first, second = first[: len(first) // 2], first[len(first) // 2 :]
    else:
        deed = "beside"
        # "on the savanna" is a place of its own for nobody.
        given = ({*stage.spots} - {"road", "rails"}) | {a.subject.kind for a in actors}
        free = [n for n, a in enumerate(actors) if a.subject.kind in _MOVERS and a.subject.target not in given and _stands(a)]
        row = sorted(free, key=lambda n: actors[n].x)
        first, second = row[:1], row[1:]
        if not any(_hides(actors[left], actors[right]) for left, right in pairwise(row)):
            return "", [], []
    return (deed, first, second) if first and second and len(first) + len(second) <= _MANY else ("", [], [])


def _hides(left: Actor, right: Actor) -> bool:
    """Whether two stand in each other's way, by more than a little."""
    halves = left.size * left.kind.width / 2, right.size * right.kind.width / 2
    return left.subject != right.subject and sum(halves) - (right.x - left.x) > 0.3 * min(halves)


def _along(actor: Actor, order: list[int], before: list[Actor], after: list[Actor]) -> Actor:
    """What belongs to one of the parties, moved as that one was."""
    bearer = next((n for n in order if actor.subject.target == before[n].subject.kind and actor.subject.relation), None)
    if bearer is None:
        return actor
    old, new = before[bearer], after[bearer]
    scale = new.size / old.size
    side = scale if old.right == new.right else -scale
    return replace(
        actor,
        x=new.x + (actor.x - old.x) * side,
        y=new.y + (actor.y - old.y) * scale,
        size=actor.size * scale,
        speed=new.speed * new.size / (actor.size * scale),
        right=actor.right if side > 0 else not actor.right,
    )
