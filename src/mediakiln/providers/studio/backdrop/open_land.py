"""Open land: meadow, desert, snow field and road."""

from __future__ import annotations

import numpy as np

from mediakiln.providers.studio.backdrop.garden import lawn, petals
from mediakiln.providers.studio.backdrop.ground import path, plane
from mediakiln.providers.studio.backdrop.ridges import profile, ridge
from mediakiln.providers.studio.backdrop.sky import paint_sky
from mediakiln.providers.studio.backdrop.trees import LEAVES, blossoms, fir, foliage, grass, tree
from mediakiln.providers.studio.colour import RGB, mix, rgb, scaled
from mediakiln.providers.studio.noise import f32, fbm, resized, step
from mediakiln.providers.studio.stage import Sheet, Stage

# Crops and blooms that colour a whole field: (ground, flower, count, blade height)
FIELDS: dict[str, tuple[str, str, int, float]] = {
    "sunflowers": ("#5f8f35", "#f6b91e", 420, 0.06),
    "lavender": ("#6f5fa8", "#9478d8", 900, 0.05),
    "wheat": ("#d3a646", "#f0cf72", 0, 0.1),
    "rapeseed": ("#d8c32e", "#ffe23a", 900, 0.05),
}


def distant(stage: Stage, tone: RGB, tall: float = 0.13, layers: int = 2) -> None:
    """Hills on the skyline."""
    for index in range(layers):
        sheet = stage.layer(0.12 + 0.1 * index)
        high = "mountains" in stage.scene.beyond
        base = stage.horizon + stage.height * 0.03
        line = profile(
            stage, sheet, f"far{index}", base, stage.u * (tall if not high else tall * 2.3) * (1 - 0.4 * index), 0.14, 3
        )
        ridge(
            stage,
            sheet,
            f"far{index}",
            line,
            base + stage.height * 0.03,
            mix(tone, rgb("#66758c"), 0.5 if index == 0 else 0.1),
            0.8 - 0.3 * index,
            mist=0.5,
            snow=0.5 if high and index == 0 else 0.0,
        )


def treeline(stage: Stage, sheet: Sheet, y: float, far: float) -> None:
    """Clumps of trees where the field ends."""
    roll = stage.dice("treeline")
    side = 1.0 if stage.sun[0] > stage.width / 2 else -1.0
    leaf = rgb(LEAVES[stage.scene.season if stage.scene.season in LEAVES else ""])
    snowy = stage.scene.season == "winter" or stage.scene.weather == "snow"
    for _ in range(int(24 * sheet.width / stage.u)):
        x, size = sheet.left + roll.random() * sheet.width, stage.u * roll.uniform(0.025, 0.06)
        if snowy:
            fir(
                sheet,
                x,
                y + 2,
                size * 1.5,
                stage.light.far(stage.light.lit(rgb("#33504a"), 0.2), far),
                roll,
                snow=True,
                light=stage.light,
            )
        else:
            foliage(
                sheet, x, y - size * 0.3, size * 0.8, size * 0.5, leaf, stage.light, roll, count=30, far=far, side=side, dab=0.24
            )


