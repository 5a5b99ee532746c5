"""The styles, each a class that prepares its textures once and then renders frames; see `styling.STYLES` for all of them.

A frame is uint8 (height, width, 3) RGB. Filters run on a smaller copy of a video frame; textures are laid on at full size.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio.finish import crafts, textures
from mediakiln.providers.studio.noise import f32, fbm, generator

Frame = NDArray[np.uint8]


def frame_of(value: object) -> Frame:
    """OpenCV's answer as a frame."""
    return np.asarray(value, np.uint8)


def saturated(picture: Frame, amount: float, gain: float = 1.0) -> Frame:
    """More (or less) colour around the grey of each pixel."""
    weights = np.array([0.299, 0.587, 0.114], np.float32)
    matrix = (np.eye(3, dtype=np.float32) * amount + np.tile(weights, (3, 1)) * (1 - amount)) * gain
    return frame_of(cv2.transform(picture, matrix))


def bloomed(picture: Frame, strength: float, threshold: float = 150.0, spread: float = 0.02) -> Frame:
    """Light that spills over from bright places."""
    height, width = picture.shape[:2]
    # Exact eighths take OpenCV's quick way.
    inside = picture[: height // 8 * 8, : width // 8 * 8]
    small = cv2.resize(inside, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(_over(small, threshold, strength), (0, 0), max(1.0, spread * width / 8))
    wide = cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR)
    return frame_of(cv2.add(picture, wide))


def glowing(picture: Frame) -> Frame:
    """Light around lamps and a haze of it around that: two blooms, the second of the first's light too, worked out small."""
    height, width = picture.shape[:2]
    inside = picture[: height // 8 * 8, : width // 8 * 8]
    small = cv2.resize(inside, (max(1, width // 8), max(1, height // 8)), interpolation=cv2.INTER_AREA)
    near = cv2.GaussianBlur(_over(small, 110, 0.7), (0, 0), max(1.0, 0.012 * width / 8))
    far = cv2.GaussianBlur(_over(cv2.add(small, near), 90, 0.4), (0, 0), max(1.0, 0.04 * width / 8))
    return frame_of(cv2.add(picture, cv2.resize(cv2.add(near, far), (width, height), interpolation=cv2.INTER_LINEAR)))


def _over(picture: object, threshold: float, strength: float) -> Frame:
    """What is brighter than `threshold`, stretched to `strength` of the whole range."""
    gain = 255 / (255 - threshold) * strength
    return frame_of(cv2.LUT(frame_of(picture), (np.clip((np.arange(256) - threshold) * gain, 0, 255) + 0.5).astype(np.uint8)))


class Style:
    """A rendering of frames of one size. `moving` frames must be quick."""

    limit = 1100  # longest side of the working copy of a still

    def __init__(self, width: int, height: int, seed: int, moving: bool) -> None:
        self.width, self.height, self.seed, self.moving = width, height, seed, moving
        scale = min(1.0, self.limit / max(width, height), 0.5 if moving and max(width, height) > 700 else 1.0)
        self.small = (max(16, round(width * scale)), max(16, round(height * scale)))
        self.prepare()

    def prepare(self) -> None:
        """Make the textures."""

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        raise NotImplementedError

    def shrunk(self, picture: Frame) -> Frame:
        """The working copy."""
        return frame_of(cv2.resize(picture, self.small, interpolation=cv2.INTER_AREA))

    def grown(self, picture: Frame) -> Frame:
        """Back to full size."""
        return frame_of(
            cv2.resize(picture, (self.width, self.height), interpolation=cv2.INTER_CUBIC if not self.moving else cv2.INTER_LINEAR)
        )


class Painterly(Style):
    """The default: a touch of brush relief, bloom, grain and vignette."""

    bloom, gain, depth = 0.2, 1.0, 0.13

    def prepare(self) -> None:
        """Textures and tables of this style."""
        field = textures.vignette(self.width, self.height, self.depth, 0.022, self.seed)
        brush = textures.brushwork(self.width, self.height, self.seed)
        field *= 1 + (brush - 1) * f32(0.025)
        self.mask = textures.grey(field)

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style. A video's frames are painted over: a large one is in memory once."""
        out = picture if self.moving else bloomed(picture, self.bloom, 178)
        return frame_of(cv2.multiply(out, self.mask, dst=out, scale=self.gain * 1.02 / 255))


class Anime(Painterly):
    """Clear bright colour, soft bloom, smoothed surfaces."""

    def prepare(self) -> None:
        """Textures and tables of this style."""
        self.mask = textures.grey(textures.vignette(self.width, self.height, 0.08, 0.008, self.seed))

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        smooth = frame_of(cv2.medianBlur(self.shrunk(picture), 5)) if not self.moving else self.shrunk(picture)
        soft = self.grown(smooth)
        out = frame_of(cv2.addWeighted(picture, 0.45, soft, 0.55, 0))
        out = saturated(bloomed(out, 0.22, 190, 0.016), 1.2, 1.02)
        return frame_of(cv2.multiply(out, self.mask, scale=1 / 255))


class Neon(Painterly):
    """Night glow: violet shadows, pink and cyan lights, heavy bloom, fine scan lines."""

    def prepare(self) -> None:
        """Textures and tables of this style."""
        field = textures.vignette(self.width, self.height, 0.4, 0.03, self.seed)
        field[::3] *= f32(0.94)
        self.mask = textures.grey(field)
        ramp = np.linspace(0, 1, 256)
        red = np.clip(0.05 + 1.05 * ramp**1.15 + 0.06 * np.sin(ramp * np.pi), 0, 1)
        green = np.clip(0.01 + 0.97 * ramp**1.4, 0, 1)
        blue = np.clip(0.09 + 0.95 * ramp**1.05, 0, 1)
        self.table = (np.stack([red, green, blue], -1)[None] * 255).astype(np.uint8)

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        out = saturated(picture, 1.12)
        out = frame_of(cv2.LUT(out, self.table))
        out = glowing(out)
        return frame_of(cv2.multiply(out, self.mask, scale=1 / 255))


class Watercolor(Style):
    """Flat washes with darker rims on wobbling edges, granulation, and white paper left around."""

    def prepare(self) -> None:
        """Textures and tables of this style."""
        w, h = self.small
        rng = generator(self.seed, "wash")
        gx, gy = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
        wobble, half = f32(0.011 * min(w, h)), (w // 2 + 1, h // 2 + 1)
        across, down = (cv2.resize((fbm(rng, *half, 34, 3) - 0.5) * wobble, (w, h)) for _ in range(2))
        self.maps = cv2.convertMaps(gx + across, gy + down, cv2.CV_16SC2)
        pigment = cv2.resize(fbm(rng, *half, 8, 6, 0.62), (w, h))
        self.pool = textures.grey(np.asarray(0.82 + 0.18 * pigment, np.float32))
        inside = textures.edge_of_paper(self.width, self.height, self.seed, 0.06)
        self.paper = textures.paper(self.width, self.height, self.seed, 0.09)
        self.inside = textures.grey(inside)
        self.outside = textures.grey(1 - inside)
        self.mask = textures.grey(np.clip(self.paper * 0.985, 0, 1))

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        # OpenCV has a quick median up to 5 x 5 only; twice is as calm as one of 7.
        small = frame_of(cv2.medianBlur(self.shrunk(picture), 5))
        if not self.moving:
            small = frame_of(cv2.medianBlur(small, 5))
        small = frame_of(cv2.remap(small, *self.maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT))
        wide = cv2.GaussianBlur(cv2.resize(small, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), (0, 0), 2.5)
        wide = cv2.resize(wide, self.small, interpolation=cv2.INTER_LINEAR)
        # Pigment gathers where a dark wash meets a light one.
        rim = cv2.subtract(wide, small)
        small = frame_of(cv2.subtract(small, cv2.convertScaleAbs(rim, alpha=0.55)))
        wash = cv2.addWeighted(saturated(small, 1.25), 0.72, np.full_like(small, 255), 0.28, 12)
        wash = cv2.multiply(wash, self.pool, scale=1.12 / 255)
        full = self.grown(frame_of(wash))
        full = frame_of(
            cv2.add(
                cv2.multiply(full, self.inside, scale=1 / 255), cv2.multiply(self.outside, np.full_like(full, 250), scale=1 / 255)
            )
        )
        return frame_of(cv2.multiply(full, self.mask, scale=1.01 / 255))


class Oil(Style):
    """Kuwahara-smoothed patches of paint under the relief of bristles, lit from the upper left."""

    limit = 1000

    def prepare(self) -> None:
        """Textures and tables of this style."""
        brush = textures.brushwork(self.width, self.height, self.seed)
        self.mask = textures.grey(np.asarray(np.clip(0.82 * (1 + (brush - 1) * 1.15), 0, 1), np.float32))
        self.radius = 3 if self.moving else 5
        w, h = self.small
        rng = generator(self.seed, "stroke")
        gx, gy = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
        sway = f32(0.014 * min(w, h))
        self.maps = cv2.convertMaps(
            gx + (fbm(rng, w, h, 50, 2) - 0.5) * sway, gy + (fbm(rng, w, h, 50, 2) - 0.5) * sway, cv2.CV_16SC2
        )

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        small = frame_of(cv2.remap(self.shrunk(picture), *self.maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT))
        small = self._patches(small)
        small = saturated(small, 1.32)
        full = self.grown(small)
        return frame_of(cv2.multiply(full, self.mask, scale=1.26 / 255))

    def _patches(self, small: Frame) -> Frame:
        """The mean of the calmest of four quadrants around each pixel."""
        r = self.radius
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
        square = grey * grey
        best, out = None, small.copy()
        for anchor in ((0, 0), (r, 0), (0, r), (r, r)):
            mean = cv2.boxFilter(grey, -1, (r + 1, r + 1), anchor=anchor)
            noise = cv2.boxFilter(square, -1, (r + 1, r + 1), anchor=anchor) - mean * mean
            colour = cv2.boxFilter(small, -1, (r + 1, r + 1), anchor=anchor)
            if best is None:
                best, out = noise, frame_of(colour)
                continue
            better = (noise < best).astype(np.uint8)
            cv2.copyTo(colour, better, out)
            best = np.minimum(best, noise)
        return out


class Ink(Style):
    """Ink wash on rice paper: washes of black, dry outlines, a breath of colour, a red seal."""

    def prepare(self) -> None:
        """Textures and tables of this style."""
        w, h = self.small
        rng = generator(self.seed, "ink")
        self.bleed = np.asarray((fbm(rng, w, h, 26, 5, 0.6) - 0.5) * 46, np.float32)
        inside = textures.edge_of_paper(self.width, self.height, self.seed, 0.12)
        self.inside, self.outside = textures.grey(inside), textures.grey(1 - inside)
        paper = textures.paper(self.width, self.height, self.seed, 0.07)
        tint = f32([0.965, 0.94, 0.885])
        self.mask = np.asarray(cv2.convertScaleAbs(np.clip(paper[..., None] * tint, 0, 1), alpha=255), np.uint8)
        steps = np.linspace(0, 1, 256)
        tone = (
            np.clip(
                0.1 + 1.1 * (steps * 0.45 + 0.55 * (steps > 0.62) * 0.6 + 0.55 * 0.4 * np.clip((steps - 0.2) / 0.5, 0, 1)), 0, 1
            )
            ** 1.05
        )
        self.table = (cv2.blur(tone.reshape(1, -1).astype(np.float32), (41, 1))[0] * 255).astype(np.uint8)

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        small = frame_of(cv2.medianBlur(self.shrunk(picture), 5))
        # Blue counts as light here: a blue sky is bare paper in an ink painting, not a wash.
        grey = cv2.transform(small, f32([[0.2, 0.3, 0.5]])).astype(np.float32) * f32(1.12) + f32(22)
        wash = cv2.convertScaleAbs(np.clip(grey + self.bleed, 0, 255))
        wash = cv2.LUT(wash, self.table)
        fine, wide = cv2.GaussianBlur(grey, (0, 0), 0.9), cv2.GaussianBlur(grey, (0, 0), 2.2)
        line = np.clip(255 + (fine - wide) * 9 + 14, 0, 255)
        wash = cv2.multiply(wash, cv2.convertScaleAbs(line), scale=1 / 255)
        colour = saturated(small, 0.5)
        ink = cv2.merge([wash, wash, wash])
        mixed = frame_of(cv2.addWeighted(ink, 0.8, cv2.multiply(ink, colour, scale=1.2 / 255), 0.2, 4))
        full = self.grown(mixed)
        full = frame_of(cv2.add(cv2.multiply(full, self.inside, scale=1 / 255), self.outside))
        full = frame_of(cv2.multiply(full, self.mask, scale=1 / 255))
        self._seal(full)
        return full

    def _seal(self, full: Frame) -> None:
        side = round(min(self.width, self.height) * 0.052)
        x, y = self.width - round(side * 2.3), self.height - round(side * 2.5)
        cv2.rectangle(full, (x, y), (x + side, y + side), (178, 44, 36), -1, cv2.LINE_AA)
        pale, w = (246, 232, 214), max(1, side // 14)
        for a, b in (
            ((0.2, 0.22), (0.8, 0.22)),
            ((0.5, 0.15), (0.5, 0.82)),
            ((0.22, 0.5), (0.78, 0.5)),
            ((0.24, 0.8), (0.76, 0.8)),
            ((0.24, 0.5), (0.24, 0.8)),
        ):
            cv2.line(
                full,
                (x + round(a[0] * side), y + round(a[1] * side)),
                (x + round(b[0] * side), y + round(b[1] * side)),
                pale,
                w,
                cv2.LINE_AA,
            )


class Flat(Style):
    """Clean areas of few tones with smooth edges."""

    limit = 900

    def prepare(self) -> None:
        """Textures and tables of this style."""
        steps = np.linspace(0, 255, 256)
        levels = 7
        soft = np.round(steps / 255 * levels) / levels * 255
        self.table = cv2.blur(soft.astype(np.float32).reshape(1, -1), (9, 1))[0].clip(0, 255).astype(np.uint8)

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        small = self.shrunk(picture)
        small = frame_of(cv2.medianBlur(small, 5))
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        target = cv2.LUT(grey, self.table)
        change = cv2.subtract(target.astype(np.int16), grey.astype(np.int16))
        flat = np.clip(small.astype(np.int16) + change[..., None], 0, 255).astype(np.uint8)
        whole = self.grown(saturated(flat, 1.18, 1.05))
        return whole if self.moving else frame_of(cv2.medianBlur(whole, 5))


class Sketch(Style):
    """Graphite on paper: outlines by colour dodge, hatching where it is dark."""

    limit = 1400

    def prepare(self) -> None:
        """Textures and tables of this style."""
        w, h = self.small
        gap = max(3.0, min(w, h) / 110)
        self.first = textures.hatching(w, h, self.seed, 0.8, gap) * f32(255)
        self.second = textures.hatching(w, h, self.seed, 2.3, gap * 1.1) * f32(255)
        paper = textures.paper(self.width, self.height, self.seed, 0.06)
        self.mask = np.asarray(
            cv2.convertScaleAbs(np.clip(paper[..., None] * f32([0.985, 0.975, 0.95]), 0, 1), alpha=255), np.uint8
        )

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        grey = cv2.cvtColor(self.shrunk(picture), cv2.COLOR_RGB2GRAY)
        soft = cv2.GaussianBlur(grey, (0, 0), max(1.2, self.small[1] / 220))
        dodge = cv2.divide(grey, np.maximum(soft, 1), scale=252).astype(np.float32)
        line = np.clip((dodge - 150) * (255 / 100), 0, 255)
        tone = soft.astype(np.float32)
        shade = (
            255
            - (255 - self.first) * np.clip((165 - tone) / 130, 0, 0.75)
            - (255 - self.second) * np.clip((95 - tone) / 90, 0, 0.7)
        )
        shade -= np.clip(215 - tone, 0, 255) * f32(0.17)
        out = cv2.convertScaleAbs(np.clip(line * np.clip(shade, 40, 255) / 255, 34, 255))
        full = self.grown(frame_of(cv2.merge([out, out, out])))
        return frame_of(cv2.multiply(full, self.mask, scale=1 / 255))


class Vintage(Style):
    """Faded warm film: lifted blacks, amber lights, a leak of light, grain that moves."""

    def prepare(self) -> None:
        """Textures and tables of this style."""
        ramp = np.linspace(0, 1, 256)
        curve = 0.09 + 0.85 * (ramp + 0.045 * np.sin(ramp * np.pi * 2 - np.pi))
        table = np.stack([curve * 1.06 + 0.02, curve * 0.985 + 0.008, curve * 0.82 + 0.035], -1)
        self.table = (np.clip(table, 0, 1)[None] * 255).astype(np.uint8)
        self.mask = textures.grey(textures.vignette(self.width, self.height, 0.5, 0.0, self.seed))
        x = np.linspace(0, 1, 160, dtype=np.float32)[None, :]
        y = np.linspace(0, 1, 90, dtype=np.float32)[:, None]
        leak = np.exp(-(((x - 1.02) / 0.16) ** 2) - ((y - 0.3) / 0.55) ** 2)[..., None] * f32([120, 54, 14])
        self.leak = frame_of(cv2.resize(leak.astype(np.uint8), (self.width, self.height), interpolation=cv2.INTER_LINEAR))
        self.noise = generator(self.seed, "film").integers(
            0, 26, (min(self.height, 1200) + 64, min(self.width, 1600) + 64), dtype=np.uint8
        )

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        out = cv2.LUT(saturated(picture, 0.72), self.table)
        out = cv2.add(cv2.multiply(out, self.mask, scale=1 / 255), self.leak)
        rng = generator(self.seed, "grain", round(t * 1000))
        dx, dy = int(rng.integers(0, 64)), int(rng.integers(0, 64))
        tile = self.noise[dy : dy + min(self.height, 1200), dx : dx + min(self.width, 1600)]
        if tile.shape != (self.height, self.width):
            tile = cv2.resize(tile, (self.width, self.height), interpolation=cv2.INTER_NEAREST)
        return frame_of(cv2.subtract(out, cv2.merge([tile, tile, tile])))


class LowPoly(Style):
    """Triangles; see `crafts.lowpoly`."""

    limit = 800
    craft = staticmethod(crafts.lowpoly)

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        return self.grown(self.craft(self.shrunk(picture)))


class LineArt(LowPoly):
    """Outlines on white."""

    limit = 1200
    craft = staticmethod(crafts.lineart)


class Isometric(Style):
    """Clean and bright; the projection is the setting's (`backdrop.isometric`), not a filter's."""

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        return saturated(picture if self.moving else bloomed(picture, 0.12, 200), 1.12, 1.01)
