"""Pixel art: large squares, few colours, no blend between them; for stills, videos and the caller's own pictures alike."""

from __future__ import annotations

import cv2
import numpy as np

from mediakiln.providers.studio.finish.styles import Frame, frame_of, saturated
from mediakiln.providers.studio.handwork import Handwork, colours_of, looked_up, nearest_of

COLOURS = 28
"""Colours of a picture, about as many as the artists of 16-bit machines had for a screen."""
_ACROSS = 110
"""Squares along the shorter side."""
_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 - 0.47
_DITHER = 5.0
"""How far the ordered dither moves a colour, in levels: enough for a sky's steps, too little for a checkerboard on a subject."""


def square_of(width: int, height: int) -> int:
    """The side of one square in pixels."""
    return max(2, round(min(width, height) / _ACROSS))


class Pixel(Handwork):
    """The first frame chooses the palette, so that the squares of what rests keep their colour."""

    def prepare(self) -> None:
        """The grid of squares, and the dither on it."""
        self.square = square_of(self.width, self.height)
        # Whole squares, the last ones cut by the frame.
        self.small = (-(-self.width // self.square), -(-self.height // self.square))
        columns, rows = self.small
        tiled = np.tile(_BAYER, (rows // 4 + 1, columns // 4 + 1))[:rows, :columns] * np.float32(_DITHER)
        self.dither = cv2.merge([tiled] * 3)

    def settle(self, small: Frame) -> None:
        """Choose the colours."""
        centres = colours_of(self._vivid(small), COLOURS)
        self.nearest = nearest_of(centres)
        self.colours = cv2.cvtColor(centres[None].clip(0, 255).astype(np.uint8), cv2.COLOR_LAB2RGB)[0]

    def craft(self, small: Frame) -> Frame:
        """One pixel for each square, in the palette's colours."""
        dithered = frame_of(cv2.add(self._vivid(small), self.dither, dtype=cv2.CV_8U))
        return frame_of(self.colours[looked_up(self.nearest, dithered)])

    def shrunk(self, picture: Frame) -> Frame:
        """One pixel for each square."""
        columns, rows = self.small[0] * self.square, self.small[1] * self.square
        whole = cv2.copyMakeBorder(picture, 0, rows - self.height, 0, columns - self.width, cv2.BORDER_REPLICATE)
        return frame_of(cv2.resize(whole, self.small, interpolation=cv2.INTER_AREA))

    def grown(self, picture: Frame) -> Frame:
        """Squares with hard edges."""
        size = (self.small[0] * self.square, self.small[1] * self.square)
        return frame_of(cv2.resize(picture, size, interpolation=cv2.INTER_NEAREST)[: self.height, : self.width])

    def _vivid(self, small: Frame) -> Frame:
        """Stronger colours and edges: an average of what lies under a square is dull."""
        sharp = cv2.addWeighted(small, 1.5, cv2.GaussianBlur(small, (0, 0), 1.0), -0.5, 0)
        return saturated(frame_of(sharp), 1.3, 1.03)
