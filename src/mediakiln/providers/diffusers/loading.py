"""Models into memory and out again. Imported by the device's thread alone, since it imports torch.

Weights are read from safetensors, unless the operator allows pickles: those run the code of whoever made them.
"""

from __future__ import annotations

import contextlib
import gc
import inspect
import os
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import diffusers
import structlog
import torch
import transformers
from diffusers.pipelines import auto_pipeline

from mediakiln.errors import shorten
from mediakiln.providers.diffusers.errors import Unfit, not_loaded, out_of_memory
from mediakiln.providers.diffusers.options import Lora, Options, Spec, Task

_AUTO = {Task.TEXT_TO_IMAGE: "AutoPipelineForText2Image", Task.IMAGE_TO_IMAGE: "AutoPipelineForImage2Image"}
_FAMILIES: Mapping[Task, Mapping[str, Any]] = {
    Task.TEXT_TO_IMAGE: auto_pipeline.AUTO_TEXT2IMAGE_PIPELINES_MAPPING,
    Task.IMAGE_TO_IMAGE: auto_pipeline.AUTO_IMAGE2IMAGE_PIPELINES_MAPPING,
    Task.TEXT_TO_VIDEO: auto_pipeline.AUTO_TEXT2VIDEO_PIPELINES_MAPPING,
    Task.IMAGE_TO_VIDEO: auto_pipeline.AUTO_IMAGE2VIDEO_PIPELINES_MAPPING,
}

log = structlog.get_logger(__name__)


class Loaded:
    """A model in memory: a pipeline for each of its tasks, all on the same weights."""

    def __init__(self, spec: Spec, pipes: Mapping[Task, Any], device: str) -> None:
        self.spec = spec
        self.known = _parameters(pipes)
        self.proven: set[Task] = set()
        self._pipes = pipes
        self._device = device
        self._hooked: Any = None

    def pipe(self, task: Task) -> Any:
        """The pipeline of a task, ready to be called. Offloading whole models hangs on one pipeline at a time."""
        pipe = self._pipes[task]
        if self.spec.offload == "model" and self._hooked is not pipe:
            pipe.enable_model_cpu_offload(device=self._device)
            self._hooked = pipe
        return pipe


class Shelf:
    """At most `options.keep` models of one device in memory; the least recently used makes room."""

    def __init__(self, options: Options, device: str, token: str) -> None:
        self._options = options
        self._device = device
        self._token = token
        self._loaded: OrderedDict[str, Loaded] = OrderedDict()

    def names(self) -> frozenset[str]:
        """The models in memory."""
        return frozenset(self._loaded)

    def get(self, name: str) -> Loaded:
        """The model, loaded when it is not there. Raises OperatorFault; the reason is in the log alone."""
        if name not in self._loaded:
            while len(self._loaded) >= self._options.keep:
                self._drop(next(iter(self._loaded)))
            log.info("diffusers.loading", model=name, device=self._device)
            try:
                self._loaded[name] = self._load(name)
            except Exception as error:
                self.clean()
                log.error(
                    "diffusers.not_loaded", model=name, device=self._device, error=shorten(f"{error!r}", 500), exc_info=True
                )
                raise not_loaded(name) from error
        self._loaded.move_to_end(name)
        return self._loaded[name]

    def keep_only(self, name: str) -> bool:
        """Take every other model out of memory; whether there was one."""
        others = [each for each in self._loaded if each != name]
        for each in others:
            self._drop(each)
        self.clean()
        return bool(others)

    def clean(self) -> None:
        """Give back memory that nothing uses."""
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _drop(self, name: str) -> None:
        log.info("diffusers.dropped", model=name, device=self._device)
        del self._loaded[name]
        self.clean()

    def _load(self, name: str) -> Loaded:
        try:
            return load(self._options.models[name], self._options, self._device, self._token)
        except Exception as error:
            if not (out_of_memory(error) and self.keep_only(name)):
                raise
        return load(self._options.models[name], self._options, self._device, self._token)


def prepare(options: Options) -> None:
    """Once for a process: no progress bars, no warnings (some quote the prompt), no more processors than we may have."""
    diffusers.utils.logging.set_verbosity_error()
    diffusers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    available = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    torch.set_num_threads(options.threads or max(1, available - 1))


