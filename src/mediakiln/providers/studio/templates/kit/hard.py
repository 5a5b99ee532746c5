"""Hard, shiny things: moulded plastic, clear domes, acrylic, glass, metal rings, LCD screens.

A `Shape` is a skia path in table pixels together with its form (the height of its surface, 0 at the edge, 1 at the top). One
light serves all: a soft box at the upper left, a thin strip at the right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
from msgspec import Struct

from mediakiln.providers.studio.colour import RGB, argb, mix, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import Field, blurred, f32, step
from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.templates.kit.sitting import Figure, grown, image_of, joined, shadow_of, wash
from mediakiln.providers.studio.templates.kit.surface import Mask, gleamed, swelling
from mediakiln.providers.studio.templates.table import Table

_FORM_SIDE = 560
"""Light on a form is worked out at this longest side."""

Former = Callable[[Field, Field], Field]
"""The height of a form, 0..1, at x and y of -1..1 across its box."""


class Shape(Struct, frozen=True):
    """`mask` is the outline's cover, its upper left corner at (left, top); `form` its height at a smaller size."""

    mask: Mask
    left: int
    top: int
    form: Field

    @property
    def width(self) -> int:
        """In table pixels."""
        return int(self.mask.shape[1])

    @property
    def height(self) -> int:
        """In table pixels."""
        return int(self.mask.shape[0])


def box(x: float, y: float, wide: float, tall: float, radius: float) -> Any:
    """A path: the rectangle around (x, y) with round corners."""
    path = skia.Path()
    path.addRoundRect(skia.Rect.MakeXYWH(x - wide / 2, y - tall / 2, wide, tall), radius, radius)
    return path


def oval(x: float, y: float, wide: float, tall: float) -> Any:
    """A path: the ellipse around (x, y)."""
    path = skia.Path()
    path.addOval(skia.Rect.MakeXYWH(x - wide / 2, y - tall / 2, wide, tall))
    return path


def egg(x: float, y: float, wide: float, tall: float, point: float = 0.16) -> Any:
    """A path: an egg around (x, y), narrower above by `point`."""
    path = skia.Path()
    turns = np.linspace(0, math.tau, 120, endpoint=False)
    ys = -np.cos(turns)
    xs = np.sin(turns) * (1 + point * ys)
    knots = [
        skia.Point(x + wide / 2 * float(px) / (1 + 0.3 * point * point), y + tall / 2 * float(py))
        for px, py in zip(xs, ys, strict=True)
    ]
    path.addPoly(knots, True)
    return path


def ball_form(x: Field, y: Field) -> Field:
    """An ellipsoid, also an egg near enough."""
    return np.asarray(np.sqrt(np.clip(1 - x * x - y * y, 0, 1)), np.float32)


def egg_form(point: float = 0.16) -> Former:
    """The form of `egg`."""

    def form(x: Field, y: Field) -> Field:
        return ball_form(x / (1 + f32(point) * y), y)

    return form


def shape(path: Any, roundness: float | Former) -> Shape:
    """`path` as a form: an edge rounded over `roundness` pixels with a level top, or the height a function gives."""
    bounds = path.getBounds()
    left, top = math.floor(bounds.left()) - 1, math.floor(bounds.top()) - 1
    size = (max(4, math.ceil(bounds.right()) + 1 - left), max(4, math.ceil(bounds.bottom()) + 1 - top))
    mask = np.zeros(size[::-1], np.uint8)
    canvas = skia.Surface(mask, skia.kAlpha_8_ColorType, skia.kPremul_AlphaType).getCanvas()
    canvas.translate(-left, -top)
    canvas.drawPath(path, skia.Paint(Color=0xFFFFFFFF, AntiAlias=True))
    return Shape(mask, left, top, _form(mask, roundness))


