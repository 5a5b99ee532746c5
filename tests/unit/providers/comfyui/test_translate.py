"""ComfyUI in its own words: golden exchanges, records of finished jobs, and workflow files that cannot be used."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fakes.vendors.base import picture
from fakes.vendors.comfyui import ComfyServer
from fakes.vendors.exchange import FOLDER, TASK, files, play, told
from msgspec.structs import replace

from mediakiln.errors import ConfigurationError
from mediakiln.generation import GenerationRequest, Kind, Role
from mediakiln.providers.accounts import Account
from mediakiln.providers.base import InputFile, Job, OperatorFault, ProviderError, Rejected, RejectReason
from mediakiln.providers.comfyui.errors import TABLE, ComfyError
from mediakiln.providers.comfyui.provider import ComfyProvider
from mediakiln.providers.comfyui.translate import from_record, template_of, to_body
from mediakiln.providers.comfyui.workflow import EXAMPLES, asked_inputs, read_workflow
from mediakiln.providers.translation import Phase


def drawing(folder: Path, fields: dict[str, Any] | None = None, **request: Any) -> Job:
    wanted = GenerationRequest(**{"kind": Kind.IMAGE, "model": "mine", "prompt": "a fox", "width": 64, "height": 64} | request)
    return Job(TASK, wanted, "text-to-image.json", (), folder, TASK, lambda _: None, fields or {})


def uploaded(file: InputFile) -> list[str]:
    return [f"mediakiln/{hashlib.sha256(file.path.read_bytes()).hexdigest()}.png"]


@pytest.mark.parametrize("file", files("comfyui"), ids=lambda file: file.stem)
async def test_golden(file: Path, tmp_path: Path) -> None:
    """What the server receives for a job. Inputs were uploaded before, under names that their contents give."""
    with ComfyServer() as vendor:
        provider = ComfyProvider(Account(provider="c", kind="comfyui", name="c", base_url=vendor.url), hold=0.0)
        provider._client_id = "of-this-process"
        try:
            await play(file, vendor, provider, tmp_path, uploaded)
        finally:
            await provider.aclose()
        assert list(vendor.uploads.values()) == [picture(32)] * ("inputs" in json.loads(file.read_text())["job"]["request"])


def test_answers(tmp_path: Path) -> None:
    """Every way a job can end."""
    path = FOLDER / "comfyui" / "answers.json"
    cases = json.loads(path.read_text())
    found = [{**case, "outcome": _meaning(case, tmp_path)} for case in cases]
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    assert found == cases


def _meaning(case: dict[str, Any], folder: Path) -> Any:
    job = drawing(folder, case.get("input"), kind=Kind(case.get("kind", "image")), count=2)
    try:
        return [msgspec.to_builtins(saved) for saved in from_record(job, case["answer"])]
    except ProviderError as error:
        return told(error)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_examples(path: Path, tmp_path: Path) -> None:
    """The shipped workflows are whole: every link leads to a node, one node saves, and no placeholder stays."""
    graph = read_workflow(path.name, None)
    links = [(node_id, value) for node_id, node in graph.items() for value in node["inputs"].values() if isinstance(value, list)]
    assert links
    assert all(source in graph and isinstance(slot, int) for _, (source, slot) in links)
    assert sum(node["class_type"].startswith("Save") for node in graph.values()) == 1
    job = replace(drawing(tmp_path, duration=5, seed=1), inputs=(InputFile(Role.IMAGE, tmp_path / "a.png", "image/png"),))
    body = to_body(job, template_of(job, graph), ["mediakiln/a.png"], "me")
    assert "$" not in json.dumps(body)
    assert {node_id: set(node["inputs"]) for node_id, node in graph.items()} == {
        node_id: set(node["inputs"]) for node_id, node in body["prompt"].items()
    }


def test_values_keep_their_types(tmp_path: Path) -> None:
    """Numbers stay numbers, the caller's own dollar signs stay what they are, and literal ones are doubled."""
    node = {"text": "$prompt", "a": "${width}x${height}", "n": "$count", "s": "$strength", "cost": "$$5", "none": "$duration"}
    graph = {"1": {"class_type": "X", "inputs": node, "_meta": {"title": "$prompt"}}}
    body = to_body(drawing(tmp_path, prompt="$seed ${width} $$"), graph, [], "me")
    assert body["prompt"]["1"]["inputs"] == {"text": "$seed ${width} $$", "a": "64x64", "n": 1, "s": 0.7, "cost": "$5"}
    assert body["prompt"]["1"]["_meta"] == {"title": "$prompt"}
    assert set(asked_inputs(graph)) == {("1", name) for name in ("text", "a", "n", "s", "none")}


