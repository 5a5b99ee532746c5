"""Styles of print and craft: black-and-white film, woodblock, pop art, stained glass, clay, crayon, cross-stitch, blueprint.

Their cells, dots and stitches stay where they are from frame to frame; only the colours in them change.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio.finish import crafts, textures
from mediakiln.providers.studio.finish.styles import Frame, Style, frame_of, saturated
from mediakiln.providers.studio.noise import f32, fbm, generator


def _times(picture: object, mask: NDArray[np.uint8]) -> Frame:
    """The picture (uint8 RGB) darkened by a grey mask."""
    mask = mask if mask.ndim == 3 else np.asarray(cv2.merge([mask, mask, mask]), np.uint8)
    return frame_of(cv2.multiply(frame_of(picture), mask, scale=1 / 255))


def _calm(picture: Frame) -> Frame:
    return frame_of(cv2.medianBlur(cv2.medianBlur(picture, 5), 5))


def _steps(levels: int, soft: int = 5) -> NDArray[np.uint8]:
    """A table that brings 256 tones to `levels`, with seams a few tones wide."""
    tones = np.round(np.linspace(0, 1, 256) * (levels - 1)) / (levels - 1) * 255
    return np.asarray(cv2.blur(tones.astype(np.float32).reshape(1, -1), (soft, 1))[0].clip(0, 255), np.uint8)


def _drawn(picture: Frame, width: float, power: float) -> NDArray[np.uint8]:
    """Dark lines along contours: 255 on paper, towards 0 on a line."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32)
    edge = cv2.GaussianBlur(grey, (0, 0), width) - cv2.GaussianBlur(grey, (0, 0), 2.2 * width)
    return np.asarray(np.clip(255 + np.minimum(edge + 2.5, 0) * power, 0, 255), np.uint8)


class Mono(Style):
    """A black-and-white photograph: deep shadows, clear lights, grain."""

    def prepare(self) -> None:
        """Textures and tables of this style."""
        ramp = np.linspace(0, 1, 256)
        self.table = (np.clip(ramp + 0.09 * np.sin((ramp - 0.5) * np.pi * 2), 0, 1) * 255).astype(np.uint8)
        self.mask = textures.grey(textures.vignette(self.width, self.height, 0.34, 0.05, self.seed))

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        # Skies go dark, as behind a red filter.
        grey = cv2.LUT(cv2.transform(picture, f32([[0.5, 0.36, 0.14]])), self.table)
        return _times(cv2.merge([grey, grey, grey]), self.mask)


