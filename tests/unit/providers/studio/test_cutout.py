"""Cutting people and things from grounds that are not plain."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from mediakiln.providers.studio.cutout import cut_out, is_whole

Picture = np.ndarray

_SHIRT = (40, 90, 170)


def busy(width: int, height: int, seed: int = 3) -> Picture:
    """A room: a light wall, a striped flag at the left, dark furniture at the lower right, noise."""
    rng = np.random.default_rng(seed)
    picture = np.full((height, width, 3), (205, 203, 196), np.uint8)
    for row in range(0, height, 24):
        cv2.rectangle(picture, (0, row), (width // 6, row + 11), (150, 40, 45), -1)
    cv2.rectangle(picture, (width * 4 // 5, height // 2), (width, height), (35, 33, 38), -1)
    return np.clip(picture + rng.normal(0, 4, picture.shape), 0, 255).astype(np.uint8)


def someone(width: int = 400, height: int = 440) -> tuple[Picture, dict[str, tuple[int, int]]]:
    """A portrait: hair, face and shirt of different colours, and the middle of each."""
    picture = busy(width, height)
    x, y = width // 2, height * 3 // 10
    cv2.ellipse(picture, (x, height), (width // 4, height * 2 // 5), 0, 180, 360, _SHIRT, -1)
    cv2.rectangle(picture, (x - 22, y + 40), (x + 22, y + 100), (200, 150, 125), -1)
    cv2.ellipse(picture, (x, y - 14), (62, 78), 0, 0, 360, (70, 45, 30), -1)
    cv2.ellipse(picture, (x, y + 10), (46, 62), 0, 0, 360, (222, 172, 146), -1)
    for side in (-1, 1):
        cv2.ellipse(picture, (x + side * 18, y), (8, 4), 0, 0, 360, (40, 30, 30), -1)
    cv2.ellipse(picture, (x, y + 42), (16, 5), 0, 0, 360, (150, 60, 60), -1)
    places = {"hair": (x, y - 76), "face": (x, y + 22), "shirt": (x, height - 40)}
    return cv2.GaussianBlur(picture, (0, 0), 1.0), places


def uncut(picture: Picture, cut: Picture) -> Picture:
    """The cut-out's cover, put back where it was found in `picture`."""
    mask = (cut[..., 3] > 200).astype(np.uint8)
    fit = cv2.matchTemplate(picture, np.ascontiguousarray(cut[..., :3]), cv2.TM_SQDIFF, mask=cv2.merge([mask] * 3))
    _, _, (left, top), _ = cv2.minMaxLoc(fit)
    cover = np.zeros(picture.shape[:2], np.uint8)
    cover[top : top + len(cut), left : left + cut.shape[1]] = cut[..., 3]
    return cover


