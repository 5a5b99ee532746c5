"""The table a template is laid on: one bitmap, the guest's picture, and chance that follows the seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from mediakiln.providers.studio.cutout import cut_out, is_whole
from mediakiln.providers.studio.cutout.exposure import exposed
from mediakiln.providers.studio.noise import dice, generator
from mediakiln.providers.studio.stage import Canvas, Sheet
from mediakiln.providers.studio.stills import Picture


class Sitter:
    """The caller's picture, well exposed: whole, and its subject cut out."""

    def __init__(self, picture: Picture) -> None:
        self.picture = exposed(picture)

    @cached_property
    def cut(self) -> Picture:
        """The subject as straight (not premultiplied) RGBA, cut to its own box; the whole picture, opaque, where it has none."""
        return cut_out(self.picture)

    @cached_property
    def whole(self) -> bool:
        """Whether the picture has no subject of its own, such as a wide view."""
        return is_whole(self.cut)

    @cached_property
    def tones(self) -> tuple[tuple[int, int, int], ...]:
        """The five main colours of the subject as RGB, the commonest first."""
        step = max(1, round((self.cut.size / 4 / 8000) ** 0.5))
        sparse = self.cut[::step, ::step]
        sample = np.ascontiguousarray(sparse[sparse[..., 3] > 200][:, :3], np.float32)
        if len(sample) < 5:
            return ((128, 128, 128),) * 5
        cv2.setRNGSeed(1)
        criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 12, 1.0)
        _, labels, centres = cv2.kmeans(sample, 5, None, criteria, 1, cv2.KMEANS_PP_CENTERS)
        order = np.argsort(-np.bincount(labels.ravel(), minlength=5))
        return tuple((int(r), int(g), int(b)) for r, g, b in np.rint(centres[order]))


class Table:
    """`sheet` is the bitmap of `width` x `height` pixels (premultiplied BGRA, skia and OpenCV alike); `u` is the unit of
    composition in pixels, the shorter side."""

    def __init__(self, sitter: Sitter, width: int, height: int, seed: int) -> None:
        self.sitter, self.width, self.height, self.seed = sitter, width, height, seed
        self.u = float(min(width, height))
        self.sheet = Sheet(width, height)

    @property
    def canvas(self) -> Canvas:
        """skia's canvas on the sheet, in pixels."""
        return self.sheet.canvas

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """The sheet's own BGRA bytes (height, width, 4); writing here paints."""
        return self.sheet.pixels

    def rng(self, *names: object) -> np.random.Generator:
        """NumPy chance for `names`, the same for the same seed."""
        return generator(self.seed, "template", *names)

    def dice(self, *names: object) -> random.Random:
        """Plain chance for `names`, the same for the same seed."""
        return dice(self.seed, "template", *names)

    def picture(self) -> Picture:
        """What lies on the table, as RGB."""
        result: Picture = cv2.cvtColor(self.pixels, cv2.COLOR_BGRA2RGB)
        return result


Layer = Callable[[Table], None]
"""One step of a template: it paints over what lies on the table already."""


def lay(layers: Sequence[Layer], table: Table) -> None:
    """Lay all layers, the lowest first."""
    for layer in layers:
        layer(table)
