"""Mountains: ranges one behind the other, mist in the valleys, dark firs on the nearest slope."""

from __future__ import annotations

from mediakiln.providers.studio.backdrop.ridges import mist_band, profile, ridge
from mediakiln.providers.studio.backdrop.sky import paint_sky
from mediakiln.providers.studio.backdrop.trees import fir
from mediakiln.providers.studio.colour import mix, rgb
from mediakiln.providers.studio.noise import Field
from mediakiln.providers.studio.stage import Sheet, Stage


def paint(stage: Stage) -> None:
    """Five ranges from the haze to our feet."""
    roll = stage.dice("plan")
    stage.horizon = stage.height * roll.uniform(0.54, 0.62)
    paint_sky(stage, stage.height)
    snowy = stage.scene.season == "winter" or stage.scene.weather == "snow"
    rock, wood = rgb("#6f7488"), rgb("#3f5a43") if stage.scene.season != "autumn" else rgb("#8a5a30")
    bottom = stage.height
    span = bottom - stage.horizon
    depths = (0.12, 0.2, 0.34, 0.55, 0.85)
    u = min(stage.u, stage.height * 0.9)
    for index, depth in enumerate(depths):
        sheet = stage.layer(depth)
        near = index / (len(depths) - 1)
        base = stage.horizon + span * (0.06 + 0.94 * near**1.25)
        tall = u * (0.3, 0.36, 0.27, 0.2, 0.15)[index] * roll.uniform(0.9, 1.15)
        sky_line = profile(stage, sheet, str(index), base, tall, (0.2, 0.2, 0.16, 0.13, 0.1)[index], (3, 2, 3, 2, 2)[index])
        snow = (0.5, 0.62, 0.3, 0.0, 0.0)[index] + (0.4 if snowy else 0.0) if stage.scene.season != "summer" else 0.0
        surface = mix(rock, wood, (0.0, 0.1, 0.55, 0.9, 1.0)[index])
        if snowy:
            surface = mix(surface, rgb("#dfe7f2"), 0.35 + 0.3 * near)
        lowest = stage.height if index == len(depths) - 1 else min(stage.height, base + span * 0.5)
        ridge(
            stage,
            sheet,
            str(index),
            sky_line,
            lowest,
            surface,
            1.0 - near * 0.98,
            snow=snow,
            mist=0.75 * (1 - near) + 0.1,
            rim=0.55 if stage.light.sun_shown and stage.scene.time in ("sunset", "dawn") else 0.0,
            crisp=1.0 + 0.3 * (1 - near),
        )
        if index >= 3:
            _firs(stage, sheet, sky_line, index, wood)
        if 0 < index < 4:
            mist_band(stage, sheet, base + span * 0.04, stage.u * 0.07, 0.55 * (1 - near), str(index))
    stage.ground = (stage.height * 0.86, stage.height * 0.95)


def _firs(stage: Stage, sheet: Sheet, sky_line: Field, index: int, wood: tuple[float, float, float]) -> None:
    """Conifers along a skyline."""
    line = sky_line
    roll = stage.dice("firs", index)
    count = int((26 if index == 3 else 34) * sheet.width / stage.u)
    for _ in range(count):
        x = sheet.left + roll.random() * sheet.width
        y = float(line[min(len(line) - 1, max(0, int((x - sheet.left) / sheet.grain)))])
        size = stage.u * (0.035 if index == 3 else 0.085) * roll.uniform(0.5, 1.3)
        shade = stage.light.far(
            stage.light.lit(mix(wood, rgb("#1d2b2a"), 0.55), roll.uniform(0.0, 0.3)), 0.42 if index == 3 else 0.06
        )
        fir(
            sheet,
            x,
            y + size * 0.14,
            size,
            shade,
            roll,
            snow=stage.scene.season == "winter" or stage.scene.weather == "snow",
            light=stage.light,
        )
