"""Lookups, quotes, and the agreement of prices."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakiln.catalog import Catalog, Route
from mediakiln.errors import MICRO, InvalidRequest, UnknownModel
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Mode, Role

DIALECT = "nanobanana"
PICTURE = MediaInput(Role.IMAGE, "https://example.com/a.png")
SHIPPED = Catalog.load(None, {"studio"})


def test_unknown_model_lists_the_ids(catalog: Catalog) -> None:
    """An unknown id is told together with the ids there are."""
    with pytest.raises(UnknownModel) as caught:
        catalog.find(DIALECT, "dall-e", Kind.IMAGE)
    assert str(caught.value) == 'model: got "dall-e"; allowed: nano-banana, nano-banana-pro, nano-banana-2, seedream4'


def test_a_model_of_the_other_kind_is_unknown(catalog: Catalog) -> None:
    """A video model cannot make an image, and the message lists image models."""
    request = GenerationRequest(kind=Kind.IMAGE, model="sora-2", prompt="a cat")
    for ask in (catalog.quote, catalog.price):
        with pytest.raises(UnknownModel, match=r'got "sora-2"; allowed: nano-banana,'):
            ask(DIALECT, request)


def test_dialects_are_apart(catalog: Catalog) -> None:
    """A model is found in its own dialect only."""
    assert catalog.models("neospark-of-another-day") == ()
    with pytest.raises(UnknownModel, match="none is available here"):
        catalog.find("neospark-of-another-day", "nano-banana")


def test_without_a_provider_nothing_is_offered() -> None:
    """MEDIAKILN_STUDIO=off and no vendor: no model is listed or callable, and there is no default."""
    bare = Catalog.load(None, ())
    assert bare.models(DIALECT) == ()
    with pytest.raises(UnknownModel, match="no image model is available here"):
        bare.default(DIALECT, Kind.IMAGE)


def test_quote_carries_model_and_routes(catalog: Catalog) -> None:
    """A quote holds all that a task needs to freeze."""
    quote = catalog.quote(DIALECT, GenerationRequest(kind=Kind.IMAGE, model="nano-banana-2", prompt="a cat", count=3))
    assert quote.model is catalog.find(DIALECT, "nano-banana-2")
    assert quote.routes == (Route("studio", "nano-banana-2"),)
    assert (quote.unit_price, quote.total) == (4 * MICRO, 12 * MICRO)


def test_seeds_differ(catalog: Catalog) -> None:
    """Two requests without a seed get different ones."""
    request = GenerationRequest(kind=Kind.IMAGE, model="nano-banana", prompt="a cat")
    assert len({catalog.quote(DIALECT, request).request.seed for _ in range(20)}) > 1


def test_price_is_the_quote_for_every_combination(catalog: Catalog) -> None:
    """calculate-cost and generate agree, and total = unit x count, for all that any model allows."""
    seen = 0
    for model in catalog.models(DIALECT):
        axes = product(
            model.modes,
            (None, *model.resolutions),
            model.aspect_ratios,
            model.qualities,
            model.output_formats,
            (None, *model.durations),
            (None, True, False) if model.kind is Kind.VIDEO else (None,),
            range(1, model.max_count + 1),
        )
        for mode, resolution, ratio, quality, output_format, duration, audio, count in axes:
            request = GenerationRequest(
                kind=model.kind,
                model=model.id,
                prompt="a cat",
                mode=mode,
                inputs=(PICTURE,) if mode is Mode.IMAGE else (),
                aspect_ratio=ratio,
                resolution=resolution,
                quality=quality,
                output_format=output_format,
                duration=duration,
                audio=audio,
                count=count,
            )
            quote = catalog.quote(DIALECT, request)
            assert catalog.price(DIALECT, request) == quote.total == quote.unit_price * count
            assert quote.total % MICRO == 0, "shipped prices are whole credits"
            assert quote.request.width > 0
            assert quote.request.height > 0
            seen += 1
    assert seen > 2_000


def some(*values: object) -> st.SearchStrategy[object]:
    """One of these values, mostly sensible, some not."""
    return st.sampled_from(values)


@given(
    model=some(*(model.id for model in SHIPPED.models(DIALECT)), "nonsense"),
    kind=some(*Kind),
    prompt=st.text(max_size=20),
    mode=some(*Mode),
    inputs=some((), (PICTURE,), (PICTURE, PICTURE)),
    aspect_ratio=some(None, "1:1", "16:9", "9:16", "21:9", "7:5"),
    resolution=some(None, "1K", "2K", "480p", "720p", "1080p", "8K"),
    count=st.integers(-1, 6),
    quality=some("standard", "hd", "best"),
    output_format=some(None, "png", "jpeg", "mp4", "gif"),
    duration=st.none() | st.integers(-1, 20),
    audio=some(None, True, False),
    seed=st.none() | st.integers(0, 2**31),
)
def test_whatever_is_accepted_has_a_positive_price(**parameters: object) -> None:
    """Any accepted request has a whole, positive price = unit x count; anything else is an InvalidRequest, never a crash."""
    request = GenerationRequest(**parameters)  # type: ignore[arg-type]
    try:
        quote = SHIPPED.quote(DIALECT, request)
    except InvalidRequest:
        return
    assert isinstance(quote.total, int)
    assert quote.total == quote.unit_price * request.count > 0
    assert SHIPPED.price(DIALECT, request) == quote.total
    assert quote.request.seed is not None
