"""Birthday photo, party: a bright room with bunting, streamers, balloons of all colours, confetti, a paper hat and a cake."""

from __future__ import annotations

from mediakiln.providers.studio.colour import rgb
from mediakiln.providers.studio.templates.kit import captions, feast, grounds, ornaments
from mediakiln.providers.studio.templates.kit.posing import party_hat, posed
from mediakiln.providers.studio.templates.table import Layer, Table

_GAY = (rgb("#ff5d73"), rgb("#ffc13d"), rgb("#3fb8c9"), rgb("#7c6be0"), rgb("#6cc24a"), rgb("#ff8f4a"))


def _cake(table: Table) -> None:
    x = table.width / 2 + min(0.33 * table.width, 0.6 * table.u)
    feast.cake(
        table.canvas,
        x,
        0.985 * table.height,
        0.28 * table.u,
        icing=rgb("#ff8fa8"),
        body=rgb("#fff3d6"),
        tiers=2,
        candles=4,
        tones=_GAY,
    )


LAYERS: tuple[Layer, ...] = (
    grounds.wall(grounds.pastel(0.5, lightness=0.86, saturation=0.3), rough=0.02),
    grounds.table_top(rgb("#e8c79a"), 0.86),
    ornaments.streamers(9, _GAY, 0.42),
    ornaments.bunting((-0.02, 0.03), (0.52, 0.02), 0.07, _GAY),
    ornaments.bunting((0.48, 0.02), (1.02, 0.03), 0.07, _GAY[::-1]),
    ornaments.cluster(
        ((0.08, 0.36, 0.1), (0.2, 0.25, 0.08), (0.92, 0.34, 0.1), (0.8, 0.24, 0.08), (0.05, 0.56, 0.085), (0.95, 0.55, 0.085)),
        _GAY,
        string=0.4,
    ),
    captions.caption("HAPPY BIRTHDAY", 0.5, 0.17, 0.08, captions.STICKER, room=0.62),
    posed(
        tall=0.5,
        wide=0.66,
        ground=0.95,
        hat=party_hat(rgb("#3fb8c9"), rgb("#ffffff"), rgb("#ff5d73")),
        thrown_back=0.2,
        framed=(0.56, 0.52),
    ),
    feast.gifts(((0.1, 0.985, 0.22), (0.24, 1.01, 0.15)), ((rgb("#7c6be0"), rgb("#ffc13d")), (rgb("#3fb8c9"), rgb("#ffffff")))),
    _cake,
    ornaments.falling(ornaments.confetti(*_GAY), 60, 0.016, middle=0.2, near=0.1),
    grounds.vignette(0.1),
)
