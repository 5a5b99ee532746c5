"""File names from strangers."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakiln.assets.names import LONGEST, clean_filename, unique, with_extension


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("cat.png", "cat.png"),
        ("Käse 猫 (1).png", "Käse 猫 (1).png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\cat.png", "cat.png"),
        ("a/b/", "image.png"),
        (" .. ", "image.png"),
        ("", "image.png"),
        (None, "image.png"),
        ("a\x00b\r\nc.png", "abc.png"),
        ("gnp.\u202eexe.png", "gnp.exe.png"),
        ("e\u0301.png", "é.png"),
        ("\ud800.png", "png"),
        ("x" * 300 + ".png", "x" * 251 + ".png"),
        ("." + "x" * 300, "x" * 255),
    ],
)
def test_clean_filename(name: str | None, cleaned: str) -> None:
    """No path, nothing invisible, not too long, never empty."""
    assert clean_filename(name, "image.png") == cleaned


@given(st.text())
def test_clean_filename_of_anything(name: str) -> None:
    """Whatever comes in, a database and a header can bear it."""
    cleaned = clean_filename(name, "file")
    assert 1 <= len(cleaned) <= LONGEST
    assert not {"/", "\\"} & set(cleaned)
    assert not [sign for sign in cleaned if unicodedata.category(sign).startswith("C")]
    assert cleaned not in (".", "..")
    cleaned.encode()


@pytest.mark.parametrize(
    ("name", "media_type", "given_name"),
    [
        ("cat.png", "image/png", "cat.png"),
        ("cat.JPEG", "image/jpeg", "cat.JPEG"),
        ("cat.png", "image/webp", "cat.webp"),
        ("cat", "image/png", "cat.png"),
        ("cat.html", "image/png", "cat.html.png"),
        ("v1.2", "video/mp4", "v1.2.mp4"),
        ("x" * 255, "image/png", "x" * 251 + ".png"),
    ],
)
def test_with_extension(name: str, media_type: str, given_name: str) -> None:
    """A saved file opens as what it is, whatever it was called."""
    assert with_extension(name, media_type) == given_name


@given(st.lists(st.sampled_from(["a.png", "A.png", "a (2).png", "a", "a (2)", ".png"]), max_size=12))
def test_unique(names: list[str]) -> None:
    """As many names as came in, no two alike on a disk that knows no case."""
    got = list(unique(names))
    assert len({name.casefold() for name in got}) == len(names)
    assert got[:1] == names[:1]


def test_unique_counts() -> None:
    """The second of a name is number 2."""
    assert list(unique(["a.png", "a.png", "b.png", "A.png"])) == ["a.png", "a (2).png", "b.png", "A (3).png"]
