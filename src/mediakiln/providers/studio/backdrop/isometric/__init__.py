"""The style "isometric": the scene as a little island of tiles in a true 2:1 projection, its subjects standing on it."""

from __future__ import annotations

from msgspec.structs import replace

from mediakiln.providers.studio.backdrop.isometric.lands import LANDS
from mediakiln.providers.studio.backdrop.isometric.pieces import SOLID, Look
from mediakiln.providers.studio.backdrop.isometric.projection import LEFT, RIGHT, RISE, Iso
from mediakiln.providers.studio.backdrop.isometric.rooms import ROOMS, SHOPS, shop
from mediakiln.providers.studio.backdrop.isometric.tiles import SIDE, Land
from mediakiln.providers.studio.cast.actor import Actor
from mediakiln.providers.studio.colour import NAMED, RGB, argb, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.stage import Stage

DEEP = 0.9
"""How thick the slab is, in cubes."""

CRUST = 0.16
"""How far the colour of the ground comes down its sides."""

ABOVE = 3.4
"""Room kept above the ground for what stands on it, in cubes."""

MIDDLE = (4.5, 4.5)
"""Where the subjects stand, in tiles."""


OPEN = frozenset({"beach", "sea", "lake", "garden", "meadow", "forest", "mountains", "snowfield", "desert", "road", "city"})
"""Settings that show a shop from outside."""


def paint(stage: Stage) -> None:
    """The island and everything on it but the subjects that walk."""
    sheet = stage.layer(0.6)
    _sky(stage)
    heroes = [s for s in stage.scene.subjects if s.kind != "moon"]
    land = _land(stage, bool(heroes))
    iso = _projection(stage, sheet.canvas)
    _shadow(stage, iso)
    _ground(iso, land)
    if _indoors(stage):
        _walls(stage, iso, land)
    solid = [s for s in heroes if s.kind in SOLID]
    standing = [(i, j, piece, land.look) for i, j, piece in land.pieces]
    for n, subject in enumerate(solid[:3]):
        shift = (n - (min(3, len(solid)) - 1) / 2) * 2.6
        # Those who walk stand before what is built.
        back = 0.9 if len(solid) < len(heroes) else 0.0
        i, j = MIDDLE[0] + shift - back, MIDDLE[1] - shift - back
        standing = [row for row in standing if abs(row[0] - i) + abs(row[1] - j) > 1.9]
        standing.append((i, j, SOLID[subject.kind], replace(land.look, colour=subject.colour)))
    for i, j, piece, look in sorted(standing, key=lambda row: row[0] + row[1]):
        piece(iso, i, j, land.height(i, j), look)
    y = iso.at(*MIDDLE, land.height(*MIDDLE))[1]
    stage.horizon = iso.at(0, 0)[1]
    stage.ground = (y - iso.tile * 0.3, y + iso.tile * 0.3)
    stage.spots = {}


def _outside(stage: Stage) -> bool:
    """Whether a shop is shown from outside: it stands on an island, by the sea, in a street."""
    return stage.scene.room in SHOPS and bool({stage.scene.setting, *stage.scene.beyond} & OPEN)


def _indoors(stage: Stage) -> bool:
    return (stage.scene.setting == "interior" or bool(stage.scene.room)) and not _outside(stage)


def _land(stage: Stage, hero: bool) -> Land:
    if _outside(stage):
        return shop(_look(stage), hero)
    room = ROOMS.get(stage.scene.room)
    return (room or LANDS.get(stage.scene.setting, LANDS["abstract"]))(_look(stage), hero)


def settled(stage: Stage, actors: list[Actor]) -> list[Actor]:
    """The actors at the island's measure, about its middle; what is built of blocks has been painted already."""
    walkers = [a for a in actors if a.subject.kind not in SOLID]
    if not walkers:
        return []
    iso = _projection(stage, None)
    x, y = iso.at(*MIDDLE)
    largest = max(a.size * max(1.1, a.kind.width) for a in walkers)
    k = 2.8 * iso.tile / largest
    centre = sum(a.x for a in walkers) / len(walkers)
    low = max(a.y for a in walkers)
    spread = max(1.0, (max(a.x for a in walkers) - min(a.x for a in walkers)) * k / (3.4 * iso.tile))
    lift = 0.5 * iso.tile if all(a.kind.home in ("air", "under") for a in walkers) else 0.0
    return [
        replace(
            a,
            x=x + (a.x - centre) * k / spread,
            y=y
            + max(-1.6 * iso.tile, (a.y - low) * k)
            + (0.9 * iso.tile if len(walkers) < len(actors) else 0.2 * iso.tile)
            - lift,
            size=a.size * k,
            speed=a.speed * 0.12,
        )
        for a in walkers
    ]


