"""Colours as (r, g, b) floats 0..1, their names in `words/colours.toml`, and the few ways the engine mixes them."""

from __future__ import annotations

import colorsys
from functools import lru_cache

RGB = tuple[float, float, float]

NAMED: dict[str, str] = {
    "red": "#c8312b",
    "crimson": "#9e1b32",
    "orange": "#e8822a",
    "yellow": "#f2c12e",
    "gold": "#d9a531",
    "green": "#3f8f4a",
    "emerald": "#1f8a63",
    "teal": "#1f8f92",
    "cyan": "#35b8cf",
    "blue": "#2f6fc4",
    "navy": "#1f3566",
    "purple": "#7a4bb0",
    "violet": "#8a5bd0",
    "lavender": "#b7a3e0",
    "pink": "#ee8fb0",
    "magenta": "#d23a9b",
    "brown": "#7d5233",
    "beige": "#dcc7a2",
    "white": "#f4f1ea",
    "cream": "#f3e4c4",
    "grey": "#8d929a",
    "silver": "#b9c0c8",
    "black": "#26262b",
    "rainbow": "#e86a5a",
}


def rgb(code: str) -> RGB:
    """`#rrggbb` as floats."""
    return int(code[1:3], 16) / 255, int(code[3:5], 16) / 255, int(code[5:7], 16) / 255


def named(name: str, default: str) -> RGB:
    """The colour a prompt named, or `default` (`#rrggbb`) where it named none we know."""
    return rgb(NAMED.get(name, default))


def mix(a: RGB, b: RGB, share: float) -> RGB:
    """`a` with `share` (0..1) of `b`."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share


def times(a: RGB, b: RGB) -> RGB:
    """Light `b` falling on surface `a`."""
    return a[0] * b[0], a[1] * b[1], a[2] * b[2]


def scaled(a: RGB, k: float) -> RGB:
    """`a` brighter or darker, clipped."""
    return min(1.0, a[0] * k), min(1.0, a[1] * k), min(1.0, a[2] * k)


def luma(a: RGB) -> float:
    """Perceived lightness, 0..1."""
    return 0.299 * a[0] + 0.587 * a[1] + 0.114 * a[2]


def turned(a: RGB, hue: float = 0.0, saturation: float = 1.0, value: float = 1.0) -> RGB:
    """`a` with its hue moved by `hue` turns and its saturation and value multiplied."""
    h, s, v = colorsys.rgb_to_hsv(*(min(1.0, max(0.0, c)) for c in a))
    return colorsys.hsv_to_rgb((h + hue) % 1.0, min(1.0, s * saturation), min(1.0, v * value))


@lru_cache(maxsize=1 << 14)  # a figure's few colours come back a hundred times a frame
def argb(a: RGB, alpha: float = 1.0) -> int:
    """As skia's 32-bit colour."""
    r, g, b, o = (min(255, max(0, round(c * 255))) for c in (*a, alpha))
    return o << 24 | r << 16 | g << 8 | b


def bgra(a: RGB) -> tuple[int, int, int, int]:
    """As an opaque OpenCV colour for the engine's BGRA sheets."""
    r, g, b = (min(255, max(0, round(c * 255))) for c in a)
    return b, g, r, 255
