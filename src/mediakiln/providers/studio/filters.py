"""Styles as renderings of a given picture: uint8 (height, width, 3) RGB in and out, the same for the same input."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio.finish import crafts, prints
from mediakiln.providers.studio.finish.styles import Style
from mediakiln.providers.studio.grade import saturated, screen, shaded
from mediakiln.providers.studio.handwork import Felt, PaperCut
from mediakiln.providers.studio.pixelart import Pixel
from mediakiln.providers.studio.stills import Picture

Floats = NDArray[np.float32]

_WORK_SIDE = 1536
"""Brushes are painted at this size and enlarged; a stroke of paint has no finer detail."""


def _at_work_size(paint: Callable[[Picture], Picture]) -> Callable[[Picture], Picture]:
    def resized(picture: Picture) -> Picture:
        height, width = picture.shape[:2]
        scale = _WORK_SIDE / max(height, width)
        if scale >= 1:
            return paint(picture)
        small = cv2.resize(picture, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
        result: Picture = cv2.resize(paint(small), (width, height), interpolation=cv2.INTER_CUBIC)
        return result

    return resized


def _unit(picture: Picture) -> float:
    """The size of a fine stroke in pixels."""
    return float(max(1.0, min(picture.shape[:2]) / 360))


def _grain(shape: tuple[int, ...], size: float, seed: int = 7) -> Floats:
    """Smooth noise around 0 with a spread of 1 and grains of `size` pixels."""
    height, width = shape[:2]
    coarse = (max(2, int(height / size)), max(2, int(width / size)))
    noise = np.random.default_rng(seed).standard_normal(coarse).astype(np.float32)
    return np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _kuwahara(picture: Picture, radius: int) -> Picture:
    """Flat patches with kept edges: each pixel takes the mean of the calmest of the four squares around it."""
    size = (radius + 1, radius + 1)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    best: Floats | None = None
    result = picture
    for anchor in ((0, 0), (radius, 0), (0, radius), (radius, radius)):
        mean = cv2.blur(picture, size, anchor=anchor)
        variance = cv2.blur(grey * grey, size, anchor=anchor) - cv2.blur(grey, size, anchor=anchor) ** 2
        if best is None:
            best, result = variance, mean
        else:
            calmer = variance < best
            cv2.copyTo(mean, calmer.astype(np.uint8), result)
            best = np.minimum(variance, best)
    return result


def _edges(grey: NDArray[np.uint8], width: float) -> Floats:
    """Drawn lines by a difference of Gaussians with a soft threshold: 1 on paper, towards 0 on a line (Winnemöller, 2011)."""
    base = grey.astype(np.float32) / 255
    near, far = cv2.GaussianBlur(base, (0, 0), width), cv2.GaussianBlur(base, (0, 0), width * 1.6)
    difference = near - 0.98 * far
    return np.where(difference > 0.0, 1.0, 1.0 + np.tanh(45 * difference)).astype(np.float32)


def oil(picture: Picture) -> Picture:
    """Thick paint: flat dabs that follow the forms, lit from the upper left."""
    unit = _unit(picture)
    flat = _kuwahara(_kuwahara(picture, round(3.5 * unit)), round(2.5 * unit))
    grey = cv2.GaussianBlur(cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY), (0, 0), 2 * unit).astype(np.float32)
    across, down = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    angle = cv2.GaussianBlur(np.arctan2(across, -down + 1e-3), (0, 0), 3 * unit)
    bristles = _grain(picture.shape, 1.3 * unit)
    y, x = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]].astype(np.float32)
    stroke = np.zeros_like(bristles)
    for step in np.linspace(-5 * unit, 5 * unit, 7).tolist():
        stroke += cv2.remap(
            bristles, x + step * np.cos(angle), y + step * np.sin(angle), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
    relief = cv2.Sobel(stroke, cv2.CV_32F, 1, 0) + cv2.Sobel(stroke, cv2.CV_32F, 0, 1)
    return shaded(saturated(flat, 1.18), np.clip(1 + 0.035 * relief / max(1.0, float(relief.std())) * 2, 0.75, 1.3))


def watercolour(picture: Picture) -> Picture:
    """Thin washes on rough paper: light, uneven pigment that darkens where a wash ended."""
    unit = _unit(picture)
    y, x = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]].astype(np.float32)
    bleed_x, bleed_y = _grain(picture.shape, 9 * unit, 1), _grain(picture.shape, 9 * unit, 2)
    run = cv2.remap(picture, x + 1.6 * unit * bleed_x, y + 1.6 * unit * bleed_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    wash = _kuwahara(_kuwahara(run, round(4 * unit)), round(3 * unit))
    grey = cv2.cvtColor(wash, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    rims = np.clip((np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 2.5 * unit)) - 0.015) * 3.5, 0, 0.35)
    pigment = 1 + 0.03 * _grain(picture.shape, 26 * unit, 3) + 0.035 * _grain(picture.shape, 1.4 * unit, 4)
    light = cv2.convertScaleAbs(wash, alpha=0.8, beta=56)
    return shaded(saturated(light, 1.25), np.clip((1 - rims) * pigment, 0.5, 1.15))


def ink(picture: Picture) -> Picture:
    """Brush and ink on warm paper: few greys, dark lines, dry edges."""
    unit = _unit(picture)
    grey = cv2.cvtColor(_kuwahara(picture, round(3 * unit)), cv2.COLOR_RGB2GRAY)
    grey = cv2.createCLAHE(2.0, (4, 4)).apply(grey)
    tone = grey.astype(np.float32) / 255 + 0.05 * _grain(picture.shape, 3 * unit)
    wash = np.interp(tone, (0.0, 0.12, 0.3, 0.55, 0.75, 1.0), (0.08, 0.14, 0.45, 0.74, 0.93, 1.0)).astype(np.float32)
    sheet = wash * _edges(grey, 1.3 * unit) * (1 + 0.02 * _grain(picture.shape, 1.5 * unit, 5))
    paper = np.array([247, 241, 226], np.float32)
    return np.asarray(np.clip(sheet[..., None] * paper, 0, 255), np.uint8)


def sketch(picture: Picture) -> Picture:
    """Pencil: contours and hatching that grows denser in the dark."""
    unit = _unit(picture)
    grey = cv2.createCLAHE(2.0, (4, 4)).apply(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))
    soft = cv2.GaussianBlur(255 - grey, (0, 0), 4 * unit)
    dodge = cv2.divide(grey, 255 - soft, scale=255).astype(np.float32) / 255
    y, x = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]].astype(np.float32)
    tone = cv2.GaussianBlur(grey, (0, 0), 1.5 * unit).astype(np.float32) / 255
    hatching = np.ones_like(tone)
    for limit, angle in ((0.62, 0.75), (0.38, -0.7), (0.2, 0.1)):
        lines = 0.5 + 0.5 * np.sin((x * np.cos(angle) + y * np.sin(angle)) * (2.2 / unit) + _grain(picture.shape, 14 * unit, 6))
        hatching *= 1 - 0.36 * lines * np.clip((limit - tone) * 6, 0, 1)
    sheet = np.clip(dodge, 0, 1) * hatching * _edges(grey, unit) * (1 + 0.05 * _grain(picture.shape, unit))
    return np.asarray(np.clip(sheet[..., None] * np.array([246, 244, 238]) + 12, 0, 255), np.uint8)


def comic(picture: Picture) -> Picture:
    """Cel shading: flat, strong colours in three or four steps of light and ink contours. Also stands in for anime."""
    unit = _unit(picture)
    flat = _kuwahara(_kuwahara(picture, round(3 * unit)), round(3 * unit))
    lab = cv2.cvtColor(flat, cv2.COLOR_RGB2LAB)
    lightness = lab[..., 0].astype(np.float32) / 255
    steps = lightness * 5
    lab[..., 0] = np.clip((np.floor(steps) + 1 / (1 + np.exp(-14 * (steps - np.floor(steps) - 0.5)))) / 5 * 255, 0, 255)
    lines = _edges(cv2.cvtColor(cv2.GaussianBlur(picture, (0, 0), unit), cv2.COLOR_RGB2GRAY), 1.1 * unit)
    return shaded(saturated(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), 1.35), np.clip(lines, 0.12, 1))


def film(picture: Picture) -> Picture:
    """Photographic film: soft shoulder, warm lights over cool shadows, halation, grain, dark corners."""
    ramp = np.linspace(0, 1, 256)
    curve = np.stack([ramp**1.05 * 1.03, ramp, ramp * 0.94 + 0.035], 1)
    curve = 0.03 + 0.95 * (curve + 0.12 * np.sin(2 * np.pi * (curve - 0.5)) / (2 * np.pi))
    toned = cv2.LUT(picture, np.clip(curve * 255, 0, 255).astype(np.uint8)[None])
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    bright = cv2.GaussianBlur(cv2.subtract(small, np.full(4, 175.0)), (0, 0), 0.9 * _unit(picture))
    halo = cv2.transform(bright, np.array([[0.9, 0, 0], [0, 0.45, 0], [0, 0, 0.25]], np.float32))
    glowing = screen(toned, cv2.resize(halo, (width, height), interpolation=cv2.INTER_LINEAR))
    grain = _grain(picture.shape, max(1.0, _unit(picture) * 0.6))
    grain *= np.float32(0.045)
    grain += 1
    grain *= _vignette(picture.shape, 0.3)
    return shaded(glowing, np.clip(grain, 0, 1.2, out=grain))


def neon(picture: Picture) -> Picture:
    """The picture by night in magenta and cyan, its contours lit like tubes."""
    unit = _unit(picture)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    ramp = np.linspace(0, 1, 256)
    stops = (0.0, 0.3, 0.6, 0.85, 1.0)
    tones = [
        np.interp(ramp, stops, values) for values in ((8, 40, 120, 220, 255), (4, 14, 40, 120, 245), (24, 82, 150, 210, 255))
    ]
    base = cv2.LUT(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.stack(tones, 1).astype(np.uint8)[None])
    base = cv2.addWeighted(base, 0.72, saturated(picture, 1.3), 0.28, -10)
    lines = np.clip((1 - _edges(cv2.GaussianBlur(grey, (0, 0), unit), 1.2 * unit)) * 255, 0, 255).astype(np.uint8)
    x = np.linspace(0, 1, picture.shape[1], dtype=np.float32)[None, :, None]
    tube = np.array([40, 235, 255]) * (1 - x) + np.array([255, 70, 200]) * x
    lit = (lines[..., None].astype(np.float32) / 255 * tube).astype(np.uint8)
    part = cv2.resize(lit, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    glow = cv2.resize(cv2.GaussianBlur(part, (0, 0), 1.5 * unit), lit.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return screen(screen(base, lit), cv2.convertScaleAbs(glow, alpha=1.4))


def _vignette(shape: tuple[int, ...], depth: float) -> Floats:
    """As light as 1, darker by up to `depth` in the corners."""
    y, x = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None], np.linspace(-1, 1, shape[1], dtype=np.float32)[None]
    field = np.asarray(x * x * np.float32(0.6) + (y * y * np.float32(0.6) - np.float32(0.15)), np.float32)
    np.clip(field, 0, 1, out=field)
    field *= np.float32(-depth)
    field += 1
    return field


def _as_stills(style: type[Style]) -> Callable[[Picture], Picture]:
    """A style of the studio's own pictures that suits given ones as well."""
    return lambda picture: style(picture.shape[1], picture.shape[0], 0, False).render(picture, 0.0)


