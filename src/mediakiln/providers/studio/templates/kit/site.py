"""A building site in miniature around the sitter, on a model-maker's bench."""

from __future__ import annotations

from functools import partial

from mediakiln.providers.studio.colour import RGB, mix, rgb, scaled
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.templates.kit import captions, grounds, sitting
from mediakiln.providers.studio.templates.kit.hard import box, filled, moulded, oval, ramped, shape, traced
from mediakiln.providers.studio.templates.kit.workmen import bucket, cone, crane, ladder, person, scaffold
from mediakiln.providers.studio.templates.table import Table

_VESTS = (rgb("#f28c28"), rgb("#e8d23a"), rgb("#3f7fc0"), rgb("#d8503f"))
_HELMETS = (rgb("#ffd23f"), rgb("#ffffff"), rgb("#f2683c"), rgb("#4fa3e0"))


def _place(table: Table) -> tuple[float, float, float, float]:
    """The foot (x, y) of the sitter, the room for it."""
    u = table.u
    tall = min(0.66 * table.height, 1.1 * u)
    return table.width / 2, table.height / 2 + 0.5 * tall + 0.0 * u, min(0.6 * table.width, 0.95 * u), 0.92 * tall


def _guest(table: Table) -> sitting.Figure:
    guest = sitting.stood(table, *_place(table))
    return sitting.treated(guest, sitting.soft_foot)


def bench(table: Table) -> None:
    """A workbench, its far edge behind the mat."""
    _, foot, _, _ = _place(table)
    grounds.table_top(rgb("#b98a5a"), (foot - 0.24 * table.u) / table.height)(table)


def cutting_mat(table: Table) -> None:
    """A cutting mat in perspective on the bench, its grid in inches."""
    x, foot, _, _ = _place(table)
    u, canvas = table.u, table.canvas
    near, far = min(1.1 * table.width, 1.7 * u), min(0.84 * table.width, 1.2 * u)
    low, high = min(foot + 0.2 * u, table.height * 0.985), foot - 0.17 * u
    mat = _quad(x, low, high, near, far)
    filled(canvas, _shift(mat, 0.01 * u), (0, 0, 0), 0.5, 0.012 * u)
    filled(canvas, _shift(mat, 0.006 * u), rgb("#1e4a42"))
    ramped(canvas, mat, (rgb("#3f8f7d"), rgb("#2d7264")), (x, high), (x, low))
    count = 16
    for index in range(1, count):
        share = index / count - 0.5
        line = skia.Path().moveTo(x + share * near, low).lineTo(x + share * far, high)
        traced(canvas, line, rgb("#cfeadf"), (0.0022 if index % 4 else 0.004) * u, 0.5)
    for index in range(1, 9):
        t = 1 / (1 + 0.16 * index)
        t = (t - 1 / (1 + 0.16 * 9)) / (1 - 1 / (1 + 0.16 * 9))
        y, wide = high + t * (low - high), far + t * (near - far)
        traced(canvas, skia.Path().moveTo(x - wide / 2, y).lineTo(x + wide / 2, y), rgb("#cfeadf"), 0.0022 * u, 0.5)


def _quad(x: float, low: float, high: float, near: float, far: float) -> skia.Path:
    path = skia.Path()
    path.addPoly(
        [
            skia.Point(x - far / 2, high),
            skia.Point(x + far / 2, high),
            skia.Point(x + near / 2, low),
            skia.Point(x - near / 2, low),
        ],
        True,
    )
    return path


def _shift(path: skia.Path, down: float) -> skia.Path:
    moved = skia.Path(path)
    moved.offset(0, down)
    return moved


def plinth(table: Table) -> None:
    """The block the great figure stands on."""
    guest, u = _guest(table), table.u
    wide = max(0.3 * u, 1.06 * guest.width)
    part = shape(box(guest.x, guest.foot + 0.02 * u, wide, 0.055 * u, 0.01 * u), 0.008 * u)
    sitting.contact(table, guest.x + 0.06 * u, guest.foot + 0.05 * u, 1.3 * wide, 0.6, 0.14)
    moulded(table, part, rgb("#d9d2c4"), 0.1, 0.2, 0.8)
    top = _quad(guest.x, guest.foot - 0.004 * u, guest.foot - 0.04 * u, wide, 0.94 * wide)
    ramped(table.canvas, top, (rgb("#f3eee4"), rgb("#dcd5c8")), (guest.x - wide / 2, 0), (guest.x + wide / 2, 0))


