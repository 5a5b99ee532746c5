"""Lettering of the templates: it fits, it is where it was asked for, and its inks differ."""

from __future__ import annotations

import math

import numpy as np
import pytest

from mediakiln.providers.studio.templates.kit import captions
from mediakiln.providers.studio.templates.table import Sitter, Table


def table(width: int = 400, height: int = 200) -> Table:
    """An empty table."""
    return Table(Sitter(np.full((16, 16, 3), 128, np.uint8)), width, height, 1)


def ink_box(on: Table) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is painted."""
    rows, columns = np.where(on.pixels[..., 3] > 40)
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max())


def test_a_line_is_shrunk_until_it_fits() -> None:
    """But never enlarged."""
    size = captions.fitted("HAPPY BIRTHDAY", 80, 200)
    assert captions.measured("HAPPY BIRTHDAY", size) == pytest.approx(200, rel=0.02)
    assert captions.fitted("HI", 20, 500) == 20


def test_a_caption_stays_in_its_room() -> None:
    """Its middle is where it was asked for."""
    on = table()
    captions.caption("Congratulations", 0.5, 0.5, 0.5, captions.BLACK, room=0.6)(on)
    left, top, right, bottom = ink_box(on)
    assert right - left <= 0.62 * 400
    assert (left + right) / 2 == pytest.approx(200, abs=6)
    assert (top + bottom) / 2 == pytest.approx(100, abs=12)


def test_lines_columns_and_arcs_are_laid_out_as_named() -> None:
    """A column keeps its middle, an arc its distance from the centre."""
    down = captions.column("福禄寿", 100, 20, 40)
    assert [round(y - down[0][2]) for _, _, y, _ in down] == [0, 45, 90]
    bent = captions.arc("BIRTHDAY", 0, 0, 300, 30)
    assert bent[0][3] < 0 < bent[-1][3]
    assert all(270 < math.hypot(x, y) < 310 for _, x, y, _ in bent)


@pytest.mark.parametrize(
    "ink", [captions.FOIL, captions.CREAM, captions.STICKER, captions.BLACK, captions.WHITE, captions.STAMPED, captions.NEON]
)
def test_every_ink_draws_latin_and_chinese(ink: captions.Ink) -> None:
    """Both in the one bundled typeface, none of them as nothing."""
    for text in ("Aa", "福"):
        on = table(200, 100)
        captions.block(on.canvas, text, 100, 50, 60, ink)
        assert (on.pixels[..., 3] > 40).mean() > 0.02


def test_two_lines_lie_one_below_the_other() -> None:
    """And around the same middle."""
    on = table(300, 300)
    captions.block(on.canvas, "NEW\nYEAR", 150, 150, 60, captions.BLACK)
    _, top, _, bottom = ink_box(on)
    assert bottom - top > 90
    assert (top + bottom) / 2 == pytest.approx(150, abs=10)
