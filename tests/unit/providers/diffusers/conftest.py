"""What the tests of the diffusers driver share: tiny models and jobs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fakes import pipelines
from PIL import Image

from mediakiln.generation import GenerationRequest, Kind, MediaInput, Role
from mediakiln.providers.base import InputFile, Job

MakeJob = Callable[..., Job]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of tiny pipelines, made once."""
    pipelines.needed()
    folder = tmp_path_factory.mktemp("models")
    made = {name: folder / name for name in ("stable_diffusion", "flux", "ltx")}
    for name, path in made.items():
        getattr(pipelines, name)(path)
    return made


@pytest.fixture
def make_job(tmp_path: Path) -> MakeJob:
    """Jobs as the runner makes them, with a real file for each role; what they tell of their progress is in `told`."""
    numbers = iter(range(1_000))

    def make(model: str, *roles: Role, kind: Kind = Kind.IMAGE, fields: dict[str, Any] | None = None, **request: Any) -> Job:
        workdir = tmp_path / f"job{next(numbers)}"
        workdir.mkdir()
        inputs = []
        for number, role in enumerate(roles):
            path = workdir.parent / f"{workdir.name}-in{number}.png"
            Image.linear_gradient("L").convert("RGB").resize((80, 60)).save(path)
            inputs.append(InputFile(role, path, "image/png", 80, 60))
        video = {"duration": 1, "fps": 8} if kind is Kind.VIDEO else {}
        asked = {"prompt": "a cat", "width": 32, "height": 32, "seed": 7, "output_format": "png"} | video | request
        return Job(
            task_id="t",
            request=GenerationRequest(
                kind=kind, model="public", inputs=tuple(MediaInput(role, "/uploads/x") for role in roles), **asked
            ),
            upstream_model=model,
            inputs=tuple(inputs),
            workdir=workdir,
            idempotency_key="t",
            progress=lambda _: None,
            fields=fields or {},
        )

    return make
