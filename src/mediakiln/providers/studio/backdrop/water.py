"""Water: a mirror of what stands behind it, broken by waves, with the sun's glitter on it. Sea, lake and beach are made of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import cv2
import numpy as np

from mediakiln.providers.studio.backdrop import open_land
from mediakiln.providers.studio.backdrop.ridges import mist_band, profile, ridge
from mediakiln.providers.studio.backdrop.sky import paint_sky
from mediakiln.providers.studio.backdrop.trees import LEAVES, fir, foliage, grass
from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import Field, f32, fbm, resized, sampled, step
from mediakiln.providers.studio.stage import Actor, Canvas, Sheet, Stage


def surface(
    stage: Stage, sheet: Sheet, top: float, bottom: float, body: RGB, *, mirror: float, waves: float, name: str = "water"
) -> None:
    """Water between two heights: `mirror` (0..1) how much it reflects, `waves` (0..1) how rough it is, `body` its own colour."""
    fine_x, fine_y = sheet.grid(top, bottom)
    x, y = fine_x[:, ::2], fine_y[::2]
    rows, columns = y.shape[0], x.shape[1]
    depth = (y - top) / max(1.0, bottom - top)
    depth = np.clip(depth, 0, 1)
    near = (1 - depth[..., None]) ** 1.3
    ripple = _ripple(stage, x, depth, name)
    light = stage.light
    deep = f32(light.lit(scaled(body, 0.55), 0.35))
    shallow = f32(mix(light.lit(body, 0.9), light.haze, 0.35))
    colour = shallow * near + deep * (1 - near)
    image = _mirrored(stage, sheet, top, bottom, columns, rows, ripple, waves)
    strength = f32(mirror) * (1 - 0.45 * depth[..., None])
    colour = colour * (1 - strength) + image * strength
    lift = (ripple - 0.5) * (0.1 + 0.5 * waves) * (0.35 + 0.65 * depth)
    crest = step(0.68, 0.95, ripple) * waves * 0.4 * (0.2 + depth)
    sky = f32(mix(light.sky[2], light.cloud_lit, 0.4))
    colour = (
        colour * (1 + lift[..., None])
        + sky * np.clip(lift, 0, 1)[..., None] * 0.5
        + f32(light.lit((1, 1, 1), 0.9)) * crest[..., None]
    )
    if light.sun_shown or stage.scene.time == "day":
        sun = stage.sun[0]
        column = np.exp(-(((x - sun) / (f32(stage.u) * (0.05 + 0.2 * depth))) ** 2)) * step(0.42, 0.8, ripple) * light.glow
        colour = colour + column[..., None] * f32(light.halo) * 0.75
    whole = resized(np.asarray(np.clip(colour, 0, 1), np.float32), fine_x.shape[1], fine_y.shape[0], smooth=False)
    edge = np.clip((fine_y - top) / f32(max(2.0, stage.u * 0.004)), 0, 1)
    sheet.paste(whole, np.asarray(np.broadcast_to(edge, whole.shape[:2]), np.float32), top, bottom)


def _ripple(stage: Stage, x: Field, depth: Field, name: str) -> Field:
    """Wave pattern in perspective, 0..1: long and thin, closer together with distance."""
    texture = fbm(stage.rng(name, "ripple"), 512, 512, 14, 5, 0.62)
    far = 1.0 / (depth + 0.06)
    u = (x - stage.width / 2) / f32(stage.u) * (9 + 10 * far) * 4 + 256
    v = np.broadcast_to(far * 150, u.shape)
    return sampled(texture, np.asarray(u % 1022, np.float32), np.asarray(v % 1022, np.float32))


def _mirrored(
    stage: Stage, sheet: Sheet, top: float, bottom: float, columns: int, rows: int, ripple: Field, waves: float
) -> Field:
    """What is painted above the water, upside down and shaken: (rows, columns, 3) RGB 0..1."""
    flat = stage.flat()
    above = max(8, min(int(top), int((bottom - top) * 1.15)))
    strip = flat[int(top) - above : int(top), :, :3]
    inner = round(columns * stage.width / sheet.width)
    small = cv2.resize(strip, (max(2, inner), rows), interpolation=cv2.INTER_AREA)[::-1]
    pad = max(0, (columns - small.shape[1] + 1) // 2)
    wide = cv2.copyMakeBorder(small, 0, 0, pad, pad, cv2.BORDER_REFLECT)[:, :columns] if pad else small
    wide = cv2.blur(np.ascontiguousarray(wide), (3, max(3, rows // 40)))
    gx, gy = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    depth = gy / rows
    shake = (ripple - 0.5) * columns * f32(0.012 + 0.03 * waves) * (0.25 + depth)
    moved = cv2.remap(wide, gx + shake, gy + shake * f32(0.9), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(cv2.cvtColor(moved, cv2.COLOR_BGR2RGB) / f32(255), np.float32)


def glitter(stage: Stage, top: float, bottom: float, count: int = 110) -> Actor:
    """Glints that come and go: thick under the sun, some everywhere."""
    rng = stage.rng("glitter")
    sun = stage.sun[0]
    glints = []
    for a, b, c, d in rng.random((count, 4)):
        share = float(b) ** 1.4
        spread = stage.u * (0.05 + 0.3 * share)
        x = sun + (float(a) - 0.5) * 2 * spread if c < 0.66 else float(a) * stage.width
        glints.append((x, top + (bottom - top) * (0.02 + 0.96 * share), share, float(d), 1.0 if c < 0.66 else 0.4))
    tone = mix(stage.light.halo, (1, 1, 1), 0.45)

    def paint(canvas: Canvas, t: float) -> None:
        for x, y, share, phase, bright in glints:
            power = max(0.0, math.sin(t * (1.6 + phase) + phase * 50))
            if power < 0.12:
                continue
            half = stage.u * (0.003 + 0.017 * share) * (0.5 + power)
            ink = skia.Paint(
                Color=argb(tone, 0.75 * power * bright * (0.4 + 0.6 * stage.light.glow)),
                AntiAlias=True,
                StrokeWidth=max(0.8, stage.u * (0.0012 + 0.003 * share)),
                StrokeCap=skia.Paint.kRound_Cap,
            )
            drift = stage.u * 0.006 * math.sin(t * 0.8 + phase * 9)
            canvas.drawLine(x - half + drift, y, x + half + drift, y, ink)

    return paint


def paint_sea(stage: Stage) -> None:
    """Open water to the horizon; boats and swimmers belong on it."""
    roll = stage.dice("plan")
    stage.horizon = stage.height * roll.uniform(0.46, 0.54)
    paint_sky(stage, stage.horizon + 2)
    if "mountains" in stage.scene.beyond or roll.random() < 0.45:
        sheet = stage.layer(0.12)
        line = profile(stage, sheet, "isle", stage.horizon, stage.u * 0.1, 0.2, 2)
        ridge(stage, sheet, "isle", line, stage.horizon + 2, rgb("#5a6f78"), 0.8, mist=0.4)
    rough = {"storm": 1.0, "rain": 0.55}.get(stage.scene.weather, 0.32)
    water = stage.layer(0.12, swell=stage.u * (0.003 + 0.011 * rough))
    surface(stage, water, stage.horizon, stage.height, rgb("#1d5f86") if rough < 0.9 else rgb("#2b4652"), mirror=0.5, waves=rough)
    stage.actor(0.12, glitter(stage, stage.horizon, stage.height))
    stage.spots["water"] = (stage.horizon + stage.height * 0.06, stage.height * 0.97)
    stage.ground = (stage.height * 0.74, stage.height * 0.9)
    if any(s.kind == "train" for s in stage.scene.subjects):
        open_land.rails(stage, stage.layer(1.0))
    if any(s.kind in ("lighthouse", "house", "castle", "person", "child", "dog", "cat") for s in stage.scene.subjects):
        _rocks(stage)


def _rocks(stage: Stage) -> None:
    """A rocky headland for those who cannot stand on water."""
    sheet = stage.layer(1.0)
    roll = stage.dice("rocks")
    left = roll.random() < 0.5
    edge = 0.72
    points = [(0.0, 0.79), (0.16, 0.76), (0.36, 0.79), (0.52, 0.83), (0.64, 0.9), (edge, 1.02), (-0.3, 1.02), (-0.3, 0.8)]
    body = f32([((p if left else 1 - p) * stage.width, q * stage.height) for p, q in points])
    sheet.polygon(body, stage.light.lit(rgb("#4e5358"), 0.35))
    for _ in range(150):
        share = roll.random()
        low = 0.77 + 0.1 * share + roll.random() * (0.24 - 0.1 * share)
        x = share * edge * 0.97 * stage.width
        tone = stage.light.lit(
            mix(rgb("#5d6369"), rgb("#4c5a3c"), roll.random() * 0.7), max(0.0, 0.95 - (low - 0.76) * 3.2) * roll.uniform(0.6, 1.1)
        )
        r = stage.u * roll.uniform(0.012, 0.035)
        px, py = x if left else stage.width - x, max(low, 0.79 + 0.1 * share) * stage.height
        sheet.polygon(
            f32([(px - r, py + r * 0.4), (px - r * 0.3, py - r * 0.4), (px + r * 0.7, py - r * 0.3), (px + r, py + r * 0.3)]),
            tone,
        )
    x = 0.2 if left else 0.8
    stage.spots["sea"] = stage.spots["rock"] = (stage.width * x, stage.height * 0.8)


def paint_lake(stage: Stage) -> None:
    """A still lake with hills and a wooded shore behind, reeds before it."""
    roll = stage.dice("plan")
    stage.horizon = stage.height * roll.uniform(0.46, 0.52)
    paint_sky(stage, stage.horizon + 2)
    snowy = stage.scene.season == "winter" or stage.scene.weather == "snow"
    light = stage.light
    for index, (depth, tall) in enumerate(((0.12, 0.3), (0.2, 0.17))):
        sheet = stage.layer(depth)
        line = profile(stage, sheet, f"hill{index}", stage.horizon, stage.u * tall * roll.uniform(0.85, 1.15), 0.17, 3)
        tone = rgb("#66758c") if index == 0 else rgb("#4c6a55")
        snow = 0.45 if index == 0 and stage.scene.season != "summer" else 0.0
        ridge(
            stage,
            sheet,
            f"hill{index}",
            line,
            stage.horizon + 2,
            tone,
            0.75 - 0.3 * index,
            snow=snow + 0.4 * snowy,
            mist=0.6,
            rim=0.4 if light.sun_shown and stage.scene.time in ("sunset", "dawn") else 0.0,
        )
    shore = stage.layer(0.3)
    side = 1.0 if stage.sun[0] > stage.width / 2 else -1.0
    for _ in range(int(46 * shore.width / stage.u)):
        x = shore.left + roll.random() * shore.width
        size = stage.u * roll.uniform(0.03, 0.075)
        if roll.random() < 0.6:
            fir(shore, x, stage.horizon + 1, size, light.far(light.lit(rgb("#27402f"), 0.2), 0.35), roll, snow=snowy, light=light)
        else:
            leaf = rgb(LEAVES[stage.scene.season if stage.scene.season in LEAVES else ""])
            foliage(
                shore,
                x,
                stage.horizon - size * 0.25,
                size * 0.5,
                size * 0.34,
                leaf,
                light,
                roll,
                count=26,
                far=0.4,
                side=side,
                dab=0.24,
            )
    water = stage.layer(0.12, swell=stage.u * 0.0025)
    surface(
        stage,
        water,
        stage.horizon,
        stage.height,
        rgb("#2a5d73"),
        mirror=0.82,
        waves=0.12 if stage.scene.weather in ("clear", "fog") else 0.25,
    )
    if stage.scene.weather == "fog" or stage.scene.time == "dawn":
        mist_band(stage, water, stage.horizon + stage.height * 0.02, stage.u * 0.07, 0.6, "lake")
    stage.actor(0.12, glitter(stage, stage.horizon, stage.height, 80))
    stage.spots["water"] = (stage.horizon + stage.height * 0.08, stage.height * 0.9)
    _bank(stage)


def _bank(stage: Stage) -> None:
    """The grassy near bank."""
    from mediakiln.providers.studio.backdrop.garden import lawn
    from mediakiln.providers.studio.backdrop.ground import plane

    if (
        not any(s.kind not in ("boat", "fish", "moon", "bird", "balloon") for s in stage.scene.subjects)
        and stage.dice("bank").random() < 0.4
    ):
        stage.ground = (stage.height * 0.86, stage.height * 0.95)
        return
    near = stage.layer(1.0)
    x, _ = near.grid(0, 1)
    wave = np.sin(x[0] / f32(stage.u) * 2.1 + stage.dice("bend").uniform(0, 6)) * f32(0.025 * stage.height)
    line = np.asarray(stage.height * 0.79 + wave, np.float32)
    plane(stage, near, stage.height * 0.77, lawn(stage), name="bank", cell=30, haze=0.05, skyline=line)
    grass(
        near,
        stage.height * 0.8,
        stage.height * 1.04,
        stage.light,
        stage.rng("bankgrass"),
        stage.u,
        blade=lawn(stage),
        count=int(1500 * near.width / stage.u),
        tall=0.05,
        far=0.1,
    )
    stage.ground = (stage.height * 0.84, stage.height * 0.92)


def paint_beach(stage: Stage) -> None:
    """Sky, sea, a curve of surf and warm sand."""
    from mediakiln.providers.studio.backdrop.ground import plane

    roll = stage.dice("plan")
    stage.horizon = stage.height * roll.uniform(0.42, 0.47)
    paint_sky(stage, stage.horizon + 2)
    if roll.random() < 0.6:
        sheet = stage.layer(0.12)
        line = profile(stage, sheet, "cape", stage.horizon, stage.u * 0.12, 0.2, 1)
        ridge(stage, sheet, "cape", line, stage.horizon + 2, rgb("#5d7a6a"), 0.6, mist=0.4)
    sea = stage.layer(0.12, swell=stage.u * 0.004)
    surface(stage, sea, stage.horizon, stage.height * 0.78, rgb("#2b98b0"), mirror=0.4, waves=0.3)
    stage.actor(0.12, glitter(stage, stage.horizon, stage.height * 0.64, 70))
    lean = roll.uniform(0.03, 0.07) * roll.choice((-1, 1))

    def shore(x: Field) -> Field:
        share = (x - stage.width / 2) / f32(stage.width)
        return np.asarray(stage.height * (0.645 + lean * share + 0.012 * np.sin(share * 9 + 1.3)), np.float32)

    near = stage.layer(1.0)
    x, _ = near.grid(0, 1)
    plane(stage, near, stage.height * 0.63, rgb("#e6cb9c"), name="sand", cell=40, rough=0.35, haze=0.1, skyline=shore(x[0]))
    stage.actor(1.0, _surf(stage, shore))
    stage.spots["water"] = (stage.horizon + stage.height * 0.03, stage.height * 0.6)
    stage.ground = (stage.height * 0.76, stage.height * 0.92)
    if stage.has("palms") or (stage.scene.season != "winter" and roll.random() < 0.6):
        sheet = stage.layer(1.1)
        for index in range(roll.choice((1, 2))):
            x0 = stage.width * (0.06 + 0.05 * index) if roll.random() < 0.5 else stage.width * (0.94 - 0.05 * index)
            _palm(stage, sheet, x0, stage.height * 0.8, stage.u * roll.uniform(0.5, 0.66), 1 if x0 < stage.width / 2 else -1)


def _surf(stage: Stage, shore: Callable[[Field], Field]) -> Actor:
    """Two lines of foam that run up the sand and back."""
    xs = np.linspace(-0.75, 1.75, 54, dtype=np.float32) * f32(stage.width)
    base = shore(xs)
    rng = stage.rng("surf")
    bumps = rng.uniform(-1, 1, (2, len(xs)))
    bumps = np.stack([np.convolve(b, [0.2, 0.6, 0.2], "same") for b in bumps])
    foam = mix(stage.light.lit((1, 1, 1), 0.95), stage.light.haze, 0.1)

    def paint(canvas: Canvas, t: float) -> None:
        for index in (0, 1):
            reach = stage.u * (0.016 + 0.02 * math.sin(t * 0.9 + index * 2.4)) - index * stage.u * 0.045
            line = base + reach + bumps[index] * stage.u * 0.007
            path = skia.Path.Polygon([skia.Point(float(a), float(b)) for a, b in zip(xs, line, strict=True)], False)
            if index == 0:
                water = skia.Path(path)
                water.lineTo(float(xs[-1]), float(base[-1] - stage.u * 0.03))
                for a, b in zip(xs[::-1], base[::-1], strict=True):
                    water.lineTo(float(a), float(b - stage.u * 0.03))
                canvas.drawPath(water, skia.Paint(AntiAlias=True, Color=argb(stage.light.lit(rgb("#7cc8cf"), 0.8), 0.6)))
            canvas.drawPath(
                path,
                skia.Paint(
                    AntiAlias=True,
                    Style=skia.Paint.kStroke_Style,
                    StrokeWidth=stage.u * (0.011 - 0.004 * index),
                    Color=argb(foam, 0.92),
                    StrokeJoin=skia.Paint.kRound_Join,
                ),
            )

    return paint


def _palm(stage: Stage, sheet: Sheet, x: float, y: float, size: float, lean: int) -> None:
    roll = stage.dice("palm", round(x))
    light = stage.light
    trunk = [(x + lean * size * 0.24 * (k / 12) ** 1.6, y - size * 0.8 * k / 12) for k in range(13)]
    for (ax, ay), (bx, by) in pairwise(trunk):
        w = size * 0.024 * (1.25 - (y - ay) / size * 0.6)
        sheet.polygon(
            f32([(ax - w, ay), (ax + w, ay), (bx + w * 0.85, by), (bx - w * 0.85, by)]),
            light.lit(rgb("#8a6a4a"), roll.uniform(0.35, 0.8)),
        )
    cx, cy = trunk[-1]
    for index in range(11):
        angle = math.radians(-200 + 220 * index / 10 + roll.uniform(-8, 8))
        length = size * roll.uniform(0.3, 0.42)
        spine = [
            (cx + math.cos(angle) * length * s, cy + math.sin(angle) * length * s + length * 0.75 * s * s)
            for s in (0, 0.25, 0.5, 0.75, 1.0)
        ]
        tone = light.lit(rgb("#3f8a4a"), 0.3 + 0.6 * (index % 3) / 2)
        for k, (px, py) in enumerate(spine[:-1]):
            qx, qy = spine[k + 1]
            for j in range(5):
                s = j / 5
                bx, by = px + (qx - px) * s, py + (qy - py) * s
                leaf = size * 0.09 * (1 - (k + s) / 5)
                for way in (-1, 1):
                    sheet.polygon(
                        f32(
                            [
                                (bx, by),
                                (bx + way * leaf * 0.3 + (qx - px) * 0.3, by + leaf),
                                (bx + (qx - px) * 0.25, by + (qy - py) * 0.25),
                            ]
                        ),
                        tone,
                    )
    for dx in (-0.02, 0.02):
        sheet.dab(cx + dx * size, cy + size * 0.02, size * 0.018, size * 0.02, 0, light.lit(rgb("#6b4a2c"), 0.6))
