"""From the catalogue to the list of models and their specs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from mediakiln.catalog import Catalog, Model
from mediakiln.dialects.vtrix.assets.wire import ASSET_MODELS
from mediakiln.dialects.vtrix.families import family_of_model
from mediakiln.dialects.vtrix.models import wire
from mediakiln.dialects.vtrix.models.parameters import parameters
from mediakiln.dialects.vtrix.wire import DIALECT
from mediakiln.errors import NotFound, shorten
from mediakiln.generation import Mode, Role
from mediakiln.web.dialect import ENGINES

ENDPOINT = "/model/v1/generation"
HOUSE = "mediakiln"
"""The vendor of what this server does itself."""
ASSET = "Asset"


class Offer(Struct, frozen=True):
    """A model as this area tells of it: one of the catalogue, or an asset model. `kind` is Image, Video or Asset."""

    id: str
    name: str
    vendor: str
    kind: str
    description: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    body: type[Struct]
    example: dict[str, Any]
    model: Model | None = None


def offers(catalog: Catalog) -> Iterator[Offer]:
    """Everything that can be called here, in the order of the list."""
    yield from map(_of_model, catalog.models(DIALECT))
    for name, body in ASSET_MODELS.items():
        yield _of_assets(name, body)


def found(catalog: Catalog, model_id: str) -> Offer:
    """The offer with this id, or alias. Raises NotFound."""
    for offer in offers(catalog):
        if offer.id == model_id or (offer.model is not None and model_id in offer.model.aliases):
            return offer
    raise NotFound(f"No model {shorten(model_id)}; the list is at /api/v1/skill/models")


def models(
    catalog: Catalog, page: int, size: int, *, kind: str | None, keywords: str | None, provider: str | None
) -> wire.Models:
    """A page of what fits: of this type and this vendor, with all words of `keywords` in its id, name or description."""
    fitting = [offer for offer in offers(catalog) if _fits(offer, kind, keywords, provider)]
    shown = fitting[(page - 1) * size : page * size]
    return wire.Models([_listed(offer) for offer in shown], len(fitting), page, size, -(-len(fitting) // size))


def spec(offer: Offer, base_url: str) -> wire.Spec:
    """All that a client needs to call it."""
    api = wire.Api(base_url + ENDPOINT, "POST", {"Authorization": "Bearer {{API_KEY}}", "Content-Type": "application/json"})
    known = parameters(offer.body, offer.model)
    return wire.Spec(offer.id, offer.name, offer.vendor, offer.kind, api, known, _prompt(offer, api, known))


def _fits(offer: Offer, kind: str | None, keywords: str | None, provider: str | None) -> bool:
    text = f"{offer.id} {offer.name} {offer.description}".lower()
    return (
        (not kind or kind.lower() == offer.kind.lower())
        and (not provider or provider.lower() == offer.vendor)
        and all(word in text for word in (keywords or "").lower().split())
    )


def _listed(offer: Offer) -> wire.Model:
    return wire.Model(offer.id, offer.name, offer.kind, offer.description, list(offer.inputs), list(offer.outputs))


def _of_model(model: Model) -> Offer:
    family, vendor, kind = family_of_model(model), model.routes[0].provider, model.kind.value.capitalize()
    text = [] if model.templates else ["Text"]
    image = ["Image"] if Mode.IMAGE in model.modes else []
    follows = [name for role, name in ((Role.REFERENCE_VIDEO, "Video"), (Role.REFERENCE_AUDIO, "Audio")) if model.roles.get(role)]
    said = f" ({ENGINES[vendor]})" if vendor in ENGINES else ""
    return Offer(
        model.id,
        model.name,
        vendor,
        kind,
        model.description + said,
        (*text, *image, *follows),
        (kind,),
        family.body,
        {**family.example, "model": model.id},
        model,
    )


@cache
def _of_assets(name: str, body: type[Struct]) -> Offer:
    words = name.removeprefix("spark_asset_").split("_")
    params = {each.name: each.example for each in parameters(body, None) if each.required and each.example is not None}
    return Offer(
        name,
        f"Spark Asset: {' '.join(words)}",
        HOUSE,
        ASSET,
        f"Your own files for use as asset://<id>: {' '.join(words)}. Free, and answered at once with JSON in a text.",
        ("Text",),
        ("Text",),
        body,
        {"model": name, "input": [{"params": params}]},
    )


def _prompt(offer: Offer, api: wire.Api, known: Sequence[wire.Parameter]) -> str:
    """The spec as a text."""
    example = msgspec.json.format(msgspec.json.encode(offer.example)).decode()
    rows = "\n".join(_rows(known, ""))
    headers = "\n".join(f"{name}: {value}" for name, value in api.headers.items())
    if offer.kind == ASSET:
        result = "The answer is complete at once: `output[0].content[0].text` holds JSON, whose `Result` is what was asked for."
    else:
        result = (
            f"The answer has an `id`. GET {api.endpoint}/task/<id> with the same Authorization header every 5 seconds until "
            "`status` is `completed` (files: `output[].content[].url`, price in USD: `usage.cost`) or `failed` (why: "
            "`error.message`). A failed task costs nothing."
        )
    return f"""# {offer.id}: {offer.name}

{offer.description}

## Request

{api.method} {api.endpoint}
{headers}

{example}

## Parameters (in input[0].params)

| name | type | required | allowed | default | description |
|---|---|---|---|---|---|
{rows}

## Result

{result}
"""


def _rows(known: Sequence[wire.Parameter], within: str) -> Iterator[str]:
    for each in known:
        rule = each.constraints or wire.Constraints()
        allowed = ", ".join(rule.enum or []) or _range(rule)
        default = "" if rule.default is None else msgspec.json.encode(rule.default).decode()
        must = "yes" if each.required else "no"
        name = within + each.name
        yield f"| {name} | {each.type} | {must} | {allowed} | {default} | {each.description} |"
        inside = f"{name}[]." if each.type.startswith("array") else f"{name}."
        yield from _rows(each.children or [], inside)


def _range(rule: wire.Constraints) -> str:
    if rule.max_items is not None:
        return f"at most {rule.max_items}"
    return "" if rule.min is None or rule.max is None else f"{rule.min:.0f} to {rule.max:.0f}"
