"""A game's player card in pixel art: frame, portrait before an evening skyline, hearts, bars and a line of text."""

from __future__ import annotations

import numpy as np

from mediakiln.providers.studio.colour import RGB, argb, mix, rgb
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.noise import f32
from mediakiln.providers.studio.stills import Picture
from mediakiln.providers.studio.templates.kit import hard, sitting, voxels
from mediakiln.providers.studio.templates.table import Layer, Table

_HEART = ("01100110", "11111111", "12111111", "11111111", "01111110", "00111100", "00011000")
_STAR = ("0001000", "0011100", "1111111", "0111110", "0111110", "0110110", "1100011")
_NOTE = ("0011111", "0011111", "0010001", "0010001", "0010001", "1110111", "1110111")
_DUSKS: tuple[tuple[str, ...], ...] = (
    ("#2b1d4f", "#4a2a73", "#7f3d8f", "#c2568f", "#f08a7d", "#ffc38a"),
    ("#12244a", "#1f3f74", "#3768a0", "#5f9cc0", "#a7d0cd", "#f5e3b8"),
    ("#2a1f3d", "#543a63", "#8a5a83", "#c98a95", "#eebfa0", "#fbe7bf"),
)
_LETTERS = {
    "A": "0110 1001 1111 1001 1001", "B": "1110 1001 1110 1001 1110", "C": "0111 1000 1000 1000 0111",
    "D": "1110 1001 1001 1001 1110", "E": "1111 1000 1110 1000 1111", "F": "1111 1000 1110 1000 1000",
    "G": "0111 1000 1011 1001 0111", "H": "1001 1001 1111 1001 1001", "I": "111 010 010 010 111",
    "L": "1000 1000 1000 1000 1111", "M": "10001 11011 10101 10001 10001", "N": "1001 1101 1011 1001 1001",
    "O": "0110 1001 1001 1001 0110", "P": "1110 1001 1110 1000 1000", "R": "1110 1001 1110 1010 1001",
    "S": "0111 1000 0110 0001 1110", "T": "111 010 010 010 010", "U": "1001 1001 1001 1001 0110",
    "V": "101 101 101 101 010", "W": "10001 10001 10101 11011 10001", "X": "101 101 010 101 101",
    "Y": "101 101 010 010 010", "0": "0110 1001 1001 1001 0110", "1": "010 110 010 010 111",
    "2": "1110 0001 0110 1000 1111", "3": "1110 0001 0110 0001 1110", "4": "1001 1001 1111 0001 0001",
    "7": "1111 0001 0010 0100 0100", "9": "0110 1001 0111 0001 0110", ".": "0 0 0 0 1", " ": "00 00 00 00 00",
    "-": "000 000 111 000 000",
}  # fmt: skip
_TITLES = ("LOFI HERO", "NIGHT OWL", "RAIN FAN", "TAPE CLUB", "TEA TIME")


class _Board:
    """A grid of squares to draw on, RGBA."""

    def __init__(self, wide: int, tall: int) -> None:
        self.art: Picture = np.zeros((tall, wide, 4), np.uint8)

    def fill(self, x: int, y: int, wide: int, tall: int, tone: RGB) -> None:
        self.art[max(0, y) : max(0, y + tall), max(0, x) : max(0, x + wide)] = _bytes(tone)

    def stamp(self, rows: tuple[str, ...] | list[str], x: int, y: int, tone: RGB) -> None:
        for dy, row in enumerate(rows):
            for dx, mark in enumerate(row):
                if mark != "0" and 0 <= y + dy < self.art.shape[0] and 0 <= x + dx < self.art.shape[1]:
                    self.art[y + dy, x + dx] = _bytes(tone if mark == "1" else mix(tone, (1.0, 1.0, 1.0), 0.75))

    def lay(self, art: Picture, x: int, y: int) -> None:
        rows, columns = min(art.shape[0], self.art.shape[0] - y), min(art.shape[1], self.art.shape[1] - x)
        part, own = self.art[max(0, y) : y + rows, max(0, x) : x + columns], art[max(0, -y) : rows, max(0, -x) : columns]
        part[own[..., 3] > 0] = own[own[..., 3] > 0]

    def text(self, words: str, x: int, y: int, tone: RGB) -> None:
        for letter in words:
            rows = _LETTERS.get(letter, _LETTERS["-"]).split()
            self.stamp(rows, x, y, tone)
            x += len(rows[0]) + 1


def _bytes(tone: RGB) -> tuple[int, int, int, int]:
    r, g, b = (round(255 * c) for c in tone)
    return r, g, b, 255


def _wide(words: str) -> int:
    return sum(len(_LETTERS.get(letter, _LETTERS["-"]).split()[0]) + 1 for letter in words) - 1


