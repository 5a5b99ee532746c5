"""The forms of a price, and what is said when one is wrong. `test_load` has the forms of Nano Banana."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakiln.catalog import Audio, Catalog, Route, prices
from mediakiln.catalog.load import SHIPPED
from mediakiln.catalog.model import Facts
from mediakiln.errors import MICRO, ConfigurationError
from mediakiln.generation import GenerationRequest, Kind, Mode

DIALECT = "neospark"
Overlaid = Callable[..., Catalog]

GPT = 'dialect = "neospark"\nid = "gpt-image-2"\n'
PRO = 'dialect = "nanobanana"\nid = "nano-banana-pro"\n'
MAX = 'dialect = "neospark"\nid = "AiVideoMax"\n'
SEEDANCE = 'dialect = "neospark"\nid = "seedance-2.0"\n'
FAST = 'dialect = "neospark"\nid = "seedance-2.0-fast"\n'
KLING = 'dialect = "neospark"\nid = "kling-3.0"\n'


def cost(catalog: Catalog, model_id: str, dialect: str = DIALECT, **parameters: object) -> float:
    """Credits for a request with these parameters."""
    kind = catalog.find(dialect, model_id).kind
    request = GenerationRequest(kind=kind, model=model_id, prompt="", **parameters)  # type: ignore[arg-type]
    return catalog.price(dialect, request) / MICRO


def test_the_override_told_in_the_shipped_file_works(overlaid: Overlaid) -> None:
    """The commented lines of gpt-image-2.toml, taken as they stand, make `high` at 1K cost 12 and change nothing else."""
    text = (SHIPPED / "neospark" / "gpt-image-2.toml").read_text(encoding="utf-8")
    lines = [line.removeprefix("#   ") for line in text.splitlines() if line.startswith("#   ")]
    catalog = overlaid(gpt="\n".join(lines))
    assert cost(catalog, "gpt-image-2", resolution="1K", quality="high") == 12
    assert cost(catalog, "gpt-image-2", resolution="1K", quality="medium") == 7
    assert cost(catalog, "gpt-image-2", resolution="2K", quality="high") == 8


def test_image_forms_replace_each_other(overlaid: Overlaid) -> None:
    """A sum takes the place of a table, and a table the place of a sum, as a whole."""
    summed = 'price.mode = { text = "1", image = "2" }\nprice.resolution = { "512" = "0", "1K" = "1", "2K" = "2", "4K" = "4" }\n'
    qualities = 'price.quality = { standard = "0", low = "0", medium = "0.5", high = "1" }'
    catalog = overlaid(gpt=GPT + summed + qualities)
    assert cost(catalog, "gpt-image-2", resolution="4K", quality="high", mode=Mode.IMAGE) == 7
    row = '{ standard = "3", hd = "1/8" }'
    catalog = overlaid(gpt=GPT, pro=PRO + f'price.table = {{ "1K" = {row}, "2K" = {row}, "4K" = {row} }}')
    for mode in Mode:
        assert cost(catalog, "nano-banana-pro", "nanobanana", mode=mode, resolution="4K") == 3
        assert cost(catalog, "nano-banana-pro", "nanobanana", mode=mode, resolution="4K", quality="hd") == 0.125


def test_video_forms_replace_each_other(overlaid: Overlaid) -> None:
    """A price per token gives way to one per second with its rounding, and back."""
    seconds = 'price.per_second = { 480p = "1", 720p = "1.5", 1080p = { silent = "2", audio = "3" }, 4k = "9" }'
    catalog = overlaid(a=SEEDANCE + seconds, b=MAX + 'price.per_token = { 480p = "1/1000", 720p = "1/1000" }')
    assert cost(catalog, "seedance-2.0", duration=5) == 8, "7.5, rounded up: the rounding of the tokens is gone"
    assert cost(catalog, "seedance-2.0", duration=5, resolution="1080p", audio=True) == 15
    assert cost(catalog, "seedance-2.0", duration=5, aspect_ratio="1:1") == 8
    assert not catalog.find(DIALECT, "seedance-2.0").priced_by_ratio
    assert cost(catalog, "AiVideoMax", duration=5) == 108
    assert cost(catalog, "AiVideoMax", duration=5, aspect_ratio="21:9") == 83, "5 x 1280 x 548 x 24 / 1024000 = 82.2"
    assert catalog.find(DIALECT, "AiVideoMax").priced_by_ratio


def test_an_operator_changes_one_row_or_the_rounding(overlaid: Overlaid) -> None:
    """Rows merge key by key; sound may get a price of its own, where the shipped file has one for both."""
    catalog = overlaid(
        a=SEEDANCE + 'price.rounding = "up"',
        b=FAST + 'price.per_token.720p = { silent = "1/1000", audio = "2/1000" }',
        c=KLING + 'price.per_second.720p = "1"',
    )
    assert cost(catalog, "seedance-2.0") == 142
    assert cost(catalog, "seedance-2.0-fast") == 108
    assert cost(catalog, "seedance-2.0-fast", audio=True) == 216
    assert cost(catalog, "seedance-2.0-fast", resolution="480p") == cost(
        Catalog.load(None, {"studio"}), "seedance-2.0-fast", resolution="480p"
    )
    assert cost(catalog, "kling-3.0", duration=7, audio=True) == 7


def test_frames_count(overlaid: Overlaid) -> None:
    """Tokens are counted at the model's own frame rate."""
    assert cost(overlaid(a=SEEDANCE + "fps = 48"), "seedance-2.0") == 283, "twice 141.9, rounded down"


