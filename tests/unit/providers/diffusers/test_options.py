"""What an operator may write of the models on this machine."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from fakes import pipelines
from fakes.artist import account

from mediakiln.errors import ConfigurationError
from mediakiln.providers.diffusers.options import Task, read_options

GOOD = {"path": "/models/x"}


def test_what_stands_when_nothing_is_said() -> None:
    """Safe and small: safetensors only, no code of others, one model in memory, four pictures a call and one video."""
    options = read_options(account({"x": GOOD}))
    spec = options.models["x"]
    assert (options.allow_pickle, spec.trust_remote_code, options.keep) == (False, False, 1)
    assert (spec.together(Task.TEXT_TO_IMAGE), spec.together(Task.TEXT_TO_VIDEO)) == (4, 1)
    assert spec.call() == {}


def test_everything_at_once() -> None:
    """The whole table of the documentation."""
    whole: dict[str, Any] = {
        "hub": "org/name",
        "revision": "0123abc",
        "variant": "fp16",
        "tasks": ["text-to-video", "image-to-video"],
        "pipelines": {"image-to-video": "LTXImageToVideoPipeline"},
        "dtype": "bfloat16",
        "device": "cuda:1",
        "offload": "sequential",
        "lora": [{"path": "/loras/a.safetensors", "weight": 0.8, "name": "a"}],
        "steps": 30,
        "guidance": 3.5,
        "scheduler": "UniPCMultistepScheduler",
        "scheduler_options": {"flow_shift": 3.0},
        "arguments": {"max_sequence_length": 256},
        "max_batch": 2,
        "max_images": 1,
        "max_pixels": 1_000_000,
        "multiple": 32,
        "vae_tiling": True,
        "vae_slicing": True,
    }
    spec = read_options(account({"x": whole}, keep=2, offline=True, device="cpu")).models["x"]
    assert spec.call() == {"num_inference_steps": 30, "guidance_scale": 3.5, "max_sequence_length": 256}
    assert spec.tasks == (Task.TEXT_TO_VIDEO, Task.IMAGE_TO_VIDEO)


@pytest.mark.parametrize(
    ("models", "options", "said"),
    [
        ({"x": GOOD | {"stepz": 3}}, {}, "models.x.*stepz"),
        ({"x": GOOD}, {"kepe": 3}, "options.*kepe"),
        ({"x": GOOD | {"lora": [{"path": "a", "wieght": 1}]}}, {}, "models.x.*wieght"),
        ({"x": GOOD | {"hub": "a/b"}}, {}, "models.x.*both of path and hub"),
        ({"x": {"steps": 3}}, {}, "models.x.*neither of path and hub"),
        ({"x": GOOD | {"lora": [{}]}}, {}, r"models.x.lora\[0\]"),
        ({"x": GOOD | {"dtype": "int3"}}, {}, "models.x.*int3.*dtype"),
        ({"x": GOOD | {"device": "gpu"}}, {}, "models.x.*device"),
        ({"x": GOOD | {"tasks": []}}, {}, "models.x.*tasks"),
        ({"x": GOOD | {"tasks": ["text-to-song"]}}, {}, "models.x.*text-to-song.*tasks"),
        ({"x": GOOD | {"tasks": ["text-to-image", "text-to-video"]}}, {}, "models.x.tasks.*either"),
        ({"x": GOOD | {"arguments": {"width": 3}}}, {}, "models.x.arguments.width"),
        ({"x": GOOD}, {"keep": 0}, "options.*keep"),
        ({}, {}, "options.models"),
    ],
)
def test_a_slip_is_told_with_its_key(models: dict[str, Any], options: dict[str, Any], said: str) -> None:
    """One line that names the account, the model and the key."""
    with pytest.raises(ConfigurationError, match=f"^local: .*{said}"):
        read_options(account(models, **options))


def test_torch_is_not_imported_before_the_first_job() -> None:
    """Neither by the server nor by opening the driver: an import takes seconds and half a gigabyte."""
    code = """
import sys
from mediakiln.bootstrap import app
from mediakiln.providers import kinds
from mediakiln.providers.accounts import Account
options = {"models": {"x": {"path": "/models/x"}}}
from mediakiln.providers.diffusers.provider import open_provider
open_provider(Account(provider="local", kind="diffusers", name="local", options=options))
sys.exit("torch" in sys.modules or "diffusers" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_missing_torch_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests of the real pipelines say that they did not run, and fail where everything has to be there."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="NOT TESTED"):
        pipelines.needed("no_such_package")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no_such_package"):
        pipelines.needed("no_such_package")