def _dusk(wide: int, tall: int, tones: tuple[str, ...], rng: np.random.Generator) -> Picture:
    """An evening sky in few colours with an ordered dither, stars, a large sun and two rows of houses with lit windows."""
    bayer = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16
    pattern = np.tile(bayer, (tall // 4 + 1, wide // 4 + 1))[:tall, :wide]
    level = np.linspace(0, len(tones) - 1.01, tall, dtype=np.float32)[:, None]
    index = np.floor(level + pattern).astype(int).clip(0, len(tones) - 1)
    palette = np.array([_bytes(rgb(tone)) for tone in tones], np.uint8)
    art = palette[index]
    for _ in range(wide * tall // 130):
        art[int(rng.integers(0, tall // 2)), int(rng.integers(0, wide))] = (255, 246, 220, 255)
    y, x = np.mgrid[0:tall, 0:wide].astype(np.float32)
    sun = np.hypot(x - wide * 0.72, y - tall * 0.42) < min(wide, tall) * 0.17
    gaps = (y % 5 >= 4) & (y > tall * 0.42)
    art[sun & ~gaps] = _bytes(mix(rgb(tones[-1]), (1.0, 0.98, 0.85), 0.5))
    for low, share in ((0.58, 0.5), (0.7, 0.2)):
        at = 0
        while at < wide:
            across, up = int(rng.integers(4, 9)), int(tall * (low + rng.uniform(-0.09, 0.09)))
            art[up:, at : at + across] = _bytes(mix(rgb(tones[0]), rgb(tones[2]), share))
            for row in range(up + 2, tall, 3):
                for column in range(at + 1, min(wide, at + across - 1), 2):
                    if rng.random() < 0.3:
                        art[row, column] = _bytes(rgb("#ffd98a"))
            at += across
    return np.asarray(art, np.uint8)


def card(share: float = 0.9) -> Layer:
    """A player card with the sitter as its pixel portrait, a little aslant, with a glossy face and its shadow on the table."""

    def layer(table: Table) -> None:
        roll, rng = table.dice("card"), table.rng("card")
        upright = table.height >= 0.8 * table.width
        wide, tall = (84, 116) if upright else (132, 84)
        square = max(2.0, int(2 * share * min(table.width / wide, table.height / tall)) / 2)
        board = _drawn(table, wide, tall, upright, roll.choice(_DUSKS), rng, roll.choice(_TITLES), roll.randrange(1, 4))
        x, y = table.width / 2 - wide * square / 2, table.height / 2 - tall * square / 2
        canvas, radius = table.canvas, 3.0 * square
        path = hard.box(table.width / 2, table.height / 2, wide * square, tall * square, radius)
        canvas.save()
        canvas.rotate(roll.uniform(-6, 6), table.width / 2, table.height / 2)
        part = hard.shape(path, 2 * square)
        hard.dropped(table, part, 5 * square, 0.5)
        canvas.save()
        canvas.translate(0.7 * square, 1.1 * square)
        hard.filled(canvas, path, (0.78, 0.76, 0.8))
        canvas.restore()
        canvas.save()
        canvas.clipPath(path, skia.ClipOp.kIntersect, True)
        voxels.squares(canvas, board, x, y, square)
        _glossy(table, x, y, wide * square, tall * square, square)
        canvas.restore()
        hard.traced(canvas, path, (1.0, 1.0, 1.0), 0.35 * square, 0.5)
        canvas.restore()

    return layer


def _drawn(
    table: Table, wide: int, tall: int, upright: bool, dusk: tuple[str, ...], rng: np.random.Generator, title: str, level: int
) -> Picture:
    """The card's squares."""
    board = _Board(wide, tall)
    dark, accent, paper = rgb(dusk[0]), rgb(dusk[3]), mix(rgb(dusk[-1]), (1.0, 1.0, 1.0), 0.55)
    board.fill(0, 0, wide, tall, mix(dark, (0.0, 0.0, 0.0), 0.15))
    board.fill(1, 1, wide - 2, tall - 2, paper)
    board.fill(3, 3, wide - 6, tall - 6, mix(paper, accent, 0.22))
    # The picture to the upper or left side, what is known of the player below or beside it.
    px, py, pw, ph = (6, 15, wide - 12, 66) if upright else (6, 15, 70, tall - 21)
    board.text(title, 6, 6, dark)
    rank = f"LV.{rng.choice(list('123')):s}{rng.choice(list('0123479')):s}"
    board.text(rank, wide - 6 - _wide(rank), 6, accent)
    board.fill(px - 1, py - 1, pw + 2, ph + 2, dark)
    scene = _dusk(pw, ph, dusk, rng)
    board.lay(scene, px, py)
    window = _Board(pw, ph)
    if table.sitter.whole:
        art = voxels.pixelled(_middle(table.sitter.cut, pw / ph), pw, ph, 28)
        window.lay(art, (pw - art.shape[1]) // 2, (ph - art.shape[0]) // 2)
    else:
        art = voxels.framed(voxels.pixelled(table.sitter.cut, pw - 8, ph - 6, 24), mix(dark, (0, 0, 0), 0.35))
        foot = ph + 1 - art.shape[0] if sitting.is_bust(table.sitter.cut) else ph - 3 - art.shape[0]
        window.lay(art, (pw - art.shape[1]) // 2, max(-1, foot))
    board.lay(window.art, px, py)
    left, top = (6, py + ph + 4) if upright else (px + pw + 6, py)
    _facts(board, left, top, wide - 6 - left, upright, dark, accent, rng, level)
    return board.art


def _middle(cut: Picture, ratio: float) -> Picture:
    height, width = cut.shape[:2]
    keep_x, keep_y = min(width, round(height * ratio)), min(height, round(width / ratio))
    x, y = (width - keep_x) // 2, (height - keep_y) // 3
    return cut[y : y + keep_y, x : x + keep_x]


def _facts(
    board: _Board, x: int, y: int, wide: int, upright: bool, dark: RGB, accent: RGB, rng: np.random.Generator, level: int
) -> None:
    """Hearts, two bars, and a row of treasures."""
    for index in range(5):
        board.stamp(_HEART, x + 9 * index, y, rgb("#e8506a") if index < 5 - level + 1 else mix(dark, (1.0, 1.0, 1.0), 0.6))
    bars = (
        (("HP", rgb("#6fbf73")), ("XP", rgb("#f2b84b")))
        if upright
        else (("HP", rgb("#6fbf73")), ("XP", rgb("#f2b84b")), ("FX", accent))
    )
    for row, (name, tone) in enumerate(bars):
        up = y + 11 + 9 * row
        length = wide - 12
        board.text(name, x, up, dark)
        board.fill(x + 11, up - 1, length + 1, 7, dark)
        board.fill(x + 12, up, length - 1, 5, mix(dark, (1.0, 1.0, 1.0), 0.72))
        full = int((length - 1) * rng.uniform(0.45, 0.95))
        board.fill(x + 12, up, full, 5, tone)
        board.fill(x + 12, up, full, 1, mix(tone, (1.0, 1.0, 1.0), 0.5))
    if upright:
        board.stamp(_STAR, x + wide - 18, y, rgb("#f2b84b"))
        board.stamp(_NOTE, x + wide - 8, y, accent)
    else:
        for index, (rows, tone) in enumerate(((_STAR, rgb("#f2b84b")), (_NOTE, accent), (_HEART, rgb("#e8506a")))):
            board.stamp(rows, x + 12 * index, y + 42, tone)
        board.text("STAY COSY", x, y + 55, mix(dark, accent, 0.4))


def _glossy(table: Table, x: float, y: float, wide: float, tall: float, square: float) -> None:
    """Fine scan lines and a slanting gleam."""
    line = skia.Paint(Color=argb((0.0, 0.0, 0.0), 0.07))
    for row in range(int(tall / square)):
        table.canvas.drawRect(skia.Rect.MakeXYWH(x, y + (row + 0.72) * square, wide, 0.28 * square), line)
    ends = [skia.Point(x, y), skia.Point(x + wide, y + 0.55 * tall)]
    tones = [argb((1.0, 1.0, 1.0), alpha) for alpha in (0.24, 0.1, 0.0, 0.0, 0.13, 0.0, 0.0)]
    gleam = skia.GradientShader.MakeLinear(ends, tones, [0.0, 0.2, 0.36, 0.5, 0.58, 0.68, 1.0])
    table.canvas.drawRect(skia.Rect.MakeXYWH(x, y, wide, tall), skia.Paint(Shader=gleam))


def desk() -> Layer:
    """A dusky desk in the light of a lamp and a purple screen, with a soft check of squares."""

    def layer(table: Table) -> None:
        x, y = table.sheet.grid()
        lamp = np.exp(-(((x / f32(table.width) - f32(0.15)) ** 2 + (y / f32(table.height) - f32(0.05)) ** 2) / f32(0.35)))
        glow = np.exp(-(((x / f32(table.width) - f32(0.95)) ** 2 + (y / f32(table.height) - f32(0.9)) ** 2) / f32(0.3)))
        check = ((np.floor(x / f32(table.u * 0.05)) + np.floor(y / f32(table.u * 0.05))) % 2).astype(np.float32)
        base = f32((0.3, 0.25, 0.38)) * (f32(0.95) + f32(0.06) * check)[..., None]
        field = base + lamp[..., None] * f32((0.5, 0.34, 0.24)) + glow[..., None] * f32((0.2, 0.1, 0.38))
        table.sheet.paste(np.asarray(field, np.float32))

    return layer
