"""Isometric drawing: tiles (i, j) and heights z of a small world, projected two to one, as lit boxes, roofs and round things."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mediakiln.providers.studio.colour import RGB, argb, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.light import Light

Point3 = tuple[float, float, float]

# How much of the key light falls on the top, the left and the right side of a box.
TOP, LEFT, RIGHT = 1.0, 0.58, 0.2
# The height of a cube in widths of its tile: a 2:1 diamond is a square seen from 30 degrees above.
RISE = 0.61


class Iso:
    """A canvas with the origin (0, 0, 0) at (x, y) pixels; a tile is `tile` pixels wide and half as high.

    i goes down to the right, j down to the left, z up; all in tiles.
    """

    def __init__(self, canvas: Any, x: float, y: float, tile: float, light: Light) -> None:
        self.canvas, self.x, self.y, self.tile, self.light = canvas, x, y, tile, light

    def at(self, i: float, j: float, z: float = 0.0) -> tuple[float, float]:
        """Where (i, j, z) is in the frame, in pixels."""
        return self.x + (i - j) * self.tile / 2, self.y + (i + j) * self.tile / 4 - z * self.tile * RISE

    def face(self, corners: Sequence[Point3], colour: RGB, amount: float, alpha: float = 1.0) -> None:
        """One flat face, lit by `amount` (0..1) of the key light."""
        path = skia.Path.Polygon([skia.Point(*self.at(*corner)) for corner in corners], True)
        tone = scaled(self.light.lit(colour, amount), 0.82 + 0.22 * amount)
        ink = skia.Paint(Color=argb(tone, alpha), AntiAlias=True)
        self.canvas.drawPath(path, ink)
        if alpha == 1.0:
            # Faces that meet leave no hairline between them.
            ink.setStyle(skia.Paint.kStroke_Style)
            ink.setStrokeWidth(max(0.5, self.tile * 0.006))
            self.canvas.drawPath(path, ink)

    def box(self, i: float, j: float, z: float, w: float, d: float, h: float, colour: RGB, top: RGB | None = None) -> None:
        """A box from its far upper corner (i, j), `w` along i, `d` along j, standing on z, `h` high."""
        self.face([(i, j + d, z), (i + w, j + d, z), (i + w, j + d, z + h), (i, j + d, z + h)], colour, LEFT)
        self.face([(i + w, j, z), (i + w, j + d, z), (i + w, j + d, z + h), (i + w, j, z + h)], colour, RIGHT)
        cover = [(i, j, z + h), (i + w, j, z + h), (i + w, j + d, z + h), (i, j + d, z + h)]
        self.face(cover, colour if top is None else top, TOP)

    def roof(self, i: float, j: float, z: float, w: float, d: float, h: float, colour: RGB, wall: RGB) -> None:
        """A gable roof over a box of that ground, its ridge along i, a little wider than its walls."""
        o = 0.08
        ridge = j + d / 2
        self.face([(i - o, j - o, z), (i + w + o, j - o, z), (i + w + o, ridge, z + h), (i - o, ridge, z + h)], colour, 0.3)
        self.face([(i + w, j, z), (i + w, j + d, z), (i + w, ridge, z + h)], wall, RIGHT)
        slope = [(i - o, j + d + o, z - 0.06), (i + w + o, j + d + o, z - 0.06), (i + w + o, ridge, z + h), (i - o, ridge, z + h)]
        self.face(slope, colour, 0.8)
        for k in range(1, 5):
            s = k / 5
            jj, zz = j + d + o - (d / 2 + o) * s, z - 0.06 + (h + 0.06) * s
            self.line([(i - o, jj, zz), (i + w + o, jj, zz)], scaled(colour, 0.78), 0.012)

    def spire(self, i: float, j: float, z: float, w: float, d: float, h: float, colour: RGB) -> None:
        """A four-sided point over a box of that ground."""
        o = 0.06
        tip = (i + w / 2, j + d / 2, z + h)
        self.face([(i - o, j + d + o, z), (i + w + o, j + d + o, z), tip], colour, 0.7)
        self.face([(i + w + o, j - o, z), (i + w + o, j + d + o, z), tip], colour, 0.25)

    def line(self, points: Sequence[Point3], colour: RGB, width: float) -> None:
        """A line `width` tiles thick."""
        path = skia.Path.Polygon([skia.Point(*self.at(*point)) for point in points], False)
        tone = self.light.lit(colour, 0.7)
        ink = skia.Paint(Color=argb(tone), AntiAlias=True, StrokeWidth=width * self.tile, Style=skia.Paint.kStroke_Style)
        ink.setStrokeCap(skia.Paint.kRound_Cap)
        self.canvas.drawPath(path, ink)

    def panes(
        self, side: str, i: float, j: float, z: float, long: float, h: float, columns: int, rows: int, glass: RGB, lit: bool
    ) -> None:
        """Windows on the left or right side of a box whose nearest edges are at (i, j), `long` tiles along the side."""
        for column in range(columns):
            for row in range(rows):
                a, b = (column + 0.25) / columns * long, (column + 0.75) / columns * long
                low, high = z + h * (row + 0.22) / rows, z + h * (row + 0.78) / rows
                on = lit and (column * 5 + row * 3) % 4 != 1
                if side == "left":
                    corners = [(i - long + a, j, low), (i - long + b, j, low), (i - long + b, j, high), (i - long + a, j, high)]
                else:
                    corners = [(i, j - long + a, low), (i, j - long + b, low), (i, j - long + b, high), (i, j - long + a, high)]
                if on:
                    self.glowing(corners, rgb("#ffdf8a"))
                else:
                    self.face(corners, glass, LEFT if side == "left" else 0.3)

    def glowing(self, corners: Sequence[Point3], colour: RGB) -> None:
        """A face that shines by itself."""
        path = skia.Path.Polygon([skia.Point(*self.at(*corner)) for corner in corners], True)
        self.canvas.drawPath(path, skia.Paint(Color=argb(colour), AntiAlias=True))

    def ball(self, i: float, j: float, z: float, r: float, colour: RGB) -> None:
        """A sphere of radius `r` tiles around (i, j, z)."""
        x, y = self.at(i, j, z)
        radius = r * self.tile * 0.62
        high = scaled(self.light.lit(mix(colour, (1, 1, 0.9), 0.22), 1.0), 1.04)
        mid, low = self.light.lit(colour, 0.7), scaled(self.light.lit(colour, 0.2), 0.78)
        shader = skia.GradientShader.MakeRadial(
            skia.Point(x - radius * 0.4, y - radius * 0.5), radius * 1.6, [argb(high), argb(mid), argb(low)], [0, 0.45, 1]
        )
        self.canvas.drawCircle(x, y, radius, skia.Paint(Shader=shader, AntiAlias=True))

    def cone(self, i: float, j: float, z: float, r: float, h: float, colour: RGB) -> None:
        """An upright cone on (i, j, z)."""
        x, y = self.at(i, j, z)
        tip = self.at(i, j, z + h)
        wide, flat = r * self.tile * 0.62, r * self.tile * 0.31
        for start, end, amount in ((math.pi / 2, math.pi, 0.85), (0.0, math.pi / 2, 0.2)):
            ring = [
                (x + math.cos(start + (end - start) * k / 6) * wide, y + math.sin(start + (end - start) * k / 6) * flat)
                for k in range(7)
            ]
            path = skia.Path.Polygon([skia.Point(*p) for p in [tip, *ring]], True)
            tone = scaled(self.light.lit(colour, amount), 0.85 + 0.2 * amount)
            self.canvas.drawPath(path, skia.Paint(Color=argb(tone), AntiAlias=True))

    def cylinder(self, i: float, j: float, z: float, r: float, h: float, colour: RGB) -> None:
        """An upright cylinder on (i, j, z)."""
        x, low = self.at(i, j, z)
        _, high = self.at(i, j, z + h)
        wide, flat = r * self.tile * 0.62, r * self.tile * 0.31
        path = skia.Path()
        path.moveTo(x - wide, high)
        path.lineTo(x - wide, low)
        path.arcTo(skia.Rect.MakeLTRB(x - wide, low - flat, x + wide, low + flat), 180, -180, False)
        path.lineTo(x + wide, high)
        path.close()
        tones = [self.light.lit(colour, 0.75), self.light.lit(colour, 0.9), scaled(self.light.lit(colour, 0.2), 0.85)]
        shader = skia.GradientShader.MakeLinear(
            [skia.Point(x - wide, 0), skia.Point(x + wide, 0)], [argb(tone) for tone in tones], [0, 0.3, 1]
        )
        self.canvas.drawPath(path, skia.Paint(Shader=shader, AntiAlias=True))
        cover = scaled(self.light.lit(colour, 1.0), 1.04)
        oval = skia.Rect.MakeLTRB(x - wide, high - flat, x + wide, high + flat)
        self.canvas.drawOval(oval, skia.Paint(Color=argb(cover), AntiAlias=True))

    def shade(self, i: float, j: float, z: float, r: float) -> None:
        """The soft shadow of something round on the ground."""
        x, y = self.at(i, j, z)
        wide = r * self.tile * 0.75
        tone = mix(self.light.ambient, (0.04, 0.06, 0.1), 0.8)
        shader = skia.GradientShader.MakeRadial(
            skia.Point(0, 0), 1, [argb(tone, 0.5), argb(tone, 0.3), argb(tone, 0)], [0, 0.6, 1]
        )
        self.canvas.save()
        self.canvas.translate(x + wide * 0.22, y + wide * 0.06)
        self.canvas.scale(wide, wide * 0.5)
        self.canvas.drawCircle(0, 0, 1, skia.Paint(Shader=shader))
        self.canvas.restore()
