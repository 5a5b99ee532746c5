"""The shipped NeoSpark data against the tables of seed 000 and of the wire file."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import product

import pytest
from unit.catalog.tables import listed, table

from mediakiln.catalog import Audio, Catalog, Model
from mediakiln.errors import MICRO, InvalidRequest
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Mode, Role

DIALECT = "neospark"
SEED, WIRE = "seed_000_tables.md", "wire_neospark_prices.md"
IMAGES = table(SEED, "Model", "Image Models")
VIDEOS = table(SEED, "Model", "Video Models")
PARAMETERS = {row[0]: row[3] for row in table(SEED, "Parameter", "Video Parameters")}
GPT = table(WIRE, "Res.", "gpt-image-2")
SEEDANCE = table(WIRE, "Model", "Seedance:")
OMNI = table(WIRE, "Model", "Omni:")
KLING = table(WIRE, "USD/s", "Kling:")

WIDE = {"480p": (864, 496), "720p": (1280, 720), "1080p": (1920, 1080), "4k": (3840, 2160)}
"""The sizes for 16:9 (wire file, section 6)."""
LONG = {"480p": 864, "720p": 1280, "1080p": 1920, "2k": 2560, "4k": 3840}
DURATIONS = range(4, 16)


def price(catalog: Catalog, model_id: str, **parameters: object) -> float:
    """Credits for a request with these parameters."""
    kind = catalog.find(DIALECT, model_id).kind
    request = GenerationRequest(kind=kind, model=model_id, prompt="", **parameters)  # type: ignore[arg-type]
    return catalog.price(DIALECT, request) / MICRO


def size(resolution: str, ratio: str) -> tuple[int, int]:
    """The size as the data files explain it: the longer side is fixed, the shorter one is the nearest even number."""
    if ratio in ("16:9", "9:16") and resolution in WIDE:
        across, down = WIDE[resolution]
        return (across, down) if ratio == "16:9" else (down, across)
    across, down = map(int, ratio.split(":"))
    short = round(Fraction(LONG[resolution] * min(across, down), 2 * max(across, down))) * 2
    return (LONG[resolution], short) if across >= down else (short, LONG[resolution])


def test_the_tables_were_read() -> None:
    """The copies hold all rows."""
    assert [len(rows) for rows in (IMAGES, VIDEOS, PARAMETERS, GPT, SEEDANCE, OMNI, KLING)] == [5, 2, 10, 4, 3, 2, 2]


def test_models_and_their_order(catalog: Catalog) -> None:
    """Every model of the tables is there, and nothing else: the default of each kind, then seed order, then wire order."""
    images = list(dict.fromkeys(row[0] for row in IMAGES))
    assert [model.id for model in catalog.models(DIALECT, Kind.IMAGE)] == ["gpt-image-2", *images[:-1]]
    videos = [row[0].split()[0] for row in VIDEOS + SEEDANCE + OMNI + KLING]
    assert [model.id for model in catalog.models(DIALECT, Kind.VIDEO)] == videos
    assert catalog.default(DIALECT, Kind.VIDEO).id == PARAMETERS["model"].split()[0]


@pytest.mark.parametrize("row", IMAGES, ids=lambda row: row[0])
def test_image_row(catalog: Catalog, row: list[str]) -> None:
    """Provider, resolutions and references of an image model are the seed's; every client's parameters are taken."""
    model = catalog.find(DIALECT, row[0], Kind.IMAGE)
    assert model.hints[0] == row[1]
    assert list(model.resolutions) == listed(row[2])
    most = {"Up to 14": 14, "Single": 1, "Yes": 14}[row[3]]
    assert (model.max_inputs, model.roles) == (most, {Role.IMAGE: most})
    assert model.default_resolution == "1K"
    assert {"1:1", "16:9", "9:16", "4:3", "3:4"} <= set(model.aspect_ratios)
    assert set(model.qualities) == {"standard", "low", "medium", "high"}
    assert (model.max_count, model.negative_prompt) == (4, True)


@pytest.mark.parametrize("row", IMAGES[:3], ids=lambda row: row[0])
def test_gemini_prices(catalog: Catalog, row: list[str]) -> None:
    """Unit price x num_images, whatever the quality and the mode."""
    prices = dict(cell.split("=") for cell in listed(row[4]))
    for resolution, quality, mode, count in product(listed(row[2]), ("standard", "low", "medium", "high"), Mode, (1, 2, 3, 4)):
        got = price(catalog, row[0], resolution=resolution, quality=quality, mode=mode, count=count)
        assert got == int(prices[resolution]) * count, (resolution, quality, mode, count)


@pytest.mark.parametrize("row", GPT, ids=lambda row: row[0])
def test_gpt_image_prices(catalog: Catalog, row: list[str]) -> None:
    """The front end's table, but for one cell: `high` at 1K is 7, which the seed calls 1K_hd. `standard` is `low`."""
    expected = dict(zip(("low", "medium", "high"), map(int, row[1:]), strict=True))
    if row[0] == "1K":
        assert expected["high"] == 12
        expected["high"] = 7
    for quality, amount in expected.items():
        assert price(catalog, "gpt-image-2", resolution=row[0], quality=quality) == amount
    assert price(catalog, "gpt-image-2", resolution=row[0], quality="standard") == expected["low"]


