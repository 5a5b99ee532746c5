"""Shots of a thing to sell: its box, its views, its size, its uses; and designs: logo, icon, map, screen.

`show` puts the placed subjects on the stage as the scene's shot asks; `SHOTS` is the visible list.
"""

from __future__ import annotations

from collections.abc import Callable

from mediakiln.providers.studio import cast
from mediakiln.providers.studio.backdrop import isometric
from mediakiln.providers.studio.cast.actor import Actor
from mediakiln.providers.studio.cast.figure import played
from mediakiln.providers.studio.cast.lens import framed, through
from mediakiln.providers.studio.reading.framing import DESIGNS
from mediakiln.providers.studio.scene import Scene
from mediakiln.providers.studio.shots import (
    badges,
    cartography,
    flatlay,
    infographic,
    material,
    packaging,
    pointed,
    props,
    screens,
    views,
)
from mediakiln.providers.studio.stage import Stage

SHOTS: dict[str, Callable[[Stage, list[Actor]], None]] = {
    "packaging": packaging.show,
    "angles": views.all_sides,
    "front": views.from_front,
    "side": views.from_side,
    "back": views.from_back,
    "flatlay": flatlay.show,
    "material": material.show,
    "scale": pointed.measured,
    "feature": pointed.magnified,
    "lifestyle": props.in_use,
    "logo": badges.logo,
    "icon": badges.icon,
    "sticker": badges.sticker,
    "infographic": infographic.show,
    "map": cartography.show,
    "screen": screens.show,
}


def is_shop_shot(scene: Scene) -> bool:
    """Whether the scene shows the caller's own thing as it is and builds the rest around it: a picture for a shop, a sticker."""
    return scene.shot in ("sticker", "icon", "logo", "screen") or (
        scene.shop and (bool(scene.shot) or any(scene.grid) or scene.setting in ("white", "stilllife"))
    )


def show(stage: Stage) -> bool:
    """Put the scene's subjects on a stage whose setting is painted. Whether the setting's foreground belongs before them."""
    if stage.scene.style == "isometric" and stage.scene.shot not in DESIGNS:
        played(stage, isometric.settled(stage, cast.plan(stage)))
        return False
    actors, lens = framed(stage, cast.plan(stage))
    if lens is not None:
        through(stage, lens)
    special = SHOTS.get(stage.scene.shot)
    if special is not None and (actors or stage.scene.shot in DESIGNS):
        special(stage, actors)
    else:
        played(stage, actors)
    return lens is None and special is None
