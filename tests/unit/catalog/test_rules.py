"""What a request may say, and what is filled in where it says nothing."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from mediakiln.catalog import Catalog
from mediakiln.errors import InvalidPrompt, InvalidRequest, UnknownModel
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Mode, Role

DIALECT = "nanobanana"
PICTURE = MediaInput(Role.IMAGE, "https://example.com/a.png")


def image(**changes: Any) -> GenerationRequest:
    """A plain image request with changes."""
    return GenerationRequest(**{"kind": Kind.IMAGE, "model": "nano-banana-pro", "prompt": "a cat", **changes})


def video(**changes: Any) -> GenerationRequest:
    """A plain video request with changes."""
    return GenerationRequest(**{"kind": Kind.VIDEO, "model": "veo-3.1-fast", "prompt": "a cat", **changes})


REFUSED = [
    (image(aspect_ratio="2:1"), "aspect_ratio", '"2:1"', "1:1, 3:2, 2:3, 3:4, 4:3, 4:5, 5:4, 9:16, 16:9, 21:9"),
    (image(model="nano-banana", aspect_ratio="4:5"), "aspect_ratio", '"4:5"', "1:1, 3:4, 4:3, 9:16, 16:9"),
    (image(resolution="8K"), "resolution", '"8K"', "1K, 2K, 4K"),
    (image(resolution=""), "resolution", '""', "1K, 2K, 4K"),
    (image(count=0), "count", "0", "1 to 4"),
    (image(count=5), "count", "5", "1 to 4"),
    (image(quality="ultra"), "quality", '"ultra"', "standard, hd"),
    (image(output_format="webp"), "output_format", '"webp"', "png, jpeg"),
    (image(mode=Mode.IMAGE), "inputs", "none", "1 picture"),
    (image(mode=Mode.IMAGE, inputs=(PICTURE, PICTURE)), "inputs", "2", "1 picture"),
    (video(resolution="480p"), "resolution", '"480p"', "720p, 1080p"),
    (video(aspect_ratio="1:1"), "aspect_ratio", '"1:1"', "16:9, 9:16"),
    (video(duration=5), "duration", "5", "4, 6, 8"),
    (video(duration=0), "duration", "0", "4, 6, 8"),
    (video(count=2), "count", "2", "1"),
    (video(quality="hd"), "quality", '"hd"', "standard"),
    (video(output_format="png"), "output_format", '"png"', "mp4"),
    (video(mode=Mode.IMAGE), "inputs", "none", "1 picture"),
    (video(inputs=(PICTURE, PICTURE)), "inputs", "2", "1 picture"),
    (video(negative_prompt="x" * 4001), "negative_prompt", '"4001 characters"', "at most 4000 characters"),
]


@pytest.mark.parametrize(("request_", "field", "got", "allowed"), REFUSED)
def test_refusals_name_field_got_and_allowed(
    catalog: Catalog, request_: GenerationRequest, field: str, got: str, allowed: str
) -> None:
    """Recommendations 9, 10 and 11: per-model tables decide, and the message says all a caller needs."""
    with pytest.raises(InvalidRequest) as caught:
        catalog.quote(DIALECT, request_)
    assert (caught.value.field, caught.value.detail) == (field, f"got {got}; allowed: {allowed}")
    assert not isinstance(caught.value, InvalidPrompt | UnknownModel)


@pytest.mark.parametrize("prompt", ["", "   ", "\n\t"])
def test_empty_prompt(catalog: Catalog, prompt: str) -> None:
    """A prompt without a visible character is no prompt."""
    with pytest.raises(InvalidPrompt, match=r"allowed: 1 to 8000 characters"):
        catalog.quote(DIALECT, image(prompt=prompt))


@pytest.mark.parametrize(("make", "longest"), [(image, 8000), (video, 4000)])
def test_longest_prompt(catalog: Catalog, make: Any, longest: int) -> None:
    """The limit counts characters, not bytes, and is inclusive."""
    assert catalog.quote(DIALECT, make(prompt="猫" * longest)).request.prompt == "猫" * longest
    with pytest.raises(InvalidPrompt, match=f'"{longest + 1} characters"; allowed: 1 to {longest}') as caught:
        catalog.quote(DIALECT, make(prompt="猫" * (longest + 1)))
    assert caught.value.field == "prompt"


def test_negative_prompt_is_for_video(catalog: Catalog) -> None:
    """Video models take a negative prompt; image models of this dialect say that they do not."""
    assert catalog.quote(DIALECT, video(negative_prompt="rain")).request.negative_prompt == "rain"
    with pytest.raises(InvalidRequest, match="negative_prompt: nano-banana-pro does not take one"):
        catalog.quote(DIALECT, image(negative_prompt="rain"))


def test_text_mode_leaves_a_picture_out(catalog: Catalog) -> None:
    """The mode decides for images: in mode text a picture sent along is neither used nor priced."""
    quote = catalog.quote(DIALECT, image(model="nano-banana", inputs=(PICTURE,)))
    assert (quote.request.mode, quote.request.inputs, quote.total) == (Mode.TEXT, (), 1_000_000)


def test_image_mode_keeps_the_picture(catalog: Catalog) -> None:
    """In mode image the picture is an input and the image price holds."""
    quote = catalog.quote(DIALECT, image(model="nano-banana", mode=Mode.IMAGE, inputs=(PICTURE,)))
    assert (quote.request.mode, quote.request.inputs, quote.total) == (Mode.IMAGE, (PICTURE,), 2_000_000)


def test_a_picture_makes_a_video_start_from_it(catalog: Catalog) -> None:
    """Video has no mode on the wire: a picture sent along is used."""
    quote = catalog.quote(DIALECT, video(inputs=(PICTURE,)))
    assert (quote.request.mode, quote.request.inputs) == (Mode.IMAGE, (PICTURE,))


def test_image_defaults(catalog: Catalog) -> None:
    """A bare image request resolves to a square PNG at the lowest resolution, with a seed."""
    quote = catalog.quote(DIALECT, image())
    seed = quote.request.seed
    assert seed is not None
    assert 0 <= seed < 2**31
    assert quote.request == image(aspect_ratio="1:1", resolution="1K", width=1024, height=1024, output_format="png", seed=seed)


def test_video_defaults(catalog: Catalog) -> None:
    """A bare video request resolves to the shortest landscape video at 720p, with sound."""
    quote = catalog.quote(DIALECT, video(seed=7))
    resolved = {"aspect_ratio": "16:9", "resolution": "720p", "width": 1280, "height": 720, "output_format": "mp4"}
    assert quote.request == video(**resolved, duration=4, audio=True, seed=7)


def test_resolving_is_stable(catalog: Catalog) -> None:
    """Quoting a resolved request again changes nothing: frozen quotes can be replayed."""
    for request in (image(count=3), video(inputs=(PICTURE,), audio=False), image(model="seedream4", resolution="2K")):
        resolved = catalog.quote(DIALECT, request).request
        assert catalog.quote(DIALECT, resolved).request == resolved


def test_a_picture_without_a_ratio_keeps_its_shape(catalog: Catalog) -> None:
    """Image to image without an aspect ratio takes the model's shape nearest to the picture; a named ratio is kept."""
    resolved = catalog.quote(DIALECT, image(mode=Mode.IMAGE, inputs=(PICTURE,))).request
    assert resolved.shaped_like(1920, 1080).aspect_ratio == "16:9"
    assert resolved.shaped_like(1000, 1600).aspect_ratio == "2:3"
    like = resolved.shaped_like(900, 1000)
    assert (like.aspect_ratio, like.width, like.height) == ("1:1", 1024, 1024)
    named = catalog.quote(DIALECT, image(mode=Mode.IMAGE, inputs=(PICTURE,), aspect_ratio="1:1")).request
    assert named.shaped_like(1920, 1080) == named


