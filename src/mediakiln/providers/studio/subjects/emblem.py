"""What no painter knows: an exhibit on a plinth, its form and colours drawn from the word, which stands on the plaque."""

from __future__ import annotations

import math

from mediakiln.providers.studio.colour import mix, rgb, scaled, turned
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.lettering import text_image
from mediakiln.providers.studio.noise import dice
from mediakiln.providers.studio.subjects.act import Act, Kind
from mediakiln.providers.studio.subjects.machines import box
from mediakiln.providers.studio.subjects.pen import Pen, oval, polygon, smooth


def paint(pen: Pen, act: Act) -> None:
    """A sculpture of three to five simple bodies, the same for the same word."""
    word = next((trait[1:] for trait in act.traits if trait.startswith("=")), "")
    roll = dice(0, "emblem", word)
    base = (
        act.tone("") if act.colour else turned(rgb("#d0563f"), roll.random(), roll.uniform(0.75, 1.0), roll.uniform(0.85, 1.05))
    )
    tones = [base, turned(base, 0.09, 0.9, 1.1), turned(base, 0.45, 0.8, 1.0), mix(base, (1, 0.96, 0.88), 0.6)]
    pen.fill(box(-0.4, -0.34, 0.4, 0.0), rgb("#e9e4da"), shade=0.18)
    pen.fill(box(0.2, -0.34, 0.4, 0.0), rgb("#cfc8bb"), shade=0.15, edge=False)
    pen.fill(box(-0.46, -0.4, 0.46, -0.34), rgb("#f3efe7"), shade=0.12)
    shapes = roll.sample(("ball", "arch", "cone", "ring", "leaf", "block"), 4)
    pen.canvas.save()
    pen.canvas.clipRect(skia.Rect.MakeLTRB(-1, -1.3, 1, -0.398))
    for k, shape in enumerate(shapes):
        x = (-0.2, 0.2, 0.0, 0.02)[k] + roll.uniform(-0.04, 0.04)
        r, tone = (0.19, 0.17, 0.22, 0.12)[k], tones[k]
        y = (-0.4 - r, -0.4 - r, -0.56 - r, -0.84 - r * 0.5)[k]
        if shape == "ball":
            pen.fill(oval(x, y, r, r), tone, shade=0.4)
            pen.soft(x - r * 0.35, y - r * 0.4, r * 0.3, r * 0.25, (1, 1, 1), 0.7)
        elif shape == "arch":
            pen.stroke(
                smooth(
                    [(x - r, y + r), (x - r * 0.9, y - r * 0.4), (x, y - r), (x + r * 0.9, y - r * 0.4), (x + r, y + r)],
                    closed=False,
                ),
                tone,
                r * 0.42,
            )
        elif shape == "cone":
            pen.fill(polygon([(x - r, y + r), (x, y - r * 1.2), (x + r, y + r)]), tone, shade=0.35)
        elif shape == "ring":
            pen.stroke(oval(x, y, r * 0.8, r * 0.8), tone, r * 0.4)
        elif shape == "leaf":
            pen.fill(smooth([(x, y + r), (x - r * 0.8, y), (x, y - r * 1.2), (x + r * 0.8, y)]), tone, shade=0.35)
            pen.stroke(smooth([(x, y + r), (x, y - r)], closed=False), scaled(tone, 0.6), r * 0.06)
        else:
            with pen.at(x, y, turn=roll.uniform(-20, 20)):
                pen.fill(box(-r * 0.8, -r * 0.8, r * 0.8, r * 0.8, r * 0.1), tone, shade=0.35)
    pen.canvas.restore()
    pen.fill(box(-0.3, -0.25, 0.3, -0.09, 0.02), rgb("#b8904a"), shade=0.25)
    if word:
        label = text_image(word, 64, (0.18, 0.12, 0.06))
        scale = min(0.11 / label.height(), 0.54 / label.width())
        pen.canvas.save()
        pen.canvas.translate(-label.width() * scale / 2, -0.17 - label.height() * scale / 2)
        pen.canvas.scale(scale * math.copysign(1.0, pen.scale), scale)
        pen.canvas.drawImage(label, 0, 0, skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear))
        pen.canvas.restore()


KIND = Kind(paint, size=0.66, width=0.9, faces=False)
