"""The headers of a file that is to be saved."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakiln.web.downloads import attachment


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("cat.png", "attachment; filename=\"cat.png\"; filename*=UTF-8''cat.png"),
        ('a"b\\c.png', "attachment; filename=\"a_b_c.png\"; filename*=UTF-8''a%22b%5Cc.png"),
        ("猫 1.png", "attachment; filename=\"_ 1.png\"; filename*=UTF-8''%E7%8C%AB%201.png"),
        ("50%25.png", "attachment; filename=\"50_25.png\"; filename*=UTF-8''50%2525.png"),
    ],
)
def test_names(name: str, header: str) -> None:
    """As it is in the extended form, and without anything a parser might stumble over in the plain one."""
    assert attachment(name)["Content-Disposition"] == header


@given(st.text(st.characters(blacklist_categories=["Cs"]), min_size=1))
def test_any_name(name: str) -> None:
    """No name can leave its quotes or its header, and every name comes back."""
    header = attachment(name)["Content-Disposition"]
    found = re.fullmatch(
        r"attachment; filename=\"[^\"\\%\x00-\x1f\x7f-\U0010ffff]*\"; filename\*=UTF-8''([A-Za-z0-9%._~-]*)", header
    )
    assert found is not None
    assert unquote(found[1]) == name


def test_a_browser_shows_nothing() -> None:
    """Saved, not shown: no guessing of types, no scripts."""
    headers = attachment("x.png")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("sandbox")
