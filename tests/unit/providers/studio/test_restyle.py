"""Image to image and the pictures that callers give."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from mediakiln.generation import Role
from mediakiln.providers.studio import restyle as restyling
from mediakiln.providers.studio.filters import _STYLES
from mediakiln.providers.studio.living import Living
from mediakiln.providers.studio.orders import CannotRender, Source
from mediakiln.providers.studio.overlay import _AIR, Overlay
from mediakiln.providers.studio.restyle import restyle
from mediakiln.providers.studio.scene import Scene, compose
from mediakiln.providers.studio.source import fit, main_picture, open_picture

Picture = np.ndarray


@pytest.fixture(scope="module")
def photo() -> Picture:
    """Sky, hills, a red box: 240 x 160."""
    y, x = np.mgrid[0:160, 0:240].astype(np.float32)
    image = np.dstack([110 + 60 * y / 160, 150 + 40 * y / 160, 230 - 30 * y / 160])
    ground = y > 95 + 12 * np.sin(x / 25)
    image[ground] = (60, 120, 50)
    image[100:135, 150:190] = (190, 50, 40)
    noise = np.random.default_rng(1).normal(0, 2, (160, 240, 1))
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def likeness(one: Picture, other: Picture) -> float:
    """Correlation of the two pictures' light and shade."""
    greys = [cv2.GaussianBlur(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), (0, 0), 2).astype(float).ravel() for p in (one, other)]
    return float(np.corrcoef(*greys)[0, 1])


def test_strength_runs_from_faithful_to_free(photo: Picture) -> None:
    """0 is the source itself; more strength is further away; the default is recognisable."""
    scene = compose("watercolor at sunset", "", 3)
    assert np.array_equal(restyle(photo, scene, 0.0), photo)
    far = [np.abs(restyle(photo, scene, strength).astype(int) - photo).mean() for strength in (0.2, 0.5, 0.7, 1.0)]
    assert far == sorted(far)
    assert far[2] > 5
    assert likeness(restyle(photo, scene, 0.7), photo) > 0.75


def test_seeds_differ(photo: Picture) -> None:
    """Several pictures of one request are visibly several."""
    shots = [restyle(photo, compose("a meadow at dawn", "", seed), 0.7).astype(int) for seed in (1, 2, 3)]
    assert min(np.abs(shots[a] - shots[b]).mean() for a, b in ((0, 1), (1, 2), (0, 2))) > 1.5


@pytest.mark.parametrize("style", _STYLES)
def test_every_style_is_a_rendering_that_keeps_the_picture(photo: Picture, style: str) -> None:
    """Same size, repeatable, visibly other, still recognisable."""
    scene = Scene("", 1, style=style)
    first = restyle(photo, scene, 0.7)
    assert first.shape == photo.shape
    assert first.dtype == np.uint8
    assert np.array_equal(first, restyle(photo, scene, 0.7))
    assert np.abs(first.astype(int) - restyle(photo, Scene("", 1), 0.7)).mean() > 2
    # Outlines and a slab keep the forms, not the light and shade.
    assert likeness(first, photo) > {"lineart": 0.0, "blueprint": 0.0, "isometric": 0.15}.get(style, 0.6)


@pytest.mark.parametrize("name", _AIR)
def test_everything_in_the_air_moves(photo: Picture, name: str) -> None:
    """Drawn over the picture, other from time to time, absent at amount 0."""
    overlay = Overlay(Scene("", 4, weather="clear", extras=(name,)), 240, 160)
    assert np.array_equal(overlay.over(photo, 1.0, 0.0), photo)
    shots = [overlay.over(photo, t).astype(int) for t in np.arange(0, 4, 0.05)]
    assert max(np.abs(shot - photo).mean() for shot in shots) > 0.05
    assert max(np.abs(shot - shots[0]).mean() for shot in shots) > 0.05


def test_night_is_darker_and_sunset_warmer(photo: Picture) -> None:
    """The hour is light, not paint."""
    scenes = (Scene("", 1, setting="meadow", time=time) for time in ("day", "night", "sunset"))
    day, night, sunset = (restyle(photo, scene, 0.7).astype(float) for scene in scenes)
    assert night.mean() < 0.75 * day.mean()
    assert sunset[..., 0].mean() / sunset[..., 2].mean() > 1.15 * day[..., 0].mean() / day[..., 2].mean()


