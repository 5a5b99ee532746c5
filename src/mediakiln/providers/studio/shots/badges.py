"""A subject as a mark: logo, app icon, sticker."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from msgspec.structs import replace

from mediakiln.providers.studio.backdrop.graphic import inks_of
from mediakiln.providers.studio.cast.actor import Actor
from mediakiln.providers.studio.cast.figure import Figure, figure, fitted
from mediakiln.providers.studio.cast.lens import FACES, lead_of
from mediakiln.providers.studio.cast.perform import perform
from mediakiln.providers.studio.colour import NAMED, RGB, argb, luma, mix, rgb, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.lettering import draw, lines_of, measured
from mediakiln.providers.studio.noise import dice
from mediakiln.providers.studio.stage import Sheet, Stage

# Marks are simple: their figures need no more pixels than this; the card of a sticker even fewer.
LARGEST, RIM_SCALE = 420.0, 0.5
BRANDS = ("#1f3f5f", "#b8432f", "#2f6a52", "#6a3f7f", "#c8742a", "#2a2e38", "#1f7f8f", "#9a2f4a")
# What a set of icons shows when the prompt names no things for it.
COMMON = ("heart", "star", "camera", "bulb", "gift", "book", "cup", "phone", "clock")


def brand_of(stage: Stage, lead: Actor | None) -> RGB:
    """The colour of the mark: the prompt's, else one that shops like."""
    said = next((name for name in stage.scene.palette if name in NAMED and name not in ("white", "black", "cream")), "")
    said = said or (lead.subject.colour if lead is not None and lead.subject.colour not in ("white", "cream") else "")
    tone = rgb(NAMED[said]) if said in NAMED else rgb(dice(stage.scene.seed, "brand", stage.scene.prompt).choice(BRANDS))
    return scaled(tone, 0.75) if luma(tone) > 0.72 else tone


def stamped(shape: Figure, dark: RGB, light: RGB) -> Figure:
    """A figure in two inks, its lighter parts in `light` and its darker ones in `dark`, as a mark is cut."""
    pixels = shape.pixels.copy()
    cover = pixels[..., 3]
    grey = cv2.cvtColor(pixels[..., :3], cv2.COLOR_BGR2GRAY).astype(np.float32) * 255 / np.maximum(cover, 1)
    solid = cover > 128
    middle = float(np.median(grey[solid])) if solid.any() else 128.0
    reach = max(3, round(min(pixels.shape[:2]) / 60)) | 1
    calm = cv2.medianBlur(np.clip(grey, 0, 255).astype(np.uint8), min(reach, 5))
    # The body is the lighter ink; what is clearly darker is cut out of it.
    share = np.clip((calm.astype(np.float32) - (middle - 46)) / 22, 0, 1)[..., None]
    tone = share * np.array(light[::-1], np.float32) + (1 - share) * np.array(dark[::-1], np.float32)
    pixels[..., :3] = (tone * cover[..., None]).astype(np.uint8)
    return Figure(pixels)


def _mark(stage: Stage, actor: Actor, t: float, side: float, dark: RGB, light: RGB) -> tuple[Figure, bool]:
    """The actor as a mark for a field `side` pixels wide, and whether it is a head that fills the field."""
    size = min(side, LARGEST)
    if actor.subject.kind == "sitter":
        return figure(stage, actor, t, size), False  # a caller's own picture keeps its colours
    part = FACES.get(actor.subject.kind)
    if part is None or actor.subject.pose or actor.subject.kind in ("person", "child"):
        return stamped(figure(stage, actor, t, size), dark, light), False
    forward, up, share = part
    sheet, tall = Sheet(round(size), round(size)), size / (1.25 * share)
    still = replace(actor, x=size * 0.5 - forward * tall, y=size * 0.54 + up * tall, size=tall, speed=0.0, right=True)
    perform(stage, still, grounded=False)(sheet.canvas, t)
    return stamped(Figure(sheet.pixels), dark, light), True


