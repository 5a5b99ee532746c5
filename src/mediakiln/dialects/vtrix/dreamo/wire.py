"""The parameters of picture editing (seed 003)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from mediakiln.web.bodies import told


class Dreamo(Struct, kw_only=True):
    """Parameters of `spark_dreamo`. Unknown keys are ignored; null is absent."""

    prompt: Annotated[str | None, told("What to make of it, in English or Chinese; required.", "turn it into winter")] = None
    image_urls: Annotated[list[str] | None, told("The picture's URL, exactly one; or send `binary_data_base64`.")] = None
    binary_data_base64: Annotated[list[str] | None, told("The picture in base64, exactly one; or send `image_urls`.")] = None
    seed: Annotated[
        int | None, told("The same request with the same seed gives the same picture; -1, the default, is random.")
    ] = None
    use_rephraser: Annotated[bool | None, told("Complete what the prompt leaves open; the default is true.", True)] = None
    width: Annotated[int | None, told("Width of the output image in pixels; the default is 1328.", 1328)] = None
    height: Annotated[int | None, told("Height of the output image in pixels; the default is 1328.", 1328)] = None


EXAMPLE = {
    "model": "spark_dreamo",
    "input": [{"params": {"prompt": "turn it into winter", "image_urls": ["https://example.com/house.jpg"]}}],
}
