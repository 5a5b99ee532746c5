"""Lettering: it is seen, it fits, and what no font has is shown as missing."""

from __future__ import annotations

import numpy as np
import pytest

from mediakiln.providers.studio.lettering import measured, text_image
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.scene import Scene


def shot(text: str, size: tuple[int, int] = (240, 160), time: str = "day") -> np.ndarray:
    return Painter(Scene("x", 3, "desert", time, lettering=text), *size).frame(0.0).astype(int)


@pytest.mark.parametrize("text", ["HELLO", "你好", "A", "a much longer line of words"])
def test_words_stand_inside_the_upper_half(text: str) -> None:
    for size in ((240, 160), (120, 200)):
        changed = np.abs(shot(text, size) - shot("", size)).sum(axis=2) > 90
        rows, columns = np.nonzero(changed)
        assert changed.mean() > 0.001
        assert rows.max() < size[1] * 0.62
        assert columns.min() > 0
        assert columns.max() < size[0] - 1


def test_different_words_look_different() -> None:
    """Also where no font has the characters: the frame bears the character's number."""
    assert not np.array_equal(shot("你"), shot("好"))
    assert not np.array_equal(shot("\U000e0100"), shot(""))


def test_night_glows() -> None:
    glow = shot("BAR", time="night") - shot("", time="night")
    assert glow[..., 0].sum() > glow[..., 1].sum()


def test_pictures_of_text_have_its_width() -> None:
    assert text_image("WIDE", 20, (0, 0, 0)).width() == pytest.approx(measured("WIDE", 20) + 4, abs=1)
