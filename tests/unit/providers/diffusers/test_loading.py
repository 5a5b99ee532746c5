"""Models into memory: what is read and what is refused, LoRA, schedulers, and how many stay."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import pipelines
from fakes.artist import account
from PIL import Image
from unit.providers.diffusers.conftest import MakeJob

from mediakiln.providers.base import OperatorFault, OutputFile
from mediakiln.providers.diffusers.options import Options, Task, read_options
from mediakiln.providers.diffusers.provider import DiffusersProvider, open_provider

pipelines.needed()

import torch  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402

from mediakiln.providers.diffusers.loading import Loaded, Shelf, load  # noqa: E402


def options(spec: dict[str, Any], **more: Any) -> Options:
    return read_options(account({"x": spec}, **more))


def loaded(spec: dict[str, Any], **more: Any) -> Loaded:
    whole = options(spec, **more)
    return load(whole.models["x"], whole, "cpu", "")


@pytest.fixture
def copied(models: dict[str, Path], tmp_path: Path) -> Path:
    """A Stable Diffusion of the test's own."""
    return Path(shutil.copytree(models["stable_diffusion"], tmp_path / "copy"))


@pytest.fixture
async def start(make_job: MakeJob) -> AsyncIterator[Callable[..., Any]]:
    """Draw one picture with a model and give its pixels."""
    made: list[DiffusersProvider] = []

    async def draw(spec: dict[str, Any], **more: Any) -> Any:
        made.append(open_provider(account({"x": spec | {"steps": 3}}, **more)))
        [output] = (await made[-1].start(make_job("x"))).outputs
        assert isinstance(output, OutputFile)
        return np.asarray(Image.open(output.path)).astype(int)

    yield draw
    for each in made:
        await each.aclose()


def to_pickle(folder: Path, weights: str) -> None:
    """Turn one part's safetensors into a pickle."""
    path = folder / weights
    torch.save(
        load_file(path), path.with_name("pytorch_model.bin" if "text_encoder" in weights else "diffusion_pytorch_model.bin")
    )
    path.unlink()


@pytest.mark.parametrize("weights", ["unet/diffusion_pytorch_model.safetensors", "text_encoder/model.safetensors"])
async def test_pickles_are_refused(copied: Path, start: Callable[..., Any], weights: str) -> None:
    """Whichever part has one, diffusers' own or transformers'; only an operator who says so gets them read."""
    to_pickle(copied, weights)
    with pytest.raises(OperatorFault, match="cannot be loaded"):
        await start({"path": str(copied)})
    assert (await start({"path": str(copied)}, allow_pickle=True)).shape == (32, 32, 3)


@pytest.mark.parametrize("entry", [{"_class_name": ["pipeline", "Mine"]}, {"unet": ["mine", "Mine"]}], ids=["pipeline", "part"])
async def test_code_in_a_models_folder_is_not_run(copied: Path, start: Callable[..., Any], tmp_path: Path, entry: Any) -> None:
    """A folder that names classes of its own is refused, and its code never runs."""
    ran = tmp_path / "ran"
    code = f"from pathlib import Path\nPath({str(ran)!r}).touch()\nclass Mine: pass\n"
    for path in (copied / "pipeline.py", copied / "unet" / "mine.py"):
        path.write_text(code)
    index = copied / "model_index.json"
    index.write_text(json.dumps(json.loads(index.read_text()) | entry))
    with pytest.raises(OperatorFault):
        await start({"path": str(copied)})
    assert not ran.exists()


@pytest.mark.parametrize(
    "spec",
    [
        {"path": "/no/such/folder"},
        {"pipelines": {"text-to-image": "NoSuchPipeline"}},
        {"scheduler": "NoSuchScheduler"},
        {"arguments": {"no_such_argument": 1}},
        {"lora": [{"path": "/no/such/lora.safetensors"}]},
        {"lora": [{"path": "/a/pickle.bin"}]},
    ],
    ids=["path", "pipeline", "scheduler", "argument", "lora", "pickled lora"],
)
async def test_what_cannot_be_loaded(
    models: dict[str, Path], start: Callable[..., Any], capsys: pytest.CaptureFixture[str], spec: dict[str, Any]
) -> None:
    """An operator's fault whose message names the model alone; the reason is in the log."""
    with pytest.raises(OperatorFault) as caught:
        await start({"path": str(models["stable_diffusion"])} | spec)
    assert str(caught.value) == "diffusers: the model x cannot be loaded; the server's log says why"


