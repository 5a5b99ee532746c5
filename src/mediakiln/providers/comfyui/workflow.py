"""Workflows: the operator's files in ComfyUI's API format, with the request's values in the inputs of their nodes.

    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "$prompt", "clip": ["4", 1]}}

A value follows the rules of `providers.payload` and keeps its type. `EXAMPLES` are used where the operator's folder has no file
of that name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from mediakiln.errors import ConfigurationError
from mediakiln.providers.payload import filled

EXAMPLES = Path(__file__).with_name("workflows")
"""The workflows that ship with Mediakiln, of nodes that every ComfyUI has."""

Graph = Mapping[str, Mapping[str, Any]]
"""Nodes by id, each with a `class_type` and its `inputs`."""


class Order(Struct, frozen=True, forbid_unknown_fields=True):
    """A route's `input`: the file of the workflow (else the route's `model` is its name), the nodes whose files are the results
    (else all that save some), and values of single inputs, as in `set = { "4.ckpt_name" = "sdxl.safetensors" }`."""

    workflow: str = ""
    outputs: tuple[str, ...] = ()
    set: Mapping[str, Any] = {}


def order_of(fields: Mapping[str, Any]) -> Order:
    """Read a route's `input`. Raises ConfigurationError."""
    try:
        return msgspec.convert(dict(fields), Order)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"input: {error}") from None


def read_workflow(name: str, folder: Path | None) -> Graph:
    """The operator's workflow of this file name, else the example. Raises ConfigurationError. Blocks."""
    if Path(name).name != name or not name.endswith(".json"):
        raise ConfigurationError(f"workflow: got {name!r}; must be the name of a .json file")
    path = next((path for path in (place / name for place in (folder, EXAMPLES) if place) if path.is_file()), None)
    if path is None:
        where = f"in {folder}" if folder else "among the examples; options.workflows names no folder of your own"
        raise ConfigurationError(f"workflow: there is no {name} {where}")
    try:
        return checked(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"workflow {path}: cannot be read: {error}") from None
    except ConfigurationError as error:
        raise ConfigurationError(f"workflow {path}: {error}") from None


def checked(document: object) -> Graph:
    """The document, if it is a workflow in the API format. Raises ConfigurationError."""
    if not isinstance(document, dict) or not document:
        raise ConfigurationError("must be an object with nodes")
    if isinstance(document.get("nodes"), list):
        raise ConfigurationError("is in the editor's own format; save it from ComfyUI with Export (API)")
    for node_id, node in document.items():
        if not isinstance(node, dict) or not isinstance(node.get("class_type"), str) or not isinstance(node.get("inputs"), dict):
            raise ConfigurationError(f"node {node_id}: must have a class_type and inputs; save it from ComfyUI with Export (API)")
    return document


def with_settings(graph: Graph, order: Order) -> Graph:
    """The workflow with the route's own values in it. Raises ConfigurationError for a node that does not exist."""
    made = {node_id: {**node, "inputs": dict(node["inputs"])} for node_id, node in graph.items()}
    for node_id in order.outputs:
        if node_id not in made:
            raise ConfigurationError(f"input.outputs: the workflow has no node {node_id}; it has {', '.join(made)}")
    for place, value in order.set.items():
        node_id, _, name = place.partition(".")
        if not name or node_id not in made:
            raise ConfigurationError(f"input.set: got {place!r}; must be NODE.INPUT, of the nodes {', '.join(made)}")
        made[node_id]["inputs"][name] = value
    return made


def with_values(graph: Graph, values: Mapping[str, Any]) -> Graph:
    """The workflow for one request. An input whose value the request does not have is left out. Raises ConfigurationError."""
    return {node_id: {**node, "inputs": filled(node["inputs"], values)} for node_id, node in graph.items()}


def asked_inputs(graph: Graph) -> Iterator[tuple[str, str]]:
    """Node and name of every input that a request decides."""
    for node_id, node in graph.items():
        for name, value in node["inputs"].items():
            if _asks(value):
                yield node_id, name


def _asks(value: Any) -> bool:
    match value:
        case str():
            return "${" in value or (value.startswith("$") and not value.startswith("$$"))
        case dict():
            return "$" in value or any(map(_asks, value.values()))
        case list():
            return any(map(_asks, value))
    return False
