"""The thing where it is used: on a table among a home's things, or outdoors beside somebody."""

from __future__ import annotations

from msgspec.structs import replace

from mediakiln.providers.studio.cast.actor import Actor
from mediakiln.providers.studio.cast.lens import lead_of
from mediakiln.providers.studio.cast.perform import perform
from mediakiln.providers.studio.noise import dice
from mediakiln.providers.studio.reading.subject import LIVING, Subject
from mediakiln.providers.studio.stage import Stage
from mediakiln.providers.studio.subjects import SUBJECTS


def in_use(stage: Stage, actors: list[Actor]) -> None:
    """The actors and company for the first of them: small things on a table, a person on the ground."""
    lead = lead_of(actors, stage) or actors[0]
    company: list[Actor] = []
    if not any(a.subject.kind in LIVING - {"emblem", "teddy"} for a in actors):
        table = stage.spots.get("table")
        if table is not None and stage.scene.setting in ("interior", "stilllife"):
            company = _on_table(stage, lead)
        elif lead.kind.home == "ground":
            company = [_somebody(stage, lead)]
    for actor in sorted([*actors, *company], key=lambda a: (a.depth, a.y)):
        stage.actor(actor.depth, perform(stage, actor))


def _on_table(stage: Stage, lead: Actor) -> list[Actor]:
    roll = dice(stage.scene.seed, "props", lead.subject.kind)
    kinds = [kind for kind in ("cup", "vase", "book", "candle", "fruit") if kind != lead.subject.kind]
    roll.shuffle(kinds)
    out = []
    for place, kind in zip((-1, 1), kinds, strict=False):
        size = stage.u * SUBJECTS[kind].size * 0.62
        reach = 0.5 * lead.size * lead.kind.width + size * SUBJECTS[kind].width * 0.62 + 0.02 * stage.u
        x = min(max(lead.x + place * reach, 0.06 * stage.width), 0.94 * stage.width)
        out.append(
            replace(
                lead,
                subject=Subject(kind),
                kind=SUBJECTS[kind],
                x=x,
                y=lead.y - 0.015 * stage.u,
                size=size,
                speed=0.0,
                depth=0.999,
            )
        )
    return out


def _somebody(stage: Stage, lead: Actor) -> Actor:
    size = 0.5 * stage.u
    way = 1 if lead.x < stage.width / 2 else -1
    x = lead.x + way * (0.5 * lead.size * lead.kind.width + 0.2 * size)
    somebody = Subject("person", traits=("woman",))
    return replace(lead, subject=somebody, kind=SUBJECTS["person"], x=x, size=size, speed=0.0, right=way < 0, depth=1.002)
