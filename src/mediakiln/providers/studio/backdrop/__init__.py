"""Settings: where a scene takes place. One file each; `SETTINGS` is the visible list of them."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from mediakiln.providers.studio.backdrop import (
    cloudsea,
    forest,
    garden,
    graphic,
    halls,
    interior,
    isometric,
    moonscape,
    mountains,
    open_land,
    otherworld,
    still_life,
    town,
    water,
)
from mediakiln.providers.studio.reading.framing import DESIGNS
from mediakiln.providers.studio.scene import Scene
from mediakiln.providers.studio.stage import Stage


class Setting(Struct, frozen=True):
    """A place: `paint` lays it down and says where things may stand, `front` paints what comes before the subjects."""

    paint: Callable[[Stage], None]
    front: Callable[[Stage], None] | None = None


# A style that builds its world anew, whatever the place.
ISLAND = Setting(isometric.paint)

SETTINGS: dict[str, Setting] = {
    "mountains": Setting(mountains.paint),
    "sea": Setting(water.paint_sea),
    "beach": Setting(water.paint_beach),
    "lake": Setting(water.paint_lake),
    "city": Setting(town.paint_city),
    "village": Setting(town.paint_village),
    "forest": Setting(forest.paint),
    "garden": Setting(garden.paint, garden.front),
    "meadow": Setting(open_land.paint_meadow),
    "desert": Setting(open_land.paint_desert),
    "snowfield": Setting(open_land.paint_snowfield),
    "space": Setting(otherworld.paint_space),
    "interior": Setting(interior.paint),
    "moon": Setting(moonscape.paint_moon),
    "mars": Setting(moonscape.paint_mars),
    "cloudsea": Setting(cloudsea.paint, cloudsea.front),
    "road": Setting(open_land.paint_road),
    "underwater": Setting(otherworld.paint_underwater),
    "abstract": Setting(otherworld.paint_abstract),
    "stilllife": Setting(still_life.paint),
    "studio": Setting(still_life.paint_studio),
    "white": Setting(still_life.paint_white),
    "tabletop": Setting(still_life.paint_tabletop),
    "stage": Setting(halls.paint_stage, halls.front_stage),
    "arena": Setting(halls.paint_arena),
    "station": Setting(halls.paint_station),
    "vault": Setting(halls.paint_vault),
    "graphic": Setting(graphic.paint),
    "paper": Setting(graphic.paint_paper),
}


def setting_of(scene: Scene) -> Setting:
    """The setting that a scene is painted in."""
    return (
        ISLAND if scene.style == "isometric" and scene.shot not in DESIGNS else SETTINGS.get(scene.setting, SETTINGS["abstract"])
    )
