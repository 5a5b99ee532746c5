"""Placing the sitter on a table: its size, its edge, its light, and the shadows it throws.

`stood`, `centred` and `hung` give a `Figure` in table pixels; treatments (`outlined`, `relief`, `graded` ...) take a figure and
give one; `shadow`, `cast`, `contact` and `lay` paint. Light comes from the upper left, as everywhere in the kit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import cv2
import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from mediakiln.providers.studio.colour import RGB, argb
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import blurred
from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.templates.kit.surface import Mask, gleamed, lit, swelling
from mediakiln.providers.studio.templates.table import Layer, Sitter, Table

_LONGEST = 1.3
"""A picture without a subject is shown no longer than this in either direction."""

_SOFT_SQUARE = 3.2
"""The exponent of its outline, a superellipse: 2 is an oval, more is squarer."""

_FORM_SIDE = 640
"""Form and its shading are worked out at this longest side: they are smooth."""

SHADOW: RGB = (0.09, 0.08, 0.12)


class Figure(Struct, frozen=True):
    """The sitter as straight RGBA `pixels`, its upper left corner at (left, top) of the table. `bust`: cut off below, as
    portraits are. `whole`: a print of a picture that has no subject."""

    pixels: Picture
    left: int
    top: int
    bust: bool
    whole: bool

    @property
    def width(self) -> int:
        """In table pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """In table pixels."""
        return int(self.pixels.shape[0])

    @property
    def x(self) -> float:
        """The middle, in table pixels."""
        return self.left + self.width / 2

    @property
    def foot(self) -> int:
        """The y below its lowest row."""
        return self.top + self.height

    @property
    def alpha(self) -> Mask:
        """Its cover."""
        return np.ascontiguousarray(self.pixels[..., 3])


Treatment = Callable[[Figure], Figure]


