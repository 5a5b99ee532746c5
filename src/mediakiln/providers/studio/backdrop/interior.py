"""A room: wall, a window with the weather outside, curtains, sill, and a table when something lies on it."""

from __future__ import annotations

import math

import numpy as np

from mediakiln.providers.studio.backdrop.ridges import profile, ridge
from mediakiln.providers.studio.backdrop.rooms import ROOMS
from mediakiln.providers.studio.backdrop.sky import paint_sky
from mediakiln.providers.studio.backdrop.trees import LEAVES, foliage
from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import f32, fbm
from mediakiln.providers.studio.stage import Actor, Canvas, Sheet, Stage

WALLS = ("#d9c3a5", "#b9c4b4", "#c9b7c0", "#aebfcc", "#d8b79a")
CURTAINS = ("#f2ead9", "#c96f5a", "#7f9a86", "#d8b45f", "#8fa3bd")


def paint(stage: Stage) -> None:
    """The window takes the middle; the table or sill carries the subject."""
    roll = stage.dice("plan")
    width, height, u = stage.width, stage.height, stage.u
    from mediakiln.providers.studio.subjects import SUBJECTS

    subjects = stage.scene.subjects
    stands = any(
        SUBJECTS[s.kind].home == "ground" and s.target != "table" and (s.relation != "in" or s.target == "interior")
        for s in subjects
        if s.kind in SUBJECTS
    )
    small = any(SUBJECTS[s.kind].home == "table" for s in subjects if s.kind in SUBJECTS)
    on_table = (
        (any(s.target == "table" for s in subjects) or (small and not stands))
        and not any(s.target == "windowsill" for s in subjects)
        and not any(s.kind == "table" for s in subjects)
    )
    if stage.scene.room in ROOMS:
        ROOMS[stage.scene.room](stage)
        if on_table:
            _table(stage, stage.layer(0.8))
            stage.spots["table"] = (width * 0.5, height * 0.88)
        return
    sill = height * (0.72 if not on_table else 0.66)
    stage.horizon = height * 0.5
    w = min(width * 0.6, u * 0.86)
    x0 = (width - w) / 2 + width * roll.uniform(-0.06, 0.06)
    box = (x0, height * 0.09, x0 + w, sill - u * 0.012)
    _view(stage, roll.random())
    room = stage.layer(0.8)
    wall = rgb(roll.choice(WALLS))
    _wall(stage, room, wall, box)
    _frame(stage, room, box)
    _curtains(stage, room, box, rgb(roll.choice(CURTAINS)))
    _sill(stage, room, box, sill)
    if on_table:
        _table(stage, room)
        stage.spots["table"] = (width * 0.5, height * 0.88)
        stage.ground = (height * 0.84, height * 0.92)
    else:
        _lower_wall(stage, room, box, sill)
        stage.ground = (height * 0.9, height * 0.97)
        stage.spots["windowsill"] = stage.spots["sofa"] = stage.spots["bed"] = stage.spots["window"] = stage.spots["table"] = (
            (box[0] + box[2]) / 2 + w * roll.uniform(-0.14, 0.14),
            sill + u * 0.012,
        )
    if stage.has("fireplace") or stage.light.lamps:
        stage.actor(0.8, _lamp(stage, width * (0.1 if x0 > width * 0.2 else 0.9), height * 0.4))
    _light_pool(stage, box)


