"""Fields of errors under the names that a dialect's clients know."""

from __future__ import annotations

import pytest

from mediakiln.errors import FetchFailed, InvalidPrompt, InvalidRequest, NotFound, UnknownModel, Unreachable
from mediakiln.web.naming import wire_names

NAMES = {"inputs": "image_url", "count": "num_images"}


@pytest.mark.parametrize("kind", [InvalidRequest, InvalidPrompt, UnknownModel, FetchFailed, Unreachable])
def test_named_fields(kind: type[InvalidRequest]) -> None:
    """The error keeps its class and its sentence, and names the field as the body does."""
    with pytest.raises(InvalidRequest) as told, wire_names(NAMES):
        raise kind("got x; allowed: y", field="inputs")
    assert type(told.value) is kind
    assert (told.value.field, told.value.detail, str(told.value)) == (
        "image_url",
        "got x; allowed: y",
        "image_url: got x; allowed: y",
    )


@pytest.mark.parametrize("field", ["prompt", None, "num_images", ""])
def test_other_fields(field: str | None) -> None:
    """A field that has no other name, and an error without one, leave as the very error they were."""
    error = InvalidRequest("wrong", field=field)
    with pytest.raises(InvalidRequest) as told, wire_names(NAMES):
        raise error
    assert told.value is error
    assert told.value.field == field


def test_other_errors() -> None:
    """They pass, and so does a block without any."""
    with pytest.raises(NotFound, match=r"^gone$"), wire_names(NAMES):
        raise NotFound("gone")
    with wire_names(NAMES):
        pass
