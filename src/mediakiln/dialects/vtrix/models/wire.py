"""The JSON of the list of models and of their specs, with the types that the service's client decodes (wire file, section 8)."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Struct

from mediakiln.web.bodies import told


class Model(Struct):
    """A model in the list. Modalities are `Text`, `Image`, `Video` and `Audio`."""

    id: str
    name: str
    type: Annotated[str, told("`Image`, `Video` or `Asset`.", "Video")]
    description: str
    input_modalities: list[str]
    output_modalities: list[str]


class Models(Struct):
    """`data` of `GET /skill/models`."""

    models: list[Model]
    total: int
    page: int
    page_size: int
    total_pages: int


class Constraints(Struct, omit_defaults=True, kw_only=True):
    """What a value has to keep to. `enum` holds texts whatever the type is: the client decodes nothing else, and compares what
    its user typed. No `max_length`: that client counts bytes, and a rule of ours counts characters."""

    enum: list[str] | None = None
    default: Any = None
    min: float | None = None
    max: float | None = None
    max_items: int | None = None


class Parameter(Struct, omit_defaults=True, kw_only=True):
    """One parameter. `path` is where it stands in the body; `children` are the fields of an object, or of an array's items."""

    name: str
    path: str
    type: Annotated[str, told("`string`, `integer`, `boolean`, `object`, `array[string]` or `array[object]`.", "string")]
    required: bool
    description: str
    constraints: Constraints | None = None
    example: Any = None
    children: list[Parameter] | None = None


class Api(Struct):
    """How the model is called."""

    endpoint: str
    method: str
    headers: dict[str, str]


class Spec(Struct):
    """`data` of `GET /skill/models/{id}/spec`. `agent_prompt` says the same as one text, for a language model to read."""

    model_id: str
    name: str
    vendor: str
    type: str
    api: Api
    parameters: list[Parameter]
    agent_prompt: str
