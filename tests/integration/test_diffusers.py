"""A model added by editing data alone: the operator's two files, a request, and a picture that was drawn on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes import pipelines
from fakes.kiln import Kiln
from msgspec.structs import replace
from PIL import Image

from mediakiln.assets.inline import InlineInputs
from mediakiln.catalog import Catalog
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Mode, Role
from mediakiln.moderation.base import NoModeration
from mediakiln.providers import kinds
from mediakiln.providers.accounts import read_accounts
from mediakiln.tasks.intake import Intake, Wish
from mediakiln.tasks.routing import Router

pipelines.needed()

PROVIDERS = """
[local]
kind = "diffusers"
concurrency = 16
[local.options]
threads = 1
[local.options.models."house-style"]
path = "{path}"
tasks = ["text-to-image", "image-to-image"]
steps = 3
guidance = 4.0
"""
CATALOGUE = """
dialect = "neospark"
id = "house-style"
name = "House Style"
kind = "image"
description = "Our own model, on our own machine."
modes = ["text", "image"]
max_inputs = 1
roles = { image = 1 }
prompt_max = 2000
negative_prompt = true
aspect_ratios = ["1:1", "3:2"]
max_count = 4
output_formats = ["png", "jpeg"]
routes = [{ provider = "local", model = "house-style", cost = "0.002" }]

[sizes.any]
"1:1" = [64, 64]
"3:2" = [76, 50]

[price.table.any]
standard = "2"
"""


@pytest.mark.parametrize("mode", [Mode.TEXT, Mode.IMAGE])
async def test_a_model_of_the_operators_own(kiln: Kiln, tmp_path: Path, mode: Mode) -> None:
    """Priced, taken in, drawn, stored in the exact size, and paid: 3 pictures at 2 credits."""
    pipelines.stable_diffusion(tmp_path / "weights")
    (tmp_path / "providers.toml").write_text(PROVIDERS.format(path=tmp_path / "weights"))
    (tmp_path / "catalogue").mkdir()
    (tmp_path / "catalogue" / "house-style.toml").write_text(CATALOGUE)

    [account] = read_accounts(tmp_path / "providers.toml", kinds.BEARS, {})
    models = Catalog.load(tmp_path / "catalogue", {account.provider})
    inputs = InlineInputs(kiln.engine, kiln.blobs, kiln.inputs, scratch=kiln.scratch)
    router = Router((account,), kiln.dispatcher)
    intake = Intake(kiln.engine, models, NoModeration(), kiln.inputs, inputs, kiln.submitter, router)
    request = GenerationRequest(
        kind=Kind.IMAGE, model="house-style", prompt="a lighthouse", negative_prompt="fog", aspect_ratio="3:2", count=3
    )
    if mode is Mode.IMAGE:
        request = replace(request, mode=mode, inputs=(MediaInput(Role.IMAGE, pipelines.picture()),))
    ann = await kiln.account(credits=10)
    [made] = await intake.take_all("neospark", ann, [Wish(request, "dm_1")], base_url="http://kiln.test")

    provider = kinds.open_provider(account)
    try:
        assert await kiln.runner(provider)((await kiln.row(made.public_id))["id"]) is None
    finally:
        await provider.aclose()
    row = await kiln.row(made.public_id)
    assert (row["state"], row["charged"]) == ("succeeded", 6_000_000)
    stored = sorted(path for path in (tmp_path / "data").rglob("images/**/*.png") if path.stem[-2:] in ("_0", "_1", "_2"))
    assert len(stored) == 3
    for path in stored:
        with Image.open(path) as picture:
            assert picture.size == (76, 50)
