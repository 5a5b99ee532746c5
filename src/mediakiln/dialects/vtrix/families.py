"""Which family of parameters a model of the catalogue takes: an operator's own models fall into one by what they are."""

from __future__ import annotations

from mediakiln.catalog import Model
from mediakiln.dialects.vtrix.dance.translate import DANCE
from mediakiln.dialects.vtrix.dreamo.translate import DREAMO
from mediakiln.dialects.vtrix.effects.translate import EFFECTS
from mediakiln.dialects.vtrix.family import Family
from mediakiln.generation import Kind

FAMILIES = (EFFECTS, DREAMO, DANCE)
"""All of them."""


def family_of(kind: Kind, *, templates: bool) -> Family:
    """The family of models that make this kind, with or without templates."""
    if kind is Kind.VIDEO:
        return DANCE
    return EFFECTS if templates else DREAMO


def family_of_model(model: Model) -> Family:
    """The family of a model."""
    return family_of(model.kind, templates=bool(model.templates))
