"""The routes of the models that come with Mediakiln."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from mediakiln.catalog.load import read_models
from mediakiln.catalog.model import Model, Route
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Role
from mediakiln.providers.base import InputFile, Job
from mediakiln.providers.kinds import KINDS
from mediakiln.providers.payload import filled, values_of

MODELS = read_models(None)
ROUTES = [(model, route) for model in MODELS for route in model.routes]
each = pytest.mark.parametrize(
    ("model", "route"), ROUTES, ids=[f"{model.dialect}/{model.id} {route.provider} {route.model}" for model, route in ROUTES]
)


@each
def test_a_route_is_sound(model: Model, route: Route, tmp_path: Path) -> None:
    """Its provider is one of ours, its input names values that exist, and it narrows by what its model has."""
    assert route.provider in {*KINDS, "studio"}
    assert set(route.modes) <= set(model.modes)
    assert set(route.resolutions) <= set(model.resolutions)
    assert set(route.durations) <= set(model.durations)
    assert set(route.aspect_ratios) <= set(model.aspect_ratios)
    assert not model.roles or set(route.roles) <= set(model.roles)
    assert not route.cost or Decimal(route.cost) > 0
    whole = GenerationRequest(
        kind=model.kind,
        model=model.id,
        prompt="a fox",
        negative_prompt="rain",
        aspect_ratio=model.aspect_ratios[0],
        resolution=model.default_resolution,
        width=1280,
        height=720,
        output_format=model.output_formats[0],
        duration=5 if model.kind is Kind.VIDEO else None,
        audio=True,
        seed=7,
        inputs=tuple(MediaInput(role, "/uploads/x") for role in Role),
    )
    files = tuple(InputFile(role, tmp_path, "image/png") for role in Role)
    job = Job("t", whole, route.model, files, tmp_path, "t", lambda _: None)
    sent = filled(route.input, values_of(job, [role.value for role in Role]))
    assert set(sent) == set(route.input), "an input that is never sent"


def test_the_preview_engine_comes_last() -> None:
    """It stands in only where nothing else is configured."""
    for model in MODELS:
        providers = [route.provider for route in model.routes]
        assert "studio" not in providers[:-1], model.id
