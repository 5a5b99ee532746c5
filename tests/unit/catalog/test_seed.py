"""The shipped Nano Banana data against the seeds' own tables."""

from __future__ import annotations

import re

import pytest
from unit.catalog.tables import listed, table

from mediakiln.catalog import Audio, Catalog, Model
from mediakiln.errors import MICRO
from mediakiln.generation import GenerationRequest, Kind, Mode

DIALECT = "nanobanana"
AUDIO = {"Yes": Audio.OPTIONAL, "No": Audio.NEVER, "Always on": Audio.ALWAYS}


IMAGES = table("seed_004_tables.md", "model", "Image Models")
VIDEOS = table("seed_004_tables.md", "model_id", "Video Models")
VEO = table("seed_004_tables.md", "Resolution", "VEO 3.1 Fast (default)")
PIXELS = {(row[0], row[1]): tuple(map(int, row[2].split("×"))) for row in table("seed_002_pixels.md", "Resolution", "seed 002")}


def image_credits(cell: str, mode: str, resolution: str | None) -> int:
    """The base credits cell, read literally: "text: 4, image: 8 (+4 for 2K, +14 for 4K)"."""
    base, _, extra = cell.partition("(")
    by_mode = dict(re.findall(r"(text|image): (\d+)", base)) or {"text": base, "image": base}
    surcharges = {name: int(amount) for amount, name in re.findall(r"\+(\d+) for (\w+)", extra)}
    return int(by_mode[mode]) + surcharges.get(resolution or "", 0)


def price(catalog: Catalog, model: Model, **parameters: object) -> float:
    """Credits for a request with these parameters."""
    request = GenerationRequest(kind=model.kind, model=model.id, prompt="", **parameters)  # type: ignore[arg-type]
    return catalog.price(DIALECT, request) / MICRO


def test_the_tables_were_read() -> None:
    """The copies hold all rows of the seed: 4 image models, 11 video models, 4 price rows, 18 sizes."""
    assert (len(IMAGES), len(VIDEOS), len(VEO), len(PIXELS)) == (4, 11, 4, 18)


def test_models_and_their_order(catalog: Catalog) -> None:
    """Every model of the seed is there, nothing else is, in the order of its tables."""
    assert [model.id for model in catalog.models(DIALECT, Kind.IMAGE)] == [row[0] for row in IMAGES]
    assert [model.id for model in catalog.models(DIALECT, Kind.VIDEO)] == [row[0] for row in VIDEOS]
    assert [model.id for model in catalog.models(DIALECT)] == [row[0] for row in IMAGES + VIDEOS]


@pytest.mark.parametrize("row", IMAGES, ids=lambda row: row[0])
def test_image_row(catalog: Catalog, row: list[str]) -> None:
    """Name, resolutions, ratios and subscription of an image model are the seed's."""
    model = catalog.find(DIALECT, row[0], Kind.IMAGE)
    assert model.name == row[1]
    assert list(model.resolutions) == listed(row[2])
    assert list(model.aspect_ratios) == listed(row[3])
    assert model.requires_subscription is (row[5] == "Required")
    assert model.modes == (Mode.TEXT, Mode.IMAGE)
    assert model.max_count == 4
    assert model.qualities == ("standard", "hd")
    assert model.output_formats == ("png", "jpeg")


@pytest.mark.parametrize("row", IMAGES, ids=lambda row: row[0])
def test_image_prices(catalog: Catalog, row: list[str]) -> None:
    """Every mode, resolution, quality and count costs (base + resolution + 2 if hd) x count."""
    model = catalog.find(DIALECT, row[0])
    for mode in Mode:
        for resolution in model.resolutions or (None,):
            for quality, surcharge in (("standard", 0), ("hd", 2)):
                for count in (1, 2, 3, 4):
                    expected = (image_credits(row[4], mode, resolution) + surcharge) * count
                    got = price(catalog, model, mode=mode, resolution=resolution, quality=quality, count=count)
                    assert got == expected, (mode, resolution, quality, count)


@pytest.mark.parametrize("row", VIDEOS, ids=lambda row: row[0])
def test_video_row(catalog: Catalog, row: list[str]) -> None:
    """Name, resolutions, ratios, durations, audio and image input of a video model are the seed's."""
    model = catalog.find(DIALECT, row[0], Kind.VIDEO)
    assert model.name == row[1]
    assert list(model.resolutions) == listed(row[2])
    assert list(model.aspect_ratios) == listed(row[3])
    assert list(model.durations) == [int(value) for value in listed(row[4])]
    assert model.audio is AUDIO[row[5]]
    assert (model.max_inputs >= 1 and Mode.IMAGE in model.modes) is (row[6] == "Yes")
    assert model.negative_prompt