def default_device() -> str:
    """The first GPU, else the CPU."""
    if torch.cuda.is_available():
        return "cuda:0"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def load(spec: Spec, options: Options, device: str, token: str) -> Loaded:
    """Load a model and put it where it works. Raises whatever the libraries do."""
    dtype = getattr(torch, spec.dtype or ("float32" if device == "cpu" else "bfloat16"))
    if spec.path and not Path(spec.path).is_dir():
        raise FileNotFoundError(f"{spec.path} is no folder")  # diffusers would look for it on the hub
    first, *others = spec.tasks
    base = _class(spec, first, diffusers.DiffusionPipeline).from_pretrained(
        spec.path or spec.hub,
        revision=spec.revision or None,
        variant=spec.variant or None,
        dtype=dtype,
        use_safetensors=None if options.allow_pickle else True,
        trust_remote_code=spec.trust_remote_code,
        token=token or None,
        local_files_only=options.offline,
    )
    if spec.scheduler:
        scheduler = getattr(diffusers, spec.scheduler)
        base.scheduler = scheduler.from_config(base.scheduler.config, **spec.scheduler_options)
    if spec.lora:
        _merge(base, spec.lora, options, token)
    pipes = {first: base} | {task: _sibling(base, spec, task) for task in others}
    for pipe in pipes.values():
        pipe.set_progress_bar_config(disable=True)
    _check_arguments(spec, pipes)
    if spec.vae_tiling:
        base.vae.enable_tiling()
    if spec.vae_slicing:
        base.vae.enable_slicing()
    if spec.offload == "none":
        base.to(device)
    elif spec.offload == "sequential":
        base.enable_sequential_cpu_offload(device=device)
    return Loaded(spec, pipes, device)


def _class(spec: Spec, task: Task, otherwise: Any) -> Any:
    return getattr(diffusers, spec.pipelines[task]) if task in spec.pipelines else otherwise


def _sibling(base: Any, spec: Spec, task: Task) -> Any:
    """The pipeline of another task on the weights of `base`."""
    if task not in spec.pipelines and task in _AUTO:
        return getattr(diffusers, _AUTO[task]).from_pipe(base)
    kind = _class(spec, task, None) or _relative(type(base), task)
    # Not `from_pipe`, which turns all weights to one dtype, those too that are kept in float32 on purpose.
    takes = inspect.signature(kind.__init__).parameters
    given = {**base.config, **base.components}
    return kind(**{name: value for name, value in given.items() if name in takes})


def _relative(kind: type[Any], task: Task) -> Any:
    """The class of the same family for another task; diffusers has such a choice for pictures only."""
    family = next((name for table in _FAMILIES.values() for name, each in table.items() if each is kind), "")
    found = _FAMILIES[task].get(family)
    if found is None:
        raise Unfit(f"diffusers knows no {task} pipeline for {kind.__name__}; name one under `pipelines`")
    return found


def _parameters(pipes: Mapping[Task, Any]) -> frozenset[str]:
    """Every argument that one of the pipelines takes."""
    return frozenset(name for pipe in pipes.values() for name in inspect.signature(pipe.__call__).parameters)


def _check_arguments(spec: Spec, pipes: Mapping[Task, Any]) -> None:
    """An argument that no pipeline takes is a slip of the operator's."""
    if unknown := sorted(spec.call().keys() - _parameters(pipes)):
        raise Unfit(f"arguments: {type(next(iter(pipes.values()))).__name__} takes no {', '.join(unknown)}")


def _merge(base: Any, loras: tuple[Lora, ...], options: Options, token: str) -> None:
    """Add LoRAs to the weights themselves, so that drawing with them costs nothing."""
    names = [lora.name or f"lora{number}" for number, lora in enumerate(loras)]
    for name, lora in zip(names, loras, strict=True):
        source = Path(lora.path)
        whole = bool(lora.path) and source.is_file()
        file = source.name if whole else lora.file or None
        if not options.allow_pickle and not (file or "").endswith(".safetensors"):
            raise Unfit(f"lora {name}: {file or 'no file'} is named; it must be a .safetensors file")
        base.load_lora_weights(
            (str(source.parent) if whole else lora.path) or lora.hub,
            weight_name=file,
            adapter_name=name,
            use_safetensors=None if options.allow_pickle else True,
            token=token or None,
            local_files_only=options.offline or bool(lora.path),
        )
    base.set_adapters(names, [lora.weight for lora in loras])
    base.fuse_lora(adapter_names=names)
    with contextlib.suppress(AttributeError):
        base.unload_lora_weights()