def test_a_person_is_cut_out_whole() -> None:
    """Hair, face and shirt have nothing in common but the person; flag, wall and furniture stay behind."""
    picture, places = someone()
    cut = cut_out(picture)
    assert not is_whole(cut)
    cover = uncut(picture, cut)
    for name, (x, y) in places.items():
        assert cover[y, x] > 200, name
    height, width = cover.shape
    assert cover[:, : width // 8].mean() < 10
    assert cover[: height // 2, -width // 5 :].mean() < 10
    x, y = places["face"]
    assert cover[y + 60, x - 75] < 60, "the wall beside the neck"


def test_a_part_of_what_fills_the_picture_is_no_subject() -> None:
    """A close-up of fur has patches of several tones; none of them is cut from it."""
    rng = np.random.default_rng(5)
    fur = cv2.resize(rng.random((7, 9)).astype(np.float32), (420, 320), interpolation=cv2.INTER_CUBIC)
    picture = (np.array([120, 85, 50]) + fur[..., None] * np.array([90, 75, 55])).clip(0, 255)
    picture += rng.normal(0, 9, picture.shape)
    assert is_whole(cut_out(picture.clip(0, 255).astype(np.uint8)))


def test_a_thing_of_many_colours_is_one_subject() -> None:
    """Stripes that have nothing in common but their outline."""
    picture = np.full((300, 400, 3), (120, 160, 200), np.uint8)
    for row, tone in enumerate(((200, 40, 40), (240, 200, 60), (40, 120, 60), (230, 230, 230), (60, 40, 120))):
        cv2.rectangle(picture, (140, 60 + 36 * row), (260, 96 + 36 * row), tone, -1)
    picture = np.clip(picture + np.random.default_rng(1).normal(0, 4, picture.shape), 0, 255).astype(np.uint8)
    cut = cut_out(picture)
    assert abs(cut.shape[0] - 180) < 12
    assert abs(cut.shape[1] - 121) < 12
    assert (cut[..., 3] > 200).mean() > 0.9


def test_the_cut_is_no_larger_than_its_limit_and_the_same_again() -> None:
    """Large pictures are made smaller first."""
    picture, _ = someone()
    large = cv2.resize(picture, (2000, 2200), interpolation=cv2.INTER_CUBIC)
    cut = cut_out(large)
    assert max(cut.shape) <= 1280
    assert np.array_equal(cut, cut_out(large))


def test_a_small_subject_of_a_large_picture_keeps_its_detail() -> None:
    """The limit is the cut-out's, not the picture's: a subject that fills a sixth of it is not made smaller with it."""
    picture = np.full((1200, 1600, 3), (120, 160, 200), np.uint8)
    cv2.rectangle(picture, (600, 400), (899, 799), (200, 60, 40), -1)
    cv2.circle(picture, (750, 600), 90, (240, 220, 120), -1)
    cut = cut_out(picture, 400)
    assert 370 < max(cut.shape) <= 400
    assert (cut[..., 3] > 200).mean() > 0.9


def test_white_parts_stay_on_white_paper() -> None:
    """A parcel with a white ribbon and a bow, and a ball beside it: the paper is what is reached from the rim."""
    picture = np.full((300, 400, 3), 255, np.uint8)
    cv2.rectangle(picture, (60, 100), (240, 280), (40, 110, 210), -1)
    cv2.rectangle(picture, (130, 100), (170, 280), (255, 255, 255), -1)
    cv2.line(picture, (60, 280), (240, 280), (20, 60, 120), 3)
    cv2.line(picture, (60, 100), (240, 100), (20, 60, 120), 3)
    cv2.circle(picture, (320, 230), 30, (200, 40, 40), -1)
    cover = uncut(picture, cut_out(picture))
    assert cover[190, 150] > 200, "the ribbon"
    assert cover[230, 320] > 200, "the ball"
    assert cover[60, 200] == cover[200, 275] == 0, "the paper"


def test_the_page_of_a_program_is_whole() -> None:
    """Rows of boxes on a plain ground are no subject."""
    picture = np.full((400, 640, 3), 246, np.uint8)
    for row in range(6):
        cv2.rectangle(picture, (40, 20 + 60 * row), (600, 66 + 60 * row), (208, 214, 222), -1)
    assert is_whole(cut_out(picture))


def test_a_subject_may_touch_the_rim() -> None:
    """A dark coat that the left and the lower edge cut, before a light street."""
    rng = np.random.default_rng(4)
    picture = np.full((320, 320, 3), (188, 190, 186), np.uint8)
    picture[210:] = (150, 150, 140)
    cv2.ellipse(picture, (90, 300), (110, 190), 0, 0, 360, (24, 24, 30), -1)
    cv2.circle(picture, (130, 90), 42, (40, 34, 32), -1)
    picture = np.clip(cv2.GaussianBlur(picture, (0, 0), 1.0) + rng.normal(0, 5, picture.shape), 0, 255).astype(np.uint8)
    cut = cut_out(picture)
    assert not is_whole(cut)
    cover = uncut(picture, cut)
    assert cover[250, 20] > 200
    assert cover[90, 130] > 200
    assert cover[60, 280] == 0


def test_a_portrait_keeps_its_dark_clothes() -> None:
    """A coat of the ground's own darkness, cut by the picture's edges, belongs to the face above it."""
    picture = np.full((400, 340, 3), (70, 110, 190), np.uint8)
    cv2.rectangle(picture, (0, 0), (60, 400), (30, 34, 60), -1)
    cv2.ellipse(picture, (170, 420), (175, 160), 0, 180, 360, (26, 28, 44), -1)
    cv2.rectangle(picture, (148, 210), (192, 290), (236, 236, 232), -1)
    cv2.ellipse(picture, (170, 150), (58, 78), 0, 0, 360, (222, 172, 146), -1)
    for side in (-1, 1):
        cv2.ellipse(picture, (170 + side * 22, 140), (11, 6), 0, 0, 360, (40, 30, 30), -1)
    cv2.ellipse(picture, (170, 192), (20, 6), 0, 0, 360, (150, 60, 60), -1)
    picture = np.clip(cv2.GaussianBlur(picture, (0, 0), 1.2) + np.random.default_rng(2).normal(0, 4, picture.shape), 0, 255)
    picture = picture.astype(np.uint8)
    cover = uncut(picture, cut_out(picture))
    assert cover[150, 170] > 200, "the face"
    assert cover[380, 110] > 200
    assert cover[380, 240] > 200
    assert cover[60, 280] == 0, "the wall"


@pytest.mark.parametrize(("slope", "offset"), [(0.12, 2), (0.3, 175)])
def test_a_faint_picture_is_cut_like_a_good_one(slope: float, offset: float) -> None:
    """Too dark, or too pale."""
    picture, places = someone()
    faint = np.clip(picture * slope + offset, 0, 255).astype(np.uint8)
    cut = cut_out(faint)
    assert not is_whole(cut)
    cover = uncut(faint, cut)
    assert all(cover[y, x] > 200 for x, y in places.values())


def test_a_strap_is_no_subject() -> None:
    """However bright it is: it fills too little of the ground that it spans."""
    picture = np.repeat(np.linspace(20, 90, 400, dtype=np.float32)[None, :, None], 300, axis=0).repeat(3, axis=2).astype(np.uint8)
    cv2.polylines(picture, [np.array([(80, 40), (250, 250), (330, 60)], np.int32)], False, (150, 200, 60), 14)
    picture = np.clip(picture + np.random.default_rng(1).normal(0, 6, picture.shape), 0, 255).astype(np.uint8)
    assert is_whole(cut_out(picture))


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (1, 40), (900, 6)])
def test_a_picture_too_small_to_show_anything_is_whole(size: tuple[int, int]) -> None:
    """It comes back as it is."""
    picture = np.random.default_rng(1).integers(0, 255, (*size, 3), dtype=np.uint8)
    cut = cut_out(picture)
    assert is_whole(cut)
    assert np.array_equal(cut[..., :3], picture)