def is_bust(cut: Picture) -> bool:
    """Whether `cut` (RGBA) ends below in a straight cut, as a portrait does at the picture's edge."""
    solid = cut[..., 3] > 128
    widest = int(solid.sum(axis=1).max(initial=1))
    return bool(solid[-max(2, len(solid) // 60) :].sum(axis=1).min() > 0.5 * widest)


def is_ragged(figure: Figure) -> bool:
    """Whether little of the figure reaches its foot, as when the cut went through the ground it stood on."""
    solid = figure.alpha > 128
    reach = solid[-max(1, figure.height // 8) :].any(axis=0).sum()
    return bool(figure.bust or reach < 0.27 * figure.width)


def sized(sitter: Sitter, wide: float, tall: float) -> Picture:
    """The cut-out as RGBA, as large as `wide` x `tall` pixels hold, never stretched. A picture without a subject, such
    as a close-up, is a soft square with a white rim; a long one is cropped to its middle."""
    cut = sitter.cut
    if sitter.whole:
        height, width = cut.shape[:2]
        keep_x, keep_y = min(width, round(height * _LONGEST)), min(height, round(width * _LONGEST))
        x, y = (width - keep_x) // 2, (height - keep_y) // 2
        cut = cut[y : y + keep_y, x : x + keep_x]
    height, width = cut.shape[:2]
    scale = min(wide / width, tall / height)
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    if scale < 1:
        # Premultiplied, so that what the cut left out does not bleed in.
        part = cv2.resize(cut, size, interpolation=cv2.INTER_AREA)
    else:
        rough = cv2.resize(cut, size, interpolation=cv2.INTER_CUBIC)
        soft = cv2.GaussianBlur(rough, (0, 0), min(4.0, 0.6 * scale))
        part = cv2.addWeighted(rough, 1.5, soft, -0.5, 0)
        part[..., 3] = _firm(np.ascontiguousarray(rough[..., 3]), scale)
    result: Picture = np.ascontiguousarray(part)
    return _cushion(result) if sitter.whole else result


def _firm(alpha: Mask, scale: float) -> Mask:
    """An enlarged edge made as sharp as the size it is seen at."""
    if scale < 1.4:
        return alpha
    soft = cv2.GaussianBlur(alpha, (0, 0), 0.5 * scale)
    return np.asarray(cv2.convertScaleAbs(cv2.max(soft, 64) - 64, alpha=2.0), np.uint8)


def _cushion(picture: Picture) -> Picture:
    """A picture without a subject as a thing of its own: a soft square, as a cushion or a badge has, with a white rim."""
    height, width = picture.shape[:2]
    reach = min(height, width)
    x, y = (np.abs(np.linspace(-1, 1, 256, dtype=np.float32)) ** _SOFT_SQUARE for _ in range(2))
    far = cv2.resize((x[None, :] + y[:, None]) ** np.float32(1 / _SOFT_SQUARE), (width, height), interpolation=cv2.INTER_LINEAR)
    outer, inner = (cv2.convertScaleAbs(cv2.max((edge - far) * np.float32(reach / 2), 0.0), alpha=255) for edge in (0.995, 0.955))
    rim = cv2.multiply(cv2.bitwise_not(inner), 0.97)
    parts = [cv2.add(cv2.multiply(part, inner, scale=1 / 255), rim) for part in cv2.split(picture)[:3]]
    return np.asarray(cv2.merge([*parts, outer]), np.uint8)


def rounded(width: int, height: int, radius: float) -> Mask:
    """A rectangle with round corners that fills (height, width)."""
    mask = np.zeros((height, width), np.uint8)
    canvas = skia.Surface(mask, skia.kAlpha_8_ColorType, skia.kPremul_AlphaType).getCanvas()
    canvas.drawRoundRect(skia.Rect.MakeWH(width, height), radius, radius, skia.Paint(Color=0xFFFFFFFF, AntiAlias=True))
    return mask


def joined(colours: Picture, alpha: Mask) -> Picture:
    """RGB and its cover as RGBA."""
    return np.asarray(cv2.merge([*cv2.split(colours), alpha]), np.uint8)


def stood(table: Table, x: float, foot: float, wide: float, tall: float) -> Figure:
    """The sitter within `wide` x `tall` pixels, the middle of its foot at (x, foot)."""
    stamps, name = table.sheet.stamps, ("sitter", round(wide), round(tall))
    if name not in stamps:  # several layers of a template ask where the sitter is
        stamps[name] = sized(table.sitter, wide, tall)
    pixels: Picture = stamps[name]
    left, top = round(x - pixels.shape[1] / 2), round(foot - pixels.shape[0])
    return Figure(pixels, left, top, is_bust(table.sitter.cut), table.sitter.whole)


def centred(table: Table, x: float, y: float, wide: float, tall: float) -> Figure:
    """The sitter within `wide` x `tall` pixels around (x, y)."""
    figure = stood(table, x, y, wide, tall)
    return replace(figure, top=round(y - figure.height / 2))


def hung(table: Table, x: float, top: float, wide: float, tall: float) -> Figure:
    """The sitter within `wide` x `tall` pixels, its upper edge at `top`."""
    return replace(stood(table, x, top, wide, tall), top=round(top))


def cropped(picture: Picture, width: int, height: int) -> Picture:
    """The middle of `picture` filling exactly `width` x `height`, never stretched."""
    rows, columns = picture.shape[:2]
    scale = max(width / columns, height / rows)
    keep_x, keep_y = min(columns, max(1, round(width / scale))), min(rows, max(1, round(height / scale)))
    x, y = (columns - keep_x) // 2, (rows - keep_y) // 2
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture[y : y + keep_y, x : x + keep_x], (width, height), interpolation=way), np.uint8)


def cameo(table: Table, x: float, foot: float, wide: float, tall: float, rim: RGB = (0.86, 0.68, 0.3)) -> Figure:
    """The whole picture as an upright oval plaque with a metal rim, for scenes where a square print would be out of place."""
    height = max(8, round(min(tall, 1.25 * wide)))
    rows, columns = table.sitter.picture.shape[:2]
    width = max(8, round(height * min(0.94, max(0.82, 0.7 * columns / rows))))
    picture = cropped(table.sitter.picture, width, height)
    edge = 0.03 * height
    oval = np.zeros((height, width), np.uint8)
    cv2.ellipse(oval, (width * 8, height * 8), (width * 8 - 16, height * 8 - 16), 0, 0, 360, 255, -1, cv2.LINE_AA, 4)
    inside = cv2.GaussianBlur(grown(oval, -edge), (0, 0), 0.7).astype(np.float32)[..., None] / 255
    shade = np.linspace(1.25, 0.7, height, dtype=np.float32)[:, None, None] * np.array(rim, np.float32) * 255
    pixels = joined(np.clip(picture * inside + shade * (1 - inside), 0, 255).astype(np.uint8), oval)
    return Figure(pixels, round(x - width / 2), round(foot - height), False, True)


def treated(figure: Figure, *treatments: Treatment) -> Figure:
    """All treatments, one after the other."""
    for treatment in treatments:
        figure = treatment(figure)
    return figure


def padded(figure: Figure, pad: int) -> Figure:
    """`figure` with `pad` clear pixels on every side; it stays where it is."""
    pixels = cv2.copyMakeBorder(figure.pixels, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    return replace(figure, pixels=np.asarray(pixels, np.uint8), left=figure.left - pad, top=figure.top - pad)


def grown(mask: Mask, radius: float) -> Mask:
    """`mask` wider by `radius` pixels all round, with a smooth outline; shrunk by a negative radius."""
    inside = mask if radius < 0 else 255 - mask
    away = cv2.distanceTransform((inside > 127).astype(np.uint8), cv2.DIST_L2, 5)
    away = cv2.GaussianBlur(away, (0, 0), max(0.6, 0.18 * abs(radius)))
    edge = abs(radius) - away if radius > 0 else away - abs(radius)
    return np.asarray(np.clip((edge + 0.5) * 255, 0, 255), np.uint8)


def outlined(figure: Figure, width: float, tone: RGB = (1.0, 1.0, 1.0)) -> Figure:
    """A sticker: a border of `width` pixels of `tone` around the figure."""
    figure = padded(figure, math.ceil(width) + 2)
    edge = grown(figure.alpha, width)
    alpha = figure.alpha
    body = cv2.multiply(figure.pixels, cv2.merge([alpha] * 4), scale=1 / 255)
    rest = cv2.merge([cv2.convertScaleAbs(255 - alpha, alpha=part) for part in tone])
    colours = cv2.add(np.ascontiguousarray(body[..., :3]), rest)
    return replace(figure, pixels=joined(np.asarray(colours, np.uint8), np.asarray(cv2.max(edge, alpha), np.uint8)))


def soft_foot(figure: Figure, share: float = 0.12) -> Figure:
    """A bust that ends below in a curve, as a sculptor ends one, rather than at the picture's edge."""
    if not figure.bust or figure.whole:
        return figure
    height, width = figure.pixels.shape[:2]
    x = np.linspace(-1, 1, width, dtype=np.float32)
    end = height * (1 - share * (1 - np.sqrt(np.clip(1 - np.abs(x) ** 2.4, 0, 1))))
    cover = np.clip(end[None, :] - np.arange(height, dtype=np.float32)[:, None], 0, 1)
    pixels = figure.pixels.copy()
    pixels[..., 3] = cv2.multiply(figure.alpha, cover, dtype=cv2.CV_8U)
    return replace(figure, pixels=pixels)


def graded(figure: Figure, key: RGB = (1.0, 1.0, 1.0), vivid: float = 1.08, middle: float = 0.5) -> Figure:
    """The figure in the scene's light: its middle tones moved some way to `middle`, its colours `vivid`, tinted by `key`."""
    sparse = figure.pixels[::4, ::4]
    greens = sparse[..., 1][sparse[..., 3] > 128]
    level = float(np.median(greens)) / 255 if len(greens) else 0.5
    gamma = min(1.22, max(0.72, math.log(middle) / math.log(min(0.9, max(0.08, level))))) ** 0.75
    curve = np.clip((np.linspace(0, 1, 256) ** gamma) * 255, 0, 255).astype(np.uint8)
    colours = cv2.LUT(cv2.cvtColor(figure.pixels, cv2.COLOR_RGBA2RGB), curve)
    grey = cv2.cvtColor(cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    colours = cv2.addWeighted(colours, vivid, grey, 1 - vivid, 0)
    colours = cv2.multiply(colours, (*key, 0.0), dtype=cv2.CV_8U)
    return replace(figure, pixels=joined(np.asarray(colours, np.uint8), figure.alpha))


def painted(figure: Figure, amount: float = 1.0) -> Figure:
    """Fine detail gone, as on a toy that was painted by hand or printed: an edge-keeping (guided) smoothing."""
    colours = cv2.cvtColor(figure.pixels, cv2.COLOR_RGBA2RGB)
    height, width = colours.shape[:2]
    # The filter's coefficients are smooth: a third of the size will do for them (He and Sun, 2015).
    small = cv2.resize(colours, (max(2, width // 3), max(2, height // 3)), interpolation=cv2.INTER_AREA)
    base = small.astype(np.float32) * np.float32(1 / 255)
    radius = max(1, round(0.008 / 3 * amount * max(height, width)))
    size = (2 * radius + 1, 2 * radius + 1)
    mean = cv2.blur(base, size)
    spread = cv2.blur(base * base, size) - mean * mean
    slope = spread / (spread + 0.0022 * amount)
    offset = cv2.blur(mean * (1 - slope), size) * 255
    slope = cv2.resize(cv2.blur(slope, size), (width, height), interpolation=cv2.INTER_LINEAR)
    offset = cv2.resize(offset, (width, height), interpolation=cv2.INTER_LINEAR)
    smooth = cv2.add(cv2.multiply(colours, slope, dtype=cv2.CV_32F), offset, dtype=cv2.CV_8U)
    return replace(figure, pixels=joined(np.asarray(smooth, np.uint8), figure.alpha))


def relief(figure: Figure, roundness: float = 0.16, depth: float = 1.0, shine: float = 0.35, gloss: float = 30.0) -> Figure:
    """The figure as a solid thing: padded at its edge by `roundness` of its shorter side, its tones raised a little, with a
    highlight of strength `shine`."""
    height, width = figure.pixels.shape[:2]
    detail = 0.35
    if figure.whole:  # a cushion, whose print is flat
        roundness, shine, detail = min(0.12, roundness), 0.5 * shine, 0.08
    scale = min(1.0, _FORM_SIDE / max(height, width))
    size = (max(4, round(width * scale)), max(4, round(height * scale)))
    small = cv2.resize(figure.pixels, size, interpolation=cv2.INTER_AREA)
    small = cv2.copyMakeBorder(small, 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    reach = max(3.0, roundness * min(size))
    form = blurred(swelling(np.ascontiguousarray(small[..., 3]), reach), 0.12 * reach)
    grey = cv2.cvtColor(np.ascontiguousarray(small[..., :3]), cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    fine = blurred(grey, 0.006 * max(size)) - blurred(grey, 0.04 * max(size))
    light, spark = lit(form + np.float32(detail) * fine * (small[..., 3] > 127), 0.55 * depth * reach, gloss)
    level = float(np.float32(0.893) ** gloss)  # what level ground shows is no highlight
    spark = np.clip((spark - level) / (1 - level), 0, 1)
    factor = np.clip(0.44 + 0.56 * light, 0.32, 1.22)
    full = (width, height)
    factor, spark = (cv2.resize(part[4:-4, 4:-4], full, interpolation=cv2.INTER_LINEAR) for part in (factor, spark))
    return replace(figure, pixels=joined(gleamed(figure.pixels, factor, 0.92 * shine * spark), figure.alpha))


def rim_lit(figure: Figure, tone: RGB = (1.0, 0.95, 0.85), amount: float = 0.6, width: float = 0.012) -> Figure:
    """A line of light along the edge that looks to the upper left, `width` of its longer side."""
    step = max(1.0, width * max(figure.pixels.shape))
    alpha = figure.alpha
    move = np.array([[1, 0, step], [0, 1, step * 1.2]], np.float32)
    behind = cv2.warpAffine(alpha, move, alpha.shape[::-1])
    edge = cv2.GaussianBlur(cv2.subtract(alpha, behind), (0, 0), 0.45 * step)
    colours = cv2.cvtColor(figure.pixels, cv2.COLOR_RGBA2RGB)
    glow = cv2.merge([cv2.convertScaleAbs(edge, alpha=amount * part) for part in tone])
    lit_up = cv2.add(colours, cv2.multiply(cv2.bitwise_not(colours), glow, scale=1 / 255))
    return replace(figure, pixels=joined(np.asarray(lit_up, np.uint8), alpha))


def image_of(pixels: Picture) -> Any:
    """Straight RGBA as a premultiplied skia image."""
    return skia.Image.fromarray(covered(pixels, cv2.COLOR_RGBA2BGRA), skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)


def covered(pixels: Picture, way: int | None = None) -> Picture:
    """Straight RGBA premultiplied, in the order of channels that cv2's code `way` turns it to."""
    red, green, blue, alpha = cv2.split(pixels)
    body = cv2.merge([*(cv2.multiply(part, alpha, scale=1 / 255) for part in (red, green, blue)), alpha])
    return np.asarray(body if way is None else cv2.cvtColor(body, way), np.uint8)


def lay(table: Table, figure: Figure, opacity: float = 1.0) -> None:
    """Paint the figure where it is."""
    table.canvas.drawImage(image_of(figure.pixels), figure.left, figure.top, skia.SamplingOptions(), _clear(opacity))


def _clear(opacity: float) -> Any:
    return skia.Paint(Alphaf=min(1.0, max(0.0, opacity)))


def wash(table: Table, mask: Mask, left: float, top: float, tone: RGB, strength: float, scale: float = 1.0) -> None:
    """`tone` over the table as thick as `mask` says, its upper left corner at (left, top), each pixel `scale` wide."""
    cover = cv2.convertScaleAbs(mask, alpha=strength)
    pixels = cv2.merge([*(cv2.convertScaleAbs(cover, alpha=float(part)) for part in tone[::-1]), cover])
    image = skia.Image.fromarray(pixels, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    target = skia.Rect.MakeXYWH(left, top, mask.shape[1] * scale, mask.shape[0] * scale)
    table.canvas.drawImageRect(image, target, skia.SamplingOptions(skia.FilterMode.kLinear))


def _blurred_mask(mask: Mask, blur: float) -> tuple[Mask, float, float]:
    """`mask` blurred, with room around it: the mask, its scale (pixels each), and the room in table pixels."""
    step = max(1, round(blur / 3))
    room = math.ceil(3 * blur / step) * step
    wide = cv2.copyMakeBorder(mask, room, room, room, room, cv2.BORDER_CONSTANT, value=0)
    small = cv2.resize(wide, (max(2, wide.shape[1] // step), max(2, wide.shape[0] // step)), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), max(0.3, blur / step))
    return np.asarray(soft, np.uint8), wide.shape[1] / small.shape[1], float(room)


def shadow_of(table: Table, mask: Mask, left: float, top: float, blur: float, strength: float = 0.4, tone: RGB = SHADOW) -> None:
    """The soft shadow of any shape, `blur` pixels soft."""
    soft, scale, room = _blurred_mask(mask, max(0.5, blur))
    wash(table, soft, left - room, top - room, tone, strength, scale)


def shadow(table: Table, figure: Figure, away: float, strength: float = 0.4, tone: RGB = SHADOW) -> None:
    """The shadow on a wall `away` pixels behind the figure."""
    shadow_of(table, figure.alpha, figure.left + 0.55 * away, figure.top + 0.8 * away, 0.6 * away, strength, tone)


def cast(
    table: Table,
    figure: Figure,
    lean: float = 0.55,
    squash: float = 0.3,
    strength: float = 0.38,
    soft: float = 0.02,
    tone: RGB = SHADOW,
) -> None:
    """The shadow on the ground the figure stands on: a height h falls at (`lean` h) to the right and (`squash` h) upwards."""
    height, width = figure.pixels.shape[:2]
    scale = min(1.0, 400 / max(height, width))
    small = cv2.resize(figure.alpha, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    rows, columns = small.shape
    reach, rise = math.ceil(rows * abs(lean)), max(1, math.ceil(rows * abs(squash)))
    start = reach if lean < 0 else 0
    move = np.array([[1, -lean, start + lean * rows], [0, squash, 0]], np.float32)
    flat = cv2.warpAffine(small, move, (columns + reach, rise), flags=cv2.INTER_AREA)
    soft_mask, step, room = _blurred_mask(np.asarray(flat, np.uint8), max(0.8, soft * max(rows, columns)))
    left, top = figure.left - (start + room) / scale, figure.foot - (rise + room) / scale
    wash(table, soft_mask, left, top, tone, strength, step / scale)


def contact(table: Table, x: float, y: float, wide: float, strength: float = 0.5, flat: float = 0.16, tone: RGB = SHADOW) -> None:
    """The dark under something `wide` pixels wide that stands at (x, y)."""
    shader = skia.GradientShader.MakeRadial(
        skia.Point(0, 0), 1.0, [argb(tone, strength), argb(tone, 0.45 * strength), argb(tone, 0.0)], [0, 0.5, 1]
    )
    canvas = table.canvas
    canvas.save()
    canvas.translate(x, y)
    canvas.scale(0.58 * wide, 0.58 * wide * flat)
    canvas.drawCircle(0, 0, 1, skia.Paint(Shader=shader, AntiAlias=True))
    canvas.restore()


def sticker(width: float = 0.012, tone: RGB = (1.0, 1.0, 1.0)) -> Treatment:
    """`outlined` as a treatment, the border in shares of the figure's longer side."""
    return lambda figure: outlined(figure, width * max(figure.pixels.shape), tone)


def toy(roundness: float = 0.16, shine: float = 0.4, smooth: float = 1.0) -> Treatment:
    """A painted figure of vinyl or resin: graded, smoothed and rounded."""
    return lambda figure: treated(
        figure, graded, partial(painted, amount=smooth), partial(relief, roundness=roundness, shine=shine)
    )


def sitting(
    *treatments: Treatment,
    x: float = 0.0,
    foot: float = 0.36,
    wide: float = 0.7,
    tall: float = 0.66,
    thrown: float = 0.4,
    ground: bool = True,
) -> Layer:
    """A layer: the sitter with `treatments`, its foot at (x, foot) from the frame's middle, within `wide` x `tall`, all in units
    of the shorter side; it stands on the ground, or hangs before a wall (`ground` False), `thrown` strong in shadow."""

    def layer(table: Table) -> None:
        u = table.u
        figure = stood(table, table.width / 2 + x * u, table.height / 2 + foot * u, wide * u, tall * u)
        figure = treated(figure, *treatments)
        if ground:
            cast(table, figure, strength=thrown)
            contact(table, figure.x, figure.foot - 0.01 * u, 0.85 * figure.width, min(0.8, thrown * 1.3))
        else:
            shadow(table, figure, 0.02 * u, thrown)
        lay(table, figure)

    return layer