def test_winter_brings_snow(photo: Picture) -> None:
    """The readme's "Make it winter" is more than a colder blue: flakes are in the air."""
    before, after = (restyle(photo, compose(prompt, "", 1), 0.6) for prompt in ("Make it summer", "Make it winter"))
    assert (after.min(axis=2) > 225).sum() > (before.min(axis=2) > 225).sum() + 50


def test_video_starts_with_the_picture_and_stays_it(photo: Picture) -> None:
    """Frame 0 bit for bit; later frames moved but alike; same scene, same frames."""
    living = Living(photo, compose("snow falls on the lake", "", 2), 4.0)
    assert np.array_equal(living.frame(0.0), photo)
    assert np.abs(living.frame(2.0).astype(int) - photo).mean() > 1
    assert likeness(living.frame(3.96), photo) > 0.7
    again = Living(photo, compose("snow falls on the lake", "", 2), 4.0)
    assert np.array_equal(living.frame(1.5), again.frame(1.5))


def test_video_starts_slowly(photo: Picture) -> None:
    """No jump from the picture to the first moved frame."""
    living = Living(photo, compose("zoom in", "", 2), 4.0)
    assert np.abs(living.frame(1 / 24).astype(int) - photo).mean() < 1.5


def test_video_ends_on_the_last_frame(photo: Picture) -> None:
    """Where one is given, both ends are met."""
    goal = np.ascontiguousarray(photo[:, ::-1])
    living = Living(photo, Scene("", 2), 2.0, goal)
    assert np.array_equal(living.frame(0.0), photo)
    assert np.abs(living.frame(2.0).astype(int) - goal).mean() < 1


def saved(image: Image.Image, path: Path, **options: object) -> Source:
    """The image as an input file."""
    image.save(path, **options)
    return Source(Role.IMAGE, str(path), f"image/{path.suffix[1:]}")


def test_alpha_is_flattened_onto_white(tmp_path: Path) -> None:
    """Transparent is not black, in RGBA and in palettes alike."""
    image = Image.new("RGBA", (40, 30), (200, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 20, 30))
    picture = open_picture(saved(image, tmp_path / "a.png"))
    assert picture[5, 30].tolist() == [255, 255, 255]
    assert picture[5, 5].tolist() == [0, 0, 255]
    palette = Image.new("P", (8, 8), 1)
    palette.putpalette([0, 255, 0, 255, 0, 0])
    assert open_picture(saved(palette, tmp_path / "p.png", transparency=1))[0, 0].tolist() == [255, 255, 255]
    assert open_picture(saved(palette, tmp_path / "q.gif"))[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    ("mode", "colour", "wanted"), [("L", 77, 77), ("1", 1, 255), ("I;16", 30_000, 116), ("LA", (77, 255), 77)]
)
def test_grey_pictures(tmp_path: Path, mode: str, colour: object, wanted: int) -> None:
    """Eight bits, one bit, sixteen bits, with alpha."""
    picture = open_picture(saved(Image.new(mode, (20, 10), colour), tmp_path / "g.png"))
    assert picture.shape == (10, 20, 3)
    assert picture[0, 0].tolist() == [wanted] * 3


def test_cmyk_jpeg(tmp_path: Path) -> None:
    """Print files come out the right way round."""
    red, green, blue = open_picture(saved(Image.new("CMYK", (32, 32), (0, 255, 255, 0)), tmp_path / "c.jpeg"))[16, 16].tolist()
    assert red > 200
    assert max(green, blue) < 60


def test_exif_rotation(tmp_path: Path) -> None:
    """A phone's portrait picture stands upright."""
    image = Image.new("RGB", (40, 20), "white")
    image.paste((255, 0, 0), (0, 0, 10, 20))
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = open_picture(saved(image, tmp_path / "r.png", exif=exif))
    assert picture.shape == (40, 20, 3)
    assert picture[2, 10].tolist() == [255, 0, 0]


def test_animation_gives_its_first_frame(tmp_path: Path) -> None:
    """Not the last."""
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    picture = open_picture(saved(frames[0], tmp_path / "a.gif", save_all=True, append_images=frames[1:]))
    assert picture[8, 8].tolist() == [255, 0, 0]