def paint_meadow(stage: Stage) -> None:
    """Rolling grass with flowers, hills and a lone tree; or a field of one crop."""
    roll = stage.dice("plan")
    stage.horizon = stage.height * roll.uniform(0.46, 0.53)
    paint_sky(stage, stage.horizon + stage.height * 0.1)
    distant(stage, rgb("#5d8a55"))
    back = stage.layer(0.4)
    treeline(stage, back, stage.horizon + stage.height * 0.035, 0.5)
    near = stage.layer(1.0)
    x, _ = near.grid(0, 1)
    wave = np.sin(x[0] / f32(stage.u) * 2.4 + roll.uniform(0, 6)) * f32(0.018 * stage.height)
    line = np.asarray(stage.horizon + stage.height * 0.035 + wave, np.float32)
    crop = next((FIELDS[extra] for extra in stage.scene.extras if extra in FIELDS), None)
    ground = rgb(crop[0]) if crop else lawn(stage)
    plane(stage, near, stage.horizon, ground, cell=40, rough=0.5, haze=0.5, skyline=line, patch=mix(ground, rgb("#c9b860"), 0.4))
    top = stage.horizon + stage.height * 0.06
    rng = stage.rng("grass")
    if stage.scene.weather != "snow":
        grass(
            near,
            top,
            stage.height * 1.04,
            stage.light,
            rng,
            stage.u,
            blade=ground,
            count=int(3000 * near.width / stage.u),
            tall=crop[3] if crop else 0.048,
            far=0.4,
        )
        colours = [rgb(crop[1]), scaled(rgb(crop[1]), 0.85)] if crop else petals(stage)
        count = crop[2] if crop else 150 if stage.scene.season != "autumn" else 40
        blossoms(
            near,
            top,
            stage.height * 0.99,
            stage.light,
            roll,
            stage.u,
            colours=colours,
            count=int(count * near.width / stage.u),
            size=0.022 if "sunflowers" in stage.scene.extras else 0.011,
        )
    if not any(s.kind == "tree" for s in stage.scene.subjects) and roll.random() < 0.55:
        tree(
            near,
            stage.width * roll.choice((0.1, 0.9)),
            stage.height * 0.66,
            stage.u * 0.4,
            stage.light,
            roll,
            leaf=_leaf(stage),
            bare=stage.scene.season == "winter",
            side=1.0 if stage.sun[0] > stage.width / 2 else -1.0,
            far=0.08,
        )
    if any(s.kind == "train" for s in stage.scene.subjects):
        rails(stage, near)
    stage.ground = (stage.height * 0.68, stage.height * 0.92)


def _leaf(stage: Stage) -> str:
    return "blossom" if "sakura" in stage.scene.extras else stage.scene.season


def rails(stage: Stage, sheet: Sheet) -> None:
    """A railway across the picture for trains to stand on."""
    y, u, light = stage.height * 0.79, stage.u, stage.light
    sheet.polygon(
        f32([(sheet.left, y - u * 0.01), (sheet.right, y - u * 0.01), (sheet.right, y + u * 0.05), (sheet.left, y + u * 0.05)]),
        light.lit(rgb("#8b8178"), 0.55),
    )
    x = float(sheet.left)
    while x < sheet.right:
        sheet.polygon(
            f32(
                [
                    (x, y - u * 0.002),
                    (x + u * 0.016, y - u * 0.002),
                    (x + u * 0.01, y + u * 0.032),
                    (x - u * 0.008, y + u * 0.032),
                ]
            ),
            light.lit(rgb("#5a4536"), 0.5),
        )
        x += u * 0.035
    for dy in (0.0, 0.024):
        sheet.polygon(
            f32(
                [
                    (sheet.left, y + dy * u),
                    (sheet.right, y + dy * u),
                    (sheet.right, y + (dy + 0.005) * u),
                    (sheet.left, y + (dy + 0.005) * u),
                ]
            ),
            light.lit(rgb("#b9bec4"), 0.9),
        )
    stage.spots["rails"] = (stage.width * 0.5, y + u * 0.008)


def paint_desert(stage: Stage) -> None:
    """Dunes with sharp crests: one side in the sun, one in shade, ripples on the nearest."""
    roll = stage.dice("plan")
    stage.horizon = stage.height * roll.uniform(0.5, 0.57)
    paint_sky(stage, stage.height)
    sand = rgb("#e3b172")
    distant(stage, rgb("#c08a62"), 0.1, 1)
    for index in range(4):
        sheet = stage.layer(0.2 + 0.25 * index)
        _dune(stage, sheet, index, sand)
    stage.ground = (stage.height * 0.76, stage.height * 0.92)


