"""Models that leave a choice to the caller's picture, the caller's pixels, or the words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mediakiln.catalog import Catalog
from mediakiln.errors import MICRO, ConfigurationError, InvalidPrompt, InvalidRequest
from mediakiln.generation import AUTO, GenerationRequest, Kind, MediaInput, Mode, Role

Overlaid = Callable[..., Catalog]
PICTURE = MediaInput(Role.IMAGE, "https://example.com/a.png")

EFFECT = """
dialect = "vtrix"
id = "effect"
name = "Effect"
kind = "image"
modes = ["image"]
max_inputs = 1
roles = { image = 1 }
prompt_max = 100
prompt_optional = true
templates = ["felt", "glass"]
sides = [512, 2048]
aspect_ratios = ["any"]
output_formats = ["png"]
routes = [{ provider = "studio", model = "effect" }]
sizes.any.any = [1328, 1328]
price = { currency = "usd", table = { any = { standard = "0.033" } } }
"""
DANCE = """
dialect = "vtrix"
id = "dance"
name = "Dance"
kind = "video"
modes = ["text", "image"]
max_inputs = 9
prompt_max = 1000
prompt_optional = true
aspect_ratios = ["16:9", "9:16"]
adaptive = true
durations = [4, 5, 6, 7, 8]
default_duration = 5
auto_duration = true
output_formats = ["mp4"]
routes = [{ provider = "studio", model = "dance" }]
sizes.any = { "16:9" = [1280, 720], "9:16" = [720, 1280] }
price = { currency = "usd", per_second = { any = "0.0123" } }
"""


def effect(**fields: object) -> GenerationRequest:
    return GenerationRequest(**{"kind": Kind.IMAGE, "model": "effect", "prompt": "", "mode": Mode.IMAGE, "inputs": (PICTURE,),
                                "template": "felt"} | fields)  # type: ignore[arg-type]  # fmt: skip


def dance(**fields: object) -> GenerationRequest:
    return GenerationRequest(**{"kind": Kind.VIDEO, "model": "dance", "prompt": "a cat"} | fields)  # type: ignore[arg-type]


def test_a_size_of_the_callers_own(overlaid: Overlaid) -> None:
    """Sides within the range are taken, one that is left out is the model's, and a frozen quote stays as it is."""
    catalog = overlaid(a=EFFECT)
    for given, size in (({}, (1328, 1328)), ({"width": 512}, (512, 1328)), ({"width": 700, "height": 2048}, (700, 2048))):
        resolved = catalog.quote("vtrix", effect(**given)).request
        assert (resolved.width, resolved.height) == size
        assert resolved.shapes == ()
        assert catalog.quote("vtrix", resolved).request == resolved


@pytest.mark.parametrize("side", ["width", "height"])
@pytest.mark.parametrize("got", [511, 2049, -1, 10**9])
def test_a_side_out_of_range_is_named(overlaid: Overlaid, side: str, got: int) -> None:
    """The error says which side, what was got and what is allowed."""
    with pytest.raises(InvalidRequest, match=f"{side}: got {got}; allowed: 512 to 2048"):
        overlaid(a=EFFECT).quote("vtrix", effect(**{side: got}))


def test_a_template_is_named_or_refused(overlaid: Overlaid) -> None:
    """A model with templates wants one of them; a model without ignores the word."""
    catalog = overlaid(a=EFFECT, b=DANCE)
    assert catalog.quote("vtrix", effect()).request.template == "felt"
    for wrong in (None, "Felt"):
        with pytest.raises(InvalidRequest, match=r'template: got (none|"Felt"); allowed: felt, glass'):
            catalog.quote("vtrix", effect(template=wrong))
    assert catalog.quote("vtrix", dance(template="felt")).request.template is None


def test_words_may_be_left_out_beside_an_input_only(overlaid: Overlaid) -> None:
    """Nothing at all is no request."""
    catalog = overlaid(a=EFFECT, b=DANCE)
    frame = MediaInput(Role.FIRST_FRAME, "https://example.com/a.png")
    assert catalog.quote("vtrix", dance(prompt="", inputs=(frame,))).request.prompt == ""
    with pytest.raises(InvalidPrompt):
        catalog.quote("vtrix", dance(prompt=""))


def test_the_words_choose_length_and_shape_before_the_price(overlaid: Overlaid) -> None:
    """A length left open is frozen in the quote, and priced; a picture's shape goes before the words."""
    catalog = overlaid(b=DANCE)
    quote = catalog.quote("vtrix", dance(prompt="a vertical video, 7 seconds", duration=AUTO))
    assert (quote.request.duration, quote.request.aspect_ratio, quote.request.height) == (7, "9:16", 1280)
    assert quote.total == 7 * 1_230_000
    frame = MediaInput(Role.FIRST_FRAME, "https://example.com/a.png")
    with_frame = catalog.quote("vtrix", dance(prompt="a vertical video", inputs=(frame,))).request
    assert with_frame.shaped_like(1920, 1080).aspect_ratio == "16:9"


def test_a_length_is_not_left_open_where_the_model_does_not_choose(overlaid: Overlaid) -> None:
    """-1 is then a wrong duration like any other."""
    with pytest.raises(InvalidRequest, match="duration: got -1"):
        overlaid(b=DANCE.replace("auto_duration = true", "")).quote("vtrix", dance(duration=AUTO))


def test_dollars_become_credits_to_the_microcredit(overlaid: Overlaid) -> None:
    """At $0.01 a credit, $0.033 are 3.3 credits: no rounding to whole credits that the caller never saw."""
    assert overlaid(a=EFFECT).price("vtrix", effect()) == 33 * MICRO // 10


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('currency = "usd"', 'currency = "eur"', "price.currency: got 'eur'; allowed: credits, usd"),
        ("sides = [512, 2048]", "sides = [2048, 512]", "sides: got [2048, 512]"),
        ("sides = [512, 2048]", "sides = [0, 512]", "sides: got [0, 512]"),
    ],
)
def test_a_wrong_fact_is_one_line(overlaid: Overlaid, old: str, new: str, message: str) -> None:
    """With the key in front."""
    with pytest.raises(ConfigurationError) as caught:
        overlaid(a=EFFECT.replace(old, new))
    assert message in str(caught.value)
