"""Query parameters: what is read, and that everything else is told with what is allowed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakiln.errors import InvalidRequest
from mediakiln.web.queries import flag, page, whole


@pytest.mark.parametrize(("value", "number"), [(None, 20), ("", 20), ("1", 1), ("100", 100), ("007", 7)])
def test_whole_numbers(value: str | None, number: int) -> None:
    """Within the bounds, both included; absent or empty is the default."""
    assert whole("limit", value, 20, 1, 100) == number


@pytest.mark.parametrize(
    "value", ["0", "101", "-1", "+5", "1.0", "1e2", " 5", "5 ", "five", "٥", "²", "0x10", "1_0", "9" * 5_000]
)
def test_numbers_that_are_refused(value: str) -> None:
    """Out of bounds or no plain number: the field, what was got (shortened) and what is allowed."""
    with pytest.raises(InvalidRequest) as refused:
        whole("limit", value, 20, 1, 100)
    assert refused.value.field == "limit"
    assert str(refused.value).endswith("; allowed: 1 to 100")
    assert len(str(refused.value)) < 150


@given(value=st.text(max_size=15), low=st.integers(0, 50), more=st.integers(0, 10**9))
def test_whatever_is_sent(value: str, low: int, more: int) -> None:
    """The answer is the default, a number within the bounds, or an InvalidRequest; nothing else ever comes out."""
    try:
        number = whole("n", value, -1, low, low + more)
    except InvalidRequest:
        return
    assert (number == -1) if value == "" else (low <= number <= low + more and number == int(value))


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        ("true", True),
        ("True", True),
        ("TRUE", True),
        ("1", True),
        ("yes", True),
        ("false", False),
        ("False", False),
        ("0", False),
    ],
)
@pytest.mark.parametrize("default", [False, True])
def test_flags(value: str, *, truth: bool, default: bool) -> None:
    """As JavaScript, Python and people write them, whatever the default."""
    assert flag("permanent", value, default=default) is truth


@pytest.mark.parametrize("value", [None, ""])
def test_flags_that_are_not_sent(value: str | None) -> None:
    """Absent or empty is the default."""
    assert flag("permanent", value) is False
    assert flag("permanent", value, default=True) is True


@pytest.mark.parametrize("value", ["2", "on", "tru", " true", "ture", "none", "\0"])
def test_flags_that_are_refused(value: str) -> None:
    """Nothing is guessed: what deletes for ever must be meant."""
    with pytest.raises(InvalidRequest, match="allowed: true, false") as refused:
        flag("permanent", value)
    assert refused.value.field == "permanent"


def test_pages() -> None:
    """20 from the start by default, at most 100 or what the list allows."""
    assert page(None, None) == (20, 0)
    assert page("100", "1000000000") == (100, 10**9)
    assert page("500", "3", most=500) == (500, 3)
    for limit, offset, field in (
        ("101", None, "limit"),
        ("0", None, "limit"),
        (None, "-1", "offset"),
        (None, "1000000001", "offset"),
    ):
        with pytest.raises(InvalidRequest) as refused:
            page(limit, offset)
        assert refused.value.field == field