def _dune(stage: Stage, sheet: Sheet, index: int, sand: RGB) -> None:
    rng = stage.rng("dune", index)
    span = stage.height - stage.horizon
    base = stage.horizon + span * (0.06, 0.24, 0.45, 0.68)[index]
    fine_x, _ = sheet.grid(0, 1)
    place = fine_x[0] / f32(stage.u)
    crest = np.zeros_like(place)
    for _ in range(3):
        wave = rng.uniform(0.6, 1.3) / (0.5 + 0.28 * index)
        phase = (place * wave + rng.uniform(0, 1)) % 1.0
        crest += np.where(phase < 0.66, phase / 0.66, (1 - phase) / 0.34) ** 1.4 * rng.uniform(0.4, 1.0)
    crest = np.asarray(resized(crest[None, ::6].copy(), len(crest), 1)[0], np.float32)
    line = np.asarray(base - crest * stage.u * (0.035 + 0.022 * index), np.float32)
    top = float(line.min()) - 1
    fine_x, fine_y = sheet.grid(top, stage.height)
    x, y, coarse = fine_x[:, ::2], fine_y[::2], line[::2]
    depth = (y - coarse[None, :]) / f32(stage.u)
    side = 1.0 if stage.sun[0] > stage.width / 2 else -1.0
    bend = np.clip(np.arange(x.shape[1])[None, :] + (depth * stage.u * side * 0.75 / sheet.grain / 2), 0, x.shape[1] - 1).astype(
        np.int32
    )
    slope = np.gradient(coarse) / (sheet.grain * 2)
    lit = step(-0.12, 0.16, np.asarray(slope[bend] * side + 0.02, np.float32))
    noise = fbm(rng, x.shape[1], y.shape[0], 12, 5, stretch=2.0)
    wind = np.sin((y / f32(stage.u) * 340 + noise * 30 + x / f32(stage.u) * 22) / (0.7 + index * 0.35)) * 0.035 * index
    lit = np.clip(lit * 0.82 + 0.1 + wind + (noise - 0.5) * 0.16, 0, 1)[..., None]
    colour = f32(stage.light.lit(scaled(sand, 0.62), 0.12)) * (1 - lit) + f32(stage.light.lit(sand, 1.0)) * lit
    air = f32((0.5, 0.28, 0.1, 0.0)[index] * (0.4 + stage.light.thickness))
    colour = colour * (1 - air) + f32(stage.light.haze) * air
    body = resized(np.asarray(colour, np.float32), fine_x.shape[1], fine_y.shape[0], smooth=False)
    alpha = np.clip((fine_y - line[None, :]) / f32(sheet.grain) + 0.5, 0, 1)
    sheet.paste(body, np.asarray(alpha, np.float32), top, stage.height)


def paint_snowfield(stage: Stage) -> None:
    """Snow in blue shade and warm light, snowy peaks, firs under their load."""
    roll = stage.dice("plan")
    stage.horizon = stage.height * roll.uniform(0.48, 0.55)
    paint_sky(stage, stage.height * 0.75)
    for index in range(2):
        sheet = stage.layer(0.12 + 0.1 * index)
        base = stage.horizon + stage.height * 0.05
        line = profile(stage, sheet, f"peak{index}", base, stage.u * (0.3 - 0.12 * index), 0.18, 3)
        ridge(
            stage,
            sheet,
            f"peak{index}",
            line,
            base + stage.height * 0.04,
            rgb("#6e7c92"),
            0.6 - 0.25 * index,
            snow=0.85,
            mist=0.5,
            rim=0.4 if stage.light.sun_shown and stage.scene.time in ("sunset", "dawn") else 0.0,
        )
    wood = stage.layer(0.4)
    count = int(34 * wood.width / stage.u)
    for index in range(count):
        share = index / count
        fir(
            wood,
            wood.left + roll.random() * wood.width,
            stage.horizon + stage.height * (0.05 + 0.04 * share),
            stage.u * roll.uniform(0.06, 0.13) * (0.7 + 0.7 * share),
            stage.light.far(stage.light.lit(rgb("#2f4a46"), 0.25), 0.42 - 0.2 * share),
            roll,
            snow=True,
            light=stage.light,
        )
    near = stage.layer(1.0)
    x, _ = near.grid(0, 1)
    wave = np.sin(x[0] / f32(stage.u) * 2.0 + roll.uniform(0, 6)) * f32(0.02 * stage.height)
    plane(
        stage,
        near,
        stage.horizon,
        rgb("#eef4fb"),
        name="snow",
        cell=16,
        rough=0.16,
        haze=0.3,
        skyline=np.asarray(stage.horizon + stage.height * 0.075 + wave, np.float32),
        patch=rgb("#c4d6ee"),
    )
    for left in (True, False):
        x0 = stage.width * (roll.uniform(0.0, 0.1) if left else roll.uniform(0.9, 1.0))
        fir(
            near,
            x0,
            stage.height * roll.uniform(0.78, 0.9),
            stage.u * roll.uniform(0.35, 0.55),
            stage.light.lit(rgb("#2f4f46"), 0.4),
            roll,
            snow=True,
            light=stage.light,
        )
    stage.ground = (stage.height * 0.74, stage.height * 0.92)


