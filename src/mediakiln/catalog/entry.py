"""One entry of a data file, checked and made into a `Model`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any, TypeVar

import msgspec

from mediakiln.catalog import prices
from mediakiln.catalog.model import Facts, Model, SizeKey
from mediakiln.errors import ConfigurationError
from mediakiln.generation import Kind

T = TypeVar("T", str, int)
_COST = re.compile(r"\d+(\.\d+)?")
_NAMED = re.compile(r"Object (contains unknown|missing required) field `(.+)`")


class Entry(Facts, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys a data file may have: the facts, and the tables that `to_model` checks and expands.

    A default that is left out is the first of its list.
    """

    enabled: bool = True
    default_resolution: str | None = None
    default_aspect_ratio: str | None = None
    default_duration: int | None = None
    sizes: dict[str, Any]
    price: dict[str, Any]


def parse(document: Mapping[str, Any]) -> Entry:
    """Read a complete entry. Raises ConfigurationError that starts with the wrong key."""
    try:
        return msgspec.convert(document, Entry)
    except msgspec.ValidationError as error:
        raise ConfigurationError(_with_key(str(error))) from None


def to_model(entry: Entry, usd_per_credit: Fraction) -> Model:
    """Check that the entry is whole and make it usable. Raises ConfigurationError that starts with the wrong key."""
    _check_lists(entry)
    _check_roles(entry)
    _check_routes(entry)
    sizes = _sizes(entry)
    return Model(
        **{name: getattr(entry, name) for name in Facts.__struct_fields__},
        default_resolution=_default("default_resolution", entry.default_resolution, entry.resolutions),
        default_aspect_ratio=_default("default_aspect_ratio", entry.default_aspect_ratio, entry.aspect_ratios) or "",
        default_duration=_default("default_duration", entry.default_duration, entry.durations) or 0,
        sizes=sizes,
        prices=prices.expand(entry, entry.price, sizes, usd_per_credit),
        priced_by_ratio=prices.by_ratio(entry.price),
    )


def check_tables(document: Mapping[str, Any], entry: Entry) -> None:
    """Refuse a table row in `document` (what one file says) that the merged `entry` has no use for: a misspelt
    resolution must not lose its surcharge in silence. Rows inherited from below may be left over."""
    rows = [*prices.rows(entry).values()]
    sounds = [*prices.sounds(entry.audio).values()]
    durations = [str(duration) for duration in entry.durations]
    _known(document.get("sizes"), "sizes", rows, entry.aspect_ratios)
    price = document.get("price", {})
    if entry.kind is Kind.IMAGE:
        _known(price, "price", ["currency", "mode", "resolution", "quality", "table"])
        _known(price.get("mode"), "price.mode", entry.modes)
        _known(price.get("resolution"), "price.resolution", entry.resolutions)
        _known(price.get("quality"), "price.quality", entry.qualities)
        _known(price.get("table"), "price.table", rows, entry.qualities)
    else:
        _known(price, "price", ["currency", "table", "per_second", "per_token", "rounding"])
        _known(price.get("table"), "price.table", rows, sounds, durations)
        _known(price.get("per_second"), "price.per_second", rows, sounds)
        _known(price.get("per_token"), "price.per_token", rows, sounds)


def _known(table: object, path: str, *levels: Collection[str]) -> None:
    if not levels or not isinstance(table, dict):
        return
    for key, value in table.items():
        if key not in levels[0]:
            raise ConfigurationError(f"{path}.{key}: unknown key; allowed: {', '.join(levels[0]) or 'none'}")
        _known(value, f"{path}.{key}", *levels[1:])


def _check_lists(entry: Entry) -> None:
    video = entry.kind is Kind.VIDEO
    needed = ["modes", "aspect_ratios", "qualities", "output_formats", "routes", *(["durations"] if video else [])]
    for key in needed:
        if not getattr(entry, key):
            raise ConfigurationError(f"{key}: must not be empty")
    if video and (entry.qualities != ("standard",) or entry.max_count != 1):
        raise ConfigurationError("max_count: a video model makes one video of standard quality at a time")
    if not video and (entry.durations or entry.auto_duration):
        raise ConfigurationError("durations: an image model has none")
    if entry.sides is not None and (video or not 16 <= entry.sides[0] <= entry.sides[1] <= 16_384):
        raise ConfigurationError(f"sides: got {list(entry.sides)}; an image model's [least, most] in pixels, 16 to 16384")
    for key, lowest in (("max_count", 1), ("prompt_max", 1), ("fps", 1), ("max_inputs", 1 if "image" in entry.modes else 0)):
        if getattr(entry, key) < lowest:
            raise ConfigurationError(f"{key}: got {getattr(entry, key)}; must be at least {lowest}")


def _check_routes(entry: Entry) -> None:
    for number, route in enumerate(entry.routes):
        if route.cost and not _COST.fullmatch(route.cost):
            raise ConfigurationError(f"routes[{number}].cost: got {route.cost!r}; must be in USD, such as '0.04'")


def _check_roles(entry: Entry) -> None:
    for role, most in entry.roles.items():
        if most < 0:
            raise ConfigurationError(f"roles.{role}: got {most}; must be at least 0")
    for role in entry.needs:
        if not entry.roles.get(role):
            raise ConfigurationError(f"needs: {role} is needed, but roles.{role} does not take it")


def _default(key: str, value: T | None, allowed: Sequence[T]) -> T | None:
    """The stated default, or the first of the list; None where the list is empty."""
    if value is None:
        return allowed[0] if allowed else None
    if value not in allowed:
        raise ConfigurationError(f"{key}: got {value!r}; allowed: {', '.join(map(str, allowed)) or 'none'}")
    return value


def _sizes(entry: Entry) -> dict[SizeKey, tuple[int, int]]:
    """Pixels for every resolution and ratio. Video sides are even, which 4:2:0 video needs."""
    sizes: dict[SizeKey, tuple[int, int]] = {}
    for (resolution, row), ratio in product(prices.rows(entry).items(), entry.aspect_ratios):
        table = entry.sizes.get(row)
        value = table.get(ratio) if isinstance(table, dict) else None
        key = f"sizes.{row}.{ratio}"
        if value is None:
            raise ConfigurationError(f"{key}: no size given")
        try:
            width, height = msgspec.convert(value, tuple[int, int])
        except msgspec.ValidationError:
            raise ConfigurationError(f"{key}: got {value!r}; write [width, height] in pixels") from None
        if min(width, height) < 16 or max(width, height) > 16_384:
            raise ConfigurationError(f"{key}: got {value!r}; sides are 16 to 16384 pixels")
        if entry.kind is Kind.VIDEO and (width % 2 or height % 2):
            raise ConfigurationError(f"{key}: got {value!r}; video needs even sides")
        sizes[resolution, ratio] = width, height
    return sizes


def _with_key(message: str) -> str:
    """msgspec's sentence with the key in front: `modes[0]: Invalid enum value 'x'`."""
    text, _, path = message.partition(" - at `")
    path = path.rpartition("$")[2].rstrip("`").lstrip(".")  # of a wrong key it says "`key` in `$.roles`"
    if match := _NAMED.fullmatch(text):
        path = ".".join(filter(None, [path, match[2]]))
        text = "unknown key" if match[1] == "contains unknown" else "missing"
    return f"{path}: {text}" if path else text
