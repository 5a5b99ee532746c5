"""What feasts are hung and strewn with: balloons, lights, bunting, streamers, confetti, snow, petals, fireworks.

The functions draw one thing on a canvas in pixels; the layers strew many of it over the table, places as shares of its width and
height, sizes as shares of its shorter side. Light comes from the upper left.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from mediakiln.providers.studio.colour import RGB, argb, mix, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.stage import Canvas
from mediakiln.providers.studio.templates.kit.hard import bulb, filled, ramped, traced
from mediakiln.providers.studio.templates.kit.shapes import (
    IVORY,
    Point,
    curve,
    disc,
    heart,
    low,
    polygon,
    round_box,
    sag,
    star,
    thrown,
)
from mediakiln.providers.studio.templates.table import Layer, Table


def balloon(canvas: Canvas, x: float, y: float, radius: float, tone: RGB, string: float = 0.0, shape: str = "round") -> None:
    """A glossy balloon around (x, y); `string` is the length of its string; a "heart" or a "star" is of foil."""
    if string:
        sway = radius * 0.25
        cord = curve(
            [
                (x, y + radius),
                (x + sway, y + radius + string * 0.35),
                (x - sway, y + radius + string * 0.7),
                (x, y + radius + string),
            ]
        )
        traced(canvas, cord, mix(tone, (1, 1, 1), 0.6), max(0.8, radius * 0.022), 0.7)
    if shape == "heart":
        body = heart(x, y, radius)
    elif shape == "star":
        body = star(x, y, radius * 1.2, inner=0.55)
    else:
        body = skia.Path()
        body.moveTo(x, y + 1.22 * radius)
        body.cubicTo(x - 0.75 * radius, y + 0.95 * radius, x - 1.02 * radius, y + 0.35 * radius, x - radius, y - 0.1 * radius)
        body.cubicTo(x - radius, y - 0.75 * radius, x - 0.5 * radius, y - 1.12 * radius, x, y - 1.12 * radius)
        body.cubicTo(x + 0.5 * radius, y - 1.12 * radius, x + radius, y - 0.75 * radius, x + radius, y - 0.1 * radius)
        body.cubicTo(x + 1.02 * radius, y + 0.35 * radius, x + 0.75 * radius, y + 0.95 * radius, x, y + 1.22 * radius)
        body.close()
        knot = polygon([(x, y + 1.16 * radius), (x - 0.11 * radius, y + 1.36 * radius), (x + 0.11 * radius, y + 1.36 * radius)])
        filled(canvas, knot, scaled(tone, 0.6))
    focus = skia.Point(x - 0.38 * radius, y - 0.5 * radius)
    tones = [
        argb(mix(tone, (1, 1, 1), 0.5)),
        argb(mix(tone, (1, 1, 1), 0.08)),
        argb(tone),
        argb(scaled(turned(tone, 0.0, 1.1), 0.52)),
    ]
    shader = skia.GradientShader.MakeRadial(focus, 1.9 * radius, tones, [0.0, 0.3, 0.55, 1.0])
    canvas.drawPath(body, skia.Paint(Shader=shader, AntiAlias=True))
    canvas.save()
    canvas.clipPath(body, doAntiAlias=True)
    bounce = skia.Path()
    bounce.addArc(skia.Rect.MakeXYWH(x - 0.82 * radius, y - 0.85 * radius, 1.64 * radius, 1.8 * radius), 10, 85)
    traced(canvas, bounce, mix(tone, (1, 1, 1), 0.5), 0.13 * radius, 0.4, 0.06 * radius)
    canvas.translate(x - 0.46 * radius, y - 0.55 * radius)
    canvas.rotate(-38)
    shine = skia.Path()
    shine.addOval(skia.Rect.MakeXYWH(-0.24 * radius, -0.13 * radius, 0.48 * radius, 0.24 * radius))
    filled(canvas, shine, (1, 1, 1), 0.8, 0.05 * radius)
    canvas.restore()


def cluster(
    places: Sequence[tuple[float, float, float]],
    tones: Sequence[RGB],
    *,
    shapes: Sequence[str] = ("round",),
    jitter: float = 0.02,
    string: float = 0.0,
) -> Layer:
    """Balloons at (x, y, radius): shares of the width and height, and of the unit. The later ones lie before the earlier."""

    def layer(table: Table) -> None:
        roll = table.dice("cluster", len(places), places[0])
        for index, (x, y, radius) in enumerate(places):
            at = (
                x * table.width + roll.uniform(-jitter, jitter) * table.u,
                low(table, y) + roll.uniform(-jitter, jitter) * table.u,
            )
            size = radius * table.u * roll.uniform(0.93, 1.07)
            tone = tones[(index + roll.randrange(2)) % len(tones)]
            thrown(table.canvas, disc(*at, size), size * 0.3, 0.22)
            balloon(table.canvas, *at, size, tone, string * table.u, shapes[index % len(shapes)])

    return layer


def arch(tones: Sequence[RGB], size: float = 0.075, *, left: float = 0.0, right: float = 1.0, deep: float = 0.72) -> Layer:
    """A garland of balloons of many sizes along both sides and the upper edge, thicker in the corners."""

    def layer(table: Table) -> None:
        roll, u = table.dice("arch"), table.u
        wide, tall = table.width, min(table.height, 1.5 * table.width) * deep
        spots: list[tuple[float, float, float]] = []
        for side, sign in ((left * wide, 1), (right * wide, -1)):
            y = tall
            while y > 0:
                near = 1 - y / tall
                spots.append((side + sign * roll.uniform(-0.03, 0.05 + 0.07 * near) * u, y, roll.uniform(0.45, 1.1)))
                y -= size * u * roll.uniform(0.75, 1.0)
        x = left * wide
        while x < right * wide:
            edge = abs(2 * x / wide - 1)
            spots.append((x, roll.uniform(-0.03, 0.03 + 0.1 * edge**3) * u, roll.uniform(0.5, 1.15)))
            x += size * u * roll.uniform(0.75, 1.0)
        roll.shuffle(spots)
        for x, y, scale in sorted(spots, key=lambda spot: -spot[2]):
            radius = size * u * scale
            thrown(table.canvas, disc(x, y, radius), radius * 0.35, 0.25)
            balloon(table.canvas, x, y, radius, roll.choice(list(tones)))

    return layer


Piece = Callable[[Canvas, float], None]
"""Draws something small of a size in pixels around the canvas's origin."""