def logo(stage: Stage, actors: list[Actor]) -> None:
    """The mark in a roundel, the name beneath it; the initial where nothing else is named."""
    lead = lead_of(actors, stage)

    def paint(canvas: Any, t: float) -> None:
        width, height, u = stage.width, stage.height, min(stage.width, stage.height)
        brand, name = brand_of(stage, lead), stage.scene.lettering
        pale = mix(brand, (1, 0.98, 0.94), 0.92)
        x, y, radius = width / 2, height * (0.42 if name else 0.5), 0.27 * u
        canvas.drawCircle(x, y, radius, skia.Paint(Color=argb(brand), AntiAlias=True))
        ring = skia.Paint(Color=argb(brand), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.01 * u)
        canvas.drawCircle(x, y, radius * 1.09, ring)
        if lead is not None:
            shape, head = _mark(stage, lead, t, 2.0 * radius, brand, pale)
            # A circle has less room for what is square.
            wide = 2.0 * radius if head else 1.78 * radius * min(1.0, 1.0 / math.hypot(1.0, 1.0 / shape.aspect) + 0.06)
            tall = fitted(shape, wide, wide)
            canvas.save()
            canvas.clipPath(skia.Path.Circle(x, y, radius), True)
            shape.draw(canvas, x, y + tall / 2, tall)
            canvas.restore()
        elif name:
            size = 1.2 * radius
            initial = name[0].upper()
            draw(
                canvas,
                initial,
                x - measured(initial, size) / 2,
                y + 0.36 * size,
                size,
                skia.Paint(Color=argb(pale), AntiAlias=True),
            )
        _name(canvas, name, x, y + 1.32 * radius, 0.86 * width, 0.13 * u, brand)

    stage.actor(1.0, paint)


def _name(canvas: Any, name: str, x: float, y: float, room: float, size: float, tone: RGB) -> None:
    if not name:
        return
    lines, size = lines_of(name, size, room)
    for row, line in enumerate(lines):
        draw(
            canvas,
            line,
            x - measured(line, size) / 2,
            y + size * (0.9 + 1.1 * row),
            size,
            skia.Paint(Color=argb(tone), AntiAlias=True),
        )


def icon(stage: Stage, actors: list[Actor]) -> None:
    """A rounded tile with the mark on it; a sheet of tiles for a set."""
    lead = lead_of(actors, stage)
    kinds = list({a.subject.kind: a for a in actors}.values())
    wants = any(word in stage.scene.prompt.lower() for word in ("icon set", "set of", "icons", "一套", "一组", "系列"))
    if wants and lead is not None and len(kinds) < 4:
        from mediakiln.providers.studio.subjects import SUBJECTS

        more = [k for k in COMMON if k not in {a.subject.kind for a in kinds}]
        kinds += [
            replace(lead, subject=replace(lead.subject, kind=k, colour="", traits=()), kind=SUBJECTS[k])
            for k in more[: 9 - len(kinds)]
        ]
    shown: list[Actor | None] = [*kinds] if wants and kinds else [lead]

    def paint(canvas: Any, t: float) -> None:
        across = math.ceil(math.sqrt(len(shown)))
        side = (0.62 if across == 1 else 0.82 / across) * min(stage.width, stage.height)
        gap = 0.22 * side if across > 1 else 0.0
        rows = math.ceil(len(shown) / across)
        for n, actor in enumerate(shown):
            row, column = divmod(n, across)
            x = stage.width / 2 + (column - (across - 1) / 2) * (side + gap)
            y = stage.height / 2 + (row - (rows - 1) / 2) * (side + gap)
            brand = brand_of(stage, lead)
            _tile(stage, canvas, actor, x, y, side, turned(brand, 0.11 * n, 1.0, 1.0), t)

    stage.actor(1.0, paint)


