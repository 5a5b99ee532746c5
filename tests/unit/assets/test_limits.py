"""What a file has to be beside being readable: bounds are allowed, one more is not."""

from __future__ import annotations

import pytest

from mediakiln.assets.limits import LIMITS, MIB, Limits, check_inline
from mediakiln.errors import FetchFailed

PNG = ("image/png", 1_000, 320, 320, None)


@pytest.mark.parametrize(
    ("kind", "probed", "reason"),
    [
        ("image", PNG, ""),
        ("image", ("image/png", 30 * MIB - 1, 300, 750, None), ""),
        ("image", ("image/png", 30 * MIB, 320, 320, None), "got a file of 31457280 bytes; allowed: less than 31457280"),
        ("image", ("image/avif", 1_000, 320, 320, None), "got image/avif; allowed: image/jpeg, image/png"),
        ("image", ("image/png", 1_000, 299, 320, None), "got 299x320 pixels; allowed: 300 to 6000 on each side"),
        ("image", ("image/png", 1_000, 300, 751, None), "got 300x751 pixels; allowed: a width of 0.4 to 2.5 times the height"),
        ("video", ("video/mp4", 50 * MIB - 1, 320, 320, 2.0), ""),
        ("video", ("video/mp4", 1_000, 320, 320, 15.1), ""),
        ("video", ("video/mp4", 50 * MIB, 320, 320, 2.0), "got a file of 52428800 bytes; allowed: less than 52428800"),
        ("video", ("video/mp4", 1_000, 320, 320, 1.5), "got 1.5 seconds; allowed: 2 to 15 seconds"),
        ("video", ("video/webm", 1_000, 320, 320, 2.0), "got video/webm; allowed: video/mp4, video/quicktime"),
        ("audio", ("audio/wav", 15 * MIB - 1, 0, 0, 15.0), ""),
        ("audio", ("audio/wav", 15 * MIB, 0, 0, 15.0), "got a file of 15728640 bytes; allowed: less than 15728640"),
        ("audio", ("audio/wav", 1_000, 0, 0, 15.5), "got 15.5 seconds; allowed: 2 to 15 seconds"),
    ],
)
def test_limits(kind: str, probed: tuple[str, int, int, int, float | None], reason: str) -> None:
    """By the kind of file; the error names the field it was asked to."""
    if not reason:
        LIMITS[kind].check(*probed, field="x")
        return
    with pytest.raises(FetchFailed) as refused:
        LIMITS[kind].check(*probed, field="x")
    assert (refused.value.field, refused.value.detail[: len(reason)]) == ("x", reason)


def test_inline() -> None:
    """A `data:` URI is measured by its length; anything else, and whatever has no limit, passes."""
    limits = Limits(("image/png",), below=3_000)
    check_inline("data:image/png;base64," + "A" * 4_000, limits)
    check_inline("data:image/png;base64," + "A" * 40_000, None)
    check_inline("data:image/png;base64," + "A" * 40_000, Limits(("image/png",)))
    check_inline("https://example.com/" + "a" * 40_000, limits)
    with pytest.raises(FetchFailed, match="allowed: less than 3000"):
        check_inline("data:image/png;base64," + "A" * 5_000, limits)
