"""All styles by name, for stills, for videos and for pictures that callers give."""

from __future__ import annotations

from mediakiln.providers.studio import handwork
from mediakiln.providers.studio.finish import prints, styles
from mediakiln.providers.studio.finish.styles import Style
from mediakiln.providers.studio.pixelart import Pixel

STYLES: dict[str, type[Style]] = {
    "painterly": styles.Painterly,
    "anime": styles.Anime,
    "neon": styles.Neon,
    "watercolor": styles.Watercolor,
    "oil": styles.Oil,
    "ink": styles.Ink,
    "pixel": Pixel,
    "flat": styles.Flat,
    "sketch": styles.Sketch,
    "vintage": styles.Vintage,
    "felt": handwork.Felt,
    "papercut": handwork.PaperCut,
    "lowpoly": styles.LowPoly,
    "lineart": styles.LineArt,
    "isometric": styles.Isometric,
    "mono": prints.Mono,
    "woodblock": prints.Woodblock,
    "popart": prints.PopArt,
    "stainedglass": prints.StainedGlass,
    "clay": prints.Clay,
    "crayon": prints.Crayon,
    "crossstitch": prints.CrossStitch,
    "blueprint": prints.Blueprint,
}
# A still's triangles are finer; these stay where they are.
_MOVING: dict[str, type[Style]] = {"lowpoly": handwork.LowPoly}


def style_for(name: str, width: int, height: int, seed: int, moving: bool) -> Style:
    """The style of this name for pictures of this size; an unknown one is painterly."""
    known = STYLES | _MOVING if moving else STYLES
    return known.get(name, styles.Painterly)(width, height, seed, moving)