def _tile(stage: Stage, canvas: Any, actor: Actor | None, x: float, y: float, side: float, brand: RGB, t: float) -> None:
    box = skia.RRect.MakeRectXY(skia.Rect.MakeXYWH(x - side / 2, y - side / 2, side, side), 0.225 * side, 0.225 * side)
    drop = skia.Paint(Color=argb(scaled(brand, 0.3), 0.45), AntiAlias=True)
    drop.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.04 * side))
    canvas.save()
    canvas.translate(0, 0.045 * side)
    canvas.drawRRect(box, drop)
    canvas.restore()
    shader = skia.GradientShader.MakeLinear(
        [skia.Point(x, y - side / 2), skia.Point(x, y + side / 2)],
        [argb(mix(turned(brand, -0.05, 1.0, 1.1), (1, 1, 1), 0.32)), argb(scaled(brand, 0.92))],
    )
    canvas.drawRRect(box, skia.Paint(Shader=shader, AntiAlias=True))
    if actor is None:
        name = stage.scene.lettering[:1].upper() or "A"
        draw(
            canvas,
            name,
            x - measured(name, 0.6 * side) / 2,
            y + 0.22 * side,
            0.6 * side,
            skia.Paint(Color=argb((1, 1, 1)), AntiAlias=True),
        )
        return
    shape, head = _mark(stage, actor, t, side, scaled(brand, 0.62), (1.0, 1.0, 1.0))
    tall = fitted(shape, side if head else 0.7 * side, side if head else 0.62 * side)
    canvas.save()
    canvas.clipRRect(box, True)
    shape.draw(canvas, x, y + tall / 2, tall)
    canvas.restore()


def sticker(stage: Stage, actors: list[Actor]) -> None:
    """The subject cut out with a white rim that throws a shadow, a little turned."""
    lead = lead_of(actors, stage)
    if lead is None:
        logo(stage, actors)
        return

    def paint(canvas: Any, t: float) -> None:
        width, height, name = stage.width, stage.height, stage.scene.lettering
        u = min(width, height)
        shape = figure(stage, lead, t, min(0.66 * u, 1.6 * LARGEST))
        card, shade = _rimmed(shape)
        ground, second, _ = inks_of(stage)
        canvas.drawRect(
            skia.Rect.MakeLTRB(-width, 0, 2 * width, height),
            skia.Paint(Color=argb(mix(mix(ground, second, 0.5), (1, 1, 1), 0.35))),
        )
        tall = fitted(card, 0.84 * width, (0.66 if name else 0.82) * height)
        low = height * (0.42 if name else 0.5) + tall / 2
        canvas.save()
        canvas.rotate(-5, width / 2, height / 2)
        shade.draw(canvas, width / 2 + 0.008 * u, low + 0.016 * u, tall, 0.4)
        card.draw(canvas, width / 2, low, tall)
        inner = tall * RIM_SCALE * shape.pixels.shape[0] / card.pixels.shape[0]
        shape.draw(canvas, width / 2, low - (tall - inner) / 2, inner)
        if name:
            _bubble(canvas, name, width / 2, low + 0.02 * u, 0.86 * width, 0.12 * u, brand_of(stage, lead))
        canvas.restore()

    stage.actor(1.0, paint)


def _rimmed(shape: Figure) -> tuple[Figure, Figure]:
    """The white card that a sticker is cut from, and its shadow; both `RIM_SCALE` times smaller than the figure."""
    small = cv2.resize(shape.pixels[..., 3], None, fx=RIM_SCALE, fy=RIM_SCALE, interpolation=cv2.INTER_AREA)
    rim = max(3.0, 0.05 * max(small.shape))
    wide = cv2.copyMakeBorder(small, *(math.ceil(2 * rim),) * 4, cv2.BORDER_CONSTANT)
    away = cv2.distanceTransform((wide < 90).astype(np.uint8), cv2.DIST_L2, 3)
    cut = (np.clip(rim - away, 0, 1) * 255).astype(np.uint8)
    soft = cv2.GaussianBlur(cut, (0, 0), 0.3 * rim)
    dark = np.zeros((*soft.shape, 4), np.uint8)
    dark[..., 3] = soft
    return Figure(cv2.merge([cut, cut, cut, cut])), Figure(dark)


def _bubble(canvas: Any, name: str, x: float, y: float, room: float, size: float, tone: RGB) -> None:
    """Words with a thick white rim."""
    lines, size = lines_of(name, size, room)
    rim = skia.Paint(Color=argb((1, 1, 1)), AntiAlias=True, Style=skia.Paint.kStrokeAndFill_Style, StrokeWidth=0.24 * size)
    rim.setStrokeJoin(skia.Paint.kRound_Join)
    for ink in (rim, skia.Paint(Color=argb(tone), AntiAlias=True)):
        for row, line in enumerate(lines):
            draw(canvas, line, x - measured(line, size) / 2, y + size * (0.8 + 1.15 * row), size, ink)
