"""Felt, cut paper and moving low polygons. What is one sheet or one triangle is decided once, by the first frame: deciding anew
for every frame of a video would flicker, and take seconds. A still decides for itself."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio.finish import textures
from mediakiln.providers.studio.finish.styles import Frame, Style, frame_of, saturated


def nearest_of(centres: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Which of `centres` (count, 3), in 8-bit Lab, is the nearest to each RGB colour of five bits a channel: (32768,)."""
    steps = np.arange(4, 256, 8, dtype=np.uint8)
    colours = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), -1).reshape(1, -1, 3)
    places = cv2.cvtColor(colours, cv2.COLOR_RGB2LAB)[0].astype(np.float32)
    # |p - c|^2 without the |p|^2 that is the same for all.
    return np.asarray(np.argmin((centres**2).sum(axis=1) - 2 * places @ centres.T, axis=1), np.uint8)


def colours_of(picture: Frame, count: int) -> NDArray[np.float32]:
    """At most `count` colours that a picture is made of, in 8-bit Lab: (colours, 3)."""
    lab = cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2LAB).reshape(-1, 3)
    used = np.unique(lab.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32))
    cv2.setRNGSeed(3)
    ending = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 1.0)
    flags = cv2.KMEANS_PP_CENTERS
    return np.asarray(cv2.kmeans(lab.astype(np.float32), min(count, len(used)), None, ending, 1, flags)[2], np.float32)


def looked_up(table: NDArray[np.uint8], picture: Frame) -> NDArray[np.uint8]:
    """The entry of a table of `nearest_of`'s order for each pixel."""
    steps = (picture >> 3).astype(np.intp)
    return np.asarray(table[(steps[..., 0] << 10) | (steps[..., 1] << 5) | steps[..., 2]], np.uint8)


class Handwork(Style):
    """A style that is settled by the first frame of a video that it meets, and by each still."""

    settled = False

    def meet(self, picture: Frame) -> None:
        """Settle what stays the same in all frames; without this the first rendered one does."""
        self.settle(self.shrunk(picture))
        self.settled = True

    def settle(self, small: Frame) -> None:
        """Learn from the working copy."""

    def render(self, picture: Frame, t: float) -> Frame:
        """The frame in this style."""
        if not (self.settled and self.moving):
            self.meet(picture)
        return self.grown(self.craft(self.shrunk(picture)))

    def craft(self, small: Frame) -> Frame:
        """The working copy in this style."""
        raise NotImplementedError


