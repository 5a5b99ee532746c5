"""Data files: laying an operator's directory over the shipped one, and what is said when a file is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mediakiln.catalog import Catalog, Route
from mediakiln.catalog.load import SHIPPED
from mediakiln.errors import MICRO, ConfigurationError, UnknownModel
from mediakiln.generation import GenerationRequest, Kind, Mode

DIALECT = "nanobanana"
Overlaid = Callable[..., Catalog]

PRO = 'dialect = "nanobanana"\nid = "nano-banana-pro"\n'
VEO = 'dialect = "nanobanana"\nid = "veo-3.1-fast"\n'
NEW = """
    dialect = "nanobanana"
    id = "house-style"
    name = "House Style"
    kind = "image"
    modes = ["text"]
    max_inputs = 0
    prompt_max = 100
    aspect_ratios = ["1:1"]
    qualities = ["standard"]
    output_formats = ["png"]
    routes = [{ provider = "studio", model = "house" }]
    sizes.any."1:1" = [512, 512]
    price.mode.text = "0.25"
    price.quality.standard = "0"
"""


def cost(catalog: Catalog, model_id: str, kind: Kind = Kind.IMAGE, **parameters: object) -> float:
    """Credits for a request with these parameters."""
    request = GenerationRequest(kind=kind, model=model_id, prompt="", **parameters)  # type: ignore[arg-type]
    return catalog.price(DIALECT, request) / MICRO


def test_override_merges_key_by_key(overlaid: Overlaid) -> None:
    """A price that an operator sets replaces that price and nothing else; lists are replaced as a whole."""
    catalog = overlaid(mine=PRO + 'name = "Ours"\nresolutions = ["2K", "4K"]\nprice.resolution."4K" = "20.5"')
    model = catalog.find(DIALECT, "nano-banana-pro")
    assert (model.name, model.resolutions, model.default_resolution) == ("Ours", ("2K", "4K"), "2K")
    assert (cost(catalog, model.id), cost(catalog, model.id, resolution="4K")) == (6, 26.5)
    assert len(model.aspect_ratios) == 10


def test_the_override_told_in_the_shipped_file_works(overlaid: Overlaid) -> None:
    """The commented lines of nano-banana-pro.toml, taken as they stand, give the figure of the seed's sample: 16."""
    text = (SHIPPED / "nanobanana" / "nano-banana-pro.toml").read_text(encoding="utf-8")
    lines = [line.removeprefix("#   ") for line in text.splitlines() if line.startswith("#   ")]
    catalog = overlaid(pro="\n".join(lines))
    assert cost(catalog, "nano-banana-pro", resolution="2K", count=2) == 16
    assert cost(catalog, "nano-banana-pro", resolution="1K", count=2) == 12


def test_override_may_change_the_form_of_a_price(overlaid: Overlaid) -> None:
    """A price per second takes the place of the shipped table."""
    catalog = overlaid(
        veo=VEO + 'price.per_second = { 720p = { silent = "1", audio = "1.3" }, 1080p = { silent = "2", audio = "3" } }'
    )
    assert cost(catalog, "veo-3.1-fast", Kind.VIDEO, duration=6, audio=True) == 8, "7.8 rounded up to whole credits"
    assert cost(catalog, "veo-3.1-fast", Kind.VIDEO, duration=6, audio=False) == 6


def test_new_model(overlaid: Overlaid) -> None:
    """A new id adds a model, listed after the shipped ones unless its `order` says otherwise; credits may be fractions."""
    catalog = overlaid(new=NEW)
    assert [model.id for model in catalog.models(DIALECT, Kind.IMAGE)][-1] == "house-style"
    assert cost(catalog, "house-style") == 0.25


def test_several_models_in_one_file(overlaid: Overlaid) -> None:
    """`[[models]]` holds several entries."""
    catalog = overlaid(
        family="""
        [[models]]
        dialect = "nanobanana"
        id = "nano-banana"
        price.mode.text = "3"
        [[models]]
        dialect = "nanobanana"
        id = "seedream4"
        enabled = false
        """
    )
    assert cost(catalog, "nano-banana") == 3
    with pytest.raises(UnknownModel):
        catalog.find(DIALECT, "seedream4")