def test_gpt_image_prices_of_the_seed(catalog: Catalog) -> None:
    """1K_std=4, 1K_hd=7."""
    told = dict(cell.split("=") for cell in listed(IMAGES[-1][4]))
    assert price(catalog, "gpt-image-2", resolution="1K", quality="standard") == int(told["1K_std"])
    assert price(catalog, "gpt-image-2", resolution="1K", quality="high") == int(told["1K_hd"])


@pytest.mark.parametrize("row", VIDEOS, ids=lambda row: row[0])
def test_video_prices_of_the_seed(catalog: Catalog, row: list[str]) -> None:
    """price_per_second x duration, whatever the resolution and the sound."""
    assert catalog.find(DIALECT, row[0]).description == f"{row[1]}."
    for resolution, audio, duration in product(("480p", "720p"), (False, True), DURATIONS):
        got = price(catalog, row[0], resolution=resolution, audio=audio, duration=duration)
        assert got == int(row[2]) * duration


def test_the_sample_of_the_seed(catalog: Catalog) -> None:
    """Five seconds of AiVideoMax are 130 credits."""
    assert price(catalog, "AiVideoMax", duration=5, aspect_ratio="16:9", resolution="720p", audio=False) == 130
    assert price(catalog, "AiVideoMax") == 130


@pytest.mark.parametrize("row", SEEDANCE, ids=lambda row: row[0])
def test_seedance_prices(catalog: Catalog, row: list[str]) -> None:
    """floor(tokens x P / 70000 x m) of the size for every ratio, resolution and duration."""
    model_id, multiplier = row[0].split()[0], Fraction(row[5])
    model = catalog.find(DIALECT, model_id)
    prices = {name: cell for name, cell in zip(("480p", "720p", "1080p", "4k"), row[1:5], strict=True) if cell != "–"}
    assert set(model.resolutions) == set(prices)
    for (resolution, cell), ratio, duration in product(prices.items(), model.aspect_ratios, DURATIONS):
        width, height = size(resolution, ratio)
        tokens = Fraction(duration * width * height * 24, 1024)
        expected = max(1, int(tokens * int(cell) / 70_000 * multiplier))
        for audio in (False, True):
            got = price(catalog, model_id, resolution=resolution, aspect_ratio=ratio, duration=duration, audio=audio)
            assert got == expected, (resolution, ratio, duration)


