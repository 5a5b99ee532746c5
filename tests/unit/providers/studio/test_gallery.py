"""The gallery as golden pictures: a change in looks is a decision. `UPDATE_GALLERY=1` accepts the new looks."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[4]
FOLDER = ROOT / "docs" / "gallery"
SAMPLE = (
    "cat",
    "car-house",
    "rider",
    "balloon",
    "sofa",
    "rain",
    "whale",
    "sign",
    "unknown",
    "ink",
    "papercut",
    "lowpoly",
    "isometric",
    "barista",
    "poster",
    "logo",
    "map",
    "woodblock",
)
EFFECTS = (
    "felt_3d_polaroid",
    "my_world",
    "plastic_bubble_figure_cartoon_text",
    "furry_dream_doll",
    "micro_landscape_mini_world",
    "acrylic_ornaments",
    "glass_ball",
    "electronic_pet_egg_style",
    "patchwork_collage_style",
    "claw_machine_style",
    "Mid-Autumn_Festival_individual",
    "Christmas_tree",
    "birthday_photo_party",
    "spring_festival_gradient_colors",
)
ALIKE = 0.86
"""Structural likeness from which two paintings count as the same; WebP and other processors cost a few hundredths."""


def _gallery() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gallery", ROOT / "bench" / "gallery.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["gallery"] = module
    spec.loader.exec_module(module)
    return module


gallery = _gallery()


def ssim(one: np.ndarray, other: np.ndarray) -> float:
    """Mean structural similarity (Wang, 2004) over the three channels, at half size."""
    a, b = (cv2.resize(p, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.float32) for p in (one, other))

    def blurred(picture: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(picture, (0, 0), 1.5)

    ma, mb = blurred(a), blurred(b)
    va, vb, cov = blurred(a * a) - ma * ma, blurred(b * b) - mb * mb, blurred(a * b) - ma * mb
    c1, c2 = 6.5, 58.5
    return float(np.mean((2 * ma * mb + c1) * (2 * cov + c2) / ((ma * ma + mb * mb + c1) * (va + vb + c2))))


@pytest.fixture(scope="module", autouse=True)
def _updated() -> None:
    if os.environ.get("UPDATE_GALLERY") == "1":
        gallery.write()
        gallery.write_reels()
        gallery.write_templates()


def stored(name: str) -> np.ndarray:
    with Image.open(FOLDER / f"{name}.webp") as file:
        return np.asarray(file.convert("RGB"))


@pytest.mark.parametrize("name", SAMPLE)
def test_the_studio_still_paints_what_the_gallery_shows(name: str) -> None:
    """Tolerant of platforms and compression, not of another composition."""
    tile = next(t for t in gallery.TILES if t.name == name)
    assert ssim(gallery.paint(tile), stored(name)) > ALIKE


def test_the_measure_tells_pictures_apart() -> None:
    """Another seed of the same prompt is another picture."""
    tile = next(t for t in gallery.TILES if t.name == "rider")
    other = gallery.Tile(tile.name, tile.prompt, tile.ratio, tile.seed + 1)
    assert ssim(gallery.paint(other), stored("rider")) < ALIKE - 0.1


@pytest.mark.parametrize("template", EFFECTS)
def test_an_effect_still_looks_as_the_gallery_shows(template: str) -> None:
    """The same for the picture effects, on the sitter that is stored beside them."""
    assert ssim(gallery.effect(template, gallery.sitter()), stored(f"templates/{template}")) > ALIKE


def test_the_folder_is_whole_and_small() -> None:
    """Every tile, the sheets and the page; nothing else; under 1.5 MB."""
    names = {path.name for path in FOLDER.iterdir()}
    tiles = {f"{tile.name}.webp" for tile in (*gallery.TILES, *gallery.REELS)}
    assert names == tiles | {"contact-sheet.webp", "templates.webp", "templates", "README.md"}
    effects = {path.name for path in (FOLDER / "templates").iterdir()}
    assert effects == {f"{name}.webp" for name in (*gallery.TEMPLATES, "sitter")}
    assert sum(path.stat().st_size for path in FOLDER.rglob("*.*")) < 1_500_000
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == gallery.page()


@pytest.mark.parametrize("name", ["reel-sea", "reel-dog", "reel-felt"])
def test_the_studio_still_films_so(name: str) -> None:
    """Four frames of a video look as they did, and not all alike."""
    tile = next(each for each in gallery.REELS if each.name == name)
    made = gallery.reel(tile)
    assert ssim(made, stored(name)) > ALIKE
    first, *others = np.hsplit(made, 4)
    assert all(ssim(first, other) < 0.995 for other in others)
