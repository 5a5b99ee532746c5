"""Reading data files: the shipped ones, and an operator's directory laid over them.

A file holds one model, or several in `[[models]]`. An operator's entry with the dialect and id of a shipped one overrides
the keys it gives: tables merge key by key, lists and plain values are replaced, and `price` is replaced as a whole when it
changes its form (`table` to `per_second`, say; see `prices`). A new dialect and id adds a model; `enabled = false` takes one
away.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from msgspec import Struct

from mediakiln.catalog import entry as entries
from mediakiln.catalog.model import Model
from mediakiln.catalog.prices import FORMS
from mediakiln.errors import ConfigurationError, shorten
from mediakiln.generation import Kind

SHIPPED = Path(__file__).parent / "models"
"""The data files of the package, one folder per dialect."""

USD_PER_CREDIT = Decimal("0.01")
"""What a credit is worth where nobody says."""

Identity = tuple[str, str]
"""(dialect, model id): the same id may exist in several dialects with other rules."""


class Loaded(Struct, frozen=True):
    """A model as the layers so far make it: `document` is the merged data, `path` the last file that had a say."""

    document: dict[str, Any]
    model: Model
    path: Path


def read_models(directory: Path | None, usd_per_credit: Decimal = USD_PER_CREDIT) -> list[Model]:
    """Every enabled model, in the order of listings: by kind, its default first, then by `order` and id.

    Raises ConfigurationError with one line that names the file and the key.
    """
    if not usd_per_credit.is_finite() or usd_per_credit <= 0:
        raise ConfigurationError(f"usd_per_credit: got {usd_per_credit}; must be above 0")
    rate = Fraction(usd_per_credit)
    loaded = _laid_over({}, SHIPPED, rate)
    if directory is not None:
        loaded = _laid_over(loaded, directory, rate)
    enabled = [each for each in loaded.values() if each.document.get("enabled", True)]
    _check_defaults(enabled)
    _check_names(enabled)
    models = (each.model for each in enabled)
    return sorted(models, key=lambda model: (model.kind, not model.is_default, model.order, model.id))


def _laid_over(below: Mapping[Identity, Loaded], layer: Path, rate: Fraction) -> dict[Identity, Loaded]:
    if not layer.is_dir():
        raise ConfigurationError(f"catalog: {layer} is not a directory")
    own: dict[Identity, Loaded] = {}
    for path in sorted(layer.rglob("*.toml")):
        for document in _read(path):
            try:
                identity = _identity(document)
                if identity in own:
                    raise ConfigurationError(f"id: {'/'.join(identity)} is already given by {own[identity].path}")
                own[identity] = _build(below.get(identity), document, path, rate)
            except ConfigurationError as error:
                raise ConfigurationError(f"{path}: {error}") from None
    kept = {identity: each for identity, each in below.items() if identity not in own}
    return kept | own


def _build(below: Loaded | None, document: dict[str, Any], path: Path, rate: Fraction) -> Loaded:
    merged = document if below is None else _overridden(below.document, document)
    try:
        entry = entries.parse(merged)
    except ConfigurationError as error:
        if below is None and str(error).endswith(": missing"):
            known = "/".join(_identity(document))
            raise ConfigurationError(f"{error} (there is no shipped model {known} to lay this over)") from None
        raise
    entries.check_tables(document, entry)
    return Loaded(merged, entries.to_model(entry, rate), path)


def _overridden(below: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    old, new = below.get("price"), over.get("price")
    if isinstance(old, dict) and isinstance(new, dict) and new.keys() & FORMS and not new.keys() & FORMS <= old.keys():
        below = {**below, "price": {}}
    return _merged(below, over)


def _merged(below: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for key, value in over.items():
        old = result.get(key)
        result[key] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


def _read(path: Path) -> Iterator[dict[str, Any]]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"cannot read {path}: {error}") from None
    if "models" not in document:
        yield document
        return
    if document.keys() != {"models"} or not isinstance(document["models"], list):
        raise ConfigurationError(f"{path}: models: a file of several models has nothing but [[models]]")
    for each in document["models"]:
        if not isinstance(each, dict):
            raise ConfigurationError(f"{path}: models: got {shorten(each)}; each must be a table")
        yield each


def _identity(document: Mapping[str, Any]) -> Identity:
    for key in ("dialect", "id"):
        if not isinstance(document.get(key), str) or not document[key]:
            raise ConfigurationError(f"{key}: must be given as text")
    return document["dialect"], document["id"]


def _check_defaults(enabled: Iterable[Loaded]) -> None:
    found: dict[tuple[str, Kind], str] = {}
    for each in enabled:
        model = each.model
        if not model.is_default:
            continue
        other = found.setdefault((model.dialect, model.kind), model.id)
        if other != model.id:
            both = f"{other} and {model.id} are both the {model.kind} default of {model.dialect}"
            raise ConfigurationError(f"{each.path}: is_default: {both}; say false in one")


def _check_names(enabled: Iterable[Loaded]) -> None:
    """An id or alias means one model of its dialect."""
    found: dict[Identity, str] = {}
    for each in enabled:
        model = each.model
        for name in (model.id, *model.aliases):
            other = found.setdefault((model.dialect, name), model.id)
            if other != model.id or model.aliases.count(name) + (name == model.id) > 1:
                key = "aliases" if name in model.aliases else "id"
                raise ConfigurationError(f"{each.path}: {key}: {name} is already a name of {other} in {model.dialect}")
