"""`mediakiln models`: what can be called on this server."""

from __future__ import annotations

from typing import Annotated

import typer

from mediakiln.cli import show
from mediakiln.cli.base import Data, settings_for
from mediakiln.errors import credits_text
from mediakiln.settings import Settings


def models(
    data: Data = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every model of the catalogue, and what each one needs to be live.")
    ] = False,
) -> None:
    """Show the models that can be called with this configuration, and their prices in credits."""
    from mediakiln.bootstrap.dialects import DIALECTS
    from mediakiln.bootstrap.house import provider_names
    from mediakiln.catalog import Catalog

    settings = settings_for(data)
    if every:
        _all(settings)
        return
    catalog = Catalog.load(settings.catalog, provider_names(settings), settings.usd_per_credit)
    rows = []
    for dialect in (name for name in DIALECTS if name in settings.dialects):
        for model in catalog.models(dialect):
            amounts = model.prices.values()
            low, high = credits_text(min(amounts)), credits_text(max(amounts))
            price = low if low == high else f"{low}-{high}"
            sizes, lengths = ",".join(model.resolutions) or "-", ",".join(map(str, model.durations)) or "-"
            plan = "yes" if model.requires_subscription else "no"
            rows.append(
                (
                    dialect,
                    model.kind,
                    model.id,
                    price,
                    sizes,
                    lengths,
                    plan,
                    ",".join(dict.fromkeys(route.provider for route in model.routes)),
                )
            )
    headers = ("dialect", "kind", "model", "credits", "resolutions", "seconds", "needs plan", "providers")
    show.table(headers, rows, empty="No model can be called: no provider is configured (MEDIAKILN_STUDIO is off).")
    if not rows:
        raise typer.Exit(1)


def _all(settings: Settings) -> None:
    from mediakiln.bootstrap.house import provider_names
    from mediakiln.catalog.load import read_models

    configured = provider_names(settings)
    rows = []
    for model in read_models(settings.catalog, settings.usd_per_credit):
        names = list(dict.fromkeys(route.provider for route in model.routes))
        here = [name for name in names if name in configured]
        real = [name for name in here if name != "studio"]
        state = "live" if real else "preview" if here else "off"
        needs = " or ".join(name for name in names if name != "studio") if not real else ""
        rows.append((model.dialect, model.kind, model.id, state, ",".join(real or here) or "-", needs or "-"))
    show.table(("dialect", "kind", "model", "state", "served by", "live with"), sorted(rows), empty="The catalogue is empty.")