_STYLES: dict[str, Callable[[Picture], Picture]] = {
    "watercolor": _at_work_size(watercolour),
    "oil": _at_work_size(oil),
    "ink": _at_work_size(ink),
    "sketch": _at_work_size(sketch),
    "pixel": _as_stills(Pixel),
    "flat": _at_work_size(comic),
    "anime": _at_work_size(comic),
    "neon": _at_work_size(neon),
    "vintage": film,
    "felt": _as_stills(Felt),
    "papercut": _as_stills(PaperCut),
    "lowpoly": _at_work_size(crafts.lowpoly),
    "lineart": _at_work_size(crafts.lineart),
    "isometric": crafts.isometric,
    "mono": _as_stills(prints.Mono),
    "woodblock": _as_stills(prints.Woodblock),
    "popart": _as_stills(prints.PopArt),
    "stainedglass": _as_stills(prints.StainedGlass),
    "clay": _as_stills(prints.Clay),
    "crayon": _as_stills(prints.Crayon),
    "crossstitch": _as_stills(prints.CrossStitch),
    "blueprint": _as_stills(prints.Blueprint),
}


def style_filter(style: str) -> Callable[[Picture], Picture] | None:
    """The rendering for a scene's style. None for "painterly", which a prompt without a style has too: a photograph stays one."""
    return _STYLES.get(style)
