"""Slices: of pizza, cake, bread and melon, as they are cut."""

from __future__ import annotations

from mediakiln.providers.studio.colour import RGB, mix, rgb, scaled
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth


def slice_of_pizza(pen: Pen) -> None:
    """A wedge that lies with its tip toward the viewer, cheese running over its edge."""
    tip, left, right = (0.0, -0.02), (-0.62, -0.78), (0.62, -0.78)
    pen.fill(smooth([tip, (-0.66, -0.74), (-0.3, -0.9), (0.3, -0.9), (0.66, -0.74)], tension=16), rgb("#b8793a"), shade=0.3)
    cheese = [(-0.55, -0.74), (-0.28, -0.82), (0.28, -0.82), (0.55, -0.74), (0.38, -0.5), (0.34, -0.4), (0.27, -0.42)]
    cheese += [(0.16, -0.24), (0.12, -0.1), (0.05, -0.14), (0.0, -0.06), (-0.1, -0.2), (-0.2, -0.28), (-0.24, -0.22)]
    cheese += [(-0.3, -0.4)]
    pen.fill(smooth(cheese, tension=9), rgb("#f4c858"), shade=0.2)
    for x, y, r in ((-0.24, -0.66, 0.13), (0.22, -0.62, 0.14), (-0.04, -0.4, 0.12), (0.02, -0.74, 0.09)):
        pen.fill(oval(x, y, r, r * 0.82), rgb("#c23a2a"), shade=0.3)
        pen.fill(oval(x - r * 0.25, y - r * 0.25, r * 0.3, r * 0.2), rgb("#e0705a"), shade=0, edge=False)
    for x, y, turn in ((-0.08, -0.56, 0.06), (0.36, -0.72, -0.05), (-0.38, -0.72, 0.04), (0.08, -0.24, 0.03)):
        leaf = smooth([(x - 0.08, y), (x, y - 0.05 + turn), (x + 0.09, y + turn), (x, y + 0.05)])
        pen.fill(leaf, rgb("#3f8f3f"), shade=0.25)
    crust = [(left[0] - 0.08, left[1] + 0.02), (-0.36, -0.95), (0.0, -1.0), (0.36, -0.95), (right[0] + 0.08, right[1] + 0.02)]
    inner = [(0.5, -0.74), (0.26, -0.83), (0.0, -0.86), (-0.26, -0.83), (-0.5, -0.74)]
    pen.fill(smooth([*crust, *inner], tension=8), rgb("#d89a4c"), shade=0.35)


def slice_of_cake(pen: Pen, icing: RGB) -> None:
    """A wedge on a plate: sponge and cream in layers, iced on top and behind, a berry."""
    sponge = rgb("#eec48a")
    pen.fill(oval(0, -0.06, 0.98, 0.15), rgb("#e9edf0"), shade=0.3)
    pen.fill(oval(0, -0.08, 0.7, 0.09), rgb("#d5dce0"), shade=0.1, edge=False)
    top, low, front, back = -0.72, -0.1, -0.62, 0.6
    pen.fill(polygon([(front, top + 0.14), (back, top), (back, low - 0.1), (front, low)]), sponge, shade=0.25)
    for k, tone in ((0.3, rgb("#fdf3ea")), (0.62, rgb("#d8506a"))):
        high = [(x, a + (b - a) * k) for x, a, b in ((front, top + 0.14, low), (back, top, low - 0.1))]
        pen.fill(polygon([*high, (back, high[1][1] + 0.075), (front, high[0][1] + 0.085)]), tone, shade=0.12, edge=False)
    side = [(back, top), (back + 0.22, top - 0.1), (back + 0.22, low - 0.24), (back, low - 0.1)]
    pen.fill(polygon(side), scaled(icing, 0.86), shade=0.2)
    lid = [(front, top + 0.14), (back, top), (back + 0.22, top - 0.1), (0.5, top - 0.16)]
    pen.fill(polygon(lid), mix(icing, (1, 1, 1), 0.25), shade=0.12)
    drip = [(front, 0.13), (-0.44, 0.26), (-0.28, 0.1), (-0.1, 0.22), (0.1, 0.08), (0.28, 0.2), (0.44, 0.06), (back, 0.12)]
    drip += [(back, 0.0), (0.0, 0.06)]
    pen.fill(smooth([(x, top + y) for x, y in drip], tension=7), icing, shade=0.15)
    pen.fill(smooth([(0.28, top - 0.24), (0.42, top - 0.3), (0.54, top - 0.2), (0.42, top - 0.06)]), rgb("#d8324a"), shade=0.4)
    pen.fill(smooth([(0.32, top - 0.27), (0.42, top - 0.34), (0.52, top - 0.27), (0.42, top - 0.24)]), rgb("#4f9a46"), shade=0.2)


def slice_of_bread(pen: Pen, crust: RGB) -> None:
    """A slice of a tin loaf, standing a little turned."""
    shape = [(-0.5, -0.04), (-0.52, -0.6), (-0.64, -0.74), (-0.56, -0.94), (-0.2, -1.0), (0.2, -1.0), (0.56, -0.94)]
    shape += [(0.64, -0.74), (0.52, -0.6), (0.5, -0.04)]
    pen.fill(smooth([(x + 0.07, y - 0.015) for x, y in shape], tension=12), scaled(crust, 0.72), shade=0.25)
    pen.fill(smooth(shape, tension=12), crust, shade=0.25)
    pen.fill(smooth([(x * 0.88, -0.5 + (y + 0.5) * 0.88) for x, y in shape], tension=12), rgb("#f8e6c2"), shade=0.12, edge=False)
    for _ in range(26):
        x, y = pen.roll.uniform(-0.42, 0.42), pen.roll.uniform(-0.84, -0.14)
        pen.fill(oval(x, y, 0.018, 0.013), rgb("#e2c492"), shade=0, edge=False)


def slice_of_melon(pen: Pen) -> None:
    """A triangle of watermelon, its rind below."""
    for low, inset, tone in ((0.0, 0.0, "#2f7a3a"), (0.06, 0.03, "#e6f0cc"), (0.12, 0.07, "#e2424a")):
        edge = [(-0.74 + inset, -0.2), (-0.4, -0.06), (0.0, -0.01), (0.4, -0.06), (0.74 - inset, -0.2)]
        edge = [(x, y - low) for x, y in edge]
        pen.fill(smooth([*edge, (0.02, -0.98 + inset), (-0.02, -0.98 + inset)], tension=18), rgb(tone), shade=0.16, edge=low == 0)
    seeds = (
        (0.0, -0.7),
        (-0.13, -0.52),
        (0.14, -0.5),
        (-0.3, -0.34),
        (0.02, -0.34),
        (0.32, -0.33),
        (-0.16, -0.24),
        (0.18, -0.23),
    )
    for x, y in seeds:
        pen.fill(oval(x, y, 0.026, 0.045), rgb("#2a1a16"), shade=0, edge=False)
