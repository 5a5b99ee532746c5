"""An upstream's input from data."""

from __future__ import annotations

from pathlib import Path

import pytest

from mediakiln.errors import ConfigurationError
from mediakiln.generation import GenerationRequest, Kind, Role
from mediakiln.providers.base import InputFile, Job
from mediakiln.providers.payload import arguments_of, data_uri, filled, values_of


def job(tmp_path: Path, *roles: Role, **fields: object) -> Job:
    inputs = tuple(InputFile(role, tmp_path / f"{n}.png", "image/png", 4, 4) for n, role in enumerate(roles))
    request = GenerationRequest(
        **{"kind": Kind.IMAGE, "model": "m", "prompt": "a cat", "width": 1024, "height": 512, "resolution": "2K"} | fields  # type: ignore[arg-type]
    )
    return Job("t", request, "u", inputs, tmp_path, "t", lambda _: None)


def test_values_keep_their_types_and_missing_ones_leave_no_key(tmp_path: Path) -> None:
    """A vendor that gets `null` for a seed may refuse it."""
    values = values_of(job(tmp_path, seed=7), [])
    template = {"prompt": "$prompt", "seed": "$seed", "image": "$image", "n": "$count", "audio": "$audio", "fixed": True}
    assert filled(template, values) == {"prompt": "a cat", "seed": 7, "n": 1, "fixed": True}


def test_text_is_put_together(tmp_path: Path) -> None:
    """Inside text values are text; where one is missing the whole key is."""
    values = values_of(job(tmp_path), [])
    template = {"size": "${width}*${height}", "label": "cost $$", "seeded": "s${seed}", "price": "$$5"}
    assert filled(template, values) == {"size": "1024*512", "label": "cost $$", "price": "$5"}


def test_a_table_picks_by_a_value(tmp_path: Path) -> None:
    """A vendor's own words for our values; what is not listed is left out."""
    values = values_of(job(tmp_path), [])
    pick = {"$": "resolution", "1K": "basic", "2K": "high"}
    assert filled({"quality": pick, "deep": {"q": pick}, "none": {"$": "quality", "hd": 1}}, values) == {
        "quality": "high",
        "deep": {"q": "high"},
    }


def test_inputs_go_by_role(tmp_path: Path) -> None:
    """Frames are not references; `image` is what the result starts from."""
    roles = (Role.REFERENCE_IMAGE, Role.FIRST_FRAME, Role.LAST_FRAME, Role.IMAGE)
    values = values_of(job(tmp_path, *roles), ["ref", "first", "last", "img"])
    template = {
        "a": "$image",
        "b": "$images",
        "c": "$last_frame",
        "d": ["$first_frame", "$reference_images", "$reference_videos"],
    }
    assert filled(template, values) == {"a": "first", "b": ["img", "ref"], "c": "last", "d": ["first", ["ref"]]}


def test_a_name_that_does_not_exist_is_the_operators_mistake(tmp_path: Path) -> None:
    """Never a payload with "$promt" in it."""
    for template in ({"p": "$promt"}, {"p": "x ${promt}"}, {"p": {"$": "promt", "a": 1}}):
        with pytest.raises(ConfigurationError, match="promt is no value of a request"):
            filled(template, values_of(job(tmp_path), []))


def test_a_prompt_is_never_read_as_a_template(tmp_path: Path) -> None:
    """What callers write is data."""
    values = values_of(job(tmp_path, prompt="$seed ${count} costs $$"), [])
    assert filled({"p": "$prompt", "q": "say ${prompt}"}, values) == {
        "p": "$seed ${count} costs $$",
        "q": "say $seed ${count} costs $$",
    }


def test_a_file_as_a_link(tmp_path: Path) -> None:
    """With its own media type."""
    path = tmp_path / "a.webp"
    path.write_bytes(b"abc")
    assert data_uri(InputFile(Role.IMAGE, path, "image/webp")) == "data:image/webp;base64,YWJj"


@pytest.mark.parametrize(
    ("template", "made"),
    [
        ({"prompt": "$prompt"}, {"prompt": "a cat\nAvoid: dogs"}),
        ({"prompt": "$prompt", "negative_prompt": "$negative_prompt"}, {"prompt": "a cat", "negative_prompt": "dogs"}),
        ({"input": {"text": "${prompt}, without ${negative_prompt}"}}, {"input": {"text": "a cat, without dogs"}}),
    ],
)
def test_what_is_not_wanted_is_never_left_out(tmp_path: Path, template: dict[str, object], made: dict[str, object]) -> None:
    """Where the upstream has no field for it, the prompt says it."""
    assert arguments_of(job(tmp_path, negative_prompt="dogs"), template, []) == made
