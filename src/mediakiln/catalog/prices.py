"""From the price tables of a data file to one integer per combination, computed once at load.

An image costs `price.mode + price.resolution + price.quality`. A video costs what `price.table` says for its resolution,
sound and duration, or `price.per_second` x duration rounded up to whole credits. Amounts are credits written as decimal
strings; inside they are integer microcredits. A price that is missing, or comes to 0, is an error: nothing is free by
accident.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import product
from typing import Any

from mediakiln.catalog.model import ANY, Audio, Facts, Model, PriceKey
from mediakiln.errors import MICRO, ConfigurationError
from mediakiln.generation import GenerationRequest, Kind

FORMS = {"table", "per_second"}
"""The two ways to price a video; a model has one of them."""

_AMOUNT = re.compile(r"(\d{1,9})(?:\.(\d{1,6}))?", re.ASCII)
_SOUNDS = {Audio.OPTIONAL: {False: "silent", True: "audio"}, Audio.ALWAYS: {True: "audio"}, Audio.NEVER: {False: "silent"}}


def unit_price(model: Model, request: GenerationRequest) -> int:
    """Microcredits for one delivered item of a request that `rules.resolve` has resolved."""
    return model.prices[request.mode, request.resolution, request.quality, request.audio or False, request.duration or 0]


def sounds(audio: Audio) -> dict[bool, str]:
    """The columns of a video price table, by whether there is sound: `silent`, `audio` or both."""
    return _SOUNDS[audio]


def rows(facts: Facts) -> dict[str | None, str]:
    """Resolution -> its row in the tables; a model that ignores resolutions has the one row `any`."""
    return {name: name for name in facts.resolutions} if facts.resolutions else {None: ANY}


def expand(facts: Facts, price: Mapping[str, Any]) -> dict[PriceKey, int]:
    """Unit prices for everything the model allows. Raises ConfigurationError that names the missing or wrong key."""
    prices = _image_prices(facts, price) if facts.kind is Kind.IMAGE else _video_prices(facts, price)
    for (mode, resolution, quality, _, duration), amount in prices.items():
        if amount <= 0:
            what = [mode, resolution, quality, f"{duration} s" if duration else None]
            raise ConfigurationError(f"price: comes to 0 for {', '.join(filter(None, what))}; a model must cost something")
    return prices


def _image_prices(facts: Facts, price: Mapping[str, Any]) -> dict[PriceKey, int]:
    prices: dict[PriceKey, int] = {}
    for mode, resolution, quality in product(facts.modes, facts.resolutions or (None,), facts.qualities):
        amount = _amount(price, "mode", mode) + _amount(price, "quality", quality)
        if resolution is not None:
            amount += _amount(price, "resolution", resolution)
        prices[mode, resolution, quality, False, 0] = amount
    return prices


def _video_prices(facts: Facts, price: Mapping[str, Any]) -> dict[PriceKey, int]:
    if len(price.keys() & FORMS) != 1:
        raise ConfigurationError("price: a video model needs either price.table or price.per_second")
    prices: dict[PriceKey, int] = {}
    combinations = product(rows(facts).items(), sounds(facts.audio).items(), facts.durations)
    for (resolution, row), (audio, sound), duration in combinations:
        if "table" in price:
            amount = _amount(price, "table", row, sound, str(duration))
        else:
            amount = -(-_amount(price, "per_second", row, sound) * duration // MICRO) * MICRO
        for mode in facts.modes:
            prices[mode, resolution, "standard", audio, duration] = amount
    return prices


def _amount(price: Mapping[str, Any], *path: str) -> int:
    """The amount at `price.<path>` in microcredits."""
    key, value = "price", price
    for part in path:
        if not isinstance(value, Mapping):
            raise ConfigurationError(f"{key}: must be a table")
        key = f"{key}.{part}"
        if part not in value:
            raise ConfigurationError(f"{key}: no price given; an unknown price is never 0")
        value = value[part]
    match = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ConfigurationError(f'{key}: got {value!r}; write credits as a decimal in quotes, such as "2" or "1.25"')
    return int(match[1]) * MICRO + int((match[2] or "").ljust(6, "0"))