def _form(mask: Mask, roundness: float | Former) -> Field:
    height, width = mask.shape
    scale = min(1.0, _FORM_SIDE / max(height, width))
    size = (max(4, round(width * scale)), max(4, round(height * scale)))
    if callable(roundness):
        x, y = np.linspace(-1, 1, size[0], dtype=np.float32)[None, :], np.linspace(-1, 1, size[1], dtype=np.float32)[:, None]
        return roundness(x, y)
    small = cv2.copyMakeBorder(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=0)
    reach = max(1.5, roundness * scale)
    return np.ascontiguousarray(blurred(swelling(small, reach), 0.16 * reach)[2:-2, 2:-2])


def of_figure(figure: Figure, roundness: float) -> Shape:
    """The outline of a figure as a form."""
    return Shape(figure.alpha, figure.left, figure.top, _form(figure.alpha, roundness))


def shine(form: Field, height: float) -> tuple[Field, Field, Field]:
    """Diffuse light (1 on level ground), reflected soft boxes (0..1) and how far the surface is turned away (0..1) of a `form`
    whose top is `height` of its own pixels high."""
    slope_x, slope_y = (cv2.Sobel(form, cv2.CV_32F, *way, ksize=3, scale=height / 8) for way in ((1, 0), (0, 1)))
    long = np.sqrt(slope_x * slope_x + slope_y * slope_y + 1)
    nx, ny, nz = -slope_x / long, -slope_y / long, 1 / long
    diffuse = np.clip(-0.48 * nx - 0.6 * ny + 0.64 * nz, 0, 1) / 0.64
    rx, ry = 2 * nx * nz, 2 * ny * nz
    window = _band(rx, -0.56, 0.24) * _band(ry, -0.6, 0.26)
    strip = _band(rx, 0.8, 0.09) * _band(ry, 0.2, 0.6)
    return (
        np.asarray(diffuse, np.float32),
        np.asarray(np.clip(window + 0.4 * strip, 0, 1), np.float32),
        np.asarray(1 - nz, np.float32),
    )


def _band(value: Field, middle: float, half: float) -> Field:
    return step(0, 0.5 * half, f32(half) - np.abs(value - f32(middle)))


def _enlarged(field: Field, part: Shape) -> Field:
    return np.asarray(cv2.resize(field, (part.width, part.height), interpolation=cv2.INTER_LINEAR), np.float32)


def moulded(table: Table, part: Shape, skin: RGB | Picture, height: float = 0.5, gloss: float = 0.8, matte: float = 0.0) -> None:
    """Paint `part` as solid plastic. `skin` is its colour, or a picture of its size; `height` a share of its shorter side;
    `gloss` the strength of reflections; `matte` (0..1) makes them wide and weak, as on silicone."""
    high = height * min(part.form.shape)
    diffuse, window, away = shine(part.form, high)
    if matte:
        window = blurred(window, matte * 0.05 * max(part.form.shape))
    shade = np.clip((0.5 + 0.5 * diffuse) * (1 - 0.16 * away * away), 0.3, 1.12)
    light = _enlarged(window * f32(gloss * (1 - 0.6 * matte)), part)
    if isinstance(skin, tuple):
        # Light that wanders through plastic keeps its colour in the shade: the strong channels lose less.
        shade = cv2.merge([shade ** f32(1.25 - 0.6 * tone) for tone in skin])
        skin = np.full((part.height, part.width, 3), [round(255 * tone) for tone in skin], np.uint8)
    colours = gleamed(skin, _enlarged(np.asarray(shade, np.float32), part), light)
    table.canvas.drawImage(image_of(joined(colours, part.mask)), part.left, part.top)


