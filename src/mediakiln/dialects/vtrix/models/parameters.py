"""The parameters of a model, read off what its requests are decoded and checked with: the body's Struct has names, types and
descriptions, and the model's facts have the rules. Nothing here is said a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import msgspec.inspect
from msgspec import Struct
from msgspec.inspect import Field, ListType, Metadata, StructType, Type, UnionType

from mediakiln.catalog import Audio, Model
from mediakiln.dialects.vtrix.body import WITHIN
from mediakiln.dialects.vtrix.dance.content import ROLES, TYPES
from mediakiln.dialects.vtrix.dance.translate import ADAPTIVE, EXPIRES, TIER, TIERS
from mediakiln.dialects.vtrix.dreamo.translate import PICTURES
from mediakiln.dialects.vtrix.family import RANDOM, SEEDS
from mediakiln.dialects.vtrix.models.wire import Constraints, Parameter
from mediakiln.generation import AUTO

_NAMES: dict[type[Type], str] = {
    msgspec.inspect.StrType: "string",
    msgspec.inspect.IntType: "integer",
    msgspec.inspect.FloatType: "number",
    msgspec.inspect.BoolType: "boolean",
}


class Rule(Struct, frozen=True):
    """What a model's facts say of a parameter. One that is not `taken` is left out."""

    constraints: Constraints | None = None
    required: bool = False
    taken: bool = True


Rules = Mapping[str, Callable[[Model], Rule]]


def parameters(body: type[Struct], model: Model | None) -> list[Parameter]:
    """What may stand in `params`; without a model (the asset models) the Struct alone says it."""
    return list(_fields(body, WITHIN, "", model))


def _fields(body: type[Struct], path: str, within: str, model: Model | None) -> Iterator[Parameter]:
    known = cast("StructType", msgspec.inspect.type_info(body))
    for field in known.fields:
        own = f"{within}{field.encode_name}"
        rule = RULES[own](model) if model is not None and own in RULES else Rule()
        if rule.taken:
            yield _parameter(field, f"{path}.{field.encode_name}", own, rule, model)


def _parameter(field: Field, path: str, own: str, rule: Rule, model: Model | None) -> Parameter:
    told, kind = _opened(field.type)
    name, inner = _name(kind)
    within = f"{path}[]" if isinstance(kind, ListType) else path
    examples = told.get("examples")
    return Parameter(
        name=field.encode_name,
        path=path,
        type=name,
        required=rule.required or field.required,
        description=told.get("description", ""),
        constraints=rule.constraints,
        example=examples[0] if examples else None,
        children=None if inner is None else list(_fields(inner, within, f"{own}.", model)),
    )


def _opened(kind: Type) -> tuple[dict[str, Any], Type]:
    """What is told of a type, and the type without that and without null."""
    told: dict[str, Any] = {}
    while isinstance(kind, Metadata | UnionType):
        if isinstance(kind, Metadata):
            told = {**(kind.extra_json_schema or {}), **told}
            kind = kind.type
        else:
            [kind] = [each for each in kind.types if not isinstance(each, msgspec.inspect.NoneType)]
    return told, kind


def _name(kind: Type) -> tuple[str, type[Struct] | None]:
    """What clients call a type, and the Struct of its fields or items."""
    if isinstance(kind, StructType):
        return "object", kind.cls
    if isinstance(kind, ListType):
        name, inner = _name(_opened(kind.item_type)[1])
        return f"array[{name}]", inner
    return _NAMES[type(kind)], None


def _side(place: int) -> Callable[[Model], Rule]:
    def rule(model: Model) -> Rule:
        own = model.sizes[model.default_resolution, model.default_aspect_ratio][place]
        least, most = model.sides or (own, own)
        return Rule(Constraints(min=least, max=most, default=own))

    return rule


def _ratio(model: Model) -> Rule:
    default = ADAPTIVE if model.adaptive else model.default_aspect_ratio
    return Rule(Constraints(enum=[*model.aspect_ratios, ADAPTIVE], default=default))


def _duration(model: Model) -> Rule:
    # As words, since it is a range with one number beside it.
    lengths = [*([AUTO] if model.auto_duration else []), *model.durations]
    return Rule(Constraints(enum=[str(seconds) for seconds in lengths], default=model.default_duration))


def _frames(model: Model) -> Rule:
    return Rule(Constraints(min=min(model.durations) * model.fps, max=max(model.durations) * model.fps))


def _takes(kind: str) -> Callable[[Model], Rule]:
    return lambda model: Rule(taken=any(model.roles.get(role) for role in ROLES[kind]))


def _types(model: Model) -> Rule:
    return Rule(Constraints(enum=[kind for kind in TYPES if kind == "text" or _takes(kind)(model).taken]), required=True)


def _roles(model: Model) -> Rule:
    return Rule(Constraints(enum=[role.value for roles in ROLES.values() for role in roles if model.roles.get(role)]))


def _needed(_model: Model) -> Rule:
    return Rule(required=True)


RULES: Rules = {
    "image_input1": _needed,
    "template_id": lambda model: Rule(Constraints(enum=list(model.templates)), required=True),
    "width": _side(0),
    "height": _side(1),
    "seed": lambda _model: Rule(Constraints(min=SEEDS[0], max=SEEDS[1], default=RANDOM)),
    "prompt": lambda model: Rule(required=not model.prompt_optional),
    "image_urls": lambda _model: Rule(Constraints(max_items=PICTURES)),
    "binary_data_base64": lambda _model: Rule(Constraints(max_items=PICTURES)),
    "use_rephraser": lambda _model: Rule(Constraints(default=True)),
    "content": _needed,
    "content.type": _types,
    "content.role": _roles,
    "content.image_url": _takes("image_url"),
    "content.video_url": _takes("video_url"),
    "content.audio_url": _takes("audio_url"),
    "content.image_url.url": _needed,
    "content.video_url.url": _needed,
    "content.audio_url.url": _needed,
    "resolution": lambda model: Rule(Constraints(enum=list(model.resolutions), default=model.default_resolution)),
    "ratio": _ratio,
    "duration": _duration,
    "generate_audio": lambda model: Rule(Constraints(default=model.default_audio), taken=model.audio is Audio.OPTIONAL),
    "frames": _frames,
    "return_last_frame": lambda _model: Rule(Constraints(default=False)),
    "execution_expires_after": lambda _model: Rule(Constraints(min=EXPIRES[0], max=EXPIRES[1])),
    "service_tier": lambda _model: Rule(Constraints(enum=list(TIERS), default=TIER)),
}
"""By a parameter's name, with the names it stands in before it."""