def hoist(table: Table) -> None:
    """The crane at the back."""
    guest, u = _guest(table), table.u
    reach = 0.62 * guest.width + 0.2 * u
    x = max(0.24 * reach + 0.02 * u, guest.left - 0.12 * u)
    tall = min(guest.height + 0.16 * u, guest.foot - 0.1 * u)
    hook = crane(table, x, guest.foot - 0.02 * u, tall, min(reach, 0.8 * table.width - x), 0.07 * u)
    plate = shape(box(hook[0], hook[1] + 0.055 * u, 0.1 * u, 0.045 * u, 0.008 * u), 0.008 * u)
    traced(
        table.canvas,
        skia.Path()
        .moveTo(hook[0] - 0.04 * u, hook[1] + 0.035 * u)
        .lineTo(hook[0], hook[1] + 0.012 * u)
        .lineTo(hook[0] + 0.04 * u, hook[1] + 0.035 * u),
        (0.2, 0.2, 0.24),
        0.003 * u,
    )
    r, g, b = table.sitter.tones[0]
    moulded(table, plate, (r / 255, g / 255, b / 255), 0.2, 0.5)


def statue(table: Table) -> None:
    """The sitter as a painted model."""
    guest = sitting.treated(_guest(table), sitting.toy(0.16, 0.28, 0.8), partial(sitting.rim_lit, amount=0.45))
    sitting.cast(table, guest, 0.5, 0.12, 0.4)
    sitting.contact(table, guest.x, guest.foot - 0.004 * table.u, 0.95 * guest.width, 0.5, 0.12)
    sitting.lay(table, guest)


def _worker(table: Table, x: float, y: float, tall: float, number: int, pose: str, flip: bool = False) -> None:
    person(table, x, y, tall, _VESTS[number % 4], pose, _HELMETS[(number + table.seed) % 4], flip)


def scaffolding(table: Table) -> None:
    """Scaffold at the right, ladder at the left, and the men at their work."""
    guest, u = _guest(table), table.u
    man = 0.085 * u
    floors = max(2, min(5, round(0.72 * guest.height / (1.7 * man))))
    left = min(guest.left + guest.width - 0.02 * u, table.width - 0.3 * u)
    boards = scaffold(table, left, guest.foot + 0.03 * u, 0.22 * u, floors * 1.7 * man, floors)
    for index, height in enumerate(boards):
        pose = ("paint", "stand", "point", "paint", "carry")[index % 5]
        _worker(table, left + (0.06 + 0.09 * (index % 2)) * u, height - 0.006 * u, man, index, pose, True)
    head_y = guest.top + 0.42 * guest.height
    inner = _edge(guest, head_y)
    foot_x = max(0.1 * u, inner - 0.17 * u)
    ladder(table, (foot_x, guest.foot + 0.045 * u), (inner + 0.015 * u, head_y), 0.05 * u)
    t = 0.52
    _worker(
        table,
        foot_x + t * (inner + 0.015 * u - foot_x) - 0.012 * u,
        guest.foot + 0.045 * u + t * (head_y - guest.foot - 0.045 * u),
        man,
        1,
        "climb",
    )


def _edge(guest: sitting.Figure, y: float) -> float:
    """The x of the sitter's left outline at the height `y`."""
    row = guest.alpha[min(guest.height - 1, max(0, round(y - guest.top)))] > 128
    return float(guest.left + (row.argmax() if row.any() else 0))


def foreground(table: Table) -> None:
    """The near edge of the site: a barrow of paint, cones, buckets, planks, a man with a plan, a tape and a brush of our size."""
    guest, u = _guest(table), table.u
    man, y = 0.1 * u, min(guest.foot + 0.12 * u, 0.95 * table.height)
    roll = table.dice("before")
    tones = [(r / 255, g / 255, b / 255) for r, g, b in table.sitter.tones]
    _planks(table, guest.x + 0.1 * u, y - 0.005 * u, 0.2 * u)
    _worker(table, guest.x - 0.13 * u, y, man, 2, "point")
    _worker(table, guest.x - 0.2 * u, y + 0.012 * u, man, 3, "stand")
    _worker(table, guest.x + 0.34 * u, y - 0.01 * u, man, 0, "push", True)
    _barrow(table, guest.x + 0.26 * u, y - 0.01 * u, 0.07 * u, tones[0])
    for index in range(3):
        bucket(table, guest.x - (0.3 + 0.05 * index) * u, y - 0.01 * u + 0.012 * u * (index % 2), 0.036 * u, tones[index])
    for side in (-0.44, 0.44, 0.02):
        cone(table, guest.x + side * u + roll.uniform(-0.02, 0.02) * u, y + (0.012 if side == 0.02 else -0.03) * u, 0.05 * u)
    sign = box(guest.x - 0.02 * u, y - 0.05 * u, 0.13 * u, 0.05 * u, 0.006 * u)
    filled(table.canvas, box(guest.x - 0.02 * u, y - 0.02 * u, 0.006 * u, 0.05 * u, 0), rgb("#6d5a44"))
    filled(table.canvas, sign, rgb("#ffd23f"))
    traced(table.canvas, sign, (0.1, 0.1, 0.1), 0.003 * u)
    words = roll.choice(("AT WORK", "BUILDING", "WET PAINT"))
    captions.block(
        table.canvas, words, guest.x - 0.02 * u, y - 0.05 * u, captions.fitted(words, 0.026 * u, 0.115 * u), captions.BLACK
    )