UNUSABLE = {
    "text.json": ("{", "cannot be read"),
    "list.json": ("[]", "must be an object with nodes"),
    "empty.json": ("{}", "must be an object with nodes"),
    "editor.json": ('{"nodes": [], "links": []}', r"the editor's own format; save it from ComfyUI with Export \(API\)"),
    "body.json": ('{"prompt": {}}', "node prompt: must have a class_type and inputs"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_file_that_is_no_workflow(name: str, tmp_path: Path) -> None:
    """One line, with the file and what to do."""
    text, message = UNUSABLE[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(ConfigurationError, match=f"^workflow {tmp_path / name}: [^\n]*{message}[^\n]*$"):
        read_workflow(name, tmp_path)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"workflow": "nothing.json"}, "there is no nothing.json among the examples; options.workflows names no folder"),
        ({"workflow": "../secret.json"}, "got '../secret.json'; must be the name of a .json file"),
        ({"workflow": "text-to-image"}, "must be the name of a .json file"),
        ({"prompt": "$prompt"}, "input: Object contains unknown field `prompt`"),
        ({"outputs": ["99"]}, "input.outputs: the workflow has no node 99; it has 4, 5, 6, 7, 3, 8, 9"),
        ({"set": {"99.steps": 1}}, "input.set: got '99.steps'; must be NODE.INPUT, of the nodes 4, 5, "),
        ({"set": {"3": 1}}, "input.set: got '3'; must be NODE.INPUT"),
        ({"set": {"3.steps": "$stepz"}}, r"input: \$stepz is no value of a request"),
    ],
)
async def test_a_route_that_does_not_fit(fields: dict[str, Any], message: str, tmp_path: Path) -> None:
    """The operator's fault, told before anything is sent."""
    with ComfyServer() as vendor:
        provider = ComfyProvider(Account(provider="c", kind="comfyui", name="c", base_url=vendor.url))
        with pytest.raises(OperatorFault, match=message):
            await provider.start(drawing(tmp_path, fields))
        await provider.aclose()
        assert not vendor.calls


def _fault(node_id: str, name: str, message: str) -> dict[str, Any]:
    return {node_id: {"errors": [{"type": "x", "message": message, "details": name, "extra_info": {"input_name": name}}]}}


@pytest.mark.parametrize(
    ("body", "wanted", "message"),
    [
        ({"node_errors": _fault("5", "width", "Value 9 smaller than min of 16")}, Rejected, "width: Value 9 smaller than min"),
        ({"node_errors": _fault("4", "ckpt_name", "Value not in list")}, OperatorFault, "node 4: Value not in list: ckpt_name"),
        (
            {"node_errors": _fault("5", "width", "too small") | _fault("4", "ckpt_name", "Value not in list")},
            OperatorFault,
            "node 5: too small: width; node 4: Value not in list",
        ),
        (
            {
                "error": {"type": "missing_node_type", "message": "Node 'X' not found.", "details": "Node ID '#7'"},
                "node_errors": {},
            },
            OperatorFault,
            "Node 'X' not found. Node ID '#7'",
        ),
        ({"error": "no prompt", "node_errors": []}, OperatorFault, "no prompt"),
        ({}, OperatorFault, "HTTP 400"),
    ],
)
def test_whose_fault_a_refusal_is(body: dict[str, Any], wanted: type[ProviderError], message: str) -> None:
    """The caller's only where all that is wrong are values of the request."""
    error = TABLE.translate(ComfyError(400, body, {("5", "width")}), Phase.SUBMIT)
    assert type(error) is wanted
    assert message in str(error)
    assert not isinstance(error, Rejected) or error.reason is RejectReason.INVALID