def test_the_same_id_in_another_dialect_is_another_model(overlaid: Overlaid) -> None:
    """Models are keyed by dialect and id."""
    catalog = overlaid(other=NEW.replace('"nanobanana"', '"elsewhere"').replace('"house-style"', '"nano-banana"'))
    assert cost(catalog, "nano-banana", mode=Mode.IMAGE) == 2
    assert catalog.find("elsewhere", "nano-banana").name == "House Style"


def test_disabled_default_hands_over(overlaid: Overlaid) -> None:
    """Without the default model the next in order serves callers who name none."""
    catalog = overlaid(off='dialect = "nanobanana"\nid = "nano-banana"\nenabled = false')
    assert catalog.default(DIALECT, Kind.IMAGE).id == "nano-banana-pro"


def test_another_default(overlaid: Overlaid) -> None:
    """An operator moves the default by saying so in both entries; it is listed first."""
    plain = 'dialect = "nanobanana"\nid = "nano-banana"\nis_default = false'
    catalog = overlaid(a=plain, b=PRO + "is_default = true")
    assert catalog.models(DIALECT)[0].id == catalog.default(DIALECT, Kind.IMAGE).id == "nano-banana-pro"


def test_routes_keep_their_order_and_lose_the_unconfigured(overlaid: Overlaid) -> None:
    """Routes to providers that are not configured are dropped, and the preview engine's wherever another is left: nobody pays a
    model's price for a preview because the model's service was busy. A model without any route is not offered."""
    both = """routes = [
        { provider = "studio", model = "s" }, { provider = "google", model = "g" }, { provider = "fal", model = "f" }]"""
    text = PRO + both
    assert overlaid(pro=text).find(DIALECT, "nano-banana-pro").routes == (Route("studio", "s"),)
    google = overlaid(providers=("google",), pro=text)
    assert [model.id for model in google.models(DIALECT)] == ["nano-banana-pro"]
    assert overlaid(providers=("fal", "google", "studio"), pro=text).find(DIALECT, "nano-banana-pro").routes == (
        Route("google", "g"),
        Route("fal", "f"),
    )


WRONG = [
    ("unknown key", PRO + "colour = 1", "colour: unknown key"),
    (
        "unknown key in a table",
        PRO + 'price.resolutions."2K" = "2"',
        "price.resolutions: unknown key; allowed: currency, mode, resolution, quality",
    ),
    ("misspelt surcharge", PRO + 'price.resolution."2k" = "2"', "price.resolution.2k: unknown key; allowed: 1K, 2K, 4K"),
    ("misspelt size row", PRO + 'sizes."2k"."1:1" = [1, 1]', "sizes.2k: unknown key; allowed: 1K, 2K, 4K"),
    ("unknown ratio", PRO + 'sizes."2K"."7:5" = [64, 64]', "sizes.2K.7:5: unknown key; allowed: 1:1, 3:2"),
    ("unknown duration", VEO + 'price.table.720p.audio.5 = "1"', "price.table.720p.audio.5: unknown key; allowed: 4, 6, 8"),
    ("float price", PRO + "price.mode.text = 1.5", "price.mode.text: got 1.5; write credits as a decimal in quotes"),
    ("word price", PRO + 'price.mode.text = "free"', "price.mode.text: got 'free'; write credits"),
    ("negative price", PRO + 'price.mode.text = "-1"', "price.mode.text: got '-1'; write credits"),
    ("too fine a price", PRO + 'price.mode.text = "0.0000001"', "price.mode.text: got '0.0000001'; write credits"),
    ("free", PRO + 'price.mode.text = "0"', "price: comes to 0 for text, 1K, standard; a model must cost something"),
    (
        "missing surcharge",
        PRO + 'qualities = ["standard", "best"]',
        "price.quality.best: no price given; an unknown price is never 0",
    ),
    ("missing duration", VEO + "durations = [4, 10]", "price.table.720p.silent.10: no price given"),
    ("price is no table", PRO + 'price = "6"', "price: Expected `object`, got `str`"),
    ("price row is no table", PRO + 'price.mode = "6"', "price.mode: must be a table"),
    (
        "two forms",
        VEO + "price.per_second = {}\nprice.table = {}",
        "price: a video model needs either price.table or price.per_second",
    ),
    ("missing size", PRO + 'aspect_ratios = ["7:5"]', "sizes.1K.7:5: no size given"),
    ("size of text", PRO + 'sizes."1K"."1:1" = ["a", 1]', "sizes.1K.1:1: got ['a', 1]; write [width, height] in pixels"),
    ("tiny size", PRO + 'sizes."1K"."1:1" = [8, 8]', "sizes.1K.1:1: got [8, 8]; sides are 16 to 16384 pixels"),
    ("odd video", VEO + 'sizes.720p."16:9" = [1281, 720]', "sizes.720p.16:9: got [1281, 720]; video needs even sides"),
    ("wrong type", PRO + 'max_count = "4"', "max_count: Expected `int`, got `str`"),
    ("wrong word", PRO + 'modes = ["text", "sound"]', "modes[1]: Invalid enum value 'sound'"),
    (
        "cost in words",
        PRO + 'routes = [{ provider = "studio", model = "s", cost = "4 cents" }]',
        "routes[0].cost: got '4 cents'; must be in USD",
    ),
    ("empty list", PRO + "output_formats = []", "output_formats: must not be empty"),
    ("no count", PRO + "max_count = 0", "max_count: got 0; must be at least 1"),
    ("default elsewhere", PRO + 'default_resolution = "8K"', "default_resolution: got '8K'; allowed: 1K, 2K, 4K"),
    ("image of a length", PRO + "durations = [1]", "durations: an image model has none"),
    ("several videos", VEO + "max_count = 2", "max_count: a video model makes one video of standard quality at a time"),
    ("route", PRO + 'routes = [{ provider = "studio" }]', "routes[0].model: missing"),
    ("no identity", 'id = "x"', "dialect: must be given as text"),
    (
        "new but not whole",
        NEW.replace('name = "House Style"', ""),
        "name: missing (there is no shipped model nanobanana/house-style",
    ),
    (
        "disabling nothing",
        'dialect = "nanobanana"\nid = "seedream-4"\nenabled = false',
        "name: missing (there is no shipped model",
    ),
    ("mixed file", PRO + "[[models]]", "models: a file of several models has nothing but [[models]]"),
    ("models of text", 'models = ["a"]', 'models: got "a"; each must be a table'),
]


