"""What the words choose: lengths and shapes, in English and Chinese."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakiln.catalog import pace

LENGTHS = tuple(range(4, 16))
RATIOS = ("16:9", "4:3", "1:1", "3:4", "9:16", "21:9")


@pytest.mark.parametrize(
    ("prompt", "seconds"),
    [
        ("a cat", 5),
        ("a cat, 8 seconds", 8),
        ("an 8-second clip of waves", 8),
        ("ten seconds of rain", 10),
        ("一只猫在跑步，12秒", 12),
        ("a 60 second advert", 15),
        ("1s", 4),
        ("in the 1990s, a boy", 5),
        ("a cat wakes, then stretches, then jumps off the sofa", 9),
        ("一只猫醒来，然后伸懒腰，最后跳下沙发", 9),
        ("slow motion of a drop", 7),
        ("a quick blink", 4),
        ('a man says "' + "word " * 30 + '"', 13),
    ],
)
def test_a_length_follows_from_the_words(prompt: str, seconds: int) -> None:
    """What is said outright counts, then turns, pace and dialogue."""
    assert pace.seconds(prompt, LENGTHS, 5) == seconds


@pytest.mark.parametrize(
    ("prompt", "ratio"),
    [
        ("a cat", "16:9"),
        ("a cat, 9:16", "9:16"),
        ("at 12:30 in the night", "16:9"),
        ("a vertical video for TikTok", "9:16"),
        ("竖屏，一个女孩在跳舞", "9:16"),
        ("a panorama of the Alps", "21:9"),
        ("a portrait of a woman", "3:4"),
        ("an album cover", "1:1"),
    ],
)
def test_a_shape_follows_from_the_words(prompt: str, ratio: str) -> None:
    """A stated ratio counts where the model has it, then what the words imply."""
    assert pace.ratio(prompt, RATIOS, "16:9") == ratio


@given(st.text(max_size=300), st.sets(st.integers(1, 60), min_size=1), st.data())
def test_the_choice_is_always_one_that_is_sold(prompt: str, lengths: set[int], data: st.DataObject) -> None:
    """Whatever the words are."""
    default = data.draw(st.sampled_from(sorted(lengths)))
    assert pace.seconds(prompt, tuple(lengths), default) in lengths
    assert pace.ratio(prompt, RATIOS, "16:9") in RATIOS


@pytest.mark.parametrize(
    ("prompt", "named"),
    [
        ("a cat", None),
        ("the man of image 2 walks through the street of video 1", None),
        ("in the style of image 1, follow the camera of video 2", None),
        ("Use image 2 as the first frame, then follow video 1", ("image", 2)),
        ("[Image 3] is the opening frame", ("image", 3)),
        ("The first frame is image 2", ("image", 2)),
        ("start with the picture", ("image", 1)),
        ("@图片2作为首帧，参考视频1的运镜", ("image", 2)),
        ("以图1为首帧", ("image", 1)),
        ("首帧为图片2", ("image", 2)),
        ("Extend video 2 by a sunset", ("video", 2)),
        ("Replace the man in video 2 with the woman of image 1", ("video", 2)),
        ("将视频2中的男人替换为图片1的女人", ("video", 2)),
        ("延长视频2", ("video", 2)),
        ("edit the video: make it night", ("video", 1)),
    ],
)
def test_what_a_video_starts_from_follows_from_the_words(prompt: str, named: tuple[str, int] | None) -> None:
    """A first frame among the images, or the video that is edited or extended; a mere mention is neither."""
    assert pace.leading(prompt) == named
