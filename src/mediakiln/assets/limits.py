"""What a file has to be to serve as an asset or as material for a video, beside being readable at all.

Pictures: seed 002, which writes its bounds as open intervals; they are closed here, in the caller's favour. Video and sound: the
seed names no limits, so these are the formats and shapes that models of this kind take.
"""

from __future__ import annotations

import math

from msgspec import Struct

from mediakiln.assets.media import FORMATS
from mediakiln.errors import FetchFailed

MIB = 1024 * 1024
HEAD = 128
"""Bytes that the head of a `data:` URI may seem to stand for."""


class Limits(Struct, frozen=True):
    """`types` are media types, `below` is a size in bytes that is already too much (0: whatever can be fetched). `sides` in
    pixels, `ratio` (width / height) and `seconds` hold from the first to the second number; sound has no pixels, and what has no
    length keeps to no `seconds`."""

    types: tuple[str, ...]
    below: int = 0
    sides: tuple[int, int] = (300, 6000)
    ratio: tuple[float, float] = (0.4, 2.5)
    seconds: tuple[float, float] = (0, math.inf)

    def check(self, media_type: str, size: int, width: int, height: int, duration: float | None, *, field: str) -> None:
        """Make sure that a probed file keeps to the limits. Raises FetchFailed."""
        if media_type not in self.types:
            raise FetchFailed(f"got {media_type}; allowed: {', '.join(self.types)}", field=field)
        if self.below and size >= self.below:
            raise FetchFailed(f"got a file of {size} bytes; allowed: less than {self.below}", field=field)
        shortest, longest = self.seconds
        if duration is not None and not shortest - SLACK <= duration <= longest + SLACK:
            raise FetchFailed(f"got {duration:.1f} seconds; allowed: {shortest:g} to {longest:g} seconds", field=field)
        if FORMATS[media_type].kind == "audio":
            return
        least, most = self.sides
        if not (least <= width <= most and least <= height <= most):
            raise FetchFailed(f"got {width}x{height} pixels; allowed: {least} to {most} on each side", field=field)
        flat, wide = self.ratio
        if not flat <= width / height <= wide:
            raise FetchFailed(f"got {width}x{height} pixels; allowed: a width of {flat} to {wide} times the height", field=field)


SLACK = 0.2
"""Seconds that a container's length may differ from its contents': sound ends with a frame, not with the picture."""
LIMITS = {
    "image": Limits(("image/jpeg", "image/png", "image/webp", "image/bmp", "image/tiff", "image/gif"), below=30 * MIB),
    "video": Limits(("video/mp4", "video/quicktime"), below=50 * MIB, seconds=(2, 15)),
    "audio": Limits(("audio/mpeg", "audio/wav"), below=15 * MIB, seconds=(2, 15)),
}
"""By the kind of file. Sizes and lengths of video and sound are those that the makers of Seedance 2.0 publish."""


def check_inline(source: str, limits: Limits | None) -> None:
    """Refuse a `data:` URI of too many bytes by its length alone. Raises FetchFailed."""
    size = len(source) // 4 * 3 - HEAD
    if limits is not None and limits.below and size >= limits.below and source[:5].lower() == "data:":
        raise FetchFailed(f"got a data: URI of about {size} bytes; allowed: less than {limits.below}")