def cleared(
    table: Table, part: Shape, height: float = 0.3, tint: RGB = (0.92, 0.97, 1.0), haze: float = 0.05, window: float = 0.75
) -> None:
    """Lay clear plastic or glass of this form over what is painted: reflections (`window` strong), bright and dark walls,
    a little haze."""
    diffuse, mirrored, away = shine(part.form, height * min(part.form.shape))
    bright = np.clip(window * mirrored + 0.55 * np.clip(diffuse - 1.0, 0, 1) + haze + 0.14 * step(0.2, 0.7, away), 0, 0.92)
    dark = np.clip(0.5 * np.clip(0.9 - diffuse, 0, 1) * step(0.04, 0.4, away), 0, 0.5)
    cover = cv2.multiply(part.mask, cv2.convertScaleAbs(_enlarged(np.asarray(dark, np.float32), part), alpha=255), scale=1 / 255)
    wash(table, np.asarray(cover, np.uint8), part.left, part.top, (0.1, 0.12, 0.2), 1.0)
    cover = cv2.multiply(
        part.mask, cv2.convertScaleAbs(_enlarged(np.asarray(bright, np.float32), part), alpha=255), scale=1 / 255
    )
    wash(table, np.asarray(cover, np.uint8), part.left, part.top, tint, 1.0)


def streaks(table: Table, path: Any, x: float, y: float, wide: float, tall: float, strength: float = 0.3) -> None:
    """Two slanting reflections of a window in a flat pane `path`, around (x, y)."""
    canvas = table.canvas
    canvas.save()
    canvas.clipPath(path, doAntiAlias=True)
    for place, share, alpha in ((-0.2, 0.16, 1.0), (0.02, 0.05, 0.7)):
        left = x + place * wide
        band = skia.Path()
        band.addPoly(
            [
                skia.Point(left, y + tall / 2),
                skia.Point(left + 0.42 * wide, y - tall / 2),
                skia.Point(left + (0.42 + share) * wide, y - tall / 2),
                skia.Point(left + share * wide, y + tall / 2),
            ],
            True,
        )
        ends = [skia.Point(x, y - tall / 2), skia.Point(x, y + tall / 2)]
        tones = [argb((1, 1, 1), strength * alpha), argb((1, 1, 1), 0.12 * strength * alpha)]
        canvas.drawPath(band, skia.Paint(Shader=skia.GradientShader.MakeLinear(ends, tones), AntiAlias=True))
    canvas.restore()


def acrylic(table: Table, figure: Figure, border: float, thick: float) -> Shape:
    """Lay a printed figure in clear acrylic: a border of clear sheet `border` pixels wide, whose cut edge is `thick` pixels deep,
    to the lower right. Returns the sheet's outline."""
    pad = math.ceil(border + thick) + 3
    inner = cv2.copyMakeBorder(figure.alpha, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0)
    sheet = grown(np.asarray(inner, np.uint8), border)
    left, top = figure.left - pad, figure.top - pad
    # The cut edge: the sheet swept to where its far face is, brightest along the far ridge.
    edge = sheet
    for share in (1 / 15, 2 / 15, 4 / 15, 8 / 15):  # each step doubles the way swept: all of `thick` in four
        move = np.array([[1, 0, thick * share], [0, 1, 0.45 * thick * share]], np.float32)
        edge = np.asarray(cv2.max(edge, cv2.warpAffine(edge, move, sheet.shape[::-1])), np.uint8)
    side = cv2.subtract(edge, sheet)
    wash(table, np.asarray(edge, np.uint8), left, top, (0.86, 0.95, 1.0), 0.28)
    wash(table, np.asarray(side, np.uint8), left, top, (0.62, 0.8, 0.92), 0.6)
    ridge = cv2.subtract(edge, cv2.erode(edge, np.ones((3, 3), np.uint8), iterations=max(1, round(thick / 6))))
    wash(table, np.asarray(cv2.min(ridge, side), np.uint8), left, top, (1, 1, 1), 0.85)
    part = Shape(sheet, left, top, _form(sheet, max(2.0, 0.5 * border)))
    table.canvas.drawImage(image_of(figure.pixels), figure.left, figure.top)
    cleared(table, part, 0.02, haze=0.03)
    line = cv2.subtract(sheet, grown(sheet, -max(1.2, 0.1 * border)))
    wash(table, np.asarray(line, np.uint8), left, top, (1, 1, 1), 0.75)
    return part


