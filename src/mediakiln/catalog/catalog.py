"""The catalogue itself: what can be called here, and what a call costs."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Self

from msgspec import Struct
from msgspec.structs import replace

from mediakiln.catalog import load, prices, rules
from mediakiln.catalog.model import Model, Route
from mediakiln.errors import InvalidRequest, UnknownModel
from mediakiln.generation import GenerationRequest, Kind

PREVIEW = "studio"
"""The built-in provider, which stands in for a model only where no other is configured for it."""


class Quote(Struct, frozen=True):
    """A checked request and its price, frozen at submit.

    `request` has every parameter resolved, the seed included. `unit_price` is in microcredits per delivered item;
    `total` = `unit_price` x `request.count`. `routes` are in the order to try, all to configured providers.
    """

    request: GenerationRequest
    unit_price: int
    total: int
    routes: tuple[Route, ...]
    model: Model


class Catalog:
    """Every model that can be called on this server. Immutable; lookups and quotes touch no disk."""

    def __init__(self, models: Iterable[Model]) -> None:
        self._models: dict[tuple[str, str], Model] = {}
        groups: dict[tuple[str, Kind | None], list[Model]] = {}
        for model in models:
            for name in (model.id, *model.aliases):
                self._models[model.dialect, name] = model
            groups.setdefault((model.dialect, None), []).append(model)
            groups.setdefault((model.dialect, model.kind), []).append(model)
        self._groups = {key: tuple(group) for key, group in groups.items()}

    @classmethod
    def load(cls, directory: Path | None, providers: Collection[str], usd_per_credit: Decimal = load.USD_PER_CREDIT) -> Self:
        """Read the shipped data with the operator's `directory` (settings.catalog) over it.

        `usd_per_credit` converts prices in USD. `providers` names the configured providers: other routes are dropped, the
        preview engine's too where another is left, and a model without any is left out.
        Raises ConfigurationError: one line with the file and the key.
        """
        models = []
        for model in load.read_models(directory, usd_per_credit):
            routes = _preferred([route for route in model.routes if route.provider in providers])
            if routes:
                models.append(replace(model, routes=routes))
        return cls(models)

    def models(self, dialect: str, kind: Kind | None = None) -> tuple[Model, ...]:
        """The callable models of a dialect: the default of each kind first, then in the order of the data files."""
        return self._groups.get((dialect, kind), ())

    def find(self, dialect: str, model_id: str, kind: Kind | None = None) -> Model:
        """The model with this id or alias, of this kind if one is given. Raises UnknownModel that lists the ids there
        are."""
        model = self._models.get((dialect, model_id))
        if model is None or (kind is not None and model.kind is not kind):
            known = [each.id for each in self.models(dialect, kind)]
            raise UnknownModel.not_allowed("model", model_id, known or "none is available here")
        return model

    def default(self, dialect: str, kind: Kind) -> Model:
        """The model for callers who name none: the one marked `is_default`, or the first that can be called.

        Raises UnknownModel when this dialect has no model of the kind.
        """
        models = self.models(dialect, kind)
        if not models:
            raise UnknownModel(f"no {kind} model is available here", field="model")
        return models[0]

    def quote(self, dialect: str, request: GenerationRequest) -> Quote:
        """Check everything about a request and price it.

        Raises UnknownModel, InvalidPrompt, or InvalidRequest with the canonical field name. A request without a seed gets
        a random one of 31 bits, so that the result can be asked for again; one that names an alias gets the model's id.
        """
        model = self.find(dialect, request.model, request.kind)
        resolved = rules.resolve(model, request, seed=secrets.randbits(31))
        rules.check_content(model, resolved)
        unit_price = prices.unit_price(model, resolved)
        routes = tuple(route for route in model.routes if route.takes(resolved))
        if not routes:
            message = "no upstream configured here can do this combination of parameters and inputs"
            raise InvalidRequest(message, field="resolution" if resolved.resolution else "inputs")
        return Quote(resolved, unit_price, unit_price * resolved.count, routes, model)

    def price(self, dialect: str, request: GenerationRequest) -> int:
        """What `quote` would charge in all, in microcredits. Prompt and inputs may be missing. Raises like `quote`."""
        model = self.find(dialect, request.model, request.kind)
        resolved = rules.resolve(model, request)
        return prices.unit_price(model, resolved) * resolved.count


def _preferred(routes: Sequence[Route]) -> tuple[Route, ...]:
    """The routes without the preview engine, where there is any other: nobody pays a model's price for a preview because the
    model's service was busy."""
    others = tuple(route for route in routes if route.provider != PREVIEW)
    return others or tuple(routes)