def falling(
    pieces: Sequence[Piece],
    count: int,
    size: float,
    *,
    top: float = 0.0,
    bottom: float = 1.0,
    middle: float = 1.0,
    near: float = 0.0,
    name: str = "falling",
) -> Layer:
    """`count` pieces to the square of the unit, between two heights, in the air. The share `near` of them is large and out of
    focus, at the sides only; the share `middle` of those in the middle of the frame stays, so that the sitter is seen."""

    def layer(table: Table) -> None:
        roll, u, canvas = table.dice(name), table.u, table.canvas
        number = round(count * table.width * table.height / u**2)
        for index in range(number):
            x, y = roll.random() * table.width, roll.uniform(top, bottom) * table.height
            turn, flat, scale, luck = roll.uniform(0, 360), roll.uniform(0.35, 1.0), roll.uniform(0.55, 1.3), roll.random()
            draw, away, close = roll.choice(pieces), abs(x - table.width / 2), index < near * number
            if (away < 0.27 * u and luck > middle) or (close and away < 0.36 * u):
                continue
            canvas.save()
            canvas.translate(x, y)
            if close:
                soft, reach = 0.4 * size * u, 4 * size * u
                blur = skia.Paint(ImageFilter=skia.ImageFilters.Blur(soft, soft), Alphaf=0.85)
                canvas.saveLayer(skia.Rect.MakeLTRB(-reach, -reach, reach, reach), blur)
            canvas.rotate(turn)
            canvas.scale(1.0, flat)
            draw(canvas, size * u * scale * (2.6 if close else 1.0))
            if close:
                canvas.restore()
            canvas.restore()

    return layer