def test_tasks_share_their_weights(models: dict[str, Path]) -> None:
    """A second task costs no memory, for pictures and for videos."""
    both = loaded({"path": str(models["stable_diffusion"]), "tasks": ["text-to-image", "image-to-image"]})
    first, second = both.pipe(Task.TEXT_TO_IMAGE), both.pipe(Task.IMAGE_TO_IMAGE)
    assert type(second).__name__ == "StableDiffusionImg2ImgPipeline"
    assert first.unet is second.unet
    videos = loaded({"path": str(models["ltx"]), "tasks": ["text-to-video", "image-to-video"], "dtype": "bfloat16"})
    first, second = videos.pipe(Task.TEXT_TO_VIDEO), videos.pipe(Task.IMAGE_TO_VIDEO)
    assert type(second).__name__ == "LTXImageToVideoPipeline"
    assert first.transformer is second.transformer
    assert first.transformer.dtype == torch.bfloat16


def test_a_scheduler_of_the_operators(models: dict[str, Path]) -> None:
    """With the model's settings and the operator's over them, for all tasks."""
    spec = {
        "path": str(models["stable_diffusion"]),
        "scheduler": "UniPCMultistepScheduler",
        "scheduler_options": {"solver_order": 3},
    }
    pipe = loaded(spec).pipe(Task.TEXT_TO_IMAGE)
    assert type(pipe.scheduler).__name__ == "UniPCMultistepScheduler"
    assert (pipe.scheduler.config.solver_order, pipe.scheduler.config.beta_start) == (3, 0.00085)


async def test_lora(models: dict[str, Path], tmp_path: Path, start: Callable[..., Any]) -> None:
    """Merged by its weight: it changes the picture, more so with more weight, and not at all with none."""
    pipelines.needed("peft")
    spec = {"path": str(models["stable_diffusion"])}
    unet = loaded(spec).pipe(Task.TEXT_TO_IMAGE).unet
    torch.manual_seed(3)
    weights = {}
    for name, module in unet.named_modules():
        if name.endswith(("to_q", "to_v")):
            weights[f"unet.{name}.lora_A.weight"] = torch.randn(2, module.in_features)
            weights[f"unet.{name}.lora_B.weight"] = torch.randn(module.out_features, 2)
    save_file(weights, tmp_path / "style.safetensors")

    async def drawn(weight: float) -> Any:
        return await start(spec | {"lora": [{"path": str(tmp_path / "style.safetensors"), "name": "style", "weight": weight}]})

    plain = await start(spec)
    changes = [np.abs(plain - await drawn(weight)).mean() for weight in (0.0, 0.3, 3.0)]
    assert changes[0] < 0.1 < changes[1] < changes[2]
    merged = loaded(spec | {"lora": [{"path": str(tmp_path), "file": "style.safetensors"}]}).pipe(Task.TEXT_TO_IMAGE)
    assert not [name for name, _ in merged.unet.named_parameters() if "lora" in name], "it must cost nothing to draw with"


def test_only_so_many_models_stay(models: dict[str, Path]) -> None:
    """The least recently used makes room; one that is there is not loaded again."""
    tables = {name: {"path": str(path), "tasks": ["text-to-image"]} for name, path in models.items()}
    shelf = Shelf(read_options(account(tables, keep=2)), "cpu", "")
    flux = shelf.get("flux")
    shelf.get("stable_diffusion")
    assert shelf.get("flux") is flux
    shelf.get("ltx")
    assert shelf.names() == {"flux", "ltx"}
    assert shelf.keep_only("flux")
    assert not shelf.keep_only("flux")
    assert shelf.names() == {"flux"}


def test_processors_are_bounded(models: dict[str, Path]) -> None:
    """By the operator, or all but one: the event loop needs its own."""
    from mediakiln.providers.diffusers.loading import prepare

    prepare(options({"path": "/x"}))
    assert torch.get_num_threads() >= 1
    prepare(options({"path": "/x"}, threads=1))
    assert torch.get_num_threads() == 1