def paint_road(stage: Stage) -> None:
    """A road to the horizon through open land, or along it when something drives there."""
    roll = stage.dice("plan")
    stage.horizon = stage.height * roll.uniform(0.44, 0.5)
    paint_sky(stage, stage.horizon + stage.height * 0.1)
    tone = lawn(stage) if "desert" not in stage.scene.beyond else rgb("#d8a468")
    distant(stage, tone, 0.16)
    near = stage.layer(1.0)
    top = stage.horizon + stage.height * 0.03
    treeline(stage, near, top + 2, 0.4)
    plane(stage, near, top, tone, cell=40, haze=0.5)
    across = any(s.kind in ("car", "bicycle", "train", "person", "child", "robot", "dog", "horse") for s in stage.scene.subjects)
    if across:
        _lanes(stage, near)
        grass(
            near,
            top + stage.height * 0.02,
            stage.height * 0.695,
            stage.light,
            stage.rng("verge"),
            stage.u,
            blade=tone,
            count=int(900 * near.width / stage.u),
            tall=0.03,
            far=0.3,
        )
    else:
        middle = stage.width * roll.uniform(0.42, 0.58)
        path(stage, near, top, rgb("#5b5f66"), x_far=middle, x_near=stage.width * 0.5, wide=1.35, wind=0.05, rough=0.15)
        for lane in (-0.46, 0.46):
            path(
                stage,
                near,
                top,
                rgb("#e8e6da"),
                x_far=middle,
                x_near=stage.width * 0.5 + lane * stage.u * 1.35,
                wide=0.02,
                wind=0.05,
                name="path",
            )
        _dashes(stage, near, top, middle)
    stage.ground = (stage.height * 0.8, stage.height * 0.88)
    stage.spots["road"] = (stage.width * 0.5, stage.height * 0.84)


def _dashes(stage: Stage, sheet: Sheet, top: float, middle: float) -> None:
    span = stage.height - top
    for k in range(14):
        a, b = (0.84**k) * 1.08, (0.84**k) * 0.98
        ya, yb = top + span * a, top + span * b
        xa, xb = (middle + (stage.width * 0.5 - middle) * s**1.25 for s in (a, b))
        wa, wb = stage.u * 0.012 * a, stage.u * 0.012 * b
        sheet.polygon(f32([(xa - wa, ya), (xa + wa, ya), (xb + wb, yb), (xb - wb, yb)]), stage.light.lit(rgb("#f2e7b8"), 0.9))


def _lanes(stage: Stage, sheet: Sheet) -> None:
    """Asphalt across the picture, seen from its side."""
    y0, y1, light, u = stage.height * 0.7, stage.height * 0.955, stage.light, stage.u
    x, y = sheet.grid(y0, y1)
    noise = fbm(stage.rng("asphalt"), x.shape[1], y.shape[0], 90, 3, 0.8)
    share = (y - y0) / (y1 - y0)
    shade = np.clip(0.5 + (noise - 0.5) * 0.3 + 0.2 * share, 0, 1)[..., None]
    colour = f32(light.lit(rgb("#45494f"), 0.35)) * (1 - shade) + f32(light.lit(rgb("#777b80"), 0.9)) * shade
    sheet.paste(np.asarray(colour, np.float32), None, y0, y1)
    for row, w in ((0.03, 0.006), (0.95, 0.012)):
        yy = y0 + (y1 - y0) * row
        sheet.polygon(
            f32([(sheet.left, yy), (sheet.right, yy), (sheet.right, yy + u * w), (sheet.left, yy + u * w)]),
            light.lit(rgb("#e9e7df"), 0.9),
        )
    yy, gap = y0 + (y1 - y0) * 0.42, u * 0.2
    px = float(sheet.left)
    while px < sheet.right:
        sheet.polygon(
            f32([(px, yy), (px + gap * 0.55, yy), (px + gap * 0.54, yy + u * 0.009), (px - gap * 0.01, yy + u * 0.009)]),
            light.lit(rgb("#efd98a"), 0.9),
        )
        px += gap