WRONG = [
    ("misspelt resolution", GPT + 'price.table."1k".high = "1"', "price.table.1k: unknown key; allowed: 512, 1K, 2K, 4K"),
    (
        "misspelt quality",
        GPT + 'price.table."1K".hd = "1"',
        "price.table.1K.hd: unknown key; allowed: standard, low, medium, high",
    ),
    (
        "misspelt form",
        SEEDANCE + 'price.per_tokens.720p = "1"',
        "price.per_tokens: unknown key; allowed: currency, table, per_second",
    ),
    ("tokens of no resolution", SEEDANCE + 'price.per_token.8k = "1"', "price.per_token.8k: unknown key; allowed: 720p, 480p"),
    (
        "misspelt sound",
        SEEDANCE + 'price.per_token.720p = { silence = "1" }',
        "price.per_token.720p.silence: unknown key; allowed: silent, audio",
    ),
    (
        "missing cell",
        GPT + 'qualities = ["standard", "best"]',
        "price.table.512.best: no price given; an unknown price is never 0",
    ),
    ("missing tokens", SEEDANCE + 'price.per_token = { 720p = { silent = "1" } }', "price.per_token.720p.audio: no price given"),
    ("missing row", MAX + 'price.per_token.720p = "1"', "price.per_token.480p: no price given; an unknown price is never 0"),
    ("tokens are no table", MAX + 'price.per_token = "1"', "price.per_token: must be a table"),
    (
        "free token",
        SEEDANCE + 'price.per_token.4k = "0"',
        "price: comes to 0 for text, 4k, standard, 4 s, 16:9; a model must cost",
    ),
    ("free fraction", SEEDANCE + 'price.per_token.4k = "0/7"', "price: comes to 0 for text, 4k, standard, 4 s, 16:9"),
    ("free second", MAX + 'price.per_second.480p = "0.0"', "price: comes to 0 for text, 480p, standard, 4 s; a model must cost"),
    ("free cell", GPT + 'price.table."1K".low = "0"', "price: comes to 0 for text, 1K, low; a model must cost something"),
    ("by zero", SEEDANCE + 'price.per_token.4k = "1/0"', "price.per_token.4k: got '1/0'; write credits as a decimal in quotes"),
    ("half a fraction", SEEDANCE + 'price.per_token.4k = "1/"', "price.per_token.4k: got '1/'; write credits"),
    ("mixed", SEEDANCE + 'price.per_token.4k = "1.5/2"', "price.per_token.4k: got '1.5/2'; write credits"),
    ("negative", SEEDANCE + 'price.per_token.4k = "-1/2"', "price.per_token.4k: got '-1/2'; write credits"),
    ("spaced", SEEDANCE + 'price.per_token.4k = "1 / 2"', "price.per_token.4k: got '1 / 2'; write credits"),
    ("float", SEEDANCE + "price.per_token.4k = 0.1", "price.per_token.4k: got 0.1; write credits"),
    ("third of a credit", GPT + 'price.table."1K".low = "1/3"', "price.table.1K.low: is no whole number of microcredits"),
    ("rounding", SEEDANCE + 'price.rounding = "floor"', "price.rounding: got 'floor'; allowed: up, down, nearest"),
    ("rounding list", SEEDANCE + 'price.rounding = ["up"]', "price.rounding: got ['up']; allowed: up, down, nearest"),
    (
        "rounding of a table",
        'dialect = "nanobanana"\nid = "veo-3.1-fast"\nprice.rounding = "up"',
        "price.rounding: is for price.per_second and price.per_token",
    ),
    (
        "rounding of an image",
        GPT + 'price.rounding = "up"',
        "price.rounding: unknown key; allowed: currency, mode, resolution, quality, table",
    ),
    (
        "two image forms",
        GPT + 'price.table."1K".low = "1"\nprice.mode.text = "1"',
        "price: an image model needs either price.table or price.mode",
    ),
    ("surcharge on a table", GPT + 'price.quality.high = "1"', "price: an image model needs either price.table or price.mode"),
    (
        "two video forms",
        MAX + "price.per_token = {}\nprice.per_second = {}",
        "price: a video model needs either price.table or price.per_second or price.per_token",
    ),
    ("unknown role", MAX + "roles.picture = 1", "roles: Invalid enum value 'picture'"),
    ("negative role", MAX + "roles.first_frame = -1", "roles.first_frame: got -1; must be at least 0"),
    ("need without role", MAX + 'needs = ["image"]', "needs: image is needed, but roles.image does not take it"),
    (
        "alias of another",
        MAX + 'aliases = ["seedance-2.0"]',
        "aliases: seedance-2.0 is already a name of seedance-2.0 in neospark",
    ),
    ("alias twice", MAX + 'aliases = ["max", "max"]', "aliases: max is already a name of AiVideoMax in neospark"),
    ("alias of itself", MAX + 'aliases = ["AiVideoMax"]', "aliases: AiVideoMax is already a name of AiVideoMax in neospark"),
]