class Felt(Handwork):
    """Wool: soft padded areas with fuzzy rims, and fibres in all directions that stay where they are."""

    limit = 680

    def settle(self, small: Frame) -> None:
        """Where each place is taken from, so that rims are fuzzy, and how fibres catch the light, as on grey."""
        height, width = small.shape[:2]
        self.unit = max(0.6, min(height, width) / 360)
        rng = np.random.default_rng(3)
        across, down = cv2.split(rng.standard_normal((height, width, 2)).astype(np.float32) * np.float32(1.2 * self.unit))
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        self.maps = cv2.convertMaps(x + across, y + down, cv2.CV_16SC2)
        self.fibres = textures.fibres(width, height, 4 * self.unit)

    def craft(self, small: Frame) -> Frame:
        """The working copy in this style."""
        # OpenCV has a quick median up to 5 x 5 only; twice is as calm as a larger one.
        flat = cv2.medianBlur(cv2.medianBlur(saturated(small, 1.15), 5), 5)
        flat = cv2.remap(flat, *self.maps, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        grey = cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY)
        half = cv2.resize(
            grey, (grey.shape[1] // 2, grey.shape[0] // 2), interpolation=cv2.INTER_AREA
        )  # blurs this wide lose nothing
        near, far = cv2.GaussianBlur(half, (0, 0), 1.1 * self.unit), cv2.GaussianBlur(half, (0, 0), 2.5 * self.unit)
        seam = cv2.multiply(cv2.min(cv2.absdiff(near, far), 26.0), -0.3 / 26, dtype=cv2.CV_32F)
        lit = cv2.multiply(cv2.resize(cv2.add(seam, 1.0), grey.shape[::-1]), self.fibres)
        body = cv2.convertScaleAbs(flat, alpha=0.92, beta=16)
        return frame_of(cv2.multiply(body, cv2.merge([lit, lit, lit]), dtype=cv2.CV_8U))


class PaperCut(Handwork):
    """Sheets of the same few papers in all frames, light ones behind, each with its shadow."""

    sheets, limit = 9, 800

    def settle(self, small: Frame) -> None:
        """Choose the papers by the picture's colours, and which colour is cut from which paper."""
        height, width = small.shape[:2]
        self.unit = max(0.6, min(height, width) / 360)
        centres = colours_of(self._calm(small)[::3, ::3], self.sheets)
        centres = centres[np.argsort(-centres[:, 0])]
        self.rise = 255 // max(1, len(centres) - 1)
        self.level = (nearest_of(centres) * self.rise).astype(np.uint8)
        tones = cv2.cvtColor(centres[None].clip(0, 255).astype(np.uint8), cv2.COLOR_LAB2RGB)
        self.tones = tones[:, np.minimum(np.arange(256) // self.rise, len(centres) - 1)]
        rng = np.random.default_rng(8)
        fine = cv2.GaussianBlur(rng.standard_normal((height, width)).astype(np.float32), (0, 0), 0.7)
        grain = cv2.convertScaleAbs(243 + 7 * fine / np.float32(fine.std()))
        self.grain = cv2.merge([grain, grain, grain])

    def _calm(self, small: Frame) -> Frame:
        half = cv2.resize(small, (max(8, small.shape[1] // 2), max(8, small.shape[0] // 2)), interpolation=cv2.INTER_AREA)
        return frame_of(cv2.medianBlur(cv2.medianBlur(saturated(frame_of(half), 1.25), 5), 5))

    def craft(self, small: Frame) -> Frame:
        """The working copy in this style."""
        height, width = small.shape[:2]
        level = cv2.medianBlur(looked_up(self.level, self._calm(small)), 5)
        # Medians round an edge; a blur would lay seams of the papers between two into it.
        level = cv2.resize(level, (width, height), interpolation=cv2.INTER_NEAREST)
        for _ in range(2 if self.moving else 3):
            level = cv2.medianBlur(level, 5)
        move = np.array([[1, 0, 1.6 * self.unit], [0, 1, 2.6 * self.unit]], np.float32)
        over = cv2.warpAffine(level, move, (width, height), borderMode=cv2.BORDER_REPLICATE)
        # Higher sheets near by throw their shadow; one sheet's is as deep as that of several.
        raised = cv2.min(cv2.subtract(cv2.GaussianBlur(over, (0, 0), 2.2 * self.unit), level), float(self.rise))
        shade = cv2.convertScaleAbs(raised, alpha=-0.45 * 255 / self.rise, beta=0)
        shade = cv2.subtract(np.full_like(shade, 255), shade)
        papers = cv2.blur(cv2.LUT(cv2.merge([level, level, level]), self.tones), (3, 3))
        lit = cv2.multiply(papers, cv2.merge([shade, shade, shade]), scale=1 / 255)
        return frame_of(cv2.multiply(lit, self.grain, scale=1 / 243))


class LowPoly(Handwork):
    """Triangles that stay, small where the first frame has edges; their colours follow the picture."""

    def settle(self, small: Frame) -> None:
        """Cut the frame into triangles and number them."""
        height, width = small.shape[:2]
        rng = np.random.default_rng(11)
        grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (0, 0), 1.2)
        weight = np.cumsum(cv2.GaussianBlur(np.abs(cv2.Laplacian(grey, cv2.CV_32F)) + 0.6, (0, 0), 2).ravel())
        chosen = np.searchsorted(weight, rng.random(1700) * float(weight[-1])).clip(0, grey.size - 1)
        loose = rng.random((420, 2)) * (width - 1, height - 1)
        rim = [(s * (width - 1), e * (height - 1)) for s in np.linspace(0, 1, 9) for e in (0, 1)]
        rim += [(e * (width - 1), s * (height - 1)) for s in np.linspace(0, 1, 9) for e in (0, 1)]
        division = cv2.Subdiv2D((0, 0, width, height))
        for x, y in np.concatenate([np.stack([chosen % width, chosen // width], 1), loose, np.array(rim)]):
            division.insert((float(x), float(y)))
        triangles = division.getTriangleList().reshape(-1, 3, 2)
        triangles = triangles[((triangles >= 0) & (triangles <= (width - 1, height - 1))).all(axis=(1, 2))]
        slope = triangles[:, 1] - triangles[:, 0]
        self.light = (1 + 0.06 * np.sin(np.arctan2(slope[:, 1], slope[:, 0]) * 2))[:, None]
        labels = np.zeros((height, width), np.int32)
        for number, corners in enumerate(np.round(triangles).astype(np.int32)):
            cv2.fillConvexPoly(labels, corners, number)
        self.labels: NDArray[np.int32] = labels
        self.sizes = np.maximum(np.bincount(labels.ravel(), minlength=len(triangles)), 1)[:, None]

    def craft(self, small: Frame) -> Frame:
        """The working copy in this style."""
        vivid = saturated(small, 1.25)
        where, count = self.labels.ravel(), len(self.sizes)
        sums = np.stack([np.bincount(where, vivid[..., channel].ravel(), count) for channel in range(3)], 1)
        tones = np.clip(sums / self.sizes * self.light, 0, 255).astype(np.uint8)
        return frame_of(tones[self.labels])