class Woodblock(Style):
    """A print from carved blocks: few flat inks, indigo outlines, the grain of wood and paper."""

    limit = 820
    # What tones from dark to light are printed with.
    inks = ("#16233f", "#27507a", "#4f86a0", "#8fb0a4", "#d9b98a", "#f0dfb8", "#f8efd8")

    def prepare(self) -> None:
        """Textures and tables of this style."""
        w, h = self.small
        tones = f32([[int(code[i : i + 2], 16) for i in (1, 3, 5)] for code in self.inks])
        place = np.linspace(0, len(self.inks) - 1, 256)
        self.table = np.stack([np.interp(place, range(len(self.inks)), tones[:, k]) for k in range(3)], -1)[None].astype(np.uint8)
        rng = generator(self.seed, "wood")
        grain = cv2.resize(fbm(rng, w // 2 + 1, h // 2 + 1, 60, 3, stretch=0.06), (w, h))
        paper = textures.paper(self.width, self.height, self.seed, 0.06)
        self.grain = textures.grey(np.asarray(0.9 + 0.12 * grain, np.float32))
        self.mask = textures.grey(np.clip(paper, 0, 1))
        self.posts = _steps(6)

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        small = _calm(self.shrunk(picture))
        grey = cv2.LUT(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), self.posts)
        inked = cv2.LUT(cv2.merge([grey, grey, grey]), self.table)
        hue = cv2.LUT(saturated(small, 1.5), self.posts)
        out = _times(cv2.addWeighted(inked, 0.6, hue, 0.5, -22), self.grain)
        line = _drawn(small, max(0.8, min(self.small) / 620), 16)
        out = _times(
            out, frame_of(cv2.merge([line, cv2.addWeighted(line, 0.92, line, 0, 20), cv2.addWeighted(line, 0.84, line, 0, 40)]))
        )
        return _times(self.grown(out), self.mask)


class PopArt(Style):
    """A comic's page: loud flat colour, dots in the half-tones, thick black lines."""

    limit = 820

    def prepare(self) -> None:
        """Textures and tables of this style."""
        w, h = self.small
        gap = max(4.0, min(w, h) / 96)
        x, y = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
        a, b = (x + y) * f32(np.pi / gap / 1.4), (x - y) * f32(np.pi / gap / 1.4)
        self.screen = np.asarray((np.sin(a) * np.sin(b) + 1) * 127.5, np.float32)
        self.posts = _steps(4, 3)

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        small = _calm(self.shrunk(picture))
        loud = cv2.LUT(saturated(small, 1.9, 1.06), self.posts)
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
        # Dots grow as it gets darker; lights stay free of them.
        dots = np.clip((self.screen - 96 - (grey - 96) * 1.1) * 0.06, 0, 1)
        paper = cv2.addWeighted(loud, 0.72, np.full_like(loud, 255), 0.28, 0)
        shade = cv2.convertScaleAbs(1 - 0.34 * dots, alpha=255)
        out = _times(paper, np.asarray(shade, np.uint8))
        return self.grown(_times(out, _drawn(small, max(1.0, min(self.small) / 420), 26)))


class StainedGlass(Style):
    """Panes of one colour each in leads, lit from behind."""

    limit, panes = 700, 1150

    def prepare(self) -> None:
        """Cut the panes."""
        w, h = self.small
        rng = generator(self.seed, "panes")
        side = max(6.0, (w * h / self.panes) ** 0.5)
        seeds = np.full((h, w), 255, np.uint8)
        for y in np.arange(side / 2, h, side):
            for x in np.arange(side / 2, w, side):
                at = (np.array([y, x]) + rng.uniform(-0.4, 0.4, 2) * side).astype(int)
                seeds[min(max(at[0], 0), h - 1), min(max(at[1], 0), w - 1)] = 0
        labels = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)[1]
        self.labels = np.asarray(labels - 1, np.int32)
        self.sizes = np.maximum(np.bincount(self.labels.ravel()), 1)[:, None]
        edge = cv2.morphologyEx(labels.astype(np.float32), cv2.MORPH_GRADIENT, np.ones((2, 2), np.uint8)) > 0
        thick = max(0.8, min(w, h) / 560)
        away = cv2.distanceTransform((~edge).astype(np.uint8), cv2.DIST_L2, 3)
        self.lead = textures.grey(np.asarray(np.clip((away - 0.5 * thick) / thick, 0.07, 1), np.float32))
        glow = 0.86 + 0.14 * np.clip(away / (0.4 * side), 0, 1) + 0.1 * (fbm(rng, w, h, 90, 2) - 0.5)
        self.glow = textures.grey(np.asarray(np.clip(glow, 0, 1), np.float32))

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        vivid = saturated(self.shrunk(picture), 1.7, 1.12)
        where = self.labels.ravel()
        sums = np.stack([np.bincount(where, vivid[..., k].ravel(), len(self.sizes)) for k in range(3)], 1)
        panes = np.clip(sums / self.sizes, 0, 255).astype(np.uint8)[self.labels]
        # The lines of what is shown are leads, too.
        forms = _drawn(_calm(self.shrunk(picture)), max(1.0, min(self.small) / 460), 11)
        return self.grown(_times(_times(_times(panes, self.glow), self.lead), forms))