def through_ball(table: Table, x: float, y: float, radius: float) -> None:
    """What is behind a solid glass ball, seen through it: upside down, wide, bent towards the rim."""
    side = max(4, round(radius))  # at half the size: what glass bends is soft
    axis = np.linspace(-1, 1, side, dtype=np.float32)
    px, py = axis[None, :], axis[:, None]
    far = np.sqrt(px * px + py * py)
    bend = f32(-radius) * (f32(0.9) + f32(1.5) * np.clip(far, 0, 1.1) ** 4)
    body = cv2.remap(table.pixels, x + px * bend, y + py * bend, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    image = skia.Image.fromarray(body, skia.kBGRA_8888_ColorType, skia.kOpaque_AlphaType)
    table.canvas.save()
    table.canvas.clipPath(oval(x, y, 2 * radius, 2 * radius), doAntiAlias=True)
    target = skia.Rect.MakeLTRB(x - radius, y - radius, x + radius, y + radius)
    table.canvas.drawImageRect(image, target, skia.SamplingOptions(skia.FilterMode.kLinear))
    table.canvas.restore()


def swollen(figure: Figure, x: float, y: float, radius: float, amount: float = 0.25) -> Figure:
    """The figure seen through the near side of a ball around (x, y): larger in the middle, bent at its rim."""
    height, width = figure.pixels.shape[:2]
    px = (np.arange(width, dtype=np.float32)[None, :] + f32(figure.left - x)) / f32(radius)
    py = (np.arange(height, dtype=np.float32)[:, None] + f32(figure.top - y)) / f32(radius)
    pull = 1 - f32(amount) * (1 - np.clip(px * px + py * py, 0, 1))
    map_x, map_y = px * pull * f32(radius) + f32(x - figure.left), py * pull * f32(radius) + f32(y - figure.top)
    pixels = cv2.remap(figure.pixels, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return Figure(np.asarray(pixels, np.uint8), figure.left, figure.top, figure.bust, figure.whole)


def metal(path_width: float, x: float, y: float, tone: RGB = (0.82, 0.84, 0.88)) -> Any:
    """A stroke paint of polished metal around (x, y): light and dark alternate with the direction."""
    levels = (1.2, 0.62, 1.15, 0.45, 0.95, 0.55, 1.25, 0.7, 1.2)
    tones = [argb(mix(scaled(tone, k), (1, 1, 1), 0.5) if k > 1.1 else scaled(tone, k)) for k in levels]
    shader = skia.GradientShader.MakeSweep(x, y, tones)
    return skia.Paint(Shader=shader, AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=path_width)


def ring(
    table: Table, x: float, y: float, radius: float, width: float, tone: RGB = (0.82, 0.84, 0.88), tall: float = 1.0
) -> None:
    """A metal ring around (x, y), `width` pixels thick, with its shadow; `tall` below 1 turns it away."""
    canvas = table.canvas
    path = oval(x, y, 2 * radius, 2 * radius * tall)
    dark = skia.Paint(Color=argb((0.1, 0.1, 0.15), 0.4), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=width)
    dark.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 0.5 * width))
    canvas.save()
    canvas.translate(0.6 * width, 0.9 * width)
    canvas.drawPath(path, dark)
    canvas.restore()
    canvas.drawPath(path, metal(width, x, y, tone))
    thin = skia.Paint(Color=argb((1, 1, 1), 0.55), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.18 * width)
    canvas.drawPath(oval(x - 0.12 * width, y - 0.16 * width, 2 * radius, 2 * radius * tall), thin)


def beads(table: Table, points: Sequence[tuple[float, float]], radius: float, tone: RGB = (0.84, 0.86, 0.9)) -> None:
    """A ball chain: small shiny beads at `points`, with a thread between."""
    canvas = table.canvas
    thread = skia.Path()
    thread.addPoly([skia.Point(*point) for point in points], False)
    line = skia.Paint(Color=argb(scaled(tone, 0.6)), AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=0.5 * radius)
    canvas.drawPath(thread, line)
    for x, y in points:
        ball(canvas, x, y, radius, tone)