def confetti(*tones: RGB) -> tuple[Piece, ...]:
    """Slips of shiny paper for `falling`."""

    def slip(tone: RGB) -> Piece:
        def draw(canvas: Canvas, size: float) -> None:
            paper = round_box(-0.5 * size, -0.28 * size, 0.5 * size, 0.28 * size, 0.08 * size)
            ramped(canvas, paper, (mix(tone, (1, 1, 1), 0.45), tone, scaled(tone, 0.72)), (-0.5 * size, 0), (0.5 * size, 0))

        return draw

    return tuple(slip(tone) for tone in tones)


def petals(*tones: RGB) -> tuple[Piece, ...]:
    """Loose petals for `falling`."""

    def petal(tone: RGB) -> Piece:
        def draw(canvas: Canvas, size: float) -> None:
            path, s = skia.Path(), size
            path.moveTo(0, -0.6 * s)
            path.cubicTo(0.7 * s, -0.5 * s, 0.5 * s, 0.4 * s, 0.08 * s, 0.5 * s)
            path.lineTo(0, 0.4 * s)
            path.cubicTo(-0.6 * s, 0.5 * s, -0.6 * s, -0.4 * s, 0, -0.6 * s)
            ends = (-0.4 * s, -0.6 * s), (0.3 * s, 0.5 * s)
            ramped(canvas, path, (mix(tone, (1, 1, 1), 0.45), tone, scaled(tone, 0.82)), *ends)

        return draw

    return tuple(petal(tone) for tone in tones)


def flake(canvas: Canvas, size: float) -> None:
    """A snowflake out of focus, for `falling`."""
    radius = max(0.6, size * 0.6)
    shader = skia.GradientShader.MakeRadial(skia.Point(0, 0), radius, [0xF0FFFFFF, 0xB0FFFFFF, 0x00FFFFFF], [0, 0.45, 1])
    canvas.drawCircle(0, 0, radius, skia.Paint(Shader=shader, AntiAlias=True))


def lights(left: Point, right: Point, depth: float, tones: Sequence[RGB], gap: float = 0.055, size: float = 0.009) -> Layer:
    """A cord with small lamps between two places (shares), hanging `depth` units deep."""

    def layer(table: Table) -> None:
        u = table.u
        a, b = (left[0] * table.width, left[1] * table.height), (right[0] * table.width, right[1] * table.height)
        count = max(3, round(math.dist(a, b) / (gap * u)))
        points = sag(a, b, depth * u, count)
        traced(table.canvas, curve(points), (0.12, 0.16, 0.12), max(0.8, 0.0035 * u), 0.85)
        for index, (x, y) in enumerate(points):
            bulb(table.canvas, x, y + 0.008 * u, size * u, tones[index % len(tones)])

    return layer


def bunting(left: Point, right: Point, depth: float, tones: Sequence[RGB], size: float = 0.09) -> Layer:
    """Paper flags on a cord between two places (shares)."""

    def layer(table: Table) -> None:
        u, canvas = table.u, table.canvas
        a, b = (left[0] * table.width, left[1] * table.height), (right[0] * table.width, right[1] * table.height)
        count = max(4, round(math.dist(a, b) / (size * 1.12 * u)))
        points = sag(a, b, depth * u, count + 1)
        for index, (p, q) in enumerate(pairwise(points)):
            tone = tones[index % len(tones)]
            dx, dy = q[0] - p[0], q[1] - p[1]
            a1, b1 = (p[0] + 0.06 * dx, p[1] + 0.06 * dy), (q[0] - 0.06 * dx, q[1] - 0.06 * dy)
            tip = ((a1[0] + b1[0]) / 2 - 0.5 * dy * 0.2, (a1[1] + b1[1]) / 2 + 1.25 * size * u)
            flag = polygon([a1, b1, tip])
            thrown(canvas, flag, 0.012 * u, 0.3)
            ramped(canvas, flag, (mix(tone, (1, 1, 1), 0.18), tone, scaled(tone, 0.82)), a1, b1)
            traced(canvas, polygon([a1, b1], False), scaled(tone, 0.75), 0.006 * u)
        traced(canvas, curve(points), IVORY, max(0.8, 0.004 * u))

    return layer


