"""The parameters of picture effects (seed 001)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Struct

from mediakiln.web.bodies import told


class Effects(Struct, kw_only=True):
    """Parameters of `spark_img_effects`. Unknown keys are ignored; null is absent."""

    image_input1: Annotated[str | None, told("Reference image URL; required.", "https://example.com/dog.jpg")] = None
    template_id: Annotated[str | None, told("Template ID for style generation; required.", "felt_3d_polaroid")] = None
    width: Annotated[int | None, told("Width of the output image in pixels; the default is 1328.", 1328)] = None
    height: Annotated[int | None, told("Height of the output image in pixels; the default is 1328.", 1328)] = None
    seed: Annotated[int | None, told("The same request with the same seed gives the same picture; our extension.")] = None


EXAMPLE = {
    "model": "spark_img_effects",
    "input": [{"params": {"image_input1": "https://example.com/dog.jpg", "template_id": "felt_3d_polaroid"}}],
}
