"""`mediakiln models`: what can be called on this server."""

from __future__ import annotations

import typer

from mediakiln.cli import show
from mediakiln.cli.base import Data, settings_for
from mediakiln.errors import credits_text


def models(data: Data = None) -> None:
    """Show the models that can be called with this configuration, and their prices in credits."""
    from mediakiln.bootstrap import DIALECTS, provider_names
    from mediakiln.catalog import Catalog

    settings = settings_for(data)
    catalog = Catalog.load(settings.catalog, provider_names(settings))
    rows = []
    for dialect in (name for name in DIALECTS if name in settings.dialects):
        for model in catalog.models(dialect):
            amounts = model.prices.values()
            low, high = credits_text(min(amounts)), credits_text(max(amounts))
            price = low if low == high else f"{low}-{high}"
            sizes, lengths = ",".join(model.resolutions) or "-", ",".join(map(str, model.durations)) or "-"
            plan = "yes" if model.requires_subscription else "no"
            rows.append((dialect, model.kind, model.id, price, sizes, lengths, plan, model.routes[0].provider))
    headers = ("dialect", "kind", "model", "credits", "resolutions", "seconds", "needs plan", "provider")
    show.table(headers, rows, empty="No model can be called: no provider is configured (MEDIAKILN_STUDIO is off).")
    if not rows:
        raise typer.Exit(1)