def test_every_other_field_survives(catalog: Catalog) -> None:
    """Nothing the caller said is lost on the way: a new request field must be carried by `resolve` too."""
    request = video(
        negative_prompt="rain",
        aspect_ratio="9:16",
        resolution="1080p",
        width=1080,
        height=1920,
        output_format="mp4",
        duration=8,
        frames=190,
        audio=False,
        last_frame=True,
        seed=3,
        strength=0.25,
        inputs=(PICTURE,),
        mode=Mode.IMAGE,
    )
    assert catalog.quote(DIALECT, request).request == request
    told = set(msgspec.to_builtins(request))
    assert set(GenerationRequest.__struct_fields__) - told <= {"count", "quality", "fps", "shapes", "template"}, (
        "tell the new field here too"
    )


@pytest.mark.parametrize(("frames", "seconds"), [(96, 4), (97, 6), (144, 6), (192, 8)])
def test_frames_go_before_seconds(catalog: Catalog, frames: int, seconds: int) -> None:
    """An exact number of frames is priced as the shortest length that holds it."""
    quote = catalog.quote(DIALECT, video(duration=4, frames=frames))
    assert (quote.request.frames, quote.request.length, quote.request.duration) == (frames, frames, seconds)
    assert quote.total == catalog.price(DIALECT, video(duration=seconds))


@pytest.mark.parametrize("frames", [-1, 0, 95, 193])
def test_frames_outside_the_lengths_are_refused(catalog: Catalog, frames: int) -> None:
    """What no length of the model holds names the range in frames."""
    with pytest.raises(InvalidRequest, match=f"frames: got {frames}; allowed: 96 to 192"):
        catalog.quote(DIALECT, video(frames=frames))


def test_price_checks_parameters_too(catalog: Catalog) -> None:
    """A price preview refuses what a generation would refuse, prompt and inputs apart."""
    with pytest.raises(InvalidRequest, match="duration: got 5; allowed: 4, 6, 8"):
        catalog.price(DIALECT, video(prompt="", duration=5))
    assert catalog.price(DIALECT, image(model="nano-banana", prompt="", mode=Mode.IMAGE)) == 2_000_000
