"""What inputs a model takes, and which of them together."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mediakiln.catalog import Catalog
from mediakiln.errors import InvalidRequest
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Mode, Role

DIALECT = "neospark"
FIRST, LAST, IMAGE, VIDEO, AUDIO = (
    Role.FIRST_FRAME,
    Role.LAST_FRAME,
    Role.REFERENCE_IMAGE,
    Role.REFERENCE_VIDEO,
    Role.REFERENCE_AUDIO,
)
SHIPPED = Catalog.load(None, {"studio"})
PICTURES = {Role.IMAGE, FIRST, LAST, IMAGE}


def request(model: str, *roles: Role, **changes: object) -> GenerationRequest:
    """A plain request with inputs of these roles."""
    kind = SHIPPED.find(DIALECT, model).kind
    inputs = tuple(MediaInput(role, f"https://example.com/{n}") for n, role in enumerate(roles))
    mode = Mode.IMAGE if inputs else Mode.TEXT
    return GenerationRequest(kind=kind, model=model, prompt="a cat", mode=mode, inputs=inputs, **changes)  # type: ignore[arg-type]


TAKEN = [
    ("AiVideoMax", []),
    ("AiVideoMax", [FIRST]),
    ("AiVideoMax", [FIRST, LAST]),
    ("AiVideoMax", [FIRST, AUDIO]),
    ("AiVideoMax", [*[IMAGE] * 9, *[VIDEO] * 3, *[AUDIO] * 3]),
    ("AiVideoMax", [VIDEO, AUDIO]),
    ("omni-fast", [FIRST, LAST, IMAGE, IMAGE, IMAGE]),
    ("omni-fast", [*[IMAGE] * 5, *[VIDEO] * 3]),
    ("omni-fast-v2v", [VIDEO]),
    ("omni-fast-v2v", [VIDEO, FIRST]),
    ("gpt-image-2", [Role.IMAGE] * 14),
    ("gemini-2.5-flash-image", [Role.IMAGE]),
]


@pytest.mark.parametrize(("model", "roles"), TAKEN)
def test_taken(catalog: Catalog, model: str, roles: list[Role]) -> None:
    """All that the tables allow is taken, in the caller's order."""
    asked = request(model, *roles)
    assert catalog.quote(DIALECT, asked).request.inputs == asked.inputs


ALONE = "got it alone; allowed: beside at least one image, video or frame"
EITHER = "got 1 beside a first frame; allowed: either frames or references"
REFUSED = [
    ("AiVideoMax", [FIRST, FIRST], "first_frame", "got 2; allowed: at most 1"),
    ("AiVideoMax", [FIRST, LAST, LAST], "last_frame", "got 2; allowed: at most 1"),
    ("AiVideoMax", [IMAGE] * 10, "reference_image", "got 10; allowed: at most 9"),
    ("AiVideoMax", [VIDEO] * 4, "reference_video", "got 4; allowed: at most 3"),
    ("AiVideoMax", [VIDEO, *[AUDIO] * 4], "reference_audio", "got 4; allowed: at most 3"),
    ("AiVideoMax", [Role.IMAGE], "image", "got 1; allowed: none; AiVideoMax takes no such input"),
    ("AiVideoMax", [LAST], "last_frame", "got one without a first frame; allowed: one beside a first frame"),
    ("AiVideoMax", [AUDIO], "reference_audio", ALONE),
    ("AiVideoMax", [FIRST, IMAGE], "reference_image", EITHER),
    ("AiVideoMax", [VIDEO, FIRST, LAST], "reference_video", EITHER),
    ("kling-3.0-omni", [FIRST, IMAGE], "reference_image", EITHER),
    ("omni-fast", [IMAGE] * 6, "reference_image", "got 6; allowed: at most 5"),
    ("omni-fast", [FIRST, *[IMAGE] * 5], "inputs", "got 6; allowed: 1 to 5 pictures"),
    ("omni-fast-v2v", [], "reference_video", "got none; allowed: 1 to 3"),
    ("omni-fast-v2v", [FIRST], "reference_video", "got none; allowed: 1 to 3"),
    ("gpt-image-2", [Role.IMAGE] * 15, "image", "got 15; allowed: at most 14"),
    ("gpt-image-2", [IMAGE], "reference_image", "got 1; allowed: none; gpt-image-2 takes no such input"),
    ("gemini-2.5-flash-image", [Role.IMAGE] * 2, "image", "got 2; allowed: at most 1"),
]