def _view(stage: Stage, chance: float) -> None:
    """What one sees through the panes."""
    paint_sky(stage, stage.height * 0.9)
    roll = stage.dice("view")
    sheet = stage.layer(0.3)
    if "city" in stage.scene.beyond or (chance < 0.25 and not stage.scene.beyond):
        from mediakiln.providers.studio.backdrop.town import towers

        stage.horizon = stage.height * 0.72
        towers(stage, sheet, 1)
        stage.horizon = stage.height * 0.5
        return
    line = profile(stage, sheet, "view", stage.height * 0.52, stage.u * 0.16, 0.16, 2)
    ridge(
        stage,
        sheet,
        "view",
        line,
        stage.height * 0.8,
        rgb("#64806a"),
        0.5,
        mist=0.4,
        snow=0.5 if stage.scene.season == "winter" else 0.0,
    )
    leaf = rgb(LEAVES[stage.scene.season if stage.scene.season in LEAVES else ""])
    side = 1.0 if stage.sun[0] > stage.width / 2 else -1.0
    for k in range(9):
        foliage(
            sheet,
            stage.width * (0.14 + 0.09 * k),
            stage.height * roll.uniform(0.56, 0.64),
            stage.u * 0.12,
            stage.u * 0.09,
            leaf,
            stage.light,
            roll,
            count=70,
            far=0.25,
            side=side,
        )


def _inside(stage: Stage, tone: RGB, amount: float) -> RGB:
    """Indoor light: warm by lamp at night, soft by day."""
    warm = (1.0, 0.86, 0.66)
    if stage.light.lamps:
        return scaled(
            mix(stage.light.lit(tone, 0.5), (tone[0] * warm[0], tone[1] * warm[1], tone[2] * warm[2]), 0.62), 0.45 + 0.4 * amount
        )
    return mix(stage.light.lit(tone, amount), scaled(tone, 0.45 + 0.5 * amount), 0.5)


def _wall(stage: Stage, sheet: Sheet, wall: RGB, box: tuple[float, float, float, float]) -> None:
    """Plaster all around the opening, brighter beside it."""
    x, y = sheet.grid()
    noise = fbm(stage.rng("plaster"), x.shape[1], y.shape[0], 26, 4)
    cx, cy = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    away = np.sqrt((x - cx) ** 2 + (y - cy) ** 2) / f32(stage.u)
    shade = np.clip(0.95 - away * 0.42 + (noise - 0.5) * 0.1, 0.05, 1)[..., None]
    colour = f32(_inside(stage, scaled(wall, 0.62), 0.1)) * (1 - shade) + f32(_inside(stage, wall, 0.9)) * shade
    inside = (x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])
    sheet.paste(np.asarray(colour, np.float32), np.asarray(np.where(inside, 0, 1), np.float32))


def _frame(stage: Stage, sheet: Sheet, box: tuple[float, float, float, float]) -> None:
    canvas, u = sheet.canvas, stage.u
    light, dark = argb(_inside(stage, rgb("#f4eee2"), 0.9)), argb(_inside(stage, rgb("#b7aa98"), 0.3))
    x0, y0, x1, y1 = box
    for dx, tone in ((0.004, dark), (0.0, light)):
        ink = skia.Paint(Color=tone, AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=u * 0.026)
        canvas.drawRect(skia.Rect.MakeLTRB(x0 + dx * u, y0 + dx * u, x1 + dx * u, y1 + dx * u), ink)
        thin = skia.Paint(Color=tone, AntiAlias=True, StrokeWidth=u * 0.014)
        for k in (1, 2):
            x = x0 + (x1 - x0) * k / 3 + dx * u
            canvas.drawLine(x, y0, x, y1, thin)
        canvas.drawLine(x0, y0 + (y1 - y0) * 0.36 + dx * u, x1, y0 + (y1 - y0) * 0.36 + dx * u, thin)


