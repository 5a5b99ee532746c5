"""Lettering: it is seen, it fits, it does not depend on the machine's fonts, and what no font has is shown as missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mediakiln.providers.studio import lettering
from mediakiln.providers.studio.lettering import measured, text_image
from mediakiln.providers.studio.painter import Painter
from mediakiln.providers.studio.scene import Scene


def shot(text: str, size: tuple[int, int] = (240, 160), time: str = "day") -> np.ndarray:
    return Painter(Scene("x", 3, "desert", time, lettering=text), *size).frame(0.0).astype(int)


@pytest.mark.parametrize("text", ["HELLO", "你好", "A", "a much longer line of words", "春眠不觉晓，处处闻啼鸟"])
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


@pytest.mark.parametrize("text", ["福夜市囍", "繁體龍鬱", "カフェひらがな桜", "한글", "Größe ÉÑ", "Привет", "「」…￥€♥★→"])
def test_the_studio_has_its_own_letters(text: str) -> None:
    """Simplified and traditional Chinese, kana, Korean, Latin with accents, Cyrillic and signs."""
    own = lettering._bundled()
    assert all(lettering._face(character) is own for character in text if character != " ")


def test_words_are_the_same_on_a_machine_without_fonts(tmp_path: Path) -> None:
    """Pixel for pixel; there is not even one family there."""
    (tmp_path / "fonts.conf").write_text("<fontconfig></fontconfig>")
    code = """
import sys
from mediakiln.providers.studio.graphics import skia
from mediakiln.providers.studio.lettering import text_image
print(skia.FontMgr().countFamilies())
sys.stdout.flush()
sys.stdout.buffer.write(text_image("福 Cat", 40, (1, 0, 0)).tobytes())
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}
    ran = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    families, pixels = ran.stdout.split(b"\n", 1)
    assert families == b"0"
    assert pixels == text_image("福 Cat", 40, (1, 0, 0)).tobytes()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("OPEN", ["OPEN"]),
        ("summer sale begins today", ["summer sale", "begins today"]),
        ("春眠不觉晓，处处闻啼鸟", ["春眠不觉晓，", "处处闻啼鸟"]),
        ("人生若只如初见何事秋风悲画扇", ["人生若只如初见", "何事秋风悲画扇"]),
        ("Incomprehensibilities", ["Incomprehensibilities"]),
        ("one\ntwo", ["one", "two"]),
    ],
)
def test_long_lines_are_broken_where_a_reader_would(text: str, lines: list[str]) -> None:
    """At spaces and pauses, between Chinese characters, never inside a Latin word; and as large as the room allows."""
    found, size = lettering.lines_of(text, 60, 300)
    assert found == lines
    assert max(measured(line, size) for line in found) <= 300 + 1e-6


def test_night_glows() -> None:
    glow = shot("BAR", time="night") - shot("", time="night")
    assert glow[..., 0].sum() > glow[..., 1].sum()


def test_pictures_of_text_have_its_width() -> None:
    assert text_image("WIDE", 20, (0, 0, 0)).width() == pytest.approx(measured("WIDE", 20) + 4, abs=1)