def _look(stage: Stage) -> Look:
    season = "winter" if stage.scene.weather == "snow" else stage.scene.season
    return Look(stage.dice("island"), season, stage.light.lamps)


def _projection(stage: Stage, canvas: object) -> Iso:
    """The largest island that fits, in the middle of the frame."""
    tall = SIDE / 2 + (ABOVE + DEEP) * RISE
    tile = min(0.92 * stage.width / SIDE, 0.94 * stage.height / tall)
    top = (stage.height - tall * tile) / 2 + ABOVE * RISE * tile
    return Iso(canvas, stage.width / 2, top, tile, stage.light)


def _sky(stage: Stage) -> None:
    """A plain soft ground behind the island, of the hour's colours."""
    sheet = stage.layer(0.0)
    light = stage.light
    named = [rgb(NAMED[name]) for name in stage.scene.palette if name in NAMED]
    high, low = mix(light.sky[1], (1, 1, 1), 0.4), mix(light.sky[-1], (1, 1, 1), 0.35)
    if light.lamps:
        high, low = scaled(light.sky[1], 0.8), light.sky[3]
    if stage.scene.setting in ("space", "moon"):
        high, low = rgb("#0b0d24"), rgb("#2a2450")
    if stage.scene.setting == "underwater":
        high, low = rgb("#7fd4e4"), rgb("#1f6fa0")
    if named:
        high, low = mix(named[0], (1, 1, 1), 0.35), mix(named[-1], (1, 1, 1), 0.55)
    shader = skia.GradientShader.MakeLinear([skia.Point(0, 0), skia.Point(0, stage.height)], [argb(high), argb(low)])
    sheet.canvas.drawRect(skia.Rect.MakeLTRB(sheet.left, 0, sheet.right, stage.height), skia.Paint(Shader=shader))
    roll = stage.dice("isometric sky")
    if light.lamps or stage.scene.setting in ("space", "moon"):
        for _ in range(110):
            x, y, r = roll.random() * stage.width, roll.random() * stage.height, roll.uniform(0.0008, 0.0024) * stage.u
            sheet.canvas.drawCircle(x, y, r, skia.Paint(Color=argb((1, 1, 1), roll.uniform(0.3, 0.9)), AntiAlias=True))
        return
    for _ in range(5 if stage.scene.setting != "underwater" and not _indoors(stage) else 0):
        x, y, size = roll.random() * stage.width, roll.uniform(0.05, 0.95) * stage.height, roll.uniform(0.03, 0.06) * stage.u
        ink = skia.Paint(Color=argb((1, 1, 1), 0.5), AntiAlias=True)
        for k, (dx, r) in enumerate(((-1.3, 0.7), (0, 1.0), (1.3, 0.75), (0.5, 0.9))):
            sheet.canvas.drawOval(
                skia.Rect.MakeLTRB(x + (dx - r) * size, y - r * size * 0.6, x + (dx + r) * size, y + r * size * (0.6 - 0.1 * k)),
                ink,
            )


def _shadow(stage: Stage, iso: Iso) -> None:
    blur = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, iso.tile * 0.3)
    ink = skia.Paint(Color=argb(mix(stage.light.ambient, (0.03, 0.05, 0.1), 0.75), 0.42), MaskFilter=blur, AntiAlias=True)
    path = skia.Path.Polygon(
        [skia.Point(*iso.at(i, j, -DEEP - 0.35)) for i, j in ((0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE))], True
    )
    iso.canvas.drawPath(path, ink)


