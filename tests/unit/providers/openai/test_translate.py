"""OpenAI in its own words: golden exchanges, and the rules that no exchange shows."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from fakes.vendors.base import Plan, picture
from fakes.vendors.exchange import TASK, files, play
from fakes.vendors.openai import OpenAIServer
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mediakiln.errors import ConfigurationError
from mediakiln.generation import GenerationRequest, Kind, MediaInput, Mode, Role
from mediakiln.providers.accounts import Account, Secret
from mediakiln.providers.base import Finished, InputFile, Job, OperatorFault, OutputFile, Rejected
from mediakiln.providers.openai.provider import INPUT_MAX, INPUTS_MAX, open_provider
from mediakiln.providers.openai.translate import EDGE, LEAST, MOST, STEP, drawn


def account(url: str, **options: str) -> Account:
    base_url = f"{url}/v1" if url else ""
    return Account(provider="openai", kind="openai", name="openai", key=Secret("sk-test"), base_url=base_url, options=options)


def job(folder: Path, *inputs: InputFile) -> Job:
    request = GenerationRequest(
        kind=Kind.IMAGE,
        model="gpt-image-2",
        prompt="a fox",
        mode=Mode.IMAGE if inputs else Mode.TEXT,
        aspect_ratio="1:1",
        width=512,
        height=512,
        output_format="png",
        inputs=tuple(MediaInput(file.role, "/uploads/x") for file in inputs),
    )
    return Job(TASK, request, "gpt-image-2", inputs, folder, TASK, lambda _: None)


@pytest.mark.parametrize("file", files("openai"), ids=lambda file: file.stem)
async def test_golden(file: Path, tmp_path: Path) -> None:
    """What OpenAI receives for a job, and what becomes of it."""
    with OpenAIServer() as vendor:
        await play(
            file,
            vendor,
            open_provider(account(vendor.url)),
            tmp_path,
            lambda given: [base64.b64encode(given.path.read_bytes()).decode()],
        )


async def test_a_small_picture_is_cut_down(tmp_path: Path) -> None:
    """OpenAI draws nothing as small as 512x512: it is asked for the double, and the caller gets what was bought."""
    with OpenAIServer() as vendor:
        provider = open_provider(account(vendor.url))
        made = await provider.start(job(tmp_path))
        await provider.aclose()
        assert vendor.calls[0].body["size"] == "1024x1024"
    assert isinstance(made, Finished)
    (output,) = made.outputs
    assert isinstance(output, OutputFile)
    with Image.open(output.path) as shown:
        assert (shown.format, shown.size) == ("PNG", (512, 512))


@given(st.integers(256, 4096), st.integers(256, 4096))
def test_sizes_that_are_taken(width: int, height: int) -> None:
    """Whatever the catalogue sells, OpenAI is asked for a size that it has."""
    if max(width, height) > 2.9 * min(width, height):
        return
    wide, high = drawn(width, height)
    assert wide % STEP == high % STEP == 0
    assert LEAST <= wide * high <= MOST
    assert max(wide, high) <= EDGE
    assert abs(wide / high - width / height) / (width / height) < 0.05


def test_sizes_that_stay() -> None:
    """A size that OpenAI has is asked for as it is."""
    for size in ((1024, 1024), (1376, 768), (2880, 2880), (3840, 2160), (3840, 1648)):
        assert drawn(*size) == size


async def test_whose_key_and_organization(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the account's; what the SDK would take from the environment is not sent."""
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "from-the-environment")
    with OpenAIServer() as vendor:
        for options in ({}, {"organization": "org-1", "project": "proj-1"}):
            provider = open_provider(account(vendor.url, **options))
            await provider.start(job(tmp_path))
            await provider.aclose()
        plain, named = (call.headers for call in vendor.calls)
    assert plain["authorization"] == "Bearer sk-test"
    assert "from-the-environment" not in str(plain)
    assert (named["openai-organization"], named["openai-project"]) == ("org-1", "proj-1")


async def test_a_refused_key_is_not_quoted(tmp_path: Path) -> None:
    """OpenAI's words quote parts of it."""
    with OpenAIServer() as vendor:
        vendor.plan.append(Plan.BAD_KEY)
        provider = open_provider(account(vendor.url))
        with pytest.raises(OperatorFault) as caught:
            await provider.start(job(tmp_path))
        await provider.aclose()
    assert str(caught.value) == 'OpenAI: HTTP 401 ("invalid_api_key")'


async def test_inputs_that_are_too_many_or_too_large(tmp_path: Path) -> None:
    """They are refused here, before anything is sent."""
    small, large = tmp_path / "small.png", tmp_path / "large.png"
    small.write_bytes(picture())
    with large.open("wb") as out:
        out.truncate(INPUT_MAX + 1)
    with OpenAIServer() as vendor:
        provider = open_provider(account(vendor.url))
        many = (InputFile(Role.IMAGE, small, "image/png"),) * (INPUTS_MAX + 1)
        for inputs in (many, (InputFile(Role.IMAGE, large, "image/png"),)):
            with pytest.raises(Rejected, match="16 pictures of at most 50 MB"):
                await provider.start(job(tmp_path, *inputs))
        await provider.aclose()
        assert not vendor.calls


async def test_a_picture_in_a_format_it_does_not_read(tmp_path: Path) -> None:
    """It is sent as PNG."""
    path = tmp_path / "given"
    Image.new("RGB", (20, 10), "red").save(path, "GIF")
    with OpenAIServer() as vendor:
        provider = open_provider(account(vendor.url))
        await provider.start(job(tmp_path, InputFile(Role.IMAGE, path, "image/gif")))
        await provider.aclose()
        sent = vendor.calls[0].body["image[]"]
    assert (sent["type"], sent["filename"]) == ("image/png", "image0.png")
    assert base64.b64decode(sent["data"]).startswith(b"\x89PNG")


def test_options() -> None:
    """One that is not known is named."""
    with pytest.raises(ConfigurationError, match="organisation"):
        open_provider(account("", organisation="x"))