@pytest.mark.parametrize(("text", "message"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_wrong_price_is_one_line_with_file_and_key(overlaid: Overlaid, text: str, message: str) -> None:
    """Every mistake is refused at start, with one line that names the file and the key."""
    with pytest.raises(ConfigurationError) as caught:
        overlaid(wrong=text)
    path, _, line = str(caught.value).partition(": ")
    assert path.endswith(".toml")
    assert "\n" not in line
    assert line.startswith(message)


def test_one_alias_for_two_models(overlaid: Overlaid) -> None:
    """Two models cannot share an alias, nor one take the id of another; the other dialects do not mind."""
    with pytest.raises(ConfigurationError, match=re.escape("fast is already a name of AiVideoMax in neospark")):
        overlaid(a=MAX + 'aliases = ["fast"]', b=KLING + 'aliases = ["fast"]')
    catalog = overlaid(a=MAX + 'aliases = ["nano-banana", "fast"]', b=PRO + 'aliases = ["fast"]')
    assert catalog.find(DIALECT, "fast").id == catalog.find(DIALECT, "nano-banana").id == "AiVideoMax"
    assert catalog.find("nanobanana", "fast").id == "nano-banana-pro"


def test_a_model_that_is_gone_leaves_its_name(overlaid: Overlaid) -> None:
    """The id of a disabled model may become another's alias: clients that name it are served on."""
    catalog = overlaid(a=KLING + "enabled = false", b=MAX + 'aliases = ["kling-3.0"]')
    assert catalog.find(DIALECT, "kling-3.0").id == "AiVideoMax"


FACTS = Facts(
    dialect="d",
    id="m",
    name="M",
    kind=Kind.VIDEO,
    modes=(Mode.TEXT,),
    max_inputs=0,
    prompt_max=1,
    aspect_ratios=("16:9", "1:1"),
    durations=(4, 5, 15),
    audio=Audio.NEVER,
    output_formats=("mp4",),
    routes=(Route("studio", "m"),),
)
SIZES = {(None, "16:9"): (1280, 720), (None, "1:1"): (720, 720)}


@given(
    numerator=st.integers(1, 999_999_999),
    denominator=st.integers(1, 999_999_999),
    rounding=st.sampled_from(["up", "down", "nearest"]),
    form=st.sampled_from(["per_second", "per_token"]),
)
def test_rounding_is_exact(numerator: int, denominator: int, rounding: str, form: str) -> None:
    """Whatever the rate: whole credits, at least one, less than one off the exact amount, on the side that was asked for."""
    rate = Fraction(numerator, denominator)
    price = {form: {"any": f"{numerator}/{denominator}"}, "rounding": rounding}
    for (_, _, _, _, duration, ratio), amount in prices.expand(FACTS, price, SIZES, Fraction(1, 100)).items():
        width, height = SIZES[None, ratio or "16:9"]
        exact = rate * duration * (Fraction(width * height * 24, 1024) if form == "per_token" else 1)
        whole, rest = divmod(amount, MICRO)
        assert rest == 0
        assert whole >= 1
        off = whole - exact
        if rounding == "up":
            assert 0 <= off < 1
        elif rounding == "down":
            assert -1 < off <= 0 or whole == 1
        else:
            assert Fraction(-1, 2) < off <= Fraction(1, 2) or whole == 1