def _ground(iso: Iso, land: Land) -> None:
    """The tiles from the back to the front, each with the flanks that show."""
    for total in range(2 * SIDE - 1):
        for i in range(SIDE):
            j = total - i
            if not 0 <= j < SIDE:
                continue
            tile = land.tiles[i, j]
            shade = 1.0 if (i + j) % 2 == 0 else 0.965
            top, z = scaled(tile.top, shade), tile.z
            right = -DEEP if i == SIDE - 1 else land.tiles[i + 1, j].z
            left = -DEEP if j == SIDE - 1 else land.tiles[i, j + 1].z
            alpha = 0.86 if tile.kind == "water" else 1.0
            for start, low, amount in (((i + 1, j), right, RIGHT), ((i, j + 1), left, LEFT)):
                if low < z:
                    _flank(iso, start, (i + 1, j + 1), low, z, tile.flank, amount, alpha)
                    if tile.kind != "water" and low < z - CRUST:
                        _flank(iso, start, (i + 1, j + 1), z - CRUST, z, top, amount)
            iso.face([(i, j, z), (i + 1, j, z), (i + 1, j + 1, z), (i, j + 1, z)], top, 1.0)
            _marks(iso, i, j, z, tile.kind, land)


def _flank(
    iso: Iso, start: tuple[int, int], end: tuple[int, int], low: float, high: float, tone: RGB, amount: float, alpha: float = 1.0
) -> None:
    """The upright side of a tile between two of its corners."""
    iso.face([(*start, low), (*end, low), (*end, high), (*start, high)], tone, amount, alpha)


def _marks(iso: Iso, i: int, j: int, z: float, kind: str, land: Land) -> None:
    """Ripples on water, the broken line of a road."""
    if kind == "water":
        roll = land.look.roll
        for _ in range(2):
            a, b = i + roll.uniform(0.1, 0.6), j + roll.uniform(0.2, 0.8)
            iso.line([(a, b, z), (a + 0.22, b - 0.22, z)], (0.92, 0.97, 1.0), 0.016)
    elif kind == "road-i":
        iso.face(
            [(i + 0.25, j + 0.94, z), (i + 0.75, j + 0.94, z), (i + 0.75, j + 1.0, z), (i + 0.25, j + 1.0, z)],
            (0.97, 0.95, 0.86),
            1.0,
        )
    elif kind == "road-j":
        iso.face(
            [(i + 0.94, j + 0.25, z), (i + 1.0, j + 0.25, z), (i + 1.0, j + 0.75, z), (i + 0.94, j + 0.75, z)],
            (0.97, 0.95, 0.86),
            1.0,
        )


def _walls(stage: Stage, iso: Iso, land: Land) -> None:
    """The two far walls of a room, with a window, and skirting."""
    wall = rgb("#dfe3d8")
    high = 2.7
    iso.face([(0, 0, 0), (SIDE, 0, 0), (SIDE, 0, high), (0, 0, high)], wall, 0.75)
    iso.face([(0, 0, 0), (0, SIDE, 0), (0, SIDE, high), (0, 0, high)], wall, 0.5)
    for k in (0.0, high - 0.06):
        iso.face([(0, 0, k), (SIDE, 0, k), (SIDE, 0, k + 0.14), (0, 0, k + 0.14)], rgb("#f6f4ee"), 0.8)
        iso.face([(0, 0, k), (0, SIDE, k), (0, SIDE, k + 0.14), (0, 0, k + 0.14)], rgb("#f6f4ee"), 0.55)
    sky = stage.light.sky
    for low, top, tone in ((0.9, 2.1, rgb("#f6f4ee")), (1.0, 2.0, mix(sky[1], sky[3], 0.5))):
        inset = 0.0 if low < 1 else 0.1
        iso.glowing([(0, 3.6 + inset, low), (0, 6.4 - inset, low), (0, 6.4 - inset, top), (0, 3.6 + inset, top)], tone)
    iso.line([(0, 5.0, 1.0), (0, 5.0, 2.0)], rgb("#f6f4ee"), 0.05)
    iso.line([(0, 3.7, 1.5), (0, 6.3, 1.5)], rgb("#f6f4ee"), 0.05)
    iso.glowing([(4.5, 0, 1.3), (5.5, 0, 1.3), (5.5, 0, 2.1), (4.5, 0, 2.1)], rgb("#e9c27a"))
    iso.glowing([(4.58, 0, 1.38), (5.42, 0, 1.38), (5.42, 0, 2.02), (4.58, 0, 2.02)], rgb("#6f9aa8"))