def _curtains(stage: Stage, sheet: Sheet, box: tuple[float, float, float, float], cloth: RGB) -> None:
    """Two hanging folds of cloth, gathered to the sides."""
    u, canvas = stage.u, sheet.canvas
    top, low = box[1] - u * 0.06, box[3] + u * 0.04
    canvas.drawRect(
        skia.Rect.MakeLTRB(box[0] - u * 0.2, top - u * 0.008, box[2] + u * 0.2, top + u * 0.006),
        skia.Paint(Color=argb(_inside(stage, rgb("#5f4634"), 0.5))),
    )
    for way in (-1, 1):
        edge = box[0] + u * 0.05 if way < 0 else box[2] - u * 0.05
        folds = 6
        for k in range(folds):
            a, b = edge + way * u * 0.2 * k / folds, edge + way * u * 0.2 * (k + 1) / folds
            pull = u * 0.028 * (1 - k / folds) * way
            path = skia.Path()
            path.moveTo(a - way, top)
            path.cubicTo(a + pull, top + (low - top) * 0.4, a + pull * 2.2, top + (low - top) * 0.7, a + pull, low)
            path.lineTo(b + pull * 0.7, low + u * 0.006 * (k % 2))
            path.cubicTo(b + pull * 1.8, top + (low - top) * 0.7, b + pull * 0.7, top + (low - top) * 0.4, b, top)
            path.close()
            tones = [
                argb(_inside(stage, scaled(cloth, 0.72), 0.3)),
                argb(_inside(stage, cloth, 1.0)),
                argb(_inside(stage, scaled(cloth, 0.78), 0.4)),
            ]
            canvas.drawPath(
                path,
                skia.Paint(AntiAlias=True, Shader=skia.GradientShader.MakeLinear([skia.Point(a, 0), skia.Point(b, 0)], tones)),
            )


def _sill(stage: Stage, sheet: Sheet, box: tuple[float, float, float, float], y: float) -> None:
    u = stage.u
    _slab(stage, sheet, box[0] - u * 0.06, y - u * 0.02, box[2] + u * 0.06, y + u * 0.05, rgb("#efe6d6"))


def _slab(stage: Stage, sheet: Sheet, x0: float, y0: float, x1: float, y1: float, tone: RGB) -> None:
    """A board seen a little from above: a lit top, a darker edge."""
    edge = y0 + (y1 - y0) * 0.62
    for low, high, amount, k in ((y0, edge, 1.0, 1.0), (edge, y1, 0.4, 0.8)):
        shader = skia.GradientShader.MakeLinear(
            [skia.Point(0, low), skia.Point(0, high)],
            [argb(_inside(stage, scaled(tone, k), amount)), argb(_inside(stage, scaled(tone, k * 0.86), amount))],
        )
        sheet.canvas.drawRect(skia.Rect.MakeLTRB(x0, low, x1, high), skia.Paint(Shader=shader, AntiAlias=True))
    shadow = skia.GradientShader.MakeLinear(
        [skia.Point(0, y1), skia.Point(0, y1 + stage.u * 0.035)], [argb((0, 0, 0), 0.28), argb((0, 0, 0), 0)]
    )
    sheet.canvas.drawRect(skia.Rect.MakeLTRB(x0, y1, x1, y1 + stage.u * 0.035), skia.Paint(Shader=shadow))


def _lower_wall(stage: Stage, sheet: Sheet, box: tuple[float, float, float, float], sill: float) -> None:
    """A plant and a stack of books on the sill's end, panelling beneath."""
    u, canvas = stage.u, sheet.canvas
    top = sill + u * 0.1
    line = argb(_inside(stage, rgb("#8f7b66"), 0.3), 0.5)
    for k in range(-8, 20):
        x = box[0] + k * u * 0.11
        canvas.drawRect(
            skia.Rect.MakeLTRB(x, top, x + u * 0.1, stage.height + 10),
            skia.Paint(Color=line, AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=u * 0.003),
        )
    left = stage.dice("plant").random() < 0.5
    px, py = (box[0] + u * 0.05, sill) if left else (box[2] - u * 0.05, sill)
    pot = _inside(stage, rgb("#b5603f"), 0.7)
    sheet.polygon(
        f32(
            [
                (px - u * 0.036, py - u * 0.07),
                (px + u * 0.036, py - u * 0.07),
                (px + u * 0.026, py + u * 0.008),
                (px - u * 0.026, py + u * 0.008),
            ]
        ),
        pot,
    )
    foliage(sheet, px, py - u * 0.115, u * 0.06, u * 0.058, rgb("#4f8f4a"), stage.light, stage.dice("leaves"), count=60, dab=0.2)


