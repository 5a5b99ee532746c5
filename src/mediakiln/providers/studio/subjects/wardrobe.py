"""Everything that people are dressed in, by trait."""

from __future__ import annotations

from mediakiln.providers.studio.colour import RGB, rgb
from mediakiln.providers.studio.subjects.act import Act
from mediakiln.providers.studio.subjects.costumes import COSTUMES, Costume
from mediakiln.providers.studio.subjects.trades import TRADES

WARDROBE = COSTUMES | TRADES
CAPES = {
    "hero": "#d8302c",
    "knight": "#a8262c",
    "king": "#b0243a",
    "vampire": "#7a1420",
    "elf": "#3a6a3c",
    "magician": "#8a1f2c",
    "viking": "#6a4a34",
}


def costume_of(act: Act) -> Costume | None:
    """The costume that the traits name."""
    if act.has("wedding"):
        return WARDROBE["bride" if act.index % 2 else "groom"]
    return WARDROBE.get(next((t for t in act.traits if t in WARDROBE), ""))


def cape_tone(act: Act) -> RGB:
    """The colour of the cape or plume."""
    return rgb(next((CAPES[t] for t in act.traits if t in CAPES), "#b8302c"))