def test_garbage_is_refused(tmp_path: Path) -> None:
    """With our word for it."""
    path = tmp_path / "x.png"
    path.write_bytes(b"no picture")
    with pytest.raises(CannotRender):
        open_picture(Source(Role.IMAGE, str(path), "image/png"))


def test_first_frame_goes_before_references(tmp_path: Path) -> None:
    """The order of roles decides, not the order of inputs."""
    reference = saved(Image.new("RGB", (8, 8), "blue"), tmp_path / "b.png")
    first = saved(Image.new("RGB", (8, 8), "red"), tmp_path / "r.png")
    sources = (Source(Role.REFERENCE_IMAGE, reference.path, "image/png"), Source(Role.FIRST_FRAME, first.path, "image/png"))
    picture = main_picture(sources)
    assert picture is not None
    assert picture[0, 0].tolist() == [255, 0, 0]
    assert main_picture(()) is None


@pytest.mark.parametrize("size", [(320, 180), (180, 320), (100, 100), (64, 700)])
def test_fitting_never_stretches(size: tuple[int, int]) -> None:
    """A circle stays a circle, cropped or extended."""
    disc = np.full((200, 200, 3), 30, np.uint8)
    cv2.circle(disc, (100, 100), 40, (240, 240, 240), -1)
    fitted = fit(disc, *size)
    assert fitted.shape == (size[1], size[0], 3)
    rows, columns = np.where(fitted[..., 0] > 215)
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=2)


MARKS = [(230, 20, 20), (20, 210, 20), (30, 30, 235), (240, 220, 20), (230, 20, 230), (20, 220, 220), (250, 130, 10)]


def marked(index: int) -> Picture:
    """A reference of one strong hue and value of its own: busy ones fill the frame, every third is a disc on white."""
    tone = np.array(MARKS[index % 7]) // (1 if index < 7 else 2)
    if index % 3 == 2:
        image = np.full((120, 120, 3), 255, np.uint8)
        cv2.circle(image, (60, 60), 40, tone.tolist(), -1)
        return image
    noise = np.random.default_rng(index).integers(0, 2, (20, 24, 1)).repeat(5, 0).repeat(5, 1)
    return np.clip(tone * (0.65 + 0.35 * noise), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("count", [2, 3, 6, 14])
@pytest.mark.parametrize("size", [(320, 240), (180, 320)])
def test_every_reference_is_visible(photo: Picture, count: int, size: tuple[int, int]) -> None:
    """Leaving any one out changes the picture where it stood, and the main picture is still there."""
    pictures = [photo] + [marked(i) for i in range(count - 1)]
    scene = Scene("", 3)
    whole = restyling.compose(pictures, scene, 0.0, *size)
    assert whole.shape == (size[1], size[0], 3)
    for index in range(1, count):
        other = [*pictures]
        other[index] = 255 - pictures[index] if index % 3 else np.full_like(pictures[index], 128)
        changed = np.abs(restyling.compose(other, scene, 0.0, *size).astype(int) - whole).sum(axis=2) > 40
        assert changed.mean() > 0.004, index
    alone = restyling.compose([photo], scene, 0.0, *size).astype(int)
    assert (np.abs(whole - alone).sum(axis=2) < 20).mean() > 0.3


def test_a_thing_on_a_plain_ground_is_cut_out(photo: Picture) -> None:
    """The disc stands in the picture without its white corners."""
    whole = restyling.compose([photo, marked(2)], Scene("", 3), 0.0, 320, 240)
    assert ((whole > 235).all(axis=2)).mean() < 0.01
    assert ((whole[..., 2].astype(int) - whole[..., 0]) > 90).mean() > 0.01


def test_compositions_are_restyled_as_a_whole_and_repeatable(photo: Picture) -> None:
    pictures = [photo, marked(0), marked(2)]
    scene = compose("watercolor at sunset", "", 3)
    first = restyling.compose(pictures, scene, 0.7, 240, 160)
    assert np.array_equal(first, restyling.compose(pictures, scene, 0.7, 240, 160))
    assert np.abs(first.astype(int) - restyling.compose(pictures, scene, 0.0, 240, 160)).mean() > 5
    with pytest.raises(ValueError, match="at least one"):
        restyling.compose([], scene, 0.7, 240, 160)
