"""Settings: where a scene takes place. One file each; `SETTINGS` is the visible list of them."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from mediakiln.providers.studio.backdrop import (
    forest,
    garden,
    interior,
    mountains,
    open_land,
    otherworld,
    still_life,
    town,
    water,
)
from mediakiln.providers.studio.stage import Stage


class Setting(Struct, frozen=True):
    """A place: `paint` lays it down and says where things may stand, `front` paints what comes before the subjects."""

    paint: Callable[[Stage], None]
    front: Callable[[Stage], None] | None = None


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
    "road": Setting(open_land.paint_road),
    "underwater": Setting(otherworld.paint_underwater),
    "abstract": Setting(otherworld.paint_abstract),
    "stilllife": Setting(still_life.paint),
}
