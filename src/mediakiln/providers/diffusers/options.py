"""What an operator says of the models on this machine: the `options` of the account in providers.toml.

[local]
kind = "diffusers"
key = "env:HF_TOKEN"             # only for gated models of the hub
[local.options]
device = "cuda:0"                # left out: the first GPU, else the CPU
keep = 2                         # models held in memory at one time, the least recently used goes
[local.options.models."our-sdxl"]
path = "/models/stable-diffusion-xl"
tasks = ["text-to-image", "image-to-image"]
steps = 30
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from mediakiln.errors import ConfigurationError
from mediakiln.generation import GenerationRequest, Kind, Mode
from mediakiln.providers.accounts import Account


class Task(StrEnum):
    """What a pipeline does."""

    TEXT_TO_IMAGE = "text-to-image"
    IMAGE_TO_IMAGE = "image-to-image"
    TEXT_TO_VIDEO = "text-to-video"
    IMAGE_TO_VIDEO = "image-to-video"

    @property
    def kind(self) -> Kind:
        """What comes out."""
        return Kind.VIDEO if self in (Task.TEXT_TO_VIDEO, Task.IMAGE_TO_VIDEO) else Kind.IMAGE

    @property
    def takes_pictures(self) -> bool:
        """Whether it starts from pictures."""
        return self in (Task.IMAGE_TO_IMAGE, Task.IMAGE_TO_VIDEO)

    @staticmethod
    def of(request: GenerationRequest) -> Task:
        """What a request asks for."""
        return _TASKS[request.kind, Mode.IMAGE if request.inputs else Mode.TEXT]


_TASKS = {
    (Kind.IMAGE, Mode.TEXT): Task.TEXT_TO_IMAGE,
    (Kind.IMAGE, Mode.IMAGE): Task.IMAGE_TO_IMAGE,
    (Kind.VIDEO, Mode.TEXT): Task.TEXT_TO_VIDEO,
    (Kind.VIDEO, Mode.IMAGE): Task.IMAGE_TO_VIDEO,
}

OURS = frozenset(
    {"image", "last_image", "strength", "width", "height", "num_frames", "frame_rate", "generator", "output_type", "return_dict"}
    | {"num_images_per_prompt", "num_videos_per_prompt", "callback_on_step_end", "callback_on_step_end_tensor_inputs"}
)
"""Arguments of a pipeline that the driver sets; the operator may set any other."""

Device = Annotated[str, Meta(pattern=r"^((cpu|mps|(cuda|xpu)(:\d+)?))?$")]
Count = Annotated[int, Meta(ge=1)]
Bound = Annotated[int, Meta(ge=0)]


class Lora(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A LoRA that is merged into the model when it is loaded. `path` is a folder or a file, `hub` a repository; `file` names the
    file in it."""

    path: str = ""
    hub: str = ""
    file: str = ""
    name: str = ""
    weight: float = 1.0


class Spec(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model. Either `path`, a folder with a `model_index.json`, or `hub`, a repository (`revision`: a commit, best of all).

    The first of `tasks` is what the folder's own pipeline does; the pipelines of the others share its weights, and `pipelines`
    names a pipeline's class where diffusers cannot tell it. `dtype` is bfloat16 on a GPU and float32 on a CPU where it is left
    out. `arguments` are further arguments of the pipeline (`max_sequence_length`, `true_cfg_scale`). At most `max_batch` pictures
    are drawn in one call (0: four pictures, one video), and a request may bring `max_images`. More pixels than `max_pixels` are
    not drawn: the picture is drawn smaller and enlarged (0: no bound). `multiple` is of what a side must be a multiple, where the
    pipeline does not tell.
    """

    path: str = ""
    hub: str = ""
    revision: str = ""
    variant: str = ""
    tasks: Annotated[tuple[Task, ...], Meta(min_length=1)] = (Task.TEXT_TO_IMAGE,)
    pipelines: Mapping[Task, str] = {}
    dtype: Literal["", "bfloat16", "float16", "float32"] = ""
    device: Device = ""
    offload: Literal["none", "model", "sequential"] = "none"
    lora: tuple[Lora, ...] = ()
    steps: Bound = 0
    guidance: float | None = None
    scheduler: str = ""
    scheduler_options: Mapping[str, Any] = {}
    arguments: Mapping[str, Any] = {}
    max_batch: Bound = 0
    max_images: Count = 1
    max_pixels: Bound = 0
    multiple: Bound = 0
    vae_tiling: bool = False
    vae_slicing: bool = False
    trust_remote_code: bool = False

    def together(self, task: Task) -> int:
        """The most pieces of one call."""
        return self.max_batch or (4 if task.kind is Kind.IMAGE else 1)

    def call(self) -> dict[str, Any]:
        """The pipeline's arguments that are the same for all requests."""
        own: dict[str, Any] = {}
        if self.steps:
            own["num_inference_steps"] = self.steps
        if self.guidance is not None:
            own["guidance_scale"] = self.guidance
        return {**own, **self.arguments}


class Options(Struct, frozen=True, kw_only=True):
    """An account's whole table. `threads` bounds the processors that torch uses (0: all but one). With `offline` the hub is never
    asked. `allow_pickle` reads weights that are pickles, which RUN THE CODE of whoever made them."""

    device: Device = ""
    keep: Count = 1
    threads: Bound = 0
    offline: bool = False
    allow_pickle: bool = False
    models: Mapping[str, Spec] = {}


class _Raw(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    device: Device = ""
    keep: Count = 1
    threads: Bound = 0
    offline: bool = False
    allow_pickle: bool = False
    models: dict[str, dict[str, Any]] = {}


def read_options(account: Account) -> Options:
    """The account's options. Raises ConfigurationError: one line with the account and the key."""
    raw = _convert(dict(account.options), _Raw, f"{account.name}: options")
    if not raw.models:
        raise ConfigurationError(f"{account.name}: options.models: names no model")
    models = {name: _spec(table, f"{account.name}: options.models.{name}") for name, table in raw.models.items()}
    return Options(
        device=raw.device,
        keep=raw.keep,
        threads=raw.threads,
        offline=raw.offline,
        allow_pickle=raw.allow_pickle,
        models=models,
    )


def _spec(table: dict[str, Any], where: str) -> Spec:
    spec: Spec = _convert(table, Spec, where)
    if bool(spec.path) == bool(spec.hub):
        raise ConfigurationError(f"{where}: got {'both' if spec.path else 'neither'} of path and hub; must have one of them")
    for number, lora in enumerate(spec.lora):
        if bool(lora.path) == bool(lora.hub):
            raise ConfigurationError(f"{where}.lora[{number}]: must have one of path and hub")
    if taken := OURS.intersection(spec.arguments):
        raise ConfigurationError(f"{where}.arguments.{min(taken)}: is set by the request, not here")
    if len({task.kind for task in spec.tasks}) > 1:
        raise ConfigurationError(f"{where}.tasks: got {', '.join(spec.tasks)}; a model makes either images or videos")
    return spec


def _convert(table: Mapping[str, Any], into: type[Any], where: str) -> Any:
    try:
        return msgspec.convert(table, into)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"{where}: {error}") from None