def test_one_seedance_price_by_hand(catalog: Catalog) -> None:
    """5 s of 720p are 108,000 tokens: 108000 x 46 / 70000 x 2 = 141.9 credits, rounded down."""
    assert price(catalog, "seedance-2.0") == 141


@pytest.mark.parametrize("row", OMNI, ids=lambda row: row[0])
def test_omni_prices(catalog: Catalog, row: list[str]) -> None:
    """floor((base x 100 + 78) / 79), as the front end computes it."""
    for resolution, duration in product(catalog.find(DIALECT, row[0]).resolutions, DURATIONS):
        expected = (int(row[1]) * duration * 100 + 78) // 79
        assert price(catalog, row[0], resolution=resolution, duration=duration) == expected


@pytest.mark.parametrize("row", KLING, ids=lambda row: row[0])
def test_kling_prices(catalog: Catalog, row: list[str]) -> None:
    """round(USD x 274 x duration). The columns of kling-3.0-omni are read the other way round: silence is not dearer."""
    model_id = row[0].split()[0]
    for resolution, cell in zip(("720p", "1080p", "2k", "4k"), row[1:], strict=True):
        silent, sounding = map(Decimal, cell.split(" / "))
        if model_id == "kling-3.0-omni":
            silent, sounding = sounding, silent
        assert silent <= sounding
        for duration, (audio, dollars) in product(DURATIONS, ((False, silent), (True, sounding))):
            expected = (dollars * 274 * duration).quantize(Decimal(1), ROUND_HALF_UP)
            assert price(catalog, model_id, resolution=resolution, duration=duration, audio=audio) == expected


def test_video_parameters(catalog: Catalog) -> None:
    """Defaults, lists and bounds of every video model are the seed's parameter table."""
    ratios = listed(PARAMETERS["ratio"].replace(" (default)", ""))
    for model in catalog.models(DIALECT, Kind.VIDEO):
        assert list(model.aspect_ratios) == ratios
        assert (model.default_aspect_ratio, model.default_resolution, model.default_duration) == ("16:9", "720p", 5)
        assert model.durations == tuple(DURATIONS)
        assert (model.audio, model.default_audio) == (Audio.OPTIONAL, False)
        assert model.prompt_max == 2000
        assert model.resolutions[0] == "720p", "the front end begins with the first"
        assert model.roles[Role.FIRST_FRAME] == model.roles[Role.LAST_FRAME] == 1
        assert model.roles[Role.REFERENCE_IMAGE] == (5 if model.id.startswith("omni") else 9)
        assert model.roles[Role.REFERENCE_VIDEO] == 3
    for row in VIDEOS:
        assert set(catalog.find(DIALECT, row[0]).resolutions) == {"480p", "720p"}


def test_video_sizes(catalog: Catalog) -> None:
    """Every size follows the rule told in the files, and stands nearly in its ratio; all sides are even."""
    for model in catalog.models(DIALECT, Kind.VIDEO):
        for (resolution, ratio), got in model.sizes.items():
            assert resolution is not None
            assert got == size(resolution, ratio), (model.id, resolution, ratio)
            in_ratio(got, ratio, 0.03)
            assert got[0] % 2 == got[1] % 2 == 0


def test_image_sizes(catalog: Catalog) -> None:
    """Sides grow with the resolution. gpt-image-2 keeps to its upstream's bounds: multiples of 16, 3840 x 2160 pixels."""
    for model in catalog.models(DIALECT, Kind.IMAGE):
        for ratio in model.aspect_ratios:
            areas = []
            for resolution in model.resolutions:
                width, height = model.sizes[resolution, ratio]
                in_ratio((width, height), ratio, 0.03)
                areas.append(width * height)
                if model.id == "gpt-image-2":
                    assert width % 16 == height % 16 == 0
                    assert max(width, height) <= 3840
                    assert areas[-1] <= 3840 * 2160
            assert areas == sorted(set(areas))
    assert catalog.find(DIALECT, "gemini-3-pro-image-preview").sizes == catalog.find("nanobanana", "nano-banana-pro").sizes