def _table(stage: Stage, sheet: Sheet) -> None:
    """A wooden table top reaching toward us, with grain."""
    top = stage.height * 0.78
    x, y = sheet.grid(top, stage.height)
    depth = (y - top) / max(1.0, stage.height - top)
    rng = stage.rng("wood")
    noise = fbm(rng, x.shape[1], y.shape[0], 5, 6, 0.6, stretch=5)
    rings = 0.5 + 0.5 * np.sin((noise * 9 + depth * 5) * 5)
    board = (np.abs(((depth * 3.1) % 1.0) - 0.5) > 0.485).astype(np.float32)
    shade = np.clip(
        0.86 - 0.32 * depth - 0.16 * rings * noise - board * 0.3 - 0.2 * np.abs(x - stage.width / 2) / stage.width, 0, 1
    )[..., None]
    wood = rgb("#b9804f")
    colour = (
        f32(_inside(stage, scaled(wood, 0.42), 0.2)) * (1 - shade)
        + f32(_inside(stage, mix(wood, rgb("#e8c79a"), 0.35), 1.0)) * shade
    )
    sheet.paste(np.asarray(colour, np.float32), None, top, stage.height)
    rim = skia.GradientShader.MakeLinear(
        [skia.Point(0, top - stage.u * 0.01), skia.Point(0, top + stage.u * 0.012)],
        [argb((0, 0, 0), 0.0), argb(_inside(stage, rgb("#f2d9b4"), 1.0), 0.7)],
    )
    sheet.canvas.drawRect(
        skia.Rect.MakeLTRB(sheet.left, top - stage.u * 0.002, sheet.right, top + stage.u * 0.006), skia.Paint(Shader=rim)
    )


def _light_pool(stage: Stage, box: tuple[float, float, float, float]) -> None:
    """Daylight slanting in from the window."""
    if stage.light.lamps or stage.scene.weather in ("rain", "storm", "fog"):
        return
    sheet = stage.layer(0.8)
    lean = stage.u * (0.3 if stage.sun[0] < stage.width / 2 else -0.3)
    path = skia.Path.Polygon(
        [
            skia.Point(box[0], box[3]),
            skia.Point(box[2], box[3]),
            skia.Point(box[2] + lean, stage.height),
            skia.Point(box[0] + lean, stage.height),
        ],
        True,
    )
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(0, box[3]), skia.Point(0, stage.height)], [argb(stage.light.key, 0.2), argb(stage.light.key, 0.05)]
    )
    sheet.canvas.drawPath(
        path,
        skia.Paint(
            Shader=shader,
            AntiAlias=True,
            BlendMode=skia.BlendMode.kScreen,
            MaskFilter=skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, stage.u * 0.012),
        ),
    )


def _lamp(stage: Stage, x: float, y: float) -> Actor:
    u = stage.u

    def paint(canvas: Canvas, t: float) -> None:
        power = 1.0 + 0.03 * math.sin(t * 5.1) + 0.02 * math.sin(t * 11.3)
        tone = rgb("#ffcf85")
        glow = skia.GradientShader.MakeRadial(
            skia.Point(x, y), u * 0.5 * power, [argb(tone, 0.5), argb(tone, 0.14), argb(tone, 0)], [0, 0.45, 1]
        )
        canvas.drawCircle(x, y, u * 0.5 * power, skia.Paint(Shader=glow, BlendMode=skia.BlendMode.kScreen))
        shade = skia.Path.Polygon(
            [
                skia.Point(x - u * 0.04, y - u * 0.05),
                skia.Point(x + u * 0.04, y - u * 0.05),
                skia.Point(x + u * 0.07, y + u * 0.04),
                skia.Point(x - u * 0.07, y + u * 0.04),
            ],
            True,
        )
        canvas.drawLine(
            x, 0, x, y - u * 0.05, skia.Paint(Color=argb(rgb("#4a3a2c")), StrokeWidth=max(1.0, u * 0.004), AntiAlias=True)
        )
        canvas.drawPath(shade, skia.Paint(Color=argb(rgb("#ffe2ad")), AntiAlias=True))

    return paint
