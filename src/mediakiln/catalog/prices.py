"""From the price tables of a data file to one integer per combination, computed once at load.

A model has one of these forms:

- image, `mode`: `price.mode + price.resolution + price.quality`.
- image, `table`: what `price.table.<resolution>.<quality>` says; the mode does not matter.
- video, `table`: what `price.table.<resolution>.<sound>.<duration>` says.
- video, `per_second`: `price.per_second.<resolution>` x duration.
- video, `per_token`: `price.per_token.<resolution>` x tokens, where tokens = duration x width x height x fps / 1024 (how
  Seedance counts them). The size, and so the price, depends on the aspect ratio.

A price per second or token is one amount for silent and sounding videos, or a table of the two: `{ silent, audio }`. What it
comes to is rounded to whole credits as `price.rounding` says, `up` (the default), `down` or `nearest` (halves go up), and is
1 credit at least.

Amounts are credits, or with `price.currency = "usd"` dollars, which become credits at `usd_per_credit`, rounded in microcredits
instead of whole credits. They are written as decimal strings, or as fractions such as "1500/79" where no decimal is exact;
inside they are integer microcredits. A price that is missing, or comes to 0, is an error: nothing is free by accident.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import product
from typing import Any

from msgspec import Struct

from mediakiln.catalog.model import ANY, Audio, Facts, Model, PriceKey, SizeKey
from mediakiln.errors import MICRO, ConfigurationError
from mediakiln.generation import GenerationRequest, Kind

FORMS = {"mode", "table", "per_second", "per_token"}
"""The keys of `price` that tell its form: a model has one of them."""

_AMOUNT = re.compile(r"\d{1,9}(\.\d{1,6}|/0{0,8}[1-9]\d{0,8})?", re.ASCII)
_SOUNDS = {Audio.OPTIONAL: {False: "silent", True: "audio"}, Audio.ALWAYS: {True: "audio"}, Audio.NEVER: {False: "silent"}}
_ROUNDINGS: dict[str, Callable[[Fraction], int]] = {
    "up": math.ceil,
    "down": math.floor,
    "nearest": lambda amount: math.floor(amount + Fraction(1, 2)),
}


def unit_price(model: Model, request: GenerationRequest) -> int:
    """Microcredits for one delivered item of a request that `rules.resolve` has resolved."""
    ratio = request.aspect_ratio if model.priced_by_ratio else None
    return model.prices[request.mode, request.resolution, request.quality, request.audio or False, request.duration or 0, ratio]


def sounds(audio: Audio) -> dict[bool, str]:
    """The columns of a video price table, by whether there is sound: `silent`, `audio` or both."""
    return _SOUNDS[audio]


def rows(facts: Facts) -> dict[str | None, str]:
    """Resolution -> its row in the tables; a model that ignores resolutions has the one row `any`."""
    return {name: name for name in facts.resolutions} if facts.resolutions else {None: ANY}


def by_ratio(price: Mapping[str, Any]) -> bool:
    """Whether prices of this form depend on the aspect ratio."""
    return "per_token" in price


def expand(
    facts: Facts, price: Mapping[str, Any], sizes: Mapping[SizeKey, tuple[int, int]], usd_per_credit: Fraction
) -> dict[PriceKey, int]:
    """Unit prices for everything the model allows. `sizes` are its pixels by resolution and ratio.

    Raises ConfigurationError that names the missing or wrong key.
    """
    tariff = _tariff(price, usd_per_credit)
    prices = _image_prices(facts, tariff) if facts.kind is Kind.IMAGE else _video_prices(facts, tariff, sizes)
    for (mode, resolution, quality, _, duration, ratio), amount in prices.items():
        if amount <= 0:
            what = [mode, resolution, quality, f"{duration} s" if duration else None, ratio]
            raise ConfigurationError(f"price: comes to 0 for {', '.join(filter(None, what))}; a model must cost something")
    return prices


class _Tariff(Struct, frozen=True):
    """What a data file says under `price`. An amount is worth `factor` credits; what comes of one per second or token is
    rounded to multiples of `step` microcredits."""

    price: Mapping[str, Any]
    factor: Fraction = Fraction(1)
    step: int = MICRO

    def amount(self, *path: str) -> Fraction:
        """The credits at `price.<path>`."""
        key, value = "price", self.price
        for part in path:
            if not isinstance(value, Mapping):
                raise ConfigurationError(f"{key}: must be a table")
            key = f"{key}.{part}"
            if part not in value:
                raise ConfigurationError(f"{key}: no price given; an unknown price is never 0")
            value = value[part]
        if not isinstance(value, str) or not _AMOUNT.fullmatch(value):
            unit = "credits" if self.step > 1 else "dollars"
            how = f'write {unit} as a decimal in quotes, such as "2" or "1.25", or as a fraction, such as "1500/79"'
            raise ConfigurationError(f"{key}: got {value!r}; {how}")
        return Fraction(value) * self.factor

    def micro(self, *path: str) -> int:
        """The amount at `price.<path>` in microcredits."""
        micro = self.amount(*path) * MICRO
        if micro.denominator == 1:
            return micro.numerator
        if self.step == 1:
            return math.ceil(micro)
        key = ".".join(("price", *path))
        raise ConfigurationError(f"{key}: is no whole number of microcredits; write at most six decimals")

    def rate(self, form: str, row: str, sound: str) -> Fraction:
        """Credits per second or token: one amount for both sounds, or one for each."""
        table = self.price[form]
        both = isinstance(table, Mapping) and row in table and not isinstance(table[row], Mapping)
        return self.amount(form, row) if both else self.amount(form, row, sound)

    def rounded(self, credits_: Fraction) -> int:
        """Microcredits in whole steps, at least one. 0 stays 0, for `expand` to refuse."""
        rounding = self.price.get("rounding", "up")
        if not isinstance(rounding, str) or rounding not in _ROUNDINGS:
            raise ConfigurationError(f"price.rounding: got {rounding!r}; allowed: {', '.join(_ROUNDINGS)}")
        return max(1, _ROUNDINGS[rounding](credits_ * MICRO / self.step)) * self.step if credits_ else 0


def _tariff(price: Mapping[str, Any], usd_per_credit: Fraction) -> _Tariff:
    match price.get("currency", "credits"):
        case "credits":
            return _Tariff(price)
        case "usd":
            return _Tariff(price, 1 / usd_per_credit, 1)
        case other:
            raise ConfigurationError(f"price.currency: got {other!r}; allowed: credits, usd")


def _image_prices(facts: Facts, tariff: _Tariff) -> dict[PriceKey, int]:
    table = "table" in tariff.price
    if table and tariff.price.keys() - {"currency"} != {"table"}:
        raise ConfigurationError("price: an image model needs either price.table or price.mode, price.resolution, price.quality")
    prices: dict[PriceKey, int] = {}
    for mode, (resolution, row), quality in product(facts.modes, rows(facts).items(), facts.qualities):
        if table:
            amount = tariff.micro("table", row, quality)
        else:
            amount = tariff.micro("mode", mode) + tariff.micro("quality", quality)
            if resolution is not None:
                amount += tariff.micro("resolution", resolution)
        prices[mode, resolution, quality, False, 0, None] = amount
    return prices


def _video_prices(facts: Facts, tariff: _Tariff, sizes: Mapping[SizeKey, tuple[int, int]]) -> dict[PriceKey, int]:
    if len(tariff.price.keys() & FORMS) != 1:
        raise ConfigurationError("price: a video model needs either price.table or price.per_second or price.per_token")
    table = "table" in tariff.price
    if table and "rounding" in tariff.price:
        raise ConfigurationError("price.rounding: is for price.per_second and price.per_token; a table is exact")
    prices: dict[PriceKey, int] = {}
    ratios: tuple[str | None, ...] = facts.aspect_ratios if by_ratio(tariff.price) else (None,)
    combinations = product(rows(facts).items(), sounds(facts.audio).items(), facts.durations, ratios)
    for (resolution, row), (audio, sound), duration, ratio in combinations:
        if table:
            amount = tariff.micro("table", row, sound, str(duration))
        elif ratio is None:
            amount = tariff.rounded(tariff.rate("per_second", row, sound) * duration)
        else:
            width, height = sizes[resolution, ratio]
            tokens = Fraction(duration * width * height * facts.fps, 1024)
            amount = tariff.rounded(tariff.rate("per_token", row, sound) * tokens)
        for mode in facts.modes:
            prices[mode, resolution, "standard", audio, duration, ratio] = amount
    return prices