@pytest.mark.parametrize(("model", "roles", "field", "detail"), REFUSED)
def test_refused(catalog: Catalog, model: str, roles: list[Role], field: str, detail: str) -> None:
    """What is too much, or does not go together, is told with the role as the field."""
    with pytest.raises(InvalidRequest) as caught:
        catalog.quote(DIALECT, request(model, *roles))
    assert (caught.value.field, caught.value.detail) == (field, detail)


@given(
    model=st.sampled_from([model.id for model in SHIPPED.models(DIALECT)]),
    roles=st.lists(st.sampled_from(Role), max_size=16),
)
def test_whatever_is_taken_keeps_every_rule(model: str, roles: list[Role]) -> None:
    """No order or mixture of inputs slips past a bound, and nothing crashes."""
    found = SHIPPED.find(DIALECT, model)
    try:
        SHIPPED.quote(DIALECT, request(model, *roles))
    except InvalidRequest:
        return
    given_ = set(roles)
    assert all(roles.count(role) <= found.roles.get(role, 0) for role in given_)
    assert sum(role in PICTURES for role in roles) <= found.max_inputs
    assert FIRST in given_ or LAST not in given_
    assert found.frames_with_references or FIRST not in given_ or not given_ & {IMAGE, VIDEO}
    assert given_ != {AUDIO}
    assert set(found.needs) <= given_


def test_a_model_without_roles_counts_inputs(overlaid: Callable[..., Catalog]) -> None:
    """Nano Banana's models say nothing of roles: any is taken, up to `max_inputs`. A price preview looks at no inputs."""
    nanobanana = SHIPPED.find("nanobanana", "sora-2")
    assert not nanobanana.roles
    plain = {"kind": Kind.VIDEO, "model": "sora-2", "prompt": "a cat"}
    for role in (FIRST, LAST, IMAGE):
        SHIPPED.quote("nanobanana", GenerationRequest(**plain, inputs=(MediaInput(role, "/a"),)))  # type: ignore[arg-type]
    assert SHIPPED.price(DIALECT, request("omni-fast-v2v")) > 0


def test_an_operator_takes_a_role_away(overlaid: Callable[..., Catalog]) -> None:
    """Roles merge one by one; 0 takes one away."""
    catalog = overlaid(mine='dialect = "neospark"\nid = "AiVideoMax"\nroles.reference_audio = 0\nroles.reference_image = 2')
    catalog.quote(DIALECT, request("AiVideoMax", IMAGE, IMAGE))
    for roles, field in (([IMAGE] * 3, "reference_image"), ([VIDEO, AUDIO], "reference_audio")):
        with pytest.raises(InvalidRequest) as caught:
            catalog.quote(DIALECT, request("AiVideoMax", *roles))
        assert caught.value.field == field


@pytest.mark.parametrize("strength", [-0.01, 1.01, math.inf, math.nan])
def test_strength_is_a_share(catalog: Catalog, strength: float) -> None:
    """Strength is 0 to 1; what is no number is refused too, in a preview as well."""
    asked = request("gpt-image-2", Role.IMAGE, strength=strength)
    for ask in (catalog.quote, catalog.price):
        with pytest.raises(InvalidRequest, match=r"strength: got .*; allowed: 0\.0 to 1\.0"):
            ask(DIALECT, asked)


@pytest.mark.parametrize("strength", [0.0, 0.7, 1.0])
def test_strength_is_kept(catalog: Catalog, strength: float) -> None:
    """Both ends are allowed."""
    assert catalog.quote(DIALECT, request("gpt-image-2", Role.IMAGE, strength=strength)).request.strength == strength