def in_ratio(got: tuple[int, int], ratio: str, tolerance: float) -> None:
    """Whether a size stands in its ratio."""
    across, down = map(int, ratio.split(":"))
    assert got[0] / got[1] == pytest.approx(across / down, rel=tolerance), (got, ratio)


@pytest.mark.parametrize("row", SEEDANCE[:2], ids=lambda row: row[0])
def test_aliases(catalog: Catalog, row: list[str]) -> None:
    """An alias is taken in every call; the quote has the model's own id."""
    model_id, _, alias = row[0].rstrip(")").partition(" (alias ")
    model = catalog.find(DIALECT, alias, Kind.VIDEO)
    assert model.id == model_id
    quote = catalog.quote(DIALECT, GenerationRequest(kind=Kind.VIDEO, model=alias, prompt="a cat"))
    assert (quote.request.model, quote.routes[0].model) == (model_id, model_id)
    assert price(catalog, alias) == price(catalog, model_id)
    assert alias not in [each.id for each in catalog.models(DIALECT)]


def test_a_price_by_ratio_does_not_leave_the_ratio_open(catalog: Catalog) -> None:
    """A first frame without a ratio: Seedance makes 16:9, and the price is that of 16:9; others may take the frame's shape."""
    frame = (MediaInput(Role.FIRST_FRAME, "https://example.com/a.png"),)
    for model_id, shapes in (("seedance-2.0", 0), ("AiVideoMax", 6)):
        quote = catalog.quote(DIALECT, GenerationRequest(kind=Kind.VIDEO, model=model_id, prompt="a cat", inputs=frame))
        assert (quote.request.aspect_ratio, quote.request.width, len(quote.request.shapes)) == ("16:9", 1280, shapes)
        assert catalog.quote(DIALECT, quote.request).request == quote.request
    square = price(catalog, "seedance-2.0", aspect_ratio="1:1", inputs=frame)
    assert square > price(catalog, "seedance-2.0", inputs=frame) == price(catalog, "seedance-2.0", aspect_ratio="16:9")


def test_every_combination_has_a_whole_price(catalog: Catalog) -> None:
    """The preview is the quote, whole and at least one credit, for all that any model allows."""
    for model in catalog.models(DIALECT):
        assert all(amount >= MICRO and amount % MICRO == 0 for amount in model.prices.values())
        for request in everything(model):
            quote = catalog.quote(DIALECT, request)
            assert catalog.price(DIALECT, request) == quote.total == quote.unit_price * request.count


def everything(model: Model) -> list[GenerationRequest]:
    """A request for each combination that the model allows."""
    inputs = (MediaInput(Role.REFERENCE_VIDEO, "https://example.com/a.mp4"),) if model.needs else ()
    lists = (model.resolutions, model.aspect_ratios, model.qualities, model.durations or (None,))
    return [
        GenerationRequest(
            kind=model.kind,
            model=model.id,
            prompt="a cat",
            resolution=resolution,
            aspect_ratio=ratio,
            quality=quality,
            duration=duration,
            inputs=inputs,
        )
        for resolution, ratio, quality, duration in product(*lists)
    ]


def test_what_no_model_makes(catalog: Catalog) -> None:
    """3K is an allowed word that no model lists (recommendation 5); 1080p is not for the seed's video models (7)."""
    with pytest.raises(InvalidRequest, match=r'resolution: got "3K"; allowed: 512, 1K, 2K, 4K'):
        price(catalog, "gpt-image-2", resolution="3K")
    with pytest.raises(InvalidRequest, match=r'resolution: got "1080p"; allowed: 720p, 480p'):
        price(catalog, "AiVideoMin", resolution="1080p")
    with pytest.raises(InvalidRequest, match=r"duration: got 16; allowed: 4, 5, 6"):
        price(catalog, "AiVideoMin", duration=16)