def test_veo_fast_prices(catalog: Catalog) -> None:
    """The whole published price table of veo-3.1-fast."""
    model = catalog.find(DIALECT, "veo-3.1-fast")
    seen = 0
    for name, *amounts in VEO:
        resolution, sound = name.split(" ", 1)
        for duration, expected in zip((4, 6, 8), amounts, strict=True):
            got = price(catalog, model, resolution=resolution, duration=duration, audio=sound == "(with audio)")
            assert got == int(expected), (name, duration)
            seen += 1
    assert seen == len(model.prices) / len(model.modes) == 12


def test_every_size(catalog: Catalog) -> None:
    """Every resolution x ratio has a size of about that ratio (within 5 %); all sides are even."""
    for model in catalog.models(DIALECT):
        for resolution in model.resolutions or (None,):
            for ratio in model.aspect_ratios:
                width, height = model.sizes[resolution, ratio]
                across, down = map(int, ratio.split(":"))
                assert width / height == pytest.approx(across / down, rel=0.05), (model.id, resolution, ratio)
                assert width % 2 == height % 2 == 0


def test_seedance_2_pixels_are_seed_002s(catalog: Catalog) -> None:
    """Seedance 2.0 makes the sizes that seed 002 lists for it."""
    model = catalog.find(DIALECT, "seedance-2.0")
    assert {key: size for key, size in PIXELS.items() if key in model.sizes} == model.sizes


def test_video_names_its_short_side(catalog: Catalog) -> None:
    """Of every other video model the short side is the number in the resolution's name."""
    for model in catalog.models(DIALECT, Kind.VIDEO):
        if model.id != "seedance-2.0":
            assert all(min(size) == int(str(key[0]).rstrip("p")) for key, size in model.sizes.items()), model.id


def test_defaults(catalog: Catalog) -> None:
    """Recommendations 3 and 18: nano-banana and veo-3.1-fast are the defaults; without a duration the shortest is meant."""
    assert catalog.default(DIALECT, Kind.IMAGE).id == "nano-banana"
    assert catalog.default(DIALECT, Kind.VIDEO).id == "veo-3.1-fast"
    for model in catalog.models(DIALECT, Kind.VIDEO):
        assert (model.default_duration, model.default_resolution) == (min(model.durations), "720p")


def test_the_table_beats_the_samples(catalog: Catalog) -> None:
    """Recommendations 4, 5 and 6: where the seed's samples contradict its tables, the tables win."""
    assert price(catalog, catalog.find(DIALECT, "nano-banana"), mode=Mode.TEXT) == 1
    assert price(catalog, catalog.find(DIALECT, "nano-banana-pro"), resolution="2K", count=2) == 12
    assert price(catalog, catalog.find(DIALECT, "veo-3.1-fast"), duration=8, resolution="720p", audio=True) == 30


@pytest.mark.parametrize("model_id", ["nano-banana", "seedream4"])
@pytest.mark.parametrize("resolution", ["1K", "4K"])
def test_resolution_is_ignored(catalog: Catalog, model_id: str, resolution: str) -> None:
    """Recommendation 8: models whose resolution is "-" take any, with no surcharge and no other pixels."""
    request = GenerationRequest(kind=Kind.IMAGE, model=model_id, prompt="a cat", resolution=resolution)
    plain = GenerationRequest(kind=Kind.IMAGE, model=model_id, prompt="a cat")
    got, expected = (catalog.quote(DIALECT, each) for each in (request, plain))
    assert (got.total, got.request.width, got.request.resolution) == (expected.total, expected.request.width, None)


@pytest.mark.parametrize("model_id", [row[0] for row in VIDEOS if row[5] == "No"])
def test_audio_flag_on_silent_models(catalog: Catalog, model_id: str) -> None:
    """Recommendation 17: audio wished of a silent model is ignored and priced silent."""
    request = GenerationRequest(kind=Kind.VIDEO, model=model_id, prompt="a cat", audio=True)
    silent = GenerationRequest(kind=Kind.VIDEO, model=model_id, prompt="a cat", audio=False)
    assert catalog.quote(DIALECT, request).request.audio is False
    assert catalog.price(DIALECT, request) == catalog.price(DIALECT, silent)


@pytest.mark.parametrize("model_id", [row[0] for row in VIDEOS if row[5] == "Always on"])
def test_sora_always_sounds(catalog: Catalog, model_id: str) -> None:
    """Recommendation 17: audio refused of a Sora model is ignored; it always has sound."""
    request = GenerationRequest(kind=Kind.VIDEO, model=model_id, prompt="a cat", audio=False)
    assert catalog.quote(DIALECT, request).request.audio is True
    assert catalog.price(DIALECT, request) > 0