def _planks(table: Table, x: float, y: float, wide: float) -> None:
    for row, count in enumerate((3, 2)):
        for index in range(count):
            part = box(x + 0.04 * wide * row, y - 0.07 * wide * row - 0.035 * wide * index, wide, 0.06 * wide, 0.01 * wide)
            ramped(table.canvas, part, (rgb("#f0cf98"), rgb("#b5843f")), (x, y - 0.14 * wide), (x, y + 0.03 * wide))
            traced(table.canvas, part, rgb("#7a5426"), 0.006 * wide, 0.6)


def _barrow(table: Table, x: float, y: float, tall: float, load: RGB) -> None:
    """A wheelbarrow full of paint."""
    canvas = table.canvas
    sitting.contact(table, x, y, 1.6 * tall, 0.5, 0.24)
    heap = oval(x, y - 0.66 * tall, 1.0 * tall, 0.4 * tall)
    ramped(
        canvas, heap, (mix(load, (1, 1, 1), 0.4), scaled(load, 0.7)), (x - 0.4 * tall, y - tall), (x + 0.4 * tall, y - 0.4 * tall)
    )
    tray = skia.Path()
    tray.addPoly(
        [skia.Point(x + a * tall, y + b * tall) for a, b in ((-0.62, -0.66), (0.55, -0.66), (0.34, -0.26), (-0.36, -0.26))], True
    )
    ramped(canvas, tray, (rgb("#58b368"), rgb("#2c6e3a")), (x - 0.5 * tall, y - 0.7 * tall), (x + 0.5 * tall, y - 0.2 * tall))
    traced(
        canvas,
        skia.Path().moveTo(x - 0.4 * tall, y - 0.24 * tall).lineTo(x + 0.95 * tall, y - 0.5 * tall),
        (0.25, 0.25, 0.3),
        0.06 * tall,
    )
    traced(canvas, skia.Path().moveTo(x + 0.3 * tall, y - 0.3 * tall).lineTo(x + 0.36 * tall, y), (0.25, 0.25, 0.3), 0.05 * tall)
    filled(canvas, oval(x - 0.46 * tall, y - 0.15 * tall, 0.32 * tall, 0.32 * tall), (0.12, 0.12, 0.14))
    filled(canvas, oval(x - 0.46 * tall, y - 0.15 * tall, 0.14 * tall, 0.14 * tall), (0.75, 0.76, 0.8))


def brush(table: Table) -> None:
    """A real paint brush across the near corner, which tells how small everything is."""
    x, foot, _, _ = _place(table)
    u, canvas = table.u, table.canvas
    canvas.save()
    canvas.translate(x + min(0.4 * table.width, 0.62 * u), min(foot + 0.25 * u, 0.985 * table.height))
    canvas.rotate(-12)
    r, g, b = table.sitter.tones[1]
    tone = (r / 255, g / 255, b / 255)
    filled(canvas, box(0.02 * u, 0.03 * u, 0.7 * u, 0.035 * u, 0.017 * u), (0, 0, 0), 0.4, 0.012 * u)
    ramped(
        canvas, box(0.16 * u, 0, 0.5 * u, 0.034 * u, 0.017 * u), (rgb("#e6b878"), rgb("#9a6632")), (0, -0.017 * u), (0, 0.017 * u)
    )
    ramped(
        canvas,
        box(-0.13 * u, 0, 0.1 * u, 0.036 * u, 0.004 * u),
        (rgb("#f5f6f8"), rgb("#8a8f98"), rgb("#d5d8dd")),
        (0, -0.018 * u),
        (0, 0.018 * u),
    )
    tip = skia.Path()
    tip.moveTo(-0.18 * u, -0.018 * u).cubicTo(-0.22 * u, -0.03 * u, -0.26 * u, -0.012 * u, -0.3 * u, 0.004 * u)
    tip.cubicTo(-0.26 * u, 0.016 * u, -0.22 * u, 0.028 * u, -0.18 * u, 0.018 * u)
    ramped(canvas, tip, (mix(tone, (1, 1, 1), 0.35), scaled(tone, 0.6)), (0, -0.02 * u), (0, 0.02 * u))
    canvas.restore()
