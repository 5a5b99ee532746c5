"""Mid-Autumn Festival, individual: a portrait in a moon gate at night, with a table of mooncakes before it."""

from __future__ import annotations

from mediakiln.providers.studio.colour import mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.templates.kit import blossom, captions, grounds, lunar, ornaments, red_paper, shapes
from mediakiln.providers.studio.templates.kit.hard import filled, ramped, traced
from mediakiln.providers.studio.templates.kit.posing import posed
from mediakiln.providers.studio.templates.table import Layer, Table

_WALL, _WOOD = rgb("#efe2c8"), rgb("#7a3f22")


def _gate(table: Table) -> tuple[float, float, float]:
    """The round opening: its middle and radius."""
    return table.width / 2, shapes.low(table, 0.46), 0.41 * min(table.u, 0.95 * table.height)


def _in_gate(*layers: Layer) -> Layer:
    """Layers seen through the opening only."""

    def layer(table: Table) -> None:
        x, y, radius = _gate(table)
        table.canvas.save()
        table.canvas.clipPath(shapes.disc(x, y, radius), doAntiAlias=True)
        ramped(
            table.canvas,
            shapes.disc(x, y, radius),
            (rgb("#14233f"), rgb("#31507a"), rgb("#c98f5e")),
            (x, y - radius),
            (x, y + radius),
        )
        for part in layers:
            part(table)
        table.canvas.restore()

    return layer


def _ring(table: Table) -> None:
    """The gate's stone frame, with the shadow it throws into the opening."""
    x, y, radius = _gate(table)
    canvas, w = table.canvas, 0.05 * radius
    canvas.save()
    canvas.clipPath(shapes.disc(x, y, radius), doAntiAlias=True)
    traced(canvas, shapes.disc(x + 0.5 * w, y + 0.9 * w, radius + 0.6 * w), (0.02, 0.02, 0.06), 2.2 * w, 0.6, 0.7 * w)
    canvas.restore()
    ends = [skia.Point(x - radius, y - radius), skia.Point(x + radius, y + radius)]
    for grow, width, tones in ((0.55, 1.3, (_WOOD, 0.5)), (0.5, 0.9, (_WOOD, 0.2)), (1.35, 0.16, (rgb("#b98a4a"), 0.1))):
        paint = skia.Paint(AntiAlias=True, Style=skia.Paint.kStroke_Style, StrokeWidth=width * w)
        light, dark = (
            skia.Color4f(*mix(tones[0], (1, 1, 1), 0.3), 1).toColor(),
            skia.Color4f(*scaled(tones[0], 1 - tones[1]), 1).toColor(),
        )
        paint.setShader(skia.GradientShader.MakeLinear(ends, [light, dark]))
        canvas.drawCircle(x, y, radius + grow * w, paint)


def _table(table: Table) -> None:
    """A lacquered table across the lower edge with plates of mooncakes."""
    u, canvas, y = table.u, table.canvas, shapes.low(table, 0.87)
    top = shapes.round_box(-1, y, table.width + 1, table.height + 1)
    filled(canvas, shapes.round_box(-1, y - 0.012 * u, table.width + 1, y + 0.01 * u), (0.1, 0.03, 0.02), 0.4, 0.012 * u)
    ramped(canvas, top, (rgb("#6b2618"), rgb("#8f3a22"), rgb("#4a170f")), (0, y), (0, table.height))
    traced(canvas, shapes.polygon([(0, y), (table.width, y)], False), rgb("#d99a5a"), 0.005 * u, 0.8)
    for side, text in ((-1, "月"), (1, "圆")):
        x, py = table.width / 2 + side * min(0.36 * table.width, 0.62 * u), shapes.low(table, 0.935)
        plate = skia.Path()
        plate.addOval(skia.Rect.MakeLTRB(x - 0.17 * u, py - 0.03 * u, x + 0.17 * u, py + 0.06 * u))
        shapes.thrown(canvas, plate, 0.025 * u, 0.5)
        ramped(
            canvas,
            plate,
            (rgb("#ffffff"), rgb("#dfe6e6"), rgb("#a9b7b8")),
            (x - 0.1 * u, py - 0.03 * u),
            (x + 0.1 * u, py + 0.06 * u),
        )
        traced(canvas, plate, rgb("#2f5f93"), 0.004 * u, 0.8)
        for dx, dy, size, word in ((-0.075, -0.03, 0.13, ""), (0.075, -0.035, 0.13, ""), (0.0, -0.005, 0.15, text)):
            lunar.mooncake(canvas, x + dx * u, py + (dy - 0.03) * u, size * u, word)
    lunar.rabbit(canvas, table.width / 2 - min(0.17 * table.width, 0.3 * u), shapes.low(table, 0.905), 0.13 * u, rgb("#f4efe6"))


def _words(table: Table) -> None:
    x, y, radius = _gate(table)
    size = 0.075 * table.u
    for side, text in ((-1, "花好月圆"), (1, "千里婵娟")):
        cx = x + side * max(radius + 1.0 * size, 0.5 * table.width - 0.8 * size)
        if table.width - 2 * radius > 3.2 * size:
            red_paper.couplet(
                table.canvas,
                text,
                x + side * (table.width / 2 + radius) / 2 if table.width > 1.5 * table.u else cx,
                0.2 * table.height,
                0.6 * size,
            )
    if table.height > 1.25 * table.width:
        captions.block(table.canvas, "中秋快乐", x, 0.5 * (y - radius), 2.0 * size, captions.Ink((_WOOD,), shadow=0.0))


LAYERS: tuple[Layer, ...] = (
    grounds.wall(_WALL, rough=0.05),
    _in_gate(
        lunar.stars(60),
        lunar.moon(0.66, 0.28, 0.12),
        lunar.ridges((rgb("#4a5f86"), rgb("#22324f")), 0.6, 0.72, rgb("#c99a72")),
        lunar.sky_lanterns(14),
    ),
    _ring,
    blossom.branch((1.02, 0.1), 158, 0.5, flower=rgb("#f2b33d"), size=0.018, leaf=rgb("#5a8a4a"), name="osmanthus"),
    _words,
    posed(tall=0.72, wide=0.62, ground=0.9, key=(1.04, 0.99, 0.9), rim=(1.0, 0.85, 0.55), framed=(0.46, 0.7), round_frame=True),
    red_paper.lanterns(((0.12, 0.24, 0.13),), "福", 0.8),
    _table,
    ornaments.falling(ornaments.petals(rgb("#f4c04e"), rgb("#ffd98a")), 16, 0.012, middle=0.3),
    grounds.light_pool(0.2, 0.1, 0.9, strength=0.16),
    grounds.vignette(0.2),
)