def ball(canvas: Any, x: float, y: float, radius: float, tone: RGB, gloss: float = 0.9) -> None:
    """A small shiny ball."""
    tones = [argb(mix(tone, (1, 1, 1), 0.35)), argb(tone), argb(scaled(tone, 0.5))]
    focus = skia.Point(x - 0.3 * radius, y - 0.35 * radius)
    shader = skia.GradientShader.MakeRadial(focus, 1.35 * radius, tones, [0, 0.45, 1])
    canvas.drawCircle(x, y, radius, skia.Paint(Shader=shader, AntiAlias=True))
    light = skia.Paint(Color=argb((1, 1, 1), gloss), AntiAlias=True)
    light.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, max(0.2, 0.09 * radius)))
    canvas.drawOval(skia.Rect.MakeXYWH(x - 0.55 * radius, y - 0.62 * radius, 0.46 * radius, 0.32 * radius), light)


def bulb(canvas: Any, x: float, y: float, radius: float, tone: RGB, lit: float = 1.0) -> None:
    """A little lamp with its glow."""
    glow = skia.GradientShader.MakeRadial(skia.Point(x, y), 3.2 * radius, [argb(tone, 0.55 * lit), argb(tone, 0.0)])
    canvas.drawCircle(x, y, 3.2 * radius, skia.Paint(Shader=glow, AntiAlias=True, BlendMode=skia.BlendMode.kScreen))
    tones = [argb(mix(tone, (1, 1, 1), 0.85 * lit)), argb(tone)]
    shader = skia.GradientShader.MakeRadial(skia.Point(x, y), radius, tones)
    canvas.drawCircle(x, y, radius, skia.Paint(Shader=shader, AntiAlias=True))


def dropped(table: Table, part: Shape, away: float, strength: float = 0.4) -> None:
    """The shadow of a shape `away` pixels over what is below, to the lower right."""
    shadow_of(table, part.mask, part.left + 0.55 * away, part.top + 0.8 * away, 0.6 * away, strength)


def filled(canvas: Any, path: Any, tone: RGB, alpha: float = 1.0, blur: float = 0.0) -> None:
    """A flat fill."""
    paint = skia.Paint(Color=argb(tone, alpha), AntiAlias=True)
    if blur > 0:
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
    canvas.drawPath(path, paint)


def ramped(canvas: Any, path: Any, tones: Sequence[RGB], start: tuple[float, float], end: tuple[float, float]) -> None:
    """A fill that runs through `tones` from one point to another."""
    shader = skia.GradientShader.MakeLinear([skia.Point(*start), skia.Point(*end)], [argb(tone) for tone in tones])
    canvas.drawPath(path, skia.Paint(Shader=shader, AntiAlias=True))


def traced(canvas: Any, path: Any, tone: RGB, width: float, alpha: float = 1.0, blur: float = 0.0) -> None:
    """A line along `path`."""
    paint = skia.Paint(
        Color=argb(tone, alpha),
        AntiAlias=True,
        Style=skia.Paint.kStroke_Style,
        StrokeWidth=width,
        StrokeCap=skia.Paint.kRound_Cap,
        StrokeJoin=skia.Paint.kRound_Join,
    )
    if blur > 0:
        paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
    canvas.drawPath(path, paint)


def recess(canvas: Any, path: Any, depth: float) -> None:
    """The inner shadow of a hole or a sunken panel `depth` pixels deep, with a light lower lip."""
    canvas.save()
    canvas.clipPath(path, doAntiAlias=True)
    moved = skia.Path(path)
    moved.offset(0.5 * depth, 0.8 * depth)
    moved.toggleInverseFillType()
    filled(canvas, moved, (0.03, 0.03, 0.07), 0.6, 0.55 * depth)
    canvas.restore()
    lip = skia.Path(path)
    lip.offset(0.12 * depth, 0.2 * depth)
    traced(canvas, lip, (1, 1, 1), 0.16 * depth, 0.35)
    traced(canvas, path, (0, 0, 0), 0.1 * depth, 0.3)