@pytest.mark.parametrize(("text", "message"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_wrong_file_is_one_line_with_file_and_key(overlaid: Overlaid, tmp_path: Path, text: str, message: str) -> None:
    """Every mistake is refused at start, with one line that names the file and the key."""
    with pytest.raises(ConfigurationError) as caught:
        overlaid(wrong=text)
    line = str(caught.value)
    assert line.startswith(f"{tmp_path / 'wrong.toml'}: {message}")
    assert "\n" not in line


def test_not_toml(overlaid: Overlaid) -> None:
    """A file that is not TOML is named with the line that broke."""
    with pytest.raises(ConfigurationError, match=r"cannot read .*broken\.toml: .*line 1"):
        overlaid(broken="dialect = = 1")


def test_the_same_model_twice(overlaid: Overlaid) -> None:
    """Two files of one directory may not fight over a model."""
    with pytest.raises(ConfigurationError, match=r"b\.toml: id: nanobanana/nano-banana-pro is already given by .*a\.toml"):
        overlaid(a=PRO, b=PRO)


def test_two_defaults(overlaid: Overlaid, tmp_path: Path) -> None:
    """One default per kind and dialect."""
    with pytest.raises(ConfigurationError) as caught:
        overlaid(a=PRO + "is_default = true")
    both = "nano-banana and nano-banana-pro are both the image default of nanobanana"
    assert str(caught.value) == f"{tmp_path / 'a.toml'}: is_default: {both}; say false in one"


def test_missing_directory(tmp_path: Path) -> None:
    """A directory that is not there is a mistake, not an empty catalogue."""
    with pytest.raises(ConfigurationError, match=r"catalog: .* is not a directory"):
        Catalog.load(tmp_path / "nowhere", {"studio"})


def test_shipped_files_say_nothing_useless() -> None:
    """One file per model, named for its id, in its dialect's folder."""
    files = {(path.parent.name, path.stem) for path in SHIPPED.rglob("*.toml")}
    catalog = Catalog.load(None, {"studio"})
    assert files == {(model.dialect, model.id) for dialect, _ in files for model in catalog.models(dialect)}