def streamer(canvas: Canvas, x: float, y: float, length: float, width: float, tone: RGB, turns: int = 5) -> None:
    """A curled paper ribbon that hangs from (x, y)."""
    step, reach = length / (2 * turns), 0.55 * length / turns
    for index in range(2 * turns):
        a, b = y + step * index, y + step * (index + 1)
        sign = 1 if index % 2 == 0 else -1
        low = reach * (0.6 + 0.4 * index / (2 * turns))
        path = skia.Path()
        path.moveTo(x - sign * low / 2, a)
        path.cubicTo(x + sign * low * 0.2, a + 0.1 * step, x + sign * low * 0.5, a + 0.4 * step, x + sign * low / 2, b)
        path.lineTo(x + sign * low / 2, b + width)
        path.cubicTo(
            x + sign * low * 0.5,
            a + 0.4 * step + width,
            x + sign * low * 0.2,
            a + 0.1 * step + width,
            x - sign * low / 2,
            a + width,
        )
        path.close()
        filled(canvas, path, tone if sign > 0 else scaled(tone, 0.68))


def streamers(count: int, tones: Sequence[RGB], length: float = 0.5) -> Layer:
    """Curled ribbons from the ceiling, fewer in the middle."""

    def layer(table: Table) -> None:
        roll, u = table.dice("streamers"), table.u
        for index in range(round(count * table.width / u)):
            x = roll.uniform(0.02, 0.3) if index % 2 else roll.uniform(0.7, 0.98)
            streamer(
                table.canvas, x * table.width, -0.02 * u, roll.uniform(0.4, 1.0) * length * u, 0.014 * u, roll.choice(list(tones))
            )

    return layer


def firework(canvas: Canvas, x: float, y: float, radius: float, tone: RGB, seed: int = 0) -> None:
    """A round burst: trails that fade outwards with a spark at the end of each."""
    rays = 26
    for ring, share in enumerate((1.0, 0.62)):
        for index in range(rays):
            angle = math.tau * (index + 0.5 * ring + 0.13 * ((index * 7 + seed) % 3)) / rays
            reach = radius * share * (0.86 + 0.14 * math.sin(index * 2.4 + seed))
            end = (x + reach * math.cos(angle), y + reach * math.sin(angle) + 0.08 * reach)
            start = (x + 0.22 * reach * math.cos(angle), y + 0.22 * reach * math.sin(angle))
            shader = skia.GradientShader.MakeLinear([start, end], [argb(tone, 0.0), argb(mix(tone, (1, 1, 1), 0.35 * ring), 0.9)])
            paint = skia.Paint(
                Shader=shader,
                AntiAlias=True,
                Style=skia.Paint.kStroke_Style,
                StrokeWidth=max(0.9, radius * 0.014),
                StrokeCap=skia.Paint.kRound_Cap,
            )
            canvas.drawLine(*start, *end, paint)
            canvas.drawCircle(*end, max(0.8, radius * 0.017), skia.Paint(Color=argb(mix(tone, (1, 1, 1), 0.6)), AntiAlias=True))
    glow = skia.GradientShader.MakeRadial(skia.Point(x, y), radius, [argb(tone, 0.35), argb(tone, 0.0)])
    canvas.drawCircle(x, y, radius, skia.Paint(Shader=glow, BlendMode=skia.BlendMode.kScreen))