class Clay(Style):
    """Modelled in clay: rounded forms lit from the upper left, soft gloss, prints of fingers."""

    limit = 680

    def prepare(self) -> None:
        """Textures of this style."""
        w, h = self.small
        prints = cv2.resize(fbm(generator(self.seed, "clay"), w // 2 + 1, h // 2 + 1, 40, 3), (w, h))
        self.prints = np.asarray((prints - 0.5) * 16, np.float32)

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        small = saturated(_calm(_calm(self.shrunk(picture))), 1.22, 1.03)
        grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
        round_ = cv2.GaussianBlur(grey, (0, 0), max(1.5, min(self.small) / 150)) + self.prints
        relief = cv2.Sobel(round_, cv2.CV_32F, 1, 0, ksize=3) + cv2.Sobel(round_, cv2.CV_32F, 0, 1, ksize=3)
        light = np.clip(relief * 0.32, -34, 40)
        gloss = np.clip(relief - 70, 0, 60) * f32(0.5)
        return self.grown(frame_of(np.clip(small.astype(np.float32) + (light + gloss)[..., None], 0, 255)))


class Crayon(Style):
    """Wax on rough paper: strokes that leave the hollows white, outlines in the colour itself."""

    limit = 860

    def prepare(self) -> None:
        """Textures of this style."""
        w, h = self.small
        gap = max(2.4, min(w, h) / 190)
        strokes = textures.hatching(w, h, self.seed, 0.72, gap)
        tooth = cv2.resize(fbm(generator(self.seed, "tooth"), w // 2 + 1, h // 2 + 1, min(w, h) / 5, 2), (w, h))
        cover = np.clip(0.5 + 0.75 * strokes * 0.6 + (tooth - 0.45) * 1.1, 0.12, 1)
        self.cover = np.asarray(cover, np.float32)[..., None]

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        small = saturated(_calm(self.shrunk(picture)), 1.45, 1.06)
        line = _drawn(small, max(1.0, min(self.small) / 500), 12)[..., None].astype(np.float32) / 255
        wax = small.astype(np.float32) * (0.45 + 0.55 * line)
        cover = np.clip(self.cover + (1 - line) * 0.7, 0, 1)
        return self.grown(frame_of(np.clip(wax * cover + f32([252, 249, 241]) * (1 - cover), 0, 255)))


class CrossStitch(Style):
    """Crosses of thread on linen."""

    def prepare(self) -> None:
        """Count the stitches and draw one."""
        self.side = max(5, round(min(self.width, self.height) / 92))
        self.count = (-(-self.width // self.side), -(-self.height // self.side))
        cell = np.full((self.side * 8, self.side * 8), 120, np.uint8)
        far = self.side * 8 - 1
        for (a, b), tone in ((((0, 0), (far, far)), 205), (((0, far), (far, 0)), 250)):
            cv2.line(cell, a, b, tone, self.side * 3, cv2.LINE_AA)
        one = cv2.resize(cell, (self.side, self.side), interpolation=cv2.INTER_AREA)
        self.mask = np.asarray(np.tile(one, self.count[::-1])[: self.height, : self.width], np.uint8)

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        few = saturated(frame_of(cv2.resize(picture, self.count, interpolation=cv2.INTER_AREA)), 1.35, 1.12)
        full = np.repeat(np.repeat(few, self.side, 0), self.side, 1)[: self.height, : self.width]
        return _times(np.ascontiguousarray(full), self.mask)


class Blueprint(Style):
    """White lines on blue paper over a fine grid."""

    limit = 1200

    def prepare(self) -> None:
        """The paper and its grid."""
        w, h = self.small
        sheet = np.tile(f32([26, 74, 148]), (h, w, 1))
        gap = max(8, round(min(w, h) / 32))
        for step, lift in ((gap, 12), (gap * 4, 16)):
            sheet[::step] += lift
            sheet[:, ::step] += lift
        shade = 0.9 + 0.2 * (fbm(generator(self.seed, "blue"), w // 4 + 1, h // 4 + 1, 5, 3) - 0.5)
        self.sheet = frame_of(np.clip(sheet * cv2.resize(np.asarray(shade, np.float32), (w, h))[..., None], 0, 255))

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        lines = cv2.subtract(np.full_like(self.sheet, 255), crafts.lineart(self.shrunk(picture)))
        return self.grown(frame_of(cv2.add(self.sheet, cv2.convertScaleAbs(lines, alpha=0.86))))
